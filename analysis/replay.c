/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The run: memory, threads, and putting results together.
 *
 * Periods are cut into fixed blocks of whole days.  Each block has its own workspaces
 * and sums, and its periods are always solved in order; threads only decide who works
 * on which block.  So every number, and every byte, is the same for any number of
 * threads.
 */
#include "replay.h"

#include "base/os.h"
#include "base/units.h"
#include "parallel.h"
#include "replay_internal.h"
#include "replay_ramp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *sn_after_name(sn_after after)
{
    static const char *const names[SN_AFTER_COUNT] = {
        [SN_AFTER_COST_BASED] = "cost_based",
        [SN_AFTER_STRATEGIC] = "strategic",
        [SN_AFTER_CUT_LEAST] = "capacity_cut_least",
        [SN_AFTER_CUT_HISTORICAL] = "capacity_cut_historical",
    };
    return after < SN_AFTER_COUNT ? names[after] : "(unknown)";
}

void sn_replay_settings_default(sn_replay_settings *settings)
{
    *settings = (sn_replay_settings){
        .balance = SN_BALANCE_PHYSICAL,
        .energy_tolerance_share = 1e-4,
        .iterations_max = 60,
        .capacity_window_days = 28.0,
        .price_difference_eur_per_mwh = 0.005,
        .price_level_reference_eur_per_mwh = 40.0,
        .slope_factor = 1.0,
        .redispatch_voll_eur_per_mwh = 4000.0,
        .theta = 0.5,
        .n_thread = 1,
    };
}

/* ---- result ---- */

typedef enum sn_extent { BY_PERIOD, BY_AREA, BY_BORDER } sn_extent;

#define ARRAY(name, extent)                                                              \
    {                                                                                    \
        offsetof(sn_replay_result, name), extent                                         \
    }
static const struct {
    size_t offset;
    sn_extent extent;
} result_array[] = {
    ARRAY(price_min_eur_per_mwh, BY_PERIOD),
    ARRAY(price_max_eur_per_mwh, BY_PERIOD),
    ARRAY(price_eur_per_mwh, BY_AREA),
    ARRAY(net_position_mw, BY_AREA),
    ARRAY(hydro_mw, BY_AREA),
    ARRAY(other_response_mw, BY_AREA),
    ARRAY(demand_response_mw, BY_AREA),
    ARRAY(consumer_price_eur_per_mwh, BY_AREA),
    ARRAY(redispatch_hydro_mw, BY_AREA),
    ARRAY(redispatch_other_mw, BY_AREA),
    ARRAY(redispatch_wind_mw, BY_AREA),
    ARRAY(redispatch_load_mw, BY_AREA),
    ARRAY(redispatch_large_load_mw, BY_AREA),
    ARRAY(redispatch_price_eur_per_mwh, BY_AREA),
    ARRAY(shortfall_mw, BY_AREA),
    ARRAY(water_value_shift_eur_per_mwh, BY_AREA),
    ARRAY(flow_mw, BY_BORDER),
    ARRAY(flow_min_mw, BY_BORDER),
    ARRAY(flow_max_mw, BY_BORDER),
    ARRAY(cut_flow_mw, BY_BORDER),
    ARRAY(cut_flow_after_mw, BY_BORDER),
    ARRAY(cut_max_mw, BY_BORDER),
    ARRAY(cut_min_mw, BY_BORDER),
};
#undef ARRAY
enum { N_RESULT_ARRAY = sizeof result_array / sizeof *result_array };

static double **array_of(sn_replay_result *r, size_t i)
{
    return (double **)((char *)r + result_array[i].offset);
}

static size_t size_of(const sn_replay_case *c, size_t i)
{
    size_t width[] = {[BY_PERIOD] = 1, [BY_AREA] = c->n_area, [BY_BORDER] = c->n_border};
    return c->input->axis.n * width[result_array[i].extent];
}

static bool new_array(double **out, size_t n)
{
    *out = calloc(n + 1, sizeof **out);
    return *out != NULL;
}

static bool allocate_arrays(const sn_replay_case *c, sn_replay_result *r)
{
    size_t n = c->input->axis.n;
    r->n = n;
    r->exclusion = calloc(n + 1, sizeof *r->exclusion);
    r->is_over = calloc(n + 1, sizeof *r->is_over);
    bool ok = r->exclusion != NULL && r->is_over != NULL;
    for (size_t i = 0; i < N_RESULT_ARRAY && ok; i++) {
        ok = new_array(array_of(r, i), size_of(c, i));
    }
    return ok;
}

sn_status sn_replay_allocate_result(sn_replay_case *c, sn_error *err)
{
    return allocate_arrays(c, c->out)
               ? SN_OK
               : sn_error_set(err, SN_E_MEMORY,
                              "out of memory for results of %zu periods",
                              c->input->axis.n);
}

void sn_replay_result_release(sn_replay_result *result)
{
    for (size_t i = 0; i < N_RESULT_ARRAY; i++) {
        free(*array_of(result, i));
    }
    free(result->exclusion);
    free(result->is_over);
    free(result->start);
    free(result->has_start);
    free(result->ramp_price_eur_per_mw);
    sn_ramp_plan_free(result->ramp);
    *result = (sn_replay_result){0};
}

/* The result as it stands, but for its starts. */
sn_status sn_replay_copy_result(sn_replay_case *c, sn_replay_result *to, sn_error *err)
{
    sn_replay_store_shifts(c);
    sn_replay_result *from = c->out;
    size_t n = c->input->axis.n;
    sn_replay_result copy = *from;
    copy.exclusion = NULL;
    copy.is_over = NULL;
    copy.start = NULL;
    copy.has_start = NULL;
    copy.ramp = NULL; /* nothing follows from a copy */
    copy.ramp_price_eur_per_mw = NULL;
    for (size_t i = 0; i < N_RESULT_ARRAY; i++) {
        *array_of(&copy, i) = NULL;
    }
    if (!allocate_arrays(c, &copy)) {
        sn_replay_result_release(&copy);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for results of %zu periods",
                            n);
    }
    for (size_t i = 0; i < N_RESULT_ARRAY; i++) {
        memcpy(*array_of(&copy, i), *array_of(from, i), size_of(c, i) * sizeof(double));
    }
    memcpy(copy.exclusion, from->exclusion, n * sizeof *copy.exclusion);
    memcpy(copy.is_over, from->is_over, n * sizeof *copy.is_over);
    *to = copy;
    return SN_OK;
}

/* Limits do not change between passes: the market's, and those of the cuts. */
static void set_market_limits(sn_replay_case *c)
{
    sn_replay_result *r = c->out;
    for (size_t i = 0; i < c->input->axis.n * c->n_border; i++) {
        bool internal = c->internal[i % c->n_border];
        bool known = !isnan(c->limit_max_mw[i]);
        r->flow_min_mw[i] = internal && known ? -INFINITY : c->limit_min_mw[i];
        r->flow_max_mw[i] = internal && known ? INFINITY : c->limit_max_mw[i];
        r->cut_min_mw[i] = internal ? c->limit_min_mw[i] : NAN;
        r->cut_max_mw[i] = internal ? c->limit_max_mw[i] : NAN;
    }
}

/* ---- blocks ---- */

static void free_block(sn_replay_block *b)
{
    sn_clearing_free(b->clearing);
    sn_redispatch_free(b->redispatch);
    free(b->curve);
    free(b->points);
    free(b->price);
    free(b->water);
    free(b->link_min_mw);
    free(b->link_max_mw);
    free(b->hydro_slope);
    free(b->market_slope);
    free(b->hydro_mw);
    free(b->group);
    free(b->own_group);
    free(b->group_slope);
    free(b->follows);
    free(b->sub_curve);
    free(b->sub_points);
    free(b->sub_market_mw);
    free(b->sub_market_price);
    free(b->sub_min_mw);
    free(b->sub_max_mw);
    free(b->sub_may_move);
    free(b->is_bidding);
    free(b->kept_net_mw);
    free(b->consumer_price);
    sn_cut_work_free(b->cut);
}

static bool allocate_block(const sn_replay_case *c, sn_replay_block *b)
{
    size_t na = c->n_area + 1;
    size_t nb = c->n_border + 1;
    b->clearing = sn_clearing_alloc(c->n_node, c->n_link);
    b->redispatch = sn_redispatch_alloc(c->n_area, c->n_border, SN_REPLAY_CURVE_POINTS);
    b->curve = calloc(na, sizeof *b->curve);
    b->points = calloc(na, 2 * SN_REPLAY_CURVE_POINTS * sizeof *b->points);
    b->price = calloc(na, sizeof *b->price);
    b->water = calloc(na, sizeof *b->water);
    b->link_min_mw = calloc(nb, sizeof *b->link_min_mw);
    b->link_max_mw = calloc(nb, sizeof *b->link_max_mw);
    b->hydro_slope = calloc(na, sizeof *b->hydro_slope);
    b->market_slope = calloc(na, sizeof *b->market_slope);
    b->hydro_mw = calloc(na, sizeof *b->hydro_mw);
    b->group = calloc(na, sizeof *b->group);
    b->own_group = calloc(na, sizeof *b->own_group);
    b->group_slope = calloc(2 * na, sizeof *b->group_slope);
    b->follows = calloc(na, sizeof *b->follows);
    b->sub_curve = calloc(na, sizeof *b->sub_curve);
    b->sub_points = calloc(na, 2 * SN_REPLAY_CURVE_POINTS * sizeof *b->sub_points);
    b->sub_market_mw = calloc(na, sizeof *b->sub_market_mw);
    b->sub_market_price = calloc(na, sizeof *b->sub_market_price);
    b->sub_min_mw = calloc(nb, sizeof *b->sub_min_mw);
    b->sub_max_mw = calloc(nb, sizeof *b->sub_max_mw);
    b->sub_may_move = calloc(na, sizeof *b->sub_may_move);
    b->is_bidding = calloc(na, sizeof *b->is_bidding);
    b->kept_net_mw = calloc(na, sizeof *b->kept_net_mw);
    b->consumer_price = calloc(na, sizeof *b->consumer_price);
    bool cuts = c->settings->after == SN_AFTER_CUT_LEAST ||
                c->settings->after == SN_AFTER_CUT_HISTORICAL;
    b->cut = cuts ? sn_cut_work_alloc(c) : NULL;
    if (b->clearing != NULL && c->has_loss &&
        sn_clearing_set_link_losses(b->clearing, c->link_loss, NULL) != SN_OK) {
        return false;
    }
    return b->clearing != NULL && b->redispatch != NULL && b->curve != NULL &&
           b->points != NULL && b->price != NULL && b->water != NULL &&
           b->link_min_mw != NULL && b->link_max_mw != NULL && b->hydro_slope != NULL &&
           b->market_slope != NULL && b->hydro_mw != NULL && b->group != NULL &&
           b->own_group != NULL && b->group_slope != NULL && b->follows != NULL &&
           b->sub_curve != NULL && b->sub_points != NULL && b->sub_market_mw != NULL &&
           b->sub_market_price != NULL && b->sub_min_mw != NULL &&
           b->sub_max_mw != NULL && b->sub_may_move != NULL && b->is_bidding != NULL &&
           b->kept_net_mw != NULL && b->consumer_price != NULL &&
           (b->cut != NULL || !cuts);
}

static sn_status allocate_blocks(sn_replay_case *c, sn_error *err)
{
    size_t n = c->input->axis.n;
    c->slot_periods = (size_t)(SN_DAY_S / c->input->axis.step_s);
    c->n_slot = (n + c->slot_periods - 1) / c->slot_periods;
    size_t cells = c->n_slot * c->n_area + 1;
    bool ok = new_array(&c->shift, cells) && new_array(&c->residual, cells) &&
              new_array(&c->energy, cells) && new_array(&c->pin_target, cells) &&
              new_array(&c->jacobian, cells * (c->n_area + 1));
    c->pin = calloc(cells, sizeof *c->pin);
    c->dropped = calloc(cells, sizeof *c->dropped);
    c->unknown = calloc(cells, sizeof *c->unknown);
    c->n_block = (c->n_slot + SLOT_PER_BLOCK - 1) / SLOT_PER_BLOCK;
    c->block = calloc(c->n_block + 1, sizeof *c->block);
    ok = ok && c->pin != NULL && c->dropped != NULL && c->unknown != NULL &&
         c->block != NULL;
    for (size_t i = 0; i < c->n_block && ok; i++) {
        sn_replay_block *b = &c->block[i];
        size_t end = (i + 1) * SLOT_PER_BLOCK * c->slot_periods;
        b->first = i * SLOT_PER_BLOCK * c->slot_periods;
        b->end = end < n ? end : n;
        ok = allocate_block(c, b);
    }
    if (!ok) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a replay of %zu periods",
                            n);
    }
    return SN_OK;
}

void sn_replay_close(sn_replay_case *c)
{
    for (size_t i = 0; c->block != NULL && i < c->n_block; i++) {
        free_block(&c->block[i]);
    }
    free(c->block);
    free(c->shift);
    free(c->residual);
    free(c->energy);
    free(c->pin_target);
    free(c->jacobian);
    free(c->pin);
    free(c->dropped);
    free(c->unknown);
    sn_replay_unprepare(c);
}

/* Room for solutions to start from, and the water values of another result. */
static sn_status prepare_start(sn_replay_case *c, sn_error *err)
{
    const sn_replay_result *water = c->settings->water_from;
    sn_replay_result *r = c->out;
    r->start_size = sn_clearing_start_size(c->block[0].clearing);
    r->start = calloc(r->n + 1, r->start_size + 1);
    r->has_start = calloc(r->n + 1, sizeof *r->has_start);
    if (r->start == NULL || r->has_start == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu starts", r->n);
    }
    for (size_t slot = 0; water != NULL && slot < c->n_slot; slot++) {
        memcpy(c->shift + slot * c->n_area,
               water->water_value_shift_eur_per_mwh + slot * c->slot_periods * c->n_area,
               c->n_area * sizeof *c->shift);
    }
    return SN_OK;
}

sn_status
sn_replay_open(sn_replay_case *c, const sn_configuration *configuration, sn_error *err)
{
    c->one_consumer = configuration->one_consumer;
    const sn_replay_prepared *prepared = c->settings->prepared;
    sn_status status = prepared != NULL
                           ? sn_replay_borrow(c, prepared, configuration, err)
                           : sn_replay_prepare(c, configuration, err);
    if (status == SN_OK) {
        status = allocate_blocks(c, err);
    }
    if (status == SN_OK) {
        status = prepare_start(c, err);
    }
    return status;
}

/* ---- one pass over all periods ---- */

static void run_block(sn_replay_case *c, sn_replay_block *b)
{
    b->n_infeasible = 0;
    b->check_periods = 0;
    b->check_failed = 0;
    b->n_failure = 0;
    b->volume_mwh = 0.0;
    b->cost_eur = 0.0;
    b->bill_eur = 0.0;
    b->shortfall_mwh = 0.0;
    b->hours_over = 0;
    b->cut_trade_mwh = 0.0;
    b->cut_value_eur = 0.0;
    b->status = SN_OK;
    size_t first = b->first / c->slot_periods * c->n_area;
    size_t end = (b->end + c->slot_periods - 1) / c->slot_periods * c->n_area;
    memset(c->residual + first, 0, (end - first) * sizeof *c->residual);
    memset(c->energy + first, 0, (end - first) * sizeof *c->energy);
    memset(c->jacobian + first * c->n_area, 0,
           (end - first) * c->n_area * sizeof *c->jacobian);
    for (size_t t = b->first; t < b->end && b->status == SN_OK; t++) {
        b->status = sn_replay_period(c, b, t, &b->error);
    }
}

static void work_on_block(void *context, size_t block, unsigned worker)
{
    sn_replay_case *c = context;
    (void)worker;
    run_block(c, &c->block[block]);
}

static void add_block(sn_replay_result *r, const sn_replay_block *b)
{
    for (size_t k = 0; k < b->n_failure; k++) {
        size_t total = r->check_failed + k;
        if (total < FAILURE_MAX) {
            r->failure[total] = b->failure[k];
        }
    }
    r->n_infeasible += b->n_infeasible;
    r->check_periods += b->check_periods;
    r->check_failed += b->check_failed;
    r->redispatch_volume_mwh += b->volume_mwh;
    r->redispatch_cost_eur += b->cost_eur;
    r->redispatch_bill_eur += b->bill_eur;
    r->shortfall_mwh += b->shortfall_mwh;
    r->hours_over += b->hours_over;
    r->cut_trade_mwh += b->cut_trade_mwh;
    r->cut_value_eur += b->cut_value_eur;
}

static sn_status gather(sn_replay_case *c, sn_error *err)
{
    sn_replay_result *r = c->out;
    r->n_infeasible = 0;
    r->check_periods = 0;
    r->check_failed = 0;
    r->redispatch_volume_mwh = 0.0;
    r->redispatch_cost_eur = 0.0;
    r->redispatch_bill_eur = 0.0;
    r->shortfall_mwh = 0.0;
    r->hours_over = 0;
    r->cut_trade_mwh = 0.0;
    r->cut_value_eur = 0.0;
    for (size_t i = 0; i < c->n_block; i++) {
        const sn_replay_block *b = &c->block[i];
        if (b->status != SN_OK) {
            if (err != NULL) {
                *err = b->error;
            }
            return b->status;
        }
        add_block(r, b);
    }
    return SN_OK;
}

sn_status sn_replay_pass(sn_replay_case *c, sn_error *err)
{
    double begin = sn_os_monotonic_s();
    sn_status status = sn_replay_ramp_solve(c, err);
    if (status != SN_OK) {
        return status;
    }
    sn_parallel_run(c->n_block, c->settings->n_thread, work_on_block, c);
    sn_replay_ramp_check(c);
    c->out->clearing_s += sn_os_monotonic_s() - begin;
    return gather(c, err);
}

/* ---- entry ---- */

sn_status sn_replay_check_input(const sn_replay_input *in, sn_error *err)
{
    if (in->n_area == 0 || in->n_area > 64 || in->axis.n == 0) {
        return sn_error_set(err, SN_E_FORMAT,
                            "replay needs 1 to 64 areas and a period, got %zu and %zu",
                            in->n_area, in->axis.n);
    }
    if (in->axis.step_s <= 0 || SN_DAY_S % in->axis.step_s != 0) {
        return sn_error_set(err, SN_E_FORMAT, "a step of %d s does not divide a day",
                            (int)in->axis.step_s);
    }
    if (!(in->price_min_eur_per_mwh < in->price_max_eur_per_mwh)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "price limits %g and %g EUR/MWh are not in order",
                            in->price_min_eur_per_mwh, in->price_max_eur_per_mwh);
    }
    for (size_t l = 0; l < in->n_border; l++) {
        const sn_border *link = &in->border[l].link;
        if (link->from >= in->n_area || link->to >= in->n_area ||
            link->from == link->to || !(link->rated_mw > 0.0)) {
            return sn_error_set(err, SN_E_FORMAT,
                                "border %zu joins areas %zu and %zu of %zu, rated %g MW",
                                l, link->from, link->to, in->n_area, link->rated_mw);
        }
        if (!(in->border[l].loss_share >= 0.0 && in->border[l].loss_share < 1.0)) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "border %zu loses %g of its flow: expected 0 or more, and "
                "below 1",
                l, in->border[l].loss_share);
        }
        if (!(in->border[l].ramp_mw_per_h >= 0.0)) {
            return sn_error_set(err, SN_E_FORMAT,
                                "border %zu: a limit of change of %g MW an hour", l,
                                in->border[l].ramp_mw_per_h);
        }
    }
    for (size_t z = 0; z < in->n_area; z++) {
        if (!isfinite(in->area[z].hydro_slope_mw_per_eur) ||
            !isfinite(in->area[z].other_slope_mw_per_eur) ||
            in->area[z].hydro_slope_mw_per_eur < 0.0 ||
            in->area[z].other_slope_mw_per_eur < 0.0) {
            return sn_error_set(err, SN_E_FORMAT, "area %s: slopes must be 0 or more",
                                in->area[z].code);
        }
    }
    return SN_OK;
}

void sn_replay_store_shifts(sn_replay_case *c)
{
    for (size_t t = 0; t < c->input->axis.n; t++) {
        for (size_t z = 0; z < c->n_area; z++) {
            c->out->water_value_shift_eur_per_mwh[t * c->n_area + z] =
                c->shift[t / c->slot_periods * c->n_area + z];
        }
    }
}

sn_status sn_replay_run(const sn_replay_input *input,
                        const sn_replay_settings *settings,
                        const sn_configuration *configuration,
                        sn_replay_result *out,
                        sn_error *err)
{
    *out = (sn_replay_result){0};
    sn_status status = sn_replay_check_input(input, err);
    if (status != SN_OK) {
        return status;
    }
    sn_replay_case c = {.input = input,
                        .settings = settings,
                        .out = out,
                        .n_area = input->n_area,
                        .n_border = input->n_border,
                        .step_h = input->axis.step_s / SN_SECONDS_PER_HOUR};
    status = sn_replay_allocate_result(&c, err);
    if (status != SN_OK) {
        sn_replay_result_release(out);
        return status;
    }
    status = sn_replay_open(&c, configuration, err);
    if (status == SN_OK) {
        set_market_limits(&c);
        status = sn_replay_ramp_open(&c, err);
    }
    if (status == SN_OK) {
        status = sn_replay_balance_water(&c, err);
    }
    if (status == SN_OK) {
        sn_replay_store_shifts(&c);
        sn_replay_ramp_store(&c);
    }
    sn_replay_close(&c);
    if (status != SN_OK) {
        sn_replay_result_release(out);
    }
    return status;
}

/* Only this area's numbers are worked out, not a whole case. */
sn_status sn_replay_curve(const sn_replay_input *input,
                          const sn_replay_settings *settings,
                          const sn_replay_result *result,
                          size_t period,
                          size_t area,
                          double *price_eur_per_mwh,
                          double *quantity_mw,
                          size_t *n_out,
                          sn_error *err)
{
    if (period >= input->axis.n || area >= input->n_area) {
        return sn_error_set(err, SN_E_FORMAT, "no period %zu or area %zu in this replay",
                            period, area);
    }
    if (input->area[area].kind == SN_AREA_FIXED_FLOW) {
        return sn_error_set(err, SN_E_FORMAT, "area %s has fixed flows and no curve",
                            input->area[area].code);
    }
    if (result->exclusion[period] != SN_INCLUDED) {
        return sn_error_set(err, SN_E_GAP, "period %zu is excluded: it has no curve",
                            period);
    }
    size_t n_area = input->n_area;
    double *net = calloc((period + 1) * n_area, sizeof *net);
    double *slope = calloc(n_area, sizeof *slope);
    sn_replay_hydro *hydro = calloc(n_area, sizeof *hydro);
    sn_replay_case c = {.input = input,
                        .settings = settings,
                        .n_area = n_area,
                        .n_border = input->n_border,
                        .price_min_eur_per_mwh = result->price_min_eur_per_mwh,
                        .price_max_eur_per_mwh = result->price_max_eur_per_mwh,
                        .net_observed_mw = net,
                        .other_slope = slope,
                        .hydro = hydro};
    sn_status status = SN_OK;
    if (net == NULL || slope == NULL || hydro == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for a curve");
        goto done;
    }
    status = sn_replay_prepare_hydro(&c, area, err);
    if (status == SN_OK) {
        slope[area] = sn_replay_other_slope_mw_per_eur(input, settings, area);
        net[period * n_area + area] = sn_replay_net_observed_mw(input, period, area);
        *n_out = sn_replay_build_curve(
            &c, period, area,
            result->water_value_shift_eur_per_mwh[period * n_area + area],
            price_eur_per_mwh, quantity_mw);
    }
done:
    if (hydro != NULL) {
        free(hydro[area].centre_eur_per_mwh);
    }
    free(hydro);
    free(slope);
    free(net);
    return status;
}
