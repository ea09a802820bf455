/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Smaller national sources: NVE's reservoirs, Fingrid's time series, SMHI's
 * temperatures, the European Central Bank's rate. */
#ifndef SN_PARSE_NORDIC_H
#define SN_PARSE_NORDIC_H

#include "parse_points.h"

/** NVE magasinstatistikk: stored energy (MWh) and filling of NO1 to NO5, by ISO week. */
SN_CHECKED sn_status sn_parse_nve(const void *bytes,
                                  size_t n,
                                  const sn_window *window,
                                  sn_point_set *set,
                                  sn_error *err);

/**
 * A page of one of Fingrid's data sets; set->total is what the source says there is.
 * @param quantity  what the data set measures; subject FI
 */
SN_CHECKED sn_status sn_parse_fingrid(const void *bytes,
                                      size_t n,
                                      long dataset,
                                      sn_quantity quantity,
                                      const sn_window *window,
                                      sn_point_set *set,
                                      sn_error *err);

/** SMHI metobs, hourly air temperature of one station: JSON (latest-months) or CSV
 * (corrected-archive); the first byte tells.  Quality Y is flagged suspect. */
SN_CHECKED sn_status sn_parse_smhi(const void *bytes,
                                   size_t n,
                                   long station,
                                   const char *area,
                                   const sn_window *window,
                                   sn_point_set *set,
                                   sn_error *err);

/** ECB data API, CSV of the reference rate EXR.D.SEK.EUR.SP00.A: SEK per EUR by date. */
SN_CHECKED sn_status sn_parse_ecb(const void *bytes,
                                  size_t n,
                                  const sn_window *window,
                                  sn_point_set *set,
                                  sn_error *err);

#endif
