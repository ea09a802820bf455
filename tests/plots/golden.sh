#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# golden.sh SNITT MAKE_RUN: scripts, data files, alt texts and CSV of the plain run are
# those of golden/.  SNITT_BLESS=1 writes them.  Twice the same run: the same SVG bytes.
set -eu
snitt=$1
make_run=$2
here=$(cd "$(dirname "$0")" && pwd)
golden=$here/golden
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$make_run" plain run
"$snitt" plot --all --run run --lang sv --format svg,pdf >/dev/null 2>&1
# Q11 is of a batch.
"$make_run" plain wide
/usr/bin/python3 "$here/spread.py" wide
"$snitt" plot Q11 --run wide --data wide/lines.json --lang sv --format svg >/dev/null
mkdir got
cp wide/charts/q11.csv wide/charts/q11.alt.txt wide/charts/gnuplot/q11.gp got/
cp run/charts/*.csv run/charts/*.alt.txt run/charts/gnuplot/q??.gp got/
# One heat map cell an hour: its first days say enough.
head -n 60 got/q07.csv >got/q07.head.csv
rm got/q07.csv got/q07_duration.csv
if [ "${SNITT_BLESS:-}" = 1 ]; then
    rm -rf "$golden"
    cp -r got "$golden"
    exit 0
fi
diff -ru "$golden" got
mkdir first
cp run/charts/*.svg first/
"$snitt" plot --all --run run --lang sv --format svg >/dev/null 2>&1
for svg in first/*.svg; do
    cmp "$svg" "run/charts/$(basename "$svg")"
done
