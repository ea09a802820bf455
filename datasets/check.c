/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a series tells by itself: each value, and days of zeros. */
#include "check_known.h"

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

enum { FINDINGS_BYTES_MAX = 1 << 20, ZEROS_H = 22 };

void sn_findings_init(sn_findings *findings)
{
    *findings = (sn_findings){0};
    sn_strbuf_init(&findings->text, FINDINGS_BYTES_MAX);
}

void sn_findings_release(sn_findings *findings)
{
    sn_strbuf_release(&findings->text);
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

/* ---- each value ---- */

/* Values outside [low, high]. */
static sn_status check_limits(const sn_scene *scene,
                              const sn_known *known,
                              double low,
                              double high,
                              const char *why,
                              sn_error *err)
{
    size_t n = 0;
    size_t first = 0;
    for (size_t i = 0; i < known->axis.n; i++) {
        if (known->value[i] < low || known->value[i] > high) {
            first = n == 0 && known->arrives[i] ? i : first;
            n += known->arrives[i];
            known->doubt[i] = 1;
        }
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0
               ? SN_OK
               : sn_check_say(scene->findings, err,
                              "%s of %s from %s: %zu values outside %g to %g %s, %s; "
                              "the first is %g at %s",
                              sn_quantity_name(known->key.quantity), known->key.subject,
                              known->key.source, n, low, high,
                              sn_quantity_unit(known->key.quantity), why,
                              known->value[first],
                              sn_instant_format(sn_axis_at(&known->axis, first), text));
}

static sn_status check_flow(const sn_scene *scene, const sn_known *known, sn_error *err)
{
    for (size_t b = 0; b < sn_border_count; b++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(&sn_borders[b], name);
        if (strcmp(name, known->key.subject) == 0) {
            return check_limits(scene, known,
                                -FLOW_RATING_MAX * sn_borders[b].rated_back_mw,
                                FLOW_RATING_MAX * sn_borders[b].rated_forward_mw,
                                "twice the border's rating", err);
        }
    }
    return SN_OK;
}

/* Values of a size that the area's load never has: those are in another unit. */
static sn_status check_size(const sn_scene *scene, const sn_known *known, sn_error *err)
{
    const sn_area *area = sn_area_find(known->key.subject);
    bool is_load =
        known->key.quantity == SN_LOAD || known->key.quantity == SN_LOAD_FORECAST;
    double least = 1.0 / (is_load ? UNIT_RATIO : GENERATION_RATIO);
    size_t n = 0;
    size_t first = 0;
    for (size_t i = 0; area != NULL && i < known->axis.n; i++) {
        double share = fabs(known->value[i]) / area->usual_load_mw;
        if (share > UNIT_RATIO || (share < least && share > 0.0)) {
            first = n == 0 && known->arrives[i] ? i : first;
            n += known->arrives[i];
            known->doubt[i] = 1;
        }
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0
               ? SN_OK
               : sn_check_say(scene->findings, err,
                              "%s of %s from %s: %zu values are out of size, the "
                              "first is %.4g MW at %s where a usual load is %.0f MW: "
                              "another unit?",
                              sn_quantity_name(known->key.quantity), known->key.subject,
                              known->key.source, n, known->value[first],
                              sn_instant_format(sn_axis_at(&known->axis, first), text),
                              area->usual_load_mw);
}

static sn_status check_one(const sn_scene *scene, const sn_known *known, sn_error *err)
{
    switch (known->key.quantity) {
    case SN_PRICE_EUR:
        return check_limits(scene, known, PRICE_MIN_EUR_PER_MWH, PRICE_MAX_EUR_PER_MWH,
                            "the market's limits", err);
    case SN_PRICE_SEK:
        return check_limits(scene, known, SEK_PER_EUR_MAX * PRICE_MIN_EUR_PER_MWH,
                            SEK_PER_EUR_MAX * PRICE_MAX_EUR_PER_MWH,
                            "the market's limits", err);
    case SN_FLOW_DAY_AHEAD:
    case SN_FLOW_MEASURED:
        return check_flow(scene, known, err);
    case SN_LOAD:
    case SN_LOAD_FORECAST:
    case SN_GENERATION:
    case SN_GENERATION_FORECAST:
        return check_size(scene, known, err);
    default:
        return SN_OK;
    }
}

sn_status sn_check_each(const sn_scene *scene, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t k = 0; k < scene->n_known && status == SN_OK; k++) {
        const sn_known *known = &scene->known[k];
        if (known->is_judged && known->key.step_s <= SN_HOUR_S) {
            status = check_one(scene, known, err);
        }
    }
    return status;
}

/* ---- days of zeros ---- */

static bool is_never_zero(const sn_series_key *key)
{
    switch (key->quantity) {
    case SN_PRICE_EUR:
    case SN_PRICE_SEK:
    case SN_LOAD:
    case SN_LOAD_FORECAST:
    case SN_GENERATION:
    case SN_GENERATION_FORECAST:
        return key->step_s <= SN_HOUR_S;
    default:
        return false;
    }
}

/* Runs of zeros as long as a day; said when some of a run arrives. */
static sn_status doubt_zeros(const sn_scene *scene, const sn_known *known, sn_error *err)
{
    const sn_axis *axis = &known->axis;
    size_t run = (size_t)(ZEROS_H * SN_HOUR_S / axis->step_s);
    size_t n = 0;
    size_t first = 0;
    for (size_t i = 0; i < axis->n;) {
        size_t end = i;
        bool arrives = false;
        while (end < axis->n && known->value[end] == 0.0) {
            arrives = arrives || known->arrives[end];
            end++;
        }
        if (end - i >= run) {
            memset(&known->doubt[i], 1, end - i);
            first = n == 0 ? i : first;
            n += arrives ? end - i : 0;
        }
        i = end + 1;
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0 ? SN_OK
                  : sn_check_say(scene->findings, err,
                                 "%s of %s from %s: %zu values in whole days of zeros, "
                                 "the first at %s",
                                 sn_quantity_name(known->key.quantity),
                                 known->key.subject, known->key.source, n,
                                 sn_instant_format(sn_axis_at(axis, first), text));
}

sn_status sn_check_zeros(const sn_scene *scene, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t k = 0; k < scene->n_known && status == SN_OK; k++) {
        const sn_known *known = &scene->known[k];
        if (known->is_judged && is_never_zero(&known->key)) {
            status = doubt_zeros(scene, known, err);
        }
    }
    return status;
}
