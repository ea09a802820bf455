/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is chosen among answers that are equally good: the shares of orders at exactly the
 * price, the flows between equal prices, the prices that nothing fixes.  Each choice is a
 * problem of the same form as the clearing, on a scale of its own.
 */
#include "flow_based_internal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A constraint with less room than this is full. */
static const double full_mw = 1e-6;

/* A shadow price above this is one. */
static const double firm_eur_per_mwh = 1e-9;

/* The problem of the shares: an order of w MW at the price is a ramp from share 0 at -1/2
 * to 1 at 1/2 (so least sum of w (share - 1/2)^2), a link's flow rated * u; everything
 * else keeps its quantity, a constraint with a shadow price its load. */
static bool pose_ties(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    fb *v = w->prices;
    for (size_t z = 0; z < p->n_node; z++) {
        const fb_curve *c = &w->curve[z];
        double *share = &w->price_points[2 * FB_PRICE_POINTS * z];
        double *mw = share + FB_PRICE_POINTS;
        size_t s = w->segment[z];
        w->price_curve[z] = (sn_curve){c->n == 0 ? 0 : 2, share, mw};
        if (c->n > 0) {
            share[0] = -0.5;
            share[1] = 0.5;
            mw[0] = c->q[s];
            mw[1] = fb_kind_of(c, s) == FB_STEP ? c->q[s + 1] : c->q[s];
        }
    }
    for (size_t l = 0; l < p->n_link; l++) {
        int side = w->link_side[l];
        w->price_min[l] = side > 0 ? p->flow_max_mw[l] : p->flow_min_mw[l];
        w->price_max[l] = side < 0 ? p->flow_min_mw[l] : p->flow_max_mw[l];
    }
    sn_flow_based_problem ties = *p;
    ties.net_supply = w->price_curve;
    ties.flow_min_mw = w->price_min;
    ties.flow_max_mw = w->price_max;
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
    const fb *v = w->prices;
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
    bool spread = pose_ties(w) && fb_newton(w->prices, 1e-6, &culprit) && read_ties(w);
    memset(w->prices->is_equal, 0, w->problem->n_constraint * sizeof *w->is_equal);
    return spread;
}

/* The prices at which area z's curve allows what it has. */
static void price_interval(const fb *w, size_t z, double *low, double *high)
{
    const fb_curve *c = &w->curve[z];
    double n = w->q[z];
    size_t last = c->n - 2; /* points 1 .. last are the curve between the limits */
    size_t k = 1;
    *low = *high = w->u[z];
    if (fb_kind_of(c, w->segment[z]) == FB_SLOPE) {
        return;
    }
    while (k < last && c->q[k] < n - fb_end_tolerance_mw) {
        k++;
    }
    size_t end = k;
    while (end < last && c->q[end + 1] <= n + fb_end_tolerance_mw) {
        end++;
    }
    *low = c->p[k];
    *high = c->p[end];
}

/* The prices are those of a problem of their own: as near the middle of each interval as
 * the full constraints and links allow.  Its "supply" is the distance from the middle. */
bool fb_centre_prices(fb *w)
{
    const sn_flow_based_problem *p = w->problem;
    fb *v = w->prices;
    for (size_t z = 0; z < p->n_node; z++) {
        double *price = &w->price_points[2 * FB_PRICE_POINTS * z];
        double *mw = price + FB_PRICE_POINTS;
        w->price_curve[z] = (sn_curve){0, price, mw};
        if (w->curve[z].n == 0) {
            continue;
        }
        double low;
        double high;
        price_interval(w, z, &low, &high);
        double inner_low = fmin(fmax(low, p->price_min_eur_per_mwh), high);
        double inner_high = fmax(fmin(high, p->price_max_eur_per_mwh), inner_low);
        double middle = 0.5 * (inner_low + inner_high);
        price[0] = price[1] = low;
        price[2] = inner_low;
        price[3] = inner_high;
        price[4] = price[5] = high;
        mw[2] = inner_low - middle;
        mw[3] = inner_high - middle;
        mw[1] = low - middle;
        mw[4] = high - middle;
        mw[0] = mw[1] - fb_firm;
        mw[5] = mw[4] + fb_firm;
        w->price_curve[z].n = FB_PRICE_POINTS;
    }
    for (size_t l = 0; l < p->n_link; l++) {
        double f = w->q[p->n_node + l];
        bool up = f < p->flow_max_mw[l] - full_mw; /* room: no higher price at its end */
        bool down = f > p->flow_min_mw[l] + full_mw; /* nor at its beginning */
        w->price_link[l] = p->link[l];
        w->price_max[l] = up ? fb_firm : 0.0;
        w->price_min[l] = down ? -fb_firm : 0.0;
        w->price_link[l].rated_mw = fb_unlimited_mw;
    }
    fb_load(w, w->q, &w->q[p->n_node]);
    for (size_t c = 0; c < p->n_constraint; c++) {
        v->usable[c] = w->usable[c] && w->load[c] >= p->ram_mw[c] - full_mw;
        w->price_ram[c] = 0.0;
    }
    const sn_flow_based_problem prices = {.n_node = p->n_node,
                                          .net_supply = w->price_curve,
                                          .grid = p->grid,
                                          .n_link = p->n_link,
                                          .link = w->price_link,
                                          .flow_min_mw = w->price_min,
                                          .flow_max_mw = w->price_max,
                                          .n_constraint = p->n_constraint,
                                          .ptdf = p->ptdf,
                                          .ram_mw = w->price_ram,
                                          .price_min_eur_per_mwh = -INFINITY,
                                          .price_max_eur_per_mwh = INFINITY};
    fb_prepare(v, &prices, false);
    while (v->n_active > 0) { /* start from the prices there are */
        fb_deactivate(v, v->active[0]);
    }
    memcpy(v->lambda, w->lambda, w->n_grid * sizeof(double));
    for (size_t a = 0; a < w->n_active; a++) {
        if (!fb_activate(v, w->active[a])) {
            return false;
        }
        v->mu[w->active[a]] = fmax(w->mu[w->active[a]], 0.0);
    }
    fb_make_elements(v);
    size_t culprit = SIZE_MAX;
    return fb_find_by_newton(v, &culprit);
}
