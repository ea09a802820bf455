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
/* An hour's load is never so far from the area's usual load; generation may be little. */
#define UNIT_RATIO 30.0
#define GENERATION_RATIO 300.0

enum { FINDINGS_BYTES_MAX = 1 << 20 };

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

/* Values of a size that the area's load never has: those are in another unit. */
static sn_status check_size(sn_series *series, sn_findings *findings, sn_error *err)
{
    const sn_area *area = sn_area_find(series->key.subject);
    bool is_load =
        series->key.quantity == SN_LOAD || series->key.quantity == SN_LOAD_FORECAST;
    double least = 1.0 / (is_load ? UNIT_RATIO : GENERATION_RATIO);
    size_t n = 0;
    size_t first = 0;
    for (size_t i = 0; area != NULL && i < series->axis.n; i++) {
        double share = fabs(series->value[i]) / area->usual_load_mw;
        if (share > UNIT_RATIO || (share < least && share > 0.0)) {
            first = n == 0 ? i : first;
            n++;
            (void)sn_check_doubt(series, i, findings);
        }
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0
               ? SN_OK
               : sn_check_say(findings, err,
                              "%s of %s from %s: %zu values are out of size, the "
                              "first is %.4g MW at %s where a usual load is %.0f MW: "
                              "another unit?",
                              sn_quantity_name(series->key.quantity), series->key.subject,
                              series->key.source, n, series->value[first],
                              sn_instant_format(sn_axis_at(&series->axis, first), text),
                              area->usual_load_mw);
}

sn_status sn_check_series(sn_series *series, sn_findings *findings, sn_error *err)
{
    if (series->key.step_s > SN_HOUR_S) {
        return SN_OK;
    }
    switch (series->key.quantity) {
    case SN_PRICE_EUR:
        return check_limits(series, PRICE_MIN_EUR_PER_MWH, PRICE_MAX_EUR_PER_MWH,
                            "the market's limits", findings, err);
    case SN_PRICE_SEK:
        return check_limits(series, SEK_PER_EUR_MAX * PRICE_MIN_EUR_PER_MWH,
                            SEK_PER_EUR_MAX * PRICE_MAX_EUR_PER_MWH,
                            "the market's limits", findings, err);
    case SN_FLOW_DAY_AHEAD:
    case SN_FLOW_MEASURED:
        return check_flow(series, findings, err);
    case SN_LOAD:
    case SN_LOAD_FORECAST:
    case SN_GENERATION:
    case SN_GENERATION_FORECAST:
        return check_size(series, findings, err);
    default:
        return SN_OK;
    }
}
