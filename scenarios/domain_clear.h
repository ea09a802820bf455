/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Clears an order book within a flow-based domain (M-10), period by period, each checked.
 *
 * Areas are joined by name.  A domain area that the book has no bids for is a virtual
 * hub; two hubs with one ending ("SE3_FS", "FI_FS") are the ends of a link.  "DK1" and
 * its hubs are a synchronous area of their own, all else another.  Rows of the capacities
 * between two areas of the domain are replaced by it and left out; other rows are links:
 * between a pair of hubs, or from an area or hub to an area outside, with bids or with a
 * price.
 */
#ifndef SN_DOMAIN_CLEAR_H
#define SN_DOMAIN_CLEAR_H

#include "base/error.h"
#include "book_clear.h"
#include "order_book.h"
#include "parse_jao.h"

/** A full constraint of a period. */
typedef struct sn_domain_full {
    size_t period;
    const sn_jao_limit *limit;
    double ram_mwh;
    double shadow_eur_per_mwh;
} sn_domain_full;

typedef struct sn_domain_result {
    sn_book_result book;  /* prices, flows of links, what was infeasible and left out */
    double *position_mwh; /* [n_period][n_cleared] */
    size_t n_full;
    sn_domain_full *full; /* [n_full] by period, then as in the domain */
} sn_domain_result;

/**
 * @param hours  length of a period, 1 or 0.25: RAM is MW, the book MWh
 * @return SN_E_GAP when a period has no constraints; SN_E_FORMAT: a constraint without
 *         RAM, a bid outside the price limits; SN_E_NUMERIC: a period fails its check
 */
SN_CHECKED sn_status sn_domain_clear(const sn_order_book *book,
                                     const sn_jao_domain *domain,
                                     const sn_book_options *options,
                                     double hours,
                                     sn_domain_result *out,
                                     sn_error *err);
void sn_domain_result_release(sn_domain_result *result);

#endif
