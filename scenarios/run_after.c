/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways of handling the cuts after the market, side by side (M-19 to M-21). */
#include "run_internal.h"

#include "base/os.h"

#include <math.h>
#include <stdlib.h>

/* Mark-up shares of the sensitivity; the first is the cost-based result. */
static const double sweep_theta[SN_RUN_THETAS] = {0.0, 0.25, 0.5, 0.75, 1.0};

const sn_replay_result *sn_run_after_result(const sn_run_case *c, size_t i, sn_after way)
{
    return c->after[i].is_solved && way != SN_AFTER_COST_BASED ? &c->after[i].result[way]
                                                               : &c->changed[i];
}

const sn_ledger *sn_run_after_ledger(const sn_run_case *c, size_t i, sn_after way)
{
    return c->after[i].is_solved && way != SN_AFTER_COST_BASED ? &c->after[i].ledger[way]
                                                               : &c->ledger[i];
}

static sn_status solve_way(sn_run_case *c,
                           size_t i,
                           const sn_replay_settings *settings,
                           sn_replay_result *out,
                           sn_ledger *ledger,
                           sn_error *err)
{
    sn_status status = sn_run_solve_one(c, i, settings, out, err);
    return status == SN_OK ? sn_ledger_compute(&c->data.input, settings, &c->base, out,
                                               c->operator_area, ledger, err)
                           : status;
}

/* M-29b. */
static sn_status trace(sn_run_case *c, size_t i, sn_after way, sn_error *err)
{
    sn_replay_settings settings;
    sn_configuration split = sn_run_configuration(c, i);
    sn_status status = sn_run_settings(c, i, &settings, err);
    return status != SN_OK ? status
                           : sn_channels_compute(&c->data.input, &settings, &split,
                                                 &c->base, sn_run_after_result(c, i, way),
                                                 sn_run_after_ledger(c, i, way),
                                                 &c->after[i].channels[way], err);
}

/* Water is held at the values of the cost-based result: one pass each, and what
 * differs is the mark-up alone. */
static sn_status
sweep(sn_run_case *c, size_t i, sn_replay_settings *settings, sn_error *err)
{
    sn_status status = SN_OK;
    settings->after = SN_AFTER_STRATEGIC;
    settings->balance = SN_BALANCE_HELD;
    settings->same_unless_over = &c->changed[i];
    const sn_replay_result *honest = &c->changed[i];
    c->after[i].sweep[0] =
        (sn_run_theta){0.0, honest->redispatch_volume_mwh, honest->redispatch_bill_eur,
                       c->ledger[i].tariff_eur_per_mwh,
                       sn_run_sweden_price(c, honest->price_eur_per_mwh)};
    for (size_t k = 1; k < SN_RUN_THETAS && status == SN_OK; k++) {
        sn_replay_result r = {0};
        sn_ledger ledger = {0};
        settings->theta = sweep_theta[k];
        status = solve_way(c, i, settings, &r, &ledger, err);
        c->after[i].sweep[k] = (sn_run_theta){
            sweep_theta[k], r.redispatch_volume_mwh, r.redispatch_bill_eur,
            ledger.tariff_eur_per_mwh,
            status == SN_OK ? sn_run_sweden_price(c, r.price_eur_per_mwh) : NAN};
        sn_ledger_release(&ledger);
        sn_replay_result_release(&r);
    }
    return status;
}

/* The scenario's theta is its own; the other ways start from the same water values. */
static sn_status solve_configuration(sn_run_case *c, size_t i, sn_error *err)
{
    sn_replay_settings settings;
    sn_status status = sn_run_settings(c, i, &settings, err);
    const sn_hydro_balance balance = settings.balance;
    settings.start_from = &c->changed[i];
    settings.water_from = &c->changed[i];
    c->after[i].is_solved = true;
    for (int way = SN_AFTER_STRATEGIC; way < SN_AFTER_COUNT && status == SN_OK; way++) {
        settings.after = (sn_after)way;
        settings.balance = way >= SN_AFTER_CUT_LEAST && !c->scenario->balance_cuts
                               ? SN_BALANCE_HELD
                               : balance;
        if (way == SN_AFTER_CUT_HISTORICAL) { /* nearer than the market without cuts */
            settings.start_from = &c->after[i].result[SN_AFTER_CUT_LEAST];
            settings.water_from = settings.start_from;
        }
        status = solve_way(c, i, &settings, &c->after[i].result[way],
                           &c->after[i].ledger[way], err);
        if (status == SN_OK) {
            status = trace(c, i, (sn_after)way, err);
        }
        sn_run_trim(&c->after[i].result[way], true);
        if (way != SN_AFTER_CUT_LEAST) {
            sn_run_forget_start(&c->after[i].result[way]);
        }
    }
    sn_run_forget_start(&c->after[i].result[SN_AFTER_CUT_LEAST]);
    settings.start_from = &c->changed[i];
    settings.water_from = &c->changed[i];
    return status == SN_OK ? sweep(c, i, &settings, err) : status;
}

sn_status sn_run_solve_after(sn_run_case *c, sn_error *err)
{
    sn_status status = SN_OK;
    double before = sn_os_monotonic_s();
    for (size_t i = 1; i < c->scenario->n_configuration && status == SN_OK; i++) {
        /* Where no cut is ever over, all ways are the market as it is. */
        if (c->changed[i].hours_over > 0) {
            status = solve_configuration(c, i, err);
        }
        if (status == SN_OK) {
            status = trace(c, i, SN_AFTER_COST_BASED, err);
        }
        sn_run_forget_start(&c->changed[i]);
        for (int way = 1; way < SN_AFTER_COUNT && !c->after[i].is_solved; way++) {
            c->after[i].channels[way] = c->after[i].channels[SN_AFTER_COST_BASED];
        }
    }
    c->after_s = sn_os_monotonic_s() - before;
    return status;
}

void sn_run_release_after(sn_run_case *c)
{
    for (size_t i = 0; i < SN_SCENARIO_CONFIGURATIONS_MAX; i++) {
        for (int way = 0; way < SN_AFTER_COUNT; way++) {
            sn_replay_result_release(&c->after[i].result[way]);
            sn_ledger_release(&c->after[i].ledger[way]);
        }
    }
}
