/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Polite HTTP GET, several at a time: the only place that knows libcurl.
 *
 * TLS is always verified; plain http goes to 127.0.0.1 and ::1 only; redirects stay on
 * the host; answers are capped while they arrive, after decoding; a request waits for its
 * turn (fetch_pace.h); transport errors and 408, 429, 500, 502, 503, 504 are tried again
 * with growing, random waits or as Retry-After says, and nothing else is.  A key travels
 * as a header only, and is blotted out of whatever the server sends back.
 */
#ifndef SN_FETCH_H
#define SN_FETCH_H

#include "base/error.h"
#include "base/strbuf.h"
#include "fetch_pace.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/** What a test replaces: time, sleep and chance.  All borrowed. */
typedef struct sn_fetch_hooks {
    double (*monotonic_s)(void *context);
    double (*wall_s)(void *context); /* seconds since 1970, for the pace */
    void (*sleep_s)(void *context, double seconds);
    double (*random_share)(void *context); /* [0, 1) */
    void *context;
} sn_fetch_hooks;

typedef struct sn_fetch_options {
    const sn_fetch_hooks *hooks;          /* NULL: the machine's own */
    sn_pace *pace;                        /* borrowed; NULL: nobody waits for a turn */
    const volatile sig_atomic_t *is_over; /* not 0: give up; NULL: never */
    double connect_timeout_s;             /* 0 = 15 */
    double timeout_s;                     /* 0 = 300, for one try */
    double slow_s;  /* 0 = 60: a try slower than 200 B/s for so long is given up */
    unsigned tries; /* 0 = 5 */
    const char
        *ca_file; /* whose certificates are trusted; NULL: the machine's.  Borrowed */
} sn_fetch_options;

typedef struct sn_fetcher sn_fetcher;

SN_CHECKED sn_status sn_fetcher_open(const sn_fetch_options *options,
                                     sn_fetcher **fetcher_out,
                                     sn_error *err);
/** Drops what is still on its way. */
void sn_fetcher_close(sn_fetcher *fetcher);

/** One request.  Copied, but for tag and limit. */
typedef struct sn_ask {
    const char *url;
    const char *bucket;          /* whose turns it takes; NULL: no waiting */
    const sn_fetch_limit *limit; /* [SN_LIMITS_MAX], lives as long as the fetcher */
    double ban_s;                /* wait after a 429 that states none; 0: as others */
    double backoff_s;            /* longest first wait before another try; 0 = 2 */
    const char *key_header;      /* NULL: no key */
    const char *key;
    const char *accept;   /* NULL: any */
    size_t size_max;      /* bytes of the answer, decoded; 0 = 64 MB */
    bool is_absent_fine;  /* 204 and 404 are an answer with an empty body */
    bool reads_refusals;  /* so is 400, with its body */
    long too_much_status; /* and this one; 0 = none */
    void *tag;            /* the caller's own */
} sn_ask;

/** What came of it. */
typedef struct sn_asked {
    sn_status status; /* SN_OK, or err says: SN_E_IO transport or HTTP status, SN_E_FORMAT
                         too large */
    sn_error err;
    long http_status;
    sn_strbuf body;
    sn_strbuf headers; /* "name: value" lines of the answer, cookies left out */
    void *tag;
} sn_asked;

void sn_asked_free(sn_asked *asked);

SN_CHECKED sn_status sn_fetcher_submit(sn_fetcher *fetcher,
                                       const sn_ask *ask,
                                       sn_error *err);
/**
 * Work until one request is done.
 * @param[out] asked_out  owned by the caller; NULL when none is left, or is_over
 */
SN_CHECKED sn_status sn_fetcher_wait(sn_fetcher *fetcher,
                                     sn_asked **asked_out,
                                     sn_error *err);
/** Submit and wait for this one; nothing else may be on its way. */
SN_CHECKED sn_status sn_fetcher_get(sn_fetcher *fetcher,
                                    const sn_ask *ask,
                                    sn_asked **asked_out,
                                    sn_error *err);

/** Base URL rules: https, or http to loopback; no user, password, query or fragment. */
SN_CHECKED sn_status sn_fetch_check_base(const char *url, sn_error *err);
/** True when the host is 127.0.0.1 or ::1, which need no sparing. */
bool sn_fetch_is_loopback(const char *url);

#endif
