/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The embedded model year: a stylised year made from a small table of published facts
 * (model-year/MODEL-YEAR.md), so that everything runs without any download.  It is
 * not history, and says so wherever it appears.
 */
#ifndef SN_MODEL_YEAR_H
#define SN_MODEL_YEAR_H

#include "base/error.h"
#include "series.h"

#include <stddef.h>
#include <stdint.h>

#define SN_MODEL_YEAR_SOURCE "model_year"
#define SN_MODEL_YEAR_MARK "stiliserat modellår – inte historik"
#define SN_MODEL_YEAR_ATTRIBUTION "Snitt, stiliserat modellår – inte historik"

enum { SN_MODEL_YEAR_DEFAULT = 2025, SN_MODEL_YEAR_SEED = 2 };

typedef struct sn_model_year_options {
    int32_t year;  /* the calendar, UTC */
    uint64_t seed; /* the weather */
} sn_model_year_options;

typedef struct sn_model_year {
    size_t n_series;
    sn_series *series; /* owned */
} sn_model_year;

/**
 * Make the year.  The same options give the same values.  Sums of load, hydro, wind,
 * solar and nuclear equal the facts; in every hour and area generation less load is
 * what leaves over the borders; prices differ only across a border that is full.
 * @return SN_E_USAGE for a year outside 1996..2100; SN_E_NUMERIC when the year cannot
 *         be balanced with this seed
 */
SN_CHECKED sn_status sn_model_year_make(const sn_model_year_options *options,
                                        sn_model_year *out,
                                        sn_error *err);
void sn_model_year_release(sn_model_year *year);

#endif
