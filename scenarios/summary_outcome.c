/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: water, redispatch, ledger, congestion income, checks. */
#include "run_internal.h"

#include <math.h>
#include <stdio.h>

json_t *sn_run_redispatch_json(const sn_run_case *c,
                               const sn_replay_result *r,
                               const sn_ledger *ledger)
{
    size_t hours = 0;
    for (size_t t = 0; t < r->n; t++) {
        bool moved = false;
        for (size_t z = 0; z < c->scenario->n_area; z++) {
            size_t at = t * c->scenario->n_area + z;
            moved = moved || fabs(r->redispatch_hydro_mw[at]) > 1e-6 ||
                    fabs(r->redispatch_other_mw[at]) > 1e-6;
        }
        hours += moved ? 1 : 0;
    }
    json_t *out = json_object();
    sn_run_set(out, "volume_gwh", sn_run_number(r->redispatch_volume_mwh / 1e3));
    sn_run_set(out, "cost_meur", sn_run_number(r->redispatch_cost_eur / 1e6));
    sn_run_set(out, "bill_meur", sn_run_number(r->redispatch_bill_eur / 1e6));
    sn_run_set(out, "shortfall_gwh", sn_run_number(r->shortfall_mwh / 1e3));
    sn_run_set(out, "hours_share",
               sn_run_number((double)hours / fmax(1.0, (double)r->n)));
    sn_run_set(out, "tariff_eur_per_mwh", sn_run_number(ledger->tariff_eur_per_mwh));
    return out;
}

json_t *sn_run_ledger_json(const sn_run_case *c, const sn_ledger *ledger)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < ledger->n_row; i++) {
        json_t *row = json_object();
        sn_run_set(row, "area",
                   json_string(c->scenario->area[ledger->row[i].area]->code));
        sn_run_set(row, "group", json_string(sn_ledger_group_name(ledger->row[i].group)));
        sn_run_set(row, "change_meur", sn_run_number(ledger->row[i].change_eur / 1e6));
        (void)json_array_append_new(rows, row);
    }
    json_t *out = json_object();
    sn_run_set(out, "rows", rows);
    sn_run_set(out, "total_meur", sn_run_number(ledger->total_eur / 1e6));
    sn_run_set(out, "residual_share", sn_run_number(ledger->residual_share));
    return out;
}

json_t *sn_run_hydro_json(const sn_replay_result *r, sn_hydro_balance balance)
{
    json_t *out = json_object();
    sn_run_set(out, "energy_error_max_share", sn_run_number(r->energy_error_max_share));
    sn_run_set(out, "iterations", json_integer((json_int_t)r->iterations));
    sn_run_set(out, "balance", json_string(sn_hydro_balance_name(balance)));
    return out;
}

json_t *sn_run_variants_json(const sn_run_case *c)
{
    static const char *const names[3] = {"physical", "market", "held"};
    json_t *out = json_object();
    for (int b = 0; b < 3; b++) {
        json_t *v = sn_run_price_json(c, c->variant[b].price_eur_per_mwh);
        sn_run_set(v, "energy_error_max_share",
                   sn_run_number(c->variant[b].energy_error_max_share));
        sn_run_set(v, "iterations", json_integer((json_int_t)c->variant[b].iterations));
        sn_run_set(v, "redispatch",
                   sn_run_redispatch_json(c, &c->variant[b], &c->variant_ledger[b]));
        sn_run_set(out, names[b], v);
    }
    return out;
}

json_t *sn_run_congestion_json(const sn_run_case *c)
{
    json_t *out = json_object();
    json_t *changed = json_object();
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(c->data.info[l], name);
        sn_run_set(out, name,
                   sn_run_number(c->ledger[1].congestion_income_base_eur[l] / 1e6));
        sn_run_set(changed, name,
                   sn_run_number(c->ledger[1].congestion_income_eur[l] / 1e6));
    }
    sn_run_set(out, "changed", changed);
    return out;
}

/* way: of handling the cuts or of treating the water, as `after_market` and
 * `hydro_variants` call it. */
static void add_failures(const sn_run_case *c,
                         const struct sn_replay_failure *failure,
                         size_t n_failed,
                         const char *name,
                         const char *way,
                         json_t *list)
{
    for (size_t i = 0; i < n_failed && i < SN_REPLAY_FAILURES_MAX &&
                       json_array_size(list) < SN_REPLAY_FAILURES_MAX;
         i++) {
        char text[SN_INSTANT_TEXT_SIZE];
        json_t *f = json_object();
        sn_run_set(f, "configuration", json_string(name));
        sn_run_set(f, "way", json_string(way));
        sn_run_set(f, "period",
                   json_string(sn_instant_format(
                       sn_axis_at(&c->data.input.axis, failure[i].period), text)));
        sn_run_set(f, "area", json_string(c->scenario->area[failure[i].area]->code));
        sn_run_set(f, "what", json_string(failure[i].what));
        sn_run_set(f, "residual", sn_run_number(failure[i].residual));
        (void)json_array_append_new(list, f);
    }
}

static void add_failures_of(const sn_run_case *c,
                            const sn_replay_result *r,
                            const char *name,
                            const char *way,
                            json_t *list)
{
    add_failures(c, r->failure, r->check_failed, name, way, list);
}

json_t *sn_run_check_json(const sn_run_case *c)
{
    json_t *failures = json_array();
    const char *base = c->scenario->configuration[0].name;
    const char *cost_based = sn_after_name(SN_AFTER_COST_BASED);
    add_failures_of(c, &c->base, base, cost_based, failures);
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        const char *name = c->scenario->configuration[i].name;
        add_failures_of(c, &c->changed[i], name, cost_based, failures);
        for (int way = SN_AFTER_STRATEGIC; way < SN_AFTER_COUNT; way++) {
            add_failures_of(c, &c->after[i].result[way], name,
                            sn_after_name((sn_after)way), failures);
        }
        for (size_t k = 1; k < SN_RUN_THETAS; k++) {
            const sn_run_theta *theta = &c->after[i].sweep[k];
            char way[64];
            snprintf(way, sizeof way, "%s, theta %g", sn_after_name(SN_AFTER_STRATEGIC),
                     theta->theta);
            add_failures(c, theta->failure, theta->check_failed, name, way, failures);
        }
    }
    for (int b = 0; b < 3 && c->scenario->n_configuration > 1; b++) {
        if ((sn_hydro_balance)b != c->scenario->settings.balance) {
            add_failures_of(c, &c->variant[b], c->scenario->configuration[1].name,
                            sn_hydro_balance_name((sn_hydro_balance)b), failures);
        }
    }
    json_t *out = json_object();
    sn_run_set(out, "periods", json_integer((json_int_t)c->checks.periods));
    sn_run_set(out, "failed", json_integer((json_int_t)c->checks.failed));
    sn_run_set(out, "failures", failures);
    return out;
}
