/* SPDX-License-Identifier: GPL-3.0-or-later */
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

static const size_t se4_label[N_AREA] = {0, 1, 2, 3, 4, 5, 6};
static const size_t se1_label[N_AREA] = {0, 0, 0, 0, 4, 5, 6};
static const size_t north_label[N_AREA] = {0, 0, 2, 3, 4, 5, 6};
const sn_configuration se4 = {.name = "se4", .price_area = se4_label};
const sn_configuration se1 = {.name = "se1", .price_area = se1_label};
const sn_configuration north = {.name = "se-north", .price_area = north_label};

const sn_border links[N_BORDER] = {
    {SE1, SE2, 1500.0}, {SE2, SE3, 3000.0}, {SE3, SE4, 2000.0},
    {NO4, SE1, 600.0},  {SE4, DE, 600.0},   {SE3, FI, 1200.0},
};

static uint64_t random_state;

static double uniform(void)
{
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(random_state >> 11) / 9007199254740992.0;
}

/* One border of the tree: equal prices and some flow, or a difference and full. */
static double draw_border(fixture *f, size_t t, size_t l, double share_full)
{
    double rated = f->border[l].link.rated_mw * (0.8 + 0.2 * uniform());
    double *flow = &f->flow[t * N_BORDER + l];
    if (uniform() >= share_full) {
        *flow = rated * 0.8 * (2.0 * uniform() - 0.7);
        return 0.0;
    }
    double difference = 0.5 + 20.0 * uniform();
    difference = uniform() < 0.1 ? -difference : difference;
    *flow = difference > 0.0 ? rated : -rated;
    return difference;
}

static void draw_hour(fixture *f, size_t t)
{
    double season = 8.0 * sin(2.0 * 3.14159265358979 * (double)t / (double)N_HOUR);
    double *price = &f->price[t * N_AREA];
    price[SE1] = 25.0 + season + 10.0 * uniform();
    /* SE1 and SE2 never differ. */
    price[SE2] = price[SE1] + draw_border(f, t, 0, 0.0);
    price[SE3] = price[SE2] + draw_border(f, t, 1, 0.4);
    price[SE4] = price[SE3] + draw_border(f, t, 2, 0.4);
    price[NO4] = price[SE1] - draw_border(f, t, 3, 0.5);
    price[DE] = price[SE4] + draw_border(f, t, 4, 0.7);
    price[FI] = NAN;
    f->flow[t * N_BORDER + 5] = 900.0 * (uniform() - 0.5);
    const double mean_mw[N_AREA] = {2500.0, 4000.0, 1200.0, 200.0, 2000.0, 0.0, 0.0};
    for (size_t z = 0; z < N_AREA; z++) {
        double rise = price[z] - 30.0;
        f->hydro[t * N_AREA + z] =
            mean_mw[z] > 0.0
                ? mean_mw[z] * (1.0 + 0.4 * tanh(rise / 15.0) + 0.1 * uniform())
                : NAN;
        f->load[t * N_AREA + z] = 3000.0;
    }
}

int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    static const char *const codes[N_AREA] = {"SE1", "SE2",   "SE3", "SE4",
                                              "NO4", "DE-LU", "FI"};
    const double hydro_slope[N_AREA] = {40.0, 60.0, 25.0, 3.0, 40.0, 0.0, 0.0};
    const double other_slope[N_AREA] = {3.0, 5.0, 25.0, 15.0, 5.0, 0.0, 0.0};
    random_state = 20111101;
    for (size_t z = 0; z < N_AREA; z++) {
        sn_replay_area *a = &f->area[z];
        memcpy(a->code, codes[z], strlen(codes[z]) + 1);
        a->kind = z == DE   ? SN_AREA_PRICE_TAKER
                  : z == FI ? SN_AREA_FIXED_FLOW
                            : SN_AREA_MODELLED;
        a->hydro_slope_mw_per_eur = hydro_slope[z];
        a->other_slope_mw_per_eur = other_slope[z];
        a->reservoir_mwh = z == SE4 ? 0.0 : 2e7;
        a->may_redispatch = z <= SE4;
    }
    for (size_t l = 0; l < N_BORDER; l++) {
        f->border[l] = (sn_replay_border){.link = links[l], .has_flow = true};
    }
    for (size_t t = 0; t < N_HOUR; t++) {
        draw_hour(f, t);
    }
    f->input = (sn_replay_input){.axis = {{1546297200}, 3600, N_HOUR},
                                 .n_area = N_AREA,
                                 .area = f->area,
                                 .n_border = N_BORDER,
                                 .border = f->border,
                                 .price_eur_per_mwh = f->price,
                                 .load_mw = f->load,
                                 .generation_mw = {[SN_TECH_HYDRO] = f->hydro},
                                 .flow_mw = f->flow,
                                 .price_min_eur_per_mwh = -500.0,
                                 .price_max_eur_per_mwh = 3000.0};
    sn_replay_settings_default(&f->settings);
    *state = f;
    return 0;
}

int tear_down(void **state)
{
    free(*state);
    return 0;
}

void run(const fixture *f, const sn_configuration *configuration, sn_replay_result *out)
{
    sn_error err = {0};
    if (sn_replay_run(&f->input, &f->settings, configuration, out, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(out->check_failed, 0);
    assert_int_equal(out->n_infeasible, 0);
}

double net_observed(const fixture *f, size_t t, size_t z)
{
    double net = 0.0;
    for (size_t l = 0; l < N_BORDER; l++) {
        double flow = f->flow[t * N_BORDER + l];
        net += links[l].from == z ? flow : (links[l].to == z ? -flow : 0.0);
    }
    return net;
}

void assert_history(const fixture *f, const sn_replay_result *r)
{
    for (size_t t = 0; t < N_HOUR; t++) {
        for (size_t z = 0; z <= NO4; z++) {
            size_t at = t * N_AREA + z;
            if (r->exclusion[t] != SN_INCLUDED) {
                assert_true(isnan(r->price_eur_per_mwh[at]));
                continue;
            }
            assert_near(r->price_eur_per_mwh[at], f->price[at], 1e-7);
            assert_near(r->net_position_mw[at], net_observed(f, t, z), 1e-5);
            assert_near(r->hydro_mw[at], f->hydro[at], 1e-5);
            assert_near(r->other_response_mw[at], 0.0, 1e-5);
        }
    }
}
