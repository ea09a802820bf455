/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every word of --set becomes a small document of its own and goes through the same
 * schema as the file, so that there is one parser and one set of rules.
 */
#include "base/os.h"
#include "scenario.h"
#include "yaml_tree.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    SCENARIO_BYTES_MAX = 1 << 20,
    YEAR_MIN = 1996,
    YEAR_MAX = 2100,
    KEY_DEPTH_MAX = 4
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* MW per EUR/MWh at a price level of 40 EUR/MWh: our own judgement, for want of
 * estimates; x 0.5 .. x 2 is part of every interval.  Reservoirs: SE as used by ODIN,
 * NO as published by NVE, FI about 5.5 TWh. */
static const struct {
    const char *code;
    double hydro_slope;
    double other_slope;
    double reservoir_mwh;
} defaults[] = {
    {"SE1", 40, 3, 13688e3}, {"SE2", 60, 5, 15037e3}, {"SE3", 25, 25, 2517e3},
    {"SE4", 3, 15, 216e3},   {"NO1", 15, 10, 6.0e6},  {"NO2", 70, 10, 33.9e6},
    {"NO3", 30, 5, 9.1e6},   {"NO4", 40, 5, 20.9e6},  {"NO5", 40, 5, 17.3e6},
    {"FI", 20, 25, 5.5e6},   {"DK1", 0, 40, 0},       {"DK2", 0, 20, 0},
};

static sn_status bad(const sn_yaml_node *node, const char *what, sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT, "%.200s:%d:%d: %s", node->file, node->line,
                        node->column, what);
}

static sn_status
read_text(const sn_yaml_node *map, const char *key, char *out, size_t size, sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, key);
    const char *text = NULL;
    if (node == NULL) {
        return SN_OK;
    }
    sn_status status = sn_yaml_string(node, &text, err);
    if (status == SN_OK && strlen(text) >= size) {
        return bad(node, "text is too long", err);
    }
    if (status == SN_OK) {
        (void)snprintf(out, size, "%s", text);
    }
    return status;
}

static sn_status read_number(const sn_yaml_node *map,
                             const char *key,
                             double min,
                             double max,
                             double *out,
                             sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, key);
    return node != NULL ? sn_yaml_double(node, min, max, out, err) : SN_OK;
}

/* The map under a key, its keys checked; *out NULL when absent. */
static sn_status read_map(const sn_yaml_node *root,
                          const char *key,
                          const char *const *allowed,
                          size_t n,
                          const sn_yaml_node **out,
                          sn_error *err)
{
    *out = sn_yaml_get(root, key);
    return *out != NULL ? sn_yaml_check_keys(*out, allowed, n, err) : SN_OK;
}

static sn_status
read_area(const sn_yaml_node *node, const char *code, const sn_area **out, sn_error *err)
{
    sn_error inner = {.status = SN_OK};
    if (sn_area_require(code, out, &inner) != SN_OK) {
        return bad(node, inner.message, err);
    }
    return SN_OK;
}

static sn_status
add_areas(const sn_yaml_node *list, bool is_edge, sn_scenario *s, sn_error *err)
{
    sn_status status = sn_yaml_expect(list, SN_YAML_SEQUENCE, err);
    for (const sn_yaml_node *item = list->first; item != NULL && status == SN_OK;
         item = item->next) {
        const char *code = NULL;
        const sn_area *area = NULL;
        status = sn_yaml_string(item, &code, err);
        if (status == SN_OK) {
            status = read_area(item, code, &area, err);
        }
        if (status == SN_OK && sn_scenario_area_index(s, code) != SIZE_MAX) {
            status = bad(item, "the area is listed twice", err);
        }
        if (status == SN_OK && s->n_area == SN_SCENARIO_AREAS_MAX) {
            status = bad(item, "too many areas", err);
        }
        if (status == SN_OK) {
            s->is_edge[s->n_area] = is_edge;
            s->area[s->n_area++] = area;
        }
    }
    return status;
}

static void set_defaults(sn_scenario *s)
{
    for (size_t i = 0; i < s->n_area; i++) {
        s->may_redispatch[i] = !s->is_edge[i];
        for (size_t k = 0; k < COUNT(defaults) && !s->is_edge[i]; k++) {
            if (strcmp(defaults[k].code, s->area[i]->code) == 0) {
                s->hydro_slope_mw_per_eur[i] = defaults[k].hydro_slope;
                s->other_slope_mw_per_eur[i] = defaults[k].other_slope;
                s->reservoir_mwh[i] = defaults[k].reservoir_mwh;
            }
        }
    }
}

static sn_status read_areas(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    const sn_yaml_node *areas = sn_yaml_get(root, "areas");
    const sn_yaml_node *edges = sn_yaml_get(root, "edges");
    if (areas == NULL && edges == NULL) {
        return SN_OK;
    }
    if (s->n_area > 0) {
        return bad(areas != NULL ? areas : edges, "areas cannot be set, write a file",
                   err);
    }
    sn_status status = areas != NULL ? add_areas(areas, false, s, err)
                                     : bad(root, "edges without areas", err);
    if (status == SN_OK && edges != NULL) {
        status = add_areas(edges, true, s, err);
    }
    set_defaults(s);
    return status;
}

/* A map of area code to number. */
static sn_status read_by_area(const sn_yaml_node *map,
                              const char *key,
                              const double range[2],
                              sn_scenario *s,
                              double *out,
                              sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, key);
    if (node == NULL) {
        return SN_OK;
    }
    sn_status status = sn_yaml_expect(node, SN_YAML_MAP, err);
    for (const sn_yaml_node *item = status == SN_OK ? node->first : NULL;
         item != NULL && status == SN_OK; item = item->next) {
        const sn_area *area = NULL;
        status = read_area(item, item->key, &area, err);
        size_t i = status == SN_OK ? sn_scenario_area_index(s, item->key) : SIZE_MAX;
        if (status == SN_OK && i == SIZE_MAX) {
            status = bad(item, "the area is not among the scenario's areas", err);
        }
        if (status == SN_OK) {
            status = sn_yaml_double(item, range[0], range[1], &out[i], err);
        }
    }
    return status;
}

/* {name: mine, areas: [[SE1, SE2], [SE3, SE4]]} */
static sn_status read_partition_list(const sn_yaml_node *node,
                                     const sn_scenario *s,
                                     sn_partition *out,
                                     sn_error *err)
{
    static const char *const keys[] = {"name", "areas"};
    const sn_yaml_node *groups = NULL;
    sn_status status = sn_yaml_check_keys(node, keys, COUNT(keys), err);
    if (status == SN_OK) {
        status = sn_yaml_require(node, "areas", &groups, err);
    }
    if (status == SN_OK) {
        status = read_text(node, "name", out->name, sizeof out->name, err);
    }
    if (status == SN_OK && (out->name[0] == '\0' || strchr(out->name, '/') != NULL)) {
        status = bad(node, "a split needs a name without \"/\"", err);
    }
    for (size_t i = 0; i < s->n_area; i++) {
        out->label[i] = i;
    }
    bool used[SN_SCENARIO_AREAS_MAX] = {false};
    for (const sn_yaml_node *group = status == SN_OK ? groups->first : NULL;
         group != NULL && status == SN_OK; group = group->next) {
        size_t label = SIZE_MAX;
        status = sn_yaml_expect(group, SN_YAML_SEQUENCE, err);
        for (const sn_yaml_node *item = status == SN_OK ? group->first : NULL;
             item != NULL && status == SN_OK; item = item->next) {
            size_t i =
                item->text != NULL ? sn_scenario_area_index(s, item->text) : SIZE_MAX;
            if (i == SIZE_MAX || used[i] || s->is_edge[i]) {
                status = bad(item, "expected an area of the scenario, each once, no edge",
                             err);
                break;
            }
            used[i] = true;
            label = label == SIZE_MAX ? i : label;
            out->label[i] = label;
        }
    }
    return status;
}

static sn_status
add_configuration(const sn_yaml_node *node, size_t at, sn_scenario *s, sn_error *err)
{
    if (at >= SN_SCENARIO_CONFIGURATIONS_MAX) {
        return bad(node, "too many configurations", err);
    }
    sn_partition partition = {.name = ""};
    sn_status status = SN_OK;
    if (node->kind == SN_YAML_MAP) {
        status = read_partition_list(node, s, &partition, err);
    } else {
        const char *name = NULL;
        sn_error inner = {.status = SN_OK};
        status = sn_yaml_string(node, &name, err);
        if (status == SN_OK && sn_partition_named(s, name, &partition, &inner) != SN_OK) {
            status = bad(node, inner.message, err);
        }
    }
    for (size_t k = 0; k < at && status == SN_OK; k++) {
        if (strcmp(s->configuration[k].name, partition.name) == 0) {
            status = bad(node, "two configurations have one name", err);
        }
    }
    if (status == SN_OK) {
        s->configuration[at] = partition;
        s->n_configuration = at + 1 > s->n_configuration ? at + 1 : s->n_configuration;
    }
    return status;
}

static sn_status
read_configurations(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    static const char *const keys[] = {"base", "compare"};
    const sn_yaml_node *map = NULL;
    sn_status status = read_map(root, "configurations", keys, COUNT(keys), &map, err);
    if (status != SN_OK || map == NULL) {
        return status;
    }
    const sn_yaml_node *base = sn_yaml_get(map, "base");
    const sn_yaml_node *compare = sn_yaml_get(map, "compare");
    if (base != NULL) {
        status = add_configuration(base, 0, s, err);
    }
    if (status != SN_OK || compare == NULL) {
        return status;
    }
    status = sn_yaml_expect(compare, SN_YAML_SEQUENCE, err);
    if (status == SN_OK && (compare->n == 0 || s->n_configuration == 0)) {
        return bad(compare, "expected a base and at least one split to compare", err);
    }
    s->n_configuration = status == SN_OK ? 1 : s->n_configuration;
    for (const sn_yaml_node *item = compare->first; item != NULL && status == SN_OK;
         item = item->next) {
        status = add_configuration(item, s->n_configuration, s, err);
    }
    return status;
}

static sn_status read_hydro(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    static const char *const keys[] = {"balance", "energy_tolerance_share",
                                       "iterations_max"};
    const sn_yaml_node *map = NULL;
    sn_status status = read_map(root, "hydro", keys, COUNT(keys), &map, err);
    if (status != SN_OK || map == NULL) {
        return status;
    }
    const sn_yaml_node *balance = sn_yaml_get(map, "balance");
    const char *text = NULL;
    if (balance != NULL) {
        status = sn_yaml_string(balance, &text, err);
    }
    if (status == SN_OK && text != NULL) {
        if (strcmp(text, "physical") == 0) {
            s->settings.balance = SN_BALANCE_PHYSICAL;
        } else if (strcmp(text, "market") == 0) {
            s->settings.balance = SN_BALANCE_MARKET;
        } else if (strcmp(text, "false") == 0) {
            s->settings.balance = SN_BALANCE_HELD;
        } else {
            status = bad(balance, "expected physical, market or false", err);
        }
    }
    if (status == SN_OK) {
        status = read_number(map, "energy_tolerance_share", 1e-8, 0.1,
                             &s->settings.energy_tolerance_share, err);
    }
    const sn_yaml_node *iterations = sn_yaml_get(map, "iterations_max");
    long value = 0;
    if (status == SN_OK && iterations != NULL) {
        status = sn_yaml_int(iterations, 1, 10000, &value, err);
        s->settings.iterations_max =
            status == SN_OK ? (size_t)value : s->settings.iterations_max;
    }
    return status;
}

static sn_status read_capacity(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    static const char *const keys[] = {"window_days", "price_difference_eur_per_mwh"};
    const sn_yaml_node *map = NULL;
    sn_status status = read_map(root, "capacity", keys, COUNT(keys), &map, err);
    if (status == SN_OK && map != NULL) {
        status = read_number(map, "window_days", 0, 366,
                             &s->settings.capacity_window_days, err);
    }
    if (status == SN_OK && map != NULL) {
        status = read_number(map, "price_difference_eur_per_mwh", 0, 1,
                             &s->settings.price_difference_eur_per_mwh, err);
    }
    return status;
}

static sn_status read_slopes(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    static const char *const keys[] = {"factor", "reference_eur_per_mwh",
                                       "hydro_mw_per_eur_per_mwh",
                                       "other_mw_per_eur_per_mwh"};
    static const double range[2] = {0, 1e5};
    const sn_yaml_node *map = NULL;
    sn_status status = read_map(root, "slopes", keys, COUNT(keys), &map, err);
    if (status != SN_OK || map == NULL) {
        return status;
    }
    status = read_number(map, "factor", 0.01, 100, &s->settings.slope_factor, err);
    if (status == SN_OK) {
        status = read_number(map, "reference_eur_per_mwh", 1, 1000,
                             &s->settings.price_level_reference_eur_per_mwh, err);
    }
    if (status == SN_OK) {
        status = read_by_area(map, keys[2], range, s, s->hydro_slope_mw_per_eur, err);
    }
    if (status == SN_OK) {
        status = read_by_area(map, keys[3], range, s, s->other_slope_mw_per_eur, err);
    }
    return status;
}

static sn_status
read_participants(const sn_yaml_node *list, sn_scenario *s, sn_error *err)
{
    if (list->kind == SN_YAML_SCALAR && strcmp(list->text, "all") == 0) {
        return SN_OK;
    }
    sn_status status = sn_yaml_expect(list, SN_YAML_SEQUENCE, err);
    if (status != SN_OK) {
        return status;
    }
    memset(s->may_redispatch, 0, sizeof s->may_redispatch);
    for (const sn_yaml_node *item = list->first; item != NULL; item = item->next) {
        size_t i = item->text != NULL ? sn_scenario_area_index(s, item->text) : SIZE_MAX;
        if (i == SIZE_MAX || s->is_edge[i]) {
            return bad(item, "expected an area of the scenario", err);
        }
        s->may_redispatch[i] = true;
    }
    return SN_OK;
}

static sn_status read_redispatch(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    static const char *const keys[] = {"participants", "voll_eur_per_mwh",
                                       "unlimited_internal"};
    const sn_yaml_node *map = NULL;
    sn_status status = read_map(root, "redispatch", keys, COUNT(keys), &map, err);
    if (status != SN_OK || map == NULL) {
        return status;
    }
    const sn_yaml_node *participants = sn_yaml_get(map, "participants");
    const sn_yaml_node *unlimited = sn_yaml_get(map, "unlimited_internal");
    status = read_number(map, "voll_eur_per_mwh", 0, 1e6,
                         &s->settings.redispatch_voll_eur_per_mwh, err);
    if (status == SN_OK && participants != NULL) {
        status = read_participants(participants, s, err);
    }
    if (status == SN_OK && unlimited != NULL) {
        status = sn_yaml_bool(unlimited, &s->settings.unlimited_internal, err);
    }
    return status;
}

static bool is_source_name(const char *text)
{
    return text[0] != '\0' && strlen(text) < SN_SOURCE_SIZE &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

static sn_status read_sources(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    const char *keys[SN_USE_COUNT];
    for (size_t use = 0; use < SN_USE_COUNT; use++) {
        keys[use] = sn_source_use_name((sn_source_use)use);
    }
    const sn_yaml_node *map = NULL;
    sn_status status = read_map(root, "sources", keys, SN_USE_COUNT, &map, err);
    for (size_t use = 0; use < SN_USE_COUNT && status == SN_OK && map != NULL; use++) {
        const sn_yaml_node *list = sn_yaml_get(map, keys[use]);
        if (list == NULL) {
            continue;
        }
        status = sn_yaml_expect(list, SN_YAML_SEQUENCE, err);
        sn_source_list *out = &s->source[use];
        out->n = 0;
        for (const sn_yaml_node *item = status == SN_OK ? list->first : NULL;
             item != NULL && status == SN_OK; item = item->next) {
            const char *text = NULL;
            status = sn_yaml_string(item, &text, err);
            if (status == SN_OK &&
                (!is_source_name(text) || out->n == SN_SCENARIO_SOURCES_MAX)) {
                status =
                    bad(item, "expected a source name of a-z 0-9 _, at most 16", err);
            }
            if (status == SN_OK) {
                (void)snprintf(out->name[out->n++], SN_SOURCE_SIZE, "%s", text);
            }
        }
    }
    return status;
}

static sn_status read_head(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    static const char *const languages[] = {"sv", "en"};
    const sn_yaml_node *kind = sn_yaml_get(root, "kind");
    const sn_yaml_node *year = sn_yaml_get(root, "year");
    const sn_yaml_node *threads = sn_yaml_get(root, "threads");
    const sn_yaml_node *title = NULL;
    long value = 0;
    if (kind != NULL && (kind->text == NULL || strcmp(kind->text, "replay") != 0)) {
        return bad(kind, "expected kind: replay", err);
    }
    sn_status status = read_text(root, "name", s->name, sizeof s->name, err);
    if (status == SN_OK) {
        status = read_map(root, "title", languages, COUNT(languages), &title, err);
    }
    if (status == SN_OK && title != NULL) {
        status = read_text(title, "sv", s->title_sv, sizeof s->title_sv, err);
    }
    if (status == SN_OK && title != NULL) {
        status = read_text(title, "en", s->title_en, sizeof s->title_en, err);
    }
    if (status == SN_OK && year != NULL) {
        status = sn_yaml_int(year, YEAR_MIN, YEAR_MAX, &value, err);
        s->year = status == SN_OK ? (int32_t)value : s->year;
    }
    if (status == SN_OK && threads != NULL) {
        status = sn_yaml_int(threads, 0, 1024, &value, err);
        s->settings.n_thread = status == SN_OK ? (unsigned)value : s->settings.n_thread;
    }
    return status;
}

static sn_status read_root(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    static const char *const keys[] = {
        "name",           "title",          "kind",          "year",       "areas",
        "edges",          "configurations", "hydro",         "capacity",   "slopes",
        "reservoirs_mwh", "sources",        "extra_load_mw", "redispatch", "threads"};
    static const double reservoir_range[2] = {0, 1e9};
    static const double load_range[2] = {-1e5, 1e5};
    typedef sn_status reader(const sn_yaml_node *, sn_scenario *, sn_error *);
    static reader *const readers[] = {read_head,       read_areas,    read_configurations,
                                      read_hydro,      read_capacity, read_slopes,
                                      read_redispatch, read_sources};
    sn_status status = sn_yaml_check_keys(root, keys, COUNT(keys), err);
    for (size_t k = 0; k < COUNT(readers) && status == SN_OK; k++) {
        status = readers[k](root, s, err);
    }
    if (status == SN_OK) {
        status = read_by_area(root, "reservoirs_mwh", reservoir_range, s,
                              s->reservoir_mwh, err);
    }
    if (status == SN_OK) {
        status = read_by_area(root, "extra_load_mw", load_range, s,
                              s->settings.extra_load_mw, err);
    }
    return status;
}

/* "a.b=c" -> "a:\n b: c\n" */
static sn_status set_document(const char *word, sn_strbuf *out, sn_error *err)
{
    const char *equals = strchr(word, '=');
    if (equals == NULL || equals == word || equals[1] == '\0' ||
        strpbrk(word, "\n\r#") != NULL) {
        return sn_error_set(err, SN_E_FORMAT, "--set \"%.80s\": expected key=value",
                            word);
    }
    int depth = 0;
    sn_status status = SN_OK;
    for (const char *at = word; at < equals && status == SN_OK;) {
        size_t n = strcspn(at, ".=");
        if (n == 0 || depth == KEY_DEPTH_MAX) {
            return sn_error_set(err, SN_E_FORMAT, "--set \"%.80s\": expected key=value",
                                word);
        }
        status = sn_strbuf_printf(out, err, "%s%*s%.*s:", depth > 0 ? "\n" : "", depth,
                                  "", (int)n, at);
        at += n + 1;
        depth++;
    }
    return status == SN_OK ? sn_strbuf_printf(out, err, " %s\n", equals + 1) : status;
}

static sn_status apply_set(const char *word, sn_scenario *s, sn_error *err)
{
    sn_strbuf text;
    sn_yaml *document = NULL;
    char name[160];
    (void)snprintf(name, sizeof name, "--set %s", word);
    sn_strbuf_init(&text, 4096);
    sn_status status = set_document(word, &text, err);
    if (status == SN_OK) {
        status = sn_yaml_load_bytes(name, text.data, text.len, &document, err);
    }
    if (status == SN_OK) {
        status = read_root(sn_yaml_root(document), s, err);
    }
    sn_yaml_free(document);
    sn_strbuf_release(&text);
    return status;
}

static sn_status check_whole(const char *name, const sn_scenario *s, sn_error *err)
{
    const char *missing = s->name[0] == '\0'       ? "name"
                          : s->year == 0           ? "year"
                          : s->n_area == 0         ? "areas"
                          : s->n_configuration < 2 ? "configurations"
                          : s->source[0].n == 0    ? "sources"
                                                   : NULL;
    return missing == NULL ? SN_OK
                           : sn_error_set(err, SN_E_FORMAT,
                                          "%.200s:1:1: required key \"%s\" is missing",
                                          name, missing);
}

sn_status sn_scenario_load_bytes(const char *name,
                                 const void *bytes,
                                 size_t n,
                                 const char *const *set,
                                 size_t n_set,
                                 sn_scenario *out,
                                 sn_error *err)
{
    sn_yaml *document = NULL;
    memset(out, 0, sizeof *out);
    sn_replay_settings_default(&out->settings);
    out->settings.n_thread = 0;
    sn_status status = sn_yaml_load_bytes(name, bytes, n, &document, err);
    if (status == SN_OK) {
        status = read_root(sn_yaml_root(document), out, err);
    }
    sn_yaml_free(document);
    for (size_t i = 0; i < n_set && status == SN_OK; i++) {
        status = apply_set(set[i], out, err);
    }
    return status == SN_OK ? check_whole(name, out, err) : status;
}

sn_status sn_scenario_load(const char *path,
                           const char *const *set,
                           size_t n_set,
                           sn_scenario *out,
                           sn_error *err)
{
    sn_strbuf bytes;
    sn_strbuf_init(&bytes, SCENARIO_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &bytes, err);
    if (status == SN_OK) {
        status =
            sn_scenario_load_bytes(path, bytes.data, bytes.len, set, n_set, out, err);
    }
    sn_strbuf_release(&bytes);
    return status;
}
