/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The 290 municipalities: code, name, county, constituency, bidding areas. */
#ifndef SN_MUNICIPALITY_H
#define SN_MUNICIPALITY_H

#include "base/error.h"

#include <stddef.h>

enum { SN_SWEDISH_AREAS = 4 };

typedef struct sn_municipality {
    const char *code; /* four digits; the first two are the county */
    const char *name;
    int main_area;         /* 0..3 = SE1..SE4 */
    int second_area;       /* == main_area when it lies in one */
    double main_share;     /* of the land; 1 when it lies in one */
    int constituency_code; /* 0: the county's own */
} sn_municipality;

extern const sn_municipality sn_municipalities[];
extern const size_t sn_municipality_count;

/**
 * By code ("2281"), name ("Sundsvall", any case, "kommun" after it), or SCB's
 * "2281 Sundsvall".
 * @return SN_E_NOT_FOUND with the nearest name
 */
SN_CHECKED sn_status sn_municipality_find(const char *text,
                                          const sn_municipality **out,
                                          sn_error *err);
/** Share of the municipality in SE1..SE4; sums to 1. */
double sn_municipality_share(const sn_municipality *municipality, int area);
const char *sn_municipality_county(const sn_municipality *municipality);
const char *sn_municipality_constituency(const sn_municipality *municipality);
/** "SE1" .. "SE4". */
const char *sn_swedish_area(int area);

#endif
