/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kept answers are read again as they were; what tells how may come from anywhere. */
#include "datasets/fetch_reread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char answer[] =
    "[{\"SEK_per_kWh\":0.4995,\"EUR_per_kWh\":0.045,\"EXR\":11.1,"
    "\"time_start\":\"2025-10-01T00:00:00+02:00\",\"time_end\":"
    "\"2025-10-01T00:15:00+02:00\"},"
    "{\"SEK_per_kWh\":-0.0111,\"EUR_per_kWh\":-0.001,\"EXR\":11.1,"
    "\"time_start\":\"2025-10-01T00:15:00+02:00\",\"time_end\":"
    "\"2025-10-01T00:30:00+02:00\"}]";

/* 2025-09-30T22:00Z to 2025-10-01T22:00Z */
#define WINDOW "1759269600 1759356000"

static sn_status read(const char *reader, size_t *n_out, double *first, sn_error *err)
{
    sn_series *series = NULL;
    sn_status status =
        sn_fetch_read_again(reader, answer, sizeof answer - 1, &series, n_out, err);
    *first = status == SN_OK && *n_out > 0 ? series[0].value[0] : 0.0;
    sn_series_array_free(series, *n_out);
    return status;
}

static void text_names_the_request(void **state)
{
    (void)state;
    const sn_fetch_source *source = sn_fetch_source_find("elprisetjustnu");
    sn_fetch_request request = {.source = source,
                                .item = &source->items[0],
                                .from = "SE3",
                                .to = "SE3",
                                .window = {{1759269600}, {1759356000}}};
    char text[SN_READER_SIZE];
    size_t n = 0;
    double first = 0.0;
    sn_error err = {0};
    sn_fetch_reader_text(&request, 200, 0, text);
    assert_string_equal(text, "fetch elprisetjustnu price SE3 SE3 " WINDOW " 0 200 0");
    if (read(text, &n, &first, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(n, 1);
    assert_true(first > 44.999 && first < 45.001); /* EUR/MWh */
    sn_fetch_reader_text(&request, 200, sizeof answer, text);
    assert_int_equal(read(text, &n, &first, &err), SN_E_FORMAT);
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "fetch",
        "fetch nobody price SE3 SE3 " WINDOW " 0 200 0",
        "fetch elprisetjustnu rain SE3 SE3 " WINDOW " 0 200 0",
        "fetch elprisetjustnu price SE3 SE3 " WINDOW " 0",
        "fetch elprisetjustnu price SE3 SE3 " WINDOW " 0 200 x",
        "fetch elprisetjustnu price SE3 SE3 " WINDOW " 0 200 99999",
    };
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        size_t n = 0;
        double first = 0.0;
        sn_error err = {0};
        assert_int_equal(read(wrong[w], &n, &first, &err), SN_E_FORMAT);
        assert_true(err.message[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_names_the_request),
        cmocka_unit_test(other_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
