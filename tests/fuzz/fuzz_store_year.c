/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file of a year with any contents.  HDF5 never sees bytes that do not hash to what
 * HEAD says, so damage stops there; what remains is a file made on purpose.  Years are
 * made once, by the store's own encoder, with their tables then unpacked; each time one
 * of them is taken, bytes of one of its tables are turned over by the input, and the file
 * is decoded: an error with words, or a year in which every number is in bounds.
 */
#include "fuzz.h"

#include "store_hdf5.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const datasets[] = {
    "batches/learnt",
    "batches/sequence",
    "batches/raw_sha256",
    "batches/origin",
    "load_mw/fuzz/86400/time",
    "load_mw/fuzz/86400/subject",
    "load_mw/fuzz/86400/value",
    "load_mw/fuzz/86400/batch",
    "load_mw/fuzz/86400/flag",
    "load_mw/fuzz/86400/revised_subject",
    "load_mw/fuzz/86400/revised_time",
    "load_mw/fuzz/86400/revised_value",
    "load_mw/fuzz/86400/revised_batch",
    "load_mw/fuzz/86400/revised_flag",
};

enum { HEAD = 2, N_DATASET = sizeof datasets / sizeof *datasets, N_YEAR = 32 };

/* A file, and where its tables lie in it. */
typedef struct made_year {
    uint8_t *bytes;
    size_t n;
    size_t first[N_DATASET]; /* bytes of the table; size 0: this year has none */
    size_t size[N_DATASET];
} made_year;

static made_year made[N_YEAR];

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Two batches on one group, the second over the first or beside it. */
static void *encode_year(unsigned number, size_t *n_out)
{
    sn_store_year year;
    static const char no_raw[SN_SHA256_SIZE];
    sn_store_change change = {0};
    uint32_t sequence = 0;
    void *bytes = NULL;
    uint32_t random = number * 2654435761U + 1;
    sn_store_year_init(&year, 2019);
    for (int b = 0; b < 2; b++) {
        sn_series series;
        sn_series_key key = {.quantity = SN_LOAD, .source = "fuzz", .step_s = SN_DAY_S};
        sn_axis axis = {sn_instant_of_year(2019), SN_DAY_S, 4};
        memcpy(key.subject, b == 0 && number % 2 == 0 ? "SE1" : "SE2", 4);
        require(sn_series_init(&series, &key, axis, NULL) == SN_OK);
        for (size_t i = 0; i < 4; i++) {
            random = random * 1664525U + 1013904223U;
            unsigned d = random >> 24;
            series.value[i] = d < 50 ? (double)NAN : d;
            series.flag[i] = (uint8_t)(d < 50 ? SN_FLAG_GAP : 1 + d % 3);
        }
        sn_store_batch batch = {
            .origin = {.name = "n", .learnt = {b}, .licence = "l", .attribution = "a"},
            .series = &series,
            .n_series = 1};
        require(sn_store_year_merge(&year, &batch, no_raw, &change, &sequence, NULL) ==
                SN_OK);
        sn_series_release(&series);
    }
    require(sn_store_year_encode(&year, &bytes, n_out, NULL) == SN_OK);
    sn_store_year_release(&year);
    return bytes;
}

/* The table again under its name, as plain bytes; says where. */
static void unpack(hid_t file, const char *name, size_t *first_out, size_t *size_out)
{
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t type = H5Dget_type(set);
    hid_t space = H5Dget_space(set);
    size_t n = (size_t)H5Sget_simple_extent_npoints(space) * H5Tget_size(type);
    uint8_t *contents = calloc(n + 1, 1);
    require(contents != NULL &&
            H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, contents) >= 0);
    (void)H5Dclose(set);
    require(H5Ldelete(file, name, H5P_DEFAULT) >= 0);
    set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    require(set >= 0 &&
            H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, contents) >= 0);
    *first_out = (size_t)H5Dget_offset(set);
    *size_out = n;
    free(contents);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    (void)H5Dclose(set);
}

static void make_year(made_year *m, unsigned number)
{
    size_t n = 0;
    void *packed = encode_year(number, &n);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    require(H5Pset_fapl_core(access, SN_STORE_IMAGE_STEP, false) >= 0 &&
            H5Pset_file_image(access, packed, n) >= 0);
    hid_t file = H5Fopen("spoilt", H5F_ACC_RDWR, access);
    require(file >= 0);
    bool has_revisions = H5Lexists(file, "load_mw/fuzz/86400/revision", H5P_DEFAULT) > 0;
    for (size_t k = 0; k < N_DATASET; k++) {
        if (has_revisions || strstr(datasets[k], "revised") == NULL) {
            unpack(file, datasets[k], &m->first[k], &m->size[k]);
        }
    }
    require(H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0);
    ssize_t length = H5Fget_file_image(file, NULL, 0);
    require(length > 0);
    m->n = (size_t)length;
    m->bytes = malloc(m->n);
    require(m->bytes != NULL && H5Fget_file_image(file, m->bytes, m->n) == length);
    (void)H5Fclose(file);
    (void)H5Pclose(access);
    free(packed);
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
    sn_store_hdf5_quiet();
    if (size < HEAD) {
        return 0;
    }
    const made_year *m = &made[data[0] % N_YEAR];
    if (m->bytes == NULL) {
        make_year(&made[data[0] % N_YEAR], data[0] % N_YEAR);
    }
    size_t table = data[1] % N_DATASET;
    uint8_t *bytes = malloc(m->n);
    require(bytes != NULL);
    memcpy(bytes, m->bytes, m->n);
    for (size_t i = 0; i < m->size[table] && HEAD + i < size; i++) {
        bytes[m->first[table] + i] ^= data[HEAD + i];
    }
    sn_store_year year;
    sn_error err = {0};
    sn_store_year_init(&year, 2019);
    sn_status status = sn_store_year_decode(&year, bytes, m->n, &err);
    for (size_t g = 0; status == SN_OK && g < year.n_group; g++) {
        status = sn_store_group_load(&year, &year.group[g], &err);
        if (status == SN_OK) {
            check_group(&year, &year.group[g]);
        }
    }
    require(status == SN_OK || err.message[0] != '\0');
    sn_store_year_release(&year);
    free(bytes);
    return 0;
}
