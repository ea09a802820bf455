/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Many market time units at once; their lengths may differ (quarters and hours). */
#ifndef SN_CLEARING_MANY_H
#define SN_CLEARING_MANY_H

#include "clearing.h"
#include "clearing_check.h"

#include <stdbool.h>

typedef struct sn_clearing_many {
    size_t n_period;
    const sn_clearing_problem *problem; /* [n_period], all on networks of one size */
    const double *loss_share;           /* [n_border] as in clearing.h, or NULL */
    unsigned n_thread;                  /* changes no byte */
    bool is_unchecked; /* leave out the check (M-12): for measurements only */
} sn_clearing_many;

/** The caller's arrays; a period that is infeasible is NaN. */
typedef struct sn_clearing_many_result {
    sn_outcome *outcome;       /* [n_period] */
    double *price_eur_per_mwh; /* [n_period][n_area] */
    double *net_position_mw;   /* [n_period][n_area] */
    double *flow_mw;           /* [n_period][n_border] */
    size_t n_infeasible;
} sn_clearing_many_result;

/**
 * Clear and check every period.  Memory beside the arrays does not grow with n_period.
 * @return SN_E_FORMAT for a bad input, SN_E_NUMERIC for a failed check: the first period
 *         in order that has one is named
 */
SN_CHECKED sn_status sn_clearing_solve_many(const sn_clearing_many *many,
                                            sn_clearing_many_result *out,
                                            sn_error *err);

#endif
