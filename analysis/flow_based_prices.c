/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prices that nothing fixes.  Quantities and flows are known; what they allow is, for
 * each area, an interval of prices, for each link a sign of the price difference, for
 * each full constraint a shadow price of 0 or more.  Within that the prices nearest the
 * middle of the areas' intervals (least sum of squares) are a small quadratic programme:
 * from the prices there are, along the way to the least on the bounds that are held, to
 * the first bound in the way, which is held too; a bound that holds the prices back from
 * nothing lets go (an active set method).  What is held in the end is found by rule and
 * solved again, so that the bytes do not depend on the way.  Hubs' prices and shadow
 * prices that are still open are then the smallest (least sum of squares) under which the
 * areas' prices stand: equal constraints share theirs.
 */
#include "flow_based_internal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A constraint or link with less room than this is full. */
static const double full_mw = 1e-6;
/* Nearer than this to a bound is on it. */
static const double near_eur_per_mwh = 1e-7;
/* Rows whose remainder is this small, of size 1, depend on those before. */
static const double dependent = 1e-8;
/* Of the components that no area's price depends on. */
static const double weight = 1e-9;

enum { ROUNDS = 200 };

/* Rows are areas, links and then the shadow prices: value b . y between two bounds. */
static size_t n_row(const fb *w)
{
    return w->problem->n_node + w->problem->n_link + w->n_active;
}

static double coefficient(const fb *w, size_t row, size_t j)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    if (row >= n) {
        return j == w->n_grid + row - n ? 1.0 : 0.0;
    }
    return w->b[row * w->k + j];
}

static double value_of(const fb *w, size_t row, const double *y)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    return row >= n ? y[w->n_grid + row - n] : fb_dot(&w->b[row * w->k], y, w->k);
}

/* The prices at which area z's curve allows what it has. */
static void price_interval(const fb *w, size_t z, double *low, double *high)
{
    const fb_curve *c = &w->curve[z];
    double n = w->q[z];
    size_t last = c->n - 2; /* points 1 .. last are the curve between the limits */
    size_t k = 1;
    *low = *high = w->u[z];
    if (fb_kind_of(c, w->segment[z]) == FB_SLOPE) {
        return;
    }
    while (k < last && c->q[k] < n - fb_end_tolerance_mw) {
        k++;
    }
    size_t end = k;
    while (end < last && c->q[end + 1] <= n + fb_end_tolerance_mw) {
        end++;
    }
    *low = c->p[k];
    *high = c->p[end];
}

static void find_bounds(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    double *low = w->bound_low;
    double *high = w->bound_high;
    for (size_t z = 0; z < p->n_node; z++) {
        low[z] = -INFINITY;
        high[z] = INFINITY;
        if (w->curve[z].n > 0) {
            price_interval(w, z, &low[z], &high[z]);
            double inner_low = fmin(fmax(low[z], p->price_min_eur_per_mwh), high[z]);
            double inner_high = fmax(fmin(high[z], p->price_max_eur_per_mwh), inner_low);
            w->middle[z] = 0.5 * (inner_low + inner_high);
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        double f = w->q[p->n_node + l];
        bool up = f < p->flow_max_mw[l] - full_mw; /* room: no higher price at its end */
        bool down = f > p->flow_min_mw[l] + full_mw; /* nor at its beginning */
        low[p->n_node + l] = down ? 0.0 : -INFINITY;
        high[p->n_node + l] = up ? 0.0 : INFINITY;
    }
    for (size_t a = 0; a < w->n_active; a++) {
        size_t row = p->n_node + p->n_link + a;
        bool full = w->load[w->active[a]] >= p->ram_mw[w->active[a]] - full_mw;
        low[row] = 0.0;
        high[row] = full ? INFINITY : 0.0;
    }
}

/* Holds row unless those held imply it.  held_base: what is left of each held row, of
 * length 1 and at right angles to those before. */
static bool try_hold(fb *w, size_t row, int side)
{
    size_t k = w->k;
    double *v = &w->held_base[w->n_bound * k];
    double whole = 0.0;
    if (w->n_bound == k) {
        return false;
    }
    for (size_t j = 0; j < k; j++) {
        v[j] = coefficient(w, row, j);
        whole += v[j] * v[j];
    }
    for (int twice = 0; twice < 2; twice++) {
        for (size_t r = 0; r < w->n_bound; r++) {
            double along = fb_dot(v, &w->held_base[r * k], k);
            for (size_t j = 0; j < k; j++) {
                v[j] -= along * w->held_base[r * k + j];
            }
        }
    }
    double left = fb_dot(v, v, k);
    if (!(left > dependent * dependent * whole)) {
        return false;
    }
    for (size_t j = 0; j < k; j++) {
        v[j] /= sqrt(left);
    }
    w->bound[w->n_bound] = row;
    w->bound_side[row] = side;
    w->n_bound++;
    return true;
}

/* Row i of those held lets go; what is left of the later ones is found anew. */
static void let_go(fb *w, size_t i)
{
    size_t n = w->n_bound;
    w->bound_side[w->bound[i]] = 0;
    w->n_bound = i;
    for (size_t r = i + 1; r < n; r++) {
        size_t row = w->bound[r];
        int side = w->bound_side[row];
        w->bound_side[row] = 0;
        (void)try_hold(w, row, side); /* fewer before it: it is still independent */
    }
}

/* The squares: of areas from their middles, or of hubs' prices and shadow prices. */
static void add_squares(fb *w, const double *y, size_t m)
{
    size_t k = w->k;
    for (size_t z = 0; z < w->problem->n_node; z++) {
        if ((w->curve[z].n == 0) == w->areas_stand) {
            const double *b = &w->b[z * k];
            double off = fb_dot(b, y, k) - (w->areas_stand ? 0.0 : w->middle[z]);
            fb_add_outer(w->exact_matrix, m, k, b, 1.0);
            for (size_t j = 0; j < k; j++) {
                w->exact_right[j] -= b[j] * off;
            }
        }
    }
    for (size_t j = w->n_grid; j < k && w->areas_stand; j++) {
        w->exact_matrix[j * m + j] += 1.0;
        w->exact_right[j] -= y[j];
    }
}

/* The least on what is held, from y: exact_x is the movement and then the forces. */
static bool solve_held(fb *w, const double *y)
{
    size_t k = w->k;
    size_t m = k + w->n_bound;
    double *a = w->exact_matrix;
    double *right = w->exact_right;
    if (m > w->exact_max) {
        return false;
    }
    memset(a, 0, m * m * sizeof *a);
    memset(right, 0, m * sizeof *right);
    add_squares(w, y, m);
    for (size_t i = 0; i < w->n_bound; i++) {
        size_t row = w->bound[i];
        double to = w->bound_side[row] < 0 ? w->bound_low[row] : w->bound_high[row];
        for (size_t j = 0; j < k; j++) {
            a[j * m + k + i] = a[(k + i) * m + j] = coefficient(w, row, j);
        }
        right[k + i] = to - value_of(w, row, y);
    }
    memcpy(w->exact_factor, a, m * m * sizeof *a);
    for (size_t j = 0; j < k; j++) {
        w->exact_factor[j * m + j] += weight;
    }
    memcpy(w->exact_x, right, m * sizeof *right);
    if (!fb_factor(w, m)) {
        return false;
    }
    fb_solve_refined(w, m);
    return true;
}

/* Along the movement to the first bound in the way; SIZE_MAX: none before its end. */
static size_t first_in_way(const fb *w, const double *y, double *step, int *side)
{
    size_t first = SIZE_MAX;
    *step = 1.0;
    for (size_t row = 0; row < n_row(w); row++) {
        double move = value_of(w, row, w->exact_x);
        double bound = move > 0.0 ? w->bound_high[row] : w->bound_low[row];
        if (w->bound_side[row] != 0 || fabs(move) < near_eur_per_mwh || isinf(bound)) {
            continue;
        }
        double at = fmax(0.0, (bound - value_of(w, row, y)) / move);
        if (at < *step) {
            *step = at;
            *side = move > 0.0 ? 1 : -1;
            first = row;
        }
    }
    return first;
}

/* The held bound that keeps the prices from coming nearer, most of all; SIZE_MAX: none.
 */
static size_t most_wrong(const fb *w)
{
    size_t worst = SIZE_MAX;
    double most = near_eur_per_mwh;
    for (size_t i = 0; i < w->n_bound; i++) {
        size_t row = w->bound[i];
        double wrong = w->bound_side[row] * -w->exact_x[w->k + i];
        if (w->bound_low[row] < w->bound_high[row] && wrong > most) {
            most = wrong;
            worst = i;
        }
    }
    return worst;
}

/* Every row that y puts on one of its bounds is held, in order, and the least on these
 * solved. */
static bool restate(fb *w, const double *y, double *out)
{
    w->n_bound = 0;
    memset(w->bound_side, 0, n_row(w) * sizeof *w->bound_side);
    for (size_t row = 0; row < n_row(w); row++) {
        double value = value_of(w, row, y);
        bool low = value < w->bound_low[row] + near_eur_per_mwh;
        bool high = value > w->bound_high[row] - near_eur_per_mwh;
        if (low || high) {
            (void)try_hold(w, row, low ? -1 : 1);
        }
    }
    memset(out, 0, w->k * sizeof *out);
    if (!solve_held(w, out)) {
        return false;
    }
    memcpy(out, w->exact_x, w->k * sizeof *out);
    return true;
}

static bool find_least(fb *w, double *y)
{
    w->n_bound = 0;
    memset(w->bound_side, 0, n_row(w) * sizeof *w->bound_side);
    for (size_t row = 0; row < n_row(w); row++) {
        if (w->bound_low[row] == w->bound_high[row]) {
            (void)try_hold(w, row, 1); /* implied by others otherwise */
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        if (!solve_held(w, y)) {
            return false;
        }
        double step;
        int side = 0;
        size_t row = first_in_way(w, y, &step, &side);
        for (size_t j = 0; j < w->k; j++) {
            y[j] += step * w->exact_x[j];
        }
        if (row != SIZE_MAX) {
            if (!try_hold(w, row, side)) {
                return false;
            }
            continue;
        }
        size_t i = most_wrong(w);
        if (i == SIZE_MAX) {
            return true;
        }
        let_go(w, i);
    }
    return false;
}

bool fb_centre_prices(fb *w)
{
    size_t n_node = w->problem->n_node;
    double *y = w->y;
    double *stated = w->held_mw;
    find_bounds(w);
    for (size_t j = 0; j < w->k; j++) {
        y[j] = j < w->n_grid ? w->kept_lambda[j] : w->kept_mu[w->active[j - w->n_grid]];
    }
    w->areas_stand = false;
    if (!find_least(w, y) || !restate(w, y, stated)) {
        return false;
    }
    for (size_t z = 0; z < n_node; z++) {
        if (w->curve[z].n > 0) {
            w->bound_low[z] = w->bound_high[z] = value_of(w, z, stated);
        }
    }
    w->areas_stand = true;
    if (!find_least(w, y) || !restate(w, y, y)) {
        return false;
    }
    for (size_t j = 0; j < w->k; j++) {
        if (j < w->n_grid) {
            w->lambda[j] = y[j];
        } else {
            w->mu[w->active[j - w->n_grid]] = y[j];
        }
    }
    fb_evaluate_u(w);
    return true;
}
