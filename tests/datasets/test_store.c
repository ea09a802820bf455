/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written is what is read: values, flags, when it was learnt, what was known
 * before; whatever the order of writes; and never anything else. */
#include "datasets/store.h"

#include "base/os.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/random.h"

enum { HOURS = 500 };

static char folder[64];

static const sn_store_options writable = {.writable = true};

static sn_instant at(const char *text)
{
    sn_instant t = {0};
    assert_int_equal(sn_instant_parse(text, &t, NULL), SN_OK);
    return t;
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/snitt-test-store-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    return sn_os_remove_tree(folder, NULL) != SN_OK;
}

static sn_series_key key_of(sn_quantity quantity, const char *subject, int32_t step_s)
{
    sn_series_key key = {.quantity = quantity, .source = "test", .step_s = step_s};
    (void)snprintf(key.subject, sizeof key.subject, "%s", subject);
    return key;
}

/* n values from start, all stated. */
static sn_series
series_of(const sn_series_key *key, const char *start, size_t n, double value)
{
    sn_series series;
    sn_axis axis = {.start = at(start), .step_s = key->step_s, .n = n};
    assert_int_equal(sn_series_init(&series, key, axis, NULL), SN_OK);
    for (size_t i = 0; i < n; i++) {
        series.value[i] = value;
        series.flag[i] = SN_FLAG_STATED;
    }
    return series;
}

static sn_store_change write_at(const char *learnt, const sn_series *series, size_t n)
{
    sn_store *store = NULL;
    sn_store_change change = {0};
    sn_store_batch batch = {.origin = {.name = learnt,
                                       .raw = learnt,
                                       .raw_size = strlen(learnt),
                                       .learnt = at(learnt),
                                       .licence = "CC0-1.0",
                                       .attribution = "a test"},
                            .series = series,
                            .n_series = n};
    sn_error err = {0};
    assert_int_equal(sn_store_open(folder, &writable, &store, &err), SN_OK);
    assert_int_equal(sn_store_write(store, &batch, 1, &change, &err), SN_OK);
    sn_store_close(store);
    return change;
}

static sn_series
read_as_of(const sn_series_key *key, const char *from, const char *to, const char *as_of)
{
    sn_store *store = NULL;
    sn_series out;
    sn_error err = {0};
    sn_store_options options = {.has_as_of = as_of != NULL};
    if (as_of != NULL) {
        options.as_of = at(as_of);
    }
    assert_int_equal(sn_store_open(folder, &options, &store, &err), SN_OK);
    assert_int_equal(sn_store_read(store, key, at(from), at(to), &out, &err), SN_OK);
    sn_store_close(store);
    return out;
}

static void values_and_flags_come_back(void **state)
{
    (void)state;
    sn_random random = {42};
    sn_series_key key[3] = {key_of(SN_PRICE_EUR, "SE3", SN_HOUR_S),
                            key_of(SN_FLOW_MEASURED, "SE2-SE3", SN_QUARTER_S),
                            key_of(SN_RESERVOIR, "NO2", SN_WEEK_S)};
    const char *start[] = {"2018-12-25", "2019-12-31T23:45Z", "2018-12-31"};
    sn_series series[3];
    for (int s = 0; s < 3; s++) {
        series[s] = series_of(&key[s], start[s], HOURS, 0.0);
        for (size_t i = 0; i < HOURS; i++) {
            double u = sn_random_share(&random);
            series[s].value[i] = u < 0.1 ? (double)NAN : (u - 0.5) * 1e4;
            series[s].flag[i] = (uint8_t)(u < 0.1   ? SN_FLAG_GAP
                                          : u < 0.2 ? SN_FLAG_FILLED
                                          : u < 0.3 ? SN_FLAG_SUSPECT
                                                    : SN_FLAG_STATED);
        }
    }
    sn_store_change change = write_at("2026-01-01", series, 3);
    assert_int_equal(change.n_revised, 0);
    for (int s = 0; s < 3; s++) {
        sn_series back = read_as_of(&key[s], start[s], "2030-01-01", NULL);
        assert_true(back.axis.start.utc_s == series[s].axis.start.utc_s);
        for (size_t i = 0; i < HOURS; i++) {
            assert_int_equal(back.flag[i], series[s].flag[i]);
            assert_true(isnan(series[s].value[i]) ? isnan(back.value[i]) != 0
                                                  : back.value[i] == series[s].value[i]);
        }
        for (size_t i = HOURS; i < back.axis.n; i++) {
            assert_true(isnan(back.value[i]) && back.flag[i] == SN_FLAG_GAP);
        }
        sn_series_release(&back);
        sn_series_release(&series[s]);
    }
}

static void knows_what_was_known_when(void **state)
{
    (void)state;
    static const char *const learnt[] = {"2026-01-01", "2026-02-01", "2026-03-01"};
    static const double value[] = {10.0, 20.0, 10.0};
    sn_series_key key = key_of(SN_LOAD, "SE1", SN_HOUR_S);
    for (int k = 0; k < 3; k++) {
        sn_series series = series_of(&key, "2025-06-01", 24, value[k]);
        if (k == 2) { /* gaps are not written over known values */
            series.value[5] = (double)NAN;
            series.flag[5] = SN_FLAG_GAP;
        }
        sn_store_change change = write_at(learnt[k], &series, 1);
        assert_int_equal(change.n_new, k == 0 ? 24 : 0);
        assert_int_equal(change.n_revised, k == 0 ? 0 : k == 1 ? 24 : 23);
        change = write_at(learnt[k], &series, 1);
        assert_int_equal(change.n_same, k == 2 ? 23 : 24);
        sn_series_release(&series);
    }
    static const struct {
        const char *as_of;
        double expected[2]; /* hour 0, hour 5; 0 = nothing known */
    } cases[] = {{"2025-12-31T23:59:59Z", {0, 0}},
                 {"2026-01-01", {10, 10}},
                 {"2026-01-31", {10, 10}},
                 {"2026-02-01", {20, 20}},
                 {"2026-02-28", {20, 20}},
                 {"2026-03-01", {10, 20}},
                 {NULL, {10, 20}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sn_series back = read_as_of(&key, "2025-06-01", "2025-06-02", cases[c].as_of);
        for (int k = 0; k < 2; k++) {
            double got = back.value[k == 0 ? 0 : 5];
            assert_true(cases[c].expected[k] == 0 ? isnan(got) != 0
                                                  : got == cases[c].expected[k]);
        }
        sn_series_release(&back);
    }
}

static void bytes_depend_on_content_not_on_order(void **state)
{
    (void)state;
    static const char *const learnt[] = {"2026-01-01", "2026-01-05", "2026-01-09",
                                         "2026-01-13"};
    static const int order[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
    sn_series_key key = key_of(SN_LOAD, "SE1", SN_HOUR_S);
    char first[65] = "";
    for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
        assert_int_equal(sn_os_remove_tree(folder, NULL), SN_OK);
        for (int k = 0; k < 4; k++) {
            int batch = order[o][k];
            sn_series series = series_of(&key, "2018-12-30", 100, 100.0 + batch % 3);
            (void)write_at(learnt[batch], &series, 1);
            sn_series_release(&series);
        }
        sn_store *store = NULL;
        const sn_store_options read_only = {0};
        assert_int_equal(sn_store_open(folder, &read_only, &store, NULL), SN_OK);
        if (o == 0) {
            (void)snprintf(first, sizeof first, "%s", sn_store_state(store));
        }
        assert_string_equal(sn_store_state(store), first);
        sn_store_close(store);
    }
}

/* Two batches of one second that contradict each other: the later call is meant. */
static void later_call_of_one_second_wins(void **state)
{
    (void)state;
    sn_series_key key = key_of(SN_LOAD, "SE1", SN_HOUR_S);
    static const double value[] = {1.0, 2.0, 1.0, 3.0};
    for (int k = 0; k < 4; k++) {
        sn_series series = series_of(&key, "2019-01-01", 24, value[k]);
        (void)write_at("2026-01-01", &series, 1);
        sn_series back = read_as_of(&key, "2019-01-01", "2019-01-02", NULL);
        assert_true(back.value[7] == value[k]);
        sn_series_release(&back);
        sn_series_release(&series);
    }
}

static void catalogue_counts_values_and_gaps(void **state)
{
    (void)state;
    sn_series_key key = key_of(SN_PRICE_EUR, "SE4", SN_HOUR_S);
    sn_series series = series_of(&key, "2019-12-31", 48, 5.0);
    series.value[10] = (double)NAN;
    series.flag[10] = SN_FLAG_GAP;
    (void)write_at("2026-01-01", &series, 1);
    sn_store *store = NULL;
    const sn_store_options read_only = {0};
    const sn_store_entry *entry = NULL;
    size_t n = 0;
    assert_int_equal(sn_store_open(folder, &read_only, &store, NULL), SN_OK);
    assert_int_equal(sn_store_catalogue(store, &entry, &n, NULL), SN_OK);
    assert_int_equal(n, 1);
    assert_int_equal(entry->n_value, 47);
    assert_int_equal(entry->n_gap, 1);
    assert_true(entry->first.utc_s == at("2019-12-31").utc_s);
    assert_true(entry->end.utc_s == at("2020-01-02").utc_s);
    assert_string_equal(entry->attribution, "a test");
    assert_string_equal(entry->licence, "CC0-1.0");
    sn_series none;
    sn_error err = {0};
    sn_series_key other = key_of(SN_PRICE_EUR, "SE1", SN_HOUR_S);
    assert_int_equal(
        sn_store_read(store, &other, at("2019-01-01"), at("2020-01-01"), &none, &err),
        SN_E_NOT_FOUND);
    sn_store_close(store);
    sn_series_release(&series);
}

static void assert_same_series(const sn_series *a, const sn_series *b)
{
    assert_int_equal(a->axis.n, b->axis.n);
    assert_memory_equal(a->value, b->value, a->axis.n * sizeof *a->value);
    assert_memory_equal(a->flag, b->flag, a->axis.n);
}

/* Values that make room come back, revised ones too; the catalogue and its texts stay,
 * and what it looked at is not kept. */
static void forgotten_values_are_read_again(void **state)
{
    (void)state;
    sn_series_key key[2] = {key_of(SN_LOAD, "SE1", SN_HOUR_S),
                            key_of(SN_PRICE_EUR, "SE2", SN_HOUR_S)};
    sn_series series = series_of(&key[0], "2018-12-31", 48, 1.0);
    sn_series price = series_of(&key[1], "2018-12-31", 48, 7.0);
    (void)write_at("2026-01-01", &series, 1);
    (void)write_at("2026-01-02", &price, 1);
    series.value[30] = 2.0;
    (void)write_at("2026-02-01", &series, 1);
    sn_store *store = NULL;
    const sn_store_options before_revision = {.has_as_of = true,
                                              .as_of = at("2026-01-15")};
    const sn_store_entry *entry = NULL;
    size_t n = 0;
    sn_series first;
    sn_series again;
    assert_int_equal(sn_store_open(folder, &before_revision, &store, NULL), SN_OK);
    assert_int_equal(
        sn_store_read(store, &key[0], at("2018-12-31"), at("2019-01-02"), &first, NULL),
        SN_OK);
    assert_int_equal(sn_store_catalogue(store, &entry, &n, NULL), SN_OK);
    assert_int_equal(n, 2);
    for (int k = 0; k < 2; k++) {
        sn_store_forget_values(store);
        assert_int_equal(sn_store_read(store, &key[0], at("2018-12-31"), at("2019-01-02"),
                                       &again, NULL),
                         SN_OK);
        assert_same_series(&first, &again);
        assert_true(again.value[30] == 1.0);
        sn_series_release(&again);
    }
    assert_string_equal(entry[0].attribution, "a test");
    assert_int_equal(entry[0].n_value, 48);
    sn_store_close(store);
    sn_series_release(&first);
    sn_series_release(&price);
    sn_series_release(&series);
}

/* A reader keeps the state it opened while a writer replaces it. */
static void reader_keeps_its_state(void **state)
{
    (void)state;
    sn_series_key key = key_of(SN_LOAD, "SE1", SN_HOUR_S);
    sn_series series = series_of(&key, "2019-01-01", 24, 1.0);
    (void)write_at("2026-01-01", &series, 1);
    sn_store *store = NULL;
    const sn_store_options read_only = {0};
    assert_int_equal(sn_store_open(folder, &read_only, &store, NULL), SN_OK);
    series.value[0] = 2.0;
    (void)write_at("2026-01-02", &series, 1);
    sn_series back;
    assert_int_equal(
        sn_store_read(store, &key, at("2019-01-01"), at("2019-01-02"), &back, NULL),
        SN_OK);
    assert_true(back.value[0] == 1.0);
    sn_series_release(&back);
    sn_store_close(store);
    sn_series_release(&series);
}

static void refuses_what_it_cannot_keep(void **state)
{
    (void)state;
    sn_series_key key = key_of(SN_LOAD, "SE1", SN_HOUR_S);
    sn_series series = series_of(&key, "2019-01-01", 24, 1.0);
    (void)write_at("2026-01-01", &series, 1);
    sn_store *store = NULL;
    sn_error err = {0};
    assert_int_equal(sn_store_open(folder, &writable, &store, &err), SN_OK);
    char before[65];
    (void)snprintf(before, sizeof before, "%s", sn_store_state(store));
    sn_store_batch batch = {.origin = {.name = "n", .licence = "l", .attribution = "a"},
                            .series = &series,
                            .n_series = 1};
    series.value[3] = (double)INFINITY;
    assert_int_equal(sn_store_write(store, &batch, 1, NULL, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "load_mw of SE1 at 2019-01-01T03:00Z"));
    series.value[3] = 9.0;
    batch.origin.licence = NULL;
    assert_int_equal(sn_store_write(store, &batch, 1, NULL, &err), SN_E_FORMAT);
    assert_string_equal(sn_store_state(store), before);
    sn_store_close(store);
    const sn_store_options read_only = {0};
    assert_int_equal(sn_store_open(folder, &read_only, &store, &err), SN_OK);
    batch.origin.licence = "l";
    assert_int_equal(sn_store_write(store, &batch, 1, NULL, &err), SN_E_USAGE);
    assert_string_equal(sn_store_state(store), before);
    sn_store_close(store);
    assert_int_equal(sn_store_open("/nonexistent/store", &read_only, &store, &err),
                     SN_E_NOT_FOUND);
    sn_series_release(&series);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORE_TEST(values_and_flags_come_back),
        STORE_TEST(knows_what_was_known_when),
        STORE_TEST(bytes_depend_on_content_not_on_order),
        STORE_TEST(later_call_of_one_second_wins),
        STORE_TEST(catalogue_counts_values_and_gaps),
        STORE_TEST(forgotten_values_are_read_again),
        STORE_TEST(reader_keeps_its_state),
        STORE_TEST(refuses_what_it_cannot_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
