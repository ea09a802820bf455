/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client against a real server on loopback; time and sleep are made up. */
#include "fetch.h"
#include "support/replay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sn_replay server;

typedef struct made_up_time {
    double now_s;
    double slept_s[32];
    size_t n_sleep;
} made_up_time;

static double now_of(void *context)
{
    return ((made_up_time *)context)->now_s;
}

static void sleep_of(void *context, double seconds)
{
    made_up_time *time = context;
    if (time->n_sleep < 32) {
        time->slept_s[time->n_sleep] = seconds;
    }
    time->n_sleep++;
    time->now_s += seconds;
}

static double half(void *context)
{
    (void)context;
    return 0.5;
}

/* Chance as a test has it: one share after another. */
typedef struct chance {
    made_up_time time; /* first: the context of time and sleep too */
    const double *share;
    size_t n_taken;
} chance;

static double next_share(void *context)
{
    chance *own = context;
    return own->share[own->n_taken++];
}

typedef struct answer {
    sn_status status;
    long http_status;
    sn_strbuf body;
    char headers[4096];
    sn_error err;
    made_up_time time;
} answer; /* body is a copy */

static void get_with(answer *out, const char *path, sn_ask ask, sn_fetch_options opts)
{
    *out = (answer){0};
    sn_fetch_hooks hooks = {now_of, now_of, sleep_of, half, &out->time};
    opts.hooks = &hooks;
    char url[256];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", server.port, path);
    sn_fetcher *fetcher = NULL;
    sn_asked *asked = NULL;
    ask.url = url;
    sn_strbuf_init(&out->body, 1 << 26);
    assert_int_equal(sn_fetcher_open(&opts, &fetcher, &out->err), SN_OK);
    assert_int_equal(sn_fetcher_get(fetcher, &ask, &asked, &out->err), SN_OK);
    out->status = asked->status;
    out->http_status = asked->http_status;
    out->err = asked->err;
    assert_int_equal(
        sn_strbuf_append(&out->body, asked->body.data, asked->body.len, NULL), SN_OK);
    (void)snprintf(out->headers, sizeof out->headers, "%s", asked->headers.data);
    sn_asked_free(asked);
    sn_fetcher_close(fetcher);
}

#define RATES "/swea/v1/Observations/SEKEURPMI/2024-01-01/2024-01-05"

static int start(void **state)
{
    (void)state;
    return sn_replay_start(&server) ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    sn_replay_stop(&server);
    return 0;
}

/* One request, and what comes of it. */
typedef struct one_request {
    const char *path;
    sn_ask ask;
    sn_fetch_options options;
    sn_status status;
    long http_status; /* 0: any */
    size_t n_sleep;
    double slept_s[2]; /* 0: any */
    const char *body;  /* words of it */
    const char *not_in_body;
    const char *error;
} one_request;

static void expect_words(const char *what, const char *text, const char *words)
{
    if (words != NULL && strstr(text, words) == NULL) {
        fail_msg("%s: \"%.300s\" does not say \"%s\"", what, text, words);
    }
}

static void expect(const one_request *r)
{
    answer got;
    get_with(&got, r->path, r->ask, r->options);
    if (got.status != r->status || got.time.n_sleep != r->n_sleep) {
        fail_msg("%s: status %d after %zu waits, expected %d after %zu; %s", r->path,
                 (int)got.status, got.time.n_sleep, (int)r->status, r->n_sleep,
                 got.err.message);
    }
    for (size_t i = 0; i < 2; i++) {
        if (r->slept_s[i] > 0.0) {
            assert_float_equal(got.time.slept_s[i], r->slept_s[i], 1e-9);
        }
    }
    if (r->http_status != 0) {
        assert_int_equal(got.http_status, r->http_status);
    }
    const char *body = got.body.data != NULL ? got.body.data : "";
    expect_words(r->path, body, r->body);
    expect_words(r->path, got.err.message, r->error);
    assert_true(r->not_in_body == NULL || strstr(body, r->not_in_body) == NULL);
    assert_true(r->ask.size_max == 0 || got.body.len <= r->ask.size_max);
    sn_strbuf_release(&got.body);
}

#define LAST_DAY "\"2024-01-05\""
#define MAY_BE_ABSENT                                                                    \
    {                                                                                    \
        .is_absent_fine = true                                                           \
    }

static void answers_and_faults(void **state)
{
    (void)state;
    static const one_request cases[] = {
        {RATES, MAY_BE_ABSENT, .http_status = 200, .body = LAST_DAY},
        /* Retry-After is obeyed, but not for a day. */
        {"/fault/429" RATES, MAY_BE_ABSENT, .n_sleep = 1, .slept_s = {1.0}},
        {"/fault/429long" RATES, .status = SN_E_IO, .error = "100000 s"},
        /* Without a time the whole bucket rests, whoever asks. */
        {"/fault/429plain" RATES, {.ban_s = 600.0}, .n_sleep = 1, .slept_s = {600.0}},
        /* Waits grow; five tries are all. */
        {"/fault/503after" RATES, .n_sleep = 1, .slept_s = {7.0}, .body = LAST_DAY},
        {"/fault/503x2" RATES, .n_sleep = 2, .slept_s = {1.0, 2.0}, .body = LAST_DAY,
         .not_in_body = "maintenance"},
        {"/fault/always503" RATES, .status = SN_E_IO, .n_sleep = 4, .error = "HTTP 503"},
        /* A part is never taken for the whole. */
        {"/fault/truncated" RATES, .status = SN_E_IO, .n_sleep = 4},
        {"/fault/gzipcut" RATES, .status = SN_E_IO, .n_sleep = 4},
        /* What the client did wrong is not asked again, and read where it says why. */
        {"/fault/400" RATES, .status = SN_E_IO},
        {"/fault/400" RATES,
         {.reads_refusals = true},
         .http_status = 400,
         .body = "maintenance"},
        /* Not found is fine where it means not published. */
        {"/fault/404" RATES, MAY_BE_ABSENT, .http_status = 404,
         .not_in_body = "maintenance"},
        {"/fault/404" RATES, .status = SN_E_IO},
        /* Size is capped while it arrives, also of a small answer that swells. */
        {"/fault/oversize" RATES,
         {.size_max = 100000},
         .status = SN_E_FORMAT,
         .error = "larger than 100000 bytes"},
        {"/fault/gzipbomb" RATES,
         {.size_max = 1000000},
         .status = SN_E_FORMAT,
         .error = "larger than 1000000 bytes"},
        /* Redirects stay on the host. */
        {"/fault/same_host" RATES, .body = LAST_DAY},
        {"/fault/other_host" RATES, .status = SN_E_IO, .error = "refused"},
        {"/fault/other_port" RATES, .status = SN_E_IO, .error = "refused"},
        {"/fault/other_scheme" RATES, .status = SN_E_IO, .error = "refused"},
        {"/fault/loop" RATES, .status = SN_E_IO},
        /* A server that is silent, or drips, is left. */
        {"/fault/hang" RATES,
         MAY_BE_ABSENT,
         {.timeout_s = 0.2, .tries = 2},
         .status = SN_E_IO,
         .n_sleep = 1},
        {"/fault/drip" RATES, {0}, {.slow_s = 1.0, .tries = 1}, .status = SN_E_IO},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        expect(&cases[c]);
    }
}

/* Each wait is a share, drawn anew, of a longest one that doubles up to two minutes. */
static void waits_grow_and_are_drawn(void **state)
{
    (void)state;
    static const double share[] = {0.9, 0.1, 0.5, 0.99, 0.25, 0.75, 1.0 / 3.0, 0.6};
    static const double longest_s[] = {2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 120.0, 120.0};
    enum { N = sizeof share / sizeof *share };
    chance own = {.share = share};
    const sn_fetch_hooks hooks = {now_of, now_of, sleep_of, next_share, &own};
    const sn_fetch_options options = {.hooks = &hooks, .tries = N + 1};
    sn_fetcher *fetcher = NULL;
    sn_asked *asked = NULL;
    sn_error err;
    char url[256];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/fault/always503" RATES,
                   server.port);
    const sn_ask ask = {.url = url};
    assert_int_equal(sn_fetcher_open(&options, &fetcher, &err), SN_OK);
    assert_int_equal(sn_fetcher_get(fetcher, &ask, &asked, &err), SN_OK);
    assert_int_equal(asked->status, SN_E_IO);
    assert_non_null(strstr(asked->err.message, "tried 9 times"));
    assert_int_equal(own.time.n_sleep, N);
    for (size_t i = 0; i < N; i++) {
        assert_true(fabs(own.time.slept_s[i] - longest_s[i] * share[i]) < 1e-9);
    }
    sn_asked_free(asked);
    sn_fetcher_close(fetcher);
}

/* Retry-After as a date: what is left until then, by the machine's clock. */
static void a_date_to_retry_after_is_obeyed(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/fault/429date" RATES, (sn_ask){0}, (sn_fetch_options){0});
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.time.n_sleep, 1);
    assert_true(got.time.slept_s[0] > 80.0 && got.time.slept_s[0] <= 101.0);
    sn_strbuf_release(&got.body);
}

static void requests_keep_their_distance(void **state)
{
    (void)state;
    made_up_time time = {0};
    sn_fetch_hooks hooks = {now_of, now_of, sleep_of, half, &time};
    static const sn_fetch_limit limit[SN_LIMITS_MAX] = {{13.0, 1.0}};
    sn_pace *pace = NULL;
    sn_fetcher *fetcher = NULL;
    sn_error err;
    char url[256];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d" RATES, server.port);
    assert_int_equal(sn_pace_open(NULL, &pace, &err), SN_OK);
    sn_fetch_options options = {.hooks = &hooks, .pace = pace};
    assert_int_equal(sn_fetcher_open(&options, &fetcher, &err), SN_OK);
    sn_ask ask = {.url = url, .bucket = "riksbank", .limit = limit};
    for (int i = 0; i < 3; i++) {
        sn_asked *asked = NULL;
        assert_int_equal(sn_fetcher_get(fetcher, &ask, &asked, &err), SN_OK);
        assert_int_equal(asked->status, SN_OK);
        sn_asked_free(asked);
    }
    assert_int_equal(time.n_sleep, 2);
    assert_float_equal(time.now_s, 26.0, 1e-6);
    sn_fetcher_close(fetcher);
    sn_pace_close(pace);
}

/* One bucket waits a minute a request; the other goes on meanwhile. */
static void one_source_does_not_hold_up_another(void **state)
{
    (void)state;
    made_up_time time = {0};
    sn_fetch_hooks hooks = {now_of, now_of, sleep_of, half, &time};
    static const sn_fetch_limit slow[SN_LIMITS_MAX] = {{60.0, 1.0}};
    static const sn_fetch_limit fast[SN_LIMITS_MAX] = {{1.0, 1.0}};
    sn_pace *pace = NULL;
    sn_fetcher *fetcher = NULL;
    sn_error err;
    char url[256];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d" RATES, server.port);
    assert_int_equal(sn_pace_open(NULL, &pace, &err), SN_OK);
    sn_fetch_options options = {.hooks = &hooks, .pace = pace};
    assert_int_equal(sn_fetcher_open(&options, &fetcher, &err), SN_OK);
    char order[16] = "";
    for (int i = 0; i < 6; i++) {
        bool is_slow = i < 2;
        sn_ask ask = {.url = url,
                      .bucket = is_slow ? "slow" : "fast",
                      .limit = is_slow ? slow : fast,
                      .tag = is_slow ? "s" : "f"};
        assert_int_equal(sn_fetcher_submit(fetcher, &ask, &err), SN_OK);
    }
    for (int i = 0; i < 6; i++) {
        sn_asked *asked = NULL;
        assert_int_equal(sn_fetcher_wait(fetcher, &asked, &err), SN_OK);
        assert_non_null(asked);
        order[i] = *(const char *)asked->tag;
        sn_asked_free(asked);
    }
    assert_int_equal(order[5], 's'); /* the second slow one is the last of all */
    assert_float_equal(time.now_s, 60.0, 1e-6);
    sn_fetcher_close(fetcher);
    sn_pace_close(pace);
}

static void a_turn_is_shared_by_processes(void **state)
{
    (void)state;
    static const sn_fetch_limit limit[SN_LIMITS_MAX] = {{10.0, 2.0}, {100.0, 3.0}};
    sn_pace *one = NULL;
    sn_pace *two = NULL;
    sn_error err;
    double wait_s = 0.0;
    char path[200];
    (void)snprintf(path, sizeof path, "%s/pace.sqlite3", server.folder);
    assert_int_equal(sn_pace_open(path, &one, &err), SN_OK);
    assert_int_equal(sn_pace_open(path, &two, &err), SN_OK);
    assert_int_equal(sn_pace_take(one, "a", limit, 1e9, &wait_s, &err), SN_OK);
    assert_true(wait_s == 0.0);
    assert_int_equal(sn_pace_take(two, "a", limit, 1e9, &wait_s, &err), SN_OK);
    assert_true(wait_s == 0.0); /* the burst */
    assert_int_equal(sn_pace_take(one, "a", limit, 1e9, &wait_s, &err), SN_OK);
    assert_float_equal(wait_s, 10.0, 1e-6);
    assert_int_equal(sn_pace_take(two, "b", limit, 1e9, &wait_s, &err), SN_OK);
    assert_true(wait_s == 0.0); /* another bucket */
    assert_int_equal(sn_pace_take(two, "a", limit, 1e9 + 10.0, &wait_s, &err), SN_OK);
    assert_true(wait_s == 0.0);
    /* Three of the slower rule are gone: the fourth waits for it. */
    assert_int_equal(sn_pace_take(one, "a", limit, 1e9 + 30.0, &wait_s, &err), SN_OK);
    assert_float_equal(wait_s, 70.0, 1e-6);
    /* A clock set back a year does not stop it for a year. */
    assert_int_equal(sn_pace_take(one, "a", limit, 9e8, &wait_s, &err), SN_OK);
    assert_true(wait_s <= 300.0);
    assert_int_equal(sn_pace_block(one, "c", 1e9, 600.0, &err), SN_OK);
    assert_int_equal(sn_pace_take(two, "c", limit, 1e9 + 1.0, &wait_s, &err), SN_OK);
    assert_float_equal(wait_s, 599.0, 1e-6);
    sn_pace_close(one);
    sn_pace_close(two);
}

#define SECRET "0a1b2c3d-secret-token"

/* The server gives the key back in body, header and redirect. */
static void a_key_goes_no_further(void **state)
{
    (void)state;
    answer got;
    const sn_ask ask = {.key_header = "x-api-key", .key = SECRET};
    get_with(&got, "/echo/body", ask, (sn_fetch_options){0});
    assert_int_equal(got.status, SN_OK);
    assert_non_null(strstr(got.body.data, "the key was *********************"));
    assert_null(strstr(got.body.data, SECRET));
    assert_null(strstr(got.headers, SECRET));
    assert_non_null(strstr(got.headers, "X-Echo: *****"));
    sn_strbuf_release(&got.body);
    get_with(&got, "/echo/redirect", ask, (sn_fetch_options){0});
    assert_int_equal(got.status, SN_E_IO);
    assert_null(strstr(got.err.message, SECRET));
    sn_strbuf_release(&got.body);
    get_with(&got, "/echo/401", ask, (sn_fetch_options){0});
    assert_int_equal(got.status, SN_E_IO);
    assert_non_null(strstr(got.err.message, "the key is refused"));
    sn_strbuf_release(&got.body);
}

static void cookies_are_not_kept(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/echo/body", (sn_ask){0}, (sn_fetch_options){0});
    assert_null(strstr(got.headers, "tracking"));
    assert_non_null(strstr(got.headers, "Content-Length"));
    sn_strbuf_release(&got.body);
}

static void base_urls_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        sn_status status;
    } cases[] = {
        {"https://data.svk.se", SN_OK},
        {"http://127.0.0.1:8080", SN_OK},
        {"http://127.0.0.1:8080/prefix", SN_OK},
        {"http://[::1]:8080", SN_OK},
        {"http://data.svk.se", SN_E_USAGE},
        {"http://127.0.0.1.example.org", SN_E_USAGE},
        {"http://127.0.0.1@example.org", SN_E_USAGE},
        {"http://localhost:8080", SN_E_USAGE},
        {"https://user:secret@example.org", SN_E_USAGE},
        {"https://example.org/?key=1", SN_E_USAGE},
        {"ftp://example.org", SN_E_USAGE},
        {"file:///etc/passwd", SN_E_USAGE},
        {"", SN_E_USAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sn_error err = {0};
        assert_int_equal(sn_fetch_check_base(cases[i].url, &err), cases[i].status);
        assert_null(strstr(err.message, "secret"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_and_faults),
        cmocka_unit_test(waits_grow_and_are_drawn),
        cmocka_unit_test(a_date_to_retry_after_is_obeyed),
        cmocka_unit_test(requests_keep_their_distance),
        cmocka_unit_test(one_source_does_not_hold_up_another),
        cmocka_unit_test(a_turn_is_shared_by_processes),
        cmocka_unit_test(a_key_goes_no_further),
        cmocka_unit_test(cookies_are_not_kept),
        cmocka_unit_test(base_urls_are_checked),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
