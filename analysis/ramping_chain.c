/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run of periods as one convex programme for interior.h.  Columns: the segments of the
 * curves, what an area lacks or has too much (beyond the price limits), the flows, and
 * for each limit of change what is left of it.  Rows of a period: a balance an area, and
 * for each link
 *     scale f - (scale f of the period before) - left = -limit,  0 <= left <= 2 limit.
 * The price of the balance is the area's, that of the other row, turned, the link's.
 */
#include "interior.h"
#include "ramping_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Prices nearer than this are one. */
static const double same_eur_per_mwh = 1e-7;

/* An area goes without, or has too much, beyond the price limits by this. */
static const double beyond_eur_per_mwh = 1.0;

/* Less than this without is rounding. */
static const double tolerance_mw = 1e-6;

typedef struct chain {
    ramp_work *w;
    ramp_worker *own;
    size_t first, n, n_row; /* periods; rows of each */
    size_t n_column, column_max;
    sn_interior_column *column;
    double *right;     /* [n * n_row] */
    size_t *first_row; /* [n + 1] */
    double *weight;    /* [n] */
    double *base;      /* [n][n_border_max] flow = base + sign * column */
    double *sign;
    size_t *of_flow; /* [n][n_border_max] column; SIZE_MAX: fixed at base */
    size_t *lack;    /* [n][n_area] column; the next one is what is too much */
    size_t *link;    /* [n][n_link] border */
    double *scale;   /* [n] */
    double *reach_low, *reach_high; /* [n_link] */
} chain;

static sn_interior_column *
add_column(chain *c, double upper, double cost, double curvature, sn_error *err)
{
    if (c->n_column == c->column_max) {
        size_t more = 2 * c->column_max + 1024;
        sn_interior_column *bigger = realloc(c->column, more * sizeof *bigger);
        if (bigger == NULL) {
            (void)sn_error_set(err, SN_E_MEMORY, "out of memory for %zu columns", more);
            return NULL;
        }
        c->column = bigger;
        c->column_max = more;
    }
    sn_interior_column *column = &c->column[c->n_column++];
    *column = (sn_interior_column){.upper = upper, .cost = cost, .curvature = curvature};
    return column;
}

static void add_entry(sn_interior_column *column, size_t row, double value)
{
    column->row[column->n_entry] = row;
    column->value[column->n_entry++] = value;
}

static sn_status
add_area(chain *c, size_t i, const sn_ramping_period *period, size_t z, sn_error *err)
{
    const sn_clearing_problem *problem = period->problem;
    const sn_curve *curve = &problem->net_supply[z];
    size_t row = c->first_row[i] + z;
    double weight = period->weight;
    c->right[row] -= curve->quantity_mw[0];
    for (size_t k = 0; k + 1 < curve->n; k++) {
        double width = curve->quantity_mw[k + 1] - curve->quantity_mw[k];
        double rise = curve->price_eur_per_mwh[k + 1] - curve->price_eur_per_mwh[k];
        if (!(width > 0.0)) {
            continue;
        }
        sn_interior_column *column = add_column(
            c, width, weight * curve->price_eur_per_mwh[k], weight * rise / width, err);
        if (column == NULL) {
            return SN_E_MEMORY;
        }
        add_entry(column, row, 1.0);
    }
    double dear = weight * (problem->price_max_eur_per_mwh + beyond_eur_per_mwh);
    double cheap = weight * (problem->price_min_eur_per_mwh - beyond_eur_per_mwh);
    c->lack[i * c->w->ramping->n_area + z] = c->n_column;
    sn_interior_column *column = add_column(c, INFINITY, dear, 0.0, err);
    if (column == NULL) {
        return SN_E_MEMORY;
    }
    add_entry(column, row, 1.0);
    column = add_column(c, INFINITY, -cheap, 0.0, err);
    if (column == NULL) {
        return SN_E_MEMORY;
    }
    add_entry(column, row, -1.0);
    return SN_OK;
}

static sn_status
add_border(chain *c, size_t i, const sn_ramping_period *period, size_t l, sn_error *err)
{
    const sn_clearing_problem *problem = period->problem;
    const sn_border *border = &problem->network->border[l];
    double low = problem->flow_min_mw[l];
    double high = problem->flow_max_mw[l];
    bool turned = isinf(low) && isfinite(high);
    bool is_free = isinf(low) && isinf(high);
    size_t at = i * c->w->ramping->n_border_max + l;
    c->base[at] = turned ? high : is_free ? 0.0 : low;
    c->sign[at] = turned ? -1.0 : 1.0;
    c->of_flow[at] = SIZE_MAX;
    c->right[c->first_row[i] + border->from] += c->base[at];
    c->right[c->first_row[i] + border->to] -= c->base[at];
    if (!(high > low)) {
        return SN_OK;
    }
    c->of_flow[at] = c->n_column;
    sn_interior_column *column = add_column(c, high - low, 0.0, 0.0, err);
    if (column == NULL) {
        return SN_E_MEMORY;
    }
    column->is_free = is_free;
    add_entry(column, c->first_row[i] + border->from, -c->sign[at]);
    add_entry(column, c->first_row[i] + border->to, c->sign[at]);
    return SN_OK;
}

/* The row of link k into period i of the chain. */
static sn_status add_limit(chain *c, size_t i, size_t k, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    size_t t = c->first + i;
    double limit = r->limit_mw[t * r->n_link + k];
    size_t now = i * r->n_border_max + c->link[i * r->n_link + k];
    size_t before =
        i > 0 ? (i - 1) * r->n_border_max + c->link[(i - 1) * r->n_link + k] : SIZE_MAX;
    bool counts = i > 0 || (t == 0 && c->w->joined[0] && r->initial_mw != NULL &&
                            !isnan(r->initial_mw[k]));
    bool moves = c->of_flow[now] != SIZE_MAX || (i > 0 && c->of_flow[before] != SIZE_MAX);
    if (!counts || !moves || isinf(limit)) {
        return SN_OK;
    }
    size_t row = c->first_row[i] + r->n_area + k;
    double known = i > 0 ? c->scale[i - 1] * c->base[before] : r->initial_mw[k];
    c->right[row] = -limit - c->scale[i] * c->base[now] + known;
    if (c->of_flow[now] != SIZE_MAX) {
        add_entry(&c->column[c->of_flow[now]], row, c->scale[i] * c->sign[now]);
    }
    if (i > 0 && c->of_flow[before] != SIZE_MAX) {
        add_entry(&c->column[c->of_flow[before]], row,
                  -c->scale[i - 1] * c->sign[before]);
    }
    if (limit > 0.0) {
        sn_interior_column *column = add_column(c, 2.0 * limit, 0.0, 0.0, err);
        if (column == NULL) {
            return SN_E_MEMORY;
        }
        add_entry(column, row, -1.0);
    }
    return SN_OK;
}

/* What of each link's limits can be reached from the periods before; false: nothing. */
static bool is_within_reach(chain *c, size_t i, const sn_ramping_period *period)
{
    const sn_ramping *r = c->w->ramping;
    bool is_reached = true;
    for (size_t k = 0; k < r->n_link; k++) {
        size_t t = c->first + i;
        double limit = r->limit_mw[t * r->n_link + k];
        double low =
            period->scale * period->problem->flow_min_mw[period->border_of_link[k]];
        double high =
            period->scale * period->problem->flow_max_mw[period->border_of_link[k]];
        bool from_known = t == 0 && c->w->joined[0] && r->initial_mw != NULL &&
                          !isnan(r->initial_mw[k]);
        if (from_known) {
            c->reach_low[k] = c->reach_high[k] = r->initial_mw[k];
        }
        if (i > 0 || from_known) {
            low = fmax(low, c->reach_low[k] - limit);
            high = fmin(high, c->reach_high[k] + limit);
        }
        is_reached = is_reached && low <= high + tolerance_mw;
        c->reach_low[k] = fmin(low, high);
        c->reach_high[k] = fmax(low, high);
    }
    return is_reached;
}

static sn_status build(chain *c, ramp_fault *fault, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    for (size_t i = 0; i < c->n; i++) {
        sn_ramping_period period;
        sn_status status = sn_ramping_load_period(c->own, c->first + i, &period, err);
        if (status != SN_OK) {
            return status;
        }
        if (!is_within_reach(c, i, &period)) {
            *fault = (ramp_fault){c->first + i, true};
            return SN_OK;
        }
        c->weight[i] = period.weight;
        c->scale[i] = period.scale;
        memcpy(&c->link[i * r->n_link], period.border_of_link,
               r->n_link * sizeof *c->link);
        for (size_t z = 0; z < r->n_area && status == SN_OK; z++) {
            status = add_area(c, i, &period, z, err);
        }
        for (size_t l = 0; l < period.problem->network->n_border && status == SN_OK;
             l++) {
            status = add_border(c, i, &period, l, err);
        }
        for (size_t k = 0; k < r->n_link && status == SN_OK; k++) {
            status = add_limit(c, i, k, err);
        }
        if (status != SN_OK) {
            return status;
        }
    }
    return SN_OK;
}

/* The period in which an area lacks (or has too much) most. */
static size_t find_unbalanced(const chain *c, const sn_interior_solution *s)
{
    size_t n_area = c->w->ramping->n_area;
    size_t worst = SIZE_MAX;
    double most = tolerance_mw;
    for (size_t i = 0; i < c->n * n_area; i++) {
        double off = fmax(s->x[c->lack[i]], s->x[c->lack[i] + 1]);
        worst = off > most ? c->first + i / n_area : worst;
        most = fmax(most, off);
    }
    return worst;
}

static double flow_of(const chain *c, const sn_interior_solution *s, size_t at)
{
    size_t k = c->of_flow[at];
    if (k >= c->n_column || c->column == NULL) { /* fixed */
        return c->base[at];
    }
    double x = s->room[k] <= 0.0 ? c->column[k].upper : s->x[k];
    return c->base[at] + c->sign[at] * x;
}

/* The price of a step nearby, without the rounding of the way to it; else p. */
static double snap(const sn_curve *curve, double p)
{
    for (size_t k = 0; k < curve->n; k++) {
        if (fabs(curve->price_eur_per_mwh[k] - p) <= same_eur_per_mwh) {
            return curve->price_eur_per_mwh[k];
        }
    }
    return p;
}

static sn_status
give_period(const chain *c, const sn_interior_solution *s, size_t i, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    size_t t = c->first + i;
    double *price = &c->w->out->price_eur_per_mwh[t * r->n_area];
    double *net = &c->w->out->net_position_mw[t * r->n_area];
    sn_ramping_period period;
    sn_status status = sn_ramping_load_period(c->own, t, &period, err);
    if (status != SN_OK) {
        return status;
    }
    const sn_clearing_problem *problem = period.problem;
    for (size_t z = 0; z < r->n_area; z++) {
        price[z] = snap(&problem->net_supply[z],
                        s->row_price[c->first_row[i] + z] / c->weight[i]);
        price[z] = fmin(fmax(price[z], problem->price_min_eur_per_mwh),
                        problem->price_max_eur_per_mwh);
        net[z] = 0.0;
    }
    for (size_t l = 0; l < problem->network->n_border; l++) {
        double flow = flow_of(c, s, i * r->n_border_max + l);
        c->w->out->flow_mw[t * r->n_border_max + l] = flow;
        net[problem->network->border[l].from] += flow;
        net[problem->network->border[l].to] -= flow;
    }
    for (size_t k = 0; k < r->n_link; k++) {
        size_t l = c->link[i * r->n_link + k];
        double worth = -s->row_price[c->first_row[i] + r->n_area + k];
        bool is_limited = fabs(worth) > 1e-9;
        c->w->out->ramp_price[t * r->n_link + k] = is_limited ? worth : 0.0;
        c->w->power[t * r->n_link + k] =
            c->scale[i] * c->w->out->flow_mw[t * r->n_border_max + l];
    }
    return SN_OK;
}

static sn_status solve(chain *c, ramp_fault *fault, sn_error *err)
{
    const sn_interior_problem problem = {c->n, c->first_row, c->right, c->n_column,
                                         c->column};
    size_t n = c->n_column;
    size_t m = c->first_row[c->n];
    double *numbers = calloc(4 * n + m + 1, sizeof *numbers);
    if (numbers == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu columns", n);
    }
    sn_interior_solution s = {.x = numbers,
                              .room = numbers + n,
                              .at_zero = numbers + 2 * n,
                              .at_upper = numbers + 3 * n,
                              .row_price = numbers + 4 * n};
    sn_error why = {0};
    sn_status status = sn_interior_solve(&problem, &s, &why);
    if (status != SN_OK) {
        status = sn_error_set(err, status, "periods %zu to %zu together: %s", c->first,
                              c->first + c->n - 1, why.message);
    } else {
        fault->period = find_unbalanced(c, &s);
    }
    for (size_t i = 0; i < c->n && status == SN_OK && fault->period == SIZE_MAX; i++) {
        status = give_period(c, &s, i, err);
    }
    free(numbers);
    return status;
}

sn_status sn_ramping_solve_chain(ramp_worker *own,
                                 size_t first,
                                 size_t last,
                                 ramp_fault *fault,
                                 sn_error *err)
{
    const sn_ramping *r = own->w->ramping;
    size_t n = last - first + 1;
    chain c = {
        .w = own->w, .own = own, .first = first, .n = n, .n_row = r->n_area + r->n_link};
    size_t n_flow = n * r->n_border_max;
    double *numbers =
        calloc(n * c.n_row + 2 * n + 2 * n_flow + 2 * r->n_link + 1, sizeof *numbers);
    size_t *indices =
        calloc(n + 1 + n_flow + n * r->n_area + n * r->n_link, sizeof *indices);
    sn_status status = SN_OK;
    *fault = (ramp_fault){SIZE_MAX, false};
    if (numbers == NULL || indices == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu periods", n);
        goto done;
    }
    c.right = numbers;
    c.weight = c.right + n * c.n_row;
    c.scale = c.weight + n;
    c.base = c.scale + n;
    c.sign = c.base + n_flow;
    c.reach_low = c.sign + n_flow;
    c.reach_high = c.reach_low + r->n_link;
    c.first_row = indices;
    c.of_flow = c.first_row + n + 1;
    c.lack = c.of_flow + n_flow;
    c.link = c.lack + n * r->n_area;
    for (size_t i = 0; i <= n; i++) {
        c.first_row[i] = i * c.n_row;
    }
    status = build(&c, fault, err);
    if (status == SN_OK && fault->period == SIZE_MAX) {
        status = solve(&c, fault, err);
    }
done:
    free(c.column);
    free(numbers);
    free(indices);
    return status;
}
