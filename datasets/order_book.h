/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Order books: bid curves, border capacities, prices and schedules of borders, read
 * from CSV whose columns are found by name, in any order:
 *
 *   bids      timestamp delivery_day period zone side price_eur_per_mwh quantity_mwh
 *   capacity  timestamp from_zone to_zone min_flow_mwh max_flow_mwh
 *   prices    timestamp zone price_eur_per_mwh
 *   exchange  timestamp zone external_zone exchange_mwh
 *
 * A timestamp carries its offset from UTC ("2025-04-01T00:00:00+02:00" or "...Z"):
 * rows of different files meet by instant.  side is "supply" or "demand"; the rows of
 * one curve must rise in price, as they stand.  Quantities are energies of the period,
 * MWh, >= 0; flow > 0 runs from -> to; exchange > 0 is export from zone.
 *
 * Every fault is SN_E_FORMAT and names file:line, area and period.
 */
#ifndef SN_ORDER_BOOK_H
#define SN_ORDER_BOOK_H

#include "base/error.h"
#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>

enum { SN_BOOK_TEXT_SIZE = 32, SN_BOOK_AREAS_MAX = 256 };

typedef struct sn_book_period {
    sn_instant start;
    char timestamp[SN_BOOK_TEXT_SIZE]; /* as the bids write it */
    char delivery_day[SN_BOOK_TEXT_SIZE];
    char number[SN_BOOK_TEXT_SIZE];
} sn_book_period;

typedef struct sn_book_bid {
    size_t period; /* first in each row type: rows are indexed by it */
    size_t area;
    bool is_demand;
    double price_eur_per_mwh;
    double quantity_mwh;
    int line;
} sn_book_bid;

typedef struct sn_book_capacity {
    size_t period;
    size_t from;
    size_t to;
    double flow_min_mwh; /* <= 0 */
    double flow_max_mwh; /* >= 0 */
    int line;
} sn_book_capacity;

typedef struct sn_book_price {
    size_t period;
    size_t area;
    double price_eur_per_mwh;
    int line;
} sn_book_price;

typedef struct sn_book_exchange {
    size_t period;
    size_t area; /* with bids */
    size_t external;
    double exchange_mwh; /* > 0 leaves area */
    int line;
} sn_book_exchange;

/** Rows sorted by period, then area, then line; row k of period t lies in
 * [first_x[t], first_x[t + 1]).  The n_cleared areas with bids come first, by name. */
typedef struct sn_order_book {
    size_t n_period, n_area, n_cleared;
    sn_book_period *period; /* [n_period], by instant */
    char (*area)[SN_BOOK_TEXT_SIZE];
    size_t n_bid, n_capacity, n_price, n_exchange;
    sn_book_bid *bid;
    sn_book_capacity *capacity;
    sn_book_price *price;
    sn_book_exchange *exchange;
    size_t *first_bid, *first_capacity, *first_price, *first_exchange;
    size_t n_cleared_price; /* rows of --border-prices for areas with bids: ignored */
    size_t n_unused;        /* other rows of no period or border of the book */
} sn_order_book;

/** The text is changed in place.  Bids first: they make the periods and the areas to
 * clear, each of which must have bids in every period (SN_E_GAP). */
SN_CHECKED sn_status sn_order_book_read_bids(sn_order_book *book,
                                             const char *name,
                                             char *text,
                                             size_t n,
                                             sn_error *err);
/** Second.  Rows of other periods are counted in n_unused. */
SN_CHECKED sn_status sn_order_book_read_capacity(sn_order_book *book,
                                                 const char *name,
                                                 char *text,
                                                 size_t n,
                                                 sn_error *err);
SN_CHECKED sn_status sn_order_book_read_prices(sn_order_book *book,
                                               const char *name,
                                               char *text,
                                               size_t n,
                                               sn_error *err);
SN_CHECKED sn_status sn_order_book_read_exchange(sn_order_book *book,
                                                 const char *name,
                                                 char *text,
                                                 size_t n,
                                                 sn_error *err);
void sn_order_book_release(sn_order_book *book);

/** Index of an area by name, SIZE_MAX when unknown. */
size_t sn_order_book_area(const sn_order_book *book, const char *name);

#endif
