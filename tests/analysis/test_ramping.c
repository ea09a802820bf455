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
    const double *loss; /* [CASE_BORDERS_MAX] or NULL */
    market_case period[PERIODS_MAX];
    size_t link[LINKS_MAX];
    double loss_share[CASE_BORDERS_MAX];
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
    *out = (sn_ramping_period){&d->period[t].problem, d->link, d->loss, d->weight[t],
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

/* Some borders lose on the way, whichever way they run. */
static void draw_losses(day *d, sn_random *r, bool degenerate)
{
    d->loss = d->loss_share;
    for (size_t l = 0; l < CASE_BORDERS_MAX; l++) {
        double loss = degenerate ? 0.02 : 0.01 + 0.1 * sn_random_share(r);
        d->loss_share[l] = sn_random_below(r, 3) > 0 ? loss : 0.0;
    }
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
    double *least = calloc((size_t)n_row, sizeof *least);
    double *most = calloc((size_t)n_row, sizeof *most);
    for (int i = 0; i < n_row; i++) {
        if (i < n_balance) {
            least[i] = most[i] = d->period[i / n_area].load_mw[i % n_area];
            continue;
        }
        size_t at = (size_t)(i - n_balance);
        double known = at < d->n_link ? d->initial[at] : 0.0;
        least[i] = isnan(known) ? -INFINITY : known - d->limit[at];
        most[i] = isnan(known) ? INFINITY : known + d->limit[at];
    }
    Clp_setLogLevel(m, 0);
    Clp_resize(m, n_row, 0);
    for (int i = 0; i < n_row; i++) {
        Clp_rowLower(m)[i] = fmax(least[i], -1e30);
        Clp_rowUpper(m)[i] = fmin(most[i], 1e30);
    }
    free(least);
    free(most);
    for (size_t t = 0; t < d->n_period; t++) {
        const market_case *c = &d->period[t];
        for (size_t z = 0; z < c->n_area; z++) {
            int row = (int)t * n_area + (int)z;
            double one = 1.0;
            double less = -1.0;
            double beyond = elastic ? 1e9 : 0.0; /* beyond the price limits */
            put_column(m, 0.0, beyond, d->weight[t] * 4001.0, 1, &row, &one);
            put_column(m, 0.0, beyond, d->weight[t] * 501.0, 1, &row, &less);
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
            double keep = d->loss != NULL ? 1.0 - d->loss[l] : 1.0;
            double value[4] = {-1.0, keep, d->scale[t], -d->scale[t]};
            double back[4] = {keep, -1.0, -d->scale[t], d->scale[t]};
            int n = l >= d->n_link ? 2 : t + 1 < d->n_period ? 4 : 3;
            double low = fmax(c->flow_min[l], -1e7);
            double high = fmin(c->flow_max[l], 1e7);
            if (keep < 1.0) {
                put_column(m, fmax(low, 0.0), fmax(high, 0.0), 0.0, n, row, value);
                put_column(m, fmax(-high, 0.0), fmax(-low, 0.0), 0.0, n, row, back);
            } else {
                put_column(m, low, high, 0.0, n, row, value);
            }
        }
    }
    return m;
}

/* Does a link run both ways at once?  Its columns follow one another. */
static bool runs_both_ways(const day *d, Clp_Simplex *m)
{
    const double *x = Clp_primalColumnSolution(m);
    size_t at = 0;
    for (size_t t = 0; t < d->n_period; t++) {
        const market_case *c = &d->period[t];
        at += c->n_area * (2 + c->n_step);
        for (size_t l = 0; l < c->n_border; l++) {
            bool is_lossy = d->loss != NULL && d->loss[l] > 0.0;
            if (is_lossy && fmin(x[at], x[at + 1]) > 1e-6) {
                return true;
            }
            at += is_lossy ? 2 : 1;
        }
    }
    return false;
}

static bool both_ways; /* in the last solution of the referee */

static bool referee(const day *d, bool elastic, double *cost)
{
    Clp_Simplex *m = build_lp(d, elastic);
    Clp_setPrimalTolerance(m, 1e-9);
    Clp_setDualTolerance(m, 1e-9);
    int code = Clp_dual(m, 0);
    *cost = Clp_objectiveValue(m);
    bool solved = code == 0 && Clp_status(m) == 0;
    both_ways = solved && runs_both_ways(d, m);
    Clp_deleteModel(m);
    return solved;
}

/* Cases beyond the first ones that once failed stay in the suite. */
enum { KNOWN_MAX = 7 };

typedef struct kind {
    bool is_degenerate, has_losses;
    int known[KNOWN_MAX]; /* in order; 0: no more */
} kind;

static bool is_known(const kind *k, int i)
{
    for (int j = 0; j < KNOWN_MAX; j++) {
        if (k->known[j] != 0 && k->known[j] == i) {
            return true;
        }
    }
    return false;
}

static int count_cases(const kind *k, int n)
{
    int last = n;
    for (int j = 0; j < KNOWN_MAX; j++) {
        last = k->known[j] >= last ? k->known[j] + 1 : last;
    }
    return last;
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
    const kind *k = *state;
    const char *more = getenv("SNITT_TEST_CASES");
    const int N_CASE = more != NULL    ? (int)strtol(more, NULL, 10)
                       : k->has_losses ? 80
                                       : 150;
    bool degenerate = k->is_degenerate;
    sn_random random = {degenerate ? 71 : 73};
    static day d;
    int n_coupled = 0;
    int n_infeasible = 0;
    int n_both_ways = 0;
    for (int i = 0; i < count_cases(k, N_CASE); i++) {
        draw(&d, &random, degenerate);
        d.loss = NULL;
        if (k->has_losses) {
            draw_losses(&d, &random, degenerate);
        }
        if (i >= N_CASE && !is_known(k, i)) {
            continue;
        }
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
        double tolerance = 1e-9 * fmax(1e4, fabs(cost));
        n_coupled += d.result.n_coupled > 0;
        if (both_ways) { /* which a link does not do: no better than that */
            assert_true(cost_of(&d) >= cost - tolerance);
            n_both_ways++;
        } else {
            assert_near(cost_of(&d), cost, tolerance);
        }
    }
    assert_true(n_both_ways < N_CASE / 4);
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

/* ---- prices that limits leave open ---- */

/* The seller takes any amount at 20 EUR/MWh.  The buyer wants nothing in the first hour
 * and 100 MW in the second, and its curve says -80 .. 20 EUR/MWh of the first and 20 ..
 * 120 of the second.  The link may change by 100 MW, which is just enough, so that the
 * limit may be worth anything: p1 = 20 - mu / h1, p2 = 20 + mu / h2.  Least
 * h1 (p1 + 30)^2 + h2 (p2 - 70)^2, as the middles are -30 and 70. */
static void open_prices_are_nearest_the_middle(void **state)
{
    (void)state;
    static day d;
    static const double want[] = {20.0, 20.0};
    static const double low[] = {-80.0, 20.0};
    draw_lines(&d, 2, want, 100.0);
    for (size_t t = 0; t < 2; t++) {
        market_case *c = &d.period[t];
        double mw = t == 0 ? 0.0 : -100.0;
        c->curve_price[0][0] = c->curve_price[0][1] = 20.0;
        c->curve_mw[0][0] = -600.0;
        c->curve_mw[0][1] = 600.0;
        c->curve[0] = (sn_curve){2, c->curve_price[0], c->curve_mw[0]};
        for (size_t k = 0; k < 4; k++) {
            c->curve_price[1][k] = low[t] + (k < 2 ? 0.0 : 100.0);
            c->curve_mw[1][k] = mw + (k == 0 ? -50.0 : k == 3 ? 50.0 : 0.0);
        }
        c->curve[1] = (sn_curve){4, c->curve_price[1], c->curve_mw[1]};
    }
    solve(&d);
    assert_near(d.flow[0], 0.0, 1e-6);
    assert_near(d.flow[1], 100.0, 1e-6);
    assert_near(d.price[1], -30.0, 1e-7); /* mu = 50 */
    assert_near(d.price[3], 70.0, 1e-7);
    assert_near(d.ramp_price[1], 50.0, 1e-7);
    d.weight[0] = 0.5; /* (50 - 2 mu)^2 / 2 + (mu - 50)^2: mu = 100 / 3 */
    solve(&d);
    assert_near(d.ramp_price[1], 100.0 / 3.0, 1e-7);
    assert_near(d.price[1], 20.0 - 200.0 / 3.0, 1e-7);
    assert_near(d.price[3], 20.0 + 100.0 / 3.0, 1e-7);
}

/* Same bytes for any number of threads and any order of areas; a period that no limit
 * ties to others has the answer it has alone. */
static void nothing_depends_on_the_way(void **state)
{
    const kind *k = *state;
    sn_random random = {k->is_degenerate ? 83 : 89};
    static day d;
    static day other;
    sn_clearing *alone = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static bool is_coupled[PERIODS_MAX];
    size_t n_tied = 0;
    size_t n_alone = 0;
    for (int i = 0; i < 30; i++) {
        draw(&d, &random, k->is_degenerate);
        d.loss = NULL;
        if (k->has_losses) {
            draw_losses(&d, &random, k->is_degenerate);
        }
        other = d;
        size_t n = d.period[0].n_area;
        for (size_t t = 0; t < d.n_period; t++) { /* area z is n - 1 - z */
            market_case *c = &other.period[t];
            for (size_t z = 0; z < n; z++) {
                c->load_mw[z] = d.period[t].load_mw[n - 1 - z];
                memcpy(c->step_mw[z], d.period[t].step_mw[n - 1 - z],
                       sizeof c->step_mw[z]);
                memcpy(c->step_price[z], d.period[t].step_price[n - 1 - z],
                       sizeof c->step_price[z]);
            }
            for (size_t l = 0; l < c->n_border; l++) {
                c->border[l].from = n - 1 - c->border[l].from;
                c->border[l].to = n - 1 - c->border[l].to;
            }
            market_case_build(c);
            market_case_build(&d.period[t]);
        }
        other.loss = k->has_losses ? other.loss_share : NULL;
        ready(&d);
        ready(&other);
        d.result.is_coupled = is_coupled;
        other.ramping.n_thread = 3;
        solve(&d);
        solve(&other);
        size_t n_border = d.period[0].n_border;
        assert_memory_equal(d.flow, other.flow, d.n_period * n_border * sizeof *d.flow);
        assert_memory_equal(d.ramp_price, other.ramp_price,
                            d.n_period * d.n_link * sizeof *d.ramp_price);
        for (size_t at = 0; at < d.n_period * n; at++) {
            size_t there = at / n * n + n - 1 - at % n;
            assert_memory_equal(&d.price[at], &other.price[there], sizeof *d.price);
        }
        assert_int_equal(sn_clearing_set_link_losses(alone, d.loss, NULL), SN_OK);
        for (size_t t = 0; t < d.n_period; t++) {
            sn_clearing_result result;
            n_tied += is_coupled[t];
            if (is_coupled[t] || d.outcome[t] != SN_CLEARED) {
                continue;
            }
            assert_int_equal(
                sn_clearing_solve(alone, &d.period[t].problem, &result, NULL), SN_OK);
            assert_memory_equal(result.price_eur_per_mwh, &d.price[t * n],
                                n * sizeof *d.price);
            n_alone++;
        }
    }
    assert_true(n_tied > 100 && n_alone > 100);
    sn_clearing_free(alone);
}

int main(void)
{
    static kind plain = {false, false, {1012}};
    static kind degenerate = {true, false, {325, 1020, 1378, 1391, 2991}};
    static kind lossy = {false, true, {355}};
    static kind lossy_degenerate = {true, true, {194, 219, 391, 732, 1338, 2251, 2810}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(against_clp, &plain),
        cmocka_unit_test_prestate(against_clp, &degenerate),
        cmocka_unit_test_prestate(against_clp, &lossy),
        cmocka_unit_test_prestate(against_clp, &lossy_degenerate),
        cmocka_unit_test(two_hours_by_hand),
        cmocka_unit_test(open_prices_are_nearest_the_middle),
        cmocka_unit_test_prestate(nothing_depends_on_the_way, &plain),
        cmocka_unit_test_prestate(nothing_depends_on_the_way, &degenerate),
        cmocka_unit_test_prestate(nothing_depends_on_the_way, &lossy),
        cmocka_unit_test(lines_are_proved),
        cmocka_unit_test(check_catches_each_corruption),
        cmocka_unit_test(what_cannot_be_reached_is_infeasible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
