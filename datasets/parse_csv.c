/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_csv.h"

#include "base/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Cut the line into fields in place; a quoted field ends at its quote. */
static void split(sn_csv_row *row, char separator)
{
    char *at = row->line;
    row->n = 0;
    while (row->n < SN_CSV_FIELDS_MAX) {
        bool is_quoted = *at == '"';
        row->field[row->n] = is_quoted ? at + 1 : at;
        row->n++;
        char *end = is_quoted ? strchr(at + 1, '"') : NULL;
        if (end != NULL) {
            *end = '\0';
            at = end + 1;
        }
        at = strchr(at, separator);
        if (at == NULL) {
            break;
        }
        *at = '\0';
        at++;
    }
}

bool sn_csv_next(sn_csv *csv, sn_csv_row *row)
{
    const char *start = csv->text + csv->at;
    size_t n_left = csv->n - csv->at;
    if (csv->line == 0 && n_left >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) {
        start += 3;
        n_left -= 3;
        csv->at += 3;
    }
    if (n_left == 0) {
        return false;
    }
    const char *end = memchr(start, '\n', n_left);
    size_t length = end != NULL ? (size_t)(end - start) : n_left;
    csv->at += length + (end != NULL);
    csv->line++;
    csv->is_cut = csv->is_cut || end == NULL || length >= SN_CSV_LINE_SIZE;
    length = length < SN_CSV_LINE_SIZE ? length : SN_CSV_LINE_SIZE - 1;
    memcpy(row->line, start, length);
    while (length > 0 && row->line[length - 1] == '\r') {
        length--;
    }
    row->line[length] = '\0';
    split(row, csv->separator);
    return true;
}

const char *sn_csv_text(const sn_csv_row *row, size_t i)
{
    return i < row->n ? row->field[i] : "";
}

bool sn_csv_is(const sn_csv_row *row, size_t i, const char *text)
{
    return strcmp(sn_csv_text(row, i), text) == 0;
}

size_t sn_csv_find(const sn_csv_row *row, const char *text)
{
    for (size_t i = 0; i < row->n; i++) {
        if (strcmp(row->field[i], text) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool sn_csv_number(const sn_csv_row *row, size_t i, double *out)
{
    return sn_number_read(sn_csv_text(row, i), out);
}
