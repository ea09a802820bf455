/* SPDX-License-Identifier: GPL-3.0-or-later */
/* elprisetjustnu.se: one small file a local day and area. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_elprisetjustnu.h"

static const sn_fetch_item items[] = {
    {.name = "price",
     .grid = SN_GRID_LOCAL_DAY,
     .subjects = SN_SUBJECTS_AREAS,
     .areas = sn_swedish_areas,
     .first = {1667257200}, /* 2022-10-31T23:00Z */
     .settle_s = SN_DAYS_S(2)},
};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    sn_civil day = sn_instant_to_cet(request->window.from);
    return sn_strbuf_printf(url, err, "%s/api/v1/prices/%04d/%02d-%02d_%s.json", base_url,
                            (int)day.year, (int)day.month, (int)day.day, request->from);
}

static sn_status parse(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err)
{
    (void)http_status;
    return sn_answer_whole(sn_parse_elprisetjustnu(bytes, n, request->from,
                                                   &request->window, &answer->points,
                                                   err),
                           answer);
}

const sn_fetch_source sn_source_elprisetjustnu = {
    .name = "elprisetjustnu",
    .base_url = "https://www.elprisetjustnu.se",
    .coverage = "day-ahead prices SE1-SE4 from 2022-11-01 to tomorrow, day by day",
    .licence = SN_LICENCE_LOCAL,
    .attribution = "Elpriser tillhandahålls av Elpriset just nu.se",
    .limit_text = "1 request a second (ours)",
    .verified = SN_VERIFIED_RECORDED,
    .limit = {{.pace_s = 1.0, .burst = 4.0}},
    .size_max = 8 * SN_BYTES_PER_MB,
    .is_absent_fine = true,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
