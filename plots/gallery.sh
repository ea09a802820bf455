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
"$snitt" model-year --store "$work/store" --now 2026-01-01 2>/dev/null # same bytes again
"$snitt" run "$tree/scenarios/library/demo.yaml" --store "$work/store" -o "$work/run" \
    --no-charts >/dev/null
# What other commands add to a run.
"$snitt" municipalities --run "$work/run" -o "$work/more" --no-charts >/dev/null
"$snitt" portfolio "$tree/scenarios/library/projects-north.yaml" --run "$work/run" \
    --scenario "$tree/scenarios/library/demo.yaml" --store "$work/store" --rounds 2 \
    -o "$work/more" --no-charts >/dev/null 2>&1 || [ $? -eq 3 ]
# More lines, assumptions one by one, and a run with one of them changed.
cp "$tree/scenarios/library/demo.yaml" "$work/" # a base lies beside what is based on it
cat >"$work/lines.yaml" <<YAML
base: demo.yaml
sweep:
  capacity.add.SE2-SE3: [0, 500, 1000, 2000, 3000]
YAML
cat >"$work/tornado.yaml" <<YAML
base: demo.yaml
sample:
  method: tornado
  parameters:
    slopes.hydro_factor: {distribution: loguniform, min: 0.5, max: 2}
    slopes.other_factor: {distribution: loguniform, min: 0.5, max: 2}
    capacity.window_days: {distribution: uniform, min: 0, max: 56}
    demand.elasticity: {distribution: triangular, min: 0, mode: 0.01, max: 0.05}
YAML
for batch in lines tornado; do
    "$snitt" batch "$work/$batch.yaml" --store "$work/store" -o "$work/$batch" \
        >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
done
"$snitt" run "$tree/scenarios/library/demo.yaml" --set slopes.hydro_factor=0.5 \
    --store "$work/store" -o "$work/before" --no-charts >/dev/null
"$snitt" compare "$work/before" "$work/run" --store "$work/store" \
    -o "$work/more/compare.json" >/dev/null
cp "$work"/more/*.json "$work/run/"
"$snitt" plot --all --run "$work/run" --lang en --format svg \
    --data "$work/lines/summary.json" --data "$work/tornado/summary.json" \
    >/dev/null 2>"$work/not-drawn"
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
