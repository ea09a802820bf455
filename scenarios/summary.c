/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.json: the headlines of a run. */
#include "run_internal.h"

#include "base/os.h"

#include <stdio.h>

/* What the first comparison says stands at the top too. */
static void repeat(const json_t *comparison, const char *key, json_t *out)
{
    sn_run_set(out, key, json_incref(json_object_get(comparison, key)));
}

static void add_headlines(const sn_run_case *c, json_t *out)
{
    json_t *all = json_object();
    sn_run_set(all, c->scenario->configuration[0].name,
               sn_run_price_json(c, c->base.price_eur_per_mwh));
    json_t *comparisons = json_object();
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        const char *name = c->scenario->configuration[i].name;
        sn_run_set(all, name, sn_run_price_json(c, c->changed[i].price_eur_per_mwh));
        json_t *one = json_object();
        sn_run_set(one, "ledger", sn_run_ledger_json(c, &c->ledger[i]));
        sn_run_set(one, "redispatch",
                   sn_run_redispatch_json(c, &c->changed[i], &c->ledger[i]));
        sn_run_set(one, "hydro",
                   sn_run_hydro_json(&c->changed[i], c->scenario->settings.balance));
        sn_run_set(one, "after_market", sn_run_after_json(c, i));
        sn_run_set(one, "criteria", sn_run_criteria_json(c, i));
        sn_run_set(one, "channels", sn_run_channels_json(c, i, SN_AFTER_COST_BASED));
        sn_run_set(comparisons, name, one);
    }
    const json_t *first =
        json_object_get(comparisons, c->scenario->configuration[1].name);
    sn_run_set(out, "configurations", all);
    sn_run_set(out, "comparisons", comparisons);
    sn_run_set(out, "intervals", sn_run_intervals_json(c));
    sn_run_set(out, "observed", sn_run_price_json(c, c->data.price));
    sn_run_set(out, "naive_load_weighted_price_eur_per_mwh",
               sn_run_number(sn_run_naive_price(c)));
    repeat(first, "hydro", out);
    sn_run_set(out, "hydro_variants", sn_run_variants_json(c));
    repeat(first, "redispatch", out);
    sn_run_set(out, "congestion_income_meur", sn_run_congestion_json(c));
    json_t *links = sn_run_links_json(c);
    if (links != NULL) {
        sn_run_set(out, "links", links);
    }
    repeat(first, "ledger", out);
    repeat(first, "after_market", out);
    sn_run_set(out, "cuts", sn_run_cuts_json(c));
    sn_run_set(out, "statistics", sn_run_statistics_json(c));
    sn_run_set(out, "outside_range", sn_run_outside_json(c));
    sn_run_set(out, "years", json_incref(c->years));
    sn_run_set(out, "monthly", json_incref(c->monthly));
}

static json_t *period_json(const sn_run_case *c)
{
    char text[SN_INSTANT_TEXT_SIZE];
    json_t *out = json_object();
    sn_run_set(out, "from",
               json_string(sn_instant_format(c->data.input.axis.start, text)));
    sn_run_set(out, "to",
               json_string(sn_instant_format(sn_axis_end(&c->data.input.axis), text)));
    sn_run_set(out, "year", json_integer(c->scenario->year));
    sn_run_set(out, "step_s", json_integer(c->data.input.axis.step_s));
    sn_run_set(out, "hours", sn_run_hours(c, c->data.input.axis.n));
    return out;
}

sn_status sn_run_write_summary(const sn_run_case *c, const char *folder, sn_error *err)
{
    bool failed = c->checks.failed > 0;
    json_t *out = json_object();
    json_t *areas = json_array();
    json_t *edges = json_array();
    json_t *compare = json_array();
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        (void)json_array_append_new(c->scenario->is_edge[z] ? edges : areas,
                                    json_string(c->scenario->area[z]->code));
    }
    for (size_t i = 1; i < c->scenario->n_configuration; i++) {
        (void)json_array_append_new(compare,
                                    json_string(c->scenario->configuration[i].name));
    }
    sn_run_set(out, "schema", json_string("snitt-summary-1"));
    /* Seconds differ from run to run, and this file must not. */
    sn_run_set(out, "timing_s", json_pack("{s:s}", "file", "timing.json"));
    sn_run_set(out, "status",
               json_string(failed                       ? "failed"
                           : c->checks.n_infeasible > 0 ? "partial"
                                                        : "ok"));
    sn_run_set(out, "run_id", json_string(c->run_id));
    sn_run_set(out, "title",
               sn_run_two_languages(c->scenario->title_sv, c->scenario->title_en));
    sn_run_set(out, "label",
               c->data.is_model_year
                   ? sn_run_two_languages("stiliserat modellår – inte historik",
                                          "stylised model year – not history")
                   : sn_run_two_languages("", ""));
    sn_run_set(out, "period", period_json(c));
    sn_run_set(out, "areas", areas);
    sn_run_set(out, "edges", edges);
    sn_run_set(out, "borders", sn_run_borders_json(c));
    sn_run_set(out, "base", json_string(c->scenario->configuration[0].name));
    sn_run_set(out, "compare", compare);
    sn_run_set(out, "fx_sek_per_eur", sn_run_number(c->data.fx_sek_per_eur));
    sn_run_set(out, "replay", sn_run_replay_json(c));
    sn_run_set(out, "check", sn_run_check_json(c));
    sn_run_set(out, "infeasible_periods",
               json_integer((json_int_t)c->checks.n_infeasible));
    sn_run_set(out, "attribution", sn_run_attribution_json(c));
    sn_run_set(
        out, "uncertainty",
        sn_run_two_languages(
            "Intervallen (90 %) visar hur mycket årets veckor skiljer sig åt. Kurvornas "
            "lutning är vår egen bedömning (× 0,5 … × 2) och snittens kapacitet är "
            "härledd ur flöden och priser: det ingår inte här utan i snitt batch med "
            "sample.",
            "Intervals (90 %) show how much the weeks of the year differ. Slopes are our "
            "own judgement (× 0.5 … × 2) and capacities are inferred: that is not part "
            "of "
            "them here but of snitt batch with sample."));
    if (!failed && c->scenario->n_configuration > 1) {
        add_headlines(c, out);
    }
    sn_status status = sn_run_dump(folder, "summary.json", out, err);
    json_decref(out);
    return status;
}

/* Apart, because nothing else depends on the clock. */
sn_status sn_run_write_timing(const sn_run_case *c, const char *folder, sn_error *err)
{
    json_t *timing = json_object();
    sn_run_set(timing, "read", sn_run_number(c->read_s));
    sn_run_set(timing, "solve", sn_run_number(c->solve_s));
    sn_run_set(timing, "after_market", sn_run_number(c->after_s));
    sn_run_set(timing, "write", sn_run_number(c->write_s));
    sn_run_set(timing, "total", sn_run_number(sn_os_monotonic_s() - c->start_s));
    sn_status status = sn_run_dump(folder, "timing.json", timing, err);
    json_decref(timing);
    return status;
}
