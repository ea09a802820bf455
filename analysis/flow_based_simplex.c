/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way to the optimum from afar.  The dual function is convex and, but for slopes,
 * piecewise linear in one component a grid and one a constraint; at one of its corners as
 * many elements stand at a kink (a price at which the area has orders, a price difference
 * of 0 along a link) as there are components.  These are held; the quantities that the
 * balance then asks of them tell which of them has to let go, or which constraint has to
 * join.  Letting go leads along one edge, over as many kinks as lie there (a ratio test
 * of long steps), to the element that is held next, or to a shadow price of zero, which
 * leaves.  Only the inverse of the rows of what is held is kept, and it is small.
 *
 * A slope counts as a step at its middle.  What is found is a start only: the exact part
 * judges it.
 */
#include "flow_based_internal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const double tolerance_mw = 1e-7;
/* Movement of a price per unit of the direction that is rounding. */
static const double still = 1e-10;
/* Prices nearer than this to a step are on it. */
static const double tie_eur_per_mwh = 1e-9;

enum { STEPS_MAX = 300 };

typedef struct leaving {
    size_t row;        /* of the inverse; k: the constraint's */
    size_t constraint; /* SIZE_MAX: a held element lets go */
    double sign;       /* which way its price goes */
    double excess;     /* MW */
    double score;
} leaving;

static double kink_price(const fb_curve *c, size_t s)
{
    return c->p[s] == c->p[s + 1] ? c->p[s] : 0.5 * (c->p[s] + c->p[s + 1]);
}

/* The next kinks below and above the point where area z is. */
static void find_kinks(fb *w, size_t z)
{
    const fb_curve *c = &w->curve[z];
    size_t above = w->point[z];
    size_t below = above;
    while (above + 1 < c->n && c->q[above + 1] == c->q[above]) {
        above++;
    }
    while (below > 0 && c->q[below - 1] == c->q[below]) {
        below--;
    }
    w->kink[2 * z + 1] = above + 1 < c->n ? kink_price(c, above) : INFINITY;
    w->kink[2 * z] = below > 0 ? kink_price(c, below - 1) : -INFINITY;
    w->q[z] = c->q[above];
}

/* Element e is not held, on its way up or down. */
static void find_place(fb *w, size_t e, bool up)
{
    const sn_flow_based_problem *p = w->problem;
    if (e < p->n_node) {
        find_kinks(w, e);
    } else {
        size_t l = e - p->n_node;
        w->link_side[l] = up ? 1 : -1;
        w->q[e] = up ? p->flow_max_mw[l] : p->flow_min_mw[l];
        w->kink[2 * e + 1] = up ? INFINITY : 0.0;
        w->kink[2 * e] = up ? 0.0 : -INFINITY;
    }
}

static double *column_of(const fb *w, size_t j)
{
    return &w->column[j * (w->problem->n_node + w->problem->n_link)];
}

static double *inverse_of(const fb *w, size_t i)
{
    return &w->inverse[i * w->inverse_stride];
}

static void
add_times(double *restrict to, double factor, const double *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] += factor * from[i];
    }
}

/* The links' part of a component: the difference of their ends. */
static void finish_column(const fb *w, double *column)
{
    const sn_flow_based_problem *p = w->problem;
    for (size_t l = 0; l < p->n_link; l++) {
        column[p->n_node + l] = column[p->link[l].to] - column[p->link[l].from];
    }
}

static void place_area(fb *w, size_t z)
{
    const fb_curve *c = &w->curve[z];
    double u = w->u[z];
    size_t s = c->at;
    while (s + 2 < c->n && u > c->p[s + 1]) {
        s++;
    }
    while (s > 0 && u < c->p[s]) {
        s--;
    }
    w->point[z] = u > kink_price(c, s) ? s + 1 : s;
}

/* Nothing but a price for each grid, held by nobody. */
static void begin(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    size_t n = p->n_node + p->n_link;
    w->inverse_stride = w->n_grid + n + 1;
    w->n_held = w->n_grid;
    for (size_t g = 0; g < w->n_grid; g++) {
        double *column = column_of(w, g);
        for (size_t z = 0; z < p->n_node; z++) {
            column[z] = w->grid[z] == g ? 1.0 : 0.0;
        }
        finish_column(w, column);
        memset(inverse_of(w, g), 0, w->n_grid * sizeof(double));
        inverse_of(w, g)[g] = 1.0;
        w->held[g] = n + g;
        w->held_min[g] = w->held_max[g] = 0.0;
        w->y[g] = w->lambda[g];
    }
    for (size_t z = 0; z < p->n_node; z++) {
        w->is_held[z] = false;
        w->u[z] = w->y[w->grid[z]];
        w->q[z] = 0.0;
        w->kink[2 * z + 1] = INFINITY;
        w->kink[2 * z] = -INFINITY;
        if (w->curve[z].n > 0) {
            place_area(w, z);
            find_kinks(w, z);
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        size_t e = p->n_node + l;
        w->is_held[e] = false;
        w->u[e] = w->u[p->link[l].to] - w->u[p->link[l].from];
        find_place(w, e, w->u[e] > 0.0);
    }
}

/* The quantities of what is held: those that balance grids and fill constraints. */
static void find_quantities(fb *w)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    size_t k = w->n_held;
    for (size_t i = 0; i < k; i++) {
        if (w->held[i] < n) {
            w->q[w->held[i]] = 0.0;
        }
    }
    for (size_t j = 0; j < k; j++) {
        double fixed = j < w->n_grid ? 0.0 : w->problem->ram_mw[w->joined[j]];
        w->gradient[j] = fixed + fb_dot(column_of(w, j), w->q, n);
    }
    for (size_t i = 0; i < k; i++) {
        w->held_mw[i] = -fb_dot(inverse_of(w, i), w->gradient, k);
    }
    for (size_t i = 0; i < k; i++) {
        if (w->held[i] < n) {
            w->q[w->held[i]] = w->held_mw[i];
        }
    }
}

static leaving choose_leaving(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    size_t k = w->n_held;
    leaving out = {SIZE_MAX, SIZE_MAX, 1.0, 0.0, 0.0};
    for (size_t i = 0; i < k; i++) {
        double q = w->held_mw[i];
        double excess = q > w->held_max[i] ? q - w->held_max[i] : w->held_min[i] - q;
        if (excess > tolerance_mw) {
            const double *row = inverse_of(w, i);
            double score = excess * excess / fb_dot(row, row, k);
            if (score > out.score) {
                double sign = q > w->held_max[i] ? 1.0 : -1.0;
                out = (leaving){i, SIZE_MAX, sign, excess, score};
            }
        }
    }
    fb_load(w, w->q, &w->q[p->n_node]);
    for (size_t c = 0; c < p->n_constraint; c++) {
        double excess = w->load[c] - p->ram_mw[c];
        if (excess > tolerance_mw && w->place[c] == SIZE_MAX) {
            double score = excess * excess / w->row_size[c];
            if (score > out.score) {
                out = (leaving){k, c, 1.0, excess, score};
            }
        }
    }
    return out;
}

/* Constraint c as the last component, and the direction in which it moves while
 * everything held stays. */
static bool join(fb *w, size_t c)
{
    const sn_flow_based_problem *p = w->problem;
    size_t k = w->n_held;
    if (k == w->n_grid + w->active_max) {
        return false;
    }
    double *column = column_of(w, k);
    for (size_t z = 0; z < p->n_node; z++) {
        column[z] = -p->ptdf[c * p->n_node + z];
    }
    finish_column(w, column);
    w->joined[k] = c;
    w->place[c] = k;
    w->y[k] = 0.0;
    double *row = inverse_of(w, k);
    memset(row, 0, k * sizeof *row);
    row[k] = 1.0;
    for (size_t i = 0; i < k; i++) {
        double *other = inverse_of(w, i);
        other[k] = 0.0;
        if (w->held[i] < p->n_node + p->n_link) {
            add_times(row, -column[w->held[i]], other, k);
        }
    }
    w->n_held++;
    return true;
}

/* How far along the direction element e comes to its next kink. */
static double next_kink(const fb *w, size_t e)
{
    double move = w->w[e];
    double to = w->kink[2 * e + (move > 0.0)];
    return fabs(move) < still ? INFINITY : (to - w->u[e]) / move;
}

/* Element e is at its next kink, which is its place now: what it can give there, MW. */
static double stop_at(fb *w, size_t e)
{
    const sn_flow_based_problem *p = w->problem;
    if (e >= p->n_node) {
        return p->flow_max_mw[e - p->n_node] - p->flow_min_mw[e - p->n_node];
    }
    const fb_curve *c = &w->curve[e];
    size_t s = w->point[e];
    if (w->w[e] > 0.0) {
        s += c->q[s + 1] == c->q[s] ? 1 : 0;
    } else {
        s -= c->q[s - 1] == c->q[s] ? 2 : 1;
    }
    w->point[e] = s;
    return c->q[s + 1] - c->q[s];
}

/* The kink is behind element e. */
static void go_past(fb *w, size_t e, bool up)
{
    if (e < w->problem->n_node) {
        w->point[e] += up ? 1 : 0;
    }
    find_place(w, e, up);
}

/* Index of the smallest of n, of equals the first of its half; two halves do not wait for
 * each other. */
static size_t first_of(const double *x, size_t n)
{
    size_t half = n / 2;
    size_t a = 0;
    size_t b = half;
    double least_a = INFINITY;
    double least_b = INFINITY;
    for (size_t i = 0; i < half; i++) {
        a = x[i] < least_a ? i : a;
        least_a = x[i] < least_a ? x[i] : least_a;
        b = x[half + i] < least_b ? half + i : b;
        least_b = x[half + i] < least_b ? x[half + i] : least_b;
    }
    size_t least = least_b < least_a ? b : a;
    return n % 2 == 1 && (half == 0 || x[n - 1] < x[least]) ? n - 1 : least;
}

/* Along the direction until the dual rises.  *wall: the component that came to zero, or
 * SIZE_MAX and the element to hold is returned; both SIZE_MAX: the dual has no end. */
static size_t search(fb *w, double excess, size_t *wall, double *step_out)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    double limit = INFINITY;
    *wall = SIZE_MAX;
    for (size_t j = w->n_grid; j < w->n_held; j++) {
        if (w->direction[j] < -still && -w->y[j] / w->direction[j] < limit) {
            limit = -w->y[j] / w->direction[j];
            *wall = j;
        }
    }
    size_t n_moving = 0;
    for (size_t e = 0; e < n; e++) {
        double next = next_kink(w, e);
        if (next < limit) {
            w->free_component[n_moving] = e;
            w->next[n_moving++] = next;
        }
    }
    for (;;) {
        size_t first = first_of(w->next, n_moving);
        double next = limit;
        if (n_moving > 0 && w->next[first] < limit) {
            next = w->next[first];
        } else {
            first = SIZE_MAX;
        }
        *step_out = fmax(next, 0.0);
        if (first == SIZE_MAX) {
            return SIZE_MAX;
        }
        size_t e = w->free_component[first];
        excess -= fabs(w->w[e]) * stop_at(w, e);
        if (excess <= 0.0) {
            *wall = SIZE_MAX;
            return e;
        }
        go_past(w, e, w->w[e] > 0.0);
        w->next[first] = next_kink(w, e);
    }
}

/* Row r of the inverse gives way to one on which factor[] stood before. */
static bool pivot(fb *w, size_t r, const double *factor)
{
    size_t k = w->n_held;
    double *row = inverse_of(w, r);
    if (fabs(factor[r]) < still) {
        return false;
    }
    double scale = 1.0 / factor[r];
    for (size_t j = 0; j < k; j++) {
        row[j] *= scale;
    }
    for (size_t i = 0; i < k; i++) {
        if (i != r && factor[i] != 0.0) {
            add_times(inverse_of(w, i), -factor[i], row, k);
        }
    }
    return true;
}

static bool hold(fb *w, size_t r, size_t e)
{
    size_t k = w->n_held;
    double *b = w->gradient;
    double *factor = w->held_mw;
    for (size_t j = 0; j < k; j++) {
        b[j] = column_of(w, j)[e];
    }
    for (size_t i = 0; i < k; i++) {
        factor[i] = fb_dot(b, inverse_of(w, i), k);
    }
    w->held[r] = e;
    w->is_held[e] = true;
    if (e < w->problem->n_node) {
        w->held_min[r] = w->curve[e].q[w->point[e]];
        w->held_max[r] = w->curve[e].q[w->point[e] + 1];
    } else {
        w->held_min[r] = w->problem->flow_min_mw[e - w->problem->n_node];
        w->held_max[r] = w->problem->flow_max_mw[e - w->problem->n_node];
    }
    w->kink[2 * e + 1] = INFINITY;
    w->kink[2 * e] = -INFINITY;
    return pivot(w, r, factor);
}

/* Component j is zero: it goes, and with it row r. */
static bool drop(fb *w, size_t r, size_t j)
{
    const size_t n = w->problem->n_node + w->problem->n_link;
    size_t last = w->n_held - 1;
    double *factor = w->held_mw;
    for (size_t i = 0; i <= last; i++) {
        factor[i] = inverse_of(w, i)[j];
    }
    if (!pivot(w, r, factor)) {
        return false;
    }
    if (r != last) {
        memcpy(inverse_of(w, r), inverse_of(w, last), (last + 1) * sizeof(double));
        w->held[r] = w->held[last];
        w->held_min[r] = w->held_min[last];
        w->held_max[r] = w->held_max[last];
    }
    w->place[w->joined[j]] = SIZE_MAX;
    if (j != last) {
        memcpy(column_of(w, j), column_of(w, last), n * sizeof(double));
        w->joined[j] = w->joined[last];
        w->place[w->joined[j]] = j;
        w->y[j] = w->y[last];
        for (size_t i = 0; i < last; i++) {
            inverse_of(w, i)[j] = inverse_of(w, i)[last];
        }
    }
    w->n_held = last;
    return true;
}

static bool take_step(fb *w, const leaving *out)
{
    size_t n = w->problem->n_node + w->problem->n_link;
    if (out->constraint != SIZE_MAX && !join(w, out->constraint)) {
        return false;
    }
    size_t k = w->n_held;
    const double *row = inverse_of(w, out->row);
    memset(w->w, 0, n * sizeof *w->w);
    for (size_t j = 0; j < k; j++) {
        w->direction[j] = out->sign * row[j];
        add_times(w->w, w->direction[j], column_of(w, j), n);
    }
    if (out->constraint == SIZE_MAX && w->held[out->row] < n) {
        size_t e = w->held[out->row];
        w->is_held[e] = false;
        go_past(w, e, out->sign > 0.0);
    }
    size_t wall;
    double step;
    size_t e = search(w, out->excess, &wall, &step);
    if (e == SIZE_MAX && wall == SIZE_MAX) {
        w->culprit = out->constraint; /* if an element, that with most of the direction */
        for (size_t j = w->n_grid; j < k && out->constraint == SIZE_MAX; j++) {
            bool more = w->culprit == SIZE_MAX ||
                        w->direction[j] > w->direction[w->place[w->culprit]];
            w->culprit = more ? w->joined[j] : w->culprit;
        }
        return false;
    }
    add_times(w->y, step, w->direction, k);
    add_times(w->u, step, w->w, n);
    return wall == SIZE_MAX ? hold(w, out->row, e) : drop(w, out->row, wall);
}

/* The segment that area z is on; one with orders at its price, if there is any. */
static size_t segment_of(const fb *w, size_t z)
{
    const fb_curve *c = &w->curve[z];
    double u = w->u[z];
    size_t s = w->point[z];
    if (w->is_held[z]) {
        return s;
    }
    s = s + 1 < c->n ? s : s - 1;
    while (s + 2 < c->n && u > c->p[s + 1]) {
        s++;
    }
    while (s > 0 && u < c->p[s]) {
        s--;
    }
    double near = tie_eur_per_mwh * fmax(1.0, 1e-3 * fabs(u));
    if (s + 2 < c->n && c->p[s + 1] - u < near && c->p[s + 1] == c->p[s + 2]) {
        return s + 1;
    }
    return s > 0 && u - c->p[s] < near && c->p[s - 1] == c->p[s] ? s - 1 : s;
}

/* Prices, shadow prices, segments and sides for the exact part. */
static void finish(fb *w, bool found)
{
    const sn_flow_based_problem *p = w->problem;
    for (size_t j = w->n_grid; j < w->n_held; j++) {
        w->place[w->joined[j]] = SIZE_MAX;
    }
    for (size_t g = 0; g < w->n_grid; g++) {
        w->lambda[g] = w->y[g];
    }
    size_t n_loose = 0; /* full at no price */
    for (size_t j = w->n_grid; j < w->n_held; j++) {
        w->mu[w->joined[j]] = fmax(w->y[j], 0.0);
        n_loose += w->y[j] <= 1e-9;
        if (found || w->y[j] > 0.0) { /* no more than there is room for */
            (void)fb_activate(w, w->joined[j]);
        }
    }
    size_t n_kink = 0;
    w->sloped = false;
    for (size_t z = 0; z < p->n_node; z++) {
        fb_curve *c = &w->curve[z];
        if (c->n > 0) {
            c->at = w->segment[z] = segment_of(w, z);
            fb_kind kind = fb_kind_of(c, c->at);
            n_kink += kind == FB_STEP;
            w->sloped |= kind == FB_SLOPE;
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        size_t e = p->n_node + l;
        if (w->is_held[e] || fabs(w->u[e]) < tie_eur_per_mwh) {
            w->link_side[l] = 0;
            n_kink++;
        }
    }
    size_t n_own = 0; /* kinks that are held, not a price that nothing fixes */
    for (size_t i = 0; i < w->n_held; i++) {
        n_own += w->held[i] < p->n_node + p->n_link;
    }
    w->tied = n_kink > n_own || n_loose > 0;
    fb_make_elements(w);
}

bool fb_simplex(fb *w)
{
    while (w->n_active > 0) {
        fb_deactivate(w, w->active[w->n_active - 1]);
    }
    begin(w);
    w->culprit = SIZE_MAX;
    bool going = true;
    for (int i = 0; i < STEPS_MAX && going; i++) {
        find_quantities(w);
        leaving out = choose_leaving(w);
        if (out.row == SIZE_MAX) {
            finish(w, true);
            return true;
        }
        w->n_step++;
        going = take_step(w, &out);
    }
    finish(w, false);
    return false;
}
