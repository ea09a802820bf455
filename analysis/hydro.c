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

#include <math.h>

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

/* Power before the limits at phi = 0, so that power = this + range * phi. */
static double floor_mw(const sn_hydro_period *q)
{
    double slope;
    const sn_hydro *h = q->hydro;
    double u = (q->observed_eur_per_mwh - q->centre_eur_per_mwh) / h->spread_eur_per_mwh;
    return q->observed_mw - (h->max_mw - h->min_mw) * phi(u, &slope);
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
    double power = floor_mw(q) + range * phi(u, &slope);
    if (power <= h->min_mw) {
        return h->min_mw;
    }
    if (power >= h->max_mw) {
        return h->max_mw;
    }
    *slope_out = slope * range / h->spread_eur_per_mwh;
    return power;
}

/* Where a limit cuts the segment from node k, its price goes to the list. */
static size_t add_crossing(const sn_hydro_period *q,
                           double from_mw,
                           double limit_mw,
                           size_t k,
                           double *price_eur_per_mwh)
{
    const sn_hydro *h = q->hydro;
    double range = h->max_mw - h->min_mw;
    double left = from_mw + range * node_phi[k];
    double right = from_mw + range * node_phi[k + 1];
    if (!(left < limit_mw && limit_mw < right)) {
        return 0;
    }
    double u =
        node_u[k] + (node_u[k + 1] - node_u[k]) * (limit_mw - left) / (right - left);
    *price_eur_per_mwh =
        q->centre_eur_per_mwh + q->shift_eur_per_mwh + h->spread_eur_per_mwh * u;
    return 1;
}

size_t sn_hydro_breakpoints(const sn_hydro_period *q,
                            double price_eur_per_mwh[SN_HYDRO_POINTS])
{
    const sn_hydro *h = q->hydro;
    if (!(h->spread_eur_per_mwh > 0.0)) {
        return 0;
    }
    double from = floor_mw(q);
    double centre = q->centre_eur_per_mwh + q->shift_eur_per_mwh;
    size_t n = 0;
    for (size_t k = 0; k < NODE_COUNT; k++) {
        price_eur_per_mwh[n++] = centre + h->spread_eur_per_mwh * node_u[k];
        if (k + 1 < NODE_COUNT) {
            n += add_crossing(q, from, h->min_mw, k, &price_eur_per_mwh[n]);
            n += add_crossing(q, from, h->max_mw, k, &price_eur_per_mwh[n]);
        }
    }
    return n;
}
