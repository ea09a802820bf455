/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The price of a set of areas: where its net supply meets what it must send.  A walk over
 * breakpoints from near the answer, then one exact linear step; the answer does not
 * depend on where the walk began, nor on the side from which it came to a breakpoint.
 */
#include "clearing_internal.h"

#include <math.h>

/* With losses an interval of prices is answered by where the search ends in it, so there
 * it goes on as it always has. */
enum { SECANTS_MAX = 3, SECANTS_LOSSY = 6 };

/* What rounding may make of a price. */
static const double rounding_eur_per_mwh = 1e-11;

/* Beyond the price limits: a set that cannot balance at all. */
static const double beyond_eur_per_mwh = 1e6;

/* First point at or above p: near the place in hand if possible, without branches that
 * depend on the data. */
static inline size_t find_point(const sn_place *a, double p)
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

/* Area a at price p, of which `at` is the first point at or above it and `up` the first
 * above. */
static inline void set_place(sn_place *a, double p, size_t at, size_t up)
{
    const double *price = a->price;
    double low = a->quantity[at < a->n ? at : a->n - 1];
    double high = a->quantity[up > 0 ? up - 1 : 0];
    if (low > high) { /* inside a line: high is its start */
        double share = (p - price[at - 1]) / (price[at] - price[at - 1]);
        low = high = high + (low - high) * share;
    }
    a->at = at;
    a->up = up;
    a->low_mw = low;
    a->high_mw = high;
}

/* From `at`, the first point at or above p. */
static inline void rise_from(sn_place *a, double p, size_t at)
{
    size_t up = at;
    while (up < a->n && a->price[up] <= p) {
        up++;
    }
    set_place(a, p, at, up);
}

/* From `up`, the first point above p. */
static inline void fall_from(sn_place *a, double p, size_t up)
{
    size_t at = up;
    while (at > 0 && a->price[at - 1] >= p) {
        at--;
    }
    set_place(a, p, at, up);
}

void sn_clearing_find_place(sn_place *a, double p)
{
    rise_from(a, p, find_point(a, p));
}

/* The net supply of a set round a price. */
typedef struct sn_supply {
    double low, high;    /* just below it and just above */
    double below, above; /* the breakpoints next to it, within the limits */
} sn_supply;

/* Where a price lies from the places in hand. */
typedef enum sn_way {
    SN_ANYWHERE,
    SN_NEXT_ABOVE, /* at the next breakpoint */
    SN_NEXT_BELOW,
} sn_way;

/* All weights are 1. */
static inline __attribute__((always_inline)) sn_supply
move_plain(sn_clearing *w, size_t r, double p, sn_way way)
{
    size_t n = w->network.n_area;
    sn_supply s = {0.0, 0.0, w->planned.price_min_eur_per_mwh,
                   w->planned.price_max_eur_per_mwh};
    for (size_t c = r; c < n; c = w->next[c]) {
        sn_place *a = &w->place[c];
        if (way == SN_NEXT_ABOVE) {
            rise_from(a, p, a->up);
        } else if (way == SN_NEXT_BELOW) {
            fall_from(a, p, a->at);
        } else {
            rise_from(a, p, find_point(a, p));
        }
        s.low += a->low_mw;
        s.high += a->high_mw;
        double below = a->at > 0 ? a->price[a->at - 1] : s.below;
        double above = a->up < a->n ? a->price[a->up] : s.above;
        s.below = below > s.below ? below : s.below;
        s.above = above < s.above ? above : s.above;
    }
    return s;
}

static sn_supply move_weighed(sn_clearing *w, size_t r, double p)
{
    size_t n = w->network.n_area;
    sn_supply s = {0.0, 0.0, w->planned.price_min_eur_per_mwh,
                   w->planned.price_max_eur_per_mwh};
    for (size_t c = r; c < n; c = w->next[c]) {
        sn_place *a = &w->place[c];
        sn_clearing_find_place(a,
                               a->weight == 1.0 ? p : sn_clearing_snap(a, p * a->weight));
        s.low += a->weight * a->low_mw;
        s.high += a->weight * a->high_mw;
        double below = a->at > 0 ? a->price[a->at - 1] * a->inverse : s.below;
        double above = a->up < a->n ? a->price[a->up] * a->inverse : s.above;
        s.below = below > s.below ? below : s.below;
        s.above = above < s.above ? above : s.above;
    }
    return s;
}

static sn_supply supply_at(sn_clearing *w, size_t r, double p)
{
    return w->has_loss ? move_weighed(w, r, p) : move_plain(w, r, p, SN_ANYWHERE);
}

/* From the places of s to the next breakpoint, of which no area has one in between. */
static sn_supply supply_next(sn_clearing *w, size_t r, const sn_supply *s, bool up)
{
    return w->has_loss ? move_weighed(w, r, up ? s->above : s->below)
           : up        ? move_plain(w, r, s->above, SN_NEXT_ABOVE)
                       : move_plain(w, r, s->below, SN_NEXT_BELOW);
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

/* The price at which an area alone supplies `wanted`, or one near it. */
static double own_price(const sn_place *a, double wanted)
{
    size_t low = 0;
    for (size_t n_left = a->n - 1; n_left > 0;) {
        size_t half = (n_left + 1) / 2;
        low += a->quantity[low + half - 1] < wanted ? half : 0;
        n_left -= half;
    }
    return a->price[low];
}

/* Goes near the price at which set r supplies `wanted`, from p, where the places are and
 * it supplies s: only to save steps. */
static double approach(sn_clearing *w, size_t r, double wanted, double p, sn_supply *s)
{
    double low[2] = {w->planned.price_min_eur_per_mwh, NAN};
    double high[2] = {w->planned.price_max_eur_per_mwh, NAN};
    for (int i = 0; i < (w->has_loss ? SECANTS_LOSSY : SECANTS_MAX); i++) {
        double lack = s->high < wanted ? wanted - s->high : wanted - s->low;
        if (s->low <= wanted && wanted <= s->high) {
            return p;
        }
        if (lack > 0.0) {
            low[0] = p;
            low[1] = s->high;
        } else {
            high[0] = p;
            high[1] = s->low;
        }
        double slope = isnan(low[1]) || isnan(high[1])
                           ? slope_near(w, r)
                           : (high[1] - low[1]) / (high[0] - low[0]);
        double guess = slope > 0.0 ? p + lack / slope : p;
        bool is_next = lack > 0.0 ? guess <= s->above : guess >= s->below;
        if (is_next || !(guess > low[0] && guess < high[0])) {
            return p;
        }
        p = guess;
        *s = supply_at(w, r, p);
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
settle_on_step(sn_clearing *w, size_t r, double p, double wanted, const sn_supply *s)
{
    double share = (wanted - s->low) / (s->high - s->low);
    if (p >= w->planned.price_max_eur_per_mwh) {
        return share_step(w, r, p, share, share);
    }
    if (p <= w->planned.price_min_eur_per_mwh) {
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
 * by the last digit, and what lies between them is no stretch.  From the supply at p to
 * the supply there. */
static double far_price(sn_clearing *w, size_t r, double p, bool up, sn_supply *s)
{
    double at = p;
    for (;;) {
        double next = up ? s->above : s->below;
        bool is_new = up ? next > at : next < at;
        if (!is_new) {
            return at;
        }
        at = next;
        *s = supply_at(w, r, at);
        if (fabs(at - p) > SN_TOLERANCE_EUR_PER_MWH) {
            return at;
        }
    }
}

/* Of breakpoints within rounding of each other that all serve, the lowest: which one was
 * met first depends on where the search began. */
static double
lowest_alike(sn_clearing *w, size_t r, double p, double wanted, sn_supply *s)
{
    const double near = 2.0 * SN_TOLERANCE_MW;
    for (double start = p;;) {
        double below = s->below;
        if (!(below < p) || start - below > rounding_eur_per_mwh) {
            return p;
        }
        sn_supply there = supply_at(w, r, below);
        if (there.high < wanted - near) {
            *s = supply_at(w, r, p);
            return p;
        }
        p = below;
        *s = there;
    }
}

static double settle_between(sn_clearing *w, size_t r, double p, double wanted);

/* Wanted lies at p or on the edge of it: a step, a bend, or a gap.  The places are at p,
 * and s is the supply there. */
static double settle_at(sn_clearing *w, size_t r, double p, double wanted, sn_supply s)
{
    const double near = 2.0 * SN_TOLERANCE_MW;
    if (wanted - s.low > near && s.high - wanted > near) {
        return settle_on_step(w, r, p, wanted, &s);
    }
    bool is_bend = is_breakpoint(w, r);
    p = is_bend ? lowest_alike(w, r, p, wanted, &s) : p;
    sn_supply there = s;
    double above = far_price(w, r, p, true, &there);
    bool is_gap = above <= p || there.low - wanted <= near;
    there = s;
    double below = far_price(w, r, p, false, &there);
    is_gap = is_gap || below >= p || wanted - there.high <= near;
    if (!is_gap && !is_bend) {
        return settle_between(w, r, p, wanted);
    }
    s = supply_at(w, r, p);
    w->is_gap[r] = is_gap;
    w->is_step[r] = s.high > s.low;
    return p;
}

/* At a breakpoint within rounding of p, the answer must not depend on which side of it
 * the search came from.  NAN: there is none, and the places are back round p. */
static double
settle_on_bend(sn_clearing *w, size_t r, double p, double bend, double wanted)
{
    sn_supply s = supply_at(w, r, bend);
    if (is_breakpoint(w, r) && s.low <= wanted + 2.0 * SN_TOLERANCE_MW &&
        s.high >= wanted - 2.0 * SN_TOLERANCE_MW) {
        return settle_at(w, r, bend, wanted, s);
    }
    (void)supply_at(w, r, p);
    return NAN;
}

/* The breakpoints round the places in hand, and the net supply at them. */
static void find_stretch(const sn_clearing *w,
                         size_t r,
                         const sn_supply *s,
                         double low[2],
                         double high[2])
{
    low[0] = s->below;
    high[0] = s->above;
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
    sn_supply s = supply_at(w, r, p);
    find_stretch(w, r, &s, low, high);
    return settle_inside(w, r, p, low, high, wanted);
}

/* Between two points of each member's curve, and on a line that rises of one of them. */
static bool is_on_lines(const sn_clearing *w, size_t r)
{
    bool rises = false;
    for (size_t c = r; c < w->network.n_area; c = w->next[c]) {
        const sn_place *a = &w->place[c];
        if (a->at < a->up) {
            return false;
        }
        rises = rises || (a->at > 0 && a->at < a->n &&
                          a->quantity[a->at - 1] < a->quantity[a->at]);
    }
    return rises;
}

/* Wanted lies well inside the stretch round p, where the places are and the set supplies
 * s: what any other way to it ends with too. */
static bool is_inside(const sn_clearing *w,
                      size_t r,
                      const sn_supply *s,
                      double p,
                      double wanted,
                      double low[2],
                      double high[2])
{
    const double well = 8.0 * SN_TOLERANCE_MW;
    if (w->has_loss || !is_on_lines(w, r)) {
        return false;
    }
    find_stretch(w, r, s, low, high);
    return low[0] < p && p < high[0] && wanted - low[1] > well && high[1] - wanted > well;
}

double sn_clearing_find_price(sn_clearing *w, size_t r, double wanted, double start)
{
    double floor_price = w->planned.price_min_eur_per_mwh;
    double cap = w->planned.price_max_eur_per_mwh;
    double low[2];
    double high[2];
    double near = 2.0 * SN_TOLERANCE_MW;
    double p = start < floor_price ? floor_price : start > cap ? cap : start;
    w->is_step[r] = w->is_gap[r] = false;
    sn_supply s = supply_at(w, r, p);
    if (is_inside(w, r, &s, p, wanted, low, high)) {
        return settle_inside(w, r, p, low, high, wanted);
    }
    if (w->next[r] == w->network.n_area && !w->has_loss) {
        double own = own_price(&w->place[r], wanted);
        p = own < floor_price ? floor_price : own > cap ? cap : own;
        s = supply_at(w, r, p);
    }
    p = approach(w, r, wanted, p, &s);
    for (;;) {
        bool up = s.high < wanted;
        bool down = s.low > wanted;
        if (!up && !down) {
            return settle_at(w, r, p, wanted, s);
        }
        if ((up && p >= cap) || (down && p <= floor_price)) {
            double lack = up ? wanted - s.high : s.low - wanted;
            double beyond = lack <= near ? 0.0 : beyond_eur_per_mwh;
            w->is_gap[r] = lack <= near;
            return p + (up ? beyond : -beyond);
        }
        double next = up ? s.above : s.below;
        sn_supply there = supply_next(w, r, &s, up);
        if (up ? there.low > wanted : there.high < wanted) {
            double rise = up ? there.low - s.high : s.low - there.high;
            double middle = 0.5 * (p + next);
            if (rise > near) {
                return settle_between(w, r, middle, wanted);
            }
            if (fabs(next - p) <= SN_TOLERANCE_EUR_PER_MWH) {
                p = fmin(p, next);
                return settle_at(w, r, p, wanted, supply_at(w, r, p));
            }
            (void)supply_at(w, r, middle);
            w->is_gap[r] = true;
            return middle;
        }
        p = next;
        s = there;
    }
}
