/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt batch: the cases of a scenario file, in parallel, restartable. */
#include "base/number.h"
#include "base/options.h"
#include "base/os.h"
#include "batch.h"
#include "batch_record.h"
#include "engine_slurm.h"
#include "environment.h"
#include "store.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

enum { PATH_SIZE = 4096, ASK_ABOVE = 100000, CASES_MAX = 10000000, COMMAND_WORDS = 4200 };

static const char *const examples[] = {
    "snitt batch scenarios/library/new-load.yaml --store DIR -o out/new-load",
    "snitt batch scenarios/library/uncertainty.yaml --store DIR -o out/sure --why", NULL};

const sn_command sn_cmd_batch = {
    .name = "batch",
    .arguments = "SCENARIO.yaml",
    .summary = "run the cases of a scenario file: sweep, sample, ensemble",
    .needs = "store",
    .details =
        "Writes batch.h5, summary.json and cases.csv into the folder of -o. Every "
        "finished case is kept there: start the same command again after an "
        "interruption, and it goes on to the same bytes. A case that did not change "
        "is taken from there. A case that fails is listed and stops no other: exit "
        "code 3; 1 when all failed.\n\n"
        "With --engine slurm the cases are worked out by the tasks of a job array; "
        "the folder, the store and the program must be the same on every node.",
    .examples = examples,
    .run = run,
};

typedef struct batch_options {
    const char *scenario, *store, *folder, *cache, *jobs, *part, *engine;
    const char *partition, *time, *account, *max_jobs;
    sn_option_list set;
    bool why, yes;
    unsigned n_job;
    size_t n_max_jobs;
    size_t part_at, n_part;
    char program_path[PATH_SIZE];
    char program[SN_PROGRAM_SIZE];
} batch_options;

static void tell(void *who, const char *line)
{
    (void)who;
    (void)fprintf(stderr, "snitt batch: %s\n", line);
}

static sn_status read_part(batch_options *o, sn_error *err)
{
    char text[64];
    long at = -1;
    long n = -1;
    o->n_part = 1;
    if (o->part == NULL) {
        return SN_OK;
    }
    (void)snprintf(text, sizeof text, "%s", o->part);
    char *slash = strchr(text, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    if (slash == NULL || !sn_parse_int(text, &at) || !sn_parse_int(slash + 1, &n) ||
        at < 0 || n < 1 || at >= n) {
        return sn_error_set(err, SN_E_USAGE,
                            "--part \"%.40s\": expected I/N with 0 <= I < N", o->part);
    }
    o->part_at = (size_t)at;
    o->n_part = (size_t)n;
    return SN_OK;
}

static sn_status read_words(batch_options *o, sn_error *err)
{
    long jobs = 0;
    long most = 100;
    sn_status status = sn_options_whole("jobs", o->jobs, 0, 256, &jobs, err);
    if (status == SN_OK) {
        status = sn_options_whole("max-jobs", o->max_jobs, 1, 100000, &most, err);
    }
    o->n_job = (unsigned)jobs;
    o->n_max_jobs = (size_t)most;
    return status == SN_OK ? read_part(o, err) : status;
}

static sn_status name_program(batch_options *o, sn_error *err)
{
    sn_status status = sn_os_program_path(o->program_path, sizeof o->program_path, err);
    return status == SN_OK ? sn_program_name(o->program, err) : status;
}

static sn_status check_count(const batch_options *o, const sn_batch *batch, sn_error *err)
{
    if (batch->n_case > ASK_ABOVE && !o->yes) {
        return sn_error_set(err, SN_E_USAGE,
                            "the file makes %s%zu cases: give --yes if that is meant",
                            batch->n_case == SIZE_MAX ? "more than " : "", batch->n_case);
    }
    if (batch->n_case > CASES_MAX) {
        return sn_error_set(err, SN_E_USAGE,
                            "%zu cases are too many for one batch, at most %d",
                            batch->n_case, CASES_MAX);
    }
    return SN_OK;
}

/* ---- the engines ---- */

static sn_status run_slurm(const batch_options *o, const sn_batch *batch, sn_error *err)
{
    static const char *words[COMMAND_WORDS];
    size_t n = 0;
    words[n++] = o->program_path;
    words[n++] = "batch";
    words[n++] = o->scenario;
    words[n++] = "-o";
    words[n++] = o->folder;
    words[n++] = "--store";
    words[n++] = o->store;
    words[n++] = "--jobs";
    words[n++] = o->jobs != NULL ? o->jobs : "1";
    words[n++] = "--yes";
    if (o->cache != NULL) {
        words[n++] = "--cache";
        words[n++] = o->cache;
    }
    for (size_t i = 0; i < o->set.n; i++) {
        words[n++] = "--set";
        words[n++] = o->set.item[i];
    }
    words[n] = NULL;
    sn_slurm_job job = {.folder = o->folder,
                        .n_part =
                            batch->n_case < o->n_max_jobs ? batch->n_case : o->n_max_jobs,
                        .partition = o->partition,
                        .time = o->time,
                        .account = o->account,
                        .command = words,
                        .poll_s = 1.0,
                        .tell = tell};
    return sn_slurm_run(&job, err);
}

static void say_outcome(const sn_batch_outcome *outcome)
{
    char line[200];
    (void)snprintf(line, sizeof line,
                   "%zu cases: %zu from the cache, %zu worked out, %zu failed, %zu with "
                   "infeasible periods",
                   outcome->n_cached + outcome->n_computed + outcome->n_failed,
                   outcome->n_cached, outcome->n_computed, outcome->n_failed,
                   outcome->n_partial);
    tell(NULL, line);
    size_t told = 0;
    for (size_t i = 0; i < outcome->n_case && told < 20; i++) {
        if (outcome->line[i].state == SN_CASE_FAILED) {
            (void)snprintf(line, sizeof line, "case %zu failed: %s", i,
                           outcome->line[i].message);
            tell(NULL, line);
            told++;
        }
    }
}

static sn_status
run_cases(const batch_options *o, const sn_batch *batch, int *exit_code, sn_error *err)
{
    sn_batch_outcome outcome = {0};
    sn_batch_options options = {.store = o->store,
                                .folder = o->folder,
                                .cache = o->cache,
                                .program = o->program,
                                .n_job = o->n_job,
                                .part = o->part_at,
                                .n_part = o->n_part,
                                .explain = o->why,
                                .tell = tell};
    sn_status status = SN_OK;
    if (strcmp(o->engine, "slurm") == 0) {
        status = run_slurm(o, batch, err);
    }
    if (status == SN_OK) {
        status = sn_batch_run(batch, &options, &outcome, err);
    }
    if (status == SN_OK) {
        say_outcome(&outcome);
        *exit_code = outcome.n_failed == 0 && outcome.n_partial == 0 ? SN_EXIT_DONE
                     : outcome.n_failed == outcome.n_case            ? SN_EXIT_FAILED
                                                                     : SN_EXIT_PARTIAL;
        status = o->n_part > 1 ? sn_slurm_part_done(o->folder, o->part_at, err)
                               : sn_batch_write(batch, &options, &outcome, err);
    }
    sn_batch_outcome_release(&outcome);
    return status;
}

static sn_status batch_command(batch_options *o, int *exit_code, sn_error *err)
{
    char default_store[PATH_SIZE];
    sn_batch batch;
    sn_status status = sn_batch_load(o->scenario, o->set.item, o->set.n, &batch, err);
    if (status != SN_OK) {
        err->status = SN_E_USAGE; /* a wrong scenario is a wrong command */
        return SN_E_USAGE;
    }
    status = check_count(o, &batch, err);
    if (status == SN_OK && o->store == NULL) {
        status = sn_store_default_path(default_store, sizeof default_store, err);
        o->store = default_store;
    }
    if (status == SN_OK) {
        status = name_program(o, err);
    }
    if (status == SN_OK) {
        status = run_cases(o, &batch, exit_code, err);
    }
    sn_batch_release(&batch);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    static batch_options o;
    o = (batch_options){.engine = "local"};
    const sn_option options[] = {
        SN_REQUIRED("o", "DIR", "folder of the batch, kept for restarts", &o.folder),
        SN_REPEATED("set", "KEY=VALUE",
                    "change a key of the file before its cases; may be repeated", &o.set),
        SN_STORE_OPTION(&o.store),
        SN_VALUE("cache", "DIR",
                 "keep finished cases here instead of in -o, for several batches",
                 &o.cache),
        SN_VALUE("jobs", "N", "cases at a time (default: all processors)", &o.jobs),
        SN_FLAG("why", "say what made each case stale that is worked out again", &o.why),
        SN_FLAG("yes", "more than 100000 cases are meant", &o.yes),
        SN_VALUE("engine", "local|slurm", "where the cases run (default: local)",
                 &o.engine),
        SN_VALUE("partition", "NAME", "of Slurm", &o.partition),
        SN_VALUE("time", "LIMIT", "of one task of Slurm, e.g. 02:00:00", &o.time),
        SN_VALUE("account", "NAME", "of Slurm", &o.account),
        SN_VALUE("max-jobs", "N", "tasks of the Slurm array (default: 100)", &o.max_jobs),
        SN_VALUE("part", "I/N",
                 "only cases i with i mod N = I, no results: what a task of Slurm does",
                 &o.part),
    };
    sn_option_list words = {0};
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_batch, options, argc, argv, &words, err);
    if (status == SN_OK) {
        o.scenario = words.item[0];
        status = read_words(&o, err);
    }
    if (status == SN_OK) {
        status = batch_command(&o, exit_code, err);
    }
    if (status == SN_OK && o.n_part <= 1) {
        (void)printf("%s/batch.h5\n%s/summary.json\n%s/cases.csv\n", o.folder, o.folder,
                     o.folder);
    }
    return status;
}
