/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Prices of finished runs, one a year: what plants, companies and municipalities are
 * weighed against. */
#ifndef SN_PRICE_YEARS_H
#define SN_PRICE_YEARS_H

#include "base/error.h"
#include "base/instant.h"
#include "result.h"
#include "scenario.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { SN_PRICE_YEARS_MAX = 64 };

/** The two configurations that are compared. */
enum { SN_SIDE_BASE, SN_SIDE_CHANGED, SN_SIDES };

typedef struct sn_price_year {
    int32_t year;
    char run_id[20];
    sn_axis axis;
    double *price_eur_per_mwh[SN_SIDES]; /* [n][n_area], NaN = missing */
    double *load_mw;                     /* [n][n_area], NaN = missing */
    double countertrade_eur_per_mwh[SN_SIDES];
    double fx_sek_per_eur;        /* NaN when the run has none */
    double missing_hours;         /* left out: a Swedish area has no price on one side */
    double limit_hours[SN_SIDES]; /* a Swedish area is at the market's highest price */
} sn_price_year;

typedef struct sn_price_years {
    size_t n;
    sn_price_year year[SN_PRICE_YEARS_MAX]; /* as given */
    size_t n_area;
    char area[SN_SCENARIO_AREAS_MAX][SN_RESULT_NAME_SIZE];
    char name[SN_SIDES][SN_SCENARIO_NAME_SIZE];
    char label_sv[160];
    char label_en[160];
    double fx_sek_per_eur; /* mean over the runs that have one, else NaN */
} sn_price_years;

/** SN_E_FORMAT names the run that failed its checks, compares nothing, or has other
 * areas or configurations than the first. */
SN_CHECKED sn_status sn_price_years_load(const char *const *folder,
                                         size_t n,
                                         sn_price_years *out,
                                         sn_error *err);
void sn_price_years_release(sn_price_years *years);

/** Index of an area; SN_E_NOT_FOUND names the areas there are. */
SN_CHECKED sn_status sn_price_years_area(const sn_price_years *years,
                                         const char *code,
                                         size_t *out,
                                         sn_error *err);

/**
 * Hours in which a Swedish area (the first area, in runs without one) has no price in one
 * configuration are left out of both and of all: a mean of one side over hours that the
 * other lacks would compare different hours.  Counts them, and the hours at the market's
 * highest price, which stay.  Called by sn_price_years_load().
 * @return SN_E_FORMAT when no hour is left
 */
SN_CHECKED sn_status sn_price_year_leave_out(sn_price_years *years,
                                             size_t year,
                                             sn_error *err);
/** Tells stderr of years with more than one hour in a thousand left out, and of hours at
 * the limit; returns the number of the former. */
size_t sn_price_years_tell(const sn_price_years *years, const char *command);

/** Mean of one area's price over known hours, weighted by weight[n] (NULL: all alike). */
double sn_price_year_mean(const sn_price_years *years,
                          size_t year,
                          int side,
                          size_t area,
                          const double *weight);

/** The head that every JSON file has: schema, label, configurations, years, fx. */
json_t *sn_price_years_json(const sn_price_years *years, const char *schema);

/** folder/name from a document, keys sorted; the document is released. */
SN_CHECKED sn_status sn_invest_write_json(const char *folder,
                                          const char *name,
                                          json_t *document,
                                          sn_error *err);

#endif
