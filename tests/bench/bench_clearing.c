/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clearing and its check per period, with CLP warm-started in the same run as
 * referee of the objective and of the speed.  Only the calls are timed: the curves of a
 * period are made before its solve, as in a replay.
 *
 *     bench_clearing [PERIODS [REPEATS]]     default 10000 and 7
 */
#include "analysis/clearing.h"
#include "analysis/clearing_check.h"
#include "base/os.h"
#include "bench/bench_hours.h"
#include "bench/bench_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPEATS_MAX = 99 };

typedef struct bench_kind {
    const char *name;
    bool (*make)(bench_hours *out, size_t n);
    void (*make_case)(const bench_hours *hours, size_t t, market_case *out);
} bench_kind;

typedef struct bench_row {
    double solve_s;
    double check_s;
    double clp_s;
    double objective_eur;
    double worst_share; /* largest relative difference from CLP's objective */
} bench_row;

static void measure_ours(const bench_kind *kind, const bench_hours *hours, bench_row *row)
{
    static market_case c;
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    bench_require(work != NULL, "memory");
    row->solve_s = row->check_s = row->objective_eur = 0.0;
    for (size_t t = 0; t < hours->n; t++) {
        sn_clearing_result result;
        sn_clearing_residuals residuals;
        kind->make_case(hours, t, &c);
        double start = sn_os_monotonic_s();
        sn_status solved = sn_clearing_solve(work, &c.problem, &result, NULL);
        double middle = sn_os_monotonic_s();
        bench_require(solved == SN_OK && result.outcome == SN_CLEARED, "a period clears");
        double begin = sn_os_monotonic_s();
        sn_status checked = sn_clearing_check(&c.problem, &result, &residuals, NULL);
        double end = sn_os_monotonic_s();
        bench_require(checked == SN_OK, "a period passes its check");
        row->solve_s += middle - start;
        row->check_s += end - begin;
        row->objective_eur += market_case_cost(&c, &result);
    }
    sn_clearing_free(work);
}

static void measure_clp(const bench_kind *kind, const bench_hours *hours, bench_row *row)
{
    static market_case c;
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    bench_require(work != NULL, "memory");
    row->clp_s = row->worst_share = 0.0;
    for (size_t t = 0; t < hours->n; t++) {
        sn_clearing_result result;
        double cost;
        double seconds;
        kind->make_case(hours, t, &c);
        bench_require(market_case_clp(&c, &cost, &seconds), "CLP solves a period");
        sn_status status = sn_clearing_solve(work, &c.problem, &result, NULL);
        bench_require(status == SN_OK, "a period clears");
        double ours = market_case_cost(&c, &result);
        row->clp_s += seconds;
        row->worst_share = fmax(row->worst_share, fabs(ours - cost) / fabs(cost));
    }
    market_case_clp_end();
    sn_clearing_free(work);
    bench_require(row->worst_share <= 1e-9, "the objective is CLP's to 1e-9");
}

static void measure(const bench_kind *kind, size_t n, size_t repeats)
{
    double solve_us[REPEATS_MAX];
    double check_us[REPEATS_MAX];
    bench_hours hours;
    bench_row row = {0};
    bench_require(kind->make(&hours, n), "memory");
    for (size_t i = 0; i < repeats; i++) {
        measure_ours(kind, &hours, &row);
        solve_us[i] = 1e6 * row.solve_s / (double)n;
        check_us[i] = 1e6 * row.check_s / (double)n;
    }
    measure_clp(kind, &hours, &row);
    double solve = bench_median(solve_us, repeats);
    double check = bench_median(check_us, repeats);
    double clp = 1e6 * row.clp_s / (double)n;
    printf("%-13s %9.2f %9.2f %7.0f %% %9.1f %7.0f %.12e %9.1e\n", kind->name, solve,
           check, 100.0 * check / solve, clp, clp / solve, row.objective_eur,
           row.worst_share);
    free(hours.hour);
}

int main(int argc, char **argv)
{
    static const bench_kind kinds[] = {
        {"correlated", bench_hours_make_correlated, bench_hours_case_correlated},
        {"uncorrelated", bench_hours_make_uncorrelated, bench_hours_case_uncorrelated},
    };
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    size_t repeats = argc > 2 ? strtoul(argv[2], NULL, 10) : 7;
    bench_require(n > 0 && repeats > 0 && repeats <= REPEATS_MAX, "1 to 99 repeats");
    bench_print_machine();
    printf("20 areas x 50 steps x 34 borders, %zu periods, median of %zu, us a period\n",
           n, repeats);
    printf("%-13s %9s %9s %9s %9s %7s %-18s %9s\n", "hours", "solve", "check", "check/s.",
           "CLP warm", "ratio", "objective EUR", "worst");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        measure(&kinds[i], n, repeats);
    }
    return EXIT_SUCCESS;
}
