/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves of some hours of the first compared configuration: whoever doubts a price can
 * clear them with a program of their own. */
#include "run_internal.h"

#include "result.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_CURVES = 12 };

typedef struct sn_curves {
    double *price; /* [SN_REPLAY_CURVE_POINTS][n_area], NaN beyond a curve's end */
    double *quantity;
    double point[SN_REPLAY_CURVE_POINTS];
    double period[N_CURVES];
    double number[N_CURVES];
} sn_curves;

/* Hours all over the year without a pattern of the clock; SIZE_MAX when none is left. */
static size_t sample_hour(const sn_run_case *c, const sn_replay_result *r, size_t k)
{
    size_t start = (size_t)((uint64_t)(k + 1) * UINT64_C(2654435761) % r->n);
    for (size_t i = 0; i < r->n; i++) {
        size_t t = (start + i) % r->n;
        if (r->exclusion[t] == SN_INCLUDED &&
            !isnan(r->price_eur_per_mwh[t * c->scenario->n_area])) {
            return t;
        }
    }
    return SIZE_MAX;
}

static sn_status fill_curves(const sn_run_case *c,
                             const sn_replay_settings *settings,
                             size_t t,
                             sn_curves *out,
                             sn_error *err)
{
    size_t n_area = c->scenario->n_area;
    sn_status status = SN_OK;
    for (size_t z = 0; z < n_area && status == SN_OK; z++) {
        double price[SN_REPLAY_CURVE_POINTS];
        double quantity[SN_REPLAY_CURVE_POINTS];
        size_t n = 0;
        if (c->data.area[z].kind != SN_AREA_FIXED_FLOW) {
            status = sn_replay_curve(&c->data.input, settings, &c->changed[1], t, z,
                                     price, quantity, &n, err);
        }
        for (size_t k = 0; k < SN_REPLAY_CURVE_POINTS; k++) {
            out->price[k * n_area + z] = k < n ? price[k] : NAN;
            out->quantity[k * n_area + z] = k < n ? quantity[k] : NAN;
        }
    }
    return status;
}

static sn_status
put_curves(const sn_curves *curves, size_t k, sn_result_writer *w, sn_error *err)
{
    char price[64];
    char quantity[64];
    char scale[64];
    (void)snprintf(price, sizeof price, "/curves/%zu/price_eur_per_mwh", k);
    (void)snprintf(quantity, sizeof quantity, "/curves/%zu/quantity_mw", k);
    (void)snprintf(scale, sizeof scale, "/curves/%zu/point", k);
    sn_result_table table = {price,
                             scale,
                             curves->point,
                             SN_REPLAY_CURVE_POINTS,
                             "area",
                             "EUR/MWh",
                             "price of the points of the net supply curve",
                             curves->price};
    sn_status status = sn_result_put_table(w, &table, err);
    if (status == SN_OK) {
        table.name = quantity;
        table.units = "MW";
        table.long_name = "net position at that price, fixed exports included";
        table.value = curves->quantity;
        status = sn_result_put_table(w, &table, err);
    }
    return status;
}

sn_status sn_run_write_curves(const sn_run_case *c, sn_result_writer *w, sn_error *err)
{
    if (c->scenario->n_configuration < 2) {
        return SN_OK;
    }
    size_t cells = SN_REPLAY_CURVE_POINTS * c->scenario->n_area;
    sn_curves curves = {.price = calloc(cells, sizeof(double)),
                        .quantity = calloc(cells, sizeof(double))};
    sn_replay_settings settings;
    sn_scenario_settings(c->scenario, &settings);
    sn_status status = SN_OK;
    if (curves.price == NULL || curves.quantity == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for curves");
    }
    for (size_t k = 0; k < SN_REPLAY_CURVE_POINTS; k++) {
        curves.point[k] = (double)k;
    }
    size_t n = 0;
    for (size_t k = 0; k < N_CURVES && status == SN_OK; k++) {
        size_t t = sample_hour(c, &c->changed[1], k);
        if (t == SIZE_MAX) {
            break;
        }
        curves.number[n] = (double)n;
        curves.period[n] = (double)t;
        status = fill_curves(c, &settings, t, &curves, err);
        if (status == SN_OK) {
            status = put_curves(&curves, n++, w, err);
        }
    }
    if (status == SN_OK && n > 0) {
        sn_result_table periods = {
            "/curves/period",         "/curves/curve", curves.number, n, NULL, "1",
            "index on the time axis", curves.period};
        status = sn_result_put_table(w, &periods, err);
    }
    free(curves.price);
    free(curves.quantity);
    return status;
}
