/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client against a real server on loopback; time and sleep are made up. */
#include "fetch.h"
#include "support/replay.h"

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

static const sn_ask absent_fine = {.is_absent_fine = true};

static void get(answer *out, const char *path)
{
    get_with(out, path, absent_fine, (sn_fetch_options){0});
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

static void plain_answer_comes_whole(void **state)
{
    (void)state;
    answer got;
    get(&got, RATES);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.http_status, 200);
    assert_non_null(strstr(got.body.data, "\"2024-01-05\""));
    assert_int_equal(got.time.n_sleep, 0);
    sn_strbuf_release(&got.body);
}

static void retry_after_is_obeyed(void **state)
{
    (void)state;
    answer got;
    get(&got, "/fault/429" RATES);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.time.n_sleep, 1);
    assert_float_equal(got.time.slept_s[0], 1.0, 1e-9);
    sn_strbuf_release(&got.body);
}

static void long_retry_after_is_not_waited_for(void **state)
{
    (void)state;
    answer got;
    get(&got, "/fault/429long" RATES);
    assert_int_equal(got.status, SN_E_IO);
    assert_int_equal(got.time.n_sleep, 0);
    assert_non_null(strstr(got.err.message, "100000 s"));
    sn_strbuf_release(&got.body);
}

static void waits_grow_after_503(void **state)
{
    (void)state;
    answer got;
    get(&got, "/fault/503x2" RATES);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.time.n_sleep, 2);
    assert_float_equal(got.time.slept_s[0], 1.0, 1e-9);
    assert_float_equal(got.time.slept_s[1], 2.0, 1e-9);
    assert_null(strstr(got.body.data, "maintenance"));
    sn_strbuf_release(&got.body);
}

static void gives_up_after_five_tries(void **state)
{
    (void)state;
    answer got;
    get(&got, "/fault/always503" RATES);
    assert_int_equal(got.status, SN_E_IO);
    assert_int_equal(got.time.n_sleep, 4);
    assert_non_null(strstr(got.err.message, "HTTP 503"));
    sn_strbuf_release(&got.body);
}

static void truncated_answer_is_never_taken(void **state)
{
    (void)state;
    answer got;
    get(&got, "/fault/truncated" RATES);
    assert_int_equal(got.status, SN_E_IO);
    assert_int_equal(got.time.n_sleep, 4);
    sn_strbuf_release(&got.body);
}

static void client_errors_are_not_repeated(void **state)
{
    (void)state;
    answer got;
    get(&got, "/fault/400" RATES);
    assert_int_equal(got.status, SN_E_IO);
    assert_int_equal(got.time.n_sleep, 0);
    sn_strbuf_release(&got.body);
}

static void not_found_is_fine_where_it_means_not_published(void **state)
{
    (void)state;
    answer got;
    get(&got, "/fault/404" RATES);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.http_status, 404);
    assert_int_equal(got.body.len, 0);
    sn_strbuf_release(&got.body);
    get_with(&got, "/fault/404" RATES, (sn_ask){0}, (sn_fetch_options){0});
    assert_int_equal(got.status, SN_E_IO);
    assert_int_equal(got.time.n_sleep, 0);
    sn_strbuf_release(&got.body);
}

static void size_is_capped_while_it_arrives(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/fault/oversize" RATES, (sn_ask){.size_max = 100000},
             (sn_fetch_options){0});
    assert_int_equal(got.status, SN_E_FORMAT);
    assert_true(got.body.len <= 100000);
    assert_int_equal(got.time.n_sleep, 0);
    assert_non_null(strstr(got.err.message, "larger than 100000 bytes"));
    sn_strbuf_release(&got.body);
}

static void redirects_stay_on_the_host(void **state)
{
    (void)state;
    answer got;
    get(&got, "/fault/same_host" RATES);
    assert_int_equal(got.status, SN_OK);
    assert_non_null(strstr(got.body.data, "\"2024-01-05\""));
    sn_strbuf_release(&got.body);
    get(&got, "/fault/other_host" RATES);
    assert_int_equal(got.status, SN_E_IO);
    assert_non_null(strstr(got.err.message, "refused"));
    sn_strbuf_release(&got.body);
    get(&got, "/fault/loop" RATES);
    assert_int_equal(got.status, SN_E_IO);
    sn_strbuf_release(&got.body);
}

static void silent_server_is_left(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/fault/hang" RATES, absent_fine,
             (sn_fetch_options){.timeout_s = 0.2, .tries = 2});
    assert_int_equal(got.status, SN_E_IO);
    assert_int_equal(got.time.n_sleep, 1);
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

/* 429 without a time: the whole bucket rests, whoever asks. */
static void a_ban_is_waited_out(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/fault/429plain" RATES, (sn_ask){.ban_s = 600.0},
             (sn_fetch_options){0});
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.time.n_sleep, 1);
    assert_float_equal(got.time.slept_s[0], 600.0, 1e-9);
    sn_strbuf_release(&got.body);
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
    get(&got, "/echo/body");
    assert_null(strstr(got.headers, "tracking"));
    assert_non_null(strstr(got.headers, "Content-Length"));
    sn_strbuf_release(&got.body);
}

static void small_answer_that_swells_is_capped(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/fault/gzipbomb" RATES, (sn_ask){.size_max = 1000000},
             (sn_fetch_options){0});
    assert_int_equal(got.status, SN_E_FORMAT);
    assert_non_null(strstr(got.err.message, "larger than 1000000 bytes"));
    sn_strbuf_release(&got.body);
    get(&got, "/fault/gzipcut" RATES);
    assert_int_equal(got.status, SN_E_IO);
    sn_strbuf_release(&got.body);
}

static void dripping_answer_is_given_up(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/fault/drip" RATES, (sn_ask){0},
             (sn_fetch_options){.slow_s = 1.0, .tries = 1});
    assert_int_equal(got.status, SN_E_IO);
    sn_strbuf_release(&got.body);
}

static void refusals_are_read_where_they_say_something(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/fault/400" RATES, (sn_ask){.reads_refusals = true},
             (sn_fetch_options){0});
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.http_status, 400);
    assert_non_null(strstr(got.body.data, "maintenance"));
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
        cmocka_unit_test(plain_answer_comes_whole),
        cmocka_unit_test(retry_after_is_obeyed),
        cmocka_unit_test(long_retry_after_is_not_waited_for),
        cmocka_unit_test(waits_grow_after_503),
        cmocka_unit_test(gives_up_after_five_tries),
        cmocka_unit_test(truncated_answer_is_never_taken),
        cmocka_unit_test(client_errors_are_not_repeated),
        cmocka_unit_test(not_found_is_fine_where_it_means_not_published),
        cmocka_unit_test(size_is_capped_while_it_arrives),
        cmocka_unit_test(redirects_stay_on_the_host),
        cmocka_unit_test(silent_server_is_left),
        cmocka_unit_test(requests_keep_their_distance),
        cmocka_unit_test(one_source_does_not_hold_up_another),
        cmocka_unit_test(a_turn_is_shared_by_processes),
        cmocka_unit_test(a_ban_is_waited_out),
        cmocka_unit_test(a_key_goes_no_further),
        cmocka_unit_test(cookies_are_not_kept),
        cmocka_unit_test(small_answer_that_swells_is_capped),
        cmocka_unit_test(dripping_answer_is_given_up),
        cmocka_unit_test(refusals_are_read_where_they_say_something),
        cmocka_unit_test(base_urls_are_checked),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
