/* SPDX-License-Identifier: GPL-3.0-or-later */
/** report.html: one file that asks the network for nothing. */
#ifndef SN_REPORT_H
#define SN_REPORT_H

#include "charts.h"

typedef struct sn_report_job {
    const json_t *summary;
    const char *run_folder;
    bool swedish;
    const sn_chart_outcome *outcome; /* [SN_CHART_COUNT] */
    bool has_charts;
} sn_report_job;

SN_CHECKED sn_status sn_report_write(const sn_report_job *job, sn_error *err);

#endif
