/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Losses and limits of change of single links in a replay (M-8), on generated networks.
 */
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

enum { SEEDS = 16 };

static const double ramp_mw_per_h = 250.0;

static made_market market;

static void draw(uint64_t seed)
{
    made_options options = {.n_swedish = 2 + seed % 3,
                            .n_neighbour = 1 + seed % 5,
                            .share_full = 0.45,
                            .has_hydro = seed % 4 != 0,
                            .has_wind = seed % 5 == 1,
                            .has_demand = seed % 2 == 1};
    made_market_draw(seed, &options, &market);
    market.settings.balance = seed % 3 == 0 ? SN_BALANCE_PHYSICAL : SN_BALANCE_HELD;
}

/* Links to neighbours; those between Swedish areas lie inside the price area. */
static void set_ramps(double mw_per_h)
{
    for (size_t l = 0; l < market.input.n_border; l++) {
        const sn_border *link = &market.border[l].link;
        bool is_abroad = link->from >= market.n_swedish || link->to >= market.n_swedish;
        market.border[l].ramp_mw_per_h = is_abroad ? mw_per_h : 0.0;
    }
}

/* The same links lose. */
static void set_losses(double share)
{
    for (size_t l = 0; l < market.input.n_border; l++) {
        const sn_border *link = &market.border[l].link;
        bool is_abroad = link->from >= market.n_swedish || link->to >= market.n_swedish;
        market.border[l].loss_share = is_abroad ? share : 0.0;
    }
}

static void run(const sn_configuration *split, sn_after way, sn_replay_result *out)
{
    sn_error err = {0};
    sn_replay_settings settings = market.settings;
    settings.after = way;
    if (sn_replay_run(&market.input, &settings, split, out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    if (out->check_failed > 0) {
        fail_msg("period %zu: %s %g", out->failure[0].period, out->failure[0].what,
                 out->failure[0].residual);
    }
    assert_int_equal(out->n_infeasible, 0);
}

/* What was observed stays possible. */
static double limit_of(size_t t, size_t l)
{
    const double *flow = &market.flow[l];
    size_t n = market.input.n_border;
    double seen = fabs(flow[t * n] - flow[(t - 1) * n]);
    return fmax(seen, market.border[l].ramp_mw_per_h);
}

static void assert_limits_hold(const sn_replay_result *r)
{
    size_t n = market.input.n_border;
    for (size_t t = 1; t < r->n; t++) {
        for (size_t l = 0; l < n; l++) {
            double change = fabs(r->flow_mw[t * n + l] - r->flow_mw[(t - 1) * n + l]);
            if (market.border[l].ramp_mw_per_h > 0.0) {
                assert_true(change <= limit_of(t, l) + 1e-5);
            }
        }
    }
}

/* History is a solution of its own configuration, however fast its flows changed. */
static void history_is_returned(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        sn_replay_result r;
        draw(seed);
        set_ramps(ramp_mw_per_h);
        market.settings.balance = SN_BALANCE_HELD;
        run(&market.zonal, SN_AFTER_COST_BASED, &r);
        for (size_t i = 0; i < r.n * market.input.n_area; i++) {
            if (!isnan(r.price_eur_per_mwh[i])) {
                assert_near(r.price_eur_per_mwh[i], market.price[i], 1e-5);
            }
        }
        assert_limits_hold(&r);
        sn_replay_result_release(&r);
    }
}

static void assert_books_close(const sn_replay_result *base, const sn_replay_result *r)
{
    sn_ledger ledger;
    sn_channels channels;
    assert_int_equal(sn_ledger_compute(&market.input, &market.settings, base, r,
                                       market.is_operator, &ledger, NULL),
                     SN_OK);
    assert_int_equal(sn_channels_compute(&market.input, &market.settings, &market.single,
                                         base, r, &ledger, &channels, NULL),
                     SN_OK);
    assert_true(ledger.residual_share <= 1e-9);
    assert_true(channels.residual_share <= 1e-9);
    sn_ledger_release(&ledger);
}

/* What is sold is what is bought and lost; how often links lose, and could have moved. */
static void count_losses(const sn_replay_result *r, size_t *n_free, size_t *n_lost)
{
    size_t n = market.input.n_border;
    size_t n_area = market.input.n_area;
    for (size_t t = 0; t < r->n; t++) {
        double left = 0.0;
        for (size_t z = 0; z < n_area; z++) {
            left += r->net_position_mw[t * n_area + z];
        }
        for (size_t l = 0; l < n; l++) {
            double share = market.border[l].loss_share;
            double flow = r->flow_mw[t * n + l];
            bool has_room = r->flow_max_mw[t * n + l] - r->flow_min_mw[t * n + l] > 1.0;
            left -= share * fabs(flow);
            *n_free += share > 0.0 && has_room;
            *n_lost += share > 0.0 && fabs(flow) > 1.0;
        }
        assert_near(left, 0.0, 1e-5);
    }
}

/* Every way of handling the cuts keeps the limits and closes its books. */
static void every_way_keeps_the_limits(void **state)
{
    (void)state;
    size_t n_tied = 0;
    size_t n_over = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        draw(seed);
        set_ramps(ramp_mw_per_h);
        sn_replay_result base;
        run(&market.zonal, SN_AFTER_COST_BASED, &base);
        for (int way = 0; way < SN_AFTER_COUNT; way++) {
            sn_replay_result r;
            run(&market.single, (sn_after)way, &r);
            assert_limits_hold(&r);
            assert_books_close(&base, &r);
            n_tied += r.ramp_coupled;
            n_over += r.hours_over;
            sn_replay_result_release(&r);
        }
        sn_replay_result_release(&base);
    }
    assert_true(n_tied > SEEDS * SN_AFTER_COUNT);
    assert_true(n_over > SEEDS * MADE_HOURS / 4);
}

/* A limit has a price only where it is reached, and then the way of the change. */
static void a_limit_has_a_price_where_it_is_reached(void **state)
{
    (void)state;
    size_t n_priced = 0;
    size_t n = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        sn_replay_result r;
        draw(seed);
        set_ramps(ramp_mw_per_h);
        run(&market.single, SN_AFTER_COST_BASED, &r);
        n = market.input.n_border;
        for (size_t t = 1; t < r.n; t++) {
            for (size_t l = 0; l < n; l++) {
                double worth = r.ramp_price_eur_per_mw[t * n + l];
                double change = r.flow_mw[t * n + l] - r.flow_mw[(t - 1) * n + l];
                if (worth != 0.0) {
                    assert_near(worth > 0.0 ? change : -change, limit_of(t, l), 1e-5);
                    n_priced++;
                }
            }
        }
        sn_replay_result_release(&r);
    }
    assert_true(n_priced > SEEDS);
}

static void assert_same(const sn_replay_result *a, const sn_replay_result *b)
{
    assert_memory_equal(a->price_eur_per_mwh, b->price_eur_per_mwh,
                        a->n * market.input.n_area * sizeof(double));
    assert_memory_equal(a->flow_mw, b->flow_mw,
                        a->n * market.input.n_border * sizeof(double));
    assert_memory_equal(a->redispatch_hydro_mw, b->redispatch_hydro_mw,
                        a->n * market.input.n_area * sizeof(double));
}

/* Limits that nothing reaches, and the number of threads, change no byte. */
static void what_does_not_bind_changes_no_byte(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS / 4; seed++) {
        for (int way = 0; way < SN_AFTER_COUNT; way++) {
            sn_replay_result none;
            sn_replay_result wide;
            sn_replay_result tight;
            sn_replay_result threads;
            draw(seed);
            run(&market.single, (sn_after)way, &none);
            set_ramps(1e6);
            run(&market.single, (sn_after)way, &wide);
            assert_same(&none, &wide);
            assert_null(none.ramp_price_eur_per_mw);
            set_ramps(ramp_mw_per_h);
            run(&market.single, (sn_after)way, &tight);
            market.settings.n_thread = 4;
            run(&market.single, (sn_after)way, &threads);
            assert_same(&tight, &threads);
            sn_replay_result_release(&none);
            sn_replay_result_release(&wide);
            sn_replay_result_release(&tight);
            sn_replay_result_release(&threads);
        }
    }
}

/* With losses, and with limits of change as well: history is returned, every way closes
 * its books, and what does not arrive is what the share says. */
static void links_that_lose_close_the_books(void **state)
{
    (void)state;
    size_t n_free = 0;
    size_t n_lost = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        draw(seed);
        set_losses(0.03);
        set_ramps(seed % 2 == 0 ? ramp_mw_per_h : 0.0);
        sn_replay_settings kept = market.settings;
        market.settings.balance = SN_BALANCE_HELD;
        sn_replay_result base;
        run(&market.zonal, SN_AFTER_COST_BASED, &base);
        for (size_t i = 0; i < base.n * market.input.n_area; i++) {
            if (!isnan(base.price_eur_per_mwh[i])) {
                assert_near(base.price_eur_per_mwh[i], market.price[i], 1e-2);
            }
        }
        market.settings = kept;
        for (int way = 0; way < SN_AFTER_COUNT; way++) {
            sn_replay_result r;
            run(&market.single, (sn_after)way, &r);
            assert_books_close(&base, &r);
            count_losses(&r, &n_free, &n_lost);
            sn_replay_result_release(&r);
        }
        sn_replay_result_release(&base);
    }
    assert_true(n_free > SEEDS && n_lost > SEEDS);
}

/* One price area has no losses inside: refused, with the border and the configuration. */
static void a_loss_inside_a_price_area_is_refused(void **state)
{
    (void)state;
    sn_replay_result r;
    sn_error err = {0};
    draw(1);
    market.border[0].loss_share = 0.03;
    assert_int_equal(
        sn_replay_run(&market.input, &market.settings, &market.single, &r, &err),
        SN_E_FORMAT);
    assert_non_null(strstr(err.message, "both ends are one price area"));
}

/* With an argument only the tests of that name. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_is_returned),
        cmocka_unit_test(every_way_keeps_the_limits),
        cmocka_unit_test(a_limit_has_a_price_where_it_is_reached),
        cmocka_unit_test(what_does_not_bind_changes_no_byte),
        cmocka_unit_test(links_that_lose_close_the_books),
        cmocka_unit_test(a_loss_inside_a_price_area_is_refused),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
