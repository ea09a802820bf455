/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One year in memory.
 *
 * What is known about an interval is a history: values ordered by the batch they
 * came with, the newest being current, equal neighbours merged into the older one
 * (we learnt it then; hearing it again is no news).  The order of batches is a
 * property of the batches, not of the calls, so importing the same files in another
 * order gives the same history.  One exception: two batches learnt in the same
 * second that contradict each other.  There the later call wins, because that is
 * what somebody who imports a corrected file means; the row's sequence says so.
 */
#include "store_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

sn_axis sn_store_year_axis(int32_t year, int32_t step_s)
{
    enum { MONDAY_S = 4 * SN_DAY_S }; /* 1970-01-05 */
    int64_t origin_s = step_s == SN_WEEK_S ? MONDAY_S : 0;
    int64_t first_s = sn_instant_of_year(year).utc_s;
    int64_t end_s = sn_instant_of_year(year + 1).utc_s;
    int64_t past_s = (first_s - origin_s) % step_s;
    if (past_s != 0) {
        first_s += past_s > 0 ? step_s - past_s : -past_s;
    }
    size_t n = first_s < end_s ? (size_t)((end_s - first_s + step_s - 1) / step_s) : 0;
    return (sn_axis){.start = {first_s}, .step_s = step_s, .n = n};
}

void sn_store_year_init(sn_store_year *year, int32_t number)
{
    *year = (sn_store_year){.year = number, .fd = -1, .file = -1};
}

static void column_release(sn_store_column *column)
{
    free(column->value);
    free(column->batch);
    free(column->flag);
    free(column->older);
}

void sn_store_group_unload(sn_store_group *group)
{
    for (size_t c = 0; c < group->n_column; c++) {
        sn_store_column *column = &group->column[c];
        column_release(column);
        column->value = NULL;
        column->batch = NULL;
        column->flag = NULL;
        column->older = NULL;
    }
    free(group->old);
    group->old = NULL;
    group->n_old = 0;
    group->cap_old = 0;
    group->is_loaded = false;
}

/* Everything but the number, the hash and the descriptors. */
void sn_store_year_release(sn_store_year *year)
{
    sn_store_year_close_file(year);
    for (size_t g = 0; g < year->n_group; g++) {
        sn_store_group *group = &year->group[g];
        for (size_t c = 0; c < group->n_column; c++) {
            column_release(&group->column[c]);
        }
        free(group->column);
        free(group->old);
    }
    for (size_t r = 0; r < year->n_row; r++) {
        free(year->row[r].name);
        free(year->row[r].licence);
        free(year->row[r].attribution);
    }
    free(year->group);
    free(year->row);
    year->group = NULL;
    year->row = NULL;
    year->n_group = 0;
    year->n_row = 0;
    year->cap_row = 0;
    year->is_changed = false;
}

int sn_store_row_compare(const sn_store_row *a, const sn_store_row *b)
{
    int order = (a->learnt_utc_s > b->learnt_utc_s) - (a->learnt_utc_s < b->learnt_utc_s);
    if (order == 0) {
        order = (a->sequence > b->sequence) - (a->sequence < b->sequence);
    }
    if (order == 0) {
        order = strcmp(a->raw_sha256, b->raw_sha256);
    }
    if (order == 0) {
        order = strcmp(a->name, b->name);
    }
    if (order == 0) {
        order = strcmp(a->licence, b->licence);
    }
    return order != 0 ? order : strcmp(a->attribution, b->attribution);
}

static char *copy_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    return copy == NULL ? NULL : memcpy(copy, text, n);
}

static sn_status no_memory(sn_error *err)
{
    return sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
}

sn_status
sn_store_year_add_row(sn_store_year *year, const sn_store_row *row, sn_error *err)
{
    if (year->n_row == SN_STORE_BATCH_MAX) {
        return sn_error_set(err, SN_E_IO,
                            "store: year %d already has %d batches, the most that fit; "
                            "import larger pieces at a time",
                            (int)year->year, SN_STORE_BATCH_MAX);
    }
    if (year->n_row == year->cap_row) {
        size_t cap = year->cap_row == 0 ? 16 : 2 * year->cap_row;
        sn_store_row *grown = realloc(year->row, cap * sizeof *grown);
        if (grown == NULL) {
            return no_memory(err);
        }
        year->row = grown;
        year->cap_row = cap;
    }
    sn_store_row copy = *row;
    copy.name = copy_text(row->name);
    copy.licence = copy_text(row->licence);
    copy.attribution = copy_text(row->attribution);
    if (copy.name == NULL || copy.licence == NULL || copy.attribution == NULL) {
        free(copy.name);
        free(copy.licence);
        free(copy.attribution);
        return no_memory(err);
    }
    year->row[year->n_row++] = copy;
    return SN_OK;
}

static int group_order(const sn_store_group *group, const sn_series_key *key)
{
    int order =
        strcmp(sn_quantity_name(group->quantity), sn_quantity_name(key->quantity));
    if (order == 0) {
        order = strcmp(group->source, key->source);
    }
    if (order == 0) {
        order = (group->step_s > key->step_s) - (group->step_s < key->step_s);
    }
    return order;
}

/* First group that does not come before key. */
static size_t group_place(const sn_store_year *year, const sn_series_key *key)
{
    size_t place = 0;
    while (place < year->n_group && group_order(&year->group[place], key) < 0) {
        place++;
    }
    return place;
}

static size_t column_place(const sn_store_group *group, const char *subject)
{
    size_t place = 0;
    while (place < group->n_column && strcmp(group->column[place].subject, subject) < 0) {
        place++;
    }
    return place;
}

sn_store_group *sn_store_year_find(const sn_store_year *year, const sn_series_key *key)
{
    size_t place = group_place(year, key);
    bool is_there = place < year->n_group && group_order(&year->group[place], key) == 0;
    return is_there ? &year->group[place] : NULL;
}

sn_store_column *sn_store_group_find(const sn_store_group *group, const char *subject)
{
    size_t place = column_place(group, subject);
    bool is_there =
        place < group->n_column && strcmp(group->column[place].subject, subject) == 0;
    return is_there ? &group->column[place] : NULL;
}

sn_status sn_store_year_need(sn_store_year *year,
                             const sn_series_key *key,
                             sn_store_group **out,
                             sn_error *err)
{
    *out = sn_store_year_find(year, key);
    if (*out != NULL) {
        return SN_OK;
    }
    sn_store_group *grown = realloc(year->group, (year->n_group + 1) * sizeof *grown);
    if (grown == NULL) {
        return no_memory(err);
    }
    year->group = grown;
    size_t place = group_place(year, key);
    memmove(&grown[place + 1], &grown[place], (year->n_group - place) * sizeof *grown);
    year->n_group++;
    grown[place] = (sn_store_group){
        .quantity = key->quantity,
        .step_s = key->step_s,
        .axis = sn_store_year_axis(year->year, key->step_s),
        .is_loaded = true,
    };
    memcpy(grown[place].source, key->source, sizeof key->source);
    *out = &grown[place];
    return SN_OK;
}

sn_status sn_store_column_alloc(sn_store_column *column, size_t n_time, sn_error *err)
{
    column->value = malloc(n_time * sizeof *column->value);
    column->batch = calloc(n_time, sizeof *column->batch);
    column->flag = calloc(n_time, sizeof *column->flag);
    if (column->value == NULL || column->batch == NULL || column->flag == NULL) {
        column_release(column);
        column->value = NULL;
        column->batch = NULL;
        column->flag = NULL;
        return no_memory(err);
    }
    for (size_t i = 0; i < n_time; i++) {
        column->value[i] = NAN;
    }
    return SN_OK;
}

sn_status sn_store_group_need(sn_store_group *group,
                              const char *subject,
                              sn_store_column **out,
                              sn_error *err)
{
    *out = sn_store_group_find(group, subject);
    if (*out != NULL) {
        return SN_OK;
    }
    sn_store_column *grown =
        realloc(group->column, (group->n_column + 1) * sizeof *grown);
    if (grown == NULL) {
        return no_memory(err);
    }
    group->column = grown;
    sn_store_column column = {0};
    memcpy(column.subject, subject, strlen(subject) + 1);
    if (group->is_loaded) {
        sn_status status = sn_store_column_alloc(&column, group->axis.n, err);
        if (status != SN_OK) {
            return status;
        }
    }
    size_t place = column_place(group, subject);
    memmove(&grown[place + 1], &grown[place], (group->n_column - place) * sizeof *grown);
    grown[place] = column;
    group->n_column++;
    *out = &grown[place];
    return SN_OK;
}

/* A new chain element; *out is 1 + its index. */
static sn_status
old_add(sn_store_group *group, sn_store_cell cell, uint32_t *out, sn_error *err)
{
    if (group->n_old == group->cap_old) {
        size_t cap = group->cap_old == 0 ? 64 : 2 * group->cap_old;
        sn_store_old *grown = realloc(group->old, cap * sizeof *grown);
        if (grown == NULL || cap > UINT32_MAX) {
            group->old = grown == NULL ? group->old : grown;
            return no_memory(err);
        }
        group->old = grown;
        group->cap_old = cap;
    }
    group->old[group->n_old++] =
        (sn_store_old){.value = cell.value, .batch = cell.batch, .flag = cell.flag};
    *out = (uint32_t)group->n_old;
    return SN_OK;
}

static sn_status
need_chains(const sn_store_group *group, sn_store_column *column, sn_error *err)
{
    if (column->older == NULL) {
        column->older = calloc(group->axis.n, sizeof *column->older);
    }
    return column->older == NULL ? no_memory(err) : SN_OK;
}

sn_status sn_store_group_append_old(sn_store_group *group,
                                    sn_store_column *column,
                                    size_t i,
                                    sn_store_cell cell,
                                    sn_error *err)
{
    uint32_t added = 0;
    sn_status status = need_chains(group, column, err);
    if (status == SN_OK) {
        status = old_add(group, cell, &added, err);
    }
    if (status == SN_OK) {
        uint32_t *link = &column->older[i];
        while (*link != 0) {
            link = &group->old[*link - 1].older;
        }
        *link = added;
    }
    return status;
}

static bool is_equal(sn_store_cell a, sn_store_cell b)
{
    return a.value == b.value && a.flag == b.flag;
}

static sn_store_cell current_cell(const sn_store_column *column, size_t i)
{
    return (sn_store_cell){column->value[i], column->batch[i], column->flag[i]};
}

static void set_current(sn_store_column *column, size_t i, sn_store_cell cell)
{
    column->value[i] = cell.value;
    column->batch[i] = cell.batch;
    column->flag[i] = cell.flag;
}

static sn_store_cell old_cell(const sn_store_group *group, uint32_t link)
{
    const sn_store_old *old = &group->old[link - 1];
    return (sn_store_cell){old->value, old->batch, old->flag};
}

sn_store_cell sn_store_cell_at(const sn_store_year *year,
                               const sn_store_group *group,
                               const sn_store_column *column,
                               size_t i,
                               const sn_instant *as_of)
{
    sn_store_cell cell = current_cell(column, i);
    uint32_t link = column->older == NULL ? 0 : column->older[i];
    while (as_of != NULL && cell.batch != 0 &&
           year->row[cell.batch - 1].learnt_utc_s > as_of->utc_s) {
        if (link == 0) {
            return (sn_store_cell){.value = NAN};
        }
        cell = old_cell(group, link);
        link = group->old[link - 1].older;
    }
    return cell;
}

/* Where a batch is being put; sparing the leaves seven parameters. */
typedef struct merge {
    sn_store_year *year;
    sn_store_group *group;
    sn_store_column *column;
    sn_store_change *change;
    sn_error *err;
} merge;

static int batch_order(const merge *m, uint16_t a, uint16_t b)
{
    return a == b ? 0 : sn_store_row_compare(&m->year->row[a - 1], &m->year->row[b - 1]);
}

/* A value learnt before the current one, or by the same batch: find its place in the
 * chain. */
static sn_status insert_behind(merge *m, size_t i, sn_store_cell cell)
{
    sn_status status = need_chains(m->group, m->column, m->err);
    if (status != SN_OK) {
        return status;
    }
    uint32_t newer = 0; /* 0 = the current value */
    uint32_t next = m->column->older[i];
    while (next != 0 && batch_order(m, old_cell(m->group, next).batch, cell.batch) > 0) {
        newer = next;
        next = m->group->old[next - 1].older;
    }
    if (next != 0 && is_equal(old_cell(m->group, next), cell)) {
        m->change->n_same++;
        return SN_OK;
    }
    m->year->is_changed = true;
    sn_store_cell after =
        newer == 0 ? current_cell(m->column, i) : old_cell(m->group, newer);
    if (is_equal(after, cell)) { /* known since earlier than we thought */
        m->change->n_same++;
        if (newer == 0) {
            m->column->batch[i] = cell.batch;
        } else {
            m->group->old[newer - 1].batch = cell.batch;
        }
        return SN_OK;
    }
    m->change->n_revised++;
    uint32_t added = 0;
    status = old_add(m->group, cell, &added, m->err);
    if (status != SN_OK) {
        return status;
    }
    m->group->old[added - 1].older = next;
    if (newer == 0) {
        m->column->older[i] = added;
    } else {
        m->group->old[newer - 1].older = added;
    }
    return SN_OK;
}

static sn_status put_cell(merge *m, size_t i, sn_store_cell cell)
{
    sn_store_cell current = current_cell(m->column, i);
    if (current.batch == 0) {
        m->change->n_new++;
        m->year->is_changed = true;
        set_current(m->column, i, cell);
        return SN_OK;
    }
    int order = batch_order(m, cell.batch, current.batch);
    if (order < 0) {
        return insert_behind(m, i, cell);
    }
    if (is_equal(current, cell)) {
        m->change->n_same++;
        return SN_OK;
    }
    m->change->n_revised++;
    m->year->is_changed = true;
    if (order > 0) {
        uint32_t added = 0;
        sn_status status = need_chains(m->group, m->column, m->err);
        if (status == SN_OK) {
            status = old_add(m->group, current, &added, m->err);
        }
        if (status != SN_OK) {
            return status;
        }
        m->group->old[added - 1].older = m->column->older[i];
        m->column->older[i] = added;
    }
    set_current(m->column, i, cell);
    return SN_OK;
}

/* The part of a series that lies in the group's year: [*first_out, *end_out) of the
 * series; *at_out is where the first lands in the group. */
static void overlap(const sn_series *series,
                    const sn_axis *axis,
                    size_t *first_out,
                    size_t *end_out,
                    size_t *at_out)
{
    int64_t shift =
        (axis->start.utc_s - series->axis.start.utc_s) / axis->step_s; /* exact */
    int64_t first = shift > 0 ? shift : 0;
    int64_t end = shift + (int64_t)axis->n;
    if (end > (int64_t)series->axis.n) {
        end = (int64_t)series->axis.n;
    }
    *first_out = (size_t)first;
    *end_out = end > first ? (size_t)end : (size_t)first;
    *at_out = (size_t)(first - shift);
}

static sn_store_cell cell_of(const sn_series *series, size_t i)
{
    sn_store_cell cell = {.value = series->value[i] + 0.0 /* -0 becomes 0 */,
                          .flag = series->flag[i]};
    if (cell.flag == SN_FLAG_GAP) {
        cell.flag = SN_FLAG_STATED;
    }
    return cell;
}

/* The sequence that lets a batch win over what it contradicts, see the top. */
static void
raise_sequence(const sn_store_year *year, const sn_series *series, sn_store_row *row)
{
    const sn_store_group *group = sn_store_year_find(year, &series->key);
    const sn_store_column *column =
        group == NULL ? NULL : sn_store_group_find(group, series->key.subject);
    if (column == NULL) {
        return;
    }
    size_t first = 0;
    size_t end = 0;
    size_t at = 0;
    overlap(series, &group->axis, &first, &end, &at);
    for (size_t i = first; i < end; i++, at++) {
        if (isnan(series->value[i]) || column->batch[at] == 0) {
            continue;
        }
        const sn_store_row *known = &year->row[column->batch[at] - 1];
        if (known->learnt_utc_s == row->learnt_utc_s &&
            known->sequence >= row->sequence &&
            !is_equal(current_cell(column, at), cell_of(series, i))) {
            row->sequence = known->sequence + 1;
        }
    }
}

static bool is_same_batch(const sn_store_row *a, const sn_store_row *b)
{
    sn_store_row like_b = *a;
    like_b.sequence = b->sequence;
    return sn_store_row_compare(&like_b, b) == 0;
}

/* The number of the batch in this year, adding it when new. */
static sn_status number_batch(sn_store_year *year,
                              const sn_store_batch *batch,
                              const char *raw_sha256,
                              uint16_t *out,
                              sn_error *err)
{
    sn_store_row row = {
        .learnt_utc_s = batch->origin.learnt.utc_s,
        .name = (char *)(uintptr_t)batch->origin.name, /* copied by add_row */
        .licence = (char *)(uintptr_t)batch->origin.licence,
        .attribution = (char *)(uintptr_t)batch->origin.attribution,
    };
    memcpy(row.raw_sha256, raw_sha256, sizeof row.raw_sha256);
    for (size_t r = 0; r < year->n_row; r++) {
        if (is_same_batch(&row, &year->row[r]) && year->row[r].sequence > row.sequence) {
            row.sequence = year->row[r].sequence;
        }
    }
    for (size_t s = 0; s < batch->n_series; s++) {
        raise_sequence(year, &batch->series[s], &row);
    }
    for (size_t r = 0; r < year->n_row; r++) {
        if (sn_store_row_compare(&row, &year->row[r]) == 0) {
            *out = (uint16_t)(r + 1);
            return SN_OK;
        }
    }
    sn_status status = sn_store_year_add_row(year, &row, err);
    *out = (uint16_t)year->n_row;
    return status;
}

static sn_status merge_series(merge *m, const sn_series *series, uint16_t number)
{
    sn_axis axis = sn_store_year_axis(m->year->year, series->key.step_s);
    size_t first = 0;
    size_t end = 0;
    size_t at = 0;
    overlap(series, &axis, &first, &end, &at);
    while (first < end && isnan(series->value[first])) {
        first++;
        at++;
    }
    if (first >= end) {
        return SN_OK;
    }
    sn_status status = sn_store_year_need(m->year, &series->key, &m->group, m->err);
    if (status == SN_OK) {
        status = sn_store_group_need(m->group, series->key.subject, &m->column, m->err);
    }
    for (size_t i = first; status == SN_OK && i < end; i++, at++) {
        if (!isnan(series->value[i])) {
            sn_store_cell cell = cell_of(series, i);
            cell.batch = number;
            status = put_cell(m, at, cell);
        }
    }
    return status;
}

sn_status sn_store_year_merge(sn_store_year *year,
                              const sn_store_batch *batch,
                              const char *raw_sha256,
                              sn_store_change *change,
                              uint32_t *sequence,
                              sn_error *err)
{
    uint16_t number = 0;
    merge m = {.year = year, .change = change, .err = err};
    sn_status status = number_batch(year, batch, raw_sha256, &number, err);
    if (status == SN_OK && year->row[number - 1].sequence > *sequence) {
        *sequence = year->row[number - 1].sequence;
    }
    for (size_t s = 0; status == SN_OK && s < batch->n_series; s++) {
        status = merge_series(&m, &batch->series[s], number);
    }
    return status;
}
