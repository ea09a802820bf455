/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which periods to solve together, and the answer of each from what the chain says.
 *
 * A run of periods joined by limits of change is one convex programme (ramping_chain.c).
 * It gives the flows of the ramped links and prices; with those flows held, each period
 * is cleared as any other, which makes quantities exact and settles ties (M-13).  Any
 * optimal quantities and any optimal prices fit together, so the two are one answer.
 */
#include "ramping_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Changes over their limit by less than this are not. */
static const double tolerance_mw = 1e-7;

/* Prices nearer than this are one, and the period's own is the one without rounding. */
static const double same_eur_per_mwh = 1e-7;

static sn_status check_input(const sn_ramping *r, sn_error *err)
{
    for (size_t i = 0; i < r->n_period * r->n_link; i++) {
        if (!(r->limit_mw[i] >= 0.0)) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "limit of change %g MW of link %zu, period %zu: expected 0 "
                "or more",
                r->limit_mw[i], i % r->n_link, i / r->n_link);
        }
    }
    return SN_OK;
}

sn_status
sn_ramping_load_period(ramp_work *w, size_t t, sn_ramping_period *out, sn_error *err)
{
    const sn_ramping *r = w->ramping;
    sn_status status = r->load(r->context, t, out, err);
    if (status != SN_OK) {
        return status;
    }
    const sn_network *network = out->problem->network;
    if (network->n_area != r->n_area || network->n_border > r->n_border_max ||
        !(out->weight > 0.0) || !(out->scale > 0.0)) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "period %zu: %zu areas of %zu, %zu borders of %zu, weight %g, "
            "scale %g",
            t, network->n_area, r->n_area, network->n_border, r->n_border_max,
            out->weight, out->scale);
    }
    for (size_t k = 0; k < r->n_link; k++) {
        if (out->border_of_link[k] >= network->n_border) {
            return sn_error_set(err, SN_E_FORMAT, "period %zu: link %zu has no border", t,
                                k);
        }
        w->power[t * r->n_link + k] =
            out->scale * w->out->flow_mw[t * r->n_border_max + out->border_of_link[k]];
    }
    return SN_OK;
}

static bool is_cleared(const ramp_work *w, size_t t)
{
    return w->out->outcome[t] == SN_CLEARED;
}

static void keep_none(ramp_work *w, size_t t)
{
    const sn_ramping *r = w->ramping;
    w->out->outcome[t] = SN_INFEASIBLE;
    for (size_t z = 0; z < r->n_area; z++) {
        w->out->price_eur_per_mwh[t * r->n_area + z] = NAN;
        w->out->net_position_mw[t * r->n_area + z] = NAN;
    }
    for (size_t l = 0; l < r->n_border_max; l++) {
        w->out->flow_mw[t * r->n_border_max + l] = NAN;
    }
    for (size_t k = 0; k < r->n_link; k++) {
        w->out->ramp_price[t * r->n_link + k] = 0.0;
        w->power[t * r->n_link + k] = NAN;
    }
}

static void keep(ramp_work *w,
                 size_t t,
                 const sn_ramping_period *period,
                 const sn_clearing_result *result)
{
    const sn_ramping *r = w->ramping;
    w->out->outcome[t] = SN_CLEARED;
    memcpy(&w->out->price_eur_per_mwh[t * r->n_area], result->price_eur_per_mwh,
           r->n_area * sizeof(double));
    memcpy(&w->out->net_position_mw[t * r->n_area], result->net_position_mw,
           r->n_area * sizeof(double));
    memcpy(&w->out->flow_mw[t * r->n_border_max], result->flow_mw,
           period->problem->network->n_border * sizeof(double));
    for (size_t k = 0; k < r->n_link; k++) {
        w->power[t * r->n_link + k] =
            period->scale * result->flow_mw[period->border_of_link[k]];
    }
}

static sn_status solve_alone(ramp_work *w, size_t t, sn_error *err)
{
    sn_ramping_period period;
    sn_clearing_result result;
    sn_error why = {0};
    sn_status status = sn_ramping_load_period(w, t, &period, err);
    if (status != SN_OK) {
        return status;
    }
    status = sn_clearing_solve(w->clearing, period.problem, &result, &why);
    if (status != SN_OK) {
        return sn_error_set(err, status, "period %zu: %s", t, why.message);
    }
    if (result.outcome == SN_CLEARED) {
        keep(w, t, &period, &result);
    } else {
        keep_none(w, t);
    }
    return SN_OK;
}

/* Quantities of period t with the ramped flows held, prices of the chain. */
static sn_status settle(ramp_work *w, size_t t, sn_error *err)
{
    const sn_ramping *r = w->ramping;
    double *price = &w->out->price_eur_per_mwh[t * r->n_area];
    double *flow = &w->out->flow_mw[t * r->n_border_max];
    sn_ramping_period period;
    sn_clearing_result result;
    sn_status status = sn_ramping_load_period(w, t, &period, err);
    if (status != SN_OK) {
        return status;
    }
    sn_clearing_problem held = *period.problem;
    size_t n_border = held.network->n_border;
    memcpy(w->flow_min, held.flow_min_mw, n_border * sizeof *w->flow_min);
    memcpy(w->flow_max, held.flow_max_mw, n_border * sizeof *w->flow_max);
    for (size_t k = 0; k < r->n_link; k++) {
        size_t l = period.border_of_link[k];
        w->flow_min[l] = w->flow_max[l] = flow[l];
    }
    held.flow_min_mw = w->flow_min;
    held.flow_max_mw = w->flow_max;
    status = sn_clearing_solve(w->clearing, &held, &result, err);
    if (status != SN_OK || result.outcome == SN_INFEASIBLE) {
        return status; /* by rounding at the end of a curve: the chain's own answer */
    }
    for (size_t z = 0; z < r->n_area; z++) {
        double own = result.price_eur_per_mwh[z];
        price[z] = fabs(own - price[z]) <= same_eur_per_mwh ? own : price[z];
    }
    memcpy(&w->out->net_position_mw[t * r->n_area], result.net_position_mw,
           r->n_area * sizeof(double));
    memcpy(flow, result.flow_mw, n_border * sizeof *flow);
    for (size_t k = 0; k < r->n_link; k++) {
        w->power[t * r->n_link + k] = period.scale * flow[period.border_of_link[k]];
    }
    return SN_OK;
}

/* Half as many periods again on both sides; false when there are none. */
static bool widen(ramp_work *w, size_t first, size_t last)
{
    size_t more = (last - first) / 2 + 1;
    bool changed = first == 0 && !w->joined[0];
    size_t from = first;
    size_t to = last;
    for (; from > 0 && first - from < more && is_cleared(w, from - 1); from--) {
        w->joined[from] = changed = true;
    }
    for (; to + 1 < w->ramping->n_period && to - last < more && is_cleared(w, to + 1);
         to++) {
        w->joined[to + 1] = changed = true;
    }
    w->joined[0] |= first == 0;
    w->again[first] |= changed;
    return changed;
}

/* Periods first .. last are one run.  One of them that cannot balance may yet when others
 * give way; when there are none it leaves the run in two. */
static sn_status solve_run(ramp_work *w, size_t first, size_t last, sn_error *err)
{
    ramp_fault fault;
    sn_status status = sn_ramping_solve_chain(w, first, last, &fault, err);
    if (status != SN_OK) {
        return status;
    }
    if (fault.period != SIZE_MAX && (fault.is_certain || !widen(w, first, last))) {
        keep_none(w, fault.period);
        w->again[first] |= fault.period > first;
        w->again[last] |= fault.period < last;
    }
    for (size_t t = first; t <= last && status == SN_OK && fault.period == SIZE_MAX;
         t++) {
        status = settle(w, t, err);
    }
    return status;
}

/* A limit between t - 1 (or what is known before period 0) and t is broken. */
static bool is_broken(const ramp_work *w, size_t t)
{
    const sn_ramping *r = w->ramping;
    for (size_t k = 0; k < r->n_link; k++) {
        double before = t > 0                   ? w->power[(t - 1) * r->n_link + k]
                        : r->initial_mw != NULL ? r->initial_mw[k]
                                                : NAN;
        double change = fabs(w->power[t * r->n_link + k] - before);
        if (change > r->limit_mw[t * r->n_link + k] + tolerance_mw) {
            return true;
        }
    }
    return false;
}

/* Joins over broken limits, and as far again beyond, so that runs grow in few rounds. */
static bool join_broken(ramp_work *w)
{
    size_t n = w->ramping->n_period;
    bool changed = false;
    memset(w->grow, 0, n * sizeof *w->grow);
    for (size_t t = 0; t < n; t++) {
        if (w->joined[t] || !is_broken(w, t)) {
            continue;
        }
        size_t first = t > 0 ? t - 1 : 0;
        size_t last = t;
        for (; first > 0 && w->joined[first]; first--) {
        }
        for (; last + 1 < n && w->joined[last + 1]; last++) {
        }
        size_t more = (last - first) / 4;
        size_t from = first > more ? first - more : 0;
        size_t to = last + more < n ? last + more : n - 1;
        for (size_t i = from + 1; i <= to; i++) {
            w->grow[i] = true;
        }
        w->grow[t] = true;
        changed = true;
    }
    for (size_t t = 0; t < n; t++) {
        bool is_new = w->grow[t] && !w->joined[t];
        w->again[t] |= is_new;
        w->joined[t] |= is_new;
    }
    return changed;
}

/* Whether period t hangs together with the one before. */
static bool hangs(const ramp_work *w, size_t t)
{
    return t > 0 && w->joined[t] && is_cleared(w, t) && is_cleared(w, t - 1);
}

/* Solves every run in which something is new; false when nothing was. */
static sn_status solve_runs(ramp_work *w, bool *any, sn_error *err)
{
    size_t n = w->ramping->n_period;
    sn_status status = SN_OK;
    *any = false;
    for (size_t first = 0, last; first < n && status == SN_OK; first = last + 1) {
        bool is_new = w->again[first];
        for (last = first; last + 1 < n && hangs(w, last + 1); last++) {
            is_new |= w->again[last + 1];
        }
        if (!is_new) {
            continue;
        }
        *any = true;
        memset(&w->again[first], 0, (last - first + 1) * sizeof *w->again);
        if (is_cleared(w, first)) {
            status = solve_run(w, first, last, err);
        }
    }
    return status;
}

static sn_status solve_all(ramp_work *w, sn_error *err)
{
    size_t n = w->ramping->n_period;
    sn_status status = SN_OK;
    for (size_t t = 0; t < n && status == SN_OK; t++) {
        status = solve_alone(w, t, err);
    }
    bool any = true;
    while (status == SN_OK && (join_broken(w) || any)) {
        status = solve_runs(w, &any, err);
    }
    w->out->n_infeasible = w->out->n_coupled = 0;
    for (size_t t = 0; t < n && status == SN_OK; t++) {
        bool with_next = t + 1 < n && hangs(w, t + 1);
        bool with_initial = t == 0 && w->joined[0];
        w->out->n_infeasible += !is_cleared(w, t);
        w->out->n_coupled +=
            is_cleared(w, t) && (hangs(w, t) || with_next || with_initial);
    }
    sn_ramping_residuals residuals;
    return status == SN_OK ? sn_ramping_check(w->ramping, w->out, &residuals, err)
                           : status;
}

sn_status
sn_ramping_solve(const sn_ramping *ramping, sn_ramping_result *out, sn_error *err)
{
    size_t n = ramping->n_period;
    size_t n_power = n * ramping->n_link;
    ramp_work w = {.ramping = ramping, .out = out};
    w.clearing = sn_clearing_alloc(ramping->n_area, ramping->n_border_max);
    double *numbers = calloc(n_power + 2 * ramping->n_border_max + 1, sizeof *numbers);
    bool *flags = calloc(3 * n + 1, sizeof *flags);
    sn_status status = check_input(ramping, err);
    if (w.clearing == NULL || numbers == NULL || flags == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu periods", n);
    } else if (status == SN_OK) {
        w.power = numbers;
        w.flow_min = numbers + n_power;
        w.flow_max = w.flow_min + ramping->n_border_max;
        w.joined = flags;
        w.again = flags + n;
        w.grow = flags + 2 * n;
        memset(out->ramp_price, 0, n_power * sizeof *out->ramp_price);
        memset(out->flow_mw, 0, n * ramping->n_border_max * sizeof *out->flow_mw);
        status = solve_all(&w, err);
    }
    sn_clearing_free(w.clearing);
    free(numbers);
    free(flags);
    return status;
}
