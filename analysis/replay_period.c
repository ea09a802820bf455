/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One period: curves (M-14), clearing (M-8), the check (M-12), redispatch (M-19) and
 * what the water balance needs of it: energy and its derivative.
 *
 * The derivative (M-17): areas of one price group answer together, so that
 *     dp / d delta_y = phi'_y / sum of slopes of the group,
 *     dH_z / d delta_y = phi'_z (dp / d delta_y - 1{z = y}).
 * A group held by a price taker's step does not move.
 */
#include "replay_internal.h"
#include "replay_ramp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Wider than the capacity of any edge. */
static const double price_taker_mw = 1e5;

double sn_replay_shift(const sn_replay_case *c, size_t t, size_t z)
{
    return c->shift[t / c->slot_periods * c->n_area + z];
}

static double hydro_observed(const sn_replay_case *c, size_t t, size_t z)
{
    if (!c->hydro[z].is_known) {
        return 0.0;
    }
    return c->input->generation_mw[SN_TECH_HYDRO][t * c->n_area + z];
}

sn_hydro_period
sn_replay_hydro_period(const sn_replay_case *c, size_t t, size_t z, double shift)
{
    static const sn_hydro none = {0};
    const sn_replay_hydro *h = &c->hydro[z];
    size_t week = t / (size_t)(SN_WEEK_S / c->input->axis.step_s);
    double observed = hydro_observed(c, t, z);
    /* An hour whose power is not known keeps it. */
    bool responds = h->responds && isfinite(observed);
    double price = c->input->price_eur_per_mwh[t * c->n_area + z];
    return responds ? sn_hydro_period_of(&h->curve, h->centre_eur_per_mwh[week], shift,
                                         observed, price)
                    : sn_hydro_period_of(&none, 0.0, shift, 0.0, price);
}

/* Constant part of the curve: what is left of the net position when hydro is taken
 * out, less the scenario's extra load, with its extra generation. */
static double anchor_mw(const sn_replay_case *c, size_t t, size_t z, double hydro_mw)
{
    const double *extra_mw = c->input->extra_supply_mw;
    size_t at = t * c->n_area + z;
    return c->net_observed_mw[at] - hydro_mw - c->settings->extra_load_mw[z] +
           (extra_mw != NULL ? extra_mw[at] : 0.0);
}

static size_t build_price_taker(const sn_replay_case *c,
                                size_t t,
                                size_t z,
                                double *price,
                                double *quantity)
{
    double observed = c->input->price_eur_per_mwh[t * c->n_area + z] *
                      (1.0 + c->input->area[z].price_change_share);
    double anchor = anchor_mw(c, t, z, 0.0);
    double slope = c->other_slope[z];
    /* All flows of a held edge are fixed, so any curve serves; a step has one answer
     * where a flat curve would leave the price open, which takes long to settle. */
    bool is_held = sn_replay_is_held(c->input, t, z);
    if (is_held) {
        observed = 0.5 * (c->price_min_eur_per_mwh[t] + c->price_max_eur_per_mwh[t]);
        slope = 0.0;
    }
    if (slope > 0.0) {
        price[0] = c->price_min_eur_per_mwh[t];
        price[1] = c->price_max_eur_per_mwh[t];
        quantity[0] = anchor + slope * (price[0] - observed);
        quantity[1] = anchor + slope * (price[1] - observed);
        return 2;
    }
    price[0] = observed;
    price[1] = observed;
    quantity[0] = anchor - price_taker_mw;
    quantity[1] = anchor + price_taker_mw;
    return 2;
}

static size_t build_curve(const sn_replay_case *c,
                          size_t t,
                          size_t z,
                          const sn_hydro_period *hydro,
                          double *restrict price,
                          double *restrict quantity)
{
    if (c->input->area[z].kind == SN_AREA_PRICE_TAKER) {
        return build_price_taker(c, t, z, price, quantity);
    }
    size_t n = sn_hydro_curve(hydro, c->price_min_eur_per_mwh[t],
                              c->price_max_eur_per_mwh[t], price, quantity);
    double anchor = anchor_mw(c, t, z, hydro->observed_mw);
    double slope = c->other_slope[z];
    double observed = hydro->observed_eur_per_mwh;
    for (size_t k = 0; k < n; k++) {
        quantity[k] = anchor + quantity[k] + slope * (price[k] - observed);
    }
    /* Rounding must not make a flat stretch fall. */
    double last = quantity[0];
    for (size_t k = 1; k < n; k++) {
        last = quantity[k] < last ? last : quantity[k];
        quantity[k] = last;
    }
    return n;
}

size_t sn_replay_build_curve(const sn_replay_case *c,
                             size_t t,
                             size_t z,
                             double shift,
                             double *price,
                             double *quantity)
{
    sn_hydro_period hydro = sn_replay_hydro_period(c, t, z, shift);
    return build_curve(c, t, z, &hydro, price, quantity);
}

void sn_replay_note_failure(sn_replay_block *b,
                            size_t t,
                            size_t area,
                            const char *what,
                            double residual)
{
    b->check_failed++;
    if (b->n_failure < FAILURE_MAX) {
        struct sn_replay_failure *f = &b->failure[b->n_failure++];
        *f = (struct sn_replay_failure){.period = t, .area = area, .residual = residual};
        snprintf(f->what, sizeof f->what, "%s", what);
    }
}

static void check_period(sn_replay_case *c,
                         sn_replay_block *b,
                         size_t t,
                         const sn_clearing_problem *problem,
                         const sn_clearing_result *cleared)
{
    sn_clearing_residuals r = {0};
    b->check_periods++;
    if (sn_clearing_check_losses(problem, c->has_loss ? c->link_loss : NULL, cleared, &r,
                                 NULL) == SN_OK) {
        return;
    }
    const double tolerance = 1e-6;
    const char *what = "duality gap";
    double residual = r.gap_share;
    if (!(r.balance_mw <= tolerance)) {
        what = "balance";
        residual = r.balance_mw;
    } else if (!(r.limit_mw <= tolerance)) {
        what = "flow limit";
        residual = r.limit_mw;
    } else if (!(r.curve_mw <= tolerance)) {
        what = "net position off its curve";
        residual = r.curve_mw;
    } else if (!(r.slackness_eur_per_mwh <= tolerance)) {
        what = "complementary slackness";
        residual = r.slackness_eur_per_mwh;
    }
    size_t node = r.worst_area < c->n_node ? r.worst_area : 0;
    sn_replay_note_failure(b, t, c->area_of_node[node], what, residual);
}

/* Values of a period that is not compared, or cannot be cleared. */
static void store_nothing(sn_replay_case *c, size_t t)
{
    sn_replay_result *out = c->out;
    for (size_t z = 0; z < c->n_area; z++) {
        size_t at = t * c->n_area + z;
        out->price_eur_per_mwh[at] = NAN;
        out->net_position_mw[at] = NAN;
        out->hydro_mw[at] = NAN;
        out->other_response_mw[at] = NAN;
        out->demand_response_mw[at] = NAN;
        out->consumer_price_eur_per_mwh[at] = NAN;
        out->redispatch_hydro_mw[at] = NAN;
        out->redispatch_other_mw[at] = NAN;
        out->redispatch_wind_mw[at] = NAN;
        out->redispatch_load_mw[at] = NAN;
        out->redispatch_large_load_mw[at] = NAN;
        out->redispatch_price_eur_per_mwh[at] = NAN;
        out->shortfall_mw[at] = NAN;
    }
    for (size_t l = 0; l < c->n_border; l++) {
        size_t at = t * c->n_border + l;
        out->flow_mw[at] = NAN;
        out->cut_flow_mw[at] = NAN;
        out->cut_flow_after_mw[at] = NAN;
    }
}

static void
store_area(sn_replay_case *c, sn_replay_block *b, size_t t, size_t z, double p)
{
    sn_replay_result *out = c->out;
    size_t at = t * c->n_area + z;
    const sn_hydro_period *hydro = &b->water[z];
    bool is_modelled = c->input->area[z].kind == SN_AREA_MODELLED;
    double paid = isnan(b->consumer_price[z]) ? p : b->consumer_price[z];
    double rise = p - hydro->observed_eur_per_mwh;
    double demand = c->demand_slope[z] * (paid - hydro->observed_eur_per_mwh);
    b->hydro_mw[z] = sn_hydro_at(hydro, p, &b->hydro_slope[z]);
    b->market_slope[z] = b->hydro_slope[z];
    out->price_eur_per_mwh[at] = p;
    out->consumer_price_eur_per_mwh[at] = paid;
    out->hydro_mw[at] = b->hydro_mw[z];
    out->demand_response_mw[at] = is_modelled ? demand : 0.0;
    out->other_response_mw[at] =
        is_modelled ? (c->other_slope[z] - c->demand_slope[z]) * rise + demand : 0.0;
    /* Mostly 0 already: what is not written takes no memory. */
    double *const moved[] = {out->redispatch_hydro_mw,      out->redispatch_other_mw,
                             out->redispatch_wind_mw,       out->redispatch_load_mw,
                             out->redispatch_large_load_mw, out->shortfall_mw};
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        if (moved[i][at] != 0.0) {
            moved[i][at] = 0.0;
        }
    }
    out->redispatch_price_eur_per_mwh[at] = p;
}

static void store_period(sn_replay_case *c,
                         sn_replay_block *b,
                         size_t t,
                         const sn_clearing_result *cleared)
{
    sn_replay_result *out = c->out;
    for (size_t z = 0; z < c->n_area; z++) {
        size_t at = t * c->n_area + z;
        size_t node = c->node_of_area[z];
        b->hydro_slope[z] = 0.0;
        b->market_slope[z] = 0.0;
        b->hydro_mw[z] = 0.0;
        b->group[z] = SIZE_MAX;
        b->follows[z] = false;
        if (node == SIZE_MAX) {
            store_area(c, b, t, z, NAN);
            out->net_position_mw[at] = c->net_observed_mw[at];
            continue;
        }
        /* Nothing is known of the price of an edge that is held. */
        store_area(c, b, t, z,
                   sn_replay_is_held(c->input, t, z) ? NAN
                                                     : cleared->price_eur_per_mwh[node]);
        out->net_position_mw[at] =
            cleared->net_position_mw[node] + c->fixed_export_mw[at];
        b->group[z] = c->area_of_node[cleared->price_group[node]];
        b->own_group[z] = b->group[z];
    }
    for (size_t l = 0; l < c->n_border; l++) {
        size_t at = t * c->n_border + l;
        out->flow_mw[at] =
            sn_replay_has_flow(c->input, t, l) ? c->input->flow_mw[at] : NAN;
        out->cut_flow_mw[at] = NAN;
        out->cut_flow_after_mw[at] = NAN;
    }
    for (size_t k = 0; k < c->n_link; k++) {
        size_t at = t * c->n_border + c->border_of_link[k];
        out->flow_mw[at] = cleared->flow_mw[k];
        if (c->internal[c->border_of_link[k]]) {
            out->cut_flow_mw[at] = cleared->flow_mw[k];
            out->cut_flow_after_mw[at] = cleared->flow_mw[k];
        }
    }
}

double sn_replay_slope_of(const sn_replay_case *c, const sn_replay_block *b, size_t z)
{
    bool is_step =
        c->input->area[z].kind == SN_AREA_PRICE_TAKER && c->other_slope[z] <= 0.0;
    return is_step ? INFINITY : b->market_slope[z] + c->other_slope[z];
}

void sn_replay_sum_group_slopes(sn_replay_case *c, sn_replay_block *b)
{
    for (size_t g = 0; g < 2 * c->n_area; g++) {
        b->group_slope[g] = 0.0;
    }
    for (size_t z = 0; z < c->n_area; z++) {
        if (b->group[z] != SIZE_MAX && !b->follows[z]) {
            b->group_slope[b->group[z]] += sn_replay_slope_of(c, b, z);
        }
    }
}

/* Row z of the derivative; after redispatch by the groups inside its price area. */
static void add_derivative(sn_replay_case *c, sn_replay_block *b, double *row, size_t z)
{
    bool is_moved = b->own_group[z] >= c->n_area;
    const double *slope = is_moved ? b->hydro_slope : b->market_slope;
    double sum = b->group_slope[b->own_group[z]];
    row[z] -= slope[z] * c->step_h;
    if (!(sum > 0.0) || isinf(sum)) {
        return;
    }
    for (size_t y = 0; y < c->n_area; y++) {
        size_t group = is_moved ? b->own_group[y] : b->group[y];
        bool moves_price = slope[y] > 0.0 && (is_moved || !b->follows[y]);
        if (moves_price && group == b->own_group[z]) {
            row[y] += slope[z] * slope[y] / sum * c->step_h;
        }
    }
}

static void add_water(sn_replay_case *c, sn_replay_block *b, size_t t)
{
    bool is_physical = c->settings->balance == SN_BALANCE_PHYSICAL;
    size_t slot = t / c->slot_periods;
    for (size_t z = 0; z < c->n_area; z++) {
        if (!c->hydro[z].responds) {
            continue;
        }
        double observed = hydro_observed(c, t, z);
        if (!isfinite(observed)) {
            continue;
        }
        double used = b->hydro_mw[z];
        if (is_physical) {
            used += c->out->redispatch_hydro_mw[t * c->n_area + z];
        }
        size_t at = slot * c->n_area + z;
        c->residual[at] += (used - observed) * c->step_h;
        c->energy[at] +=
            (c->hydro[z].is_known ? fabs(observed) : c->hydro[z].curve.max_mw) *
            c->step_h;
        add_derivative(c, b, &c->jacobian[at * c->n_area], z);
    }
}

/* A step holds at its own price only: rounding of the common price of a group must not
 * move a price taker off it. */
static void snap_price_takers(const sn_replay_case *c,
                              sn_replay_block *b,
                              size_t t,
                              sn_clearing_result *cleared)
{
    const double least = 1e-9;
    for (size_t k = 0; k < c->n_node; k++) {
        size_t z = c->area_of_node[k];
        double step = c->input->price_eur_per_mwh[t * c->n_area + z] *
                      (1.0 + c->input->area[z].price_change_share);
        b->price[k] = cleared->price_eur_per_mwh[k];
        if (c->input->area[z].kind == SN_AREA_PRICE_TAKER &&
            fabs(b->price[k] - step) <= least) {
            b->price[k] = step;
        }
    }
    cleared->price_eur_per_mwh = b->price;
}

/* The market's own limits; what a capacity cut (M-21) left of them is written to the
 * results as it is made. */
void sn_replay_set_limits(sn_replay_case *c, sn_replay_block *b, size_t t)
{
    for (size_t k = 0; k < c->n_link; k++) {
        size_t l = c->border_of_link[k];
        size_t at = t * c->n_border + l;
        bool is_free = c->internal[l] && !isnan(c->limit_max_mw[at]);
        b->link_min_mw[k] = is_free ? -INFINITY : c->limit_min_mw[at];
        b->link_max_mw[k] = is_free ? INFINITY : c->limit_max_mw[at];
        c->out->flow_min_mw[at] = b->link_min_mw[k];
        c->out->flow_max_mw[at] = b->link_max_mw[k];
    }
}

/* M-23: demand answers to what the consumers pay, not to the area's price. */
static void
hold_demand(const sn_replay_case *c, const sn_replay_block *b, size_t z, sn_curve *curve)
{
    double paid = b->consumer_price[z];
    double slope = c->demand_slope[z];
    double *quantity = b->points + (2 * c->node_of_area[z] + 1) * SN_REPLAY_CURVE_POINTS;
    for (size_t i = 0; i < curve->n && slope > 0.0 && !isnan(paid); i++) {
        double mw = quantity[i] - slope * (curve->price_eur_per_mwh[i] - paid);
        quantity[i] = i > 0 ? fmax(mw, quantity[i - 1]) : mw;
    }
}

void sn_replay_set_curves(sn_replay_case *c, sn_replay_block *b, size_t t)
{
    for (size_t z = 0; z < c->n_area; z++) {
        b->water[z] = sn_replay_hydro_period(c, t, z, sn_replay_shift(c, t, z));
    }
    for (size_t k = 0; k < c->n_node; k++) {
        size_t z = c->area_of_node[k];
        double *price = b->points + k * 2 * SN_REPLAY_CURVE_POINTS;
        double *quantity = price + SN_REPLAY_CURVE_POINTS;
        size_t n = build_curve(c, t, z, &b->water[z], price, quantity);
        double export_mw = c->fixed_export_mw[t * c->n_area + z];
        for (size_t i = 0; i < n; i++) {
            quantity[i] -= export_mw;
        }
        b->curve[k] = (sn_curve){n, price, quantity};
        hold_demand(c, b, z, &b->curve[k]);
        b->is_bidding[z] = false;
    }
}

sn_status sn_replay_clear(sn_replay_case *c,
                          sn_replay_block *b,
                          size_t t,
                          bool *is_cleared_out,
                          sn_error *err)
{
    sn_clearing_problem problem = {&c->network,
                                   b->curve,
                                   b->link_min_mw,
                                   b->link_max_mw,
                                   c->price_min_eur_per_mwh[t],
                                   c->price_max_eur_per_mwh[t]};
    sn_clearing_result cleared;
    sn_status status = sn_clearing_solve(b->clearing, &problem, &cleared, err);
    *is_cleared_out = status == SN_OK && cleared.outcome == SN_CLEARED;
    if (status != SN_OK) {
        return status;
    }
    if (!*is_cleared_out) {
        b->n_infeasible++;
        store_nothing(c, t);
        return SN_OK;
    }
    if (b->ramp_price != NULL) {
        cleared.price_eur_per_mwh = b->ramp_price;
    }
    snap_price_takers(c, b, t, &cleared);
    check_period(c, b, t, &problem, &cleared);
    store_period(c, b, t, &cleared);
    sn_replay_sum_group_slopes(c, b);
    return SN_OK;
}

/* All that a period stores, from another result of the same water values. */
static void copy_period(sn_replay_case *c, size_t t)
{
    const sn_replay_result *from = c->settings->honest;
    sn_replay_result *to = c->out;
    const struct {
        double *to;
        const double *from;
    } by_area[] = {
        {to->price_eur_per_mwh, from->price_eur_per_mwh},
        {to->consumer_price_eur_per_mwh, from->consumer_price_eur_per_mwh},
        {to->net_position_mw, from->net_position_mw},
        {to->hydro_mw, from->hydro_mw},
        {to->other_response_mw, from->other_response_mw},
        {to->demand_response_mw, from->demand_response_mw},
        {to->redispatch_price_eur_per_mwh, from->redispatch_price_eur_per_mwh},
    };
    const struct {
        double *to;
        const double *from;
    } by_border[] = {
        {to->flow_mw, from->flow_mw},
        {to->cut_flow_mw, from->cut_flow_mw},
        {to->cut_flow_after_mw, from->cut_flow_after_mw},
    };
    for (size_t i = 0; i < sizeof by_area / sizeof *by_area; i++) {
        memcpy(by_area[i].to + t * c->n_area, by_area[i].from + t * c->n_area,
               c->n_area * sizeof(double));
    }
    for (size_t i = 0; i < sizeof by_border / sizeof *by_border; i++) {
        memcpy(by_border[i].to + t * c->n_border, by_border[i].from + t * c->n_border,
               c->n_border * sizeof(double));
    }
}

bool sn_replay_start_from(sn_replay_block *b, const sn_replay_result *r, size_t t)
{
    bool is_known = r != NULL && r->has_start != NULL && r->has_start[t] != 0 &&
                    r->start_size == sn_clearing_start_size(b->clearing);
    if (is_known) {
        sn_clearing_start_from(b->clearing, r->start + t * r->start_size);
    }
    return is_known;
}

sn_status sn_replay_clear_market(sn_replay_case *c,
                                 sn_replay_block *b,
                                 size_t t,
                                 bool *is_cleared_out,
                                 sn_error *err)
{
    sn_replay_result *r = c->out;
    if (!sn_replay_start_from(b, r, t)) {
        (void)sn_replay_start_from(b, c->settings->start_from, t);
    }
    sn_status status = sn_replay_clear(c, b, t, is_cleared_out, err);
    if (status == SN_OK && *is_cleared_out) {
        sn_clearing_keep_start(b->clearing, r->start + t * r->start_size);
        r->has_start[t] = 1;
    }
    return status;
}

/* The honest market and its regulation are known: what differs is the bids. */
static sn_status
run_from_honest(sn_replay_case *c, sn_replay_block *b, size_t t, sn_error *err)
{
    const sn_replay_result *honest = c->settings->honest;
    copy_period(c, t);
    if (!honest->is_over[t]) { /* nothing was regulated: those arrays stay 0 */
        return SN_OK;
    }
    c->out->is_over[t] = true;
    b->hours_over++;
    (void)sn_replay_start_from(b, honest, t);
    bool is_cleared;
    sn_replay_set_curves(c, b, t);
    sn_replay_set_limits(c, b, t);
    sn_replay_ramp_leave_room(c, b, t);
    sn_status status = sn_after_clear_bids(c, b, t, &is_cleared, err);
    return status == SN_OK && is_cleared ? sn_replay_redispatch(c, b, t, err) : status;
}

/* With one price for consumers (M-23), or links that lose or are slow to change, the
 * market is more than the areas' curves. */
static bool starts_honest(const sn_replay_case *c, size_t t)
{
    const sn_replay_result *honest = c->settings->honest;
    bool is_plain = c->one_consumer == NULL && c->ramp == NULL && !c->has_loss;
    return honest != NULL && is_plain && c->settings->theta > 0.0 &&
           c->settings->after == SN_AFTER_STRATEGIC &&
           !isnan(honest->price_eur_per_mwh[t * c->n_area]);
}

sn_status sn_replay_period(sn_replay_case *c, sn_replay_block *b, size_t t, sn_error *err)
{
    if (c->out->exclusion[t] != SN_INCLUDED) {
        store_nothing(c, t);
        return SN_OK;
    }
    for (size_t z = 0; z < c->n_area; z++) {
        b->consumer_price[z] = NAN;
    }
    if (starts_honest(c, t)) {
        return run_from_honest(c, b, t, err);
    }
    bool is_cleared;
    sn_replay_set_curves(c, b, t);
    sn_replay_set_limits(c, b, t);
    sn_replay_ramp_hold(c, b, t);
    sn_status status = sn_replay_clear_market(c, b, t, &is_cleared, err);
    sn_replay_ramp_leave_room(c, b, t);
    if (status == SN_OK && is_cleared && c->one_consumer != NULL) {
        status = sn_after_consumer_price(c, b, t, &is_cleared, err);
    }
    if (status == SN_OK && is_cleared) {
        status = sn_after_market(c, b, t, &is_cleared, err);
    }
    if (status == SN_OK && is_cleared) {
        add_water(c, b, t);
    }
    return status;
}
