/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M-34 without a ramp that binds: cut pieces of a convex cost, cheapest and dearest
 * first.  Two heaps over the same pieces; a piece used up is dropped when met. */
#include "flexible.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double rounding_share = 1e-12;

/* Pieces 2t: power of step t; 2t + 1: product of step t not made. */
typedef struct pieces {
    const double *price;
    double stop_value;
    double *left;    /* MWh not yet decided */
    double *used;    /* MWh decided to be bought */
    size_t *heap[2]; /* [0] cheapest on top, [1] dearest on top */
    size_t n_heap[2];
    double low;       /* stock reached with what is decided */
    double undecided; /* sum of left */
} pieces;

static double price_of(const pieces *p, size_t i)
{
    return (i & 1) != 0 ? p->stop_value : p->price[i / 2];
}

/* Equal prices: the earlier piece is bought first and given up last. */
static bool before(const pieces *p, int side, size_t a, size_t b)
{
    double x = price_of(p, a);
    double y = price_of(p, b);
    if (x != y) {
        return side == 0 ? x < y : x > y;
    }
    return side == 0 ? a < b : a > b;
}

static void push(pieces *p, int side, size_t i)
{
    size_t *heap = p->heap[side];
    size_t at = p->n_heap[side]++;
    while (at > 0 && before(p, side, i, heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = i;
}

static void pop(pieces *p, int side)
{
    size_t *heap = p->heap[side];
    size_t n = --p->n_heap[side];
    size_t moved = heap[n];
    size_t at = 0;
    for (size_t child = 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && before(p, side, heap[child + 1], heap[child])) {
            child++;
        }
        if (!before(p, side, heap[child], moved)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void add(pieces *p, size_t i, double mwh)
{
    if (mwh > 0.0) {
        p->left[i] = mwh;
        p->undecided += mwh;
        push(p, 0, i);
        push(p, 1, i);
    }
}

/* Decide mwh from one end: side 0 buys the cheapest, side 1 gives up the dearest. */
static double decide(pieces *p, int side, double mwh)
{
    double done = 0.0;
    while (mwh - done > 0.0 && p->n_heap[side] > 0) {
        size_t i = p->heap[side][0];
        double take = fmin(p->left[i], mwh - done);
        p->left[i] -= take;
        done += take;
        if (side == 0) {
            p->used[i] += take;
        }
        if (p->left[i] <= 0.0) {
            p->left[i] = 0.0;
            pop(p, side);
        }
    }
    p->undecided -= done;
    p->low += side == 0 ? done : 0.0;
    return done;
}

static bool cut_to(pieces *p, double floor_mwh, double ceiling_mwh, double slack)
{
    if (p->low < floor_mwh) {
        double due = floor_mwh - p->low;
        if (decide(p, 0, due) < due - slack) {
            return false;
        }
    }
    double over = p->low + p->undecided - ceiling_mwh;
    if (over > 0.0 && decide(p, 1, over) < over - slack) {
        return false;
    }
    return true;
}

static bool run_steps(const sn_flexible *plant, size_t n, pieces *p)
{
    double q = plant->energy_mwh / (double)n;
    double must = plant->load_min_mw * plant->step_h;
    double may = (plant->load_max_mw - plant->load_min_mw) * plant->step_h;
    bool is_bounded = isfinite(plant->storage_mwh);
    double start = is_bounded ? 0.5 * plant->storage_mwh : 0.0;
    double slack = rounding_share *
                   (plant->energy_mwh + plant->load_max_mw * plant->step_h * (double)n);
    p->low = start;
    for (size_t t = 0; t < n; t++) {
        p->low += must - q;
        add(p, 2 * t, may);
        if (isfinite(plant->stop_value_eur_per_mwh)) {
            add(p, 2 * t + 1, q);
        }
        if (is_bounded && !cut_to(p, 0.0, plant->storage_mwh, slack)) {
            return false;
        }
    }
    return cut_to(p, start, start, slack);
}

static sn_status
pieces_alloc(pieces *p, size_t n, const double *price, double value, sn_error *err)
{
    *p = (pieces){.price = price, .stop_value = value};
    p->left = calloc(2 * n, sizeof *p->left);
    p->used = calloc(2 * n, sizeof *p->used);
    p->heap[0] = calloc(2 * n, sizeof *p->heap[0]);
    p->heap[1] = calloc(2 * n, sizeof *p->heap[1]);
    if (p->left == NULL || p->used == NULL || p->heap[0] == NULL || p->heap[1] == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a schedule");
    }
    return SN_OK;
}

static void pieces_release(pieces *p)
{
    free(p->left);
    free(p->used);
    free(p->heap[0]);
    free(p->heap[1]);
}

static sn_status
check(const sn_flexible *plant, const double *price, size_t n, sn_error *err)
{
    if (n == 0 || !(plant->step_h > 0.0) || !(plant->load_min_mw >= 0.0) ||
        !(plant->load_max_mw >= plant->load_min_mw) || !isfinite(plant->load_max_mw) ||
        !(plant->ramp_mw_per_h >= 0.0) || !(plant->storage_mwh >= 0.0) ||
        !(plant->energy_mwh >= 0.0) || !isfinite(plant->energy_mwh) ||
        isnan(plant->stop_value_eur_per_mwh)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "a flexible plant needs 0 <= load_min <= load_max, ramp, "
                            "storage and energy at or above zero");
    }
    for (size_t t = 0; t < n; t++) {
        if (!isfinite(price[t])) {
            return sn_error_set(err, SN_E_FORMAT, "price of step %zu is missing", t);
        }
    }
    return SN_OK;
}

static void collect(const sn_flexible *plant,
                    const pieces *p,
                    size_t n,
                    double *load_mw,
                    sn_flexible_result *out)
{
    double must = plant->load_min_mw * plant->step_h;
    for (size_t t = 0; t < n; t++) {
        double x = must + p->used[2 * t];
        out->cost_eur += p->price[t] * x;
        out->energy_mwh += x;
        out->lost_mwh += p->used[2 * t + 1];
        load_mw[t] = x / plant->step_h;
    }
}

static bool ramp_holds(const sn_flexible *plant, const double *load_mw, size_t n)
{
    double most = plant->ramp_mw_per_h * plant->step_h;
    double slack = rounding_share * plant->load_max_mw;
    for (size_t t = 1; t < n; t++) {
        if (fabs(load_mw[t] - load_mw[t - 1]) > most + slack) {
            return false;
        }
    }
    return true;
}

/* With the ramp: level load when nothing else is possible, else the interior point. */
static sn_status with_ramp(const sn_flexible *plant,
                           const double *price,
                           size_t n,
                           double *load_mw,
                           sn_flexible_result *out,
                           sn_error *err)
{
    double mean = plant->energy_mwh / ((double)n * plant->step_h);
    *out = (sn_flexible_result){.is_feasible = true, .ramp_bound = true};
    if (isfinite(plant->stop_value_eur_per_mwh)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "a stop price and a ramp that binds cannot be combined");
    }
    if (plant->ramp_mw_per_h > 0.0 && plant->load_min_mw < mean &&
        mean < plant->load_max_mw && plant->storage_mwh > 0.0) {
        return sn_flexible_ramp(plant, price, n, load_mw, out, err);
    }
    for (size_t t = 0; t < n; t++) {
        load_mw[t] = mean;
        out->cost_eur += price[t] * mean * plant->step_h;
    }
    out->energy_mwh = plant->energy_mwh;
    return SN_OK;
}

sn_status sn_flexible_schedule(const sn_flexible *plant,
                               const double *price_eur_per_mwh,
                               size_t n,
                               double *load_mw_out,
                               sn_flexible_result *out,
                               sn_error *err)
{
    pieces p = {0};
    double *load = load_mw_out;
    *out = (sn_flexible_result){0};
    sn_status status = check(plant, price_eur_per_mwh, n, err);
    if (status != SN_OK) {
        return status;
    }
    if (load == NULL) {
        load = calloc(n, sizeof *load);
    }
    status = pieces_alloc(&p, n, price_eur_per_mwh, plant->stop_value_eur_per_mwh, err);
    if (status == SN_OK && load == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for a schedule");
    }
    if (status == SN_OK) {
        out->is_feasible = run_steps(plant, n, &p);
    }
    if (status == SN_OK && out->is_feasible) {
        collect(plant, &p, n, load, out);
        if (!ramp_holds(plant, load, n)) {
            status = with_ramp(plant, price_eur_per_mwh, n, load, out, err);
        }
    }
    pieces_release(&p);
    if (load != load_mw_out) {
        free(load);
    }
    return status;
}
