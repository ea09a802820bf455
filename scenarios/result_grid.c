/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "result_grid.h"

#include "base/os.h"
#include "store.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, DEFLATE_LEVEL = 1, CHUNK_CELLS = 16384 };

struct sn_grid {
    char path[PATH_SIZE];
    char temporary[PATH_SIZE + 8];
    hid_t file;
    size_t n_axis;
    hid_t scale[SN_GRID_AXES_MAX];
    hsize_t size[SN_GRID_AXES_MAX];
};

static sn_status failed(const sn_grid *grid, const char *name, sn_error *err)
{
    return sn_error_set(err, SN_E_IO, "cannot write %.100s to %.200s (disk full?)", name,
                        grid->temporary);
}

static bool put_text(hid_t object, const char *name, const char *text)
{
    size_t length = strlen(text);
    hid_t type = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(type, length > 0 ? length : 1);
    (void)H5Tset_cset(type, H5T_CSET_UTF8);
    (void)H5Tset_strpad(type, H5T_STR_NULLPAD);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool is_ok = attribute >= 0 && H5Awrite(attribute, type, text) >= 0;
    if (attribute >= 0) {
        (void)H5Aclose(attribute);
    }
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    return is_ok;
}

/* Chunks of whole inner rows, of about CHUNK_CELLS numbers. */
static void set_chunks(hid_t create, int rank, const hsize_t *size)
{
    hsize_t chunk[SN_GRID_AXES_MAX];
    hsize_t cells = 1;
    for (int i = rank - 1; i >= 0; i--) {
        hsize_t room = cells < CHUNK_CELLS ? CHUNK_CELLS / cells : 1;
        chunk[i] = size[i] < room ? size[i] : room;
        cells *= chunk[i];
    }
    (void)H5Pset_chunk(create, rank, chunk);
    (void)H5Pset_shuffle(create);
    (void)H5Pset_deflate(create, DEFLATE_LEVEL);
}

static hid_t
create_dataset(hid_t file, const char *name, hid_t type, int rank, const hsize_t *size)
{
    hid_t space = H5Screate_simple(rank, size, NULL);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_obj_track_times(create, false);
    if (rank > 1) {
        set_chunks(create, rank, size);
    }
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    (void)H5Pclose(create);
    (void)H5Sclose(space);
    return set;
}

static hid_t put_words(hid_t file, const sn_grid_axis *axis)
{
    size_t width = 1;
    for (size_t i = 0; i < axis->n; i++) {
        width = strlen(axis->text[i]) > width ? strlen(axis->text[i]) : width;
    }
    char *block = calloc(axis->n, width);
    hid_t type = H5Tcopy(H5T_C_S1);
    hsize_t size = axis->n;
    (void)H5Tset_size(type, width);
    (void)H5Tset_strpad(type, H5T_STR_NULLPAD);
    for (size_t i = 0; i < axis->n && block != NULL; i++) {
        memcpy(block + i * width, axis->text[i], strlen(axis->text[i]));
    }
    hid_t set = block != NULL ? create_dataset(file, axis->name, type, 1, &size) : -1;
    if (set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block) < 0) {
        (void)H5Dclose(set);
        set = -1;
    }
    free(block);
    (void)H5Tclose(type);
    return set;
}

static hid_t put_numbers(hid_t file, const sn_grid_axis *axis)
{
    hsize_t size = axis->n;
    hid_t set = create_dataset(file, axis->name, H5T_IEEE_F64LE, 1, &size);
    if (set >= 0 && H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                             axis->number) < 0) {
        (void)H5Dclose(set);
        set = -1;
    }
    return set;
}

static bool put_axis(sn_grid *grid, const sn_grid_axis *axis)
{
    hid_t set = axis->number != NULL ? put_numbers(grid->file, axis)
                                     : put_words(grid->file, axis);
    if (set < 0) {
        return false;
    }
    grid->size[grid->n_axis] = axis->n;
    grid->scale[grid->n_axis++] = set;
    return H5DSset_scale(set, axis->name) >= 0 &&
           (axis->number == NULL || put_text(set, "units", "1")) &&
           put_text(set, "long_name", axis->name);
}

sn_status sn_grid_create(const char *path,
                         const char *title,
                         const sn_grid_axis *axes,
                         size_t n_axis,
                         sn_grid **out,
                         sn_error *err)
{
    *out = NULL;
    sn_grid *grid = calloc(1, sizeof *grid);
    if (grid == NULL || n_axis > SN_GRID_AXES_MAX || strlen(path) >= PATH_SIZE) {
        free(grid);
        return sn_error_set(err, SN_E_MEMORY, "no room for a result of %zu axes", n_axis);
    }
    sn_store_hdf5_quiet();
    (void)snprintf(grid->path, sizeof grid->path, "%s", path);
    (void)snprintf(grid->temporary, sizeof grid->temporary, "%s.tmp", path);
    grid->file = H5Fcreate(grid->temporary, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    bool is_ok = grid->file >= 0;
    for (size_t i = 0; i < n_axis && is_ok; i++) {
        is_ok = put_axis(grid, &axes[i]);
    }
    if (!is_ok || !put_text(grid->file, "Conventions", "CF-1.8") ||
        !put_text(grid->file, "title", title) ||
        !put_text(grid->file, "schema", "snitt-batch-1")) {
        sn_status status = failed(grid, "the axes", err);
        sn_grid_discard(grid);
        return status;
    }
    *out = grid;
    return SN_OK;
}

sn_status sn_grid_put(sn_grid *grid, const sn_grid_field *field, sn_error *err)
{
    hsize_t size[SN_GRID_AXES_MAX];
    double missing = (double)NAN;
    for (size_t i = 0; i < field->rank; i++) {
        size[i] = grid->size[field->axis[i]];
    }
    hid_t set =
        create_dataset(grid->file, field->name, H5T_IEEE_F64LE, (int)field->rank, size);
    bool is_ok =
        set >= 0 &&
        H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, field->value) >=
            0 &&
        put_text(set, "units", field->units) &&
        put_text(set, "long_name", field->long_name) &&
        H5LTset_attribute_double(grid->file, field->name, "_FillValue", &missing, 1) >= 0;
    for (size_t i = 0; i < field->rank && is_ok; i++) {
        is_ok = H5DSattach_scale(set, grid->scale[field->axis[i]], (unsigned)i) >= 0;
    }
    if (set >= 0) {
        (void)H5Dclose(set);
    }
    return is_ok ? SN_OK : failed(grid, field->name, err);
}

static bool close_all(sn_grid *grid)
{
    for (size_t i = 0; i < grid->n_axis; i++) {
        (void)H5Dclose(grid->scale[i]);
    }
    grid->n_axis = 0;
    bool is_ok = grid->file < 0 || H5Fclose(grid->file) >= 0;
    grid->file = -1;
    return is_ok;
}

sn_status sn_grid_publish(sn_grid *grid, sn_error *err)
{
    if (!close_all(grid)) {
        return failed(grid, "the file", err);
    }
    sn_status status = sn_os_publish(grid->temporary, grid->path, err);
    if (status == SN_OK) {
        grid->temporary[0] = '\0';
    }
    return status;
}

void sn_grid_discard(sn_grid *grid)
{
    if (grid == NULL) {
        return;
    }
    (void)close_all(grid);
    if (grid->temporary[0] != '\0') {
        (void)remove(grid->temporary);
    }
    free(grid);
}
