/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clearing against CLP, against its own check, and against hand-solved cases. */
#include "analysis/clearing.h"
#include "analysis/clearing_check.h"
#include "support/market_case.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"

enum { N_CASE = 2000 };

static sn_clearing_result solve(sn_clearing *work, const market_case *c)
{
    sn_clearing_result result;
    sn_error err = {0};
    if (sn_clearing_solve(work, &c->problem, &result, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    return result;
}

static void check(const market_case *c, const sn_clearing_result *result)
{
    sn_clearing_residuals residuals;
    sn_error err = {0};
    if (sn_clearing_check(&c->problem, result, &residuals, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

static void against_clp(void **state)
{
    bool degenerate = *(const bool *)*state;
    sn_random random = {degenerate ? 7 : 11};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    size_t n_solved = 0;
    for (int i = 0; i < N_CASE; i++) {
        market_case_random(&c, &random, degenerate);
        sn_clearing_result result = solve(work, &c);
        double cost;
        bool solved = market_case_clp(&c, &cost, NULL);
        if (result.outcome == SN_INFEASIBLE) {
            assert_false(solved);
            continue;
        }
        assert_true(solved);
        n_solved++;
        check(&c, &result);
        double ours = market_case_cost(&c, &result);
        assert_near(ours, cost, 1e-9 * fmax(1e4, fabs(cost)));
    }
    assert_true(n_solved > N_CASE / 2);
    market_case_clp_end();
    sn_clearing_free(work);
}

/* The same case with the areas in another order gives the same numbers. */
static void order_of_areas_is_irrelevant(void **state)
{
    (void)state;
    sn_random random = {3};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    static market_case turned;
    for (int i = 0; i < 300; i++) {
        market_case_random(&c, &random, i % 2 == 0);
        turned = c;
        size_t last = c.n_area - 1;
        for (size_t z = 0; z <= last; z++) {
            turned.load_mw[last - z] = c.load_mw[z];
            memcpy(turned.step_price[last - z], c.step_price[z], sizeof *c.step_price);
            memcpy(turned.step_mw[last - z], c.step_mw[z], sizeof *c.step_mw);
        }
        for (size_t l = 0; l < c.n_border; l++) {
            turned.border[l].from = last - c.border[l].from;
            turned.border[l].to = last - c.border[l].to;
        }
        market_case_build(&turned);
        double price[CASE_AREAS_MAX];
        double flow[CASE_BORDERS_MAX];
        sn_clearing_result result = solve(work, &c);
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        memcpy(price, result.price_eur_per_mwh, c.n_area * sizeof *price);
        memcpy(flow, result.flow_mw, c.n_border * sizeof *flow);
        result = solve(work, &turned);
        for (size_t z = 0; z <= last; z++) {
            assert_near(result.price_eur_per_mwh[last - z], price[z], 1e-6);
        }
        (void)flow;
    }
    sn_clearing_free(work);
}

static void warm_start_changes_nothing(void **state)
{
    (void)state;
    sn_random random = {5};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    for (int i = 0; i < 300; i++) {
        market_case_random(&c, &random, i % 2 == 0);
        sn_clearing *fresh = sn_clearing_alloc(c.n_area, c.n_border);
        sn_clearing_result warm = solve(work, &c);
        sn_clearing_result cold = solve(fresh, &c);
        assert_int_equal(warm.outcome, cold.outcome);
        assert_memory_equal(warm.price_eur_per_mwh, cold.price_eur_per_mwh,
                            c.n_area * sizeof(double));
        assert_memory_equal(warm.flow_mw, cold.flow_mw, c.n_border * sizeof(double));
        sn_clearing_free(fresh);
    }
    sn_clearing_free(work);
}

/* M-27 and M-28b on border limits. */
static void more_load_lowers_no_price_and_more_capacity_no_welfare(void **state)
{
    (void)state;
    sn_random random = {9};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    for (int i = 0; i < 500; i++) {
        market_case_random(&c, &random, false);
        sn_clearing_result result = solve(work, &c);
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        double price[CASE_AREAS_MAX];
        memcpy(price, result.price_eur_per_mwh, c.n_area * sizeof *price);
        double cost = market_case_cost(&c, &result);
        size_t l = sn_random_below(&random, (unsigned)c.n_border);
        c.flow_max[l] += 200.0;
        result = solve(work, &c);
        assert_true(market_case_cost(&c, &result) <= cost + 1e-9 * fabs(cost) + 1e-6);
        c.flow_max[l] -= 200.0;
        c.load_mw[sn_random_below(&random, (unsigned)c.n_area)] += 1000.0;
        market_case_build(&c);
        result = solve(work, &c);
        for (size_t z = 0; z < c.n_area && result.outcome == SN_CLEARED; z++) {
            assert_true(result.price_eur_per_mwh[z] >= price[z] - 1e-9);
        }
    }
    sn_clearing_free(work);
}

/* A triangle of equal prices: the flow goes as the ratings tell (M-13). */
static void ties_go_by_rating(void **state)
{
    (void)state;
    static const double p_step[] = {30.0, 30.0};
    static const double q_seller[] = {0.0, 900.0};
    static const double p_any[] = {-500.0, 4000.0};
    static const double q_buyer[] = {-600.0, -600.0};
    static const double q_none[] = {0.0, 0.0};
    const sn_curve curves[] = {
        {2, p_step, q_seller}, {2, p_any, q_none}, {2, p_any, q_buyer}};
    const sn_border borders[] = {{0, 2, 1000.0}, {0, 1, 1000.0}, {1, 2, 1000.0}};
    const sn_network network = {3, 3, borders};
    const double low[] = {-800.0, -800.0, -800.0};
    const double high[] = {800.0, 800.0, 800.0};
    const sn_clearing_problem problem = {&network, curves, low, high, -500.0, 4000.0};
    sn_clearing *work = sn_clearing_alloc(3, 3);
    sn_clearing_result result;
    sn_error err = {0};
    assert_int_equal(sn_clearing_solve(work, &problem, &result, &err), SN_OK);
    assert_near(result.price_eur_per_mwh[2], 30.0, 1e-9);
    assert_near(result.flow_mw[0], 400.0, 1e-6); /* two thirds the short way */
    assert_near(result.flow_mw[1], 200.0, 1e-6);
    assert_near(result.flow_mw[2], 200.0, 1e-6);
    sn_clearing_free(work);
}

/* No supply curve decides inside a gap: the price is its middle (M-13). */
static void price_interval_gives_the_midpoint(void **state)
{
    (void)state;
    static const double p[] = {10.0, 10.0, 50.0, 50.0};
    static const double q[] = {-100.0, 0.0, 0.0, 100.0};
    const sn_curve curve = {4, p, q};
    const sn_network network = {1, 0, NULL};
    const sn_clearing_problem problem = {&network, &curve, NULL, NULL, -500.0, 4000.0};
    sn_clearing *work = sn_clearing_alloc(1, 0);
    sn_clearing_result result;
    sn_error err = {0};
    assert_int_equal(sn_clearing_solve(work, &problem, &result, &err), SN_OK);
    assert_near(result.price_eur_per_mwh[0], 30.0, 1e-9);
    sn_clearing_free(work);
}

static void check_catches_each_corruption(void **state)
{
    (void)state;
    sn_random random = {21};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    for (int i = 0; i < 200; i++) {
        market_case_random(&c, &random, false);
        sn_clearing_result result = solve(work, &c);
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        check(&c, &result);
        double price[CASE_AREAS_MAX];
        double net[CASE_AREAS_MAX];
        double flow[CASE_BORDERS_MAX];
        for (int what = 0; what < 3; what++) {
            memcpy(price, result.price_eur_per_mwh, c.n_area * sizeof *price);
            memcpy(net, result.net_position_mw, c.n_area * sizeof *net);
            memcpy(flow, result.flow_mw, c.n_border * sizeof *flow);
            price[0] += what == 0 ? 300.0 : 0.0;
            net[0] += what == 1 ? 0.01 : 0.0;
            flow[0] += what == 2 ? 0.01 : 0.0;
            sn_clearing_result wrong = result;
            wrong.price_eur_per_mwh = price;
            wrong.net_position_mw = net;
            wrong.flow_mw = flow;
            sn_clearing_residuals residuals;
            assert_int_equal(sn_clearing_check(&c.problem, &wrong, &residuals, NULL),
                             SN_E_NUMERIC);
        }
    }
    sn_clearing_free(work);
}

static void bad_curves_are_refused(void **state)
{
    (void)state;
    static market_case c;
    sn_random random = {2};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    sn_clearing_result result;
    sn_error err = {0};
    market_case_random(&c, &random, false);
    c.curve_mw[1][0] = NAN;
    assert_int_equal(sn_clearing_solve(work, &c.problem, &result, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "area 1"));
    market_case_build(&c);
    c.curve_price[0][1] = 1e5;
    assert_int_equal(sn_clearing_solve(work, &c.problem, &result, &err), SN_E_FORMAT);
    market_case_build(&c);
    c.flow_max[0] = -1e9;
    assert_int_equal(sn_clearing_solve(work, &c.problem, &result, &err), SN_E_FORMAT);
    sn_clearing_free(work);
}

int main(void)
{
    static bool plain = false;
    static bool degenerate = true;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(against_clp, &plain),
        cmocka_unit_test_prestate(against_clp, &degenerate),
        cmocka_unit_test(order_of_areas_is_irrelevant),
        cmocka_unit_test(warm_start_changes_nothing),
        cmocka_unit_test(more_load_lowers_no_price_and_more_capacity_no_welfare),
        cmocka_unit_test(ties_go_by_rating),
        cmocka_unit_test(price_interval_gives_the_midpoint),
        cmocka_unit_test(check_catches_each_corruption),
        cmocka_unit_test(bad_curves_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
