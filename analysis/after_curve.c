/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an area regulates along after the market (M-19): each resource that takes part
 * adds its change from what the market left it at.  So the curve passes through the
 * market's position at the market's price where the market was on it, and a resource
 * that stands still, or was sold off its curve (M-20), needs no other rule.
 *
 * Wind goes down in a band of 1 EUR/MWh below 0 (below the market's price, when that is
 * under 0): narrow, as M-5 has it, and not a step, so that every price has one answer.
 * A large load goes down in a band as narrow above its strike price.
 */
#include "replay_internal.h"

#include <math.h>

static const double band_eur_per_mwh = SN_BAND_EUR_PER_MWH;

static const sn_resource resource_of[SN_PART_COUNT] = {
    [SN_PART_HYDRO] = SN_RESOURCE_HYDRO,     [SN_PART_OTHER] = SN_RESOURCE_OTHER,
    [SN_PART_WIND] = SN_RESOURCE_WIND,       [SN_PART_LOAD] = SN_RESOURCE_LOAD,
    [SN_PART_LARGE_LOAD] = SN_RESOURCE_LOAD,
};

bool sn_after_may_move(const sn_replay_case *c, size_t z, sn_resource resource)
{
    const sn_replay_area *area = &c->input->area[z];
    if (!area->may_redispatch || area->is_held[resource]) {
        return false;
    }
    switch (resource) {
    case SN_RESOURCE_HYDRO:
        return c->hydro[z].responds;
    case SN_RESOURCE_OTHER:
        return c->other_slope[z] > c->demand_slope[z];
    case SN_RESOURCE_WIND:
        return c->input->generation_mw[SN_TECH_WIND] != NULL;
    case SN_RESOURCE_LOAD:
        return c->demand_slope[z] > 0.0 || area->large_load_mw > 0.0;
    default:
        return false;
    }
}

/* Share of a band that starts at `from` which price r is through. */
static double band_share(double from, double r)
{
    double share = (r - from) / band_eur_per_mwh;
    return share > 1.0 ? 1.0 : share > 0.0 ? share : 0.0;
}

static double wind_band(const sn_replay_case *c, size_t at)
{
    return fmin(0.0, c->out->price_eur_per_mwh[at]) - band_eur_per_mwh;
}

static double large_load_band(const sn_replay_case *c, size_t at, size_t z)
{
    return fmax(c->input->area[z].large_load_eur_per_mwh, c->out->price_eur_per_mwh[at]);
}

static double wind_mw(const sn_replay_case *c, size_t at)
{
    const double *wind = c->input->generation_mw[SN_TECH_WIND];
    return wind != NULL && wind[at] > 0.0 ? wind[at] : 0.0;
}

/* Change of a band's power, and its slope inside. */
static double
band_moved(double power_mw, double share, double market_share, double *slope)
{
    *slope = share > 0.0 && share < 1.0 ? power_mw / band_eur_per_mwh : 0.0;
    return power_mw * (share - market_share);
}

/* What one area's parts move along in a period, whatever the price. */
typedef struct sn_parts {
    bool may_move[SN_PART_COUNT];
    const sn_hydro_period *water;
    double market_mw[SN_PART_COUNT]; /* what a response stands at after the market */
    double slope[SN_PART_COUNT];     /* of a response, MW per EUR/MWh */
    double power_mw[SN_PART_COUNT];  /* of a band */
    double band[SN_PART_COUNT];      /* where it starts */
    double observed_eur_per_mwh;
} sn_parts;

static sn_parts
parts_of(const sn_replay_case *c, const sn_replay_block *b, size_t t, size_t z)
{
    size_t at = t * c->n_area + z;
    const sn_replay_result *out = c->out;
    double demand = out->demand_response_mw[at];
    sn_parts p = {.water = &b->water[z],
                  .market_mw = {[SN_PART_HYDRO] = out->hydro_mw[at],
                                [SN_PART_OTHER] = out->other_response_mw[at] - demand,
                                [SN_PART_LOAD] = demand},
                  .slope = {[SN_PART_OTHER] = c->other_slope[z] - c->demand_slope[z],
                            [SN_PART_LOAD] = c->demand_slope[z]},
                  .power_mw = {[SN_PART_WIND] = wind_mw(c, at),
                               [SN_PART_LARGE_LOAD] = c->input->area[z].large_load_mw},
                  .band = {[SN_PART_WIND] = wind_band(c, at),
                           [SN_PART_LARGE_LOAD] = large_load_band(c, at, z)},
                  .observed_eur_per_mwh = c->input->price_eur_per_mwh[at]};
    for (int part = 0; part < SN_PART_COUNT; part++) {
        p.may_move[part] = sn_after_may_move(c, z, resource_of[part]);
    }
    return p;
}

static double moved_mw(const sn_parts *p, sn_after_part part, double r, double *slope_out)
{
    *slope_out = 0.0;
    if (!p->may_move[part]) {
        return 0.0;
    }
    switch (part) {
    case SN_PART_HYDRO:
        return sn_hydro_at(p->water, r, slope_out) - p->market_mw[part];
    case SN_PART_OTHER:
    case SN_PART_LOAD:
        *slope_out = p->slope[part];
        return p->slope[part] * (r - p->observed_eur_per_mwh) - p->market_mw[part];
    case SN_PART_WIND:
        return band_moved(p->power_mw[part], band_share(p->band[part], r), 1.0,
                          slope_out);
    case SN_PART_LARGE_LOAD:
        return band_moved(p->power_mw[part], band_share(p->band[part], r), 0.0,
                          slope_out);
    default:
        return 0.0;
    }
}

void sn_after_moved(const sn_replay_case *c,
                    const sn_replay_block *b,
                    size_t t,
                    size_t z,
                    double r,
                    double moved_mw_out[SN_PART_COUNT],
                    double slope_out[SN_PART_COUNT])
{
    sn_parts p = parts_of(c, b, t, z);
    for (int part = 0; part < SN_PART_COUNT; part++) {
        moved_mw_out[part] = moved_mw(&p, (sn_after_part)part, r, &slope_out[part]);
    }
}

static size_t
insert(double *price, size_t n, double value, const sn_replay_case *c, size_t t)
{
    if (!(value > c->price_min_eur_per_mwh[t] && value < c->price_max_eur_per_mwh[t])) {
        return n;
    }
    size_t k = n;
    while (k > 0 && price[k - 1] > value) {
        price[k] = price[k - 1];
        k--;
    }
    price[k] = value;
    return n + 1;
}

/* Prices between which every part is linear. */
static size_t breakpoints(const sn_replay_case *c,
                          const sn_replay_block *b,
                          size_t t,
                          size_t z,
                          double *price)
{
    size_t at = t * c->n_area + z;
    size_t n = 0;
    if (sn_after_may_move(c, z, SN_RESOURCE_HYDRO)) {
        double own[SN_HYDRO_POINTS];
        size_t n_own = sn_hydro_breakpoints(&b->water[z], own);
        for (size_t k = 0; k < n_own; k++) {
            n = insert(price, n, own[k], c, t);
        }
    }
    if (sn_after_may_move(c, z, SN_RESOURCE_WIND) && wind_mw(c, at) > 0.0) {
        n = insert(price, n, wind_band(c, at), c, t);
        n = insert(price, n, wind_band(c, at) + band_eur_per_mwh, c, t);
    }
    if (c->input->area[z].large_load_mw > 0.0 &&
        sn_after_may_move(c, z, SN_RESOURCE_LOAD)) {
        n = insert(price, n, large_load_band(c, at, z), c, t);
        n = insert(price, n, large_load_band(c, at, z) + band_eur_per_mwh, c, t);
    }
    return n;
}

size_t sn_after_curve(const sn_replay_case *c,
                      const sn_replay_block *b,
                      size_t t,
                      size_t z,
                      double export_mw,
                      double *price,
                      double *quantity)
{
    if (c->input->area[z].kind != SN_AREA_MODELLED) {
        size_t n =
            sn_replay_build_curve(c, t, z, sn_replay_shift(c, t, z), price, quantity);
        for (size_t k = 0; k < n; k++) {
            quantity[k] -= export_mw;
        }
        return n;
    }
    price[0] = c->price_min_eur_per_mwh[t];
    size_t n = 1 + breakpoints(c, b, t, z, price + 1);
    price[n++] = c->price_max_eur_per_mwh[t];
    sn_parts parts = parts_of(c, b, t, z);
    double market = c->out->net_position_mw[t * c->n_area + z] - export_mw;
    for (size_t k = 0; k < n; k++) {
        double mw = market;
        for (int part = 0; part < SN_PART_COUNT; part++) {
            double slope;
            mw += moved_mw(&parts, (sn_after_part)part, price[k], &slope);
        }
        /* Rounding must not make a flat stretch fall. */
        quantity[k] = k > 0 && !(mw >= quantity[k - 1]) ? quantity[k - 1] : mw;
    }
    return n;
}
