. "$SNITT_SOURCE_DIR/tests/cli/clear_ramp_files.sh"
snitt clear --bids bids.csv --capacity capacity.csv --border-prices prices.csv \
    --ramp ramp.csv --prices p.csv --flows f.csv
cat p.csv f.csv
