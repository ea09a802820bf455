#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cpu.sh SNITT: the C library picks its functions by what the processor can do; without
# FMA and AVX2 every number stays within 1e-9 of itself.
set -eu
snitt=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >world.yaml <<'YAML'
name: world
year: 2025
period: {from: 2025-01-01, to: 2025-03-05}
areas: [SE1, SE2, SE3, SE4, NO1, NO2, NO3, NO4, NO5, DK1, DK2, FI]
edges: [EE, LT, PL, DE-LU, NL]
configurations: {base: se4, compare: [se1]}
sources: {price: [model_year], load: [model_year], generation: [model_year], flow: [model_year], reservoir: [model_year]}
YAML
"$snitt" model-year --store store --now 2026-01-01 >/dev/null 2>&1
"$snitt" run world.yaml --store store -o usual --no-charts >/dev/null
# Names of glibc before 2.33 and since.
GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2_Usable,-FMA_Usable,-AVX2,-FMA,-FMA4,-AVX512F
export GLIBC_TUNABLES
"$snitt" run world.yaml --store store -o plain --no-charts >/dev/null
unset GLIBC_TUNABLES
/usr/bin/python3 - <<'PY'
import h5py, json, numpy as np
same = open("usual/result.h5", "rb").read() == open("plain/result.h5", "rb").read()
a, b = h5py.File("usual/result.h5"), h5py.File("plain/result.h5")
worst = [0.0, ""]
def visit(name, one):
    if not isinstance(one, h5py.Dataset) or one.dtype.kind != "f":
        return
    x, y = one[:], b[name][:]
    # Infinite limits and gaps are equal or an error.
    assert np.array_equal(np.isfinite(x), np.isfinite(y)), name
    ok = np.isfinite(x)
    if ok.any():
        scale = max(1.0, np.abs(x[ok]).max())
        apart = np.abs(x[ok] - y[ok]).max() / scale
        if apart > worst[0]:
            worst[:] = [apart, name]
a.visititems(visit)
print("same bytes:", same, " largest relative difference:", *worst)
assert worst[0] <= 1e-9, worst
def numbers(x, at=""):
    if isinstance(x, dict):
        for k, v in x.items():
            yield from numbers(v, at + "/" + k)
    elif isinstance(x, float):
        yield at, x
u = dict(numbers(json.load(open("usual/summary.json"))))
p = dict(numbers(json.load(open("plain/summary.json"))))
assert u.keys() == p.keys()
for k in u:
    # The balance errors are residuals, not results.
    if "error" not in k and "residual" not in k:
        assert abs(u[k] - p[k]) <= 1e-9 * max(1.0, abs(u[k])), (k, u[k], p[k])
PY
