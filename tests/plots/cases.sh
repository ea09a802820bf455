#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cases.sh SNITT MAKE_RUN: charts of ordinary and of extreme runs, in every format and
# both languages: drawn, well-formed, fonts inside, and not empty.
set -eu
snitt=$1
make_run=$2
here=$(cd "$(dirname "$0")" && pwd)
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

# Every interval that the summary has is drawn beside its number: exports, prices abroad,
# income, wind, the tariff, every way of handling the cuts, every split.
cp -r plain-sv spread
/usr/bin/python3 "$here/spread.py" spread
"$snitt" plot Q2 Q6 Q8 Q9 Q10 Q13 --run spread --format svg >/dev/null
# Lines in the colours of intervals; the axis at zero is one of them in both.
strokes() {
    tr '\n' ' ' <"$1" |
        grep -oE "stroke='rgb\( ?(34|102), *(34|102), *(34|102)\)' +d='M[^']*'" | grep -o M | wc -l
}
for pair in 02:3 06:9 08:2 09:1 10:1; do
    q=${pair%:*}
    [ "$(strokes spread/charts/q$q.svg)" -eq $(($(strokes plain-sv/charts/q$q.svg) + ${pair#*:})) ] ||
        fail "q$q draws $(strokes spread/charts/q$q.svg) intervals"
    grep -q '90 % intervall' spread/charts/q$q.svg || fail "q$q does not say what they are"
    grep -q 'ej beräknat' spread/charts/q$q.svg && fail "q$q says it has no interval"
    grep -q 'Intervall: ej beräknat, ' plain-sv/charts/q$q.svg || fail "q$q does not say why not"
done
[ "$(grep -c '(.*–.*)' spread/charts/q06.svg)" -ge 9 ] || fail "q06 lacks the interval of a way"
grep -q '2,1 (1,1–4,2)' spread/charts/q06.svg || fail "q06 lacks the tariff's interval"
grep -q '^"2018",1050,3150,0,3255' spread/charts/q09_years.csv || fail "q09 lacks income by year"
grep -q '−525 … −210' spread/charts/q13.svg || fail "q13 lacks the interval of the north"

# Both bars of each municipality have their interval; without the sum's own, only one.
/usr/bin/python3 - <<'PY'
import json
data = json.load(open("plain-sv/municipalities.json"))
for row in data["municipalities"]:
    del row["change_sek_low"], row["change_sek_high"]
json.dump(data, open("sums.json", "w"))
PY
"$snitt" plot Q3 --run spread --data plain-sv/municipalities.json --format svg >/dev/null
both=$(strokes spread/charts/q03.svg)
grep -q '^"Prövkommun 0",200,40,380,3,2,5' spread/charts/q03.csv ||
    fail "q03 has not the intervals of its data: $(cat spread/charts/q03.csv)"
"$snitt" plot Q3 --run spread --data sums.json --format svg >/dev/null
[ "$(strokes spread/charts/q03.svg)" -eq $((both - 5)) ] ||
    fail "q03 draws $both intervals, without those of the sums $(strokes spread/charts/q03.svg)"

# The report has them too, in crowns, and splits by name.
"$snitt" plot --all --run spread --format svg >/dev/null 2>&1
grep -q '<b>472 miljoner kronor</b>.* 90 % intervall 315 … 672' spread/report.html ||
    fail "the report's bill: $(grep -o 'Mothandelns nota.\{0,120\}' spread/report.html)"
grep -q 'Intervall ej beräknat' spread/report.html || fail "the report's prices"
grep -q 'M€' spread/report.html && fail "the report has euros beside crowns"
grep -q '<option value="se1">Ett område' spread/report.html || fail "the report names splits by code"

# More projects than a page holds: the note says so, and no name covers another's line.
/usr/bin/python3 - <<'PY'
import json
p = json.load(open("spread/portfolio.json"))
p["projects"] = [dict(p["projects"][0], name="Projekt nummer %d" % k) for k in range(40)]
json.dump(p, open("many.json", "w"))
PY
"$snitt" plot Q5 --run spread --data many.json --format svg >/dev/null
[ "$(grep -c 'Projekt nummer' spread/charts/q05.csv)" -eq 32 ] || fail "q05 shows another number"
for size in slide square social a4; do # words at the very edge are there in each shape
    "$snitt" plot Q5 --run spread --data many.json --size $size --format svg >/dev/null
    [ "$(grep -c '60 → 40 %' spread/charts/q05.svg)" -eq 32 ] || fail "q05 $size lacks its numbers"
    "$snitt" plot Q14 --run spread --size $size --format svg >/dev/null
    grep -q ' … ' spread/charts/q14.svg || fail "q14 $size lacks its numbers"
done
grep -q 'De 32 med högst pris av 40 projekt' spread/charts/q05.svg || fail "q05 hides projects"

# Two batches, each to its chart; two for the same one are refused, with both names.
"$snitt" plot Q11 Q14 --run spread --data sure/batch.json --data spread/lines.json --format svg \
    >/dev/null || fail "two batches are not drawn"
grep -q 'vattenkraftens prissvar' spread/charts/q14.svg || fail "q14 is not the tornado"
grep -q 'utöver dagens, MW' spread/charts/q11.svg || fail "q11's axis lacks its unit"
grep -qE '>3[^0-9<]+000<' spread/charts/q11.svg || fail "q11's axis lacks thousands"
grep -qE 'halverats vid 1[^0-9]+200 MW' spread/charts/q11.alt.txt || fail "q11 does not say when it halves"
grep -q '^1500,3,-1050,1.5,6,-1365,-840' spread/charts/q11.csv || fail "q11 lacks its intervals"
status=0
"$snitt" plot Q14 --run spread --data sure/batch.json --data sure/batch.json 2>err || status=$?
[ $status -eq 2 ] || fail "two files for one chart: exit code $status"
grep -q 'both drawn by Q14: give one' err || fail "not said: $(cat err)"
