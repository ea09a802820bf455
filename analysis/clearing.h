/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Exact market clearing of one market time unit on border limits (M-8, M-9, M-13). */
#ifndef SN_CLEARING_H
#define SN_CLEARING_H

#include "base/error.h"
#include "curve.h"
#include "network.h"

#include <stddef.h>

/** Inputs for one market time unit (MTU).  Everything is borrowed. */
typedef struct sn_clearing_problem {
    const sn_network *network;
    const sn_curve *net_supply;   /* [n_area] */
    const double *flow_min_mw;    /* [n_border]; -INFINITY allowed; > 0 allowed */
    const double *flow_max_mw;    /* [n_border]; >= flow_min; INFINITY allowed */
    double price_min_eur_per_mwh; /* harmonised limits of the period */
    double price_max_eur_per_mwh;
} sn_clearing_problem;

typedef enum sn_outcome {
    SN_CLEARED,
    SN_INFEASIBLE, /* no prices within the limits balance every area: all is NaN */
} sn_outcome;

/** Arrays belong to the workspace, valid until its next solve. */
typedef struct sn_clearing_result {
    sn_outcome outcome;
    const double *price_eur_per_mwh; /* [n_area]; interval -> midpoint (M-13) */
    const double *net_position_mw;   /* [n_area]; on the curve at the price */
    const double *flow_mw;           /* [n_border]; least sum of f^2/rated (M-13) */
    const size_t *price_group;       /* [n_area]; areas joined by borders with room
                                        share a group: label = its lowest area index */
    size_t n_closed;                 /* links kept from losing power both ways at once */
    size_t unbalanced_area; /* infeasible: the lowest of the areas that together have too
                               much or too little; else n_area */
} sn_clearing_result;

typedef struct sn_clearing sn_clearing;

/** Workspace for networks of up to these sizes; NULL when out of memory. */
sn_clearing *sn_clearing_alloc(size_t n_area, size_t n_border);
void sn_clearing_free(sn_clearing *work);

/**
 * Losses of M-8, from now on: `to` receives (1 - loss_share) * flow.  A border that loses
 * is one-way (its flow_min is 0 or more); a link that loses both ways is two borders.
 * Where a price is an interval, its midpoint is taken set by set.
 * @param loss_share [n_border of the workspace], copied; NULL: none
 */
void sn_clearing_set_losses(sn_clearing *work, const double *loss_share);

/**
 * Losses of links that run either way, from now on: a flow > 0 arrives at `to` less its
 * loss, one < 0 at `from`; what is given out is what leaves the sending end.  A link runs
 * one way at a time: where prices below zero would pay for losing power both ways at
 * once, the way that carries less (else the way back) is closed and the period cleared
 * again.
 * @param loss_share [n_border of the workspace], copied; NULL or all 0: none
 * @return SN_E_MEMORY
 */
SN_CHECKED sn_status sn_clearing_set_link_losses(sn_clearing *work,
                                                 const double *loss_share,
                                                 sn_error *err);

/** @name Warm starts.
 * A solve starts from the last one.  Where the same period is solved again and again, its
 * own last solution is nearer: what sn_clearing_keep_start() wrote after a solve starts a
 * later one of the same network, in this or another workspace.  No result depends on it.
 */
/**@{*/
/** Bytes of a start for the sizes of the workspace. */
size_t sn_clearing_start_size(const sn_clearing *work);
void sn_clearing_keep_start(const sn_clearing *work, void *start_out);
void sn_clearing_start_from(sn_clearing *work, const void *start);
/** The next problem is near to the last one solved, however far that was from its own
 * start: start there. */
void sn_clearing_start_from_last(sn_clearing *work);
/**@}*/

/**
 * Clear one MTU.  Infeasible is an outcome, not an error.  Demand that ends at the
 * highest price is a step there, and a shortage of it is shared in proportion (M-13).
 * @param[in,out] work  the last solution is the warm start; results never depend on it
 * @return SN_E_FORMAT when an input is NaN, infinite, unsorted or empty, or a border's
 *         limits are out of order (names area or border by index); only with losses:
 *         SN_E_MEMORY, and SN_E_NUMERIC where the slow way comes nowhere near (not seen).
 *         Whether a result is right is for clearing_check.h
 */
SN_CHECKED sn_status sn_clearing_solve(sn_clearing *work,
                                       const sn_clearing_problem *problem,
                                       sn_clearing_result *out,
                                       sn_error *err);

#endif
