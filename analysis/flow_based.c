/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow_based.h"

#include "flow_based_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Unlimited links carry this; a result that reaches it does not exist in a network. */
const double fb_unlimited_mw = 1e6;
/* Net positions closer than this to the end of a curve are on the curve. */
const double fb_end_tolerance_mw = 1e-6;
/* Where full constraints leave an area no orders, its price may lie beyond the limits of
 * the market; as far as this before the area counts as unable to balance. */
static const double beyond_eur_per_mwh = 1e6;
/* Firmer than all distances of prices from the middle of their intervals together. */
const double fb_firm = 1e8;

/* A larger PTDF is taken for a mistake. */
static const double ptdf_max = 1e3;

static size_t active_max(size_t n_node, size_t n_link, size_t n_constraint)
{
    size_t n = n_node + n_link + 8;
    return n_constraint < n ? n_constraint : n;
}

/* The next n doubles of a block. */
static double *take(double **at, size_t n)
{
    double *taken = *at;
    *at += n;
    return taken;
}

static size_t *take_index(size_t **at, size_t n)
{
    size_t *taken = *at;
    *at += n;
    return taken;
}

static void lay_out(fb *w, double *at, size_t *index, double *point)
{
    size_t nn = w->node_max;
    size_t nl = w->link_max;
    size_t nc = w->constraint_max;
    size_t ne = nn + nl;
    size_t k = nn + active_max(nn, nl, nc);
    size_t m = w->exact_max;
    w->lambda = take(&at, nn);
    w->kept_lambda = take(&at, nn);
    w->mu = take(&at, nc);
    w->kept_mu = take(&at, nc);
    w->ram_active = take(&at, k);
    w->b = take(&at, ne * k);
    w->u = take(&at, ne);
    w->q = take(&at, ne);
    w->slope = take(&at, ne);
    w->w = take(&at, ne);
    w->next = take(&at, ne);
    w->gradient = take(&at, k + 1);
    w->direction = take(&at, k + 1);
    w->hessian = take(&at, k * k);
    w->injection = take(&at, nn);
    w->load = take(&at, nc);
    w->exact_matrix = take(&at, m * m);
    w->exact_factor = take(&at, m * m);
    w->exact_right = take(&at, m);
    w->exact_x = take(&at, m);
    w->exact_residual = take(&at, m);
    w->held_mw = take(&at, k + ne + 1);
    w->y = take(&at, k + 1);
    w->held_min = take(&at, k + 1);
    w->held_max = take(&at, k + 1);
    w->kink = take(&at, 2 * ne);
    w->column = take(&at, (k + 1) * ne);
    w->inverse = take(&at, (k + 1) * (nn + ne + 1));
    w->row_size = take(&at, nc);
    w->bound_low = take(&at, ne + k);
    w->bound_high = take(&at, ne + k);
    w->middle = take(&at, nn);
    w->held_base = take(&at, k * k);
    w->price = take(&at, nn);
    w->net = take(&at, nn);
    w->flow = take(&at, nl);
    w->shadow = take(&at, nc);
    w->flow_min = take(&at, nl);
    w->flow_max = take(&at, nl);
    w->choice_points = take(&at, 2 * FB_CHOICE_POINTS * nn);
    w->choice_min = take(&at, nl);
    w->choice_max = take(&at, nl);
    w->grid = take_index(&index, nn);
    w->active = take_index(&index, k + 1);
    w->place = take_index(&index, nc);
    w->free_component = take_index(&index, k + ne);
    w->segment = take_index(&index, nn);
    w->exact_row = take_index(&index, m);
    w->exact_element = take_index(&index, ne);
    w->point = take_index(&index, nn);
    w->held = take_index(&index, k + 1);
    w->joined = take_index(&index, k + 1);
    w->bound = take_index(&index, k);
    w->points = point;
}

static fb *alloc_part(size_t n_node, size_t n_link, size_t n_constraint, size_t n_point)
{
    fb *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    size_t ne = n_node + n_link;
    size_t k = n_node + active_max(n_node, n_link, n_constraint);
    size_t m = k + ne;
    w->node_max = n_node;
    w->link_max = n_link;
    w->constraint_max = n_constraint;
    w->point_max = n_point + 4 * n_node;
    w->exact_max = m;
    w->active_max = active_max(n_node, n_link, n_constraint);
    size_t n_number = (6 + 2 * FB_CHOICE_POINTS) * n_node + 5 * n_link +
                      5 * n_constraint + ne * k + 8 * ne + 7 * k + 2 * (ne + k) +
                      2 * k * k + 2 * m * m + 3 * m + (k + 1) * (n_node + 2 * ne + 1) +
                      16;
    size_t n_index = 3 * n_node + 5 * k + n_constraint + m + 2 * ne + 8;
    w->numbers = calloc(n_number, sizeof(double));
    w->indices = calloc(n_index, sizeof(size_t));
    w->point_block = calloc(3 * w->point_max + 1, sizeof(double));
    w->curve = calloc(n_node + 1, sizeof *w->curve);
    w->link_side = calloc(n_link + 1, sizeof *w->link_side);
    w->bound_side = calloc(ne + k + 1, sizeof *w->bound_side);
    w->is_held = calloc(ne + 1, sizeof *w->is_held);
    w->usable = calloc(n_constraint + 1, sizeof *w->usable);
    w->is_equal = calloc(n_constraint + 1, sizeof *w->is_equal);
    w->choice_curve = calloc(n_node + 1, sizeof *w->choice_curve);
    if (w->numbers == NULL || w->indices == NULL || w->point_block == NULL ||
        w->curve == NULL || w->link_side == NULL || w->is_held == NULL ||
        w->bound_side == NULL || w->is_equal == NULL || w->usable == NULL ||
        w->choice_curve == NULL) {
        sn_flow_based_free(w);
        return NULL;
    }
    lay_out(w, w->numbers, w->indices, w->point_block);
    for (size_t c = 0; c < n_constraint; c++) {
        w->place[c] = SIZE_MAX;
    }
    return w;
}

sn_flow_based *
sn_flow_based_alloc(size_t n_node, size_t n_link, size_t n_constraint, size_t n_point)
{
    fb *w = alloc_part(n_node, n_link, n_constraint, n_point);
    if (w != NULL) {
        w->choice = alloc_part(n_node, n_link, n_constraint, FB_CHOICE_POINTS * n_node);
        if (w->choice == NULL) {
            sn_flow_based_free(w);
            return NULL;
        }
    }
    return w;
}

void sn_flow_based_free(sn_flow_based *work)
{
    if (work != NULL) {
        sn_flow_based_free(work->choice);
        free(work->numbers);
        free(work->indices);
        free(work->point_block);
        free(work->curve);
        free(work->link_side);
        free(work->bound_side);
        free(work->is_held);
        free(work->usable);
        free(work->is_equal);
        free(work->choice_curve);
        free(work);
    }
}

/* Names what is wrong with a curve. */
static sn_status name_fault(const sn_curve *curve, size_t node, sn_error *err)
{
    for (size_t k = 0; k < curve->n; k++) {
        double p = curve->price_eur_per_mwh[k];
        double q = curve->quantity_mw[k];
        if (!isfinite(p) || !isfinite(q)) {
            return sn_error_set(err, SN_E_FORMAT,
                                "net supply curve of node %zu: point %zu is not a number",
                                node, k);
        }
        if (k > 0 &&
            (p < curve->price_eur_per_mwh[k - 1] || q < curve->quantity_mw[k - 1])) {
            return sn_error_set(err, SN_E_FORMAT,
                                "net supply curve of node %zu decreases at point %zu",
                                node, k);
        }
    }
    return SN_OK;
}

/* Judges every RAM and PTDF and keeps the size of each row. */
static sn_status check_constraints(fb *w, const sn_flow_based_problem *p, sn_error *err)
{
    size_t n = p->n_node;
    for (size_t c = 0; c < p->n_constraint; c++) {
        const double *row = &p->ptdf[c * n];
        double sum = fb_dot(row, row, n);
        w->row_size[c] = 1.0 + sum;
        if (!isfinite(p->ram_mw[c])) {
            return sn_error_set(err, SN_E_FORMAT, "constraint %zu: RAM is not a number",
                                c);
        }
        for (size_t z = 0; !(sum <= ptdf_max * ptdf_max) && z < n; z++) {
            if (!(fabs(row[z]) <= ptdf_max)) {
                return sn_error_set(err, SN_E_FORMAT,
                                    "constraint %zu: PTDF of node %zu is not a number", c,
                                    z);
            }
        }
    }
    return SN_OK;
}

static sn_status check_problem(fb *w, const sn_flow_based_problem *p, sn_error *err)
{
    size_t n_point = 0;
    for (size_t z = 0; z < p->n_node; z++) {
        n_point += p->net_supply[z].n;
    }
    if (p->n_node > w->node_max || p->n_link > w->link_max ||
        p->n_constraint > w->constraint_max || n_point + 4 * p->n_node > w->point_max) {
        return sn_error_set(err, SN_E_FORMAT, "problem is larger than the workspace");
    }
    if (!(p->price_min_eur_per_mwh < p->price_max_eur_per_mwh)) {
        return sn_error_set(err, SN_E_FORMAT, "the price limits are out of order");
    }
    for (size_t l = 0; l < p->n_link; l++) {
        const sn_border *link = &p->link[l];
        if (isnan(p->flow_min_mw[l]) || isnan(p->flow_max_mw[l]) ||
            p->flow_min_mw[l] > p->flow_max_mw[l] || !(link->rated_mw > 0.0) ||
            !isfinite(link->rated_mw) || link->from >= p->n_node ||
            link->to >= p->n_node) {
            return sn_error_set(err, SN_E_FORMAT,
                                "link %zu: limits or rating are missing or out of order",
                                l);
        }
    }
    for (size_t z = 0; z < p->n_node; z++) {
        if (p->grid[z] >= p->n_node) {
            return sn_error_set(err, SN_E_FORMAT, "node %zu: no such grid", z);
        }
        const sn_curve *curve = &p->net_supply[z];
        w->curve[z].is_stairs = sn_curve_is_stairs(curve);
        if (!w->curve[z].is_stairs &&
            (!sn_curve_is_rising(curve->price_eur_per_mwh, curve->n) ||
             !sn_curve_is_rising(curve->quantity_mw, curve->n))) {
            return name_fault(curve, z, err);
        }
    }
    return check_constraints(w, p, err);
}

/* Dense labels of grids, in order of their first node. */
static void label_grids(fb *w, const sn_flow_based_problem *p)
{
    w->n_grid = 0;
    for (size_t z = 0; z < p->n_node; z++) {
        size_t y = 0;
        while (p->grid[y] != p->grid[z]) {
            y++;
        }
        w->grid[z] = y == z ? w->n_grid++ : w->grid[y];
    }
}

void fb_start_cold(fb *w)
{
    while (w->n_active > 0) {
        fb_deactivate(w, w->active[0]);
    }
    for (size_t g = 0; g < w->n_grid; g++) {
        w->lambda[g] = 40.0; /* somewhere on most curves */
    }
    fb_make_elements(w);
}

void fb_prepare(fb *w, const sn_flow_based_problem *problem, bool ends)
{
    bool same = w->own.n_node == problem->n_node && w->own.n_link == problem->n_link &&
                w->own.n_constraint == problem->n_constraint;
    size_t n_grid = w->n_grid;
    w->own = *problem;
    w->own.flow_min_mw = w->flow_min;
    w->own.flow_max_mw = w->flow_max;
    w->problem = &w->own;
    w->ends = ends;
    w->step_width = 0.0; /* no ramps yet */
    double most = ends ? fb_unlimited_mw : fb_firm;
    for (size_t l = 0; l < problem->n_link; l++) {
        w->flow_min[l] = fmax(problem->flow_min_mw[l], -most);
        w->flow_max[l] = fmin(problem->flow_max_mw[l], most);
    }
    label_grids(w, problem);
    double *at = w->points;
    for (size_t z = 0; z < problem->n_node; z++) {
        fb_curve *c = &w->curve[z];
        size_t room = problem->net_supply[z].n + 4;
        c->p = take(&at, room);
        c->q = take(&at, room);
        c->s = take(&at, room);
        fb_make_curve(c, &problem->net_supply[z],
                      problem->price_min_eur_per_mwh - (ends ? beyond_eur_per_mwh : 0.0),
                      problem->price_max_eur_per_mwh + (ends ? beyond_eur_per_mwh : 0.0),
                      ends);
    }
    if (!same || n_grid != w->n_grid) {
        fb_start_cold(w);
    }
    w->n_step = w->n_exact = 0;
    fb_make_elements(w);
}

/* The exact part; what it left when it fails is undone. */
static bool try_exact(fb *w)
{
    memcpy(w->kept_lambda, w->lambda, w->n_grid * sizeof(double));
    if (fb_exact(w)) {
        return true;
    }
    memcpy(w->lambda, w->kept_lambda, w->n_grid * sizeof(double));
    for (size_t a = 0; a < w->n_active; a++) {
        double *mu = &w->mu[w->active[a]];
        *mu = fmin(fmax(*mu, 0.0), 1e6);
    }
    fb_make_elements(w);
    return false;
}

/* Newton, then the exact part. */
static bool try_optimum(fb *w, double width, double tolerance_mw, size_t *culprit)
{
    if (width != w->step_width) {
        fb_widen_steps(w, width);
    }
    if (!fb_newton(w, tolerance_mw, culprit) && *culprit != SIZE_MAX) {
        return false;
    }
    fb_read_segments(w);
    return try_exact(w);
}

/* Straight at first.  Else from wide ramps, on which Newton's steps are long, to narrow
 * ones: slower, and nearly always successful. */
bool fb_find_by_newton(fb *w, size_t *culprit)
{
    static const double widths[] = {10.0, 1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
    if (try_optimum(w, fb_step_width_eur_per_mwh, 1e-3, culprit)) {
        return true;
    }
    if (*culprit != SIZE_MAX) {
        return false;
    }
    fb_start_cold(w);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        if (try_optimum(w, widths[i], 1e-5, culprit)) {
            return true;
        }
        if (*culprit != SIZE_MAX) {
            return false;
        }
    }
    return false;
}

/* From the corner that the simplex finds; else by Newton's method. */
static bool find_optimum(fb *w, size_t *culprit)
{
    *culprit = SIZE_MAX;
    bool corner = fb_simplex(w);
    if (corner && !w->sloped && (!w->tied || fb_spread_ties(w)) &&
        (fb_settle(w) || try_exact(w))) {
        return true;
    }
    if (!corner && w->culprit != SIZE_MAX) {
        *culprit = w->culprit;
        return false;
    }
    return fb_find_by_newton(w, culprit);
}

/* The problem of lacking least: every area's orders are free, what it has too little or
 * too much costs 1.  Well scaled, whatever the prices; so it tells a problem without a
 * solution from one that was only hard. */
static bool lacks(fb *w, sn_flow_based_result *out)
{
    const sn_flow_based_problem *p = w->problem;
    fb *v = w->choice;
    for (size_t z = 0; z < p->n_node; z++) {
        double *price = &w->choice_points[2 * FB_CHOICE_POINTS * z];
        double *mw = price + FB_CHOICE_POINTS;
        const fb_curve *c = &w->curve[z];
        w->choice_curve[z] = (sn_curve){c->n == 0 ? 0 : FB_CHOICE_POINTS, price, mw};
        for (size_t k = 0; c->n > 0 && k < FB_CHOICE_POINTS; k++) {
            price[k] = k < 2 ? -1.0 : (k < 4 ? 0.0 : 1.0);
            mw[k] = k < 3 ? c->q[1] : c->q[c->n - 2];
        }
        mw[0] -= fb_unlimited_mw;
        mw[FB_CHOICE_POINTS - 1] += fb_unlimited_mw;
    }
    sn_flow_based_problem least = *p;
    least.net_supply = w->choice_curve;
    least.price_min_eur_per_mwh = -INFINITY;
    least.price_max_eur_per_mwh = INFINITY;
    for (size_t c = 0; c < p->n_constraint; c++) {
        v->usable[c] = true;
    }
    fb_prepare(v, &least, false);
    fb_start_cold(v);
    if (!fb_find_by_newton(v, &out->infeasible_constraint)) {
        return out->infeasible_constraint != SIZE_MAX;
    }
    for (size_t z = 0; z < p->n_node; z++) {
        const fb_curve *c = &w->curve[z];
        if (c->n > 0 && (v->q[z] > c->q[c->n - 2] + fb_end_tolerance_mw ||
                         v->q[z] < c->q[1] - fb_end_tolerance_mw)) {
            out->infeasible_node = z;
        }
    }
    return out->infeasible_node != SIZE_MAX;
}

/* To nine decimals: what rounding on different ways here has left is cut off. */
static double settled(double value)
{
    return round(value * 1e9) / 1e9 + 0.0;
}

/* A price within rounding of a point of the area's curve is that point's. */
static double on_curve(const fb_curve *c, size_t segment, double price)
{
    double near = 1e-12 * fmax(1e3, fabs(price));
    if (c->n > 0 && fabs(price - c->p[segment]) <= near) {
        return c->p[segment];
    }
    size_t low = 0;
    size_t high = c->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c->p[middle] < price - near) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < c->n && c->p[low] <= price + near ? c->p[low] : settled(price);
}

static void publish(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    for (size_t z = 0; z < p->n_node; z++) {
        w->price[z] = on_curve(&w->curve[z], w->segment[z], w->u[z]);
        w->net[z] = settled(w->q[z]);
    }
    for (size_t l = 0; l < p->n_link; l++) {
        double f = fmin(fmax(w->q[p->n_node + l], p->flow_min_mw[l]), p->flow_max_mw[l]);
        bool at_limit = f == p->flow_min_mw[l] || f == p->flow_max_mw[l];
        w->flow[l] = at_limit ? f : settled(f);
    }
    memset(w->shadow, 0, p->n_constraint * sizeof(double));
    for (size_t a = 0; a < w->n_active; a++) {
        double mu = w->mu[w->active[a]];
        w->shadow[w->active[a]] = settled(fmax(mu, 0.0));
    }
}

static void publish_infeasible(fb *w, sn_flow_based_result *out)
{
    const sn_flow_based_problem *p = w->problem;
    out->outcome = SN_INFEASIBLE;
    for (size_t z = 0; z < p->n_node; z++) {
        w->price[z] = w->net[z] = NAN;
    }
    for (size_t l = 0; l < p->n_link; l++) {
        w->flow[l] = NAN;
    }
    for (size_t c = 0; c < p->n_constraint; c++) {
        w->shadow[c] = NAN;
    }
    fb_start_cold(w); /* no start for the next */
}

/* An area that needs more than its curve has, or has more than anybody takes. */
static size_t find_short_area(const fb *w)
{
    size_t worst = SIZE_MAX;
    double most = fb_end_tolerance_mw;
    for (size_t z = 0; z < w->problem->n_node; z++) {
        const fb_curve *c = &w->curve[z];
        if (c->n > 0) {
            double over = fmax(w->q[z] - c->q[c->n - 2], c->q[1] - w->q[z]);
            if (over > most) {
                most = over;
                worst = z;
            }
        }
    }
    return worst;
}

/* Among what keeps an area from balancing: the constraint that costs most, if any costs
 * what no market pays. */
static void name_constraint(const fb *w, sn_flow_based_result *out)
{
    double most = 1e-2 * beyond_eur_per_mwh;
    for (size_t a = 0; a < w->n_active && out->infeasible_node != SIZE_MAX; a++) {
        if (w->mu[w->active[a]] > most) {
            most = w->mu[w->active[a]];
            out->infeasible_constraint = w->active[a];
        }
    }
}

sn_status sn_flow_based_solve(sn_flow_based *work,
                              const sn_flow_based_problem *problem,
                              sn_flow_based_result *out,
                              sn_error *err)
{
    sn_status status = check_problem(work, problem, err);
    if (status != SN_OK) {
        return status;
    }
    *out = (sn_flow_based_result){.outcome = SN_CLEARED,
                                  .price_eur_per_mwh = work->price,
                                  .net_position_mw = work->net,
                                  .flow_mw = work->flow,
                                  .shadow_price_eur_per_mw = work->shadow,
                                  .infeasible_node = SIZE_MAX,
                                  .infeasible_constraint = SIZE_MAX};
    for (size_t c = 0; c < problem->n_constraint; c++) {
        work->usable[c] = true;
    }
    fb_prepare(work, problem, true);
    bool found = find_optimum(work, &out->infeasible_constraint);
    out->infeasible_node = found ? find_short_area(work) : SIZE_MAX;
    bool feasible = found && out->infeasible_node == SIZE_MAX;
    if (!found && out->infeasible_constraint == SIZE_MAX && !lacks(work, out)) {
        publish_infeasible(work, out);
        return sn_error_set(err, SN_E_NUMERIC,
                            "the flow-based clearing did not converge after %zu steps",
                            work->n_step);
    }
    if (!feasible) {
        name_constraint(work, out);
        publish_infeasible(work, out);
        return SN_OK;
    }
    publish(work); /* stands when what follows finds nothing better */
    memcpy(work->kept_lambda, work->lambda, work->n_grid * sizeof(double));
    memcpy(work->kept_mu, work->mu, problem->n_constraint * sizeof(double));
    if (fb_canonical(work) && (!fb_prices_are_free(work) || fb_centre_prices(work)) &&
        fb_holds(work)) {
        publish(work);
    }
    return SN_OK;
}

double sn_flow_based_contribution(const sn_flow_based_problem *problem,
                                  const sn_flow_based_result *result,
                                  size_t c,
                                  size_t i,
                                  size_t j)
{
    const double *ptdf = &problem->ptdf[c * problem->n_node];
    return result->shadow_price_eur_per_mw[c] * (ptdf[i] - ptdf[j]);
}

void sn_flow_based_effort(const sn_flow_based *work, size_t *steps_out, size_t *exact_out)
{
    *steps_out = work->n_step;
    *exact_out = work->n_exact;
}
