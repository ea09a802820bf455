/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Which constraints of a flow-based domain matter: exact removal of those that the others
 * imply, whatever the prices, within what the areas' curves and the links can do.
 */
#ifndef SN_FLOW_BASED_REDUCE_H
#define SN_FLOW_BASED_REDUCE_H

#include "base/error.h"
#include "flow_based.h"

#include <stdbool.h>

/**
 * One linear programme a constraint: the most that it can be loaded while the other
 * constraints kept so far hold.  Not above its RAM: redundant, and not looked at again.
 * Of constraints that are the same (or parallel) the last in the given order is kept;
 * else the set does not depend on the order.
 * @param keep_out  [n_constraint]
 * @return SN_OK, all kept, when nothing satisfies the constraints at all; errors of
 *         sn_flow_based_solve(), SN_E_MEMORY
 * @note   n_constraint clearings: for domains that serve many periods, or once before
 */
SN_CHECKED sn_status sn_flow_based_reduce(const sn_flow_based_problem *problem,
                                          bool *keep_out,
                                          sn_error *err);

#endif
