/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Observations of Sveriges riksbank (SWEA): kronor per euro, banking days. */
#ifndef SN_PARSE_RIKSBANK_H
#define SN_PARSE_RIKSBANK_H

#include "parse_points.h"

/** fx_sek_per_eur of subject "SEK" in steps of a day; days without a fixing are
 * gaps.  The window is compared with 00:00 UTC of the date. */
SN_CHECKED sn_status sn_parse_riksbank(const void *bytes,
                                       size_t n,
                                       const sn_window *window,
                                       sn_point_set *set,
                                       sn_error *err);

#endif
