/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Answers of one source on their way to the store: raw bytes, series, and the requests
 * they complete.  Used by fetch_run.c. */
#ifndef SN_FETCH_HARVEST_H
#define SN_FETCH_HARVEST_H

#include "fetch.h"
#include "fetch_ledger.h"
#include "fetch_reread.h"
#include "fetch_source.h"
#include "store.h"

/** One answer as received, and the series made of it. */
typedef struct sn_harvest_answer {
    sn_fetch_request request; /* window and offset as asked */
    char *url;                /* owned */
    sn_asked *asked;          /* owned */
    sn_series *series;        /* owned */
    size_t n_series;
    char licence[96]; /* "" : the source's */
    size_t n_part;    /* bytes of page 0 where two pages are joined in asked, else 0 */
    char reader[SN_READER_SIZE];
} sn_harvest_answer;

/** A request of the plan that is whole. */
typedef struct sn_harvest_done {
    sn_fetch_request request;
    size_t n_value;
} sn_harvest_done;

typedef struct sn_harvest {
    sn_harvest_answer *answer;
    size_t n;
    size_t cap;
    size_t n_byte;
    sn_harvest_done *done;
    size_t n_done;
    size_t cap_done;
} sn_harvest;

void sn_harvest_release(sn_harvest *harvest);
/** Drop all answers from index n on. */
void sn_harvest_cut(sn_harvest *harvest, size_t n);
/** Takes over asked. */
SN_CHECKED sn_status sn_harvest_add(sn_harvest *harvest,
                                    const sn_fetch_request *request,
                                    const char *url,
                                    sn_asked *asked,
                                    sn_error *err);
SN_CHECKED sn_status sn_harvest_add_done(sn_harvest *harvest,
                                         const sn_fetch_request *request,
                                         size_t n_value,
                                         sn_error *err);
/** Values (not gaps) of the answers from index first on. */
size_t sn_harvest_count(const sn_harvest *harvest, size_t first);

/** Into the store as one state, then into the ledger; the harvest is empty afterwards. */
SN_CHECKED sn_status sn_harvest_write(sn_harvest *harvest,
                                      const sn_fetch_source *source,
                                      const char *store_path,
                                      sn_ledger *ledger,
                                      sn_instant now,
                                      double lock_wait_s,
                                      sn_store_change *change_out,
                                      sn_error *err);

/** Keep an answer that cannot be read: STORE/fetch/refused/<sha256>.raw and .txt. */
SN_CHECKED sn_status sn_harvest_refuse(const char *store_path,
                                       const char *url,
                                       const sn_asked *asked,
                                       const char *reason,
                                       sn_error *err);

#endif
