/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The declaration of a table, mappings/NAME.yaml, read strictly. */
#include "mapping_internal.h"

#include "area.h"
#include "table.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *sn_mapping_name(const sn_mapping *mapping)
{
    return mapping->name;
}

const char *sn_mapping_licence(const sn_mapping *mapping)
{
    return mapping->licence;
}

const char *sn_mapping_no_series(const sn_mapping *mapping)
{
    return mapping->no_series;
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

static sn_status read_zero(const sn_yaml_node *map, sn_zero_rule *out, sn_error *err)
{
    static const char *const names[] = {"stated", "missing", "day_missing",
                                        "day_suspect"};
    const sn_yaml_node *node = sn_yaml_get(map, "zero");
    const char *text = NULL;
    if (node == NULL) {
        return SN_OK;
    }
    sn_status status = sn_yaml_string(node, &text, err);
    for (int rule = 0; status == SN_OK && rule < 4; rule++) {
        if (strcmp(text, names[rule]) == 0) {
            *out = (sn_zero_rule)rule;
            return SN_OK;
        }
    }
    return status == SN_OK ? fail_node(node, err,
                                       "zero must be stated, missing, day_missing or "
                                       "day_suspect")
                           : status;
}

static sn_status read_column(const sn_yaml_node *node, sn_mapping *m, sn_error *err)
{
    static const char *const keys[] = {"column", "index",  "quantity", "subject",
                                       "border", "factor", "zero",     "from"};
    sn_column *c = &m->column[m->n_column];
    *c = (sn_column){.index = -1, .factor = 1.0};
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
        status = optional_int(node, "index", 0, SN_TABLE_CELLS_MAX - 1, &c->index, err);
    }
    if (status == SN_OK && sn_yaml_get(node, "factor") != NULL) {
        status = sn_yaml_double(sn_yaml_get(node, "factor"), -1e6, 1e6, &c->factor, err);
    }
    if (status == SN_OK) {
        status = read_zero(node, &c->zero, err);
    }
    if (status == SN_OK && sn_yaml_get(node, "from") != NULL) {
        c->has_from = true;
        status = sn_yaml_string(sn_yaml_get(node, "from"), &text, err);
    }
    if (status == SN_OK && c->has_from) {
        status = sn_instant_parse(text, &c->from, err);
    }
    if (status == SN_OK && sn_yaml_get(node, "border") != NULL) {
        status = read_border(sn_yaml_get(node, "border"), c, err);
    }
    if (status == SN_OK && sn_yaml_get(node, "subject") != NULL) {
        status = copy_subject(sn_yaml_get(node, "subject"), c, err);
    }
    if (status == SN_OK && c->name == NULL && c->index < 0) {
        status = fail_node(node, err, "needs a column or an index");
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
    if (status == SN_OK && (list->n == 0 || list->n > SN_MAPPING_COLUMNS_MAX)) {
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

/* months: {name: N, subject: S}: the columns with these headers, then months. */
static sn_status read_months(const sn_yaml_node *root, sn_mapping *m, sn_error *err)
{
    static const char *const keys[] = {"name", "subject"};
    const char **const texts[] = {&m->months_name, &m->months_subject};
    const sn_yaml_node *months = sn_yaml_get(root, "months");
    sn_status status = sn_yaml_check_keys(months, keys, 2, err);
    for (size_t i = 0; i < 2 && status == SN_OK; i++) {
        const sn_yaml_node *node = NULL;
        status = sn_yaml_require(months, keys[i], &node, err);
        if (status == SN_OK) {
            status = sn_yaml_string(node, texts[i], err);
        }
    }
    return status == SN_OK && m->step_s != SN_DAY_S
               ? fail_node(months, err, "months need a step_s of 86400: days")
               : status;
}

static sn_status read_head(const sn_yaml_node *root, sn_mapping *m, sn_error *err)
{
    static const char *const keys[] = {
        "name",    "source",    "licence",     "attribution",  "title",
        "header",  "separator", "decimal",     "thousands",    "rows_after_header",
        "step_s",  "time",      "day_row",     "gaps_allowed", "missing",
        "file",    "then",      "end_row",     "subject",      "subjects",
        "columns", "name_rows", "tell_unread", "no_series",    "months"};
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
    m->name_rows = 1;
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
        status = optional_text(root, "no_series", &m->no_series, err);
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
    if (status != SN_OK || m->no_series != NULL) {
        return status;
    }
    if (status == SN_OK) {
        status =
            optional_int(root, "rows_after_header", 0, 9, &m->rows_after_header, err);
    }
    if (status == SN_OK) {
        status = optional_int(root, "step_s", 60, SN_WEEK_S, &m->step_s, err);
    }
    if (status == SN_OK) {
        status = optional_int(root, "name_rows", 1, SN_MAPPING_NAME_ROWS_MAX,
                              &m->name_rows, err);
    }
    if (status == SN_OK) {
        status = optional_bool(root, "tell_unread", &m->tell_unread, err);
    }
    if (status == SN_OK) {
        status = optional_bool(root, "day_row", &m->is_day_row, err);
    }
    if (status == SN_OK) {
        status = optional_bool(root, "gaps_allowed", &m->gaps_allowed, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_get(root, "months") != NULL ? read_months(root, m, err)
                                                     : read_time(root, m, err);
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
