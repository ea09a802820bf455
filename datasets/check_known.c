/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_known.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static sn_status is_stored(const sn_arrivals *a,
                           const sn_series_key *key,
                           sn_axis axis,
                           bool *out,
                           sn_error *err)
{
    sn_series_key *keys = NULL;
    size_t n = 0;
    sn_status status =
        sn_store_keys(a->store, axis.start, sn_axis_end(&axis), &keys, &n, err);
    *out = false;
    for (size_t k = 0; k < n && status == SN_OK && !*out; k++) {
        *out = sn_series_key_compare(&keys[k], key) == 0;
    }
    free(keys);
    return status;
}

/* Cuts what arrives out of the stored values and, when it is visible, puts it in. */
static void lay_over(sn_known *known, const sn_series *arriving, bool is_visible)
{
    const sn_axis *axis = &known->stored.axis;
    for (size_t i = 0; i < arriving->axis.n; i++) {
        size_t at = sn_axis_index(axis, sn_axis_at(&arriving->axis, i));
        if (at < axis->n && !isnan(arriving->value[i])) {
            known->stored.value[at] = (double)NAN;
            known->stored.flag[at] = SN_FLAG_GAP;
            known->value[at] = is_visible ? arriving->value[i] : (double)NAN;
        }
    }
}

sn_status sn_known_open(const sn_arrivals *arrivals,
                        const sn_series_key *key,
                        sn_axis axis,
                        size_t n_visible,
                        sn_known *out,
                        sn_error *err)
{
    *out = (sn_known){.arrivals = arrivals, .n_visible = n_visible};
    bool is_there = false;
    sn_status status = is_stored(arrivals, key, axis, &is_there, err);
    if (status == SN_OK) {
        status = is_there ? sn_store_read(arrivals->store, key, axis.start,
                                          sn_axis_end(&axis), &out->stored, err)
                          : sn_series_init(&out->stored, key, axis, err);
    }
    if (status != SN_OK) {
        return status;
    }
    size_t n = out->stored.axis.n;
    out->value = malloc((n + 1) * sizeof *out->value);
    out->before = malloc(n + 1);
    if (out->value == NULL || out->before == NULL) {
        sn_known_release(out);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    memcpy(out->value, out->stored.value, n * sizeof *out->value);
    for (size_t s = 0; s < arrivals->n; s++) {
        if (sn_series_key_compare(&arrivals->series[s]->key, key) == 0) {
            lay_over(out, arrivals->series[s], s < n_visible);
        }
    }
    memcpy(out->before, out->stored.flag, n);
    return SN_OK;
}

void sn_known_doubt(sn_known *known, size_t i, sn_findings *findings)
{
    sn_series *stored = &known->stored;
    if (!isnan(stored->value[i])) {
        (void)sn_check_doubt(stored, i, findings);
        return;
    }
    sn_instant at = sn_axis_at(&stored->axis, i);
    for (size_t s = 0; s < known->n_visible; s++) {
        sn_series *series = known->arrivals->series[s];
        size_t k = sn_series_key_compare(&series->key, &stored->key) == 0
                       ? sn_axis_index(&series->axis, at)
                       : SIZE_MAX;
        if (k < series->axis.n && !isnan(series->value[k])) {
            (void)sn_check_doubt(series, k, findings);
        }
    }
}

sn_status sn_known_keep(const sn_known *known, sn_findings *findings, sn_error *err)
{
    return sn_check_keep_doubts(findings, &known->stored, known->before, err);
}

void sn_known_release(sn_known *known)
{
    sn_series_release(&known->stored);
    free(known->value);
    free(known->before);
    *known = (sn_known){0};
}

static int64_t floor_to(int64_t t_s, int64_t span_s)
{
    int64_t rest = t_s % span_s;
    return t_s - (rest < 0 ? rest + span_s : rest);
}

sn_axis sn_axis_widened(const sn_axis *axis, int64_t span_s)
{
    int64_t first_s = floor_to(axis->start.utc_s, span_s);
    int64_t end_s = floor_to(sn_axis_end(axis).utc_s + span_s - 1, span_s);
    return (sn_axis){.start = {first_s},
                     .step_s = axis->step_s,
                     .n = (size_t)((end_s - first_s) / axis->step_s)};
}

sn_status sn_arrivals_keys(const sn_arrivals *arrivals,
                           const sn_axis *period,
                           size_t n_visible,
                           sn_series_key **out,
                           size_t *n_out,
                           sn_error *err)
{
    sn_status status = sn_store_keys(arrivals->store, period->start, sn_axis_end(period),
                                     out, n_out, err);
    sn_series_key *grown =
        status == SN_OK ? realloc(*out, (*n_out + n_visible + 1) * sizeof *grown) : NULL;
    if (status == SN_OK && grown == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    if (status != SN_OK) {
        free(*out);
        *out = NULL;
        return status;
    }
    *out = grown;
    for (size_t s = 0; s < n_visible; s++) {
        size_t k = 0;
        while (k < *n_out &&
               sn_series_key_compare(&grown[k], &arrivals->series[s]->key) != 0) {
            k++;
        }
        if (k == *n_out) {
            grown[(*n_out)++] = arrivals->series[s]->key;
        }
    }
    return SN_OK;
}
