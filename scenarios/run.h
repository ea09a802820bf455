/* SPDX-License-Identifier: GPL-3.0-or-later */
/** One run: replay, variants, ledger; result.h5, summary.json and manifest.json. */
#ifndef SN_RUN_H
#define SN_RUN_H

#include "base/error.h"
#include "scenario.h"
#include "store.h"

/**
 * Run a scenario on a store and write the three files into folder (exists, empty).
 * @param[out] exit_code_out  SN_EXIT_DONE; SN_EXIT_PARTIAL when periods are
 *             infeasible; SN_EXIT_FAILED when a check failed (headlines withheld)
 */
SN_CHECKED sn_status sn_run(const sn_scenario *scenario,
                            sn_store *store,
                            const char *folder,
                            int *exit_code_out,
                            sn_error *err);

#endif
