/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Runs the cases of a batch.  The folder holds cases/<key>.case, one for each case that
 * is done: a restart takes them, and so does another batch with the same case.  When all
 * are there: batch.h5, summary.json, cases.csv and index.txt, from the records and
 * nothing else, so that they do not depend on who worked out what, in which order, or
 * how often it was interrupted.
 */
#ifndef SN_BATCH_H
#define SN_BATCH_H

#include "batch_file.h"
#include "batch_share.h"

typedef enum sn_case_state {
    SN_CASE_NOT_RUN, /* another part's */
    SN_CASE_DONE,
    SN_CASE_PARTIAL, /* some periods are infeasible */
    SN_CASE_FAILED
} sn_case_state;

typedef struct sn_case_line {
    sn_case_state state;
    bool from_cache;
    char key[SN_HASH_TEXT];
    char message[160]; /* why it failed */
} sn_case_line;

typedef struct sn_batch_options {
    const char *store;
    const char *folder;
    const char *cache;   /* NULL = folder/cases */
    const char *program; /* version of the program, part of every key */
    unsigned n_job;      /* threads; no result depends on it */
    size_t part, n_part; /* only cases i with i % n_part == part; 0 of 1 = all */
    bool explain;        /* tell why each stale case is worked out */
    /** Called by one thread at a time: a line for people. */
    void (*tell)(void *who, const char *line);
    void *who;
} sn_batch_options;

typedef struct sn_batch_outcome {
    size_t n_case;
    sn_case_line *line; /* [n_case], owned */
    size_t n_cached;
    size_t n_computed;
    size_t n_failed;
    size_t n_partial;
} sn_batch_outcome;

/** Work out what is not there yet.  Failed cases are listed in out, they are no error. */
SN_CHECKED sn_status sn_batch_run(const sn_batch *batch,
                                  const sn_batch_options *options,
                                  sn_batch_outcome *out,
                                  sn_error *err);
void sn_batch_outcome_release(sn_batch_outcome *outcome);

/** The four files, from the records. */
SN_CHECKED sn_status sn_batch_write(const sn_batch *batch,
                                    const sn_batch_options *options,
                                    const sn_batch_outcome *outcome,
                                    sn_error *err);

/** Path of a case's record. */
SN_CHECKED sn_status sn_batch_record_path(const sn_batch_options *options,
                                          const char *key,
                                          char *path,
                                          size_t size,
                                          sn_error *err);

#endif
