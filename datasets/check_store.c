/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arriving series against the store and against each other.  What is doubted depends on
 * what is known, not on the piece that arrives: prices are compared interval by interval,
 * ratios day by day once the day is whole, zeros in runs that go on into the store. */
#include "check_known.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRICE_TOLERANCE 0.0100001 /* prices are stated to 0.01 */
#define RATIO_SPREAD_MAX 0.05     /* quartiles of a constant ratio */
/* Other constant ratios are another unit; two forecasts may differ so for a day. */
#define RATIO_MIN (1.0 / 3.0)
#define RATIO_MAX 3.0
#define COARSE_RATIO 30.0 /* of single values of steps longer than an hour */

enum { RATIOS_MIN = 20, ZEROS_H = 22 };

/* ---- another source of the same ---- */

/* What two series say of the same intervals. */
typedef struct pair {
    const sn_series *arriving;
    sn_known own;   /* what arrives, with what is known of it */
    sn_known other; /* over the same axis */
    double *ratio;  /* scratch */
} pair;

static int compare(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;
    return (*left > *right) - (*left < *right);
}

static const char *guess(double ratio, bool is_price)
{
    static const struct {
        double low;
        double high;
        bool is_price;
        const char *what;
    } units[] = {{8.0, 13.0, true, "SEK taken for EUR?"},
                 {1.0 / 13, 1.0 / 8, true, "EUR taken for SEK?"},
                 {3.8, 5.0, true, "PLN taken for EUR?"},
                 {90, 110, true, "cents?"},
                 {900, 1100, false, "kWh taken for MWh?"},
                 {1.0 / 1100, 1.0 / 900, false, "GWh or per kWh?"},
                 {-1.05, -0.95, false, "the other sign?"}};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        if (ratio > units[u].low && ratio < units[u].high &&
            (is_price || !units[u].is_price)) {
            return units[u].what;
        }
    }
    return "another unit?";
}

/* The ratio of the two in [from, end) when it is the same everywhere, else NaN.  Taken of
 * the sources in the order of their names, so that it does not depend on which came
 * first. */
static double constant_ratio(const pair *p, size_t from, size_t end)
{
    size_t n = 0;
    bool swaps = strcmp(p->own.stored.key.source, p->other.stored.key.source) > 0;
    const double *first = swaps ? p->other.value : p->own.value;
    const double *second = swaps ? p->own.value : p->other.value;
    for (size_t i = from; i < end; i++) {
        double a = first[i];
        double b = second[i];
        if (a != 0.0 && b != 0.0 && fmax(fabs(a), fabs(b)) > 1.0 && !isnan(a + b)) {
            p->ratio[n++] = a / b;
        }
    }
    if (n < RATIOS_MIN) {
        return (double)NAN;
    }
    qsort(p->ratio, n, sizeof *p->ratio, compare);
    double middle = p->ratio[n / 2];
    bool is_constant =
        p->ratio[3 * n / 4] - p->ratio[n / 4] < RATIO_SPREAD_MAX * fabs(middle);
    return !is_constant ? (double)NAN : swaps ? 1.0 / middle : middle;
}

static bool is_other_unit(double ratio)
{
    return ratio < RATIO_MIN || ratio > RATIO_MAX;
}

static void doubt_both(pair *p, size_t i, sn_findings *findings)
{
    sn_known_doubt(&p->own, i, findings);
    sn_known_doubt(&p->other, i, findings);
}

static sn_status say_unit(const pair *p,
                          double ratio,
                          size_t n,
                          size_t first,
                          sn_findings *findings,
                          sn_error *err)
{
    const sn_series_key *key = &p->arriving->key;
    char from[SN_INSTANT_TEXT_SIZE];
    return sn_check_say(findings, err,
                        "%s of %s: %s is %.4g times %s in %zu intervals from %s, %s",
                        sn_quantity_name(key->quantity), key->subject, key->source, ratio,
                        p->other.stored.key.source, n,
                        sn_instant_format(sn_axis_at(&p->own.stored.axis, first), from),
                        guess(ratio, key->quantity == SN_PRICE_EUR));
}

static sn_status compare_prices(pair *p, sn_findings *findings, sn_error *err)
{
    const sn_series_key *key = &p->arriving->key;
    const sn_axis *axis = &p->own.stored.axis;
    size_t n = 0;
    size_t n_common = 0;
    size_t worst = 0;
    double worst_off = 0.0;
    size_t first = axis->n;
    for (size_t i = 0; i < axis->n; i++) {
        double off = fabs(p->own.value[i] - p->other.value[i]);
        n_common += isnan(off) ? 0 : 1;
        if (off > PRICE_TOLERANCE) {
            n++;
            first = i < first ? i : first;
            worst = off > worst_off ? i : worst;
            worst_off = off > worst_off ? off : worst_off;
            doubt_both(p, i, findings);
        }
    }
    double ratio = constant_ratio(p, 0, axis->n);
    if (n == 0 || is_other_unit(ratio)) {
        return n == 0 ? SN_OK : say_unit(p, ratio, n, first, findings, err);
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return sn_check_say(findings, err,
                        "%s of %s: %s and %s differ by more than 0.01 in %zu of "
                        "%zu intervals, most by %.2f at %s",
                        sn_quantity_name(key->quantity), key->subject, key->source,
                        p->other.stored.key.source, n, n_common, worst_off,
                        sn_instant_format(sn_axis_at(axis, worst), text));
}

/* Whether both are known in all of [from, end): only then is a day judged, so that it is
 * judged once, of the same values, whatever came first. */
static bool is_whole(const pair *p, size_t from, size_t end)
{
    bool is_whole = true;
    for (size_t i = from; is_whole && i < end; i++) {
        is_whole = !isnan(p->own.value[i]) && !isnan(p->other.value[i]);
    }
    return is_whole;
}

static double ratio_of(const pair *p, size_t from, size_t end)
{
    if (!is_whole(p, from, end)) {
        return (double)NAN;
    }
    if (end - from > 1) {
        return constant_ratio(p, from, end);
    }
    double ratio = p->own.value[from] / p->other.value[from];
    bool is_usual = fabs(ratio) < COARSE_RATIO && fabs(ratio) > 1.0 / COARSE_RATIO;
    return is_usual || !isfinite(ratio) || ratio == 0.0 ? (double)NAN : ratio;
}

/* Days, or single values of steps longer than an hour, in another unit. */
static sn_status compare_units(pair *p, sn_findings *findings, sn_error *err)
{
    const sn_axis *axis = &p->own.stored.axis;
    size_t day = axis->step_s > SN_HOUR_S ? 1 : (size_t)(SN_DAY_S / axis->step_s);
    size_t n = 0;
    size_t first = 0;
    double first_ratio = 0.0;
    for (size_t from = 0; from + day <= axis->n; from += day) {
        double ratio = ratio_of(p, from, from + day);
        if (isnan(ratio) || !is_other_unit(ratio)) {
            continue;
        }
        first = n == 0 ? from : first;
        first_ratio = n == 0 ? ratio : first_ratio;
        n += day;
        for (size_t i = from; i < from + day; i++) {
            doubt_both(p, i, findings);
        }
    }
    return n == 0 ? SN_OK : say_unit(p, first_ratio, n, first, findings, err);
}

static sn_status keep_both(const pair *p, sn_findings *findings, sn_error *err)
{
    sn_status status = sn_known_keep(&p->own, findings, err);
    return status == SN_OK ? sn_known_keep(&p->other, findings, err) : status;
}

/* Prices are compared where they arrive, other series in the days that they touch. */
static sn_status check_pair(const sn_arrivals *arrivals,
                            size_t at,
                            const sn_series_key *key,
                            sn_findings *findings,
                            sn_error *err)
{
    const sn_series *arriving = arrivals->series[at];
    bool is_price = key->quantity == SN_PRICE_EUR;
    sn_axis axis = is_price || key->step_s > SN_HOUR_S
                       ? arriving->axis
                       : sn_axis_widened(&arriving->axis, SN_DAY_S);
    pair p = {.arriving = arriving};
    sn_status status = sn_known_open(arrivals, &arriving->key, axis, at + 1, &p.own, err);
    if (status == SN_OK) {
        status = sn_known_open(arrivals, key, axis, at + 1, &p.other, err);
    }
    p.ratio = calloc(axis.n + 1, sizeof *p.ratio);
    if (status == SN_OK && p.ratio == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    if (status == SN_OK) {
        status = is_price ? compare_prices(&p, findings, err)
                          : compare_units(&p, findings, err);
    }
    if (status == SN_OK) {
        status = keep_both(&p, findings, err);
    }
    free(p.ratio);
    sn_known_release(&p.own);
    sn_known_release(&p.other);
    return status;
}

static bool is_same_of_other_source(const sn_series_key *a, const sn_series_key *b)
{
    return a->quantity == b->quantity && a->step_s == b->step_s &&
           strcmp(a->subject, b->subject) == 0 && strcmp(a->source, b->source) != 0;
}

static sn_status check_sources(const sn_arrivals *arrivals,
                               size_t at,
                               sn_findings *findings,
                               sn_error *err)
{
    const sn_series *arriving = arrivals->series[at];
    sn_series_key *key = NULL;
    size_t n_key = 0;
    sn_status status = sn_arrivals_keys(arrivals, &arriving->axis, at, &key, &n_key, err);
    for (size_t k = 0; k < n_key && status == SN_OK; k++) {
        if (is_same_of_other_source(&key[k], &arriving->key)) {
            status = check_pair(arrivals, at, &key[k], findings, err);
        }
    }
    free(key);
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

static sn_status
doubt_zeros(sn_known *known, size_t run, sn_findings *findings, sn_error *err)
{
    const sn_axis *axis = &known->stored.axis;
    const sn_series_key *key = &known->stored.key;
    size_t n = 0;
    size_t first = 0;
    for (size_t i = 0; i < axis->n;) {
        size_t end = i;
        while (end < axis->n && known->value[end] == 0.0) {
            end++;
        }
        for (size_t k = i; k < end && end - i >= run; k++) {
            first = n == 0 ? k : first;
            n++;
            sn_known_doubt(known, k, findings);
        }
        i = end + 1;
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0
               ? SN_OK
               : sn_check_say(findings, err,
                              "%s of %s from %s: %zu values in whole days of zeros, "
                              "the first at %s",
                              sn_quantity_name(key->quantity), key->subject, key->source,
                              n, sn_instant_format(sn_axis_at(axis, first), text));
}

/* Runs of zeros as long as a day, with what of them is stored.  What lies further away
 * than a run has been doubted before. */
static sn_status
check_zeros(const sn_arrivals *arrivals, size_t at, sn_findings *findings, sn_error *err)
{
    const sn_series *series = arrivals->series[at];
    size_t run = (size_t)(ZEROS_H * SN_HOUR_S / series->axis.step_s);
    bool has_zero = false;
    for (size_t i = 0; i < series->axis.n && !has_zero; i++) {
        has_zero = series->value[i] == 0.0;
    }
    if (!has_zero || !is_never_zero(&series->key)) {
        return SN_OK;
    }
    sn_known known;
    sn_axis axis = series->axis;
    axis.start.utc_s -= ZEROS_H * SN_HOUR_S;
    axis.n += 2 * run;
    sn_status status =
        sn_known_open(arrivals, &series->key, axis, arrivals->n, &known, err);
    if (status != SN_OK) {
        return status;
    }
    status = doubt_zeros(&known, run, findings, err);
    if (status == SN_OK) {
        status = sn_known_keep(&known, findings, err);
    }
    sn_known_release(&known);
    return status;
}

sn_status sn_check_against_store(sn_store *store,
                                 sn_series *const *series,
                                 size_t n,
                                 sn_findings *findings,
                                 sn_error *err)
{
    sn_status status = SN_OK;
    const sn_arrivals arrivals = {.store = store, .series = series, .n = n};
    for (size_t s = 0; s < n && status == SN_OK; s++) {
        status = check_zeros(&arrivals, s, findings, err);
        if (status == SN_OK) {
            status = check_sources(&arrivals, s, findings, err);
        }
    }
    return status == SN_OK ? sn_check_balances(&arrivals, findings, err) : status;
}
