/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every request is a transfer that waits for its turn, is on its way, or waits for
 * another try; sn_fetcher_wait() moves all of them until one is done. */
#include "fetch.h"

#include "base/os.h"
#include "fetch_inflate.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SIZE_MAX_DEFAULT = 64 * 1024 * 1024, REDIRECT_MAX = 3, TRIES_DEFAULT = 5 };
enum { LOW_SPEED_BYTES_PER_S = 200, POLL_MS = 200, HEADERS_SIZE_MAX = 32 * 1024 };

#define CONNECT_TIMEOUT_S 15.0
#define TIMEOUT_S 300.0
#define LOW_SPEED_TIME_S 60.0
#define BACKOFF_BASE_S 2.0
#define BACKOFF_MAX_S 120.0
#define RETRY_AFTER_MAX_S 900.0
#define WAIT_BUDGET_S 900.0
#define MS_PER_S 1000.0
#define SLEEP_PIECE_S 0.25

typedef enum transfer_state { WAITING, ON_ITS_WAY, DONE } transfer_state;

typedef struct transfer {
    struct transfer *next;
    sn_ask ask; /* texts owned */
    char *url;  /* where it is now; owned */
    transfer_state state;
    double due_s;     /* monotonic; while WAITING */
    double waited_s;  /* for further tries */
    unsigned n_tried; /* at this URL */
    int n_redirect;
    bool is_full;
    bool is_broken;      /* not the gzip it says it is */
    sn_inflate *inflate; /* NULL: not encoded */
    CURL *curl;
    struct curl_slist *headers;
    sn_asked *result; /* owned until handed over */
    char words[CURL_ERROR_SIZE];
} transfer;

struct sn_fetcher {
    CURLM *multi;
    transfer *first; /* in the order of submission */
    sn_fetch_options options;
    sn_fetch_hooks hooks;
    uint64_t random_state;
};

static double machine_monotonic_s(void *context)
{
    (void)context;
    return sn_os_monotonic_s();
}

static double machine_wall_s(void *context)
{
    struct timespec now = {0};
    (void)context;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* In short pieces, so that Ctrl-C is noticed; the caller looks at the clock again. */
static void machine_sleep_s(void *context, double seconds)
{
    (void)context;
    seconds = seconds < SLEEP_PIECE_S ? seconds : SLEEP_PIECE_S;
    struct timespec left = {.tv_sec = (time_t)seconds};
    left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
    (void)nanosleep(&left, NULL);
}

/* xorshift64*: spreads the waits of several users, nothing depends on its quality. */
static double machine_random_share(void *context)
{
    uint64_t *state = context;
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)((*state * UINT64_C(0x2545F4914F6CDD1D)) >> 11) / 9007199254740992.0;
}

static double now_s(const sn_fetcher *fetcher)
{
    return fetcher->hooks.monotonic_s(fetcher->hooks.context);
}

static bool is_over(const sn_fetcher *fetcher)
{
    return fetcher->options.is_over != NULL && *fetcher->options.is_over != 0;
}

static size_t take_bytes(char *bytes, size_t size, size_t n, void *context)
{
    transfer *into = context;
    sn_strbuf *body = &into->result->body;
    sn_inflate_case got = SN_INFLATE_OK;
    if (into->inflate != NULL) {
        got = sn_inflate_feed(into->inflate, bytes, size * n, body);
    } else if (sn_strbuf_append(body, bytes, size * n, NULL) != SN_OK) {
        got = SN_INFLATE_FULL;
    }
    into->is_full = got == SN_INFLATE_FULL;
    into->is_broken = got == SN_INFLATE_BAD;
    return got == SN_INFLATE_OK ? size * n : 0;
}

static bool is_header(const char *line, size_t n, const char *name)
{
    size_t n_name = strlen(name);
    return n > n_name && strncasecmp(line, name, n_name) == 0 && line[n_name] == ':';
}

/* Content-Encoding says gzip; anything else was not asked for. */
static void note_encoding(transfer *into, const char *line, size_t n)
{
    static const char name[] = "content-encoding:";
    size_t at = sizeof name - 1;
    if (n < at || strncasecmp(line, name, at) != 0) {
        return;
    }
    while (at < n && line[at] == ' ') {
        at++;
    }
    bool is_gzip = n - at == 4 && strncasecmp(line + at, "gzip", 4) == 0;
    bool is_plain = n - at == 8 && strncasecmp(line + at, "identity", 8) == 0;
    sn_inflate_close(into->inflate);
    into->inflate = is_gzip ? sn_inflate_open() : NULL;
    into->is_broken = !is_plain && into->inflate == NULL;
}

/* A header more or less is not worth losing the answer for. */
static size_t take_header(char *bytes, size_t size, size_t n, void *context)
{
    transfer *into = context;
    size_t length = size * n;
    while (length > 0 && (bytes[length - 1] == '\r' || bytes[length - 1] == '\n')) {
        length--;
    }
    if (length > 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        sn_strbuf_clear(&into->result->headers); /* the one before was a redirect */
    } else if (length > 0 && !is_header(bytes, length, "set-cookie")) {
        note_encoding(into, bytes, length);
        if (sn_strbuf_printf(&into->result->headers, NULL, "%.*s\n", (int)length,
                             bytes) != SN_OK) {
            into->is_broken = true;
        }
    }
    return into->is_broken ? 0 : size * n;
}

static bool url_part(CURLU *url, CURLUPart part, char *out, size_t size)
{
    char *text = NULL;
    out[0] = '\0';
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) {
        return false;
    }
    bool fits = strlen(text) < size;
    if (fits) {
        memcpy(out, text, strlen(text) + 1);
    }
    curl_free(text);
    return fits;
}

static bool is_loopback_host(const char *host)
{
    return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

bool sn_fetch_is_loopback(const char *url)
{
    char host[256] = "";
    CURLU *parts = curl_url();
    bool is_loopback =
        parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        url_part(parts, CURLUPART_HOST, host, sizeof host) && is_loopback_host(host);
    curl_url_cleanup(parts);
    return is_loopback;
}

/* "" when the URL may be asked, else what is wrong with it. */
static const char *url_fault(CURLU *parts, const char *url)
{
    char text[256];
    if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK) {
        return "not a URL, expected https://HOST/";
    }
    if (url_part(parts, CURLUPART_USER, text, sizeof text) ||
        url_part(parts, CURLUPART_PASSWORD, text, sizeof text)) {
        return "a user or password in a URL is not taken";
    }
    if (!url_part(parts, CURLUPART_SCHEME, text, sizeof text)) {
        return "no scheme, expected https://HOST/";
    }
    if (strcmp(text, "https") == 0) {
        return "";
    }
    if (strcmp(text, "http") != 0) {
        return "expected https";
    }
    return url_part(parts, CURLUPART_HOST, text, sizeof text) && is_loopback_host(text)
               ? ""
               : "plain http is for 127.0.0.1 and [::1] only, use https";
}

sn_status sn_fetch_check_base(const char *url, sn_error *err)
{
    CURLU *parts = curl_url();
    if (parts == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    const char *fault = url_fault(parts, url);
    if (fault[0] == '\0' && (strchr(url, '?') != NULL || strchr(url, '#') != NULL)) {
        fault = "a base URL has no query and no fragment";
    }
    curl_url_cleanup(parts);
    /* A URL with a password in it must not reach a log. */
    return fault[0] == '\0'
               ? SN_OK
               : sn_error_set(err, SN_E_USAGE, "base URL \"%.120s\": %s",
                              strchr(url, '@') != NULL ? "(hidden)" : url, fault);
}

sn_status
sn_fetcher_open(const sn_fetch_options *options, sn_fetcher **fetcher_out, sn_error *err)
{
    sn_fetcher *fetcher = calloc(1, sizeof *fetcher);
    if (fetcher == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    fetcher->options = *options;
    sn_fetch_options *own = &fetcher->options;
    own->tries = own->tries == 0 ? TRIES_DEFAULT : own->tries;
    own->timeout_s = own->timeout_s > 0.0 ? own->timeout_s : TIMEOUT_S;
    own->slow_s = own->slow_s > 0.0 ? own->slow_s : LOW_SPEED_TIME_S;
    own->connect_timeout_s =
        own->connect_timeout_s > 0.0 ? own->connect_timeout_s : CONNECT_TIMEOUT_S;
    fetcher->random_state =
        (uint64_t)sn_os_now_utc_s() * UINT64_C(2654435761) + (uintptr_t)fetcher + 1;
    fetcher->hooks = (sn_fetch_hooks){.monotonic_s = machine_monotonic_s,
                                      .wall_s = machine_wall_s,
                                      .sleep_s = machine_sleep_s,
                                      .random_share = machine_random_share,
                                      .context = &fetcher->random_state};
    if (options->hooks != NULL) {
        fetcher->hooks = *options->hooks;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (fetcher->multi = curl_multi_init()) == NULL ||
        curl_multi_setopt(fetcher->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L) !=
            CURLM_OK) {
        free(fetcher);
        return sn_error_set(err, SN_E_IO, "libcurl cannot be started");
    }
    *fetcher_out = fetcher;
    return SN_OK;
}

void sn_asked_free(sn_asked *asked)
{
    if (asked != NULL) {
        sn_strbuf_release(&asked->body);
        sn_strbuf_release(&asked->headers);
        free(asked);
    }
}

static void free_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

static void transfer_stop(sn_fetcher *fetcher, transfer *t)
{
    if (t->curl != NULL) {
        (void)curl_multi_remove_handle(fetcher->multi, t->curl);
        curl_easy_cleanup(t->curl);
        curl_slist_free_all(t->headers);
    }
    sn_inflate_close(t->inflate);
    t->inflate = NULL;
    t->curl = NULL;
    t->headers = NULL;
}

static void transfer_free(sn_fetcher *fetcher, transfer *t)
{
    if (t == NULL) {
        return;
    }
    transfer_stop(fetcher, t);
    free_text(t->ask.url);
    free_text(t->ask.bucket);
    free_text(t->ask.key_header);
    free_text(t->ask.key);
    free_text(t->ask.accept);
    free(t->url);
    sn_asked_free(t->result);
    free(t);
}

void sn_fetcher_close(sn_fetcher *fetcher)
{
    if (fetcher == NULL) {
        return;
    }
    while (fetcher->first != NULL) {
        transfer *t = fetcher->first;
        fetcher->first = t->next;
        transfer_free(fetcher, t);
    }
    (void)curl_multi_cleanup(fetcher->multi);
    curl_global_cleanup();
    free(fetcher);
}

/* ---- one try ---- */

static char *copy_text(const char *text, bool *is_copied)
{
    if (text == NULL) {
        return NULL;
    }
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    *is_copied = *is_copied && copy != NULL;
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

static bool add_header(transfer *t, const char *name, const char *value)
{
    char line[400];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer =
        n > 0 && (size_t)n < sizeof line ? curl_slist_append(t->headers, line) : NULL;
    t->headers = longer != NULL ? longer : t->headers;
    return longer != NULL;
}

/* Closed sets: what libcurl may do at all for this URL. */
static CURLcode set_up(const sn_fetcher *fetcher, transfer *t)
{
    CURL *curl = t->curl;
    const sn_fetch_options *options = &fetcher->options;
    bool is_loopback = sn_fetch_is_loopback(t->url);
    const char *protocol =
        is_loopback && strncmp(t->url, "http:", 5) == 0 ? "http" : "https";
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, t->url);
#define SET(option, value)                                                               \
    (code = code == CURLE_OK ? curl_easy_setopt(curl, option, value) : code)
    SET(CURLOPT_PROTOCOLS_STR, protocol);
    SET(CURLOPT_REDIR_PROTOCOLS_STR, protocol);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_FAILONERROR, 0L);
    SET(CURLOPT_ERRORBUFFER, t->words);
    SET(CURLOPT_USERAGENT, "snitt/" SN_VERSION);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(options->connect_timeout_s * MS_PER_S));
    SET(CURLOPT_TIMEOUT_MS, (long)(options->timeout_s * MS_PER_S));
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES_PER_S);
    SET(CURLOPT_LOW_SPEED_TIME, (long)(options->slow_s + 0.5));
    SET(CURLOPT_WRITEFUNCTION, take_bytes);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_HTTPHEADER, t->headers);
    if (options->ca_file != NULL) {
        SET(CURLOPT_CAINFO, options->ca_file);
    }
    if (is_loopback) {
        SET(CURLOPT_PROXY, ""); /* a proxy of the environment is for the world */
    }
#undef SET
    return code;
}

/* Overwrite each place where the key stands. */
static void blot_out(char *text, size_t n_text, const char *key)
{
    size_t n = key != NULL ? strlen(key) : 0;
    for (size_t i = 0; n > 0 && i + n <= n_text;) {
        char *found = memchr(text + i, key[0], n_text - i - n + 1);
        if (found == NULL) {
            break;
        }
        i = (size_t)(found - text);
        if (memcmp(found, key, n) == 0) {
            memset(found, '*', n);
            i += n;
        } else {
            i++;
        }
    }
}

/* Whatever the server made of the key, it goes no further. */
static void finish(transfer *t, sn_status status)
{
    sn_asked *result = t->result;
    t->state = DONE;
    result->status = status;
    blot_out(result->body.data, result->body.len, t->ask.key);
    blot_out(result->headers.data, result->headers.len, t->ask.key);
    blot_out(result->err.message, strlen(result->err.message), t->ask.key);
}

static void finish_memory(transfer *t)
{
    finish(t, sn_error_set(&t->result->err, SN_E_MEMORY, "out of memory"));
}

static void start(sn_fetcher *fetcher, transfer *t)
{
    sn_strbuf_clear(&t->result->body);
    sn_strbuf_clear(&t->result->headers);
    t->words[0] = '\0';
    t->is_full = false;
    t->is_broken = false;
    t->curl = curl_easy_init();
    bool has_headers =
        t->curl != NULL && add_header(t, "Accept-Encoding", "gzip") &&
        (t->ask.key == NULL || add_header(t, t->ask.key_header, t->ask.key)) &&
        (t->ask.accept == NULL || add_header(t, "Accept", t->ask.accept));
    if (!has_headers || set_up(fetcher, t) != CURLE_OK ||
        curl_multi_add_handle(fetcher->multi, t->curl) != CURLM_OK) {
        finish_memory(t);
        return;
    }
    t->n_tried++;
    t->state = ON_ITS_WAY;
}

/* Start what is due; a turn that is not there yet moves the time it is due. */
static sn_status start_due(sn_fetcher *fetcher, sn_error *err)
{
    const sn_fetch_hooks *hooks = &fetcher->hooks;
    for (transfer *t = fetcher->first; t != NULL; t = t->next) {
        double wait_s = 0.0;
        if (t->state != WAITING || t->due_s > now_s(fetcher)) {
            continue;
        }
        if (fetcher->options.pace != NULL && t->ask.bucket != NULL) {
            sn_status status =
                sn_pace_take(fetcher->options.pace, t->ask.bucket, t->ask.limit,
                             hooks->wall_s(hooks->context), &wait_s, err);
            if (status != SN_OK) {
                return status;
            }
        }
        if (wait_s > 0.0) {
            t->due_s = now_s(fetcher) + wait_s;
        } else {
            start(fetcher, t);
        }
    }
    return SN_OK;
}

/* ---- what came of a try ---- */

/* Scheme, host and port are the same. */
static bool is_same_origin(const char *a, const char *b)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    CURLU *left = curl_url();
    CURLU *right = curl_url();
    bool same = left != NULL && right != NULL &&
                curl_url_set(left, CURLUPART_URL, a, 0) == CURLUE_OK &&
                curl_url_set(right, CURLUPART_URL, b, 0) == CURLUE_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && same; i++) {
        char one[256];
        char two[256];
        bool has_one = url_part(left, parts[i], one, sizeof one);
        bool has_two = url_part(right, parts[i], two, sizeof two);
        same = has_one == has_two && strcmp(one, two) == 0;
    }
    curl_url_cleanup(left);
    curl_url_cleanup(right);
    return same;
}

typedef struct reply {
    CURLcode code;
    long http_status;
    double retry_after_s; /* 0: not stated */
    const char *redirect; /* borrowed from the handle */
} reply;

static reply read_reply(transfer *t, CURLcode code)
{
    reply got = {.code = code};
    curl_off_t after_s = 0;
    char *redirect = NULL;
    (void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &got.http_status);
    (void)curl_easy_getinfo(t->curl, CURLINFO_RETRY_AFTER, &after_s);
    (void)curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &redirect);
    /* A date in the past comes out negative before libcurl 8.12. */
    got.retry_after_s = after_s > 0 ? (double)after_s : 0.0;
    got.redirect = redirect;
    return got;
}

static bool is_worth_another_try(const transfer *t, const reply *got)
{
    if (t->is_full) {
        return false;
    }
    if (t->is_broken) {
        return true;
    }
    switch (got->code) {
    case CURLE_OK:
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return true;
    default:
        return false;
    }
    return got->http_status == 408 || got->http_status == 429 ||
           got->http_status == 500 ||
           (got->http_status >= 502 && got->http_status <= 504);
}

static double
wait_before_retry_s(const sn_fetcher *fetcher, const transfer *t, const reply *got)
{
    if (got->retry_after_s > 0.0) {
        return got->retry_after_s;
    }
    if (got->http_status == 429 && t->ask.ban_s > 0.0) {
        return t->ask.ban_s;
    }
    double most_s = t->ask.backoff_s > 0.0 ? t->ask.backoff_s : BACKOFF_BASE_S;
    for (unsigned i = 1; i < t->n_tried && most_s < BACKOFF_MAX_S; i++) {
        most_s *= 2.0;
    }
    most_s = most_s > BACKOFF_MAX_S ? BACKOFF_MAX_S : most_s;
    return most_s * fetcher->hooks.random_share(fetcher->hooks.context);
}

static sn_status refuse(transfer *t, const reply *got)
{
    sn_error *err = &t->result->err;
    const char *url = t->ask.url;
    if (t->is_full) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%.250s: the answer is larger than %zu bytes", url,
                            t->ask.size_max);
    }
    if (t->is_broken) {
        return sn_error_set(err, SN_E_IO,
                            "%.250s: the answer's gzip encoding is damaged or cut short "
                            "(tried %u times)",
                            url, t->n_tried);
    }
    if (got->code != CURLE_OK) {
        const char *words =
            t->words[0] != '\0' ? t->words : curl_easy_strerror(got->code);
        return sn_error_set(err, SN_E_IO, "%.250s: %.160s (tried %u times)", url, words,
                            t->n_tried);
    }
    if (got->http_status >= 300 && got->http_status < 400) {
        return sn_error_set(
            err, SN_E_IO,
            "%.200s: HTTP %ld redirects to %.120s, which is refused: only "
            "the same host is followed, %d times at most",
            url, got->http_status, got->redirect != NULL ? got->redirect : "nowhere",
            REDIRECT_MAX);
    }
    if (got->retry_after_s > RETRY_AFTER_MAX_S) {
        return sn_error_set(
            err, SN_E_IO,
            "%.250s: HTTP %ld, the service asks to wait %.0f s; try again "
            "later",
            url, got->http_status, got->retry_after_s);
    }
    if ((got->http_status == 401 || got->http_status == 403) && t->ask.key != NULL) {
        return sn_error_set(err, SN_E_IO, "%.250s: HTTP %ld, the key is refused", url,
                            got->http_status);
    }
    return sn_error_set(err, SN_E_IO, "%.250s: HTTP %ld (tried %u times)", url,
                        got->http_status, t->n_tried);
}

/* Back to WAITING at another URL of the same host; false when it is not to be followed.
 */
static bool follow(sn_fetcher *fetcher, transfer *t, const reply *got)
{
    bool is_copied = true;
    if (got->code != CURLE_OK || got->redirect == NULL || got->http_status < 300 ||
        got->http_status >= 400 || t->n_redirect >= REDIRECT_MAX ||
        !is_same_origin(t->ask.url, got->redirect)) {
        return false;
    }
    char *url = copy_text(got->redirect, &is_copied);
    if (!is_copied) {
        return false;
    }
    free(t->url);
    t->url = url;
    t->n_redirect++;
    t->n_tried = 0;
    t->state = WAITING;
    t->due_s = now_s(fetcher);
    return true;
}

/* Back to WAITING for a further try; false when this was the last. */
static bool try_again(sn_fetcher *fetcher, transfer *t, const reply *got)
{
    const sn_fetch_hooks *hooks = &fetcher->hooks;
    if (!is_worth_another_try(t, got) || t->n_tried >= fetcher->options.tries) {
        return false;
    }
    double wait_s = wait_before_retry_s(fetcher, t, got);
    t->waited_s += wait_s;
    if (wait_s > RETRY_AFTER_MAX_S || t->waited_s > WAIT_BUDGET_S) {
        return false;
    }
    if (got->http_status == 429 && fetcher->options.pace != NULL &&
        t->ask.bucket != NULL) {
        sn_error ignored; /* the wait below holds for this process at least */
        sn_status noted = sn_pace_block(fetcher->options.pace, t->ask.bucket,
                                        hooks->wall_s(hooks->context), wait_s, &ignored);
        (void)noted;
    }
    t->state = WAITING;
    t->due_s = now_s(fetcher) + wait_s;
    return true;
}

static bool is_an_answer(const transfer *t, const reply *got)
{
    if (got->code != CURLE_OK || t->is_broken) {
        return false;
    }
    return got->http_status == 200 ||
           (t->ask.is_absent_fine &&
            (got->http_status == 204 || got->http_status == 404)) ||
           (t->ask.reads_refusals && got->http_status == 400) ||
           (t->ask.too_much_status != 0 && got->http_status == t->ask.too_much_status);
}

static void settle(sn_fetcher *fetcher, transfer *t, CURLcode code)
{
    reply got = read_reply(t, code);
    if (code == CURLE_OK && t->inflate != NULL && t->result->body.len > 0) {
        t->is_broken = !sn_inflate_is_whole(t->inflate);
    }
    t->result->http_status = got.http_status;
    if (is_an_answer(t, &got)) {
        if (got.http_status == 204 || got.http_status == 404) {
            sn_strbuf_clear(&t->result->body);
        }
        finish(t, SN_OK);
    } else if (!follow(fetcher, t, &got) && !try_again(fetcher, t, &got)) {
        finish(t, refuse(t, &got));
    }
    transfer_stop(fetcher, t);
}

/* ---- the crowd ---- */

static sn_status check_url(const char *url, sn_error *err)
{
    CURLU *parts = curl_url();
    const char *fault = parts != NULL ? url_fault(parts, url) : "out of memory";
    curl_url_cleanup(parts);
    return fault[0] == '\0'
               ? SN_OK
               : sn_error_set(err, SN_E_USAGE, "URL cannot be asked: %s", fault);
}

static transfer *transfer_make(const sn_ask *ask)
{
    bool is_copied = true;
    transfer *t = calloc(1, sizeof *t);
    if (t == NULL || (t->result = calloc(1, sizeof *t->result)) == NULL) {
        free(t);
        return NULL;
    }
    t->ask = *ask;
    t->ask.size_max = ask->size_max == 0 ? SIZE_MAX_DEFAULT : ask->size_max;
    t->ask.url = copy_text(ask->url, &is_copied);
    t->url = copy_text(ask->url, &is_copied);
    t->ask.bucket = copy_text(ask->bucket, &is_copied);
    t->ask.key_header = copy_text(ask->key_header, &is_copied);
    t->ask.key = copy_text(ask->key, &is_copied);
    t->ask.accept = copy_text(ask->accept, &is_copied);
    t->result->tag = ask->tag;
    sn_strbuf_init(&t->result->body, t->ask.size_max);
    sn_strbuf_init(&t->result->headers, HEADERS_SIZE_MAX);
    if (!is_copied) {
        transfer_free(NULL, t);
        return NULL;
    }
    return t;
}

sn_status sn_fetcher_submit(sn_fetcher *fetcher, const sn_ask *ask, sn_error *err)
{
    sn_status status = check_url(ask->url, err);
    if (status != SN_OK) {
        return status;
    }
    transfer *t = transfer_make(ask);
    if (t == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    t->due_s = now_s(fetcher);
    transfer **end = &fetcher->first;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = t;
    return SN_OK;
}

static sn_asked *take_done(sn_fetcher *fetcher)
{
    for (transfer **at = &fetcher->first; *at != NULL; at = &(*at)->next) {
        transfer *t = *at;
        if (t->state == DONE) {
            sn_asked *result = t->result;
            *at = t->next;
            t->result = NULL;
            transfer_free(fetcher, t);
            return result;
        }
    }
    return NULL;
}

/* Let libcurl work, at most until the next transfer is due. */
static sn_status work(sn_fetcher *fetcher, double idle_s, sn_error *err)
{
    int n_running = 0;
    int n_left = 0;
    CURLMcode code = curl_multi_perform(fetcher->multi, &n_running);
    for (CURLMsg *message = NULL;
         code == CURLM_OK &&
         (message = curl_multi_info_read(fetcher->multi, &n_left)) != NULL;) {
        transfer *t = NULL;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t) == CURLE_OK) {
            settle(fetcher, t, message->data.result);
            return SN_OK;
        }
    }
    if (code == CURLM_OK) {
        int wait_ms = idle_s * MS_PER_S < POLL_MS ? (int)(idle_s * MS_PER_S) : POLL_MS;
        code = curl_multi_poll(fetcher->multi, NULL, 0, wait_ms, NULL);
    }
    return code == CURLM_OK
               ? SN_OK
               : sn_error_set(err, SN_E_IO, "libcurl: %s", curl_multi_strerror(code));
}

/* Seconds until the next one is due; *n_way_out are on their way. */
static double idle_time_s(const sn_fetcher *fetcher, size_t *n_way_out)
{
    double idle_s = WAIT_BUDGET_S;
    *n_way_out = 0;
    for (const transfer *t = fetcher->first; t != NULL; t = t->next) {
        double left_s = t->due_s - now_s(fetcher);
        if (t->state == WAITING && left_s < idle_s) {
            idle_s = left_s > 0.0 ? left_s : 0.0;
        }
        *n_way_out += t->state == ON_ITS_WAY;
    }
    return idle_s;
}

sn_status sn_fetcher_wait(sn_fetcher *fetcher, sn_asked **asked_out, sn_error *err)
{
    sn_status status = SN_OK;
    *asked_out = NULL;
    while (status == SN_OK && fetcher->first != NULL && !is_over(fetcher)) {
        *asked_out = take_done(fetcher);
        if (*asked_out != NULL) {
            break;
        }
        status = start_due(fetcher, err);
        if (status != SN_OK) {
            break;
        }
        size_t n_way = 0;
        double idle_s = idle_time_s(fetcher, &n_way);
        if (n_way > 0) {
            status = work(fetcher, idle_s, err);
        } else if (idle_s > 0.0) {
            fetcher->hooks.sleep_s(fetcher->hooks.context, idle_s);
        }
    }
    return status;
}

sn_status sn_fetcher_get(sn_fetcher *fetcher,
                         const sn_ask *ask,
                         sn_asked **asked_out,
                         sn_error *err)
{
    *asked_out = NULL;
    sn_status status = sn_fetcher_submit(fetcher, ask, err);
    if (status == SN_OK) {
        status = sn_fetcher_wait(fetcher, asked_out, err);
    }
    return status != SN_OK || *asked_out != NULL
               ? status
               : sn_error_set(err, SN_E_IO, "interrupted");
}
