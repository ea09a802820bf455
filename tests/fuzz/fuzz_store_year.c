/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of a year with any contents.  HDF5 never sees bytes that do not hash to what
 * HEAD says, so damage stops there; what remains is a file made on purpose.  The first
 * bytes make a year, which is encoded; then one dataset is overwritten with the rest and
 * the file decoded: an error with words, or a year in which every number is in bounds.
 */
#include "fuzz.h"

#include "store_hdf5.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const datasets[] = {
    "batches/learnt",
    "batches/sequence",
    "batches/raw_sha256",
    "batches/origin",
    "load_mw/fuzz/3600/time",
    "load_mw/fuzz/3600/subject",
    "load_mw/fuzz/3600/value",
    "load_mw/fuzz/3600/batch",
    "load_mw/fuzz/3600/flag",
    "load_mw/fuzz/3600/revised_subject",
    "load_mw/fuzz/3600/revised_time",
    "load_mw/fuzz/3600/revised_value",
    "load_mw/fuzz/3600/revised_batch",
    "load_mw/fuzz/3600/revised_flag",
};

/* Two batches on one group, the second over the first. */
static void *make_year(const uint8_t *data, size_t size, size_t *n_out)
{
    sn_store_year year;
    static const char no_raw[SN_SHA256_SIZE];
    sn_store_change change = {0};
    uint32_t sequence = 0;
    void *bytes = NULL;
    sn_store_year_init(&year, 2019);
    for (int b = 0; b < 2; b++) {
        sn_series series;
        sn_series_key key = {.quantity = SN_LOAD, .source = "fuzz", .step_s = SN_HOUR_S};
        sn_axis axis = {sn_instant_of_year(2019), SN_HOUR_S, 4};
        memcpy(key.subject, b == 0 && size % 2 == 0 ? "SE1" : "SE2", 4);
        if (sn_series_init(&series, &key, axis, NULL) != SN_OK) {
            abort();
        }
        for (size_t i = 0; i < 4; i++) {
            uint8_t d = data[(size_t)b * 4 + i];
            series.value[i] = d < 50 ? (double)NAN : d;
            series.flag[i] = (uint8_t)(d < 50 ? SN_FLAG_GAP : 1 + d % 3);
        }
        sn_store_batch batch = {
            .origin = {.name = "n", .learnt = {b}, .licence = "l", .attribution = "a"},
            .series = &series,
            .n_series = 1};
        if (sn_store_year_merge(&year, &batch, no_raw, &change, &sequence, NULL) !=
            SN_OK) {
            abort();
        }
        sn_series_release(&series);
    }
    if (change.n_new > 0 && sn_store_year_encode(&year, &bytes, n_out, NULL) != SN_OK) {
        abort();
    }
    sn_store_year_release(&year);
    return bytes;
}

/* Overwrites a dataset in place; false when this year has none of that name. */
static bool spoil(const char *name, hid_t file, const uint8_t *data, size_t size)
{
    if (H5Lexists(file, "load_mw/fuzz/3600/revision", H5P_DEFAULT) <= 0 &&
        strstr(name, "revised") != NULL) {
        return false;
    }
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t type = H5Dget_type(set);
    hid_t space = H5Dget_space(set);
    size_t n = (size_t)H5Sget_simple_extent_npoints(space) * H5Tget_size(type);
    uint8_t *contents = calloc(n, 1);
    if (contents == NULL ||
        H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, contents) < 0) {
        abort();
    }
    for (size_t i = 0; i < n && i < size; i++) {
        contents[i] ^= data[i];
    }
    bool ok = H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, contents) >= 0;
    free(contents);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    (void)H5Dclose(set);
    return ok;
}

static void *
spoil_image(void *bytes, size_t *n, const char *name, const uint8_t *data, size_t size)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (H5Pset_fapl_core(access, SN_STORE_IMAGE_STEP, false) < 0 ||
        H5Pset_file_image(access, bytes, *n) < 0) {
        abort();
    }
    hid_t file = H5Fopen("spoilt", H5F_ACC_RDWR, access);
    (void)H5Pclose(access);
    void *out = NULL;
    if (file >= 0 && spoil(name, file, data, size) &&
        H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0) {
        ssize_t length = H5Fget_file_image(file, NULL, 0);
        out = length > 0 ? malloc((size_t)length) : NULL;
        if (out != NULL && H5Fget_file_image(file, out, (size_t)length) == length) {
            *n = (size_t)length;
        }
    }
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    free(bytes);
    return out;
}

static void check_group(const sn_store_year *year, const sn_store_group *group)
{
    for (size_t c = 0; c < group->n_column; c++) {
        for (size_t i = 0; i < group->axis.n; i++) {
            const sn_instant then = {0};
            sn_store_cell now = sn_store_cell_at(year, group, &group->column[c], i, NULL);
            sn_store_cell old =
                sn_store_cell_at(year, group, &group->column[c], i, &then);
            if (now.batch > year->n_row || old.batch > year->n_row ||
                now.flag > SN_FLAG_SUSPECT || old.flag > SN_FLAG_SUSPECT ||
                (now.batch == 0) != (isnan(now.value) != 0) || isinf(now.value) ||
                isinf(old.value)) {
                abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEAD = 9, N_DATASET = sizeof datasets / sizeof *datasets };
    size_t n = 0;
    sn_store_hdf5_quiet();
    if (size < HEAD) {
        return 0;
    }
    void *bytes = make_year(data, size, &n);
    if (bytes != NULL) {
        bytes = spoil_image(bytes, &n, datasets[data[8] % N_DATASET], data + HEAD,
                            size - HEAD);
    }
    if (bytes == NULL) {
        return 0;
    }
    sn_store_year year;
    sn_error err = {0};
    sn_store_year_init(&year, 2019);
    sn_status status = sn_store_year_decode(&year, bytes, n, &err);
    for (size_t g = 0; status == SN_OK && g < year.n_group; g++) {
        status = sn_store_group_load(&year, &year.group[g], &err);
        if (status == SN_OK) {
            check_group(&year, &year.group[g]);
        }
    }
    if (status != SN_OK && err.message[0] == '\0') {
        abort();
    }
    sn_store_year_release(&year);
    free(bytes);
    return 0;
}
