/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * result.h5 of a run: hourly arrays with labelled axes, written once and read back
 * for charts.  Layout: FORMAT.md.  HDF5 is used here and in the store only.
 */
#ifndef SN_RESULT_H
#define SN_RESULT_H

#include "base/error.h"
#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>

enum { SN_RESULT_NAME_SIZE = 16 };

/* ---- writing ------------------------------------------------------------------ */

typedef struct sn_result_writer sn_result_writer;

/** Axes every dataset may use.  Everything is borrowed until close. */
typedef struct sn_result_axes {
    sn_axis time;
    size_t n_area;
    const char (*area)[SN_RESULT_NAME_SIZE];
    size_t n_border;
    const char (*border)[SN_RESULT_NAME_SIZE];
    unsigned n_thread; /* that pack; 0 is 1; the bytes never depend on it */
} sn_result_axes;

/** Start path.tmp; title and run_id become attributes of the root. */
SN_CHECKED sn_status sn_result_create(const char *path,
                                      const sn_result_axes *axes,
                                      const char *title,
                                      const char *run_id,
                                      sn_result_writer **out,
                                      sn_error *err);

/** What a dataset is.  second: "area" or "border"; name is the whole path. */
typedef struct sn_result_field {
    const char *name;
    const char *second;
    const char *units;
    const char *long_name;
    const double *value; /* [n_time][n_second] */
} sn_result_field;

SN_CHECKED sn_status sn_result_put(sn_result_writer *writer,
                                   const sn_result_field *field,
                                   sn_error *err);

/** A table with its own first axis, e.g. the exported curves; scale values given. */
typedef struct sn_result_table {
    const char *name;       /* e.g. "/curves/0/quantity_mw" */
    const char *scale_name; /* e.g. "/curves/0/point" */
    const double *scale;    /* [n_row] */
    size_t n_row;
    const char *second; /* "area", "border" or NULL for one column */
    const char *units;
    const char *long_name;
    const double *value; /* [n_row][n_second] */
} sn_result_table;

SN_CHECKED sn_status sn_result_put_table(sn_result_writer *writer,
                                         const sn_result_table *table,
                                         sn_error *err);

/** Close, fsync and rename to the final name. */
SN_CHECKED sn_status sn_result_publish(sn_result_writer *writer, sn_error *err);
/** Close and remove the temporary file, if not published.  NULL is fine. */
void sn_result_discard(sn_result_writer *writer);

/* ---- reading ------------------------------------------------------------------ */

typedef struct sn_result sn_result;

/** SN_E_FORMAT when it is no result, SN_E_VERSION when of another schema. */
SN_CHECKED sn_status sn_result_open(const char *path, sn_result **out, sn_error *err);
void sn_result_close(sn_result *result);

const sn_axis *sn_result_time(const sn_result *result);
size_t sn_result_area_count(const sn_result *result);
const char *sn_result_area(const sn_result *result, size_t i);
size_t sn_result_border_count(const sn_result *result);
const char *sn_result_border(const sn_result *result, size_t i);
/** Index by name ("SE1", "SE1-SE2"); SIZE_MAX when absent. */
size_t sn_result_find_area(const sn_result *result, const char *name);
size_t sn_result_find_border(const sn_result *result, const char *name);
bool sn_result_has(const sn_result *result, const char *name);

/**
 * A whole dataset, row by row: value[row * n_column + column].
 * @param[out] value_out  owned by the caller, free()
 * @return SN_E_NOT_FOUND names the dataset
 */
SN_CHECKED sn_status sn_result_read(const sn_result *result,
                                    const char *name,
                                    double **value_out,
                                    size_t *n_row_out,
                                    size_t *n_column_out,
                                    sn_error *err);

/** Version of the HDF5 library, "1.10.8". */
void sn_result_library_version(char *text, size_t size);

#endif
