/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What is known of one series over a period: the store's values, and over them what
 * arrives.  Checks that look at more than one value judge by this, not by the piece that
 * happens to arrive, so that they doubt the same however the data are cut.
 */
#ifndef SN_CHECK_KNOWN_H
#define SN_CHECK_KNOWN_H

#include "check.h"

/** The series that arrive together, and which keys the store has in their period. */
typedef struct sn_arrivals {
    sn_store *store;
    sn_series *const *series; /* borrowed, flagged in place */
    size_t n;
} sn_arrivals;

typedef struct sn_known {
    const sn_arrivals *arrivals;
    size_t n_visible; /* of the arrivals: the rest is judged later */
    sn_series stored; /* what arrives is cut out */
    double *value;    /* [stored.axis.n] from either, NaN: not known */
    uint8_t *before;  /* the stored flags */
} sn_known;

/**
 * @param axis       the period, on the series' step
 * @param n_visible  only the first of the arrivals are seen; none is seen as stored
 * @param[out] out   sn_known_release()
 */
SN_CHECKED sn_status sn_known_open(const sn_arrivals *arrivals,
                                   const sn_series_key *key,
                                   sn_axis axis,
                                   size_t n_visible,
                                   sn_known *out,
                                   sn_error *err);
/** Flag the value of an interval, wherever it is. */
void sn_known_doubt(sn_known *known, size_t i, sn_findings *findings);
/** Note in the findings what of the store was flagged. */
SN_CHECKED sn_status sn_known_keep(const sn_known *known,
                                   sn_findings *findings,
                                   sn_error *err);
void sn_known_release(sn_known *known);

/** The whole units of `span_s` (a day, say) that a series touches, on its step. */
sn_axis sn_axis_widened(const sn_axis *axis, int64_t span_s);

/** The keys of the store over a period and of the first n_visible arrivals, free(). */
SN_CHECKED sn_status sn_arrivals_keys(const sn_arrivals *arrivals,
                                      const sn_axis *period,
                                      size_t n_visible,
                                      sn_series_key **out,
                                      size_t *n_out,
                                      sn_error *err);

/** In check_balance.c: the balance of every area that something arrives for. */
SN_CHECKED sn_status sn_check_balances(const sn_arrivals *arrivals,
                                       sn_findings *findings,
                                       sn_error *err);

#endif
