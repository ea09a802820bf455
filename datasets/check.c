/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a series tells by itself. */
#include "check.h"

#include "area.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Harmonised limits of the day-ahead market: -500 EUR/MWh, and at most 5000 so far. */
#define PRICE_MIN_EUR_PER_MWH (-500.0)
#define PRICE_MAX_EUR_PER_MWH 5000.0
#define SEK_PER_EUR_MAX 15.0
/* Ratings in area.h are of 2016-2020 and borders grow. */
#define FLOW_RATING_MAX 2.0
/* A day's load or generation is never so far from the usual day's. */
#define UNIT_RATIO 30.0

enum { FINDINGS_BYTES_MAX = 1 << 20, DAY_H = 22 };

void sn_findings_init(sn_findings *findings)
{
    *findings = (sn_findings){0};
    sn_strbuf_init(&findings->text, FINDINGS_BYTES_MAX);
}

void sn_findings_release(sn_findings *findings)
{
    sn_strbuf_release(&findings->text);
    sn_check_release_doubts(findings);
}

sn_status sn_check_say(sn_findings *findings, sn_error *err, const char *format, ...)
{
    char line[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    findings->n++;
    return sn_strbuf_printf(&findings->text, err, "%s\n", line);
}

bool sn_check_doubt(sn_series *series, size_t i, sn_findings *findings)
{
    if (series->flag[i] == SN_FLAG_GAP || series->flag[i] == SN_FLAG_SUSPECT) {
        return false;
    }
    series->flag[i] = SN_FLAG_SUSPECT;
    findings->n_value++;
    return true;
}

/* Values outside [low, high]. */
static sn_status check_limits(sn_series *series,
                              double low,
                              double high,
                              const char *why,
                              sn_findings *findings,
                              sn_error *err)
{
    size_t n = 0;
    size_t first = 0;
    for (size_t i = 0; i < series->axis.n; i++) {
        if (series->value[i] < low || series->value[i] > high) {
            first = n == 0 ? i : first;
            n++;
            (void)sn_check_doubt(series, i, findings);
        }
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0
               ? SN_OK
               : sn_check_say(findings, err,
                              "%s of %s from %s: %zu values outside %g to %g %s, %s; "
                              "the first is %g at %s",
                              sn_quantity_name(series->key.quantity), series->key.subject,
                              series->key.source, n, low, high,
                              sn_quantity_unit(series->key.quantity), why,
                              series->value[first],
                              sn_instant_format(sn_axis_at(&series->axis, first), text));
}

static sn_status check_flow(sn_series *series, sn_findings *findings, sn_error *err)
{
    for (size_t b = 0; b < sn_border_count; b++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(&sn_borders[b], name);
        if (strcmp(name, series->key.subject) == 0) {
            return check_limits(series, -FLOW_RATING_MAX * sn_borders[b].rated_back_mw,
                                FLOW_RATING_MAX * sn_borders[b].rated_forward_mw,
                                "twice the border's rating", findings, err);
        }
    }
    return SN_OK;
}

/* Runs of zeros as long as a day. */
static sn_status check_zero_days(sn_series *series, sn_findings *findings, sn_error *err)
{
    size_t day = (size_t)(DAY_H * SN_HOUR_S / series->axis.step_s);
    size_t n = 0;
    size_t first = 0;
    for (size_t i = 0; i < series->axis.n;) {
        size_t end = i;
        while (end < series->axis.n && series->value[end] == 0.0) {
            end++;
        }
        for (size_t k = i; k < end && end - i >= day; k++) {
            first = n == 0 ? k : first;
            n++;
            (void)sn_check_doubt(series, k, findings);
        }
        i = end + 1;
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0
               ? SN_OK
               : sn_check_say(findings, err,
                              "%s of %s from %s: %zu values in whole days of zeros, "
                              "the first at %s",
                              sn_quantity_name(series->key.quantity), series->key.subject,
                              series->key.source, n,
                              sn_instant_format(sn_axis_at(&series->axis, first), text));
}

static int compare(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;
    return (*left > *right) - (*left < *right);
}

static double median(double *value, size_t n)
{
    qsort(value, n, sizeof *value, compare);
    return value[n / 2];
}

/* Median size of the values [from, end), NaN when there are none. */
static double size_of(const sn_series *series, size_t from, size_t end, double *scratch)
{
    size_t n = 0;
    for (size_t i = from; i < end; i++) {
        if (!isnan(series->value[i]) && series->value[i] != 0.0) {
            scratch[n++] = fabs(series->value[i]);
        }
    }
    return n == 0 ? (double)NAN : median(scratch, n);
}

static sn_status say_unit(const sn_series *series,
                          size_t first,
                          size_t n,
                          double ratio,
                          sn_findings *findings,
                          sn_error *err)
{
    char text[SN_INSTANT_TEXT_SIZE];
    return sn_check_say(
        findings, err,
        "%s of %s from %s: %zu days are out of size, the first %.3g times "
        "the usual day, from %s: another unit?",
        sn_quantity_name(series->key.quantity), series->key.subject, series->key.source,
        n, ratio, sn_instant_format(sn_axis_at(&series->axis, first), text));
}

/* Days that are many times the usual day. */
static sn_status check_unit(sn_series *series, sn_findings *findings, sn_error *err)
{
    size_t day = (size_t)(SN_DAY_S / series->axis.step_s);
    size_t n_day = series->axis.n / day;
    double *size = calloc(n_day + 1, sizeof *size);
    double *known = calloc(n_day + day + 1, sizeof *known);
    if (size == NULL || known == NULL) {
        free(size);
        free(known);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    size_t n_known = 0;
    for (size_t d = 0; d < n_day; d++) {
        size[d] = size_of(series, d * day, (d + 1) * day, known);
    }
    for (size_t d = 0; d < n_day; d++) {
        if (!isnan(size[d])) {
            known[n_known++] = size[d];
        }
    }
    double usual = n_known > 0 ? median(known, n_known) : (double)NAN;
    size_t n = 0;
    size_t first = 0;
    for (size_t d = 0; d < n_day; d++) {
        if (size[d] > UNIT_RATIO * usual || size[d] < usual / UNIT_RATIO) {
            first = n == 0 ? d : first;
            n++;
            for (size_t i = d * day; i < (d + 1) * day; i++) {
                (void)sn_check_doubt(series, i, findings);
            }
        }
    }
    sn_status status =
        n == 0 ? SN_OK
               : say_unit(series, first * day, n, size[first] / usual, findings, err);
    free(size);
    free(known);
    return status;
}

sn_status sn_check_series(sn_series *series, sn_findings *findings, sn_error *err)
{
    sn_status status = SN_OK;
    if (series->key.step_s > SN_HOUR_S) {
        return SN_OK;
    }
    switch (series->key.quantity) {
    case SN_PRICE_EUR:
        status = check_limits(series, PRICE_MIN_EUR_PER_MWH, PRICE_MAX_EUR_PER_MWH,
                              "the market's limits", findings, err);
        return status == SN_OK ? check_zero_days(series, findings, err) : status;
    case SN_PRICE_SEK:
        status = check_limits(series, SEK_PER_EUR_MAX * PRICE_MIN_EUR_PER_MWH,
                              SEK_PER_EUR_MAX * PRICE_MAX_EUR_PER_MWH,
                              "the market's limits", findings, err);
        return status == SN_OK ? check_zero_days(series, findings, err) : status;
    case SN_FLOW_DAY_AHEAD:
    case SN_FLOW_MEASURED:
        return check_flow(series, findings, err);
    case SN_LOAD:
    case SN_LOAD_FORECAST:
    case SN_GENERATION:
    case SN_GENERATION_FORECAST:
        status = check_zero_days(series, findings, err);
        return status == SN_OK ? check_unit(series, findings, err) : status;
    default:
        return SN_OK;
    }
}
