/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invest_charts.h"

#include "plots.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

static void tell(const sn_chart_outcome *outcome, const char *folder)
{
    for (size_t i = 0; i < SN_CHART_COUNT; i++) {
        const char *missing = outcome[i].missing_en;
        if (outcome[i].drawn) {
            (void)printf("%s/%s.svg\n", folder, sn_chart_id(i));
        } else if (missing != NULL && missing[0] != '\0') {
            (void)fprintf(stderr, "snitt: Q%zu is not drawn: %s\n", i + 1, missing);
        }
    }
}

sn_status sn_invest_charts_draw(const sn_invest_chart *chart, sn_error *err)
{
    char folder[PATH_SIZE];
    bool wanted[SN_CHART_COUNT] = {false};
    sn_plots_input input;
    sn_chart_outcome outcome[SN_CHART_COUNT];
    memset(outcome, 0, sizeof outcome);
    int n = snprintf(folder, sizeof folder, "%s/charts", chart->folder);
    if (n < 0 || (size_t)n >= sizeof folder) {
        return sn_error_set(err, SN_E_USAGE, "folder name is too long");
    }
    sn_status status = sn_plots_open(chart->run_folder, NULL, &input, err);
    if (status != SN_OK) {
        return status;
    }
    for (size_t i = 0; chart->questions[i] != NULL; i++) {
        size_t index = sn_chart_find(chart->questions[i]);
        wanted[index == SIZE_MAX ? 0 : index] = index != SIZE_MAX;
    }
    sn_chart_job job = {.summary = input.summary,
                        .result = input.result,
                        .data = {chart->data}, /* not what lies in the run's folder */
                        .n_data = 1,
                        .folder = folder,
                        .county = chart->county,
                        .swedish = chart->lang == NULL || strcmp(chart->lang, "en") != 0,
                        .size = SN_SIZE_SLIDE,
                        .formats = SN_FORMAT_ALL};
    status = sn_charts_draw(&job, wanted, outcome, err);
    if (status == SN_OK) {
        tell(outcome, folder);
    }
    for (size_t i = 0; i < SN_CHART_COUNT; i++) {
        sn_chart_outcome_release(&outcome[i]);
    }
    sn_plots_close(&input);
    return status;
}
