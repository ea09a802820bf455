/* SPDX-License-Identifier: GPL-3.0-or-later */
/* energy-charts.info (Fraunhofer ISE): a fallback.  Its terms differ by area and stand in
 * each answer, which is where the licence of the values comes from. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_prices.h"

static const char *const areas[] = {"SE1", "SE2", "SE3", "SE4",   "NO1", "NO2", "NO3",
                                    "NO4", "NO5", "DK1", "DK2",   "FI",  "EE",  "LV",
                                    "LT",  "PL",  "NL",  "DE-LU", NULL};

static const sn_fetch_item items[] = {
    {.name = "price",
     .grid = SN_GRID_YEAR,
     .subjects = SN_SUBJECTS_AREAS,
     .areas = areas,
     .settle_s = SN_DAYS_S(2)},
};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    char from[SN_UTC_TEXT_SIZE];
    char to[SN_UTC_TEXT_SIZE];
    /* An unknown parameter is passed over and gives Germany: it is "bzn". */
    return sn_strbuf_printf(url, err, "%s/price?bzn=%s&start=%.16sZ&end=%.16sZ", base_url,
                            request->from, sn_utc_text(request->window.from, from),
                            sn_utc_text(request->window.to, to));
}

static sn_status parse(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err)
{
    (void)http_status;
    return sn_answer_whole(
        sn_parse_energycharts(bytes, n, request->from, &request->window, &answer->points,
                              answer->licence, sizeof answer->licence, err),
        answer);
}

const sn_fetch_source sn_source_energycharts = {
    .name = "energycharts",
    .base_url = "https://api.energy-charts.info",
    .coverage = "day-ahead prices of all areas, about 2015 to tomorrow",
    .licence = "by area, in each answer: CC BY 4.0 or private use only",
    .attribution = "energy-charts.info (Fraunhofer ISE), Bundesnetzagentur | SMARD.de",
    .limit_text = "2 price requests a minute (theirs)",
    .limit = {{.pace_s = 31.0, .burst = 1.0}},
    .size_max = 32 * SN_BYTES_PER_MB,
    .is_absent_fine = true,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
