/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Generated clearing cases of step curves, and CLP as referee. */
#ifndef SN_TEST_MARKET_CASE_H
#define SN_TEST_MARKET_CASE_H

#include "analysis/clearing.h"
#include "support/random.h"

#include <stdbool.h>
#include <stddef.h>

enum { CASE_AREAS_MAX = 24, CASE_BORDERS_MAX = 64, CASE_STEPS_MAX = 60 };

/** Supply steps above an inelastic load; the last step is unlimited at the cap. */
typedef struct market_case {
    size_t n_area;
    size_t n_border;
    size_t n_step;
    double step_price[CASE_AREAS_MAX][CASE_STEPS_MAX];
    double step_mw[CASE_AREAS_MAX][CASE_STEPS_MAX];
    double load_mw[CASE_AREAS_MAX];
    sn_border border[CASE_BORDERS_MAX];
    double flow_min[CASE_BORDERS_MAX];
    double flow_max[CASE_BORDERS_MAX];
    double loss_share[CASE_BORDERS_MAX];
    double curve_price[CASE_AREAS_MAX][2 * CASE_STEPS_MAX];
    double curve_mw[CASE_AREAS_MAX][2 * CASE_STEPS_MAX];
    sn_curve curve[CASE_AREAS_MAX];
    sn_network network;
    sn_clearing_problem problem; /* points into this struct */
} market_case;

/** degenerate: round prices, equal steps, closed and fixed borders. */
void market_case_random(market_case *c, sn_random *r, bool degenerate);
/** Rebuilds curves and problem after a change of steps, loads or limits. */
void market_case_build(market_case *c);
/** Cost of supply (EUR/h) at the result's net positions. */
double market_case_cost(const market_case *c, const sn_clearing_result *result);

/** Optimal cost by CLP; false when CLP finds none. Keeps its model for warm starts. */
bool market_case_clp(const market_case *c, double *cost_out, double *seconds_out);
/** Price (dual) of an area in CLP's last solution. */
double market_case_clp_price(size_t area);
void market_case_clp_end(void);

#endif
