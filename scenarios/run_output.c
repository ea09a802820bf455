/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.h5 of a run. */
#include "run_internal.h"

#include "result.h"

#include <stdio.h>

enum { PATH_SIZE = 4096 };

typedef struct sn_array {
    const char *name;
    const char *second;
    const char *units;
    const double *value;
} sn_array;

static sn_status put_arrays(sn_result_writer *w,
                            const char *group,
                            const sn_array *arrays,
                            size_t n,
                            sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        char path[192];
        (void)snprintf(path, sizeof path, "%s/%s", group, arrays[i].name);
        sn_result_field field = {path, arrays[i].second, arrays[i].units, arrays[i].name,
                                 arrays[i].value};
        status = arrays[i].value == NULL ? SN_OK : sn_result_put(w, &field, err);
    }
    return status;
}

static sn_status put_configuration(sn_result_writer *w,
                                   const sn_partition *split,
                                   const sn_replay_result *r,
                                   sn_error *err)
{
    /* Only where they tell something: what is always so costs space in every file. */
    const double *paid = split->has_one_consumer ? r->consumer_price_eur_per_mwh : NULL;
    const double *wind = r->hours_over > 0 ? r->redispatch_wind_mw : NULL;
    const sn_array arrays[] = {
        {"price_eur_per_mwh", "area", "EUR/MWh", r->price_eur_per_mwh},
        {"net_position_mw", "area", "MW", r->net_position_mw},
        {"hydro_mw", "area", "MW", r->hydro_mw},
        {"other_response_mw", "area", "MW", r->other_response_mw},
        {"demand_response_mw", "area", "MW", r->demand_response_mw},
        {"consumer_price_eur_per_mwh", "area", "EUR/MWh", paid},
        {"redispatch_wind_mw", "area", "MW", wind},
        {"redispatch_hydro_mw", "area", "MW", r->redispatch_hydro_mw},
        {"redispatch_other_mw", "area", "MW", r->redispatch_other_mw},
        {"redispatch_price_eur_per_mwh", "area", "EUR/MWh",
         r->redispatch_price_eur_per_mwh},
        {"shortfall_mw", "area", "MW", r->shortfall_mw},
        {"water_value_shift_eur_per_mwh", "area", "EUR/MWh",
         r->water_value_shift_eur_per_mwh},
        {"flow_mw", "border", "MW", r->flow_mw},
        {"flow_min_mw", "border", "MW", r->flow_min_mw},
        {"flow_max_mw", "border", "MW", r->flow_max_mw},
        {"ramp_price_eur_per_mw", "border", "EUR/MW", r->ramp_price_eur_per_mw},
        {"cut_flow_mw", "border", "MW", r->cut_flow_mw},
        {"cut_flow_after_mw", "border", "MW", r->cut_flow_after_mw},
        {"cut_min_mw", "border", "MW", r->cut_min_mw},
        {"cut_max_mw", "border", "MW", r->cut_max_mw},
    };
    char group[64];
    (void)snprintf(group, sizeof group, "/configurations/%s", split->name);
    return put_arrays(w, group, arrays, sizeof arrays / sizeof *arrays, err);
}

/* The other ways of handling the cuts, where they differ. */
static sn_status
put_after(const sn_run_case *c, size_t i, sn_result_writer *w, sn_error *err)
{
    sn_status status = SN_OK;
    for (int way = SN_AFTER_STRATEGIC; way < SN_AFTER_COUNT && status == SN_OK; way++) {
        const sn_replay_result *r = &c->after[i].result[way];
        bool is_cut = way != SN_AFTER_STRATEGIC;
        const sn_array arrays[] = {
            {"price_eur_per_mwh", "area", "EUR/MWh", r->price_eur_per_mwh},
            {"redispatch_hydro_mw", "area", "MW", r->redispatch_hydro_mw},
            {"redispatch_other_mw", "area", "MW", r->redispatch_other_mw},
            {"flow_mw", "border", "MW", r->flow_mw},
            {"flow_min_mw", "border", "MW", is_cut ? r->flow_min_mw : NULL},
            {"flow_max_mw", "border", "MW", is_cut ? r->flow_max_mw : NULL},
        };
        char group[112];
        (void)snprintf(group, sizeof group, "/configurations/%s/after_market/%s",
                       c->scenario->configuration[i].name, sn_after_name((sn_after)way));
        status = put_arrays(w, group, arrays, sizeof arrays / sizeof *arrays, err);
    }
    return status;
}

static sn_status put_observed(const sn_run_case *c, sn_result_writer *w, sn_error *err)
{
    const sn_array arrays[] = {
        {"price_eur_per_mwh", "area", "EUR/MWh", c->data.price},
        {"net_position_mw", "area", "MW", c->base.net_position_mw},
        {"load_mw", "area", "MW", c->data.load},
        {"hydro_mw", "area", "MW", c->data.generation[SN_TECH_HYDRO]},
        {"wind_mw", "area", "MW", c->data.generation[SN_TECH_WIND]},
        {"solar_mw", "area", "MW", c->data.generation[SN_TECH_SOLAR]},
        {"nuclear_mw", "area", "MW", c->data.generation[SN_TECH_NUCLEAR]},
        {"thermal_mw", "area", "MW", c->data.generation[SN_TECH_THERMAL]},
        {"reservoir_mwh", "area", "MWh", c->data.reservoir},
        {"flow_mw", "border", "MW", c->data.flow},
    };
    return put_arrays(w, "/observed", arrays, sizeof arrays / sizeof *arrays, err);
}

sn_status sn_run_write_result(const sn_run_case *c, const char *folder, sn_error *err)
{
    static const char *const variants[3] = {
        "/hydro_variants/physical", "/hydro_variants/market", "/hydro_variants/held"};
    static char areas[SN_SCENARIO_AREAS_MAX][SN_RESULT_NAME_SIZE];
    static char borders[SN_REPLAY_BORDERS_MAX][SN_RESULT_NAME_SIZE];
    char path[PATH_SIZE];
    sn_result_writer *w = NULL;
    sn_replay_settings settings;
    sn_scenario_settings(c->scenario, &settings);
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        (void)snprintf(areas[z], sizeof areas[z], "%s", c->scenario->area[z]->code);
    }
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        sn_border_name(c->data.info[l], borders[l]);
    }
    sn_result_axes axes = {c->data.input.axis,
                           c->scenario->n_area,
                           (const char(*)[SN_RESULT_NAME_SIZE])areas,
                           c->data.input.n_border,
                           (const char(*)[SN_RESULT_NAME_SIZE])borders,
                           settings.n_thread};
    (void)snprintf(path, sizeof path, "%s/result.h5", folder);
    sn_status status =
        sn_result_create(path, &axes, c->scenario->title_sv, c->run_id, &w, err);
    if (status == SN_OK) {
        status = put_observed(c, w, err);
    }
    if (status == SN_OK) {
        status = put_configuration(w, &c->scenario->configuration[0], &c->base, err);
    }
    for (size_t i = 1; i < c->scenario->n_configuration && status == SN_OK; i++) {
        status =
            put_configuration(w, &c->scenario->configuration[i], &c->changed[i], err);
        if (status == SN_OK && c->after[i].is_solved) {
            status = put_after(c, i, w, err);
        }
    }
    for (size_t b = 0; b < 3 && status == SN_OK && c->scenario->n_configuration > 1;
         b++) {
        const sn_array price = {"price_eur_per_mwh", "area", "EUR/MWh",
                                c->variant[b].price_eur_per_mwh};
        status = put_arrays(w, variants[b], &price, 1, err);
    }
    if (status == SN_OK) {
        status = sn_run_write_curves(c, w, err);
    }
    if (status == SN_OK) {
        status = sn_result_publish(w, err);
    }
    sn_result_discard(w);
    return status;
}
