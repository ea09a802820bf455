/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * An investment that buys power (M-35): NPV, IRR, payback, break-even power price,
 * probability that the NPV is above zero, tornado.  Numbers in, numbers out.
 *
 * Year 0 is the first year with capex; cash of year k is discounted by (1 + rate)^k.
 * Money is in constant prices and the rate is real; a nominal WACC is made real with
 * the stated inflation first (sn_real_rate).
 */
#ifndef SN_INVEST_H
#define SN_INVEST_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SN_INVEST_CAPEX_YEARS_MAX = 20,
    SN_INVEST_LIFE_MAX = 80,
    SN_INVEST_CASH_MAX = SN_INVEST_CAPEX_YEARS_MAX + SN_INVEST_LIFE_MAX,
    SN_INVEST_IRR_MAX = 8,
};

/** (1 + nominal) / (1 + inflation) - 1. */
double sn_real_rate(double nominal, double inflation);
/** Present value of 1 a year at the end of years 1..n. */
double sn_annuity_factor(double rate, size_t n);
/** Sum of cash[k] / (1 + rate)^k. */
double sn_npv(const double *cash_eur, size_t n, double rate);

/** Every rate that makes the NPV zero. */
typedef struct sn_irr {
    size_t n; /* 0: none; more than 1: the IRR says nothing, report it as such */
    double rate[SN_INVEST_IRR_MAX]; /* ascending */
    size_t sign_changes;            /* of the cash flow; bounds n (Descartes) */
} sn_irr;

/**
 * All IRRs in (-0.99, 10]: the positive roots of the cash flow's polynomial in
 * 1 / (1 + rate), found between the roots of its derivatives (Rolle), each with
 * Brent's method.
 * @return SN_E_FORMAT when n is 0, above SN_INVEST_CASH_MAX or a value is not finite
 */
SN_CHECKED sn_status sn_irr_find(const double *cash_eur,
                                 size_t n,
                                 sn_irr *out,
                                 sn_error *err);

/** Years from year 0 until the discounted sum stays at or above zero for the first
 * time, straight line within the year; NaN when never. */
double sn_payback_years(const double *cash_eur, size_t n, double rate);

/** What a plant costs and earns, one value of each. */
typedef struct sn_plant {
    size_t n_capex;
    double capex_eur[SN_INVEST_CAPEX_YEARS_MAX]; /* by year from year 0 */
    size_t start;                                /* year index of the first output */
    size_t life;                                 /* years with output, >= 1 */
    double output_units;                         /* a year */
    double product_price_eur_per_unit;
    double other_cost_eur_per_unit; /* all but power */
    double fixed_cost_eur;          /* a year */
    double electricity_mwh;         /* a year, at output_units */
    double rate;                    /* real */
} sn_plant;

/** One year's power as bought, by price year and configuration. */
typedef struct sn_power_year {
    double cost_eur;     /* delivered, whole year, at sn_plant.electricity_mwh */
    double output_share; /* of output_units made: 1 unless the plant stops for price */
} sn_power_year;

/** SN_E_FORMAT names what is impossible (negative life, rate, ...). */
SN_CHECKED sn_status sn_plant_check(const sn_plant *plant, sn_error *err);

/** Cash flow with the same power year every year; returns its length. */
size_t sn_plant_cash(const sn_plant *plant,
                     const sn_power_year *power,
                     double cash_eur[SN_INVEST_CASH_MAX]);
/** NPV at a flat delivered price in every hour. */
double sn_plant_npv_flat(const sn_plant *plant, double price_eur_per_mwh);

/**
 * The flat delivered power price at which the NPV is zero: Brent's method, closed to
 * 1e-9 EUR/MWh.
 * @param[out] price_out  NaN when the plant uses no power
 */
SN_CHECKED sn_status sn_plant_break_even(const sn_plant *plant,
                                         double *price_out,
                                         sn_error *err);

/** The uncertain quantities of a plant. */
typedef enum sn_driver {
    SN_DRIVER_PRODUCT_PRICE,
    SN_DRIVER_OTHER_COST,
    SN_DRIVER_FIXED_COST,
    SN_DRIVER_CAPEX,       /* factor on every year's */
    SN_DRIVER_ELECTRICITY, /* MWh per unit: factor on power cost and electricity_mwh */
    SN_DRIVER_RATE,
    SN_DRIVER_POWER_YEAR, /* cheapest and dearest price year, every year of the life */
    SN_DRIVER_COUNT
} sn_driver;

const char *sn_driver_name(sn_driver driver);

/** low and high of each driver but the last, in the driver's own unit; low == high
 * where nothing is uncertain.  CAPEX and ELECTRICITY are factors around 1. */
typedef struct sn_plant_range {
    double low[SN_DRIVER_COUNT];
    double high[SN_DRIVER_COUNT];
} sn_plant_range;

/** No uncertainty: low = high = the plant's own value. */
void sn_plant_range_none(const sn_plant *plant, sn_plant_range *out);

/** One sampling of paths and ranges; the same stream gives the same draws to every
 * configuration, so differences are paired. */
typedef struct sn_draws {
    size_t n;
    uint64_t seed;
    uint64_t plant; /* number of the plant: own stream for its ranges; the path of
                       price years depends on seed and draw only */
} sn_draws;

/**
 * NPV of each draw: each operating year takes one of the price years at random (with
 * replacement), each driver a triangular value (low, own value, high).
 * @param power    [n_power] price years of one configuration, n_power >= 1
 * @param npv_out  [draws->n]
 */
void sn_plant_draw_npv(const sn_plant *plant,
                       const sn_plant_range *range,
                       const sn_power_year *power,
                       size_t n_power,
                       const sn_draws *draws,
                       double *npv_out);

/** The flat delivered break-even price of each draw of the figures, same draws as
 * sn_plant_draw_npv; NaN when the plant uses no power. */
void sn_plant_draw_break_even(const sn_plant *plant,
                              const sn_plant_range *range,
                              const sn_draws *draws,
                              double *price_out);

typedef struct sn_distribution {
    double mean, p10, p50, p90;
    double share_positive; /* of the values above zero */
} sn_distribution;

/** Linear between ranks; value is sorted in place.  n >= 1. */
void sn_distribution_of(double *value, size_t n, sn_distribution *out);

typedef struct sn_tornado_bar {
    sn_driver driver;
    double npv_low_eur;  /* at the driver's low value */
    double npv_high_eur; /* at its high value */
} sn_tornado_bar;

/** One bar a driver, widest first; the others at their own value, power at the mean
 * of the price years. */
void sn_plant_tornado(const sn_plant *plant,
                      const sn_plant_range *range,
                      const sn_power_year *power,
                      size_t n_power,
                      sn_tornado_bar bar_out[SN_DRIVER_COUNT]);

/** Mean of the price years. */
sn_power_year sn_power_year_mean(const sn_power_year *power, size_t n);

#endif
