/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layout: "SNITTCASE2\n", a JSON object in one line, "\n", float64 numbers in the order
 * of the JSON's comparisons (intervals, then sums by week), the SHA-256 of all that in 32
 * bytes.  Numbers are little-endian, as on every machine we build for.
 */
#include "batch_record.h"

#include "base/os.h"
#include "run_internal.h"

#include <math.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "SNITTCASE2\n";

enum { RECORD_BYTES_MAX = 64 << 20, WEEKS_MAX = 1000 };

void sn_case_result_release(sn_case_result *result)
{
    for (size_t i = 0; i < SN_SCENARIO_CONFIGURATIONS_MAX; i++) {
        sn_headlines_release(&result->weeks[i]);
    }
    result->n_compare = 0;
}

void sn_case_header_release(sn_case_header *header)
{
    free(header->program);
    free(header->inputs);
    free(header->scenario);
    *header = (sn_case_header){NULL, NULL, NULL};
}

sn_status sn_case_key(const sn_case_header *header, char key[SN_HASH_TEXT], sn_error *err)
{
    sn_strbuf text;
    sn_strbuf_init(&text, 1 << 20);
    sn_status status =
        sn_strbuf_printf(&text, err, "%s%s\n%s\n%s", magic, header->program,
                         header->inputs, header->scenario);
    if (status == SN_OK) {
        sn_store_hash(text.data, text.len, key);
    }
    sn_strbuf_release(&text);
    return status;
}

/* ---- writing ---- */

static json_t *header_json(const sn_case_header *header, const sn_case_result *result)
{
    json_t *out = json_object();
    json_t *compare = json_array();
    for (size_t i = 0; i < result->n_compare; i++) {
        json_t *one = json_object();
        json_t *present = json_array();
        for (size_t k = 0; k < SN_HEADLINE_AREAS; k++) {
            const sn_weekly *slot =
                &result->weeks[i].slot[sn_headline_slot(SN_HEADLINE_PRICE, k)];
            (void)json_array_append_new(present, json_boolean(slot->numerator != NULL));
        }
        sn_run_set(one, "name", json_string(result->name[i]));
        sn_run_set(one, "weeks", json_integer((json_int_t)result->weeks[i].n_week));
        sn_run_set(one, "areas", present);
        (void)json_array_append_new(compare, one);
    }
    sn_run_set(out, "program", json_string(header->program));
    sn_run_set(out, "inputs", json_string(header->inputs));
    sn_run_set(out, "scenario", json_string(header->scenario));
    sn_run_set(out, "infeasible", json_integer((json_int_t)result->n_infeasible));
    sn_run_set(out, "compare", compare);
    return out;
}

static sn_status put_numbers(const sn_case_result *result, sn_strbuf *out, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < result->n_compare && status == SN_OK; i++) {
        const sn_headlines *weeks = &result->weeks[i];
        status =
            sn_strbuf_append(out, result->interval[i], sizeof result->interval[i], err);
        if (status == SN_OK) {
            status = sn_strbuf_append(
                out, weeks->memory,
                sn_headlines_cells(weeks->n_week) * sizeof *weeks->memory, err);
        }
    }
    return status;
}

sn_status sn_case_write(const char *path,
                        const sn_case_header *header,
                        const sn_case_result *result,
                        sn_error *err)
{
    sn_strbuf bytes;
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sn_strbuf_init(&bytes, RECORD_BYTES_MAX);
    json_t *json = header_json(header, result);
    char *line = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    sn_status status = line == NULL
                           ? sn_error_set(err, SN_E_MEMORY, "out of memory for a case")
                           : sn_strbuf_printf(&bytes, err, "%s%s\n", magic, line);
    if (status == SN_OK) {
        status = put_numbers(result, &bytes, err);
    }
    if (status == SN_OK) {
        sha256_init(&hash);
        sha256_update(&hash, bytes.len, (const uint8_t *)bytes.data);
        sha256_digest(&hash, sizeof digest, digest);
        status = sn_strbuf_append(&bytes, digest, sizeof digest, err);
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, bytes.data, bytes.len, err);
    }
    free(line);
    json_decref(json);
    sn_strbuf_release(&bytes);
    return status;
}

/* ---- reading ---- */

static bool is_whole(const sn_strbuf *bytes)
{
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    if (bytes->len < sizeof magic + sizeof digest ||
        memcmp(bytes->data, magic, strlen(magic)) != 0) {
        return false;
    }
    sha256_init(&hash);
    sha256_update(&hash, bytes->len - sizeof digest, (const uint8_t *)bytes->data);
    sha256_digest(&hash, sizeof digest, digest);
    return memcmp(digest, bytes->data + bytes->len - sizeof digest, sizeof digest) == 0;
}

static char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    size_t n = text != NULL ? strlen(text) + 1 : 0;
    char *copy = n > 0 ? malloc(n) : NULL;
    if (copy != NULL) {
        memcpy(copy, text, n);
    }
    return copy;
}

/* One comparison; *at moves on.  False when the numbers do not fill what JSON says. */
static bool take_compare(const json_t *one,
                         const char **at,
                         const char *end,
                         size_t i,
                         sn_case_result *out)
{
    const char *name = json_string_value(json_object_get(one, "name"));
    json_int_t n_week = json_integer_value(json_object_get(one, "weeks"));
    bool present[SN_HEADLINE_AREAS];
    if (name == NULL || strlen(name) >= sizeof out->name[i] || n_week < 1 ||
        n_week > WEEKS_MAX) {
        return false;
    }
    size_t cells = sn_headlines_cells((size_t)n_week);
    size_t bytes = sizeof out->interval[i] + cells * sizeof(double);
    double *numbers = malloc(cells * sizeof *numbers);
    if ((size_t)(end - *at) < bytes || numbers == NULL) {
        free(numbers);
        return false;
    }
    (void)snprintf(out->name[i], sizeof out->name[i], "%s", name);
    for (size_t k = 0; k < SN_HEADLINE_AREAS; k++) {
        present[k] = json_is_true(json_array_get(json_object_get(one, "areas"), k));
    }
    memcpy(out->interval[i], *at, sizeof out->interval[i]);
    memcpy(numbers, *at + sizeof out->interval[i], cells * sizeof *numbers);
    *at += bytes;
    bool is_ok = sn_headlines_restore((size_t)n_week, present, numbers, &out->weeks[i],
                                      NULL) == SN_OK;
    free(numbers);
    out->n_compare = i + 1;
    return is_ok;
}

static bool
take_result(const json_t *json, const char *at, const char *end, sn_case_result *out)
{
    const json_t *compare = json_object_get(json, "compare");
    size_t n = json_array_size(compare);
    memset(out, 0, sizeof *out);
    out->n_infeasible = (size_t)json_integer_value(json_object_get(json, "infeasible"));
    bool is_ok = n < SN_SCENARIO_CONFIGURATIONS_MAX;
    for (size_t i = 0; i < n && is_ok; i++) {
        is_ok = take_compare(json_array_get(compare, i), &at, end, i, out);
    }
    is_ok = is_ok && at == end;
    if (!is_ok) {
        sn_case_result_release(out);
    }
    return is_ok;
}

sn_status sn_case_read(const char *path,
                       sn_case_header *header_out,
                       sn_case_result *result_out,
                       sn_error *err)
{
    sn_strbuf bytes;
    sn_strbuf_init(&bytes, RECORD_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &bytes, err);
    const char *line = NULL;
    const char *newline = NULL;
    json_t *json = NULL;
    bool is_ok = status == SN_OK && is_whole(&bytes);
    if (is_ok) {
        const char *end = bytes.data + bytes.len - SHA256_DIGEST_SIZE;
        line = bytes.data + strlen(magic);
        newline = memchr(line, '\n', (size_t)(end - line));
        json =
            newline != NULL ? json_loadb(line, (size_t)(newline - line), 0, NULL) : NULL;
        is_ok = json != NULL;
        if (is_ok && result_out != NULL) {
            is_ok = take_result(json, newline + 1, end, result_out);
        }
    }
    if (is_ok && header_out != NULL) {
        *header_out = (sn_case_header){text_of(json, "program"), text_of(json, "inputs"),
                                       text_of(json, "scenario")};
    }
    if (status == SN_OK && !is_ok) {
        status = sn_error_set(
            err, SN_E_FORMAT,
            "\"%.300s\" is cut short or changed: it is worked out again", path);
    }
    json_decref(json);
    sn_strbuf_release(&bytes);
    return status;
}
