. "$SNITT_SOURCE_DIR/tests/cli/clear_files.sh"
sed -i s/-50$/900/ exchange.csv
snitt clear --bids bids.csv --capacity capacity.csv --exchange exchange.csv \
    --prices p.csv --flows f.csv
code=$?
cat p.csv f.csv
exit $code
