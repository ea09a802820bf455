/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arriving series against the store and against each other. */
#include "check.h"

#include "area.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRICE_TOLERANCE 0.0100001 /* prices are stated to 0.01 */
#define RATIO_SPREAD_MAX 0.05     /* quartiles of a constant ratio */
#define BALANCE_MIN_MW 300.0      /* an hour off by less is measurement */
#define BALANCE_OF_MEDIAN 10.0
#define BALANCE_OPEN_SHARE 0.1 /* of the load: a term is missing or has a wrong sign */

enum { COMMON_MIN = 24, TERMS_MAX = 24 };

/* ---- another source of the same ---- */

/* What two series say of the same intervals. */
typedef struct overlap {
    sn_series *arriving;
    sn_series *other;
    int64_t first_s; /* common period */
    int64_t end_s;
} overlap;

static bool find_overlap(sn_series *arriving, sn_series *other, overlap *out)
{
    int64_t a_s = arriving->axis.start.utc_s;
    int64_t b_s = other->axis.start.utc_s;
    int64_t a_end_s = sn_axis_end(&arriving->axis).utc_s;
    int64_t b_end_s = sn_axis_end(&other->axis).utc_s;
    *out = (overlap){arriving, other, a_s > b_s ? a_s : b_s,
                     a_end_s < b_end_s ? a_end_s : b_end_s};
    return out->first_s < out->end_s;
}

static size_t index_of(const sn_series *series, int64_t t_s)
{
    return (size_t)((t_s - series->axis.start.utc_s) / series->axis.step_s);
}

static int compare(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;
    return (*left > *right) - (*left < *right);
}

static const char *guess(double ratio)
{
    static const struct {
        double low;
        double high;
        const char *what;
    } units[] = {{8.0, 13.0, "SEK taken for EUR?"},
                 {1.0 / 13, 1.0 / 8, "EUR taken for SEK?"},
                 {3.8, 5.0, "PLN taken for EUR?"},
                 {900, 1100, "kWh taken for MWh?"},
                 {1.0 / 1100, 1.0 / 900, "GWh or per kWh?"},
                 {90, 110, "cents?"},
                 {-1.05, -0.95, "the other sign?"}};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        if (ratio > units[u].low && ratio < units[u].high) {
            return units[u].what;
        }
    }
    return "another unit?";
}

/* The ratio of the two when it is the same everywhere, else NaN.  Taken of the sources in
 * the order of their names, so that it does not depend on which came first. */
static double constant_ratio(const overlap *o, double *ratio)
{
    size_t n = 0;
    int32_t step_s = o->arriving->axis.step_s;
    bool swaps = strcmp(o->arriving->key.source, o->other->key.source) > 0;
    const sn_series *first = swaps ? o->other : o->arriving;
    const sn_series *second = swaps ? o->arriving : o->other;
    for (int64_t t = o->first_s; t < o->end_s; t += step_s) {
        double a = first->value[index_of(first, t)];
        double b = second->value[index_of(second, t)];
        if (a != 0.0 && b != 0.0 && fmax(fabs(a), fabs(b)) > 1.0 && !isnan(a + b)) {
            ratio[n++] = a / b;
        }
    }
    if (n < COMMON_MIN) {
        return (double)NAN;
    }
    qsort(ratio, n, sizeof *ratio, compare);
    double middle = ratio[n / 2];
    bool is_constant = ratio[3 * n / 4] - ratio[n / 4] < RATIO_SPREAD_MAX * fabs(middle);
    return !is_constant ? (double)NAN : swaps ? 1.0 / middle : middle;
}

static sn_status
doubt_all(const overlap *o, double ratio, sn_findings *findings, sn_error *err)
{
    const sn_series_key *key = &o->arriving->key;
    for (int64_t t = o->first_s; t < o->end_s; t += o->arriving->axis.step_s) {
        (void)sn_check_doubt(o->arriving, index_of(o->arriving, t), findings);
        (void)sn_check_doubt(o->other, index_of(o->other, t), findings);
    }
    char from[SN_INSTANT_TEXT_SIZE];
    char to[SN_INSTANT_TEXT_SIZE];
    return sn_check_say(findings, err, "%s of %s: %s is %.4g times %s from %s to %s, %s",
                        sn_quantity_name(key->quantity), key->subject, key->source, ratio,
                        o->other->key.source,
                        sn_instant_format((sn_instant){o->first_s}, from),
                        sn_instant_format((sn_instant){o->end_s}, to), guess(ratio));
}

static sn_status doubt_differing(const overlap *o, sn_findings *findings, sn_error *err)
{
    const sn_series_key *key = &o->arriving->key;
    size_t n = 0;
    size_t n_common = 0;
    double worst = 0.0;
    int64_t worst_s = 0;
    for (int64_t t = o->first_s; t < o->end_s; t += o->arriving->axis.step_s) {
        size_t i = index_of(o->arriving, t);
        double off = fabs(o->arriving->value[i] - o->other->value[index_of(o->other, t)]);
        n_common += isnan(off) ? 0 : 1;
        if (off > PRICE_TOLERANCE) {
            n++;
            worst_s = off > worst ? t : worst_s;
            worst = off > worst ? off : worst;
            (void)sn_check_doubt(o->arriving, i, findings);
            (void)sn_check_doubt(o->other, index_of(o->other, t), findings);
        }
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0 ? SN_OK
                  : sn_check_say(findings, err,
                                 "%s of %s: %s and %s differ by more than 0.01 in %zu of "
                                 "%zu intervals, most by %.2f at %s",
                                 sn_quantity_name(key->quantity), key->subject,
                                 key->source, o->other->key.source, n, n_common, worst,
                                 sn_instant_format((sn_instant){worst_s}, text));
}

static sn_status
check_pair(sn_series *arriving, sn_series *other, sn_findings *findings, sn_error *err)
{
    overlap o;
    if (!find_overlap(arriving, other, &o)) {
        return SN_OK;
    }
    double *ratio = calloc(arriving->axis.n, sizeof *ratio);
    if (ratio == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    double constant = constant_ratio(&o, ratio);
    free(ratio);
    if (constant < 0.8 || constant > 1.25) {
        return doubt_all(&o, constant, findings, err);
    }
    bool is_price = arriving->key.quantity == SN_PRICE_EUR;
    return is_price ? doubt_differing(&o, findings, err) : SN_OK;
}

static bool is_same_of_other_source(const sn_series_key *a, const sn_series_key *b)
{
    return a->quantity == b->quantity && a->step_s == b->step_s &&
           strcmp(a->subject, b->subject) == 0 && strcmp(a->source, b->source) != 0;
}

/* What is in the store, but for what arrives again. */
static sn_status read_stored(sn_store *store,
                             const sn_series_key *key,
                             const sn_axis *period,
                             sn_series *const *series,
                             size_t n,
                             sn_series *out,
                             sn_error *err)
{
    sn_status status =
        sn_store_read(store, key, period->start, sn_axis_end(period), out, err);
    for (size_t s = 0; s < n && status == SN_OK; s++) {
        if (sn_series_key_compare(&series[s]->key, key) != 0) {
            continue;
        }
        for (size_t i = 0; i < series[s]->axis.n; i++) {
            size_t at = sn_axis_index(&out->axis, sn_axis_at(&series[s]->axis, i));
            if (at < out->axis.n && !isnan(series[s]->value[i])) {
                out->value[at] = (double)NAN;
                out->flag[at] = SN_FLAG_GAP;
            }
        }
    }
    return status;
}

static sn_status
check_stored(sn_series *arriving, sn_series *other, sn_findings *findings, sn_error *err)
{
    uint8_t *before = malloc(other->axis.n + 1);
    if (before == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    memcpy(before, other->flag, other->axis.n);
    sn_status status = check_pair(arriving, other, findings, err);
    if (status == SN_OK) {
        status = sn_check_keep_doubts(findings, other, before, err);
    }
    free(before);
    return status;
}

static sn_status check_sources(sn_store *store,
                               sn_series *const *series,
                               size_t n,
                               size_t at,
                               const sn_series_key *key,
                               size_t n_key,
                               sn_findings *findings,
                               sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t k = 0; k < at && status == SN_OK; k++) {
        if (is_same_of_other_source(&series[k]->key, &series[at]->key)) {
            status = check_pair(series[at], series[k], findings, err);
        }
    }
    for (size_t k = 0; k < n_key && status == SN_OK; k++) {
        sn_series other;
        if (!is_same_of_other_source(&key[k], &series[at]->key)) {
            continue;
        }
        status = read_stored(store, &key[k], &series[at]->axis, series, n, &other, err);
        if (status == SN_OK) {
            status = check_stored(series[at], &other, findings, err);
            sn_series_release(&other);
        }
    }
    return status;
}

/* ---- the balance of an area ---- */

/* One term of: generation - load - what leaves. */
typedef struct term {
    sn_series_key key;
    double sign;
    sn_series *arriving; /* NULL: in the store only */
    sn_series stored;    /* then it */
    uint8_t *before;     /* its flags */
} term;

typedef struct balance {
    const char *area;
    sn_axis axis;
    term term[TERMS_MAX];
    size_t n_term;
    double *sum; /* [axis.n] NaN where a term is missing */
    double *load;
} balance;

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

/* Adds a term unless it or another source of it is there. */
static void
add_term(balance *b, const sn_series_key *key, const char *source, sn_series *arriving)
{
    double sign = sign_of(key, b->area);
    if (sign == 0.0 || strcmp(key->source, source) != 0 || b->n_term == TERMS_MAX) {
        return;
    }
    for (size_t t = 0; t < b->n_term; t++) {
        if (sn_series_key_compare(&b->term[t].key, key) == 0) {
            return;
        }
    }
    b->term[b->n_term++] = (term){.key = *key, .sign = sign, .arriving = arriving};
}

static bool has_border(const balance *b, const sn_border_info *border)
{
    char name[SN_BORDER_NAME_SIZE];
    bool has = false;
    sn_border_name(border, name);
    for (size_t t = 0; !has && t < b->n_term; t++) {
        has = strcmp(b->term[t].key.subject, name) == 0;
    }
    return has;
}

/* Generation, load and every border of the area, at least one of them arriving. */
static bool is_complete(const balance *b)
{
    bool has[SN_QUANTITY_COUNT] = {false};
    bool arrives = false;
    for (size_t t = 0; t < b->n_term; t++) {
        has[b->term[t].key.quantity] = true;
        arrives = arrives || b->term[t].arriving != NULL;
    }
    bool all = arrives && has[SN_GENERATION] && has[SN_LOAD];
    for (size_t k = 0; all && k < sn_border_count; k++) {
        bool touches = strcmp(sn_borders[k].from, b->area) == 0 ||
                       strcmp(sn_borders[k].to, b->area) == 0;
        all = !touches || has_border(b, &sn_borders[k]);
    }
    return all;
}

/* Adds a term to the sums; a border without any value is one that was not there yet. */
static void add_values(balance *b, const term *t)
{
    const sn_series *from = t->arriving != NULL ? t->arriving : &t->stored;
    size_t n_known = 0;
    for (size_t i = 0; i < from->axis.n; i++) {
        n_known += isnan(from->value[i]) ? 0 : 1;
    }
    for (size_t i = 0; i < b->axis.n; i++) {
        size_t at = sn_axis_index(&from->axis, sn_axis_at(&b->axis, i));
        double value = at < from->axis.n ? from->value[at] : (double)NAN;
        if (n_known > 0 || t->key.quantity != SN_FLOW_MEASURED) {
            b->sum[i] += t->sign * value;
        }
        if (t->key.quantity == SN_LOAD) {
            b->load[i] = value;
        }
    }
}

static sn_status read_term(sn_store *store,
                           const balance *b,
                           term *t,
                           sn_series *const *series,
                           size_t n,
                           sn_error *err)
{
    if (t->arriving != NULL) {
        return SN_OK;
    }
    sn_status status = read_stored(store, &t->key, &b->axis, series, n, &t->stored, err);
    if (status == SN_OK) {
        t->before = malloc(t->stored.axis.n + 1);
        status = t->before != NULL
                     ? SN_OK
                     : sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    if (status == SN_OK) {
        memcpy(t->before, t->stored.flag, t->stored.axis.n);
    }
    return status;
}

static sn_status keep_term(term *t, sn_findings *findings, sn_error *err)
{
    return t->arriving != NULL
               ? SN_OK
               : sn_check_keep_doubts(findings, &t->stored, t->before, err);
}

static void release_terms(balance *b)
{
    for (size_t t = 0; t < b->n_term; t++) {
        sn_series_release(&b->term[t].stored);
        free(b->term[t].before);
    }
}

static double median_size(const double *value, size_t n, double *scratch)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(value[i])) {
            scratch[m++] = fabs(value[i]);
        }
    }
    if (m < COMMON_MIN) {
        return (double)NAN;
    }
    qsort(scratch, m, sizeof *scratch, compare);
    return scratch[m / 2];
}

static void doubt_terms(balance *b, size_t i, sn_findings *findings)
{
    for (size_t t = 0; t < b->n_term; t++) {
        term *of = &b->term[t];
        sn_series *series = of->arriving != NULL ? of->arriving : &of->stored;
        size_t at = sn_axis_index(&series->axis, sn_axis_at(&b->axis, i));
        if (at < series->axis.n) {
            (void)sn_check_doubt(series, at, findings);
        }
    }
}

static sn_status
judge(balance *b, double usual_mw, bool is_open, sn_findings *findings, sn_error *err)
{
    double limit_mw = BALANCE_OF_MEDIAN * usual_mw;
    limit_mw = limit_mw > BALANCE_MIN_MW ? limit_mw : BALANCE_MIN_MW;
    size_t n = 0;
    size_t worst = 0;
    for (size_t i = 0; i < b->axis.n; i++) {
        if (isnan(b->sum[i]) || (!is_open && fabs(b->sum[i]) <= limit_mw)) {
            continue;
        }
        worst = n == 0 || fabs(b->sum[i]) > fabs(b->sum[worst]) ? i : worst;
        n++;
        doubt_terms(b, i, findings);
    }
    char text[SN_INSTANT_TEXT_SIZE];
    return n == 0 ? SN_OK
                  : sn_check_say(findings, err,
                                 "balance of %s, %s: production less consumption less "
                                 "exports is %s in %zu hours (usually %.0f MW off), most "
                                 "%.0f MW at %s",
                                 b->area, b->term[0].key.source,
                                 is_open ? "not closed: a border is missing or has the "
                                           "wrong sign,"
                                         : "not 0",
                                 n, usual_mw, b->sum[worst],
                                 sn_instant_format(sn_axis_at(&b->axis, worst), text));
}

static sn_status check_balance(balance *b, sn_findings *findings, sn_error *err)
{
    double *scratch = calloc(b->axis.n, sizeof *scratch);
    b->sum = calloc(b->axis.n, sizeof *b->sum);
    b->load = calloc(b->axis.n, sizeof *b->load);
    sn_status status = SN_OK;
    if (scratch == NULL || b->sum == NULL || b->load == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    for (size_t t = 0; t < b->n_term && status == SN_OK; t++) {
        add_values(b, &b->term[t]);
    }
    if (status == SN_OK) {
        double usual_mw = median_size(b->sum, b->axis.n, scratch);
        double load_mw = median_size(b->load, b->axis.n, scratch);
        if (!isnan(usual_mw)) {
            status = judge(b, usual_mw, usual_mw > BALANCE_OPEN_SHARE * load_mw, findings,
                           err);
        }
    }
    free(scratch);
    free(b->sum);
    free(b->load);
    return status;
}

/* The balance of an area with all terms of the source that an arriving series is of. */
static sn_status check_area(sn_store *store,
                            const char *area,
                            const sn_series *of,
                            sn_series *const *series,
                            size_t n,
                            const sn_series_key *key,
                            size_t n_key,
                            sn_findings *findings,
                            sn_error *err)
{
    balance b = {.area = area, .axis = of->axis};
    for (size_t k = 0; k < n; k++) {
        if (series[k]->axis.start.utc_s <= b.axis.start.utc_s &&
            sn_axis_end(&series[k]->axis).utc_s > b.axis.start.utc_s) {
            add_term(&b, &series[k]->key, of->key.source, series[k]);
        }
    }
    for (size_t k = 0; k < n_key; k++) {
        add_term(&b, &key[k], of->key.source, NULL);
    }
    if (!is_complete(&b)) {
        return SN_OK;
    }
    sn_status status = SN_OK;
    for (size_t t = 0; t < b.n_term && status == SN_OK; t++) {
        status = read_term(store, &b, &b.term[t], series, n, err);
    }
    if (status == SN_OK) {
        status = check_balance(&b, findings, err);
    }
    for (size_t t = 0; t < b.n_term && status == SN_OK; t++) {
        status = keep_term(&b.term[t], findings, err);
    }
    release_terms(&b);
    return status;
}

/* The series whose period an area's balance is taken over: its first term. */
static bool is_first_term(const char *area, sn_series *const *series, size_t at)
{
    bool is_first = sign_of(&series[at]->key, area) != 0.0;
    for (size_t k = 0; is_first && k < at; k++) {
        is_first = sign_of(&series[k]->key, area) == 0.0 ||
                   strcmp(series[k]->key.source, series[at]->key.source) != 0 ||
                   series[k]->axis.start.utc_s != series[at]->axis.start.utc_s;
    }
    return is_first;
}

sn_status sn_check_against_store(sn_store *store,
                                 sn_series *const *series,
                                 size_t n,
                                 sn_findings *findings,
                                 sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t s = 0; s < n && status == SN_OK; s++) {
        sn_series_key *key = NULL;
        size_t n_key = 0;
        status = sn_store_keys(store, series[s]->axis.start,
                               sn_axis_end(&series[s]->axis), &key, &n_key, err);
        if (status == SN_OK) {
            status = check_sources(store, series, n, s, key, n_key, findings, err);
        }
        for (size_t a = 0; a < sn_area_count && status == SN_OK; a++) {
            if (is_first_term(sn_areas[a].code, series, s)) {
                status = check_area(store, sn_areas[a].code, series[s], series, n, key,
                                    n_key, findings, err);
            }
        }
        free(key);
    }
    return status;
}
