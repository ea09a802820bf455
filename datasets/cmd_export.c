/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt export: series of the store as a file for other programs. */
#include "base/options.h"
#include "base/os.h"
#include "export.h"
#include "resample.h"
#include "store_choice.h"
#include "store_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

enum { TEXT_BYTES_MAX = 1 << 30 };

static const char *const examples[] = {
    "snitt export --store DIR --quantity price_eur_per_mwh --area SE3 --from 2024-01-01 "
    "--to 2025-01-01 --locale sv -o SE3.csv",
    "snitt export --store DIR --area SE4 --source svk --step 3600 --rule mean "
    "--format h5 -o SE4.h5",
    NULL};

const sn_command sn_cmd_export = {
    .name = "export",
    .arguments = "",
    .summary = "write series of the store as CSV, JSON or HDF5",
    .needs = "store",
    .details =
        "Every chosen series on one axis: CSV has a row an interval and a column a "
        "series, JSON also where the values came from, h5 is HDF5 that netCDF "
        "programs read. --locale sv writes semicolons and decimal commas for "
        "spreadsheets in Swedish.\n\n"
        "Series of different steps need --step and, where they are not of that step, "
        "a --rule: mean makes steps longer (energy is kept; a part missing makes a "
        "gap), hold makes them shorter. Where a source has both steps (60 minutes "
        "became 15 in autumn 2025) the result is one series.\n\n"
        "A gap is an empty cell or null; --flags adds whether a value is stated, "
        "filled or suspect.",
    .examples = examples,
    .run = run,
};

typedef struct export_job {
    sn_store_choice choice;
    const char *format;
    const char *locale;
    const char *step;
    const char *rule;
    const char *output;
    bool flags;
    int32_t step_s; /* 0: the series' own */
    sn_resample_rule rule_kind;
    sn_export_column *column; /* [n] sorted by key */
    size_t n;
} export_job;

static sn_status read_words(export_job *job, sn_error *err)
{
    (void)sn_resample_rule_find(job->rule, &job->rule_kind); /* its names are allowed */
    if (job->step != NULL) {
        job->step_s = (int32_t)strtol(job->step, NULL, 10);
    }
    if (strcmp(job->format, "h5") == 0 && job->output == NULL) {
        return sn_error_set(err, SN_E_USAGE, "--format h5 needs a file: -o FILE");
    }
    return SN_OK;
}

/* The period of all that is chosen, on whole steps of the result. */
static sn_status common_period(const export_job *job,
                               const sn_store_entry *entries,
                               size_t n,
                               sn_instant *from,
                               sn_instant *to,
                               sn_error *err)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        sn_instant a;
        sn_instant b;
        if (!sn_store_choice_has(&job->choice, &entries[i].key) ||
            !sn_store_choice_period(&job->choice, &entries[i], &a, &b)) {
            continue;
        }
        from->utc_s = !found || a.utc_s < from->utc_s ? a.utc_s : from->utc_s;
        to->utc_s = !found || b.utc_s > to->utc_s ? b.utc_s : to->utc_s;
        found = true;
    }
    return found ? SN_OK : sn_store_choice_none(err);
}

static sn_status
find_step(export_job *job, const sn_store_entry *entries, size_t n, sn_error *err)
{
    for (size_t i = 0; job->step == NULL && i < n; i++) {
        sn_instant from;
        sn_instant to;
        int32_t step_s = entries[i].key.step_s;
        if (!sn_store_choice_has(&job->choice, &entries[i].key) ||
            !sn_store_choice_period(&job->choice, &entries[i], &from, &to)) {
            continue;
        }
        if (job->step_s != 0 && job->step_s != step_s) {
            return sn_error_set(err, SN_E_USAGE,
                                "the series have steps of %d s and %d s: give --step and "
                                "--rule, or choose fewer",
                                (int)job->step_s, (int)step_s);
        }
        job->step_s = step_s;
    }
    return SN_OK;
}

/* Add one stored series to the column of its key, made on the axis when new. */
static sn_status add_series(export_job *job,
                            const sn_store_entry *entry,
                            const sn_axis *axis,
                            const sn_series *stored,
                            sn_error *err)
{
    sn_series part;
    sn_status status =
        sn_series_resample(stored, job->step_s, job->rule_kind, &part, err);
    if (status != SN_OK) {
        return status;
    }
    sn_export_column *column = job->n > 0 ? &job->column[job->n - 1] : NULL;
    if (column == NULL || sn_series_key_compare(&column->series.key, &part.key) != 0) {
        column = &job->column[job->n];
        status = sn_series_init(&column->series, &part.key, *axis, err);
        column->licence = entry->licence;
        column->attribution = entry->attribution;
        column->origin = entry->origin;
        column->raw_sha256 = entry->raw_sha256;
        job->n += status == SN_OK;
    }
    if (status == SN_OK) {
        sn_series_fill_from(&column->series, &part);
    }
    sn_series_release(&part);
    return status;
}

static int64_t floor_to(int64_t t_s, int32_t step_s)
{
    enum { MONDAY_S = 4 * SN_DAY_S };
    int64_t past_s = (t_s - (step_s == SN_WEEK_S ? MONDAY_S : 0)) % step_s;
    return t_s - (past_s < 0 ? past_s + step_s : past_s);
}

static sn_status read_all(export_job *job, sn_store *store, sn_error *err)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    sn_instant from = {0};
    sn_instant to = {0};
    sn_status status = sn_store_catalogue(store, &entries, &n, err);
    if (status == SN_OK) {
        status = common_period(job, entries, n, &from, &to, err);
    }
    if (status == SN_OK) {
        status = find_step(job, entries, n, err);
    }
    job->column = status == SN_OK ? calloc(n + 1, sizeof *job->column) : NULL;
    if (status == SN_OK && job->column == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu series", n);
    }
    if (status != SN_OK) {
        return status;
    }
    int64_t start_s = floor_to(from.utc_s, job->step_s);
    int64_t end_s = floor_to(to.utc_s + job->step_s - 1, job->step_s);
    sn_axis axis = {{start_s}, job->step_s, (size_t)((end_s - start_s) / job->step_s)};
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        sn_series stored;
        if (!sn_store_choice_has(&job->choice, &entries[i].key)) {
            continue;
        }
        status = sn_store_read(store, &entries[i].key, axis.start, (sn_instant){end_s},
                               &stored, err);
        if (status == SN_OK) {
            status = add_series(job, &entries[i], &axis, &stored, err);
            sn_series_release(&stored);
        }
    }
    return status;
}

static sn_status write_h5(const export_job *job, sn_error *err)
{
    void *bytes = NULL;
    size_t size = 0;
    sn_series *series = calloc(job->n, sizeof *series);
    const char **attribution = calloc(job->n, sizeof *attribution);
    sn_status status = SN_OK;
    if (series == NULL || attribution == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for %zu series", job->n);
    }
    for (size_t c = 0; status == SN_OK && c < job->n; c++) {
        series[c] = job->column[c].series;
        attribution[c] = job->column[c].attribution;
    }
    if (status == SN_OK) {
        status = sn_store_export_hdf5(series, attribution, job->n, &bytes, &size, err);
    }
    if (status == SN_OK) {
        status = sn_os_write_file(job->output, bytes, size, err);
    }
    free(bytes);
    free(attribution);
    free(series);
    return status;
}

static sn_status write_text(const export_job *job, sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, TEXT_BYTES_MAX);
    sn_status status =
        strcmp(job->format, "json") == 0
            ? sn_export_json(job->column, job->n, &text, err)
            : sn_export_csv(job->column, job->n, strcmp(job->locale, "sv") == 0,
                            job->flags, &text, err);
    if (status == SN_OK && job->output != NULL) {
        status = sn_os_write_file(job->output, text.data, text.len, err);
    } else if (status == SN_OK && (fwrite(text.data, 1, text.len, stdout) != text.len ||
                                   fflush(stdout) != 0)) {
        status = sn_error_set(err, SN_E_IO, "standard output cannot be written");
    }
    sn_strbuf_release(&text);
    return status;
}

static sn_status export_all(export_job *job, sn_error *err)
{
    sn_store *store = NULL;
    sn_status status = read_words(job, err);
    if (status == SN_OK) {
        status = sn_store_choice_open(&job->choice, &store, err);
    }
    if (status == SN_OK) {
        status = read_all(job, store, err);
    }
    if (status == SN_OK) {
        status =
            strcmp(job->format, "h5") == 0 ? write_h5(job, err) : write_text(job, err);
    }
    if (status == SN_OK) {
        (void)fprintf(stderr, "%zu series, %zu intervals of %d s\n", job->n,
                      job->column[0].series.axis.n, (int)job->step_s);
    }
    for (size_t c = 0; c < job->n; c++) {
        sn_series_release(&job->column[c].series);
    }
    free(job->column);
    sn_store_close(store);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    static export_job job = {.format = "csv", .locale = "en", .rule = "none"};
    sn_option options[SN_STORE_CHOICE_OPTIONS + 6] = {
        [SN_STORE_CHOICE_OPTIONS] =
            SN_VALUE("format", "csv|json|h5", "h5 is HDF5 (default: csv)", &job.format),
        SN_VALUE("locale", "en|sv", "sv: semicolons and decimal commas (default: en)",
                 &job.locale),
        SN_VALUE("step", "900|3600|86400|604800", "seconds (default: the series' own)",
                 &job.step),
        SN_VALUE("rule", "none|mean|hold", "how to come to that step (default: none)",
                 &job.rule),
        SN_FLAG("flags", "add the kind of each value (CSV)", &job.flags),
        SN_VALUE("o", "FILE", "write to a file instead of standard output", &job.output),
    };
    (void)exit_code;
    sn_store_choice_options(&job.choice, options);
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_export, options, argc, argv, NULL, err);
    return status == SN_OK ? export_all(&job, err) : status;
}
