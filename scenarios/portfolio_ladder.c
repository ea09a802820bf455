/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "portfolio_ladder.h"

#include "base/units.h"
#include "portfolio.h"
#include "run_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const sn_text_column columns[] = {
    {"project", "", -1},
    {"area", "", -1},
    {"status", "", -1},
    {"break_even_eur_per_mwh", "EUR/MWh", 1},
    {"break_even_spot_eur_per_mwh", "EUR/MWh", 1},
    {"spot_base_eur_per_mwh", "EUR/MWh", 1},
    {"spot_compared_eur_per_mwh", "EUR/MWh", 1},
    {"probability_base", "1", 2},
    {"probability_compared", "1", 2},
    {"stands_base", "1", 0},
    {"stands_compared", "1", 0},
    {"mw", "MW", 0},
    {"cumulative_mw", "MW", 0},
    {"twh_per_year", "TWh", 2},
    {"capex_meur", "MEUR", 0},
    {"figures_public", "1", 0},
    {"not_opened", "1", 0},
    {"figures_assumed", "1", 0},
};

void sn_ladder_table_init(sn_text_table *table)
{
    sn_text_table_init(table, columns, sizeof columns / sizeof *columns);
}

static int compare_cases(const void *a, const void *b)
{
    const sn_plant_case *x = *(const sn_plant_case *const *)a;
    const sn_plant_case *y = *(const sn_plant_case *const *)b;
    double d = y->break_even_spot_eur_per_mwh - x->break_even_spot_eur_per_mwh;
    return d != 0.0 ? (d > 0.0 ? 1 : -1) : strcmp(x->project->name, y->project->name);
}

static bool stands(const sn_plant_case *c, int side)
{
    return c->side[side].npv_central_eur > 0.0;
}

static void add_to(sn_ladder_sums *s, const sn_plant_case *c)
{
    s->projects += 1.0;
    s->mw += c->project->figure[SN_FIGURE_LOAD_MW].value;
    s->twh += c->plant.electricity_mwh / SN_MWH_PER_TWH;
    s->capex += c->project->figure[SN_FIGURE_CAPEX_MEUR].value;
}

static json_t *sums_json(const sn_ladder_sums *s)
{
    json_t *out = json_object();
    sn_run_set(out, "projects", sn_run_number(s->projects));
    sn_run_set(out, "mw", sn_run_number(s->mw));
    sn_run_set(out, "twh_per_year", sn_run_number(s->twh));
    sn_run_set(out, "capex_meur", sn_run_number(s->capex));
    return out;
}

static json_t *
project_json(const sn_price_years *years, const sn_plant_case *c, double cumulative_mw)
{
    json_t *out = json_object();
    json_t *results = json_object();
    for (int s = 0; s < SN_SIDES; s++) {
        const sn_plant_side *side = &c->side[s];
        json_t *one = json_object();
        sn_run_set(one, "spot_mean_eur_per_mwh",
                   sn_run_number(side->spot_mean_eur_per_mwh));
        sn_run_set(one, "probability_npv_positive",
                   sn_run_number(side->npv_eur.share_positive));
        sn_run_set(one, "npv_meur",
                   sn_run_number(side->npv_central_eur / SN_EUR_PER_MEUR));
        sn_run_set(one, "stands", json_boolean(stands(c, s)));
        sn_run_set(results, years->name[s], one);
    }
    sn_run_set(out, "name", json_string(c->project->name));
    sn_run_set(out, "name_sv", json_string(c->project->name_sv));
    sn_run_set(out, "municipality", json_string(c->project->municipality->name));
    sn_run_set(out, "area", json_string(c->project->area));
    sn_run_set(out, "type", json_string(c->project->type));
    sn_run_set(out, "status", json_string(c->project->status));
    sn_run_set(out, "is_candidate", json_boolean(sn_project_is_candidate(c->project)));
    sn_run_set(out, "break_even_eur_per_mwh", sn_run_number(c->break_even_eur_per_mwh));
    sn_run_set(out, "break_even_spot_eur_per_mwh",
               sn_run_number(c->break_even_spot_eur_per_mwh));
    sn_run_set(out, "mw", sn_run_number(c->project->figure[SN_FIGURE_LOAD_MW].value));
    sn_run_set(out, "twh_per_year",
               sn_run_number(c->plant.electricity_mwh / SN_MWH_PER_TWH));
    sn_run_set(out, "capex_meur",
               sn_run_number(c->project->figure[SN_FIGURE_CAPEX_MEUR].value));
    sn_run_set(out, "cumulative_mw", sn_run_number(cumulative_mw));
    sn_run_set(out, "results", results);
    sn_run_set(out, "at_risk", json_boolean(stands(c, 0) && !stands(c, 1)));
    return out;
}

static sn_status
add_row(sn_text_table *table, const sn_plant_case *c, double cumulative_mw, sn_error *err)
{
    const char *texts[] = {c->project->name, c->project->area, c->project->status};
    sn_project_origin origin = sn_project_origin_of(c->project);
    const double numbers[] = {c->break_even_eur_per_mwh,
                              c->break_even_spot_eur_per_mwh,
                              c->side[0].spot_mean_eur_per_mwh,
                              c->side[1].spot_mean_eur_per_mwh,
                              c->side[0].npv_eur.share_positive,
                              c->side[1].npv_eur.share_positive,
                              stands(c, 0) ? 1.0 : 0.0,
                              stands(c, 1) ? 1.0 : 0.0,
                              c->project->figure[SN_FIGURE_LOAD_MW].value,
                              cumulative_mw,
                              c->plant.electricity_mwh / SN_MWH_PER_TWH,
                              c->project->figure[SN_FIGURE_CAPEX_MEUR].value,
                              (double)origin.n_public,
                              (double)origin.n_excerpt,
                              (double)origin.n_assumed};
    sn_status status = sn_text_table_add(table, err);
    for (size_t i = 0; i < 3 && status == SN_OK; i++) {
        status = sn_text_table_text(table, i, texts[i], err);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == SN_OK; i++) {
        sn_text_table_number(table, i + 3, numbers[i]);
    }
    return status;
}

/* Ladder, totals and what is at risk; cancelled projects and empty sites are listed but
 * not summed. */
static sn_status ladder(const sn_plant_case *const *sorted,
                        size_t n,
                        const sn_price_years *years,
                        sn_text_table *table,
                        json_t *out,
                        sn_ladder_sums *risk,
                        sn_error *err)
{
    json_t *list = json_array();
    json_t *names = json_array();
    json_t *totals = json_object();
    sn_ladder_sums standing[SN_SIDES] = {{0}};
    double mw = 0.0;
    sn_status status = SN_OK;
    sn_run_set(out, "projects", list);
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        const sn_plant_case *c = sorted[i];
        bool counts = sn_project_is_candidate(c->project);
        mw += counts ? c->project->figure[SN_FIGURE_LOAD_MW].value : 0.0;
        (void)json_array_append_new(list, project_json(years, c, mw));
        for (int s = 0; s < SN_SIDES; s++) {
            if (counts && stands(c, s)) {
                add_to(&standing[s], c);
            }
        }
        if (counts && stands(c, 0) && !stands(c, 1)) {
            add_to(risk, c);
            (void)json_array_append_new(names, json_string(c->project->name));
        }
        status = table != NULL ? add_row(table, c, mw, err) : SN_OK;
    }
    json_t *at_risk = sums_json(risk);
    sn_run_set(at_risk, "names", names);
    for (int s = 0; s < SN_SIDES; s++) {
        sn_run_set(totals, years->name[s], sums_json(&standing[s]));
    }
    sn_run_set(out, "totals", totals);
    sn_run_set(out, "at_risk", at_risk);
    return status;
}

/* ---- distribution of prices ---- */

static sn_status distribution(const sn_price_years *years,
                              int side,
                              size_t area,
                              json_t **out,
                              sn_error *err)
{
    size_t n = 0;
    size_t most = 0;
    double low = INFINITY;
    double high = -INFINITY;
    double mean = 0.0;
    for (size_t y = 0; y < years->n; y++) {
        double one = sn_price_year_mean(years, y, side, area, NULL);
        low = fmin(low, one);
        high = fmax(high, one);
        mean += one / (double)years->n;
        most += years->year[y].axis.n;
    }
    double *all = calloc(most + 1, sizeof *all);
    if (all == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for prices");
    }
    for (size_t y = 0; y < years->n; y++) {
        for (size_t t = 0; t < years->year[y].axis.n; t++) {
            double v = years->year[y].price_eur_per_mwh[side][t * years->n_area + area];
            if (!isnan(v)) {
                all[n++] = v;
            }
        }
    }
    *out = json_object();
    sn_run_set(*out, "mean", sn_run_number(mean));
    sn_run_set(*out, "low", sn_run_number(low));
    sn_run_set(*out, "high", sn_run_number(high));
    if (n > 0) {
        sn_distribution d;
        sn_distribution_of(all, n, &d);
        sn_run_set(*out, "p10", sn_run_number(d.p10));
        sn_run_set(*out, "p50", sn_run_number(d.p50));
        sn_run_set(*out, "p90", sn_run_number(d.p90));
    }
    free(all);
    return SN_OK;
}

static sn_status distributions(const sn_price_years *years, json_t *out, sn_error *err)
{
    json_t *both = json_object();
    sn_status status = SN_OK;
    sn_run_set(out, "price_distribution", both);
    for (int s = 0; s < SN_SIDES && status == SN_OK; s++) {
        json_t *areas = json_object();
        sn_run_set(both, years->name[s], areas);
        for (int a = 0; a < SN_SWEDISH_AREAS && status == SN_OK; a++) {
            size_t z = 0;
            json_t *one = NULL;
            if (sn_price_years_area(years, sn_swedish_area(a), &z, NULL) != SN_OK) {
                continue;
            }
            status = distribution(years, s, z, &one, err);
            if (one != NULL) {
                sn_run_set(areas, sn_swedish_area(a), one);
            }
        }
    }
    return status;
}

void sn_ladder_sort(const sn_plant_case **cases, size_t n)
{
    qsort(cases, n, sizeof(const sn_plant_case *), compare_cases);
}

sn_status sn_ladder_fill(const sn_plant_case *const *sorted,
                         size_t n,
                         const sn_price_years *years,
                         sn_text_table *table,
                         json_t *out,
                         sn_ladder_sums *risk,
                         sn_error *err)
{
    sn_status status = ladder(sorted, n, years, table, out, risk, err);
    return status == SN_OK ? distributions(years, out, err) : status;
}
