/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Lines of separated fields in memory, for answers: quotes are taken off, nothing is
 * copied but the line. */
#ifndef SN_PARSE_CSV_H
#define SN_PARSE_CSV_H

#include <stdbool.h>
#include <stddef.h>

enum { SN_CSV_LINE_SIZE = 4096, SN_CSV_FIELDS_MAX = 64 };

/** Set text, n and separator; the rest is zero. */
typedef struct sn_csv {
    const char *text;
    size_t n;
    size_t at;
    size_t line; /* of the row given last, from 1 */
    char separator;
    bool is_cut; /* the last line had no end, or one was too long: not whole */
} sn_csv;

typedef struct sn_csv_row {
    char line[SN_CSV_LINE_SIZE];
    const char *field[SN_CSV_FIELDS_MAX];
    size_t n;
} sn_csv_row;

/** False at the end. */
bool sn_csv_next(sn_csv *csv, sn_csv_row *row);
/** "" when there is no such field. */
const char *sn_csv_text(const sn_csv_row *row, size_t i);
bool sn_csv_is(const sn_csv_row *row, size_t i, const char *text);
/** Place of a field with this text, SIZE_MAX when there is none. */
size_t sn_csv_find(const sn_csv_row *row, const char *text);
/** A finite decimal number. */
bool sn_csv_number(const sn_csv_row *row, size_t i, double *out);

#endif
