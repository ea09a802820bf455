/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as their mappings declare them: clock changes, zeros that stand for missing,
 * units, doubled columns, areas.  The numbers are worked out by hand. */
#include "datasets/mapping.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sn_mapping_set set;

static int load_mappings(void **state)
{
    (void)state;
    char path[4096];
    sn_error err = {0};
    (void)snprintf(path, sizeof path, "%s/datasets/mappings", getenv("SNITT_SOURCE_DIR"));
    sn_status status = sn_mapping_load_folder(path, &set, &err);
    if (status != SN_OK) {
        print_error("%s\n", err.message);
    }
    return status != SN_OK;
}

static int release_mappings(void **state)
{
    (void)state;
    sn_mapping_set_release(&set);
    return 0;
}

static sn_status
read_text(const char *file, const sn_strbuf *text, sn_mapped *out, sn_error *err)
{
    return sn_mapping_read(&set, file, text->data, text->len, out, err);
}

static sn_mapped must_read(const char *file, const sn_strbuf *text)
{
    sn_mapped out;
    sn_error err = {0};
    if (read_text(file, text, &out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    return out;
}

static const sn_series *
find(const sn_mapped *m, sn_quantity quantity, const char *subject)
{
    for (size_t i = 0; i < m->n_series; i++) {
        if (m->series[i].key.quantity == quantity &&
            strcmp(m->series[i].key.subject, subject) == 0) {
            return &m->series[i];
        }
    }
    fail_msg("no series of %s", subject);
    return NULL;
}

/* Value of the interval that starts at t. */
static double value_at(const sn_series *series, const char *t)
{
    sn_instant instant = {0};
    assert_int_equal(sn_instant_parse(t, &instant, NULL), SN_OK);
    size_t i = sn_axis_index(&series->axis, instant);
    assert_true(i < series->axis.n);
    assert_int_equal(isnan(series->value[i]), series->flag[i] == SN_FLAG_GAP);
    return series->value[i];
}

static void add(sn_strbuf *text, const char *line)
{
    assert_int_equal(sn_strbuf_puts(text, line, NULL), SN_OK);
    assert_int_equal(sn_strbuf_puts(text, "\n", NULL), SN_OK);
}

#define ADD(text, ...)                                                                   \
    assert_int_equal(sn_strbuf_printf((text), NULL, __VA_ARGS__), SN_OK)

static sn_strbuf text_of(const char *first_line)
{
    sn_strbuf text;
    sn_strbuf_init(&text, 1 << 22);
    add(&text, first_line);
    return text;
}

static const char gui[] = "MTU (CET/CEST),Day-ahead Price [EUR/MWh],Currency,BZN|SE3";

/* The spring hour stands there empty, the autumn hour twice. */
static void entsoe_gui_clock_changes(void **state)
{
    (void)state;
    sn_strbuf text = text_of(gui);
    for (int h = 0; h < 24; h++) {
        if (h == 2) {
            add(&text, "31.03.2019 02:00 - 31.03.2019 03:00,,EUR");
        } else {
            ADD(&text, "31.03.2019 %02d:00 - 31.03.2019 %02d:59,%d.5,EUR\n", h, h, h);
        }
    }
    sn_mapped m = must_read("x.csv", &text);
    const sn_series *s = find(&m, SN_PRICE_EUR, "SE3");
    assert_int_equal(s->axis.n, 23);
    assert_true(value_at(s, "2019-03-31T00:00Z") == 1.5);
    assert_true(value_at(s, "2019-03-31T01:00Z") == 3.5);
    assert_int_equal(m.clock_days.len, 0); /* empty: nothing is wrong */
    sn_mapped_release(&m);
    sn_strbuf_release(&text);

    text = text_of(gui);
    for (int h = 0; h < 24; h++) {
        for (int again = 0; again < (h == 2 ? 2 : 1); again++) {
            ADD(&text, "27.10.2019 %02d:00 - 27.10.2019 %02d:59,%d.%d,EUR\n", h, h, h,
                again);
        }
    }
    m = must_read("x.csv", &text);
    s = find(&m, SN_PRICE_EUR, "SE3");
    assert_int_equal(s->axis.n, 25);
    assert_true(value_at(s, "2019-10-27T00:00Z") == 2.0);
    assert_true(value_at(s, "2019-10-27T01:00Z") == 2.1);
    assert_true(value_at(s, "2019-10-27T02:00Z") == 3.0);
    sn_mapped_release(&m);
    sn_strbuf_release(&text);
}

static void missing_codes_are_gaps(void **state)
{
    (void)state;
    sn_strbuf text = text_of(gui);
    for (int h = 0; h < 24; h++) {
        const char *cell = h == 4 ? "n/e" : h == 5 ? "" : h == 6 ? "-0.00" : "7";
        ADD(&text, "\"01.06.2019 %02d:00 - x\",\"%s\",EUR\r\n", h, cell);
    }
    sn_mapped m = must_read("x.csv", &text);
    const sn_series *s = find(&m, SN_PRICE_EUR, "SE3");
    assert_true(isnan(value_at(s, "2019-06-01T02:00Z")));
    assert_true(isnan(value_at(s, "2019-06-01T03:00Z")));
    assert_true(value_at(s, "2019-06-01T04:00Z") == 0.0);
    assert_int_equal(m.n_gap, 2);
    sn_mapped_release(&m);
    sn_strbuf_release(&text);
}

/* EPEX: one row a day; spring 02 repeats 03, autumn 02 is one value for two hours. */
static void epex_names_its_wrong_days(void **state)
{
    (void)state;
    static const char *const days[] = {"2025-03-30", "2025-10-26", "2025-10-27"};
    for (int d = 0; d < 3; d++) {
        sn_strbuf text;
        sn_strbuf_init(&text, 1 << 16);
        ADD(&text, "Date");
        for (int h = 0; h < 24; h++) {
            ADD(&text, ",%02d-%02d", h, (h + 1) % 24);
        }
        ADD(&text, ",Baseload,Peakload\n%s", days[d]);
        for (int h = 0; h < 24; h++) {
            ADD(&text, ",%d", d == 0 && h == 2 ? 3 : h);
        }
        ADD(&text, ",1,2\n");
        sn_mapped m = must_read("dir/DE-LU.csv", &text);
        const sn_series *s = find(&m, SN_PRICE_EUR, "DE-LU");
        assert_int_equal(s->axis.n, d == 0 ? 23 : d == 1 ? 25 : 24);
        if (d == 0) {
            assert_string_equal(m.clock_days.data, "2025-03-30");
            assert_true(value_at(s, "2025-03-30T00:00Z") == 1.0);
            assert_true(value_at(s, "2025-03-30T01:00Z") == 3.0);
        } else if (d == 1) {
            assert_string_equal(m.clock_days.data, "2025-10-26");
            assert_true(isnan(value_at(s, "2025-10-26T00:00Z")));
            assert_true(isnan(value_at(s, "2025-10-26T01:00Z")));
            assert_true(value_at(s, "2025-10-26T02:00Z") == 3.0);
        } else {
            assert_int_equal(m.clock_days.len, 0);
        }
        sn_mapped_release(&m);
        sn_strbuf_release(&text);
    }
}

/* Zones: every day has 24 labels; a zero is no load, and days of zeros no price. */
static void zone_zeros_and_clock(void **state)
{
    (void)state;
    sn_strbuf text = text_of(",Price_DA,Load_DA,Load_AC,Gen_SC,Sol_DA,Won_DA");
    for (int day = 26; day <= 29; day++) { /* October 2019; the clock changes on 27 */
        for (int h = 0; h < 24; h++) {
            bool zero = day == 28;
            bool evening = day == 27 && h >= 20; /* zeros before the day of zeros too */
            ADD(&text, "10/%d/2019 %d:00,%d,%d,%d,8000,0,%d\n", day, h,
                zero || evening ? 0 : 30 + h, zero ? 0 : 9000,
                day == 26 && h == 7 ? 0 : 9100, zero ? 0 : 500);
        }
    }
    sn_mapped m = must_read("SE_3.csv", &text);
    const sn_series *price = find(&m, SN_PRICE_EUR, "SE3");
    assert_true(value_at(price, "2019-10-26T22:00Z") == 30.0);
    assert_true(isnan(value_at(price, "2019-10-27T00:00Z"))); /* a mean, or a sum */
    assert_true(isnan(value_at(price, "2019-10-27T01:00Z")));
    assert_true(value_at(price, "2019-10-27T02:00Z") == 33.0);
    assert_true(isnan(value_at(price, "2019-10-28T10:00Z")));
    assert_true(value_at(price, "2019-10-28T23:00Z") == 30.0);
    assert_true(isnan(value_at(find(&m, SN_LOAD, "SE3"), "2019-10-26T05:00Z")));
    assert_true(isnan(value_at(find(&m, SN_LOAD_FORECAST, "SE3"), "2019-10-28T05:00Z")));
    const sn_series *wind = find(&m, SN_WIND_FORECAST, "SE3");
    assert_true(value_at(wind, "2019-10-28T05:00Z") == 0.0);
    sn_instant t = {0};
    assert_int_equal(sn_instant_parse("2019-10-28T05:00Z", &t, NULL), SN_OK);
    assert_int_equal(wind->flag[sn_axis_index(&wind->axis, t)], SN_FLAG_SUSPECT);
    assert_string_equal(m.clock_days.data, "2019-10-27");
    sn_mapped_release(&m);
    sn_strbuf_release(&text);
}

/* Poland's price is in zloty until 2019-11-19. */
static void zloty_is_left_out(void **state)
{
    (void)state;
    sn_strbuf text = text_of(",Price_DA,Load_DA,Load_AC,Gen_SC,Sol_DA,Won_DA");
    for (int day = 19; day <= 20; day++) {
        for (int h = 0; h < 24; h++) {
            ADD(&text, "11/%d/2019 %d:00,%d,18000,18000,19000,0,900\n", day, h,
                day == 19 ? 200 : 45);
        }
    }
    sn_mapped m = must_read("zones/PL_2019.csv", &text);
    const sn_series *price = find(&m, SN_PRICE_EUR, "PL");
    for (size_t i = 0; i < price->axis.n; i++) {
        assert_true(price->value[i] == 45.0);
    }
    assert_int_equal(m.n_left_out, 25);
    assert_int_equal(find(&m, SN_LOAD, "PL")->axis.n, 48);
    sn_mapped_release(&m);
    sn_strbuf_release(&text);
}

/* Columns that come twice: the filled one is read; two that differ are an error. */
static void doubled_columns(void **state)
{
    (void)state;
    for (int differs = 0; differs < 2; differs++) {
        sn_strbuf text = text_of("Elspot Prices in SEK/MWh,,,,,,,");
        add(&text, ",Hours,SYS,SE1,Oslo,EE,EE,DE-LU");
        for (int h = 0; h < 24; h++) {
            ADD(&text, "02-06-2020,%02d - %02d,1,2,3,%s,%d,%d\n", h, h + 1,
                differs ? "999" : "", 40 + h, 20 + h);
        }
        sn_mapped m;
        sn_error err = {0};
        sn_status status = read_text("p.csv", &text, &m, &err);
        if (differs) {
            assert_int_equal(status, SN_E_FORMAT);
            assert_non_null(strstr(err.message, "p.csv:3: price_sek_per_mwh of EE"));
            assert_non_null(
                strstr(err.message, "2020-06-01T22:00Z to 2020-06-01T23:00Z"));
        } else {
            assert_int_equal(status, SN_OK);
            assert_true(value_at(find(&m, SN_PRICE_SEK, "EE"), "2020-06-01T22:00Z") ==
                        40.0);
            assert_true(value_at(find(&m, SN_PRICE_SEK, "DE-LU"), "2020-06-02T21:00Z") ==
                        43.0);
            assert_true(value_at(find(&m, SN_PRICE_SEK, "NO1"), "2020-06-02T21:00Z") ==
                        3.0);
            sn_mapped_release(&m);
        }
        sn_strbuf_release(&text);
    }
}

/* A positive exchange is import into the first-named area. */
static void signs_of_exchange(void **state)
{
    (void)state;
    sn_strbuf text = text_of("\"Exchange SE connections in MWh, MW\",,,,");
    add(&text, ",Hours,SE net exchange,SE1 - SE2,SE2 - SE3,SE - PL,SE4 - LT");
    for (int h = 0; h < 24; h++) {
        ADD(&text, "02-06-2020,%02d - %02d,1,700,-5000,-11,12\n", h, h + 1);
    }
    sn_mapped m = must_read("e.csv", &text);
    assert_true(value_at(find(&m, SN_FLOW_MEASURED, "SE1-SE2"), "2020-06-02") == -700.0);
    assert_true(value_at(find(&m, SN_FLOW_MEASURED, "SE2-SE3"), "2020-06-02") == 5000.0);
    assert_true(value_at(find(&m, SN_FLOW_MEASURED, "SE4-PL"), "2020-06-02") == 11.0);
    assert_true(value_at(find(&m, SN_FLOW_MEASURED, "SE4-LT"), "2020-06-02") == -12.0);
    sn_mapped_release(&m);
    sn_strbuf_release(&text);
}

/* Another year, other columns in another order; what no entry reads is named. */
static void svk_areas_by_name(void **state)
{
    (void)state;
    sn_strbuf text =
        text_of(" ,Vattenkraft ,Timmätt förbr,Timmätt förbr,Vattenkraft ,Gasturb.");
    add(&text, ",produktion,exkl. avk.last,>50 MW,produktion,produktion");
    add(&text, "2021,SE2,SE1,SE1,SE1,SE4");
    add(&text, ",MWh,MWh,MWh,MWh,MWh");
    add(&text, ",,,,,");
    for (int h = 0; h < 24; h++) {
        ADD(&text, "1.7.2021 %d:00,\"1,300\",-600,\"-1,200.5\",700,3\n", h);
    }
    sn_error err = {0};
    sn_mapped m;
    /* SE3 is not in this table: its header lacks a cell that the mapping asks for. */
    assert_int_equal(read_text("t.csv", &text, &m, &err), SN_E_FORMAT);
    sn_strbuf_release(&text);

    text = text_of(" ,Vattenkraft ,Timmätt förbr,Timmätt förbr,Vattenkraft ,Gasturb.");
    add(&text, ",produktion,exkl. avk.last,>50 MW,produktion,produktion");
    add(&text, "2021,SE2,SE1,SE1,SE3,SE4");
    add(&text, ",MWh,MWh,MWh,MWh,MWh");
    add(&text, ",,,,,");
    for (int h = 0; h < 24; h++) {
        ADD(&text, "1.7.2021 %d:00,\"1,300\",-600,\"-1,200.5\",700,3\n", h);
    }
    m = must_read("t.csv", &text);
    assert_true(value_at(find(&m, SN_LOAD, "SE1"), "2021-06-30T23:00Z") == 1800.5);
    assert_true(value_at(find(&m, SN_LOAD_LARGE_INDUSTRY, "SE1"), "2021-06-30T23:00Z") ==
                1200.5);
    assert_true(value_at(find(&m, SN_HYDRO, "SE2"), "2021-07-01T22:00Z") == 1300.0);
    assert_string_equal(m.unread.data, "\"Gasturb. produktion SE4\"");
    sn_mapped_release(&m);
    sn_strbuf_release(&text);
}

static void units_weeks_and_sums(void **state)
{
    (void)state;
    sn_strbuf text = text_of("Period,Avräknad (kWh),Publiceringstidpunkt");
    for (int h = 0; h < 24; h++) {
        ADD(&text, "2022-07-01 %02d:00:00,%d.5,x\n", h, 1000 * h);
    }
    add(&text, "Summa,276012.0,");
    sn_mapped m = must_read("windPowerX.csv", &text);
    const sn_series *wind = find(&m, SN_WIND, "SE");
    assert_int_equal(wind->axis.n, 24); /* normal time in July, and no sum line */
    assert_true(fabs(value_at(wind, "2022-07-01T22:00Z") - 23.0005) < 1e-12);
    sn_mapped_release(&m);
    sn_strbuf_release(&text);

    text = text_of("Hydro reservoir in GWh,,,");
    add(&text, ",NO,SE,FI");
    add(&text, "52 - 20,60000,20000,3000");
    add(&text, "53 - 20,59000,19000,2900");
    add(&text, "01 - 21,58000,18000,2800");
    m = must_read("h.csv", &text);
    assert_true(value_at(find(&m, SN_RESERVOIR, "SE"), "2020-12-28") == 19e6);
    assert_true(value_at(find(&m, SN_RESERVOIR, "SE"), "2021-01-04") == 18e6);
    sn_mapped_release(&m);
    sn_strbuf_release(&text);

    text = text_of("Hydro reservoir in GWh,,,");
    add(&text, ",NO,SE,FI");
    add(&text, "52 - 20,60000,20000,3000");
    add(&text, "52 - 20,59000,19000,2900");
    sn_error err = {0};
    assert_int_equal(read_text("h.csv", &text, &m, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "two rows for 2020-12-21T00:00Z"));
    sn_strbuf_release(&text);
}

/* Hourly to quarter-hourly in one file, columns in another order, T for the blank. */
static void sixty_to_fifteen_minutes(void **state)
{
    (void)state;
    sn_strbuf text = text_of("spot_price_eur,price_area,hour_utc");
    for (int h = 0; h < 22; h++) {
        ADD(&text, "%d,SE4,2025-09-30T%02d:00:00\n", h, h);
    }
    for (int q = 0; q < 8 + 96; q++) {
        ADD(&text, "%d,SE4,2025-%s%02d %02d:%02d:00\n", 100 + q, q < 8 ? "09-" : "10-",
            q < 8 ? 30 : 1, (22 + q / 4) % 24, q % 4 * 15);
    }
    sn_mapped m = must_read("x.csv", &text);
    assert_int_equal(m.n_series, 2);
    assert_int_equal(m.series[0].key.step_s, SN_HOUR_S);
    assert_int_equal(m.series[0].axis.n, 22);
    assert_int_equal(m.series[1].key.step_s, SN_QUARTER_S);
    assert_int_equal(m.series[1].axis.n, 104);
    assert_true(value_at(&m.series[1], "2025-09-30T22:00Z") == 100.0);
    sn_mapped_release(&m);
    sn_strbuf_release(&text);
    /* An hourly row after the seam leaves three quarters without one. */
    text = text_of("spot_price_eur,price_area,hour_utc");
    for (int h = 0; h < 24; h++) {
        ADD(&text, "%d,SE4,2025-10-01 %02d:00:00\n", h, h);
    }
    sn_error err = {0};
    assert_int_equal(read_text("x.csv", &text, &m, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "x.csv:3: SE4: 3 rows are missing"));
    sn_strbuf_release(&text);
}

static void area_from_the_name_of_a_file(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *area; /* NULL: none */
    } cases[] = {{"SE_3.csv.xz", "SE3"},   {"a/b/SE3.csv", "SE3"},
                 {"DE_LU.csv", "DE-LU"},   {"DE-LU-q.csv.gz", "DE-LU"},
                 {"NO_5_2020.csv", "NO5"}, {"DK1-q_2026.csv", "DK1"},
                 {"DE_AT_LU.csv", NULL},   {"SE_7.csv", NULL},
                 {"SE_31.csv", NULL},      {"xSE3.csv", NULL}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sn_strbuf text = text_of(",Price_DA,Load_DA,Load_AC,Gen_SC,Sol_DA,Won_DA");
        for (int h = 0; h < 24; h++) {
            ADD(&text, "6/1/2021 %d:00,5,6,7,8,9,10\n", h);
        }
        sn_mapped m;
        sn_error err = {0};
        sn_status status = read_text(cases[c].file, &text, &m, &err);
        if (cases[c].area == NULL) {
            assert_int_equal(status, SN_E_FORMAT);
            assert_non_null(strstr(err.message, cases[c].file));
        } else {
            assert_int_equal(status, SN_OK);
            assert_string_equal(m.series[0].key.subject, cases[c].area);
            sn_mapped_release(&m);
        }
        sn_strbuf_release(&text);
    }
}

static const char scb_title[] =
    "\"Electricity production, net and usage, in GWh by Production and usage, bidding "
    "zone and month\"\n\n";

/* January has 744 hours and March 743 by the clock, but its days are those of UTC. */
static void energy_by_month(void **state)
{
    (void)state;
    sn_strbuf text = text_of(scb_title);
    add(&text, "Production and usage,bidding zone,2023M12,2024M01,2024M02");
    add(&text, "total usage,SE1,744,1488,..");
    add(&text, "\"hydro power (including pump power), net\",SE4,-7.44,0,696");
    add(&text, "\"electricity, gas, heat and water plants\",SE1,1,2,3");
    add(&text, "\"electricity, gas, heat and water plants\",SE2,1,2,3");
    add(&text, "");
    add(&text, "Updated today");
    sn_mapped m = must_read("scb.csv", &text);
    assert_int_equal(m.n_series, 2);
    assert_int_equal(m.n_gap, 1);
    assert_string_equal(m.unread.data, "\"electricity, gas, heat and water plants\"");
    const sn_series *load = find(&m, SN_LOAD, "SE1");
    assert_string_equal(load->key.source, "scb");
    assert_int_equal(load->key.step_s, 86400);
    assert_int_equal(load->axis.n, 31 + 31 + 29);
    assert_float_equal(value_at(load, "2023-12-31"), 1000.0, 1e-9);
    assert_float_equal(value_at(load, "2024-01-01"), 2000.0, 1e-9);
    assert_int_equal(load->flag[31], SN_FLAG_STATED);
    assert_int_equal(load->flag[32], SN_FLAG_FILLED);
    assert_true(isnan(value_at(load, "2024-02-01")));
    assert_true(isnan(value_at(load, "2024-02-29")));
    const sn_series *hydro = find(&m, SN_HYDRO, "SE4");
    assert_float_equal(value_at(hydro, "2023-12-01"), -10.0, 1e-9);
    assert_float_equal(value_at(hydro, "2024-01-31"), 0.0, 1e-9);
    assert_float_equal(value_at(hydro, "2024-02-29"), 1000.0, 1e-9);
    sn_mapped_release(&m);
    sn_strbuf_release(&text);
}

static void hostile_months(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *row;
        const char *words;
    } cases[] = {
        {",2024M01,2024M03", "total usage,SE1,1,2", "h.csv:4: expected months"},
        {",2024M02,2024M01", "total usage,SE1,1,2", "got \"2024M01\""},
        {",2024M01,2024M01", "total usage,SE1,1,2", "got \"2024M01\""},
        {",2024M13", "total usage,SE1,1", "got \"2024M13\""},
        {",2024M00", "total usage,SE1,1", "got \"2024M00\""},
        {",2024M1", "total usage,SE1,1", "got \"2024M1\""},
        {",9999M01", "total usage,SE1,1", "got \"9999M01\""},
        {",2024", "total usage,SE1,1", "got \"2024\""},
        {",-024M01", "total usage,SE1,1", "got \"-024M01\""},
        {"", "total usage,SE1", "no month follows"},
        {",2024M01", "total usage,SE1,1,2", "not as many cells"},
        {",2024M01", "total usage,SE1", "not as many cells"},
        {",2024M01", "total usage,SE5,1", "h.csv:5: unknown bidding area \"SE5\""},
        {",2024M01", "total usage,SE1,x", "expected the energy of a month, got \"x\""},
        {",2024M01", "total usage,SE1,1e6", "expected the energy of a month"},
        {",2024M01", "total usage,SE1,nan", "expected the energy of a month"},
        {",2024M01", "total usage,SE1,1\ntotal usage,SE1,1", "h.csv:6: a second row"},
        {",2024M01", "phantasy,SE1,1", "no row of a known kind"},
        {",2024M01", "", "no row of a known kind"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sn_strbuf text = text_of(scb_title);
        sn_mapped m;
        sn_error err = {0};
        ADD(&text, "Production and usage,bidding zone%s\n%s\n", cases[c].header,
            cases[c].row);
        assert_int_equal(read_text("h.csv", &text, &m, &err), SN_E_FORMAT);
        if (strstr(err.message, cases[c].words) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", err.message, cases[c].words);
        }
        sn_strbuf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entsoe_gui_clock_changes),
        cmocka_unit_test(missing_codes_are_gaps),
        cmocka_unit_test(epex_names_its_wrong_days),
        cmocka_unit_test(zone_zeros_and_clock),
        cmocka_unit_test(zloty_is_left_out),
        cmocka_unit_test(doubled_columns),
        cmocka_unit_test(signs_of_exchange),
        cmocka_unit_test(svk_areas_by_name),
        cmocka_unit_test(units_weeks_and_sums),
        cmocka_unit_test(sixty_to_fifteen_minutes),
        cmocka_unit_test(area_from_the_name_of_a_file),
        cmocka_unit_test(energy_by_month),
        cmocka_unit_test(hostile_months),
    };
    return cmocka_run_group_tests(tests, load_mappings, release_mappings);
}
