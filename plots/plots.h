/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Charts and report of a finished run. */
#ifndef SN_PLOTS_H
#define SN_PLOTS_H

#include "base/error.h"

/**
 * Read run_folder/summary.json and result.h5; write charts/qNN_*.{svg,png,pdf,csv}
 * and report.html there.
 * @param lang  "sv" or "en"
 * @return SN_E_TOOL when gnuplot is missing or fails (the run's results stay, and the
 *         report is written with the tables); SN_E_FORMAT for another summary
 */
SN_CHECKED sn_status sn_plots_run(const char *run_folder,
                                  const char *lang,
                                  sn_error *err);

#endif
