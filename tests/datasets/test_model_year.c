/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "area.h"
#include "base/units.h"
#include "model_year.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const modelled[] = {"SE1", "SE2", "SE3", "SE4", "NO1", "NO2",
                                       "NO3", "NO4", "NO5", "DK1", "DK2", "FI"};
enum { N_MODELLED = 12 };

/* Sums of 8 760 doubles of a few thousand MW. */
#define SUM_TOLERANCE_TWH 1e-6
#define BALANCE_TOLERANCE_MW 1e-6

static sn_model_year make(int32_t year, uint64_t seed)
{
    sn_error err = {0};
    sn_model_year out;
    const sn_model_year_options options = {.year = year, .seed = seed};
    if (sn_model_year_make(&options, &out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    return out;
}

static const sn_series *
find(const sn_model_year *year, sn_quantity quantity, const char *subject)
{
    for (size_t k = 0; k < year->n_series; k++) {
        if (year->series[k].key.quantity == quantity &&
            strcmp(year->series[k].key.subject, subject) == 0) {
            return &year->series[k];
        }
    }
    return NULL;
}

static double sum_twh(const sn_model_year *year, sn_quantity quantity, const char *area)
{
    const sn_series *series = find(year, quantity, area);
    assert_non_null(series);
    double sum = 0;
    for (size_t h = 0; h < series->axis.n; h++) {
        sum += series->value[h];
    }
    return sum / SN_MWH_PER_TWH;
}

/* The published sums of 2025, written down here once more: SCB. */
static void sums_are_the_facts(void **state)
{
    const sn_model_year *year = *state;
    static const struct {
        const char *area;
        sn_quantity quantity;
        double twh;
    } facts[] = {
        {"SE1", SN_LOAD, 11.6},    {"SE2", SN_LOAD, 16.8},  {"SE3", SN_LOAD, 82.9},
        {"SE4", SN_LOAD, 22.9},    {"SE1", SN_HYDRO, 19.7}, {"SE2", SN_HYDRO, 37.1},
        {"SE3", SN_HYDRO, 10.4},   {"SE4", SN_HYDRO, 0.9},  {"SE1", SN_WIND, 6.5},
        {"SE2", SN_WIND, 16.1},    {"SE3", SN_WIND, 10.8},  {"SE4", SN_WIND, 5.5},
        {"SE3", SN_NUCLEAR, 44.8}, {"SE1", SN_NUCLEAR, 0},
    };
    for (size_t k = 0; k < sizeof facts / sizeof *facts; k++) {
        assert_true(fabs(sum_twh(year, facts[k].quantity, facts[k].area) - facts[k].twh) <
                    SUM_TOLERANCE_TWH);
    }
}

static void generation_less_load_is_the_export(void **state)
{
    const sn_model_year *year = *state;
    for (size_t i = 0; i < N_MODELLED; i++) {
        const sn_series *load = find(year, SN_LOAD, modelled[i]);
        const sn_series *generation = find(year, SN_GENERATION, modelled[i]);
        assert_non_null(load);
        assert_non_null(generation);
        for (size_t h = 0; h < load->axis.n; h++) {
            double left_mw = generation->value[h] - load->value[h];
            for (size_t b = 0; b < sn_border_count; b++) {
                char name[SN_BORDER_NAME_SIZE];
                sn_border_name(&sn_borders[b], name);
                bool out = strcmp(sn_borders[b].from, modelled[i]) == 0;
                bool in = strcmp(sn_borders[b].to, modelled[i]) == 0;
                const sn_series *flow =
                    out || in ? find(year, SN_FLOW_DAY_AHEAD, name) : NULL;
                left_mw -= flow == NULL ? 0 : out ? flow->value[h] : -flow->value[h];
            }
            assert_true(fabs(left_mw) < BALANCE_TOLERANCE_MW);
        }
    }
}

static void generation_is_the_sum_of_its_parts_and_none_is_negative(void **state)
{
    const sn_model_year *year = *state;
    static const sn_quantity parts[] = {SN_HYDRO, SN_WIND, SN_SOLAR, SN_NUCLEAR,
                                        SN_THERMAL};
    for (size_t i = 0; i < N_MODELLED; i++) {
        const sn_series *generation = find(year, SN_GENERATION, modelled[i]);
        assert_non_null(generation);
        for (size_t h = 0; h < generation->axis.n; h++) {
            double sum = 0;
            for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
                const sn_series *part = find(year, parts[k], modelled[i]);
                assert_non_null(part);
                assert_true(part->value[h] >= 0);
                sum += part->value[h];
            }
            assert_true(fabs(sum - generation->value[h]) < BALANCE_TOLERANCE_MW);
        }
    }
}

static void prices_differ_only_across_full_borders(void **state)
{
    const sn_model_year *year = *state;
    size_t n_border = 0;
    size_t n_different = 0;
    for (size_t b = 0; b < sn_border_count; b++) {
        char name[SN_BORDER_NAME_SIZE];
        sn_border_name(&sn_borders[b], name);
        const sn_series *flow = find(year, SN_FLOW_DAY_AHEAD, name);
        if (flow == NULL) {
            continue;
        }
        n_border++;
        const sn_series *from = find(year, SN_PRICE_EUR, sn_borders[b].from);
        const sn_series *to = find(year, SN_PRICE_EUR, sn_borders[b].to);
        const sn_series *forward = find(year, SN_CAPACITY_FORWARD, name);
        const sn_series *back = find(year, SN_CAPACITY_BACK, name);
        assert_true(from != NULL && to != NULL && forward != NULL && back != NULL);
        for (size_t h = 0; h < flow->axis.n; h++) {
            double f = flow->value[h];
            assert_true(forward->value[h] <= sn_borders[b].rated_forward_mw);
            assert_true(back->value[h] <= sn_borders[b].rated_back_mw);
            assert_true(f <= forward->value[h] && f >= -back->value[h]);
            if (from->value[h] < to->value[h]) {
                assert_true(f == forward->value[h]);
            } else if (from->value[h] > to->value[h]) {
                assert_true(f == -back->value[h]);
            }
            n_different += from->value[h] != to->value[h];
        }
    }
    assert_int_equal(n_border, 30);
    assert_true(n_different > 8760); /* or the year would show nothing */
}

static double mean(const sn_series *series)
{
    double sum = 0;
    for (size_t h = 0; h < series->axis.n; h++) {
        sum += series->value[h];
    }
    return sum / (double)series->axis.n;
}

static double area_mean(const sn_model_year *year, const char *area)
{
    const sn_series *price = find(year, SN_PRICE_EUR, area);
    assert_non_null(price);
    return mean(price);
}

/* ENTSO-E day-ahead means of 2023, the last year before flow-based coupling, and of 2025
 * as published: the model year lies between them or near. */
static void price_levels_are_those_of_2023_to_2025(void **state)
{
    const sn_model_year *year = *state;
    static const double highest[] = {39.97, 39.98, 51.70, 64.88};
    static const double lowest[] = {16.36, 16.13, 35.77, 49.71};
    double before = 0;
    for (size_t i = 0; i < 4; i++) {
        double price = area_mean(year, modelled[i]);
        assert_true(price > lowest[i] && price < highest[i] + 5);
        assert_true(price >= before); /* dearer to the south */
        before = price;
    }
    double step = area_mean(year, "SE3") - area_mean(year, "SE2");
    assert_true(step > 2.5 && step < 15); /* 11.72 in 2023 */
    step = area_mean(year, "SE4") - area_mean(year, "SE3");
    assert_true(step > 2.5 && step < 15); /* 13.18 in 2023 */
}

/* The cuts are full in a plausible share of hours: in 2023 prices differed by more than
 * 1 EUR/MWh in 0.1, 22 and 25 % of hours, in 2025 in far more. */
static void cuts_are_full_in_some_hours_and_offered_as_in_reality(void **state)
{
    const sn_model_year *year = *state;
    static const struct {
        const char *name;
        double share_min;
        double share_max;
        double offered_min_mw; /* mean */
    } cuts[] = {
        {"SE1-SE2", 0, 0.05, 2700},
        {"SE2-SE3", 0.20, 0.45, 6200},
        {"SE3-SE4", 0.15, 0.40, 4500},
    };
    for (size_t k = 0; k < 3; k++) {
        const sn_series *north = find(year, SN_PRICE_EUR, modelled[k]);
        const sn_series *south = find(year, SN_PRICE_EUR, modelled[k + 1]);
        const sn_series *offered = find(year, SN_CAPACITY_FORWARD, cuts[k].name);
        assert_true(north != NULL && south != NULL && offered != NULL);
        size_t full = 0;
        for (size_t h = 0; h < north->axis.n; h++) {
            full += fabs(south->value[h] - north->value[h]) > 1;
        }
        double share = (double)full / (double)north->axis.n;
        assert_true(share >= cuts[k].share_min && share <= cuts[k].share_max);
        assert_true(mean(offered) > cuts[k].offered_min_mw);
    }
}

static void reservoirs_are_weekly_and_within_their_size(void **state)
{
    const sn_model_year *year = *state;
    static const struct {
        const char *area;
        double gwh;
    } sizes[] = {{"SE1", 13688}, {"SE2", 15037}, {"SE3", 2517}, {"SE4", 216}};
    for (size_t k = 0; k < 4; k++) {
        const sn_series *level = find(year, SN_RESERVOIR, sizes[k].area);
        assert_non_null(level);
        assert_int_equal(level->key.step_s, SN_WEEK_S);
        assert_int_equal(level->axis.n, 52);
        for (size_t w = 0; w < level->axis.n; w++) {
            assert_true(level->value[w] > 0);
            assert_true(level->value[w] <= sizes[k].gwh * SN_MWH_PER_GWH);
        }
    }
}

static void same_seed_same_year_other_seed_another(void **state)
{
    const sn_model_year *first = *state;
    sn_model_year again = make(SN_MODEL_YEAR_DEFAULT, SN_MODEL_YEAR_SEED);
    sn_model_year other = make(2024, 7);
    assert_int_equal(first->n_series, again.n_series);
    bool differs = false;
    for (size_t k = 0; k < first->n_series; k++) {
        const sn_series *a = &first->series[k];
        const sn_series *b = &again.series[k];
        assert_int_equal(sn_series_key_compare(&a->key, &b->key), 0);
        assert_memory_equal(a->value, b->value, a->axis.n * sizeof *a->value);
    }
    const sn_series *a = find(first, SN_WIND, "SE2");
    const sn_series *b = find(&other, SN_WIND, "SE2");
    assert_int_equal(b->axis.n, 8784); /* a leap year */
    for (size_t h = 0; h < a->axis.n; h++) {
        differs = differs || fabs(a->value[h] - b->value[h]) > 1;
    }
    assert_true(differs);
    sn_model_year_release(&again);
    sn_model_year_release(&other);
}

static void year_out_of_range_is_refused(void **state)
{
    (void)state;
    sn_error err = {0};
    sn_model_year out;
    const sn_model_year_options options = {.year = 1500};
    assert_int_equal(sn_model_year_make(&options, &out, &err), SN_E_USAGE);
    assert_non_null(strstr(err.message, "1500"));
    assert_int_equal(out.n_series, 0);
}

static sn_model_year shared_year;

static int setup(void **state)
{
    shared_year = make(SN_MODEL_YEAR_DEFAULT, SN_MODEL_YEAR_SEED);
    *state = &shared_year;
    return 0;
}

static int teardown(void **state)
{
    sn_model_year_release(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_the_facts),
        cmocka_unit_test(generation_less_load_is_the_export),
        cmocka_unit_test(generation_is_the_sum_of_its_parts_and_none_is_negative),
        cmocka_unit_test(prices_differ_only_across_full_borders),
        cmocka_unit_test(price_levels_are_those_of_2023_to_2025),
        cmocka_unit_test(cuts_are_full_in_some_hours_and_offered_as_in_reality),
        cmocka_unit_test(reservoirs_are_weekly_and_within_their_size),
        cmocka_unit_test(same_seed_same_year_other_seed_another),
        cmocka_unit_test(year_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
