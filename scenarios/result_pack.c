/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result_pack.h"

#include "parallel.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What one thread works in. */
typedef struct sn_pack_worker {
    struct libdeflate_compressor *compressor;
    size_t room; /* bytes */
    unsigned char *shuffled;
} sn_pack_worker;

struct sn_result_packer {
    unsigned n_worker;
    sn_pack_worker worker[SN_THREADS_MAX];
    size_t n_chunk; /* that there is room for */
    sn_packed_chunk *chunk;
};

typedef struct sn_pack_case {
    sn_result_packer *packer;
    const double *value;
    size_t n_row;
    size_t n_column;
    size_t chunk_rows;
} sn_pack_case;

sn_result_packer *sn_result_packer_new(int deflate_level, unsigned n_thread)
{
    sn_result_packer *packer = calloc(1, sizeof *packer);
    if (packer == NULL) {
        return NULL;
    }
    packer->n_worker = sn_parallel_workers(SN_THREADS_MAX, n_thread);
    for (unsigned i = 0; i < packer->n_worker; i++) {
        packer->worker[i].compressor = libdeflate_alloc_compressor(deflate_level);
        if (packer->worker[i].compressor == NULL) {
            sn_result_packer_free(packer);
            return NULL;
        }
    }
    return packer;
}

void sn_result_packer_free(sn_result_packer *packer)
{
    if (packer == NULL) {
        return;
    }
    for (unsigned i = 0; i < packer->n_worker; i++) {
        libdeflate_free_compressor(packer->worker[i].compressor);
        free(packer->worker[i].shuffled);
    }
    for (size_t i = 0; i < packer->n_chunk; i++) {
        free(packer->chunk[i].bytes);
    }
    free(packer->chunk);
    free(packer);
}

/* The filter "shuffle" on the numbers [0, n) of a chunk: byte 0 of all, byte 1 of all,
 * ...; stride is how many numbers the chunk has. */
static void shuffle(const double *value, size_t n, size_t stride, unsigned char *to)
{
    const unsigned char *from = (const unsigned char *)value;
    for (size_t k = 0; k < sizeof(double); k++) {
        for (size_t i = 0; i < n; i++) {
            to[k * stride + i] = from[i * sizeof(double) + k];
        }
        memset(to + k * stride + n, 0, stride - n); /* zeros fill up a last chunk */
    }
}

static bool need_room(unsigned char **bytes, size_t *room, size_t size)
{
    if (*room < size) {
        free(*bytes);
        *bytes = malloc(size);
        *room = *bytes != NULL ? size : 0;
    }
    return *bytes != NULL;
}

static void pack_chunk(void *context, size_t number, unsigned worker)
{
    const sn_pack_case *c = context;
    sn_pack_worker *own = &c->packer->worker[worker];
    sn_packed_chunk *chunk = &c->packer->chunk[number];
    size_t first = number * c->chunk_rows;
    size_t rows = c->n_row - first < c->chunk_rows ? c->n_row - first : c->chunk_rows;
    size_t n = c->chunk_rows * c->n_column;
    size_t bytes = n * sizeof(double);
    size_t bound = libdeflate_zlib_compress_bound(own->compressor, bytes);
    chunk->size = 0;
    if (need_room(&own->shuffled, &own->room, bytes) &&
        need_room(&chunk->bytes, &chunk->room, bound)) {
        shuffle(c->value + first * c->n_column, rows * c->n_column, n, own->shuffled);
        chunk->size = libdeflate_zlib_compress(own->compressor, own->shuffled, bytes,
                                               chunk->bytes, chunk->room);
    }
}

static bool need_chunks(sn_result_packer *packer, size_t n)
{
    if (packer->n_chunk >= n) {
        return true;
    }
    sn_packed_chunk *grown = realloc(packer->chunk, n * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    memset(grown + packer->n_chunk, 0, (n - packer->n_chunk) * sizeof *grown);
    packer->chunk = grown;
    packer->n_chunk = n;
    return true;
}

sn_status sn_result_pack(sn_result_packer *packer,
                         const double *value,
                         size_t n_row,
                         size_t n_column,
                         size_t chunk_rows,
                         size_t n_chunk,
                         const sn_packed_chunk **chunk_out,
                         sn_error *err)
{
    sn_pack_case c = {packer, value, n_row, n_column, chunk_rows};
    bool ok = need_chunks(packer, n_chunk);
    if (ok) {
        sn_parallel_run(n_chunk, packer->n_worker, pack_chunk, &c);
    }
    for (size_t i = 0; i < n_chunk && ok; i++) {
        ok = packer->chunk[i].size > 0;
    }
    *chunk_out = packer->chunk;
    return ok ? SN_OK
              : sn_error_set(err, SN_E_MEMORY, "out of memory for packing a table");
}
