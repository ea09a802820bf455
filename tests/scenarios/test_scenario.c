/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sn_status load(const char *set, sn_scenario *out, sn_error *err)
{
    char path[512];
    const char *root = getenv("SNITT_SOURCE_DIR");
    (void)snprintf(path, sizeof path, "%s/scenarios/library/replay.yaml",
                   root != NULL ? root : ".");
    return sn_scenario_load(path, &set, set != NULL ? 1 : 0, out, err);
}

static void library_file_says_what_it_runs(void **state)
{
    (void)state;
    sn_scenario s;
    sn_error err = {.status = SN_OK};
    assert_int_equal(load(NULL, &s, &err), SN_OK);
    assert_int_equal(s.year, 2019);
    assert_int_equal(s.n_area, 17);
    assert_true(s.is_edge[16]);
    assert_false(s.is_edge[11]);
    assert_int_equal(s.n_configuration, 2);
    assert_string_equal(s.configuration[0].name, "se4");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(s.configuration[0].label[i], i);
        assert_int_equal(s.configuration[1].label[i], 0);
    }
    assert_int_equal(s.settings.balance, SN_BALANCE_PHYSICAL);
}

static void set_overrides_one_key(void **state)
{
    (void)state;
    sn_scenario s;
    sn_error err = {.status = SN_OK};
    assert_int_equal(load("hydro.balance=false", &s, &err), SN_OK);
    assert_int_equal(s.settings.balance, SN_BALANCE_HELD);
    assert_int_equal(s.year, 2019);
    assert_int_equal(load("extra_load_mw.SE2=1000", &s, &err), SN_OK);
    assert_true(s.settings.extra_load_mw[1] == 1000.0);
}

static void any_partition_can_be_given(void **state)
{
    (void)state;
    static const size_t expected[3][4] = {{0, 0, 2, 2}, {0, 0, 2, 3}, {0, 1, 1, 3}};
    sn_scenario s;
    sn_error err = {.status = SN_OK};
    assert_int_equal(load("configurations.compare=[se-2+2, se-north+34, "
                          "{name: middle, areas: [[SE2, SE3]]}]",
                          &s, &err),
                     SN_OK);
    assert_int_equal(s.n_configuration, 4);
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(s.configuration[k + 1].label[i], expected[k][i]);
        }
    }
}

static void wrong_words_are_refused_with_their_place(void **state)
{
    (void)state;
    static const char *const word[][2] = {
        {"year=20x9", ":1:7:"},
        {"year=010", ":1:7:"},
        {"slopes.factor=0,07", ":2:10:"},
        {"slopes.factor=7%", ":2:10:"},
        {"slopes.factor=nan", ":2:10:"},
        {"slopes.factor=1e999", ":2:10:"},
        {"redispatch.unlimited_internal=yes", ":2:22:"},
        {"hydro.balanse=false", "did you mean \"balance\""},
        {"yaer=2019", "did you mean \"year\""},
        {"extra_load_mw.SE9=1", "unknown bidding area \"SE9\""},
        {"configurations.base=se5", "no split is named \"se5\""},
        {"configurations.compare=[se1, se1]", "two configurations"},
        {"configurations.compare=[]", "at least one split"},
        {"year", "expected key=value"},
        {"=1", "expected key=value"},
        {"year=", "expected key=value"},
        {"a..b=1", "expected key=value"},
    };
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        sn_scenario s;
        sn_error err = {.status = SN_OK};
        assert_int_equal(load(word[i][0], &s, &err), SN_E_FORMAT);
        if (strstr(err.message, word[i][1]) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", word[i][0], err.message, word[i][1]);
        }
    }
}

static void bad_files_are_refused(void **state)
{
    (void)state;
    static const char *const text[] = {
        "",
        "- 1\n",
        "name: a\nname: b\n",
        "name: &x a\ntitle: *x\n",
        "name: a\nyear: 2019\n",
        "edges: [EE]\n",
        "areas: [SE1, SE1]\n",
        "areas: [XX]\n",
        "kind: forecast\n",
        "areas: [SE1]\nsources: {price: [\"../x\"]}\n",
    };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        sn_scenario s;
        sn_error err = {.status = SN_OK};
        assert_int_not_equal(
            sn_scenario_load_bytes("t.yaml", text[i], strlen(text[i]), NULL, 0, &s, &err),
            SN_OK);
        assert_non_null(strstr(err.message, "t.yaml"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(library_file_says_what_it_runs),
        cmocka_unit_test(set_overrides_one_key),
        cmocka_unit_test(any_partition_can_be_given),
        cmocka_unit_test(wrong_words_are_refused_with_their_place),
        cmocka_unit_test(bad_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
