/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks from the problem's raw numbers only: nothing here is shared with the solver.
 *
 * Weak duality makes the gap meaningful: for any prices the dual value (M-9) bounds the
 * cost (M-8), so equal values prove both optimal.  Cost less dual is a sum of terms that
 * are each 0 or more and each local (Fenchel): for an area what lies between its curve
 * and its price from the quantity at that price to n, for a border the price difference
 * times the room left; and, for what does not balance, its worth.  So no curve is read
 * but round its price, and nothing large cancels.
 */
#include "clearing_check.h"

#include "check_curve.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { AREAS_AT_ONCE = 64 };

static const double balance_tolerance_mw = 1e-6;
static const double price_tolerance_eur_per_mwh = 1e-6;
static const double gap_tolerance = 1e-9;
/* A term of the gap that cannot be more than this share of the area's own turnover is
 * taken to be as large as it can be. */
static const double nothing_share = 1e-12;

/* Once a residual is not a number it stays so. */
static bool is_worse(double residual, double worst)
{
    return !isnan(worst) && !(residual <= worst);
}

typedef struct sn_check_sums {
    double gap_eur;
    double imbalance_eur;
    double scale_eur;
} sn_check_sums;

/* k: the first point at or above its price. */
static void check_area(const sn_clearing_problem *problem,
                       const sn_clearing_result *result,
                       size_t z,
                       size_t k,
                       sn_check_sums *sums,
                       sn_clearing_residuals *r)
{
    const sn_curve *c = &problem->net_supply[z];
    double p = result->price_eur_per_mwh[z];
    double n = result->net_position_mw[z];
    double low;
    double high;
    check_supply_range(c, k, p, &low, &high);
    double turnover = fabs(n) * (fabs(p) > 1.0 ? fabs(p) : 1.0);
    sums->scale_eur += turnover;
    /* Without branches: whether the last digit of n falls inside is anybody's guess. */
    double under = low - n;
    double over = n - high;
    double off = under > over ? under : over;
    off = off <= 0.0 ? 0.0 : off;
    if (is_worse(off, r->curve_mw)) {
        r->curve_mw = off;
        r->worst_area = z;
    }
    double most = off * (problem->price_max_eur_per_mwh - problem->price_min_eur_per_mwh);
    if (most <= nothing_share * turnover) { /* the last digit of n */
        sums->gap_eur += most;
        return;
    }
    sums->gap_eur +=
        n > high ? check_gap_above(c, k, p, high, n, problem->price_max_eur_per_mwh)
                 : check_gap_below(c, k, p, low, n, problem->price_min_eur_per_mwh);
}

/* Prices beyond the limits of the period are no prices. */
static void check_price(const sn_clearing_problem *problem,
                        const sn_clearing_result *result,
                        size_t z,
                        sn_clearing_residuals *r)
{
    double p = result->price_eur_per_mwh[z];
    if (p >= problem->price_min_eur_per_mwh && p <= problem->price_max_eur_per_mwh) {
        return;
    }
    double over = p < problem->price_min_eur_per_mwh ? problem->price_min_eur_per_mwh - p
                                                     : p - problem->price_max_eur_per_mwh;
    if (is_worse(over, r->slackness_eur_per_mwh)) {
        r->slackness_eur_per_mwh = over;
        r->worst_area = z;
    }
}

static void check_areas(const sn_clearing_problem *problem,
                        const sn_clearing_result *result,
                        sn_check_sums *sums,
                        sn_clearing_residuals *r)
{
    size_t n_area = problem->network->n_area;
    for (size_t first = 0; first < n_area; first += AREAS_AT_ONCE) {
        size_t n = n_area - first < AREAS_AT_ONCE ? n_area - first : AREAS_AT_ONCE;
        size_t below[AREAS_AT_ONCE];
        for (size_t i = 0; i < n; i++) {
            below[i] = check_count_below(&problem->net_supply[first + i],
                                         result->price_eur_per_mwh[first + i]);
        }
        for (size_t i = 0; i < n; i++) {
            check_price(problem, result, first + i, r);
            check_area(problem, result, first + i, below[i], sums, r);
        }
    }
}

/* One way of a border: what a MW more gains, and how much is carried of low .. high. */
static void check_way(double gain,
                      double carried,
                      double low,
                      double high,
                      size_t l,
                      sn_check_sums *sums,
                      sn_clearing_residuals *r)
{
    double room = gain > 0.0 ? high - carried : carried - low; /* the way that gains */
    double wrong = fabs(gain);
    if (wrong > 0.0 && room > 0.0) {
        sums->gap_eur += isfinite(room) ? wrong * room : 0.0;
        if (room > balance_tolerance_mw && is_worse(wrong, r->slackness_eur_per_mwh)) {
            r->slackness_eur_per_mwh = wrong;
            r->worst_border = l;
        }
    }
}

static void check_border(const sn_clearing_problem *problem,
                         const double *loss_share,
                         const sn_clearing_result *result,
                         size_t l,
                         sn_check_sums *sums,
                         sn_clearing_residuals *r)
{
    const sn_border *border = &problem->network->border[l];
    double f = result->flow_mw[l];
    double low = problem->flow_min_mw[l];
    double high = problem->flow_max_mw[l];
    if (!(f >= low && f <= high)) {
        double over = f < low ? low - f : f - high;
        r->worst_border = is_worse(over, r->limit_mw) ? l : r->worst_border;
        r->limit_mw = is_worse(over, r->limit_mw) ? over : r->limit_mw;
    }
    double p_from = result->price_eur_per_mwh[border->from];
    double p_to = result->price_eur_per_mwh[border->to];
    double loss = loss_share != NULL ? loss_share[l] : 0.0;
    if (!(loss > 0.0)) {
        check_way(p_to - p_from, f, low, high, l, sums, r);
        return;
    }
    double forward = (1.0 - loss) * p_to - p_from;
    double back = (1.0 - loss) * p_from - p_to;
    /* At rest below zero one of the two always gains: that way is closed. */
    bool is_open = f == 0.0 && low < 0.0 && forward + back <= 0.0;
    if (f > 0.0 || is_open || (f == 0.0 && (forward <= back || !(low < 0.0)))) {
        check_way(forward, f, fmax(low, 0.0), high, l, sums, r);
    }
    if (f < 0.0 || is_open || (f == 0.0 && low < 0.0 && back < forward)) {
        check_way(back, -f, fmax(-high, 0.0), -low, l, sums, r);
    }
}

/* Balances, some areas at a time so that no memory is asked for. */
static void check_balance(const sn_clearing_problem *problem,
                          const double *loss_share,
                          const sn_clearing_result *result,
                          sn_check_sums *sums,
                          sn_clearing_residuals *r)
{
    const sn_network *network = problem->network;
    for (size_t first = 0; first < network->n_area; first += AREAS_AT_ONCE) {
        size_t n_left = network->n_area - first;
        double left[AREAS_AT_ONCE];
        memset(left, 0, (n_left < AREAS_AT_ONCE ? n_left : AREAS_AT_ONCE) * sizeof *left);
        for (size_t l = 0; l < network->n_border; l++) {
            size_t from = network->border[l].from - first;
            size_t to = network->border[l].to - first;
            double f = result->flow_mw[l];
            double out = f;
            double in = f;
            if (loss_share != NULL) {
                double arrives = (1.0 - loss_share[l]) * f;
                out = f < 0.0 ? arrives : f;
                in = f < 0.0 ? f : arrives;
            }
            if (from < AREAS_AT_ONCE) { /* wraps round when it is before the first */
                left[from] += out;
            }
            if (to < AREAS_AT_ONCE) {
                left[to] -= in;
            }
        }
        for (size_t k = 0; k < AREAS_AT_ONCE && first + k < network->n_area; k++) {
            double off = result->net_position_mw[first + k] - left[k];
            sums->imbalance_eur += off * result->price_eur_per_mwh[first + k];
            if (is_worse(fabs(off), r->balance_mw)) {
                r->balance_mw = fabs(off);
                r->worst_area = first + k;
            }
        }
    }
}

sn_status sn_clearing_check(const sn_clearing_problem *problem,
                            const sn_clearing_result *result,
                            sn_clearing_residuals *residuals_out,
                            sn_error *err)
{
    return sn_clearing_check_losses(problem, NULL, result, residuals_out, err);
}

sn_status sn_clearing_check_losses(const sn_clearing_problem *problem,
                                   const double *loss_share,
                                   const sn_clearing_result *result,
                                   sn_clearing_residuals *residuals_out,
                                   sn_error *err)
{
    sn_clearing_residuals r = {0};
    sn_check_sums sums = {0.0, 0.0, 1.0};
    check_areas(problem, result, &sums, &r);
    for (size_t l = 0; l < problem->network->n_border; l++) {
        check_border(problem, loss_share, result, l, &sums, &r);
    }
    check_balance(problem, loss_share, result, &sums, &r);
    r.gap_share = (sums.gap_eur + fabs(sums.imbalance_eur)) / sums.scale_eur;
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
