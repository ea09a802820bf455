/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the problem's raw numbers only.  Weak duality: for any prices and any mu >= 0
 * with p_z = lambda_g - sum PTDF mu, the dual value bounds the cost; equal values prove
 * both optimal.  Cost less dual is a sum of terms that are each 0 or more and each local
 * (Fenchel): for an area what lies between its curve and its price, for a link the price
 * difference times the room left, for a constraint its shadow price times the room left;
 * and, for what does not balance, its worth.  So no curve is read but round its price.
 */
#include "flow_based_check.h"

#include "check_curve.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

static const double tolerance = 1e-6; /* MW, EUR/MWh */
static const double gap_tolerance = 1e-9;

/* A price within this of a step is on it. */
static const double on_step_eur_per_mwh = 1e-9;

typedef struct sums {
    double gap_eur, scale_eur;
} sums;

/* The larger of two residuals; a NaN is the largest. */
static void worse(double value, double *most, size_t where, size_t *where_out)
{
    if (!(value <= *most) && !isnan(*most)) {
        *most = value;
        *where_out = where;
    }
}

/* k: the first point at or above its price. */
static void check_node(const sn_flow_based_problem *problem,
                       const sn_flow_based_result *result,
                       size_t z,
                       size_t k,
                       sums *s,
                       sn_flow_based_residuals *r)
{
    const sn_curve *c = &problem->net_supply[z];
    double p = result->price_eur_per_mwh[z];
    double n = result->net_position_mw[z];
    if (c->n == 0) {
        worse(fabs(n), &r->curve_mw, z, &r->worst_node);
        return;
    }
    if (isnan(p) || isnan(n)) {
        r->curve_mw = NAN;
        r->worst_node = z;
        return;
    }
    double low;
    double high;
    check_supply_range(c, k, p, &low, &high);
    s->scale_eur += fabs(n) * (fabs(p) > 1.0 ? fabs(p) : 1.0);
    if (n >= low && n <= high) {
        return;
    }
    double other;
    if (n > high) {
        s->gap_eur += check_gap_above(c, k, p, high, n, problem->price_max_eur_per_mwh);
        p += on_step_eur_per_mwh;
        check_supply_range(c, check_count_below(c, p), p, &other, &high);
        worse(n > high ? n - high : 0.0, &r->curve_mw, z, &r->worst_node);
    } else {
        s->gap_eur += check_gap_below(c, k, p, low, n, problem->price_min_eur_per_mwh);
        p -= on_step_eur_per_mwh;
        check_supply_range(c, check_count_below(c, p), p, &low, &other);
        worse(n < low ? low - n : 0.0, &r->curve_mw, z, &r->worst_node);
    }
}

static void check_link(const sn_flow_based_problem *problem,
                       const sn_flow_based_result *result,
                       size_t l,
                       sums *s,
                       sn_flow_based_residuals *r)
{
    const sn_border *link = &problem->link[l];
    double f = result->flow_mw[l];
    double low = problem->flow_min_mw[l];
    double high = problem->flow_max_mw[l];
    double rise =
        result->price_eur_per_mwh[link->to] - result->price_eur_per_mwh[link->from];
    double over = f < low ? low - f : f - high;
    worse(f >= low && f <= high ? 0.0 : over, &r->limit_mw, l, &r->worst_link);
    double room = rise > 0.0 ? high - f : f - low; /* towards the dearer side */
    double wrong = fabs(rise);
    if (wrong > 0.0 && room > 0.0) {
        s->gap_eur += isfinite(room) ? wrong * room : 0.0;
        worse(room > tolerance ? wrong : 0.0, &r->slackness_eur_per_mwh, l,
              &r->worst_link);
    }
}

static void inject(const sn_flow_based_problem *problem,
                   const sn_flow_based_result *result,
                   double *x)
{
    for (size_t z = 0; z < problem->n_node; z++) {
        x[z] = result->net_position_mw[z];
    }
    for (size_t l = 0; l < problem->n_link; l++) {
        x[problem->link[l].from] -= result->flow_mw[l];
        x[problem->link[l].to] += result->flow_mw[l];
    }
}

/* Four sums at once, which do not wait for each other. */
static double load_of(const double *ptdf, const double *x, size_t n)
{
    double sum[4] = {0.0};
    size_t z = 0;
    for (; z + 3 < n; z += 4) {
        for (size_t i = 0; i < 4; i++) {
            sum[i] += ptdf[z + i] * x[z + i];
        }
    }
    for (; z < n; z++) {
        sum[0] += ptdf[z] * x[z];
    }
    return sum[0] + sum[1] + sum[2] + sum[3];
}

/* Balance of each grid: counted at its first node. */
static void check_balance(const sn_flow_based_problem *problem,
                          const double *x,
                          sn_flow_based_residuals *r)
{
    for (size_t z = 0; z < problem->n_node; z++) {
        size_t first = 0;
        while (problem->grid[first] != problem->grid[z]) {
            first++;
        }
        double sum = 0.0;
        for (size_t y = z; first == z && y < problem->n_node; y++) {
            sum += problem->grid[y] == problem->grid[z] ? x[y] : 0.0;
        }
        worse(fabs(sum), &r->balance_mw, z, &r->worst_node);
    }
}

/* RAM and shadow price of each constraint; adds PTDF mu to what is left of p. */
static void check_constraints(const sn_flow_based_problem *problem,
                              const sn_flow_based_result *result,
                              const double *x,
                              double *lambda,
                              sums *s,
                              sn_flow_based_residuals *r)
{
    for (size_t c = 0; c < problem->n_constraint; c++) {
        const double *ptdf = &problem->ptdf[c * problem->n_node];
        double mu = result->shadow_price_eur_per_mw[c];
        double room = problem->ram_mw[c] - load_of(ptdf, x, problem->n_node);
        worse(room >= 0.0 ? 0.0 : -room, &r->limit_mw, c, &r->worst_constraint);
        if (mu == 0.0) {
            continue;
        }
        double wrong = room > tolerance ? fabs(mu) : (mu < 0.0 ? -mu : 0.0);
        worse(isnan(mu) ? NAN : wrong, &r->slackness_eur_per_mwh, c,
              &r->worst_constraint);
        s->gap_eur += fabs(mu * room);
        for (size_t z = 0; z < problem->n_node; z++) {
            lambda[z] += ptdf[z] * mu;
        }
    }
}

static void check_prices(const sn_flow_based_problem *problem,
                         const double *x,
                         const double *lambda,
                         sums *s,
                         sn_flow_based_residuals *r)
{
    double worth = 0.0; /* of what does not balance, or has no price of its grid */
    for (size_t z = 0; z < problem->n_node; z++) {
        worth += lambda[z] * x[z];
    }
    s->gap_eur += fabs(worth);
    for (size_t z = 0; z < problem->n_node; z++) {
        size_t first = 0;
        while (problem->grid[first] != problem->grid[z]) {
            first++;
        }
        worse(fabs(lambda[z] - lambda[first]), &r->dual_eur_per_mwh, z, &r->worst_node);
    }
}

sn_status sn_flow_based_check(const sn_flow_based_problem *problem,
                              const sn_flow_based_result *result,
                              sn_flow_based_residuals *residuals_out,
                              sn_error *err)
{
    enum { NODES_MAX = 512 };
    double x[NODES_MAX];
    double lambda[NODES_MAX];
    size_t below[NODES_MAX];
    if (problem->n_node > NODES_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "more than %d nodes to check", NODES_MAX);
    }
    sn_flow_based_residuals r = {
        .worst_node = SIZE_MAX, .worst_link = SIZE_MAX, .worst_constraint = SIZE_MAX};
    sums s = {0.0, 1.0};
    inject(problem, result, x);
    for (size_t z = 0; z < problem->n_node; z++) {
        lambda[z] = result->price_eur_per_mwh[z];
        below[z] = check_count_below(&problem->net_supply[z], lambda[z]);
    }
    for (size_t z = 0; z < problem->n_node; z++) {
        check_node(problem, result, z, below[z], &s, &r);
    }
    for (size_t l = 0; l < problem->n_link; l++) {
        check_link(problem, result, l, &s, &r);
    }
    check_balance(problem, x, &r);
    check_constraints(problem, result, x, lambda, &s, &r);
    check_prices(problem, x, lambda, &s, &r);
    r.gap_share = s.gap_eur / s.scale_eur;
    *residuals_out = r;
    if (r.balance_mw <= tolerance && r.limit_mw <= tolerance && r.curve_mw <= tolerance &&
        r.slackness_eur_per_mwh <= tolerance && r.dual_eur_per_mwh <= tolerance &&
        r.gap_share <= gap_tolerance) {
        return SN_OK;
    }
    return sn_error_set(err, SN_E_NUMERIC,
                        "flow-based check failed: balance %.3g MW, limit %.3g MW, curve "
                        "%.3g MW, slackness %.3g, dual %.3g EUR/MWh, gap %.3g (node %zd, "
                        "link %zd, constraint %zd)",
                        r.balance_mw, r.limit_mw, r.curve_mw, r.slackness_eur_per_mwh,
                        r.dual_eur_per_mwh, r.gap_share, (ptrdiff_t)r.worst_node,
                        (ptrdiff_t)r.worst_link, (ptrdiff_t)r.worst_constraint);
}
