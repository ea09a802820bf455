/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics Sweden, PxWeb API 2.  Use by municipality lags two years; a year that is not
 * there yet is refused by the service in its own words. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_scb.h"

enum { AREA_MONTH, MUNICIPALITY };

static const sn_fetch_item items[] = {
    [AREA_MONTH] = {.name = "area_month",
                    .grid = SN_GRID_YEAR,
                    .first = {1609455600}, /* 2020-12-31T23:00Z */
                    .settle_s = SN_DAYS_S(120)},
    [MUNICIPALITY] = {.name = "municipality",
                      .grid = SN_GRID_YEAR,
                      .first = {1230764400}, /* 2008-12-31T23:00Z */
                      .settle_s = SN_DAYS_S(900),
                      .is_extra = true},
};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    int year = (int)sn_instant_to_cet(request->window.from).year;
    if (request->item == &items[AREA_MONTH]) {
        return sn_strbuf_printf(
            url, err,
            "%s/api/v2/tables/TAB78/data?lang=en&outputFormat=json-stat2"
            "&valueCodes%%5BProdAnv%%5D=*&valueCodes%%5BElomrade%%5D=*"
            "&valueCodes%%5BTid%%5D=%dM*",
            base_url, year);
    }
    return sn_strbuf_printf(
        url, err,
        "%s/api/v2/tables/TAB3654/data?lang=sv&outputFormat=json-stat2"
        "&codelist%%5BRegion%%5D=vs_RegionKommun07&valueCodes%%5BRegion%%5D=*"
        "&valueCodes%%5BForbrukningskategri%%5D=*&valueCodes%%5BBransle%%5D=16"
        "&valueCodes%%5BContentsCode%%5D=EN0203AE&valueCodes%%5BTid%%5D=%d",
        base_url, year);
}

static sn_status parse(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err)
{
    (void)http_status;
    sn_scb_table table = request->item == &items[AREA_MONTH] ? SN_SCB_AREA_MONTH
                                                             : SN_SCB_MUNICIPALITY_YEAR;
    return sn_answer_whole(
        sn_parse_scb(bytes, n, table, &request->window, &answer->points, err), answer);
}

const sn_fetch_source sn_source_scb = {
    .name = "scb",
    .base_url = "https://statistikdatabasen.scb.se",
    .coverage =
        "generation and use of SE1-SE4 by month, 2021 on; use by municipality and "
        "sector, 2009 to two years ago",
    .licence = "CC0-1.0",
    .attribution = "Statistics Sweden (SCB)",
    .limit_text = "30 requests in 10 s, 150 000 cells an answer (theirs)",
    .limit = {{.pace_s = 0.5, .burst = 2.0}},
    .size_max = 32 * SN_BYTES_PER_MB,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
