/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grids, plans and URLs of every source; the ledger's memory; the keys' file. */
#include "area.h"
#include "base/os.h"
#include "fetch_key.h"
#include "fetch_ledger.h"
#include "fetch_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static sn_instant at(const char *text)
{
    sn_instant t = {0};
    sn_error err = {0};
    if (sn_instant_parse(text, &t, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    return t;
}

static void assert_window(sn_window window, const char *from, const char *to)
{
    char a[SN_INSTANT_TEXT_SIZE];
    char b[SN_INSTANT_TEXT_SIZE];
    assert_string_equal(sn_instant_format(window.from, a), from);
    assert_string_equal(sn_instant_format(window.to, b), to);
}

static void cells_hold_local_and_utc_days(void **state)
{
    (void)state;
    static const struct {
        sn_fetch_grid grid;
        const char *t;
        const char *from;
        const char *to;
    } cases[] = {
        {SN_GRID_LOCAL_DAY, "2025-03-30T12:00Z", "2025-03-29T23:00Z",
         "2025-03-30T22:00Z"},
        {SN_GRID_LOCAL_DAY, "2025-10-26T12:00Z", "2025-10-25T22:00Z",
         "2025-10-26T23:00Z"},
        {SN_GRID_LOCAL_DAY, "2025-10-26T22:59Z", "2025-10-25T22:00Z",
         "2025-10-26T23:00Z"},
        {SN_GRID_UTC_DAY, "2025-10-26T23:59Z", "2025-10-26T00:00Z", "2025-10-27T00:00Z"},
        {SN_GRID_MONTH, "2024-01-31T22:59Z", "2023-12-31T23:00Z", "2024-02-01T00:00Z"},
        {SN_GRID_MONTH, "2024-01-31T23:00Z", "2024-01-31T23:00Z", "2024-03-01T00:00Z"},
        {SN_GRID_MONTH, "2024-12-15T00:00Z", "2024-11-30T23:00Z", "2025-01-01T00:00Z"},
        {SN_GRID_QUARTER, "2024-08-01T00:00Z", "2024-06-30T22:00Z", "2024-10-01T00:00Z"},
        {SN_GRID_YEAR, "2024-12-31T22:59Z", "2023-12-31T23:00Z", "2025-01-01T00:00Z"},
        {SN_GRID_DECADE, "2026-01-01T00:00Z", "2019-12-31T23:00Z", "2030-01-01T00:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_window(sn_fetch_cell(cases[i].grid, at(cases[i].t)), cases[i].from,
                      cases[i].to);
    }
}

static sn_fetch_wish wish_of(const char *first, const char *last)
{
    return (sn_fetch_wish){
        .first_day = at(first), .last_day = at(last), .now = at("2026-11-25T00:00Z")};
}

/* Every hour of the local and the UTC year is asked for, whatever the grid. */
static void plans_cover_the_local_and_the_utc_year(void **state)
{
    (void)state;
    const sn_fetch_wish wish = wish_of("2025-01-01", "2025-12-31");
    for (size_t s = 0; s < sn_fetch_source_count; s++) {
        const sn_fetch_source *source = sn_fetch_sources[s];
        for (size_t k = 0; k < source->n_item; k++) {
            const sn_fetch_item *item = &source->items[k];
            sn_fetch_wish one = wish;
            sn_fetch_request *requests = NULL;
            sn_error err;
            size_t n = 0;
            one.items = &item->name;
            one.n_item = 1;
            assert_int_equal(sn_fetch_plan(source, &one, &requests, &n, &err), SN_OK);
            assert_true(n > 0);
            sn_instant reached = requests[0].window.from;
            sn_instant end = {0};
            for (size_t i = 0; i < n; i++) {
                assert_true(requests[i].window.from.utc_s < requests[i].window.to.utc_s);
                if (strcmp(requests[i].from, requests[0].from) != 0 ||
                    strcmp(requests[i].to, requests[0].to) != 0) {
                    continue;
                }
                assert_true(requests[i].window.from.utc_s <= reached.utc_s);
                reached = requests[i].window.to;
                end = reached;
            }
            bool starts = item->first.utc_s > at("2024-12-31T23:00Z").utc_s;
            bool ends =
                item->end.utc_s != 0 && item->end.utc_s < at("2026-01-01T00:00Z").utc_s;
            bool is_day_file = item->grid == SN_GRID_LOCAL_DAY;
            assert_true(starts ||
                        requests[0].window.from.utc_s <= at("2024-12-31T23:00Z").utc_s);
            assert_true(
                ends ||
                end.utc_s >=
                    at(is_day_file ? "2025-12-31T23:00Z" : "2026-01-01T00:00Z").utc_s);
            free(requests);
        }
    }
}

static void no_url_leaves_its_host_or_holds_a_blank(void **state)
{
    (void)state;
    sn_fetch_wish wish = wish_of("2025-09-30", "2025-10-01");
    for (size_t s = 0; s < sn_fetch_source_count; s++) {
        const sn_fetch_source *source = sn_fetch_sources[s];
        for (size_t k = 0; k < source->n_item; k++) {
            sn_fetch_request *requests = NULL;
            sn_error err;
            sn_strbuf url;
            size_t n = 0;
            sn_strbuf_init(&url, 16384);
            wish.items = &source->items[k].name;
            wish.n_item = 1;
            assert_int_equal(sn_fetch_plan(source, &wish, &requests, &n, &err), SN_OK);
            for (size_t i = 0; i < n; i++) {
                assert_int_equal(
                    sn_fetch_url(&requests[i], "https://example.org", &url, &err), SN_OK);
                assert_int_equal(strncmp(url.data, "https://example.org/", 20), 0);
                assert_int_equal(strcspn(url.data, " \"<>{}\\^`|\r\n"), url.len);
            }
            free(requests);
            sn_strbuf_release(&url);
        }
    }
}

static void urls_are_as_documented(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        const char *item;
        const char *area;
        const char *url;
    } cases[] = {
        {"entsoe", "price", "SE3",
         "X/api?documentType=A44&contract_MarketAgreement.type=A01&in_Domain="
         "10Y1001A1001A46L&out_Domain=10Y1001A1001A46L&periodStart=202409302200&"
         "periodEnd="
         "202501010000&offset=0"},
        {"entsoe", "reservoir", "NO1",
         "X/api?documentType=A72&processType=A16&in_Domain=10YNO-1--------2&periodStart="
         "202312312300&periodEnd=202412312300"},
        {"entsoe", "congestion_cost", NULL,
         "X/api?documentType=A92&in_Domain=10YSE-1--------K&out_Domain=10YSE-1--------K"
         "&periodStart=202312312300&periodEnd=202412312300"},
        {"elprisetjustnu", "price", "SE2", "X/api/v1/prices/2024/10-27_SE2.json"},
        {"riksbank", "fx", NULL,
         "X/swea/v1/Observations/SEKEURPMI/2020-01-01/2026-11-26"},
        {"jao", "capacity", NULL, NULL},
        {"fingrid", "load", NULL,
         "X/api/datasets/124/data?startTime=2024-09-30T22:00:00Z&endTime="
         "2024-11-01T00:00:00Z&format=json&page=1&pageSize=20000&sortBy=startTime"
         "&sortOrder=asc"},
        {"energycharts", "price", "SE4",
         "X/price?bzn=SE4&start=2023-12-31T23:00Z&end=2025-01-01T00:00Z"},
        {"ecb", "fx", NULL,
         "X/service/data/EXR/D.SEK.EUR.SP00.A?startPeriod=2020-01-01&endPeriod=2026-11-26"
         "&format=csvdata&detail=dataonly"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sn_fetch_wish wish = wish_of("2024-10-27", "2024-10-27");
        const sn_fetch_source *source = sn_fetch_source_find(cases[i].source);
        sn_fetch_request *requests = NULL;
        sn_error err;
        sn_strbuf url;
        size_t n = 0;
        sn_strbuf_init(&url, 16384);
        wish.items = &cases[i].item;
        wish.n_item = 1;
        wish.areas = &cases[i].area;
        wish.n_area = cases[i].area != NULL ? 1 : 0;
        assert_int_equal(sn_fetch_plan(source, &wish, &requests, &n, &err), SN_OK);
        if (cases[i].url == NULL) {
            assert_int_equal(n, 0); /* before it was published */
        } else {
            assert_int_equal(n, 1);
            assert_int_equal(sn_fetch_url(&requests[0], "X", &url, &err), SN_OK);
            assert_string_equal(url.data, cases[i].url);
        }
        free(requests);
        sn_strbuf_release(&url);
    }
}

/* A border's second page asks the other way. */
static void a_border_is_asked_both_ways(void **state)
{
    (void)state;
    static const char *const areas[] = {"SE4", "SE3"};
    static const char item[] = "flow";
    const char *items[] = {item};
    sn_fetch_wish wish = wish_of("2024-01-01", "2024-01-01");
    sn_fetch_request *requests = NULL;
    sn_error err;
    sn_strbuf url;
    size_t n = 0;
    sn_strbuf_init(&url, 16384);
    wish.areas = areas;
    wish.n_area = 2;
    wish.items = items;
    wish.n_item = 1;
    assert_int_equal(sn_fetch_plan(&sn_source_entsoe, &wish, &requests, &n, &err), SN_OK);
    assert_int_equal(n, 1);
    assert_int_equal(sn_fetch_url(&requests[0], "X", &url, &err), SN_OK);
    assert_non_null(
        strstr(url.data, "in_Domain=10Y1001A1001A47J&out_Domain=10Y1001A1001A46L"));
    requests[0].offset = 1;
    assert_int_equal(sn_fetch_url(&requests[0], "X", &url, &err), SN_OK);
    assert_non_null(
        strstr(url.data, "in_Domain=10Y1001A1001A46L&out_Domain=10Y1001A1001A47J"));
    free(requests);
    sn_strbuf_release(&url);
}

/* Terms are stated, limits are kept, names are unique. */
static void every_entry_is_complete(void **state)
{
    (void)state;
    for (size_t s = 0; s < sn_fetch_source_count; s++) {
        const sn_fetch_source *source = sn_fetch_sources[s];
        assert_true(source->coverage[0] != '\0' && source->licence[0] != '\0' &&
                    source->attribution[0] != '\0' && source->limit_text[0] != '\0');
        assert_int_equal(strncmp(source->base_url, "https://", 8), 0);
        assert_true(source->limit[0].pace_s > 0.0 && source->limit[0].burst >= 1.0);
        assert_true(source->size_max > 0 && source->n_item > 0);
        assert_true((source->key_header != NULL) == sn_fetch_needs_key(source));
        assert_true((source->verified == SN_VERIFIED_LIVE) ==
                    (source->verified_date != NULL));
        assert_ptr_equal(sn_fetch_source_find(source->name), source);
        assert_true(source->fallback == NULL ||
                    sn_fetch_source_find(source->fallback) != NULL);
    }
}

/* ---- the ledger ---- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/snitt-plan-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return sn_os_remove_tree(folder, NULL) == SN_OK ? 0 : -1;
}

static bool is_needed(const sn_fetch_request *request, const char *now)
{
    sn_ledger *ledger = NULL;
    sn_error err = {0};
    bool out = false;
    assert_int_equal(sn_ledger_open(folder, false, &ledger, &err), SN_OK);
    assert_int_equal(sn_ledger_is_needed(ledger, request, at(now), &out, &err), SN_OK);
    sn_ledger_close(ledger);
    return out;
}

static void note(const sn_fetch_request *request, size_t n_value, const char *now)
{
    sn_ledger *ledger = NULL;
    sn_error err = {0};
    assert_int_equal(sn_ledger_open(folder, false, &ledger, &err), SN_OK);
    assert_int_equal(sn_ledger_begin(ledger, &err), SN_OK);
    assert_int_equal(sn_ledger_note_done(ledger, request, n_value, at(now), &err), SN_OK);
    assert_int_equal(sn_ledger_commit(ledger, &err), SN_OK);
    sn_ledger_close(ledger);
}

static void the_ledger_knows_what_may_have_changed(void **state)
{
    (void)state;
    /* January 2025 of eSett's load: settled 30 days after 2025-02-01. */
    const sn_fetch_item *load = &sn_source_esett.items[1];
    sn_fetch_request january = {.source = &sn_source_esett,
                                .item = load,
                                .from = "",
                                .to = "",
                                .window = {at("2024-12-31T23:00Z"), at("2025-02-01")}};
    assert_true(is_needed(&january, "2025-02-10T00:00Z"));
    note(&january, 700, "2025-02-10T00:00Z");
    assert_false(is_needed(&january, "2025-02-10T00:30Z")); /* just asked */
    assert_true(is_needed(&january, "2025-02-11T00:00Z"));  /* may be revised */
    note(&january, 700, "2025-03-04T00:00Z");
    assert_false(is_needed(&january, "2026-11-25T00:00Z")); /* settled */
    /* Nothing there: believed for a day, then for 90. */
    note(&january, 0, "2025-02-03T00:00Z");
    assert_false(is_needed(&january, "2025-02-03T23:00Z"));
    assert_true(is_needed(&january, "2025-02-04T01:00Z"));
    note(&january, 0, "2025-06-01T00:00Z");
    assert_false(is_needed(&january, "2025-08-29T00:00Z"));
    assert_true(is_needed(&january, "2025-08-31T00:00Z"));
    /* A month that had not ended: its known part has grown. */
    sn_fetch_request part = january;
    part.window.to = at("2025-01-16T23:00Z");
    note(&part, 300, "2025-01-15T12:00Z");
    assert_true(is_needed(&january, "2025-02-10T00:00Z"));
    /* Another area is another request. */
    sn_fetch_request other = january;
    other.from = "SE3";
    other.to = "SE3";
    note(&january, 700, "2025-06-01T00:00Z");
    assert_true(is_needed(&other, "2025-06-01T00:00Z"));
}

/* ---- keys ---- */

static void write_keys(const char *text, mode_t mode)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/snitt", folder);
    assert_int_equal(sn_os_make_folders(path, NULL), SN_OK);
    (void)snprintf(path, sizeof path, "%s/snitt/keys", folder);
    assert_int_equal(sn_os_write_file(path, text, strlen(text), NULL), SN_OK);
    assert_int_equal(chmod(path, mode), 0);
}

static void keys_are_found_and_guarded(void **state)
{
    (void)state;
    char key[SN_KEY_SIZE];
    sn_error err = {0};
    assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
    (void)unsetenv("ENTSOE_API_KEY");
    (void)unsetenv("ENTSOE_API_TOKEN");
    (void)unsetenv("ENTSOE_TOKEN");
    (void)unsetenv("ENTSOE_SECURITY_TOKEN");
    assert_int_equal(sn_fetch_key_find(&sn_source_svk, key, &err), SN_OK);
    assert_string_equal(key, "");
    assert_int_equal(sn_fetch_key_find(&sn_source_entsoe, key, &err), SN_E_NOT_FOUND);
    write_keys(
        "entsoe2 = wrong-wrong\n# entsoe = commented-out\n entsoe =\tabcd-1234 # x\n",
        0600);
    assert_int_equal(sn_fetch_key_find(&sn_source_entsoe, key, &err), SN_OK);
    assert_string_equal(key, "abcd-1234");
    write_keys("entsoe = abcd-1234\n", 0640);
    assert_int_equal(sn_fetch_key_find(&sn_source_entsoe, key, &err), SN_E_USAGE);
    assert_null(strstr(err.message, "abcd"));
    assert_int_equal(setenv("ENTSOE_TOKEN", "from-the-environment", 1), 0);
    assert_int_equal(sn_fetch_key_find(&sn_source_entsoe, key, &err), SN_OK);
    assert_string_equal(key, "from-the-environment");
    assert_int_equal(setenv("ENTSOE_API_KEY", "two lines\r\nX: y", 1), 0);
    assert_int_equal(sn_fetch_key_find(&sn_source_entsoe, key, &err), SN_E_USAGE);
    assert_null(strstr(err.message, "two"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_hold_local_and_utc_days),
        cmocka_unit_test(plans_cover_the_local_and_the_utc_year),
        cmocka_unit_test(no_url_leaves_its_host_or_holds_a_blank),
        cmocka_unit_test(urls_are_as_documented),
        cmocka_unit_test(a_border_is_asked_both_ways),
        cmocka_unit_test(every_entry_is_complete),
        cmocka_unit_test(the_ledger_knows_what_may_have_changed),
        cmocka_unit_test(keys_are_found_and_guarded),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
