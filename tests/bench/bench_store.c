/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store at the size of ten years: 20 areas, 6 quantities, hourly.  Values look like
 * measured ones: two decimals of prices, whole MW, a day's rhythm and noise.
 *
 * Ingest: as ten imports of a year.  Read: one year of all series, opened anew, the file
 * in the page cache; on a shared machine the processor's time tells more than the clock.
 * Referee of the same run: a copy of as many values in memory.
 */
#include "datasets/store.h"

#include "base/os.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_support.h"
#include "support/random.h"

enum { N_AREA = 20, N_QUANTITY = 6, N_YEAR = 10, FIRST_YEAR = 2010, N_READ = 9 };

static const sn_quantity quantities[N_QUANTITY] = {SN_PRICE_EUR, SN_LOAD,  SN_GENERATION,
                                                   SN_WIND,      SN_HYDRO, SN_NUCLEAR};

static void stop(const sn_error *err)
{
    (void)fprintf(stderr, "bench_store: %s\n", err->message);
    exit(1);
}

static sn_series_key key_of(int quantity, int area)
{
    sn_series_key key = {
        .quantity = quantities[quantity], .source = "bench", .step_s = SN_HOUR_S};
    (void)snprintf(key.subject, sizeof key.subject, "A%02d", area);
    return key;
}

/* A year of one series. */
static sn_series make(int quantity, int area, int year)
{
    sn_series series;
    sn_error err = {0};
    sn_random random = {(uint64_t)(quantity * 1000 + area) * 100 + (uint64_t)year};
    sn_series_key key = key_of(quantity, area);
    sn_instant start = sn_instant_of_year(year);
    size_t n = (size_t)((sn_instant_of_year(year + 1).utc_s - start.utc_s) / SN_HOUR_S);
    if (sn_series_init(&series, &key, (sn_axis){start, SN_HOUR_S, n}, &err) != SN_OK) {
        stop(&err);
    }
    double noise = 0.0;
    double scale = quantity == 0 ? 40.0 : 1000.0 * (1 + area % 7);
    for (size_t t = 0; t < n; t++) {
        noise = 0.97 * noise + 0.2 * (sn_random_share(&random) - 0.5);
        double day = 0.2 * sin((double)(t % 24) * 0.2617993877991494);
        double value = scale * (1.0 + day + noise);
        series.value[t] = quantity == 0 ? round(value * 100.0) / 100.0 : round(value);
        series.flag[t] = SN_FLAG_STATED;
    }
    return series;
}

static size_t ingest_year(const char *folder, int year)
{
    sn_series series[N_QUANTITY * N_AREA];
    sn_store *store = NULL;
    sn_error err = {0};
    sn_store_change change = {0};
    const sn_store_options writable = {.writable = true};
    for (int q = 0; q < N_QUANTITY; q++) {
        for (int a = 0; a < N_AREA; a++) {
            series[q * N_AREA + a] = make(q, a, year);
        }
    }
    sn_store_batch batch = {.origin = {.name = "bench",
                                       .learnt = sn_instant_of_year(2026),
                                       .licence = "none",
                                       .attribution = "bench"},
                            .series = series,
                            .n_series = N_QUANTITY * N_AREA};
    if (sn_store_open(folder, &writable, &store, &err) != SN_OK ||
        sn_store_write(store, &batch, 1, &change, &err) != SN_OK) {
        stop(&err);
    }
    sn_store_close(store);
    for (int s = 0; s < N_QUANTITY * N_AREA; s++) {
        sn_series_release(&series[s]);
    }
    return change.n_new;
}

/* Reads a whole year; returns a sum, so that nothing is left out. */
static double read_year(const char *folder, int year)
{
    sn_store *store = NULL;
    sn_error err = {0};
    const sn_store_options read_only = {0};
    double sum = 0.0;
    if (sn_store_open(folder, &read_only, &store, &err) != SN_OK) {
        stop(&err);
    }
    for (int q = 0; q < N_QUANTITY; q++) {
        for (int a = 0; a < N_AREA; a++) {
            sn_series series;
            sn_series_key key = key_of(q, a);
            if (sn_store_read(store, &key, sn_instant_of_year(year),
                              sn_instant_of_year(year + 1), &series, &err) != SN_OK) {
                stop(&err);
            }
            for (size_t t = 0; t < series.axis.n; t++) {
                sum += series.value[t];
            }
            sn_series_release(&series);
        }
    }
    sn_store_close(store);
    return sum;
}

static double made_sum(int year)
{
    double sum = 0.0;
    for (int q = 0; q < N_QUANTITY; q++) {
        for (int a = 0; a < N_AREA; a++) {
            sn_series series = make(q, a, year);
            for (size_t t = 0; t < series.axis.n; t++) {
                sum += series.value[t];
            }
            sn_series_release(&series);
        }
    }
    return sum;
}

/* Seconds to copy as many values as a year has. */
static double copy_s(void)
{
    enum { N = N_QUANTITY * N_AREA * 8760 };
    double *from = malloc(N * sizeof *from);
    double *to = malloc(N * sizeof *to);
    double took = 0.0;
    bench_require(from != NULL && to != NULL, "memory");
    for (int k = 0; k < 2; k++) { /* the first touches the pages */
        memset(from, k + 1, N * sizeof *from);
        double began = sn_os_monotonic_s();
        memcpy(to, from, N * sizeof *to);
        took = sn_os_monotonic_s() - began;
        bench_require(memcmp(to, from, N * sizeof *to) == 0, "a copy");
    }
    free(from);
    free(to);
    return took;
}

int main(void)
{
    char folder[] = "/tmp/snitt-bench-store-XXXXXX";
    char command[128];
    double read_s[N_READ];
    double work_s[N_READ];
    size_t n_value = 0;
    sn_error err = {0};
    bench_print_machine();
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    double began = sn_os_monotonic_s();
    for (int y = 0; y < N_YEAR; y++) {
        n_value += ingest_year(folder, FIRST_YEAR + y);
    }
    double ingest_s = sn_os_monotonic_s() - began;
    double expected = made_sum(FIRST_YEAR + 5);
    bool same = true;
    for (int k = 0; k < N_READ; k++) {
        clock_t worked = clock();
        began = sn_os_monotonic_s();
        same = same && fabs(read_year(folder, FIRST_YEAR + 5) - expected) < 1e-3;
        read_s[k] = sn_os_monotonic_s() - began;
        work_s[k] = (double)(clock() - worked) / CLOCKS_PER_SEC;
    }
    (void)snprintf(command, sizeof command, "du -sb %s/data | cut -f1", folder);
    long bytes = 0;
    FILE *du = popen(command, "r");
    if (du == NULL || fscanf(du, "%ld", &bytes) != 1) {
        bytes = -1;
    }
    if (du != NULL) {
        (void)pclose(du);
    }
    (void)printf("ingest   %zu values in %.2f s, %.1f million/s\n", n_value, ingest_s,
                 (double)n_value / ingest_s / 1e6);
    (void)printf("read     a year of %d series: median %.1f ms, of which the processor's "
                 "%.1f ms; copying its values %.1f ms\n",
                 N_QUANTITY * N_AREA, 1e3 * bench_median(read_s, N_READ),
                 1e3 * bench_median(work_s, N_READ), 1e3 * copy_s());
    (void)printf("on disk  %.2f bytes a value\n", (double)bytes / (double)n_value);
    if (sn_os_remove_tree(folder, &err) != SN_OK) {
        stop(&err);
    }
    bench_require(same && n_value == (size_t)N_QUANTITY * N_AREA * 24 * 3652,
                  "the values read are those written");
    return 0;
}
