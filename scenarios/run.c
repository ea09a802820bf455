/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_internal.h"

#include "base/os.h"
#include "parallel.h"

#include <stdlib.h>
#include <string.h>

sn_configuration sn_run_configuration(const sn_run_case *c, size_t i)
{
    const sn_partition *p = &c->scenario->configuration[i];
    return (sn_configuration){p->name, p->label,
                              p->has_one_consumer ? p->one_consumer : NULL};
}

sn_status
sn_run_settings(sn_run_case *c, size_t i, sn_replay_settings *out, sn_error *err)
{
    sn_status status = SN_OK;
    sn_scenario_settings(c->scenario, out);
    if (i == 0) { /* one run only: nothing to share */
        out->balance =
            sn_scenario_is_history(c->scenario) ? SN_BALANCE_HELD : out->balance;
        return SN_OK;
    }
    if (c->prepared[i] == NULL) {
        sn_configuration split = sn_run_configuration(c, i);
        status =
            sn_replay_prepared_new(&c->data.input, out, &split, &c->prepared[i], err);
    }
    out->prepared = c->prepared[i];
    return status;
}

sn_status sn_run_solve_one(sn_run_case *c,
                           size_t i,
                           const sn_replay_settings *settings,
                           sn_run_checks *checks,
                           sn_replay_result *out,
                           sn_error *err)
{
    sn_configuration split = sn_run_configuration(c, i);
    sn_status status = sn_replay_run(&c->data.input, settings, &split, out, err);
    if (status == SN_OK) {
        sn_run_count(checks, out);
    }
    return status;
}

void sn_run_count(sn_run_checks *checks, const sn_replay_result *r)
{
    const sn_run_checks more = {r->check_periods, r->check_failed, r->n_infeasible};
    sn_run_add_checks(checks, &more);
}

void sn_run_add_checks(sn_run_checks *checks, const sn_run_checks *more)
{
    checks->periods += more->periods;
    checks->failed += more->failed;
    checks->n_infeasible += more->n_infeasible;
}

sn_status sn_run_account(const sn_run_case *c,
                         const sn_replay_result *changed,
                         sn_ledger *out,
                         sn_error *err)
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

static sn_status solve_configuration(sn_run_case *c, size_t i, sn_error *err)
{
    sn_replay_settings settings;
    sn_status status = sn_run_settings(c, i, &settings, err);
    settings.start_from = &c->base;
    return status == SN_OK
               ? sn_run_solve_one(c, i, &settings, &c->checks, &c->changed[i], err)
               : status;
}

static sn_status solve_all(sn_run_case *c, sn_error *err)
{
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        c->operator_area[z] = strncmp(c->scenario->area[z]->code, "SE", 2) == 0;
    }
    sn_replay_settings settings;
    sn_status status = sn_run_settings(c, 0, &settings, err);
    if (status == SN_OK) {
        status = sn_run_solve_one(c, 0, &settings, &c->checks, &c->base, err);
    }
    for (size_t i = 1; i < c->scenario->n_configuration && status == SN_OK; i++) {
        status = solve_configuration(c, i, err);
    }
    return status;
}

void sn_run_release_prepared(sn_run_case *c)
{
    for (size_t i = 0; i < SN_SCENARIO_CONFIGURATIONS_MAX; i++) {
        sn_replay_prepared_free(c->prepared[i]);
        c->prepared[i] = NULL;
    }
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
    sn_run_release_prepared(c);
    json_decref(c->years);
    json_decref(c->monthly);
    sn_replay_data_release(&c->data);
    free(c);
}

/* result.h5 and summary.json are written side by side: only the first calls HDF5. */
typedef struct sn_run_writing {
    sn_run_case *c;
    const char *folder;
    sn_status status[2];
    sn_error error[2];
} sn_run_writing;

static void write_part(void *context, size_t part, unsigned worker)
{
    sn_run_writing *w = context;
    (void)worker;
    w->status[part] = part == 0 ? sn_run_write_result(w->c, w->folder, &w->error[part])
                                : sn_run_write_summary(w->c, w->folder, &w->error[part]);
}

static sn_status write_all(sn_run_case *c, const char *folder, sn_error *err)
{
    sn_run_writing w = {.c = c, .folder = folder};
    sn_replay_settings settings;
    double before = sn_os_monotonic_s();
    sn_scenario_settings(c->scenario, &settings);
    sn_status status = sn_run_write_manifest(c, folder, err);
    if (status == SN_OK) {
        sn_parallel_run(2, settings.n_thread, write_part, &w);
    }
    for (int i = 0; i < 2 && status == SN_OK; i++) {
        status = w.status[i];
        if (status != SN_OK && err != NULL) {
            *err = w.error[i];
        }
    }
    c->write_s = sn_os_monotonic_s() - before;
    return status == SN_OK ? sn_run_write_timing(c, folder, err) : status;
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
    sn_run_read_months(c);
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
        sn_run_release_prepared(c);
    }
    if (status == SN_OK) {
        sn_run_tell_years(c);
        status = write_all(c, folder, err);
    }
    *exit_code_out = c->checks.failed > 0         ? SN_EXIT_FAILED
                     : c->checks.n_infeasible > 0 ? SN_EXIT_PARTIAL
                                                  : SN_EXIT_DONE;
    release(c);
    return status;
}
