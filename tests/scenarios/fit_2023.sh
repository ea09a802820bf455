#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# fit_2023.sh SNITT TREE: hydro's answer to price on the real hours of 2023 (M-2).
set -eu
snitt=$1
tree=$2
data=${SNITT_REFERENCE_DATA:-$tree/../shared/data}
if [ ! -d "$data/svk" ]; then
    echo "no reference data at $data"
    [ "${SNITT_REQUIRE_REFERENCE:-}" != 1 ] || exit 1
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$snitt" import --store "$work/store" "$data"/prices/entsoe-gui/*_2023_* \
    "$data"/svk/timvarden* 2>/dev/null
"$snitt" fit "$tree/scenarios/library/fit-hydro.yaml" --set year=2023 \
    --store "$work/store" >"$work/fit"
cat "$work/fit"
# Published for the same hours: slopes of 39 and 57 MW per EUR/MWh by the instrument, and
# 55-60 % of the variance within weeks; ours must lie within two standard errors, or 5
# points.
/usr/bin/python3 - "$work/fit" <<'PY'
import re, sys

failed = 0
lines = {l.split()[0]: l for l in open(sys.argv[1]) if l.startswith("SE")}
for area, published in (("SE1", 39.0), ("SE2", 57.0)):
    slope, error, f = map(float, re.search(
        r"instrumented +([\d.]+) \(([\d.]+)\) MW per EUR/MWh, F (\d+)", lines[area]).groups())
    share = float(re.search(r"explains +([\d.]+) %", lines[area]).group(1))
    ok = abs(slope - published) <= 2 * error and f > 10 and 50 <= share <= 65
    print("ok  " if ok else "FAIL", area, slope, error, share)
    failed += not ok
sys.exit(failed > 0)
PY
