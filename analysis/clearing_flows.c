/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What follows from which borders are held: the sets of areas that the others join, what
 * each area sends over held borders, and the flows of least sum of f^2 / rated inside
 * the sets (M-13), flow = rated * (potential from - potential to).
 *
 * Which borders are held changes from round to round and cannot be guessed, so what is
 * done for each border and area is the same for all of them: a free border adds what a
 * held one sends, 0 MW, and the equations of all sets are solved in one go.
 */
#include "clearing_internal.h"

#include <stdint.h>

double sn_clearing_flow_of_held(const sn_clearing *w, size_t l)
{
    return w->hold[l] == SN_AT_MIN ? w->planned.flow_min_mw[l]
                                   : w->planned.flow_max_mw[l];
}

/* ---- sets ---- */

size_t sn_clearing_root(size_t *root, size_t c)
{
    while (root[c] != c) {
        root[c] = root[root[c]];
        c = root[c];
    }
    return c;
}

static bool joins(const sn_clearing *w, size_t l)
{
    return (w->hold[l] == SN_FREE) & !(w->loss[l] > 0.0);
}

/* Up to so many areas a set is a word. */
enum { WORD = 64 };

/* Roots of the sets that free borders join; a set's root is its lowest area. */
static void join_words(sn_clearing *w)
{
    size_t n = w->network.n_area;
    uint64_t near[WORD] = {0};
    for (size_t l = 0; l < w->network.n_border; l++) {
        size_t i = w->border[l].from;
        size_t j = w->border[l].to;
        uint64_t is_joined = joins(w, l);
        near[i] |= is_joined << j;
        near[j] |= is_joined << i;
    }
    uint64_t done = 0;
    for (size_t r = 0; r < n; r++) {
        uint64_t set = (uint64_t)1 << r;
        uint64_t open = set & ~done;
        while (open != 0) {
            size_t c = (size_t)__builtin_ctzll(open);
            uint64_t more = near[c] & ~set;
            w->root[c] = r;
            set |= more;
            open = (open & (open - 1)) | more;
        }
        done |= set;
    }
}

static void join_many(sn_clearing *w)
{
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        w->root[c] = c;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        if (joins(w, l)) {
            size_t a = sn_clearing_root(w->root, w->border[l].from);
            size_t b = sn_clearing_root(w->root, w->border[l].to);
            w->root[a > b ? a : b] = a > b ? b : a;
        }
    }
    for (size_t c = 0; c < n; c++) {
        w->root[c] = sn_clearing_root(w->root, c);
    }
}

/* Joins areas over free borders; lists members in order; sums the held flows. */
void sn_clearing_make_sets(sn_clearing *w)
{
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        w->last[c] = c;
        w->dirty[c] = false;
        w->share_out[c] = 0.0;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        double f = w->held_mw[4 * l + w->hold[l]];
        w->share_out[w->border[l].from] += f;
        w->share_out[w->border[l].to] -= (1.0 - w->loss[l]) * f;
    }
    if (n <= WORD) {
        join_words(w);
    } else {
        join_many(w);
    }
    if (w->has_loss) {
        sn_clearing_join_lossy(w);
    }
    for (size_t c = 0; c < n; c++) {
        size_t r = w->root[c];
        w->next[w->last[r]] = c;
        w->next[c] = n;
        w->last[r] = c;
        w->dirty[r] |= w->touched[c] || w->has_loss;
        w->touched[c] = false;
    }
}

/* ---- flows ---- */

static void assemble(sn_clearing *w)
{
    static const double free_share[4] = {[SN_FREE] = 1.0};
    for (size_t k = 0; k < w->network.n_area; k++) {
        const sn_place *a = &w->place[k];
        double supply_mw = w->stand[k] == SN_HIGH ? a->high_mw : a->low_mw;
        w->right[k] = supply_mw - w->share_out[k];
        w->pivot[k] = 0.0;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        double rated = w->tie_rated[l] * free_share[w->hold[l]];
        w->matrix[w->cell[l]] -= rated;
        w->pivot[w->border[l].from] += rated;
        w->pivot[w->border[l].to] += rated;
    }
}

/* Symmetric elimination in the plan's order, inside the fill. */
static void eliminate(sn_clearing *w)
{
    size_t n = w->network.n_area;
    double *restrict right = w->right;
    double *restrict pivot = w->pivot;
    const size_t *restrict fill = w->fill;
    for (size_t k = 0; k < n; k++) {
        size_t end = w->fill_end[k + 1];
        const double *row = &w->matrix[k * n];
        double inverse = w->pinned[k] ? 0.0 : 1.0 / pivot[k];
        double here = right[k];
        for (size_t i = w->fill_end[k]; i < end; i++) {
            size_t a = fill[i];
            double *to = &w->matrix[a * n];
            double factor = row[a] * inverse;
            right[a] -= factor * here;
            pivot[a] -= factor * row[a];
            for (size_t j = i + 1; j < end; j++) {
                to[fill[j]] -= factor * row[fill[j]];
            }
        }
        pivot[k] = inverse;
    }
}

/* Potentials from the last to the first; leaves the matrix as it was, all 0. */
static void substitute(sn_clearing *w)
{
    size_t n = w->network.n_area;
    double *restrict potential = w->potential;
    for (size_t k = n; k-- > 0;) {
        double *row = &w->matrix[k * n];
        double sum = w->right[k];
        for (size_t i = w->fill_end[k]; i < w->fill_end[k + 1]; i++) {
            size_t a = w->fill[i];
            sum -= row[a] * potential[a];
            row[a] = 0.0;
        }
        potential[k] = w->pinned[k] ? 0.0 : sum * w->pivot[k];
    }
}

void sn_clearing_find_potentials(sn_clearing *w)
{
    assemble(w);
    eliminate(w);
    substitute(w);
}
