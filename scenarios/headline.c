/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "headline.h"

#include "base/units.h"
#include "run_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *unit;
    bool by_area;
    bool is_change;
} rows[SN_HEADLINE_COUNT] = {
#define SN_HEADLINE_ROW(name, text, unit, by_area, is_change)                            \
    {text, unit, by_area, is_change},
    SN_HEADLINE_LIST(SN_HEADLINE_ROW)
#undef SN_HEADLINE_ROW
};

const char *sn_headline_name(sn_headline headline)
{
    return rows[headline].name;
}

const char *sn_headline_unit(sn_headline headline)
{
    return rows[headline].unit;
}

bool sn_headline_by_area(sn_headline headline)
{
    return rows[headline].by_area;
}

/* What means are divided by: hours of each area, then these. */
enum { LOAD = SN_HEADLINE_AREAS, GAP_HOURS, TARIFF_LOAD, N_BELOW };
enum { NOT_DIVIDED = N_BELOW };
enum { SE2 = 1, SE3 = 2 }; /* Swedish areas as the slots count them */

typedef struct sn_builder {
    const sn_replay_input *input;
    const sn_replay_result *base;
    const sn_replay_result *changed;
    const sn_ledger *ledger;
    size_t area[SN_HEADLINE_AREAS]; /* index, SIZE_MAX when absent */
    double *below[N_BELOW];
    double *next;
    sn_headlines *out;
} sn_builder;

static double *take(sn_builder *b)
{
    double *sums = b->next;
    b->next += b->out->n_week;
    return sums;
}

static double *slot(sn_builder *b, sn_headline headline, size_t k, double *denominator)
{
    double *sums = take(b);
    b->out->slot[sn_headline_slot(headline, k)] = (sn_weekly){sums, denominator};
    return sums;
}

static double *sums_of(const sn_builder *b, sn_headline headline, size_t k)
{
    /* slot() made it; the public view is const */
    const sn_weekly *s = &b->out->slot[sn_headline_slot(headline, k)];
    return b->out->memory + (s->numerator - b->out->memory);
}

static int below_of(sn_headline headline, size_t k)
{
    switch (headline) {
    case SN_HEADLINE_PRICE_BASE:
    case SN_HEADLINE_PRICE:
    case SN_HEADLINE_PRICE_CHANGE:
        return (int)k;
    case SN_HEADLINE_PRICE_CHANGE_SWEDEN:
        return LOAD;
    case SN_HEADLINE_PRICE_GAP_BASE:
        return GAP_HOURS;
    case SN_HEADLINE_TARIFF:
        return TARIFF_LOAD;
    default:
        return NOT_DIVIDED;
    }
}

static void make_slots(sn_builder *b)
{
    for (size_t k = 0; k < N_BELOW; k++) {
        b->below[k] = take(b);
    }
    for (int h = 0; h < SN_HEADLINE_COUNT; h++) {
        for (size_t k = 0; k < (rows[h].by_area ? SN_HEADLINE_AREAS : 1); k++) {
            int below = below_of((sn_headline)h, k);
            if (!rows[h].by_area || b->area[k] != SIZE_MAX) {
                (void)slot(b, (sn_headline)h, k,
                           below == NOT_DIVIDED ? NULL : b->below[below]);
            }
        }
    }
}

/* What it costs to cross the cut between SE2 and SE3, with today's areas. */
static void add_gap(sn_builder *b, size_t t, size_t week)
{
    if (b->area[SE2] == SIZE_MAX || b->area[SE3] == SIZE_MAX) {
        return;
    }
    const double *price = b->base->price_eur_per_mwh + t * b->input->n_area;
    double gap = price[b->area[SE3]] - price[b->area[SE2]];
    if (!isnan(gap)) {
        b->below[GAP_HOURS][week] += 1.0;
        sums_of(b, SN_HEADLINE_PRICE_GAP_BASE, 0)[week] += gap;
    }
}

static void add_prices(sn_builder *b, size_t t, size_t week, size_t k)
{
    size_t at = t * b->input->n_area + b->area[k];
    double before = b->base->price_eur_per_mwh[at];
    double after = b->changed->price_eur_per_mwh[at];
    double load = b->input->load_mw[at];
    if (isnan(before) || isnan(after)) {
        return;
    }
    b->below[k][week] += 1.0;
    sums_of(b, SN_HEADLINE_PRICE_BASE, k)[week] += before;
    sums_of(b, SN_HEADLINE_PRICE, k)[week] += after;
    sums_of(b, SN_HEADLINE_PRICE_CHANGE, k)[week] += after - before;
    if (!isnan(load)) {
        b->below[LOAD][week] += load;
        sums_of(b, SN_HEADLINE_PRICE_CHANGE_SWEDEN, 0)[week] += load * (after - before);
    }
}

static double or_zero(double value)
{
    return isnan(value) ? 0.0 : value;
}

static void add_redispatch(sn_builder *b, size_t t, size_t week)
{
    double gwh_per_mw = b->input->axis.step_s / SN_SECONDS_PER_HOUR / SN_MWH_PER_GWH;
    for (size_t z = 0; z < b->input->n_area; z++) {
        size_t at = t * b->input->n_area + z;
        double moved = or_zero(b->changed->redispatch_hydro_mw[at]) +
                       or_zero(b->changed->redispatch_other_mw[at]);
        sums_of(b, SN_HEADLINE_REDISPATCH_VOLUME, 0)[week] +=
            fmax(0.0, moved) * gwh_per_mw;
        if (b->changed->shortfall_mw != NULL) {
            sums_of(b, SN_HEADLINE_SHORTFALL, 0)[week] +=
                or_zero(b->changed->shortfall_mw[at]) * gwh_per_mw;
        }
    }
}

static bool is_producer(sn_ledger_group group)
{
    return group == SN_GROUP_HYDRO || group == SN_GROUP_WIND || group == SN_GROUP_SOLAR ||
           group == SN_GROUP_NUCLEAR || group == SN_GROUP_THERMAL ||
           group == SN_GROUP_FLEXIBLE_OTHER;
}

static void
add_swedish_row(sn_builder *b, size_t week, size_t k, sn_ledger_group group, double meur)
{
    if (group == SN_GROUP_CONSUMERS || group == SN_GROUP_CONSUMERS_INDUSTRY) {
        sums_of(b, SN_HEADLINE_CONSUMERS, k)[week] += meur;
        sums_of(b, SN_HEADLINE_CONSUMERS_SWEDEN, 0)[week] += meur;
    } else if (is_producer(group)) {
        sums_of(b, SN_HEADLINE_PRODUCERS_SWEDEN, 0)[week] += meur;
    } else if (group == SN_GROUP_CONGESTION_INTERNAL ||
               group == SN_GROUP_CONGESTION_BORDER) {
        sums_of(b, SN_HEADLINE_CONGESTION_SWEDEN, 0)[week] += meur;
        sums_of(b, SN_HEADLINE_TARIFF, 0)[week] -= meur * SN_EUR_PER_MEUR;
    } else if (group == SN_GROUP_REDISPATCH) {
        sums_of(b, SN_HEADLINE_TARIFF, 0)[week] -= meur * SN_EUR_PER_MEUR;
        sums_of(b, SN_HEADLINE_REDISPATCH_BILL, 0)[week] -= meur;
    }
    sums_of(b, SN_HEADLINE_SWEDEN, 0)[week] += meur;
}

static void add_ledger(sn_builder *b, size_t week)
{
    for (size_t z = 0; z < b->input->n_area; z++) {
        size_t k = 0;
        while (k < SN_HEADLINE_AREAS && b->area[k] != z) {
            k++;
        }
        if (k < SN_HEADLINE_AREAS) {
            b->below[TARIFF_LOAD][week] +=
                b->ledger->weekly_load_mwh[week * b->input->n_area + z];
        }
        for (int g = 0; g < SN_GROUP_COUNT; g++) {
            size_t at = (week * b->input->n_area + z) * SN_GROUP_COUNT + (size_t)g;
            double meur = b->ledger->weekly_eur[at] / SN_EUR_PER_MEUR;
            sums_of(b, SN_HEADLINE_ALL_AREAS, 0)[week] += meur;
            if (k < SN_HEADLINE_AREAS) {
                add_swedish_row(b, week, k, (sn_ledger_group)g, meur);
            }
        }
    }
}

size_t sn_headlines_cells(size_t n_week)
{
    return (SN_HEADLINE_SLOTS + N_BELOW) * n_week;
}

static sn_status start(sn_builder *b, size_t n_week, sn_headlines *out, sn_error *err)
{
    *out = (sn_headlines){.n_week = n_week};
    out->memory = calloc(sn_headlines_cells(n_week) + 1, sizeof *out->memory);
    if (out->memory == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the headlines");
    }
    b->out = out;
    b->next = out->memory;
    make_slots(b);
    return SN_OK;
}

sn_status sn_headlines_restore(size_t n_week,
                               const bool present[SN_HEADLINE_AREAS],
                               const double *cells,
                               sn_headlines *out,
                               sn_error *err)
{
    sn_builder b = {.input = NULL};
    for (size_t k = 0; k < SN_HEADLINE_AREAS; k++) {
        b.area[k] = present[k] ? k : SIZE_MAX;
    }
    sn_status status = start(&b, n_week, out, err);
    if (status == SN_OK) {
        memcpy(out->memory, cells, sn_headlines_cells(n_week) * sizeof *cells);
    }
    return status;
}

sn_status sn_headlines_compute(const sn_scenario *scenario,
                               const sn_replay_input *input,
                               const sn_replay_result *base,
                               const sn_replay_result *changed,
                               const sn_ledger *ledger,
                               sn_headlines *out,
                               sn_error *err)
{
    sn_builder b = {.input = input, .base = base, .changed = changed, .ledger = ledger};
    size_t length = sn_week_periods(&input->axis);
    for (size_t k = 0; k < SN_HEADLINE_AREAS; k++) {
        b.area[k] = sn_scenario_area_index(scenario, sn_run_swedish_area[k]);
    }
    sn_status status = start(&b, ledger->n_week, out, err);
    if (status != SN_OK) {
        return status;
    }
    for (size_t t = 0; t < input->axis.n; t++) {
        size_t week = t / length < out->n_week ? t / length : out->n_week - 1;
        for (size_t k = 0; k < SN_HEADLINE_AREAS; k++) {
            if (b.area[k] != SIZE_MAX) {
                add_prices(&b, t, week, k);
            }
        }
        add_gap(&b, t, week);
        add_redispatch(&b, t, week);
    }
    for (size_t week = 0; week < out->n_week; week++) {
        add_ledger(&b, week);
    }
    return SN_OK;
}

void sn_headlines_release(sn_headlines *headlines)
{
    free(headlines->memory);
    *headlines = (sn_headlines){0};
}

sn_status sn_headlines_intervals(const sn_headlines *headlines,
                                 const sn_bootstrap_options *options,
                                 sn_interval *out,
                                 sn_error *err)
{
    sn_weekly there[SN_HEADLINE_SLOTS];
    sn_interval found[SN_HEADLINE_SLOTS];
    size_t slot_of[SN_HEADLINE_SLOTS];
    size_t n = 0;
    for (size_t i = 0; i < SN_HEADLINE_SLOTS; i++) {
        out[i] = (sn_interval){(double)NAN, (double)NAN, (double)NAN};
        if (headlines->slot[i].numerator != NULL) {
            there[n] = headlines->slot[i];
            slot_of[n++] = i;
        }
    }
    sn_status status = sn_bootstrap(there, n, headlines->n_week, options, found, err);
    for (size_t k = 0; k < n && status == SN_OK; k++) {
        out[slot_of[k]] = found[k];
    }
    return status;
}

json_t *sn_interval_json(const sn_interval *i,
                         const char *unit,
                         bool is_change,
                         double level,
                         const char *const *includes,
                         size_t n_includes)
{
    json_t *out = json_object();
    json_t *words = json_array();
    for (size_t k = 0; k < n_includes; k++) {
        (void)json_array_append_new(words, json_string(includes[k]));
    }
    sn_run_set(out, "value", sn_run_number(i->value));
    sn_run_set(out, "lo", sn_run_number(i->lo));
    sn_run_set(out, "hi", sn_run_number(i->hi));
    sn_run_set(out, "level", sn_run_number(level));
    sn_run_set(out, "unit", json_string(unit));
    sn_run_set(out, "includes", words);
    if (is_change) {
        /* NaN limits compare false: without an interval nothing can be told. */
        sn_run_set(out, "differs_from_zero", json_boolean(i->lo > 0.0 || i->hi < 0.0));
    }
    return out;
}

json_t *sn_headlines_json(const sn_interval *interval,
                          double level,
                          const char *const *includes,
                          size_t n_includes)
{
    json_t *out = json_object();
    for (int h = 0; h < SN_HEADLINE_COUNT; h++) {
        json_t *areas = rows[h].by_area ? json_object() : NULL;
        for (size_t k = 0; k < (rows[h].by_area ? SN_HEADLINE_AREAS : 1); k++) {
            const sn_interval *i = &interval[sn_headline_slot((sn_headline)h, k)];
            if (rows[h].by_area && isnan(i->value)) {
                continue;
            }
            json_t *one = sn_interval_json(i, rows[h].unit, rows[h].is_change, level,
                                           includes, n_includes);
            sn_run_set(areas != NULL ? areas : out,
                       areas != NULL ? sn_run_swedish_area[k] : rows[h].name, one);
        }
        if (areas != NULL) {
            sn_run_set(out, rows[h].name, areas);
        }
    }
    return out;
}
