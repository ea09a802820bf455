/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * A time series: what it measures, where, from which source, on a regular UTC axis.
 * NaN is a gap, with the reason in flag; a gap is never a number we invented.
 */
#ifndef SN_SERIES_H
#define SN_SERIES_H

#include "base/error.h"
#include "base/instant.h"

#include <stddef.h>
#include <stdint.h>

/**
 * X(NAME, "name as stored and written", "unit", is_border).
 * Powers and rates (EUR/h) are means over the interval, so that amounts of a quarter, a
 * month and a year compare; months and years are stated as days of equal value.  Flow > 0
 * runs along the border's canonical direction (area.h).  Capacity is one series per
 * direction: ..._FORWARD, ..._BACK.
 */
#define SN_QUANTITY_LIST(X)                                                              \
    X(PRICE_EUR, "price_eur_per_mwh", "EUR/MWh", 0)                                      \
    X(PRICE_SEK, "price_sek_per_mwh", "SEK/MWh", 0)                                      \
    X(LOAD, "load_mw", "MW", 0)                                                          \
    X(LOAD_FORECAST, "load_forecast_mw", "MW", 0)                                        \
    X(LOAD_LARGE_INDUSTRY, "load_large_industry_mw", "MW", 0)                            \
    X(GENERATION, "generation_mw", "MW", 0)                                              \
    X(GENERATION_FORECAST, "generation_forecast_mw", "MW", 0)                            \
    X(HYDRO, "hydro_mw", "MW", 0)                                                        \
    X(WIND, "wind_mw", "MW", 0)                                                          \
    X(WIND_FORECAST, "wind_forecast_mw", "MW", 0)                                        \
    X(SOLAR, "solar_mw", "MW", 0)                                                        \
    X(SOLAR_FORECAST, "solar_forecast_mw", "MW", 0)                                      \
    X(NUCLEAR, "nuclear_mw", "MW", 0)                                                    \
    X(THERMAL, "thermal_mw", "MW", 0)                                                    \
    X(OTHER_GENERATION, "other_generation_mw", "MW", 0)                                  \
    X(RESERVOIR, "reservoir_mwh", "MWh", 0)                                              \
    X(RESERVOIR_SHARE, "reservoir_share", "1", 0)                                        \
    X(FLOW_DAY_AHEAD, "flow_day_ahead_mw", "MW", 1)                                      \
    X(FLOW_MEASURED, "flow_measured_mw", "MW", 1)                                        \
    X(CAPACITY_FORWARD, "capacity_forward_mw", "MW", 1)                                  \
    X(CAPACITY_BACK, "capacity_back_mw", "MW", 1)                                        \
    X(FX_SEK, "fx_sek_per_eur", "SEK/EUR", 0)                                            \
    X(PRICE_IMBALANCE, "price_imbalance_eur_per_mwh", "EUR/MWh", 0)                      \
    X(NET_POSITION, "net_position_mw", "MW", 0)                                          \
    X(CONGESTION_INCOME, "congestion_income_eur_per_h", "EUR/h", 0)                      \
    X(REDISPATCH_UP, "redispatch_up_mw", "MW", 0)                                        \
    X(REDISPATCH_DOWN, "redispatch_down_mw", "MW", 0)                                    \
    X(COUNTERTRADE_UP, "countertrade_up_mw", "MW", 0)                                    \
    X(COUNTERTRADE_DOWN, "countertrade_down_mw", "MW", 0)                                \
    X(REDISPATCH_COST, "redispatch_cost_eur_per_h", "EUR/h", 0)                          \
    X(COUNTERTRADE_COST, "countertrade_cost_eur_per_h", "EUR/h", 0)                      \
    X(CONGESTION_COST_OTHER, "congestion_cost_other_eur_per_h", "EUR/h", 0)              \
    X(HYDRO_INSTALLED, "hydro_installed_mw", "MW", 0)                                    \
    X(WIND_INSTALLED, "wind_installed_mw", "MW", 0)                                      \
    X(SOLAR_INSTALLED, "solar_installed_mw", "MW", 0)                                    \
    X(NUCLEAR_INSTALLED, "nuclear_installed_mw", "MW", 0)                                \
    X(THERMAL_INSTALLED, "thermal_installed_mw", "MW", 0)                                \
    X(OTHER_INSTALLED, "other_installed_mw", "MW", 0)                                    \
    X(TEMPERATURE, "temperature_c", "degC", 0)                                           \
    X(USE_INDUSTRY, "use_industry_mw", "MW", 0)                                          \
    X(USE_FARMING, "use_farming_mw", "MW", 0)                                            \
    X(USE_TRANSPORT, "use_transport_mw", "MW", 0)                                        \
    X(USE_PUBLIC, "use_public_mw", "MW", 0)                                              \
    X(USE_SERVICES, "use_services_mw", "MW", 0)                                          \
    X(USE_HOUSES, "use_houses_mw", "MW", 0)                                              \
    X(USE_FLATS, "use_flats_mw", "MW", 0)                                                \
    X(USE_HOLIDAY_HOMES, "use_holiday_homes_mw", "MW", 0)                                \
    X(USE_HOUSEHOLDS, "use_households_mw", "MW", 0)                                      \
    X(USE_LOSSES, "use_losses_mw", "MW", 0)

typedef enum sn_quantity {
#define SN_QUANTITY_ENUM(name, text, unit, is_border) SN_##name,
    SN_QUANTITY_LIST(SN_QUANTITY_ENUM)
#undef SN_QUANTITY_ENUM
        SN_QUANTITY_COUNT
} sn_quantity;

const char *sn_quantity_name(sn_quantity quantity);
const char *sn_quantity_unit(sn_quantity quantity);
/** SN_QUANTITY_COUNT when there is no such name. */
sn_quantity sn_quantity_find(const char *name);

typedef enum sn_flag {
    SN_FLAG_GAP = 0,     /* value is NaN */
    SN_FLAG_STATED = 1,  /* the source states it */
    SN_FLAG_FILLED = 2,  /* implied by the source's format (curve type A03) */
    SN_FLAG_SUSPECT = 3, /* stated, but failed a plausibility check */
} sn_flag;

enum { SN_SOURCE_SIZE = 32, SN_SUBJECT_SIZE = 16 };

/** What a series is; two series with equal keys are the same series. */
typedef struct sn_series_key {
    sn_quantity quantity;
    char source[SN_SOURCE_SIZE];   /* "svk", "entsoe_gui", "model_year"; [a-z0-9_] */
    char subject[SN_SUBJECT_SIZE]; /* area "SE1", border "SE1-SE2", country "SE", "SEK" */
    int32_t step_s;                /* 900, 3600, SN_DAY_S, SN_WEEK_S */
} sn_series_key;

typedef struct sn_series {
    sn_series_key key;
    sn_axis axis;  /* axis.step_s equals key.step_s; start is a multiple of it,
                      but for weeks, which start on Monday 00:00 UTC */
    double *value; /* [axis.n], owned; NaN = gap */
    uint8_t *flag; /* [axis.n], owned; sn_flag */
} sn_series;

/** Allocates n gaps.  SN_E_FORMAT when the key or the axis breaks a rule above. */
SN_CHECKED sn_status sn_series_init(sn_series *series,
                                    const sn_series_key *key,
                                    sn_axis axis,
                                    sn_error *err);
void sn_series_release(sn_series *series);
/** Total order by quantity name, source, subject, step. */
int sn_series_key_compare(const sn_series_key *a, const sn_series_key *b);

#endif
