/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M-34 with a ramp: Mehrotra's predictor-corrector (S. Mehrotra, SIAM J. Optim. 2
 * (1992) 575; S. Wright, Primal-Dual Interior-Point Methods, ch. 10) on the stock.
 *
 * With s_0 and s_n given, the unknowns are s_1 .. s_{n-1}; x is a first and the ramp a
 * second difference of s, so A' D A has five diagonals whatever D is.  The start x = q
 * is strictly inside every limit, and slacks are computed from s, not carried: every
 * iterate is feasible, and w'z with the dual residual bounds the distance to the
 * optimum.  Without a limit of the stock flexible_sum.c is exact and quicker. */
#include "flexible_internal.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 100, REFINEMENTS = 2, STALLS_MAX = 3 };
static const double gap_stop_share = 1e-11;
static const double gap_accept_share = 1e-7;
static const double gap_good_share = 1e-9; /* enough, once rounding stops progress */
static const double worse_stop = 1e3;
static const double late_share = 1e-5; /* of the cost: from here on rounding matters */

/* Three families of rows, each with a low and a high side: 0 stock, 1 power, 2 ramp. */
enum { STOCK, POWER, RAMP, FAMILIES };

typedef struct interior {
    size_t n; /* steps */
    size_t m[FAMILIES];
    double low[FAMILIES];
    double high[FAMILIES];
    double q;
    double s_end;
    const double *price;      /* scaled */
    double *s;                /* [n + 1] */
    double *ds;               /* [n + 1], ends 0 */
    double *row[FAMILIES];    /* value of each row at s */
    double *drow[FAMILIES];   /* its change along ds */
    double *affine[FAMILIES]; /* the same of the predictor */
    double *z_low[FAMILIES];
    double *z_high[FAMILIES];
    double *r_low[FAMILIES]; /* 1 / slack: divisions are what an iteration costs */
    double *r_high[FAMILIES];
    double *weight[FAMILIES]; /* of H */
    double *side[FAMILIES];
    double *diagonal[3]; /* of H and its factor: main, first, second */
    double *rhs;
    double *best;
    double *keep; /* right side, for refinement */
    double *drow2[FAMILIES];
} interior;

/* rows[.] from a stock path: x and ramp are its differences. */
static void rows_of(const interior *p, const double *s, double q, double *const *row)
{
    for (size_t t = 0; t < p->n; t++) {
        row[STOCK][t] = s[t + 1];
        row[POWER][t] = s[t + 1] - s[t] + q;
    }
    for (size_t t = 1; t < p->n; t++) {
        row[RAMP][t] = row[POWER][t] - row[POWER][t - 1];
    }
}

/* out[i] = sum over rows of y * A[row][i] for the unknown s_i, i = 1..n-1. */
static void transpose(const interior *p, double *const *y, double *out)
{
    for (size_t i = 1; i < p->n; i++) {
        double power_below = y[POWER][i - 1]; /* x_i = s_i - s_{i-1}: +1 */
        double power_above = y[POWER][i];
        double sum = y[STOCK][i - 1] + power_below - power_above;
        if (i >= 2) {
            sum += y[RAMP][i - 1];
        }
        sum -= 2.0 * y[RAMP][i];
        if (i + 1 < p->n) {
            sum += y[RAMP][i + 1];
        }
        out[i] = sum;
    }
}

/* Factor H = A' diag(weight) A in place, L D L' with two bands below. */
static void factor(const interior *p)
{
    double *d = p->diagonal[0];
    double *e = p->diagonal[1];
    double *f = p->diagonal[2];
    double *const *w = p->weight;
    for (size_t i = 1; i < p->n; i++) {
        double r0 = i >= 2 ? w[RAMP][i - 1] : 0.0;
        double r1 = w[RAMP][i];
        double r2 = i + 1 < p->n ? w[RAMP][i + 1] : 0.0;
        d[i] = w[STOCK][i - 1] + w[POWER][i - 1] + w[POWER][i] + r0 + 4.0 * r1 + r2;
        /* row r of the ramp holds s_{r+1} - 2 s_r + s_{r-1} */
        e[i] = -w[POWER][i] - 2.0 * r1 - 2.0 * r2;
        f[i] = r2;
    }
    for (size_t i = 1; i < p->n; i++) {
        if (i >= 2) {
            d[i] -= e[i - 1] * e[i - 1] * d[i - 1];
        }
        if (i >= 3) {
            d[i] -= f[i - 2] * f[i - 2] * d[i - 2];
        }
        d[i] = d[i] > DBL_MIN ? d[i] : DBL_MIN;
        double cross = i >= 2 ? e[i - 1] * d[i - 1] * f[i - 1] : 0.0;
        e[i] = (e[i] - cross) / d[i];
        f[i] /= d[i];
    }
}

static void solve(const interior *p, double *x)
{
    const double *d = p->diagonal[0];
    const double *e = p->diagonal[1];
    const double *f = p->diagonal[2];
    for (size_t i = 2; i < p->n; i++) {
        x[i] -= e[i - 1] * x[i - 1] + (i >= 3 ? f[i - 2] * x[i - 2] : 0.0);
    }
    for (size_t i = 1; i < p->n; i++) {
        x[i] /= d[i];
    }
    for (size_t i = p->n - 1; i-- > 1;) {
        x[i] -= e[i] * x[i + 1] + (i + 2 < p->n ? f[i] * x[i + 2] : 0.0);
    }
}

/* Slacks are differences of numbers around 1: below this they are rounding. */
static double slack(double difference)
{
    return difference > 1e-16 ? difference : 1e-16; /* fmax is a call */
}

static size_t first_row(int k)
{
    return k == RAMP ? 1 : 0;
}

static size_t last_row(const interior *p, int k)
{
    return k == STOCK ? p->n - 1 : p->n; /* s_n is given */
}

typedef struct totals {
    double gap; /* w'z */
    size_t n;
} totals;

static totals measure(interior *p)
{
    totals sum = {0.0, 0};
    rows_of(p, p->s, p->q, p->row);
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); t < last_row(p, k); t++) {
            double wl = slack(p->row[k][t] - p->low[k]);
            double wh = slack(p->high[k] - p->row[k][t]);
            sum.gap += wl * p->z_low[k][t] + wh * p->z_high[k][t];
            p->r_low[k][t] = 1.0 / wl;
            p->r_high[k][t] = 1.0 / wh;
            p->weight[k][t] =
                p->z_low[k][t] * p->r_low[k][t] + p->z_high[k][t] * p->r_high[k][t];
        }
    }
    sum.n = 2 * (3 * p->n - 2);
    return sum;
}

/* What the dual residual c - A'z can be worth: it is repaired with the multipliers of
 * the stock's own limits, each at its slack (without limits: the widest the stock can
 * swing). */
static double residual_gap(interior *p)
{
    double sum = 0.0;
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); t < last_row(p, k); t++) {
            p->side[k][t] = p->z_low[k][t] - p->z_high[k][t];
        }
    }
    transpose(p, p->side, p->rhs);
    for (size_t i = 1; i < p->n; i++) {
        double r = p->price[i - 1] - p->price[i] - p->rhs[i];
        sum += r > 0.0 ? r * p->s[i] : -r * (p->high[STOCK] - p->s[i]);
    }
    return sum;
}

/* One step of iterative refinement: late weights differ by 1e16, and what the solve
 * leaves over is what keeps A'z from c. */
static void refine(interior *p)
{
    rows_of(p, p->ds, 0.0, p->drow2);
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); t < last_row(p, k); t++) {
            p->side[k][t] = p->weight[k][t] * p->drow2[k][t];
        }
    }
    transpose(p, p->side, p->rhs);
    for (size_t i = 1; i < p->n; i++) {
        p->rhs[i] = p->keep[i] - p->rhs[i];
    }
    solve(p, p->rhs);
    for (size_t i = 1; i < p->n; i++) {
        p->ds[i] += p->rhs[i];
    }
}

/* Right sides of the complementarity of one row's two slacks: mu less the second-order
 * term of the predictor, whose change of the row is a (0 in the predictor itself). */
static double target_low(const interior *p, int k, size_t t, double mu, double a)
{
    double z = p->z_low[k][t];
    return mu + a * (z + z * p->r_low[k][t] * a);
}

static double target_high(const interior *p, int k, size_t t, double mu, double a)
{
    double z = p->z_high[k][t];
    return mu - a * (z - z * p->r_high[k][t] * a);
}

/* The multipliers' changes when the row changes by d. */
static double change_low(const interior *p, int k, size_t t, double target, double d)
{
    return p->r_low[k][t] * (target - p->z_low[k][t] * d) - p->z_low[k][t];
}

static double change_high(const interior *p, int k, size_t t, double target, double d)
{
    return p->r_high[k][t] * (target + p->z_high[k][t] * d) - p->z_high[k][t];
}

/* ds and drow for a target mu and the predictor's changes of the rows. */
static void direction(interior *p, double mu, int refinements)
{
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); t < last_row(p, k); t++) {
            double a = p->affine[k][t];
            p->side[k][t] = target_low(p, k, t, mu, a) * p->r_low[k][t] -
                            target_high(p, k, t, mu, a) * p->r_high[k][t];
        }
    }
    transpose(p, p->side, p->rhs);
    for (size_t i = 1; i < p->n; i++) {
        p->rhs[i] -= p->price[i - 1] - p->price[i];
        p->ds[i] = p->rhs[i];
        p->keep[i] = p->rhs[i];
    }
    solve(p, p->ds);
    for (int again = 0; again < refinements; again++) {
        refine(p);
    }
    rows_of(p, p->ds, 0.0, p->drow);
}

typedef struct step {
    double primal, dual;
} step;

static void limit(double value, double change, double *most)
{
    if (change < 0.0 && value < -change * *most) {
        *most = -value / change;
    }
}

/* Longest steps that keep slacks and multipliers above zero. */
static step longest(const interior *p, double mu)
{
    step most = {1.0, 1.0};
    double shrink = 1.0; /* largest relative fall of a slack */
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); t < last_row(p, k); t++) {
            double d = p->drow[k][t];
            double a = p->affine[k][t];
            double fall = d < 0.0 ? -d * p->r_low[k][t] : d * p->r_high[k][t];
            shrink = fall > shrink ? fall : shrink;
            limit(p->z_low[k][t], change_low(p, k, t, target_low(p, k, t, mu, a), d),
                  &most.dual);
            limit(p->z_high[k][t], change_high(p, k, t, target_high(p, k, t, mu, a), d),
                  &most.dual);
        }
    }
    most.primal = 1.0 / shrink;
    return most;
}

static double gap_after(const interior *p, step by)
{
    double gap = 0.0;
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); t < last_row(p, k); t++) {
            double d = p->drow[k][t];
            double wl = slack(p->row[k][t] - p->low[k]) + by.primal * d;
            double wh = slack(p->high[k] - p->row[k][t]) - by.primal * d;
            gap += wl * (p->z_low[k][t] + by.dual * change_low(p, k, t, 0.0, d)) +
                   wh * (p->z_high[k][t] + by.dual * change_high(p, k, t, 0.0, d));
        }
    }
    return gap;
}

static void move(interior *p, double mu, step by)
{
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); t < last_row(p, k); t++) {
            double d = p->drow[k][t];
            double a = p->affine[k][t];
            double low = change_low(p, k, t, target_low(p, k, t, mu, a), d);
            double high = change_high(p, k, t, target_high(p, k, t, mu, a), d);
            p->z_low[k][t] += by.dual * low;
            p->z_high[k][t] += by.dual * high;
        }
    }
    for (size_t i = 1; i < p->n; i++) {
        p->s[i] += by.primal * p->ds[i];
    }
}

static bool iterate(interior *p, totals now, double size)
{
    bool is_late = now.gap < late_share * size;
    factor(p);
    for (int k = 0; k < FAMILIES; k++) {
        memset(p->affine[k], 0, p->n * sizeof *p->affine[k]);
    }
    direction(p, 0.0, is_late ? 1 : 0);
    step trial = longest(p, 0.0);
    double share = gap_after(p, trial) / now.gap;
    double mu = share * share * share * now.gap / (double)now.n;
    /* No nearer the limits than the stop asks for: rounding grows as 1 / slack. */
    mu = fmax(mu, 0.1 * gap_stop_share * size / (double)now.n);
    for (int k = 0; k < FAMILIES; k++) {
        memcpy(p->affine[k], p->drow[k], p->n * sizeof *p->affine[k]);
    }
    direction(p, mu, is_late ? REFINEMENTS : 1);
    step by = longest(p, mu);
    double keep = 1.0 - fmin(0.1, fmax(1e-3, now.gap / (double)now.n));
    by.primal = fmin(1.0, keep * by.primal);
    by.dual = fmin(1.0, keep * by.dual);
    if (!(by.primal > 1e-13) && !(by.dual > 1e-13)) {
        return false;
    }
    move(p, mu, by);
    return true;
}

static double scaled_cost(const interior *p)
{
    double sum = 0.0;
    for (size_t t = 0; t < p->n; t++) {
        sum += p->price[t] * (p->s[t + 1] - p->s[t] + p->q);
    }
    return sum;
}

/* Until the gap closes or rounding stops it; s is left at the best point met. */
static sn_status run(interior *p, sn_flexible_result *out, sn_error *err)
{
    int stalls = 0;
    out->gap_share = INFINITY;
    for (size_t i = 0; i < STEPS_MAX; i++) {
        totals now = measure(p);
        double size = fmax(fabs(scaled_cost(p)), 1e-3 * (double)p->n);
        double gap = (now.gap + residual_gap(p)) / size;
        out->iterations = i;
        stalls = gap < 0.5 * out->gap_share ? 0 : stalls + 1;
        if (gap < out->gap_share) {
            out->gap_share = gap;
            memcpy(p->best, p->s, (p->n + 1) * sizeof *p->best);
        }
        bool is_stuck = stalls >= STALLS_MAX && out->gap_share <= gap_good_share;
        if (!isfinite(gap) || gap <= gap_stop_share || is_stuck ||
            gap > worse_stop * out->gap_share || !iterate(p, now, size)) {
            break;
        }
    }
    memcpy(p->s, p->best, (p->n + 1) * sizeof *p->s);
    if (!(out->gap_share <= gap_accept_share)) {
        return sn_error_set(err, SN_E_NUMERIC,
                            "the schedule with a ramp closed to %.2g of its cost only",
                            out->gap_share);
    }
    return SN_OK;
}

static double *take(double **memory, size_t n)
{
    double *at = *memory;
    *memory += n;
    return at;
}

/* Bounds in units of load_max * step, prices in their mean size. */
static void set_up(interior *p,
                   const sn_flexible *plant,
                   const double *price,
                   double *scaled,
                   double price_size)
{
    double unit = plant->load_max_mw * plant->step_h;
    p->q = plant->energy_mwh / (double)p->n / unit;
    p->low[POWER] = plant->load_min_mw / plant->load_max_mw;
    p->high[POWER] = 1.0;
    p->high[STOCK] = plant->storage_mwh / unit;
    p->high[RAMP] = plant->ramp_mw_per_h * plant->step_h / plant->load_max_mw;
    p->low[RAMP] = -p->high[RAMP];
    for (size_t t = 0; t < p->n; t++) {
        scaled[t] = price[t] / price_size;
    }
    p->price = scaled;
    for (size_t t = 0; t <= p->n; t++) {
        p->s[t] = 0.5 * p->high[STOCK];
    }
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); t < last_row(p, k); t++) {
            p->z_low[k][t] = 1.0;
            p->z_high[k][t] = 1.0;
        }
    }
}

static void hand_back(const interior *p,
                      const sn_flexible *plant,
                      const double *price,
                      double *load_mw,
                      sn_flexible_result *out)
{
    for (size_t t = 0; t < p->n; t++) {
        load_mw[t] = (p->s[t + 1] - p->s[t] + p->q) * plant->load_max_mw;
        out->cost_eur += price[t] * load_mw[t] * plant->step_h;
        out->energy_mwh += load_mw[t] * plant->step_h;
    }
    out->is_feasible = true;
    out->ramp_bound = true;
}

sn_status sn_flexible_ramp(const sn_flexible *plant,
                           const double *price_eur_per_mwh,
                           size_t n,
                           double *load_mw_out,
                           sn_flexible_result *out,
                           sn_error *err)
{
    enum { ARRAYS = 10 * FAMILIES + 3 + 6 };
    interior p = {.n = n};
    double price_size = 0.0;
    *out = (sn_flexible_result){0};
    double *memory = calloc((size_t)ARRAYS * (n + 2), sizeof *memory);
    if (memory == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a schedule");
    }
    double *at = memory;
    double **const families[] = {p.row,   p.drow,   p.affine, p.z_low, p.z_high,
                                 p.r_low, p.r_high, p.weight, p.side,  p.drow2};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        for (int k = 0; k < FAMILIES; k++) {
            families[i][k] = take(&at, n + 2);
        }
    }
    for (int i = 0; i < 3; i++) {
        p.diagonal[i] = take(&at, n + 2);
    }
    p.s = take(&at, n + 2);
    p.ds = take(&at, n + 2);
    p.rhs = take(&at, n + 2);
    p.keep = take(&at, n + 2);
    p.best = take(&at, n + 2);
    double *scaled = take(&at, n + 2);
    for (size_t t = 0; t < n; t++) {
        price_size += fabs(price_eur_per_mwh[t]) / (double)n;
    }
    set_up(&p, plant, price_eur_per_mwh, scaled, price_size > 0.0 ? price_size : 1.0);
    sn_status status = run(&p, out, err);
    if (status == SN_OK) {
        hand_back(&p, plant, price_eur_per_mwh, load_mw_out, out);
    }
    free(memory);
    return status;
}
