#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# clear_italy.sh SNITT TREE: a real order book with its published result.  Each day by
# itself and all together: with border prices every published price returns exactly;
# with exchanges every flow within 0.1 MWh; the bytes do not depend on rows that are
# to be ignored, on the order of rows, or on the other days in the file.
set -eu
snitt=$1
tree=$2
data=${SNITT_REFERENCE_DATA:-$tree/../shared/data}/italy-2025-04
if [ ! -d "$data" ]; then
    echo "no reference data at $data"
    [ "${SNITT_REQUIRE_REFERENCE:-}" != 1 ] || exit 1
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for name in bid-curves transfer-capacities published-prices published-exchanges \
    published-flows; do
    gzip -dc "$data/$name.csv.gz" >$name.csv
done

# clear WHERE OPTION FILE...
clear() {
    where=$1
    shift
    "$snitt" clear --bids "$bids" --capacity transfer-capacities.csv "$@" \
        --prices "p-$where.csv" --flows "f-$where.csv" 2>"$where.log"
}
# differing MAX OURS PUBLISHED: rows of OURS (key: all but the last column) that differ by
# more than MAX, are empty or are not published; and how many rows there were.
differing() {
    awk -F, -v max="$1" 'NR == FNR { v[substr($0, 1, length($0) - length($NF))] = $NF; next }
        FNR > 1 { key = substr($0, 1, length($0) - length($NF)); n++
                  d = $NF - v[key]
                  if ($NF == "" || !(key in v) || d > max || -d > max) bad++ }
        END { print n + 0, bad + 0 }' "$3" "$2"
}
expect() { # WHAT GOT WANTED
    [ "$2" = "$3" ] || { echo "$1: got $2, expected $3"; exit 1; }
    echo "$1: $2 (rows, differing)"
}

days=$(cut -d, -f2 bid-curves.csv | sort -u | grep -v delivery_day)
n_day=$(echo "$days" | wc -l)
bids=bid-curves.csv
clear prices --border-prices published-prices.csv
expect "prices at border prices" "$(differing 0 p-prices.csv published-prices.csv)" \
    "$((n_day * 168)) 0"
grep -q "^$((n_day * 168)) rows of --border-prices ignored" prices.log
clear exchange --exchange published-exchanges.csv
expect "flows at exchanges" "$(differing 0.1 f-exchange.csv published-flows.csv)" \
    "$((n_day * 144)) 0"

grep -v -E ',(CALA|CNOR|CSUD|NORD|SARD|SICI|SUD),' published-prices.csv >abroad.csv
clear abroad --border-prices abroad.csv
cmp p-prices.csv p-abroad.csv
cmp f-prices.csv f-abroad.csv

# A cable that changes by 100 MW an hour at most; without the limit it changes by more.
most_change() {
    awk -F, '$4 == "CSUD" && $5 == "SARD" {
        d = n++ ? $6 - last : 0; d = d < 0 ? -d : d; most = d > most ? d : most; last = $6
    } END { print (most > 100.00001 ? "more" : "within"), n }' "$1"
}
printf 'from_zone,to_zone,ramp_mw_per_hour\nSARD,CSUD,100\n' >ramp.csv
clear ramp --border-prices published-prices.csv --ramp ramp.csv
expect "changes without --ramp" "$(most_change f-prices.csv)" "more $((n_day * 24))"
expect "changes with --ramp" "$(most_change f-ramp.csv)" "within $((n_day * 24))"

# Rows of other curves in between, areas and hours in another order: a stable sort by a
# key that keeps each curve rising.
{ head -n 1 bid-curves.csv; tail -n +2 bid-curves.csv | sort -s -t, -k5,5 -k4,4r -k6,6g; } \
    >turned.csv
bids=turned.csv
clear turned --exchange published-exchanges.csv
cmp p-exchange.csv p-turned.csv
cmp f-exchange.csv f-turned.csv

for day in $days; do
    awk -F, -v day="$day" 'NR == 1 || $2 == day' bid-curves.csv >day.csv
    bids=day.csv
    clear day --exchange published-exchanges.csv
    awk -F, -v day="$day" 'NR == 1 || $2 == day' f-exchange.csv | cmp - f-day.csv
    awk -F, -v day="$day" 'NR == 1 || $2 == day' p-exchange.csv | cmp - p-day.csv
done
