/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The northern portfolio: which projects stand, prices against new load, and the fixed
 * point of projects, wind and prices (M-31, M-32). */
#ifndef SN_PORTFOLIO_H
#define SN_PORTFOLIO_H

#include "own_price.h"
#include "plant_case.h"

enum { SN_NORTHERN_AREAS = 2 }; /* SE1, SE2: where wind may enter or leave */

typedef struct sn_portfolio_settings {
    size_t rounds_max;
    double wind_cost_eur_per_mwh; /* levelised, in the north */
    double wind_change_max_share; /* of the year's wind: entry and exit limit */
    double tolerance_eur_per_mwh; /* change of mean prices that counts as none */
    const sn_plant_options *plant;
} sn_portfolio_settings;

typedef struct sn_round {
    size_t n_project;
    double mw;
    double twh_per_year;
    double wind_share[SN_NORTHERN_AREAS];        /* change of wind in SE1, SE2 */
    double wind_mw[SN_NORTHERN_AREAS];           /* the same, mean MW of the years */
    double price_eur_per_mwh[SN_NORTHERN_AREAS]; /* mean of the years */
    double change_eur_per_mwh;                   /* from the round before */
    double water_error_share;                    /* worst year, as sn_market_outcome */
} sn_round;

enum { SN_ROUNDS_MAX = 100 };

typedef struct sn_fixed_point {
    bool converged;
    size_t n_round;
    sn_round round[SN_ROUNDS_MAX];
    bool *stands;    /* [projects->n], owned */
    bool *undecided; /* the same: neither in nor out lasts */
} sn_fixed_point;

/** May the project be built or stopped?  Cancelled ones and empty sites are not counted
 * among those that go ahead. */
bool sn_project_is_candidate(const sn_project *project);
/** One that runs already is in the load of the runs: only leaving changes anything. */
bool sn_project_is_in_history(const sn_project *project);

/**
 * Projects and wind until nobody wants to move, from every candidate in (all) or none:
 * sn_entry_solve() on the market.  In each round every year is cleared with the load of
 * those in.
 */
SN_CHECKED sn_status sn_portfolio_fixed_point(const sn_market *market,
                                              const sn_projects *projects,
                                              int side,
                                              bool start_with_all,
                                              const sn_portfolio_settings *settings,
                                              sn_fixed_point *out,
                                              sn_error *err);
void sn_fixed_point_release(sn_fixed_point *point);

/** Mean price of one area and year with twh new load a year in SE1 and SE2, level, shared
 * as the candidates' own; NaN when there is too little water (SN_MARKET_WATER_ERROR_MAX).
 */
SN_CHECKED sn_status sn_portfolio_new_load(const sn_market *market,
                                           const sn_projects *projects,
                                           int side,
                                           size_t year,
                                           double twh_per_year,
                                           double price_out[SN_SWEDISH_AREAS],
                                           sn_market_outcome *outcome_out,
                                           sn_error *err);

#endif
