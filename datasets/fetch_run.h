/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * From a wish to the store: plan, ask several sources at once, read the answers, write.
 *
 * A request of the plan is whole or absent: its pages and halves are written together,
 * raw bytes and values, in one of the store's states, and only then does the ledger call
 * it done.  Killing the process at any moment loses at most what came since the last
 * write (every ten seconds or 64 MB); the next call asks for that again.  An answer that
 * cannot be read is kept under STORE/fetch/refused and its request stays undone.
 */
#ifndef SN_FETCH_RUN_H
#define SN_FETCH_RUN_H

#include "fetch.h"
#include "fetch_plan.h"
#include "fetch_source.h"

/** What became of one source. */
typedef struct sn_fetch_outcome {
    const sn_fetch_source *source;
    size_t n_request; /* of the plan */
    size_t n_known;   /* of them not asked: the ledger knows the answer */
    size_t n_done;
    size_t n_empty; /* of the done: nothing there */
    size_t n_failed;
    size_t n_asked; /* answers, with pages and halves */
    size_t n_new;   /* values */
    size_t n_same;
    size_t n_revised;
    size_t n_outside; /* rows outside what was asked */
    bool is_fallback;
    bool is_given_up; /* too many failures in a row, or no key */
    sn_error first;   /* the first failure */
} sn_fetch_outcome;

/** Where things stand, for whoever shows it. */
typedef struct sn_fetch_progress {
    const sn_fetch_source *source;
    const char *url;  /* asked now; NULL at the end */
    size_t n_done;    /* of the source */
    size_t n_request; /* to be asked of the source */
    size_t all_done;
    size_t all_request;
    double per_s;  /* answers a second so far; 0 at first */
    double left_s; /* estimate */
} sn_fetch_progress;

enum { SN_FETCH_SOURCES_MAX = 32 };

typedef struct sn_fetch_job {
    const char *store_path; /* NULL: a probe needs none */
    sn_fetch_wish wish;
    const sn_fetch_source *source[SN_FETCH_SOURCES_MAX]; /* [n_source] */
    size_t n_source;
    /** The base URL of any source; borrowed. */
    const char *(*base_url)(void *context, const sn_fetch_source *source);
    void (*show)(void *context, const sn_fetch_progress *progress); /* may be NULL */
    void (*note_failure)(void *context,
                         const sn_fetch_source *source,
                         const char *message); /* may be NULL */
    void *context;
    double lock_wait_s;                   /* how long to wait for another writer */
    bool is_refresh;                      /* ask also what the ledger knows */
    const volatile sig_atomic_t *is_over; /* not 0: stop, keep what is whole */
    const sn_fetch_hooks *hooks;          /* NULL: the machine's own */
} sn_fetch_job;

/**
 * @param[out] outcomes  [SN_FETCH_SOURCES_MAX], *n_out filled: the sources of the job,
 * then fallbacks that stepped in
 * @return SN_OK also when sources failed: the outcomes say; else the store, the ledger or
 *         the rate limiter failed
 */
SN_CHECKED sn_status sn_fetch_run(const sn_fetch_job *job,
                                  sn_fetch_outcome *outcomes,
                                  size_t *n_out,
                                  sn_error *err);

/**
 * Ask one small question of each item of a source and read the answer; nothing is
 * stored.  say is called with one line an item.
 * @return SN_E_FORMAT when an answer was not as the parser expects
 */
SN_CHECKED sn_status sn_fetch_probe(const sn_fetch_job *job,
                                    const sn_fetch_source *source,
                                    void (*say)(void *context, const char *line),
                                    sn_error *err);

#endif
