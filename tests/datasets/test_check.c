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

static sn_store *open_store(void)
{
    sn_store *store = NULL;
    sn_error err = {0};
    const sn_store_options writable = {.writable = true};
    make_folder();
    assert_int_equal(sn_store_open(folder, &writable, &store, &err), SN_OK);
    return store;
}

static void close_store(sn_store *store)
{
    sn_store_close(store);
    assert_int_equal(sn_os_remove_tree(folder, NULL), SN_OK);
}

static sn_store_batch batch_of(const sn_series *series, size_t n, const char *name)
{
    return (sn_store_batch){.origin = {.name = name,
                                       .raw = name,
                                       .raw_size = strlen(name),
                                       .licence = "l",
                                       .attribution = "a",
                                       .reader = "import"},
                            .series = series,
                            .n_series = n};
}

static uint8_t flag_at(sn_store *store, const sn_series *s, size_t i)
{
    sn_series got;
    sn_instant t = sn_axis_at(&s->axis, i);
    assert_int_equal(
        sn_store_read(store, &s->key, t, (sn_instant){t.utc_s + 1}, &got, NULL), SN_OK);
    uint8_t flag = got.flag[0];
    sn_series_release(&got);
    return flag;
}

static size_t n_suspect(sn_store *store, const sn_series *s)
{
    sn_series got;
    size_t n = 0;
    assert_int_equal(
        sn_store_read(store, &s->key, s->axis.start, sn_axis_end(&s->axis), &got, NULL),
        SN_OK);
    for (size_t i = 0; i < got.axis.n; i++) {
        n += got.flag[i] == SN_FLAG_SUSPECT;
    }
    sn_series_release(&got);
    return n;
}

static void expect_words(const sn_findings *findings, const char *words)
{
    if (words == NULL) {
        assert_string_equal(findings->text.data, "");
    } else if (strstr(findings->text.data, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", findings->text.data, words);
    }
}

/* One series into an empty store: expects words (NULL: none) and flags. */
static void expect_alone(const sn_series *s, const char *words, size_t n)
{
    sn_store *store = open_store();
    const sn_store_batch batch = batch_of(s, 1, "alone");
    sn_store_change change;
    sn_findings findings;
    sn_findings_init(&findings);
    assert_int_equal(sn_check_write(store, &batch, 1, &findings, &change, NULL), SN_OK);
    expect_words(&findings, words);
    assert_int_equal(n_suspect(store, s), n);
    assert_int_equal(findings.n_value, n);
    sn_findings_release(&findings);
    close_store(store);
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

/* Store what is known, unchecked, then let others arrive: their words, and how many
 * values are doubted of both. */
static void expect_arriving(const sn_series *known,
                            size_t n_known,
                            const sn_series *arriving,
                            size_t n,
                            const char *words,
                            size_t n_flag)
{
    sn_error err = {0};
    sn_findings findings;
    sn_store_change change;
    sn_store *store = open_store();
    const sn_store_batch before = batch_of(known, n_known, "known");
    const sn_store_batch batch = batch_of(arriving, n, "arriving");
    assert_int_equal(sn_store_write(store, &before, n_known > 0 ? 1 : 0, NULL, &err),
                     SN_OK);
    sn_findings_init(&findings);
    assert_int_equal(sn_check_write(store, &batch, 1, &findings, &change, &err), SN_OK);
    expect_words(&findings, words);
    assert_int_equal(findings.n_value, n_flag);
    for (size_t s = 0; s < n; s++) {
        n_flag -= n_suspect(store, &arriving[s]);
    }
    for (size_t s = 0; s < n_known; s++) {
        bool arrives_too = false;
        for (size_t k = 0; k < n; k++) {
            arrives_too = arrives_too ||
                          sn_series_key_compare(&known[s].key, &arriving[k].key) == 0;
        }
        n_flag -= arrives_too ? 0 : n_suspect(store, &known[s]);
    }
    assert_int_equal(n_flag, 0);
    sn_findings_release(&findings);
    close_store(store);
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
    sn_series_release(&arriving);
    /* Two sources that arrive together. */
    sn_series both[2] = {make(SN_PRICE_EUR, "epex", "SE4", 60.0),
                         make(SN_PRICE_EUR, "zones_hourly", "SE4", 60.0)};
    both[1].value[AT] += 5.0;
    expect_arriving(NULL, 0, both, 2, "zones_hourly and epex differ", 2);
    sn_series_release(&both[0]);
    sn_series_release(&both[1]);
    sn_series_release(&known);
}

/* The same data arrive piece by piece, in one store after another. */
typedef struct dataset {
    const sn_series *series;
    size_t n;
} dataset;

/* What arrives: of each series the intervals [from, end). */
static void arrive(sn_store *store, const dataset *data, size_t from, size_t end)
{
    sn_series piece[8];
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
    }
    /* Every piece has the same origin: only what it holds tells the stores apart. */
    const sn_store_batch batch = batch_of(piece, data->n, "piece");
    assert_int_equal(sn_check_write(store, &batch, 1, &findings, &change, NULL), SN_OK);
    for (size_t s = 0; s < data->n; s++) {
        sn_series_release(&piece[s]);
    }
    sn_findings_release(&findings);
}

/* The state of a store after arrival cut at `piece` (pairs of ends), one after another;
 * each series by itself when alone.  *n_doubted_out: values that are suspect in it. */
static void state_of(const dataset *data,
                     const size_t (*piece)[2],
                     size_t n_piece,
                     bool is_alone,
                     char state[65],
                     size_t *n_doubted_out)
{
    sn_store *store = open_store();
    *n_doubted_out = 0;
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
        *n_doubted_out += n_suspect(store, &data->series[s]);
    }
    (void)snprintf(state, 65, "%s", sn_store_state(store));
    close_store(store);
}

/* The same bytes whole; cut in days, in hours that are no day, backwards with the middle
 * held back; the series together or one after another. */
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
    char expected[65];
    char state[65];
    size_t n_found = 0;
    state_of(&data, whole, 1, false, expected, &n_found);
    assert_int_equal(n_found, n_doubted);
    for (size_t c = 0; c < 2 * sizeof cuts / sizeof *cuts; c++) {
        bool is_alone = c % 2 == 1;
        state_of(&data, cuts[c / 2].piece, cuts[c / 2].n, is_alone, state, &n_found);
        if (strcmp(state, expected) != 0) {
            fail_msg("cut %zu%s: other bytes than whole; %zu values suspect, not %zu",
                     c / 2, is_alone ? ", one by one" : "", n_found, n_doubted);
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

/* Series s arrives at a moment with values [from, end) raised. */
static void arrive_at(sn_store *store,
                      const sn_series *s,
                      int64_t learnt_s,
                      size_t from,
                      size_t end,
                      double off)
{
    sn_series own;
    sn_findings findings;
    sn_store_change change;
    char name[64];
    (void)snprintf(name, sizeof name, "%s %lld", s->key.source, (long long)learnt_s);
    assert_int_equal(sn_series_init(&own, &s->key, s->axis, NULL), SN_OK);
    for (size_t i = 0; i < s->axis.n; i++) {
        own.value[i] = s->value[i] + (i >= from && i < end ? off : 0.0);
        own.flag[i] = s->flag[i];
    }
    sn_store_batch batch = batch_of(&own, 1, name);
    batch.origin.learnt.utc_s = learnt_s;
    sn_findings_init(&findings);
    assert_int_equal(sn_check_write(store, &batch, 1, &findings, &change, NULL), SN_OK);
    sn_findings_release(&findings);
    sn_series_release(&own);
}

/* Both sources revise a price in one fetch: for a moment only one has.  A doubt that a
 * later answer clears ends, and a filled value is filled again. */
static void a_doubt_ends_when_sources_agree(void **state)
{
    (void)state;
    sn_series s[2] = {make(SN_PRICE_EUR, "epex", "SE4", 60.0),
                      make(SN_PRICE_EUR, "svk", "SE4", 60.0)};
    s[0].flag[AT] = SN_FLAG_FILLED;
    char first[65] = "";
    for (int swaps = 0; swaps < 2; swaps++) {
        sn_store *store = open_store();
        arrive_at(store, &s[0], 100, 0, 0, 0.0);
        arrive_at(store, &s[1], 100, 0, 0, 0.0);
        arrive_at(store, &s[swaps], 200, AT, AT + 3, 7.0);
        assert_int_equal(n_suspect(store, &s[0]) + n_suspect(store, &s[1]), 6);
        arrive_at(store, &s[1 - swaps], 200, AT, AT + 3, 7.0);
        assert_int_equal(n_suspect(store, &s[0]) + n_suspect(store, &s[1]), 0);
        assert_int_equal(flag_at(store, &s[0], AT), SN_FLAG_FILLED);
        if (swaps == 1) {
            assert_string_equal(sn_store_state(store), first);
        }
        (void)snprintf(first, sizeof first, "%s", sn_store_state(store));
        /* The same a day later: doubted in between, and known to have been. */
        arrive_at(store, &s[0], 300, AT, AT + 3, 9.0);
        arrive_at(store, &s[1], 400, AT, AT + 3, 9.0);
        char ended[65];
        (void)snprintf(ended, sizeof ended, "%s", sn_store_state(store));
        arrive_at(store, &s[0], 400, AT, AT + 3, 9.0); /* heard again: no news */
        assert_string_equal(sn_store_state(store), ended);
        assert_int_equal(n_suspect(store, &s[0]) + n_suspect(store, &s[1]), 0);
        sn_store_revision *revision = NULL;
        size_t n = 0;
        size_t n_ended = 0;
        assert_int_equal(sn_store_revisions(store, &revision, &n, NULL), SN_OK);
        for (size_t r = 0; r < n; r++) {
            n_ended += revision[r].old_flag == SN_FLAG_SUSPECT &&
                       revision[r].old_value == revision[r].new_value;
        }
        free(revision);
        assert_int_equal(n_ended, 3); /* of epex; svk's came with new values */
        close_store(store);
    }
    sn_series_release(&s[0]);
    sn_series_release(&s[1]);
}

/* Arrivals in any order of their moments give one store. */
static void moments_in_any_order(void **state)
{
    (void)state;
    static const int order[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}};
    sn_series s[2] = {make(SN_PRICE_EUR, "epex", "SE4", 60.0),
                      make(SN_PRICE_EUR, "svk", "SE4", 60.0)};
    char expected[65] = "";
    for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
        sn_store *store = open_store();
        for (int k = 0; k < 3; k++) {
            switch (order[o][k]) {
            case 0:
                arrive_at(store, &s[0], 100, AT, AT + 5, 6000.0); /* beyond the limits */
                break;
            case 1:
                arrive_at(store, &s[1], 200, AT + 3, AT + 9, 1.0);
                break;
            default:
                arrive_at(store, &s[0], 300, AT + 7, AT + 9, 1.0);
            }
        }
        if (o > 0) {
            assert_string_equal(sn_store_state(store), expected);
        }
        (void)snprintf(expected, sizeof expected, "%s", sn_store_state(store));
        assert_int_equal(n_suspect(store, &s[0]), 4); /* AT + 3 to AT + 7 */
        assert_int_equal(n_suspect(store, &s[1]), 4);
        close_store(store);
    }
    sn_series_release(&s[0]);
    sn_series_release(&s[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_zeros_and_units),
        cmocka_unit_test(other_sources),
        cmocka_unit_test(zeros_however_cut),
        cmocka_unit_test(sources_however_cut),
        cmocka_unit_test(balance_of_an_area),
        cmocka_unit_test(balance_by_the_hour),
        cmocka_unit_test(a_doubt_ends_when_sources_agree),
        cmocka_unit_test(moments_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
