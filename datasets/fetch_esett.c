/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eSett Open Data: production, consumption and imbalance prices of all areas, a month
 * an answer. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "area.h"
#include "parse_esett.h"

enum { PRODUCTION, CONSUMPTION, PRICE };

static const sn_fetch_item items[] = {
    [PRODUCTION] = {.name = "generation",
                    .grid = SN_GRID_MONTH,
                    .settle_s = SN_DAYS_S(30)},
    [CONSUMPTION] = {.name = "load", .grid = SN_GRID_MONTH, .settle_s = SN_DAYS_S(30)},
    [PRICE] = {.name = "imbalance_price",
               .grid = SN_GRID_MONTH,
               .settle_s = SN_DAYS_S(30),
               .is_extra = true},
};
static const char *const paths[] = {[PRODUCTION] = "EXP16/Aggregate",
                                    [CONSUMPTION] = "EXP15/Aggregate",
                                    [PRICE] = "EXP14/Prices"};
static const sn_esett_table tables[] = {[PRODUCTION] = SN_ESETT_PRODUCTION,
                                        [CONSUMPTION] = SN_ESETT_CONSUMPTION,
                                        [PRICE] = SN_ESETT_PRICE};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    char text[SN_UTC_TEXT_SIZE];
    sn_status status = sn_strbuf_printf(url, err, "%s/%s?start=", base_url,
                                        paths[request->item - items]);
    if (status == SN_OK) {
        status = sn_url_encode(url, sn_utc_text(request->window.from, text), err);
    }
    if (status == SN_OK) {
        status = sn_strbuf_puts(url, ".000Z&end=", err);
    }
    if (status == SN_OK) {
        status = sn_url_encode(url, sn_utc_text(request->window.to, text), err);
    }
    if (status == SN_OK) {
        status = sn_strbuf_puts(url, ".000Z", err);
    }
    for (size_t i = 0; i < sn_area_count && status == SN_OK; i++) {
        const char *mba = sn_esett_mba(sn_areas[i].code);
        if (mba != NULL) {
            status = sn_strbuf_printf(url, err, "&mba=%s", mba);
        }
    }
    bool is_sum = request->item != &items[PRICE];
    return status == SN_OK && is_sum ? sn_strbuf_puts(url, "&resolution=hour", err)
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
    return sn_answer_whole(sn_parse_esett(bytes, n, tables[request->item - items],
                                          &request->window, &answer->points, err),
                           answer);
}

const sn_fetch_source sn_source_esett = {
    .name = "esett",
    .base_url = "https://api.opendata.esett.com",
    .coverage = "generation by type, load and imbalance prices, Nordic areas, 2017 on",
    .licence = SN_LICENCE_LOCAL,
    .attribution = "eSett Oy",
    .limit_text = "1 request a second (ours); about 100 000 rows an answer (theirs)",
    .limit = {{.pace_s = 1.0, .burst = 1.0}},
    .size_max = 64 * SN_BYTES_PER_MB,
    .is_default = true,
    .is_absent_fine = true,
    .seam = SN_SEAM_SETTLEMENT,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
