/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Production less consumption is what leaves an area over its borders.  Each hour is
 * judged by itself once all its terms are known. */
#include "check_known.h"

#include "area.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BALANCE_MAX_MW 300.0 /* an hour off by less is measurement */
#define BALANCE_OF_LOAD 0.05 /* in a large area more is */
#define BALANCE_OPEN_SHARE                                                               \
    0.5 /* of the hours off: a term is missing or has a wrong sign */

enum { TERMS_MAX = 24 };

/* When trade over a link began; without a value it is 0 before. */
static const struct {
    const char *border;
    int64_t opened_s;
} opened[] = {
    {"LT-PL", INT64_C(1449615600)},     /* 2015-12-09 CET */
    {"SE4-LT", INT64_C(1455750000)},    /* 2016-02-18 */
    {"DK1-NL", INT64_C(1567807200)},    /* 2019-09-07 CEST */
    {"NO2-DE-LU", INT64_C(1607468400)}, /* 2020-12-09 */
    {"NO2-GB", INT64_C(1633039200)},    /* 2021-10-01 CEST */
    {"DK1-GB", INT64_C(1703804400)},    /* 2023-12-29 */
};

/* One term of: generation - load - what leaves. */
typedef struct term {
    sn_series_key key;
    double sign;
    int64_t opened_s; /* INT64_MIN: it was always there */
    sn_known known;
} term;

typedef struct balance {
    const char *area;
    const char *source;
    sn_axis axis;
    int64_t end_s; /* from here on a border is not known */
    term term[TERMS_MAX];
    size_t n_term;
    double *sum_mw; /* [axis.n] NaN where a term is missing */
} balance;

static int64_t opened_s_of(const char *border)
{
    for (size_t k = 0; k < sizeof opened / sizeof *opened; k++) {
        if (strcmp(opened[k].border, border) == 0) {
            return opened[k].opened_s;
        }
    }
    return INT64_MIN;
}

/* The sign of a series in an area's balance, 0 when it has no part in it. */
static double sign_of(const sn_series_key *key, const char *area)
{
    bool reversed = false;
    if (key->step_s != SN_HOUR_S) {
        return 0.0;
    }
    if (strcmp(key->subject, area) == 0) {
        return key->quantity == SN_GENERATION ? 1.0
               : key->quantity == SN_LOAD     ? -1.0
                                              : 0.0;
    }
    for (size_t b = 0; key->quantity == SN_FLOW_MEASURED && b < sn_border_count; b++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(&sn_borders[b], name);
        reversed = strcmp(sn_borders[b].to, area) == 0;
        if (strcmp(name, key->subject) == 0 &&
            (reversed || strcmp(sn_borders[b].from, area) == 0)) {
            return reversed ? 1.0 : -1.0;
        }
    }
    return 0.0;
}

static bool has_term(const balance *b, sn_quantity quantity, const char *subject)
{
    bool has = false;
    for (size_t t = 0; !has && t < b->n_term; t++) {
        has = b->term[t].key.quantity == quantity &&
              strcmp(b->term[t].key.subject, subject) == 0;
    }
    return has;
}

static sn_status list_terms(balance *b, const sn_arrivals *arrivals, sn_error *err)
{
    sn_series_key *key = NULL;
    size_t n_key = 0;
    sn_status status =
        sn_arrivals_keys(arrivals, &b->axis, arrivals->n, &key, &n_key, err);
    for (size_t k = 0; k < n_key && status == SN_OK && b->n_term < TERMS_MAX; k++) {
        double sign = sign_of(&key[k], b->area);
        if (sign != 0.0 && strcmp(key[k].source, b->source) == 0) {
            b->term[b->n_term++] = (term){
                .key = key[k], .sign = sign, .opened_s = opened_s_of(key[k].subject)};
        }
    }
    free(key);
    return status;
}

/* Until when generation, load and every border of the area have a series. */
static void find_end(balance *b)
{
    bool has_both = has_term(b, SN_GENERATION, b->area) && has_term(b, SN_LOAD, b->area);
    b->end_s = has_both ? INT64_MAX : INT64_MIN;
    for (size_t k = 0; k < sn_border_count; k++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(&sn_borders[k], name);
        bool touches = strcmp(sn_borders[k].from, b->area) == 0 ||
                       strcmp(sn_borders[k].to, b->area) == 0;
        int64_t opened_s = opened_s_of(name);
        if (touches && !has_term(b, SN_FLOW_MEASURED, name) && opened_s < b->end_s) {
            b->end_s = opened_s;
        }
    }
}

static void add_term(balance *b, const term *t)
{
    for (size_t i = 0; i < b->axis.n; i++) {
        double value = t->known.value[i];
        if (isnan(value) && sn_axis_at(&b->axis, i).utc_s < t->opened_s) {
            value = 0.0;
        }
        b->sum_mw[i] += t->sign * value;
    }
}

static sn_status tell(const balance *b,
                      size_t n,
                      size_t n_judged,
                      size_t worst,
                      sn_findings *findings,
                      sn_error *err)
{
    char text[SN_INSTANT_TEXT_SIZE];
    bool is_open = (double)n > BALANCE_OPEN_SHARE * (double)n_judged;
    return n == 0 ? SN_OK
                  : sn_check_say(findings, err,
                                 "balance of %s, %s: production less consumption less "
                                 "exports is %s in %zu of %zu hours, most %.0f MW at %s",
                                 b->area, b->source,
                                 is_open ? "not closed: a border is missing or has the "
                                           "wrong sign,"
                                         : "not 0",
                                 n, n_judged, b->sum_mw[worst],
                                 sn_instant_format(sn_axis_at(&b->axis, worst), text));
}

static sn_status judge(balance *b, sn_findings *findings, sn_error *err)
{
    size_t n = 0;
    size_t n_judged = 0;
    size_t worst = 0;
    for (size_t i = 0; i < b->axis.n; i++) {
        double off_mw = fabs(b->sum_mw[i]);
        if (isnan(off_mw) || sn_axis_at(&b->axis, i).utc_s >= b->end_s) {
            continue;
        }
        n_judged++;
        if (off_mw <= BALANCE_MAX_MW) {
            continue;
        }
        worst = n == 0 || off_mw > fabs(b->sum_mw[worst]) ? i : worst;
        n++;
        for (size_t t = 0; t < b->n_term; t++) {
            sn_known_doubt(&b->term[t].known, i, findings);
        }
    }
    return tell(b, n, n_judged, worst, findings, err);
}

static sn_status
check_terms(balance *b, const sn_arrivals *arrivals, sn_findings *findings, sn_error *err)
{
    sn_status status = SN_OK;
    b->sum_mw = calloc(b->axis.n, sizeof *b->sum_mw);
    if (b->sum_mw == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    for (size_t t = 0; t < b->n_term && status == SN_OK; t++) {
        status = sn_known_open(arrivals, &b->term[t].key, b->axis, arrivals->n,
                               &b->term[t].known, err);
        if (status == SN_OK) {
            add_term(b, &b->term[t]);
        }
    }
    if (status == SN_OK) {
        status = judge(b, findings, err);
    }
    for (size_t t = 0; t < b->n_term && status == SN_OK; t++) {
        status = sn_known_keep(&b->term[t].known, findings, err);
    }
    for (size_t t = 0; t < b->n_term; t++) {
        sn_known_release(&b->term[t].known);
    }
    free(b->sum_mw);
    return status;
}

static bool is_term(const sn_series *series, const char *area, const char *source)
{
    return strcmp(series->key.source, source) == 0 && sign_of(&series->key, area) != 0.0;
}

/* The period that terms of the area arrive for; false when an earlier one had it too. */
static bool find_period(const sn_arrivals *a, const char *area, size_t at, sn_axis *out)
{
    const sn_series *of = a->series[at];
    int64_t first_s = of->axis.start.utc_s;
    int64_t end_s = sn_axis_end(&of->axis).utc_s;
    if (!is_term(of, area, of->key.source)) {
        return false;
    }
    for (size_t s = 0; s < a->n; s++) {
        if (!is_term(a->series[s], area, of->key.source)) {
            continue;
        }
        if (s < at) {
            return false;
        }
        int64_t start_s = a->series[s]->axis.start.utc_s;
        int64_t stop_s = sn_axis_end(&a->series[s]->axis).utc_s;
        first_s = start_s < first_s ? start_s : first_s;
        end_s = stop_s > end_s ? stop_s : end_s;
    }
    *out = (sn_axis){.start = {first_s},
                     .step_s = SN_HOUR_S,
                     .n = (size_t)((end_s - first_s) / SN_HOUR_S)};
    return true;
}

sn_status
sn_check_balances(const sn_arrivals *arrivals, sn_findings *findings, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t s = 0; s < arrivals->n && status == SN_OK; s++) {
        for (size_t a = 0; a < sn_area_count && status == SN_OK; a++) {
            balance b = {.area = sn_areas[a].code,
                         .source = arrivals->series[s]->key.source};
            if (!find_period(arrivals, b.area, s, &b.axis)) {
                continue;
            }
            status = list_terms(&b, arrivals, err);
            find_end(&b);
            if (status == SN_OK && b.end_s > b.axis.start.utc_s) {
                status = check_terms(&b, arrivals, findings, err);
            }
        }
    }
    return status;
}
