/* SPDX-License-Identifier: GPL-3.0-or-later */
/** One project against the prices of runs: delivered cost, flexible schedule, investment
 * in both configurations (M-33 to M-35). */
#ifndef SN_PLANT_CASE_H
#define SN_PLANT_CASE_H

#include "analysis/delivered_cost.h"
#include "analysis/invest.h"
#include "price_years.h"
#include "projects.h"

typedef struct sn_plant_options {
    size_t n_draw;
    uint64_t seed;
    double fx_sek_per_eur;
} sn_plant_options;

typedef struct sn_plant_side {
    /* [year][component], EUR per MWh bought */
    double component[SN_PRICE_YEARS_MAX][SN_COST_COMPONENT_COUNT];
    double total_eur_per_mwh[SN_PRICE_YEARS_MAX];
    sn_power_year power[SN_PRICE_YEARS_MAX];
    double mean_component[SN_COST_COMPONENT_COUNT];
    double mean_total_eur_per_mwh;
    double baseload_eur_per_mwh; /* at level load, same connection; mean of the years */
    double flexibility_eur_per_mwh; /* saved by the schedule, >= 0 */
    double spot_mean_eur_per_mwh;   /* of the area, all hours alike */
    sn_distribution npv_eur;
    double npv_central_eur; /* every figure at its value, mean of the years */
    sn_irr irr;
    double payback_years;
    sn_tornado_bar tornado[SN_DRIVER_COUNT];
} sn_plant_side;

typedef struct sn_plant_case {
    const sn_project *project;
    sn_plant plant;
    sn_plant_range range;
    sn_plant_side side[SN_SIDES];
    sn_distribution change_npv_eur; /* compared less base, same draws */
    double break_even_eur_per_mwh;  /* delivered; NaN without power */
    double break_even_spot_eur_per_mwh;
    sn_distribution break_even_drawn; /* over the ranges of the figures, EUR/MWh */
} sn_plant_case;

/** The plant of a project; SN_E_FORMAT names it. */
SN_CHECKED sn_status sn_plant_of_project(const sn_project *project,
                                         sn_plant *plant_out,
                                         sn_plant_range *range_out,
                                         sn_error *err);
/** Terms in one configuration and year. */
void sn_plant_terms(const sn_projects *projects,
                    const sn_project *project,
                    const sn_price_years *years,
                    size_t year,
                    int side,
                    double fx_sek_per_eur,
                    sn_delivered_terms *out);

/**
 * Load of the plant in one year and configuration, hours without a price at level load.
 * @param load_mw_out  [axis.n]
 * @param lost_share_out  of the product, not made because power is too dear; may be NULL
 */
SN_CHECKED sn_status sn_plant_load(const sn_projects *projects,
                                   const sn_project *project,
                                   const sn_price_years *years,
                                   size_t year,
                                   int side,
                                   double fx_sek_per_eur,
                                   double *load_mw_out,
                                   double *lost_share_out,
                                   sn_error *err);

/** Draws come from the project's own stream (sn_project.index). */
SN_CHECKED sn_status sn_plant_evaluate(const sn_projects *projects,
                                       const sn_project *project,
                                       const sn_price_years *years,
                                       const sn_plant_options *options,
                                       sn_plant_case *out,
                                       sn_error *err);

/** Delivered cost of power in the base as a share of what the product is sold for: a
 * break-even price is high where this is small. */
double sn_plant_power_share(const sn_plant_case *c);

/** All projects, threads over projects; results do not depend on n_thread.
 * @param failed_out  [n] message of each that failed, "" when it did not */
SN_CHECKED sn_status sn_plants_evaluate(const sn_projects *projects,
                                        const sn_price_years *years,
                                        const sn_plant_options *options,
                                        unsigned n_thread,
                                        sn_plant_case *out,
                                        sn_error *failed_out,
                                        sn_error *err);

/** One element of projects[] in plant.json. */
json_t *sn_plant_case_json(const sn_plant_case *c,
                           const sn_price_years *years,
                           const sn_plant_options *options);
json_t *sn_project_figures_json(const sn_project *project);
void sn_failed_json(json_t *list, const char *file, int line, const char *message);

#endif
