/* SPDX-License-Identifier: GPL-3.0-or-later */
/** A table of results: printed, written as CSV and as HDF5.  Text may be hostile: it
 * comes out as text, never as a formula, a new row or a control character. */
#ifndef SN_TEXT_TABLE_H
#define SN_TEXT_TABLE_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stddef.h>
#include <stdio.h>

typedef struct sn_text_column {
    const char *name;
    const char *units; /* "" for text */
    int decimals;      /* when printed; below 0: text */
} sn_text_column;

typedef struct sn_text_table {
    const sn_text_column *column; /* borrowed */
    size_t n_column;
    size_t n_row;
    size_t cap;
    double *number; /* [row][column]; NaN = missing or text */
    char **text;    /* [row][column]; NULL = number */
} sn_text_table;

void sn_text_table_init(sn_text_table *table, const sn_text_column *column, size_t n);
void sn_text_table_release(sn_text_table *table);
/** A row of missing values at the end. */
SN_CHECKED sn_status sn_text_table_add(sn_text_table *table, sn_error *err);
/** Cells of the last row. */
void sn_text_table_number(sn_text_table *table, size_t column, double value);
SN_CHECKED sn_status sn_text_table_text(sn_text_table *table,
                                        size_t column,
                                        const char *text,
                                        sn_error *err);

/** Aligned columns; long text is cut. */
void sn_text_table_print(const sn_text_table *table, FILE *out);
/** RFC 4180, UTF-8, decimal point; missing = empty. */
SN_CHECKED sn_status sn_text_table_csv(const sn_text_table *table,
                                       const char *path,
                                       sn_error *err);
/** One cell as it stands in a CSV file: quoted, line ends and control characters as
 * spaces, an apostrophe before what a spreadsheet would run as a formula. */
SN_CHECKED sn_status sn_text_cell_csv(const char *text, sn_strbuf *out, sn_error *err);

/** Columns as datasets /NAME/COLUMN of one file (float64, or text of any length), with
 * units; the file is written whole.  In result_table.c. */
typedef struct sn_named_table {
    const char *name;
    const sn_text_table *table;
} sn_named_table;
SN_CHECKED sn_status sn_text_tables_hdf5(const char *path,
                                         const char *schema,
                                         const sn_named_table *tables,
                                         size_t n,
                                         sn_error *err);

#endif
