/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For problems of slopes (those of choice) and where the simplex comes to no end.  The
 * dual is convex and piecewise quadratic once each step of a curve is a very short
 * ramp and each gap has a very small slope.  Newton's method with a line search over the
 * exact derivative finds its minimum in few steps, because only a handful of components
 * is in play: constraints join when they are violated and leave when their shadow price
 * reaches zero.
 */
#include "flow_based_internal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

const double fb_step_width_eur_per_mwh = 1e-5;
const double fb_gap_slope = 1e-6; /* MW per EUR/MWh, added to every area */
const double fb_mu_weight = 1e-9; /* duplicates of a constraint share mu */

static const double mu_most = 1e8; /* beyond it nothing satisfies a constraint */
static const double end_ramp_eur_per_mwh = 1.0;
static const double end_mw = 1e6;

enum { NEWTON_MAX = 200, SEARCH_MAX = 100000, STALE_MAX = 10 };

fb_kind fb_kind_of(const fb_curve *c, size_t segment)
{
    if (c->p[segment] == c->p[segment + 1]) {
        return FB_STEP;
    }
    return c->q[segment] == c->q[segment + 1] ? FB_GAP : FB_SLOPE;
}

/* Appends a point; a point that lengthens the last step or gap replaces its end. */
static void add_point(fb_curve *c, size_t first, double p, double q)
{
    if (c->n > first && c->p[c->n - 1] == p && c->q[c->n - 1] == q) {
        return;
    }
    if (c->n >= first + 2) {
        size_t k = c->n - 1;
        bool same_p = c->p[k] == p && c->p[k - 1] == p;
        bool same_q = c->q[k] == q && c->q[k - 1] == q;
        if (same_p || same_q) {
            c->p[k] = p;
            c->q[k] = q;
            return;
        }
    }
    c->p[c->n] = p;
    c->q[c->n++] = q;
}

static void widen_steps(fb_curve *c, double width)
{
    double half = 0.5 * width;
    for (size_t k = 0; k < c->n; k++) {
        bool begins = k + 1 < c->n && c->p[k + 1] == c->p[k];
        bool ends = k > 0 && c->p[k - 1] == c->p[k];
        double s = c->p[k] + (ends ? half : 0.0) - (begins ? half : 0.0);
        c->s[k] = k > 0 && s < c->s[k - 1] ? c->s[k - 1] : s;
    }
    if (c->artificial) {
        c->s[0] = c->s[1] - end_ramp_eur_per_mwh;
        c->s[c->n - 1] = c->s[c->n - 2] + end_ramp_eur_per_mwh;
    }
}

/* Stairs strictly inside the limits are taken as they are, between artificial ends. */
static bool copy_stairs(fb_curve *c, const sn_curve *from, double p_min, double p_max)
{
    const double *p = from->price_eur_per_mwh;
    const double *q = from->quantity_mw;
    size_t n = from->n;
    if (!(p[0] > p_min && p[n - 1] < p_max)) {
        return false;
    }
    c->p[0] = c->p[1] = p_min;
    c->p[n + 2] = c->p[n + 3] = p_max;
    c->q[0] = q[0] - end_mw;
    c->q[1] = q[0];
    c->q[n + 2] = q[n - 1];
    c->q[n + 3] = q[n - 1] + end_mw;
    memcpy(&c->p[2], p, n * sizeof *p);
    memcpy(&c->q[2], q, n * sizeof *q);
    c->n = n + 4;
    c->at = c->at + 1 < c->n ? c->at : c->n / 2;
    return true;
}

void fb_make_curve(fb_curve *c,
                   const sn_curve *from,
                   double p_min,
                   double p_max,
                   bool ends)
{
    c->artificial = ends;
    if (ends && c->is_stairs && copy_stairs(c, from, p_min, p_max)) {
        return;
    }
    c->n = 0;
    if (from->n == 0) {
        return;
    }
    size_t first = ends ? 1 : 0; /* points of the ends never merge */
    size_t k = 0;
    c->n = first;
    while (k < from->n && from->price_eur_per_mwh[k] < p_min) {
        k++;
    }
    if (k == from->n) {
        add_point(c, first, p_min, from->quantity_mw[k - 1]);
    } else if (k == 0) {
        add_point(c, first, ends ? p_min : from->price_eur_per_mwh[0],
                  from->quantity_mw[0]);
    } else {
        double p0 = from->price_eur_per_mwh[k - 1];
        double share = (p_min - p0) / (from->price_eur_per_mwh[k] - p0);
        double q0 = from->quantity_mw[k - 1];
        add_point(c, first, p_min, q0 + share * (from->quantity_mw[k] - q0));
    }
    for (; k < from->n && from->price_eur_per_mwh[k] <= p_max; k++) {
        add_point(c, first, from->price_eur_per_mwh[k], from->quantity_mw[k]);
    }
    if (k > 0 && k < from->n) {
        double p0 = from->price_eur_per_mwh[k - 1];
        double share = fmax(0.0, (p_max - p0) / (from->price_eur_per_mwh[k] - p0));
        double q0 = from->quantity_mw[k - 1];
        add_point(c, first, p_max, q0 + share * (from->quantity_mw[k] - q0));
    } else if (ends) {
        add_point(c, first, p_max, c->q[c->n - 1]);
    }
    if (ends) {
        c->p[0] = p_min;
        c->q[0] = c->q[1] - end_mw;
        c->p[c->n] = p_max;
        c->q[c->n] = c->q[c->n - 1] + end_mw;
        c->n++;
    }
    if (c->n == 1) { /* a lone point without ends: no response at any price */
        c->p[1] = c->p[0] + 1.0;
        c->q[1] = c->q[0];
        c->n = 2;
    }
    c->at = c->at + 1 < c->n ? c->at : c->n / 2;
}

/* q and slope at u; the segment found is kept. */
static double curve_at(fb_curve *c, double u, double *slope)
{
    size_t k = c->at;
    while (k + 2 < c->n && u > c->s[k + 1]) {
        k++;
    }
    while (k > 0 && u < c->s[k]) {
        k--;
    }
    c->at = k;
    double rise = (c->q[k + 1] - c->q[k]) / (c->s[k + 1] - c->s[k]);
    bool beyond = !c->artificial && (u < c->s[0] || u > c->s[c->n - 1]);
    *slope = (beyond ? 0.0 : rise) + fb_gap_slope;
    if (beyond) {
        return (u < c->s[0] ? c->q[0] : c->q[c->n - 1]) + fb_gap_slope * u;
    }
    return c->q[k] + rise * (u - c->s[k]) + fb_gap_slope * u;
}

void fb_widen_steps(fb *w, double width)
{
    w->step_width = width;
    for (size_t z = 0; z < w->problem->n_node; z++) {
        if (w->curve[z].n > 0) {
            widen_steps(&w->curve[z], width);
        }
    }
}

static double link_at(const fb *w, size_t l, double u, double *slope)
{
    const sn_flow_based_problem *p = w->problem;
    double stiff = p->link[l].rated_mw / w->step_width;
    double f = stiff * u;
    *slope = 0.0;
    if (f <= p->flow_min_mw[l]) {
        return p->flow_min_mw[l];
    }
    if (f >= p->flow_max_mw[l]) {
        return p->flow_max_mw[l];
    }
    *slope = stiff;
    return f;
}

void fb_make_elements(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    w->k = w->n_grid + w->n_active;
    size_t k = w->k;
    memset(w->b, 0, (p->n_node + p->n_link) * k * sizeof *w->b);
    for (size_t z = 0; z < p->n_node; z++) {
        double *b = &w->b[z * k];
        b[w->grid[z]] = 1.0;
        for (size_t a = 0; a < w->n_active; a++) {
            b[w->n_grid + a] = -p->ptdf[w->active[a] * p->n_node + z];
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        double *b = &w->b[(p->n_node + l) * k];
        const double *from = &w->b[p->link[l].from * k];
        const double *to = &w->b[p->link[l].to * k];
        for (size_t j = 0; j < k; j++) {
            b[j] = to[j] - from[j];
        }
    }
    for (size_t a = 0; a < w->n_active; a++) {
        w->ram_active[a] = p->ram_mw[w->active[a]];
    }
}

bool fb_activate(fb *w, size_t c)
{
    if (w->place[c] == SIZE_MAX && w->n_active == w->active_max) {
        return false;
    }
    if (w->place[c] == SIZE_MAX) {
        size_t at = w->n_active++; /* by index: sums do not depend on who came first */
        while (at > 0 && w->active[at - 1] > c) {
            w->active[at] = w->active[at - 1];
            w->place[w->active[at]] = at;
            at--;
        }
        w->active[at] = c;
        w->place[c] = at;
    }
    return true;
}

void fb_deactivate(fb *w, size_t c)
{
    size_t at = w->place[c];
    if (at != SIZE_MAX) {
        w->n_active--;
        for (; at < w->n_active; at++) {
            w->active[at] = w->active[at + 1];
            w->place[w->active[at]] = at;
        }
        w->place[c] = SIZE_MAX;
        w->mu[c] = 0.0;
    }
}

void fb_evaluate_u(fb *w)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    for (size_t e = 0; e < n; e++) {
        const double *b = &w->b[e * w->k];
        double u = 0.0;
        for (size_t g = 0; g < w->n_grid; g++) {
            u += b[g] * w->lambda[g];
        }
        for (size_t a = 0; a < w->n_active; a++) {
            u += b[w->n_grid + a] * w->mu[w->active[a]];
        }
        w->u[e] = u;
    }
}

/* q and slope of every element at u + step * movement. */
static void evaluate(fb *w, double step)
{
    const sn_flow_based_problem *p = w->problem;
    for (size_t z = 0; z < p->n_node; z++) {
        double u = w->u[z] + step * w->w[z];
        w->q[z] = w->slope[z] = 0.0;
        if (w->curve[z].n > 0) {
            w->q[z] = curve_at(&w->curve[z], u, &w->slope[z]);
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        size_t e = p->n_node + l;
        w->q[e] = link_at(w, l, w->u[e] + step * w->w[e], &w->slope[e]);
    }
}

static double mu_of(const fb *w, size_t component)
{
    return w->mu[w->active[component - w->n_grid]];
}

static void find_gradient(fb *w)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    memset(w->gradient, 0, w->k * sizeof *w->gradient);
    for (size_t e = 0; e < n; e++) {
        const double *b = &w->b[e * w->k];
        for (size_t j = 0; j < w->k; j++) {
            w->gradient[j] += b[j] * w->q[e];
        }
    }
    for (size_t j = w->n_grid; j < w->k; j++) {
        w->gradient[j] += w->ram_active[j - w->n_grid] + fb_mu_weight * mu_of(w, j);
    }
}

/* A component that may not fall: a shadow price of zero. */
static bool is_at_zero(const fb *w, size_t component)
{
    return component >= w->n_grid && mu_of(w, component) <= 0.0 &&
           !w->is_equal[w->active[component - w->n_grid]];
}

/* Components that may move: a shadow price at zero only upwards. */
static size_t find_free(fb *w, double tolerance_mw, double *worst)
{
    size_t n = 0;
    *worst = 0.0;
    for (size_t j = 0; j < w->k; j++) {
        bool held = is_at_zero(w, j) && w->gradient[j] > -tolerance_mw;
        if (!held) {
            w->free_component[n++] = j;
            *worst = fmax(*worst, fabs(w->gradient[j]));
        }
    }
    return n;
}

/* Symmetric positive: Cholesky; a pivot that rounding ate is held. */
static void solve_free(fb *w, size_t n)
{
    double *h = w->hessian;
    double *x = w->direction; /* by free index, then scattered */
    size_t n_element = w->problem->n_node + w->problem->n_link;
    memset(h, 0, n * n * sizeof *h);
    for (size_t e = 0; e < n_element; e++) {
        double s = w->slope[e];
        if (s <= 0.0) {
            continue;
        }
        const double *b = &w->b[e * w->k];
        for (size_t i = 0; i < n; i++) {
            double sb = s * b[w->free_component[i]];
            if (sb != 0.0) {
                for (size_t j = 0; j <= i; j++) {
                    h[i * n + j] += sb * b[w->free_component[j]];
                }
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        h[i * n + i] += w->free_component[i] < w->n_grid ? fb_gap_slope : fb_mu_weight;
        x[i] = -w->gradient[w->free_component[i]];
    }
    for (size_t i = 0; i < n; i++) {
        double whole = h[i * n + i];
        for (size_t j = 0; j <= i; j++) {
            double sum = h[i * n + j];
            for (size_t m = 0; m < j; m++) {
                sum -= h[i * n + m] * h[j * n + m];
            }
            h[i * n + j] =
                j < i ? sum / h[j * n + j] : sqrt(fmax(sum, fmax(1e-15 * whole, 1e-12)));
        }
        for (size_t j = 0; j < i; j++) {
            x[i] -= h[i * n + j] * x[j];
        }
        x[i] /= h[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) {
            x[i] -= h[j * n + i] * x[j];
        }
        x[i] /= h[i * n + i];
    }
}

/* The direction over all components; one that pushes a shadow price of zero further
 * down is left out and the rest solved again. */
static void find_direction(fb *w, size_t n)
{
    for (;;) {
        solve_free(w, n);
        size_t kept = 0;
        for (size_t i = 0; i < n; i++) {
            size_t j = w->free_component[i];
            if (!is_at_zero(w, j) || w->direction[i] >= 0.0) {
                w->free_component[kept++] = j;
            }
        }
        if (kept == n) {
            break;
        }
        n = kept;
    }
    for (size_t i = n, j = w->k; j-- > 0;) {
        bool is_free = i > 0 && w->free_component[i - 1] == j;
        w->direction[j] = is_free ? w->direction[--i] : 0.0;
    }
    size_t n_element = w->problem->n_node + w->problem->n_link;
    for (size_t e = 0; e < n_element; e++) {
        const double *b = &w->b[e * w->k];
        w->w[e] = 0.0;
        for (size_t j = 0; j < w->k; j++) {
            w->w[e] += b[j] * w->direction[j];
        }
    }
}

/* Slope of curve c on segment k; beyond the ends of one without artificial ends, none. */
static double slope_on(const fb_curve *c, size_t k)
{
    return fb_gap_slope + (c->q[k + 1] - c->q[k]) / (c->s[k + 1] - c->s[k]);
}

/* The step at which area z comes to the next point of its curve. */
static double next_point(const fb *w, size_t z, size_t segment)
{
    const fb_curve *c = &w->curve[z];
    double move = w->w[z];
    if (move == 0.0 || (move > 0.0 ? segment + 2 >= c->n : segment == 0)) {
        return INFINITY;
    }
    return (c->s[move > 0.0 ? segment + 1 : segment] - w->u[z]) / move;
}

/* The step at which link l comes to a limit from where it is at step. */
static double next_limit(const fb *w, size_t l, double step)
{
    const sn_flow_based_problem *p = w->problem;
    double move = w->w[p->n_node + l];
    double u = w->u[p->n_node + l];
    double stiff = p->link[l].rated_mw / w->step_width;
    double next = INFINITY;
    for (int side = 0; side < 2 && move != 0.0; side++) {
        double end = (side == 0 ? p->flow_min_mw[l] : p->flow_max_mw[l]) / stiff;
        double at = (end - u) / move;
        next = at > step && at < next ? at : next;
    }
    return next;
}

/* Element e has come to its next point or limit: its new slope, and the one after. */
static double pass(fb *w, size_t e, double step)
{
    const sn_flow_based_problem *p = w->problem;
    if (e < p->n_node) {
        size_t *at = &w->curve[e].at;
        *at += w->w[e] > 0.0 ? 1 : (size_t)-1;
        w->next[e] = next_point(w, e, *at);
        return slope_on(&w->curve[e], *at);
    }
    size_t l = e - p->n_node;
    double stiff = p->link[l].rated_mw / w->step_width;
    w->next[e] = next_limit(w, l, step);
    double middle =
        step + (isinf(w->next[e]) ? fmax(1.0, fabs(step)) : 0.5 * (w->next[e] - step));
    double f = stiff * (w->u[e] + middle * w->w[e]);
    return f > p->flow_min_mw[l] && f < p->flow_max_mw[l] ? stiff : 0.0;
}

/* Derivative of the dual along the direction at its beginning, and its own slope. */
static double begin_search(fb *w, double *slope)
{
    const sn_flow_based_problem *p = w->problem;
    double sum = 0.0;
    *slope = 0.0;
    for (size_t e = 0; e < p->n_node + p->n_link; e++) {
        sum += w->w[e] * w->q[e];
        *slope += w->w[e] * w->w[e] * w->slope[e];
        w->next[e] = INFINITY;
        if (e >= p->n_node) {
            w->next[e] = next_limit(w, e - p->n_node, 0.0);
        } else if (w->curve[e].n > 0) {
            w->next[e] = next_point(w, e, w->curve[e].at);
        }
    }
    for (size_t j = w->n_grid; j < w->k; j++) {
        double d = w->direction[j];
        sum += d * (w->ram_active[j - w->n_grid] + fb_mu_weight * mu_of(w, j));
        *slope += fb_mu_weight * d * d;
    }
    return sum;
}

/*
 * Step along the direction to the minimum, not past a shadow price's zero.  The
 * derivative is piecewise linear: walked from one point of some curve to the next, so
 * that each costs a look at the elements and no evaluation.
 */
static double search(fb *w, double *limit_out)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    double limit = INFINITY;
    for (size_t j = w->n_grid; j < w->k; j++) {
        if (w->direction[j] < 0.0 && !w->is_equal[w->active[j - w->n_grid]]) {
            limit = fmin(limit, -mu_of(w, j) / w->direction[j]);
        }
    }
    *limit_out = limit;
    double slope;
    double value = begin_search(w, &slope);
    double step = 0.0;
    for (size_t i = 0; value < 0.0 && i < SEARCH_MAX; i++) {
        size_t first = 0;
        for (size_t e = 1; e < n; e++) {
            first = w->next[e] < w->next[first] ? e : first;
        }
        double next = fmax(step, fmin(w->next[first], limit));
        double root = slope > 0.0 ? step - value / slope : INFINITY;
        if (root <= next || isinf(next)) {
            return isinf(root) ? step : root;
        }
        value += slope * (next - step);
        step = next;
        if (step >= limit) {
            return step;
        }
        double move = w->w[first];
        double old = w->slope[first];
        w->slope[first] = pass(w, first, step);
        slope += move * move * (w->slope[first] - old);
    }
    return step;
}

static void move(fb *w, double step, double limit)
{
    for (size_t g = 0; g < w->n_grid; g++) {
        w->lambda[g] += step * w->direction[g];
    }
    for (size_t a = 0; a < w->n_active; a++) {
        double d = w->direction[w->n_grid + a];
        double *mu = &w->mu[w->active[a]];
        if (w->is_equal[w->active[a]]) {
            *mu += step * d;
            continue;
        }
        bool at_zero = d < 0.0 && step >= limit && -*mu / d <= limit * (1.0 + 1e-12);
        *mu = at_zero ? 0.0 : fmax(0.0, *mu + step * d);
    }
}

static void inject(fb *w, const double *net, const double *flow)
{
    const sn_flow_based_problem *p = w->problem;
    for (size_t z = 0; z < p->n_node; z++) {
        w->injection[z] = w->curve[z].n > 0 ? net[z] : 0.0;
    }
    for (size_t l = 0; l < p->n_link; l++) {
        w->injection[p->link[l].from] -= flow[l];
        w->injection[p->link[l].to] += flow[l];
    }
}

void fb_load(fb *w, const double *net, const double *flow)
{
    const sn_flow_based_problem *p = w->problem;
    inject(w, net, flow);
    for (size_t c = 0; c < p->n_constraint; c++) {
        w->load[c] = fb_dot(&p->ptdf[c * p->n_node], w->injection, p->n_node);
    }
}

/* The constraint most beyond its RAM joins; false: none is. */
static bool add_violated(fb *w, double tolerance_mw)
{
    const sn_flow_based_problem *p = w->problem;
    fb_load(w, w->q, &w->q[p->n_node]);
    double most = tolerance_mw;
    size_t worst = SIZE_MAX;
    for (size_t c = 0; c < p->n_constraint; c++) {
        double over = w->load[c] - p->ram_mw[c];
        if (over > most && w->place[c] == SIZE_MAX && w->usable[c]) {
            most = over;
            worst = c;
        }
    }
    if (worst == SIZE_MAX || !fb_activate(w, worst)) {
        return false;
    }
    fb_make_elements(w);
    return true;
}

/* What rounding of the prices alone makes of the quantities on the steepest ramp. */
static double rounding_mw(const fb *w)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    double most = 0.0;
    for (size_t e = 0; e < n; e++) {
        most = fmax(most, w->slope[e] * fabs(w->u[e]));
    }
    double price = 0.0;
    for (size_t g = 0; g < w->n_grid; g++) {
        price = fmax(price, fabs(w->lambda[g]));
    }
    for (size_t e = 0; e < n; e++) {
        most = fmax(most, w->slope[e] * price);
    }
    return 4e-16 * most;
}

bool fb_newton(fb *w, double tolerance_mw, size_t *culprit)
{
    size_t n_element = w->problem->n_node + w->problem->n_link;
    double best = INFINITY;
    int stale = 0;
    *culprit = SIZE_MAX;
    for (int i = 0; i < NEWTON_MAX; i++) {
        fb_evaluate_u(w);
        memset(w->w, 0, n_element * sizeof *w->w);
        evaluate(w, 0.0);
        find_gradient(w);
        double worst;
        double tolerance = fmax(tolerance_mw, rounding_mw(w));
        size_t n_free = find_free(w, tolerance, &worst);
        stale = worst < 0.5 * best ? 0 : stale + 1;
        best = stale == 0 ? worst : best;
        if (worst <= tolerance || stale > STALE_MAX) {
            stale = 0;
            best = INFINITY;
            if (!add_violated(w, tolerance)) {
                return true;
            }
            continue;
        }
        w->n_step++;
        find_direction(w, n_free);
        double limit;
        double step = search(w, &limit);
        move(w, step, limit);
        for (size_t a = 0; a < w->n_active; a++) {
            if (w->mu[w->active[a]] > mu_most) {
                *culprit = w->active[a];
                return false;
            }
        }
    }
    return false;
}
