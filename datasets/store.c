/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's interface (store.h) on top of its layers (store_internal.h).
 *
 * A handle opens every data file of its state at once and keeps the descriptors, so
 * a writer may remove the files of an older state while readers still use them.
 * Contents are read, checked against the hash and kept, year by year and group by
 * group, when first asked for.
 */
#include "store_internal.h"

#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_TRIES = 20 }; /* a writer would have to win this many races in a row */

sn_status sn_store_default_path(char *path, size_t size, sn_error *err)
{
    const char *given = getenv("SNITT_STORE");
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    int n = -1;
    if (given != NULL && given[0] != '\0') {
        n = snprintf(path, size, "%s", given);
    } else if (data != NULL && data[0] == '/') {
        n = snprintf(path, size, "%s/snitt", data);
    } else if (home != NULL && home[0] == '/') {
        n = snprintf(path, size, "%s/.local/share/snitt", home);
    } else {
        return sn_error_set(err, SN_E_USAGE,
                            "no place for the store: HOME is not set; give --store DIR "
                            "or set SNITT_STORE");
    }
    if (n < 0 || (size_t)n >= size) {
        return sn_error_set(err, SN_E_USAGE, "path of the store is too long");
    }
    return SN_OK;
}

/* ---- open and close ---- */

static void drop_entries(sn_store *store)
{
    free(store->entry);
    store->entry = NULL;
    store->n_entry = 0;
    store->has_entries = false;
}

static void drop_years(sn_store *store)
{
    drop_entries(store);
    for (size_t y = 0; y < store->n_year; y++) {
        sn_store_year_release(&store->year[y]);
        if (store->year[y].fd >= 0) {
            (void)close(store->year[y].fd);
        }
    }
    free(store->year);
    store->year = NULL;
    store->n_year = 0;
}

/* SN_E_NOT_FOUND: HEAD was replaced meanwhile, or a file is lost. */
static sn_status open_years(sn_store *store, sn_error *err)
{
    store->year = calloc(store->head.n + 1, sizeof *store->year);
    if (store->year == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
    }
    for (size_t y = 0; y < store->head.n; y++) {
        const sn_store_head_entry *entry = &store->head.entry[y];
        char path[SN_STORE_PATH_SIZE];
        sn_store_data_path(store->folder, entry, path);
        sn_store_year_init(&store->year[y], entry->year);
        memcpy(store->year[y].sha256, entry->sha256, sizeof entry->sha256);
        store->n_year++;
        store->year[y].fd = open(path, O_RDONLY | O_CLOEXEC);
        if (store->year[y].fd < 0) {
            return sn_error_set(err, errno == ENOENT ? SN_E_NOT_FOUND : SN_E_IO,
                                "store: data file \"%s\" cannot be opened: %s", path,
                                strerror(errno));
        }
    }
    return SN_OK;
}

/* Read HEAD and open what it names. */
sn_status sn_store_open_state(sn_store *store, sn_error *err)
{
    sn_error local = {0};
    sn_status status = SN_E_NOT_FOUND;
    for (int i = 0; i < OPEN_TRIES && status == SN_E_NOT_FOUND; i++) {
        drop_years(store);
        sn_store_head_release(&store->head);
        status = sn_store_head_read(store->folder, &store->head, err);
        if (status != SN_OK) {
            return status;
        }
        status = open_years(store, &local);
    }
    if (status != SN_OK) {
        drop_years(store);
        return sn_error_set(err, status == SN_E_NOT_FOUND ? SN_E_IO : status, "%s",
                            local.message);
    }
    return SN_OK;
}

static bool has_data_files(const char *folder)
{
    char path[SN_STORE_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/data", folder);
    DIR *data = opendir(path);
    const struct dirent *file = NULL;
    bool found = false;
    while (data != NULL && (file = readdir(data)) != NULL) {
        found = found || strstr(file->d_name, ".h5") != NULL;
    }
    if (data != NULL) {
        (void)closedir(data);
    }
    return found;
}

static bool has_head(const char *folder)
{
    char path[SN_STORE_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/HEAD", folder);
    return sn_os_exists(path);
}

static sn_status make_store(const char *folder, sn_error *err)
{
    char path[SN_STORE_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/raw", folder);
    sn_status status = sn_os_make_folders(path, err);
    if (status == SN_OK) {
        (void)snprintf(path, sizeof path, "%s/data", folder);
        status = sn_os_make_folders(path, err);
    }
    return status;
}

/* Lock, make what is missing, clear what a killed writer left. */
static sn_status prepare_writer(sn_store *store, sn_error *err)
{
    sn_store_head head;
    if (has_head(store->folder)) { /* another version is left untouched */
        sn_status status = sn_store_head_read(store->folder, &head, err);
        if (status != SN_OK) {
            return status;
        }
        sn_store_head_release(&head);
    }
    sn_status status = make_store(store->folder, err);
    if (status == SN_OK) {
        status = sn_store_lock(store->folder, store->options.lock_wait_s, &store->lock_fd,
                               err);
    }
    if (status == SN_OK && !has_head(store->folder)) {
        if (has_data_files(store->folder)) {
            return sn_error_set(err, SN_E_FORMAT,
                                "store \"%.300s\" has data files but no HEAD; restore "
                                "HEAD from a copy or use another --store",
                                store->folder);
        }
        head = (sn_store_head){0};
        status = sn_store_head_write(store->folder, &head, err);
    }
    if (status == SN_OK) {
        sn_store_sweep(store->folder);
    }
    return status;
}

sn_status sn_store_open(const char *path,
                        const sn_store_options *options,
                        sn_store **store_out,
                        sn_error *err)
{
    enum { ROOM = 128 }; /* for the names below the folder */
    *store_out = NULL;
    if (path[0] == '\0' || strlen(path) + ROOM > SN_STORE_PATH_SIZE) {
        return sn_error_set(err, SN_E_USAGE, "path of the store is empty or too long");
    }
    sn_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
    }
    sn_store_hdf5_quiet();
    memcpy(store->folder, path, strlen(path) + 1);
    store->lock_fd = -1;
    if (options != NULL) {
        store->options = *options;
    }
    sn_status status = SN_OK;
    if (store->options.writable) {
        status = prepare_writer(store, err);
    } else if (!has_head(path)) {
        status = sn_error_set(err, SN_E_NOT_FOUND,
                              "there is no store in \"%s\"; snitt import and snitt fetch "
                              "make one",
                              path);
    }
    if (status == SN_OK) {
        status = sn_store_open_state(store, err);
    }
    if (status != SN_OK) {
        sn_store_close(store);
        return status;
    }
    *store_out = store;
    return SN_OK;
}

void sn_store_close(sn_store *store)
{
    if (store == NULL) {
        return;
    }
    drop_years(store);
    sn_store_head_release(&store->head);
    if (store->lock_fd >= 0) {
        (void)close(store->lock_fd);
    }
    free(store);
}

const char *sn_store_state(const sn_store *store)
{
    return store->head.state;
}

/* ---- contents ---- */

/* The whole file of a year; malloc'd. */
static sn_status
read_bytes(const sn_store_year *year, void **out, size_t *n_out, sn_error *err)
{
    struct stat info;
    *out = NULL;
    if (fstat(year->fd, &info) != 0 || info.st_size <= 0) {
        return sn_error_set(err, SN_E_FORMAT, "store: data file of year %d is empty",
                            (int)year->year);
    }
    size_t n = (size_t)info.st_size;
    char *bytes = malloc(n);
    if (bytes == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
    }
    size_t done = 0;
    while (done < n) {
        ssize_t got = pread(year->fd, bytes + done, n - done, (off_t)done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            free(bytes);
            return sn_error_set(err, SN_E_IO,
                                "store: data file of year %d cannot be read: %s",
                                (int)year->year, strerror(errno));
        }
        done += (size_t)got;
    }
    *out = bytes;
    *n_out = n;
    return SN_OK;
}

/* The values of a year make room; its batches and subjects stay. */
static void forget_values(sn_store_year *year)
{
    for (size_t g = 0; g < year->n_group; g++) {
        sn_store_group_unload(&year->group[g]);
    }
    sn_store_year_close_file(year);
}

sn_status sn_store_need_year(sn_store_year *year, sn_error *err)
{
    if (year->file >= 0 || year->fd < 0) {
        return SN_OK;
    }
    void *bytes = NULL;
    size_t n = 0;
    char sha256[SN_SHA256_SIZE];
    bool is_known = year->n_row > 0; /* its values were forgotten, no more */
    sn_status status = read_bytes(year, &bytes, &n, err);
    if (status != SN_OK) {
        return status;
    }
    sn_store_sha256(bytes, n, sha256);
    if (strcmp(sha256, year->sha256) != 0) {
        status = sn_error_set(err, SN_E_FORMAT,
                              "store: data/%d-%s.h5 is damaged or cut: its bytes hash to "
                              "%.12s...; restore the file from a copy",
                              (int)year->year, year->sha256, sha256);
    } else {
        status = is_known ? sn_store_year_open_file(year, bytes, n, err)
                          : sn_store_year_decode(year, bytes, n, err);
    }
    free(bytes);
    if (status != SN_OK && !is_known) {
        sn_store_year_release(year);
    }
    return status;
}

/* What it lists is kept when its values are forgotten. */
static sn_status need_list(sn_store_year *year, sn_error *err)
{
    return year->n_row > 0 ? SN_OK : sn_store_need_year(year, err);
}

sn_status sn_store_load_year(sn_store_year *year, sn_error *err)
{
    sn_status status = sn_store_need_year(year, err);
    for (size_t g = 0; status == SN_OK && g < year->n_group; g++) {
        status = sn_store_group_load(year, &year->group[g], err);
    }
    return status;
}

const sn_instant *sn_store_as_of(const sn_store *store)
{
    return store->options.has_as_of ? &store->options.as_of : NULL;
}

/* Copy what one year has of a series. */
static sn_status read_year(sn_store *store,
                           sn_store_year *year,
                           sn_series *out,
                           bool *found,
                           sn_error *err)
{
    sn_store_group *group = sn_store_year_find(year, &out->key);
    if (group == NULL || sn_store_group_find(group, out->key.subject) == NULL) {
        return SN_OK;
    }
    *found = true;
    int64_t shift_s = group->axis.start.utc_s - out->axis.start.utc_s;
    int64_t shift = shift_s / out->axis.step_s; /* exact: one grid */
    int64_t first = shift < 0 ? -shift : 0;
    int64_t end = (int64_t)out->axis.n - shift;
    end = end > (int64_t)group->axis.n ? (int64_t)group->axis.n : end;
    if (first >= end) {
        return SN_OK;
    }
    sn_status status = sn_store_group_load(year, group, err);
    const sn_store_column *column = sn_store_group_find(group, out->key.subject);
    if (status == SN_OK && sn_store_as_of(store) == NULL) {
        size_t n = (size_t)(end - first);
        memcpy(out->value + first + shift, column->value + first, n * sizeof *out->value);
        memcpy(out->flag + first + shift, column->flag + first, n);
        return SN_OK;
    }
    for (int64_t i = first; status == SN_OK && i < end; i++) {
        sn_store_cell cell =
            sn_store_cell_at(year, group, column, (size_t)i, sn_store_as_of(store));
        out->value[i + shift] = cell.value;
        out->flag[i + shift] = cell.flag;
    }
    return status;
}

/* First interval start at or after t. */
static int64_t grid_ceil(int64_t t_s, int32_t step_s)
{
    enum { MONDAY_S = 4 * SN_DAY_S };
    int64_t past_s = (t_s - (step_s == SN_WEEK_S ? MONDAY_S : 0)) % step_s;
    past_s += past_s < 0 ? step_s : 0;
    return past_s == 0 ? t_s : t_s + step_s - past_s;
}

static bool lies_in(const sn_store_year *year, sn_instant from, sn_instant to)
{
    return sn_instant_of_year(year->year).utc_s < to.utc_s &&
           sn_instant_of_year(year->year + 1).utc_s > from.utc_s;
}

sn_status sn_store_has(sn_store *store,
                       const sn_series_key *key,
                       sn_instant from,
                       sn_instant to,
                       bool *out,
                       sn_error *err)
{
    *out = false;
    for (size_t y = 0; y < store->n_year && !*out; y++) {
        sn_store_year *year = &store->year[y];
        sn_status status = lies_in(year, from, to) ? need_list(year, err) : SN_OK;
        if (status != SN_OK) {
            return status;
        }
        const sn_store_group *group =
            lies_in(year, from, to) ? sn_store_year_find(year, key) : NULL;
        *out = group != NULL && sn_store_group_find(group, key->subject) != NULL;
    }
    return SN_OK;
}

sn_status sn_store_read(sn_store *store,
                        const sn_series_key *key,
                        sn_instant from,
                        sn_instant to,
                        sn_series *out,
                        sn_error *err)
{
    *out = (sn_series){0};
    if (key->step_s <= 0 || from.utc_s >= to.utc_s) {
        return sn_error_set(err, SN_E_FORMAT, "store: %s of %s: empty interval or step",
                            sn_quantity_name(key->quantity), key->subject);
    }
    int64_t start_s = grid_ceil(from.utc_s, key->step_s);
    int64_t n = (grid_ceil(to.utc_s, key->step_s) - start_s) / key->step_s;
    sn_axis axis = {.start = {start_s}, .step_s = key->step_s, .n = (size_t)n};
    sn_status status = sn_series_init(out, key, axis, err);
    bool found = false;
    for (int pass = 0; pass < 2; pass++) { /* other years only tell that it exists */
        for (size_t y = 0; status == SN_OK && !(pass == 1 && found) && y < store->n_year;
             y++) {
            if (lies_in(&store->year[y], from, to) == (pass == 0)) {
                status = sn_store_need_year(&store->year[y], err);
                if (status == SN_OK) {
                    status = read_year(store, &store->year[y], out, &found, err);
                }
            }
        }
    }
    if (status == SN_OK && !found) {
        status = sn_error_set(err, SN_E_NOT_FOUND,
                              "the store has no %s of %s from source %s with step %d s; "
                              "snitt status lists what it has",
                              sn_quantity_name(key->quantity), key->subject, key->source,
                              (int)key->step_s);
    }
    if (status != SN_OK) {
        sn_series_release(out);
    }
    return status;
}

static sn_status read_known_year(sn_store_year *year,
                                 const sn_series_key *key,
                                 sn_axis axis,
                                 sn_instant moment,
                                 const sn_store_known *out,
                                 sn_error *err)
{
    sn_status status = sn_store_need_year(year, err);
    sn_store_group *group = status == SN_OK ? sn_store_year_find(year, key) : NULL;
    if (group == NULL || sn_store_group_find(group, key->subject) == NULL) {
        return status;
    }
    status = sn_store_group_load(year, group, err);
    const sn_store_column *column = sn_store_group_find(group, key->subject);
    for (size_t i = 0; status == SN_OK && i < group->axis.n; i++) {
        size_t at = sn_axis_index(&axis, sn_axis_at(&group->axis, i));
        if (at >= axis.n || column->batch[i] == 0) {
            continue;
        }
        sn_store_cell stated = sn_store_stated_at(year, group, column, i, &moment);
        if (stated.batch != 0) {
            out->value[at] = stated.value;
            sn_store_cell cell = sn_store_cell_at(year, group, column, i, &moment);
            out->flag[at] = cell.flag;
            out->is_doubt[at] = sn_store_is_doubt(year, cell.batch);
            out->learnt_s[at] = year->row[stated.batch - 1].learnt_utc_s;
        }
    }
    return status;
}

sn_status sn_store_read_known(sn_store *store,
                              const sn_series_key *key,
                              sn_axis axis,
                              sn_instant moment,
                              const sn_store_known *out,
                              sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < axis.n; i++) {
        out->value[i] = (double)NAN;
        out->flag[i] = SN_FLAG_GAP;
        out->is_doubt[i] = 0;
        out->learnt_s[i] = INT64_MIN;
    }
    for (size_t y = 0; y < store->n_year && status == SN_OK; y++) {
        if (lies_in(&store->year[y], axis.start, sn_axis_end(&axis))) {
            status = read_known_year(&store->year[y], key, axis, moment, out, err);
        }
    }
    return status;
}

static int compare_moments(const void *a, const void *b)
{
    const sn_instant *left = a;
    const sn_instant *right = b;
    return (left->utc_s > right->utc_s) - (left->utc_s < right->utc_s);
}

sn_status sn_store_later_moments(sn_store *store,
                                 sn_instant from,
                                 sn_instant to,
                                 sn_instant after,
                                 sn_instant **out,
                                 size_t *n_out,
                                 sn_error *err)
{
    size_t n = 0;
    sn_instant *list = NULL;
    sn_status status = SN_OK;
    for (size_t y = 0; y < store->n_year && status == SN_OK; y++) {
        sn_store_year *year = &store->year[y];
        if (!lies_in(year, from, to)) {
            continue;
        }
        status = sn_store_need_year(year, err);
        sn_instant *grown =
            status == SN_OK ? realloc(list, (n + year->n_row + 1) * sizeof *grown) : NULL;
        if (status == SN_OK && grown == NULL) {
            status = sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
        }
        list = grown != NULL ? grown : list;
        for (size_t r = 0; status == SN_OK && r < year->n_row; r++) {
            if (year->row[r].learnt_utc_s > after.utc_s) {
                list[n++].utc_s = year->row[r].learnt_utc_s;
            }
        }
    }
    if (n > 0) {
        qsort(list, n, sizeof *list, compare_moments);
    }
    *n_out = 0;
    for (size_t k = 0; k < n; k++) {
        if (*n_out == 0 || list[*n_out - 1].utc_s != list[k].utc_s) {
            list[(*n_out)++] = list[k];
        }
    }
    *out = list;
    return status;
}

/* ---- catalogue ---- */

static sn_store_entry *need_entry(sn_store *store, const sn_series_key *key)
{
    for (size_t e = 0; e < store->n_entry; e++) {
        if (sn_series_key_compare(&store->entry[e].key, key) == 0) {
            return &store->entry[e];
        }
    }
    sn_store_entry *grown =
        realloc(store->entry, (store->n_entry + 1) * sizeof *store->entry);
    if (grown == NULL) {
        return NULL;
    }
    store->entry = grown;
    grown[store->n_entry] = (sn_store_entry){.key = *key};
    return &grown[store->n_entry++];
}

static void add_moment(const sn_store_row *row, sn_store_entry *entry)
{
    if (row->learnt_utc_s > entry->newest.utc_s) {
        entry->newest.utc_s = row->learnt_utc_s;
    }
}

/* The newest of the batches that a column's values came with. */
static void
add_batch(const sn_store_row *row, const sn_store_row **newest, sn_store_entry *entry)
{
    add_moment(row, entry);
    if (row != *newest && (*newest == NULL || sn_store_row_compare(row, *newest) > 0)) {
        *newest = row;
    }
}

/* What one column adds to its line; years come in ascending order. */
static void add_column(const sn_store *store,
                       const sn_store_year *year,
                       const sn_store_group *group,
                       const sn_store_column *column,
                       sn_store_entry *entry)
{
    const sn_store_row *newest = NULL;
    const sn_instant *as_of = sn_store_as_of(store);
    uint16_t last = 0; /* batches come in long runs */
    for (size_t i = 0; i < group->axis.n; i++) {
        sn_store_cell cell = {0.0, column->batch[i], column->flag[i]};
        if (as_of != NULL) {
            cell = sn_store_cell_at(year, group, column, i, as_of);
        }
        if (cell.batch == 0) {
            continue;
        }
        if (entry->n_value++ == 0) {
            entry->first = sn_axis_at(&group->axis, i);
        }
        entry->end.utc_s = group->axis.start.utc_s + (int64_t)(i + 1) * group->step_s;
        entry->n_filled += cell.flag == SN_FLAG_FILLED;
        entry->n_suspect += cell.flag == SN_FLAG_SUSPECT;
        if (sn_store_is_doubt(year, cell.batch)) { /* on top of any batch */
            add_moment(&year->row[cell.batch - 1], entry);
            cell = sn_store_stated_at(year, group, column, i, as_of);
        }
        if (cell.batch != 0 && cell.batch != last) {
            last = cell.batch;
            add_batch(&year->row[cell.batch - 1], &newest, entry);
        }
    }
    if (newest != NULL) { /* the last year's newest: what is read last */
        entry->attribution = newest->attribution;
        entry->licence = newest->licence;
        entry->origin = newest->name;
        memcpy(entry->raw_sha256, newest->raw_sha256, sizeof entry->raw_sha256);
    }
}

/* What was not in memory before is not kept: a store may hold many years. */
static sn_status add_year(sn_store *store, sn_store_year *year, sn_error *err)
{
    bool was_open = year->file >= 0;
    sn_status status = sn_store_need_year(year, err);
    for (size_t g = 0; status == SN_OK && g < year->n_group; g++) {
        sn_store_group *group = &year->group[g];
        bool was_loaded = group->is_loaded;
        status = sn_store_group_load(year, group, err);
        sn_series_key key = {.quantity = group->quantity, .step_s = group->step_s};
        memcpy(key.source, group->source, sizeof key.source);
        for (size_t c = 0; status == SN_OK && c < group->n_column; c++) {
            memcpy(key.subject, group->column[c].subject, sizeof key.subject);
            sn_store_entry *entry = need_entry(store, &key);
            if (entry == NULL) {
                return sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
            }
            add_column(store, year, group, &group->column[c], entry);
        }
        if (!was_loaded) {
            sn_store_group_unload(group);
        }
    }
    if (!was_open && year->fd >= 0) {
        forget_values(year);
    }
    return status;
}

static int compare_entries(const void *a, const void *b)
{
    const sn_store_entry *left = a;
    const sn_store_entry *right = b;
    return sn_series_key_compare(&left->key, &right->key);
}

static void finish_entries(sn_store *store)
{
    size_t kept = 0;
    for (size_t e = 0; e < store->n_entry; e++) {
        sn_store_entry entry = store->entry[e];
        if (entry.n_value > 0) { /* 0: not known yet as of that moment */
            int64_t span_s = entry.end.utc_s - entry.first.utc_s;
            entry.n_gap = (size_t)(span_s / entry.key.step_s) - entry.n_value;
            store->entry[kept++] = entry;
        }
    }
    store->n_entry = kept;
    if (kept > 0) {
        qsort(store->entry, kept, sizeof *store->entry, compare_entries);
    }
}

sn_status sn_store_catalogue(sn_store *store,
                             const sn_store_entry **entries_out,
                             size_t *n_out,
                             sn_error *err)
{
    sn_status status = SN_OK;
    if (!store->has_entries) {
        drop_entries(store);
        for (size_t y = 0; status == SN_OK && y < store->n_year; y++) {
            status = add_year(store, &store->year[y], err);
        }
        if (status != SN_OK) {
            drop_entries(store);
            return status;
        }
        finish_entries(store);
        store->has_entries = true;
    }
    *entries_out = store->entry;
    *n_out = store->n_entry;
    return SN_OK;
}

void sn_store_forget_values(sn_store *store)
{
    for (size_t y = 0; y < store->n_year; y++) {
        if (store->year[y].fd >= 0) {
            forget_values(&store->year[y]);
        }
    }
}

static int compare_keys(const void *a, const void *b)
{
    return sn_series_key_compare(a, b);
}

static size_t count_columns(const sn_store_year *year)
{
    size_t n = 0;
    for (size_t g = 0; g < year->n_group; g++) {
        n += year->group[g].n_column;
    }
    return n;
}

static size_t take_keys(const sn_store_year *year, sn_series_key *out)
{
    size_t n = 0;
    for (size_t g = 0; g < year->n_group; g++) {
        const sn_store_group *group = &year->group[g];
        for (size_t c = 0; c < group->n_column; c++) {
            out[n] =
                (sn_series_key){.quantity = group->quantity, .step_s = group->step_s};
            memcpy(out[n].source, group->source, sizeof out[n].source);
            memcpy(out[n].subject, group->column[c].subject, sizeof out[n].subject);
            n++;
        }
    }
    return n;
}

sn_status sn_store_keys(sn_store *store,
                        sn_instant from,
                        sn_instant to,
                        sn_series_key **out,
                        size_t *n_out,
                        sn_error *err)
{
    sn_series_key *keys = NULL;
    size_t n = 0;
    sn_status status = SN_OK;
    for (size_t y = 0; y < store->n_year && status == SN_OK; y++) {
        sn_store_year *year = &store->year[y];
        if (!lies_in(year, from, to)) {
            continue;
        }
        status = need_list(year, err);
        sn_series_key *grown =
            status == SN_OK ? realloc(keys, (n + count_columns(year) + 1) * sizeof *keys)
                            : NULL;
        if (status == SN_OK && grown == NULL) {
            status = sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
        }
        if (status == SN_OK) {
            keys = grown;
            n += take_keys(year, keys + n);
        }
    }
    if (status != SN_OK) {
        free(keys);
        keys = NULL;
        n = 0;
    }
    if (n > 0) {
        qsort(keys, n, sizeof *keys, compare_keys);
    }
    size_t kept = n > 0 ? 1 : 0;
    for (size_t k = 1; k < n; k++) {
        if (sn_series_key_compare(&keys[kept - 1], &keys[k]) != 0) {
            keys[kept++] = keys[k];
        }
    }
    *out = keys;
    *n_out = kept;
    return status;
}
