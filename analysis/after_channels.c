/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Let K(D) be what dispatch D costs along the curves of the changed result, water at the
 * value it has in that hour, shortfall apart.  In a period whose market is over a cut:
 *
 *   D1  the market with the cuts as borders: everything free      (the best there is)
 *   D2  regulation of the market as it was, everything takes part: exchange held
 *   D3  the same, but demand only where it takes part
 *   D4  the same with those who take part
 *   D   what ran
 *
 *   exchange K(D1) - K(D2), demand K(D2) - K(D3), units K(D3) - K(D4), gaming K(D4) -
 * K(D)
 *
 * In every other period D1 = D, but with one consumer price (M-23), where what parts
 * them is demand.  Against the base, whose dispatch is D0:
 *
 *   water  K(D0) - K(D1) + sum over areas of [integral of the water's value - w] over
 *          the change from D0 to D,   w what the ledger values water at
 *   shortfall  - VOLL x its change
 *
 * All are sums of their own numbers; that they add up to the ledger's total, which comes
 * from other code, is checked by the caller and by the tests.
 */
#include "channels.h"
#include "parallel.h"
#include "replay_internal.h"
#include "replay_ramp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct sn_channel_case {
    sn_replay_case c; /* results of what is solved here go to `scratch` */
    const sn_replay_result *base;
    const sn_replay_result *changed;
    const sn_ledger *ledger;
    sn_replay_settings settings;
    sn_replay_input input;
    sn_replay_area *area; /* [n_area] who takes part is changed here */
    sn_replay_result scratch;
    bool units_are_all;        /* nobody moves in "everything" that stands in "units" */
    bool participants_are_all; /* ... in "units" that stands among those who take part */
    sn_channels *out;
} sn_channel_case;

const char *sn_channel_name(sn_channel channel)
{
    static const char *const names[SN_CHANNEL_COUNT] = {
        [SN_CHANNEL_DEMAND] = "demand", [SN_CHANNEL_EXCHANGE] = "exchange",
        [SN_CHANNEL_UNITS] = "units",   [SN_CHANNEL_GAMING] = "gaming",
        [SN_CHANNEL_WATER] = "water",   [SN_CHANNEL_SHORTFALL] = "shortfall",
    };
    return channel < SN_CHANNEL_COUNT ? names[channel] : "(unknown)";
}

static double known(const double *values, size_t at)
{
    return values == NULL || isnan(values[at]) ? 0.0 : values[at];
}

/* ---- K ---- */

static double line_cost(double price, double mw, double slope)
{
    return slope > 0.0 ? mw * (price + 0.5 * mw / slope) : 0.0;
}

static double water_mw(const sn_replay_result *r, size_t at)
{
    return known(r->hydro_mw, at) + known(r->redispatch_hydro_mw, at);
}

/* Value of the water between two powers, along its curve in the changed result. */
static double
water_cost(const sn_replay_case *c, size_t t, size_t z, double from_mw, double to_mw)
{
    double price[SN_HYDRO_POINTS];
    double mw[SN_HYDRO_POINTS];
    if (!c->hydro[z].responds || from_mw == to_mw) {
        return 0.0;
    }
    sn_hydro_period hydro = sn_replay_hydro_period(c, t, z, sn_replay_shift(c, t, z));
    size_t n = sn_hydro_curve(&hydro, c->price_min_eur_per_mwh[t],
                              c->price_max_eur_per_mwh[t], price, mw);
    sn_curve curve = {n, price, mw};
    return sn_curve_cost_eur_per_h(&curve, from_mw, to_mw);
}

/* What a modelled area's responses cost in a result, water apart. */
static double
responses_cost(const sn_replay_case *c, const sn_replay_result *r, size_t t, size_t z)
{
    size_t at = t * c->n_area + z;
    const sn_replay_area *area = &c->input->area[z];
    double observed = c->input->price_eur_per_mwh[at];
    double wind = known(r->redispatch_wind_mw, at);
    double large = known(r->redispatch_large_load_mw, at);
    double regulated_load = known(r->redispatch_load_mw, at);
    double demand = known(r->demand_response_mw, at) + regulated_load;
    double supply = known(r->other_response_mw, at) - known(r->demand_response_mw, at) +
                    known(r->redispatch_other_mw, at) - wind - large - regulated_load;
    double cost = line_cost(observed, demand, c->demand_slope[z]) +
                  line_cost(observed, supply, c->other_slope[z] - c->demand_slope[z]);
    double market = r->price_eur_per_mwh[at];
    if (wind != 0.0) {
        cost += line_cost(fmin(0.0, market), wind,
                          known(c->input->generation_mw[SN_TECH_WIND], at) /
                              SN_BAND_EUR_PER_MWH);
    }
    if (large != 0.0) {
        cost += line_cost(fmax(area->large_load_eur_per_mwh, market), large,
                          area->large_load_mw / SN_BAND_EUR_PER_MWH);
    }
    return cost;
}

/* What a price taker delivers costs its price, or lies on its line. */
static double
taker_cost(const sn_replay_case *c, const sn_replay_result *r, size_t t, size_t z)
{
    size_t at = t * c->n_area + z;
    double price =
        c->input->price_eur_per_mwh[at] * (1.0 + c->input->area[z].price_change_share);
    double mw = r->net_position_mw[at] - c->net_observed_mw[at];
    if (isnan(price) || isnan(mw)) {
        return 0.0;
    }
    return c->other_slope[z] > 0.0
               ? line_cost(price, mw + c->settings->extra_load_mw[z], c->other_slope[z])
               : price * mw;
}

/* K but for the water. */
static double
dry_cost_eur_per_h(const sn_channel_case *w, const sn_replay_result *r, size_t t)
{
    const sn_replay_case *c = &w->c;
    double cost = 0.0;
    for (size_t z = 0; z < c->n_area; z++) {
        if (c->input->area[z].kind == SN_AREA_MODELLED) {
            cost += responses_cost(c, r, t, z);
        } else if (c->input->area[z].kind == SN_AREA_PRICE_TAKER) {
            cost += taker_cost(c, r, t, z);
        }
    }
    return cost;
}

/* The water of K, counted from what the base ran. */
static double
wet_cost_eur_per_h(const sn_channel_case *w, const sn_replay_result *r, size_t t)
{
    const sn_replay_case *c = &w->c;
    double cost = 0.0;
    for (size_t z = 0; z < c->n_area; z++) {
        size_t at = t * c->n_area + z;
        if (c->input->area[z].kind == SN_AREA_MODELLED) {
            cost += water_cost(c, t, z, water_mw(w->base, at), water_mw(r, at));
        }
    }
    return cost;
}

static double
cost_eur_per_h(const sn_channel_case *w, const sn_replay_result *r, size_t t)
{
    return dry_cost_eur_per_h(w, r, t) + wet_cost_eur_per_h(w, r, t);
}

/* ---- the dispatches ---- */

static sn_replay_block *block_of(sn_channel_case *w, size_t t)
{
    return &w->c.block[t / (SLOT_PER_BLOCK * w->c.slot_periods)];
}

static void reset_prices(sn_channel_case *w, sn_replay_block *b)
{
    for (size_t z = 0; z < w->c.n_area; z++) {
        b->consumer_price[z] = NAN;
    }
}

/* D1. */
static sn_status
clear_best(sn_channel_case *w, size_t t, bool *is_cleared_out, sn_error *err)
{
    sn_replay_case *c = &w->c;
    sn_replay_block *b = block_of(w, t);
    reset_prices(w, b);
    sn_replay_set_curves(c, b, t);
    sn_replay_set_limits(c, b, t);
    for (size_t k = 0; k < c->n_link; k++) {
        size_t at = t * c->n_border + c->border_of_link[k];
        b->link_min_mw[k] = c->limit_min_mw[at];
        b->link_max_mw[k] = c->limit_max_mw[at];
    }
    sn_replay_ramp_leave_room(c, b, t);
    (void)sn_replay_start_from(b, w->base, t); /* whose borders the cuts are, mostly */
    return sn_replay_clear(c, b, t, is_cleared_out, err);
}

/* The market that regulation starts from: without bids, on the borders as they were
 * offered. */
static sn_status
clear_market(sn_channel_case *w, size_t t, bool *is_cleared_out, sn_error *err)
{
    sn_replay_case *c = &w->c;
    sn_replay_block *b = block_of(w, t);
    reset_prices(w, b);
    sn_replay_set_curves(c, b, t);
    for (size_t k = 0; k < c->n_link; k++) {
        size_t at = t * c->n_border + c->border_of_link[k];
        b->link_min_mw[k] = w->changed->flow_min_mw[at];
        b->link_max_mw[k] = w->changed->flow_max_mw[at];
    }
    sn_replay_ramp_hold_as(c, b, t, w->changed->flow_mw + t * c->n_border);
    sn_status status = sn_replay_clear_market(c, b, t, is_cleared_out, err);
    sn_replay_ramp_leave_room(c, b, t);
    if (status == SN_OK && *is_cleared_out && c->one_consumer != NULL) {
        status = sn_after_consumer_price(c, b, t, is_cleared_out, err);
    }
    return status;
}

typedef enum sn_freedom { EVERYTHING, ALL_UNITS, PARTICIPANTS } sn_freedom;

static void
set_participants(sn_channel_case *w, const sn_replay_area *own, sn_freedom who)
{
    for (size_t z = 0; z < w->c.n_area; z++) {
        sn_replay_area *a = &w->area[z];
        *a = own[z];
        if (who == PARTICIPANTS) {
            continue;
        }
        bool load_is_held =
            who == ALL_UNITS && (a->is_held[SN_RESOURCE_LOAD] || !a->may_redispatch);
        for (int k = 0; k < SN_RESOURCE_COUNT; k++) {
            a->is_held[k] = false;
        }
        a->is_held[SN_RESOURCE_LOAD] = load_is_held;
        a->may_redispatch = true;
    }
}

/* Do the same take part in two regulations? */
static bool is_same(sn_channel_case *w, sn_freedom one, sn_freedom other)
{
    bool same = true;
    sn_replay_case *c = &w->c;
    const sn_replay_area *own = w->input.area;
    w->input.area = w->area;
    for (size_t z = 0; z < c->n_area; z++) {
        bool may[2][SN_RESOURCE_COUNT + 1];
        for (int k = 0; k < 2; k++) {
            set_participants(w, own, k == 0 ? one : other);
            may[k][SN_RESOURCE_COUNT] = w->area[z].may_redispatch;
            for (int r = 0; r < SN_RESOURCE_COUNT; r++) {
                may[k][r] = sn_after_may_move(c, z, (sn_resource)r);
            }
        }
        same = same && memcmp(may[0], may[1], sizeof may[0]) == 0;
    }
    w->input.area = own;
    return same;
}

/* Regulation of the market that is stored; what an earlier one moved is forgotten. */
static sn_status
regulate(sn_channel_case *w, size_t t, sn_freedom who, double *cost_out, sn_error *err)
{
    sn_replay_result *r = &w->scratch;
    for (size_t z = 0; z < w->c.n_area; z++) {
        size_t at = t * w->c.n_area + z;
        r->redispatch_hydro_mw[at] = 0.0;
        r->redispatch_other_mw[at] = 0.0;
        r->redispatch_wind_mw[at] = 0.0;
        r->redispatch_load_mw[at] = 0.0;
        r->redispatch_large_load_mw[at] = 0.0;
    }
    const sn_replay_area *own = w->input.area;
    set_participants(w, own, who);
    w->input.area = w->area;
    sn_status status = sn_replay_redispatch(&w->c, block_of(w, t), t, err);
    w->input.area = own;
    *cost_out = cost_eur_per_h(w, r, t);
    return status;
}

/* ---- one period ---- */

static void add(sn_channel_case *w, sn_channel channel, double loss_eur_per_h)
{
    w->out->change_eur[channel] -= loss_eur_per_h * w->c.step_h;
}

/* *best_out is K(D1). */
static sn_status
add_over(sn_channel_case *w, size_t t, double ran, double *best_out, sn_error *err)
{
    bool is_best = false;
    bool is_market = false;
    double everything = 0.0;
    sn_status status = clear_best(w, t, &is_best, err);
    *best_out = is_best ? cost_eur_per_h(w, &w->scratch, t) : 0.0;
    if (status == SN_OK) {
        status = clear_market(w, t, &is_market, err);
    }
    if (status == SN_OK && is_market) {
        status = regulate(w, t, EVERYTHING, &everything, err);
    }
    double units = everything;
    if (status == SN_OK && is_market && !w->units_are_all) {
        status = regulate(w, t, ALL_UNITS, &units, err);
    }
    double participants = units;
    if (status == SN_OK && is_market && !w->participants_are_all) {
        status = regulate(w, t, PARTICIPANTS, &participants, err);
    }
    if (status != SN_OK || !is_market) {
        return status == SN_OK ? sn_error_set(err, SN_E_NUMERIC,
                                              "the market of period %zu does not clear "
                                              "again",
                                              t)
                               : status;
    }
    /* Where not even everything can hold the cuts, the best is what regulation does. */
    *best_out = is_best ? *best_out : everything;
    add(w, SN_CHANNEL_EXCHANGE, everything - *best_out);
    add(w, SN_CHANNEL_DEMAND, units - everything);
    add(w, SN_CHANNEL_UNITS, participants - units);
    add(w, SN_CHANNEL_GAMING, ran - participants);
    w->out->periods_solved++;
    return SN_OK;
}

/* Do consumers pay another price than their area's anywhere? */
static bool pays_otherwise(const sn_channel_case *w, size_t t)
{
    for (size_t z = 0; w->c.one_consumer != NULL && z < w->c.n_area; z++) {
        size_t at = t * w->c.n_area + z;
        if (w->c.one_consumer[z] && w->changed->consumer_price_eur_per_mwh[at] !=
                                        w->changed->price_eur_per_mwh[at]) {
            return true;
        }
    }
    return false;
}

/* `best_less_water`: K(D1) less the integral of the water's value from D0 to D. */
static void add_water_and_shortfall(sn_channel_case *w, size_t t, double best_less_water)
{
    const sn_replay_case *c = &w->c;
    double loss = best_less_water - dry_cost_eur_per_h(w, w->base, t);
    for (size_t z = 0; z < c->n_area; z++) {
        size_t at = t * c->n_area + z;
        if (c->input->area[z].kind != SN_AREA_MODELLED) {
            continue;
        }
        loss += w->ledger->water_value_eur_per_mwh[z] *
                (water_mw(w->changed, at) - water_mw(w->base, at));
        double more =
            known(w->changed->shortfall_mw, at) - known(w->base->shortfall_mw, at);
        add(w, SN_CHANNEL_SHORTFALL, c->settings->redispatch_voll_eur_per_mwh * more);
    }
    add(w, SN_CHANNEL_WATER, loss);
}

static sn_status add_period(sn_channel_case *w, size_t t, sn_error *err)
{
    double dry = dry_cost_eur_per_h(w, w->changed, t);
    bool is_over = w->changed->is_over[t];
    if (!is_over && !pays_otherwise(w, t)) {
        /* D1 = D: the water's value along its curve stands on both sides. */
        add_water_and_shortfall(w, t, dry);
        return SN_OK;
    }
    double wet = wet_cost_eur_per_h(w, w->changed, t);
    double best = dry + wet;
    sn_status status = SN_OK;
    if (is_over) {
        status = add_over(w, t, dry + wet, &best, err);
    } else {
        bool is_cleared = false;
        status = clear_best(w, t, &is_cleared, err);
        best = is_cleared ? cost_eur_per_h(w, &w->scratch, t) : best;
        add(w, SN_CHANNEL_DEMAND, dry + wet - best);
    }
    if (status == SN_OK) {
        add_water_and_shortfall(w, t, best - wet);
    }
    return status;
}

/* As the ledger counts: both results hold a price for every modelled area. */
static bool is_counted(const sn_channel_case *w, size_t t)
{
    for (size_t z = 0; z < w->c.n_area; z++) {
        size_t at = t * w->c.n_area + z;
        if (w->c.input->area[z].kind == SN_AREA_MODELLED &&
            (isnan(w->base->price_eur_per_mwh[at]) ||
             isnan(w->changed->price_eur_per_mwh[at]))) {
            return false;
        }
    }
    return true;
}

/* What a block of periods found; one thread at a time. */
typedef struct sn_channel_block {
    sn_channels sum;
    sn_status status;
    sn_error error;
} sn_channel_block;

typedef struct sn_channel_run {
    const sn_channel_case *w;
    sn_channel_block *block;
} sn_channel_run;

/* Periods are apart but for what set_participants() changes, so each block has its own
 * view of the case. */
static void work_on_block(void *context, size_t block, unsigned worker)
{
    sn_channel_run *run = context;
    sn_channel_block *own = &run->block[block];
    sn_channel_case w = *run->w;
    const sn_replay_block *b = &w.c.block[block];
    (void)worker;
    w.c.input = &w.input;
    w.out = &own->sum;
    w.area = calloc(w.input.n_area, sizeof *w.area);
    own->status = w.area != NULL ? SN_OK
                                 : sn_error_set(&own->error, SN_E_MEMORY,
                                                "out of memory for channels");
    if (own->status == SN_OK) {
        w.units_are_all = is_same(&w, EVERYTHING, ALL_UNITS);
        w.participants_are_all = is_same(&w, ALL_UNITS, PARTICIPANTS);
    }
    for (size_t t = b->first; t < b->end && own->status == SN_OK; t++) {
        if (is_counted(&w, t)) {
            own->status = add_period(&w, t, &own->error);
        }
    }
    free(w.area);
}

static sn_status add_periods(sn_channel_case *w, sn_error *err)
{
    size_t n = w->c.n_block;
    sn_channel_run run = {w, calloc(n + 1, sizeof *run.block)};
    if (run.block == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for channels");
    }
    sn_parallel_run(n, w->settings.n_thread, work_on_block, &run);
    sn_status status = SN_OK;
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        const sn_channel_block *b = &run.block[i];
        status = b->status;
        if (status != SN_OK && err != NULL) {
            *err = b->error;
        }
        for (int k = 0; k < SN_CHANNEL_COUNT; k++) {
            w->out->change_eur[k] += b->sum.change_eur[k];
        }
        w->out->periods_solved += b->sum.periods_solved;
    }
    free(run.block);
    for (int k = 0; k < SN_CHANNEL_COUNT; k++) {
        w->out->sum_eur += w->out->change_eur[k];
    }
    w->out->residual_share =
        fabs(w->out->sum_eur - w->ledger->total_eur) / fmax(1.0, w->ledger->turnover_eur);
    return status;
}

sn_status sn_channels_compute(const sn_replay_input *input,
                              const sn_replay_settings *settings,
                              const sn_configuration *configuration,
                              const sn_replay_result *base,
                              const sn_replay_result *changed,
                              const sn_ledger *ledger,
                              sn_channels *out,
                              sn_error *err)
{
    *out = (sn_channels){0};
    if (base->n != input->axis.n || changed->n != input->axis.n) {
        return sn_error_set(err, SN_E_FORMAT,
                            "results to compare cover %zu and %zu of %zu periods",
                            base->n, changed->n, input->axis.n);
    }
    sn_channel_case w = {.base = base,
                         .changed = changed,
                         .ledger = ledger,
                         .settings = *settings,
                         .input = *input,
                         .out = out};
    w.settings.after = SN_AFTER_COST_BASED;
    w.settings.start_from = changed;
    w.settings.water_from = changed;
    w.c = (sn_replay_case){.input = &w.input,
                           .settings = &w.settings,
                           .out = &w.scratch,
                           .n_area = input->n_area,
                           .n_border = input->n_border,
                           .step_h = input->axis.step_s / 3600.0};
    sn_status status = sn_replay_allocate_result(&w.c, err);
    if (status == SN_OK) {
        status = sn_replay_open(&w.c, configuration, err);
        w.c.ramp = changed->ramp;
        if (status == SN_OK) {
            status = add_periods(&w, err);
        }
        sn_replay_close(&w.c);
    }
    sn_replay_result_release(&w.scratch);
    return status;
}
