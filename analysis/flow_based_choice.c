/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is chosen among quantities that are equally good: the shares of orders at exactly
 * the price, the flows between equal prices.  The choice is a problem of the same form as
 * the clearing, on a scale of its own.
 */
#include "flow_based_internal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A shadow price above this is one. */
static const double firm_eur_per_mwh = 1e-9;

/* The problem of the shares: an order of w MW at the price is a ramp from share 0 at -1/2
 * to 1 at 1/2 (so least sum of w (share - 1/2)^2), a link's flow rated * u; everything
 * else keeps its quantity, a constraint with a shadow price its load. */
static bool pose_ties(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    fb *v = w->choice;
    for (size_t z = 0; z < p->n_node; z++) {
        const fb_curve *c = &w->curve[z];
        double *share = &w->choice_points[2 * FB_CHOICE_POINTS * z];
        double *mw = share + FB_CHOICE_POINTS;
        size_t s = w->segment[z];
        w->choice_curve[z] = (sn_curve){c->n == 0 ? 0 : 2, share, mw};
        if (c->n > 0) {
            share[0] = -0.5;
            share[1] = 0.5;
            mw[0] = c->q[s];
            mw[1] = fb_kind_of(c, s) == FB_STEP ? c->q[s + 1] : c->q[s];
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        int side = w->link_side[l];
        w->choice_min[l] = side > 0 ? p->flow_max_mw[l] : p->flow_min_mw[l];
        w->choice_max[l] = side < 0 ? p->flow_min_mw[l] : p->flow_max_mw[l];
    }
    sn_flow_based_problem ties = *p;
    ties.net_supply = w->choice_curve;
    ties.flow_min_mw = w->choice_min;
    ties.flow_max_mw = w->choice_max;
    ties.price_min_eur_per_mwh = -INFINITY;
    ties.price_max_eur_per_mwh = INFINITY;
    fb_prepare(v, &ties, false);
    fb_widen_steps(v, 1.0);
    while (v->n_active > 0) {
        fb_deactivate(v, v->active[v->n_active - 1]);
    }
    memset(v->lambda, 0, v->n_grid * sizeof(double));
    bool has_room = true;
    for (size_t c = 0; c < p->n_constraint; c++) {
        v->usable[c] = true;
        v->is_equal[c] = w->place[c] != SIZE_MAX && w->mu[c] > firm_eur_per_mwh;
        has_room = has_room && (!v->is_equal[c] || fb_activate(v, c));
    }
    fb_make_elements(v);
    return has_room;
}

/* Segments, sides and full constraints of the shares found; false: too many are full. */
static bool read_ties(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    const fb *v = w->choice;
    bool has_room = true;
    for (size_t c = 0; c < p->n_constraint; c++) {
        bool full =
            v->place[c] != SIZE_MAX && (v->is_equal[c] || v->mu[c] > firm_eur_per_mwh);
        if (!full) {
            fb_deactivate(w, c);
        }
        has_room = has_room && (!full || fb_activate(w, c));
    }
    fb_make_elements(w);
    for (size_t z = 0; z < p->n_node; z++) {
        const fb_curve *c = &w->curve[z];
        size_t s = w->segment[z];
        if (c->n > 0 && fb_kind_of(c, s) == FB_STEP) {
            bool low = v->u[z] <= -0.5 && s > 0;
            bool high = v->u[z] >= 0.5 && s + 2 < c->n;
            w->segment[z] = high ? s + 1 : (low ? s - 1 : s);
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        double f = v->q[p->n_node + l];
        if (w->link_side[l] == 0) {
            w->link_side[l] =
                f >= p->flow_max_mw[l] ? 1 : (f <= p->flow_min_mw[l] ? -1 : 0);
        }
    }
    return has_room;
}

bool fb_spread_ties(fb *w)
{
    size_t culprit;
    bool spread = pose_ties(w) && fb_newton(w->choice, 1e-6, &culprit) && read_ties(w);
    memset(w->choice->is_equal, 0, w->problem->n_constraint * sizeof *w->is_equal);
    return spread;
}
