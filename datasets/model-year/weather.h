/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Seeded shapes of load, weather and prices abroad for the model year. */
#ifndef SN_MODEL_YEAR_WEATHER_H
#define SN_MODEL_YEAR_WEATHER_H

#include "base/error.h"
#include "base/instant.h"
#include "model-year/facts.h"

#include <stddef.h>
#include <stdint.h>

/** xoshiro256++ (Blackman and Vigna, public domain algorithm), seeded by splitmix64. */
typedef struct sn_my_random {
    uint64_t state[4];
} sn_my_random;

void sn_my_random_seed(sn_my_random *random, uint64_t seed, uint64_t stream);
/** In [0, 1). */
double sn_my_random_uniform(sn_my_random *random);
/** Mean 0, variance 1: twelve uniforms, so that it is the same on every machine. */
double sn_my_random_normal(sn_my_random *random);

/** What the market of an hour is given; arrays over hours, owned. */
typedef struct sn_my_weather {
    sn_axis axis;
    double *load_mw[SN_MY_MODELLED];
    double *wind_mw[SN_MY_MODELLED];
    double *solar_mw[SN_MY_MODELLED];
    double *nuclear_mw[SN_MY_MODELLED];
    double *edge_price_eur_per_mwh[SN_MY_AREAS]; /* NULL for modelled areas */
    double *wetness;                             /* slow, mean 0: moves water values */
} sn_my_weather;

/** Sums over the year equal the facts.  axis is the whole UTC year in hours. */
SN_CHECKED sn_status sn_my_weather_make(sn_axis axis,
                                        uint64_t seed,
                                        sn_my_weather *out,
                                        sn_error *err);
void sn_my_weather_release(sn_my_weather *weather);

/** 1 at the end of January, -1 at the end of July. */
double sn_my_winter(const sn_axis *axis, size_t hour);

#endif
