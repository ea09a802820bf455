/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the time of a period grows with areas and with steps, on made networks (a ring
 * with chords, 1.7 borders an area) whose hours follow each other as a day's do.
 *
 *     bench_growth [PERIODS [REPEATS]]     default 1000 and 7
 */
#include "analysis/clearing.h"
#include "base/os.h"
#include "bench/bench_support.h"
#include "support/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct growth_case {
    size_t n_area, n_border, n_step;
    sn_border *border;
    double *flow_min, *flow_max, *load, *step_price, *step_mw, *price, *quantity;
    sn_curve *curve;
} growth_case;

static void *new_array(size_t n, size_t size)
{
    void *array = calloc(n, size);
    bench_require(array != NULL, "memory");
    return array;
}

static void make_case(growth_case *c, size_t n_area, size_t n_step, sn_random *r)
{
    *c = (growth_case){.n_area = n_area, .n_step = n_step};
    c->n_border = n_area * 17 / 10;
    c->border = new_array(c->n_border, sizeof *c->border);
    c->flow_min = new_array(c->n_border, sizeof(double));
    c->flow_max = new_array(c->n_border, sizeof(double));
    c->load = new_array(n_area, sizeof(double));
    c->step_price = new_array(n_area * n_step, sizeof(double));
    c->step_mw = new_array(n_area * n_step, sizeof(double));
    c->price = new_array(2 * n_area * n_step, sizeof(double));
    c->quantity = new_array(2 * n_area * n_step, sizeof(double));
    c->curve = new_array(n_area, sizeof *c->curve);
    for (size_t l = 0; l < c->n_border; l++) {
        size_t from = l % n_area;
        size_t hop = l < n_area ? 1 : 2 + sn_random_below(r, (unsigned)n_area / 4);
        double mw = 300.0 + 2700.0 * sn_random_share(r);
        c->border[l] = (sn_border){from, (from + hop) % n_area, mw};
        c->flow_max[l] = mw;
        c->flow_min[l] = -mw;
    }
    for (size_t z = 0; z < n_area; z++) {
        c->load[z] = 1000.0 + 9000.0 * sn_random_share(r);
        double width = 2.0 * c->load[z] / (double)n_step;
        for (size_t s = 0; s < n_step; s++) {
            double at = (double)s / (double)n_step;
            c->step_price[z * n_step + s] =
                (s + 1 == n_step) ? 4000.0 : -50.0 + 250.0 * at + 0.1 * (double)z;
            c->step_mw[z * n_step + s] =
                (s + 1 == n_step) ? 1e6 : width * (0.3 + 1.4 * sn_random_share(r));
        }
    }
}

static void free_case(growth_case *c)
{
    free(c->border);
    free(c->flow_min);
    free(c->flow_max);
    free(c->load);
    free(c->step_price);
    free(c->step_mw);
    free(c->price);
    free(c->quantity);
    free(c->curve);
}

/* Hour t: the day's load, and a price level of each area that wanders. */
static void make_hour(growth_case *c, size_t t, sn_random *r)
{
    double day = 0.75 + 0.15 * sin(2.0 * acos(-1.0) * (double)t / 24.0);
    for (size_t z = 0; z < c->n_area; z++) {
        double shift = 3.0 * (sn_random_share(r) - 0.5);
        double mw = -c->load[z] * day;
        for (size_t s = 0; s < c->n_step; s++) {
            size_t k = z * c->n_step + s;
            double p = c->step_price[k] + (s + 1 == c->n_step ? 0.0 : shift);
            c->price[2 * k] = c->price[2 * k + 1] = p;
            c->quantity[2 * k] = mw;
            mw += c->step_mw[k];
            c->quantity[2 * k + 1] = mw;
        }
        c->curve[z] = (sn_curve){2 * c->n_step, c->price + 2 * z * c->n_step,
                                 c->quantity + 2 * z * c->n_step};
    }
}

static double measure(size_t n_area, size_t n_step, size_t n, size_t repeats)
{
    double *seconds = new_array(n * repeats, sizeof *seconds);
    sn_random random = {1};
    growth_case c;
    make_case(&c, n_area, n_step, &random);
    sn_network network = {c.n_area, c.n_border, c.border};
    sn_clearing_problem problem = {&network, c.curve, c.flow_min, c.flow_max, -500, 4000};
    for (size_t i = 0; i < repeats; i++) {
        sn_clearing *work = sn_clearing_alloc(c.n_area, c.n_border);
        bench_require(work != NULL, "memory");
        random.state = 2;
        for (size_t t = 0; t < n; t++) {
            sn_clearing_result result;
            make_hour(&c, t, &random);
            double start = sn_os_monotonic_s();
            sn_status status = sn_clearing_solve(work, &problem, &result, NULL);
            seconds[t * repeats + i] = sn_os_monotonic_s() - start;
            bench_require(status == SN_OK && result.outcome == SN_CLEARED,
                          "a period clears");
        }
        sn_clearing_free(work);
    }
    free_case(&c);
    double us = 1e6 * bench_mean_of_medians(seconds, n, repeats);
    free(seconds);
    return us;
}

/* Slope of log time over log size by least squares. */
static double exponent(const size_t *size, const double *us, size_t n)
{
    double sx = 0.0;
    double sy = 0.0;
    double sxx = 0.0;
    double sxy = 0.0;
    for (size_t i = 0; i < n; i++) {
        double x = log((double)size[i]);
        double y = log(us[i]);
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
    }
    double count = (double)n;
    return (count * sxy - sx * sy) / (count * sxx - sx * sx);
}

int main(int argc, char **argv)
{
    static const size_t areas[] = {10, 20, 40, 80};
    static const size_t steps[] = {10, 20, 50, 100, 200, 500};
    double us[8];
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    size_t repeats = argc > 2 ? strtoul(argv[2], NULL, 10) : 7;
    bench_require(n > 0 && repeats > 0, "periods and repeats are numbers");
    bench_print_machine();
    printf("us a period, %zu periods, median of %zu\n", n, repeats);
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        us[i] = measure(areas[i], 50, n, repeats);
        printf("%4zu areas  50 steps %8.2f\n", areas[i], us[i]);
    }
    printf("time grows as areas ^ %.2f\n",
           exponent(areas, us, sizeof areas / sizeof *areas));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        us[i] = measure(20, steps[i], n, repeats);
        printf("  20 areas %3zu steps %8.2f\n", steps[i], us[i]);
    }
    printf("time grows as steps ^ %.2f\n",
           exponent(steps, us, sizeof steps / sizeof *steps));
    return EXIT_SUCCESS;
}
