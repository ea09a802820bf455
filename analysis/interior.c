/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mehrotra's predictor and corrector (Mehrotra 1992; Wright 1997, ch. 10) with bounds on
 * both sides.  The normal matrix A D^-1 A' is block tridiagonal, because a variable
 * touches one period or two that follow: one dense Cholesky a block.
 */
#include "interior.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS_MAX = 300,
    STALLED_MAX = 20,
    SLOW_STALLED_MAX = 200,
    REFINEMENTS = 2,
    ROW_TURNS = 3,
    POLISH_TURNS = 40,
};

/* Each round stays a little near the one before (a proximal step in x and in the row
 * prices), so that no pivot is lost where prices or flows are open; where the search
 * ends nothing moves, so the end is the same. */
static const double hold_column = 1e-8;
static const double hold_row = 1e-6;

/* While the last digits are looked for: how near it stays, what is wrong enough to leave
 * a bound, how far inside it begins, how near a bound is one, when it is done; and what
 * is gone when a step leaves less than this share of it. */
static const double hold_inside = 1e-5;
static const double wrong_most = 1e-10;
static const double inside_mw = 1e-7;
static const double near_mw = 1e-3;
static const double polished = 1e-11;
static const double gone_share = 1e-7;

/* Of the way to the nearest bound. */
static const double step_share = 0.995;

/* A step this long is no sign of trouble, whatever the gap; centring aims at this much of
 * the mean product. */
static const double far_enough = 0.8;
static const double centring = 0.5;

/* The gap is relative to 1 plus the sum of |cost * x|, stationarity to the dearest cost.
 */
static const double gap_wanted = 1e-17;
static const double dual_wanted = 2e-14;
static const double gap_needed = 1e-6;

/* Where two answers differ by next to nothing, being held near the round before lets it
 * go over to the better one by a little a round: while stationarity lacks more than this
 * share of the dearest cost it is on its way. */
static const double slow_dual = 1e-11;

/* Nearer to a bound than this (and than a price tells) is at it. */
static const double bound_mw = 1e-5;

/* What is further from its bounds is free to move, and no more. */
static const double free_most = 1e3;

typedef struct sn_interior_work {
    const sn_interior_problem *problem;
    sn_interior_solution *s;
    size_t n, m;            /* columns, rows */
    size_t *block_of;       /* [m] */
    size_t *first_diagonal; /* [n_block + 1] where its square begins */
    size_t *first_off;      /* [n_block + 1] */
    double *diagonal;       /* lower triangle, row by row */
    double *off;            /* rows of block b, columns of block b - 1 */
    double *weight;         /* [n] 1 / D */
    double *dx, *dzero, *dupper, *dy;
    double *target_zero, *target_upper; /* [n] products aimed at */
    double *dual;                       /* [n] residual of stationarity */
    double *push;                       /* [n] */
    double *rows, *rest, *turn;         /* [m] */
    double *kept;                       /* [2 n + m] */
    double mu;
} sn_interior_work;

/* ---- the normal matrix ---- */

static void add_pair(sn_interior_work *w, size_t i, size_t j, double v)
{
    const size_t *first = w->problem->first_row;
    size_t bi = w->block_of[i];
    size_t bj = w->block_of[j];
    if (bi == bj && i >= j) {
        size_t size = first[bi + 1] - first[bi];
        w->diagonal[w->first_diagonal[bi] + (i - first[bi]) * size + j - first[bi]] += v;
    } else if (bi == bj + 1) {
        size_t size = first[bj + 1] - first[bj];
        w->off[w->first_off[bi] + (i - first[bi]) * size + j - first[bj]] += v;
    }
}

static void assemble(sn_interior_work *w)
{
    const size_t *first = w->problem->first_row;
    size_t n_block = w->problem->n_block;
    memset(w->diagonal, 0, w->first_diagonal[n_block] * sizeof *w->diagonal);
    memset(w->off, 0, w->first_off[n_block] * sizeof *w->off);
    for (size_t b = 0; b < n_block; b++) {
        for (size_t i = first[b]; i < first[b + 1]; i++) {
            add_pair(w, i, i, hold_row);
        }
    }
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        for (size_t i = 0; i < c->n_entry; i++) {
            for (size_t j = 0; j < c->n_entry; j++) {
                add_pair(w, c->row[i], c->row[j],
                         c->value[i] * c->value[j] * w->weight[k]);
            }
        }
    }
}

/* Lower triangle in place. */
static void factor_square(double *a, size_t size)
{
    for (size_t j = 0; j < size; j++) {
        double pivot = a[j * size + j];
        for (size_t k = 0; k < j; k++) {
            pivot -= a[j * size + k] * a[j * size + k];
        }
        pivot = sqrt(fmax(pivot, hold_row)); /* it is no less, but for rounding */
        a[j * size + j] = pivot;
        for (size_t i = j + 1; i < size; i++) {
            double v = a[i * size + j];
            for (size_t k = 0; k < j; k++) {
                v -= a[i * size + k] * a[j * size + k];
            }
            a[i * size + j] = v / pivot;
        }
    }
}

static void solve_lower(const double *a, size_t size, double *v)
{
    for (size_t i = 0; i < size; i++) {
        for (size_t k = 0; k < i; k++) {
            v[i] -= a[i * size + k] * v[k];
        }
        v[i] /= a[i * size + i];
    }
}

static void solve_upper(const double *a, size_t size, double *v)
{
    for (size_t i = size; i-- > 0;) {
        v[i] /= a[i * size + i];
        for (size_t k = 0; k < i; k++) {
            v[k] -= a[i * size + k] * v[i];
        }
    }
}

static bool is_zero(const double *v, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (v[k] != 0.0) {
            return false;
        }
    }
    return true;
}

/* Takes what block b - 1 has solved out of block b: its rows of `off` become those of
 * the factor. */
static void reduce_block(sn_interior_work *w, size_t b)
{
    const size_t *first = w->problem->first_row;
    size_t size = first[b + 1] - first[b];
    size_t before = first[b] - first[b - 1];
    double *d = &w->diagonal[w->first_diagonal[b]];
    double *o = &w->off[w->first_off[b]];
    for (size_t i = 0; i < size; i++) {
        if (is_zero(&o[i * before], before)) {
            continue;
        }
        solve_lower(&w->diagonal[w->first_diagonal[b - 1]], before, &o[i * before]);
        for (size_t j = 0; j <= i; j++) {
            for (size_t k = 0; k < before; k++) {
                d[i * size + j] -= o[i * before + k] * o[j * before + k];
            }
        }
    }
}

static void factorise(sn_interior_work *w)
{
    const size_t *first = w->problem->first_row;
    for (size_t b = 0; b < w->problem->n_block; b++) {
        if (b > 0) {
            reduce_block(w, b);
        }
        factor_square(&w->diagonal[w->first_diagonal[b]], first[b + 1] - first[b]);
    }
}

/* v in place. */
static void solve_rows(const sn_interior_work *w, double *v)
{
    const size_t *first = w->problem->first_row;
    for (size_t b = 0; b < w->problem->n_block; b++) {
        size_t size = first[b + 1] - first[b];
        size_t before = b > 0 ? first[b] - first[b - 1] : 0;
        const double *o = &w->off[w->first_off[b]];
        for (size_t i = 0; i < size; i++) {
            for (size_t k = 0; k < before; k++) {
                v[first[b] + i] -= o[i * before + k] * v[first[b - 1] + k];
            }
        }
        solve_lower(&w->diagonal[w->first_diagonal[b]], size, &v[first[b]]);
    }
    for (size_t b = w->problem->n_block; b-- > 0;) {
        size_t size = first[b + 1] - first[b];
        size_t before = b > 0 ? first[b] - first[b - 1] : 0;
        const double *o = &w->off[w->first_off[b]];
        solve_upper(&w->diagonal[w->first_diagonal[b]], size, &v[first[b]]);
        for (size_t i = 0; i < size; i++) {
            for (size_t k = 0; k < before; k++) {
                v[first[b - 1] + k] -= o[i * before + k] * v[first[b] + i];
            }
        }
    }
}

/* ---- residuals and steps ---- */

static double priced(const sn_interior_column *c, const double *row_price)
{
    double sum = 0.0;
    for (size_t i = 0; i < c->n_entry; i++) {
        sum += c->value[i] * row_price[c->row[i]];
    }
    return sum;
}

/* right - A x, into out. */
static void find_rest(const sn_interior_work *w, const double *x, double *out)
{
    memcpy(out, w->problem->right, w->m * sizeof *out);
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        for (size_t i = 0; i < c->n_entry; i++) {
            out[c->row[i]] -= c->value[i] * x[k];
        }
    }
}

static void find_residuals(sn_interior_work *w)
{
    sn_interior_solution *s = w->s;
    find_rest(w, s->x, w->rest);
    s->gap = 0.0;
    size_t n_bound = 0;
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        w->dual[k] = c->cost + c->curvature * s->x[k] - priced(c, s->row_price) -
                     s->at_zero[k] + s->at_upper[k];
        bool bounded = isfinite(c->upper);
        s->gap += s->x[k] * s->at_zero[k] + (bounded ? s->room[k] * s->at_upper[k] : 0.0);
        n_bound += bounded ? 2 : c->is_free ? 0 : 1;
    }
    w->mu = s->gap / (double)(n_bound + 1);
}

/* dy from rows by the factor, and refined. */
static void solve_refined(sn_interior_work *w)
{
    memcpy(w->dy, w->rows, w->m * sizeof *w->dy);
    solve_rows(w, w->dy);
    for (int turn = 0; turn < REFINEMENTS; turn++) {
        for (size_t i = 0; i < w->m; i++) {
            w->turn[i] = w->rows[i] - hold_row * w->dy[i];
        }
        for (size_t k = 0; k < w->n; k++) {
            const sn_interior_column *c = &w->problem->column[k];
            double v = w->weight[k] * priced(c, w->dy);
            for (size_t i = 0; i < c->n_entry; i++) {
                w->turn[c->row[i]] -= c->value[i] * v;
            }
        }
        solve_rows(w, w->turn);
        for (size_t i = 0; i < w->m; i++) {
            w->dy[i] += w->turn[i];
        }
    }
}

/* Direction for the products aimed at: D dx = A' dy + push, A dx = rest. */
static void find_direction(sn_interior_work *w)
{
    sn_interior_solution *s = w->s;
    memcpy(w->rows, w->rest, w->m * sizeof *w->rows);
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        double up =
            isfinite(c->upper) ? w->target_upper[k] / s->room[k] - s->at_upper[k] : 0.0;
        double low = c->is_free ? 0.0 : w->target_zero[k] / s->x[k] - s->at_zero[k];
        w->push[k] = low - up - w->dual[k];
        for (size_t i = 0; i < c->n_entry; i++) {
            w->rows[c->row[i]] -= c->value[i] * w->weight[k] * w->push[k];
        }
    }
    solve_refined(w);
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        double dx = w->weight[k] * (priced(c, w->dy) + w->push[k]);
        w->dx[k] = dx;
        w->dzero[k] = c->is_free ? 0.0
                                 : (w->target_zero[k] - s->at_zero[k] * dx) / s->x[k] -
                                       s->at_zero[k];
        w->dupper[k] = !isfinite(c->upper)
                           ? 0.0
                           : (w->target_upper[k] + s->at_upper[k] * dx) / s->room[k] -
                                 s->at_upper[k];
    }
}

/* Largest share of the direction that leaves everything above 0. */
static double find_reach(const sn_interior_work *w)
{
    const sn_interior_solution *s = w->s;
    double reach = 1.0 / step_share;
    for (size_t k = 0; k < w->n; k++) {
        if (w->dx[k] < 0.0 && !w->problem->column[k].is_free) {
            reach = fmin(reach, -s->x[k] / w->dx[k]);
        }
        if (w->dx[k] > 0.0 && isfinite(w->problem->column[k].upper)) {
            reach = fmin(reach, s->room[k] / w->dx[k]);
        }
        if (w->dzero[k] < 0.0) {
            reach = fmin(reach, -s->at_zero[k] / w->dzero[k]);
        }
        if (w->dupper[k] < 0.0) {
            reach = fmin(reach, -s->at_upper[k] / w->dupper[k]);
        }
    }
    return reach;
}

/* The gap after that share of the direction. */
static double gap_after(const sn_interior_work *w, double share)
{
    const sn_interior_solution *s = w->s;
    double gap = 0.0;
    for (size_t k = 0; k < w->n; k++) {
        gap += (s->x[k] + share * w->dx[k]) * (s->at_zero[k] + share * w->dzero[k]);
        if (isfinite(w->problem->column[k].upper)) {
            gap +=
                (s->room[k] - share * w->dx[k]) * (s->at_upper[k] + share * w->dupper[k]);
        }
    }
    return gap;
}

static void step(sn_interior_work *w, double share)
{
    sn_interior_solution *s = w->s;
    for (size_t k = 0; k < w->n; k++) {
        double upper = w->problem->column[k].upper;
        s->x[k] += share * w->dx[k];
        s->at_zero[k] += share * w->dzero[k];
        s->at_upper[k] += share * w->dupper[k];
        if (isfinite(upper)) {
            s->room[k] -= share * w->dx[k];
            /* The smaller of the two keeps its digits. */
            s->x[k] = s->room[k] < s->x[k] ? upper - s->room[k] : s->x[k];
            s->room[k] = s->room[k] < s->x[k] ? s->room[k] : upper - s->x[k];
        }
    }
    for (size_t i = 0; i < w->m; i++) {
        s->row_price[i] += share * w->dy[i];
    }
}

/* A direction to the middle of the way, at a smaller gap: it goes far where Mehrotra's is
 * cut short again and again and the gap goes round in circles. */
static double centre(sn_interior_work *w)
{
    for (size_t k = 0; k < w->n; k++) {
        w->target_zero[k] = w->target_upper[k] = centring * w->mu;
    }
    find_direction(w);
    return fmin(step_share * find_reach(w), 1.0);
}

/* One round; the share of the way it went. */
static double improve(sn_interior_work *w)
{
    sn_interior_solution *s = w->s;
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        double d = hold_column + c->curvature;
        d += c->is_free ? 0.0 : s->at_zero[k] / s->x[k];
        d += isfinite(c->upper) ? s->at_upper[k] / s->room[k] : 0.0;
        w->weight[k] = 1.0 / d;
        w->target_zero[k] = w->target_upper[k] = 0.0;
    }
    assemble(w);
    factorise(w);
    find_direction(w);
    double share = fmin(find_reach(w), 1.0);
    double ratio = s->gap > 0.0 ? gap_after(w, share) / s->gap : 0.0;
    double aim = w->mu * ratio * ratio * ratio;
    for (size_t k = 0; k < w->n; k++) {
        w->target_zero[k] = aim - w->dx[k] * w->dzero[k];
        w->target_upper[k] = aim + w->dx[k] * w->dupper[k];
    }
    find_direction(w);
    share = fmin(step_share * find_reach(w), 1.0);
    if (share < far_enough && gap_after(w, share) > 0.9 * s->gap) {
        share = centre(w);
    }
    step(w, share);
    return share;
}

/* ---- from a fixed start to where it comes no nearer ---- */

static double dearest(const sn_interior_work *w)
{
    double dear = 1.0;
    for (size_t k = 0; k < w->n; k++) {
        dear = fmax(dear, fabs(w->problem->column[k].cost));
    }
    return dear;
}

static double worst_dual(const sn_interior_work *w)
{
    double worst = 0.0;
    for (size_t k = 0; k < w->n; k++) {
        worst = fmax(worst, fabs(w->dual[k]));
    }
    return worst;
}

static void start(sn_interior_work *w)
{
    double most = 1.0;
    double dear = dearest(w);
    for (size_t k = 0; k < w->n; k++) {
        double upper = w->problem->column[k].upper;
        most = isfinite(upper) ? fmax(most, upper) : most;
    }
    for (size_t k = 0; k < w->n; k++) {
        double upper = w->problem->column[k].upper;
        bool bounded = isfinite(upper);
        bool is_free = w->problem->column[k].is_free;
        w->s->x[k] = bounded ? 0.5 * upper : is_free ? 0.0 : 0.01 * most;
        w->s->room[k] = bounded ? 0.5 * upper : INFINITY;
        w->s->at_zero[k] = is_free ? 0.0 : dear;
        w->s->at_upper[k] = bounded ? dear : 0.0;
    }
    memset(w->s->row_price, 0, w->m * sizeof *w->s->row_price);
}

/* What would rather be beyond its bound than off it, and is nearly there, is there. */
static void put_at_bounds(sn_interior_work *w)
{
    sn_interior_solution *s = w->s;
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        if (!c->is_free && s->x[k] < bound_mw && s->x[k] < s->at_zero[k]) {
            s->x[k] = 0.0;
            s->room[k] = c->upper;
        } else if (s->room[k] < bound_mw && s->room[k] < s->at_upper[k]) {
            s->x[k] = c->upper;
            s->room[k] = 0.0;
        }
    }
}

/* Rounding leaves the rows a little off, because what is far from its bounds weighs so
 * much more than the rest.  With weights that only tell what is free to move, the rows
 * are met to the last digit. */
static void meet_rows(sn_interior_work *w)
{
    sn_interior_solution *s = w->s;
    for (int turn = 0; turn < ROW_TURNS; turn++) {
        find_rest(w, s->x, w->rest);
        for (size_t k = 0; k < w->n; k++) {
            bool is_free = w->problem->column[k].is_free;
            double most =
                is_free ? free_most : fmin(fmin(s->x[k], s->room[k]), free_most);
            w->weight[k] = most * most;
        }
        assemble(w);
        factorise(w);
        memcpy(w->dy, w->rest, w->m * sizeof *w->dy);
        solve_rows(w, w->dy);
        double share = 1.0;
        for (size_t k = 0; k < w->n; k++) {
            bool is_free = w->problem->column[k].is_free;
            double dx = w->weight[k] * priced(&w->problem->column[k], w->dy);
            w->dx[k] = dx;
            w->dzero[k] = w->dupper[k] = 0.0;
            share = dx < 0.0 && !is_free ? fmin(share, -0.5 * s->x[k] / dx) : share;
            share = dx > 0.0 ? fmin(share, 0.5 * s->room[k] / dx) : share;
        }
        memset(w->dy, 0, w->m * sizeof *w->dy);
        step(w, share);
    }
    find_residuals(w);
}

/* ---- the last digits ---- */

/* Neither at 0 nor at its upper bound. */
static bool is_inner(const sn_interior_work *w, size_t k)
{
    return w->problem->column[k].is_free || (w->s->x[k] > 0.0 && w->s->room[k] > 0.0);
}

/* What stationarity lacks, where the bounds have no say. */
static double slope_left(const sn_interior_work *w, size_t k)
{
    const sn_interior_column *c = &w->problem->column[k];
    return c->cost + c->curvature * w->s->x[k] - priced(c, w->s->row_price);
}

/* How wrong it is for a column to stand where it does: its bounds have a say one way. */
static double wrong_of(const sn_interior_work *w, size_t k)
{
    double left = slope_left(w, k);
    return is_inner(w, k) ? fabs(left) : fmax(0.0, w->s->x[k] > 0.0 ? left : -left);
}

/* The largest lack of stationarity and of the rows, both at the size of prices and
 * quantities of markets. */
static double lack(sn_interior_work *w)
{
    double most = 0.0;
    for (size_t k = 0; k < w->n; k++) {
        most = fmax(most, wrong_of(w, k));
    }
    find_rest(w, w->s->x, w->rest);
    for (size_t i = 0; i < w->m; i++) {
        most = fmax(most, fabs(w->rest[i]));
    }
    return most;
}

/* What would leave its bound comes a little inside; what has no inside to speak of goes
 * over to its other bound. */
static void let_in(sn_interior_work *w)
{
    sn_interior_solution *s = w->s;
    for (size_t k = 0; k < w->n; k++) {
        double upper = w->problem->column[k].upper;
        if (is_inner(w, k) || !(wrong_of(w, k) > wrong_most)) {
            continue;
        }
        bool is_full = s->x[k] > 0.0;
        double inside = upper < 3.0 * inside_mw ? upper : inside_mw;
        s->x[k] = is_full ? upper - inside : inside;
        s->room[k] = is_full ? inside : upper - inside;
    }
}

/* Newton's direction on what is inner, all else held. */
static void find_inside(sn_interior_work *w)
{
    find_rest(w, w->s->x, w->rest);
    memcpy(w->rows, w->rest, w->m * sizeof *w->rows);
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        w->weight[k] = is_inner(w, k) ? 1.0 / (hold_inside + c->curvature) : 0.0;
        w->push[k] = w->weight[k] > 0.0 ? -slope_left(w, k) : 0.0;
        for (size_t i = 0; i < c->n_entry; i++) {
            w->rows[c->row[i]] -= c->value[i] * w->weight[k] * w->push[k];
        }
    }
    assemble(w);
    factorise(w);
    solve_refined(w);
    for (size_t k = 0; k < w->n; k++) {
        w->dx[k] = w->weight[k] * (priced(&w->problem->column[k], w->dy) + w->push[k]);
        w->dzero[k] = w->dupper[k] = 0.0;
    }
}

/* What the direction drives to or through a bound that is near is at it; true when there
 * was any. */
static bool put_nearest(sn_interior_work *w)
{
    sn_interior_solution *s = w->s;
    bool any = false;
    for (size_t k = 0; k < w->n; k++) {
        const sn_interior_column *c = &w->problem->column[k];
        if (c->is_free || !is_inner(w, k)) {
            continue;
        }
        if (s->x[k] <= near_mw && s->x[k] + w->dx[k] < gone_share * s->x[k]) {
            s->x[k] = 0.0;
            s->room[k] = c->upper;
            any = true;
        } else if (s->room[k] <= near_mw &&
                   s->room[k] - w->dx[k] < gone_share * s->room[k]) {
            s->x[k] = c->upper;
            s->room[k] = 0.0;
            any = true;
        }
    }
    return any;
}

static void step_inside(sn_interior_work *w)
{
    const sn_interior_solution *s = w->s;
    double share = 1.0;
    let_in(w);
    find_inside(w);
    if (put_nearest(w)) {
        find_inside(w);
    }
    for (size_t k = 0; k < w->n; k++) {
        bool is_free = w->problem->column[k].is_free;
        double dx = w->dx[k];
        share = dx < 0.0 && !is_free ? fmin(share, -0.5 * s->x[k] / dx) : share;
        share = dx > 0.0 && !is_free ? fmin(share, 0.5 * s->room[k] / dx) : share;
    }
    step(w, share);
}

static void copy_best(sn_interior_work *w, bool back)
{
    sn_interior_solution *s = w->s;
    double *const now[] = {s->x, s->room, s->row_price};
    const size_t size[] = {w->n, w->n, w->m};
    double *kept = w->kept;
    for (int i = 0; i < 3; kept += size[i], i++) {
        memcpy(back ? now[i] : kept, back ? kept : now[i], size[i] * sizeof *kept);
    }
}

/* The way through the inside ends where rounding of its products does.  What is at a
 * bound is known by then, but for a few; some steps of Newton's find those, and the last
 * digits. The best is kept. */
static void polish(sn_interior_work *w)
{
    double best = lack(w);
    copy_best(w, false);
    for (int turn = 0; turn < POLISH_TURNS && best > polished; turn++) {
        step_inside(w);
        double now = lack(w);
        if (now < best) {
            best = now;
            copy_best(w, false);
        }
    }
    copy_best(w, true);
    find_residuals(w);
}

static double money(const sn_interior_work *w)
{
    double sum = 1.0;
    for (size_t k = 0; k < w->n; k++) {
        sum += fabs(w->problem->column[k].cost * w->s->x[k]);
    }
    return sum;
}

/* The gap, and what the rows and stationarity lack at the size of things. */
static double distance(const sn_interior_work *w)
{
    double sum = w->s->gap;
    for (size_t k = 0; k < w->n; k++) {
        sum += fabs(w->dual[k]) * fmin(fabs(w->s->x[k]), w->s->room[k]);
    }
    for (size_t i = 0; i < w->m; i++) {
        sum += fabs(w->rest[i]) * (1.0 + fabs(w->s->row_price[i]));
    }
    return sum / money(w);
}

static sn_status search(sn_interior_work *w, sn_error *err)
{
    double best = INFINITY;
    size_t n_stalled = 0;
    start(w);
    find_residuals(w);
    for (w->s->n_round = 0; w->s->n_round < ROUNDS_MAX; w->s->n_round++) {
        double share = improve(w);
        find_residuals(w);
        double now = fmax(w->s->gap / (gap_wanted * money(w)),
                          worst_dual(w) / (dual_wanted * dearest(w)));
        n_stalled = now < 0.9 * best ? 0 : n_stalled + 1;
        best = fmin(best, now);
        bool is_slow = worst_dual(w) > slow_dual * dearest(w);
        size_t most = is_slow ? SLOW_STALLED_MAX : STALLED_MAX;
        if (!(now > 1.0) || n_stalled > most || share < 1e-9) {
            break;
        }
    }
    put_at_bounds(w);
    meet_rows(w);
    polish(w);
    double left = distance(w);
    return left <= gap_needed
               ? SN_OK
               : sn_error_set(err, SN_E_NUMERIC,
                              "interior point search: %.3g off after %zu rounds", left,
                              w->s->n_round);
}

static void find_blocks(sn_interior_work *w)
{
    const size_t *first = w->problem->first_row;
    for (size_t b = 0; b < w->problem->n_block; b++) {
        size_t size = first[b + 1] - first[b];
        size_t before = b > 0 ? first[b] - first[b - 1] : 0;
        w->first_diagonal[b + 1] = w->first_diagonal[b] + size * size;
        w->first_off[b + 1] = w->first_off[b] + size * before;
        for (size_t i = first[b]; i < first[b + 1]; i++) {
            w->block_of[i] = b;
        }
    }
}

sn_status sn_interior_solve(const sn_interior_problem *problem,
                            sn_interior_solution *out,
                            sn_error *err)
{
    size_t n = problem->n_column;
    size_t m = problem->first_row[problem->n_block];
    size_t n_block = problem->n_block;
    sn_interior_work w = {.problem = problem, .s = out, .n = n, .m = m};
    size_t *indices = calloc(m + 2 * (n_block + 1), sizeof *indices);
    double *numbers = calloc(10 * n + 5 * m + 1, sizeof *numbers);
    if (indices != NULL && numbers != NULL) {
        w.block_of = indices;
        w.first_diagonal = indices + m;
        w.first_off = w.first_diagonal + n_block + 1;
        double *at = numbers;
        double **by_column[] = {&w.weight, &w.dx,          &w.dzero,        &w.dupper,
                                &w.push,   &w.target_zero, &w.target_upper, &w.dual};
        for (size_t i = 0; i < sizeof by_column / sizeof *by_column; i++, at += n) {
            *by_column[i] = at;
        }
        w.dy = at;
        w.rows = w.dy + m;
        w.rest = w.rows + m;
        w.turn = w.rest + m;
        w.kept = w.turn + m;
        find_blocks(&w);
        w.diagonal = calloc(w.first_diagonal[n_block] + 1, sizeof *w.diagonal);
        w.off = calloc(w.first_off[n_block] + 1, sizeof *w.off);
    }
    sn_status status = SN_OK;
    if (w.diagonal == NULL || w.off == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu rows", m);
    } else {
        status = search(&w, err);
    }
    free(w.diagonal);
    free(w.off);
    free(indices);
    free(numbers);
    return status;
}
