/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The EU's 22 criteria of a bidding zone review (CACM Art. 33, methodology of ACER
 * 29/2020) as far as hourly runs can answer them, for one comparison.  Every criterion
 * has a row; one that cannot be computed says why.
 */
#ifndef SN_CRITERIA_H
#define SN_CRITERIA_H

#include "ledger.h"
#include "replay.h"

enum { SN_CRITERIA_ROWS = 27 };

typedef struct sn_criterion {
    const char *id; /* number in the list, with a letter where there are several */
    const char *name_sv;
    const char *name_en;
    const char *unit;   /* "" when not computed */
    int better;         /* +1 higher, -1 lower, 0 neither */
    const char *how_sv; /* formula, or why there is none */
    const char *how_en;
    bool is_computed;
    double base;  /* NaN when not computed, or where there is nothing to give */
    double value; /* of the changed configuration */
} sn_criterion;

typedef struct sn_criteria {
    sn_criterion row[SN_CRITERIA_ROWS];
} sn_criteria;

/** operator_area[i]: areas of the country looked at.  `ledger`: changed against base. */
SN_CHECKED sn_status sn_criteria_compute(const sn_replay_input *input,
                                         const sn_configuration *base_configuration,
                                         const sn_configuration *configuration,
                                         const sn_replay_result *base,
                                         const sn_replay_result *changed,
                                         const sn_ledger *ledger,
                                         const bool *operator_area,
                                         sn_criteria *out,
                                         sn_error *err);

#endif
