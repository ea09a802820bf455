/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Charts that the commands of the investment layer draw of their own output. */
#ifndef SN_INVEST_CHARTS_H
#define SN_INVEST_CHARTS_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>

/** What to draw.  Everything is borrowed. */
typedef struct sn_invest_chart {
    const char *run_folder;       /* names the configurations and carries the label */
    const char *folder;           /* of the command: charts/ is made in it */
    const json_t *data;           /* what the command has computed, with its "schema" */
    const char *const *questions; /* "Q4", "Q5", NULL-terminated */
    const char *county;           /* of Q3: whole name, NULL: all */
    const char *lang;             /* "sv" or "en"; NULL: "sv" */
} sn_invest_chart;

/**
 * Writes folder/charts as snitt plot does in a run; a chart without data is told on
 * stderr.
 * @return SN_E_TOOL when gnuplot is missing or fails:
 *         tables and texts are there
 */
SN_CHECKED sn_status sn_invest_charts_draw(const sn_invest_chart *chart, sn_error *err);

#endif
