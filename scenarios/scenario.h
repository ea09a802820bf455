/* SPDX-License-Identifier: GPL-3.0-or-later */
/** A scenario: what to run, checked against its schema (FORMAT.md). */
#ifndef SN_SCENARIO_H
#define SN_SCENARIO_H

#include "analysis/replay.h"
#include "area.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SN_SCENARIO_AREAS_MAX = 32,
    SN_SCENARIO_CONFIGURATIONS_MAX = 8,
    SN_SCENARIO_SOURCES_MAX = 16,
    SN_SCENARIO_NAME_SIZE = 32,
    SN_SCENARIO_ADDED_MAX = 32,
    SN_SCENARIO_BORDERS_MAX = 64,
};

/** What a list of preferred sources is for. */
typedef enum sn_source_use {
    SN_USE_PRICE,
    SN_USE_LOAD,
    SN_USE_GENERATION,
    SN_USE_FLOW,
    SN_USE_RESERVOIR,
    SN_USE_COUNT
} sn_source_use;

typedef struct sn_source_list {
    size_t n;
    char name[SN_SCENARIO_SOURCES_MAX][SN_SOURCE_SIZE];
} sn_source_list;

/** A split of the areas: label[i] of scenario area i is the lowest index it shares
 * its price with. */
typedef struct sn_partition {
    char name[SN_SCENARIO_NAME_SIZE];
    size_t label[SN_SCENARIO_AREAS_MAX];
    bool has_one_consumer;                    /* M-23: ... */
    bool one_consumer[SN_SCENARIO_AREAS_MAX]; /* ... the areas that share one price */
} sn_partition;

/** capacity.add: more room on a border, in its canonical direction. */
typedef struct sn_added_line {
    const sn_border_info *border;
    double forward_mw; /* < 0 takes away */
    double back_mw;
    bool has_from;
    sn_instant from; /* there from this moment on */
} sn_added_line;

typedef struct sn_scenario {
    char name[SN_SCENARIO_NAME_SIZE];
    char title_sv[160];
    char title_en[160];
    int32_t year;
    bool balance_cuts; /* water balances where border capacity is cut, too (M-21) */
    int32_t step_s;    /* market time unit: 3600, or 900 */
    bool has_from, has_to, has_as_of;
    sn_instant from; /* period within the year */
    sn_instant to;
    sn_instant as_of; /* read what the store knew then */
    bool has_cases;   /* the file has sweep, sample or ensemble: for snitt batch */
    size_t n_area;    /* modelled areas first, then edges */
    const sn_area *area[SN_SCENARIO_AREAS_MAX];
    bool is_edge[SN_SCENARIO_AREAS_MAX];
    size_t n_configuration; /* [0] is the base */
    sn_partition configuration[SN_SCENARIO_CONFIGURATIONS_MAX];
    double hydro_slope_mw_per_eur[SN_SCENARIO_AREAS_MAX];
    double other_slope_mw_per_eur[SN_SCENARIO_AREAS_MAX];
    double reservoir_mwh[SN_SCENARIO_AREAS_MAX];
    double hydro_slope_factor;
    double other_slope_factor;
    double demand_elasticity; /* > 0: load answers beside other_slope, at its mean */
    double demand_elasticity_in_other; /* the part of other_slope that is demand */
    double extra_load_twh[SN_SCENARIO_AREAS_MAX]; /* a year, flat */
    double extra_generation_mw[SN_SCENARIO_AREAS_MAX];
    double extra_wind_share[SN_SCENARIO_AREAS_MAX]; /* of the observed wind power */
    double edge_price_change_share[SN_SCENARIO_AREAS_MAX];
    double loss_share[SN_SCENARIO_BORDERS_MAX];    /* likewise */
    double ramp_mw_per_h[SN_SCENARIO_BORDERS_MAX]; /* [index in sn_borders] 0 = none */
    size_t n_added;
    sn_added_line added[SN_SCENARIO_ADDED_MAX];
    bool may_redispatch[SN_SCENARIO_AREAS_MAX];
    bool is_held[SN_SCENARIO_AREAS_MAX][SN_RESOURCE_COUNT];
    double large_load_mw[SN_SCENARIO_AREAS_MAX];
    double large_load_eur_per_mwh[SN_SCENARIO_AREAS_MAX];
    sn_source_list source[SN_USE_COUNT];
    sn_replay_settings settings;
} sn_scenario;

/**
 * Read a file and then the words of --set ("hydro.balance=false"), in order.
 * @return SN_E_FORMAT with file:line:column and the nearest key; SN_E_IO
 */
SN_CHECKED sn_status sn_scenario_load(const char *path,
                                      const char *const *set,
                                      size_t n_set,
                                      sn_scenario *out,
                                      sn_error *err);

/** The same from bytes; name is used in messages. */
SN_CHECKED sn_status sn_scenario_load_bytes(const char *name,
                                            const void *bytes,
                                            size_t n,
                                            const char *const *set,
                                            size_t n_set,
                                            sn_scenario *out,
                                            sn_error *err);

/** One word of --set more; check with sn_scenario_check() when all are in. */
SN_CHECKED sn_status sn_scenario_set(sn_scenario *s, const char *word, sn_error *err);
/** Required keys are there and the period lies in the year; name is for messages. */
SN_CHECKED sn_status sn_scenario_check(const char *name,
                                       const sn_scenario *s,
                                       sn_error *err);
/** Normalised text: equal scenarios, equal bytes, whatever files, --set or order of
 * keys they came from; read back it gives the same scenario.  threads is left out. */
SN_CHECKED sn_status sn_scenario_write(const sn_scenario *s,
                                       sn_strbuf *out,
                                       sn_error *err);

/** A named split: "se4", "se1", "se-2+2" (SE1 SE2 | SE3 SE4), "se-north+34"
 * (SE1 SE2 | SE3 | SE4), "se4-one-consumer-price" (today's four for producers, one
 * price for consumers, M-23); SN_E_NOT_FOUND for another name. */
SN_CHECKED sn_status sn_partition_named(const sn_scenario *scenario,
                                        const char *name,
                                        sn_partition *out,
                                        sn_error *err);

/** The replay's settings with everything the scenario adds to load folded in. */
void sn_scenario_settings(const sn_scenario *scenario, sn_replay_settings *out);
/** True when nothing is changed beside the split: the base returns history then, and
 * its water is held; in another world its water must balance too. */
bool sn_scenario_is_history(const sn_scenario *scenario);

/** Index of a code among the scenario's areas, SIZE_MAX when absent. */
size_t sn_scenario_area_index(const sn_scenario *scenario, const char *code);

const char *sn_hydro_balance_name(sn_hydro_balance balance);
const char *sn_source_use_name(sn_source_use use);

#endif
