/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Least squares by GSL's trust region (multifit_nlinear) over ln(spread) and one water
 * value a week.  Hours of a week are not independent, so the error of the spread is the
 * sandwich clustered by week, and so are those of the instrumented slope.
 */
#include "hydro_fit.h"

#include "base/instant.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WEEK_PERIODS_MIN = 24, WEEKS_MIN = 4, ITERATIONS_MAX = 200 };

/* Known periods, in order; week[i] counts the weeks that are used. */
typedef struct sn_sample {
    size_t n;
    size_t n_week;
    double *price;
    double *hydro;
    double *instrument; /* NaN where residual load is not known */
    size_t *week;
    double min_mw;
    double range_mw;
} sn_sample;

static bool is_known(const sn_hydro_fit_input *in, size_t t)
{
    return isfinite(in->price_eur_per_mwh[t]) && isfinite(in->hydro_mw[t]);
}

static void
take_week(const sn_hydro_fit_input *in, size_t first, size_t end, sn_sample *s)
{
    size_t known = 0;
    for (size_t t = first; t < end; t++) {
        known += is_known(in, t) ? 1 : 0;
    }
    if (known < WEEK_PERIODS_MIN) {
        return;
    }
    for (size_t t = first; t < end; t++) {
        if (is_known(in, t)) {
            s->price[s->n] = in->price_eur_per_mwh[t];
            s->hydro[s->n] = in->hydro_mw[t];
            s->instrument[s->n] = in->residual_load_mw[t];
            s->week[s->n++] = s->n_week;
        }
    }
    s->n_week++;
}

static sn_status take_sample(const sn_hydro_fit_input *in, sn_sample *s, sn_error *err)
{
    s->price = calloc(in->n + 1, sizeof *s->price);
    s->hydro = calloc(in->n + 1, sizeof *s->hydro);
    s->instrument = calloc(in->n + 1, sizeof *s->instrument);
    s->week = calloc(in->n + 1, sizeof *s->week);
    if (s->price == NULL || s->hydro == NULL || s->instrument == NULL ||
        s->week == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a fit of %zu periods",
                            in->n);
    }
    size_t length = (size_t)(SN_WEEK_S / in->step_s);
    for (size_t t = 0; t < in->n; t += length) {
        take_week(in, t, t + length < in->n ? t + length : in->n, s);
    }
    double low = INFINITY;
    double high = -INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        low = fmin(low, s->hydro[i]);
        high = fmax(high, s->hydro[i]);
    }
    if (s->n_week < WEEKS_MIN || !(high > low)) {
        return sn_error_set(err, SN_E_GAP,
                            "a fit needs %d weeks of known price and changing hydro "
                            "power, this has %zu",
                            (int)WEEKS_MIN, s->n_week);
    }
    s->min_mw = low;
    s->range_mw = high - low;
    return SN_OK;
}

static void release_sample(sn_sample *s)
{
    free(s->price);
    free(s->hydro);
    free(s->instrument);
    free(s->week);
}

/* ---- logistic ---- */

static double logistic(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

/* Residuals in shares of the range, so that tolerances mean the same in every area. */
static int residuals(const gsl_vector *x, void *context, gsl_vector *out)
{
    const sn_sample *s = context;
    double spread = exp(gsl_vector_get(x, 0));
    for (size_t i = 0; i < s->n; i++) {
        double u = (s->price[i] - gsl_vector_get(x, 1 + s->week[i])) / spread;
        gsl_vector_set(out, i, logistic(u) - (s->hydro[i] - s->min_mw) / s->range_mw);
    }
    return GSL_SUCCESS;
}

static int derivatives(const gsl_vector *x, void *context, gsl_matrix *out)
{
    const sn_sample *s = context;
    double spread = exp(gsl_vector_get(x, 0));
    gsl_matrix_set_zero(out);
    for (size_t i = 0; i < s->n; i++) {
        double u = (s->price[i] - gsl_vector_get(x, 1 + s->week[i])) / spread;
        double steep = logistic(u) * (1.0 - logistic(u));
        gsl_matrix_set(out, i, 0, -steep * u);
        gsl_matrix_set(out, i, 1 + s->week[i], -steep / spread);
    }
    return GSL_SUCCESS;
}

static void start_values(const sn_sample *s, gsl_vector *x)
{
    double mean = 0.0;
    double squares = 0.0;
    size_t first = 0;
    for (size_t w = 0; w < s->n_week; w++) {
        double sum = 0.0;
        size_t end = first;
        for (; end < s->n && s->week[end] == w; end++) {
            sum += s->price[end];
        }
        gsl_vector_set(x, 1 + w, sum / (double)(end - first));
        first = end;
    }
    for (size_t i = 0; i < s->n; i++) {
        mean += s->price[i] / (double)s->n;
    }
    for (size_t i = 0; i < s->n; i++) {
        squares += (s->price[i] - mean) * (s->price[i] - mean) / (double)s->n;
    }
    gsl_vector_set(x, 0, log(fmax(1.0, sqrt(squares))));
}

/* Variance of ln(spread): sum over weeks of the square of what the week's residuals add
 * to it, by the first row of (J'J)^-1. */
static double clustered_variance(const sn_sample *s,
                                 const gsl_matrix *jacobian,
                                 const gsl_vector *residual,
                                 const gsl_matrix *inverse)
{
    double variance = 0.0;
    double week_sum = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        size_t w = s->week[i];
        double influence =
            gsl_matrix_get(inverse, 0, 0) * gsl_matrix_get(jacobian, i, 0) +
            gsl_matrix_get(inverse, 0, 1 + w) * gsl_matrix_get(jacobian, i, 1 + w);
        week_sum += influence * gsl_vector_get(residual, i);
        if (i + 1 == s->n || s->week[i + 1] != w) {
            variance += week_sum * week_sum;
            week_sum = 0.0;
        }
    }
    return variance * (double)s->n_week / (double)(s->n_week - 1);
}

static double variance_within_weeks(const sn_sample *s)
{
    double all = 0.0;
    for (size_t first = 0, end = 0; first < s->n; first = end) {
        double sum = 0.0;
        double squares = 0.0;
        for (end = first; end < s->n && s->week[end] == s->week[first]; end++) {
            double share = (s->hydro[end] - s->min_mw) / s->range_mw;
            sum += share;
            squares += share * share;
        }
        all += squares - sum * sum / (double)(end - first);
    }
    return all;
}

static void take_fit(const sn_sample *s,
                     const gsl_multifit_nlinear_workspace *work,
                     gsl_matrix *inverse,
                     sn_hydro_fit *out)
{
    gsl_matrix *jacobian = gsl_multifit_nlinear_jac(work);
    gsl_vector *residual = gsl_multifit_nlinear_residual(work);
    double squares;
    (void)gsl_blas_ddot(residual, residual, &squares);
    (void)gsl_multifit_nlinear_covar(jacobian, 0.0, inverse);
    double error = sqrt(clustered_variance(s, jacobian, residual, inverse));
    out->spread_eur_per_mwh = exp(gsl_vector_get(gsl_multifit_nlinear_position(work), 0));
    out->spread_error_eur_per_mwh = error * out->spread_eur_per_mwh;
    out->slope_mw_per_eur = s->range_mw / (4.0 * out->spread_eur_per_mwh);
    out->slope_error_mw_per_eur = error * out->slope_mw_per_eur;
    out->explained_share = 1.0 - squares / variance_within_weeks(s);
    out->iterations = gsl_multifit_nlinear_niter(work);
}

static sn_status fit_logistic(sn_sample *s, sn_hydro_fit *out, sn_error *err)
{
    size_t p = 1 + s->n_week;
    gsl_multifit_nlinear_parameters parameters =
        gsl_multifit_nlinear_default_parameters();
    parameters.solver = gsl_multifit_nlinear_solver_cholesky;
    gsl_multifit_nlinear_workspace *work =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, s->n, p);
    gsl_vector *x = gsl_vector_alloc(p);
    gsl_matrix *inverse = gsl_matrix_alloc(p, p);
    sn_status status = SN_OK;
    if (work == NULL || x == NULL || inverse == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for a fit of %zu weeks",
                              s->n_week);
        goto done;
    }
    gsl_multifit_nlinear_fdf problem = {
        .f = residuals, .df = derivatives, .n = s->n, .p = p, .params = s};
    int why = 0;
    start_values(s, x);
    int code = gsl_multifit_nlinear_init(x, &problem, work);
    if (code == GSL_SUCCESS) {
        code = gsl_multifit_nlinear_driver(ITERATIONS_MAX, 1e-9, 1e-9, 0.0, NULL, NULL,
                                           &why, work);
    }
    if (code != GSL_SUCCESS) {
        status = sn_error_set(err, SN_E_NUMERIC,
                              "the fit of hydro power to price does not converge (%s)",
                              gsl_strerror(code));
        goto done;
    }
    take_fit(s, work, inverse, out);
done:
    gsl_multifit_nlinear_free(work);
    gsl_vector_free(x);
    gsl_matrix_free(inverse);
    return status;
}

/* ---- instrumented slope ---- */

/* Less its week's mean, over periods whose instrument is known. */
static void demean(const sn_sample *s, const double *values, double *out)
{
    for (size_t first = 0, end = 0; first < s->n; first = end) {
        double sum = 0.0;
        double n = 0.0;
        for (end = first; end < s->n && s->week[end] == s->week[first]; end++) {
            if (isfinite(s->instrument[end])) {
                sum += values[end];
                n += 1.0;
            }
        }
        for (size_t i = first; i < end; i++) {
            out[i] = isfinite(s->instrument[i]) ? values[i] - sum / n : 0.0;
        }
    }
}

static double product(size_t n, const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Error of slope in y = slope x, instrument z, clustered by week. */
static double slope_error(const sn_sample *s,
                          const double *y,
                          const double *x,
                          const double *z,
                          double slope)
{
    double variance = 0.0;
    double week = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        week += z[i] * (y[i] - slope * x[i]);
        if (i + 1 == s->n || s->week[i + 1] != s->week[i]) {
            variance += week * week;
            week = 0.0;
        }
    }
    variance *= (double)s->n_week / (double)(s->n_week - 1);
    return sqrt(variance) / fabs(product(s->n, z, x));
}

static sn_status fit_instrumented(const sn_sample *s, sn_hydro_fit *out, sn_error *err)
{
    double *y = calloc(3 * s->n, sizeof *y);
    if (y == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for an instrumented fit");
    }
    double *x = y + s->n;
    double *z = x + s->n;
    demean(s, s->hydro, y);
    demean(s, s->price, x);
    demean(s, s->instrument, z);
    double slope = product(s->n, z, y) / product(s->n, z, x);
    double first = product(s->n, z, x) / product(s->n, z, z);
    out->instrumented_slope_mw_per_eur = slope;
    out->instrumented_error_mw_per_eur = slope_error(s, y, x, z, slope);
    out->first_stage_f = pow(first / slope_error(s, x, z, z, first), 2.0);
    free(y);
    return SN_OK;
}

sn_status
sn_hydro_fit_estimate(const sn_hydro_fit_input *input, sn_hydro_fit *out, sn_error *err)
{
    sn_sample s = {0};
    *out = (sn_hydro_fit){0};
    sn_status status = take_sample(input, &s, err);
    if (status == SN_OK) {
        for (size_t i = 0; i < s.n; i++) {
            out->price_mean_eur_per_mwh += s.price[i] / (double)s.n;
        }
        out->n_period = s.n;
        out->n_week = s.n_week;
        out->min_mw = s.min_mw;
        out->max_mw = s.min_mw + s.range_mw;
        status = fit_logistic(&s, out, err);
    }
    if (status == SN_OK) {
        status = fit_instrumented(&s, out, err);
    }
    release_sample(&s);
    return status;
}
