. "$SNITT_SOURCE_DIR/tests/cli/clear_files.sh"
snitt clear --bids bids.csv --capacity capacity.csv --border-prices prices.csv \
    --prices p.csv --flows f.csv --border-flows x.csv
cat p.csv f.csv x.csv
sed -i /SOUTH/d prices.csv
gzip bids.csv
snitt clear --bids bids.csv.gz --capacity capacity.csv --border-prices prices.csv \
    --prices p2.csv --flows f2.csv 2>/dev/null
cmp p.csv p2.csv && cmp f.csv f2.csv && echo the same bytes
