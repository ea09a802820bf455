/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed after it was first known. */
#include "store_internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct revision_list {
    sn_store_revision *item;
    size_t n;
    size_t cap;
} revision_list;

static bool add_revision(revision_list *list, const sn_store_revision *revision)
{
    if (list->n == list->cap) {
        size_t cap = list->cap == 0 ? 256 : 2 * list->cap;
        sn_store_revision *grown = realloc(list->item, cap * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        list->item = grown;
        list->cap = cap;
    }
    list->item[list->n++] = *revision;
    return true;
}

/* The changes of one interval, newest first in its chain. */
static bool add_chain(const sn_store *store,
                      const sn_store_year *year,
                      const sn_store_group *group,
                      const sn_store_column *column,
                      size_t i,
                      revision_list *list)
{
    const sn_instant *until = sn_store_as_of(store);
    sn_store_revision r = {.key = {.quantity = group->quantity, .step_s = group->step_s},
                           .start = sn_axis_at(&group->axis, i),
                           .new_value = column->value[i],
                           .new_flag = column->flag[i],
                           .new_learnt = {year->row[column->batch[i] - 1].learnt_utc_s}};
    memcpy(r.key.source, group->source, sizeof r.key.source);
    memcpy(r.key.subject, column->subject, sizeof r.key.subject);
    uint16_t new_batch = column->batch[i];
    bool ok = true;
    for (uint32_t link = column->older[i]; ok && link != 0;) {
        const sn_store_old *old = &group->old[link - 1];
        r.old_value = old->value;
        r.old_flag = old->flag;
        r.old_learnt.utc_s = year->row[old->batch - 1].learnt_utc_s;
        /* What was doubted when it came has not changed. */
        bool is_news = r.new_learnt.utc_s != r.old_learnt.utc_s ||
                       r.new_value != r.old_value || !sn_store_is_doubt(year, new_batch);
        if (is_news && (until == NULL || r.new_learnt.utc_s <= until->utc_s)) {
            ok = add_revision(list, &r);
        }
        r.new_value = r.old_value;
        r.new_flag = r.old_flag;
        r.new_learnt = r.old_learnt;
        new_batch = old->batch;
        link = old->older;
    }
    return ok;
}

static bool
add_changes(const sn_store *store, const sn_store_year *year, revision_list *list)
{
    bool ok = true;
    for (size_t g = 0; g < year->n_group; g++) {
        const sn_store_group *group = &year->group[g];
        for (size_t c = 0; c < group->n_column; c++) {
            const sn_store_column *column = &group->column[c];
            for (size_t i = 0; ok && column->older != NULL && i < group->axis.n; i++) {
                ok = column->older[i] == 0 ||
                     add_chain(store, year, group, column, i, list);
            }
        }
    }
    return ok;
}

static int compare_revisions(const void *a, const void *b)
{
    const sn_store_revision *left = a;
    const sn_store_revision *right = b;
    int order = sn_series_key_compare(&left->key, &right->key);
    if (order == 0) {
        order = (left->start.utc_s > right->start.utc_s) -
                (left->start.utc_s < right->start.utc_s);
    }
    return order != 0 ? order
                      : (left->new_learnt.utc_s > right->new_learnt.utc_s) -
                            (left->new_learnt.utc_s < right->new_learnt.utc_s);
}

sn_status
sn_store_revisions(sn_store *store, sn_store_revision **out, size_t *n_out, sn_error *err)
{
    revision_list list = {0};
    sn_status status = SN_OK;
    for (size_t y = 0; status == SN_OK && y < store->n_year; y++) {
        status = sn_store_load_year(&store->year[y], err);
        if (status == SN_OK && !add_changes(store, &store->year[y], &list)) {
            status = sn_error_set(err, SN_E_MEMORY, "out of memory for the revisions");
        }
    }
    if (status != SN_OK) {
        free(list.item);
        list = (revision_list){0};
    } else if (list.n > 0) {
        qsort(list.item, list.n, sizeof *list.item, compare_revisions);
    }
    *out = list.item;
    *n_out = list.n;
    return status;
}

sn_status sn_store_has_arrival(sn_store *store,
                               const char *raw_sha256,
                               sn_instant learnt,
                               bool *out,
                               sn_error *err)
{
    *out = false;
    for (size_t y = 0; y < store->n_year && !*out; y++) {
        sn_store_year *year = &store->year[y];
        sn_status status = sn_store_load_year(year, err);
        if (status != SN_OK) {
            return status;
        }
        for (size_t r = 0; r < year->n_row && !*out; r++) {
            *out = year->row[r].learnt_utc_s == learnt.utc_s &&
                   strcmp(year->row[r].raw_sha256, raw_sha256) == 0;
        }
    }
    return SN_OK;
}
