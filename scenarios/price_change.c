/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "price_change.h"

#include <math.h>
#include <stdlib.h>

void sn_profile_weights(sn_profile profile,
                        const sn_axis *axis,
                        const double *load_mw,
                        double *weight_out)
{
    enum { DAY_FROM = 6, DAY_TO = 18, NIGHT_FROM = 22, NIGHT_TO = 6, SATURDAY = 5 };
    for (size_t t = 0; t < axis->n; t++) {
        sn_civil local = sn_instant_to_cet(sn_axis_at(axis, t));
        bool is_weekday = sn_civil_weekday(&local) < SATURDAY;
        bool is_day = local.hour >= DAY_FROM && local.hour < DAY_TO;
        bool is_night = local.hour >= NIGHT_FROM || local.hour < NIGHT_TO;
        double w = 1.0;
        switch (profile) {
        case SN_PROFILE_DAY:
            w = is_weekday && is_day ? 1.0 : 0.0;
            break;
        case SN_PROFILE_WEEK:
            w = is_weekday ? 1.0 : 0.0;
            break;
        case SN_PROFILE_NIGHT:
            w = is_night ? 1.0 : 0.0;
            break;
        case SN_PROFILE_AREA:
            w = load_mw[t];
            break;
        default:
            break;
        }
        weight_out[t] = w;
    }
}

static void one_year(const sn_price_years *years,
                     size_t y,
                     double *load,
                     double *weight,
                     sn_price_changes *out)
{
    const sn_price_year *year = &years->year[y];
    for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
        size_t area = 0;
        bool known = sn_price_years_area(years, sn_swedish_area(a), &area, NULL) == SN_OK;
        for (size_t t = 0; t < year->axis.n && known; t++) {
            load[t] = year->load_mw[t * years->n_area + area];
        }
        for (int p = 0; p < SN_PROFILE_COUNT; p++) {
            if (known) {
                sn_profile_weights((sn_profile)p, &year->axis, load, weight);
            }
            for (int s = 0; s < SN_SIDES; s++) {
                out->price[s][y][a][p] =
                    known ? sn_price_year_mean(years, y, s, area, weight) +
                                year->countertrade_eur_per_mwh[s]
                          : NAN;
            }
        }
    }
}

sn_status
sn_price_changes_of(const sn_price_years *years, sn_price_changes *out, sn_error *err)
{
    out->n_year = years->n;
    for (size_t y = 0; y < years->n; y++) {
        size_t n = years->year[y].axis.n;
        double *load = calloc(n + 1, sizeof *load);
        double *weight = calloc(n + 1, sizeof *weight);
        bool ok = load != NULL && weight != NULL;
        if (ok) {
            one_year(years, y, load, weight, out);
        }
        free(load);
        free(weight);
        if (!ok) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for price changes");
        }
    }
    return SN_OK;
}

static double in_year(const sn_price_changes *changes,
                      const sn_municipality *municipality,
                      sn_profile profile,
                      int side,
                      size_t year)
{
    double sum = 0.0;
    for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
        double share = sn_municipality_share(municipality, a);
        if (share > 0.0) {
            sum += share * changes->price[side][year][a][profile];
        }
    }
    return sum;
}

double sn_price_in(const sn_price_changes *changes,
                   const sn_municipality *municipality,
                   sn_profile profile,
                   int side)
{
    double sum = 0.0;
    for (size_t y = 0; y < changes->n_year; y++) {
        sum += in_year(changes, municipality, profile, side, y);
    }
    return sum / (double)changes->n_year;
}

sn_spread sn_price_change_in(const sn_price_changes *changes,
                             const sn_municipality *municipality,
                             sn_profile profile)
{
    sn_spread out = {0.0, INFINITY, -INFINITY};
    for (size_t y = 0; y < changes->n_year; y++) {
        double d = in_year(changes, municipality, profile, SN_SIDE_CHANGED, y) -
                   in_year(changes, municipality, profile, SN_SIDE_BASE, y);
        out.mean += d / (double)changes->n_year;
        out.low = isnan(d) ? d : fmin(out.low, d);
        out.high = isnan(d) ? d : fmax(out.high, d);
    }
    return out;
}

sn_spread
sn_price_change_area(const sn_price_changes *changes, int area, sn_profile profile)
{
    sn_municipality whole = {.main_area = area, .second_area = area, .main_share = 1.0};
    return sn_price_change_in(changes, &whole, profile);
}
