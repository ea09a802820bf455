/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Flow-based clearing of one market time unit (M-10): maximise welfare with
 *
 *     sum_z PTDF_cz x_z <= RAM_c   for each constraint c,
 *     sum_{z in g} x_z = 0         for each grid g (a synchronous area),
 *     x_z = n_z - flows out over links + flows in,   n_z on its curve,
 *     flow limits of the links.
 *
 * Nodes are areas and virtual hubs.  A hub (a curve of no points) is where an HVDC link
 * meets the grid: evolved flow-based.  A node that is alone in its grid has x = 0 and so
 * is an ordinary area behind its links: networks of border limits (M-8), flow-based ones
 * and any mixture of both are one problem.
 *
 * Dual: p_z = lambda_g - sum_c PTDF_cz mu_c, mu >= 0, mu_c > 0 only where c is full.
 *
 * Ties, independent of the order of anything: orders at exactly the price are taken as
 * near to the same share of each area's step as can be (least sum of size * (share -
 * 1/2)^2), then flows by least sum of f^2 / rated; prices that are not unique are as near
 * as can be to the middle of each area's own interval (least sum of squares).
 */
#ifndef SN_FLOW_BASED_H
#define SN_FLOW_BASED_H

#include "base/error.h"
#include "clearing.h"
#include "curve.h"
#include "network.h"

#include <stddef.h>

/** Everything is borrowed. */
typedef struct sn_flow_based_problem {
    size_t n_node;
    const sn_curve *net_supply; /* [n_node]; n = 0 points: a hub */
    const size_t *grid;         /* [n_node] any label < n_node; equal = same grid */
    size_t n_link;
    const sn_border *link;     /* [n_link], between nodes; rated_mw > 0 */
    const double *flow_min_mw; /* [n_link]; -INFINITY allowed */
    const double *flow_max_mw; /* [n_link]; >= flow_min; INFINITY allowed */
    size_t n_constraint;
    const double *ptdf;   /* [n_constraint][n_node] */
    const double *ram_mw; /* [n_constraint]; negative allowed */
    double price_min_eur_per_mwh;
    double price_max_eur_per_mwh;
} sn_flow_based_problem;

/** Arrays belong to the workspace, valid until its next solve; NaN when infeasible. */
typedef struct sn_flow_based_result {
    sn_outcome outcome;
    const double *price_eur_per_mwh;       /* [n_node] */
    const double *net_position_mw;         /* [n_node]; 0 at hubs */
    const double *flow_mw;                 /* [n_link] */
    const double *shadow_price_eur_per_mw; /* [n_constraint] mu */
    size_t infeasible_node;       /* an area that lacks or has too much; SIZE_MAX: none */
    size_t infeasible_constraint; /* a constraint that nothing satisfies; SIZE_MAX */
} sn_flow_based_result;

typedef struct sn_flow_based sn_flow_based;

/** Workspace for problems up to these sizes; NULL when out of memory.  n_point: points
 * of all curves together. */
sn_flow_based *
sn_flow_based_alloc(size_t n_node, size_t n_link, size_t n_constraint, size_t n_point);
void sn_flow_based_free(sn_flow_based *work);

/**
 * Clear one MTU.  Infeasible is an outcome.
 * @param[in,out] work  the last solution is the warm start
 * @return SN_E_FORMAT: an input is NaN, unsorted or out of range (names node, link or
 *         constraint by index); SN_E_NUMERIC: no convergence
 * @note  a dual simplex with long steps finds which segments and constraints are active;
 *        the equations of these are then solved exactly.  Where that does not settle, a
 *        Newton method on curves made strictly monotone.  MODEL.md section 7.
 */
SN_CHECKED sn_status sn_flow_based_solve(sn_flow_based *work,
                                         const sn_flow_based_problem *problem,
                                         sn_flow_based_result *out,
                                         sn_error *err);

/** What constraint c adds to the price difference p_j - p_i of two nodes of one grid;
 * the sum over c is the difference. */
double sn_flow_based_contribution(const sn_flow_based_problem *problem,
                                  const sn_flow_based_result *result,
                                  size_t c,
                                  size_t i,
                                  size_t j);

/** Iterations of the last solve: steps of the simplex and of Newton's method, and exact
 * solutions tried. */
void sn_flow_based_effort(const sn_flow_based *work,
                          size_t *steps_out,
                          size_t *exact_out);

#endif
