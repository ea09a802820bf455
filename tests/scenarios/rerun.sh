#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# rerun.sh SNITT: a run again with its pinned data, with new data, and what differs.
set -eu
snitt=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
    echo "FAIL $*"
    exit 1
}
cat >world.yaml <<'YAML'
name: world
year: 2025
period: {from: 2025-01-01, to: 2025-03-05}
areas: [SE1, SE2, SE3, SE4, NO1, NO2, NO3, NO4, NO5, DK1, DK2, FI]
edges: [EE, LT, PL, DE-LU, NL]
configurations: {base: se4, compare: [se1]}
hydro: {balance: false}
sources: {price: [model_year], load: [model_year], generation: [model_year], flow: [model_year], reservoir: [model_year]}
YAML
"$snitt" model-year --store store --now 2026-01-01 >/dev/null 2>&1
"$snitt" run world.yaml --store store -o first --no-charts >/dev/null
# New data: another weather, learnt later.
"$snitt" model-year --store store --seed 7 --now 2026-02-01 >/dev/null 2>&1

"$snitt" rerun first --store store -o pinned --no-charts >/dev/null
cp -r pinned closed
"$snitt" run world.yaml --store store -o closed/ --no-charts --set as_of=2026-01-15 \
    >/dev/null || fail "an earlier run cannot be replaced when a slash ends its name"
[ -e closed/result.h5 ] || fail "a run whose name ends in a slash is lost"
ls -d closed.tmp-* >/dev/null 2>&1 && fail "unfinished folders are left"
# Disk full: what is told is the file, and nothing is left. A limit on the size of files
# does for everybody what a small file system does for root.
code=0
sh -c "trap '' XFSZ; ulimit -f 400
    exec \"$snitt\" run world.yaml --store store -o full --no-charts" \
    >/dev/null 2>why || code=$?
[ "$code" = 1 ] && grep -q 'full.*/result.h5.*(disk full?)' why ||
    fail "exit $code on a full disk: $(cat why)"
ls -d full* >/dev/null 2>&1 && fail "a full disk leaves $(ls -d full*)"
rm first/timing.json pinned/timing.json
diff -r first pinned >/dev/null || fail "a rerun with pinned data differs"
mkdir away
(cd away && "$snitt" rerun ../first --store ../store -o here --no-charts >/dev/null)
rm away/here/timing.json
diff -r first away/here >/dev/null || fail "a rerun in another directory differs"
for threads in 1 3; do
    "$snitt" run world.yaml --store store -o threads --no-charts \
        --set threads=$threads --set as_of=2026-01-15 >/dev/null
    cmp -s first/result.h5 threads/result.h5 && fail "as_of is not in the run id"
    rm -rf "kept$threads"
    mv threads "kept$threads"
    rm "kept$threads/timing.json"
done
diff -r kept1 kept3 >/dev/null || fail "the number of threads shows"

# Charts and report too, and from a fresh install; PDF and PNG are outside the promise.
cmake --install "$(dirname "$snitt")" --prefix "$work/prefix" >/dev/null
cmp "$snitt" prefix/bin/snitt || fail "the installed program has other bytes"
draw() { # PROGRAM FOLDER
    "$1" run world.yaml --store store -o "$2" --set period.to=2025-01-15 >/dev/null
    rm "$2/timing.json" "$2"/charts/*.pdf "$2"/charts/*.png
    [ -s "$2/charts/q01.svg" ] && [ -s "$2/report.html" ] || fail "nothing was drawn"
}
draw "$snitt" built
draw "$work/prefix/bin/snitt" installed
diff -r built installed >/dev/null || fail "a fresh install gives other bytes"
# What is installed serves by itself, without the source tree.
echo '/* of the prefix */' >>prefix/share/snitt/templates/report.css
draw "$work/prefix/bin/snitt" marked
grep -q 'of the prefix' marked/report.html || fail "templates are not the installed ones"
rm prefix/share/snitt/mappings/*.yaml
code=0
prefix/bin/snitt import --store none world.yaml >log 2>&1 || code=$?
[ $code != 0 ] && grep -q "none of the 0 known tables" log || fail "$(cat log)"
# Another program, another gnuplot: the same run, and the manifest says what it was.
mkdir bin
printf '#!/bin/sh\necho gnuplot 9.9\n' >bin/gnuplot
chmod +x bin/gnuplot
cp "$snitt" rebuilt
printf 'x' >>rebuilt
PATH=$work/bin:$PATH ./rebuilt run world.yaml --store store -o foreign --no-charts \
    --set as_of=2026-01-15 --set threads=1 >/dev/null
cmp kept1/result.h5 foreign/result.h5 || fail "result.h5 depends on the program's file"
cmp kept1/summary.json foreign/summary.json || fail "summary.json depends on it"
grep -q '"gnuplot 9.9"' foreign/manifest.json || fail "the manifest does not tell gnuplot"
cmp -s kept1/manifest.json foreign/manifest.json && fail "the manifest hides the program"
/usr/bin/python3 - <<'PY'
import json, os
found = json.load(open("first/manifest.json"))["environment"]
assert found["program"].startswith("snitt "), found
assert found["packages"]["gsl"] and found["packages"]["hdf5"] and found["packages"]["libc"], found
assert found["processor"]["architecture"] == os.uname().machine, found
assert isinstance(found["processor"]["features"], list), found
assert os.uname().nodename not in json.dumps(found), found
PY

"$snitt" rerun first --store store -o latest --latest --no-charts >/dev/null
cmp -s first/summary.json latest/summary.json && fail "--latest has the old data"
"$snitt" model-year --store other --seed 7 --now 2025-12-01 >/dev/null 2>&1
code=0
"$snitt" rerun first --store other -o wrong --no-charts >/dev/null 2>log || code=$?
[ $code = 1 ] || fail "another store gives exit code $code"
grep -q "does not hold what the run had read: .* differs" log || fail "$(cat log)"
[ ! -e wrong ] || fail "a failed rerun left a folder"

# Data and assumptions changed: the parts are those of the runs between.
"$snitt" run world.yaml --store store -o both --no-charts --set slopes.factor=1.4 >/dev/null
"$snitt" compare first both --store store -o why.json >table
/usr/bin/python3 - <<'PY'
import json
load = lambda p: json.load(open(p))["intervals"]["se1"]
first, latest, both = (load(p + "/summary.json") for p in ("first", "latest", "both"))
why = json.load(open("why.json"))["comparisons"]["se1"]
for name in ("sweden_meur", "price_change_sweden_eur_per_mwh", "producers_sweden_meur"):
    w = why[name]
    f, l, b = (r[name]["value"] for r in (first, latest, both))
    assert abs(w["change"] - (b - f)) < 1e-9 * max(1, abs(b)), (name, w)
    assert abs(w["data"] - (l - f)) < 1e-8 * max(1, abs(l)), (name, w, l - f)
    assert abs(w["assumptions"] - (b - l)) < 1e-8 * max(1, abs(b)), (name, w, b - l)
    assert w["program"] == 0 and w["data"] != 0 and w["assumptions"] != 0, (name, w)
assert set(why["price_eur_per_mwh"]) == {"SE1", "SE2", "SE3", "SE4"}
PY
# A number that another program wrote is the program's part.
/usr/bin/python3 - <<'PY'
import json
s = json.load(open("first/summary.json"))
s["intervals"]["se1"]["sweden_meur"]["value"] -= 2.5
json.dump(s, open("first/summary.json", "w"))
PY
"$snitt" compare first both --store store -o why.json >table
/usr/bin/python3 -c '
import json
w = json.load(open("why.json"))["comparisons"]["se1"]["sweden_meur"]
assert abs(w["program"] - 2.5) < 1e-6, w
assert abs(w["data"] + w["assumptions"] + w["program"] - w["change"]) < 1e-6, w'
rm first/summary.json
"$snitt" compare first both --store store >/dev/null 2>log && fail "half a run is compared"
grep -q 'first/summary.json' log || fail "$(cat log)"
echo ok
