/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt status: what the store holds. */
#include "base/options.h"
#include "store.h"

#include <math.h>
#include <stdio.h>

int sn_cmd_status(int argc, char **argv);

static const char *const examples[] = {"snitt status --store DIR --gaps", NULL};

static const sn_command_doc doc = {
    "status",
    "",
    "show what the store holds, and its gaps",
    "One line a series: quantity, area or border, source, period, step, known values and "
    "gaps. The period is UTC; a gap is an interval without a value.",
    examples,
};

/* Names each run of intervals without a value. */
static sn_status print_gaps(sn_store *store, const sn_store_entry *entry, sn_error *err)
{
    sn_series series;
    sn_status status =
        sn_store_read(store, &entry->key, entry->first, entry->end, &series, err);
    if (status != SN_OK) {
        return status;
    }
    for (size_t i = 0; i < series.axis.n;) {
        size_t end = i;
        while (end < series.axis.n && isnan(series.value[end])) {
            end++;
        }
        if (end > i) {
            char a[SN_INSTANT_TEXT_SIZE];
            char b[SN_INSTANT_TEXT_SIZE];
            (void)printf("    gap %s to %s\n",
                         sn_instant_format(sn_axis_at(&series.axis, i), a),
                         sn_instant_format(sn_axis_at(&series.axis, end), b));
        }
        i = end + 1;
    }
    sn_series_release(&series);
    return SN_OK;
}

static sn_status print_all(sn_store *store, bool gaps, sn_error *err)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    sn_status status = sn_store_catalogue(store, &entries, &n, err);
    if (status == SN_OK) {
        (void)printf("%-24s %-10s %-16s %-17s %-17s %7s %8s %6s\n", "quantity", "subject",
                     "source", "from", "to", "step_s", "values", "gaps");
    }
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        char a[SN_INSTANT_TEXT_SIZE];
        char b[SN_INSTANT_TEXT_SIZE];
        const sn_store_entry *e = &entries[i];
        (void)printf("%-24s %-10s %-16s %-17s %-17s %7d %8zu %6zu\n",
                     sn_quantity_name(e->key.quantity), e->key.subject, e->key.source,
                     sn_instant_format(e->first, a), sn_instant_format(e->end, b),
                     (int)e->key.step_s, e->n_value, e->n_gap);
        if (gaps && e->n_gap > 0) {
            status = print_gaps(store, e, err);
        }
    }
    return status;
}

int sn_cmd_status(int argc, char **argv)
{
    const char *path = NULL;
    bool gaps = false;
    bool help = false;
    const sn_option options[] = {
        {"store", "DIR", "the store; default $SNITT_STORE or your data folder", NULL,
         &path, NULL},
        {"gaps", NULL, "name every gap", &gaps, NULL, NULL},
    };
    sn_option_list none = {0};
    sn_error err = {0};
    sn_store *store = NULL;
    char default_path[4096];
    sn_status status = sn_options_parse(&doc, options, 2, argc, argv, &none, &help, &err);
    if (status == SN_OK && help) {
        return SN_EXIT_DONE;
    }
    if (status == SN_OK && path == NULL) {
        status = sn_store_default_path(default_path, sizeof default_path, &err);
        path = default_path;
    }
    if (status == SN_OK) {
        const sn_store_options read_only = {0};
        status = sn_store_open(path, &read_only, &store, &err);
    }
    if (status == SN_OK) {
        status = print_all(store, gaps, &err);
    }
    sn_store_close(store);
    if (status != SN_OK) {
        sn_error_print(&err, "status");
        return sn_status_exit_code(status);
    }
    return SN_EXIT_DONE;
}
