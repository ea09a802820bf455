/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M-34 with a ramp and only the sum over the period to meet, exact.
 *
 * With a value v of a MWh of product the steps are tied by the ramp alone:
 *     min sum (p_t - v) x_t,  m <= x_t <= M,  |x_t - x_{t-1}| <= r.
 * The cost of standing at x after step t is convex and piecewise linear.  A ramp moves
 * what falls (left of the cheapest stretch) down by r and what rises up by r; the step's
 * price tilts it, so that bends pass from one side to the other.  Two stacks of bends,
 * moved as a whole, give each step's cheapest stretch; from the last step backwards each
 * x_t is the point of its stretch nearest to x_{t+1}.  O(n) a value of v.
 *
 * The sum bought grows with v in jumps.  The best v lies where the lines of a plan that
 * buys too little and of one that buys too much cross; a plan that beats the crossing
 * replaces one of them (Kelley's cutting planes in one dimension), and when none does,
 * the two mixed are optimal. */
#include "flexible_internal.h"

#include <math.h>
#include <stdlib.h>

enum { CUTS_MAX = 500 };
static const double cut_tolerance_share = 1e-14;

typedef struct bend {
    double at; /* less the stack's shift */
    double weight;
} bend;

/* Bends from the outermost (first) to the one at the cheapest stretch (last). */
typedef struct bends {
    bend *item;
    size_t first, end;
} bends;

typedef struct plan {
    double *x; /* [n] MW */
    double cost;
    double sum; /* of x */
} plan;

typedef struct chain {
    size_t n;
    const double *price;
    double min, max, ramp; /* MW, MW, MW a step */
    bends left, right;
    double *low, *high; /* cheapest stretch after each step */
} chain;

/* Tilt by a rise of c > 0: bends of `from` pass to `to` until c is used up; beyond the
 * last one stands the limit, which gives way to nothing. */
static void
tilt(bends *from, double from_shift, bends *to, double to_shift, double limit, double c)
{
    while (c > 0.0) {
        bool has_bend = from->end > from->first;
        bend *top = has_bend ? &from->item[from->end - 1] : NULL;
        double at = has_bend ? top->at + from_shift : limit;
        double weight = has_bend && top->weight <= c ? top->weight : c;
        to->item[to->end++] = (bend){at - to_shift, weight};
        if (has_bend && top->weight <= c) {
            from->end--;
        } else if (has_bend) {
            top->weight -= c;
        }
        c -= weight;
    }
}

/* x of least cost at value v. */
static void best_plan(chain *k, double v, plan *out)
{
    double shift = 0.0; /* of the right; the left moves the other way */
    k->left.first = k->left.end = 0;
    k->right.first = k->right.end = 0;
    for (size_t t = 0; t < k->n; t++) {
        double c = k->price[t] - v;
        if (t > 0) {
            shift += k->ramp;
        }
        while (k->left.first < k->left.end &&
               k->left.item[k->left.first].at - shift <= k->min) {
            k->left.first++;
        }
        while (k->right.first < k->right.end &&
               k->right.item[k->right.first].at + shift >= k->max) {
            k->right.first++;
        }
        if (c > 0.0) {
            tilt(&k->left, -shift, &k->right, shift, k->min, c);
        } else if (c < 0.0) {
            tilt(&k->right, shift, &k->left, -shift, k->max, -c);
        }
        k->low[t] = k->left.end > k->left.first ? k->left.item[k->left.end - 1].at - shift
                                                : k->min;
        k->high[t] = k->right.end > k->right.first
                         ? k->right.item[k->right.end - 1].at + shift
                         : k->max;
    }
    out->cost = 0.0;
    out->sum = 0.0;
    for (size_t t = k->n; t-- > 0;) {
        double next = t + 1 < k->n ? out->x[t + 1] : k->low[t];
        double near = fmin(fmax(next, k->low[t]), k->high[t]);
        double x = t + 1 < k->n ? fmin(fmax(near, next - k->ramp), next + k->ramp) : near;
        out->x[t] = fmin(fmax(x, k->min), k->max);
        out->cost += k->price[t] * out->x[t];
        out->sum += out->x[t];
    }
}

static void level_plan(const chain *k, double mw, plan *out)
{
    out->cost = 0.0;
    for (size_t t = 0; t < k->n; t++) {
        out->x[t] = mw;
        out->cost += k->price[t] * mw;
    }
    out->sum = mw * (double)k->n;
}

static void swap_plans(plan *a, plan *b)
{
    plan keep = *a;
    *a = *b;
    *b = keep;
}

/* Until no plan beats the crossing of the two; false when it does not end. */
static bool cut(chain *k, double sum, plan *little, plan *much, plan *trial, size_t *cuts)
{
    double size = 0.0;
    for (size_t t = 0; t < k->n; t++) {
        size += fabs(k->price[t]) * k->max;
    }
    level_plan(k, k->min, little);
    level_plan(k, k->max, much);
    for (*cuts = 0; *cuts < CUTS_MAX; (*cuts)++) {
        double v = (much->cost - little->cost) / (much->sum - little->sum);
        double crossing = little->cost - v * (little->sum - sum);
        best_plan(k, v, trial);
        double value = trial->cost - v * (trial->sum - sum);
        if (!(value < crossing - cut_tolerance_share * size)) {
            return true;
        }
        swap_plans(trial, trial->sum <= sum ? little : much);
    }
    return false;
}

static void mix(const chain *k,
                double step_h,
                double sum,
                const plan *little,
                const plan *much,
                double *load_mw,
                sn_flexible_result *out)
{
    double share = (sum - little->sum) / (much->sum - little->sum);
    for (size_t t = 0; t < k->n; t++) {
        load_mw[t] = little->x[t] + share * (much->x[t] - little->x[t]);
        out->cost_eur += k->price[t] * load_mw[t] * step_h;
        out->energy_mwh += load_mw[t] * step_h;
    }
}

sn_status sn_flexible_sum(const sn_flexible *plant,
                          const double *price_eur_per_mwh,
                          size_t n,
                          double *load_mw_out,
                          sn_flexible_result *out,
                          sn_error *err)
{
    chain k = {.n = n,
               .price = price_eur_per_mwh,
               .min = plant->load_min_mw,
               .max = plant->load_max_mw,
               .ramp = plant->ramp_mw_per_h * plant->step_h};
    double sum = plant->energy_mwh / plant->step_h;
    plan plans[3];
    *out = (sn_flexible_result){.is_feasible = true, .ramp_bound = true};
    double *memory = calloc(5 * n, sizeof *memory);
    bend *items = calloc(2 * (n + 1), sizeof *items);
    if (memory == NULL || items == NULL) {
        free(memory);
        free(items);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a schedule");
    }
    for (int i = 0; i < 3; i++) {
        plans[i] = (plan){.x = memory + (size_t)i * n};
    }
    k.low = memory + 3 * n;
    k.high = memory + 4 * n;
    k.left.item = items;
    k.right.item = items + n + 1;
    sn_status status = SN_OK;
    if (cut(&k, sum, &plans[0], &plans[1], &plans[2], &out->iterations)) {
        mix(&k, plant->step_h, sum, &plans[0], &plans[1], load_mw_out, out);
    } else {
        status = sn_error_set(err, SN_E_NUMERIC,
                              "the schedule with a ramp did not settle in %d cuts",
                              (int)CUTS_MAX);
    }
    free(memory);
    free(items);
    return status;
}
