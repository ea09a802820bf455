/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers in JSON and CSV: recorded ones (sums found once by another reader), and made-up
 * ones in the documented shapes, whole and spoilt. */
#include "parse_elprisetjustnu.h"
#include "parse_esett.h"
#include "parse_jao.h"
#include "parse_nordic.h"
#include "parse_prices.h"
#include "parse_scb.h"
#include "support/near.h"
#include "support/reference.h"

#include <math.h>

static const sn_window all_time = {{0}, {INT64_C(7258118400)}};

typedef sn_status (*parser)(const char *text, size_t n, sn_point_set *set, sn_error *err);

static sn_status read_eds(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_eds(text, n, SN_EDS_DAY_AHEAD, &all_time, set, err);
}

static sn_status read_charts(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    char licence[96];
    return sn_parse_energycharts(text, n, "SE4", &all_time, set, licence, sizeof licence,
                                 err);
}

static sn_status
read_elering(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_elering(text, n, &all_time, set, err);
}

static sn_status read_nve(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_nve(text, n, &all_time, set, err);
}

static sn_status
read_fingrid(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_fingrid(text, n, 124, SN_LOAD, &all_time, set, err);
}

static sn_status read_smhi(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_smhi(text, n, 97200, "SE3", &all_time, set, err);
}

static sn_status read_ecb(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_ecb(text, n, &all_time, set, err);
}

static sn_status
read_scb_month(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_scb(text, n, SN_SCB_AREA_MONTH, &all_time, set, err);
}

static sn_status
read_scb_year(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_scb(text, n, SN_SCB_MUNICIPALITY_YEAR, &all_time, set, err);
}

static sn_status read_jao(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_jao_exchanges(text, n, &all_time, set, err);
}

static sn_status
read_esett_price(const char *text, size_t n, sn_point_set *set, sn_error *err)
{
    return sn_parse_esett(text, n, SN_ESETT_PRICE, &all_time, set, err);
}

/* ---- recorded ---- */

static double
sum_of(const sn_point_set *set, sn_quantity quantity, const char *subject, size_t *n_out)
{
    double sum = 0.0;
    *n_out = 0;
    for (size_t i = 0; i < set->n; i++) {
        const sn_point *point = &set->point[i];
        if (point->quantity == quantity && strcmp(point->subject, subject) == 0) {
            sum += point->value;
            (*n_out)++;
        }
    }
    return sum;
}

static void recorded_elering_days_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t n;
        double ee;
        double fi;
        double lv;
        double lt;
    } days[] = {
        {"2025-12-05T0000Z_05ce820a.json", 92, 11945.32, 11123.2, 12343.38, 12343.38},
        {"2026-03-28T0000Z_bad1b676.json", 92, 7724.55, 1232.47, 7724.55, 8476.98},
        {"2026-03-29T0000Z_552da9f3.json", 88, 5624.95, 1393.76, 5624.95, 7137.14},
        {"2026-08-22T0000Z_10fba3e7.json", 88, 5790.5, 5493.46, 5793.5, 5771.57},
    };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        char name[200];
        sn_point_set set = {0};
        sn_error err = {0};
        size_t n = 0;
        (void)snprintf(name, sizeof name, "fixtures/Janek432__nordpool-data/%s",
                       days[i].file);
        sn_strbuf text = reference_read(name);
        if (read_elering(text.data, text.len, &set, &err) != SN_OK) {
            fail_msg("%s: %s", days[i].file, err.message);
        }
        assert_near(sum_of(&set, SN_PRICE_EUR, "EE", &n), days[i].ee, 1e-6);
        assert_int_equal(n, days[i].n);
        assert_near(sum_of(&set, SN_PRICE_EUR, "FI", &n), days[i].fi, 1e-6);
        assert_near(sum_of(&set, SN_PRICE_EUR, "LV", &n), days[i].lv, 1e-6);
        assert_near(sum_of(&set, SN_PRICE_EUR, "LT", &n), days[i].lt, 1e-6);
        sn_points_release(&set);
        sn_strbuf_release(&text);
    }
}

/* The first day in quarters, the long day of autumn and the short one of spring. */
static void recorded_days_of_elprisetjustnu_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t n;
        double sum;
        int64_t start_utc_s;
    } days[] = {
        {"2025-10-01_SE3.json", 96, 8981.45, 1759269600},
        {"2025-10-26_SE3.json", 100, 938.9, 1761429600},
        {"2026-03-29_SE3.json", 92, 3176.87, 1774738800},
    };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        char name[200];
        sn_point_set set = {0};
        sn_series *series = NULL;
        sn_error err = {0};
        size_t n = 0;
        (void)snprintf(name, sizeof name,
                       "fixtures/heke99__gridex-ops-platform__elprisetjustnu/%s",
                       days[i].file);
        sn_strbuf text = reference_read(name);
        if (sn_parse_elprisetjustnu(text.data, text.len, "SE3", &all_time, &set, &err) !=
            SN_OK) {
            fail_msg("%s: %s", days[i].file, err.message);
        }
        assert_near(sum_of(&set, SN_PRICE_EUR, "SE3", &n), days[i].sum, 1e-6);
        assert_int_equal(n, days[i].n);
        assert_int_equal(
            sn_points_build(&set, "x", (sn_instant){1759269600}, &series, &n, &err),
            SN_OK);
        assert_int_equal(n, 1);
        assert_int_equal(series[0].key.step_s, SN_QUARTER_S);
        assert_int_equal(series[0].axis.start.utc_s, days[i].start_utc_s);
        assert_int_equal(series[0].axis.n, days[i].n); /* no gap, nothing twice */
        sn_series_array_free(series, n);
        sn_points_release(&set);
        sn_strbuf_release(&text);
    }
}

static void recorded_nordic_capacities_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        double forward;
    } files[] = {{"nordic_max_bex.json", 648456.0}, {"nordic_max_bflow.json", 1108492.0}};
    for (size_t i = 0; i < 2; i++) {
        char name[200];
        sn_point_set set = {0};
        sn_error err = {0};
        size_t n = 0;
        (void)snprintf(name, sizeof name,
                       "fixtures/electricitymaps__electricitymaps-contrib/JAO/%s",
                       files[i].file);
        sn_strbuf text = reference_read(name);
        if (read_jao(text.data, text.len, &set, &err) != SN_OK) {
            fail_msg("%s: %s", files[i].file, err.message);
        }
        assert_near(sum_of(&set, SN_CAPACITY_FORWARD, "SE3-SE4", &n), files[i].forward,
                    1e-6);
        assert_int_equal(n, 192); /* two days in quarters */
        assert_near(sum_of(&set, SN_CAPACITY_BACK, "SE3-SE4", &n), 372124.0, 1e-6);
        assert_near(sum_of(&set, SN_CAPACITY_BACK, "SE4-DE-LU", &n), 115200.0, 1e-6);
        sn_points_release(&set);
        sn_strbuf_release(&text);
    }
}

/* ---- made up, in the documented shapes ---- */

#define SCB_MONTH(size, value)                                                           \
    "{\"class\":\"dataset\",\"id\":[\"Tid\",\"Elomrade\",\"ProdAnv\"],\"size\":" size    \
    ",\"dimension\":{\"ProdAnv\":{\"category\":{\"index\":[\"A\",\"B\"],\"label\":{"     \
    "\"A\":\"total usage\",\"B\":\"losses\"}}},\"Elomrade\":{\"category\":{\"index\":{"  \
    "\"x\":1,\"y\":0},\"label\":{\"x\":\"SE2\",\"y\":\"SE1\"}}},\"Tid\":{\"category\":{" \
    "\"index\":{\"2024M02\":0}}}},\"value\":" value "}"
#define SCB_YEAR(value)                                                                  \
    "{\"class\":\"dataset\",\"id\":[\"Region\",\"Forbrukningskategri\",\"Bransle\","     \
    "\"ContentsCode\",\"Tid\"],\"size\":[2,1,1,1,1],\"dimension\":{\"Region\":{"         \
    "\"category\":{\"index\":{\"0180\":0,\"00\":1}}},\"Forbrukningskategri\":{"          \
    "\"category\":{\"index\":[\"921\"]}},\"Bransle\":{\"category\":{\"index\":[\"16\"]"  \
    "}},\"ContentsCode\":{\"category\":{\"index\":[\"EN0203AE\"]}},\"Tid\":{"            \
    "\"category\":{\"index\":[\"2023\"]}}},\"value\":" value "}"
#define EDS(total, price)                                                                \
    "{\"total\":" total ",\"records\":[{\"TimeUTC\":\"2025-09-30T22:00:00\","            \
    "\"PriceArea\":\"DE\",\"DayAheadPriceEUR\":" price "},{\"TimeUTC\":"                 \
    "\"2025-09-30T22:00:00\",\"PriceArea\":\"SYSTEM\",\"DayAheadPriceEUR\":1}]}"
#define CHARTS(times, prices, unit)                                                      \
    "{\"license_info\":\"x\",\"unix_seconds\":" times ",\"price\":" prices               \
    ",\"unit\":\"" unit "\"}"
#define FINGRID(id, end, total)                                                          \
    "{\"data\":[{\"datasetId\":" id ",\"startTime\":\"2023-06-28T12:15:00.0000000"       \
    "+00:00\",\"endTime\":\"2023-06-28T" end "\",\"value\":186.8}],\"pagination\":{"     \
    "\"total\":" total "}}"
#define SMHI_CSV(rows)                                                                   \
    "\xef\xbb\xbfStationsnamn;Klimatnummer\nBromma;97200\n\nDatum;Tid (UTC);"            \
    "Lufttemperatur;Kvalitet;;Tidsutsnitt:\n" rows
#define SMHI_JSON(key)                                                                   \
    "{\"value\":[{\"date\":1767225600000,\"value\":\"-3.4\",\"quality\":\"Y\"}],"        \
    "\"station\":{\"key\":\"" key "\"}}"
#define ECB(rows) "KEY,FREQ,CURRENCY,TIME_PERIOD,OBS_VALUE\r\n" rows
#define NVE(area, year, week, share)                                                     \
    "[{\"omrType\":\"EL\",\"omrnr\":" area ",\"iso_aar\":" year ",\"iso_uke\":" week     \
    ",\"fyllingsgrad\":" share ",\"fylling_TWh\":6.4},{\"omrType\":\"NO\",\"omrnr\":0}]"
#define ESETT(sales, purchase)                                                           \
    "[{\"timestampUTC\":\"2024-01-01T00:00:00Z\",\"mba\":\"SE3\","                       \
    "\"imblSalesPrice\":" sales ",\"imblPurchasePrice\":" purchase "}]"
#define JAO(border)                                                                      \
    "{\"data\":[{\"dateTimeUtc\":\"2026-04-20T00:00:00Z\"," border "}],\"rejected\":"    \
    "false}"

/* words NULL: read, n values, the first of which is checked; else refused with them. */
static const struct {
    const char *what;
    parser read;
    const char *text;
    const char *words;
    size_t n;
    const char *subject;
    sn_quantity quantity;
    int64_t at_utc_s;
    double value;
    int flag; /* 0: none */
} cases[] = {
    {"eds", read_eds, EDS("2", "-1.5"), NULL, 1, "DE-LU", SN_PRICE_EUR, 1759269600, -1.5,
     0},
    {"eds null", read_eds, EDS("2", "null"), NULL, 0, NULL, SN_PRICE_EUR, 0, 0, 0},
    {"eds cut to 100 rows", read_eds, EDS("2976", "1"), "holds 2 of them", 0, NULL,
     SN_PRICE_EUR, 0, 0, 0},
    {"eds price", read_eds, EDS("2", "10001"), "10 000", 0, NULL, SN_PRICE_EUR, 0, 0, 0},
    {"charts", read_charts, CHARTS("[1759269600,1759270500]", "[41.2,null]", "EUR / MWh"),
     NULL, 1, "SE4", SN_PRICE_EUR, 1759269600, 41.2, 0},
    {"charts lengths", read_charts, CHARTS("[1759269600]", "[1,2]", "EUR / MWh"),
     "equal length", 0, NULL, SN_PRICE_EUR, 0, 0, 0},
    {"charts unit", read_charts, CHARTS("[1759269600]", "[1]", "EUR / kWh"), "the unit",
     0, NULL, SN_PRICE_EUR, 0, 0, 0},
    {"elering without success", read_elering, "{\"success\":false,\"data\":{}}",
     "expected success", 0, NULL, SN_PRICE_EUR, 0, 0, 0},
    {"nve", read_nve, NVE("3", "2026", "46", "0.71"), NULL, 2, "NO3", SN_RESERVOIR,
     1794182400, 6.4e6, 0},
    {"nve percent", read_nve, NVE("3", "2026", "46", "71"), "share of 1", 0, NULL,
     SN_RESERVOIR, 0, 0, 0},
    {"nve area", read_nve, NVE("6", "2026", "46", "0.71"), "area 1 to 5", 0, NULL,
     SN_RESERVOIR, 0, 0, 0},
    {"fingrid", read_fingrid, FINGRID("124", "12:30:00+00:00", "1"), NULL, 1, "FI",
     SN_LOAD, 1687954500, 186.8, 0},
    {"fingrid another set", read_fingrid, FINGRID("75", "12:30:00+00:00", "1"),
     "data set that was asked for", 0, NULL, SN_LOAD, 0, 0, 0},
    {"fingrid three minutes", read_fingrid, FINGRID("124", "12:18:00+00:00", "1"),
     "a quarter", 0, NULL, SN_LOAD, 0, 0, 0},
    {"smhi csv", read_smhi, SMHI_CSV("2020-01-01;01:00:00;-1.5;G;;x\n"), NULL, 1, "SE3",
     SN_TEMPERATURE, 1577840400, -1.5, SN_FLAG_STATED},
    {"smhi csv cut", read_smhi, SMHI_CSV("2020-01-01;01:00:00;-1.5;G"), "last line", 0,
     NULL, SN_TEMPERATURE, 0, 0, 0},
    {"smhi csv without table", read_smhi, "Stationsnamn;x\n", "expected a table", 0, NULL,
     SN_TEMPERATURE, 0, 0, 0},
    {"smhi csv comma", read_smhi, SMHI_CSV("2020-01-01;01:00:00;-1,5;G\n"), "a number", 0,
     NULL, SN_TEMPERATURE, 0, 0, 0},
    {"smhi json", read_smhi, SMHI_JSON("97200"), NULL, 1, "SE3", SN_TEMPERATURE,
     1767225600, -3.4, SN_FLAG_SUSPECT},
    {"smhi another station", read_smhi, SMHI_JSON("52350"), "expected 97200", 0, NULL,
     SN_TEMPERATURE, 0, 0, 0},
    {"ecb", read_ecb, ECB("x,D,SEK,2024-01-02,11.1415\r\n"), NULL, 1, "SEK", SN_FX_SEK,
     1704153600, 11.1415, 0},
    {"ecb another currency", read_ecb, ECB("x,D,NOK,2024-01-02,11.1\r\n"), "SEK", 0, NULL,
     SN_FX_SEK, 0, 0, 0},
    {"ecb cut", read_ecb, ECB("x,D,SEK,2024-01-02,11.1"), "cut off", 0, NULL, SN_FX_SEK,
     0, 0, 0},
    {"ecb upside down", read_ecb, ECB("x,D,SEK,2024-01-02,0.09\r\n"), "4 to 30", 0, NULL,
     SN_FX_SEK, 0, 0, 0},
    {"ecb page", read_ecb, "<html></html>\n", "expected columns", 0, NULL, SN_FX_SEK, 0,
     0, 0},
    /* 1 228 GWh over 29 days of 24 hours; the order of dimensions is the answer's own. */
    {"scb month", read_scb_month, SCB_MONTH("[1,2,2]", "[1228,null,null,null]"), NULL, 29,
     "SE1", SN_LOAD, 1706745600, 1228000.0 / (29 * 24), SN_FLAG_STATED},
    {"scb month sparse", read_scb_month, SCB_MONTH("[1,2,2]", "{\"3\":7.5}"), NULL, 29,
     "SE2", SN_USE_LOSSES, 1706745600, 7500.0 / (29 * 24), SN_FLAG_STATED},
    {"scb too few cells", read_scb_month, SCB_MONTH("[1,2,2]", "[1,2,3]"), "cells", 0,
     NULL, SN_LOAD, 0, 0, 0},
    {"scb size", read_scb_month, SCB_MONTH("[1,2,3]", "[1,2,3,4,5,6]"), "does not index",
     0, NULL, SN_LOAD, 0, 0, 0},
    {"scb huge", read_scb_month, SCB_MONTH("[1,2,9000000]", "[]"), "2 000 000", 0, NULL,
     SN_LOAD, 0, 0, 0},
    {"scb year", read_scb_year, SCB_YEAR("[8760,5]"), NULL, 365, "0180", SN_USE_INDUSTRY,
     1672531200, 1.0, SN_FLAG_STATED},
    {"jao", read_jao, JAO("\"border_SE4_SE3\":500.5,\"border_SE3SWL_SE4\":9"), NULL, 1,
     "SE3-SE4", SN_CAPACITY_BACK, 1776643200, 500.5, 0},
    {"jao refuses", read_jao, "{\"title\":\"too long\",\"status\":400}", "too long", 0,
     NULL, SN_CAPACITY_BACK, 0, 0, 0},
    {"esett price", read_esett_price, ESETT("41.5", "41.5"), NULL, 1, "SE3",
     SN_PRICE_IMBALANCE, 1704067200, 41.5, 0},
    {"esett two prices", read_esett_price, ESETT("41.5", "50"), NULL, 0, NULL,
     SN_PRICE_IMBALANCE, 0, 0, 0},
    {"esett no price", read_esett_price, ESETT("-1.0", "-1.0"), NULL, 0, NULL,
     SN_PRICE_IMBALANCE, 0, 0, 0},
};

static void documented_answers_are_read_and_spoilt_ones_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sn_point_set set = {0};
        sn_error err = {0};
        sn_status status =
            cases[i].read(cases[i].text, strlen(cases[i].text), &set, &err);
        if (cases[i].words != NULL) {
            if (status != SN_E_FORMAT || strstr(err.message, cases[i].words) == NULL) {
                fail_msg("%s: status %d, \"%s\"", cases[i].what, (int)status,
                         err.message);
            }
        } else if (status != SN_OK || set.n != cases[i].n) {
            fail_msg("%s: %zu values, \"%s\"", cases[i].what, set.n, err.message);
        } else if (set.n > 0) {
            const sn_point *first = &set.point[0];
            assert_string_equal(first->subject, cases[i].subject);
            assert_int_equal(first->quantity, cases[i].quantity);
            if (first->at_utc_s != cases[i].at_utc_s || first->flag != cases[i].flag) {
                fail_msg("%s: at %lld, flag %d", cases[i].what,
                         (long long)first->at_utc_s, first->flag);
            }
            assert_near(first->value, cases[i].value, 1e-9 * (1 + fabs(first->value)));
        }
        sn_points_release(&set);
    }
}

/* A web page, a cut answer and nothing at all are refused by every reader. */
static void pages_and_cut_answers_are_refused(void **state)
{
    (void)state;
    static const parser readers[] = {
        read_eds, read_charts,    read_elering,  read_nve, read_fingrid,    read_smhi,
        read_ecb, read_scb_month, read_scb_year, read_jao, read_esett_price};
    static const char *const texts[] = {
        "",
        "<!DOCTYPE html><html><body>down for maintenance</body></html>",
        "{\"data\":[{\"x\":",
        "[{\"a\":1,\"a\":2}]",
        "null",
        "[1,2",
        "\xff\xfe"};
    for (size_t r = 0; r < sizeof readers / sizeof *readers; r++) {
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            sn_point_set set = {0};
            sn_error err = {0};
            if (readers[r](texts[t], strlen(texts[t]), &set, &err) != SN_E_FORMAT ||
                err.message[0] == '\0' || set.n != 0) {
                fail_msg("reader %zu takes text %zu", r, t);
            }
            sn_points_release(&set);
        }
    }
}

static void the_flow_based_domain_is_read(void **state)
{
    (void)state;
    static const char text[] =
        "{\"totalRowsWithFilter\":7,\"data\":[{\"dateTimeUtc\":\"2026-04-20T00:00:00Z\","
        "\"tso\":\"SVK\",\"cnecName\":\"A / B\",\"nonRedundant\":true,\"significant\":"
        "false,\"ram\":512.5,\"fmax\":900,\"shadowPrice\":null,\"ptdf_SE4\":-0.3,"
        "\"ptdf_SE3\":0.12},{\"dateTimeUtc\":\"2026-04-20T00:15:00Z\",\"ram\":1,"
        "\"ptdf_SE3\":null,\"ptdf_SE4\":0,\"shadowPrice\":3.5}]}";
    sn_jao_domain domain;
    sn_error err = {0};
    assert_int_equal(sn_parse_jao_domain(text, sizeof text - 1, &domain, &err), SN_OK);
    assert_int_equal(domain.n_area, 2);
    assert_string_equal(domain.area[0], "SE3");
    assert_int_equal(domain.n_limit, 2);
    assert_int_equal(domain.total, 7);
    assert_near(domain.limit[0].ptdf[0], 0.12, 0.0);
    assert_near(domain.limit[0].ptdf[1], -0.3, 0.0);
    assert_near(domain.limit[0].ram_mw, 512.5, 0.0);
    assert_true(isnan(domain.limit[0].shadow_eur_per_mw));
    assert_true(domain.limit[0].is_non_redundant && !domain.limit[0].is_significant);
    assert_string_equal(domain.limit[0].tso, "SVK");
    assert_true(isnan(domain.limit[1].ptdf[0]) && isnan(domain.limit[1].fmax_mw));
    assert_near(domain.limit[1].shadow_eur_per_mw, 3.5, 0.0);
    assert_int_equal(domain.limit[1].start.utc_s - domain.limit[0].start.utc_s, 900);
    sn_jao_domain_release(&domain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_elering_days_are_read),
        cmocka_unit_test(recorded_days_of_elprisetjustnu_are_read),
        cmocka_unit_test(recorded_nordic_capacities_are_read),
        cmocka_unit_test(documented_answers_are_read_and_spoilt_ones_refused),
        cmocka_unit_test(pages_and_cut_answers_are_refused),
        cmocka_unit_test(the_flow_based_domain_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
