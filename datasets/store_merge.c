/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What arrives into a year, and what is doubted of it.
 *
 * What is known about an interval is a history: values ordered by the batch they
 * came with, the newest being current, equal neighbours merged into the older one
 * (we learnt it then; hearing it again is no news).  The order of batches is a
 * property of the batches, not of the calls, so importing the same files in another
 * order gives the same history.  One exception: two batches learnt in the same
 * second that contradict each other.  There the later call wins, because that is
 * what somebody who imports a corrected file means; the row's sequence says so.
 *
 * What checks doubt is part of that history, as rows of their own: the value once more,
 * suspect, or with its own flag again when the doubt is over.  Such a row is named by its
 * moment alone and comes last in it, so that the bytes do not tell in what pieces the
 * data of one moment came.  What sources say is compared with what sources said.
 */
#include "store_internal.h"

#include <math.h>
#include <string.h>

static const char doubts_name[] = "doubts";

static bool is_equal(sn_store_cell a, sn_store_cell b)
{
    return a.value == b.value && a.flag == b.flag;
}

static void set_current(sn_store_column *column, size_t i, sn_store_cell cell)
{
    column->value[i] = cell.value;
    column->batch[i] = cell.batch;
    column->flag[i] = cell.flag;
}

/* Where a batch is being put; sparing the leaves seven parameters. */
typedef struct merge {
    sn_store_year *year;
    sn_store_group *group;
    sn_store_column *column;
    sn_store_change *change;
    sn_error *err;
} merge;

/* What its source says of a value that may be doubted: at 0 the current one, else a link.
 */
static sn_store_cell stated_from(const merge *m, size_t i, uint32_t at)
{
    sn_store_cell cell =
        at == 0 ? sn_store_current_cell(m->column, i) : sn_store_old_cell(m->group, at);
    uint32_t link = at != 0                    ? m->group->old[at - 1].older
                    : m->column->older != NULL ? m->column->older[i]
                                               : 0;
    while (sn_store_is_doubt(m->year, cell.batch) && link != 0) {
        cell = sn_store_old_cell(m->group, link);
        link = m->group->old[link - 1].older;
    }
    return cell;
}

static int batch_order(const merge *m, uint16_t a, uint16_t b)
{
    return a == b ? 0 : sn_store_row_compare(&m->year->row[a - 1], &m->year->row[b - 1]);
}

/* A value learnt before the current one, or by the same batch: find its place in the
 * chain. */
static sn_status insert_behind(merge *m, size_t i, sn_store_cell cell)
{
    sn_status status = sn_store_need_chains(m->group, m->column, m->err);
    if (status != SN_OK) {
        return status;
    }
    uint32_t newer = 0; /* 0 = the current value */
    uint32_t next = m->column->older[i];
    while (next != 0 &&
           batch_order(m, sn_store_old_cell(m->group, next).batch, cell.batch) > 0) {
        newer = next;
        next = m->group->old[next - 1].older;
    }
    if (next != 0 && is_equal(stated_from(m, i, next), cell)) {
        m->change->n_same++;
        return SN_OK;
    }
    m->year->is_changed = true;
    sn_store_cell after = newer == 0 ? sn_store_current_cell(m->column, i)
                                     : sn_store_old_cell(m->group, newer);
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
    status = sn_store_old_add(m->group, cell, &added, m->err);
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
    sn_store_cell current = sn_store_current_cell(m->column, i);
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
    if (is_equal(stated_from(m, i, 0), cell)) {
        m->change->n_same++;
        return SN_OK;
    }
    m->change->n_revised++;
    m->year->is_changed = true;
    if (order > 0) {
        uint32_t added = 0;
        sn_status status = sn_store_need_chains(m->group, m->column, m->err);
        if (status == SN_OK) {
            status = sn_store_old_add(m->group, current, &added, m->err);
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
            !is_equal(sn_store_current_cell(column, at), cell_of(series, i))) {
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

static bool
is_doubt_of(const sn_store_year *year, uint16_t batch, int64_t first_s, int64_t last_s)
{
    return sn_store_is_doubt(year, batch) &&
           year->row[batch - 1].learnt_utc_s >= first_s &&
           year->row[batch - 1].learnt_utc_s <= last_s;
}

/* Doubts from one moment to another go; the values themselves stay. */
static void drop_cell_doubts(merge *m, size_t i, int64_t first_s, int64_t last_s)
{
    if (m->column->older == NULL) {
        return;
    }
    uint32_t *older = &m->column->older[i];
    while (*older != 0 && is_doubt_of(m->year, m->column->batch[i], first_s, last_s)) {
        set_current(m->column, i, sn_store_old_cell(m->group, *older));
        *older = m->group->old[*older - 1].older;
        m->year->is_changed = true;
    }
    for (uint32_t *link = older; *link != 0;) {
        const sn_store_old *old = &m->group->old[*link - 1];
        if (is_doubt_of(m->year, old->batch, first_s, last_s)) {
            *link = old->older;
            m->year->is_changed = true;
        } else {
            link = &m->group->old[*link - 1].older;
        }
    }
}

/* Point a merge at the series' place in the year; false when nothing is there. */
static bool find_place(merge *m, const sn_series_key *key)
{
    m->group = sn_store_year_find(m->year, key);
    m->column = m->group == NULL ? NULL : sn_store_group_find(m->group, key->subject);
    return m->column != NULL;
}

static void drop_doubts(merge *m, const sn_series *series, int64_t since_s)
{
    if (!find_place(m, &series->key) || m->column->older == NULL) {
        return;
    }
    size_t first = 0;
    size_t end = 0;
    size_t at = 0;
    overlap(series, &m->group->axis, &first, &end, &at);
    for (size_t i = first; i < end; i++, at++) {
        if (!isnan(series->value[i])) {
            drop_cell_doubts(m, at, since_s, INT64_MAX);
        }
    }
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
    for (size_t s = 0; s < batch->n_series; s++) {
        drop_doubts(&m, &batch->series[s], batch->origin.learnt.utc_s);
    }
    sn_status status = number_batch(year, batch, raw_sha256, &number, err);
    if (status == SN_OK && year->row[number - 1].sequence > *sequence) {
        *sequence = year->row[number - 1].sequence;
    }
    for (size_t s = 0; status == SN_OK && s < batch->n_series; s++) {
        status = merge_series(&m, &batch->series[s], number);
    }
    return status;
}

/* ---- doubts ---- */

/* The row of the doubts of one moment about values of one licence. */
static sn_status need_doubt_row(sn_store_year *year,
                                sn_instant moment,
                                const sn_store_row *stated,
                                uint16_t *out,
                                sn_error *err)
{
    sn_store_row row = {.learnt_utc_s = moment.utc_s,
                        .sequence = SN_STORE_DOUBT_SEQUENCE,
                        .name = (char *)(uintptr_t)doubts_name,
                        .licence = stated->licence,
                        .attribution = stated->attribution};
    for (size_t r = year->n_row; r-- > 0;) {
        if (sn_store_row_compare(&row, &year->row[r]) == 0) {
            *out = (uint16_t)(r + 1);
            return SN_OK;
        }
    }
    sn_status status = sn_store_year_add_row(year, &row, err);
    *out = (uint16_t)year->n_row;
    return status;
}

/* What is doubted at a moment, or no longer, lies on top of what was known then: below
 * the link `newer`, 0 for the current value, or as the current value itself. */
static sn_status
lay_doubt(merge *m, size_t i, bool is_newest, uint32_t newer, sn_store_cell cell)
{
    uint32_t added = 0;
    sn_status status = sn_store_old_add(
        m->group, is_newest ? sn_store_current_cell(m->column, i) : cell, &added, m->err);
    if (status != SN_OK) {
        return status;
    }
    uint32_t *link = newer == 0 ? &m->column->older[i] : &m->group->old[newer - 1].older;
    m->group->old[added - 1].older = *link;
    *link = added;
    if (is_newest) {
        set_current(m->column, i, cell);
    }
    m->year->is_changed = true;
    return SN_OK;
}

static sn_status doubt_cell(merge *m, size_t i, sn_instant moment, bool is_doubted)
{
    drop_cell_doubts(m, i, moment.utc_s, moment.utc_s);
    sn_store_cell known = sn_store_cell_at(m->year, m->group, m->column, i, &moment);
    sn_store_cell stated = sn_store_stated_at(m->year, m->group, m->column, i, &moment);
    uint8_t flag = is_doubted ? SN_FLAG_SUSPECT : stated.flag;
    if (known.batch == 0 || stated.batch == 0 || known.flag == flag) {
        return SN_OK;
    }
    sn_status status = sn_store_need_chains(m->group, m->column, m->err);
    sn_store_cell cell = {.value = stated.value, .flag = flag};
    if (status == SN_OK) {
        status = need_doubt_row(m->year, moment, &m->year->row[stated.batch - 1],
                                &cell.batch, m->err);
    }
    if (status != SN_OK) {
        return status;
    }
    uint32_t newer = 0;
    uint32_t link = m->column->older[i];
    bool is_newest = known.batch == m->column->batch[i];
    while (!is_newest && m->group->old[link - 1].batch != known.batch) {
        newer = link;
        link = m->group->old[link - 1].older;
    }
    return lay_doubt(m, i, is_newest, newer, cell);
}

sn_status
sn_store_year_doubt(sn_store_year *year, const sn_store_doubt *doubt, sn_error *err)
{
    merge m = {.year = year, .err = err};
    sn_status status = SN_OK;
    if (!find_place(&m, &doubt->key)) {
        return SN_OK;
    }
    sn_axis axis = m.group->axis;
    for (size_t i = 0; i < axis.n && status == SN_OK; i++) {
        size_t at = sn_axis_index(&doubt->axis, sn_axis_at(&axis, i));
        if (at < doubt->axis.n && m.column->batch[i] != 0) {
            status = doubt_cell(&m, i, doubt->moment, doubt->is_doubted[at] != 0);
        }
    }
    return status;
}
