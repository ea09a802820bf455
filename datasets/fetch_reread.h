/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Answers that the store kept, read again as when they came; no network. */
#ifndef SN_FETCH_REREAD_H
#define SN_FETCH_REREAD_H

#include "fetch_source.h"

enum { SN_READER_SIZE = 160 };

/** How an answer is read again: source, item, whom it is about, window, page, status.
 * Texts of one request's pages sort in the order of the pages. */
void sn_fetch_reader_text(const sn_fetch_request *request,
                          long http_status,
                          char text[SN_READER_SIZE]);

/** What one page leaves for the next; {0} at first, sn_reread_release() at last. */
typedef struct sn_reread {
    char window[SN_READER_SIZE]; /* of the page before */
    sn_point_set rest;
} sn_reread;

void sn_reread_release(sn_reread *state);

/**
 * @param reader  of sn_fetch_reader_text()
 * @param[out] series_out  [*n_out], owned: sn_series_array_free(); none for a page that
 *                         the next one completes
 * @return SN_E_FORMAT when the reader is unknown or the bytes are not its answer
 */
SN_CHECKED sn_status sn_fetch_reread(sn_reread *state,
                                     const char *reader,
                                     const void *bytes,
                                     size_t n,
                                     sn_series **series_out,
                                     size_t *n_out,
                                     sn_error *err);

#endif
