/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of areas inside the solver: the order of elimination of the flow equations,
 * by least degree, so that their factor stays as sparse as the network.  Equal degrees
 * go by first appearance in the list of borders; outer numbers do not matter.
 */
#include "clearing_internal.h"

#include <string.h>

/* Order of first appearance in the list of borders; areas without one last. */
static void number_by_appearance(sn_clearing *w, const sn_network *network)
{
    size_t n = 0;
    for (size_t z = 0; z < network->n_area; z++) {
        w->plan_of[z] = network->n_area;
    }
    for (size_t l = 0; l < network->n_border; l++) {
        size_t ends[2] = {network->border[l].from, network->border[l].to};
        for (int k = 0; k < 2; k++) {
            if (w->plan_of[ends[k]] == network->n_area) {
                w->plan_of[ends[k]] = n;
                w->area_of[n++] = ends[k];
            }
        }
    }
    for (size_t z = 0; z < network->n_area; z++) {
        if (w->plan_of[z] == network->n_area) {
            w->plan_of[z] = n;
            w->area_of[n++] = z;
        }
    }
}

static size_t degree(const double *joined, size_t n, size_t z)
{
    size_t sum = 0;
    for (size_t y = 0; y < n; y++) {
        sum += joined[z * n + y] > 0.0;
    }
    return sum;
}

/* Takes area z out of the graph: its neighbours are joined with each other. */
static void eliminate(double *joined, size_t n, size_t z)
{
    for (size_t a = 0; a < n; a++) {
        if (joined[z * n + a] > 0.0) {
            for (size_t b = 0; b < n; b++) {
                joined[a * n + b] =
                    a != b && joined[z * n + b] > 0.0 ? 1.0 : joined[a * n + b];
            }
        }
    }
    for (size_t a = 0; a < n; a++) {
        joined[z * n + a] = joined[a * n + z] = 0.0;
    }
}

/* Orders by least degree; root[k] becomes the area that appeared as root[k]-th and is
 * eliminated as k-th.  Writes the fill in numbers of appearance. */
static void order(sn_clearing *w, const sn_network *network)
{
    size_t n = network->n_area;
    double *joined = w->matrix;
    memset(joined, 0, n * n * sizeof *joined);
    for (size_t l = 0; l < network->n_border; l++) {
        size_t a = w->plan_of[network->border[l].from];
        size_t b = w->plan_of[network->border[l].to];
        if (a != b) {
            joined[a * n + b] = joined[b * n + a] = 1.0;
        }
    }
    for (size_t z = 0; z < n; z++) {
        w->touched[z] = false;
    }
    size_t n_fill = 0;
    w->fill_end[0] = 0;
    for (size_t k = 0; k < n; k++) {
        size_t best = n;
        size_t least = n + 1;
        for (size_t z = 0; z < n; z++) {
            size_t d = w->touched[z] ? n + 1 : degree(joined, n, z);
            if (d < least) {
                least = d;
                best = z;
            }
        }
        w->touched[best] = true;
        w->root[k] = best;
        for (size_t a = 0; a < n; a++) {
            if (joined[best * n + a] > 0.0) {
                w->fill[n_fill++] = a;
            }
        }
        w->fill_end[k + 1] = n_fill;
        eliminate(joined, n, best);
    }
}

static void sort_column(size_t *row, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        size_t value = row[i];
        size_t k = i;
        for (; k > 0 && row[k - 1] > value; k--) {
            row[k] = row[k - 1];
        }
        row[k] = value;
    }
}

/* The same ends: ratings decide nothing here. */
static bool is_known(const sn_clearing *w, const sn_network *network)
{
    bool same =
        w->known.n_area == network->n_area && w->known.n_border == network->n_border;
    for (size_t l = 0; same && l < network->n_border; l++) {
        same = w->known_border[l].from == network->border[l].from &&
               w->known_border[l].to == network->border[l].to;
    }
    return same;
}

void sn_clearing_plan(sn_clearing *w, const sn_network *network)
{
    if (is_known(w, network)) {
        return;
    }
    size_t n = network->n_area;
    number_by_appearance(w, network);
    order(w, network);
    for (size_t k = 0; k < n; k++) { /* number of appearance -> of elimination */
        w->next[w->root[k]] = k;
    }
    for (size_t k = 0, i = 0; k < n; k++) {
        size_t begin = i;
        for (; i < w->fill_end[k + 1]; i++) {
            w->fill[i] = w->next[w->fill[i]];
        }
        sort_column(&w->fill[begin], i - begin);
    }
    for (size_t z = 0; z < n; z++) {
        w->plan_of[z] = w->next[w->plan_of[z]];
    }
    for (size_t z = 0; z < n; z++) {
        w->area_of[w->plan_of[z]] = z;
    }
    for (size_t l = 0; l < network->n_border; l++) {
        w->known_border[l] = network->border[l];
        w->border[l] = network->border[l];
        w->border[l].from = w->plan_of[network->border[l].from];
        w->border[l].to = w->plan_of[network->border[l].to];
        size_t first =
            w->border[l].from < w->border[l].to ? w->border[l].from : w->border[l].to;
        w->cell[l] = first * n + (w->border[l].from + w->border[l].to - first);
    }
    w->known = (sn_network){n, network->n_border, w->known_border};
    w->network = (sn_network){n, network->n_border, w->border};
    sn_clearing_forget(w);
}
