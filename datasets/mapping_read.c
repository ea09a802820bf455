/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table read as its mapping declares. */
#include "mapping_internal.h"

#include "area.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct sn_points {
    size_t n;
    size_t cap;
    int64_t *utc_s;
    double *value; /* NaN: stated as missing */
} sn_points;

enum {
    PLACES_MAX = 4, /* header cells of one name */
    NOTE_BYTES_MAX = 1 << 16,
};

typedef struct sn_reading {
    const sn_mapping *m;
    const char *file;
    sn_table table;
    sn_table above[SN_MAPPING_NAME_ROWS_MAX - 1]; /* rows before it, the nearest first */
    char subject[SN_SUBJECT_SIZE]; /* of the file, "" when columns name theirs */
    long at[SN_MAPPING_COLUMNS_MAX]
           [PLACES_MAX];                      /* where it stands in this file, then -1 */
    long subject_at;                          /* column that names the area */
    size_t series_of[SN_MAPPING_COLUMNS_MAX]; /* columns of one series are added */
    size_t n_series;
    sn_series_key key[SN_MAPPING_COLUMNS_MAX];
    sn_points points[2][SN_MAPPING_COLUMNS_MAX]; /* before and after the step changes */
    long time_at[4];
    sn_clock clock;
    int32_t clock_day; /* the last clock-change day noted, as YYYYMMDD */
    sn_mapped *out;
    sn_error *err;
} sn_reading;

static sn_status fail_row(const sn_reading *r, const char *what, const char *text)
{
    return sn_error_set(r->err, SN_E_FORMAT, "%s:%d: %s \"%.60s\"", r->file,
                        r->table.line, what, text);
}

/* Step of the interval that starts at t. */
static int32_t step_at(const sn_reading *r, sn_instant t)
{
    bool later = r->m->clock.has_then && t.utc_s >= r->m->clock.then_from.utc_s;
    return later ? r->m->clock.then_step_s : (int32_t)r->m->step_s;
}

/* ---- the header ---- */

/* "Vattenkraft produktion SE1": the cells of name_rows rows, joined by blanks. */
static const char *
column_name(const sn_reading *r, size_t column, char text[SN_MAPPING_TEXT_MAX])
{
    size_t n = 0;
    text[0] = '\0';
    for (long row = r->m->name_rows - 1; row >= 0; row--) {
        const sn_table *table = row == 0 ? &r->table : &r->above[row - 1];
        char cell[SN_MAPPING_TEXT_MAX] = "";
        if (column < table->n) {
            sn_mapping_trimmed(table->cell[column], cell);
        }
        int written = snprintf(text + n, SN_MAPPING_TEXT_MAX - n, "%s%s",
                               n > 0 && cell[0] != '\0' ? " " : "", cell);
        n += written > 0 ? (size_t)written : 0;
        if (n >= SN_MAPPING_TEXT_MAX - 1) {
            break;
        }
    }
    return text;
}

static void find_places(const sn_reading *r, const char *name, long at[PLACES_MAX])
{
    char text[SN_MAPPING_TEXT_MAX];
    size_t n = 0;
    for (size_t i = 0; i < r->table.n && n < PLACES_MAX; i++) {
        if (strcmp(column_name(r, i, text), name) == 0) {
            at[n++] = (long)i;
        }
    }
    for (; n < PLACES_MAX; n++) {
        at[n] = -1;
    }
}

static long find_column(const sn_reading *r, const char *name)
{
    long at[PLACES_MAX];
    find_places(r, name, at);
    return at[0];
}

static sn_status find_subject(sn_reading *r)
{
    const sn_mapping *m = r->m;
    if (m->subject_from_file) {
        sn_mapping_subject_of_file(r->file, r->subject);
    }
    for (size_t i = 0; m->subject_header != NULL && i < r->table.n; i++) {
        size_t n = strlen(m->subject_header);
        if (strncmp(r->table.cell[i], m->subject_header, n) == 0) {
            (void)snprintf(r->subject, sizeof r->subject, "%.15s", r->table.cell[i] + n);
        }
    }
    if (r->subject[0] != '\0') {
        const sn_area *area = NULL;
        sn_error why = {0};
        if (sn_area_require(r->subject, &area, &why) != SN_OK) {
            return sn_error_set(r->err, SN_E_FORMAT, "%s:%d: %s", r->file, r->table.line,
                                why.message);
        }
    }
    return SN_OK;
}

static sn_status find_times(sn_reading *r)
{
    const sn_mapping *m = r->m;
    for (size_t i = 0; i < m->n_time_column; i++) {
        r->time_at[i] = m->time_column[i] >= 0 ? m->time_column[i]
                                               : find_column(r, m->time_column_name[i]);
        if (r->time_at[i] < 0) {
            return fail_row(r, "no column of times:", m->time_column_name[i]);
        }
    }
    return SN_OK;
}

/* Names the columns that nothing reads. */
static sn_status tell_unread(sn_reading *r)
{
    bool is_read[SN_TABLE_CELLS_MAX] = {false};
    for (size_t i = 0; i < r->m->n_column; i++) {
        for (size_t p = 0; p < PLACES_MAX && r->at[i][p] >= 0; p++) {
            is_read[r->at[i][p]] = true;
        }
    }
    for (size_t i = 0; i < r->m->n_time_column; i++) {
        is_read[r->time_at[i]] = true;
    }
    sn_status status = SN_OK;
    for (size_t i = 0; status == SN_OK && i < r->table.n; i++) {
        char text[SN_MAPPING_TEXT_MAX];
        if (!is_read[i] && column_name(r, i, text)[0] != '\0') {
            status = sn_strbuf_printf(&r->out->unread, r->err, "%s\"%s\"",
                                      r->out->unread.len > 0 ? ", " : "", text);
        }
    }
    return status;
}

static sn_status find_columns(sn_reading *r)
{
    const sn_mapping *m = r->m;
    sn_status status = find_subject(r);
    if (status == SN_OK) {
        status = find_times(r);
    }
    if (status != SN_OK) {
        return status;
    }
    bool found = false;
    for (size_t i = 0; i < m->n_column; i++) {
        const sn_column *c = &m->column[i];
        if (c->index >= 0) {
            r->at[i][0] = c->index;
            r->at[i][1] = -1;
        } else {
            find_places(r, c->name, r->at[i]);
        }
        found = found || r->at[i][0] >= 0;
        sn_series_key key = c->key;
        if (key.subject[0] == '\0') {
            memcpy(key.subject, r->subject, sizeof key.subject);
        }
        size_t k = 0;
        while (k < r->n_series && sn_series_key_compare(&r->key[k], &key) != 0) {
            k++;
        }
        r->series_of[i] = k;
        if (k == r->n_series) {
            r->key[r->n_series++] = key;
        }
    }
    if (!found) {
        return fail_row(r, "none of the mapping's columns are in the header of", r->file);
    }
    return m->tell_unread ? tell_unread(r) : SN_OK;
}

/* ---- values ---- */

static bool is_missing(const sn_mapping *m, const char *text)
{
    return text[0] == '\0' || (m->missing != NULL && sn_mapping_listed(m->missing, text));
}

static sn_status
fail_cell(const sn_reading *r, size_t column, sn_instant t, const char *what)
{
    char a[SN_INSTANT_TEXT_SIZE];
    char b[SN_INSTANT_TEXT_SIZE];
    const sn_series_key *key = &r->key[r->series_of[column]];
    return sn_error_set(
        r->err, SN_E_FORMAT, "%s:%d: %s of %s, %s to %s: %s", r->file, r->table.line,
        sn_quantity_name(key->quantity), key->subject, sn_instant_format(t, a),
        sn_instant_format((sn_instant){t.utc_s + step_at(r, t)}, b), what);
}

/* Of columns with one name, the one that is filled; NaN when none is. */
static sn_status read_cell(const sn_reading *r, size_t column, sn_instant t, double *out)
{
    char text[SN_MAPPING_TEXT_MAX];
    *out = NAN;
    for (size_t p = 0; p < PLACES_MAX && r->at[column][p] >= 0; p++) {
        size_t at = (size_t)r->at[column][p];
        double value = NAN;
        if (at >= r->table.n ||
            is_missing(r->m, sn_mapping_trimmed(r->table.cell[at], text))) {
            continue;
        }
        if (!sn_mapping_number(r->m, text, &value)) {
            char what[SN_MAPPING_TEXT_MAX];
            (void)snprintf(what, sizeof what, "not a number: \"%.60s\"", text);
            return fail_cell(r, column, t, what);
        }
        if (!isnan(*out) && *out != value) {
            return fail_cell(r, column, t, "two columns of this name differ");
        }
        *out = value;
    }
    return SN_OK;
}

static sn_status append(sn_reading *r, size_t k, sn_instant t, double value)
{
    bool later = r->m->clock.has_then && t.utc_s >= r->m->clock.then_from.utc_s;
    sn_points *p = &r->points[later][k];
    if (p->n == p->cap) {
        size_t cap = p->cap == 0 ? 9000 : p->cap * 2;
        int64_t *utc_s = realloc(p->utc_s, cap * sizeof *utc_s);
        if (utc_s != NULL) {
            p->utc_s = utc_s;
        }
        double *grown = realloc(p->value, cap * sizeof *grown);
        if (grown != NULL) {
            p->value = grown;
        }
        if (utc_s == NULL || grown == NULL) {
            return sn_error_set(r->err, SN_E_MEMORY, "out of memory reading \"%s\"",
                                r->file);
        }
        p->cap = cap;
    }
    p->utc_s[p->n] = t.utc_s;
    p->value[p->n++] = value;
    return SN_OK;
}

/* Values of one row for the interval that starts at t. */
static sn_status take_values(sn_reading *r, sn_instant t)
{
    double sum[SN_MAPPING_COLUMNS_MAX] = {0};
    bool present[SN_MAPPING_COLUMNS_MAX] = {false};
    for (size_t i = 0; i < r->m->n_column; i++) {
        const sn_column *c = &r->m->column[i];
        double value = NAN;
        if (r->at[i][0] < 0) {
            continue;
        }
        sn_status status = read_cell(r, i, t, &value);
        if (status != SN_OK) {
            return status;
        }
        if (c->has_from && t.utc_s < c->from.utc_s) {
            r->out->n_left_out += isnan(value) ? 0 : 1;
            continue;
        }
        sum[r->series_of[i]] += c->factor * value;
        present[r->series_of[i]] = true;
    }
    for (size_t k = 0; k < r->n_series; k++) {
        sn_status status = present[k] ? append(r, k, t, sum[k]) : SN_OK;
        if (status != SN_OK) {
            return status;
        }
        r->out->n_gap += present[k] && isnan(sum[k]);
    }
    return SN_OK;
}

/* ---- the clock ---- */

static sn_status fail_gap(const sn_reading *r, sn_instant from, sn_instant to)
{
    char a[SN_INSTANT_TEXT_SIZE];
    char b[SN_INSTANT_TEXT_SIZE];
    sn_civil day = sn_instant_to_cet(from);
    return sn_error_set(r->err, SN_E_FORMAT,
                        "%s:%d: %s: %lld rows are missing on %04d-%02d-%02d (CET/CEST): "
                        "no row for %s to %s",
                        r->file, r->table.line, r->key[0].subject,
                        (long long)((to.utc_s - from.utc_s) / step_at(r, from)),
                        (int)day.year, (int)day.month, (int)day.day,
                        sn_instant_format(from, a), sn_instant_format(to, b));
}

/* Start of the day that holds t on the table's clock; files in UTC are cut by either
 * kind of day, so there the later of the two starts counts. */
static sn_instant day_start(const sn_reading *r, sn_instant t)
{
    int64_t utc_s = t.utc_s - (t.utc_s % SN_DAY_S + SN_DAY_S) % SN_DAY_S;
    sn_instant local = sn_cet_day_start(t);
    switch (r->m->clock.kind) {
    case SN_CLOCK_UTC:
        return utc_s > local.utc_s ? (sn_instant){utc_s} : local;
    case SN_CLOCK_CET: {
        int64_t cet_s = t.utc_s + SN_HOUR_S;
        return (sn_instant){t.utc_s - (cet_s % SN_DAY_S + SN_DAY_S) % SN_DAY_S};
    }
    case SN_CLOCK_CET_LOCAL:
    default:
        return local;
    }
}

static sn_instant day_end(const sn_reading *r, sn_instant t)
{
    sn_instant end = t;
    while (day_start(r, end).utc_s != end.utc_s) {
        end.utc_s += SN_QUARTER_S;
    }
    return end;
}

/* A day is whole or the table is cut. */
static sn_status check_first_day(const sn_reading *r, sn_instant t)
{
    sn_instant start = day_start(r, t);
    bool is_cut = !r->m->gaps_allowed && r->m->step_s < SN_DAY_S && start.utc_s < t.utc_s;
    return is_cut ? fail_gap(r, start, t) : SN_OK;
}

static sn_status check_last_day(const sn_reading *r)
{
    sn_instant due = r->clock.next;
    bool is_cut = r->clock.started && !r->m->gaps_allowed && r->m->step_s < SN_DAY_S &&
                  day_start(r, due).utc_s < due.utc_s;
    return is_cut ? fail_gap(r, due, day_end(r, due)) : SN_OK;
}

/* A row that the clock leaves out although it holds values: the file is wrong there. */
static sn_status note_dropped(sn_reading *r, const sn_civil *label)
{
    int32_t day = label->year * 10000 + label->month * 100 + label->day;
    bool holds = false;
    r->out->n_dropped++;
    for (size_t i = 0; !holds && i < r->m->n_column; i++) {
        for (size_t p = 0; p < PLACES_MAX && r->at[i][p] >= 0; p++) {
            char text[SN_MAPPING_TEXT_MAX];
            size_t at = (size_t)r->at[i][p];
            holds =
                holds || (at < r->table.n &&
                          !is_missing(r->m, sn_mapping_trimmed(r->table.cell[at], text)));
        }
    }
    if (!holds || day == r->clock_day) {
        return SN_OK;
    }
    r->clock_day = day;
    return sn_strbuf_printf(&r->out->clock_days, r->err, "%s%04d-%02d-%02d",
                            r->out->clock_days.len > 0 ? ", " : "", (int)label->year,
                            (int)label->month, (int)label->day);
}

/* Follows the clock: time must rise, and no interval may lack its row. */
static sn_status
place_row(sn_reading *r, const sn_civil *label, bool *use_out, sn_instant *t_out)
{
    bool is_first = !r->clock.started;
    sn_clock_step step = sn_clock_advance(&r->clock, &r->m->clock, label, r->m->step_s);
    *use_out = step.kind == SN_CLOCK_USE;
    *t_out = step.start;
    if (step.kind == SN_CLOCK_BACK) {
        char text[SN_INSTANT_TEXT_SIZE];
        return fail_row(r, "time goes back or repeats at",
                        sn_instant_format(step.start, text));
    }
    if (step.kind == SN_CLOCK_DROP) {
        return note_dropped(r, label);
    }
    if (is_first && r->clock.started) {
        return check_first_day(r, step.start);
    }
    if (step.gap_s > 0 && !r->m->gaps_allowed) {
        return fail_gap(r, (sn_instant){step.start.utc_s - step.gap_s}, step.start);
    }
    return SN_OK;
}

static sn_status read_label(const sn_reading *r, sn_civil *out)
{
    char text[SN_MAPPING_TEXT_MAX] = "";
    size_t n = 0;
    for (size_t i = 0; i < r->m->n_time_column; i++) {
        size_t column = (size_t)r->time_at[i];
        const char *cell = column < r->table.n ? r->table.cell[column] : "";
        int written = snprintf(text + n, sizeof text - n, "%s%s", i > 0 ? " " : "", cell);
        n += written > 0 ? (size_t)written : 0;
        if (n >= sizeof text) {
            return fail_row(r, "time label is too long:", text);
        }
    }
    if (!sn_clock_parse_label(r->m->clock.format, text, out)) {
        return fail_row(r, "not a time of the expected form:", text);
    }
    return SN_OK;
}

/* One row holds a day: intervals in columns 1.. of the row. */
static sn_status read_day_row(sn_reading *r)
{
    sn_civil label;
    sn_status status = read_label(r, &label);
    long per_day = SN_DAY_S / r->m->step_s;
    for (long i = 0; i < per_day && status == SN_OK; i++) {
        label.hour = (int32_t)(i * r->m->step_s / SN_HOUR_S);
        label.minute = (int32_t)(i * r->m->step_s % SN_HOUR_S / 60);
        bool use = false;
        sn_instant t;
        r->at[0][0] = i + 1;
        r->at[0][1] = -1;
        status = place_row(r, &label, &use, &t);
        if (status == SN_OK && use) {
            status = take_values(r, t);
        }
    }
    return status;
}

static sn_status read_row(sn_reading *r)
{
    if (r->m->is_day_row) {
        return read_day_row(r);
    }
    if (r->m->subject_column != NULL) {
        long column = r->subject_at;
        const char *cell = (size_t)column < r->table.n ? r->table.cell[column] : "";
        if (strcmp(cell, r->subject) != 0) {
            return fail_row(r, "one file holds one area; another one here:", cell);
        }
    }
    sn_civil label;
    bool use = false;
    sn_instant t;
    sn_status status = read_label(r, &label);
    if (status == SN_OK) {
        status = place_row(r, &label, &use, &t);
    }
    return status == SN_OK && use ? take_values(r, t) : status;
}

static bool is_empty_row(const sn_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        if (table->cell[i][strspn(table->cell[i], " \t")] != '\0') {
            return false;
        }
    }
    return true;
}

/* Rows up to and with the header. */
static sn_status read_header(sn_reading *r)
{
    enum { ABOVE = SN_MAPPING_NAME_ROWS_MAX - 1 };
    bool more = true;
    for (;;) {
        sn_status status = sn_table_next(&r->table, &more, r->err);
        if (status != SN_OK || !more) {
            return status;
        }
        if (sn_mapping_is_header(r->m, &r->table)) {
            return find_columns(r);
        }
        memmove(&r->above[1], &r->above[0], (ABOVE - 1) * sizeof r->above[0]);
        r->above[0] = r->table;
    }
}

static sn_status read_rows(sn_reading *r)
{
    bool more = true;
    long skip = r->m->rows_after_header;
    sn_status status = read_header(r);
    while (status == SN_OK) {
        status = sn_table_next(&r->table, &more, r->err);
        if (status != SN_OK || !more) {
            break;
        }
        if (skip > 0) {
            skip--;
            continue;
        }
        if (is_empty_row(&r->table)) {
            continue;
        }
        char first[SN_MAPPING_TEXT_MAX];
        if (r->m->end_row != NULL &&
            strcmp(sn_mapping_trimmed(r->table.cell[0], first), r->m->end_row) == 0) {
            break;
        }
        status = read_row(r);
        r->out->n_row++;
    }
    return status == SN_OK ? check_last_day(r) : status;
}

/* ---- series ---- */

static void take_zero(sn_reading *r, sn_series *series, size_t i, bool is_missing_value)
{
    if (is_missing_value) {
        series->value[i] = NAN;
        series->flag[i] = SN_FLAG_GAP;
        r->out->n_zero_missing++;
    } else {
        series->flag[i] = SN_FLAG_SUSPECT;
        r->out->n_zero_suspect++;
    }
}

/* Zeros that stand for something else.  A run of zeros is a whole day from 22 hours on:
 * such blocks are cut by UTC or neighbours' days, and the clock takes an hour in spring;
 * gaps neither end a run nor count. */
static void apply_zero_rule(sn_reading *r, sn_series *series, sn_zero_rule rule)
{
    enum { DAY_H = 22 };
    size_t long_run = (size_t)(DAY_H * SN_HOUR_S / series->axis.step_s);
    size_t n = series->axis.n;
    for (size_t i = 0; i < n;) {
        size_t n_zero = 0;
        size_t end = i;
        while (end < n && (series->value[end] == 0.0 || isnan(series->value[end]))) {
            n_zero += series->value[end] == 0.0;
            end++;
        }
        bool applies =
            rule == SN_ZERO_MISSING ? n_zero > 0 : n_zero > 0 && n_zero >= long_run;
        for (size_t k = i; applies && k < end; k++) {
            if (series->value[k] == 0.0) {
                take_zero(r, series, k, rule != SN_ZERO_DAY_SUSPECT);
            }
        }
        i = end + 1;
    }
}

static sn_status make_series(sn_reading *r, size_t k, size_t era, sn_zero_rule zero)
{
    const sn_points *p = &r->points[era][k];
    if (p->n == 0) {
        return SN_OK;
    }
    int32_t step_s = era == 0 ? (int32_t)r->m->step_s : r->m->clock.then_step_s;
    sn_series_key key = r->key[k];
    key.step_s = step_s;
    int64_t first_s = p->utc_s[0];
    int64_t last_s = p->utc_s[0];
    for (size_t i = 1; i < p->n; i++) {
        first_s = p->utc_s[i] < first_s ? p->utc_s[i] : first_s;
        last_s = p->utc_s[i] > last_s ? p->utc_s[i] : last_s;
    }
    sn_axis axis = {{first_s}, step_s, (size_t)((last_s - first_s) / step_s) + 1};
    sn_series *series = &r->out->series[r->out->n_series];
    sn_status status = sn_series_init(series, &key, axis, r->err);
    if (status != SN_OK) {
        return status;
    }
    r->out->n_series++;
    for (size_t i = 0; i < p->n; i++) {
        size_t at = (size_t)((p->utc_s[i] - first_s) / step_s);
        if (series->flag[at] != SN_FLAG_GAP) {
            char text[SN_INSTANT_TEXT_SIZE];
            return sn_error_set(r->err, SN_E_FORMAT, "%s: %s: two rows for %s", r->file,
                                key.subject,
                                sn_instant_format((sn_instant){p->utc_s[i]}, text));
        }
        series->value[at] = p->value[i];
        series->flag[at] = (uint8_t)(isnan(p->value[i]) ? SN_FLAG_GAP : SN_FLAG_STATED);
    }
    if (zero != SN_ZERO_STATED && step_s < SN_DAY_S) {
        apply_zero_rule(r, series, zero);
    }
    return SN_OK;
}

static sn_status make_all_series(sn_reading *r)
{
    r->out->series = calloc(2 * r->n_series + 1, sizeof *r->out->series);
    if (r->out->series == NULL) {
        return sn_error_set(r->err, SN_E_MEMORY, "out of memory reading \"%s\"", r->file);
    }
    sn_status status = SN_OK;
    for (size_t k = 0; k < r->n_series && status == SN_OK; k++) {
        sn_zero_rule zero = SN_ZERO_STATED;
        for (size_t i = 0; i < r->m->n_column; i++) {
            if (r->series_of[i] == k && r->m->column[i].zero != SN_ZERO_STATED) {
                zero = r->m->column[i].zero;
            }
        }
        status = make_series(r, k, 0, zero);
        if (status == SN_OK) {
            status = make_series(r, k, 1, zero);
        }
    }
    return status;
}

/* A file whose area stands in a column: the first row tells it. */
static sn_status peek_subject(sn_reading *r, const char *text, size_t n)
{
    char head[SN_MAPPING_HEAD_BYTES];
    size_t size = n < sizeof head - 1 ? n : sizeof head - 1;
    memcpy(head, text, size);
    head[size] = '\0';
    sn_table table;
    sn_table_init(&table, r->file, head, size, r->m->separator);
    bool more = true;
    while (sn_table_next(&table, &more, NULL) == SN_OK && more &&
           !sn_mapping_is_header(r->m, &table)) {
    }
    r->table = table;
    r->subject_at = find_column(r, r->m->subject_column);
    if (r->subject_at < 0) {
        return fail_row(r, "no column that names the area:", r->m->subject_column);
    }
    if (sn_table_next(&table, &more, NULL) == SN_OK && more &&
        (size_t)r->subject_at < table.n) {
        (void)snprintf(r->subject, sizeof r->subject, "%.15s", table.cell[r->subject_at]);
    }
    return SN_OK;
}

sn_status sn_mapping_read(const sn_mapping_set *set,
                          const char *file_name,
                          char *text,
                          size_t n,
                          sn_mapped *out,
                          sn_error *err)
{
    *out = (sn_mapped){0};
    sn_strbuf_init(&out->clock_days, NOTE_BYTES_MAX);
    sn_strbuf_init(&out->unread, NOTE_BYTES_MAX);
    const sn_mapping *m = NULL;
    sn_status status = sn_mapping_recognise(set, file_name, text, n, &m, err);
    if (status != SN_OK) {
        return status;
    }
    out->mapping = m;
    if (m->no_series != NULL) {
        return SN_OK;
    }
    if (m->months_name != NULL) {
        status = sn_mapping_read_months(m, file_name, text, n, out, err);
        if (status != SN_OK) {
            sn_mapped_release(out);
        }
        return status;
    }
    sn_reading *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory reading \"%s\"", file_name);
    }
    *r = (sn_reading){.m = m, .file = file_name, .out = out, .err = err};
    status = m->subject_column != NULL ? peek_subject(r, text, n) : SN_OK;
    sn_table_init(&r->table, file_name, text, n, m->separator);
    if (status == SN_OK) {
        status = read_rows(r);
    }
    if (status == SN_OK) {
        status = make_all_series(r);
    }
    for (size_t k = 0; k < SN_MAPPING_COLUMNS_MAX; k++) {
        for (int era = 0; era < 2; era++) {
            free(r->points[era][k].utc_s);
            free(r->points[era][k].value);
        }
    }
    free(r);
    if (status != SN_OK) {
        sn_mapped_release(out);
    }
    return status;
}

void sn_mapped_release(sn_mapped *mapped)
{
    for (size_t i = 0; i < mapped->n_series; i++) {
        sn_series_release(&mapped->series[i]);
    }
    free(mapped->series);
    sn_strbuf_release(&mapped->clock_days);
    sn_strbuf_release(&mapped->unread);
    *mapped = (sn_mapped){0};
}
