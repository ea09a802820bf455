/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A task leaves slurm/<part>.done when all its cases are there.  When the array has left
 * the queue, parts without that file were lost (a node died, a limit was hit): they are
 * submitted again, and take what their predecessor left from its records.
 */
#include "engine_slurm.h"

#include "base/os.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096, ROUNDS_MAX = 4, ANSWER_MAX = 1 << 20, WORDS_MAX = 16 };

static const double answer_s = 120.0;

static void done_path(const char *folder, size_t part, char path[PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s/slurm/%zu.done", folder, part);
}

sn_status sn_slurm_part_done(const char *folder, size_t part, sn_error *err)
{
    char path[PATH_SIZE];
    done_path(folder, part, path);
    return sn_os_write_file(path, "", 0, err);
}

/* For the shell: in single quotes, a quote as '\''. */
static sn_status put_quoted(sn_strbuf *out, const char *word, sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, " '", err);
    for (const char *c = word; *c != '\0' && status == SN_OK; c++) {
        status = *c == '\'' ? sn_strbuf_puts(out, "'\\''", err)
                            : sn_strbuf_append(out, c, 1, err);
    }
    return status == SN_OK ? sn_strbuf_puts(out, "'", err) : status;
}

static sn_status write_script(const sn_slurm_job *job, const char *path, sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, ANSWER_MAX);
    sn_status status = sn_strbuf_puts(&text, "#!/bin/sh\nexec", err);
    for (size_t i = 0; job->command[i] != NULL && status == SN_OK; i++) {
        status = put_quoted(&text, job->command[i], err);
    }
    if (status == SN_OK) {
        status = sn_strbuf_printf(&text, err, " --part \"$SLURM_ARRAY_TASK_ID\"/%zu\n",
                                  job->n_part);
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, text.data, text.len, err);
    }
    sn_strbuf_release(&text);
    return status;
}

/* "0,3,4" of the parts that are not done; *n_out how many. */
static sn_status
missing_parts(const sn_slurm_job *job, sn_strbuf *out, size_t *n_out, sn_error *err)
{
    sn_status status = SN_OK;
    *n_out = 0;
    sn_strbuf_clear(out);
    for (size_t i = 0; i < job->n_part && status == SN_OK; i++) {
        char path[PATH_SIZE];
        done_path(job->folder, i, path);
        if (!sn_os_exists(path)) {
            status = sn_strbuf_printf(out, err, "%s%zu", *n_out > 0 ? "," : "", i);
            ++*n_out;
        }
    }
    return status;
}

static sn_status submit(const sn_slurm_job *job,
                        const char *script,
                        const char *parts,
                        sn_strbuf *id,
                        sn_error *err)
{
    char log[PATH_SIZE];
    const char *words[WORDS_MAX];
    size_t n = 0;
    sn_strbuf array;
    sn_strbuf_init(&array, ANSWER_MAX);
    sn_status status = sn_strbuf_printf(&array, err, "--array=%s", parts);
    (void)snprintf(log, sizeof log, "--output=%s/slurm/%%a.log", job->folder);
    words[n++] = "sbatch";
    words[n++] = "--parsable";
    words[n++] = "--requeue";
    words[n++] = "--open-mode=append";
    words[n++] = "--job-name=snitt";
    words[n++] = array.data;
    words[n++] = log;
    const char *const option[3][2] = {{"--partition", job->partition},
                                      {"--time", job->time},
                                      {"--account", job->account}};
    for (size_t i = 0; i < 3; i++) {
        if (option[i][1] != NULL) {
            words[n++] = option[i][0];
            words[n++] = option[i][1];
        }
    }
    words[n++] = script;
    words[n] = NULL;
    sn_strbuf_clear(id);
    if (status == SN_OK) {
        status = sn_os_run(words, NULL, answer_s, id, err);
    }
    /* "123" or "123;cluster" */
    id->data[strspn(id->data, "0123456789")] = '\0';
    if (status == SN_OK && id->data[0] == '\0') {
        status = sn_error_set(err, SN_E_TOOL, "sbatch named no job");
    }
    sn_strbuf_release(&array);
    return status;
}

/* True while any task of the job waits or runs.  An id that squeue has forgotten is one
 * that ended. */
static bool is_queued(const char *id)
{
    const char *words[] = {"squeue", "--noheader", "--format=%i", "--jobs", id, NULL};
    sn_strbuf answer;
    sn_error why = {.status = SN_OK};
    sn_strbuf_init(&answer, ANSWER_MAX);
    sn_status status = sn_os_run(words, NULL, answer_s, &answer, &why);
    bool is_forgotten = strstr(answer.data, "Invalid job id") != NULL;
    bool is_there = status == SN_OK ? answer.len > 0 : !is_forgotten;
    sn_strbuf_release(&answer);
    return is_there;
}

static sn_status run_round(const sn_slurm_job *job,
                           const char *script,
                           const sn_strbuf *parts,
                           size_t n,
                           sn_error *err)
{
    sn_strbuf id;
    sn_strbuf_init(&id, 4096);
    sn_status status = submit(job, script, parts->data, &id, err);
    if (status == SN_OK) {
        char line[160];
        (void)snprintf(line, sizeof line, "slurm job %.40s: %zu of %zu parts", id.data, n,
                       job->n_part);
        job->tell(job->who, line);
    }
    while (status == SN_OK && is_queued(id.data)) {
        sn_os_sleep_s(job->poll_s);
    }
    sn_strbuf_release(&id);
    return status;
}

static sn_status clear_marks(const sn_slurm_job *job, sn_error *err)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/slurm", job->folder);
    sn_status status = sn_os_remove_tree(path, err);
    return status == SN_OK ? sn_os_make_folders(path, err) : status;
}

sn_status sn_slurm_run(const sn_slurm_job *job, sn_error *err)
{
    char script[PATH_SIZE];
    sn_strbuf parts;
    size_t n = 0;
    sn_strbuf_init(&parts, ANSWER_MAX);
    (void)snprintf(script, sizeof script, "%s/slurm/task.sh", job->folder);
    sn_status status = clear_marks(job, err);
    if (status == SN_OK) {
        status = write_script(job, script, err);
    }
    if (status == SN_OK) {
        status = missing_parts(job, &parts, &n, err);
    }
    for (int round = 0; round < ROUNDS_MAX && n > 0 && status == SN_OK; round++) {
        status = run_round(job, script, &parts, n, err);
        if (status == SN_OK) {
            status = missing_parts(job, &parts, &n, err);
        }
    }
    if (status == SN_OK && n > 0) {
        status = sn_error_set(
            err, SN_E_TOOL,
            "%zu of %zu parts were lost %d times; see %.200s/slurm for its logs, "
            "then start the same command again",
            n, job->n_part, ROUNDS_MAX, job->folder);
    }
    sn_strbuf_release(&parts);
    return status;
}
