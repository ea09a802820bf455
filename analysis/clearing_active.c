/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Active set (MODEL.md section 2).  Suppose which borders are held at a limit; the rest
 * join the areas into sets.  Then everything follows: the price of each set from its
 * balance, the flows inside it from the flow equations of least sum of f^2 / rated
 * (M-13), flow = rated * (potential from - potential to).  Where this breaks a limit the
 * border is held; where a held border would rather carry less (a price difference the
 * wrong way, or a potential difference that is too small) it is let go; repeat.
 *
 * When nothing changes, every optimality condition holds, and since the optimum is
 * unique (M-13), so is the set of held borders, apart from near ties.  Those are told:
 * a value within half a tolerance of where it would decide otherwise makes the attempt
 * fail, and the caller goes on from a start that does not depend on the past.  So what
 * was supposed at first decides the time, and no byte.
 */
#include "clearing_internal.h"

#include <math.h>
#include <string.h>

/* Changing all borders at once is quick but can go in circles; one at a time hardly. */
enum { ROUNDS_AT_ONCE = 8, ROUNDS_MAX = 60 };

void sn_clearing_forget(sn_clearing *w)
{
    double middle = 0.0;
    for (size_t c = 0; c < w->network.n_area; c++) {
        w->set_price[c] = middle;
        w->stand[c] = SN_INSIDE;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        w->hold[l] = SN_FREE;
    }
}

/* ---- prices of sets ---- */

static bool is_beyond(const sn_clearing *w, double p)
{
    return (p > w->planned.price_max_eur_per_mwh + 2.0) |
           (p < w->planned.price_min_eur_per_mwh - 2.0);
}

static double within_limits(const sn_clearing *w, double p)
{
    double cap = w->planned.price_max_eur_per_mwh;
    double floor_price = w->planned.price_min_eur_per_mwh;
    return is_beyond(w, p) ? p : p < floor_price ? floor_price : p > cap ? cap : p;
}

/* ---- what to suppose next ---- */

typedef struct sn_verdict {
    bool changed;
    bool weak;     /* something free is at a limit */
    bool unclear;  /* something lies where it could be judged either way */
    bool one_only; /* change one border at a time: the one of this number */
    size_t pick;
    size_t n_wish;
} sn_verdict;

static void hold(sn_clearing *w, size_t l, sn_hold as, sn_verdict *v)
{
    size_t number = v->n_wish++;
    if (v->one_only && number != v->pick) {
        return;
    }
    w->hold[l] = as;
    w->touched[w->border[l].from] = true;
    w->touched[w->border[l].to] = true;
    v->changed = true;
}

/* Something free is `above` its upper limit, or `below` its lower (mostly far inside). */
static void judge_distance(double above, double below, sn_verdict *v)
{
    double over = above > below ? above : below;
    if (over > -2.0 * SN_TOLERANCE_MW) {
        double distance = fabs(over);
        v->weak = true;
        v->unclear |=
            distance > 0.5 * SN_TOLERANCE_MW && distance < 1.5 * SN_TOLERANCE_MW;
    }
}

static void judge_free(sn_clearing *w, size_t l, sn_verdict *v)
{
    double wish = w->border[l].rated_mw *
                  (w->potential[w->border[l].from] - w->potential[w->border[l].to]);
    wish = w->loss[l] > 0.0 ? w->flow[l] : wish;
    double over = wish - w->planned.flow_max_mw[l];
    double under = w->planned.flow_min_mw[l] - wish;
    w->flow[l] = wish;
    if (over > SN_TOLERANCE_MW) {
        hold(w, l, SN_AT_MAX, v);
    } else if (under > SN_TOLERANCE_MW) {
        hold(w, l, SN_AT_MIN, v);
    }
    judge_distance(over, under, v);
}

/* A held border wants what the prices say; where they are equal, what the potentials
 * say, if both are measured from a step of the same price. */
static void judge_held(sn_clearing *w, size_t l, sn_verdict *v)
{
    size_t i = w->border[l].from;
    size_t j = w->border[l].to;
    double sign = w->hold[l] == SN_AT_MAX ? 1.0 : -1.0;
    double rise = sign * (w->price[j] - w->price[i]);
    w->flow[l] = sn_clearing_flow_of_held(w, l);
    if (rise > SN_TOLERANCE_EUR_PER_MWH) {
        v->unclear |= rise < 2.0 * SN_TOLERANCE_EUR_PER_MWH;
        return;
    }
    bool comparable =
        rise >= -SN_TOLERANCE_EUR_PER_MWH &&
        (w->root[i] == w->root[j] || (w->is_step[w->root[i]] && w->is_step[w->root[j]]));
    if (!comparable) {
        hold(w, l, SN_FREE, v);
        return;
    }
    double wish = sign * w->border[l].rated_mw * (w->potential[i] - w->potential[j]);
    double over = wish - sign * w->flow[l];
    if (over <= SN_TOLERANCE_MW) {
        hold(w, l, SN_FREE, v);
    }
    v->unclear |= over < 1.5 * SN_TOLERANCE_MW;
}

/* An area that can move on a step: its net position follows from the flows. */
static void judge_stand(sn_clearing *w, size_t c, sn_verdict *v)
{
    const sn_place *a = &w->place[c];
    if (!w->is_step[w->root[c]] || !(a->high_mw > a->low_mw)) {
        return;
    }
    const double least = 1e-11; /* a potential: MW per rated MW */
    sn_stand wish = w->stand[c];
    double y = w->potential[c];
    if (wish == SN_INSIDE) {
        double over = w->net[c] - a->high_mw;
        double under = a->low_mw - w->net[c];
        wish = over > SN_TOLERANCE_MW    ? SN_HIGH
               : under > SN_TOLERANCE_MW ? SN_LOW
                                         : SN_INSIDE;
        judge_distance(over, under, v);
    } else {
        double against = wish == SN_LOW ? y : -y;
        wish = against <= least ? SN_INSIDE : wish;
        v->unclear |= against < 2.0 * least;
    }
    if (wish != w->stand[c] && !(v->one_only && v->changed)) {
        w->stand[c] = wish;
        w->touched[c] = true;
        v->changed = true;
    }
}

/* A lossy border at a limit: free, or at the other limit where both of its ends are in
 * one set, whose prices it cannot move. */
static void judge_lossy(sn_clearing *w, size_t l, sn_verdict *v)
{
    size_t i = w->border[l].from;
    size_t j = w->border[l].to;
    double gain = (1.0 - w->loss[l]) * within_limits(w, w->price[j]) -
                  within_limits(w, w->price[i]);
    double wrong = w->hold[l] == SN_AT_MAX ? -gain : gain;
    w->flow[l] = sn_clearing_flow_of_held(w, l);
    v->unclear |= fabs(gain) < 2.0 * SN_TOLERANCE_EUR_PER_MWH;
    if (wrong > SN_TOLERANCE_EUR_PER_MWH) {
        bool can_be_free = w->root[i] != w->root[j] || isinf(w->planned.flow_max_mw[l]);
        sn_hold other = w->hold[l] == SN_AT_MAX ? SN_AT_MIN : SN_AT_MAX;
        hold(w, l, can_be_free ? SN_FREE : other, v);
    }
}

static void judge_border(sn_clearing *w, size_t l, sn_verdict *v)
{
    if (w->hold[l] == SN_FIXED) {
        w->flow[l] = sn_clearing_flow_of_held(w, l);
    } else if (w->hold[l] != SN_FREE && w->loss[l] > 0.0) {
        judge_lossy(w, l, v);
    } else if (w->hold[l] != SN_FREE) {
        judge_held(w, l, v);
    } else if (!is_beyond(w, w->price[w->border[l].from])) {
        judge_free(w, l, v);
    }
}

/* Most borders stay as they are, and nothing is near to where that would change: free
 * and well inside the limits, or held at a clear gain.  Without branches on which. */
static inline bool is_quiet(sn_clearing *w, size_t l)
{
    static const double sign[4] = {[SN_AT_MAX] = 1.0, [SN_AT_MIN] = -1.0};
    const double near_mw = 3.0 * SN_TOLERANCE_MW;
    const double near = 3.0 * SN_TOLERANCE_EUR_PER_MWH;
    size_t i = w->border[l].from;
    size_t j = w->border[l].to;
    sn_hold as = w->hold[l];
    double wish = w->border[l].rated_mw * (w->potential[i] - w->potential[j]);
    double flow[2] = {w->held_mw[4 * l + as], wish};
    bool is_free = as == SN_FREE;
    bool is_inside = (wish < w->planned.flow_max_mw[l] - near_mw) &
                     (wish > w->planned.flow_min_mw[l] + near_mw);
    bool gains = sign[as] * (w->price[j] - w->price[i]) > near;
    w->flow[l] = flow[is_free];
    bool stays = gains | (as == SN_FIXED);
    return is_free ? is_inside : stays;
}

static sn_verdict judge(sn_clearing *w, bool one_only, size_t pick)
{
    sn_verdict v = {.one_only = one_only, .pick = pick};
    size_t n = w->network.n_area;
    bool is_plain = !w->has_loss;
    for (size_t c = 0; c < n; c++) {
        bool is_off = is_beyond(w, w->price[c]);
        is_plain &= !is_off;
        v.unclear |= is_off | w->is_gap[w->root[c]];
        w->net[c] = 0.0;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        if (!is_plain || !is_quiet(w, l)) {
            judge_border(w, l, &v);
        }
        w->net[w->border[l].from] += w->flow[l];
        w->net[w->border[l].to] -= (1.0 - w->loss[l]) * w->flow[l];
    }
    for (size_t c = 0; c < n; c++) {
        judge_stand(w, c, &v);
    }
    return v;
}

static double wanted_of(const sn_clearing *w, size_t r)
{
    double sum = 0.0;
    for (size_t c = r; c < w->network.n_area; c = w->next[c]) {
        sum += w->place[c].weight * w->share_out[c];
    }
    return sum;
}

/* Set r at price p.  Potential 0 has each area inside a step; else one of the set. */
static void place_set(sn_clearing *w, size_t r, double p)
{
    size_t n = w->network.n_area;
    size_t n_step = 0;
    size_t n_pinned = 0;
    bool is_step = w->is_step[r];
    bool is_off = is_beyond(w, p);
    for (size_t c = r; c < n; c = w->next[c]) {
        const sn_place *a = &w->place[c];
        bool can_move = is_step & (a->high_mw > a->low_mw);
        w->price[c] = p;
        w->set_price[c] = is_off ? w->set_price[c] : p;
        w->stand[c] = is_step ? w->stand[c] : SN_INSIDE;
        w->pinned[c] = can_move & (w->stand[c] == SN_INSIDE);
        n_step += can_move;
        n_pinned += w->pinned[c];
    }
    w->pinned[r] |= n_step == 0;
    if (n_step == 0 || (n_pinned > 0 && n_step > 1)) {
        return;
    }
    for (size_t c = r; c < n; c = w->next[c]) {
        if (w->place[c].high_mw > w->place[c].low_mw) {
            w->stand[c] = SN_INSIDE;
            w->pinned[c] = true;
        }
    }
}

static void place_lossy_set(sn_clearing *w, size_t r, double price)
{
    double p = sn_clearing_step_price(w, r, price);
    double inside = within_limits(w, p);
    for (size_t c = r; c < w->network.n_area; c = w->next[c]) {
        double weight = w->place[c].weight;
        const sn_place *a = &w->place[c];
        bool is_point = a->at < a->up; /* not off it by rounding */
        double own = is_point ? a->price[a->at] : weight * inside;
        w->price[c] = weight == 1.0 || is_beyond(w, p) ? p : own;
        w->set_price[c] = is_beyond(w, p) ? w->set_price[c] : w->price[c];
        w->stand[c] = w->is_step[r] ? w->stand[c] : SN_INSIDE;
    }
}

/* Prices of the sets that changed. */
static void price_sets(sn_clearing *w)
{
    for (size_t r = 0; r < w->network.n_area; r++) {
        if (!w->dirty[r]) {
            continue;
        }
        double start = w->set_price[r] * w->place[r].inverse;
        double p = sn_clearing_find_price(w, r, wanted_of(w, r), start);
        w->is_unbalanced[r] = is_beyond(w, p);
        if (w->has_loss) {
            place_lossy_set(w, r, p);
        } else {
            place_set(w, r, p);
        }
    }
    if (w->has_loss) {
        sn_clearing_carry_lossy(w);
    }
}

/* Free flows within their limits, prices within theirs, net positions from flows. */
static void finish(sn_clearing *w)
{
    size_t n = w->network.n_area;
    memset(w->net, 0, n * sizeof *w->net);
    for (size_t l = 0; l < w->network.n_border; l++) {
        double low = w->planned.flow_min_mw[l];
        double high = w->planned.flow_max_mw[l];
        double f = w->flow[l];
        w->flow[l] = f < low ? low : f > high ? high : f;
        w->net[w->border[l].from] += w->flow[l];
        w->net[w->border[l].to] -= (1.0 - w->loss[l]) * w->flow[l];
    }
    for (size_t c = 0; c < n; c++) {
        double cap = w->planned.price_max_eur_per_mwh;
        double floor_price = w->planned.price_min_eur_per_mwh;
        double p = w->price[c];
        w->price[c] = p < floor_price ? floor_price : p > cap ? cap : p;
    }
}

/* Joins areas of the same price, over borders that are held too. */
static void make_price_sets(sn_clearing *w)
{
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        w->root[c] = c;
        w->next[c] = n;
        w->share_out[c] = 0.0;
    }
    for (size_t l = 0; l < w->network.n_border; l++) {
        size_t i = w->border[l].from;
        size_t j = w->border[l].to;
        bool is_tied = w->hold[l] != SN_FIXED &&
                       fabs(w->price[i] - w->price[j]) <= SN_TOLERANCE_EUR_PER_MWH;
        if (is_tied) {
            size_t a = sn_clearing_root(w->root, i);
            size_t b = sn_clearing_root(w->root, j);
            w->root[a > b ? a : b] = a > b ? b : a;
        } else {
            double f = sn_clearing_flow_of_held(w, l);
            w->share_out[i] += f;
            w->share_out[j] -= f;
        }
    }
    for (size_t c = 0; c < n; c++) {
        size_t r = sn_clearing_root(w->root, c);
        w->root[c] = r;
        w->dirty[c] = true;
        if (r != c) {
            w->next[w->last[r]] = c;
        }
        w->last[r] = c;
    }
}

/* What is at a limit is held there. */
static bool hold_what_is_there(sn_clearing *w)
{
    sn_verdict v = {false};
    for (size_t l = 0; l < w->network.n_border; l++) {
        size_t i = w->border[l].from;
        size_t j = w->border[l].to;
        double over = w->flow[l] - w->planned.flow_max_mw[l];
        double under = w->planned.flow_min_mw[l] - w->flow[l];
        if (w->hold[l] != SN_FIXED && w->root[i] == w->root[j]) {
            judge_distance(over, under, &v);
            w->hold[l] = over > -SN_TOLERANCE_MW    ? SN_AT_MAX
                         : under > -SN_TOLERANCE_MW ? SN_AT_MIN
                                                    : SN_FREE;
        }
    }
    for (size_t c = 0; c < w->network.n_area; c++) {
        const sn_place *a = &w->place[c];
        bool can_move = w->is_step[w->root[c]] && a->high_mw > a->low_mw;
        double over = w->net[c] - a->high_mw;
        double under = a->low_mw - w->net[c];
        w->stand[c] = SN_INSIDE;
        if (can_move) {
            judge_distance(over, under, &v);
            w->stand[c] = over > -SN_TOLERANCE_MW    ? SN_HIGH
                          : under > -SN_TOLERANCE_MW ? SN_LOW
                                                     : SN_INSIDE;
        }
    }
    return !v.unclear;
}

/* Potential 0 where a step gives, else at the first area of a set. */
static void pin_what_gives(sn_clearing *w)
{
    size_t n = w->network.n_area;
    for (size_t c = 0; c < n; c++) {
        const sn_place *a = &w->place[c];
        w->can_give[c] =
            w->is_step[w->root[c]] && a->high_mw > a->low_mw && w->stand[c] == SN_INSIDE;
        w->touched[c] = true;
    }
    sn_clearing_make_sets(w);
    for (size_t r = 0; r < n; r++) {
        bool has_step = false;
        for (size_t c = r; w->root[r] == r && c < n; c = w->next[c]) {
            w->pinned[c] = w->can_give[c];
            has_step |= w->pinned[c];
        }
        w->pinned[r] |= w->root[r] == r && !has_step;
    }
}

/* Areas joined by borders that are not at a limit have one price; where it is an
 * interval for them, only the decomposition knows the midpoint. */
static bool is_each_price_its_own(sn_clearing *w)
{
    for (size_t r = 0; r < w->network.n_area; r++) {
        if (w->root[r] == r) {
            double p = sn_clearing_find_price(w, r, wanted_of(w, r), w->set_price[r]);
            if (w->is_gap[r] || !(fabs(p - w->set_price[r]) <= 1e-6)) {
                return false;
            }
        }
    }
    return true;
}

bool sn_clearing_restate(sn_clearing *w)
{
    size_t n = w->network.n_area;
    make_price_sets(w);
    for (size_t r = 0; r < n; r++) {
        if (w->root[r] != r) {
            continue;
        }
        double before = w->price[r];
        double p = sn_clearing_find_price(w, r, wanted_of(w, r), before);
        if (w->is_gap[r] || !(fabs(p - before) <= 1e-6)) {
            return false;
        }
        for (size_t c = r; c < n; c = w->next[c]) {
            w->price[c] = p;
            w->set_price[c] = p;
        }
    }
    if (!hold_what_is_there(w)) {
        return false;
    }
    pin_what_gives(w);
    if (!is_each_price_its_own(w)) {
        return false;
    }
    sn_clearing_find_potentials(w);
    double worst = 0.0;
    for (size_t l = 0; l < w->network.n_border; l++) {
        double f = w->hold[l] != SN_FREE
                       ? sn_clearing_flow_of_held(w, l)
                       : w->border[l].rated_mw * (w->potential[w->border[l].from] -
                                                  w->potential[w->border[l].to]);
        worst = fmax(worst, fabs(f - w->flow[l]));
        w->flow[l] = f;
    }
    finish(w);
    return worst <= 1e-6;
}

bool sn_clearing_active(sn_clearing *w)
{
    for (size_t c = 0; c < w->network.n_area; c++) {
        w->touched[c] = true;
    }
    int rounds_max = w->has_loss ? 4 * ROUNDS_MAX : ROUNDS_MAX;
    size_t pick = 0;
    w->is_converged = w->is_grouped = false;
    for (int round = 0; round < rounds_max; round++) {
        sn_clearing_make_sets(w);
        price_sets(w);
        sn_clearing_find_potentials(w);
        sn_verdict verdict = judge(w, round >= ROUNDS_AT_ONCE, pick);
        size_t mixed = ((size_t)round + 1000 * w->attempt) * 2654435761U >> 7;
        pick = w->has_loss && verdict.n_wish > 0 ? mixed % verdict.n_wish : 0;
        if (!verdict.changed && verdict.n_wish == 0) {
            w->is_converged = true;
            if (w->has_loss) {
                finish(w);
                return !verdict.weak && !verdict.unclear && !w->is_doubtful;
            }
            if (verdict.weak && !verdict.unclear) {
                return sn_clearing_restate(w);
            }
            finish(w);
            w->is_grouped = !verdict.weak && !verdict.unclear;
            return !verdict.unclear;
        }
    }
    return false;
}
