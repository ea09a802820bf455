/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Decoding of gzip while it arrives.  libcurl's own takes a stream that is cut short for
 * a whole one; this one tells. */
#ifndef SN_FETCH_INFLATE_H
#define SN_FETCH_INFLATE_H

#include "base/strbuf.h"

#include <stdbool.h>

typedef struct sn_inflate sn_inflate;

/** NULL when out of memory. */
sn_inflate *sn_inflate_open(void);
void sn_inflate_close(sn_inflate *stream);

typedef enum sn_inflate_case {
    SN_INFLATE_OK,
    SN_INFLATE_BAD,  /* not gzip, or its check sum is wrong */
    SN_INFLATE_FULL, /* out has reached its ceiling */
} sn_inflate_case;

/** Append what n bytes decode to. */
sn_inflate_case
sn_inflate_feed(sn_inflate *stream, const void *bytes, size_t n, sn_strbuf *out);
/** The stream has come to its own end, check sum and all. */
bool sn_inflate_is_whole(const sn_inflate *stream);

#endif
