. "$SNITT_SOURCE_DIR/tests/cli/clear_domain_files.sh"
sed -i s/2025-04-01T01/2025-04-01T02/ domain.json
snitt clear --bids bids.csv --capacity links.csv --domain domain.json --prices p.csv \
    --flows f.csv
