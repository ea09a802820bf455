# WEST has nothing of its own: 62.5 MWh in a quarter need 250 MW, the cable is at 80.
. "$SNITT_SOURCE_DIR/tests/cli/clear_ramp_files.sh"
sed -i '/WEST,supply/s/60.0,[0-9.]*$/60.0,0.0/;/21:00Z.*WEST,demand/s/250/60/' bids.csv
snitt clear --bids bids.csv --capacity capacity.csv --border-prices prices.csv \
    --ramp ramp.csv --prices p.csv --flows f.csv
code=$?
cat p.csv f.csv
exit $code
