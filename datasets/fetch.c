/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch.h"

#include "base/os.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZE_MAX_DEFAULT = 64 * 1024 * 1024, REDIRECT_MAX = 3, TRIES_DEFAULT = 5 };
enum { LOW_SPEED_BYTES_PER_S = 200, LOW_SPEED_TIME_S = 60 };

#define CONNECT_TIMEOUT_S 15.0
#define TIMEOUT_S 300.0
#define BACKOFF_BASE_S 2.0
#define BACKOFF_MAX_S 120.0
#define RETRY_AFTER_MAX_S 900.0
#define WAIT_BUDGET_S 900.0
#define MS_PER_S 1000.0

struct sn_fetcher {
    CURL *curl;
    sn_fetch_options options;
    sn_fetch_hooks hooks;
    uint64_t random_state;
    bool has_asked;
    double last_request_s;
    char curl_words[CURL_ERROR_SIZE];
};

/* What one answer is written into. */
typedef struct sink {
    sn_strbuf *body;
    bool is_full;
} sink;

static double machine_monotonic_s(void *context)
{
    (void)context;
    return sn_os_monotonic_s();
}

static void machine_sleep_s(void *context, double seconds)
{
    (void)context;
    struct timespec left = {.tv_sec = (time_t)seconds};
    left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
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

static size_t take_bytes(char *bytes, size_t size, size_t n, void *context)
{
    sink *into = context;
    if (sn_strbuf_append(into->body, bytes, size * n, NULL) != SN_OK) {
        into->is_full = true;
        return 0;
    }
    return size * n;
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
    own->size_max = own->size_max == 0 ? SIZE_MAX_DEFAULT : own->size_max;
    own->tries = own->tries == 0 ? TRIES_DEFAULT : own->tries;
    own->timeout_s = own->timeout_s > 0.0 ? own->timeout_s : TIMEOUT_S;
    own->connect_timeout_s =
        own->connect_timeout_s > 0.0 ? own->connect_timeout_s : CONNECT_TIMEOUT_S;
    fetcher->random_state =
        (uint64_t)sn_os_now_utc_s() * UINT64_C(2654435761) + (uintptr_t)fetcher + 1;
    fetcher->hooks = (sn_fetch_hooks){.monotonic_s = machine_monotonic_s,
                                      .sleep_s = machine_sleep_s,
                                      .random_share = machine_random_share,
                                      .context = &fetcher->random_state};
    if (options->hooks != NULL) {
        fetcher->hooks = *options->hooks;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (fetcher->curl = curl_easy_init()) == NULL) {
        free(fetcher);
        return sn_error_set(err, SN_E_IO, "libcurl cannot be started");
    }
    *fetcher_out = fetcher;
    return SN_OK;
}

void sn_fetcher_close(sn_fetcher *fetcher)
{
    if (fetcher == NULL) {
        return;
    }
    curl_easy_cleanup(fetcher->curl);
    curl_global_cleanup();
    free(fetcher);
}

/* Closed sets: what libcurl may do at all for this URL. */
static CURLcode set_up(sn_fetcher *fetcher, const char *url, sink *into)
{
    CURL *curl = fetcher->curl;
    bool is_loopback = sn_fetch_is_loopback(url);
    const char *protocol =
        is_loopback && strncmp(url, "http:", 5) == 0 ? "http" : "https";
    curl_easy_reset(curl);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
#define SET(option, value)                                                               \
    (code = code == CURLE_OK ? curl_easy_setopt(curl, option, value) : code)
    SET(CURLOPT_PROTOCOLS_STR, protocol);
    SET(CURLOPT_REDIR_PROTOCOLS_STR, protocol);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_FAILONERROR, 0L);
    SET(CURLOPT_ERRORBUFFER, fetcher->curl_words);
    SET(CURLOPT_USERAGENT, "snitt/" SN_VERSION);
    SET(CURLOPT_ACCEPT_ENCODING, "gzip");
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(fetcher->options.connect_timeout_s * MS_PER_S));
    SET(CURLOPT_TIMEOUT_MS, (long)(fetcher->options.timeout_s * MS_PER_S));
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES_PER_S);
    SET(CURLOPT_LOW_SPEED_TIME, (long)LOW_SPEED_TIME_S);
    SET(CURLOPT_WRITEFUNCTION, take_bytes);
    SET(CURLOPT_WRITEDATA, into);
    if (is_loopback) {
        SET(CURLOPT_PROXY, ""); /* a proxy of the environment is for the world */
    }
#undef SET
    return code;
}

static void wait_for_turn(sn_fetcher *fetcher)
{
    const sn_fetch_hooks *hooks = &fetcher->hooks;
    double now_s = hooks->monotonic_s(hooks->context);
    double due_s = fetcher->last_request_s + fetcher->options.pace_s;
    if (fetcher->has_asked && due_s > now_s) {
        hooks->sleep_s(hooks->context, due_s - now_s);
        now_s = hooks->monotonic_s(hooks->context);
    }
    fetcher->has_asked = true;
    fetcher->last_request_s = now_s;
}

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
    bool is_full;
    char *redirect; /* owned */
} reply;

static void ask_once(sn_fetcher *fetcher, const char *url, sn_strbuf *body, reply *out)
{
    sink into = {.body = body};
    sn_strbuf_clear(body);
    free(out->redirect);
    *out = (reply){0};
    fetcher->curl_words[0] = '\0';
    wait_for_turn(fetcher);
    out->code = set_up(fetcher, url, &into);
    if (out->code == CURLE_OK) {
        out->code = curl_easy_perform(fetcher->curl);
    }
    out->is_full = into.is_full;
    curl_off_t after_s = 0;
    const char *redirect = NULL;
    (void)curl_easy_getinfo(fetcher->curl, CURLINFO_RESPONSE_CODE, &out->http_status);
    (void)curl_easy_getinfo(fetcher->curl, CURLINFO_RETRY_AFTER, &after_s);
    (void)curl_easy_getinfo(fetcher->curl, CURLINFO_REDIRECT_URL, &redirect);
    /* A date in the past comes out negative before libcurl 8.12. */
    out->retry_after_s = after_s > 0 ? (double)after_s : 0.0;
    if (redirect != NULL) {
        size_t size = strlen(redirect) + 1;
        out->redirect = malloc(size);
        if (out->redirect != NULL) {
            memcpy(out->redirect, redirect, size);
        }
    }
}

static bool is_worth_another_try(const reply *got)
{
    if (got->is_full) {
        return false;
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

static double wait_before_retry_s(sn_fetcher *fetcher, const reply *got, unsigned n_tried)
{
    if (got->retry_after_s > 0.0) {
        return got->retry_after_s;
    }
    double most_s = BACKOFF_BASE_S;
    for (unsigned i = 1; i < n_tried && most_s < BACKOFF_MAX_S; i++) {
        most_s *= 2.0;
    }
    most_s = most_s > BACKOFF_MAX_S ? BACKOFF_MAX_S : most_s;
    return most_s * fetcher->hooks.random_share(fetcher->hooks.context);
}

static sn_status refuse(const sn_fetcher *fetcher,
                        const char *url,
                        const reply *got,
                        unsigned n,
                        sn_error *err)
{
    if (got->is_full) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%.250s: the answer is larger than %zu bytes", url,
                            fetcher->options.size_max);
    }
    if (got->code != CURLE_OK) {
        const char *words = fetcher->curl_words[0] != '\0'
                                ? fetcher->curl_words
                                : curl_easy_strerror(got->code);
        return sn_error_set(err, SN_E_IO, "%.250s: %.160s (tried %u times)", url, words,
                            n);
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
    return sn_error_set(err, SN_E_IO, "%.250s: HTTP %ld (tried %u times)", url,
                        got->http_status, n);
}

/* Ask until there is an answer that no further try would change. */
static unsigned ask(sn_fetcher *fetcher, const char *url, sn_strbuf *body, reply *got)
{
    double waited_s = 0.0;
    for (unsigned n = 1;; n++) {
        ask_once(fetcher, url, body, got);
        if (!is_worth_another_try(got) || n >= fetcher->options.tries) {
            return n;
        }
        double wait_s = wait_before_retry_s(fetcher, got, n);
        waited_s += wait_s;
        if (wait_s > RETRY_AFTER_MAX_S || waited_s > WAIT_BUDGET_S) {
            return n;
        }
        fetcher->hooks.sleep_s(fetcher->hooks.context, wait_s);
    }
}

static sn_status check_url(const char *url, sn_error *err)
{
    CURLU *parts = curl_url();
    const char *fault = parts != NULL ? url_fault(parts, url) : "out of memory";
    curl_url_cleanup(parts);
    return fault[0] == '\0'
               ? SN_OK
               : sn_error_set(err, SN_E_USAGE, "URL cannot be asked: %s", fault);
}

sn_status sn_fetcher_get(sn_fetcher *fetcher,
                         const char *url,
                         bool is_absent_fine,
                         sn_strbuf *body,
                         long *http_status_out,
                         sn_error *err)
{
    sn_status status = check_url(url, err);
    if (status != SN_OK) {
        return status;
    }
    body->max = fetcher->options.size_max;
    reply got = {0};
    char *followed = NULL;
    unsigned n_try = ask(fetcher, url, body, &got);
    for (int i = 0; i < REDIRECT_MAX && got.code == CURLE_OK && got.redirect != NULL &&
                    got.http_status >= 300 && got.http_status < 400 &&
                    is_same_origin(url, got.redirect);
         i++) {
        free(followed);
        followed = got.redirect;
        got.redirect = NULL;
        n_try = ask(fetcher, followed, body, &got);
    }
    bool is_absent = got.http_status == 204 || got.http_status == 404;
    *http_status_out = got.http_status;
    if (got.code == CURLE_OK && is_absent && is_absent_fine) {
        sn_strbuf_clear(body);
    } else if (got.code != CURLE_OK || got.http_status != 200) {
        status = refuse(fetcher, url, &got, n_try, err);
    }
    free(followed);
    free(got.redirect);
    return status;
}
