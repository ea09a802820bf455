#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# answers.sh SNITT TREE: a run tells its answers in words, the mark once, and the months of
# the model year are the twelve of its year.
set -eu
snitt=$1
tree=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
    echo "FAIL $*"
    exit 1
}
"$snitt" model-year --store store >/dev/null 2>&1
for lang in sv en; do
    "$snitt" run "$tree/scenarios/library/demo.yaml" --set period.from=2025-01-10 \
        --set period.to=2025-01-24 --store store -o "$lang" --lang "$lang" >$lang.out
done
[ "$(grep -c 'stiliserat modellår' sv.out)" -eq 1 ] || fail "the mark: $(cat sv.out)"
[ "$(grep -c 'stylised model year' en.out)" -eq 1 ] || fail "the mark: $(cat en.out)"
grep -q 'Vilka vinner och vilka förlorar' sv.out || fail "no question"
# The sentence is that of the chart, which has it last in the text for those who cannot see.
for q in 01 02 06; do
    sentence=$(sed 's/.*\. \(.*[0-9].*\)/\1/' sv/charts/q$q.alt.txt)
    grep -qF "$(printf %s "$sentence" | tail -c 60)" sv.out || fail "q$q: $sentence"
done
tail -2 sv.out | head -1 | grep -qx 'sv/report.html' || fail "no path"
/usr/bin/python3 - <<'PY' || fail "months"
import json
months = [m["month"] for m in json.load(open("sv/summary.json"))["monthly"]]
assert months == ["2025-%02d" % m for m in range(1, 13)], months
PY
