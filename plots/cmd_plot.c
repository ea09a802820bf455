/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt plot: draw charts and the report of a run. */
#include "base/options.h"
#include "plots.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt plot --all --run out/demo/run --lang en",
    "snitt plot Q2 Q7 --run out/demo/run --size square --format svg,png", NULL};

const sn_command sn_cmd_plot = {
    .name = "plot",
    .arguments = "[QUESTION...]",
    .summary = "draw the charts and the report of a run again",
    .needs = "result",
    .details =
        "A question is Q1 to Q16; without one, or with --all, every chart is drawn "
        "whose data are there, and report.html is written again. Charts go to the "
        "run's charts/: the picture in each format, the plotted numbers as CSV and a "
        "text for those who cannot see it. Nothing is computed again.",
    .examples = examples,
    .run = run,
};

typedef struct plot_words {
    const char *run;
    const char *lang;
    const char *size;
    const char *format;
    const char *locale;
    const char *county;
    const char *geojson;
    bool all;
    sn_option_list data;
    sn_option_list questions;
} plot_words;

static sn_chart_size size_of(const char *word)
{
    static const char *const names[SN_N_SIZE] = {"slide", "a4", "square", "social"};
    size_t i = 0;
    while (i + 1 < SN_N_SIZE && strcmp(word, names[i]) != 0) {
        i++;
    }
    return (sn_chart_size)i;
}

static sn_status
read_questions(const plot_words *words, bool wanted[SN_CHART_COUNT], sn_error *err)
{
    bool all = words->all || words->questions.n == 0;
    for (size_t i = 0; i < SN_CHART_COUNT; i++) {
        wanted[i] = all;
    }
    for (size_t i = 0; i < words->questions.n; i++) {
        size_t chart = sn_chart_find(words->questions.item[i]);
        if (chart == SIZE_MAX) {
            return sn_error_set(err, SN_E_USAGE,
                                "there is no question \"%.20s\": Q1 to Q16",
                                words->questions.item[i]);
        }
        wanted[chart] = true;
    }
    return SN_OK;
}

static sn_status
read_words(const plot_words *words, sn_plots_options *o, bool *wanted, sn_error *err)
{
    o->english = strcmp(words->lang, "en") == 0;
    o->csv_swedish = strcmp(words->locale, "sv") == 0;
    o->size = size_of(words->size);
    sn_status status =
        sn_options_names("format", words->format, "svg,pdf,png", &o->formats, err);
    if (status == SN_OK) {
        status = read_questions(words, wanted, err);
    }
    o->wanted = wanted;
    o->county = words->county;
    o->geojson = words->geojson;
    o->no_report = words->questions.n > 0 && !words->all;
    return status;
}

/* A chart asked for by name that cannot be drawn is a failure; one of --all is told. */
static sn_status tell_outcome(const plot_words *words,
                              sn_chart_outcome outcome[SN_CHART_COUNT],
                              sn_error *err)
{
    sn_status status = SN_OK;
    bool named = words->questions.n > 0 && !words->all;
    for (size_t i = 0; i < SN_CHART_COUNT; i++) {
        const sn_chart_outcome *o = &outcome[i];
        if (o->missing != NULL && o->missing[0] != '\0') {
            (void)fprintf(stderr, "snitt plot: Q%zu is not drawn: %s\n", i + 1,
                          o->missing_en);
            if (named && status == SN_OK) {
                status = sn_error_set(err, SN_E_NOT_FOUND, "Q%zu has no data", i + 1);
            }
        } else if (o->drawn) {
            (void)printf("%s/charts/%s\n", words->run, sn_chart_id(i));
        }
        sn_chart_outcome_release(&outcome[i]);
    }
    return status;
}

static sn_status plot(const plot_words *words, sn_error *err)
{
    bool wanted[SN_CHART_COUNT];
    const char *data[SN_CHART_DATA_MAX + 1] = {NULL};
    sn_chart_outcome outcome[SN_CHART_COUNT];
    sn_plots_options o = {0};
    memset(outcome, 0, sizeof outcome);
    sn_status status = read_words(words, &o, wanted, err);
    if (status == SN_OK && words->data.n > SN_CHART_DATA_MAX) {
        status = sn_error_set(err, SN_E_USAGE, "at most %d files of --data",
                              (int)SN_CHART_DATA_MAX);
    }
    for (size_t i = 0; i < words->data.n && status == SN_OK; i++) {
        data[i] = words->data.item[i];
    }
    o.data = data;
    if (status != SN_OK) {
        return status;
    }
    status = sn_plots_run(words->run, &o, outcome, err);
    sn_error first = {0};
    sn_status told = tell_outcome(words, outcome, status == SN_OK ? err : &first);
    return status != SN_OK ? status : told;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    plot_words words = {
        .lang = "sv", .size = "slide", .format = "svg,pdf,png", .locale = "en"};
    const sn_option options[] = {
        SN_REQUIRED("run", "DIR", "folder of a finished run", &words.run),
        SN_FLAG("all", "every chart and the report (also when none is named)",
                &words.all),
        SN_VALUE("lang", "sv|en", "language of charts and report (default: sv)",
                 &words.lang),
        SN_VALUE("size", "slide|a4|square|social",
                 "shape of the pictures (default: slide)", &words.size),
        SN_VALUE("format", "LIST", "of svg, pdf, png (default: all three)",
                 &words.format),
        SN_VALUE("county", "CODE", "two-digit code or name of a county, for Q3",
                 &words.county),
        SN_VALUE("geojson", "FILE", "polygons of municipalities: Q3 with a map",
                 &words.geojson),
        SN_VALUE("locale", "sv|en", "sv: CSV with decimal comma, for Excel in Swedish",
                 &words.locale),
        SN_REPEATED(
            "data", "FILE",
            "JSON of another command of snitt, for the questions that need one; may be "
            "repeated",
            &words.data),
    };
    (void)exit_code;
    sn_status status =
        SN_OPTIONS_PARSE(&sn_cmd_plot, options, argc, argv, &words.questions, err);
    return status == SN_OK ? plot(&words, err) : status;
}
