/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch_case.h"

#include <stdio.h>
#include <string.h>

/* What every comparison of a case starts from. */
typedef struct sn_case_start {
    const sn_scenario *scenario;
    sn_replay_data view;
    sn_replay_settings settings;
    const sn_replay_result *base;
    bool operator_area[SN_SCENARIO_AREAS_MAX];
} sn_case_start;

/* Configuration i: its ledger, headlines and intervals. */
static sn_status
compare_one(const sn_case_start *c, size_t i, sn_case_result *out, sn_error *err)
{
    sn_replay_result changed = {0};
    sn_ledger ledger = {0};
    const sn_partition *p = &c->scenario->configuration[i];
    sn_configuration split = {p->name, p->label,
                              p->has_one_consumer ? p->one_consumer : NULL};
    sn_bootstrap_options bootstrap = sn_bootstrap_default();
    sn_status status = sn_replay_run(&c->view.input, &c->settings, &split, &changed, err);
    if (status == SN_OK && changed.check_failed > 0) {
        status = sn_error_set(err, SN_E_NUMERIC,
                              "%zu of %zu periods failed their check in %s, first: %s",
                              changed.check_failed, changed.check_periods, split.name,
                              changed.failure[0].what);
    }
    if (status == SN_OK) {
        status = sn_ledger_compute(&c->view.input, &c->settings, c->base, &changed,
                                   c->operator_area, &ledger, err);
    }
    if (status == SN_OK) {
        status = sn_headlines_compute(c->scenario, &c->view.input, c->base, &changed,
                                      &ledger, &out->weeks[i - 1], err);
    }
    if (status == SN_OK) {
        status = sn_headlines_intervals(&out->weeks[i - 1], &bootstrap,
                                        out->interval[i - 1], err);
    }
    (void)snprintf(out->name[i - 1], SN_SCENARIO_NAME_SIZE, "%s", split.name);
    out->n_infeasible += changed.n_infeasible;
    out->n_compare = i;
    sn_ledger_release(&ledger);
    sn_replay_result_release(&changed);
    return status;
}

sn_status sn_case_solve(sn_share *share,
                        const sn_scenario *scenario,
                        const sn_shared_data *data,
                        sn_case_result *out,
                        sn_error *err)
{
    sn_case_start c = {.scenario = scenario};
    memset(out, 0, sizeof *out);
    sn_scenario_settings(scenario, &c.settings);
    c.settings.n_thread = 1; /* the cases are what runs in parallel */
    for (size_t z = 0; z < scenario->n_area; z++) {
        c.operator_area[z] = strcmp(scenario->area[z]->country, "SE") == 0;
    }
    sn_status status = sn_replay_data_view(&data->data, scenario, &c.view, err);
    if (status == SN_OK) {
        status = sn_share_base(share, scenario, data, &c.view, &c.settings, &c.base, err);
    }
    if (status == SN_OK && c.base->check_failed > 0) {
        status = sn_error_set(err, SN_E_NUMERIC, "%zu periods of the base failed a check",
                              c.base->check_failed);
    }
    if (status == SN_OK) {
        out->n_infeasible = c.base->n_infeasible;
    }
    for (size_t i = 1; i < scenario->n_configuration && status == SN_OK; i++) {
        status = compare_one(&c, i, out, err);
    }
    sn_share_return(share, c.base);
    sn_replay_data_release(&c.view);
    return status;
}
