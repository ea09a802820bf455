/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapping.h"

#include "area.h"
#include "base/os.h"
#include "mapping_clock.h"
#include "table.h"
#include "yaml_tree.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 128, HEADER_ROWS_MAX = 8, TEXT_MAX = 128 };

typedef struct sn_column {
    const char *name;  /* header cell, or NULL when index is given */
    long nth;          /* which of several equal header cells, from 1 */
    long index;        /* column number from 0; -1: by name */
    sn_series_key key; /* subject empty: the file's subject */
    double factor;
    bool zero_day_is_missing;
    bool has_from;
    sn_instant from; /* values before are left out */
} sn_column;

struct sn_mapping {
    sn_yaml *document; /* owns every text below */
    const char *name;
    const char *source;
    const char *licence;
    const char *attribution;
    const char *title;          /* part of a cell in the first row, or NULL */
    const sn_yaml_node *header; /* cells that one of the first rows must hold */
    const sn_yaml_node *missing;
    const sn_yaml_node *subjects; /* only these file subjects, or NULL */
    const char *end_row;          /* first cell that ends the table, or NULL */
    const char *subject_header;   /* header cell prefix that names the area, or NULL */
    const char *subject_column;   /* column that names the area, or NULL */
    bool subject_from_file;
    bool is_day_row; /* one row a day, one column an interval */
    bool gaps_allowed;
    char separator;
    char decimal;
    char thousands; /* 0: none */
    long rows_after_header;
    long step_s;
    sn_clock_rule clock;
    size_t n_time_column;
    long time_column[4]; /* -1: by name */
    const char *time_column_name[4];
    const char *file_part; /* part of the file's name, or NULL */
    size_t n_column;
    sn_column column[COLUMNS_MAX];
};

const char *sn_mapping_name(const sn_mapping *mapping)
{
    return mapping->name;
}

const char *sn_mapping_licence(const sn_mapping *mapping)
{
    return mapping->licence;
}

const char *sn_mapping_attribution(const sn_mapping *mapping)
{
    return mapping->attribution;
}

/* --- reading the declaration --- */

static sn_status fail_node(const sn_yaml_node *node, sn_error *err, const char *what)
{
    return sn_error_set(err, SN_E_FORMAT, "%s:%d:%d: %s", node->file, node->line,
                        node->column, what);
}

static sn_status
optional_text(const sn_yaml_node *map, const char *key, const char **out, sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, key);
    *out = NULL;
    return node == NULL ? SN_OK : sn_yaml_string(node, out, err);
}

static sn_status one_character(const sn_yaml_node *map,
                               const char *key,
                               char fallback,
                               char *out,
                               sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, key);
    *out = fallback;
    if (node == NULL) {
        return SN_OK;
    }
    if (node->kind != SN_YAML_SCALAR || strlen(node->text) != 1) {
        return fail_node(node, err, "must be one character");
    }
    *out = node->text[0];
    return SN_OK;
}

static sn_status
optional_bool(const sn_yaml_node *map, const char *key, bool *out, sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, key);
    return node == NULL ? SN_OK : sn_yaml_bool(node, out, err);
}

static sn_status optional_int(const sn_yaml_node *map,
                              const char *key,
                              long min,
                              long max,
                              long *out,
                              sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, key);
    return node == NULL ? SN_OK : sn_yaml_int(node, min, max, out, err);
}

/* border: [A, B] says that a positive value runs from A to B. */
static sn_status read_border(const sn_yaml_node *node, sn_column *column, sn_error *err)
{
    sn_status status = sn_yaml_expect(node, SN_YAML_SEQUENCE, err);
    if (status != SN_OK) {
        return status;
    }
    bool reversed = false;
    const sn_border_info *border =
        node->n == 2 && node->first->kind == SN_YAML_SCALAR &&
                node->first->next->kind == SN_YAML_SCALAR
            ? sn_border_find(node->first->text, node->first->next->text, &reversed)
            : NULL;
    if (border == NULL) {
        return fail_node(node, err, "not two areas that share a border");
    }
    sn_border_name(border, column->key.subject);
    column->factor *= reversed ? -1.0 : 1.0;
    return SN_OK;
}

static sn_status copy_subject(const sn_yaml_node *node, sn_column *column, sn_error *err)
{
    const char *text = NULL;
    sn_status status = sn_yaml_string(node, &text, err);
    if (status == SN_OK && strlen(text) >= sizeof column->key.subject) {
        status = fail_node(node, err, "name is too long");
    }
    if (status == SN_OK) {
        memcpy(column->key.subject, text, strlen(text) + 1);
    }
    return status;
}

static sn_status read_column(const sn_yaml_node *node, sn_mapping *m, sn_error *err)
{
    static const char *const keys[] = {"column",  "nth",    "index",  "quantity",
                                       "subject", "border", "factor", "zero_day_missing",
                                       "from"};
    sn_column *c = &m->column[m->n_column];
    *c = (sn_column){.index = -1, .nth = 1, .factor = 1.0};
    sn_status status = sn_yaml_check_keys(node, keys, sizeof keys / sizeof *keys, err);
    const sn_yaml_node *quantity = NULL;
    const char *text = NULL;
    if (status == SN_OK) {
        status = sn_yaml_require(node, "quantity", &quantity, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_string(quantity, &text, err);
    }
    if (status == SN_OK) {
        c->key.quantity = sn_quantity_find(text);
        if (c->key.quantity == SN_QUANTITY_COUNT) {
            return fail_node(quantity, err, "no such quantity");
        }
        status = optional_text(node, "column", &c->name, err);
    }
    if (status == SN_OK) {
        status = optional_int(node, "nth", 1, 9, &c->nth, err);
    }
    if (status == SN_OK) {
        status = optional_int(node, "index", 0, SN_TABLE_CELLS_MAX - 1, &c->index, err);
    }
    if (status == SN_OK && sn_yaml_get(node, "factor") != NULL) {
        status = sn_yaml_double(sn_yaml_get(node, "factor"), -1e6, 1e6, &c->factor, err);
    }
    if (status == SN_OK) {
        status = optional_bool(node, "zero_day_missing", &c->zero_day_is_missing, err);
    }
    if (status == SN_OK && sn_yaml_get(node, "from") != NULL) {
        c->has_from = true;
        status = sn_instant_parse(sn_yaml_get(node, "from")->text, &c->from, err);
    }
    if (status == SN_OK && sn_yaml_get(node, "border") != NULL) {
        status = read_border(sn_yaml_get(node, "border"), c, err);
    }
    if (status == SN_OK && sn_yaml_get(node, "subject") != NULL) {
        status = copy_subject(sn_yaml_get(node, "subject"), c, err);
    }
    c->key.step_s = (int32_t)m->step_s;
    (void)snprintf(c->key.source, sizeof c->key.source, "%s", m->source);
    m->n_column++;
    return status;
}

static sn_status read_columns(const sn_yaml_node *root, sn_mapping *m, sn_error *err)
{
    const sn_yaml_node *list = NULL;
    sn_status status = sn_yaml_require(root, "columns", &list, err);
    if (status == SN_OK) {
        status = sn_yaml_expect(list, SN_YAML_SEQUENCE, err);
    }
    if (status == SN_OK && (list->n == 0 || list->n > COLUMNS_MAX)) {
        status = fail_node(list, err, "needs 1 to 128 columns");
    }
    for (const sn_yaml_node *node = status == SN_OK ? list->first : NULL;
         node != NULL && status == SN_OK; node = node->next) {
        status = read_column(node, m, err);
    }
    return status;
}

static sn_status read_time(const sn_yaml_node *root, sn_mapping *m, sn_error *err)
{
    static const char *const keys[] = {"columns", "format", "clock", "autumn"};
    const sn_yaml_node *time = NULL;
    const sn_yaml_node *columns = NULL;
    const sn_yaml_node *node = NULL;
    const char *clock = NULL;
    const char *autumn = NULL;
    sn_status status = sn_yaml_require(root, "time", &time, err);
    if (status == SN_OK) {
        status = sn_yaml_check_keys(time, keys, 4, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(time, "columns", &columns, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(time, "format", &node, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_string(node, &m->clock.format, err);
    }
    if (status == SN_OK) {
        status = optional_text(time, "clock", &clock, err);
    }
    if (status == SN_OK) {
        status = optional_text(time, "autumn", &autumn, err);
    }
    for (node = status == SN_OK ? columns->first : NULL; node != NULL && status == SN_OK;
         node = node->next) {
        if (m->n_time_column == 4) {
            return fail_node(columns, err, "more than 4 columns make a time");
        }
        size_t at = m->n_time_column++;
        m->time_column[at] = -1;
        if (!node->is_quoted && node->text != NULL && node->text[0] >= '0' &&
            node->text[0] <= '9') {
            status = sn_yaml_int(node, 0, 400, &m->time_column[at], err);
        } else {
            status = sn_yaml_string(node, &m->time_column_name[at], err);
        }
    }
    if (status == SN_OK && !sn_clock_rule_find(clock, autumn, &m->clock)) {
        status = fail_node(
            time, err, "clock must be cet_local, cet or utc; autumn in_order or missing");
    }
    return status;
}

/* then: {from: T, step_s: S}: the table changes its step at T. */
static sn_status read_then(const sn_yaml_node *root, sn_mapping *m, sn_error *err)
{
    static const char *const keys[] = {"from", "step_s"};
    const sn_yaml_node *node = sn_yaml_get(root, "then");
    const sn_yaml_node *from = NULL;
    const sn_yaml_node *step = NULL;
    const char *text = NULL;
    long step_s = 0;
    if (node == NULL) {
        return SN_OK;
    }
    sn_status status = sn_yaml_check_keys(node, keys, 2, err);
    if (status == SN_OK) {
        status = sn_yaml_require(node, "from", &from, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(node, "step_s", &step, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_string(from, &text, err);
    }
    if (status == SN_OK) {
        status = sn_instant_parse(text, &m->clock.then_from, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_int(step, 60, SN_DAY_S, &step_s, err);
    }
    m->clock.has_then = true;
    m->clock.then_step_s = (int32_t)step_s;
    return status;
}

static sn_status read_subject(const sn_yaml_node *root, sn_mapping *m, sn_error *err)
{
    static const char *const keys[] = {"header", "column", "file"};
    const sn_yaml_node *node = sn_yaml_get(root, "subject");
    if (node == NULL) {
        return SN_OK;
    }
    sn_status status = sn_yaml_check_keys(node, keys, 3, err);
    if (status == SN_OK) {
        status = optional_text(node, "header", &m->subject_header, err);
    }
    if (status == SN_OK) {
        status = optional_text(node, "column", &m->subject_column, err);
    }
    return status == SN_OK ? optional_bool(node, "file", &m->subject_from_file, err)
                           : status;
}

static sn_status read_head(const sn_yaml_node *root, sn_mapping *m, sn_error *err)
{
    static const char *const keys[] = {
        "name",   "source",    "licence", "attribution",  "title",
        "header", "separator", "decimal", "thousands",    "rows_after_header",
        "step_s", "time",      "day_row", "gaps_allowed", "missing",
        "file",   "then",      "end_row", "subject",      "subjects",
        "columns"};
    const char **const texts[] = {&m->name, &m->source, &m->licence, &m->attribution};
    static const char *const names[] = {"name", "source", "licence", "attribution"};
    sn_status status = sn_yaml_check_keys(root, keys, sizeof keys / sizeof *keys, err);
    for (size_t i = 0; i < 4 && status == SN_OK; i++) {
        const sn_yaml_node *node = NULL;
        status = sn_yaml_require(root, names[i], &node, err);
        if (status == SN_OK) {
            status = sn_yaml_string(node, texts[i], err);
        }
    }
    if (status == SN_OK) {
        status = sn_yaml_require(root, "header", &m->header, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_expect(m->header, SN_YAML_SEQUENCE, err);
    }
    m->missing = sn_yaml_get(root, "missing");
    m->subjects = sn_yaml_get(root, "subjects");
    return status;
}

static sn_status read_mapping(sn_mapping *m, sn_error *err)
{
    const sn_yaml_node *root = sn_yaml_root(m->document);
    m->step_s = SN_HOUR_S;
    sn_status status = read_head(root, m, err);
    if (status == SN_OK) {
        status = optional_text(root, "title", &m->title, err);
    }
    if (status == SN_OK) {
        status = optional_text(root, "end_row", &m->end_row, err);
    }
    if (status == SN_OK) {
        status = optional_text(root, "file", &m->file_part, err);
    }
    if (status == SN_OK) {
        status = read_then(root, m, err);
    }
    if (status == SN_OK) {
        status = one_character(root, "separator", ',', &m->separator, err);
    }
    if (status == SN_OK) {
        status = one_character(root, "decimal", '.', &m->decimal, err);
    }
    if (status == SN_OK) {
        status = one_character(root, "thousands", '\0', &m->thousands, err);
    }
    if (status == SN_OK) {
        status =
            optional_int(root, "rows_after_header", 0, 9, &m->rows_after_header, err);
    }
    if (status == SN_OK) {
        status = optional_int(root, "step_s", 60, SN_WEEK_S, &m->step_s, err);
    }
    if (status == SN_OK) {
        status = optional_bool(root, "day_row", &m->is_day_row, err);
    }
    if (status == SN_OK) {
        status = optional_bool(root, "gaps_allowed", &m->gaps_allowed, err);
    }
    if (status == SN_OK) {
        status = read_time(root, m, err);
    }
    if (status == SN_OK) {
        status = read_subject(root, m, err);
    }
    return status == SN_OK ? read_columns(root, m, err) : status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static sn_status load_one(const char *path, sn_mapping_set *set, sn_error *err)
{
    sn_mapping **grown = realloc(set->item, (set->n + 1) * sizeof *grown);
    sn_mapping *m = calloc(1, sizeof *m);
    if (grown != NULL) {
        set->item = grown;
    }
    if (grown == NULL || m == NULL) {
        free(m);
        return sn_error_set(err, SN_E_MEMORY, "out of memory reading \"%s\"", path);
    }
    set->item[set->n++] = m;
    sn_status status = sn_yaml_load_file(path, &m->document, err);
    return status == SN_OK ? read_mapping(m, err) : status;
}

sn_status sn_mapping_load_folder(const char *folder, sn_mapping_set *out, sn_error *err)
{
    *out = (sn_mapping_set){0};
    char *paths[256];
    size_t n = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return sn_error_set(
            err, SN_E_NOT_FOUND,
            "folder of mappings \"%s\" cannot be read (set SNITT_MAPPINGS)", folder);
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL && n < 256) {
        size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".yaml") != 0) {
            continue;
        }
        size_t size = strlen(folder) + length + 2;
        paths[n] = malloc(size);
        if (paths[n] != NULL) {
            (void)snprintf(paths[n++], size, "%s/%s", folder, entry->d_name);
        }
    }
    (void)closedir(dir);
    qsort(paths, n, sizeof *paths, compare_names); /* readdir has no order */
    sn_status status = SN_OK;
    for (size_t i = 0; i < n; i++) {
        if (status == SN_OK) {
            status = load_one(paths[i], out, err);
        }
        free(paths[i]);
    }
    if (status != SN_OK) {
        sn_mapping_set_release(out);
    }
    return status;
}

void sn_mapping_set_release(sn_mapping_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        sn_yaml_free(set->item[i]->document);
        free(set->item[i]);
    }
    free(set->item);
    *set = (sn_mapping_set){0};
}

/* --- reading a table --- */

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
    char subject[SN_SUBJECT_SIZE]; /* of the file, "" when columns name theirs */
    long at[COLUMNS_MAX];          /* column position in this file, -1 absent */
    long subject_at;               /* column that names the area */
    size_t series_of[COLUMNS_MAX]; /* columns of one series are added */
    size_t n_series;
    sn_series_key key[COLUMNS_MAX];
    sn_points points[2][COLUMNS_MAX]; /* before and after the step changes */
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
    double sum[COLUMNS_MAX] = {0};
    bool present[COLUMNS_MAX] = {false};
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
    for (size_t k = 0; k < COLUMNS_MAX; k++) {
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
