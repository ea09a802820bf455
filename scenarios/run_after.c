/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What starts from a comparison's cost-based result: the other ways of handling the cuts
 * after the market (M-19 to M-21), mark-ups, other treatments of the water, and where the
 * change comes from (M-29b).
 *
 * They need nothing of each other, so each is a task, and the tasks share the threads: a
 * run's parts that one thread must do alone (ledger, preparation) then cost no waiting.
 */
#include "run_internal.h"

#include "base/os.h"
#include "parallel.h"

#include <math.h>
#include <stdlib.h>

/* Mark-up shares of the sensitivity; the first is the cost-based result. */
static const double sweep_theta[SN_RUN_THETAS] = {0.0, 0.25, 0.5, 0.75, 1.0};

typedef struct sn_run_task sn_run_task;
typedef sn_status sn_run_work(sn_run_case *c, sn_run_task *task, sn_error *err);

struct sn_run_task {
    sn_run_work *work;
    size_t configuration;
    size_t theta; /* of the sweep */
    unsigned n_thread;
    sn_run_checks checks;
    sn_status status;
    sn_error error;
};

/* Cuts, strategic, thetas but the first, cost-based channels, water. */
enum { TASKS_OF_CONFIGURATION = 2 + (SN_RUN_THETAS - 1) + 1, TASKS_OF_WATER = 1 };

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

static sn_status settings_of(sn_run_case *c,
                             const sn_run_task *task,
                             sn_replay_settings *out,
                             sn_error *err)
{
    sn_status status = sn_run_settings(c, task->configuration, out, err);
    out->n_thread = task->n_thread;
    out->start_from = &c->changed[task->configuration];
    return status;
}

static sn_status solve(sn_run_case *c,
                       sn_run_task *task,
                       const sn_replay_settings *settings,
                       sn_replay_result *out,
                       sn_ledger *ledger,
                       sn_error *err)
{
    sn_status status =
        sn_run_solve_one(c, task->configuration, settings, &task->checks, out, err);
    return status == SN_OK ? sn_run_account(c, out, ledger, err) : status;
}

/* ---- M-29b ---- */

static sn_status trace(sn_run_case *c, sn_run_task *task, sn_after way, sn_error *err)
{
    size_t i = task->configuration;
    sn_replay_settings settings;
    sn_configuration split = sn_run_configuration(c, i);
    sn_status status = settings_of(c, task, &settings, err);
    return status != SN_OK ? status
                           : sn_channels_compute(&c->data.input, &settings, &split,
                                                 &c->base, sn_run_after_result(c, i, way),
                                                 sn_run_after_ledger(c, i, way),
                                                 &c->after[i].channels[way], err);
}

/* The ledger of the cost-based result comes first; no other task reads it. */
static sn_status account_cost_based(sn_run_case *c, sn_run_task *task, sn_error *err)
{
    size_t i = task->configuration;
    sn_status status = sn_run_account(c, &c->changed[i], &c->ledger[i], err);
    return status == SN_OK ? trace(c, task, SN_AFTER_COST_BASED, err) : status;
}

/* ---- ways of handling the cuts ---- */

/* The scenario's theta is its own; every way starts from the same water values. */
static sn_status solve_way(sn_run_case *c,
                           sn_run_task *task,
                           sn_after way,
                           const sn_replay_result *from,
                           sn_error *err)
{
    sn_run_after *after = &c->after[task->configuration];
    sn_replay_settings settings;
    sn_status status = settings_of(c, task, &settings, err);
    settings.after = way;
    settings.start_from = from;
    settings.water_from = from;
    if (way != SN_AFTER_STRATEGIC && !c->scenario->balance_cuts) {
        settings.balance = SN_BALANCE_HELD;
    }
    if (status == SN_OK) {
        status = solve(c, task, &settings, &after->result[way], &after->ledger[way], err);
    }
    if (status == SN_OK) {
        status = trace(c, task, way, err);
    }
    sn_run_trim(&after->result[way], true);
    return status;
}

static sn_status solve_strategic(sn_run_case *c, sn_run_task *task, sn_error *err)
{
    sn_status status =
        solve_way(c, task, SN_AFTER_STRATEGIC, &c->changed[task->configuration], err);
    sn_run_forget_start(&c->after[task->configuration].result[SN_AFTER_STRATEGIC]);
    return status;
}

/* The historical cuts lie nearer to the least cuts than to the market without. */
static sn_status solve_cuts(sn_run_case *c, sn_run_task *task, sn_error *err)
{
    sn_replay_result *result = c->after[task->configuration].result;
    sn_status status =
        solve_way(c, task, SN_AFTER_CUT_LEAST, &c->changed[task->configuration], err);
    if (status == SN_OK) {
        status =
            solve_way(c, task, SN_AFTER_CUT_HISTORICAL, &result[SN_AFTER_CUT_LEAST], err);
    }
    sn_run_forget_start(&result[SN_AFTER_CUT_LEAST]);
    sn_run_forget_start(&result[SN_AFTER_CUT_HISTORICAL]);
    return status;
}

/* Water is held at the values of the cost-based result: one pass each, and what
 * differs is the mark-up alone. */
static sn_status solve_theta(sn_run_case *c, sn_run_task *task, sn_error *err)
{
    size_t i = task->configuration;
    sn_replay_settings settings;
    sn_replay_result r = {0};
    double tariff = 0.0;
    sn_status status = settings_of(c, task, &settings, err);
    settings.after = SN_AFTER_STRATEGIC;
    settings.balance = SN_BALANCE_HELD;
    settings.water_from = &c->changed[i];
    settings.honest = &c->changed[i];
    settings.theta = sweep_theta[task->theta];
    if (status == SN_OK) {
        status = sn_run_solve_one(c, i, &settings, &task->checks, &r, err);
    }
    if (status == SN_OK) {
        status = sn_ledger_tariff(&c->data.input, &settings, &c->base, &r,
                                  c->operator_area, &tariff, err);
    }
    if (status == SN_OK) {
        c->after[i].sweep[task->theta] =
            (sn_run_theta){settings.theta, r.redispatch_volume_mwh, r.redispatch_bill_eur,
                           tariff, sn_run_sweden_price(c, r.price_eur_per_mwh)};
    }
    sn_replay_result_release(&r);
    return status;
}

static void store_honest(sn_run_case *c, size_t i)
{
    const sn_replay_result *r = &c->changed[i];
    c->after[i].sweep[0] = (sn_run_theta){
        sweep_theta[0], r->redispatch_volume_mwh, r->redispatch_bill_eur,
        c->ledger[i].tariff_eur_per_mwh, sn_run_sweden_price(c, r->price_eur_per_mwh)};
}

/* ---- treatments of the water ---- */

/* What the market alone runs starts from the held one, so that one comes with it. */
static sn_status
solve_variant(sn_run_case *c, sn_run_task *task, sn_hydro_balance balance, sn_error *err)
{
    sn_replay_result *out = &c->variant[balance];
    sn_replay_result *held = &c->variant[SN_BALANCE_HELD];
    sn_replay_settings settings;
    sn_status status = settings_of(c, task, &settings, err);
    settings.balance = balance;
    if (balance == SN_BALANCE_MARKET &&
        c->scenario->settings.balance != SN_BALANCE_HELD) {
        settings.held_out = held;
    }
    if (status == SN_OK && balance == SN_BALANCE_HELD && held->n > 0) {
        sn_run_count(&task->checks, held);
        status = sn_run_account(c, held, &c->variant_ledger[balance], err);
    } else if (status == SN_OK) {
        status = solve(c, task, &settings, out, &c->variant_ledger[balance], err);
    }
    sn_run_trim(out, false);
    sn_run_forget_start(out);
    return status;
}

/* The three ways to treat the water, of the first comparison; one of them is solved
 * already and only pointed at. */
static sn_status solve_variants(sn_run_case *c, sn_run_task *task, sn_error *err)
{
    sn_status status = SN_OK;
    for (int b = 0; b < 3 && status == SN_OK; b++) {
        if ((sn_hydro_balance)b != c->scenario->settings.balance) {
            status = solve_variant(c, task, (sn_hydro_balance)b, err);
        }
    }
    return status;
}

/* ---- all of it ---- */

/* Longest first, so that the threads end together. */
static size_t list_tasks(sn_run_case *c, sn_run_task *task)
{
    size_t n = 0;
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        c->after[i].is_solved = c->changed[i].hours_over > 0;
        if (c->after[i].is_solved) { /* else all ways are the market as it is */
            task[n++] = (sn_run_task){.work = solve_cuts, .configuration = i};
            task[n++] = (sn_run_task){.work = solve_strategic, .configuration = i};
        }
    }
    if (c->scenario->n_configuration > 1) {
        task[n++] = (sn_run_task){.work = solve_variants, .configuration = 1};
    }
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        task[n++] = (sn_run_task){.work = account_cost_based, .configuration = i};
        for (size_t k = SN_RUN_THETAS - 1; k > 0 && c->after[i].is_solved; k--) {
            task[n++] =
                (sn_run_task){.work = solve_theta, .configuration = i, .theta = k};
        }
    }
    return n;
}

typedef struct sn_run_crew {
    sn_run_case *c;
    sn_run_task *task;
} sn_run_crew;

static void work_on_task(void *context, size_t number, unsigned worker)
{
    sn_run_crew *crew = context;
    sn_run_task *task = &crew->task[number];
    (void)worker;
    task->status = task->work(crew->c, task, &task->error);
}

/* Threads that are left when every task has one go into the tasks. */
static sn_status run_tasks(sn_run_case *c, sn_run_task *task, size_t n, sn_error *err)
{
    sn_run_crew crew = {c, task};
    sn_replay_settings settings;
    sn_scenario_settings(c->scenario, &settings);
    unsigned n_worker = sn_parallel_workers(n, settings.n_thread);
    for (size_t i = 0; i < n; i++) {
        task[i].n_thread = settings.n_thread / n_worker;
    }
    sn_parallel_run(n, n_worker, work_on_task, &crew);
    sn_status status = SN_OK;
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        status = task[i].status;
        if (status != SN_OK && err != NULL) {
            *err = task[i].error;
        }
        sn_run_add_checks(&c->checks, &task[i].checks);
    }
    return status;
}

sn_status sn_run_solve_after(sn_run_case *c, sn_error *err)
{
    double before = sn_os_monotonic_s();
    sn_run_task *task =
        calloc(c->scenario->n_configuration * TASKS_OF_CONFIGURATION + TASKS_OF_WATER,
               sizeof *task);
    if (task == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the ways of a run");
    }
    size_t n = list_tasks(c, task);
    sn_status status = n > 0 ? run_tasks(c, task, n, err) : SN_OK;
    free(task);
    sn_run_forget_start(&c->base);
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        sn_run_forget_start(&c->changed[i]);
        if (c->after[i].is_solved) {
            store_honest(c, i);
        }
        for (int way = 1; way < SN_AFTER_COUNT && !c->after[i].is_solved; way++) {
            c->after[i].channels[way] = c->after[i].channels[SN_AFTER_COST_BASED];
        }
    }
    if (c->scenario->n_configuration > 1) {
        c->variant[c->scenario->settings.balance] = c->changed[1];
        c->variant_ledger[c->scenario->settings.balance] = c->ledger[1];
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
