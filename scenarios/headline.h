/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The headlines of one comparison, each as sums over weeks, so that its value, its
 * interval (M-38) and its place in a batch come from one list.
 */
#ifndef SN_HEADLINE_H
#define SN_HEADLINE_H

#include "analysis/ledger.h"
#include "analysis/stats.h"
#include "scenario.h"

#include <jansson.h>

/** X(NAME, "name", "unit", one for each Swedish area, a change that may be 0) */
#define SN_HEADLINE_LIST(X)                                                              \
    X(PRICE_BASE, "price_base_eur_per_mwh", "EUR/MWh", true, false)                      \
    X(PRICE, "price_eur_per_mwh", "EUR/MWh", true, false)                                \
    X(PRICE_CHANGE, "price_change_eur_per_mwh", "EUR/MWh", true, true)                   \
    X(PRICE_CHANGE_SWEDEN, "price_change_sweden_eur_per_mwh", "EUR/MWh", false, true)    \
    X(PRICE_GAP_BASE, "price_gap_base_eur_per_mwh", "EUR/MWh", false, false)             \
    X(CONSUMERS, "consumers_meur", "MEUR", true, true)                                   \
    X(CONSUMERS_SWEDEN, "consumers_sweden_meur", "MEUR", false, true)                    \
    X(PRODUCERS_SWEDEN, "producers_sweden_meur", "MEUR", false, true)                    \
    X(CONGESTION_SWEDEN, "congestion_income_sweden_meur", "MEUR", false, true)           \
    X(REDISPATCH_BILL, "redispatch_bill_meur", "MEUR", false, true)                      \
    X(TARIFF, "redispatch_tariff_eur_per_mwh", "EUR/MWh", false, true)                   \
    X(SWEDEN, "sweden_meur", "MEUR", false, true)                                        \
    X(ALL_AREAS, "all_areas_meur", "MEUR", false, true)                                  \
    X(REDISPATCH_VOLUME, "redispatch_volume_gwh", "GWh", false, false)                   \
    X(SHORTFALL, "shortfall_gwh", "GWh", false, false)

typedef enum sn_headline {
#define SN_HEADLINE_ENUM(name, text, unit, by_area, is_change) SN_HEADLINE_##name,
    SN_HEADLINE_LIST(SN_HEADLINE_ENUM)
#undef SN_HEADLINE_ENUM
        SN_HEADLINE_COUNT
} sn_headline;

const char *sn_headline_name(sn_headline headline);
const char *sn_headline_unit(sn_headline headline);
bool sn_headline_by_area(sn_headline headline);

enum { SN_HEADLINE_AREAS = 4, SN_HEADLINE_SLOTS = SN_HEADLINE_COUNT * SN_HEADLINE_AREAS };

/** Slot of a headline; those not by area use area 0 only. */
static inline size_t sn_headline_slot(sn_headline headline, size_t area)
{
    return (size_t)headline * SN_HEADLINE_AREAS + area;
}

/** Swedish area k of a slot is SE1 + k.  A slot without numbers (an area that is not in
 * the scenario, area > 0 of a national one) has NULL numerator. */
typedef struct sn_headlines {
    size_t n_week;
    double *memory; /* owned: all sums */
    sn_weekly slot[SN_HEADLINE_SLOTS];
} sn_headlines;

/** Of changed against base; ledger is that of the two.  When changed has no shortfall_mw
 * the shortfall is not told (0). */
SN_CHECKED sn_status sn_headlines_compute(const sn_scenario *scenario,
                                          const sn_replay_input *input,
                                          const sn_replay_result *base,
                                          const sn_replay_result *changed,
                                          const sn_ledger *ledger,
                                          sn_headlines *out,
                                          sn_error *err);
/** The sums as one array for a file, and back: [sn_headlines_cells(n_week)]; present[k]
 * tells whether the scenario had Swedish area k. */
size_t sn_headlines_cells(size_t n_week);
SN_CHECKED sn_status sn_headlines_restore(size_t n_week,
                                          const bool present[SN_HEADLINE_AREAS],
                                          const double *cells,
                                          sn_headlines *out,
                                          sn_error *err);
void sn_headlines_release(sn_headlines *headlines);

/** Bootstrap over weeks of every slot that has numbers, the others NaN; out holds
 * SN_HEADLINE_SLOTS. */
SN_CHECKED sn_status sn_headlines_intervals(const sn_headlines *headlines,
                                            const sn_bootstrap_options *options,
                                            sn_interval *out,
                                            sn_error *err);

/** One of them: {value, lo, hi, level, unit, includes[], differs_from_zero}, the last
 * when it is a change. */
json_t *sn_interval_json(const sn_interval *interval,
                         const char *unit,
                         bool is_change,
                         double level,
                         const char *const *includes,
                         size_t n_includes);
/** {headline: {value, lo, hi, level, unit, includes[], differs_from_zero}}, by area where
 * it has one.  differs_from_zero stands with changes only: false = cannot be told from
 * zero. */
json_t *sn_headlines_json(const sn_interval *interval,
                          double level,
                          const char *const *includes,
                          size_t n_includes);

#endif
