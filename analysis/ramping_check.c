/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ramped links are held at their flows, so clearing_check.h sees all else; here the
 * links' own conditions: the price difference, less what the limits of change explain, is
 * there only where the flow is at its limit, and a limit of change has a price only where
 * it is reached.
 */
#include "clearing_check.h"
#include "ramping.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* M-12. */
static const double tolerance_mw = 1e-6;
static const double tolerance_eur_per_mwh = 1e-6;
static const double tolerance_gap = 1e-9;

typedef struct ramp_check {
    const sn_ramping *ramping;
    const sn_ramping_result *result;
    double *flow_min, *flow_max; /* [n_border_max] */
    double *power;               /* [n_link] of the period before; NaN: none */
    double gap_eur, scale_eur;
    sn_ramping_residuals worst;
} ramp_check;

static void note(ramp_check *c, size_t t, double value, double *most)
{
    if (!(value <= *most)) {
        *most = value;
        c->worst.worst_period = t;
    }
}

/* What a unit of flow in period t pays to the limits of change before and after it. */
static double
wedge(const ramp_check *c, const sn_ramping_period *period, size_t t, size_t k)
{
    size_t n = c->ramping->n_link;
    double after = t + 1 < c->ramping->n_period && c->result->outcome[t + 1] == SN_CLEARED
                       ? c->result->ramp_price[(t + 1) * n + k]
                       : 0.0;
    return period->scale * (c->result->ramp_price[t * n + k] - after) / period->weight;
}

/* One way of a link: what a MW more gains, and how much less or more it may carry. */
static void check_way(ramp_check *c,
                      const sn_ramping_period *period,
                      size_t t,
                      double gain,
                      double less_mw,
                      double more_mw)
{
    double room = gain > 0.0 ? more_mw : less_mw;
    c->gap_eur += room > 0.0 && isfinite(room) ? period->weight * fabs(gain) * room : 0.0;
    note(c, t, room > tolerance_mw ? fabs(gain) : 0.0, &c->worst.slackness_eur_per_mwh);
}

static void check_link(ramp_check *c, const sn_ramping_period *period, size_t t, size_t k)
{
    const sn_ramping *ramping = c->ramping;
    const sn_clearing_problem *problem = period->problem;
    size_t l = period->border_of_link[k];
    const sn_border *border = &problem->network->border[l];
    const double *price = &c->result->price_eur_per_mwh[t * ramping->n_area];
    double flow = c->result->flow_mw[t * ramping->n_border_max + l];
    double low = problem->flow_min_mw[l];
    double high = problem->flow_max_mw[l];
    double paid = wedge(c, period, t, k);
    double loss = period->loss_share != NULL ? period->loss_share[l] : 0.0;
    double forward = (1.0 - loss) * price[border->to] - price[border->from] - paid;
    double back = (1.0 - loss) * price[border->from] - price[border->to] + paid;
    if (loss <= 0.0) {
        check_way(c, period, t, forward, flow - low, high - flow);
    } else {
        /* At rest below zero one of the two always gains: that way is closed. */
        bool is_open = flow == 0.0 && low < 0.0 && forward + back <= 0.0;
        if (flow > 0.0 || is_open || (flow == 0.0 && (forward <= back || !(low < 0.0)))) {
            check_way(c, period, t, forward, flow - fmax(low, 0.0), high - flow);
        }
        if (flow < 0.0 || is_open || (flow == 0.0 && low < 0.0 && back < forward)) {
            check_way(c, period, t, back, -flow - fmax(-high, 0.0), flow - low);
        }
    }
    note(c, t, fmax(low - flow, flow - high), &c->worst.limit_mw);

    double ramp_price = c->result->ramp_price[t * ramping->n_link + k];
    double limit = ramping->limit_mw[t * ramping->n_link + k];
    double change = period->scale * flow - c->power[k];
    c->power[k] = period->scale * flow;
    if (isnan(change) || isinf(limit)) {
        note(c, t, fabs(ramp_price), &c->worst.slackness_eur_per_mwh);
        return;
    }
    double left = limit - (ramp_price > 0.0 ? change : -change);
    c->scale_eur += fabs(ramp_price) * limit;
    c->gap_eur += fabs(ramp_price) * fmax(left, 0.0);
    note(c, t, fabs(change) - limit, &c->worst.limit_mw);
    note(c, t, left > tolerance_mw ? fabs(ramp_price) : 0.0,
         &c->worst.slackness_eur_per_mwh);
}

static sn_status check_period(ramp_check *c, size_t t, sn_error *err)
{
    const sn_ramping *ramping = c->ramping;
    sn_ramping_period period;
    sn_status status = ramping->load(ramping->context, 0, t, &period, err);
    if (status != SN_OK) {
        return status;
    }
    sn_clearing_problem held = *period.problem;
    size_t n_border = held.network->n_border;
    const double *flow = &c->result->flow_mw[t * ramping->n_border_max];
    memcpy(c->flow_min, held.flow_min_mw, n_border * sizeof *c->flow_min);
    memcpy(c->flow_max, held.flow_max_mw, n_border * sizeof *c->flow_max);
    for (size_t k = 0; k < ramping->n_link; k++) {
        size_t l = period.border_of_link[k];
        c->flow_min[l] = c->flow_max[l] = flow[l];
        check_link(c, &period, t, k);
    }
    held.flow_min_mw = c->flow_min;
    held.flow_max_mw = c->flow_max;
    size_t first = t * ramping->n_area;
    const sn_clearing_result result = {
        .outcome = SN_CLEARED,
        .price_eur_per_mwh = &c->result->price_eur_per_mwh[first],
        .net_position_mw = &c->result->net_position_mw[first],
        .flow_mw = flow,
    };
    for (size_t z = 0; z < ramping->n_area; z++) {
        c->scale_eur += period.weight * fabs(result.net_position_mw[z]) *
                        fmax(fabs(result.price_eur_per_mwh[z]), 1.0);
    }
    sn_clearing_residuals residuals;
    sn_error why = {0};
    if (sn_clearing_check_losses(&held, period.loss_share, &result, &residuals, &why) !=
        SN_OK) {
        c->worst.worst_period = t;
        return sn_error_set(err, SN_E_NUMERIC, "period %zu: %s", t, why.message);
    }
    c->gap_eur += period.weight * residuals.gap_share;
    return SN_OK;
}

static sn_status check_all(ramp_check *c, sn_error *err)
{
    const sn_ramping *ramping = c->ramping;
    for (size_t k = 0; k < ramping->n_link; k++) {
        c->power[k] = ramping->initial_mw != NULL ? ramping->initial_mw[k] : NAN;
    }
    for (size_t t = 0; t < ramping->n_period; t++) {
        if (c->result->outcome[t] == SN_CLEARED) {
            sn_status status = check_period(c, t, err);
            if (status != SN_OK) {
                return status;
            }
        } else {
            for (size_t k = 0; k < ramping->n_link; k++) {
                c->power[k] = NAN;
            }
        }
    }
    c->worst.gap_share = c->gap_eur / c->scale_eur;
    if (c->worst.limit_mw <= tolerance_mw &&
        c->worst.slackness_eur_per_mwh <= tolerance_eur_per_mwh &&
        c->worst.gap_share <= tolerance_gap) {
        return SN_OK;
    }
    return sn_error_set(err, SN_E_NUMERIC,
                        "check of the limits of change failed: limit %.3g MW, slackness "
                        "%.3g EUR/MWh, gap %.3g (period %zu)",
                        c->worst.limit_mw, c->worst.slackness_eur_per_mwh,
                        c->worst.gap_share, c->worst.worst_period);
}

sn_status sn_ramping_check(const sn_ramping *ramping,
                           const sn_ramping_result *result,
                           sn_ramping_residuals *residuals_out,
                           sn_error *err)
{
    size_t n = ramping->n_border_max;
    double *numbers = calloc(2 * n + ramping->n_link + 1, sizeof *numbers);
    if (numbers == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory checking %zu periods",
                            ramping->n_period);
    }
    ramp_check c = {.ramping = ramping,
                    .result = result,
                    .flow_min = numbers,
                    .flow_max = numbers + n,
                    .power = numbers + 2 * n,
                    .scale_eur = 1.0};
    sn_status status = check_all(&c, err);
    *residuals_out = c.worst;
    free(numbers);
    return status;
}
