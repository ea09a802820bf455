#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# import_errors.sh SNITT: bad input gives one clear line and exit code 1 (2 for usage) and
# leaves the store as it was, to the byte.
set -u
snitt=$1
work=$(mktemp -d)
trap 'umount "$work/small" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 99
failed=0

state() { # of the store: names and bytes of all files
    (cd store && find . -type f ! -name lock | LC_ALL=C sort | xargs sha256sum)
}

# expect CODE PATTERN COMMAND...: the code, one line on stderr like the pattern, and the
# store as before.
expect() {
    code=$1
    pattern=$2
    shift 2
    "$@" >out 2>err
    got=$?
    said=$(cat err)
    case $said in
    $pattern) ;;
    *)
        echo "FAIL $*: said \"$said\", expected $pattern"
        failed=1
        ;;
    esac
    [ "$got" = "$code" ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] || {
        echo "FAIL $*: exit code $got, expected $code; $(wc -l <err) lines"
        failed=1
    }
    [ "$(state)" = "$before" ] || {
        echo "FAIL $*: the store changed"
        failed=1
    }
}

# day DATE: 24 rows of an ENTSO-E price table.
day() {
    for h in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
        echo "$1 $h:00 - $1 $h:59,3$h.5,EUR"
    done
}
header='MTU (CET/CEST),Day-ahead Price [EUR/MWh],Currency,BZN|SE3'
{ echo "$header"; day 04.03.2019; day 05.03.2019; day 06.03.2019; } >good.csv
"$snitt" import good.csv --store store --now 2026-01-01 2>/dev/null || exit 1
before=$(state)

import() { # FILE: with the values changed, so that storing any would show
    sed -i 's/,3\([0-9]*\)\.5,/,4\1.5,/' "$1"
    "$snitt" import "$1" --store store --now 2026-02-01
}
sed '/05.03.2019 07:00/d' good.csv >short.csv
expect 1 '*short.csv:33: SE3: 1 rows are missing on 2019-03-05 (CET/CEST): no row for 2019-03-05T06:00Z to 2019-03-05T07:00Z' import short.csv
sed '/05.03.2019/d' good.csv >gap.csv
expect 1 '*gap.csv:26: SE3: 24 rows are missing on 2019-03-05*2019-03-04T23:00Z to 2019-03-05T23:00Z' import gap.csv
sed '/06.03.2019 23:00/d' good.csv >cut.csv
expect 1 '*cut.csv:72: SE3: 1 rows are missing on 2019-03-06*2019-03-06T22:00Z to 2019-03-06T23:00Z' import cut.csv
sed '/04.03.2019 00:00/d' good.csv >late.csv
expect 1 '*late.csv:2: SE3: 1 rows are missing on 2019-03-04*2019-03-03T23:00Z to 2019-03-04T00:00Z' import late.csv
for bad in NaN nan inf 1e999 0x1F '12;5' -- 1.2.3; do
    sed "s/\(05.03.2019 07:00.*\),307.5,/\1,$bad,/" good.csv >nan.csv
    expect 1 "*nan.csv:33: price_eur_per_mwh of SE3, 2019-03-05T06:00Z to 2019-03-05T07:00Z: not a number: \"$bad\"" import nan.csv
done
sed 's/SE3/SE7/' good.csv >area.csv
expect 1 '*area.csv:1: unknown bidding area "SE7", did you mean "SE*"?' import area.csv
sed 's/05.03.2019 07:00/05.03.2019 06:00/' good.csv >twice.csv
expect 1 '*twice.csv:33: time goes back or repeats at "2019-03-05T05:00Z"' import twice.csv
sed 's/05.03.2019 07:00/31.02.2019 07:00/' good.csv >never.csv
expect 1 '*never.csv:33: not a time of the expected form: "31.02.2019*' import never.csv
printf 'a,b\n1,2\n' >other.csv
expect 1 '*"other.csv" is like none of the * known tables*' import other.csv
echo "$header" >empty.csv
expect 0 'empty.csv: entsoe_gui_price, nothing to store: the table has no rows of data*' \
    import empty.csv
echo ',Price_DA,Load_DA,Load_AC,Gen_SC,Sol_DA,Won_DA' >DE_AT_LU.csv # of an area that is not in the model: there is nothing to lose
expect 0 'DE_AT_LU.csv: *nothing to store: the table has no rows of data*' import DE_AT_LU.csv
printf 'capacity_twh,name\n6.0,NO1\n' >capacity.csv
expect 0 'capacity.csv: nve_reservoir_capacity, nothing to store: capacities without a time*' \
    import capacity.csv
gzip -c good.csv >whole.csv.gz
head -c 200 whole.csv.gz >half.csv.gz
expect 1 '*"half.csv.gz" is broken or cut off gzip' "$snitt" import half.csv.gz --store store
xz -c good.csv | head -c 100 >half.csv.xz
expect 1 '*"half.csv.xz" is broken or cut off xz' "$snitt" import half.csv.xz --store store
head -c 60 /dev/zero >nul.csv
expect 1 '*nul.csv*' "$snitt" import nul.csv --store store
expect 1 '*"nothing.csv"*No such file*' "$snitt" import nothing.csv --store store
mkdir folder
expect 1 '*"folder"*' "$snitt" import folder --store store
# One bad file among good ones: none is stored.
sed 's/,3\([0-9]*\)\.5,/,5\1.5,/' good.csv >second.csv
"$snitt" import second.csv short.csv --store store 2>err && failed=1
[ "$(state)" = "$before" ] || { echo "FAIL part of a failed import is stored"; failed=1; }
# Usage.
expect 2 '*FILE... is missing*' "$snitt" import --store store
expect 2 '*unknown option "--stor"*' "$snitt" import good.csv --stor store
expect 2 '*"yesterday"*' "$snitt" import good.csv --store store --now yesterday

# A store of another version, and a damaged one, are refused and left alone.
cp -r store kept
sed -i '1s/.*/snitt-store 9/' store/HEAD
before=$(state)
expect 1 '*version 9*' import second.csv
expect 1 '*version 9*' "$snitt" status --store store
rm -rf store && cp -r kept store
sed -i 's/^2019 ../2019 ff/' store/HEAD
before=$(state)
expect 1 '*HEAD" is damaged*' import second.csv
rm -rf store && cp -r kept store
file=$(echo store/data/2019-*.h5)
head -c 3000 "$file" >cut.h5 && mv cut.h5 "$file"
before=$(state)
expect 1 '*is damaged or cut*' import second.csv
expect 1 '*is damaged or cut*' "$snitt" status --store store
rm "$file"
before=$(state)
expect 1 '*cannot be opened: No such file*' "$snitt" status --store store
rm -rf store && mv kept store
before=$(state)

# Disk full: a limit on the size of files does for everybody what a small file system
# does for root.
for blocks in 1 8; do
    expect 1 '*File too large*' sh -c "trap '' XFSZ; ulimit -f $blocks
        exec \"$snitt\" import second.csv --store store --now 2026-02-01"
done
mkdir small
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=160k tmpfs small 2>/dev/null; then
    cp -r store small/store
    rm -rf store && ln -s small/store store
    before=$(state)
    head -c 400000 /dev/zero >small/filler 2>/dev/null
    expect 1 '*No space left on device*' import second.csv
    rm small/filler
    "$snitt" import second.csv --store store --now 2026-02-01 2>/dev/null ||
        { echo "FAIL import after room was made"; failed=1; }
    echo "disk full: on a file system of 160 kB, and by a limit"
    rm store && mv small/store store
else
    echo "disk full: by a limit only (no mount here)"
fi

# Two writers: the second waits, then names the process that writes.
before=$(state)
/usr/bin/python3 -c '
import fcntl, sys, time
f = open("store/lock", "r+")
fcntl.lockf(f, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(float(sys.argv[1]))' 60 >locked &
holder=$!
while [ ! -s locked ]; do sleep 0.02; done
expect 1 "*is being written by process $holder*" "$snitt" import second.csv --store store \
    --lock-wait 0.2
kill "$holder"
wait "$holder" 2>/dev/null
"$snitt" import second.csv --store store --now 2026-04-01 2>err &
"$snitt" import good.csv --store store --now 2026-05-01 2>err2
first=$?
wait $! && [ $first -eq 0 ] || { echo "FAIL two writers at once: $(cat err err2)"; failed=1; }
"$snitt" status --store store >/dev/null || failed=1
exit $failed
