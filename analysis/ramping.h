/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Periods tied by limits on how fast the flow of a link may change (M-8, M-12, M-13). */
#ifndef SN_RAMPING_H
#define SN_RAMPING_H

#include "base/error.h"
#include "clearing.h"

#include <stdbool.h>
#include <stddef.h>

/** One period, valid until the same worker asks for the next one. */
typedef struct sn_ramping_period {
    const sn_clearing_problem *problem; /* all on as many areas; borders may differ.
                                           NULL: there is none, and no limit holds from or
                                           to it */
    const size_t *border_of_link;       /* [n_link] */
    const double *loss_share; /* [n_border_max] as in sn_clearing_set_link_losses();
                                 NULL: none */
    double weight; /* > 0, of its welfare in the sum: hours, where curves are in MW */
    double scale;  /* > 0, power per unit of flow: 1, where flows are in MW */
} sn_ramping_period;

/** @param worker  0 .. n_thread - 1: calls of one worker never overlap */
typedef sn_status sn_ramping_load(void *context,
                                  unsigned worker,
                                  size_t t,
                                  sn_ramping_period *out,
                                  sn_error *err);

/** Least cost of all periods together with, for each link,
 * |scale f - (scale f of the period before)| <= limit. */
typedef struct sn_ramping {
    size_t n_period;
    size_t n_area;
    size_t n_border_max; /* of a period */
    size_t n_link;
    sn_ramping_load *load;
    void *context;
    const double *limit_mw; /* [n_period][n_link] from the period before; >= 0; INFINITY:
                               none, as for period 0 where nothing is known */
    const double *initial_mw; /* [n_link] before period 0; NaN: not known */
    unsigned n_thread;        /* results never depend on it; 0 is 1 */
} sn_ramping;

/** The caller's arrays.  A period without an answer is NaN, and no limit holds from or to
 * it. */
typedef struct sn_ramping_result {
    sn_outcome *outcome;       /* [n_period] */
    double *price_eur_per_mwh; /* [n_period][n_area] */
    double *net_position_mw;   /* [n_period][n_area] */
    double *flow_mw;           /* [n_period][n_border_max] */
    double *ramp_price; /* [n_period][n_link] what a MW more of the limit is worth: > 0
                           where the rise from the period before is at it, < 0 the fall */
    bool *is_coupled;   /* [n_period] solved together with another; NULL: not asked for */
    size_t n_infeasible;
    size_t n_coupled; /* periods solved together with another */
    size_t n_longest; /* the most that were solved together */
    size_t n_closed;  /* links of tied periods kept from losing power both ways at once */
} sn_ramping_result;

typedef struct sn_ramping_residuals {
    double limit_mw;              /* largest change of a flow beyond its limit */
    double slackness_eur_per_mwh; /* of links, and of limits of change that have room */
    double gap_share; /* duality gap of all periods, relative as in M-12, and to
                         the sum of |ramp price| * limit */
    size_t worst_period;
} sn_ramping_residuals;

/**
 * Every period alone first; then periods between which a limit is broken together, and
 * ever more of them, until none is.  Whatever is left uncoupled keeps its limits without
 * being told to, so the sum is the least.  Prices that the limits leave open are inner
 * ones of all possible; flows over other borders follow M-13.
 * @return SN_E_FORMAT for a bad input; SN_E_NUMERIC where the check fails: the period is
 *         named
 */
SN_CHECKED sn_status sn_ramping_solve(const sn_ramping *ramping,
                                      sn_ramping_result *out,
                                      sn_error *err);

/** The same for callers that check themselves. */
SN_CHECKED sn_status sn_ramping_solve_unchecked(const sn_ramping *ramping,
                                                sn_ramping_result *out,
                                                sn_error *err);

/** M-12 of all periods and of what ties them; shares no code with the solver. */
SN_CHECKED sn_status sn_ramping_check(const sn_ramping *ramping,
                                      const sn_ramping_result *result,
                                      sn_ramping_residuals *residuals_out,
                                      sn_error *err);

#endif
