/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt import: files the user has into the store. */
#include "base/options.h"
#include "base/os.h"
#include "check.h"
#include "mapping.h"
#include "store.h"
#include "table.h"
#include "yaml_tree.h"

#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {"snitt import prices/*.csv.gz --store DIR", NULL};

const sn_command sn_cmd_import = {
    .name = "import",
    .arguments = "FILE...",
    .summary = "read tables that you have into the store",
    .needs = "files",
    .details =
        "Tables are recognised by their content; .gz and .xz are read directly.  How "
        "each is read is declared in datasets/mappings, so a new export needs no "
        "program. All files are stored together or none.",
    .examples = examples,
    .run = run,
};

typedef struct import_file {
    sn_strbuf raw;
    sn_mapped mapped;
} import_file;

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* When it is stored: one line a file, and one for each thing that is wrong with it. */
static void tell(const char *path, const sn_mapped *m)
{
    const char *name = base_name(path);
    const char *why = sn_mapping_no_series(m->mapping);
    if (m->n_series == 0) {
        (void)fprintf(stderr, "%s: %s, nothing to store: %s\n", name,
                      sn_mapping_name(m->mapping),
                      why != NULL         ? why
                      : m->n_left_out > 0 ? "no value in a known unit"
                                          : "the table has no rows of data");
        return;
    }
    (void)fprintf(stderr,
                  "%s: %s, %zu series, %zu rows, %zu stated as missing, %zu left out by "
                  "the clock\n",
                  name, sn_mapping_name(m->mapping), m->n_series, m->n_row, m->n_gap,
                  m->n_dropped);
    if (m->clock_days.len > 0) {
        (void)fprintf(stderr,
                      "%s: wrong on days when the clock changes, the hour left out: %s\n",
                      name, m->clock_days.data);
    }
    if (m->n_zero_missing > 0) {
        (void)fprintf(stderr, "%s: %zu zeros stand for missing: gaps\n", name,
                      m->n_zero_missing);
    }
    if (m->n_zero_suspect > 0) {
        (void)fprintf(stderr, "%s: %zu zeros in whole days of zeros: stored as suspect\n",
                      name, m->n_zero_suspect);
    }
    if (m->n_left_out > 0) {
        (void)fprintf(stderr, "%s: %zu values in another unit are left out\n", name,
                      m->n_left_out);
    }
    if (m->unread.len > 0) {
        (void)fprintf(stderr, "%s: columns that no entry reads: %s\n", name,
                      m->unread.data);
    }
}

static sn_status
read_one(const sn_mapping_set *set, const char *path, import_file *file, sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, SN_TABLE_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &file->raw, err);
    if (status == SN_OK) {
        status = sn_table_unpack(path, file->raw.data, file->raw.len, &text, err);
    }
    if (status == SN_OK) {
        status = sn_mapping_read(set, path, text.data, text.len, &file->mapped, err);
    }
    sn_strbuf_release(&text);
    return status;
}

static void tell_findings(const sn_findings *findings)
{
    if (findings->n > 0) {
        (void)fprintf(stderr, "%s%zu findings, %zu values stored as suspect\n",
                      findings->text.data, findings->n, findings->n_value);
    }
}

static sn_status write_all(const char *store_path,
                           const sn_option_list *paths,
                           const import_file *files,
                           sn_instant now,
                           double lock_wait_s,
                           sn_error *err)
{
    sn_store *store = NULL;
    sn_store_change change = {0};
    sn_store_batch *batches = calloc(paths->n, sizeof *batches);
    if (batches == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    size_t n = 0;
    for (size_t i = 0; i < paths->n; i++) {
        const sn_mapping *m = files[i].mapped.mapping;
        if (files[i].mapped.n_series == 0) {
            continue;
        }
        batches[n++] =
            (sn_store_batch){.origin = {.name = base_name(paths->item[i]),
                                        .raw = files[i].raw.data,
                                        .raw_size = files[i].raw.len,
                                        .learnt = now,
                                        .licence = sn_mapping_licence(m),
                                        .attribution = sn_mapping_attribution(m),
                                        .reader = "import"},
                             .series = files[i].mapped.series,
                             .n_series = files[i].mapped.n_series};
    }
    sn_store_options options = {.writable = true, .lock_wait_s = lock_wait_s};
    sn_status status = n > 0 ? sn_store_open(store_path, &options, &store, err) : SN_OK;
    sn_findings findings;
    sn_findings_init(&findings);
    if (status == SN_OK && n > 0) { /* findings are words: they do not stop an import */
        status = sn_check_write(store, batches, n, &findings, &change, err);
    }
    for (size_t i = 0; status == SN_OK && i < paths->n; i++) {
        tell(paths->item[i], &files[i].mapped);
    }
    if (status == SN_OK && n > 0) {
        tell_findings(&findings);
        (void)fprintf(stderr, "%s: %zu new values, %zu known, %zu revised\n", store_path,
                      change.n_new, change.n_same, change.n_revised);
    }
    sn_findings_release(&findings);
    sn_store_close(store);
    free(batches);
    return status;
}

static sn_status import_files(const char *mappings,
                              const char *store_path,
                              const sn_option_list *paths,
                              sn_instant now,
                              double lock_wait_s,
                              sn_error *err)
{
    sn_mapping_set set = {0};
    import_file *files = calloc(paths->n, sizeof *files);
    if (files == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < paths->n; i++) {
        sn_strbuf_init(&files[i].raw, SN_TABLE_BYTES_MAX);
    }
    sn_status status = sn_mapping_load_folder(mappings, &set, err);
    for (size_t i = 0; i < paths->n && status == SN_OK; i++) {
        status = read_one(&set, paths->item[i], &files[i], err);
    }
    if (status == SN_OK) {
        status = write_all(store_path, paths, files, now, lock_wait_s, err);
    }
    for (size_t i = 0; i < paths->n; i++) {
        sn_strbuf_release(&files[i].raw);
        sn_mapped_release(&files[i].mapped);
    }
    free(files);
    sn_mapping_set_release(&set);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    const char *store_path = NULL;
    const char *now_text = NULL;
    const char *wait_text = NULL;
    double lock_wait_s = 10.0;
    const char *mappings = getenv("SNITT_MAPPINGS");
    const sn_option options[] = {
        SN_STORE_OPTION(&store_path),
        SN_VALUE("mappings", "DIR",
                 "folder of mappings instead of the ones that come with snitt",
                 &mappings),
        SN_VALUE("now", "UTC", "the time the values count as learnt at; default: now",
                 &now_text),
        SN_VALUE("lock-wait", "SECONDS",
                 "how long to wait for another writer; default 10", &wait_text),
    };
    sn_option_list paths = {0};
    char default_path[4096];
    char shared[4096];
    sn_instant now = {sn_os_now_utc_s()};
    (void)exit_code;
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_import, options, argc, argv, &paths, err);
    if (status == SN_OK) {
        status = sn_options_moment("now", now_text, &now, err);
    }
    if (status == SN_OK) {
        status = sn_options_lock_wait(wait_text, &lock_wait_s, err);
    }
    if (status == SN_OK && store_path == NULL) {
        status = sn_store_default_path(default_path, sizeof default_path, err);
        store_path = default_path;
    }
    if (status != SN_OK) {
        return status;
    }
    sn_os_shared_folder("mappings", SN_MAPPINGS_DIR, shared, sizeof shared);
    return import_files(mappings != NULL ? mappings : shared, store_path, &paths, now,
                        lock_wait_s, err);
}
