/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Borders with losses (kappa of M-8).  A lossy border that is free ties the prices of its
 * ends, price of `from` = (1 - loss) * price of `to`, so the sets of the active set are
 * parts (joined without losses) hung together as a tree by free lossy borders.  Weigh
 * each area by its price over the set's: in the weighted sum of balances the lossy flows
 * cancel, and the set's price follows as before.  Then the balance of each part, from
 * the leaves inwards, gives the lossy flows (they are M-8's, not a matter of ties).
 *
 * A lossy border that would close a ring cannot be free: it goes to a limit.  So does
 * one of two that could both be free, at the same gain: M-8 leaves that open, and then
 * the answer is taken from a start that does not depend on the past.
 */
#include "clearing_internal.h"

#include <math.h>

double sn_clearing_snap(const sn_place *a, double p)
{
    double near = 1e-12 * (1.0 + fabs(p));
    size_t begin = 0;
    size_t end = a->n;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        if (a->price[middle] < p - near) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin < a->n && a->price[begin] <= p + near ? a->price[begin] : p;
}

double sn_clearing_step_price(const sn_clearing *w, size_t r, double p)
{
    for (size_t c = r; c < w->network.n_area && w->is_step[r]; c = w->next[c]) {
        const sn_place *a = &w->place[c];
        if (a->high_mw > a->low_mw) {
            return a->price[a->at] * a->inverse;
        }
    }
    return p;
}

/* One step of the weights over free borders; false when all are known. */
static bool spread_weights(sn_clearing *w)
{
    bool changed = false;
    for (size_t l = 0; l < w->network.n_border; l++) {
        sn_place *from = &w->place[w->border[l].from];
        sn_place *to = &w->place[w->border[l].to];
        double keep = 1.0 - w->loss[l];
        if (w->hold[l] != SN_FREE || (from->weight > 0.0) == (to->weight > 0.0)) {
            continue;
        }
        if (from->weight > 0.0) {
            to->weight = from->weight / keep;
        } else {
            from->weight = to->weight * keep;
        }
        changed = true;
    }
    return changed;
}

/* The dearest area of a set has weight 1, so that price limits are those of the set. */
static void weigh(sn_clearing *w)
{
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        w->place[c].weight = w->root[c] == c ? 1.0 : 0.0;
        w->need[c] = 0.0;
    }
    while (spread_weights(w)) {
    }
    for (size_t c = 0; c < n; c++) {
        w->need[w->root[c]] = fmax(w->need[w->root[c]], w->place[c].weight);
    }
    for (size_t c = 0; c < n; c++) {
        sn_place *a = &w->place[c];
        a->weight /= w->need[w->root[c]];
        a->inverse = 1.0 / a->weight;
    }
}

void sn_clearing_join_lossy(sn_clearing *w)
{
    size_t n = w->network.n_area;
    w->is_doubtful = false;
    for (size_t c = 0; c < n; c++) {
        w->part[c] = sn_clearing_root(w->root, c);
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        if (w->hold[l] != SN_FREE || !(w->loss[l] > 0.0)) {
            continue;
        }
        size_t a = sn_clearing_root(w->root, w->border[l].from);
        size_t b = sn_clearing_root(w->root, w->border[l].to);
        if (a == b) {
            double f = w->planned.flow_min_mw[l];
            w->hold[l] = SN_AT_MIN;
            w->share_out[w->border[l].from] += f;
            w->share_out[w->border[l].to] -= (1.0 - w->loss[l]) * f;
        }
        w->root[a > b ? a : b] = a > b ? b : a;
    }
    for (size_t c = 0; c < n; c++) {
        w->root[c] = sn_clearing_root(w->root, c);
    }
    weigh(w);
}

static bool can_move(const sn_clearing *w, size_t c)
{
    return w->is_step[w->root[c]] && w->place[c].high_mw > w->place[c].low_mw;
}

/* Which part of each set has the step that gives what is lacking: its first in order.
 * Elsewhere potential 0 is at the first area. */
static void pin_parts(sn_clearing *w)
{
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        w->last[c] = n; /* by root: the part that gives */
        w->inside[c] = n;
    }
    for (size_t c = 0; c < n; c++) {
        size_t r = w->root[c];
        bool moves = can_move(w, c);
        w->last[r] = moves && w->last[r] == n ? w->part[c] : w->last[r];
        bool gives = moves && w->last[r] == w->part[c];
        w->is_doubtful |= moves && !gives;
        w->stand[c] = moves && !gives ? SN_LOW : !moves ? SN_INSIDE : w->stand[c];
        if (gives && w->stand[c] == SN_INSIDE) {
            w->inside[r] = c;
        }
    }
    for (size_t c = 0; c < n; c++) {
        size_t r = w->root[c];
        bool gives = can_move(w, c) && w->last[r] == w->part[c];
        if (gives && w->inside[r] == n) {
            w->stand[c] = SN_INSIDE;
        }
        w->pinned[c] =
            (gives && w->stand[c] == SN_INSIDE) || (w->part[c] == c && w->last[r] != c);
    }
}

/* A free lossy border that is the last one of a part that does not give. */
static size_t find_leaf(const sn_clearing *w, const bool *is_known, size_t *part_out)
{
    for (size_t l = 0; l < w->network.n_border; l++) {
        if (w->hold[l] != SN_FREE || !(w->loss[l] > 0.0) || is_known[l]) {
            continue;
        }
        size_t ends[2] = {w->part[w->border[l].from], w->part[w->border[l].to]};
        for (int k = 0; k < 2; k++) {
            size_t n_open = 0;
            for (size_t m = 0; m < w->network.n_border; m++) {
                bool is_open = w->hold[m] == SN_FREE && w->loss[m] > 0.0 && !is_known[m];
                n_open += is_open && (w->part[w->border[m].from] == ends[k] ||
                                      w->part[w->border[m].to] == ends[k]);
            }
            if (n_open == 1 && w->last[w->root[ends[k]]] != ends[k]) {
                *part_out = ends[k];
                return l;
            }
        }
    }
    return w->network.n_border;
}

void sn_clearing_carry_lossy(sn_clearing *w)
{
    size_t n = w->network.n_area;
    pin_parts(w);
    for (size_t c = 0; c < n; c++) {
        w->need[c] = 0.0;
    }
    for (size_t c = 0; c < n; c++) {
        w->need[w->part[c]] += w->place[c].low_mw - w->share_out[c];
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        w->is_carried[l] = false;
    }
    for (;;) {
        size_t leaf;
        size_t l = find_leaf(w, w->is_carried, &leaf);
        if (l == w->network.n_border) {
            return;
        }
        double keep = 1.0 - w->loss[l];
        size_t from = w->border[l].from;
        size_t to = w->border[l].to;
        double f = w->part[from] == leaf ? w->need[leaf] : -w->need[leaf] / keep;
        w->is_carried[l] = true;
        w->flow[l] = f;
        w->need[w->part[from]] -= f;
        w->need[w->part[to]] += keep * f;
        w->share_out[from] += f;
        w->share_out[to] -= keep * f;
    }
}
