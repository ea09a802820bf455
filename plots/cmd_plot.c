/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt plot: draw charts and the report of a run. */
#include "base/options.h"
#include "plots.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int sn_cmd_plot(int argc, char **argv);

static const char *const examples[] = {
    "snitt plot --all --run out/demo/run --lang en",
    "snitt plot Q2 Q7 --run out/demo/run --size square --format svg,png", NULL};

static const sn_command_doc doc = {
    "plot",
    "[QUESTION...]",
    "draw the charts and the report of a run again",
    "A question is Q1 to Q16; without one, or with --all, every chart is drawn whose "
    "data are there, and report.html is written again. Charts go to the run's charts/: "
    "the picture in each format, the plotted numbers as CSV and a text for those who "
    "cannot see it. Nothing is computed again.",
    examples,
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

static sn_status choose(const char *option,
                        const char *word,
                        const char *a,
                        const char *b,
                        bool *is_b,
                        sn_error *err)
{
    *is_b = strcmp(word, b) == 0;
    if (!*is_b && strcmp(word, a) != 0) {
        return sn_error_set(err, SN_E_USAGE, "--%s is %s or %s, not \"%.20s\"", option, a,
                            b, word);
    }
    return SN_OK;
}

static sn_status read_size(const char *word, sn_chart_size *out, sn_error *err)
{
    static const char *const names[SN_N_SIZE] = {"slide", "a4", "square", "social"};
    for (size_t i = 0; i < SN_N_SIZE; i++) {
        if (strcmp(word, names[i]) == 0) {
            *out = (sn_chart_size)i;
            return SN_OK;
        }
    }
    return sn_error_set(err, SN_E_USAGE,
                        "--size is slide, a4, square or social, not \"%.20s\"", word);
}

static sn_status read_formats(const char *word, unsigned *out, sn_error *err)
{
    static const char *const names[] = {"svg", "pdf", "png"};
    *out = 0;
    while (*word != '\0') {
        size_t n = strcspn(word, ",");
        size_t k = 0;
        while (k < 3 && (strlen(names[k]) != n || strncmp(names[k], word, n) != 0)) {
            k++;
        }
        if (k == 3) {
            return sn_error_set(err, SN_E_USAGE,
                                "--format lists svg, pdf and png, not \"%.20s\"", word);
        }
        *out |= 1u << k;
        word += n + (word[n] == ',');
    }
    return *out != 0 ? SN_OK : sn_error_set(err, SN_E_USAGE, "--format is empty");
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
    if (words->run == NULL) {
        return sn_error_set(err, SN_E_USAGE, "--run DIR is missing");
    }
    sn_status status = choose("lang", words->lang, "sv", "en", &o->english, err);
    if (status == SN_OK) {
        status = choose("locale", words->locale, "en", "sv", &o->csv_swedish, err);
    }
    if (status == SN_OK) {
        status = read_size(words->size, &o->size, err);
    }
    if (status == SN_OK) {
        status = read_formats(words->format, &o->formats, err);
    }
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
                          o->missing);
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

int sn_cmd_plot(int argc, char **argv)
{
    plot_words words = {
        .lang = "sv", .size = "slide", .format = "svg,pdf,png", .locale = "en"};
    const sn_option options[] = {
        {"run", "DIR", "folder of a finished run", NULL, &words.run, NULL},
        {"all", NULL, "every chart and the report (also when none is named)", &words.all,
         NULL, NULL},
        {"lang", "sv|en", "language of charts and report (default: sv)", NULL,
         &words.lang, NULL},
        {"size", "slide|a4|square|social", "shape of the pictures (default: slide)", NULL,
         &words.size, NULL},
        {"format", "LIST", "of svg, pdf, png (default: all three)", NULL, &words.format,
         NULL},
        {"county", "CODE", "two-digit code or name of a county, for Q3", NULL,
         &words.county, NULL},
        {"geojson", "FILE", "polygons of municipalities: Q3 with a map", NULL,
         &words.geojson, NULL},
        {"locale", "sv|en", "sv: CSV with decimal comma, for Excel in Swedish", NULL,
         &words.locale, NULL},
        {"data", "FILE",
         "JSON of another command of snitt, for the questions that need one; may be "
         "repeated",
         NULL, NULL, &words.data},
    };
    bool help = false;
    sn_error err = {0};
    sn_status status = sn_options_parse(&doc, options, sizeof options / sizeof *options,
                                        argc, argv, &words.questions, &help, &err);
    if (status == SN_OK && help) {
        return SN_EXIT_DONE;
    }
    if (status == SN_OK) {
        status = plot(&words, &err);
    }
    if (status != SN_OK) {
        sn_error_print(&err, "plot");
        return sn_status_exit_code(status);
    }
    return SN_EXIT_DONE;
}
