/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M-34 with a ramp: Mehrotra's predictor-corrector (S. Mehrotra, SIAM J. Optim. 2
 * (1992) 575; S. Wright, Primal-Dual Interior-Point Methods, ch. 10) on the stock.
 *
 * With s_0 and s_n given, the unknowns are s_1 .. s_{n-1}; x is a first and the ramp a
 * second difference of s, so A' D A has five diagonals whatever D is.  The start x = q
 * is strictly inside every limit, and slacks are computed from s, not carried: every
 * iterate is feasible, and w'z with the dual residual bounds the distance to the
 * optimum. */
#include "flexible.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 100, REFINEMENTS = 2 };
static const double gap_stop_share = 1e-12;
static const double gap_accept_share = 1e-7;
static const double worse_stop = 1e3;

/* Three families of rows, each with a low and a high side: 0 stock, 1 power, 2 ramp. */
enum { STOCK, POWER, RAMP, FAMILIES };

typedef struct interior {
    size_t n; /* steps */
    size_t m[FAMILIES];
    double low[FAMILIES];
    double high[FAMILIES];
    double q;
    double s_end;
    const double *price;    /* scaled */
    double *s;              /* [n + 1] */
    double *ds;             /* [n + 1], ends 0 */
    double *row[FAMILIES];  /* value of each row at s */
    double *drow[FAMILIES]; /* its change along ds */
    double *z_low[FAMILIES];
    double *z_high[FAMILIES];
    double *weight[FAMILIES]; /* of H, and scratch of right sides */
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
        d[i] = fmax(d[i], DBL_MIN);
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

static bool is_used(const interior *p, int k)
{
    return isfinite(p->high[k]);
}

/* Slacks are differences of numbers around 1: below this they are rounding. */
static double slack(double difference)
{
    return fmax(difference, 1e-16);
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
        for (size_t t = first_row(k); is_used(p, k) && t < last_row(p, k); t++) {
            double wl = slack(p->row[k][t] - p->low[k]);
            double wh = slack(p->high[k] - p->row[k][t]);
            sum.gap += wl * p->z_low[k][t] + wh * p->z_high[k][t];
            p->weight[k][t] = p->z_low[k][t] / wl + p->z_high[k][t] / wh;
            sum.n += 2;
        }
    }
    return sum;
}

/* What the dual residual c - A'z can be worth: it is repaired with the multipliers of
 * the stock's own limits, each at its slack (without limits: the widest the stock can
 * swing). */
static double residual_gap(interior *p)
{
    double sum = 0.0;
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); is_used(p, k) && t < last_row(p, k); t++) {
            p->side[k][t] = p->z_low[k][t] - p->z_high[k][t];
        }
    }
    transpose(p, p->side, p->rhs);
    for (size_t i = 1; i < p->n; i++) {
        double r = p->price[i - 1] - p->price[i] - p->rhs[i];
        double to_low = is_used(p, STOCK) ? p->s[i] : (double)p->n;
        double to_high = is_used(p, STOCK) ? p->high[STOCK] - p->s[i] : (double)p->n;
        sum += r > 0.0 ? r * to_low : -r * to_high;
    }
    return sum;
}

/* One step of iterative refinement: late weights differ by 1e16, and what the solve
 * leaves over is what keeps A'z from c. */
static void refine(interior *p)
{
    rows_of(p, p->ds, 0.0, p->drow2);
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); is_used(p, k) && t < last_row(p, k); t++) {
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

/* ds for a target mu; use_affine adds the second-order term of the last direction. */
static void direction(interior *p, double mu, bool use_affine)
{
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); is_used(p, k) && t < last_row(p, k); t++) {
            double wl = slack(p->row[k][t] - p->low[k]);
            double wh = slack(p->high[k] - p->row[k][t]);
            double to_low = mu;
            double to_high = mu;
            if (use_affine) {
                double d = p->drow[k][t];
                to_low -= d * (-p->z_low[k][t] - p->z_low[k][t] / wl * d);
                to_high -= -d * (-p->z_high[k][t] + p->z_high[k][t] / wh * d);
            }
            p->side[k][t] = to_low / wl - to_high / wh;
        }
    }
    transpose(p, p->side, p->rhs);
    for (size_t i = 1; i < p->n; i++) {
        p->rhs[i] -= p->price[i - 1] - p->price[i];
        p->ds[i] = p->rhs[i];
        p->keep[i] = p->rhs[i];
    }
    solve(p, p->ds);
    for (int again = 0; again < REFINEMENTS; again++) {
        refine(p);
    }
}

/* One side's new multiplier change, for slack w changing by dw. */
static double z_change(double w, double z, double dw, double target)
{
    return target / w - z - z / w * dw;
}

static double second_order(double w, double z, double dw)
{
    return dw * (-z - z / w * dw);
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

/* Longest steps that keep slacks and multipliers above zero.  affine is the direction
 * before correction (NULL in the predictor). */
static step longest(interior *p, double mu, double *const *affine)
{
    step most = {1.0, 1.0};
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); is_used(p, k) && t < last_row(p, k); t++) {
            double wl = slack(p->row[k][t] - p->low[k]);
            double wh = slack(p->high[k] - p->row[k][t]);
            double d = p->drow[k][t];
            double a = affine == NULL ? 0.0 : affine[k][t];
            double to_low = mu - (affine ? second_order(wl, p->z_low[k][t], a) : 0.0);
            double to_high = mu - (affine ? second_order(wh, p->z_high[k][t], -a) : 0.0);
            limit(wl, d, &most.primal);
            limit(wh, -d, &most.primal);
            limit(p->z_low[k][t], z_change(wl, p->z_low[k][t], d, to_low), &most.dual);
            limit(p->z_high[k][t], z_change(wh, p->z_high[k][t], -d, to_high),
                  &most.dual);
        }
    }
    return most;
}

static double gap_after(interior *p, step by)
{
    double gap = 0.0;
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); is_used(p, k) && t < last_row(p, k); t++) {
            double wl = slack(p->row[k][t] - p->low[k]);
            double wh = slack(p->high[k] - p->row[k][t]);
            double d = p->drow[k][t];
            double zl = p->z_low[k][t];
            double zh = p->z_high[k][t];
            gap += (wl + by.primal * d) * (zl + by.dual * z_change(wl, zl, d, 0.0));
            gap += (wh - by.primal * d) * (zh + by.dual * z_change(wh, zh, -d, 0.0));
        }
    }
    return gap;
}

static void move(interior *p, double mu, double *const *affine, step by)
{
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); is_used(p, k) && t < last_row(p, k); t++) {
            double wl = slack(p->row[k][t] - p->low[k]);
            double wh = slack(p->high[k] - p->row[k][t]);
            double d = p->drow[k][t];
            double a = affine[k][t];
            double *zl = &p->z_low[k][t];
            double *zh = &p->z_high[k][t];
            double to_low = mu - second_order(wl, *zl, a);
            double to_high = mu - second_order(wh, *zh, -a);
            *zl += by.dual * z_change(wl, *zl, d, to_low);
            *zh += by.dual * z_change(wh, *zh, -d, to_high);
        }
    }
    for (size_t i = 1; i < p->n; i++) {
        p->s[i] += by.primal * p->ds[i];
    }
}

static bool iterate(interior *p, double *const *affine, totals now, double size)
{
    factor(p);
    direction(p, 0.0, false);
    rows_of(p, p->ds, 0.0, p->drow);
    step trial = longest(p, 0.0, NULL);
    double share = gap_after(p, trial) / now.gap;
    double mu = share * share * share * now.gap / (double)now.n;
    /* No nearer the limits than the stop asks for: rounding grows as 1 / slack. */
    mu = fmax(mu, 0.1 * gap_stop_share * size / (double)now.n);
    direction(p, mu, true);
    for (int k = 0; k < FAMILIES; k++) {
        memcpy(affine[k], p->drow[k], p->n * sizeof *affine[k]);
    }
    rows_of(p, p->ds, 0.0, p->drow);
    step by = longest(p, mu, affine);
    double keep = 1.0 - fmin(0.1, fmax(1e-3, now.gap / (double)now.n));
    by.primal = fmin(1.0, keep * by.primal);
    by.dual = fmin(1.0, keep * by.dual);
    if (!(by.primal > 1e-13) && !(by.dual > 1e-13)) {
        return false;
    }
    move(p, mu, affine, by);
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
static sn_status
run(interior *p, double *const *affine, sn_flexible_result *out, sn_error *err)
{
    out->gap_share = INFINITY;
    for (size_t i = 0; i < STEPS_MAX; i++) {
        totals now = measure(p);
        double size = fmax(fabs(scaled_cost(p)), 1e-3 * (double)p->n);
        double gap = (now.gap + residual_gap(p)) / size;
        out->iterations = i;
        if (gap < out->gap_share) {
            out->gap_share = gap;
            memcpy(p->best, p->s, (p->n + 1) * sizeof *p->best);
        }
        if (!isfinite(gap) || gap <= gap_stop_share ||
            gap > worse_stop * out->gap_share || !iterate(p, affine, now, size)) {
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
    bool is_bounded = isfinite(plant->storage_mwh);
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
        p->s[t] = is_bounded ? 0.5 * p->high[STOCK] : 0.0;
    }
    for (int k = 0; k < FAMILIES; k++) {
        for (size_t t = first_row(k); is_used(p, k) && t < last_row(p, k); t++) {
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
    enum { ARRAYS = 8 * FAMILIES + 3 + 6 };
    interior p = {.n = n};
    double *affine[FAMILIES];
    double price_size = 0.0;
    *out = (sn_flexible_result){0};
    double *memory = calloc((size_t)ARRAYS * (n + 2), sizeof *memory);
    if (memory == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a schedule");
    }
    double *at = memory;
    double **const families[] = {p.row,    p.drow, p.z_low, p.z_high,
                                 p.weight, p.side, affine,  p.drow2};
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
    sn_status status = run(&p, affine, out, err);
    if (status == SN_OK) {
        hand_back(&p, plant, price_eur_per_mwh, load_mw_out, out);
    }
    free(memory);
    return status;
}
