/* SPDX-License-Identifier: GPL-3.0-or-later */
/** From the store to the arrays of a replay of one year. */
#ifndef SN_REPLAY_INPUT_H
#define SN_REPLAY_INPUT_H

#include "analysis/replay.h"
#include "area.h"
#include "base/error.h"
#include "scenario.h"
#include "store.h"

enum { SN_REPLAY_BORDERS_MAX = 64, SN_REPLAY_USED_MAX = 1024 };

/** What was read, for the manifest. */
typedef struct sn_replay_used {
    sn_series_key key;
    char sha256[65]; /* of the values as read, gaps included */
} sn_replay_used;

/** Owns every array that input points to. */
typedef struct sn_replay_data {
    sn_replay_input input;
    sn_replay_area area[SN_SCENARIO_AREAS_MAX];
    sn_replay_border border[SN_REPLAY_BORDERS_MAX];
    const sn_border_info *info[SN_REPLAY_BORDERS_MAX];
    double *price, *load, *industry, *flow, *forward, *back, *reservoir;
    double *generation[SN_TECH_COUNT];
    double *price_min, *price_max;                     /* [n] limits of each period */
    double *extra_supply, *added_forward, *added_back; /* of the scenario, or NULL */
    double *changed_generation[SN_TECH_COUNT];         /* observed and extra, or NULL */
    bool is_view;          /* the observed arrays belong to another */
    double fx_sek_per_eur; /* mean of the year; NaN when the store has none */
    bool is_model_year;
    size_t n_used;
    sn_replay_used used[SN_REPLAY_USED_MAX];
} sn_replay_data;

/** SN_E_GAP names quantity, area and year when a price that is needed is missing
 * entirely.  Gaps inside stay NaN and are left out by the replay, by cause. */
SN_CHECKED sn_status sn_replay_data_load(const sn_scenario *scenario,
                                         sn_store *store,
                                         int32_t year,
                                         sn_replay_data *out,
                                         sn_error *err);
/** Observed arrays of loaded data, with the slopes, extra generation and lines of
 * another scenario of the same year, areas, sources and reservoirs.  Borrows loaded. */
SN_CHECKED sn_status sn_replay_data_view(const sn_replay_data *loaded,
                                         const sn_scenario *scenario,
                                         sn_replay_data *out,
                                         sn_error *err);
/** One hash of every series that was read: 64 hex digits. */
SN_CHECKED sn_status sn_replay_data_hash(const sn_replay_data *data,
                                         char text[65],
                                         sn_error *err);
void sn_replay_data_release(sn_replay_data *data);

/** Hourly prices of one area over a year (Swedish local days, the whole year) as the
 * scenario prefers sources; false when the store has none. */
enum { SN_YEAR_HOURS_MAX = 8784 };
bool sn_replay_price_year(const sn_scenario *scenario,
                          sn_store *store,
                          const char *area,
                          int32_t year,
                          double price[SN_YEAR_HOURS_MAX],
                          sn_axis *axis_out);

#endif
