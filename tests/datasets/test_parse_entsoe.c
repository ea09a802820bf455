/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded documents of the ENTSO-E platform, and made-up ones for each rule.  The
 * expected numbers of the recorded ones were found once by another reader (Python's
 * ElementTree and calendar). */
#include "parse_entsoe.h"
#include "support/near.h"
#include "support/reference.h"
#include "yaml_tree.h"

#include <math.h>
#include <zip.h>

typedef enum expected { DATA, NONE, REFUSED } expected;

static const sn_window all_time = {{0}, {INT64_C(7258118400)}};

typedef struct found {
    sn_status status;
    sn_entsoe_answer answer;
    size_t n;
    size_t n_filled;
    double sum;
    sn_error err;
    sn_point_set set;
} found;

/* Of A75 the total of all types is looked at, of others every value. */
static void look(found *got, const sn_entsoe_query *query)
{
    for (size_t i = 0; i < got->set.n; i++) {
        const sn_point *point = &got->set.point[i];
        if (strcmp(query->document, "A75") == 0 && point->quantity != SN_GENERATION) {
            continue;
        }
        got->n++;
        got->n_filled += point->flag == SN_FLAG_FILLED;
        got->sum += point->value;
    }
}

static found parse(const void *bytes, size_t n, const sn_entsoe_query *query)
{
    found got = {0};
    got.status = sn_parse_entsoe(bytes, n, query, &got.set, &got.answer, &got.err);
    look(&got, query);
    return got;
}

/* ---- 48 recorded exchanges ---- */

static const struct {
    const char *file;
    expected expected;
    size_t n_series;
    size_t n;
    double sum;
    size_t n_filled;
} cassettes[] = {
    {"generation141_a_installed_capacity_per_production_type.yml", DATA, 1, 365, 266574.1,
     364},
    {"generation141_b_installed_capacity_per_production_unit.yml", NONE, 0, 0, 0, 0},
    {"generation141_c_generation_forecast_day_ahead.yml", DATA, 1, 24, 186899.54, 0},
    {"generation141_d_generation_forecasts_for_wind_and_solar.yml", DATA, 1, 24,
     30894.3375, 6},
    {"generation161_a_actual_generation_per_generation_unit.yml", NONE, 0, 0, 0, 0},
    {"generation161_b_c_actual_generation_per_production_type.yml", DATA, 1, 96,
     389192.87, 0},
    {"generation161_d_water_reservoirs_and_hydro_storage_plants.yml", DATA, 1, 1,
     1909687.74, 0},
    {"generation_141a_installed_capacity_NL.yml", DATA, 20, 2196, 23380812, 2190},
    {"generation_141c_forecast_day_ahead_NL.yml", DATA, 1, 96, 824776.84, 0},
    {"generation_141d_wind_solar_forecast_NL.yml", DATA, 3, 192, 183572, 45},
    {"generation_161bc_actual_per_psr_NL.yml", DATA, 20, 96, 1190829.6, 95},
    {"load61_a_actual_total_load.yml", DATA, 1, 72, 550118.89, 0},
    {"load61_a_actual_total_load_security_token_in_header.yml", DATA, 1, 72, 550118.89,
     0},
    {"load61_b_day_ahead_total_load_forecast.yml", DATA, 1, 72, 479803, 0},
    {"load61_c_week_ahead_total_load_forecast.yml", REFUSED, 0, 0, 0, 0},
    {"load61_d_month_ahead_total_load_forecast.yml", NONE, 0, 0, 0, 0},
    {"load61_e_year_ahead_total_load_forecast.yml", REFUSED, 0, 0, 0, 0},
    {"load81_year_ahead_forecast_margin.yml", REFUSED, 0, 0, 0, 0},
    {"load_61a_actual_total_load_NL.yml", DATA, 1, 96, 1294078.73, 0},
    {"load_61b_day_ahead_forecast_NL.yml", DATA, 1, 96, 1008110.48, 0},
    {"load_61c_week_ahead_forecast_NL.yml", REFUSED, 0, 0, 0, 0},
    {"load_61d_month_ahead_forecast_NL.yml", REFUSED, 0, 0, 0, 0},
    {"load_61e_year_ahead_forecast_NL.yml", REFUSED, 0, 0, 0, 0},
    {"market111_a_explicit_allocations_offered_transfer_capacity.yml", DATA, 1, 24, 25126,
     14},
    {"market111_b_flow_based_allocations.yml", NONE, 0, 0, 0, 0},
    {"market111_continuous_allocations_offered_transfer_capacity.yml", REFUSED, 0, 0, 0,
     0},
    {"market111_implicit_allocations_offered_transfer_capacity.yml", NONE, 0, 0, 0, 0},
    {"market121_a_explicit_allocations_auction_revenue.yml", REFUSED, 0, 0, 0, 0},
    {"market121_a_explicit_allocations_use_of_the_transfer_capacity.yml", REFUSED, 0, 0,
     0, 0},
    {"market121_b_total_nominated_capacity.yml", REFUSED, 0, 0, 0, 0},
    {"market121_c_total_capacity_already_allocated.yml", REFUSED, 0, 0, 0, 0},
    {"market121_d_energy_prices.yml", DATA, 1, 24, 1111.51, 0},
    {"market121_e_implicit_and_flow_based_allocations_congestion_income.yml", DATA, 1, 24,
     -77106.96, 2},
    {"market121_e_implicit_auction_net_positions.yml", DATA, 1, 96, 59490.8, 7},
    {"market121_h_transfer_capacities_allocated_with_third_countries121_h_explicit.yml",
     REFUSED, 0, 0, 0, 0},
    {"market_121d_day_ahead_prices_NL.yml", DATA, 1, 24, 2766.26, 0},
    {"transmission111_a_forecasted_transfer_capacities.yml", DATA, 1, 24, 24288, 23},
    {"transmission113_cross_border_capacity_of_dc_links_intraday_transfer_limits.yml",
     REFUSED, 0, 0, 0, 0},
    {"transmission121_f_commercial_schedules.yml", DATA, 1, 24, 11782.4, 14},
    {"transmission121_f_commercial_schedules_net_positions.yml", NONE, 0, 0, 0, 0},
    {"transmission121_g_cross_border_physical_flows.yml", DATA, 1, 96, 28517.34, 54},
    {"transmission131_a_redispatching_cross_border.yml", DATA, 1, 44, 17000, 42},
    {"transmission131_a_redispatching_internal.yml", DATA, 4, 384, 5814.4, 372},
    {"transmission131_b_countertrading.yml", DATA, 6, 96, 10757.6, 82},
    {"transmission131_c_costs_of_congestion_management.yml", DATA, 3, 1095, 462359.8888,
     1067},
    {"transmission91_expansion_and_dismantling_project.yml", REFUSED, 0, 0, 0, 0},
    {"transmission_121g_cross_border_NL_DE.yml", DATA, 1, 96, 39576.44, 20},
    {"tut_gen_mix_NL_2024_09_02.yml", DATA, 20, 96, 1190829.6, 95},
};

/* The value of a name in a query string, letters of either case. */
static bool query_value(const char *target, const char *name, char *out, size_t size)
{
    size_t n = strlen(name);
    for (const char *at = strchr(target, '?'); at != NULL; at = strchr(at + 1, '&')) {
        bool is_same = at[1 + n] == '=';
        for (size_t i = 0; i < n && is_same; i++) {
            is_same = (at[1 + i] | 32) == (name[i] | 32);
        }
        if (is_same) {
            size_t length = strcspn(at + n + 2, "&");
            (void)snprintf(out, size, "%.*s", (int)length, at + n + 2);
            return true;
        }
    }
    return false;
}

typedef struct texts {
    char document[8];
    char process[8];
    char business[8];
    char from[64];
    char to[64];
} texts;

/* What was asked, out of the recorded request. */
static sn_entsoe_query query_of(const char *target, texts *t)
{
    sn_entsoe_query query = {.subject = "X", .window = all_time};
    *t = (texts){0};
    assert_true(query_value(target, "documentType", t->document, sizeof t->document));
    query.document = t->document;
    if (query_value(target, "processType", t->process, sizeof t->process)) {
        query.process = t->process;
    }
    if (query_value(target, "businessType", t->business, sizeof t->business)) {
        query.business = t->business;
    }
    if (!query_value(target, "in_Domain", t->to, sizeof t->to)) {
        assert_true(query_value(target, "outBiddingZone_Domain", t->to, sizeof t->to));
    }
    query.to_eic = t->to;
    query.from_eic =
        query_value(target, "out_Domain", t->from, sizeof t->from) ? t->from : t->to;
    return query;
}

static const sn_yaml_node *response_of(const sn_yaml *document)
{
    const sn_yaml_node *list = sn_yaml_get(sn_yaml_root(document), "responses");
    assert_non_null(list);
    assert_non_null(list->first);
    return list->first;
}

static void check_cassette(size_t i)
{
    char name[256];
    char path[REFERENCE_PATH_SIZE];
    sn_yaml *document = NULL;
    sn_error err = {0};
    texts t;
    (void)snprintf(name, sizeof name, "fixtures/entsoe-cassettes/%s", cassettes[i].file);
    if (sn_yaml_load_file(reference_path(name, path), &document, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    const sn_yaml_node *response = response_of(document);
    const sn_yaml_node *target = sn_yaml_get(sn_yaml_get(response, "request"), "target");
    const sn_yaml_node *body = sn_yaml_get(response, "body");
    assert_true(target != NULL && body != NULL);
    sn_entsoe_query query = query_of(target->text, &t);
    found got = parse(body->text, strlen(body->text), &query);
    if (cassettes[i].expected == REFUSED) {
        if (got.status != SN_E_FORMAT || got.err.message[0] == '\0' || got.set.n != 0) {
            fail_msg("%s: not refused", cassettes[i].file);
        }
    } else {
        if (got.status != SN_OK) {
            fail_msg("%s: %s", cassettes[i].file, got.err.message);
        }
        assert_int_equal(got.answer.kind,
                         cassettes[i].expected == NONE ? SN_ENTSOE_NONE : SN_ENTSOE_DATA);
        assert_int_equal(got.answer.n_series, cassettes[i].n_series);
        if (got.n != cassettes[i].n || got.n_filled != cassettes[i].n_filled) {
            fail_msg("%s: %zu values, %zu filled", cassettes[i].file, got.n,
                     got.n_filled);
        }
        assert_near(got.sum, cassettes[i].sum, 1e-9 * fabs(cassettes[i].sum) + 1e-9);
    }
    sn_points_release(&got.set);
    sn_yaml_free(document);
}

static void recorded_exchanges_are_read(void **state)
{
    (void)state;
    assert_int_equal(sizeof cassettes / sizeof *cassettes, 48);
    for (size_t i = 0; i < sizeof cassettes / sizeof *cassettes; i++) {
        check_cassette(i);
    }
}

/* ---- recorded documents ---- */

#define MAPS "fixtures/electricitymaps__electricitymaps-contrib/ENTSOE/"
#define HEXAGON "fixtures/Hexagon__entsoe-api-client/"

static const struct {
    const char *file;
    const char *document;
    const char *process;
    const char *from;
    const char *to;
    expected expected;
    size_t n_series;
    size_t n;
    double sum;
    size_t n_filled;
} documents[] = {
    {MAPS "BE_NL_exchange_forecast_exports.xml", "A09", NULL, "10YBE----------2",
     "10YNL----------L", DATA, 6, 288, 868, 0},
    {MAPS "BE_NL_exchange_forecast_imports.xml", "A09", NULL, "10YNL----------L",
     "10YBE----------2", DATA, 6, 288, 321372, 0},
    {MAPS "DK-DK1_DK-DK2_capacity_week_ahead_export.xml", "A61", NULL, "10YDK-2--------M",
     "10YDK-1--------W", DATA, 1, 41, 24600, 40},
    {MAPS "DK-DK1_DK-DK2_capacity_week_ahead_import.xml", "A61", NULL, "10YDK-1--------W",
     "10YDK-2--------M", DATA, 1, 41, 18450, 40},
    {MAPS "DK-DK1_GB_exchange_exports.xml", "A11", NULL, "10YDK-1--------W",
     "10YGB----------A", DATA, 3, 44, 1480, 0},
    {MAPS "DK-DK1_GB_exchange_imports.xml", "A11", NULL, "10YGB----------A",
     "10YDK-1--------W", DATA, 3, 44, 9860, 0},
    {MAPS "DK-DK1_consumption.xml", "A65", "A16", "10YDK-1--------W", "10YDK-1--------W",
     DATA, 1, 47, 128131, 0},
    {MAPS "DK-DK2_SE-SE4_exchange_forecast_exports.xml", "A09", NULL, "10YDK-2--------M",
     "10Y1001A1001A47J", DATA, 6, 48, 29454, 0},
    {MAPS "DK-DK2_SE-SE4_exchange_forecast_imports.xml", "A09", NULL, "10Y1001A1001A47J",
     "10YDK-2--------M", DATA, 6, 48, 10938, 0},
    {MAPS "DK-DK2_consumption_forecast.xml", "A65", "A01", "10YDK-2--------M",
     "10YDK-2--------M", DATA, 4, 96, 156519, 0},
    {MAPS "EE_FI_exchange_forecast_exports.xml", "A09", NULL, "10Y1001A1001A39I",
     "10YFI-1--------U", DATA, 5, 72, 221, 0},
    {MAPS "EE_FI_exchange_forecast_imports.xml", "A09", NULL, "10YFI-1--------U",
     "10Y1001A1001A39I", DATA, 5, 72, 16232, 0},
    {MAPS "ES_FR_capacity_day_ahead_export.xml", "A61", NULL, "10YFR-RTE------C",
     "10YES-REE------0", DATA, 1, 41, 135600, 32},
    {MAPS "ES_FR_capacity_day_ahead_import.xml", "A61", NULL, "10YES-REE------0",
     "10YFR-RTE------C", DATA, 1, 41, 59000, 37},
    {MAPS "ES_FR_capacity_month_ahead_export.xml", "A61", NULL, "10YFR-RTE------C",
     "10YES-REE------0", DATA, 1, 63, 189000, 62},
    {MAPS "ES_FR_capacity_month_ahead_import.xml", "A61", NULL, "10YES-REE------0",
     "10YFR-RTE------C", DATA, 1, 63, 35500, 60},
    {MAPS "ES_day_ahead_price.xml", "A44", NULL, "10YES-REE------0", "10YES-REE------0",
     DATA, 4, 240, 20037.7, 10},
    {MAPS "FI_production.xml", "A75", "A16", "10YFI-1--------U", "10YFI-1--------U", DATA,
     12, 288, 2971565.598, 287},
    {MAPS "FR-COR_IT-SAR_AC_exchange_exports.xml", "A11", NULL, "10Y1001A1001A885",
     "10Y1001A1001A74G", DATA, 1, 47, 0, 0},
    {MAPS "FR-COR_IT-SAR_AC_exchange_forecast_exports.xml", "A09", NULL,
     "10Y1001A1001A885", "10Y1001A1001A74G", DATA, 6, 72, 0, 0},
    {MAPS "FR-COR_IT-SAR_AC_exchange_forecast_imports.xml", "A09", NULL,
     "10Y1001A1001A74G", "10Y1001A1001A885", DATA, 6, 72, 4265, 0},
    {MAPS "FR-COR_IT-SAR_AC_exchange_imports.xml", "A11", NULL, "10Y1001A1001A74G",
     "10Y1001A1001A885", DATA, 1, 47, 385, 0},
    {MAPS "FR-COR_IT-SAR_DC_exchange_exports.xml", "A11", NULL, "10Y1001A1001A893",
     "10Y1001A1001A74G", DATA, 1, 47, 2499, 0},
    {MAPS "FR-COR_IT-SAR_DC_exchange_forecast_exports.xml", "A09", NULL,
     "10Y1001A1001A893", "10Y1001A1001A74G", DATA, 6, 72, 377, 0},
    {MAPS "FR-COR_IT-SAR_DC_exchange_forecast_imports.xml", "A09", NULL,
     "10Y1001A1001A74G", "10Y1001A1001A893", DATA, 6, 72, 3012, 0},
    {MAPS "FR-COR_IT-SAR_DC_exchange_imports.xml", "A11", NULL, "10Y1001A1001A74G",
     "10Y1001A1001A893", DATA, 1, 47, 0, 0},
    {MAPS "FR_prices.xml", "A44", NULL, "10YFR-RTE------C", "10YFR-RTE------C", DATA, 2,
     48, 4196.87, 0},
    {MAPS "LU_production.xml", "A75", "A16", "10YLU-CEGEDEL-NQ", "10YLU-CEGEDEL-NQ", DATA,
     12, 287, 32920, 0},
    {MAPS "NO-NO5_production-negatives.xml", "A75", "A16", "10Y1001A1001A48H",
     "10Y1001A1001A48H", DATA, 5, 47, 105369.1, 0},
    {MAPS "NO-NO5_production.xml", "A75", "A16", "10Y1001A1001A48H", "10Y1001A1001A48H",
     DATA, 5, 47, 106270, 0},
    {MAPS "SE-SE3_generation_forecast.xml", "A71", "A01", "10Y1001A1001A46L",
     "10Y1001A1001A46L", DATA, 3, 72, 716239, 0},
    {MAPS "SE-SE4_production.xml", "A75", "A16", "10Y1001A1001A47J", "10Y1001A1001A47J",
     DATA, 5, 71, 80195.51075, 24},
    {MAPS "wind_solar_forecast_FI_CURRENT.xml", "A69", "A18", "10YFI-1--------U",
     "10YFI-1--------U", DATA, 8, 640, 447068, 0},
    {MAPS "wind_solar_forecast_FI_DAY_AHEAD.xml", "A69", "A01", "10YFI-1--------U",
     "10YFI-1--------U", DATA, 6, 576, 390242, 0},
    {MAPS "wind_solar_forecast_FI_INTRADAY.xml", "A69", "A40", "10YFI-1--------U",
     "10YFI-1--------U", DATA, 6, 392, 292183, 0},
    /* A price "per EUR": */
    {HEXAGON "publication.a03curvetype.xml", "A44", "A01", "10YCZ-CEPS-----N",
     "10YSK-SEPS-----K", REFUSED, 0, 0, 0, 0},
    {HEXAGON "gl.load.singlepoint.xml", "A65", "A16", "10YCZ-CEPS-----N",
     "10YCZ-CEPS-----N", DATA, 1, 1, 6288, 0},
    {MAPS "fake_time_series.xml", "A75", NULL, "10Y1001A1001A47J", "10Y1001A1001A47J",
     REFUSED, 0, 0, 0, 0},
    {HEXAGON "balancing.xml", "A86", "A16", "X", "X", REFUSED, 0, 0, 0, 0},
    {HEXAGON "unavailability.consumption.xml", "A76", "A26", "X", "X", REFUSED, 0, 0, 0,
     0},
    {HEXAGON "criticalnetworkelement.xml", "B11", "A01", "X", "X", REFUSED, 0, 0, 0, 0},
    {HEXAGON "configuration.xml", "A95", "A39", "X", "X", REFUSED, 0, 0, 0, 0},
    {HEXAGON "transmissionnetwork.xml", "A90", "A35", "X", "X", REFUSED, 0, 0, 0, 0},
    {HEXAGON "invalid.xml", "A44", NULL, "X", "X", REFUSED, 0, 0, 0, 0},
    {HEXAGON "acknowledgement.invalidrequest.xml", "A44", NULL, "X", "X", NONE, 0, 0, 0,
     0},
};

static void recorded_documents_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        sn_strbuf text = reference_read(documents[i].file);
        const sn_entsoe_query query = {.document = documents[i].document,
                                       .process = documents[i].process,
                                       .from_eic = documents[i].from,
                                       .to_eic = documents[i].to,
                                       .subject = "X",
                                       .window = all_time};
        found got = parse(text.data, text.len, &query);
        bool is_refused = documents[i].expected == REFUSED;
        if ((got.status != SN_OK) != is_refused) {
            fail_msg("%s: %s", documents[i].file, got.err.message);
        }
        if (!is_refused &&
            (got.n != documents[i].n || got.n_filled != documents[i].n_filled ||
             got.answer.n_series != documents[i].n_series)) {
            fail_msg("%s: %zu values, %zu filled, %zu series", documents[i].file, got.n,
                     got.n_filled, got.answer.n_series);
        }
        assert_near(got.sum, documents[i].sum, 1e-9 * fabs(documents[i].sum) + 1e-9);
        sn_points_release(&got.set);
        sn_strbuf_release(&text);
    }
}

/* Hours until 2025-09-30T22:00Z and quarters from then on, in one document. */
static void hours_and_quarters_of_one_document_stay_apart(void **state)
{
    (void)state;
    sn_strbuf text = reference_read(MAPS "ES_day_ahead_price.xml");
    const sn_entsoe_query query = {.document = "A44",
                                   .from_eic = "10YES-REE------0",
                                   .to_eic = "10YES-REE------0",
                                   .subject = "ES",
                                   .window = all_time};
    found got = parse(text.data, text.len, &query);
    sn_series *series = NULL;
    size_t n = 0;
    assert_int_equal(
        sn_points_build(&got.set, "entsoe", (sn_instant){0}, &series, &n, &got.err),
        SN_OK);
    assert_int_equal(n, 2);
    assert_int_equal(series[0].key.step_s, SN_QUARTER_S);
    assert_int_equal(series[0].axis.start.utc_s, 1759269600);
    assert_int_equal(series[1].key.step_s, SN_HOUR_S);
    assert_int_equal(sn_axis_end(&series[1].axis).utc_s, 1759269600);
    sn_series_array_free(series, n);
    sn_points_release(&got.set);
    sn_strbuf_release(&text);
}

/* ---- rules, on made-up documents ---- */

#define Z "10Y1001A1001A46L"
#define HEAD                                                                             \
    "<?xml version=\"1.0\"?><p:Publication_MarketDocument xmlns:p=\"urn:x\">"            \
    "<p:mRID>1</p:mRID><p:type>A44</p:type>"
#define SERIES_HEAD(curve)                                                               \
    "<p:TimeSeries><p:in_Domain.mRID>" Z "</p:in_Domain.mRID><p:out_Domain.mRID>" Z      \
    "</p:out_Domain.mRID><p:currency_Unit.name>EUR</p:currency_Unit.name>"               \
    "<p:price_Measure_Unit.name>MWH</p:price_Measure_Unit.name><p:curveType>" curve      \
    "</p:curveType>"
#define PERIOD(start, end, resolution, points)                                           \
    "<p:Period><p:timeInterval><p:start>" start "</p:start><p:end>" end                  \
    "</p:end></p:timeInterval><p:resolution>" resolution "</p:resolution>" points        \
    "</p:Period>"
#define P(position, value)                                                               \
    "<p:Point><p:position>" position "</p:position><p:price.amount>" value               \
    "</p:price.amount></p:Point>"
#define TAIL "</p:TimeSeries></p:Publication_MarketDocument>"
#define DAY "2025-10-25T22:00Z"
#define LONG_DAY_END "2025-10-26T23:00Z"

static const sn_entsoe_query price = {.document = "A44",
                                      .from_eic = Z,
                                      .to_eic = Z,
                                      .subject = "SE3",
                                      .window = {{0}, {INT64_C(7258118400)}}};

static found parse_text(const char *text)
{
    return parse(text, strlen(text), &price);
}

static void left_out_positions_are_filled_within_their_period(void **state)
{
    (void)state;
    /* The long day of October has 100 quarters. */
    found got = parse_text(HEAD SERIES_HEAD("A03") PERIOD(DAY, LONG_DAY_END, "PT15M",
                                                          P("1", "5") P("3", "7")) TAIL);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.n, 100);
    assert_int_equal(got.n_filled, 98);
    assert_near(got.sum, 5.0 * 2 + 7.0 * 98, 1e-9);
    assert_int_equal(got.set.point[1].flag, SN_FLAG_FILLED);
    assert_int_equal(got.set.point[2].flag, SN_FLAG_STATED);
    sn_points_release(&got.set);
}

static void nothing_is_carried_into_another_period(void **state)
{
    (void)state;
    found got = parse_text(
        HEAD SERIES_HEAD("A03") PERIOD("2025-01-01T00:00Z", "2025-01-01T02:00Z", "PT60M",
                                       P("1", "5"))
            PERIOD("2025-01-01T03:00Z", "2025-01-01T04:00Z", "PT60M", P("1", "9")) TAIL);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.n, 3); /* 00, 01, 03; 02 is a gap */
    assert_int_equal(got.set.point[2].at_utc_s - got.set.point[1].at_utc_s, 7200);
    sn_points_release(&got.set);
}

static void left_out_positions_are_missing_under_a01(void **state)
{
    (void)state;
    found got = parse_text(HEAD SERIES_HEAD("A01") PERIOD(
        "2025-01-01T00:00Z", "2025-01-01T04:00Z", "PT60M", P("2", "5") P("4", "7")) TAIL);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.n_filled, 0);
    sn_points_release(&got.set);
}

static void values_stated_twice_are_settled(void **state)
{
    (void)state;
    found got = parse_text(HEAD SERIES_HEAD("A01") PERIOD(
        "2025-01-01T00:00Z", "2025-01-01T02:00Z", "PT60M", P("1", "5") P("2", "6"))
                               PERIOD("2025-01-01T01:00Z", "2025-01-01T03:00Z", "PT60M",
                                      P("1", "6.5") P("2", "7")) TAIL);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.n, 3);
    assert_near(got.set.point[1].value, 6.5, 1e-12);
    assert_int_equal(got.set.point[1].flag, SN_FLAG_SUSPECT);
    assert_int_equal(got.set.point[0].flag, SN_FLAG_STATED);
    sn_points_release(&got.set);
}

static void answers_are_cut_to_what_was_asked(void **state)
{
    (void)state;
    sn_entsoe_query query = price;
    query.window = (sn_window){{1735693200}, {1735696800}}; /* 01 to 02 */
    static const char text[] = HEAD SERIES_HEAD("A03")
        PERIOD("2025-01-01T00:00Z", "2025-01-01T04:00Z", "PT60M", P("1", "5")) TAIL;
    found got = parse(text, sizeof text - 1, &query);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.n, 1);
    assert_int_equal(got.set.point[0].at_utc_s, 1735693200);
    sn_points_release(&got.set);
}

#define ONE_HOUR(resolution, points)                                                     \
    PERIOD("2025-01-01T00:00Z", "2025-01-01T01:00Z", resolution, points)
#define ACK(reason)                                                                      \
    "<Acknowledgement_MarketDocument><mRID>1</mRID><Reason><code>999</"                  \
    "code><text>" reason "</text></Reason></Acknowledgement_MarketDocument>"

static void documents_that_contradict_themselves_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *text;
        const char *words;
    } cases[] = {
        {"nothing", "", "empty"},
        {"html", "<html><body>down</body></html>", "web page"},
        {"doctype html", "<!DOCTYPE html><html></html>", "web page"},
        {"json", "{\"uuAppErrorMap\":{}}", "not XML"},
        {"cut", HEAD SERIES_HEAD("A03"), "cut off"},
        {"another root", "<x/>", "expected a market document"},
        {"entity bomb",
         "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
         "\"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]><x>&c;</x>",
         "document type"},
        {"external entity",
         "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
         "<x>&a;</x>",
         "document type"},
        {"external dtd", "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\"><x/>",
         "document type"},
        {"position 1 missing",
         HEAD SERIES_HEAD("A03") ONE_HOUR("PT15M", P("2", "5")) TAIL, "lacks position 1"},
        {"no points", HEAD SERIES_HEAD("A03") ONE_HOUR("PT15M", "") TAIL,
         "lacks position 1"},
        {"position beyond",
         HEAD SERIES_HEAD("A03") ONE_HOUR("PT60M", P("1", "5") P("2", "5")) TAIL,
         "beyond"},
        {"falling positions",
         HEAD SERIES_HEAD("A01") ONE_HOUR("PT15M", P("2", "5") P("1", "5")) TAIL,
         "do not rise"},
        {"position 0", HEAD SERIES_HEAD("A01") ONE_HOUR("PT15M", P("0", "5")) TAIL,
         "position"},
        {"inf", HEAD SERIES_HEAD("A01") ONE_HOUR("PT60M", P("1", "inf")) TAIL,
         "not a number"},
        {"hexadecimal", HEAD SERIES_HEAD("A01") ONE_HOUR("PT60M", P("1", "0x10")) TAIL,
         "not a number"},
        {"decimal comma", HEAD SERIES_HEAD("A01") ONE_HOUR("PT60M", P("1", "1,5")) TAIL,
         "not a number"},
        {"no value", HEAD SERIES_HEAD("A01") ONE_HOUR("PT60M", P("1", "")) TAIL,
         "not a number"},
        {"a price beyond all limits",
         HEAD SERIES_HEAD("A01") ONE_HOUR("PT60M", P("1", "10001")) TAIL, "a value"},
        {"curve A02", HEAD SERIES_HEAD("A02") ONE_HOUR("PT60M", P("1", "5")) TAIL,
         "curve type"},
        {"resolution", HEAD SERIES_HEAD("A01") ONE_HOUR("PT7M", P("1", "5")) TAIL,
         "whole number of its resolution"},
        {"no resolution", HEAD SERIES_HEAD("A01") ONE_HOUR("hour", P("1", "5")) TAIL,
         "no resolution"},
        {"interval backwards",
         HEAD SERIES_HEAD("A01")
             PERIOD("2025-01-01T02:00Z", "2025-01-01T01:00Z", "PT60M", P("1", "5")) TAIL,
         "whole number"},
        {"another area",
         "<Publication_MarketDocument><type>A44</type><TimeSeries><in_Domain.mRID>"
         "10Y1001A1001A47J</in_Domain.mRID><out_Domain.mRID>10Y1001A1001A47J"
         "</out_Domain.mRID><Period><timeInterval><start>2025-01-01T00:00Z</start><end>"
         "2025-01-01T01:00Z</end></timeInterval><resolution>PT60M</resolution></Period>"
         "</TimeSeries></Publication_MarketDocument>",
         "the area is \"10Y1001A1001A47J\""},
        {"another document", "<GL_MarketDocument><type>A65</type></GL_MarketDocument>",
         "type is \"A65\""},
        {"refusal", ACK("The input is not valid for this area"),
         "not valid for this area"},
        {"refusal without words",
         "<Acknowledgement_MarketDocument></Acknowledgement_MarketDocument>",
         "no reason given"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        found got = parse_text(cases[i].text);
        if (got.status != SN_E_FORMAT ||
            strstr(got.err.message, cases[i].words) == NULL || got.set.n != 0) {
            fail_msg("%s: status %d, \"%s\"", cases[i].what, (int)got.status,
                     got.err.message);
        }
        sn_points_release(&got.set);
    }
}

static void another_currency_is_never_taken_for_euro(void **state)
{
    (void)state;
    static const char text[] =
        "<Publication_MarketDocument><type>A44</type><TimeSeries><in_Domain.mRID>" Z
        "</in_Domain.mRID><out_Domain.mRID>" Z "</out_Domain.mRID>"
        "<currency_Unit.name>PLN</currency_Unit.name><price_Measure_Unit.name>MWH"
        "</price_Measure_Unit.name><Period><timeInterval><start>2025-01-01T00:00Z</start>"
        "<end>2025-01-01T01:00Z</end></timeInterval><resolution>PT60M</resolution><Point>"
        "<position>1</position><price.amount>5</price.amount></Point></Period>"
        "</TimeSeries></Publication_MarketDocument>";
    found got = parse_text(text);
    assert_int_equal(got.status, SN_E_FORMAT);
    assert_non_null(strstr(got.err.message, "PLN"));
    sn_points_release(&got.set);
}

static void an_acknowledgement_is_no_data_or_too_much(void **state)
{
    (void)state;
    found none = parse_text(ACK("No matching data found for Data item X"));
    assert_int_equal(none.status, SN_OK);
    assert_int_equal(none.answer.kind, SN_ENTSOE_NONE);
    found much = parse_text(ACK("The number of instances (400) exceeds the allowed "
                                "maximum (200)"));
    assert_int_equal(much.status, SN_OK);
    assert_int_equal(much.answer.kind, SN_ENTSOE_TOO_MUCH);
    sn_points_release(&none.set);
    sn_points_release(&much.set);
}

#define TYPE_SERIES(psr, points)                                                         \
    "<TimeSeries><inBiddingZone_Domain.mRID>" Z "</inBiddingZone_Domain.mRID>"           \
    "<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A01"         \
    "</curveType><MktPSRType><psrType>" psr "</psrType></MktPSRType><Period>"            \
    "<timeInterval><start>2025-01-01T00:00Z</start><end>2025-01-01T02:00Z</end>"         \
    "</timeInterval><resolution>PT60M</resolution>" points "</Period></TimeSeries>"
#define Q(position, value)                                                               \
    "<Point><position>" position "</position><quantity>" value "</quantity></Point>"

/* Half a sum would be a number that nobody stated. */
static void a_sum_of_types_needs_all_of_them(void **state)
{
    (void)state;
    static const char text[] =
        "<GL_MarketDocument><type>A75</type><process.processType>A16"
        "</process.processType>" TYPE_SERIES("B18", Q("1", "10") Q("2", "20"))
            TYPE_SERIES("B19", Q("1", "1"))
                TYPE_SERIES("B14", Q("1", "5") Q("2", "6")) "</GL_MarketDocument>";
    sn_entsoe_query query = price;
    query.document = "A75";
    query.process = "A16";
    found got = parse(text, sizeof text - 1, &query);
    assert_int_equal(got.status, SN_OK);
    size_t n_wind = 0;
    size_t n_nuclear = 0;
    for (size_t i = 0; i < got.set.n; i++) {
        n_wind += got.set.point[i].quantity == SN_WIND;
        n_nuclear += got.set.point[i].quantity == SN_NUCLEAR;
        if (got.set.point[i].quantity == SN_WIND) {
            assert_near(got.set.point[i].value, 11.0, 1e-12);
        }
    }
    assert_int_equal(n_wind, 1);
    assert_int_equal(n_nuclear, 2);
    assert_int_equal(got.n, 1); /* generation_mw of the first hour */
    assert_near(got.sum, 16.0, 1e-12);
    sn_points_release(&got.set);
}

/* ---- zip ---- */

/* A zip of n_file copies of text; free() it. */
static void *zip_of(const void *text, size_t n_text, int n_file, size_t *n_out)
{
    zip_error_t why;
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &why);
    assert_non_null(target);
    zip_source_keep(target);
    zip_t *archive = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &why);
    assert_non_null(archive);
    for (int i = 0; i < n_file; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%03d.xml", i);
        zip_source_t *one = zip_source_buffer(archive, text, n_text, 0);
        assert_true(zip_file_add(archive, name, one, 0) >= 0);
    }
    assert_int_equal(zip_close(archive), 0);
    assert_int_equal(zip_source_open(target), 0);
    assert_int_equal(zip_source_seek(target, 0, SEEK_END), 0);
    zip_int64_t size = zip_source_tell(target);
    assert_int_equal(zip_source_seek(target, 0, SEEK_SET), 0);
    void *bytes = malloc((size_t)size);
    assert_true(zip_source_read(target, bytes, (zip_uint64_t)size) == size);
    (void)zip_source_close(target);
    zip_source_free(target);
    *n_out = (size_t)size;
    return bytes;
}

static const char one_hour[] =
    HEAD SERIES_HEAD("A01") ONE_HOUR("PT60M", P("1", "5")) TAIL;

static void zipped_documents_are_read(void **state)
{
    (void)state;
    size_t n = 0;
    void *bytes = zip_of(one_hour, sizeof one_hour - 1, 1, &n);
    found got = parse(bytes, n, &price);
    if (got.status != SN_OK) {
        fail_msg("%s", got.err.message);
    }
    assert_int_equal(got.n, 1);
    sn_points_release(&got.set);
    /* One bit of the packed bytes turned: the check sum tells. */
    ((unsigned char *)bytes)[60] ^= 4;
    found bad = parse(bytes, n, &price);
    assert_int_equal(bad.status, SN_E_FORMAT);
    assert_int_equal(bad.set.n, 0);
    sn_points_release(&bad.set);
    free(bytes);
}

static void zip_bombs_are_refused(void **state)
{
    (void)state;
    size_t n = 0;
    size_t n_zero = (size_t)32 * 1024 * 1024;
    void *zeros = calloc(n_zero, 1);
    void *bytes = zip_of(zeros, n_zero, 1, &n);
    found got = parse(bytes, n, &price);
    assert_int_equal(got.status, SN_E_FORMAT);
    assert_non_null(strstr(got.err.message, "swell"));
    free(bytes);
    bytes = zip_of(one_hour, sizeof one_hour - 1, 65, &n);
    got = parse(bytes, n, &price);
    assert_int_equal(got.status, SN_E_FORMAT);
    assert_non_null(strstr(got.err.message, "65 files"));
    free(bytes);
    free(zeros);
}

/* A few kB of Periods in seconds would fill gigabytes. */
static void answers_that_swell_are_refused(void **state)
{
    (void)state;
    sn_strbuf text;
    sn_strbuf_init(&text, 1 << 20);
    assert_int_equal(sn_strbuf_puts(&text, HEAD SERIES_HEAD("A03"), NULL), SN_OK);
    for (int i = 0; i < 12; i++) { /* 100 000 slots each */
        assert_int_equal(
            sn_strbuf_puts(&text,
                           PERIOD("2025-01-01T00:00:00Z", "2025-01-02T03:46:40Z", "PT1S",
                                  P("1", "5")),
                           NULL),
            SN_OK);
    }
    assert_int_equal(sn_strbuf_puts(&text, TAIL, NULL), SN_OK);
    found got = parse(text.data, text.len, &price);
    assert_int_equal(got.status, SN_E_FORMAT);
    assert_non_null(strstr(got.err.message, "more than 1000000 values"));
    assert_int_equal(got.set.n, 0);
    sn_points_release(&got.set);
    /* What lies outside the question costs nothing, however much it is. */
    sn_entsoe_query query = price;
    query.window = (sn_window){{1735689600}, {1735689610}};
    got = parse(text.data, text.len, &query);
    assert_int_equal(got.status, SN_OK);
    assert_int_equal(got.n, 10);
    sn_points_release(&got.set);
    sn_strbuf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_exchanges_are_read),
        cmocka_unit_test(recorded_documents_are_read),
        cmocka_unit_test(hours_and_quarters_of_one_document_stay_apart),
        cmocka_unit_test(left_out_positions_are_filled_within_their_period),
        cmocka_unit_test(nothing_is_carried_into_another_period),
        cmocka_unit_test(left_out_positions_are_missing_under_a01),
        cmocka_unit_test(values_stated_twice_are_settled),
        cmocka_unit_test(answers_are_cut_to_what_was_asked),
        cmocka_unit_test(documents_that_contradict_themselves_are_refused),
        cmocka_unit_test(another_currency_is_never_taken_for_euro),
        cmocka_unit_test(an_acknowledgement_is_no_data_or_too_much),
        cmocka_unit_test(a_sum_of_types_needs_all_of_them),
        cmocka_unit_test(zipped_documents_are_read),
        cmocka_unit_test(zip_bombs_are_refused),
        cmocka_unit_test(answers_that_swell_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
