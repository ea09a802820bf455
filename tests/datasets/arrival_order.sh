#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# arrival_order.sh SNITT: whichever of two sources comes first, the same values are known
# and the same are doubted; what came at the same moments, in any order and pieces, gives the
# same bytes; a store is rebuilt with the doubts that came later.
set -u
snitt=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
failed=0

entsoe() { # AREA FACTOR: 30 days
    echo "MTU (CET/CEST),Day-ahead Price [EUR/MWh],Currency,BZN|$1"
    awk -v factor="$2" 'BEGIN { for (d = 1; d <= 30; d++) for (h = 0; h < 24; h++)
        printf "%02d.01.2020 %02d:00 - x,%.2f,EUR\n", d, h, factor * (20 + (7 * d + 3 * h) % 31) }'
}
zones() { # FAULT_HOUR_OF_DAY_9
    echo ',Price_DA,Load_DA,Load_AC,Gen_SC,Sol_DA,Won_DA'
    awk -v fault="$1" 'BEGIN { for (d = 1; d <= 30; d++) for (h = 0; h < 24; h++)
        printf "1/%d/2020 %d:00,%.2f,8000,8000,9000,0,0\n", d, h,
            20 + (7 * d + 3 * h) % 31 + (d == 9 && h == fault ? 4 : 0) }'
}
entsoe SE3 1 >gui_se3.csv
entsoe SE4 11.3 >gui_se4.csv # SEK taken for EUR
zones 5 | gzip -n >SE_3.csv.gz
zones 99 | gzip -n >SE_4.csv.gz

import() { # STORE NOW FILE...
    into=$1
    now=$2
    shift 2
    "$snitt" import "$@" --store "$into" --now "$now" 2>>said || { cat said; exit 1; }
}
import a 2026-01-01 gui_se3.csv gui_se4.csv
import a 2026-01-02 SE_3.csv.gz SE_4.csv.gz
import b 2026-01-01 SE_3.csv.gz SE_4.csv.gz
import b 2026-01-02 gui_se3.csv gui_se4.csv
import c 2026-01-02 gui_se3.csv gui_se4.csv SE_3.csv.gz SE_4.csv.gz
import d 2026-01-02 SE_4.csv.gz SE_3.csv.gz gui_se4.csv gui_se3.csv
import e 2026-01-02 SE_4.csv.gz # the same moment, one by one
import e 2026-01-02 gui_se3.csv
import e 2026-01-02 SE_3.csv.gz
import e 2026-01-02 gui_se4.csv
import f 2026-01-02 SE_3.csv.gz SE_4.csv.gz
import f 2026-01-01 gui_se3.csv gui_se4.csv # known before, learnt of later
for store in a b c d e f; do
    "$snitt" export --store $store --flags -o $store.csv || failed=1
    cmp a.csv $store.csv || { echo "FAIL $store: other values or flags than in a"; failed=1; }
    "$snitt" rebuild --store $store -o $store.new 2>why || { cat why; failed=1; }
    diff -r -x lock $store $store.new || { echo "FAIL $store: rebuilt differs"; failed=1; }
done
for pair in 'c d' 'c e' 'a f'; do # the same at the same moments
    # shellcheck disable=SC2086
    diff -r -x lock ${pair% *} ${pair#* } || { echo "FAIL $pair: other bytes"; failed=1; }
done
# One hour of SE3 and all 720 of SE4, twice each: both sources.
n=$("$snitt" status --store a --quantity price_eur_per_mwh |
    awk '/^price/ { n += $10 } END { print n + 0 }')
[ "$n" -eq 1442 ] || {
    "$snitt" status --store a --suspect --quantity price_eur_per_mwh
    echo "FAIL $n values are doubted, expected 1442"
    failed=1
}
# What was known before the other source came is as it was.
"$snitt" status --store a --as-of 2026-01-01T12:00Z --suspect >before || failed=1
grep -q '^ *suspect' before && { cat before; echo "FAIL doubted too early"; failed=1; }
# Again: nothing new.
import a 2026-01-03 SE_3.csv.gz gui_se4.csv
"$snitt" export --store a --flags -o again.csv && cmp a.csv again.csv || failed=1
cmp f/HEAD a/HEAD || { echo "FAIL doubted again what is doubted"; failed=1; }
"$snitt" rebuild --store a -o a2 2>why || { cat why; failed=1; }
exit $failed
