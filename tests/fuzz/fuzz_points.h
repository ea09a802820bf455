/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What must hold of whatever a parser of answers made of its input. */
#ifndef SN_FUZZ_POINTS_H
#define SN_FUZZ_POINTS_H

#include "parse_points.h"

#include <math.h>
#include <stdlib.h>

static const sn_window fuzz_window = {{INT64_C(946684800)}, {INT64_C(4102444800)}};

/** An error has words; every value is finite and lies in the window; series can be made
 * of them, or the reason why not has words.  Releases the set. */
static inline void
fuzz_check(sn_status status, const sn_error *err, sn_point_set *set, const char *source)
{
    sn_series *series = NULL;
    size_t n = 0;
    sn_error why = {0};
    if (status != SN_OK && err->message[0] == '\0') {
        abort();
    }
    for (size_t k = 0; status == SN_OK && k < set->n; k++) {
        if (!isfinite(set->point[k].value) ||
            set->point[k].at_utc_s < fuzz_window.from.utc_s ||
            set->point[k].at_utc_s >= fuzz_window.to.utc_s) {
            abort();
        }
    }
    /* A value a second over a century would be a series too large to test with. */
    if (status == SN_OK && set->n < 2000) {
        sn_status built = sn_points_sum(set, &why);
        if (built == SN_OK) {
            built = sn_points_settle_directions(set, &why);
        }
        if (built == SN_OK) {
            built = sn_points_build(set, source, (sn_instant){0}, &series, &n, &why);
        }
        if (built != SN_OK && why.message[0] == '\0') {
            abort();
        }
        sn_series_array_free(series, n);
    }
    sn_points_release(set);
}

#endif
