. "$SNITT_SOURCE_DIR/tests/cli/clear_files.sh"
sed -i s/,80.5/,8.5/ bids.csv
snitt clear --bids bids.csv --capacity capacity.csv --exchange exchange.csv \
    --prices p.csv --flows f.csv
code=$?
ls p.csv 2>/dev/null
exit $code
