/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least reduction of capacity that brings cuts to their limits (M-21; see
 * after_cuts.c). */
#include "after_cuts_internal.h"
#include "replay_ramp.h"

#include <math.h>
#include <string.h>

/* A link and its twin: of a link abroad the first only exports, from the area's second
 * node, and the twin only imports; of another the twin is closed. */
static void
mirror_link(const sn_replay_case *c, sn_cut_work *w, const sn_replay_block *b, size_t l)
{
    double sign;
    size_t i = sn_cut_inside_end(c, w, l, &sign);
    size_t twin = c->n_link + l;
    double low = b->link_min_mw[l];
    double high = b->link_max_mw[l];
    w->link[l] = c->link[l];
    w->link[twin] = c->link[l];
    w->min_mw[l] = low;
    w->max_mw[l] = high;
    w->min_mw[twin] = 0.0;
    w->max_mw[twin] = 0.0;
    if (i == SIZE_MAX) {
        return;
    }
    size_t forward = sign > 0.0 ? l : twin; /* carries flow > 0 */
    size_t back = sign > 0.0 ? twin : l;
    w->min_mw[l] = w->min_mw[twin] = 0.0;
    w->max_mw[l] = w->max_mw[twin] = 0.0;
    if (sign > 0.0) {
        w->link[l].from = c->n_node + i;
    } else {
        w->link[l].to = c->n_node + i;
    }
    w->min_mw[forward] = fmax(0.0, low);
    w->max_mw[forward] = fmax(0.0, high);
    w->min_mw[back] = fmin(0.0, low);
    w->max_mw[back] = fmin(0.0, high);
}

/* Network with a node for the links abroad of each area of the price area. */
static sn_network mirror(const sn_replay_case *c,
                         sn_cut_work *w,
                         const sn_replay_block *b,
                         const sn_price_area *a,
                         size_t root)
{
    static const double limits[2] = {-1.0, 1.0};
    static const double nothing[2] = {0.0, 0.0};
    for (size_t k = 0; k < c->n_node; k++) {
        w->curve[k] = b->curve[k];
    }
    for (size_t i = 0; i < a->n_area; i++) {
        w->curve[c->n_node + i] = (sn_curve){2, limits, nothing};
    }
    for (size_t l = 0; l < c->n_link; l++) {
        mirror_link(c, w, b, l);
    }
    size_t n = 2 * c->n_link;
    for (size_t k = 0; k <= a->n_border; k++, n++) {
        bool is_root = k == a->n_border;
        w->link[n] = is_root
                         ? (sn_border){c->node_of_area[a->area[root]], c->n_node + root,
                                       a->link[0].rated_mw}
                         : (sn_border){c->n_node + a->link[k].from,
                                       c->n_node + a->link[k].to, a->link[k].rated_mw};
        w->min_mw[n] = -INFINITY;
        w->max_mw[n] = INFINITY;
    }
    return (sn_network){c->n_node + a->n_area, n, w->link};
}

/* X - n - F of one cut in the solution of the mirror. */
static double mirror_excess_mw(const sn_replay_case *c,
                               sn_cut_work *w,
                               const sn_price_area *a,
                               const sn_over *o,
                               const sn_clearing_result *cleared)
{
    double flow = cleared->flow_mw[2 * c->n_link + o->border];
    double excess = (o->is_to_side ? flow : -flow) - o->limit_mw;
    for (size_t l = 0; l < c->n_link; l++) {
        double sign;
        size_t i = sn_cut_inside_end(c, w, l, &sign);
        if (i != SIZE_MAX && sn_cut_is_in_side(w, a, o, i)) {
            excess +=
                sn_cut_leaves_mw(c, l, sign, cleared->flow_mw[c->n_link + l]); /* < 0 */
        }
    }
    for (size_t i = 0; i < a->n_area; i++) {
        if (sn_cut_is_in_side(w, a, o, i)) {
            excess -= cleared->net_position_mw[c->node_of_area[a->area[i]]];
        }
    }
    return excess;
}

void sn_cut_cap_export(const sn_replay_case *c, sn_cut_work *w, size_t l, double mw)
{
    double sign;
    if (sn_cut_inside_end(c, w, l, &sign) == SIZE_MAX) {
        return;
    }
    if (sign > 0.0) {
        w->caps.max_mw[l] = fmin(w->caps.max_mw[l], mw);
    } else {
        w->caps.min_mw[l] = fmax(w->caps.min_mw[l], -mw);
    }
}

void sn_cut_set_caps(sn_replay_case *c, sn_replay_block *b, size_t t, const sn_caps *caps)
{
    sn_replay_set_limits(c, b, t);
    sn_replay_ramp_leave_room(c, b, t);
    for (size_t l = 0; l < c->n_link; l++) {
        size_t at = t * c->n_border + c->border_of_link[l];
        double *low[2] = {&b->link_min_mw[l], &c->out->flow_min_mw[at]};
        double *high[2] = {&b->link_max_mw[l], &c->out->flow_max_mw[at]};
        for (int k = 0; k < 2; k++) { /* of the border: a limit of change is none */
            *high[k] = fmax(*low[k], fmin(*high[k], caps->max_mw[l]));
            *low[k] = fmin(*high[k], fmax(*low[k], caps->min_mw[l]));
        }
    }
}

/* One step of every cut's E after the mirror was cleared.  @return true while any has to
 * go on */
static bool step_mirror(const sn_replay_case *c,
                        sn_cut_work *w,
                        const sn_price_area *a,
                        const sn_clearing_result *cleared)
{
    bool goes_on = false;
    for (size_t k = 0; k < w->n_over; k++) {
        sn_over *o = &w->over[k];
        double exports = cleared->flow_mw[2 * c->n_link + o->border];
        exports = o->is_to_side ? exports : -exports;
        o->is_binding = exports >= o->export_mw - SN_CUT_NEAR_MW;
        o->mirror_excess_mw = mirror_excess_mw(c, w, a, o, cleared);
        double aside = o->aside_mw + o->aside_slope * (o->export_mw - o->aside_at_mw);
        goes_on = sn_cut_step(o, o->mirror_excess_mw + aside, o->is_binding) || goes_on;
    }
    return goes_on;
}

/* The exports of the mirror become what links may export. */
static void note_caps(const sn_replay_case *c,
                      sn_cut_work *w,
                      const sn_price_area *a,
                      const double *flow_mw)
{
    for (size_t k = 0; k < w->n_over; k++) {
        for (size_t l = 0; l < c->n_link; l++) {
            if (sn_cut_is_abroad_of(c, w, a, &w->over[k], l)) {
                double sign;
                (void)sn_cut_inside_end(c, w, l, &sign);
                sn_cut_cap_export(c, w, l, fmax(0.0, sign * flow_mw[l]));
            }
        }
    }
}

sn_status sn_cut_least(const sn_replay_case *c,
                       const sn_replay_block *b,
                       const sn_price_area *a,
                       size_t t,
                       size_t root,
                       bool *is_found_out,
                       sn_error *err)
{
    sn_cut_work *w = b->cut;
    sn_network network = mirror(c, w, b, a, root);
    sn_clearing_problem problem = {&network,
                                   w->curve,
                                   w->min_mw,
                                   w->max_mw,
                                   c->price_min_eur_per_mwh[t],
                                   c->price_max_eur_per_mwh[t]};
    sn_clearing_result cleared;
    bool goes_on = true;
    for (int n = 0; n < SN_CUT_STEPS_MAX && goes_on; n++) {
        for (size_t k = 0; k < w->n_over; k++) {
            size_t l = 2 * c->n_link + w->over[k].border;
            w->min_mw[l] = w->over[k].is_to_side ? -INFINITY : -w->over[k].export_mw;
            w->max_mw[l] = w->over[k].is_to_side ? w->over[k].export_mw : INFINITY;
        }
        sn_status status = sn_clearing_solve(w->clearing, &problem, &cleared, err);
        if (status != SN_OK || cleared.outcome != SN_CLEARED) {
            return status;
        }
        sn_clearing_start_from_last(w->clearing);
        goes_on = step_mirror(c, w, a, &cleared);
    }
    note_caps(c, w, a, cleared.flow_mw);
    *is_found_out = true;
    return SN_OK;
}
