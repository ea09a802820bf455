# SPDX-License-Identifier: GPL-3.0-or-later
"""spread.py RUN: give a run of make_run every interval and several years; beside it
lines.json, a batch that varies the SE2-SE3 capacity."""
import json
import sys

run = sys.argv[1]
s = json.load(open(run + "/summary.json"))
row = lambda value, lo, hi: {"value": value, "lo": lo, "hi": hi, "level": 0.9}
border = max((k for k in s["congestion_income_meur"] if k != "changed" and "SE" in k and
              s["congestion_income_meur"]["changed"][k]),
             key=lambda k: s["congestion_income_meur"][k])
way = lambda k: {"redispatch": {"volume_gwh": 900 * k, "bill_meur": 45 * k, "tariff_eur_per_mwh": k},
                 "intervals": {"redispatch_volume_gwh": row(900 * k, 700 * k, 1200 * k),
                               "redispatch_bill_meur": row(45 * k, 30 * k, 64 * k),
                               "redispatch_tariff_eur_per_mwh": row(k, 0.5 * k, 2 * k)}}
s["after_market"] = {"cost_based": way(1), "strategic": way(2), "capacity_cut_least": way(0.5)}
s["intervals"] = {"se1": {
    "net_export_change_twh": {"NO": row(0.05, 0.02, 0.08)},
    "price_change_abroad_eur_per_mwh": {"DK2": row(1, -0.25, 2.5)},
    "congestion_income_meur": {border: row(60, 50, 80)},
    "wind_price_change_eur_per_mwh": {"SE2": row(1, 0.5, 1.5)},
    "consumers_region_meur": {"north": row(-10, -20, -5), "south": row(10, 5, 20)},
    "consumers_with_tariff_meur": {"north": row(-30, -50, -20), "south": row(-70, -90, -50)},
    "sweden_meur": row(-30, -40, -20), "redispatch_bill_meur": row(45, 30, 64)}}
s["years"] = [{"year": y, "congestion_income_meur": {"internal": 100, "abroad": 300, "changed":
              {"internal": 0, "abroad": 310}}} for y in (2018, 2019)]
s["fx_sek_per_eur"] = 10.5
json.dump(s, open(run + "/summary.json", "w"))
cell = lambda at, gap: {"at": {"capacity.add.SE2-SE3": at}, "comparisons": {"se1": {"intervals": {
    "price_gap_base_eur_per_mwh": row(gap, 0.5 * gap, 2 * gap), "sweden_meur": row(-100, -130, -80)}}}}
json.dump({"schema": "snitt-batch-1", "axes": [{"key": "capacity.add.SE2-SE3", "values": [0, 1500, 3000]}],
           "cells": [cell(0, 8), cell(1500, 3), cell(3000, 1)]}, open(run + "/lines.json", "w"))
