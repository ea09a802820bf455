/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats.h"
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;

/* ---- bootstrap ---- */

enum { N_WEEK = 52, N_HOUR = N_WEEK * 168 };

static double normal(sn_stream *stream)
{
    double u = sn_stream_share(stream) + 0x1p-54;
    return sqrt(-2.0 * log(u)) * cos(2.0 * pi * sn_stream_share(stream));
}

/*
 * The generator.  Hourly prices of two configurations share everything but their
 * difference: mean 1.5 EUR/MWh, a daily shape that sums to zero, and an AR(1) with
 * memory exp(-1/50 h) (autocorrelation 0.13 after 100 hours) whose shocks are normal,
 * one in twenty five times as large.  Load weights vary by the hour of the week.
 */
static void generate(sn_stream *stream, double *above, double *below)
{
    double phi = exp(-1.0 / 50.0);
    double state = 3.0 * normal(stream);
    for (size_t w = 0; w < N_WEEK; w++) {
        above[w] = 0.0;
        below[w] = 0.0;
        for (size_t h = 0; h < 168; h++) {
            double big = sn_stream_share(stream) < 0.05 ? 5.0 : 1.0;
            double load = 10.0 + 2.0 * sin(2.0 * pi * (double)h / 168.0);
            state = phi * state + 0.6 * big * normal(stream);
            double shape = 2.0 * sin(2.0 * pi * (double)(h % 24) / 24.0);
            above[w] += load * (1.5 + state + shape);
            below[w] += load;
        }
    }
}

static void intervals_cover_as_often_as_they_say(void **state)
{
    (void)state;
    enum { N = 5000 };
    static double above[N_WEEK];
    static double below[N_WEEK];
    sn_stream stream = {2024};
    sn_bootstrap_options options = sn_bootstrap_default();
    options.n_resample = 1000;
    size_t covered = 0;
    for (size_t k = 0; k < N; k++) {
        sn_interval out;
        generate(&stream, above, below);
        sn_weekly series = {above, below};
        options.seed = k + 1;
        assert_int_equal(sn_bootstrap(&series, 1, N_WEEK, &options, &out, NULL), SN_OK);
        covered += out.lo <= 1.5 && 1.5 <= out.hi ? 1 : 0;
    }
    double share = (double)covered / N;
    print_message("coverage of nominal 90 %%: %.2f %%\n", 100.0 * share);
    assert_true(share >= 0.88 && share <= 0.92);
}

static void pairing_takes_away_what_is_common(void **state)
{
    (void)state;
    double base[N_WEEK];
    double apart[N_WEEK];
    double count[N_WEEK];
    sn_stream stream = {7};
    for (size_t w = 0; w < N_WEEK; w++) {
        base[w] = 100.0 * normal(&stream);
        apart[w] = 2.0;
        count[w] = 1.0;
    }
    const sn_weekly series[2] = {{base, count}, {apart, count}};
    sn_interval out[2];
    sn_bootstrap_options options = sn_bootstrap_default();
    assert_int_equal(sn_bootstrap(series, 2, N_WEEK, &options, out, NULL), SN_OK);
    assert_near(out[1].lo, 2.0, 1e-12);
    assert_near(out[1].hi, 2.0, 1e-12);
    assert_true(out[0].hi - out[0].lo > 20.0);
    sn_interval again[2];
    assert_int_equal(sn_bootstrap(series, 2, N_WEEK, &options, again, NULL), SN_OK);
    assert_memory_equal(out, again, sizeof out);
    options.seed = 2;
    assert_int_equal(sn_bootstrap(series, 2, N_WEEK, &options, again, NULL), SN_OK);
    assert_true(out[0].lo != again[0].lo);
}

static void a_mixture_holds_weeks_and_parameters(void **state)
{
    (void)state;
    enum { N_SET = 50 };
    static double value[N_SET][N_WEEK];
    sn_weekly each[N_SET];
    const sn_weekly *set[N_SET];
    for (size_t s = 0; s < N_SET; s++) {
        for (size_t w = 0; w < N_WEEK; w++) {
            value[s][w] = (double)s / (N_SET - 1); /* no spread within a set */
        }
        each[s] = (sn_weekly){value[s], NULL};
        set[s] = &each[s];
    }
    sn_interval out;
    sn_bootstrap_options options = sn_bootstrap_default();
    assert_int_equal(
        sn_bootstrap_mixture(&each[25], set, N_SET, 1, N_WEEK, &options, &out, NULL),
        SN_OK);
    assert_near(out.value, 25.0 / 49.0 * N_WEEK, 1e-9);
    assert_true(out.lo > 0.0 && out.lo < 0.06 * N_WEEK);
    assert_true(out.hi < N_WEEK && out.hi > 0.94 * N_WEEK);
}

static void too_few_weeks_give_no_interval(void **state)
{
    (void)state;
    const double one[6] = {1, 2, 3, 4, 5, 6};
    sn_weekly series = {one, NULL};
    sn_interval out;
    sn_bootstrap_options options = sn_bootstrap_default();
    assert_int_equal(sn_bootstrap(&series, 1, 6, &options, &out, NULL), SN_OK);
    assert_near(out.value, 21.0, 1e-12);
    assert_true(isnan(out.lo) && isnan(out.hi));
    sn_error err = {0};
    assert_int_equal(sn_bootstrap(&series, 1, 0, &options, &out, &err), SN_E_FORMAT);
}

/* ---- samples ---- */

static void sobol_fills_every_cell_once(void **state)
{
    (void)state;
    enum { N = 256, D = SN_SOBOL_DIMENSIONS_MAX };
    static double row[N][D];
    static double part[100][D];
    sn_error err = {0};
    for (uint64_t seed = 0; seed < 3; seed++) {
        assert_int_equal(sn_sobol_rows(0, N, D, seed, &row[0][0], &err), SN_OK);
        for (size_t d = 0; d < D; d++) {
            bool seen[N] = {false};
            for (size_t r = 0; r < N; r++) {
                assert_true(row[r][d] > 0.0 && row[r][d] < 1.0);
                size_t cell = (size_t)(row[r][d] * N);
                assert_false(seen[cell]);
                seen[cell] = true;
            }
        }
        assert_int_equal(sn_sobol_rows(100, 100, D, seed, &part[0][0], &err), SN_OK);
        assert_memory_equal(part, row[100], sizeof part);
    }
    assert_int_equal(sn_sobol_rows(0, 1, D + 1, 1, &row[0][0], &err), SN_E_FORMAT);
}

static void quantiles_match_their_distributions(void **state)
{
    (void)state;
    static const struct {
        sn_distribution distribution;
        double u, value;
    } known[] = {
        {{SN_DISTRIBUTION_UNIFORM, 2, 6, 0}, 0.25, 3.0},
        {{SN_DISTRIBUTION_LOG_UNIFORM, 0.5, 2, 0}, 0.5, 1.0},
        {{SN_DISTRIBUTION_TRIANGULAR, 0, 4, 1}, 0.25, 1.0},
        {{SN_DISTRIBUTION_TRIANGULAR, 0, 4, 1}, 0.8125, 2.5}, /* 4 - sqrt(0.1875 x 12) */
        {{SN_DISTRIBUTION_NORMAL, 10, 2, 0}, 0.97724986805182079, 14.0},
        {{SN_DISTRIBUTION_LOG_NORMAL, 3, 0.5, 0},
         0.84134474606854293,
         4.94616381210038444},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double got = sn_distribution_quantile(&known[i].distribution, known[i].u);
        assert_near(got, known[i].value, 1e-9);
    }
}

/* ---- sensitivity ---- */

static double ishigami(const double x[3])
{
    double s2 = sin(x[1]);
    return sin(x[0]) + 7.0 * s2 * s2 + 0.1 * x[2] * x[2] * x[2] * x[2] * sin(x[0]);
}

static void indices_of_ishigami(void **state)
{
    (void)state;
    enum { N = 8192 };
    static double u[N][6];
    static double f[5][N];
    const double *ab[3] = {f[2], f[3], f[4]};
    sn_index out[3];
    sn_error err = {0};
    assert_int_equal(sn_sobol_rows(0, N, 6, 42, &u[0][0], &err), SN_OK);
    for (size_t r = 0; r < N; r++) {
        for (size_t k = 0; k < 5; k++) {
            double x[3];
            for (size_t i = 0; i < 3; i++) {
                bool from_b = k == 1 || k == i + 2;
                x[i] = pi * (2.0 * u[r][from_b ? 3 + i : i] - 1.0);
            }
            f[k][r] = ishigami(x);
        }
    }
    assert_int_equal(sn_sobol_indices(f[0], f[1], ab, N, 3, 1, out, &err), SN_OK);
    /* a = 7, b = 0.1: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2 */
    double pi4 = pi * pi * pi * pi;
    double v1 = 0.5 * (1.0 + 0.1 * pi4 / 5.0) * (1.0 + 0.1 * pi4 / 5.0);
    double v2 = 49.0 / 8.0;
    double v13 = 0.01 * pi4 * pi4 * (1.0 / 18.0 - 1.0 / 50.0);
    double v = v1 + v2 + v13;
    const double first[3] = {v1 / v, v2 / v, 0.0};
    const double total[3] = {(v1 + v13) / v, v2 / v, v13 / v};
    for (size_t i = 0; i < 3; i++) {
        print_message("x%zu first %.4f (%.4f) +- %.4f  total %.4f (%.4f) +- %.4f\n",
                      i + 1, out[i].first, first[i], out[i].first_error, out[i].total,
                      total[i], out[i].total_error);
        assert_near(out[i].first, first[i], 0.01);
        assert_near(out[i].total, total[i], 0.01);
        assert_true(out[i].first_error > 0.0 && out[i].first_error < 0.05);
        assert_true(out[i].total_error > 0.0 && out[i].total_error < 0.05);
    }
}

static void the_widest_bar_comes_first(void **state)
{
    (void)state;
    sn_tornado_bar bar[] = {{0, 1, 2}, {1, 5, 1}, {2, NAN, 1}, {3, 2, 1}};
    sn_tornado_sort(bar, 4);
    assert_int_equal(bar[0].parameter, 1);
    assert_int_equal(bar[1].parameter, 0);
    assert_int_equal(bar[2].parameter, 3);
    assert_int_equal(bar[3].parameter, 2);
}

static void an_ensemble_is_weighted(void **state)
{
    (void)state;
    const double value[4] = {1.0, 2.0, NAN, 4.0};
    const double weight[4] = {1.0, 1.0, 5.0, 2.0};
    sn_ensemble e = sn_ensemble_of(value, weight, 4);
    assert_int_equal(e.n, 3);
    assert_near(e.mean, 2.75, 1e-12);
    assert_near(e.spread, sqrt((1.75 * 1.75 + 0.75 * 0.75 + 2 * 1.25 * 1.25) / 4), 1e-12);
    assert_near(e.min, 1.0, 0.0);
    assert_near(e.max, 4.0, 0.0);
    assert_true(isnan(sn_ensemble_of(value + 2, NULL, 1).mean));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover_as_often_as_they_say),
        cmocka_unit_test(pairing_takes_away_what_is_common),
        cmocka_unit_test(a_mixture_holds_weeks_and_parameters),
        cmocka_unit_test(too_few_weeks_give_no_interval),
        cmocka_unit_test(sobol_fills_every_cell_once),
        cmocka_unit_test(quantiles_match_their_distributions),
        cmocka_unit_test(indices_of_ishigami),
        cmocka_unit_test(the_widest_bar_comes_first),
        cmocka_unit_test(an_ensemble_is_weighted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
