/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch_file.h"

#include "base/number.h"
#include "scenario_schema.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const double low_share = 0.05; /* the ends of a tornado's bars */
static const double high_share = 0.95;

/* ---- values as text ---- */

/* A node in one line of flow style, as --set takes it. */
static sn_status flow_text(const sn_yaml_node *node, sn_strbuf *out, sn_error *err)
{
    if (node->kind == SN_YAML_SCALAR) {
        return sn_strbuf_puts(out, node->text, err);
    }
    bool is_map = node->kind == SN_YAML_MAP;
    sn_status status = sn_strbuf_puts(out, is_map ? "{" : "[", err);
    for (const sn_yaml_node *item = node->first; item != NULL && status == SN_OK;
         item = item->next) {
        status = sn_strbuf_printf(out, err, "%s%s%s", item == node->first ? "" : ", ",
                                  is_map ? item->key : "", is_map ? ": " : "");
        status = status == SN_OK ? flow_text(item, out, err) : status;
    }
    return status == SN_OK ? sn_strbuf_puts(out, is_map ? "}" : "]", err) : status;
}

static char *copy_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    if (copy != NULL) {
        memcpy(copy, text, n);
    }
    return copy;
}

static sn_status no_memory(sn_error *err)
{
    return sn_error_set(err, SN_E_MEMORY, "out of memory for a batch");
}

static sn_status push(sn_batch_axis *axis, const char *text, double number, sn_error *err)
{
    axis->text[axis->n] = copy_text(text);
    axis->number[axis->n] = number;
    if (axis->text[axis->n] == NULL) {
        return no_memory(err);
    }
    axis->n++;
    axis->is_number = axis->is_number && !isnan(number);
    return SN_OK;
}

static sn_status allocate_axis(sn_batch_axis *axis, size_t n, sn_error *err)
{
    axis->is_number = true;
    axis->text = calloc(n + 1, sizeof *axis->text);
    axis->number = calloc(n + 1, sizeof *axis->number);
    return axis->text == NULL || axis->number == NULL ? no_memory(err) : SN_OK;
}

/* ---- trying a value ---- */

/* One word of --set; what is wrong is told with the place in the file. */
static sn_status apply(sn_scenario *s, const char *key, const char *value, sn_error *err)
{
    sn_strbuf word;
    sn_strbuf_init(&word, 65536);
    sn_status status = sn_strbuf_printf(&word, err, "%s=%s", key, value);
    if (status == SN_OK) {
        status = sn_scenario_set(s, word.data, err);
    }
    sn_strbuf_release(&word);
    return status;
}

static sn_status try_value(const sn_batch *batch,
                           const sn_yaml_node *node,
                           const char *key,
                           const char *value,
                           sn_error *err)
{
    sn_scenario s = batch->base;
    sn_error inner = {.status = SN_OK};
    if (apply(&s, key, value, &inner) == SN_OK) {
        return SN_OK;
    }
    /* "--set key=value:1:2: what" -> what */
    const char *what = strstr(inner.message, ": ");
    return sn_scenario_bad(node, what != NULL ? what + 2 : inner.message, err);
}

static sn_status
take_key(const sn_yaml_node *node, char key[SN_BATCH_KEY_SIZE], sn_error *err)
{
    if (strlen(node->key) >= SN_BATCH_KEY_SIZE) {
        return sn_scenario_bad(node, "the key is too long", err);
    }
    (void)snprintf(key, SN_BATCH_KEY_SIZE, "%s", node->key);
    return SN_OK;
}

/* ---- sweep ---- */

static sn_status
read_list(sn_batch *batch, sn_batch_axis *axis, const sn_yaml_node *list, sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, 65536);
    sn_status status = list->n == 0 ? sn_scenario_bad(list, "expected some values", err)
                                    : allocate_axis(axis, list->n, err);
    for (const sn_yaml_node *item = list->first; item != NULL && status == SN_OK;
         item = item->next) {
        double number = (double)NAN;
        sn_strbuf_clear(&text);
        status = flow_text(item, &text, err);
        if (status == SN_OK) {
            status = try_value(batch, item, axis->key, text.data, err);
        }
        if (status == SN_OK && item->kind == SN_YAML_SCALAR &&
            !sn_parse_double(item->text, &number)) {
            number = (double)NAN;
        }
        for (size_t k = 0; k < axis->n && status == SN_OK; k++) {
            if (strcmp(axis->text[k], text.data) == 0) {
                status = sn_scenario_bad(item, "the value is listed twice", err);
            }
        }
        status = status == SN_OK ? push(axis, text.data, number, err) : status;
    }
    sn_strbuf_release(&text);
    return status;
}

/* {from: 0, to: 40, step: 5} or {from: 0, to: 40, count: 9} */
static sn_status
read_range(sn_batch *batch, sn_batch_axis *axis, const sn_yaml_node *map, sn_error *err)
{
    static const char *const keys[] = {"from", "to", "step", "count"};
    double from = 0.0;
    double to = 0.0;
    double step = 0.0;
    long count = 0;
    const sn_yaml_node *node[4] = {NULL};
    sn_status status = sn_yaml_check_keys(map, keys, COUNT(keys), err);
    for (size_t i = 0; i < 4; i++) {
        node[i] = sn_yaml_get(map, keys[i]);
    }
    if (status == SN_OK &&
        (node[0] == NULL || node[1] == NULL || (node[2] == NULL) == (node[3] == NULL))) {
        return sn_scenario_bad(map, "expected {from, to, step} or {from, to, count}",
                               err);
    }
    status = status == SN_OK ? sn_yaml_double(node[0], -1e12, 1e12, &from, err) : status;
    status = status == SN_OK ? sn_yaml_double(node[1], -1e12, 1e12, &to, err) : status;
    if (status == SN_OK && node[2] != NULL) {
        status = sn_yaml_double(node[2], 1e-9, 1e12, &step, err);
        double steps = status == SN_OK ? floor((to - from) / step + 1e-9) : 0.0;
        count = steps < 0.0 ? 0 : steps >= 1e9 ? 1000000000 : (long)steps + 1;
    } else if (status == SN_OK) {
        status = sn_yaml_int(node[3], 2, 1000000000, &count, err);
        step = (to - from) / (double)(count - 1);
    }
    if (status == SN_OK && (count < 1 || count > SN_BATCH_VALUES_MAX)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%.200s:%d:%d: %ld values; 1 to %d on one axis", map->file,
                            map->line, map->column, count, SN_BATCH_VALUES_MAX);
    }
    status = status == SN_OK ? allocate_axis(axis, (size_t)count, err) : status;
    for (long i = 0; i < count && status == SN_OK; i++) {
        char text[40];
        double value = from + (double)i * step;
        (void)snprintf(text, sizeof text, "%.15g", value);
        status = i == 0 || i + 1 == count ? try_value(batch, map, axis->key, text, err)
                                          : SN_OK;
        status = status == SN_OK ? push(axis, text, value, err) : status;
    }
    return status;
}

static sn_status read_sweep(const sn_yaml_node *map, sn_batch *batch, sn_error *err)
{
    sn_status status = sn_yaml_expect(map, SN_YAML_MAP, err);
    for (const sn_yaml_node *item = status == SN_OK ? map->first : NULL;
         item != NULL && status == SN_OK; item = item->next) {
        if (batch->n_axis == SN_BATCH_AXES_MAX) {
            return sn_scenario_bad(item, "too many axes, at most 12", err);
        }
        sn_batch_axis *axis = &batch->axis[batch->n_axis++];
        status = take_key(item, axis->key, err);
        if (status == SN_OK && item->kind == SN_YAML_MAP) {
            status = read_range(batch, axis, item, err);
        } else if (status == SN_OK) {
            status = sn_yaml_expect(item, SN_YAML_SEQUENCE, err);
            status = status == SN_OK ? read_list(batch, axis, item, err) : status;
        }
    }
    return status;
}

/* ---- ensemble ---- */

static sn_status read_weights(const sn_yaml_node *list, sn_batch *batch, sn_error *err)
{
    size_t n = batch->axis[batch->ensemble_axis].n;
    double sum = 0.0;
    size_t i = 0;
    sn_status status = sn_yaml_expect(list, SN_YAML_SEQUENCE, err);
    if (status == SN_OK && list->n != n) {
        return sn_scenario_bad(list, "expected one weight for each year", err);
    }
    batch->weight = calloc(n + 1, sizeof *batch->weight);
    if (batch->weight == NULL) {
        return no_memory(err);
    }
    for (const sn_yaml_node *item = status == SN_OK ? list->first : NULL;
         item != NULL && status == SN_OK; item = item->next) {
        status = sn_yaml_double(item, 0.0, 1e9, &batch->weight[i], err);
        sum += batch->weight[i++];
    }
    return status == SN_OK && !(sum > 0.0)
               ? sn_scenario_bad(list, "expected a weight above 0", err)
               : status;
}

static sn_status read_ensemble(const sn_yaml_node *map, sn_batch *batch, sn_error *err)
{
    static const char *const keys[] = {"years", "weights"};
    sn_status status = sn_yaml_check_keys(map, keys, COUNT(keys), err);
    const sn_yaml_node *years = NULL;
    const sn_yaml_node *weights = sn_yaml_get(map, keys[1]);
    status = status == SN_OK ? sn_yaml_require(map, keys[0], &years, err) : status;
    status = status == SN_OK ? sn_yaml_expect(years, SN_YAML_SEQUENCE, err) : status;
    if (status != SN_OK) {
        return status;
    }
    if (batch->n_axis == SN_BATCH_AXES_MAX) {
        return sn_scenario_bad(map, "too many axes, at most 12", err);
    }
    for (size_t k = 0; k < batch->n_axis; k++) {
        if (strcmp(batch->axis[k].key, "year") == 0) {
            return sn_scenario_bad(map, "year is swept already", err);
        }
    }
    batch->ensemble_axis = batch->n_axis;
    sn_batch_axis *axis = &batch->axis[batch->n_axis++];
    (void)snprintf(axis->key, sizeof axis->key, "year");
    status = read_list(batch, axis, years, err);
    return status == SN_OK && weights != NULL ? read_weights(weights, batch, err)
                                              : status;
}

/* ---- sample ---- */

static sn_status read_shape(const sn_yaml_node *map,
                            const char *const words[3],
                            sn_distribution *d,
                            sn_error *err)
{
    double *to[3] = {&d->a, &d->b, &d->c};
    const char *allowed[4] = {"distribution", words[0], words[1], words[2]};
    sn_status status = sn_yaml_check_keys(map, allowed, words[2] != NULL ? 4 : 3, err);
    for (size_t i = 0; i < 3 && words[i] != NULL && status == SN_OK; i++) {
        const sn_yaml_node *node = NULL;
        status = sn_yaml_require(map, words[i], &node, err);
        status = status == SN_OK ? sn_yaml_double(node, -1e12, 1e12, to[i], err) : status;
    }
    return status;
}

static sn_status
read_distribution(const sn_yaml_node *map, sn_distribution *d, sn_error *err)
{
    static const char *const names[] = {"uniform", "loguniform", "triangular", "normal",
                                        "lognormal"};
    static const char *const words[][3] = {{"min", "max", NULL},
                                           {"min", "max", NULL},
                                           {"min", "max", "mode"},
                                           {"mean", "sd", NULL},
                                           {"median", "sd_log", NULL}};
    const sn_yaml_node *kind = NULL;
    const char *text = NULL;
    sn_status status = sn_yaml_expect(map, SN_YAML_MAP, err);
    status = status == SN_OK ? sn_yaml_require(map, "distribution", &kind, err) : status;
    status = status == SN_OK ? sn_yaml_string(kind, &text, err) : status;
    if (status != SN_OK) {
        return status;
    }
    size_t k = 0;
    while (k < COUNT(names) && strcmp(names[k], text) != 0) {
        k++;
    }
    if (k == COUNT(names)) {
        return sn_scenario_bad(
            kind, "expected uniform, loguniform, triangular, normal or lognormal", err);
    }
    d->kind = (sn_distribution_kind)k;
    status = read_shape(map, words[k], d, err);
    bool is_range = k <= SN_DISTRIBUTION_TRIANGULAR;
    bool is_log = k == SN_DISTRIBUTION_LOG_UNIFORM || k == SN_DISTRIBUTION_LOG_NORMAL;
    if (status == SN_OK &&
        ((is_range && !(d->a < d->b)) || (!is_range && !(d->b > 0.0)) ||
         (is_log && !(d->a > 0.0)) ||
         (k == SN_DISTRIBUTION_TRIANGULAR && (d->c < d->a || d->c > d->b)))) {
        status = sn_scenario_bad(map, "the numbers do not make a distribution", err);
    }
    return status;
}

static sn_status read_parameters(const sn_yaml_node *map, sn_batch *batch, sn_error *err)
{
    sn_status status = sn_yaml_expect(map, SN_YAML_MAP, err);
    if (status == SN_OK && (map->n == 0 || map->n > SN_SAMPLED_MAX)) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "%.200s:%d:%d: %zu sampled parameters; 1 to %d, because a Sobol "
            "sequence has %d dimensions and each needs two",
            map->file, map->line, map->column, map->n, SN_SAMPLED_MAX,
            SN_SOBOL_DIMENSIONS_MAX);
    }
    for (const sn_yaml_node *item = status == SN_OK ? map->first : NULL;
         item != NULL && status == SN_OK; item = item->next) {
        sn_sampled *p = &batch->sampled[batch->n_sampled];
        status = take_key(item, p->key, err);
        status =
            status == SN_OK ? read_distribution(item, &p->distribution, err) : status;
        for (int end = 0; end < 2 && status == SN_OK; end++) {
            char text[40];
            double u = end == 0 ? 1e-6 : 1.0 - 1e-6;
            (void)snprintf(text, sizeof text, "%.17g",
                           sn_distribution_quantile(&p->distribution, u));
            status = try_value(batch, item, p->key, text, err);
        }
        batch->n_sampled++;
    }
    return status;
}

static sn_status read_method(const sn_yaml_node *map, sn_batch *batch, sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, "method");
    const char *text = "sobol";
    sn_status status = node != NULL ? sn_yaml_string(node, &text, err) : SN_OK;
    if (status != SN_OK) {
        return status;
    }
    batch->method = strcmp(text, "sobol") == 0     ? SN_SAMPLE_SOBOL
                    : strcmp(text, "random") == 0  ? SN_SAMPLE_RANDOM
                    : strcmp(text, "tornado") == 0 ? SN_SAMPLE_TORNADO
                                                   : SN_SAMPLE_NONE;
    return batch->method == SN_SAMPLE_NONE
               ? sn_scenario_bad(node, "expected sobol, random or tornado", err)
               : SN_OK;
}

static sn_status read_sample(const sn_yaml_node *map, sn_batch *batch, sn_error *err)
{
    static const char *const keys[] = {"method", "n", "seed", "indices", "parameters"};
    const sn_yaml_node *parameters = NULL;
    sn_status status = sn_yaml_check_keys(map, keys, COUNT(keys), err);
    const sn_yaml_node *n = sn_yaml_get(map, "n");
    const sn_yaml_node *seed = sn_yaml_get(map, "seed");
    const sn_yaml_node *indices = sn_yaml_get(map, "indices");
    long value = 64;
    status = status == SN_OK ? read_method(map, batch, err) : status;
    if (status == SN_OK && n != NULL) {
        status = sn_yaml_int(n, 1, SN_BATCH_ROWS_MAX, &value, err);
    }
    batch->n_sample = (size_t)value;
    value = 1;
    if (status == SN_OK && seed != NULL) {
        status = sn_yaml_int(seed, 0, 2147483647, &value, err);
    }
    batch->seed = (uint64_t)value;
    if (status == SN_OK && indices != NULL) {
        status = sn_yaml_bool(indices, &batch->has_indices, err);
    }
    if (status == SN_OK && batch->has_indices && batch->method != SN_SAMPLE_SOBOL) {
        status = sn_scenario_bad(indices, "indices need method: sobol", err);
    }
    status =
        status == SN_OK ? sn_yaml_require(map, "parameters", &parameters, err) : status;
    status = status == SN_OK ? read_parameters(parameters, batch, err) : status;
    size_t k = batch->n_sampled;
    batch->n_row = batch->method == SN_SAMPLE_TORNADO ? 1 + 2 * k
                   : batch->has_indices               ? batch->n_sample * (k + 2)
                                                      : batch->n_sample;
    return status;
}

static sn_status make_rows(sn_batch *batch, sn_error *err)
{
    size_t n = batch->n_sampled * (batch->has_indices ? 2 : 1);
    if (batch->method != SN_SAMPLE_SOBOL && batch->method != SN_SAMPLE_RANDOM) {
        return SN_OK;
    }
    batch->unit = malloc((batch->n_sample * n + 1) * sizeof *batch->unit);
    if (batch->unit == NULL) {
        return no_memory(err);
    }
    if (batch->method == SN_SAMPLE_SOBOL) {
        return sn_sobol_rows(0, batch->n_sample, n, batch->seed, batch->unit, err);
    }
    sn_random_rows(0, batch->n_sample, n, batch->seed, batch->unit);
    return SN_OK;
}

/* ---- the whole ---- */

static void count_cases(sn_batch *batch)
{
    batch->n_cell = 1;
    for (size_t k = 0; k < batch->n_axis; k++) {
        size_t n = batch->axis[k].n;
        batch->n_cell = batch->n_cell > SIZE_MAX / n ? SIZE_MAX : batch->n_cell * n;
    }
    batch->n_case =
        batch->n_cell > SIZE_MAX / batch->n_row ? SIZE_MAX : batch->n_cell * batch->n_row;
}

sn_status sn_batch_load(const char *path,
                        const char *const *set,
                        size_t n_set,
                        sn_batch *out,
                        sn_error *err)
{
    sn_yaml *document = NULL;
    memset(out, 0, sizeof *out);
    out->ensemble_axis = SIZE_MAX;
    out->n_row = 1;
    sn_status status = sn_scenario_load(path, set, n_set, &out->base, err);
    if (status == SN_OK) {
        status = sn_yaml_load_file(path, &document, err);
    }
    if (status == SN_OK) {
        const sn_yaml_node *root = sn_yaml_root(document);
        const sn_yaml_node *sweep = sn_yaml_get(root, "sweep");
        const sn_yaml_node *ensemble = sn_yaml_get(root, "ensemble");
        const sn_yaml_node *sample = sn_yaml_get(root, "sample");
        status = sweep != NULL ? read_sweep(sweep, out, err) : SN_OK;
        if (status == SN_OK && ensemble != NULL) {
            status = read_ensemble(ensemble, out, err);
        }
        if (status == SN_OK && sample != NULL) {
            status = read_sample(sample, out, err);
        }
    }
    sn_yaml_free(document);
    if (status == SN_OK) {
        out->base.has_cases = false;
        count_cases(out);
        status = make_rows(out, err);
    }
    if (status != SN_OK) {
        sn_batch_release(out);
    }
    return status;
}

void sn_batch_release(sn_batch *batch)
{
    for (size_t k = 0; k < batch->n_axis; k++) {
        for (size_t i = 0; i < batch->axis[k].n; i++) {
            free(batch->axis[k].text[i]);
        }
        free(batch->axis[k].text);
        free(batch->axis[k].number);
    }
    free(batch->weight);
    free(batch->unit);
    batch->n_axis = 0;
    batch->weight = NULL;
    batch->unit = NULL;
}

/* ---- one case ---- */

size_t sn_batch_index(const sn_batch *batch, size_t i, size_t k)
{
    size_t cell = i / batch->n_row;
    for (size_t after = batch->n_axis; after-- > k + 1;) {
        cell /= batch->axis[after].n;
    }
    return cell % batch->axis[k].n;
}

double sn_batch_sampled(const sn_batch *batch, size_t row, size_t k)
{
    const sn_distribution *d = &batch->sampled[k].distribution;
    size_t n = batch->n_sampled;
    if (batch->method == SN_SAMPLE_TORNADO) {
        double u = row == 1 + 2 * k ? low_share : row == 2 + 2 * k ? high_share : 0.5;
        return sn_distribution_quantile(d, u);
    }
    size_t part = row / batch->n_sample; /* 0: a, 1: b, 2 + i: a with i from b */
    size_t r = row % batch->n_sample;
    bool from_b = part == 1 || part == k + 2;
    size_t width = batch->has_indices ? 2 * n : n;
    return sn_distribution_quantile(d, batch->unit[r * width + (from_b ? n + k : k)]);
}

/* Row 0 of a tornado keeps the file's own values, so only the one parameter is set. */
static bool is_set(const sn_batch *batch, size_t row, size_t k)
{
    return batch->method != SN_SAMPLE_TORNADO || (row > 0 && (row - 1) / 2 == k);
}

sn_status sn_batch_case(const sn_batch *batch, size_t i, sn_scenario *out, sn_error *err)
{
    sn_status status = SN_OK;
    size_t row = i % batch->n_row;
    *out = batch->base;
    for (size_t k = 0; k < batch->n_axis && status == SN_OK; k++) {
        const sn_batch_axis *axis = &batch->axis[k];
        status = apply(out, axis->key, axis->text[sn_batch_index(batch, i, k)], err);
    }
    for (size_t k = 0; k < batch->n_sampled && status == SN_OK; k++) {
        char text[40];
        (void)snprintf(text, sizeof text, "%.17g", sn_batch_sampled(batch, row, k));
        if (is_set(batch, row, k)) {
            status = apply(out, batch->sampled[k].key, text, err);
        }
    }
    return status == SN_OK ? sn_scenario_check(batch->base.name, out, err) : status;
}

sn_status
sn_batch_describe(const sn_batch *batch, size_t i, sn_strbuf *out, sn_error *err)
{
    sn_status status = SN_OK;
    size_t row = i % batch->n_row;
    const char *space = "";
    for (size_t k = 0; k < batch->n_axis && status == SN_OK; k++) {
        const sn_batch_axis *axis = &batch->axis[k];
        status = sn_strbuf_printf(out, err, "%s%s=%s", space, axis->key,
                                  axis->text[sn_batch_index(batch, i, k)]);
        space = " ";
    }
    for (size_t k = 0; k < batch->n_sampled && status == SN_OK; k++) {
        if (is_set(batch, row, k)) {
            status = sn_strbuf_printf(out, err, "%s%s=%.6g", space, batch->sampled[k].key,
                                      sn_batch_sampled(batch, row, k));
            space = " ";
        }
    }
    return status;
}
