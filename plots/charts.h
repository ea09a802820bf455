/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The charts of a run: tables as files, then gnuplot templates. */
#ifndef SN_CHARTS_H
#define SN_CHARTS_H

#include "base/error.h"
#include "result.h"

#include <jansson.h>
#include <stdbool.h>

typedef struct sn_chart_job {
    const json_t *summary;
    const sn_result *result;
    const char *folder; /* charts/ of the run, exists */
    bool swedish;
} sn_chart_job;

/** Names of the charts, "q01" ...; NULL-terminated. */
extern const char *const sn_chart_names[];

/** Writes NAME.dat, NAME.csv for each chart and draws NAME.svg, .png and .pdf. */
SN_CHECKED sn_status sn_charts_draw(const sn_chart_job *job, sn_error *err);

#endif
