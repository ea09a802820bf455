/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * After the market (M-19): where the flow over a cut inside a price area exceeds its
 * limit, the subareas are cleared again with their exchange with other price areas
 * fixed.  Only periods with a violated cut are solved.
 */
#include "replay_internal.h"

#include <math.h>

/* A flow is over its limit by more than the clearing's own tolerance. */
static const double cut_tolerance_mw = 1e-6;

bool sn_replay_is_over(const sn_replay_case *c, const sn_price_area *a, size_t t)
{
    for (size_t k = 0; k < a->n_border; k++) {
        size_t at = t * c->n_border + a->border[k];
        double flow = c->out->flow_mw[at];
        if (flow > c->limit_max_mw[at] + cut_tolerance_mw ||
            flow < c->limit_min_mw[at] - cut_tolerance_mw) {
            return true;
        }
    }
    return false;
}

/* What a subarea sends to other price areas. */
static double
external_mw(const sn_replay_case *c, const sn_price_area *a, size_t t, size_t i)
{
    size_t z = a->area[i];
    double inside = 0.0;
    for (size_t k = 0; k < a->n_border; k++) {
        double flow = c->out->flow_mw[t * c->n_border + a->border[k]];
        if (a->link[k].from == i) {
            inside += flow;
        } else if (a->link[k].to == i) {
            inside -= flow;
        }
    }
    return c->out->net_position_mw[t * c->n_area + z] - inside;
}

static void
set_problem(sn_replay_case *c, sn_replay_block *b, const sn_price_area *a, size_t t)
{
    for (size_t i = 0; i < a->n_area; i++) {
        size_t z = a->area[i];
        size_t at = t * c->n_area + z;
        double *price = b->sub_points + i * 2 * SN_REPLAY_CURVE_POINTS;
        double *quantity = price + SN_REPLAY_CURVE_POINTS;
        double export_mw = external_mw(c, a, t, i);
        size_t n = sn_after_curve(c, b, t, z, export_mw, price, quantity);
        b->sub_curve[i] = (sn_curve){n, price, quantity};
        b->sub_market_mw[i] = c->out->net_position_mw[at] - export_mw;
        b->sub_market_price[i] = c->out->price_eur_per_mwh[at];
        b->sub_may_move[i] = c->input->area[z].may_redispatch;
    }
    for (size_t k = 0; k < a->n_border; k++) {
        size_t at = t * c->n_border + a->border[k];
        b->sub_min_mw[k] = c->limit_min_mw[at];
        b->sub_max_mw[k] = c->limit_max_mw[at];
    }
}

/* Split what an area moved into its resources, each along its own curve. */
static void store_area(sn_replay_case *c,
                       sn_replay_block *b,
                       size_t t,
                       size_t z,
                       const sn_redispatch_result *r,
                       size_t i)
{
    sn_replay_result *out = c->out;
    size_t at = t * c->n_area + z;
    double price = r->price_eur_per_mwh[i];
    out->redispatch_price_eur_per_mwh[at] = price;
    out->shortfall_mw[at] = r->shortfall_mw[i];
    if (!b->sub_may_move[i]) {
        return;
    }
    if (c->input->area[z].kind != SN_AREA_MODELLED) {
        out->redispatch_other_mw[at] = r->moved_mw[i];
        return;
    }
    double moved[SN_PART_COUNT];
    double slope[SN_PART_COUNT];
    sn_after_moved(c, b, t, z, price, moved, slope);
    out->redispatch_hydro_mw[at] = moved[SN_PART_HYDRO];
    out->redispatch_wind_mw[at] = moved[SN_PART_WIND];
    out->redispatch_load_mw[at] = moved[SN_PART_LOAD];
    out->redispatch_large_load_mw[at] = moved[SN_PART_LARGE_LOAD];
    out->redispatch_other_mw[at] = moved[SN_PART_OTHER] + moved[SN_PART_WIND] +
                                   moved[SN_PART_LOAD] + moved[SN_PART_LARGE_LOAD];
    if (sn_after_may_move(c, z, SN_RESOURCE_HYDRO)) {
        b->hydro_slope[z] = slope[SN_PART_HYDRO];
        b->own_group[z] = c->n_area + b->sub_group_area[r->price_group[i]];
    }
    double *group_slope =
        &b->group_slope[c->n_area + b->sub_group_area[r->price_group[i]]];
    for (int part = 0; part < SN_PART_COUNT; part++) {
        *group_slope += slope[part];
    }
}

static sn_status solve_price_area(sn_replay_case *c,
                                  sn_replay_block *b,
                                  const sn_price_area *a,
                                  size_t t,
                                  sn_error *err)
{
    set_problem(c, b, a, t);
    sn_redispatch_problem problem = {.network = &a->network,
                                     .net_supply = b->sub_curve,
                                     .market_mw = b->sub_market_mw,
                                     .market_eur_per_mwh = b->sub_market_price,
                                     .may_move = b->sub_may_move,
                                     .flow_min_mw = b->sub_min_mw,
                                     .flow_max_mw = b->sub_max_mw,
                                     .price_min_eur_per_mwh = c->price_min_eur_per_mwh[t],
                                     .price_max_eur_per_mwh =
                                         c->price_max_eur_per_mwh[t]};
    sn_redispatch_result r;
    sn_status status = sn_redispatch_solve(b->redispatch, &problem, &r, err);
    if (status != SN_OK) {
        return status;
    }
    if (!r.check_passed) {
        sn_replay_note_failure(b, t, a->area[0], "redispatch", r.check_residual);
    }
    double shortfall = 0.0;
    /* Groups after redispatch are n_area + their lowest area; a step holds its price. */
    b->sub_group_area = a->area;
    for (size_t i = 0; i < a->n_area; i++) {
        size_t z = a->area[i];
        store_area(c, b, t, z, &r, i);
        shortfall += r.shortfall_mw[i];
        if (b->sub_may_move[i] && c->input->area[z].kind == SN_AREA_PRICE_TAKER) {
            b->group_slope[c->n_area + a->area[r.price_group[i]]] +=
                c->other_slope[z] > 0.0 ? c->other_slope[z] : INFINITY;
        }
    }
    for (size_t k = 0; k < a->n_border; k++) {
        c->out->cut_flow_after_mw[t * c->n_border + a->border[k]] = r.flow_mw[k];
    }
    b->volume_mwh += r.volume_mw * c->step_h;
    b->cost_eur += r.cost_eur_per_h * c->step_h;
    b->bill_eur += r.bill_eur_per_h * c->step_h;
    b->shortfall_mwh += shortfall * c->step_h;
    return SN_OK;
}

sn_status
sn_replay_redispatch(sn_replay_case *c, sn_replay_block *b, size_t t, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < c->n_price_area && status == SN_OK; i++) {
        if (sn_replay_is_over(c, &c->price_area[i], t)) {
            status = solve_price_area(c, b, &c->price_area[i], t, err);
        }
    }
    return status;
}
