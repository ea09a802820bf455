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
} sn_hydro_period;

/** Most breakpoints sn_hydro_breakpoints() gives. */
enum { SN_HYDRO_POINTS = 20 };

/** Power at a price, and the slope there in MW per EUR/MWh (0 where limited). */
double
sn_hydro_at(const sn_hydro_period *period, double price_eur_per_mwh, double *slope_out);

/** Ascending prices between which the response is linear; returns how many. */
size_t sn_hydro_breakpoints(const sn_hydro_period *period,
                            double price_eur_per_mwh[SN_HYDRO_POINTS]);

#endif
