/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What has been asked and what came of it, kept beside the store
 * (STORE/fetch/ledger.sqlite3): a fetch asks only for what is missing, or young enough
 * to have been revised since, and goes on where it was stopped.
 */
#ifndef SN_FETCH_LEDGER_H
#define SN_FETCH_LEDGER_H

#include "fetch_source.h"

#include <stdint.h>

typedef struct sn_ledger sn_ledger;

/** @param is_dry  read what is there, make nothing; all is needed when nothing is */
SN_CHECKED sn_status sn_ledger_open(const char *store_path,
                                    bool is_dry,
                                    sn_ledger **ledger_out,
                                    sn_error *err);
void sn_ledger_close(sn_ledger *ledger);

/**
 * Whether a request of the plan is to be asked now.  Not when its cell was answered
 * after it had settled, nor within the hour (ten minutes for a cell that ends in the
 * future); nor when "nothing there" was answered within a quarter of an hour (a cell
 * that reaches to now), a day (ended within the week) or 90 days.
 */
SN_CHECKED sn_status sn_ledger_is_needed(sn_ledger *ledger,
                                         const sn_fetch_request *request,
                                         sn_instant now,
                                         bool *is_needed_out,
                                         sn_error *err);

/** One answer as received, on its way into the ledger.  Borrowed. */
typedef struct sn_ledger_answer {
    const sn_fetch_request *request; /* with the window and offset that were asked */
    const char *url;                 /* no secrets */
    long http_status;
    const void *body;
    size_t n_body;
    const char *headers;
} sn_ledger_answer;

/** Several notes become one: begin, note, commit. */
SN_CHECKED sn_status sn_ledger_begin(sn_ledger *ledger, sn_error *err);
SN_CHECKED sn_status sn_ledger_note_answer(sn_ledger *ledger,
                                           const sn_ledger_answer *answer,
                                           sn_instant now,
                                           sn_error *err);
/** The request of the plan is done; n_value 0: nothing there. */
SN_CHECKED sn_status sn_ledger_note_done(sn_ledger *ledger,
                                         const sn_fetch_request *request,
                                         size_t n_value,
                                         sn_instant now,
                                         sn_error *err);
SN_CHECKED sn_status sn_ledger_commit(sn_ledger *ledger, sn_error *err);

#endif
