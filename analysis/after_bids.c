/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bids of sellers that foresee the regulation (M-20, inc-dec).  Where an area will be
 * regulated at r and the market pays p, water worth v is offered at
 *
 *     r < p (surplus):  v - theta (v - r)  for v > r,  else v
 *     r > p (deficit):  v + theta (r - v)  for v < r,  else v
 *
 * so theta 0 is the true curve, and with theta 1 all that can run is sold at r and
 * bought back at r, or kept from the market until r.  Only water bids so: its power has
 * bounds, and "everything else" is a line without any, on which power that does not
 * exist would be sold.  r is what cost-based regulation of the same hour pays.
 */
#include "replay_internal.h"

#include <math.h>

static const double least_eur_per_mwh = 1e-9;

typedef struct sn_bid {
    double foreseen_eur_per_mwh;
    double theta;
    bool is_surplus;
} sn_bid;

static double bid_price(const sn_bid *bid, double v)
{
    double off = v - bid->foreseen_eur_per_mwh;
    bool is_marked_up = bid->is_surplus ? off > 0.0 : off < 0.0;
    return is_marked_up ? bid->foreseen_eur_per_mwh + (1.0 - bid->theta) * off : v;
}

/* True values at which the water's curve bends, and the foreseen price. */
static size_t values_of(const sn_replay_case *c,
                        size_t t,
                        const sn_hydro_period *hydro,
                        double foreseen,
                        double *value)
{
    double own[SN_HYDRO_POINTS];
    size_t n_own = sn_hydro_breakpoints(hydro, own);
    size_t n = 0;
    bool is_in = false;
    value[n++] = c->price_min_eur_per_mwh[t];
    for (size_t k = 0; k < n_own; k++) {
        if (!is_in && own[k] >= foreseen) {
            is_in = true;
            if (foreseen > value[n - 1]) {
                value[n++] = foreseen;
            }
        }
        if (own[k] > value[n - 1] && own[k] < c->price_max_eur_per_mwh[t]) {
            value[n++] = own[k];
        }
    }
    if (!is_in && foreseen > value[n - 1] && foreseen < c->price_max_eur_per_mwh[t]) {
        value[n++] = foreseen;
    }
    value[n++] = c->price_max_eur_per_mwh[t];
    return n;
}

/* The area's curve with its water offered at the bids, in place of the true one. */
static void set_bid_curve(sn_replay_case *c,
                          sn_replay_block *b,
                          size_t t,
                          size_t z,
                          const sn_bid *bid)
{
    double value[SN_HYDRO_POINTS + 4];
    double price[SN_REPLAY_CURVE_POINTS];
    double quantity[SN_REPLAY_CURVE_POINTS];
    const sn_hydro_period *hydro = &b->water[z];
    sn_curve *curve = &b->curve[c->node_of_area[z]];
    size_t n_value = values_of(c, t, hydro, bid->foreseen_eur_per_mwh, value);
    size_t n = 0;
    double slope;
    for (size_t k = 0; k < n_value + 2; k++) {
        /* The first and the last also hold at the price limits. */
        size_t i = k == 0 ? 0 : (k > n_value ? n_value - 1 : k - 1);
        price[n] = k == 0             ? c->price_min_eur_per_mwh[t]
                   : k == n_value + 1 ? c->price_max_eur_per_mwh[t]
                                      : bid_price(bid, value[i]);
        double rest =
            sn_curve_quantity_at(curve, price[n]) - sn_hydro_at(hydro, price[n], &slope);
        quantity[n] = rest + sn_hydro_at(hydro, value[i], &slope);
        if (n > 0) {
            price[n] = fmax(price[n], price[n - 1]);
            quantity[n] = fmax(quantity[n], quantity[n - 1]);
        }
        n++;
    }
    double *to = b->points + c->node_of_area[z] * 2 * SN_REPLAY_CURVE_POINTS;
    for (size_t k = 0; k < n; k++) {
        to[k] = price[k];
        to[SN_REPLAY_CURVE_POINTS + k] = quantity[k];
    }
    *curve = (sn_curve){n, to, to + SN_REPLAY_CURVE_POINTS};
}

void sn_after_set_bids(sn_replay_case *c, sn_replay_block *b, size_t t)
{
    for (size_t i = 0; i < c->n_price_area; i++) {
        const sn_price_area *a = &c->price_area[i];
        for (size_t k = 0; k < a->n_area; k++) {
            size_t z = a->area[k];
            size_t at = t * c->n_area + z;
            double r = c->out->redispatch_price_eur_per_mwh[at];
            double p = c->out->price_eur_per_mwh[at];
            if (!sn_after_may_move(c, z, SN_RESOURCE_HYDRO) ||
                !(fabs(r - p) > least_eur_per_mwh)) {
                continue;
            }
            sn_bid bid = {r, c->settings->theta, r < p};
            set_bid_curve(c, b, t, z, &bid);
            b->is_bidding[z] = true;
        }
    }
}

void sn_after_store_bids(sn_replay_case *c, sn_replay_block *b, size_t t)
{
    double price[SN_REPLAY_CURVE_POINTS];
    double quantity[SN_REPLAY_CURVE_POINTS];
    for (size_t z = 0; z < c->n_area; z++) {
        if (!b->is_bidding[z]) {
            continue;
        }
        size_t at = t * c->n_area + z;
        size_t n =
            sn_replay_build_curve(c, t, z, sn_replay_shift(c, t, z), price, quantity);
        sn_curve honest = {n, price, quantity};
        c->out->hydro_mw[at] +=
            c->out->net_position_mw[at] -
            sn_curve_quantity_at(&honest, c->out->price_eur_per_mwh[at]);
        b->hydro_mw[z] = c->out->hydro_mw[at];
    }
}
