/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flexible schedule against CLP on generated cases, and against what it means. */
#include "analysis/flexible.h"
#include "support/near.h"
#include "support/random.h"

#include <coin/Clp_C_Interface.h>
#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SHORT = 60, CASES = 400, LONG_CASES = 60, N_MAX = 700, YEAR = 35040 };

typedef struct lp {
    CoinBigIndex start[3 * N_MAX + 1];
    int index[12 * N_MAX];
    double value[12 * N_MAX];
    double low[3 * N_MAX], high[3 * N_MAX], cost[3 * N_MAX];
    double row_low[2 * N_MAX], row_high[2 * N_MAX];
    int n_column, n_entry;
} lp;

static void column(lp *p, double low, double high, double cost)
{
    p->low[p->n_column] = low;
    p->high[p->n_column] = high;
    p->cost[p->n_column] = cost;
    p->n_column++;
    p->start[p->n_column] = p->n_entry;
}

static void entry(lp *p, size_t row, double value)
{
    p->index[p->n_entry] = (int)row;
    p->value[p->n_entry++] = value;
}

/* Optimal cost with what is not made valued at its worth; NAN when infeasible. */
static double referee(const sn_flexible *f, const double *price, size_t n)
{
    static lp p;
    memset(&p, 0, sizeof p);
    double q = f->energy_mwh / (double)n;
    double h = f->step_h;
    bool bounded = isfinite(f->storage_mwh);
    double start = bounded ? 0.5 * f->storage_mwh : 0.0;
    for (size_t t = 0; t < n; t++) { /* x: rows t (stock) and n+t-1 (ramp) */
        entry(&p, t, -1.0);
        if (t > 0) {
            entry(&p, n + t - 1, 1.0);
        }
        if (t + 1 < n) {
            entry(&p, n + t, -1.0);
        }
        column(&p, f->load_min_mw * h, f->load_max_mw * h, price[t]);
    }
    for (size_t t = 0; t < n; t++) { /* s after step t */
        entry(&p, t, 1.0);
        if (t + 1 < n) {
            entry(&p, t + 1, -1.0);
        }
        double last = t + 1 == n ? start : 0.0;
        column(&p,
               t + 1 == n ? last
               : bounded  ? 0.0
                          : -DBL_MAX,
               t + 1 == n ? last
               : bounded  ? f->storage_mwh
                          : DBL_MAX,
               0.0);
    }
    for (size_t t = 0; t < n; t++) { /* u */
        bool may = isfinite(f->stop_value_eur_per_mwh);
        entry(&p, t, -1.0);
        column(&p, 0.0, may ? q : 0.0, may ? f->stop_value_eur_per_mwh : 0.0);
    }
    for (size_t t = 0; t < n; t++) {
        p.row_low[t] = p.row_high[t] = (t == 0 ? start : 0.0) - q;
        double r = f->ramp_mw_per_h * h * h;
        p.row_low[n + t] = isfinite(r) ? -r : -DBL_MAX;
        p.row_high[n + t] = isfinite(r) ? r : DBL_MAX;
    }
    Clp_Simplex *clp = Clp_newModel();
    Clp_setLogLevel(clp, 0);
    Clp_setPrimalTolerance(clp, 1e-11);
    Clp_setDualTolerance(clp, 1e-11);
    Clp_loadProblem(clp, p.n_column, (int)(2 * n - 1), p.start, p.index, p.value, p.low,
                    p.high, p.cost, p.row_low, p.row_high);
    (void)Clp_initialDualSolve(clp);
    double cost = Clp_isProvenOptimal(clp) ? Clp_objectiveValue(clp) : NAN;
    Clp_deleteModel(clp);
    return cost;
}

static void draw(sn_random *r, sn_flexible *f, double *price, size_t n, bool ramp)
{
    double max = 1.0 + 500.0 * sn_random_share(r);
    *f = (sn_flexible){.step_h = sn_random_below(r, 2) ? 1.0 : 0.25,
                       .load_min_mw = max * 0.5 * sn_random_share(r),
                       .load_max_mw = max,
                       .ramp_mw_per_h = INFINITY,
                       .storage_mwh = max * 20.0 * sn_random_share(r),
                       .stop_value_eur_per_mwh = INFINITY};
    double mean =
        f->load_min_mw + (max - f->load_min_mw) * (0.02 + 0.96 * sn_random_share(r));
    f->energy_mwh = mean * f->step_h * (double)n;
    if (sn_random_below(r, 4) == 0) {
        f->storage_mwh = INFINITY;
    }
    if (ramp) {
        f->ramp_mw_per_h = max * (0.01 + 0.5 * sn_random_share(r)) / f->step_h;
    } else if (sn_random_below(r, 3) == 0) {
        f->stop_value_eur_per_mwh = 100.0 * sn_random_share(r);
    }
    for (size_t t = 0; t < n; t++) { /* whole prices: many ties, some below zero */
        price[t] = sn_random_below(r, 3) == 0
                       ? (double)sn_random_below(r, 12) * 10.0 - 20.0
                       : 120.0 * sn_random_share(r) - 15.0;
    }
}

/* The limits, from the schedule alone. */
static void check_limits(const sn_flexible *f, const double *load, size_t n, double lost)
{
    double start = isfinite(f->storage_mwh) ? 0.5 * f->storage_mwh : 0.0;
    double stock = start;
    double slack = 1e-9 * f->load_max_mw * (double)n;
    for (size_t t = 0; t < n; t++) {
        assert_true(load[t] >= f->load_min_mw - slack);
        assert_true(load[t] <= f->load_max_mw + slack);
        assert_true(t == 0 ||
                    fabs(load[t] - load[t - 1]) <= f->ramp_mw_per_h * f->step_h + slack);
        stock += load[t] * f->step_h - f->energy_mwh / (double)n;
        if (lost == 0.0 && isfinite(f->storage_mwh)) {
            assert_true(stock >= -slack && stock <= f->storage_mwh + slack);
        }
    }
    assert_near(stock + lost, start, slack);
}

static void run_cases(bool ramp, size_t *n_bound)
{
    sn_random r = {ramp ? 77U : 5U};
    size_t infeasible = 0;
    for (int i = 0; i < CASES; i++) {
        sn_flexible f;
        double price[SHORT];
        double load[SHORT];
        size_t n = 2 + sn_random_below(&r, SHORT - 2);
        draw(&r, &f, price, n, ramp);
        sn_flexible_result out;
        sn_error err = {0};
        sn_status status = sn_flexible_schedule(&f, price, n, load, &out, &err);
        if (status != SN_OK) {
            fail_msg("case %d: %s", i, err.message);
        }
        double best = referee(&f, price, n);
        if (isnan(best)) {
            assert_false(out.is_feasible);
            infeasible++;
            continue;
        }
        assert_true(out.is_feasible);
        double cost = out.cost_eur;
        if (isfinite(f.stop_value_eur_per_mwh)) {
            cost += out.lost_mwh * f.stop_value_eur_per_mwh;
        }
        double size = 50.0 * f.energy_mwh;
        assert_near(cost, best, 1e-9 * fmax(size, fabs(best)));
        check_limits(&f, load, n, out.lost_mwh);
        *n_bound += out.ramp_bound ? 1 : 0;
    }
    assert_true(infeasible < CASES / 2);
}

static void test_against_clp(void **state)
{
    (void)state;
    size_t bound = 0;
    run_cases(false, &bound);
    assert_int_equal(bound, 0);
}

static void test_ramp_against_clp(void **state)
{
    (void)state;
    size_t bound = 0;
    run_cases(true, &bound);
    assert_true(bound > CASES / 2);
}

/* Prices of kinds that are hard in their own way. */
enum { SMOOTH, EQUAL, TIES, NEGATIVE, NONE, SPIKES, WIDE, KINDS };

static void made_prices(sn_random *r, double *price, size_t n, int kind)
{
    double slow = 0.0;
    for (size_t t = 0; t < n; t++) {
        double share = sn_random_share(r);
        slow = 0.99 * slow + 6.0 * (sn_random_share(r) - 0.5);
        double usual = 40.0 + slow + 15.0 * sin((double)t / 15.0) + 4.0 * share;
        price[t] = kind == EQUAL      ? 40.0
                   : kind == TIES     ? 10.0 * floor(usual / 10.0)
                   : kind == NEGATIVE ? usual - 100.0
                   : kind == NONE     ? 0.0
                   : kind == SPIKES
                       ? usual + (sn_random_below(r, 100) == 0 ? 3000.0 : 0.0)
                   : kind == WIDE ? 1e4 * share * share * share * share - 500.0
                                  : usual;
    }
}

/* Stores from nothing to months and ramps from a crawl to nearly free, hundreds of
 * periods: most bind in both. */
static void test_long_against_clp(void **state)
{
    (void)state;
    static double price[N_MAX];
    static double load[N_MAX];
    sn_random r = {41U};
    size_t bound = 0;
    for (int i = 0; i < LONG_CASES; i++) {
        size_t n = 300 + sn_random_below(&r, N_MAX - 300);
        double load_max = 1000.0 * pow(10.0, 4.0 * sn_random_share(&r) - 3.0);
        sn_flexible f = {.step_h = i % 2 == 0 ? 0.25 : 1.0,
                         .load_min_mw = i % 3 == 0 ? 0.0 : 0.3 * load_max,
                         .load_max_mw = load_max,
                         .stop_value_eur_per_mwh = INFINITY};
        f.ramp_mw_per_h =
            load_max * pow(10.0, 3.0 * sn_random_share(&r) - 3.0) / f.step_h;
        f.storage_mwh = load_max * pow(10.0, 8.0 * sn_random_share(&r) - 5.0);
        f.energy_mwh =
            (0.35 + 0.6 * sn_random_share(&r)) * load_max * f.step_h * (double)n;
        made_prices(&r, price, n, i % KINDS);
        sn_flexible_result out;
        sn_error err = {0};
        if (sn_flexible_schedule(&f, price, n, load, &out, &err) != SN_OK) {
            fail_msg("case %d: %s", i, err.message);
        }
        double level = 0.0;
        for (size_t t = 0; t < n; t++) {
            level += fabs(price[t]) * f.energy_mwh / (double)n;
        }
        double best = referee(&f, price, n);
        assert_true(out.is_feasible && isfinite(best));
        assert_near(out.cost_eur, best, 1e-9 * fmax(level, fabs(best)));
        check_limits(&f, load, n, 0.0);
        bound += out.ramp_bound && out.gap_share > 0.0 ? 1 : 0;
    }
    assert_true(bound > LONG_CASES / 3);
}

/* Quarter-hourly years with months of store, ties and spikes: the weights of a Newton
 * step lie so far apart that a plain factor loses its digits.  The gap is proven, and
 * limits hold. */
static void test_hard_years(void **state)
{
    (void)state;
    static double price[YEAR];
    static double load[YEAR];
    const int kind[] = {SMOOTH, TIES, SPIKES, WIDE};
    const double storage[] = {1000.0, 14000.0, 100000.0};
    for (int i = 0; i < 12; i++) {
        sn_random r = {3U};
        sn_flexible f = {0.25,    70.0, 700.0, 200.0, storage[i % 3], 450.0 * 0.25 * YEAR,
                         INFINITY};
        made_prices(&r, price, YEAR, kind[i / 3]);
        sn_flexible_result out;
        sn_error err = {0};
        if (sn_flexible_schedule(&f, price, YEAR, load, &out, &err) != SN_OK) {
            fail_msg("year %d: %s", i, err.message);
        }
        assert_true(out.is_feasible && out.ramp_bound);
        assert_true(out.gap_share <= 1e-9);
        check_limits(&f, load, YEAR, 0.0);
    }
}

/* A quarter-hourly year with a ramp and only its sum: the interior point never closed it.
 * Weak duality proves the plan: no value of the product makes a cheaper one possible, so
 * the plan costs what the best value's bound says (here by the plan's own neighbours:
 * moving load between any two steps that ramps leave free never saves). */
static void test_long_sum(void **state)
{
    (void)state;
    enum { N = YEAR };
    static double price[N];
    static double load[N];
    sn_random r = {3U};
    sn_flexible f = {0.25, 70.0, 700.0, 100.0, INFINITY, 450.0 * 0.25 * N, INFINITY};
    for (size_t t = 0; t < N; t++) {
        price[t] = 40.0 + 15.0 * sin((double)t / 15.0) + 20.0 * sn_random_share(&r);
    }
    sn_flexible_result out;
    assert_int_equal(sn_flexible_schedule(&f, price, N, load, &out, NULL), SN_OK);
    assert_true(out.is_feasible && out.ramp_bound);
    check_limits(&f, load, N, 0.0);
    /* Runs of steps tied by binding ramps move together: their mean price, weighed by how
     * far each may still move, is the marginal cost; up must not be cheaper than down. */
    double up = INFINITY;
    double down = -INFINITY;
    double step = f.ramp_mw_per_h * f.step_h;
    for (size_t a = 0; a < N;) {
        size_t b = a + 1;
        bool may_rise = load[a] < f.load_max_mw - 1e-6;
        bool may_fall = load[a] > f.load_min_mw + 1e-6;
        double sum = price[a];
        while (b < N && fabs(load[b] - load[b - 1]) > step - 1e-6) {
            sum += price[b];
            may_rise = may_rise && load[b] < f.load_max_mw - 1e-6;
            may_fall = may_fall && load[b] > f.load_min_mw + 1e-6;
            b++;
        }
        double mean = sum / (double)(b - a);
        up = may_rise && mean < up ? mean : up;
        down = may_fall && mean > down ? mean : down;
        a = b;
    }
    assert_true(up >= down - 1e-6);
    assert_true(isfinite(up) && isfinite(down));
}

static void test_no_flexibility_is_baseload(void **state)
{
    (void)state;
    const double price[4] = {10.0, 90.0, -5.0, 40.0};
    sn_flexible f = {1.0, 50.0, 100.0, INFINITY, 0.0, 320.0, INFINITY};
    sn_flexible_result out;
    double load[4];
    assert_int_equal(sn_flexible_schedule(&f, price, 4, load, &out, NULL), SN_OK);
    assert_true(out.is_feasible);
    assert_near(out.cost_eur, 80.0 * 135.0, 1e-9);
    for (int t = 0; t < 4; t++) {
        assert_near(load[t], 80.0, 1e-9);
    }
    f.storage_mwh = INFINITY; /* a ramp of zero is the same */
    f.ramp_mw_per_h = 0.0;
    assert_int_equal(sn_flexible_schedule(&f, price, 4, load, &out, NULL), SN_OK);
    assert_near(out.cost_eur, 80.0 * 135.0, 1e-9);
}

static void test_hand_case(void **state)
{
    (void)state;
    /* 100 MW, no minimum, any storage: the two cheapest hours in full. */
    const double price[4] = {10.0, 90.0, -5.0, 40.0};
    sn_flexible f = {1.0, 0.0, 100.0, INFINITY, INFINITY, 200.0, INFINITY};
    sn_flexible_result out;
    double load[4];
    assert_int_equal(sn_flexible_schedule(&f, price, 4, load, &out, NULL), SN_OK);
    assert_near(out.cost_eur, 500.0, 1e-9);
    f.stop_value_eur_per_mwh = 5.0; /* not worth 10: half is not made */
    assert_int_equal(sn_flexible_schedule(&f, price, 4, load, &out, NULL), SN_OK);
    assert_near(out.lost_mwh, 100.0, 1e-9);
    assert_near(out.energy_mwh, 100.0, 1e-9);
}

static void test_value_of_flexibility(void **state)
{
    (void)state;
    sn_random r = {9U};
    for (int i = 0; i < 200; i++) {
        sn_flexible f;
        double price[SHORT];
        draw(&r, &f, price, SHORT, i % 2 == 0);
        f.stop_value_eur_per_mwh = INFINITY;
        sn_flexible_result out;
        assert_int_equal(sn_flexible_schedule(&f, price, SHORT, NULL, &out, NULL), SN_OK);
        double level = 0.0;
        for (size_t t = 0; t < SHORT; t++) {
            level += price[t] * f.energy_mwh / SHORT;
        }
        assert_true(out.is_feasible);
        assert_true(out.cost_eur <= level + 1e-9 * 50.0 * f.energy_mwh);
    }
}

static void test_impossible(void **state)
{
    (void)state;
    const double price[2] = {1.0, NAN};
    sn_flexible f = {1.0, 0.0, 10.0, INFINITY, INFINITY, 30.0, INFINITY};
    sn_flexible_result out;
    sn_error err = {0};
    assert_int_equal(sn_flexible_schedule(&f, price, 2, NULL, &out, &err), SN_E_FORMAT);
    assert_int_equal(sn_flexible_schedule(&f, price, 1, NULL, &out, &err), SN_OK);
    assert_false(out.is_feasible); /* 30 MWh out of 10 MW in an hour */
    f.load_min_mw = -1.0;
    assert_int_equal(sn_flexible_schedule(&f, price, 1, NULL, &out, &err), SN_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_clp),
        cmocka_unit_test(test_ramp_against_clp),
        cmocka_unit_test(test_long_against_clp),
        cmocka_unit_test(test_hard_years),
        cmocka_unit_test(test_long_sum),
        cmocka_unit_test(test_no_flexibility_is_baseload),
        cmocka_unit_test(test_hand_case),
        cmocka_unit_test(test_value_of_flexibility),
        cmocka_unit_test(test_impossible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
