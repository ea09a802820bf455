/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What is known of some borders of an order book whatever the period, from CSV whose
 * columns are found by name:
 *
 *   ramps   from_zone to_zone ramp_mw_per_hour [initial_flow_mw]
 *   losses  from_zone to_zone loss_share
 *
 * A border is named by its areas in either order; initial_flow_mw > 0 runs from
 * from_zone, and an empty cell is not known.  Faults are SN_E_FORMAT with file:line.
 */
#ifndef SN_ORDER_LINKS_H
#define SN_ORDER_LINKS_H

#include "base/error.h"
#include "order_book.h"

#include <stddef.h>

enum { SN_BOOK_LINKS_MAX = 64 };

typedef struct sn_book_link {
    size_t from; /* of the book */
    size_t to;
    double ramp_mw_per_h;   /* >= 0 */
    double initial_flow_mw; /* NaN: not known */
    double loss_share;      /* 0 <= share < 1 */
    int line;
} sn_book_link;

typedef struct sn_book_links {
    size_t n;
    sn_book_link link[SN_BOOK_LINKS_MAX];
} sn_book_links;

/** The text is changed in place.  After the book's bids and capacities. */
SN_CHECKED sn_status sn_book_links_read_ramps(const sn_order_book *book,
                                              const char *name,
                                              char *text,
                                              size_t n,
                                              sn_book_links *out,
                                              sn_error *err);
SN_CHECKED sn_status sn_book_links_read_losses(const sn_order_book *book,
                                               const char *name,
                                               char *text,
                                               size_t n,
                                               sn_book_links *out,
                                               sn_error *err);

/** The one between two areas, either way; NULL when there is none, or no links. */
const sn_book_link *sn_book_links_find(const sn_book_links *links, size_t a, size_t b);

#endif
