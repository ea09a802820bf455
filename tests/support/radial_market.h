/* SPDX-License-Identifier: GPL-3.0-or-later */
/** A made-up history of a radial market, for the tests of replay: eight weeks of SE1 to
 * SE4 and NO4 with curves, DE-LU with a price and FI with flows alone.  Include after
 * cmocka. */
#ifndef SN_TEST_RADIAL_MARKET_H
#define SN_TEST_RADIAL_MARKET_H

#include "analysis/replay.h"

enum {
    SE1,
    SE2,
    SE3,
    SE4,
    NO4,
    DE,
    FI,
    N_AREA,
    N_BORDER = 6,
    N_DAY = 56,
    N_HOUR = N_DAY * 24,
};

typedef struct fixture {
    sn_replay_input input;
    sn_replay_settings settings;
    sn_replay_area area[N_AREA];
    sn_replay_border border[N_BORDER];
    double price[N_HOUR * N_AREA];
    double load[N_HOUR * N_AREA];
    double hydro[N_HOUR * N_AREA];
    double reservoir[N_HOUR * N_AREA];
    double flow[N_HOUR * N_BORDER];
} fixture;

extern const sn_configuration se4;
extern const sn_configuration se1;
extern const sn_configuration north; /* SE1 and SE2 are one */
extern const sn_border links[N_BORDER];

/* cmocka's set-up and tear-down of a test: the same fixture each time. */
int set_up(void **state);
int tear_down(void **state);

/* All periods must clear and pass the check. */
void run(const fixture *f, const sn_configuration *configuration, sn_replay_result *out);
double net_observed(const fixture *f, size_t t, size_t z);
/* The result is what was observed, where nothing is excluded. */
void assert_history(const fixture *f, const sn_replay_result *r);

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
