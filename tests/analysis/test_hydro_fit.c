/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Estimates of hydro's answer to price, on histories whose truth is known (M-2). */
#include "analysis/hydro_fit.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"
#include "support/random.h"

enum { N_WEEK = 40, N = N_WEEK * 168 };

static const double true_spread = 18.0;
static const double low_mw = 500.0;
static const double range_mw = 3200.0;

typedef struct history {
    double price[N];
    double hydro[N];
    double residual[N];
} history;

/* Load moves the price, and so hydro; a shock of water moves both the other way, which
 * is why the plain slope is wrong and the instrumented one is not. */
static void draw(history *h, double shock_mw, sn_random *r)
{
    for (size_t t = 0; t < N; t++) {
        double value = 35.0 + 10.0 * sin((double)(t / 168));
        double load = 2000.0 * sin(6.2831853 * (double)(t % 24) / 24.0) +
                      1000.0 * (sn_random_share(r) - 0.5);
        double shock = shock_mw * (sn_random_share(r) - 0.5);
        h->residual[t] = 12000.0 + load;
        h->price[t] = value + 0.012 * load - 0.01 * shock;
        h->hydro[t] =
            low_mw + range_mw / (1.0 + exp(-(h->price[t] - value) / true_spread)) + shock;
    }
    h->hydro[0] = low_mw;
    h->hydro[1] = low_mw + range_mw;
}

static sn_hydro_fit_input input_of(const history *h)
{
    return (sn_hydro_fit_input){N, 3600, h->price, h->hydro, h->residual};
}

static void test_spread_is_found(void **state)
{
    (void)state;
    static history h;
    sn_random r = {7};
    sn_hydro_fit fit;
    draw(&h, 0.0, &r);
    h.price[500] = NAN;
    h.hydro[900] = NAN;
    sn_hydro_fit_input in = input_of(&h);
    assert_int_equal(sn_hydro_fit_estimate(&in, &fit, NULL), SN_OK);
    assert_int_equal(fit.n_period, N - 2);
    assert_int_equal(fit.n_week, N_WEEK);
    assert_near(fit.spread_eur_per_mwh, true_spread, 0.05);
    assert_near(fit.slope_mw_per_eur, range_mw / (4.0 * true_spread), 0.2);
    assert_true(fit.explained_share > 0.98);
    assert_true(fit.spread_error_eur_per_mwh < 0.5);
}

/* The plain fit is biased by shocks of water; the instrument is not. */
static void test_instrument_undoes_the_bias(void **state)
{
    (void)state;
    static history h;
    sn_random r = {11};
    sn_hydro_fit fit;
    draw(&h, 1500.0, &r);
    sn_hydro_fit_input in = input_of(&h);
    assert_int_equal(sn_hydro_fit_estimate(&in, &fit, NULL), SN_OK);
    double truth = range_mw / (4.0 * true_spread);
    assert_true(fit.first_stage_f > 100.0);
    /* The logistic is flatter away from its middle: the mean slope is below the top. */
    assert_true(fit.instrumented_slope_mw_per_eur < truth);
    assert_true(fit.instrumented_slope_mw_per_eur > 0.8 * truth);
    assert_true(fit.slope_mw_per_eur < fit.instrumented_slope_mw_per_eur);
    assert_true(fit.instrumented_error_mw_per_eur < 0.05 * truth);
}

static void test_too_little_is_refused(void **state)
{
    (void)state;
    static history h;
    sn_random r = {3};
    sn_hydro_fit fit;
    sn_error err = {0};
    draw(&h, 0.0, &r);
    sn_hydro_fit_input in = input_of(&h);
    in.n = 3 * 168;
    assert_int_equal(sn_hydro_fit_estimate(&in, &fit, &err), SN_E_GAP);
    assert_non_null(strstr(err.message, "4 weeks"));
    in.n = N;
    for (size_t t = 0; t < N; t++) {
        h.hydro[t] = 100.0;
    }
    assert_int_equal(sn_hydro_fit_estimate(&in, &fit, &err), SN_E_GAP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spread_is_found),
        cmocka_unit_test(test_instrument_undoes_the_bias),
        cmocka_unit_test(test_too_little_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
