/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rebuild.h"

#include "base/os.h"
#include "check.h"
#include "table.h"

#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4400, JSON_BYTES_MAX = 1 << 26 };

static void arrival_release(sn_arrival *a)
{
    for (size_t s = 0; s < a->n_series; s++) {
        sn_series_release(&a->series[s]);
    }
    free(a->series);
    free(a->origin);
    free(a->licence);
    free(a->attribution);
    free(a->reader);
    sn_strbuf_release(&a->raw);
}

void sn_arrivals_release(sn_arrival_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        arrival_release(&list->item[i]);
    }
    free(list->item);
    *list = (sn_arrival_list){0};
}

static char *copy_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    size_t n = text == NULL ? 0 : strlen(text) + 1;
    char *copy = n == 0 ? NULL : malloc(n);
    return copy == NULL ? NULL : memcpy(copy, text, n);
}

static bool read_object(const json_t *root, sn_arrival *a)
{
    const char *learnt = json_string_value(json_object_get(root, "learnt"));
    const char *sha256 = json_string_value(json_object_get(root, "sha256"));
    json_int_t sequence = json_integer_value(json_object_get(root, "sequence"));
    a->origin = copy_text(root, "origin");
    a->licence = copy_text(root, "licence");
    a->attribution = copy_text(root, "attribution");
    a->reader = copy_text(root, "reader");
    if (learnt == NULL || sn_instant_parse(learnt, &a->learnt, NULL) != SN_OK ||
        sha256 == NULL || strlen(sha256) + 1 != sizeof a->sha256 ||
        strspn(sha256, "0123456789abcdef") + 1 != sizeof a->sha256 || sequence < 0 ||
        sequence > UINT32_MAX || a->origin == NULL || a->licence == NULL ||
        a->attribution == NULL || a->reader == NULL) {
        return false;
    }
    memcpy(a->sha256, sha256, sizeof a->sha256);
    a->sequence = (uint32_t)sequence;
    return true;
}

static sn_status read_arrival(const char *path, sn_arrival *out, sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, JSON_BYTES_MAX);
    *out = (sn_arrival){0};
    sn_strbuf_init(&out->raw, SN_TABLE_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &text, err);
    if (status == SN_OK) {
        json_t *root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
        if (root == NULL || !read_object(root, out)) {
            status =
                sn_error_set(err, SN_E_FORMAT,
                             "\"%s\" does not tell how its bytes arrived (a store of "
                             "an earlier snitt, or damaged)",
                             path);
        }
        json_decref(root);
    }
    sn_strbuf_release(&text);
    if (status != SN_OK) {
        arrival_release(out);
    }
    return status;
}

/* As they became known; pages of one request follow each other. */
static int compare_arrivals(const void *a, const void *b)
{
    const sn_arrival *left = a;
    const sn_arrival *right = b;
    int order = (left->learnt.utc_s > right->learnt.utc_s) -
                (left->learnt.utc_s < right->learnt.utc_s);
    if (order == 0) {
        order = (left->sequence > right->sequence) - (left->sequence < right->sequence);
    }
    if (order == 0) {
        order = strcmp(left->reader, right->reader);
    }
    return order != 0 ? order : strcmp(left->sha256, right->sha256);
}

static sn_status add_file(const char *path, sn_arrival_list *list, sn_error *err)
{
    sn_arrival *grown = realloc(list->item, (list->n + 1) * sizeof *grown);
    if (grown == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory reading \"%s\"", path);
    }
    list->item = grown;
    sn_status status = read_arrival(path, &list->item[list->n], err);
    list->n += status == SN_OK;
    return status;
}

sn_status sn_arrivals_read(const char *folder, sn_arrival_list *out, sn_error *err)
{
    char path[PATH_SIZE];
    *out = (sn_arrival_list){0};
    (void)snprintf(path, sizeof path, "%s/raw", folder);
    DIR *raw = opendir(path);
    const struct dirent *file = NULL;
    sn_status status = raw == NULL ? sn_error_set(err, SN_E_NOT_FOUND,
                                                  "there is no store in \"%s\": \"%s\" "
                                                  "cannot be read",
                                                  folder, path)
                                   : SN_OK;
    while (status == SN_OK && (file = readdir(raw)) != NULL) {
        size_t n = strlen(file->d_name);
        if (n > 5 && strcmp(file->d_name + n - 5, ".json") == 0) {
            (void)snprintf(path, sizeof path, "%.4096s/raw/%s", folder, file->d_name);
            status = add_file(path, out, err);
        }
    }
    if (raw != NULL) {
        (void)closedir(raw);
    }
    if (status != SN_OK) {
        sn_arrivals_release(out);
    } else if (out->n > 0) {
        qsort(out->item, out->n, sizeof *out->item, compare_arrivals);
    }
    return status;
}

sn_status sn_arrival_load(const char *folder, sn_arrival *arrival, sn_error *err)
{
    char path[PATH_SIZE];
    char sha256[65];
    sn_strbuf packed;
    (void)snprintf(path, sizeof path, "%.4096s/raw/%s.gz", folder, arrival->sha256);
    sn_strbuf_init(&packed, SN_TABLE_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &packed, err);
    if (status == SN_OK) {
        status = sn_table_unpack(path, packed.data, packed.len, &arrival->raw, err);
    }
    sn_strbuf_release(&packed);
    if (status == SN_OK) {
        sn_store_hash(arrival->raw.data, arrival->raw.len, sha256);
        if (strcmp(sha256, arrival->sha256) != 0) {
            status = sn_error_set(err, SN_E_FORMAT,
                                  "\"%s\" is damaged: its bytes hash to %.12s...", path,
                                  sha256);
        }
    }
    return status;
}

sn_status sn_arrivals_write(sn_store *store,
                            const sn_arrival_list *list,
                            size_t first,
                            size_t end,
                            sn_error *err)
{
    sn_store_batch *batches = calloc(end - first + 1, sizeof *batches);
    if (batches == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu arrivals",
                            end - first);
    }
    for (size_t i = first; i < end; i++) {
        const sn_arrival *a = &list->item[i];
        batches[i - first] = (sn_store_batch){
            .origin = {.name = a->origin,
                       .raw = a->raw.data,
                       .raw_size = a->raw.len,
                       .learnt = a->learnt,
                       .licence = a->licence,
                       .attribution = a->attribution,
                       .reader = a->reader[0] == '\0' ? NULL : a->reader},
            .series = a->series,
            .n_series = a->n_series};
    }
    sn_store_change change;
    sn_findings findings;
    sn_findings_init(&findings);
    sn_status status =
        sn_check_write(store, batches, end - first, &findings, &change, err);
    sn_findings_release(&findings);
    free(batches);
    return status;
}
