/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fingrid's open data: the series in quarter-hours.  Those of three minutes, and the
 * transmission towards Sweden whose numbers and sign are not documented, are left out. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_nordic.h"

enum { PAGE_ROWS = 20000 };

static const struct {
    long dataset;
    sn_quantity quantity;
} sets[] = {
    {74, SN_GENERATION},     {124, SN_LOAD},           {75, SN_WIND},
    {245, SN_WIND_FORECAST}, {248, SN_SOLAR_FORECAST}, {319, SN_PRICE_IMBALANCE},
};

#define BY_MONTH .grid = SN_GRID_MONTH, .settle_s = SN_DAYS_S(30)

static const sn_fetch_item items[] = {
    {.name = "generation", BY_MONTH},
    {.name = "load", BY_MONTH},
    {.name = "wind", BY_MONTH},
    {.name = "wind_forecast", BY_MONTH, .is_extra = true},
    {.name = "solar_forecast", BY_MONTH, .is_extra = true},
    {.name = "imbalance_price", BY_MONTH, .is_extra = true},
};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    char from[SN_UTC_TEXT_SIZE];
    char to[SN_UTC_TEXT_SIZE];
    return sn_strbuf_printf(
        url, err,
        "%s/api/datasets/%ld/data?startTime=%.19sZ&endTime=%.19sZ&format=json&page=%zu"
        "&pageSize=%d&sortBy=startTime&sortOrder=asc",
        base_url, sets[request->item - items].dataset,
        sn_utc_text(request->window.from, from), sn_utc_text(request->window.to, to),
        request->offset / PAGE_ROWS + 1, (int)PAGE_ROWS);
}

static sn_status parse(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err)
{
    (void)http_status;
    sn_point_set *set = &answer->points;
    size_t i = (size_t)(request->item - items);
    sn_status status = sn_parse_fingrid(bytes, n, sets[i].dataset, sets[i].quantity,
                                        &request->window, set, err);
    if (status != SN_OK) {
        return status;
    }
    (void)sn_answer_whole(status, answer);
    answer->total = set->total;
    if (request->offset + set->n_row < set->total) {
        if (set->n_row != PAGE_ROWS) {
            return sn_error_set(err, SN_E_FORMAT,
                                "fingrid: a page of %zu rows, expected %d of %zu",
                                set->n_row, (int)PAGE_ROWS, set->total);
        }
        answer->kind = SN_ANSWER_MORE;
        answer->next_offset = request->offset + PAGE_ROWS;
    }
    return SN_OK;
}

const sn_fetch_source sn_source_fingrid = {
    .name = "fingrid",
    .base_url = "https://data.fingrid.fi",
    .coverage = "generation, load, wind and forecasts of FI in quarter-hours",
    .licence = SN_LICENCE_CC_BY,
    .attribution = "Fingrid / data.fingrid.fi",
    .limit_text = "10 requests a minute (theirs)",
    .key_env = {"FINGRID_API_KEY"},
    .key_header = "x-api-key",
    .limit = {{.pace_s = 6.5, .burst = 1.0}},
    .size_max = 32 * SN_BYTES_PER_MB,
    .seam = SN_SEAM_SETTLEMENT,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
