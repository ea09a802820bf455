/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Limits of change (M-8) in a replay.  Before each pass all periods are cleared together
 * (ramping.h) at the pass's water values: that gives the flow of every ramped link, and
 * the prices of the periods that a limit ties to others.  The pass then clears each
 * period with those flows held, so what follows (regulation, water, sums) is as without
 * limits.
 *
 * What history shows was possible: a limit is never less than the observed change, as a
 * capacity is never less than the observed flow (M-15).  So history stays a solution of
 * its own configuration.
 *
 * After the market each period stands alone again: bids (M-20), one consumer price (M-23)
 * and capacity cuts (M-21) may move a ramped link by half of what its limits leave
 * between the market's flows, so that the limits hold whatever the periods around do.
 */
#include "replay_ramp.h"

#include "parallel.h"
#include "ramping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sn_ramp_plan {
    size_t n, n_node, n_link;
    size_t n_ramped;
    size_t *link;  /* [n_ramped] of the network that is cleared */
    bool is_given; /* another result's, at the same water values */
    double *numbers;
    size_t n_number;
    double *limit_mw; /* [n][n_ramped] */
    sn_ramping_result result;
};

void sn_ramp_plan_free(sn_ramp_plan *plan)
{
    if (plan != NULL) {
        free(plan->link);
        free(plan->numbers);
        free(plan->result.outcome);
        free(plan->result.is_coupled);
        free(plan);
    }
}

/* A link inside a price area has no limit in the market (M-11). */
static bool is_ramped(const sn_replay_case *c, size_t k)
{
    size_t l = c->border_of_link[k];
    return c->input->border[l].ramp_mw_per_h > 0.0 && !c->internal[l];
}

static double observed_mw(const sn_replay_input *in, size_t t, size_t l)
{
    return sn_replay_has_flow(in, t, l) ? in->flow_mw[t * in->n_border + l] : 0.0;
}

static double limit_mw(const sn_replay_case *c, size_t t, size_t k)
{
    size_t l = c->border_of_link[k];
    if (t == 0) {
        return INFINITY;
    }
    double limit = c->input->border[l].ramp_mw_per_h * c->step_h;
    double seen = fabs(observed_mw(c->input, t, l) - observed_mw(c->input, t - 1, l));
    return seen > limit ? seen : limit;
}

static sn_ramp_plan *make_plan(const sn_replay_case *c, size_t n_ramped)
{
    size_t n = c->input->axis.n;
    sn_ramp_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        return NULL;
    }
    plan->n = n;
    plan->n_node = c->n_node;
    plan->n_link = c->n_link;
    plan->n_number = n * (2 * c->n_node + c->n_link + 2 * n_ramped);
    plan->numbers = calloc(plan->n_number + 1, sizeof *plan->numbers);
    plan->link = calloc(n_ramped + 1, sizeof *plan->link);
    plan->result.outcome = calloc(n + 1, sizeof *plan->result.outcome);
    plan->result.is_coupled = calloc(n + 1, sizeof *plan->result.is_coupled);
    if (plan->numbers == NULL || plan->link == NULL || plan->result.outcome == NULL ||
        plan->result.is_coupled == NULL) {
        sn_ramp_plan_free(plan);
        return NULL;
    }
    plan->result.price_eur_per_mwh = plan->numbers;
    plan->result.net_position_mw = plan->result.price_eur_per_mwh + n * c->n_node;
    plan->result.flow_mw = plan->result.net_position_mw + n * c->n_node;
    plan->result.ramp_price = plan->result.flow_mw + n * c->n_link;
    plan->limit_mw = plan->result.ramp_price + n * n_ramped;
    for (size_t k = 0; k < c->n_link; k++) {
        if (is_ramped(c, k)) {
            plan->link[plan->n_ramped++] = k;
        }
    }
    for (size_t i = 0; i < n * n_ramped; i++) {
        plan->limit_mw[i] = limit_mw(c, i / n_ramped, plan->link[i % n_ramped]);
    }
    return plan;
}

/* At the same water values the other result's plan is this one's. */
static void take_plan(sn_ramp_plan *plan, const sn_ramp_plan *other)
{
    memcpy(plan->numbers, other->numbers, plan->n_number * sizeof *plan->numbers);
    memcpy(plan->result.outcome, other->result.outcome,
           plan->n * sizeof *plan->result.outcome);
    memcpy(plan->result.is_coupled, other->result.is_coupled,
           plan->n * sizeof *plan->result.is_coupled);
    plan->result.n_coupled = other->result.n_coupled;
    plan->result.n_longest = other->result.n_longest;
    plan->is_given = true;
}

sn_status sn_replay_ramp_open(sn_replay_case *c, sn_error *err)
{
    size_t n_ramped = 0;
    for (size_t k = 0; k < c->n_link; k++) {
        n_ramped += is_ramped(c, k);
    }
    if (n_ramped == 0) {
        return SN_OK;
    }
    size_t n = c->input->axis.n;
    const sn_replay_result *same = c->settings->honest; /* at the same water values */
    c->out->ramp = make_plan(c, n_ramped);
    c->out->ramp_price_eur_per_mw =
        calloc(n * c->n_border + 1, sizeof *c->out->ramp_price_eur_per_mw);
    if (c->out->ramp == NULL || c->out->ramp_price_eur_per_mw == NULL) {
        return sn_error_set(err, SN_E_MEMORY,
                            "out of memory for limits of change of %zu periods", n);
    }
    if (same != NULL && same->ramp != NULL &&
        same->ramp->n_number == c->out->ramp->n_number) {
        take_plan(c->out->ramp, same->ramp);
    }
    c->ramp = c->out->ramp;
    return SN_OK;
}

/* ---- all periods together ---- */

typedef struct sn_ramp_loader {
    sn_replay_case *c;
    sn_clearing_problem *problem; /* [worker] */
} sn_ramp_loader;

/* The market of a period as the pass would clear it, in the memory of one of its blocks.
 */
static sn_status
load(void *context, unsigned worker, size_t t, sn_ramping_period *out, sn_error *err)
{
    sn_ramp_loader *loader = context;
    sn_replay_case *c = loader->c;
    sn_replay_block *b = &c->block[worker];
    (void)err;
    *out = (sn_ramping_period){NULL, c->ramp->link, c->has_loss ? c->link_loss : NULL,
                               c->step_h, 1.0};
    if (c->out->exclusion[t] != SN_INCLUDED) {
        return SN_OK;
    }
    for (size_t z = 0; z < c->n_area; z++) {
        b->consumer_price[z] = NAN;
    }
    sn_replay_set_curves(c, b, t);
    sn_replay_set_limits(c, b, t);
    loader->problem[worker] = (sn_clearing_problem){&c->network,
                                                    b->curve,
                                                    b->link_min_mw,
                                                    b->link_max_mw,
                                                    c->price_min_eur_per_mwh[t],
                                                    c->price_max_eur_per_mwh[t]};
    out->problem = &loader->problem[worker];
    return SN_OK;
}

static sn_ramping ramping_of(sn_replay_case *c, sn_ramp_loader *loader)
{
    size_t n_thread = c->settings->n_thread;
    return (sn_ramping){.n_period = c->ramp->n,
                        .n_area = c->n_node,
                        .n_border_max = c->n_link,
                        .n_link = c->ramp->n_ramped,
                        .load = load,
                        .context = loader,
                        .limit_mw = c->ramp->limit_mw,
                        .n_thread =
                            (unsigned)(n_thread < c->n_block ? n_thread : c->n_block)};
}

sn_status sn_replay_ramp_solve(sn_replay_case *c, sn_error *err)
{
    sn_clearing_problem problem[SN_THREADS_MAX];
    sn_ramp_loader loader = {c, problem};
    if (c->ramp == NULL || c->out->ramp != c->ramp) {
        return SN_OK;
    }
    sn_ramp_plan *plan = c->out->ramp;
    sn_ramping ramping = ramping_of(c, &loader);
    sn_status status =
        plan->is_given ? SN_OK : sn_ramping_solve_unchecked(&ramping, &plan->result, err);
    c->out->ramp_coupled = plan->result.n_coupled;
    c->out->ramp_longest = plan->result.n_longest;
    return status;
}

/* M-12 of what ties the periods; a failure ends the case as one of a period does. */
void sn_replay_ramp_check(sn_replay_case *c)
{
    sn_clearing_problem problem[SN_THREADS_MAX];
    sn_ramp_loader loader = {c, problem};
    sn_ramping_residuals r = {0};
    sn_error why = {0};
    if (c->ramp == NULL || c->out->ramp != c->ramp || c->out->ramp->is_given) {
        return;
    }
    sn_ramping ramping = ramping_of(c, &loader);
    if (sn_ramping_check(&ramping, &c->ramp->result, &r, &why) == SN_OK) {
        return;
    }
    const double tolerance = 1e-6;
    bool is_over = !(r.limit_mw <= tolerance);
    bool is_slack = !(r.slackness_eur_per_mwh <= tolerance);
    size_t z = c->input->border[c->border_of_link[c->ramp->link[0]]].link.from;
    sn_replay_block *b = &c->block[r.worst_period / (SLOT_PER_BLOCK * c->slot_periods)];
    sn_replay_note_failure(b, r.worst_period, z,
                           is_over    ? "limit of change"
                           : is_slack ? "slackness of limits of change"
                                      : "duality gap of all periods",
                           is_over    ? r.limit_mw
                           : is_slack ? r.slackness_eur_per_mwh
                                      : r.gap_share);
}

/* ---- one period ---- */

static double flow_of(const sn_ramp_plan *plan, size_t t, size_t i)
{
    return plan->result.flow_mw[t * plan->n_link + plan->link[i]];
}

void sn_replay_ramp_hold(const sn_replay_case *c, sn_replay_block *b, size_t t)
{
    const sn_ramp_plan *plan = c->ramp;
    b->ramp_price = NULL;
    if (plan == NULL || !plan->result.is_coupled[t]) {
        return;
    }
    for (size_t i = 0; i < plan->n_ramped; i++) {
        size_t k = plan->link[i];
        b->link_min_mw[k] = b->link_max_mw[k] = flow_of(plan, t, i);
    }
    b->ramp_price = plan->result.price_eur_per_mwh + t * plan->n_node;
}

/* Half of what limit i leaves into period t: how far the flow may rise (sign 1) or fall
 * (-1) at its end, which is_later or not. */
static double
half_left(const sn_ramp_plan *plan, size_t t, size_t i, bool is_later, double sign)
{
    if (t == 0 || t >= plan->n || plan->result.outcome[t] != SN_CLEARED ||
        plan->result.outcome[t - 1] != SN_CLEARED) {
        return INFINITY;
    }
    double rise = flow_of(plan, t, i) - flow_of(plan, t - 1, i);
    double left =
        plan->limit_mw[t * plan->n_ramped + i] - (is_later ? sign * rise : -sign * rise);
    return left > 0.0 ? 0.5 * left : 0.0;
}

void sn_replay_ramp_leave_room(const sn_replay_case *c, sn_replay_block *b, size_t t)
{
    const sn_ramp_plan *plan = c->ramp;
    b->ramp_price = NULL;
    if (plan == NULL || plan->result.outcome[t] != SN_CLEARED) {
        return;
    }
    for (size_t i = 0; i < plan->n_ramped; i++) {
        size_t k = plan->link[i];
        size_t at = t * c->n_border + c->border_of_link[k];
        double low = c->out->flow_min_mw[at];
        double high = c->out->flow_max_mw[at];
        double flow = fmin(fmax(flow_of(plan, t, i), low), high);
        double up =
            fmin(half_left(plan, t, i, true, 1.0), half_left(plan, t + 1, i, false, 1.0));
        double down = fmin(half_left(plan, t, i, true, -1.0),
                           half_left(plan, t + 1, i, false, -1.0));
        b->link_min_mw[k] = fmax(low, flow - down);
        b->link_max_mw[k] = fmin(high, flow + up);
    }
}

void sn_replay_ramp_hold_as(const sn_replay_case *c,
                            sn_replay_block *b,
                            size_t t,
                            const double *flow_mw)
{
    const sn_ramp_plan *plan = c->ramp;
    bool is_same = true;
    for (size_t i = 0; plan != NULL && i < plan->n_ramped; i++) {
        double flow = flow_mw[c->border_of_link[plan->link[i]]];
        is_same = is_same && fabs(flow - flow_of(plan, t, i)) <= 1e-9;
    }
    if (is_same) {
        sn_replay_ramp_hold(c, b, t);
    } else {
        sn_replay_ramp_leave_room(c, b, t);
    }
}

void sn_replay_ramp_store(sn_replay_case *c)
{
    const sn_ramp_plan *plan = c->ramp;
    for (size_t t = 0; plan != NULL && t < plan->n; t++) {
        for (size_t i = 0; i < plan->n_ramped; i++) {
            size_t l = c->border_of_link[plan->link[i]];
            bool is_known = plan->result.outcome[t] == SN_CLEARED;
            c->out->ramp_price_eur_per_mw[t * c->n_border + l] =
                is_known ? plan->result.ramp_price[t * plan->n_ramped + i] : NAN;
        }
    }
}
