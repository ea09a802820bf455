/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manifest.json: what a run was made of. */
#include "run_internal.h"

#include "base/os.h"
#include "environment.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

/* Periods in which a border keeps its observed flow because an end has no price. */
static size_t periods_held(const sn_run_case *c, size_t l)
{
    const sn_border *link = &c->data.border[l].link;
    size_t n_area = c->scenario->n_area;
    size_t held = 0;
    for (size_t t = 0; c->data.border[l].has_flow && t < c->data.input.axis.n; t++) {
        held += isnan(c->data.price[t * n_area + link->from]) ||
                        isnan(c->data.price[t * n_area + link->to])
                    ? 1
                    : 0;
    }
    return held;
}

json_t *sn_run_borders_json(const sn_run_case *c)
{
    json_t *out = json_array();
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        const sn_replay_border *b = &c->data.border[l];
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(c->data.info[l], name);
        json_t *row = json_object();
        sn_run_set(row, "name", json_string(name));
        sn_run_set(row, "from", json_string(c->data.info[l]->from));
        sn_run_set(row, "to", json_string(c->data.info[l]->to));
        sn_run_set(row, "kind",
                   json_string(!b->has_flow      ? "none"
                               : b->is_day_ahead ? "day_ahead"
                                                 : "measured"));
        sn_run_set(row, "rated_mw", sn_run_number(b->link.rated_mw));
        sn_run_set(row, "hours_held", sn_run_hours(c, periods_held(c, l)));
        sn_run_set(
            row, "hours_without_data",
            json_integer((json_int_t)(b->has_flow ? b->first : c->data.input.axis.n)));
        (void)json_array_append_new(out, row);
    }
    return out;
}

static bool was_used(const sn_run_case *c, const sn_series_key *key)
{
    for (size_t i = 0; i < c->data.n_used; i++) {
        if (sn_series_key_compare(&c->data.used[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

json_t *sn_run_attribution_json(const sn_run_case *c)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    json_t *out = json_array();
    if (sn_store_catalogue(c->store, &entries, &n, NULL) != SN_OK) {
        return out;
    }
    for (size_t i = 0; i < n; i++) {
        bool known = !was_used(c, &entries[i].key);
        for (size_t k = 0; k < json_array_size(out) && !known; k++) {
            known =
                strcmp(json_string_value(json_object_get(json_array_get(out, k), "text")),
                       entries[i].attribution) == 0;
        }
        if (!known) {
            json_t *row = json_object();
            sn_run_set(row, "text", json_string(entries[i].attribution));
            sn_run_set(row, "licence", json_string(entries[i].licence));
            (void)json_array_append_new(out, row);
        }
    }
    return out;
}

static const char *used_hash(const sn_run_case *c, const sn_series_key *key)
{
    for (size_t i = 0; i < c->data.n_used; i++) {
        if (sn_series_key_compare(&c->data.used[i].key, key) == 0) {
            return c->data.used[i].sha256;
        }
    }
    return "";
}

/* The normalised scenario: what snitt rerun reads. */
static json_t *scenario_json(const sn_run_case *c)
{
    sn_strbuf text;
    sn_strbuf_init(&text, 1 << 20);
    json_t *out = sn_scenario_write(c->scenario, &text, NULL) == SN_OK
                      ? json_string(text.data)
                      : json_null();
    sn_strbuf_release(&text);
    return out;
}

static json_t *manifest_json(const sn_run_case *c)
{
    const sn_store_entry *entries = NULL;
    size_t n = 0;
    sn_instant newest = {0};
    json_t *inputs = json_array();
    json_t *estimated = json_array();
    json_t *out = json_object();
    if (sn_store_catalogue(c->store, &entries, &n, NULL) == SN_OK) {
        for (size_t i = 0; i < n; i++) {
            if (was_used(c, &entries[i].key)) {
                json_t *row = json_object();
                sn_run_set(row, "quantity",
                           json_string(sn_quantity_name(entries[i].key.quantity)));
                sn_run_set(row, "source", json_string(entries[i].key.source));
                sn_run_set(row, "subject", json_string(entries[i].key.subject));
                sn_run_set(row, "step_s", json_integer(entries[i].key.step_s));
                sn_run_set(row, "origin", json_string(entries[i].origin));
                sn_run_set(row, "raw_sha256", json_string(entries[i].raw_sha256));
                sn_run_set(row, "licence", json_string(entries[i].licence));
                sn_run_set(row, "sha256", json_string(used_hash(c, &entries[i].key)));
                (void)json_array_append_new(inputs, row);
            }
            newest = newest.utc_s > entries[i].newest.utc_s ? newest : entries[i].newest;
        }
    }
    char as_of[SN_INSTANT_TEXT_SIZE];
    sn_run_set(out, "as_of", json_string(sn_instant_format(newest, as_of)));
    sn_run_set(out, "scenario_text", scenario_json(c));
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        if (c->data.area[z].hydro_is_estimated) {
            (void)json_array_append_new(estimated,
                                        json_string(c->scenario->area[z]->code));
        }
    }
    sn_run_set(out, "schema", json_string("snitt-manifest-1"));
    sn_run_set(out, "program", json_string("snitt " SN_VERSION));
    sn_run_set(out, "scenario", json_string(c->scenario->name));
    sn_run_set(out, "year", json_integer(c->scenario->year));
    sn_run_set(out, "hydro_balance",
               json_string(sn_hydro_balance_name(c->scenario->settings.balance)));
    sn_run_set(out, "energy_tolerance_share",
               sn_run_number(c->scenario->settings.energy_tolerance_share));
    sn_run_set(out, "capacity_window_days",
               sn_run_number(c->scenario->settings.capacity_window_days));
    sn_run_set(out, "slope_factor", sn_run_number(c->scenario->settings.slope_factor));
    sn_run_set(out, "unlimited_internal",
               json_boolean(c->scenario->settings.unlimited_internal));
    json_t *load = json_object();
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        if (c->scenario->settings.extra_load_mw[z] != 0.0) {
            sn_run_set(load, c->scenario->area[z]->code,
                       sn_run_number(c->scenario->settings.extra_load_mw[z]));
        }
    }
    sn_run_set(out, "extra_load_mw", load);
    json_t *splits = json_array();
    for (size_t i = 0; i < c->scenario->n_configuration; i++) {
        (void)json_array_append_new(splits,
                                    json_string(c->scenario->configuration[i].name));
    }
    sn_run_set(out, "configurations", splits);
    sn_run_set(out, "borders", sn_run_borders_json(c));
    sn_run_set(out, "hydro_estimated", estimated);
    sn_run_set(out, "inputs", inputs);
    return out;
}

sn_status
sn_run_dump(const char *folder, const char *name, const json_t *value, sn_error *err)
{
    char path[PATH_SIZE];
    char *text =
        json_dumps(value, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
    if (text == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory writing %s", name);
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    sn_status status = sn_os_write_file(path, text, strlen(text), err);
    free(text);
    return status;
}

sn_status sn_run_write_manifest(sn_run_case *c, const char *folder, sn_error *err)
{
    json_t *manifest = manifest_json(c);
    char *text =
        json_dumps(manifest, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
    if (text == NULL) {
        json_decref(manifest);
        return sn_error_set(err, SN_E_MEMORY, "out of memory writing the manifest");
    }
    char hash[65];
    sn_store_hash(text, strlen(text), hash);
    (void)snprintf(c->run_id, sizeof c->run_id, "%.16s", hash);
    free(text);
    /* Not part of the id: where the numbers come out the same, the files must be too,
     * however the program was built and whether or not there is a gnuplot. */
    sn_run_set(manifest, "environment", sn_environment_json());
    sn_run_set(manifest, "run_id", json_string(c->run_id));
    sn_status status = sn_run_dump(folder, "manifest.json", manifest, err);
    json_decref(manifest);
    return status;
}
