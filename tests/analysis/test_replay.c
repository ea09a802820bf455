/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replay of a made-up history: what follows from it obeys M-12, M-16 to M-19 and M-27 to
 * M-29, whatever the threads and the start. */
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
#include "support/radial_market.h"

static void test_one_sweden_has_one_price(void **state)
{
    fixture *f = *state;
    sn_replay_result one;
    run(f, &se1, &one);
    for (size_t t = 0; t < N_HOUR; t++) {
        const double *p = &one.price_eur_per_mwh[t * N_AREA];
        for (size_t z = SE2; z <= SE4; z++) {
            assert_near(p[z], p[SE1], 1e-9);
        }
    }
    assert_true(one.redispatch_volume_mwh > 0.0);
    assert_true(one.redispatch_bill_eur > one.redispatch_cost_eur);
    assert_true(one.redispatch_cost_eur > 0.0);
    sn_replay_result_release(&one);
}

static void test_unlimited_internal_is_one_area(void **state)
{
    fixture *f = *state;
    sn_replay_result one;
    sn_replay_result joined;
    f->settings.balance = SN_BALANCE_MARKET;
    run(f, &se1, &one);
    f->settings.unlimited_internal = true;
    run(f, &se4, &joined);
    for (size_t i = 0; i < N_HOUR * N_AREA; i++) {
        if (!isnan(one.price_eur_per_mwh[i])) {
            assert_near(joined.price_eur_per_mwh[i], one.price_eur_per_mwh[i], 1e-6);
        }
    }
    sn_replay_result_release(&one);
    sn_replay_result_release(&joined);
}

/* M-28b. */
static void test_more_load_lowers_no_price(void **state)
{
    fixture *f = *state;
    sn_replay_result base;
    sn_replay_result loaded;
    f->settings.balance = SN_BALANCE_HELD;
    run(f, &se4, &base);
    f->settings.extra_load_mw[SE2] = 1000.0;
    run(f, &se4, &loaded);
    double rise = 0.0;
    for (size_t t = 0; t < N_HOUR; t++) {
        for (size_t z = 0; z <= NO4; z++) {
            size_t at = t * N_AREA + z;
            double change = loaded.price_eur_per_mwh[at] - base.price_eur_per_mwh[at];
            assert_true(change >= -1e-7);
            rise += change;
        }
    }
    assert_true(rise > 0.0);
    sn_replay_result_release(&base);
    sn_replay_result_release(&loaded);
}

/* Generation is load with the other sign: the same prices, hour by hour. */
static void test_extra_supply_is_less_load(void **state)
{
    fixture *f = *state;
    sn_replay_result with_load;
    sn_replay_result with_supply;
    double *extra = calloc(N_HOUR * N_AREA, sizeof *extra);
    assert_non_null(extra);
    for (size_t t = 0; t < N_HOUR; t++) {
        extra[t * N_AREA + SE2] = 400.0;
    }
    f->settings.balance = SN_BALANCE_HELD;
    f->settings.extra_load_mw[SE2] = -400.0;
    run(f, &se4, &with_load);
    f->settings.extra_load_mw[SE2] = 0.0;
    f->input.extra_supply_mw = extra;
    run(f, &se4, &with_supply);
    f->input.extra_supply_mw = NULL;
    for (size_t i = 0; i < N_HOUR * N_AREA; i++) {
        double a = with_load.price_eur_per_mwh[i];
        assert_true(isnan(a) ? isnan(with_supply.price_eur_per_mwh[i])
                             : fabs(a - with_supply.price_eur_per_mwh[i]) <= 1e-9);
    }
    sn_replay_result_release(&with_load);
    sn_replay_result_release(&with_supply);
    free(extra);
}

/* New lines widen each hour's limits by their size; taking away more than there is
 * closes a border and does not turn it round.  A dear edge pulls its neighbour up. */
static void test_lines_and_edge_prices_of_another_world(void **state)
{
    fixture *f = *state;
    sn_replay_result base;
    sn_replay_result wide;
    double *added = calloc(N_HOUR * N_BORDER, sizeof *added);
    assert_non_null(added);
    double spread[2] = {0.0, 0.0};
    f->settings.balance = SN_BALANCE_HELD;
    run(f, &se4, &base);
    for (size_t t = 0; t < N_HOUR; t++) {
        added[t * N_BORDER + 1] = t < N_HOUR / 2 ? 500.0 : -1e5;
    }
    f->input.added_forward_mw = added;
    run(f, &se4, &wide);
    size_t widened = 0;
    for (size_t t = 0; t < N_HOUR; t++) {
        size_t at = t * N_BORDER + 1;
        bool is_held = base.flow_min_mw[at] == base.flow_max_mw[at];
        if (t < N_HOUR / 2 && !is_held) {
            assert_near(wide.flow_max_mw[at], base.flow_max_mw[at] + 500.0, 1e-9);
            spread[0] += fabs(base.price_eur_per_mwh[t * N_AREA + SE3] -
                              base.price_eur_per_mwh[t * N_AREA + SE2]);
            spread[1] += fabs(wide.price_eur_per_mwh[t * N_AREA + SE3] -
                              wide.price_eur_per_mwh[t * N_AREA + SE2]);
            widened++;
        } else if (!is_held && base.flow_max_mw[at] > 0.0 &&
                   base.flow_min_mw[at] <= 0.0) {
            assert_near(wide.flow_max_mw[at], 0.0, 1e-9);
        }
    }
    assert_true(widened > 100 && spread[1] < 0.9 * spread[0]);
    sn_replay_result_release(&wide);
    f->input.added_forward_mw = NULL;
    f->area[DE].price_change_share = 0.5;
    run(f, &se4, &wide);
    double rise = 0.0;
    for (size_t t = 0; t < N_HOUR; t++) {
        size_t at = t * N_AREA;
        rise += wide.price_eur_per_mwh[at + SE4] - base.price_eur_per_mwh[at + SE4];
        assert_true(wide.price_eur_per_mwh[at + SE4] >=
                    base.price_eur_per_mwh[at + SE4] - 1e-7);
        assert_near(wide.price_eur_per_mwh[at + DE],
                    1.5 * base.price_eur_per_mwh[at + DE], 1e-6);
    }
    assert_true(rise > 0.0);
    sn_replay_result_release(&base);
    sn_replay_result_release(&wide);
    free(added);
}

static double
used_less_observed(const fixture *f, const sn_replay_result *r, size_t z, size_t n)
{
    double sum = 0.0;
    for (size_t t = 0; t < n; t++) {
        size_t at = t * N_AREA + z;
        sum += r->hydro_mw[at] - f->hydro[at];
        if (f->settings.balance == SN_BALANCE_PHYSICAL) {
            sum += r->redispatch_hydro_mw[at];
        }
    }
    return sum;
}

/* M-17, M-18b. */
static void test_water_balances(void **state)
{
    fixture *f = *state;
    double mean[3] = {0.0};
    for (int balance = SN_BALANCE_PHYSICAL; balance <= SN_BALANCE_HELD; balance++) {
        sn_replay_result r;
        f->settings.balance = (sn_hydro_balance)balance;
        run(f, &se1, &r);
        double worst = 0.0;
        for (size_t z = 0; z <= NO4; z++) {
            double energy = 0.0;
            for (size_t t = 0; t < N_HOUR; t++) {
                energy += f->hydro[t * N_AREA + z];
            }
            worst = fmax(worst, fabs(used_less_observed(f, &r, z, N_HOUR)) / energy);
        }
        for (size_t t = 0; t < N_HOUR; t++) {
            mean[balance] += r.price_eur_per_mwh[t * N_AREA + SE1] / N_HOUR;
        }
        if (balance == SN_BALANCE_HELD) {
            assert_int_equal(r.iterations, 1);
            assert_true(worst > 1e-3);
        } else {
            assert_true(r.energy_error_max_share <= 1e-4);
            assert_true(worst <= 1e-4);
        }
        sn_replay_result_release(&r);
    }
    assert_true(fabs(mean[0] - mean[1]) > 1e-3);
    assert_true(fabs(mean[0] - mean[2]) > 1e-3);
}

/* An area whose water cannot be kept balances in each of its windows of four weeks. */
static void test_small_reservoir_balances_by_window(void **state)
{
    fixture *f = *state;
    f->settings.balance = SN_BALANCE_MARKET;
    sn_replay_result r;
    run(f, &se1, &r);
    double energy = 0.0;
    for (size_t t = 0; t < 28 * 24; t++) {
        energy += f->hydro[t * N_AREA + SE4];
    }
    assert_true(fabs(used_less_observed(f, &r, SE4, 28 * 24)) <= 1e-4 * energy);
    assert_true(r.water_value_shift_eur_per_mwh[SE4] !=
                r.water_value_shift_eur_per_mwh[(N_HOUR - 1) * N_AREA + SE4]);
    assert_true(r.water_value_shift_eur_per_mwh[SE1] ==
                r.water_value_shift_eur_per_mwh[(N_HOUR - 1) * N_AREA + SE1]);
    sn_replay_result_release(&r);
}

/* Largest and least storage beyond the observed, at ends of days. */
static void storage_range(const fixture *f,
                          const sn_replay_result *r,
                          double *low_out,
                          double *high_out)
{
    *low_out = 0.0;
    *high_out = 0.0;
    for (size_t day = 1; day <= N_DAY; day++) {
        double stored = -used_less_observed(f, r, SE1, day * 24);
        *low_out = fmin(*low_out, stored);
        *high_out = fmax(*high_out, stored);
    }
}

/* M-18: a reservoir that is nearly full all along leaves no room for more; one nearly
 * empty none for less.  The shift steps only the way its bound allows. */
static void test_storage_stays_in_bounds(void **state)
{
    fixture *f = *state;
    sn_replay_result r;
    double low;
    double high;
    f->settings.balance = SN_BALANCE_MARKET;
    run(f, &se1, &r);
    storage_range(f, &r, &low, &high);
    sn_replay_result_release(&r);
    bool is_full = high > -low;
    double room = 0.4 * fmax(high, -low);
    assert_true(room > 100.0);

    const double size = 1e7;
    f->area[SE1].reservoir_mwh = size;
    for (size_t i = 0; i < N_HOUR * N_AREA; i++) {
        f->reservoir[i] = i % N_AREA == SE1 ? (is_full ? size - room : room) : NAN;
    }
    f->input.reservoir_mwh = f->reservoir;
    run(f, &se1, &r);
    storage_range(f, &r, &low, &high);
    assert_true(r.energy_error_max_share <= 1e-4);
    if (is_full) {
        assert_true(high <= room && high > 0.5 * room);
    } else {
        assert_true(-low <= room && -low > 0.5 * room);
    }
    bool steps = false;
    for (size_t t = 1; t < N_HOUR; t++) {
        double step = r.water_value_shift_eur_per_mwh[t * N_AREA + SE1] -
                      r.water_value_shift_eur_per_mwh[(t - 1) * N_AREA + SE1];
        steps = steps || step != 0.0;
        assert_true(is_full ? step >= -1e-5 : step <= 1e-5);
    }
    assert_true(steps);
    sn_replay_result_release(&r);
}

static void assert_same_bytes(const double *a, const double *b, size_t n)
{
    assert_memory_equal(a, b, n * sizeof *a);
}

static void test_threads_do_not_change_a_byte(void **state)
{
    fixture *f = *state;
    sn_replay_result one;
    sn_replay_result many;
    run(f, &se1, &one);
    f->settings.n_thread = 3;
    run(f, &se1, &many);
    assert_same_bytes(one.price_eur_per_mwh, many.price_eur_per_mwh, N_HOUR * N_AREA);
    assert_same_bytes(one.net_position_mw, many.net_position_mw, N_HOUR * N_AREA);
    assert_same_bytes(one.flow_mw, many.flow_mw, N_HOUR * N_BORDER);
    assert_same_bytes(one.redispatch_hydro_mw, many.redispatch_hydro_mw, N_HOUR * N_AREA);
    assert_same_bytes(one.water_value_shift_eur_per_mwh,
                      many.water_value_shift_eur_per_mwh, N_HOUR * N_AREA);
    assert_true(one.redispatch_bill_eur == many.redispatch_bill_eur);
    assert_true(one.energy_error_max_share == many.energy_error_max_share);
    sn_replay_result_release(&one);
    sn_replay_result_release(&many);
}

/* Rounded as it is published, an hour's answer lies on points of several curves that
 * differ by the last digit, if at all. */
static void round_as_published(fixture *f)
{
    for (size_t i = 0; i < N_HOUR * N_AREA; i++) {
        f->price[i] = round(f->price[i] * 100.0) / 100.0;
        f->hydro[i] = round(f->hydro[i]);
    }
    for (size_t i = 0; i < N_HOUR * N_BORDER; i++) {
        f->flow[i] = round(f->flow[i] * 10.0) / 10.0;
    }
}

/* Nor does what a run starts from, in any configuration. */
static void test_start_does_not_change_a_byte(void **state)
{
    fixture *f = *state;
    const sn_configuration *const all[] = {&se4, &north, &se1};
    round_as_published(f);
    f->settings.balance = SN_BALANCE_HELD;
    for (size_t i = 0; i < 3; i++) {
        sn_replay_result other;
        sn_replay_result cold;
        sn_replay_result warm;
        f->settings.start_from = NULL;
        f->settings.extra_load_mw[SE3] = 300.0;
        run(f, &se4, &other);
        f->settings.extra_load_mw[SE3] = 0.0;
        run(f, all[i], &cold);
        f->settings.start_from = &other;
        run(f, all[i], &warm);
        assert_same_bytes(cold.price_eur_per_mwh, warm.price_eur_per_mwh,
                          N_HOUR * N_AREA);
        assert_same_bytes(cold.net_position_mw, warm.net_position_mw, N_HOUR * N_AREA);
        assert_same_bytes(cold.flow_mw, warm.flow_mw, N_HOUR * N_BORDER);
        sn_replay_result_release(&other);
        sn_replay_result_release(&cold);
        sn_replay_result_release(&warm);
    }
}

static void assert_same_result(const sn_replay_result *a, const sn_replay_result *b)
{
    assert_same_bytes(a->price_eur_per_mwh, b->price_eur_per_mwh, N_HOUR * N_AREA);
    assert_same_bytes(a->hydro_mw, b->hydro_mw, N_HOUR * N_AREA);
    assert_same_bytes(a->redispatch_hydro_mw, b->redispatch_hydro_mw, N_HOUR * N_AREA);
    assert_same_bytes(a->water_value_shift_eur_per_mwh, b->water_value_shift_eur_per_mwh,
                      N_HOUR * N_AREA);
    assert_same_bytes(a->flow_mw, b->flow_mw, N_HOUR * N_BORDER);
    assert_same_bytes(a->cut_max_mw, b->cut_max_mw, N_HOUR * N_BORDER);
    assert_true(a->redispatch_bill_eur == b->redispatch_bill_eur);
    assert_true(a->energy_error_max_share == b->energy_error_max_share);
    assert_int_equal(a->iterations, b->iterations);
    assert_int_equal(a->check_periods, b->check_periods);
    assert_int_equal(a->hours_over, b->hours_over);
    assert_int_equal(a->border_hours_total, b->border_hours_total);
}

/* What several runs share is made once, and one gives the held water on its way. */
static void test_shared_preparation_changes_nothing(void **state)
{
    fixture *f = *state;
    sn_replay_result alone[3];
    sn_replay_result shared[2];
    sn_replay_result held = {0};
    sn_replay_prepared *prepared = NULL;
    sn_error err = {0};
    for (int b = 0; b < 3; b++) {
        f->settings.balance = (sn_hydro_balance)b;
        run(f, &se1, &alone[b]);
    }
    assert_int_equal(
        sn_replay_prepared_new(&f->input, &f->settings, &se1, &prepared, &err), SN_OK);
    f->settings.prepared = prepared;
    for (int b = 0; b < 2; b++) {
        f->settings.balance = (sn_hydro_balance)b;
        f->settings.held_out = b == SN_BALANCE_MARKET ? &held : NULL;
        run(f, &se1, &shared[b]);
        assert_same_result(&alone[b], &shared[b]);
    }
    assert_same_result(&alone[SN_BALANCE_HELD], &held);
    assert_true(alone[SN_BALANCE_MARKET].iterations > 1);
    sn_replay_result none;
    assert_int_equal(sn_replay_run(&f->input, &f->settings, &se4, &none, &err),
                     SN_E_FORMAT); /* prepared for another one */
    sn_replay_prepared_free(prepared);
    for (int b = 0; b < 3; b++) {
        sn_replay_result_release(&alone[b]);
    }
    sn_replay_result_release(&shared[0]);
    sn_replay_result_release(&shared[1]);
    sn_replay_result_release(&held);
}

/* M-29: SE1 and SE2 never differed. */
static void test_merging_equal_areas_changes_nothing(void **state)
{
    fixture *f = *state;
    sn_replay_result r;
    run(f, &north, &r);
    assert_history(f, &r);
    assert_true(r.redispatch_volume_mwh == 0.0);
    assert_near(r.cut_flow_mw[0], f->flow[0], 1e-5);
    assert_true(isinf(r.flow_max_mw[0]) && isfinite(r.cut_max_mw[0]));
    sn_replay_result_release(&r);
}

/* M-26, on curves without water: the same load is never served cheaper by one market
 * and redispatch than by the areas' own market. */
static void test_zonal_cost_is_least(void **state)
{
    fixture *f = *state;
    for (size_t z = 0; z < N_AREA; z++) {
        f->area[z].hydro_slope_mw_per_eur = 0.0;
    }
    sn_replay_result zonal;
    sn_replay_result single;
    run(f, &se4, &zonal);
    run(f, &se1, &single);
    bool operator_area[N_AREA] = {true, true, true, true};
    sn_ledger ledger;
    assert_int_equal(sn_ledger_compute(&f->input, &f->settings, &zonal, &single,
                                       operator_area, &ledger, NULL),
                     SN_OK);
    assert_true(single.redispatch_volume_mwh > 0.0);
    assert_true(ledger.system_cost_change_eur >= -1e-6 * ledger.turnover_eur);
    assert_true(ledger.residual_share <= 1e-6);
    sn_ledger_release(&ledger);
    sn_replay_result_release(&zonal);
    sn_replay_result_release(&single);
}

static void test_quarter_hours(void **state)
{
    fixture *f = *state;
    f->input.axis.step_s = 900;
    sn_replay_result r;
    run(f, &se4, &r);
    assert_history(f, &r);
    sn_replay_result_release(&r);
    run(f, &se1, &r);
    assert_true(r.energy_error_max_share <= 1e-4);
    sn_replay_result_release(&r);
}

/* Exported curves go through the solution. */
static void test_curve_holds_the_solution(void **state)
{
    fixture *f = *state;
    sn_replay_result r;
    run(f, &se1, &r);
    double price[SN_REPLAY_CURVE_POINTS];
    double quantity[SN_REPLAY_CURVE_POINTS];
    for (size_t t = 3; t < N_HOUR; t += 101) {
        for (size_t z = 0; z <= NO4; z++) {
            size_t n = 0;
            assert_int_equal(sn_replay_curve(&f->input, &f->settings, &r, t, z, price,
                                             quantity, &n, NULL),
                             SN_OK);
            double p = r.price_eur_per_mwh[t * N_AREA + z];
            size_t k = 1;
            while (k + 1 < n && price[k] < p) {
                assert_true(price[k] >= price[k - 1] && quantity[k] >= quantity[k - 1]);
                k++;
            }
            double share = (p - price[k - 1]) / (price[k] - price[k - 1]);
            double mw = quantity[k - 1] + share * (quantity[k] - quantity[k - 1]);
            assert_near(mw, r.net_position_mw[t * N_AREA + z], 1e-5);
        }
    }
    size_t n = 0;
    assert_int_equal(
        sn_replay_curve(&f->input, &f->settings, &r, 0, FI, price, quantity, &n, NULL),
        SN_E_FORMAT);
    sn_replay_result_release(&r);
}

/* Cuts hold after redispatch, but for what is counted as shortfall. */
static void test_redispatch_respects_cuts(void **state)
{
    fixture *f = *state;
    sn_replay_result r;
    run(f, &se1, &r);
    size_t relieved = 0;
    for (size_t t = 0; t < N_HOUR; t++) {
        double moved = 0.0;
        for (size_t z = 0; z < N_AREA; z++) {
            size_t at = t * N_AREA + z;
            moved += r.redispatch_hydro_mw[at] + r.redispatch_other_mw[at];
            assert_true(r.shortfall_mw[at] == 0.0);
        }
        assert_near(moved, 0.0, 1e-5);
        for (size_t l = 0; l < 3; l++) {
            size_t at = t * N_BORDER + l;
            assert_true(r.cut_flow_after_mw[at] <= r.cut_max_mw[at] + 1e-5);
            assert_true(r.cut_flow_after_mw[at] >= r.cut_min_mw[at] - 1e-5);
            relieved += r.cut_flow_mw[at] > r.cut_max_mw[at] + 1.0;
        }
    }
    assert_true(relieved > 0);
    sn_replay_result_release(&r);
}

/* Nobody may move: the whole excess is a shortfall. */
static void test_shortfall_without_participants(void **state)
{
    fixture *f = *state;
    for (size_t z = 0; z < N_AREA; z++) {
        f->area[z].may_redispatch = false;
    }
    f->settings.balance = SN_BALANCE_MARKET;
    sn_replay_result r;
    run(f, &se1, &r);
    assert_true(r.redispatch_volume_mwh == 0.0);
    assert_true(r.shortfall_mwh > 0.0);
    sn_replay_result_release(&r);
}

/* With an argument only the tests of that name. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_sweden_has_one_price),
        TEST(test_unlimited_internal_is_one_area),
        TEST(test_more_load_lowers_no_price),
        TEST(test_extra_supply_is_less_load),
        TEST(test_lines_and_edge_prices_of_another_world),
        TEST(test_water_balances),
        TEST(test_small_reservoir_balances_by_window),
        TEST(test_storage_stays_in_bounds),
        TEST(test_threads_do_not_change_a_byte),
        TEST(test_start_does_not_change_a_byte),
        TEST(test_shared_preparation_changes_nothing),
        TEST(test_merging_equal_areas_changes_nothing),
        TEST(test_zonal_cost_is_least),
        TEST(test_quarter_hours),
        TEST(test_curve_holds_the_solution),
        TEST(test_redispatch_respects_cuts),
        TEST(test_shortfall_without_participants),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
