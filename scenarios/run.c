/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_internal.h"

#include "base/os.h"

#include <stdlib.h>
#include <string.h>

static sn_configuration configuration(const sn_run_case *c, size_t i)
{
    const sn_partition *p = &c->scenario->configuration[i];
    return (sn_configuration){p->name, p->label,
                              p->has_one_consumer ? p->one_consumer : NULL};
}

sn_status sn_run_solve_one(sn_run_case *c,
                           size_t i,
                           sn_hydro_balance balance,
                           sn_replay_result *out,
                           sn_error *err)
{
    sn_replay_settings settings;
    sn_scenario_settings(c->scenario, &settings);
    settings.balance =
        i == 0 && sn_scenario_is_history(c->scenario) ? SN_BALANCE_HELD : balance;
    sn_configuration split = configuration(c, i);
    sn_status status = sn_replay_run(&c->data.input, &settings, &split, out, err);
    if (status == SN_OK) {
        c->check_periods += out->check_periods;
        c->check_failed += out->check_failed;
        c->n_infeasible += out->n_infeasible;
    }
    return status;
}

static sn_status
account(sn_run_case *c, const sn_replay_result *changed, sn_ledger *out, sn_error *err)
{
    sn_replay_settings settings;
    sn_scenario_settings(c->scenario, &settings);
    return sn_ledger_compute(&c->data.input, &settings, &c->base, changed,
                             c->operator_area, out, err);
}

void sn_run_trim(sn_replay_result *r, bool keeps_flows)
{
    double **unused[] = {&r->net_position_mw,
                         &r->hydro_mw,
                         &r->other_response_mw,
                         &r->demand_response_mw,
                         &r->consumer_price_eur_per_mwh,
                         &r->redispatch_wind_mw,
                         &r->redispatch_load_mw,
                         &r->redispatch_large_load_mw,
                         &r->redispatch_price_eur_per_mwh,
                         &r->shortfall_mw,
                         &r->cut_flow_mw,
                         &r->cut_flow_after_mw,
                         &r->cut_max_mw,
                         &r->cut_min_mw};
    for (size_t k = 0; k < sizeof unused / sizeof *unused; k++) {
        free(*unused[k]);
        *unused[k] = NULL;
    }
    double **flows[] = {&r->flow_mw, &r->flow_min_mw, &r->flow_max_mw,
                        &r->water_value_shift_eur_per_mwh};
    for (size_t k = 0; k < sizeof flows / sizeof *flows && !keeps_flows; k++) {
        free(*flows[k]);
        *flows[k] = NULL;
    }
}

void sn_run_forget_start(sn_replay_result *r)
{
    free(r->start);
    free(r->has_start);
    r->start = NULL;
    r->has_start = NULL;
    sn_ramp_plan_free(r->ramp);
    r->ramp = NULL;
}

/* The three ways to treat the water, of the first comparison; one of them is solved
 * already and only pointed at. */
static sn_status solve_variants(sn_run_case *c, sn_error *err)
{
    sn_hydro_balance own = c->scenario->settings.balance;
    sn_status status = SN_OK;
    for (int b = 0; b < 3 && status == SN_OK; b++) {
        sn_hydro_balance balance = (sn_hydro_balance)b;
        if (balance == own) {
            c->variant[b] = c->changed[1];
            c->variant_ledger[b] = c->ledger[1];
            continue;
        }
        status = sn_run_solve_one(c, 1, balance, &c->variant[b], err);
        if (status == SN_OK) {
            status = account(c, &c->variant[b], &c->variant_ledger[b], err);
        }
        sn_run_trim(&c->variant[b], false);
        sn_run_forget_start(&c->variant[b]);
    }
    return status;
}

static sn_status solve_all(sn_run_case *c, sn_error *err)
{
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        c->operator_area[z] = strncmp(c->scenario->area[z]->code, "SE", 2) == 0;
    }
    sn_status status =
        sn_run_solve_one(c, 0, c->scenario->settings.balance, &c->base, err);
    sn_run_forget_start(&c->base);
    for (size_t i = 1; i < c->scenario->n_configuration && status == SN_OK; i++) {
        status =
            sn_run_solve_one(c, i, c->scenario->settings.balance, &c->changed[i], err);
        if (status == SN_OK) {
            status = account(c, &c->changed[i], &c->ledger[i], err);
        }
    }
    if (status == SN_OK && c->scenario->n_configuration > 1) {
        status = solve_variants(c, err);
    }
    return status;
}

static void release(sn_run_case *c)
{
    sn_replay_result_release(&c->base);
    for (size_t i = 0; i < SN_SCENARIO_CONFIGURATIONS_MAX; i++) {
        sn_replay_result_release(&c->changed[i]);
        sn_ledger_release(&c->ledger[i]);
    }
    for (size_t b = 0; b < 3; b++) {
        if (b != (size_t)c->scenario->settings.balance) { /* that one is changed[1] */
            sn_replay_result_release(&c->variant[b]);
            sn_ledger_release(&c->variant_ledger[b]);
        }
    }
    sn_run_release_after(c);
    sn_replay_data_release(&c->data);
    free(c);
}

sn_status sn_run(const sn_scenario *scenario,
                 sn_store *store,
                 const char *folder,
                 int *exit_code_out,
                 sn_error *err)
{
    sn_run_case *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a run");
    }
    c->scenario = scenario;
    c->store = store;
    c->start_s = sn_os_monotonic_s();
    sn_status status =
        sn_replay_data_load(scenario, store, scenario->year, &c->data, err);
    c->read_s = sn_os_monotonic_s() - c->start_s;
    if (status == SN_OK) {
        double before = sn_os_monotonic_s();
        status = solve_all(c, err);
        c->solve_s = sn_os_monotonic_s() - before;
    }
    if (status == SN_OK) {
        status = sn_run_solve_after(c, err);
    }
    if (status == SN_OK) {
        status = sn_run_write_manifest(c, folder, err);
    }
    if (status == SN_OK) {
        double before = sn_os_monotonic_s();
        status = sn_run_write_result(c, folder, err);
        c->write_s = sn_os_monotonic_s() - before;
    }
    if (status == SN_OK) {
        status = sn_run_write_summary(c, folder, err);
    }
    *exit_code_out = c->check_failed > 0   ? SN_EXIT_FAILED
                     : c->n_infeasible > 0 ? SN_EXIT_PARTIAL
                                           : SN_EXIT_DONE;
    release(c);
    return status;
}
