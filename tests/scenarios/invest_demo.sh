#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# invest_demo.sh SNITT PROBE TREE: the investment layer on a run of the model year.
set -eu
snitt=$1
probe=$2
cd "$3"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() {
    echo "invest_demo: $*"
    exit 1
}
exits() { # CODE COMMAND...
    want=$1
    shift
    got=0
    "$@" >"$dir/out" 2>"$dir/err" || got=$?
    [ "$got" -eq "$want" ] || {
        cat "$dir/err"
        fail "exit $got, expected $want: $*"
    }
}

"$snitt" model-year --store "$dir/store" >/dev/null 2>&1
"$snitt" run scenarios/library/demo.yaml --store "$dir/store" -o "$dir/run" --no-charts \
    >/dev/null 2>&1
# What heads the demo is plausible: congestion in some hours, a bill of some billion SEK.
python3 - "$dir/run/summary.json" <<'PY' || fail "redispatch is not plausible"
import json, sys
s = json.load(open(sys.argv[1]))
r = s["redispatch"]
bill_sek = 1e6 * r["bill_meur"] * s["fx_sek_per_eur"]
print("over a limit in", r["hours_share"], "of hours, bill", bill_sek, "SEK")
sys.exit(not (0.3 <= r["hours_share"] <= 0.6 and 0.5e9 <= bill_sek <= 6e9))
PY
"$probe" "$dir/run" scenarios/library/demo.yaml "$dir/store" || fail "the market"

exits 0 "$snitt" plant scenarios/library/projects-north.yaml --run "$dir/run" -o "$dir/a"
for end in svg png pdf csv alt.txt; do
    [ -s "$dir/a/charts/q05.$end" ] || fail "plant draws no q05.$end"
done
exits 0 "$snitt" plant scenarios/library/projects-north.yaml --run "$dir/run" -o "$dir/b" \
    --no-charts
[ ! -e "$dir/b/charts" ] || fail "charts though --no-charts"
exits 2 "$snitt" plant scenarios/library/projects-north.yaml --run "$dir/run" --lang fi
cmp "$dir/a/plant.json" "$dir/b/plant.json" || fail "the same inputs, other bytes"
cmp "$dir/a/plant.h5" "$dir/b/plant.h5" || fail "the same inputs, other bytes"

# One wrong project: listed with file and line, the others computed, exit 3.
sed 's/municipality: Boden/municipality: Bodn/' scenarios/library/projects-north.yaml \
    >"$dir/wrong.yaml"
exits 3 "$snitt" plant "$dir/wrong.yaml" --run "$dir/run"
grep -q 'wrong.yaml:[0-9]*:.*Boden' "$dir/err" || fail "the nearest name is not shown"
grep -q HYBRIT "$dir/out" || fail "the other projects are not computed"

# A plant of 0 MW: its own load changes no price.
sed 's/load_mw: {value: 140, low: 120, high: 160/load_mw: {value: 0, low: 0, high: 0/
     s/twh_per_year: {value: 1, source: S80}/twh_per_year: {value: 0, source: S80}/' \
    scenarios/library/projects-north.yaml >"$dir/zero.yaml"
exits 0 "$snitt" plant "$dir/zero.yaml" --run "$dir/run" --project "Meta data centre" \
    -o "$dir/z"
exits 0 "$snitt" plant "$dir/zero.yaml" --run "$dir/run" --project "Meta data centre" \
    --own-price --scenario scenarios/library/demo.yaml --store "$dir/store" -o "$dir/y"
sed 's/"own_price": [a-z]*/"own_price": -/' "$dir/z/plant.json" >"$dir/z.json"
sed 's/"own_price": [a-z]*/"own_price": -/' "$dir/y/plant.json" >"$dir/y.json"
cmp "$dir/z.json" "$dir/y.json" || fail "a plant of 0 MW changes something"

exits 0 "$snitt" portfolio scenarios/library/projects-north.yaml --run "$dir/run" \
    -o "$dir/p"
grep -q '"at_risk"' "$dir/p/portfolio.json" || fail "portfolio.json"

printf 'namn;orgnr;kommun;mwh\nA;556016-0680;Boden;1 000,5\nB;1;Boden;2\n' >"$dir/c.csv"
exits 3 "$snitt" companies "$dir/c.csv" --run "$dir/run" --target 450 -o "$dir/c"
grep -q 'c.csv:3: organisation number' "$dir/err" || fail "the wrong row is not listed"
grep -q '1 of 450' "$dir/out" || fail "progress"
exits 0 "$snitt" municipalities --run "$dir/run" -o "$dir/m"
[ "$(wc -l <"$dir/m/municipalities.csv")" -eq 291 ] || fail "not 290 municipalities"
exits 2 "$snitt" municipalities
exits 2 "$snitt" plant
exits 1 "$snitt" companies "$dir/none.csv" --run "$dir/run"
