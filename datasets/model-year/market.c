/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Method: decomposition.  Give a set of areas one common price that balances them.  If
 * the borders inside can carry the flows (a maximum flow serves every deficit), the set
 * is done.  Else the minimum cut splits it: everything that can still reach a deficit's
 * side is full, the surplus side gets a lower price, the other a higher one, and the
 * borders between are full.  Repeat on both sides.  Exact for increasing supply
 * (Groenevelt's decomposition of separable convex costs over flows), and each step
 * splits a set, so it ends after at most 2 n - 1 steps.
 */
#include "model-year/market.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Unserved power below this is rounding; generation takes it up. */
#define SERVED_MW 1e-7

double sn_my_supply_mw(const sn_my_supply *supply, double price)
{
    if (supply->capacity_mw <= 0) {
        return 0;
    }
    const double at[4] = {SN_MY_PRICE_MIN_EUR_PER_MWH, supply->knee_low_eur_per_mwh,
                          supply->knee_high_eur_per_mwh, SN_MY_PRICE_MAX_EUR_PER_MWH};
    const double mw[4] = {0, supply->low_mw, supply->high_mw, supply->capacity_mw};
    size_t k = price < at[1] ? 0 : price < at[2] ? 1 : 2;
    return mw[k] + (mw[k + 1] - mw[k]) * (price - at[k]) / (at[k + 1] - at[k]);
}

static double net_supply_mw(const sn_my_market *market, size_t area, double price)
{
    if (market->edge_slope_mw_per_eur[area] > 0) {
        return market->edge_slope_mw_per_eur[area] *
               (price - market->edge_price_eur_per_mwh[area]);
    }
    return market->fixed_mw[area] +
           sn_my_supply_mw(&market->supply[area][SN_MY_HYDRO], price) +
           sn_my_supply_mw(&market->supply[area][SN_MY_THERMAL], price) +
           sn_my_supply_mw(&market->supply[area][SN_MY_WIND], price);
}

/* Sum over the set of net supply less what already leaves it over full borders. */
static double surplus_mw(const sn_my_market *market,
                         const bool *in_set,
                         const double *leaves_mw,
                         double price)
{
    double sum = 0;
    for (size_t i = 0; i < market->n_area; i++) {
        if (in_set[i]) {
            sum += net_supply_mw(market, i, price) - leaves_mw[i];
        }
    }
    return sum;
}

/* Regula falsi (Illinois): the sum is increasing and piecewise linear. */
static bool common_price(const sn_my_market *market,
                         const bool *in_set,
                         const double *leaves_mw,
                         double *price_out)
{
    double low = SN_MY_PRICE_MIN_EUR_PER_MWH;
    double high = SN_MY_PRICE_MAX_EUR_PER_MWH;
    double at_low = surplus_mw(market, in_set, leaves_mw, low);
    double at_high = surplus_mw(market, in_set, leaves_mw, high);
    if (at_low > 0 || at_high < 0) {
        return false;
    }
    /* Start near everyday prices, where nearly all hours are. */
    for (int step = 0; step < 200; step++) {
        double price = step == 0   ? 0
                       : step == 1 ? 120
                                   : low - at_low * (high - low) / (at_high - at_low);
        if (!(price > low && price < high)) {
            price = low + (high - low) / 2;
        }
        double surplus = surplus_mw(market, in_set, leaves_mw, price);
        *price_out = price;
        if (fabs(surplus) < SERVED_MW / 100 || high - low < 1e-12) {
            break;
        }
        if (surplus < 0) {
            low = price;
            at_low = surplus;
            at_high = step > 1 ? at_high / 2 : at_high;
        } else {
            high = price;
            at_high = surplus;
            at_low = step > 1 ? at_low / 2 : at_low;
        }
    }
    return true;
}

/* Room of a border in the direction that leaves area. */
static double room_mw(const sn_my_market *market, size_t border, size_t area)
{
    return market->from[border] == area
               ? market->forward_mw[border] - market->flow_mw[border]
               : market->back_mw[border] + market->flow_mw[border];
}

/* The borders of each area, in their order. */
typedef struct neighbours {
    size_t n[SN_MY_AREAS];
    size_t border[SN_MY_AREAS][SN_MY_BORDERS];
} neighbours;

static void list_neighbours(const sn_my_market *market, neighbours *of)
{
    memset(of->n, 0, sizeof of->n);
    for (size_t b = 0; b < market->n_border; b++) {
        size_t from = market->from[b];
        size_t to = market->to[b];
        of->border[from][of->n[from]++] = b;
        of->border[to][of->n[to]++] = b;
    }
}

/* Breadth first from all areas with power left over the set's borders; via[i] is the
 * border by which i was reached.  Returns the first area with a deficit, or n_area. */
static size_t search(const sn_my_market *market,
                     const neighbours *of,
                     const bool *in_set,
                     const double *left_mw,
                     bool *reached,
                     size_t *via)
{
    size_t queue[SN_MY_AREAS];
    size_t n = 0;
    for (size_t i = 0; i < market->n_area; i++) {
        reached[i] = in_set[i] && left_mw[i] > SERVED_MW;
        via[i] = SIZE_MAX;
        if (reached[i]) {
            queue[n++] = i;
        }
    }
    for (size_t head = 0; head < n; head++) {
        size_t here = queue[head];
        if (left_mw[here] < -SERVED_MW) {
            return here;
        }
        for (size_t k = 0; k < of->n[here]; k++) {
            size_t b = of->border[here][k];
            size_t there = market->from[b] == here ? market->to[b] : market->from[b];
            if (in_set[there] && !reached[there] &&
                room_mw(market, b, here) > SERVED_MW) {
                reached[there] = true;
                via[there] = b;
                queue[n++] = there;
            }
        }
    }
    return market->n_area;
}

/* Send as much as fits along the path that ends in sink. */
static void augment(sn_my_market *market, double *left_mw, const size_t *via, size_t sink)
{
    double amount = -left_mw[sink];
    size_t at = sink;
    while (via[at] != SIZE_MAX) {
        size_t b = via[at];
        size_t before = market->to[b] == at ? market->from[b] : market->to[b];
        amount = fmin(amount, room_mw(market, b, before));
        at = before;
    }
    amount = fmin(amount, left_mw[at]);
    left_mw[at] -= amount;
    left_mw[sink] += amount;
    for (at = sink; via[at] != SIZE_MAX;) {
        size_t b = via[at];
        bool along = market->to[b] == at;
        market->flow_mw[b] += along ? amount : -amount;
        at = along ? market->from[b] : market->to[b];
    }
}

/* Flows inside the set at its common price; surplus_side is the minimum cut when they
 * cannot serve every area.  Returns true when they can. */
static bool serve(sn_my_market *market,
                  const neighbours *of,
                  const bool *in_set,
                  const double *leaves_mw,
                  double price,
                  bool *surplus_side)
{
    double left_mw[SN_MY_AREAS] = {0};
    size_t via[SN_MY_AREAS];
    for (size_t i = 0; i < market->n_area; i++) {
        left_mw[i] = in_set[i] ? net_supply_mw(market, i, price) - leaves_mw[i] : 0;
    }
    for (size_t b = 0; b < market->n_border; b++) {
        if (in_set[market->from[b]] && in_set[market->to[b]]) {
            market->flow_mw[b] = 0;
        }
    }
    for (;;) {
        size_t sink = search(market, of, in_set, left_mw, surplus_side, via);
        if (sink == market->n_area) {
            break;
        }
        augment(market, left_mw, via, sink);
    }
    double unserved = 0;
    for (size_t i = 0; i < market->n_area; i++) {
        unserved += left_mw[i] > SERVED_MW ? left_mw[i] : 0;
    }
    return unserved <= SERVED_MW;
}

/* The borders between the two sides are full towards the other side. */
static void fill_cut(sn_my_market *market,
                     const bool *in_set,
                     const bool *surplus_side,
                     double *leaves_mw)
{
    for (size_t b = 0; b < market->n_border; b++) {
        size_t from = market->from[b];
        size_t to = market->to[b];
        if (!in_set[from] || !in_set[to] || surplus_side[from] == surplus_side[to]) {
            continue;
        }
        market->flow_mw[b] =
            surplus_side[from] ? market->forward_mw[b] : -market->back_mw[b];
        leaves_mw[from] += market->flow_mw[b];
        leaves_mw[to] -= market->flow_mw[b];
    }
}

static sn_status refuse(const sn_my_market *market,
                        const bool *in_set,
                        const double *leaves_mw,
                        sn_error *err)
{
    char names[128] = "";
    size_t used = 0;
    for (size_t i = 0; i < market->n_area && used < sizeof names; i++) {
        int n = in_set[i] ? snprintf(names + used, sizeof names - used, " %s",
                                     sn_my_areas[i].code)
                          : 0;
        used += n > 0 ? (size_t)n : 0;
    }
    double lowest = SN_MY_PRICE_MIN_EUR_PER_MWH;
    return sn_error_set(err, SN_E_NUMERIC,
                        "no price from %.0f to %.0f EUR/MWh balances%s in the model "
                        "year: surplus of at least %.0f MW",
                        lowest, SN_MY_PRICE_MAX_EUR_PER_MWH, names,
                        surplus_mw(market, in_set, leaves_mw, lowest));
}

sn_status sn_my_market_clear(sn_my_market *market, sn_error *err)
{
    bool pending[SN_MY_AREAS + 1][SN_MY_AREAS] = {{false}};
    double leaves_mw[SN_MY_AREAS] = {0};
    size_t n_pending = 1;
    neighbours of;
    list_neighbours(market, &of);
    for (size_t i = 0; i < market->n_area; i++) {
        pending[0][i] = true;
    }
    while (n_pending > 0) {
        bool set[SN_MY_AREAS];
        bool surplus_side[SN_MY_AREAS] = {false};
        double price = 0;
        memcpy(set, pending[--n_pending], sizeof set);
        if (!common_price(market, set, leaves_mw, &price)) {
            return refuse(market, set, leaves_mw, err);
        }
        if (serve(market, &of, set, leaves_mw, price, surplus_side)) {
            for (size_t i = 0; i < market->n_area; i++) {
                market->price_eur_per_mwh[i] =
                    set[i] ? price : market->price_eur_per_mwh[i];
            }
            continue;
        }
        fill_cut(market, set, surplus_side, leaves_mw);
        for (size_t i = 0; i < market->n_area; i++) {
            pending[n_pending][i] = set[i] && surplus_side[i];
            pending[n_pending + 1][i] = set[i] && !surplus_side[i];
        }
        n_pending += 2;
    }
    return SN_OK;
}
