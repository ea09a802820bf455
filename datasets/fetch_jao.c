/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JAO's publication tool, Nordic region: capacities as series; the flow-based domain and
 * its shadow prices as tables, kept as received for sn_parse_jao_domain(). */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_jao.h"

enum { EXCHANGES, DOMAIN, SHADOW_PRICE, ROWS_MAX = 99999 };

static const sn_fetch_item items[] = {
    [EXCHANGES] = {.name = "capacity",
                   .grid = SN_GRID_UTC_DAY,
                   .first = SN_FLOW_BASED_START,
                   .settle_s = SN_DAYS_S(2)},
    [DOMAIN] = {.name = "domain",
                .grid = SN_GRID_UTC_DAY,
                .first = SN_FLOW_BASED_START,
                .settle_s = SN_DAYS_S(2),
                .is_extra = true,
                .is_table = true},
    [SHADOW_PRICE] = {.name = "shadow_price",
                      .grid = SN_GRID_UTC_DAY,
                      .first = SN_FLOW_BASED_START,
                      .settle_s = SN_DAYS_S(2),
                      .is_extra = true,
                      .is_table = true},
};
static const char *const paths[] = {[EXCHANGES] = "maxExchanges",
                                    [DOMAIN] = "finalComputation",
                                    [SHADOW_PRICE] = "fbDomainShadowPrice"};

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    char from[SN_UTC_TEXT_SIZE];
    char to[SN_UTC_TEXT_SIZE];
    sn_status status = sn_strbuf_printf(
        url, err, "%s/nordic/api/data/%s?FromUtc=%.19s.000Z&ToUtc=%.19s.000Z", base_url,
        paths[request->item - items], sn_utc_text(request->window.from, from),
        sn_utc_text(request->window.to, to));
    /* Without the filter an hour holds tens of thousands of rows. */
    return status == SN_OK && request->item->is_table
               ? sn_strbuf_printf(
                     url, err,
                     "&Skip=0&Take=%d&Filter=%%7B%%22NonRedundant%%22%%3Atrue"
                     "%%7D",
                     (int)ROWS_MAX)
               : status;
}

static sn_status
check_table(const void *bytes, size_t n, sn_answer *answer, sn_error *err)
{
    sn_jao_domain domain;
    sn_status status = sn_parse_jao_domain(bytes, n, &domain, err);
    answer->kind = domain.n_limit > 0 ? SN_ANSWER_DATA : SN_ANSWER_NONE;
    if (status == SN_OK && domain.total > domain.n_limit) {
        answer->kind = SN_ANSWER_TOO_MUCH;
    }
    sn_jao_domain_release(&domain);
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
    if (request->item->is_table) {
        return check_table(bytes, n, answer, err);
    }
    return sn_answer_whole(
        sn_parse_jao_exchanges(bytes, n, &request->window, &answer->points, err), answer);
}

const sn_fetch_source sn_source_jao = {
    .name = "jao",
    .base_url = "https://publicationtool.jao.eu",
    .coverage = "most each border could carry, flow-based domain (PTDF, RAM), shadow "
                "prices, from 2024-10-30 to tomorrow",
    .licence = SN_LICENCE_LOCAL,
    .attribution = "JAO",
    .limit_text = "100 requests a minute (theirs), 60 (ours); 2 days an answer",
    .verified = SN_VERIFIED_RECORDED,
    .limit = {{.pace_s = 1.0, .burst = 1.0}},
    .ban_s = 60.0,
    .size_max = 64 * SN_BYTES_PER_MB,
    .too_much_status = 400,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
