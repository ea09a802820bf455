/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Chunks of a table as HDF5's filters shuffle and deflate would make them, by several
 * threads at once: HDF5 itself may be called by one only, and packing takes most of the
 * time of writing. */
#ifndef SN_RESULT_PACK_H
#define SN_RESULT_PACK_H

#include "base/error.h"

#include <stddef.h>

typedef struct sn_packed_chunk {
    unsigned char *bytes;
    size_t size;
    size_t room;
} sn_packed_chunk;

/** Compressors and memory of the threads, for many tables. */
typedef struct sn_result_packer sn_result_packer;

/** @return NULL when out of memory */
sn_result_packer *sn_result_packer_new(int deflate_level, unsigned n_thread);
void sn_result_packer_free(sn_result_packer *packer);

/**
 * @param value      [n_row][n_column]
 * @param n_chunk    chunks of chunk_rows rows; the last is filled up with zeros
 * @param chunk_out  [n_chunk], the packer's until it packs again
 */
SN_CHECKED sn_status sn_result_pack(sn_result_packer *packer,
                                    const double *value,
                                    size_t n_row,
                                    size_t n_column,
                                    size_t chunk_rows,
                                    size_t n_chunk,
                                    const sn_packed_chunk **chunk_out,
                                    sn_error *err);

#endif
