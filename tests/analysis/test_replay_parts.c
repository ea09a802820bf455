/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hydro curve (M-2) by itself, and redispatch on the closed form of M-29b. */
#include "analysis/hydro.h"
#include "analysis/redispatch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"

static const sn_hydro hydro = {500.0, 4500.0, 20.0}; /* greatest slope 50 */

static sn_hydro_period at_hour(double observed_mw, double observed_price, double shift)
{
    return sn_hydro_period_of(&hydro, 40.0, shift, observed_mw, observed_price);
}

static void test_hydro_anchor_and_limits(void **state)
{
    (void)state;
    double slope;
    for (double p = -50.0; p < 300.0; p += 7.3) {
        sn_hydro_period h = at_hour(2000.0, p, 0.0);
        assert_true(sn_hydro_at(&h, p, &slope) == 2000.0);
        assert_near(sn_hydro_at(&h, p + 1e-9, &slope), 2000.0, 1e-6);
        assert_true(sn_hydro_at(&h, 4000.0, &slope) <= 4500.0);
        assert_true(sn_hydro_at(&h, -500.0, &slope) >= 500.0);
    }
    sn_hydro_period h = at_hour(4400.0, 30.0, 0.0);
    assert_near(sn_hydro_at(&h, 200.0, &slope), 4500.0, 0.0);
    assert_near(slope, 0.0, 0.0);
    h = at_hour(2500.0, 40.0, 0.0);
    assert_near(sn_hydro_at(&h, 40.01, &slope), 2500.5, 0.05);
    assert_near(slope, 50.0, 2.0); /* the greatest, within the chord of a segment */
}

/* A shift by delta moves the response by delta. */
static void test_hydro_shift_moves_the_curve(void **state)
{
    (void)state;
    double slope;
    sn_hydro_period still = at_hour(2500.0, 45.0, 0.0);
    sn_hydro_period moved = at_hour(2500.0, 45.0, 6.0);
    for (double p = 0.0; p < 100.0; p += 3.1) {
        assert_near(sn_hydro_at(&moved, p + 6.0, &slope), sn_hydro_at(&still, p, &slope),
                    1e-9);
    }
    assert_true(sn_hydro_at(&moved, 45.0, &slope) < 2500.0);
}

/* Between breakpoints the response is linear, and its slope is the one reported. */
static void test_hydro_is_linear_between_breakpoints(void **state)
{
    (void)state;
    for (int k = 0; k < 20; k++) {
        sn_hydro_period h = at_hour(600.0 + 190.0 * k, 5.0 * k, 3.0 * k - 20.0);
        double point[SN_HYDRO_POINTS];
        size_t n = sn_hydro_breakpoints(&h, point);
        assert_in_range(n, 2, SN_HYDRO_POINTS);
        double flat;
        (void)sn_hydro_at(&h, point[0] - 1.0, &flat);
        assert_true(flat == 0.0);
        (void)sn_hydro_at(&h, point[n - 1] + 1.0, &flat);
        assert_true(flat == 0.0);
        for (size_t i = 1; i < n; i++) {
            assert_true(point[i] >= point[i - 1]);
            double unused;
            double slope;
            double left = sn_hydro_at(&h, point[i - 1], &unused);
            double right = sn_hydro_at(&h, point[i], &unused);
            double middle = sn_hydro_at(&h, 0.5 * (point[i - 1] + point[i]), &slope);
            assert_near(middle, 0.5 * (left + right), 1e-7);
            assert_near(slope * (point[i] - point[i - 1]), right - left, 1e-7);
        }
    }
}

/* The curve holds the response at its ends and at every breakpoint between them. */
static void test_hydro_curve_is_the_response(void **state)
{
    (void)state;
    for (int k = 0; k < 20; k++) {
        sn_hydro_period h = at_hour(600.0 + 190.0 * k, 5.0 * k, 3.0 * k - 20.0);
        double bend[SN_HYDRO_POINTS];
        double price[SN_HYDRO_POINTS];
        double power[SN_HYDRO_POINTS];
        double slope;
        double from = 10.0 - k;
        size_t n_bend = sn_hydro_breakpoints(&h, bend);
        size_t n = sn_hydro_curve(&h, from, 60.0, price, power);
        size_t inside = 0;
        for (size_t i = 0; i < n_bend; i++) {
            inside +=
                bend[i] > from && bend[i] < 60.0 && (i == 0 || bend[i] > bend[i - 1]);
        }
        assert_int_equal(n, inside + 2);
        assert_true(price[0] == from && price[n - 1] == 60.0);
        for (size_t i = 0; i < n; i++) {
            assert_near(power[i], sn_hydro_at(&h, price[i], &slope), 1e-9);
            assert_true(i == 0 || (price[i] > price[i - 1] && power[i] >= power[i - 1]));
        }
    }
}

enum { NORTH, SOUTH };

typedef struct two_areas {
    double price[2][2];
    double quantity[2][2];
    sn_curve curve[2];
    sn_border link;
    sn_network network;
    double market_mw[2];
    double market_price[2];
    bool may_move[2];
    double low_mw;
    double high_mw;
} two_areas;

/* Linear curves of slope 50: 35 EUR/MWh and 1750 MW without the cut of 1000 MW, 20 and
 * 50 EUR/MWh with it. */
static sn_redispatch_problem draw_two_areas(two_areas *a)
{
    *a = (two_areas){.link = {NORTH, SOUTH, 1000.0},
                     .market_mw = {1750.0, -1750.0},
                     .market_price = {35.0, 35.0},
                     .may_move = {true, true},
                     .low_mw = -1000.0,
                     .high_mw = 1000.0};
    for (int z = 0; z < 2; z++) {
        for (int k = 0; k < 2; k++) {
            a->price[z][k] = k == 0 ? -500.0 : 3000.0;
            a->quantity[z][k] = a->market_mw[z] + 50.0 * (a->price[z][k] - 35.0);
        }
        a->curve[z] = (sn_curve){2, a->price[z], a->quantity[z]};
    }
    a->network = (sn_network){2, 1, &a->link};
    return (sn_redispatch_problem){.network = &a->network,
                                   .net_supply = a->curve,
                                   .market_mw = a->market_mw,
                                   .market_eur_per_mwh = a->market_price,
                                   .may_move = a->may_move,
                                   .flow_min_mw = &a->low_mw,
                                   .flow_max_mw = &a->high_mw,
                                   .price_min_eur_per_mwh = -500.0,
                                   .price_max_eur_per_mwh = 3000.0};
}

static void solve(const sn_redispatch_problem *problem,
                  sn_redispatch *work,
                  sn_redispatch_result *out)
{
    sn_error err = {0};
    if (sn_redispatch_solve(work, problem, out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    assert_true(out->check_passed);
}

static void test_redispatch_closed_form(void **state)
{
    (void)state;
    two_areas a;
    sn_redispatch_problem problem = draw_two_areas(&a);
    sn_redispatch *work = sn_redispatch_alloc(2, 1, 8);
    assert_non_null(work);
    sn_redispatch_result r;
    solve(&problem, work, &r);
    const double excess = 750.0;
    const double difference = 30.0;
    assert_near(r.price_eur_per_mwh[NORTH], 20.0, 1e-7);
    assert_near(r.price_eur_per_mwh[SOUTH], 50.0, 1e-7);
    assert_near(r.moved_mw[NORTH], -excess, 1e-5);
    assert_near(r.moved_mw[SOUTH], excess, 1e-5);
    assert_near(r.flow_mw[0], 1000.0, 1e-6);
    assert_near(r.volume_mw, excess, 1e-5);
    assert_near(r.cost_eur_per_h, 0.5 * excess * difference, 1e-3);
    assert_near(r.bill_eur_per_h, excess * difference, 1e-3);
    assert_near(r.shortfall_mw[NORTH] + r.shortfall_mw[SOUTH], 0.0, 0.0);
    sn_redispatch_free(work);
}

/* Only 100 MW more can be had in the south: the rest is shed there. */
static void test_redispatch_counts_what_is_missing(void **state)
{
    (void)state;
    two_areas a;
    sn_redispatch_problem problem = draw_two_areas(&a);
    double price[3] = {-500.0, 35.0, 37.0};
    double quantity[3] = {-1850.0, -1750.0, -1650.0};
    a.curve[SOUTH] = (sn_curve){3, price, quantity};
    sn_redispatch *work = sn_redispatch_alloc(2, 1, 8);
    assert_non_null(work);
    sn_redispatch_result r;
    solve(&problem, work, &r);
    assert_near(r.price_eur_per_mwh[SOUTH], 3000.0, 1e-9);
    assert_near(r.moved_mw[SOUTH], 100.0, 1e-5);
    assert_near(r.shortfall_mw[SOUTH], 650.0, 1e-5);
    assert_near(r.moved_mw[NORTH], -750.0, 1e-5);
    assert_near(r.flow_mw[0], 1000.0, 1e-6);
    sn_redispatch_free(work);
}

/* An area that may not move keeps its market position. */
static void test_redispatch_leaves_others_alone(void **state)
{
    (void)state;
    two_areas a;
    sn_redispatch_problem problem = draw_two_areas(&a);
    a.may_move[SOUTH] = false;
    sn_redispatch *work = sn_redispatch_alloc(2, 1, 8);
    assert_non_null(work);
    sn_redispatch_result r;
    solve(&problem, work, &r);
    assert_near(r.moved_mw[SOUTH], 0.0, 0.0);
    assert_near(r.price_eur_per_mwh[SOUTH], 35.0, 0.0);
    assert_near(r.shortfall_mw[SOUTH], 750.0, 1e-5);
    assert_near(r.moved_mw[NORTH], -750.0, 1e-5);
    sn_redispatch_free(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hydro_anchor_and_limits),
        cmocka_unit_test(test_hydro_shift_moves_the_curve),
        cmocka_unit_test(test_hydro_is_linear_between_breakpoints),
        cmocka_unit_test(test_hydro_curve_is_the_response),
        cmocka_unit_test(test_redispatch_closed_form),
        cmocka_unit_test(test_redispatch_counts_what_is_missing),
        cmocka_unit_test(test_redispatch_leaves_others_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
