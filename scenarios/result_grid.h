/* SPDX-License-Identifier: GPL-3.0-or-later */
/** HDF5 of a batch: numbers over any axes, each axis with its scale, as xarray and
 * netCDF read them.  Written once; no object times. */
#ifndef SN_RESULT_GRID_H
#define SN_RESULT_GRID_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { SN_GRID_AXES_MAX = 16 };

typedef struct sn_grid_axis {
    const char *name;
    size_t n;
    const double *number;    /* [n], or NULL */
    const char *const *text; /* [n], when number is NULL */
} sn_grid_axis;

typedef struct sn_grid sn_grid;

/** Starts path.tmp with its axes. */
SN_CHECKED sn_status sn_grid_create(const char *path,
                                    const char *title,
                                    const sn_grid_axis *axes,
                                    size_t n_axis,
                                    sn_grid **out,
                                    sn_error *err);

typedef struct sn_grid_field {
    const char *name;
    const char *units;
    const char *long_name;
    size_t rank;
    size_t axis[SN_GRID_AXES_MAX]; /* indices of the axes, the last runs fastest */
    const double *value;
} sn_grid_field;

SN_CHECKED sn_status sn_grid_put(sn_grid *grid,
                                 const sn_grid_field *field,
                                 sn_error *err);

/** Close, fsync, rename to the final name; then sn_grid_discard() frees. */
SN_CHECKED sn_status sn_grid_publish(sn_grid *grid, sn_error *err);
void sn_grid_discard(sn_grid *grid);

#endif
