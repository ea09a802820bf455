/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result_pack.h"

#include "parallel.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { UNIFORM_SIZE = 4096 };

/* A chunk of one number throughout, packed: many are all 0 or all missing. */
typedef struct sn_uniform {
    double value;
    size_t n;
    size_t size; /* 0: none yet */
    unsigned char bytes[UNIFORM_SIZE];
} sn_uniform;

/* What one thread works in. */
typedef struct sn_pack_worker {
    struct libdeflate_compressor *compressor;
    size_t room; /* bytes */
    unsigned char *shuffled;
    sn_uniform uniform; /* the last one */
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

static bool is_uniform(const double *value, size_t n)
{
    return n > 1 && memcmp(value, value + 1, (n - 1) * sizeof *value) == 0;
}

/* What was packed last, when this is the same. */
static bool is_known(const sn_uniform *u, const double *value, size_t n)
{
    return u->size > 0 && u->n == n && memcmp(&u->value, value, sizeof *value) == 0;
}

static void remember(sn_uniform *u, const double *value, size_t n, sn_packed_chunk *chunk)
{
    u->size = chunk->size <= sizeof u->bytes ? chunk->size : 0;
    u->value = value[0];
    u->n = n;
    memcpy(u->bytes, chunk->bytes, u->size);
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
    const double *value = c->value + first * c->n_column;
    bool uniform = rows == c->chunk_rows && is_uniform(value, n);
    chunk->size = 0;
    if (!need_room(&own->shuffled, &own->room, bytes) ||
        !need_room(&chunk->bytes, &chunk->room, bound)) {
        return;
    }
    if (uniform && is_known(&own->uniform, value, n)) {
        chunk->size = own->uniform.size;
        memcpy(chunk->bytes, own->uniform.bytes, chunk->size);
        return;
    }
    shuffle(value, rows * c->n_column, n, own->shuffled);
    chunk->size = libdeflate_zlib_compress(own->compressor, own->shuffled, bytes,
                                           chunk->bytes, chunk->room);
    if (uniform) {
        remember(&own->uniform, value, n, chunk);
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
