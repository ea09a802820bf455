/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * How reservoir hydro answers the price, estimated from history (M-2): a logistic round
 * a water value for each week, and a straight slope with residual load as instrument.
 */
#ifndef SN_HYDRO_FIT_H
#define SN_HYDRO_FIT_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/** One area; arrays of n periods, NaN = unknown (such periods are left out). */
typedef struct sn_hydro_fit_input {
    size_t n;
    int32_t step_s;
    const double *price_eur_per_mwh;
    const double *hydro_mw;
    const double
        *residual_load_mw; /* load less wind, solar and nuclear: the instrument */
} sn_hydro_fit_input;

/** Standard errors are robust to anything that is common to the hours of one week. */
typedef struct sn_hydro_fit {
    size_t n_period;
    size_t n_week;
    double min_mw; /* observed range */
    double max_mw;
    double price_mean_eur_per_mwh;
    /* H = min + (max - min) phi((p - lambda_week) / spread), least squares */
    double spread_eur_per_mwh;
    double spread_error_eur_per_mwh;
    double slope_mw_per_eur; /* (max - min) / (4 spread): the steepest */
    double slope_error_mw_per_eur;
    double explained_share; /* of the variance within weeks */
    size_t iterations;
    /* within weeks, price instrumented by residual load */
    double instrumented_slope_mw_per_eur;
    double instrumented_error_mw_per_eur;
    double first_stage_f; /* below 10 the instrument is weak */
} sn_hydro_fit;

/**
 * @return SN_E_GAP when fewer than 4 weeks have 24 known periods or the power never
 *         changes; SN_E_NUMERIC when the least-squares search does not converge
 */
SN_CHECKED sn_status sn_hydro_fit_estimate(const sn_hydro_fit_input *input,
                                           sn_hydro_fit *out,
                                           sn_error *err);

#endif
