#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# invest_years.sh SNITT TREE: the investment layer on real 2018 and 2019, several years at
# once: plants, portfolio, companies, municipalities, with their charts.
set -eu
snitt=$1
tree=$2
data=${SNITT_REFERENCE_DATA:-$tree/../shared/data}
if [ ! -d "$data/flows" ]; then
    echo "no reference data at $data"
    [ "${SNITT_REQUIRE_REFERENCE:-}" != 1 ] || exit 1
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$snitt" import --store "$work/store" "$data"/prices/entsoe-gui/*_201[89]_* \
    "$data"/prices/nordpool-sek/*_201[89]_* "$data"/zones-hourly/DK* \
    "$data"/zones-hourly/FI* "$data"/zones-hourly/NO* "$data"/zones-hourly/SE* \
    "$data"/zones-hourly/EE* "$data"/zones-hourly/NL* "$data"/zones-hourly/DE_LU* \
    "$data"/nordpool/*se-areas_201[89]* "$data"/nordpool/production-prognosis_201[89]* \
    "$data"/flows/*_201[89]_* "$data"/hydro/nve_reservoir_201[789]* \
    "$data"/hydro/hydro-reservoir_201[789]* "$data"/svk/*Prod* >/dev/null 2>&1
for year in 2018 2019; do
    "$snitt" run "$tree/scenarios/library/replay.yaml" --set "year=$year" \
        --store "$work/store" -o "$work/$year" --no-charts >/dev/null
done
projects="$tree/scenarios/library/projects-north.yaml"
both="--run $work/2018 --run $work/2019"
printf '%s\n' 'namn;orgnr;kommun;mwh;profil;bransch' \
    'Alfa;556016-0680;Boden;1 000,5;baseload;industri' \
    'Beta;556036-0793;Sundsvall;20000;day;industri' \
    'Gamma;556012-5790;Malmö;500;week;handel' \
    'Delta;556703-7485;Sundsvall;300;area;handel' \
    'Beta;556036-0793;Boden;700;night;industri' >"$work/c.csv"
# shellcheck disable=SC2086
{
    "$snitt" plant "$projects" $both -o "$work/plant"
    "$snitt" portfolio "$projects" $both -o "$work/portfolio"
    "$snitt" companies "$work/c.csv" $both --target 450 -o "$work/companies"
    "$snitt" municipalities $both -o "$work/municipalities"
    for year in 2018 2019; do
        "$snitt" plant "$projects" --run "$work/$year" -o "$work/plant-$year" --no-charts
    done
    "$snitt" plant "$projects" $both --project "Kubal aluminium" -o "$work/one" --no-charts
} >/dev/null
[ ! -e "$work/one/charts" ] || exit 1
# Charts of two years say so, and what of the projects is no longer one.
for chart in municipalities/charts/q03 portfolio/charts/q05; do
    grep -q 'Period: år 2018, 2019' "$work/$chart.svg" || { echo "$chart: years"; exit 1; }
done
grep -q 'Torsboda anodfabrik (nedlagt)' "$work/portfolio/charts/q05.svg" || exit 1
grep -q '^"SSAB ministålverk"' "$work/portfolio/charts/q05.csv" || exit 1
/usr/bin/python3 "$tree/tests/scenarios/invest_check.py" "$work"
/usr/bin/python3 - "$work" <<'PY'
import json, sys

work = sys.argv[1]


def plants(name):
    return {p["name"]: p for p in json.load(open("%s/%s/plant.json" % (work, name)))["projects"]}


both, one = plants("plant"), plants("one")
single = [plants("plant-2018"), plants("plant-2019")]
# A project by itself has the draws that it has among the others.
assert one["Kubal aluminium"] == both["Kubal aluminium"], "draws depend on the other projects"
spread = 0
for name, p in both.items():
    for side in p["results"]:
        years = [s[name]["results"][side] for s in single]
        mean = [y["npv_meur"]["mean"] for y in years]
        all_years = p["results"][side]
        apart = abs(mean[0] - mean[1])
        # A path takes each year as often as the other: the mean lies half way.
        half = 0.5 * (mean[0] + mean[1])
        assert abs(all_years["npv_meur"]["mean"] - half) < 0.1 * apart + 0.03 * abs(half) + 1, (
            name, side, all_years["npv_meur"], mean)
        low, high = sorted(y["probability_npv_positive"] for y in years)
        assert low - 0.03 <= all_years["probability_npv_positive"] <= high + 0.03, (name, side)
        spread += high - low > 0.05
        assert [y["year"] for y in all_years["delivered_by_year"]] == [2018, 2019]
assert spread > 5, spread
PY
