/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt rebuild: a store made anew from the raw bytes of another. */
#include "base/options.h"
#include "base/os.h"
#include "fetch_reread.h"
#include "mapping.h"
#include "model_year.h"
#include "rebuild.h"
#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

enum { BATCH_BYTES_MAX = 256 << 20 };

static const char *const examples[] = {"snitt rebuild --store DIR -o NEW", NULL};

const sn_command sn_cmd_rebuild = {
    .name = "rebuild",
    .arguments = "",
    .summary = "make a store anew from the raw bytes that another kept",
    .needs = "store",
    .details =
        "Reads every raw/*.gz of --store again, offline, in the order in which they "
        "became known, and writes the store to the folder after -o, which must not "
        "exist. The result has the same bytes; where the old HEAD is still there the "
        "two are compared, and a difference is exit code 1.",
    .examples = examples,
    .run = run,
};

typedef struct rebuild_args {
    const char *store;
    const char *output;
    const char *mappings;
    double lock_wait_s;
} rebuild_args;

static sn_status read_import(const sn_mapping_set *set, sn_arrival *a, sn_error *err)
{
    sn_strbuf text;
    sn_mapped mapped;
    sn_strbuf_init(&text, SN_TABLE_BYTES_MAX);
    sn_status status = sn_table_unpack(a->origin, a->raw.data, a->raw.len, &text, err);
    if (status == SN_OK) {
        status = sn_mapping_read(set, a->origin, text.data, text.len, &mapped, err);
    }
    sn_strbuf_release(&text);
    if (status == SN_OK) { /* the arrival takes over the series */
        a->series = mapped.series;
        a->n_series = mapped.n_series;
        mapped.series = NULL;
        mapped.n_series = 0;
        sn_mapped_release(&mapped);
    }
    return status;
}

/* "snitt 0.1.0 model-year --seed 2 --year 2025" */
static sn_status read_model_year(sn_arrival *a, sn_error *err)
{
    sn_model_year_options options = {0};
    sn_model_year year = {0};
    int number = 0;
    if (sscanf(a->raw.data, "snitt %*20s model-year --seed %10" SCNu64 " --year %5d",
               &options.seed, &number) != 2) {
        return sn_error_set(err, SN_E_FORMAT, "raw/%s is no recipe of a model year",
                            a->sha256);
    }
    options.year = number;
    sn_status status = sn_model_year_make(&options, &year, err);
    if (status == SN_OK) {
        a->series = year.series;
        a->n_series = year.n_series;
    }
    return status;
}

/* Of a snitt that recorded what it doubted; now that follows anew. */
static bool is_old_doubt(const sn_arrival *a)
{
    return strcmp(a->reader, "doubts") == 0;
}

static void tell(const sn_arrival_list *list)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        n += is_old_doubt(&list->item[i]);
    }
    (void)fprintf(stderr, "%zu arrivals read again\n", list->n);
    if (n > 0) {
        (void)fprintf(stderr,
                      "%zu of them are doubts that an earlier snitt recorded: what is "
                      "doubted follows anew, the same flags in other bytes\n",
                      n);
    }
}

static sn_status read_again(const sn_mapping_set *set, sn_arrival *a, sn_error *err)
{
    sn_status status = SN_OK;
    if (strcmp(a->reader, "import") == 0) {
        status = read_import(set, a, err);
    } else if (strcmp(a->reader, "model-year") == 0) {
        status = read_model_year(a, err);
    } else if (is_old_doubt(a)) {
        return SN_OK;
    } else if (sn_fetch_is_reader(a->reader)) {
        status = sn_fetch_read_again(a->reader, a->raw.data, a->raw.len, &a->series,
                                     &a->n_series, err);
    } else {
        status =
            sn_error_set(err, SN_E_FORMAT,
                         "raw/%s (%.200s): there is no reader \"%.60s\" in this snitt",
                         a->sha256, a->origin, a->reader);
    }
    return status;
}

static void drop_contents(sn_arrival *a)
{
    for (size_t s = 0; s < a->n_series; s++) {
        sn_series_release(&a->series[s]);
    }
    free(a->series);
    a->series = NULL;
    a->n_series = 0;
    sn_strbuf_release(&a->raw);
    sn_strbuf_init(&a->raw, SN_TABLE_BYTES_MAX);
}

/* A killed writer may have left raw bytes that no state ever had; what the old store,
 * when given, does not know of keeps its raw bytes only. */
static sn_status
drop_unknown(sn_store *old, const sn_arrival_list *list, size_t at, sn_error *err)
{
    bool is_known = true;
    sn_arrival *a = &list->item[at];
    sn_status status =
        old == NULL ? SN_OK
                    : sn_store_has_arrival(old, a->sha256, a->learnt, &is_known, err);
    for (size_t s = 0; status == SN_OK && !is_known && s < a->n_series; s++) {
        sn_series_release(&a->series[s]);
    }
    a->n_series = is_known ? a->n_series : 0;
    return status;
}

/* In pieces that memory holds; the store does not depend on the pieces. */
static sn_status replay(const char *folder,
                        const sn_mapping_set *set,
                        sn_arrival_list *list,
                        sn_store *old,
                        sn_store *store,
                        sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t first = 0; status == SN_OK && first < list->n;) {
        size_t end = first;
        size_t n_byte = 0;
        while (status == SN_OK && end < list->n && n_byte < BATCH_BYTES_MAX) {
            sn_arrival *a = &list->item[end++];
            status = sn_arrival_load(folder, a, err);
            if (status == SN_OK) {
                status = read_again(set, a, err);
            }
            if (status == SN_OK) {
                status = drop_unknown(old, list, end - 1, err);
            }
            n_byte += a->raw.len;
            for (size_t s = 0; s < a->n_series; s++) {
                n_byte += a->series[s].axis.n * (sizeof(double) + 1);
            }
        }
        if (status == SN_OK) {
            status = sn_arrivals_write(store, list, first, end, err);
        }
        for (; first < end; first++) {
            drop_contents(&list->item[first]);
        }
    }
    return status;
}

/* One attempt at args->output; *state_out is what it came to. */
static sn_status attempt(const rebuild_args *args,
                         const char *folder,
                         const sn_mapping_set *set,
                         sn_store *old,
                         char state_out[65],
                         sn_error *err)
{
    sn_arrival_list list = {0};
    sn_store *store = NULL;
    const sn_store_options writable = {.writable = true,
                                       .lock_wait_s = args->lock_wait_s};
    sn_status status = sn_arrivals_read(folder, &list, err);
    if (status == SN_OK) {
        status = sn_store_open(args->output, &writable, &store, err);
    }
    if (status == SN_OK) {
        status = replay(folder, set, &list, old, store, err);
    }
    if (status == SN_OK) {
        tell(&list);
        (void)snprintf(state_out, 65, "%s", sn_store_state(store));
    }
    sn_store_close(store);
    sn_arrivals_release(&list);
    return status;
}

static sn_status compare(const char *before, const char *after, sn_error *err)
{
    if (before == NULL) {
        (void)fprintf(
            stderr, "state %.12s...; the old store has no HEAD to compare with\n", after);
        return SN_OK;
    }
    if (strcmp(before, after) != 0) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "the rebuilt store has the state %.12s..., the old one %.12s...: "
            "they differ",
            after, before);
    }
    (void)fprintf(stderr, "state %.12s..., as before\n", after);
    return SN_OK;
}

static sn_status rebuild(const rebuild_args *args, const char *folder, sn_error *err)
{
    char after[65] = "";
    sn_mapping_set set = {0};
    sn_store *old = NULL;
    const sn_store_options read_only = {0};
    if (sn_os_exists(args->output)) {
        return sn_error_set(err, SN_E_USAGE,
                            "\"%s\" exists; the rebuilt store needs a new folder",
                            args->output);
    }
    char shared[4096];
    sn_os_shared_folder("mappings", SN_MAPPINGS_DIR, shared, sizeof shared);
    sn_status status = sn_mapping_load_folder(
        args->mappings != NULL ? args->mappings : shared, &set, err);
    if (sn_store_open(folder, &read_only, &old, NULL) != SN_OK) {
        old = NULL; /* lost: nothing to compare with */
    }
    if (status == SN_OK) {
        status = attempt(args, folder, &set, NULL, after, err);
    }
    if (status == SN_OK && old != NULL && strcmp(sn_store_state(old), after) != 0) {
        (void)fprintf(stderr,
                      "again, without raw bytes that the old store does not know\n");
        status = sn_os_remove_tree(args->output, err);
        if (status == SN_OK) {
            status = attempt(args, folder, &set, old, after, err);
        }
    }
    if (status == SN_OK) {
        status = compare(old == NULL ? NULL : sn_store_state(old), after, err);
    }
    sn_store_close(old);
    sn_mapping_set_release(&set);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    const char *wait_text = NULL;
    rebuild_args args = {.mappings = getenv("SNITT_MAPPINGS"), .lock_wait_s = 10.0};
    const sn_option options[] = {
        SN_STORE_OPTION(&args.store),
        SN_REQUIRED("o", "NEW", "folder of the rebuilt store; must not exist",
                    &args.output),
        SN_VALUE("mappings", "DIR",
                 "folder of mappings instead of the ones that come with snitt",
                 &args.mappings),
        SN_VALUE("lock-wait", "SECONDS",
                 "how long to wait for another writer of NEW; default 10", &wait_text),
    };
    char path[4096];
    (void)exit_code;
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_rebuild, options, argc, argv, NULL, err);
    if (status == SN_OK) {
        status = sn_options_lock_wait(wait_text, &args.lock_wait_s, err);
    }
    if (status == SN_OK && args.store == NULL) {
        status = sn_store_default_path(path, sizeof path, err);
    }
    return status == SN_OK ? rebuild(&args, args.store != NULL ? args.store : path, err)
                           : status;
}
