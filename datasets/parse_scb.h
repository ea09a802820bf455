/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Statistics Sweden (SCB), PxWeb's JSON-stat 2: electricity by area and month, use by
 * municipality and sector.  Energy of a month or a year becomes mean MW, day by day. */
#ifndef SN_PARSE_SCB_H
#define SN_PARSE_SCB_H

#include "parse_points.h"

typedef enum sn_scb_table {
    SN_SCB_AREA_MONTH,        /* EN0108A/ElEO (TAB78), GWh, English labels */
    SN_SCB_MUNICIPALITY_YEAR, /* EN0203A/SlutAnvSektor (TAB3654), MWh */
} sn_scb_table;

/**
 * Dimensions are found by their names, in whatever order.  A cell that is null or left
 * out (suppressed, not yet published) is a gap.  Subjects are areas (SE1) or
 * municipalities' four digits (0180); rows about anything else are passed over.
 */
SN_CHECKED sn_status sn_parse_scb(const void *bytes,
                                  size_t n,
                                  sn_scb_table table,
                                  const sn_window *window,
                                  sn_point_set *set,
                                  sn_error *err);

#endif
