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
 * A year does not fit the cache, so an iteration is four sweeps over it, each of chunks
 * that do: backwards (last step applied, weights, factor, predictor), forwards (the
 * predictor's path, how far it may go), and both again for the corrector. */
#include "flexible_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 100, STALLS_MAX = 3, CHUNK = 64 };
static const double gap_stop_share = 5e-11;
static const double gap_accept_share = 1e-7;
static const double gap_good_share = 1e-9; /* enough, once rounding stops progress */
static const double worse_stop = 1e3;
static const double start_product = 0.1; /* slack times multiplier */
static const double end_weight = 1e30;   /* of the stock at the end, which is given */

enum { STOCK, POWER, RAMP, FAMILIES };

/* Values [n] of one family of rows.  Two rows cannot move and bind nothing: the stock
 * after the last period and the ramp into the first. */
typedef struct rows {
    double low, high;
    double *value;
    double *change;    /* of the step */
    double *predicted; /* of the predictor */
    double *z_low, *z_high;
} rows;

typedef struct step {
    double primal, dual;
} step;

typedef struct interior {
    size_t n;
    rows row[FAMILIES];
    double *price; /* scaled */
    /* Of the factor: x_t = keep x_{t-1} - fall s_{t-1} - pull (of the right side). */
    double *keep, *fall, *ease;
    double *pull;
    double *best; /* power */
    double mu;    /* of the last step, and how much of it is to be done */
    step by;
} interior;

/* One number for each place in a chunk: sums without an order of the compiler's choice.
 */
typedef struct lanes {
    double at[CHUNK];
} lanes;

static double sum_of(const lanes *l)
{
    double sum = 0.0;
    for (size_t j = 0; j < CHUNK; j++) {
        sum += l->at[j];
    }
    return sum;
}

static double most_of(const lanes *l)
{
    double most = 1.0; /* no step is longer than 1 */
    for (size_t j = 0; j < CHUNK; j++) {
        most = l->at[j] > most ? l->at[j] : most;
    }
    return most;
}

/* Slacks are differences of numbers around 1: below this they are rounding. */
static inline double slack(double difference)
{
    return difference > 1e-16 ? difference : 1e-16; /* fmax is a call */
}

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
static void advance(const interior *p, const rows *f, size_t from, size_t m)
{
    double low = f->low;
    double high = f->high;
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
        pair r = reciprocals(slack(value[j] - low), slack(high - value[j]));
        double up = a + r.low * a * a - d;
        double down = a - r.high * a * a - d;
        z_low[j] += by.dual * (r.low * (mu + z_low[j] * up) - z_low[j]);
        z_high[j] += by.dual * (r.high * (mu - z_high[j] * down) - z_high[j]);
        value[j] += by.primal * d;
    }
}

/* weight of the rows in the Newton matrix, force = z_low - z_high, gap += w'z. */
static void weigh(const rows *f,
                  size_t from,
                  size_t m,
                  double *restrict weight,
                  double *restrict force,
                  lanes *restrict gap)
{
    double low = f->low;
    double high = f->high;
    const double *restrict value = f->value + from;
    const double *restrict z_low = f->z_low + from;
    const double *restrict z_high = f->z_high + from;
    for (size_t j = 0; j < m; j++) {
        double wl = slack(value[j] - low);
        double wh = slack(high - value[j]);
        pair r = reciprocals(wl, wh);
        weight[j] = z_low[j] * r.low + z_high[j] * r.high;
        force[j] = z_low[j] - z_high[j];
        gap->at[j] += wl * z_low[j] + wh * z_high[j];
    }
}

/* What the dual residual c - A'z can be worth: it is repaired with the multipliers of
 * the stock's own limits, each at its slack. */
static void residual(const interior *p,
                     size_t from,
                     size_t m,
                     double (*force)[CHUNK + 1],
                     double *next_net,
                     lanes *worth)
{
    double net[CHUNK + 1]; /* of a MWh in period t, the ramp's multipliers counted */
    const double *restrict price = p->price + from;
    const double *restrict stock = p->row[STOCK].value + from;
    double full = p->row[STOCK].high;
    net[m] = *next_net;
    for (size_t j = 0; j < m; j++) {
        net[j] = price[j] - force[POWER][j] - force[RAMP][j] + force[RAMP][j + 1];
    }
    size_t count = from + m == p->n ? m - 1 : m; /* the last stock is given */
    for (size_t j = 0; j < count; j++) {
        double r = net[j] - net[j + 1] - force[STOCK][j];
        worth->at[j] += r > 0.0 ? r * stock[j] : r * (stock[j] - full);
    }
    *next_net = net[0];
}

/* What later periods cost as seen from one: b, c, a as in the header, the ramp of the
 * period with its weight still to be paid; over = (a c - b^2) / a * a. */
typedef struct outlook {
    double a, b, over, ramp;
    double inverse; /* 1 / (a (a + ramp)) */
} outlook;

static void factor(const interior *p,
                   size_t from,
                   size_t m,
                   double (*weight)[CHUNK + 1],
                   outlook *later)
{
    outlook o = *later;
    for (size_t j = m; j-- > 0;) {
        double power = weight[POWER][j];
        double ramp = weight[RAMP][j];
        double part = o.ramp * o.inverse;
        double stock = o.over * (o.a + o.ramp) * o.inverse + weight[STOCK][j];
        double both = o.a + o.b;
        double a = o.ramp * both * both * o.inverse + (stock + power);
        double b = part * both * o.b + stock;
        double over = part * o.a * o.a * stock + power * (part * o.b * o.b + stock);
        o = (outlook){a, b, over, ramp, 1.0 / (a * (a + ramp))};
        double ease = a * o.inverse;
        p->ease[from + j] = ease;
        p->keep[from + j] = ramp * ease;
        p->fall[from + j] = b * ease;
    }
    *later = o;
}

/* The right side backwards: slope of what is left in x (less the ramp's force) and s. */
typedef struct slopes {
    double power, stock;
    double keep, fall; /* of the period after */
} slopes;

static void sweep_back(const interior *p,
                       size_t from,
                       size_t m,
                       const double *into_power,
                       const double *into_stock,
                       slopes *later)
{
    slopes s = *later;
    for (size_t j = m; j-- > 0;) {
        double power = (s.keep - s.fall) * s.power + (s.stock + into_power[j]);
        s.stock = (s.stock + into_stock[j]) - s.fall * s.power;
        s.power = power;
        s.keep = p->keep[from + j];
        s.fall = p->fall[from + j];
        p->pull[from + j] = p->ease[from + j] * power;
    }
    *later = s;
}

typedef struct totals {
    double gap;      /* w'z */
    double residual; /* what the dual residual is worth */
} totals;

/* First sweep: the last step is done, the new point measured, the matrix factored and
 * the predictor's right side (no products, the price alone) swept back. */
static totals measure(const interior *p)
{
    static const double nothing[CHUNK] = {0.0};
    double weight[FAMILIES][CHUNK + 1];
    double force[FAMILIES][CHUNK + 1];
    lanes gap = {{0.0}};
    lanes worth = {{0.0}};
    outlook later = {1.0, 0.0, end_weight, 0.0, 1.0};
    slopes slope = {0.0, 0.0, 0.0, 0.0};
    double next_net = 0.0;
    double next_ramp = 0.0;
    for (size_t end = p->n, from; end > 0; end = from) {
        from = (end - 1) / CHUNK * CHUNK;
        size_t m = end - from;
        for (int k = 0; k < FAMILIES; k++) {
            advance(p, &p->row[k], from, m);
            weigh(&p->row[k], from, m, weight[k], force[k], &gap);
        }
        force[RAMP][m] = next_ramp;
        if (from == 0) { /* nothing ramps into the first period */
            weight[RAMP][0] = 0.0;
            force[RAMP][0] = 0.0;
        }
        next_ramp = force[RAMP][0];
        residual(p, from, m, force, &next_net, &worth);
        factor(p, from, m, weight, &later);
        sweep_back(p, from, m, p->price + from, nothing, &slope);
    }
    return (totals){sum_of(&gap), sum_of(&worth)};
}

/* Third sweep: the corrector's right side for a product mu of each slack. */
static void correct(const interior *p, double mu)
{
    double force[FAMILIES][CHUNK + 1];
    double into_power[CHUNK];
    double into_stock[CHUNK];
    slopes slope = {0.0, 0.0, 0.0, 0.0};
    double next_ramp = 0.0;
    for (size_t end = p->n, from; end > 0; end = from) {
        from = (end - 1) / CHUNK * CHUNK;
        size_t m = end - from;
        for (int k = 0; k < FAMILIES; k++) {
            const rows *f = &p->row[k];
            for (size_t j = 0; j < m; j++) {
                double value = f->value[from + j];
                double a = f->predicted[from + j];
                pair r = reciprocals(slack(value - f->low), slack(f->high - value));
                double low = mu + f->z_low[from + j] * (a + r.low * a * a);
                double high = mu - f->z_high[from + j] * (a - r.high * a * a);
                force[k][j] = low * r.low - high * r.high;
            }
        }
        force[RAMP][m] = next_ramp;
        if (from == 0) {
            force[RAMP][0] = 0.0;
        }
        next_ramp = force[RAMP][0];
        for (size_t j = 0; j < m; j++) {
            double ramp = force[RAMP][j + 1] - force[RAMP][j];
            into_stock[j] = -force[STOCK][j];
            into_power[j] =
                (p->price[from + j] + ramp) - (force[STOCK][j] + force[POWER][j]);
        }
        sweep_back(p, from, m, into_power, into_stock, &slope);
    }
}

/* The path forwards through one chunk. */
typedef struct path {
    double x, s;
} path;

static void
sweep_on(const interior *p, size_t from, size_t m, double *const *out, path *now)
{
    path at = *now;
    for (size_t t = from; t < from + m; t++) {
        double part = p->keep[t] * at.x - p->pull[t];
        double taken = p->fall[t] * at.s;
        double x = part - taken;
        out[RAMP][t] = x - at.x;
        out[POWER][t] = x;
        at.s = (at.s + part) - taken;
        out[STOCK][t] = at.s;
        at.x = x;
    }
    if (from == 0) {
        out[RAMP][0] = 0.0;
    }
    *now = at;
}

/* Second sweep: where the predictor leads, its longest step, and the gap after it: w'z is
 * bilinear in the two step lengths. */
static double predict(const interior *p, double gap)
{
    double *const out[FAMILIES] = {p->row[STOCK].predicted, p->row[POWER].predicted,
                                   p->row[RAMP].predicted};
    lanes primal = {{0.0}};
    lanes dual = {{0.0}};
    lanes first = {{0.0}};
    lanes second = {{0.0}};
    path at = {0.0, 0.0};
    for (size_t from = 0; from < p->n; from += CHUNK) {
        size_t m = p->n - from < CHUNK ? p->n - from : CHUNK;
        sweep_on(p, from, m, out, &at);
        for (int k = 0; k < FAMILIES; k++) {
            const rows *f = &p->row[k];
            for (size_t j = 0; j < m; j++) {
                double value = f->value[from + j];
                double d = f->predicted[from + j];
                double z_low = f->z_low[from + j];
                double z_high = f->z_high[from + j];
                pair r = reciprocals(slack(value - f->low), slack(f->high - value));
                double low = r.low * d;
                double high = r.high * d;
                double fall = high > -low ? high : -low;
                double drop = 1.0 + (low > -high ? low : -high);
                double work = (z_low - z_high) * d;
                primal.at[j] = fall > primal.at[j] ? fall : primal.at[j];
                dual.at[j] = drop > dual.at[j] ? drop : dual.at[j];
                first.at[j] += work;
                second.at[j] += work + (z_low * low + z_high * high) * d;
            }
        }
    }
    step by = {1.0 / most_of(&primal), 1.0 / most_of(&dual)};
    double work = sum_of(&first);
    return gap + by.primal * work - by.dual * (gap + work) -
           by.primal * by.dual * sum_of(&second);
}

/* Fourth sweep: the step, and how much of it keeps slacks and multipliers above zero. */
static step aim(const interior *p, double mu)
{
    double *const out[FAMILIES] = {p->row[STOCK].change, p->row[POWER].change,
                                   p->row[RAMP].change};
    lanes primal = {{0.0}};
    lanes dual = {{0.0}};
    path at = {0.0, 0.0};
    for (size_t from = 0; from < p->n; from += CHUNK) {
        size_t m = p->n - from < CHUNK ? p->n - from : CHUNK;
        sweep_on(p, from, m, out, &at);
        for (int k = 0; k < FAMILIES; k++) {
            const rows *f = &p->row[k];
            for (size_t j = 0; j < m; j++) {
                double value = f->value[from + j];
                double d = f->change[from + j];
                double a = f->predicted[from + j];
                pair r = reciprocals(slack(value - f->low), slack(f->high - value));
                pair z = reciprocals(f->z_low[from + j], f->z_high[from + j]);
                double low = -r.low * d;
                double high = r.high * d;
                double fall = low > high ? low : high;
                double drop_low = r.low * (d - a - r.low * a * a - mu * z.low);
                double drop_high = r.high * (a - d - r.high * a * a - mu * z.high);
                double drop = 1.0 + (drop_low > drop_high ? drop_low : drop_high);
                primal.at[j] = fall > primal.at[j] ? fall : primal.at[j];
                dual.at[j] = drop > dual.at[j] ? drop : dual.at[j];
            }
        }
    }
    return (step){1.0 / most_of(&primal), 1.0 / most_of(&dual)};
}

static bool iterate(interior *p, totals now, double size)
{
    double products = (double)(2 * FAMILIES * p->n);
    double share = predict(p, now.gap) / now.gap;
    /* No nearer the limits than the stop asks for: rounding grows as 1 / slack. */
    double mu = fmax(share * share * share * now.gap, 0.1 * gap_stop_share * size);
    p->mu = mu / products;
    correct(p, p->mu);
    p->by = aim(p, p->mu);
    double keep = 1.0 - fmin(0.1, fmax(1e-3, now.gap / products));
    p->by.primal = fmin(1.0, keep * p->by.primal);
    p->by.dual = fmin(1.0, keep * p->by.dual);
    return p->by.primal > 1e-13 || p->by.dual > 1e-13;
}

static double scaled_cost(const interior *p)
{
    double sum = 0.0;
    for (size_t t = 0; t < p->n; t++) {
        sum += p->price[t] * p->row[POWER].value[t];
    }
    return sum;
}

/* Until the gap closes or rounding stops it; the best point met is left in best. */
static sn_status run(interior *p, sn_flexible_result *out, sn_error *err)
{
    int stalls = 0;
    out->gap_share = INFINITY;
    for (size_t i = 0; i < STEPS_MAX; i++) {
        totals now = measure(p);
        double size = fmax(fabs(scaled_cost(p)), 1e-3 * (double)p->n);
        double gap = (now.gap + now.residual) / size;
        out->iterations = i;
        stalls = gap < 0.5 * out->gap_share ? 0 : stalls + 1;
        if (gap < out->gap_share) {
            out->gap_share = gap;
            memcpy(p->best, p->row[POWER].value, p->n * sizeof *p->best);
        }
        bool is_stuck = stalls >= STALLS_MAX && out->gap_share <= gap_good_share;
        if (!isfinite(gap) || gap <= gap_stop_share || is_stuck ||
            gap > worse_stop * out->gap_share || !iterate(p, now, size)) {
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
        stock->value[t] = 0.5 * stock->high;
        power->value[t] = plant->energy_mwh / (double)p->n / unit;
    }
    for (int k = 0; k < FAMILIES; k++) {
        rows *f = &p->row[k];
        for (size_t t = 0; t < p->n; t++) {
            f->z_low[t] = start_product / slack(f->value[t] - f->low);
            f->z_high[t] = start_product / slack(f->high - f->value[t]);
        }
    }
}

static double *take(double **memory, size_t n)
{
    double *at = *memory;
    *memory += n;
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
    interior p = {.n = n};
    *out = (sn_flexible_result){0};
    double *memory = calloc((size_t)ARRAYS * n, sizeof *memory);
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
