/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/os.h"
#include "batch_file.h"
#include "batch_record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char head[] =
    "name: world\nyear: 2019\nareas: [SE1, SE2, SE3, SE4]\n"
    "configurations: {base: se4, compare: [se1]}\nsources: {price: [svk]}\n";

static void put(const char *path, const char *first, const char *second)
{
    char text[8192];
    (void)snprintf(text, sizeof text, "%s%s", first, second);
    assert_int_equal(sn_os_write_file(path, text, strlen(text), NULL), SN_OK);
}

static void load(const char *more, sn_batch *out)
{
    sn_error err = {.status = SN_OK};
    put("batch_test.yaml", head, more);
    if (sn_batch_load("batch_test.yaml", NULL, 0, out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

/* ---- expansion ---- */

static void describe_all(const sn_batch *batch, sn_strbuf *out)
{
    for (size_t i = 0; i < batch->n_case; i++) {
        assert_int_equal(sn_batch_describe(batch, i, out, NULL), SN_OK);
        assert_int_equal(sn_strbuf_puts(out, "\n", NULL), SN_OK);
    }
}

static void a_file_expands_as_written(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *cases;
    } golden[] = {
        {"", "\n"},
        {"sweep:\n  year: [2018, 2019]\n  extra_load_twh.SE1: {from: 0, to: 40, step: "
         "20}\n",
         "year=2018 extra_load_twh.SE1=0\nyear=2018 extra_load_twh.SE1=20\n"
         "year=2018 extra_load_twh.SE1=40\nyear=2019 extra_load_twh.SE1=0\n"
         "year=2019 extra_load_twh.SE1=20\nyear=2019 extra_load_twh.SE1=40\n"},
        {"sweep:\n  configurations.compare: [[se1], [se-2+2]]\n  hydro.balance: [false, "
         "market]\n",
         "configurations.compare=[se1] hydro.balance=false\n"
         "configurations.compare=[se1] hydro.balance=market\n"
         "configurations.compare=[se-2+2] hydro.balance=false\n"
         "configurations.compare=[se-2+2] hydro.balance=market\n"},
        {"sweep:\n  capacity.add.SE2-SE3: [{forward_mw: 100, from: 2019-06-01}, 0]\n",
         "capacity.add.SE2-SE3={forward_mw: 100, from: 2019-06-01}\n"
         "capacity.add.SE2-SE3=0\n"},
        {"ensemble: {years: [2016, 2019], weights: [1, 3]}\nsweep:\n  slopes.factor: [1, "
         "2]\n",
         "slopes.factor=1 year=2016\nslopes.factor=1 year=2019\n"
         "slopes.factor=2 year=2016\nslopes.factor=2 year=2019\n"},
        {"sample:\n  method: tornado\n  parameters:\n"
         "    slopes.factor: {distribution: uniform, min: 1, max: 2}\n"
         "    capacity.window_days: {distribution: uniform, min: 0, max: 20}\n",
         "\nslopes.factor=1.05\nslopes.factor=1.95\ncapacity.window_days=1\n"
         "capacity.window_days=19\n"},
    };
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        sn_batch batch;
        sn_strbuf text;
        sn_strbuf_init(&text, 65536);
        load(golden[i].file, &batch);
        describe_all(&batch, &text);
        assert_string_equal(text.data, golden[i].cases);
        sn_batch_release(&batch);
        sn_strbuf_release(&text);
    }
}

static void a_case_is_the_scenario_with_its_values(void **state)
{
    (void)state;
    sn_batch batch;
    sn_scenario s;
    sn_error err = {.status = SN_OK};
    load("sweep:\n  extra_load_mw.SE2: [0, 700]\n  year: [2018, 2020]\n", &batch);
    assert_int_equal(batch.n_case, 4);
    assert_int_equal(sn_batch_case(&batch, 3, &s, &err), SN_OK);
    assert_int_equal(s.year, 2020);
    assert_true(s.settings.extra_load_mw[1] == 700.0);
    assert_int_equal(sn_batch_case(&batch, 0, &s, &err), SN_OK);
    assert_int_equal(s.year, 2018);
    assert_true(s.settings.extra_load_mw[1] == 0.0);
    sn_batch_release(&batch);
}

static void a_saltelli_design_swaps_one_parameter(void **state)
{
    (void)state;
    sn_batch batch;
    load("sample:\n  n: 16\n  indices: true\n  parameters:\n"
         "    slopes.factor: {distribution: uniform, min: 1, max: 2}\n"
         "    capacity.window_days: {distribution: uniform, min: 0, max: 20}\n",
         &batch);
    assert_int_equal(batch.n_case, 16 * 4);
    for (size_t r = 0; r < 16; r++) {
        for (size_t k = 0; k < 2; k++) {
            double a = sn_batch_sampled(&batch, r, k);
            double b = sn_batch_sampled(&batch, 16 + r, k);
            assert_true(a != b);
            assert_true(sn_batch_sampled(&batch, 16 * (2 + k) + r, k) == b);
            assert_true(sn_batch_sampled(&batch, 16 * (3 - k) + r, k) == a);
        }
    }
    sn_batch_release(&batch);
}

static void a_large_grid_costs_nothing_until_it_runs(void **state)
{
    (void)state;
    sn_batch batch;
    sn_scenario s;
    load("sweep:\n  extra_load_mw.SE1: {from: 0, to: 999, step: 1}\n"
         "  extra_load_mw.SE2: {from: 0, to: 999, step: 1}\n"
         "  extra_load_mw.SE3: {from: 0, to: 999, step: 1}\n",
         &batch);
    assert_int_equal(batch.n_case, 1000000000);
    assert_int_equal(sn_batch_case(&batch, 123456789, &s, NULL), SN_OK);
    assert_true(s.settings.extra_load_mw[0] == 123.0);
    assert_true(s.settings.extra_load_mw[1] == 456.0);
    assert_true(s.settings.extra_load_mw[2] == 789.0);
    sn_batch_release(&batch);
}

/* ---- what is refused ---- */

static void wrong_batches_are_refused_with_their_place(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"sweep:\n  slopes.facter: [1, 2]\n",
         ":7:19: unknown key \"facter\", did you mean"},
        {"sweep:\n  yaer: [2018]\n", "did you mean \"year\""},
        {"sweep:\n  year: [2018, 20x9]\n", ":7:16: "},
        {"sweep:\n  year: []\n", "expected some values"},
        {"sweep:\n  year: [2018, 2018]\n", "listed twice"},
        {"sweep:\n  year: 2018\n", "expected a list"},
        {"sweep:\n  slopes.factor: {from: 1, to: 2}\n", "expected {from, to, step}"},
        {"sweep:\n  slopes.factor: {from: 1, to: 2, stp: 1}\n", "did you mean \"step\""},
        {"sweep:\n  extra_load_mw.SE1: {from: 0, to: 1e5, step: 1e-3}\n", "on one axis"},
        {"ensemble: {years: [2018], weights: [1, 2]}\n", "one weight for each year"},
        {"ensemble: {years: [2018], weights: [0]}\n", "a weight above 0"},
        {"ensemble: {years: [2018]}\nsweep:\n  year: [2019]\n", "year is swept already"},
        {"sample: {method: sobel, parameters: {}}\n",
         "expected sobol, random or tornado"},
        {"sample: {parameters: {}}\n", "0 sampled parameters; 1 to 20"},
        {"sample:\n  parameters:\n    slopes.factor: {distribution: uniform, min: 2, "
         "max: 1}\n",
         "do not make a distribution"},
        {"sample:\n  parameters:\n    slopes.factor: {distribution: uniform, min: 0, "
         "max: 1}\n",
         "must lie in 0.01"},
        {"sample:\n  method: random\n  indices: true\n  parameters:\n"
         "    slopes.factor: {distribution: uniform, min: 1, max: 2}\n",
         "indices need method: sobol"},
        {"sample:\n  n: 0\n", "must lie in 1"},
        {"sweep: &a {year: [2018]}\nensemble: *a\n", "anchors (&name) are not allowed"},
        {"base: ../batch_test.yaml\n", "no .. and no /"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        sn_batch batch;
        sn_error err = {.status = SN_OK};
        put("batch_test.yaml", head, bad[i][0]);
        assert_int_equal(sn_batch_load("batch_test.yaml", NULL, 0, &batch, &err),
                         SN_E_FORMAT);
        if (strstr(err.message, bad[i][1]) == NULL ||
            strncmp(err.message, "batch_test.yaml:", 16) != 0) {
            fail_msg("%s: \"%s\" lacks \"%s\"", bad[i][0], err.message, bad[i][1]);
        }
    }
}

static void more_parameters_than_a_sequence_has_are_refused(void **state)
{
    (void)state;
    char more[4096] = "sample:\n  parameters:\n";
    sn_batch batch;
    sn_error err = {.status = SN_OK};
    for (int i = 0; i < 21; i++) {
        size_t n = strlen(more);
        (void)snprintf(more + n, sizeof more - n,
                       "    k%d: {distribution: uniform, min: 1, max: 2}\n", i);
    }
    put("batch_test.yaml", head, more);
    assert_int_equal(sn_batch_load("batch_test.yaml", NULL, 0, &batch, &err),
                     SN_E_FORMAT);
    assert_non_null(strstr(err.message, "21 sampled parameters; 1 to 20"));
}

/* ---- records ---- */

static void make_result(sn_case_result *out, double *cells, size_t n_week)
{
    const bool present[SN_HEADLINE_AREAS] = {true, true, false, true};
    memset(out, 0, sizeof *out);
    out->n_infeasible = 3;
    out->n_compare = 1;
    (void)snprintf(out->name[0], sizeof out->name[0], "se1");
    for (size_t i = 0; i < SN_HEADLINE_SLOTS; i++) {
        out->interval[0][i] = (sn_interval){(double)i, -1.0, (double)NAN};
    }
    for (size_t i = 0; i < sn_headlines_cells(n_week); i++) {
        cells[i] = 0.1 * (double)i;
    }
    assert_int_equal(sn_headlines_restore(n_week, present, cells, &out->weeks[0], NULL),
                     SN_OK);
}

static void a_record_is_read_back_or_refused(void **state)
{
    (void)state;
    enum { N_WEEK = 3 };
    char program[] = "snitt 1";
    char inputs[] = "abc";
    char scenario[] = "name: \"x\"\n";
    double *cells = calloc(sn_headlines_cells(N_WEEK), sizeof *cells);
    sn_case_header header = {program, inputs, scenario};
    sn_case_header got_header;
    sn_case_result result;
    sn_case_result got;
    sn_error err = {.status = SN_OK};
    sn_strbuf bytes;
    sn_strbuf_init(&bytes, 1 << 20);
    make_result(&result, cells, N_WEEK);
    assert_int_equal(sn_case_write("a.case", &header, &result, &err), SN_OK);
    assert_int_equal(sn_case_read("a.case", &got_header, &got, &err), SN_OK);
    assert_string_equal(got_header.scenario, scenario);
    assert_int_equal(got.n_infeasible, 3);
    assert_string_equal(got.name[0], "se1");
    assert_memory_equal(got.interval, result.interval, sizeof got.interval);
    assert_memory_equal(got.weeks[0].memory, cells,
                        sn_headlines_cells(N_WEEK) * sizeof *cells);
    assert_null(got.weeks[0].slot[sn_headline_slot(SN_HEADLINE_PRICE, 2)].numerator);
    assert_non_null(got.weeks[0].slot[sn_headline_slot(SN_HEADLINE_PRICE, 3)].numerator);
    sn_case_header_release(&got_header);
    sn_case_result_release(&got);
    assert_int_equal(sn_os_read_file("a.case", &bytes, &err), SN_OK);
    for (size_t n = 0; n < bytes.len; n += 1 + n / 7) { /* cut short at any place */
        sn_error why = {.status = SN_OK};
        assert_int_equal(sn_os_write_file("b.case", bytes.data, n, NULL), SN_OK);
        assert_int_equal(sn_case_read("b.case", NULL, &got, &why), SN_E_FORMAT);
        assert_non_null(strstr(why.message, "\"b.case\" is cut short or changed"));
    }
    for (size_t at = 0; at < bytes.len; at += 1 + at / 5) { /* one bit turned */
        bytes.data[at] = (char)(bytes.data[at] ^ 4);
        assert_int_equal(sn_os_write_file("b.case", bytes.data, bytes.len, NULL), SN_OK);
        assert_int_equal(sn_case_read("b.case", NULL, &got, NULL), SN_E_FORMAT);
        bytes.data[at] = (char)(bytes.data[at] ^ 4);
    }
    sn_strbuf_release(&bytes);
    sn_case_result_release(&result);
    free(cells);
}

static void the_key_depends_on_all_it_is_made_of(void **state)
{
    (void)state;
    char a[] = "a";
    char b[] = "b";
    const sn_case_header header[] = {{a, a, a}, {b, a, a}, {a, b, a}, {a, a, b}};
    char key[4][SN_HASH_TEXT];
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(sn_case_key(&header[i], key[i], NULL), SN_OK);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(key[i], key[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_expands_as_written),
        cmocka_unit_test(a_case_is_the_scenario_with_its_values),
        cmocka_unit_test(a_saltelli_design_swaps_one_parameter),
        cmocka_unit_test(a_large_grid_costs_nothing_until_it_runs),
        cmocka_unit_test(wrong_batches_are_refused_with_their_place),
        cmocka_unit_test(more_parameters_than_a_sequence_has_are_refused),
        cmocka_unit_test(a_record_is_read_back_or_refused),
        cmocka_unit_test(the_key_depends_on_all_it_is_made_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
