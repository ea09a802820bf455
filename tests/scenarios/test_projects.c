/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of projects, and a plant against made prices. */
#include "plant_case.h"
#include "support/near.h"

#include <gsl/gsl_errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIGURE(v) "{value: " v ", source: A}"
#define OURS(v) "{value: " v ", low: " v ", high: " v ", assumption: made for a test}"

static const char head[] = "schema: snitt-projects-1\n"
                           "sources:\n  A: {where: a.se, published: 2026-04-14}\n"
                           "taxes_sek_per_mwh:\n  full: " FIGURE(
                               "360") "\n"
                                      "grid_power_charge:\n  south_deg: " FIGURE(
                                          "56") "\n  south_sek_per_kw: " FIGURE("125") "\n  north_deg: " FIGURE("66") "\n  north_sek_per_kw: " FIGURE("25") "\n"
                                                                                                                                                            "types:\n  t:\n    product: p\n    unit: t\n    tax_class: full\n"
                                                                                                                                                            "    mwh_per_unit: " FIGURE(
                                                                                                                                                                "2") "\n    product_price_eur_per_unit: " FIGURE("300") "\n    other_cost_eur_per_unit: " FIGURE("50") "\n    fixed_cost_share_of_capex: " FIGURE("0.02") "\n    life_years: " FIGURE("20") "\n    hedge_share: " FIGURE("0.5") "\n    hedge_basis_eur_per_mwh: " FIGURE("1") "\n    grid_energy_eur_per_mwh: " FIGURE("0.5") "\n    certificates_eur_per_mwh: " FIGURE("0.25") "\nprojects:\n";

static const char good[] =
    "  - name: G\n    municipality: Boden\n    area: SE1\n    type: t\n    status: "
    "planned\n"
    "    status_source: A\n    latitude_deg: " FIGURE("66") "\n    load_mw: " FIGURE(
        "10"
        "0") "\n    hours_per_year: " FIGURE("8760") "\n    capex_meur: " FIGURE("200") "\n    start_year: " FIGURE("2028") "\n    wacc: " FIGURE("0.07") "\n";

/* The good project with one line changed. */
static sn_status
load_changed(const char *from, const char *to, sn_projects *out, sn_error *err)
{
    static char text[8192];
    char changed[4096];
    const char *at = strstr(good, from);
    assert_non_null(at);
    (void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - good), good, to,
                   at + strlen(from));
    (void)snprintf(text, sizeof text, "%s%s%s", head, changed, good);
    return sn_projects_load_bytes("p.yaml", text, strlen(text), out, err);
}

static void test_wrong_projects(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"load_mw: " FIGURE("100"), "load_mw: 100", "stands with its source"},
        {"load_mw: " FIGURE("100"), "load_mw: {value: 100}", "source: or assumption"},
        {"load_mw: " FIGURE("100"), "load_mw: {value: 100, source: B}", "no such source"},
        {"load_mw: " FIGURE("100"), "load_mw: {value: 100, assumption: x}",
         "low and high"},
        {"wacc: " FIGURE("0.07"), "wacc: " FIGURE("7"), "0.07"},
        {"wacc: " FIGURE("0.07"), "wacc: " FIGURE("-0.1"), "-0.1"},
        {"    start_year: " FIGURE("2028") "\n", "", "lacks start_year"},
        {"start_year: " FIGURE("2028"),
         "start_year: " FIGURE("2028") "\n    life_years: " FIGURE("-20"), "-20"},
        {"municipality: Boden", "municipality: Bodn", "Boden"},
        {"type: t", "type: tt", "unknown type"},
        {"status: planned", "status: maybe", "expected operating"},
        {"hours_per_year", "hours_per_yaer", "hours_per_year"},
        {"load_mw: " FIGURE("100"), "load_mw: {value: 1, low: 2, high: 3, source: A}",
         "low <= value"},
        {"hours_per_year: " FIGURE("8760"), "twh_per_year: " FIGURE("9"), "more than"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sn_projects p;
        sn_error err = {0};
        assert_int_equal(load_changed(cases[i][0], cases[i][1], &p, &err), SN_OK);
        assert_int_equal(p.n, 1); /* the other one is kept */
        assert_int_equal(p.n_failed, 1);
        if (strstr(p.failed[0].message, cases[i][2]) == NULL ||
            strncmp(p.failed[0].message, "p.yaml:", 7) != 0) {
            fail_msg("case %zu: %s", i, p.failed[0].message);
        }
        sn_projects_release(&p);
    }
}

/* No odd break-even price without a word on why. */
static void check_break_even(const sn_project *p)
{
    sn_plant plant;
    sn_plant_range range;
    double even = 0.0;
    assert_int_equal(sn_plant_of_project(p, &plant, &range, NULL), SN_OK);
    assert_int_equal(sn_plant_break_even(&plant, &even, NULL), SN_OK);
    bool is_usual = even >= 15.0 && even <= 110.0;
    bool is_explained = p->note != NULL &&
                        strstr(p->note, "the break-even price is high because") != NULL;
    if (is_usual == is_explained || even < 15.0 || even > 400.0) {
        fail_msg("%s: break-even %.1f EUR/MWh, note: %s", p->name, even,
                 p->note == NULL ? "none" : p->note);
    }
}

/* What the issue names, and every type it names. */
static void check_names(const sn_projects *p)
{
    static const char *const places[] = {
        "Boden", "Gällivare", "Luleå",     "Skellefteå", "Örnsköldsvik", "Sundsvall",
        "Umeå",  "Timrå",     "Sollefteå", "Ånge",       "Kramfors",     "Härnösand"};
    static const char *const types[] = {
        "e_methanol",  "hydrogen_steel", "battery_cells", "pulp_biorefinery",
        "data_centre", "mining",         "green_ammonia"};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        size_t n = 0;
        for (size_t i = 0; i < p->n; i++) {
            n += strcmp(p->project[i].municipality->name, places[k]) == 0 ? 1 : 0;
        }
        assert_true(n > 0);
    }
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        size_t n = 0;
        for (size_t i = 0; i < p->n; i++) {
            n += strcmp(p->project[i].type, types[k]) == 0 ? 1 : 0;
        }
        assert_true(n > 0);
    }
}

static void test_library(void **state)
{
    (void)state;
    char path[1024];
    sn_projects p;
    sn_error err = {0};
    (void)snprintf(path, sizeof path, "%s/scenarios/library/projects-north.yaml",
                   getenv("SNITT_SOURCE_DIR"));
    if (sn_projects_load(path, &p, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(p.n_failed, 0);
    check_names(&p);
    assert_true(p.n >= 28);
    size_t n_excerpt = 0;
    for (size_t i = 0; i < p.n; i++) {
        for (int k = 0; k < SN_FIGURE_COUNT; k++) {
            const sn_figure *f = &p.project[i].figure[k];
            bool is_public = f->source.where != NULL && f->source.date != NULL;
            assert_true(!f->is_given || is_public != (f->assumption != NULL));
            assert_true(!is_public || *f->source.checked != '\0');
        }
        sn_project_origin origin = sn_project_origin_of(&p.project[i]);
        assert_true(*p.project[i].status_source.checked != '\0');
        assert_true(origin.n_public + origin.n_assumed > 8);
        n_excerpt += origin.n_excerpt;
        check_break_even(&p.project[i]);
    }
    assert_true(n_excerpt > 0); /* honest about it as long as it is so */
    sn_projects_release(&p);
}

/* What charts in Swedish call it: its own name, where the file has no other. */
static void test_swedish_names(void **state)
{
    (void)state;
    sn_projects p;
    sn_error err = {0};
    assert_int_equal(
        load_changed("  - name: G\n", "  - name: G\n    name_sv: Gruva\n", &p, &err),
        SN_OK);
    assert_int_equal(p.n, 2);
    assert_string_equal(p.project[0].name, "G");
    assert_string_equal(p.project[0].name_sv, "Gruva");
    assert_string_equal(p.project[1].name_sv, "G");
    sn_projects_release(&p);
    assert_int_equal(
        load_changed("  - name: G\n", "  - name: G\n    name_sv: [a]\n", &p, &err),
        SN_OK);
    assert_int_equal(p.n, 1); /* not text */
    sn_projects_release(&p);
}

/* The good project, its source with one key more. */
static sn_status load_seen(const char *more, sn_projects *out, sn_error *err)
{
    static char text[8192];
    static const char date[] = "published: 2026-04-14";
    const char *at = strstr(head, date);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s%s%s", (int)(at - head), head, date, more,
                   at + strlen(date), good);
    return sn_projects_load_bytes("p.yaml", text, strlen(text), out, err);
}

static void test_what_was_seen_of_a_source(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        bool is_opened;
    } cases[] = {{", checked: opened", true},
                 {", checked: excerpt", false},
                 {", checked: copy", false},
                 {"", false}};
    sn_projects p;
    sn_error err = {0};
    assert_int_equal(load_seen(", checked: seen", &p, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "p.yaml:3:"));
    assert_non_null(strstr(err.message, "expected opened"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(load_seen(cases[i].more, &p, &err), SN_OK);
        sn_project_origin origin = sn_project_origin_of(&p.project[0]);
        assert_true(origin.n_public > 8);
        assert_int_equal(origin.n_excerpt,
                         cases[i].is_opened ? 0 : origin.n_public + 1); /* the status */
        sn_projects_release(&p);
    }
}

/* ---- a plant in a made year ---- */

enum { HOURS = 8760, AREAS = 1 };

static sn_price_years made_years(double *base, double *one)
{
    static double load[HOURS];
    sn_price_years y = {.n = 1, .n_area = AREAS};
    (void)snprintf(y.area[0], sizeof y.area[0], "SE1");
    (void)snprintf(y.name[0], sizeof y.name[0], "se4");
    (void)snprintf(y.name[1], sizeof y.name[1], "se1");
    y.year[0].axis = (sn_axis){{1735686000}, 3600, HOURS};
    y.year[0].price_eur_per_mwh[0] = base;
    y.year[0].price_eur_per_mwh[1] = one;
    y.year[0].load_mw = load;
    y.year[0].countertrade_eur_per_mwh[1] = 2.0;
    return y;
}

static void test_plant_closed_form(void **state)
{
    (void)state;
    static double base[HOURS];
    static double one[HOURS];
    for (int t = 0; t < HOURS; t++) {
        base[t] = 20.0;
        one[t] = 30.0;
    }
    sn_price_years years = made_years(base, one);
    sn_plant_options options = {50, 1, 10.0};
    sn_projects p;
    sn_plant_case c;
    assert_int_equal(load_changed("name: G", "name: H", &p, NULL), SN_OK);
    assert_int_equal(p.n, 2);
    assert_int_equal(sn_plant_evaluate(&p, &p.project[0], &years, &options, &c, NULL),
                     SN_OK);
    /* 25 SEK/kW at latitude 66 and 10 SEK/EUR: 2500 EUR/MW and 8760 MWh of each MW. */
    double grid = 2500.0 / 8760.0 + 0.5;
    assert_near(c.side[0].mean_component[SN_COST_SPOT], 20.0, 1e-9);
    assert_near(c.side[0].mean_component[SN_COST_BASIS], 0.5, 1e-9);
    assert_near(c.side[0].mean_component[SN_COST_GRID], grid, 1e-9);
    assert_near(c.side[0].mean_component[SN_COST_TAX], 36.0, 1e-9);
    assert_near(c.side[0].mean_total_eur_per_mwh, 20.0 + 0.5 + grid + 36.25, 1e-9);
    assert_near(c.side[1].mean_total_eur_per_mwh, 30.0 + 2.5 + grid + 36.25, 1e-9);
    double factor = sn_annuity_factor(0.07, 20);
    double margin = 438000.0 * 250.0 - 4e6 - 876000.0 * c.side[0].mean_total_eur_per_mwh;
    double npv = margin * factor - 200e6; /* built in year 0, output from year 1 */
    assert_near(c.side[0].npv_central_eur, npv, 1.0);
    assert_near(c.side[0].npv_eur.mean, npv, 1.0); /* nothing is uncertain */
    assert_near(c.change_npv_eur.mean, -12.0 * 876000.0 * factor, 1.0);
    double even = (438000.0 * 250.0 - 4e6 - 200e6 / factor) / 876000.0;
    assert_near(c.break_even_eur_per_mwh, even, 1e-6);
    assert_near(c.side[0].flexibility_eur_per_mwh, 0.0, 1e-9);
    sn_projects_release(&p);
}

/* 100 hours without a price on one side are left out of both; 10 at the market's highest
 * price, 4 000 EUR/MWh in the made year, count. */
static void test_hours_without_price_and_at_the_limit(void **state)
{
    (void)state;
    static double base[HOURS];
    static double one[HOURS];
    for (int t = 0; t < HOURS; t++) {
        base[t] = t < 10 ? 4000.0 : 20.0;
        one[t] = t >= 200 && t < 300 ? NAN : (t < 300 ? 500.0 : 30.0);
        base[t] = t >= 200 && t < 300 ? 900.0 : base[t]; /* would make the base dear */
    }
    sn_price_years years = made_years(base, one);
    sn_plant_options options = {50, 1, 10.0};
    sn_projects p;
    sn_plant_case c;
    assert_int_equal(sn_price_year_leave_out(&years, 0, NULL), SN_OK);
    assert_near(years.year[0].missing_hours, 100.0, 1e-12);
    assert_near(years.year[0].limit_hours[0], 10.0, 1e-12);
    assert_near(years.year[0].limit_hours[1], 0.0, 1e-12);
    assert_true(isnan(base[250]) && isnan(one[250]) && base[5] == 4000.0);
    assert_int_equal(sn_price_years_tell(&years, "test"), 1);
    assert_int_equal(load_changed("name: G", "name: H", &p, NULL), SN_OK);
    assert_int_equal(sn_plant_evaluate(&p, &p.project[0], &years, &options, &c, NULL),
                     SN_OK);
    /* Means of the 8 660 hours that both have. */
    assert_near(c.side[0].mean_component[SN_COST_SPOT],
                (10.0 * 4000.0 + 8650.0 * 20.0) / 8660.0, 1e-9);
    assert_near(c.side[1].mean_component[SN_COST_SPOT],
                (200.0 * 500.0 + 8460.0 * 30.0) / 8660.0, 1e-9);
    assert_true(isfinite(c.change_npv_eur.mean));
    sn_projects_release(&p);
    /* A quarter of an hour counts as that; an hour or two are not worth a word. */
    years = made_years(base, one);
    years.year[0].axis.step_s = 900;
    assert_int_equal(sn_price_year_leave_out(&years, 0, NULL), SN_OK);
    assert_near(years.year[0].missing_hours, 25.0, 1e-12);
    years = made_years(base, one);
    for (int t = 0; t < HOURS; t++) {
        base[t] = one[t] = t == 0 ? NAN : 20.0;
    }
    assert_int_equal(sn_price_year_leave_out(&years, 0, NULL), SN_OK);
    assert_near(years.year[0].missing_hours, 1.0, 1e-12);
    assert_int_equal(sn_price_years_tell(&years, "test"), 0);
    /* No hour at all. */
    sn_error err = {0};
    for (int t = 0; t < HOURS; t++) {
        one[t] = NAN;
    }
    years = made_years(base, one);
    assert_int_equal(sn_price_year_leave_out(&years, 0, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "no hour has a price"));
}

/* Staff and maintenance of a plant that stands do not shrink with the capex left. */
static void test_fixed_cost_of_a_standing_plant(void **state)
{
    (void)state;
    sn_projects p;
    sn_plant share;
    sn_plant whole;
    sn_plant_range range;
    assert_int_equal(
        load_changed(
            "capex_meur: " FIGURE("200"),
            "capex_meur: " FIGURE(
                "0") "\n    fixed_cost_meur_per_year: "
                     "{value: 30, low: 20, high: 45, assumption: made for a test}",
            &p, NULL),
        SN_OK);
    assert_int_equal(p.n, 2);
    assert_int_equal(sn_plant_of_project(&p.project[0], &whole, &range, NULL), SN_OK);
    assert_int_equal(sn_plant_of_project(&p.project[1], &share, &range, NULL), SN_OK);
    assert_near(whole.fixed_cost_eur, 30e6, 1e-3);
    assert_near(share.fixed_cost_eur, 4e6, 1e-3); /* 2 % of 200 MEUR */
    assert_int_equal(sn_plant_of_project(&p.project[0], &whole, &range, NULL), SN_OK);
    assert_near(range.low[SN_DRIVER_FIXED_COST], 20e6, 1e-3);
    assert_near(range.high[SN_DRIVER_FIXED_COST], 45e6, 1e-3);
    double even = 0.0;
    assert_int_equal(sn_plant_break_even(&whole, &even, NULL), SN_OK);
    assert_near(even, (438000.0 * 250.0 - 30e6) / 876000.0, 1e-6);
    sn_projects_release(&p);
}

static void test_flexibility(void **state)
{
    (void)state;
    static double base[HOURS];
    for (int t = 0; t < HOURS; t++) {
        base[t] = t % 24 < 12 ? 10.0 : 50.0;
    }
    sn_price_years years = made_years(base, base);
    sn_plant_options options = {10, 1, 10.0};
    static const char *const extra[] = {
        "load_min_share: " FIGURE("0.5"), "storage_h: " FIGURE("0"),
        "storage_h: " FIGURE("12"), "storage_h: " FIGURE("100")};
    double saved[4];
    for (size_t i = 0; i < 4; i++) {
        char hours[200];
        sn_projects p;
        sn_plant_case c;
        (void)snprintf(hours, sizeof hours, "hours_per_year: " FIGURE("6000") "\n    %s",
                       extra[i]);
        assert_int_equal(load_changed("hours_per_year: " FIGURE("8760"), hours, &p, NULL),
                         SN_OK);
        assert_int_equal(p.n, 2);
        assert_int_equal(sn_plant_evaluate(&p, &p.project[0], &years, &options, &c, NULL),
                         SN_OK);
        saved[i] = c.side[0].flexibility_eur_per_mwh;
        sn_projects_release(&p);
    }
    assert_near(saved[0], 0.0, 1e-9); /* no store: nothing to move */
    assert_near(saved[1], 0.0, 1e-9);
    assert_true(saved[2] > 1.0);
    assert_true(saved[3] >= saved[2]);
}

static void test_missing_hours(void **state)
{
    (void)state;
    static double base[HOURS];
    for (int t = 0; t < HOURS; t++) {
        base[t] = t < 100 ? NAN : 20.0;
    }
    sn_price_years years = made_years(base, base);
    sn_plant_options options = {10, 1, 10.0};
    sn_projects p;
    sn_plant_case c;
    sn_error err = {0};
    assert_int_equal(load_changed("name: G", "name: H", &p, NULL), SN_OK);
    assert_int_equal(sn_plant_evaluate(&p, &p.project[0], &years, &options, &c, NULL),
                     SN_OK);
    assert_near(c.side[0].mean_component[SN_COST_SPOT], 20.0, 1e-9);
    assert_near(c.side[0].mean_component[SN_COST_GRID], 2500.0 / 8760.0 + 0.5, 1e-9);
    for (int t = 0; t < HOURS; t++) {
        base[t] = NAN;
    }
    assert_int_equal(sn_plant_evaluate(&p, &p.project[0], &years, &options, &c, &err),
                     SN_E_GAP);
    sn_projects_release(&p);
}

int main(void)
{
    (void)gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_projects),
        cmocka_unit_test(test_swedish_names),
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_what_was_seen_of_a_source),
        cmocka_unit_test(test_plant_closed_form),
        cmocka_unit_test(test_hours_without_price_and_at_the_limit),
        cmocka_unit_test(test_flexibility),
        cmocka_unit_test(test_missing_hours),
        cmocka_unit_test(test_fixed_cost_of_a_standing_plant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
