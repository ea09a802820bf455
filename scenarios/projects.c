/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "projects.h"

#include "base/number.h"
#include "base/options.h"
#include "base/os.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROJECT_BYTES_MAX = 1 << 20, TYPES_MAX = 64 };

static const struct rule {
    const char *name;
    double min, max;
    bool is_required;
} rules[SN_FIGURE_COUNT] = {
    [SN_FIGURE_LOAD_MW] = {"load_mw", 0.0, 1e5, true},
    [SN_FIGURE_OUTPUT_PER_YEAR] = {"output_per_year", 0.0, 1e12, false},
    [SN_FIGURE_HOURS_PER_YEAR] = {"hours_per_year", 0.0, 8784.0, false},
    [SN_FIGURE_TWH_PER_YEAR] = {"twh_per_year", 0.0, 1e3, false},
    [SN_FIGURE_MWH_PER_UNIT] = {"mwh_per_unit", 1e-6, 1e6, true},
    [SN_FIGURE_LOAD_MIN_SHARE] = {"load_min_share", 0.0, 1.0, false},
    [SN_FIGURE_RAMP_SHARE_PER_H] = {"ramp_share_per_h", 0.0, 1e3, false},
    [SN_FIGURE_STORAGE_H] = {"storage_h", 0.0, 8784.0, false},
    [SN_FIGURE_STOP_EUR_PER_MWH] = {"stop_above_eur_per_mwh", 0.0, 1e4, false},
    [SN_FIGURE_CAPEX_MEUR] = {"capex_meur", 0.0, 1e6, true},
    [SN_FIGURE_OTHER_COST_EUR_PER_UNIT] = {"other_cost_eur_per_unit", -1e6, 1e6, true},
    [SN_FIGURE_FIXED_COST_SHARE] = {"fixed_cost_share_of_capex", 0.0, 1.0, true},
    [SN_FIGURE_FIXED_COST_MEUR] = {"fixed_cost_meur_per_year", 0.0, 1e5, false},
    [SN_FIGURE_PRODUCT_PRICE_EUR_PER_UNIT] = {"product_price_eur_per_unit", 0.0, 1e7,
                                              true},
    [SN_FIGURE_WACC] = {"wacc", 0.0, 0.5, true},
    [SN_FIGURE_INFLATION] = {"inflation", -0.1, 0.5, false},
    [SN_FIGURE_LIFE_YEARS] = {"life_years", 1.0, 80.0, true},
    [SN_FIGURE_START_YEAR] = {"start_year", 1900.0, 2100.0, true},
    [SN_FIGURE_HEDGE_SHARE] = {"hedge_share", 0.0, 1.0, true},
    [SN_FIGURE_HEDGE_BASIS_EUR_PER_MWH] = {"hedge_basis_eur_per_mwh", -100.0, 100.0,
                                           true},
    [SN_FIGURE_LATITUDE_DEG] = {"latitude_deg", 55.0, 70.0, true},
    [SN_FIGURE_GRID_ENERGY_EUR_PER_MWH] = {"grid_energy_eur_per_mwh", -50.0, 100.0, true},
    [SN_FIGURE_CERTIFICATES_EUR_PER_MWH] = {"certificates_eur_per_mwh", 0.0, 100.0, true},
};

static const char *const statuses[] = {"operating", "construction", "planned", "paused",
                                       "cancelled", "unclear",      "site"};

const char *sn_figure_name(sn_figure_key key)
{
    return rules[key].name;
}

sn_project_origin sn_project_origin_of(const sn_project *project)
{
    sn_project_origin out = {0};
    out.n_excerpt = strcmp(project->status_source.checked, "opened") != 0 ? 1 : 0;
    for (int k = 0; k < SN_FIGURE_COUNT; k++) {
        const sn_figure *f = &project->figure[k];
        bool is_public = f->is_given && f->source.where != NULL;
        out.n_public += is_public ? 1 : 0;
        out.n_assumed += f->is_given && !is_public ? 1 : 0;
        out.n_excerpt += is_public && strcmp(f->source.checked, "opened") != 0 ? 1 : 0;
    }
    return out;
}

static sn_status bad(const sn_yaml_node *at, sn_error *err, const char *what)
{
    return sn_error_set(err, SN_E_FORMAT, "%.200s:%d:%d: %s%s%s", at->file, at->line,
                        at->column, at->key != NULL ? at->key : "",
                        at->key != NULL ? ": " : "", what);
}

static sn_status
text_of(const sn_yaml_node *map, const char *key, const char **out, sn_error *err)
{
    const sn_yaml_node *node = NULL;
    sn_status status = sn_yaml_require(map, key, &node, err);
    return status == SN_OK ? sn_yaml_string(node, out, err) : status;
}

/* ---- figures ---- */

static sn_status figure_origin(const sn_yaml_node *node,
                               const sn_yaml_node *sources,
                               sn_figure *out,
                               sn_error *err)
{
    const sn_yaml_node *source = sn_yaml_get(node, "source");
    const sn_yaml_node *assumption = sn_yaml_get(node, "assumption");
    if ((source == NULL) == (assumption == NULL)) {
        return bad(node, err,
                   "a figure needs either source: or assumption: (with low and high)");
    }
    if (source != NULL) {
        return sn_citation_find(source, sources, &out->source, err);
    }
    if (sn_yaml_get(node, "low") == NULL || sn_yaml_get(node, "high") == NULL) {
        return bad(node, err, "an assumption needs its range: low and high");
    }
    return sn_yaml_string(assumption, &out->assumption, err);
}

static sn_status figure_number(const sn_yaml_node *map,
                               const char *key,
                               const struct rule *rule,
                               double *out,
                               sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, key);
    if (node == NULL) {
        return SN_OK; /* low, high: the value itself */
    }
    double any = 0.0;
    bool is_share =
        strcmp(rule->name, "wacc") == 0 || strcmp(rule->name, "inflation") == 0;
    if (is_share && node->kind == SN_YAML_SCALAR && sn_parse_double(node->text, &any) &&
        any >= 1.0) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "%.200s:%d:%d: %s is a share a year such as 0.07, not %g: did "
            "you mean %g?",
            node->file, node->line, node->column, rule->name, any, any / 100.0);
    }
    return sn_yaml_double(node, rule->min, rule->max, out, err);
}

static sn_status read_figure(const sn_yaml_node *node,
                             const sn_yaml_node *sources,
                             const struct rule *rule,
                             sn_figure *out,
                             sn_error *err)
{
    static const char *const keys[] = {"value",  "low",        "high",
                                       "source", "assumption", "note"};
    const sn_yaml_node *value = NULL;
    *out = (sn_figure){.is_given = true};
    if (node->kind != SN_YAML_MAP) {
        return bad(
            node, err,
            "a figure stands with its source: {value: 740, source: S74} or {value: "
            "8, low: 6, high: 10, assumption: why}");
    }
    sn_status status = sn_yaml_check_keys(node, keys, 6, err);
    if (status == SN_OK) {
        status = sn_yaml_require(node, "value", &value, err);
    }
    if (status == SN_OK) {
        status = figure_number(node, "value", rule, &out->value, err);
    }
    out->low = out->high = out->value;
    if (status == SN_OK) {
        status = figure_number(node, "low", rule, &out->low, err);
    }
    if (status == SN_OK) {
        status = figure_number(node, "high", rule, &out->high, err);
    }
    if (status == SN_OK && (out->low > out->value || out->value > out->high)) {
        return bad(node, err, "expected low <= value <= high");
    }
    return status == SN_OK ? figure_origin(node, sources, out, err) : status;
}

/* ---- a project ---- */

typedef struct reader {
    const sn_yaml_node *sources;
    const sn_yaml_node *types;
    sn_projects *out;
} reader;

static sn_status
read_figures(const reader *r, const sn_yaml_node *map, sn_project *p, sn_error *err)
{
    for (int k = 0; k < SN_FIGURE_COUNT; k++) {
        const sn_yaml_node *node = sn_yaml_get(map, rules[k].name);
        if (node != NULL) {
            sn_status status =
                read_figure(node, r->sources, &rules[k], &p->figure[k], err);
            if (status != SN_OK) {
                return status;
            }
        }
    }
    return SN_OK;
}

static sn_status
read_capex_years(const sn_yaml_node *node, const reader *r, sn_project *p, sn_error *err)
{
    static const char *const keys[] = {"values", "source", "assumption"};
    const sn_yaml_node *list = NULL;
    double sum = 0.0;
    sn_status status = sn_yaml_check_keys(node, keys, 3, err);
    if (status == SN_OK) {
        status = sn_yaml_require(node, "values", &list, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_expect(list, SN_YAML_SEQUENCE, err);
    }
    const sn_yaml_node *source = status == SN_OK ? sn_yaml_get(node, "source") : NULL;
    if (status == SN_OK && source == NULL && sn_yaml_get(node, "assumption") == NULL) {
        return bad(node, err, "a figure needs either source: or assumption:");
    }
    if (source != NULL) {
        sn_citation any;
        status = sn_citation_find(source, r->sources, &any, err);
    }
    p->n_capex = 0;
    for (const sn_yaml_node *at = status == SN_OK ? list->first : NULL;
         at != NULL && status == SN_OK; at = at->next) {
        if (p->n_capex == SN_PROJECT_CAPEX_YEARS_MAX) {
            return bad(list, err, "building takes at most 20 years");
        }
        status = sn_yaml_double(at, 0.0, 1.0, &p->capex_share[p->n_capex], err);
        sum += p->capex_share[p->n_capex++];
    }
    return status == SN_OK && fabs(sum - 1.0) > 1e-6
               ? bad(node, err, "the shares of the years must sum to 1")
               : status;
}

/* What a type and a project may both say; the project wins. */
static sn_status
read_common(const reader *r, const sn_yaml_node *map, sn_project *p, sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(map, "tax_class");
    sn_status status = read_figures(r, map, p, err);
    if (status == SN_OK && node != NULL) {
        status = sn_yaml_string(node, &p->tax_class, err);
    }
    node = sn_yaml_get(map, "wacc_is");
    if (status == SN_OK && node != NULL) {
        const char *kind = NULL;
        status = sn_yaml_string(node, &kind, err);
        if (status == SN_OK && strcmp(kind, "real") != 0 &&
            strcmp(kind, "nominal") != 0) {
            return bad(node, err, "expected real or nominal");
        }
        p->wacc_is_nominal = status == SN_OK && strcmp(kind, "nominal") == 0;
    }
    node = sn_yaml_get(map, "capex_share_by_year");
    return status == SN_OK && node != NULL ? read_capex_years(node, r, p, err) : status;
}

static sn_status check_known_keys(const sn_yaml_node *map, bool is_project, sn_error *err)
{
    const char *keys[SN_FIGURE_COUNT + 16];
    static const char *const project[] = {"name", "name_sv", "municipality",  "area",
                                          "type", "status",  "status_source", "note"};
    static const char *const type[] = {"product", "unit"};
    size_t n = 0;
    for (int k = 0; k < SN_FIGURE_COUNT; k++) {
        keys[n++] = rules[k].name;
    }
    keys[n++] = "tax_class";
    keys[n++] = "wacc_is";
    keys[n++] = "capex_share_by_year";
    for (size_t i = 0;
         i < (is_project ? sizeof project / sizeof *project : sizeof type / sizeof *type);
         i++) {
        keys[n++] = is_project ? project[i] : type[i];
    }
    return sn_yaml_check_keys(map, keys, n, err);
}

static sn_status
read_type(const reader *r, const sn_yaml_node *node, sn_project *p, sn_error *err)
{
    sn_status status = text_of(node, "type", &p->type, err);
    if (status != SN_OK) {
        return status;
    }
    const sn_yaml_node *type = sn_yaml_get(r->types, p->type);
    if (type == NULL) {
        const char *names[TYPES_MAX];
        size_t n = 0;
        for (const sn_yaml_node *at = r->types->first; at != NULL && n < TYPES_MAX;
             at = at->next) {
            names[n++] = at->key;
        }
        const char *nearest = sn_nearest_name(p->type, names, n);
        return sn_error_set(err, SN_E_FORMAT,
                            "%.200s:%d:%d: unknown type \"%.40s\"%s%s%s", node->file,
                            sn_yaml_get(node, "type")->line, node->column, p->type,
                            nearest != NULL ? ", did you mean \"" : "",
                            nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
    }
    status = text_of(type, "product", &p->product, err);
    if (status == SN_OK) {
        status = text_of(type, "unit", &p->unit, err);
    }
    return status == SN_OK ? read_common(r, type, p, err) : status;
}

static sn_status read_place(const sn_yaml_node *node, sn_project *p, sn_error *err)
{
    const char *text = NULL;
    sn_error reason = {0};
    sn_status status = text_of(node, "municipality", &text, err);
    if (status == SN_OK &&
        sn_municipality_find(text, &p->municipality, &reason) != SN_OK) {
        return bad(sn_yaml_get(node, "municipality"), err, reason.message);
    }
    if (status == SN_OK) {
        status = text_of(node, "area", &p->area, err);
    }
    for (int a = 0; a < SN_SWEDISH_AREAS && status == SN_OK; a++) {
        if (strcmp(sn_swedish_area(a), p->area) == 0) {
            return SN_OK;
        }
    }
    return status == SN_OK ? bad(sn_yaml_get(node, "area"), err, "expected SE1 to SE4")
                           : status;
}

static sn_status
read_status(const reader *r, const sn_yaml_node *node, sn_project *p, sn_error *err)
{
    const sn_yaml_node *source = NULL;
    sn_status status = text_of(node, "status", &p->status, err);
    bool known = false;
    for (size_t i = 0; status == SN_OK && i < sizeof statuses / sizeof *statuses; i++) {
        known = known || strcmp(statuses[i], p->status) == 0;
    }
    if (status == SN_OK && !known) {
        return bad(
            sn_yaml_get(node, "status"), err,
            "expected operating, construction, planned, paused, cancelled, unclear "
            "or site");
    }
    if (status == SN_OK) {
        status = sn_yaml_require(node, "status_source", &source, err);
    }
    return status == SN_OK ? sn_citation_find(source, r->sources, &p->status_source, err)
                           : status;
}

/* Output, hours or TWh: one of them, and no more than the load allows. */
static sn_status check_amounts(const sn_yaml_node *node, sn_project *p, sn_error *err)
{
    const sn_figure *f = p->figure;
    int given = (f[SN_FIGURE_OUTPUT_PER_YEAR].is_given ? 1 : 0) +
                (f[SN_FIGURE_HOURS_PER_YEAR].is_given ? 1 : 0) +
                (f[SN_FIGURE_TWH_PER_YEAR].is_given ? 1 : 0);
    for (int k = 0; k < SN_FIGURE_COUNT; k++) {
        if (rules[k].is_required && !f[k].is_given) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "%.200s:%d: project \"%.60s\" lacks %s, and so does its type", node->file,
                node->line, p->name, rules[k].name);
        }
    }
    if (given != 1) {
        return bad(node, err,
                   "expected one of output_per_year, hours_per_year and twh_per_year");
    }
    double load = f[SN_FIGURE_LOAD_MW].value;
    double mwh =
        f[SN_FIGURE_TWH_PER_YEAR].is_given ? f[SN_FIGURE_TWH_PER_YEAR].value * 1e6
        : f[SN_FIGURE_HOURS_PER_YEAR].is_given
            ? f[SN_FIGURE_HOURS_PER_YEAR].value * load
            : f[SN_FIGURE_OUTPUT_PER_YEAR].value * f[SN_FIGURE_MWH_PER_UNIT].value;
    if (mwh > load * 8784.0 * (1.0 + 1e-9)) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "%.200s:%d: project \"%.60s\" would need %.0f MWh a year, more "
            "than %g MW can take",
            node->file, node->line, p->name, mwh, load);
    }
    if (p->wacc_is_nominal && !f[SN_FIGURE_INFLATION].is_given) {
        return bad(node, err, "a nominal wacc needs inflation");
    }
    if (p->n_capex == 0) {
        p->n_capex = 1;
        p->capex_share[0] = 1.0;
    }
    return SN_OK;
}

static sn_status
check_tax(const reader *r, const sn_yaml_node *node, const sn_project *p, sn_error *err)
{
    for (size_t i = 0; p->tax_class != NULL && i < r->out->n_tax; i++) {
        if (strcmp(r->out->tax[i].name, p->tax_class) == 0) {
            return SN_OK;
        }
    }
    return bad(node, err, "tax_class must be one of taxes_sek_per_mwh");
}

static sn_status
read_project(const reader *r, const sn_yaml_node *node, sn_project *p, sn_error *err)
{
    *p = (sn_project){.line = node->line};
    sn_status status = sn_yaml_expect(node, SN_YAML_MAP, err);
    if (status == SN_OK) {
        status = check_known_keys(node, true, err);
    }
    if (status == SN_OK) {
        status = text_of(node, "name", &p->name, err);
        p->name_sv = p->name;
    }
    if (status == SN_OK && sn_yaml_get(node, "name_sv") != NULL) {
        status = text_of(node, "name_sv", &p->name_sv, err);
    }
    if (status == SN_OK) {
        status = read_place(node, p, err);
    }
    if (status == SN_OK) {
        status = read_status(r, node, p, err);
    }
    if (status == SN_OK) {
        status = read_type(r, node, p, err);
    }
    if (status == SN_OK) {
        status = read_common(r, node, p, err);
    }
    const sn_yaml_node *note = status == SN_OK ? sn_yaml_get(node, "note") : NULL;
    if (note != NULL) {
        status = sn_yaml_string(note, &p->note, err);
    }
    if (status == SN_OK) {
        status = check_amounts(node, p, err);
    }
    return status == SN_OK ? check_tax(r, node, p, err) : status;
}

/* ---- the file ---- */

static sn_status read_grid(const reader *r, const sn_yaml_node *root, sn_error *err)
{
    static const struct rule degrees = {"latitude", 54.0, 70.0, true};
    static const struct rule charge = {"charge", 0.0, 1e4, true};
    sn_projects *o = r->out;
    struct part {
        const char *key;
        const struct rule *rule;
        sn_figure *out;
    } parts[] = {{"south_deg", &degrees, &o->grid_south_deg},
                 {"south_sek_per_kw", &charge, &o->grid_south_sek_per_kw},
                 {"north_deg", &degrees, &o->grid_north_deg},
                 {"north_sek_per_kw", &charge, &o->grid_north_sek_per_kw}};
    const char *keys[4];
    const sn_yaml_node *grid = NULL;
    for (size_t i = 0; i < 4; i++) {
        keys[i] = parts[i].key;
    }
    sn_status status = sn_yaml_require(root, "grid_power_charge", &grid, err);
    if (status == SN_OK) {
        status = sn_yaml_check_keys(grid, keys, 4, err);
    }
    for (size_t i = 0; i < 4 && status == SN_OK; i++) {
        const sn_yaml_node *node = NULL;
        status = sn_yaml_require(grid, parts[i].key, &node, err);
        if (status == SN_OK) {
            status = read_figure(node, r->sources, parts[i].rule, parts[i].out, err);
        }
    }
    if (status == SN_OK && o->grid_north_deg.value <= o->grid_south_deg.value) {
        return bad(grid, err, "north_deg must lie north of south_deg");
    }
    return status;
}

static sn_status read_taxes(const reader *r, const sn_yaml_node *root, sn_error *err)
{
    static const struct rule rule = {"tax", 0.0, 1e4, true};
    const sn_yaml_node *taxes = NULL;
    sn_status status = sn_yaml_require(root, "taxes_sek_per_mwh", &taxes, err);
    if (status == SN_OK) {
        status = sn_yaml_expect(taxes, SN_YAML_MAP, err);
    }
    for (const sn_yaml_node *at = status == SN_OK ? taxes->first : NULL;
         at != NULL && status == SN_OK; at = at->next) {
        if (r->out->n_tax == sizeof r->out->tax / sizeof *r->out->tax) {
            return bad(taxes, err, "at most 16 tax classes");
        }
        r->out->tax[r->out->n_tax].name = at->key;
        status = read_figure(at, r->sources, &rule,
                             &r->out->tax[r->out->n_tax++].sek_per_mwh, err);
    }
    return status;
}

static sn_status read_head(reader *r, const sn_yaml_node *root, sn_error *err)
{
    static const char *const keys[] = {
        "schema", "sources", "taxes_sek_per_mwh", "grid_power_charge",
        "types",  "projects"};
    const char *schema = NULL;
    sn_status status = sn_yaml_check_keys(root, keys, 6, err);
    if (status == SN_OK) {
        status = text_of(root, "schema", &schema, err);
    }
    if (status == SN_OK && strcmp(schema, "snitt-projects-1") != 0) {
        return bad(sn_yaml_get(root, "schema"), err, "expected snitt-projects-1");
    }
    if (status == SN_OK) {
        status = sn_yaml_require(root, "sources", &r->sources, err);
    }
    if (status == SN_OK) {
        status = sn_citation_check(r->sources, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(root, "types", &r->types, err);
    }
    for (const sn_yaml_node *at = status == SN_OK ? r->types->first : NULL;
         at != NULL && status == SN_OK; at = at->next) {
        status = check_known_keys(at, false, err);
    }
    if (status == SN_OK) {
        status = read_taxes(r, root, err);
    }
    return status == SN_OK ? read_grid(r, root, err) : status;
}

static void
keep_failed(sn_projects *out, const sn_yaml_node *node, const sn_error *reason)
{
    sn_failed *f = &out->failed[out->n_failed++];
    (void)snprintf(f->file, sizeof f->file, "%s", node->file);
    f->line = node->line;
    (void)snprintf(f->message, sizeof f->message, "%s", reason->message);
}

static sn_status read_list(reader *r, const sn_yaml_node *list, sn_error *err)
{
    sn_projects *out = r->out;
    if (list->n == 0 || list->n > SN_PROJECTS_MAX) {
        return bad(list, err, "expected 1 to 500 projects");
    }
    out->project = calloc(list->n, sizeof *out->project);
    out->failed = calloc(list->n, sizeof *out->failed);
    if (out->project == NULL || out->failed == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for projects");
    }
    size_t index = 0;
    for (const sn_yaml_node *at = list->first; at != NULL; at = at->next, index++) {
        sn_error reason = {0};
        if (read_project(r, at, &out->project[out->n], &reason) == SN_OK) {
            out->project[out->n++].index = index;
        } else {
            keep_failed(out, at, &reason);
        }
    }
    return SN_OK;
}

sn_status sn_projects_load_bytes(const char *name,
                                 const void *bytes,
                                 size_t n,
                                 sn_projects *out,
                                 sn_error *err)
{
    const sn_yaml_node *list = NULL;
    *out = (sn_projects){0};
    reader r = {.out = out};
    sn_status status = sn_yaml_load_bytes(name, bytes, n, &out->document, err);
    if (status == SN_OK) {
        status = read_head(&r, sn_yaml_root(out->document), err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(sn_yaml_root(out->document), "projects", &list, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_expect(list, SN_YAML_SEQUENCE, err);
    }
    if (status == SN_OK) {
        status = read_list(&r, list, err);
    }
    if (status != SN_OK) {
        sn_projects_release(out);
    }
    return status;
}

sn_status sn_projects_load(const char *path, sn_projects *out, sn_error *err)
{
    sn_strbuf bytes;
    *out = (sn_projects){0};
    sn_strbuf_init(&bytes, PROJECT_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &bytes, err);
    if (status == SN_OK) {
        status = sn_projects_load_bytes(path, bytes.data, bytes.len, out, err);
    }
    sn_strbuf_release(&bytes);
    return status;
}

void sn_projects_release(sn_projects *projects)
{
    free(projects->project);
    free(projects->failed);
    sn_yaml_free(projects->document);
    *projects = (sn_projects){0};
}
