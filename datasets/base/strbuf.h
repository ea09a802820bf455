/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * A growing byte buffer with a ceiling, for text built piece by piece and for
 * whole files and answers.  data is always NUL-terminated once initialised.
 */
#ifndef SN_BASE_STRBUF_H
#define SN_BASE_STRBUF_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct sn_strbuf {
    char *data; /* never NULL: points at an empty string before the first append */
    size_t len;
    size_t cap;
    size_t max; /* an append beyond this many bytes fails */
} sn_strbuf;

void sn_strbuf_init(sn_strbuf *buf, size_t max);
void sn_strbuf_release(sn_strbuf *buf);
/** Empty the buffer, keep its memory. */
void sn_strbuf_clear(sn_strbuf *buf);

SN_CHECKED sn_status sn_strbuf_append(sn_strbuf *buf,
                                      const void *bytes,
                                      size_t n,
                                      sn_error *err);
SN_CHECKED sn_status sn_strbuf_puts(sn_strbuf *buf, const char *text, sn_error *err);
SN_CHECKED sn_status sn_strbuf_printf(sn_strbuf *buf,
                                      sn_error *err,
                                      const char *format,
                                      ...) SN_PRINTF(3, 4);

/** Whether a spreadsheet could run a cell with this text as a formula: every writer of
 * CSV puts an apostrophe before it. */
bool sn_is_formula(const char *text);

#endif
