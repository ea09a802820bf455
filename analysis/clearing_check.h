/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The independent check (M-12): shares no code with the solver. */
#ifndef SN_CLEARING_CHECK_H
#define SN_CLEARING_CHECK_H

#include "base/error.h"
#include "clearing.h"

typedef struct sn_clearing_residuals {
    double balance_mw;            /* largest |net position - border flows| */
    double limit_mw;              /* largest violation of a flow limit */
    double slackness_eur_per_mwh; /* largest price difference on a border with room,
                                     or against the direction of a full one; how far
                                     a price lies beyond the period's limits */
    double curve_mw;              /* largest distance of n from the curve at its price */
    double gap_share;             /* duality gap / (1 EUR + sum over areas of |n| times
                                     the larger of |price| and 1 EUR/MWh) */
    size_t worst_area;            /* where the failing (else largest) residual is */
    size_t worst_border;
} sn_clearing_residuals;

/** Tolerances of M-12: 1e-6 MW and EUR/MWh, gap 1e-9 relative. */
SN_CHECKED sn_status sn_clearing_check(const sn_clearing_problem *problem,
                                       const sn_clearing_result *result,
                                       sn_clearing_residuals *residuals_out,
                                       sn_error *err);

/** The same with losses, of flow > 0 at `to`, of flow < 0 at `from`; a link that runs
 * one way is not asked about the other. @param loss_share [n_border]; NULL: none */
SN_CHECKED sn_status sn_clearing_check_losses(const sn_clearing_problem *problem,
                                              const double *loss_share,
                                              const sn_clearing_result *result,
                                              sn_clearing_residuals *residuals_out,
                                              sn_error *err);

#endif
