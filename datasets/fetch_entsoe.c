/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ENTSO-E Transparency Platform: a quarter of a year an answer, which keeps the
 * series of daily documents below the 100 that one answer holds.  A border is asked both
 * ways, as pages 0 and 1 of one request. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "area.h"
#include "parse_entsoe.h"

#include <string.h>

enum { SERIES_MAX = 100, OFFSET_MAX = 4800 };

/* What an item asks for, in the platform's codes. */
typedef struct kind {
    const char *document;
    const char *process;
    const char *business;
    bool has_contract; /* contract_MarketAgreement.type=A01, the day ahead */
    bool has_offset;
    enum { ONE_AREA_IN, ONE_AREA_OUT, BOTH_AREAS } areas;
} kind;

static const char *const priced[] = {"SE1", "SE2", "SE3", "SE4",   "NO1", "NO2", "NO3",
                                     "NO4", "NO5", "DK1", "DK2",   "FI",  "EE",  "LV",
                                     "LT",  "PL",  "NL",  "DE-LU", NULL};
static const char *const with_reservoirs[] = {"SE1", "SE2", "SE3", "SE4", "NO1", "NO2",
                                              "NO3", "NO4", "NO5", "FI",  NULL};
static const char *const control_area[] = {"SE", NULL};

enum {
    PRICE,
    LOAD,
    GENERATION,
    RESERVOIR,
    FLOW,
    SCHEDULE,
    CAPACITY,
    LOAD_FORECAST,
    WIND_SOLAR_FORECAST,
    GENERATION_FORECAST,
    NET_POSITION,
    CONGESTION_INCOME,
    INSTALLED,
    REDISPATCH,
    COUNTERTRADE,
    CONGESTION_COST
};

static const kind kinds[] = {
    [PRICE] = {"A44", NULL, NULL, true, true, BOTH_AREAS},
    [LOAD] = {"A65", "A16", NULL, false, false, ONE_AREA_OUT},
    [GENERATION] = {"A75", "A16", NULL, false, false, ONE_AREA_IN},
    [RESERVOIR] = {"A72", "A16", NULL, false, false, ONE_AREA_IN},
    [FLOW] = {"A11", NULL, NULL, false, false, BOTH_AREAS},
    [SCHEDULE] = {"A09", NULL, NULL, true, false, BOTH_AREAS},
    [CAPACITY] = {"A61", NULL, NULL, true, false, BOTH_AREAS},
    [LOAD_FORECAST] = {"A65", "A01", NULL, false, false, ONE_AREA_OUT},
    [WIND_SOLAR_FORECAST] = {"A69", "A01", NULL, false, false, ONE_AREA_IN},
    [GENERATION_FORECAST] = {"A71", "A01", NULL, false, false, ONE_AREA_IN},
    [NET_POSITION] = {"A25", NULL, "B09", true, true, BOTH_AREAS},
    [CONGESTION_INCOME] = {"A25", NULL, "B10", true, true, BOTH_AREAS},
    [INSTALLED] = {"A68", "A33", NULL, false, false, ONE_AREA_IN},
    [REDISPATCH] = {"A63", NULL, "A85", false, false, BOTH_AREAS},
    [COUNTERTRADE] = {"A91", NULL, NULL, false, false, BOTH_AREAS},
    [CONGESTION_COST] = {"A92", NULL, NULL, false, false, BOTH_AREAS},
};

#define AREA_ITEM(text, grid_, areas_, days)                                             \
    .name = text, .grid = grid_, .subjects = SN_SUBJECTS_AREAS, .areas = areas_,         \
    .settle_s = SN_DAYS_S(days)
#define BORDER_ITEM(text, days)                                                          \
    .name = text, .grid = SN_GRID_QUARTER, .subjects = SN_SUBJECTS_BORDERS,              \
    .settle_s = SN_DAYS_S(days), .joins_pages = true

static const sn_fetch_item items[] = {
    [PRICE] = {AREA_ITEM("price", SN_GRID_QUARTER, priced, 2)},
    [LOAD] = {AREA_ITEM("load", SN_GRID_QUARTER, priced, 45)},
    [GENERATION] = {AREA_ITEM("generation", SN_GRID_QUARTER, priced, 45)},
    [RESERVOIR] = {AREA_ITEM("reservoir", SN_GRID_YEAR, with_reservoirs, 28)},
    [FLOW] = {BORDER_ITEM("flow", 45)},
    [SCHEDULE] = {BORDER_ITEM("schedule", 7)},
    [CAPACITY] = {BORDER_ITEM("capacity", 2)},
    [LOAD_FORECAST] = {AREA_ITEM("load_forecast", SN_GRID_QUARTER, priced, 2),
                       .is_extra = true},
    [WIND_SOLAR_FORECAST] = {AREA_ITEM("wind_solar_forecast", SN_GRID_QUARTER, priced, 2),
                             .is_extra = true},
    [GENERATION_FORECAST] = {AREA_ITEM("generation_forecast", SN_GRID_QUARTER, priced, 2),
                             .is_extra = true},
    [NET_POSITION] = {AREA_ITEM("net_position", SN_GRID_QUARTER, priced, 7),
                      .is_extra = true},
    [CONGESTION_INCOME] = {AREA_ITEM("congestion_income", SN_GRID_QUARTER, priced, 45),
                           .is_extra = true},
    [INSTALLED] = {AREA_ITEM("installed", SN_GRID_YEAR, priced, 400), .is_extra = true},
    [REDISPATCH] = {AREA_ITEM("redispatch", SN_GRID_MONTH, sn_swedish_areas, 90),
                    .is_extra = true},
    [COUNTERTRADE] = {BORDER_ITEM("countertrade", 90), .is_extra = true},
    [CONGESTION_COST] = {AREA_ITEM("congestion_cost", SN_GRID_YEAR, control_area, 400),
                         .is_extra = true},
};

static const kind *kind_of(const sn_fetch_request *request)
{
    return &kinds[request->item - items];
}

/* Page 1 of a border is the way back. */
static bool is_way_back(const sn_fetch_request *request)
{
    return request->item->joins_pages && request->offset > 0;
}

static const char *eic_of(const char *code)
{
    const sn_area *area = sn_area_find(code);
    return area != NULL ? area->eic : "10YSE-1--------K"; /* the control area */
}

static sn_status put_areas(const sn_fetch_request *request, sn_strbuf *url, sn_error *err)
{
    bool is_back = is_way_back(request);
    const char *from = eic_of(is_back ? request->to : request->from);
    const char *to = eic_of(is_back ? request->from : request->to);
    switch (kind_of(request)->areas) {
    case ONE_AREA_IN:
        return sn_strbuf_printf(url, err, "&in_Domain=%s", from);
    case ONE_AREA_OUT:
        return sn_strbuf_printf(url, err, "&outBiddingZone_Domain=%s", from);
    default:
        return sn_strbuf_printf(url, err, "&in_Domain=%s&out_Domain=%s", to, from);
    }
}

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    const kind *k = kind_of(request);
    char from[SN_UTC_TEXT_SIZE];
    char to[SN_UTC_TEXT_SIZE];
    sn_status status = sn_strbuf_printf(
        url, err, "%s/api?documentType=%s%s%s%s%s%s", base_url, k->document,
        k->process != NULL ? "&processType=" : "", k->process != NULL ? k->process : "",
        k->business != NULL ? "&businessType=" : "",
        k->business != NULL ? k->business : "",
        k->has_contract ? "&contract_MarketAgreement.type=A01" : "");
    if (status == SN_OK) {
        status = put_areas(request, url, err);
    }
    /* A year and an hour would be refused as more than a year. */
    sn_instant end = request->item->grid == SN_GRID_YEAR
                         ? sn_cet_day_start(request->window.to)
                         : request->window.to;
    if (status == SN_OK) {
        status = sn_strbuf_printf(url, err, "&periodStart=%s&periodEnd=%s",
                                  sn_utc_digits(request->window.from, from),
                                  sn_utc_digits(end, to));
    }
    /* Stated even when 0: more than 100 series are refused otherwise. */
    return status == SN_OK && k->has_offset
               ? sn_strbuf_printf(url, err, "&offset=%zu", request->offset)
               : status;
}

static void page_on(const sn_fetch_request *request, size_t n_series, sn_answer *answer)
{
    bool is_full = n_series >= SERIES_MAX;
    if (request->item->joins_pages && request->offset == 0) {
        answer->kind = SN_ANSWER_MORE;
        answer->next_offset = 1;
    } else if (kind_of(request)->has_offset && is_full) {
        answer->kind =
            request->offset >= OFFSET_MAX ? SN_ANSWER_TOO_MUCH : SN_ANSWER_MORE;
        answer->next_offset = request->offset + SERIES_MAX;
    }
}

static sn_status parse(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err)
{
    char subject[SN_SUBJECT_SIZE];
    bool reversed = false;
    bool is_back = is_way_back(request);
    const sn_border_info *border = sn_border_find(request->from, request->to, &reversed);
    const kind *k = kind_of(request);
    memset(subject, 0, sizeof subject);
    memcpy(subject, request->from, strlen(request->from));
    if (border != NULL) {
        sn_border_name(border, subject);
    }
    if (http_status == 400 && n == 0) {
        return sn_error_set(err, SN_E_FORMAT,
                            "entsoe: the service refuses without a reason (HTTP 400)");
    }
    const sn_entsoe_query query = {
        .document = k->document,
        .process = k->process,
        .business = k->business,
        .from_eic = eic_of(is_back ? request->to : request->from),
        .to_eic = eic_of(is_back ? request->from : request->to),
        .subject = subject,
        .is_back = is_back,
        .window = request->window};
    sn_entsoe_answer got = {0};
    sn_status status = sn_parse_entsoe(bytes, n, &query, &answer->points, &got, err);
    if (status != SN_OK) {
        return status;
    }
    (void)sn_answer_whole(status, answer);
    if (got.kind == SN_ENTSOE_TOO_MUCH) {
        answer->kind = SN_ANSWER_TOO_MUCH;
        return SN_OK;
    }
    if (got.n_series >= SERIES_MAX && (k->document[1] == '6' && k->document[2] == '3')) {
        answer->kind = SN_ANSWER_TOO_MUCH; /* no pages: the rest is cut off */
        return SN_OK;
    }
    page_on(request, got.n_series, answer);
    return SN_OK;
}

const sn_fetch_source sn_source_entsoe = {
    .name = "entsoe",
    .base_url = "https://web-api.tp.entsoe.eu",
    .coverage = "prices, load, generation by type, flows, schedules, capacities, "
                "reservoirs and more of all areas, 2015 on",
    .licence = SN_LICENCE_LOCAL, /* A44 may belong to the exchanges */
    .attribution = "ENTSO-E Transparency Platform (values rearranged)",
    .limit_text = "400 requests a minute (theirs), 60 (ours); 100 series an answer",
    .verified = SN_VERIFIED_RECORDED,
    .key_env = {"ENTSOE_API_KEY", "ENTSOE_API_TOKEN", "ENTSOE_TOKEN",
                "ENTSOE_SECURITY_TOKEN"},
    .key_header = "SECURITY_TOKEN",
    .limit = {{.pace_s = 1.0, .burst = 5.0}},
    .ban_s = 600.0,
    .size_max = 64 * SN_BYTES_PER_MB,
    .reads_refusals = true,
    .seam = SN_SEAM_DAY_AHEAD,
    .settles_flows = true,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
