/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elering's dashboard: day-ahead prices of the Baltic countries and Finland. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_prices.h"

static const sn_fetch_item items[] = {
    {.name = "price", .grid = SN_GRID_MONTH, .settle_s = SN_DAYS_S(2)},
};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    char from[SN_UTC_TEXT_SIZE];
    char to[SN_UTC_TEXT_SIZE];
    sn_instant last = {request->window.to.utc_s - 1}; /* the end is included */
    return sn_strbuf_printf(url, err, "%s/api/nps/price?start=%.19s.000Z&end=%.19s.999Z",
                            base_url, sn_utc_text(request->window.from, from),
                            sn_utc_text(last, to));
}

const sn_fetch_source sn_source_elering = {
    .name = "elering",
    .base_url = "https://dashboard.elering.ee",
    .coverage = "day-ahead prices EE, FI, LV, LT to tomorrow",
    .licence = SN_LICENCE_LOCAL,
    .attribution = "Elering AS",
    .limit_text = "1 request a second (ours)",
    .verified = SN_VERIFIED_RECORDED,
    .limit = {{.pace_s = 1.0, .burst = 1.0}},
    .size_max = 16 * SN_BYTES_PER_MB,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse_points = sn_parse_elering,
};
