/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each fault that is put into good data is found, named and flagged; good data are not.
 */
#include "datasets/check.h"

#include "area.h"
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

enum { DAYS = 20, HOURS = DAYS * 24, AT = 7 * 24 };

static char folder[64];

/* In memory where the machine has it: many stores are written here. */
static void make_folder(void)
{
    (void)snprintf(folder, sizeof folder, "/dev/shm/snitt-test-check-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        (void)snprintf(folder, sizeof folder, "/tmp/snitt-test-check-XXXXXX");
        assert_non_null(mkdtemp(folder));
    }
}

static sn_series
make(sn_quantity quantity, const char *source, const char *subject, double level)
{
    sn_series s;
    sn_random random = {42};
    sn_series_key key = {.quantity = quantity, .step_s = SN_HOUR_S};
    (void)snprintf(key.source, sizeof key.source, "%s", source);
    (void)snprintf(key.subject, sizeof key.subject, "%s", subject);
    sn_axis axis = {sn_instant_of_year(2024), SN_HOUR_S, HOURS};
    assert_int_equal(sn_series_init(&s, &key, axis, NULL), SN_OK);
    for (size_t i = 0; i < HOURS; i++) {
        s.value[i] = level * (0.7 + 0.6 * sn_random_share(&random));
        s.flag[i] = SN_FLAG_STATED;
    }
    return s;
}

static size_t n_suspect(const sn_series *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->axis.n; i++) {
        n += s->flag[i] == SN_FLAG_SUSPECT;
    }
    return n;
}

/* Runs the check on one series and expects words (NULL: none) and flags. */
static void expect_alone(sn_series *s, const char *words, size_t n)
{
    sn_findings findings;
    sn_findings_init(&findings);
    assert_int_equal(sn_check_series(s, &findings, NULL), SN_OK);
    if (words == NULL) {
        assert_string_equal(findings.text.data, "");
    } else if (strstr(findings.text.data, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", findings.text.data, words);
    }
    assert_int_equal(n_suspect(s), n);
    assert_int_equal(findings.n_value, n);
    sn_findings_release(&findings);
}

static void limits_zeros_and_units(void **state)
{
    (void)state;
    sn_series good = make(SN_PRICE_EUR, "x", "SE3", 40.0);
    expect_alone(&good, NULL, 0);
    good.value[AT] = 5500.0;
    good.value[AT + 1] = -501.0;
    expect_alone(&good, "2 values outside -500 to 5000 EUR/MWh", 2);
    sn_series_release(&good);

    sn_series flow = make(SN_FLOW_MEASURED, "x", "SE4-LT", 500.0);
    flow.value[AT] = 1500.0;
    expect_alone(&flow, "1 values outside -1400 to 1400 MW", 1);
    sn_series_release(&flow);

    /* A whole file in another unit, and a single hour of one that is not. */
    sn_series kwh = make(SN_LOAD, "x", "SE3", 9e6);
    expect_alone(&kwh, "480 values are out of size, the first is", HOURS);
    sn_series_release(&kwh);
    sn_series hour = make(SN_LOAD, "x", "SE3", 9000.0);
    hour.value[AT] *= 1000.0;
    hour.value[AT + 1] = 0.0; /* one hour of zero is no day */
    expect_alone(&hour, "1 values are out of size", 1);
    sn_series_release(&hour);
    /* An area may make little of its own. */
    sn_series little = make(SN_GENERATION, "x", "LT", 40.0);
    expect_alone(&little, NULL, 0);
    for (size_t i = 0; i < HOURS; i++) {
        little.value[i] *= 0.001;
    }
    expect_alone(&little, "480 values are out of size", HOURS);
    sn_series_release(&little);

    /* Sun and wind do vary so much. */
    sn_series solar = make(SN_SOLAR, "x", "SE3", 10.0);
    memset(solar.value, 0, AT * sizeof *solar.value);
    expect_alone(&solar, NULL, 0);
    sn_series_release(&solar);
}

/* Store what is known, then check the arriving series against it. */
static void expect_arriving(const sn_series *known,
                            size_t n_known,
                            sn_series *arriving,
                            size_t n,
                            const char *words,
                            size_t n_flag)
{
    sn_store *store = NULL;
    sn_error err = {0};
    sn_findings findings;
    sn_series *list[16];
    const sn_store_options writable = {.writable = true};
    sn_store_batch batch = {.origin = {.name = "n", .licence = "l", .attribution = "a"},
                            .series = known,
                            .n_series = n_known};
    make_folder();
    assert_int_equal(sn_store_open(folder, &writable, &store, &err), SN_OK);
    assert_int_equal(sn_store_write(store, &batch, n_known > 0 ? 1 : 0, NULL, &err),
                     SN_OK);
    sn_findings_init(&findings);
    for (size_t i = 0; i < n; i++) {
        list[i] = &arriving[i];
    }
    assert_int_equal(sn_check_against_store(store, list, n, &findings, &err), SN_OK);
    if (words == NULL) {
        assert_string_equal(findings.text.data, "");
    } else if (strstr(findings.text.data, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", findings.text.data, words);
    }
    assert_int_equal(findings.n_value, n_flag);
    sn_findings_release(&findings);
    sn_store_close(store);
    assert_int_equal(sn_os_remove_tree(folder, NULL), SN_OK);
}

static void other_sources(void **state)
{
    (void)state;
    static const struct {
        double factor;
        const char *words;
    } units[] = {{1.0, NULL},
                 {11.3, "SEK taken for EUR?"},
                 {4.31, "PLN taken for EUR?"},
                 {0.001, "per kWh?"},
                 {100.0, "cents?"},
                 {-1.0, "the other sign?"}};
    sn_series known = make(SN_PRICE_EUR, "svk", "SE4", 60.0);
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        sn_series arriving = make(SN_PRICE_EUR, "epex", "SE4", 60.0 * units[u].factor);
        expect_arriving(&known, 1, &arriving, 1, units[u].words,
                        units[u].words == NULL ? 0 : 2 * HOURS);
        sn_series_release(&arriving);
    }
    sn_series arriving = make(SN_PRICE_EUR, "epex", "SE4", 60.0);
    arriving.value[AT] += 0.02;
    arriving.value[AT + 1] -= 0.0099; /* both are rounded */
    arriving.value[AT + 2] = (double)NAN;
    arriving.flag[AT + 2] = SN_FLAG_GAP;
    expect_arriving(
        &known, 1, &arriving, 1,
        "price_eur_per_mwh of SE4: epex and svk differ by more than 0.01 in 1 of "
        "479 intervals, most by 0.02 at 2024-01-08T00:00Z",
        2);
    assert_int_equal(arriving.flag[AT], SN_FLAG_SUSPECT);
    sn_series_release(&arriving);
    /* Two sources that arrive together. */
    sn_series both[2] = {make(SN_PRICE_EUR, "epex", "SE4", 60.0),
                         make(SN_PRICE_EUR, "zones_hourly", "SE4", 60.0)};
    both[1].value[AT] += 5.0;
    expect_arriving(NULL, 0, both, 2, "zones_hourly and epex differ", 2);
    assert_int_equal(both[0].flag[AT], SN_FLAG_SUSPECT);
    assert_int_equal(both[1].flag[AT], SN_FLAG_SUSPECT);
    sn_series_release(&both[0]);
    sn_series_release(&both[1]);
    sn_series_release(&known);
}

/* The same data arrive piece by piece, in one store after another; all flags and values
 * that are known in the end. */
typedef struct dataset {
    const sn_series *series;
    size_t n;
} dataset;

/* What arrives: of each series the intervals [from, end), whose values are changed. */
static void arrive(sn_store *store, const dataset *data, size_t from, size_t end)
{
    sn_series piece[8];
    sn_series *list[8];
    sn_findings findings;
    sn_store_change change;
    sn_findings_init(&findings);
    for (size_t s = 0; s < data->n; s++) {
        sn_axis axis = data->series[s].axis;
        axis.start = sn_axis_at(&axis, from);
        axis.n = end - from;
        assert_int_equal(sn_series_init(&piece[s], &data->series[s].key, axis, NULL),
                         SN_OK);
        memcpy(piece[s].value, &data->series[s].value[from], axis.n * sizeof(double));
        for (size_t i = 0; i < axis.n; i++) {
            bool is_gap = isnan(piece[s].value[i]);
            piece[s].flag[i] = (uint8_t)(is_gap ? SN_FLAG_GAP : SN_FLAG_STATED);
        }
        list[s] = &piece[s];
        assert_int_equal(sn_check_series(&piece[s], &findings, NULL), SN_OK);
    }
    char name[32];
    (void)snprintf(name, sizeof name, "%zu", from);
    sn_store_batch batch = {.origin = {.name = name,
                                       .raw = name,
                                       .raw_size = strlen(name),
                                       .licence = "l",
                                       .attribution = "a",
                                       .reader = "import"},
                            .series = piece,
                            .n_series = data->n};
    assert_int_equal(sn_check_against_store(store, list, data->n, &findings, NULL),
                     SN_OK);
    assert_int_equal(
        sn_check_write(&findings, store, (sn_instant){0}, &batch, 1, &change, NULL),
        SN_OK);
    for (size_t s = 0; s < data->n; s++) {
        sn_series_release(&piece[s]);
    }
    sn_findings_release(&findings);
}

/* The flags of all series after arrival cut at `cut` (pairs of ends), one after another;
 * each series by itself when alone. */
static size_t flags_of(const dataset *data,
                       const size_t (*piece)[2],
                       size_t n_piece,
                       bool is_alone,
                       uint8_t *flag)
{
    sn_store *store = NULL;
    size_t n_doubted = 0;
    const sn_store_options writable = {.writable = true};
    make_folder();
    assert_int_equal(sn_store_open(folder, &writable, &store, NULL), SN_OK);
    for (size_t p = 0; p < n_piece; p++) {
        for (size_t s = 0; is_alone && s < data->n; s++) {
            const dataset one = {&data->series[s], 1};
            arrive(store, &one, piece[p][0], piece[p][1]);
        }
        if (!is_alone) {
            arrive(store, data, piece[p][0], piece[p][1]);
        }
    }
    for (size_t s = 0; s < data->n; s++) {
        sn_series got;
        const sn_axis *axis = &data->series[s].axis;
        assert_int_equal(sn_store_read(store, &data->series[s].key, axis->start,
                                       sn_axis_end(axis), &got, NULL),
                         SN_OK);
        for (size_t i = 0; i < axis->n; i++) {
            flag[s * axis->n + i] = got.flag[i];
            n_doubted += got.flag[i] == SN_FLAG_SUSPECT;
        }
        sn_series_release(&got);
    }
    sn_store_close(store);
    assert_int_equal(sn_os_remove_tree(folder, NULL), SN_OK);
    return n_doubted;
}

/* Whole; cut in days, in hours that are no day, backwards with the middle held back;
 * the series together or one after another. */
static void expect_same_however_cut(const sn_series *series, size_t n, size_t n_doubted)
{
    static const size_t whole[][2] = {{0, HOURS}};
    static const size_t in_days[][2] = {{0, 96}, {96, 192}, {192, HOURS}};
    static const size_t in_hours[][2] = {
        {0, 5}, {5, AT + 7}, {AT + 7, AT + 12}, {AT + 12, HOURS}};
    static const size_t backwards[][2] = {
        {AT + 13, HOURS}, {0, AT - 3}, {AT - 3, AT + 13}};
    static const struct {
        const size_t (*piece)[2];
        size_t n;
    } cuts[] = {{whole, 1}, {in_days, 3}, {in_hours, 4}, {backwards, 3}};
    const dataset data = {series, n};
    static uint8_t expected[8 * HOURS];
    static uint8_t flag[8 * HOURS];
    assert_int_equal(flags_of(&data, whole, 1, false, expected), n_doubted);
    for (size_t c = 0; c < 2 * sizeof cuts / sizeof *cuts; c++) {
        (void)flags_of(&data, cuts[c / 2].piece, cuts[c / 2].n, c % 2 == 1, flag);
        for (size_t i = 0; i < n * HOURS; i++) {
            if (flag[i] != expected[i]) {
                fail_msg("cut %zu%s: interval %zu of series %zu is %d, whole it is %d",
                         c / 2, c % 2 == 1 ? ", one by one" : "", i % HOURS, i / HOURS,
                         flag[i], expected[i]);
            }
        }
    }
}

static void zeros_however_cut(void **state)
{
    (void)state;
    sn_series load = make(SN_LOAD, "x", "SE3", 9000.0);
    for (size_t i = AT; i < AT + 24; i++) {
        load.value[i] = 0.0;
    }
    load.value[3] = 0.0; /* one hour is no day */
    expect_arriving(NULL, 0, &load, 1,
                    "24 values in whole days of zeros, the first at 2024-01-08T00:00Z",
                    24);
    expect_same_however_cut(&load, 1, 24);
    load.value[AT + 21] = 9000.0; /* and 21 + 2 are none */
    expect_same_however_cut(&load, 1, 0);
    sn_series_release(&load);
}

static void sources_however_cut(void **state)
{
    (void)state;
    /* Three days of another unit, a price that differs, and one that is missing. */
    sn_series s[2] = {make(SN_LOAD, "nordpool", "SE3", 9000.0),
                      make(SN_LOAD, "entsoe", "SE3", 9000.0)};
    for (size_t i = AT; i < AT + 72; i++) {
        s[1].value[i] *= 0.25;
    }
    s[1].value[AT + 30] = (double)NAN; /* that day is not whole: not judged */
    expect_same_however_cut(s, 2, 2 * 48);
    sn_series_release(&s[0]);
    sn_series_release(&s[1]);
    sn_series price[2] = {make(SN_PRICE_EUR, "epex", "SE4", 60.0),
                          make(SN_PRICE_EUR, "zones_hourly", "SE4", 60.0)};
    price[1].value[AT] += 5.0;
    price[1].value[AT + 9] += 0.02;
    expect_same_however_cut(price, 2, 4);
    for (size_t i = 0; i < HOURS; i++) {
        price[1].value[i] = 11.3 * price[0].value[i];
    }
    expect_same_however_cut(price, 2, 2 * HOURS);
    sn_series_release(&price[0]);
    sn_series_release(&price[1]);
}

/* SE1 has borders to SE2, FI and NO4: load, three flows, and generation that closes. */
static void make_balance(sn_series s[5])
{
    s[0] = make(SN_LOAD, "nordpool", "SE1", 1000.0);
    s[1] = make(SN_FLOW_MEASURED, "nordpool", "SE1-SE2", 1500.0);
    s[2] = make(SN_FLOW_MEASURED, "nordpool", "SE1-FI", 700.0);
    s[3] = make(SN_FLOW_MEASURED, "nordpool", "SE1-NO4", -100.0);
    s[4] = make(SN_GENERATION, "nordpool", "SE1", 0.0);
    for (size_t i = 0; i < HOURS; i++) {
        s[4].value[i] = s[0].value[i] + s[1].value[i] + s[2].value[i] + s[3].value[i] +
                        (double)(i % 5);
    }
}

static void balance_of_an_area(void **state)
{
    (void)state;
    for (int fault = 0; fault < 4; fault++) {
        sn_series s[5];
        make_balance(s);
        for (size_t i = 0; i < HOURS && fault == 2; i++) {
            s[2].value[i] = -s[2].value[i];
        }
        if (fault == 1) {
            s[4].value[AT] += 900.0;
        }
        if (fault == 3) { /* no balance without all borders */
            s[4].value[AT] += 900.0;
            memcpy(s[2].key.subject, "SE3-FI", 7);
        }
        const char *words = fault == 1 ? "balance of SE1, nordpool"
                            : fault == 2
                                ? "not closed: a border is missing or has the wrong"
                                : NULL;
        size_t n = fault == 1 ? 5 : fault == 2 ? 5 * HOURS : 0;
        /* Generation arrives, the rest is known. */
        expect_arriving(s, 4, &s[4], 1, words, n);
        expect_same_however_cut(s, 5, n);
        for (int k = 0; k < 5; k++) {
            sn_series_release(&s[k]);
        }
    }
}

/* A file of a few bad hours and one of many are judged alike: what an hour may be off by
 * does not depend on the rest. */
static void balance_by_the_hour(void **state)
{
    (void)state;
    sn_series s[5];
    make_balance(s);
    for (size_t i = 24; i < HOURS; i++) {
        s[4].value[i] += i < 300 ? 250.0 : i < 330 ? 310.0 : 0.0;
    }
    s[1].value[310] = (double)NAN; /* an hour without a term is not judged */
    expect_same_however_cut(s, 5, 5 * 29);
    for (int k = 0; k < 5; k++) {
        sn_series_release(&s[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_zeros_and_units), cmocka_unit_test(other_sources),
        cmocka_unit_test(zeros_however_cut),      cmocka_unit_test(sources_however_cut),
        cmocka_unit_test(balance_of_an_area),     cmocka_unit_test(balance_by_the_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
