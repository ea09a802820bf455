/* SPDX-License-Identifier: GPL-3.0-or-later */
/** One case worked out: base, comparisons, ledger, headlines with their intervals. */
#ifndef SN_BATCH_CASE_H
#define SN_BATCH_CASE_H

#include "batch_share.h"

/**
 * On one thread.  A period that fails its check fails the case.
 * @param[out] out  release with sn_case_result_release(), also after a failure
 */
SN_CHECKED sn_status sn_case_solve(sn_share *share,
                                   const sn_scenario *scenario,
                                   const sn_shared_data *data,
                                   sn_case_result *out,
                                   sn_error *err);

#endif
