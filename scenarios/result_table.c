/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the investment layer as HDF5: one dataset a column. */
#include "base/os.h"
#include "store.h"
#include "text_table.h"

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

static bool put_attribute(hid_t at, const char *name, const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = -1;
    bool ok = type >= 0 && space >= 0 && H5Tset_size(type, strlen(text) + 1) >= 0;
    if (ok) {
        attribute = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
        ok = attribute >= 0 && H5Awrite(attribute, type, text) >= 0;
    }
    (void)(attribute >= 0 && H5Aclose(attribute) >= 0);
    (void)(space >= 0 && H5Sclose(space) >= 0);
    (void)(type >= 0 && H5Tclose(type) >= 0);
    return ok;
}

static void *column_values(const sn_text_table *table, size_t c, bool is_text)
{
    size_t n = table->n_row;
    double *number = is_text ? NULL : calloc(n + 1, sizeof *number);
    const char **text = is_text ? calloc(n + 1, sizeof *text) : NULL;
    for (size_t r = 0; r < n; r++) {
        size_t at = r * table->n_column + c;
        if (text != NULL) {
            text[r] = table->text[at] != NULL ? table->text[at] : "";
        }
        if (number != NULL) {
            number[r] = table->number[at];
        }
    }
    return is_text ? (void *)text : (void *)number;
}

static bool put_column(hid_t group, const sn_text_table *table, size_t c)
{
    const sn_text_column *column = &table->column[c];
    bool is_text = column->decimals < 0;
    hsize_t rows = table->n_row;
    hid_t type = H5Tcopy(is_text ? H5T_C_S1 : H5T_NATIVE_DOUBLE);
    hid_t space = H5Screate_simple(1, &rows, NULL);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    hid_t dataset = -1;
    void *values = column_values(table, c, is_text);
    bool ok = type >= 0 && space >= 0 && create >= 0 && values != NULL &&
              H5Pset_obj_track_times(create, false) >= 0;
    if (ok && is_text) {
        ok =
            H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    }
    if (ok) {
        dataset = H5Dcreate2(group, column->name, type, space, H5P_DEFAULT, create,
                             H5P_DEFAULT);
        ok = dataset >= 0 && put_attribute(dataset, "units", column->units) &&
             put_attribute(dataset, "long_name", column->name);
    }
    if (ok && rows > 0) {
        ok = H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    }
    free(values);
    (void)(dataset >= 0 && H5Dclose(dataset) >= 0);
    (void)(create >= 0 && H5Pclose(create) >= 0);
    (void)(space >= 0 && H5Sclose(space) >= 0);
    (void)(type >= 0 && H5Tclose(type) >= 0);
    return ok;
}

static bool put_table(hid_t file, const sn_named_table *named)
{
    hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    hid_t group = -1;
    bool ok = create >= 0 && H5Pset_obj_track_times(create, false) >= 0;
    if (ok) {
        group = H5Gcreate2(file, named->name, H5P_DEFAULT, create, H5P_DEFAULT);
        ok = group >= 0;
    }
    for (size_t c = 0; c < named->table->n_column && ok; c++) {
        ok = put_column(group, named->table, c);
    }
    (void)(group >= 0 && H5Gclose(group) >= 0);
    (void)(create >= 0 && H5Pclose(create) >= 0);
    return ok;
}

sn_status sn_text_tables_hdf5(const char *path,
                              const char *schema,
                              const sn_named_table *tables,
                              size_t n,
                              sn_error *err)
{
    char temporary[PATH_SIZE];
    int length = snprintf(temporary, sizeof temporary, "%s.tmp", path);
    if (length < 0 || length >= PATH_SIZE) {
        return sn_error_set(err, SN_E_IO, "path \"%.200s\" is too long", path);
    }
    sn_store_hdf5_quiet();
    hid_t create = H5Pcreate(H5P_FILE_CREATE);
    (void)(create >= 0 && H5Pset_obj_track_times(create, false) >= 0);
    hid_t file = H5Fcreate(temporary, H5F_ACC_TRUNC, create, H5P_DEFAULT);
    bool ok = file >= 0 && put_attribute(file, "schema", schema);
    for (size_t i = 0; i < n && ok; i++) {
        ok = put_table(file, &tables[i]);
    }
    ok = file >= 0 && H5Fclose(file) >= 0 && ok;
    (void)(create >= 0 && H5Pclose(create) >= 0);
    if (!ok) {
        (void)remove(temporary);
        return sn_error_set(err, SN_E_IO, "\"%.300s\" cannot be written", path);
    }
    return sn_os_publish(temporary, path, err);
}
