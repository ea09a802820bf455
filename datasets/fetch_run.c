/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each source goes through its requests one by one; the sources take turns as their
 * answers come.  A request of the plan is a stack of windows: it starts with one, a page
 * keeps it, and "too much" puts its two halves in its place. */
#include "fetch_run.h"

#include "base/os.h"
#include "fetch_harvest.h"
#include "fetch_key.h"
#include "fetch_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOWS_MAX = 24, FAILURES_IN_A_ROW_MAX = 5, URL_MAX = 16384 };
#define WRITE_EVERY_S 10.0
#define NEAR_BACKOFF_S 0.02 /* a server on loopback needs no sparing */
#define WRITE_BYTES ((size_t)64 * 1024 * 1024)
#define WINDOW_MIN_S (2 * (int64_t)SN_HOUR_S)

typedef struct run run;

typedef struct source_run {
    run *all;
    const sn_fetch_source *source;
    sn_fetch_outcome *outcome;
    char key[SN_KEY_SIZE];
    sn_fetch_request *request; /* [n] to be asked */
    size_t n;
    size_t at;                     /* request[at] is being asked */
    sn_window window[WINDOWS_MAX]; /* stack of what is left of it */
    size_t n_window;
    size_t offset;        /* page of the topmost window */
    size_t total;         /* rows the pages before stated */
    uint64_t fingerprint; /* of the page before */
    sn_point_set rest;    /* points of the pages before, where pages join */
    sn_strbuf part;       /* and their bytes */
    size_t first_answer;  /* of this request in the harvest */
    size_t first_of_window;
    size_t n_in_a_row; /* failures */
    sn_harvest harvest;
    double written_s;
    sn_strbuf url;
} source_run;

struct run {
    const sn_fetch_job *job;
    sn_fetcher *fetcher;
    sn_ledger *ledger;
    sn_pace *pace;
    source_run *source[SN_FETCH_SOURCES_MAX]; /* owned */
    size_t n;
    sn_fetch_outcome *outcomes;
    double started_s;
    size_t n_answer;
};

/* ---- asking ---- */

static sn_fetch_request current(const source_run *sr)
{
    sn_fetch_request request = sr->request[sr->at];
    request.window = sr->window[sr->n_window - 1];
    request.offset = sr->offset;
    return request;
}

static void show(const source_run *sr, const char *url)
{
    const run *all = sr->all;
    if (all->job->show == NULL) {
        return;
    }
    sn_fetch_progress now = {.source = sr->source,
                             .url = url,
                             .n_done = sr->at < sr->n ? sr->at : sr->n,
                             .n_request = sr->n};
    double passed_s = sn_os_monotonic_s() - all->started_s;
    now.per_s = passed_s > 0.0 ? (double)all->n_answer / passed_s : 0.0;
    for (size_t i = 0; i < all->n; i++) {
        const source_run *each = all->source[i];
        size_t n_left = each->n - (each->at < each->n ? each->at : each->n);
        /* No faster than the source allows; a server on loopback allows all. */
        double own_s =
            sn_fetch_is_loopback(all->job->base_url(all->job->context, each->source))
                ? 0.0
                : each->source->limit[0].pace_s;
        if (each->at > 0 && passed_s / (double)each->at > own_s) {
            own_s = passed_s / (double)each->at;
        }
        now.left_s =
            (double)n_left * own_s > now.left_s ? (double)n_left * own_s : now.left_s;
        now.all_done += each->n - n_left;
        now.all_request += each->n;
    }
    all->job->show(all->job->context, &now);
}

static void reset_window(source_run *sr)
{
    sr->offset = 0;
    sr->total = 0;
    sr->fingerprint = 0;
    sn_points_release(&sr->rest);
    sn_strbuf_clear(&sr->part);
    sr->first_of_window = sr->harvest.n;
}

static void open_request(source_run *sr)
{
    if (sr->at < sr->n) {
        sr->window[0] = sr->request[sr->at].window;
        sr->n_window = 1;
        sr->first_answer = sr->harvest.n;
        reset_window(sr);
    }
}

static sn_ask ask_of(source_run *sr, char bucket[64])
{
    const sn_fetch_source *source = sr->source;
    const sn_fetch_item *item = sr->request[sr->at].item;
    (void)snprintf(bucket, 64, "%s%s%s", source->name, source->limit_per_item ? "/" : "",
                   source->limit_per_item ? item->name : "");
    bool is_near = sn_fetch_is_loopback(sr->url.data);
    return (sn_ask){.url = sr->url.data,
                    .bucket = is_near ? NULL : bucket,
                    .limit = source->limit,
                    .ban_s = is_near ? 0.0 : source->ban_s,
                    .backoff_s = is_near ? NEAR_BACKOFF_S : 0.0,
                    .key_header = sr->key[0] != '\0' ? source->key_header : NULL,
                    .key = sr->key[0] != '\0' ? sr->key : NULL,
                    .accept = source->accept,
                    .size_max = source->size_max,
                    .is_absent_fine = source->is_absent_fine,
                    .reads_refusals = source->reads_refusals,
                    .too_much_status = source->too_much_status,
                    .tag = sr};
}

static sn_status ask_next(source_run *sr, sn_error *err)
{
    if (sr->at >= sr->n) {
        return SN_OK;
    }
    char bucket[64];
    sn_fetch_request request = current(sr);
    sn_status status =
        sn_fetch_url(&request, sr->all->job->base_url(sr->all->job->context, sr->source),
                     &sr->url, err);
    if (status != SN_OK) {
        return status;
    }
    sn_ask ask = ask_of(sr, bucket);
    show(sr, sr->url.data);
    return sn_fetcher_submit(sr->all->fetcher, &ask, err);
}

/* ---- what an answer means ---- */

static void fail_request(source_run *sr, const sn_error *why)
{
    sn_fetch_outcome *outcome = sr->outcome;
    const sn_fetch_job *job = sr->all->job;
    if (outcome->n_failed == 0) {
        outcome->first = *why;
    }
    if (job->note_failure != NULL) {
        job->note_failure(job->context, sr->source, why->message);
    }
    outcome->n_failed++;
    sr->n_in_a_row++;
    sn_harvest_cut(&sr->harvest, sr->first_answer);
    sr->at++;
    if (sr->n_in_a_row >= FAILURES_IN_A_ROW_MAX && sr->at < sr->n) {
        outcome->is_given_up = true;
        outcome->n_failed += sr->n - sr->at;
        sr->at = sr->n;
    }
    open_request(sr);
}

static sn_status close_request(source_run *sr, sn_error *err)
{
    size_t n_value = sn_harvest_count(&sr->harvest, sr->first_answer);
    const sn_fetch_request *request = &sr->request[sr->at];
    sn_status status = sn_harvest_add_done(&sr->harvest, request, n_value, err);
    sr->outcome->n_done++;
    sr->outcome->n_empty += n_value == 0 && !request->item->is_table;
    sr->n_in_a_row = 0;
    sr->at++;
    open_request(sr);
    return status;
}

static sn_status close_window(source_run *sr, sn_error *err)
{
    sr->n_window--;
    if (sr->n_window == 0) {
        return close_request(sr, err);
    }
    reset_window(sr);
    return SN_OK;
}

/* Two halves in place of the window; the answers of its pages so far are dropped. */
static sn_status halve_window(source_run *sr, sn_error *err)
{
    sn_window *top = &sr->window[sr->n_window - 1];
    int64_t half_s = (top->to.utc_s - top->from.utc_s) / 2;
    sn_instant middle = sn_cet_day_start((sn_instant){top->from.utc_s + half_s});
    if (middle.utc_s <= top->from.utc_s || middle.utc_s >= top->to.utc_s) {
        middle.utc_s = top->from.utc_s + half_s - half_s % SN_HOUR_S;
    }
    if (half_s * 2 < WINDOW_MIN_S || sr->n_window == WINDOWS_MAX) {
        char text[SN_INSTANT_TEXT_SIZE];
        return sn_error_set(err, SN_E_FORMAT,
                            "%s refuses even %lld s from %s as too much at once",
                            sr->source->name, (long long)(half_s * 2),
                            sn_instant_format(top->from, text));
    }
    sn_window later = {middle, top->to};
    sn_window earlier = {top->from, middle};
    *top = later;
    sr->window[sr->n_window] = earlier;
    sr->n_window++;
    sn_harvest_cut(&sr->harvest, sr->first_of_window);
    reset_window(sr);
    return SN_OK;
}

/* Equal points give equal numbers: a page that repeats the one before. */
static uint64_t fingerprint_of(const sn_point_set *set)
{
    uint64_t hash = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < set->n; i++) {
        unsigned char bytes[sizeof(int64_t) + sizeof(double)];
        memcpy(bytes, &set->point[i].at_utc_s, sizeof(int64_t));
        memcpy(bytes + sizeof(int64_t), &set->point[i].value, sizeof(double));
        for (size_t k = 0; k < sizeof bytes; k++) {
            hash = (hash ^ bytes[k]) * UINT64_C(1099511628211);
        }
    }
    return hash;
}

/* Page 0 of two that make their series together: its points and bytes wait for the other,
 * which then holds both. */
static sn_status keep_part(source_run *sr, sn_answer *answer, sn_error *err)
{
    const sn_harvest_answer *last = &sr->harvest.answer[sr->harvest.n - 1];
    sn_status status =
        sn_strbuf_append(&sr->part, last->asked->body.data, last->asked->body.len, err);
    sr->rest = answer->points;
    answer->points = (sn_point_set){0};
    sn_harvest_cut(&sr->harvest, sr->harvest.n - 1);
    return status;
}

static sn_status join_part(source_run *sr, sn_harvest_answer *last, sn_error *err)
{
    sn_strbuf both;
    sn_strbuf_init(&both, sr->part.max + last->asked->body.max);
    sn_status status = sn_strbuf_append(&both, sr->part.data, sr->part.len, err);
    if (status == SN_OK) {
        status =
            sn_strbuf_append(&both, last->asked->body.data, last->asked->body.len, err);
    }
    if (status != SN_OK) {
        sn_strbuf_release(&both);
        return status;
    }
    sn_strbuf_release(&last->asked->body);
    last->asked->body = both;
    last->n_part = sr->part.len;
    sn_strbuf_clear(&sr->part);
    return SN_OK;
}

/* Points of a page to the series of its answer. */
static sn_status build_series(source_run *sr, sn_answer *answer, sn_error *err)
{
    sn_harvest_answer *last = &sr->harvest.answer[sr->harvest.n - 1];
    sn_status status = sr->part.len > 0 ? join_part(sr, last, err) : SN_OK;
    memcpy(last->licence, answer->licence, sizeof last->licence);
    return status == SN_OK
               ? sn_answer_series(sr->source, answer, &last->series, &last->n_series, err)
               : status;
}

static sn_status take_page(source_run *sr, sn_answer *answer, sn_error *err)
{
    if (sr->offset > 0 && answer->total != sr->total) {
        return sn_error_set(err, SN_E_FORMAT,
                            "the number of rows changed from %zu to %zu while the pages "
                            "were read; run the same command again",
                            sr->total, answer->total);
    }
    uint64_t fingerprint = fingerprint_of(&answer->points);
    if (sr->offset > 0 && answer->points.n > 0 && fingerprint == sr->fingerprint &&
        !sr->request[sr->at].item->joins_pages) {
        return halve_window(sr, err); /* the server takes no notice of the offset */
    }
    bool is_part =
        answer->kind == SN_ANSWER_MORE && sr->request[sr->at].item->joins_pages;
    sn_status status =
        is_part ? keep_part(sr, answer, err) : build_series(sr, answer, err);
    if (status != SN_OK) {
        return status;
    }
    sr->fingerprint = fingerprint;
    sr->total = answer->total;
    if (answer->kind == SN_ANSWER_MORE) {
        sr->offset = answer->next_offset;
        return SN_OK;
    }
    return close_window(sr, err);
}

/* The answer is in the harvest; read it. */
static sn_status read_answer(source_run *sr, const sn_asked *asked, sn_error *err)
{
    sn_fetch_request request = current(sr);
    /* Where pages join, the one before goes on here. */
    sn_answer answer = {.points = sr->rest};
    sr->rest = (sn_point_set){0};
    answer.points.n_row = 0;
    answer.points.n_outside = 0;
    sn_status status = SN_OK;
    bool is_absent = asked->http_status == 204 || asked->http_status == 404;
    if (sr->source->too_much_status != 0 &&
        asked->http_status == sr->source->too_much_status) {
        answer.kind = SN_ANSWER_TOO_MUCH;
    } else if (is_absent) {
        answer.kind = SN_ANSWER_NONE;
    } else {
        status = sn_answer_parse(&request, asked->http_status, asked->body.data,
                                 asked->body.len, &answer, err);
    }
    sr->outcome->n_outside += answer.points.n_outside;
    if (status == SN_OK) {
        status = answer.kind == SN_ANSWER_TOO_MUCH ? halve_window(sr, err)
                                                   : take_page(sr, &answer, err);
    }
    sn_points_release(&answer.points);
    return status;
}

/* Takes over asked.  Only what leaves the store or the memory wanting is an error here.
 */
static sn_status deliver(source_run *sr, sn_asked *asked, sn_error *err)
{
    sn_error why = {0};
    sn_fetch_request request = current(sr);
    sr->all->n_answer++;
    sr->outcome->n_asked++;
    if (asked->status != SN_OK) {
        fail_request(sr, &asked->err);
        sn_asked_free(asked);
        return SN_OK;
    }
    sn_status status = sn_harvest_add(&sr->harvest, &request, sr->url.data, asked, err);
    if (status != SN_OK) {
        return status;
    }
    sn_status read = read_answer(sr, asked, &why);
    if (read != SN_OK && read != SN_E_MEMORY) {
        status = sn_harvest_refuse(sr->all->job->store_path, sr->url.data, asked,
                                   why.message, err);
        fail_request(sr, &why);
    } else if (read == SN_E_MEMORY) {
        *err = why;
        status = read;
    }
    return status;
}

/* ---- writing ---- */

/* Answers of a request that is not whole yet wait; write_out() is called between
 * requests only. */
static sn_status write_out(source_run *sr, sn_error *err)
{
    sn_store_change change = {0};
    sn_status status = sn_harvest_write(
        &sr->harvest, sr->source, sr->all->job->store_path, sr->all->ledger,
        sr->all->job->wish.now, sr->all->job->lock_wait_s, &change, err);
    sr->outcome->n_new += change.n_new;
    sr->outcome->n_same += change.n_same;
    sr->outcome->n_revised += change.n_revised;
    sr->written_s = sn_os_monotonic_s();
    open_request(sr);
    return status;
}

static bool is_between_requests(const source_run *sr)
{
    return sr->at >= sr->n ||
           (sr->n_window == 1 && sr->offset == 0 && sr->harvest.n == sr->first_answer &&
            sr->window[0].from.utc_s == sr->request[sr->at].window.from.utc_s &&
            sr->window[0].to.utc_s == sr->request[sr->at].window.to.utc_s);
}

static bool is_time_to_write(const source_run *sr)
{
    return is_between_requests(sr) &&
           (sr->at >= sr->n || sr->harvest.n_byte > WRITE_BYTES ||
            sn_os_monotonic_s() - sr->written_s > WRITE_EVERY_S);
}

/* ---- a source from plan to end ---- */

static sn_status
keep_needed(run *all, sn_fetch_request *requests, size_t n, size_t *n_kept, sn_error *err)
{
    sn_status status = SN_OK;
    *n_kept = 0;
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        bool is_needed = true;
        if (!all->job->is_refresh) {
            status = sn_ledger_is_needed(all->ledger, &requests[i], all->job->wish.now,
                                         &is_needed, err);
        }
        if (is_needed) {
            requests[*n_kept] = requests[i];
            (*n_kept)++;
        }
    }
    return status;
}

static void source_run_free(source_run *sr)
{
    if (sr != NULL) {
        sn_harvest_release(&sr->harvest);
        sn_points_release(&sr->rest);
        sn_strbuf_release(&sr->part);
        sn_strbuf_release(&sr->url);
        memset(sr->key, 0, sizeof sr->key);
        free(sr->request);
        free(sr);
    }
}

/* A source that cannot start (no key) is an outcome, not an error. */
static sn_status
add_source(run *all, const sn_fetch_source *source, bool is_fallback, sn_error *err)
{
    source_run *sr = calloc(1, sizeof *sr);
    if (sr == NULL || all->n == SN_FETCH_SOURCES_MAX) {
        free(sr);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %s", source->name);
    }
    sn_strbuf_init(&sr->url, URL_MAX);
    sn_strbuf_init(&sr->part, source->size_max);
    sr->all = all;
    sr->source = source;
    sr->outcome = &all->outcomes[all->n];
    *sr->outcome = (sn_fetch_outcome){.source = source, .is_fallback = is_fallback};
    all->source[all->n] = sr;
    all->n++;
    sn_error why = {0};
    sn_fetch_wish wish = all->job->wish;
    wish.n_item = is_fallback ? 0 : wish.n_item;
    sn_status status = sn_fetch_plan(source, &wish, &sr->request, &sr->n, err);
    if (status != SN_OK) {
        return status;
    }
    sr->outcome->n_request = sr->n;
    status = keep_needed(all, sr->request, sr->n, &sr->n, err);
    sr->outcome->n_known = sr->outcome->n_request - sr->n;
    if (status == SN_OK && sr->n > 0 &&
        sn_fetch_key_find(source, sr->key, &why) != SN_OK) {
        sr->outcome->first = why;
        sr->outcome->n_failed = sr->n;
        sr->outcome->is_given_up = true;
        sr->n = 0;
        if (all->job->note_failure != NULL) {
            all->job->note_failure(all->job->context, source, why.message);
        }
    }
    sr->written_s = sn_os_monotonic_s();
    open_request(sr);
    return status == SN_OK ? ask_next(sr, err) : status;
}

static sn_status start_fallback(run *all, const source_run *sr, sn_error *err)
{
    const sn_fetch_source *other =
        sr->source->fallback != NULL ? sn_fetch_source_find(sr->source->fallback) : NULL;
    if (other == NULL || sr->outcome->n_failed == 0) {
        return SN_OK;
    }
    for (size_t i = 0; i < all->n; i++) {
        if (all->source[i]->source == other) {
            return SN_OK;
        }
    }
    return add_source(all, other, true, err);
}

static sn_status go_on(source_run *sr, sn_error *err)
{
    sn_status status = SN_OK;
    if (is_time_to_write(sr)) {
        status = write_out(sr, err);
    }
    if (status == SN_OK && sr->at >= sr->n) {
        show(sr, NULL);
        return start_fallback(sr->all, sr, err);
    }
    return status == SN_OK ? ask_next(sr, err) : status;
}

static sn_status ask_all(run *all, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < all->job->n_source && status == SN_OK; i++) {
        status = add_source(all, all->job->source[i], false, err);
    }
    while (status == SN_OK) {
        sn_asked *asked = NULL;
        status = sn_fetcher_wait(all->fetcher, &asked, err);
        if (status != SN_OK || asked == NULL) {
            break;
        }
        source_run *sr = asked->tag;
        status = deliver(sr, asked, err);
        if (status == SN_OK) {
            status = go_on(sr, err);
        }
    }
    return status;
}

/* Stopped or failed in the middle: what is whole is still kept. */
static sn_status write_rest(run *all, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < all->n && status == SN_OK; i++) {
        source_run *sr = all->source[i];
        if (sr->at < sr->n) {
            sn_harvest_cut(&sr->harvest, sr->first_answer);
        }
        status = write_out(sr, err);
    }
    return status;
}

static sn_status open_run(run *all, sn_error *err)
{
    const sn_fetch_job *job = all->job;
    bool is_near = true;
    char path[4096];
    for (size_t i = 0; i < job->n_source; i++) {
        is_near =
            is_near && sn_fetch_is_loopback(job->base_url(job->context, job->source[i]));
    }
    sn_status status = SN_OK;
    if (!is_near) {
        status = sn_pace_default_path(path, sizeof path, err);
    }
    if (status == SN_OK) {
        status = sn_pace_open(is_near ? NULL : path, &all->pace, err);
    }
    if (status == SN_OK && job->store_path != NULL) {
        status = sn_ledger_open(job->store_path, false, &all->ledger, err);
    }
    const sn_fetch_options options = {
        .hooks = job->hooks, .pace = all->pace, .is_over = job->is_over};
    return status == SN_OK ? sn_fetcher_open(&options, &all->fetcher, err) : status;
}

static void close_run(run *all)
{
    sn_fetcher_close(all->fetcher);
    for (size_t i = 0; i < all->n; i++) {
        source_run_free(all->source[i]);
    }
    sn_ledger_close(all->ledger);
    sn_pace_close(all->pace);
}

sn_status sn_fetch_run(const sn_fetch_job *job,
                       sn_fetch_outcome *outcomes,
                       size_t *n_out,
                       sn_error *err)
{
    run all = {.job = job, .outcomes = outcomes, .started_s = sn_os_monotonic_s()};
    sn_status status = open_run(&all, err);
    if (status == SN_OK) {
        status = ask_all(&all, err);
        sn_error second;
        sn_status kept = write_rest(&all, status == SN_OK ? err : &second);
        status = status == SN_OK ? kept : status;
    }
    *n_out = all.n;
    close_run(&all);
    return status;
}

/* ---- probe ---- */

static sn_status probe_item(const sn_fetch_job *job,
                            sn_fetcher *fetcher,
                            const sn_fetch_request *request,
                            const char *key,
                            void (*say)(void *context, const char *line),
                            sn_error *err)
{
    source_run sr = {.source = request->source,
                     .request = (sn_fetch_request *)(uintptr_t)request,
                     .n = 1};
    char bucket[64];
    char line[700];
    sn_asked *asked = NULL;
    sn_answer answer = {0};
    sn_strbuf_init(&sr.url, URL_MAX);
    (void)snprintf(sr.key, sizeof sr.key, "%s", key);
    sn_status status =
        sn_fetch_url(request, job->base_url(job->context, request->source), &sr.url, err);
    if (status == SN_OK) {
        sn_ask ask = ask_of(&sr, bucket);
        status = sn_fetcher_get(fetcher, &ask, &asked, err);
    }
    if (status == SN_OK && asked->status != SN_OK) {
        *err = asked->err;
        status = asked->status;
    }
    if (status == SN_OK && asked->body.len > 0) {
        status = sn_answer_parse(request, asked->http_status, asked->body.data,
                                 asked->body.len, &answer, err);
    }
    if (status == SN_OK) {
        (void)snprintf(line, sizeof line, "%s %s: HTTP %ld, %zu bytes, %zu values%s",
                       request->source->name, request->item->name, asked->http_status,
                       asked->body.len, answer.points.n,
                       asked->body.len > 0 &&
                               (answer.points.n > 0 || request->item->is_table)
                           ? ""
                           : " (the answer says that there is nothing)");
        say(job->context, line);
    }
    sn_points_release(&answer.points);
    sn_asked_free(asked);
    sn_strbuf_release(&sr.url);
    return status;
}

sn_status sn_fetch_probe(const sn_fetch_job *job,
                         const sn_fetch_source *source,
                         void (*say)(void *context, const char *line),
                         sn_error *err)
{
    run all = {.job = job};
    sn_fetch_request *requests = NULL;
    size_t n = 0;
    char key[SN_KEY_SIZE];
    sn_status status = sn_fetch_key_find(source, key, err);
    if (status == SN_OK) {
        status = open_run(&all, err);
    }
    if (status == SN_OK) {
        status = sn_fetch_plan(source, &job->wish, &requests, &n, err);
    }
    const sn_fetch_item *last = NULL;
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        if (requests[i].item != last) {
            last = requests[i].item;
            status = probe_item(job, all.fetcher, &requests[i], key, say, err);
        }
    }
    memset(key, 0, sizeof key);
    free(requests);
    close_run(&all);
    return status;
}
