/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After the market (M-19 to M-23, M-26 to M-29b): properties on generated networks, and
 * worked examples. */
#include "analysis/channels.h"
#include "analysis/ledger.h"
#include "analysis/replay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/made_market.h"
#include "support/near.h"

enum { SEEDS = 60 };

static made_market market;

static void run(const made_market *m,
                const sn_configuration *split,
                sn_after way,
                sn_replay_result *out)
{
    sn_error err = {0};
    sn_replay_settings settings = m->settings;
    settings.after = way;
    if (sn_replay_run(&m->input, &settings, split, out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(out->check_failed, 0);
    assert_int_equal(out->n_infeasible, 0);
}

static void account(const made_market *m,
                    const sn_replay_result *base,
                    const sn_replay_result *changed,
                    sn_ledger *out)
{
    sn_error err = {0};
    if (sn_ledger_compute(&m->input, &m->settings, base, changed, m->is_operator, out,
                          &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

static void trace(const made_market *m,
                  const sn_configuration *split,
                  const sn_replay_result *base,
                  const sn_replay_result *changed,
                  const sn_ledger *ledger,
                  sn_channels *out)
{
    sn_error err = {0};
    if (sn_channels_compute(&m->input, &m->settings, split, base, changed, ledger, out,
                            &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
}

static made_options options_of(uint64_t seed)
{
    return (made_options){.n_swedish = 2 + seed % 3,
                          .n_neighbour = seed % 6,
                          .share_full = 0.45,
                          .has_hydro = seed % 4 != 0,
                          .has_wind = seed % 5 == 1,
                          .has_demand = seed % 2 == 1};
}

static void assert_cuts_hold(const made_market *m, const sn_replay_result *r)
{
    for (size_t i = 0; i < r->n * m->input.n_border; i++) {
        if (!isnan(r->cut_flow_after_mw[i])) {
            assert_true(r->cut_flow_after_mw[i] <= r->cut_max_mw[i] + 1e-5);
            assert_true(r->cut_flow_after_mw[i] >= r->cut_min_mw[i] - 1e-5);
        }
    }
}

/* M-28: on borders whose limits include 0. */
static void assert_income_is_not_negative(const made_market *m, const sn_replay_result *r)
{
    for (size_t t = 0; t < r->n; t++) {
        for (size_t l = 0; l < m->input.n_border; l++) {
            size_t at = t * m->input.n_border + l;
            const sn_border *link = &m->border[l].link;
            const double *price = &r->price_eur_per_mwh[t * m->input.n_area];
            if (r->flow_min_mw[at] <= 0.0 && r->flow_max_mw[at] >= 0.0) {
                assert_true(r->flow_mw[at] * (price[link->to] - price[link->from]) >=
                            -1e-4);
            }
        }
    }
}

/* Every way, on every kind of network: checked, cuts held, books closed to the cent by
 * two counts, every channel a loss that has to be one (M-25, M-26, M-28, M-29b). */
static void test_every_way_closes_its_books(void **state)
{
    (void)state;
    size_t over = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        made_options options = options_of(seed);
        made_market_draw(seed, &options, &market);
        market.settings.balance = seed % 3 == 0 ? SN_BALANCE_PHYSICAL : SN_BALANCE_HELD;
        sn_replay_result base;
        run(&market, &market.zonal, SN_AFTER_COST_BASED, &base);
        for (int way = 0; way < SN_AFTER_COUNT; way++) {
            sn_replay_result r;
            sn_ledger ledger;
            sn_channels channels;
            run(&market, &market.single, (sn_after)way, &r);
            account(&market, &base, &r, &ledger);
            trace(&market, &market.single, &base, &r, &ledger, &channels);
            assert_cuts_hold(&market, &r);
            assert_income_is_not_negative(&market, &r);
            assert_true(ledger.residual_share <= 1e-9);
            assert_true(channels.residual_share <= 1e-9);
            double tolerance = 1e-9 * ledger.turnover_eur + 1e-3;
            if (!options.has_wind) {
                assert_true(channels.change_eur[SN_CHANNEL_EXCHANGE] <= tolerance);
                assert_true(channels.change_eur[SN_CHANNEL_DEMAND] <= tolerance);
            }
            assert_near(channels.change_eur[SN_CHANNEL_UNITS], 0.0, tolerance);
            if (way != SN_AFTER_STRATEGIC) {
                assert_near(channels.change_eur[SN_CHANNEL_GAMING], 0.0, tolerance);
            }
            over += r.hours_over;
            sn_ledger_release(&ledger);
            sn_replay_result_release(&r);
        }
        sn_replay_result_release(&base);
    }
    assert_true(over > SEEDS * MADE_HOURS / 4);
}

/* M-29b: everything is regulated and nothing is traded abroad, so the dispatch after
 * regulation is the zonal one and the welfare change is 0. */
static void test_perfect_regulation_has_no_welfare_effect(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        made_options options = {.n_swedish = 2 + seed % 3,
                                .share_full = 0.5,
                                .has_hydro = seed % 2 == 1,
                                .has_demand = seed % 3 == 1};
        made_market_draw(seed, &options, &market);
        for (size_t z = 0; z < market.input.n_area; z++) {
            market.area[z].is_held[SN_RESOURCE_LOAD] = false;
        }
        sn_replay_result base;
        sn_replay_result r;
        sn_ledger ledger;
        sn_channels channels;
        run(&market, &market.zonal, SN_AFTER_COST_BASED, &base);
        for (int way = 0; way <= SN_AFTER_STRATEGIC; way++) {
            market.settings.theta = 0.6;
            run(&market, &market.single, (sn_after)way, &r);
            account(&market, &base, &r, &ledger);
            trace(&market, &market.single, &base, &r, &ledger, &channels);
            assert_true(r.redispatch_volume_mwh > 0.0 || r.hours_over == 0);
            assert_near(ledger.total_eur, 0.0, 1e-9 * ledger.turnover_eur + 1e-2);
            for (int k = 0; k < SN_CHANNEL_COUNT; k++) {
                assert_near(channels.change_eur[k], 0.0,
                            1e-9 * ledger.turnover_eur + 1e-2);
            }
            sn_ledger_release(&ledger);
            sn_replay_result_release(&r);
        }
        sn_replay_result_release(&base);
    }
}

/* Two areas of equal slope, their prices 20 and 50, the cut full at 1000 MW. */
static void draw_two(double hydro_range_mw)
{
    made_options options = {.n_swedish = 2, .has_hydro = hydro_range_mw > 0.0};
    made_market_draw(7, &options, &market);
    market.border[0].link = (sn_border){0, 1, 1000.0};
    for (size_t t = 0; t < MADE_HOURS; t++) {
        market.price[2 * t] = 20.0;
        market.price[2 * t + 1] = 50.0;
        market.flow[t] = 1000.0;
        market.load[2 * t] = 500.0;
        market.load[2 * t + 1] = 3000.0;
        market.hydro[2 * t] = market.hydro[2 * t + 1] = 0.5 * hydro_range_mw;
    }
    for (size_t z = 0; z < 2; z++) {
        sn_replay_area *a = &market.area[z];
        double level = z == 0 ? 20.0 : 50.0;
        /* Slopes are stated at 40 EUR/MWh: restate them so that both are 50. */
        a->other_slope_mw_per_eur = hydro_range_mw > 0.0 ? 0.0 : 50.0 * level / 40.0;
        a->hydro_slope_mw_per_eur = hydro_range_mw > 0.0 ? 50.0 * level / 40.0 : 0.0;
        a->demand_slope_mw_per_eur = 0.0;
        /* Two hours that are not compared show how far the water goes. */
        market.hydro[z] = 0.0;
        market.hydro[2 + z] = hydro_range_mw;
    }
    if (hydro_range_mw > 0.0) {
        market.price[1] = market.price[3] = NAN;
    }
}

static void test_closed_form_of_two_areas(void **state)
{
    (void)state;
    const double hours = MADE_HOURS;
    const double over_mw = 750.0; /* 50 MW per EUR/MWh to the common price of 35 */
    draw_two(0.0);
    sn_replay_result base;
    sn_replay_result r;
    sn_ledger ledger;
    run(&market, &market.zonal, SN_AFTER_COST_BASED, &base);
    run(&market, &market.single, SN_AFTER_COST_BASED, &r);
    account(&market, &base, &r, &ledger);
    assert_near(r.redispatch_volume_mwh, hours * over_mw, 1e-3);
    assert_near(r.redispatch_cost_eur, hours * 0.5 * over_mw * 30.0, 1e-2);
    assert_near(r.redispatch_bill_eur, hours * over_mw * 30.0, 1e-2);
    assert_near(ledger.congestion_income_base_eur[0] - ledger.congestion_income_eur[0],
                hours * 1000.0 * 30.0, 1e-2);
    assert_near(ledger.tariff_eur_per_mwh, (1000.0 + over_mw) * 30.0 / 3500.0, 1e-6);
    assert_near(ledger.total_eur, 0.0, 1e-2);
    sn_ledger_release(&ledger);
    sn_replay_result_release(&r);
    sn_replay_result_release(&base);
}

/* M-20 on a line: sales behind the cut move to r + (p - r)/(1 - theta), so what is
 * regulated, and the bill, grow by 1/(1 - theta); the price stays.  Water of 20 GW bends
 * far away: the line holds 75 EUR/MWh either side. */
static void test_closed_form_of_bids(void **state)
{
    (void)state;
    static const double theta[] = {0.0, 0.2, 0.5, 0.75};
    double honest_mw = 0.0;
    draw_two(20000.0);
    for (size_t i = 0; i < sizeof theta / sizeof *theta; i++) {
        sn_replay_result r;
        market.settings.theta = theta[i];
        run(&market, &market.single, SN_AFTER_STRATEGIC, &r);
        honest_mw = i == 0 ? r.cut_flow_mw[2] - 1000.0 : honest_mw;
        double over_mw = honest_mw / (1.0 - theta[i]);
        for (size_t t = 2; t < MADE_HOURS; t++) {
            assert_near(r.price_eur_per_mwh[2 * t], 35.0, 1e-6);
            assert_near(r.cut_flow_mw[t], 1000.0 + over_mw, 1e-4);
            assert_near(r.cut_flow_after_mw[t], 1000.0, 1e-5);
        }
        assert_near(r.redispatch_bill_eur, (MADE_HOURS - 2) * over_mw * 30.0, 1.0);
        sn_replay_result_release(&r);
    }
    assert_true(honest_mw > 700.0);
}

/* theta 0 is the cost-based way, byte for byte. */
static void test_no_mark_up_is_cost_based(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        made_options options = options_of(seed);
        made_market_draw(seed, &options, &market);
        market.settings.theta = 0.0;
        sn_replay_result honest;
        sn_replay_result r;
        run(&market, &market.single, SN_AFTER_COST_BASED, &honest);
        run(&market, &market.single, SN_AFTER_STRATEGIC, &r);
        size_t n = MADE_HOURS * market.input.n_area;
        assert_memory_equal(honest.price_eur_per_mwh, r.price_eur_per_mwh,
                            n * sizeof(double));
        assert_memory_equal(honest.redispatch_hydro_mw, r.redispatch_hydro_mw,
                            n * sizeof(double));
        assert_true(honest.redispatch_bill_eur == r.redispatch_bill_eur);
        sn_replay_result_release(&r);
        sn_replay_result_release(&honest);
    }
}

/* The market and the regulation that bids start from may be taken from the cost-based
 * result. */
static void test_bids_start_from_the_honest_result(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        made_options options = options_of(seed);
        made_market_draw(seed, &options, &market);
        size_t n = MADE_HOURS * market.input.n_area;
        sn_replay_result honest;
        sn_replay_result whole;
        sn_replay_result part;
        run(&market, &market.single, SN_AFTER_COST_BASED, &honest);
        market.settings.theta = 0.7;
        run(&market, &market.single, SN_AFTER_STRATEGIC, &whole);
        market.settings.honest = &honest;
        run(&market, &market.single, SN_AFTER_STRATEGIC, &part);
        const double *const pairs[][2] = {
            {whole.price_eur_per_mwh, part.price_eur_per_mwh},
            {whole.net_position_mw, part.net_position_mw},
            {whole.hydro_mw, part.hydro_mw},
            {whole.other_response_mw, part.other_response_mw},
            {whole.redispatch_hydro_mw, part.redispatch_hydro_mw},
            {whole.redispatch_price_eur_per_mwh, part.redispatch_price_eur_per_mwh},
        };
        for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
            assert_memory_equal(pairs[k][0], pairs[k][1], n * sizeof(double));
        }
        assert_true(whole.redispatch_bill_eur == part.redispatch_bill_eur);
        assert_int_equal(whole.hours_over, part.hours_over);
        sn_replay_result_release(&part);
        sn_replay_result_release(&whole);
        sn_replay_result_release(&honest);
    }
}

/* With one cut and exchange abroad fixed, sellers on either side only add to the flow
 * that is wanted, so the bill grows with theta; what runs in the end does not change. */
static void test_bill_grows_with_theta(void **state)
{
    (void)state;
    size_t grown = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        made_options options = {.n_swedish = 2, .share_full = 0.6, .has_hydro = true};
        made_market_draw(seed, &options, &market);
        double last = -1.0;
        sn_replay_result honest;
        run(&market, &market.single, SN_AFTER_COST_BASED, &honest);
        for (int k = 0; k <= 10; k++) {
            sn_replay_result r;
            market.settings.theta = 0.1 * k;
            run(&market, &market.single, SN_AFTER_STRATEGIC, &r);
            assert_true(r.redispatch_bill_eur >= last - 1e-6 * fabs(last) - 1e-3);
            grown += k > 0 && r.redispatch_bill_eur > last + 1.0;
            last = r.redispatch_bill_eur;
            for (size_t i = 0; i < MADE_HOURS * market.input.n_area; i++) {
                assert_near(r.hydro_mw[i] + r.redispatch_hydro_mw[i],
                            honest.hydro_mw[i] + honest.redispatch_hydro_mw[i], 1e-4);
            }
            sn_replay_result_release(&r);
        }
        sn_replay_result_release(&honest);
    }
    assert_true(grown > 100);
}

/* ---- capacity cuts ---- */

/* North supplies 40 MW per EUR/MWh from 20, south takes 600 whatever it costs and has two
 * links to a market at 50.  In hours 0 .. 9 the cut was full at 900 and 300 left over the
 * links; later hours show that the links carry 600 and `second_mw`. */
static void draw_links(double first_rated, double second_rated, double second_mw)
{
    made_options options = {.n_swedish = 2, .n_neighbour = 4};
    made_market_draw(3, &options, &market);
    size_t n = market.input.n_area;
    for (size_t z = 0; z < n; z++) {
        market.area[z].other_slope_mw_per_eur = 0.0;
        if (z == 2 || z == 4) {
            market.area[z].kind = SN_AREA_FIXED_FLOW;
        }
    }
    const double rated[5] = {900.0, 1.0, first_rated, 1.0, second_rated};
    for (size_t l = 0; l < 5; l++) {
        market.border[l].link = (sn_border){l == 0 ? 0 : 1, l + 1, rated[l]};
    }
    double level = 0.0;
    for (size_t t = 0; t < MADE_HOURS; t++) {
        bool is_full = t < 10;
        for (size_t z = 0; z < n; z++) {
            market.price[t * n + z] = 50.0;
        }
        market.price[t * n] = is_full ? 20.0 : 50.0;
        market.flow[t * 5] = is_full ? 900.0 : 600.0 + second_mw;
        market.flow[t * 5 + 1] = market.flow[t * 5 + 3] = 0.0;
        market.flow[t * 5 + 2] = is_full ? 200.0 : 600.0;
        market.flow[t * 5 + 4] = is_full ? 100.0 : second_mw;
        if (second_mw < 100.0 && is_full) {
            market.flow[t * 5 + 2] = 300.0 - second_mw;
            market.flow[t * 5 + 4] = second_mw;
        }
        level += market.price[t * n] / MADE_HOURS;
    }
    market.area[0].other_slope_mw_per_eur = 40.0 * level / 40.0;
}

static double offered(const sn_replay_result *r, size_t t, size_t l)
{
    return r->flow_max_mw[t * 5 + l];
}

/* E = F + G - D = 900 - 600 = 300, shared in proportion to 600 and 200. */
static void test_historical_rule_by_hand(void **state)
{
    (void)state;
    sn_replay_result r;
    draw_links(600.0, 200.0, 200.0);
    run(&market, &market.single, SN_AFTER_CUT_HISTORICAL, &r);
    for (size_t t = 0; t < 10; t++) {
        assert_near(offered(&r, t, 2), 225.0, 1e-6);
        assert_near(offered(&r, t, 4), 75.0, 1e-6);
        assert_near(r.flow_mw[t * 5], 900.0, 1e-6);
        assert_near(r.price_eur_per_mwh[t * market.input.n_area], 20.0, 1e-6);
    }
    assert_near(r.redispatch_volume_mwh, 0.0, 0.0);
    assert_int_equal(r.hours_over, 10);
    /* The uncut market exports 800 at 20 + 500/40 = 32.5: 500 MW are given up, worth
     * 50 less the mean of 20 and 32.5. */
    assert_near(r.cut_trade_mwh, 10 * 500.0, 1e-3);
    assert_near(r.cut_value_eur, 10 * 500.0 * (50.0 - 26.25), 1e-2);
    sn_replay_result_release(&r);
}

/* A link that cannot use its share leaves it unused by the historical rule, not by the
 * least reduction: 250 of its 300 against all. */
static void test_least_rule_wastes_nothing(void **state)
{
    (void)state;
    sn_replay_result least;
    sn_replay_result old;
    draw_links(600.0, 600.0, 50.0);
    run(&market, &market.single, SN_AFTER_CUT_LEAST, &least);
    run(&market, &market.single, SN_AFTER_CUT_HISTORICAL, &old);
    for (size_t t = 0; t < 10; t++) {
        assert_near(offered(&old, t, 2), 150.0, 1e-6);
        assert_near(offered(&old, t, 4), 50.0, 1e-6);
        assert_near(least.flow_mw[t * 5 + 2] + least.flow_mw[t * 5 + 4], 300.0, 1e-6);
        assert_near(least.flow_mw[t * 5], 900.0, 1e-6);
    }
    assert_near(least.cut_trade_mwh, 10 * 350.0, 1e-3);
    assert_near(old.cut_trade_mwh, 10 * 450.0, 1e-3);
    assert_true(least.cut_value_eur < old.cut_value_eur);
    assert_near(least.redispatch_volume_mwh, 0.0, 0.0);
    sn_replay_result_release(&old);
    sn_replay_result_release(&least);
}

/* In a capacity cut nothing is offered beyond the market's own limits, what is regulated
 * is only what no cut can reach, and the old rule gives up no less trade. */
static void test_cuts_of_capacity_on_any_network(void **state)
{
    (void)state;
    double least_mwh = 0.0;
    for (uint64_t seed = 101; seed <= 100 + SEEDS; seed++) {
        made_options options = options_of(seed);
        options.n_neighbour = 1 + seed % 5;
        options.has_wind = false;
        made_market_draw(seed, &options, &market);
        sn_replay_result r[SN_AFTER_COUNT];
        for (int way = 0; way < SN_AFTER_COUNT; way++) {
            run(&market, &market.single, (sn_after)way, &r[way]);
        }
        const sn_replay_result *free_market = &r[SN_AFTER_COST_BASED];
        for (int way = SN_AFTER_CUT_LEAST; way < SN_AFTER_COUNT; way++) {
            for (size_t i = 0; i < MADE_HOURS * market.input.n_border; i++) {
                assert_true(r[way].flow_max_mw[i] <= free_market->flow_max_mw[i]);
                assert_true(r[way].flow_min_mw[i] >= free_market->flow_min_mw[i]);
            }
            assert_true(r[way].redispatch_volume_mwh <=
                        free_market->redispatch_volume_mwh + 1e-6);
            assert_true(r[way].cut_value_eur >= -1e-3);
        }
        least_mwh += r[SN_AFTER_CUT_LEAST].cut_trade_mwh;
        for (int way = 0; way < SN_AFTER_COUNT; way++) {
            sn_replay_result_release(&r[way]);
        }
    }
    assert_true(least_mwh > 0.0);
}

/* What is regulated after the capacity was cut could not be cut: nothing leaves the
 * southern area any more but what is held (M-15). */
static void assert_rest_is_out_of_reach(const made_market *m, const sn_replay_result *r)
{
    for (size_t t = 0; t < r->n; t++) {
        double excess = r->cut_flow_mw[t * m->input.n_border];
        bool is_south = m->border[0].link.to == 1;
        double limit = is_south ? r->cut_max_mw[t * m->input.n_border]
                                : -r->cut_min_mw[t * m->input.n_border];
        excess = (is_south ? excess : -excess) - limit;
        for (size_t l = 1; l < m->input.n_border && excess > 1e-3; l++) {
            size_t at = t * m->input.n_border + l;
            bool is_out = m->border[l].link.from == 1;
            double out = is_out ? r->flow_mw[at] : -r->flow_mw[at];
            double held = is_out ? r->flow_min_mw[at] : -r->flow_max_mw[at];
            if (!(out <= fmax(0.0, held) + 1e-5)) {
                fail_msg(
                    "period %zu border %zu exports %g MW, held %g, and the cut is %g "
                    "MW over",
                    t, l, out, held, excess);
            }
        }
    }
}

/* The old rule offers less than its shares of the market's F + n only as far as the cut
 * asks for: where the flow is under the limit, every link has its share. */
static void assert_no_cut_too_deep(const made_market *m,
                                   const sn_replay_result *uncut,
                                   const sn_replay_result *r)
{
    size_t n_border = m->input.n_border;
    double sign = m->border[0].link.to == 1 ? 1.0 : -1.0;
    double rated = 0.0;
    for (size_t l = 1; l < n_border; l++) {
        rated += m->border[l].link.rated_mw;
    }
    for (size_t t = 0; t < r->n; t++) {
        size_t at = t * n_border;
        double limit = sign > 0.0 ? r->cut_max_mw[at] : -r->cut_min_mw[at];
        bool was_over = sign * uncut->flow_mw[at] > limit + 1e-6;
        double offered =
            fmax(0.0, limit + uncut->net_position_mw[t * m->input.n_area + 1]);
        for (size_t l = 1; l < n_border; l++) {
            double out = m->border[l].link.from == 1 ? 1.0 : -1.0;
            double most = out > 0.0 ? r->flow_max_mw[at + l] : -r->flow_min_mw[at + l];
            double before =
                out > 0.0 ? uncut->flow_max_mw[at + l] : -uncut->flow_min_mw[at + l];
            double share = offered * m->border[l].link.rated_mw / rated;
            if (was_over && sign * r->flow_mw[at] < limit - 1e-3) {
                assert_true(most >= fmin(before, share) - 1e-6);
            }
        }
    }
}

/* All that is exported leaves from the deficit side, so the comparison is exact. */
static void test_least_is_least(void **state)
{
    (void)state;
    size_t counted = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        made_options options = {.n_swedish = 2,
                                .n_neighbour = 2 + seed % 3,
                                .share_full = 0.5,
                                .has_hydro = seed % 2 == 0};
        made_market_draw(seed, &options, &market);
        for (size_t l = 1; l < market.input.n_border; l++) {
            sn_border *link = &market.border[l].link;
            size_t *end = link->from <= 1 ? &link->from : &link->to;
            size_t kept = *end;
            *end = 1;
            for (size_t t = 0; t < MADE_HOURS && kept == 0; t++) {
                /* Moved to the other area: as dear there as its link has it. */
                double gap = market.price[t * market.input.n_area + 1] -
                             market.price[t * market.input.n_area];
                market.price[t * market.input.n_area + l + 1] += gap;
            }
        }
        sn_replay_result least;
        sn_replay_result old;
        sn_replay_result uncut;
        run(&market, &market.single, SN_AFTER_COST_BASED, &uncut);
        run(&market, &market.single, SN_AFTER_CUT_LEAST, &least);
        run(&market, &market.single, SN_AFTER_CUT_HISTORICAL, &old);
        assert_no_cut_too_deep(&market, &uncut, &old);
        sn_replay_result_release(&uncut);
        assert_true(old.cut_trade_mwh >= least.cut_trade_mwh - 1e-3);
        assert_rest_is_out_of_reach(&market, &least);
        assert_rest_is_out_of_reach(&market, &old);
        counted += least.cut_trade_mwh > 1.0;
        sn_replay_result_release(&old);
        sn_replay_result_release(&least);
    }
    assert_true(counted > 10);
}

/* Water under cuts balances in few passes.  The old rule jumps where a cut begins to be
 * over: an hour that lies just there leaves a small error, and ends the search. */
static void test_water_balances_under_cuts(void **state)
{
    (void)state;
    size_t jumps = 0;
    size_t cut = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        made_options options = {
            .n_swedish = 3, .n_neighbour = 3, .share_full = 0.6, .has_hydro = true};
        made_market_draw(seed, &options, &market);
        market.settings.balance = SN_BALANCE_PHYSICAL;
        for (int way = SN_AFTER_CUT_LEAST; way < SN_AFTER_COUNT; way++) {
            sn_replay_result r;
            run(&market, &market.single, (sn_after)way, &r);
            bool is_met = r.energy_error_max_share <= 1e-4;
            assert_true(is_met || way == SN_AFTER_CUT_HISTORICAL);
            assert_true(r.energy_error_max_share <= 5e-3);
            assert_true(r.iterations <= (is_met ? 15 : 40));
            jumps += !is_met;
            cut += r.cut_trade_mwh > 0.0;
            sn_replay_result_release(&r);
        }
    }
    assert_true(cut > 20);
    assert_true(jumps <= 1);
}

/* ---- who takes part ---- */

static void test_only_participants_move(void **state)
{
    (void)state;
    made_options options = {.n_swedish = 3,
                            .n_neighbour = 1,
                            .share_full = 0.6,
                            .has_hydro = true,
                            .has_wind = true,
                            .has_demand = true};
    for (int held = 0; held < SN_RESOURCE_COUNT; held++) {
        made_market_draw(11, &options, &market);
        double moved[SN_RESOURCE_COUNT] = {0.0};
        for (size_t z = 0; z < 3; z++) {
            market.area[z].is_held[SN_RESOURCE_LOAD] = held == SN_RESOURCE_LOAD;
            market.area[z].is_held[held] = true;
        }
        /* Cheap hours, so that wind is wanted down too. */
        for (size_t i = 0; i < MADE_HOURS * market.input.n_area; i++) {
            market.price[i] -= 25.0;
        }
        sn_replay_result base;
        sn_replay_result r;
        sn_ledger ledger;
        sn_channels channels;
        run(&market, &market.zonal, SN_AFTER_COST_BASED, &base);
        run(&market, &market.single, SN_AFTER_COST_BASED, &r);
        account(&market, &base, &r, &ledger);
        trace(&market, &market.single, &base, &r, &ledger, &channels);
        for (size_t i = 0; i < MADE_HOURS * market.input.n_area; i++) {
            moved[SN_RESOURCE_HYDRO] += fabs(r.redispatch_hydro_mw[i]);
            moved[SN_RESOURCE_WIND] += fabs(r.redispatch_wind_mw[i]);
            moved[SN_RESOURCE_LOAD] += fabs(r.redispatch_load_mw[i]);
            moved[SN_RESOURCE_OTHER] +=
                fabs(r.redispatch_other_mw[i] - r.redispatch_wind_mw[i] -
                     r.redispatch_load_mw[i]);
            assert_true(r.redispatch_wind_mw[i] <= 0.0);
        }
        for (int k = 0; k < SN_RESOURCE_COUNT; k++) {
            assert_true(k == held ? moved[k] < 1e-6 : moved[k] > 1.0);
        }
        assert_true(ledger.residual_share <= 1e-9);
        assert_true(channels.residual_share <= 1e-9);
        if (held == SN_RESOURCE_HYDRO || held == SN_RESOURCE_OTHER) {
            assert_true(channels.change_eur[SN_CHANNEL_UNITS] < 0.0);
        }
        sn_ledger_release(&ledger);
        sn_replay_result_release(&r);
        sn_replay_result_release(&base);
    }
}

/* Nothing but 100 MW of load in the south may move: it goes, the rest is short. */
static void test_large_load_goes_down_first(void **state)
{
    (void)state;
    draw_two(0.0);
    market.area[1].is_held[SN_RESOURCE_OTHER] = true;
    market.area[1].is_held[SN_RESOURCE_LOAD] = false;
    market.area[1].large_load_mw = 100.0;
    market.area[1].large_load_eur_per_mwh = 200.0;
    sn_replay_result base;
    sn_replay_result r;
    sn_ledger ledger;
    sn_channels channels;
    run(&market, &market.zonal, SN_AFTER_COST_BASED, &base);
    run(&market, &market.single, SN_AFTER_COST_BASED, &r);
    account(&market, &base, &r, &ledger);
    trace(&market, &market.single, &base, &r, &ledger, &channels);
    assert_near(r.redispatch_large_load_mw[1], 100.0, 1e-6);
    assert_near(r.shortfall_mw[1], 650.0, 1e-5);
    assert_near(channels.change_eur[SN_CHANNEL_SHORTFALL],
                -650.0 * MADE_HOURS * market.settings.redispatch_voll_eur_per_mwh, 1e-1);
    assert_true(ledger.residual_share <= 1e-9);
    assert_true(channels.residual_share <= 1e-9);
    sn_ledger_release(&ledger);
    sn_replay_result_release(&r);
    sn_replay_result_release(&base);
}

/* ---- one consumer price (M-23) ---- */

static void assert_one_price(const made_market *m, const sn_replay_result *r, bool *one)
{
    for (size_t t = 0; t < r->n; t++) {
        double money = 0.0;
        double energy = 0.0;
        double paid = r->consumer_price_eur_per_mwh[t * m->input.n_area];
        for (size_t z = 0; z < m->input.n_area; z++) {
            size_t at = t * m->input.n_area + z;
            double used = m->load[at] - r->demand_response_mw[at];
            money += one[z] ? used * r->price_eur_per_mwh[at] : 0.0;
            energy += one[z] ? used : 0.0;
            assert_near(r->consumer_price_eur_per_mwh[at],
                        one[z] ? paid : r->price_eur_per_mwh[at], 1e-9);
        }
        assert_near(paid, money / energy, 1e-7);
    }
}

static void test_one_consumer_price(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        made_options options = options_of(seed);
        made_market_draw(seed, &options, &market);
        sn_configuration split = market.zonal;
        split.one_consumer = market.is_operator;
        sn_replay_result base;
        sn_replay_result r;
        sn_ledger ledger;
        sn_channels channels;
        run(&market, &market.zonal, SN_AFTER_COST_BASED, &base);
        run(&market, &split, SN_AFTER_COST_BASED, &r);
        account(&market, &base, &r, &ledger);
        trace(&market, &split, &base, &r, &ledger, &channels);
        assert_one_price(&market, &r, market.is_operator);
        assert_true(ledger.residual_share <= 1e-9);
        assert_true(channels.residual_share <= 1e-9);
        if (!options.has_demand) {
            /* The dispatch is the zonal one; money moves between consumers only. */
            for (size_t i = 0; i < MADE_HOURS * market.input.n_area; i++) {
                assert_near(r.price_eur_per_mwh[i], base.price_eur_per_mwh[i], 1e-9);
            }
            double consumers = 0.0;
            for (size_t i = 0; i < ledger.n_row; i++) {
                bool is = ledger.row[i].group == SN_GROUP_CONSUMERS;
                consumers += is ? ledger.row[i].change_eur : 0.0;
                assert_true(is || fabs(ledger.row[i].change_eur) < 1e-2);
            }
            assert_near(consumers, 0.0, 1e-2);
        } else {
            assert_true(channels.change_eur[SN_CHANNEL_DEMAND] <= 1e-3);
        }
        sn_ledger_release(&ledger);
        sn_replay_result_release(&r);
        sn_replay_result_release(&base);
    }
}

/* M-29: merging areas that never differ changes nothing, whatever is done after. */
static void test_equal_areas_need_nothing(void **state)
{
    (void)state;
    made_options options = {
        .n_swedish = 4, .n_neighbour = 3, .share_full = 0.0, .has_hydro = true};
    made_market_draw(5, &options, &market);
    for (int way = 0; way < SN_AFTER_COUNT; way++) {
        sn_replay_result r;
        run(&market, &market.single, (sn_after)way, &r);
        assert_int_equal(r.hours_over, 0);
        for (size_t i = 0; i < MADE_HOURS * market.input.n_area; i++) {
            assert_near(r.price_eur_per_mwh[i], market.price[i], 1e-7);
        }
        sn_replay_result_release(&r);
    }
}

static void test_threads_do_not_change_a_byte(void **state)
{
    (void)state;
    made_options options = options_of(35);
    made_market_draw(35, &options, &market);
    for (int way = 0; way < SN_AFTER_COUNT; way++) {
        sn_replay_result one;
        sn_replay_result many;
        market.settings.n_thread = 1;
        run(&market, &market.single, (sn_after)way, &one);
        market.settings.n_thread = 5;
        run(&market, &market.single, (sn_after)way, &many);
        assert_memory_equal(one.price_eur_per_mwh, many.price_eur_per_mwh,
                            MADE_HOURS * market.input.n_area * sizeof(double));
        assert_memory_equal(one.flow_max_mw, many.flow_max_mw,
                            MADE_HOURS * market.input.n_border * sizeof(double));
        assert_true(one.redispatch_bill_eur == many.redispatch_bill_eur);
        sn_replay_result_release(&one);
        sn_replay_result_release(&many);
    }
}

/* With an argument only the tests of that name. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_way_closes_its_books),
        cmocka_unit_test(test_perfect_regulation_has_no_welfare_effect),
        cmocka_unit_test(test_closed_form_of_two_areas),
        cmocka_unit_test(test_closed_form_of_bids),
        cmocka_unit_test(test_no_mark_up_is_cost_based),
        cmocka_unit_test(test_bids_start_from_the_honest_result),
        cmocka_unit_test(test_bill_grows_with_theta),
        cmocka_unit_test(test_historical_rule_by_hand),
        cmocka_unit_test(test_least_rule_wastes_nothing),
        cmocka_unit_test(test_cuts_of_capacity_on_any_network),
        cmocka_unit_test(test_least_is_least),
        cmocka_unit_test(test_water_balances_under_cuts),
        cmocka_unit_test(test_only_participants_move),
        cmocka_unit_test(test_large_load_goes_down_first),
        cmocka_unit_test(test_one_consumer_price),
        cmocka_unit_test(test_equal_areas_need_nothing),
        cmocka_unit_test(test_threads_do_not_change_a_byte),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
