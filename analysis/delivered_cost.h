/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Delivered cost of power hour by hour and what it is made of (M-33). */
#ifndef SN_DELIVERED_COST_H
#define SN_DELIVERED_COST_H

#include "base/error.h"

#include <stddef.h>

typedef enum sn_cost_component {
    SN_COST_SPOT,
    SN_COST_BASIS, /* settlement of the hedge, its premium included */
    SN_COST_GRID,  /* power charge and energy charge */
    SN_COST_TAX,
    SN_COST_CERTIFICATES,
    SN_COST_COUNTERTRADE, /* the operator's bill of the configuration (M-22) */
    SN_COST_COMPONENT_COUNT
} sn_cost_component;

const char *sn_cost_component_name(sn_cost_component component);

typedef struct sn_delivered_terms {
    double hedge_mw;              /* level load hedged */
    double hedge_eur_per_mwh;     /* its price: expected area price + basis */
    double grid_power_eur_per_mw; /* a year, on load_max_mw */
    double grid_energy_eur_per_mwh;
    double tax_eur_per_mwh;
    double certificates_eur_per_mwh;
    double countertrade_eur_per_mwh;
} sn_delivered_terms;

/** What a MWh more costs beside spot: what a flexible plant weighs hours by. */
double sn_delivered_adders_eur_per_mwh(const sn_delivered_terms *terms);

/**
 * Cost of one hour in each component.  The power charge is spread evenly over
 * period_h (the year).
 */
void sn_delivered_hour(const sn_delivered_terms *terms,
                       double spot_eur_per_mwh,
                       double load_mw,
                       double load_max_mw,
                       double step_h,
                       double period_h,
                       double component_eur[SN_COST_COMPONENT_COUNT]);

/** The sum over a period; load_mw NULL = level load of load_max_mw.
 * @param price, load_mw  [n], finite */
void sn_delivered_cost(const sn_delivered_terms *terms,
                       const double *price_eur_per_mwh,
                       const double *load_mw,
                       double load_max_mw,
                       double step_h,
                       size_t n,
                       double component_eur[SN_COST_COMPONENT_COUNT]);

/** SEK per kW and year on a straight line through two latitudes. */
double sn_power_charge_at(double latitude_deg,
                          double south_deg,
                          double south_sek_per_kw,
                          double north_deg,
                          double north_sek_per_kw);

#endif
