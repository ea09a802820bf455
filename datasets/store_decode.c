/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One year from the bytes of its HDF5 file, as store_encode.c made them.  The bytes
 * passed their hash, yet nothing in them is believed: sizes, numbers and texts are
 * checked, because a store may come from anywhere.
 */
#include "store_hdf5.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 1 << 26 }; /* a year of minutes for 127 subjects */

static sn_status bad_year(const sn_store_year *year, const char *what, sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT,
                        "store: data file of year %d (%.12s...) has no valid %s; "
                        "restore the folder from a copy",
                        (int)year->year, year->sha256, what);
}

/* Size of a dataset of the given rank (size comes as 0, 1); false when it is something
 * else. */
static bool block_size(hid_t dataset, int rank, hsize_t size[2])
{
    hid_t space = H5Dget_space(dataset);
    bool ok = space >= 0 && H5Sget_simple_extent_ndims(space) == rank &&
              H5Sget_simple_extent_dims(space, size, NULL) == rank && size[0] > 0 &&
              size[0] <= CELLS_MAX && size[1] > 0 && size[1] <= CELLS_MAX / size[0];
    (void)H5Sclose(space);
    return ok;
}

/* Whole dataset into malloc'd memory; NULL on failure.  b names it, its type in
 * memory and, when not 0, the size it must have. */
static void *get_block(hid_t group, const sn_store_block *b, hsize_t *n_out)
{
    hsize_t size[2] = {0, 1};
    void *data = NULL;
    hid_t dataset = H5Dopen2(group, b->name, H5P_DEFAULT);
    if (dataset < 0) {
        return NULL;
    }
    int rank = b->n_col == 0 ? 1 : 2;
    if (block_size(dataset, rank, size) && (b->n_row == 0 || size[0] == b->n_row) &&
        (b->n_col == 0 || size[1] == b->n_col)) {
        data = calloc(size[0] * size[1], H5Tget_size(b->type));
    }
    if (data != NULL && !sn_store_read_chunks(dataset, rank, size, b->type, data) &&
        H5Dread(dataset, b->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
        free(data);
        data = NULL;
    }
    (void)H5Dclose(dataset);
    if (n_out != NULL) {
        *n_out = size[0];
    }
    return data;
}

/* Strings as n cells of *width_out bytes, each NUL-terminated. */
static char *get_texts(hid_t group, const char *name, size_t *width_out, hsize_t *n_out)
{
    hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (dataset < 0) {
        return NULL;
    }
    hid_t stored = H5Dget_type(dataset);
    bool is_fixed = H5Tget_class(stored) == H5T_STRING && H5Tis_variable_str(stored) == 0;
    size_t width = is_fixed ? H5Tget_size(stored) : 0;
    bool is_utf8 = H5Tget_cset(stored) == H5T_CSET_UTF8;
    (void)H5Tclose(stored);
    (void)H5Dclose(dataset);
    if (width == 0 || width > SN_STORE_TEXT_MAX) {
        return NULL;
    }
    hid_t type = sn_store_text_type(width + 1, is_utf8);
    sn_store_block b = {.name = name, .type = type};
    char *text = get_block(group, &b, n_out);
    (void)H5Tclose(type);
    *width_out = width + 1;
    return text;
}

static sn_status get_rows(sn_store_year *year, hid_t group, sn_error *err)
{
    static const char *const name[] = {"raw_sha256", "origin", "licence", "attribution"};
    sn_store_block times = {.name = "learnt", .type = H5T_NATIVE_INT64};
    sn_store_block order = {.name = "sequence", .type = H5T_NATIVE_UINT32};
    hsize_t n = 0;
    hsize_t n_order = 0;
    char *text[4] = {NULL};
    size_t width[4] = {0};
    int64_t *learnt = get_block(group, &times, &n);
    uint32_t *sequence = get_block(group, &order, &n_order);
    bool ok = learnt != NULL && sequence != NULL && n == n_order;
    for (int t = 0; ok && t < 4; t++) {
        hsize_t n_text = 0;
        text[t] = get_texts(group, name[t], &width[t], &n_text);
        ok = text[t] != NULL && n_text == n && (t > 0 || width[0] <= SN_SHA256_SIZE);
    }
    sn_status status = ok ? SN_OK : bad_year(year, "table of batches", err);
    for (hsize_t r = 0; status == SN_OK && r < n; r++) {
        sn_store_row row = {.learnt_utc_s = learnt[r],
                            .sequence = sequence[r],
                            .name = text[1] + r * width[1],
                            .licence = text[2] + r * width[2],
                            .attribution = text[3] + r * width[3]};
        memcpy(row.raw_sha256, text[0] + r * width[0], width[0]);
        status = sn_store_year_add_row(year, &row, err);
    }
    for (int t = 0; t < 4; t++) {
        free(text[t]);
    }
    free(learnt);
    free(sequence);
    return status;
}

/* What the walk over the tree of groups carries. */
typedef struct walk {
    sn_store_year *year;
    sn_error *err;
    sn_status status;
} walk;

static sn_status
get_subjects(sn_store_year *year, hid_t place, const sn_series_key *key, sn_error *err)
{
    size_t width = 0;
    hsize_t n = 0;
    char *text = get_texts(place, "subject", &width, &n);
    if (text == NULL) {
        return bad_year(year, "subjects", err);
    }
    sn_store_group *group = NULL;
    sn_status status = sn_store_year_need(year, key, &group, err);
    if (status == SN_OK) {
        group->is_loaded = false;
    }
    for (hsize_t c = 0; status == SN_OK && c < n; c++) {
        const char *subject = text + c * width;
        sn_store_column *column = NULL;
        status = subject[0] == '\0' || strlen(subject) >= SN_SUBJECT_SIZE
                     ? bad_year(year, "subjects", err)
                     : sn_store_group_need(group, subject, &column, err);
    }
    if (status == SN_OK && group->n_column != n) {
        status = bad_year(year, "subjects", err);
    }
    free(text);
    return status;
}

/* Called by HDF5 for every object; groups of three levels hold series. */
static herr_t visit(hid_t file, const char *path, const H5O_info_t *info, void *data)
{
    walk *w = data;
    char quantity[40];
    char source[SN_SOURCE_SIZE];
    int step_s = 0;
    int used = 0;
    if (info->type != H5O_TYPE_GROUP ||
        sscanf(path, "%39[a-z_]/%31[a-z0-9_]/%9d%n", quantity, source, &step_s, &used) !=
            3 ||
        path[used] != '\0') {
        return 0;
    }
    sn_series_key key = {.quantity = sn_quantity_find(quantity), .step_s = step_s};
    memcpy(key.source, source, strlen(source) + 1);
    if (key.quantity == SN_QUANTITY_COUNT || step_s <= 0) {
        w->status = bad_year(w->year, "quantity", w->err);
        return -1;
    }
    hid_t place = H5Gopen2(file, path, H5P_DEFAULT);
    w->status = get_subjects(w->year, place, &key, w->err);
    (void)H5Gclose(place);
    return w->status == SN_OK ? 0 : -1;
}

void sn_store_year_close_file(sn_store_year *year)
{
    if (year->file >= 0) {
        (void)H5Fclose((hid_t)year->file);
        year->file = -1;
    }
}

sn_status sn_store_year_open_file(sn_store_year *year,
                                  const void *bytes,
                                  size_t size,
                                  sn_error *err)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;
    /* HDF5 copies the bytes; the call lacks a const */
    if (H5Pset_fapl_core(access, SN_STORE_IMAGE_STEP, false) >= 0 &&
        H5Pset_file_image(access, (void *)(uintptr_t)bytes, size) >= 0) {
        /* HDF5 takes open images of one name for one file: the year tells them apart,
         * and the counter two stores of one process. */
        static unsigned n_opened;
        char name[48];
        (void)snprintf(name, sizeof name, "snitt-year-%d-image-%u", (int)year->year,
                       n_opened++);
        file = H5Fopen(name, H5F_ACC_RDONLY, access);
    }
    (void)H5Pclose(access);
    if (file < 0) {
        return bad_year(year, "HDF5 structure", err);
    }
    year->file = file;
    return SN_OK;
}

sn_status
sn_store_year_decode(sn_store_year *year, const void *bytes, size_t size, sn_error *err)
{
    sn_status status = sn_store_year_open_file(year, bytes, size, err);
    if (status != SN_OK) {
        return status;
    }
    hid_t file = (hid_t)year->file;
    hid_t group = H5Gopen2(file, "batches", H5P_DEFAULT);
    status =
        group < 0 ? bad_year(year, "table of batches", err) : get_rows(year, group, err);
    if (group >= 0) {
        (void)H5Gclose(group);
    }
    walk w = {.year = year, .err = err};
    if (status == SN_OK &&
        H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, visit, &w, H5O_INFO_BASIC) < 0) {
        status = w.status != SN_OK ? w.status : bad_year(year, "tree of groups", err);
    }
    return status;
}

static sn_status
spread(sn_store_year *year, sn_store_group *group, const sn_store_grid *g, sn_error *err)
{
    size_t n_cell = g->n * group->n_column;
    for (size_t k = 0; k < n_cell; k++) {
        if (g->batch[k] > year->n_row || g->flag[k] > SN_FLAG_SUSPECT ||
            (g->batch[k] == 0) != (isnan(g->value[k]) != 0) || isinf(g->value[k])) {
            return bad_year(year, "batch numbers", err);
        }
    }
    for (size_t c = 0; c < group->n_column; c++) {
        sn_status status = sn_store_column_alloc(&group->column[c], group->axis.n, err);
        if (status != SN_OK) {
            return status;
        }
    }
    for (size_t i = 0, from = 0; i < g->n; i++) { /* rows outside: one pass over g */
        for (size_t c = 0; c < group->n_column; c++, from++) {
            sn_store_column *column = &group->column[c];
            column->value[g->first + i] = g->value[from];
            column->batch[g->first + i] = g->batch[from];
            column->flag[g->first + i] = g->flag[from];
        }
    }
    return SN_OK;
}

static sn_status
get_grid(sn_store_year *year, sn_store_group *group, hid_t place, sn_error *err)
{
    hsize_t n = 0;
    sn_store_grid g = {0};
    sn_store_block time = {.name = "time", .type = H5T_NATIVE_INT64};
    g.time = get_block(place, &time, &n);
    g.first =
        g.time == NULL ? SIZE_MAX : sn_axis_index(&group->axis, (sn_instant){g.time[0]});
    g.n = (size_t)n;
    if (g.first == SIZE_MAX || g.n > group->axis.n - g.first) {
        sn_store_grid_release(&g);
        return bad_year(year, "time axis", err);
    }
    sn_store_block value = {"value", H5T_NATIVE_DOUBLE, n, group->n_column, NULL, NULL};
    sn_store_block batch = {"batch", H5T_NATIVE_UINT16, n, group->n_column, NULL, NULL};
    sn_store_block flag = {"flag", H5T_NATIVE_UINT8, n, group->n_column, NULL, NULL};
    g.value = get_block(place, &value, NULL);
    g.batch = get_block(place, &batch, NULL);
    g.flag = get_block(place, &flag, NULL);
    sn_status status = g.value == NULL || g.batch == NULL || g.flag == NULL
                           ? bad_year(year, "values", err)
                           : spread(year, group, &g, err);
    sn_store_grid_release(&g);
    return status;
}

/* Backwards: the file has the oldest first, chains begin with the newest. */
static sn_status chain_revisions(sn_store_year *year,
                                 sn_store_group *group,
                                 const sn_store_revision_table *r,
                                 size_t width,
                                 sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t k = r->n; status == SN_OK && k-- > 0;) {
        sn_store_column *column = sn_store_group_find(group, r->subject + k * width);
        size_t at = sn_axis_index(&group->axis, (sn_instant){r->time[k]});
        if (column == NULL || at == SIZE_MAX || r->batch[k] == 0 ||
            r->batch[k] > year->n_row || r->flag[k] > SN_FLAG_SUSPECT ||
            !isfinite(r->value[k])) {
            return bad_year(year, "revisions", err);
        }
        sn_store_cell cell = {r->value[k], r->batch[k], r->flag[k]};
        status = sn_store_group_append_old(group, column, at, cell, err);
    }
    return status;
}

static sn_status
get_revisions(sn_store_year *year, sn_store_group *group, hid_t place, sn_error *err)
{
    if (H5Lexists(place, "revision", H5P_DEFAULT) <= 0) {
        return SN_OK;
    }
    sn_store_revision_table r = {0};
    size_t width = 0;
    hsize_t n = 0;
    r.subject = get_texts(place, "revised_subject", &width, &n);
    sn_store_block time = {.name = "revised_time", .type = H5T_NATIVE_INT64, .n_row = n};
    sn_store_block value = {
        .name = "revised_value", .type = H5T_NATIVE_DOUBLE, .n_row = n};
    sn_store_block batch = {
        .name = "revised_batch", .type = H5T_NATIVE_UINT16, .n_row = n};
    sn_store_block flag = {.name = "revised_flag", .type = H5T_NATIVE_UINT8, .n_row = n};
    r.time = get_block(place, &time, NULL);
    r.value = get_block(place, &value, NULL);
    r.batch = get_block(place, &batch, NULL);
    r.flag = get_block(place, &flag, NULL);
    r.n = (size_t)n;
    sn_status status = r.subject == NULL || r.time == NULL || r.value == NULL ||
                               r.batch == NULL || r.flag == NULL
                           ? bad_year(year, "revisions", err)
                           : chain_revisions(year, group, &r, width, err);
    sn_store_revision_table_release(&r);
    return status;
}

sn_status sn_store_group_load(sn_store_year *year, sn_store_group *group, sn_error *err)
{
    if (group->is_loaded) {
        return SN_OK;
    }
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s/%d", sn_quantity_name(group->quantity),
                   group->source, (int)group->step_s);
    hid_t place = H5Gopen2((hid_t)year->file, path, H5P_DEFAULT);
    if (place < 0) {
        return bad_year(year, path, err);
    }
    sn_status status = get_grid(year, group, place, err);
    if (status == SN_OK) {
        status = get_revisions(year, group, place, err);
    }
    (void)H5Gclose(place);
    group->is_loaded = status == SN_OK;
    return status;
}
