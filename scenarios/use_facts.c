/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use_facts.h"

#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* library/use-by-area.yaml, made into an array by CMake. */
extern const unsigned char sn_use_facts_yaml[];
extern const size_t sn_use_facts_yaml_n;

static sn_status bad(const sn_yaml_node *at, sn_error *err, const char *what)
{
    return sn_error_set(err, SN_E_FORMAT, "%.200s:%d:%d: %s%s%s", at->file, at->line,
                        at->column, at->key != NULL ? at->key : "",
                        at->key != NULL ? ": " : "", what);
}

static sn_status require_source(const sn_yaml_node *map,
                                const sn_yaml_node *sources,
                                sn_citation *out,
                                sn_error *err)
{
    const sn_yaml_node *node = NULL;
    sn_status status = sn_yaml_require(map, "source", &node, err);
    return status == SN_OK ? sn_citation_find(node, sources, out, err) : status;
}

static sn_status require_year(const sn_yaml_node *map, int *out, sn_error *err)
{
    const sn_yaml_node *node = NULL;
    long year = 0;
    sn_status status = sn_yaml_require(map, "year", &node, err);
    if (status == SN_OK) {
        status = sn_yaml_int(node, 1990, 2100, &year, err);
    }
    *out = (int)year;
    return status;
}

static sn_status read_areas(const sn_yaml_node *map, double *mwh, sn_error *err)
{
    const char *keys[SN_SWEDISH_AREAS];
    for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
        keys[a] = sn_swedish_area(a);
    }
    sn_status status = sn_yaml_check_keys(map, keys, SN_SWEDISH_AREAS, err);
    for (int a = 0; a < SN_SWEDISH_AREAS && status == SN_OK; a++) {
        const sn_yaml_node *node = NULL;
        double gwh = 0.0;
        status = sn_yaml_require(map, keys[a], &node, err);
        if (status == SN_OK) {
            status = sn_yaml_double(node, 0.0, 1e6, &gwh, err);
        }
        mwh[a] = gwh * SN_MWH_PER_GWH;
    }
    return status;
}

static sn_status read_sector(const sn_yaml_node *map,
                             const sn_yaml_node *sources,
                             sn_use_sector *out,
                             sn_error *err)
{
    static const char *const keys[] = {"source", "shared_by", "gwh"};
    const sn_yaml_node *node = NULL;
    const char *rule = NULL;
    *out = (sn_use_sector){.name = map->key};
    sn_status status = sn_yaml_check_keys(map, keys, 3, err);
    if (status == SN_OK) {
        status = require_source(map, sources, &out->source, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(map, "shared_by", &node, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_string(node, &rule, err);
    }
    if (status == SN_OK && strcmp(rule, "nothing") != 0 &&
        strcmp(rule, "inhabitants") != 0) {
        return bad(node, err, "expected nothing or inhabitants");
    }
    out->by_people = status == SN_OK && strcmp(rule, "inhabitants") == 0;
    if (status == SN_OK && out->by_people &&
        sn_sector_profile(out->name) == SN_PROFILE_BASELOAD) {
        return bad(node, err, "industry does not follow people: expected nothing");
    }
    if (status == SN_OK) {
        status = sn_yaml_require(map, "gwh", &node, err);
    }
    return status == SN_OK ? read_areas(node, out->mwh, err) : status;
}

static sn_status read_sectors(const sn_yaml_node *map,
                              const sn_yaml_node *sources,
                              sn_use_facts *out,
                              sn_error *err)
{
    sn_status status = sn_yaml_expect(map, SN_YAML_MAP, err);
    if (status == SN_OK && (map->n == 0 || map->n > SN_FACT_SECTORS_MAX)) {
        return bad(map, err, "expected 1 to 8 sectors");
    }
    for (const sn_yaml_node *at = status == SN_OK ? map->first : NULL;
         at != NULL && status == SN_OK; at = at->next) {
        if (strlen(at->key) >= SN_SECTOR_NAME_SIZE) {
            return bad(at, err, "expected a name of at most 63 bytes");
        }
        status = read_sector(at, sources, &out->sector[out->n_sector++], err);
    }
    return status;
}

/* All 290, each once, by code. */
static sn_status read_people(const sn_yaml_node *map,
                             const sn_yaml_node *sources,
                             sn_use_facts *out,
                             sn_error *err)
{
    static const char *const keys[] = {"source", "year", "of"};
    const sn_yaml_node *of = NULL;
    sn_status status = sn_yaml_check_keys(map, keys, 3, err);
    if (status == SN_OK) {
        status = require_source(map, sources, &out->people_source, err);
    }
    if (status == SN_OK) {
        status = require_year(map, &out->people_year, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(map, "of", &of, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_expect(of, SN_YAML_MAP, err);
    }
    for (const sn_yaml_node *at = status == SN_OK ? of->first : NULL;
         at != NULL && status == SN_OK; at = at->next) {
        const sn_municipality *place = NULL;
        sn_error reason = {0};
        if (sn_municipality_find(at->key, &place, &reason) != SN_OK) {
            return bad(at, err, reason.message);
        }
        status = sn_yaml_double(at, 1.0, 1e7,
                                &out->inhabitants[place - sn_municipalities], err);
    }
    for (size_t m = 0; m < sn_municipality_count && status == SN_OK; m++) {
        if (isnan(out->inhabitants[m])) {
            return sn_error_set(err, SN_E_FORMAT, "%.200s:%d: inhabitants of %s %s?",
                                of->file, of->line, sn_municipalities[m].code,
                                sn_municipalities[m].name);
        }
    }
    return status;
}

static sn_status read_document(const sn_yaml_node *root, sn_use_facts *out, sn_error *err)
{
    static const char *const keys[] = {"schema", "year", "sources", "sectors",
                                       "inhabitants"};
    const sn_yaml_node *node = NULL;
    const sn_yaml_node *sources = NULL;
    const char *schema = NULL;
    sn_status status = sn_yaml_check_keys(root, keys, 5, err);
    if (status == SN_OK) {
        status = sn_yaml_require(root, "schema", &node, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_string(node, &schema, err);
    }
    if (status == SN_OK && strcmp(schema, "snitt-use-1") != 0) {
        return bad(node, err, "expected snitt-use-1");
    }
    if (status == SN_OK) {
        status = require_year(root, &out->year, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(root, "sources", &sources, err);
    }
    if (status == SN_OK) {
        status = sn_citation_check(sources, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(root, "sectors", &node, err);
    }
    if (status == SN_OK) {
        status = read_sectors(node, sources, out, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_require(root, "inhabitants", &node, err);
    }
    return status == SN_OK ? read_people(node, sources, out, err) : status;
}

sn_status sn_use_facts_load_bytes(const char *name,
                                  const void *bytes,
                                  size_t n,
                                  sn_use_facts *out,
                                  sn_error *err)
{
    *out = (sn_use_facts){0};
    for (size_t m = 0; m < SN_MUNICIPALITIES_MAX; m++) {
        out->inhabitants[m] = NAN;
    }
    sn_status status = sn_yaml_load_bytes(name, bytes, n, &out->document, err);
    if (status == SN_OK) {
        status = read_document(sn_yaml_root(out->document), out, err);
    }
    if (status != SN_OK) {
        sn_use_facts_release(out);
    }
    return status;
}

sn_status sn_use_facts_open(sn_use_facts *out, sn_error *err)
{
    return sn_use_facts_load_bytes("use-by-area.yaml (built in)", sn_use_facts_yaml,
                                   sn_use_facts_yaml_n, out, err);
}

void sn_use_facts_release(sn_use_facts *facts)
{
    sn_yaml_free(facts->document);
    *facts = (sn_use_facts){0};
}

double sn_use_facts_people(const double *inhabitants, int area)
{
    double sum = 0.0;
    for (size_t m = 0; m < sn_municipality_count; m++) {
        double share = sn_municipality_share(&sn_municipalities[m], area);
        sum += share > 0.0 ? share * inhabitants[m] : 0.0;
    }
    return sum;
}

void sn_use_facts_fill_people(const sn_use_facts *facts, sn_municipal_use *use)
{
    for (size_t m = 0; m < sn_municipality_count; m++) {
        if (isnan(use->inhabitants[m])) {
            use->inhabitants[m] = facts->inhabitants[m];
        }
    }
}

void sn_use_facts_share(const sn_use_facts *facts, sn_municipal_use *use)
{
    use->source = "embedded estimate";
    use->n_sector = facts->n_sector;
    (void)snprintf(use->year, sizeof use->year, "%d", facts->year);
    for (size_t s = 0; s < facts->n_sector; s++) {
        const sn_use_sector *sector = &facts->sector[s];
        (void)snprintf(use->sector[s], sizeof use->sector[s], "%s", sector->name);
        for (size_t m = 0; m < sn_municipality_count; m++) {
            use->mwh[m][s] = sector->by_people ? 0.0 : NAN;
        }
        for (int a = 0; a < SN_SWEDISH_AREAS && sector->by_people; a++) {
            double mwh_per_head =
                sector->mwh[a] / sn_use_facts_people(use->inhabitants, a);
            for (size_t m = 0; m < sn_municipality_count; m++) {
                double share = sn_municipality_share(&sn_municipalities[m], a);
                use->mwh[m][s] += mwh_per_head * share * use->inhabitants[m];
            }
        }
    }
}
