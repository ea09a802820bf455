/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result_pack.h"

#include "parallel.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

typedef struct sn_pack_case {
    const double *value;
    size_t n_row;
    size_t n_column;
    size_t chunk_rows;
    int level;
    sn_packed_chunk *chunk;
} sn_pack_case;

/* The filter "shuffle": byte 0 of all numbers, then byte 1 of all, ... */
static void shuffle(const unsigned char *from, size_t n, unsigned char *to)
{
    for (size_t k = 0; k < sizeof(double); k++) {
        for (size_t i = 0; i < n; i++) {
            to[k * n + i] = from[i * sizeof(double) + k];
        }
    }
}

static void pack_chunk(void *context, size_t number, unsigned worker)
{
    sn_pack_case *c = context;
    sn_packed_chunk *chunk = &c->chunk[number];
    size_t first = number * c->chunk_rows;
    size_t rows = c->n_row - first < c->chunk_rows ? c->n_row - first : c->chunk_rows;
    size_t n = c->chunk_rows * c->n_column;
    size_t bytes = n * sizeof(double);
    struct libdeflate_compressor *packer = libdeflate_alloc_compressor(c->level);
    size_t size = packer != NULL ? libdeflate_zlib_compress_bound(packer, bytes) : 0;
    double *whole = calloc(n, sizeof *whole);
    unsigned char *shuffled = malloc(bytes);
    (void)worker;
    chunk->bytes = packer != NULL ? malloc(size) : NULL;
    if (whole != NULL && shuffled != NULL && chunk->bytes != NULL) {
        memcpy(whole, c->value + first * c->n_column, rows * c->n_column * sizeof *whole);
        shuffle((const unsigned char *)whole, n, shuffled);
        chunk->size =
            libdeflate_zlib_compress(packer, shuffled, bytes, chunk->bytes, size);
    }
    libdeflate_free_compressor(packer);
    free(whole);
    free(shuffled);
}

sn_status sn_result_pack(const double *value,
                         size_t n_row,
                         size_t n_column,
                         size_t chunk_rows,
                         int deflate_level,
                         unsigned n_thread,
                         size_t n_chunk,
                         sn_packed_chunk *chunk,
                         sn_error *err)
{
    sn_pack_case c = {value, n_row, n_column, chunk_rows, deflate_level, chunk};
    memset(chunk, 0, n_chunk * sizeof *chunk);
    sn_parallel_run(n_chunk, n_thread, pack_chunk, &c);
    for (size_t i = 0; i < n_chunk; i++) {
        if (chunk[i].size == 0) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for packing a table");
        }
    }
    return SN_OK;
}

void sn_result_pack_release(size_t n_chunk, sn_packed_chunk *chunk)
{
    for (size_t i = 0; i < n_chunk; i++) {
        free(chunk[i].bytes);
    }
}
