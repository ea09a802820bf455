/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The table of figures that the model year is made from.  Sources: MODEL-YEAR.md. */
#ifndef SN_MODEL_YEAR_FACTS_H
#define SN_MODEL_YEAR_FACTS_H

#include <stdbool.h>
#include <stddef.h>

enum { SN_MY_AREAS = 17, SN_MY_MODELLED = 12, SN_MY_BORDERS = 64 };

typedef struct sn_my_area {
    const char *code;
    double latitude_deg;
    double load_twh; /* the year's sums; an edge has none */
    double hydro_twh;
    double wind_twh;
    double solar_twh;
    double nuclear_twh;
    double thermal_twh;
    double hydro_mw; /* installed */
    double wind_mw;
    double thermal_mw;
    double reservoir_gwh;     /* size, 0 = none */
    double winter_share;      /* load: amplitude of the season over its mean */
    double price_eur_per_mwh; /* edges: mean; others: where thermal runs at its mean */
    double water_eur_per_mwh; /* first guess of the mean water value */
    double hydro_mw_per_eur_per_mwh; /* how water answers to the price; 0 = none */
} sn_my_area;

/** Modelled areas first, then the edges. */
extern const sn_my_area sn_my_areas[SN_MY_AREAS];

/** How a border's capacity is offered, week by week. */
typedef struct sn_my_offer {
    double share;         /* of the rated capacity, in a usual week */
    double reduced_weeks; /* share of the weeks with less */
    double reduced_to;    /* then this much of the usual */
} sn_my_offer;

sn_my_offer sn_my_offer_of(const char *from, const char *to);

#define SN_MY_FX_SEK_PER_EUR 11.1

#endif
