/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt portfolio: which northern projects stand in each configuration. */
#include "base/os.h"
#include "base/units.h"
#include "invest_charts.h"
#include "invest_command.h"
#include "portfolio.h"
#include "portfolio_ladder.h"
#include "run_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt portfolio scenarios/library/projects-north.yaml --run out/2019 -o "
    "out/portfolio",
    NULL};

const sn_command sn_cmd_portfolio = {
    .name = "portfolio",
    .arguments = "PROJECTS.yaml",
    .summary = "which northern projects stand in each configuration",
    .needs = "runs",
    .details =
        "Projects by break-even power price against the prices of both "
        "configurations: MW, TWh a year and capex at risk. With --scenario and "
        "--store the market is cleared again: prices against new load, and the fixed "
        "point of projects, wind and prices from two starts. Exit code 3: some "
        "projects could not be used and are listed, or a fixed point was not "
        "reached.",
    .examples = examples,
    .run = run,
};

enum { NEW_LOAD_STEPS = 5 };
static const double new_load_twh[NEW_LOAD_STEPS] = {0.0, 10.0, 20.0, 30.0, 40.0};

typedef struct portfolio {
    const sn_projects *projects;
    const sn_price_years *years;
    const sn_plant_options *options;
    const sn_plant_case **sorted; /* [n] by break-even, highest first */
    size_t n;
    sn_text_table table;
    json_t *out;
    bool all_converged;
} portfolio;

/* ---- with the market ---- */

static sn_status
new_load_at(portfolio *p, const sn_market *m, double twh, json_t *list, sn_error *err)
{
    json_t *point = json_object();
    json_t *price = json_object();
    json_t *missing = json_object();
    json_t *water = json_object();
    sn_status status = SN_OK;
    sn_run_set(point, "short_periods", missing);
    sn_run_set(point, "water_error_share", water);
    sn_run_set(point, "twh_per_year", sn_run_number(twh));
    sn_run_set(point, "price", price);
    (void)json_array_append_new(list, point);
    for (int s = 0; s < SN_SIDES && status == SN_OK; s++) {
        double sum[SN_NORTHERN_AREAS] = {0.0};
        double short_periods = 0.0;
        double water_error = 0.0;
        double low[SN_NORTHERN_AREAS] = {INFINITY, INFINITY};
        double high[SN_NORTHERN_AREAS] = {-INFINITY, -INFINITY};
        json_t *areas = json_object();
        sn_run_set(price, p->years->name[s], areas);
        for (size_t y = 0; y < p->years->n && status == SN_OK; y++) {
            double mean[SN_SWEDISH_AREAS];
            sn_market_outcome one = {0};
            status = sn_portfolio_new_load(m, p->projects, s, y, twh, mean, &one, err);
            short_periods += (double)one.short_periods;
            water_error = fmax(water_error, one.water_error_share);
            for (int a = 0; a < SN_NORTHERN_AREAS && status == SN_OK; a++) {
                sum[a] += mean[a] / (double)p->years->n;
                low[a] = fmin(low[a], mean[a]);
                high[a] = fmax(high[a], mean[a]);
            }
        }
        for (int a = 0; a < SN_NORTHERN_AREAS && status == SN_OK; a++) {
            json_t *one = json_object();
            sn_run_set(one, "mean", sn_run_number(sum[a]));
            sn_run_set(one, "low", sn_run_number(low[a]));
            sn_run_set(one, "high", sn_run_number(high[a]));
            sn_run_set(areas, sn_swedish_area(a), one);
            (void)printf(
                "new load %2.0f TWh/yr %s %s %7.2f EUR/MWh, %.0f periods short\n", twh,
                p->years->name[s], sn_swedish_area(a), sum[a], short_periods);
        }
        if (water_error > SN_MARKET_WATER_ERROR_MAX) {
            (void)printf(
                "new load %2.0f TWh/yr %s: no price, hydro would need %.1f %% more "
                "water than a week has\n",
                twh, p->years->name[s], 100.0 * water_error);
        }
        sn_run_set(missing, p->years->name[s], sn_run_number(short_periods));
        sn_run_set(water, p->years->name[s], sn_run_number(water_error));
    }
    return status;
}

static json_t *by_area(const double *values)
{
    json_t *out = json_object();
    for (int a = 0; a < SN_NORTHERN_AREAS; a++) {
        sn_run_set(out, sn_swedish_area(a), sn_run_number(values[a]));
    }
    return out;
}

static json_t *start_json(const portfolio *p, const sn_fixed_point *f, const char *start)
{
    json_t *out = json_object();
    json_t *rounds = json_array();
    json_t *names = json_array();
    for (size_t i = 0; i < f->n_round; i++) {
        const sn_round *r = &f->round[i];
        json_t *one = json_object();
        sn_run_set(one, "round", json_integer((json_int_t)i + 1));
        sn_run_set(one, "projects", json_integer((json_int_t)r->n_project));
        sn_run_set(one, "mw", sn_run_number(r->mw));
        sn_run_set(one, "twh_per_year", sn_run_number(r->twh_per_year));
        sn_run_set(one, "wind_mw", by_area(r->wind_mw));
        sn_run_set(one, "price", by_area(r->price_eur_per_mwh));
        sn_run_set(one, "change_eur_per_mwh", sn_run_number(r->change_eur_per_mwh));
        sn_run_set(one, "water_error_share", sn_run_number(r->water_error_share));
        (void)json_array_append_new(rounds, one);
    }
    json_t *undecided = json_array();
    for (size_t i = 0; i < p->projects->n; i++) {
        const char *name = p->projects->project[i].name;
        if (f->stands[i]) {
            (void)json_array_append_new(names, json_string(name));
        }
        if (f->undecided[i]) {
            (void)json_array_append_new(undecided, json_string(name));
        }
    }
    sn_run_set(out, "undecided", undecided);
    sn_run_set(out, "start", json_string(start));
    sn_run_set(out, "converged", json_boolean(f->converged));
    sn_run_set(out, "rounds", rounds);
    sn_run_set(out, "projects", names);
    return out;
}

static void
print_start(const portfolio *p, const sn_fixed_point *f, int side, const char *start)
{
    const sn_round *r = &f->round[f->n_round - 1];
    (void)printf(
        "fixed point %s from %-4s: %s after %zu rounds, %zu projects, %.0f MW, "
        "%.1f TWh/yr, wind %+.0f MW in SE1 %+.0f in SE2, price %.2f %.2f EUR/MWh\n",
        p->years->name[side], start, f->converged ? "converged" : "NOT converged",
        f->n_round, r->n_project, r->mw, r->twh_per_year, r->wind_mw[0], r->wind_mw[1],
        r->price_eur_per_mwh[0], r->price_eur_per_mwh[1]);
}

static json_t *interval(double a, double b, bool known)
{
    json_t *out = json_object();
    sn_run_set(out, "low", sn_run_number(known ? fmin(a, b) : NAN));
    sn_run_set(out, "high", sn_run_number(known ? fmax(a, b) : NAN));
    return out;
}

/* Both states at rest as one interval: where they differ, the market does not say which
 * of them comes true. */
static void tell_both(const portfolio *p, const sn_fixed_point *f, int side, json_t *out)
{
    const sn_round *r[2] = {&f[0].round[f[0].n_round - 1], &f[1].round[f[1].n_round - 1]};
    bool known = f[0].converged && f[1].converged;
    bool agree = known;
    json_t *price = json_object();
    json_t *apart = json_array();
    for (size_t i = 0; i < p->projects->n; i++) {
        if (f[0].stands[i] != f[1].stands[i]) {
            (void)json_array_append_new(apart, json_string(p->projects->project[i].name));
            agree = false;
        }
    }
    for (int a = 0; a < SN_NORTHERN_AREAS; a++) {
        sn_run_set(
            price, sn_swedish_area(a),
            interval(r[0]->price_eur_per_mwh[a], r[1]->price_eur_per_mwh[a], known));
    }
    sn_run_set(out, "agree", json_boolean(agree));
    sn_run_set(out, "projects",
               interval((double)r[0]->n_project, (double)r[1]->n_project, known));
    sn_run_set(out, "mw", interval(r[0]->mw, r[1]->mw, known));
    sn_run_set(out, "twh_per_year",
               interval(r[0]->twh_per_year, r[1]->twh_per_year, known));
    sn_run_set(out, "price", price);
    sn_run_set(out, "only_from_one_start", apart);
    if (!known) {
        (void)printf("fixed point %s: not reached from both starts\n",
                     p->years->name[side]);
        return;
    }
    (void)printf("fixed point %s: %.0f to %.0f MW, %.1f to %.1f TWh/yr, %s",
                 p->years->name[side], fmin(r[0]->mw, r[1]->mw), fmax(r[0]->mw, r[1]->mw),
                 fmin(r[0]->twh_per_year, r[1]->twh_per_year),
                 fmax(r[0]->twh_per_year, r[1]->twh_per_year),
                 agree ? "the same projects from both starts\n"
                       : "several states are at rest; in one of them only:");
    for (size_t i = 0; i < json_array_size(apart); i++) {
        (void)printf("%s %s", i > 0 ? "," : "",
                     json_string_value(json_array_get(apart, i)));
    }
    (void)printf(agree ? "" : "\n");
}

static sn_status fixed_points(portfolio *p,
                              const sn_market *m,
                              const sn_portfolio_settings *settings,
                              sn_error *err)
{
    static const char *const starts[2] = {"all", "none"};
    json_t *both = json_object();
    sn_status status = SN_OK;
    sn_run_set(p->out, "fixed_point", both);
    for (int s = 0; s < SN_SIDES && status == SN_OK; s++) {
        static sn_fixed_point f[2];
        json_t *list = json_array();
        json_t *one = json_object();
        for (int k = 0; k < 2 && status == SN_OK; k++) {
            status =
                sn_portfolio_fixed_point(m, p->projects, s, k == 0, settings, &f[k], err);
            if (status == SN_OK) {
                print_start(p, &f[k], s, starts[k]);
                (void)json_array_append_new(list, start_json(p, &f[k], starts[k]));
                p->all_converged = p->all_converged && f[k].converged;
            }
        }
        if (status == SN_OK) {
            tell_both(p, f, s, one);
        }
        sn_run_set(one, "starts", list);
        sn_run_set(both, p->years->name[s], one);
        sn_fixed_point_release(&f[0]);
        sn_fixed_point_release(&f[1]);
    }
    return status;
}

static sn_status with_market(portfolio *p,
                             const sn_invest_options *o,
                             const sn_portfolio_settings *settings,
                             sn_error *err)
{
    sn_market market;
    json_t *list = json_array();
    sn_status status = sn_market_open(o->scenario, o->store, p->years, &market, err);
    sn_run_set(p->out, "new_load", list);
    if (status != SN_OK) {
        return status;
    }
    for (size_t i = 0; i < NEW_LOAD_STEPS && status == SN_OK; i++) {
        status = new_load_at(p, &market, new_load_twh[i], list, err);
    }
    if (status == SN_OK) {
        status = fixed_points(p, &market, settings, err);
    }
    sn_market_close(&market);
    return status;
}

/* ---- the command ---- */

static sn_status evaluate_all(portfolio *p,
                              const char *path,
                              sn_plant_case *cases,
                              sn_error *failed,
                              size_t *n_failed,
                              sn_error *err)
{
    json_t *bad = json_object_get(p->out, "failed");
    sn_status status = sn_plants_evaluate(p->projects, p->years, p->options,
                                          sn_os_processor_count(), cases, failed, err);
    *n_failed =
        sn_invest_failed(p->projects->failed, p->projects->n_failed, bad, "portfolio");
    for (size_t i = 0; i < p->projects->n && status == SN_OK; i++) {
        if (failed[i].status == SN_OK) {
            p->sorted[p->n++] = &cases[i];
            continue;
        }
        sn_failed one = {.line = p->projects->project[i].line};
        (void)snprintf(one.file, sizeof one.file, "%s", path);
        (void)snprintf(one.message, sizeof one.message, "%s", failed[i].message);
        *n_failed += sn_invest_failed(&one, 1, bad, "portfolio");
    }
    sn_ladder_sort(p->sorted, p->n);
    return status;
}

static sn_status report(portfolio *p,
                        const sn_invest_options *o,
                        const sn_portfolio_settings *settings,
                        sn_error *err)
{
    sn_ladder_sums risk = {0};
    sn_status status =
        sn_ladder_fill(p->sorted, p->n, p->years, &p->table, p->out, &risk, err);
    if (status == SN_OK) {
        sn_text_table_print(&p->table, stdout);
        (void)printf("\nat risk: %.0f projects, %.0f MW, %.1f TWh/yr, %.0f MEUR\n",
                     risk.projects, risk.mw, risk.twh, risk.capex);
    }
    if (status == SN_OK && o->scenario != NULL) {
        status = with_market(p, o, settings, err);
    }
    if (status == SN_OK && o->folder != NULL) {
        const sn_named_table table = {"projects", &p->table};
        status =
            sn_invest_write_json(o->folder, "portfolio.json", json_incref(p->out), err);
        if (status == SN_OK) {
            status = sn_invest_write_tables(o->folder, "portfolio", &table, 1, err);
        }
    }
    if (status == SN_OK && o->folder != NULL && !o->no_charts) {
        const char *questions[] = {"Q5", o->scenario != NULL ? "Q4" : NULL, NULL};
        sn_invest_chart chart = {.run_folder = o->run.item[0],
                                 .folder = o->folder,
                                 .data = p->out,
                                 .questions = questions,
                                 .lang = o->lang};
        status = sn_invest_charts_draw(&chart, err);
    }
    return status;
}

typedef struct portfolio_options {
    sn_invest_options shared;
    const char *projects;
    const char *wind_cost;
    const char *rounds;
} portfolio_options;

static sn_status
settings_of(const portfolio_options *o, sn_portfolio_settings *out, sn_error *err)
{
    long rounds = 60;
    *out = (sn_portfolio_settings){.wind_cost_eur_per_mwh = 41.5,
                                   .wind_change_max_share = 1.0,
                                   .tolerance_eur_per_mwh = 0.5};
    sn_status status = sn_options_number("wind-cost", o->wind_cost, 0.01, 1e4,
                                         &out->wind_cost_eur_per_mwh, err);
    if (status == SN_OK) {
        status = sn_options_whole("rounds", o->rounds, 1, SN_ROUNDS_MAX, &rounds, err);
    }
    out->rounds_max = (size_t)rounds;
    return status;
}

static sn_status run_command(const portfolio_options *o, int *exit_code, sn_error *err)
{
    sn_projects projects = {0};
    sn_price_years years = {0};
    sn_plant_options options;
    sn_portfolio_settings settings;
    size_t n_failed = 0;
    portfolio p = {.projects = &projects,
                   .years = &years,
                   .options = &options,
                   .all_converged = true};
    sn_plant_case *cases = NULL;
    sn_error *failed = NULL;
    sn_ladder_table_init(&p.table);
    sn_status status = settings_of(o, &settings, err);
    if (status == SN_OK) {
        status = sn_projects_load(o->projects, &projects, err);
    }
    if (status == SN_OK) {
        status = sn_price_years_load(o->shared.run.item, o->shared.run.n, &years, err);
    }
    if (status == SN_OK) {
        status = sn_invest_plant_options(&o->shared, &years, &options, err);
    }
    if (status == SN_OK) {
        settings.plant = &options;
        cases = calloc(projects.n + 1, sizeof *cases);
        failed = calloc(projects.n + 1, sizeof *failed);
        p.sorted = calloc(projects.n + 1, sizeof(const sn_plant_case *));
        p.out = sn_price_years_json(&years, "snitt-portfolio-1");
        status = cases == NULL || failed == NULL || p.sorted == NULL
                     ? sn_error_set(err, SN_E_MEMORY, "out of memory for the portfolio")
                     : evaluate_all(&p, o->projects, cases, failed, &n_failed, err);
    }
    if (status == SN_OK) {
        n_failed += sn_price_years_tell(&years, "portfolio");
        status = report(&p, &o->shared, &settings, err);
    }
    *exit_code = n_failed > 0 || !p.all_converged ? SN_EXIT_PARTIAL : SN_EXIT_DONE;
    json_decref(p.out);
    free(p.sorted);
    free(cases);
    free(failed);
    sn_text_table_release(&p.table);
    sn_price_years_release(&years);
    sn_projects_release(&projects);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    portfolio_options o = {0};
    const sn_option options[] = {
        SN_INVEST_OPTIONS(o.shared),
        SN_INVEST_DRAW_OPTIONS(o.shared),
        SN_INVEST_MARKET_OPTIONS(o.shared),
        SN_VALUE("wind-cost", "EUR",
                 "levelised cost of northern wind, EUR/MWh (default: 41.5)",
                 &o.wind_cost),
        SN_VALUE("rounds", "N", "of the fixed point at most (default: 60)", &o.rounds),
    };
    sn_option_list words = {0};
    sn_status status =
        SN_OPTIONS_PARSE(&sn_cmd_portfolio, options, argc, argv, &words, err);
    if (status == SN_OK && (o.shared.scenario == NULL) != (o.shared.store == NULL)) {
        status = sn_error_set(err, SN_E_USAGE, "--scenario and --store go together");
    }
    if (status == SN_OK) {
        o.projects = words.item[0];
        status = run_command(&o, exit_code, err);
    }
    return status;
}
