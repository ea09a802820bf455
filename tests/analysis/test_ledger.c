/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger on the two-area closed form (M-29b), and each row's share in the
 * residual (M-25). */
#include "analysis/ledger.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"

enum { N_AREA = 2, N_BORDER = 1, N_HOUR = 3, NORTH = 0, SOUTH = 1 };

static const double slope = 50.0;    /* MW per EUR/MWh in both areas */
static const double cut_mw = 1000.0; /* F */
static const double low = 20.0;
static const double high = 50.0;
static const double common = 35.0;
static const double over_mw = 750.0; /* R = slope * (high - low) / 2 */

typedef struct fixture {
    sn_replay_input input;
    sn_replay_settings settings;
    sn_replay_area area[N_AREA];
    sn_replay_border border[N_BORDER];
    sn_replay_result base;
    sn_replay_result changed;
    double observed[N_HOUR * N_AREA];
    double load[N_HOUR * N_AREA];
    double hydro[N_HOUR * N_AREA];
    double values[2][8][N_HOUR * N_AREA];
} fixture;

static void point_result(fixture *f, int which, sn_replay_result *r)
{
    r->n = N_HOUR;
    r->price_eur_per_mwh = f->values[which][0];
    r->net_position_mw = f->values[which][1];
    r->flow_mw = f->values[which][2];
    r->hydro_mw = f->values[which][3];
    r->other_response_mw = f->values[which][4];
    r->redispatch_hydro_mw = f->values[which][5];
    r->redispatch_other_mw = f->values[which][6];
    r->redispatch_price_eur_per_mwh = f->values[which][7];
}

/* Hydro runs flat and the other units respond, so that every number is closed form. */
static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    sn_replay_settings_default(&f->settings);
    for (size_t z = 0; z < N_AREA; z++) {
        f->area[z] =
            (sn_replay_area){.kind = SN_AREA_MODELLED, .other_slope_mw_per_eur = slope};
    }
    memcpy(f->area[NORTH].code, "SE1", 4);
    memcpy(f->area[SOUTH].code, "SE4", 4);
    f->border[0] = (sn_replay_border){.link = {NORTH, SOUTH, cut_mw}, .has_flow = true};
    for (size_t t = 0; t < N_HOUR; t++) {
        for (size_t z = 0; z < N_AREA; z++) {
            size_t at = t * N_AREA + z;
            f->observed[at] = z == NORTH ? low : high;
            f->load[at] = z == NORTH ? 500.0 : 3000.0;
            f->hydro[at] = z == NORTH ? 1500.0 : 2000.0;
            double sign = z == NORTH ? 1.0 : -1.0;
            f->values[0][0][at] = f->observed[at];
            f->values[0][1][at] = sign * cut_mw;
            f->values[1][0][at] = common;
            f->values[1][1][at] = sign * (cut_mw + over_mw);
            f->values[1][4][at] = sign * over_mw;
            f->values[1][6][at] = -sign * over_mw;
            f->values[0][3][at] = f->values[1][3][at] = f->hydro[at];
            f->values[0][7][at] = f->values[1][7][at] = f->observed[at];
        }
        f->values[0][2][t] = cut_mw;
        f->values[1][2][t] = cut_mw + over_mw;
    }
    f->input = (sn_replay_input){.axis = {{0}, SN_HOUR_S, N_HOUR},
                                 .n_area = N_AREA,
                                 .area = f->area,
                                 .n_border = N_BORDER,
                                 .border = f->border,
                                 .price_eur_per_mwh = f->observed,
                                 .load_mw = f->load};
    f->input.generation_mw[SN_TECH_HYDRO] = f->hydro;
    /* Slopes are stated at a price level: restate them so that both are `slope`. */
    for (size_t z = 0; z < N_AREA; z++) {
        f->area[z].other_slope_mw_per_eur *=
            slope / sn_replay_other_slope_mw_per_eur(&f->input, &f->settings, z);
    }
    point_result(f, 0, &f->base);
    point_result(f, 1, &f->changed);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static const bool operator_area[N_AREA] = {true, true};

static sn_ledger compute(fixture *f)
{
    sn_ledger ledger;
    sn_error err = {0};
    sn_status status = sn_ledger_compute(&f->input, &f->settings, &f->base, &f->changed,
                                         operator_area, &ledger, &err);
    if (status != SN_OK) {
        fail_msg("%s", err.message);
    }
    return ledger;
}

static double sum_of(const sn_ledger *ledger, sn_ledger_group group)
{
    double sum = 0.0;
    for (size_t i = 0; i < ledger->n_row; i++) {
        sum += ledger->row[i].group == group ? ledger->row[i].change_eur : 0.0;
    }
    return sum;
}

static void closed_form_of_two_areas(void **state)
{
    fixture *f = *state;
    assert_near(sn_replay_other_slope_mw_per_eur(&f->input, &f->settings, 0), slope,
                1e-9);
    sn_ledger ledger = compute(f);
    double difference = high - low;
    assert_near(sum_of(&ledger, SN_GROUP_REDISPATCH), -N_HOUR * over_mw * difference,
                1e-6);
    assert_near(sum_of(&ledger, SN_GROUP_CONGESTION_INTERNAL),
                -N_HOUR * cut_mw * difference, 1e-6);
    /* Perfect redispatch and fixed foreign exchange: no welfare effect. */
    assert_near(ledger.total_eur, 0.0, 1e-6);
    assert_near(ledger.system_cost_change_eur, 0.0, 1e-6);
    assert_true(ledger.residual_share <= 1e-12);
    sn_ledger_release(&ledger);
}

static void tariff_is_a_transfer(void **state)
{
    sn_ledger ledger = compute(*state);
    double paid = sum_of(&ledger, SN_GROUP_TARIFF_CONSUMERS);
    assert_near(paid, -sum_of(&ledger, SN_GROUP_TARIFF_OPERATOR), 1e-6);
    assert_near(paid, -N_HOUR * (over_mw + cut_mw) * (high - low), 1e-6);
    assert_near(ledger.tariff_eur_per_mwh, -paid / (N_HOUR * 3500.0), 1e-9);
    sn_ledger_release(&ledger);
}

static void tariff_alone_is_the_same(void **state)
{
    const fixture *f = *state;
    sn_ledger ledger = compute(*state);
    double alone = 0.0;
    assert_int_equal(sn_ledger_tariff(&f->input, &f->settings, &f->base, &f->changed,
                                      operator_area, &alone, NULL),
                     SN_OK);
    assert_true(ledger.tariff_eur_per_mwh > 0.0);
    assert_true(alone == ledger.tariff_eur_per_mwh);
    sn_ledger_release(&ledger);
}

/* One EUR moved in a stored quantity that one row rests on must show in the
 * residual: no row is the remainder. */
static void every_quantity_is_seen(void **state)
{
    fixture *f = *state;
    double *const moved[] = {
        &f->values[1][0][0], &f->values[1][1][0], &f->values[1][2][0],
        &f->values[1][3][0], &f->values[1][4][0], &f->values[1][6][0],
        &f->values[0][1][1], &f->values[0][2][1],
    };
    /* A price alone moves money between rows and nothing else; the changed net position
     * is used through its parts; a flow without a price difference earns nothing. */
    static const bool counts[] = {false, false, false, true, true, true, true, true};
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        double kept = *moved[i];
        *moved[i] += 1.0;
        sn_ledger ledger = compute(f);
        double residual_eur = ledger.residual_share * ledger.turnover_eur;
        if (counts[i]) {
            if (residual_eur < 0.4) {
                fail_msg("1 moved in quantity %zu is not seen: %g EUR", i, residual_eur);
            }
        } else {
            assert_true(residual_eur < 1e-6);
        }
        sn_ledger_release(&ledger);
        *moved[i] = kept;
    }
}

static void every_row_is_in_the_residual(void **state)
{
    sn_ledger ledger = compute(*state);
    assert_true(ledger.n_row >= 8);
    for (size_t i = 0; i < ledger.n_row; i++) {
        double kept = ledger.row[i].change_eur;
        ledger.row[i].change_eur += 1.0;
        assert_near(sn_ledger_residual_eur(&ledger), 1.0, 1e-6);
        ledger.row[i].change_eur = kept;
    }
    assert_near(sn_ledger_residual_eur(&ledger), 0.0, 1e-6);
    sn_ledger_release(&ledger);
}

static void water_not_balanced_is_a_row(void **state)
{
    fixture *f = *state;
    f->values[1][3][0] += 100.0;
    f->values[1][1][0] += 100.0;
    f->values[1][3][1] -= 100.0;
    f->values[1][1][1] -= 100.0;
    sn_ledger ledger = compute(f);
    assert_near(sum_of(&ledger, SN_GROUP_WATER_UNBALANCED), -100.0 * low + 100.0 * high,
                1e-6);
    assert_true(ledger.residual_share <= 1e-12);
    sn_ledger_release(&ledger);
}

/* Where the data part large industry from the rest, its row is its own. */
static void industry_has_its_own_row(void **state)
{
    fixture *f = *state;
    double industry[N_HOUR * N_AREA];
    sn_ledger whole = compute(f);
    for (size_t i = 0; i < N_HOUR * N_AREA; i++) {
        industry[i] = 0.25 * f->load[i];
    }
    f->input.load_industry_mw = industry;
    sn_ledger parted = compute(f);
    assert_near(sum_of(&whole, SN_GROUP_CONSUMERS_INDUSTRY), 0.0, 0.0);
    assert_near(sum_of(&parted, SN_GROUP_CONSUMERS_INDUSTRY),
                0.25 * sum_of(&whole, SN_GROUP_CONSUMERS), 1e-6);
    assert_near(sum_of(&parted, SN_GROUP_CONSUMERS),
                0.75 * sum_of(&whole, SN_GROUP_CONSUMERS), 1e-6);
    assert_near(parted.total_eur, whole.total_eur, 1e-6);
    sn_ledger_release(&whole);
    sn_ledger_release(&parted);
}

static void a_period_without_price_is_left_out(void **state)
{
    fixture *f = *state;
    f->values[1][0][2 * N_AREA + SOUTH] = NAN;
    sn_ledger ledger = compute(f);
    assert_near(sum_of(&ledger, SN_GROUP_REDISPATCH), -2 * over_mw * (high - low), 1e-6);
    sn_ledger_release(&ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(closed_form_of_two_areas, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tariff_is_a_transfer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tariff_alone_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_quantity_is_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_row_is_in_the_residual, set_up, tear_down),
        cmocka_unit_test_setup_teardown(water_not_balanced_is_a_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(industry_has_its_own_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_period_without_price_is_left_out, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
