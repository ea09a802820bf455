/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The European Central Bank's reference rate, where the Riksbank fails. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_nordic.h"

static const sn_fetch_item items[] = {
    {.name = "fx", .grid = SN_GRID_DECADE, .settle_s = SN_DAYS_S(3)},
};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    char from[SN_UTC_TEXT_SIZE];
    char to[SN_UTC_TEXT_SIZE];
    sn_instant last = {request->window.to.utc_s - 1};
    return sn_strbuf_printf(
        url, err,
        "%s/service/data/EXR/D.SEK.EUR.SP00.A?startPeriod=%s&endPeriod"
        "=%s&format=csvdata&detail=dataonly",
        base_url, sn_cet_date_text(request->window.from, from),
        sn_cet_date_text(last, to));
}

const sn_fetch_source sn_source_ecb = {
    .name = "ecb",
    .base_url = "https://data-api.ecb.europa.eu",
    .coverage = "SEK per EUR, banking days, 1999 on; stands in for riksbank",
    .licence = "reuse with source",
    .attribution = "European Central Bank",
    .limit_text = "1 request a second (ours)",
    .limit = {{.pace_s = 1.0, .burst = 1.0}},
    .size_max = 8 * SN_BYTES_PER_MB,
    .is_absent_fine = true,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse_points = sn_parse_ecb,
};
