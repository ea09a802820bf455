/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What the parts of a run share: run.c solves, summary*.c, manifest.c and run_output.c
 * write.  Nobody else includes this. */
#ifndef SN_RUN_INTERNAL_H
#define SN_RUN_INTERNAL_H

#include "analysis/channels.h"
#include "analysis/ledger.h"
#include "replay_input.h"
#include "result.h"
#include "run.h"

#include <jansson.h>

enum { SN_RUN_ID_SIZE = 17, SN_RUN_THETAS = 5, SN_RUN_YEARS = 26 };

extern const char *const sn_run_swedish_area[4];

/** One mark-up share of the sensitivity (M-20). */
typedef struct sn_run_theta {
    double theta;
    double volume_mwh;
    double bill_eur;
    double tariff_eur_per_mwh;
    double price_sweden_eur_per_mwh;
} sn_run_theta;

/** The ways of handling the cuts beside the cost-based one, of one configuration. */
typedef struct sn_run_after {
    bool is_solved; /* false: no cut is ever over its limit, all ways are the same */
    sn_replay_result result[SN_AFTER_COUNT];
    sn_ledger ledger[SN_AFTER_COUNT];
    sn_channels channels[SN_AFTER_COUNT]; /* also of the cost-based result */
    sn_run_theta sweep[SN_RUN_THETAS];
} sn_run_after;

/** Of every clearing that a run made (M-12). */
typedef struct sn_run_checks {
    size_t periods;
    size_t failed;
    size_t n_infeasible;
} sn_run_checks;

typedef struct sn_run_case {
    const sn_scenario *scenario;
    sn_store *store;
    sn_replay_data data;
    sn_replay_prepared *prepared[SN_SCENARIO_CONFIGURATIONS_MAX];
    sn_replay_result base;
    sn_replay_result changed[SN_SCENARIO_CONFIGURATIONS_MAX]; /* [i] configuration i */
    sn_replay_result variant[3]; /* of configuration 1, by sn_hydro_balance */
    sn_ledger ledger[SN_SCENARIO_CONFIGURATIONS_MAX];
    sn_ledger variant_ledger[3];
    sn_run_after after[SN_SCENARIO_CONFIGURATIONS_MAX];
    json_t *years; /* every year that the store can tell about, and its months */
    json_t *monthly;
    bool has_year[SN_RUN_YEARS]; /* the store has prices of the whole year */
    bool operator_area[SN_SCENARIO_AREAS_MAX];
    char run_id[SN_RUN_ID_SIZE];
    sn_run_checks checks;
    double read_s, solve_s, after_s, write_s, start_s;
} sn_run_case;

/* ---- JSON: values are stolen, numbers that are not finite become null ---- */

json_t *sn_run_number(double value);
void sn_run_set(json_t *object, const char *key, json_t *value);
/** A number of periods as hours: whole on hourly axes. */
json_t *sn_run_hours(const sn_run_case *c, size_t periods);
json_t *sn_run_two_languages(const char *sv, const char *en);

/* ---- solving ---- */

sn_configuration sn_run_configuration(const sn_run_case *c, size_t i);

/** The scenario's own, of configuration i: a base that is history has its water held.
 * What all runs of a configuration share is made by the first. */
sn_status
sn_run_settings(sn_run_case *c, size_t i, sn_replay_settings *out, sn_error *err);

/** Clear configuration i and count its checks; tasks may do so side by side once the
 * configuration's settings have been asked for. */
sn_status sn_run_solve_one(sn_run_case *c,
                           size_t i,
                           const sn_replay_settings *settings,
                           sn_run_checks *checks,
                           sn_replay_result *out,
                           sn_error *err);
void sn_run_count(sn_run_checks *checks, const sn_replay_result *result);
void sn_run_add_checks(sn_run_checks *checks, const sn_run_checks *more);

/** Who wins and loses against the base. */
sn_status sn_run_account(const sn_run_case *c,
                         const sn_replay_result *changed,
                         sn_ledger *out,
                         sn_error *err);
void sn_run_release_prepared(sn_run_case *c);

/** What is neither written, nor in the summary, nor where another run starts, makes room.
 * Prices and hydro's and others' regulation stay, and if wanted flows, limits, shifts. */
void sn_run_trim(sn_replay_result *result, bool keeps_flows);
/** No other run starts from it any more. */
void sn_run_forget_start(sn_replay_result *result);

/** All configurations in the other ways of handling the cuts, and the first in the other
 * treatments of the water; needs the cost-based results. */
sn_status sn_run_solve_after(sn_run_case *c, sn_error *err);
/** Of configuration i; the cost-based one too. */
const sn_replay_result *sn_run_after_result(const sn_run_case *c, size_t i, sn_after way);
const sn_ledger *sn_run_after_ledger(const sn_run_case *c, size_t i, sn_after way);
void sn_run_release_after(sn_run_case *c);

/* ---- parts of the summary; every one returns a new reference ---- */

/** Mean of price[t][z] over known hours; weight NULL = every hour the same. */
double sn_run_mean_price(const sn_run_case *c,
                         const double *price,
                         size_t z,
                         const double *weight);
/** Load-weighted mean over the Swedish areas. */
double sn_run_sweden_price(const sn_run_case *c, const double *price);
/** Time mean of the hourly load-weighted observed price: one price that every area would
 * have paid if nothing else changed, comparable with time means of areas (M-38). */
double sn_run_naive_price(const sn_run_case *c);
json_t *sn_run_price_json(const sn_run_case *c, const double *price);
json_t *sn_run_replay_json(const sn_run_case *c);
json_t *sn_run_cuts_json(const sn_run_case *c);
json_t *sn_run_statistics_json(const sn_run_case *c);
json_t *sn_run_outside_json(const sn_run_case *c);
json_t *sn_run_redispatch_json(const sn_run_case *c,
                               const sn_replay_result *r,
                               const sn_ledger *ledger);
json_t *sn_run_ledger_json(const sn_run_case *c, const sn_ledger *ledger);
json_t *sn_run_hydro_json(const sn_replay_result *r, sn_hydro_balance balance);
json_t *sn_run_variants_json(const sn_run_case *c);
/** M-38: {configuration: {headline: interval over the weeks of the year}}. */
json_t *sn_run_intervals_json(const sn_run_case *c);
/** The few of one way of handling the cuts. */
json_t *sn_run_after_intervals_json(const sn_run_case *c, size_t i, sn_after way);
json_t *sn_run_congestion_json(const sn_run_case *c);
/** {configuration: limits of change and losses of single links}; NULL: there are none. */
json_t *sn_run_links_json(const sn_run_case *c);
json_t *sn_run_after_json(const sn_run_case *c, size_t i);
json_t *sn_run_channels_json(const sn_run_case *c, size_t i, sn_after way);
json_t *sn_run_criteria_json(const sn_run_case *c, size_t i);
json_t *sn_run_check_json(const sn_run_case *c);
json_t *sn_run_borders_json(const sn_run_case *c);
json_t *sn_run_attribution_json(const sn_run_case *c);
/** Sets c->monthly, and which years there are prices of. */
void sn_run_read_months(sn_run_case *c);
/** Sets c->years: solves other years that the store tells about. */
void sn_run_tell_years(sn_run_case *c);

/* ---- the three files ---- */

sn_status
sn_run_dump(const char *folder, const char *name, const json_t *value, sn_error *err);
/** Also sets the run id: a hash of everything in the manifest. */
sn_status sn_run_write_manifest(sn_run_case *c, const char *folder, sn_error *err);
sn_status sn_run_write_result(const sn_run_case *c, const char *folder, sn_error *err);
/** Net supply curves of a sample of hours, for referees (FORMAT.md, /curves). */
sn_status sn_run_write_curves(const sn_run_case *c, sn_result_writer *w, sn_error *err);
sn_status sn_run_write_summary(const sn_run_case *c, const char *folder, sn_error *err);
/** Where the seconds went, in a file of its own. */
sn_status sn_run_write_timing(const sn_run_case *c, const char *folder, sn_error *err);

#endif
