/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What store_encode.c and store_export.c (writing) and store_decode.c (reading) share.
 * The only header that shows HDF5's types.
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
typedef struct sn_store_revision_table {
    size_t n;
    uint32_t *number;
    int64_t *time;
    char *subject;
    double *value;
    uint16_t *batch;
    uint8_t *flag;
} sn_store_revision_table;

/* Datasets of a group and the scale of each axis, to be tied at the end. */
typedef struct sn_store_tie {
    const char *dataset;
    const char *scale[2];
    unsigned n_axis;
} sn_store_tie;

/* A dataset of `size` values into data; false: not chunked, packed and typed as ours are,
 * or damaged, and data is to be read by HDF5. */
bool sn_store_read_chunks(hid_t dataset,
                          int rank,
                          const hsize_t size[2],
                          hid_t type,
                          void *data);
hid_t sn_store_text_type(size_t size, bool is_utf8);
void sn_store_grid_release(sn_store_grid *grid);
void sn_store_revision_table_release(sn_store_revision_table *revisions);

/* All of these are false or negative on failure. */
bool sn_store_put_attribute(hid_t object, const char *name, hid_t type, const void *data);
bool sn_store_put_text(hid_t object, const char *name, const char *text);
bool sn_store_put_int(hid_t object, const char *name, int32_t value);
/** Make and fill a dataset; is_scale makes it the scale of its axis. */
bool sn_store_put_dataset(hid_t group,
                          const sn_store_block *b,
                          const char *long_name,
                          bool is_scale);
/** ... of moments, with CF's units. */
bool sn_store_put_time_block(hid_t group,
                             const sn_store_block *b,
                             const char *long_name,
                             bool scale);
/** Tie n datasets to their scales (NULL-terminated names). */
bool sn_store_put_ties(hid_t group,
                       const sn_store_tie *ties,
                       size_t n,
                       const char *const *scales);
/** Find or make. */
hid_t sn_store_need_group(hid_t parent, const char *name);
/** A new file in memory, and its bytes (malloc'd). */
hid_t sn_store_new_image(void);
bool sn_store_take_image(hid_t file, void **out, size_t *size_out);

#endif
