/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_jao.h"

#include "area.h"
#include "parse_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char provider[] = "jao";
#define CAPACITY_MW_MAX 100000.0
#define MARGIN_MW_MAX 1e6
#define PTDF_MAX 10.0
#define SHADOW_EUR_MAX 1e6
enum { LIMITS_MAX = 2000000 };

/* {"data": [...]}; the service's own words when it refuses. */
static sn_status open_answer(const void *bytes,
                             size_t n,
                             json_t **root,
                             const json_t **rows_out,
                             sn_error *err)
{
    sn_status status = sn_json_read(bytes, n, provider, root, err);
    if (status != SN_OK) {
        return status;
    }
    *rows_out = json_object_get(*root, "data");
    const char *title = json_string_value(json_object_get(*root, "title"));
    if (json_is_true(json_object_get(*root, "rejected")) ||
        (!json_is_array(*rows_out) && title != NULL)) {
        return sn_error_set(err, SN_E_FORMAT, "%s: the service refuses: %.120s", provider,
                            title != NULL ? title : "no reason given");
    }
    return json_is_array(*rows_out)
               ? SN_OK
               : sn_error_set(err, SN_E_FORMAT, "%s: expected data, an array", provider);
}

/* ---- borders ---- */

static const char *area_code(const char *text, size_t n)
{
    char code[SN_JAO_AREA_SIZE];
    if (n == 0 || n >= sizeof code) {
        return NULL;
    }
    memcpy(code, text, n);
    code[n] = '\0';
    const sn_area *area = sn_area_find(strcmp(code, "DE") == 0 ? "DE-LU" : code);
    return area != NULL ? area->code : NULL;
}

/* "border_SE3_SE4" to the border and the way; NULL for virtual areas. */
static const sn_border_info *border_of(const char *key, bool *reversed)
{
    static const char prefix[] = "border_";
    if (strncmp(key, prefix, sizeof prefix - 1) != 0) {
        return NULL;
    }
    key += sizeof prefix - 1;
    const char *middle = strchr(key, '_');
    if (middle == NULL) {
        return NULL;
    }
    const char *from = area_code(key, (size_t)(middle - key));
    const char *to = area_code(middle + 1, strlen(middle + 1));
    return from != NULL && to != NULL ? sn_border_find(from, to, reversed) : NULL;
}

static sn_status exchange_row(const json_t *row,
                              size_t number,
                              const sn_window *window,
                              sn_point_set *set,
                              sn_error *err)
{
    sn_instant start;
    const char *key = NULL;
    json_t *value = NULL;
    sn_status status = SN_OK;
    if (!sn_json_instant(json_object_get(row, "dateTimeUtc"), false, &start)) {
        return sn_json_row_error(provider, number, "dateTimeUtc", "a time in UTC", err);
    }
    set->n_row++;
    if (!sn_window_holds(window, start)) {
        set->n_outside++;
        return SN_OK;
    }
    json_object_foreach((json_t *)(uintptr_t)row, key, value)
    {
        bool reversed = false;
        sn_point point = {.at_utc_s = start.utc_s};
        const sn_border_info *border = border_of(key, &reversed);
        if (border == NULL) {
            continue;
        }
        sn_json_case got = sn_json_number(value, &point.value);
        if (got == SN_JSON_BAD || fabs(point.value) > CAPACITY_MW_MAX) {
            return sn_json_row_error(provider, number, key, "MW within 100 000, or null",
                                     err);
        }
        point.quantity = reversed ? SN_CAPACITY_BACK : SN_CAPACITY_FORWARD;
        sn_border_name(border, point.subject);
        if (got == SN_JSON_NUMBER) {
            status = sn_points_add(set, &point, err);
        }
        if (status != SN_OK) {
            return status;
        }
    }
    return SN_OK;
}

sn_status sn_parse_jao_exchanges(const void *bytes,
                                 size_t n,
                                 const sn_window *window,
                                 sn_point_set *set,
                                 sn_error *err)
{
    json_t *root = NULL;
    const json_t *rows = NULL;
    sn_status status = open_answer(bytes, n, &root, &rows, err);
    for (size_t i = 0; status == SN_OK && i < json_array_size(rows); i++) {
        status = exchange_row(json_array_get(rows, i), i + 1, window, set, err);
    }
    set->total = set->n_row;
    json_decref(root);
    return status;
}

/* ---- the domain ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The areas are the "ptdf_..." fields of the first row. */
static sn_status find_areas(const json_t *row, sn_jao_domain *out, sn_error *err)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)row, key, value)
    {
        if (strncmp(key, "ptdf_", 5) != 0) {
            continue;
        }
        if (out->n_area == SN_JAO_AREAS_MAX || strlen(key + 5) >= SN_JAO_AREA_SIZE ||
            key[5] == '\0') {
            return sn_error_set(err, SN_E_FORMAT,
                                "%s: more than %d areas, or a name too long", provider,
                                (int)SN_JAO_AREAS_MAX);
        }
        memcpy(out->area[out->n_area], key + 5, strlen(key + 5) + 1);
        out->n_area++;
    }
    qsort(out->area, out->n_area, SN_JAO_AREA_SIZE, compare_names);
    return out->n_area > 0 ? SN_OK
                           : sn_error_set(err, SN_E_FORMAT,
                                          "%s: row 1 has no field ptdf_...", provider);
}

/* A number within the limit, NaN for null or absent; false for anything else. */
static bool read_optional(const json_t *row, const char *field, double most, double *out)
{
    sn_json_case got = sn_json_number(json_object_get(row, field), out);
    if (got == SN_JSON_NULL) {
        *out = NAN;
        return true;
    }
    return got == SN_JSON_NUMBER && fabs(*out) <= most;
}

static void copy_cut(const json_t *row, const char *field, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(row, field));
    (void)snprintf(out, size, "%s", text != NULL ? text : "");
}

static sn_status
domain_row(const json_t *row, size_t number, sn_jao_domain *out, sn_error *err)
{
    sn_jao_limit *limit = &out->limit[out->n_limit];
    *limit = (sn_jao_limit){.ptdf = out->memory + out->n_limit * out->n_area};
    if (!sn_json_instant(json_object_get(row, "dateTimeUtc"), false, &limit->start)) {
        return sn_json_row_error(provider, number, "dateTimeUtc", "a time in UTC", err);
    }
    if (!read_optional(row, "ram", MARGIN_MW_MAX, &limit->ram_mw) ||
        !read_optional(row, "fmax", MARGIN_MW_MAX, &limit->fmax_mw) ||
        !read_optional(row, "shadowPrice", SHADOW_EUR_MAX, &limit->shadow_eur_per_mw)) {
        return sn_json_row_error(provider, number, "ram, fmax, shadowPrice",
                                 "numbers or null", err);
    }
    for (size_t a = 0; a < out->n_area; a++) {
        char field[SN_JAO_AREA_SIZE + 8];
        (void)snprintf(field, sizeof field, "ptdf_%s", out->area[a]);
        if (!read_optional(row, field, PTDF_MAX, &limit->ptdf[a])) {
            return sn_json_row_error(provider, number, field,
                                     "a share within 10, or null", err);
        }
    }
    copy_cut(row, "cnecName", limit->name, sizeof limit->name);
    copy_cut(row, "tso", limit->tso, sizeof limit->tso);
    limit->is_significant = json_is_true(json_object_get(row, "significant"));
    limit->is_non_redundant = json_is_true(json_object_get(row, "nonRedundant"));
    out->n_limit++;
    return SN_OK;
}

static sn_status make_room(size_t n_row, sn_jao_domain *out, sn_error *err)
{
    if (n_row > LIMITS_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "%s: %zu rows, expected at most %d",
                            provider, n_row, LIMITS_MAX);
    }
    out->limit = calloc(n_row, sizeof *out->limit);
    out->memory = calloc(n_row * out->n_area, sizeof *out->memory);
    return out->limit != NULL && out->memory != NULL
               ? SN_OK
               : sn_error_set(err, SN_E_MEMORY, "out of memory for %zu limits", n_row);
}

sn_status
sn_parse_jao_domain(const void *bytes, size_t n, sn_jao_domain *out, sn_error *err)
{
    json_t *root = NULL;
    const json_t *rows = NULL;
    *out = (sn_jao_domain){0};
    sn_status status = open_answer(bytes, n, &root, &rows, err);
    size_t n_row = status == SN_OK ? json_array_size(rows) : 0;
    if (n_row > 0) {
        status = find_areas(json_array_get(rows, 0), out, err);
    }
    if (status == SN_OK && n_row > 0) {
        status = make_room(n_row, out, err);
    }
    for (size_t i = 0; status == SN_OK && i < n_row; i++) {
        status = domain_row(json_array_get(rows, i), i + 1, out, err);
    }
    const json_t *total = json_object_get(root, "totalRowsWithFilter");
    out->total = json_is_integer(total) && json_integer_value(total) >= 0
                     ? (size_t)json_integer_value(total)
                     : n_row;
    json_decref(root);
    return status;
}

void sn_jao_domain_release(sn_jao_domain *domain)
{
    free(domain->limit);
    free(domain->memory);
    *domain = (sn_jao_domain){0};
}
