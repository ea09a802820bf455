# SPDX-License-Identifier: GPL-3.0-or-later
"""invest_check.py WORK: what the investment layer wrote, counted again from its rows.

WORK holds plant/, portfolio/, companies/, municipalities/ of one set of runs."""
import csv, json, os, sys

work = sys.argv[1]
failed = []


def check(what, holds, value=""):
    print(("ok    " if holds else "FAIL  ") + what, value)
    if not holds:
        failed.append(what)


def read(name):
    return json.load(open("%s/%s/%s.json" % (work, name, name)))


def near(a, b, share=1e-9):
    return abs(a - b) <= share * max(1.0, abs(a), abs(b))


# ---- companies: sums of rows = rows of municipalities, of sectors, and the total
c = read("companies")
m = {row["name"]: row for row in read("municipalities")["municipalities"]}
check("companies computed", len(c["rows"]) >= 4, len(c["rows"]))
for key, part in (("municipality", "by_municipality"), ("sector", "by_sector")):
    for row in c[part]:
        own = [r for r in c["rows"] if r[key] == row["name"]]
        check("%s %s" % (part, row["name"]),
              near(sum(r["change_sek"] for r in own), row["change_sek"]) and
              near(sum(r["mwh_per_year"] for r in own), row["mwh_per_year"]) and
              len(own) == row["sites"] and
              len({r["organisation_number"] for r in own}) == row["companies"])
    check(part + " is whole", near(sum(r["change_sek"] for r in c[part]), c["total"]["change_sek"]))
# A company that runs as its area does pays what its municipality's row says.
for row in c["rows"]:
    if row["profile"] == "area":
        place = m[row["municipality"]]["change_ore_per_kwh"]
        check("company " + row["name"], near(row["change_ore_per_kwh"], place, 1e-9), place)
check("a company with the area's load", any(r["profile"] == "area" for r in c["rows"]))
check("organisation numbers", all(r["organisation_number"][6] == "-" for r in c["rows"]))

# ---- municipalities: all of them, by county and by constituency
check("290 municipalities", len(m) == 290, len(m))


def table(name):
    with open("%s/municipalities/%s" % (work, name), newline="", encoding="utf-8-sig") as f:
        return [row for row in csv.reader(f) if row and not row[0].startswith("#")]


for name, count in (("constituencies", 29), ("counties", 21)):
    rows = table("municipalities-%s.csv" % name)
    head, rows = rows[0], rows[1:]
    at = {h.split(" ")[0].split("[")[0]: i for i, h in enumerate(head)}
    check("%d %s" % (count, name), len(rows) == count and len({r[0] for r in rows}) == count,
          len(rows))
    column = at["municipalities"]
    check(name + " hold every municipality once", sum(int(float(r[column])) for r in rows) == 290)
    key = "constituency" if name == "constituencies" else "county"
    for r in rows:
        own = [p for p in m.values() if p[key] == r[0]]
        use = [p["change_sek"] for p in own if p["change_sek"] is not None]
        check(name + " " + r[0], len(own) == int(float(r[column])) and
              (not use or near(sum(use), float(r[at["change_sek"]]), 1e-3)), len(own))
county = {r[0]: r for r in table("municipalities-constituencies.csv")}
check("Norrbotten votes as one", "Norrbottens län" in county)

# ---- plants
p = read("plant")
for one in p["projects"]:
    names = list(one["results"])
    for name in names:
        result = one["results"][name]
        d = result["delivered_eur_per_mwh"]
        check("%s %s" % (one["name"], name),
              near(sum(d[k] for k in d if k != "total"), d["total"], 1e-9) and
              result["value_of_flexibility_eur_per_mwh"] >= -1e-9 and
              len(result["delivered_by_year"]) == len(p["years"]) and
              0.0 <= result["probability_npv_positive"] <= 1.0)
    check("figures of " + one["name"], all(
        (f["source"] and f["date"]) or (f["assumption"] and f["low"] <= f["value"] <= f["high"])
        for f in one["figures"]))
# ---- portfolio: at risk = stands in the base and not in the compared, candidates only
q = read("portfolio")
base, compared = q["configurations"]
rows = q["projects"]
even = [r["break_even_spot_eur_per_mwh"] for r in rows]
check("ladder falls", even == sorted(even, reverse=True))
risk = [r for r in rows if r["is_candidate"] and r["results"][base]["stands"] and
        not r["results"][compared]["stands"]]
check("at risk", near(sum(r["mw"] for r in risk), q["at_risk"]["mw"]) and
      near(sum(r["capex_meur"] for r in risk), q["at_risk"]["capex_meur"]) and
      sorted(r["name"] for r in risk) == sorted(q["at_risk"]["names"]), len(risk))
npv = {one["name"]: one["results"] for one in p["projects"]}
check("the same NPV in both commands", all(
    near(r["results"][k]["npv_meur"], npv[r["name"]][k]["npv_meur"]["central"])
    for r in rows for k in (base, compared)))

# ---- charts
for folder, charts in (("plant", ["q05"]), ("portfolio", ["q05"]), ("companies", ["q03"]),
                       ("municipalities", ["q03"])):
    for chart in charts:
        for end in (".svg", ".png", ".pdf", ".csv", ".alt.txt"):
            path = "%s/%s/charts/%s%s" % (work, folder, chart, end)
            check(folder + " " + chart + end, os.path.exists(path) and os.path.getsize(path) > 50)
with open(work + "/companies/charts/q03.csv", encoding="utf-8-sig") as f:
    drawn = {row[0]: row for row in csv.reader(line for line in f if not line.startswith("#"))}
sums = drawn["kommun"].index("miljoner kronor om året")
for row in c["by_municipality"]:
    check("drawn " + row["name"], row["name"] in drawn and
          near(float(drawn[row["name"]][sums]) * 1e6, row["change_sek"], 1e-3))
sys.exit(1 if failed else 0)
