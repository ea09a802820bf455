/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plant.json: see INVEST.md. */
#include "base/units.h"
#include "plant_case.h"
#include "run_internal.h"

static json_t *meur(double eur)
{
    return sn_run_number(eur / SN_EUR_PER_MEUR);
}

static json_t *components_json(const double *component, double total)
{
    json_t *out = json_object();
    for (int k = 0; k < SN_COST_COMPONENT_COUNT; k++) {
        sn_run_set(out, sn_cost_component_name((sn_cost_component)k),
                   sn_run_number(component[k]));
    }
    sn_run_set(out, "total", sn_run_number(total));
    return out;
}

static json_t *distribution_json(const sn_distribution *d)
{
    json_t *out = json_object();
    sn_run_set(out, "mean", meur(d->mean));
    sn_run_set(out, "p10", meur(d->p10));
    sn_run_set(out, "p50", meur(d->p50));
    sn_run_set(out, "p90", meur(d->p90));
    return out;
}

static json_t *irr_json(const sn_irr *irr)
{
    json_t *out = json_object();
    json_t *rates = json_array();
    for (size_t i = 0; i < irr->n; i++) {
        (void)json_array_append_new(rates, sn_run_number(irr->rate[i]));
    }
    sn_run_set(out, "rates", rates);
    sn_run_set(out, "sign_changes", json_integer((json_int_t)irr->sign_changes));
    sn_run_set(out, "is_unique", json_boolean(irr->n == 1));
    return out;
}

static json_t *side_json(const sn_plant_side *s, const sn_price_years *years, double fx)
{
    json_t *out = json_object();
    json_t *by_year = json_array();
    json_t *tornado = json_array();
    json_t *npv = distribution_json(&s->npv_eur);
    for (size_t y = 0; y < years->n; y++) {
        json_t *one = components_json(s->component[y], s->total_eur_per_mwh[y]);
        sn_run_set(one, "year", json_integer(years->year[y].year));
        (void)json_array_append_new(by_year, one);
    }
    for (int d = 0; d < SN_DRIVER_COUNT; d++) {
        json_t *bar = json_object();
        sn_run_set(bar, "driver", json_string(sn_driver_name(s->tornado[d].driver)));
        sn_run_set(bar, "npv_low_meur", meur(s->tornado[d].npv_low_eur));
        sn_run_set(bar, "npv_high_meur", meur(s->tornado[d].npv_high_eur));
        (void)json_array_append_new(tornado, bar);
    }
    sn_run_set(npv, "central", meur(s->npv_central_eur));
    sn_run_set(out, "delivered_eur_per_mwh",
               components_json(s->mean_component, s->mean_total_eur_per_mwh));
    sn_run_set(out, "delivered_by_year", by_year);
    sn_run_set(
        out, "delivered_ore_per_kwh",
        sn_run_number(s->mean_total_eur_per_mwh * fx * SN_ORE_PER_KWH_PER_SEK_PER_MWH));
    sn_run_set(out, "baseload_eur_per_mwh", sn_run_number(s->baseload_eur_per_mwh));
    sn_run_set(out, "value_of_flexibility_eur_per_mwh",
               sn_run_number(s->flexibility_eur_per_mwh));
    sn_run_set(out, "npv_meur", npv);
    sn_run_set(out, "probability_npv_positive", sn_run_number(s->npv_eur.share_positive));
    sn_run_set(out, "irr", irr_json(&s->irr));
    sn_run_set(out, "payback_years", sn_run_number(s->payback_years));
    sn_run_set(out, "tornado", tornado);
    return out;
}

static json_t *text_json(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

json_t *sn_project_figures_json(const sn_project *project)
{
    json_t *out = json_array();
    for (int k = 0; k < SN_FIGURE_COUNT; k++) {
        const sn_figure *f = &project->figure[k];
        if (!f->is_given) {
            continue;
        }
        json_t *one = json_object();
        sn_run_set(one, "key", json_string(sn_figure_name((sn_figure_key)k)));
        sn_run_set(one, "value", sn_run_number(f->value));
        sn_run_set(one, "low", sn_run_number(f->low));
        sn_run_set(one, "high", sn_run_number(f->high));
        sn_run_set(one, "source", text_json(f->source.where));
        sn_run_set(one, "date", text_json(f->source.date));
        sn_run_set(one, "checked", text_json(f->source.checked));
        sn_run_set(one, "assumption", text_json(f->assumption));
        (void)json_array_append_new(out, one);
    }
    return out;
}

json_t *sn_plant_case_json(const sn_plant_case *c,
                           const sn_price_years *years,
                           const sn_plant_options *options)
{
    const sn_project *p = c->project;
    json_t *out = json_object();
    json_t *results = json_object();
    for (int s = 0; s < SN_SIDES; s++) {
        sn_run_set(results, years->name[s],
                   side_json(&c->side[s], years, options->fx_sek_per_eur));
    }
    sn_run_set(out, "name", json_string(p->name));
    sn_run_set(out, "name_sv", json_string(p->name_sv));
    sn_run_set(out, "municipality", json_string(p->municipality->name));
    sn_run_set(out, "area", json_string(p->area));
    sn_run_set(out, "type", json_string(p->type));
    sn_run_set(out, "product", json_string(p->product));
    sn_run_set(out, "unit", json_string(p->unit));
    sn_run_set(out, "status", json_string(p->status));
    sn_run_set(out, "status_source", json_string(p->status_source.where));
    sn_run_set(out, "status_date", json_string(p->status_source.date));
    sn_run_set(out, "status_checked", json_string(p->status_source.checked));
    sn_run_set(out, "load_mw", sn_run_number(p->figure[SN_FIGURE_LOAD_MW].value));
    sn_run_set(out, "twh_per_year",
               sn_run_number(c->plant.electricity_mwh / SN_MWH_PER_TWH));
    sn_run_set(out, "output_per_year", sn_run_number(c->plant.output_units));
    sn_run_set(out, "capex_meur", sn_run_number(p->figure[SN_FIGURE_CAPEX_MEUR].value));
    sn_run_set(out, "start_year", sn_run_number(p->figure[SN_FIGURE_START_YEAR].value));
    sn_run_set(out, "life_years", json_integer((json_int_t)c->plant.life));
    sn_run_set(out, "wacc_real", sn_run_number(c->plant.rate));
    sn_run_set(out, "break_even_eur_per_mwh", sn_run_number(c->break_even_eur_per_mwh));
    sn_run_set(out, "break_even_spot_eur_per_mwh",
               sn_run_number(c->break_even_spot_eur_per_mwh));
    sn_run_set(out, "break_even_p10_eur_per_mwh", sn_run_number(c->break_even_drawn.p10));
    sn_run_set(out, "break_even_p90_eur_per_mwh", sn_run_number(c->break_even_drawn.p90));
    sn_run_set(out, "power_share_of_revenue", sn_run_number(sn_plant_power_share(c)));
    sn_run_set(out, "note", text_json(p->note));
    sn_run_set(out, "results", results);
    sn_run_set(out, "change_npv_meur", distribution_json(&c->change_npv_eur));
    sn_run_set(out, "figures", sn_project_figures_json(p));
    sn_project_origin origin = sn_project_origin_of(p);
    sn_run_set(out, "origin",
               json_pack("{s:I,s:I,s:I}", "figures_public", (json_int_t)origin.n_public,
                         "not_opened", (json_int_t)origin.n_excerpt, "figures_assumed",
                         (json_int_t)origin.n_assumed));
    return out;
}

void sn_failed_json(json_t *list, const char *file, int line, const char *message)
{
    json_t *one = json_object();
    json_t *text = json_string(message);
    sn_run_set(one, "file", json_string(file));
    sn_run_set(one, "line", json_integer(line));
    sn_run_set(one, "message", text != NULL ? text : json_string("?"));
    (void)json_array_append_new(list, one);
}
