/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The charts of a run, one a question (Q1 ... Q16).  A chart reads results only: the
 * run's summary and result file, and for some questions a further JSON file that
 * another command made (sn_chart_job.data).
 */
#ifndef SN_CHARTS_H
#define SN_CHARTS_H

#include "base/error.h"
#include "result.h"

#include <jansson.h>
#include <stdbool.h>

typedef enum sn_chart_size {
    SN_SIZE_SLIDE,  /* 1280 x 720 */
    SN_SIZE_A4,     /* 1123 x 794, lying */
    SN_SIZE_SQUARE, /* 1080 x 1080, panels above each other */
    SN_SIZE_SOCIAL, /* 1200 x 628 */
    SN_N_SIZE,
} sn_chart_size;

enum { SN_FORMAT_SVG = 1, SN_FORMAT_PDF = 2, SN_FORMAT_PNG = 4, SN_FORMAT_ALL = 7 };

enum { SN_CHART_COUNT = 16, SN_CHART_DATA_MAX = 16 };

/** What to draw and how.  Everything is borrowed. */
typedef struct sn_chart_job {
    const json_t *summary;
    const sn_result *result;
    const json_t *data[SN_CHART_DATA_MAX]; /* found by their key "schema" */
    size_t n_data;
    const char *county;  /* two-digit code or name, NULL: all of Sweden (Q3) */
    const char *geojson; /* polygons for the map of Q3; NULL: bars only */
    const char *folder;  /* charts/ of the run; made when absent */
    bool swedish;
    bool csv_swedish; /* decimal comma, semicolon, byte order mark: for Excel */
    sn_chart_size size;
    unsigned formats; /* SN_FORMAT_... */
} sn_chart_job;

/** What came of one chart; texts are owned, see sn_chart_outcome_release(). */
typedef struct sn_chart_outcome {
    bool drawn;
    char *title;      /* the question */
    char *finding;    /* the answer in a sentence, "" when there is none */
    char *alt;        /* what a reader who cannot see the chart is told */
    char *missing;    /* why it was not drawn: what to run; "" when drawn */
    char *missing_en; /* the same in English, for stderr */
} sn_chart_outcome;

/** The chart that draws this data ("Q11"), "" when none does. */
const char *sn_chart_of_data(const json_t *data);
/** "q01" of chart 0 and so on. */
const char *sn_chart_id(size_t chart);
const char *sn_chart_question(size_t chart, bool swedish);
/** Chart of a name such as "Q5", "q05" or "5"; SIZE_MAX when there is none. */
size_t sn_chart_find(const char *name);

/**
 * Writes QNN*.csv, qNN.alt.txt and gnuplot/qNN.gp with its data files, then draws
 * qNN.svg, .pdf and .png with gnuplot, at most two at a time.
 * @param wanted       [SN_CHART_COUNT] which charts
 * @param outcome_out  [SN_CHART_COUNT] zeroed first
 * @return SN_E_TOOL when gnuplot is missing or fails: tables and texts are there
 */
SN_CHECKED sn_status sn_charts_draw(const sn_chart_job *job,
                                    const bool *wanted,
                                    sn_chart_outcome *outcome_out,
                                    sn_error *err);
void sn_chart_outcome_release(sn_chart_outcome *outcome);

#endif
