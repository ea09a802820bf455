/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which periods to solve together, and the answer of each from what the chain says.
 *
 * A run of periods joined by limits of change is one convex programme (ramping_chain.c).
 * It gives the flows of the ramped links; with those flows held, each period is cleared
 * as any other, which makes quantities exact and settles ties (M-13).  When no limit is
 * broken, prices follow from the quantities (ramping_price.c): they depend on which
 * limits are reached, not on which periods were solved together.
 */
#include "parallel.h"
#include "ramping_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 96 };

/* Changes over their limit by less than this are not. */
static const double tolerance_mw = 1e-7;

/* A limit with less room than this is reached. */
static const double reached_mw = 1e-6;

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
sn_ramping_load_period(ramp_worker *own, size_t t, sn_ramping_period *out, sn_error *err)
{
    ramp_work *w = own->w;
    const sn_ramping *r = w->ramping;
    sn_status status = r->load(r->context, own->number, t, out, err);
    if (status != SN_OK || out->problem == NULL) {
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
    }
    return SN_OK;
}

static bool is_cleared(const ramp_work *w, size_t t)
{
    return w->out->outcome[t] == SN_CLEARED;
}

/* What was carried before period t; NaN: not known. */
static double power_before(const ramp_work *w, size_t t, size_t k)
{
    const sn_ramping *r = w->ramping;
    return t > 0                   ? w->power[(t - 1) * r->n_link + k]
           : r->initial_mw != NULL ? r->initial_mw[k]
                                   : NAN;
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
        w->out->ramp_price[t * r->n_link + k] = 0.0;
        w->power[t * r->n_link + k] =
            period->scale * result->flow_mw[period->border_of_link[k]];
    }
}

/* Clears a period; flow: ramped links are held at it, NULL: they are free. */
static sn_status load_and_clear(ramp_worker *own,
                                size_t t,
                                sn_ramping_period *period,
                                const double *flow,
                                sn_clearing_result *result,
                                sn_error *err)
{
    const sn_ramping *r = own->w->ramping;
    sn_error why = {0};
    sn_status status = sn_ramping_load_period(own, t, period, err);
    if (status != SN_OK || period->problem == NULL) {
        return status;
    }
    sn_clearing_problem problem = *period->problem;
    if (flow != NULL) {
        sn_ramping_set_limits(own, t, period->problem, false);
        for (size_t k = 0; k < r->n_link; k++) {
            size_t l = period->border_of_link[k];
            own->flow_min[l] = own->flow_max[l] = flow[l];
        }
        problem.flow_min_mw = own->flow_min;
        problem.flow_max_mw = own->flow_max;
    }
    status = sn_clearing_set_link_losses(own->clearing, period->loss_share, err);
    if (status == SN_OK &&
        (status = sn_clearing_solve(own->clearing, &problem, result, &why)) != SN_OK) {
        return sn_error_set(err, status, "period %zu: %s", t, why.message);
    }
    return status;
}

static sn_status solve_alone(ramp_worker *own, size_t t, sn_error *err)
{
    ramp_work *w = own->w;
    sn_ramping_period period;
    sn_clearing_result result;
    sn_status status = load_and_clear(own, t, &period, NULL, &result, err);
    if (status != SN_OK) {
        return status;
    }
    w->is_absent[t] = period.problem == NULL;
    if (!w->is_absent[t] && result.outcome == SN_CLEARED) {
        keep(w, t, &period, &result);
    } else {
        keep_none(w, t);
    }
    return SN_OK;
}

void sn_ramping_set_limits(ramp_worker *own,
                           size_t t,
                           const sn_clearing_problem *problem,
                           bool for_prices)
{
    const unsigned char *closed = &own->w->closed[t * own->w->ramping->n_border_max];
    for (size_t l = 0; l < problem->network->n_border; l++) {
        double low = problem->flow_min_mw[l];
        double high = problem->flow_max_mw[l];
        unsigned ways = closed[l] & SN_WAY_REST;
        ways = for_prices && ways == SN_WAY_REST ? 0 : ways;
        own->flow_min[l] = (ways & SN_WAY_BACK) != 0 ? fmax(low, 0.0) : low;
        own->flow_max[l] = (ways & SN_WAY_FORWARD) != 0 ? fmin(high, 0.0) : high;
    }
}

void sn_ramping_order_areas(ramp_worker *own, const sn_network *network)
{
    size_t n = 0;
    memset(own->is_named, 0, network->n_area * sizeof *own->is_named);
    for (size_t i = 0; i < 2 * network->n_border + network->n_area; i++) {
        const sn_border *border = &network->border[i / 2];
        size_t z = i >= 2 * network->n_border ? i - 2 * network->n_border
                   : i % 2 == 0               ? border->from
                                              : border->to;
        if (!own->is_named[z]) {
            own->is_named[z] = true;
            own->order[n++] = z;
        }
    }
}

int sn_ramping_reached(const ramp_work *w, size_t t, size_t k, bool *is_both)
{
    const sn_ramping *r = w->ramping;
    double limit = r->limit_mw[t * r->n_link + k];
    double change = w->power[t * r->n_link + k] - power_before(w, t, k);
    *is_both = limit <= reached_mw;
    if (isnan(change) || isinf(limit)) {
        return 0;
    }
    return change >= limit - reached_mw ? 1 : change <= reached_mw - limit ? -1 : 0;
}

/* Quantities of period t with the ramped flows held; prices are found at the end. */
static sn_status settle(ramp_worker *own, size_t t, sn_error *err)
{
    ramp_work *w = own->w;
    const sn_ramping *r = w->ramping;
    double *flow = &w->out->flow_mw[t * r->n_border_max];
    sn_ramping_period period;
    sn_clearing_result result;
    sn_status status = load_and_clear(own, t, &period, flow, &result, err);
    if (status != SN_OK || result.outcome == SN_INFEASIBLE) {
        return status; /* by rounding at the end of a curve: the chain's own answer */
    }
    memcpy(&w->out->net_position_mw[t * r->n_area], result.net_position_mw,
           r->n_area * sizeof(double));
    memcpy(flow, result.flow_mw, period.problem->network->n_border * sizeof *flow);
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

/* Keeps the error of the first period, whoever comes upon it. */
static void note_error(ramp_worker *own, size_t t, sn_status status, const sn_error *why)
{
    if (status != SN_OK && (own->status == SN_OK || t < own->period)) {
        own->period = t;
        own->status = status;
        own->error = *why;
    }
}

/* A run has no answer while one of its periods cannot balance: see leave_out(). */
static void solve_run(void *context, size_t run, unsigned worker)
{
    ramp_work *w = context;
    ramp_worker *own = &w->worker[worker];
    size_t first = w->first[run];
    sn_error why = {0};
    sn_status status =
        sn_ramping_solve_chain(own, first, w->last[run], &w->fault[run], &why);
    for (size_t t = first;
         t <= w->last[run] && status == SN_OK && w->fault[run].period == SIZE_MAX; t++) {
        status = settle(own, t, &why);
    }
    note_error(own, first, status, &why);
}

/* One that cannot balance may yet when others give way; when there are none it leaves the
 * run in two. */
static void leave_out(ramp_work *w, size_t run)
{
    const ramp_fault *fault = &w->fault[run];
    size_t first = w->first[run];
    size_t last = w->last[run];
    if (fault->period == SIZE_MAX || (!fault->is_certain && widen(w, first, last))) {
        return;
    }
    keep_none(w, fault->period);
    w->again[first] |= fault->period > first;
    w->again[last] |= fault->period < last;
}

/* A limit between t - 1 (or what is known before period 0) and t is broken. */
static bool is_broken(const ramp_work *w, size_t t)
{
    const sn_ramping *r = w->ramping;
    for (size_t k = 0; k < r->n_link; k++) {
        double change = fabs(w->power[t * r->n_link + k] - power_before(w, t, k));
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

static sn_status first_error(const ramp_work *w, sn_error *err)
{
    const ramp_worker *first = NULL;
    for (unsigned i = 0; i < w->n_worker; i++) {
        const ramp_worker *own = &w->worker[i];
        bool is_first = first == NULL || own->period < first->period;
        first = own->status != SN_OK && is_first ? own : first;
    }
    if (first != NULL && err != NULL) {
        *err = first->error;
    }
    return first != NULL ? first->status : SN_OK;
}

/* Solves every run in which something is new; false when nothing was.  Which they are is
 * settled first, and what follows from those without an answer last, so that threads
 * change nothing. */
static sn_status solve_runs(ramp_work *w, bool *any, sn_error *err)
{
    size_t n = w->ramping->n_period;
    w->n_run = 0;
    *any = false;
    for (size_t first = 0, last; first < n; first = last + 1) {
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
            w->first[w->n_run] = first;
            w->last[w->n_run++] = last;
        }
    }
    sn_parallel_run(w->n_run, w->n_worker, solve_run, w);
    sn_status status = first_error(w, err);
    for (size_t run = 0; run < w->n_run && status == SN_OK; run++) {
        leave_out(w, run);
    }
    return status;
}

static void solve_block(void *context, size_t block, unsigned worker)
{
    ramp_work *w = context;
    ramp_worker *own = &w->worker[worker];
    size_t n = w->ramping->n_period;
    for (size_t t = block * BLOCK; t < n && t < (block + 1) * BLOCK; t++) {
        sn_error why = {0};
        sn_status status = solve_alone(own, t, &why);
        note_error(own, t, status, &why);
        if (status != SN_OK) {
            return;
        }
    }
}

/* ---- prices ---- */

/* A limit into period t is reached. */
static bool is_tied(const ramp_work *w, size_t t)
{
    bool is_both;
    for (size_t k = 0; k < w->ramping->n_link; k++) {
        if (sn_ramping_reached(w, t, k, &is_both) != 0) {
            return true;
        }
    }
    return false;
}

/* A period whose limits are nowhere reached is as it is alone; where losses leave M-8
 * open its flows may be others, and then it keeps those that fit the periods around. */
static sn_status price_alone(ramp_worker *own, size_t t, sn_error *err)
{
    ramp_work *w = own->w;
    const sn_ramping *r = w->ramping;
    sn_ramping_period period;
    sn_clearing_result result;
    sn_status status = load_and_clear(own, t, &period, NULL, &result, err);
    if (status != SN_OK) {
        return status;
    }
    bool is_same = result.outcome == SN_CLEARED;
    for (size_t k = 0; k < r->n_link && is_same; k++) {
        size_t l = period.border_of_link[k];
        double flow = w->out->flow_mw[t * r->n_border_max + l];
        is_same = fabs(result.flow_mw[l] - flow) <= reached_mw;
    }
    w->grow[t] = !is_same;
    if (!is_same) {
        return sn_ramping_price(own, t, t, err);
    }
    keep(w, t, &period, &result);
    return SN_OK;
}

static void price_run(void *context, size_t run, unsigned worker)
{
    ramp_work *w = context;
    ramp_worker *own = &w->worker[worker];
    size_t first = w->first[run];
    sn_error why = {0};
    sn_status status = w->grow[first] ? sn_ramping_price(own, first, w->last[run], &why)
                                      : price_alone(own, first, &why);
    note_error(own, first, status, &why);
}

static void count(ramp_work *w)
{
    sn_ramping_result *out = w->out;
    size_t length = 0;
    out->n_infeasible = out->n_coupled = out->n_longest = out->n_closed = 0;
    for (size_t t = 0; t < w->ramping->n_period; t++) {
        out->n_infeasible += !is_cleared(w, t) && !w->is_absent[t];
        out->n_coupled += w->grow[t];
        for (size_t l = 0; l < w->ramping->n_border_max; l++) {
            out->n_closed +=
                w->grow[t] && w->closed[t * w->ramping->n_border_max + l] != 0;
        }
        length = !w->grow[t] ? 0 : w->again[t] ? length + 1 : 1;
        out->n_longest = length > out->n_longest ? length : out->n_longest;
        if (out->is_coupled != NULL) {
            out->is_coupled[t] = w->grow[t];
        }
    }
}

/* The periods between which limits are reached, whatever was solved together on the way:
 * these have prices together, and all others their own. */
static sn_status price_all(ramp_work *w, sn_error *err)
{
    size_t n = w->ramping->n_period;
    w->n_run = 0;
    for (size_t t = 0; t < n; t++) {
        w->again[t] = is_tied(w, t);
        w->grow[t] = false;
    }
    for (size_t first = 0, last; first < n; first = last + 1) {
        for (last = first; last + 1 < n && w->again[last + 1]; last++) {
        }
        bool is_tied_run = last > first || w->again[first];
        bool was_coupled = hangs(w, first) || (first + 1 < n && hangs(w, first + 1)) ||
                           (first == 0 && w->joined[0]);
        for (size_t t = first; t <= last; t++) {
            w->grow[t] = is_tied_run;
        }
        if (is_tied_run || (was_coupled && is_cleared(w, first))) {
            w->first[w->n_run] = first;
            w->last[w->n_run++] = last;
        }
    }
    sn_parallel_run(w->n_run, w->n_worker, price_run, w);
    count(w);
    return first_error(w, err);
}

static sn_status solve_all(ramp_work *w, sn_error *err)
{
    size_t n = w->ramping->n_period;
    sn_parallel_run((n + BLOCK - 1) / BLOCK, w->n_worker, solve_block, w);
    sn_status status = first_error(w, err);
    bool any = true;
    while (status == SN_OK && (join_broken(w) || any)) {
        status = solve_runs(w, &any, err);
    }
    return status == SN_OK ? price_all(w, err) : status;
}

static bool make_workers(ramp_work *w, double *numbers)
{
    const sn_ramping *r = w->ramping;
    bool ok = true;
    for (unsigned i = 0; i < w->n_worker; i++) {
        double *flows = numbers + 2 * i * r->n_border_max;
        w->worker[i] =
            (ramp_worker){.w = w,
                          .number = i,
                          .clearing = sn_clearing_alloc(r->n_area, r->n_border_max),
                          .flow_min = flows,
                          .flow_max = flows + r->n_border_max,
                          .order = calloc(r->n_area + 1, sizeof(size_t)),
                          .is_named = calloc(r->n_area + 1, sizeof(bool))};
        ok = ok && w->worker[i].clearing != NULL && w->worker[i].order != NULL &&
             w->worker[i].is_named != NULL;
    }
    return ok;
}

sn_status sn_ramping_solve_unchecked(const sn_ramping *ramping,
                                     sn_ramping_result *out,
                                     sn_error *err)
{
    size_t n = ramping->n_period;
    size_t n_power = n * ramping->n_link;
    ramp_worker worker[SN_THREADS_MAX] = {{0}};
    ramp_work w = {.ramping = ramping, .out = out, .worker = worker};
    w.n_worker = sn_parallel_workers(n, ramping->n_thread);
    double *numbers =
        calloc(n_power + 2 * w.n_worker * ramping->n_border_max + 1, sizeof *numbers);
    bool *flags = calloc(4 * n + 1, sizeof *flags);
    w.first = calloc(2 * n + 1, sizeof *w.first);
    w.fault = calloc(n + 1, sizeof *w.fault);
    w.closed = calloc(n * ramping->n_border_max + 1, sizeof *w.closed);
    sn_status status = check_input(ramping, err);
    bool ok = numbers != NULL && flags != NULL && w.first != NULL && w.fault != NULL &&
              w.closed != NULL && make_workers(&w, numbers + n_power);
    if (!ok) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu periods", n);
    } else if (status == SN_OK) {
        w.power = numbers;
        w.joined = flags;
        w.again = flags + n;
        w.grow = flags + 2 * n;
        w.is_absent = flags + 3 * n;
        w.last = w.first + n;
        memset(out->ramp_price, 0, n_power * sizeof *out->ramp_price);
        memset(out->flow_mw, 0, n * ramping->n_border_max * sizeof *out->flow_mw);
        status = solve_all(&w, err);
    }
    for (unsigned i = 0; i < w.n_worker; i++) {
        sn_clearing_free(worker[i].clearing);
        free(worker[i].order);
        free(worker[i].is_named);
    }
    free(numbers);
    free(flags);
    free(w.first);
    free(w.fault);
    free(w.closed);
    return status;
}

sn_status
sn_ramping_solve(const sn_ramping *ramping, sn_ramping_result *out, sn_error *err)
{
    sn_ramping_residuals residuals;
    sn_status status = sn_ramping_solve_unchecked(ramping, out, err);
    return status == SN_OK ? sn_ramping_check(ramping, out, &residuals, err) : status;
}
