/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weather and load are drawn first; then the market of every hour is cleared with
 * supply curves of hydro and thermal (model-year/market.h).  The mean water value of
 * each area is found by Newton steps such that its hydro energy is the fact: first on
 * every SAMPLE-th hour for the Jacobian, then on the whole year.  What is left (well
 * below 0.1 %) is scaled away, thermal taking up the difference, so that balances hold
 * exactly.
 */
#include "model_year.h"

#include "area.h"
#include "base/units.h"
#include "model-year/facts.h"
#include "model-year/market.h"
#include "model-year/weather.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    SAMPLE = 13,
    SAMPLED_STEPS_MAX = 40,
    FULL_STEPS = 2,
    N_WATER_MAX = SN_MY_MODELLED
};

#define JACOBIAN_STEP_EUR_PER_MWH 0.4
#define PRICE_STEP_EUR_PER_MWH 0.01 /* as the exchange publishes */
#define SAMPLED_ERROR_SHARE 0.01
#define EDGE_SLOPE_MW_PER_EUR 250.0

typedef struct work {
    sn_my_weather weather;
    sn_my_market market; /* borders and scratch of the hour */
    const sn_border_info *border[SN_MY_BORDERS];
    double *forward_mw[SN_MY_BORDERS];
    double *back_mw[SN_MY_BORDERS];
    double *flow_mw[SN_MY_BORDERS];
    double *price_eur_per_mwh[SN_MY_AREAS];
    double *hydro_mw[SN_MY_MODELLED];
    double *thermal_mw[SN_MY_MODELLED];
    double *wind_mw[SN_MY_MODELLED]; /* after curtailment */
    double water_eur_per_mwh[SN_MY_MODELLED];
    double wind_factor[SN_MY_MODELLED]; /* makes up for curtailment over the year */
} work;

static size_t area_index(const char *code)
{
    size_t i = 0;
    while (i < SN_MY_AREAS && strcmp(sn_my_areas[i].code, code) != 0) {
        i++;
    }
    return i;
}

static void release_work(work *w)
{
    sn_my_weather_release(&w->weather);
    for (size_t b = 0; b < SN_MY_BORDERS; b++) {
        free(w->forward_mw[b]);
        free(w->back_mw[b]);
        free(w->flow_mw[b]);
    }
    for (size_t i = 0; i < SN_MY_AREAS; i++) {
        free(w->price_eur_per_mwh[i]);
    }
    for (size_t i = 0; i < SN_MY_MODELLED; i++) {
        free(w->hydro_mw[i]);
        free(w->thermal_mw[i]);
        free(w->wind_mw[i]);
    }
}

/* Offered capacity: whole megawatts, constant for a week, now and then much lower. */
static void make_capacity(sn_axis axis,
                          uint64_t seed,
                          uint64_t stream,
                          double rated_mw,
                          sn_my_offer offer,
                          double *mw)
{
    sn_my_random random;
    sn_my_random_seed(&random, seed, stream);
    double offered = 0;
    for (size_t h = 0; h < axis.n; h++) {
        if (h % (7 * 24) == 0) {
            double level = offer.share + 0.06 * sn_my_random_normal(&random);
            bool reduced = sn_my_random_uniform(&random) < offer.reduced_weeks;
            level = fmin(1, fmax(0.4, level)) * (reduced ? offer.reduced_to : 1);
            offered = floor(rated_mw * level);
        }
        mw[h] = offered;
    }
}

static sn_status make_borders(work *w, uint64_t seed, sn_error *err)
{
    size_t n = w->weather.axis.n;
    for (size_t k = 0; k < sn_border_count; k++) {
        const sn_border_info *info = &sn_borders[k];
        size_t from = area_index(info->from);
        size_t to = area_index(info->to);
        if (from == SN_MY_AREAS || to == SN_MY_AREAS) {
            continue;
        }
        size_t b = w->market.n_border++;
        w->border[b] = info;
        w->market.from[b] = from;
        w->market.to[b] = to;
        w->forward_mw[b] = calloc(n, sizeof(double));
        w->back_mw[b] = calloc(n, sizeof(double));
        w->flow_mw[b] = calloc(n, sizeof(double));
        if (w->forward_mw[b] == NULL || w->back_mw[b] == NULL || w->flow_mw[b] == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for the model year");
        }
        sn_my_offer offer = sn_my_offer_of(info->from, info->to);
        make_capacity(w->weather.axis, seed, 1000 + 2 * k, info->rated_forward_mw, offer,
                      w->forward_mw[b]);
        make_capacity(w->weather.axis, seed, 1001 + 2 * k, info->rated_back_mw, offer,
                      w->back_mw[b]);
    }
    return SN_OK;
}

static sn_status make_work(work *w, sn_axis axis, uint64_t seed, sn_error *err)
{
    sn_status status = sn_my_weather_make(axis, seed, &w->weather, err);
    if (status != SN_OK) {
        return status;
    }
    w->market.n_area = SN_MY_AREAS;
    bool complete = true;
    for (size_t i = 0; i < SN_MY_AREAS; i++) {
        w->price_eur_per_mwh[i] = calloc(axis.n, sizeof(double));
        complete = complete && w->price_eur_per_mwh[i] != NULL;
        if (i < SN_MY_MODELLED) {
            w->hydro_mw[i] = calloc(axis.n, sizeof(double));
            w->thermal_mw[i] = calloc(axis.n, sizeof(double));
            w->wind_mw[i] = calloc(axis.n, sizeof(double));
            complete = complete && w->hydro_mw[i] != NULL && w->thermal_mw[i] != NULL &&
                       w->wind_mw[i] != NULL;
            w->wind_factor[i] = 1;
            w->water_eur_per_mwh[i] = sn_my_areas[i].water_eur_per_mwh;
        }
    }
    if (!complete) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the model year");
    }
    return make_borders(w, seed, err);
}

static sn_my_supply hydro_supply(const sn_my_area *area, double water, double hours)
{
    double low = 0.10;
    double high = 0.95;
    double mean = area->hydro_twh * SN_MWH_PER_TWH / (hours * area->hydro_mw);
    double width = (high - low) * area->hydro_mw / area->hydro_mw_per_eur_per_mwh;
    double knee = water - width * (mean - low) / (high - low);
    return (sn_my_supply){.knee_low_eur_per_mwh = knee,
                          .knee_high_eur_per_mwh = knee + width,
                          .low_mw = low * area->hydro_mw,
                          .high_mw = high * area->hydro_mw,
                          .capacity_mw = area->hydro_mw};
}

static sn_my_supply thermal_supply(const sn_my_area *area, double winter, double hours)
{
    double mean = area->thermal_twh * SN_MWH_PER_TWH / hours * (1 + 0.5 * winter);
    return (sn_my_supply){.knee_low_eur_per_mwh = area->price_eur_per_mwh - 25,
                          .knee_high_eur_per_mwh = area->price_eur_per_mwh + 100,
                          .low_mw = 0.6 * mean,
                          .high_mw = fmax(0.9 * area->thermal_mw, 1.2 * mean),
                          .capacity_mw = fmax(area->thermal_mw, 1.5 * mean)};
}

/* Wind stops when it would have to pay. */
static sn_my_supply wind_supply(double available_mw)
{
    return (sn_my_supply){.knee_low_eur_per_mwh = -12,
                          .knee_high_eur_per_mwh = -2,
                          .low_mw = 0.3 * available_mw,
                          .high_mw = 0.9999 * available_mw,
                          .capacity_mw = available_mw};
}

static void set_hour(work *w, size_t h)
{
    const sn_my_weather *weather = &w->weather;
    sn_my_market *market = &w->market;
    double winter = sn_my_winter(&weather->axis, h);
    double hours = (double)weather->axis.n;
    double season = 1 + 0.15 * winter + 0.18 * weather->wetness[h];
    for (size_t b = 0; b < market->n_border; b++) {
        market->forward_mw[b] = w->forward_mw[b][h];
        market->back_mw[b] = w->back_mw[b][h];
        market->flow_mw[b] = 0;
    }
    for (size_t i = 0; i < SN_MY_AREAS; i++) {
        const sn_my_area *area = &sn_my_areas[i];
        if (i >= SN_MY_MODELLED) {
            market->edge_price_eur_per_mwh[i] = weather->edge_price_eur_per_mwh[i][h];
            market->edge_slope_mw_per_eur[i] = EDGE_SLOPE_MW_PER_EUR;
            continue;
        }
        market->fixed_mw[i] =
            weather->solar_mw[i][h] + weather->nuclear_mw[i][h] - weather->load_mw[i][h];
        market->supply[i][SN_MY_WIND] =
            wind_supply(weather->wind_mw[i][h] * w->wind_factor[i]);
        market->supply[i][SN_MY_THERMAL] = thermal_supply(area, winter, hours);
        market->supply[i][SN_MY_HYDRO] =
            area->hydro_mw > 0
                ? hydro_supply(area, w->water_eur_per_mwh[i] * season, hours)
                : (sn_my_supply){0};
    }
}

static double net_export_mw(const sn_my_market *market, size_t area)
{
    double sum = 0;
    for (size_t b = 0; b < market->n_border; b++) {
        if (market->from[b] == area) {
            sum += market->flow_mw[b];
        } else if (market->to[b] == area) {
            sum -= market->flow_mw[b];
        }
    }
    return sum;
}

static void keep_hour(work *w, size_t h)
{
    sn_my_market *market = &w->market;
    for (size_t b = 0; b < market->n_border; b++) {
        /* Away from its limit a flow is kept to the kilowatt. */
        market->flow_mw[b] = round(market->flow_mw[b] * 1000) / 1000;
        w->flow_mw[b][h] = market->flow_mw[b];
    }
    for (size_t i = 0; i < SN_MY_AREAS; i++) {
        double price = market->price_eur_per_mwh[i];
        w->price_eur_per_mwh[i][h] =
            round(price / PRICE_STEP_EUR_PER_MWH) * PRICE_STEP_EUR_PER_MWH;
        if (i < SN_MY_MODELLED) {
            double hydro = sn_my_supply_mw(&market->supply[i][SN_MY_HYDRO], price);
            double wind = sn_my_supply_mw(&market->supply[i][SN_MY_WIND], price);
            w->hydro_mw[i][h] = hydro;
            w->wind_mw[i][h] = wind;
            w->thermal_mw[i][h] =
                net_export_mw(market, i) - market->fixed_mw[i] - hydro - wind;
        }
    }
}

typedef struct means {
    double hydro_mw[SN_MY_MODELLED];
    double wind_mw[SN_MY_MODELLED];
} means;

/* Clear every step-th hour; mean output of each area over those.  keep: step is 1. */
static sn_status pass(work *w, size_t step, bool keep, means *mean, sn_error *err)
{
    size_t n = 0;
    *mean = (means){.hydro_mw = {0}};
    for (size_t h = 0; h < w->weather.axis.n; h += step, n++) {
        set_hour(w, h);
        sn_status status = sn_my_market_clear(&w->market, err);
        if (status != SN_OK) {
            return status;
        }
        for (size_t i = 0; i < SN_MY_MODELLED; i++) {
            double price = w->market.price_eur_per_mwh[i];
            const sn_my_supply *supply = w->market.supply[i];
            mean->hydro_mw[i] += sn_my_supply_mw(&supply[SN_MY_HYDRO], price);
            mean->wind_mw[i] += sn_my_supply_mw(&supply[SN_MY_WIND], price);
        }
        if (keep) {
            keep_hour(w, h);
        }
    }
    for (size_t i = 0; i < SN_MY_MODELLED; i++) {
        mean->hydro_mw[i] /= (double)n;
        mean->wind_mw[i] /= (double)n;
    }
    return SN_OK;
}

/* Gauss elimination with row pivots; a and b are used up. */
static void solve(size_t n, double a[][N_WATER_MAX], double *b)
{
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        for (size_t r = k + 1; r < n; r++) {
            best = fabs(a[r][k]) > fabs(a[best][k]) ? r : best;
        }
        for (size_t c = 0; c < n; c++) {
            double swap = a[k][c];
            a[k][c] = a[best][c];
            a[best][c] = swap;
        }
        double swap = b[k];
        b[k] = b[best];
        b[best] = swap;
        for (size_t r = k + 1; r < n && a[k][k] != 0; r++) {
            double factor = a[r][k] / a[k][k];
            for (size_t c = k; c < n; c++) {
                a[r][c] -= factor * a[k][c];
            }
            b[r] -= factor * b[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t c = k + 1; c < n; c++) {
            b[k] -= a[k][c] * b[c];
        }
        b[k] = a[k][k] != 0 ? b[k] / a[k][k] : 0;
    }
}

typedef struct newton {
    size_t n;
    size_t area[N_WATER_MAX];
    double jacobian[N_WATER_MAX][N_WATER_MAX]; /* MW per EUR/MWh */
} newton;

static double hydro_fact_mw(const work *w, size_t area)
{
    return sn_my_areas[area].hydro_twh * SN_MWH_PER_TWH / (double)w->weather.axis.n;
}

static double wind_fact_mw(const work *w, size_t area)
{
    return sn_my_areas[area].wind_twh * SN_MWH_PER_TWH / (double)w->weather.axis.n;
}

static double share_of_fact(double fact_mw, double mean_mw)
{
    return mean_mw > 0 ? fact_mw / mean_mw : 1;
}

static sn_status find_jacobian(work *w, newton *state, means *mean, sn_error *err)
{
    means moved;
    sn_status status = pass(w, SAMPLE, false, mean, err);
    for (size_t c = 0; c < state->n && status == SN_OK; c++) {
        double *water = &w->water_eur_per_mwh[state->area[c]];
        *water += JACOBIAN_STEP_EUR_PER_MWH;
        status = pass(w, SAMPLE, false, &moved, err);
        *water -= JACOBIAN_STEP_EUR_PER_MWH;
        for (size_t r = 0; r < state->n && status == SN_OK; r++) {
            size_t i = state->area[r];
            state->jacobian[r][c] =
                (moved.hydro_mw[i] - mean->hydro_mw[i]) / JACOBIAN_STEP_EUR_PER_MWH;
        }
    }
    return status;
}

static void newton_step(work *w, const newton *state, const means *mean)
{
    double a[N_WATER_MAX][N_WATER_MAX];
    double b[N_WATER_MAX];
    memcpy(a, state->jacobian, sizeof a);
    for (size_t r = 0; r < state->n; r++) {
        b[r] = hydro_fact_mw(w, state->area[r]) - mean->hydro_mw[state->area[r]];
    }
    solve(state->n, a, b);
    for (size_t r = 0; r < state->n; r++) {
        w->water_eur_per_mwh[state->area[r]] += fmax(-8, fmin(8, b[r]));
    }
}

static double energy_error_share(const work *w, const newton *state, const means *mean)
{
    double worst = 0;
    for (size_t r = 0; r < state->n; r++) {
        size_t i = state->area[r];
        worst = fmax(worst, fabs(mean->hydro_mw[i] / hydro_fact_mw(w, i) - 1));
    }
    return worst;
}

static sn_status find_water_values(work *w, means *mean, sn_error *err)
{
    newton state = {.n = 0};
    for (size_t i = 0; i < SN_MY_MODELLED; i++) {
        if (sn_my_areas[i].hydro_mw > 0) {
            state.area[state.n++] = i;
        }
    }
    sn_status status = SN_OK;
    for (int step = 0; step < SAMPLED_STEPS_MAX && status == SN_OK; step++) {
        status = find_jacobian(w, &state, mean, err);
        if (status == SN_OK) {
            newton_step(w, &state, mean);
            if (energy_error_share(w, &state, mean) < SAMPLED_ERROR_SHARE) {
                break;
            }
        }
    }
    for (int step = 0; step < FULL_STEPS && status == SN_OK; step++) {
        status = pass(w, 1, false, mean, err);
        for (size_t i = 0; i < SN_MY_MODELLED && status == SN_OK; i++) {
            w->wind_factor[i] *= share_of_fact(wind_fact_mw(w, i), mean->wind_mw[i]);
        }
        if (status == SN_OK) {
            newton_step(w, &state, mean);
        }
    }
    return status == SN_OK ? pass(w, 1, true, mean, err) : status;
}

/* Energy to the facts, each hour in proportion; thermal takes up the difference. */
static sn_status settle_energy(work *w, const means *mean, sn_error *err)
{
    for (size_t i = 0; i < SN_MY_MODELLED; i++) {
        double hydro_factor = share_of_fact(hydro_fact_mw(w, i), mean->hydro_mw[i]);
        double wind_factor = share_of_fact(wind_fact_mw(w, i), mean->wind_mw[i]);
        for (size_t h = 0; h < w->weather.axis.n; h++) {
            double before = w->hydro_mw[i][h] + w->wind_mw[i][h];
            w->hydro_mw[i][h] *= hydro_factor;
            w->wind_mw[i][h] *= wind_factor;
            w->thermal_mw[i][h] += before - w->hydro_mw[i][h] - w->wind_mw[i][h];
            if (w->thermal_mw[i][h] < 0) {
                return sn_error_set(err, SN_E_NUMERIC,
                                    "the model year cannot be balanced in %s with this "
                                    "seed: hydro energy is off by %.2f %%",
                                    sn_my_areas[i].code, 100 * fabs(hydro_factor - 1));
            }
        }
    }
    return SN_OK;
}

typedef struct builder {
    sn_model_year *out;
    size_t capacity;
    sn_axis axis;
} builder;

static sn_status add_series(builder *build,
                            sn_quantity quantity,
                            const char *subject,
                            sn_axis axis,
                            const double *value,
                            sn_error *err)
{
    sn_series_key key = {.quantity = quantity, .step_s = axis.step_s};
    (void)snprintf(key.source, sizeof key.source, "%s", SN_MODEL_YEAR_SOURCE);
    (void)snprintf(key.subject, sizeof key.subject, "%s", subject);
    if (build->out->n_series == build->capacity) {
        size_t capacity = build->capacity * 2 + 64;
        sn_series *grown = realloc(build->out->series, capacity * sizeof *grown);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for the model year");
        }
        build->out->series = grown;
        build->capacity = capacity;
    }
    sn_series *series = &build->out->series[build->out->n_series];
    sn_status status = sn_series_init(series, &key, axis, err);
    if (status != SN_OK) {
        return status;
    }
    build->out->n_series++;
    for (size_t k = 0; k < axis.n; k++) {
        series->value[k] = value[k];
        series->flag[k] = SN_FLAG_STATED;
    }
    return SN_OK;
}

static sn_status
add_area(builder *build, const work *w, size_t i, double *scratch, sn_error *err)
{
    const char *code = sn_my_areas[i].code;
    sn_status status =
        add_series(build, SN_PRICE_EUR, code, build->axis, w->price_eur_per_mwh[i], err);
    if (i >= SN_MY_MODELLED || status != SN_OK) {
        return status;
    }
    const sn_my_weather *weather = &w->weather;
    const struct {
        sn_quantity quantity;
        const double *value;
    } parts[] = {
        {SN_HYDRO, w->hydro_mw[i]},       {SN_WIND, w->wind_mw[i]},
        {SN_SOLAR, weather->solar_mw[i]}, {SN_NUCLEAR, weather->nuclear_mw[i]},
        {SN_THERMAL, w->thermal_mw[i]},
    };
    memset(scratch, 0, build->axis.n * sizeof *scratch);
    for (size_t k = 0; k < sizeof parts / sizeof *parts && status == SN_OK; k++) {
        for (size_t h = 0; h < build->axis.n; h++) {
            scratch[h] += parts[k].value[h];
        }
        status =
            add_series(build, parts[k].quantity, code, build->axis, parts[k].value, err);
    }
    if (status == SN_OK) {
        status = add_series(build, SN_GENERATION, code, build->axis, scratch, err);
    }
    return status != SN_OK
               ? status
               : add_series(build, SN_LOAD, code, build->axis, weather->load_mw[i], err);
}

/* Water in the reservoir at each Monday: what flowed in less what was used.  Inflow is a
 * spring flood on a steady stream, softened until it fits the reservoir. */
static sn_status
add_reservoir(builder *build, const work *w, size_t i, double *level_mwh, sn_error *err)
{
    const sn_my_area *area = &sn_my_areas[i];
    size_t n = build->axis.n;
    double size_mwh = area->reservoir_gwh * SN_MWH_PER_GWH;
    double mean = hydro_fact_mw(w, i);
    double flood_sum = 0;
    double low = 0;
    double high = 0;
    for (size_t h = 0; h < n; h++) {
        double day = (double)h / 24 - 155;
        flood_sum += exp(-day * day / (2 * 28.0 * 28.0));
    }
    double level = 0;
    for (size_t h = 0; h < n; h++) {
        double day = (double)h / 24 - 155;
        double flood = exp(-day * day / (2 * 28.0 * 28.0)) * (double)n / flood_sum;
        level_mwh[h] = level;
        low = fmin(low, level);
        high = fmax(high, level);
        level += mean * (0.4 + 0.6 * flood) - w->hydro_mw[i][h];
    }
    double soften = fmin(1, 0.75 * size_mwh / fmax(1, high - low));
    sn_axis weeks = {.step_s = SN_WEEK_S};
    size_t first = 0;
    for (; first < 7 * 24; first++) {
        sn_civil civil = sn_instant_to_utc(sn_axis_at(&build->axis, first));
        if (sn_civil_weekday(&civil) == 0 && civil.hour == 0) {
            break;
        }
    }
    weeks.start = sn_axis_at(&build->axis, first);
    for (size_t h = first; h < n; h += 7 * 24) {
        level_mwh[weeks.n++] = 0.92 * size_mwh + soften * (level_mwh[h] - high);
    }
    return add_series(build, SN_RESERVOIR, area->code, weeks, level_mwh, err);
}

static sn_status add_fx(builder *build, uint64_t seed, double *value, sn_error *err)
{
    sn_axis days = {build->axis.start, SN_DAY_S, build->axis.n / 24};
    sn_my_random random;
    sn_my_random_seed(&random, seed, 1);
    double drift = 0;
    for (size_t d = 0; d < days.n; d++) {
        drift = 0.98 * drift + 0.02 * sn_my_random_normal(&random);
        value[d] = round((SN_MY_FX_SEK_PER_EUR + drift) * 1e4) / 1e4;
    }
    return add_series(build, SN_FX_SEK, "SEK", days, value, err);
}

static sn_status add_all(builder *build, const work *w, uint64_t seed, sn_error *err)
{
    sn_status status = SN_OK;
    double *scratch = calloc(build->axis.n, sizeof *scratch);
    if (scratch == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the model year");
    }
    for (size_t i = 0; i < SN_MY_AREAS && status == SN_OK; i++) {
        status = add_area(build, w, i, scratch, err);
        if (status == SN_OK && sn_my_areas[i].reservoir_gwh > 0) {
            status = add_reservoir(build, w, i, scratch, err);
        }
    }
    for (size_t b = 0; b < w->market.n_border && status == SN_OK; b++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(w->border[b], name);
        status =
            add_series(build, SN_FLOW_DAY_AHEAD, name, build->axis, w->flow_mw[b], err);
        if (status == SN_OK) {
            status = add_series(build, SN_CAPACITY_FORWARD, name, build->axis,
                                w->forward_mw[b], err);
        }
        if (status == SN_OK) {
            status = add_series(build, SN_CAPACITY_BACK, name, build->axis, w->back_mw[b],
                                err);
        }
    }
    if (status == SN_OK) {
        status = add_fx(build, seed, scratch, err);
    }
    free(scratch);
    return status;
}

sn_status sn_model_year_make(const sn_model_year_options *options,
                             sn_model_year *out,
                             sn_error *err)
{
    *out = (sn_model_year){0};
    if (options->year < 1996 || options->year > 2100) {
        return sn_error_set(err, SN_E_USAGE,
                            "year %d of the model year is outside 1996 to 2100",
                            (int)options->year);
    }
    sn_axis axis = {.start = sn_instant_of_year(options->year), .step_s = SN_HOUR_S};
    int64_t length_s = sn_instant_of_year(options->year + 1).utc_s - axis.start.utc_s;
    axis.n = (size_t)(length_s / SN_HOUR_S);
    work *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the model year");
    }
    means mean;
    builder build = {.out = out, .axis = axis};
    sn_status status = make_work(w, axis, options->seed, err);
    if (status == SN_OK) {
        status = find_water_values(w, &mean, err);
    }
    if (status == SN_OK) {
        status = settle_energy(w, &mean, err);
    }
    if (status == SN_OK) {
        status = add_all(&build, w, options->seed, err);
    }
    release_work(w);
    free(w);
    if (status != SN_OK) {
        sn_model_year_release(out);
    }
    return status;
}

void sn_model_year_release(sn_model_year *year)
{
    for (size_t k = 0; k < year->n_series; k++) {
        sn_series_release(&year->series[k]);
    }
    free(year->series);
    *year = (sn_model_year){0};
}
