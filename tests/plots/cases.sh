#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cases.sh SNITT MAKE_RUN: charts of ordinary and of extreme runs, in every format and
# both languages: drawn, well-formed, fonts inside, and not empty.
set -eu
snitt=$1
make_run=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
    echo "FAIL $*"
    exit 1
}

for case in plain hour area missing negative high; do
    for lang in sv en; do
        [ "$lang" = sv ] || [ "$case" = plain ] || continue
        formats=svg
        [ "$case" != plain ] || formats=svg,pdf,png
        run=$case-$lang
        "$make_run" "$case" "$run"
        size=slide
        [ "$lang" = sv ] || size=square
        "$snitt" plot --all --run "$run" --lang "$lang" --size "$size" \
            --format "$formats" >"$run.out" \
            2>"$run.err" || fail "$run: $(cat "$run.err")"
        grep -v 'is not drawn' "$run.err" && fail "$run: words on stderr"
        for svg in "$run"/charts/q*.svg; do
            name=${svg%.svg}
            xmllint --noout "$svg" || fail "$svg is not well-formed"
            [ -s "$name.alt.txt" ] || fail "$name lacks its text"
            [ "$case" != plain ] || { [ -s "$name.pdf" ] && [ -s "$name.png" ]; } ||
                fail "$name lacks a format"
            # What is drawn besides words: an empty plot has next to nothing.
            shapes=$(grep -c -E '<(path|polygon|image|circle|use)' "$svg" || true)
            [ "$(basename "$name")" != q13 ] || shapes=$(grep -c '<text' "$svg") # a table
            least=15
            [ "$case" != area ] || least=8 # no cuts, one bar
            [ "$case" = missing ] || [ "$shapes" -ge $least ] || fail "$svg has $shapes shapes"
        done
        [ "$case" = plain ] || continue
        for pdf in "$run"/charts/*.pdf; do
            pdffonts "$pdf" | awk 'NR > 2 { n++; if ($(NF - 4) != "yes") bad = 1 }
                END { exit bad || n == 0 }' || fail "$pdf: a font is not embedded"
        done
    done
done
grep -q 'Inga uppgifter' missing-sv/charts/q07.svg || fail "nothing known is not said"
[ "$(ls plain-sv/charts/q*.svg | wc -l)" -ge 14 ] || fail "too few charts"
# A number of the ledger, written the Swedish and the English way.
grep -q '>+315<' plain-sv/charts/q02.svg || grep -q '>+735<' plain-sv/charts/q02.svg ||
    fail "q02 lacks its numbers"
grep -q 'stiliserat\|provdata' plain-sv/charts/q01.svg || fail "the mark is missing"
grep -q 'SE2–SE3: fullt' plain-sv/charts/q07.svg || fail "q07 lacks its sentences"
grep -q '>[+−].* … ' plain-sv/charts/q14.svg || fail "q14 lacks its ranges"
"$snitt" plot Q1 --run plain-sv --locale sv --format svg >/dev/null
od -An -c plain-sv/charts/q01.csv | head -1 | grep -q '357 273 277' || fail "no byte order mark"
grep -q ';[0-9]*,[0-9]' plain-sv/charts/q01.csv || fail "no decimal comma"

# With intervals, terms of sources and a batch: drawn, in words, and the same numbers.
cp -r plain-sv sure
/usr/bin/python3 - <<'PY'
import json
summary = json.load(open("sure/summary.json"))
row = lambda value, lo, hi: {"value": value, "lo": lo, "hi": hi, "level": 0.9}
summary["intervals"] = {"se1": {"redispatch_volume_gwh": row(900, 700, 1200),
                                "redispatch_bill_meur": row(45, 30, 64)}}
summary["attribution"] = [{"text": "Svenska kraftnät", "licence": "local use only"},
                          {"text": "NVE", "licence": "NLOD"}]
json.dump(summary, open("sure/summary.json", "w"))
bar = lambda key, low, high: {"parameter": key, "low": low, "high": high}
json.dump({"schema": "snitt-batch-1", "cells": [{"comparisons": {"se1": {"tornado": {
    "price_change_eur_per_mwh": {"SE1": {"value": 0.54, "bars": [
        bar("slopes.hydro_factor", 0.43, 0.66), bar("reservoirs_mwh.SE1", 0.5, 0.6)]}}}}}}]},
    open("sure/batch.json", "w"))
PY
"$snitt" plot Q6 Q14 --run sure --data sure/batch.json --format svg >/dev/null
grep -q '"Huvudfall",0.9,472.5,0.84,0.7,1.2,315,672' sure/charts/q06.csv ||
    fail "q06 has not the interval of the summary: $(cat sure/charts/q06.csv)"
grep -q '0,90 (0,70–1,20)' sure/charts/q06.svg || fail "q06 does not say its interval"
drawn() { grep -c '<path' "$1/charts/q06.svg"; }
[ "$(drawn sure)" -gt "$(drawn plain-sv)" ] || fail "q06 does not draw its interval"
grep -q 'endast för eget bruk' sure/charts/q06.svg || fail "terms are not in Swedish"
grep -q 'vattenkraftens prissvar' sure/charts/q14.svg || fail "q14 has a key for words"
grep -q '+0,43 … +0,66' sure/charts/q14.svg || fail "q14 hides a small range"
grep -q 'reservoirs_mwh.SE1' sure/charts/q14.svg || fail "q14 drops a key without words"
