/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static sn_instant at(const char *text)
{
    sn_instant out = {0};
    sn_error err = {0};
    assert_int_equal(sn_instant_parse(text, &out, &err), SN_OK);
    return out;
}

static void known_moments(void **state)
{
    (void)state;
    assert_int_equal(at("1970-01-01").utc_s, 0);
    assert_int_equal(at("2000-02-29T12:00Z").utc_s, 951825600);
    assert_int_equal(at("2026-11-24T13:00:07Z").utc_s, 1795525207);
    assert_int_equal(sn_instant_of_year(2025).utc_s, at("2025-01-01").utc_s);
    assert_int_equal(sn_instant_year(at("2024-12-31T23:59:59Z")), 2024);
}

static void text_and_back(void **state)
{
    (void)state;
    char text[SN_INSTANT_TEXT_SIZE];
    for (int64_t s = 820454400; s < 4102444800; s += 7654321) {
        sn_instant t = {s};
        assert_int_equal(at(sn_instant_format(t, text)).utc_s, s);
    }
    assert_string_equal(sn_instant_format(at("2019-01-01"), text), "2019-01-01T00:00Z");
}

static void wrong_texts_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "2025",
                                        "2025-13-01",
                                        "2025-02-29",
                                        "2025-1-1",
                                        "2025-01-01T24:00Z",
                                        "2025-01-01T00:00",
                                        "2025-01-01T00:00+01:00",
                                        "2025-01-01 ",
                                        " 2025-01-01",
                                        "2025-01-01T00:60Z",
                                        "20x5-01-01",
                                        "-025-01-01",
                                        "9999-01-01",
                                        "2025-01-01T00:00Zx"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        sn_instant out;
        sn_error err = {0};
        if (sn_instant_parse(wrong[k], &out, &err) != SN_E_FORMAT) {
            fail_msg("\"%s\" is read", wrong[k]);
        }
        assert_true(err.message[0] != '\0');
    }
}

/* Last Sundays of March and October, 01:00 UTC. */
static void clock_changes(void **state)
{
    (void)state;
    assert_int_equal(sn_cet_offset_s(at("2025-03-30T00:59:59Z")), 3600);
    assert_int_equal(sn_cet_offset_s(at("2025-03-30T01:00Z")), 7200);
    assert_int_equal(sn_cet_offset_s(at("2025-10-26T00:59:59Z")), 7200);
    assert_int_equal(sn_cet_offset_s(at("2025-10-26T01:00Z")), 3600);
    sn_instant first;
    sn_instant second;
    sn_civil spring = {2025, 3, 30, 2, 30, 0};
    assert_int_equal(sn_instant_from_cet(&spring, &first, &second), SN_LOCAL_SKIPPED);
    assert_int_equal(first.utc_s, at("2025-03-30T01:00Z").utc_s);
    sn_civil autumn = {2025, 10, 26, 2, 30, 0};
    assert_int_equal(sn_instant_from_cet(&autumn, &first, &second), SN_LOCAL_AMBIGUOUS);
    assert_int_equal(first.utc_s, at("2025-10-26T00:30Z").utc_s);
    assert_int_equal(second.utc_s, at("2025-10-26T01:30Z").utc_s);
}

static void days_have_23_24_and_25_hours(void **state)
{
    (void)state;
    static const struct {
        const char *noon;
        int hours;
    } days[] = {
        {"2025-03-30T12:00Z", 23}, {"2025-06-01T12:00Z", 24}, {"2025-10-26T12:00Z", 25}};
    for (size_t k = 0; k < 3; k++) {
        sn_instant start = sn_cet_day_start(at(days[k].noon));
        sn_instant next = {start.utc_s + 30 * SN_HOUR_S};
        next = sn_cet_day_start(next);
        assert_int_equal((next.utc_s - start.utc_s) / SN_HOUR_S, days[k].hours);
    }
}

static void iso_weeks_and_weekdays(void **state)
{
    (void)state;
    sn_civil monday = sn_civil_of_iso_week(2015, 53);
    assert_int_equal(monday.year, 2015);
    assert_int_equal(monday.month, 12);
    assert_int_equal(monday.day, 28);
    monday = sn_civil_of_iso_week(2025, 1);
    assert_int_equal(monday.year, 2024);
    assert_int_equal(monday.day, 30);
    assert_int_equal(sn_civil_weekday(&monday), 0);
}

static void axis_index(void **state)
{
    (void)state;
    const sn_axis axis = {.start = at("2025-01-01"), .step_s = SN_QUARTER_S, .n = 96};
    assert_int_equal(sn_axis_index(&axis, at("2025-01-01T00:15Z")), 1);
    assert_true(sn_axis_index(&axis, at("2025-01-01T00:16Z")) == SIZE_MAX);
    assert_true(sn_axis_index(&axis, at("2024-12-31T23:45Z")) == SIZE_MAX);
    assert_true(sn_axis_index(&axis, at("2025-01-02")) == SIZE_MAX);
    assert_true(sn_axis_index(&axis, (sn_instant){INT64_MIN}) == SIZE_MAX);
    assert_true(sn_axis_index(&axis, (sn_instant){INT64_MAX}) == SIZE_MAX);
    assert_int_equal(sn_axis_end(&axis).utc_s, at("2025-01-02").utc_s);
}

static void times_with_an_offset(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *utc; /* NULL: refused */
        sn_offset offset;
    } cases[] = {
        {"2025-04-01T00:00:00+02:00", "2025-03-31T22:00Z", SN_OFFSET_OTHER},
        {"2025-04-01 00:00-01:30", "2025-04-01T01:30Z", SN_OFFSET_OTHER},
        {"2025-04-01T00:00:00Z", "2025-04-01T00:00Z", SN_OFFSET_UTC},
        {"2025-04-01T00:00+00:00", "2025-04-01T00:00Z", SN_OFFSET_UTC},
        {"2025-04-01T00:00", "2025-04-01T00:00Z", SN_OFFSET_NONE},
        {"2025-04-01T00:00:05.000Z", "2025-04-01T00:00:05Z", SN_OFFSET_UTC},
        {"2025-04-01T00:00:00.000", "2025-04-01T00:00Z", SN_OFFSET_NONE},
        {"2025-04-01T00:00:00.5Z", NULL, SN_OFFSET_NONE},
        {"2025-04-01", NULL, SN_OFFSET_NONE},
        {"2025-04-31T00:00Z", NULL, SN_OFFSET_NONE},
        {"2025-04-01T24:00Z", NULL, SN_OFFSET_NONE},
        {"2025-04-01T00:00:6Z", NULL, SN_OFFSET_NONE},
        {"2025-04-01T00:00:", NULL, SN_OFFSET_NONE},
        {"2025-04-01T00:00+2:00", NULL, SN_OFFSET_NONE},
        {"2025-04-01T00:00+15:00", NULL, SN_OFFSET_NONE},
        {"2025-04-01T00:00+02:60", NULL, SN_OFFSET_NONE},
        {"2025-04-01T00:00 CET", NULL, SN_OFFSET_NONE},
        {"2025/04/01T00:00Z", NULL, SN_OFFSET_NONE},
        {"", NULL, SN_OFFSET_NONE},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sn_instant t = {0};
        sn_offset offset = SN_OFFSET_NONE;
        char text[SN_INSTANT_TEXT_SIZE];
        bool is_read = sn_instant_read(cases[c].text, &t, &offset);
        if (is_read != (cases[c].utc != NULL) || offset != cases[c].offset ||
            (is_read && strcmp(sn_instant_format(t, text), cases[c].utc) != 0)) {
            fail_msg("\"%s\": %s", cases[c].text,
                     is_read ? sn_instant_format(t, text) : "refused");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_with_an_offset),
        cmocka_unit_test(known_moments),
        cmocka_unit_test(text_and_back),
        cmocka_unit_test(wrong_texts_are_refused),
        cmocka_unit_test(clock_changes),
        cmocka_unit_test(days_have_23_24_and_25_hours),
        cmocka_unit_test(iso_weeks_and_weekdays),
        cmocka_unit_test(axis_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
