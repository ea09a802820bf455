/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clearing against a second referee: GLPK's simplex.  Where the numbers are round
 * (the degenerate cases) it is finished in rational arithmetic (glp_exact), without
 * tolerance or rounding; numbers that are not glp_exact would take for fractions nearby,
 * 1e-9 off. */
#include "analysis/clearing.h"
#include "analysis/flow_based.h"
#include "support/flow_case.h"
#include "support/market_case.h"

#include <glpk.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"

enum { N_NTC = 300, N_FLOW = 200, ENTRIES_MAX = FLOW_CONSTRAINTS_MAX + 3 };

/* A column under way: rows and values from 1, as GLPK counts. */
typedef struct column {
    int n;
    int row[ENTRIES_MAX];
    double value[ENTRIES_MAX];
} column;

static void entry(column *c, size_t row, double value)
{
    if (value != 0.0) {
        c->n++;
        c->row[c->n] = (int)row + 1;
        c->value[c->n] = value;
    }
}

static void
add_column(glp_prob *lp, const column *c, double low, double high, double cost)
{
    int j = glp_add_cols(lp, 1);
    bool has_low = isfinite(low);
    bool has_high = isfinite(high);
    int kind = low >= high           ? GLP_FX
               : has_low && has_high ? GLP_DB
               : has_low             ? GLP_LO
               : has_high            ? GLP_UP
                                     : GLP_FR;
    glp_set_col_bnds(lp, j, kind, low, high);
    glp_set_obj_coef(lp, j, cost);
    glp_set_mat_col(lp, j, c->n, c->row, c->value);
}

static void fix_rows(glp_prob *lp, size_t n)
{
    glp_add_rows(lp, (int)n);
    for (size_t r = 0; r < n; r++) {
        glp_set_row_bnds(lp, (int)r + 1, GLP_FX, 0.0, 0.0);
    }
}

static void add_to_row(glp_prob *lp, size_t row, double more)
{
    double now = glp_get_row_ub(lp, (int)row + 1) + more;
    int kind = glp_get_row_type(lp, (int)row + 1);
    glp_set_row_bnds(lp, (int)row + 1, kind, now, now);
}

/* Sells the load to no one: the objective is the cost of supply. */
static glp_prob *ntc_lp(const market_case *c)
{
    glp_prob *lp = glp_create_prob();
    fix_rows(lp, c->n_area);
    for (size_t z = 0; z < c->n_area; z++) {
        add_to_row(lp, z, c->load_mw[z]);
        column one = {0};
        entry(&one, z, 1.0);
        for (size_t s = 0; s < c->n_step; s++) {
            add_column(lp, &one, 0.0, c->step_mw[z][s], c->step_price[z][s]);
        }
    }
    for (size_t l = 0; l < c->n_border; l++) {
        column flow = {0};
        entry(&flow, c->border[l].from, -1.0);
        entry(&flow, c->border[l].to, 1.0);
        add_column(lp, &flow, c->flow_min[l], c->flow_max[l], 0.0);
    }
    return lp;
}

/* Node z and its links move the net position that the constraints see. */
static void see(column *col, const flow_case *c, size_t z, double share)
{
    entry(col, c->grid[z], share);
    for (size_t k = 0; k < c->n_constraint; k++) {
        entry(col, c->n_node + k, share * c->ptdf[k * c->n_node + z]);
    }
}

static glp_prob *flow_lp(const flow_case *c)
{
    glp_prob *lp = glp_create_prob();
    fix_rows(lp, c->n_node + c->n_constraint);
    for (size_t k = 0; k < c->n_constraint; k++) {
        int row = (int)(c->n_node + k) + 1;
        glp_set_row_bnds(lp, row, GLP_UP, 0.0, 0.0);
        add_to_row(lp, c->n_node + k, c->ram[k]);
    }
    for (size_t z = 0; z < c->n_node; z++) {
        add_to_row(lp, c->grid[z], c->load_mw[z]);
        for (size_t k = 0; k < c->n_constraint; k++) {
            add_to_row(lp, c->n_node + k, c->ptdf[k * c->n_node + z] * c->load_mw[z]);
        }
        column one = {0};
        see(&one, c, z, 1.0);
        for (size_t s = 0; s < c->n_step && !c->is_hub[z]; s++) {
            add_column(lp, &one, 0.0, c->step_mw[z][s], c->step_price[z][s]);
        }
    }
    return lp;
}

static void solve(glp_prob *lp, bool exactly, bool *is_solved, double *cost)
{
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.tol_bnd = how.tol_dj = 1e-9;
    int code = glp_simplex(lp, &how);
    code = exactly ? glp_exact(lp, &how) : code;
    *is_solved = code == 0 && glp_get_status(lp) == GLP_OPT;
    *cost = glp_get_obj_val(lp);
}

static void ntc_against_glpk(void **state)
{
    bool degenerate = *(const bool *)*state;
    sn_random random = {degenerate ? 101 : 103};
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    static market_case c;
    int n_solved = 0;
    for (int i = 0; i < N_NTC; i++) {
        sn_clearing_result result;
        bool is_solved;
        double cost;
        market_case_random(&c, &random, degenerate);
        assert_int_equal(sn_clearing_solve(work, &c.problem, &result, NULL), SN_OK);
        glp_prob *lp = ntc_lp(&c);
        solve(lp, degenerate, &is_solved, &cost);
        glp_delete_prob(lp);
        assert_int_equal(result.outcome == SN_CLEARED, is_solved);
        if (is_solved) {
            n_solved++;
            assert_near(market_case_cost(&c, &result), cost,
                        1e-9 * fmax(1e4, fabs(cost)));
        }
    }
    assert_true(n_solved > N_NTC / 2);
    sn_clearing_free(work);
}

static void flow_based_against_glpk(void **state)
{
    bool degenerate = *(const bool *)*state;
    sn_random random = {degenerate ? 107 : 109};
    sn_flow_based *work =
        sn_flow_based_alloc(FLOW_NODES_MAX, FLOW_LINKS_MAX, FLOW_CONSTRAINTS_MAX,
                            2 * FLOW_NODES_MAX * FLOW_STEPS_MAX);
    static flow_case c;
    int n_solved = 0;
    for (int i = 0; i < N_FLOW; i++) {
        sn_flow_based_result result;
        bool is_solved;
        double cost;
        flow_case_random(&c, &random, degenerate);
        assert_int_equal(sn_flow_based_solve(work, &c.problem, &result, NULL), SN_OK);
        glp_prob *lp = flow_lp(&c);
        for (size_t l = 0; l < c.n_link; l++) {
            column flow = {0};
            see(&flow, &c, c.link[l].from, -1.0);
            column back = {0};
            see(&back, &c, c.link[l].to, 1.0);
            for (int e = 1; e <= back.n; e++) {
                int at = 1;
                for (; at <= flow.n && flow.row[at] != back.row[e]; at++) {
                }
                if (at > flow.n) {
                    entry(&flow, (size_t)back.row[e] - 1, back.value[e]);
                } else {
                    flow.value[at] += back.value[e];
                }
            }
            add_column(lp, &flow, c.flow_min[l], c.flow_max[l], 0.0);
        }
        solve(lp, degenerate, &is_solved, &cost);
        glp_delete_prob(lp);
        assert_int_equal(result.outcome == SN_CLEARED, is_solved);
        if (is_solved) {
            n_solved++;
            assert_near(flow_case_cost(&c, &result), cost, 1e-9 * fmax(1e4, fabs(cost)));
        }
    }
    assert_true(n_solved > N_FLOW / 2);
    sn_flow_based_free(work);
}

int main(void)
{
    static bool plain = false;
    static bool degenerate = true;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(ntc_against_glpk, &plain),
        cmocka_unit_test_prestate(ntc_against_glpk, &degenerate),
        cmocka_unit_test_prestate(flow_based_against_glpk, &plain),
        cmocka_unit_test_prestate(flow_based_against_glpk, &degenerate),
    };
    glp_term_out(GLP_OFF);
    int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)glp_free_env();
    return n_failed;
}
