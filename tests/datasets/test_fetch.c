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
    sn_error err;
    made_up_time time;
} answer;

static void
get_with(answer *out, const char *path, bool is_absent_fine, sn_fetch_options opts)
{
    *out = (answer){0};
    sn_fetch_hooks hooks = {now_of, sleep_of, half, &out->time};
    opts.hooks = &hooks;
    char url[256];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", server.port, path);
    sn_fetcher *fetcher = NULL;
    sn_strbuf_init(&out->body, 1);
    assert_int_equal(sn_fetcher_open(&opts, &fetcher, &out->err), SN_OK);
    out->status = sn_fetcher_get(fetcher, url, is_absent_fine, &out->body,
                                 &out->http_status, &out->err);
    sn_fetcher_close(fetcher);
}

static void get(answer *out, const char *path)
{
    get_with(out, path, true, (sn_fetch_options){0});
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
    get_with(&got, "/fault/404" RATES, false, (sn_fetch_options){0});
    assert_int_equal(got.status, SN_E_IO);
    assert_int_equal(got.time.n_sleep, 0);
    sn_strbuf_release(&got.body);
}

static void size_is_capped_while_it_arrives(void **state)
{
    (void)state;
    answer got;
    get_with(&got, "/fault/oversize" RATES, true, (sn_fetch_options){.size_max = 100000});
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
    get_with(&got, "/fault/hang" RATES, true,
             (sn_fetch_options){.timeout_s = 0.2, .tries = 2});
    assert_int_equal(got.status, SN_E_IO);
    assert_int_equal(got.time.n_sleep, 1);
    sn_strbuf_release(&got.body);
}

static void requests_keep_their_distance(void **state)
{
    (void)state;
    answer got = {0};
    sn_fetch_hooks hooks = {now_of, sleep_of, half, &got.time};
    sn_fetch_options options = {.hooks = &hooks, .pace_s = 13.0};
    char url[256];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d" RATES, server.port);
    sn_fetcher *fetcher = NULL;
    sn_strbuf_init(&got.body, 1);
    assert_int_equal(sn_fetcher_open(&options, &fetcher, &got.err), SN_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            sn_fetcher_get(fetcher, url, false, &got.body, &got.http_status, &got.err),
            SN_OK);
    }
    assert_int_equal(got.time.n_sleep, 2);
    assert_float_equal(got.time.now_s, 26.0, 1e-9);
    sn_fetcher_close(fetcher);
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
        cmocka_unit_test(base_urls_are_checked),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
