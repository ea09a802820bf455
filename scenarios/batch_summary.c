/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.json of a batch: what became of the cases, every cell of the grid with its
 * intervals, what the sampled parameters do to each headline, the ensemble. */
#include "base/os.h"
#include "batch_table.h"
#include "run_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 1000, MIXTURE_ROWS_MAX = 512, PATH_SIZE = 4096, LISTED_MAX = 1000 };

/* ---- what was asked ---- */

static json_t *at_json(const sn_batch *b, size_t i, size_t leave_out)
{
    json_t *out = json_object();
    for (size_t k = 0; k < b->n_axis; k++) {
        const sn_batch_axis *a = &b->axis[k];
        size_t at = sn_batch_index(b, i, k);
        if (k != leave_out) {
            sn_run_set(out, a->key,
                       a->is_number ? sn_run_number(a->number[at])
                                    : json_string(a->text[at]));
        }
    }
    return out;
}

static json_t *axes_json(const sn_batch *b)
{
    json_t *out = json_array();
    for (size_t k = 0; k < b->n_axis; k++) {
        const sn_batch_axis *a = &b->axis[k];
        json_t *one = json_object();
        json_t *values = json_array();
        for (size_t i = 0; i < a->n; i++) {
            (void)json_array_append_new(values, a->is_number ? sn_run_number(a->number[i])
                                                             : json_string(a->text[i]));
        }
        sn_run_set(one, "key", json_string(a->key));
        sn_run_set(one, "values", values);
        (void)json_array_append_new(out, one);
    }
    return out;
}

static json_t *sample_json(const sn_batch *b)
{
    static const char *const methods[] = {"none", "sobol", "random", "tornado"};
    json_t *out = json_object();
    json_t *keys = json_array();
    for (size_t k = 0; k < b->n_sampled; k++) {
        (void)json_array_append_new(keys, json_string(b->sampled[k].key));
    }
    sn_run_set(out, "method", json_string(methods[b->method]));
    sn_run_set(out, "n", json_integer((json_int_t)b->n_sample));
    sn_run_set(out, "seed", json_integer((json_int_t)b->seed));
    sn_run_set(out, "parameters", keys);
    return out;
}

static json_t *failed_json(const sn_batch_table *t)
{
    json_t *out = json_array();
    for (size_t i = 0; i < t->outcome->n_case && json_array_size(out) < LISTED_MAX; i++) {
        if (t->outcome->line[i].state != SN_CASE_FAILED) {
            continue;
        }
        json_t *one = json_object();
        sn_run_set(one, "case", json_integer((json_int_t)i));
        sn_run_set(one, "at", at_json(t->batch, i, SIZE_MAX));
        sn_run_set(one, "message", json_string(t->outcome->line[i].message));
        (void)json_array_append_new(out, one);
    }
    return out;
}

/* {headline: what make gives}, by area where it has one; what is NULL is left out. */
typedef json_t *maker(const sn_batch_table *t, size_t cell, size_t compare, size_t slot);

static json_t *
each_headline(const sn_batch_table *t, size_t cell, size_t compare, maker *make)
{
    json_t *out = json_object();
    for (int h = 0; h < SN_HEADLINE_COUNT; h++) {
        bool by_area = sn_headline_by_area((sn_headline)h);
        const char *name = sn_headline_name((sn_headline)h);
        json_t *areas = by_area ? json_object() : NULL;
        for (size_t a = 0; a < (by_area ? SN_HEADLINE_AREAS : 1); a++) {
            json_t *one = make(t, cell, compare, sn_headline_slot((sn_headline)h, a));
            if (one != NULL) {
                sn_run_set(by_area ? areas : out, by_area ? sn_run_swedish_area[a] : name,
                           one);
            }
        }
        if (areas != NULL && json_object_size(areas) > 0) {
            sn_run_set(out, name, areas);
        } else {
            json_decref(areas);
        }
    }
    return out;
}

static double value_at(const sn_batch_table *t, size_t i, size_t compare, size_t slot)
{
    return sn_batch_cell(t, i, compare, slot)->value;
}

/* ---- sensitivity ---- */

static json_t *
indices_of(const sn_batch_table *t, size_t cell, size_t compare, size_t slot)
{
    const sn_batch *b = t->batch;
    size_t n = b->n_sample;
    sn_index index[SN_SAMPLED_MAX];
    const double *ab[SN_SAMPLED_MAX];
    double *value = malloc((b->n_row + 1) * sizeof *value);
    json_t *out = NULL;
    if (value == NULL) {
        return NULL;
    }
    for (size_t r = 0; r < b->n_row; r++) {
        value[r] = value_at(t, cell * b->n_row + r, compare, slot);
    }
    for (size_t k = 0; k < b->n_sampled; k++) {
        ab[k] = value + (k + 2) * n;
    }
    if (sn_sobol_indices(value, value + n, ab, n, b->n_sampled, b->seed, index, NULL) ==
            SN_OK &&
        !isnan(index[0].first)) {
        out = json_object();
        for (size_t k = 0; k < b->n_sampled; k++) {
            json_t *one = json_object();
            sn_run_set(one, "first", sn_run_number(index[k].first));
            sn_run_set(one, "first_error", sn_run_number(index[k].first_error));
            sn_run_set(one, "total", sn_run_number(index[k].total));
            sn_run_set(one, "total_error", sn_run_number(index[k].total_error));
            sn_run_set(out, b->sampled[k].key, one);
        }
    }
    free(value);
    return out;
}

static json_t *
tornado_of(const sn_batch_table *t, size_t cell, size_t compare, size_t slot)
{
    const sn_batch *b = t->batch;
    sn_tornado_bar bar[SN_SAMPLED_MAX];
    size_t first = cell * b->n_row;
    double base = value_at(t, first, compare, slot);
    if (isnan(base)) {
        return NULL;
    }
    for (size_t k = 0; k < b->n_sampled; k++) {
        bar[k] = (sn_tornado_bar){k, value_at(t, first + 1 + 2 * k, compare, slot),
                                  value_at(t, first + 2 + 2 * k, compare, slot)};
    }
    sn_tornado_sort(bar, b->n_sampled);
    json_t *bars = json_array();
    for (size_t k = 0; k < b->n_sampled; k++) {
        size_t p = bar[k].parameter;
        json_t *one = json_object();
        sn_run_set(one, "parameter", json_string(b->sampled[p].key));
        sn_run_set(one, "low_at", sn_run_number(sn_batch_sampled(b, 1 + 2 * p, p)));
        sn_run_set(one, "high_at", sn_run_number(sn_batch_sampled(b, 2 + 2 * p, p)));
        sn_run_set(one, "low", sn_run_number(bar[k].low));
        sn_run_set(one, "high", sn_run_number(bar[k].high));
        (void)json_array_append_new(bars, one);
    }
    json_t *out = json_object();
    sn_run_set(out, "value", sn_run_number(base));
    sn_run_set(out, "bars", bars);
    return out;
}

/* ---- intervals ---- */

/* Rows of a cell that are a plain sample: all, or those of a and b. */
static size_t plain_rows(const sn_batch *b)
{
    return b->has_indices ? 2 * b->n_sample : b->n_row;
}

typedef struct sn_mixture {
    size_t n_set;
    sn_case_result *result; /* [n_set] */
    const sn_weekly **set;  /* [n_set] slots that have numbers */
    sn_weekly *packed;      /* [n_set][SN_HEADLINE_SLOTS] */
} sn_mixture;

static void release_mixture(sn_mixture *m)
{
    for (size_t s = 0; m->result != NULL && s < m->n_set; s++) {
        sn_case_result_release(&m->result[s]);
    }
    free(m->result);
    free(m->set);
    free(m->packed);
}

static sn_status
load_mixture(const sn_batch_table *t, size_t cell, sn_mixture *m, sn_error *err)
{
    size_t rows = plain_rows(t->batch);
    size_t most = rows < MIXTURE_ROWS_MAX ? rows : MIXTURE_ROWS_MAX;
    m->result = calloc(most, sizeof *m->result);
    m->set = calloc(most, sizeof *m->set);
    m->packed = calloc(most, SN_HEADLINE_SLOTS * sizeof *m->packed);
    if (m->result == NULL || m->set == NULL || m->packed == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the intervals");
    }
    sn_status status = SN_OK;
    for (size_t s = 0; s < most && status == SN_OK; s++) {
        char path[PATH_SIZE];
        size_t i = cell * t->batch->n_row + s * rows / most;
        const sn_case_line *line = &t->outcome->line[i];
        if (line->state != SN_CASE_DONE && line->state != SN_CASE_PARTIAL) {
            continue;
        }
        status = sn_batch_record_path(t->options, line->key, path, sizeof path, err);
        if (status == SN_OK) {
            status = sn_case_read(path, NULL, &m->result[m->n_set], err);
        }
        m->n_set += status == SN_OK ? 1 : 0;
    }
    return status;
}

/* Bootstrap over weeks, each resample with the parameters of another row; the value is
 * the mean over the sample. */
static sn_status mix(const sn_batch_table *t,
                     size_t cell,
                     size_t compare,
                     sn_mixture *m,
                     sn_interval *out,
                     sn_error *err)
{
    sn_bootstrap_options options = sn_bootstrap_default();
    sn_interval found[SN_HEADLINE_SLOTS];
    size_t slot_of[SN_HEADLINE_SLOTS];
    size_t n = 0;
    for (size_t i = 0; i < SN_HEADLINE_SLOTS; i++) {
        out[i] = (sn_interval){(double)NAN, (double)NAN, (double)NAN};
        if (m->n_set > 0 && m->result[0].weeks[compare].slot[i].numerator != NULL) {
            slot_of[n++] = i;
        }
    }
    if (n == 0) {
        return SN_OK;
    }
    for (size_t s = 0; s < m->n_set; s++) {
        m->set[s] = m->packed + s * SN_HEADLINE_SLOTS;
        for (size_t k = 0; k < n; k++) {
            m->packed[s * SN_HEADLINE_SLOTS + k] =
                m->result[s].weeks[compare].slot[slot_of[k]];
        }
    }
    sn_status status =
        sn_bootstrap_mixture(m->set[0], m->set, m->n_set, n,
                             m->result[0].weeks[compare].n_week, &options, found, err);
    for (size_t k = 0; k < n && status == SN_OK; k++) {
        double sum = 0.0;
        double members = 0.0;
        for (size_t r = 0; r < plain_rows(t->batch); r++) {
            double v = value_at(t, cell * t->batch->n_row + r, compare, slot_of[k]);
            sum += isnan(v) ? 0.0 : v;
            members += isnan(v) ? 0.0 : 1.0;
        }
        found[k].value = sum / members;
        out[slot_of[k]] = found[k];
    }
    return status;
}

static json_t *intervals_of(const sn_batch_table *t,
                            size_t cell,
                            size_t compare,
                            sn_mixture *m,
                            sn_error *err)
{
    static const char *const includes[] = {"weeks", "parameters"};
    double level = sn_bootstrap_default().level;
    const sn_batch *b = t->batch;
    sn_interval mixed[SN_HEADLINE_SLOTS];
    if (b->method != SN_SAMPLE_SOBOL && b->method != SN_SAMPLE_RANDOM) {
        return sn_headlines_json(sn_batch_cell(t, cell * b->n_row, compare, 0), level,
                                 includes, 1);
    }
    return mix(t, cell, compare, m, mixed, err) == SN_OK
               ? sn_headlines_json(mixed, level, includes, 2)
               : NULL;
}

static sn_status
cell_json(const sn_batch_table *t, size_t cell, json_t *cells, sn_error *err)
{
    const sn_batch *b = t->batch;
    bool is_sampled = b->method == SN_SAMPLE_SOBOL || b->method == SN_SAMPLE_RANDOM;
    sn_mixture m = {0};
    sn_status status = is_sampled ? load_mixture(t, cell, &m, err) : SN_OK;
    json_t *compared = json_object();
    for (size_t c = 0; c < t->n_compare && status == SN_OK; c++) {
        json_t *one = json_object();
        json_t *intervals = intervals_of(t, cell, c, &m, err);
        if (intervals == NULL) {
            json_decref(one);
            status = SN_E_MEMORY;
            break;
        }
        sn_run_set(one, "intervals", intervals);
        if (b->has_indices) {
            sn_run_set(one, "indices", each_headline(t, cell, c, indices_of));
        }
        if (b->method == SN_SAMPLE_TORNADO) {
            sn_run_set(one, "tornado", each_headline(t, cell, c, tornado_of));
        }
        sn_run_set(compared, t->compare[c], one);
    }
    release_mixture(&m);
    json_t *out = json_object();
    sn_run_set(out, "at", at_json(b, cell * b->n_row, SIZE_MAX));
    sn_run_set(out, "comparisons", compared);
    (void)json_array_append_new(cells, out);
    return status;
}

/* ---- ensemble ---- */

/* Cell of member y beside the cell where the ensemble's axis stands at 0. */
static size_t member_cell(const sn_batch *b, size_t cell, size_t y)
{
    size_t stride = 1;
    for (size_t k = b->ensemble_axis + 1; k < b->n_axis; k++) {
        stride *= b->axis[k].n;
    }
    return cell + y * stride;
}

static json_t *
ensemble_of(const sn_batch_table *t, size_t cell, size_t compare, size_t slot)
{
    const sn_batch *b = t->batch;
    size_t n = b->axis[b->ensemble_axis].n;
    size_t rows = b->method == SN_SAMPLE_TORNADO ? 1 : plain_rows(b);
    double *value = calloc(n + 1, sizeof *value);
    if (value == NULL) {
        return NULL;
    }
    for (size_t y = 0; y < n; y++) {
        double sum = 0.0;
        double members = 0.0;
        for (size_t r = 0; r < rows; r++) {
            double v = value_at(t, member_cell(b, cell, y) * b->n_row + r, compare, slot);
            sum += isnan(v) ? 0.0 : v;
            members += isnan(v) ? 0.0 : 1.0;
        }
        value[y] = members > 0.0 ? sum / members : (double)NAN;
    }
    sn_ensemble e = sn_ensemble_of(value, b->weight, n);
    free(value);
    if (e.n == 0) {
        return NULL;
    }
    json_t *out = json_object();
    sn_run_set(out, "expected", sn_run_number(e.mean));
    sn_run_set(out, "spread", sn_run_number(e.spread));
    sn_run_set(out, "min", sn_run_number(e.min));
    sn_run_set(out, "max", sn_run_number(e.max));
    sn_run_set(out, "years", json_integer((json_int_t)e.n));
    return out;
}

static json_t *ensembles_json(const sn_batch_table *t)
{
    const sn_batch *b = t->batch;
    json_t *out = json_array();
    for (size_t cell = 0; cell < b->n_cell; cell++) {
        if (sn_batch_index(b, cell * b->n_row, b->ensemble_axis) != 0) {
            continue;
        }
        json_t *one = json_object();
        json_t *compared = json_object();
        for (size_t c = 0; c < t->n_compare; c++) {
            sn_run_set(compared, t->compare[c], each_headline(t, cell, c, ensemble_of));
        }
        sn_run_set(one, "at", at_json(b, cell * b->n_row, b->ensemble_axis));
        sn_run_set(one, "comparisons", compared);
        (void)json_array_append_new(out, one);
    }
    return out;
}

/* ---- the whole ---- */

static json_t *counts_json(const sn_batch_outcome *o)
{
    json_t *out = json_object();
    sn_run_set(out, "all", json_integer((json_int_t)o->n_case));
    sn_run_set(out, "partial", json_integer((json_int_t)o->n_partial));
    sn_run_set(out, "failed", json_integer((json_int_t)o->n_failed));
    return out;
}

sn_status sn_batch_write_summary(const sn_batch_table *table, sn_error *err)
{
    const sn_batch *b = table->batch;
    json_t *out = json_object();
    json_t *compare = json_array();
    json_t *cells = json_array();
    sn_status status = SN_OK;
    for (size_t c = 0; c < table->n_compare; c++) {
        (void)json_array_append_new(compare, json_string(table->compare[c]));
    }
    for (size_t cell = 0; cell < b->n_cell && b->n_cell <= CELLS_MAX && status == SN_OK;
         cell++) {
        status = cell_json(table, cell, cells, err);
    }
    sn_run_set(out, "schema", json_string("snitt-batch-1"));
    sn_run_set(out, "program", json_string("snitt " SN_VERSION));
    sn_run_set(out, "name", json_string(b->base.name));
    sn_run_set(out, "title", sn_run_two_languages(b->base.title_sv, b->base.title_en));
    sn_run_set(out, "base", json_string(b->base.configuration[0].name));
    sn_run_set(out, "compare", compare);
    sn_run_set(out, "axes", axes_json(b));
    sn_run_set(out, "cases", counts_json(table->outcome));
    sn_run_set(out, "failed", failed_json(table));
    sn_run_set(out, "cells", cells);
    if (b->n_sampled > 0) {
        sn_run_set(out, "sample", sample_json(b));
    }
    if (b->ensemble_axis != SIZE_MAX) {
        sn_run_set(out, "ensemble", ensembles_json(table));
    }
    if (status == SN_OK) {
        status = sn_run_dump(table->options->folder, "summary.json", out, err);
    }
    json_decref(out);
    return status;
}
