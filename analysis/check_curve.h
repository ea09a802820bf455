/* SPDX-License-Identifier: GPL-3.0-or-later */
/** How far an area's quantity is from its curve at its price; shared by the checks of
 * both ways of clearing, and with nobody else. */
#ifndef SN_CHECK_CURVE_H
#define SN_CHECK_CURVE_H

#include "curve.h"

#include <math.h>

/* Number of points below p; without branches that depend on the data, so that the
 * searches of many areas, one after the other, overlap. */
static inline size_t check_count_below(const sn_curve *c, double p)
{
    const double *base = c->price_eur_per_mwh;
    for (size_t left = c->n; left > 0;) {
        size_t half = (left + 1) / 2;
        base += half & -(size_t)(base[half - 1] < p);
        left -= half;
    }
    return (size_t)(base - c->price_eur_per_mwh);
}

/* Net supply just below and just above price p, with n_below points under it. */
static inline void
check_supply_range(const sn_curve *c, size_t n_below, double p, double *low, double *high)
{
    const double *q = c->quantity_mw;
    if (n_below == c->n) {
        *low = *high = q[c->n - 1];
    } else if (c->price_eur_per_mwh[n_below] <= p) {
        size_t above = n_below;
        while (above < c->n && c->price_eur_per_mwh[above] <= p) {
            above++;
        }
        *low = q[n_below];
        *high = q[above - 1];
    } else if (n_below == 0) {
        *low = *high = q[0];
    } else {
        double p0 = c->price_eur_per_mwh[n_below - 1];
        double p1 = c->price_eur_per_mwh[n_below];
        *low = *high =
            q[n_below - 1] + (q[n_below] - q[n_below - 1]) * ((p - p0) / (p1 - p0));
    }
}

/* Between curve and price p, from quantity `from` at p up to n (EUR/h). */
static inline double check_gap_above(const sn_curve *c,
                                     size_t k,
                                     double p,
                                     double from,
                                     double n,
                                     double p_max)
{
    double sum = 0.0;
    double p_from = p;
    for (; k < c->n && from < n; k++) {
        double q = c->quantity_mw[k];
        double pk = c->price_eur_per_mwh[k];
        if (q > from) {
            double reach = fmin(n, q);
            double p_reach = p_from + (pk - p_from) * ((reach - from) / (q - from));
            sum += (reach - from) * (0.5 * (p_from + p_reach) - p);
            from = reach;
        }
        p_from = pk > p ? pk : p;
    }
    return from < n ? sum + (n - from) * (p_max - p) : sum;
}

/* The same down to n; k: the first point at or above p. */
static inline double check_gap_below(const sn_curve *c,
                                     size_t k,
                                     double p,
                                     double from,
                                     double n,
                                     double p_min)
{
    double sum = 0.0;
    double p_from = p;
    for (; k > 0 && from > n; k--) {
        double q = c->quantity_mw[k - 1];
        double pk = c->price_eur_per_mwh[k - 1];
        if (q < from) {
            double reach = fmax(n, q);
            double p_reach = p_from + (pk - p_from) * ((from - reach) / (from - q));
            sum += (from - reach) * (p - 0.5 * (p_from + p_reach));
            from = reach;
        }
        p_from = pk < p ? pk : p;
    }
    return from > n ? sum + (from - n) * (p - p_min) : sum;
}

#endif
