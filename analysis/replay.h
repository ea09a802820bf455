/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Replay: the calibrated counterfactual of real history (M-14 to M-18b), with
 * redispatch (M-19, M-22) and the ledger (M-24 to M-26).  Numbers in, numbers out.
 *
 * Arrays over time are time-major: x[t * n + i].  NaN = unknown.
 */
#ifndef SN_REPLAY_H
#define SN_REPLAY_H

#include "base/error.h"
#include "base/instant.h"
#include "network.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Producer groups of the ledger that generation is known for. */
typedef enum sn_technology {
    SN_TECH_HYDRO,
    SN_TECH_WIND,
    SN_TECH_SOLAR,
    SN_TECH_NUCLEAR,
    SN_TECH_THERMAL, /* and everything else that is produced */
    SN_TECH_COUNT
} sn_technology;

/** Who may be regulated after the market (M-19). */
typedef enum sn_resource {
    SN_RESOURCE_HYDRO,
    SN_RESOURCE_OTHER, /* thermal and everything else but demand, along its line */
    SN_RESOURCE_WIND,  /* down only, in a narrow band below a price of 0 (M-5) */
    SN_RESOURCE_LOAD,  /* demand that answers to price, and large loads, down only */
    SN_RESOURCE_COUNT
} sn_resource;

/** What is done where the market wants more over a cut than it carries (section 5). */
typedef enum sn_after {
    SN_AFTER_COST_BASED,     /* least-cost redispatch (M-19) */
    SN_AFTER_STRATEGIC,      /* sellers foresee it and bid so (M-20) */
    SN_AFTER_CUT_LEAST,      /* border capacity cut as little as will do (M-21) */
    SN_AFTER_CUT_HISTORICAL, /* shared by rating, the rule before 2011 (M-21) */
    SN_AFTER_COUNT
} sn_after;

const char *sn_after_name(sn_after after); /* "cost_based", "strategic", ... */

typedef enum sn_area_kind {
    SN_AREA_MODELLED,    /* responds along its curve */
    SN_AREA_PRICE_TAKER, /* edge with an observed price; where it is missing (NaN) the
                            edge keeps its observed flow for that period */
    SN_AREA_FIXED_FLOW,  /* edge without one: its borders keep their observed flow */
} sn_area_kind;

typedef struct sn_replay_area {
    char code[8];
    sn_area_kind kind;
    double hydro_slope_mw_per_eur;  /* at price_level_reference; 0 = no hydro */
    double other_slope_mw_per_eur;  /* everything else; edges: slope of M-7, 0 = fixed
                                       price */
    double demand_slope_mw_per_eur; /* of which demand (M-6), 0 = none */
    double reservoir_mwh;      /* size; 0 = water cannot be moved beyond short windows */
    bool hydro_is_estimated;   /* M-14: not measured by area */
    double price_change_share; /* price takers: the edge's price is this much dearer */
    bool may_redispatch;       /* takes part in redispatch inside its price area */
    bool is_held[SN_RESOURCE_COUNT]; /* this resource stands still all the same */
    double large_load_mw;            /* load that goes down in redispatch ... */
    double large_load_eur_per_mwh;   /* ... from this price */
} sn_replay_area;

typedef struct sn_replay_border {
    sn_border link;
    bool is_day_ahead;    /* else measured */
    bool has_flow;        /* false: no data; sits inside A, held fixed, listed */
    size_t first;         /* first period with data; before it as if it had none, e.g. a
                             line that was not built yet */
    double loss_share;    /* of what is sent that does not arrive, either way; 0 = none */
    double ramp_mw_per_h; /* how fast the market may change its flow; 0 = no limit */
} sn_replay_border;

/** Width of the bands of price in which wind and large loads go down after the market:
 * narrow (M-5), and not a step. */
#define SN_BAND_EUR_PER_MWH 1.0

/** Everything is borrowed. */
typedef struct sn_replay_input {
    sn_axis axis;
    size_t n_area;
    const sn_replay_area *area;
    size_t n_border;
    const sn_replay_border *border;
    const double *price_eur_per_mwh; /* [n][n_area] observed */
    const double *load_mw;           /* [n][n_area] */
    const double *load_industry_mw;  /* [n][n_area] of which large industry, or NULL */
    const double *generation_mw[SN_TECH_COUNT]; /* [n][n_area] each, may be NULL */
    const double *flow_mw;                      /* [n][n_border] observed */
    const double *capacity_forward_mw;          /* [n][n_border] published, or NULL */
    const double *capacity_back_mw;
    const double *reservoir_mwh; /* [n][n_area] observed, or NULL */
    /* what a scenario changes; NULL = nothing */
    const double *extra_supply_mw;  /* [n][n_area] generation beside the observed */
    const double *added_forward_mw; /* [n][n_border] beside the capacity (M-15) */
    const double *added_back_mw;
    double price_min_eur_per_mwh;
    double price_max_eur_per_mwh;
    /* [n] where the limits change over time; NULL = those above throughout */
    const double *price_min_of_period_eur_per_mwh;
    const double *price_max_of_period_eur_per_mwh;
} sn_replay_input;

typedef enum sn_hydro_balance {
    SN_BALANCE_PHYSICAL, /* the water that really runs, after redispatch (default) */
    SN_BALANCE_MARKET,   /* schedules only */
    SN_BALANCE_HELD,     /* water values held: hydro.balance=false */
} sn_hydro_balance;

struct sn_replay_result;
struct sn_replay_prepared;

typedef struct sn_replay_settings {
    sn_hydro_balance balance;
    double energy_tolerance_share; /* 1e-4 */
    size_t iterations_max;
    double capacity_window_days;              /* M-15, default 28 either side */
    double price_difference_eur_per_mwh;      /* smaller is equal; default 0.005 */
    double price_level_reference_eur_per_mwh; /* 40: where slopes are stated */
    double slope_factor;                      /* 1; 0.5 .. 2 as sensitivity */
    double redispatch_voll_eur_per_mwh;       /* shortfall is priced at this */
    sn_after after;
    double theta; /* M-20: mark-up share 0 .. 1 */
    /* The cost-based result at the same water values, held: its market and what regulates
     * it are what strategic bids start from, and are not solved again; NULL = solve all
     */
    const struct sn_replay_result *honest;
    /* A result of the same input and areas that lies near: its market of each period is
     * where this one's search starts, and nothing depends on it; NULL = from nothing */
    const struct sn_replay_result *start_from;
    /* Water values to start from, or to hold; NULL = the observed weeks' */
    const struct sn_replay_result *water_from;
    /* Where not NULL: what this run holds before the water is balanced, which is what a
     * run with the water held gives; the caller releases it.  Only with
     * SN_BALANCE_MARKET, whose energies are counted alike */
    struct sn_replay_result *held_out;
    /* Made from the same input and configuration, and the same settings of capacities
     * and slopes; NULL = for this run alone */
    const struct sn_replay_prepared *prepared;
    double extra_load_mw[64]; /* [area] scenario change, 0 = none */
    bool unlimited_internal;  /* se4 with its internal borders unlimited */
    unsigned n_thread;        /* results never depend on it */
} sn_replay_settings;

/** Why a period or an area-hour is not compared. */
typedef enum sn_exclusion {
    SN_INCLUDED,
    SN_EXCLUDED_PRICE, /* an observed price is missing */
    SN_EXCLUDED_FLOW,  /* an observed flow is missing on a border with data */
    SN_EXCLUSION_COUNT
} sn_exclusion;

/** One configuration: a partition of the areas into price areas.  price_area[i] is
 * a label; borders within a label have no limit in the market (M-11). */
typedef struct sn_configuration {
    const char *name;
    const size_t *price_area; /* [n_area] */
    const bool *one_consumer; /* [n_area] areas whose consumers pay one price (M-23),
                                 the mean of the areas' by consumption; NULL = none */
} sn_configuration;

/** What limits of change settled, for what follows the market (replay_ramp.h). */
typedef struct sn_ramp_plan sn_ramp_plan;
void sn_ramp_plan_free(sn_ramp_plan *plan);

/** Failed checks that a result names; it counts all. */
enum { SN_REPLAY_FAILURES_MAX = 100 };

/** Hourly results of one configuration, owned. */
typedef struct sn_replay_result {
    size_t n;                      /* periods */
    double *price_min_eur_per_mwh; /* [n] limits as used: no published price is beyond */
    double *price_max_eur_per_mwh; /* [n] */
    double *price_eur_per_mwh;     /* [n][n_area]; NaN where excluded or infeasible */
    double *net_position_mw;       /* [n][n_area] */
    double *flow_mw;               /* [n][n_border] */
    double *hydro_mw;              /* [n][n_area] scheduled in the market */
    double *other_response_mw;  /* [n][n_area] change of everything else from observed */
    double *demand_response_mw; /* [n][n_area] of which demand; > 0 uses less */
    double *consumer_price_eur_per_mwh; /* [n][n_area]; the area's but in M-23 */
    double *flow_min_mw;                /* [n][n_border] limits used in the market */
    double *flow_max_mw;
    double *redispatch_hydro_mw;          /* [n][n_area] change after the market */
    double *redispatch_other_mw;          /* [n][n_area] all else, and of that: */
    double *redispatch_wind_mw;           /* [n][n_area] */
    double *redispatch_load_mw;           /* [n][n_area] demand that answers to price */
    double *redispatch_large_load_mw;     /* [n][n_area] */
    double *redispatch_price_eur_per_mwh; /* [n][n_area] marginal after redispatch */
    double *shortfall_mw;                 /* [n][n_area] not relieved, >= 0 */
    double *cut_flow_mw;       /* [n][n_border] flow wanted on internal borders */
    double *cut_flow_after_mw; /* [n][n_border] after redispatch */
    double *cut_max_mw;        /* [n][n_border] inferred limits of internal borders */
    double *cut_min_mw;
    double *water_value_shift_eur_per_mwh; /* [n][n_area] delta, stepwise (M-17) */
    uint8_t *exclusion;                    /* [n] sn_exclusion */
    size_t start_size;  /* where a later run may start, as clearing.h writes it */
    char *start;        /* [n][start_size] */
    uint8_t *has_start; /* [n] */
    sn_ramp_plan *ramp; /* NULL: no limits of change */
    double *ramp_price_eur_per_mw; /* [n][n_border] what a MW more of the limit into the
                                      period is worth: > 0 of a rise, < 0 of a fall;
                                      NULL: no limits */
    size_t ramp_coupled;           /* periods solved together with others */
    size_t ramp_longest;           /* the most at once */
    size_t n_infeasible;
    size_t iterations;
    double energy_error_max_share; /* worst |energy difference| / energy over windows */
    size_t check_periods;          /* M-12 */
    size_t check_failed;
    struct sn_replay_failure {
        size_t period;
        size_t area;
        char what[64];
        double residual;
    } failure[SN_REPLAY_FAILURES_MAX]; /* the first */
    double redispatch_volume_mwh;      /* up-regulation */
    double redispatch_cost_eur;        /* social cost */
    double redispatch_bill_eur;        /* what the operator pays (M-22) */
    double shortfall_mwh;
    bool *is_over; /* [n] the market was over a cut's limit, before anything was done */
    size_t hours_over;           /* periods in which the market was over a cut's limit */
    double cut_trade_mwh;        /* M-21: net exports given up by the deficit sides */
    double cut_value_eur;        /* M-21: what the market's trade was worth more uncut */
    size_t border_hours_adverse; /* flow against the price difference, held fixed */
    size_t border_hours_total;
    double clearing_s; /* time spent */
} sn_replay_result;

void sn_replay_settings_default(sn_replay_settings *settings);

/** What several runs of one configuration share; the input must outlive it. */
typedef struct sn_replay_prepared sn_replay_prepared;
SN_CHECKED sn_status sn_replay_prepared_new(const sn_replay_input *input,
                                            const sn_replay_settings *settings,
                                            const sn_configuration *configuration,
                                            sn_replay_prepared **out,
                                            sn_error *err);
void sn_replay_prepared_free(sn_replay_prepared *prepared);

/**
 * Clear every period in one configuration.
 * Hydro energy is held to the observed energy per window (M-17), unless held.
 * @return SN_OK also when checks failed (see check_failed) or periods are infeasible;
 *         SN_E_FORMAT on impossible input
 */
SN_CHECKED sn_status sn_replay_run(const sn_replay_input *input,
                                   const sn_replay_settings *settings,
                                   const sn_configuration *configuration,
                                   sn_replay_result *out,
                                   sn_error *err);
void sn_replay_result_release(sn_replay_result *result);

/** What left an area over the borders that have flows (M-14). */
double
sn_replay_net_observed_mw(const sn_replay_input *input, size_t period, size_t area);

/** The part of the next slope which is demand (M-6), scaled alike. */
double sn_replay_demand_slope_mw_per_eur(const sn_replay_input *input,
                                         const sn_replay_settings *settings,
                                         size_t area);

/** Slope of everything but hydro as used in the curves: other_slope_mw_per_eur scaled
 * by the area's mean price of the axis and slope_factor (the ledger's total needs it).
 * Reads the whole axis: O(n), so ask once per area, not per period. */
double sn_replay_other_slope_mw_per_eur(const sn_replay_input *input,
                                        const sn_replay_settings *settings,
                                        size_t area);

/** Net supply curve of one area in one period, as cleared: for export and referees.
 * Caller's arrays hold SN_REPLAY_CURVE_POINTS. */
enum { SN_REPLAY_CURVE_POINTS = 64 };
SN_CHECKED sn_status sn_replay_curve(const sn_replay_input *input,
                                     const sn_replay_settings *settings,
                                     const sn_replay_result *result,
                                     size_t period,
                                     size_t area,
                                     double *price_eur_per_mwh,
                                     double *quantity_mw,
                                     size_t *n_out,
                                     sn_error *err);

#endif
