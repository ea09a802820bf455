#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# rebuild.sh SNITT [model-year]: a store with a past (revisions, contradictions, doubts, a file that came
# twice, one that a killed writer left) is made again from its raw bytes, byte for byte.
set -u
snitt=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
failed=0

table() { # PRICE_OF_HOUR_0 PRICE_OF_HOUR_5
    echo 'MTU (CET/CEST),Day-ahead Price [EUR/MWh],Currency,BZN|SE3'
    for h in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
        case $h in
        00) price=$1 ;;
        05) price=$2 ;;
        *) price=1$h.25 ;;
        esac
        echo "01.01.2020 $h:00 - x,$price,EUR"
    done
}
table 30.1 n/e >a.csv
table 31.6 7 >b.csv
table 31.6 9999 >c.csv
{
    echo ',Price_DA,Load_DA,Load_AC,Gen_SC,Sol_DA,Won_DA'
    for h in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
        echo "1/1/2020 $h:00,30,8000,0,9000,0,0"
    done
} | gzip -n >SE_3.csv.gz
import() { "$snitt" import "$1" --store store --now "$2" 2>>err || { cat err; exit 1; }; }
import a.csv 2026-01-01
import b.csv 2026-02-01
import c.csv 2026-02-01
import SE_3.csv.gz 2026-02-01
import a.csv 2026-03-01
import b.csv 2026-02-15
if [ "${2:-}" = model-year ]; then
    "$snitt" model-year --store store --now 2026-03-02 2>/dev/null || failed=1
fi
grep -q 'values outside -500 to 5000' err && grep -q 'differ by more than 0.01' err || {
    echo "FAIL the faults put in are not found"
    cat err
    failed=1
}
"$snitt" status --store store --suspect --quantity price_eur_per_mwh --source entsoe_gui \
    --area SE3 >status
grep -q 'suspect 20' status || { cat status; failed=1; }

again() { # NAME
    rm -rf new
    "$snitt" rebuild --store store -o new 2>said || { echo "FAIL $1: $(cat said)"; failed=1; }
    diff -r -x lock "$2" new || { echo "FAIL $1: other bytes"; failed=1; }
}
again 'with its HEAD' store
grep -q 'as before' said || failed=1
cp -r store kept
rm -r store/data store/HEAD
again 'from raw bytes alone' kept
rm -r store && mv kept store

# Raw bytes that no state ever had: killed before HEAD.
name=$(ls store/raw/*.gz | head -n 1)
gzip -dc "$name" | sed 's/30\.1/99.9/' >orphan
hash=$(sha256sum orphan | cut -d ' ' -f 1)
gzip -nc orphan >"store/raw/$hash.gz"
told=$(ls "${name%.gz}"-*.json | head -n 1)
sed "s/\"sha256\": \"[0-9a-f]*\"/\"sha256\": \"$hash\"/" "$told" >"store/raw/$hash-0.json"
"$snitt" rebuild --store store -o other 2>said || { echo "FAIL orphan: $(cat said)"; failed=1; }
cmp store/HEAD other/HEAD || { echo "FAIL an orphan changes the store"; failed=1; }
rm "store/raw/$hash.gz" "store/raw/$hash-0.json"

# Damage is named, and nothing is taken for whole.
cp -r store hurt
printf x >>"$(ls hurt/raw/*.gz | head -n 1)"
head -c 100 "$(ls hurt/raw/*.gz | tail -n 1)" >cut && cp cut "$(ls hurt/raw/*.gz | tail -n 1)"
"$snitt" rebuild --store hurt -o none 2>said
[ $? -eq 1 ] && grep -q 'raw/' said || { echo "FAIL damage: $(cat said)"; failed=1; }
"$snitt" rebuild --store store -o other 2>said
[ $? -eq 2 ] && grep -q '"other" exists' said || { echo "FAIL exists: $(cat said)"; failed=1; }
exit $failed
