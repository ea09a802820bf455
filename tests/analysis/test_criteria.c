/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The criteria of a bidding zone review, by hand: two areas A and B of an operator with a
 * cut between, an edge E beside B, two hours.  In the first the market of one price wants
 * 130 MW over a cut of 100. */
#include "analysis/criteria.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"

enum { A, B, E, AREAS, HOURS = 2, BORDERS = 2, GROUPS = SN_GROUP_COUNT };

static const sn_replay_area area[AREAS] = {{.code = "A", .kind = SN_AREA_MODELLED},
                                           {.code = "B", .kind = SN_AREA_MODELLED},
                                           {.code = "E", .kind = SN_AREA_PRICE_TAKER}};
static const sn_replay_border border[BORDERS] = {
    {.link = {A, B, 100.0}, .has_flow = true},
    {.link = {B, E, 50.0}, .has_flow = true}};
static const bool is_own[AREAS] = {true, true, false};
static const double load[] = {100.0, 300.0, NAN, 200.0, 200.0, NAN};
static const double wind[] = {50.0, 0.0, NAN, 10.0, 0.0, NAN};
static const double hydro[] = {10.0, 5.0, NAN, 40.0, 5.0, NAN};
static const double observed_flow[] = {100.0, 20.0, 40.0, 30.0};
static double nothing[HOURS * AREAS];
static double unknown[HOURS * BORDERS] = {NAN, NAN, NAN, NAN};
static bool never[HOURS];

static sn_replay_input input_of(void)
{
    sn_replay_input input = {.axis = {{0}, 3600, HOURS},
                             .n_area = AREAS,
                             .area = area,
                             .n_border = BORDERS,
                             .border = border,
                             .load_mw = load,
                             .flow_mw = observed_flow};
    input.generation_mw[SN_TECH_WIND] = wind;
    input.generation_mw[SN_TECH_HYDRO] = hydro;
    return input;
}

/* A and B apart: the cut is full in the first hour, 10 EUR/MWh between them. */
static sn_replay_result zonal(void)
{
    static double price[] = {20.0, 30.0, 30.0, 25.0, 25.0, 25.0};
    static double flow[] = {100.0, 20.0, 40.0, 30.0};
    static double net[] = {100.0, -80.0, -20.0, 40.0, -10.0, -30.0};
    return (sn_replay_result){.n = HOURS,
                              .price_eur_per_mwh = price,
                              .net_position_mw = net,
                              .flow_mw = flow,
                              .other_response_mw = nothing,
                              .demand_response_mw = nothing,
                              .redispatch_hydro_mw = nothing,
                              .redispatch_other_mw = nothing,
                              .redispatch_price_eur_per_mwh = price,
                              .shortfall_mw = nothing,
                              .cut_flow_mw = unknown,
                              .cut_flow_after_mw = unknown,
                              .cut_max_mw = unknown,
                              .cut_min_mw = unknown,
                              .is_over = never};
}

/* One price.  Regulation moves 30 MW of supply from A to B, of which 4 wind and 3 load,
 * and still lacks 1 MW of room and 2 MW of energy. */
static sn_replay_result single(void)
{
    static double price[] = {26.0, 26.0, 26.0, 25.0, 25.0, 25.0};
    static double after[] = {18.0, 34.0, 26.0, 25.0, 25.0, 25.0};
    static double flow[] = {130.0, 15.0, 40.0, 30.0};
    static double net[] = {130.0, -115.0, -15.0, 40.0, -10.0, -30.0};
    static double other[HOURS * AREAS] = {7.0};
    static double demand[HOURS * AREAS] = {2.0};
    static double moved_hydro[HOURS * AREAS] = {-20.0, 20.0};
    static double moved_other[HOURS * AREAS] = {-10.0, 10.0};
    static double moved_wind[HOURS * AREAS] = {-4.0};
    static double moved_load[HOURS * AREAS] = {0.0, 3.0};
    static double shortfall[HOURS * AREAS] = {0.0, 2.0};
    static double cut[] = {130.0, NAN, 40.0, NAN};
    static double cut_after[] = {101.0, NAN, 40.0, NAN};
    static double most[] = {100.0, NAN, 100.0, NAN};
    static double least[] = {-100.0, NAN, -100.0, NAN};
    static bool is_over[] = {true, false};
    return (sn_replay_result){.n = HOURS,
                              .price_eur_per_mwh = price,
                              .net_position_mw = net,
                              .flow_mw = flow,
                              .other_response_mw = other,
                              .demand_response_mw = demand,
                              .redispatch_hydro_mw = moved_hydro,
                              .redispatch_other_mw = moved_other,
                              .redispatch_wind_mw = moved_wind,
                              .redispatch_load_mw = moved_load,
                              .redispatch_price_eur_per_mwh = after,
                              .shortfall_mw = shortfall,
                              .cut_flow_mw = cut,
                              .cut_flow_after_mw = cut_after,
                              .cut_max_mw = most,
                              .cut_min_mw = least,
                              .is_over = is_over,
                              .redispatch_cost_eur = 300.0,
                              .redispatch_bill_eur = 480.0};
}

/* A loses 2 MEUR, B gains 5 and E 1; of the two weeks one has the sign of the whole. */
static void compute(double gain_of_b, sn_criteria *out)
{
    static double weekly[2 * AREAS * GROUPS];
    sn_ledger_row row[] = {{.area = A, .change_eur = -2e6},
                           {.area = B, .change_eur = gain_of_b},
                           {.area = E, .change_eur = 1e6}};
    sn_ledger ledger = {.n_row = 3,
                        .row = row,
                        .total_eur = gain_of_b - 1e6,
                        .n_week = 2,
                        .weekly_eur = weekly};
    const size_t zonal_label[AREAS] = {0, 1, 2};
    const size_t single_label[AREAS] = {0, 0, 2};
    sn_configuration apart = {.name = "apart", .price_area = zonal_label};
    sn_configuration one = {.name = "one", .price_area = single_label};
    sn_replay_input input = input_of();
    sn_replay_result base = zonal();
    sn_replay_result changed = single();
    sn_error err = {0};
    weekly[0] = 7e6;
    weekly[AREAS * GROUPS] = -3e6;
    if (sn_criteria_compute(&input, &apart, &one, &base, &changed, &ledger, is_own, out,
                            &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

static const sn_criterion *row_of(const sn_criteria *c, const char *id)
{
    for (size_t k = 0; k < SN_CRITERIA_ROWS; k++) {
        if (strcmp(c->row[k].id, id) == 0) {
            return &c->row[k];
        }
    }
    fail_msg("no criterion %s", id);
    return NULL;
}

static void test_every_criterion_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        double base;
        double value;
    } expected[] = {
        {"1", 0.0, 1.0},              /* 101 - 100 */
        {"2", 0.0, 2.0},              /* */
        {"2b", 0.0, 1.0},             /* */
        {"3", 0.0, 14.5},             /* of 29 and 0 */
        {"4", 0.0, 4.0},              /* -2 + 5 + 1 */
        {"5", 5.0, 8.0},              /* (30 - 20) / 2 and (34 - 18) / 2 */
        {"6", 1.0, 1.0},              /* two hours lie on a line */
        {"9", 1.0, 0.0},              /* 1000 / 1000 and 0 / 300 */
        {"10", 0.0, 5.656854249492},  /* (100 8^2 + 300 8^2) / 800 = 32 */
        {"11", NAN, 200.0 / 35040.0}, /* 100 x 2 h / (4 x 8760 h) */
        {"12", 43800.0, 70080.0},     /* 10 and 16 in two hours, x 4380 */
        {"13", 0.0, 0.0375},          /* 30 / 800 */
        {"13b", 0.0, 0.5},            /* */
        {"13c", 0.0, 0.00048},        /* */
        {"14", 0.0, 1.0},             /* */
        {"15", 0.0, 30.0},            /* B alone has 0; A and B 30 */
        {"16", NAN, 0.5},             /* */
        {"18", 1.0, 1.0},             /* */
        {"19", 0.5, 0.5},             /* */
        {"20", 0.0, 0.006},           /* A 7 - 2 - 10 + 4 = -1, B 10 - 3 = 7 MWh */
        {"20b", 0.0, 0.005},          /* E delivers -15, -20 observed */
        {"21", 0.0, 0.004},           /* */
        {"22", 1250.0 / 60.0, 1550.0 / 60.0}, /* 50 at 20 or 26, 10 at 25 */
    };
    sn_criteria c;
    compute(5e6, &c);
    size_t n_computed = 0;
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        const sn_criterion *row = row_of(&c, expected[k].id);
        assert_true(row->is_computed);
        assert_int_equal(isnan(row->base), isnan(expected[k].base));
        if (!isnan(row->base)) {
            assert_near(row->base, expected[k].base, 1e-9);
        }
        assert_near(row->value, expected[k].value, 1e-9);
    }
    for (size_t k = 0; k < SN_CRITERIA_ROWS; k++) {
        n_computed += c.row[k].is_computed;
        assert_true(strlen(c.row[k].how_sv) > 0 && strlen(c.row[k].how_en) > 0);
        if (!c.row[k].is_computed) {
            assert_true(isnan(c.row[k].value));
            assert_true(strncmp(c.row[k].how_en, "not computed", 12) == 0);
            assert_true(strncmp(c.row[k].how_sv, "inte beräknat", 13) == 0);
        }
    }
    assert_int_equal(n_computed, sizeof expected / sizeof *expected);
}

/* Nothing is earned back where welfare falls. */
static void test_no_years_earn_back_a_loss(void **state)
{
    (void)state;
    sn_criteria c;
    compute(0.5e6, &c);
    assert_near(row_of(&c, "4")->value, -0.5, 1e-12);
    assert_true(row_of(&c, "11")->is_computed);
    assert_true(isnan(row_of(&c, "11")->value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_criterion_by_hand),
        cmocka_unit_test(test_no_years_earn_back_a_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
