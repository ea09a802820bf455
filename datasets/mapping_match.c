/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which mapping a file is of: by its content, and its name where that does not tell. */
#include "mapping_internal.h"

#include "area.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Length of the part of name that spells code, separators set aside; 0 when it does
 * not or goes on with a letter or digit. */
static size_t spells(const char *name, const char *code)
{
    const char *at = name;
    for (; *code != '\0'; code++) {
        if (!is_word(*code)) {
            continue;
        }
        while (at > name && (*at == '_' || *at == '-')) {
            at++;
        }
        if (*at != *code) {
            return 0;
        }
        at++;
    }
    return is_word(*at) ? 0 : (size_t)(at - name);
}

void sn_mapping_subject_of_file(const char *file, char subject[SN_SUBJECT_SIZE])
{
    const char *base = strrchr(file, '/');
    base = base == NULL ? file : base + 1;
    size_t best = 0;
    subject[0] = '\0';
    for (size_t i = 0; i < sn_area_count; i++) {
        size_t length = spells(base, sn_areas[i].code);
        if (length > best) {
            best = length;
            memcpy(subject, sn_areas[i].code, strlen(sn_areas[i].code) + 1);
        }
    }
}

bool sn_mapping_listed(const sn_yaml_node *list, const char *text)
{
    for (const sn_yaml_node *node = list->first; node != NULL; node = node->next) {
        if (node->kind == SN_YAML_SCALAR && strcmp(node->text, text) == 0) {
            return true;
        }
    }
    return false;
}

const char *sn_mapping_trimmed(const char *cell, char text[SN_MAPPING_TEXT_MAX])
{
    cell += strspn(cell, " \t\xc2\xa0");
    size_t n = strlen(cell);
    while (n > 0 && (cell[n - 1] == ' ' || cell[n - 1] == '\t')) {
        n--;
    }
    n = n < SN_MAPPING_TEXT_MAX - 1 ? n : SN_MAPPING_TEXT_MAX - 1;
    memcpy(text, cell, n);
    text[n] = '\0';
    return text;
}

bool sn_mapping_number(const sn_mapping *m, const char *text, double *out)
{
    enum { VALUE_MAX = 1000000000 }; /* no power, price or energy of ours is larger */
    char plain[SN_MAPPING_TEXT_MAX];
    size_t n = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (m->thousands != '\0' && *c == m->thousands) {
            continue;
        }
        if (*c == '.' && m->decimal != '.') {
            return false;
        }
        plain[n++] = *c == m->decimal ? '.' : *c;
    }
    plain[n] = '\0';
    return sn_parse_double(plain, out) && fabs(*out) <= VALUE_MAX;
}

static bool has_cell(const sn_table *table, const char *name)
{
    char text[SN_MAPPING_TEXT_MAX];
    for (size_t i = 0; i < table->n; i++) {
        if (strcmp(sn_mapping_trimmed(table->cell[i], text), name) == 0) {
            return true;
        }
    }
    return false;
}

bool sn_mapping_is_header(const sn_mapping *m, const sn_table *table)
{
    for (const sn_yaml_node *node = m->header->first; node != NULL; node = node->next) {
        if (node->kind != SN_YAML_SCALAR || !has_cell(table, node->text)) {
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

/* Looks for title and header in the first rows of a copy of the text's beginning; has_row
 * tells whether a row follows. */
static bool
has_form(const sn_mapping *m, const char *file, const char *text, size_t n, bool *has_row)
{
    char head[SN_MAPPING_HEAD_BYTES];
    size_t size = n < sizeof head - 1 ? n : sizeof head - 1;
    memcpy(head, text, size);
    head[size] = '\0';
    sn_table table;
    sn_table_init(&table, file, head, size, m->separator);
    bool more = true;
    bool titled = m->title == NULL;
    for (int row = 0; row < SN_MAPPING_HEADER_ROWS_MAX; row++) {
        if (sn_table_next(&table, &more, NULL) != SN_OK || !more) {
            return false;
        }
        titled = titled || row_has_title(m, &table);
        if (sn_mapping_is_header(m, &table)) {
            *has_row = sn_table_next(&table, &more, NULL) != SN_OK || more;
            return titled;
        }
    }
    return false;
}

sn_status sn_mapping_recognise(const sn_mapping_set *set,
                               const char *file,
                               const char *text,
                               size_t n,
                               const sn_mapping **out,
                               sn_error *err)
{
    char subject[SN_SUBJECT_SIZE];
    const char *base = strrchr(file, '/');
    bool nameless = false;
    bool has_row = true;
    sn_mapping_subject_of_file(file, subject);
    for (size_t i = 0; i < set->n; i++) {
        const sn_mapping *m = set->item[i];
        if ((m->subjects != NULL && !sn_mapping_listed(m->subjects, subject)) ||
            (m->file_part != NULL && strstr(file, m->file_part) == NULL) ||
            !has_form(m, file, text, n, &has_row)) {
            continue;
        }
        if (m->subject_from_file && subject[0] == '\0' && has_row) {
            nameless = true;
            continue;
        }
        *out = m;
        return SN_OK;
    }
    if (nameless) {
        return sn_error_set(err, SN_E_FORMAT,
                            "file \"%s\": its name \"%s\" begins with no known bidding "
                            "area (SE3, NO_1, DE_LU ...), and the table does not tell",
                            file, base == NULL ? file : base + 1);
    }
    return sn_error_set(err, SN_E_FORMAT,
                        "file \"%s\" is like none of the %zu known tables; "
                        "datasets/SOURCES.md lists them and says how to declare one",
                        file, set->n);
}
