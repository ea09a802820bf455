/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Limits on how fast the flow of some borders of an order book changes. */
#ifndef SN_BOOK_RAMP_H
#define SN_BOOK_RAMP_H

#include "analysis/ramping.h"
#include "base/error.h"
#include "order_book.h"
#include "order_links.h"

/** Problem of period t, its areas those of the book; valid until the next one. */
typedef sn_status sn_book_build(void *context,
                                size_t t,
                                const sn_clearing_problem **problem_out,
                                sn_error *err);

typedef struct sn_book_ramp {
    size_t n_border_max;
    double *numbers;
    sn_ramping_result result; /* arrays by [n_area] of the book, [n_border_max] */
} sn_book_ramp;

/**
 * All periods.  Between two that follow, the flow in MW of a border of ramps changes at
 * most ramp_mw_per_h times the hours between their middles; after a gap, freely.
 * Release also after an error.
 * @param loss_share  [n_border_max] of the period that was built last; NULL: none
 * @return SN_E_GAP: a border of ramps is not in a period's capacities
 */
SN_CHECKED sn_status sn_book_ramp_solve(const sn_order_book *book,
                                        const sn_book_links *ramps,
                                        size_t n_border_max,
                                        sn_book_build *build,
                                        const double *loss_share,
                                        void *context,
                                        sn_book_ramp *out,
                                        sn_error *err);
void sn_book_ramp_release(sn_book_ramp *ramp);

/** Hours of period t: to the next one, or as the one before where that is more than an
 * hour away. */
double sn_book_period_hours(const sn_order_book *book, size_t t);

#endif
