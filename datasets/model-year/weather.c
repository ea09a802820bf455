/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model-year/weather.h"

#include "base/units.h"

#include <math.h>

#define PI 3.14159265358979323846

/* A whole area's turbines never run at full power together. */
#define WIND_TOP_SHARE 0.8

enum {
    STREAM_NORTH = 1,
    STREAM_SOUTH,
    STREAM_COLD,
    STREAM_WETNESS,
    STREAM_WIND = 100,
    STREAM_LOAD = 200,
    STREAM_CLOUD = 300,
    STREAM_EDGE = 400
};

static uint64_t splitmix64(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void sn_my_random_seed(sn_my_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed * 0x2545f4914f6cdd1du + stream;
    for (size_t i = 0; i < 4; i++) {
        random->state[i] = splitmix64(&state);
    }
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

double sn_my_random_uniform(sn_my_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return (double)(result >> 11) * 0x1p-53;
}

double sn_my_random_normal(sn_my_random *random)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        sum += sn_my_random_uniform(random);
    }
    return sum;
}

double sn_my_winter(const sn_axis *axis, size_t hour)
{
    double day = (double)hour * axis->step_s / SN_DAY_S;
    return cos(2 * PI * (day - 28) / 365.25);
}

/* First-order autoregression of unit variance. */
static void
autoregression(uint64_t seed, uint64_t stream, double memory_h, size_t n, double *out)
{
    sn_my_random random;
    sn_my_random_seed(&random, seed, stream);
    double keep = exp(-1 / memory_h);
    double fresh = sqrt(1 - keep * keep);
    double x = sn_my_random_normal(&random);
    for (size_t h = 0; h < n; h++) {
        out[h] = x;
        x = keep * x + fresh * sn_my_random_normal(&random);
    }
}

/* Scale so that the hours sum to the given energy. */
static void scale_to_twh(double *mw, size_t n, double twh)
{
    double sum = 0;
    for (size_t h = 0; h < n; h++) {
        sum += mw[h];
    }
    double factor = sum > 0 ? twh * SN_MWH_PER_TWH / sum : 0;
    for (size_t h = 0; h < n; h++) {
        mw[h] *= factor;
    }
}

static void make_load(const sn_my_area *area,
                      sn_axis axis,
                      uint64_t seed,
                      uint64_t stream,
                      const double *cold,
                      double *load_mw)
{
    /* Share of the daily mean over the CET clock: two peaks, a low night. */
    static const double day[24] = {-.10, -.12, -.13, -.13, -.12, -.08, 0,    .07,
                                   .10,  .09,  .08,  .07,  .06,  .05,  .04,  .04,
                                   .06,  .09,  .10,  .08,  .04,  0,    -.04, -.08};
    autoregression(seed, stream, 8, axis.n, load_mw);
    double season = area->winter_share;
    for (size_t h = 0; h < axis.n; h++) {
        sn_civil local = sn_instant_to_cet(sn_axis_at(&axis, h));
        bool weekend = sn_civil_weekday(&local) >= 5;
        double share = 1 + season * sn_my_winter(&axis, h) + 0.2 * season * cold[h] +
                       0.8 * day[local.hour] * (weekend ? 0.6 : 1) - (weekend ? 0.05 : 0);
        load_mw[h] = fmax(0.3, share + 0.008 * load_mw[h]);
    }
    scale_to_twh(load_mw, axis.n, area->load_twh);
}

static double mean_logistic(const double *x, size_t n, double shift)
{
    double sum = 0;
    for (size_t h = 0; h < n; h++) {
        sum += 1 / (1 + exp(-(x[h] + shift)));
    }
    return sum / (double)n;
}

static void make_wind(const sn_my_area *area,
                      sn_axis axis,
                      uint64_t seed,
                      uint64_t stream,
                      const double *north,
                      const double *south,
                      double *wind_mw)
{
    if (area->wind_twh <= 0) {
        return;
    }
    double weight = fmin(1, fmax(0, (area->latitude_deg - 57) / 7));
    autoregression(seed, stream, 12, axis.n, wind_mw);
    for (size_t h = 0; h < axis.n; h++) {
        double front = weight * north[h] + (1 - weight) * south[h];
        wind_mw[h] = 1.2 * front + 0.5 * wind_mw[h] + 0.35 * sn_my_winter(&axis, h);
    }
    double share = area->wind_twh * SN_MWH_PER_TWH /
                   (WIND_TOP_SHARE * area->wind_mw * (double)axis.n);
    double low = -10;
    double high = 10;
    for (int i = 0; i < 50; i++) {
        double middle = (low + high) / 2;
        if (mean_logistic(wind_mw, axis.n, middle) < share) {
            low = middle;
        } else {
            high = middle;
        }
    }
    for (size_t h = 0; h < axis.n; h++) {
        wind_mw[h] = WIND_TOP_SHARE * area->wind_mw / (1 + exp(-(wind_mw[h] + low)));
    }
    scale_to_twh(wind_mw, axis.n, area->wind_twh);
}

/* Sine of the sun's height, 0 at night; good to a few minutes, which is enough here. */
static double sun_height(size_t h, double latitude_deg)
{
    double day = (double)h / 24;
    double declination = -23.44 * PI / 180 * cos(2 * PI * (day + 10) / 365.25);
    double hour_angle = 2 * PI * ((double)(h % 24) + 0.5 + 1 - 12) / 24;
    double latitude = latitude_deg * PI / 180;
    return fmax(0, sin(latitude) * sin(declination) +
                       cos(latitude) * cos(declination) * cos(hour_angle));
}

static void make_solar(const sn_my_area *area,
                       sn_axis axis,
                       uint64_t seed,
                       uint64_t stream,
                       double *solar_mw)
{
    autoregression(seed, stream, 10, axis.n, solar_mw);
    for (size_t h = 0; h < axis.n; h++) {
        double cloud = 1 / (1 + exp(-1.5 * solar_mw[h]));
        solar_mw[h] = sun_height(h, area->latitude_deg) * (1 - 0.7 * cloud);
    }
    scale_to_twh(solar_mw, axis.n, area->solar_twh);
}

static void make_nuclear(const sn_my_area *area, sn_axis axis, double *nuclear_mw)
{
    /* Refuelling from May to September, unit by unit. */
    for (size_t h = 0; h < axis.n; h++) {
        nuclear_mw[h] = 1 - 0.22 * fmax(0, -sn_my_winter(&axis, h));
    }
    scale_to_twh(nuclear_mw, axis.n, area->nuclear_twh);
}

static void make_edge_price(const sn_my_area *area,
                            sn_axis axis,
                            uint64_t seed,
                            uint64_t stream,
                            const double *south,
                            double *price)
{
    autoregression(seed, stream, 30, axis.n, price);
    double sum = 0;
    for (size_t h = 0; h < axis.n; h++) {
        sn_civil local = sn_instant_to_cet(sn_axis_at(&axis, h));
        double clock = 2 * PI * local.hour / 24;
        bool weekend = sn_civil_weekday(&local) >= 5;
        double midday = sun_height(h, 52);
        price[h] = 1 + 0.12 * sn_my_winter(&axis, h) - 0.15 * cos(2 * clock) -
                   0.06 * cos(clock) - (weekend ? 0.12 : 0) - 0.55 * midday -
                   0.2 * south[h] + 0.12 * price[h];
        sum += price[h];
    }
    double shift = 1 - sum / (double)axis.n;
    for (size_t h = 0; h < axis.n; h++) {
        price[h] = area->price_eur_per_mwh * (price[h] + shift);
    }
}

static sn_status make_area(sn_my_weather *out,
                           size_t i,
                           uint64_t seed,
                           double *const common[3],
                           sn_error *err)
{
    const sn_my_area *area = &sn_my_areas[i];
    size_t n = out->axis.n;
    if (i >= SN_MY_MODELLED) {
        out->edge_price_eur_per_mwh[i] = calloc(n, sizeof(double));
        if (out->edge_price_eur_per_mwh[i] == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for the model year");
        }
        make_edge_price(area, out->axis, seed, STREAM_EDGE + i, common[1],
                        out->edge_price_eur_per_mwh[i]);
        return SN_OK;
    }
    out->load_mw[i] = calloc(n, sizeof(double));
    out->wind_mw[i] = calloc(n, sizeof(double));
    out->solar_mw[i] = calloc(n, sizeof(double));
    out->nuclear_mw[i] = calloc(n, sizeof(double));
    if (out->load_mw[i] == NULL || out->wind_mw[i] == NULL || out->solar_mw[i] == NULL ||
        out->nuclear_mw[i] == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the model year");
    }
    make_load(area, out->axis, seed, STREAM_LOAD + i, common[2], out->load_mw[i]);
    make_wind(area, out->axis, seed, STREAM_WIND + i, common[0], common[1],
              out->wind_mw[i]);
    make_solar(area, out->axis, seed, STREAM_CLOUD + i, out->solar_mw[i]);
    make_nuclear(area, out->axis, out->nuclear_mw[i]);
    return SN_OK;
}

sn_status
sn_my_weather_make(sn_axis axis, uint64_t seed, sn_my_weather *out, sn_error *err)
{
    sn_status status = SN_OK;
    *out = (sn_my_weather){.axis = axis};
    double *common[3] = {NULL, NULL, NULL};
    const double memory_h[3] = {40, 40, 120};
    out->wetness = calloc(axis.n, sizeof(double));
    for (size_t k = 0; k < 3; k++) {
        common[k] = calloc(axis.n, sizeof(double));
    }
    if (out->wetness == NULL || common[0] == NULL || common[1] == NULL ||
        common[2] == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for the model year");
        goto done;
    }
    for (size_t k = 0; k < 3; k++) {
        autoregression(seed, STREAM_NORTH + k, memory_h[k], axis.n, common[k]);
    }
    /* Fronts cross the whole region: the north shares half of the south's wind. */
    for (size_t h = 0; h < axis.n; h++) {
        common[0][h] = 0.8 * common[0][h] + 0.6 * common[1][h];
    }
    autoregression(seed, STREAM_WETNESS, 600, axis.n, out->wetness);
    for (size_t i = 0; i < SN_MY_AREAS && status == SN_OK; i++) {
        status = make_area(out, i, seed, common, err);
    }
done:
    for (size_t k = 0; k < 3; k++) {
        free(common[k]);
    }
    if (status != SN_OK) {
        sn_my_weather_release(out);
    }
    return status;
}

void sn_my_weather_release(sn_my_weather *weather)
{
    for (size_t i = 0; i < SN_MY_MODELLED; i++) {
        free(weather->load_mw[i]);
        free(weather->wind_mw[i]);
        free(weather->solar_mw[i]);
        free(weather->nuclear_mw[i]);
    }
    for (size_t i = 0; i < SN_MY_AREAS; i++) {
        free(weather->edge_price_eur_per_mwh[i]);
    }
    free(weather->wetness);
    *weather = (sn_my_weather){0};
}
