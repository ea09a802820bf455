/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt status: what the store holds. */
#include "base/options.h"
#include "store_choice.h"

#include <math.h>
#include <stdio.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt status --store DIR --gaps",
    "snitt status --store DIR --area SE3 --suspect --as-of 2026-03-01T12:00Z", NULL};

const sn_command sn_cmd_status = {
    .name = "status",
    .arguments = "",
    .summary = "show what the store holds, its gaps and its suspect values",
    .needs = "store",
    .details =
        "One line a series: quantity, area or border, source, period, step, known "
        "values, gaps, and how many of the values the source's format implies "
        "(filled) or a check on arrival doubts (suspect). The period is UTC; a gap "
        "is an interval without a value.",
    .examples = examples,
    .run = run,
};

/* Names each run of intervals of one kind: gaps, or suspect values. */
static sn_status
print_runs(sn_store *store, const sn_store_entry *entry, sn_flag flag, sn_error *err)
{
    sn_series series;
    sn_status status =
        sn_store_read(store, &entry->key, entry->first, entry->end, &series, err);
    if (status != SN_OK) {
        return status;
    }
    for (size_t i = 0; i < series.axis.n;) {
        size_t end = i;
        while (end < series.axis.n && series.flag[end] == flag) {
            end++;
        }
        if (end > i) {
            char a[SN_INSTANT_TEXT_SIZE];
            char b[SN_INSTANT_TEXT_SIZE];
            (void)printf("    %s %s to %s\n", flag == SN_FLAG_GAP ? "gap" : "suspect",
                         sn_instant_format(sn_axis_at(&series.axis, i), a),
                         sn_instant_format(sn_axis_at(&series.axis, end), b));
        }
        i = end + 1;
    }
    sn_series_release(&series);
    return SN_OK;
}

static void print_entry(const sn_store_entry *e)
{
    char a[SN_INSTANT_TEXT_SIZE];
    char b[SN_INSTANT_TEXT_SIZE];
    (void)printf("%-24s %-10s %-16s %-17s %-17s %7d %8zu %6zu %6zu %7zu\n",
                 sn_quantity_name(e->key.quantity), e->key.subject, e->key.source,
                 sn_instant_format(e->first, a), sn_instant_format(e->end, b),
                 (int)e->key.step_s, e->n_value, e->n_gap, e->n_filled, e->n_suspect);
}

static sn_status print_all(const sn_store_choice *choice,
                           sn_store *store,
                           bool gaps,
                           bool suspect,
                           sn_error *err)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    size_t n_shown = 0;
    sn_status status = sn_store_catalogue(store, &entries, &n, err);
    if (status == SN_OK) {
        (void)printf("%-24s %-10s %-16s %-17s %-17s %7s %8s %6s %6s %7s\n", "quantity",
                     "subject", "source", "from", "to", "step_s", "values", "gaps",
                     "filled", "suspect");
    }
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        const sn_store_entry *e = &entries[i];
        sn_instant from;
        sn_instant to;
        if (!sn_store_choice_has(choice, &e->key) ||
            !sn_store_choice_period(choice, e, &from, &to)) {
            continue;
        }
        n_shown++;
        print_entry(e);
        if (gaps && e->n_gap > 0) {
            status = print_runs(store, e, SN_FLAG_GAP, err);
        }
        if (status == SN_OK && suspect && e->n_suspect > 0) {
            status = print_runs(store, e, SN_FLAG_SUSPECT, err);
        }
    }
    if (status == SN_OK && n_shown == 0) {
        (void)fprintf(stderr, "snitt status: %s\n",
                      n > 0                   ? "the store has no such series"
                      : choice->as_of != NULL ? "the store knew nothing then"
                                              : "the store is empty");
    }
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    static sn_store_choice choice;
    bool gaps = false;
    bool suspect = false;
    sn_store *store = NULL;
    sn_option options[SN_STORE_CHOICE_OPTIONS + 2] = {
        [SN_STORE_CHOICE_OPTIONS] = SN_FLAG("gaps", "name every gap", &gaps),
        SN_FLAG("suspect", "name every run of suspect values", &suspect),
    };
    (void)exit_code;
    sn_store_choice_options(&choice, options);
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_status, options, argc, argv, NULL, err);
    if (status == SN_OK) {
        status = sn_store_choice_open(&choice, &store, err);
    }
    if (status == SN_OK) {
        status = print_all(&choice, store, gaps, suspect, err);
    }
    sn_store_close(store);
    return status;
}
