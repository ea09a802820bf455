/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "own_price.h"

#include "base/os.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static sn_status check_same(const sn_market *m, size_t year, sn_error *err)
{
    const sn_price_years *years = m->years;
    const sn_axis *a = &m->data[year].input.axis;
    const sn_axis *b = &years->year[year].axis;
    bool same = m->scenario.n_area == years->n_area && m->scenario.n_configuration >= 2 &&
                a->start.utc_s == b->start.utc_s && a->n == b->n &&
                a->step_s == b->step_s;
    for (size_t z = 0; z < years->n_area && same; z++) {
        same = strcmp(m->scenario.area[z]->code, years->area[z]) == 0;
    }
    for (size_t s = 0; s < SN_SIDES && same; s++) {
        same = strcmp(m->scenario.configuration[s].name, years->name[s]) == 0;
    }
    return same ? SN_OK
                : sn_error_set(err, SN_E_FORMAT,
                               "scenario \"%s\" is not that of the run of %d: areas, "
                               "configurations or hours differ",
                               m->scenario.name, years->year[year].year);
}

sn_status sn_market_open(const char *scenario,
                         const char *store,
                         const sn_price_years *years,
                         sn_market *out,
                         sn_error *err)
{
    sn_store_options options = {0};
    *out = (sn_market){.years = years};
    sn_status status = sn_scenario_load(scenario, NULL, 0, &out->scenario, err);
    if (status == SN_OK) {
        status = sn_store_open(store, &options, &out->store, err);
    }
    if (status == SN_OK) {
        out->data = calloc(years->n, sizeof *out->data);
        status = out->data == NULL
                     ? sn_error_set(err, SN_E_MEMORY, "out of memory for the market")
                     : SN_OK;
    }
    for (size_t y = 0; y < years->n && status == SN_OK; y++) {
        status = sn_replay_data_load(&out->scenario, out->store, years->year[y].year,
                                     &out->data[y], err);
        out->n = y + (status == SN_OK ? 1 : 0);
        if (status == SN_OK) {
            status = check_same(out, y, err);
        }
    }
    if (status != SN_OK) {
        sn_market_close(out);
    }
    return status;
}

void sn_market_close(sn_market *market)
{
    for (size_t y = 0; y < market->n; y++) {
        sn_replay_data_release(&market->data[y]);
    }
    free(market->data);
    sn_store_close(market->store);
    *market = (sn_market){0};
}

static bool is_nothing(const double *extra, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (extra[i] != 0.0) {
            return false;
        }
    }
    return true;
}

/* Periods with a price in the run and none now get the market's limit; returns their
 * number. */
static size_t price_short_periods(const sn_replay_result *result,
                                  size_t n_area,
                                  const double *extra_load_mw,
                                  const double *before,
                                  double *price)
{
    size_t short_periods = 0;
    for (size_t t = 0; t < result->n; t++) {
        double extra = 0.0;
        bool is_short = false;
        for (size_t i = t * n_area; i < (t + 1) * n_area; i++) {
            extra += extra_load_mw[i];
            is_short = is_short || (isnan(price[i]) && !isnan(before[i]));
        }
        for (size_t i = t * n_area; is_short && i < (t + 1) * n_area; i++) {
            price[i] = isnan(before[i]) ? NAN
                       : extra > 0.0    ? result->price_max_eur_per_mwh[t]
                                        : result->price_min_eur_per_mwh[t];
        }
        for (size_t i = t * n_area; i < (t + 1) * n_area; i++) {
            price[i] = isnan(before[i]) ? NAN : price[i]; /* left out of the years */
        }
        short_periods += is_short ? 1 : 0;
    }
    return short_periods;
}

sn_status sn_market_clear(const sn_market *market,
                          size_t year,
                          int side,
                          const double *extra_load_mw,
                          double *price_out,
                          sn_market_outcome *out,
                          sn_error *err)
{
    sn_replay_input input = market->data[year].input;
    size_t n = input.axis.n * input.n_area;
    const sn_partition *split = &market->scenario.configuration[side];
    sn_configuration configuration = {
        split->name, split->label, split->has_one_consumer ? split->one_consumer : NULL};
    sn_replay_settings settings = market->scenario.settings;
    sn_replay_result result = {0};
    double *supply = calloc(n, sizeof *supply);
    if (supply == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the market");
    }
    for (size_t i = 0; i < n; i++) {
        supply[i] = (input.extra_supply_mw != NULL ? input.extra_supply_mw[i] : 0.0) -
                    extra_load_mw[i];
    }
    input.extra_supply_mw = supply;
    if (side == SN_SIDE_BASE && is_nothing(extra_load_mw, n)) {
        settings.balance = SN_BALANCE_HELD; /* history: as in the run */
    }
    settings.n_thread = sn_os_processor_count();
    sn_status status = sn_replay_run(&input, &settings, &configuration, &result, err);
    if (status == SN_OK && result.check_failed > 0) {
        status = sn_error_set(err, SN_E_NUMERIC,
                              "%zu periods of %d failed the check with the new load",
                              result.check_failed, market->years->year[year].year);
    }
    if (status == SN_OK) {
        memcpy(price_out, result.price_eur_per_mwh, n * sizeof *price_out);
        size_t short_periods = price_short_periods(
            &result, input.n_area, extra_load_mw,
            market->years->year[year].price_eur_per_mwh[side], price_out);
        if (out != NULL) {
            *out = (sn_market_outcome){short_periods, result.energy_error_max_share};
        }
    }
    sn_replay_result_release(&result);
    free(supply);
    return status;
}

sn_status
sn_price_years_copy(const sn_price_years *years, sn_price_years *out, sn_error *err)
{
    bool ok = true;
    *out = *years;
    for (size_t y = 0; y < years->n; y++) {
        size_t n = years->year[y].axis.n * years->n_area;
        for (int s = 0; s < SN_SIDES; s++) {
            double *copy = calloc(n, sizeof *copy);
            ok = ok && copy != NULL;
            if (copy != NULL) {
                memcpy(copy, years->year[y].price_eur_per_mwh[s], n * sizeof *copy);
            }
            out->year[y].price_eur_per_mwh[s] = copy;
        }
    }
    if (!ok) {
        sn_price_years_copy_release(out);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for prices");
    }
    return SN_OK;
}

void sn_price_years_copy_release(sn_price_years *copy)
{
    for (size_t y = 0; y < copy->n; y++) {
        free(copy->year[y].price_eur_per_mwh[0]);
        free(copy->year[y].price_eur_per_mwh[1]);
    }
    copy->n = 0;
}
