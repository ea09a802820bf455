#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# gallery.sh SNITT TREE: draw every chart of the model year into plots/gallery/ and list
# them at the end of plots/CHARTS.md.  Run by the target "gallery".
set -eu
snitt=$1
tree=$2
gallery=$tree/plots/gallery
manual=$tree/plots/CHARTS.md
most_bytes=60000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$snitt" model-year --store "$work/store" 2>/dev/null
"$snitt" run "$tree/scenarios/library/demo.yaml" --store "$work/store" -o "$work/run" \
    --no-charts >/dev/null
# What other commands add to a run.
"$snitt" municipalities --run "$work/run" -o "$work/more" >/dev/null
"$snitt" portfolio "$tree/scenarios/library/projects-north.yaml" --run "$work/run" \
    -o "$work/more" >/dev/null || [ $? -eq 3 ]
cp "$work/more/municipalities.json" "$work/more/portfolio.json" "$work/run/"
"$snitt" plot --all --run "$work/run" --lang en --format svg >/dev/null 2>"$work/not-drawn"
rm -rf "$gallery"
mkdir -p "$gallery"
sed '/^## Gallery$/,$d' "$manual" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$work/manual"
{
    printf '\n## Gallery\n\n'
    printf 'From the model year, which is stylised and not history; made by the target\n'
    printf '`gallery` (cmake --build build/release --target gallery).\n'
} >>"$work/manual"
for svg in "$work"/run/charts/q*.svg; do
    name=$(basename "$svg" .svg)
    picture=$name.svg
    if [ "$(wc -c <"$svg")" -le $most_bytes ]; then
        cp "$svg" "$gallery/"
    else
        picture=$name.png
        for width in 760 640 560 480 400; do
            rsvg-convert -w $width "$svg" -o "$gallery/$picture"
            [ "$(wc -c <"$gallery/$picture")" -gt $most_bytes ] || break
        done
    fi
    printf '\n![%s](gallery/%s)\n' "$(cat "$work/run/charts/$name.alt.txt")" "$picture" \
        >>"$work/manual"
done
if [ -s "$work/not-drawn" ]; then
    printf '\nNot drawn from a run alone: %s.\n' \
        "$(sed -n 's/^snitt plot: \(Q[0-9]*\) is not drawn.*/\1/p' "$work/not-drawn" |
            paste -sd ' ')" >>"$work/manual"
fi
cp "$work/manual" "$manual"
