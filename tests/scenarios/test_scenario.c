/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/os.h"
#include "base/strbuf.h"
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
        {"redispatch.participants.wind=some", "expected all, none or a list of areas"},
        {"redispatch.participants.wnd=all", "did you mean \"wind\""},
        {"redispatch.theta=1.5", ":2:"},
        {"base=a.yaml", "for files, not for --set"},
        {"sweep.year=[2019]", "for files, not for --set"},
        {"capacity.add.SE1-SE4=800", "expected a border between two areas"},
        {"capacity.add.SE2-SE3={forwrd_mw: 1}", "did you mean \"forward_mw\""},
        {"links.ramp_mw_per_h.SE1-SE4=800", "expected a border between two areas"},
        {"links.ramp_mw_per_h.SE2-SE3=-1", ":3:"},
        {"links.ramp_mw_per_h=600", "map"},
        {"links.loss_share.SE2-SE3=3", ":3:"},
        {"links.ramp.SE2-SE3=1", "unknown key"},
        {"period.from=2018-12-01", "period must lie inside the year 2019"},
        {"period.to=2019-13-01", ":2:6:"},
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

/* So that no byte of a result can depend on it. */
static void the_order_of_areas_is_ours(void **state)
{
    (void)state;
    static const char text[] =
        "name: t\nyear: 2019\nareas: [FI, SE4, NO2, SE1]\nedges: [NL, EE, PL]\n"
        "configurations: {base: se4, compare: [{name: all, areas: [[SE1, SE4]]}]}\n"
        "sources: {price: [nordpool]}\n"
        "extra_load_mw: {SE1: 5, FI: 7}\n";
    static const char *const order[] = {"SE1", "SE4", "NO2", "FI", "EE", "PL", "NL"};
    sn_scenario s;
    sn_error err = {.status = SN_OK};
    if (sn_scenario_load_bytes("t.yaml", text, strlen(text), NULL, 0, &s, &err) !=
        SN_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(s.n_area, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(s.area[i]->code, order[i]);
        assert_int_equal(s.is_edge[i], i >= 4);
        double load = i == 0 ? 5.0 : i == 3 ? 7.0 : 0.0;
        assert_true(s.settings.extra_load_mw[i] == load);
    }
}

static void put(const char *path, const char *text)
{
    assert_int_equal(sn_os_write_file(path, text, strlen(text), NULL), SN_OK);
}

static const char whole[] =
    "name: whole\nyear: 2019\nareas: [SE1, SE2, SE3, SE4, NO1]\nedges: [EE, LT]\n"
    "title: {sv: \"a \\\"b\\\" \\\\ c: d # e\", en: x}\n"
    "configurations: {base: se4, compare: [se1, {name: mid, areas: [[SE2, SE3], "
    "[SE1]]}]}\n"
    "sources: {price: [svk, nordpool]}\n";

static void a_file_builds_on_its_base(void **state)
{
    (void)state;
    sn_scenario s;
    sn_error err = {.status = SN_OK};
    assert_int_equal(sn_os_make_folders("bases/below", NULL), SN_OK);
    put("bases/below/whole.yaml", whole);
    put("bases/child.yaml",
        "base: below/whole.yaml\nname: child\nextra_load_mw: {SE1: 5}\n");
    put("bases/grandchild.yaml", "base: ./child.yaml\nyear: 2020\n");
    assert_int_equal(sn_scenario_load("bases/grandchild.yaml", NULL, 0, &s, &err), SN_OK);
    assert_string_equal(s.name, "child");
    assert_int_equal(s.year, 2020);
    assert_int_equal(s.n_area, 7);
    assert_true(s.settings.extra_load_mw[0] == 5.0);
}

static void bases_that_go_wrong_are_named(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"base: bad.yaml\n", ":1:7: circular base"},
        {"name: a\nbase: round.yaml\n", "circular base"},
        {"base: ../other.yaml\n", ":1:7: base must be a file in this folder"},
        {"base: below/../../other.yaml\n", "base must be a file in this folder"},
        {"base: /etc/passwd\n", "base must be a file in this folder"},
        {"base: nowhere.yaml\n", ":1:7: there is no file"},
        {"base: below/whole.yaml\nareas: [SE1]\n", ":2:8: areas are set already"},
        {"base: [a]\n", "must be text"},
    };
    assert_int_equal(sn_os_make_folders("bases/below", NULL), SN_OK);
    put("bases/below/whole.yaml", whole);
    put("bases/round.yaml", "base: bad.yaml\n");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        sn_scenario s;
        sn_error err = {.status = SN_OK};
        put("bases/bad.yaml", bad[i][0]);
        assert_int_equal(sn_scenario_load("bases/bad.yaml", NULL, 0, &s, &err),
                         SN_E_FORMAT);
        if (strstr(err.message, bad[i][1]) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", bad[i][0], err.message, bad[i][1]);
        }
    }
}

static void
normalised(const char *text, const char *const *set, size_t n_set, sn_strbuf *out)
{
    sn_scenario s;
    sn_error err = {.status = SN_OK};
    sn_strbuf_clear(out);
    if (sn_scenario_load_bytes("t.yaml", text, strlen(text), set, n_set, &s, &err) !=
            SN_OK ||
        sn_scenario_write(&s, out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

/* Every key that can be set changes the text, and the text read back is the same. */
static void normalised_text_is_the_scenario(void **state)
{
    (void)state;
    static const char *const word[] = {
        "name=b",
        "title.sv=b",
        "year=2020",
        "step_minutes=15",
        "period.from=2019-02-01",
        "period.to=2019-03-01T00:00Z",
        "as_of=2024-01-01",
        "configurations.base=se-2+2",
        "configurations.compare=[se-north+34]",
        "hydro.balance=false",
        "hydro.energy_tolerance_share=0.001",
        "hydro.iterations_max=7",
        "capacity.window_days=14.1",
        "capacity.price_difference_eur_per_mwh=0.1",
        "capacity.add.SE2-SE3=800",
        "capacity.add.SE3-SE2={forward_mw: 800, from: 2019-06-01}",
        "links.ramp_mw_per_h.SE3-SE2=600",
        "links.loss_share.SE3-SE2=0.03",
        "slopes.factor=0.3",
        "slopes.hydro_factor=0.3",
        "slopes.other_factor=0.3",
        "slopes.reference_eur_per_mwh=50",
        "slopes.hydro_mw_per_eur_per_mwh.SE1=41",
        "demand.elasticity=0.05",
        "demand.elasticity_in_other=0.04",
        "redispatch.participants=[SE1]",
        "redispatch.participants.wind=none",
        "redispatch.participants.load=[SE1, SE2]",
        "redispatch.theta=1",
        "redispatch.large_load_mw.SE1=100",
        "redispatch.large_load_eur_per_mwh.SE1=100",
        "configurations.compare=[se4-one-consumer-price]",
        "configurations.compare=[{name: a, areas: [], one_consumer_price: [SE1]}]",
        "redispatch.voll_eur_per_mwh=1",
        "redispatch.unlimited_internal=true",
        "sources.flow=[svk]",
        "reservoirs_mwh.SE1=1",
        "extra_load_mw.SE1=0.1",
        "extra_load_twh.SE1=0.1",
        "extra_wind_share.SE1=0.1",
        "extra_generation_mw.SE1=0.1",
        "prices.edge_change_share.EE=0.1",
    };
    sn_strbuf first;
    sn_strbuf text;
    sn_strbuf again;
    sn_strbuf_init(&first, 65536);
    sn_strbuf_init(&text, 65536);
    sn_strbuf_init(&again, 65536);
    normalised(whole, NULL, 0, &first);
    normalised(first.data, NULL, 0, &again);
    assert_string_equal(first.data, again.data);
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        normalised(whole, &word[i], 1, &text);
        if (strcmp(first.data, text.data) == 0) {
            fail_msg("%s changes nothing", word[i]);
        }
        normalised(text.data, NULL, 0, &again);
        assert_string_equal(text.data, again.data);
    }
    const char *threads = "threads=3"; /* no result depends on it */
    normalised(whole, &threads, 1, &text);
    assert_string_equal(first.data, text.data);
    sn_strbuf_release(&first);
    sn_strbuf_release(&text);
    sn_strbuf_release(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(library_file_says_what_it_runs),
        cmocka_unit_test(set_overrides_one_key),
        cmocka_unit_test(any_partition_can_be_given),
        cmocka_unit_test(wrong_words_are_refused_with_their_place),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(the_order_of_areas_is_ours),
        cmocka_unit_test(a_file_builds_on_its_base),
        cmocka_unit_test(bases_that_go_wrong_are_named),
        cmocka_unit_test(normalised_text_is_the_scenario),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
