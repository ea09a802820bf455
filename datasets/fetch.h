/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Polite HTTP GET: the only place that knows libcurl.  TLS is always verified; plain
 * http goes to 127.0.0.1 and ::1 only; redirects stay on the host; answers are capped
 * while they arrive; transport errors and 408, 429, 500, 502, 503, 504 are tried
 * again with growing, random waits or as Retry-After says; nothing else is.
 */
#ifndef SN_FETCH_H
#define SN_FETCH_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/** What a test replaces: time, sleep and chance.  All borrowed. */
typedef struct sn_fetch_hooks {
    double (*monotonic_s)(void *context);
    void (*sleep_s)(void *context, double seconds);
    double (*random_share)(void *context); /* [0, 1) */
    void *context;
} sn_fetch_hooks;

typedef struct sn_fetch_options {
    const sn_fetch_hooks *hooks; /* NULL: the machine's own */
    double pace_s;               /* least time between two requests */
    size_t size_max;             /* bytes of an answer, after decoding; 0 = 64 MB */
    double connect_timeout_s;    /* 0 = 15 */
    double timeout_s;            /* 0 = 300 */
    unsigned tries;              /* 0 = 5 */
} sn_fetch_options;

typedef struct sn_fetcher sn_fetcher;

/** One per source; keeps its connection. */
SN_CHECKED sn_status sn_fetcher_open(const sn_fetch_options *options,
                                     sn_fetcher **fetcher_out,
                                     sn_error *err);
void sn_fetcher_close(sn_fetcher *fetcher);

/** Base URL rules: https, or http to loopback; no user, password, query or fragment. */
SN_CHECKED sn_status sn_fetch_check_base(const char *url, sn_error *err);
/** True when the host is 127.0.0.1 or ::1, which need no sparing. */
bool sn_fetch_is_loopback(const char *url);

/**
 * GET url.
 * @param[out] http_status_out  200, or 204/404 when is_absent_fine: the body is empty
 * @param[in,out] body          emptied first; its ceiling is set from size_max
 * @return SN_E_IO with the status or the transport's words, SN_E_FORMAT when too large
 */
SN_CHECKED sn_status sn_fetcher_get(sn_fetcher *fetcher,
                                    const char *url,
                                    bool is_absent_fine,
                                    sn_strbuf *body,
                                    long *http_status_out,
                                    sn_error *err);

#endif
