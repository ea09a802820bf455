/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Series of one axis as text: CSV for spreadsheets, JSON for programs. */
#ifndef SN_EXPORT_H
#define SN_EXPORT_H

#include "base/strbuf.h"
#include "series.h"

#include <stdbool.h>

/** One exported series; texts are borrowed. */
typedef struct sn_export_column {
    sn_series series;
    const char *licence;
    const char *attribution;
    const char *origin;     /* where its newest values came from */
    const char *raw_sha256; /* the bytes they were read from */
} sn_export_column;

/**
 * One row an interval: its start in UTC and on the Swedish clock, a column a series, and
 * with flags the kind of each value.  A gap is an empty cell.
 * @param swedish semicolons and decimal commas, for spreadsheets in Swedish
 * @param columns n of them, on one axis
 */
SN_CHECKED sn_status sn_export_csv(const sn_export_column *columns,
                                   size_t n,
                                   bool swedish,
                                   bool flags,
                                   sn_strbuf *out,
                                   sn_error *err);

/** An object with the axis and for each series its key, unit, origin, values (null is a
 * gap) and flags. */
SN_CHECKED sn_status sn_export_json(const sn_export_column *columns,
                                    size_t n,
                                    sn_strbuf *out,
                                    sn_error *err);

/** Append a text as a CSV cell: quoted where it must be, and with an apostrophe in front
 * where a spreadsheet would take it for a formula. */
SN_CHECKED sn_status sn_export_cell(sn_strbuf *out,
                                    const char *text,
                                    char separator,
                                    sn_error *err);

#endif
