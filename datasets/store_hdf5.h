/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What store_encode.c (writing) and store_decode.c (reading) share: the pieces of a
 * year's HDF5 file.  The only header that shows HDF5's types.
 */
#ifndef SN_STORE_HDF5_H
#define SN_STORE_HDF5_H

#include "store_internal.h"

#include <hdf5.h>

enum {
    SN_STORE_TEXT_MAX = 4096, /* longest text of a batch */
    SN_STORE_IMAGE_STEP = 1 << 20,
};

/* What to write: n_row x n_col values of a type; n_col 0 means one axis. */
typedef struct sn_store_block {
    const char *name;
    hid_t type;
    hsize_t n_row;
    hsize_t n_col;
    const void *data;
    const void *fill; /* of the type; NULL = zero bytes */
} sn_store_block;

/* Row-major copies of the part of the year that holds values. */
typedef struct sn_store_grid {
    size_t first;
    size_t n;
    double *value;
    uint16_t *batch;
    uint8_t *flag;
    int64_t *time;
    char *subject;
} sn_store_grid;

/* Superseded values, sorted by subject, time and age (oldest first). */
typedef struct sn_store_revisions {
    size_t n;
    uint32_t *number;
    int64_t *time;
    char *subject;
    double *value;
    uint16_t *batch;
    uint8_t *flag;
} sn_store_revisions;

hid_t sn_store_text_type(size_t size, bool is_utf8);
void sn_store_grid_release(sn_store_grid *grid);
void sn_store_revisions_release(sn_store_revisions *revisions);

#endif
