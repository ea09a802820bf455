/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phi (M-2) is the logistic at 15 nodes, linear between them, 0 below the first and
 * 1 above the last: 14 segments, symmetric about the water value.  The nodes lie
 * closer where the logistic bends.  The response of a period is
 *
 *     H(p) = limit(H_obs + range (phi(p - delta) - phi(p_obs)), Hmin, Hmax)
 *
 * so that delta = 0 and p = p_obs give H_obs whatever the curve.
 */
#include "hydro.h"

#include <string.h>

enum { NODE_COUNT = 15 };

static const double node_u[NODE_COUNT] = {-7.0, -4.6, -3.4, -2.5, -1.8, -1.2, -0.6, 0.0,
                                          0.6,  1.2,  1.8,  2.5,  3.4,  4.6,  7.0};
/* 1 / (1 + exp(-u)), ends set to 0 and 1. */
static const double node_phi[NODE_COUNT] = {
    0.0,
    0.00995180186690433,
    0.03229546469845052,
    0.07585818002124355,
    0.14185106490048777,
    0.23147521650098232,
    0.35434369377420455,
    0.5,
    0.64565630622579545,
    0.76852478349901768,
    0.85814893509951223,
    0.92414181997875645,
    0.96770453530154948,
    0.99004819813309567,
    1.0,
};

static double phi(double u, double *slope_out)
{
    *slope_out = 0.0;
    if (u <= node_u[0]) {
        return 0.0;
    }
    if (u >= node_u[NODE_COUNT - 1]) {
        return 1.0;
    }
    size_t k = 0; /* counted, not searched: which it is cannot be foretold */
    for (size_t i = 1; i + 1 < NODE_COUNT; i++) {
        k += u >= node_u[i] ? 1 : 0;
    }
    *slope_out = (node_phi[k + 1] - node_phi[k]) / (node_u[k + 1] - node_u[k]);
    return node_phi[k] + *slope_out * (u - node_u[k]);
}

sn_hydro_period sn_hydro_period_of(const sn_hydro *hydro,
                                   double centre_eur_per_mwh,
                                   double shift_eur_per_mwh,
                                   double observed_mw,
                                   double observed_eur_per_mwh)
{
    sn_hydro_period q = {hydro,       centre_eur_per_mwh,   shift_eur_per_mwh,
                         observed_mw, observed_eur_per_mwh, observed_mw};
    if (hydro->spread_eur_per_mwh > 0.0) {
        double slope;
        double u =
            (observed_eur_per_mwh - centre_eur_per_mwh) / hydro->spread_eur_per_mwh;
        q.floor_mw -= (hydro->max_mw - hydro->min_mw) * phi(u, &slope);
    }
    return q;
}

double sn_hydro_at(const sn_hydro_period *q, double price_eur_per_mwh, double *slope_out)
{
    const sn_hydro *h = q->hydro;
    *slope_out = 0.0;
    if (!(h->spread_eur_per_mwh > 0.0) ||
        (q->shift_eur_per_mwh == 0.0 && price_eur_per_mwh == q->observed_eur_per_mwh)) {
        double slope = 0.0;
        if (h->spread_eur_per_mwh > 0.0) {
            phi((price_eur_per_mwh - q->centre_eur_per_mwh) / h->spread_eur_per_mwh,
                &slope);
            *slope_out = slope * (h->max_mw - h->min_mw) / h->spread_eur_per_mwh;
        }
        return q->observed_mw;
    }
    double slope;
    double range = h->max_mw - h->min_mw;
    double u = (price_eur_per_mwh - q->shift_eur_per_mwh - q->centre_eur_per_mwh) /
               h->spread_eur_per_mwh;
    double power = q->floor_mw + range * phi(u, &slope);
    if (power <= h->min_mw) {
        return h->min_mw;
    }
    if (power >= h->max_mw) {
        return h->max_mw;
    }
    *slope_out = slope * range / h->spread_eur_per_mwh;
    return power;
}

/* Where the segment that ends in node k crosses a limit. */
static double crossing_eur_per_mwh(const sn_hydro_period *q,
                                   const double *node_mw,
                                   size_t k,
                                   double limit_mw)
{
    double share = (limit_mw - node_mw[k - 1]) / (node_mw[k] - node_mw[k - 1]);
    double u = node_u[k - 1] + (node_u[k] - node_u[k - 1]) * share;
    return q->centre_eur_per_mwh + q->shift_eur_per_mwh +
           q->hydro->spread_eur_per_mwh * u;
}

/* Breakpoints first .. last, and the power there. */
typedef struct sn_bends {
    size_t first;
    size_t end; /* one after the last; 0: there are none */
    double price_eur_per_mwh[NODE_COUNT];
    double power_mw[NODE_COUNT];
} sn_bends;

/* Beyond a limit the response is flat: none. */
static void find_bends(const sn_hydro_period *q, sn_bends *b)
{
    const sn_hydro h = *q->hydro;
    double range = h.max_mw - h.min_mw;
    double centre = q->centre_eur_per_mwh + q->shift_eur_per_mwh;
    double floor_mw = q->floor_mw;
    double node_mw[NODE_COUNT];
    for (size_t k = 0; k < NODE_COUNT; k++) {
        node_mw[k] = floor_mw + range * node_phi[k];
        b->price_eur_per_mwh[k] = centre + h.spread_eur_per_mwh * node_u[k];
    }
    memcpy(b->power_mw, node_mw, sizeof node_mw);
    size_t first = 0;
    size_t last = NODE_COUNT - 1;
    b->first = b->end = 0;
    if (!(h.spread_eur_per_mwh > 0.0) || node_mw[last] <= h.min_mw ||
        node_mw[0] >= h.max_mw) {
        return;
    }
    while (node_mw[first + 1] <= h.min_mw) {
        first++;
    }
    while (node_mw[last - 1] >= h.max_mw) {
        last--;
    }
    b->first = first;
    b->end = last + 1;
    if (node_mw[first] < h.min_mw) {
        b->price_eur_per_mwh[first] =
            crossing_eur_per_mwh(q, node_mw, first + 1, h.min_mw);
        b->power_mw[first] = h.min_mw;
    }
    if (node_mw[last] > h.max_mw) {
        b->price_eur_per_mwh[last] = crossing_eur_per_mwh(q, node_mw, last, h.max_mw);
        b->power_mw[last] = h.max_mw;
    }
}

size_t sn_hydro_breakpoints(const sn_hydro_period *q,
                            double price_eur_per_mwh[SN_HYDRO_POINTS])
{
    sn_bends b;
    find_bends(q, &b);
    memcpy(price_eur_per_mwh, b.price_eur_per_mwh + b.first,
           (b.end - b.first) * sizeof *price_eur_per_mwh);
    return b.end - b.first;
}

size_t sn_hydro_curve(const sn_hydro_period *q,
                      double from_eur_per_mwh,
                      double to_eur_per_mwh,
                      double price_eur_per_mwh[SN_HYDRO_POINTS],
                      double power_mw[SN_HYDRO_POINTS])
{
    sn_bends b;
    double slope;
    double last_eur_per_mwh = from_eur_per_mwh;
    double last_mw = sn_hydro_at(q, from_eur_per_mwh, &slope);
    size_t n = 0;
    find_bends(q, &b);
    price_eur_per_mwh[n] = last_eur_per_mwh;
    power_mw[n++] = last_mw;
    for (size_t k = b.first; k < b.end; k++) {
        double price = b.price_eur_per_mwh[k];
        if (price > last_eur_per_mwh && price < to_eur_per_mwh) {
            last_eur_per_mwh = price;
            last_mw = b.power_mw[k] > last_mw ? b.power_mw[k] : last_mw;
            price_eur_per_mwh[n] = last_eur_per_mwh;
            power_mw[n++] = last_mw;
        }
    }
    price_eur_per_mwh[n] = to_eur_per_mwh;
    double end_mw = sn_hydro_at(q, to_eur_per_mwh, &slope);
    power_mw[n] = end_mw > last_mw ? end_mw : last_mw;
    return n + 1;
}
