/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run.h"

#include "analysis/ledger.h"
#include "base/os.h"
#include "replay_input.h"
#include "result.h"

#include <jansson.h>
#include <math.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    YEAR_FIRST = 2010,
    YEAR_LAST = 2035,
    N_CURVES = 8,
    RUN_ID_SIZE = 17,
    PATH_SIZE = 4096
};

static const double exact_eur_per_mwh = 0.01;
static const char *const se[4] = {"SE1", "SE2", "SE3", "SE4"};

typedef struct sn_run_case {
    const sn_scenario *scenario;
    sn_store *store;
    sn_replay_data data;
    sn_replay_result base;
    sn_replay_result changed[SN_SCENARIO_CONFIGURATIONS_MAX]; /* [i] configuration i */
    sn_replay_result variant[3]; /* of configuration 1, by sn_hydro_balance */
    sn_ledger ledger[SN_SCENARIO_CONFIGURATIONS_MAX];
    sn_ledger variant_ledger[3];
    bool operator_area[SN_SCENARIO_AREAS_MAX];
    char run_id[RUN_ID_SIZE];
    size_t check_periods;
    size_t check_failed;
    size_t n_infeasible;
    double read_s, solve_s, write_s, start_s;
} sn_run_case;

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static void set(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

/* ---- solving ---- */

static sn_configuration configuration(const sn_run_case *c, size_t i)
{
    const sn_partition *p = &c->scenario->configuration[i];
    return (sn_configuration){p->name, p->label};
}

static sn_status solve_one(sn_run_case *c,
                           size_t i,
                           sn_hydro_balance balance,
                           sn_replay_result *out,
                           sn_error *err)
{
    sn_replay_settings settings = c->scenario->settings;
    settings.balance = i == 0 ? SN_BALANCE_HELD : balance; /* the base is history */
    if (settings.n_thread == 0) {
        settings.n_thread = sn_os_processor_count();
    }
    sn_configuration split = configuration(c, i);
    sn_status status = sn_replay_run(&c->data.input, &settings, &split, out, err);
    if (status == SN_OK) {
        c->check_periods += out->check_periods;
        c->check_failed += out->check_failed;
        c->n_infeasible += out->n_infeasible;
    }
    return status;
}

static sn_status
account(sn_run_case *c, const sn_replay_result *changed, sn_ledger *out, sn_error *err)
{
    return sn_ledger_compute(&c->data.input, &c->scenario->settings, &c->base, changed,
                             c->operator_area, out, err);
}

static sn_status solve_all(sn_run_case *c, sn_error *err)
{
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        c->operator_area[z] = strncmp(c->scenario->area[z]->code, "SE", 2) == 0;
    }
    sn_status status = solve_one(c, 0, SN_BALANCE_HELD, &c->base, err);
    for (size_t i = 1; i < c->scenario->n_configuration && status == SN_OK; i++) {
        status = solve_one(c, i, c->scenario->settings.balance, &c->changed[i], err);
        if (status == SN_OK) {
            status = account(c, &c->changed[i], &c->ledger[i], err);
        }
    }
    for (int b = 0; b < 3 && status == SN_OK && c->scenario->n_configuration > 1; b++) {
        status = solve_one(c, 1, (sn_hydro_balance)b, &c->variant[b], err);
        if (status == SN_OK) {
            status = account(c, &c->variant[b], &c->variant_ledger[b], err);
        }
    }
    return status;
}

/* ---- means ---- */

static double
mean_price(const sn_run_case *c, const double *price, size_t z, const double *weight)
{
    size_t n_area = c->scenario->n_area;
    double sum = 0.0;
    double all = 0.0;
    for (size_t t = 0; t < c->data.input.axis.n; t++) {
        double w = weight == NULL ? 1.0 : weight[t * n_area + z];
        double p = price[t * n_area + z];
        if (!isnan(p) && !isnan(w)) {
            sum += w * p;
            all += w;
        }
    }
    return all > 0.0 ? sum / all : NAN;
}

static double sweden_price(const sn_run_case *c, const double *price)
{
    double sum = 0.0;
    double all = 0.0;
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        for (size_t t = 0; c->operator_area[z] && t < c->data.input.axis.n; t++) {
            size_t at = t * c->scenario->n_area + z;
            if (!isnan(price[at]) && !isnan(c->data.load[at])) {
                sum += price[at] * c->data.load[at];
                all += c->data.load[at];
            }
        }
    }
    return all > 0.0 ? sum / all : NAN;
}

static json_t *price_keys(const sn_run_case *c, const double *price)
{
    json_t *mean = json_object();
    json_t *weighted = json_object();
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        const char *code = c->scenario->area[z]->code;
        set(mean, code, number(mean_price(c, price, z, NULL)));
        if (!c->scenario->is_edge[z]) {
            set(weighted, code, number(mean_price(c, price, z, c->data.load)));
        }
    }
    json_t *out = json_object();
    set(out, "price_mean_eur_per_mwh", mean);
    set(out, "price_load_weighted_eur_per_mwh", weighted);
    set(out, "price_load_weighted_sweden", number(sweden_price(c, price)));
    return out;
}

/* ---- parts of the summary ---- */

static json_t *replay_json(const sn_run_case *c)
{
    const sn_replay_input *in = &c->data.input;
    size_t due = 0;
    size_t compared = 0;
    size_t exact = 0;
    size_t excluded[SN_EXCLUSION_COUNT + 1] = {0};
    double price_error = 0.0;
    double net_error = 0.0;
    for (size_t t = 0; t < in->axis.n; t++) {
        for (size_t z = 0; z < in->n_area; z++) {
            if (c->scenario->is_edge[z]) {
                continue;
            }
            size_t at = t * in->n_area + z;
            due++;
            if (c->base.exclusion[t] != SN_INCLUDED) {
                excluded[c->base.exclusion[t]]++;
            } else if (isnan(c->base.price_eur_per_mwh[at])) {
                excluded[SN_EXCLUSION_COUNT]++;
            } else {
                double off =
                    fabs(c->base.price_eur_per_mwh[at] - in->price_eur_per_mwh[at]);
                double net = 0.0;
                for (size_t l = 0; l < in->n_border; l++) {
                    double f =
                        in->border[l].has_flow ? in->flow_mw[t * in->n_border + l] : 0.0;
                    net += in->border[l].link.from == z ? f : 0.0;
                    net -= in->border[l].link.to == z ? f : 0.0;
                }
                compared++;
                exact += off <= exact_eur_per_mwh ? 1 : 0;
                price_error = fmax(price_error, off);
                net_error = fmax(net_error, fabs(c->base.net_position_mw[at] - net));
            }
        }
    }
    json_t *causes = json_object();
    set(causes, "price", json_integer((json_int_t)excluded[SN_EXCLUDED_PRICE]));
    set(causes, "flow", json_integer((json_int_t)excluded[SN_EXCLUDED_FLOW]));
    set(causes, "infeasible", json_integer((json_int_t)excluded[SN_EXCLUSION_COUNT]));
    json_t *out = json_object();
    set(out, "price_error_max_eur_per_mwh", number(price_error));
    set(out, "net_position_error_max_mw", number(net_error));
    set(out, "share_exact",
        number(compared > 0 ? (double)exact / (double)compared : NAN));
    set(out, "area_hours_due", json_integer((json_int_t)due));
    set(out, "area_hours_compared", json_integer((json_int_t)compared));
    set(out, "excluded_by_cause", causes);
    set(out, "adverse_border_hours_share",
        number((double)c->base.border_hours_adverse /
               fmax(1.0, (double)c->base.border_hours_total)));
    return out;
}

static json_t *
redispatch_json(const sn_run_case *c, const sn_replay_result *r, const sn_ledger *ledger)
{
    size_t hours = 0;
    for (size_t t = 0; t < r->n; t++) {
        bool moved = false;
        for (size_t z = 0; z < c->scenario->n_area; z++) {
            size_t at = t * c->scenario->n_area + z;
            moved = moved || fabs(r->redispatch_hydro_mw[at]) > 1e-6 ||
                    fabs(r->redispatch_other_mw[at]) > 1e-6;
        }
        hours += moved ? 1 : 0;
    }
    json_t *out = json_object();
    set(out, "volume_gwh", number(r->redispatch_volume_mwh / 1e3));
    set(out, "cost_meur", number(r->redispatch_cost_eur / 1e6));
    set(out, "bill_meur", number(r->redispatch_bill_eur / 1e6));
    set(out, "shortfall_gwh", number(r->shortfall_mwh / 1e3));
    set(out, "hours_share", number((double)hours / fmax(1.0, (double)r->n)));
    set(out, "tariff_eur_per_mwh", number(ledger->tariff_eur_per_mwh));
    return out;
}

static json_t *ledger_json(const sn_run_case *c, const sn_ledger *ledger)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < ledger->n_row; i++) {
        json_t *row = json_object();
        set(row, "area", json_string(c->scenario->area[ledger->row[i].area]->code));
        set(row, "group", json_string(sn_ledger_group_name(ledger->row[i].group)));
        set(row, "change_meur", number(ledger->row[i].change_eur / 1e6));
        (void)json_array_append_new(rows, row);
    }
    json_t *out = json_object();
    set(out, "rows", rows);
    set(out, "total_meur", number(ledger->total_eur / 1e6));
    set(out, "residual_share", number(ledger->residual_share));
    return out;
}

static json_t *hydro_json(const sn_replay_result *r, sn_hydro_balance balance)
{
    json_t *out = json_object();
    set(out, "energy_error_max_share", number(r->energy_error_max_share));
    set(out, "iterations", json_integer((json_int_t)r->iterations));
    set(out, "balance", json_string(sn_hydro_balance_name(balance)));
    return out;
}

static json_t *variants_json(const sn_run_case *c)
{
    static const char *const names[3] = {"physical", "market", "held"};
    json_t *out = json_object();
    for (int b = 0; b < 3; b++) {
        json_t *v = price_keys(c, c->variant[b].price_eur_per_mwh);
        set(v, "energy_error_max_share", number(c->variant[b].energy_error_max_share));
        set(v, "iterations", json_integer((json_int_t)c->variant[b].iterations));
        set(v, "redispatch", redispatch_json(c, &c->variant[b], &c->variant_ledger[b]));
        set(out, names[b], v);
    }
    return out;
}

static json_t *congestion_json(const sn_run_case *c)
{
    json_t *out = json_object();
    json_t *changed = json_object();
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(c->data.info[l], name);
        set(out, name, number(c->ledger[1].congestion_income_base_eur[l] / 1e6));
        set(changed, name, number(c->ledger[1].congestion_income_eur[l] / 1e6));
    }
    set(out, "changed", changed);
    return out;
}

static void add_failures(const sn_run_case *c,
                         const sn_replay_result *r,
                         const char *name,
                         json_t *list)
{
    for (size_t i = 0; i < r->check_failed && i < 100 && json_array_size(list) < 100;
         i++) {
        char text[SN_INSTANT_TEXT_SIZE];
        json_t *f = json_object();
        set(f, "configuration", json_string(name));
        set(f, "period",
            json_string(sn_instant_format(
                sn_axis_at(&c->data.input.axis, r->failure[i].period), text)));
        set(f, "area", json_string(c->scenario->area[r->failure[i].area]->code));
        set(f, "what", json_string(r->failure[i].what));
        set(f, "residual", number(r->failure[i].residual));
        (void)json_array_append_new(list, f);
    }
}

static json_t *check_json(const sn_run_case *c)
{
    json_t *failures = json_array();
    add_failures(c, &c->base, c->scenario->configuration[0].name, failures);
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        add_failures(c, &c->changed[i], c->scenario->configuration[i].name, failures);
    }
    json_t *out = json_object();
    set(out, "periods", json_integer((json_int_t)c->check_periods));
    set(out, "failed", json_integer((json_int_t)c->check_failed));
    set(out, "failures", failures);
    return out;
}

static json_t *cuts_json(const sn_run_case *c)
{
    static const double tolerance[3] = {0.01, 1.0, 10.0};
    static const char *const names[3] = {"tolerance_0.01", "tolerance_1", "tolerance_10"};
    json_t *out = json_object();
    for (size_t k = 0; k + 1 < 4; k++) {
        size_t a = sn_scenario_area_index(c->scenario, se[k]);
        size_t b = sn_scenario_area_index(c->scenario, se[k + 1]);
        if (a == SIZE_MAX || b == SIZE_MAX) {
            continue;
        }
        char name[SN_BORDER_NAME_SIZE];
        (void)snprintf(name, sizeof name, "%s-%s", se[k], se[k + 1]);
        json_t *cut = json_object();
        for (size_t i = 0; i < 3; i++) {
            double over = 0.0;
            double sum = 0.0;
            double n = 0.0;
            for (size_t t = 0; t < c->data.input.axis.n; t++) {
                double d = c->data.price[t * c->scenario->n_area + b] -
                           c->data.price[t * c->scenario->n_area + a];
                if (!isnan(d)) {
                    over += fabs(d) > tolerance[i] ? 1.0 : 0.0;
                    sum += d;
                    n += 1.0;
                }
            }
            json_t *level = json_object();
            set(level, "hours_with_difference_share", number(over / n));
            set(level, "mean_difference_eur_per_mwh", number(sum / n));
            set(cut, names[i], level);
        }
        set(out, name, cut);
    }
    return out;
}

static json_t *statistics_json(const sn_run_case *c)
{
    json_t *out = json_object();
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        double n = 0.0, sum = 0.0, squares = 0.0, negative = 0.0, above = 0.0;
        double low = INFINITY, high = -INFINITY;
        for (size_t t = 0; t < c->data.input.axis.n; t++) {
            double p = c->data.price[t * c->scenario->n_area + z];
            if (isnan(p)) {
                continue;
            }
            n += 1.0;
            sum += p;
            squares += p * p;
            negative += p < 0.0 ? 1.0 : 0.0;
            above += p > 100.0 ? 1.0 : 0.0;
            low = fmin(low, p);
            high = fmax(high, p);
        }
        json_t *s = json_object();
        set(s, "hours_negative", number(negative));
        set(s, "hours_above_100", number(above));
        set(s, "volatility_eur_per_mwh",
            number(sqrt(fmax(0.0, squares / n - sum / n * sum / n))));
        set(s, "price_min", number(low));
        set(s, "price_max", number(high));
        set(s, "capture_price_wind_eur_per_mwh",
            number(mean_price(c, c->data.price, z, c->data.generation[SN_TECH_WIND])));
        set(s, "capture_price_hydro_eur_per_mwh",
            number(mean_price(c, c->data.price, z, c->data.generation[SN_TECH_HYDRO])));
        set(out, c->scenario->area[z]->code, s);
    }
    return out;
}

/* M-38: where the single price lies outside what the areas had, say why it can. */
static json_t *outside_json(const sn_run_case *c)
{
    double low = INFINITY;
    double high = -INFINITY;
    double value = NAN;
    for (size_t k = 0; k < 4; k++) {
        size_t z = sn_scenario_area_index(c->scenario, se[k]);
        if (z != SIZE_MAX) {
            double p = mean_price(c, c->data.price, z, NULL);
            low = fmin(low, p);
            high = fmax(high, p);
            value = mean_price(c, c->changed[1].price_eur_per_mwh, z, NULL);
        }
    }
    bool is = value < low || value > high;
    json_t *channels = json_object();
    set(channels, "sv",
        json_string(
            is ? "Kanaler: priset sätts på den gemensamma utbudskurvan i stället för i "
                 "varje "
                 "område, handeln med grannländerna ändras när snitten inte syns i "
                 "marknaden, och vattnet flyttas i tid så att årets energi räcker."
               : ""));
    set(channels, "en",
        json_string(
            is ? "Channels: the price is set on the joint curve, trade with neighbours "
                 "changes when the market does not see the cuts, and water moves in time "
                 "so "
                 "that the year's energy is the same."
               : ""));
    json_t *out = json_object();
    set(out, "is", json_boolean(is));
    set(out, "observed_min", number(low));
    set(out, "observed_max", number(high));
    set(out, "value", number(value));
    set(out, "channels", channels);
    return out;
}

/* ---- all years in the store ---- */

static void add_months(int32_t year, double *const price[4], size_t n, json_t *monthly)
{
    for (int month = 1; month <= 12; month++) {
        json_t *prices = json_object();
        bool any = false;
        for (size_t k = 0; k < 4; k++) {
            double sum = 0.0;
            double count = 0.0;
            for (size_t t = 0; t < n; t++) {
                sn_instant at = {sn_instant_of_year(year).utc_s +
                                 (int64_t)t * SN_HOUR_S}; /* CET */
                if (!isnan(price[k][t]) && sn_instant_to_utc(at).month == month) {
                    sum += price[k][t];
                    count += 1.0;
                }
            }
            any = any || count > 0.0;
            set(prices, se[k], number(count > 0.0 ? sum / count : NAN));
        }
        if (!any) {
            json_decref(prices);
            continue;
        }
        char name[16];
        (void)snprintf(name, sizeof name, "%04d-%02d", (int)year, month);
        json_t *row = json_object();
        set(row, "month", json_string(name));
        set(row, "price", prices);
        (void)json_array_append_new(monthly, row);
    }
}

/* A year beside the main one: data, base not needed, the first comparison physical. */
static json_t *year_json(const sn_run_case *main_case, int32_t year)
{
    sn_run_case *c = calloc(1, sizeof *c);
    json_t *out = NULL;
    if (c == NULL) {
        return NULL;
    }
    c->scenario = main_case->scenario;
    c->store = main_case->store;
    memcpy(c->operator_area, main_case->operator_area, sizeof c->operator_area);
    bool is_main = year == c->scenario->year;
    const sn_replay_result *changed = is_main ? &main_case->changed[1] : &c->changed[1];
    sn_status status = SN_OK;
    if (is_main) {
        c->data = main_case->data;
    } else {
        status = sn_replay_data_load(c->scenario, c->store, year, &c->data, NULL);
        bool flows = false;
        for (size_t l = 0; status == SN_OK && l < c->data.input.n_border; l++) {
            flows = flows || c->data.border[l].has_flow;
        }
        if (status == SN_OK && flows) {
            status = solve_one(c, 1, SN_BALANCE_PHYSICAL, &c->changed[1], NULL);
        } else {
            status = SN_E_GAP;
        }
    }
    if (status == SN_OK && c->check_failed == 0) {
        json_t *observed = json_object();
        json_t *one = json_object();
        json_t *change = json_object();
        double hours = 0.0;
        for (size_t k = 0; k < 4; k++) {
            size_t z = sn_scenario_area_index(c->scenario, se[k]);
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
            set(observed, se[k], number(sum[0] / hours));
            set(one, se[k], number(sum[1] / hours));
            set(change, se[k], number((sum[1] - sum[0]) / hours));
        }
        if (hours < 0.75 * (double)c->data.input.axis.n) { /* too few hours to show */
            json_decref(observed);
            json_decref(one);
            json_decref(change);
            goto done;
        }
        out = json_object();
        set(out, "year", json_integer(year));
        set(out, "observed", observed);
        set(out, c->scenario->configuration[1].name, one);
        set(out, "change", change);
        set(out, "naive_load_weighted", number(sweden_price(c, c->data.price)));
        set(out, "load_weighted", number(sweden_price(c, changed->price_eur_per_mwh)));
        set(out, "hours", number(hours));
    }
done:
    if (!is_main) {
        sn_replay_result_release(&c->changed[1]);
        sn_replay_data_release(&c->data);
    }
    free(c);
    return out;
}

static void all_years(const sn_run_case *c, json_t *years, json_t *monthly)
{
    double *price[4];
    for (size_t k = 0; k < 4; k++) {
        price[k] = malloc(8784 * sizeof *price[k]);
        if (price[k] == NULL) {
            while (k > 0) {
                free(price[--k]);
            }
            return;
        }
    }
    for (int32_t year = YEAR_FIRST; year <= YEAR_LAST; year++) {
        bool any = false;
        for (size_t k = 0; k < 4; k++) {
            any =
                sn_replay_price_year(c->scenario, c->store, se[k], year, price[k]) || any;
        }
        if (!any) {
            continue;
        }
        size_t n = (size_t)((sn_instant_of_year(year + 1).utc_s -
                             sn_instant_of_year(year).utc_s) /
                            SN_HOUR_S);
        add_months(year, price, n, monthly);
        json_t *row = year_json(c, year);
        if (row != NULL) {
            (void)json_array_append_new(years, row);
        }
    }
    for (size_t k = 0; k < 4; k++) {
        free(price[k]);
    }
}

/* ---- summary and manifest ---- */

static json_t *two_languages(const char *sv, const char *en)
{
    json_t *out = json_object();
    set(out, "sv", json_string(sv));
    set(out, "en", json_string(en));
    return out;
}

static json_t *borders_json(const sn_run_case *c)
{
    json_t *out = json_array();
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        const sn_replay_border *b = &c->data.border[l];
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(c->data.info[l], name);
        json_t *row = json_object();
        set(row, "name", json_string(name));
        set(row, "from", json_string(c->data.info[l]->from));
        set(row, "to", json_string(c->data.info[l]->to));
        set(row, "kind",
            json_string(!b->has_flow      ? "none"
                        : b->is_day_ahead ? "day_ahead"
                                          : "measured"));
        set(row, "rated_mw", number(b->link.rated_mw));
        (void)json_array_append_new(out, row);
    }
    return out;
}

static bool was_used(const sn_run_case *c, const sn_series_key *key)
{
    for (size_t i = 0; i < c->data.n_used; i++) {
        if (sn_series_key_compare(&c->data.used[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

static json_t *attribution_json(const sn_run_case *c)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    json_t *out = json_array();
    if (sn_store_catalogue(c->store, &entries, &n, NULL) != SN_OK) {
        return out;
    }
    for (size_t i = 0; i < n; i++) {
        bool known = !was_used(c, &entries[i].key);
        for (size_t k = 0; k < json_array_size(out) && !known; k++) {
            known =
                strcmp(json_string_value(json_object_get(json_array_get(out, k), "text")),
                       entries[i].attribution) == 0;
        }
        if (!known) {
            json_t *row = json_object();
            set(row, "text", json_string(entries[i].attribution));
            set(row, "licence", json_string(entries[i].licence));
            (void)json_array_append_new(out, row);
        }
    }
    return out;
}

static json_t *manifest_json(const sn_run_case *c)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    json_t *inputs = json_array();
    json_t *estimated = json_array();
    json_t *out = json_object();
    if (sn_store_catalogue(c->store, &entries, &n, NULL) == SN_OK) {
        for (size_t i = 0; i < n; i++) {
            if (was_used(c, &entries[i].key)) {
                json_t *row = json_object();
                set(row, "quantity",
                    json_string(sn_quantity_name(entries[i].key.quantity)));
                set(row, "source", json_string(entries[i].key.source));
                set(row, "subject", json_string(entries[i].key.subject));
                set(row, "step_s", json_integer(entries[i].key.step_s));
                set(row, "origin", json_string(entries[i].origin));
                set(row, "raw_sha256", json_string(entries[i].raw_sha256));
                set(row, "licence", json_string(entries[i].licence));
                (void)json_array_append_new(inputs, row);
            }
        }
    }
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        if (c->data.area[z].hydro_is_estimated) {
            (void)json_array_append_new(estimated,
                                        json_string(c->scenario->area[z]->code));
        }
    }
    set(out, "schema", json_string("snitt-manifest-1"));
    set(out, "program", json_string("snitt " SN_VERSION));
    set(out, "scenario", json_string(c->scenario->name));
    set(out, "year", json_integer(c->scenario->year));
    set(out, "hydro_balance",
        json_string(sn_hydro_balance_name(c->scenario->settings.balance)));
    set(out, "energy_tolerance_share",
        number(c->scenario->settings.energy_tolerance_share));
    set(out, "capacity_window_days", number(c->scenario->settings.capacity_window_days));
    set(out, "slope_factor", number(c->scenario->settings.slope_factor));
    set(out, "unlimited_internal",
        json_boolean(c->scenario->settings.unlimited_internal));
    json_t *load = json_object();
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        if (c->scenario->settings.extra_load_mw[z] != 0.0) {
            set(load, c->scenario->area[z]->code,
                number(c->scenario->settings.extra_load_mw[z]));
        }
    }
    set(out, "extra_load_mw", load);
    json_t *splits = json_array();
    for (size_t i = 0; i < c->scenario->n_configuration; i++) {
        (void)json_array_append_new(splits,
                                    json_string(c->scenario->configuration[i].name));
    }
    set(out, "configurations", splits);
    set(out, "store_state", json_string(sn_store_state(c->store)));
    set(out, "borders", borders_json(c));
    set(out, "hydro_estimated", estimated);
    set(out, "inputs", inputs);
    return out;
}

static sn_status
dump(const char *folder, const char *name, const json_t *value, sn_error *err)
{
    char path[PATH_SIZE];
    char *text =
        json_dumps(value, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
    if (text == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory writing %s", name);
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    sn_status status = sn_os_write_file(path, text, strlen(text), err);
    free(text);
    return status;
}

static sn_status write_manifest(sn_run_case *c, const char *folder, sn_error *err)
{
    json_t *manifest = manifest_json(c);
    char *text =
        json_dumps(manifest, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
    if (text == NULL) {
        json_decref(manifest);
        return sn_error_set(err, SN_E_MEMORY, "out of memory writing the manifest");
    }
    struct sha256_ctx hash;
    uint8_t digest[8];
    sha256_init(&hash);
    sha256_update(&hash, strlen(text), (const uint8_t *)text);
    sha256_digest(&hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        (void)snprintf(c->run_id + 2 * i, 3, "%02x", (unsigned)digest[i]);
    }
    free(text);
    set(manifest, "run_id", json_string(c->run_id));
    sn_status status = dump(folder, "manifest.json", manifest, err);
    json_decref(manifest);
    return status;
}

static void add_headlines(const sn_run_case *c, json_t *out)
{
    json_t *all = json_object();
    set(all, c->scenario->configuration[0].name,
        price_keys(c, c->base.price_eur_per_mwh));
    json_t *comparisons = json_object();
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        const char *name = c->scenario->configuration[i].name;
        set(all, name, price_keys(c, c->changed[i].price_eur_per_mwh));
        json_t *one = json_object();
        set(one, "ledger", ledger_json(c, &c->ledger[i]));
        set(one, "redispatch", redispatch_json(c, &c->changed[i], &c->ledger[i]));
        set(one, "hydro", hydro_json(&c->changed[i], c->scenario->settings.balance));
        set(comparisons, name, one);
    }
    json_t *years = json_array();
    json_t *monthly = json_array();
    all_years(c, years, monthly);
    set(out, "configurations", all);
    set(out, "comparisons", comparisons);
    set(out, "observed", price_keys(c, c->data.price));
    set(out, "naive_load_weighted_price_eur_per_mwh",
        number(sweden_price(c, c->data.price)));
    set(out, "hydro", hydro_json(&c->changed[1], c->scenario->settings.balance));
    set(out, "hydro_variants", variants_json(c));
    set(out, "redispatch", redispatch_json(c, &c->changed[1], &c->ledger[1]));
    set(out, "congestion_income_meur", congestion_json(c));
    set(out, "ledger", ledger_json(c, &c->ledger[1]));
    set(out, "cuts", cuts_json(c));
    set(out, "statistics", statistics_json(c));
    set(out, "outside_range", outside_json(c));
    set(out, "years", years);
    set(out, "monthly", monthly);
}

static json_t *period_json(const sn_run_case *c)
{
    char text[SN_INSTANT_TEXT_SIZE];
    json_t *out = json_object();
    set(out, "from", json_string(sn_instant_format(c->data.input.axis.start, text)));
    set(out, "to",
        json_string(sn_instant_format(sn_axis_end(&c->data.input.axis), text)));
    set(out, "year", json_integer(c->scenario->year));
    set(out, "step_s", json_integer(c->data.input.axis.step_s));
    set(out, "hours", json_integer((json_int_t)c->data.input.axis.n));
    return out;
}

static sn_status write_summary(sn_run_case *c, const char *folder, sn_error *err)
{
    bool failed = c->check_failed > 0;
    json_t *out = json_object();
    json_t *areas = json_array();
    json_t *edges = json_array();
    json_t *compare = json_array();
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        (void)json_array_append_new(c->scenario->is_edge[z] ? edges : areas,
                                    json_string(c->scenario->area[z]->code));
    }
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        (void)json_array_append_new(compare,
                                    json_string(c->scenario->configuration[i].name));
    }
    set(out, "schema", json_string("snitt-summary-1"));
    set(out, "status",
        json_string(failed                ? "failed"
                    : c->n_infeasible > 0 ? "partial"
                                          : "ok"));
    set(out, "run_id", json_string(c->run_id));
    set(out, "title", two_languages(c->scenario->title_sv, c->scenario->title_en));
    set(out, "label",
        c->data.is_model_year ? two_languages("stiliserat modellår – inte historik",
                                              "stylised model year – not history")
                              : two_languages("", ""));
    set(out, "period", period_json(c));
    set(out, "areas", areas);
    set(out, "edges", edges);
    set(out, "borders", borders_json(c));
    set(out, "base", json_string(c->scenario->configuration[0].name));
    set(out, "compare", compare);
    set(out, "fx_sek_per_eur", number(c->data.fx_sek_per_eur));
    set(out, "replay", replay_json(c));
    set(out, "check", check_json(c));
    set(out, "infeasible_periods", json_integer((json_int_t)c->n_infeasible));
    set(out, "attribution", attribution_json(c));
    set(out, "uncertainty",
        two_languages(
            "Kurvornas lutning är vår egen bedömning (× 0,5 … × 2), snittens kapacitet "
            "är "
            "härledd ur flöden och priser, och intervall beräknas ännu inte: spridningen "
            "mellan åren och mellan de tre sätten att räkna med vattnet visar storleken.",
            "Slopes are our own judgement (× 0.5 … × 2), capacities are inferred, and "
            "intervals are not computed yet: the spread over years and over the three "
            "treatments of water shows the size."));
    if (!failed && c->scenario->n_configuration > 1) {
        add_headlines(c, out);
    }
    json_t *timing = json_object();
    set(timing, "read", number(c->read_s));
    set(timing, "solve", number(c->solve_s));
    set(timing, "write", number(c->write_s));
    set(timing, "total", number(sn_os_monotonic_s() - c->start_s));
    set(out, "timing_s", timing);
    sn_status status = dump(folder, "summary.json", out, err);
    json_decref(out);
    return status;
}

/* ---- result.h5 ---- */

typedef struct sn_array {
    const char *name;
    const char *second;
    const char *units;
    const double *value;
} sn_array;

static sn_status put_arrays(sn_result_writer *w,
                            const char *group,
                            const sn_array *arrays,
                            size_t n,
                            sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", group, arrays[i].name);
        sn_result_field field = {path, arrays[i].second, arrays[i].units, arrays[i].name,
                                 arrays[i].value};
        status = arrays[i].value == NULL ? SN_OK : sn_result_put(w, &field, err);
    }
    return status;
}

static sn_status put_configuration(sn_result_writer *w,
                                   const char *name,
                                   const sn_replay_result *r,
                                   sn_error *err)
{
    const sn_array arrays[] = {
        {"price_eur_per_mwh", "area", "EUR/MWh", r->price_eur_per_mwh},
        {"net_position_mw", "area", "MW", r->net_position_mw},
        {"hydro_mw", "area", "MW", r->hydro_mw},
        {"other_response_mw", "area", "MW", r->other_response_mw},
        {"redispatch_hydro_mw", "area", "MW", r->redispatch_hydro_mw},
        {"redispatch_other_mw", "area", "MW", r->redispatch_other_mw},
        {"redispatch_price_eur_per_mwh", "area", "EUR/MWh",
         r->redispatch_price_eur_per_mwh},
        {"shortfall_mw", "area", "MW", r->shortfall_mw},
        {"water_value_shift_eur_per_mwh", "area", "EUR/MWh",
         r->water_value_shift_eur_per_mwh},
        {"flow_mw", "border", "MW", r->flow_mw},
        {"flow_min_mw", "border", "MW", r->flow_min_mw},
        {"flow_max_mw", "border", "MW", r->flow_max_mw},
        {"cut_flow_mw", "border", "MW", r->cut_flow_mw},
        {"cut_flow_after_mw", "border", "MW", r->cut_flow_after_mw},
        {"cut_min_mw", "border", "MW", r->cut_min_mw},
        {"cut_max_mw", "border", "MW", r->cut_max_mw},
    };
    char group[64];
    (void)snprintf(group, sizeof group, "/configurations/%s", name);
    return put_arrays(w, group, arrays, sizeof arrays / sizeof *arrays, err);
}

static sn_status put_observed(const sn_run_case *c, sn_result_writer *w, sn_error *err)
{
    const sn_array arrays[] = {
        {"price_eur_per_mwh", "area", "EUR/MWh", c->data.price},
        {"net_position_mw", "area", "MW", c->base.net_position_mw},
        {"load_mw", "area", "MW", c->data.load},
        {"hydro_mw", "area", "MW", c->data.generation[SN_TECH_HYDRO]},
        {"wind_mw", "area", "MW", c->data.generation[SN_TECH_WIND]},
        {"solar_mw", "area", "MW", c->data.generation[SN_TECH_SOLAR]},
        {"nuclear_mw", "area", "MW", c->data.generation[SN_TECH_NUCLEAR]},
        {"thermal_mw", "area", "MW", c->data.generation[SN_TECH_THERMAL]},
        {"reservoir_mwh", "area", "MWh", c->data.reservoir},
        {"flow_mw", "border", "MW", c->data.flow},
    };
    return put_arrays(w, "/observed", arrays, sizeof arrays / sizeof *arrays, err);
}

static sn_status write_result(const sn_run_case *c, const char *folder, sn_error *err)
{
    static const char *const variants[3] = {
        "/hydro_variants/physical", "/hydro_variants/market", "/hydro_variants/held"};
    static char areas[SN_SCENARIO_AREAS_MAX][SN_RESULT_NAME_SIZE];
    static char borders[SN_REPLAY_BORDERS_MAX][SN_RESULT_NAME_SIZE];
    char path[PATH_SIZE];
    sn_result_writer *w = NULL;
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        (void)snprintf(areas[z], sizeof areas[z], "%s", c->scenario->area[z]->code);
    }
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        sn_border_name(c->data.info[l], borders[l]);
    }
    sn_result_axes axes = {c->data.input.axis, c->scenario->n_area,
                           (const char(*)[SN_RESULT_NAME_SIZE])areas,
                           c->data.input.n_border,
                           (const char(*)[SN_RESULT_NAME_SIZE])borders};
    (void)snprintf(path, sizeof path, "%s/result.h5", folder);
    sn_status status =
        sn_result_create(path, &axes, c->scenario->title_sv, c->run_id, &w, err);
    if (status == SN_OK) {
        status = put_observed(c, w, err);
    }
    if (status == SN_OK) {
        status = put_configuration(w, c->scenario->configuration[0].name, &c->base, err);
    }
    for (size_t i = 1; i < c->scenario->n_configuration && status == SN_OK; i++) {
        status =
            put_configuration(w, c->scenario->configuration[i].name, &c->changed[i], err);
    }
    for (size_t b = 0; b < 3 && status == SN_OK && c->scenario->n_configuration > 1;
         b++) {
        const sn_array price = {"price_eur_per_mwh", "area", "EUR/MWh",
                                c->variant[b].price_eur_per_mwh};
        status = put_arrays(w, variants[b], &price, 1, err);
    }
    if (status == SN_OK) {
        status = sn_result_publish(w, err);
    } else {
        sn_result_discard(w);
    }
    return status;
}

static void release(sn_run_case *c)
{
    sn_replay_result_release(&c->base);
    for (size_t i = 0; i < SN_SCENARIO_CONFIGURATIONS_MAX; i++) {
        sn_replay_result_release(&c->changed[i]);
        sn_ledger_release(&c->ledger[i]);
    }
    for (size_t b = 0; b < 3; b++) {
        sn_replay_result_release(&c->variant[b]);
        sn_ledger_release(&c->variant_ledger[b]);
    }
    sn_replay_data_release(&c->data);
    free(c);
}

sn_status sn_run(const sn_scenario *scenario,
                 sn_store *store,
                 const char *folder,
                 int *exit_code_out,
                 sn_error *err)
{
    sn_run_case *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a run");
    }
    c->scenario = scenario;
    c->store = store;
    c->start_s = sn_os_monotonic_s();
    sn_status status =
        sn_replay_data_load(scenario, store, scenario->year, &c->data, err);
    c->read_s = sn_os_monotonic_s() - c->start_s;
    if (status == SN_OK) {
        double before = sn_os_monotonic_s();
        status = solve_all(c, err);
        c->solve_s = sn_os_monotonic_s() - before;
    }
    if (status == SN_OK) {
        status = write_manifest(c, folder, err);
    }
    if (status == SN_OK) {
        double before = sn_os_monotonic_s();
        status = write_result(c, folder, err);
        c->write_s = sn_os_monotonic_s() - before;
    }
    if (status == SN_OK) {
        status = write_summary(c, folder, err);
    }
    *exit_code_out = c->check_failed > 0   ? SN_EXIT_FAILED
                     : c->n_infeasible > 0 ? SN_EXIT_PARTIAL
                                           : SN_EXIT_DONE;
    release(c);
    return status;
}
