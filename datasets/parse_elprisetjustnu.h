/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Day files of elprisetjustnu.se: day-ahead prices of one Swedish area. */
#ifndef SN_PARSE_ELPRISETJUSTNU_H
#define SN_PARSE_ELPRISETJUSTNU_H

#include "parse_points.h"

/**
 * Price in EUR/MWh from an array of slots.  Only time_start is read: time_end has
 * been seen an hour late.  "null" and "[]" (not published) give no points.
 * @param area  the area that was asked for; the file does not name it
 */
SN_CHECKED sn_status sn_parse_elprisetjustnu(const void *bytes,
                                             size_t n,
                                             const char *area,
                                             const sn_window *window,
                                             sn_point_set *set,
                                             sn_error *err);

#endif
