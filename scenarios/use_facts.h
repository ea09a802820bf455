/* SPDX-License-Identifier: GPL-3.0-or-later */
/** A small table of facts for when there is no table of municipalities: use by area and
 * sector and people by municipality, with their sources (library/use-by-area.yaml, which
 * is built in). */
#ifndef SN_USE_FACTS_H
#define SN_USE_FACTS_H

#include "citation.h"
#include "municipalities.h"
#include "price_change.h"
#include "text_table.h"

#include <jansson.h>

enum { SN_FACT_SECTORS_MAX = 8 };

typedef struct sn_use_sector {
    const char *name;
    bool by_people;               /* may be shared among municipalities by people */
    double mwh[SN_SWEDISH_AREAS]; /* of the year */
    sn_citation source;
} sn_use_sector;

typedef struct sn_use_facts {
    sn_yaml *document; /* text above points into it */
    int year;
    size_t n_sector;
    sn_use_sector sector[SN_FACT_SECTORS_MAX];
    int people_year;
    sn_citation people_source;
    double inhabitants[SN_MUNICIPALITIES_MAX]; /* all 290 */
} sn_use_facts;

/** The table that is built in. */
SN_CHECKED sn_status sn_use_facts_open(sn_use_facts *out, sn_error *err);
/** @return SN_E_FORMAT with file, line and what was expected */
SN_CHECKED sn_status sn_use_facts_load_bytes(const char *name,
                                             const void *bytes,
                                             size_t n,
                                             sn_use_facts *out,
                                             sn_error *err);
void sn_use_facts_release(sn_use_facts *facts);

/** People of an area, those of a municipality in two by its shares. */
double sn_use_facts_people(const double *inhabitants, int area);
/** Inhabitants that `use` lacks. */
void sn_use_facts_fill_people(const sn_use_facts *facts, sn_municipal_use *use);
/**
 * An estimate: sectors that may be are shared among the municipalities of an area by
 * people; the others get no use in any municipality.  Inhabitants must be filled.
 */
void sn_use_facts_share(const sn_use_facts *facts, sn_municipal_use *use);

/** A row for each area and sector, and their sum: statistics, not shared out. */
void sn_use_by_area_init(sn_text_table *table);
SN_CHECKED sn_status sn_use_by_area(const sn_use_facts *facts,
                                    const sn_price_changes *changes,
                                    double fx_sek_per_eur,
                                    sn_text_table *table,
                                    json_t *list,
                                    sn_error *err);
/** Where the figures come from: year, sectors shared or not, sources. */
json_t *sn_use_facts_json(const sn_use_facts *facts);

#endif
