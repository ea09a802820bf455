. "$SNITT_SOURCE_DIR/tests/cli/clear_files.sh"
for ties in pro-rata rated; do
    snitt clear --bids bids.csv --capacity capacity.csv --exchange exchange.csv \
        --prices p.csv --flows f.csv --ties $ties
    cat p.csv
    grep SOUTH f.csv
done
