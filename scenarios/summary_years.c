/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: every year that the store can tell about (M-38). */
#include "run_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR_FIRST = 2010, YEAR_LAST = 2035 };

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
            sn_run_set(prices, sn_run_swedish_area[k],
                       sn_run_number(count > 0.0 ? sum / count : NAN));
        }
        if (!any) {
            json_decref(prices);
            continue;
        }
        char name[16];
        (void)snprintf(name, sizeof name, "%04d-%02d", (int)year, month);
        json_t *row = json_object();
        sn_run_set(row, "month", json_string(name));
        sn_run_set(row, "price", prices);
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
            status = sn_run_solve_one(c, 1, SN_BALANCE_PHYSICAL, &c->changed[1], NULL);
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
        if (hours < 0.75 * (double)c->data.input.axis.n) { /* too few hours to show */
            json_decref(observed);
            json_decref(one);
            json_decref(change);
            goto done;
        }
        out = json_object();
        sn_run_set(out, "year", json_integer(year));
        sn_run_set(out, "observed", observed);
        sn_run_set(out, c->scenario->configuration[1].name, one);
        sn_run_set(out, "change", change);
        sn_run_set(out, "naive_load_weighted", sn_run_number(sn_run_naive_price(c)));
        sn_run_set(out, "load_weighted",
                   sn_run_number(sn_run_sweden_price(c, changed->price_eur_per_mwh)));
        sn_run_set(out, "hours", sn_run_hours(c, (size_t)hours));
    }
done:
    if (!is_main) {
        sn_replay_result_release(&c->changed[1]);
        sn_replay_data_release(&c->data);
    }
    free(c);
    return out;
}

void sn_run_years_json(const sn_run_case *c, json_t *years, json_t *monthly)
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
            any = sn_replay_price_year(c->scenario, c->store, sn_run_swedish_area[k],
                                       year, price[k]) ||
                  any;
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
