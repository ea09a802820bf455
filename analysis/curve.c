/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "curve.h"

#include <math.h>

double sn_curve_price_at(const sn_curve *c, double quantity_mw)
{
    if (quantity_mw <= c->quantity_mw[0]) {
        return c->price_eur_per_mwh[0];
    }
    for (size_t k = 1; k < c->n; k++) {
        double q0 = c->quantity_mw[k - 1];
        double q1 = c->quantity_mw[k];
        if (quantity_mw <= q1 && q1 > q0) {
            double p0 = c->price_eur_per_mwh[k - 1];
            return p0 + (c->price_eur_per_mwh[k] - p0) * ((quantity_mw - q0) / (q1 - q0));
        }
    }
    return c->price_eur_per_mwh[c->n - 1];
}

double sn_curve_quantity_at(const sn_curve *c, double price_eur_per_mwh)
{
    size_t last = c->n - 1;
    if (price_eur_per_mwh <= c->price_eur_per_mwh[0]) {
        return c->quantity_mw[0];
    }
    for (size_t k = 1; k <= last; k++) {
        double p0 = c->price_eur_per_mwh[k - 1];
        double p1 = c->price_eur_per_mwh[k];
        if (price_eur_per_mwh <= p1 && p1 > p0) {
            double q0 = c->quantity_mw[k - 1];
            return q0 + (c->quantity_mw[k] - q0) * ((price_eur_per_mwh - p0) / (p1 - p0));
        }
    }
    return c->quantity_mw[last];
}

/* Integral of the quantity over price between two prices, a <= b. */
static double area_below(const sn_curve *c, double a, double b)
{
    double sum = 0.0;
    for (size_t k = 0; k + 1 < c->n; k++) {
        double p0 = c->price_eur_per_mwh[k];
        double p1 = c->price_eur_per_mwh[k + 1];
        double left = fmax(a, p0);
        double right = fmin(b, p1);
        if (right <= left || p1 <= p0) {
            continue;
        }
        double slope = (c->quantity_mw[k + 1] - c->quantity_mw[k]) / (p1 - p0);
        double middle = c->quantity_mw[k] + slope * (0.5 * (left + right) - p0);
        sum += middle * (right - left);
    }
    return sum;
}

/* By parts, so that steps and gaps need no rule of their own. */
double sn_curve_cost_eur_per_h(const sn_curve *c, double from_mw, double to_mw)
{
    double p0 = sn_curve_price_at(c, from_mw);
    double p1 = sn_curve_price_at(c, to_mw);
    double below = p1 >= p0 ? area_below(c, p0, p1) : -area_below(c, p1, p0);
    return p1 * to_mw - p0 * from_mw - below;
}
