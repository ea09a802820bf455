/* SPDX-License-Identifier: GPL-3.0-or-later */
/** eSett Open Data: production by type (EXP16), consumption (EXP15) and imbalance
 * prices (EXP14) per area. */
#ifndef SN_PARSE_ESETT_H
#define SN_PARSE_ESETT_H

#include "parse_points.h"

typedef enum sn_esett_table {
    SN_ESETT_PRODUCTION,
    SN_ESETT_CONSUMPTION,
    SN_ESETT_PRICE
} sn_esett_table;

/** EXP16 or EXP15 rows; MWh of the slot become mean MW.  Only timestampUTC is read.
 * Consumption is stated negative and stored positive.  Of EXP14 the single price is
 * taken, in force since 2021-11; hours with two prices are gaps, and so is -1, which
 * stands for none. */
SN_CHECKED sn_status sn_parse_esett(const void *bytes,
                                    size_t n,
                                    sn_esett_table table,
                                    const sn_window *window,
                                    sn_point_set *set,
                                    sn_error *err);

/** The code eSett asks for in mba=: EIC, underscored for FI and NO1 to NO4; NULL for
 * areas it does not cover. */
const char *sn_esett_mba(const char *area);

#endif
