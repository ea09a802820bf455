/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare.h"

#include "batch_case.h"
#include "run_internal.h"
#include "run_pin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_BEFORE, AT_DATA, AT_AFTER, AT_COUNT };

typedef struct sn_comparison {
    sn_run_pin pin[2];
    sn_case_result *result; /* [AT_COUNT] of this program, owned */
} sn_comparison;

static sn_status solve(sn_share *share,
                       const sn_run_pin *scenario,
                       const sn_run_pin *data,
                       sn_case_result *out,
                       sn_error *err)
{
    sn_scenario *s = malloc(sizeof *s);
    const sn_shared_data *shared = NULL;
    if (s == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a run");
    }
    *s = scenario->scenario;
    s->has_as_of = data->has_as_of;
    s->as_of = data->as_of;
    sn_status status = sn_share_data(share, s, &shared, err);
    if (status == SN_OK) {
        status = sn_case_solve(share, s, shared, out, err);
    }
    sn_share_return(share, shared);
    free(s);
    return status;
}

static sn_status solve_all(sn_comparison *c, const char *store, sn_error *err)
{
    sn_share *share = NULL;
    sn_status status = sn_share_open(store, &share, err);
    for (int at = 0; at < AT_COUNT && status == SN_OK; at++) {
        const sn_run_pin *scenario = &c->pin[at == AT_AFTER ? 1 : 0];
        const sn_run_pin *data = &c->pin[at == AT_BEFORE ? 0 : 1];
        status = solve(share, scenario, data, &c->result[at], err);
    }
    sn_share_close(share);
    return status;
}

/* Index of a comparison in a result; SIZE_MAX when it is not there. */
static size_t find(const sn_case_result *result, const char *name)
{
    for (size_t i = 0; i < result->n_compare; i++) {
        if (strcmp(result->name[i], name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* The headline as a run's summary has it, with its interval. */
static const json_t *
stated(const json_t *summary, const char *name, sn_headline h, size_t area)
{
    const json_t *at =
        json_object_get(json_object_get(json_object_get(summary, "intervals"), name),
                        sn_headline_name(h));
    return sn_headline_by_area(h) ? json_object_get(at, sn_run_swedish_area[area]) : at;
}

static double value_of(const json_t *one)
{
    const json_t *value = json_object_get(one, "value");
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static json_t *interval_of(const json_t *one)
{
    static const char *const keys[] = {"lo", "hi", "level"};
    json_t *out = json_object();
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const json_t *value = json_object_get(one, keys[k]);
        sn_run_set(out, keys[k],
                   sn_run_number(json_is_number(value) ? json_number_value(value)
                                                       : (double)NAN));
    }
    return out;
}

static json_t *parts(const sn_comparison *c, const char *name, sn_headline h, size_t area)
{
    double value[AT_COUNT];
    const json_t *was = stated(c->pin[0].summary, name, h, area);
    const json_t *is = stated(c->pin[1].summary, name, h, area);
    double before = value_of(was);
    double after = value_of(is);
    for (int at = 0; at < AT_COUNT; at++) {
        size_t i = find(&c->result[at], name);
        value[at] = i == SIZE_MAX
                        ? (double)NAN
                        : c->result[at].interval[i][sn_headline_slot(h, area)].value;
    }
    if (isnan(before) || isnan(after)) {
        return NULL;
    }
    /* A file holds 12 digits: what is less than that is no change of the program. */
    double digits = 1e-10 * fmax(1.0, fmax(fabs(before), fabs(after)));
    double program = value[AT_BEFORE] - before + after - value[AT_AFTER];
    json_t *out = json_object();
    sn_run_set(out, "before", sn_run_number(before));
    sn_run_set(out, "after", sn_run_number(after));
    sn_run_set(out, "before_interval", interval_of(was));
    sn_run_set(out, "after_interval", interval_of(is));
    sn_run_set(out, "change", sn_run_number(after - before));
    sn_run_set(out, "data", sn_run_number(value[AT_DATA] - value[AT_BEFORE]));
    sn_run_set(out, "assumptions", sn_run_number(value[AT_AFTER] - value[AT_DATA]));
    sn_run_set(out, "program", sn_run_number(fabs(program) < digits ? 0.0 : program));
    return out;
}

static json_t *comparison_json(const sn_comparison *c, const char *name)
{
    json_t *out = json_object();
    for (int h = 0; h < SN_HEADLINE_COUNT; h++) {
        bool by_area = sn_headline_by_area((sn_headline)h);
        json_t *areas = json_object();
        for (size_t k = 0; k < (by_area ? SN_HEADLINE_AREAS : 1); k++) {
            json_t *one = parts(c, name, (sn_headline)h, k);
            if (one != NULL) {
                sn_run_set(by_area ? areas : out,
                           by_area ? sn_run_swedish_area[k]
                                   : sn_headline_name((sn_headline)h),
                           one);
            }
        }
        if (json_object_size(areas) > 0) {
            sn_run_set(out, sn_headline_name((sn_headline)h), areas);
        } else {
            json_decref(areas);
        }
    }
    return out;
}

static json_t *run_json(const sn_run_pin *pin)
{
    static const char *const keys[] = {"program", "run_id", "as_of"};
    json_t *out = json_object();
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        sn_run_set(out, keys[k], json_incref(json_object_get(pin->manifest, keys[k])));
    }
    return out;
}

static json_t *report(const sn_comparison *c)
{
    json_t *out = json_object();
    json_t *all = json_object();
    for (size_t i = 0; i < c->result[AT_BEFORE].n_compare; i++) {
        const char *name = c->result[AT_BEFORE].name[i];
        if (find(&c->result[AT_AFTER], name) != SIZE_MAX) {
            sn_run_set(all, name, comparison_json(c, name));
        }
    }
    sn_run_set(out, "schema", json_string("snitt-compare-1"));
    sn_run_set(out, "before", run_json(&c->pin[0]));
    sn_run_set(out, "after", run_json(&c->pin[1]));
    sn_run_set(out, "comparisons", all);
    return out;
}

sn_status sn_compare_runs(const char *store,
                          const char *before,
                          const char *after,
                          json_t **out,
                          sn_error *err)
{
    sn_comparison *c = calloc(1, sizeof *c);
    *out = NULL;
    if (c == NULL || (c->result = calloc(AT_COUNT, sizeof *c->result)) == NULL) {
        free(c);
        return sn_error_set(err, SN_E_MEMORY, "out of memory to compare");
    }
    sn_status status = sn_run_pin_load(before, &c->pin[0], err);
    if (status == SN_OK) {
        status = sn_run_pin_load(after, &c->pin[1], err);
    }
    if (status == SN_OK) {
        status = solve_all(c, store, err);
    }
    if (status == SN_OK) {
        *out = report(c);
        if (json_object_size(json_object_get(*out, "comparisons")) == 0) {
            json_decref(*out);
            *out = NULL;
            status = sn_error_set(err, SN_E_FORMAT,
                                  "the two runs have no comparison in common");
        }
    }
    for (int at = 0; at < AT_COUNT; at++) {
        sn_case_result_release(&c->result[at]);
    }
    sn_run_pin_release(&c->pin[0]);
    sn_run_pin_release(&c->pin[1]);
    free(c->result);
    free(c);
    return status;
}
