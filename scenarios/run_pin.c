/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_pin.h"

#include "base/os.h"
#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096, JSON_BYTES_MAX = 256 << 20 };

static sn_status
load_json(const char *folder, const char *name, json_t **out, sn_error *err)
{
    char path[PATH_SIZE];
    json_error_t where;
    sn_strbuf text;
    sn_strbuf_init(&text, JSON_BYTES_MAX);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    sn_status status = sn_os_read_file(path, &text, err);
    if (status == SN_OK) {
        *out = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &where);
        if (*out == NULL) {
            status = sn_error_set(err, SN_E_FORMAT, "%.200s:%d:%d: %.100s", path,
                                  where.line, where.column, where.text);
        }
    }
    sn_strbuf_release(&text);
    return status;
}

static bool is_ours(const json_t *manifest)
{
    const char *schema = json_string_value(json_object_get(manifest, "schema"));
    return schema != NULL && strcmp(schema, "snitt-manifest-1") == 0;
}

bool sn_run_is_there(const char *folder)
{
    json_t *manifest = NULL;
    bool is_there =
        load_json(folder, "manifest.json", &manifest, NULL) == SN_OK && is_ours(manifest);
    json_decref(manifest);
    return is_there;
}

static sn_status read_scenario(const char *folder, sn_run_pin *pin, sn_error *err)
{
    char name[PATH_SIZE];
    const char *text = json_string_value(json_object_get(pin->manifest, "scenario_text"));
    const char *as_of = json_string_value(json_object_get(pin->manifest, "as_of"));
    if (!is_ours(pin->manifest) || text == NULL) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "\"%.200s\" is no run of this version: its manifest.json does "
            "not hold the scenario",
            folder);
    }
    (void)snprintf(name, sizeof name, "%.4000s/manifest.json scenario", folder);
    sn_status status =
        sn_scenario_load_bytes(name, text, strlen(text), NULL, 0, &pin->scenario, err);
    pin->has_as_of = as_of != NULL;
    return status == SN_OK && as_of != NULL ? sn_instant_parse(as_of, &pin->as_of, err)
                                            : status;
}

sn_status sn_run_pin_load(const char *folder, sn_run_pin *out, sn_error *err)
{
    memset(out, 0, sizeof *out);
    sn_status status = load_json(folder, "manifest.json", &out->manifest, err);
    if (status == SN_OK) {
        status = load_json(folder, "summary.json", &out->summary, err);
    }
    if (status == SN_OK) {
        status = read_scenario(folder, out, err);
    }
    if (status != SN_OK) {
        sn_run_pin_release(out);
    }
    return status;
}

void sn_run_pin_release(sn_run_pin *pin)
{
    json_decref(pin->manifest);
    json_decref(pin->summary);
    pin->manifest = NULL;
    pin->summary = NULL;
}

static const char *text_at(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text != NULL ? text : "";
}

static bool is_same_series(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"quantity", "source", "subject"};
    for (size_t k = 0; k < 3; k++) {
        if (strcmp(text_at(a, keys[k]), text_at(b, keys[k])) != 0) {
            return false;
        }
    }
    return json_equal(json_object_get(a, "step_s"), json_object_get(b, "step_s")) != 0;
}

static const json_t *find_series(const json_t *list, const json_t *row)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (is_same_series(json_array_get(list, i), row)) {
            return json_array_get(list, i);
        }
    }
    return NULL;
}

sn_status sn_run_pin_same_inputs(const json_t *before, const json_t *after, sn_error *err)
{
    const json_t *list[2] = {json_object_get(before, "inputs"),
                             json_object_get(after, "inputs")};
    for (int way = 0; way < 2; way++) {
        for (size_t i = 0; i < json_array_size(list[way]); i++) {
            const json_t *row = json_array_get(list[way], i);
            const json_t *other = find_series(list[1 - way], row);
            if (other == NULL ||
                strcmp(text_at(row, "sha256"), text_at(other, "sha256")) != 0) {
                return sn_error_set(
                    err, SN_E_GAP,
                    "the store does not hold what the run had read: %s of %s from %s %s; "
                    "--latest runs with the data of today",
                    text_at(row, "quantity"), text_at(row, "subject"),
                    text_at(row, "source"),
                    other != NULL ? "differs"
                    : way == 0    ? "is gone"
                                  : "is new");
            }
        }
    }
    return SN_OK;
}
