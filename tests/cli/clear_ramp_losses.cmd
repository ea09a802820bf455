. "$SNITT_SOURCE_DIR/tests/cli/clear_ramp_files.sh"
printf 'to_zone,from_zone,loss_share\nEAST,WEST,0.04\n' >losses.csv
snitt clear --bids bids.csv --capacity capacity.csv --border-prices prices.csv \
    --ramp ramp.csv --losses losses.csv --prices p.csv --flows f.csv
cat p.csv f.csv
