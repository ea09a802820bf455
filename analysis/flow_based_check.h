/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The independent check of flow-based clearing (M-12): shares no code with the solver.
 */
#ifndef SN_FLOW_BASED_CHECK_H
#define SN_FLOW_BASED_CHECK_H

#include "base/error.h"
#include "flow_based.h"

typedef struct sn_flow_based_residuals {
    double balance_mw;            /* largest |sum of injections| of a grid */
    double limit_mw;              /* largest violation of a link's limit or a RAM */
    double slackness_eur_per_mwh; /* largest price difference over a link with room;
                                     shadow price of a constraint with room; negative
                                     shadow price */
    double dual_eur_per_mwh;      /* largest |p_z + sum PTDF mu - lambda of its grid| */
    double curve_mw;              /* largest distance of n from the curve at its price */
    double gap_share;             /* duality gap / (1 + sum of |n| max(|p|, 1)) */
    size_t worst_node, worst_link, worst_constraint; /* SIZE_MAX: none */
} sn_flow_based_residuals;

/**
 * Tolerances of M-12: 1e-6 MW and EUR/MWh, gap 1e-9 relative.
 * @return SN_E_NUMERIC with the residuals and where they are
 */
SN_CHECKED sn_status sn_flow_based_check(const sn_flow_based_problem *problem,
                                         const sn_flow_based_result *result,
                                         sn_flow_based_residuals *residuals_out,
                                         sn_error *err);

#endif
