/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Svenska kraftnät's open data (CKAN): pages of 32 000 rows, sorted by time. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "area.h"
#include "parse_svk.h"

#include <string.h>

enum { PRICE, FLOW, PAGE_ROWS = 32000 };

static const char *const resources[] = {[PRICE] = "cf392ef3-7345-4e98-970e-83088c185570",
                                        [FLOW] = "4aa94b88-9f42-4f0a-a6a8-8e47aadc782a"};

static const sn_fetch_item items[] = {
    [PRICE] = {.name = "price",
               .grid = SN_GRID_MONTH,
               .end = {1782856800}, /* 2026-06-30T22:00Z, says the page */
               .settle_s = SN_DAYS_S(2)},
    [FLOW] = {.name = "flow", .grid = SN_GRID_MONTH, .settle_s = SN_DAYS_S(7)},
};

static sn_svk_table table_of(const sn_fetch_request *request)
{
    return request->item == &items[PRICE] ? SN_SVK_PRICE : SN_SVK_FLOW;
}

static sn_status
put_filter(const sn_fetch_request *request, sn_strbuf *out, sn_error *err)
{
    char from[SN_UTC_TEXT_SIZE];
    char to[SN_UTC_TEXT_SIZE];
    sn_status status = sn_strbuf_puts(out, "{", err);
    for (size_t i = 0;
         table_of(request) == SN_SVK_PRICE && i < sn_area_count && status == SN_OK; i++) {
        const char *code = sn_areas[i].code;
        status =
            sn_strbuf_printf(out, err, "%s\"%s\"%s", i == 0 ? "\"bidding_zone\":[" : ",",
                             strcmp(code, "DE-LU") == 0 ? "DELU" : code,
                             i + 1 == sn_area_count ? "]," : "");
    }
    return status != SN_OK
               ? status
               : sn_strbuf_printf(out, err,
                                  "\"start_time_utc\":{\"gte\":\"%s\",\"lt\":\"%s\"}}",
                                  sn_utc_text(request->window.from, from),
                                  sn_utc_text(request->window.to, to));
}

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    sn_strbuf filter;
    sn_strbuf_init(&filter, 4096);
    sn_status status = put_filter(request, &filter, err);
    if (status == SN_OK) {
        status = sn_strbuf_printf(
            url, err,
            "%s/api/3/action/datastore_search?resource_id=%s&limit=%d&offset=%zu"
            "&sort=start_time_utc%%20asc%%2C_id%%20asc&filters=",
            base_url, resources[request->item - items], (int)PAGE_ROWS, request->offset);
    }
    if (status == SN_OK) {
        status = sn_url_encode(url, filter.data, err);
    }
    sn_strbuf_release(&filter);
    return status;
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
    sn_status status =
        sn_parse_svk(bytes, n, table_of(request), &request->window, set, err);
    if (status != SN_OK) {
        return status;
    }
    answer->total = set->total;
    if (request->offset + set->n_row >= set->total) {
        return sn_answer_whole(status, answer);
    }
    /* The next page begins with the hour that this one may have cut. */
    answer->kind = SN_ANSWER_MORE;
    answer->next_offset = request->offset + set->n_row - set->n_row_last_hour;
    sn_points_drop_last_hour(set);
    if (answer->next_offset <= request->offset) {
        return sn_error_set(err, SN_E_FORMAT,
                            "svk: the pages end after %zu of %zu rows; run the same "
                            "command again",
                            request->offset + set->n_row, set->total);
    }
    return SN_OK;
}

const sn_fetch_source sn_source_svk = {
    .name = "svk",
    .base_url = "https://data.svk.se",
    .coverage = "day-ahead prices 2020-10 to 2026-06 (Sweden and neighbours), measured "
                "flows on Swedish borders",
    .licence = SN_LICENCE_CC_BY,
    .attribution = "Svenska kraftnät, data.svk.se",
    .limit_text = "1 request a second (ours)",
    .limit = {{.pace_s = 1.0, .burst = 1.0}},
    .size_max = 64 * SN_BYTES_PER_MB,
    .is_default = true,
    .seam = SN_SEAM_DAY_AHEAD,
    .settles_flows = true,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
