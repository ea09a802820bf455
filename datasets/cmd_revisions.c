/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt revisions: which values changed after they were first known, and by how much. */
#include "base/options.h"
#include "store_choice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt revisions --store DIR", "snitt revisions --store DIR --area SE3 --all", NULL};

const sn_command sn_cmd_revisions = {
    .name = "revisions",
    .arguments = "",
    .summary = "list which values were revised, by series and size",
    .needs = "store",
    .details =
        "CSV, one line a series, the largest change first: how many values changed, "
        "the mean and the largest change (absolute), the changes of flag alone, the "
        "period of the intervals, and when the first and the last change was learnt. "
        "--all lists each change. --as-of leaves out what was learnt later.",
    .examples = examples,
    .run = run,
};

typedef struct summary {
    const sn_store_revision *first; /* of the series, in the sorted list */
    size_t n;                       /* changes of value */
    size_t n_flag;                  /* changes of flag alone */
    double sum;
    double largest;
    sn_instant start;
    sn_instant end;
    sn_instant learnt_first;
    sn_instant learnt_last;
} summary;

static bool is_chosen(const sn_store_choice *choice, const sn_store_revision *r)
{
    return sn_store_choice_has(choice, &r->key) &&
           r->start.utc_s >= choice->from_time.utc_s &&
           r->start.utc_s < choice->to_time.utc_s;
}

static void add(summary *s, const sn_store_revision *r)
{
    double change = fabs(r->new_value - r->old_value);
    if (s->first == NULL) {
        *s = (summary){.first = r,
                       .start = r->start,
                       .learnt_first = r->new_learnt,
                       .learnt_last = r->new_learnt};
    }
    s->n += change > 0.0;
    s->n_flag += change == 0.0;
    s->sum += change;
    s->largest = change > s->largest ? change : s->largest;
    s->end.utc_s = r->start.utc_s + r->key.step_s;
    if (r->new_learnt.utc_s < s->learnt_first.utc_s) {
        s->learnt_first = r->new_learnt;
    }
    if (r->new_learnt.utc_s > s->learnt_last.utc_s) {
        s->learnt_last = r->new_learnt;
    }
}

static int larger_first(const void *a, const void *b)
{
    const summary *left = a;
    const summary *right = b;
    int order = (left->largest < right->largest) - (left->largest > right->largest);
    return order != 0 ? order
                      : sn_series_key_compare(&left->first->key, &right->first->key);
}

static void print_summary(const summary *s)
{
    char t[4][SN_INSTANT_TEXT_SIZE];
    const sn_series_key *key = &s->first->key;
    (void)printf("%s,%s,%s,%d,%s,%zu,%.6g,%.6g,%zu,%s,%s,%s,%s\n",
                 sn_quantity_name(key->quantity), key->subject, key->source,
                 (int)key->step_s, sn_quantity_unit(key->quantity), s->n,
                 s->n > 0 ? s->sum / (double)s->n : 0.0, s->largest, s->n_flag,
                 sn_instant_format(s->start, t[0]), sn_instant_format(s->end, t[1]),
                 sn_instant_format(s->learnt_first, t[2]),
                 sn_instant_format(s->learnt_last, t[3]));
}

static void print_change(const sn_store_revision *r)
{
    static const char *const flags[] = {"gap", "stated", "filled", "suspect"};
    char t[3][SN_INSTANT_TEXT_SIZE];
    (void)printf("%s,%s,%s,%d,%s,%.10g,%.10g,%.10g,%s,%s,%s,%s\n",
                 sn_quantity_name(r->key.quantity), r->key.subject, r->key.source,
                 (int)r->key.step_s, sn_instant_format(r->start, t[0]), r->old_value,
                 r->new_value, r->new_value - r->old_value, flags[r->old_flag],
                 flags[r->new_flag], sn_instant_format(r->old_learnt, t[1]),
                 sn_instant_format(r->new_learnt, t[2]));
}

static sn_status print_by_series(const sn_store_choice *choice,
                                 const sn_store_revision *list,
                                 size_t n,
                                 sn_error *err)
{
    summary *sums = calloc(n + 1, sizeof *sums);
    size_t n_series = 0;
    size_t n_value = 0;
    if (sums == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu revisions", n);
    }
    for (size_t i = 0; i < n; i++) {
        if (is_chosen(choice, &list[i])) {
            if (n_series == 0 || sn_series_key_compare(&sums[n_series - 1].first->key,
                                                       &list[i].key) != 0) {
                n_series++;
            }
            add(&sums[n_series - 1], &list[i]);
            n_value++;
        }
    }
    qsort(sums, n_series, sizeof *sums, larger_first);
    (void)printf("quantity,subject,source,step_s,unit,values,mean_change,largest_change,"
                 "flag_changes,from,to,learnt_first,learnt_last\n");
    for (size_t s = 0; s < n_series; s++) {
        print_summary(&sums[s]);
    }
    (void)fprintf(stderr, "%zu changes in %zu series\n", n_value, n_series);
    free(sums);
    return SN_OK;
}

static void
print_each(const sn_store_choice *choice, const sn_store_revision *list, size_t n)
{
    (void)printf("quantity,subject,source,step_s,start,old,new,change,old_flag,new_flag,"
                 "old_learnt,new_learnt\n");
    for (size_t i = 0; i < n; i++) {
        if (is_chosen(choice, &list[i])) {
            print_change(&list[i]);
        }
    }
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    static sn_store_choice choice;
    bool all = false;
    sn_option options[SN_STORE_CHOICE_OPTIONS + 1] = {
        [SN_STORE_CHOICE_OPTIONS] = SN_FLAG("all", "list each change", &all)};
    sn_store *store = NULL;
    sn_store_revision *list = NULL;
    size_t n = 0;
    (void)exit_code;
    sn_store_choice_options(&choice, options);
    sn_status status =
        SN_OPTIONS_PARSE(&sn_cmd_revisions, options, argc, argv, NULL, err);
    if (status == SN_OK) {
        status = sn_store_choice_open(&choice, &store, err);
    }
    if (status == SN_OK) {
        status = sn_store_revisions(store, &list, &n, err);
    }
    if (status == SN_OK && all) {
        print_each(&choice, list, n);
    } else if (status == SN_OK) {
        status = print_by_series(&choice, list, n, err);
    }
    free(list);
    sn_store_close(store);
    return status;
}
