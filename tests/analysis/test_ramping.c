/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of change between periods, against CLP on all periods at once. */
#include "analysis/ramping.h"
#include "support/market_case.h"

#include <coin/Clp_C_Interface.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"

enum { PERIODS_MAX = 48, LINKS_MAX = 3 };

typedef struct day {
    size_t n_period, n_link;
    market_case period[PERIODS_MAX];
    size_t link[LINKS_MAX];
    double limit[PERIODS_MAX * LINKS_MAX];
    double initial[LINKS_MAX];
    double weight[PERIODS_MAX], scale[PERIODS_MAX];
    sn_ramping ramping;
    sn_outcome outcome[PERIODS_MAX];
    double price[PERIODS_MAX * CASE_AREAS_MAX];
    double net[PERIODS_MAX * CASE_AREAS_MAX];
    double flow[PERIODS_MAX * CASE_BORDERS_MAX];
    double ramp_price[PERIODS_MAX * LINKS_MAX];
    sn_ramping_result result;
} day;

static sn_status
load(void *context, unsigned worker, size_t t, sn_ramping_period *out, sn_error *err)
{
    day *d = context;
    (void)worker;
    (void)err;
    *out = (sn_ramping_period){&d->period[t].problem, d->link, NULL, d->weight[t],
                               d->scale[t]};
    return SN_OK;
}

static void ready(day *d)
{
    d->ramping = (sn_ramping){.n_period = d->n_period,
                              .n_area = d->period[0].n_area,
                              .n_border_max = d->period[0].n_border,
                              .n_link = d->n_link,
                              .load = load,
                              .context = d,
                              .limit_mw = d->limit,
                              .initial_mw = d->initial};
    d->result = (sn_ramping_result){.outcome = d->outcome,
                                    .price_eur_per_mwh = d->price,
                                    .net_position_mw = d->net,
                                    .flow_mw = d->flow,
                                    .ramp_price = d->ramp_price};
}

/* Hours that differ in load and prices on one network; few areas, limits that bind. */
static void draw(day *d, sn_random *r, bool degenerate)
{
    market_case *first = &d->period[0];
    do {
        market_case_random(first, r, degenerate);
    } while (first->n_area > 6 || first->n_step < 3);
    d->n_period = 6 + sn_random_below(r, PERIODS_MAX - 5);
    size_t most = first->n_border < LINKS_MAX ? first->n_border : LINKS_MAX;
    d->n_link = 1 + sn_random_below(r, (unsigned)most);
    for (size_t k = 0; k < d->n_link; k++) {
        d->link[k] = k;
        bool known = sn_random_below(r, 3) == 0;
        double most_mw = fmin(first->flow_max[k], 300.0);
        d->initial[k] = !known ? NAN : degenerate ? fmax(0.0, most_mw) : 0.7 * most_mw;
    }
    for (size_t t = 0; t < d->n_period; t++) {
        market_case *c = &d->period[t];
        *c = *first;
        d->weight[t] = t > 0 && sn_random_below(r, 4) > 0 ? d->weight[t - 1]
                       : sn_random_below(r, 3) == 0       ? 0.25
                                                          : 1.0;
        d->scale[t] = sn_random_below(r, 8) == 0 ? 2.0 : 1.0;
        for (size_t z = 0; z < c->n_area && t > 0; z++) {
            double more = degenerate ? 500.0 * (double)sn_random_below(r, 3)
                                     : 1500.0 * sn_random_share(r);
            c->load_mw[z] += sn_random_below(r, 2) == 0 ? more : 0.0;
            double rise = degenerate ? 20.0 : 40.0 * sn_random_share(r);
            for (size_t s = 0; s + 1 < c->n_step; s++) {
                c->step_price[z][s] += t % 3 == 0 ? rise : 0.0;
            }
        }
        for (size_t k = 0; k < d->n_link; k++) {
            double limit = degenerate ? 50.0 * (double)sn_random_below(r, 5)
                                      : 250.0 * sn_random_share(r);
            limit = sn_random_below(r, 20) == 0 ? INFINITY : limit;
            bool again = t > 0 && sn_random_below(r, 10) > 0;
            d->limit[t * d->n_link + k] =
                again ? d->limit[(t - 1) * d->n_link + k] : limit;
        }
        market_case_build(c);
    }
    ready(d);
}

/* ---- the referee ---- */

static void put_column(Clp_Simplex *m,
                       double low,
                       double high,
                       double cost,
                       int n,
                       const int *row,
                       const double *value)
{
    CoinBigIndex start[2] = {0, n};
    Clp_addColumns(m, 1, &low, &high, &cost, start, row, value);
}

/* Rows: balances by period, then limits by period and link. */
static Clp_Simplex *build_lp(const day *d, bool elastic)
{
    Clp_Simplex *m = Clp_newModel();
    int n_area = (int)d->period[0].n_area;
    int n_balance = (int)d->n_period * n_area;
    int n_row = n_balance + (int)(d->n_period * d->n_link);
    double *low = calloc((size_t)n_row, sizeof *low);
    double *high = calloc((size_t)n_row, sizeof *high);
    for (int i = 0; i < n_row; i++) {
        if (i < n_balance) {
            low[i] = high[i] = d->period[i / n_area].load_mw[i % n_area];
            continue;
        }
        size_t at = (size_t)(i - n_balance);
        double known = at < d->n_link ? d->initial[at] : 0.0;
        low[i] = isnan(known) ? -INFINITY : known - d->limit[at];
        high[i] = isnan(known) ? INFINITY : known + d->limit[at];
    }
    Clp_setLogLevel(m, 0);
    Clp_resize(m, n_row, 0);
    for (int i = 0; i < n_row; i++) {
        Clp_rowLower(m)[i] = fmax(low[i], -1e30);
        Clp_rowUpper(m)[i] = fmin(high[i], 1e30);
    }
    free(low);
    free(high);
    for (size_t t = 0; t < d->n_period; t++) {
        const market_case *c = &d->period[t];
        for (size_t z = 0; z < c->n_area; z++) {
            int row = (int)t * n_area + (int)z;
            double one = 1.0;
            double less = -1.0;
            double most = elastic ? 1e9 : 0.0; /* beyond the price limits */
            put_column(m, 0.0, most, d->weight[t] * 4001.0, 1, &row, &one);
            put_column(m, 0.0, most, d->weight[t] * 501.0, 1, &row, &less);
            for (size_t s = 0; s < c->n_step; s++) {
                put_column(m, 0.0, c->step_mw[z][s], d->weight[t] * c->step_price[z][s],
                           1, &row, &one);
            }
        }
        for (size_t l = 0; l < c->n_border; l++) {
            int row[4] = {(int)t * n_area + (int)c->border[l].from,
                          (int)t * n_area + (int)c->border[l].to,
                          n_balance + (int)(t * d->n_link + l),
                          n_balance + (int)((t + 1) * d->n_link + l)};
            double value[4] = {-1.0, 1.0, d->scale[t], -d->scale[t]};
            int n = l >= d->n_link ? 2 : t + 1 < d->n_period ? 4 : 3;
            put_column(m, fmax(c->flow_min[l], -1e7), fmin(c->flow_max[l], 1e7), 0.0, n,
                       row, value);
        }
    }
    return m;
}

static bool referee(const day *d, bool elastic, double *cost)
{
    Clp_Simplex *m = build_lp(d, elastic);
    Clp_setPrimalTolerance(m, 1e-9);
    Clp_setDualTolerance(m, 1e-9);
    int code = Clp_dual(m, 0);
    *cost = Clp_objectiveValue(m);
    bool solved = code == 0 && Clp_status(m) == 0;
    Clp_deleteModel(m);
    return solved;
}

static double cost_of(const day *d)
{
    double cost = 0.0;
    for (size_t t = 0; t < d->n_period; t++) {
        sn_clearing_result one = {.net_position_mw = &d->net[t * d->ramping.n_area]};
        cost += d->weight[t] * market_case_cost(&d->period[t], &one);
    }
    return cost;
}

/* No answer within the price limits: none at all, or one that is dearer than going
 * without. */
static void assert_infeasible(const day *d, bool solved, double cost)
{
    double without;
    assert_true(!solved || (referee(d, true, &without) && without < cost - 1e-6));
}

static void against_clp(void **state)
{
    enum { N_CASE = 150 };
    bool degenerate = *(const bool *)*state;
    sn_random random = {degenerate ? 71 : 73};
    static day d;
    int n_coupled = 0;
    int n_infeasible = 0;
    for (int i = 0; i < N_CASE; i++) {
        draw(&d, &random, degenerate);
        sn_error err = {0};
        double cost;
        bool solved = referee(&d, false, &cost);
        if (sn_ramping_solve(&d.ramping, &d.result, &err) != SN_OK) {
            fail_msg("case %d: %s", i, err.message);
        }
        if (d.result.n_infeasible > 0) {
            assert_infeasible(&d, solved, cost);
            n_infeasible++;
            continue;
        }
        assert_true(solved);
        assert_near(cost_of(&d), cost, 1e-9 * fmax(1e4, fabs(cost)));
        n_coupled += d.result.n_coupled > 0;
    }
    assert_true(n_coupled > N_CASE / 2);
    assert_true(!degenerate || n_infeasible > 0);
}

/* ---- two areas on straight lines ---- */

static const double line_price[] = {-500.0, 4000.0};

/* Seller at 20 EUR/MWh and buyer at `want` when nothing flows, 10 MW per EUR/MWh each:
 * the price difference closes at 5 MW per EUR/MWh. */
static void draw_lines(day *d, size_t n, const double *want, double limit)
{
    memset(d, 0, sizeof *d);
    d->n_period = n;
    d->n_link = 1;
    d->initial[0] = NAN;
    for (size_t t = 0; t < n; t++) {
        market_case *c = &d->period[t];
        c->n_area = 2;
        c->n_border = 1;
        c->border[0] = (sn_border){0, 1, 600.0};
        c->flow_min[0] = -600.0;
        c->flow_max[0] = 600.0;
        for (size_t z = 0; z < 2; z++) {
            double at_rest = z == 0 ? 20.0 : want[t];
            for (size_t k = 0; k < 2; k++) {
                c->curve_mw[z][k] = 10.0 * (line_price[k] - at_rest);
            }
            c->curve[z] = (sn_curve){2, line_price, c->curve_mw[z]};
        }
        c->network = (sn_network){2, 1, c->border};
        c->problem = (sn_clearing_problem){&c->network, c->curve, c->flow_min,
                                           c->flow_max, -500.0,   4000.0};
        d->limit[t] = limit;
        d->weight[t] = d->scale[t] = 1.0;
    }
    ready(d);
}

static void solve(day *d)
{
    sn_error err = {0};
    if (sn_ramping_solve(&d->ramping, &d->result, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

/* The limit costs both hours the same: 300 MW wanted in the second, 100 MW/h. */
static void two_hours_by_hand(void **state)
{
    (void)state;
    static day d;
    static const double want[] = {20.0, 80.0};
    draw_lines(&d, 2, want, 100.0);
    solve(&d);
    assert_near(d.flow[0], 100.0, 1e-6);
    assert_near(d.flow[1], 200.0, 1e-6);
    assert_near(d.price[1] - d.price[0], -20.0, 1e-6);
    assert_near(d.price[3] - d.price[2], 20.0, 1e-6);
    assert_near(d.ramp_price[1], 20.0, 1e-6);
    assert_int_equal(d.result.n_coupled, 2);
    d.weight[0] = 3.0; /* three times as long: it gives way a quarter as much */
    solve(&d);
    assert_near(d.flow[0], 50.0, 1e-6);
    assert_near(d.flow[1], 150.0, 1e-6);
    d.weight[0] = 1.0;
    d.initial[0] = -50.0; /* at most 50 in the first hour */
    solve(&d);
    assert_near(d.flow[0], 50.0, 1e-6);
    assert_near(d.flow[1], 150.0, 1e-6);
    assert_near(d.ramp_price[1], 30.0, 1e-6);
    assert_near(d.ramp_price[0], 20.0, 1e-6);
}

/* Straight lines: the check's gap is the proof; no limit, nothing coupled. */
static void lines_are_proved(void **state)
{
    (void)state;
    sn_random random = {79};
    static day d;
    double want[PERIODS_MAX];
    for (int i = 0; i < 50; i++) {
        for (size_t t = 0; t < PERIODS_MAX; t++) {
            want[t] = 100.0 * sn_random_share(&random);
        }
        draw_lines(&d, PERIODS_MAX, want, 5.0 + 100.0 * sn_random_share(&random));
        solve(&d);
        assert_true(d.result.n_coupled > PERIODS_MAX / 2);
        sn_ramping_residuals residuals;
        assert_int_equal(sn_ramping_check(&d.ramping, &d.result, &residuals, NULL),
                         SN_OK);
        for (size_t t = 0; t < PERIODS_MAX; t++) {
            d.limit[t] = INFINITY;
        }
        solve(&d);
        assert_int_equal(d.result.n_coupled, 0);
    }
}

static void assert_caught(day *d, double *number, double by)
{
    double before = *number;
    sn_ramping_residuals residuals;
    *number = before + by;
    assert_int_equal(sn_ramping_check(&d->ramping, &d->result, &residuals, NULL),
                     SN_E_NUMERIC);
    *number = before;
    assert_int_equal(sn_ramping_check(&d->ramping, &d->result, &residuals, NULL), SN_OK);
}

static void check_catches_each_corruption(void **state)
{
    (void)state;
    static day d;
    static const double want[] = {20.0, 20.0, 80.0, 90.0};
    draw_lines(&d, 4, want, 100.0);
    solve(&d);
    for (size_t t = 0; t < 4; t++) {
        assert_caught(&d, &d.flow[t], 0.01);
        assert_caught(&d, &d.net[2 * t], 0.01);
        assert_caught(&d, &d.price[2 * t + 1], 0.01);
        assert_caught(&d, &d.ramp_price[t], 0.01);
        assert_caught(&d, &d.ramp_price[t], NAN);
    }
    assert_caught(&d, &d.limit[2], -0.01); /* it is reached there */
    assert_caught(&d, &d.limit[2], 0.01);
}

/* A schedule that no limit allows is an outcome of its period; the others are cleared. */
static void what_cannot_be_reached_is_infeasible(void **state)
{
    (void)state;
    static day d;
    static const double want[] = {20.0, 40.0, 60.0};
    draw_lines(&d, 3, want, 100.0);
    d.period[0].flow_min[0] = d.period[0].flow_max[0] = 0.0;
    d.period[1].flow_min[0] = d.period[1].flow_max[0] = 300.0;
    solve(&d);
    assert_int_equal(d.outcome[0], SN_CLEARED);
    assert_int_equal(d.outcome[1], SN_INFEASIBLE);
    assert_int_equal(d.outcome[2], SN_CLEARED);
    assert_true(isnan(d.price[2]) && isnan(d.flow[1]));
    assert_near(d.flow[2], 200.0, 1e-6);
    d.limit[1] = -1.0;
    sn_error err = {0};
    assert_int_equal(sn_ramping_solve(&d.ramping, &d.result, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "limit of change -1 MW of link 0, period 1"));
}

int main(void)
{
    static bool plain = false;
    static bool degenerate = true;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(against_clp, &plain),
        cmocka_unit_test_prestate(against_clp, &degenerate),
        cmocka_unit_test(two_hours_by_hand),
        cmocka_unit_test(lines_are_proved),
        cmocka_unit_test(check_catches_each_corruption),
        cmocka_unit_test(what_cannot_be_reached_is_infeasible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
