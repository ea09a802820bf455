/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Why two runs differ (Q15): each headline's change in three parts, by running what lies
 * between.  With N(scenario, data) of this program and a, b as the runs say:
 *     program      N(A, a) - A   and   B - N(B, b)
 *     data         N(A, b) - N(A, a)
 *     assumptions  N(B, b) - N(A, b)
 * The parts sum to B - A.
 */
#ifndef SN_COMPARE_H
#define SN_COMPARE_H

#include "base/error.h"

#include <jansson.h>

/**
 * @param store     folder of the store both runs came from
 * @param[out] out  {comparisons: {name: {headline: {before, after, change, data,
 *                  assumptions, program}}}}, by area where it has one; new reference
 */
SN_CHECKED sn_status sn_compare_runs(const char *store,
                                     const char *before,
                                     const char *after,
                                     json_t **out,
                                     sn_error *err);

#endif
