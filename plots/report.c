/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots.h"

sn_status sn_plots_run(const char *run_folder, const char *lang, sn_error *err)
{
    (void)lang;
    return sn_error_set(err, SN_E_TOOL, "%s: charts are not built yet", run_folder);
}
