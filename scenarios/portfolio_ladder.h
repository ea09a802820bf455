/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Projects by break-even price against the prices of both configurations. */
#ifndef SN_PORTFOLIO_LADDER_H
#define SN_PORTFOLIO_LADDER_H

#include "plant_case.h"
#include "text_table.h"

typedef struct sn_ladder_sums {
    double projects, mw, twh, capex;
} sn_ladder_sums;

void sn_ladder_table_init(sn_text_table *table);
/** By break-even spot price, highest first: what prices of an area are held against. */
void sn_ladder_sort(const sn_plant_case **cases, size_t n);
/**
 * projects[], totals, at_risk and price_distribution of portfolio.json into out.
 * @param table  one row a project, or NULL
 * @param risk   zeroed; what stands in the base and not in the compared configuration
 */
SN_CHECKED sn_status sn_ladder_fill(const sn_plant_case *const *sorted,
                                    size_t n,
                                    const sn_price_years *years,
                                    sn_text_table *table,
                                    json_t *out,
                                    sn_ladder_sums *risk,
                                    sn_error *err);

#endif
