/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt fetch: options, progress and words; the work is fetch_run.c's. */
#include "area.h"
#include "base/options.h"
#include "base/os.h"
#include "fetch_ledger.h"
#include "fetch_run.h"
#include "store.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

enum { DAYS_MAX = 366 * 40, NAMES_MAX = 64, NAME_SIZE = 32, URL_SIZE = 512 };
enum { MINUTE_S = 60, PROBE_AGE_DAYS = 7, MANY_REQUESTS = 200 };

static const char *const examples[] = {
    "snitt fetch --from 2024-01-01 --to 2024-12-31 --dry-run",
    "snitt fetch --source entsoe --items price,load --areas SE3,SE4 --from 2024-01-01 "
    "--to 2024-01-31 --dry-run",
    NULL};

const sn_command sn_cmd_fetch = {
    .name = "fetch",
    .arguments = "",
    .summary = "download public market data into the store",
    .needs = "network",
    .details =
        "Asks public sources, several at a time, each no faster than it allows; "
        "`snitt sources` lists them. Without --source the ones that need no key and "
        "give a replay's inputs are asked: svk, esett, riksbank.\n\n"
        "The days from --from to --to, both included, are local days (CET/CEST). "
        "Time is asked for in whole cells (a day, a month, a quarter of a year), so "
        "more than the days may come. What a source does not publish stays a gap.\n\n"
        "A second call asks only for what is missing or young enough to have been "
        "revised; a call that was stopped goes on where it was. Every answer is kept "
        "as received. When requests fail the others go on, and the exit code is 3 (1 "
        "when nothing came).\n\n"
        "Keys come from the environment (ENTSOE_API_KEY, FINGRID_API_KEY) or the "
        "file $XDG_CONFIG_HOME/snitt/keys with lines SOURCE = KEY, mode 0600. "
        "SNITT_BASE_URL_<SOURCE> points a source elsewhere, as --base-url does.",
    .examples = examples,
    .run = run,
};

/* Names given as "a,b" in options that may be repeated. */
typedef struct name_list {
    const char *name[NAMES_MAX];
    char text[NAMES_MAX][NAME_SIZE];
    size_t n;
} name_list;

typedef struct fetch_args {
    const char *from;
    const char *to;
    const char *store;
    const char *now;
    const char *probe;
    const char *lock_wait;
    sn_option_list sources;
    sn_option_list items;
    sn_option_list areas;
    sn_option_list base_urls;
    bool is_dry_run;
    bool is_refresh;
} fetch_args;

/* What base_url() and show() need. */
typedef struct fetch_context {
    char base_url[SN_FETCH_SOURCES_MAX][URL_SIZE]; /* in the order of the table */
    double shown_s;
    bool is_terminal;
} fetch_context;

static volatile sig_atomic_t is_over;

static void stop(int number)
{
    (void)number;
    is_over = 1;
}

/* ---- what is wanted ---- */

static sn_status split_names(const sn_option_list *given,
                             const char *option,
                             name_list *out,
                             sn_error *err)
{
    for (size_t i = 0; i < given->n; i++) {
        const char *text = given->item[i];
        while (*text != '\0') {
            size_t n = strcspn(text, ",");
            if (n == 0 || n >= NAME_SIZE || out->n == NAMES_MAX) {
                return sn_error_set(err, SN_E_USAGE,
                                    "--%s \"%.60s\": expected up to %d names with "
                                    "commas between them",
                                    option, given->item[i], (int)NAMES_MAX);
            }
            memcpy(out->text[out->n], text, n);
            out->text[out->n][n] = '\0';
            out->name[out->n] = out->text[out->n];
            out->n++;
            text += n + (text[n] == ',');
        }
    }
    return SN_OK;
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

static sn_status read_days(const fetch_args *args, sn_fetch_wish *wish, sn_error *err)
{
    if (args->probe != NULL) {
        int64_t past_s = wish->now.utc_s % SN_DAY_S;
        wish->first_day.utc_s =
            wish->now.utc_s - past_s - PROBE_AGE_DAYS * (int64_t)SN_DAY_S;
        wish->last_day = wish->first_day;
        return SN_OK;
    }
    sn_status status = parse_day("--from", args->from, &wish->first_day, err);
    if (status == SN_OK) {
        status = parse_day("--to", args->to, &wish->last_day, err);
    }
    if (status != SN_OK) {
        return status;
    }
    int64_t days = (wish->last_day.utc_s - wish->first_day.utc_s) / SN_DAY_S;
    return days >= 0 && days <= DAYS_MAX
               ? SN_OK
               : sn_error_set(err, SN_E_USAGE,
                              "--from %s --to %s: expected a period of 1 day to 40 years",
                              args->from, args->to);
}

static sn_status choose_sources(const fetch_args *args, sn_fetch_job *job, sn_error *err)
{
    name_list names = {0};
    sn_status status = SN_OK;
    if (args->probe != NULL) {
        job->n_source = 1;
        return sn_fetch_source_require(args->probe, &job->source[0], err);
    }
    status = split_names(&args->sources, "source", &names, err);
    for (size_t i = 0; i < names.n && status == SN_OK; i++) {
        const sn_fetch_source *source = NULL;
        bool is_new = true;
        status = sn_fetch_source_require(names.name[i], &source, err);
        for (size_t k = 0; k < job->n_source; k++) {
            is_new = is_new && job->source[k] != source;
        }
        if (status == SN_OK && is_new) {
            job->source[job->n_source] = source;
            job->n_source++;
        }
    }
    for (size_t i = 0; i < sn_fetch_source_count && names.n == 0; i++) {
        if (sn_fetch_sources[i]->is_default) {
            job->source[job->n_source] = sn_fetch_sources[i];
            job->n_source++;
        }
    }
    return status;
}

static sn_status check_areas(const name_list *areas, sn_error *err)
{
    sn_status status = SN_OK;
    sn_error why;
    for (size_t i = 0; i < areas->n && status == SN_OK; i++) {
        const sn_area *area = NULL;
        if (sn_area_require(areas->name[i], &area, &why) != SN_OK) {
            status = sn_error_set(err, SN_E_USAGE, "--areas: %s", why.message);
        }
    }
    return status;
}

static sn_status read_job(const fetch_args *args,
                          name_list *items,
                          name_list *areas,
                          sn_fetch_job *job,
                          sn_error *err)
{
    job->wish.now.utc_s = sn_os_now_utc_s();
    sn_status status = sn_options_moment("now", args->now, &job->wish.now, err);
    if (status == SN_OK) {
        status = read_days(args, &job->wish, err);
    }
    if (status == SN_OK) {
        status = choose_sources(args, job, err);
    }
    if (status == SN_OK) {
        status = split_names(&args->items, "items", items, err);
    }
    if (status == SN_OK) {
        status =
            sn_fetch_check_items(job->source, job->n_source, items->name, items->n, err);
    }
    if (status == SN_OK) {
        status = split_names(&args->areas, "areas", areas, err);
    }
    if (status == SN_OK) {
        status = check_areas(areas, err);
    }
    job->lock_wait_s = 60.0;
    if (status == SN_OK) {
        status = sn_options_lock_wait(args->lock_wait, &job->lock_wait_s, err);
    }
    job->is_refresh = args->is_refresh;
    job->wish.items = items->name;
    job->wish.n_item = items->n;
    job->wish.areas = areas->name;
    job->wish.n_area = areas->n;
    return status;
}

/* ---- base URLs ---- */

static sn_status check_base_names(const sn_option_list *given, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < given->n && status == SN_OK; i++) {
        char name[NAME_SIZE];
        const sn_fetch_source *source = NULL;
        size_t n = strcspn(given->item[i], "=");
        if (given->item[i][n] == '\0' || n >= sizeof name) {
            return sn_error_set(err, SN_E_USAGE,
                                "--base-url \"%.60s\": expected SOURCE=URL",
                                given->item[i]);
        }
        memcpy(name, given->item[i], n);
        name[n] = '\0';
        status = sn_fetch_source_require(name, &source, err);
    }
    return status;
}

/* --base-url SOURCE=URL, else the environment, else the source's own; without a
 * slash at the end. */
static sn_status find_base_url(const sn_fetch_source *source,
                               const sn_option_list *given,
                               char url[URL_SIZE],
                               sn_error *err)
{
    char variable[NAME_SIZE + 32] = "SNITT_BASE_URL_";
    size_t n_name = strlen(source->name);
    for (size_t i = 0, at = strlen(variable); i <= n_name && at + i < sizeof variable;
         i++) {
        char c = source->name[i];
        variable[at + i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    const char *found = getenv(variable);
    found = found != NULL && found[0] != '\0' ? found : source->base_url;
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
    if (n + 1 > URL_SIZE) {
        return sn_error_set(err, SN_E_USAGE, "base URL of %s is longer than %d bytes",
                            source->name, URL_SIZE - 1);
    }
    memcpy(url, found, n);
    url[n] = '\0';
    return sn_fetch_check_base(url, err);
}

static sn_status
find_base_urls(const fetch_args *args, fetch_context *context, sn_error *err)
{
    sn_status status = check_base_names(&args->base_urls, err);
    for (size_t i = 0; i < sn_fetch_source_count && status == SN_OK; i++) {
        status = find_base_url(sn_fetch_sources[i], &args->base_urls,
                               context->base_url[i], err);
    }
    return status;
}

static const char *base_url(void *context, const sn_fetch_source *source)
{
    const fetch_context *own = context;
    for (size_t i = 0; i < sn_fetch_source_count; i++) {
        if (sn_fetch_sources[i] == source) {
            return own->base_url[i];
        }
    }
    return source->base_url;
}

/* ---- words ---- */

static void show(void *context, const sn_fetch_progress *at)
{
    enum { BAR_WIDTH = 24 };
    fetch_context *own = context;
    if (!own->is_terminal) {
        if (at->url != NULL) {
            (void)fprintf(stderr, "snitt fetch: %s %zu/%zu %s\n", at->source->name,
                          at->n_done + 1, at->n_request, at->url);
        }
        return;
    }
    int filled = at->all_request > 0 ? (int)(at->all_done * BAR_WIDTH / at->all_request)
                                     : BAR_WIDTH;
    int left_s = at->left_s < 1e6 ? (int)at->left_s : 999999;
    (void)fprintf(stderr, "\r\033[K[%.*s%*s] %zu/%zu  %.1f/s  %d:%02d left  %s", filled,
                  "########################", BAR_WIDTH - filled, "", at->all_done,
                  at->all_request, at->per_s, left_s / MINUTE_S, left_s % MINUTE_S,
                  at->source->name);
    (void)fflush(stderr);
}

static void note_failure(void *context, const sn_fetch_source *source, const char *words)
{
    const fetch_context *own = context;
    (void)fprintf(stderr, "%ssnitt fetch: %s: %s\n", own->is_terminal ? "\r\033[K" : "",
                  source->name, words);
}

static bool has_something(const sn_fetch_outcome *o)
{
    return o->n_done > o->n_empty || o->n_known > 0;
}

static void print_outcome(const sn_fetch_outcome *o)
{
    (void)printf("%s: %zu answers, %zu values new, %zu known, %zu revised",
                 o->source->name, o->n_asked, o->n_new, o->n_same, o->n_revised);
    (void)printf("; of %zu requests %zu known before, %zu without data, %zu failed\n",
                 o->n_request, o->n_known, o->n_empty, o->n_failed);
    if (o->n_failed > 0 && o->n_asked == 0) { /* no key: the words are out */
        (void)fprintf(stderr, "snitt fetch: %s was not asked\n", o->source->name);
    } else if (o->n_failed > 0) {
        (void)fprintf(stderr,
                      "snitt fetch: %s: %zu of %zu requests are missing%s; run the same "
                      "command again to ask for them\n",
                      o->source->name, o->n_failed, o->n_request,
                      o->is_given_up ? " (given up)" : "");
    } else if (!has_something(o)) {
        (void)fprintf(stderr,
                      "snitt fetch: %s: nothing is published for these days (it covers "
                      "%s)\n",
                      o->source->name, o->source->coverage);
    }
    if (o->is_fallback) {
        (void)fprintf(stderr, "snitt fetch: %s stood in for a source that failed\n",
                      o->source->name);
    }
    if (o->n_outside > 0) {
        (void)fprintf(stderr,
                      "snitt fetch: %s: %zu rows outside what was asked left out\n",
                      o->source->name, o->n_outside);
    }
}

/* ---- the three things it does ---- */

static int fetch(const sn_fetch_job *job, const fetch_context *context)
{
    static sn_fetch_outcome outcomes[SN_FETCH_SOURCES_MAX];
    size_t n = 0;
    size_t n_good = 0;
    size_t n_bad = 0;
    size_t n_kept = 0;
    sn_error err = {0};
    (void)signal(SIGINT, stop);
    (void)signal(SIGTERM, stop);
    sn_status status = sn_fetch_run(job, outcomes, &n, &err);
    if (context->is_terminal) {
        (void)fputc('\n', stderr);
    }
    for (size_t i = 0; i < n; i++) {
        print_outcome(&outcomes[i]);
        n_good += has_something(&outcomes[i]);
        n_kept += outcomes[i].n_new + outcomes[i].n_same + outcomes[i].n_revised;
        n_bad += outcomes[i].n_failed > 0 || !has_something(&outcomes[i]);
    }
    if (status != SN_OK) { /* what was not written is lost, however good the answer */
        sn_error_print(&err, sn_cmd_fetch.name);
        return n_kept > 0 ? SN_EXIT_PARTIAL : SN_EXIT_FAILED;
    }
    if (is_over) {
        (void)fprintf(stderr,
                      "snitt fetch: interrupted; what had come whole is kept, run "
                      "the same command again to go on\n");
        return n_good > 0 ? SN_EXIT_PARTIAL : SN_EXIT_FAILED;
    }
    return n_bad == 0 ? SN_EXIT_DONE : n_good > 0 ? SN_EXIT_PARTIAL : SN_EXIT_FAILED;
}

static sn_status list_source(const sn_fetch_job *job,
                             const sn_fetch_source *source,
                             sn_ledger *ledger,
                             sn_error *err)
{
    sn_fetch_request *requests = NULL;
    size_t n = 0;
    size_t n_ask = 0;
    sn_strbuf url;
    sn_strbuf_init(&url, 16384);
    sn_status status = sn_fetch_plan(source, &job->wish, &requests, &n, err);
    for (size_t i = 0; status == SN_OK && i < n; i++) {
        bool is_needed = true;
        if (!job->is_refresh) {
            status =
                sn_ledger_is_needed(ledger, &requests[i], job->wish.now, &is_needed, err);
        }
        if (status == SN_OK && is_needed) {
            n_ask++;
            status = sn_fetch_url(&requests[i], job->base_url(job->context, source), &url,
                                  err);
        }
        if (status == SN_OK && is_needed) {
            (void)puts(url.data);
        }
    }
    if (status == SN_OK) {
        (void)fprintf(stderr,
                      "snitt fetch: %s: %zu requests, %zu known before%s; about %.0f min "
                      "at its pace\n",
                      source->name, n_ask, n - n_ask,
                      sn_fetch_needs_key(source) ? "; a key is sent as a header" : "",
                      (double)n_ask * source->limit[0].pace_s / MINUTE_S);
    }
    free(requests);
    sn_strbuf_release(&url);
    return status;
}

static sn_status list_requests(const sn_fetch_job *job, sn_error *err)
{
    sn_ledger *ledger = NULL;
    sn_status status = sn_ledger_open(job->store_path, true, &ledger, err);
    for (size_t i = 0; i < job->n_source && status == SN_OK; i++) {
        status = list_source(job, job->source[i], ledger, err);
    }
    sn_ledger_close(ledger);
    return status;
}

static void say(void *context, const char *line)
{
    (void)context;
    (void)puts(line);
}

static sn_status read_args(int argc, char **argv, fetch_args *args, sn_error *err)
{
    const sn_option options[] = {
        SN_VALUE("from", "DATE", "first day", &args->from),
        SN_VALUE("to", "DATE", "last day", &args->to),
        SN_REPEATED("source", "NAME",
                    "ask this one, see `snitt sources`; may be repeated", &args->sources),
        SN_REPEATED("items", "NAMES",
                    "only these of what the sources have, such as price,load",
                    &args->items),
        SN_REPEATED(
            "areas", "NAMES",
            "only these areas, where a source is asked area by area; a border needs both",
            &args->areas),
        SN_REPEATED("base-url", "SOURCE=URL",
                    "ask another server: https, or http on 127.0.0.1 and [::1]",
                    &args->base_urls),
        SN_STORE_OPTION(&args->store),
        SN_VALUE("now", "UTC", "when the values are learnt (default: the clock)",
                 &args->now),
        SN_VALUE("lock-wait", "SECONDS",
                 "how long to wait for another writer; default 60", &args->lock_wait),
        SN_FLAG("refresh", "ask also for what is known and settled", &args->is_refresh),
        SN_FLAG("dry-run", "list the URLs that would be asked", &args->is_dry_run),
        SN_VALUE(
            "probe", "NAME",
            "ask one live answer of each item of this source and read it; store nothing",
            &args->probe),
    };
    return SN_OPTIONS_PARSE(&sn_cmd_fetch, options, argc, argv, NULL, err);
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    static fetch_args args;
    static name_list items;
    static name_list areas;
    static fetch_context context;
    char default_store[4096];
    sn_fetch_job job = {.base_url = base_url,
                        .show = show,
                        .note_failure = note_failure,
                        .context = &context,
                        .is_over = &is_over};
    sn_status status = read_args(argc, argv, &args, err);
    if (status == SN_OK) {
        status = read_job(&args, &items, &areas, &job, err);
    }
    if (status == SN_OK) {
        status = find_base_urls(&args, &context, err);
    }
    job.store_path = args.store;
    if (status == SN_OK && args.store == NULL && args.probe == NULL) {
        status = sn_store_default_path(default_store, sizeof default_store, err);
        job.store_path = default_store;
    }
    if (status != SN_OK) {
        return status;
    }
    context.is_terminal = isatty(STDERR_FILENO) != 0;
    if (args.probe != NULL) {
        job.store_path = NULL;
        return sn_fetch_probe(&job, job.source[0], say, err);
    }
    if (args.is_dry_run) {
        return list_requests(&job, err);
    }
    *exit_code = fetch(&job, &context);
    return SN_OK;
}
