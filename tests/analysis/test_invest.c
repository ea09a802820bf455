/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Investment against closed forms. */
#include "analysis/invest.h"
#include "support/near.h"

#include <gsl/gsl_errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sn_plant plant_of(void)
{
    sn_plant p = {.n_capex = 1,
                  .capex_eur = {1000e6},
                  .start = 1,
                  .life = 20,
                  .output_units = 1e6,
                  .product_price_eur_per_unit = 600.0,
                  .other_cost_eur_per_unit = 250.0,
                  .fixed_cost_eur = 40e6,
                  .electricity_mwh = 3.6e6,
                  .rate = 0.07};
    return p;
}

static void test_annuity(void **state)
{
    (void)state;
    sn_plant p = plant_of();
    double margin = 350e6 - 40e6 - 50.0 * 3.6e6;
    double factor = (1.0 - pow(1.07, -20.0)) / 0.07;
    assert_near(sn_annuity_factor(0.07, 20), factor, 1e-12);
    assert_near(sn_annuity_factor(0.0, 20), 20.0, 1e-12);
    assert_near(sn_plant_npv_flat(&p, 50.0), margin * factor - 1000e6, 1.0);
    assert_near(sn_real_rate(0.0914, 0.02), 0.07, 1e-12);
}

static void test_break_even_closes(void **state)
{
    (void)state;
    sn_plant p = plant_of();
    double price;
    assert_int_equal(sn_plant_break_even(&p, &price, NULL), SN_OK);
    double expected = (310e6 - 1000e6 / sn_annuity_factor(0.07, 20)) / 3.6e6;
    assert_near(price, expected, 1e-6);
    assert_near(sn_plant_npv_flat(&p, price) / 1000e6, 0.0, 1e-9);
    p.n_capex = 3; /* capex over years, later start */
    p.capex_eur[1] = 200e6;
    p.capex_eur[2] = 100e6;
    p.start = 3;
    assert_int_equal(sn_plant_break_even(&p, &price, NULL), SN_OK);
    assert_near(sn_plant_npv_flat(&p, price + 1e-6) < 0.0, 1.0, 0.0);
    assert_near(sn_plant_npv_flat(&p, price - 1e-6) > 0.0, 1.0, 0.0);
    p.electricity_mwh = 0.0;
    assert_int_equal(sn_plant_break_even(&p, &price, NULL), SN_OK);
    assert_true(isnan(price));
}

static void test_irr_sets(void **state)
{
    (void)state;
    sn_irr irr;
    const double one[2] = {-100.0, 110.0};
    assert_int_equal(sn_irr_find(one, 2, &irr, NULL), SN_OK);
    assert_int_equal(irr.n, 1);
    assert_near(irr.rate[0], 0.10, 1e-12);
    const double two[3] = {-100.0, 230.0, -132.0}; /* 10 % and 20 % */
    assert_int_equal(sn_irr_find(two, 3, &irr, NULL), SN_OK);
    assert_int_equal(irr.n, 2);
    assert_int_equal(irr.sign_changes, 2);
    assert_near(irr.rate[0], 0.10, 1e-9);
    assert_near(irr.rate[1], 0.20, 1e-9);
    const double three[4] = {-1000.0, 3600.0, -4310.0, 1716.0}; /* 10, 20, 30 % */
    assert_int_equal(sn_irr_find(three, 4, &irr, NULL), SN_OK);
    assert_int_equal(irr.n, 3);
    assert_near(irr.rate[0], 0.10, 1e-8);
    assert_near(irr.rate[1], 0.20, 1e-8);
    assert_near(irr.rate[2], 0.30, 1e-8);
    const double none[3] = {-100.0, 150.0, -100.0};
    assert_int_equal(sn_irr_find(none, 3, &irr, NULL), SN_OK);
    assert_int_equal(irr.n, 0);
    assert_int_equal(irr.sign_changes, 2);
    const double never[3] = {-100.0, -5.0, -1.0};
    assert_int_equal(sn_irr_find(never, 3, &irr, NULL), SN_OK);
    assert_int_equal(irr.n, 0);
    const double bad[2] = {-1.0, NAN};
    assert_int_equal(sn_irr_find(bad, 2, &irr, NULL), SN_E_FORMAT);
}

static void test_irr_long_life(void **state)
{
    (void)state;
    double cash[61] = {-sn_annuity_factor(0.083, 60)};
    sn_irr irr;
    for (int k = 1; k <= 60; k++) {
        cash[k] = 1.0;
    }
    assert_int_equal(sn_irr_find(cash, 61, &irr, NULL), SN_OK);
    assert_int_equal(irr.n, 1);
    assert_near(irr.rate[0], 0.083, 1e-10);
    assert_near(sn_npv(cash, 61, irr.rate[0]), 0.0, 1e-10);
}

static void test_payback(void **state)
{
    (void)state;
    const double cash[5] = {-100.0, 40.0, 40.0, 40.0, 40.0};
    assert_near(sn_payback_years(cash, 5, 0.0), 2.5, 1e-12);
    assert_true(sn_payback_years(cash, 5, 0.07) > 2.5);
    assert_true(isnan(sn_payback_years(cash, 3, 0.0)));
    const double again[4] = {-100.0, 150.0, -100.0, 60.0};
    assert_near(sn_payback_years(again, 4, 0.0), 2.0 + 50.0 / 60.0, 1e-9);
}

static void test_draws(void **state)
{
    (void)state;
    enum { N = 4000 };
    static double today[N];
    static double one[N];
    sn_plant p = plant_of();
    sn_plant_range range;
    sn_plant_range_none(&p, &range);
    const sn_power_year years[2] = {{100e6, 1.0}, {200e6, 1.0}};
    sn_draws draws = {N, 1, 0};
    /* One price year, nothing uncertain: every draw is the closed form. */
    sn_plant_draw_npv(&p, &range, years, 1, &draws, today);
    double expected = (310e6 - 100e6) * sn_annuity_factor(0.07, 20) - 1000e6;
    for (size_t i = 0; i < N; i++) {
        assert_near(today[i], expected, 1.0);
    }
    /* Two years: the mean is the mean year's, and a dearer configuration is lower in
     * every draw by the same paths. */
    const sn_power_year dearer[2] = {{110e6, 1.0}, {210e6, 1.0}};
    sn_plant_draw_npv(&p, &range, years, 2, &draws, today);
    sn_plant_draw_npv(&p, &range, dearer, 2, &draws, one);
    for (size_t i = 0; i < N; i++) {
        assert_near(today[i] - one[i], 10e6 * sn_annuity_factor(0.07, 20), 1.0);
    }
    sn_distribution d;
    sn_distribution_of(today, N, &d);
    double middle = (310e6 - 150e6) * sn_annuity_factor(0.07, 20) - 1000e6;
    assert_near(d.mean, middle, 10e6);
    assert_true(d.p10 < d.p50 && d.p50 < d.p90);
    assert_near(d.share_positive, 1.0, 0.0);
}

static void test_ranges_and_tornado(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double npv[N];
    sn_plant p = plant_of();
    sn_plant_range range;
    sn_plant_range_none(&p, &range);
    range.low[SN_DRIVER_PRODUCT_PRICE] = 500.0;
    range.high[SN_DRIVER_PRODUCT_PRICE] = 850.0;
    const sn_power_year year = {180e6, 1.0};
    sn_draws draws = {N, 7, 3};
    sn_plant_draw_npv(&p, &range, &year, 1, &draws, npv);
    sn_distribution d;
    sn_distribution_of(npv, N, &d);
    double price = (500.0 + 600.0 + 850.0) / 3.0; /* mean of the triangle */
    double factor = sn_annuity_factor(0.07, 20);
    double expected = ((price - 250.0) * 1e6 - 220e6) * factor - 1000e6;
    assert_near(d.mean, expected, 0.01 * fabs(expected) + 10e6);
    sn_tornado_bar bar[SN_DRIVER_COUNT];
    sn_plant_tornado(&p, &range, &year, 1, bar);
    assert_int_equal(bar[0].driver, SN_DRIVER_PRODUCT_PRICE);
    assert_near(bar[0].npv_high_eur - bar[0].npv_low_eur, 350e6 * factor, 1.0);
    for (int i = 1; i < SN_DRIVER_COUNT; i++) {
        assert_near(bar[i].npv_high_eur, bar[i].npv_low_eur, 1.0);
    }
}

/* A draw stands at a flat price exactly when the price is below its break-even price. */
static void test_drawn_break_even(void **state)
{
    (void)state;
    enum { N = 2000 };
    static double npv[N];
    static double even[N];
    sn_plant p = plant_of();
    sn_plant_range range;
    sn_draws draws = {N, 7, 3};
    double root = 0.0;
    sn_plant_range_none(&p, &range);
    sn_plant_draw_break_even(&p, &range, &draws, even);
    assert_int_equal(sn_plant_break_even(&p, &root, NULL), SN_OK);
    assert_near(even[N - 1], root, 1e-6);
    range.low[SN_DRIVER_PRODUCT_PRICE] = 500.0;
    range.high[SN_DRIVER_PRODUCT_PRICE] = 850.0;
    range.high[SN_DRIVER_CAPEX] = 1.8;
    range.low[SN_DRIVER_ELECTRICITY] = 0.6;
    range.high[SN_DRIVER_RATE] = 0.12;
    double price = root * 0.9;
    const sn_power_year year = {price * p.electricity_mwh, 1.0};
    sn_plant_draw_npv(&p, &range, &year, 1, &draws, npv);
    sn_plant_draw_break_even(&p, &range, &draws, even);
    size_t above = 0;
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(npv[i] > 0.0, even[i] > price);
        above += even[i] > price ? 1 : 0;
    }
    assert_true(above > N / 10 && above < N - N / 10);
}

static void test_refused(void **state)
{
    (void)state;
    sn_plant p = plant_of();
    sn_error err = {0};
    p.rate = 7.0;
    assert_int_equal(sn_plant_check(&p, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "0.07"));
    p = plant_of();
    p.life = 0;
    assert_int_equal(sn_plant_check(&p, &err), SN_E_FORMAT);
    p = plant_of();
    p.fixed_cost_eur = INFINITY;
    assert_int_equal(sn_plant_check(&p, &err), SN_E_FORMAT);
}

int main(void)
{
    (void)gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_annuity),
        cmocka_unit_test(test_break_even_closes),
        cmocka_unit_test(test_irr_sets),
        cmocka_unit_test(test_irr_long_life),
        cmocka_unit_test(test_payback),
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_ranges_and_tornado),
        cmocka_unit_test(test_drawn_break_even),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
