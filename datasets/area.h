/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Bidding areas and the borders between them, as data: codes, the countries they
 * lie in, and the canonical direction of each border.  An area here is the finest
 * level we have data for (the model's subarea z); price areas are partitions of
 * these and belong to a scenario.
 */
#ifndef SN_AREA_H
#define SN_AREA_H

#include "base/error.h"
#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>

enum { SN_AREA_CODE_SIZE = 8, SN_BORDER_NAME_SIZE = 16 };

typedef struct sn_area {
    const char *code;     /* "SE1", "DE-LU" */
    const char *country;  /* "SE", "NO", "DK", "FI", ... */
    const char *eic;      /* ENTSO-E code, passes its check character */
    bool is_modelled;     /* false: an edge of the Nordic model */
    double usual_load_mw; /* rounded, of around 2015-2025: tells units apart */
} sn_area;

/** All areas in fixed order: SE1-SE4 NO1-NO5 DK1 DK2 FI, then the edges. */
extern const sn_area sn_areas[];
extern const size_t sn_area_count;

/** Harmonised limits of day-ahead prices, from a delivery day on. */
typedef struct sn_price_limits {
    sn_instant from;
    double min_eur_per_mwh;
    double max_eur_per_mwh;
} sn_price_limits;

/** Limits of an instant: 3 000 EUR/MWh, from 2022-05-11 on 4 000, and -500 throughout
 * (harmonised maximum and minimum clearing prices under ACER's decision 04/2017). */
sn_price_limits sn_price_limits_at(sn_instant at);

/** The area of a code ("SE3"), NULL when unknown. */
const sn_area *sn_area_find(const char *code);
/** SN_E_FORMAT naming the code and the nearest known one. */
SN_CHECKED sn_status sn_area_require(const char *code,
                                     const sn_area **out,
                                     sn_error *err);

/** A border in its canonical direction; flow > 0 runs from -> to. */
typedef struct sn_border_info {
    const char *from;
    const char *to;
    double rated_forward_mw; /* rated value around 2016-2020, ODIN (MIT licence) */
    double rated_back_mw;
    const char *link; /* "ac", "hvdc" */
} sn_border_info;

extern const sn_border_info sn_borders[];
extern const size_t sn_border_count;

/**
 * The border between two areas, in either order.
 * @param[out] reversed_out  true when (from, to) runs against the canonical way
 * @return NULL when the two do not touch
 */
const sn_border_info *
sn_border_find(const char *from, const char *to, bool *reversed_out);
/** "SE1-SE2" from the canonical direction. */
void sn_border_name(const sn_border_info *border, char name[SN_BORDER_NAME_SIZE]);

#endif
