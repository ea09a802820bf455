/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The ledger of one configuration against its base (M-24, M-25): who gains, who
 * loses.  Rows are computed each from prices and quantities, never as the
 * remainder; the total comes from the stored hours by a function that shares no
 * code with the rows.
 */
#ifndef SN_LEDGER_H
#define SN_LEDGER_H

#include "replay.h"

typedef enum sn_ledger_group {
    SN_GROUP_CONSUMERS, /* all load, or all but the next where the data part them */
    SN_GROUP_CONSUMERS_INDUSTRY,
    SN_GROUP_HYDRO,
    SN_GROUP_WIND,
    SN_GROUP_SOLAR,
    SN_GROUP_NUCLEAR,
    SN_GROUP_THERMAL,
    SN_GROUP_FLEXIBLE_OTHER,      /* response of supply but hydro: surplus */
    SN_GROUP_FLEXIBLE_DEMAND,     /* response of demand and large loads: surplus */
    SN_GROUP_EXCHANGE_FIXED,      /* exchange and mismatch held fixed inside A */
    SN_GROUP_WATER_UNBALANCED,    /* energy not balanced, valued at the water value */
    SN_GROUP_CONGESTION_INTERNAL, /* borders inside a country; area = the border's from */
    SN_GROUP_CONGESTION_BORDER,   /* half to each side */
    SN_GROUP_REDISPATCH,          /* operator's bill, negative */
    SN_GROUP_SHORTFALL,           /* at VOLL */
    SN_GROUP_TARIFF_CONSUMERS,    /* transfer, sums to zero with the next */
    SN_GROUP_TARIFF_OPERATOR,
    SN_GROUP_NEIGHBOUR, /* surplus of price-taking edges */
    SN_GROUP_COUNT
} sn_ledger_group;

const char *sn_ledger_group_name(sn_ledger_group group); /* "consumers", "hydro", ... */

typedef struct sn_ledger_row {
    size_t area;
    sn_ledger_group group;
    double change_eur; /* > 0: better off than in the base */
} sn_ledger_row;

typedef struct sn_ledger {
    size_t n_row;
    sn_ledger_row *row;            /* owned */
    double total_eur;              /* sum of rows */
    double system_cost_change_eur; /* independent; total + this = residual */
    double turnover_eur;
    double residual_share;              /* |total + cost change| / turnover */
    double tariff_eur_per_mwh;          /* spread over Swedish load */
    double *congestion_income_base_eur; /* [n_border], owned */
    double *congestion_income_eur;      /* [n_border], owned */
    double *water_value_eur_per_mwh; /* [n_area], owned: what water not balanced costs */
    size_t n_week;
    double *weekly_eur; /* [n_week][n_area][SN_GROUP_COUNT], owned: the rows but for the
                           tariff, by week from the start; the last takes what is left */
    double *weekly_income_eur; /* [n_week][n_border], owned: congestion income of
                                  each border in the changed configuration */
    double *weekly_load_mwh; /* [n_week][n_area], owned: what the tariff is spread over */
} sn_ledger;

/** Weeks of an axis for what is summed by week: whole weeks from its start, the last
 * takes what is left over; at least 1. */
size_t sn_week_count(const sn_axis *axis);
size_t sn_week_periods(const sn_axis *axis);

/** operator_area[i]: true for areas whose operator's cost the tariff spreads (SE*). */
SN_CHECKED sn_status sn_ledger_compute(const sn_replay_input *input,
                                       const sn_replay_settings *settings,
                                       const sn_replay_result *base,
                                       const sn_replay_result *changed,
                                       const bool *operator_area,
                                       sn_ledger *out,
                                       sn_error *err);
/** The ledger's tariff alone, for less than half of the work. */
SN_CHECKED sn_status sn_ledger_tariff(const sn_replay_input *input,
                                      const sn_replay_settings *settings,
                                      const sn_replay_result *base,
                                      const sn_replay_result *changed,
                                      const bool *operator_area,
                                      double *eur_per_mwh_out,
                                      sn_error *err);
/** |sum of the rows + change of system cost|, from the rows as they are now. */
double sn_ledger_residual_eur(const sn_ledger *ledger);
void sn_ledger_release(sn_ledger *ledger);

#endif
