/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Hours of 20 areas, 50 steps and 34 borders from the two reference generators. */
#ifndef SN_BENCH_HOURS_H
#define SN_BENCH_HOURS_H

#include "support/market_case.h"

/** A run of hours; the generator goes on where the last call of it stopped. */
typedef struct bench_hours {
    size_t n;
    void *hour;
} bench_hours;

/** Next n hours; false when out of memory. */
bool bench_hours_make_correlated(bench_hours *out, size_t n);
bool bench_hours_make_uncorrelated(bench_hours *out, size_t n);

/** Hour t as a case, ready to solve. */
void bench_hours_case_correlated(const bench_hours *hours, size_t t, market_case *out);
void bench_hours_case_uncorrelated(const bench_hours *hours, size_t t, market_case *out);

#endif
