/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NVE: the whole history of the Norwegian reservoirs in one answer. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_nordic.h"

static const sn_fetch_item items[] = {
    {.name = "reservoir", .grid = SN_GRID_DECADE, .settle_s = SN_DAYS_S(28)},
};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    (void)request;
    return sn_strbuf_printf(
        url, err, "%s/magasinstatistikk/api/Magasinstatistikk/HentOffentligData",
        base_url);
}

static sn_status parse(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err)
{
    (void)http_status;
    sn_status status = sn_answer_whole(
        sn_parse_nve(bytes, n, &request->window, &answer->points, err), answer);
    answer->points.n_outside = 0; /* of other decades, as always */
    return status;
}

const sn_fetch_source sn_source_nve = {
    .name = "nve",
    .base_url = "https://biapi.nve.no",
    .coverage = "reservoirs NO1-NO5 by week, 1995 on",
    .licence = "NLOD",
    .attribution = "Kilde: NVE",
    .limit_text = "1 request a second (ours)",
    .limit = {{.pace_s = 1.0, .burst = 1.0}},
    .size_max = 64 * SN_BYTES_PER_MB,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
