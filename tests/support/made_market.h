/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Generated histories: a chain of Swedish areas with neighbours as a tree, where every
 * border has equal prices or is full towards the dear side.  For properties that hold on
 * any network. */
#ifndef SN_TESTS_MADE_MARKET_H
#define SN_TESTS_MADE_MARKET_H

#include "analysis/replay.h"

#include <stdint.h>

enum { MADE_AREAS = 9, MADE_HOURS = 72 };

typedef struct made_market {
    sn_replay_input input;
    sn_replay_settings settings;
    sn_replay_area area[MADE_AREAS];
    sn_replay_border border[MADE_AREAS];
    size_t n_swedish; /* the first areas */
    size_t zonal_label[MADE_AREAS];
    size_t single_label[MADE_AREAS];
    sn_configuration zonal;
    sn_configuration single;
    bool is_operator[MADE_AREAS];
    double price[MADE_HOURS * MADE_AREAS];
    double load[MADE_HOURS * MADE_AREAS];
    double hydro[MADE_HOURS * MADE_AREAS];
    double wind[MADE_HOURS * MADE_AREAS];
    double flow[MADE_HOURS * MADE_AREAS];
} made_market;

typedef struct made_options {
    size_t n_swedish;   /* 2 .. 4 */
    size_t n_neighbour; /* 0 .. 5; the odd ones only have a price */
    double share_full;  /* of border hours with a difference */
    bool has_hydro;
    bool has_wind;
    bool has_demand; /* that answers to price */
} made_options;

/** Arrays lie in *out: do not copy it. */
void made_market_draw(uint64_t seed, const made_options *options, made_market *out);

#endif
