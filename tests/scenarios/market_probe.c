/* SPDX-License-Identifier: GPL-3.0-or-later */
/* market_probe RUN SCENARIO STORE: load that was not there, in the clearing of a run.
 * No load changes nothing; 1 000 MW in SE2 raise its price and lower nobody's (M-28b). */
#include "own_price.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Prices are piecewise constant where curves are steep: rounding of the solver. */
static const double hour_tolerance_eur_per_mwh = 1e-6;
/* Water moves between weeks when it is balanced again: of the yearly mean. */
static const double mean_tolerance_eur_per_mwh = 0.01;

static int complain(const char *what, double a, double b)
{
    (void)fprintf(stderr, "market_probe: %s: %.9g and %.9g\n", what, a, b);
    return 1;
}

static double mean_of(const double *price, size_t n, size_t n_area, size_t z)
{
    double sum = 0.0;
    double known = 0.0;
    for (size_t t = 0; t < n; t++) {
        double p = price[t * n_area + z];
        sum += isnan(p) ? 0.0 : p;
        known += isnan(p) ? 0.0 : 1.0;
    }
    return sum / known;
}

static int check_nothing(const sn_price_years *years, int side, const double *price)
{
    size_t n = years->year[0].axis.n * years->n_area;
    const double *before = years->year[0].price_eur_per_mwh[side];
    for (size_t i = 0; i < n; i++) {
        if (isnan(before[i]) != isnan(price[i]) ||
            fabs(before[i] - price[i]) > hour_tolerance_eur_per_mwh) {
            return complain("no load changes a price", before[i], price[i]);
        }
    }
    return 0;
}

static int
check_more(const sn_price_years *years, const double *price, size_t own, bool by_hour)
{
    size_t n = years->year[0].axis.n;
    const double *before = years->year[0].price_eur_per_mwh[0];
    for (size_t i = 0; by_hour && i < n * years->n_area; i++) {
        if (price[i] < before[i] - hour_tolerance_eur_per_mwh) {
            return complain("more load lowers an hour's price", before[i], price[i]);
        }
    }
    for (size_t z = 0; z < years->n_area; z++) {
        double a = mean_of(before, n, years->n_area, z);
        double b = mean_of(price, n, years->n_area, z);
        if (b < a - mean_tolerance_eur_per_mwh || (z == own && b < a + 0.1)) {
            return complain(years->area[z], a, b);
        }
    }
    return 0;
}

/* Load beyond what can be served makes hours dear, it does not make them vanish. */
static int check_growing(const sn_market *market,
                         const sn_price_years *years,
                         size_t own,
                         int side,
                         double *extra,
                         double *price)
{
    static const double mw[] = {1000.0, 5000.0, 20000.0};
    size_t n = years->year[0].axis.n;
    const double *before = years->year[0].price_eur_per_mwh[side];
    double last = mean_of(before, n, years->n_area, own);
    sn_error err = {0};
    for (size_t k = 0; k < sizeof mw / sizeof *mw; k++) {
        for (size_t t = 0; t < n; t++) {
            extra[t * years->n_area + own] = mw[k];
        }
        if (sn_market_clear(market, 0, side, extra, price, NULL, &err) != SN_OK) {
            return complain(err.message, mw[k], 0.0);
        }
        for (size_t i = 0; i < n * years->n_area; i++) {
            if (isnan(price[i]) && !isnan(before[i])) {
                return complain("a price is lost at MW", mw[k], (double)i);
            }
        }
        double mean = mean_of(price, n, years->n_area, own);
        if (!(mean > last)) {
            return complain("more load, not dearer", last, mean);
        }
        last = mean;
    }
    return 0;
}

static int
probe(sn_market *market, const sn_price_years *years, double *extra, double *price)
{
    size_t n = years->year[0].axis.n;
    size_t own = 0;
    sn_error err = {0};
    sn_status status = sn_price_years_area(years, "SE2", &own, &err);
    int failed = 0;
    for (int s = 0; s < SN_SIDES && status == SN_OK && failed == 0; s++) {
        status = sn_market_clear(market, 0, s, extra, price, NULL, &err);
        failed = status == SN_OK ? check_nothing(years, s, price) : 0;
    }
    for (size_t t = 0; t < n; t++) {
        extra[t * years->n_area + own] = 1000.0;
    }
    if (status == SN_OK && failed == 0) {
        status = sn_market_clear(market, 0, SN_SIDE_BASE, extra, price, NULL, &err);
        failed = status == SN_OK ? check_more(years, price, own, false) : 0;
    }
    for (int s = 0; s < SN_SIDES && status == SN_OK && failed == 0; s++) {
        failed = check_growing(market, years, own, s, extra, price);
    }
    for (size_t t = 0; t < n; t++) {
        extra[t * years->n_area + own] = 1000.0;
    }
    market->scenario.settings.balance = SN_BALANCE_HELD;
    if (status == SN_OK && failed == 0) {
        status = sn_market_clear(market, 0, SN_SIDE_BASE, extra, price, NULL, &err);
        failed = status == SN_OK ? check_more(years, price, own, true) : 0;
    }
    if (status != SN_OK) {
        (void)fprintf(stderr, "market_probe: %s\n", err.message);
    }
    return status != SN_OK || failed != 0;
}

int main(int argc, char **argv)
{
    static sn_price_years years;
    static sn_market market;
    sn_error err = {0};
    (void)gsl_set_error_handler_off();
    if (argc != 4) {
        return 99;
    }
    const char *run = argv[1];
    sn_status status = sn_price_years_load(&run, 1, &years, &err);
    if (status == SN_OK) {
        status = sn_market_open(argv[2], argv[3], &years, &market, &err);
    }
    if (status != SN_OK) {
        (void)fprintf(stderr, "market_probe: %s\n", err.message);
        return 1;
    }
    size_t n = years.year[0].axis.n * years.n_area;
    double *extra = calloc(n, sizeof *extra);
    double *price = calloc(n, sizeof *price);
    int failed = extra == NULL || price == NULL || probe(&market, &years, extra, price);
    free(extra);
    free(price);
    sn_market_close(&market);
    sn_price_years_release(&years);
    return failed;
}
