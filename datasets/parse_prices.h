/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Day-ahead prices as three second sources give them: Energi Data Service, energy-charts
 * and Elering.  EUR/MWh. */
#ifndef SN_PARSE_PRICES_H
#define SN_PARSE_PRICES_H

#include "parse_points.h"

typedef enum sn_eds_table {
    SN_EDS_ELSPOT,    /* Elspotprices: hours, until 2025-09-30 */
    SN_EDS_DAY_AHEAD, /* DayAheadPrices: as traded, from then on */
} sn_eds_table;

/** Energinet's records; areas that are not ours (SYSTEM) are passed over.  An answer that
 * holds fewer records than its own total is SN_E_FORMAT. */
SN_CHECKED sn_status sn_parse_eds(const void *bytes,
                                  size_t n,
                                  sn_eds_table table,
                                  const sn_window *window,
                                  sn_point_set *set,
                                  sn_error *err);

/**
 * energy-charts' parallel arrays.  The answer does not name the area it is for.
 * @param[out] licence  what the answer says of itself, cut to size
 */
SN_CHECKED sn_status sn_parse_energycharts(const void *bytes,
                                           size_t n,
                                           const char *area,
                                           const sn_window *window,
                                           sn_point_set *set,
                                           char *licence,
                                           size_t licence_size,
                                           sn_error *err);

/** Elering's /nps/price: EE, FI, LV, LT in epoch seconds. */
SN_CHECKED sn_status sn_parse_elering(const void *bytes,
                                      size_t n,
                                      const sn_window *window,
                                      sn_point_set *set,
                                      sn_error *err);

#endif
