/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What a raw answer of `snitt fetch` needs to be read again, offline, as it was read on
 * arrival: `snitt rebuild`. */
#ifndef SN_FETCH_REREAD_H
#define SN_FETCH_REREAD_H

#include "fetch_source.h"

enum { SN_READER_SIZE = 160 };

/**
 * "fetch SOURCE ITEM FROM TO FROM_S TO_S OFFSET STATUS PART".
 * @param n_part  bytes of page 0 where the raw bytes are two pages joined, else 0
 */
void sn_fetch_reader_text(const sn_fetch_request *request,
                          long http_status,
                          size_t n_part,
                          char text[SN_READER_SIZE]);

/** True when text is one of those. */
bool sn_fetch_is_reader(const char *text);

/**
 * The series that the answer made.
 * @param[out] series_out  [*n_out], sn_series_array_free()
 * @return SN_E_FORMAT when the text is not understood, or as the source's parse()
 */
SN_CHECKED sn_status sn_fetch_read_again(const char *text,
                                         const void *bytes,
                                         size_t n,
                                         sn_series **series_out,
                                         size_t *n_out,
                                         sn_error *err);

#endif
