/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Generated flow-based cases of step curves, and CLP as referee. */
#ifndef SN_TEST_FLOW_CASE_H
#define SN_TEST_FLOW_CASE_H

#include "analysis/flow_based.h"
#include "support/random.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    FLOW_NODES_MAX = 40,
    FLOW_LINKS_MAX = 40,
    FLOW_CONSTRAINTS_MAX = 120,
    FLOW_STEPS_MAX = 60,
};

/** Supply steps above an inelastic load; the last step is unlimited at the cap; hubs have
 * neither. */
typedef struct flow_case {
    size_t n_node, n_link, n_constraint, n_step;
    bool is_hub[FLOW_NODES_MAX];
    double step_price[FLOW_NODES_MAX][FLOW_STEPS_MAX];
    double step_mw[FLOW_NODES_MAX][FLOW_STEPS_MAX];
    double load_mw[FLOW_NODES_MAX];
    size_t grid[FLOW_NODES_MAX];
    sn_border link[FLOW_LINKS_MAX];
    double flow_min[FLOW_LINKS_MAX];
    double flow_max[FLOW_LINKS_MAX];
    double ptdf[FLOW_CONSTRAINTS_MAX * FLOW_NODES_MAX];
    double ram[FLOW_CONSTRAINTS_MAX];
    double curve_price[FLOW_NODES_MAX][2 * FLOW_STEPS_MAX];
    double curve_mw[FLOW_NODES_MAX][2 * FLOW_STEPS_MAX];
    sn_curve curve[FLOW_NODES_MAX];
    sn_flow_based_problem problem; /* points into this struct */
} flow_case;

/** degenerate: round prices, loads and PTDFs, equal steps, RAM 0, duplicate and parallel
 * constraints, flat curves. */
void flow_case_random(flow_case *c, sn_random *r, bool degenerate);
/** Rebuilds curves and problem after a change of steps, loads or limits. */
void flow_case_build(flow_case *c);
/** Cost of supply (EUR/h) at the result's net positions. */
double flow_case_cost(const flow_case *c, const sn_flow_based_result *result);

/** Optimal cost by CLP, and its prices of nodes with a load row (may be NULL); false when
 * CLP finds none.  Keeps its model for warm starts when seconds_out is given. */
bool flow_case_clp(const flow_case *c, double *cost_out, double *seconds_out);
void flow_case_clp_end(void);

#endif
