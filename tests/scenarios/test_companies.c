/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of companies and municipalities: numbers, encodings, hostile text, sums. */
#include "base/strbuf.h"
#include "companies.h"
#include "municipalities.h"
#include "support/near.h"
#include "text_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_luhn(void **state)
{
    (void)state;
    static const char *const good[] = {"556016-0680",   "5560160680",    "212000-2411",
                                       "16556016-0680", "19800101-1231", "800101-1231"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        sn_organisation o;
        assert_int_equal(sn_organisation_parse(good[i], &o, NULL), SN_OK);
        assert_int_equal(o.is_person, i >= 4);
    }
    static const char *const bad[] = {"556016-0681",   "556106-0680", "",
                                      "556016",        "55601606801", "abc",
                                      "14556016-0680", "800101-1238"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        sn_organisation o;
        sn_error err = {0};
        assert_int_equal(sn_organisation_parse(bad[i], &o, &err), SN_E_FORMAT);
        assert_null(strstr(err.message, "8001")); /* may be a person's */
    }
    sn_organisation o;
    char text[SN_ORGANISATION_TEXT_SIZE];
    assert_int_equal(sn_organisation_parse("800101-1231", &o, NULL), SN_OK);
    assert_string_equal(sn_organisation_show(&o, text), "******-****");
    assert_int_equal(sn_organisation_parse("165560160680", &o, NULL), SN_OK);
    assert_string_equal(sn_organisation_show(&o, text), "556016-0680");
}

static void test_mask(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Anna 800101-1231 AB", "Anna ******-**** AB"},
        {"198001011231", "************"},
        {"8001011231", "**********"},
        {"800101 - 1231", "****** - ****"},
        {"556016-0680", "556016-0680"},
        {"ring 060-123456", "ring 060-123456"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "%s", cases[i][0]);
        sn_mask_personal_numbers(text);
        assert_string_equal(text, cases[i][1]);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    double x;
    assert_true(sn_sheet_number("1 234,5", ';', &x) && x == 1234.5);
    assert_true(sn_sheet_number("1\xc2\xa0"
                                "234,5",
                                ';', &x) &&
                x == 1234.5);
    assert_true(sn_sheet_number("1.234,5", ';', &x) && x == 1234.5);
    assert_true(sn_sheet_number("1,234.5", ',', &x) && x == 1234.5);
    assert_true(sn_sheet_number("1,234", ';', &x) && x == 1.234);
    assert_false(sn_sheet_number("1,234", ',', &x)); /* could be either */
    assert_true(sn_sheet_number("12,5", ',', &x) && x == 12.5);
    assert_false(sn_sheet_number("", ';', &x));
    assert_false(sn_sheet_number("12 kWh", ';', &x));
    assert_false(sn_sheet_number("1e999", ';', &x));
}

static const char semicolons[] =
    "\xef\xbb\xbf"
    "Namn;Orgnr;Kommun;MWh/år;Profil;Bransch\r\n"
    "Ett;556016-0680;Sundsvalls kommun;1 234,5;dag;industri\r\n"
    "Två;800101-1231;2281;5,5;;handel\r\n"
    "Ett igen;5560160680;Sundsvall;10;;\r\n"
    "Ett i norr;5560160680;Timrå;10;;\r\n"
    "Fel;556016-0681;Timrå;5;;\r\n"
    "Okänd;212000-2411;Timraa;5;;\r\n";

static void check_companies(const sn_companies *c)
{
    assert_int_equal(c->n, 3);
    assert_int_equal(c->n_distinct, 2);
    assert_int_equal(c->n_duplicate, 1);
    assert_int_equal(c->n_failed, 3);
    assert_string_equal(c->company[1].name, "Två");
    assert_near(c->company[0].mwh_per_year, 1234.5, 1e-9);
    assert_int_equal(c->company[0].profile, SN_PROFILE_DAY);
    assert_string_equal(c->company[0].municipality->code, "2281");
    assert_int_equal(c->failed[0].line, 6);
    assert_non_null(strstr(c->failed[1].message, "Timrå"));
    assert_non_null(strstr(c->failed[2].message, "duplicate"));
}

static void test_encodings(void **state)
{
    (void)state;
    sn_companies c;
    size_t n = sizeof semicolons - 1;
    assert_int_equal(sn_companies_load_bytes("a.csv", semicolons, n, &c, NULL), SN_OK);
    check_companies(&c);
    sn_companies_release(&c);
    /* UTF-16 little endian with tabs, as "Unicode text". */
    static unsigned char wide[4096];
    static unsigned char narrow[2048];
    size_t w = 0;
    size_t m = 0;
    wide[w++] = 0xff;
    wide[w++] = 0xfe;
    for (size_t i = 3; i < n; i++) {
        unsigned char b = (unsigned char)semicolons[i];
        unsigned value = b;
        if (b == 0xc3) {
            value = 0xc0U + ((unsigned char)semicolons[++i] & 0x3fU);
        }
        narrow[m++] = (unsigned char)value; /* Windows-1252 */
        wide[w++] = (unsigned char)(value == ';' ? '\t' : value);
        wide[w++] = 0;
    }
    assert_int_equal(sn_companies_load_bytes("a.txt", wide, w, &c, NULL), SN_OK);
    check_companies(&c);
    sn_companies_release(&c);
    assert_int_equal(sn_companies_load_bytes("a.csv", narrow, m, &c, NULL), SN_OK);
    check_companies(&c);
    sn_companies_release(&c);
}

static void test_refused_tables(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Namn;Kommun;MWh\nA;Boden;1\n", "organisation_number"},
        {"Namn;Orgnr;Kommun;Namn;MWh\n", "two columns"},
        {"PK\003\004xxxx", "workbook"},
        {"", "head line"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sn_companies c;
        sn_error err = {0};
        assert_int_equal(
            sn_companies_load_bytes("t.csv", cases[i][0], strlen(cases[i][0]), &c, &err),
            SN_E_FORMAT);
        assert_non_null(strstr(err.message, cases[i][1]));
    }
}

static void test_hostile_text(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"=1+1", "\"'=1+1\""},     {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"-2", "\"'-2\""},         {" =1", "\"' =1\""},
        {"a\"b", "\"a\"\"b\""},    {"two\nlines", "\"two lines\""},
        {"\x1b[31m", "\" [31m\""}, {"Bolag AB", "\"Bolag AB\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sn_strbuf out;
        sn_strbuf_init(&out, 1000);
        assert_int_equal(sn_text_cell_csv(cases[i][0], &out, NULL), SN_OK);
        assert_string_equal(out.data, cases[i][1]);
        sn_strbuf_release(&out);
    }
    /* A name of 10 000 characters with a line end goes through whole. */
    static char table[12000] = "name,orgnr,kommun,mwh\n\"";
    size_t n = strlen(table);
    memset(table + n, 'x', 10000);
    table[n + 5000] = '\n';
    (void)snprintf(table + n + 10000, 100, "\",556016-0680,Boden,1\n");
    sn_companies c;
    assert_int_equal(sn_companies_load_bytes("t.csv", table, strlen(table), &c, NULL),
                     SN_OK);
    assert_int_equal(c.n, 1);
    assert_int_equal(strlen(c.company[0].name), 10000);
    sn_companies_release(&c);
}

static void test_municipalities(void **state)
{
    (void)state;
    const sn_municipality *m = NULL;
    sn_error err = {0};
    size_t split = 0;
    assert_int_equal(sn_municipality_count, 290);
    for (size_t i = 0; i < sn_municipality_count; i++) {
        double sum = 0.0;
        for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
            sum += sn_municipality_share(&sn_municipalities[i], a);
        }
        assert_near(sum, 1.0, 1e-12);
        split += sn_municipalities[i].main_share < 1.0 ? 1 : 0;
        assert_true(i == 0 ||
                    strcmp(sn_municipalities[i - 1].code, sn_municipalities[i].code) < 0);
        assert_true(*sn_municipality_county(&sn_municipalities[i]) != '\0');
        assert_int_equal(sn_municipality_find(sn_municipalities[i].name, &m, NULL),
                         SN_OK);
        assert_ptr_equal(m, &sn_municipalities[i]);
    }
    assert_int_equal(split, 12);
    size_t groups = 0;
    for (size_t i = 0; i < sn_municipality_count; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i; k++) {
            is_first = is_first &&
                       strcmp(sn_municipality_constituency(&sn_municipalities[k]),
                              sn_municipality_constituency(&sn_municipalities[i])) != 0;
        }
        groups += is_first ? 1 : 0;
    }
    assert_int_equal(groups, 29); /* constituencies of the Riksdag */
    assert_int_equal(sn_municipality_find("ÖRNSKÖLDSVIK", &m, NULL), SN_OK);
    assert_string_equal(m->code, "2284");
    assert_int_equal(sn_municipality_find("2281 Sundsvall", &m, NULL), SN_OK);
    assert_int_equal(sn_municipality_find("Sundsval", &m, &err), SN_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "Sundsvall"));
}

static void test_scb_table(void **state)
{
    (void)state;
    static const char table[] =
        "\"region\",\"förbrukarkategori\",\"bränsletyp\",\"MWh 2022\",\"MWh 2023\"\n"
        "\"2281 Sundsvall\",\"industri\",\"el\",\"1\",\"200\"\n"
        "\"2281 Sundsvall\",\"småhus\",\"fjärrvärme\",\"1\",\"7\"\n"
        "\"2262 Timrå\",\"industri\",\"el\",\"..\",\"..\"\n"
        "\"2281 Sundsvall\",\"industri\",\"el\",\"1\",\"200\"\n"
        "\"9999 Ingen\",\"industri\",\"el\",\"1\",\"2\"\n";
    static sn_municipal_use use;
    const sn_municipality *m = NULL;
    sn_municipal_use_init(&use);
    assert_int_equal(
        sn_municipal_table_bytes("t", table, sizeof table - 1, false, &use, NULL), SN_OK);
    assert_int_equal(sn_municipality_find("Sundsvall", &m, NULL), SN_OK);
    size_t at = (size_t)(m - sn_municipalities);
    assert_string_equal(use.year, "2023");
    assert_int_equal(use.n_sector, 1);
    assert_near(use.mwh[at][0], 200.0, 0.0);
    assert_int_equal(use.n_suppressed, 1);
    assert_int_equal(use.n_failed, 2); /* twice, and an unknown code */
    assert_int_equal(sn_sector_profile("industri och byggverksamhet"),
                     SN_PROFILE_BASELOAD);
    assert_int_equal(sn_sector_profile("småhus"), SN_PROFILE_AREA);
    sn_municipal_use_release(&use);
}

/* Changes of a made year: companies summed by hand equal the municipality's row. */
static void test_sums(void **state)
{
    (void)state;
    enum { N = 48, AREAS = 4 };
    static double base[N * AREAS];
    static double one[N * AREAS];
    static double load[N * AREAS];
    static sn_price_years years = {.n = 1, .n_area = AREAS};
    static sn_price_changes changes;
    years.year[0].axis = (sn_axis){{1704063600}, 3600, N}; /* Monday 2024-01-01 local */
    years.year[0].price_eur_per_mwh[0] = base;
    years.year[0].price_eur_per_mwh[1] = one;
    years.year[0].load_mw = load;
    years.year[0].countertrade_eur_per_mwh[1] = 1.5;
    for (int z = 0; z < AREAS; z++) {
        (void)snprintf(years.area[z], sizeof years.area[z], "SE%d", z + 1);
    }
    for (int i = 0; i < N * AREAS; i++) {
        base[i] = 20.0 + i % AREAS + (i / AREAS) % 24;
        one[i] = 30.0 + (i / AREAS) % 24;
        load[i] = 100.0 + (i / AREAS) % 24;
    }
    assert_int_equal(sn_price_changes_of(&years, &changes, NULL), SN_OK);
    const sn_municipality *m = NULL;
    assert_int_equal(sn_municipality_find("Sundsvall", &m, NULL), SN_OK);
    for (int p = 0; p < SN_PROFILE_COUNT; p++) { /* SE2: 30 - 21 + 1.5 in every hour */
        assert_near(sn_price_change_in(&changes, m, (sn_profile)p).mean, 10.5, 1e-9);
    }
    assert_near(sn_price_in(&changes, m, SN_PROFILE_DAY, 0), 21.0 + 11.5, 1e-9);
    /* Skellefteå: nine tenths SE1 (11.5), one tenth SE2 (10.5). */
    assert_int_equal(sn_municipality_find("Skellefteå", &m, NULL), SN_OK);
    assert_near(sn_price_change_in(&changes, m, SN_PROFILE_BASELOAD).mean, 11.4, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_luhn),           cmocka_unit_test(test_mask),
        cmocka_unit_test(test_numbers),        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_refused_tables), cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_municipalities), cmocka_unit_test(test_scb_table),
        cmocka_unit_test(test_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
