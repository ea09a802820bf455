/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole datasets by their raw chunks: HDF5 finds them, libdeflate inflates them (the
 * bytes are zlib's; it takes half the time), and the bytes are put back in order straight
 * into place.  A chunk that is not in the file is fill value.  Whatever is not as
 * store_hdf5.c writes it is left to HDF5's own way.
 */
#include "store_hdf5.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum { PACKED_MAX = 1 << 28 };

typedef struct chunked {
    hid_t dataset;
    int rank;
    hsize_t n_row;
    size_t row_bytes;
    size_t width; /* of a value */
    hsize_t chunk_rows;
    size_t chunk_bytes;
    unsigned char *packed;
    size_t n_packed;
    unsigned char *plain; /* [chunk_bytes] still shuffled */
    struct libdeflate_decompressor *inflater;
} chunked;

/* Chunks of whole rows, shuffled, then deflated, and nothing else. */
static bool is_ours(hid_t plist, int rank, const hsize_t size[2], chunked *c)
{
    hsize_t chunk[2] = {0, 1};
    unsigned flags = 0;
    unsigned config = 0;
    unsigned value[8] = {0};
    size_t n_value = 8;
    bool ok = H5Pget_layout(plist) == H5D_CHUNKED &&
              H5Pget_chunk(plist, rank, chunk) == rank && H5Pget_nfilters(plist) == 2;
    ok = ok &&
         H5Pget_filter2(plist, 0, &flags, &n_value, value, 0, NULL, &config) ==
             H5Z_FILTER_SHUFFLE &&
         n_value == 1 && value[0] == c->width;
    n_value = 8;
    ok = ok && H5Pget_filter2(plist, 1, &flags, &n_value, value, 0, NULL, &config) ==
                   H5Z_FILTER_DEFLATE;
    c->chunk_rows = chunk[0];
    c->chunk_bytes = (size_t)chunk[0] * c->row_bytes;
    return ok && (rank == 1 || chunk[1] == size[1]) && chunk[0] > 0 &&
           chunk[0] <= size[0];
}

/* The fill value in every place. */
static bool fill(hid_t plist, hid_t type, const chunked *c, unsigned char *data)
{
    size_t n = (size_t)c->n_row * c->row_bytes;
    if (H5Pget_fill_value(plist, type, data) < 0) {
        return false;
    }
    for (size_t done = c->width; done < n;) { /* doubled */
        size_t more = done < n - done ? done : n - done;
        memcpy(data + done, data, more);
        done += more;
    }
    return true;
}

/* Of n values of a chunk the first n_use: byte b of value i stands at b * n + i. */
static void put_8(const unsigned char *from, size_t n, size_t n_use, unsigned char *to)
{
    for (size_t i = 0; i < n_use; i++) {
        unsigned char value[8];
        for (size_t b = 0; b < 8; b++) {
            value[b] = from[b * n + i];
        }
        memcpy(to + 8 * i, value, sizeof value);
    }
}

static void put_in_order(const unsigned char *from,
                         size_t n,
                         size_t n_use,
                         size_t width,
                         unsigned char *to)
{
    if (width == 8) {
        put_8(from, n, n_use, to);
        return;
    }
    for (size_t b = 0; b < width; b++) {
        for (size_t i = 0; i < n_use; i++) {
            to[width * i + b] = from[b * n + i];
        }
    }
}

static bool read_chunk(chunked *c, const hsize_t at[2], hsize_t size, unsigned char *data)
{
    uint32_t skipped = 0;
    if (size > PACKED_MAX || at[0] >= c->n_row || at[0] % c->chunk_rows != 0 ||
        (c->rank == 2 && at[1] != 0)) {
        return false;
    }
    if (size > c->n_packed) {
        unsigned char *grown = realloc(c->packed, (size_t)size);
        if (grown == NULL) {
            return false;
        }
        c->packed = grown;
        c->n_packed = (size_t)size;
    }
    if (H5Dread_chunk(c->dataset, H5P_DEFAULT, at, &skipped, c->packed) < 0 ||
        skipped != 0 ||
        libdeflate_zlib_decompress(c->inflater, c->packed, (size_t)size, c->plain,
                                   c->chunk_bytes, NULL) != LIBDEFLATE_SUCCESS) {
        return false;
    }
    hsize_t n_row = c->n_row - at[0] < c->chunk_rows ? c->n_row - at[0] : c->chunk_rows;
    size_t per_row = c->row_bytes / c->width;
    put_in_order(c->plain, (size_t)c->chunk_rows * per_row, (size_t)n_row * per_row,
                 c->width, data + (size_t)at[0] * c->row_bytes);
    return true;
}

static bool read_chunks(chunked *c, hid_t plist, hid_t type, unsigned char *data)
{
    hsize_t n = 0;
    hid_t space = H5Dget_space(c->dataset);
    bool ok = space >= 0 && H5Dget_num_chunks(c->dataset, space, &n) >= 0;
    if (ok && n < (c->n_row + c->chunk_rows - 1) / c->chunk_rows) {
        ok = fill(plist, type, c, data);
    }
    for (hsize_t k = 0; ok && k < n; k++) {
        hsize_t at[2] = {0, 0};
        hsize_t size = 0;
        unsigned skipped = 0;
        haddr_t address = HADDR_UNDEF;
        ok =
            H5Dget_chunk_info(c->dataset, space, k, at, &skipped, &address, &size) >= 0 &&
            read_chunk(c, at, size, data);
    }
    (void)H5Sclose(space);
    return ok;
}

bool sn_store_read_chunks(hid_t dataset,
                          int rank,
                          const hsize_t size[2],
                          hid_t type,
                          void *data)
{
    chunked c = {
        .dataset = dataset, .rank = rank, .n_row = size[0], .width = H5Tget_size(type)};
    c.row_bytes = (size_t)size[1] * c.width;
    hid_t stored = H5Dget_type(dataset);
    hid_t plist = H5Dget_create_plist(dataset);
    bool ok = c.width > 0 && c.width <= 8 && stored >= 0 && plist >= 0 &&
              H5Tequal(stored, type) > 0 && is_ours(plist, rank, size, &c);
    if (ok) {
        c.plain = malloc(c.chunk_bytes);
        c.inflater = libdeflate_alloc_decompressor();
        ok = c.plain != NULL && c.inflater != NULL && read_chunks(&c, plist, type, data);
    }
    libdeflate_free_decompressor(c.inflater);
    free(c.plain);
    free(c.packed);
    (void)H5Pclose(plist);
    (void)H5Tclose(stored);
    return ok;
}
