/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt municipalities: change in cost of all 290, by county and constituency. */
#include "base/units.h"
#include "invest_charts.h"
#include "invest_command.h"
#include "municipalities.h"
#include "run_internal.h"
#include "use_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt municipalities --run out/2019 --use USE.csv --county Västernorrland "
    "-o out/municipalities",
    "snitt municipalities --run out/2019", NULL};

const sn_command sn_cmd_municipalities = {
    .name = "municipalities",
    .arguments = "",
    .summary = "change in cost of each municipality",
    .needs = "runs",
    .details =
        "What a kWh costs more or less, an example household, and SEK a year by "
        "sector: of --use or --store where they are given. Without them of a small "
        "table that is built in: statistics by area and sector (Statistics Sweden, "
        "2024); a municipality's sum is then an estimate of homes and services "
        "alone, shared by inhabitants and marked \"embedded estimate\"; industry is "
        "not shared out. Municipalities in two areas are weighed by their land. Exit "
        "code 3: some rows are left out and listed.",
    .examples = examples,
    .run = run,
};

typedef struct municipal_options {
    sn_invest_options shared;
    const char *use;
    const char *people;
    const char *county;
    const char *household;
} municipal_options;

static const sn_text_column columns[] = {
    {"code", "", -1},
    {"municipality", "", -1},
    {"county", "", -1},
    {"constituency", "", -1},
    {"area", "", -1},
    {"price_base_ore_per_kwh", "ore/kWh", 1},
    {"price_compared_ore_per_kwh", "ore/kWh", 1},
    {"change_ore_per_kwh", "ore/kWh", 1},
    {"household_sek", "SEK", 0},
    {"mwh_per_year", "MWh", 0},
    {"change_sek", "SEK", 0},
    {"per_inhabitant_sek", "SEK", 0},
    {"per_household_sek", "SEK", 0},
    {"use_source", "", -1},
};
enum { TEXTS = 5, NUMBERS = 8 };

static const sn_text_column group_columns[] = {
    {"name", "", -1},
    {"municipalities", "1", 0},
    {"municipalities_with_use", "1", 0},
    {"mwh_per_year", "MWh", 0},
    {"change_sek", "SEK", 0},
};

typedef struct municipal_report {
    const sn_price_changes *changes;
    const sn_municipal_use *use;
    double fx_sek_per_eur;
    double household_mwh;
    const char *county;        /* rows printed; NULL = all */
    const sn_use_facts *facts; /* NULL: use comes from a table or a store */
    sn_text_table rows, counties, constituencies, areas;
    double mwh[SN_MUNICIPALITIES_MAX];
    double sek[SN_MUNICIPALITIES_MAX];
    json_t *out;
} municipal_report;

static double ore(const municipal_report *r, double eur_per_mwh)
{
    return eur_per_mwh * r->fx_sek_per_eur * SN_ORE_PER_KWH_PER_SEK_PER_MWH;
}

/* Sums over sectors; NaN when no sector has a use. */
static json_t *sectors(municipal_report *r, size_t m, sn_spread *sek, double *mwh)
{
    json_t *list = json_array();
    *sek = (sn_spread){0.0, 0.0, 0.0};
    *mwh = 0.0;
    size_t known = 0;
    for (size_t s = 0; s < r->use->n_sector; s++) {
        double use = r->use->mwh[m][s];
        sn_spread d = sn_price_change_in(r->changes, &sn_municipalities[m],
                                         sn_sector_profile(r->use->sector[s]));
        json_t *one = json_object();
        json_t *name = json_string(r->use->sector[s]);
        sn_run_set(one, "sector", name != NULL ? name : json_string("?"));
        sn_run_set(one, "mwh", sn_run_number(use));
        sn_run_set(one, "change_sek", sn_run_number(use * d.mean * r->fx_sek_per_eur));
        (void)json_array_append_new(list, one);
        if (!isnan(use)) {
            sek->mean += use * d.mean * r->fx_sek_per_eur;
            sek->low += use * d.low * r->fx_sek_per_eur;
            sek->high += use * d.high * r->fx_sek_per_eur;
            *mwh += use;
            known++;
        }
    }
    if (known == 0) {
        *sek = (sn_spread){NAN, NAN, NAN};
        *mwh = NAN;
    }
    return list;
}

/* SEK per home of the sectors that are homes; all sectors when none is named so. */
static double per_household(const municipal_report *r, size_t m, double total)
{
    double homes = 0.0;
    bool named = false;
    if (r->facts != NULL) {
        return NAN; /* its homes are not told apart from services */
    }
    for (size_t s = 0; s < r->use->n_sector; s++) {
        char key[SN_SECTOR_NAME_SIZE];
        sn_sheet_key(r->use->sector[s], key, sizeof key);
        bool is_home = strstr(key, "hushall") != NULL ||
                       strstr(key, "household") != NULL ||
                       strstr(key, "flerbostad") != NULL ||
                       strstr(key, "smahus") != NULL || strstr(key, "fritidshus") != NULL;
        if (is_home && !isnan(r->use->mwh[m][s])) {
            sn_spread d =
                sn_price_change_in(r->changes, &sn_municipalities[m], SN_PROFILE_AREA);
            homes += r->use->mwh[m][s] * d.mean * r->fx_sek_per_eur;
            named = true;
        }
    }
    return (named ? homes : total) / r->use->households[m];
}

static json_t *shares_json(const sn_municipality *m)
{
    json_t *out = json_object();
    for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
        if (sn_municipality_share(m, a) > 0.0) {
            sn_run_set(out, sn_swedish_area(a),
                       sn_run_number(sn_municipality_share(m, a)));
        }
    }
    return out;
}

static sn_status
add_cells(municipal_report *r, size_t m, const double *numbers, sn_error *err)
{
    const sn_municipality *place = &sn_municipalities[m];
    const char *texts[] = {place->code, place->name, sn_municipality_county(place),
                           sn_municipality_constituency(place),
                           sn_swedish_area(place->main_area)};
    sn_status status = sn_text_table_add(&r->rows, err);
    for (size_t i = 0; i < TEXTS && status == SN_OK; i++) {
        status = sn_text_table_text(&r->rows, i, texts[i], err);
    }
    for (size_t i = 0; i < NUMBERS && status == SN_OK; i++) {
        sn_text_table_number(&r->rows, i + TEXTS, numbers[i]);
    }
    return status == SN_OK
               ? sn_text_table_text(&r->rows, TEXTS + NUMBERS, r->use->source, err)
               : status;
}

static sn_status add_municipality(municipal_report *r,
                                  const sn_price_years *years,
                                  size_t m,
                                  json_t *list,
                                  sn_error *err)
{
    const sn_municipality *place = &sn_municipalities[m];
    sn_spread d = sn_price_change_in(r->changes, place, SN_PROFILE_AREA);
    double base = sn_price_in(r->changes, place, SN_PROFILE_AREA, SN_SIDE_BASE);
    double compared = sn_price_in(r->changes, place, SN_PROFILE_AREA, SN_SIDE_CHANGED);
    double household = d.mean * r->household_mwh * r->fx_sek_per_eur;
    sn_spread sek;
    json_t *one = json_object();
    json_t *prices = json_object();
    sn_run_set(one, "sectors", sectors(r, m, &sek, &r->mwh[m]));
    r->sek[m] = sek.mean;
    double per_inhabitant = sek.mean / r->use->inhabitants[m];
    double per_home = per_household(r, m, sek.mean);
    sn_run_set(prices, years->name[0], sn_run_number(ore(r, base)));
    sn_run_set(prices, years->name[1], sn_run_number(ore(r, compared)));
    sn_run_set(one, "code", json_string(place->code));
    sn_run_set(one, "name", json_string(place->name));
    sn_run_set(one, "county", json_string(sn_municipality_county(place)));
    sn_run_set(one, "constituency", json_string(sn_municipality_constituency(place)));
    sn_run_set(one, "area", json_string(sn_swedish_area(place->main_area)));
    sn_run_set(one, "share", shares_json(place));
    sn_run_set(one, "price_ore_per_kwh", prices);
    sn_run_set(one, "change_ore_per_kwh", sn_run_number(ore(r, d.mean)));
    sn_run_set(one, "change_ore_per_kwh_low", sn_run_number(ore(r, d.low)));
    sn_run_set(one, "change_ore_per_kwh_high", sn_run_number(ore(r, d.high)));
    sn_run_set(one, "household_sek", sn_run_number(household));
    sn_run_set(one, "use_source", json_string(r->use->source));
    sn_run_set(one, "inhabitants", sn_run_number(r->use->inhabitants[m]));
    sn_run_set(one, "mwh_per_year", sn_run_number(r->mwh[m]));
    sn_run_set(one, "change_sek", sn_run_number(sek.mean));
    sn_run_set(one, "change_sek_low", sn_run_number(sek.low));
    sn_run_set(one, "change_sek_high", sn_run_number(sek.high));
    sn_run_set(one, "per_inhabitant_sek", sn_run_number(per_inhabitant));
    sn_run_set(one, "per_household_sek", sn_run_number(per_home));
    (void)json_array_append_new(list, one);
    const double numbers[] = {ore(r, base), ore(r, compared), ore(r, d.mean), household,
                              r->mwh[m],    sek.mean,         per_inhabitant, per_home};
    bool shown = r->county == NULL || strncmp(r->county, sn_municipality_county(place),
                                              strlen(r->county)) == 0;
    return shown ? add_cells(r, m, numbers, err) : SN_OK;
}

/* ---- counties and constituencies ---- */

static const char *group_of(size_t m, bool by_county)
{
    return by_county ? sn_municipality_county(&sn_municipalities[m])
                     : sn_municipality_constituency(&sn_municipalities[m]);
}

static sn_status add_group(municipal_report *r,
                           bool by_county,
                           const char *name,
                           json_t *list,
                           sn_error *err)
{
    sn_text_table *table = by_county ? &r->counties : &r->constituencies;
    double numbers[4] = {0.0, 0.0, 0.0, 0.0};
    for (size_t m = 0; m < sn_municipality_count; m++) {
        if (strcmp(group_of(m, by_county), name) == 0) {
            numbers[0] += 1.0;
            if (!isnan(r->mwh[m])) {
                numbers[1] += 1.0;
                numbers[2] += r->mwh[m];
                numbers[3] += r->sek[m];
            }
        }
    }
    if (numbers[1] == 0.0) {
        numbers[2] = NAN;
        numbers[3] = NAN;
    }
    json_t *one = json_object();
    sn_status status = sn_text_table_add(table, err);
    sn_run_set(one, "name", json_string(name));
    if (status == SN_OK) {
        status = sn_text_table_text(table, 0, name, err);
    }
    for (size_t i = 0; i < 4 && status == SN_OK; i++) {
        sn_text_table_number(table, i + 1, numbers[i]);
        sn_run_set(one, group_columns[i + 1].name, sn_run_number(numbers[i]));
    }
    (void)json_array_append_new(list, one);
    return status;
}

static sn_status
groups(municipal_report *r, bool by_county, const char *key, sn_error *err)
{
    json_t *list = json_array();
    sn_status status = SN_OK;
    sn_run_set(r->out, key, list);
    for (size_t m = 0; m < sn_municipality_count && status == SN_OK; m++) {
        bool is_first = true;
        for (size_t k = 0; k < m && is_first; k++) {
            is_first = strcmp(group_of(k, by_county), group_of(m, by_county)) != 0;
        }
        if (is_first) {
            status = add_group(r, by_county, group_of(m, by_county), list, err);
        }
    }
    return status;
}

/* ---- the command ---- */

static sn_status fill(municipal_report *r, const sn_price_years *years, sn_error *err)
{
    json_t *list = json_array();
    sn_status status = SN_OK;
    sn_run_set(r->out, "municipalities", list);
    sn_run_set(r->out, "household_mwh", sn_run_number(r->household_mwh));
    sn_run_set(r->out, "use_year", json_string(r->use->year));
    sn_run_set(r->out, "use_source", json_string(r->use->source));
    sn_run_set(r->out, "suppressed_cells",
               json_integer((json_int_t)r->use->n_suppressed));
    sn_run_set(r->out, "fx_sek_per_eur", sn_run_number(r->fx_sek_per_eur));
    for (size_t m = 0; m < sn_municipality_count && status == SN_OK; m++) {
        status = add_municipality(r, years, m, list, err);
    }
    if (status == SN_OK && r->facts != NULL) {
        json_t *areas = json_array();
        sn_run_set(r->out, "areas", areas);
        sn_run_set(r->out, "use_facts", sn_use_facts_json(r->facts));
        status = sn_use_by_area(r->facts, r->changes, r->fx_sek_per_eur, &r->areas, areas,
                                err);
    }
    if (status == SN_OK) {
        status = groups(r, true, "counties", err);
    }
    return status == SN_OK ? groups(r, false, "constituencies", err) : status;
}

/* The name of the first county that begins as asked, or NULL. */
static const char *whole_county(const char *begins)
{
    for (size_t m = 0; begins != NULL && m < sn_municipality_count; m++) {
        const char *county = sn_municipality_county(&sn_municipalities[m]);
        if (strncmp(begins, county, strlen(begins)) == 0) {
            return county;
        }
    }
    return NULL;
}

static sn_status
draw(const municipal_options *o, const municipal_report *r, sn_error *err)
{
    static const char *const questions[] = {"Q3", NULL};
    sn_invest_chart chart = {.run_folder = o->shared.run.item[0],
                             .folder = o->shared.folder,
                             .data = r->out,
                             .questions = questions,
                             .county = whole_county(o->county),
                             .lang = o->shared.lang};
    return sn_invest_charts_draw(&chart, err);
}

/* What the sums are, when nobody gave a table. */
static void tell_facts(const sn_use_facts *facts)
{
    (void)printf("\nuse by area and sector, %d (Statistics Sweden), is statistics; a "
                 "municipality's sum is an\nestimate of",
                 facts->year);
    for (size_t s = 0; s < facts->n_sector; s++) {
        if (facts->sector[s].by_people) {
            (void)printf(" %s", facts->sector[s].name);
        }
    }
    (void)printf(
        " alone, the area's use shared by inhabitants of %d; nothing\n"
        "else is shared out. Statistics by municipality: snitt fetch --source scb "
        "--items municipality,\nthen --store; or --use FILE\n",
        facts->people_year);
}

static sn_status write_all(const municipal_options *o, municipal_report *r, sn_error *err)
{
    const sn_named_table tables[] = {{"municipalities", &r->rows},
                                     {"counties", &r->counties},
                                     {"constituencies", &r->constituencies},
                                     {"areas", &r->areas}};
    if (r->rows.n_row == 0) {
        return sn_error_set(err, SN_E_USAGE, "no county begins with \"%.40s\"",
                            r->county);
    }
    sn_text_table_print(&r->rows, stdout);
    if (r->use->n_sector > 0) {
        (void)fputc('\n', stdout);
        sn_text_table_print(&r->counties, stdout);
    }
    if (r->facts != NULL) {
        (void)fputc('\n', stdout);
        sn_text_table_print(&r->areas, stdout);
        tell_facts(r->facts);
    }
    if (o->shared.folder == NULL) {
        return SN_OK;
    }
    sn_status status = sn_invest_write_json(o->shared.folder, "municipalities.json",
                                            json_incref(r->out), err);
    if (status == SN_OK) {
        status = sn_invest_write_tables(o->shared.folder, "municipalities", tables,
                                        r->facts != NULL ? 4 : 3, err);
    }
    return status == SN_OK && !o->shared.no_charts ? draw(o, r, err) : status;
}

/* Nobody gave a table of use: share out the one that is built in.  People that nobody
 * gave are its own in any case. */
static void add_facts(const municipal_options *o,
                      const sn_use_facts *facts,
                      municipal_report *r,
                      sn_municipal_use *use)
{
    sn_use_facts_fill_people(facts, use);
    if (o->use == NULL && o->shared.store == NULL) {
        sn_use_facts_share(facts, use);
        r->facts = facts;
    }
}

static sn_status load_use(const municipal_options *o,
                          municipal_report *r,
                          sn_use_facts *facts,
                          sn_municipal_use *use,
                          sn_error *err)
{
    if (o->use != NULL && o->shared.store != NULL) {
        return sn_error_set(err, SN_E_USAGE,
                            "use comes from --use FILE or from --store DIR, not both");
    }
    sn_status status = o->use != NULL ? sn_municipal_use_load(o->use, use, err) : SN_OK;
    if (status == SN_OK && o->shared.store != NULL) {
        status = sn_municipal_use_store(o->shared.store, use, err);
    }
    if (status == SN_OK && o->people != NULL) {
        status = sn_municipal_people_load(o->people, use, err);
    }
    if (status == SN_OK) {
        status = sn_use_facts_open(facts, err);
    }
    if (status == SN_OK) {
        add_facts(o, facts, r, use);
    }
    if (status == SN_OK) {
        status = sn_options_number("household", o->household, 0.0, 1e6, &r->household_mwh,
                                   err);
    }
    return status;
}

static sn_status run_command(const municipal_options *o, size_t *n_failed, sn_error *err)
{
    static sn_municipal_use use;
    static sn_price_changes changes;
    static municipal_report r;
    sn_price_years years = {0};
    sn_use_facts facts = {0};
    sn_municipal_use_init(&use);
    r = (municipal_report){
        .changes = &changes, .use = &use, .household_mwh = 20.0, .county = o->county};
    sn_text_table_init(&r.rows, columns, sizeof columns / sizeof *columns);
    sn_text_table_init(&r.counties, group_columns, 5);
    sn_text_table_init(&r.constituencies, group_columns, 5);
    sn_use_by_area_init(&r.areas);
    sn_status status = load_use(o, &r, &facts, &use, err);
    if (status == SN_OK) {
        status = sn_price_years_load(o->shared.run.item, o->shared.run.n, &years, err);
    }
    if (status == SN_OK) {
        status = sn_invest_fx(&o->shared, &years, &r.fx_sek_per_eur, err);
    }
    if (status == SN_OK) {
        status = sn_price_changes_of(&years, &changes, err);
    }
    if (status == SN_OK) {
        r.out = sn_price_years_json(&years, "snitt-municipalities-1");
        *n_failed = sn_invest_failed(use.failed, use.n_failed,
                                     json_object_get(r.out, "failed"), "municipalities");
        *n_failed += sn_price_years_tell(&years, "municipalities");
        status = fill(&r, &years, err);
    }
    if (status == SN_OK) {
        status = write_all(o, &r, err);
    }
    json_decref(r.out);
    sn_text_table_release(&r.rows);
    sn_text_table_release(&r.counties);
    sn_text_table_release(&r.constituencies);
    sn_text_table_release(&r.areas);
    sn_use_facts_release(&facts);
    sn_price_years_release(&years);
    sn_municipal_use_release(&use);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    municipal_options o = {0};
    const sn_option options[] = {
        SN_INVEST_OPTIONS(o.shared),
        SN_VALUE("use", "FILE", "use by municipality and sector: CSV, or SCB's table",
                 &o.use),
        SN_VALUE("store", "DIR",
                 "use that snitt fetch --source scb --items municipality left here",
                 &o.shared.store),
        SN_VALUE("people", "FILE", "CSV of municipality, inhabitants, households",
                 &o.people),
        SN_VALUE("county", "NAME", "print only the counties that begin so", &o.county),
        SN_VALUE("household", "MWH", "use of the example household (default: 20)",
                 &o.household),
    };
    size_t n_failed = 0;
    sn_status status =
        SN_OPTIONS_PARSE(&sn_cmd_municipalities, options, argc, argv, NULL, err);
    if (status == SN_OK) {
        status = run_command(&o, &n_failed, err);
        *exit_code = n_failed > 0 ? SN_EXIT_PARTIAL : SN_EXIT_DONE;
    }
    return status;
}
