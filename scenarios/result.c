/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything is float64: the headlines and the ledger's residual (1e-6) are
 * recomputed from this file.  Deflate level 1 with shuffle: higher levels cost more time
 * than they save bytes.
 */
#include "result.h"

#include "base/os.h"
#include "result_pack.h"
#include "store.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SN_RESULT_SCHEMA "snitt-result-1"
#define TIME_UNITS "seconds since 1970-01-01 00:00:00"

enum { PATH_MAX_BYTES = 4096, CHUNK_ROWS = 2190, DEFLATE_LEVEL = 1 };

struct sn_result_writer {
    char path[PATH_MAX_BYTES];
    char temporary[PATH_MAX_BYTES + 8];
    hid_t file;
    hid_t time_scale;
    hid_t area_scale;
    hid_t border_scale;
    hsize_t n_time;
    hsize_t n_area;
    hsize_t n_border;
    sn_result_packer *packer;
};

static sn_status
write_failed(const sn_result_writer *writer, const char *name, sn_error *err)
{
    return sn_error_set(err, SN_E_IO, "cannot write %.100s to %.200s (disk full?)", name,
                        writer->temporary);
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

/* A dataset in groups made on the way; no times, so that bytes repeat. */
static hid_t create_dataset(hid_t file,
                            const char *name,
                            hid_t type,
                            int rank,
                            const hsize_t *size,
                            bool is_packed)
{
    hid_t space = H5Screate_simple(rank, size, NULL);
    hid_t link = H5Pcreate(H5P_LINK_CREATE);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_create_intermediate_group(link, 1);
    (void)H5Pset_obj_track_times(create, false);
    if (is_packed && size[0] > 0) {
        hsize_t chunk[2] = {size[0] < CHUNK_ROWS ? size[0] : CHUNK_ROWS,
                            rank > 1 ? size[1] : 1};
        (void)H5Pset_chunk(create, rank, chunk);
        (void)H5Pset_shuffle(create);
        (void)H5Pset_deflate(create, DEFLATE_LEVEL);
    }
    hid_t set = H5Dcreate2(file, name, type, space, link, create, H5P_DEFAULT);
    (void)H5Pclose(create);
    (void)H5Pclose(link);
    (void)H5Sclose(space);
    return set;
}

static hid_t put_names_scale(hid_t file,
                             const char *name,
                             const char *long_name,
                             const char (*text)[SN_RESULT_NAME_SIZE],
                             size_t n)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(type, SN_RESULT_NAME_SIZE);
    (void)H5Tset_strpad(type, H5T_STR_NULLPAD);
    hsize_t size = n;
    hid_t set = create_dataset(file, name, type, 1, &size, false);
    if (set >= 0 &&
        (H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0 ||
         !put_text(set, "long_name", long_name) || H5DSset_scale(set, name) < 0)) {
        (void)H5Dclose(set);
        set = -1;
    }
    (void)H5Tclose(type);
    return set;
}

static hid_t put_time_scale(hid_t file, const sn_axis *axis)
{
    hsize_t size = axis->n;
    int64_t *second = malloc((axis->n > 0 ? axis->n : 1) * sizeof *second);
    if (second == NULL) {
        return -1;
    }
    for (size_t i = 0; i < axis->n; i++) {
        second[i] = sn_axis_at(axis, i).utc_s;
    }
    hid_t set = create_dataset(file, "time", H5T_STD_I64LE, 1, &size, true);
    int32_t step_s = axis->step_s;
    if (set >= 0 &&
        (H5Dwrite(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, second) < 0 ||
         !put_text(set, "units", TIME_UNITS) ||
         !put_text(set, "calendar", "proleptic_gregorian") ||
         !put_text(set, "standard_name", "time") ||
         !put_text(set, "long_name", "start of interval, UTC") ||
         H5LTset_attribute_int(file, "time", "step_s", &step_s, 1) < 0 ||
         H5DSset_scale(set, "time") < 0)) {
        (void)H5Dclose(set);
        set = -1;
    }
    free(second);
    return set;
}

sn_status sn_result_create(const char *path,
                           const sn_result_axes *axes,
                           const char *title,
                           const char *run_id,
                           sn_result_writer **out,
                           sn_error *err)
{
    *out = NULL;
    if (strlen(path) + 8 > PATH_MAX_BYTES) {
        return sn_error_set(err, SN_E_IO, "path %.100s... is too long", path);
    }
    sn_result_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the result");
    }
    sn_store_hdf5_quiet();
    (void)snprintf(writer->path, sizeof writer->path, "%s", path);
    (void)snprintf(writer->temporary, sizeof writer->temporary, "%s.tmp", path);
    writer->n_time = axes->time.n;
    writer->n_area = axes->n_area;
    writer->n_border = axes->n_border;
    writer->packer = sn_result_packer_new(DEFLATE_LEVEL, axes->n_thread);
    if (writer->packer == NULL) {
        free(writer);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the result");
    }
    writer->time_scale = writer->area_scale = writer->border_scale = -1;
    writer->file = H5Fcreate(writer->temporary, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    if (writer->file >= 0) {
        writer->time_scale = put_time_scale(writer->file, &axes->time);
        writer->area_scale = put_names_scale(writer->file, "area", "bidding area",
                                             axes->area, axes->n_area);
        writer->border_scale = put_names_scale(writer->file, "border",
                                               "border, flow > 0 from first to second",
                                               axes->border, axes->n_border);
    }
    if (writer->file < 0 || writer->time_scale < 0 || writer->area_scale < 0 ||
        writer->border_scale < 0 || !put_text(writer->file, "Conventions", "CF-1.8") ||
        !put_text(writer->file, "title", title) ||
        !put_text(writer->file, "run_id", run_id) ||
        !put_text(writer->file, "schema", SN_RESULT_SCHEMA)) {
        sn_status status = write_failed(writer, "the axes", err);
        sn_result_discard(writer);
        return status;
    }
    *out = writer;
    return SN_OK;
}

/* Packed by all threads, stored by this one: what H5Dwrite would make of it. */
static bool write_packed(const sn_result_writer *writer,
                         hid_t set,
                         const double *value,
                         const hsize_t size[2])
{
    const sn_packed_chunk *chunk = NULL;
    size_t rows = size[0] < CHUNK_ROWS ? size[0] : CHUNK_ROWS;
    size_t n_chunk = (size[0] + rows - 1) / rows;
    bool is_ok = sn_result_pack(writer->packer, value, size[0], size[1], rows, n_chunk,
                                &chunk, NULL) == SN_OK;
    for (size_t i = 0; i < n_chunk && is_ok; i++) {
        const hsize_t at[2] = {i * rows, 0};
        is_ok =
            H5Dwrite_chunk(set, H5P_DEFAULT, 0, at, chunk[i].size, chunk[i].bytes) >= 0;
    }
    return is_ok;
}

static bool write_values(const sn_result_writer *writer,
                         hid_t set,
                         int rank,
                         const double *value,
                         const hsize_t size[2])
{
    bool is_little_endian = H5Tequal(H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE) > 0;
    bool is_large = rank == 2 && size[0] > CHUNK_ROWS && size[1] > 0;
    if (is_large && is_little_endian) {
        return write_packed(writer, set, value, size);
    }
    return H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0;
}

/* Rows by columns of doubles with both scales attached. */
static sn_status put_values(sn_result_writer *writer,
                            const char *name,
                            const double *value,
                            const hid_t scale[2],
                            const hsize_t size[2],
                            const char *const text[2],
                            sn_error *err)
{
    int rank = scale[1] >= 0 ? 2 : 1;
    hid_t set = create_dataset(writer->file, name, H5T_IEEE_F64LE, rank, size, true);
    double missing = (double)NAN;
    bool is_ok =
        set >= 0 && write_values(writer, set, rank, value, size) &&
        put_text(set, "units", text[0]) && put_text(set, "long_name", text[1]) &&
        H5LTset_attribute_double(writer->file, name, "_FillValue", &missing, 1) >= 0;
    for (int i = 0; i < rank && is_ok; i++) {
        is_ok = H5DSattach_scale(set, scale[i], (unsigned)i) >= 0;
    }
    if (set >= 0) {
        (void)H5Dclose(set);
    }
    return is_ok ? SN_OK : write_failed(writer, name, err);
}

static hid_t scale_of(const sn_result_writer *writer, const char *second, hsize_t *n_out)
{
    bool is_border = second != NULL && strcmp(second, "border") == 0;
    *n_out = second == NULL ? 1 : is_border ? writer->n_border : writer->n_area;
    return second == NULL ? -1 : is_border ? writer->border_scale : writer->area_scale;
}

sn_status
sn_result_put(sn_result_writer *writer, const sn_result_field *field, sn_error *err)
{
    hsize_t size[2] = {writer->n_time, 0};
    hid_t scale[2] = {writer->time_scale, scale_of(writer, field->second, &size[1])};
    const char *const text[2] = {field->units, field->long_name};
    return put_values(writer, field->name, field->value, scale, size, text, err);
}

sn_status
sn_result_put_table(sn_result_writer *writer, const sn_result_table *table, sn_error *err)
{
    hsize_t size[2] = {table->n_row, 0};
    hid_t second = scale_of(writer, table->second, &size[1]);
    hid_t row = -1;
    if (H5LTpath_valid(writer->file, table->scale_name, true) > 0) {
        row = H5Dopen2(writer->file, table->scale_name, H5P_DEFAULT);
    } else {
        const char *slash = strrchr(table->scale_name, '/');
        row = create_dataset(writer->file, table->scale_name, H5T_IEEE_F64LE, 1, size,
                             true);
        if (row >= 0 &&
            (H5Dwrite(row, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                      table->scale) < 0 ||
             H5DSset_scale(row, slash != NULL ? slash + 1 : table->scale_name) < 0 ||
             !put_text(row, "units", "1"))) {
            (void)H5Dclose(row);
            row = -1;
        }
    }
    if (row < 0) {
        return write_failed(writer, table->scale_name, err);
    }
    hid_t scale[2] = {row, second};
    const char *const text[2] = {table->units, table->long_name};
    sn_status status =
        put_values(writer, table->name, table->value, scale, size, text, err);
    (void)H5Dclose(row);
    return status;
}

static bool close_all(sn_result_writer *writer)
{
    const hid_t scale[3] = {writer->time_scale, writer->area_scale, writer->border_scale};
    for (int i = 0; i < 3; i++) {
        if (scale[i] >= 0) {
            (void)H5Dclose(scale[i]);
        }
    }
    writer->time_scale = writer->area_scale = writer->border_scale = -1;
    bool is_ok = writer->file < 0 || H5Fclose(writer->file) >= 0;
    writer->file = -1;
    return is_ok;
}

sn_status sn_result_publish(sn_result_writer *writer, sn_error *err)
{
    if (!close_all(writer)) {
        return write_failed(writer, "the file", err);
    }
    sn_status status = sn_os_publish(writer->temporary, writer->path, err);
    if (status == SN_OK) {
        writer->temporary[0] = '\0';
    }
    return status;
}

void sn_result_discard(sn_result_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    (void)close_all(writer);
    if (writer->temporary[0] != '\0') {
        (void)remove(writer->temporary);
    }
    sn_result_packer_free(writer->packer);
    free(writer);
}

/* ---- reading ------------------------------------------------------------------ */

typedef char result_name[SN_RESULT_NAME_SIZE + 1];

struct sn_result {
    char path[PATH_MAX_BYTES];
    hid_t file;
    sn_axis time;
    size_t n_area;
    result_name *area;
    size_t n_border;
    result_name *border;
};

static sn_status read_names(sn_result *result,
                            const char *name,
                            result_name **out,
                            size_t *n_out,
                            sn_error *err)
{
    hsize_t size[2] = {0, 0};
    size_t width = 0;
    H5T_class_t class = H5T_NO_CLASS;
    int rank = 0;
    if (H5LTget_dataset_ndims(result->file, name, &rank) < 0 || rank != 1 ||
        H5LTget_dataset_info(result->file, name, size, &class, &width) < 0 ||
        class != H5T_STRING || size[0] == 0 || size[0] > 4096) {
        return sn_error_set(err, SN_E_FORMAT, "%.200s has no axis \"%s\"", result->path,
                            name);
    }
    *n_out = size[0];
    *out = calloc(size[0], sizeof **out);
    if (*out == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the axes");
    }
    hid_t type = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(type, sizeof(result_name));
    hid_t set = H5Dopen2(result->file, name, H5P_DEFAULT);
    herr_t done = H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *out);
    (void)H5Dclose(set);
    (void)H5Tclose(type);
    return done >= 0 ? SN_OK
                     : sn_error_set(err, SN_E_IO, "cannot read axis \"%s\" of %.200s",
                                    name, result->path);
}

static sn_status read_time(sn_result *result, sn_error *err)
{
    hsize_t n = 0;
    int rank = 0;
    int step_s = 0;
    if (H5LTget_dataset_ndims(result->file, "time", &rank) < 0 || rank != 1 ||
        H5LTget_dataset_info(result->file, "time", &n, NULL, NULL) < 0 || n == 0) {
        return sn_error_set(err, SN_E_FORMAT, "%.200s has no axis \"time\"",
                            result->path);
    }
    int64_t *second = malloc(n * sizeof *second);
    if (second == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the axes");
    }
    herr_t done = H5LTread_dataset(result->file, "time", H5T_NATIVE_INT64, second);
    if (H5LTget_attribute_int(result->file, "time", "step_s", &step_s) < 0) {
        step_s = n > 1 && done >= 0 ? (int)(second[1] - second[0]) : SN_HOUR_S;
    }
    result->time = (sn_axis){{done >= 0 ? second[0] : 0}, step_s, n};
    free(second);
    return done >= 0 ? SN_OK
                     : sn_error_set(err, SN_E_IO, "cannot read axis \"time\" of %.200s",
                                    result->path);
}

static sn_status check_schema(const sn_result *result, sn_error *err)
{
    char schema[64] = "";
    hsize_t size = 0;
    H5T_class_t class = H5T_NO_CLASS;
    size_t width = 0;
    if (H5LTget_attribute_info(result->file, "/", "schema", &size, &class, &width) < 0 ||
        class != H5T_STRING) {
        return sn_error_set(err, SN_E_FORMAT, "%.200s is not a result of snitt run",
                            result->path);
    }
    /* Files of other writers may hold variable-length text; they are trusted less. */
    if (width < sizeof schema &&
        H5LTget_attribute_string(result->file, "/", "schema", schema) >= 0 &&
        strncmp(schema, SN_RESULT_SCHEMA, strlen(SN_RESULT_SCHEMA)) == 0) {
        return SN_OK;
    }
    return sn_error_set(err, SN_E_VERSION,
                        "%.200s was written by another version, expected %s; run again",
                        result->path, SN_RESULT_SCHEMA);
}

sn_status sn_result_open(const char *path, sn_result **out, sn_error *err)
{
    *out = NULL;
    if (!sn_os_exists(path)) {
        return sn_error_set(err, SN_E_NOT_FOUND, "no result at %.300s", path);
    }
    sn_result *result = calloc(1, sizeof *result);
    if (result == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the result");
    }
    sn_store_hdf5_quiet();
    (void)snprintf(result->path, sizeof result->path, "%s", path);
    result->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    sn_status status = SN_OK;
    if (result->file < 0) {
        status = sn_error_set(err, SN_E_FORMAT, "%.300s is not an HDF5 file", path);
    }
    if (status == SN_OK) {
        status = check_schema(result, err);
    }
    if (status == SN_OK) {
        status = read_time(result, err);
    }
    if (status == SN_OK) {
        status = read_names(result, "area", &result->area, &result->n_area, err);
    }
    if (status == SN_OK) {
        status = read_names(result, "border", &result->border, &result->n_border, err);
    }
    if (status != SN_OK) {
        sn_result_close(result);
        return status;
    }
    *out = result;
    return SN_OK;
}

void sn_result_close(sn_result *result)
{
    if (result == NULL) {
        return;
    }
    if (result->file >= 0) {
        (void)H5Fclose(result->file);
    }
    free(result->area);
    free(result->border);
    free(result);
}

const sn_axis *sn_result_time(const sn_result *result)
{
    return &result->time;
}

size_t sn_result_area_count(const sn_result *result)
{
    return result->n_area;
}

const char *sn_result_area(const sn_result *result, size_t i)
{
    return result->area[i];
}

size_t sn_result_border_count(const sn_result *result)
{
    return result->n_border;
}

const char *sn_result_border(const sn_result *result, size_t i)
{
    return result->border[i];
}

static size_t find_name(result_name *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

size_t sn_result_find_area(const sn_result *result, const char *name)
{
    return find_name(result->area, result->n_area, name);
}

size_t sn_result_find_border(const sn_result *result, const char *name)
{
    return find_name(result->border, result->n_border, name);
}

bool sn_result_has(const sn_result *result, const char *name)
{
    return H5LTpath_valid(result->file, name, true) > 0;
}

sn_status sn_result_read(const sn_result *result,
                         const char *name,
                         double **value_out,
                         size_t *n_row_out,
                         size_t *n_column_out,
                         sn_error *err)
{
    *value_out = NULL;
    if (!sn_result_has(result, name)) {
        return sn_error_set(err, SN_E_NOT_FOUND, "%.200s holds no \"%.100s\"",
                            result->path, name);
    }
    int rank = 0;
    hsize_t size[2] = {0, 1};
    if (H5LTget_dataset_ndims(result->file, name, &rank) < 0 || rank < 1 || rank > 2 ||
        H5LTget_dataset_info(result->file, name, size, NULL, NULL) < 0) {
        return sn_error_set(err, SN_E_FORMAT, "\"%.100s\" of %.200s is not a table", name,
                            result->path);
    }
    if (rank == 1) {
        size[1] = 1;
    }
    double *value =
        malloc((size[0] * size[1] > 0 ? size[0] * size[1] : 1) * sizeof *value);
    if (value == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for \"%.100s\"", name);
    }
    if (H5LTread_dataset_double(result->file, name, value) < 0) {
        free(value);
        return sn_error_set(err, SN_E_IO, "cannot read \"%.100s\" of %.200s", name,
                            result->path);
    }
    *value_out = value;
    *n_row_out = size[0];
    *n_column_out = size[1];
    return SN_OK;
}

void sn_result_library_version(char *text, size_t size)
{
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    text[0] = '\0';
    if (H5get_libversion(&major, &minor, &release) >= 0) {
        (void)snprintf(text, size, "%u.%u.%u", major, minor, release);
    }
}
