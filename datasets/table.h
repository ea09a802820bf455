/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Tables of text: CSV with quotes, BOM, .gz and .xz read directly. */
#ifndef SN_TABLE_H
#define SN_TABLE_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

enum { SN_TABLE_CELLS_MAX = 512, SN_TABLE_BYTES_MAX = 256 << 20 };

/** Contents of a file, unpacked when it begins as gzip or xz does.
 * SN_E_FORMAT: broken or larger than SN_TABLE_BYTES_MAX once unpacked. */
SN_CHECKED sn_status sn_table_unpack(const char *name,
                                     const void *bytes,
                                     size_t n,
                                     sn_strbuf *out,
                                     sn_error *err);

/** A row at a time; cells point into text, which is changed in place. */
typedef struct sn_table {
    const char *name;
    char *at;
    char *end;
    char separator;
    bool row_ended;
    int line; /* of the row last read, from 1 */
    size_t n;
    const char *cell[SN_TABLE_CELLS_MAX];
} sn_table;

/** text is modified and must outlive the table. */
void sn_table_init(sn_table *table,
                   const char *name,
                   char *text,
                   size_t n,
                   char separator);
/** *more_out false at the end.  SN_E_FORMAT: NUL byte, open quote, too many cells. */
SN_CHECKED sn_status sn_table_next(sn_table *table, bool *more_out, sn_error *err);

#endif
