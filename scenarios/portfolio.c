/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "portfolio.h"

#include "base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double hours_per_year = 8760.0;
static const double damping = 0.5;

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
    double wind_share[SN_NORTHERN_AREAS];
    bool *is_in;
    bool *is_settled;         /* has moved once */
    double water_error_share; /* of the last clearing, worst year */
} state;

static size_t northern(const state *s, int k)
{
    size_t area = 0;
    sn_status known =
        sn_price_years_area(s->market->years, sn_swedish_area(k), &area, NULL);
    (void)known; /* checked at the start */
    return area;
}

static void add_wind(const state *s, size_t year, double *extra)
{
    const sn_replay_input *in = &s->market->data[year].input;
    const double *wind = in->generation_mw[SN_TECH_WIND];
    for (int k = 0; k < SN_NORTHERN_AREAS; k++) {
        size_t z = northern(s, k);
        for (size_t t = 0; wind != NULL && t < in->axis.n; t++) {
            double mw = wind[t * in->n_area + z];
            extra[t * in->n_area + z] -= isnan(mw) ? 0.0 : s->wind_share[k] * mw;
        }
    }
}

/* Load of those in, as they would run at the prices of the round before. */
static sn_status add_projects(const state *s, size_t year, double *extra, sn_error *err)
{
    const sn_axis *axis = &s->market->data[year].input.axis;
    size_t n_area = s->market->years->n_area;
    double *load = calloc(axis->n, sizeof *load);
    sn_status status =
        load == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory for load") : SN_OK;
    for (size_t i = 0; i < s->projects->n && status == SN_OK; i++) {
        const sn_project *p = &s->projects->project[i];
        size_t area = 0;
        double sign =
            (s->is_in[i] ? 1.0 : 0.0) - (sn_project_is_in_history(p) ? 1.0 : 0.0);
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

static sn_status clear(state *s, sn_error *err)
{
    sn_status status = SN_OK;
    s->water_error_share = 0.0;
    for (size_t y = 0; y < s->market->years->n && status == SN_OK; y++) {
        sn_market_outcome outcome = {0};
        size_t n = s->market->data[y].input.axis.n * s->market->years->n_area;
        double *extra = calloc(n, sizeof *extra);
        status = extra == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory for load")
                               : add_projects(s, y, extra, err);
        if (status == SN_OK) {
            add_wind(s, y, extra);
            status = sn_market_clear(s->market, y, s->side, extra,
                                     s->prices.year[y].price_eur_per_mwh[s->side],
                                     &outcome, err);
            s->water_error_share = fmax(s->water_error_share, outcome.water_error_share);
        }
        free(extra);
    }
    return status;
}

/* Mean price and wind's capture price of a northern area over the years. */
static void
measure(const state *s, int k, double *price, double *capture, double *wind_mw)
{
    size_t z = northern(s, k);
    double n = (double)s->market->years->n;
    *price = 0.0;
    *capture = 0.0;
    *wind_mw = 0.0;
    for (size_t y = 0; y < s->market->years->n; y++) {
        const sn_replay_input *in = &s->market->data[y].input;
        const double *wind = in->generation_mw[SN_TECH_WIND];
        const double *p = s->prices.year[y].price_eur_per_mwh[s->side];
        double sum = 0.0;
        double all = 0.0;
        for (size_t t = 0; wind != NULL && t < in->axis.n; t++) {
            double w = wind[t * in->n_area + z];
            if (!isnan(w) && !isnan(p[t * in->n_area + z])) {
                sum += w * p[t * in->n_area + z];
                all += w;
            }
        }
        *price += sn_price_year_mean(&s->prices, y, s->side, z, NULL) / n;
        *capture += (all > 0.0 ? sum / all : NAN) / n;
        *wind_mw += all / (double)in->axis.n / n;
    }
}

/* M-31, damped: half way to the share at which capture meets cost, by the slope that the
 * last step showed; the first step takes a tenth of the limit. */
static void move_wind(state *s,
                      double capture[SN_NORTHERN_AREAS],
                      const double *last_capture,
                      double *last_share)
{
    double limit = s->settings->wind_change_max_share;
    for (int k = 0; k < SN_NORTHERN_AREAS; k++) {
        double gap = capture[k] - s->settings->wind_cost_eur_per_mwh;
        double moved = s->wind_share[k] - last_share[k];
        double slope = (capture[k] - last_capture[k]) / moved;
        double step = isfinite(slope) && slope < 0.0 ? -gap / slope * damping
                                                     : copysign(0.1 * limit, gap);
        step = isnan(gap) ? 0.0 : fmax(-0.25 * limit, fmin(0.25 * limit, step));
        last_share[k] = s->wind_share[k];
        s->wind_share[k] = fmax(-limit, fmin(limit, s->wind_share[k] + step));
    }
}

/* NPV of each at the prices of the round; a project outside is asked at prices that do
 * not hold its load yet.  Returns the one that moves: SIZE_MAX none. */
static sn_status
who_moves(const state *s, bool start_with_all, size_t *out, sn_error *err)
{
    double most = 0.0;
    sn_plant_options one_draw = {1, 1, s->settings->plant->fx_sek_per_eur};
    *out = SIZE_MAX;
    for (size_t i = 0; i < s->projects->n; i++) {
        const sn_project *p = &s->projects->project[i];
        sn_plant_case c;
        bool may = sn_project_is_candidate(p) && !s->is_settled[i] &&
                   s->is_in[i] == start_with_all;
        if (!may) {
            continue;
        }
        sn_status status =
            sn_plant_evaluate(s->projects, p, &s->prices, &one_draw, &c, err);
        if (status != SN_OK) {
            return status;
        }
        double wants = c.side[s->side].npv_central_eur * (start_with_all ? -1.0 : 1.0) /
                       fmax(1.0, c.plant.electricity_mwh);
        if (wants > most) {
            most = wants;
            *out = i;
        }
    }
    return SN_OK;
}

static void
note_round(const state *s, sn_fixed_point *out, const double *price, const double *wind)
{
    sn_round *r = &out->round[out->n_round];
    *r = (sn_round){0};
    for (size_t i = 0; i < s->projects->n; i++) {
        if (s->is_in[i]) {
            r->n_project++;
            r->mw += s->projects->project[i].figure[SN_FIGURE_LOAD_MW].value;
            r->twh_per_year +=
                mean_load_mw(&s->projects->project[i]) * hours_per_year / SN_MWH_PER_TWH;
        }
    }
    for (int k = 0; k < SN_NORTHERN_AREAS; k++) {
        r->wind_share[k] = s->wind_share[k];
        r->wind_mw[k] = s->wind_share[k] * wind[k];
        r->price_eur_per_mwh[k] = price[k];
        double before = out->n_round > 0 ? r[-1].price_eur_per_mwh[k] : NAN;
        double change = fabs(price[k] - before);
        r->change_eur_per_mwh = k == 0 ? change : fmax(r->change_eur_per_mwh, change);
    }
    r->water_error_share = s->water_error_share;
    out->n_round++;
}

/* Wind at rest: at its cost within tolerance, or at a limit it wants to pass. */
static bool wind_rests(const state *s, const double *capture)
{
    for (int k = 0; k < SN_NORTHERN_AREAS; k++) {
        double gap = capture[k] - s->settings->wind_cost_eur_per_mwh;
        double limit = s->settings->wind_change_max_share;
        bool at_limit = (gap > 0.0 && s->wind_share[k] >= limit) ||
                        (gap < 0.0 && s->wind_share[k] <= -limit);
        if (!isnan(gap) && !at_limit && fabs(gap) > s->settings->tolerance_eur_per_mwh) {
            return false;
        }
    }
    return true;
}

static sn_status
iterate(state *s, bool start_with_all, sn_fixed_point *out, sn_error *err)
{
    double last_share[SN_NORTHERN_AREAS] = {0.0, 0.0};
    double last_capture[SN_NORTHERN_AREAS] = {NAN, NAN};
    double price[SN_NORTHERN_AREAS];
    double capture[SN_NORTHERN_AREAS];
    double wind[SN_NORTHERN_AREAS];
    size_t rounds =
        s->settings->rounds_max < SN_ROUNDS_MAX ? s->settings->rounds_max : SN_ROUNDS_MAX;
    while (out->n_round < rounds) {
        size_t mover = SIZE_MAX;
        sn_status status = clear(s, err);
        for (int k = 0; k < SN_NORTHERN_AREAS && status == SN_OK; k++) {
            measure(s, k, &price[k], &capture[k], &wind[k]);
        }
        if (status == SN_OK) {
            note_round(s, out, price, wind);
            status = who_moves(s, start_with_all, &mover, err);
        }
        if (status != SN_OK) {
            return status;
        }
        double change = out->round[out->n_round - 1].change_eur_per_mwh;
        bool prices_rest = change <= s->settings->tolerance_eur_per_mwh &&
                           s->water_error_share <= SN_MARKET_WATER_ERROR_MAX;
        if (mover == SIZE_MAX && wind_rests(s, capture) && prices_rest) {
            out->converged = true;
            return SN_OK;
        }
        if (mover != SIZE_MAX) {
            s->is_in[mover] = !start_with_all;
            s->is_settled[mover] = true;
        }
        move_wind(s, capture, last_capture, last_share);
        memcpy(last_capture, capture, sizeof last_capture);
    }
    return SN_OK;
}

sn_status sn_portfolio_fixed_point(const sn_market *market,
                                   const sn_projects *projects,
                                   int side,
                                   bool start_with_all,
                                   const sn_portfolio_settings *settings,
                                   sn_fixed_point *out,
                                   sn_error *err)
{
    state s = {
        .market = market, .projects = projects, .settings = settings, .side = side};
    size_t area = 0;
    *out = (sn_fixed_point){0};
    s.is_in = calloc(projects->n + 1, sizeof *s.is_in);
    s.is_settled = calloc(projects->n + 1, sizeof *s.is_settled);
    sn_status status =
        s.is_in == NULL || s.is_settled == NULL
            ? sn_error_set(err, SN_E_MEMORY, "out of memory for the portfolio")
            : SN_OK;
    for (int k = 0; k < SN_NORTHERN_AREAS && status == SN_OK; k++) {
        status = sn_price_years_area(market->years, sn_swedish_area(k), &area, err);
    }
    for (size_t i = 0; i < projects->n && status == SN_OK; i++) {
        s.is_in[i] = start_with_all && sn_project_is_candidate(&projects->project[i]);
    }
    if (status == SN_OK) {
        status = sn_price_years_copy(market->years, &s.prices, err);
    }
    if (status == SN_OK) {
        status = iterate(&s, start_with_all, out, err);
        sn_price_years_copy_release(&s.prices);
    }
    out->stands = s.is_in;
    free(s.is_settled);
    return status;
}

void sn_fixed_point_release(sn_fixed_point *point)
{
    free(point->stands);
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
