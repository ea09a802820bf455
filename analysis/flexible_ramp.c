/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M-34 with a ramp and a store that both bind: Mehrotra's predictor-corrector (S.
 * Mehrotra, SIAM J. Optim. 2 (1992) 575; S. Wright, Primal-Dual Interior-Point Methods,
 * ch. 10).
 *
 * Every period has three rows with a low and a high side: the stock s after it, the power
 * x in it and the ramp u = x - x of the period before.  A Newton step is a quadratic
 * problem in (s, x) with the ramp as its control, solved backwards in time: what is left
 * from period t on costs half of
 *     a x^2 + 2 b x s + c s^2,  a > 0, b >= 0, a c - b^2 >= 0,
 * and every number of the recursion is a sum of products of positive numbers: nothing
 * cancels, however far the weights of the rows are apart (late they differ by 1e16; a
 * factor of the five diagonals of the same matrix in s loses all digits there).
 *
 * The start x = q is strictly inside every limit and every iterate stays there, so that
 * w'z with the dual residual bounds the distance to the optimum.
 *
 * The recursion runs from both ends at once and meets in the middle (read backwards, with
 * the stock's sign changed, the problem has the same form): two chains of divisions that
 * do not wait for each other.  A year does not fit the cache, so an iteration is four
 * sweeps over it in chunks that do: inwards (last step applied, weights, factor,
 * predictor), outwards (the predictor's path, how far it may go), and both again for the
 * corrector. */
#include "flexible_internal.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 100, STALLS_MAX = 3, CHUNK = 64 };
static const double gap_stop_share = 5e-10;
static const double gap_accept_share = 1e-7;
static const double gap_good_share = 1e-9; /* enough, once rounding stops progress */
static const double worse_stop = 1e3;
static const double start_product = 0.1; /* slack times multiplier */
static const double end_weight = 1e30;   /* of the stock at the end, which is given */

enum { STOCK, POWER, RAMP, FAMILIES };

/* Rows of one family, from -1 to n.  Some can neither move nor bind: the stock before the
 * first and after the last period, the ramp into the first and out of the last. */
typedef struct rows {
    double low, high;
    double bottom, top; /* where values are kept */
    double *value;
    double *change;    /* of the step */
    double *predicted; /* of the predictor */
    double *z_low, *z_high;
} rows;

typedef struct step {
    double primal, dual;
} step;

/* Where the two recursions meet, in the power of period `middle` and the stock before. */
typedef struct meeting {
    double power;     /* weight of the power */
    double both;      /* of power and stock */
    double stock;     /* of the stock, the power at its best */
    double force;     /* of the stock's limits */
    double stock_now; /* solved */
} meeting;

typedef struct interior {
    size_t n;
    size_t middle;
    rows row[FAMILIES];
    double *price; /* scaled */
    /* Of the factor: x = keep x' - fall s' - pull (of the right side), x' and s' being of
     * the period before (left of the middle: after, and s' with its sign changed). */
    double *keep, *fall, *ease;
    double *pull;
    meeting meet;
    double *best; /* power */
    double mu;    /* of the last step, and how much of it is to be done */
    step by;
} interior;

/* A chunk of periods on each side of the middle, taken together. */
enum { LEFT, RIGHT, SIDES };

typedef struct chunks {
    size_t from[SIDES];
    size_t m[SIDES];
} chunks;

typedef struct range {
    ptrdiff_t from;
    size_t m;
} range;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The next chunks from the ends to the middle; the right side may have one more. */
static bool inwards(const interior *p, chunks *c)
{
    size_t left = p->middle - (c->from[LEFT] + c->m[LEFT]);
    size_t right = c->from[RIGHT] - p->middle;
    c->from[LEFT] += c->m[LEFT];
    c->m[LEFT] = right > left ? 0 : smaller(left, CHUNK);
    c->m[RIGHT] = right > left ? 1 : c->m[LEFT];
    c->from[RIGHT] -= c->m[RIGHT];
    return right > 0;
}

static bool outwards(const interior *p, chunks *c)
{
    size_t left = c->from[LEFT];
    size_t right = p->n - (c->from[RIGHT] + c->m[RIGHT]);
    c->from[RIGHT] += c->m[RIGHT];
    c->m[LEFT] = smaller(left, CHUNK);
    c->m[RIGHT] = left > 0 ? c->m[LEFT] : right;
    c->from[LEFT] -= c->m[LEFT];
    return right > 0;
}

/* Rows that belong to a chunk: left of the middle the stock before and the ramp after the
 * period, right of it the stock after and the ramp before; in the middle the stock
 * before is the right's, the ramp the left's. */
static range rows_of(const interior *p, const chunks *c, int side, int k)
{
    ptrdiff_t from = (ptrdiff_t)c->from[side];
    size_t m = c->m[side];
    if (side == LEFT) {
        return (range){k == RAMP ? from + 1 : k == STOCK ? from - 1 : from, m};
    }
    if (c->from[side] != p->middle || m == 0 || k == POWER) {
        return (range){from, m};
    }
    return k == STOCK ? (range){from - 1, m + 1} : (range){from + 1, m - 1};
}

/* One number for each place in a chunk: sums without an order of the compiler's choice.
 */
typedef struct lanes {
    double at[CHUNK + 1];
} lanes;

static double sum_of(const lanes *l)
{
    double sum = 0.0;
    for (size_t j = 0; j <= CHUNK; j++) {
        sum += l->at[j];
    }
    return sum;
}

static double most_of(const lanes *l)
{
    double most = 1.0; /* no step is longer than 1 */
    for (size_t j = 0; j <= CHUNK; j++) {
        most = l->at[j] > most ? l->at[j] : most;
    }
    return most;
}

/* A value is kept inside its limits by what can be told apart, so that no slack is zero.
 */
static inline double inside(double value, double bottom, double top)
{
    double up = value > bottom ? value : bottom; /* fmax is a call */
    return up < top ? up : top;
}

/* Loops over rows for wider registers where the processor has them: the same operations
 * on the same numbers (nothing is contracted), so the same bytes. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) &&       \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* 1 / slack of both sides for one division. */
typedef struct pair {
    double low, high;
} pair;

static inline pair reciprocals(double low, double high)
{
    double both = 1.0 / (low * high);
    return (pair){high * both, low * both};
}

/* Do the last step: z by the Newton equation with Mehrotra's second-order term, the
 * value by its change. */
WIDE static void advance(const interior *p, const rows *f, range which)
{
    ptrdiff_t from = which.from;
    size_t m = which.m;
    double low = f->low;
    double high = f->high;
    double bottom = f->bottom;
    double top = f->top;
    double mu = p->mu;
    step by = p->by;
    double *restrict value = f->value + from;
    const double *restrict change = f->change + from;
    const double *restrict predicted = f->predicted + from;
    double *restrict z_low = f->z_low + from;
    double *restrict z_high = f->z_high + from;
    for (size_t j = 0; j < m; j++) {
        double d = change[j];
        double a = predicted[j];
        pair r = reciprocals(value[j] - low, high - value[j]);
        double up = a + r.low * a * a - d;
        double down = a - r.high * a * a - d;
        z_low[j] += by.dual * (r.low * (mu + z_low[j] * up) - z_low[j]);
        z_high[j] += by.dual * (r.high * (mu - z_high[j] * down) - z_high[j]);
        value[j] = inside(value[j] + by.primal * d, bottom, top);
    }
}

/* weight of the rows in the Newton matrix, gap += w'z. */
WIDE static void
weigh(const rows *f, range which, double *restrict weight, lanes *restrict gap)
{
    double low = f->low;
    double high = f->high;
    const double *restrict value = f->value + which.from;
    const double *restrict z_low = f->z_low + which.from;
    const double *restrict z_high = f->z_high + which.from;
    for (size_t j = 0; j < which.m; j++) {
        double wl = value[j] - low;
        double wh = high - value[j];
        pair r = reciprocals(wl, wh);
        weight[j] = z_low[j] * r.low + z_high[j] * r.high;
        gap->at[j] += wl * z_low[j] + wh * z_high[j];
    }
}

/* What the dual residual c - A'z can be worth: it is repaired with the multipliers of
 * the stock's own limits, each at its slack. */
WIDE static void residual(const interior *p, size_t from, size_t m, lanes *restrict worth)
{
    double net[CHUNK + 1]; /* of a MWh in period t, the ramp's multipliers counted */
    size_t count = from + m == p->n ? m - 1 : m; /* the last stock is given */
    double full = p->row[STOCK].high;
    const double *restrict price = p->price + from;
    const double *restrict stock = p->row[STOCK].value + from;
    const double *restrict low[FAMILIES];
    const double *restrict high[FAMILIES];
    for (int k = 0; k < FAMILIES; k++) {
        low[k] = p->row[k].z_low + from;
        high[k] = p->row[k].z_high + from;
    }
    for (size_t j = 0; j <= count; j++) {
        net[j] = price[j] - (low[POWER][j] - high[POWER][j]) -
                 (low[RAMP][j] - high[RAMP][j]) + (low[RAMP][j + 1] - high[RAMP][j + 1]);
    }
    for (size_t j = 0; j < count; j++) {
        double r = net[j] - net[j + 1] - (low[STOCK][j] - high[STOCK][j]);
        double above = r > 0.0 ? r : 0.0;
        double below = r < 0.0 ? -r : 0.0;
        worth->at[j] += above * stock[j] + below * (full - stock[j]);
    }
}

/* What the periods beyond cost as seen from one: a and b as in the header, over = a c -
 * b^2, ramp the weight of the ramp still to be paid. */
typedef struct outlook {
    double a, b, over, ramp;
    double inverse; /* 1 / (a (a + ramp)) */
} outlook;

static inline outlook look(outlook o, double power, double stock, double ramp)
{
    double part = o.ramp * o.inverse;
    double kept = o.over * (o.a + o.ramp) * o.inverse + stock;
    double both = o.a + o.b;
    double a = o.ramp * both * both * o.inverse + (kept + power);
    double b = part * both * o.b + kept;
    double over = part * o.a * o.a * kept + power * (part * o.b * o.b + kept);
    return (outlook){a, b, over, ramp, 1.0 / (a * (a + ramp))};
}

static inline void note(const interior *p, size_t t, outlook o)
{
    double ease = o.a * o.inverse;
    p->ease[t] = ease;
    p->keep[t] = o.ramp * ease;
    p->fall[t] = o.b * ease;
}

/* weight[side][k][j]: of the j-th period of the chunk, on the right behind one place. */
typedef double weights[SIDES][FAMILIES][CHUNK + 2];

static void factor(const interior *p, const chunks *c, weights weight, outlook *beyond)
{
    outlook l = beyond[LEFT];
    outlook r = beyond[RIGHT];
    size_t last = c->m[RIGHT];
    for (size_t j = 0; j < c->m[RIGHT]; j++, last--) {
        r = look(r, weight[RIGHT][POWER][last], weight[RIGHT][STOCK][last],
                 weight[RIGHT][RAMP][last]);
        note(p, c->from[RIGHT] + last - 1, r);
        if (j < c->m[LEFT]) {
            l = look(l, weight[LEFT][POWER][j], weight[LEFT][STOCK][j],
                     weight[LEFT][RAMP][j]);
            note(p, c->from[LEFT] + j, l);
        }
    }
    beyond[LEFT] = l;
    beyond[RIGHT] = r;
}

/* The right side: slope of what is beyond in x (less the ramp's force) and s. */
typedef struct slopes {
    double power, stock;
    double keep, fall; /* of the period beyond */
} slopes;

static inline slopes
slope_of(const interior *p, slopes s, size_t t, double power, double stock)
{
    double up = (s.keep - s.fall) * s.power + (s.stock + power);
    double on = (s.stock + stock) - s.fall * s.power;
    p->pull[t] = p->ease[t] * up;
    return (slopes){up, on, p->keep[t], p->fall[t]};
}

/* into_...[side][j]: what the j-th period of the chunk adds. */
typedef double added[SIDES][CHUNK];

static void sweep_in(const interior *p,
                     const chunks *c,
                     added into_power,
                     added into_stock,
                     slopes *beyond)
{
    slopes l = beyond[LEFT];
    slopes r = beyond[RIGHT];
    size_t last = c->m[RIGHT];
    for (size_t j = 0; j < c->m[RIGHT]; j++) {
        last--;
        r = slope_of(p, r, c->from[RIGHT] + last, into_power[RIGHT][last],
                     into_stock[RIGHT][last]);
        if (j < c->m[LEFT]) {
            l = slope_of(p, l, c->from[LEFT] + j, into_power[LEFT][j],
                         into_stock[LEFT][j]);
        }
    }
    beyond[LEFT] = l;
    beyond[RIGHT] = r;
}

/* The two outlooks on the power of the middle period and the stock before it, the left
 * one with the ramp between paid. */
static void meet(interior *p, const outlook *beyond, double stock)
{
    outlook l = beyond[LEFT];
    outlook r = beyond[RIGHT];
    double keep = p->keep[p->middle - 1];
    double tilt = r.b / r.a + l.b / l.a;
    double left = l.a * keep;
    p->meet.power = r.a + left;
    p->meet.both = r.b - l.b * keep;
    p->meet.stock =
        r.a * left / p->meet.power * tilt * tilt + r.over / r.a + l.over / l.a + stock;
    p->keep[p->middle] = 0.0; /* the path starts there */
    p->fall[p->middle] = 0.0;
}

/* Power and stock in the middle. */
static void solve_middle(interior *p, const slopes *beyond, double force)
{
    meeting *o = &p->meet;
    slopes l = beyond[LEFT];
    slopes r = beyond[RIGHT];
    double power = r.power + l.keep * l.power;
    double stock = r.stock - (l.stock - l.fall * l.power) - force;
    o->stock_now = (o->both / o->power * power - stock) / o->stock;
    p->pull[p->middle] = (power + o->both * o->stock_now) / o->power;
}

/* First sweep: the last step is done, the new point measured, the matrix factored and
 * the predictor's right side (no products, the price alone) swept in. */
static double measure(interior *p)
{
    weights weight;
    added into_power;
    added into_stock = {{0.0}};
    lanes gap = {{0.0}};
    outlook end = {1.0, 0.0, end_weight, 0.0, 1.0};
    outlook beyond[SIDES] = {end, end};
    slopes slope[SIDES] = {{0.0, 0.0, 0.0, 0.0}};
    chunks c = {{0, p->n}, {0, 0}};
    while (inwards(p, &c)) {
        for (int side = 0; side < SIDES; side++) {
            for (int k = 0; k < FAMILIES; k++) {
                range which = rows_of(p, &c, side, k);
                ptrdiff_t place = which.from - (ptrdiff_t)c.from[side] + 1;
                advance(p, &p->row[k], which);
                weigh(&p->row[k], which, weight[side][k] + (side == LEFT ? 0 : place),
                      &gap);
            }
            memcpy(into_power[side], p->price + c.from[side], c.m[side] * sizeof(double));
        }
        if (c.from[RIGHT] == p->middle) {
            weight[RIGHT][RAMP][1] = 0.0; /* the left pays it */
        }
        factor(p, &c, weight, beyond);
        sweep_in(p, &c, into_power, into_stock, slope);
    }
    meet(p, beyond, weight[RIGHT][STOCK][0]);
    solve_middle(p, slope, 0.0);
    return sum_of(&gap);
}

/* The limits' forces on rows for a product mu of each slack with its multiplier. */
WIDE static void
forces(const rows *f, double mu, ptrdiff_t from, size_t m, double *restrict force)
{
    double lowest = f->low;
    double highest = f->high;
    const double *restrict value = f->value + from;
    const double *restrict predicted = f->predicted + from;
    const double *restrict z_low = f->z_low + from;
    const double *restrict z_high = f->z_high + from;
    for (size_t j = 0; j < m; j++) {
        double a = predicted[j];
        pair r = reciprocals(value[j] - lowest, highest - value[j]);
        double low = mu + z_low[j] * (a + r.low * a * a);
        double high = mu - z_high[j] * (a - r.high * a * a);
        force[j] = low * r.low - high * r.high;
    }
}

/* Third sweep: the corrector's right side for a product mu. */
static void correct(interior *p, double mu)
{
    added into_power;
    added into_stock;
    double force[FAMILIES][CHUNK + 1];
    slopes slope[SIDES] = {{0.0, 0.0, 0.0, 0.0}};
    chunks c = {{0, p->n}, {0, 0}};
    while (inwards(p, &c)) {
        for (int side = 0; side < SIDES; side++) {
            ptrdiff_t from = (ptrdiff_t)c.from[side];
            size_t m = c.m[side];
            double sign = side == LEFT ? 1.0 : -1.0;
            forces(&p->row[STOCK], mu, side == LEFT ? from - 1 : from, m, force[STOCK]);
            forces(&p->row[POWER], mu, from, m, force[POWER]);
            forces(&p->row[RAMP], mu, from, m + 1, force[RAMP]);
            for (size_t j = 0; j < m; j++) {
                double stock = sign * force[STOCK][j];
                double ramp = force[RAMP][j + 1] - force[RAMP][j];
                into_stock[side][j] = stock;
                into_power[side][j] =
                    (p->price[from + (ptrdiff_t)j] + ramp) + (stock - force[POWER][j]);
            }
        }
        sweep_in(p, &c, into_power, into_stock, slope);
    }
    forces(&p->row[STOCK], mu, (ptrdiff_t)p->middle - 1, 1, force[STOCK]);
    solve_middle(p, slope, force[STOCK][0]);
}

/* The path outwards: power and stock reached. */
typedef struct path {
    double x, s;
} path;

static inline path go(const interior *p, path at, size_t t)
{
    double part = p->keep[t] * at.x - p->pull[t];
    double taken = p->fall[t] * at.s;
    return (path){part - taken, (at.s + part) - taken};
}

static void
sweep_out(const interior *p, const chunks *c, double *const *out, path *reached)
{
    path l = reached[LEFT];
    path r = reached[RIGHT];
    size_t t = c->from[LEFT] + c->m[LEFT];
    for (size_t j = 0; j < c->m[RIGHT]; j++) {
        size_t u = c->from[RIGHT] + j;
        path on = go(p, r, u);
        if (u > p->middle) {
            out[RAMP][u] = on.x - r.x;
        }
        out[POWER][u] = on.x;
        out[STOCK][u] = on.s;
        r = on;
        if (j < c->m[LEFT]) {
            on = go(p, l, --t);
            out[RAMP][t + 1] = l.x - on.x;
            out[POWER][t] = on.x;
            out[STOCK][(ptrdiff_t)t - 1] = -on.s;
            l = on;
        }
    }
    reached[LEFT] = l;
    reached[RIGHT] = r;
}

/* Both paths start in the middle. */
static void start_paths(const interior *p, double *const *out, path *reached)
{
    double stock = p->meet.stock_now;
    out[STOCK][p->middle - 1] = stock;
    reached[LEFT] = (path){-p->pull[p->middle], -stock};
    reached[RIGHT] = (path){0.0, stock};
}

typedef struct forecast {
    double gap;      /* w'z after the predictor */
    double residual; /* what the dual residual is worth before it */
    double cost;     /* before it */
} forecast;

typedef struct reach {
    lanes primal, dual;  /* relative falls of slacks and multipliers */
    lanes first, second; /* of w'z, in the step lengths */
} reach;

/* How far the predictor may go. */
WIDE static void reach_predicted(const rows *f, range which, reach *restrict o)
{
    double lowest = f->low;
    double highest = f->high;
    const double *restrict value = f->value + which.from;
    const double *restrict change = f->predicted + which.from;
    const double *restrict z_low = f->z_low + which.from;
    const double *restrict z_high = f->z_high + which.from;
    for (size_t j = 0; j < which.m; j++) {
        double d = change[j];
        pair r = reciprocals(value[j] - lowest, highest - value[j]);
        double low = r.low * d;
        double high = r.high * d;
        double fall = high > -low ? high : -low;
        double drop = 1.0 + (low > -high ? low : -high);
        double work = (z_low[j] - z_high[j]) * d;
        o->primal.at[j] = fall > o->primal.at[j] ? fall : o->primal.at[j];
        o->dual.at[j] = drop > o->dual.at[j] ? drop : o->dual.at[j];
        o->first.at[j] += work;
        o->second.at[j] += work + (z_low[j] * low + z_high[j] * high) * d;
    }
}

/* Second sweep: where the predictor leads; w'z is bilinear in its two step lengths. */
static forecast predict(const interior *p, double gap)
{
    double *const out[FAMILIES] = {p->row[STOCK].predicted, p->row[POWER].predicted,
                                   p->row[RAMP].predicted};
    reach o = {.primal = {{0.0}}};
    lanes worth = {{0.0}};
    lanes cost = {{0.0}};
    path reached[SIDES];
    chunks c = {{p->middle, p->middle}, {0, 0}};
    start_paths(p, out, reached);
    while (outwards(p, &c)) {
        sweep_out(p, &c, out, reached);
        for (int side = 0; side < SIDES; side++) {
            for (int k = 0; k < FAMILIES; k++) {
                reach_predicted(&p->row[k], rows_of(p, &c, side, k), &o);
            }
            residual(p, c.from[side], c.m[side], &worth);
            for (size_t j = 0; j < c.m[side]; j++) {
                size_t t = c.from[side] + j;
                cost.at[j] += p->price[t] * p->row[POWER].value[t];
            }
        }
    }
    step by = {1.0 / most_of(&o.primal), 1.0 / most_of(&o.dual)};
    double work = sum_of(&o.first);
    return (forecast){gap + by.primal * work - by.dual * (gap + work) -
                          by.primal * by.dual * sum_of(&o.second),
                      sum_of(&worth), sum_of(&cost)};
}

WIDE static void reach_corrected(const rows *f, range which, double mu, reach *restrict o)
{
    double lowest = f->low;
    double highest = f->high;
    const double *restrict value = f->value + which.from;
    const double *restrict change = f->change + which.from;
    const double *restrict predicted = f->predicted + which.from;
    const double *restrict z_low = f->z_low + which.from;
    const double *restrict z_high = f->z_high + which.from;
    for (size_t j = 0; j < which.m; j++) {
        double d = change[j];
        double a = predicted[j];
        pair r = reciprocals(value[j] - lowest, highest - value[j]);
        pair z = reciprocals(z_low[j], z_high[j]);
        double low = -r.low * d;
        double high = r.high * d;
        double fall = low > high ? low : high;
        double drop_low = r.low * (d - a - r.low * a * a - mu * z.low);
        double drop_high = r.high * (a - d - r.high * a * a - mu * z.high);
        double drop = 1.0 + (drop_low > drop_high ? drop_low : drop_high);
        o->primal.at[j] = fall > o->primal.at[j] ? fall : o->primal.at[j];
        o->dual.at[j] = drop > o->dual.at[j] ? drop : o->dual.at[j];
    }
}

/* Fourth sweep: the step, and how much of it keeps slacks and multipliers above zero. */
static step aim(const interior *p, double mu)
{
    double *const out[FAMILIES] = {p->row[STOCK].change, p->row[POWER].change,
                                   p->row[RAMP].change};
    reach o = {.primal = {{0.0}}};
    path reached[SIDES];
    chunks c = {{p->middle, p->middle}, {0, 0}};
    start_paths(p, out, reached);
    while (outwards(p, &c)) {
        sweep_out(p, &c, out, reached);
        for (int side = 0; side < SIDES; side++) {
            for (int k = 0; k < FAMILIES; k++) {
                reach_corrected(&p->row[k], rows_of(p, &c, side, k), mu, &o);
            }
        }
    }
    return (step){1.0 / most_of(&o.primal), 1.0 / most_of(&o.dual)};
}

/* Choose the next step from the predictor's; false when none is left. */
static bool iterate(interior *p, double gap, double gap_predicted, double size)
{
    double products = (double)(2 * FAMILIES * p->n);
    double share = gap_predicted / gap;
    /* No nearer the limits than the stop asks for: rounding grows as 1 / slack. */
    double mu = fmax(share * share * share * gap, 0.1 * gap_stop_share * size);
    p->mu = mu / products;
    correct(p, p->mu);
    p->by = aim(p, p->mu);
    double keep = 1.0 - fmin(0.1, fmax(1e-3, gap / products));
    p->by.primal = fmin(1.0, keep * p->by.primal);
    p->by.dual = fmin(1.0, keep * p->by.dual);
    return p->by.primal > 1e-13 || p->by.dual > 1e-13;
}

/* Until the gap closes or rounding stops it; the best point met is left in best. */
static sn_status run(interior *p, sn_flexible_result *out, sn_error *err)
{
    int stalls = 0;
    out->gap_share = INFINITY;
    for (size_t i = 0; i < STEPS_MAX; i++) {
        double products = measure(p);
        forecast next = predict(p, products);
        double size = fmax(fabs(next.cost), 1e-3 * (double)p->n);
        double gap = (products + next.residual) / size;
        out->iterations = i;
        stalls = gap < 0.5 * out->gap_share ? 0 : stalls + 1;
        if (gap < out->gap_share) {
            out->gap_share = gap;
            memcpy(p->best, p->row[POWER].value, p->n * sizeof *p->best);
        }
        bool is_stuck = stalls >= STALLS_MAX && out->gap_share <= gap_good_share;
        if (!isfinite(gap) || gap <= gap_stop_share || is_stuck ||
            gap > worse_stop * out->gap_share || !iterate(p, products, next.gap, size)) {
            break;
        }
    }
    if (!(out->gap_share <= gap_accept_share)) {
        return sn_error_set(err, SN_E_NUMERIC,
                            "the schedule with a ramp closed to %.2g of its cost only",
                            out->gap_share);
    }
    return SN_OK;
}

/* Bounds in units of load_max * step, prices in their mean size. */
static void set_up(interior *p, const sn_flexible *plant, const double *price)
{
    double unit = plant->load_max_mw * plant->step_h;
    double size = 0.0;
    double ramp = plant->ramp_mw_per_h * plant->step_h / plant->load_max_mw;
    rows *stock = &p->row[STOCK];
    rows *power = &p->row[POWER];
    stock->high = plant->storage_mwh / unit;
    power->low = plant->load_min_mw / plant->load_max_mw;
    power->high = 1.0;
    p->row[RAMP].low = -ramp;
    p->row[RAMP].high = ramp;
    for (size_t t = 0; t < p->n; t++) {
        size += fabs(price[t]) / (double)p->n;
    }
    for (size_t t = 0; t < p->n; t++) {
        p->price[t] = size > 0.0 ? price[t] / size : 0.0;
    }
    for (ptrdiff_t t = -1; t <= (ptrdiff_t)p->n; t++) {
        stock->value[t] = 0.5 * stock->high;
        power->value[t] = plant->energy_mwh / (double)p->n / unit;
    }
    for (int k = 0; k < FAMILIES; k++) {
        rows *f = &p->row[k];
        double margin = 2.0 * DBL_EPSILON * fmax(fabs(f->low), fabs(f->high));
        f->bottom = f->low + margin;
        f->top = f->high - margin;
        for (ptrdiff_t t = -1; t <= (ptrdiff_t)p->n; t++) {
            f->z_low[t] = start_product / (f->value[t] - f->low);
            f->z_high[t] = start_product / (f->high - f->value[t]);
        }
    }
}

/* n places, and one before and after them. */
static double *take(double **memory, size_t n)
{
    double *at = *memory + 1;
    *memory += n + 2;
    return at;
}

sn_status sn_flexible_ramp(const sn_flexible *plant,
                           const double *price_eur_per_mwh,
                           size_t n,
                           double *load_mw_out,
                           sn_flexible_result *out,
                           sn_error *err)
{
    enum { ARRAYS = 5 * FAMILIES + 6 };
    interior p = {.n = n, .middle = n / 2};
    *out = (sn_flexible_result){0};
    double *memory = calloc((size_t)ARRAYS * (n + 2), sizeof *memory);
    if (memory == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a schedule");
    }
    double *at = memory;
    for (int k = 0; k < FAMILIES; k++) {
        p.row[k] = (rows){.value = take(&at, n),
                          .change = take(&at, n),
                          .predicted = take(&at, n),
                          .z_low = take(&at, n),
                          .z_high = take(&at, n)};
    }
    p.price = take(&at, n);
    p.keep = take(&at, n);
    p.fall = take(&at, n);
    p.ease = take(&at, n);
    p.pull = take(&at, n);
    p.best = take(&at, n);
    set_up(&p, plant, price_eur_per_mwh);
    sn_status status = run(&p, out, err);
    for (size_t t = 0; t < n && status == SN_OK; t++) {
        load_mw_out[t] = p.best[t] * plant->load_max_mw;
        out->cost_eur += price_eur_per_mwh[t] * load_mw_out[t] * plant->step_h;
        out->energy_mwh += load_mw_out[t] * plant->step_h;
    }
    out->is_feasible = status == SN_OK;
    out->ramp_bound = status == SN_OK;
    free(memory);
    return status;
}
