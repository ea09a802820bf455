/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M-13 from any optimal flow: least sum of f^2 / rated among the optimal ones, net
 * positions free within the steps of the curves.  The primal active set method: go
 * straight to the least sum with what is held now; what is hit first on the way is
 * held; once there, let go what pulls hardest.  Every move is towards a lower sum, so it
 * ends.  A border that is hit carries a flow that can change, so the free borders keep
 * each set joined to a step or to all it is tied with, and the potentials are defined.
 */
#include "clearing_internal.h"

#include <math.h>
#include <stdint.h>

/* Potentials (MW per rated MW) closer to 0 than this pull at nothing. */
static const double least_pull = 1e-12;

/* Flows over their limits by less than this are not. */
static const double least_mw = 1e-9;

static bool is_tied(const sn_clearing *w, size_t l)
{
    size_t i = w->border[l].from;
    size_t j = w->border[l].to;
    return w->hold[l] != SN_FIXED &&
           fabs(w->price[i] - w->price[j]) <= SN_TOLERANCE_EUR_PER_MWH &&
           fabs(w->beyond[i] - w->beyond[j]) <= SN_TOLERANCE_EUR_PER_MWH;
}

/* Nothing is held but by a price difference. */
static void start(sn_clearing *w)
{
    for (size_t l = 0; l < w->network.n_border; l++) {
        double rise = w->price[w->border[l].to] + w->beyond[w->border[l].to] -
                      w->price[w->border[l].from] - w->beyond[w->border[l].from];
        if (w->hold[l] != SN_FIXED) {
            w->hold[l] = is_tied(w, l) ? SN_FREE : rise > 0.0 ? SN_AT_MAX : SN_AT_MIN;
        }
    }
    for (size_t c = 0; c < w->network.n_area; c++) {
        sn_place *a = &w->place[c];
        sn_clearing_find_place(a, w->price[c]);
        bool is_step = a->high_mw - a->low_mw > SN_TOLERANCE_MW && w->beyond[c] == 0.0;
        w->stand[c] = SN_INSIDE;
        w->set_price[c] = w->price[c] + w->beyond[c];
        a->low_mw = is_step ? fmin(a->low_mw, w->net[c]) : w->net[c];
        a->high_mw = is_step ? fmax(a->high_mw, w->net[c]) : w->net[c];
    }
}

static bool can_move(const sn_clearing *w, size_t c)
{
    return w->place[c].high_mw > w->place[c].low_mw && w->stand[c] == SN_INSIDE;
}

/* Potential 0 where a step is free to give, else at the first area of a set. */
static void find_target(sn_clearing *w)
{
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        w->touched[c] = true;
    }
    sn_clearing_make_sets(w);
    for (size_t r = 0; r < n; r++) {
        bool has_step = false;
        for (size_t c = r; w->root[r] == r && c < n; c = w->next[c]) {
            w->pinned[c] = can_move(w, c);
            has_step |= w->pinned[c];
        }
        w->pinned[r] |= w->root[r] == r && !has_step;
    }
    sn_clearing_find_potentials(w);
}

static double wish_of(const sn_clearing *w, size_t l)
{
    return w->border[l].rated_mw *
           (w->potential[w->border[l].from] - w->potential[w->border[l].to]);
}

/* Share of the way from `now` to `target` until a bound; 1 when none is hit.  Rounding
 * hits nothing: what cannot change must not be held. */
static double reach(double now, double target, double low, double high)
{
    double bound = target > high ? high : low;
    if (target <= high + least_mw && target >= low - least_mw) {
        return 1.0;
    }
    return fmin(fmax((bound - now) / (target - now), 0.0), 1.0);
}

/* Net positions at the target, into w->right. */
static void sum_target(sn_clearing *w)
{
    for (size_t c = 0; c < w->network.n_area; c++) {
        w->right[c] = 0.0;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        double f = w->hold[l] == SN_FREE ? wish_of(w, l) : w->flow[l];
        w->right[w->border[l].from] += f;
        w->right[w->border[l].to] -= f;
    }
}

/* Goes towards the target; holds what is hit first.  False: arrived. */
static bool move(sn_clearing *w)
{
    double share = 1.0;
    size_t hit = SIZE_MAX;
    size_t n_border = w->network.n_border;
    sum_target(w);
    for (size_t l = 0; l < n_border; l++) {
        double s = w->hold[l] != SN_FREE
                       ? 1.0
                       : reach(w->flow[l], wish_of(w, l), w->planned.flow_min_mw[l],
                               w->planned.flow_max_mw[l]);
        hit = s < share ? l : hit;
        share = fmin(s, share);
    }
    for (size_t c = 0; c < w->network.n_area; c++) {
        double s = !can_move(w, c) ? 1.0
                                   : reach(w->net[c], w->right[c], w->place[c].low_mw,
                                           w->place[c].high_mw);
        hit = s < share ? n_border + c : hit;
        share = fmin(s, share);
    }
    if (hit != SIZE_MAX && hit < n_border) {
        bool up = wish_of(w, hit) > w->planned.flow_max_mw[hit];
        w->hold[hit] = up ? SN_AT_MAX : SN_AT_MIN;
    } else if (hit != SIZE_MAX) {
        size_t c = hit - n_border;
        w->stand[c] = w->right[c] > w->place[c].high_mw ? SN_HIGH : SN_LOW;
    }
    for (size_t l = 0; l < n_border; l++) {
        bool moves = w->hold[l] == SN_FREE || l == hit;
        double to = moves ? wish_of(w, l) : w->flow[l];
        w->flow[l] += moves ? share * (to - w->flow[l]) : 0.0;
        w->flow[l] = l == hit ? sn_clearing_flow_of_held(w, l) : w->flow[l];
    }
    for (size_t c = 0; c < w->network.n_area; c++) {
        w->net[c] += share * (w->right[c] - w->net[c]);
    }
    return hit != SIZE_MAX;
}

/* Lets go what pulls hardest, or the first that pulls (which cannot go in circles);
 * false when nothing does: the sum is the least. */
static bool let_go(sn_clearing *w, bool take_first)
{
    double most = least_pull;
    size_t best = SIZE_MAX;
    size_t n_border = w->network.n_border;
    for (size_t l = 0; l < n_border; l++) {
        if ((w->hold[l] == SN_AT_MAX || w->hold[l] == SN_AT_MIN) && is_tied(w, l)) {
            double back = (w->flow[l] - wish_of(w, l)) / w->border[l].rated_mw;
            double pull = w->hold[l] == SN_AT_MAX ? back : -back;
            best = pull > most ? l : best;
            most = take_first && best != SIZE_MAX ? INFINITY : fmax(most, pull);
        }
    }
    for (size_t c = 0; c < w->network.n_area; c++) {
        double y = w->potential[c];
        double pull = w->stand[c] == SN_LOW ? -y : w->stand[c] == SN_HIGH ? y : 0.0;
        best = pull > most ? n_border + c : best;
        most = take_first && best != SIZE_MAX ? INFINITY : fmax(most, pull);
    }
    if (best == SIZE_MAX) {
        return false;
    }
    if (best < n_border) {
        w->hold[best] = SN_FREE;
    } else {
        w->stand[best - n_border] = SN_INSIDE;
    }
    return true;
}

void sn_clearing_settle_ties(sn_clearing *w)
{
    size_t rounds = 4 * (w->network.n_area + w->network.n_border);
    start(w);
    for (size_t i = 0; i < 50 * rounds + 100; i++) {
        find_target(w);
        if (!move(w) && !let_go(w, i > rounds)) {
            break;
        }
    }
    /* Net positions follow from flows, so that the balance is exact. */
    for (size_t l = 0; l < w->network.n_border; l++) {
        w->flow[l] = w->hold[l] == SN_FREE ? w->flow[l] : sn_clearing_flow_of_held(w, l);
    }
    for (size_t c = 0; c < w->network.n_area; c++) {
        w->net[c] = 0.0;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        w->net[w->border[l].from] += w->flow[l];
        w->net[w->border[l].to] -= w->flow[l];
    }
}
