/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least cuts of capacity (M-21) against a referee that shares no code with them: the
 * market with all exports of a side closed. */
#include "analysis/replay.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/made_market.h"
#include "support/near.h"
#include "support/random.h"

enum { SEEDS = 80, SIDES_MAX = 16 };

static made_market market;

static void run_split(const sn_replay_input *input,
                      const sn_configuration *split,
                      sn_after way,
                      sn_replay_result *out)
{
    sn_error err = {0};
    sn_replay_settings settings = market.settings;
    settings.after = way;
    if (sn_replay_run(input, &settings, split, out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(out->check_failed, 0);
    assert_int_equal(out->n_infeasible, 0);
}

static void run(const sn_replay_input *input, sn_after way, sn_replay_result *out)
{
    run_split(input, &market.single, way, out);
}

/* North supplies 40 MW per EUR/MWh from 20; south takes 600 whatever it costs, exports
 * 350 to a cheaper market against the price, which is held (M-15), and over its other
 * link to a dear one, and takes 200 from a cheap one. */
static void draw_held(void)
{
    made_options options = {.n_swedish = 2, .n_neighbour = 4};
    made_market_draw(3, &options, &market);
    size_t n = market.input.n_area;
    for (size_t z = 0; z < n; z++) {
        market.area[z].other_slope_mw_per_eur = 0.0;
        market.area[z].kind = z < 2 ? SN_AREA_MODELLED : SN_AREA_PRICE_TAKER;
    }
    market.area[2].kind = SN_AREA_FIXED_FLOW;
    for (size_t l = 0; l < 5; l++) {
        market.border[l].link = (sn_border){l == 0 ? 0 : 1, l + 1, 600.0};
    }
    double level = 0.0;
    for (size_t t = 0; t < MADE_HOURS; t++) {
        bool is_full = t < 10;
        const double price[6] = {
            is_full ? 20.0 : 50.0, 50.0, 50.0, 50.0, is_full ? 10.0 : 50.0,
            is_full ? 30.0 : 50.0};
        const double flow[5] = {is_full ? 900.0 : 1350.0, 0.0, is_full ? 150.0 : 600.0,
                                -200.0, 350.0};
        memcpy(&market.price[t * n], price, sizeof price);
        memcpy(&market.flow[t * 5], flow, sizeof flow);
        level += price[0] / MADE_HOURS;
    }
    market.area[0].other_slope_mw_per_eur = 40.0 * level / 40.0;
}

/* F + n = 900 - 600 = 300 is less than the 350 that are held; with the 200 that come in,
 * 500 may leave, and the dear market gets 150 of the 600 it takes uncut. */
static void test_what_is_held_does_not_end_the_search(void **state)
{
    (void)state;
    sn_replay_result r;
    draw_held();
    run(&market.input, SN_AFTER_CUT_LEAST, &r);
    assert_int_equal(r.hours_over, 10);
    for (size_t t = 0; t < 10; t++) {
        assert_near(r.flow_mw[t * 5], 900.0, 1e-5);
        assert_near(r.flow_mw[t * 5 + 2], 150.0, 1e-5);
        assert_near(r.flow_max_mw[t * 5 + 2], 150.0, 1e-5);
        assert_near(r.flow_mw[t * 5 + 4], 350.0, 0.0);
    }
    assert_near(r.cut_trade_mwh, 10 * 450.0, 1e-3);
    assert_near(r.redispatch_volume_mwh, 0.0, 0.0);
    sn_replay_result_release(&r);
}

/* North and south are joined by a cut and by a way round over two neighbours; south has a
 * dear market beside.  Where all but that have one price, what goes round is settled by
 * the rule of ties (M-13). */
static void draw_way_round(void)
{
    made_options options = {.n_swedish = 2, .n_neighbour = 3};
    made_market_draw(5, &options, &market);
    size_t n = market.input.n_area;
    const double slope[5] = {40.0, 0.0, 20.0, 0.0, 20.0};
    const sn_border link[5] = {
        {0, 1, 900.0}, {0, 2, 1000.0}, {1, 3, 800.0}, {4, 1, 1000.0}, {2, 4, 1000.0}};
    double level[5] = {0.0};
    market.input.n_border = 5;
    market.border[4].has_flow = true;
    for (size_t l = 0; l < 5; l++) {
        market.border[l].link = link[l];
    }
    for (size_t t = 0; t < MADE_HOURS; t++) {
        bool is_full = t < 10;
        double north = is_full ? 20.0 : 30.0;
        const double price[5] = {north, 30.0, north, is_full ? 60.0 : 30.0, 30.0};
        const double full[5] = {900.0, 200.0, 400.0, 250.0, 300.0};
        const double other[5] = {850.0, 200.0, 800.0, 200.0, 250.0};
        memcpy(&market.price[t * n], price, sizeof price);
        memcpy(&market.flow[t * 5], is_full ? full : other, sizeof full);
        for (size_t z = 0; z < n; z++) {
            level[z] += price[z] / MADE_HOURS;
        }
    }
    for (size_t z = 0; z < n; z++) {
        market.area[z].other_slope_mw_per_eur = slope[z] * level[z] / 40.0;
    }
}

/* What the way round carries is seen in the market, so the cut ends up full, not less. */
static void test_ways_round_do_not_deepen_the_cut(void **state)
{
    (void)state;
    sn_replay_result uncut;
    sn_replay_result r;
    draw_way_round();
    run(&market.input, SN_AFTER_COST_BASED, &uncut);
    run(&market.input, SN_AFTER_CUT_LEAST, &r);
    for (size_t t = 0; t < 10; t++) {
        assert_true(uncut.flow_mw[t * 5] > 910.0);
        assert_near(r.flow_mw[t * 5], 900.0, 1e-5);
        assert_true(r.flow_mw[t * 5 + 2] < uncut.flow_mw[t * 5 + 2] - 1.0);
        assert_true(r.price_eur_per_mwh[t * 5 + 3] > r.price_eur_per_mwh[t * 5 + 1]);
    }
    assert_near(r.redispatch_volume_mwh, 0.0, 0.0);
    sn_replay_result_release(&uncut);
    sn_replay_result_release(&r);
}

/* Two pairs of areas side by side, each with 900 MW between north and south, of which
 * south takes 600, and a dear market beside south. */
static void draw_pairs(void)
{
    made_options options = {.n_swedish = 4, .n_neighbour = 2};
    made_market_draw(7, &options, &market);
    size_t n = market.input.n_area;
    const sn_border link[5] = {
        {0, 1, 900.0}, {1, 2, 500.0}, {2, 3, 900.0}, {1, 4, 800.0}, {3, 5, 800.0}};
    double level = 0.0;
    for (size_t z = 0; z < n; z++) {
        market.area[z].other_slope_mw_per_eur = 0.0;
        market.area[z].kind = z < 4 ? SN_AREA_MODELLED : SN_AREA_PRICE_TAKER;
    }
    for (size_t l = 0; l < 5; l++) {
        market.border[l].link = link[l];
    }
    for (size_t t = 0; t < MADE_HOURS; t++) {
        bool is_full = t < 10;
        double north = is_full ? 20.0 : 50.0;
        double out = is_full ? 300.0 : 800.0;
        const double price[6] = {north, 50.0, north, 50.0, 50.0, 50.0};
        const double flow[5] = {600.0 + out, 0.0, 600.0 + out, out, out};
        memcpy(&market.price[t * n], price, sizeof price);
        memcpy(&market.flow[t * 5], flow, sizeof flow);
        level += north / MADE_HOURS;
    }
    market.area[0].other_slope_mw_per_eur = 40.0 * level / 40.0;
    market.area[2].other_slope_mw_per_eur = 40.0 * level / 40.0;
}

/* What is cut for one price area stays cut while the next one is; the link between the
 * pairs, of 500 and never used, has its share of the old rule's 300 in the first. */
static void test_price_areas_keep_their_cuts(void **state)
{
    (void)state;
    const size_t label[6] = {0, 0, 2, 2, 4, 5};
    sn_configuration pairs = {.name = "pairs", .price_area = label};
    draw_pairs();
    for (int way = SN_AFTER_CUT_LEAST; way < SN_AFTER_COUNT; way++) {
        sn_replay_result r;
        run_split(&market.input, &pairs, (sn_after)way, &r);
        assert_int_equal(r.hours_over, 10);
        double out = way == SN_AFTER_CUT_LEAST ? 300.0 : 300.0 * 800.0 / (800.0 + 500.0);
        for (size_t t = 0; t < 10; t++) {
            assert_near(r.flow_mw[t * 5], 600.0 + out, 1e-5);
            assert_near(r.flow_mw[t * 5 + 2], 900.0, 1e-5);
            assert_near(r.flow_max_mw[t * 5 + 3], out, 1e-5);
            assert_near(r.flow_max_mw[t * 5 + 4], 300.0, 1e-5);
        }
        assert_near(r.redispatch_volume_mwh, 0.0, 0.0);
        sn_replay_result_release(&r);
    }
}

/* ---- any network ---- */

/* One more border, between two neighbours: what goes round between equal prices is not
 * for the market to say. */
static void add_ring(uint64_t seed)
{
    sn_random r = {seed};
    size_t n = market.input.n_area;
    size_t from = market.n_swedish;
    size_t to = from + 2;
    size_t old = market.input.n_border;
    if (to >= n) {
        return;
    }
    market.border[old] = (sn_replay_border){.link = {from, to, 500.0}, .has_flow = true};
    for (size_t t = MADE_HOURS; t-- > 0;) {
        double difference = market.price[t * n + to] - market.price[t * n + from];
        double share = sn_random_share(&r);
        memmove(&market.flow[t * (old + 1)], &market.flow[t * old],
                old * sizeof *market.flow);
        market.flow[t * (old + 1) + old] =
            500.0 * (fabs(difference) < 1e-9 ? share - 0.5
                     : share < 0.2           ? -copysign(0.3, difference)
                                             : copysign(0.9, difference));
    }
    market.input.n_border = old + 1;
}

static double over_mw(const sn_replay_result *r, size_t t)
{
    double sum = 0.0;
    for (size_t l = 0; l + 1 < market.n_swedish; l++) {
        size_t at = t * market.input.n_border + l;
        sum += fmax(0.0, fmax(r->cut_flow_mw[at] - r->cut_max_mw[at],
                              r->cut_min_mw[at] - r->cut_flow_mw[at]));
    }
    return sum;
}

/* Swedish areas are a chain: sides of cuts are its ends, and what two of them hold. */
static size_t list_sides(unsigned side[SIDES_MAX])
{
    size_t n = market.n_swedish;
    size_t count = 0;
    for (size_t low = 0; low <= n; low++) {
        for (size_t high = low; high <= n; high++) {
            unsigned is_in = 0;
            for (size_t z = 0; z < n; z++) {
                is_in |= z < low || z >= high ? 1U << z : 0U;
            }
            if (is_in != 0 && (low < high || low == n)) {
                side[count++] = is_in;
            }
        }
    }
    return count;
}

/* Areas on the side that takes too much, of any cut over its limit. */
static unsigned takes_too_much(const sn_replay_result *r, size_t t)
{
    unsigned is_in = 0;
    for (size_t l = 0; l + 1 < market.n_swedish; l++) {
        size_t at = t * market.input.n_border + l;
        const sn_border *link = &market.border[l].link;
        bool is_to = r->cut_flow_mw[at] > r->cut_max_mw[at] + 1e-6;
        bool is_from = r->cut_flow_mw[at] < r->cut_min_mw[at] - 1e-6;
        for (size_t z = 0; z < market.n_swedish; z++) {
            bool is_beyond = z > l; /* border l joins the areas l and l + 1 */
            bool is_to_side = is_beyond == (link->to == l + 1);
            is_in |= (is_to && is_to_side) || (is_from && !is_to_side) ? 1U << z : 0U;
        }
    }
    return is_in;
}

/* Cuts over their limits on both sides of an area are sought in turn, each on what the
 * others left (MODEL.md): of those nothing is claimed. */
static bool
is_searched_at_once(const sn_replay_result *uncut, const sn_replay_result *r, size_t t)
{
    unsigned all = (1U << market.n_swedish) - 1U;
    return (takes_too_much(uncut, t) | takes_too_much(r, t)) != all;
}

/* The market with no more exports from a side than those held. */
static void run_closed(unsigned side, sn_replay_result *out)
{
    static double forward[MADE_HOURS * MADE_AREAS];
    static double back[MADE_HOURS * MADE_AREAS];
    size_t n_border = market.input.n_border;
    for (size_t i = 0; i < MADE_HOURS * n_border; i++) {
        const sn_border *link = &market.border[i % n_border].link;
        bool from = link->from < market.n_swedish;
        bool to = link->to < market.n_swedish;
        bool is_from = from && !to && (side >> link->from & 1U) != 0;
        bool is_to = to && !from && (side >> link->to & 1U) != 0;
        forward[i] = is_from ? -1e6 : 0.0;
        back[i] = is_to ? -1e6 : 0.0;
    }
    sn_replay_input input = market.input;
    input.added_forward_mw = forward;
    input.added_back_mw = back;
    run(&input, SN_AFTER_COST_BASED, out);
}

static void draw(uint64_t seed)
{
    made_options options = {.n_swedish = 2 + seed % 3,
                            .n_neighbour = 2 + seed % 4,
                            .share_full = 0.45,
                            .has_hydro = seed % 2 == 0};
    made_market_draw(seed, &options, &market);
    add_ring(seed);
}

/* Where the least cut leaves a cut over its limit, closing every export of any side would
 * leave one as well. */
static void test_what_is_left_is_out_of_reach(void **state)
{
    (void)state;
    size_t n_left = 0;
    size_t n_relieved = 0;
    size_t n_in_turn = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        sn_replay_result uncut;
        sn_replay_result least;
        unsigned side[SIDES_MAX];
        draw(seed);
        run(&market.input, SN_AFTER_COST_BASED, &uncut);
        run(&market.input, SN_AFTER_CUT_LEAST, &least);
        size_t n_side = list_sides(side);
        for (size_t k = 0; k < n_side; k++) {
            sn_replay_result closed;
            run_closed(side[k], &closed);
            for (size_t t = 0; t < MADE_HOURS; t++) {
                double left = over_mw(&least, t);
                if (left > 1e-4 && is_searched_at_once(&uncut, &least, t) &&
                    over_mw(&closed, t) < 1e-6) {
                    fail_msg("seed %u period %zu: %g MW over, and without exports from "
                             "side %x none",
                             (unsigned)seed, t, left, side[k]);
                }
            }
            sn_replay_result_release(&closed);
        }
        for (size_t t = 0; t < MADE_HOURS; t++) {
            bool is_left = over_mw(&least, t) > 1e-4;
            n_in_turn += least.is_over[t] && !is_searched_at_once(&uncut, &least, t);
            n_left += is_left;
            n_relieved += least.is_over[t] && !is_left;
        }
        sn_replay_result_release(&uncut);
        sn_replay_result_release(&least);
    }
    assert_true(n_in_turn < n_relieved);
    assert_true(n_left > 50);
    assert_true(n_relieved > 200);
}

/* Is the area on the side that takes too much of a cut which is at its limit? */
static bool has_cut_at_limit(const sn_replay_result *r, size_t t, size_t area)
{
    bool found = false;
    for (size_t l = 0; l + 1 < market.n_swedish; l++) {
        size_t at = t * market.input.n_border + l;
        const sn_border *link = &market.border[l].link;
        bool is_to_side = (area > l) == (link->to == l + 1);
        double room = is_to_side ? r->cut_max_mw[at] - r->cut_flow_mw[at]
                                 : r->cut_flow_mw[at] - r->cut_min_mw[at];
        found = found || room < 1e-4;
    }
    return found;
}

/* A link that is held back, and would carry more, is held back by a cut at its limit. All
 * but few: a cut met on the way may have been sought in turn with others. */
static void test_no_cut_is_deeper_than_its_limit_asks(void **state)
{
    (void)state;
    size_t n_held_back = 0;
    size_t n_deep = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        sn_replay_result uncut;
        sn_replay_result r;
        draw(seed);
        run(&market.input, SN_AFTER_COST_BASED, &uncut);
        run(&market.input, SN_AFTER_CUT_LEAST, &r);
        size_t n_border = market.input.n_border;
        for (size_t i = 0; i < MADE_HOURS * n_border; i++) {
            size_t t = i / n_border;
            const sn_border *link = &market.border[i % n_border].link;
            const double *price = &r.price_eur_per_mwh[t * market.input.n_area];
            double gap = price[link->to] - price[link->from];
            bool is_out = link->from < market.n_swedish && link->to >= market.n_swedish &&
                          gap > 1e-3 && r.flow_max_mw[i] < uncut.flow_max_mw[i] - 1e-3;
            bool is_in = link->to < market.n_swedish && link->from >= market.n_swedish &&
                         gap < -1e-3 && r.flow_min_mw[i] > uncut.flow_min_mw[i] + 1e-3;
            if ((!is_out && !is_in) || !is_searched_at_once(&uncut, &r, t)) {
                continue;
            }
            n_held_back++;
            n_deep += !has_cut_at_limit(&r, t, is_out ? link->from : link->to);
        }
        sn_replay_result_release(&uncut);
        sn_replay_result_release(&r);
    }
    assert_true(n_held_back > 200);
    assert_true(n_deep * 100 < n_held_back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_held_does_not_end_the_search),
        cmocka_unit_test(test_ways_round_do_not_deepen_the_cut),
        cmocka_unit_test(test_price_areas_keep_their_cuts),
        cmocka_unit_test(test_what_is_left_is_out_of_reach),
        cmocka_unit_test(test_no_cut_is_deeper_than_its_limit_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
