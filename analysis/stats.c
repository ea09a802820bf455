/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distributions, samples, sensitivity and ensembles; the bootstrap is in
 * stats_bootstrap.c. */
#include "stats.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdlib.h>

enum { SOBOL_BITS = 30, INDEX_RESAMPLES = 200 };

uint64_t sn_stream_next(sn_stream *stream)
{
    /* splitmix64, Vigna (public domain) */
    stream->state += 0x9e3779b97f4a7c15U;
    uint64_t z = stream->state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

double sn_stream_share(sn_stream *stream)
{
    return (double)(sn_stream_next(stream) >> 11) * 0x1p-53;
}

static int compare_values(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    if (isnan(a) || isnan(b)) {
        return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
    }
    return (a > b) - (a < b);
}

size_t sn_sort_values(double *value, size_t n)
{
    size_t known = 0;
    qsort(value, n, sizeof *value, compare_values);
    while (known < n && !isnan(value[known])) {
        known++;
    }
    return known;
}

double sn_quantile_sorted(const double *value, size_t n, double share)
{
    if (n == 0) {
        return (double)NAN;
    }
    double at = share * (double)(n - 1);
    size_t low = at > 0.0 ? (size_t)at : 0;
    if (low + 1 >= n) {
        return value[n - 1];
    }
    return value[low] + (at - (double)low) * (value[low + 1] - value[low]);
}

double sn_distribution_quantile(const sn_distribution *d, double u)
{
    switch (d->kind) {
    case SN_DISTRIBUTION_UNIFORM:
        return d->a + u * (d->b - d->a);
    case SN_DISTRIBUTION_LOG_UNIFORM:
        return d->a * exp(u * log(d->b / d->a));
    case SN_DISTRIBUTION_TRIANGULAR: {
        double width = d->b - d->a;
        double share = width > 0.0 ? (d->c - d->a) / width : 0.0;
        return u < share ? d->a + sqrt(u * width * (d->c - d->a))
                         : d->b - sqrt((1.0 - u) * width * (d->b - d->c));
    }
    case SN_DISTRIBUTION_NORMAL:
        return d->a + d->b * gsl_cdf_ugaussian_Pinv(u);
    case SN_DISTRIBUTION_LOG_NORMAL:
        break;
    }
    return d->a * exp(d->b * gsl_cdf_ugaussian_Pinv(u));
}

/* ---- samples ---- */

static void shift_row(const double *row, const uint32_t *shift, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t digits = (uint32_t)ldexp(row[i], SOBOL_BITS) ^ shift[i];
        out[i] = ldexp((double)digits + 0.5, -SOBOL_BITS);
    }
}

sn_status sn_sobol_rows(size_t first,
                        size_t n_row,
                        size_t n_dimension,
                        uint64_t seed,
                        double *out,
                        sn_error *err)
{
    double row[SN_SOBOL_DIMENSIONS_MAX] = {0.0};
    uint32_t shift[SN_SOBOL_DIMENSIONS_MAX];
    sn_stream stream = {seed};
    if (n_dimension == 0 || n_dimension > SN_SOBOL_DIMENSIONS_MAX) {
        return sn_error_set(err, SN_E_FORMAT,
                            "a Sobol sample has 1 to %d dimensions, not %zu",
                            SN_SOBOL_DIMENSIONS_MAX, n_dimension);
    }
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)n_dimension);
    if (sequence == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a Sobol sequence");
    }
    for (size_t i = 0; i < n_dimension; i++) {
        shift[i] = (uint32_t)(sn_stream_next(&stream) >> (64 - SOBOL_BITS));
    }
    /* GSL leaves out row 0, the origin. */
    for (size_t r = 0; r < first + n_row; r++) {
        if (r > 0) {
            (void)gsl_qrng_get(sequence, row);
        }
        if (r >= first) {
            shift_row(row, shift, n_dimension, out + (r - first) * n_dimension);
        }
    }
    gsl_qrng_free(sequence);
    return SN_OK;
}

void sn_random_rows(size_t first,
                    size_t n_row,
                    size_t n_dimension,
                    uint64_t seed,
                    double *out)
{
    for (size_t r = 0; r < n_row; r++) {
        sn_stream key = {seed ^ (0xd1342543de82ef95U * (first + r + 1))};
        sn_stream stream = {sn_stream_next(&key)};
        for (size_t i = 0; i < n_dimension; i++) {
            out[r * n_dimension + i] =
                sn_stream_share(&stream) * (1.0 - 0x1p-52) + 0x1p-54;
        }
    }
}

/* ---- sensitivity ---- */

typedef struct sn_design {
    const double *a;
    const double *b;
    const double *ab;
    const size_t *row;
    size_t n_row;
} sn_design;

static void indices_of(const sn_design *d, double *first, double *total)
{
    double n = (double)d->n_row;
    double sum = 0.0;
    double squares = 0.0;
    double apart_b = 0.0;
    double apart_a = 0.0;
    for (size_t r = 0; r < d->n_row; r++) {
        sum += d->a[d->row[r]] + d->b[d->row[r]];
    }
    double mean = sum / (2.0 * n);
    for (size_t r = 0; r < d->n_row; r++) {
        double a = d->a[d->row[r]];
        double b = d->b[d->row[r]];
        double ab = d->ab[d->row[r]];
        squares += (a - mean) * (a - mean) + (b - mean) * (b - mean);
        apart_b += (b - ab) * (b - ab);
        apart_a += (a - ab) * (a - ab);
    }
    double variance = squares / (2.0 * n);
    *first = variance > 0.0 ? 1.0 - apart_b / (2.0 * n * variance) : (double)NAN;
    *total = variance > 0.0 ? apart_a / (2.0 * n * variance) : (double)NAN;
}

/* Standard errors of both by drawing rows again. */
static void index_errors(const sn_design *d, size_t *drawn, uint64_t seed, sn_index *out)
{
    double mean[2] = {0.0, 0.0};
    double square[2] = {0.0, 0.0};
    sn_stream stream = {seed};
    for (size_t k = 0; k < INDEX_RESAMPLES; k++) {
        sn_design again = *d;
        double value[2];
        for (size_t r = 0; r < d->n_row; r++) {
            drawn[r] = d->row[sn_stream_next(&stream) % d->n_row];
        }
        again.row = drawn;
        indices_of(&again, &value[0], &value[1]);
        for (int i = 0; i < 2; i++) {
            double apart = value[i] - mean[i];
            mean[i] += apart / (double)(k + 1);
            square[i] += apart * (value[i] - mean[i]);
        }
    }
    out->first_error = sqrt(square[0] / (INDEX_RESAMPLES - 1));
    out->total_error = sqrt(square[1] / (INDEX_RESAMPLES - 1));
}

static size_t
whole_rows(const double *a, const double *b, const double *ab, size_t n_row, size_t *row)
{
    size_t n = 0;
    for (size_t r = 0; r < n_row; r++) {
        if (isfinite(a[r]) && isfinite(b[r]) && isfinite(ab[r])) {
            row[n++] = r;
        }
    }
    return n;
}

sn_status sn_sobol_indices(const double *a,
                           const double *b,
                           const double *const *ab,
                           size_t n_row,
                           size_t n_parameter,
                           uint64_t seed,
                           sn_index *out,
                           sn_error *err)
{
    size_t *row = calloc(2 * n_row + 1, sizeof *row);
    if (row == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu rows", n_row);
    }
    for (size_t i = 0; i < n_parameter; i++) {
        sn_design d = {a, b, ab[i], row, whole_rows(a, b, ab[i], n_row, row)};
        out[i] = (sn_index){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
        if (d.n_row > 1) {
            indices_of(&d, &out[i].first, &out[i].total);
            index_errors(&d, row + n_row, seed, &out[i]);
        }
    }
    free(row);
    return SN_OK;
}

static int compare_bars(const void *left, const void *right)
{
    const sn_tornado_bar *a = left;
    const sn_tornado_bar *b = right;
    double swing_a = fabs(a->high - a->low);
    double swing_b = fabs(b->high - b->low);
    if (isnan(swing_a) || isnan(swing_b) || swing_a == swing_b) {
        int unknown = (isnan(swing_a) ? 1 : 0) - (isnan(swing_b) ? 1 : 0);
        return unknown != 0
                   ? unknown
                   : (a->parameter > b->parameter) - (a->parameter < b->parameter);
    }
    return swing_a < swing_b ? 1 : -1;
}

void sn_tornado_sort(sn_tornado_bar *bar, size_t n)
{
    qsort(bar, n, sizeof *bar, compare_bars);
}

/* ---- ensembles ---- */

sn_ensemble sn_ensemble_of(const double *value, const double *weight, size_t n)
{
    sn_ensemble out = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, 0};
    double all = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        double w = weight == NULL ? 1.0 : weight[i];
        if (isnan(value[i]) || !(w > 0.0)) {
            continue;
        }
        out.min = out.n == 0 ? value[i] : fmin(out.min, value[i]);
        out.max = out.n == 0 ? value[i] : fmax(out.max, value[i]);
        out.n++;
        all += w;
        sum += w * value[i];
    }
    if (out.n == 0) {
        return out;
    }
    out.mean = sum / all;
    for (size_t i = 0; i < n; i++) {
        double w = weight == NULL ? 1.0 : weight[i];
        if (!isnan(value[i]) && w > 0.0) {
            squares += w * (value[i] - out.mean) * (value[i] - out.mean);
        }
    }
    out.spread = sqrt(squares / all);
    return out;
}
