/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Net supply curves (M-1): non-decreasing, piecewise linear, steps allowed.
 *
 * Points (price[k], quantity[k]), both non-decreasing.  Between points linear;
 * equal prices make a step (at that price any quantity between), equal quantities
 * a gap (no response).  Below the first and above the last point the end quantity
 * holds.  Quantity is the net position, > 0 export.
 */
#ifndef SN_CURVE_H
#define SN_CURVE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct sn_curve {
    size_t n;                        /* >= 1 */
    const double *price_eur_per_mwh; /* [n], borrowed */
    const double *quantity_mw;       /* [n], borrowed */
} sn_curve;

/** Lowest price at which the curve gives the quantity; its ends hold beyond it. */
double sn_curve_price_at(const sn_curve *curve, double quantity_mw);
/** Least quantity at a price; the end quantities hold beyond the ends. */
double sn_curve_quantity_at(const sn_curve *curve, double price_eur_per_mwh);
/** Area below the inverse curve from one quantity to another, EUR/h. */
double sn_curve_cost_eur_per_h(const sn_curve *curve, double from_mw, double to_mw);

/** Every number finite and none below the one before; true of no numbers. */
bool sn_curve_is_rising(const double *x, size_t n);
/** Each of n curves has points, and prices and quantities that rise. */
bool sn_curves_are_sound(const sn_curve *curve, size_t n);
/** Sound, with steps and gaps in turn, beginning and ending with a step: the usual curve,
 * judged in one reading. */
bool sn_curve_is_stairs(const sn_curve *curve);

#endif
