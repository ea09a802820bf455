#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# seam_hour_quarter.sh SNITT TREE: one run over 2025-09-30T22:00Z, where the market's hours
# become quarter-hours.  Prices come in hours before and in quarters after; means weigh
# by length, so they are those of the hours that the quarters make up.
set -eu
snitt=$1
tree=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$snitt" model-year --store "$work/store" 2>/dev/null
"$snitt" export --store "$work/store" --quantity price_eur_per_mwh \
    --from 2025-09-30T22:00Z --to 2025-10-05T22:00Z -o "$work/hours.csv" 2>/dev/null
"$snitt" export --store "$work/store" --quantity price_eur_per_mwh --area SE3 \
    --from 2025-09-23T22:00Z --to 2025-10-03T22:00Z -o "$work/all.csv" 2>/dev/null
# Quarters round each hour's price, the same in every area: who is dear stays dear.
/usr/bin/python3 - "$work" <<'PY'
import csv, sys

rows = list(csv.reader(open(sys.argv[1] + "/hours.csv")))
head = ["Date"] + ["%02d:%02d-%02d:%02d" % (q // 4, q % 4 * 15, (q + 1) // 4 % 24, (q + 1) % 4 * 15)
                   for q in range(96)]
columns = [(k, name.split()[1]) for k, name in enumerate(rows[0]) if " " in name]
for k, area in columns:
    with open("%s/%s-q.csv" % (sys.argv[1], area), "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(head)
        for day in range(5):
            prices = [float(row[k]) + move for row in rows[1 + 24 * day:25 + 24 * day]
                      for move in (-12.0, -4.0, 4.0, 12.0)]
            out.writerow(["2025-10-%02d" % (1 + day)] + ["%.3f" % p for p in prices])
PY
"$snitt" import --store "$work/store" "$work"/*-q.csv >/dev/null 2>"$work/words" ||
    { cat "$work/words"; exit 1; }
run() {
    "$snitt" run "$tree/scenarios/library/demo.yaml" --set period.from=2025-09-24 \
        --set period.to=2025-10-04 --set step_minutes="$2" --set "sources.price=$3" \
        --store "$work/store" -o "$work/$1" --no-charts >/dev/null
}
run hours 60 '[model_year]'
run quarters 15 '[epex, model_year]'
run joined 60 '[epex, model_year]'
/usr/bin/python3 - "$work" <<'PY'
import json, sys

hours, quarters, joined = (json.load(open("%s/%s/summary.json" % (sys.argv[1], m)))
                           for m in ("hours", "quarters", "joined"))
failed = []


def check(what, a, b, within):
    print(what, a, b)
    if a is None or b is None or abs(a - b) > within * max(1.0, abs(a)):
        failed.append(what)


def mean(summary, name, area):
    return summary["configurations"][name]["price_mean_eur_per_mwh"][area]


check("step", quarters["period"]["step_s"], 900, 0)
check("hours", hours["period"]["hours"], quarters["period"]["hours"], 0)
for area in ("SE1", "SE3", "SE4", "DK1"):
    check("base " + area, mean(hours, "se4", area), mean(quarters, "se4", area), 1e-5)
    check("joined " + area, mean(hours, "se1", area), mean(joined, "se1", area), 1e-4)
# The quarters were there, and a mean of numbers instead of hours would be another.
with open(sys.argv[1] + "/quarters/manifest.json") as f:
    if "epex" not in f.read():
        failed.append("quarters not used")
with open(sys.argv[1] + "/all.csv") as f:
    prices = [float(line.split(",")[2]) for line in f.readlines()[1:]]
before, after = prices[:7 * 24], prices[7 * 24:]
numbers = (sum(before) + 4 * sum(after)) / (len(before) + 4 * len(after))
print("SE3 by number", numbers)
if abs(numbers - mean(quarters, "se4", "SE3")) < 0.01:
    failed.append("the two means are the same, the test shows nothing")
check("ledger", quarters["ledger"]["residual_share"], 0.0, 1e-6)
sys.exit(1 if failed else 0)
PY
