/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Charts and report of a finished run. */
#ifndef SN_PLOTS_H
#define SN_PLOTS_H

#include "charts.h"

/** Zero means: Swedish, slide, every format, every chart, no further data. */
typedef struct sn_plots_options {
    bool english;
    bool csv_swedish;
    sn_chart_size size;
    unsigned formats;        /* 0: all */
    const bool *wanted;      /* [SN_CHART_COUNT], NULL: all */
    const char *const *data; /* further JSON files, NULL-terminated or NULL */
    const char *geojson;     /* map of Q3, NULL: bars only */
    const char *county;      /* of Q3, NULL: all */
    bool no_report;
} sn_plots_options;

/** A run opened for reading: its summary, result and further data. */
typedef struct sn_plots_input {
    json_t *summary;
    sn_result *result; /* NULL when the run failed its check */
    json_t *data[SN_CHART_DATA_MAX];
    size_t n_data;
} sn_plots_input;

/**
 * Read run_folder/summary.json and result.h5, the JSON files named in data, and those
 * that other commands left in the run's folder.
 * @return SN_E_FORMAT for another summary, or data without a "schema"
 */
SN_CHECKED sn_status sn_plots_open(const char *run_folder,
                                   const char *const *data,
                                   sn_plots_input *out,
                                   sn_error *err);
/** A JSON file of another command; SN_E_FORMAT when it has no "schema". */
SN_CHECKED sn_status sn_plots_read_data(const char *path, json_t **out, sn_error *err);
void sn_plots_close(sn_plots_input *input);

/**
 * Write charts/qNN.{svg,png,pdf,csv,alt.txt} and report.html into the run's folder.
 * @param outcome_out  [SN_CHART_COUNT] may be NULL; else release each
 * @return SN_E_TOOL when gnuplot is missing or fails (the run's results stay, and the
 *         report is written with the tables); SN_E_FORMAT for another summary
 */
SN_CHECKED sn_status sn_plots_run(const char *run_folder,
                                  const sn_plots_options *options,
                                  sn_chart_outcome *outcome_out,
                                  sn_error *err);

/**
 * The answers in words on standard output: the label of the run ("stiliserat modellår"),
 * then question and sentence of Q1, Q2 and Q6 where they were drawn.
 */
SN_CHECKED sn_status sn_plots_tell(const char *run_folder,
                                   const sn_chart_outcome *outcome,
                                   bool english,
                                   sn_error *err);

#endif
