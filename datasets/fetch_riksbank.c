/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sveriges riksbank (SWEA): the whole history of a rate in one answer. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_riksbank.h"

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
    return sn_strbuf_printf(url, err, "%s/swea/v1/Observations/SEKEURPMI/%s/%s", base_url,
                            sn_cet_date_text(request->window.from, from),
                            sn_cet_date_text(last, to));
}

const sn_fetch_source sn_source_riksbank = {
    .name = "riksbank",
    .base_url = "https://api.riksbank.se",
    .coverage = "SEK per EUR, banking days, 1999 on",
    .licence = SN_LICENCE_CC_BY,
    .attribution = "Sveriges riksbank",
    .limit_text = "5 requests a minute, 1 000 a day (theirs)",
    .limit = {{.pace_s = 13.0, .burst = 1.0}, {.pace_s = 100.0, .burst = 500.0}},
    .size_max = 8 * SN_BYTES_PER_MB,
    .is_default = true,
    .is_absent_fine = true,
    .fallback = "ecb",
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse_points = sn_parse_riksbank,
};
