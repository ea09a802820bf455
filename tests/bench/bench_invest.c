/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Benchmark: the investment layer on made prices.  40 projects of the library (repeated),
 * 2 configurations, 30 years of hours, 1 000 draws; and schedules of a quarter-hourly
 * year.  Prints seconds; asserts nothing about time. */
#include "analysis/flexible.h"
#include "base/os.h"
#include "plant_case.h"
#include "support/random.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    YEARS = 30,
    HOURS = 8760,
    AREAS = 2,
    PROJECTS = 40,
    QUARTERS = 35040,
    REPEATS = 5
};

static void
made_prices(double *price, size_t n, size_t columns, uint64_t seed, double per_day)
{
    sn_random r = {seed};
    double slow = 0.0;
    for (size_t t = 0; t < n; t++) {
        slow = 0.99 * slow + 6.0 * (sn_random_share(&r) - 0.5);
        for (size_t z = 0; z < columns; z++) {
            price[t * columns + z] = 40.0 + slow +
                                     15.0 * sin(2.0 * acos(-1.0) * (double)t / per_day) +
                                     4.0 * sn_random_share(&r);
        }
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static int bench_schedule(const char *name, sn_flexible plant)
{
    static double price[QUARTERS];
    double seconds[REPEATS];
    sn_flexible_result out;
    sn_error err = {0};
    made_prices(price, QUARTERS, 1, 3, 96.0);
    for (int i = 0; i < REPEATS; i++) {
        double before = sn_os_monotonic_s();
        if (sn_flexible_schedule(&plant, price, QUARTERS, NULL, &out, &err) != SN_OK) {
            (void)fprintf(stderr, "bench_invest: %s\n", err.message);
            return 1;
        }
        seconds[i] = sn_os_monotonic_s() - before;
    }
    qsort(seconds, REPEATS, sizeof *seconds, compare);
    (void)printf("schedule of a quarter-hourly year, %-22s %8.1f ms (gap %.1g)\n", name,
                 1e3 * seconds[REPEATS / 2], out.gap_share);
    return 0;
}

static void fill_years(sn_price_years *years)
{
    years->n = YEARS;
    years->n_area = AREAS;
    for (int z = 0; z < AREAS; z++) {
        (void)snprintf(years->area[z], sizeof years->area[z], "SE%d", z + 1);
    }
    for (size_t y = 0; y < YEARS; y++) {
        years->year[y].axis = (sn_axis){{0}, SN_HOUR_S, HOURS};
        for (size_t s = 0; s < SN_SIDES; s++) {
            double *price = calloc((size_t)HOURS * AREAS, sizeof *price);
            if (price == NULL) {
                abort();
            }
            made_prices(price, HOURS, AREAS, 2 * y + s + 1, 24.0);
            years->year[y].price_eur_per_mwh[s] = price;
        }
    }
}

/* The library's projects over and over; all_flexible: each with minimum load and store.
 */
static void repeat(sn_projects *projects, sn_project *list, bool all_flexible)
{
    for (size_t i = 0; i < PROJECTS; i++) {
        list[i] = projects->project[i % projects->n];
        if (all_flexible) {
            list[i].figure[SN_FIGURE_LOAD_MIN_SHARE] =
                (sn_figure){.is_given = true, .value = 0.2};
            list[i].figure[SN_FIGURE_STORAGE_H] =
                (sn_figure){.is_given = true, .value = 24.0};
        }
    }
}

static int bench_projects(const char *path, bool all_flexible)
{
    static sn_price_years years;
    static sn_project list[PROJECTS];
    static sn_plant_case cases[PROJECTS];
    static sn_error failed[PROJECTS];
    sn_projects projects;
    sn_error err = {0};
    sn_plant_options options = {1000, 1, 11.0};
    if (sn_projects_load(path, &projects, &err) != SN_OK) {
        (void)fprintf(stderr, "bench_invest: %s\n", err.message);
        return 1;
    }
    if (years.n == 0) {
        fill_years(&years);
    }
    repeat(&projects, list, all_flexible);
    sn_projects many = projects;
    many.project = list;
    many.n = PROJECTS;
    clock_t cpu_before = clock();
    double before = sn_os_monotonic_s();
    sn_status status =
        sn_plants_evaluate(&many, &years, &options, 2, cases, failed, &err);
    double seconds = sn_os_monotonic_s() - before;
    double cpu_s = (double)(clock() - cpu_before) / (double)CLOCKS_PER_SEC;
    for (size_t i = 0; i < PROJECTS && status == SN_OK; i++) {
        status = failed[i].status;
    }
    (void)printf(
        "40 projects x 2 configurations x 30 years x 1000 draws, %s: %.2f s on 2 "
        "threads, %.2f s of processor\n",
        all_flexible ? "all flexible" : "as in the library", seconds, cpu_s);
    sn_projects_release(&projects);
    return status != SN_OK;
}

int main(int argc, char **argv)
{
    (void)gsl_set_error_handler_off();
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_invest PROJECTS.yaml\n");
        return 2;
    }
    sn_flexible plant = {0.25, 70.0, 700.0, INFINITY, 14000.0, 450.0 * 8760.0, INFINITY};
    int failed = bench_schedule("store of 20 h", plant);
    plant.storage_mwh = INFINITY;
    failed |= bench_schedule("yearly sum only", plant);
    plant.ramp_mw_per_h = 200.0;
    failed |= bench_schedule("sum and binding ramp", plant);
    plant.storage_mwh = 14000.0;
    failed |= bench_schedule("store and binding ramp", plant);
    failed |= bench_projects(argv[1], false);
    failed |= bench_projects(argv[1], true);
    return failed;
}
