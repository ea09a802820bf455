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
#include <stdio.h>
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

/* Some borders become two one-way ones that lose some of what they carry. */
static void add_losses(market_case *c, sn_random *random)
{
    size_t n = c->n_border;
    for (size_t l = 0; l < n && c->n_border < CASE_BORDERS_MAX; l++) {
        if (sn_random_below(random, 3) != 0 || !(c->flow_min[l] <= 0.0) ||
            isinf(c->flow_max[l])) {
            continue;
        }
        size_t back = c->n_border++;
        double loss = 0.01 + 0.1 * sn_random_share(random);
        c->border[back] = c->border[l];
        c->border[back].from = c->border[l].to;
        c->border[back].to = c->border[l].from;
        c->loss_share[back] = c->loss_share[l] = loss;
        c->flow_max[back] = -c->flow_min[l];
        c->flow_min[back] = c->flow_min[l] = 0.0;
    }
    market_case_build(c);
}

/* M-8 with losses, against CLP; the check knows losses; the past changes no byte. */
static void losses_against_clp(void **state)
{
    bool degenerate = *(const bool *)*state;
    sn_random random = {degenerate ? 67 : 61};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    int n_lossy = 0;
    for (int i = 0; i < N_CASE; i++) {
        market_case_random(&c, &random, degenerate);
        add_losses(&c, &random);
        sn_clearing_result result;
        sn_clearing_residuals residuals;
        sn_error err = {0};
        double cost;
        bool solved = market_case_clp(&c, &cost, NULL);
        sn_clearing_set_losses(work, c.loss_share);
        if (sn_clearing_solve(work, &c.problem, &result, &err) != SN_OK) {
            fail_msg("case %d: %s", i, err.message);
        }
        assert_int_equal(result.outcome == SN_CLEARED, solved);
        if (!solved) {
            continue;
        }
        assert_int_equal(
            sn_clearing_check_losses(&c.problem, c.loss_share, &result, &residuals, &err),
            SN_OK);
        assert_near(market_case_cost(&c, &result), cost, 1e-9 * fmax(1e4, fabs(cost)));
        size_t worst = 0;
        for (size_t l = 0; l < c.n_border; l++) {
            bool is_used = c.loss_share[l] > 0.0 && result.flow_mw[l] > 1.0;
            n_lossy += is_used;
            worst = is_used ? l : worst;
        }
        if (c.loss_share[worst] > 0.0 && result.flow_mw[worst] > 1.0) {
            double share = c.loss_share[worst];
            c.loss_share[worst] = share + 0.01; /* a check with another loss sees it */
            assert_int_equal(sn_clearing_check_losses(&c.problem, c.loss_share, &result,
                                                      &residuals, NULL),
                             SN_E_NUMERIC);
            c.loss_share[worst] = share;
        }
        sn_clearing *fresh = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
        sn_clearing_set_losses(fresh, c.loss_share);
        sn_clearing_result cold = solve(fresh, &c);
        assert_memory_equal(result.price_eur_per_mwh, cold.price_eur_per_mwh,
                            c.n_area * sizeof(double));
        assert_memory_equal(result.flow_mw, cold.flow_mw, c.n_border * sizeof(double));
        sn_clearing_free(fresh);
    }
    assert_true(n_lossy > 1000);
    market_case_clp_end();
    sn_clearing_free(work);
}

/* Case `c` with area z named to[z] instead. */
static void rename_areas(const market_case *c, const size_t *to, market_case *out)
{
    *out = *c;
    for (size_t z = 0; z < c->n_area; z++) {
        out->load_mw[to[z]] = c->load_mw[z];
        memcpy(out->step_price[to[z]], c->step_price[z], sizeof *c->step_price);
        memcpy(out->step_mw[to[z]], c->step_mw[z], sizeof *c->step_mw);
    }
    for (size_t l = 0; l < c->n_border; l++) {
        out->border[l].from = to[c->border[l].from];
        out->border[l].to = to[c->border[l].to];
    }
    market_case_build(out);
}

/* The same case with the areas in another order gives the same bytes. */
static void order_of_areas_is_irrelevant(void **state)
{
    (void)state;
    sn_random random = {3};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    static market_case turned;
    for (int i = 0; i < 1000; i++) {
        market_case_random(&c, &random, i % 2 == 0);
        size_t to[CASE_AREAS_MAX];
        for (size_t z = 0; z < c.n_area; z++) {
            to[z] = z;
        }
        for (size_t z = c.n_area - 1; z > 0; z--) {
            size_t other = sn_random_below(&random, (unsigned)z + 1);
            size_t swap = to[z];
            to[z] = to[other];
            to[other] = swap;
        }
        rename_areas(&c, to, &turned);
        double price[CASE_AREAS_MAX];
        double net[CASE_AREAS_MAX];
        double flow[CASE_BORDERS_MAX];
        sn_clearing_result result = solve(work, &c);
        sn_outcome outcome = result.outcome;
        for (size_t z = 0; z < c.n_area; z++) {
            price[to[z]] = result.price_eur_per_mwh[z];
            net[to[z]] = result.net_position_mw[z];
        }
        memcpy(flow, result.flow_mw, c.n_border * sizeof *flow);
        result = solve(work, &turned);
        assert_int_equal(result.outcome, outcome);
        assert_memory_equal(result.price_eur_per_mwh, price, c.n_area * sizeof *price);
        assert_memory_equal(result.net_position_mw, net, c.n_area * sizeof *net);
        assert_memory_equal(result.flow_mw, flow, c.n_border * sizeof *flow);
    }
    sn_clearing_free(work);
}

enum { ISLANDS = 12 };

/* Markets side by side, with no border between them, in one problem. */
typedef struct islands {
    market_case of[ISLANDS];
    sn_curve curve[ISLANDS * CASE_AREAS_MAX];
    sn_border border[ISLANDS * CASE_BORDERS_MAX];
    double flow_min[ISLANDS * CASE_BORDERS_MAX];
    double flow_max[ISLANDS * CASE_BORDERS_MAX];
    sn_network network;
    sn_clearing_problem problem;
} islands;

static void put_together(islands *all, sn_random *random, bool degenerate)
{
    all->network = (sn_network){0, 0, all->border};
    for (size_t k = 0; k < ISLANDS; k++) {
        market_case *c = &all->of[k];
        market_case_random(c, random, degenerate);
        for (size_t l = 0; l < c->n_border; l++) {
            size_t to = all->network.n_border++;
            all->border[to] = c->border[l];
            all->border[to].from += all->network.n_area;
            all->border[to].to += all->network.n_area;
            all->flow_min[to] = c->flow_min[l];
            all->flow_max[to] = c->flow_max[l];
        }
        memcpy(&all->curve[all->network.n_area], c->curve, c->n_area * sizeof *c->curve);
        all->network.n_area += c->n_area;
    }
    all->problem = (sn_clearing_problem){&all->network, all->curve, all->flow_min,
                                         all->flow_max, -500,       4000};
}

/* Networks of more and of fewer areas than a word has bits. */
static void islands_clear_as_alone(void **state)
{
    (void)state;
    sn_random random = {17};
    sn_clearing *work =
        sn_clearing_alloc(ISLANDS * CASE_AREAS_MAX, ISLANDS * CASE_BORDERS_MAX);
    sn_clearing *own = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static islands all;
    size_t n_large = 0;
    for (int i = 0; i < 100; i++) {
        put_together(&all, &random, i % 2 == 0);
        sn_clearing_result result;
        assert_int_equal(sn_clearing_solve(work, &all.problem, &result, NULL), SN_OK);
        size_t area = 0;
        size_t border = 0;
        bool is_large = all.network.n_area > 64 && result.outcome == SN_CLEARED;
        n_large += is_large;
        for (size_t k = 0; is_large && k < ISLANDS; k++) {
            const market_case *c = &all.of[k];
            sn_clearing_result alone = solve(own, c);
            assert_int_equal(alone.outcome, SN_CLEARED);
            for (size_t l = 0; l < c->n_border; l++) {
                assert_near(result.flow_mw[border + l], alone.flow_mw[l], 1e-6);
            }
            for (size_t z = 0; z < c->n_area; z++) {
                assert_near(result.price_eur_per_mwh[area + z],
                            alone.price_eur_per_mwh[z], 1e-9);
                assert_int_equal(result.price_group[area + z],
                                 area + alone.price_group[z]);
            }
            area += c->n_area;
            border += c->n_border;
        }
    }
    assert_true(n_large > 30);
    sn_clearing_free(own);
    sn_clearing_free(work);
}

/* The workspace has seen a period that is close by, or one that has nothing to do with
 * this one, or none: the same bytes. */
static void warm_start_changes_nothing(void **state)
{
    (void)state;
    sn_random random = {5};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    for (int i = 0; i < 2000; i++) {
        if (i % 4 == 0) {
            market_case_random(&c, &random, i % 8 == 0);
        } else {
            size_t z = sn_random_below(&random, (unsigned)c.n_area);
            size_t l = sn_random_below(&random, (unsigned)c.n_border);
            c.load_mw[z] += 50.0 * (double)sn_random_below(&random, 5);
            c.flow_max[l] += 100.0;
            market_case_build(&c);
        }
        sn_clearing *fresh = sn_clearing_alloc(c.n_area, c.n_border);
        sn_clearing_result warm = solve(work, &c);
        sn_clearing_result cold = solve(fresh, &c);
        assert_int_equal(warm.outcome, cold.outcome);
        assert_memory_equal(warm.price_eur_per_mwh, cold.price_eur_per_mwh,
                            c.n_area * sizeof(double));
        assert_memory_equal(warm.net_position_mw, cold.net_position_mw,
                            c.n_area * sizeof(double));
        assert_memory_equal(warm.flow_mw, cold.flow_mw, c.n_border * sizeof(double));
        assert_memory_equal(warm.price_group, cold.price_group,
                            c.n_area * sizeof(size_t));
        sn_clearing_free(fresh);
    }
    sn_clearing_free(work);
}

/* A start kept earlier, from this period or another one, changes no byte either. */
static void kept_start_changes_nothing(void **state)
{
    (void)state;
    sn_random random = {11};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    sn_clearing *other = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    void *start = calloc(1, sn_clearing_start_size(work));
    static market_case c;
    for (int i = 0; i < 1000; i++) {
        market_case_random(&c, &random, i % 2 == 0);
        sn_clearing_result cold = solve(work, &c);
        sn_clearing_start_from(other, start);
        sn_clearing_result warm = solve(other, &c);
        assert_int_equal(warm.outcome, cold.outcome);
        assert_memory_equal(warm.price_eur_per_mwh, cold.price_eur_per_mwh,
                            c.n_area * sizeof(double));
        assert_memory_equal(warm.flow_mw, cold.flow_mw, c.n_border * sizeof(double));
        sn_clearing_keep_start(work, start);
        sn_clearing_start_from(other, start);
        warm = solve(other, &c);
        assert_memory_equal(warm.price_eur_per_mwh, cold.price_eur_per_mwh,
                            c.n_area * sizeof(double));
        assert_memory_equal(warm.flow_mw, cold.flow_mw, c.n_border * sizeof(double));
    }
    free(start);
    sn_clearing_free(work);
    sn_clearing_free(other);
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

/* M-28: where limits include zero, no border loses money. */
static void congestion_income_is_not_negative(void **state)
{
    (void)state;
    sn_random random = {41};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    int n_positive = 0;
    for (int i = 0; i < 1000; i++) {
        market_case_random(&c, &random, i % 2 == 0);
        sn_clearing_result result = solve(work, &c);
        for (size_t l = 0; l < c.n_border && result.outcome == SN_CLEARED; l++) {
            if (c.flow_min[l] > 0.0 || c.flow_max[l] < 0.0) {
                continue; /* held at a flow */
            }
            double rise = result.price_eur_per_mwh[c.border[l].to] -
                          result.price_eur_per_mwh[c.border[l].from];
            assert_true(rise * result.flow_mw[l] >= -1e-6);
            n_positive += rise * result.flow_mw[l] > 1.0;
        }
    }
    assert_true(n_positive > 1000);
    sn_clearing_free(work);
}

/* M-29: no limit between areas that do not differ changes no price and no cost. */
static void merging_equal_areas_changes_nothing(void **state)
{
    (void)state;
    sn_random random = {43};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    int n_merged = 0;
    for (int i = 0; i < 1000; i++) {
        market_case_random(&c, &random, i % 2 == 0);
        sn_clearing_result result = solve(work, &c);
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        double price[CASE_AREAS_MAX];
        memcpy(price, result.price_eur_per_mwh, c.n_area * sizeof *price);
        double cost = market_case_cost(&c, &result);
        for (size_t l = 0; l < c.n_border; l++) {
            if (price[c.border[l].from] == price[c.border[l].to]) {
                c.flow_min[l] = -INFINITY;
                c.flow_max[l] = INFINITY;
                n_merged++;
            }
        }
        result = solve(work, &c);
        assert_int_equal(result.outcome, SN_CLEARED);
        assert_near(market_case_cost(&c, &result), cost, 1e-9 * fmax(1e4, fabs(cost)));
        for (size_t z = 0; z < c.n_area; z++) {
            assert_near(result.price_eur_per_mwh[z], price[z], 1e-9);
        }
    }
    assert_true(n_merged > 1000);
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

/* How much of its demand at the cap an area goes without; 0 below the cap. */
static double
missing_share(const market_case *c, const sn_clearing_result *result, size_t z)
{
    size_t last = c->n_step - 1;
    double before = c->curve_mw[z][2 * last];
    return (result->net_position_mw[z] - before) / c->step_mw[z][last];
}

/* Shortage at the cap in proportion to demand there (M-13): what each area lacks is the
 * same share, unless full borders say otherwise. */
static void shortage_is_shared_in_proportion(void **state)
{
    (void)state;
    sn_random random = {17};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    int n_short = 0;
    int n_joint = 0;
    for (int i = 0; i < 600; i++) {
        market_case_random(&c, &random, i % 2 == 0);
        for (size_t z = 0; z < c.n_area; z++) {
            c.load_mw[z] = 500.0 + 2.0 * c.load_mw[z];
            c.step_mw[z][c.n_step - 1] = c.load_mw[z];
        }
        market_case_build(&c);
        sn_clearing_result result = solve(work, &c);
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        check(&c, &result);
        for (size_t l = 0; l < c.n_border; l++) {
            size_t from = c.border[l].from;
            size_t to = c.border[l].to;
            double lack_from = missing_share(&c, &result, from);
            double lack_to = missing_share(&c, &result, to);
            bool both = lack_from > 1e-7 && lack_to > 1e-7;
            n_short += both;
            if (both && result.flow_mw[l] < c.flow_max[l] - 1e-6) {
                assert_true(lack_to <= lack_from + 1e-8);
                n_joint += result.flow_mw[l] > c.flow_min[l] + 1e-6;
            }
            if (both && result.flow_mw[l] > c.flow_min[l] + 1e-6) {
                assert_true(lack_from <= lack_to + 1e-8);
            }
        }
    }
    assert_true(n_short > 1000);
    assert_true(n_joint > 200);
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

typedef struct copied_result {
    double price[CASE_AREAS_MAX];
    double net[CASE_AREAS_MAX];
    double flow[CASE_BORDERS_MAX];
} copied_result;

static void expect_caught(const market_case *c,
                          const copied_result *copy,
                          const sn_clearing_result *result,
                          const char *what)
{
    sn_clearing_result wrong = *result;
    wrong.price_eur_per_mwh = copy->price;
    wrong.net_position_mw = copy->net;
    wrong.flow_mw = copy->flow;
    sn_clearing_residuals residuals;
    if (sn_clearing_check(&c->problem, &wrong, &residuals, NULL) != SN_E_NUMERIC) {
        fail_msg("not caught: %s", what);
    }
}

/* One number at a time: a price, a net position, a flow; a flow with net positions that
 * match it; the price of a whole set (a dual that is off); not a number. */
static void check_catches_each_corruption(void **state)
{
    (void)state;
    sn_random random = {21};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    static copied_result good;
    static copied_result bad;
    int n_tried = 0;
    for (int i = 0; i < 500; i++) {
        market_case_random(&c, &random, false);
        sn_clearing_result result = solve(work, &c);
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        n_tried++;
        check(&c, &result);
        memcpy(good.price, result.price_eur_per_mwh, c.n_area * sizeof *good.price);
        memcpy(good.net, result.net_position_mw, c.n_area * sizeof *good.net);
        memcpy(good.flow, result.flow_mw, c.n_border * sizeof *good.flow);
        size_t z = sn_random_below(&random, (unsigned)c.n_area);
        size_t l = sn_random_below(&random, (unsigned)c.n_border);
        double sign = i % 2 == 0 ? 1.0 : -1.0;
        bad = good;
        bad.price[z] += sign * 0.01;
        expect_caught(&c, &bad, &result, "price");
        bad = good;
        bad.net[z] += sign * 1e-4;
        expect_caught(&c, &bad, &result, "net position");
        bad = good;
        bad.flow[l] += sign * 1e-4;
        expect_caught(&c, &bad, &result, "flow");
        bad.net[c.border[l].from] += sign * 1e-4;
        bad.net[c.border[l].to] -= sign * 1e-4;
        if (good.price[c.border[l].from] != good.price[c.border[l].to]) {
            expect_caught(&c, &bad, &result,
                          "flow and balance"); /* else it may be a tie */
        }
        bad = good;
        for (size_t y = 0; y < c.n_area; y++) {
            bool is_same = result.price_group[y] == result.price_group[z];
            bad.price[y] += is_same ? sign * 0.01 : 0.0;
        }
        expect_caught(&c, &bad, &result, "price of a set");
        bad = good;
        bad.price[z] = NAN;
        expect_caught(&c, &bad, &result, "price that is not a number");
        bad = good;
        bad.net[z] = NAN;
        expect_caught(&c, &bad, &result, "net position that is not a number");
        bad = good;
        bad.flow[l] = NAN;
        expect_caught(&c, &bad, &result, "flow that is not a number");
    }
    assert_true(n_tried > 300);
    sn_clearing_free(work);
}

static void expect_refused(sn_clearing *work, market_case *c, const char *what)
{
    sn_clearing_result result;
    sn_error err = {0};
    assert_int_equal(sn_clearing_solve(work, &c->problem, &result, &err), SN_E_FORMAT);
    if (strstr(err.message, what) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, what);
    }
    market_case_build(c);
}

static void bad_input_is_refused_by_name(void **state)
{
    (void)state;
    static market_case c;
    sn_random random = {2};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    market_case_random(&c, &random, false);
    size_t last = c.n_area - 1;
    for (size_t k = 0; k < 2 * c.n_step; k++) { /* wherever on the curve it is */
        c.curve_mw[last][k] = NAN;
        char name[32];
        snprintf(name, sizeof name, "area %zu: point %zu", last, k);
        expect_refused(work, &c, name);
        c.curve_price[1][k] = NAN;
        expect_refused(work, &c, "area 1: point");
        c.curve_price[1][k] = INFINITY;
        expect_refused(work, &c, "area 1: point");
        c.curve_mw[1][k] = k == 0 ? 1e9 : -1e9;
        expect_refused(work, &c, "area 1 decreases");
        c.curve_price[0][k] = k == 0 ? 1e9 : -1e9;
        expect_refused(work, &c, "area 0 decreases");
    }
    c.curve[0].n = 0;
    expect_refused(work, &c, "area 0 is empty");
    double before = c.flow_max[0];
    c.flow_max[0] = c.flow_min[0] - 1.0;
    expect_refused(work, &c, "border 0: limits");
    c.flow_max[0] = NAN;
    expect_refused(work, &c, "border 0: limits");
    c.flow_max[0] = before;
    c.border[0].rated_mw = 0.0;
    expect_refused(work, &c, "border 0 joins");
    c.border[0].rated_mw = 1.0;
    c.border[0].to = c.n_area;
    expect_refused(work, &c, "border 0 joins");
    c.border[0].to = c.border[0].from;
    expect_refused(work, &c, "border 0 joins");
    sn_clearing_free(work);
}

/* Area 2 is alone with more load than supply: an outcome, which names it. */
static void a_lone_area_with_too_little_is_infeasible(void **state)
{
    (void)state;
    static const double p[] = {0.0, 100.0};
    static const double q_good[] = {-500.0, 500.0};
    static const double q_short[] = {-500.0, -20.0};
    const sn_curve curves[] = {{2, p, q_good}, {2, p, q_good}, {2, p, q_short}};
    const sn_border borders[] = {{0, 1, 1000.0}, {2, 1, 1000.0}};
    const sn_network network = {3, 2, borders};
    const double low[] = {-100.0, 0.0};
    double high[] = {100.0, 0.0};
    const sn_clearing_problem problem = {&network, curves, low, high, -500.0, 4000.0};
    sn_clearing *work = sn_clearing_alloc(3, 2);
    sn_clearing_result result;
    assert_int_equal(sn_clearing_solve(work, &problem, &result, NULL), SN_OK);
    assert_int_equal(result.outcome, SN_INFEASIBLE);
    assert_int_equal(result.unbalanced_area, 2);
    assert_true(isnan(result.price_eur_per_mwh[0]) && isnan(result.flow_mw[1]) &&
                isnan(result.net_position_mw[2]));
    high[1] = 5.0;
    const double import[] = {-100.0, -30.0};
    sn_clearing_problem opened = problem;
    opened.flow_min_mw = import;
    assert_int_equal(sn_clearing_solve(work, &opened, &result, NULL), SN_OK);
    assert_int_equal(result.outcome, SN_CLEARED);
    assert_near(result.flow_mw[1], -30.0, 1e-9);
    sn_clearing_free(work);
}

int main(void)
{
    static bool plain = false;
    static bool degenerate = true;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(against_clp, &plain),
        cmocka_unit_test_prestate(against_clp, &degenerate),
        cmocka_unit_test_prestate(losses_against_clp, &plain),
        cmocka_unit_test_prestate(losses_against_clp, &degenerate),
        cmocka_unit_test(order_of_areas_is_irrelevant),
        cmocka_unit_test(islands_clear_as_alone),
        cmocka_unit_test(warm_start_changes_nothing),
        cmocka_unit_test(kept_start_changes_nothing),
        cmocka_unit_test(more_load_lowers_no_price_and_more_capacity_no_welfare),
        cmocka_unit_test(congestion_income_is_not_negative),
        cmocka_unit_test(merging_equal_areas_changes_nothing),
        cmocka_unit_test(ties_go_by_rating),
        cmocka_unit_test(shortage_is_shared_in_proportion),
        cmocka_unit_test(price_interval_gives_the_midpoint),
        cmocka_unit_test(check_catches_each_corruption),
        cmocka_unit_test(bad_input_is_refused_by_name),
        cmocka_unit_test(a_lone_area_with_too_little_is_infeasible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
