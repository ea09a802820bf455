/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the problem's raw numbers only.  Weak duality: for any prices and any mu >= 0
 * with p_z = lambda_g - sum PTDF mu, the dual value bounds the cost; equal values prove
 * both optimal.
 */
#include "flow_based_check.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

static const double tolerance = 1e-6; /* MW, EUR/MWh */
static const double gap_tolerance = 1e-9;

typedef struct sums {
    double primal, dual, scale;
} sums;

/* The larger of two residuals; a NaN is the largest. */
static void worse(double value, double *most, size_t where, size_t *where_out)
{
    if (!(value <= *most) && !isnan(*most)) {
        *most = value;
        *where_out = where;
    }
}

/* One pass over a curve: cost of the first q_stop MW (from the first point's quantity),
 * and the quantities just below and above price p. */
static double
cost_to(const sn_flow_based_problem *problem, const sn_curve *c, double q_stop)
{
    double first = c->quantity_mw[0];
    double last = c->quantity_mw[c->n - 1];
    double sum = 0.0;
    if (q_stop < first) {
        return (q_stop - first) * problem->price_min_eur_per_mwh;
    }
    for (size_t k = 1; k < c->n && c->quantity_mw[k - 1] < q_stop; k++) {
        double wide = c->quantity_mw[k] - c->quantity_mw[k - 1];
        double used = fmin(wide, q_stop - c->quantity_mw[k - 1]);
        double p0 = c->price_eur_per_mwh[k - 1];
        double rise = c->price_eur_per_mwh[k] - p0;
        sum += wide > 0.0 ? used * (p0 + 0.5 * rise * used / wide) : 0.0;
    }
    return q_stop > last ? sum + (q_stop - last) * problem->price_max_eur_per_mwh : sum;
}

static void quantities_at(const sn_curve *c, double p, double *low, double *high)
{
    size_t below = 0; /* points under p */
    while (below < c->n && c->price_eur_per_mwh[below] < p) {
        below++;
    }
    size_t upto = below; /* points not over p */
    while (upto < c->n && c->price_eur_per_mwh[upto] <= p) {
        upto++;
    }
    if (upto > below) {
        *low = c->quantity_mw[below];
        *high = c->quantity_mw[upto - 1];
    } else if (below == 0 || below == c->n) {
        *low = *high = c->quantity_mw[below == 0 ? 0 : c->n - 1];
    } else {
        double p0 = c->price_eur_per_mwh[below - 1];
        double q0 = c->quantity_mw[below - 1];
        double share = (p - p0) / (c->price_eur_per_mwh[below] - p0);
        *low = *high = q0 + share * (c->quantity_mw[below] - q0);
    }
}

static void check_node(const sn_flow_based_problem *problem,
                       const sn_flow_based_result *result,
                       size_t z,
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
    double low;
    double high;
    /* A price within rounding of a step is on it. */
    quantities_at(c, p - 1e-9, &low, &high);
    double least = low;
    quantities_at(c, p + 1e-9, &low, &high);
    worse(fmax(fmax(least - n, n - high), 0.0), &r->curve_mw, z, &r->worst_node);
    if (isnan(p) || isnan(n)) {
        r->curve_mw = NAN;
        r->worst_node = z;
    }
    double cost = cost_to(problem, c, n);
    s->primal += cost;
    s->scale += fabs(cost) + fabs(p * n);
    quantities_at(c, p, &low, &high);
    s->dual += cost_to(problem, c, low) - p * low;
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
    worse(fmax(fmax(low - f, f - high), 0.0) + (isnan(f) ? NAN : 0.0), &r->limit_mw, l,
          &r->worst_link);
    double wrong = f < high - tolerance ? fmax(rise, 0.0) : 0.0;
    wrong = f > low + tolerance ? fmax(wrong, -rise) : wrong;
    worse(wrong, &r->slackness_eur_per_mwh, l, &r->worst_link);
    double rent = rise > 0.0 ? rise * high : (rise < 0.0 ? rise * low : 0.0);
    s->dual -= isfinite(rent) ? rent : rise * f;
}

static double injection(const sn_flow_based_problem *problem,
                        const sn_flow_based_result *result,
                        size_t z)
{
    double x = result->net_position_mw[z];
    for (size_t l = 0; l < problem->n_link; l++) {
        x -= problem->link[l].from == z ? result->flow_mw[l] : 0.0;
        x += problem->link[l].to == z ? result->flow_mw[l] : 0.0;
    }
    return x;
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
        double load = 0.0;
        for (size_t z = 0; z < problem->n_node; z++) {
            load += ptdf[z] * x[z];
        }
        double room = problem->ram_mw[c] - load;
        worse(fmax(-room, 0.0) + (isnan(room) ? NAN : 0.0), &r->limit_mw, c,
              &r->worst_constraint);
        double wrong = room > tolerance ? fabs(mu) : fmax(-mu, 0.0);
        worse(isnan(mu) ? NAN : wrong, &r->slackness_eur_per_mwh, c,
              &r->worst_constraint);
        s->dual -= mu * problem->ram_mw[c];
        for (size_t z = 0; mu != 0.0 && z < problem->n_node; z++) {
            lambda[z] += ptdf[z] * mu;
        }
    }
}

static void check_prices(const sn_flow_based_problem *problem,
                         const double *lambda,
                         sn_flow_based_residuals *r)
{
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
    if (problem->n_node > NODES_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "more than %d nodes to check", NODES_MAX);
    }
    sn_flow_based_residuals r = {
        .worst_node = SIZE_MAX, .worst_link = SIZE_MAX, .worst_constraint = SIZE_MAX};
    sums s = {.scale = 1.0};
    for (size_t z = 0; z < problem->n_node; z++) {
        check_node(problem, result, z, &s, &r);
        x[z] = injection(problem, result, z);
        lambda[z] = result->price_eur_per_mwh[z];
    }
    for (size_t l = 0; l < problem->n_link; l++) {
        check_link(problem, result, l, &s, &r);
    }
    check_balance(problem, x, &r);
    check_constraints(problem, result, x, lambda, &s, &r);
    check_prices(problem, lambda, &r);
    r.gap_share = fabs(s.primal - s.dual) / s.scale;
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
