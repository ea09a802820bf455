/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clearing and its check per period, with CLP warm-started in the same run as
 * referee of the objective and of the speed.  Only the calls are timed: the curves of a
 * period are made before its solve, as in a replay.  The time of each period is the
 * median of the repeats, so that what else the machine does hardly shows; printed is the
 * mean over periods.
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

typedef struct bench_kind {
    const char *name;
    bool (*make)(bench_hours *out, size_t n);
    void (*make_case)(const bench_hours *hours, size_t t, market_case *out);
} bench_kind;

typedef struct bench_row {
    double *solve_s; /* [period][repeat] */
    double *check_s;
    double *clp_s;
    double objective_eur;
    double worst_share; /* largest relative difference from CLP's objective */
} bench_row;

static void measure_ours(const bench_kind *kind,
                         const bench_hours *hours,
                         size_t repeat,
                         size_t repeats,
                         bench_row *row)
{
    static market_case c;
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    bench_require(work != NULL, "memory");
    row->objective_eur = 0.0;
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
        row->solve_s[t * repeats + repeat] = middle - start;
        row->check_s[t * repeats + repeat] = end - begin;
        row->objective_eur += market_case_cost(&c, &result);
    }
    sn_clearing_free(work);
}

static void measure_clp(const bench_kind *kind,
                        const bench_hours *hours,
                        size_t repeat,
                        size_t repeats,
                        bench_row *row)
{
    static market_case c;
    sn_clearing *work = sn_clearing_alloc(CASE_AREAS_MAX, CASE_BORDERS_MAX);
    bench_require(work != NULL, "memory");
    row->worst_share = 0.0;
    for (size_t t = 0; t < hours->n; t++) {
        sn_clearing_result result;
        double cost;
        kind->make_case(hours, t, &c);
        bench_require(market_case_clp(&c, &cost, &row->clp_s[t * repeats + repeat]),
                      "CLP solves a period");
        sn_status status = sn_clearing_solve(work, &c.problem, &result, NULL);
        bench_require(status == SN_OK, "a period clears");
        double ours = market_case_cost(&c, &result);
        row->worst_share = fmax(row->worst_share, fabs(ours - cost) / fabs(cost));
    }
    market_case_clp_end();
    sn_clearing_free(work);
    bench_require(row->worst_share <= 1e-9, "the objective is CLP's to 1e-9");
}

static void measure(const bench_kind *kind, size_t n, size_t repeats)
{
    bench_hours hours;
    bench_row row = {.solve_s = malloc(n * repeats * sizeof(double)),
                     .check_s = malloc(n * repeats * sizeof(double)),
                     .clp_s = malloc(n * repeats * sizeof(double))};
    bench_require(kind->make(&hours, n) && row.solve_s != NULL && row.check_s != NULL &&
                      row.clp_s != NULL,
                  "memory");
    size_t clp_repeats = repeats < 3 ? repeats : 3; /* it takes long */
    for (size_t i = 0; i < repeats; i++) {
        measure_ours(kind, &hours, i, repeats, &row);
    }
    for (size_t i = 0; i < clp_repeats; i++) {
        measure_clp(kind, &hours, i, clp_repeats, &row);
    }
    double solve = 1e6 * bench_mean_of_medians(row.solve_s, n, repeats);
    double check = 1e6 * bench_mean_of_medians(row.check_s, n, repeats);
    double clp = 1e6 * bench_mean_of_medians(row.clp_s, n, clp_repeats);
    printf("%-13s %9.2f %9.2f %7.0f %% %9.1f %7.0f %.12e %9.1e\n", kind->name, solve,
           check, 100.0 * check / solve, clp, clp / solve, row.objective_eur,
           row.worst_share);
    free(row.solve_s);
    free(row.check_s);
    free(row.clp_s);
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
    bench_require(n > 0 && repeats > 0, "periods and repeats are numbers");
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
