/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Prices with load that was not there: the clearing of the runs' years, asked again. */
#ifndef SN_OWN_PRICE_H
#define SN_OWN_PRICE_H

#include "price_years.h"
#include "replay_input.h"
#include "store.h"

typedef struct sn_market {
    sn_scenario scenario;
    sn_store *store;
    const sn_price_years *years;
    size_t n;             /* of data, years->n when open */
    sn_replay_data *data; /* one a year */
} sn_market;

/** SN_E_FORMAT when scenario and runs differ in areas, configurations or hours. */
SN_CHECKED sn_status sn_market_open(const char *scenario,
                                    const char *store,
                                    const sn_price_years *years,
                                    sn_market *out,
                                    sn_error *err);
void sn_market_close(sn_market *market);

/** What the prices of a clearing with other load rest on. */
typedef struct sn_market_outcome {
    size_t short_periods;     /* priced at the market's limit */
    double water_error_share; /* worst window: energy of hydro beyond its water */
} sn_market_outcome;

/** Above this share the load asks for water that is not there: its prices are too low
 * and stand for nothing. */
#define SN_MARKET_WATER_ERROR_MAX 1e-3

/**
 * Clear one year and configuration with extra load.
 * @param extra_load_mw  [n][n_area], >= 0 takes, < 0 gives
 * @param price_out      [n][n_area]; NaN where the run has none.  A period that had a
 *                       price and cannot be cleared with this load is short: its price
 *                       is the market's highest (lowest, when load was taken away), or a
 *                       mean would fall as load grows
 * @param out            what the prices rest on; may be NULL
 * @return SN_E_NUMERIC when the independent check of a period fails
 */
SN_CHECKED sn_status sn_market_clear(const sn_market *market,
                                     size_t year,
                                     int side,
                                     const double *extra_load_mw,
                                     double *price_out,
                                     sn_market_outcome *out,
                                     sn_error *err);

/** years with own arrays of prices (for sn_market_clear to fill); the rest borrowed. */
SN_CHECKED sn_status sn_price_years_copy(const sn_price_years *years,
                                         sn_price_years *out,
                                         sn_error *err);
/** Releases only what sn_price_years_copy made. */
void sn_price_years_copy_release(sn_price_years *copy);

#endif
