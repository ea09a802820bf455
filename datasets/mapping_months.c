/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of energy by month: a row is a kind of figure in an area, a column a month
 * (2021M01).  Energy becomes mean power, day by day, as the same table fetched does. */
#include "mapping_internal.h"

#include "area.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS_MAX = SN_TABLE_CELLS_MAX };
#define MEAN_MW_MAX 1e6 /* no area of ours makes or uses more */

typedef struct months {
    const sn_mapping *m;
    const char *file;
    sn_table table;
    size_t name_at;
    size_t subject_at;
    size_t first_at; /* the first month's column; the rest follow */
    size_t n;
    sn_instant start[MONTHS_MAX + 1]; /* the last: the end */
    sn_mapped *out;
    sn_error *err;
} months;

static sn_status fail(const months *r, const char *what, const char *text)
{
    return sn_error_set(r->err, SN_E_FORMAT, "%s:%d: %s \"%.60s\"", r->file,
                        r->table.line, what, text);
}

static sn_instant month_start(int32_t index)
{
    const sn_civil civil = {.year = index / 12, .month = index % 12 + 1, .day = 1};
    return sn_instant_from_utc(&civil);
}

/* "2021M03" as months since year 0, -1 when it is none. */
static int32_t month_index(const char *cell)
{
    char text[SN_MAPPING_TEXT_MAX];
    const char *month = sn_mapping_trimmed(cell, text);
    if (strlen(month) != 7 || strspn(month, "0123456789") != 4 || month[4] != 'M' ||
        strspn(month + 5, "0123456789") != 2) {
        return -1;
    }
    long year = strtol(month, NULL, 10);
    long in_year = strtol(month + 5, NULL, 10);
    bool is_month = year >= 1950 && year <= 2200 && in_year >= 1 && in_year <= 12;
    return is_month ? (int32_t)(12 * year + in_year - 1) : -1;
}

static size_t find(const months *r, const char *name)
{
    char text[SN_MAPPING_TEXT_MAX];
    size_t i = 0;
    while (i < r->table.n &&
           strcmp(sn_mapping_trimmed(r->table.cell[i], text), name) != 0) {
        i++;
    }
    return i;
}

/* The header: two names, then months, each the next of the one before. */
static sn_status read_header(months *r)
{
    r->name_at = find(r, r->m->months_name);
    r->subject_at = find(r, r->m->months_subject);
    r->first_at = 1 + (r->name_at > r->subject_at ? r->name_at : r->subject_at);
    if (r->first_at >= r->table.n) {
        return fail(r, "no month follows", r->m->months_subject);
    }
    int32_t first = month_index(r->table.cell[r->first_at]);
    for (size_t i = r->first_at; i < r->table.n; i++) {
        int32_t index = month_index(r->table.cell[i]);
        if (index < 0 || index != first + (int32_t)r->n) {
            return fail(r, "expected months such as 2021M03, one after another, got",
                        r->table.cell[i]);
        }
        r->start[r->n++] = month_start(index);
    }
    r->start[r->n] = month_start(first + (int32_t)r->n);
    return SN_OK;
}

static const sn_column *find_kind(const months *r, const char *name)
{
    for (size_t i = 0; i < r->m->n_column; i++) {
        if (r->m->column[i].name != NULL && strcmp(r->m->column[i].name, name) == 0) {
            return &r->m->column[i];
        }
    }
    return NULL;
}

/* Each kind that nothing reads is named once. */
static sn_status note_unread(months *r, const char *name)
{
    sn_strbuf *unread = &r->out->unread;
    char quoted[SN_MAPPING_TEXT_MAX + 2];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", name);
    return unread->len > 0 && strstr(unread->data, quoted) != NULL
               ? SN_OK
               : sn_strbuf_printf(unread, r->err, "%s%s", unread->len > 0 ? ", " : "",
                                  quoted);
}

/* NaN: stated as missing. */
static sn_status
read_mean_mw(const months *r, const sn_column *kind, size_t month, double *out)
{
    char text[SN_MAPPING_TEXT_MAX];
    const char *cell = sn_mapping_trimmed(r->table.cell[r->first_at + month], text);
    double energy = 0.0;
    *out = (double)NAN;
    if (cell[0] == '\0' ||
        (r->m->missing != NULL && sn_mapping_listed(r->m->missing, cell))) {
        return SN_OK;
    }
    double hours =
        (double)(r->start[month + 1].utc_s - r->start[month].utc_s) / SN_HOUR_S;
    if (!sn_mapping_number(r->m, cell, &energy) ||
        fabs(kind->factor * energy / hours) > MEAN_MW_MAX) {
        return fail(r, "expected the energy of a month, got", cell);
    }
    *out = kind->factor * energy / hours;
    return SN_OK;
}

/* A month's first day is stated, the others follow from it. */
static void fill_days(const months *r, size_t month, double mean_mw, sn_series *series)
{
    size_t from = sn_axis_index(&series->axis, r->start[month]);
    size_t n = (size_t)((r->start[month + 1].utc_s - r->start[month].utc_s) / SN_DAY_S);
    for (size_t i = 0; i < n && !isnan(mean_mw); i++) {
        series->value[from + i] = mean_mw;
        series->flag[from + i] = (uint8_t)(i == 0 ? SN_FLAG_STATED : SN_FLAG_FILLED);
    }
}

static sn_status add_series(months *r, const sn_series_key *key)
{
    sn_mapped *out = r->out;
    for (size_t s = 0; s < out->n_series; s++) {
        if (sn_series_key_compare(&out->series[s].key, key) == 0) {
            return fail(r, "a second row of this kind for", key->subject);
        }
    }
    sn_series *grown = realloc(out->series, (out->n_series + 1) * sizeof *grown);
    if (grown == NULL) {
        return sn_error_set(r->err, SN_E_MEMORY, "out of memory reading \"%s\"", r->file);
    }
    out->series = grown;
    int64_t days = (r->start[r->n].utc_s - r->start[0].utc_s) / SN_DAY_S;
    sn_axis axis = {.start = r->start[0], .step_s = SN_DAY_S, .n = (size_t)days};
    sn_status status = sn_series_init(&grown[out->n_series], key, axis, r->err);
    out->n_series += status == SN_OK;
    return status;
}

static sn_status read_row(months *r)
{
    char name[SN_MAPPING_TEXT_MAX];
    char subject[SN_MAPPING_TEXT_MAX];
    const sn_area *area = NULL;
    sn_error why = {0};
    if (r->table.n != r->first_at + r->n) {
        return fail(r, "not as many cells as the header has, in the row of",
                    r->table.cell[0]);
    }
    (void)sn_mapping_trimmed(r->table.cell[r->name_at], name);
    (void)sn_mapping_trimmed(r->table.cell[r->subject_at], subject);
    const sn_column *kind = find_kind(r, name);
    if (kind == NULL) {
        return note_unread(r, name);
    }
    if (sn_area_require(subject, &area, &why) != SN_OK) {
        return sn_error_set(r->err, SN_E_FORMAT, "%s:%d: %s", r->file, r->table.line,
                            why.message);
    }
    sn_series_key key = kind->key;
    (void)snprintf(key.subject, sizeof key.subject, "%s", area->code);
    sn_status status = add_series(r, &key);
    for (size_t month = 0; month < r->n && status == SN_OK; month++) {
        double mean_mw = (double)NAN;
        status = read_mean_mw(r, kind, month, &mean_mw);
        if (status == SN_OK) {
            fill_days(r, month, mean_mw, &r->out->series[r->out->n_series - 1]);
            r->out->n_gap += isnan(mean_mw) ? 1 : 0;
        }
    }
    r->out->n_row++;
    return status;
}

/* Rows after the header, to the end or the first that is empty: notes follow. */
static sn_status read_table(months *r)
{
    bool more = true;
    sn_status status = sn_table_next(&r->table, &more, r->err);
    while (status == SN_OK && more && !sn_mapping_is_header(r->m, &r->table)) {
        status = sn_table_next(&r->table, &more, r->err);
    }
    if (status == SN_OK) {
        status = read_header(r);
    }
    while (status == SN_OK) {
        status = sn_table_next(&r->table, &more, r->err);
        bool is_empty =
            r->table.n == 0 || (r->table.n == 1 && r->table.cell[0][0] == '\0');
        if (status != SN_OK || !more || is_empty) {
            break;
        }
        status = read_row(r);
    }
    return status == SN_OK && r->out->n_series == 0
               ? fail(r, "no row of a known kind in", r->file)
               : status;
}

sn_status sn_mapping_read_months(const sn_mapping *m,
                                 const char *file,
                                 char *text,
                                 size_t n,
                                 sn_mapped *out,
                                 sn_error *err)
{
    months *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory reading \"%s\"", file);
    }
    r->m = m;
    r->file = file;
    r->out = out;
    r->err = err;
    sn_table_init(&r->table, file, text, n, m->separator);
    sn_status status = read_table(r);
    free(r);
    return status;
}
