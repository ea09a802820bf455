/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Least-cost schedule of a flexible plant (M-34), exact.
 *
 *     min  sum_t p_t x_t + v u_t
 *     s.t. s_t = s_{t-1} + x_t + u_t - q,  0 <= s_t <= S,  s_0 = s_n = S / 2
 *          h m <= x_t <= h M,  0 <= u_t <= q,  |x_t - x_{t-1}| <= h^2 R
 *
 * x is power used in the step (MWh), s the product in store and q = energy / n the
 * product that leaves, both in MWh of the power they took, u product that is not made
 * because power costs more than it is worth (v).
 *
 * Without a ramp that binds: the cost of having s in store is convex and piecewise
 * linear, one piece a step; each step adds its piece in order of price and cuts the
 * ends off at 0 (bought for certain) and S (never bought): O(n log n).  With a ramp
 * that binds and a stock that does not: shifted slopes with a value of the product, exact
 * (flexible_sum.c).  With both: a primal-dual interior point (flexible_ramp.c); the
 * proven distance from the optimum is handed back, below 1e-9, and refused above 1e-7.
 */
#ifndef SN_FLEXIBLE_H
#define SN_FLEXIBLE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct sn_flexible {
    double step_h;
    double load_min_mw;
    double load_max_mw;
    double ramp_mw_per_h;          /* INFINITY: none */
    double storage_mwh;            /* INFINITY: only the sum over the period matters */
    double energy_mwh;             /* product asked for over the period, in power */
    double stop_value_eur_per_mwh; /* product dearer than this is not made; INFINITY:
                                      always made.  Not together with a ramp. */
} sn_flexible;

typedef struct sn_flexible_result {
    bool is_feasible;  /* false: minimum load or capacity contradicts energy */
    double cost_eur;   /* sum p x */
    double energy_mwh; /* sum x = flexible.energy_mwh - lost_mwh */
    double lost_mwh;   /* sum u */
    bool ramp_bound;   /* solved with the ramp */
    double gap_share;  /* proven distance from the optimum, 0 when none is possible */
    size_t iterations;
} sn_flexible_result;

/**
 * @param price_eur_per_mwh  [n], finite
 * @param load_mw_out        [n], or NULL when only the cost is asked for
 * @return SN_E_FORMAT on impossible input; SN_E_NUMERIC when the gap does not close
 */
SN_CHECKED sn_status sn_flexible_schedule(const sn_flexible *plant,
                                          const double *price_eur_per_mwh,
                                          size_t n,
                                          double *load_mw_out,
                                          sn_flexible_result *out,
                                          sn_error *err);

#endif
