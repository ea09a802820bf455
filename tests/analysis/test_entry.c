/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fixed points of entry and exit (M-31, M-32) on a market with a linear price, where
 * every fixed point is found by trying all sets of projects. */
#include "entry.h"
#include "support/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PROJECTS_MAX = 6 };

typedef struct market {
    size_t n;
    double base;                 /* EUR/MWh with nobody in */
    double rise[PROJECTS_MAX];   /* by which each one raises the price */
    double worth[PROJECTS_MAX];  /* the price at which it stands */
    double factor[PROJECTS_MAX]; /* present value of an EUR/MWh, by its life */
    double fall_by_wind;         /* of a whole share of wind */
    double price, trial;
    size_t n_trial;
    double dry; /* above this price there is too little water; 0: never */
} market;

static double price_of(const market *m, const bool *is_in, double wind_share)
{
    double price = m->base - m->fall_by_wind * wind_share;
    for (size_t i = 0; i < m->n; i++) {
        price += is_in[i] ? m->rise[i] : 0.0;
    }
    return price;
}

static sn_status clear(void *context,
                       const bool *is_in,
                       const double *wind_share,
                       bool is_trial,
                       sn_entry_prices *out,
                       sn_error *err)
{
    (void)err;
    market *m = context;
    double price = price_of(m, is_in, wind_share[0]);
    *(is_trial ? &m->trial : &m->price) = price;
    m->n_trial += is_trial ? 1 : 0;
    *out = (sn_entry_prices){.price_eur_per_mwh = {price, price},
                             .capture_eur_per_mwh = {price, NAN},
                             .has_water = m->dry == 0.0 || price <= m->dry};
    return SN_OK;
}

static sn_status gain(void *context, size_t i, bool is_trial, double *out, sn_error *err)
{
    (void)err;
    const market *m = context;
    *out = m->factor[i] * (m->worth[i] - (is_trial ? m->trial : m->price));
    return SN_OK;
}

static sn_entry solve(market *m, bool start_with_all, double limit, bool *is_in)
{
    static const bool may[PROJECTS_MAX] = {true, true, true, true, true, true};
    static bool undecided[PROJECTS_MAX];
    sn_error err = {0};
    sn_entry_game game = {
        .n = m->n, .may = may, .context = m, .clear = clear, .gain = gain};
    sn_entry_settings settings = {.start_with_all = start_with_all,
                                  .rounds_max = 200,
                                  .wind_cost_eur_per_mwh = 41.5,
                                  .wind_change_max_share = limit,
                                  .tolerance_eur_per_mwh = 0.01};
    sn_entry out = {.is_in = is_in, .undecided = undecided};
    assert_int_equal(sn_entry_solve(&game, &settings, &out, &err), SN_OK);
    return out;
}

/* Nobody inside loses, nobody outside would gain with its own load. */
static bool is_fixed(const market *m, unsigned set)
{
    bool is_in[PROJECTS_MAX];
    for (size_t i = 0; i < m->n; i++) {
        is_in[i] = (set >> i & 1) != 0;
    }
    for (size_t i = 0; i < m->n; i++) {
        bool was = is_in[i];
        is_in[i] = true;
        double profit = m->worth[i] - price_of(m, is_in, 0.0);
        is_in[i] = was;
        if (was ? profit < 0.0 : profit > 0.0) {
            return false;
        }
    }
    return true;
}

static unsigned set_of(const market *m, const bool *is_in)
{
    unsigned set = 0;
    for (size_t i = 0; i < m->n; i++) {
        set |= is_in[i] ? 1u << i : 0;
    }
    return set;
}

static size_t count_fixed(const market *m)
{
    size_t n = 0;
    for (unsigned set = 0; set < 1u << m->n; set++) {
        n += is_fixed(m, set) ? 1 : 0;
    }
    return n;
}

/* Long-lived A gains most where power is cheap, short-lived B loses least where it is
 * dear; there is room for one: {A} and {B} are fixed, nothing else is. */
static void test_two_fixed_points(void **state)
{
    (void)state;
    bool is_in[PROJECTS_MAX];
    market m = {.n = 2,
                .base = 40.0,
                .rise = {3.0, 3.0},
                .worth = {44.0, 45.0},
                .factor = {15.0, 4.0}};
    assert_int_equal(count_fixed(&m), 2);
    assert_true(is_fixed(&m, 1) && is_fixed(&m, 2));
    assert_true(solve(&m, false, 0.0, is_in).converged);
    assert_int_equal(set_of(&m, is_in), 1);
    assert_true(solve(&m, true, 0.0, is_in).converged);
    assert_int_equal(set_of(&m, is_in), 2);
}

static void test_one_fixed_point(void **state)
{
    (void)state;
    bool is_in[PROJECTS_MAX];
    market m = {.n = 3,
                .base = 40.0,
                .rise = {3.0, 3.0, 3.0},
                .worth = {60.0, 55.0, 30.0},
                .factor = {15.0, 4.0, 10.0}};
    assert_int_equal(count_fixed(&m), 1);
    for (int start = 0; start < 2; start++) {
        assert_true(solve(&m, start == 1, 0.0, is_in).converged);
        assert_int_equal(set_of(&m, is_in), 3);
    }
}

/* One that enters at prices without its own load and loses with it comes out again. */
static void test_too_big_for_its_place(void **state)
{
    (void)state;
    bool is_in[PROJECTS_MAX];
    market m = {.n = 1, .base = 40.0, .rise = {9.0}, .worth = {44.0}, .factor = {10.0}};
    for (int start = 0; start < 2; start++) {
        assert_true(solve(&m, start == 1, 0.0, is_in).converged);
        assert_false(is_in[0]);
    }
    assert_true(m.n_trial > 0);
}

/* A project and the wind that would serve it wait for each other: it stands where the
 * wind has come, and where it has not it would pay for its own load. */
static void test_wind_and_a_project_wait_for_each_other(void **state)
{
    (void)state;
    bool is_in[PROJECTS_MAX];
    market m = {.n = 1,
                .base = 41.5,
                .rise = {5.0},
                .worth = {42.5},
                .factor = {10.0},
                .fall_by_wind = 20.0};
    assert_true(solve(&m, true, 1.0, is_in).converged);
    assert_true(is_in[0]);
    assert_true(fabs(m.price - 41.5) < 0.02);
    assert_true(solve(&m, false, 1.0, is_in).converged);
    assert_false(is_in[0]);
    assert_true(fabs(m.price - 41.5) < 0.02);
}

/* With all of them in there is no state at rest to wait for: they leave all the same. */
static void test_too_little_water_for_all(void **state)
{
    (void)state;
    bool is_in[PROJECTS_MAX];
    market m = {.n = 3,
                .base = 40.0,
                .rise = {5.0, 5.0, 5.0},
                .worth = {60.0, 44.0, 43.0},
                .factor = {10.0, 10.0, 10.0},
                .dry = 46.0};
    assert_true(solve(&m, true, 0.0, is_in).converged);
    assert_int_equal(set_of(&m, is_in), 1);
}

/* Made markets: what it rests in is fixed, and where one set alone is, both starts find
 * it. */
static void test_against_all_sets(void **state)
{
    (void)state;
    sn_random random = {20261128};
    size_t alone = 0;
    size_t several = 0;
    size_t differ = 0;
    for (int k = 0; k < 3000; k++) {
        bool is_in[PROJECTS_MAX];
        unsigned found[2];
        market m = {.n = 1 + (size_t)(k % PROJECTS_MAX), .base = 40.0};
        for (size_t i = 0; i < m.n; i++) {
            m.rise[i] = 0.1 + 5.0 * sn_random_share(&random);
            m.worth[i] = 38.0 + 14.0 * sn_random_share(&random);
            m.factor[i] = 1.0 + 15.0 * sn_random_share(&random);
        }
        size_t n_fixed = count_fixed(&m);
        assert_true(n_fixed > 0);
        for (int start = 0; start < 2; start++) {
            sn_entry out = solve(&m, start == 1, 0.0, is_in);
            found[start] = set_of(&m, is_in);
            if (!out.converged || !is_fixed(&m, found[start])) {
                fail_msg("case %d start %d: converged %d set %u", k, start, out.converged,
                         found[start]);
            }
        }
        if (n_fixed == 1) {
            assert_int_equal(found[0], found[1]);
        }
        alone += n_fixed == 1 ? 1 : 0;
        several += n_fixed > 1 ? 1 : 0;
        differ += found[0] != found[1] ? 1 : 0;
    }
    assert_true(alone > 500 && several > 200 && differ > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_fixed_points),
        cmocka_unit_test(test_one_fixed_point),
        cmocka_unit_test(test_too_big_for_its_place),
        cmocka_unit_test(test_wind_and_a_project_wait_for_each_other),
        cmocka_unit_test(test_too_little_water_for_all),
        cmocka_unit_test(test_against_all_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
