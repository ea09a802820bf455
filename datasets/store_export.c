/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store_export.h"

#include "store_hdf5.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The arrays of one group: all series of a quantity and source. */
typedef struct table {
    const sn_series *series; /* [n_col] */
    size_t n_row;
    size_t n_col;
    int64_t *time;
    char *subject;
    double *value;
    uint8_t *flag;
} table;

static void table_release(table *t)
{
    free(t->time);
    free(t->subject);
    free(t->value);
    free(t->flag);
}

static bool table_init(table *t, const sn_series *series, size_t n)
{
    const sn_axis *axis = &series[0].axis;
    *t = (table){.series = series, .n_row = axis->n, .n_col = n};
    t->time = malloc(axis->n * sizeof *t->time);
    t->subject = calloc(n, SN_SUBJECT_SIZE);
    t->value = malloc(axis->n * n * sizeof *t->value);
    t->flag = malloc(axis->n * n * sizeof *t->flag);
    if (t->time == NULL || t->subject == NULL || t->value == NULL || t->flag == NULL) {
        return false;
    }
    for (size_t i = 0; i < axis->n; i++) {
        t->time[i] = sn_axis_at(axis, i).utc_s;
        for (size_t c = 0; c < n; c++) {
            t->value[i * n + c] = series[c].value[i];
            t->flag[i * n + c] = series[c].flag[i];
        }
    }
    for (size_t c = 0; c < n; c++) {
        memcpy(t->subject + c * SN_SUBJECT_SIZE, series[c].key.subject,
               strlen(series[c].key.subject));
    }
    return true;
}

static bool put_attributes(hid_t place, const sn_series_key *key, const char *attribution)
{
    const double gap = NAN;
    hid_t value = H5Dopen2(place, "value", H5P_DEFAULT);
    bool ok = sn_store_put_text(value, "units", sn_quantity_unit(key->quantity)) &&
              sn_store_put_attribute(value, "_FillValue", H5T_IEEE_F64LE, &gap) &&
              sn_store_put_int(value, "step_s", key->step_s) &&
              sn_store_put_text(value, "source", key->source) &&
              sn_store_put_text(value, "attribution", attribution) &&
              sn_store_put_text(value, "ancillary_variables", "flag");
    (void)H5Dclose(value);
    hid_t flag = H5Dopen2(place, "flag", H5P_DEFAULT);
    ok = ok &&
         sn_store_put_text(flag, "flag_meanings", "0 gap, 1 stated, 2 filled, 3 suspect");
    (void)H5Dclose(flag);
    hid_t time = H5Dopen2(place, "time", H5P_DEFAULT);
    ok = ok && sn_store_put_text(time, "standard_name", "time") &&
         sn_store_put_text(time, "axis", "T");
    (void)H5Dclose(time);
    return ok;
}

static bool put_table(hid_t place, const table *t)
{
    static const char *const scales[] = {"time", "subject", NULL};
    static const sn_store_tie ties[] = {{"value", {"time", "subject"}, 2},
                                        {"flag", {"time", "subject"}, 2}};
    const double gap = NAN;
    hid_t name = sn_store_text_type(SN_SUBJECT_SIZE, false);
    sn_store_block time = {"time", H5T_STD_I64LE, t->n_row, 0, t->time, NULL};
    sn_store_block subject = {"subject", name, t->n_col, 0, t->subject, NULL};
    sn_store_block value = {"value", H5T_IEEE_F64LE, t->n_row, t->n_col, t->value, &gap};
    sn_store_block flag = {"flag", H5T_STD_U8LE, t->n_row, t->n_col, t->flag, NULL};
    bool ok =
        sn_store_put_time_block(place, &time, "start of the interval (UTC)", true) &&
        sn_store_put_dataset(place, &subject, "area, border or currency", true) &&
        sn_store_put_dataset(place, &value, sn_quantity_name(t->series->key.quantity),
                             false) &&
        sn_store_put_dataset(place, &flag, "what kind of value it is", false) &&
        sn_store_put_ties(place, ties, sizeof ties / sizeof *ties, scales);
    (void)H5Tclose(name);
    return ok;
}

static bool
put_group(hid_t file, const sn_series *series, size_t n, const char *attribution)
{
    char step[16];
    table t;
    (void)snprintf(step, sizeof step, "%d", (int)series->key.step_s);
    hid_t quantity = sn_store_need_group(file, sn_quantity_name(series->key.quantity));
    hid_t source = sn_store_need_group(quantity, series->key.source);
    hid_t place = sn_store_need_group(source, step);
    bool ok = table_init(&t, series, n) && place >= 0 && put_table(place, &t) &&
              put_attributes(place, &series->key, attribution);
    table_release(&t);
    (void)H5Gclose(place);
    (void)H5Gclose(source);
    (void)H5Gclose(quantity);
    return ok;
}

sn_status sn_store_export_hdf5(const sn_series *series,
                               const char *const *attribution,
                               size_t n,
                               void **out,
                               size_t *size_out,
                               sn_error *err)
{
    sn_store_hdf5_quiet();
    hid_t file = sn_store_new_image();
    bool ok = file >= 0 && sn_store_put_text(file, "Conventions", "CF-1.8") &&
              sn_store_put_text(file, "title", "Snitt, exported series");
    for (size_t at = 0; ok && at < n;) {
        size_t end = at + 1;
        while (end < n && series[end].key.quantity == series[at].key.quantity &&
               strcmp(series[end].key.source, series[at].key.source) == 0) {
            end++;
        }
        ok = put_group(file, &series[at], end - at, attribution[at]);
        at = end;
    }
    ok = ok && sn_store_take_image(file, out, size_out);
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    return ok ? SN_OK
              : sn_error_set(err, SN_E_MEMORY,
                             "the HDF5 file of %zu series cannot be built in memory", n);
}
