#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# quarter_hours.sh SNITT TREE: hours held over their quarters are the same market.
set -eu
snitt=$1
tree=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$snitt" model-year --store "$work/store" 2>/dev/null
run() {
    "$snitt" run "$tree/scenarios/library/demo.yaml" --set period.from=2025-01-10 \
        --set period.to=2025-01-24 --set step_minutes="$1" --set hydro.energy_tolerance_share=1e-6 --store "$work/store" \
        -o "$work/$1" --no-charts >/dev/null
}
run 60
run 15
/usr/bin/python3 - "$work" <<'PY'
import json, sys

hour, quarter = (json.load(open(sys.argv[1] + "/" + m + "/summary.json")) for m in ("60", "15"))
failed = []


def check(what, a, b, within):
    print(what, a, b)
    if a is None or b is None or abs(a - b) > within * max(1.0, abs(a)):
        failed.append(what)


check("step", quarter["period"]["step_s"], 900, 0)
check("hours", hour["period"]["hours"], quarter["period"]["hours"], 0)
check("area-hours", hour["replay"]["area_hours_compared"],
      quarter["replay"]["area_hours_compared"], 0)
for name in ("se4", "se1"):
    for area in ("SE1", "SE3", "FI"):
        key = [s["configurations"][name]["price_mean_eur_per_mwh"][area] for s in (hour, quarter)]
        check(name + " " + area, key[0], key[1], 1e-5)
for key in ("volume_gwh", "cost_meur"):
    check(key, hour["redispatch"][key], quarter["redispatch"][key], 1e-3)
check("ledger", quarter["ledger"]["residual_share"], 0.0, 1e-6)
sys.exit(1 if failed else 0)
PY
