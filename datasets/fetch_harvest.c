/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_harvest.h"

#include "base/os.h"
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, REASON_MAX = 65536 };

void sn_harvest_cut(sn_harvest *harvest, size_t n)
{
    while (harvest->n > n) {
        harvest->n--;
        sn_harvest_answer *last = &harvest->answer[harvest->n];
        harvest->n_byte -= last->asked != NULL ? last->asked->body.len : 0;
        free(last->url);
        sn_asked_free(last->asked);
        sn_series_array_free(last->series, last->n_series);
    }
}

void sn_harvest_release(sn_harvest *harvest)
{
    sn_harvest_cut(harvest, 0);
    free(harvest->answer);
    free(harvest->done);
    *harvest = (sn_harvest){0};
}

sn_status sn_harvest_add(sn_harvest *harvest,
                         const sn_fetch_request *request,
                         const char *url,
                         sn_asked *asked,
                         sn_error *err)
{
    size_t n_url = strlen(url) + 1;
    char *copy = malloc(n_url);
    if (harvest->n == harvest->cap) {
        size_t cap = harvest->cap == 0 ? 32 : harvest->cap * 2;
        sn_harvest_answer *grown = realloc(harvest->answer, cap * sizeof *grown);
        harvest->cap = grown != NULL ? cap : harvest->cap;
        harvest->answer = grown != NULL ? grown : harvest->answer;
    }
    if (copy == NULL || harvest->n == harvest->cap) {
        free(copy);
        sn_asked_free(asked);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for an answer");
    }
    memcpy(copy, url, n_url);
    harvest->answer[harvest->n] =
        (sn_harvest_answer){.request = *request, .url = copy, .asked = asked};
    harvest->n++;
    harvest->n_byte += asked->body.len;
    return SN_OK;
}

sn_status sn_harvest_add_done(sn_harvest *harvest,
                              const sn_fetch_request *request,
                              size_t n_value,
                              sn_error *err)
{
    if (harvest->n_done == harvest->cap_done) {
        size_t cap = harvest->cap_done == 0 ? 32 : harvest->cap_done * 2;
        sn_harvest_done *grown = realloc(harvest->done, cap * sizeof *grown);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for an answer");
        }
        harvest->done = grown;
        harvest->cap_done = cap;
    }
    harvest->done[harvest->n_done] = (sn_harvest_done){*request, n_value};
    harvest->n_done++;
    return SN_OK;
}

size_t sn_harvest_count(const sn_harvest *harvest, size_t first)
{
    size_t n = 0;
    for (size_t i = first; i < harvest->n; i++) {
        for (size_t k = 0; k < harvest->answer[i].n_series; k++) {
            const sn_series *series = &harvest->answer[i].series[k];
            for (size_t t = 0; t < series->axis.n; t++) {
                n += isnan(series->value[t]) ? 0 : 1;
            }
        }
    }
    return n;
}

/* A body-less "nothing there" has nothing to keep. */
static size_t list_batches(const sn_harvest *harvest,
                           const sn_fetch_source *source,
                           sn_instant now,
                           sn_store_batch *batches)
{
    size_t n = 0;
    for (size_t i = 0; i < harvest->n; i++) {
        sn_harvest_answer *from = &harvest->answer[i];
        if (from->asked->body.len == 0) {
            continue;
        }
        sn_fetch_reader_text(&from->request, from->asked->http_status, from->n_part,
                             from->reader);
        batches[n] = (sn_store_batch){.origin = {.name = from->url,
                                                 .raw = from->asked->body.data,
                                                 .raw_size = from->asked->body.len,
                                                 .learnt = now,
                                                 .licence = from->licence[0] != '\0'
                                                                ? from->licence
                                                                : source->licence,
                                                 .attribution = source->attribution,
                                                 .reader = from->reader},
                                      .series = from->series,
                                      .n_series = from->n_series};
        n++;
    }
    return n;
}

static sn_status write_store(sn_harvest *harvest,
                             const sn_fetch_source *source,
                             const char *store_path,
                             sn_instant now,
                             double lock_wait_s,
                             sn_store_change *change_out,
                             sn_error *err)
{
    sn_store *store = NULL;
    sn_store_options options = {.writable = true, .lock_wait_s = lock_wait_s};
    sn_store_batch *batches = calloc(harvest->n + 1, sizeof *batches);
    if (batches == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu answers",
                            harvest->n);
    }
    size_t n = list_batches(harvest, source, now, batches);
    sn_status status = SN_OK;
    sn_findings findings;
    sn_findings_init(&findings);
    if (n > 0) {
        status = sn_store_open(store_path, &options, &store, err);
    }
    if (status == SN_OK && n > 0) {
        status = sn_check_write(store, batches, n, &findings, change_out, err);
    }
    if (findings.n > 0) {
        (void)fprintf(stderr, "%s%zu findings, %zu values stored as suspect\n",
                      findings.text.data, findings.n, findings.n_value);
    }
    sn_findings_release(&findings);
    sn_store_close(store);
    free(batches);
    return status;
}

static sn_status
write_ledger(const sn_harvest *harvest, sn_ledger *ledger, sn_instant now, sn_error *err)
{
    sn_status status = sn_ledger_begin(ledger, err);
    for (size_t i = 0; i < harvest->n && status == SN_OK; i++) {
        const sn_harvest_answer *from = &harvest->answer[i];
        const sn_ledger_answer answer = {.request = &from->request,
                                         .url = from->url,
                                         .http_status = from->asked->http_status,
                                         .body = from->asked->body.data,
                                         .n_body = from->asked->body.len,
                                         .headers = from->asked->headers.data};
        status = sn_ledger_note_answer(ledger, &answer, now, err);
    }
    for (size_t i = 0; i < harvest->n_done && status == SN_OK; i++) {
        status = sn_ledger_note_done(ledger, &harvest->done[i].request,
                                     harvest->done[i].n_value, now, err);
    }
    return status == SN_OK ? sn_ledger_commit(ledger, err) : status;
}

sn_status sn_harvest_write(sn_harvest *harvest,
                           const sn_fetch_source *source,
                           const char *store_path,
                           sn_ledger *ledger,
                           sn_instant now,
                           double lock_wait_s,
                           sn_store_change *change_out,
                           sn_error *err)
{
    *change_out = (sn_store_change){0};
    if (harvest->n == 0 && harvest->n_done == 0) {
        return SN_OK;
    }
    sn_status status =
        write_store(harvest, source, store_path, now, lock_wait_s, change_out, err);
    if (status == SN_OK) {
        status = write_ledger(harvest, ledger, now, err);
    }
    sn_harvest_release(harvest);
    return status;
}

sn_status sn_harvest_refuse(const char *store_path,
                            const char *url,
                            const sn_asked *asked,
                            const char *reason,
                            sn_error *err)
{
    char sha256[65];
    char path[PATH_SIZE];
    sn_strbuf text;
    sn_store_hash(asked->body.data, asked->body.len, sha256);
    (void)snprintf(path, sizeof path, "%.3900s/fetch/refused", store_path);
    sn_strbuf_init(&text, REASON_MAX);
    sn_status status = sn_os_make_folders(path, err);
    if (status == SN_OK) {
        (void)snprintf(path, sizeof path, "%.3900s/fetch/refused/%s.raw", store_path,
                       sha256);
        status = sn_os_write_file(path, asked->body.data, asked->body.len, err);
    }
    if (status == SN_OK) {
        status = sn_strbuf_printf(&text, err, "%s\nHTTP %ld\n%s\n\n%s", url,
                                  asked->http_status, reason, asked->headers.data);
    }
    if (status == SN_OK) {
        (void)snprintf(path, sizeof path, "%.3900s/fetch/refused/%s.txt", store_path,
                       sha256);
        status = sn_os_write_file(path, text.data, text.len, err);
    }
    sn_strbuf_release(&text);
    return status;
}
