/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "book_ramp.h"

#include "base/instant.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct ramp_loader {
    const sn_order_book *book;
    const sn_book_links *ramps;
    sn_book_build *build;
    const double *loss_share;
    void *context;
    size_t border[SN_BOOK_LINKS_MAX];
    bool is_turned[SN_BOOK_LINKS_MAX]; /* in the first period */
} ramp_loader;

static int64_t distance_s(const sn_order_book *book, size_t t)
{
    return book->period[t + 1].start.utc_s - book->period[t].start.utc_s;
}

double sn_book_period_hours(const sn_order_book *book, size_t t)
{
    for (;; t--) {
        if (t + 1 < book->n_period && distance_s(book, t) <= SN_HOUR_S) {
            return (double)distance_s(book, t) / SN_HOUR_S;
        }
        if (t == 0 || distance_s(book, t - 1) > SN_HOUR_S) {
            return 1.0;
        }
    }
}

/* Borders of the links in a period; one that is not there, or runs the other way than in
 * the first one, is a fault. */
static sn_status
find_borders(ramp_loader *r, size_t t, const sn_network *network, sn_error *err)
{
    for (size_t k = 0; k < r->ramps->n; k++) {
        const sn_book_link *link = &r->ramps->link[k];
        size_t found = network->n_border;
        bool is_turned = false;
        for (size_t l = network->n_border; l-- > 0;) {
            const sn_border *b = &network->border[l];
            bool same = b->from == link->from && b->to == link->to;
            bool turned = b->from == link->to && b->to == link->from;
            found = same || turned ? l : found;
            is_turned = found == l ? turned : is_turned;
        }
        if (found == network->n_border || (t > 0 && is_turned != r->is_turned[k])) {
            return sn_error_set(err, SN_E_GAP,
                                "border %s-%s of --ramp in %s: no capacity, no price "
                                "abroad, or turned round; expected one as in the first "
                                "period",
                                r->book->area[link->from], r->book->area[link->to],
                                r->book->period[t].timestamp);
        }
        r->border[k] = found;
        r->is_turned[k] = is_turned;
    }
    return SN_OK;
}

/* Quantities are MWh of the period, so money needs no weight. */
static sn_status
load(void *context, unsigned worker, size_t t, sn_ramping_period *out, sn_error *err)
{
    (void)worker; /* one thread */
    ramp_loader *r = context;
    const sn_clearing_problem *problem = NULL;
    sn_status status = r->build(r->context, t, &problem, err);
    if (status == SN_OK) {
        status = find_borders(r, t, problem->network, err);
    }
    *out = (sn_ramping_period){problem, r->border, r->loss_share, 1.0,
                               1.0 / sn_book_period_hours(r->book, t)};
    return status;
}

static double limit_mw(const sn_order_book *book, const sn_book_link *link, size_t t)
{
    double hours = sn_book_period_hours(book, t);
    if (t == 0) {
        return isnan(link->initial_flow_mw) ? INFINITY : link->ramp_mw_per_h * hours;
    }
    double before = sn_book_period_hours(book, t - 1);
    double apart = (double)distance_s(book, t - 1) / SN_HOUR_S;
    bool is_gap = apart > 1.5 * before;
    return is_gap ? INFINITY : link->ramp_mw_per_h * 0.5 * (before + hours);
}

sn_status sn_book_ramp_solve(const sn_order_book *book,
                             const sn_book_links *ramps,
                             size_t n_border_max,
                             sn_book_build *build,
                             const double *loss_share,
                             void *context,
                             sn_book_ramp *out,
                             sn_error *err)
{
    size_t n = book->n_period;
    size_t n_link = ramps->n;
    size_t n_area = book->n_area;
    ramp_loader loader = {.book = book,
                          .ramps = ramps,
                          .build = build,
                          .loss_share = loss_share,
                          .context = context};
    *out = (sn_book_ramp){.n_border_max = n_border_max};
    out->numbers = calloc(n * (2 * n_area + n_border_max + 2 * n_link) + n_link + 1,
                          sizeof *out->numbers);
    out->result.outcome = calloc(n + 1, sizeof *out->result.outcome);
    if (out->numbers == NULL || out->result.outcome == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory clearing an order book");
    }
    out->result.price_eur_per_mwh = out->numbers;
    out->result.net_position_mw = out->result.price_eur_per_mwh + n * n_area;
    out->result.flow_mw = out->result.net_position_mw + n * n_area;
    out->result.ramp_price = out->result.flow_mw + n * n_border_max;
    double *limit = out->result.ramp_price + n * n_link;
    double *initial = limit + n * n_link;
    for (size_t i = 0; i < n * n_link; i++) {
        limit[i] = limit_mw(book, &ramps->link[i % n_link], i / n_link);
    }
    sn_ramping_period first;
    sn_status status = load(&loader, 0, 0, &first, err); /* which way the borders run */
    for (size_t k = 0; k < n_link; k++) {
        initial[k] = (loader.is_turned[k] ? -1.0 : 1.0) * ramps->link[k].initial_flow_mw;
    }
    const sn_ramping ramping = {.n_period = n,
                                .n_area = n_area,
                                .n_border_max = n_border_max,
                                .n_link = n_link,
                                .load = load,
                                .context = &loader,
                                .limit_mw = limit,
                                .initial_mw = initial};
    return status == SN_OK ? sn_ramping_solve(&ramping, &out->result, err) : status;
}

void sn_book_ramp_release(sn_book_ramp *ramp)
{
    free(ramp->numbers);
    free(ramp->result.outcome);
    *ramp = (sn_book_ramp){0};
}
