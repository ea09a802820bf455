/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One year in memory; what a batch does to it is in store_merge.c.
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

sn_status
sn_store_old_add(sn_store_group *group, sn_store_cell cell, uint32_t *out, sn_error *err)
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

sn_status
sn_store_need_chains(const sn_store_group *group, sn_store_column *column, sn_error *err)
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
    sn_status status = sn_store_need_chains(group, column, err);
    if (status == SN_OK) {
        status = sn_store_old_add(group, cell, &added, err);
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

sn_store_cell sn_store_current_cell(const sn_store_column *column, size_t i)
{
    return (sn_store_cell){column->value[i], column->batch[i], column->flag[i]};
}

sn_store_cell sn_store_old_cell(const sn_store_group *group, uint32_t link)
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
    sn_store_cell cell = sn_store_current_cell(column, i);
    uint32_t link = column->older == NULL ? 0 : column->older[i];
    while (as_of != NULL && cell.batch != 0 &&
           year->row[cell.batch - 1].learnt_utc_s > as_of->utc_s) {
        if (link == 0) {
            return (sn_store_cell){.value = NAN};
        }
        cell = sn_store_old_cell(group, link);
        link = group->old[link - 1].older;
    }
    return cell;
}

bool sn_store_is_doubt(const sn_store_year *year, uint16_t batch)
{
    return batch != 0 && year->row[batch - 1].sequence == SN_STORE_DOUBT_SEQUENCE;
}

sn_store_cell sn_store_stated_at(const sn_store_year *year,
                                 const sn_store_group *group,
                                 const sn_store_column *column,
                                 size_t i,
                                 const sn_instant *as_of)
{
    sn_store_cell cell = sn_store_current_cell(column, i);
    uint32_t link = column->older == NULL ? 0 : column->older[i];
    while (cell.batch != 0 &&
           (sn_store_is_doubt(year, cell.batch) ||
            (as_of != NULL && year->row[cell.batch - 1].learnt_utc_s > as_of->utc_s))) {
        if (link == 0) {
            return (sn_store_cell){.value = NAN};
        }
        cell = sn_store_old_cell(group, link);
        link = group->old[link - 1].older;
    }
    return cell;
}
