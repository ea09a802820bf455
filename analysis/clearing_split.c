/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decomposition (MODEL.md section 2).  For a set of areas joined by borders: find the
 * common price at which their net supply equals the fixed exports over borders that
 * are already full; test by maximum flow whether the borders inside carry it; if not,
 * the minimum cut splits the set into a cheap and a dear side with every border
 * between them full from cheap to dear, and each side is solved alone.  At most
 * n_area - 1 splits; exact because the base problem is a separable convex function
 * over a cut polytope (Fujishige, Groenevelt).
 *
 * Then prices: with an optimal flow,
 * the optimal prices are a lattice given by an interval per area and an order per
 * border; the midpoint of its least and greatest element is the answer (M-13).
 */
#include "clearing_internal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const double tolerance_mw = SN_TOLERANCE_MW;

static size_t node_count(const sn_clearing *w)
{
    return w->n_area + 3; /* root, source, sink */
}

/* First point with a price above p. */
static size_t upper(const sn_curve *c, double p)
{
    size_t low = 0;
    size_t high = c->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c->price_eur_per_mwh[middle] > p) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* First point with a price of p or more. */
static size_t lower(const sn_curve *c, double p)
{
    size_t low = 0;
    size_t high = c->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c->price_eur_per_mwh[middle] >= p) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static double interpolate(const sn_curve *c, size_t k, double p)
{
    double p0 = c->price_eur_per_mwh[k - 1];
    double p1 = c->price_eur_per_mwh[k];
    double q0 = c->quantity_mw[k - 1];
    return q0 + (c->quantity_mw[k] - q0) * ((p - p0) / (p1 - p0));
}

/* Net supply just below and just above p. */
static void supply_at(const sn_curve *c, double p, double *low_out, double *high_out)
{
    size_t lo = lower(c, p);
    size_t up = upper(c, p);
    if (lo == up) { /* no point at p */
        double q = lo == 0      ? c->quantity_mw[0]
                   : lo == c->n ? c->quantity_mw[c->n - 1]
                                : interpolate(c, lo, p);
        *low_out = *high_out = q;
        return;
    }
    *low_out = c->quantity_mw[lo];
    *high_out = c->quantity_mw[up - 1];
}

/* Net supply of the set just below and just above p, searching each member's curve
 * only between its window's ends.  Keeps where p falls, for narrow(). */
static void
set_supply_at(sn_clearing *w, const sn_clearing_problem *problem, double p, double sum[2])
{
    sum[0] = sum[1] = 0.0;
    for (size_t m = 0; m < w->n_member; m++) {
        const sn_curve *c = &problem->net_supply[w->member[m]];
        size_t low = w->window[2 * m];
        size_t high = w->window[2 * m + 1];
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (c->price_eur_per_mwh[middle] >= p) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        size_t up = low;
        while (up < c->n && c->price_eur_per_mwh[up] <= p) {
            up++;
        }
        w->found[2 * m] = low;
        w->found[2 * m + 1] = up;
        if (low < up) {
            sum[0] += c->quantity_mw[low];
            sum[1] += c->quantity_mw[up - 1];
            continue;
        }
        double q = low == 0      ? c->quantity_mw[0]
                   : low == c->n ? c->quantity_mw[c->n - 1]
                                 : interpolate(c, low, p);
        sum[0] += q;
        sum[1] += q;
    }
}

/* The price last asked for becomes the lower (side 0) or upper (1) end. */
static void narrow(sn_clearing *w, int side)
{
    for (size_t m = 0; m < w->n_member; m++) {
        w->window[2 * m + (size_t)side] = w->found[2 * m + (side == 0 ? 1 : 0)];
    }
}

/* A breakpoint strictly inside the windows: the middle one of the member that has most
 * left. */
static bool
pivot_price(const sn_clearing *w, const sn_clearing_problem *problem, double *out)
{
    size_t most = 0;
    size_t best = 0;
    for (size_t m = 0; m < w->n_member; m++) {
        size_t begin = w->window[2 * m];
        size_t end = w->window[2 * m + 1];
        if (end > begin && end - begin > most) {
            most = end - begin;
            best = m;
        }
    }
    if (most == 0) {
        return false;
    }
    const sn_curve *c = &problem->net_supply[w->member[best]];
    *out = c->price_eur_per_mwh[w->window[2 * best] + most / 2];
    return true;
}

/* The set's members, with windows of the points strictly inside the price limits. */
static void gather(sn_clearing *w, const sn_clearing_problem *problem, size_t set)
{
    w->n_member = 0;
    for (size_t z = 0; z < problem->network->n_area; z++) {
        if (w->set_of[z] == set) {
            const sn_curve *c = &problem->net_supply[z];
            w->member[w->n_member] = z;
            w->window[2 * w->n_member] = 0;
            w->window[2 * w->n_member + 1] = c->n;
            w->n_member++;
        }
    }
}

/* Exact price between low and high, where no member has a breakpoint inside.  The
 * ends are breakpoints or limits, so the result does not depend on the way here. */
static double price_between(const double low[2], const double high[2], double wanted_mw)
{
    double rise = high[1] - low[1];
    double share = rise > 0.0 ? (wanted_mw - low[1]) / rise : 0.5;
    return low[0] + (high[0] - low[0]) * share;
}

/* Price at which the set's net supply meets its fixed exports; false: none within the
 * limits.  Bisection over breakpoints, then one exact linear step. */
static bool find_price(sn_clearing *w,
                       const sn_clearing_problem *problem,
                       size_t set,
                       double wanted_mw,
                       double *out)
{
    double low[2] = {problem->price_min_eur_per_mwh, 0.0};  /* price, supply above it */
    double high[2] = {problem->price_max_eur_per_mwh, 0.0}; /* price, supply below it */
    double sum[2];
    gather(w, problem, set);
    set_supply_at(w, problem, low[0], sum);
    *out = low[0];
    if (sum[0] > wanted_mw + tolerance_mw || sum[1] >= wanted_mw) {
        return sum[0] <= wanted_mw + tolerance_mw;
    }
    low[1] = sum[1];
    narrow(w, 0);
    set_supply_at(w, problem, high[0], sum);
    *out = high[0];
    if (sum[1] < wanted_mw - tolerance_mw || sum[0] <= wanted_mw) {
        return sum[1] >= wanted_mw - tolerance_mw;
    }
    high[1] = sum[0];
    narrow(w, 1);
    while (pivot_price(w, problem, out)) {
        set_supply_at(w, problem, *out, sum);
        if (sum[1] < wanted_mw) {
            low[0] = *out;
            low[1] = sum[1];
            narrow(w, 0);
        } else if (sum[0] > wanted_mw) {
            high[0] = *out;
            high[1] = sum[0];
            narrow(w, 1);
        } else {
            return true;
        }
    }
    *out = price_between(low, high, wanted_mw);
    return true;
}

static void add_arc(sn_clearing *w, size_t from, size_t to, double room, double back)
{
    w->arc[w->n_arc] = (sn_arc){to, room};
    w->arc[w->n_arc + 1] = (sn_arc){from, back};
    w->n_arc += 2;
}

/* Adjacency lists by counting: arc k leaves the node that arc k ^ 1 enters. */
static void index_arcs(sn_clearing *w)
{
    size_t n = node_count(w);
    memset(w->first, 0, (n + 1) * sizeof *w->first);
    for (size_t k = 0; k < w->n_arc; k++) {
        w->first[w->arc[k ^ 1].to + 1]++;
    }
    for (size_t i = 0; i < n; i++) {
        w->first[i + 1] += w->first[i];
        w->cursor[i] = w->first[i];
    }
    for (size_t k = 0; k < w->n_arc; k++) {
        w->adjacent[w->cursor[w->arc[k ^ 1].to]++] = k;
    }
}

static bool reach_sink(sn_clearing *w, size_t source, size_t sink)
{
    size_t n = node_count(w);
    for (size_t i = 0; i < n; i++) {
        w->level[i] = SIZE_MAX;
    }
    size_t head = 0;
    size_t tail = 0;
    w->level[source] = 0;
    w->queue[tail++] = source;
    while (head < tail) {
        size_t node = w->queue[head++];
        for (size_t i = w->first[node]; i < w->first[node + 1]; i++) {
            const sn_arc *arc = &w->arc[w->adjacent[i]];
            if (arc->room > tolerance_mw * 1e-3 && w->level[arc->to] == SIZE_MAX) {
                w->level[arc->to] = w->level[node] + 1;
                w->queue[tail++] = arc->to;
            }
        }
    }
    return w->level[sink] != SIZE_MAX;
}

static double push(sn_clearing *w, size_t node, size_t sink, double amount)
{
    if (node == sink) {
        return amount;
    }
    for (; w->cursor[node] < w->first[node + 1]; w->cursor[node]++) {
        size_t k = w->adjacent[w->cursor[node]];
        sn_arc *arc = &w->arc[k];
        if (arc->room > tolerance_mw * 1e-3 && w->level[arc->to] == w->level[node] + 1) {
            double sent = push(w, arc->to, sink, fmin(amount, arc->room));
            if (sent > 0.0) {
                arc->room -= sent;
                w->arc[k ^ 1].room += sent;
                return sent;
            }
        }
    }
    return 0.0;
}

static double max_flow(sn_clearing *w, size_t source, size_t sink)
{
    double total = 0.0;
    while (reach_sink(w, source, sink)) {
        memcpy(w->cursor, w->first, node_count(w) * sizeof *w->cursor);
        double sent;
        while ((sent = push(w, source, sink, INFINITY)) > 0.0) {
            total += sent;
        }
    }
    return total;
}

/* Unlimited is this much here: far above any flow, small enough to keep 1e-9 MW. */
static const double unlimited_mw = 1e7;

static double flow_min(const sn_clearing_problem *problem, size_t l)
{
    return fmax(problem->flow_min_mw[l], -unlimited_mw);
}

static double flow_max(const sn_clearing_problem *problem, size_t l)
{
    return fmin(problem->flow_max_mw[l], unlimited_mw);
}

/* Do the borders inside the set carry its net positions at its price?  Writes flows
 * when they do; leaves the cheap side of the minimum cut in level[] when not. */
static bool fits(sn_clearing *w, const sn_clearing_problem *problem, size_t set)
{
    const sn_network *network = problem->network;
    size_t root = w->n_area;
    size_t source = root + 1;
    size_t sink = root + 2;
    w->n_arc = 0;
    memset(w->right, 0, w->n_area * sizeof *w->right);
    for (size_t l = 0; l < network->n_border; l++) {
        const sn_border *border = &network->border[l];
        if (w->side[l] != 0 || w->set_of[border->from] != set ||
            w->set_of[border->to] != set) {
            continue;
        }
        double base = fmin(fmax(0.0, flow_min(problem, l)), flow_max(problem, l));
        w->border_arc[l] = w->n_arc;
        add_arc(w, border->from, border->to, flow_max(problem, l) - base,
                base - flow_min(problem, l));
        w->right[border->from] += base;
        w->right[border->to] -= base;
    }
    double must_ship = 0.0;
    double must_take = 0.0;
    for (size_t z = 0; z < network->n_area; z++) {
        if (w->set_of[z] != set) {
            continue;
        }
        double a = w->low_mw[z] - w->fixed_out[z] - w->right[z];
        double b = w->high_mw[z] - w->fixed_out[z] - w->right[z];
        must_ship += fmax(a, 0.0);
        must_take += fmax(-b, 0.0);
        add_arc(w, source, z, fmax(a, 0.0), 0.0);
        add_arc(w, z, sink, fmax(-b, 0.0), 0.0);
        add_arc(w, root, z, fmax(b, 0.0) - fmax(a, 0.0), fmax(-a, 0.0) - fmax(-b, 0.0));
    }
    add_arc(w, root, sink, must_ship, 0.0);
    add_arc(w, source, root, must_take, 0.0);
    index_arcs(w);
    double sent = max_flow(w, source, sink);
    if (sent < must_ship + must_take - tolerance_mw) {
        return false;
    }
    for (size_t l = 0; l < network->n_border; l++) {
        if (w->side[l] == 0 && w->set_of[network->border[l].from] == set) {
            w->flow[l] = flow_max(problem, l) - w->arc[w->border_arc[l]].room;
        }
    }
    return true;
}

/* Areas reachable from the source are cheap: every border to the dear side is full. */
static bool
split(sn_clearing *w, const sn_clearing_problem *problem, size_t set, size_t new_set)
{
    const sn_network *network = problem->network;
    size_t n_cheap = 0;
    size_t n_dear = 0;
    for (size_t z = 0; z < network->n_area; z++) {
        if (w->set_of[z] == set) {
            bool cheap = w->level[z] != SIZE_MAX;
            n_cheap += cheap;
            n_dear += !cheap;
            w->set_of[z] = cheap ? set : new_set;
        }
    }
    if (n_cheap == 0 || n_dear == 0) {
        return false;
    }
    for (size_t l = 0; l < network->n_border; l++) {
        size_t from = network->border[l].from;
        size_t to = network->border[l].to;
        bool out = w->set_of[from] == set && w->set_of[to] == new_set;
        bool in = w->set_of[from] == new_set && w->set_of[to] == set;
        if (w->side[l] == 0 && (out || in)) {
            w->side[l] = out ? 2 : 1;
            w->flow[l] = out ? flow_max(problem, l) : flow_min(problem, l);
            w->fixed_out[from] += w->flow[l];
            w->fixed_out[to] -= w->flow[l];
        }
    }
    return true;
}

/* Shortage at the cap, or surplus at the floor: shared in proportion to the steps there,
 * as if each were a line over one EUR/MWh beyond the limit (M-13). */
static void share_beyond(sn_clearing *w,
                         const sn_clearing_problem *problem,
                         size_t set,
                         double price,
                         double wanted_mw)
{
    double low = 0.0;
    double high = 0.0;
    for (size_t z = 0; z < problem->network->n_area; z++) {
        low += w->set_of[z] == set ? w->low_mw[z] : 0.0;
        high += w->set_of[z] == set ? w->high_mw[z] : 0.0;
    }
    bool is_short =
        price >= problem->price_max_eur_per_mwh && wanted_mw > low + tolerance_mw;
    bool is_surplus =
        price <= problem->price_min_eur_per_mwh && wanted_mw < high - tolerance_mw;
    double share =
        high > low ? fmin(fmax((wanted_mw - low) / (high - low), 0.0), 1.0) : 0.0;
    for (size_t z = 0; z < problem->network->n_area; z++) {
        if (w->set_of[z] == set) {
            w->beyond[z] = is_short ? share : is_surplus ? share - 1.0 : 0.0;
            if (is_short || is_surplus) {
                w->low_mw[z] += share * (w->high_mw[z] - w->low_mw[z]);
                w->high_mw[z] = w->low_mw[z];
            }
        }
    }
}

/* Splits until every set's flows fit; false when a set cannot balance. */
static bool decompose(sn_clearing *w, const sn_clearing_problem *problem)
{
    const sn_network *network = problem->network;
    memset(w->set_of, 0, network->n_area * sizeof *w->set_of);
    memset(w->fixed_out, 0, network->n_area * sizeof *w->fixed_out);
    memset(w->side, 0, network->n_border * sizeof *w->side);
    size_t n_set = 1;
    for (size_t set = 0; set < n_set;) {
        w->set_in_hand = set;
        double wanted_mw = 0.0;
        for (size_t z = 0; z < network->n_area; z++) {
            wanted_mw += w->set_of[z] == set ? w->fixed_out[z] : 0.0;
        }
        double price;
        if (!find_price(w, problem, set, wanted_mw, &price)) {
            return false;
        }
        for (size_t z = 0; z < network->n_area; z++) {
            if (w->set_of[z] == set) {
                w->set_price[z] = price;
                supply_at(&problem->net_supply[z], price, &w->low_mw[z], &w->high_mw[z]);
            }
        }
        share_beyond(w, problem, set, price, wanted_mw);
        if (fits(w, problem, set)) {
            set++;
        } else if (!split(w, problem, set, n_set)) {
            return false;
        } else {
            n_set++;
        }
    }
    return true;
}

/* Prices at which the curve allows the net position that area z has: as far as the
 * curve is flat beyond the set's price, up or down. */
static void price_interval(sn_clearing *w, const sn_clearing_problem *problem, size_t z)
{
    const sn_curve *c = &problem->net_supply[z];
    double p = w->set_price[z];
    double n = w->net[z];
    w->price_low[z] = w->price_high[z] = p;
    if (w->beyond[z] != 0.0) {
        return;
    }
    if (n >= w->high_mw[z] - tolerance_mw) {
        size_t k = upper(c, p);
        while (k < c->n && c->quantity_mw[k] <= w->high_mw[z] + tolerance_mw) {
            k++;
        }
        double end = k == c->n ? problem->price_max_eur_per_mwh
                               : c->price_eur_per_mwh[k == 0 ? 0 : k - 1];
        w->price_high[z] = fmin(fmax(p, end), problem->price_max_eur_per_mwh);
    }
    if (n <= w->low_mw[z] + tolerance_mw) {
        size_t k = lower(c, p);
        while (k > 0 && c->quantity_mw[k - 1] >= w->low_mw[z] - tolerance_mw) {
            k--;
        }
        double end = k == 0 ? problem->price_min_eur_per_mwh
                            : c->price_eur_per_mwh[k == c->n ? c->n - 1 : k];
        w->price_low[z] = fmax(fmin(p, end), problem->price_min_eur_per_mwh);
    }
}

/* Least and greatest optimal prices: each border orders or joins its ends. */
static void propagate(sn_clearing *w, const sn_clearing_problem *problem)
{
    const sn_network *network = problem->network;
    bool changed = true;
    while (changed) {
        changed = false;
        for (size_t l = 0; l < network->n_border; l++) {
            size_t i = network->border[l].from;
            size_t j = network->border[l].to;
            bool up = w->flow[l] < flow_max(problem, l) - tolerance_mw;   /* p_j <= p_i */
            bool down = w->flow[l] > flow_min(problem, l) + tolerance_mw; /* p_i <= p_j */
            size_t below[2] = {j, i};
            size_t above[2] = {i, j};
            bool holds[2] = {up, down};
            for (int k = 0; k < 2; k++) {
                if (holds[k] && w->price_high[below[k]] > w->price_high[above[k]]) {
                    w->price_high[below[k]] = w->price_high[above[k]];
                    changed = true;
                }
                if (holds[k] && w->price_low[above[k]] < w->price_low[below[k]]) {
                    w->price_low[above[k]] = w->price_low[below[k]];
                    changed = true;
                }
            }
        }
    }
}

/* Net positions follow from flows, so that the balance is exact. */
static void sum_flows(sn_clearing *w, const sn_network *network)
{
    memset(w->net, 0, network->n_area * sizeof *w->net);
    for (size_t l = 0; l < network->n_border; l++) {
        w->net[network->border[l].from] += w->flow[l];
        w->net[network->border[l].to] -= w->flow[l];
    }
}

static void find_prices(sn_clearing *w, const sn_clearing_problem *problem)
{
    const sn_network *network = problem->network;
    sum_flows(w, network);
    for (size_t z = 0; z < network->n_area; z++) {
        price_interval(w, problem, z);
    }
    propagate(w, problem);
    for (size_t z = 0; z < network->n_area; z++) {
        w->price[z] = 0.5 * (w->price_low[z] + w->price_high[z]);
    }
}

bool sn_clearing_split(sn_clearing *w)
{
    const sn_clearing_problem *problem = &w->planned;
    if (!decompose(w, problem)) {
        return false;
    }
    find_prices(w, problem);
    return true;
}
