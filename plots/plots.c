/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run's folder opened for drawing, and everything drawn in it. */
#include "plots.h"

#include "base/os.h"
#include "base/strbuf.h"
#include "json_read.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { JSON_MAX = 1 << 28, PATH_SIZE = 4096 };

/* What other commands leave in the folder of a run. */
static const char *const known_data[] = {"portfolio.json", "municipalities.json",
                                         "compare.json", NULL};

static sn_status read_json(const char *path, json_t **out, sn_error *err)
{
    sn_strbuf text;
    json_error_t cause;
    sn_strbuf_init(&text, JSON_MAX);
    sn_status status = sn_os_read_file(path, &text, err);
    if (status == SN_OK) {
        *out = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &cause);
        if (*out == NULL) {
            status = sn_error_set(err, SN_E_FORMAT, "\"%s\" line %d is no JSON: %s", path,
                                  cause.line, cause.text);
        }
    }
    sn_strbuf_release(&text);
    return status;
}

sn_status sn_plots_read_data(const char *path, json_t **out, sn_error *err)
{
    *out = NULL;
    sn_status status = read_json(path, out, err);
    if (status == SN_OK && sn_text_at(*out, "schema", NULL, NULL)[0] == '\0') {
        json_decref(*out);
        *out = NULL;
        status = sn_error_set(err, SN_E_FORMAT,
                              "\"%s\" has no \"schema\": no output of snitt", path);
    }
    return status;
}

static sn_status add_data(sn_plots_input *input, const char *path, sn_error *err)
{
    if (input->n_data >= SN_CHART_DATA_MAX) {
        return sn_error_set(err, SN_E_USAGE, "more than %d files of data",
                            (int)SN_CHART_DATA_MAX);
    }
    sn_status status = sn_plots_read_data(path, &input->data[input->n_data], err);
    input->n_data += status == SN_OK ? 1 : 0;
    return status;
}

/* Two files for one chart would leave it to chance which is drawn. */
static sn_status
check_unique(const sn_plots_input *input, const char *const *path, sn_error *err)
{
    size_t last = input->n_data - 1;
    const char *chart = sn_chart_of_data(input->data[last]);
    for (size_t i = 0; i < last && chart[0] != '\0'; i++) {
        if (strcmp(sn_chart_of_data(input->data[i]), chart) == 0) {
            return sn_error_set(err, SN_E_USAGE,
                                "\"%s\" and \"%s\" are both drawn by %s: give one of "
                                "them",
                                path[i], path[last], chart);
        }
    }
    return SN_OK;
}

static sn_status read_summary(const char *run_folder, sn_plots_input *out, sn_error *err)
{
    char path[PATH_SIZE];
    int n = snprintf(path, sizeof path, "%s/summary.json", run_folder);
    if (n < 0 || (size_t)n + 32 >= sizeof path) {
        return sn_error_set(err, SN_E_IO, "folder name is too long");
    }
    sn_status status = read_json(path, &out->summary, err);
    if (status == SN_OK &&
        strcmp(sn_text_at(out->summary, "schema", NULL, NULL), "snitt-summary-1") != 0) {
        status = sn_error_set(err, SN_E_FORMAT, "\"%s\" is no summary of a run", path);
    }
    if (status == SN_OK &&
        strcmp(sn_text_at(out->summary, "status", NULL, NULL), "failed") != 0) {
        (void)snprintf(path, sizeof path, "%s/result.h5", run_folder);
        status = sn_result_open(path, &out->result, err);
    }
    return status;
}

sn_status sn_plots_open(const char *run_folder,
                        const char *const *data,
                        sn_plots_input *out,
                        sn_error *err)
{
    char path[PATH_SIZE];
    *out = (sn_plots_input){0};
    sn_status status = read_summary(run_folder, out, err);
    for (size_t i = 0; data != NULL && data[i] != NULL && status == SN_OK; i++) {
        status = add_data(out, data[i], err);
        status = status == SN_OK ? check_unique(out, data, err) : status;
    }
    for (size_t i = 0; known_data[i] != NULL && status == SN_OK; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", run_folder, known_data[i]);
        if (sn_os_exists(path)) {
            status = add_data(out, path, err);
        }
    }
    if (status != SN_OK) {
        sn_plots_close(out);
    }
    return status;
}

void sn_plots_close(sn_plots_input *input)
{
    json_decref(input->summary);
    sn_result_close(input->result);
    for (size_t i = 0; i < input->n_data; i++) {
        json_decref(input->data[i]);
    }
    *input = (sn_plots_input){0};
}

static sn_status draw(const char *run_folder,
                      const sn_plots_options *options,
                      const sn_plots_input *input,
                      sn_chart_outcome *outcome,
                      sn_error *err)
{
    static const bool all[SN_CHART_COUNT] = {true, true, true, true, true, true,
                                             true, true, true, true, true, true,
                                             true, true, true, true};
    char folder[PATH_SIZE];
    (void)snprintf(folder, sizeof folder, "%s/charts", run_folder);
    sn_chart_job job = {.summary = input->summary,
                        .result = input->result,
                        .n_data = input->n_data,
                        .folder = folder,
                        .county = options->county,
                        .geojson = options->geojson,
                        .swedish = !options->english,
                        .csv_swedish = options->csv_swedish,
                        .size = options->size,
                        .formats =
                            options->formats != 0 ? options->formats : SN_FORMAT_ALL};
    for (size_t i = 0; i < input->n_data; i++) {
        job.data[i] = input->data[i];
    }
    return sn_charts_draw(&job, options->wanted != NULL ? options->wanted : all, outcome,
                          err);
}

sn_status sn_plots_run(const char *run_folder,
                       const sn_plots_options *options,
                       sn_chart_outcome *outcome_out,
                       sn_error *err)
{
    sn_plots_input input;
    sn_chart_outcome outcome[SN_CHART_COUNT];
    memset(outcome, 0, sizeof outcome);
    sn_status status = sn_plots_open(run_folder, options->data, &input, err);
    if (status != SN_OK) {
        return status;
    }
    sn_status drawn =
        input.result == NULL ? SN_OK : draw(run_folder, options, &input, outcome, err);
    if (!options->no_report && (drawn == SN_OK || drawn == SN_E_TOOL)) {
        sn_report_job report = {.summary = input.summary,
                                .run_folder = run_folder,
                                .swedish = !options->english,
                                .outcome = outcome,
                                .has_charts = drawn == SN_OK && input.result != NULL};
        status = sn_report_write(&report, drawn == SN_OK ? err : NULL);
    }
    for (size_t i = 0; i < SN_CHART_COUNT; i++) {
        if (outcome_out != NULL) {
            outcome_out[i] = outcome[i];
        } else {
            sn_chart_outcome_release(&outcome[i]);
        }
    }
    sn_plots_close(&input);
    return drawn != SN_OK ? drawn : status;
}

sn_status sn_plots_tell(const char *run_folder,
                        const sn_chart_outcome *outcome,
                        bool english,
                        sn_error *err)
{
    static const int told[] = {1, 2, 6};
    sn_plots_input input = {0};
    sn_status status = read_summary(run_folder, &input, err);
    if (status == SN_OK) {
        const char *label =
            sn_text_at(input.summary, "label", english ? "en" : "sv", NULL);
        if (label[0] != '\0') {
            (void)printf("%s\n\n", label);
        }
        for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
            const sn_chart_outcome *o = &outcome[told[i] - 1];
            if (o->drawn && o->finding[0] != '\0') {
                (void)printf("%s\n  %s\n", o->title, o->finding);
            }
        }
        (void)printf("\n");
    }
    sn_plots_close(&input);
    return status;
}
