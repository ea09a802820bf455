/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of facts that is built in: its figures against Statistics Sweden's file and
 * press release, what is shared out and what is not, and what is refused. */
#include "base/os.h"
#include "base/strbuf.h"
#include "support/reference.h"
#include "use_facts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t at(const char *name)
{
    const sn_municipality *m = NULL;
    assert_int_equal(sn_municipality_find(name, &m, NULL), SN_OK);
    return (size_t)(m - sn_municipalities);
}

static sn_use_facts opened(void)
{
    sn_use_facts facts;
    sn_error err = {0};
    if (sn_use_facts_open(&facts, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    return facts;
}

static const sn_use_sector *sector(const sn_use_facts *facts, const char *name)
{
    for (size_t s = 0; s < facts->n_sector; s++) {
        if (strcmp(facts->sector[s].name, name) == 0) {
            return &facts->sector[s];
        }
    }
    fail_msg("no sector %s", name);
    return NULL;
}

/* Statistics Sweden's press release of 2026-02-24: 31 December 2025. */
static void test_people_agree_with_the_press_release(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double inhabitants;
    } known[] = {{"Stockholm", 999239},  {"Göteborg", 613278},    {"Malmö", 367924},
                 {"Uppsala", 249726},    {"Linköping", 168714},   {"Västerås", 161240},
                 {"Örebro", 160687},     {"Helsingborg", 152776}, {"Jönköping", 148152},
                 {"Norrköping", 144904}, {"Dorotea", 2241},       {"Bjurholm", 2327},
                 {"Sorsele", 2362},      {"Arjeplog", 2570},      {"Malå", 2902},
                 {"Överkalix", 3183},    {"Ydre", 3619},          {"Munkfors", 3637},
                 {"Storfors", 3777}};
    sn_use_facts facts = opened();
    double sum = 0.0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double ours = facts.inhabitants[at(known[i].name)];
        if (fabs(ours / known[i].inhabitants - 1.0) > 0.01) {
            fail_msg("%s: %.0f", known[i].name, ours);
        }
    }
    for (size_t m = 0; m < sn_municipality_count; m++) {
        sum += facts.inhabitants[m];
    }
    assert_true(fabs(sum / 10605500.0 - 1.0) < 0.0005);
    double by_area = 0.0;
    for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
        by_area += sn_use_facts_people(facts.inhabitants, a);
    }
    assert_true(fabs(by_area - sum) < 1.0);
    sn_use_facts_release(&facts);
}

/* Sum of a year's months on the line "LABEL,AREA,...". */
static double months(const char *text, const char *label, const char *area)
{
    enum { FIRST = 36, MONTHS = 12 }; /* 2024 after three years */
    char head[128];
    double sum = 0.0;
    (void)snprintf(head, sizeof head, "\n%s,%s,", label, area);
    const char *cell = strstr(text, head);
    assert_non_null(cell);
    cell += strlen(head);
    for (int k = 0; k < FIRST + MONTHS; k++) {
        char *end = NULL;
        double value = strtod(cell, &end);
        assert_true(end > cell);
        sum += k >= FIRST ? value : 0.0;
        cell = end + 1;
    }
    return sum;
}

static void test_use_is_that_of_the_statistics(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"industry", "mining and manufacturing"},
        {"homes and services", "\"other (residential sector, services, etc.)\""},
        {"railways", "\"railways, trams and bus traffic\""},
        {"power, gas, heat and water plants",
         "\"electricity, gas, heat and water plants\""}};
    sn_strbuf text =
        reference_read("scb/scb_production_consumption_monthly_2021_2024.csv");
    assert_non_null(strstr(text.data, ",2024M01,"));
    sn_use_facts facts = opened();
    assert_int_equal(facts.year, 2024);
    assert_int_equal(facts.n_sector, 4);
    for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
        double used = months(text.data, "losses", sn_swedish_area(a));
        for (size_t i = 0; i < 4; i++) {
            double gwh = months(text.data, names[i][1], sn_swedish_area(a));
            assert_true(fabs(sector(&facts, names[i][0])->mwh[a] - 1e3 * gwh) < 1e-6);
            used += gwh;
        }
        assert_true(fabs(used - months(text.data, "total usage", sn_swedish_area(a))) <
                    2.0); /* whole GWh a month */
    }
    sn_use_facts_release(&facts);
    sn_strbuf_release(&text);
}

static void test_only_what_follows_people_is_shared(void **state)
{
    (void)state;
    static sn_municipal_use use;
    sn_use_facts facts = opened();
    sn_municipal_use_init(&use);
    size_t sundsvall = at("Sundsvall");
    use.inhabitants[sundsvall] = 200000.0; /* given by the user: kept */
    sn_use_facts_fill_people(&facts, &use);
    assert_true(use.inhabitants[sundsvall] == 200000.0);
    assert_true(use.inhabitants[at("Boden")] == facts.inhabitants[at("Boden")]);
    sn_use_facts_share(&facts, &use);
    assert_string_equal(use.source, "embedded estimate");
    assert_string_equal(use.year, "2024");
    assert_int_equal(use.n_sector, facts.n_sector);
    size_t n_shared = 0;
    for (size_t s = 0; s < use.n_sector; s++) {
        double sum = 0.0;
        double whole = 0.0;
        for (size_t m = 0; m < sn_municipality_count; m++) {
            assert_int_equal(isnan(use.mwh[m][s]), !facts.sector[s].by_people);
            sum += use.mwh[m][s];
        }
        for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
            whole += facts.sector[s].mwh[a];
        }
        assert_true(isnan(sum) || fabs(sum / whole - 1.0) < 1e-12);
        n_shared += isnan(sum) ? 0 : 1;
    }
    assert_int_equal(n_shared, 1);
    assert_false(sector(&facts, "industry")->by_people);
    sn_municipal_use_release(&use);
    sn_use_facts_release(&facts);
}

/* What is changed in the text, and what the message must say. */
static void test_wrong_tables_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *says;
    } cases[] = {
        {"snitt-use-1", "snitt-use-9", "expected snitt-use-1"},
        {"source: use, shared_by: nothing", "shared_by: nothing", "source"},
        {"source: use, shared_by: nothing", "source: usf, shared_by: nothing",
         "no such source"},
        {"source: use, shared_by: nothing", "source: use, shared_by: inhabitants",
         "industry does not follow people"},
        {"shared_by: inhabitants", "shared_by: jobs", "expected nothing or inhabitants"},
        {"checked: opened", "checked: yes", "expected opened"},
        {"read: 2026,", "", "published or read"},
        {"\"0114\": 50550", "\"0113\": 50550", "0113"},
        {"\"0114\": 50550", "\"0114\": -1", "0114"},
        {"    \"0114\": 50550 # Upplands Väsby\n", "", "0114 Upplands Väsby"},
        {"\"0114\": 50550", "\"0114\": 50550\n    \"0114\": 1", "0114"},
        {"SE1: 6151", "SE5: 6151", "SE5"},
    };
    char path[1024];
    sn_strbuf text;
    sn_error err = {0};
    sn_strbuf_init(&text, 1 << 20);
    (void)snprintf(path, sizeof path, "%s/scenarios/library/use-by-area.yaml",
                   getenv("SNITT_SOURCE_DIR"));
    assert_int_equal(sn_os_read_file(path, &text, &err), SN_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sn_use_facts facts;
        char *changed = malloc(text.len + 256);
        const char *place = strstr(text.data, cases[i].from);
        assert_non_null(changed);
        assert_non_null(place);
        int n = snprintf(changed, text.len + 256, "%.*s%s%s", (int)(place - text.data),
                         text.data, cases[i].to, place + strlen(cases[i].from));
        err = (sn_error){0};
        assert_int_equal(
            sn_use_facts_load_bytes("t.yaml", changed, (size_t)n, &facts, &err),
            SN_E_FORMAT);
        if (strstr(err.message, cases[i].says) == NULL ||
            strncmp(err.message, "t.yaml:", 7) != 0) {
            fail_msg("case %zu: %s", i, err.message);
        }
        free(changed);
    }
    sn_strbuf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people_agree_with_the_press_release),
        cmocka_unit_test(test_use_is_that_of_the_statistics),
        cmocka_unit_test(test_only_what_follows_people_is_shared),
        cmocka_unit_test(test_wrong_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
