/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A period with losses for which the active set finds no end: many equal prices, or
 * prices below zero, where losing power pays.  Slow, rare, and without a start.
 *
 * First the programme M-8 by interior.h; its answer is an inner one, so what is at a
 * bound there is at it in every answer, and what is not may move.  Then, among these, the
 * least sum of f^2 / rated over all flows (M-13), by the same means.  Then prices: with
 * the quantities known, each border says "at least", "at most" or "the same" of its two
 * prices times the loss, so the possible prices are a lattice; the price is the midpoint
 * of its least and greatest element.
 */
#include "clearing_internal.h"
#include "interior.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS_MAX = 20000 };

/* An area goes without, or has too much, beyond the price limits by this. */
static const double beyond_eur_per_mwh = 1.0;

/* A column that may move is further than this from its bounds. */
static const double inside_mw = 1e-5;

/* Less than this without is rounding; the check (M-12) would see more. */
static const double tolerance_mw = 1e-6;

/* Prices of the lattice that the last rounds move by less stand still. */
static const double still_eur_per_mwh = 1e-12;

typedef struct inner {
    sn_clearing *w;
    size_t n_column, n_segment; /* segments of all curves first, then lack, then flows */
    sn_interior_column *column;
    sn_interior_solution first, second;
    double *right; /* [n] */
    double *low, *high;
    size_t block[2];
} inner;

static sn_interior_column *
put(inner *in, double upper, double cost, double curvature, size_t row, double value)
{
    sn_interior_column *c = &in->column[in->n_column++];
    *c = (sn_interior_column){
        .upper = upper, .cost = cost, .curvature = curvature, .n_entry = 1};
    c->row[0] = row;
    c->value[0] = value;
    return c;
}

static void put_curve(inner *in, size_t c)
{
    const sn_curve *curve = &in->w->curve[c];
    in->right[c] = -curve->quantity_mw[0];
    for (size_t k = 0; k + 1 < curve->n; k++) {
        double width = curve->quantity_mw[k + 1] - curve->quantity_mw[k];
        double rise = curve->price_eur_per_mwh[k + 1] - curve->price_eur_per_mwh[k];
        if (width > 0.0) {
            (void)put(in, width, curve->price_eur_per_mwh[k], rise / width, c, 1.0);
        }
    }
}

/* Where a flow begins: a limit, or 0 when there is none; and which way its column goes.
 */
static double base_of(const inner *in, size_t l, double *sign)
{
    double low = in->w->planned.flow_min_mw[l];
    double high = in->w->planned.flow_max_mw[l];
    *sign = isinf(low) && isfinite(high) ? -1.0 : 1.0;
    return isfinite(low) ? low : isfinite(high) ? high : 0.0;
}

static void put_flow(inner *in, size_t l)
{
    const sn_clearing *w = in->w;
    double keep = 1.0 - w->loss[l];
    double low = w->planned.flow_min_mw[l];
    double high = w->planned.flow_max_mw[l];
    double sign;
    double base = base_of(in, l, &sign);
    in->right[w->border[l].from] += base;
    in->right[w->border[l].to] -= keep * base;
    if (high > low) {
        sn_interior_column *c = put(in, high - low, 0.0, 0.0, w->border[l].from, -sign);
        c->is_free = isinf(low) && isinf(high);
        c->n_entry = 2;
        c->row[1] = w->border[l].to;
        c->value[1] = sign * keep;
    }
}

static void build(inner *in)
{
    const sn_clearing *w = in->w;
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        put_curve(in, c);
    }
    in->n_segment = in->n_column;
    for (size_t c = 0; c < n; c++) {
        double dear = w->planned.price_max_eur_per_mwh + beyond_eur_per_mwh;
        double cheap = w->planned.price_min_eur_per_mwh - beyond_eur_per_mwh;
        (void)put(in, INFINITY, dear, 0.0, c, 1.0);
        (void)put(in, INFINITY, -cheap, 0.0, c, -1.0);
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        put_flow(in, l);
    }
}

static sn_status solve(inner *in, sn_interior_solution *s, sn_error *err)
{
    const sn_interior_problem problem = {1, in->block, in->right, in->n_column,
                                         in->column};
    return sn_interior_solve(&problem, s, err);
}

/* Areas that cannot balance; false when all can. */
static bool find_unbalanced(inner *in)
{
    sn_clearing *w = in->w;
    bool any = false;
    for (size_t c = 0; c < w->network.n_area; c++) {
        const double *off = &in->first.x[in->n_segment + 2 * c];
        w->set_of[c] = off[0] > tolerance_mw || off[1] > tolerance_mw;
        any |= w->set_of[c] != 0;
    }
    w->set_in_hand = 1;
    return any;
}

/* What is at a bound, on a slope or beyond the limits stays; steps and flows move, and
 * the flows are drawn to 0. */
static void let_ties_move(inner *in)
{
    sn_clearing *w = in->w;
    size_t n_fixed = in->n_segment + 2 * w->network.n_area;
    size_t k = n_fixed;
    for (size_t l = 0; l < w->network.n_border; l++) {
        double sign;
        double base = base_of(in, l, &sign);
        if (w->planned.flow_max_mw[l] > w->planned.flow_min_mw[l]) {
            in->column[k].cost = sign * base / w->border[l].rated_mw;
            in->column[k].curvature = 1.0 / w->border[l].rated_mw;
            k++;
        }
    }
    for (k = 0; k < in->n_column; k++) {
        sn_interior_column *c = &in->column[k];
        double x = in->first.x[k];
        bool is_open = c->is_free || (x > inside_mw && in->first.room[k] > inside_mw);
        bool moves =
            is_open && (k >= n_fixed || (k < in->n_segment && c->curvature <= 0.0));
        if (k < n_fixed) {
            c->cost = c->curvature = 0.0;
        }
        if (!moves) { /* a column of its own that is worth nothing */
            for (size_t i = 0; i < c->n_entry; i++) {
                in->right[c->row[i]] -= c->value[i] * x;
                c->value[i] = 0.0;
            }
            c->upper = 1.0;
            c->cost = c->curvature = 0.0;
            c->is_free = false;
        }
    }
}

/* Flows of the second answer, or of the first where that column was held. */
static void give_flows(inner *in)
{
    sn_clearing *w = in->w;
    size_t k = in->n_segment + 2 * w->network.n_area;
    for (size_t c = 0; c < w->network.n_area; c++) {
        w->net[c] = 0.0;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        double sign;
        double f = base_of(in, l, &sign);
        if (w->planned.flow_max_mw[l] > w->planned.flow_min_mw[l]) {
            bool was_held = in->column[k].value[0] == 0.0;
            const sn_interior_solution *s = was_held ? &in->first : &in->second;
            bool is_full = s->room[k] <= 0.0;
            f = is_full
                    ? (sign > 0.0 ? w->planned.flow_max_mw[l] : w->planned.flow_min_mw[l])
                    : f + sign * s->x[k];
            k++;
        }
        w->flow[l] = f;
        w->net[w->border[l].from] += f;
        w->net[w->border[l].to] -= (1.0 - w->loss[l]) * f;
    }
}

/* Prices at which the curve gives n. */
static void find_range(const inner *in, size_t c, double *low, double *high)
{
    const sn_curve *curve = &in->w->curve[c];
    double n = in->w->net[c];
    size_t first = 0; /* points at n: first .. after - 1 */
    while (first < curve->n && curve->quantity_mw[first] < n - SN_TOLERANCE_MW) {
        first++;
    }
    size_t after = first;
    while (after < curve->n && curve->quantity_mw[after] <= n + SN_TOLERANCE_MW) {
        after++;
    }
    const double *p = curve->price_eur_per_mwh;
    const double *q = curve->quantity_mw;
    if (first == after && first > 0 && first < curve->n) {
        double share = (n - q[first - 1]) / (q[first] - q[first - 1]);
        *low = *high = p[first - 1] + share * (p[first] - p[first - 1]);
        return;
    }
    bool is_known = first < after;
    *low = first > 0 && is_known ? p[first] : in->w->planned.price_min_eur_per_mwh;
    *high = after < curve->n && is_known ? p[after - 1]
                                         : in->w->planned.price_max_eur_per_mwh;
}

/* What border l says of its two prices: p_from against keep * p_to. */
static void find_order(const sn_clearing *w, size_t l, bool *at_least, bool *at_most)
{
    double room_up = w->planned.flow_max_mw[l] - w->flow[l];
    double room_down = w->flow[l] - w->planned.flow_min_mw[l];
    *at_least = room_up > SN_TOLERANCE_MW;
    *at_most = room_down > SN_TOLERANCE_MW;
}

/* A step of the least element (up) or the greatest; how far any price moved. */
static double spread(const sn_clearing *w, double *p, bool up)
{
    double moved = 0.0;
    for (size_t l = 0; l < w->network.n_border; l++) {
        double keep = 1.0 - w->loss[l];
        double *from = &p[w->border[l].from];
        double *to = &p[w->border[l].to];
        double before = *from + *to;
        bool at_least;
        bool at_most;
        find_order(w, l, &at_least, &at_most);
        if (up) {
            *from = at_least ? fmax(*from, keep * *to) : *from;
            *to = at_most ? fmax(*to, *from / keep) : *to;
        } else {
            *to = at_least ? fmin(*to, *from / keep) : *to;
            *from = at_most ? fmin(*from, keep * *to) : *from;
        }
        moved = fmax(moved, fabs(*from + *to - before));
    }
    return moved;
}

/* Midpoints of the lattice; an area whose ends do not meet keeps its inner price. */
static void give_prices(inner *in)
{
    sn_clearing *w = in->w;
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        find_range(in, c, &in->low[c], &in->high[c]);
    }
    for (int up = 0; up < 2; up++) {
        double *p = up != 0 ? in->low : in->high;
        for (size_t round = 0; round < ROUNDS_MAX; round++) {
            if (spread(w, p, up != 0) <= still_eur_per_mwh) {
                break;
            }
        }
    }
    bool fits = true;
    for (size_t c = 0; c < n; c++) {
        fits = fits && in->low[c] <= in->high[c] + SN_TOLERANCE_EUR_PER_MWH;
    }
    for (size_t c = 0; c < n; c++) {
        double middle = 0.5 * (in->low[c] + in->high[c]);
        w->price[c] =
            sn_clearing_snap(&w->place[c], fits ? middle : in->first.row_price[c]);
    }
}

static sn_status run(inner *in, bool *is_cleared, sn_error *err)
{
    build(in);
    sn_status status = solve(in, &in->first, err);
    if (status != SN_OK) {
        return status;
    }
    *is_cleared = !find_unbalanced(in);
    if (!*is_cleared) {
        return SN_OK;
    }
    let_ties_move(in);
    status = solve(in, &in->second, err);
    if (status == SN_OK) {
        give_flows(in);
        give_prices(in);
    }
    return status;
}

sn_status sn_clearing_lossy_inner(sn_clearing *w, bool *is_cleared, sn_error *err)
{
    size_t n = w->network.n_area;
    size_t most = 2 * n + w->network.n_border;
    for (size_t c = 0; c < n; c++) {
        most += w->curve[c].n;
    }
    inner in = {.w = w, .block = {0, n}};
    double *numbers = calloc(8 * most + 5 * n + 1, sizeof *numbers);
    in.column = calloc(most + 1, sizeof *in.column);
    sn_status status = SN_OK;
    if (numbers == NULL || in.column == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu columns", most);
    } else {
        double *at = numbers;
        double **parts[] = {&in.first.x,        &in.first.room,     &in.first.at_zero,
                            &in.first.at_upper, &in.second.x,       &in.second.room,
                            &in.second.at_zero, &in.second.at_upper};
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++, at += most) {
            *parts[i] = at;
        }
        in.first.row_price = at;
        in.second.row_price = at + n;
        in.right = at + 2 * n;
        in.low = at + 3 * n;
        in.high = at + 4 * n;
        status = run(&in, is_cleared, err);
    }
    free(numbers);
    free(in.column);
    return status;
}
