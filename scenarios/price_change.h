/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What a user of power pays in both configurations, by area and profile. */
#ifndef SN_PRICE_CHANGE_H
#define SN_PRICE_CHANGE_H

#include "companies.h"
#include "price_years.h"

/** EUR/MWh; countertrade is in the compared price.  NaN: the runs lack the area. */
typedef struct sn_price_changes {
    size_t n_year;
    double price[SN_SIDES][SN_PRICE_YEARS_MAX][SN_SWEDISH_AREAS][SN_PROFILE_COUNT];
} sn_price_changes;

typedef struct sn_spread {
    double mean, low, high; /* over the years */
} sn_spread;

SN_CHECKED sn_status sn_price_changes_of(const sn_price_years *years,
                                         sn_price_changes *out,
                                         sn_error *err);
/** Compared less base in a municipality, areas by share. */
sn_spread sn_price_change_in(const sn_price_changes *changes,
                             const sn_municipality *municipality,
                             sn_profile profile);
/** Price of one side there, mean of the years. */
double sn_price_in(const sn_price_changes *changes,
                   const sn_municipality *municipality,
                   sn_profile profile,
                   int side);
/** Compared less base in a whole area. */
sn_spread
sn_price_change_area(const sn_price_changes *changes, int area, sn_profile profile);
/** Weight of each period of an axis: 0 or 1 by local time; area: the load given. */
void sn_profile_weights(sn_profile profile,
                        const sn_axis *axis,
                        const double *load_mw,
                        double *weight_out);

#endif
