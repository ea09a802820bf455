/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * From one step to another, by a rule with a name and never by accident.  All of it is
 * UTC: days with 23 or 25 hours and the seam where markets went from 60 to 15 minutes
 * need no rule of their own.
 */
#ifndef SN_RESAMPLE_H
#define SN_RESAMPLE_H

#include "series.h"

#include <stdbool.h>

typedef enum sn_resample_rule {
    SN_RESAMPLE_NONE, /* the step must be the series' own */
    SN_RESAMPLE_MEAN, /* to a longer step: the mean of all its parts, so that energy is
                         kept; a part missing makes a gap */
    SN_RESAMPLE_HOLD, /* to a shorter step: each part has the value of the whole, which
                         keeps energy too */
} sn_resample_rule;

/** false when there is no such name ("none", "mean", "hold"). */
bool sn_resample_rule_find(const char *name, sn_resample_rule *out);

/**
 * @param step_s divides the series' step (hold) or is a multiple of it (mean); equal is
 *               a copy under every rule
 * @param[out] out covers the intervals that the series touches; a value's flag is the
 *               most doubtful of its parts'; release with sn_series_release()
 * @return SN_E_FORMAT when the rule does not lead from the one step to the other
 */
SN_CHECKED sn_status sn_series_resample(const sn_series *series,
                                        int32_t step_s,
                                        sn_resample_rule rule,
                                        sn_series *out,
                                        sn_error *err);

/** Copy the values of from into to, of the same step, where to has gaps. */
void sn_series_fill_from(sn_series *to, const sn_series *from);

#endif
