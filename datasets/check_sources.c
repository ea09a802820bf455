/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two sources of the same: prices are compared interval by interval, other series day by
 * day once the day is whole. */
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

enum { RATIOS_MIN = 20 };

/* What two series say of the same intervals.  Ratios are taken of the sources in the
 * order of their names, so that they do not depend on which came first. */
typedef struct pair {
    const sn_known *first;
    const sn_known *second;
    bool is_of_second; /* the second arrives, or arrives later: words are about it */
    double *ratio;     /* scratch */
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

/* The ratio of the two in [from, end) when it is the same everywhere, else NaN. */
static double constant_ratio(const pair *p, size_t from, size_t end)
{
    size_t n = 0;
    for (size_t i = from; i < end; i++) {
        double a = p->first->value[i];
        double b = p->second->value[i];
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
    return is_constant ? middle : (double)NAN;
}

static bool is_other_unit(double ratio)
{
    return ratio < RATIO_MIN || ratio > RATIO_MAX;
}

static void doubt_both(const pair *p, size_t i)
{
    p->first->doubt[i] = 1;
    p->second->doubt[i] = 1;
}

static bool arrives(const pair *p, size_t i)
{
    return p->first->arrives[i] || p->second->arrives[i];
}

static sn_status say_unit(const sn_scene *scene,
                          const pair *p,
                          double ratio,
                          size_t n,
                          size_t first,
                          sn_error *err)
{
    const sn_series_key *own = p->is_of_second ? &p->second->key : &p->first->key;
    const sn_series_key *other = p->is_of_second ? &p->first->key : &p->second->key;
    double own_ratio = p->is_of_second ? 1.0 / ratio : ratio;
    char from[SN_INSTANT_TEXT_SIZE];
    return sn_check_say(scene->findings, err,
                        "%s of %s: %s is %.4g times %s in %zu intervals from %s, %s",
                        sn_quantity_name(own->quantity), own->subject, own->source,
                        own_ratio, other->source, n,
                        sn_instant_format(sn_axis_at(&p->first->axis, first), from),
                        guess(own_ratio, own->quantity == SN_PRICE_EUR));
}

/* What of the differences arrives. */
typedef struct difference {
    size_t n;
    size_t n_common;
    size_t first; /* that arrives, and the end of what does */
    size_t end;
    size_t first_off;
    size_t worst;
    double worst_off;
} difference;

static sn_status
say_difference(const sn_scene *scene, const pair *p, const difference *d, sn_error *err)
{
    double ratio = constant_ratio(p, d->first, d->end);
    if (is_other_unit(ratio)) {
        return say_unit(scene, p, ratio, d->n, d->first_off, err);
    }
    const sn_known *own = p->is_of_second ? p->second : p->first;
    const sn_known *other = p->is_of_second ? p->first : p->second;
    char text[SN_INSTANT_TEXT_SIZE];
    return sn_check_say(scene->findings, err,
                        "%s of %s: %s and %s differ by more than 0.01 in %zu of "
                        "%zu intervals, most by %.2f at %s",
                        sn_quantity_name(own->key.quantity), own->key.subject,
                        own->key.source, other->key.source, d->n, d->n_common,
                        d->worst_off,
                        sn_instant_format(sn_axis_at(&own->axis, d->worst), text));
}

static sn_status compare_prices(const sn_scene *scene, const pair *p, sn_error *err)
{
    size_t n = p->first->axis.n;
    difference d = {.first = n, .first_off = n};
    for (size_t i = 0; i < n; i++) {
        double off = fabs(p->first->value[i] - p->second->value[i]);
        bool is_off = off > PRICE_TOLERANCE;
        if (is_off) {
            doubt_both(p, i);
        }
        if (!arrives(p, i)) {
            continue;
        }
        d.first = i < d.first ? i : d.first;
        d.end = i + 1;
        d.n_common += isnan(off) ? 0 : 1;
        if (is_off) {
            d.n++;
            d.first_off = i < d.first_off ? i : d.first_off;
            d.worst = off > d.worst_off ? i : d.worst;
            d.worst_off = off > d.worst_off ? off : d.worst_off;
        }
    }
    return d.n == 0 ? SN_OK : say_difference(scene, p, &d, err);
}

/* Whether both are known in all of [from, end): only then is a day judged. */
static bool is_whole(const pair *p, size_t from, size_t end)
{
    bool is_whole = true;
    for (size_t i = from; is_whole && i < end; i++) {
        is_whole = !isnan(p->first->value[i]) && !isnan(p->second->value[i]);
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
    double ratio = p->first->value[from] / p->second->value[from];
    bool is_usual = fabs(ratio) < COARSE_RATIO && fabs(ratio) > 1.0 / COARSE_RATIO;
    return is_usual || !isfinite(ratio) || ratio == 0.0 ? (double)NAN : ratio;
}

/* Days, or single values of steps longer than an hour, in another unit. */
static sn_status compare_units(const sn_scene *scene, const pair *p, sn_error *err)
{
    const sn_axis *axis = &p->first->axis;
    size_t day = axis->step_s > SN_HOUR_S ? 1 : (size_t)(SN_DAY_S / axis->step_s);
    size_t n = 0;
    size_t first = 0;
    double first_ratio = 0.0;
    for (size_t from = 0; from + day <= axis->n; from += day) {
        double ratio = ratio_of(p, from, from + day);
        if (isnan(ratio) || !is_other_unit(ratio)) {
            continue;
        }
        bool is_said = false;
        for (size_t i = from; i < from + day; i++) {
            doubt_both(p, i);
            is_said = is_said || arrives(p, i);
        }
        first = n == 0 ? from : first;
        first_ratio = n == 0 ? ratio : first_ratio;
        n += is_said ? day : 0;
    }
    return n == 0 ? SN_OK : say_unit(scene, p, first_ratio, n, first, err);
}

static sn_status
check_pair(const sn_scene *scene, const sn_known *a, const sn_known *b, sn_error *err)
{
    bool swaps = strcmp(a->key.source, b->key.source) > 0;
    pair p = {.first = swaps ? b : a, .second = swaps ? a : b};
    size_t first = p.first->arrival;
    size_t second = p.second->arrival;
    p.is_of_second = second != SIZE_MAX && (first == SIZE_MAX || second > first);
    p.ratio = calloc(a->axis.n + 1, sizeof *p.ratio);
    if (p.ratio == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    sn_status status = a->key.quantity == SN_PRICE_EUR ? compare_prices(scene, &p, err)
                                                       : compare_units(scene, &p, err);
    free(p.ratio);
    return status;
}

sn_status sn_check_sources(const sn_scene *scene, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t a = 0; a < scene->n_known; a++) {
        for (size_t b = a + 1; b < scene->n_known && status == SN_OK; b++) {
            const sn_known *one = &scene->known[a];
            const sn_known *other = &scene->known[b];
            if ((one->is_judged || other->is_judged) &&
                sn_known_is_other_source(one, other)) {
                status = check_pair(scene, one, other, err);
            }
        }
    }
    return status;
}
