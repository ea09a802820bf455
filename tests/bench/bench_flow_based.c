/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flow-based clearing and its check per period, with CLP warm-started in the same run as
 * referee of the objective and of the speed.  The hours are those of bench_clearing; the
 * domain is that of the same network with lines of equal reactance: 60 constraints, both
 * directions of the 30 borders with least capacity, RAM all or a share of it.
 *
 *     bench_flow_based [PERIODS [REPEATS]]     default 2000 and 7
 */
#include "analysis/flow_based.h"
#include "analysis/flow_based_check.h"
#include "base/os.h"
#include "bench/bench_hours.h"
#include "bench/bench_support.h"
#include "support/flow_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATS_MAX = 99, LIMITED = 30, POINTS = 2 * FLOW_NODES_MAX * FLOW_STEPS_MAX };

typedef struct bench_kind {
    const char *name;
    bool (*make)(bench_hours *out, size_t n);
    void (*make_case)(const bench_hours *hours, size_t t, market_case *out);
} bench_kind;

/* Angles of a unit injection at z taken out at node 0: Gauss-Jordan on the Laplacian. */
static void make_angles(const market_case *m,
                        double angle[CASE_AREAS_MAX][CASE_AREAS_MAX])
{
    size_t n = m->n_area;
    static double a[CASE_AREAS_MAX][2 * CASE_AREAS_MAX];
    memset(a, 0, sizeof a);
    for (size_t l = 0; l < m->n_border; l++) {
        size_t i = m->border[l].from;
        size_t j = m->border[l].to;
        a[i][i] += 1.0;
        a[j][j] += 1.0;
        a[i][j] -= 1.0;
        a[j][i] -= 1.0;
    }
    for (size_t z = 0; z < n; z++) {
        a[0][z] = a[z][0] = z == 0 ? 1.0 : 0.0;
        a[z][n + z] = z == 0 ? 0.0 : 1.0;
    }
    for (size_t i = 0; i < n; i++) {
        double pivot = a[i][i];
        for (size_t c = 0; c < 2 * n; c++) {
            a[i][c] /= pivot;
        }
        for (size_t r = 0; r < n; r++) {
            double f = r == i ? 0.0 : a[r][i];
            for (size_t c = 0; c < 2 * n && f != 0.0; c++) {
                a[r][c] -= f * a[i][c];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t z = 0; z < n; z++) {
            angle[i][z] = a[i][n + z];
        }
    }
}

static void add_constraint(flow_case *c, const market_case *m, size_t l, double sign)
{
    static double angle[CASE_AREAS_MAX][CASE_AREAS_MAX];
    static bool made;
    if (!made) {
        make_angles(m, angle);
        made = true;
    }
    double *row = &c->ptdf[c->n_constraint * c->n_node];
    for (size_t z = 0; z < c->n_node; z++) {
        row[z] = sign * (angle[m->border[l].from][z] - angle[m->border[l].to][z]);
    }
    c->ram[c->n_constraint++] = sign > 0.0 ? m->flow_max[l] : -m->flow_min[l];
}

/* The hour as a flow-based case. */
static void make_case(const market_case *m, double ram_share, flow_case *c)
{
    c->n_node = m->n_area;
    c->n_step = m->n_step;
    c->n_link = c->n_constraint = 0;
    for (size_t z = 0; z < m->n_area; z++) {
        c->grid[z] = 0;
        c->is_hub[z] = false;
        c->load_mw[z] = m->load_mw[z];
        memcpy(c->step_price[z], m->step_price[z], m->n_step * sizeof(double));
        memcpy(c->step_mw[z], m->step_mw[z], m->n_step * sizeof(double));
    }
    for (size_t l = 0; l < m->n_border; l++) {
        size_t smaller = 0;
        for (size_t k = 0; k < m->n_border; k++) {
            smaller += m->flow_max[k] < m->flow_max[l] ||
                       (m->flow_max[k] == m->flow_max[l] && k < l);
        }
        if (smaller < LIMITED) {
            add_constraint(c, m, l, 1.0);
            add_constraint(c, m, l, -1.0);
        }
    }
    for (size_t k = 0; k < c->n_constraint; k++) {
        c->ram[k] *= ram_share;
    }
    flow_case_build(c);
}

typedef struct bench_row {
    double solve_s, check_s, clp_s, objective_eur, worst_share;
    size_t n_step, n_exact, n_active;
} bench_row;

static sn_flow_based *workspace(void)
{
    sn_flow_based *work =
        sn_flow_based_alloc(FLOW_NODES_MAX, FLOW_LINKS_MAX, FLOW_CONSTRAINTS_MAX, POINTS);
    bench_require(work != NULL, "memory");
    return work;
}

static void measure_ours(const bench_kind *kind,
                         const bench_hours *hours,
                         double ram_share,
                         bench_row *row)
{
    static market_case m;
    static flow_case c;
    sn_flow_based *work = workspace();
    *row = (bench_row){0};
    for (size_t t = 0; t < hours->n; t++) {
        sn_flow_based_result result;
        sn_flow_based_residuals residuals;
        kind->make_case(hours, t, &m);
        make_case(&m, ram_share, &c);
        double start = sn_os_monotonic_s();
        sn_status solved = sn_flow_based_solve(work, &c.problem, &result, NULL);
        double middle = sn_os_monotonic_s();
        bench_require(solved == SN_OK && result.outcome == SN_CLEARED, "a period clears");
        double begin = sn_os_monotonic_s();
        sn_status checked = sn_flow_based_check(&c.problem, &result, &residuals, NULL);
        double end = sn_os_monotonic_s();
        bench_require(checked == SN_OK, "a period passes its check");
        size_t steps;
        size_t exact;
        sn_flow_based_effort(work, &steps, &exact);
        row->n_step += steps;
        row->n_exact += exact;
        for (size_t k = 0; k < c.n_constraint; k++) {
            row->n_active += result.shadow_price_eur_per_mw[k] > 1e-9;
        }
        row->solve_s += middle - start;
        row->check_s += end - begin;
        row->objective_eur += flow_case_cost(&c, &result);
    }
    sn_flow_based_free(work);
}

/* What a difference of objectives is held against, as in M-12: the objective itself may
 * cancel to next to nothing (one hour here costs -7.6 EUR on a turnover of 1e6). */
static double
turnover_eur(const flow_case *c, const sn_flow_based_result *result, double cost)
{
    double sum = fabs(cost);
    for (size_t z = 0; z < c->n_node; z++) {
        sum += fabs(result->price_eur_per_mwh[z] * result->net_position_mw[z]);
    }
    return sum;
}

static void measure_clp(const bench_kind *kind,
                        const bench_hours *hours,
                        double ram_share,
                        bench_row *row)
{
    static market_case m;
    static flow_case c;
    sn_flow_based *work = workspace();
    for (size_t t = 0; t < hours->n; t++) {
        sn_flow_based_result result;
        double cost;
        double seconds;
        kind->make_case(hours, t, &m);
        make_case(&m, ram_share, &c);
        bench_require(flow_case_clp(&c, &cost, &seconds), "CLP solves a period");
        sn_status status = sn_flow_based_solve(work, &c.problem, &result, NULL);
        bench_require(status == SN_OK, "a period clears");
        double ours = flow_case_cost(&c, &result);
        row->clp_s += seconds;
        row->worst_share =
            fmax(row->worst_share, fabs(ours - cost) / turnover_eur(&c, &result, cost));
    }
    flow_case_clp_end();
    sn_flow_based_free(work);
    bench_require(row->worst_share <= 1e-9, "the objective is CLP's to 1e-9");
}

static void measure(const bench_kind *kind, double ram_share, size_t n, size_t repeats)
{
    double solve_us[REPEATS_MAX];
    double check_us[REPEATS_MAX];
    bench_hours hours;
    bench_row row = {0};
    bench_require(kind->make(&hours, n), "memory");
    for (size_t i = 0; i < repeats; i++) {
        measure_ours(kind, &hours, ram_share, &row);
        solve_us[i] = 1e6 * row.solve_s / (double)n;
        check_us[i] = 1e6 * row.check_s / (double)n;
    }
    measure_clp(kind, &hours, ram_share, &row);
    double solve = bench_median(solve_us, repeats);
    double check = bench_median(check_us, repeats);
    double clp = 1e6 * row.clp_s / (double)n;
    printf("%-13s %4.2f %9.2f %9.2f %7.0f %% %9.1f %7.0f %7.2f %7.2f %7.2f %.12e %9.1e\n",
           kind->name, ram_share, solve, check, 100.0 * check / solve, clp, clp / solve,
           (double)row.n_step / (double)n, (double)row.n_exact / (double)n,
           (double)row.n_active / (double)n, row.objective_eur, row.worst_share);
    free(hours.hour);
}

int main(int argc, char **argv)
{
    static const bench_kind kinds[] = {
        {"correlated", bench_hours_make_correlated, bench_hours_case_correlated},
        {"uncorrelated", bench_hours_make_uncorrelated, bench_hours_case_uncorrelated},
    };
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    size_t repeats = argc > 2 ? strtoul(argv[2], NULL, 10) : 7;
    bench_require(n > 0 && repeats > 0 && repeats <= REPEATS_MAX, "1 to 99 repeats");
    bench_print_machine();
    printf(
        "20 areas x 50 steps x 60 constraints, %zu periods, median of %zu, us a period\n",
        n, repeats);
    printf("%-13s %4s %9s %9s %9s %9s %7s %7s %7s %7s %-18s %9s\n", "hours", "RAM",
           "solve", "check", "check/s.", "CLP warm", "ratio", "steps", "exact", "active",
           "objective EUR", "worst");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        measure(&kinds[i], 1.0, n, repeats);
        measure(&kinds[i], 0.3, n, repeats);
    }
    return EXIT_SUCCESS;
}
