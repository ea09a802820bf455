/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: the criteria of a bidding zone review, of every comparison. */
#include "run_internal.h"

#include "analysis/criteria.h"

static json_t *criterion_json(const sn_criterion *row)
{
    json_t *out = json_object();
    sn_run_set(out, "id", json_string(row->id));
    sn_run_set(out, "name", sn_run_two_languages(row->name_sv, row->name_en));
    sn_run_set(out, "unit", json_string(row->unit));
    sn_run_set(out, "better",
               json_string(row->better > 0   ? "higher"
                           : row->better < 0 ? "lower"
                                             : "neither"));
    sn_run_set(out, "computed", json_boolean(row->is_computed));
    sn_run_set(out, "how", sn_run_two_languages(row->how_sv, row->how_en));
    sn_run_set(out, "base", sn_run_number(row->base));
    sn_run_set(out, "value", sn_run_number(row->value));
    return out;
}

json_t *sn_run_criteria_json(const sn_run_case *c, size_t i)
{
    const sn_partition *p = c->scenario->configuration;
    sn_configuration base = {.name = p[0].name, .price_area = p[0].label};
    sn_configuration changed = {.name = p[i].name, .price_area = p[i].label};
    sn_criteria criteria;
    json_t *out = json_array();
    if (sn_criteria_compute(&c->data.input, &base, &changed, &c->base, &c->changed[i],
                            &c->ledger[i], c->operator_area, &criteria, NULL) != SN_OK) {
        return out;
    }
    for (size_t k = 0; k < SN_CRITERIA_ROWS; k++) {
        (void)json_array_append_new(out, criterion_json(&criteria.row[k]));
    }
    return out;
}
