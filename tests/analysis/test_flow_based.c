/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flow-based clearing against CLP, its own check, the NTC solver and hand-solved cases.
 */
#include "analysis/clearing_check.h"
#include "analysis/flow_based.h"
#include "analysis/flow_based_check.h"
#include "analysis/flow_based_reduce.h"
#include "support/flow_case.h"
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

enum { N_CASE = 1500, POINTS_MAX = 2 * FLOW_NODES_MAX * FLOW_STEPS_MAX };

static sn_flow_based *workspace(void)
{
    sn_flow_based *work = sn_flow_based_alloc(FLOW_NODES_MAX, FLOW_LINKS_MAX,
                                              FLOW_CONSTRAINTS_MAX, POINTS_MAX);
    assert_non_null(work);
    return work;
}

static sn_flow_based_result solve(sn_flow_based *work,
                                  const sn_flow_based_problem *problem)
{
    sn_flow_based_result result;
    sn_error err = {0};
    if (sn_flow_based_solve(work, problem, &result, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    return result;
}

static void check(const sn_flow_based_problem *problem,
                  const sn_flow_based_result *result)
{
    sn_flow_based_residuals residuals;
    sn_error err = {0};
    if (sn_flow_based_check(problem, result, &residuals, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

static void against_clp(void **state)
{
    bool degenerate = *(const bool *)*state;
    sn_random random = {degenerate ? 7 : 11};
    sn_flow_based *work = workspace();
    static flow_case c;
    size_t n_solved = 0;
    for (int i = 0; i < N_CASE; i++) {
        flow_case_random(&c, &random, degenerate);
        sn_flow_based_result result = solve(work, &c.problem);
        double cost;
        bool solved = flow_case_clp(&c, &cost, NULL);
        assert_int_equal(result.outcome == SN_CLEARED, solved);
        if (solved) {
            n_solved++;
            check(&c.problem, &result);
            assert_near(flow_case_cost(&c, &result), cost, 1e-9 * fmax(1e4, fabs(cost)));
        }
    }
    assert_true(n_solved > N_CASE / 2);
    flow_case_clp_end();
    sn_flow_based_free(work);
}

/* Moves node z to perm[z] and constraint k to the other end. */
static void turn(const flow_case *c, flow_case *out)
{
    *out = *c;
    size_t last = c->n_node - 1;
    for (size_t z = 0; z <= last; z++) {
        out->load_mw[last - z] = c->load_mw[z];
        out->is_hub[last - z] = c->is_hub[z];
        out->grid[last - z] = last - c->grid[z];
        memcpy(out->step_price[last - z], c->step_price[z], sizeof *c->step_price);
        memcpy(out->step_mw[last - z], c->step_mw[z], sizeof *c->step_mw);
    }
    for (size_t l = 0; l < c->n_link; l++) {
        out->link[l].from = last - c->link[l].from;
        out->link[l].to = last - c->link[l].to;
    }
    for (size_t k = 0; k < c->n_constraint; k++) {
        size_t to = c->n_constraint - 1 - k;
        out->ram[to] = c->ram[k];
        for (size_t z = 0; z <= last; z++) {
            out->ptdf[to * c->n_node + last - z] = c->ptdf[k * c->n_node + z];
        }
    }
    flow_case_build(out);
}

/* Unlimited supply at the cap in every area makes prices of thousands and shadow prices
 * of tens of thousands: rounding grows with them. */
static double room(double price)
{
    return 1e-6 * fmax(1.0, fabs(price) / 100.0);
}

static void order_is_irrelevant(void **state)
{
    (void)state;
    sn_random random = {3};
    sn_flow_based *work = workspace();
    static flow_case c;
    static flow_case turned;
    for (int i = 0; i < 1500; i++) {
        flow_case_random(&c, &random, i % 2 == 0);
        turn(&c, &turned);
        double price[FLOW_NODES_MAX];
        double net[FLOW_NODES_MAX];
        sn_flow_based_result result = solve(work, &c.problem);
        memcpy(price, result.price_eur_per_mwh, c.n_node * sizeof *price);
        memcpy(net, result.net_position_mw, c.n_node * sizeof *net);
        sn_outcome outcome = result.outcome;
        result = solve(work, &turned.problem);
        assert_int_equal(outcome, result.outcome);
        for (size_t z = 0; outcome == SN_CLEARED && z < c.n_node; z++) {
            size_t y = c.n_node - 1 - z;
            assert_near(result.price_eur_per_mwh[y], price[z], room(price[z]));
            assert_near(result.net_position_mw[y], net[z], 1e-3);
        }
    }
    sn_flow_based_free(work);
}

static void warm_start_changes_nothing(void **state)
{
    (void)state;
    sn_random random = {5};
    sn_flow_based *work = workspace();
    static flow_case c;
    for (int i = 0; i < 60; i++) {
        flow_case_random(&c, &random, i % 2 == 0);
        for (int hour = 0; hour < 5; hour++) {
            for (size_t z = 0; z < c.n_node; z++) {
                c.load_mw[z] *= c.is_hub[z] ? 0.0 : 0.9 + 0.2 * sn_random_share(&random);
            }
            flow_case_build(&c);
            sn_flow_based *fresh = workspace();
            sn_flow_based_result warm = solve(work, &c.problem);
            sn_flow_based_result cold = solve(fresh, &c.problem);
            assert_int_equal(warm.outcome, cold.outcome);
            if (warm.outcome == SN_CLEARED) {
                assert_memory_equal(warm.price_eur_per_mwh, cold.price_eur_per_mwh,
                                    c.n_node * sizeof(double));
                assert_memory_equal(warm.net_position_mw, cold.net_position_mw,
                                    c.n_node * sizeof(double));
                assert_memory_equal(warm.flow_mw, cold.flow_mw,
                                    c.n_link * sizeof(double));
            }
            sn_flow_based_free(fresh);
        }
    }
    sn_flow_based_free(work);
}

/* Curves of slopes and steps mixed; no linear programme, so the proof is the check, which
 * holds the dual value against the primal. */
static void slopes_are_optimal(void **state)
{
    (void)state;
    sn_random random = {17};
    sn_flow_based *work = workspace();
    static flow_case c;
    size_t n_cleared = 0;
    for (int i = 0; i < 600; i++) {
        flow_case_random(&c, &random, i % 2 == 0);
        double flat = 0.25 * (double)(i % 4); /* share of steps that stay steps */
        for (size_t z = 0; z < c.n_node; z++) {
            for (size_t s = 0; s + 1 < c.n_step && !c.is_hub[z]; s++) {
                if (sn_random_share(&random) >= flat) {
                    c.curve_price[z][2 * s + 1] = c.curve_price[z][2 * s + 2];
                }
            }
        }
        sn_flow_based_result result = solve(work, &c.problem);
        if (result.outcome == SN_CLEARED) {
            n_cleared++;
            check(&c.problem, &result);
        }
    }
    assert_true(n_cleared > 300);
    sn_flow_based_free(work);
}

/* A market on border limits, its borders as links between areas alone in their grids. */
static void border_limits_as_links(void **state)
{
    (void)state;
    sn_random random = {13};
    static market_case m;
    sn_clearing *ntc = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    sn_flow_based *work = sn_flow_based_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX, 0,
                                              2 * CASE_AREAS_MAX * CASE_STEPS_MAX);
    size_t grid[CASE_AREAS_MAX];
    for (size_t z = 0; z < CASE_AREAS_MAX; z++) {
        grid[z] = z;
    }
    for (int i = 0; i < 300; i++) {
        market_case_random(&m, &random, i % 2 == 0);
        sn_clearing_result expected;
        sn_error err = {0};
        assert_int_equal(sn_clearing_solve(ntc, &m.problem, &expected, &err), SN_OK);
        const sn_flow_based_problem problem = {.n_node = m.n_area,
                                               .net_supply = m.curve,
                                               .grid = grid,
                                               .n_link = m.n_border,
                                               .link = m.border,
                                               .flow_min_mw = m.flow_min,
                                               .flow_max_mw = m.flow_max,
                                               .price_min_eur_per_mwh = -500.0,
                                               .price_max_eur_per_mwh = 4000.0};
        sn_flow_based_result result = solve(work, &problem);
        assert_int_equal(result.outcome, expected.outcome);
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        check(&problem, &result);
        double ours = 0.0;
        const sn_clearing_result same = {.net_position_mw = result.net_position_mw};
        ours = market_case_cost(&m, &same);
        double cost = market_case_cost(&m, &expected);
        assert_near(ours, cost, 1e-9 * fmax(1e4, fabs(cost)));
        /* The other solver's check accepts these prices: NTC optimality by its rules. */
        sn_clearing_residuals residuals;
        const sn_clearing_result as_ntc = {.price_eur_per_mwh = result.price_eur_per_mwh,
                                           .net_position_mw = result.net_position_mw,
                                           .flow_mw = result.flow_mw};
        if (sn_clearing_check(&m.problem, &as_ntc, &residuals, &err) != SN_OK) {
            fail_msg("%s", err.message);
        }
        for (size_t z = 0; i % 2 == 1 && z < m.n_area; z++) { /* unique but for gaps */
            if (fabs(expected.price_eur_per_mwh[z] - result.price_eur_per_mwh[z]) >
                1e-6) {
                /* then the area is in a gap of its own: same quantity either way */
                assert_near(expected.net_position_mw[z], result.net_position_mw[z], 1e-5);
            }
        }
    }
    sn_clearing_free(ntc);
    sn_flow_based_free(work);
}

/* Sellers 20 + n/100 in A and 30 + n/100 in B, a buyer of 1000 in C; a triangle of equal
 * lines. */
static const double tri_price[3][2] = {{20.0, 40.0}, {30.0, 50.0}, {0.0, 100.0}};
static const double tri_mw[3][2] = {{0.0, 2000.0}, {0.0, 2000.0}, {-1000.0, -1000.0}};
static const sn_curve tri_curve[3] = {{2, tri_price[0], tri_mw[0]},
                                      {2, tri_price[1], tri_mw[1]},
                                      {2, tri_price[2], tri_mw[2]}};
static const size_t tri_grid[3] = {0, 0, 0};

/* Line A-C carries 2/3 of A's and 1/3 of B's sale to C; 500 MW make A sell half. */
static void triangle_by_hand(void **state)
{
    (void)state;
    static const double ptdf[3] = {2.0 / 3.0, 1.0 / 3.0, 0.0};
    static const double ram[1] = {500.0};
    const sn_flow_based_problem problem = {.n_node = 3,
                                           .net_supply = tri_curve,
                                           .grid = tri_grid,
                                           .n_constraint = 1,
                                           .ptdf = ptdf,
                                           .ram_mw = ram,
                                           .price_min_eur_per_mwh = -500.0,
                                           .price_max_eur_per_mwh = 4000.0};
    sn_flow_based *work = sn_flow_based_alloc(3, 0, 1, 6);
    sn_flow_based_result result = solve(work, &problem);
    check(&problem, &result);
    assert_near(result.net_position_mw[0], 500.0, 1e-6);
    assert_near(result.net_position_mw[1], 500.0, 1e-6);
    assert_near(result.price_eur_per_mwh[0], 25.0, 1e-6);
    assert_near(result.price_eur_per_mwh[1], 35.0, 1e-6);
    assert_near(result.shadow_price_eur_per_mw[0], 30.0, 1e-6);
    assert_near(result.price_eur_per_mwh[2], 45.0, 1e-6); /* above both sellers */
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            assert_near(sn_flow_based_contribution(&problem, &result, 0, i, j),
                        result.price_eur_per_mwh[j] - result.price_eur_per_mwh[i], 1e-9);
        }
    }
    sn_flow_based_free(work);
}

/* M-28b: with PTDFs more load can lower a price elsewhere.  More load in C must come
 * over the full line: B, which uses less of it, sells more, and A has to sell less. */
static void more_load_can_lower_a_price_elsewhere(void **state)
{
    (void)state;
    static const double ptdf[3] = {2.0 / 3.0, 1.0 / 3.0, 0.0};
    static const double ram[1] = {500.0};
    double mw_c[2] = {-1000.0, -1000.0};
    const sn_curve curve[3] = {tri_curve[0], tri_curve[1], {2, tri_price[2], mw_c}};
    const sn_flow_based_problem problem = {.n_node = 3,
                                           .net_supply = curve,
                                           .grid = tri_grid,
                                           .n_constraint = 1,
                                           .ptdf = ptdf,
                                           .ram_mw = ram,
                                           .price_min_eur_per_mwh = -500.0,
                                           .price_max_eur_per_mwh = 4000.0};
    sn_flow_based *work = sn_flow_based_alloc(3, 0, 1, 6);
    sn_flow_based_result result = solve(work, &problem);
    double before[3];
    memcpy(before, result.price_eur_per_mwh, sizeof before);
    mw_c[0] = mw_c[1] = -1100.0;
    result = solve(work, &problem);
    check(&problem, &result);
    assert_near(result.price_eur_per_mwh[0], before[0] - 1.0, 1e-6);
    assert_near(result.price_eur_per_mwh[1], before[1] + 2.0, 1e-6);
    assert_near(result.price_eur_per_mwh[2], before[2] + 5.0, 1e-6);
    sn_flow_based_free(work);
}

/* M-27: more RAM never lowers welfare. */
static void more_ram_never_costs(void **state)
{
    (void)state;
    sn_random random = {9};
    sn_flow_based *work = workspace();
    static flow_case c;
    for (int i = 0; i < 200; i++) {
        flow_case_random(&c, &random, i % 2 == 0);
        sn_flow_based_result result = solve(work, &c.problem);
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        double cost = flow_case_cost(&c, &result);
        for (size_t k = 0; k < c.n_constraint; k++) {
            c.ram[k] += 50.0;
        }
        result = solve(work, &c.problem);
        assert_true(flow_case_cost(&c, &result) <= cost + 1e-9 * fmax(1e4, fabs(cost)));
    }
    sn_flow_based_free(work);
}

/* One injected error at a time; each is caught, and by what it touches. */
static void check_catches_errors(void **state)
{
    (void)state;
    sn_random random = {21};
    sn_flow_based *work = workspace();
    static flow_case c;
    size_t n_tried = 0;
    for (int i = 0; i < 100; i++) {
        flow_case_random(&c, &random, false);
        sn_flow_based_result good = solve(work, &c.problem);
        if (good.outcome == SN_INFEASIBLE) {
            continue;
        }
        check(&c.problem, &good);
        double price[FLOW_NODES_MAX];
        double net[FLOW_NODES_MAX];
        double flow[FLOW_LINKS_MAX];
        double mu[FLOW_CONSTRAINTS_MAX];
        for (int what = 0; what < 6; what++) {
            memcpy(price, good.price_eur_per_mwh, sizeof price);
            memcpy(net, good.net_position_mw, sizeof net);
            memcpy(flow, good.flow_mw, sizeof flow);
            memcpy(mu, good.shadow_price_eur_per_mw, c.n_constraint * sizeof *mu);
            const sn_flow_based_result bad = {.price_eur_per_mwh = price,
                                              .net_position_mw = net,
                                              .flow_mw = flow,
                                              .shadow_price_eur_per_mw = mu};
            switch (what) {
            case 0:
                price[0] += 1e-3;
                break;
            case 1:
                net[1] += 1e-3;
                break;
            case 2:
                flow[0] += 1e-3 + fabs(c.flow_max[0] - flow[0]);
                break;
            case 3:
                mu[0] += 1e-3;
                break;
            case 4:
                mu[c.n_constraint - 1] = NAN;
                break;
            default:
                net[0] = NAN;
                break;
            }
            sn_flow_based_residuals residuals;
            sn_error err = {0};
            n_tried++;
            if (sn_flow_based_check(&c.problem, &bad, &residuals, &err) != SN_E_NUMERIC) {
                fail_msg("case %d: error %d passed", i, what);
            }
        }
    }
    assert_true(n_tried > 300);
    sn_flow_based_free(work);
}

static void expect_refused(sn_flow_based *work,
                           const sn_flow_based_problem *problem,
                           const char *word)
{
    sn_flow_based_result result;
    sn_error err = {0};
    assert_int_equal(sn_flow_based_solve(work, problem, &result, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, word));
}

static void bad_input_is_named(void **state)
{
    (void)state;
    double ptdf[6] = {0.5, 0.2, 0.0, 0.1, 0.0, 0.0};
    double ram[2] = {500.0, 100.0};
    sn_flow_based_problem problem = {.n_node = 3,
                                     .net_supply = tri_curve,
                                     .grid = tri_grid,
                                     .n_constraint = 2,
                                     .ptdf = ptdf,
                                     .ram_mw = ram,
                                     .price_min_eur_per_mwh = -500.0,
                                     .price_max_eur_per_mwh = 4000.0};
    sn_flow_based *work = sn_flow_based_alloc(3, 0, 2, 6);
    ptdf[4] = NAN;
    expect_refused(work, &problem, "constraint 1: PTDF of node 1");
    ptdf[4] = 0.0;
    ram[1] = INFINITY;
    expect_refused(work, &problem, "constraint 1: RAM");
    ram[1] = 100.0;
    problem.n_constraint = 3;
    expect_refused(work, &problem, "larger than the workspace");
    problem.n_constraint = 2;
    static const size_t no_grid[3] = {0, 7, 0};
    problem.grid = no_grid;
    expect_refused(work, &problem, "node 1: no such grid");
    problem.grid = tri_grid;
    static const double falls[2] = {10.0, 5.0};
    sn_curve curve[3] = {tri_curve[0], {2, falls, tri_mw[1]}, tri_curve[2]};
    problem.net_supply = curve;
    expect_refused(work, &problem, "node 1 decreases");
    problem.net_supply = tri_curve;
    /* Nothing satisfies 0.1 n_A <= -400 when A sells 0 at least; a row of zeros with a
     * negative RAM has no injections that help. */
    ram[1] = -400.0;
    sn_flow_based_result result = solve(work, &problem);
    assert_int_equal(result.outcome, SN_INFEASIBLE);
    assert_int_equal(result.infeasible_constraint, 1);
    assert_true(isnan(result.price_eur_per_mwh[0]));
    ptdf[3] = 0.0;
    result = solve(work, &problem);
    assert_int_equal(result.outcome, SN_INFEASIBLE);
    assert_int_equal(result.infeasible_constraint, 1);
    ram[1] = 100.0;
    result = solve(work, &problem); /* and the next is as if nothing had been */
    check(&problem, &result);
    sn_flow_based_free(work);
}

/* The largest load of constraint k under the others kept, by CLP: t of a seller that is
 * paid for it (see flow_based_reduce.c). */
static double largest_load(const flow_case *c, size_t k, const bool *keep)
{
    static flow_case most;
    const double reach = 1e7;
    most = *c;
    most.n_step = 1;
    most.n_constraint = 0;
    most.n_node = c->n_node + 2;
    for (size_t z = 0; z < most.n_node; z++) {
        bool own = z < c->n_node;
        double size = 2.0 * reach;
        for (size_t s = 0; own && s < c->n_step; s++) {
            size = s == 0 ? c->step_mw[z][s] : size + c->step_mw[z][s];
        }
        most.step_price[z][0] = z == c->n_node ? -100.0 : 0.0;
        most.step_mw[z][0] = size;
        most.load_mw[z] = own ? c->load_mw[z] : reach;
        most.is_hub[z] = own && c->is_hub[z];
        most.grid[z] = own ? c->grid[z] : c->n_node;
    }
    for (size_t i = 0; i <= c->n_constraint; i++) {
        bool last = i == c->n_constraint;
        if (!last && (i == k || !keep[i])) {
            continue;
        }
        double *row = &most.ptdf[most.n_constraint * most.n_node];
        const double *from = &c->ptdf[(last ? k : i) * c->n_node];
        for (size_t z = 0; z < c->n_node; z++) {
            row[z] = last ? -from[z] : from[z];
        }
        row[c->n_node] = last ? 1.0 : 0.0;
        row[c->n_node + 1] = 0.0;
        most.ram[most.n_constraint++] = last ? 0.0 : c->ram[i];
    }
    flow_case_build(&most);
    double cost;
    return flow_case_clp(&most, &cost, NULL) ? -cost / 100.0 - reach : NAN;
}

static void reduction_is_exact(void **state)
{
    (void)state;
    sn_random random = {31};
    sn_flow_based *work = workspace();
    static flow_case c;
    static flow_case less;
    bool keep[FLOW_CONSTRAINTS_MAX];
    size_t n_dropped = 0;
    for (int i = 0; i < 40; i++) {
        flow_case_random(&c, &random, i % 2 == 0);
        sn_flow_based_result result = solve(work, &c.problem);
        sn_error err = {0};
        if (result.outcome == SN_INFEASIBLE) {
            continue;
        }
        double cost = flow_case_cost(&c, &result);
        assert_int_equal(sn_flow_based_reduce(&c.problem, keep, &err), SN_OK);
        less = c;
        less.n_constraint = 0;
        for (size_t k = 0; k < c.n_constraint; k++) {
            double load = largest_load(&c, k, keep);
            if (keep[k]) { /* without it more would be possible */
                assert_true(load > c.ram[k] + 1e-7);
                memcpy(&less.ptdf[less.n_constraint * c.n_node], &c.ptdf[k * c.n_node],
                       c.n_node * sizeof(double));
                less.ram[less.n_constraint++] = c.ram[k];
            } else {
                n_dropped++;
                assert_true(load <= c.ram[k] + 1e-4);
            }
        }
        flow_case_build(&less);
        result = solve(work, &less.problem);
        check(&less.problem, &result);
        assert_near(flow_case_cost(&less, &result), cost, 1e-9 * fmax(1e4, fabs(cost)));
    }
    assert_true(n_dropped > 50);
    flow_case_clp_end();
    sn_flow_based_free(work);
}

int main(void)
{
    static bool plain = false;
    static bool degenerate = true;
    const struct CMUnitTest tests[] = {
        {"against_clp_plain", against_clp, NULL, NULL, &plain},
        {"against_clp_degenerate", against_clp, NULL, NULL, &degenerate},
        cmocka_unit_test(order_is_irrelevant),
        cmocka_unit_test(warm_start_changes_nothing),
        cmocka_unit_test(slopes_are_optimal),
        cmocka_unit_test(border_limits_as_links),
        cmocka_unit_test(triangle_by_hand),
        cmocka_unit_test(more_load_can_lower_a_price_elsewhere),
        cmocka_unit_test(more_ram_never_costs),
        cmocka_unit_test(check_catches_errors),
        cmocka_unit_test(bad_input_is_named),
        cmocka_unit_test(reduction_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
