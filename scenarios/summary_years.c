/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: every year that the store can tell about (M-38). */
#include "run_internal.h"

#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR_FIRST = 2010, YEAR_LAST = YEAR_FIRST + SN_RUN_YEARS - 1 };

/* Prices of a year as the market's calendar has it. */
typedef struct price_year {
    sn_axis axis;
    double price[4][SN_YEAR_HOURS_MAX];
} price_year;

/* Less of a month than this would show as a month and is not one. */
static const double least_share = 0.75;

typedef struct month_sums {
    double hours; /* that the month has */
    double known[4];
    double sum[4];
} month_sums;

/* Months are those of the clock in Sweden, summer time too. */
static void sum_months(const price_year *y, month_sums months[12])
{
    memset(months, 0, 12 * sizeof *months);
    for (size_t t = 0; t < y->axis.n; t++) {
        month_sums *m = &months[sn_instant_to_cet(sn_axis_at(&y->axis, t)).month - 1];
        m->hours += 1.0;
        for (size_t k = 0; k < 4; k++) {
            double price = y->price[k][t];
            m->known[k] += isnan(price) ? 0.0 : 1.0;
            m->sum[k] += isnan(price) ? 0.0 : price;
        }
    }
}

static void add_months(int32_t year, const price_year *y, json_t *monthly)
{
    month_sums months[12];
    sum_months(y, months);
    for (int month = 0; month < 12; month++) {
        const month_sums *m = &months[month];
        char name[16];
        json_t *prices = json_object();
        bool any = false;
        for (size_t k = 0; k < 4; k++) {
            bool is_shown = m->known[k] >= least_share * m->hours;
            any = any || is_shown;
            sn_run_set(prices, sn_run_swedish_area[k],
                       sn_run_number(is_shown ? m->sum[k] / m->known[k] : NAN));
        }
        if (!any) {
            json_decref(prices);
            continue;
        }
        (void)snprintf(name, sizeof name, "%04d-%02d", (int)year, month + 1);
        json_t *row = json_object();
        sn_run_set(row, "month", json_string(name));
        sn_run_set(row, "price", prices);
        (void)json_array_append_new(monthly, row);
    }
}

/* ---- years ----------------------------------------------------------------------- */

/* Sets observed, changed and the difference, area by area; false when the year has too
 * few hours to show. */
static bool put_prices(const sn_run_case *c, const sn_replay_result *changed, json_t *out)
{
    json_t *observed = json_object();
    json_t *one = json_object();
    json_t *change = json_object();
    double hours = 0.0;
    for (size_t k = 0; k < 4; k++) {
        size_t z = sn_scenario_area_index(c->scenario, sn_run_swedish_area[k]);
        double sum[2] = {0.0, 0.0};
        hours = 0.0;
        for (size_t t = 0; z != SIZE_MAX && t < c->data.input.axis.n; t++) {
            double a = c->data.price[t * c->scenario->n_area + z];
            double b = changed->price_eur_per_mwh[t * c->scenario->n_area + z];
            if (!isnan(a) && !isnan(b)) {
                sum[0] += a;
                sum[1] += b;
                hours += 1.0;
            }
        }
        sn_run_set(observed, sn_run_swedish_area[k], sn_run_number(sum[0] / hours));
        sn_run_set(one, sn_run_swedish_area[k], sn_run_number(sum[1] / hours));
        sn_run_set(change, sn_run_swedish_area[k],
                   sn_run_number((sum[1] - sum[0]) / hours));
    }
    sn_run_set(out, "observed", observed);
    sn_run_set(out, c->scenario->configuration[1].name, one);
    sn_run_set(out, "change", change);
    sn_run_set(out, "hours", sn_run_hours(c, (size_t)hours));
    return hours >= least_share * (double)c->data.input.axis.n;
}

/* What border l earns in the year; one to an edge without a price earns nothing, as in
 * the ledger. */
static double
income_eur(const sn_run_case *c, size_t l, const double *flow_mw, const double *price)
{
    const sn_replay_input *in = &c->data.input;
    const sn_border *link = &in->border[l].link;
    double sum = 0.0;
    for (size_t t = 0; t < in->axis.n; t++) {
        double flow = flow_mw[t * in->n_border + l];
        double p_to = price[t * in->n_area + link->to];
        double p_from = price[t * in->n_area + link->from];
        double gap = p_to - p_from;
        double lost = sn_border_loss_value(flow, in->border[l].loss_share, p_from, p_to);
        sum += isfinite(flow) && isfinite(gap) ? flow * gap - lost : 0.0;
    }
    bool is_priced = in->area[link->from].kind != SN_AREA_FIXED_FLOW &&
                     in->area[link->to].kind != SN_AREA_FIXED_FLOW;
    return is_priced ? sum * in->axis.step_s / SN_SECONDS_PER_HOUR : 0.0;
}

/* Of the borders that touch Sweden, whole. */
static json_t *
incomes_json(const sn_run_case *c, const double *flow_mw, const double *price)
{
    double sum[2] = {0.0, 0.0};
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        bool from = strncmp(c->data.info[l]->from, "SE", 2) == 0;
        bool to = strncmp(c->data.info[l]->to, "SE", 2) == 0;
        if (from || to) {
            sum[from && to ? 0 : 1] += income_eur(c, l, flow_mw, price);
        }
    }
    json_t *out = json_object();
    sn_run_set(out, "internal", sn_run_number(sum[0] / SN_EUR_PER_MEUR));
    sn_run_set(out, "abroad", sn_run_number(sum[1] / SN_EUR_PER_MEUR));
    return out;
}

static json_t *
compare_year(const sn_run_case *c, int32_t year, const sn_replay_result *changed)
{
    json_t *out = json_object();
    if (!put_prices(c, changed, out)) {
        json_decref(out);
        return NULL;
    }
    json_t *income = incomes_json(c, c->data.flow, c->data.price);
    sn_run_set(income, "changed",
               incomes_json(c, changed->flow_mw, changed->price_eur_per_mwh));
    sn_run_set(out, "congestion_income_meur", income);
    sn_run_set(out, "year", json_integer(year));
    sn_run_set(out, "naive_load_weighted", sn_run_number(sn_run_naive_price(c)));
    sn_run_set(out, "load_weighted",
               sn_run_number(sn_run_sweden_price(c, changed->price_eur_per_mwh)));
    return out;
}

/* Does the store hold flows of the year?  Asked first, because loading takes long. */
static bool has_flows(sn_store *store, int32_t year)
{
    int64_t from_s = sn_cet_day_start(sn_instant_of_year(year)).utc_s;
    int64_t to_s = sn_cet_day_start(sn_instant_of_year(year + 1)).utc_s;
    const sn_store_entry *entry = NULL;
    size_t n = 0;
    bool found = false;
    if (sn_store_catalogue(store, &entry, &n, NULL) != SN_OK) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        bool is_flow = entry[i].key.quantity == SN_FLOW_DAY_AHEAD ||
                       entry[i].key.quantity == SN_FLOW_MEASURED;
        found = found ||
                (is_flow && entry[i].first.utc_s < to_s && entry[i].end.utc_s > from_s);
    }
    return found;
}

/* The data of another year, and its first comparison, physical; SN_E_GAP when the store
 * has no flows. */
static sn_status solve_year(sn_run_case *c, int32_t year)
{
    if (!has_flows(c->store, year)) {
        return SN_E_GAP;
    }
    sn_status status = sn_replay_data_load(c->scenario, c->store, year, &c->data, NULL);
    bool flows = false;
    for (size_t l = 0; status == SN_OK && l < c->data.input.n_border; l++) {
        flows = flows || c->data.border[l].has_flow;
    }
    if (status == SN_OK && !flows) {
        status = SN_E_GAP;
    }
    sn_replay_settings settings;
    if (status == SN_OK) {
        status = sn_run_settings(c, 1, &settings, NULL);
    }
    if (status == SN_OK) {
        settings.balance = SN_BALANCE_PHYSICAL;
        status = sn_run_solve_one(c, 1, &settings, &c->checks, &c->changed[1], NULL);
    }
    return status;
}

/* NULL when the store cannot tell. */
static json_t *year_json(const sn_run_case *main_case, int32_t year)
{
    json_t *out = NULL;
    if (year == main_case->scenario->year) {
        return compare_year(main_case, year, &main_case->changed[1]);
    }
    sn_run_case *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->scenario = main_case->scenario;
    c->store = main_case->store;
    memcpy(c->operator_area, main_case->operator_area, sizeof c->operator_area);
    if (solve_year(c, year) == SN_OK && c->checks.failed == 0) {
        out = compare_year(c, year, &c->changed[1]);
    }
    sn_replay_result_release(&c->changed[1]);
    sn_run_release_prepared(c);
    sn_replay_data_release(&c->data);
    free(c);
    return out;
}

/* A few hours of the year before or after do not make a year to load and solve. */
static bool is_a_year(const price_year *y)
{
    size_t most = 0;
    for (size_t k = 0; k < 4; k++) {
        size_t known = 0;
        for (size_t t = 0; t < y->axis.n; t++) {
            known += isnan(y->price[k][t]) ? 0 : 1;
        }
        most = known > most ? known : most;
    }
    return (double)most >= least_share * (double)y->axis.n;
}

/* Prices of all years at once, before anything else is read: their files are open once.
 */
void sn_run_read_months(sn_run_case *c)
{
    price_year *y = malloc(sizeof *y);
    c->monthly = json_array();
    bool is_told = c->scenario->n_configuration > 1;
    for (int32_t year = YEAR_FIRST; y != NULL && is_told && year <= YEAR_LAST; year++) {
        bool any = false;
        for (size_t k = 0; k < 4; k++) {
            any = sn_replay_price_year(c->scenario, c->store, sn_run_swedish_area[k],
                                       year, y->price[k], &y->axis) ||
                  any;
        }
        if (any) {
            add_months(year, y, c->monthly);
            c->has_year[year - YEAR_FIRST] = is_a_year(y);
        }
    }
    free(y);
}

void sn_run_tell_years(sn_run_case *c)
{
    c->years = json_array();
    if (c->checks.failed > 0) {
        (void)json_array_clear(c->monthly);
        return;
    }
    for (int32_t year = YEAR_FIRST; year <= YEAR_LAST; year++) {
        json_t *row = c->has_year[year - YEAR_FIRST] ? year_json(c, year) : NULL;
        if (row != NULL) {
            (void)json_array_append_new(c->years, row);
        }
    }
    sn_store_forget_values(c->store);
}
