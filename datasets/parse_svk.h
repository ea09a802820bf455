/* SPDX-License-Identifier: GPL-3.0-or-later */
/** data.svk.se (CKAN datastore_search): day-ahead prices and physical flows. */
#ifndef SN_PARSE_SVK_H
#define SN_PARSE_SVK_H

#include "parse_points.h"

typedef enum sn_svk_table { SN_SVK_PRICE, SN_SVK_FLOW } sn_svk_table;

/**
 * One page.  set->total is the number of rows the table has for the question and
 * set->n_row grows by the rows of this page.  Numbers may be strings.
 * Flows are added as stated, in the border's canonical direction; a border that is
 * stated both ways is settled by sn_points_settle_directions() when all pages are there.
 */
SN_CHECKED sn_status sn_parse_svk(const void *bytes,
                                  size_t n,
                                  sn_svk_table table,
                                  const sn_window *window,
                                  sn_point_set *set,
                                  sn_error *err);

/** Our code of an area as Svenska kraftnät writes it ("DELU"), NULL when unknown. */
const char *sn_svk_area(const char *code);

#endif
