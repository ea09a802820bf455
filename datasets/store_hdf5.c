/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pieces of HDF5 files in memory: datasets, attributes and scales.
 *
 * Canonical bytes: object times are off, and the two attributes that tie scales to
 * datasets are written here rather than by H5DSattach_scale(), which writes uninitialised
 * padding and rewrites the list of references once per dataset.
 */
#include "store_hdf5.h"

#include <hdf5_hl.h>

#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_ROWS = 2200, /* about a quarter of an hourly year */
    DEFLATE_LEVEL = 3, /* 4 and more cost time and save nothing worth it */
    LINK_MAX = 24,     /* datasets per group that share a scale */
};

typedef struct reference_entry { /* as the dimension scale specification has it */
    hobj_ref_t dataset;
    unsigned dimension;
    unsigned padding;
} reference_entry;

static const char time_units[] = "seconds since 1970-01-01 00:00:00";

void sn_store_hdf5_quiet(void)
{
    (void)H5dont_atexit();
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

hid_t sn_store_text_type(size_t size, bool is_utf8)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(type, size > 0 ? size : 1);
    (void)H5Tset_strpad(type, H5T_STR_NULLPAD);
    (void)H5Tset_cset(type, is_utf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
    return type;
}

void sn_store_grid_release(sn_store_grid *g)
{
    free(g->value);
    free(g->batch);
    free(g->flag);
    free(g->time);
    free(g->subject);
}

void sn_store_revision_table_release(sn_store_revision_table *r)
{
    free(r->number);
    free(r->time);
    free(r->subject);
    free(r->value);
    free(r->batch);
    free(r->flag);
}

bool sn_store_put_attribute(hid_t object, const char *name, hid_t type, const void *data)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool ok = H5Awrite(attribute, type, data) >= 0;
    (void)H5Aclose(attribute);
    (void)H5Sclose(space);
    return ok;
}

bool sn_store_put_text(hid_t object, const char *name, const char *text)
{
    hid_t type = sn_store_text_type(strlen(text), true);
    bool ok = sn_store_put_attribute(object, name, type, text);
    (void)H5Tclose(type);
    return ok;
}

bool sn_store_put_int(hid_t object, const char *name, int32_t value)
{
    return sn_store_put_attribute(object, name, H5T_STD_I32LE, &value);
}

static bool put_time_attributes(hid_t dataset)
{
    return sn_store_put_text(dataset, "units", time_units) &&
           sn_store_put_text(dataset, "calendar", "proleptic_gregorian");
}

/* True when every cell of n bytes is the fill value. */
static bool
is_all_fill(const unsigned char *cells, size_t n, const void *fill, size_t width)
{
    return n >= width && memcmp(cells, fill, width) == 0 &&
           memcmp(cells, cells + width, n - width) == 0;
}

/* Write the chunks that are not all fill value; the others need no place in the file and
 * no time to read: most flags and batch numbers are of one kind. */
static bool write_chunks(hid_t dataset, const sn_store_block *b, hsize_t chunk_rows)
{
    hsize_t n_col = b->n_col == 0 ? 1 : b->n_col;
    int rank = b->n_col == 0 ? 1 : 2;
    size_t width = H5Tget_size(b->type);
    size_t row_bytes = (size_t)n_col * width;
    const unsigned char *data = b->data;
    bool ok = true;
    for (hsize_t row = 0; ok && row < b->n_row; row += chunk_rows) {
        hsize_t n = b->n_row - row < chunk_rows ? b->n_row - row : chunk_rows;
        const unsigned char *at = data + (size_t)row * row_bytes;
        if (b->fill != NULL && is_all_fill(at, (size_t)n * row_bytes, b->fill, width)) {
            continue;
        }
        hsize_t start[2] = {row, 0};
        hsize_t count[2] = {n, n_col};
        hid_t memory = H5Screate_simple(rank, count, NULL);
        hid_t space = H5Dget_space(dataset);
        ok = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
             H5Dwrite(dataset, b->type, memory, space, H5P_DEFAULT, at) >= 0;
        (void)H5Sclose(space);
        (void)H5Sclose(memory);
    }
    return ok;
}

/* Dataset made and filled; the handle, negative on failure. */
static hid_t put_block(hid_t group, const sn_store_block *b)
{
    int rank = b->n_col == 0 ? 1 : 2;
    hsize_t size[2] = {b->n_row, b->n_col};
    hsize_t pieces = (b->n_row + CHUNK_ROWS - 1) / CHUNK_ROWS;
    hsize_t chunk[2] = {(b->n_row + pieces - 1) / pieces, b->n_col};
    hid_t space = H5Screate_simple(rank, size, NULL);
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    bool ok = H5Pset_obj_track_times(plist, false) >= 0 &&
              H5Pset_chunk(plist, rank, chunk) >= 0 && H5Pset_shuffle(plist) >= 0 &&
              H5Pset_deflate(plist, DEFLATE_LEVEL) >= 0;
    if (b->fill != NULL) {
        ok = ok && H5Pset_fill_value(plist, b->type, b->fill) >= 0;
    }
    ok = ok && H5Pset_fill_time(plist, H5D_FILL_TIME_ALLOC) >= 0;
    hid_t dataset = -1;
    if (ok) {
        dataset =
            H5Dcreate2(group, b->name, b->type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    }
    if (dataset >= 0 && !write_chunks(dataset, b, chunk[0])) {
        (void)H5Dclose(dataset);
        dataset = -1;
    }
    (void)H5Pclose(plist);
    (void)H5Sclose(space);
    return dataset;
}

/* Write a block with up to two text attributes; scale_name makes it a scale. */
bool sn_store_put_dataset(hid_t group,
                          const sn_store_block *b,
                          const char *long_name,
                          bool is_scale)
{
    hid_t dataset = put_block(group, b);
    bool ok = dataset >= 0 && sn_store_put_text(dataset, "long_name", long_name) &&
              (!is_scale || H5DSset_scale(dataset, b->name) >= 0);
    if (dataset >= 0) {
        (void)H5Dclose(dataset);
    }
    return ok;
}

bool sn_store_put_time_block(hid_t group,
                             const sn_store_block *b,
                             const char *long_name,
                             bool scale)
{
    if (!sn_store_put_dataset(group, b, long_name, scale)) {
        return false;
    }
    hid_t dataset = H5Dopen2(group, b->name, H5P_DEFAULT);
    bool ok = dataset >= 0 && put_time_attributes(dataset);
    (void)H5Dclose(dataset);
    return ok;
}

/* DIMENSION_LIST of one dataset. */
static bool put_dimension_list(hid_t group, const sn_store_tie *t)
{
    hobj_ref_t reference[2];
    hvl_t list[2];
    for (unsigned axis = 0; axis < t->n_axis; axis++) {
        if (H5Rcreate(&reference[axis], group, t->scale[axis], H5R_OBJECT, -1) < 0) {
            return false;
        }
        list[axis] = (hvl_t){.len = 1, .p = &reference[axis]};
    }
    hsize_t n = t->n_axis;
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
    hid_t dataset = H5Dopen2(group, t->dataset, H5P_DEFAULT);
    hid_t attribute =
        H5Acreate2(dataset, "DIMENSION_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool ok = H5Awrite(attribute, type, list) >= 0;
    (void)H5Aclose(attribute);
    (void)H5Dclose(dataset);
    (void)H5Tclose(type);
    (void)H5Sclose(space);
    return ok;
}

/* REFERENCE_LIST of one scale: who uses it, and for which axis. */
static bool
put_reference_list(hid_t group, const char *scale, const sn_store_tie *ties, size_t n)
{
    reference_entry entry[LINK_MAX];
    memset(entry, 0, sizeof entry);
    hsize_t n_entry = 0;
    for (size_t t = 0; t < n; t++) {
        for (unsigned axis = 0; axis < ties[t].n_axis; axis++) {
            if (strcmp(ties[t].scale[axis], scale) != 0 || n_entry == LINK_MAX) {
                continue;
            }
            entry[n_entry].dimension = axis;
            if (H5Rcreate(&entry[n_entry].dataset, group, ties[t].dataset, H5R_OBJECT,
                          -1) < 0) {
                return false;
            }
            n_entry++;
        }
    }
    hid_t space = H5Screate_simple(1, &n_entry, NULL);
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(reference_entry));
    bool ok = H5Tinsert(type, "dataset", HOFFSET(reference_entry, dataset),
                        H5T_STD_REF_OBJ) >= 0 &&
              H5Tinsert(type, "dimension", HOFFSET(reference_entry, dimension),
                        H5T_NATIVE_UINT) >= 0;
    hid_t dataset = H5Dopen2(group, scale, H5P_DEFAULT);
    hid_t attribute =
        H5Acreate2(dataset, "REFERENCE_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT);
    ok = ok && H5Awrite(attribute, type, entry) >= 0;
    (void)H5Aclose(attribute);
    (void)H5Dclose(dataset);
    (void)H5Tclose(type);
    (void)H5Sclose(space);
    return ok;
}

bool sn_store_put_ties(hid_t group,
                       const sn_store_tie *ties,
                       size_t n,
                       const char *const *scales)
{
    bool ok = true;
    for (size_t t = 0; ok && t < n; t++) {
        ok = put_dimension_list(group, &ties[t]);
    }
    for (; ok && *scales != NULL; scales++) {
        ok = put_reference_list(group, *scales, ties, n);
    }
    return ok;
}

static hid_t group_plist(hid_t class_id)
{
    hid_t plist = H5Pcreate(class_id);
    (void)H5Pset_obj_track_times(plist, false);
    /* netCDF lists things in the order they were made */
    (void)H5Pset_link_creation_order(plist,
                                     H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    return plist;
}

hid_t sn_store_need_group(hid_t parent, const char *name)
{
    if (H5Lexists(parent, name, H5P_DEFAULT) > 0) {
        return H5Gopen2(parent, name, H5P_DEFAULT);
    }
    hid_t plist = group_plist(H5P_GROUP_CREATE);
    hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, plist, H5P_DEFAULT);
    (void)H5Pclose(plist);
    return group;
}

/* The earliest superblock has no checksum: H5Fget_file_image() (1.10) clears the
 * status flags of later ones without renewing theirs, and nothing opens the result. */
hid_t sn_store_new_image(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t creation = group_plist(H5P_FILE_CREATE);
    hid_t file = -1;
    if (H5Pset_fapl_core(access, SN_STORE_IMAGE_STEP, false) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) >= 0) {
        file = H5Fcreate("snitt-year-image", H5F_ACC_TRUNC, creation, access);
    }
    (void)H5Pclose(creation);
    (void)H5Pclose(access);
    return file;
}

bool sn_store_take_image(hid_t file, void **out, size_t *size_out)
{
    ssize_t size =
        H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 ? -1 : H5Fget_file_image(file, NULL, 0);
    if (size <= 0) {
        return false;
    }
    void *bytes = malloc((size_t)size);
    if (bytes == NULL || H5Fget_file_image(file, bytes, (size_t)size) != size) {
        free(bytes);
        return false;
    }
    *out = bytes;
    *size_out = (size_t)size;
    return true;
}
