/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks from the problem's raw numbers only: nothing here is shared with the solver.
 * Weak duality makes the gap meaningful: for any prices the dual value (M-9) bounds
 * the cost (M-8), so equal values prove both optimal.
 */
#include "clearing_check.h"

#include <math.h>

static const double balance_tolerance_mw = 1e-6;
static const double price_tolerance_eur_per_mwh = 1e-6;
static const double gap_tolerance = 1e-9;

/* Area under the inverse curve from its first quantity to n (EUR/h); beyond the ends
 * the price limits hold.   */
static double
inverse_integral(const sn_clearing_problem *problem, const sn_curve *c, double n)
{
    double sum = 0.0;
    if (n < c->quantity_mw[0]) {
        return (n - c->quantity_mw[0]) * problem->price_min_eur_per_mwh;
    }
    for (size_t k = 1; k < c->n && c->quantity_mw[k - 1] < n; k++) {
        double q0 = c->quantity_mw[k - 1];
        double q1 = c->quantity_mw[k];
        double p0 = c->price_eur_per_mwh[k - 1];
        double p1 = c->price_eur_per_mwh[k];
        if (q1 <= q0) {
            continue;
        }
        double reach = fmin(n, q1);
        double p_reach = p0 + (p1 - p0) * ((reach - q0) / (q1 - q0));
        sum += 0.5 * (reach - q0) * (p0 + p_reach);
    }
    double last = c->quantity_mw[c->n - 1];
    return n > last ? sum + (n - last) * problem->price_max_eur_per_mwh : sum;
}

/* Net supply just below (low) and just above (high) price p, by plain scan. */
static void supply_range(const sn_curve *c, double p, double *low, double *high)
{
    *low = c->quantity_mw[0];
    *high = c->quantity_mw[0];
    for (size_t k = 0; k < c->n; k++) {
        double pk = c->price_eur_per_mwh[k];
        if (pk < p) {
            *low = *high = c->quantity_mw[k];
        } else if (pk <= p) {
            *low =
                (k > 0 && c->price_eur_per_mwh[k - 1] == pk) ? *low : c->quantity_mw[k];
            *high = c->quantity_mw[k];
        } else {
            if (k > 0 && c->price_eur_per_mwh[k - 1] < p) {
                double p0 = c->price_eur_per_mwh[k - 1];
                double q0 = c->quantity_mw[k - 1];
                *low = *high = q0 + (c->quantity_mw[k] - q0) * ((p - p0) / (pk - p0));
            }
            return;
        }
    }
}

static void check_area(const sn_clearing_problem *problem,
                       const sn_clearing_result *result,
                       size_t z,
                       double *primal,
                       double *dual,
                       double *scale,
                       sn_clearing_residuals *r)
{
    const sn_curve *c = &problem->net_supply[z];
    double p = result->price_eur_per_mwh[z];
    double n = result->net_position_mw[z];
    double low;
    double high;
    supply_range(c, p, &low, &high);
    double off = n < low ? low - n : (n > high ? n - high : 0.0);
    if (!(off <= r->curve_mw)) {
        r->curve_mw = off;
        r->worst_area = z;
    }
    double cost = inverse_integral(problem, c, n);
    *primal += cost;
    *scale += fabs(cost) + fabs(p * n); /* both sums may cancel to nothing */
    /* Conjugate at p: p q - cost(q) for a q on the curve at p. */
    *dual += inverse_integral(problem, c, low) - p * low;
    if (isnan(p) || isnan(n)) {
        r->curve_mw = NAN;
        r->worst_area = z;
    }
}

static void check_border(const sn_clearing_problem *problem,
                         const sn_clearing_result *result,
                         size_t l,
                         double *dual,
                         sn_clearing_residuals *r)
{
    const sn_border *border = &problem->network->border[l];
    double f = result->flow_mw[l];
    double low = problem->flow_min_mw[l];
    double high = problem->flow_max_mw[l];
    double over = fmax(fmax(low - f, f - high), 0.0);
    if (!(over <= r->limit_mw) || isnan(f)) {
        r->limit_mw = isnan(f) ? NAN : over;
        r->worst_border = l;
    }
    double rise =
        result->price_eur_per_mwh[border->to] - result->price_eur_per_mwh[border->from];
    double wrong = 0.0;
    if (f < high - balance_tolerance_mw) {
        wrong = fmax(wrong, rise); /* room to the dearer side */
    }
    if (f > low + balance_tolerance_mw) {
        wrong = fmax(wrong, -rise);
    }
    if (!(wrong <= r->slackness_eur_per_mwh)) {
        r->slackness_eur_per_mwh = wrong;
        r->worst_border = l;
    }
    double rent = rise > 0.0 ? rise * high : (rise < 0.0 ? rise * low : 0.0);
    *dual -= isfinite(rent) ? rent : rise * f;
}

static void check_balance(const sn_clearing_problem *problem,
                          const sn_clearing_result *result,
                          sn_clearing_residuals *r)
{
    const sn_network *network = problem->network;
    for (size_t z = 0; z < network->n_area; z++) {
        double left = result->net_position_mw[z];
        for (size_t l = 0; l < network->n_border; l++) {
            if (network->border[l].from == z) {
                left -= result->flow_mw[l];
            }
            if (network->border[l].to == z) {
                left += result->flow_mw[l];
            }
        }
        if (!(fabs(left) <= r->balance_mw)) {
            r->balance_mw = isnan(left) ? NAN : fabs(left);
            r->worst_area = z;
        }
    }
}

sn_status sn_clearing_check(const sn_clearing_problem *problem,
                            const sn_clearing_result *result,
                            sn_clearing_residuals *residuals_out,
                            sn_error *err)
{
    sn_clearing_residuals r = {0};
    double primal = 0.0;
    double dual = 0.0;
    double scale = 1.0;
    for (size_t z = 0; z < problem->network->n_area; z++) {
        check_area(problem, result, z, &primal, &dual, &scale, &r);
    }
    for (size_t l = 0; l < problem->network->n_border; l++) {
        check_border(problem, result, l, &dual, &r);
    }
    check_balance(problem, result, &r);
    r.gap_share = fabs(primal - dual) / scale;
    *residuals_out = r;
    if (r.balance_mw <= balance_tolerance_mw && r.limit_mw <= balance_tolerance_mw &&
        r.curve_mw <= balance_tolerance_mw &&
        r.slackness_eur_per_mwh <= price_tolerance_eur_per_mwh &&
        r.gap_share <= gap_tolerance) {
        return SN_OK;
    }
    return sn_error_set(
        err, SN_E_NUMERIC,
        "clearing check failed: balance %.3g MW, limit %.3g MW, curve %.3g MW, "
        "slackness %.3g EUR/MWh, gap %.3g (area %zu, border %zu)",
        r.balance_mw, r.limit_mw, r.curve_mw, r.slackness_eur_per_mwh, r.gap_share,
        r.worst_area, r.worst_border);
}
