/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt companies: change in cost of each company, summed by municipality and sector. */
#include "base/os.h"
#include "base/units.h"
#include "companies.h"
#include "invest_charts.h"
#include "invest_command.h"
#include "price_change.h"
#include "run_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt companies TABLE.csv --run out/2019 --target 450 -o out/companies", NULL};

const sn_command sn_cmd_companies = {
    .name = "companies",
    .arguments = "TABLE.csv",
    .summary = "change in cost of a table of companies",
    .needs = "runs",
    .details =
        "Columns: name, organisation_number, municipality, mwh (or kwh) a year; may "
        "be: profile (baseload, day, week, night, area), sector. Swedish names, "
        "semicolons, decimal comma and the exports of spreadsheets are read. "
        "Personal numbers of sole traders are never written. Exit code 3: some rows "
        "are left out and listed.",
    .examples = examples,
    .run = run,
};

static const sn_text_column row_columns[] = {
    {"name", "", -1},
    {"organisation_number", "", -1},
    {"municipality", "", -1},
    {"sector", "", -1},
    {"profile", "", -1},
    {"mwh_per_year", "MWh", 0},
    {"change_ore_per_kwh", "ore/kWh", 2},
    {"change_sek", "SEK", 0},
    {"change_sek_low", "SEK", 0},
    {"change_sek_high", "SEK", 0},
};

static const sn_text_column sum_columns[] = {
    {"name", "", -1},           {"companies", "1", 0},    {"sites", "1", 0},
    {"mwh_per_year", "MWh", 0}, {"change_sek", "SEK", 0},
};

typedef struct company_report {
    const sn_companies *companies;
    const sn_price_changes *changes;
    double fx_sek_per_eur;
    sn_text_table rows, by_municipality, by_sector;
    json_t *out;
} company_report;

static sn_spread change_sek(const company_report *r, const sn_company *c)
{
    sn_spread d = sn_price_change_in(r->changes, c->municipality, c->profile);
    double factor = c->mwh_per_year * r->fx_sek_per_eur;
    return (sn_spread){d.mean * factor, d.low * factor, d.high * factor};
}

static sn_status
add_row(company_report *r, const sn_company *c, json_t *list, sn_error *err)
{
    char number[SN_ORGANISATION_TEXT_SIZE];
    sn_spread sek = change_sek(r, c);
    double per_mwh = sn_price_change_in(r->changes, c->municipality, c->profile).mean;
    double ore = per_mwh * r->fx_sek_per_eur * SN_ORE_PER_KWH_PER_SEK_PER_MWH;
    const char *texts[] = {c->name, sn_organisation_show(&c->organisation, number),
                           c->municipality->name, c->sector, sn_profile_name(c->profile)};
    const double numbers[] = {c->mwh_per_year, ore, sek.mean, sek.low, sek.high};
    sn_status status = sn_text_table_add(&r->rows, err);
    json_t *one = json_object();
    for (size_t i = 0; i < 5 && status == SN_OK; i++) {
        json_t *text = json_string(texts[i]);
        status = sn_text_table_text(&r->rows, i, texts[i], err);
        sn_run_set(one, row_columns[i].name, text != NULL ? text : json_string("?"));
    }
    for (size_t i = 0; i < 5 && status == SN_OK; i++) {
        sn_text_table_number(&r->rows, i + 5, numbers[i]);
        sn_run_set(one, row_columns[i + 5].name, sn_run_number(numbers[i]));
    }
    sn_run_set(one, "line", json_integer(c->line));
    sn_run_set(one, "area", json_string(sn_swedish_area(c->municipality->main_area)));
    (void)json_array_append_new(list, one);
    return status;
}

/* ---- sums ---- */

typedef struct order {
    const sn_company *company;
    const char *key;
} order;

static int compare_orders(const void *a, const void *b)
{
    const order *x = a;
    const order *y = b;
    int by_key = strcmp(x->key, y->key);
    return by_key != 0
               ? by_key
               : strcmp(x->company->organisation.digits, y->company->organisation.digits);
}

static sn_status add_sum(company_report *r,
                         const order *first,
                         size_t n,
                         sn_text_table *table,
                         json_t *list,
                         sn_error *err)
{
    double distinct = 0.0;
    double mwh = 0.0;
    double sek = 0.0;
    for (size_t i = 0; i < n; i++) {
        bool same = i > 0 && strcmp(first[i].company->organisation.digits,
                                    first[i - 1].company->organisation.digits) == 0;
        distinct += same ? 0.0 : 1.0;
        mwh += first[i].company->mwh_per_year;
        sek += change_sek(r, first[i].company).mean;
    }
    const double numbers[] = {distinct, (double)n, mwh, sek};
    json_t *one = json_object();
    json_t *name = json_string(first->key);
    sn_run_set(one, "name", name != NULL ? name : json_string("?"));
    sn_status status = sn_text_table_add(table, err);
    if (status == SN_OK) {
        status = sn_text_table_text(table, 0, first->key, err);
    }
    for (size_t i = 0; i < 4 && status == SN_OK; i++) {
        sn_text_table_number(table, i + 1, numbers[i]);
        sn_run_set(one, sum_columns[i + 1].name, sn_run_number(numbers[i]));
    }
    (void)json_array_append_new(list, one);
    return status;
}

static sn_status sum_by(company_report *r,
                        bool by_sector,
                        sn_text_table *table,
                        const char *key,
                        sn_error *err)
{
    size_t n = r->companies->n;
    order *sorted = calloc(n + 1, sizeof *sorted);
    json_t *list = json_array();
    sn_run_set(r->out, key, list);
    if (sorted == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for sums");
    }
    for (size_t i = 0; i < n; i++) {
        const sn_company *c = &r->companies->company[i];
        sorted[i] = (order){c, by_sector ? c->sector : c->municipality->name};
    }
    qsort(sorted, n, sizeof *sorted, compare_orders);
    sn_status status = SN_OK;
    for (size_t i = 0; i < n && status == SN_OK;) {
        size_t end = i + 1;
        while (end < n && strcmp(sorted[end].key, sorted[i].key) == 0) {
            end++;
        }
        status = add_sum(r, &sorted[i], end - i, table, list, err);
        i = end;
    }
    free(sorted);
    return status;
}

static json_t *total_json(const company_report *r)
{
    double mwh = 0.0;
    sn_spread sum = {0.0, 0.0, 0.0};
    for (size_t i = 0; i < r->companies->n; i++) {
        sn_spread one = change_sek(r, &r->companies->company[i]);
        mwh += r->companies->company[i].mwh_per_year;
        sum.mean += one.mean;
        sum.low += one.low;
        sum.high += one.high;
    }
    json_t *out = json_object();
    sn_run_set(out, "mwh_per_year", sn_run_number(mwh));
    sn_run_set(out, "change_sek", sn_run_number(sum.mean));
    sn_run_set(out, "change_sek_low", sn_run_number(sum.low));
    sn_run_set(out, "change_sek_high", sn_run_number(sum.high));
    return out;
}

static sn_status fill(company_report *r, long target, sn_error *err)
{
    json_t *rows = json_array();
    sn_status status = SN_OK;
    sn_run_set(r->out, "rows", rows);
    for (size_t i = 0; i < r->companies->n && status == SN_OK; i++) {
        status = add_row(r, &r->companies->company[i], rows, err);
    }
    if (status == SN_OK) {
        status = sum_by(r, false, &r->by_municipality, "by_municipality", err);
    }
    if (status == SN_OK) {
        status = sum_by(r, true, &r->by_sector, "by_sector", err);
    }
    sn_run_set(r->out, "total", total_json(r));
    sn_run_set(r->out, "target", target > 0 ? json_integer(target) : json_null());
    sn_run_set(r->out, "companies", json_integer((json_int_t)r->companies->n_distinct));
    sn_run_set(r->out, "sites", json_integer((json_int_t)r->companies->n));
    sn_run_set(r->out, "duplicates", json_integer((json_int_t)r->companies->n_duplicate));
    sn_run_set(r->out, "fx_sek_per_eur", sn_run_number(r->fx_sek_per_eur));
    return status;
}

static void print_head(const sn_companies *c, long target)
{
    (void)printf("%zu companies, %zu sites, %zu rows left out, of which %zu duplicates\n",
                 c->n_distinct, c->n, c->n_failed, c->n_duplicate);
    if (target > 0) {
        (void)printf("%zu of %ld companies (%.0f %%)\n", c->n_distinct, target,
                     100.0 * (double)c->n_distinct / (double)target);
    }
}

/* The table's municipalities as Q3 reads them: an example household, and the sums. */
static json_t *places_json(const company_report *r, const sn_price_years *years)
{
    static const double household_mwh = 20.0;
    size_t i;
    const json_t *row;
    json_t *out = sn_price_years_json(years, "snitt-municipalities-1");
    json_t *list = json_array();
    double ore_per_eur = r->fx_sek_per_eur * SN_ORE_PER_KWH_PER_SEK_PER_MWH;
    sn_run_set(out, "municipalities", list);
    sn_run_set(out, "household_mwh", sn_run_number(household_mwh));
    sn_run_set(out, "is_companies", json_true());
    json_array_foreach(json_object_get(r->out, "by_municipality"), i, row)
    {
        const sn_municipality *m = NULL;
        const char *name = json_string_value(json_object_get(row, "name"));
        if (name == NULL || sn_municipality_find(name, &m, NULL) != SN_OK) {
            continue;
        }
        sn_spread d = sn_price_change_in(r->changes, m, SN_PROFILE_AREA);
        json_t *one = json_object();
        sn_run_set(one, "code", json_string(m->code));
        sn_run_set(one, "name", json_string(m->name));
        sn_run_set(one, "county", json_string(sn_municipality_county(m)));
        sn_run_set(one, "household_sek",
                   sn_run_number(d.mean * household_mwh * r->fx_sek_per_eur));
        sn_run_set(one, "change_ore_per_kwh_low", sn_run_number(d.low * ore_per_eur));
        sn_run_set(one, "change_ore_per_kwh_high", sn_run_number(d.high * ore_per_eur));
        sn_run_set(one, "change_sek", json_incref(json_object_get(row, "change_sek")));
        (void)json_array_append_new(list, one);
    }
    return out;
}

static sn_status draw(const sn_invest_options *o,
                      const company_report *r,
                      const sn_price_years *years,
                      sn_error *err)
{
    static const char *const questions[] = {"Q3", NULL};
    json_t *data = places_json(r, years);
    sn_invest_chart chart = {.run_folder = o->run.item[0],
                             .folder = o->folder,
                             .data = data,
                             .questions = questions,
                             .lang = o->lang};
    sn_status status = sn_invest_charts_draw(&chart, err);
    json_decref(data);
    return status;
}

static sn_status
write_all(const sn_invest_options *o, company_report *r, long target, sn_error *err)
{
    const sn_named_table tables[] = {{"companies", &r->rows},
                                     {"municipalities", &r->by_municipality},
                                     {"sectors", &r->by_sector}};
    print_head(r->companies, target);
    sn_text_table_print(&r->rows, stdout);
    (void)fputc('\n', stdout);
    sn_text_table_print(&r->by_municipality, stdout);
    (void)fputc('\n', stdout);
    sn_text_table_print(&r->by_sector, stdout);
    if (o->folder == NULL) {
        return SN_OK;
    }
    sn_status status =
        sn_invest_write_json(o->folder, "companies.json", json_incref(r->out), err);
    return status == SN_OK
               ? sn_invest_write_tables(o->folder, "companies", tables, 3, err)
               : status;
}

static sn_status run_command(const sn_invest_options *o,
                             const char *path,
                             long target,
                             size_t *n_failed,
                             sn_error *err)
{
    sn_companies companies = {0};
    sn_price_years years = {0};
    static sn_price_changes changes;
    company_report r = {.companies = &companies, .changes = &changes};
    sn_text_table_init(&r.rows, row_columns, sizeof row_columns / sizeof *row_columns);
    sn_text_table_init(&r.by_municipality, sum_columns, 5);
    sn_text_table_init(&r.by_sector, sum_columns, 5);
    sn_status status = sn_companies_load(path, &companies, err);
    if (status == SN_OK) {
        status = sn_price_years_load(o->run.item, o->run.n, &years, err);
    }
    if (status == SN_OK) {
        status = sn_invest_fx(o, &years, &r.fx_sek_per_eur, err);
    }
    if (status == SN_OK) {
        status = sn_price_changes_of(&years, &changes, err);
    }
    if (status == SN_OK) {
        r.out = sn_price_years_json(&years, "snitt-companies-1");
        *n_failed = sn_invest_failed(companies.failed, companies.n_failed,
                                     json_object_get(r.out, "failed"), "companies");
        *n_failed += sn_price_years_tell(&years, "companies");
        status = fill(&r, target, err);
    }
    if (status == SN_OK) {
        status = write_all(o, &r, target, err);
    }
    if (status == SN_OK && o->folder != NULL && !o->no_charts && companies.n > 0) {
        status = draw(o, &r, &years, err);
    }
    json_decref(r.out);
    sn_text_table_release(&r.rows);
    sn_text_table_release(&r.by_municipality);
    sn_text_table_release(&r.by_sector);
    sn_price_years_release(&years);
    sn_companies_release(&companies);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    sn_invest_options o = {0};
    const char *target_text = NULL;
    const sn_option options[] = {
        SN_INVEST_OPTIONS(o),
        SN_VALUE("target", "N", "number of companies aimed at", &target_text),
    };
    sn_option_list words = {0};
    size_t n_failed = 0;
    long target = 0;
    sn_status status =
        SN_OPTIONS_PARSE(&sn_cmd_companies, options, argc, argv, &words, err);
    if (status == SN_OK) {
        status = sn_options_whole("target", target_text, 1, 1000000, &target, err);
    }
    if (status == SN_OK) {
        status = run_command(&o, words.item[0], target, &n_failed, err);
        *exit_code = n_failed > 0 ? SN_EXIT_PARTIAL : SN_EXIT_DONE;
    }
    return status;
}
