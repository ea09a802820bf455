/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One market time unit, from its door to its answer.  The active set is quick and tries
 * first, from the solution before; where it does not come to a clear end the
 * decomposition, which needs no start, solves, and the active set restates its answer
 * so that the bytes are those that any start leads to.
 */
#include "clearing_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Arrays cut from one block. */
static void cut_numbers(sn_clearing *w)
{
    size_t n = w->n_area;
    double *at = w->numbers;
    double **by_area[] = {&w->price,     &w->net,        &w->price_out, &w->net_out,
                          &w->share_out, &w->potential,  &w->right,     &w->pivot,
                          &w->set_price, &w->fixed_out,  &w->low_mw,    &w->high_mw,
                          &w->price_low, &w->price_high, &w->beyond,    &w->need};
    for (size_t i = 0; i < sizeof by_area / sizeof *by_area; i++, at += n) {
        *by_area[i] = at;
    }
    w->flow = at;
    w->kept = w->flow + w->n_border;
    w->matrix = w->kept + 2 * n + w->n_border;
    w->tie_rated = w->matrix + n * n;
    w->held_mw = w->tie_rated + w->n_border;
}

static void cut_indices(sn_clearing *w)
{
    size_t n = w->n_area;
    size_t *at = w->indices;
    size_t **by_area[] = {&w->area_of, &w->plan_of, &w->group, &w->group_out,
                          &w->root,    &w->next,    &w->last,  &w->set_of,
                          &w->member,  &w->part,    &w->inside};
    for (size_t i = 0; i < sizeof by_area / sizeof *by_area; i++, at += n) {
        *by_area[i] = at;
    }
    size_t n_node = n + 3;
    w->window = at;
    w->found = w->window + 2 * n;
    w->side = w->found + 2 * n;
    w->border_arc = w->side + w->n_border;
    w->first = w->border_arc + w->n_border;
    w->queue = w->first + n_node + 1;
    w->cursor = w->queue + n_node;
    w->level = w->cursor + n_node;
    w->fill_end = w->level + n_node;
    w->cell = w->fill_end + n + 1;
    w->fill = w->cell + w->n_border;
    w->adjacent = w->fill + n * n / 2 + 1;
}

sn_clearing *sn_clearing_alloc(size_t n_area, size_t n_border)
{
    sn_clearing *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    size_t n = n_area;
    size_t arc_max = 2 * (n_border + 4 * n + 2);
    w->n_area = n;
    w->n_border = n_border;
    w->known.n_area = n_area + 1; /* none yet */
    w->numbers = calloc(18 * n + 7 * n_border + n * n + 1, sizeof(double));
    w->indices = calloc(21 * n + 3 * n_border + n * n / 2 + arc_max + 16, sizeof(size_t));
    w->known_border = calloc(n_border + 1, sizeof *w->known_border);
    w->border = calloc(n_border + 1, sizeof *w->border);
    w->loss = calloc(n_border + 1, sizeof *w->loss);
    w->curve = calloc(n + 1, sizeof *w->curve);
    w->place = calloc(n + 1, sizeof *w->place);
    w->hold = calloc(2 * n_border + 1, sizeof *w->hold);
    w->stand = calloc(n + 1, sizeof *w->stand);
    w->touched = calloc(7 * n + n_border + 1, sizeof *w->touched);
    w->arc = calloc(arc_max, sizeof *w->arc);
    if (w->numbers == NULL || w->indices == NULL || w->known_border == NULL ||
        w->border == NULL || w->curve == NULL || w->place == NULL || w->hold == NULL ||
        w->stand == NULL || w->touched == NULL || w->loss == NULL || w->arc == NULL) {
        sn_clearing_free(w);
        return NULL;
    }
    w->hold_before = w->hold + n_border;
    w->dirty = w->touched + n;
    w->pinned = w->dirty + n;
    w->is_step = w->pinned + n;
    w->is_gap = w->is_step + n;
    w->can_give = w->is_gap + n;
    w->is_unbalanced = w->can_give + n;
    w->is_carried = w->is_unbalanced + n;
    cut_numbers(w);
    cut_indices(w);
    return w;
}

void sn_clearing_free(sn_clearing *work)
{
    if (work != NULL) {
        sn_clearing_free_two_way(work->two_way);
        free(work->numbers);
        free(work->indices);
        free(work->known_border);
        free(work->border);
        free(work->loss);
        free(work->curve);
        free(work->place);
        free(work->hold);
        free(work->stand);
        free(work->touched);
        free(work->arc);
        free(work);
    }
}

void sn_clearing_set_losses(sn_clearing *work, const double *loss_share)
{
    for (size_t l = 0; l < work->n_border; l++) {
        work->loss[l] = loss_share != NULL ? loss_share[l] : 0.0;
    }
}

/* ---- warm starts ---- */

size_t sn_clearing_start_size(const sn_clearing *w)
{
    w = w->two_way != NULL ? sn_clearing_inner(w->two_way) : w;
    size_t by_area = sizeof *w->set_price + sizeof *w->stand + sizeof w->place->at;
    return w->n_area * by_area + w->n_border * sizeof *w->hold;
}

void sn_clearing_keep_start(const sn_clearing *w, void *start_out)
{
    w = w->two_way != NULL ? sn_clearing_inner(w->two_way) : w;
    char *at = start_out;
    memcpy(at, w->set_price, w->n_area * sizeof *w->set_price);
    at += w->n_area * sizeof *w->set_price;
    for (size_t c = 0; c < w->n_area; c++, at += sizeof w->place->at) {
        memcpy(at, &w->place[c].at, sizeof w->place->at);
    }
    memcpy(at, w->stand, w->n_area * sizeof *w->stand);
    memcpy(at + w->n_area * sizeof *w->stand, w->hold, w->n_border * sizeof *w->hold);
}

void sn_clearing_start_from(sn_clearing *w, const void *start)
{
    w = w->two_way != NULL ? sn_clearing_inner(w->two_way) : w;
    const char *at = start;
    memcpy(w->set_price, at, w->n_area * sizeof *w->set_price);
    at += w->n_area * sizeof *w->set_price;
    for (size_t c = 0; c < w->n_area; c++, at += sizeof w->place->at) {
        memcpy(&w->place[c].at, at, sizeof w->place->at);
    }
    memcpy(w->stand, at, w->n_area * sizeof *w->stand);
    memcpy(w->hold, at + w->n_area * sizeof *w->stand, w->n_border * sizeof *w->hold);
    w->is_steady = true;
}

void sn_clearing_start_from_last(sn_clearing *w)
{
    w->is_steady = true;
}

/* ---- the door ---- */

static sn_status name_curve_fault(const sn_curve *curve, size_t area, sn_error *err)
{
    for (size_t k = 0; k < curve->n; k++) {
        double p = curve->price_eur_per_mwh[k];
        double q = curve->quantity_mw[k];
        if (!isfinite(p) || !isfinite(q)) {
            return sn_error_set(err, SN_E_FORMAT,
                                "net supply curve of area %zu: point %zu is not a number",
                                area, k);
        }
        if (k > 0 &&
            (p < curve->price_eur_per_mwh[k - 1] || q < curve->quantity_mw[k - 1])) {
            return sn_error_set(err, SN_E_FORMAT,
                                "net supply curve of area %zu decreases at point %zu",
                                area, k);
        }
    }
    return sn_error_set(err, SN_E_FORMAT, "net supply curve of area %zu is empty", area);
}

/* What name_border_fault() looks for, without a branch for each. */
static bool are_borders_sound(const sn_clearing *w, const sn_clearing_problem *p)
{
    size_t n = p->network->n_area;
    bool sound = w->two_way == NULL;
    for (size_t l = 0; l < p->network->n_border; l++) {
        const sn_border *border = &p->network->border[l];
        double low = p->flow_min_mw[l];
        double high = p->flow_max_mw[l];
        double loss = w->loss[l];
        sound &= (border->from < n) & (border->to < n) & (border->from != border->to) &
                 (border->rated_mw > 0.0) & (border->rated_mw < INFINITY) &
                 (low <= high) & (low < INFINITY) & (high > -INFINITY) & (loss >= 0.0) &
                 (loss < 1.0) & ((loss == 0.0) | (low >= 0.0));
    }
    return sound;
}

static sn_status
name_border_fault(const sn_clearing *w, const sn_clearing_problem *p, sn_error *err)
{
    for (size_t l = 0; l < p->network->n_border; l++) {
        const sn_border *border = &p->network->border[l];
        double low = p->flow_min_mw[l];
        double high = p->flow_max_mw[l];
        if (border->from >= p->network->n_area || border->to >= p->network->n_area ||
            border->from == border->to || !(border->rated_mw > 0.0) ||
            !isfinite(border->rated_mw)) {
            return sn_error_set(err, SN_E_FORMAT,
                                "border %zu joins areas %zu and %zu of %zu, rated %g MW",
                                l, border->from, border->to, p->network->n_area,
                                border->rated_mw);
        }
        if (!(w->loss[l] >= 0.0 && w->loss[l] < 1.0) ||
            (w->loss[l] > 0.0 && w->two_way == NULL && !(low >= 0.0))) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "border %zu: a loss of %g needs to be below 1, and a flow "
                "one way; a link both ways is two borders",
                l, w->loss[l]);
        }
        if (!(low <= high) || low == INFINITY || high == -INFINITY) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "border %zu: limits %g to %g MW are missing or out of order", l, low,
                high);
        }
    }
    return SN_OK;
}

static sn_status
check_problem(const sn_clearing *w, const sn_clearing_problem *p, sn_error *err)
{
    if (p->network->n_area > w->n_area || p->network->n_border > w->n_border) {
        return sn_error_set(err, SN_E_FORMAT, "network is larger than the workspace");
    }
    if (!(p->price_min_eur_per_mwh < p->price_max_eur_per_mwh) ||
        !isfinite(p->price_min_eur_per_mwh) || !isfinite(p->price_max_eur_per_mwh)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "price limits %g and %g EUR/MWh are not in order",
                            p->price_min_eur_per_mwh, p->price_max_eur_per_mwh);
    }
    if (!sn_curves_are_sound(p->net_supply, p->network->n_area)) {
        size_t z = 0;
        while (sn_curves_are_sound(&p->net_supply[z], 1)) {
            z++;
        }
        return name_curve_fault(&p->net_supply[z], z, err);
    }
    return are_borders_sound(w, p) ? SN_OK : name_border_fault(w, p, err);
}

/* ---- the solve ---- */

enum { ATTEMPTS_MAX = 30 };

/* The problem in the plan's numbers; what cannot move is fixed. */
static void load(sn_clearing *w, const sn_clearing_problem *problem)
{
    sn_clearing_plan(w, problem->network);
    w->planned = *problem;
    w->planned.network = &w->network;
    w->planned.net_supply = w->curve;
    for (size_t c = 0; c < w->network.n_area; c++) {
        const sn_curve *curve = &problem->net_supply[w->area_of[c]];
        sn_place *a = &w->place[c];
        w->curve[c] = *curve;
        a->price = curve->price_eur_per_mwh;
        a->quantity = curve->quantity_mw;
        a->n = curve->n;
        a->weight = a->inverse = 1.0;
        a->at = a->at < a->n ? a->at : a->n - 1;
    }
    w->has_loss = false;
    for (size_t l = 0; l < w->network.n_border; l++) {
        bool fixed = problem->flow_min_mw[l] >= problem->flow_max_mw[l];
        bool was_fixed = w->hold[l] == SN_FIXED;
        bool unheld = (w->hold[l] == SN_AT_MAX && isinf(problem->flow_max_mw[l])) ||
                      (w->hold[l] == SN_AT_MIN && isinf(problem->flow_min_mw[l]));
        double *held = &w->held_mw[4 * l];
        held[SN_AT_MAX] = held[SN_FIXED] = problem->flow_max_mw[l];
        held[SN_AT_MIN] = problem->flow_min_mw[l];
        w->border[l].rated_mw = problem->network->border[l].rated_mw;
        w->tie_rated[l] = w->loss[l] > 0.0 ? 0.0 : w->border[l].rated_mw;
        w->has_loss |= w->loss[l] > 0.0;
        w->hold_before[l] = w->hold[l];
        w->hold[l] = fixed                                  ? SN_FIXED
                     : was_fixed || unheld || !w->is_steady ? SN_FREE
                                                            : w->hold[l];
    }
}

/* What is held is a good start for the next period only while it changes little. */
static void judge_start(sn_clearing *w)
{
    size_t n_changed = 0;
    for (size_t l = 0; l < w->network.n_border; l++) {
        n_changed += w->hold[l] != w->hold_before[l];
    }
    w->is_steady = 8 * n_changed <= w->network.n_border;
}

static bool solve_from_nothing(sn_clearing *w)
{
    size_t n = w->network.n_area;
    size_t n_border = w->network.n_border;
    if (!sn_clearing_split(w)) {
        return false;
    }
    sn_clearing_settle_ties(w);
    memcpy(w->kept, w->price, n * sizeof *w->kept);
    memcpy(w->kept + n, w->net, n * sizeof *w->kept);
    memcpy(w->kept + 2 * n, w->flow, n_border * sizeof *w->kept);
    for (size_t c = 0; c < n; c++) {
        w->price[c] = w->set_price[c];
    }
    if (!sn_clearing_restate(w)) {
        memcpy(w->price, w->kept, n * sizeof *w->kept);
        memcpy(w->net, w->kept + n, n * sizeof *w->kept);
        memcpy(w->flow, w->kept + 2 * n, n_border * sizeof *w->kept);
    }
    return true;
}

/* Joins areas over borders with room. */
static void join_groups(sn_clearing *w)
{
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        w->root[c] = c;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        double f = w->flow[l];
        if (!(w->loss[l] > 0.0) && f > w->planned.flow_min_mw[l] + SN_TOLERANCE_MW &&
            f < w->planned.flow_max_mw[l] - SN_TOLERANCE_MW) {
            size_t a = sn_clearing_root(w->root, w->border[l].from);
            size_t b = sn_clearing_root(w->root, w->border[l].to);
            w->root[a > b ? a : b] = a > b ? b : a;
        }
    }
    for (size_t c = 0; c < n; c++) {
        w->root[c] = sn_clearing_root(w->root, c);
    }
}

/* A group is named by its lowest outer index. */
static void label_groups(sn_clearing *w)
{
    size_t n = w->network.n_area;
    if (!w->is_grouped) {
        join_groups(w);
    }
    for (size_t z = n; z-- > 0;) {
        w->group[w->root[w->plan_of[z]]] = z;
    }
    for (size_t z = 0; z < n; z++) {
        w->group_out[z] = w->group[w->root[w->plan_of[z]]];
    }
}

static void give_out(sn_clearing *w, sn_clearing_result *out)
{
    for (size_t c = 0; c < w->network.n_area; c++) {
        w->price_out[w->area_of[c]] = w->price[c];
        w->net_out[w->area_of[c]] = w->net[c];
    }
    label_groups(w);
    *out = (sn_clearing_result){.outcome = SN_CLEARED,
                                .price_eur_per_mwh = w->price_out,
                                .net_position_mw = w->net_out,
                                .flow_mw = w->flow,
                                .price_group = w->group_out,
                                .unbalanced_area = w->network.n_area};
}

static void give_out_nothing(sn_clearing *w, sn_clearing_result *out)
{
    give_out(w, out);
    out->outcome = SN_INFEASIBLE;
    for (size_t z = w->network.n_area; z-- > 0;) {
        bool is_there = w->set_of[w->plan_of[z]] == w->set_in_hand;
        out->unbalanced_area = is_there ? z : out->unbalanced_area;
        w->price_out[z] = w->net_out[z] = NAN;
        w->group_out[z] = z;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        w->flow[l] = NAN;
    }
}

static void start_with_losses(sn_clearing *w)
{
    static const sn_hold start[] = {SN_AT_MIN, SN_FREE, SN_AT_MAX};
    sn_hold lossy = start[w->attempt % 3];
    sn_clearing_forget(w);
    for (size_t l = 0; l < w->network.n_border; l++) {
        bool fixed = w->planned.flow_min_mw[l] >= w->planned.flow_max_mw[l];
        bool is_lossy = w->loss[l] > 0.0;
        bool can_hold = lossy != SN_AT_MAX || isfinite(w->planned.flow_max_mw[l]);
        w->hold[l] = fixed ? SN_FIXED : is_lossy && can_hold ? lossy : SN_FREE;
    }
}

/* With losses there is no decomposition: what comes out of a start that does not depend
 * on the past is the answer. */
static sn_status solve_with_losses(sn_clearing *w, bool *is_cleared, sn_error *err)
{
    *is_cleared = true;
    if (sn_clearing_active(w)) {
        return SN_OK;
    }
    w->is_converged = false;
    for (w->attempt = 0; w->attempt < ATTEMPTS_MAX && !w->is_converged; w->attempt++) {
        start_with_losses(w);
        (void)sn_clearing_active(w);
    }
    w->attempt = 0;
    if (!w->is_converged) {
        return sn_clearing_lossy_inner(w, is_cleared, err);
    }
    w->set_in_hand = 1;
    for (size_t c = 0; c < w->network.n_area; c++) {
        w->set_of[c] = w->is_unbalanced[w->root[c]];
        *is_cleared = *is_cleared && w->set_of[c] == 0;
    }
    return SN_OK;
}

sn_status sn_clearing_solve(sn_clearing *work,
                            const sn_clearing_problem *problem,
                            sn_clearing_result *out,
                            sn_error *err)
{
    sn_status status = check_problem(work, problem, err);
    if (status != SN_OK) {
        return status;
    }
    if (work->two_way != NULL) {
        return sn_clearing_solve_two_way(work, problem, out, err);
    }
    load(work, problem);
    bool is_cleared = true;
    if (work->has_loss) {
        status = solve_with_losses(work, &is_cleared, err);
    } else {
        is_cleared = sn_clearing_active(work) || solve_from_nothing(work);
    }
    if (status != SN_OK) {
        return status;
    }
    if (is_cleared) {
        judge_start(work);
        give_out(work, out);
    } else {
        give_out_nothing(work, out);
    }
    return SN_OK;
}
