#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# replay_2019.sh SNITT TREE REFEREE: the main job on real 2019, and what it must show.
set -eu
snitt=$1
tree=$2
referee=$3
data=${SNITT_REFERENCE_DATA:-$tree/../shared/data}
if [ ! -d "$data/flows" ]; then
    echo "no reference data at $data"
    [ "${SNITT_REQUIRE_REFERENCE:-}" != 1 ] || exit 1
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$snitt" import --store "$work/store" "$data"/prices/entsoe-gui/*_2019_* \
    "$data"/prices/nordpool-sek/*_2019_* "$data"/zones-hourly/DK* \
    "$data"/zones-hourly/FI* "$data"/zones-hourly/NO* "$data"/zones-hourly/SE* \
    "$data"/zones-hourly/EE* "$data"/zones-hourly/NL* "$data"/zones-hourly/DE_LU* "$data"/zones-hourly/PL* \
    "$data"/nordpool/*se-areas_2019* "$data"/nordpool/production-prognosis_2019* \
    "$data"/flows/*_2019_* "$data"/hydro/nve_reservoir_201[89]* \
    "$data"/hydro/hydro-reservoir_201[89]* "$data"/svk/*Prod* 2>/dev/null
"$snitt" run "$tree/scenarios/library/replay.yaml" --set year=2019 \
    --store "$work/store" -o "$work/run" --no-charts >/dev/null
# The replay is true by construction (M-14), so responses are tested too.
run() {
    name=$1
    shift
    "$snitt" run "$tree/scenarios/library/replay.yaml" --set year=2019 \
        --set hydro.balance=false "$@" --store "$work/store" -o "$work/$name" \
        --no-charts >/dev/null
}
run held
run unlimited --set redispatch.unlimited_internal=true
run load --set extra_load_mw.SE2=1000
# Hours' exported curves, cleared again by another solver.
"$referee" "$work/run/result.h5" se1
/usr/bin/python3 - "$work" <<'PY'
import datetime, json, sys, zoneinfo
import h5py, numpy as np

work = sys.argv[1]
folder = work + "/run"
s = json.load(open(folder + "/summary.json"))
h = h5py.File(folder + "/result.h5")
areas = [a.decode().strip("\0 ") for a in h["area"][:]]
failed = []


def check(what, holds, value):
    print(("ok    " if holds else "FAIL  ") + what, value)
    if not holds:
        failed.append(what)


r = s["replay"]
check("compared", r["area_hours_compared"] >= 0.99 * r["area_hours_due"], r)
check("exact", r["share_exact"] >= 0.9999, r["share_exact"])
check("checks", s["check"]["failed"] == 0 and s["check"]["periods"] > 8000, s["check"]["periods"])
check("energy", s["hydro"]["energy_error_max_share"] <= 1e-4, s["hydro"])
check("ledger", s["ledger"]["residual_share"] <= 1e-6, s["ledger"]["residual_share"])
# Yearly means published for 2019, EUR/MWh.
for area, mean in {"SE1": 37.94, "SE3": 38.36, "SE4": 39.80}.items():
    observed = s["observed"]["price_mean_eur_per_mwh"][area]
    check("mean " + area, abs(observed - mean) < 0.005, observed)
# Headlines recomputed from the hours, by another program.
price = h["configurations/se1/price_eur_per_mwh"][:]
for area in ("SE1", "SE4", "FI"):
    mean = np.nanmean(price[:, areas.index(area)])
    check("recomputed " + area,
          abs(mean - s["configurations"]["se1"]["price_mean_eur_per_mwh"][area]) < 1e-9, mean)
# The reference line, and what is published of it: north +1 ... +4 %, SE4 -1 ... -4 %.
four = [areas.index("SE%d" % k) for k in (1, 2, 3, 4)]
load, observed = h["observed/load_mw"][:][:, four], h["observed/price_eur_per_mwh"][:][:, four]
naive = float(np.nanmean((load * observed).sum(axis=1) / load.sum(axis=1)))
check("naive", abs(naive - s["naive_load_weighted_price_eur_per_mwh"]) < 1e-6, naive)
change = 100 * (naive / np.nanmean(observed, axis=0) - 1)
check("naive as published", 1 <= change[0] <= 4 and -4 <= change[3] <= -1, change)
swedish = price[:, [areas.index("SE%d" % k) for k in (1, 2, 3, 4)]]
check("one price", np.nanmax(np.ptp(swedish, axis=1)) < 1e-9, float(np.nanmax(np.ptp(swedish, axis=1))))
means = {k: v["price_mean_eur_per_mwh"]["SE3"] for k, v in s["hydro_variants"].items()}
check("water variants differ", len({round(v, 4) for v in means.values()}) == 3, means)
kinds = {b["name"]: b["kind"] for b in s["borders"]}
check("borders", kinds["SE1-SE2"] == "measured" and kinds["SE2-NO3"] == "day_ahead" and
      kinds["DK1-DK2"] == "none", kinds)
# Intervals hold their value, which is the number that other code summed.
i = s["intervals"]["se1"]
rows = [r for r in s["ledger"]["rows"] if r["area"].startswith("SE")]
consumers = sum(r["change_meur"] for r in rows if r["group"].startswith("consumers"))
check("consumers", abs(i["consumers_sweden_meur"]["value"] - consumers) < 1e-6, consumers)
check("sweden", abs(i["sweden_meur"]["value"] - sum(r["change_meur"] for r in rows)) < 1e-6,
      i["sweden_meur"])
check("all areas", abs(i["all_areas_meur"]["value"] - s["ledger"]["total_meur"]) < 1e-6,
      i["all_areas_meur"])
check("volume", abs(i["redispatch_volume_gwh"]["value"] - s["redispatch"]["volume_gwh"]) < 1e-6,
      i["redispatch_volume_gwh"])
check("bill", abs(i["redispatch_bill_meur"]["value"] - s["redispatch"]["bill_meur"]) < 1e-6,
      i["redispatch_bill_meur"])
check("tariff", abs(i["redispatch_tariff_eur_per_mwh"]["value"] -
                    s["redispatch"]["tariff_eur_per_mwh"]) < 1e-9, i["redispatch_tariff_eur_per_mwh"])
income = s["congestion_income_meur"]
far = max(abs(one["value"] - income["changed"][name])
          for name, one in i["congestion_income_meur"].items())
check("income of %d borders" % len(i["congestion_income_meur"]), far < 1e-6, far)
year = [y for y in s["years"] if y["year"] == 2019][0]["congestion_income_meur"]
for what, borders, part in (("internal", ["SE1-SE2", "SE2-SE3", "SE3-SE4"], income),
                            ("abroad of one area", [n for n in income["changed"] if n.count("SE") == 1],
                             income["changed"])):
    got = (year if what == "internal" else year["changed"])[what.split()[0]]
    check("year's income, " + what, abs(got - sum(part[n] for n in borders)) < 1e-3 * abs(got), got)
flow = h["configurations/se1/flow_mw"][:] - h["configurations/se4/flow_mw"][:]
names = [b.decode().strip("\0 ") for b in h["border"][:]]
to_denmark = sum(np.nansum(flow[:, k]) * (1 if n.startswith("SE") else -1) for k, n in enumerate(names)
                 if "SE" in n and "DK" in n) / 1e6
check("export to Denmark", abs(to_denmark - i["net_export_change_twh"]["DK"]["value"]) < 1e-9, to_denmark)
k = areas.index("SE2")
wind = h["observed/wind_mw"][:][:, k]
rise = price[:, k] - h["configurations/se4/price_eur_per_mwh"][:][:, k]
both = np.isfinite(wind) & np.isfinite(rise)
rise = float((wind * rise)[both].sum() / wind[both].sum())
check("wind", abs(rise - i["wind_price_change_eur_per_mwh"]["SE2"]["value"]) < 1e-9, rise)
gap = s["cuts"]["SE2-SE3"]["tolerance_1"]["mean_difference_eur_per_mwh"]
check("gap", abs(i["price_gap_base_eur_per_mwh"]["value"] - gap) < 0.001, gap)
for region, two in (("north", ("SE1", "SE2")), ("south", ("SE3", "SE4"))):
    for name, groups in (("consumers_region_meur", ("consumers", "consumers_industry")),
                         ("consumers_with_tariff_meur",
                          ("consumers", "consumers_industry", "tariff_consumers"))):
        gain = sum(r["change_meur"] for r in rows if r["area"] in two and r["group"] in groups)
        check(name + " " + region, abs(i[name][region]["value"] - gain) < 1e-6, gain)
used = np.nansum(load[:, 3]) * (i["consumer_price_change_eur_per_mwh"]["SE4"]["value"]) / 1e6
gain = sum(r["change_meur"] for r in rows if r["area"] == "SE4" and
           r["group"] in ("consumers", "consumers_industry", "tariff_consumers"))
check("what SE4 pays", abs(used + gain) < 0.002 * abs(gain), (used, gain))
# Months are those of the clock in Sweden, found by another calendar.
start = datetime.datetime(2018, 12, 31, 23, tzinfo=datetime.timezone.utc)
clock = [(start + datetime.timedelta(hours=t)).astimezone(zoneinfo.ZoneInfo("Europe/Stockholm"))
         for t in range(len(observed))]
months = [m for m in s["monthly"] if m["month"].startswith("2019")]
check("twelve months", [m["month"] for m in months] == ["2019-%02d" % m for m in range(1, 13)], len(months))
for m, one in enumerate(months):
    here = [t for t, local in enumerate(clock) if local.month == m + 1]
    far = max(abs(np.nanmean(observed[here, k]) - one["price"]["SE%d" % (k + 1)]) for k in range(4))
    check(one["month"], far < 1e-9, far)
for name, one in [(k, v) for k, v in i.items() if "value" in v] + \
        [(k + a, v) for k, m in i.items() if "value" not in m for a, v in m.items()]:
    check("interval " + name, one["lo"] <= one["value"] <= one["hi"], one)
# After the market: every way closes its books by two counts, and they rank as they must.
ways = {k: v for k, v in s["after_market"].items() if isinstance(v, dict)}
check("four ways", sorted(ways) == ["capacity_cut_historical", "capacity_cut_least", "cost_based",
                                    "strategic"], sorted(ways))
for name, way in ways.items():
    check("ledger of " + name, way["ledger"]["residual_share"] <= 1e-6, way["ledger"]["residual_share"])
    check("channels of " + name, way["channels"]["residual_share"] <= 1e-6, way["channels"])
    check("energy of " + name, way["hydro"]["energy_error_max_share"] <= 1e-4, way["hydro"])
    check("tariff of " + name, abs(way["intervals"]["redispatch_tariff_eur_per_mwh"]["value"] -
                                   way["tariff_eur_per_mwh"]) < 1e-9, way["intervals"])
    check("bill of " + name, abs(way["intervals"]["redispatch_bill_meur"]["value"] -
                                 way["redispatch"]["bill_meur"]) < 1e-6, way["redispatch"]["bill_meur"])
    check("volume of " + name, abs(way["intervals"]["redispatch_volume_gwh"]["value"] -
                                   way["redispatch"]["volume_gwh"]) < 1e-6, way["redispatch"]["volume_gwh"])
    check("losses of " + name, way["channels"]["exchange_meur"] < 0 and
          way["channels"]["demand_meur"] < 0, way["channels"])
least, old = ways["capacity_cut_least"], ways["capacity_cut_historical"]
check("least reduction", 0 < least["lost_trade_gwh"] <= old["lost_trade_gwh"] and
      0 < least["lost_trade_meur"] <= old["lost_trade_meur"],
      (least["lost_trade_gwh"], old["lost_trade_gwh"]))
check("strategic pays more", ways["strategic"]["more_paid_than_cost_based_meur"] > 0,
      ways["strategic"]["more_paid_than_cost_based_meur"])
bills = [r["bill_meur"] for r in s["after_market"]["theta_sensitivity"]]
check("theta", len(bills) == 5 and bills == sorted(bills), bills)
check("criteria", len(s["comparisons"]["se1"]["criteria"]) >= 22, len(s["comparisons"]["se1"]["criteria"]))
cut = h["configurations/se1/cut_flow_after_mw"][:] - h["configurations/se1/cut_max_mw"][:]
check("cuts hold", np.nanmax(cut) < 1e-4, float(np.nanmax(cut)))


def prices(run, name):
    return h5py.File(work + "/" + run + "/result.h5")["configurations/" + name + "/price_eur_per_mwh"][:]


gap = np.nanmax(np.abs(prices("unlimited", "se4") - prices("held", "se1")))
check("se4 without internal limits is se1", gap < 1e-6, float(gap))
for name in ("se4", "se1"):
    rise = prices("load", name) - prices("held", name)
    check("1000 MW more in SE2 lowers no price in " + name, np.nanmin(rise) > -1e-6,
          float(np.nanmin(rise)))
    check("and raises that of SE2 in " + name, np.nanmean(rise[:, areas.index("SE2")]) > 0.5,
          float(np.nanmean(rise[:, areas.index("SE2")])))
sys.exit(1 if failed else 0)
PY
