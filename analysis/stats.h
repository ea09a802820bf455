/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * How sure (M-38): block bootstrap over weeks, quasi-random samples of parameters,
 * sensitivity indices, weighted ensembles.  Numbers in, numbers out; every random
 * number follows from the seed, so the same seed gives the same bytes.
 */
#ifndef SN_STATS_H
#define SN_STATS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- random numbers ---- */

typedef struct sn_stream {
    uint64_t state;
} sn_stream;

uint64_t sn_stream_next(sn_stream *stream);
/** Uniform in [0, 1). */
double sn_stream_share(sn_stream *stream);

/* ---- bootstrap ---- */

/**
 * A headline as sums over weeks: the value is sum(numerator) / sum(denominator), or
 * sum(numerator) when denominator is NULL.  A difference between configurations is one
 * numerator, week by week: that is what pairs them.
 */
typedef struct sn_weekly {
    const double *numerator;   /* [n_week] */
    const double *denominator; /* [n_week] >= 0, or NULL */
} sn_weekly;

typedef struct sn_interval {
    double value;
    double lo;
    double hi;
} sn_interval;

typedef struct sn_bootstrap_options {
    double level;      /* e.g. 0.9 */
    size_t n_resample; /* e.g. 2000 */
    size_t block;      /* weeks that stay together, e.g. 4 */
    uint64_t seed;
} sn_bootstrap_options;

/** 90 %, 2000 resamples, blocks of 4 weeks, seed 1. */
sn_bootstrap_options sn_bootstrap_default(void);

/** Value without resampling; NaN when the denominator is 0. */
double sn_weekly_value(const sn_weekly *series, size_t n_week);

/**
 * Circular block bootstrap: every resample draws the same weeks for all series.  The
 * percentiles are widened for the few blocks a year has, as Student's t does for a mean
 * (Hesterberg 2015, "What teachers should know about the bootstrap", expanded
 * percentile).  With fewer than 2 blocks lo and hi are NaN.
 * @param[out] out  [n_series]
 */
SN_CHECKED sn_status sn_bootstrap(const sn_weekly *series,
                                  size_t n_series,
                                  size_t n_week,
                                  const sn_bootstrap_options *options,
                                  sn_interval *out,
                                  sn_error *err);

/**
 * The same when the parameters are uncertain too: resample r takes its weeks from
 * parameter set r % n_set, so the interval holds both.  set[s][i] is series i under
 * parameter set s; the value is that of series[i].
 */
SN_CHECKED sn_status sn_bootstrap_mixture(const sn_weekly *series,
                                          const sn_weekly *const *set,
                                          size_t n_set,
                                          size_t n_series,
                                          size_t n_week,
                                          const sn_bootstrap_options *options,
                                          sn_interval *out,
                                          sn_error *err);

/** Quantile of n sorted values by linear interpolation (type 7); NaN when n = 0. */
double sn_quantile_sorted(const double *value, size_t n, double share);
/** Sorts in place, NaN last; returns how many are not NaN. */
size_t sn_sort_values(double *value, size_t n);

/* ---- distributions ---- */

typedef enum sn_distribution_kind {
    SN_DISTRIBUTION_UNIFORM,     /* a = min, b = max */
    SN_DISTRIBUTION_LOG_UNIFORM, /* a = min > 0, b = max */
    SN_DISTRIBUTION_TRIANGULAR,  /* a = min, b = max, c = mode */
    SN_DISTRIBUTION_NORMAL,      /* a = mean, b = standard deviation */
    SN_DISTRIBUTION_LOG_NORMAL   /* a = median > 0, b = standard deviation of the log */
} sn_distribution_kind;

typedef struct sn_distribution {
    sn_distribution_kind kind;
    double a, b, c;
} sn_distribution;

/** The value below which a share u of 0 < u < 1 lies. */
double sn_distribution_quantile(const sn_distribution *distribution, double u);

/* ---- samples ---- */

enum { SN_SOBOL_DIMENSIONS_MAX = 40, SN_SAMPLED_MAX = 20 };

/**
 * Rows first .. first + n_row - 1 of a Sobol sequence, moved by a digital shift that
 * follows from the seed; every number lies inside (0, 1).  Row 0 belongs to it, so that
 * the first 2^m rows are a net.
 * @param[out] out  [n_row][n_dimension]
 * @return SN_E_FORMAT for more than SN_SOBOL_DIMENSIONS_MAX dimensions
 */
SN_CHECKED sn_status sn_sobol_rows(size_t first,
                                   size_t n_row,
                                   size_t n_dimension,
                                   uint64_t seed,
                                   double *out,
                                   sn_error *err);

/** The same from a random stream; row r does not depend on first. */
void sn_random_rows(size_t first,
                    size_t n_row,
                    size_t n_dimension,
                    uint64_t seed,
                    double *out);

/* ---- sensitivity ---- */

typedef struct sn_index {
    double first;       /* share of the variance that goes with this parameter alone */
    double first_error; /* standard error, by bootstrap over rows */
    double total;       /* and with all it takes part in */
    double total_error;
} sn_index;

/**
 * First-order and total indices from a Saltelli design: a and b are outputs of two
 * independent samples, ab[i] those of a with parameter i from b.
 *     V_i = V - mean((b - ab_i)^2) / 2        (Jansen 1999)
 *     T_i = mean((a - ab_i)^2) / 2
 * Rows with a NaN are left out.  NaN indices when the output does not vary.
 * @param ab   [n_parameter][n_row]
 * @param out  [n_parameter]
 */
SN_CHECKED sn_status sn_sobol_indices(const double *a,
                                      const double *b,
                                      const double *const *ab,
                                      size_t n_row,
                                      size_t n_parameter,
                                      uint64_t seed,
                                      sn_index *out,
                                      sn_error *err);

/** One bar: the output when one parameter alone is low or high. */
typedef struct sn_tornado_bar {
    size_t parameter;
    double low;
    double high;
} sn_tornado_bar;

/** Largest swing first; equal ones in the order of the parameters. */
void sn_tornado_sort(sn_tornado_bar *bar, size_t n);

/* ---- ensembles ---- */

typedef struct sn_ensemble {
    double mean;
    double spread; /* weighted standard deviation, of the population */
    double min;
    double max;
    size_t n; /* members that are not NaN */
} sn_ensemble;

/** weight NULL = equal; members that are NaN are left out with their weight. */
sn_ensemble sn_ensemble_of(const double *value, const double *weight, size_t n);

#endif
