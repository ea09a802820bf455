/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Named values that the entries of the sources share. */
#ifndef SN_FETCH_TERMS_H
#define SN_FETCH_TERMS_H

#include "fetch_source.h"

#define SN_BYTES_PER_MB ((size_t)1024 * 1024)
#define SN_DAYS_S(n) ((int64_t)(n)*SN_DAY_S)
#define SN_LICENCE_CC_BY "CC-BY-4.0"
#define SN_LICENCE_LOCAL "local use only"

/* 2025-09-30T22:00Z: quarters in the day-ahead market; 2023-05-21T22:00Z: in the
 * settlement; 2024-10-29T23:00Z: flow-based capacities in the Nordic countries. */
#define SN_SEAM_DAY_AHEAD                                                                \
    {                                                                                    \
        1759269600                                                                       \
    }
#define SN_SEAM_SETTLEMENT                                                               \
    {                                                                                    \
        1684706400                                                                       \
    }
#define SN_FLOW_BASED_START                                                              \
    {                                                                                    \
        1730242800                                                                       \
    }

/** The four Swedish areas, NULL-terminated. */
extern const char *const sn_swedish_areas[];

/** Where a parser gave points only: kind, total and pages of the simple case, one answer
 * for the whole request. */
sn_status sn_answer_whole(sn_status status, sn_answer *answer);

#endif
