/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt fetch: plan the requests, ask politely, parse, and write source by source.
 * A source that fails leaves nothing behind: its answers are written as one state
 * after the last of them, or not at all. */
#include "base/options.h"
#include "base/os.h"
#include "fetch.h"
#include "fetch_plan.h"
#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int sn_cmd_fetch(int argc, char **argv);

enum { BAR_WIDTH = 30, MANY_REQUESTS = 200, DAYS_MAX = 366 * 40 };
#define LOCK_WAIT_S 30.0

static const char *const examples[] = {
    "snitt fetch --from 2024-01-01 --to 2024-12-31 --dry-run", NULL};

static const sn_command_doc doc = {
    .name = "fetch",
    .arguments = "",
    .summary = "download public market data into the store",
    .details =
        "Asks data.svk.se (svk: day-ahead prices, measured flows), eSett (esett: "
        "generation by type and load) and Sveriges riksbank (riksbank: SEK per EUR); no "
        "key is needed. elprisetjustnu is a second source of prices for SE1 to SE4.\n\n"
        "The days from --from to --to, both included, are local days (CET/CEST). What a "
        "source does not publish stays a gap. Each source is written whole or not at "
        "all; when one fails the others go on, and the exit code is 3 (1 when nothing "
        "came).\n\n"
        "SNITT_BASE_URL_<SOURCE> points a source elsewhere, as --base-url does.",
    .examples = examples,
};

typedef struct fetch_args {
    const char *from;
    const char *to;
    const char *store;
    const char *now;
    sn_option_list sources;
    sn_option_list base_urls;
    bool is_dry_run;
    bool is_help;
} fetch_args;

typedef struct fetch_job {
    sn_instant first_day;
    sn_instant last_day;
    sn_instant now;
    const char *store_path;
    const fetch_args *args;
} fetch_job;

/* One answer as received, and the series made of it. */
typedef struct answer {
    char *url; /* owned */
    char *raw; /* owned */
    size_t raw_size;
    sn_series *series; /* owned */
    size_t n_series;
} answer;

/* Everything of one source on its way to the store. */
typedef struct harvest {
    answer *item;
    size_t n;
    size_t cap;
    size_t n_outside;
    size_t n_asked;
} harvest;

static void harvest_release(harvest *got)
{
    for (size_t i = 0; i < got->n; i++) {
        free(got->item[i].url);
        free(got->item[i].raw);
        sn_series_array_free(got->item[i].series, got->item[i].n_series);
    }
    free(got->item);
    *got = (harvest){0};
}

static char *copy_bytes(const char *bytes, size_t n)
{
    char *copy = malloc(n + 1);
    if (copy != NULL) {
        memcpy(copy, bytes, n);
        copy[n] = '\0';
    }
    return copy;
}

static sn_status
harvest_add(harvest *got, const sn_strbuf *url, const sn_strbuf *body, sn_error *err)
{
    if (got->n == got->cap) {
        size_t cap = got->cap == 0 ? 32 : got->cap * 2;
        answer *grown = realloc(got->item, cap * sizeof *grown);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu answers", cap);
        }
        got->item = grown;
        got->cap = cap;
    }
    answer *next = &got->item[got->n];
    *next = (answer){.url = copy_bytes(url->data, url->len),
                     .raw = copy_bytes(body->data, body->len),
                     .raw_size = body->len};
    got->n++;
    return next->url != NULL && next->raw != NULL
               ? SN_OK
               : sn_error_set(err, SN_E_MEMORY, "out of memory for an answer");
}

static void show_progress(const char *name, size_t done, size_t n, const char *url)
{
    if (isatty(STDERR_FILENO)) {
        int filled = n > 0 ? (int)(done * BAR_WIDTH / n) : BAR_WIDTH;
        (void)fprintf(stderr, "\r%-14s [%.*s%*s] %zu/%zu%s", name, filled,
                      "##############################", BAR_WIDTH - filled, "", done, n,
                      done == n ? "\n" : "");
        (void)fflush(stderr);
    } else if (url != NULL) {
        (void)fprintf(stderr, "snitt fetch: %s %zu/%zu %s\n", name, done + 1, n, url);
    }
}

typedef struct source_run {
    const sn_fetch_source *source;
    const char *base_url;
    sn_fetcher *fetcher;
    sn_strbuf url;
    sn_strbuf body;
    harvest got;
} source_run;

/* Points of an answer to its series; what is left of a cut hour waits in rest. */
static sn_status close_answer(source_run *run,
                              sn_point_set *set,
                              sn_point_set *rest,
                              bool is_last,
                              sn_error *err)
{
    sn_status status = SN_OK;
    if (!is_last) {
        status = sn_points_split_last_hour(set, rest, err);
    }
    if (status == SN_OK) {
        status = sn_points_settle_directions(set, err);
    }
    if (status == SN_OK) {
        answer *last = &run->got.item[run->got.n - 1];
        status = sn_points_build(set, run->source->name, run->source->seam, &last->series,
                                 &last->n_series, err);
    }
    return status;
}

/* One page: ask, parse onto what the page before left.  *is_last_out when done. */
static sn_status fetch_page(source_run *run,
                            const sn_fetch_chunk *chunk,
                            size_t *offset,
                            sn_point_set *rest,
                            bool *is_last_out,
                            sn_error *err)
{
    long http_status = 0;
    sn_point_set set = *rest;
    *rest = (sn_point_set){0};
    *is_last_out = true;
    size_t total_before = set.total;
    set.n_row = 0;
    sn_status status =
        sn_fetcher_get(run->fetcher, run->url.data, run->source->is_absent_fine,
                       &run->body, &http_status, err);
    run->got.n_asked++;
    if (status != SN_OK || http_status != 200) {
        goto done;
    }
    status = harvest_add(&run->got, &run->url, &run->body, err);
    if (status == SN_OK) {
        status =
            sn_fetch_parse(run->source, chunk, run->body.data, run->body.len, &set, err);
    }
    if (status != SN_OK) {
        goto done;
    }
    if (*offset > 0 && set.total != total_before) {
        status =
            sn_error_set(err, SN_E_FORMAT,
                         "the number of rows changed from %zu to %zu while the pages "
                         "were read; run the same command again",
                         total_before, set.total);
        goto done;
    }
    run->got.n_outside += set.n_outside;
    *offset += set.n_row;
    *is_last_out = run->source->page_rows == 0 || *offset >= set.total;
    if (!*is_last_out && set.n_row == 0) {
        status = sn_error_set(err, SN_E_FORMAT,
                              "the pages end after %zu of %zu rows; run the same command "
                              "again",
                              *offset, set.total);
        goto done;
    }
    status = close_answer(run, &set, rest, *is_last_out, err);
    rest->total = set.total;
done:
    sn_points_release(&set);
    return status;
}

static sn_status fetch_chunk(source_run *run,
                             const sn_fetch_chunk *chunk,
                             size_t index,
                             size_t n,
                             sn_error *err)
{
    sn_point_set rest = {0};
    size_t offset = 0;
    bool is_last = false;
    sn_status status = SN_OK;
    while (!is_last && status == SN_OK) {
        status =
            sn_fetch_chunk_url(run->source, run->base_url, chunk, offset, &run->url, err);
        if (status == SN_OK) {
            show_progress(run->source->name, index, n, run->url.data);
            status = fetch_page(run, chunk, &offset, &rest, &is_last, err);
        }
    }
    sn_points_release(&rest);
    return status;
}

static size_t count_values(const harvest *got)
{
    size_t n = 0;
    for (size_t i = 0; i < got->n; i++) {
        for (size_t j = 0; j < got->item[i].n_series; j++) {
            n += got->item[i].series[j].axis.n;
        }
    }
    return n;
}

static sn_status write_harvest(const source_run *run,
                               const fetch_job *job,
                               sn_store_change *change_out,
                               sn_error *err)
{
    sn_store *store = NULL;
    sn_store_batch *batches = calloc(run->got.n, sizeof *batches);
    if (batches == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu answers",
                            run->got.n);
    }
    size_t n_batch = 0;
    for (size_t i = 0; i < run->got.n; i++) {
        const answer *from = &run->got.item[i];
        if (from->n_series == 0) {
            continue;
        }
        batches[n_batch] =
            (sn_store_batch){.origin = {.name = from->url,
                                        .raw = from->raw,
                                        .raw_size = from->raw_size,
                                        .learnt = job->now,
                                        .licence = run->source->licence,
                                        .attribution = run->source->attribution},
                             .series = from->series,
                             .n_series = from->n_series};
        n_batch++;
    }
    sn_store_options options = {.writable = true, .lock_wait_s = LOCK_WAIT_S};
    sn_status status = sn_store_open(job->store_path, &options, &store, err);
    if (status == SN_OK) {
        status = sn_store_write(store, batches, n_batch, change_out, err);
    }
    sn_store_close(store);
    free(batches);
    return status;
}

static sn_status fetch_all_chunks(source_run *run, const fetch_job *job, sn_error *err)
{
    sn_fetch_chunk *chunks = NULL;
    size_t n = 0;
    sn_status status =
        sn_fetch_plan(run->source, job->first_day, job->last_day, &chunks, &n, err);
    if (status == SN_OK && n > MANY_REQUESTS) {
        (void)fprintf(stderr, "snitt fetch: %s takes %zu requests, about %.0f min\n",
                      run->source->name, n, (double)n * run->source->pace_s / 60.0);
    }
    for (size_t i = 0; status == SN_OK && i < n; i++) {
        status = fetch_chunk(run, &chunks[i], i, n, err);
    }
    if (status == SN_OK) {
        show_progress(run->source->name, n, n, NULL);
    } else if (isatty(STDERR_FILENO)) {
        (void)fputc('\n', stderr);
    }
    free(chunks);
    return status;
}

static sn_status fetch_source(const sn_fetch_source *source,
                              const char *base_url,
                              const fetch_job *job,
                              sn_error *err)
{
    source_run run = {.source = source, .base_url = base_url};
    sn_fetch_options options = {.size_max = source->size_max};
    options.pace_s = sn_fetch_is_loopback(base_url) ? 0.0 : source->pace_s;
    sn_strbuf_init(&run.url, 16384);
    sn_strbuf_init(&run.body, source->size_max);
    sn_store_change change = {0};
    sn_status status = sn_fetcher_open(&options, &run.fetcher, err);
    if (status == SN_OK) {
        status = fetch_all_chunks(&run, job, err);
    }
    if (status == SN_OK && count_values(&run.got) == 0) {
        status = sn_error_set(err, SN_E_NOT_FOUND,
                              "nothing is published for these days (it holds %s)",
                              source->holds);
    }
    if (status == SN_OK) {
        status = write_harvest(&run, job, &change, err);
    }
    if (status == SN_OK) {
        (void)printf("%s: %zu answers, %zu values new, %zu known, %zu revised\n",
                     source->name, run.got.n_asked, change.n_new, change.n_same,
                     change.n_revised);
        if (run.got.n_outside > 0) {
            (void)fprintf(stderr,
                          "snitt fetch: %s: %zu rows outside the period left out\n",
                          source->name, run.got.n_outside);
        }
    }
    harvest_release(&run.got);
    sn_strbuf_release(&run.url);
    sn_strbuf_release(&run.body);
    sn_fetcher_close(run.fetcher);
    return status;
}

static sn_status list_urls(const sn_fetch_source *source,
                           const char *base_url,
                           const fetch_job *job,
                           sn_error *err)
{
    sn_fetch_chunk *chunks = NULL;
    size_t n = 0;
    sn_strbuf url;
    sn_strbuf_init(&url, 16384);
    sn_status status =
        sn_fetch_plan(source, job->first_day, job->last_day, &chunks, &n, err);
    for (size_t i = 0; status == SN_OK && i < n; i++) {
        status = sn_fetch_chunk_url(source, base_url, &chunks[i], 0, &url, err);
        if (status == SN_OK) {
            (void)puts(url.data);
        }
    }
    free(chunks);
    sn_strbuf_release(&url);
    return status;
}

/* --base-url SOURCE=URL, else the environment, else the source's own; without a
 * slash at the end.  Into url (size bytes). */
static sn_status find_base_url(const sn_fetch_source *source,
                               const sn_option_list *given,
                               char *url,
                               size_t size,
                               sn_error *err)
{
    const char *found = getenv(source->base_url_env);
    found = found != NULL && found[0] != '\0' ? found : source->base_url;
    size_t n_name = strlen(source->name);
    for (size_t i = 0; i < given->n; i++) {
        if (strncmp(given->item[i], source->name, n_name) == 0 &&
            given->item[i][n_name] == '=') {
            found = given->item[i] + n_name + 1;
        }
    }
    size_t n = strlen(found);
    while (n > 0 && found[n - 1] == '/') {
        n--;
    }
    if (n + 1 > size) {
        return sn_error_set(err, SN_E_USAGE, "base URL of %s is longer than %zu bytes",
                            source->name, size - 1);
    }
    memcpy(url, found, n);
    url[n] = '\0';
    return sn_fetch_check_base(url, err);
}

static sn_status require_source(const char *name, size_t n_name, sn_error *err)
{
    const char *names[16];
    size_t n = 0;
    for (; n < sn_fetch_source_count && n < 16; n++) {
        names[n] = sn_fetch_sources[n].name;
        if (strlen(names[n]) == n_name && memcmp(names[n], name, n_name) == 0) {
            return SN_OK;
        }
    }
    char text[40];
    (void)snprintf(text, sizeof text, "%.*s", (int)(n_name < 39 ? n_name : 39), name);
    const char *nearest = sn_nearest_name(text, names, n);
    return sn_error_set(err, SN_E_USAGE,
                        "unknown source \"%s\", expected svk, esett, riksbank or "
                        "elprisetjustnu%s%s%s",
                        text, nearest != NULL ? "; did you mean \"" : "",
                        nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

static sn_status check_names(const fetch_args *args, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < args->sources.n && status == SN_OK; i++) {
        status =
            require_source(args->sources.item[i], strlen(args->sources.item[i]), err);
    }
    for (size_t i = 0; i < args->base_urls.n && status == SN_OK; i++) {
        const char *item = args->base_urls.item[i];
        const char *equals = strchr(item, '=');
        if (equals == NULL) {
            return sn_error_set(err, SN_E_USAGE,
                                "--base-url \"%.60s\": expected SOURCE=URL", item);
        }
        status = require_source(item, (size_t)(equals - item), err);
    }
    return status;
}

static sn_status
parse_day(const char *option, const char *text, sn_instant *out, sn_error *err)
{
    sn_error ignored;
    if (text == NULL) {
        return sn_error_set(err, SN_E_USAGE,
                            "%s is missing, expected a date such as "
                            "2024-01-01",
                            option);
    }
    if (strlen(text) != 10 || sn_instant_parse(text, out, &ignored) != SN_OK) {
        return sn_error_set(err, SN_E_USAGE,
                            "%s \"%.40s\": expected a date such as "
                            "2024-01-01",
                            option, text);
    }
    return SN_OK;
}

static sn_status read_job(const fetch_args *args, fetch_job *job, sn_error *err)
{
    sn_status status = parse_day("--from", args->from, &job->first_day, err);
    if (status == SN_OK) {
        status = parse_day("--to", args->to, &job->last_day, err);
    }
    if (status != SN_OK) {
        return status;
    }
    int64_t days = (job->last_day.utc_s - job->first_day.utc_s) / SN_DAY_S;
    if (days < 0 || days > DAYS_MAX) {
        return sn_error_set(err, SN_E_USAGE,
                            "--from %s --to %s: expected a period of 1 day to 40 years",
                            args->from, args->to);
    }
    job->now = (sn_instant){sn_os_now_utc_s()};
    if (args->now != NULL) {
        sn_error why;
        if (sn_instant_parse(args->now, &job->now, &why) != SN_OK) {
            return sn_error_set(err, SN_E_USAGE, "--now: %s", why.message);
        }
    }
    return check_names(args, err);
}

static bool is_chosen(const sn_fetch_source *source, const fetch_args *args)
{
    if (args->sources.n == 0) {
        return source->is_default;
    }
    for (size_t i = 0; i < args->sources.n; i++) {
        if (strcmp(args->sources.item[i], source->name) == 0) {
            return true;
        }
    }
    return false;
}

/* All base URLs are checked before the first request goes out. */
static int run_sources(const fetch_job *job)
{
    char urls[8][512];
    sn_error err = {0};
    for (size_t i = 0; i < sn_fetch_source_count; i++) {
        if (find_base_url(&sn_fetch_sources[i], &job->args->base_urls, urls[i],
                          sizeof urls[i], &err) != SN_OK) {
            sn_error_print(&err, doc.name);
            return sn_status_exit_code(err.status);
        }
    }
    size_t n_done = 0;
    size_t n_failed = 0;
    for (size_t i = 0; i < sn_fetch_source_count; i++) {
        const sn_fetch_source *source = &sn_fetch_sources[i];
        if (!is_chosen(source, job->args)) {
            continue;
        }
        sn_error why = {0};
        sn_status status = job->args->is_dry_run
                               ? list_urls(source, urls[i], job, &why)
                               : fetch_source(source, urls[i], job, &why);
        if (status == SN_OK) {
            n_done++;
            continue;
        }
        n_failed++;
        (void)fprintf(stderr, "snitt fetch: %s: %s; nothing of %s is written\n",
                      source->name, why.message, source->name);
    }
    if (n_failed == 0) {
        return SN_EXIT_DONE;
    }
    return n_done > 0 ? SN_EXIT_PARTIAL : SN_EXIT_FAILED;
}

int sn_cmd_fetch(int argc, char **argv)
{
    fetch_args args = {0};
    const sn_option options[] = {
        {.name = "from", .value_name = "DATE", .help = "first day", .value = &args.from},
        {.name = "to", .value_name = "DATE", .help = "last day", .value = &args.to},
        {.name = "source",
         .value_name = "NAME",
         .help = "svk, esett, riksbank or elprisetjustnu; may be repeated (default: the "
                 "first three)",
         .list = &args.sources},
        {.name = "base-url",
         .value_name = "SOURCE=URL",
         .help = "ask another server: https, or http on 127.0.0.1 and [::1]",
         .list = &args.base_urls},
        {.name = "store", .value_name = "DIR", .help = "the store", .value = &args.store},
        {.name = "now",
         .value_name = "UTC",
         .help = "when the values are learnt (default: the clock)",
         .value = &args.now},
        {.name = "dry-run",
         .help = "list the URLs, ask nothing",
         .flag = &args.is_dry_run},
    };
    sn_error err = {0};
    char default_store[4096];
    sn_option_list rest = {0};
    fetch_job job = {.args = &args, .store_path = default_store};
    sn_status status = sn_options_parse(&doc, options, sizeof options / sizeof *options,
                                        argc, argv, &rest, &args.is_help, &err);
    if (status == SN_OK && args.is_help) {
        return SN_EXIT_DONE;
    }
    if (status == SN_OK && rest.n > 0) {
        status =
            sn_error_set(&err, SN_E_USAGE, "unexpected word \"%.60s\"", rest.item[0]);
    }
    if (status == SN_OK) {
        status = read_job(&args, &job, &err);
    }
    if (status == SN_OK && args.store != NULL) {
        job.store_path = args.store;
    } else if (status == SN_OK) {
        status = sn_store_default_path(default_store, sizeof default_store, &err);
    }
    if (status != SN_OK) {
        sn_error_print(&err, doc.name);
        return sn_status_exit_code(status);
    }
    return run_sources(&job);
}
