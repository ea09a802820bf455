/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Energinet's Energi Data Service: one data set ends where the other begins, and each may
 * be asked once a minute: a year an answer. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_prices.h"

enum { ELSPOT, DAY_AHEAD };

static const sn_fetch_item items[] = {
    [ELSPOT] = {.name = "elspot",
                .grid = SN_GRID_YEAR,
                .end = SN_SEAM_DAY_AHEAD,
                .settle_s = SN_DAYS_S(2)},
    [DAY_AHEAD] = {.name = "day_ahead",
                   .grid = SN_GRID_YEAR,
                   .first = SN_SEAM_DAY_AHEAD,
                   .settle_s = SN_DAYS_S(2)},
};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    bool is_elspot = request->item == &items[ELSPOT];
    char from[SN_UTC_TEXT_SIZE];
    char to[SN_UTC_TEXT_SIZE];
    sn_status status = sn_strbuf_printf(
        url, err,
        "%s/dataset/%s?start=%.16s&end=%.16s&timezone=UTC&limit=0&sort=%s%%20asc"
        "&filter=",
        base_url, is_elspot ? "Elspotprices" : "DayAheadPrices",
        sn_utc_text(request->window.from, from), sn_utc_text(request->window.to, to),
        is_elspot ? "HourUTC" : "TimeUTC");
    return status == SN_OK
               ? sn_url_encode(url,
                               "{\"PriceArea\":[\"SE3\",\"SE4\",\"DK1\",\"DK2\",\"NO2\","
                               "\"DE\"]}",
                               err)
               : status;
}

static sn_status parse(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err)
{
    (void)http_status;
    sn_eds_table table =
        request->item == &items[ELSPOT] ? SN_EDS_ELSPOT : SN_EDS_DAY_AHEAD;
    return sn_answer_whole(
        sn_parse_eds(bytes, n, table, &request->window, &answer->points, err), answer);
}

const sn_fetch_source sn_source_energidataservice = {
    .name = "energidataservice",
    .base_url = "https://api.energidataservice.dk",
    .coverage = "day-ahead prices SE3, SE4, DK1, DK2, NO2, DE-LU, 2000 to tomorrow",
    .licence = SN_LICENCE_CC_BY,
    .attribution = "Energinet (www.energidataservice.dk)",
    .limit_text = "1 request a minute and data set (theirs)",
    .limit = {{.pace_s = 61.0, .burst = 1.0}},
    .limit_per_item = true,
    .size_max = 128 * SN_BYTES_PER_MB,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
