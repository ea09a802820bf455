. "$SNITT_SOURCE_DIR/tests/cli/clear_domain_files.sh"
snitt clear --bids bids.csv --capacity links.csv --domain domain.json --prices p.csv \
    --flows f.csv --positions n.csv --constraints c.csv
code=$?
cat p.csv n.csv c.csv
exit $code
