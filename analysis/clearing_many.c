/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks of periods go to whichever worker is free, each with a workspace of its own.
 * A solve does not depend on what its workspace has seen, so neither do the results.
 */
#include "clearing_many.h"

#include "parallel.h"

#include <pthread.h>
#include <string.h>

enum { PERIODS_PER_BLOCK = 96 };

typedef struct sn_many_run {
    const sn_clearing_many *many;
    sn_clearing_many_result *out;
    size_t n_area;
    size_t n_border;
    sn_clearing *work[SN_THREADS_MAX];
    pthread_mutex_t lock; /* of what follows */
    size_t failed_period; /* the first in order; n_period: none */
    sn_status status;
    sn_error error;
} sn_many_run;

static void
note_failure(sn_many_run *run, size_t t, sn_status status, const sn_error *err)
{
    pthread_mutex_lock(&run->lock);
    if (t < run->failed_period) {
        run->failed_period = t;
        run->status = status;
        run->error = *err;
    }
    pthread_mutex_unlock(&run->lock);
}

static void store(const sn_many_run *run, size_t t, const sn_clearing_result *result)
{
    sn_clearing_many_result *out = run->out;
    size_t n = run->n_area;
    out->outcome[t] = result->outcome;
    memcpy(out->price_eur_per_mwh + t * n, result->price_eur_per_mwh, n * sizeof(double));
    memcpy(out->net_position_mw + t * n, result->net_position_mw, n * sizeof(double));
    if (run->n_border > 0) {
        memcpy(out->flow_mw + t * run->n_border, result->flow_mw,
               run->n_border * sizeof(double));
    }
}

static void solve_block(void *context, size_t block, unsigned worker)
{
    sn_many_run *run = context;
    size_t end = (block + 1) * PERIODS_PER_BLOCK;
    end = end < run->many->n_period ? end : run->many->n_period;
    for (size_t t = block * PERIODS_PER_BLOCK; t < end; t++) {
        const sn_clearing_problem *problem = &run->many->problem[t];
        sn_clearing_result result;
        sn_clearing_residuals residuals;
        sn_error err = {0};
        sn_status status = sn_clearing_solve(run->work[worker], problem, &result, &err);
        if (status == SN_OK && result.outcome == SN_CLEARED && !run->many->is_unchecked) {
            status = sn_clearing_check_losses(problem, run->many->loss_share, &result,
                                              &residuals, &err);
        }
        if (status != SN_OK) {
            note_failure(run, t, status, &err);
            return;
        }
        store(run, t, &result);
    }
}

static sn_status check_sizes(const sn_clearing_many *many, sn_error *err)
{
    const sn_network *first = many->problem[0].network;
    for (size_t t = 1; t < many->n_period; t++) {
        const sn_network *network = many->problem[t].network;
        if (network->n_area != first->n_area || network->n_border != first->n_border) {
            return sn_error_set(err, SN_E_FORMAT,
                                "period %zu has %zu areas and %zu borders, the first one "
                                "%zu and %zu",
                                t, network->n_area, network->n_border, first->n_area,
                                first->n_border);
        }
    }
    return SN_OK;
}

static sn_status run_blocks(sn_many_run *run, sn_error *err)
{
    size_t n_block = (run->many->n_period + PERIODS_PER_BLOCK - 1) / PERIODS_PER_BLOCK;
    unsigned n_worker = sn_parallel_workers(n_block, run->many->n_thread);
    for (unsigned i = 0; i < n_worker; i++) {
        run->work[i] = sn_clearing_alloc(run->n_area, run->n_border);
        if (run->work[i] == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu areas",
                                run->n_area);
        }
        sn_clearing_set_losses(run->work[i], run->many->loss_share);
    }
    sn_parallel_run(n_block, n_worker, solve_block, run);
    if (run->status != SN_OK) {
        return sn_error_set(err, run->status, "period %zu: %s", run->failed_period,
                            run->error.message);
    }
    for (size_t t = 0; t < run->many->n_period; t++) {
        run->out->n_infeasible += run->out->outcome[t] == SN_INFEASIBLE;
    }
    return SN_OK;
}

sn_status sn_clearing_solve_many(const sn_clearing_many *many,
                                 sn_clearing_many_result *out,
                                 sn_error *err)
{
    out->n_infeasible = 0;
    if (many->n_period == 0) {
        return SN_OK;
    }
    sn_status status = check_sizes(many, err);
    if (status != SN_OK) {
        return status;
    }
    sn_many_run run = {.many = many,
                       .out = out,
                       .n_area = many->problem[0].network->n_area,
                       .n_border = many->problem[0].network->n_border,
                       .failed_period = many->n_period,
                       .status = SN_OK};
    if (pthread_mutex_init(&run.lock, NULL) != 0) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a lock");
    }
    status = run_blocks(&run, err);
    for (unsigned i = 0; i < SN_THREADS_MAX; i++) {
        sn_clearing_free(run.work[i]);
    }
    pthread_mutex_destroy(&run.lock);
    return status;
}
