/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Capacity cut at the border (M-21).  Seen from a cut over its limit F, the deficit
 * side C imports over it what its sales abroad X exceed its own net generation n:
 *
 *     flow = X - n <= F   <=>   X <= E = F + n = F + G_C - D_C .
 *
 * That is the rule of before 2011, E not below 0.  n falls as the price does when
 * exports are cut, so E is a fixed point: slope of n over E in [0, 1), found by secant
 * from the market's n.  Where C is one price group, n moves by its share of the group's
 * slopes; the first step goes by that.
 *
 * historical: E = F + n of the market is shared over C's links abroad in proportion to
 *             their rating, and is not used up where a link's share is more than it
 * wants; where the cut is over all the same, E falls to where it no longer is. least: the
 * market shares E itself.  Every area gets a node that its exports leave from; those
 * nodes are joined like the areas, and the border between them that mirrors the cut
 * carries C's exports: they get a limit.  Imports come to the areas themselves, so that
 * nothing passes through C that would not at the areas' own price.  The exports found
 * become the links' capacity.
 *
 * In both the market is then cleared on the reduced capacities, in rounds, because flows
 * between equal prices may settle otherwise than foreseen.  By least reduction several
 * cuts over their limits are solved together when an area lies on the surplus side of all
 * of them.  It needs areas joined as a tree, so that a cut has two sides; elsewhere, and
 * where exports are 0 and the cut is still over, redispatch does the rest.
 */
#include "after_cuts_internal.h"
#include "replay_ramp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 12 };

static bool caps_alloc(sn_caps *caps, size_t n)
{
    caps->min_mw = calloc(n + 1, sizeof *caps->min_mw);
    caps->max_mw = calloc(n + 1, sizeof *caps->max_mw);
    return caps->min_mw != NULL && caps->max_mw != NULL;
}

static void caps_release(sn_caps *caps)
{
    free(caps->min_mw);
    free(caps->max_mw);
}

static void caps_copy(sn_caps *to, const sn_caps *from, size_t n)
{
    memcpy(to->min_mw, from->min_mw, n * sizeof *to->min_mw);
    memcpy(to->max_mw, from->max_mw, n * sizeof *to->max_mw);
}

static void caps_clear(sn_caps *caps, size_t n)
{
    for (size_t l = 0; l < n; l++) {
        caps->min_mw[l] = -INFINITY;
        caps->max_mw[l] = INFINITY;
    }
}

sn_cut_work *sn_cut_work_alloc(const sn_replay_case *c)
{
    size_t nodes = c->n_node + c->n_area + 1;
    size_t links = 2 * c->n_link + c->n_border + 2;
    sn_cut_work *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    w->clearing = sn_clearing_alloc(nodes, links);
    w->curve = calloc(nodes, sizeof *w->curve);
    w->link = calloc(links, sizeof *w->link);
    w->min_mw = calloc(links, sizeof *w->min_mw);
    w->max_mw = calloc(links, sizeof *w->max_mw);
    w->loss = calloc(links, sizeof *w->loss);
    w->local = calloc(nodes, sizeof *w->local);
    w->is_in = calloc(c->n_area + 1, sizeof *w->is_in);
    w->follows = calloc(c->n_area + 1, sizeof *w->follows);
    w->side = calloc((c->n_border + 1) * (c->n_area + 1), sizeof *w->side);
    bool has_caps = caps_alloc(&w->caps, c->n_link) &&
                    caps_alloc(&w->best_caps, c->n_link) &&
                    caps_alloc(&w->other_caps, c->n_link);
    if (!has_caps || w->clearing == NULL || w->curve == NULL || w->link == NULL ||
        w->min_mw == NULL || w->loss == NULL || w->max_mw == NULL || w->local == NULL ||
        w->is_in == NULL || w->follows == NULL || w->side == NULL) {
        sn_cut_work_free(w);
        return NULL;
    }
    for (size_t l = 0; l < c->n_link; l++) {
        w->loss[l] = w->loss[c->n_link + l] = c->link_loss[l];
    }
    if (c->has_loss && sn_clearing_set_link_losses(w->clearing, w->loss, NULL) != SN_OK) {
        sn_cut_work_free(w);
        return NULL;
    }
    return w;
}

void sn_cut_work_free(sn_cut_work *w)
{
    if (w == NULL) {
        return;
    }
    sn_clearing_free(w->clearing);
    free(w->curve);
    free(w->link);
    free(w->min_mw);
    free(w->max_mw);
    free(w->loss);
    caps_release(&w->caps);
    caps_release(&w->best_caps);
    caps_release(&w->other_caps);
    free(w->local);
    free(w->is_in);
    free(w->follows);
    free(w->side);
    free(w);
}

/* ---- the rule of before 2011 ---- */

static void
share_by_rating(const sn_replay_case *c, sn_cut_work *w, const sn_price_area *a)
{
    for (size_t k = 0; k < w->n_over; k++) {
        const sn_over *o = &w->over[k];
        double rated = 0.0;
        for (size_t l = 0; l < c->n_link; l++) {
            rated += sn_cut_is_abroad_of(c, w, a, o, l) ? c->link[l].rated_mw : 0.0;
        }
        for (size_t l = 0; l < c->n_link; l++) {
            if (sn_cut_is_abroad_of(c, w, a, o, l)) {
                sn_cut_cap_export(c, w, l, o->export_mw * c->link[l].rated_mw / rated);
            }
        }
    }
}

/* Does what C may export hold any of its links back? */
static bool is_binding(const sn_replay_case *c,
                       const sn_replay_block *b,
                       const sn_price_area *a,
                       const sn_over *o,
                       size_t t)
{
    bool found = false;
    for (size_t l = 0; l < c->n_link; l++) {
        if (sn_cut_is_abroad_of(c, b->cut, a, o, l)) {
            double sign;
            size_t at = t * c->n_border + c->border_of_link[l];
            (void)sn_cut_inside_end(c, b->cut, l, &sign);
            double flow = sign * c->out->flow_mw[at];
            double limit = sign > 0.0 ? b->link_max_mw[l] : -b->link_min_mw[l];
            double market = sign > 0.0 ? c->limit_max_mw[at] : -c->limit_min_mw[at];
            found = found ||
                    (limit < market - SN_CUT_NEAR_MW && flow >= limit - SN_CUT_NEAR_MW);
        }
    }
    return found;
}

/* ---- one period ---- */

/* Where the flow is the limit, exports of C follow its net generation, X = F + n: what C
 * sells more goes abroad, and the price area's price is set by the others. */
static void note_followers(sn_cut_work *w, const sn_price_area *a, bool is_least)
{
    for (size_t k = 0; k < w->n_over; k++) {
        const sn_over *o = &w->over[k];
        bool is_less = o->is_late || o->export_mw < o->first_mw;
        bool is_met = o->export_mw > o->held_mw && (is_least ? o->is_binding : is_less);
        for (size_t i = 0; i < a->n_area; i++) {
            if (sn_cut_is_in_side(w, a, o, i)) {
                w->follows[i] = is_met;
            }
        }
    }
}

static void mark_followers(sn_replay_case *c, sn_replay_block *b, const sn_price_area *a)
{
    for (size_t i = 0; i < a->n_area; i++) {
        b->follows[a->area[i]] = b->cut->follows[i];
    }
    sn_replay_sum_group_slopes(c, b);
}

/* Areas that lose exports, and those that follow. */
static void note_cuts(sn_cut_work *w, const sn_price_area *a, bool is_least)
{
    for (size_t i = 0; i < a->n_area; i++) {
        for (size_t k = 0; k < w->n_over; k++) {
            w->is_in[i] = w->is_in[i] || sn_cut_is_in_side(w, a, &w->over[k], i);
        }
    }
    note_followers(w, a, is_least);
}

static double overload_mw(const sn_replay_case *c, const sn_price_area *a, size_t t)
{
    double sum = 0.0;
    for (size_t k = 0; k < a->n_border; k++) {
        size_t at = t * c->n_border + a->border[k];
        double flow = c->out->flow_mw[at];
        sum += fmax(0.0, fmax(flow - c->limit_max_mw[at], c->limit_min_mw[at] - flow));
    }
    return sum;
}

/* Flows between equal prices settle otherwise in the market than in its mirror: E is
 * corrected by what that makes of the cut.  @return true where that moves E */
static bool correct(const sn_replay_case *c, const sn_price_area *a, size_t t, sn_over *o)
{
    double excess = sn_cut_excess_mw(c, a, o, t);
    double aside = excess - o->mirror_excess_mw;
    double moved = o->export_mw - o->aside_at_mw;
    if (o->is_corrected && fabs(moved) > 1e-9) {
        o->aside_slope = fmin(1.0, fmax(-0.9, (aside - o->aside_mw) / moved));
    }
    o->is_corrected = true;
    o->aside_mw = aside;
    o->aside_at_mw = o->export_mw;
    o->last_export_mw = o->export_mw;
    return sn_cut_step(o, excess, o->is_binding);
}

/* One round.  *goes_on_out false: every cut is met, or out of reach. */
static sn_status round_by_market(sn_replay_case *c,
                                 sn_replay_block *b,
                                 const sn_price_area *a,
                                 size_t t,
                                 bool *goes_on_out,
                                 bool *is_cleared_out,
                                 sn_error *err)
{
    sn_cut_work *w = b->cut;
    bool is_found = false;
    bool is_alone;
    size_t root = sn_cut_choose_root(c, w, a, t, &is_alone);
    if (!is_alone) { /* all anew; else on what the others left */
        caps_copy(&w->caps, &w->other_caps, c->n_link);
    }
    sn_cut_set_caps(c, b, t, &w->caps);
    sn_status status = sn_cut_least(c, b, a, t, root, &is_found, err);
    sn_cut_set_caps(c, b, t, &w->caps);
    note_cuts(w, a, true);
    if (status == SN_OK) {
        status = sn_replay_clear(c, b, t, is_cleared_out, err);
    }
    *goes_on_out = false;
    if (status != SN_OK || !*is_cleared_out || !is_found) {
        return status;
    }
    for (size_t k = 0; k < w->n_over; k++) {
        *goes_on_out = correct(c, a, t, &w->over[k]) || *goes_on_out;
    }
    *goes_on_out = sn_cut_find_over(c, b, a, t) > 0 || *goes_on_out;
    return status;
}

/* The market shares E.  The round that leaves least over the limits is taken, of several
 * the one that exports most. */
static sn_status cut_by_market(sn_replay_case *c,
                               sn_replay_block *b,
                               const sn_price_area *a,
                               size_t t,
                               bool *is_cleared_out,
                               sn_error *err)
{
    sn_cut_work *w = b->cut;
    sn_status status = SN_OK;
    double least_over = INFINITY;
    double most_exports = -INFINITY;
    bool is_best = true;
    w->n_over = 0;
    bool goes_on = sn_cut_find_over(c, b, a, t) > 0;
    for (int round = 0; round < ROUNDS_MAX && goes_on; round++) {
        status = round_by_market(c, b, a, t, &goes_on, is_cleared_out, err);
        if (status != SN_OK || !*is_cleared_out) {
            return status;
        }
        double over = overload_mw(c, a, t);
        double exports = sn_cut_exports_mw(c, w, t);
        is_best = over < least_over - SN_CUT_NEAR_MW ||
                  (over <= least_over + SN_CUT_NEAR_MW && exports >= most_exports);
        if (is_best) {
            least_over = over;
            most_exports = exports;
            caps_copy(&w->best_caps, &w->caps, c->n_link);
        }
    }
    if (!is_best) {
        caps_copy(&w->caps, &w->best_caps, c->n_link);
        sn_cut_set_caps(c, b, t, &w->caps);
        status = sn_replay_clear(c, b, t, is_cleared_out, err);
    }
    return status;
}

/* E is the rule's, F + n of the market, even where the market does not use all of it;
 * only a cut that is over all the same gets less, and no less than its limit asks for.
 * Flows that jump may keep it from being met: then what is not over will do. */
static sn_status cut_by_rating(sn_replay_case *c,
                               sn_replay_block *b,
                               const sn_price_area *a,
                               size_t t,
                               bool *is_cleared_out,
                               sn_error *err)
{
    sn_cut_work *w = b->cut;
    sn_status status = SN_OK;
    w->n_over = 0;
    bool goes_on = sn_cut_find_over(c, b, a, t) > 0;
    for (int n = 0; n < SN_CUT_STEPS_MAX && goes_on && status == SN_OK && *is_cleared_out;
         n++) {
        note_cuts(w, a, false);
        caps_copy(&w->caps, &w->other_caps, c->n_link);
        share_by_rating(c, w, a);
        sn_cut_set_caps(c, b, t, &w->caps);
        status = sn_replay_clear(c, b, t, is_cleared_out, err);
        goes_on = false;
        for (size_t k = 0; k < w->n_over && status == SN_OK && *is_cleared_out; k++) {
            sn_over *o = &w->over[k];
            bool is_less =
                o->is_late ? is_binding(c, b, a, o, t) : o->export_mw < o->first_mw;
            goes_on = sn_cut_step(o, sn_cut_excess_mw(c, a, o, t),
                                  is_less && n < SN_CUT_STEPS_MAX / 2) ||
                      goes_on;
        }
        if (status == SN_OK && *is_cleared_out) {
            size_t n_before = w->n_over;
            goes_on = sn_cut_find_over(c, b, a, t) > 0 || goes_on;
            for (size_t k = n_before; k < w->n_over; k++) {
                w->over[k].is_late = true;
            }
        }
    }
    return status;
}

static sn_status cut_price_area(sn_replay_case *c,
                                sn_replay_block *b,
                                const sn_price_area *a,
                                size_t t,
                                bool *is_cleared_out,
                                sn_error *err)
{
    bool is_least = c->settings->after == SN_AFTER_CUT_LEAST;
    caps_copy(&b->cut->other_caps, &b->cut->caps, c->n_link);
    memset(b->cut->follows, 0, a->n_area * sizeof *b->cut->follows);
    return is_least ? cut_by_market(c, b, a, t, is_cleared_out, err)
                    : cut_by_rating(c, b, a, t, is_cleared_out, err);
}

static void keep_market(const sn_replay_case *c, sn_replay_block *b, size_t t)
{
    for (size_t k = 0; k < c->n_node; k++) {
        size_t at = t * c->n_area + c->area_of_node[k];
        b->kept_net_mw[k] = c->out->net_position_mw[at] - c->fixed_export_mw[at];
    }
}

/* What the market's trade was worth more before the cuts: its whole surplus, less the
 * surplus after, along the curves. */
static double
lost_surplus_eur_per_h(const sn_replay_case *c, const sn_replay_block *b, size_t t)
{
    double sum = 0.0;
    for (size_t k = 0; k < c->n_node; k++) {
        size_t at = t * c->n_area + c->area_of_node[k];
        double now = c->out->net_position_mw[at] - c->fixed_export_mw[at];
        sum += sn_curve_cost_eur_per_h(&b->curve[k], b->kept_net_mw[k], now);
    }
    return sum;
}

sn_status sn_after_cut_borders(sn_replay_case *c,
                               sn_replay_block *b,
                               size_t t,
                               bool *is_cleared_out,
                               sn_error *err)
{
    sn_cut_work *w = b->cut;
    sn_status status = SN_OK;
    keep_market(c, b, t);
    caps_clear(&w->caps, c->n_link);
    for (size_t i = 0; i < c->n_price_area && status == SN_OK && *is_cleared_out; i++) {
        const sn_price_area *a = &c->price_area[i];
        if (!sn_replay_is_over(c, a, t) || !sn_cut_mark_sides(c, w, a)) {
            continue;
        }
        /* Which areas lose exports is known only afterwards: sum all, subtract. */
        double all[SN_CUTS_MAX + 1];
        for (size_t k = 0; k < a->n_area; k++) {
            memset(w->is_in, 0, c->n_area * sizeof *w->is_in);
            w->is_in[k] = true;
            all[k] = sn_cut_exports_mw(c, w, t);
        }
        memset(w->is_in, 0, c->n_area * sizeof *w->is_in);
        status = cut_price_area(c, b, a, t, is_cleared_out, err);
        if (status == SN_OK && *is_cleared_out) {
            mark_followers(c, b, a);
        }
        double lost =
            status == SN_OK && *is_cleared_out ? -sn_cut_exports_mw(c, w, t) : 0.0;
        for (size_t k = 0; k < a->n_area && status == SN_OK && *is_cleared_out; k++) {
            lost += w->is_in[k] ? all[k] : 0.0;
        }
        b->cut_trade_mwh += lost * c->step_h;
    }
    if (status == SN_OK && *is_cleared_out) {
        b->cut_value_eur += lost_surplus_eur_per_h(c, b, t) * c->step_h;
    }
    return status;
}
