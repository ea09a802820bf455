/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch.h"

#include "base/os.h"
#include "batch_case.h"
#include "batch_why.h"
#include "run_pin.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, JOBS_MAX = 256, TEXT_MAX = 1 << 20 };

static const double progress_s = 5.0;

typedef struct sn_batch_work {
    const sn_batch *batch;
    const sn_batch_options *options;
    sn_batch_outcome *out;
    sn_share *share;
    sn_why *why;
    pthread_mutex_t lock; /* next, counts, tell and shared files */
    size_t next;
    size_t n_done;
    size_t n_mine;
    double start_s;
    double told_s;
} sn_batch_work;

static bool is_mine(const sn_batch_options *o, size_t i)
{
    return o->n_part <= 1 || i % o->n_part == o->part;
}

sn_status sn_batch_record_path(const sn_batch_options *o,
                               const char *key,
                               char *path,
                               size_t size,
                               sn_error *err)
{
    int n = o->cache != NULL ? snprintf(path, size, "%s/%s.case", o->cache, key)
                             : snprintf(path, size, "%s/cases/%s.case", o->folder, key);
    return n >= 0 && (size_t)n < size
               ? SN_OK
               : sn_error_set(err, SN_E_USAGE, "the folder's name is too long");
}

/* ---- one case ---- */

typedef struct sn_case_job {
    size_t index;
    sn_scenario scenario;
    sn_case_header header;
    const sn_shared_data *data;
    sn_case_result result;
} sn_case_job;

static char *own_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    if (copy != NULL) {
        memcpy(copy, text, n);
    }
    return copy;
}

static sn_status make_header(sn_batch_work *w, sn_case_job *job, sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, TEXT_MAX);
    sn_status status = sn_scenario_write(&job->scenario, &text, err);
    if (status == SN_OK) {
        job->header = (sn_case_header){own_text(w->options->program),
                                       own_text(job->data->inputs), own_text(text.data)};
        if (job->header.program == NULL || job->header.inputs == NULL ||
            job->header.scenario == NULL) {
            status = sn_error_set(err, SN_E_MEMORY, "out of memory for a case");
        }
    }
    sn_strbuf_release(&text);
    return status;
}

static void tell(sn_batch_work *w, const char *line)
{
    if (w->options->tell != NULL) {
        pthread_mutex_lock(&w->lock);
        w->options->tell(w->options->who, line);
        pthread_mutex_unlock(&w->lock);
    }
}

/* True when the record is there and whole.  One that is not is told and redone. */
static bool take_record(sn_batch_work *w, sn_case_job *job, const char *path)
{
    sn_error why = {.status = SN_OK};
    sn_status status = sn_case_read(path, NULL, &job->result, &why);
    if (status == SN_E_FORMAT) {
        tell(w, why.message);
    }
    return status == SN_OK;
}

static sn_status
work_out(sn_batch_work *w, sn_case_job *job, const char *path, sn_error *err)
{
    if (w->why != NULL) {
        sn_strbuf text;
        sn_strbuf_init(&text, TEXT_MAX);
        if (sn_why_explain(w->why, w->batch, job->index, &job->header, &text, NULL) ==
            SN_OK) {
            tell(w, text.data);
        }
        sn_strbuf_release(&text);
    }
    pthread_mutex_lock(&w->lock);
    sn_status status =
        sn_why_note_inputs(w->options->folder, &job->data->data, job->data->inputs, err);
    pthread_mutex_unlock(&w->lock);
    if (status == SN_OK) {
        status = sn_case_solve(w->share, &job->scenario, job->data, &job->result, err);
    }
    return status == SN_OK ? sn_case_write(path, &job->header, &job->result, err)
                           : status;
}

static sn_status
run_case(sn_batch_work *w, sn_case_job *job, sn_case_line *line, sn_error *err)
{
    char path[PATH_SIZE];
    sn_status status = sn_batch_case(w->batch, job->index, &job->scenario, err);
    if (status == SN_OK) {
        status = sn_share_data(w->share, &job->scenario, &job->data, err);
    }
    if (status == SN_OK) {
        status = make_header(w, job, err);
    }
    if (status == SN_OK) {
        status = sn_case_key(&job->header, line->key, err);
    }
    if (status == SN_OK) {
        status = sn_batch_record_path(w->options, line->key, path, sizeof path, err);
    }
    if (status != SN_OK) {
        return status;
    }
    line->from_cache = take_record(w, job, path);
    if (!line->from_cache) {
        status = work_out(w, job, path, err);
    }
    if (status == SN_OK) {
        line->state = job->result.n_infeasible > 0 ? SN_CASE_PARTIAL : SN_CASE_DONE;
    }
    return status;
}

/* ---- all cases ---- */

static void tell_progress(sn_batch_work *w)
{
    double now = sn_os_monotonic_s();
    if (w->options->tell == NULL || now - w->told_s < progress_s || w->n_done == 0) {
        return;
    }
    char line[160];
    double left_s =
        (now - w->start_s) / (double)w->n_done * (double)(w->n_mine - w->n_done);
    w->told_s = now;
    (void)snprintf(line, sizeof line,
                   "%zu of %zu cases, %zu from the cache, about %.0f s left", w->n_done,
                   w->n_mine, w->out->n_cached, left_s);
    w->options->tell(w->options->who, line);
}

static void
finish_case(sn_batch_work *w, sn_case_job *job, sn_status status, const sn_error *why)
{
    sn_case_line *line = &w->out->line[job->index];
    if (status != SN_OK) {
        line->state = SN_CASE_FAILED;
        (void)snprintf(line->message, sizeof line->message, "%.150s", why->message);
    }
    sn_share_return(w->share, job->data);
    sn_case_header_release(&job->header);
    sn_case_result_release(&job->result);
    pthread_mutex_lock(&w->lock);
    w->n_done++;
    w->out->n_cached += status == SN_OK && line->from_cache ? 1 : 0;
    w->out->n_computed += status == SN_OK && !line->from_cache ? 1 : 0;
    w->out->n_failed += status != SN_OK ? 1 : 0;
    w->out->n_partial += line->state == SN_CASE_PARTIAL ? 1 : 0;
    tell_progress(w);
    pthread_mutex_unlock(&w->lock);
}

static void *run_cases(void *argument)
{
    sn_batch_work *w = argument;
    sn_case_job *job = calloc(1, sizeof *job);
    while (job != NULL) {
        pthread_mutex_lock(&w->lock);
        while (w->next < w->out->n_case && !is_mine(w->options, w->next)) {
            w->next++;
        }
        size_t i = w->next++;
        pthread_mutex_unlock(&w->lock);
        if (i >= w->out->n_case) {
            break;
        }
        sn_error why = {.status = SN_OK};
        memset(job, 0, sizeof *job);
        job->index = i;
        sn_status status = run_case(w, job, &w->out->line[i], &why);
        finish_case(w, job, status, &why);
    }
    free(job);
    return NULL;
}

static void run_threads(sn_batch_work *w)
{
    pthread_t thread[JOBS_MAX];
    unsigned n = w->options->n_job > 0 ? w->options->n_job : sn_os_processor_count();
    unsigned started = 0;
    n = n < JOBS_MAX ? n : JOBS_MAX;
    /* A thread that cannot be started is no loss: the others take its cases. */
    while (started + 1 < n && pthread_create(&thread[started], NULL, run_cases, w) == 0) {
        started++;
    }
    (void)run_cases(w);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
}

static sn_status make_folders(const sn_batch_options *o, sn_error *err)
{
    char path[PATH_SIZE];
    int n = snprintf(path, sizeof path, "%s/inputs", o->folder);
    if (n < 0 || (size_t)n >= sizeof path) {
        return sn_error_set(err, SN_E_USAGE, "the folder's name is too long");
    }
    if (sn_run_is_there(o->folder)) {
        return sn_error_set(err, SN_E_USAGE,
                            "\"%.200s\" is the folder of a run, whose summary.json would "
                            "be lost: name another",
                            o->folder);
    }
    sn_status status = sn_os_make_folders(path, err);
    (void)snprintf(path, sizeof path, "%s/cases", o->folder);
    if (status == SN_OK && o->n_part <= 1) { /* other parts may be at work beside one */
        sn_os_remove_unfinished(path);
        sn_os_remove_unfinished(o->folder);
    }
    return status == SN_OK ? sn_os_make_folders(o->cache != NULL ? o->cache : path, err)
                           : status;
}

sn_status sn_batch_run(const sn_batch *batch,
                       const sn_batch_options *options,
                       sn_batch_outcome *out,
                       sn_error *err)
{
    *out = (sn_batch_outcome){.n_case = batch->n_case};
    sn_batch_work w = {.batch = batch, .options = options, .out = out};
    w.start_s = w.told_s = sn_os_monotonic_s();
    for (size_t i = 0; i < out->n_case; i++) {
        w.n_mine += is_mine(options, i) ? 1 : 0;
    }
    out->line = calloc(out->n_case + 1, sizeof *out->line);
    if (out->line == NULL || pthread_mutex_init(&w.lock, NULL) != 0) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu cases", out->n_case);
    }
    sn_status status = make_folders(options, err);
    if (status == SN_OK) {
        status = sn_share_open(options->store, &w.share, err);
    }
    if (status == SN_OK && options->explain) {
        status = sn_why_open(options, &w.why, err);
    }
    if (status == SN_OK) {
        run_threads(&w);
        status = out->n_cached + out->n_computed + out->n_failed == w.n_mine
                     ? SN_OK
                     : sn_error_set(err, SN_E_MEMORY, "out of memory for a case");
    }
    sn_why_close(w.why);
    sn_share_close(w.share);
    pthread_mutex_destroy(&w.lock);
    if (status != SN_OK) {
        sn_batch_outcome_release(out);
    }
    return status;
}

void sn_batch_outcome_release(sn_batch_outcome *outcome)
{
    free(outcome->line);
    outcome->line = NULL;
}
