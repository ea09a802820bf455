/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "portfolio.h"

#include "base/units.h"
#include "entry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double hours_per_year = 8760.0;

bool sn_project_is_candidate(const sn_project *project)
{
    return strcmp(project->status, "cancelled") != 0 &&
           strcmp(project->status, "site") != 0;
}

static double mean_load_mw(const sn_project *p)
{
    sn_plant plant;
    sn_plant_range range;
    sn_status status = sn_plant_of_project(p, &plant, &range, NULL);
    return status == SN_OK ? plant.electricity_mwh / hours_per_year : 0.0;
}

bool sn_project_is_in_history(const sn_project *project)
{
    return strcmp(project->status, "operating") == 0;
}

typedef struct state {
    const sn_market *market;
    const sn_projects *projects;
    const sn_portfolio_settings *settings;
    int side;
    sn_price_years prices; /* with those in */
    sn_price_years trial;  /* with one more */
    sn_fixed_point *out;
    double wind_mw[SN_NORTHERN_AREAS]; /* mean of the years, as it was */
    double water_error_share;          /* of the last clearing, worst year */
} state;

static size_t northern(const state *s, int k)
{
    size_t area = 0;
    sn_status known =
        sn_price_years_area(s->market->years, sn_swedish_area(k), &area, NULL);
    (void)known; /* checked at the start */
    return area;
}

static void add_wind(const state *s, const double *wind_share, size_t year, double *extra)
{
    const sn_replay_input *in = &s->market->data[year].input;
    const double *wind = in->generation_mw[SN_TECH_WIND];
    for (int k = 0; k < SN_NORTHERN_AREAS; k++) {
        size_t z = northern(s, k);
        for (size_t t = 0; wind != NULL && t < in->axis.n; t++) {
            double mw = wind[t * in->n_area + z];
            extra[t * in->n_area + z] -= isnan(mw) ? 0.0 : wind_share[k] * mw;
        }
    }
}

/* Load of those in, as they would run at the prices of the round before. */
static sn_status
add_projects(const state *s, const bool *is_in, size_t year, double *extra, sn_error *err)
{
    const sn_axis *axis = &s->market->data[year].input.axis;
    size_t n_area = s->market->years->n_area;
    double *load = calloc(axis->n, sizeof *load);
    sn_status status =
        load == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory for load") : SN_OK;
    for (size_t i = 0; i < s->projects->n && status == SN_OK; i++) {
        const sn_project *p = &s->projects->project[i];
        size_t area = 0;
        double sign = (is_in[i] ? 1.0 : 0.0) - (sn_project_is_in_history(p) ? 1.0 : 0.0);
        if (sign == 0.0 || !sn_project_is_candidate(p)) {
            continue;
        }
        status = sn_price_years_area(s->market->years, p->area, &area, err);
        if (status == SN_OK) {
            status = sn_plant_load(s->projects, p, &s->prices, year, s->side,
                                   s->settings->plant->fx_sek_per_eur, load, NULL, err);
        }
        for (size_t t = 0; t < axis->n && status == SN_OK; t++) {
            extra[t * n_area + area] += sign * load[t];
        }
    }
    free(load);
    return status;
}

/* Mean price and wind's capture price of a northern area over the years. */
static void measure(const state *s,
                    const sn_price_years *prices,
                    int k,
                    double *price,
                    double *capture,
                    double *wind_mw)
{
    size_t z = northern(s, k);
    double n = (double)s->market->years->n;
    *price = 0.0;
    *capture = 0.0;
    *wind_mw = 0.0;
    for (size_t y = 0; y < s->market->years->n; y++) {
        const sn_replay_input *in = &s->market->data[y].input;
        const double *wind = in->generation_mw[SN_TECH_WIND];
        const double *p = prices->year[y].price_eur_per_mwh[s->side];
        double sum = 0.0;
        double all = 0.0;
        for (size_t t = 0; wind != NULL && t < in->axis.n; t++) {
            double w = wind[t * in->n_area + z];
            if (!isnan(w) && !isnan(p[t * in->n_area + z])) {
                sum += w * p[t * in->n_area + z];
                all += w;
            }
        }
        *price += sn_price_year_mean(prices, y, s->side, z, NULL) / n;
        *capture += (all > 0.0 ? sum / all : NAN) / n;
        *wind_mw += all / (double)in->axis.n / n;
    }
}

/* sn_entry_game: every year cleared again, by the load that those in would run at the
 * prices of the round before. */
static sn_status clear(void *context,
                       const bool *is_in,
                       const double *wind_share,
                       bool is_trial,
                       sn_entry_prices *out,
                       sn_error *err)
{
    state *s = context;
    sn_price_years *to = is_trial ? &s->trial : &s->prices;
    double water_error_share = 0.0;
    sn_status status = SN_OK;
    for (size_t y = 0; y < s->market->years->n && status == SN_OK; y++) {
        sn_market_outcome outcome = {0};
        size_t n = s->market->data[y].input.axis.n * s->market->years->n_area;
        double *extra = calloc(n, sizeof *extra);
        status = extra == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory for load")
                               : add_projects(s, is_in, y, extra, err);
        if (status == SN_OK) {
            add_wind(s, wind_share, y, extra);
            status =
                sn_market_clear(s->market, y, s->side, extra,
                                to->year[y].price_eur_per_mwh[s->side], &outcome, err);
            water_error_share = fmax(water_error_share, outcome.water_error_share);
        }
        free(extra);
    }
    for (int k = 0; k < SN_NORTHERN_AREAS && status == SN_OK; k++) {
        measure(s, to, k, &out->price_eur_per_mwh[k], &out->capture_eur_per_mwh[k],
                &s->wind_mw[k]);
    }
    out->has_water = water_error_share <= SN_MARKET_WATER_ERROR_MAX;
    s->water_error_share = is_trial ? s->water_error_share : water_error_share;
    return status;
}

/* sn_entry_game: NPV a MWh of a year. */
static sn_status gain(void *context, size_t i, bool is_trial, double *out, sn_error *err)
{
    const state *s = context;
    sn_plant_options one_draw = {1, 1, s->settings->plant->fx_sek_per_eur};
    sn_plant_case c;
    sn_status status =
        sn_plant_evaluate(s->projects, &s->projects->project[i],
                          is_trial ? &s->trial : &s->prices, &one_draw, &c, err);
    *out = status == SN_OK
               ? c.side[s->side].npv_central_eur / fmax(1.0, c.plant.electricity_mwh)
               : 0.0;
    return status;
}

/* sn_entry_game. */
static void note_round(void *context,
                       const bool *is_in,
                       const double *wind_share,
                       const sn_entry_prices *prices)
{
    state *s = context;
    sn_fixed_point *out = s->out;
    sn_round *r = &out->round[out->n_round];
    *r = (sn_round){0};
    for (size_t i = 0; i < s->projects->n; i++) {
        if (is_in[i]) {
            r->n_project++;
            r->mw += s->projects->project[i].figure[SN_FIGURE_LOAD_MW].value;
            r->twh_per_year +=
                mean_load_mw(&s->projects->project[i]) * hours_per_year / SN_MWH_PER_TWH;
        }
    }
    for (int k = 0; k < SN_NORTHERN_AREAS; k++) {
        r->wind_share[k] = wind_share[k];
        r->wind_mw[k] = wind_share[k] * s->wind_mw[k];
        r->price_eur_per_mwh[k] = prices->price_eur_per_mwh[k];
        double before = out->n_round > 0 ? r[-1].price_eur_per_mwh[k] : NAN;
        double change = fabs(r->price_eur_per_mwh[k] - before);
        r->change_eur_per_mwh = k == 0 ? change : fmax(r->change_eur_per_mwh, change);
    }
    r->water_error_share = s->water_error_share;
    out->n_round++;
}

static sn_status solve(state *s, bool start_with_all, sn_error *err)
{
    const sn_portfolio_settings *settings = s->settings;
    bool *may = calloc(s->projects->n + 1, sizeof *may);
    if (may == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the portfolio");
    }
    for (size_t i = 0; i < s->projects->n; i++) {
        may[i] = sn_project_is_candidate(&s->projects->project[i]);
    }
    sn_entry_game game = {.n = s->projects->n,
                          .may = may,
                          .context = s,
                          .clear = clear,
                          .gain = gain,
                          .round = note_round};
    sn_entry_settings by = {.start_with_all = start_with_all,
                            .rounds_max = settings->rounds_max < SN_ROUNDS_MAX
                                              ? settings->rounds_max
                                              : SN_ROUNDS_MAX,
                            .wind_cost_eur_per_mwh = settings->wind_cost_eur_per_mwh,
                            .wind_change_max_share = settings->wind_change_max_share,
                            .tolerance_eur_per_mwh = settings->tolerance_eur_per_mwh};
    sn_entry found = {.is_in = s->out->stands, .undecided = s->out->undecided};
    sn_status status = sn_entry_solve(&game, &by, &found, err);
    s->out->converged = found.converged;
    free(may);
    return status;
}

sn_status sn_portfolio_fixed_point(const sn_market *market,
                                   const sn_projects *projects,
                                   int side,
                                   bool start_with_all,
                                   const sn_portfolio_settings *settings,
                                   sn_fixed_point *out,
                                   sn_error *err)
{
    state s = {.market = market,
               .projects = projects,
               .settings = settings,
               .side = side,
               .out = out};
    size_t area = 0;
    *out = (sn_fixed_point){0};
    out->stands = calloc(projects->n + 1, sizeof *out->stands);
    out->undecided = calloc(projects->n + 1, sizeof *out->undecided);
    sn_status status =
        out->stands == NULL || out->undecided == NULL
            ? sn_error_set(err, SN_E_MEMORY, "out of memory for the portfolio")
            : SN_OK;
    for (int k = 0; k < SN_NORTHERN_AREAS && status == SN_OK; k++) {
        status = sn_price_years_area(market->years, sn_swedish_area(k), &area, err);
    }
    if (status == SN_OK) {
        status = sn_price_years_copy(market->years, &s.prices, err);
    }
    if (status != SN_OK) {
        return status;
    }
    status = sn_price_years_copy(market->years, &s.trial, err);
    if (status == SN_OK) {
        status = solve(&s, start_with_all, err);
        sn_price_years_copy_release(&s.trial);
    }
    sn_price_years_copy_release(&s.prices);
    return status;
}

void sn_fixed_point_release(sn_fixed_point *point)
{
    free(point->stands);
    free(point->undecided);
    *point = (sn_fixed_point){0};
}

/* ---- price against new load ---- */

sn_status sn_portfolio_new_load(const sn_market *market,
                                const sn_projects *projects,
                                int side,
                                size_t year,
                                double twh_per_year,
                                double price_out[SN_SWEDISH_AREAS],
                                sn_market_outcome *outcome_out,
                                sn_error *err)
{
    double own[SN_SWEDISH_AREAS] = {0.0};
    double all = 0.0;
    const sn_price_years *years = market->years;
    for (size_t i = 0; i < projects->n; i++) {
        for (int a = 0; a < SN_NORTHERN_AREAS; a++) {
            bool here = strcmp(projects->project[i].area, sn_swedish_area(a)) == 0;
            double mw = here && sn_project_is_candidate(&projects->project[i])
                            ? mean_load_mw(&projects->project[i])
                            : 0.0;
            own[a] += mw;
            all += mw;
        }
    }
    sn_price_years moved;
    sn_status status = sn_price_years_copy(years, &moved, err);
    if (status != SN_OK) {
        return status;
    }
    size_t n = years->year[year].axis.n;
    double *extra = calloc(n * years->n_area, sizeof *extra);
    if (extra == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for load");
    }
    for (int a = 0; a < SN_NORTHERN_AREAS && status == SN_OK; a++) {
        size_t z = 0;
        double share = all > 0.0 ? own[a] / all : 1.0 / SN_NORTHERN_AREAS;
        status = sn_price_years_area(years, sn_swedish_area(a), &z, err);
        for (size_t t = 0; t < n && status == SN_OK; t++) {
            extra[t * years->n_area + z] =
                share * twh_per_year * SN_MWH_PER_TWH / hours_per_year;
        }
    }
    if (status == SN_OK) {
        status =
            sn_market_clear(market, year, side, extra,
                            moved.year[year].price_eur_per_mwh[side], outcome_out, err);
    }
    for (int a = 0; a < SN_SWEDISH_AREAS && status == SN_OK; a++) {
        size_t z = 0;
        bool known = sn_price_years_area(years, sn_swedish_area(a), &z, NULL) == SN_OK;
        bool has_water = outcome_out->water_error_share <= SN_MARKET_WATER_ERROR_MAX;
        price_out[a] =
            known && has_water ? sn_price_year_mean(&moved, year, side, z, NULL) : NAN;
    }
    free(extra);
    sn_price_years_copy_release(&moved);
    return status;
}
