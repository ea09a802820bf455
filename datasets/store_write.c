/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing: all batches become one new state, or nothing does. */
#include "store_internal.h"

#include "base/os.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One call of sn_store_write(). */
typedef struct writing {
    sn_store *store;
    const sn_store_batch *batch;
    size_t n_batch;
    const sn_store_doubt *doubt;
    size_t n_doubt;
    char (*sha256)[SN_SHA256_SIZE]; /* [n_batch] */
    sn_store_raw_made *made;        /* [n_batch] by this call */
    uint32_t *sequence;             /* [n_batch] */
    sn_store_head head;             /* the state to be */
    sn_store_change change;
    bool is_published; /* HEAD names the new state */
} writing;

static sn_status check_series(const sn_series *series, sn_error *err)
{
    sn_series probe;
    sn_axis one = series->axis;
    sn_status status = series->axis.n > 0 ? SN_OK : SN_E_FORMAT;
    if (status != SN_OK) {
        return sn_error_set(err, status, "store: series of %s is empty",
                            series->key.subject);
    }
    one.n = 1;
    status = sn_series_init(&probe, &series->key, one, err); /* its rules, not ours */
    sn_series_release(&probe);
    for (size_t i = 0; status == SN_OK && i < series->axis.n; i++) {
        if (isinf(series->value[i]) || series->flag[i] > SN_FLAG_SUSPECT) {
            char text[SN_INSTANT_TEXT_SIZE];
            status =
                sn_error_set(err, SN_E_FORMAT,
                             "store: %s of %s at %s is infinite or has an unknown flag",
                             sn_quantity_name(series->key.quantity), series->key.subject,
                             sn_instant_format(sn_axis_at(&series->axis, i), text));
        }
    }
    return status;
}

static sn_status check_batch(const sn_store_batch *batch, sn_error *err)
{
    enum { TEXT_MAX = 4000 };
    const char *const text[] = {batch->origin.name, batch->origin.licence,
                                batch->origin.attribution};
    for (size_t t = 0; t < sizeof text / sizeof *text; t++) {
        if (text[t] == NULL || strlen(text[t]) > TEXT_MAX) {
            return sn_error_set(err, SN_E_FORMAT,
                                "store: origin, licence or attribution of a batch is "
                                "missing or longer than %d bytes",
                                TEXT_MAX);
        }
    }
    sn_status status = SN_OK;
    for (size_t s = 0; status == SN_OK && s < batch->n_series; s++) {
        status = check_series(&batch->series[s], err);
    }
    return status;
}

static void widen(const sn_axis *axis, int32_t *first, int32_t *last)
{
    int32_t from = sn_instant_year(axis->start);
    int32_t to = sn_instant_year(sn_axis_at(axis, axis->n - 1));
    *first = from < *first ? from : *first;
    *last = to > *last ? to : *last;
}

/* Years that hold a value of any batch, or a doubt: [*first_out, *last_out]. */
static void year_span(const writing *w, int32_t *first_out, int32_t *last_out)
{
    *first_out = INT32_MAX;
    *last_out = INT32_MIN;
    for (size_t b = 0; b < w->n_batch; b++) {
        for (size_t s = 0; s < w->batch[b].n_series; s++) {
            widen(&w->batch[b].series[s].axis, first_out, last_out);
        }
    }
    for (size_t d = 0; d < w->n_doubt; d++) {
        widen(&w->doubt[d].axis, first_out, last_out);
    }
}

static bool meets(const sn_axis *axis, int32_t year)
{
    return axis->start.utc_s < sn_instant_of_year(year + 1).utc_s &&
           sn_axis_end(axis).utc_s > sn_instant_of_year(year).utc_s;
}

static bool touches(const sn_store_batch *batch, int32_t year)
{
    bool is_touched = false;
    for (size_t s = 0; s < batch->n_series && !is_touched; s++) {
        is_touched = meets(&batch->series[s].axis, year);
    }
    return is_touched;
}

static void hash_raw(writing *w)
{
    for (size_t b = 0; b < w->n_batch; b++) {
        const sn_origin *origin = &w->batch[b].origin;
        if (origin->raw != NULL) {
            sn_store_sha256(origin->raw, origin->raw_size, w->sha256[b]);
        }
    }
}

static sn_status keep_raw(writing *w, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t b = 0; status == SN_OK && b < w->n_batch; b++) {
        if (w->batch[b].origin.raw != NULL) {
            status = sn_store_raw_keep(w->store->folder, &w->batch[b], w->sha256[b],
                                       w->sequence[b], &w->made[b], err);
        }
    }
    return status;
}

static sn_status
set_head(sn_store_head *head, int32_t year, const char *sha256, sn_error *err)
{
    size_t place = 0;
    while (place < head->n && head->entry[place].year < year) {
        place++;
    }
    if (place == head->n || head->entry[place].year != year) {
        sn_store_head_entry *grown =
            realloc(head->entry, (head->n + 1) * sizeof *head->entry);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
        }
        head->entry = grown;
        memmove(&grown[place + 1], &grown[place], (head->n - place) * sizeof *grown);
        head->n++;
    }
    head->entry[place].year = year;
    memcpy(head->entry[place].sha256, sha256, SN_SHA256_SIZE);
    return SN_OK;
}

/* Encode a changed year and put its file where HEAD will name it. */
static sn_status publish_year(writing *w, const sn_store_year *year, sn_error *err)
{
    void *bytes = NULL;
    size_t n = 0;
    sn_status status = sn_store_year_encode(year, &bytes, &n, err);
    if (status != SN_OK) {
        return status;
    }
    sn_store_head_entry entry = {.year = year->year};
    char path[SN_STORE_PATH_SIZE];
    sn_store_sha256(bytes, n, entry.sha256);
    sn_store_data_path(w->store->folder, &entry, path);
    if (!sn_os_exists(path)) {
        status = sn_os_write_file(path, bytes, n, err);
    }
    if (status == SN_OK) {
        status = set_head(&w->head, year->year, entry.sha256, err);
    }
    free(bytes);
    return status;
}

static sn_status write_year(writing *w, int32_t number, sn_error *err)
{
    sn_store_year year;
    sn_store_year_init(&year, number);
    for (size_t y = 0; y < w->store->n_year; y++) {
        if (w->store->year[y].year == number) {
            year.fd = w->store->year[y].fd; /* lent */
            memcpy(year.sha256, w->store->year[y].sha256, sizeof year.sha256);
        }
    }
    sn_status status = sn_store_load_year(&year, err);
    for (size_t b = 0; status == SN_OK && b < w->n_batch; b++) {
        if (touches(&w->batch[b], number)) {
            status = sn_store_year_merge(&year, &w->batch[b], w->sha256[b], &w->change,
                                         &w->sequence[b], err);
        }
    }
    for (size_t d = 0; status == SN_OK && d < w->n_doubt; d++) {
        if (meets(&w->doubt[d].axis, number)) {
            status = sn_store_year_doubt(&year, &w->doubt[d], err);
        }
    }
    if (status == SN_OK && year.is_changed) {
        status = publish_year(w, &year, err);
    }
    sn_store_year_release(&year);
    return status;
}

static sn_status copy_head(const sn_store_head *from, sn_store_head *out, sn_error *err)
{
    *out = (sn_store_head){0};
    sn_status status = SN_OK;
    for (size_t e = 0; status == SN_OK && e < from->n; e++) {
        status = set_head(out, from->entry[e].year, from->entry[e].sha256, err);
    }
    return status;
}

static bool is_touched(const writing *w, int32_t year)
{
    bool is = false;
    for (size_t b = 0; !is && b < w->n_batch; b++) {
        is = touches(&w->batch[b], year);
    }
    bool is_there = false;
    for (size_t y = 0; y < w->store->n_year; y++) {
        is_there = is_there || w->store->year[y].year == year;
    }
    for (size_t d = 0; !is && is_there && d < w->n_doubt; d++) {
        is = meets(&w->doubt[d].axis, year);
    }
    return is;
}

static sn_status write_all_years(writing *w, sn_error *err)
{
    int32_t first = 0;
    int32_t last = 0;
    year_span(w, &first, &last);
    sn_status status = copy_head(&w->store->head, &w->head, err);
    for (int32_t year = first; status == SN_OK && year <= last; year++) {
        if (is_touched(w, year)) {
            status = write_year(w, year, err);
        }
    }
    bool is_changed =
        w->change.n_new + w->change.n_revised > 0 || w->head.n != w->store->head.n;
    for (size_t e = 0; !is_changed && e < w->head.n; e++) {
        is_changed = strcmp(w->head.entry[e].sha256, w->store->head.entry[e].sha256) != 0;
    }
    if (status == SN_OK) { /* raw bytes before the state that names them */
        status = keep_raw(w, err);
    }
    if (status == SN_OK && is_changed) {
        status = sn_store_head_write(w->store->folder, &w->head, err);
        w->is_published = status == SN_OK;
    }
    return status;
}

static void undo_raw(const writing *w)
{
    for (size_t b = 0; b < w->n_batch; b++) {
        sn_store_raw_undo(w->store->folder, w->sha256[b], &w->made[b]);
    }
}

sn_status sn_store_write(sn_store *store,
                         const sn_store_batch *batches,
                         size_t n_batch,
                         sn_store_change *change_out,
                         sn_error *err)
{
    return sn_store_write_doubts(store, batches, n_batch, NULL, 0, change_out, err);
}

sn_status sn_store_write_doubts(sn_store *store,
                                const sn_store_batch *batches,
                                size_t n_batch,
                                const sn_store_doubt *doubts,
                                size_t n_doubt,
                                sn_store_change *change_out,
                                sn_error *err)
{
    if (!store->options.writable || store->options.has_as_of) {
        return sn_error_set(err, SN_E_USAGE, "store \"%.300s\" is open for reading only",
                            store->folder);
    }
    writing w = {.store = store,
                 .batch = batches,
                 .n_batch = n_batch,
                 .doubt = doubts,
                 .n_doubt = n_doubt};
    w.sha256 = calloc(n_batch + 1, sizeof *w.sha256);
    w.made = calloc(n_batch + 1, sizeof *w.made);
    w.sequence = calloc(n_batch + 1, sizeof *w.sequence);
    sn_status status =
        w.sha256 != NULL && w.made != NULL && w.sequence != NULL
            ? SN_OK
            : sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
    for (size_t b = 0; status == SN_OK && b < n_batch; b++) {
        status = check_batch(&batches[b], err);
    }
    if (status == SN_OK) {
        hash_raw(&w);
        status = write_all_years(&w, err);
    }
    if (status == SN_OK) {
        status = sn_store_open_state(store, err);
    } else if (w.made != NULL && !w.is_published) {
        undo_raw(&w);
    }
    sn_store_sweep(store->folder); /* the old state's files, or what failed */
    if (status == SN_OK && change_out != NULL) {
        *change_out = w.change;
    }
    sn_store_head_release(&w.head);
    free(w.sha256);
    free(w.made);
    free(w.sequence);
    return status;
}
