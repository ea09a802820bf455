/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a scenario file, one row each, and the readers and writers of those that
 * are more than a number. */
#include "scenario_schema.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1996, YEAR_MAX = 2100 };

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

/* ---- head ---- */

static sn_status read_kind(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    (void)s;
    return node->text == NULL || strcmp(node->text, "replay") != 0
               ? sn_scenario_bad(node, "expected kind: replay", err)
               : SN_OK;
}

static sn_status write_kind(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    (void)s;
    return sn_strbuf_puts(out, "replay", err);
}

static sn_status read_year(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    long value = 0;
    sn_status status = sn_yaml_int(node, YEAR_MIN, YEAR_MAX, &value, err);
    s->year = status == SN_OK ? (int32_t)value : s->year;
    return status;
}

static sn_status write_year(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return sn_strbuf_printf(out, err, "%d", (int)s->year);
}

static sn_status read_threads(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    long value = 0;
    sn_status status = sn_yaml_int(node, 0, 1024, &value, err);
    s->settings.n_thread = status == SN_OK ? (unsigned)value : s->settings.n_thread;
    return status;
}

static sn_status read_step(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    long minutes = 0;
    sn_status status = sn_yaml_int(node, 15, 60, &minutes, err);
    if (status == SN_OK && minutes != 15 && minutes != 60) {
        return sn_scenario_bad(node, "expected 60 or 15 minutes", err);
    }
    s->step_s = status == SN_OK ? (int32_t)minutes * 60 : s->step_s;
    return status;
}

static sn_status write_step(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return sn_strbuf_printf(out, err, "%d", (int)(s->step_s / 60));
}

/* Results never depend on threads, so the normalised text does not either. */
static sn_status write_nothing(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    (void)s;
    (void)out;
    (void)err;
    return SN_OK;
}

static sn_status read_instant(const sn_yaml_node *node, sn_instant *out, sn_error *err)
{
    const char *text = NULL;
    sn_error inner = {.status = SN_OK};
    sn_status status = sn_yaml_string(node, &text, err);
    if (status == SN_OK && sn_instant_parse(text, out, &inner) != SN_OK) {
        status = sn_scenario_bad(node, inner.message, err);
    }
    return status;
}

static sn_status write_instant(bool has, sn_instant t, sn_strbuf *out, sn_error *err)
{
    char text[SN_INSTANT_TEXT_SIZE];
    return has ? sn_strbuf_puts(out, sn_instant_format(t, text), err) : SN_OK;
}

static sn_status read_as_of(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    s->has_as_of = true;
    return read_instant(node, &s->as_of, err);
}

static sn_status write_as_of(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return write_instant(s->has_as_of, s->as_of, out, err);
}

static sn_status read_from(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    s->has_from = true;
    return read_instant(node, &s->from, err);
}

static sn_status write_from(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return write_instant(s->has_from, s->from, out, err);
}

static sn_status read_to(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    s->has_to = true;
    return read_instant(node, &s->to, err);
}

static sn_status write_to(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return write_instant(s->has_to, s->to, out, err);
}

/* ---- areas ---- */

static sn_status
read_area(const sn_yaml_node *node, const char *code, const sn_area **out, sn_error *err)
{
    sn_error inner = {.status = SN_OK};
    if (sn_area_require(code, out, &inner) != SN_OK) {
        return sn_scenario_bad(node, inner.message, err);
    }
    return SN_OK;
}

/* In the order of sn_areas, whatever that of the file, so that no byte of a result
 * depends on it: sums over areas are rounded in their order.  `first`: where the list
 * begins. */
static void add_in_order(sn_scenario *s, size_t first, const sn_area *area)
{
    size_t at = s->n_area++;
    for (; at > first && s->area[at - 1] > area; at--) {
        s->area[at] = s->area[at - 1];
    }
    s->area[at] = area;
}

static sn_status
add_areas(const sn_yaml_node *list, bool is_edge, sn_scenario *s, sn_error *err)
{
    const size_t first = s->n_area;
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
            status = sn_scenario_bad(item, "the area is listed twice", err);
        }
        if (status == SN_OK && s->n_area == SN_SCENARIO_AREAS_MAX) {
            status = sn_scenario_bad(item, "too many areas", err);
        }
        if (status == SN_OK) {
            s->is_edge[s->n_area] = is_edge;
            add_in_order(s, first, area);
        }
    }
    return status;
}

static void set_defaults(sn_scenario *s)
{
    for (size_t i = 0; i < s->n_area; i++) {
        s->may_redispatch[i] = !s->is_edge[i];
        s->is_held[i][SN_RESOURCE_LOAD] = true; /* consumers answer to the market */
        for (size_t k = 0; k < COUNT(defaults) && !s->is_edge[i]; k++) {
            if (strcmp(defaults[k].code, s->area[i]->code) == 0) {
                s->hydro_slope_mw_per_eur[i] = defaults[k].hydro_slope;
                s->other_slope_mw_per_eur[i] = defaults[k].other_slope;
                s->reservoir_mwh[i] = defaults[k].reservoir_mwh;
            }
        }
    }
}

static sn_status read_areas(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    if (s->n_area > 0) {
        return sn_scenario_bad(
            node, "areas are set already; write a file without base: to change them",
            err);
    }
    sn_status status = add_areas(node, false, s, err);
    set_defaults(s);
    return status;
}

static sn_status read_edges(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    if (s->n_area == 0) {
        return sn_scenario_bad(node, "edges without areas", err);
    }
    if (s->is_edge[s->n_area - 1]) {
        return sn_scenario_bad(
            node, "edges are set already; write a file without base: to change them",
            err);
    }
    return add_areas(node, true, s, err);
}

static sn_status
write_codes(const sn_scenario *s, bool edges, sn_strbuf *out, sn_error *err)
{
    const char *before = "[";
    sn_status status = SN_OK;
    for (size_t i = 0; i < s->n_area && status == SN_OK; i++) {
        if (s->is_edge[i] == edges) {
            status = sn_strbuf_printf(out, err, "%s%s", before, s->area[i]->code);
            before = ", ";
        }
    }
    return status == SN_OK && before[0] == ',' ? sn_strbuf_puts(out, "]", err) : status;
}

static sn_status write_areas(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return write_codes(s, false, out, err);
}

static sn_status write_edges(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return write_codes(s, true, out, err);
}

/* ---- configurations ---- */

static sn_status read_name(const sn_yaml_node *map, sn_partition *out, sn_error *err)
{
    const sn_yaml_node *node = NULL;
    const char *text = NULL;
    sn_status status = sn_yaml_require(map, "name", &node, err);
    if (status == SN_OK) {
        status = sn_yaml_string(node, &text, err);
    }
    if (status == SN_OK && strlen(text) >= sizeof out->name) {
        status = sn_scenario_bad(node, "text is too long", err);
    }
    if (status == SN_OK) {
        (void)snprintf(out->name, sizeof out->name, "%s", text);
    }
    return status;
}

/* Areas in a list, or "all" of them but the edges, or "none". */
static sn_status read_area_set(const sn_yaml_node *node,
                               const sn_scenario *s,
                               bool in_set[SN_SCENARIO_AREAS_MAX],
                               sn_error *err)
{
    bool is_all = node->kind == SN_YAML_SCALAR && strcmp(node->text, "all") == 0;
    bool is_none = node->kind == SN_YAML_SCALAR && strcmp(node->text, "none") == 0;
    for (size_t i = 0; i < SN_SCENARIO_AREAS_MAX; i++) {
        in_set[i] = is_all && i < s->n_area && !s->is_edge[i];
    }
    if (is_all || is_none) {
        return SN_OK;
    }
    if (node->kind != SN_YAML_SEQUENCE) {
        return sn_scenario_bad(node, "expected all, none or a list of areas", err);
    }
    for (const sn_yaml_node *item = node->first; item != NULL; item = item->next) {
        size_t i = item->text != NULL ? sn_scenario_area_index(s, item->text) : SIZE_MAX;
        if (i == SIZE_MAX || s->is_edge[i]) {
            return sn_scenario_bad(item, "expected an area of the scenario", err);
        }
        in_set[i] = true;
    }
    return SN_OK;
}

static sn_status write_area_set(const sn_scenario *s,
                                const bool in_set[SN_SCENARIO_AREAS_MAX],
                                sn_strbuf *out,
                                sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, "[", err);
    const char *before = "";
    for (size_t i = 0; i < s->n_area && status == SN_OK; i++) {
        if (in_set[i]) {
            status = sn_strbuf_printf(out, err, "%s%s", before, s->area[i]->code);
            before = ", ";
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "]", err) : status;
}

/* {name: mine, areas: [[SE1, SE2], [SE3, SE4]], one_consumer_price: [SE1, SE2]} */
static sn_status read_partition_list(const sn_yaml_node *node,
                                     const sn_scenario *s,
                                     sn_partition *out,
                                     sn_error *err)
{
    static const char *const keys[] = {"name", "areas", "one_consumer_price"};
    const sn_yaml_node *groups = NULL;
    const sn_yaml_node *consumers = sn_yaml_get(node, keys[2]);
    sn_status status = sn_yaml_check_keys(node, keys, COUNT(keys), err);
    if (status == SN_OK) {
        status = sn_yaml_require(node, "areas", &groups, err);
    }
    if (status == SN_OK) {
        status = read_name(node, out, err);
    }
    if (status == SN_OK && (out->name[0] == '\0' || strchr(out->name, '/') != NULL)) {
        status = sn_scenario_bad(node, "a split needs a name without \"/\"", err);
    }
    if (status == SN_OK && consumers != NULL) {
        out->has_one_consumer = true;
        status = read_area_set(consumers, s, out->one_consumer, err);
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
                status = sn_scenario_bad(
                    item, "expected an area of the scenario, each once, no edge", err);
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
        return sn_scenario_bad(node, "too many configurations", err);
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
            status = sn_scenario_bad(node, inner.message, err);
        }
    }
    for (size_t k = 0; k < at && status == SN_OK; k++) {
        if (strcmp(s->configuration[k].name, partition.name) == 0) {
            status = sn_scenario_bad(node, "two configurations have one name", err);
        }
    }
    if (status == SN_OK) {
        s->configuration[at] = partition;
        s->n_configuration = at + 1 > s->n_configuration ? at + 1 : s->n_configuration;
    }
    return status;
}

static sn_status read_base(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    return add_configuration(node, 0, s, err);
}

static sn_status read_compare(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    sn_status status = sn_yaml_expect(node, SN_YAML_SEQUENCE, err);
    if (status == SN_OK && (node->n == 0 || s->n_configuration == 0)) {
        return sn_scenario_bad(node, "expected a base and at least one split to compare",
                               err);
    }
    s->n_configuration = status == SN_OK ? 1 : s->n_configuration;
    for (const sn_yaml_node *item = node->first; item != NULL && status == SN_OK;
         item = item->next) {
        status = add_configuration(item, s->n_configuration, s, err);
    }
    return status;
}

/* The areas of each group, those alone left out. */
static sn_status
write_groups(const sn_scenario *s, const sn_partition *p, sn_strbuf *out, sn_error *err)
{
    const char *comma = "";
    sn_status status = sn_strbuf_printf(out, err, "{name: \"%s\", areas: [", p->name);
    for (size_t i = 0; i < s->n_area && status == SN_OK; i++) {
        const char *before = NULL;
        for (size_t k = i; k < s->n_area && p->label[i] == i && status == SN_OK; k++) {
            if (p->label[k] == i && !s->is_edge[k]) {
                status =
                    sn_strbuf_printf(out, err, "%s%s%s", before == NULL ? comma : "",
                                     before == NULL ? "[" : before, s->area[k]->code);
                before = ", ";
            }
        }
        if (before != NULL && status == SN_OK) {
            status = sn_strbuf_puts(out, "]", err);
            comma = ", ";
        }
    }
    if (status == SN_OK && p->has_one_consumer) {
        status = sn_strbuf_puts(out, "], one_consumer_price: ", err);
        status = status == SN_OK ? write_area_set(s, p->one_consumer, out, err) : status;
        return status == SN_OK ? sn_strbuf_puts(out, "}", err) : status;
    }
    return status == SN_OK ? sn_strbuf_puts(out, "]}", err) : status;
}

static sn_status
write_partition(const sn_scenario *s, size_t i, sn_strbuf *out, sn_error *err)
{
    const sn_partition *p = &s->configuration[i];
    sn_partition known = {.name = ""};
    if (sn_partition_named(s, p->name, &known, NULL) == SN_OK &&
        memcmp(known.label, p->label, s->n_area * sizeof *p->label) == 0 &&
        memcmp(known.one_consumer, p->one_consumer, sizeof p->one_consumer) == 0) {
        return sn_strbuf_puts(out, p->name, err);
    }
    return write_groups(s, p, out, err);
}

static sn_status write_base(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return s->n_configuration > 0 ? write_partition(s, 0, out, err) : SN_OK;
}

static sn_status write_compare(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    if (s->n_configuration < 2) {
        return SN_OK;
    }
    sn_status status = sn_strbuf_puts(out, "[", err);
    for (size_t i = 1; i < s->n_configuration && status == SN_OK; i++) {
        status = i > 1 ? sn_strbuf_puts(out, ", ", err) : SN_OK;
        if (status == SN_OK) {
            status = write_partition(s, i, out, err);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "]", err) : status;
}

/* ---- water ---- */

static sn_status read_balance(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    const char *text = NULL;
    sn_status status = sn_yaml_string(node, &text, err);
    if (status != SN_OK) {
        return status;
    }
    if (strcmp(text, "physical") == 0) {
        s->settings.balance = SN_BALANCE_PHYSICAL;
    } else if (strcmp(text, "market") == 0) {
        s->settings.balance = SN_BALANCE_MARKET;
    } else if (strcmp(text, "false") == 0) {
        s->settings.balance = SN_BALANCE_HELD;
    } else {
        status = sn_scenario_bad(node, "expected physical, market or false", err);
    }
    return status;
}

static sn_status write_balance(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return sn_strbuf_puts(out,
                          s->settings.balance == SN_BALANCE_HELD
                              ? "false"
                              : sn_hydro_balance_name(s->settings.balance),
                          err);
}

static sn_status read_iterations(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    long value = 0;
    sn_status status = sn_yaml_int(node, 1, 10000, &value, err);
    s->settings.iterations_max =
        status == SN_OK ? (size_t)value : s->settings.iterations_max;
    return status;
}

static sn_status write_iterations(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return sn_strbuf_printf(out, err, "%zu", s->settings.iterations_max);
}

/* ---- capacity.add ---- */

const sn_border_info *
sn_scenario_border(const sn_scenario *s, const char *name, bool *reversed)
{
    for (size_t i = 0; i < sn_border_count; i++) {
        char text[SN_BORDER_NAME_SIZE];
        char back[SN_BORDER_NAME_SIZE];
        sn_border_name(&sn_borders[i], text);
        (void)snprintf(back, sizeof back, "%s-%s", sn_borders[i].to, sn_borders[i].from);
        *reversed = strcmp(name, back) == 0;
        if ((*reversed || strcmp(name, text) == 0) &&
            sn_scenario_area_index(s, sn_borders[i].from) != SIZE_MAX &&
            sn_scenario_area_index(s, sn_borders[i].to) != SIZE_MAX) {
            return &sn_borders[i];
        }
    }
    return NULL;
}

static sn_added_line *added_line(sn_scenario *s, const sn_border_info *border)
{
    for (size_t i = 0; i < s->n_added; i++) {
        if (s->added[i].border == border) {
            return &s->added[i];
        }
    }
    if (s->n_added == SN_SCENARIO_ADDED_MAX) {
        return NULL;
    }
    s->added[s->n_added] = (sn_added_line){.border = border};
    return &s->added[s->n_added++];
}

/* 800 both ways, or {forward_mw: 800, back_mw: 600, from: 2019-06-01}. */
static sn_status read_line(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    static const char *const keys[] = {"forward_mw", "back_mw", "from"};
    static const double max_mw = 1e5;
    bool reversed = false;
    double mw[2] = {0.0, 0.0};
    const sn_border_info *border = sn_scenario_border(s, node->key, &reversed);
    if (border == NULL) {
        return sn_scenario_bad(
            node, "expected a border between two areas of the scenario, e.g. SE2-SE3",
            err);
    }
    sn_added_line *line = added_line(s, border);
    if (line == NULL) {
        return sn_scenario_bad(node, "too many lines", err);
    }
    sn_status status = SN_OK;
    if (node->kind == SN_YAML_SCALAR) {
        status = sn_yaml_double(node, -max_mw, max_mw, &mw[0], err);
        mw[1] = mw[0];
    } else {
        const sn_yaml_node *from = sn_yaml_get(node, keys[2]);
        status = sn_yaml_check_keys(node, keys, COUNT(keys), err);
        for (size_t i = 0; i < 2 && status == SN_OK; i++) {
            const sn_yaml_node *value = sn_yaml_get(node, keys[i]);
            status = value != NULL ? sn_yaml_double(value, -max_mw, max_mw, &mw[i], err)
                                   : SN_OK;
        }
        line->has_from = from != NULL;
        status = status == SN_OK && from != NULL ? read_instant(from, &line->from, err)
                                                 : status;
    }
    line->forward_mw = mw[reversed ? 1 : 0];
    line->back_mw = mw[reversed ? 0 : 1];
    return status;
}

static sn_status read_added(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    sn_status status = sn_yaml_expect(node, SN_YAML_MAP, err);
    for (const sn_yaml_node *item = status == SN_OK ? node->first : NULL;
         item != NULL && status == SN_OK; item = item->next) {
        status = read_line(item, s, err);
    }
    return status;
}

static sn_status write_added(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    const char *before = "{";
    sn_status status = SN_OK;
    /* In the order of the borders, whatever order the file had. */
    for (size_t b = 0; b < sn_border_count; b++) {
        for (size_t i = 0; i < s->n_added && status == SN_OK; i++) {
            const sn_added_line *line = &s->added[i];
            char name[SN_BORDER_NAME_SIZE];
            char from[SN_INSTANT_TEXT_SIZE];
            if (line->border != &sn_borders[b]) {
                continue;
            }
            sn_border_name(line->border, name);
            status = sn_strbuf_printf(
                out, err, "%s%s: {forward_mw: %.17g, back_mw: %.17g%s%s}", before, name,
                line->forward_mw, line->back_mw, line->has_from ? ", from: " : "",
                line->has_from ? sn_instant_format(line->from, from) : "");
            before = ", ";
        }
    }
    return status == SN_OK && before[0] == ',' ? sn_strbuf_puts(out, "}", err) : status;
}

/* ---- redispatch and sources ---- */

static const char *const resource_keys[SN_RESOURCE_COUNT] = {
    [SN_RESOURCE_HYDRO] = "hydro",
    [SN_RESOURCE_OTHER] = "other",
    [SN_RESOURCE_WIND] = "wind",
    [SN_RESOURCE_LOAD] = "load"};

/* {hydro: all, other: all, wind: [SE1, SE2], load: none}, or areas for every resource:
 * those may then only move there. */
static sn_status
read_participants(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    bool in_set[SN_SCENARIO_AREAS_MAX];
    if (node->kind != SN_YAML_MAP) {
        sn_status status = read_area_set(node, s, in_set, err);
        if (status == SN_OK) {
            memcpy(s->may_redispatch, in_set, sizeof in_set);
        }
        return status;
    }
    sn_status status = sn_yaml_check_keys(node, resource_keys, COUNT(resource_keys), err);
    for (size_t k = 0; k < COUNT(resource_keys) && status == SN_OK; k++) {
        const sn_yaml_node *set = sn_yaml_get(node, resource_keys[k]);
        status = set != NULL ? read_area_set(set, s, in_set, err) : SN_OK;
        for (size_t i = 0; set != NULL && i < s->n_area && status == SN_OK; i++) {
            s->is_held[i][k] = !in_set[i];
        }
    }
    for (size_t i = 0; i < s->n_area && status == SN_OK; i++) {
        s->may_redispatch[i] = !s->is_edge[i];
    }
    return status;
}

static sn_status write_participants(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t k = 0; k < COUNT(resource_keys) && status == SN_OK; k++) {
        bool in_set[SN_SCENARIO_AREAS_MAX] = {false};
        for (size_t i = 0; i < s->n_area; i++) {
            in_set[i] = s->may_redispatch[i] && !s->is_held[i][k];
        }
        status =
            sn_strbuf_printf(out, err, "%s%s: ", k == 0 ? "{" : ", ", resource_keys[k]);
        status = status == SN_OK ? write_area_set(s, in_set, out, err) : status;
    }
    return status == SN_OK ? sn_strbuf_puts(out, "}", err) : status;
}

static bool is_source_name(const char *text)
{
    return text[0] != '\0' && strlen(text) < SN_SOURCE_SIZE &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

static sn_status read_source(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    size_t use = 0;
    while (use + 1 < SN_USE_COUNT &&
           strcmp(sn_source_use_name((sn_source_use)use), node->key) != 0) {
        use++;
    }
    sn_source_list *out = &s->source[use];
    sn_status status = sn_yaml_expect(node, SN_YAML_SEQUENCE, err);
    out->n = 0;
    for (const sn_yaml_node *item = status == SN_OK ? node->first : NULL;
         item != NULL && status == SN_OK; item = item->next) {
        const char *text = NULL;
        status = sn_yaml_string(item, &text, err);
        if (status == SN_OK &&
            (!is_source_name(text) || out->n == SN_SCENARIO_SOURCES_MAX)) {
            status = sn_scenario_bad(
                item, "expected a source name of a-z 0-9 _, at most 16", err);
        }
        if (status == SN_OK) {
            (void)snprintf(out->name[out->n++], SN_SOURCE_SIZE, "%s", text);
        }
    }
    return status;
}

static sn_status
write_source(const sn_scenario *s, sn_source_use use, sn_strbuf *out, sn_error *err)
{
    const sn_source_list *list = &s->source[use];
    sn_status status = list->n > 0 ? sn_strbuf_puts(out, "[", err) : SN_OK;
    for (size_t i = 0; i < list->n && status == SN_OK; i++) {
        status = sn_strbuf_printf(out, err, "%s%s", i > 0 ? ", " : "", list->name[i]);
    }
    return status == SN_OK && list->n > 0 ? sn_strbuf_puts(out, "]", err) : status;
}

#define SOURCE_WRITER(function, use)                                                     \
    static sn_status function(const sn_scenario *s, sn_strbuf *out, sn_error *err)       \
    {                                                                                    \
        return write_source(s, use, out, err);                                           \
    }
SOURCE_WRITER(write_price_source, SN_USE_PRICE)
SOURCE_WRITER(write_load_source, SN_USE_LOAD)
SOURCE_WRITER(write_generation_source, SN_USE_GENERATION)
SOURCE_WRITER(write_flow_source, SN_USE_FLOW)
SOURCE_WRITER(write_reservoir_source, SN_USE_RESERVOIR)
#undef SOURCE_WRITER

/* ---- the rows ---- */

#define AT(member) offsetof(sn_scenario, member)
#define NUMBER(group, name, min, max, member)                                            \
    {                                                                                    \
        group, name, SN_KEY_NUMBER, min, max, AT(member), NULL, NULL                     \
    }
#define BOOLEAN(group, name, member)                                                     \
    {                                                                                    \
        group, name, SN_KEY_BOOL, 0, 0, AT(member), NULL, NULL                           \
    }
#define TEXT(group, name, member)                                                        \
    {                                                                                    \
        group, name, SN_KEY_TEXT, 0, sizeof(((sn_scenario *)0)->member), AT(member),     \
            NULL, NULL                                                                   \
    }
#define BY_AREA(group, name, min, max, member)                                           \
    {                                                                                    \
        group, name, SN_KEY_BY_AREA, min, max, AT(member), NULL, NULL                    \
    }
#define OTHER(group, name, reader, writer)                                               \
    {                                                                                    \
        group, name, SN_KEY_OTHER, 0, 0, 0, reader, writer                               \
    }

const sn_scenario_key sn_scenario_keys[] = {
    TEXT("", "name", name),
    TEXT("title", "sv", title_sv),
    TEXT("title", "en", title_en),
    OTHER("", "kind", read_kind, write_kind),
    OTHER("", "year", read_year, write_year),
    OTHER("", "step_minutes", read_step, write_step),
    OTHER("period", "from", read_from, write_from),
    OTHER("period", "to", read_to, write_to),
    OTHER("", "as_of", read_as_of, write_as_of),
    OTHER("", "threads", read_threads, write_nothing),
    OTHER("", "areas", read_areas, write_areas),
    OTHER("", "edges", read_edges, write_edges),
    OTHER("configurations", "base", read_base, write_base),
    OTHER("configurations", "compare", read_compare, write_compare),
    OTHER("hydro", "balance", read_balance, write_balance),
    NUMBER("hydro", "energy_tolerance_share", 1e-8, 0.1, settings.energy_tolerance_share),
    OTHER("hydro", "iterations_max", read_iterations, write_iterations),
    NUMBER("capacity", "window_days", 0, 366, settings.capacity_window_days),
    NUMBER("capacity",
           "price_difference_eur_per_mwh",
           0,
           1,
           settings.price_difference_eur_per_mwh),
    OTHER("capacity", "add", read_added, write_added),
    OTHER("links", "loss_share", sn_scenario_read_loss, sn_scenario_write_loss),
    OTHER("links", "ramp_mw_per_h", sn_scenario_read_ramp, sn_scenario_write_ramp),
    NUMBER("slopes", "factor", 0.01, 100, settings.slope_factor),
    NUMBER("slopes", "hydro_factor", 0.01, 100, hydro_slope_factor),
    NUMBER("slopes", "other_factor", 0.01, 100, other_slope_factor),
    NUMBER("slopes",
           "reference_eur_per_mwh",
           1,
           1000,
           settings.price_level_reference_eur_per_mwh),
    BY_AREA("slopes", "hydro_mw_per_eur_per_mwh", 0, 1e5, hydro_slope_mw_per_eur),
    BY_AREA("slopes", "other_mw_per_eur_per_mwh", 0, 1e5, other_slope_mw_per_eur),
    NUMBER("demand", "elasticity", 0, 2, demand_elasticity),
    NUMBER("demand", "elasticity_in_other", 0, 2, demand_elasticity_in_other),
    OTHER("redispatch", "participants", read_participants, write_participants),
    NUMBER("redispatch",
           "voll_eur_per_mwh",
           0,
           1e6,
           settings.redispatch_voll_eur_per_mwh),
    NUMBER("redispatch", "theta", 0, 1, settings.theta),
    BY_AREA("redispatch", "large_load_mw", 0, 1e5, large_load_mw),
    BY_AREA("redispatch", "large_load_eur_per_mwh", 0, 1e5, large_load_eur_per_mwh),
    BOOLEAN("redispatch", "balance_cuts", balance_cuts),
    BOOLEAN("redispatch", "unlimited_internal", settings.unlimited_internal),
    OTHER("sources", "price", read_source, write_price_source),
    OTHER("sources", "load", read_source, write_load_source),
    OTHER("sources", "generation", read_source, write_generation_source),
    OTHER("sources", "flow", read_source, write_flow_source),
    OTHER("sources", "reservoir", read_source, write_reservoir_source),
    BY_AREA("", "reservoirs_mwh", 0, 1e9, reservoir_mwh),
    BY_AREA("", "extra_load_mw", -1e5, 1e5, settings.extra_load_mw),
    BY_AREA("", "extra_load_twh", -500, 500, extra_load_twh),
    BY_AREA("", "extra_wind_share", -1, 20, extra_wind_share),
    BY_AREA("", "extra_generation_mw", -1e5, 1e5, extra_generation_mw),
    BY_AREA("prices", "edge_change_share", -1, 20, edge_price_change_share),
};
const size_t sn_scenario_key_count = COUNT(sn_scenario_keys);
