/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Chunks of a table as HDF5's filters shuffle and deflate would make them, by several
 * threads at once: HDF5 itself may be called by one only, and packing takes most of the
 * time of writing. */
#ifndef SN_RESULT_PACK_H
#define SN_RESULT_PACK_H

#include "base/error.h"

#include <stddef.h>

typedef struct sn_packed_chunk {
    unsigned char *bytes; /* NULL: could not be made */
    size_t size;
} sn_packed_chunk;

/**
 * @param value    [n_row][n_column]
 * @param n_chunk  chunks of chunk_rows rows; the last is filled up with zeros
 * @param chunk    [n_chunk], all of them to be released, also after an error
 */
SN_CHECKED sn_status sn_result_pack(const double *value,
                                    size_t n_row,
                                    size_t n_column,
                                    size_t chunk_rows,
                                    int deflate_level,
                                    unsigned n_thread,
                                    size_t n_chunk,
                                    sn_packed_chunk *chunk,
                                    sn_error *err);
void sn_result_pack_release(size_t n_chunk, sn_packed_chunk *chunk);

#endif
