/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Orders at exactly the clearing price, shared as power exchanges do: as much as can be
 * matched is matched, and the longer side is cut in proportion, the same share in every
 * area that the borders allow it in.
 *
 * Method: with the prices known, the net supply of an area at its price may be anywhere
 * between "all demand, no supply" and "all supply, no demand".  Walk it by a share y:
 * 0..1 accepts supply, 1..2 gives up demand.  The flows that give every area the same y,
 * or as near to it as full borders let them, are those of a second clearing with y as
 * its price; its flows between equal y are the least sum of f^2 / rated (M-13).
 */
#ifndef SN_TIE_SHARE_H
#define SN_TIE_SHARE_H

#include "base/error.h"
#include "clearing.h"

/** What an area has for sale and wanted at exactly its price. */
typedef struct sn_tie_orders {
    double below_mw;  /* net supply with all of the demand and none of the supply */
    double supply_mw; /* >= 0 */
    double demand_mw; /* >= 0 */
} sn_tie_orders;

typedef struct sn_tie_share sn_tie_share;

sn_tie_share *sn_tie_share_alloc(size_t n_area, size_t n_border);
void sn_tie_share_free(sn_tie_share *work);

/**
 * Share the orders at the price.
 * @param solved   of sn_clearing_solve(); outcome SN_CLEARED; price_group may be NULL
 * @param orders   [n_area]
 * @param out      prices of solved, new net positions and flows; the arrays are the
 *                 workspace's, valid until its next call
 * @return SN_E_NUMERIC when the second clearing finds no flows (it must: the solved
 *         ones are some)
 */
SN_CHECKED sn_status sn_tie_share_solve(sn_tie_share *work,
                                        const sn_clearing_problem *problem,
                                        const sn_clearing_result *solved,
                                        const sn_tie_orders *orders,
                                        sn_clearing_result *out,
                                        sn_error *err);

#endif
