/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt plot: draw the charts and the report of a run again. */
#include "base/options.h"
#include "plots.h"

#include <stdio.h>
#include <string.h>

int sn_cmd_plot(int argc, char **argv);

static const char *const examples[] = {"snitt plot --run out/demo/run --lang en", NULL};

static const sn_command_doc doc = {
    "plot",
    "",
    "draw the charts and the report of a run again",
    "Writes charts/ and report.html into the run's folder from its summary.json and "
    "result.h5; nothing is computed again.",
    examples,
};

int sn_cmd_plot(int argc, char **argv)
{
    const char *run = NULL;
    const char *lang = "sv";
    const sn_option options[] = {
        {"run", "DIR", "folder of a finished run", NULL, &run, NULL},
        {"lang", "sv|en", "language of charts and report (default: sv)", NULL, &lang,
         NULL},
    };
    sn_option_list none = {0};
    bool help = false;
    sn_error err = {0};
    sn_status status = sn_options_parse(&doc, options, 2, argc, argv, &none, &help, &err);
    if (status == SN_OK && help) {
        return SN_EXIT_DONE;
    }
    if (status == SN_OK && run == NULL) {
        status = sn_error_set(&err, SN_E_USAGE, "--run DIR is missing");
    }
    if (status == SN_OK && strcmp(lang, "sv") != 0 && strcmp(lang, "en") != 0) {
        status =
            sn_error_set(&err, SN_E_USAGE, "--lang is sv or en, not \"%.20s\"", lang);
    }
    if (status == SN_OK) {
        status = sn_plots_run(run, lang, &err);
    }
    if (status != SN_OK) {
        sn_error_print(&err, "plot");
        return sn_status_exit_code(status);
    }
    return SN_EXIT_DONE;
}
