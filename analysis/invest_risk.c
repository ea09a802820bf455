/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M-35: draws of the NPV and the tornado. */
#include "invest.h"

#include <math.h>
#include <stdlib.h>

const char *sn_driver_name(sn_driver driver)
{
    static const char *const names[SN_DRIVER_COUNT] = {
        "product_price",        "other_cost", "fixed_cost",      "capex",
        "electricity_per_unit", "wacc",       "power_price_year"};
    return names[driver];
}

void sn_plant_range_none(const sn_plant *plant, sn_plant_range *out)
{
    const double own[SN_DRIVER_COUNT] = {plant->product_price_eur_per_unit,
                                         plant->other_cost_eur_per_unit,
                                         plant->fixed_cost_eur,
                                         1.0,
                                         1.0,
                                         plant->rate,
                                         0.0};
    for (int d = 0; d < SN_DRIVER_COUNT; d++) {
        out->low[d] = own[d];
        out->high[d] = own[d];
    }
}

/* splitmix64 of a counter: any draw can be made alone, in any order, by any thread. */
static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static double uniform(uint64_t key)
{
    return ((double)(mix(key) >> 11) + 0.5) * 0x1p-53;
}

/* Inverse of the triangular distribution function. */
static double triangular(double u, double low, double mode, double high)
{
    if (!(high > low)) {
        return mode;
    }
    double at_mode = (mode - low) / (high - low);
    return u < at_mode ? low + sqrt(u * (high - low) * (mode - low))
                       : high - sqrt((1.0 - u) * (high - low) * (high - mode));
}

/* A plant with one driver moved; factors of power are returned beside it. */
static void move_driver(sn_plant *plant, sn_driver driver, double value, double *power)
{
    switch (driver) {
    case SN_DRIVER_PRODUCT_PRICE:
        plant->product_price_eur_per_unit = value;
        break;
    case SN_DRIVER_OTHER_COST:
        plant->other_cost_eur_per_unit = value;
        break;
    case SN_DRIVER_FIXED_COST:
        plant->fixed_cost_eur = value;
        break;
    case SN_DRIVER_CAPEX:
        for (size_t k = 0; k < plant->n_capex; k++) {
            plant->capex_eur[k] *= value;
        }
        break;
    case SN_DRIVER_ELECTRICITY:
        plant->electricity_mwh *= value;
        *power *= value;
        break;
    case SN_DRIVER_RATE:
        plant->rate = value;
        break;
    default:
        break;
    }
}

static double own_value(const sn_plant *plant, sn_driver driver)
{
    sn_plant_range own;
    sn_plant_range_none(plant, &own);
    return own.low[driver];
}

/* NPV of a path of price years: year[y] indexes power. */
static double npv_of_path(const sn_plant *plant,
                          const sn_power_year *power,
                          const size_t *year,
                          double power_factor)
{
    double per_unit = plant->product_price_eur_per_unit - plant->other_cost_eur_per_unit;
    double gross = plant->output_units * per_unit;
    double v = 1.0 / (1.0 + plant->rate);
    double npv = 0.0;
    for (size_t y = plant->life; y-- > 0;) {
        const sn_power_year *p = &power[year[y]];
        npv = npv * v + gross * p->output_share - plant->fixed_cost_eur -
              p->cost_eur * power_factor;
    }
    return npv * pow(v, (double)plant->start) -
           sn_npv(plant->capex_eur, plant->n_capex, plant->rate);
}

/* Draw i of every figure but the power years; the factor of power in *power_factor. */
static sn_plant drawn_plant(const sn_plant *plant,
                            const sn_plant_range *range,
                            const sn_draws *draws,
                            size_t i,
                            double *power_factor)
{
    uint64_t stream = mix(draws->seed ^ mix(draws->plant + 1));
    sn_plant drawn = *plant;
    *power_factor = 1.0;
    for (int d = 0; d < SN_DRIVER_POWER_YEAR; d++) {
        double u = uniform(stream + (uint64_t)i * SN_DRIVER_COUNT + (uint64_t)d);
        double value =
            triangular(u, range->low[d], own_value(plant, (sn_driver)d), range->high[d]);
        move_driver(&drawn, (sn_driver)d, value, power_factor);
    }
    return drawn;
}

void sn_plant_draw_npv(const sn_plant *plant,
                       const sn_plant_range *range,
                       const sn_power_year *power,
                       size_t n_power,
                       const sn_draws *draws,
                       double *npv_out)
{
    size_t year[SN_INVEST_LIFE_MAX];
    uint64_t path_stream = mix(draws->seed);
    for (size_t i = 0; i < draws->n; i++) {
        double power_factor = 1.0;
        sn_plant drawn = drawn_plant(plant, range, draws, i, &power_factor);
        for (size_t y = 0; y < plant->life; y++) {
            double u = uniform(path_stream + (uint64_t)i * SN_INVEST_LIFE_MAX + y);
            year[y] = (size_t)(u * (double)n_power);
        }
        npv_out[i] = npv_of_path(&drawn, power, year, power_factor);
    }
}

/* The NPV falls in a straight line with a flat price: one division finds its root. */
void sn_plant_draw_break_even(const sn_plant *plant,
                              const sn_plant_range *range,
                              const sn_draws *draws,
                              double *price_out)
{
    for (size_t i = 0; i < draws->n; i++) {
        double power_factor = 1.0;
        sn_plant drawn = drawn_plant(plant, range, draws, i, &power_factor);
        double mwh = drawn.electricity_mwh * sn_annuity_factor(drawn.rate, drawn.life) /
                     pow(1.0 + drawn.rate, (double)drawn.start - 1.0);
        price_out[i] = mwh > 0.0 ? sn_plant_npv_flat(&drawn, 0.0) / mwh : NAN;
    }
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double at_rank(const double *sorted, size_t n, double share)
{
    double rank = share * (double)(n - 1);
    size_t below = (size_t)rank;
    size_t above = below + 1 < n ? below + 1 : below;
    return sorted[below] + (rank - (double)below) * (sorted[above] - sorted[below]);
}

void sn_distribution_of(double *value, size_t n, sn_distribution *out)
{
    double sum = 0.0;
    size_t positive = 0;
    for (size_t i = 0; i < n; i++) {
        sum += value[i];
        positive += value[i] > 0.0 ? 1 : 0;
    }
    qsort(value, n, sizeof *value, compare_doubles);
    *out =
        (sn_distribution){sum / (double)n, at_rank(value, n, 0.1), at_rank(value, n, 0.5),
                          at_rank(value, n, 0.9), (double)positive / (double)n};
}

sn_power_year sn_power_year_mean(const sn_power_year *power, size_t n)
{
    sn_power_year mean = {0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        mean.cost_eur += power[i].cost_eur / (double)n;
        mean.output_share += power[i].output_share / (double)n;
    }
    return mean;
}

static double npv_with(const sn_plant *plant, const sn_power_year *power, double factor)
{
    double cash[SN_INVEST_CASH_MAX];
    sn_power_year scaled = {power->cost_eur * factor, power->output_share};
    size_t n = sn_plant_cash(plant, &scaled, cash);
    return sn_npv(cash, n, plant->rate);
}

static double npv_moved(const sn_plant *plant,
                        const sn_power_year *power,
                        sn_driver driver,
                        double value)
{
    sn_plant moved = *plant;
    double factor = 1.0;
    move_driver(&moved, driver, value, &factor);
    return npv_with(&moved, power, factor);
}

static int compare_bars(const void *a, const void *b)
{
    const sn_tornado_bar *x = a;
    const sn_tornado_bar *y = b;
    double wide_x = fabs(x->npv_high_eur - x->npv_low_eur);
    double wide_y = fabs(y->npv_high_eur - y->npv_low_eur);
    if (wide_x != wide_y) {
        return wide_x < wide_y ? 1 : -1;
    }
    return (int)x->driver - (int)y->driver;
}

void sn_plant_tornado(const sn_plant *plant,
                      const sn_plant_range *range,
                      const sn_power_year *power,
                      size_t n_power,
                      sn_tornado_bar bar_out[SN_DRIVER_COUNT])
{
    sn_power_year mean = sn_power_year_mean(power, n_power);
    size_t cheap = 0;
    size_t dear = 0;
    for (size_t i = 1; i < n_power; i++) {
        cheap = power[i].cost_eur < power[cheap].cost_eur ? i : cheap;
        dear = power[i].cost_eur > power[dear].cost_eur ? i : dear;
    }
    for (int d = 0; d < SN_DRIVER_POWER_YEAR; d++) {
        bar_out[d] = (sn_tornado_bar){
            (sn_driver)d, npv_moved(plant, &mean, (sn_driver)d, range->low[d]),
            npv_moved(plant, &mean, (sn_driver)d, range->high[d])};
    }
    bar_out[SN_DRIVER_POWER_YEAR] =
        (sn_tornado_bar){SN_DRIVER_POWER_YEAR, npv_with(plant, &power[cheap], 1.0),
                         npv_with(plant, &power[dear], 1.0)};
    qsort(bar_out, SN_DRIVER_COUNT, sizeof *bar_out, compare_bars);
}
