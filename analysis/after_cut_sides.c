/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which cuts are over their limits, their two sides, and what the side that takes too
 * much sells abroad (M-21; see after_cuts.c). */
#include "after_cuts_internal.h"

#include <math.h>
#include <string.h>

/* A flatter secant would leap. */
static const double least_slope = 0.05;

/* ---- sides ---- */

static bool *side_of(sn_cut_work *w, const sn_price_area *a, size_t k)
{
    return w->side + k * a->n_area;
}

/* What is reached from cut k's to end without crossing it.  @return how many */
static size_t mark_side(sn_cut_work *w, const sn_price_area *a, size_t k)
{
    bool *side = side_of(w, a, k);
    memset(side, 0, a->n_area * sizeof *side);
    side[a->link[k].to] = true;
    size_t n = 1;
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t j = 0; j < a->n_border; j++) {
            bool from = side[a->link[j].from];
            bool to = side[a->link[j].to];
            if (j != k && from != to) {
                side[a->link[j].from] = true;
                side[a->link[j].to] = true;
                n++;
                grew = true;
            }
        }
    }
    return n;
}

bool sn_cut_mark_sides(const sn_replay_case *c, sn_cut_work *w, const sn_price_area *a)
{
    for (size_t k = 0; k < c->n_node; k++) {
        w->local[k] = SIZE_MAX;
    }
    for (size_t i = 0; i < a->n_area; i++) {
        w->local[c->node_of_area[a->area[i]]] = i;
    }
    if (a->n_border + 1 != a->n_area || a->n_border > SN_CUTS_MAX) {
        return false;
    }
    for (size_t k = 0; k < a->n_border; k++) {
        size_t n = mark_side(w, a, k);
        if (n == a->n_area || side_of(w, a, k)[a->link[k].from]) {
            return false;
        }
    }
    return true;
}

bool sn_cut_is_in_side(sn_cut_work *w, const sn_price_area *a, const sn_over *o, size_t i)
{
    return side_of(w, a, o->border)[i] == o->is_to_side;
}

size_t sn_cut_inside_end(const sn_replay_case *c,
                         const sn_cut_work *w,
                         size_t l,
                         double *sign_out)
{
    size_t from = w->local[c->link[l].from];
    size_t to = w->local[c->link[l].to];
    *sign_out = from != SIZE_MAX ? 1.0 : -1.0;
    if ((from == SIZE_MAX) == (to == SIZE_MAX)) {
        return SIZE_MAX;
    }
    return from != SIZE_MAX ? from : to;
}

double sn_cut_leaves_mw(const sn_replay_case *c, size_t l, double sign, double flow_mw)
{
    return sign > 0.0 ? sn_border_out_mw(flow_mw, c->link_loss[l])
                      : -sn_border_in_mw(flow_mw, c->link_loss[l]);
}

double sn_cut_exports_mw(const sn_replay_case *c, const sn_cut_work *w, size_t t)
{
    double sum = 0.0;
    for (size_t l = 0; l < c->n_link; l++) {
        double sign;
        size_t i = sn_cut_inside_end(c, w, l, &sign);
        if (i != SIZE_MAX && w->is_in[i]) {
            sum += sn_cut_leaves_mw(
                c, l, sign, c->out->flow_mw[t * c->n_border + c->border_of_link[l]]);
        }
    }
    return sum;
}

/* ---- which cuts, and E ---- */

/* Net generation of C, of what the clearing's nodes sold. */
static double net_generation_mw(const sn_replay_case *c,
                                sn_cut_work *w,
                                const sn_price_area *a,
                                const sn_over *o,
                                size_t t)
{
    double sum = 0.0;
    for (size_t i = 0; i < a->n_area; i++) {
        size_t at = t * c->n_area + a->area[i];
        if (sn_cut_is_in_side(w, a, o, i)) {
            sum += c->out->net_position_mw[at] - c->fixed_export_mw[at];
        }
    }
    return sum;
}

double sn_cut_excess_mw(const sn_replay_case *c,
                        const sn_price_area *a,
                        const sn_over *o,
                        size_t t)
{
    double flow = c->out->flow_mw[t * c->n_border + a->border[o->border]];
    return (o->is_to_side ? flow : -flow) - o->limit_mw;
}

bool sn_cut_step(sn_over *o, double excess_mw, bool is_binding)
{
    bool is_done = fabs(excess_mw) <= SN_CUT_NEAR_MW ||
                   (excess_mw < 0.0 && !is_binding) ||
                   (excess_mw > 0.0 && o->export_mw <= o->held_mw);
    if (is_done) {
        return false;
    }
    double slope = o->slope;
    double moved = o->export_mw - o->last_export_mw;
    if (fabs(moved) > 1e-12) {
        slope = fmin(1.0, fmax(least_slope, (excess_mw - o->last_excess_mw) / moved));
    }
    o->last_export_mw = o->export_mw;
    o->last_excess_mw = excess_mw;
    o->export_mw = fmax(o->held_mw, o->export_mw - excess_mw / slope);
    return true;
}

/* 1 less C's share of what its price group moves by. */
static double slope_of_excess(const sn_replay_case *c,
                              const sn_replay_block *b,
                              const sn_price_area *a,
                              const sn_over *o)
{
    double own = 0.0;
    double all = INFINITY;
    for (size_t i = 0; i < a->n_area; i++) {
        size_t z = a->area[i];
        if (sn_cut_is_in_side(b->cut, a, o, i) && b->group[z] != SIZE_MAX) {
            own += sn_replay_slope_of(c, b, z);
            all = b->group_slope[b->group[z]];
        }
    }
    return all > own && isfinite(all) ? fmax(least_slope, 1.0 - own / all) : 1.0;
}

bool sn_cut_is_abroad_of(const sn_replay_case *c,
                         sn_cut_work *w,
                         const sn_price_area *a,
                         const sn_over *o,
                         size_t l)
{
    double sign;
    size_t i = sn_cut_inside_end(c, w, l, &sign);
    return i != SIZE_MAX && sn_cut_is_in_side(w, a, o, i);
}

/* No cut reaches what C's links have to export. */
static double held_exports_mw(const sn_replay_case *c,
                              const sn_replay_block *b,
                              const sn_price_area *a,
                              const sn_over *o)
{
    double sum = 0.0;
    for (size_t l = 0; l < c->n_link; l++) {
        if (sn_cut_is_abroad_of(c, b->cut, a, o, l)) {
            double sign;
            (void)sn_cut_inside_end(c, b->cut, l, &sign);
            double held = fmax(0.0, sign > 0.0 ? b->link_min_mw[l] : -b->link_max_mw[l]);
            sum += sn_cut_leaves_mw(c, l, sign, sign * held);
        }
    }
    return sum;
}

/* What C may export at first: F + n of the market. */
static void set_exports(const sn_replay_case *c,
                        const sn_replay_block *b,
                        const sn_price_area *a,
                        size_t t,
                        sn_over *o)
{
    bool is_least = c->settings->after == SN_AFTER_CUT_LEAST;
    o->held_mw = is_least ? held_exports_mw(c, b, a, o) : 0.0;
    o->export_mw = fmax(o->held_mw, o->limit_mw + net_generation_mw(c, b->cut, a, o, t));
    o->first_mw = o->export_mw;
    o->last_export_mw = o->export_mw;
    o->last_excess_mw = sn_cut_excess_mw(c, a, o, t);
    o->slope = slope_of_excess(c, b, a, o);
}

static bool is_listed(const sn_cut_work *w, const sn_over *o)
{
    bool found = false;
    for (size_t i = 0; i < w->n_over; i++) {
        found = found || (w->over[i].border == o->border &&
                          w->over[i].is_to_side == o->is_to_side);
    }
    return found;
}

size_t sn_cut_find_over(const sn_replay_case *c,
                        sn_replay_block *b,
                        const sn_price_area *a,
                        size_t t)
{
    sn_cut_work *w = b->cut;
    size_t n_before = w->n_over;
    for (size_t k = 0; k < a->n_border; k++) {
        size_t at = t * c->n_border + a->border[k];
        double flow = c->out->flow_mw[at];
        sn_over o = {.border = k};
        if (flow > c->limit_max_mw[at] + SN_CUT_NEAR_MW) {
            o.is_to_side = true;
            o.limit_mw = c->limit_max_mw[at];
        } else if (flow < c->limit_min_mw[at] - SN_CUT_NEAR_MW) {
            o.limit_mw = -c->limit_min_mw[at];
        } else {
            continue;
        }
        if (!is_listed(w, &o) && w->n_over < SN_CUTS_MAX) {
            set_exports(c, b, a, t, &o);
            w->over[w->n_over++] = o;
        }
    }
    return w->n_over - n_before;
}

/* Does C export more than it must? */
static bool may_cut_more(const sn_replay_case *c,
                         sn_cut_work *w,
                         const sn_price_area *a,
                         const sn_over *o,
                         size_t t)
{
    double sum = 0.0;
    for (size_t l = 0; l < c->n_link; l++) {
        if (sn_cut_is_abroad_of(c, w, a, o, l)) {
            double sign;
            (void)sn_cut_inside_end(c, w, l, &sign);
            sum +=
                fmax(0.0, sn_cut_leaves_mw(
                              c, l, sign,
                              c->out->flow_mw[t * c->n_border + c->border_of_link[l]]));
        }
    }
    return sum > o->held_mw + SN_CUT_NEAR_MW;
}

size_t sn_cut_choose_root(const sn_replay_case *c,
                          sn_cut_work *w,
                          const sn_price_area *a,
                          size_t t,
                          bool *is_alone_out)
{
    *is_alone_out = false;
    for (size_t i = 0; i < a->n_area; i++) {
        bool is_free = true;
        for (size_t k = 0; k < w->n_over; k++) {
            is_free = is_free && !sn_cut_is_in_side(w, a, &w->over[k], i);
        }
        if (is_free) {
            return i;
        }
    }
    size_t worst = 0;
    double most = -INFINITY;
    for (size_t k = 0; k < w->n_over; k++) {
        double excess = sn_cut_excess_mw(c, a, &w->over[k], t);
        if (excess > most && may_cut_more(c, w, a, &w->over[k], t)) {
            worst = k;
            most = excess;
        }
    }
    *is_alone_out = true;
    w->over[0] = w->over[worst];
    w->n_over = 1;
    const sn_border *link = &a->link[w->over[0].border];
    return w->over[0].is_to_side ? link->from : link->to;
}
