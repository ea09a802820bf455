#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# batch.sh SNITT: batches on the model year: same bytes however they come about.
set -eu
snitt=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
    echo "FAIL $*"
    exit 1
}
same() {
    diff -r "$1" "$2" >differences || fail "$1 and $2 differ: $(head -5 differences)"
}
"$snitt" model-year --store store >/dev/null 2>&1
cat >world.yaml <<'YAML'
name: world
year: 2025
period: {from: 2025-01-01, to: 2025-02-27}
areas: [SE1, SE2, SE3, SE4, NO1, NO2, NO3, NO4, NO5, DK1, DK2, FI]
edges: [EE, LT, PL, DE-LU, NL]
configurations: {base: se4, compare: [se1, se-2+2]}
hydro: {iterations_max: 20}
sources: {price: [model_year], load: [model_year], generation: [model_year], flow: [model_year], reservoir: [model_year]}
YAML
cat >grid.yaml <<'YAML'
base: world.yaml
name: grid
sweep:
  extra_load_mw.SE2: [0, 1000]
  capacity.add.SE2-SE3: {from: 0, to: 600, count: 2}
  hydro.balance: [market, false]
YAML
run() { # FOLDER OPTION...
    out=$1
    shift
    "$snitt" batch grid.yaml --store store -o "$out" "$@" >/dev/null 2>>log
}
run one --jobs 1
run two --jobs 2
same one two
mkdir away
(cd away && "$snitt" batch ../grid.yaml --store ../store -o here --jobs 3 >/dev/null 2>&1)
same one away/here
/usr/bin/python3 - <<'PY' || exit 1
import json, xarray
d = xarray.open_dataset("one/batch.h5", engine="h5netcdf", phony_dims="access")
assert d["price_change_eur_per_mwh"].dims == (
    "extra_load_mw.SE2", "capacity.add.SE2-SE3", "hydro.balance", "comparison", "area"), d
assert d.sizes["extra_load_mw.SE2"] == 2 and d.sizes["comparison"] == 2, d.sizes
assert list(d["extra_load_mw.SE2"].values) == [0, 1000]
assert all(name in d.coords for v in d.values() for name in v.dims), "an axis without scale"
p = d["price_base_eur_per_mwh"].sel({"area": b"SE2", "comparison": b"se1", "capacity.add.SE2-SE3": 0})
assert (p.diff("extra_load_mw.SE2") > 0).all(), p
assert (d["price_change_eur_per_mwh_lo"] <= d["price_change_eur_per_mwh"]).all()
s = json.load(open("one/summary.json"))
assert s["cases"] == {"all": 8, "partial": 0, "failed": 0}, s["cases"]
assert len(s["cells"]) == 8 and s["cells"][1]["at"]["hydro.balance"] == "false"
assert sum(1 for line in open("one/cases.csv")) == 1 + 8 * 2
PY

# Killed at any moment, started again: the same bytes.
for after in 0.3 0.9; do
    "$snitt" batch grid.yaml --store store -o cut --jobs 2 >/dev/null 2>&1 &
    pid=$!
    sleep $after
    kill -9 $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
done
touch cut/cases/half.case.tmp-123 # what a writer leaves that is killed just then
run cut --jobs 2
same one cut

# Parts, as the tasks of a cluster run them.
for part in 2 0 1; do
    mkdir -p parts/slurm
    run parts --jobs 1 --part $part/3
done
: >log
run parts --jobs 1
grep -q "8 cases: 8 from the cache, 0 worked out" log || fail "parts: $(cat log)"
rm -r parts/slurm
same one parts

# What did not change is taken from the cache, what did is told.
: >log
run two --why
grep -q "8 cases: 8 from the cache, 0 worked out" log || fail "cache: $(cat log)"
: >log
run two --why --set slopes.factor=1.5
grep -q "case 0 (extra_load_mw.SE2=0 .*): slopes.factor was 1, is 1.5" log || fail "why: $(cat log)"
record=$(ls one/cases/*.case | head -1)
head -c 900 "$record" >short
cp short "$record"
: >log
run one
grep -q "cut short or changed" log || fail "cut short: $(cat log)"
grep -q "7 from the cache, 1 worked out" log || fail "cut short: $(cat log)"
same one cut

# A case that fails is listed and stops no other.
cat >failing.yaml <<'YAML'
base: world.yaml
name: failing
period: {from: 2025-01-01, to: 2025-01-15}
sweep:
  sources.price: [[model_year], [nobody]]
YAML
code=0
"$snitt" batch failing.yaml --store store -o failing >/dev/null 2>log || code=$?
[ $code = 3 ] || fail "a failed case gives exit code $code: $(cat log)"
grep -q "case 1 failed: the store has no price of SE1" log || fail "not listed: $(cat log)"
/usr/bin/python3 -c '
import json
s = json.load(open("failing/summary.json"))
assert s["cases"]["failed"] == 1 and s["failed"][0]["case"] == 1, s["failed"]'

# Sample: indices, intervals with parameters, the same bytes again.
cat >sample.yaml <<'YAML'
base: world.yaml
name: sample
period: {from: 2025-01-01, to: 2025-03-05}
hydro: {balance: false}
configurations: {base: se4, compare: [se1]}
sample:
  n: 4
  indices: true
  parameters:
    slopes.factor: {distribution: loguniform, min: 0.5, max: 2}
    capacity.window_days: {distribution: uniform, min: 0, max: 30}
YAML
"$snitt" batch sample.yaml --store store -o sample --jobs 2 >/dev/null 2>log
"$snitt" batch sample.yaml --store store -o sample2 --jobs 1 >/dev/null 2>log
same sample sample2
/usr/bin/python3 - <<'PY'
import json, xarray
d = xarray.open_dataset("sample/batch.h5", engine="h5netcdf", phony_dims="access")
assert d.sizes["sample"] == 4 * 4 and d["slopes.factor"].dims == ("sample",)
one = json.load(open("sample/summary.json"))["cells"][0]["comparisons"]["se1"]
i = one["intervals"]["price_change_sweden_eur_per_mwh"]
assert i["includes"] == ["weeks", "parameters"] and i["lo"] < i["hi"], i
k = one["indices"]["price_change_sweden_eur_per_mwh"]
assert set(k) == {"slopes.factor", "capacity.window_days"} and k["slopes.factor"]["total_error"] > 0
PY
sed -e 's/  n: 4/  method: tornado/' -e '/indices/d' sample.yaml >tornado.yaml
"$snitt" batch tornado.yaml --store store -o tornado >/dev/null 2>log
/usr/bin/python3 - <<'PY'
import json
t = json.load(open("tornado/summary.json"))["cells"][0]["comparisons"]["se1"]["tornado"]
t = t["price_change_sweden_eur_per_mwh"]
swing = [abs(b["high"] - b["low"]) for b in t["bars"]]
assert len(swing) == 2 and swing[0] >= swing[1] and swing[0] > 0, t
PY
echo ok
