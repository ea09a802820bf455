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

typedef struct sn_reading {
    const sn_mapping *m;
    const char *file;
    sn_table table;
    char subject[SN_SUBJECT_SIZE];   /* of the file, "" when columns name theirs */
    long at[SN_MAPPING_COLUMNS_MAX]; /* column position in this file, -1 absent */
    long subject_at;                 /* column that names the area */
    size_t series_of[SN_MAPPING_COLUMNS_MAX]; /* columns of one series are added */
    size_t n_series;
    sn_series_key key[SN_MAPPING_COLUMNS_MAX];
    sn_points points[2][SN_MAPPING_COLUMNS_MAX]; /* before and after the step changes */
    long time_at[4];
    sn_clock clock;
    sn_mapped *out;
    sn_error *err;
} sn_reading;

/* "dir/SE_1.csv.xz" -> "SE1", "DE-LU-q.csv.gz" -> "DE-LU". */
static void subject_of_file(const char *file, char subject[SN_SUBJECT_SIZE])
{
    const char *base = strrchr(file, '/');
    base = base == NULL ? file : base + 1;
    size_t n = 0;
    for (const char *c = base; *c != '\0' && *c != '.' && n + 1 < SN_SUBJECT_SIZE; c++) {
        if (*c == '_' && c[1] >= '0' && c[1] <= '9') {
            continue;
        }
        subject[n++] = *c == '_' ? '-' : *c;
    }
    subject[n] = '\0';
    if (n > 2 && strcmp(subject + n - 2, "-q") == 0) {
        subject[n - 2] = '\0';
    }
}

static bool listed(const sn_yaml_node *list, const char *text)
{
    for (const sn_yaml_node *node = list->first; node != NULL; node = node->next) {
        if (node->kind == SN_YAML_SCALAR && strcmp(node->text, text) == 0) {
            return true;
        }
    }
    return false;
}

static const char *trimmed(const char *cell, char text[TEXT_MAX])
{
    cell += strspn(cell, " \t\xc2\xa0");
    size_t n = strlen(cell);
    while (n > 0 && (cell[n - 1] == ' ' || cell[n - 1] == '\t')) {
        n--;
    }
    n = n < TEXT_MAX - 1 ? n : TEXT_MAX - 1;
    memcpy(text, cell, n);
    text[n] = '\0';
    return text;
}

static long find_cell(const sn_table *table, const char *name, long nth)
{
    char text[TEXT_MAX];
    for (size_t i = 0; i < table->n; i++) {
        if (strcmp(trimmed(table->cell[i], text), name) == 0 && --nth == 0) {
            return (long)i;
        }
    }
    return -1;
}

static bool row_has_header(const sn_mapping *m, const sn_table *table)
{
    for (const sn_yaml_node *node = m->header->first; node != NULL; node = node->next) {
        if (node->kind != SN_YAML_SCALAR || find_cell(table, node->text, 1) < 0) {
            return false;
        }
    }
    return true;
}

static bool row_has_title(const sn_mapping *m, const sn_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        if (strstr(table->cell[i], m->title) != NULL) {
            return true;
        }
    }
    return false;
}

/* Looks for title and header in the first rows of a copy of the text's beginning. */
static bool is_of(const sn_mapping *m, const char *file, const char *text, size_t n)
{
    char head[16384];
    size_t size = n < sizeof head - 1 ? n : sizeof head - 1;
    char subject[SN_SUBJECT_SIZE];
    subject_of_file(file, subject);
    if (m->subjects != NULL && !listed(m->subjects, subject)) {
        return false;
    }
    if (m->file_part != NULL && strstr(file, m->file_part) == NULL) {
        return false;
    }
    if (m->subject_from_file && sn_area_find(subject) == NULL) {
        return false;
    }
    memcpy(head, text, size);
    head[size] = '\0';
    sn_table table;
    sn_table_init(&table, file, head, size, m->separator);
    bool more = true;
    bool titled = m->title == NULL;
    for (int row = 0; row < HEADER_ROWS_MAX; row++) {
        if (sn_table_next(&table, &more, NULL) != SN_OK || !more) {
            return false;
        }
        titled = titled || row_has_title(m, &table);
        if (row_has_header(m, &table)) {
            return titled;
        }
    }
    return false;
}

static sn_status fail_row(const sn_reading *r, const char *what, const char *text)
{
    return sn_error_set(r->err, SN_E_FORMAT, "%s:%d: %s \"%.60s\"", r->file,
                        r->table.line, what, text);
}

static sn_status find_columns(sn_reading *r)
{
    const sn_mapping *m = r->m;
    if (m->subject_from_file) {
        subject_of_file(r->file, r->subject);
    }
    for (size_t i = 0; m->subject_header != NULL && i < r->table.n; i++) {
        size_t n = strlen(m->subject_header);
        if (strncmp(r->table.cell[i], m->subject_header, n) == 0) {
            (void)snprintf(r->subject, sizeof r->subject, "%.15s", r->table.cell[i] + n);
        }
    }
    if (r->subject[0] != '\0') {
        const sn_area *area = NULL;
        sn_status status = sn_area_require(r->subject, &area, r->err);
        if (status != SN_OK) {
            return fail_row(r, "the file's area is not known:", r->subject);
        }
    }
    for (size_t i = 0; i < m->n_time_column; i++) {
        r->time_at[i] = m->time_column[i] >= 0
                            ? m->time_column[i]
                            : find_cell(&r->table, m->time_column_name[i], 1);
        if (r->time_at[i] < 0) {
            return fail_row(r, "no column of times:", m->time_column_name[i]);
        }
    }
    size_t n_found = 0;
    for (size_t i = 0; i < m->n_column; i++) {
        const sn_column *c = &m->column[i];
        r->at[i] = c->index >= 0 ? c->index : find_cell(&r->table, c->name, c->nth);
        n_found += r->at[i] >= 0;
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
    return n_found > 0 ? SN_OK
                       : fail_row(r, "none of the mapping's columns are in the header of",
                                  r->file);
}

/* The provider's number: decimal and thousands marks replaced, then strict. */
static sn_status read_number(const sn_reading *r, const char *cell, double *out)
{
    char text[TEXT_MAX];
    char plain[TEXT_MAX];
    size_t n = 0;
    trimmed(cell, text);
    *out = NAN;
    if (text[0] == '\0' || (r->m->missing != NULL && listed(r->m->missing, text))) {
        return SN_OK;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if (r->m->thousands != '\0' && *c == r->m->thousands) {
            continue;
        }
        if (*c == '.' && r->m->decimal != '.') {
            return fail_row(r, "not a number:", text);
        }
        plain[n++] = *c == r->m->decimal ? '.' : *c;
    }
    plain[n] = '\0';
    if (!sn_parse_double(plain, out) || fabs(*out) > 1e12) {
        *out = NAN;
        return fail_row(r, "not a number:", text);
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
        if (r->at[i] < 0) {
            continue;
        }
        double value = NAN;
        if ((size_t)r->at[i] < r->table.n) {
            sn_status status = read_number(r, r->table.cell[r->at[i]], &value);
            if (status != SN_OK) {
                return status;
            }
        }
        const sn_column *c = &r->m->column[i];
        if (c->has_from && t.utc_s < c->from.utc_s) {
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

static sn_status fail_gap(const sn_reading *r, sn_instant from, sn_instant to)
{
    char a[SN_INSTANT_TEXT_SIZE];
    char b[SN_INSTANT_TEXT_SIZE];
    sn_civil day = sn_instant_to_cet(from);
    return sn_error_set(r->err, SN_E_FORMAT,
                        "%s:%d: %s: %lld rows are missing on %04d-%02d-%02d (CET/CEST): "
                        "no row for %s to %s",
                        r->file, r->table.line, r->key[0].subject,
                        (long long)((to.utc_s - from.utc_s) / r->m->step_s),
                        (int)day.year, (int)day.month, (int)day.day,
                        sn_instant_format(from, a), sn_instant_format(to, b));
}

/* Follows the clock: time must rise, and no interval may lack its row. */
static sn_status
place_row(sn_reading *r, const sn_civil *label, bool *use_out, sn_instant *t_out)
{
    sn_clock_step step = sn_clock_advance(&r->clock, &r->m->clock, label, r->m->step_s);
    *use_out = step.kind == SN_CLOCK_USE;
    *t_out = step.start;
    if (step.kind == SN_CLOCK_BACK) {
        char text[SN_INSTANT_TEXT_SIZE];
        return fail_row(r, "time goes back or repeats at",
                        sn_instant_format(step.start, text));
    }
    r->out->n_dropped += step.kind == SN_CLOCK_DROP;
    if (step.gap_s > 0 && !r->m->gaps_allowed) {
        return fail_gap(r, (sn_instant){step.start.utc_s - step.gap_s}, step.start);
    }
    return SN_OK;
}

static sn_status read_label(const sn_reading *r, sn_civil *out)
{
    char text[TEXT_MAX] = "";
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
        status = place_row(r, &label, &use, &t);
        if (status == SN_OK && use) {
            r->at[0] = i + 1;
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

static sn_status read_rows(sn_reading *r)
{
    bool more = true;
    bool in_table = false;
    long skip = 0;
    sn_status status = SN_OK;
    while (status == SN_OK) {
        status = sn_table_next(&r->table, &more, r->err);
        if (status != SN_OK || !more) {
            break;
        }
        if (!in_table) {
            if (row_has_header(r->m, &r->table)) {
                in_table = true;
                skip = r->m->rows_after_header;
                if (r->m->subject_column != NULL) {
                    r->subject_at = find_cell(&r->table, r->m->subject_column, 1);
                } else {
                    status = find_columns(r);
                }
            }
            continue;
        }
        if (skip > 0) {
            skip--;
            continue;
        }
        if (is_empty_row(&r->table)) {
            continue;
        }
        if (r->m->end_row != NULL && strcmp(r->table.cell[0], r->m->end_row) == 0) {
            break;
        }
        status = read_row(r);
        r->out->n_row++;
    }
    return status;
}

/* Whole local days of zeros are missing days in some exports. */
static void drop_zero_days(sn_series *series)
{
    size_t per_day = (size_t)(SN_DAY_S / series->axis.step_s);
    for (size_t i = 0; i < series->axis.n;) {
        size_t end = i;
        while (end < series->axis.n && series->value[end] == 0.0) {
            end++;
        }
        for (size_t k = i; k < end && end - i + 1 >= per_day; k++) {
            series->value[k] = NAN;
            series->flag[k] = SN_FLAG_GAP;
        }
        i = end + 1;
    }
}

static sn_status make_series(sn_reading *r, size_t k, size_t era, bool zero_day)
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
        series->value[at] = p->value[i];
        series->flag[at] = (uint8_t)(isnan(p->value[i]) ? SN_FLAG_GAP : SN_FLAG_STATED);
    }
    if (zero_day) {
        drop_zero_days(series);
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
        bool zero_day = false;
        for (size_t i = 0; i < r->m->n_column; i++) {
            zero_day =
                zero_day || (r->series_of[i] == k && r->m->column[i].zero_day_is_missing);
        }
        status = make_series(r, k, 0, zero_day);
        if (status == SN_OK) {
            status = make_series(r, k, 1, zero_day);
        }
    }
    if (status == SN_OK && r->out->n_series == 0) {
        status =
            sn_error_set(r->err, SN_E_FORMAT, "file \"%s\" (%s) holds no rows of data",
                         r->file, r->m->name);
    }
    return status;
}

/* A file whose area stands in a column: the first row tells it. */
static sn_status peek_subject(sn_reading *r, const char *text, size_t n)
{
    char head[16384];
    size_t size = n < sizeof head - 1 ? n : sizeof head - 1;
    memcpy(head, text, size);
    head[size] = '\0';
    sn_table table;
    sn_table_init(&table, r->file, head, size, r->m->separator);
    bool more = true;
    while (sn_table_next(&table, &more, NULL) == SN_OK && more &&
           !row_has_header(r->m, &table)) {
    }
    long column = find_cell(&table, r->m->subject_column, 1);
    sn_table header = table;
    if (sn_table_next(&table, &more, NULL) == SN_OK && more && column >= 0 &&
        (size_t)column < table.n) {
        (void)snprintf(r->subject, sizeof r->subject, "%.15s", table.cell[column]);
    }
    r->table = header;
    sn_status status = find_columns(r);
    r->subject_at = column;
    return status;
}

sn_status sn_mapping_read(const sn_mapping_set *set,
                          const char *file_name,
                          char *text,
                          size_t n,
                          sn_mapped *out,
                          sn_error *err)
{
    *out = (sn_mapped){0};
    const sn_mapping *m = NULL;
    for (size_t i = 0; i < set->n && m == NULL; i++) {
        m = is_of(set->item[i], file_name, text, n) ? set->item[i] : NULL;
    }
    if (m == NULL) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "file \"%s\" is like none of the %zu known tables (see SOURCES.md)",
            file_name, set->n);
    }
    sn_reading *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory reading \"%s\"", file_name);
    }
    out->mapping = m;
    *r = (sn_reading){.m = m, .file = file_name, .out = out, .err = err};
    sn_status status = m->subject_column != NULL ? peek_subject(r, text, n) : SN_OK;
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
    *mapped = (sn_mapped){0};
}
