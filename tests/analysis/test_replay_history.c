/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What replay makes of observations (M-14, M-15): history comes back, and what is
 * missing, wrong or published counts for what it is. */
#include "analysis/ledger.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"
#include "support/radial_market.h"

/* M-16. */
static void test_base_returns_history(void **state)
{
    fixture *f = *state;
    sn_replay_result r;
    run(f, &se4, &r);
    assert_history(f, &r);
    assert_int_equal(r.iterations, 1);
    assert_int_equal(r.check_periods, N_HOUR);
    assert_true(r.energy_error_max_share < 1e-9);
    assert_true(r.redispatch_volume_mwh == 0.0);
    assert_int_equal(r.border_hours_adverse, 0);
    assert_int_equal(r.border_hours_total, N_HOUR * 5);
    for (size_t t = 0; t < N_HOUR; t++) {
        for (size_t l = 0; l < N_BORDER; l++) {
            size_t at = t * N_BORDER + l;
            assert_near(r.flow_mw[at], f->flow[at], 1e-5);
            assert_true(r.flow_min_mw[at] <= f->flow[at]);
            assert_true(r.flow_max_mw[at] >= f->flow[at]);
            assert_true(isnan(r.cut_flow_mw[at]));
        }
    }
    sn_replay_result_release(&r);
}

/* M-15: full where prices differ, else the highest of the window. */
static void test_capacities_are_inferred(void **state)
{
    fixture *f = *state;
    f->settings.capacity_window_days = 2.0;
    sn_replay_result r;
    run(f, &se4, &r);
    for (size_t t = 100; t < N_HOUR - 100; t += 37) {
        const size_t l = 2;
        double highest = 0.0;
        for (size_t s = t - 48; s <= t + 48; s++) {
            highest = fmax(highest, f->flow[s * N_BORDER + l]);
        }
        double rise = f->price[t * N_AREA + SE4] - f->price[t * N_AREA + SE3];
        double expected = rise > 0.005 ? f->flow[t * N_BORDER + l] : highest;
        assert_near(r.flow_max_mw[t * N_BORDER + l], expected, 1e-9);
    }
    sn_replay_result_release(&r);
}

/* Limits that change over time: what is short under the lower limit has a price under the
 * higher one. */
static void test_price_limits_change_over_time(void **state)
{
    fixture *f = *state;
    double *max = calloc(N_HOUR, sizeof *max);
    assert_non_null(max);
    for (size_t t = 0; t < N_HOUR; t++) {
        max[t] = t < N_HOUR / 2 ? 90.0 : 3000.0;
    }
    f->input.price_max_of_period_eur_per_mwh = max;
    f->settings.balance = SN_BALANCE_HELD;
    f->settings.extra_load_mw[SE4] = 20000.0;
    sn_replay_result r;
    sn_error err = {0};
    assert_int_equal(sn_replay_run(&f->input, &f->settings, &se4, &r, &err), SN_OK);
    assert_int_equal(r.n_infeasible, N_HOUR / 2);
    for (size_t t = 0; t < N_HOUR; t++) {
        double p = r.price_eur_per_mwh[t * N_AREA + SE4];
        assert_true(t < N_HOUR / 2 ? isnan(p) : p > 90.0 && p <= 3000.0);
    }
    sn_replay_result_release(&r);
    free(max);
}

static void test_gaps_are_excluded_by_cause(void **state)
{
    fixture *f = *state;
    f->price[5 * N_AREA + SE3] = NAN;
    f->flow[7 * N_BORDER + 1] = NAN;
    f->hydro[9 * N_AREA + SE2] = NAN; /* that hour's water is held, not invented */
    sn_replay_result r;
    run(f, &se4, &r);
    assert_int_equal(r.exclusion[4], SN_INCLUDED);
    assert_int_equal(r.exclusion[5], SN_EXCLUDED_PRICE);
    assert_int_equal(r.exclusion[7], SN_EXCLUDED_FLOW);
    assert_int_equal(r.exclusion[9], SN_INCLUDED);
    assert_int_equal(r.check_periods, N_HOUR - 2);
    assert_true(isnan(r.price_eur_per_mwh[5 * N_AREA + SE1]));
    assert_true(isnan(r.flow_mw[7 * N_BORDER + 1]));
    assert_near(r.price_eur_per_mwh[9 * N_AREA + SE2], f->price[9 * N_AREA + SE2], 1e-7);
    sn_replay_result_release(&r);
}

/* M-14: an edge whose price is missing for a while keeps its flows meanwhile; the hours
 * are compared all the same, and the ledger still closes. */
static void test_edge_without_price_keeps_its_flow(void **state)
{
    fixture *f = *state;
    const bool operator_area[N_AREA] = {true, true, true, true};
    for (size_t t = 100; t < 200; t++) {
        f->price[t * N_AREA + DE] = NAN;
    }
    sn_replay_result base;
    sn_replay_result one;
    run(f, &se4, &base);
    assert_history(f, &base);
    assert_int_equal(base.check_periods, N_HOUR);
    f->settings.balance = SN_BALANCE_PHYSICAL;
    run(f, &se1, &one);
    double moved_later = 0.0;
    for (size_t t = 0; t < N_HOUR; t++) {
        size_t at = t * N_BORDER + 4;
        double moved = fabs(one.flow_mw[at] - f->flow[at]);
        if (t >= 100 && t < 200) {
            assert_int_equal(one.exclusion[t], SN_INCLUDED);
            assert_true(isnan(one.price_eur_per_mwh[t * N_AREA + DE]));
            assert_near(moved, 0.0, 1e-6);
        } else {
            moved_later = fmax(moved_later, moved);
        }
    }
    assert_true(moved_later > 1.0);
    sn_ledger ledger;
    assert_int_equal(sn_ledger_compute(&f->input, &f->settings, &base, &one,
                                       operator_area, &ledger, NULL),
                     SN_OK);
    assert_true(ledger.residual_share <= 1e-9);
    sn_ledger_release(&ledger);
    sn_replay_result_release(&base);
    sn_replay_result_release(&one);
}

/* M-14: a line that is not there yet is no gap: its hours are compared without it. */
static void test_border_begins_during_the_year(void **state)
{
    fixture *f = *state;
    f->border[2].first = 300;
    for (size_t t = 0; t < 300; t++) {
        f->flow[t * N_BORDER + 2] = NAN;
    }
    sn_replay_result r;
    run(f, &se1, &r);
    for (size_t t = 0; t < N_HOUR; t++) {
        assert_int_equal(r.exclusion[t], SN_INCLUDED);
        assert_true(isfinite(r.flow_mw[t * N_BORDER + 2]));
    }
    sn_replay_result_release(&r);
    run(f, &se4, &r);
    assert_int_equal(r.check_periods, N_HOUR);
    for (size_t t = 0; t < 300; t++) {
        assert_near(r.flow_mw[t * N_BORDER + 2], 0.0, 1e-6);
        assert_near(r.net_position_mw[t * N_AREA + SE4], f->flow[t * N_BORDER + 4], 1e-5);
    }
    assert_int_equal(r.check_failed, 0);
    assert_near(r.price_eur_per_mwh[10 * N_AREA + SE4], f->price[10 * N_AREA + SE4],
                1e-7);
    sn_replay_result_release(&r);
}

static void test_adverse_flow_is_held_and_counted(void **state)
{
    fixture *f = *state;
    size_t t = 11;
    f->price[t * N_AREA + SE1] = f->price[t * N_AREA + SE2] = 20.0;
    f->price[t * N_AREA + SE3] = 30.0;
    f->flow[t * N_BORDER + 1] = -500.0;
    sn_replay_result r;
    run(f, &se4, &r);
    assert_int_equal(
        r.border_hours_adverse,
        1 + (f->price[t * N_AREA + SE4] < 30.0 && f->flow[t * N_BORDER + 2] > 0.0) +
            (f->price[t * N_AREA + SE4] > 30.0 && f->flow[t * N_BORDER + 2] < 0.0) +
            (f->price[t * N_AREA + NO4] < 20.0 && f->flow[t * N_BORDER + 3] < 0.0) +
            (f->price[t * N_AREA + NO4] > 20.0 && f->flow[t * N_BORDER + 3] > 0.0));
    assert_near(r.flow_min_mw[t * N_BORDER + 1], -500.0, 1e-12);
    assert_near(r.flow_max_mw[t * N_BORDER + 1], -500.0, 1e-12);
    assert_near(r.price_eur_per_mwh[t * N_AREA + SE3], 30.0, 1e-7);
    sn_replay_result_release(&r);
}

/* On a cut such a flow is the most that goes the dear way, and less is allowed. */
static void test_adverse_flow_limits_a_cut_one_way(void **state)
{
    fixture *f = *state;
    size_t t = 11;
    f->price[t * N_AREA + SE1] = f->price[t * N_AREA + SE2] = 20.0;
    f->price[t * N_AREA + SE3] = 30.0;
    f->flow[t * N_BORDER + 1] = -500.0;
    sn_replay_result r;
    run(f, &se1, &r);
    assert_near(r.cut_max_mw[t * N_BORDER + 1], -500.0, 1e-12);
    assert_true(r.cut_min_mw[t * N_BORDER + 1] < -500.0);
    assert_true(r.cut_flow_after_mw[t * N_BORDER + 1] <= -500.0 + 1e-5);
    sn_replay_result_release(&r);
}

/* A published capacity takes the place of the window's highest flow, but never
 * contradicts what was seen. */
static void test_published_capacity_is_used(void **state)
{
    fixture *f = *state;
    double *forward = calloc(N_HOUR * N_BORDER, sizeof *forward);
    assert_non_null(forward);
    for (size_t i = 0; i < N_HOUR * N_BORDER; i++) {
        forward[i] = i % 3 == 0 ? NAN : 2500.0;
    }
    f->input.capacity_forward_mw = forward;
    sn_replay_result r;
    run(f, &se4, &r);
    assert_history(f, &r);
    size_t seen = 0;
    for (size_t t = 0; t < N_HOUR; t++) {
        size_t at = t * N_BORDER + 1;
        double rise = f->price[t * N_AREA + SE3] - f->price[t * N_AREA + SE2];
        if (isfinite(forward[at]) && rise <= 0.0) {
            assert_near(r.flow_max_mw[at], fmax(2500.0, f->flow[at]), 1e-12);
            seen++;
        } else if (rise > 0.005) {
            assert_near(r.flow_max_mw[at], f->flow[at], 1e-12);
        }
    }
    assert_true(seen > 0);
    sn_replay_result_release(&r);
    free(forward);
}

/* What could not be measured still responds, around 0. */
static void test_unknown_hydro_responds(void **state)
{
    fixture *f = *state;
    f->input.generation_mw[SN_TECH_HYDRO] = NULL;
    sn_replay_result r;
    run(f, &se4, &r);
    assert_near(r.price_eur_per_mwh[SE1], f->price[SE1], 1e-7);
    assert_near(r.hydro_mw[SE1], 0.0, 1e-7);
    sn_replay_result_release(&r);
    run(f, &se1, &r);
    assert_true(r.energy_error_max_share <= 1e-4);
    double moved = 0.0;
    for (size_t t = 0; t < N_HOUR; t++) {
        moved += fabs(r.hydro_mw[t * N_AREA + SE1]);
    }
    assert_true(moved > 1000.0);
    sn_replay_result_release(&r);
}

static void test_impossible_input_is_refused(void **state)
{
    fixture *f = *state;
    sn_replay_result r;
    sn_error err = {0};
    f->border[2].link.rated_mw = 0.0;
    assert_int_equal(sn_replay_run(&f->input, &f->settings, &se4, &r, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "border 2"));
    assert_null(r.price_eur_per_mwh);
    f->border[2].link.rated_mw = 2000.0;
    f->area[SE3].hydro_slope_mw_per_eur = NAN;
    assert_int_equal(sn_replay_run(&f->input, &f->settings, &se4, &r, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "SE3"));
    f->area[SE3].hydro_slope_mw_per_eur = 0.0;
    f->input.axis.n = 0;
    assert_int_equal(sn_replay_run(&f->input, &f->settings, &se4, &r, &err), SN_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_base_returns_history),
        TEST(test_capacities_are_inferred),
        TEST(test_price_limits_change_over_time),
        TEST(test_gaps_are_excluded_by_cause),
        TEST(test_edge_without_price_keeps_its_flow),
        TEST(test_border_begins_during_the_year),
        TEST(test_adverse_flow_is_held_and_counted),
        TEST(test_adverse_flow_limits_a_cut_one_way),
        TEST(test_published_capacity_is_used),
        TEST(test_unknown_hydro_responds),
        TEST(test_impossible_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
