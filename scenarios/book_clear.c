/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One period at a time: bids to net supply curves, capacities to borders, abroad to
 * price takers or to a shift of the curve; clear; share the orders at the price; check.
 */
#include "book_clear.h"

#include "analysis/clearing.h"
#include "analysis/clearing_check.h"
#include "analysis/tie_share.h"
#include "book_ramp.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Prices closer than this are one price. */
static const double same_price_eur_per_mwh = 1e-9;

/* Arrays for the period with the most rows; nodes are the book's areas by index, those
 * without a border this period stand alone. */
typedef struct period_work {
    const sn_order_book *book;
    const sn_book_options *options;
    sn_clearing *clearing;
    sn_tie_share *tie_share;
    double *curve_price, *curve_mw; /* points of all areas, one after another */
    sn_curve *curve;                /* [n_area] */
    sn_border *border;              /* [borders max] */
    size_t *capacity_row;           /* [borders max] row of the book behind the border */
    double *flow_min, *flow_max;
    double *loss_share; /* [borders max]; NULL: none */
    sn_book_result *out;
    double *export_mw;    /* [n_area] scheduled exports */
    double *abroad_price; /* [n_area] NaN when there is none */
    double *abroad_mw;    /* [n_area] capacity of the borders to a price taker */
    sn_tie_orders *orders;
    sn_network network;
    sn_clearing_problem problem;
} period_work;

static size_t most_rows(const size_t *first, size_t n_period)
{
    size_t most = 0;
    for (size_t t = 0; t < n_period; t++) {
        most = first[t + 1] - first[t] > most ? first[t + 1] - first[t] : most;
    }
    return most;
}

static size_t most_borders(const sn_order_book *book)
{
    return most_rows(book->first_capacity, book->n_period);
}

static void work_free(period_work *w)
{
    sn_clearing_free(w->clearing);
    sn_tie_share_free(w->tie_share);
    free(w->curve_price);
    free(w->curve_mw);
    free(w->curve);
    free(w->border);
    free(w->capacity_row);
    free(w->loss_share);
    free(w->flow_min);
    free(w->flow_max);
    free(w->export_mw);
    free(w->abroad_price);
    free(w->abroad_mw);
    free(w->orders);
}

static sn_status work_make(period_work *w,
                           const sn_order_book *book,
                           const sn_book_options *options,
                           sn_error *err)
{
    size_t n_area = book->n_area;
    size_t n_border = most_borders(book);
    size_t n_point = 2 * most_rows(book->first_bid, book->n_period) + 2 * n_area;
    *w = (period_work){
        .book = book,
        .options = options,
        .clearing = sn_clearing_alloc(n_area, n_border),
        .tie_share = sn_tie_share_alloc(n_area, n_border),
        .curve_price = calloc(n_point, sizeof *w->curve_price),
        .curve_mw = calloc(n_point, sizeof *w->curve_mw),
        .curve = calloc(n_area, sizeof *w->curve),
        .border = calloc(n_border + 1, sizeof *w->border),
        .capacity_row = calloc(n_border + 1, sizeof *w->capacity_row),
        .loss_share =
            options->losses != NULL ? calloc(n_border + 1, sizeof *w->loss_share) : NULL,
        .flow_min = calloc(n_border + 1, sizeof *w->flow_min),
        .flow_max = calloc(n_border + 1, sizeof *w->flow_max),
        .export_mw = calloc(n_area, sizeof *w->export_mw),
        .abroad_price = calloc(n_area, sizeof *w->abroad_price),
        .abroad_mw = calloc(n_area, sizeof *w->abroad_mw),
        .orders = calloc(n_area, sizeof *w->orders),
    };
    if (w->clearing == NULL || w->tie_share == NULL || w->curve_price == NULL ||
        w->curve_mw == NULL || w->curve == NULL || w->border == NULL ||
        w->capacity_row == NULL || (options->losses != NULL && w->loss_share == NULL) ||
        w->flow_min == NULL || w->flow_max == NULL || w->export_mw == NULL ||
        w->abroad_price == NULL || w->abroad_mw == NULL || w->orders == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory clearing an order book");
    }
    w->network.border = w->border;
    w->problem = (sn_clearing_problem){
        .network = &w->network,
        .net_supply = w->curve,
        .flow_min_mw = w->flow_min,
        .flow_max_mw = w->flow_max,
        .price_min_eur_per_mwh = options->price_min_eur_per_mwh,
        .price_max_eur_per_mwh = options->price_max_eur_per_mwh,
    };
    return SN_OK;
}

/* What abroad does this period: its price, or its schedule as a shift of the area. */
static void read_abroad(period_work *w, size_t t)
{
    const sn_order_book *book = w->book;
    for (size_t z = 0; z < book->n_area; z++) {
        w->export_mw[z] = w->abroad_mw[z] = 0.0;
        w->abroad_price[z] = NAN;
    }
    if (w->options->scheduled) {
        for (size_t k = book->first_exchange[t]; k < book->first_exchange[t + 1]; k++) {
            w->export_mw[book->exchange[k].area] += book->exchange[k].exchange_mwh;
        }
    } else if (book->first_price != NULL) {
        for (size_t k = book->first_price[t]; k < book->first_price[t + 1]; k++) {
            w->abroad_price[book->price[k].area] = book->price[k].price_eur_per_mwh;
        }
    }
}

/* The schedule of a border to an area without bids, > 0 from its first area; NaN when
 * there is none. */
static double scheduled_flow(const sn_order_book *book, size_t t, size_t from, size_t to)
{
    for (size_t k = book->first_exchange[t]; k < book->first_exchange[t + 1]; k++) {
        const sn_book_exchange *e = &book->exchange[k];
        if (e->area == from && e->external == to) {
            return e->exchange_mwh;
        }
        if (e->area == to && e->external == from) {
            return -e->exchange_mwh;
        }
    }
    return NAN;
}

static void add_border(period_work *w, size_t row)
{
    const sn_book_capacity *c = &w->book->capacity[row];
    size_t l = w->network.n_border++;
    double rated = fmax(-c->flow_min_mwh, c->flow_max_mwh);
    const sn_book_link *lossy = sn_book_links_find(w->options->losses, c->from, c->to);
    double loss = lossy != NULL ? lossy->loss_share : 0.0;
    /* A border closed both ways carries nothing: any rating serves. */
    w->border[l] = (sn_border){c->from, c->to, rated > 0.0 ? rated : 1.0};
    w->capacity_row[l] = row;
    w->flow_min[l] = fmin(c->flow_min_mwh, 0.0);
    w->flow_max[l] = fmax(c->flow_max_mwh, 0.0);
    if (w->loss_share != NULL) {
        w->loss_share[l] = loss;
    }
}

static void build_borders(period_work *w, size_t t, sn_book_result *out)
{
    const sn_order_book *book = w->book;
    w->network.n_area = book->n_area;
    w->network.n_border = 0;
    for (size_t k = book->first_capacity[t]; k < book->first_capacity[t + 1]; k++) {
        const sn_book_capacity *c = &book->capacity[k];
        bool from_cleared = c->from < book->n_cleared;
        bool to_cleared = c->to < book->n_cleared;
        size_t abroad = from_cleared ? c->to : c->from;
        if (from_cleared && to_cleared) {
            add_border(w, k);
        } else if (from_cleared == to_cleared) {
            out->n_left_out++; /* neither end has bids */
        } else if (w->options->scheduled) {
            double flow = scheduled_flow(book, t, c->from, c->to);
            out->flow_mwh[k] = flow;
            out->n_left_out += isnan(flow) ? 1 : 0;
            out->n_beyond_capacity +=
                flow < c->flow_min_mwh || flow > c->flow_max_mwh ? 1 : 0;
        } else if (isnan(w->abroad_price[abroad])) {
            out->n_left_out++;
        } else {
            w->abroad_mw[abroad] += fmax(-c->flow_min_mwh, c->flow_max_mwh);
            add_border(w, k);
        }
    }
}

/* Supply (demand) at prices equal to price among rows from *at on; advances *at. */
static double take_at(const sn_book_bid *bid, size_t *at, size_t end, double price)
{
    double sum = 0.0;
    while (*at < end && bid[*at].price_eur_per_mwh <= price) {
        sum += bid[(*at)++].quantity_mwh;
    }
    return sum;
}

/* Rows [begin, end) of one area, supply before demand, to points; how many. */
static size_t build_curve(const sn_book_bid *bid,
                          size_t begin,
                          size_t end,
                          double shift,
                          double *price,
                          double *mw)
{
    size_t demand = begin;
    while (demand < end && !bid[demand].is_demand) {
        demand++;
    }
    double net = shift;
    for (size_t k = demand; k < end; k++) {
        net -= bid[k].quantity_mwh;
    }
    size_t supply_end = demand;
    size_t n = 0;
    for (size_t supply = begin; supply < supply_end || demand < end;) {
        double ps = supply < supply_end ? bid[supply].price_eur_per_mwh : INFINITY;
        double pd = demand < end ? bid[demand].price_eur_per_mwh : INFINITY;
        double p = fmin(ps, pd);
        double step =
            take_at(bid, &supply, supply_end, p) + take_at(bid, &demand, end, p);
        price[n] = price[n + 1] = p;
        mw[n] = net;
        net += step;
        mw[n + 1] = net;
        n += 2;
    }
    return n;
}

sn_status sn_book_area_curve(const sn_order_book *book,
                             const sn_book_options *options,
                             size_t period,
                             size_t area,
                             double shift_mwh,
                             double *price,
                             double *mwh,
                             size_t *n_out,
                             sn_error *err)
{
    size_t begin = book->first_bid[period];
    while (book->bid[begin].area != area) {
        begin++;
    }
    size_t end = begin;
    for (; end < book->first_bid[period + 1] && book->bid[end].area == area; end++) {
        double p = book->bid[end].price_eur_per_mwh;
        if (p < options->price_min_eur_per_mwh || p > options->price_max_eur_per_mwh) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "line %d of the bids: %s, %s: price %g is outside the limits %g to %g "
                "EUR/MWh",
                book->bid[end].line, book->area[area], book->period[period].timestamp, p,
                options->price_min_eur_per_mwh, options->price_max_eur_per_mwh);
        }
    }
    *n_out = build_curve(book->bid, begin, end, shift_mwh, price, mwh);
    return SN_OK;
}

static sn_status build_curves(period_work *w, size_t t, sn_error *err)
{
    const sn_order_book *book = w->book;
    size_t n_point = 0;
    for (size_t z = 0; z < book->n_area; z++) {
        double *price = &w->curve_price[n_point];
        double *mw = &w->curve_mw[n_point];
        size_t n = 2;
        if (z < book->n_cleared) {
            sn_status status = sn_book_area_curve(book, w->options, t, z,
                                                  -w->export_mw[z], price, mw, &n, err);
            if (status != SN_OK) {
                return status;
            }
        } else {
            price[0] = price[1] = isnan(w->abroad_price[z]) ? 0.0 : w->abroad_price[z];
            mw[0] = -w->abroad_mw[z];
            mw[1] = w->abroad_mw[z];
        }
        w->curve[z] = (sn_curve){n, price, mw};
        n_point += n;
    }
    return SN_OK;
}

/* Orders at exactly the price of each area. */
static void find_orders(period_work *w, size_t t, const sn_clearing_result *solved)
{
    const sn_order_book *book = w->book;
    for (size_t z = 0; z < book->n_area; z++) {
        const sn_curve *c = &w->curve[z];
        double p = solved->price_eur_per_mwh[z];
        sn_tie_orders *o = &w->orders[z];
        *o = (sn_tie_orders){0};
        for (size_t k = 0; k + 1 < c->n; k += 2) {
            if (fabs(c->price_eur_per_mwh[k] - p) <= same_price_eur_per_mwh) {
                o->below_mw = c->quantity_mw[k];
                o->supply_mw = c->quantity_mw[k + 1] - c->quantity_mw[k];
            }
        }
    }
    for (size_t k = book->first_bid[t]; k < book->first_bid[t + 1]; k++) {
        const sn_book_bid *b = &book->bid[k];
        double p = solved->price_eur_per_mwh[b->area];
        if (b->is_demand && fabs(b->price_eur_per_mwh - p) <= same_price_eur_per_mwh) {
            w->orders[b->area].demand_mw += b->quantity_mwh;
        }
    }
    for (size_t z = 0; z < book->n_area; z++) {
        sn_tie_orders *o = &w->orders[z];
        /* Abroad buys and sells alike; rounding must not make more than the step. */
        double demand = z < book->n_cleared ? o->demand_mw : 0.5 * o->supply_mw;
        o->demand_mw = fmin(demand, o->supply_mw);
        o->supply_mw -= o->demand_mw;
    }
}

/* The first area that cannot balance whatever its borders do; none: all together. */
static sn_status
say_infeasible(const period_work *w, size_t t, sn_book_result *out, sn_error *err)
{
    const sn_order_book *book = w->book;
    const char *when = book->period[t].timestamp;
    for (size_t z = 0; z < book->n_cleared; z++) {
        double most_out = 0.0;
        double most_in = 0.0;
        for (size_t l = 0; l < w->network.n_border; l++) {
            const sn_border *b = &w->border[l];
            if (b->from == z || b->to == z) {
                most_out += b->from == z ? w->flow_max[l] : -w->flow_min[l];
                most_in += b->from == z ? -w->flow_min[l] : w->flow_max[l];
            }
        }
        const sn_curve *c = &w->curve[z];
        double lack = -c->quantity_mw[c->n - 1] - most_in;
        double excess = c->quantity_mw[0] - most_out;
        if (lack > 0.0 || excess > 0.0) {
            return sn_strbuf_printf(&out->words, err,
                                    "%s: infeasible: %s has %.3f MWh too %s, with every "
                                    "order taken and every border full\n",
                                    when, book->area[z], fmax(lack, excess),
                                    lack > 0.0 ? "little" : "much");
        }
    }
    return sn_strbuf_printf(
        &out->words, err, "%s: infeasible: the areas cannot balance together%s\n", when,
        w->options->ramps != NULL ? ", within the limits of change" : "");
}

static sn_status build_period(period_work *w, size_t t, sn_error *err)
{
    read_abroad(w, t);
    build_borders(w, t, w->out);
    sn_status status = build_curves(w, t, err);
    if (status == SN_OK && w->loss_share != NULL) {
        status = sn_clearing_set_link_losses(w->clearing, w->loss_share, err);
    }
    return status;
}

/* The same for whoever asks more than once: counts nothing. */
static sn_status build_uncounted(void *context,
                                 size_t t,
                                 const sn_clearing_problem **problem_out,
                                 sn_error *err)
{
    period_work *w = context;
    size_t n_left_out = w->out->n_left_out;
    size_t n_beyond_capacity = w->out->n_beyond_capacity;
    sn_status status = build_period(w, t, err);
    w->out->n_left_out = n_left_out;
    w->out->n_beyond_capacity = n_beyond_capacity;
    *problem_out = &w->problem;
    return status;
}

static void keep_flows(period_work *w, const double *flow_mw)
{
    for (size_t l = 0; l < w->network.n_border; l++) {
        w->out->flow_mwh[w->capacity_row[l]] = flow_mw[l];
    }
}

/* Shares orders at the price, checks, keeps. */
static sn_status
keep_period(period_work *w, size_t t, const sn_clearing_result *cleared, sn_error *err)
{
    const sn_order_book *book = w->book;
    sn_clearing_result result = *cleared;
    sn_status status = SN_OK;
    if (cleared->outcome == SN_INFEASIBLE) {
        w->out->infeasible[t] = true;
        w->out->n_infeasible++;
        return say_infeasible(w, t, w->out, err);
    }
    if (w->options->ties == SN_TIES_PRO_RATA) {
        find_orders(w, t, cleared);
        status = sn_tie_share_solve(w->tie_share, &w->problem, cleared, w->orders,
                                    &result, err);
    }
    sn_clearing_residuals residuals;
    sn_error why = {0};
    if (status == SN_OK && sn_clearing_check_losses(&w->problem, w->loss_share, &result,
                                                    &residuals, &why) != SN_OK) {
        return sn_error_set(err, SN_E_NUMERIC, "%s: %s", book->period[t].timestamp,
                            why.message);
    }
    if (status == SN_OK) {
        memcpy(&w->out->price_eur_per_mwh[t * book->n_cleared], result.price_eur_per_mwh,
               book->n_cleared * sizeof(double));
        keep_flows(w, result.flow_mw);
    }
    return status;
}

static sn_status clear_alone(period_work *w, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t t = 0; status == SN_OK && t < w->book->n_period; t++) {
        sn_clearing_result result;
        sn_error why = {0};
        status = build_period(w, t, err);
        if (status != SN_OK) {
            return status;
        }
        status = sn_clearing_solve(w->clearing, &w->problem, &result, &why);
        if (status != SN_OK) {
            return sn_error_set(err, status, "%s: %s", w->book->period[t].timestamp,
                                why.message);
        }
        w->out->n_closed += result.outcome == SN_CLEARED ? result.n_closed : 0;
        status = keep_period(w, t, &result, err);
    }
    return status;
}

/* All periods with their limits of change; then each with the ramped flows held. */
static sn_status clear_ramped(period_work *w, sn_error *err)
{
    const sn_order_book *book = w->book;
    const sn_book_links *ramps = w->options->ramps;
    size_t n_border_max = most_borders(book);
    sn_book_ramp ramp = {0};
    sn_status status = sn_book_ramp_solve(book, ramps, n_border_max, build_uncounted,
                                          w->loss_share, w, &ramp, err);
    for (size_t t = 0; status == SN_OK && t < book->n_period; t++) {
        const double *flow = &ramp.result.flow_mw[t * n_border_max];
        const sn_clearing_result result = {
            .outcome = ramp.result.outcome[t],
            .price_eur_per_mwh = &ramp.result.price_eur_per_mwh[t * book->n_area],
            .net_position_mw = &ramp.result.net_position_mw[t * book->n_area],
            .flow_mw = flow,
        };
        status = build_period(w, t, err);
        for (size_t l = 0; l < w->network.n_border && status == SN_OK; l++) {
            const sn_border *b = &w->border[l];
            bool is_held = result.outcome == SN_CLEARED &&
                           sn_book_links_find(ramps, b->from, b->to) != NULL;
            w->flow_min[l] = is_held ? flow[l] : w->flow_min[l];
            w->flow_max[l] = is_held ? flow[l] : w->flow_max[l];
        }
        status = status == SN_OK ? keep_period(w, t, &result, err) : status;
    }
    w->out->n_coupled = ramp.result.n_coupled;
    w->out->n_closed = ramp.result.n_closed;
    sn_book_ramp_release(&ramp);
    return status;
}

sn_status
sn_book_result_init(sn_book_result *out, const sn_order_book *book, sn_error *err)
{
    size_t n_price = book->n_period * book->n_cleared;
    *out = (sn_book_result){
        .price_eur_per_mwh = malloc((n_price + 1) * sizeof(double)),
        .flow_mwh = malloc((book->n_capacity + 1) * sizeof(double)),
        .infeasible = calloc(book->n_period + 1, sizeof(bool)),
    };
    sn_strbuf_init(&out->words, SIZE_MAX / 2);
    if (out->price_eur_per_mwh == NULL || out->flow_mwh == NULL ||
        out->infeasible == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory clearing an order book");
    }
    for (size_t k = 0; k < n_price; k++) {
        out->price_eur_per_mwh[k] = NAN;
    }
    for (size_t k = 0; k < book->n_capacity; k++) {
        out->flow_mwh[k] = NAN;
    }
    return SN_OK;
}

sn_status sn_book_clear(const sn_order_book *book,
                        const sn_book_options *options,
                        sn_book_result *out,
                        sn_error *err)
{
    period_work w = {0};
    sn_status status = sn_book_result_init(out, book, err);
    if (status == SN_OK) {
        status = work_make(&w, book, options, err);
    }
    w.out = out;
    if (status == SN_OK) {
        status = options->ramps != NULL ? clear_ramped(&w, err) : clear_alone(&w, err);
    }
    work_free(&w);
    return status;
}

void sn_book_result_release(sn_book_result *result)
{
    free(result->price_eur_per_mwh);
    free(result->flow_mwh);
    free(result->infeasible);
    sn_strbuf_release(&result->words);
    *result = (sn_book_result){0};
}
