/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One year to the bytes of one HDF5 file (layout: STORE.md); store_decode.c reads them.
 *
 * The file is built in memory (core driver) and written by us: a full disk is then
 * a failed write() and not a half-closed HDF5 library.  Reading goes through memory
 * too, after the hash of the bytes was checked, so HDF5 never sees a damaged file.
 *
 * Canonical bytes: everything is made in sorted order; see store_hdf5.c too.
 */
#include "store_hdf5.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- batches ---- */

/* Rows that some value still needs, in canonical order; number[old] = new, 1-based. */
typedef struct used_rows {
    const sn_store_row **row;
    uint16_t *number;
    size_t n;
} used_rows;

static void mark_used(const sn_store_year *year, uint16_t *mark)
{
    for (size_t g = 0; g < year->n_group; g++) {
        const sn_store_group *group = &year->group[g];
        for (size_t c = 0; c < group->n_column; c++) {
            for (size_t i = 0; i < group->axis.n; i++) {
                mark[group->column[c].batch[i]] = 1;
            }
            for (size_t i = 0; group->column[c].older != NULL && i < group->axis.n; i++) {
                for (uint32_t o = group->column[c].older[i]; o != 0;
                     o = group->old[o - 1].older) {
                    mark[group->old[o - 1].batch] = 1;
                }
            }
        }
    }
}

static int compare_row_pointers(const void *a, const void *b)
{
    const sn_store_row *const *left = a;
    const sn_store_row *const *right = b;
    return sn_store_row_compare(*left, *right);
}

static bool used_rows_init(used_rows *used, const sn_store_year *year)
{
    used->n = 0;
    used->row = calloc(year->n_row + 1, sizeof *used->row);
    used->number = calloc(year->n_row + 1, sizeof *used->number);
    if (used->row == NULL || used->number == NULL) {
        return false;
    }
    mark_used(year, used->number);
    for (size_t r = 0; r < year->n_row; r++) {
        if (used->number[r + 1] != 0) {
            used->row[used->n++] = &year->row[r];
        }
    }
    qsort(used->row, used->n, sizeof *used->row, compare_row_pointers);
    for (size_t k = 0; k < used->n; k++) {
        used->number[used->row[k] - year->row + 1] = (uint16_t)(k + 1);
    }
    used->number[0] = 0;
    return true;
}

static const char *row_text(const sn_store_row *row, int which)
{
    const char *const text[] = {row->raw_sha256, row->name, row->licence,
                                row->attribution};
    return text[which];
}

static bool put_row_texts(hid_t group, const used_rows *used, const char *name, int which)
{
    static const char *const long_name[] = {"SHA-256 of the bytes as received, in raw/",
                                            "URL or file name", "licence of the values",
                                            "attribution, to be printed under charts"};
    size_t size = 1;
    for (size_t k = 0; k < used->n; k++) {
        size_t length = strlen(row_text(used->row[k], which));
        size = length > size ? length : size;
    }
    char *text = calloc(used->n, size);
    if (text == NULL) {
        return false;
    }
    for (size_t k = 0; k < used->n; k++) {
        const char *from = row_text(used->row[k], which);
        memcpy(text + k * size, from, strlen(from));
    }
    hid_t type = sn_store_text_type(size, true);
    sn_store_block b = {.name = name, .type = type, .n_row = used->n, .data = text};
    bool ok = sn_store_put_dataset(group, &b, long_name[which], false);
    (void)H5Tclose(type);
    free(text);
    return ok;
}

static bool put_rows(hid_t file, const used_rows *used)
{
    static const char *const scales[] = {"batch", NULL};
    static const char *const texts[] = {"raw_sha256", "origin", "licence", "attribution"};
    hid_t group = sn_store_need_group(file, "batches");
    uint16_t *number = calloc(used->n, sizeof *number);
    int64_t *learnt = calloc(used->n, sizeof *learnt);
    uint32_t *sequence = calloc(used->n, sizeof *sequence);
    bool ok = group >= 0 && number != NULL && learnt != NULL && sequence != NULL;
    for (size_t k = 0; ok && k < used->n; k++) {
        number[k] = (uint16_t)(k + 1);
        learnt[k] = used->row[k]->learnt_utc_s;
        sequence[k] = used->row[k]->sequence;
    }
    sn_store_block numbers = {"batch", H5T_STD_U16LE, used->n, 0, number, NULL};
    sn_store_block times = {"learnt", H5T_STD_I64LE, used->n, 0, learnt, NULL};
    sn_store_block order = {"sequence", H5T_STD_U32LE, used->n, 0, sequence, NULL};
    ok = ok && sn_store_put_dataset(group, &numbers, "number of the batch", true) &&
         sn_store_put_time_block(group, &times, "when the values were learnt (UTC)",
                                 false) &&
         sn_store_put_dataset(group, &order, "order of batches learnt in one second",
                              false);
    sn_store_tie ties[6] = {{"learnt", {"batch", NULL}, 1},
                            {"sequence", {"batch", NULL}, 1}};
    for (int t = 0; ok && t < 4; t++) {
        ok = put_row_texts(group, used, texts[t], t);
        ties[2 + t] = (sn_store_tie){texts[t], {"batch", NULL}, 1};
    }
    ok = ok && sn_store_put_ties(group, ties, 6, scales);
    free(number);
    free(learnt);
    free(sequence);
    (void)H5Gclose(group);
    return ok;
}

/* ---- one group ---- */

static void grid_extent(sn_store_grid *g, const sn_store_group *group)
{
    size_t first = group->axis.n;
    size_t last = 0;
    for (size_t c = 0; c < group->n_column; c++) {
        for (size_t i = 0; i < group->axis.n; i++) {
            if (group->column[c].batch[i] != 0) {
                first = i < first ? i : first;
                last = i > last ? i : last;
            }
        }
    }
    g->first = first;
    g->n = last + 1 - first; /* a group is only made for a value */
}

static bool
grid_init(sn_store_grid *g, const sn_store_group *group, const used_rows *used)
{
    *g = (sn_store_grid){0};
    grid_extent(g, group);
    size_t n_cell = g->n * group->n_column;
    g->value = malloc(n_cell * sizeof *g->value);
    g->batch = malloc(n_cell * sizeof *g->batch);
    g->flag = malloc(n_cell * sizeof *g->flag);
    g->time = malloc(g->n * sizeof *g->time);
    g->subject = calloc(group->n_column, SN_SUBJECT_SIZE);
    if (g->value == NULL || g->batch == NULL || g->flag == NULL || g->time == NULL ||
        g->subject == NULL) {
        return false;
    }
    for (size_t i = 0; i < g->n; i++) {
        g->time[i] = sn_axis_at(&group->axis, g->first + i).utc_s;
    }
    for (size_t c = 0; c < group->n_column; c++) {
        const sn_store_column *column = &group->column[c];
        memcpy(g->subject + c * SN_SUBJECT_SIZE, column->subject,
               strlen(column->subject));
        for (size_t i = 0; i < g->n; i++) {
            size_t to = i * group->n_column + c;
            g->value[to] = column->value[g->first + i];
            g->batch[to] = used->number[column->batch[g->first + i]];
            g->flag[to] = column->flag[g->first + i];
        }
    }
    return true;
}

static bool put_value_attributes(hid_t place, const sn_store_group *group, int64_t start)
{
    static const char *const flag_meanings = "gap stated filled suspect";
    const double gap = NAN;
    const uint8_t codes[] = {SN_FLAG_GAP, SN_FLAG_STATED, SN_FLAG_FILLED,
                             SN_FLAG_SUSPECT};
    char text[SN_INSTANT_TEXT_SIZE];
    hid_t value = H5Dopen2(place, "value", H5P_DEFAULT);
    bool ok =
        sn_store_put_text(value, "units", sn_quantity_unit(group->quantity)) &&
        sn_store_put_attribute(value, "_FillValue", H5T_IEEE_F64LE, &gap) &&
        sn_store_put_int(value, "step_s", group->step_s) &&
        sn_store_put_text(value, "start", sn_instant_format((sn_instant){start}, text)) &&
        sn_store_put_text(value, "source", group->source) &&
        sn_store_put_text(value, "ancillary_variables", "flag batch");
    (void)H5Dclose(value);
    hid_t flag = H5Dopen2(place, "flag", H5P_DEFAULT);
    hsize_t n = sizeof codes;
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t values =
        H5Acreate2(flag, "flag_values", H5T_STD_U8LE, space, H5P_DEFAULT, H5P_DEFAULT);
    ok = ok && H5Awrite(values, H5T_STD_U8LE, codes) >= 0 &&
         sn_store_put_text(flag, "flag_meanings", flag_meanings);
    (void)H5Aclose(values);
    (void)H5Sclose(space);
    (void)H5Dclose(flag);
    hid_t time = H5Dopen2(place, "time", H5P_DEFAULT);
    ok = ok && sn_store_put_text(time, "standard_name", "time") &&
         sn_store_put_text(time, "axis", "T");
    (void)H5Dclose(time);
    return ok;
}

static size_t chain_length(const sn_store_group *group, uint32_t link)
{
    size_t n = 0;
    for (; link != 0; link = group->old[link - 1].older) {
        n++;
    }
    return n;
}

static size_t count_revisions(const sn_store_group *group)
{
    size_t n = 0;
    for (size_t c = 0; c < group->n_column; c++) {
        const uint32_t *older = group->column[c].older;
        for (size_t i = 0; older != NULL && i < group->axis.n; i++) {
            n += chain_length(group, older[i]);
        }
    }
    return n;
}

static bool revisions_init(sn_store_revision_table *r, size_t n)
{
    *r = (sn_store_revision_table){.n = n};
    r->number = malloc(n * sizeof *r->number);
    r->time = malloc(n * sizeof *r->time);
    r->subject = calloc(n, SN_SUBJECT_SIZE);
    r->value = malloc(n * sizeof *r->value);
    r->batch = malloc(n * sizeof *r->batch);
    r->flag = malloc(n * sizeof *r->flag);
    return r->number != NULL && r->time != NULL && r->subject != NULL &&
           r->value != NULL && r->batch != NULL && r->flag != NULL;
}

static void revisions_fill(sn_store_revision_table *r,
                           const sn_store_group *group,
                           const used_rows *used)
{
    size_t at = 0;
    for (size_t c = 0; c < group->n_column; c++) {
        const sn_store_column *column = &group->column[c];
        for (size_t i = 0; column->older != NULL && i < group->axis.n; i++) {
            size_t length = chain_length(group, column->older[i]);
            size_t to = at + length;
            for (uint32_t o = column->older[i]; o != 0; o = group->old[o - 1].older) {
                to--;
                r->number[to] = (uint32_t)to;
                r->time[to] = sn_axis_at(&group->axis, i).utc_s;
                memcpy(r->subject + to * SN_SUBJECT_SIZE, column->subject,
                       strlen(column->subject));
                r->value[to] = group->old[o - 1].value;
                r->batch[to] = used->number[group->old[o - 1].batch];
                r->flag[to] = group->old[o - 1].flag;
            }
            at += length;
        }
    }
}

static bool put_revisions(hid_t place, const sn_store_group *group, const used_rows *used)
{
    static const char *const scales[] = {"revision", NULL};
    static const sn_store_tie ties[] = {{"revised_subject", {"revision", NULL}, 1},
                                        {"revised_time", {"revision", NULL}, 1},
                                        {"revised_value", {"revision", NULL}, 1},
                                        {"revised_batch", {"revision", NULL}, 1},
                                        {"revised_flag", {"revision", NULL}, 1}};
    size_t n = count_revisions(group);
    if (n == 0) {
        return true;
    }
    sn_store_revision_table r;
    hid_t name = sn_store_text_type(SN_SUBJECT_SIZE, false);
    bool ok = revisions_init(&r, n);
    if (ok) {
        revisions_fill(&r, group, used);
        sn_store_block number = {"revision", H5T_STD_U32LE, n, 0, r.number, NULL};
        sn_store_block subject = {"revised_subject", name, n, 0, r.subject, NULL};
        sn_store_block time = {"revised_time", H5T_STD_I64LE, n, 0, r.time, NULL};
        sn_store_block value = {"revised_value", H5T_IEEE_F64LE, n, 0, r.value, NULL};
        sn_store_block batch = {"revised_batch", H5T_STD_U16LE, n, 0, r.batch, NULL};
        sn_store_block flag = {"revised_flag", H5T_STD_U8LE, n, 0, r.flag, NULL};
        ok =
            sn_store_put_dataset(place, &number, "superseded value, oldest first",
                                 true) &&
            sn_store_put_dataset(place, &subject, "subject of the superseded value",
                                 false) &&
            sn_store_put_time_block(place, &time, "start of its interval (UTC)", false) &&
            sn_store_put_dataset(place, &value, "the superseded value", false) &&
            sn_store_put_dataset(place, &batch, "its batch", false) &&
            sn_store_put_dataset(place, &flag, "its flag", false) &&
            sn_store_put_ties(place, ties, sizeof ties / sizeof *ties, scales);
    }
    sn_store_revision_table_release(&r);
    (void)H5Tclose(name);
    return ok;
}

/* "/price_eur_per_mwh/svk/3600", made on the way. */
static hid_t need_place(hid_t file, const sn_store_group *group)
{
    char step[16];
    (void)snprintf(step, sizeof step, "%d", (int)group->step_s);
    hid_t quantity = sn_store_need_group(file, sn_quantity_name(group->quantity));
    hid_t source = sn_store_need_group(quantity, group->source);
    hid_t place = sn_store_need_group(source, step);
    (void)H5Gclose(source);
    (void)H5Gclose(quantity);
    return place;
}

/* The value that most cells have, when one has more than half of them; else any. */
static uint16_t usual_batch(const uint16_t *cell, size_t n)
{
    uint16_t usual = 0;
    size_t votes = 0;
    for (size_t k = 0; k < n; k++) {
        usual = votes == 0 ? cell[k] : usual;
        votes = cell[k] == usual ? votes + 1 : votes - 1;
    }
    return usual;
}

static uint8_t usual_flag(const uint8_t *cell, size_t n)
{
    uint8_t usual = 0;
    size_t votes = 0;
    for (size_t k = 0; k < n; k++) {
        usual = votes == 0 ? cell[k] : usual;
        votes = cell[k] == usual ? votes + 1 : votes - 1;
    }
    return usual;
}

static bool put_group(hid_t file, const sn_store_group *group, const used_rows *used)
{
    static const char *const scales[] = {"time", "subject", NULL};
    static const sn_store_tie ties[] = {{"value", {"time", "subject"}, 2},
                                        {"batch", {"time", "subject"}, 2},
                                        {"flag", {"time", "subject"}, 2}};
    const double gap = NAN;
    hid_t place = need_place(file, group);
    hid_t name = sn_store_text_type(SN_SUBJECT_SIZE, false);
    sn_store_grid g;
    bool ok = grid_init(&g, group, used) && place >= 0;
    if (ok) {
        size_t n = group->n_column;
        uint16_t batch_fill = usual_batch(g.batch, g.n * n);
        uint8_t flag_fill = usual_flag(g.flag, g.n * n);
        sn_store_block time = {"time", H5T_STD_I64LE, g.n, 0, g.time, NULL};
        sn_store_block subject = {"subject", name, n, 0, g.subject, NULL};
        sn_store_block value = {"value", H5T_IEEE_F64LE, g.n, n, g.value, &gap};
        sn_store_block batch = {"batch", H5T_STD_U16LE, g.n, n, g.batch, &batch_fill};
        sn_store_block flag = {"flag", H5T_STD_U8LE, g.n, n, g.flag, &flag_fill};
        ok = sn_store_put_time_block(place, &time, "start of the interval (UTC)", true) &&
             sn_store_put_dataset(place, &subject, "area, border or currency", true) &&
             sn_store_put_dataset(place, &value, sn_quantity_name(group->quantity),
                                  false) &&
             sn_store_put_dataset(place, &batch, "number in /batches, 0 = gap", false) &&
             sn_store_put_dataset(place, &flag, "what kind of value it is", false) &&
             sn_store_put_ties(place, ties, 3, scales) &&
             put_value_attributes(place, group, g.time[0]) &&
             put_revisions(place, group, used);
    }
    sn_store_grid_release(&g);
    (void)H5Tclose(name);
    (void)H5Gclose(place);
    return ok;
}

static bool put_root(hid_t file, const sn_store_year *year)
{
    char title[64];
    (void)snprintf(title, sizeof title, "Snitt store, UTC year %d", (int)year->year);
    return sn_store_put_text(file, "Conventions", "CF-1.8") &&
           sn_store_put_text(file, "title", title) &&
           sn_store_put_int(file, "store_version", SN_STORE_VERSION) &&
           sn_store_put_int(file, "year", year->year);
}

sn_status sn_store_year_encode(const sn_store_year *year,
                               void **out,
                               size_t *size_out,
                               sn_error *err)
{
    used_rows used = {0};
    hid_t file = sn_store_new_image();
    bool ok = file >= 0 && used_rows_init(&used, year) && used.n > 0 &&
              put_root(file, year) && put_rows(file, &used);
    for (size_t g = 0; ok && g < year->n_group; g++) {
        ok = put_group(file, &year->group[g], &used);
    }
    ok = ok && sn_store_take_image(file, out, size_out);
    if (file >= 0) {
        (void)H5Fclose(file);
    }
    free(used.row);
    free(used.number);
    return ok ? SN_OK
              : sn_error_set(err, SN_E_MEMORY,
                             "store: the file of year %d cannot be built in memory",
                             (int)year->year);
}
