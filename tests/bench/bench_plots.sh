#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bench_plots.sh SNITT TREE [TURNS]: every chart of a year in three formats (goal: 20 s on
# two cores) and a brief without PDF (goal: 10 s), on the model year; medians of three turns.
set -eu
snitt=$1
tree=$2
turns=${3:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$snitt" model-year --store store >/dev/null 2>&1
"$snitt" run "$tree/scenarios/library/demo.yaml" --store store -o run --no-charts >/dev/null

# timed WHAT COMMAND...: seconds of the turns, and their median.
timed() {
    what=$1
    shift
    : >times
    for turn in $(seq "$turns"); do
        start=$(date +%s.%N)
        "$@" >/dev/null 2>&1
        echo "$start $(date +%s.%N)" | awk '{ printf "%.2f\n", $2 - $1 }' >>times
    done
    printf '%-36s %s s (%s)\n' "$what" "$(sort -n times | sed -n $(((turns + 1) / 2))p)" \
        "$(tr '\n' ' ' <times)"
}
timed 'plot --all, svg pdf png, report' "$snitt" plot --all --run run
[ "$(ls run/charts/*.pdf | wc -l)" -ge 11 ] || exit 1
if command -v pandoc >/dev/null; then
    timed 'brief: html docx pptx' "$snitt" brief --run run -o brief
    [ -s brief/brief.pptx ] || exit 1
fi
