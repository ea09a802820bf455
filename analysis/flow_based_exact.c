/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Given the segment of every curve, the side of every link and the active constraints,
 * the optimum is a linear system: prices of areas on steps are known and their
 * quantities unknown, quantities in gaps are known, slopes tie the two.  What does not
 * hold in its solution changes its segment, and the system is solved again.
 *
 * Where the system leaves something open (orders at one price in several areas), very
 * small terms of the same shape as the Newton part's ramps choose; a few rounds of
 * refinement against the equations without these terms make the rest exact.  The result
 * depends on the segments only, not on the way to them.
 */
#include "flow_based_internal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { ROUNDS_MAX = 60, ROUNDS_TOGETHER = 12, REFINEMENTS = 12 };

static const double tolerance_mw = 1e-7;
static const double tolerance_eur_per_mwh = 1e-8;
/* Nearer than this to the end of a step or to a limit is there; see fb_canonical(). */
static const double margin_mw = 1e-5;
/* Residual of an equation against the size of its terms: rounding. */
static const double refined_share = 4e-16;
/* A smaller pivot of a matrix of PTDFs is rounding. */
static const double singular = 1e-7;

/* Elements whose quantity is unknown: areas on steps, links between their limits. */
static size_t find_unknown(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    size_t n = 0;
    for (size_t z = 0; z < p->n_node; z++) {
        if (w->curve[z].n > 0 && fb_kind_of(&w->curve[z], w->segment[z]) == FB_STEP) {
            w->exact_element[n++] = z;
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        if (w->link_side[l] == 0) {
            w->exact_element[n++] = p->n_node + l;
        }
    }
    return n;
}

static double segment_rate(const fb_curve *c, size_t k)
{
    return (c->q[k + 1] - c->q[k]) / (c->p[k + 1] - c->p[k]);
}

/* Width of what chooses among equals, and its middle: see flow_based.h, ties. */
static double softness(const fb *w, size_t e, double *middle)
{
    const sn_flow_based_problem *p = w->problem;
    if (e >= p->n_node) {
        *middle = 0.0;
        return fb_step_width_eur_per_mwh / p->link[e - p->n_node].rated_mw;
    }
    const fb_curve *c = &w->curve[e];
    size_t k = w->segment[e];
    *middle = 0.5 * (c->q[k] + c->q[k + 1]);
    return fb_step_width_eur_per_mwh / (c->q[k + 1] - c->q[k]);
}

static bool has_slope(const fb *w)
{
    for (size_t z = 0; z < w->problem->n_node; z++) {
        const fb_curve *c = &w->curve[z];
        if (c->n > 0 && fb_kind_of(c, w->segment[z]) == FB_SLOPE) {
            return true;
        }
    }
    return false;
}

void fb_add_outer(double *matrix, size_t m, size_t k, const double *b, double s)
{
    for (size_t i = 0; i < k; i++) {
        if (b[i] != 0.0) {
            for (size_t j = 0; j < k; j++) {
                matrix[i * m + j] += s * b[i] * b[j];
            }
        }
    }
}

/* The right hand sides: what is fixed, and the prices of what is not. */
static void build_right(fb *w, size_t n_unknown)
{
    const sn_flow_based_problem *p = w->problem;
    size_t k = w->k;
    double *right = w->exact_right;
    memset(right, 0, k * sizeof *right);
    for (size_t e = 0; e < p->n_node + p->n_link; e++) {
        double fixed = 0.0;
        if (e < p->n_node) {
            const fb_curve *c = &w->curve[e];
            size_t s = w->segment[e];
            fb_kind kind = c->n == 0 ? FB_STEP : fb_kind_of(c, s);
            fixed = kind == FB_STEP ? 0.0 : c->q[s];
            fixed -= kind == FB_SLOPE ? segment_rate(c, s) * c->p[s] : 0.0;
        } else if (w->link_side[e - p->n_node] != 0) {
            bool low = w->link_side[e - p->n_node] < 0;
            fixed = low ? p->flow_min_mw[e - p->n_node] : p->flow_max_mw[e - p->n_node];
        }
        const double *b = &w->b[e * k];
        for (size_t j = 0; j < k && fixed != 0.0; j++) {
            right[j] -= b[j] * fixed;
        }
    }
    for (size_t j = w->n_grid; j < k; j++) {
        right[j] -= w->ram_active[j - w->n_grid];
    }
    for (size_t i = 0; i < n_unknown; i++) {
        size_t e = w->exact_element[i];
        right[k + i] = e < p->n_node ? w->curve[e].p[w->segment[e]] : 0.0;
    }
}

/* exact_matrix: the true equations; exact_factor: with the choosing terms. */
static void build_system(fb *w, size_t n_unknown, size_t m)
{
    const sn_flow_based_problem *p = w->problem;
    size_t k = w->k;
    double *a = w->exact_matrix;
    memset(a, 0, m * m * sizeof *a);
    for (size_t z = 0; z < p->n_node; z++) {
        const fb_curve *c = &w->curve[z];
        if (c->n > 0 && fb_kind_of(c, w->segment[z]) == FB_SLOPE) {
            fb_add_outer(a, m, k, &w->b[z * k], segment_rate(c, w->segment[z]));
        }
    }
    for (size_t i = 0; i < n_unknown; i++) {
        const double *b = &w->b[w->exact_element[i] * k];
        for (size_t j = 0; j < k; j++) {
            a[j * m + k + i] = a[(k + i) * m + j] = b[j];
        }
    }
}

static void soften(fb *w, size_t n_unknown, size_t m, double *right)
{
    size_t k = w->k;
    memcpy(w->exact_factor, w->exact_matrix, m * m * sizeof(double));
    memcpy(right, w->exact_right, m * sizeof(double));
    for (size_t z = 0; z < w->problem->n_node; z++) {
        if (w->curve[z].n > 0) {
            fb_add_outer(w->exact_factor, m, k, &w->b[z * k], fb_gap_slope);
        }
    }
    for (size_t j = 0; j < k; j++) {
        w->exact_factor[j * m + j] += j < w->n_grid ? 1e-12 : fb_mu_weight;
    }
    for (size_t i = 0; i < n_unknown; i++) {
        double middle;
        double soft = softness(w, w->exact_element[i], &middle);
        w->exact_factor[(k + i) * m + k + i] -= soft;
        right[k + i] -= soft * middle;
    }
}

bool fb_factor(fb *w, size_t m)
{
    double *a = w->exact_factor;
    for (size_t i = 0; i < m; i++) {
        size_t best = i;
        for (size_t r = i + 1; r < m; r++) {
            if (fabs(a[r * m + i]) > fabs(a[best * m + i])) {
                best = r;
            }
        }
        w->exact_row[i] = best;
        if (a[best * m + i] == 0.0) {
            return false;
        }
        for (size_t j = 0; best != i && j < m; j++) {
            double swap = a[i * m + j];
            a[i * m + j] = a[best * m + j];
            a[best * m + j] = swap;
        }
        for (size_t r = i + 1; r < m; r++) {
            double f = a[r * m + i] / a[i * m + i];
            a[r * m + i] = f;
            for (size_t j = i + 1; f != 0.0 && j < m; j++) {
                a[r * m + j] -= f * a[i * m + j];
            }
        }
    }
    return true;
}

static void substitute(const fb *w, size_t m, double *x)
{
    const double *a = w->exact_factor;
    for (size_t i = 0; i < m; i++) {
        double swap = x[i];
        x[i] = x[w->exact_row[i]];
        x[w->exact_row[i]] = swap;
    }
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < i; j++) {
            x[i] -= a[i * m + j] * x[j];
        }
    }
    for (size_t i = m; i-- > 0;) {
        for (size_t j = i + 1; j < m; j++) {
            x[i] -= a[i * m + j] * x[j];
        }
        x[i] /= a[i * m + i];
    }
}

/* The same factors for the transposed matrix. */
static void substitute_transposed(const fb *w, size_t m, double *x)
{
    const double *a = w->exact_factor;
    for (size_t i = 0; i < m; i++) {
        x[i] /= a[i * m + i];
        for (size_t j = i + 1; j < m; j++) {
            x[j] -= a[i * m + j] * x[i];
        }
    }
    for (size_t i = m; i-- > 0;) {
        for (size_t j = 0; j < i; j++) {
            x[j] -= a[i * m + j] * x[i];
        }
    }
    for (size_t i = m; i-- > 0;) {
        double swap = x[i];
        x[i] = x[w->exact_row[i]];
        x[w->exact_row[i]] = swap;
    }
}

/* As many unknown quantities as components and no slope: prices and quantities are two
 * systems of one matrix and nothing is left open.  False: the matrix is singular. */
static bool solve_square(fb *w)
{
    size_t k = w->k;
    double *price = w->exact_x;
    double *mw = price + k;
    double *rest = w->exact_residual;
    for (size_t i = 0; i < k; i++) {
        memcpy(&w->exact_factor[i * k], &w->b[w->exact_element[i] * k],
               k * sizeof(double));
    }
    if (!fb_factor(w, k)) {
        return false;
    }
    for (size_t i = 0; i < k; i++) {
        if (!(fabs(w->exact_factor[i * k + i]) > singular)) {
            return false;
        }
    }
    memset(price, 0, 2 * k * sizeof *price);
    for (int round = 0; round < 2; round++) { /* the second takes rounding off */
        memcpy(rest, w->exact_right, 2 * k * sizeof *rest);
        for (size_t i = 0; i < k; i++) {
            const double *b = &w->b[w->exact_element[i] * k];
            rest[k + i] -= fb_dot(b, price, k);
            for (size_t j = 0; j < k; j++) {
                rest[j] -= b[j] * mw[i];
            }
        }
        substitute(w, k, rest + k);
        substitute_transposed(w, k, rest);
        for (size_t i = 0; i < k; i++) {
            price[i] += rest[k + i];
            mw[i] += rest[i];
        }
    }
    return true;
}

void fb_solve_refined(fb *w, size_t m)
{
    double *x = w->exact_x;
    double *r = w->exact_residual;
    /* The rows are pivoted as they were eliminated, whole rows with their factors. */
    substitute(w, m, x);
    double worst = INFINITY;
    for (int round = 0; round < REFINEMENTS && worst > 1.0; round++) {
        worst = 0.0;
        for (size_t i = 0; i < m; i++) {
            double sum = w->exact_right[i];
            double size = fabs(sum);
            for (size_t j = 0; j < m; j++) {
                double term = w->exact_matrix[i * m + j] * x[j];
                sum -= term;
                size += fabs(term);
            }
            r[i] = sum;
            worst = fmax(worst, fabs(sum) / (refined_share * size + 1e-12));
        }
        substitute(w, m, r);
        for (size_t i = 0; i < m; i++) {
            x[i] += r[i];
        }
    }
}

static bool solve_system(fb *w, size_t n_unknown)
{
    size_t m = w->k + n_unknown;
    double *x = w->exact_x;
    if (m > w->exact_max) {
        return false;
    }
    build_right(w, n_unknown);
    w->is_square = n_unknown == w->k && !has_slope(w) && solve_square(w);
    if (w->is_square) {
        return true;
    }
    build_system(w, n_unknown, m);
    soften(w, n_unknown, m, x);
    if (!fb_factor(w, m)) {
        return false;
    }
    fb_solve_refined(w, m);
    for (size_t i = 0; i < m; i++) { /* equations that contradict each other */
        double sum = w->exact_right[i];
        for (size_t j = 0; j < m; j++) {
            sum -= w->exact_matrix[i * m + j] * x[j];
        }
        if (!(fabs(sum) <= (i < w->k ? tolerance_mw : tolerance_eur_per_mwh))) {
            return false;
        }
    }
    return true;
}

/* Prices, quantities and flows of the solution. */
static void read_solution(fb *w, size_t n_unknown)
{
    const sn_flow_based_problem *p = w->problem;
    for (size_t g = 0; g < w->n_grid; g++) {
        w->lambda[g] = w->exact_x[g];
    }
    for (size_t a = 0; a < w->n_active; a++) {
        w->mu[w->active[a]] = w->exact_x[w->n_grid + a];
    }
    fb_evaluate_u(w);
    for (size_t z = 0; z < p->n_node; z++) {
        const fb_curve *c = &w->curve[z];
        size_t s = w->segment[z];
        w->q[z] = 0.0;
        if (c->n > 0) {
            bool sloped = fb_kind_of(c, s) == FB_SLOPE;
            w->q[z] = c->q[s] + (sloped ? segment_rate(c, s) * (w->u[z] - c->p[s]) : 0.0);
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        w->q[p->n_node + l] = w->link_side[l] < 0 ? p->flow_min_mw[l] : p->flow_max_mw[l];
    }
    for (size_t i = 0; i < n_unknown; i++) {
        w->q[w->exact_element[i]] = w->exact_x[w->k + i];
    }
}

/* How far element e is outside its segment (or side): > 0 above, < 0 below, in units of
 * the tolerance. */
static double outside(const fb *w, size_t e)
{
    const sn_flow_based_problem *p = w->problem;
    double v = w->q[e];
    double low;
    double high;
    double unit = tolerance_mw;
    if (e >= p->n_node) {
        size_t l = e - p->n_node;
        if (p->flow_min_mw[l] == p->flow_max_mw[l]) {
            return 0.0;
        }
        if (w->link_side[l] == 0) {
            low = p->flow_min_mw[l];
            high = p->flow_max_mw[l];
        } else {
            v = w->u[e];
            low = w->link_side[l] > 0 ? 0.0 : -INFINITY;
            high = w->link_side[l] > 0 ? INFINITY : 0.0;
            unit = tolerance_eur_per_mwh;
        }
    } else {
        const fb_curve *c = &w->curve[e];
        size_t s = w->segment[e];
        if (c->n == 0) {
            return 0.0;
        }
        if (fb_kind_of(c, s) == FB_STEP) {
            low = s == 0 ? -INFINITY : c->q[s];
            high = s + 2 == c->n ? INFINITY : c->q[s + 1];
        } else {
            v = w->u[e];
            low = s == 0 ? -INFINITY : c->p[s];
            high = s + 2 == c->n ? INFINITY : c->p[s + 1];
            unit = tolerance_eur_per_mwh;
        }
    }
    return v > high ? (v - high) / unit : (v < low ? (v - low) / unit : 0.0);
}

static void change(fb *w, size_t e, double by)
{
    const sn_flow_based_problem *p = w->problem;
    if (e < p->n_node) {
        w->segment[e] += by > 0.0 ? 1 : (size_t)-1;
        return;
    }
    int *side = &w->link_side[e - p->n_node];
    *side = *side != 0 ? 0 : (by > 0.0 ? 1 : -1);
}

/* Constraints and shadow prices of the solution; true when one had to change. */
static bool change_constraints(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    double lowest = -tolerance_eur_per_mwh;
    size_t drop = SIZE_MAX;
    for (size_t a = 0; a < w->n_active; a++) {
        if (w->mu[w->active[a]] < lowest) {
            lowest = w->mu[w->active[a]];
            drop = w->active[a];
        }
    }
    if (drop != SIZE_MAX) {
        fb_deactivate(w, drop);
        fb_make_elements(w);
        return true;
    }
    fb_load(w, w->q, &w->q[p->n_node]);
    double most = tolerance_mw;
    size_t add = SIZE_MAX;
    for (size_t c = 0; c < p->n_constraint; c++) {
        if (w->usable[c] && w->place[c] == SIZE_MAX && w->load[c] - p->ram_mw[c] > most) {
            most = w->load[c] - p->ram_mw[c];
            add = c;
        }
    }
    if (add == SIZE_MAX || !fb_activate(w, add)) {
        return false; /* no room: the check will tell */
    }
    fb_make_elements(w);
    return true;
}

/* All elements outside their segment change, later on only the worst. */
static bool change_elements(fb *w, bool together)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    size_t worst = SIZE_MAX;
    double most = 1.0;
    for (size_t e = 0; e < n; e++) {
        double by = outside(w, e);
        if (fabs(by) > 1.0 && together) {
            change(w, e, by);
            worst = e;
        } else if (fabs(by) > most) {
            most = fabs(by);
            worst = e;
        }
    }
    if (worst != SIZE_MAX && !together) {
        change(w, worst, outside(w, worst));
    }
    return worst != SIZE_MAX;
}

void fb_read_segments(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    for (size_t z = 0; z < p->n_node; z++) {
        w->segment[z] = w->curve[z].at;
    }
    for (size_t l = 0; l < p->n_link; l++) {
        double f = w->q[p->n_node + l];
        w->link_side[l] = f >= p->flow_max_mw[l] ? 1 : (f <= p->flow_min_mw[l] ? -1 : 0);
    }
    for (size_t a = w->n_active; a-- > 0;) {
        if (w->mu[w->active[a]] <= 0.0) {
            fb_deactivate(w, w->active[a]);
        }
    }
    fb_make_elements(w);
}

bool fb_exact(fb *w)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        size_t n_unknown = find_unknown(w);
        w->n_exact++;
        if (!solve_system(w, n_unknown)) {
            return false;
        }
        read_solution(w, n_unknown);
        if (!change_elements(w, round < ROUNDS_TOGETHER) && !change_constraints(w)) {
            return true;
        }
    }
    return false;
}

bool fb_settle(fb *w)
{
    size_t n_unknown = find_unknown(w);
    memcpy(w->kept_lambda, w->lambda, w->n_grid * sizeof(double));
    memcpy(w->kept_mu, w->mu, w->problem->n_constraint * sizeof(double));
    w->n_exact++;
    if (!solve_system(w, n_unknown)) {
        return false;
    }
    read_solution(w, n_unknown);
    if (!w->is_square) { /* prices that are free could be any: those of the corner hold */
        memcpy(w->lambda, w->kept_lambda, w->n_grid * sizeof(double));
        memcpy(w->mu, w->kept_mu, w->problem->n_constraint * sizeof(double));
        fb_evaluate_u(w);
    }
    return fb_holds(w) && !change_constraints(w);
}

/* The segment that area z's price and quantity lie on, by rule: a step when inside it,
 * else the gap (or the point) at its end. */
static size_t canonical_segment(const fb *w, size_t z)
{
    const fb_curve *c = &w->curve[z];
    size_t s = w->segment[z];
    if (fb_kind_of(c, s) != FB_STEP) {
        return s;
    }
    if (w->q[z] > c->q[s + 1] - margin_mw && s + 2 < c->n) {
        return s + 1;
    }
    return w->q[z] < c->q[s] + margin_mw && s > 0 ? s - 1 : s;
}

/* The loads are those that fb_exact() left. */
bool fb_canonical(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    bool changed = false;
    for (size_t z = 0; z < p->n_node; z++) {
        if (w->curve[z].n > 0) {
            size_t s = canonical_segment(w, z);
            changed |= s != w->segment[z];
            w->segment[z] = s;
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        double f = w->q[p->n_node + l];
        int side = f > p->flow_max_mw[l] - margin_mw   ? 1
                   : f < p->flow_min_mw[l] + margin_mw ? -1
                                                       : 0;
        changed |= side != w->link_side[l];
        w->link_side[l] = side;
    }
    for (size_t c = 0; c < p->n_constraint;
         c++) { /* every full one, at a price or none */
        bool joins = w->usable[c] && w->place[c] == SIZE_MAX &&
                     w->load[c] > p->ram_mw[c] - margin_mw && fb_activate(w, c);
        changed |= joins;
    }
    fb_make_elements(w);
    if (!changed) {
        return true;
    }
    size_t n_unknown = find_unknown(w);
    w->n_exact++;
    if (!solve_system(w, n_unknown)) {
        return false;
    }
    read_solution(w, n_unknown);
    return true;
}

bool fb_holds(const fb *w)
{
    for (size_t e = 0; e < w->problem->n_node + w->problem->n_link; e++) {
        if (!(fabs(outside(w, e)) <= 1.0)) {
            return false;
        }
    }
    for (size_t a = 0; a < w->n_active; a++) {
        if (!(w->mu[w->active[a]] >= -tolerance_eur_per_mwh)) {
            return false;
        }
    }
    return true;
}

bool fb_prices_are_free(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    size_t k = w->k;
    size_t rank = w->is_square ? k : 0;
    double *basis = w->exact_factor; /* rows, orthonormal */
    for (size_t e = 0; e < p->n_node + p->n_link && rank < k; e++) {
        bool binds = e < p->n_node ? w->curve[e].n > 0 &&
                                         fb_kind_of(&w->curve[e], w->segment[e]) != FB_GAP
                                   : w->link_side[e - p->n_node] == 0;
        if (!binds) {
            continue;
        }
        double *v = &basis[rank * k];
        memcpy(v, &w->b[e * k], k * sizeof *v);
        double whole = 0.0;
        for (size_t j = 0; j < k; j++) {
            whole += v[j] * v[j];
        }
        for (int twice = 0; twice < 2; twice++) {
            for (size_t r = 0; r < rank; r++) {
                double dot = 0.0;
                for (size_t j = 0; j < k; j++) {
                    dot += v[j] * basis[r * k + j];
                }
                for (size_t j = 0; j < k; j++) {
                    v[j] -= dot * basis[r * k + j];
                }
            }
        }
        double left = 0.0;
        for (size_t j = 0; j < k; j++) {
            left += v[j] * v[j];
        }
        if (left > 1e-16 * whole) {
            for (size_t j = 0; j < k; j++) {
                v[j] /= sqrt(left);
            }
            rank++;
        }
    }
    return rank < k;
}
