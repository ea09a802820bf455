/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Reservoir hydro as it answers to price (M-2, M-17): a piecewise linear logistic
 * around the water value, anchored in one period's observed price and power.
 */
#ifndef SN_HYDRO_H
#define SN_HYDRO_H

#include <stddef.h>

/** What is common to all periods of one area.  spread_eur_per_mwh 0: no response. */
typedef struct sn_hydro {
    double min_mw;
    double max_mw;
    double spread_eur_per_mwh; /* sigma of M-2: (max - min) / (4 * greatest slope) */
} sn_hydro;

/** One period: shift 0 and the observed price give the observed power. */
typedef struct sn_hydro_period {
    const sn_hydro *hydro;
    double centre_eur_per_mwh; /* lambda: water value of the week */
    double shift_eur_per_mwh;  /* delta */
    double observed_mw;
    double observed_eur_per_mwh;
    double floor_mw; /* power at prices far below, were there no limits */
} sn_hydro_period;

/** @param hydro  borrowed */
sn_hydro_period sn_hydro_period_of(const sn_hydro *hydro,
                                   double centre_eur_per_mwh,
                                   double shift_eur_per_mwh,
                                   double observed_mw,
                                   double observed_eur_per_mwh);

/** Most breakpoints sn_hydro_breakpoints() gives, with room for two ends. */
enum { SN_HYDRO_POINTS = 20 };

/** Power at a price, and the slope there in MW per EUR/MWh (0 where limited). */
double
sn_hydro_at(const sn_hydro_period *period, double price_eur_per_mwh, double *slope_out);

/** Ascending prices between which the response is linear; returns how many. */
size_t sn_hydro_breakpoints(const sn_hydro_period *period,
                            double price_eur_per_mwh[SN_HYDRO_POINTS]);

/** The response from one price to another: the ends, and the breakpoints between them,
 * prices strictly rising; power never falls.  Returns how many points, 2 or more. */
size_t sn_hydro_curve(const sn_hydro_period *period,
                      double from_eur_per_mwh,
                      double to_eur_per_mwh,
                      double price_eur_per_mwh[SN_HYDRO_POINTS],
                      double power_mw[SN_HYDRO_POINTS]);

#endif
