/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Block bootstrap over weeks (M-38).  Prices of neighbouring weeks are alike, so weeks
 * are drawn in blocks; blocks wrap round the year's end, so that every week is drawn as
 * often.  Running sums make a block two look-ups, whatever its length.
 *
 * The same draws serve all series, and the parameter sets of a mixture in turn.
 */
#include "stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

sn_bootstrap_options sn_bootstrap_default(void)
{
    return (sn_bootstrap_options){
        .level = 0.9, .n_resample = 2000, .block = 4, .seed = 1};
}

double sn_weekly_value(const sn_weekly *series, size_t n_week)
{
    double above = 0.0;
    double below = 0.0;
    for (size_t w = 0; w < n_week; w++) {
        above += series->numerator[w];
        below += series->denominator != NULL ? series->denominator[w] : 0.0;
    }
    if (series->denominator == NULL) {
        return above;
    }
    return below > 0.0 ? above / below : (double)NAN;
}

/* Running sums over the weeks twice round: sum of [start, start + length). */
static void running(const double *value, size_t n_week, double *sum)
{
    sum[0] = 0.0;
    for (size_t w = 0; w < 2 * n_week; w++) {
        sum[w + 1] = sum[w] + (value != NULL ? value[w % n_week] : 0.0);
    }
}

typedef struct sn_draws {
    size_t n_week;
    size_t block;
    size_t n_block; /* of one resample; the last may be cut short */
    size_t n_resample;
    size_t *start; /* [n_resample][n_block] */
} sn_draws;

static sn_status draw(sn_draws *d, uint64_t seed, sn_error *err)
{
    sn_stream stream = {seed};
    d->n_block = (d->n_week + d->block - 1) / d->block;
    d->start = malloc(d->n_resample * d->n_block * sizeof *d->start);
    if (d->start == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu resamples",
                            d->n_resample);
    }
    for (size_t i = 0; i < d->n_resample * d->n_block; i++) {
        d->start[i] = sn_stream_next(&stream) % d->n_week;
    }
    return SN_OK;
}

static double resample(const sn_draws *d,
                       size_t r,
                       bool is_ratio,
                       const double *above,
                       const double *below)
{
    double sum[2] = {0.0, 0.0};
    size_t left = d->n_week;
    for (size_t b = 0; b < d->n_block; b++) {
        size_t start = d->start[r * d->n_block + b];
        size_t length = d->block < left ? d->block : left;
        sum[0] += above[start + length] - above[start];
        sum[1] += below[start + length] - below[start];
        left -= length;
    }
    if (!is_ratio) {
        return sum[0];
    }
    return sum[1] > 0.0 ? sum[0] / sum[1] : (double)NAN;
}

/* The tail share whose normal quantile is as wide as Student's for this many blocks. */
static double tail_share(double level, double n_block)
{
    double t = gsl_cdf_tdist_Pinv(0.5 * (1.0 - level), n_block - 1.0);
    return gsl_cdf_ugaussian_P(t * sqrt(n_block / (n_block - 1.0)));
}

/* Below two blocks nothing can be said of how weeks differ. */
static bool is_too_short(const sn_draws *d)
{
    return d->n_week < 2 * d->block;
}

static void interval_of(const sn_draws *d, double level, double *value, sn_interval *out)
{
    double n_block = (double)d->n_week / (double)d->block;
    size_t n = sn_sort_values(value, d->n_resample);
    if (n > 0) {
        double tail = tail_share(level, n_block);
        out->lo = sn_quantile_sorted(value, n, tail);
        out->hi = sn_quantile_sorted(value, n, 1.0 - tail);
    }
}

sn_status sn_bootstrap_mixture(const sn_weekly *series,
                               const sn_weekly *const *set,
                               size_t n_set,
                               size_t n_series,
                               size_t n_week,
                               const sn_bootstrap_options *options,
                               sn_interval *out,
                               sn_error *err)
{
    sn_draws d = {.n_week = n_week,
                  .block = options->block < n_week ? options->block : n_week,
                  .n_resample = options->n_resample};
    if (n_week == 0 || d.block == 0 || n_set == 0 || d.n_resample == 0 ||
        !(options->level > 0.0 && options->level < 1.0)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "a bootstrap needs weeks, blocks and a level");
    }
    sn_status status = draw(&d, options->seed, err);
    double *value = malloc(d.n_resample * sizeof *value);
    double *above = malloc((2 * n_week + 1) * sizeof *above);
    double *below = malloc((2 * n_week + 1) * sizeof *below);
    if (status == SN_OK && (value == NULL || above == NULL || below == NULL)) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for a bootstrap");
    }
    for (size_t i = 0; i < n_series && status == SN_OK; i++) {
        out[i].value = sn_weekly_value(&series[i], n_week);
        out[i].lo = out[i].hi = (double)NAN;
        if (is_too_short(&d)) {
            continue;
        }
        for (size_t s = 0; s < n_set; s++) {
            running(set[s][i].numerator, n_week, above);
            running(set[s][i].denominator, n_week, below);
            for (size_t r = s; r < d.n_resample; r += n_set) {
                value[r] = resample(&d, r, set[s][i].denominator != NULL, above, below);
            }
        }
        interval_of(&d, options->level, value, &out[i]);
    }
    free(d.start);
    free(value);
    free(above);
    free(below);
    return status;
}

sn_status sn_bootstrap(const sn_weekly *series,
                       size_t n_series,
                       size_t n_week,
                       const sn_bootstrap_options *options,
                       sn_interval *out,
                       sn_error *err)
{
    return sn_bootstrap_mixture(series, &series, 1, n_series, n_week, options, out, err);
}
