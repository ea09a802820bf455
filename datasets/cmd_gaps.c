/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt gaps: every interval without a value, by name. */
#include "base/options.h"
#include "store_choice.h"

#include <math.h>
#include <stdio.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt gaps --store DIR --quantity price_eur_per_mwh --from 2024-01-01 --to "
    "2025-01-01",
    NULL};

const sn_command sn_cmd_gaps = {
    .name = "gaps",
    .arguments = "",
    .summary = "name every gap of the store",
    .needs = "store",
    .details =
        "CSV, one line a run of intervals without a value: quantity, area or border, "
        "source, step, first and end of the run (UTC), intervals. With --from and "
        "--to the ends of the period count: what has not begun or has stopped is a "
        "gap too. Exit code 0 with or without gaps; the last line on stderr counts "
        "them.",
    .examples = examples,
    .run = run,
};

typedef struct gap_count {
    size_t n_run;
    size_t n_interval;
    size_t n_series;
} gap_count;

static void print_gap(const sn_series *series, size_t from, size_t end)
{
    char a[SN_INSTANT_TEXT_SIZE];
    char b[SN_INSTANT_TEXT_SIZE];
    (void)printf("%s,%s,%s,%d,%s,%s,%zu\n", sn_quantity_name(series->key.quantity),
                 series->key.subject, series->key.source, (int)series->key.step_s,
                 sn_instant_format(sn_axis_at(&series->axis, from), a),
                 sn_instant_format(sn_axis_at(&series->axis, end), b), end - from);
}

static sn_status print_series(const sn_store_choice *choice,
                              sn_store *store,
                              const sn_store_entry *entry,
                              gap_count *count,
                              sn_error *err)
{
    sn_series series;
    sn_instant from = choice->from != NULL ? choice->from_time : entry->first;
    sn_instant to = choice->to != NULL ? choice->to_time : entry->end;
    if (from.utc_s >= to.utc_s) {
        return SN_OK;
    }
    sn_status status = sn_store_read(store, &entry->key, from, to, &series, err);
    if (status != SN_OK) {
        return status;
    }
    size_t before = count->n_run;
    for (size_t i = 0; i < series.axis.n;) {
        size_t end = i;
        while (end < series.axis.n && isnan(series.value[end])) {
            end++;
        }
        if (end > i) {
            print_gap(&series, i, end);
            count->n_run++;
            count->n_interval += end - i;
        }
        i = end + 1;
    }
    count->n_series += count->n_run > before;
    sn_series_release(&series);
    return SN_OK;
}

static sn_status print_all(const sn_store_choice *choice, sn_store *store, sn_error *err)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    size_t n_chosen = 0;
    gap_count count = {0};
    sn_status status = sn_store_catalogue(store, &entries, &n, err);
    if (status == SN_OK) {
        (void)printf("quantity,subject,source,step_s,from,to,intervals\n");
    }
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        if (sn_store_choice_has(choice, &entries[i].key)) {
            n_chosen++;
            status = print_series(choice, store, &entries[i], &count, err);
        }
    }
    if (status == SN_OK && n_chosen == 0) {
        status = sn_store_choice_none(err);
    }
    if (status == SN_OK) {
        (void)fprintf(stderr, "%zu gaps, %zu intervals, in %zu of %zu series\n",
                      count.n_run, count.n_interval, count.n_series, n_chosen);
    }
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    static sn_store_choice choice;
    sn_option options[SN_STORE_CHOICE_OPTIONS];
    sn_store *store = NULL;
    (void)exit_code;
    sn_store_choice_options(&choice, options);
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_gaps, options, argc, argv, NULL, err);
    if (status == SN_OK) {
        status = sn_store_choice_open(&choice, &store, err);
    }
    if (status == SN_OK) {
        status = print_all(&choice, store, err);
    }
    sn_store_close(store);
    return status;
}
