/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Clears an order book period by period (M-8, M-13), each checked (M-12). */
#ifndef SN_BOOK_CLEAR_H
#define SN_BOOK_CLEAR_H

#include "base/error.h"
#include "base/strbuf.h"
#include "order_book.h"
#include "order_links.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum sn_book_ties {
    SN_TIES_PRO_RATA, /* orders at the price cut in proportion (analysis/tie_share.h) */
    SN_TIES_RATED,    /* M-13 alone: least sum of flow^2 / rated capacity */
} sn_book_ties;

typedef struct sn_book_options {
    bool scheduled; /* borders to areas without bids carry book->exchange; else they trade
                       at book->price within their capacity */
    sn_book_ties ties;          /* SN_TIES_RATED with losses */
    const sn_book_links *ramps; /* NULL: none */
    const sn_book_links *losses;
    double price_min_eur_per_mwh;
    double price_max_eur_per_mwh;
} sn_book_options;

typedef struct sn_book_result {
    double *price_eur_per_mwh; /* [n_period][n_cleared]; NaN where infeasible */
    double *flow_mwh;          /* [n_capacity] of the book, what leaves the sending end;
                                  NaN where infeasible or left out */
    bool *infeasible;          /* [n_period] */
    size_t n_infeasible;
    size_t n_left_out; /* border-periods left out: no price, or no schedule */
    size_t n_coupled;  /* periods that limits of change tie to others */
    size_t n_closed;   /* borders with losses kept from running both ways at once */
    size_t n_beyond_capacity; /* schedules beyond the border's capacity */
    sn_strbuf words;          /* a line for each infeasible period: when and where */
} sn_book_result;

/** Arrays of NaN for the book; release also after an error. */
SN_CHECKED sn_status sn_book_result_init(sn_book_result *out,
                                         const sn_order_book *book,
                                         sn_error *err);

/**
 * Net supply of an area with bids, moved by shift_mwh.
 * @param price, mwh  room for two points a bid of the area
 * @return SN_E_FORMAT: a bid outside the price limits
 */
SN_CHECKED sn_status sn_book_area_curve(const sn_order_book *book,
                                        const sn_book_options *options,
                                        size_t period,
                                        size_t area,
                                        double shift_mwh,
                                        double *price,
                                        double *mwh,
                                        size_t *n_out,
                                        sn_error *err);

/**
 * @return SN_E_FORMAT: a bid outside the price limits; SN_E_NUMERIC: a period fails the
 *         independent check (names it)
 */
SN_CHECKED sn_status sn_book_clear(const sn_order_book *book,
                                   const sn_book_options *options,
                                   sn_book_result *out,
                                   sn_error *err);
void sn_book_result_release(sn_book_result *result);

#endif
