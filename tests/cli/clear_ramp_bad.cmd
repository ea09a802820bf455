. "$SNITT_SOURCE_DIR/tests/cli/clear_ramp_files.sh"
try() {
    printf '%s\n' "$2" "$3" ${4:+"$4"} >bad.csv
    snitt clear --bids bids.csv --capacity capacity.csv --border-prices prices.csv \
        "$1" bad.csv --prices p.csv --flows f.csv
    echo "exit $?"
}
r=from_zone,to_zone,ramp_mw_per_hour,initial_flow_mw
try --ramp from_zone,to_zone,ramp EAST,WEST,1
try --ramp $r EAST,NORTH,1,
try --ramp $r EAST,WEST,fast,
try --ramp $r EAST,WEST,-1,
try --ramp $r EAST,WEST,inf,
try --ramp $r EAST,WEST,1,x
try --ramp $r EAST,WEST,1, WEST,EAST,2,
try --losses from_zone,to_zone,loss_share EAST,WEST,1
try --losses from_zone,to_zone,loss_share EAST,WEST,-0.1
ls p.csv f.csv 2>/dev/null
sed -i '/22:15Z,EAST/s/EAST,WEST,-75,75/WEST,EAST,-75,75/' capacity.csv
try --ramp $r EAST,WEST,1,
snitt clear --bids bids.csv --capacity capacity.csv --border-prices prices.csv \
    --ramp ramp.csv --domain d.json --prices p.csv --flows f.csv
echo "exit $?"
snitt clear --bids bids.csv --capacity capacity.csv --border-prices prices.csv \
    --losses l.csv --ties pro-rata --prices p.csv --flows f.csv
echo "exit $?"
