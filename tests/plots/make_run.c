/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make_run CASE DIR: the folder of a small run for the tests of charts and report,
 * written with the same result writer that a run uses.  Cases: plain, hour (one),
 * area (one), missing (every value), negative, high (4000 EUR/MWh), hostile (names
 * that want to be commands).
 */
#include "base/os.h"
#include "result.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AREAS_MAX = 6, N_BORDER = 5, HOURS_MAX = 21 * 24 };

static const char *const all_areas[AREAS_MAX] = {"SE1", "SE2", "SE3",
                                                 "SE4", "NO4", "DK2"};
static const char *const borders[N_BORDER] = {"SE1-SE2", "SE2-SE3", "SE3-SE4", "SE1-NO4",
                                              "SE4-DK2"};
static const char hostile[] =
    "`touch pwned`\"; system(\"touch pwned\"); \"<script>alert(1)"
    "</script>=HYPERLINK(\"x\")|a\nb\xe2\x80\xae\t#c\\n$(touch "
    "pwned)'; !touch pwned";

typedef struct run_case {
    const char *name;
    size_t n_hour;
    size_t n_area;
    double level; /* mean price, NaN: nothing is known */
    double swing;
} run_case;

static const run_case cases[] = {
    {"plain", HOURS_MAX, AREAS_MAX, 40.0, 15.0},
    {"hour", 1, AREAS_MAX, 40.0, 15.0},
    {"area", HOURS_MAX, 1, 40.0, 15.0},
    {"missing", HOURS_MAX, AREAS_MAX, NAN, 15.0},
    {"negative", HOURS_MAX, AREAS_MAX, -30.0, 10.0},
    {"high", HOURS_MAX, AREAS_MAX, 2100.0, 1900.0},
    {"hostile", HOURS_MAX, AREAS_MAX, 40.0, 15.0},
};

/* A price that differs by area and hour; one configuration has one price. */
static double price(const run_case *c, size_t hour, size_t area, bool one)
{
    double day = sin(2.0 * 3.14159265358979 * (double)(hour % 24) / 24.0);
    double step = one || hour % 3 == 0 ? 0.0 : 0.12 * c->swing * (double)area;
    return c->level + c->swing * day * (one ? 0.9 : 1.0) + step;
}

static void check(sn_status status, const sn_error *err)
{
    if (status != SN_OK) {
        (void)fprintf(stderr, "make_run: %s\n", err->message);
        exit(1);
    }
}

typedef double cell(const run_case *c, size_t hour, size_t column);

static double today_price(const run_case *c, size_t hour, size_t area)
{
    return price(c, hour, area, false);
}

static double one_price(const run_case *c, size_t hour, size_t area)
{
    return price(c, hour, area, true);
}

static double wind(const run_case *c, size_t hour, size_t area)
{
    return isnan(c->level) ? NAN
                           : 300.0 + 40.0 * (double)area + 5.0 * (double)(hour % 48);
}

static double load(const run_case *c, size_t hour, size_t area)
{
    return isnan(c->level) ? NAN
                           : 2000.0 + 700.0 * (double)area + 10.0 * (double)(hour % 24);
}

static double shortfall(const run_case *c, size_t hour, size_t area)
{
    return isnan(c->level) ? NAN : hour == 60 && area == 2 ? 120.0 : 0.0;
}

static double flow(const run_case *c, size_t hour, size_t border)
{
    return isnan(c->level) ? NAN
                           : 900.0 - 350.0 * (double)border + 8.0 * (double)(hour % 24);
}

static double limit(const run_case *c, size_t hour, size_t border)
{
    (void)hour;
    return isnan(c->level) ? NAN : 950.0 - 300.0 * (double)border;
}

static void put(sn_result_writer *writer,
                const run_case *c,
                const char *name,
                const char *second,
                cell *value_of)
{
    sn_error err = {0};
    size_t width = strcmp(second, "area") == 0 ? c->n_area : N_BORDER;
    double *value = malloc(c->n_hour * width * sizeof *value);
    if (value == NULL) {
        exit(1);
    }
    for (size_t t = 0; t < c->n_hour; t++) {
        for (size_t k = 0; k < width; k++) {
            value[t * width + k] = value_of(c, t, k);
        }
    }
    sn_result_field field = {name, second, "MW", name, value};
    check(sn_result_put(writer, &field, &err), &err);
    free(value);
}

static void write_result(const run_case *c, const char *folder)
{
    char path[4096];
    char area[AREAS_MAX][SN_RESULT_NAME_SIZE];
    char border[N_BORDER][SN_RESULT_NAME_SIZE];
    sn_error err = {0};
    sn_result_writer *writer = NULL;
    for (size_t k = 0; k < c->n_area; k++) {
        (void)snprintf(area[k], sizeof area[k], "%s", all_areas[k]);
    }
    for (size_t k = 0; k < N_BORDER; k++) {
        (void)snprintf(border[k], sizeof border[k], "%s", borders[k]);
    }
    /* 2019-03-25T23:00Z: the spring change of the clock lies within. */
    sn_result_axes axes = {{{1553554800}, SN_HOUR_S, c->n_hour},       c->n_area,
                           (const char(*)[SN_RESULT_NAME_SIZE])area,   N_BORDER,
                           (const char(*)[SN_RESULT_NAME_SIZE])border, 1};
    (void)snprintf(path, sizeof path, "%s/result.h5", folder);
    check(sn_result_create(path, &axes, "test", "0123456789abcdef", &writer, &err), &err);
    put(writer, c, "/observed/price_eur_per_mwh", "area", today_price);
    put(writer, c, "/observed/wind_mw", "area", wind);
    put(writer, c, "/observed/load_mw", "area", load);
    put(writer, c, "/configurations/se4/price_eur_per_mwh", "area", today_price);
    put(writer, c, "/configurations/se1/price_eur_per_mwh", "area", one_price);
    put(writer, c, "/configurations/se1/shortfall_mw", "area", shortfall);
    put(writer, c, "/configurations/se4/flow_mw", "border", flow);
    put(writer, c, "/configurations/se1/flow_mw", "border", limit);
    put(writer, c, "/configurations/se1/cut_flow_mw", "border", flow);
    put(writer, c, "/configurations/se1/cut_max_mw", "border", limit);
    check(sn_result_publish(writer, &err), &err);
    sn_result_discard(writer);
}

/* ---- summary --------------------------------------------------------------------- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *two(const char *sv, const char *en)
{
    return json_pack("{s:s, s:s}", "sv", sv, "en", en);
}

static json_t *prices(const run_case *c, bool one)
{
    json_t *out = json_object();
    for (size_t k = 0; k < c->n_area; k++) {
        double sum = 0.0;
        for (size_t t = 0; t < c->n_hour; t++) {
            sum += price(c, t, k, one);
        }
        json_object_set_new(out, all_areas[k], number(sum / (double)c->n_hour));
    }
    return out;
}

static json_t *configuration(const run_case *c, bool one)
{
    json_t *out = json_object();
    json_object_set_new(out, "price_mean_eur_per_mwh", prices(c, one));
    return out;
}

static json_t *redispatch(const run_case *c, double factor)
{
    json_t *out = json_object();
    double scale = isnan(c->level) ? NAN : factor;
    json_object_set_new(out, "volume_gwh", number(900.0 * scale));
    json_object_set_new(out, "bill_meur", number(45.0 * scale));
    json_object_set_new(out, "hours_share", number(0.2 * scale));
    json_object_set_new(out, "tariff_eur_per_mwh", number(0.8 * scale));
    return out;
}

static json_t *ledger(const run_case *c)
{
    static const struct {
        const char *area;
        const char *group;
        double meur;
    } rows[] = {{"SE1", "consumers", -6.0},
                {"SE1", "hydro", 16.0},
                {"SE2", "consumers", -10.0},
                {"SE2", "wind", 4.0},
                {"SE3", "consumers", -9.0},
                {"SE3", "nuclear", 8.0},
                {"SE3", "tariff_consumers", -70.0},
                {"SE3", "tariff_operator", 70.0},
                {"SE3", "congestion_income_internal", -21.0},
                {"SE4", "consumers", 33.0},
                {"SE4", "redispatch", -45.0},
                {"SE4", "unheard_of_group", 1.5},
                {"DK2", "neighbour", 12.0}};
    json_t *out = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !isnan(c->level); i++) {
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:f}", "area", rows[i].area, "group",
                                        rows[i].group, "change_meur", rows[i].meur));
    }
    json_object_set_new(out, "rows", list);
    return out;
}

static json_t *years(const run_case *c)
{
    json_t *out = json_array();
    for (int year = 2018; year <= 2019 && !isnan(c->level); year++) {
        json_t *change = json_object();
        for (size_t k = 0; k < 4 && k < c->n_area; k++) {
            json_object_set_new(change, all_areas[k],
                                number(0.02 * c->level * (1.0 - (double)k)));
        }
        json_t *one = json_object();
        json_object_set_new(one, "year", json_integer(year));
        json_object_set_new(one, "observed", prices(c, false));
        json_object_set_new(one, "se1", prices(c, true));
        json_object_set_new(one, "change", change);
        json_object_set_new(one, "naive_load_weighted", number(1.02 * c->level));
        json_array_append_new(out, one);
    }
    return out;
}

static json_t *months(const run_case *c)
{
    json_t *out = json_array();
    for (int m = 0; m < (c->n_hour == 1 ? 1 : 30); m++) {
        char name[16];
        json_t *price_of = json_object();
        for (size_t k = 0; k < 4 && k < c->n_area; k++) {
            json_object_set_new(price_of, all_areas[k],
                                number(c->level * (1.0 + 0.3 * sin(0.5 * m)) +
                                       0.1 * c->swing * (double)k));
        }
        (void)snprintf(name, sizeof name, "%04d-%02d", 2010 + m / 12, 1 + m % 12);
        json_t *one = json_object();
        json_object_set_new(one, "month", json_string(name));
        json_object_set_new(one, "price", price_of);
        json_array_append_new(out, one);
    }
    return out;
}

static json_t *codes(const run_case *c)
{
    json_t *out = json_array();
    for (size_t k = 0; k < c->n_area; k++) {
        json_array_append_new(out, json_string(all_areas[k]));
    }
    return out;
}

static json_t *variants(const run_case *c)
{
    static const char *const names[] = {"physical", "market", "held"};
    json_t *out = json_object();
    for (size_t k = 0; k < 3; k++) {
        json_t *one = configuration(c, true);
        json_object_set_new(one, "redispatch", redispatch(c, 1.0 + 0.1 * (double)k));
        json_object_set_new(out, names[k], one);
    }
    return out;
}

static json_t *income(const run_case *c, double factor)
{
    json_t *out = json_object();
    for (size_t k = 0; k < N_BORDER; k++) {
        json_object_set_new(
            out, borders[k],
            number(isnan(c->level) ? NAN : factor * 20.0 * (double)(k + 1)));
    }
    return out;
}

static void set_words(const run_case *c, json_t *s)
{
    bool wild = strcmp(c->name, "hostile") == 0;
    const char *word = wild ? hostile : "Testkälla åäö";
    json_object_set_new(s, "title",
                        wild ? two(hostile, hostile) : two("Ett elområde", "One area"));
    json_object_set_new(s, "label",
                        wild ? two(hostile, hostile) : two("provdata", "test data"));
    json_object_set_new(s, "run_id", json_string(wild ? hostile : "0123456789abcdef"));
    json_object_set_new(s, "uncertainty", two(word, word));
    json_t *sources = json_array();
    json_array_append_new(sources,
                          json_pack("{s:s, s:s}", "text", word, "licence", word));
    json_object_set_new(s, "attribution", sources);
}

static json_t *summary(const run_case *c)
{
    json_t *s = json_object();
    json_t *comparison = json_object();
    set_words(c, s);
    json_object_set_new(s, "schema", json_string("snitt-summary-1"));
    json_object_set_new(s, "status", json_string("ok"));
    json_object_set_new(s, "base", json_string("se4"));
    json_object_set_new(s, "compare", json_pack("[s]", "se1"));
    json_object_set_new(s, "areas", codes(c));
    json_object_set_new(s, "period",
                        json_pack("{s:s, s:s, s:i, s:i}", "from", "2019-03-25T23:00Z",
                                  "to", "2019-04-15T23:00Z", "year", 2019, "hours",
                                  (int)c->n_hour));
    json_object_set_new(s, "fx_sek_per_eur", json_real(10.5));
    json_object_set_new(s, "observed", configuration(c, false));
    json_t *configurations = json_object();
    json_object_set_new(configurations, "se4", configuration(c, false));
    json_object_set_new(configurations, "se1", configuration(c, true));
    json_object_set_new(s, "configurations", configurations);
    json_object_set_new(s, "redispatch", redispatch(c, 1.0));
    json_object_set_new(s, "ledger", ledger(c));
    json_object_set_new(comparison, "ledger", ledger(c));
    json_object_set_new(comparison, "redispatch", redispatch(c, 1.0));
    json_object_set_new(s, "comparisons", json_pack("{s:o}", "se1", comparison));
    json_object_set_new(s, "hydro_variants", variants(c));
    json_t *incomes = income(c, 1.0);
    json_object_set_new(incomes, "changed", income(c, 0.6));
    json_object_set_new(s, "congestion_income_meur", incomes);
    json_object_set_new(s, "years", years(c));
    json_object_set_new(s, "monthly", months(c));
    json_object_set_new(s, "replay", json_pack("{s:f}", "share_exact", 0.9999));
    json_object_set_new(s, "check", json_pack("{s:i, s:i}", "failed", 0, "periods", 504));
    return s;
}

/* ---- data of other commands ------------------------------------------------------ */

static json_t *municipalities(const run_case *c)
{
    json_t *list = json_array();
    bool wild = strcmp(c->name, "hostile") == 0;
    for (int k = 0; k < 5; k++) {
        char name[32];
        char code[8];
        (void)snprintf(name, sizeof name, "Prövkommun %d", k);
        (void)snprintf(code, sizeof code, "%04d", 2260 + k);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f}", "code",
                            code, "name", wild && k == 0 ? hostile : name, "county",
                            "Västernorrlands län", "area", "SE2", "household_sek",
                            200.0 - 90.0 * k, "change_sek", 1e6 * (3 - k),
                            "change_sek_low", 1e6 * (2 - k), "change_sek_high",
                            1e6 * (5 - k), "change_ore_per_kwh_low", 0.2 - 0.5 * k,
                            "change_ore_per_kwh_high", 1.9 - 0.4 * k));
    }
    return json_pack("{s:s, s:f, s:o}", "schema", "snitt-municipalities-1",
                     "household_mwh", 20.0, "municipalities", list);
}

static json_t *project(const char *name, double even, bool risk)
{
    return json_pack("{s:s, s:f, s:f, s:b, s:{s:{s:b, s:f}, s:{s:b, s:f}}}", "name", name,
                     "break_even_spot_eur_per_mwh", even, "mw", 250.0, "at_risk", risk,
                     "results", "se4", "stands", 1, "probability_npv_positive", 0.6,
                     "se1", "stands", !risk, "probability_npv_positive", 0.4);
}

static json_t *portfolio(const run_case *c)
{
    bool wild = strcmp(c->name, "hostile") == 0;
    char endless[10001];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    json_t *projects = json_array();
    json_t *loads = json_array();
    json_array_append_new(projects, project(wild ? hostile : "Stålverk", 55.0, false));
    json_array_append_new(projects, project(wild ? endless : "Vätgas", 41.0, true));
    json_array_append_new(projects, project(wild ? "=1+1" : "Batterier", 30.0, true));
    for (int k = 0; k < 4; k++) {
        json_array_append_new(
            loads, json_pack("{s:f, s:{s:{s:{s:f, s:f, s:f}}, s:{s:{s:f, s:f, s:f}}}}",
                             "twh_per_year", 10.0 * k, "price", "se4", "SE1", "mean",
                             38.0 + 4.0 * k, "low", 30.0 + 4.0 * k, "high",
                             44.0 + 4.0 * k, "se1", "SE1", "mean", 42.0 + 2.0 * k, "low",
                             36.0 + 2.0 * k, "high", 47.0 + 2.0 * k));
    }
    return json_pack("{s:s, s:o, s:o, s:{s:{s:{s:f, s:f, s:f}}, s:{s:{s:f, s:f, s:f}}}, "
                     "s:{s:f, s:f, s:f}}",
                     "schema", "snitt-portfolio-1", "projects", projects, "new_load",
                     loads, "price_distribution", "se4", "SE2", "mean", 38.0, "low", 30.0,
                     "high", 44.0, "se1", "SE2", "mean", 42.0, "low", 36.0, "high", 47.0,
                     "at_risk", "mw", 500.0, "twh_per_year", 4.0, "capex_meur", 900.0);
}

static json_t *step(double before, double data, double assumptions)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f}", "before", before, "data", data,
                     "assumptions", assumptions, "program", 0.0, "after",
                     before + data + assumptions);
}

static json_t *changes(void)
{
    return json_pack("{s:s, s:{s:{s:{s:o, s:o}, s:o}}}", "schema", "snitt-compare-1",
                     "comparisons", "se1", "price_change_eur_per_mwh", "SE1",
                     step(1.0, 0.4, -0.2), "SE4", step(-2.0, 0.3, 0.5), "sweden_meur",
                     step(-20.0, -8.0, 3.0));
}

static void save(json_t *root, const char *folder, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    if (json_dump_file(root, path, JSON_SORT_KEYS | JSON_INDENT(1)) != 0) {
        exit(1);
    }
    json_decref(root);
}

int main(int argc, char **argv)
{
    sn_error err = {0};
    for (size_t i = 0; argc == 3 && i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(cases[i].name, argv[1]) == 0) {
            check(sn_os_make_folders(argv[2], &err), &err);
            write_result(&cases[i], argv[2]);
            save(summary(&cases[i]), argv[2], "summary.json");
            save(municipalities(&cases[i]), argv[2], "municipalities.json");
            save(portfolio(&cases[i]), argv[2], "portfolio.json");
            save(changes(), argv[2], "compare.json");
            return 0;
        }
    }
    (void)fprintf(stderr, "usage: make_run CASE DIR\n");
    return 2;
}
