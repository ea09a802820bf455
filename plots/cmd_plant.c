/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt plant: industrial projects against the prices of both configurations. */
#include "base/options.h"
#include "base/os.h"
#include "base/units.h"
#include "invest_charts.h"
#include "invest_command.h"
#include "own_price.h"
#include "plant_case.h"
#include "portfolio.h"
#include "portfolio_ladder.h"
#include "run_internal.h"
#include "text_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt plant scenarios/library/projects-north.yaml --run out/2019 -o out/plant",
    NULL};

const sn_command sn_cmd_plant = {
    .name = "plant",
    .arguments = "PROJECTS.yaml",
    .summary = "what a plant pays and earns in both configurations",
    .needs = "runs",
    .details =
        "Delivered cost of power by component, flexible schedule, NPV, IRR, payback, "
        "break-even power price, probability that the NPV is above zero and tornado "
        "of each project. Give several years: the year dominates the answer. Exit "
        "code 3: some projects could not be used and are listed.",
    .examples = examples,
    .run = run,
};

typedef struct plant_options {
    sn_invest_options shared;
    const char *projects;
    const char *only;
    bool own_price;
} plant_options;

static const sn_text_column columns[] = {
    {"project", "", -1},
    {"area", "", -1},
    {"status", "", -1},
    {"load_mw", "MW", 0},
    {"twh_per_year", "TWh", 2},
    {"break_even_eur_per_mwh", "EUR/MWh", 1},
    {"break_even_p10", "EUR/MWh", 0},
    {"break_even_p90", "EUR/MWh", 0},
    {"power_share_of_revenue", "1", 2},
    {"delivered_base_eur_per_mwh", "EUR/MWh", 1},
    {"delivered_compared_eur_per_mwh", "EUR/MWh", 1},
    {"npv_base_meur", "MEUR", 0},
    {"npv_compared_meur", "MEUR", 0},
    {"probability_base", "1", 2},
    {"probability_compared", "1", 2},
    {"irr_base", "1", 3},
    {"irr_compared", "1", 3},
    {"payback_base_years", "year", 1},
    {"payback_compared_years", "year", 1},
    {"change_npv_p10_meur", "MEUR", 0},
    {"change_npv_p90_meur", "MEUR", 0},
    {"figures_public", "1", 0},
    {"not_opened", "1", 0},
    {"figures_assumed", "1", 0},
};

static double single_irr(const sn_irr *irr)
{
    return irr->n == 1 ? irr->rate[0] : NAN;
}

static sn_status add_row(sn_text_table *t, const sn_plant_case *c, sn_error *err)
{
    const sn_plant_side *s = c->side;
    sn_status status = sn_text_table_add(t, err);
    if (status == SN_OK) {
        status = sn_text_table_text(t, 0, c->project->name, err);
    }
    if (status == SN_OK) {
        status = sn_text_table_text(t, 1, c->project->area, err);
    }
    if (status == SN_OK) {
        status = sn_text_table_text(t, 2, c->project->status, err);
    }
    if (status != SN_OK) {
        return status;
    }
    sn_project_origin origin = sn_project_origin_of(c->project);
    const double values[] = {c->project->figure[SN_FIGURE_LOAD_MW].value,
                             c->plant.electricity_mwh / SN_MWH_PER_TWH,
                             c->break_even_eur_per_mwh,
                             c->break_even_drawn.p10,
                             c->break_even_drawn.p90,
                             sn_plant_power_share(c),
                             s[0].mean_total_eur_per_mwh,
                             s[1].mean_total_eur_per_mwh,
                             s[0].npv_central_eur / SN_EUR_PER_MEUR,
                             s[1].npv_central_eur / SN_EUR_PER_MEUR,
                             s[0].npv_eur.share_positive,
                             s[1].npv_eur.share_positive,
                             single_irr(&s[0].irr),
                             single_irr(&s[1].irr),
                             s[0].payback_years,
                             s[1].payback_years,
                             c->change_npv_eur.p10 / SN_EUR_PER_MEUR,
                             c->change_npv_eur.p90 / SN_EUR_PER_MEUR,
                             (double)origin.n_public,
                             (double)origin.n_excerpt,
                             (double)origin.n_assumed};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        sn_text_table_number(t, i + 3, values[i]);
    }
    return SN_OK;
}

/* One year and configuration with the plant's load; refused when there is no water. */
static sn_status clear_own(const sn_market *market,
                           const sn_project *p,
                           size_t y,
                           int side,
                           const double *extra,
                           double *price,
                           sn_error *err)
{
    sn_market_outcome outcome = {0};
    sn_status status = sn_market_clear(market, y, side, extra, price, &outcome, err);
    if (status == SN_OK && outcome.water_error_share > SN_MARKET_WATER_ERROR_MAX) {
        status = sn_error_set(
            err, SN_E_NUMERIC,
            "project \"%.60s\": with its own load hydro would need %.1f "
            "%% more water than a week of %d has",
            p->name, 100.0 * outcome.water_error_share, market->years->year[y].year);
    }
    return status;
}

/* The plant's own load in the clearing of every year and configuration. */
static sn_status with_own_load(const sn_market *market,
                               const sn_projects *projects,
                               size_t index,
                               const sn_price_years *years,
                               const sn_plant_options *options,
                               sn_plant_case *out,
                               sn_error *err)
{
    sn_price_years moved;
    const sn_project *p = &projects->project[index];
    size_t area = 0;
    sn_status status = sn_price_years_area(years, p->area, &area, err);
    if (status == SN_OK) {
        status = sn_price_years_copy(years, &moved, err);
    }
    if (status != SN_OK) {
        return status;
    }
    for (size_t y = 0; y < years->n && status == SN_OK; y++) {
        size_t n = years->year[y].axis.n;
        double *load = calloc(n, sizeof *load);
        double *extra = calloc(n * years->n_area, sizeof *extra);
        status = load == NULL || extra == NULL
                     ? sn_error_set(err, SN_E_MEMORY, "out of memory for a plant's load")
                     : SN_OK;
        for (int s = 0; s < SN_SIDES && status == SN_OK; s++) {
            status = sn_plant_load(projects, p, years, y, s, options->fx_sek_per_eur,
                                   load, NULL, err);
            for (size_t t = 0; t < n && status == SN_OK; t++) {
                extra[t * years->n_area + area] = load[t];
            }
            if (status == SN_OK) {
                status = clear_own(market, p, y, s, extra,
                                   moved.year[y].price_eur_per_mwh[s], err);
            }
        }
        free(load);
        free(extra);
    }
    if (status == SN_OK) {
        status = sn_plant_evaluate(projects, p, &moved, options, out, err);
    }
    sn_price_years_copy_release(&moved);
    return status;
}

/* ---- hours of one project ---- */

static const sn_text_column hour_columns[] = {
    {"time", "seconds since 1970-01-01 00:00:00", 0},
    {"load_mw", "MW", 3},
    {"spot_eur_per_mwh", "EUR/MWh", 3},
    {"spot_eur", "EUR", 2},
    {"basis_eur", "EUR", 2},
    {"grid_eur", "EUR", 2},
    {"tax_eur", "EUR", 2},
    {"certificates_eur", "EUR", 2},
    {"countertrade_eur", "EUR", 2},
};
enum { HOUR_COLUMNS = sizeof hour_columns / sizeof *hour_columns, HOUR_TABLES_MAX = 128 };

static sn_status fill_hours(const sn_projects *projects,
                            const sn_project *p,
                            const sn_price_years *years,
                            size_t y,
                            int side,
                            double fx,
                            sn_text_table *t,
                            sn_error *err)
{
    const sn_axis *axis = &years->year[y].axis;
    double step_h = (double)axis->step_s / SN_SECONDS_PER_HOUR;
    size_t area = 0;
    sn_delivered_terms terms;
    double *load = calloc(axis->n, sizeof *load);
    sn_status status = load == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory")
                                    : sn_price_years_area(years, p->area, &area, err);
    if (status == SN_OK) {
        sn_plant_terms(projects, p, years, y, side, fx, &terms);
        status = sn_plant_load(projects, p, years, y, side, fx, load, NULL, err);
    }
    for (size_t i = 0; i < axis->n && status == SN_OK; i++) {
        double eur[SN_COST_COMPONENT_COUNT];
        double spot = years->year[y].price_eur_per_mwh[side][i * years->n_area + area];
        sn_delivered_hour(&terms, spot, load[i], p->figure[SN_FIGURE_LOAD_MW].value,
                          step_h, step_h * (double)axis->n, eur);
        status = sn_text_table_add(t, err);
        if (status == SN_OK) {
            sn_text_table_number(t, 0, (double)sn_axis_at(axis, i).utc_s);
            sn_text_table_number(t, 1, load[i]);
            sn_text_table_number(t, 2, spot);
            for (int k = 0; k < SN_COST_COMPONENT_COUNT; k++) {
                sn_text_table_number(t, (size_t)k + 3, eur[k]);
            }
        }
    }
    free(load);
    return status;
}

static sn_status write_tables(const plant_options *o,
                              const sn_projects *projects,
                              const sn_project *only,
                              const sn_price_years *years,
                              double fx,
                              const sn_text_table *summary,
                              sn_error *err)
{
    static char names[HOUR_TABLES_MAX][48];
    sn_text_table *hours = calloc(HOUR_TABLES_MAX, sizeof *hours);
    sn_named_table list[HOUR_TABLES_MAX + 1] = {{"plants", summary}};
    size_t n = 0;
    sn_status status =
        hours == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory") : SN_OK;
    for (size_t y = 0; only != NULL && y < years->n && status == SN_OK; y++) {
        for (int s = 0; s < SN_SIDES && status == SN_OK; s++, n++) {
            (void)snprintf(names[n], sizeof names[n], "hours_%s_%d_%zu", years->name[s],
                           years->year[y].year, y);
            sn_text_table_init(&hours[n], hour_columns, HOUR_COLUMNS);
            list[n + 1] = (sn_named_table){names[n], &hours[n]};
            status = fill_hours(projects, only, years, y, s, fx, &hours[n], err);
        }
    }
    if (status == SN_OK) {
        status = sn_invest_write_tables(o->shared.folder, "plant", list, n + 1, err);
    }
    for (size_t i = 0; hours != NULL && i < n; i++) {
        sn_text_table_release(&hours[i]);
    }
    free(hours);
    return status;
}

/* ---- the command ---- */

static sn_status evaluate(const plant_options *o,
                          const sn_projects *projects,
                          const sn_price_years *years,
                          const sn_plant_options *options,
                          sn_plant_case *cases,
                          sn_error *failed,
                          sn_error *err)
{
    sn_market market;
    if (!o->own_price) {
        return sn_plants_evaluate(projects, years, options, sn_os_processor_count(),
                                  cases, failed, err);
    }
    sn_status status =
        sn_market_open(o->shared.scenario, o->shared.store, years, &market, err);
    if (status != SN_OK) {
        return status;
    }
    for (size_t i = 0; i < projects->n; i++) {
        sn_status one = sn_plant_evaluate(projects, &projects->project[i], years, options,
                                          &cases[i], &failed[i]);
        if (one == SN_OK && !sn_project_is_in_history(&projects->project[i])) {
            one = with_own_load(&market, projects, i, years, options, &cases[i],
                                &failed[i]);
        }
        (void)one; /* failed[i] has it */
    }
    sn_market_close(&market);
    return SN_OK;
}

static sn_status report(const plant_options *o,
                        const sn_projects *projects,
                        const sn_price_years *years,
                        const sn_plant_options *options,
                        const sn_plant_case *cases,
                        const sn_error *failed,
                        size_t *n_failed,
                        sn_error *err)
{
    sn_text_table table;
    sn_text_table_init(&table, columns, sizeof columns / sizeof *columns);
    json_t *out = sn_price_years_json(years, "snitt-plant-1");
    json_t *list = json_array();
    json_t *bad = json_object_get(out, "failed");
    sn_status status = SN_OK;
    *n_failed = sn_invest_failed(projects->failed, projects->n_failed, bad, "plant");
    for (size_t i = 0; i < projects->n && status == SN_OK; i++) {
        if (failed[i].status != SN_OK) {
            sn_failed one = {.line = projects->project[i].line};
            (void)snprintf(one.file, sizeof one.file, "%s", o->projects);
            (void)snprintf(one.message, sizeof one.message, "%s", failed[i].message);
            *n_failed += sn_invest_failed(&one, 1, bad, "plant");
            continue;
        }
        (void)json_array_append_new(list, sn_plant_case_json(&cases[i], years, options));
        status = add_row(&table, &cases[i], err);
    }
    sn_run_set(out, "fx_sek_per_eur", sn_run_number(options->fx_sek_per_eur));
    sn_run_set(out, "draws", json_integer((json_int_t)options->n_draw));
    sn_run_set(out, "seed", json_integer((json_int_t)options->seed));
    sn_run_set(out, "own_price", json_boolean(o->own_price));
    sn_run_set(out, "countertrade_tariff",
               json_string("of the runs, without the plants' own load"));
    sn_run_set(out, "projects", list);
    if (status == SN_OK) {
        sn_text_table_print(&table, stdout);
    }
    if (status == SN_OK && o->own_price) {
        (void)printf("\nspot prices with each plant's own load (those that run have it "
                     "in the runs); "
                     "the countertrade tariff is that of the runs, without it\n");
    }
    if (status == SN_OK && o->shared.folder != NULL) {
        status =
            sn_invest_write_json(o->shared.folder, "plant.json", json_incref(out), err);
    }
    if (status == SN_OK && o->shared.folder != NULL) {
        const sn_project *only =
            o->only != NULL && projects->n == 1 ? &projects->project[0] : NULL;
        status =
            write_tables(o, projects, only, years, options->fx_sek_per_eur, &table, err);
    }
    json_decref(out);
    sn_text_table_release(&table);
    return status;
}

/* Q5 of these plants: their break-even prices against the prices of both. */
static sn_status draw(const plant_options *o,
                      const sn_projects *projects,
                      const sn_price_years *years,
                      const sn_plant_case *cases,
                      const sn_error *failed,
                      sn_error *err)
{
    static const char *const questions[] = {"Q5", NULL};
    sn_ladder_sums risk = {0};
    const sn_plant_case **sorted = calloc(projects->n + 1, sizeof(const sn_plant_case *));
    json_t *data = sn_price_years_json(years, "snitt-portfolio-1");
    size_t n = 0;
    sn_status status =
        sorted == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory") : SN_OK;
    for (size_t i = 0; i < projects->n && status == SN_OK; i++) {
        if (failed[i].status == SN_OK) {
            sorted[n++] = &cases[i];
        }
    }
    if (status == SN_OK) {
        sn_ladder_sort(sorted, n);
        status = sn_ladder_fill(sorted, n, years, NULL, data, &risk, err);
    }
    if (status == SN_OK && n > 0) {
        sn_invest_chart chart = {.run_folder = o->shared.run.item[0],
                                 .folder = o->shared.folder,
                                 .data = data,
                                 .questions = questions,
                                 .lang = o->shared.lang};
        status = sn_invest_charts_draw(&chart, err);
    }
    json_decref(data);
    free(sorted);
    return status;
}

/* --project NAME: the others are taken out. */
static sn_status keep_only(sn_projects *projects, const char *name, sn_error *err)
{
    const char *names[SN_PROJECTS_MAX];
    for (size_t i = 0; i < projects->n; i++) {
        names[i] = projects->project[i].name;
        if (strcmp(names[i], name) == 0) {
            projects->project[0] = projects->project[i];
            projects->n = 1;
            return SN_OK;
        }
    }
    const char *nearest = sn_nearest_name(name, names, projects->n);
    return sn_error_set(err, SN_E_USAGE, "no project \"%.60s\"%s%s%s", name,
                        nearest != NULL ? ", did you mean \"" : "",
                        nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

static sn_status run_command(const plant_options *o, size_t *n_failed, sn_error *err)
{
    sn_projects projects = {0};
    sn_price_years years = {0};
    sn_plant_options options;
    sn_plant_case *cases = NULL;
    sn_error *failed = NULL;
    sn_status status = sn_projects_load(o->projects, &projects, err);
    if (status == SN_OK && o->only != NULL) {
        status = keep_only(&projects, o->only, err);
    }
    if (status == SN_OK) {
        status = sn_price_years_load(o->shared.run.item, o->shared.run.n, &years, err);
    }
    if (status == SN_OK) {
        status = sn_invest_plant_options(&o->shared, &years, &options, err);
    }
    if (status == SN_OK) {
        cases = calloc(projects.n + 1, sizeof *cases);
        failed = calloc(projects.n + 1, sizeof *failed);
        status = cases == NULL || failed == NULL
                     ? sn_error_set(err, SN_E_MEMORY, "out of memory for plants")
                     : evaluate(o, &projects, &years, &options, cases, failed, err);
    }
    if (status == SN_OK) {
        status = report(o, &projects, &years, &options, cases, failed, n_failed, err);
        *n_failed += sn_price_years_tell(&years, "plant");
    }
    if (status == SN_OK && o->shared.folder != NULL && !o->shared.no_charts) {
        status = draw(o, &projects, &years, cases, failed, err);
    }
    free(cases);
    free(failed);
    sn_price_years_release(&years);
    sn_projects_release(&projects);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    plant_options o = {0};
    const sn_option options[] = {
        SN_INVEST_OPTIONS(o.shared),
        SN_INVEST_DRAW_OPTIONS(o.shared),
        SN_INVEST_MARKET_OPTIONS(o.shared),
        SN_VALUE("project", "NAME", "only this project, with its hours in plant.h5",
                 &o.only),
        SN_FLAG("own-price",
                "put each plant's load into the clearing (needs --scenario and --store)",
                &o.own_price),
    };
    sn_option_list words = {0};
    size_t n_failed = 0;
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_plant, options, argc, argv, &words, err);
    if (status == SN_OK && o.own_price &&
        (o.shared.scenario == NULL || o.shared.store == NULL)) {
        status =
            sn_error_set(err, SN_E_USAGE, "--own-price needs --scenario and --store");
    }
    if (status == SN_OK) {
        o.projects = words.item[0];
        status = run_command(&o, &n_failed, err);
        *exit_code = n_failed > 0 ? SN_EXIT_PARTIAL : SN_EXIT_DONE;
    }
    return status;
}
