/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: how much the weeks of the year differ (M-38).  The headlines, and
 * what is told of each border, neighbour and kind of power. */
#include "run_internal.h"

#include "base/units.h"
#include "headline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const includes[] = {"weeks"};
static const char income_headline[] = "congestion_income_meur"; /* no change: a level */

enum { SERIES_MAX = 256, NAME_SIZE = 2 * SN_BORDER_NAME_SIZE };

/* Sums by week under a headline and a name. */
typedef struct spread {
    size_t n_week;
    size_t length; /* periods of a week */
    size_t n;
    double *memory; /* owned: [SERIES_MAX][2][n_week] */
    struct {
        const char *headline;
        const char *unit;
        bool is_change;
        char name[NAME_SIZE];
    } key[SERIES_MAX];
    sn_weekly weekly[SERIES_MAX];
} spread;

static double *above_of(spread *s, size_t k)
{
    return s->memory + 2 * k * s->n_week;
}

static double *below_of(spread *s, size_t k)
{
    return s->memory + (2 * k + 1) * s->n_week;
}

/* SERIES_MAX when there is no room for another: it is left out. */
static size_t
add_series(spread *s, const char *headline, const char *unit, const char *name, bool mean)
{
    if (s->n == SERIES_MAX) {
        return SERIES_MAX;
    }
    size_t k = s->n++;
    s->key[k].headline = headline;
    s->key[k].unit = unit;
    s->key[k].is_change = strcmp(headline, income_headline) != 0;
    (void)snprintf(s->key[k].name, sizeof s->key[k].name, "%s", name);
    s->weekly[k] = (sn_weekly){above_of(s, k), mean ? below_of(s, k) : NULL};
    return k;
}

static size_t week_of(const spread *s, size_t t)
{
    return t / s->length < s->n_week ? t / s->length : s->n_week - 1;
}

/* ---- borders and countries ------------------------------------------------------- */

static void add_incomes(spread *s, const sn_run_case *c, const sn_ledger *ledger)
{
    size_t n_border = c->data.input.n_border;
    for (size_t l = 0; l < n_border; l++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(c->data.info[l], name);
        size_t k = add_series(s, income_headline, "MEUR", name, false);
        for (size_t w = 0; k < SERIES_MAX && w < s->n_week; w++) {
            above_of(s, k)[w] =
                ledger->weekly_income_eur[w * n_border + l] / SN_EUR_PER_MEUR;
        }
    }
}

/* Country at the other end of a border of Sweden, with the sign of an export. */
static const char *neighbour_of(const sn_border_info *border, double *sign_out)
{
    bool from = strncmp(border->from, "SE", 2) == 0;
    bool to = strncmp(border->to, "SE", 2) == 0;
    *sign_out = from ? 1.0 : -1.0;
    return from == to ? NULL : from ? border->to : border->from;
}

static size_t country_series(spread *s, const char *area)
{
    static const char headline[] = "net_export_change_twh";
    char code[3] = {area[0], area[1], '\0'};
    for (size_t k = 0; k < s->n; k++) {
        if (strcmp(s->key[k].headline, headline) == 0 &&
            strcmp(s->key[k].name, code) == 0) {
            return k;
        }
    }
    return add_series(s, headline, "TWh", code, false);
}

static void add_exports(spread *s, const sn_run_case *c, const sn_replay_result *changed)
{
    size_t n_border = c->data.input.n_border;
    double twh_per_mw = c->data.input.axis.step_s / SN_SECONDS_PER_HOUR / SN_MWH_PER_TWH;
    for (size_t l = 0; l < n_border; l++) {
        double sign = 0.0;
        const char *area = neighbour_of(c->data.info[l], &sign);
        size_t k = area != NULL ? country_series(s, area) : SERIES_MAX;
        for (size_t t = 0; k < SERIES_MAX && t < c->data.input.axis.n; t++) {
            double mw =
                changed->flow_mw[t * n_border + l] - c->base.flow_mw[t * n_border + l];
            if (isfinite(mw)) {
                above_of(s, k)[week_of(s, t)] += sign * mw * twh_per_mw;
            }
        }
    }
}

/* ---- areas ----------------------------------------------------------------------- */

/* Mean change of price in area z, each hour weighted by MW (NULL: all the same). */
static void add_price(spread *s,
                      const sn_run_case *c,
                      const sn_replay_result *changed,
                      size_t z,
                      const double *weight_mw,
                      const char *headline)
{
    size_t n_area = c->scenario->n_area;
    size_t k = add_series(s, headline, "EUR/MWh", c->scenario->area[z]->code, true);
    for (size_t t = 0; k < SERIES_MAX && t < c->data.input.axis.n; t++) {
        size_t at = t * n_area + z;
        double weight = weight_mw == NULL ? 1.0 : weight_mw[at];
        double change = changed->price_eur_per_mwh[at] - c->base.price_eur_per_mwh[at];
        if (isfinite(change) && isfinite(weight)) {
            above_of(s, k)[week_of(s, t)] += weight * change;
            below_of(s, k)[week_of(s, t)] += weight;
        }
    }
}

static void add_areas(spread *s, const sn_run_case *c, const sn_replay_result *changed)
{
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        bool is_swedish = strncmp(c->scenario->area[z]->code, "SE", 2) == 0;
        if (is_swedish) {
            add_price(s, c, changed, z, c->data.generation[SN_TECH_WIND],
                      "wind_price_change_eur_per_mwh");
        } else if (!c->scenario->is_edge[z]) {
            add_price(s, c, changed, z, NULL, "price_change_abroad_eur_per_mwh");
        }
    }
}

/* ---- consumers, with the tariff that pays for countertrade ----------------------- */

static double week_eur(const sn_ledger *ledger, size_t cell, size_t group)
{
    return ledger->weekly_eur[cell * SN_GROUP_COUNT + group];
}

/* A year's tariff is laid on the load of the year; here each week bears its own cost, in
 * the proportions that areas use power in the year, so that the year's sums agree. */
typedef struct tariff_case {
    const sn_run_case *c;
    const sn_ledger *ledger;
    double load_mwh[SN_SCENARIO_AREAS_MAX];
    double all_mwh;
} tariff_case;

static void sum_loads(tariff_case *x)
{
    size_t n_area = x->c->data.input.n_area;
    x->all_mwh = 0.0;
    for (size_t z = 0; z < n_area; z++) {
        x->load_mwh[z] = 0.0;
        for (size_t w = 0; x->c->operator_area[z] && w < x->ledger->n_week; w++) {
            x->load_mwh[z] += x->ledger->weekly_load_mwh[w * n_area + z];
        }
        x->all_mwh += x->load_mwh[z];
    }
}

static double tariff_eur(const tariff_case *x, size_t w, size_t z)
{
    static const sn_ledger_group paid[] = {
        SN_GROUP_REDISPATCH, SN_GROUP_CONGESTION_INTERNAL, SN_GROUP_CONGESTION_BORDER};
    size_t n_area = x->c->data.input.n_area;
    double sum = 0.0;
    for (size_t a = 0; a < n_area; a++) {
        for (size_t k = 0; x->c->operator_area[a] && k < sizeof paid / sizeof *paid;
             k++) {
            sum -= week_eur(x->ledger, w * n_area + a, paid[k]);
        }
    }
    return x->all_mwh > 0.0 ? sum * x->load_mwh[z] / x->all_mwh : 0.0;
}

static bool is_northern(const char *area)
{
    return strcmp(area, "SE1") == 0 || strcmp(area, "SE2") == 0;
}

/* What consumers of a region gain, with and without the tariff; by area what they pay
 * more for a MWh, with it. */
static void add_consumers(spread *s, const sn_run_case *c, const sn_ledger *ledger)
{
    static const char *const region[] = {"north", "south"};
    tariff_case x = {.c = c, .ledger = ledger};
    size_t n_area = c->data.input.n_area;
    size_t market[2];
    size_t whole[2];
    for (size_t r = 0; r < 2; r++) {
        market[r] = add_series(s, "consumers_region_meur", "MEUR", region[r], false);
        whole[r] = add_series(s, "consumers_with_tariff_meur", "MEUR", region[r], false);
    }
    sum_loads(&x);
    for (size_t z = 0; z < n_area; z++) {
        const char *area = c->scenario->area[z]->code;
        size_t r = is_northern(area) ? 0 : 1;
        size_t k = c->operator_area[z]
                       ? add_series(s, "consumer_price_change_eur_per_mwh", "EUR/MWh",
                                    area, true)
                       : SERIES_MAX;
        for (size_t w = 0; k < SERIES_MAX && w < s->n_week; w++) {
            size_t cell = w * n_area + z;
            double gain = week_eur(ledger, cell, SN_GROUP_CONSUMERS) +
                          week_eur(ledger, cell, SN_GROUP_CONSUMERS_INDUSTRY);
            double tariff = tariff_eur(&x, w, z);
            above_of(s, market[r])[w] += gain / SN_EUR_PER_MEUR;
            above_of(s, whole[r])[w] += (gain - tariff) / SN_EUR_PER_MEUR;
            above_of(s, k)[w] += tariff - gain;
            below_of(s, k)[w] += ledger->weekly_load_mwh[cell];
        }
    }
}

/* ---- JSON ------------------------------------------------------------------------ */

static void
put_spread(const spread *s, const sn_interval *interval, double level, json_t *out)
{
    for (size_t k = 0; k < s->n; k++) {
        if (isnan(interval[k].value)) {
            continue;
        }
        json_t *all = json_object_get(out, s->key[k].headline);
        if (all == NULL) {
            all = json_object();
            sn_run_set(out, s->key[k].headline, all);
        }
        sn_run_set(all, s->key[k].name,
                   sn_interval_json(&interval[k], s->key[k].unit, s->key[k].is_change,
                                    level, includes, 1));
    }
}

/* What cannot be told for want of memory is left out, as with every interval. */
static void add_spread(const sn_run_case *c, size_t i, json_t *out)
{
    sn_bootstrap_options options = sn_bootstrap_default();
    const sn_ledger *ledger = &c->ledger[i];
    spread *s = calloc(1, sizeof *s);
    sn_interval *interval = calloc(SERIES_MAX, sizeof *interval);
    if (s != NULL && interval != NULL) {
        s->n_week = ledger->n_week;
        s->length = sn_week_periods(&c->data.input.axis);
        s->memory = calloc(2 * SERIES_MAX * s->n_week, sizeof *s->memory);
    }
    if (s != NULL && s->memory != NULL) {
        add_consumers(s, c, ledger); /* first: there is room for them */
        add_incomes(s, c, ledger);
        add_exports(s, c, &c->changed[i]);
        add_areas(s, c, &c->changed[i]);
        if (sn_bootstrap(s->weekly, s->n, s->n_week, &options, interval, NULL) == SN_OK) {
            put_spread(s, interval, options.level, out);
        }
        free(s->memory);
    }
    free(interval);
    free(s);
}

static json_t *headlines_json(const sn_run_case *c,
                              const sn_replay_result *changed,
                              const sn_ledger *ledger)
{
    sn_bootstrap_options options = sn_bootstrap_default();
    sn_headlines headlines = {0};
    sn_interval interval[SN_HEADLINE_SLOTS];
    json_t *out = NULL;
    sn_status status = sn_headlines_compute(c->scenario, &c->data.input, &c->base,
                                            changed, ledger, &headlines, NULL);
    if (status == SN_OK) {
        status = sn_headlines_intervals(&headlines, &options, interval, NULL);
    }
    if (status == SN_OK) {
        out = sn_headlines_json(interval, options.level, includes, 1);
    }
    sn_headlines_release(&headlines);
    return out;
}

json_t *sn_run_intervals_json(const sn_run_case *c)
{
    json_t *out = json_object();
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        json_t *one = headlines_json(c, &c->changed[i], &c->ledger[i]);
        if (one != NULL) {
            add_spread(c, i, one);
            sn_run_set(out, c->scenario->configuration[i].name, one);
        }
    }
    return out;
}

json_t *sn_run_after_intervals_json(const sn_run_case *c, size_t i, sn_after way)
{
    static const sn_headline told[] = {SN_HEADLINE_REDISPATCH_VOLUME,
                                       SN_HEADLINE_REDISPATCH_BILL, SN_HEADLINE_TARIFF,
                                       SN_HEADLINE_SWEDEN};
    json_t *all =
        headlines_json(c, sn_run_after_result(c, i, way), sn_run_after_ledger(c, i, way));
    json_t *out = json_object();
    for (size_t k = 0; k < sizeof told / sizeof *told; k++) {
        const char *name = sn_headline_name(told[k]);
        (void)json_object_set(out, name, json_object_get(all, name));
    }
    json_decref(all);
    return out;
}
