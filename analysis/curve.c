/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "curve.h"

#include <math.h>

/* Every period reads every point of every curve: several numbers at a time. */
typedef double sn_pair __attribute__((vector_size(16), aligned(8)));
typedef long long sn_pair_mask __attribute__((vector_size(16)));

double sn_curve_price_at(const sn_curve *c, double quantity_mw)
{
    if (quantity_mw <= c->quantity_mw[0]) {
        return c->price_eur_per_mwh[0];
    }
    for (size_t k = 1; k < c->n; k++) {
        double q0 = c->quantity_mw[k - 1];
        double q1 = c->quantity_mw[k];
        if (quantity_mw <= q1 && q1 > q0) {
            double p0 = c->price_eur_per_mwh[k - 1];
            return p0 + (c->price_eur_per_mwh[k] - p0) * ((quantity_mw - q0) / (q1 - q0));
        }
    }
    return c->price_eur_per_mwh[c->n - 1];
}

double sn_curve_quantity_at(const sn_curve *c, double price_eur_per_mwh)
{
    size_t last = c->n - 1;
    if (price_eur_per_mwh <= c->price_eur_per_mwh[0]) {
        return c->quantity_mw[0];
    }
    for (size_t k = 1; k <= last; k++) {
        double p0 = c->price_eur_per_mwh[k - 1];
        double p1 = c->price_eur_per_mwh[k];
        if (price_eur_per_mwh <= p1 && p1 > p0) {
            double q0 = c->quantity_mw[k - 1];
            return q0 + (c->quantity_mw[k] - q0) * ((price_eur_per_mwh - p0) / (p1 - p0));
        }
    }
    return c->quantity_mw[last];
}

/* Integral of the quantity over price between two prices, a <= b. */
static double area_below(const sn_curve *c, double a, double b)
{
    double sum = 0.0;
    for (size_t k = 0; k + 1 < c->n; k++) {
        double p0 = c->price_eur_per_mwh[k];
        double p1 = c->price_eur_per_mwh[k + 1];
        double left = a > p0 ? a : p0;
        double right = b < p1 ? b : p1;
        if (right <= left || p1 <= p0) {
            continue;
        }
        double slope = (c->quantity_mw[k + 1] - c->quantity_mw[k]) / (p1 - p0);
        double middle = c->quantity_mw[k] + slope * (0.5 * (left + right) - p0);
        sum += middle * (right - left);
    }
    return sum;
}

/* By parts, so that steps and gaps need no rule of their own. */
double sn_curve_cost_eur_per_h(const sn_curve *c, double from_mw, double to_mw)
{
    double p0 = sn_curve_price_at(c, from_mw);
    double p1 = sn_curve_price_at(c, to_mw);
    double below = p1 >= p0 ? area_below(c, p0, p1) : -area_below(c, p1, p0);
    return p1 * to_mw - p0 * from_mw - below;
}

static sn_pair pair_at(const double *x)
{
    return *(const sn_pair *)x;
}

/* A number that is none compares with nothing, and between two finite ends nothing is
 * infinite. */
bool sn_curve_is_rising(const double *x, size_t n)
{
    sn_pair_mask a = {-1, -1};
    sn_pair_mask b = a;
    size_t k = 0;
    for (; k + 4 < n; k += 4) {
        a &= pair_at(x + k) <= pair_at(x + k + 1);
        b &= pair_at(x + k + 2) <= pair_at(x + k + 3);
    }
    a &= b;
    bool rises = (a[0] & a[1]) != 0;
    for (; k + 1 < n; k++) {
        rises = rises && x[k] <= x[k + 1];
    }
    return n == 0 || (rises && isfinite(x[0]) && isfinite(x[n - 1]));
}

static bool are_sound(const sn_curve *curve, size_t n)
{
    for (size_t z = 0; z < n; z++) {
        const sn_curve *c = &curve[z];
        if (c->n == 0 || !sn_curve_is_rising(c->price_eur_per_mwh, c->n) ||
            !sn_curve_is_rising(c->quantity_mw, c->n)) {
            return false;
        }
    }
    return true;
}

#ifdef __x86_64__

/* Four numbers at a time, for processors that compare as many at once. */
typedef double sn_quad __attribute__((vector_size(32), aligned(8)));
typedef long long sn_quad_mask __attribute__((vector_size(32)));

__attribute__((target("avx2"))) static bool is_rising_in_fours(const double *x, size_t n)
{
    enum { STEPS = 8 };
    if (n <= STEPS) {
        return sn_curve_is_rising(x, n);
    }
    const double *last = x + n - 1 - STEPS; /* the last eight steps begin here */
    sn_quad_mask a = *(const sn_quad *)last <= *(const sn_quad *)(last + 1);
    sn_quad_mask b = *(const sn_quad *)(last + 4) <= *(const sn_quad *)(last + 5);
    for (const double *at = x; at < last; at += STEPS) {
        a &= *(const sn_quad *)at <= *(const sn_quad *)(at + 1);
        b &= *(const sn_quad *)(at + 4) <= *(const sn_quad *)(at + 5);
    }
    a &= b;
    return (a[0] & a[1] & a[2] & a[3]) != 0 && isfinite(x[0]) && isfinite(x[n - 1]);
}

/* Curves that lie far away are asked for while others before them are read. */
enum { AHEAD = 2, NUMBERS_PER_LINE = 8 };

static inline void ask_for(const sn_curve *c)
{
    for (size_t k = 0; k < c->n; k += NUMBERS_PER_LINE) {
        __builtin_prefetch(c->price_eur_per_mwh + k);
        __builtin_prefetch(c->quantity_mw + k);
    }
}

__attribute__((target("avx2"))) static bool are_sound_in_fours(const sn_curve *curve,
                                                               size_t n)
{
    for (size_t z = 0; z < n; z++) {
        const sn_curve *c = &curve[z];
        if (z + AHEAD < n) {
            ask_for(&curve[z + AHEAD]);
        }
        if (c->n == 0 || !is_rising_in_fours(c->price_eur_per_mwh, c->n) ||
            !is_rising_in_fours(c->quantity_mw, c->n)) {
            return false;
        }
    }
    return true;
}

bool sn_curves_are_sound(const sn_curve *curve, size_t n)
{
    return __builtin_cpu_supports("avx2") ? are_sound_in_fours(curve, n)
                                          : are_sound(curve, n);
}

#else

bool sn_curves_are_sound(const sn_curve *curve, size_t n)
{
    return are_sound(curve, n);
}

#endif

bool sn_curve_is_stairs(const sn_curve *curve)
{
    const double *p = curve->price_eur_per_mwh;
    const double *q = curve->quantity_mw;
    size_t n = curve->n;
    sn_pair_mask level = {-1, -1}; /* price over a step, quantity over a gap */
    sn_pair_mask rising = level;
    if (n < 2 || n % 2 != 0) {
        return false;
    }
    for (size_t k = 0; k + 2 < n; k += 2) {
        sn_pair p0 = pair_at(p + k);
        sn_pair p1 = pair_at(p + k + 1);
        sn_pair q0 = pair_at(q + k);
        sn_pair q1 = pair_at(q + k + 1);
        level &= (sn_pair){p0[0], q0[1]} == (sn_pair){p1[0], q1[1]};
        rising &= (sn_pair){q0[0], p0[1]} < (sn_pair){q1[0], p1[1]};
    }
    level &= rising;
    return (level[0] & level[1]) != 0 && p[n - 2] == p[n - 1] && q[n - 2] < q[n - 1] &&
           isfinite(p[0]) && isfinite(q[0]) && isfinite(p[n - 1]) && isfinite(q[n - 1]);
}
