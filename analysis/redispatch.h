/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Least-cost redispatch inside one price area (M-19, M-22): external schedules are
 * fixed, the cuts are respected, subareas move along their own curves.
 */
#ifndef SN_REDISPATCH_H
#define SN_REDISPATCH_H

#include "base/error.h"
#include "clearing.h"

#include <stdbool.h>

/** One period of one price area; everything is borrowed. */
typedef struct sn_redispatch_problem {
    const sn_network *network;        /* subareas and their internal borders */
    const sn_curve *net_supply;       /* [n_area] less the fixed external exports */
    const double *market_mw;          /* [n_area] after the market, on the same footing */
    const double *market_eur_per_mwh; /* [n_area] */
    const bool *may_move;             /* [n_area] takes part */
    const double *flow_min_mw;        /* [n_border] limits of the cuts */
    const double *flow_max_mw;
    double price_min_eur_per_mwh;
    double price_max_eur_per_mwh;
} sn_redispatch_problem;

/** Arrays belong to the workspace, valid until its next solve. */
typedef struct sn_redispatch_result {
    const double *price_eur_per_mwh; /* [n_area] marginal; the market's where not moved */
    const double *moved_mw;          /* [n_area] along the curve, > 0 up */
    const double *shortfall_mw;      /* [n_area] >= 0, beyond the curve: at VOLL */
    const double *flow_mw;           /* [n_border] */
    const size_t *price_group;       /* [n_area] as in clearing.h */
    double volume_mw;                /* up-regulation */
    double cost_eur_per_h;           /* area below the curves, shortfall apart */
    double bill_eur_per_h;           /* what is paid at the marginal prices */
    bool check_passed;               /* M-12 */
    double check_residual;           /* largest, when not passed */
} sn_redispatch_result;

typedef struct sn_redispatch sn_redispatch;

/** Workspace for up to these sizes, point_max points a curve; NULL: out of memory. */
sn_redispatch *sn_redispatch_alloc(size_t n_area, size_t n_border, size_t point_max);
void sn_redispatch_free(sn_redispatch *work);

/** SN_E_NUMERIC when even shedding does not balance it: limits contradict. */
SN_CHECKED sn_status sn_redispatch_solve(sn_redispatch *work,
                                         const sn_redispatch_problem *problem,
                                         sn_redispatch_result *out,
                                         sn_error *err);

#endif
