/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Energy is kept by every rule, over days with 23 and 25 hours and over the seam from 60
 * to 15 minutes; a gap stays a gap. */
#include "datasets/resample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"
#include "support/random.h"

static sn_series make(const char *start, int32_t step_s, size_t n, uint64_t seed)
{
    sn_series s;
    sn_random random = {seed};
    sn_series_key key = {SN_LOAD, "test", "SE3", step_s};
    sn_axis axis = {.step_s = step_s, .n = n};
    assert_int_equal(sn_instant_parse(start, &axis.start, NULL), SN_OK);
    assert_int_equal(sn_series_init(&s, &key, axis, NULL), SN_OK);
    for (size_t i = 0; i < n; i++) {
        s.value[i] = sn_random_share(&random) * 1000.0 - 200.0;
        s.flag[i] = SN_FLAG_STATED;
    }
    return s;
}

static double energy_mwh(const sn_series *s)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->axis.n; i++) {
        sum += s->value[i] * s->axis.step_s / SN_HOUR_S;
    }
    return sum;
}

/* Local days of 2025: 23, 25 and 24 hours, and the day of the seam. */
static void energy_is_kept(void **state)
{
    (void)state;
    static const struct {
        const char *start;
        size_t hours;
    } days[] = {{"2025-03-29T23:00Z", 23},
                {"2025-10-25T22:00Z", 25},
                {"2025-09-29T22:00Z", 24},
                {"2025-09-30T22:00Z", 24}};
    for (size_t d = 0; d < 4; d++) {
        sn_series quarters = make(days[d].start, SN_QUARTER_S, 4 * days[d].hours, 7 + d);
        sn_series hours;
        sn_series again;
        sn_series held;
        assert_int_equal(
            sn_series_resample(&quarters, SN_HOUR_S, SN_RESAMPLE_MEAN, &hours, NULL),
            SN_OK);
        assert_int_equal(hours.axis.n, days[d].hours);
        assert_true(hours.axis.start.utc_s == quarters.axis.start.utc_s);
        assert_near(energy_mwh(&hours), energy_mwh(&quarters), 1e-9);
        assert_near(hours.value[3],
                    (quarters.value[12] + quarters.value[13] + quarters.value[14] +
                     quarters.value[15]) /
                        4.0,
                    1e-12);
        assert_int_equal(
            sn_series_resample(&hours, SN_QUARTER_S, SN_RESAMPLE_HOLD, &held, NULL),
            SN_OK);
        assert_int_equal(held.axis.n, 4 * days[d].hours);
        assert_near(energy_mwh(&held), energy_mwh(&quarters), 1e-9);
        assert_int_equal(
            sn_series_resample(&held, SN_HOUR_S, SN_RESAMPLE_MEAN, &again, NULL), SN_OK);
        for (size_t i = 0; i < hours.axis.n; i++) {
            assert_near(again.value[i], hours.value[i], 1e-12);
        }
        sn_series_release(&quarters);
        sn_series_release(&hours);
        sn_series_release(&held);
        sn_series_release(&again);
    }
}

static void gaps_and_flags(void **state)
{
    (void)state;
    sn_series quarters = make("2025-10-01T00:15Z", SN_QUARTER_S, 14, 1);
    sn_series hours;
    quarters.value[4] = (double)NAN;
    quarters.flag[4] = SN_FLAG_GAP;
    quarters.flag[8] = SN_FLAG_FILLED;
    quarters.flag[9] = SN_FLAG_SUSPECT;
    assert_int_equal(
        sn_series_resample(&quarters, SN_HOUR_S, SN_RESAMPLE_MEAN, &hours, NULL), SN_OK);
    /* 00:15 begins inside an hour, 03:45 ends one: the first is not whole. */
    static const uint8_t expected[] = {SN_FLAG_GAP, SN_FLAG_GAP, SN_FLAG_SUSPECT,
                                       SN_FLAG_GAP};
    assert_int_equal(hours.axis.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(hours.flag[i], expected[i]);
        assert_int_equal(isnan(hours.value[i]) != 0, expected[i] == SN_FLAG_GAP);
    }
    sn_series_release(&quarters);
    sn_series_release(&hours);
}

/* An hourly half and a quarter-hourly half become one series. */
static void over_the_seam(void **state)
{
    (void)state;
    sn_series before = make("2025-09-30T20:00Z", SN_HOUR_S, 2, 3);
    sn_series after = make("2025-09-30T22:00Z", SN_QUARTER_S, 8, 4);
    sn_series key_axis;
    sn_series held;
    assert_int_equal(
        sn_series_resample(&before, SN_QUARTER_S, SN_RESAMPLE_HOLD, &held, NULL), SN_OK);
    sn_axis all = {before.axis.start, SN_QUARTER_S, 16};
    assert_int_equal(sn_series_init(&key_axis, &held.key, all, NULL), SN_OK);
    sn_series_fill_from(&key_axis, &held);
    sn_series_fill_from(&key_axis, &after);
    assert_near(energy_mwh(&key_axis), energy_mwh(&before) + energy_mwh(&after), 1e-9);
    sn_series_release(&before);
    sn_series_release(&after);
    sn_series_release(&held);
    sn_series_release(&key_axis);
}

static void weeks_begin_on_monday(void **state)
{
    (void)state;
    sn_series hours = make("2018-12-31", SN_HOUR_S, 168, 5);
    sn_series week;
    assert_int_equal(sn_series_resample(&hours, SN_WEEK_S, SN_RESAMPLE_MEAN, &week, NULL),
                     SN_OK);
    assert_int_equal(week.axis.n, 1);
    assert_near(energy_mwh(&week), energy_mwh(&hours), 1e-8);
    sn_series_release(&week);
    sn_series_release(&hours);
}

static void wrong_rules_are_refused(void **state)
{
    (void)state;
    static const struct {
        int32_t step_s;
        sn_resample_rule rule;
    } wrong[] = {{SN_QUARTER_S, SN_RESAMPLE_MEAN}, {SN_DAY_S, SN_RESAMPLE_HOLD},
                 {SN_QUARTER_S, SN_RESAMPLE_NONE}, {5400, SN_RESAMPLE_MEAN},
                 {2400, SN_RESAMPLE_HOLD},         {0, SN_RESAMPLE_HOLD},
                 {-3600, SN_RESAMPLE_MEAN}};
    sn_series hours = make("2019-01-01", SN_HOUR_S, 24, 6);
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        sn_series out;
        sn_error err = {0};
        assert_int_equal(
            sn_series_resample(&hours, wrong[w].step_s, wrong[w].rule, &out, &err),
            SN_E_FORMAT);
        assert_non_null(strstr(err.message, "load_mw of SE3 from test"));
    }
    sn_series_release(&hours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_is_kept),
        cmocka_unit_test(gaps_and_flags),
        cmocka_unit_test(over_the_seam),
        cmocka_unit_test(weeks_begin_on_monday),
        cmocka_unit_test(wrong_rules_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
