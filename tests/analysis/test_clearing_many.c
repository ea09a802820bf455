/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many periods on several threads: the bytes of one period at a time. */
#include "analysis/clearing_many.h"
#include "analysis/parallel.h"
#include "support/market_case.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N_PERIOD = 700 };

typedef struct fixture {
    market_case *c; /* [N_PERIOD], of one network */
    sn_clearing_problem problem[N_PERIOD];
    sn_outcome outcome[N_PERIOD];
    double price[N_PERIOD * CASE_AREAS_MAX];
    double net[N_PERIOD * CASE_AREAS_MAX];
    double flow[N_PERIOD * CASE_BORDERS_MAX];
    sn_clearing_many many;
    sn_clearing_many_result result;
} fixture;

/* Periods of one network; every seventh cannot balance. */
static void make_periods(fixture *f)
{
    sn_random random = {31};
    f->c = calloc(N_PERIOD, sizeof *f->c);
    assert_non_null(f->c);
    market_case_random(&f->c[0], &random, true);
    for (size_t t = 1; t < N_PERIOD; t++) {
        f->c[t] = f->c[t - 1];
        for (size_t z = 0; z < f->c[t].n_area; z++) {
            f->c[t].load_mw[z] = fmax(
                f->c[t].load_mw[z] + 100.0 * sn_random_below(&random, 7) - 300.0, 0.0);
        }
        f->c[t].step_mw[0][f->c[t].n_step - 1] = t % 7 == 0 ? 0.0 : 1e6;
        f->c[t].load_mw[0] += t % 7 == 0 ? 1e6 : t % 7 == 1 ? -1e6 : 0.0;
    }
    for (size_t t = 0; t < N_PERIOD; t++) {
        market_case_build(&f->c[t]);
        f->problem[t] = f->c[t].problem;
        if (t % 7 == 0) { /* nothing comes in: area 0 is alone with its load */
            for (size_t l = 0; l < f->c[t].n_border; l++) {
                f->c[t].flow_min[l] = f->c[t].flow_max[l] = 0.0;
            }
        }
    }
    f->many = (sn_clearing_many){.n_period = N_PERIOD, .problem = f->problem};
    f->result = (sn_clearing_many_result){f->outcome, f->price, f->net, f->flow, 0};
}

static void solve_many(fixture *f, unsigned n_thread)
{
    sn_error err = {0};
    f->many.n_thread = n_thread;
    if (sn_clearing_solve_many(&f->many, &f->result, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

static void threads_change_no_byte(void **state)
{
    (void)state;
    fixture *one = calloc(2, sizeof *one);
    assert_non_null(one);
    fixture *more = one + 1;
    make_periods(one);
    make_periods(more);
    solve_many(one, 1);
    assert_true(one->result.n_infeasible > 0);
    assert_true(one->result.n_infeasible < N_PERIOD / 2);
    for (unsigned n_thread = 2; n_thread <= 8; n_thread += 3) {
        solve_many(more, n_thread);
        size_t n = N_PERIOD * one->c[0].n_area * sizeof(double);
        assert_memory_equal(more->outcome, one->outcome, sizeof one->outcome);
        assert_memory_equal(more->price, one->price, n);
        assert_memory_equal(more->net, one->net, n);
        assert_memory_equal(more->flow, one->flow,
                            N_PERIOD * one->c[0].n_border * sizeof(double));
        assert_int_equal(more->result.n_infeasible, one->result.n_infeasible);
    }
    free(one->c);
    free(more->c);
    free(one);
}

static void the_first_bad_period_is_named(void **state)
{
    (void)state;
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    make_periods(f);
    f->c[650].curve_mw[1][0] = NAN;
    f->c[123].curve_price[0][1] = 1e5;
    for (unsigned n_thread = 1; n_thread <= 4; n_thread++) {
        sn_error err = {0};
        f->many.n_thread = n_thread;
        assert_int_equal(sn_clearing_solve_many(&f->many, &f->result, &err), SN_E_FORMAT);
        assert_non_null(strstr(err.message, "period 123: net supply curve of area 0"));
    }
    free(f->c);
    free(f);
}

static void add_one(void *context, size_t block, unsigned worker)
{
    unsigned *count = context;
    assert_true(worker < SN_THREADS_MAX);
    count[block]++;
}

static void every_block_is_worked_on_once(void **state)
{
    (void)state;
    for (unsigned n_thread = 0; n_thread < 100; n_thread += 9) {
        unsigned count[257] = {0};
        sn_parallel_run(257, n_thread, add_one, count);
        for (size_t i = 0; i < 257; i++) {
            assert_int_equal(count[i], 1);
        }
    }
    sn_parallel_run(0, 4, add_one, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_byte),
        cmocka_unit_test(the_first_bad_period_is_named),
        cmocka_unit_test(every_block_is_worked_on_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
