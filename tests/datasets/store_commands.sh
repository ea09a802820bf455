#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# store_commands.sh SNITT: what status, gaps, revisions and export say of a small store,
# now and as of earlier moments.
set -u
snitt=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
failed=0

# same NAME COMMAND...: standard output is that of the file expected.
same() {
    name=$1
    shift
    "$@" >got 2>err || {
        echo "FAIL $name: exit code $?: $(cat err)"
        failed=1
    }
    tr -d '\r' <got | diff -u expected - || {
        echo "FAIL $name"
        failed=1
    }
}

table() { # FIRST_PRICE CELL_OF_HOUR_5
    echo 'MTU (CET/CEST),Day-ahead Price [EUR/MWh],Currency,BZN|SE3'
    for h in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
        case $h in
        00) price=$1 ;;
        05) price=$2 ;;
        *) price=-${h}.25 ;;
        esac
        price=$(echo "$price" | sed 's/^-0/-/; s/^-\./-0./')
        echo "02.01.2019 $h:00 - x,$price,EUR"
    done
}
table 30.1 n/e >a.csv
table 31.6 7 >b.csv
table 31.6 8.5 >c.csv
for k in a b c; do
    month=$(echo $k | tr abc 123)
    "$snitt" import $k.csv --store store --now 2026-0$month-01 2>/dev/null || exit 1
done

cat >expected <<'EOF'
quantity                 subject    source           from              to                 step_s   values   gaps filled suspect
price_eur_per_mwh        SE3        entsoe_gui       2019-01-01T23:00Z 2019-01-02T23:00Z    3600       23      1      0       0
    gap 2019-01-02T04:00Z to 2019-01-02T05:00Z
EOF
same 'status as of January' "$snitt" status --store store --gaps --as-of 2026-01-31
cat >expected <<'EOF'
quantity,subject,source,step_s,from,to,intervals
price_eur_per_mwh,SE3,entsoe_gui,3600,2019-01-01T22:00Z,2019-01-01T23:00Z,1
EOF
same gaps "$snitt" gaps --store store --from 2019-01-01T22:00Z --to 2019-01-02T10:00Z
cat >expected <<'EOF'
quantity,subject,source,step_s,unit,values,mean_change,largest_change,flag_changes,from,to,learnt_first,learnt_last
price_eur_per_mwh,SE3,entsoe_gui,3600,EUR/MWh,2,1.5,1.5,0,2019-01-01T23:00Z,2019-01-02T05:00Z,2026-02-01T00:00Z,2026-03-01T00:00Z
EOF
same revisions "$snitt" revisions --store store
cat >expected <<'EOF'
quantity,subject,source,step_s,start,old,new,change,old_flag,new_flag,old_learnt,new_learnt
price_eur_per_mwh,SE3,entsoe_gui,3600,2019-01-01T23:00Z,30.1,31.6,1.5,stated,stated,2026-01-01T00:00Z,2026-02-01T00:00Z
EOF
same 'revisions as of February' "$snitt" revisions --store store --all --as-of 2026-02-15
cat >expected <<'EOF'
time_utc,time_local,price_eur_per_mwh SE3 entsoe_gui,flag SE3 entsoe_gui
2019-01-02 03:00,2019-01-02 04:00,-4.25,stated
2019-01-02 04:00,2019-01-02 05:00,,gap
2019-01-02 05:00,2019-01-02 06:00,-6.25,stated
EOF
same 'export as of January' "$snitt" export --store store --flags --as-of 2026-01-01 \
    --from 2019-01-02T03:00Z --to 2019-01-02T06:00Z
cat >expected <<'EOF'
time_utc;time_local;price_eur_per_mwh SE3 entsoe_gui
2019-01-01 23:00;2019-01-02 00:00;31,6
2019-01-02 00:00;2019-01-02 01:00;-1,25
EOF
same 'export for Excel in Swedish' "$snitt" export --store store --locale sv \
    --to 2019-01-02T01:00Z
cat >expected <<'EOF'
time_utc,time_local,price_eur_per_mwh SE3 entsoe_gui
2019-01-02 04:00,2019-01-02 05:00,8.5
2019-01-02 04:15,2019-01-02 05:15,8.5
2019-01-02 04:30,2019-01-02 05:30,8.5
2019-01-02 04:45,2019-01-02 05:45,8.5
EOF
same 'export by the rule hold' "$snitt" export --store store --step 900 --rule hold \
    --from 2019-01-02T04:00Z --to 2019-01-02T05:00Z
"$snitt" export --store store --format json -o e.json 2>/dev/null || failed=1
"$snitt" export --store store --format h5 -o e.h5 2>/dev/null || failed=1
ncdump -h e.h5 | grep -q 'double value(time, subject)' || { echo "FAIL ncdump"; failed=1; }
/usr/bin/python3 - <<'PY' || failed=1
import json
import xarray

series, = json.load(open("e.json"))["series"]
d = xarray.open_dataset("e.h5", group="price_eur_per_mwh/entsoe_gui/3600", engine="h5netcdf")
assert series["value"] == [float(v) for v in d["value"].values[:, 0]], series
assert series["value"][5] == 8.5 and series["flag"] == [1] * 24
assert series["origin"] == "c.csv" and len(series["raw_sha256"]) == 64
assert str(d["time"].values[0])[:13] == "2019-01-01T23"
PY
# What cannot be: usage 2, absence 1.
wrong() { # CODE PATTERN COMMAND...
    code=$1
    pattern=$2
    shift 2
    "$@" >got 2>err
    got=$?
    # shellcheck disable=SC2254
    case $(cat err) in
    $pattern) ;;
    *) got="$got, $(cat err)" ;;
    esac
    [ "$got" = "$code" ] || { echo "FAIL $*: $got"; failed=1; }
}
wrong 2 '*did you mean "price_eur_per_mwh"*' "$snitt" export --store store --quantity price_eur_per_mhw
wrong 2 '*--as-of*"soon"*' "$snitt" status --store store --as-of soon
wrong 2 '*not before*' "$snitt" gaps --store store --from 2020-01-01 --to 2019-01-01
wrong 2 '*--format "xls"*' "$snitt" export --store store --format xls
wrong 2 '*needs a file*' "$snitt" export --store store --format h5
wrong 1 '*"none" does not lead from 3600 s to 900 s*' "$snitt" export --store store --step 900
wrong 1 '*no such series*' "$snitt" export --store store --area SE9
wrong 1 '*no such series*' "$snitt" gaps --store store --area SE9
wrong 2 '*there is no "price"*snitt status lists what is there*' "$snitt" status --store store --quantity price
exit $failed
