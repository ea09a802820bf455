/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run of periods as one convex programme for interior.h.  Columns: the segments of the
 * curves, what an area lacks or has too much (beyond the price limits), the flows (of a
 * link with losses one each way), and for each limit of change what is left of it.  Rows
 * of a period: a balance an area, and for each link
 *     scale f - (scale f of the period before) - left = -limit,  0 <= left <= 2 limit.
 * The price of the balance is the area's, that of the other row, turned, the link's.
 *
 * The answer is an inner one of all that are as good: what is at a bound there is at it
 * in every answer, and what is not may move.  Among these M-13 takes the least sum of
 * f^2 / rated over all flows, each period weighed by its length, by the same means.
 */
#include "ramping_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Prices nearer than this are one. */
static const double same_eur_per_mwh = 1e-7;

/* An area goes without, or has too much, beyond the price limits by this. */
static const double beyond_eur_per_mwh = 1.0;

/* A link with less than this both ways runs one way: the search comes as near. */
static const double both_ways_mw = 1e-3;

/* A way that gains less than this might as well be closed. */
static const double turning_eur_per_mwh = 1e-7;

/* A column that may move is further than this from its bounds. */
static const double inside_mw = 1e-5;

/* Less than this without is rounding. */
static const double tolerance_mw = 1e-6;

typedef struct chain {
    ramp_work *w;
    ramp_worker *own;
    size_t first, n, n_row; /* periods; rows of each */
    ramp_columns columns;
    sn_interior_column *column;    /* those of columns */
    double *held;                  /* of each column that is held: its value */
    double *right;                 /* [n * n_row] */
    size_t *first_row;             /* [n + 1] */
    double *weight;                /* [n] */
    double *price_min, *price_max; /* [n] */
    /* [n][n_border_max] flow = base + sign * column, and less base_back + column_back */
    double *base, *sign, *base_back;
    size_t *of_flow, *of_back; /* column; SIZE_MAX: fixed at base */
    double *rated;             /* [n][n_border_max] */
    size_t *lack;              /* [n][n_area] column; the next one is what is too much */
    size_t *row;               /* [n][n_area] of the balance */
    size_t *link;              /* [n][n_link] border */
    double *scale;             /* [n] */
    double *reach_low, *reach_high; /* [n_link] */
} chain;

sn_interior_column *sn_ramp_add_column(ramp_columns *c,
                                       double upper,
                                       double cost,
                                       double curvature,
                                       sn_error *err)
{
    if (c->n == c->n_max) {
        size_t more = 2 * c->n_max + 1024;
        sn_interior_column *bigger = realloc(c->column, more * sizeof *bigger);
        if (bigger == NULL) {
            (void)sn_error_set(err, SN_E_MEMORY, "out of memory for %zu columns", more);
            return NULL;
        }
        c->column = bigger;
        c->n_max = more;
    }
    sn_interior_column *column = &c->column[c->n++];
    *column = (sn_interior_column){.upper = upper, .cost = cost, .curvature = curvature};
    return column;
}

void sn_ramp_add_entry(sn_interior_column *column, size_t row, double value)
{
    column->row[column->n_entry] = row;
    column->value[column->n_entry++] = value;
}

static sn_status
add_area(chain *c, size_t i, const sn_ramping_period *period, size_t z, sn_error *err)
{
    const sn_clearing_problem *problem = period->problem;
    const sn_curve *curve = &problem->net_supply[z];
    size_t row = c->row[i * c->w->ramping->n_area + z];
    double weight = period->weight;
    c->right[row] -= curve->quantity_mw[0];
    for (size_t k = 0; k + 1 < curve->n; k++) {
        double width = curve->quantity_mw[k + 1] - curve->quantity_mw[k];
        double rise = curve->price_eur_per_mwh[k + 1] - curve->price_eur_per_mwh[k];
        if (!(width > 0.0)) {
            continue;
        }
        sn_interior_column *column =
            sn_ramp_add_column(&c->columns, width, weight * curve->price_eur_per_mwh[k],
                               weight * rise / width, err);
        if (column == NULL) {
            return SN_E_MEMORY;
        }
        sn_ramp_add_entry(column, row, 1.0);
    }
    double dear = weight * (problem->price_max_eur_per_mwh + beyond_eur_per_mwh);
    double cheap = weight * (problem->price_min_eur_per_mwh - beyond_eur_per_mwh);
    c->lack[i * c->w->ramping->n_area + z] = c->columns.n;
    for (int k = 0; k < 2; k++) {
        sn_interior_column *column =
            sn_ramp_add_column(&c->columns, INFINITY, k == 0 ? dear : -cheap, 0.0, err);
        if (column == NULL) {
            return SN_E_MEMORY;
        }
        sn_ramp_add_entry(column, row, k == 0 ? 1.0 : -1.0);
    }
    return SN_OK;
}

/* A column for what a border carries one way, from base: out of row `from` and, less its
 * loss, into row `to`; base_sign -1 where it counts down.  SIZE_MAX: it cannot move. */
static sn_status add_way(chain *c,
                         double width,
                         double base,
                         double sign,
                         double keep,
                         size_t from,
                         size_t to,
                         size_t *column_out,
                         sn_error *err)
{
    c->right[from] += base;
    c->right[to] -= keep * base;
    *column_out = SIZE_MAX;
    if (!(width > 0.0)) {
        return SN_OK;
    }
    *column_out = c->columns.n;
    sn_interior_column *column = sn_ramp_add_column(&c->columns, width, 0.0, 0.0, err);
    if (column == NULL) {
        return SN_E_MEMORY;
    }
    sn_ramp_add_entry(column, from, -sign);
    sn_ramp_add_entry(column, to, keep * sign);
    return SN_OK;
}

static sn_status
add_border(chain *c, size_t i, const sn_ramping_period *period, size_t l, sn_error *err)
{
    const sn_border *border = &period->problem->network->border[l];
    size_t n_area = c->w->ramping->n_area;
    size_t at = i * c->w->ramping->n_border_max + l;
    size_t from = c->row[i * n_area + border->from];
    size_t to = c->row[i * n_area + border->to];
    double low = c->own->flow_min[l];
    double high = c->own->flow_max[l];
    double loss = period->loss_share != NULL ? period->loss_share[l] : 0.0;
    c->rated[at] = border->rated_mw;
    c->base_back[at] = 0.0;
    c->of_back[at] = SIZE_MAX;
    if (loss > 0.0) {
        c->base[at] = fmax(low, 0.0);
        c->sign[at] = 1.0;
        c->base_back[at] = fmax(-high, 0.0);
        sn_status status = add_way(c, fmax(high, 0.0) - c->base[at], c->base[at], 1.0,
                                   1.0 - loss, from, to, &c->of_flow[at], err);
        return status == SN_OK
                   ? add_way(c, fmax(-low, 0.0) - c->base_back[at], c->base_back[at], 1.0,
                             1.0 - loss, to, from, &c->of_back[at], err)
                   : status;
    }
    bool turned = isinf(low) && isfinite(high);
    bool is_free = isinf(low) && isinf(high);
    c->base[at] = turned ? high : is_free ? 0.0 : low;
    c->sign[at] = turned ? -1.0 : 1.0;
    sn_status status = add_way(c, high - low, c->base[at], c->sign[at], 1.0, from, to,
                               &c->of_flow[at], err);
    if (status == SN_OK && is_free) {
        c->columns.column[c->of_flow[at]].is_free = true;
    }
    return status;
}

/* What the flow at `at` puts into a row, times factor; *moves when it is not fixed. */
static double put_flow(chain *c, size_t at, size_t row, double factor, bool *moves)
{
    if (c->of_flow[at] != SIZE_MAX) {
        sn_ramp_add_entry(&c->columns.column[c->of_flow[at]], row, factor * c->sign[at]);
        *moves = true;
    }
    if (c->of_back[at] != SIZE_MAX) {
        sn_ramp_add_entry(&c->columns.column[c->of_back[at]], row, -factor);
        *moves = true;
    }
    return factor * (c->base[at] - c->base_back[at]);
}

static bool can_move(const chain *c, size_t at)
{
    return c->of_flow[at] != SIZE_MAX || c->of_back[at] != SIZE_MAX;
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
    bool moves = can_move(c, now) || (i > 0 && can_move(c, before));
    if (!counts || !moves || isinf(limit)) {
        return SN_OK;
    }
    size_t row = c->first_row[i] + r->n_area + k;
    double fixed = put_flow(c, now, row, c->scale[i], &moves);
    fixed +=
        i > 0 ? put_flow(c, before, row, -c->scale[i - 1], &moves) : -r->initial_mw[k];
    c->right[row] = -limit - fixed;
    if (limit > 0.0) {
        sn_interior_column *column =
            sn_ramp_add_column(&c->columns, 2.0 * limit, 0.0, 0.0, err);
        if (column == NULL) {
            return SN_E_MEMORY;
        }
        sn_ramp_add_entry(column, row, -1.0);
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
    memset(c->right, 0, c->n * c->n_row * sizeof *c->right);
    c->columns.n = 0;
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
        c->price_min[i] = period.problem->price_min_eur_per_mwh;
        c->price_max[i] = period.problem->price_max_eur_per_mwh;
        c->scale[i] = period.scale;
        memcpy(&c->link[i * r->n_link], period.border_of_link,
               r->n_link * sizeof *c->link);
        sn_ramping_set_limits(c->own, c->first + i, period.problem, false);
        sn_ramping_order_areas(c->own, period.problem->network);
        for (size_t k = 0; k < r->n_area && status == SN_OK; k++) {
            size_t z = c->own->order[k];
            c->row[i * r->n_area + z] = c->first_row[i] + k;
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
    c->column = c->columns.column;
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

/* Where a link would lose both ways at once, one is closed; how many. */
static size_t close_ways(chain *c, const sn_interior_solution *s)
{
    const sn_ramping *r = c->w->ramping;
    size_t n_closed = 0;
    for (size_t at = 0; at < c->n * r->n_border_max; at++) {
        if (c->of_back[at] >= c->columns.n || c->of_flow[at] >= c->columns.n) {
            continue;
        }
        double forward = s->x[c->of_flow[at]];
        double back = s->x[c->of_back[at]];
        if (fmin(forward, back) > both_ways_mw) {
            c->w->closed[c->first * r->n_border_max + at] =
                back > forward ? SN_WAY_FORWARD : SN_WAY_BACK;
            n_closed++;
        }
    }
    return n_closed;
}

/* For a link at rest whose closed way gains, though prices pay for no loss: the other
 * way, which carries nothing, is the one to be closed.  When that comes to rest too,
 * neither way is worth anything.  Never back, so it ends. */
static unsigned char turn(unsigned char closed)
{
    bool was_turned = (closed & SN_WAY_TURNED) != 0;
    return SN_WAY_TURNED | (was_turned ? SN_WAY_REST : closed ^ SN_WAY_REST);
}

/* Turns the links of a period; how many. */
static sn_status turn_period(chain *c,
                             const sn_interior_solution *s,
                             size_t i,
                             size_t *n_out,
                             sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    unsigned char *closed = &c->w->closed[(c->first + i) * r->n_border_max];
    sn_ramping_period period;
    sn_status status = sn_ramping_load_period(c->own, c->first + i, &period, err);
    for (size_t l = 0; status == SN_OK && l < period.problem->network->n_border; l++) {
        const sn_border *border = &period.problem->network->border[l];
        size_t at = i * r->n_border_max + l;
        unsigned ways = closed[l] & SN_WAY_REST;
        size_t open = ways == SN_WAY_BACK ? c->of_flow[at] : c->of_back[at];
        if (ways == 0 || ways == SN_WAY_REST || open >= c->columns.n ||
            s->x[open] > 0.0) {
            continue;
        }
        double both = s->row_price[c->row[i * r->n_area + border->from]] +
                      s->row_price[c->row[i * r->n_area + border->to]];
        double gain = s->at_zero[open] - period.loss_share[l] * both;
        double least = turning_eur_per_mwh * c->weight[i];
        if (both >= -least && gain > least) {
            closed[l] = turn(closed[l]);
            (*n_out)++;
        }
    }
    return status;
}

/* ---- ties ---- */

/* Is the column at a bound, or on a slope: then it is the same in every answer.  What may
 * leave its bound is well inside by the way the search goes; where being at a bound and
 * off it are worth the same, rounding leaves it a little off. */
static bool is_settled(const chain *c, const sn_interior_solution *s, size_t k)
{
    const sn_interior_column *column = &c->column[k];
    bool is_open = column->is_free || (s->x[k] > inside_mw && s->room[k] > inside_mw);
    return !is_open || column->curvature > 0.0;
}

/* A column of its own that is worth nothing: what it carried is on the right. */
static void hold(chain *c, size_t k, double x)
{
    sn_interior_column *column = &c->column[k];
    c->held[k] = x;
    for (size_t i = 0; i < column->n_entry; i++) {
        c->right[column->row[i]] -= column->value[i] * x;
        column->value[i] = 0.0;
    }
    column->upper = 1.0;
    column->cost = column->curvature = 0.0;
    column->is_free = false;
}

/* A step at the price limits: 1 at the highest, -1 at the lowest. */
static int beyond_of(const chain *c, size_t k)
{
    const sn_interior_column *column = &c->column[k];
    size_t i = column->row[0] / c->n_row;
    bool is_step = column->n_entry == 1 && column->value[0] > 0.0 &&
                   isfinite(column->upper) && column->curvature <= 0.0;
    return !is_step                                         ? 0
           : column->cost == c->weight[i] * c->price_max[i] ? 1
           : column->cost == c->weight[i] * c->price_min[i] ? -1
                                                            : 0;
}

/* What is settled stays, all else is free.  A shortage is shared in proportion to the
 * demand at the highest price, a surplus to the supply at the lowest: least squares, each
 * by its size.  @return whether there is any to share */
static bool let_ties_move(chain *c, const sn_interior_solution *s)
{
    bool any = false;
    for (size_t k = 0; k < c->columns.n; k++) {
        sn_interior_column *column = &c->column[k];
        int beyond = beyond_of(c, k);
        if (is_settled(c, s, k)) {
            hold(c, k, s->x[k]);
            continue;
        }
        double weight = c->weight[column->row[0] / c->n_row];
        column->cost = beyond < 0 ? -weight : 0.0;
        column->curvature = beyond != 0 ? weight / column->upper : 0.0;
        any |= beyond != 0;
    }
    return any;
}

/* The flows that may move are drawn to 0; shares of a shortage stay, and what they leave
 * no choice. */
static void draw_flows(chain *c, const sn_interior_solution *shares)
{
    for (size_t k = 0; k < c->columns.n && shares != NULL; k++) {
        if (is_settled(c, shares, k)) {
            hold(c, k, shares->x[k]);
        }
    }
    size_t n_border = c->w->ramping->n_border_max;
    for (size_t at = 0; at < c->n * n_border; at++) {
        double curvature = c->weight[at / n_border] / c->rated[at];
        size_t k = c->of_flow[at];
        if (k < c->columns.n && c->column[k].value[0] != 0.0) {
            c->column[k].cost = c->sign[at] * c->base[at] * curvature;
            c->column[k].curvature = curvature;
        }
        k = c->of_back[at];
        if (k < c->columns.n && c->column[k].value[0] != 0.0) {
            c->column[k].cost = c->base_back[at] * curvature;
            c->column[k].curvature = curvature;
        }
    }
}

/* ---- the answer ---- */

/* The two answers: of a column that was held for the second, what it was held at. */
typedef struct answers {
    sn_interior_solution first, second;
    bool has_second;
} answers;

static double way_of(const chain *c, const answers *a, size_t k, double base, double sign)
{
    if (k >= c->columns.n) { /* fixed */
        return base;
    }
    bool was_held = c->column[k].value[0] == 0.0;
    return base + sign * (!a->has_second ? a->first.x[k]
                          : was_held     ? c->held[k]
                                         : a->second.x[k]);
}

static double flow_of(const chain *c, const answers *a, size_t at)
{
    return way_of(c, a, c->of_flow[at], c->base[at], c->sign[at]) -
           way_of(c, a, c->of_back[at], c->base_back[at], 1.0);
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

static sn_status give_period(const chain *c, const answers *a, size_t i, sn_error *err)
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
                        a->first.row_price[c->row[i * r->n_area + z]] / c->weight[i]);
        price[z] = fmin(fmax(price[z], problem->price_min_eur_per_mwh),
                        problem->price_max_eur_per_mwh);
        net[z] = 0.0;
    }
    for (size_t l = 0; l < problem->network->n_border; l++) {
        double flow = flow_of(c, a, i * r->n_border_max + l);
        double keep = 1.0 - (period.loss_share != NULL ? period.loss_share[l] : 0.0);
        c->w->out->flow_mw[t * r->n_border_max + l] = flow;
        net[problem->network->border[l].from] += flow < 0.0 ? keep * flow : flow;
        net[problem->network->border[l].to] -= flow < 0.0 ? flow : keep * flow;
    }
    for (size_t k = 0; k < r->n_link; k++) {
        size_t l = c->link[i * r->n_link + k];
        double worth = -a->first.row_price[c->first_row[i] + r->n_area + k];
        c->w->out->ramp_price[t * r->n_link + k] = worth;
        c->w->power[t * r->n_link + k] =
            c->scale[i] * c->w->out->flow_mw[t * r->n_border_max + l];
    }
    return SN_OK;
}

static sn_interior_solution cut_solution(double *numbers, size_t n)
{
    return (sn_interior_solution){.x = numbers,
                                  .room = numbers + n,
                                  .at_zero = numbers + 2 * n,
                                  .at_upper = numbers + 3 * n,
                                  .row_price = numbers + 4 * n};
}

static sn_status solve(chain *c, ramp_fault *fault, size_t *n_closed, sn_error *err)
{
    size_t n = c->columns.n;
    size_t m = c->first_row[c->n];
    double *numbers = calloc(9 * n + 2 * m + 1, sizeof *numbers);
    if (numbers == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu columns", n);
    }
    answers a = {.first = cut_solution(numbers, n),
                 .second = cut_solution(numbers + 4 * n + m, n)};
    c->held = numbers + 8 * n + 2 * m;
    const sn_interior_problem problem = {c->n, c->first_row, c->right, n, c->column};
    sn_error why = {0};
    sn_status status = sn_interior_solve(&problem, &a.first, &why);
    if (status != SN_OK) {
        status = sn_error_set(err, status, "periods %zu to %zu together: %s", c->first,
                              c->first + c->n - 1, why.message);
    } else {
        fault->period = find_unbalanced(c, &a.first);
    }
    *n_closed = status == SN_OK ? close_ways(c, &a.first) : 0;
    bool is_settled_so = status == SN_OK && fault->period == SIZE_MAX && *n_closed == 0;
    for (size_t i = 0; i < c->n && is_settled_so && status == SN_OK; i++) {
        status = turn_period(c, &a.first, i, n_closed, err);
    }
    if (status == SN_OK && fault->period == SIZE_MAX && *n_closed == 0) {
        /* Where rounding leaves nothing to choose from, the inner flows stay. */
        bool is_beyond = let_ties_move(c, &a.first);
        is_beyond = is_beyond && sn_interior_solve(&problem, &a.second, NULL) == SN_OK;
        draw_flows(c, is_beyond ? &a.second : NULL);
        a.has_second = sn_interior_solve(&problem, &a.second, NULL) == SN_OK;
        for (size_t i = 0; i < c->n && status == SN_OK; i++) {
            status = give_period(c, &a, i, err);
        }
    }
    free(numbers);
    return status;
}

static void cut(chain *c, double *numbers, size_t *indices)
{
    const sn_ramping *r = c->w->ramping;
    size_t n = c->n;
    size_t n_flow = n * r->n_border_max;
    c->right = numbers;
    c->weight = c->right + n * c->n_row;
    c->scale = c->weight + n;
    c->base = c->scale + n;
    c->sign = c->base + n_flow;
    c->base_back = c->sign + n_flow;
    c->rated = c->base_back + n_flow;
    c->price_min = c->rated + n_flow;
    c->price_max = c->price_min + n;
    c->reach_low = c->price_max + n;
    c->reach_high = c->reach_low + r->n_link;
    c->first_row = indices;
    c->of_flow = c->first_row + n + 1;
    c->of_back = c->of_flow + n_flow;
    c->lack = c->of_back + n_flow;
    c->row = c->lack + n * r->n_area;
    c->link = c->row + n * r->n_area;
    for (size_t i = 0; i <= n; i++) {
        c->first_row[i] = i * c->n_row;
    }
    for (size_t k = 0; k < n_flow; k++) { /* a period may have fewer borders */
        c->of_flow[k] = c->of_back[k] = SIZE_MAX;
        c->rated[k] = 1.0;
    }
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
        calloc(n * c.n_row + 4 * n + 4 * n_flow + 2 * r->n_link + 1, sizeof *numbers);
    size_t *indices =
        calloc(n + 1 + 2 * n_flow + 2 * n * r->n_area + n * r->n_link, sizeof *indices);
    sn_status status = SN_OK;
    size_t n_closed = 1;
    memset(&own->w->closed[first * r->n_border_max], 0, n * r->n_border_max);
    *fault = (ramp_fault){SIZE_MAX, false};
    if (numbers == NULL || indices == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu periods", n);
    } else {
        cut(&c, numbers, indices);
    }
    while (status == SN_OK && fault->period == SIZE_MAX && n_closed > 0) {
        status = build(&c, fault, err);
        if (status == SN_OK && fault->period == SIZE_MAX) {
            status = solve(&c, fault, &n_closed, err);
        }
    }
    free(c.columns.column);
    free(numbers);
    free(indices);
    return status;
}
