/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Production less consumption is what leaves an area over its borders.  Each hour is
 * judged by itself once all its terms are known. */
#include "check_known.h"

#include "area.h"

#include <math.h>
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

/* The balance of an area by one source: generation - load - what leaves. */
typedef struct balance {
    size_t area; /* of sn_areas */
    const char *source;
    sn_axis axis;
    int64_t end_s; /* from here on a border is not known */
    const sn_known *term[TERMS_MAX];
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
static double sign_of(const sn_known *known, size_t area)
{
    for (size_t p = 0; p < known->n_part; p++) {
        if (known->part[p].area == area) {
            return known->part[p].sign;
        }
    }
    return 0.0;
}

static bool has_term(const balance *b, sn_quantity quantity, const char *subject)
{
    bool has = false;
    for (size_t t = 0; !has && t < b->n_term; t++) {
        has = b->term[t]->key.quantity == quantity &&
              strcmp(b->term[t]->key.subject, subject) == 0;
    }
    return has;
}

static void list_terms(balance *b, const sn_scene *scene)
{
    for (size_t k = 0; k < scene->n_known && b->n_term < TERMS_MAX; k++) {
        const sn_known *known = &scene->known[k];
        if (known->is_needed && sign_of(known, b->area) != 0.0 &&
            strcmp(known->key.source, b->source) == 0) {
            b->term[b->n_term++] = known;
        }
    }
}

/* Until when generation, load and every border of the area have a series. */
static void find_end(balance *b)
{
    bool has_both = has_term(b, SN_GENERATION, sn_areas[b->area].code) &&
                    has_term(b, SN_LOAD, sn_areas[b->area].code);
    b->end_s = has_both ? INT64_MAX : INT64_MIN;
    for (size_t k = 0; k < sn_border_count; k++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(&sn_borders[k], name);
        bool touches = strcmp(sn_borders[k].from, sn_areas[b->area].code) == 0 ||
                       strcmp(sn_borders[k].to, sn_areas[b->area].code) == 0;
        int64_t opened_s = opened_s_of(name);
        if (touches && !has_term(b, SN_FLOW_MEASURED, name) && opened_s < b->end_s) {
            b->end_s = opened_s;
        }
    }
}

static void add_term(balance *b, const sn_known *term)
{
    double sign = sign_of(term, b->area);
    int64_t opened_s = opened_s_of(term->key.subject);
    for (size_t i = 0; i < b->axis.n; i++) {
        double value = term->value[i];
        if (isnan(value) && sn_axis_at(&b->axis, i).utc_s < opened_s) {
            value = 0.0;
        }
        b->sum_mw[i] += sign * value;
    }
}

/* What of the hours that arrive is off. */
typedef struct openness {
    size_t n;
    size_t n_judged;
    size_t worst;
} openness;

static sn_status
tell(const balance *b, const openness *off, sn_findings *findings, sn_error *err)
{
    char text[SN_INSTANT_TEXT_SIZE];
    bool is_open = (double)off->n > BALANCE_OPEN_SHARE * (double)off->n_judged;
    return off->n == 0
               ? SN_OK
               : sn_check_say(findings, err,
                              "balance of %s, %s: production less consumption less "
                              "exports is %s in %zu of %zu hours, most %.0f MW at %s",
                              sn_areas[b->area].code, b->source,
                              is_open ? "not closed: a border is missing or has the "
                                        "wrong sign,"
                                      : "not 0",
                              off->n, off->n_judged, b->sum_mw[off->worst],
                              sn_instant_format(sn_axis_at(&b->axis, off->worst), text));
}

static bool arrives(const balance *b, size_t i)
{
    bool does = false;
    for (size_t t = 0; t < b->n_term && !does; t++) {
        does = b->term[t]->arrives[i];
    }
    return does;
}

static sn_status judge(const balance *b, sn_findings *findings, sn_error *err)
{
    openness off = {0};
    for (size_t i = 0; i < b->axis.n; i++) {
        double off_mw = fabs(b->sum_mw[i]);
        if (isnan(off_mw) || sn_axis_at(&b->axis, i).utc_s >= b->end_s) {
            continue;
        }
        bool is_said = arrives(b, i);
        off.n_judged += is_said;
        if (off_mw <= BALANCE_MAX_MW) {
            continue;
        }
        if (is_said && (off.n == 0 || off_mw > fabs(b->sum_mw[off.worst]))) {
            off.worst = i;
        }
        off.n += is_said;
        for (size_t t = 0; t < b->n_term; t++) {
            if (!isnan(b->term[t]->value[i])) {
                b->term[t]->doubt[i] = 1;
            }
        }
    }
    return tell(b, &off, findings, err);
}

static sn_status check_balance(const sn_scene *scene, balance *b, sn_error *err)
{
    list_terms(b, scene);
    find_end(b);
    if (b->n_term == 0 || b->end_s <= b->axis.start.utc_s) {
        return SN_OK;
    }
    b->sum_mw = calloc(b->axis.n, sizeof *b->sum_mw);
    if (b->sum_mw == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    for (size_t t = 0; t < b->n_term; t++) {
        add_term(b, b->term[t]);
    }
    sn_status status = judge(b, scene->findings, err);
    free(b->sum_mw);
    return status;
}

/* Whether an earlier series has asked for this balance. */
static bool is_asked(const sn_scene *scene, size_t at, size_t area)
{
    bool is = false;
    for (size_t k = 0; k < at && !is; k++) {
        is = scene->known[k].is_judged && sign_of(&scene->known[k], area) != 0.0 &&
             strcmp(scene->known[k].key.source, scene->known[at].key.source) == 0;
    }
    return is;
}

sn_status sn_check_balances(const sn_scene *scene, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t k = 0; k < scene->n_known; k++) {
        const sn_known *known = &scene->known[k];
        for (size_t p = 0; p < known->n_part && known->is_judged && status == SN_OK;
             p++) {
            balance b = {.area = known->part[p].area,
                         .source = known->key.source,
                         .axis = known->axis};
            if (!is_asked(scene, k, b.area)) {
                status = check_balance(scene, &b, err);
            }
        }
    }
    return status;
}
