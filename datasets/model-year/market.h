/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The small market that the model year is made with.  It shares no code with
 * analysis/, which replays the year afterwards.
 */
#ifndef SN_MODEL_YEAR_MARKET_H
#define SN_MODEL_YEAR_MARKET_H

#include "base/error.h"
#include "model-year/facts.h"

#include <stddef.h>

#define SN_MY_PRICE_MIN_EUR_PER_MWH (-500.0)
#define SN_MY_PRICE_MAX_EUR_PER_MWH 4000.0

enum { SN_MY_SUPPLIES = 3, SN_MY_HYDRO = 0, SN_MY_THERMAL = 1, SN_MY_WIND = 2 };

/** Output over price: 0 at the lowest price, linear between the two knees, capacity at
 * the highest price.  Strictly increasing, so that every hour has one price. */
typedef struct sn_my_supply {
    double knee_low_eur_per_mwh;
    double knee_high_eur_per_mwh;
    double low_mw;
    double high_mw;
    double capacity_mw; /* 0: there is none */
} sn_my_supply;

double sn_my_supply_mw(const sn_my_supply *supply, double price_eur_per_mwh);

typedef struct sn_my_market {
    size_t n_area;
    size_t n_border;
    size_t from[SN_MY_BORDERS];
    size_t to[SN_MY_BORDERS];
    double forward_mw[SN_MY_BORDERS]; /* offered capacity of the hour */
    double back_mw[SN_MY_BORDERS];
    double fixed_mw[SN_MY_AREAS]; /* solar and nuclear less load */
    sn_my_supply supply[SN_MY_AREAS][SN_MY_SUPPLIES];
    double edge_price_eur_per_mwh[SN_MY_AREAS];
    double edge_slope_mw_per_eur[SN_MY_AREAS]; /* > 0: an edge */
    /* results */
    double price_eur_per_mwh[SN_MY_AREAS];
    double flow_mw[SN_MY_BORDERS];
} sn_my_market;

/**
 * Clear one hour: prices differ across a border only when it is full.
 * @return SN_E_NUMERIC when no price within the limits balances some group of areas
 */
SN_CHECKED sn_status sn_my_market_clear(sn_my_market *market, sn_error *err);

#endif
