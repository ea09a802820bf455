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
    size_t k = u >= 0.0 ? NODE_COUNT / 2 : 0;
    while (u >= node_u[k + 1]) {
        k++;
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

/* Breakpoints, and the power there.  Beyond a limit the response is flat: none. */
static size_t
bends_of(const sn_hydro_period *q, double *price_eur_per_mwh, double *power_mw)
{
    const sn_hydro *h = q->hydro;
    double node_mw[NODE_COUNT];
    double range = h->max_mw - h->min_mw;
    double centre = q->centre_eur_per_mwh + q->shift_eur_per_mwh;
    for (size_t k = 0; k < NODE_COUNT; k++) {
        node_mw[k] = q->floor_mw + range * node_phi[k];
    }
    size_t first = 0;
    size_t last = NODE_COUNT - 1;
    if (!(h->spread_eur_per_mwh > 0.0) || node_mw[last] <= h->min_mw ||
        node_mw[0] >= h->max_mw) {
        return 0;
    }
    while (node_mw[first + 1] <= h->min_mw) {
        first++;
    }
    while (node_mw[last - 1] >= h->max_mw) {
        last--;
    }
    size_t n = 0;
    for (size_t k = first; k <= last; k++) {
        price_eur_per_mwh[n] = centre + h->spread_eur_per_mwh * node_u[k];
        power_mw[n++] = node_mw[k];
    }
    if (node_mw[first] < h->min_mw) {
        price_eur_per_mwh[0] = crossing_eur_per_mwh(q, node_mw, first + 1, h->min_mw);
        power_mw[0] = h->min_mw;
    }
    if (node_mw[last] > h->max_mw) {
        price_eur_per_mwh[n - 1] = crossing_eur_per_mwh(q, node_mw, last, h->max_mw);
        power_mw[n - 1] = h->max_mw;
    }
    return n;
}

size_t sn_hydro_breakpoints(const sn_hydro_period *q,
                            double price_eur_per_mwh[SN_HYDRO_POINTS])
{
    double power_mw[SN_HYDRO_POINTS];
    return bends_of(q, price_eur_per_mwh, power_mw);
}

size_t sn_hydro_curve(const sn_hydro_period *q,
                      double from_eur_per_mwh,
                      double to_eur_per_mwh,
                      double price_eur_per_mwh[SN_HYDRO_POINTS],
                      double power_mw[SN_HYDRO_POINTS])
{
    double price[SN_HYDRO_POINTS];
    double power[SN_HYDRO_POINTS];
    size_t n_bend = bends_of(q, price, power);
    size_t n = 0;
    double slope;
    price_eur_per_mwh[n] = from_eur_per_mwh;
    power_mw[n++] = sn_hydro_at(q, from_eur_per_mwh, &slope);
    for (size_t k = 0; k < n_bend; k++) {
        if (price[k] > price_eur_per_mwh[n - 1] && price[k] < to_eur_per_mwh) {
            price_eur_per_mwh[n] = price[k];
            power_mw[n] = power[k] > power_mw[n - 1] ? power[k] : power_mw[n - 1];
            n++;
        }
    }
    price_eur_per_mwh[n] = to_eur_per_mwh;
    double end_mw = sn_hydro_at(q, to_eur_per_mwh, &slope);
    power_mw[n] = end_mw > power_mw[n - 1] ? end_mw : power_mw[n - 1];
    return n + 1;
}
