/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The price of a set of areas: where its net supply meets what it must send.  A walk over
 * breakpoints from near the answer, then one exact linear step; the answer does not
 * depend on where the walk began, nor on the side from which it came to a breakpoint.
 */
#include "clearing_internal.h"

#include <math.h>

enum { SECANTS_MAX = 6 };

/* What rounding may make of a price. */
static const double rounding_eur_per_mwh = 1e-11;

/* Beyond the price limits: a set that cannot balance at all. */
static const double beyond_eur_per_mwh = 1e6;

/* First point at or above p: near the place in hand if possible, without branches that
 * depend on the data. */
static size_t find_point(const sn_place *a, double p)
{
    enum { NEAR = 4 };
    const double *price = a->price;
    size_t at = a->at;
    size_t low = at + 1; /* the point lies in low .. low + n_left */
    size_t n_left = NEAR - 1;
    if (at < a->n && price[at] < p) {
        n_left = at + NEAR < a->n && price[at + NEAR] >= p ? n_left : a->n - low;
    } else {
        bool is_near = at >= NEAR && price[at - NEAR] < p;
        low = is_near ? at - NEAR + 1 : 0;
        n_left = at - low;
    }
    while (n_left > 0) {
        size_t half = (n_left + 1) / 2;
        low += price[low + half - 1] < p ? half : 0;
        n_left -= half;
    }
    return low;
}

void sn_clearing_find_place(sn_place *a, double p)
{
    size_t at = find_point(a, p);
    size_t up = at;
    while (up < a->n && a->price[up] <= p) {
        up++;
    }
    a->at = at;
    a->up = up;
    if (at < up) {
        a->low_mw = a->quantity[at];
        a->high_mw = a->quantity[up - 1];
        return;
    }
    double q0 = a->quantity[at == 0 ? 0 : at - 1];
    double q1 = a->quantity[at == a->n ? a->n - 1 : at];
    a->low_mw = a->high_mw =
        q0 >= q1 ? q0
                 : q0 + (q1 - q0) *
                            ((p - a->price[at - 1]) / (a->price[at] - a->price[at - 1]));
}

/* Net supply of set r just below and above p. */
static void supply_at(sn_clearing *w, size_t r, double p, double sum[2])
{
    size_t n = w->network.n_area;
    sum[0] = sum[1] = 0.0;
    for (size_t c = r; c < n; c = w->next[c]) {
        sn_place *a = &w->place[c];
        bool is_plain = a->weight == 1.0;
        sn_clearing_find_place(a, is_plain ? p : sn_clearing_snap(a, p * a->weight));
        sum[0] += a->weight * a->low_mw;
        sum[1] += a->weight * a->high_mw;
    }
}

/* Next breakpoint of set r above (or below) the places in hand, within the limits. */
static double next_price(const sn_clearing *w, size_t r, bool up)
{
    size_t n = w->network.n_area;
    double best =
        up ? w->planned.price_max_eur_per_mwh : w->planned.price_min_eur_per_mwh;
    for (size_t c = r; c < n; c = w->next[c]) {
        const sn_place *a = &w->place[c];
        if (up && a->up < a->n) {
            double p = a->price[a->up] * a->inverse;
            best = p < best ? p : best;
        } else if (!up && a->at > 0) {
            double p = a->price[a->at - 1] * a->inverse;
            best = p > best ? p : best;
        }
    }
    return best;
}

/* How much net supply set r gains per EUR/MWh round the places in hand. */
static double slope_near(const sn_clearing *w, size_t r)
{
    size_t n = w->network.n_area;
    double sum = 0.0;
    for (size_t c = r; c < n; c = w->next[c]) {
        const sn_place *a = &w->place[c];
        size_t i = a->at > 5 ? a->at - 5 : 0;
        size_t k = a->up + 4 < a->n ? a->up + 4 : a->n - 1;
        double rise = a->price[k] - a->price[i];
        sum += rise > 0.0 ? (a->quantity[k] - a->quantity[i]) / rise : 0.0;
    }
    return sum;
}

/* Goes near the price at which set r supplies `wanted`, from p, where the places are and
 * it supplies sum: only to save steps. */
static double approach(sn_clearing *w, size_t r, double wanted, double p, double sum[2])
{
    double low[2] = {w->planned.price_min_eur_per_mwh, NAN};
    double high[2] = {w->planned.price_max_eur_per_mwh, NAN};
    for (int i = 0; i < SECANTS_MAX; i++) {
        double lack = sum[1] < wanted ? wanted - sum[1] : wanted - sum[0];
        if (sum[0] <= wanted && wanted <= sum[1]) {
            return p;
        }
        if (lack > 0.0) {
            low[0] = p;
            low[1] = sum[1];
        } else {
            high[0] = p;
            high[1] = sum[0];
        }
        double slope = isnan(low[1]) || isnan(high[1])
                           ? slope_near(w, r)
                           : (high[1] - low[1]) / (high[0] - low[0]);
        double guess = slope > 0.0 ? p + lack / slope : p;
        double edge = next_price(w, r, lack > 0.0);
        bool is_next = lack > 0.0 ? guess <= edge : guess >= edge;
        if (is_next || !(guess > low[0] && guess < high[0])) {
            return p;
        }
        p = guess;
        supply_at(w, r, p, sum);
    }
    return p;
}

/* Shortage at the cap, or surplus at the floor: shared in proportion to the steps there,
 * as if each were a line over one EUR/MWh beyond the limit (M-13). */
static double share_step(sn_clearing *w, size_t r, double p, double share, double beyond)
{
    size_t n = w->network.n_area;
    for (size_t c = r; c < n; c = w->next[c]) {
        sn_place *a = &w->place[c];
        a->low_mw = a->high_mw = a->low_mw + share * (a->high_mw - a->low_mw);
    }
    return p + beyond;
}

/* The set stands on a step at p: the price, and whether it is a clear answer. */
static double
settle_on_step(sn_clearing *w, size_t r, double p, double wanted, const double sum[2])
{
    double size = sum[1] - sum[0];
    if (p >= w->planned.price_max_eur_per_mwh) {
        double share = (wanted - sum[0]) / size;
        return share_step(w, r, p, share, share);
    }
    if (p <= w->planned.price_min_eur_per_mwh) {
        double share = (wanted - sum[0]) / size;
        return share_step(w, r, p, share, share - 1.0);
    }
    w->is_step[r] = true;
    return p;
}

/* No member has a breakpoint between low and high, where net supply is low[1] and
 * high[1]: one exact linear step. */
static double price_between(const double low[2], const double high[2], double wanted)
{
    return low[0] + (high[0] - low[0]) * ((wanted - low[1]) / (high[1] - low[1]));
}

/* Net supply at price p of an area that lies between two points of its curve, both of
 * which p may be: on the line between them. */
static double line_at(const sn_place *a, double p)
{
    if (a->at == 0 || a->at == a->n) {
        return a->quantity[a->at == 0 ? 0 : a->n - 1];
    }
    double q0 = a->quantity[a->at - 1];
    double q1 = a->quantity[a->at];
    double share = (p - a->price[a->at - 1]) / (a->price[a->at] - a->price[a->at - 1]);
    return q0 + (q1 - q0) * share;
}

static double sum_lines(const sn_clearing *w, size_t r, double p)
{
    double sum = 0.0;
    for (size_t c = r; c < w->network.n_area; c = w->next[c]) {
        const sn_place *a = &w->place[c];
        sum += a->weight * line_at(a, p * a->weight);
    }
    return sum;
}

static bool is_breakpoint(const sn_clearing *w, size_t r)
{
    size_t n = w->network.n_area;
    for (size_t c = r; c < n; c = w->next[c]) {
        if (w->place[c].at < w->place[c].up) {
            return true;
        }
    }
    return false;
}

/* The breakpoint after p that is not within rounding of it: two areas' points may differ
 * by the last digit, and what lies between them is no stretch.  Leaves the places there,
 * and in sum the supply there. */
static double far_price(sn_clearing *w, size_t r, double p, bool up, double sum[2])
{
    double at = p;
    for (;;) {
        double next = next_price(w, r, up);
        bool is_new = up ? next > at : next < at;
        if (!is_new) {
            return at;
        }
        at = next;
        supply_at(w, r, at, sum);
        if (fabs(at - p) > SN_TOLERANCE_EUR_PER_MWH) {
            return at;
        }
    }
}

/* Of breakpoints within rounding of each other that all serve, the lowest: which one was
 * met first depends on where the search began. */
static double
lowest_alike(sn_clearing *w, size_t r, double p, double wanted, double sum[2])
{
    const double near = 2.0 * SN_TOLERANCE_MW;
    for (double start = p;;) {
        double below = next_price(w, r, false);
        double there[2];
        if (!(below < p) || start - below > rounding_eur_per_mwh) {
            return p;
        }
        supply_at(w, r, below, there);
        if (there[1] < wanted - near) {
            supply_at(w, r, p, sum);
            return p;
        }
        p = below;
        sum[0] = there[0];
        sum[1] = there[1];
    }
}

static double settle_between(sn_clearing *w, size_t r, double p, double wanted);

/* Wanted lies at p or on the edge of it: a step, a bend, or a gap. */
static double settle_at(sn_clearing *w, size_t r, double p, double wanted, double sum[2])
{
    const double near = 2.0 * SN_TOLERANCE_MW;
    if (wanted - sum[0] > near && sum[1] - wanted > near) {
        return settle_on_step(w, r, p, wanted, sum);
    }
    bool is_bend = is_breakpoint(w, r);
    p = is_bend ? lowest_alike(w, r, p, wanted, sum) : p;
    double there[2] = {sum[0], sum[1]};
    double above = far_price(w, r, p, true, there);
    bool is_gap = above <= p || there[0] - wanted <= near;
    supply_at(w, r, p, there);
    double below = far_price(w, r, p, false, there);
    is_gap = is_gap || below >= p || wanted - there[1] <= near;
    if (!is_gap && !is_bend) {
        return settle_between(w, r, p, wanted);
    }
    supply_at(w, r, p, there);
    w->is_gap[r] = is_gap;
    w->is_step[r] = sum[1] > sum[0];
    return p;
}

/* At a breakpoint within rounding of p, the answer must not depend on which side of it
 * the search came from.  NAN: there is none, and the places are back round p. */
static double
settle_on_bend(sn_clearing *w, size_t r, double p, double bend, double wanted)
{
    double sum[2];
    supply_at(w, r, bend, sum);
    if (is_breakpoint(w, r) && sum[0] <= wanted + 2.0 * SN_TOLERANCE_MW &&
        sum[1] >= wanted - 2.0 * SN_TOLERANCE_MW) {
        return settle_at(w, r, bend, wanted, sum);
    }
    supply_at(w, r, p, sum);
    return NAN;
}

/* The breakpoints round the places in hand, and the net supply at them. */
static void find_stretch(const sn_clearing *w, size_t r, double low[2], double high[2])
{
    low[0] = next_price(w, r, false);
    high[0] = next_price(w, r, true);
    low[1] = sum_lines(w, r, low[0]);
    high[1] = sum_lines(w, r, high[0]);
}

/* Wanted lies strictly between two breakpoints, the places are at p between them. */
static double settle_inside(sn_clearing *w,
                            size_t r,
                            double p,
                            const double low[2],
                            const double high[2],
                            double wanted)
{
    double middle = p;
    p = price_between(low, high, wanted);
    double bend = p - low[0] < high[0] - p ? low[0] : high[0];
    if (fabs(p - bend) <= rounding_eur_per_mwh) {
        double settled = settle_on_bend(w, r, middle, bend, wanted);
        if (!isnan(settled)) {
            return settled;
        }
    }
    for (size_t c = r; c < w->network.n_area; c = w->next[c]) {
        sn_place *a = &w->place[c];
        a->low_mw = a->high_mw = line_at(a, p * a->weight);
    }
    return p;
}

static double settle_between(sn_clearing *w, size_t r, double p, double wanted)
{
    double low[2];
    double high[2];
    double sum[2];
    supply_at(w, r, p, sum);
    find_stretch(w, r, low, high);
    return settle_inside(w, r, p, low, high, wanted);
}

/* Wanted lies well inside the stretch round p, where the places are: what any other way
 * to it ends with too. */
static bool is_inside(const sn_clearing *w,
                      size_t r,
                      double p,
                      double wanted,
                      double low[2],
                      double high[2])
{
    const double well = 8.0 * SN_TOLERANCE_MW;
    if (w->has_loss || is_breakpoint(w, r)) {
        return false;
    }
    find_stretch(w, r, low, high);
    return low[0] < p && p < high[0] && wanted - low[1] > well && high[1] - wanted > well;
}

double sn_clearing_find_price(sn_clearing *w, size_t r, double wanted, double start)
{
    double floor_price = w->planned.price_min_eur_per_mwh;
    double cap = w->planned.price_max_eur_per_mwh;
    double sum[2];
    double low[2];
    double high[2];
    double near = 2.0 * SN_TOLERANCE_MW;
    double p = start < floor_price ? floor_price : start > cap ? cap : start;
    w->is_step[r] = w->is_gap[r] = false;
    supply_at(w, r, p, sum);
    if (is_inside(w, r, p, wanted, low, high)) {
        return settle_inside(w, r, p, low, high, wanted);
    }
    p = approach(w, r, wanted, p, sum);
    for (;;) {
        bool up = sum[1] < wanted;
        bool down = sum[0] > wanted;
        if (!up && !down) {
            return settle_at(w, r, p, wanted, sum);
        }
        if ((up && p >= cap) || (down && p <= floor_price)) {
            double lack = up ? wanted - sum[1] : sum[0] - wanted;
            double beyond = lack <= near ? 0.0 : beyond_eur_per_mwh;
            w->is_gap[r] = lack <= near;
            return p + (up ? beyond : -beyond);
        }
        double next = next_price(w, r, up);
        double there[2];
        supply_at(w, r, next, there);
        if (up ? there[0] > wanted : there[1] < wanted) {
            double rise = up ? there[0] - sum[1] : sum[0] - there[1];
            double middle = 0.5 * (p + next);
            if (rise > near) {
                return settle_between(w, r, middle, wanted);
            }
            if (fabs(next - p) <= SN_TOLERANCE_EUR_PER_MWH) {
                supply_at(w, r, fmin(p, next), sum);
                return settle_at(w, r, fmin(p, next), wanted, sum);
            }
            supply_at(w, r, middle, sum);
            w->is_gap[r] = true;
            return middle;
        }
        p = next;
        sum[0] = there[0];
        sum[1] = there[1];
    }
}
