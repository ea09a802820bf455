/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "area.h"
#include "series.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ENTSO-E check character: weights 16..2 over the first fifteen, 0-9 A-Z and '-'. */
static char eic_check(const char *eic)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    int sum = 0;
    for (int k = 0; k < 15; k++) {
        sum += (16 - k) * (int)(strchr(alphabet, eic[k]) - alphabet);
    }
    return alphabet[36 - (sum - 1) % 37];
}

static void price_limits_change_at_a_swedish_midnight(void **state)
{
    (void)state;
    sn_instant raised = {INT64_C(1652220000)}; /* 2022-05-10T22:00Z */
    sn_instant before = {raised.utc_s - 1};
    assert_true(sn_price_limits_at(before).max_eur_per_mwh == 3000.0);
    assert_true(sn_price_limits_at(raised).max_eur_per_mwh == 4000.0);
    assert_true(sn_price_limits_at((sn_instant){0}).min_eur_per_mwh == -500.0);
}

static void codes_pass_their_check_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < sn_area_count; i++) {
        assert_int_equal(strlen(sn_areas[i].eic), 16);
        assert_int_equal(sn_areas[i].eic[15], eic_check(sn_areas[i].eic));
        assert_ptr_equal(sn_area_find(sn_areas[i].code), &sn_areas[i]);
    }
}

static void borders_join_known_areas_once(void **state)
{
    (void)state;
    for (size_t b = 0; b < sn_border_count; b++) {
        bool reversed = true;
        const sn_border_info *border = &sn_borders[b];
        assert_non_null(sn_area_find(border->from));
        assert_non_null(sn_area_find(border->to));
        assert_ptr_equal(sn_border_find(border->from, border->to, &reversed), border);
        assert_false(reversed);
        assert_ptr_equal(sn_border_find(border->to, border->from, &reversed), border);
        assert_true(reversed);
        assert_true(border->rated_forward_mw > 0 && border->rated_back_mw > 0);
    }
    bool reversed;
    assert_null(sn_border_find("SE1", "SE4", &reversed));
}

static void unknown_area_names_the_nearest(void **state)
{
    (void)state;
    const sn_area *area = NULL;
    sn_error err = {0};
    assert_int_equal(sn_area_require("SE5", &area, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "\"SE5\""));
    assert_non_null(strstr(err.message, "\"SE"));
    assert_null(area);
}

static void new_series_is_gaps_and_bad_axes_are_refused(void **state)
{
    (void)state;
    sn_error err = {0};
    sn_series series;
    sn_series_key key = {SN_LOAD, "svk", "SE3", SN_HOUR_S};
    sn_axis axis = {sn_instant_of_year(2025), SN_HOUR_S, 3};
    assert_int_equal(sn_series_init(&series, &key, axis, &err), SN_OK);
    for (size_t k = 0; k < 3; k++) {
        assert_true(isnan(series.value[k]));
        assert_int_equal(series.flag[k], SN_FLAG_GAP);
    }
    sn_series_release(&series);
    axis.start.utc_s += 60;
    assert_int_equal(sn_series_init(&series, &key, axis, &err), SN_E_FORMAT);
    axis.start.utc_s -= 60;
    axis.step_s = SN_QUARTER_S;
    assert_int_equal(sn_series_init(&series, &key, axis, &err), SN_E_FORMAT);
    axis.step_s = SN_HOUR_S;
    sn_series_key hostile = {SN_LOAD, "../x", "SE3", SN_HOUR_S};
    assert_int_equal(sn_series_init(&series, &hostile, axis, &err), SN_E_FORMAT);
}

static void quantity_names_are_found_again(void **state)
{
    (void)state;
    for (int q = 0; q < SN_QUANTITY_COUNT; q++) {
        assert_int_equal(sn_quantity_find(sn_quantity_name((sn_quantity)q)), q);
    }
    assert_int_equal(sn_quantity_find("price"), SN_QUANTITY_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(price_limits_change_at_a_swedish_midnight),
        cmocka_unit_test(codes_pass_their_check_character),
        cmocka_unit_test(borders_join_known_areas_once),
        cmocka_unit_test(unknown_area_names_the_nearest),
        cmocka_unit_test(new_series_is_gaps_and_bad_axes_are_refused),
        cmocka_unit_test(quantity_names_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
