/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prices of periods that limits of change tie together, from their quantities, which have
 * one answer (M-13).  What the quantities say of the prices: each area's lie in an
 * interval, between two points of its curve; across a border that has room they are equal
 * (less the loss), or ordered; across a ramped link with room the difference is what its
 * limits are worth, mu(t) - mu(t + 1), and mu is not 0 only where a limit is reached, > 0
 * for a rise and < 0 for a fall.
 *
 * Where that leaves one price for each area, those are the prices.  Where it leaves some
 * open the rule is that of flow-based clearing: least sum of squares, by hours, to the
 * middle of each area's interval.  It is strictly convex, so the answer is one, whatever
 * the way to the quantities, the periods solved along with these, or the order of areas.
 * The midpoint of a lattice, the rule of a period alone, will not do: mu(t) - mu(t + 1)
 * ties three prices or more, and such sets have no least element.
 *
 * Its dual is a market again, of one more step: areas on straight lines between the ends
 * of their intervals, borders with no limit the ways that have room, a change of each
 * ramped flow that must not go beyond a limit that is reached.  So interior.h solves it.
 */
#include "ramping_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Prices nearer than this are one. */
static const double same_eur_per_mwh = 1e-9;
static const double near_eur_per_mwh = 1e-7;
static const double rounding_eur_per_mwh = 1e-11;

/* Quantities nearer to a bound than this are at it. */
static const double bound_mw = 1e-7;

/* Prices that the last rounds move by less stand still. */
static const double still_eur_per_mwh = 1e-12;

enum { ROUNDS_MAX = 20000 };

typedef struct pricing {
    ramp_worker *own;
    ramp_work *w;
    size_t first, n;        /* periods */
    double *low, *high;     /* [n][n_area] */
    double *weight, *scale; /* [n] */
    size_t *row;            /* [n][n_area] */
    size_t *flow_column;    /* [n][n_link] SIZE_MAX: none */
    size_t *back_column;
    bool is_open;
    ramp_columns columns;
    double *least, *most;     /* [n] mu(t) - mu(t + 1) of the link in hand */
    double *mu_low, *mu_high; /* [n] mu of the link in hand */
} pricing;

/* Prices at which the curve gives n. */
static void find_range(const sn_clearing_problem *problem,
                       size_t z,
                       double n,
                       double *low,
                       double *high)
{
    const sn_curve *curve = &problem->net_supply[z];
    const double *p = curve->price_eur_per_mwh;
    const double *q = curve->quantity_mw;
    size_t first = 0; /* points at n: first .. after - 1 */
    while (first < curve->n && q[first] < n - bound_mw) {
        first++;
    }
    size_t after = first;
    while (after < curve->n && q[after] <= n + bound_mw) {
        after++;
    }
    if (first == after && first > 0 && first < curve->n) {
        double share = (n - q[first - 1]) / (q[first] - q[first - 1]);
        *low = *high = p[first - 1] + share * (p[first] - p[first - 1]);
        return;
    }
    bool is_known = first < after;
    *low = first > 0 && is_known ? p[first] : problem->price_min_eur_per_mwh;
    *high = after < curve->n && is_known ? p[after - 1] : problem->price_max_eur_per_mwh;
}

/* A point of the curve within rounding of p, else p. */
static double snap(const sn_curve *curve, double p)
{
    for (size_t k = 0; k < curve->n; k++) {
        if (fabs(curve->price_eur_per_mwh[k] - p) <= rounding_eur_per_mwh) {
            return curve->price_eur_per_mwh[k];
        }
    }
    return p;
}

/* Ways a flow may move: 1 up, 2 down. */
static unsigned char room_of(const ramp_worker *own, size_t l, double flow)
{
    bool up = own->flow_max[l] - flow > bound_mw;
    bool down = flow - own->flow_min[l] > bound_mw;
    return (unsigned char)((up ? 1 : 0) | (down ? 2 : 0));
}

static double loss_of(const sn_ramping_period *period, size_t l)
{
    return period->loss_share != NULL ? period->loss_share[l] : 0.0;
}

static bool is_link(const pricing *c, const sn_ramping_period *period, size_t l)
{
    for (size_t k = 0; k < c->w->ramping->n_link; k++) {
        if (period->border_of_link[k] == l) {
            return true;
        }
    }
    return false;
}

/* A border's ways: `gives` sends from its first end to its second, `takes` back; of one
 * with losses only the way its flow runs says something at both of its ends. */
typedef struct ways {
    size_t from, to;
    double keep; /* price of from against keep * price of to */
    bool at_least, at_most;
} ways;

static size_t ways_of(const ramp_worker *own,
                      const sn_ramping_period *period,
                      size_t l,
                      double flow,
                      ways out[2])
{
    const sn_border *border = &period->problem->network->border[l];
    unsigned char room = room_of(own, l, flow);
    double loss = loss_of(period, l);
    if (!(loss > 0.0)) {
        out[0] = (ways){border->from, border->to, 1.0, (room & 1) != 0, (room & 2) != 0};
        return 1;
    }
    size_t n = 0;
    if (flow > -bound_mw) {
        out[n++] = (ways){border->from, border->to, 1.0 - loss, (room & 1) != 0,
                          (room & 2) != 0 && flow > bound_mw};
    }
    if (flow < bound_mw) {
        out[n++] = (ways){border->to, border->from, 1.0 - loss, (room & 2) != 0,
                          (room & 1) != 0 && flow < -bound_mw};
    }
    return n;
}

/* A step of the least element (up) or the greatest; how far any price moved. */
static double spread(const pricing *c,
                     const sn_ramping_period *period,
                     const double *flow,
                     double *p,
                     bool up)
{
    double moved = 0.0;
    for (size_t l = 0; l < period->problem->network->n_border; l++) {
        ways way[2];
        size_t n = is_link(c, period, l) ? 0 : ways_of(c->own, period, l, flow[l], way);
        for (size_t k = 0; k < n; k++) {
            double *from = &p[way[k].from];
            double *to = &p[way[k].to];
            double before = *from + *to;
            if (up) {
                *from = way[k].at_least ? fmax(*from, way[k].keep * *to) : *from;
                *to = way[k].at_most ? fmax(*to, *from / way[k].keep) : *to;
            } else {
                *to = way[k].at_least ? fmin(*to, *from / way[k].keep) : *to;
                *from = way[k].at_most ? fmin(*from, way[k].keep * *to) : *from;
            }
            moved = fmax(moved, fabs(*from + *to - before));
        }
    }
    return moved;
}

/* What a period's own quantities say of its prices. */
static sn_status find_ranges(pricing *c, size_t i, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    size_t t = c->first + i;
    const double *flow = &c->w->out->flow_mw[t * r->n_border_max];
    double *low = &c->low[i * r->n_area];
    double *high = &c->high[i * r->n_area];
    sn_ramping_period period;
    sn_status status = sn_ramping_load_period(c->own, t, &period, err);
    if (status != SN_OK) {
        return status;
    }
    c->weight[i] = period.weight;
    c->scale[i] = period.scale;
    sn_ramping_set_limits(c->own, t, period.problem, true);
    for (size_t z = 0; z < r->n_area; z++) {
        find_range(period.problem, z, c->w->out->net_position_mw[t * r->n_area + z],
                   &low[z], &high[z]);
    }
    for (int up = 0; up < 2; up++) {
        double *p = up != 0 ? low : high;
        for (size_t round = 0; round < ROUNDS_MAX; round++) {
            if (spread(c, &period, flow, p, up != 0) <= still_eur_per_mwh) {
                break;
            }
        }
    }
    double *price = &c->w->out->price_eur_per_mwh[t * r->n_area];
    for (size_t z = 0; z < r->n_area; z++) {
        bool is_open = high[z] - low[z] > same_eur_per_mwh;
        c->is_open |= is_open;
        price[z] = is_open
                       ? price[z]
                       : snap(&period.problem->net_supply[z], 0.5 * (low[z] + high[z]));
    }
    return SN_OK;
}

/* ---- the programme ---- */

/* An area's price y = weight * p lies between its ends; within, the square of how far it
 * is from the middle. */
static sn_status put_area(pricing *c, size_t i, size_t z, double *right, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    size_t at = i * r->n_area + z;
    double weight = c->weight[i];
    double low = c->low[at];
    double high = c->high[at];
    if (!(high - low > same_eur_per_mwh)) {
        double p = c->w->out->price_eur_per_mwh[(c->first + i) * r->n_area + z];
        sn_interior_column *column =
            sn_ramp_add_column(&c->columns, INFINITY, weight * p, 0.0, err);
        if (column == NULL) {
            return SN_E_MEMORY;
        }
        column->is_free = true;
        sn_ramp_add_entry(column, c->row[at], 1.0);
        return SN_OK;
    }
    right[c->row[at]] += 0.5 * (high - low); /* from the low end on */
    const struct {
        double upper, cost, curvature, value;
    } part[] = {{high - low, weight * low, weight, 1.0},
                {INFINITY, weight * high, 0.0, 1.0},
                {INFINITY, -weight * low, 0.0, -1.0}};
    for (int k = 0; k < 3; k++) {
        sn_interior_column *column = sn_ramp_add_column(
            &c->columns, part[k].upper, part[k].cost, part[k].curvature, err);
        if (column == NULL) {
            return SN_E_MEMORY;
        }
        sn_ramp_add_entry(column, c->row[at], part[k].value);
    }
    return SN_OK;
}

/* A change of what goes one way: more, less, or either. */
static sn_status
put_way(pricing *c, size_t i, const ways *way, size_t *column_out, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    *column_out = SIZE_MAX;
    if (!way->at_least && !way->at_most) {
        return SN_OK;
    }
    *column_out = c->columns.n;
    double sign = way->at_least ? 1.0 : -1.0;
    sn_interior_column *column = sn_ramp_add_column(&c->columns, INFINITY, 0.0, 0.0, err);
    if (column == NULL) {
        return SN_E_MEMORY;
    }
    column->is_free = way->at_least && way->at_most;
    sn_ramp_add_entry(column, c->row[i * r->n_area + way->from], -sign);
    sn_ramp_add_entry(column, c->row[i * r->n_area + way->to], sign * way->keep);
    return SN_OK;
}

static sn_status
put_border(pricing *c, size_t i, const sn_ramping_period *period, size_t l, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    double flow = c->w->out->flow_mw[(c->first + i) * r->n_border_max + l];
    ways way[2];
    size_t n = ways_of(c->own, period, l, flow, way);
    sn_status status = SN_OK;
    for (size_t j = 0; j < n && status == SN_OK; j++) {
        size_t column;
        bool is_back = way[j].from != period->problem->network->border[l].from;
        status = put_way(c, i, &way[j], &column, err);
        for (size_t k = 0; k < r->n_link; k++) {
            if (period->border_of_link[k] == l) {
                size_t *of = is_back ? c->back_column : c->flow_column;
                of[i * r->n_link + k] = column;
            }
        }
    }
    return status;
}

static void put_change(pricing *c, size_t at, size_t row, double factor)
{
    size_t column[2] = {c->flow_column[at], c->back_column[at]};
    for (int k = 0; k < 2; k++) {
        if (column[k] != SIZE_MAX) {
            sn_interior_column *of = &c->columns.column[column[k]];
            double is_less = of->value[0] > 0.0 ? -1.0 : 1.0; /* put_way()'s sign */
            sn_ramp_add_entry(of, row, (k == 0 ? factor : -factor) * is_less);
        }
    }
}

/* A limit that is reached: the change of the flow must not go beyond. */
static sn_status put_limit(pricing *c, size_t i, size_t k, size_t row, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    size_t t = c->first + i;
    bool is_both;
    int reached = sn_ramping_reached(c->w, t, k, &is_both);
    if (reached == 0 || (i == 0 && t > 0)) {
        return SN_OK;
    }
    put_change(c, i * r->n_link + k, row, c->scale[i]);
    if (i > 0) {
        put_change(c, (i - 1) * r->n_link + k, row, -c->scale[i - 1]);
    }
    if (!is_both) {
        sn_interior_column *column =
            sn_ramp_add_column(&c->columns, INFINITY, 0.0, 0.0, err);
        if (column == NULL) {
            return SN_E_MEMORY;
        }
        sn_ramp_add_entry(column, row, reached > 0 ? 1.0 : -1.0);
    }
    return SN_OK;
}

static sn_status build(pricing *c, const size_t *first_row, double *right, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    for (size_t i = 0; i < c->n; i++) {
        sn_ramping_period period;
        sn_status status = sn_ramping_load_period(c->own, c->first + i, &period, err);
        if (status != SN_OK) {
            return status;
        }
        sn_ramping_set_limits(c->own, c->first + i, period.problem, true);
        sn_ramping_order_areas(c->own, period.problem->network);
        for (size_t k = 0; k < r->n_area && status == SN_OK; k++) {
            size_t z = c->own->order[k];
            c->row[i * r->n_area + z] = first_row[i] + k;
            status = put_area(c, i, z, right, err);
        }
        for (size_t k = 0; k < r->n_link; k++) {
            c->flow_column[i * r->n_link + k] = c->back_column[i * r->n_link + k] =
                SIZE_MAX;
        }
        for (size_t l = 0; l < period.problem->network->n_border && status == SN_OK;
             l++) {
            status = put_border(c, i, &period, l, err);
        }
        for (size_t k = 0; k < r->n_link && status == SN_OK; k++) {
            status = put_limit(c, i, k, first_row[i] + r->n_area + k, err);
        }
        if (status != SN_OK) {
            return status;
        }
    }
    return SN_OK;
}

/* The open prices; a point of the curve within rounding is that point. */
static sn_status give_prices(pricing *c, const double *row_price, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    for (size_t i = 0; i < c->n; i++) {
        size_t t = c->first + i;
        double *price = &c->w->out->price_eur_per_mwh[t * r->n_area];
        sn_ramping_period period;
        sn_status status = sn_ramping_load_period(c->own, t, &period, err);
        if (status != SN_OK) {
            return status;
        }
        for (size_t z = 0; z < r->n_area; z++) {
            size_t at = i * r->n_area + z;
            const sn_curve *curve = &period.problem->net_supply[z];
            if (!(c->high[at] - c->low[at] > same_eur_per_mwh)) {
                continue;
            }
            double p = row_price[c->row[at]] / c->weight[i];
            p = fmin(fmax(p, c->low[at]), c->high[at]);
            for (size_t k = 0; k < curve->n; k++) {
                double point = curve->price_eur_per_mwh[k];
                p = fabs(point - p) <= near_eur_per_mwh ? point : p;
            }
            price[z] = p;
        }
    }
    return SN_OK;
}

static sn_status solve(pricing *c, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    size_t n_row = r->n_area + r->n_link;
    size_t m = c->n * n_row;
    size_t *first_row = calloc(c->n + 1, sizeof *first_row);
    double *right = calloc(m + 1, sizeof *right);
    double *numbers = NULL;
    sn_status status = SN_OK;
    if (first_row == NULL || right == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu prices", m);
        goto done;
    }
    for (size_t i = 0; i <= c->n; i++) {
        first_row[i] = i * n_row;
    }
    status = build(c, first_row, right, err);
    if (status != SN_OK) {
        goto done;
    }
    numbers = calloc(4 * c->columns.n + m + 1, sizeof *numbers);
    if (numbers == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu prices", m);
        goto done;
    }
    const sn_interior_problem problem = {c->n, first_row, right, c->columns.n,
                                         c->columns.column};
    sn_interior_solution s = {.x = numbers,
                              .room = numbers + c->columns.n,
                              .at_zero = numbers + 2 * c->columns.n,
                              .at_upper = numbers + 3 * c->columns.n,
                              .row_price = numbers + 4 * c->columns.n};
    if (sn_interior_solve(&problem, &s, NULL) == SN_OK) { /* else the run's stay */
        status = give_prices(c, s.row_price, err);
    }
done:
    free(first_row);
    free(right);
    free(numbers);
    return status;
}

/* ---- what the limits are worth ---- */

/* Between which mu(t) - mu(t + 1) lies, as the prices have it. */
static sn_status find_wedge(pricing *c, size_t i, size_t k, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    size_t t = c->first + i;
    sn_ramping_period period;
    sn_status status = sn_ramping_load_period(c->own, t, &period, err);
    if (status != SN_OK) {
        return status;
    }
    size_t l = period.border_of_link[k];
    const sn_border *border = &period.problem->network->border[l];
    const double *price = &c->w->out->price_eur_per_mwh[t * r->n_area];
    double flow = c->w->out->flow_mw[t * r->n_border_max + l];
    double keep = 1.0 - loss_of(&period, l);
    double forward = keep * price[border->to] - price[border->from];
    double back = price[border->to] - keep * price[border->from];
    bool is_turning = keep < 1.0 && fabs(flow) <= bound_mw;
    sn_ramping_set_limits(c->own, t, period.problem, true);
    unsigned char room = room_of(c->own, l, flow);
    bool is_back = keep < 1.0 && flow < 0.0;
    double scale = period.weight / period.scale;
    c->least[i] =
        (room & 1) == 0 ? -INFINITY : scale * (is_back && !is_turning ? back : forward);
    c->most[i] =
        (room & 2) == 0 ? INFINITY : scale * (is_back || is_turning ? back : forward);
    return SN_OK;
}

/* What the limit into period i may be worth, by the way of the change. */
static void find_sign(const pricing *c, size_t i, size_t k, double *low, double *high)
{
    bool is_both;
    int reached = sn_ramping_reached(c->w, c->first + i, k, &is_both);
    reached = i > 0 || c->first == 0 ? reached : 0;
    *low = reached == 0 ? 0.0 : is_both || reached < 0 ? -INFINITY : 0.0;
    *high = reached == 0 ? 0.0 : is_both || reached > 0 ? INFINITY : 0.0;
}

/* Prices settle mu where the flow has room, and bound it where it has none.  What is
 * still open is taken as near to 0 as can be, from the first period on: a limit that
 * nobody would pay for is worth nothing. */
static sn_status find_worth(pricing *c, size_t k, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    double *worth = &c->w->out->ramp_price[c->first * r->n_link + k];
    sn_status status = SN_OK;
    double low = 0.0; /* of the one after */
    double high = 0.0;
    for (size_t i = c->n; i-- > 0 && status == SN_OK;) {
        double least;
        double most;
        status = find_wedge(c, i, k, err);
        find_sign(c, i, k, &least, &most);
        low = c->mu_low[i] = fmax(least, low + c->least[i]);
        high = c->mu_high[i] = fmin(most, high + c->most[i]);
    }
    for (size_t i = 0; i < c->n && status == SN_OK; i++) {
        low = c->mu_low[i];
        high = c->mu_high[i];
        if (i > 0) {
            double before = worth[(i - 1) * r->n_link];
            low = fmax(low, before - c->most[i - 1]);
            high = fmin(high, before - c->least[i - 1]);
        }
        double mu = low > high ? 0.5 * (low + high) : fmin(fmax(0.0, low), high);
        double least;
        double most;
        find_sign(c, i, k, &least, &most);
        mu = fmin(fmax(mu, least), most);
        worth[i * r->n_link] = fabs(mu) <= same_eur_per_mwh ? 0.0 : mu;
    }
    return status;
}

static sn_status run(pricing *c, sn_error *err)
{
    const sn_ramping *r = c->w->ramping;
    sn_status status = SN_OK;
    for (size_t i = 0; i < c->n && status == SN_OK; i++) {
        status = find_ranges(c, i, err);
    }
    if (status == SN_OK && c->is_open) {
        status = solve(c, err);
    }
    for (size_t k = 0; k < r->n_link && status == SN_OK; k++) {
        status = find_worth(c, k, err);
    }
    return status;
}

sn_status sn_ramping_price(ramp_worker *own, size_t first, size_t last, sn_error *err)
{
    const sn_ramping *r = own->w->ramping;
    size_t n = last - first + 1;
    pricing c = {.own = own, .w = own->w, .first = first, .n = n};
    double *numbers = calloc(n * (2 * r->n_area + 6) + 1, sizeof *numbers);
    size_t *indices = calloc(n * (r->n_area + 2 * r->n_link) + 1, sizeof *indices);
    sn_status status = SN_OK;
    if (numbers == NULL || indices == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu periods", n);
    } else {
        c.low = numbers;
        c.high = c.low + n * r->n_area;
        c.weight = c.high + n * r->n_area;
        c.scale = c.weight + n;
        c.least = c.scale + n;
        c.most = c.least + n;
        c.mu_low = c.most + n;
        c.mu_high = c.mu_low + n;
        c.row = indices;
        c.flow_column = c.row + n * r->n_area;
        c.back_column = c.flow_column + n * r->n_link;
        status = run(&c, err);
    }
    free(c.columns.column);
    free(numbers);
    free(indices);
    return status;
}
