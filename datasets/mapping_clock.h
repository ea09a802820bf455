/* SPDX-License-Identifier: GPL-3.0-or-later */
/** From a provider's time labels to UTC, row by row. */
#ifndef SN_MAPPING_CLOCK_H
#define SN_MAPPING_CLOCK_H

#include "base/instant.h"

#include <stdbool.h>

typedef enum sn_clock_kind {
    SN_CLOCK_CET_LOCAL, /* wall clock with summer time */
    SN_CLOCK_CET,       /* normal time all year */
    SN_CLOCK_UTC,
} sn_clock_kind;

typedef struct sn_clock_rule {
    sn_clock_kind kind;
    bool autumn_missing; /* one label for the doubled hour: both are gaps */
    const char *format;  /* Y y M D h m s W and literals; '*' ends it */
    bool has_then;       /* from then_from on the step is then_step_s */
    sn_instant then_from;
    int32_t then_step_s;
} sn_clock_rule;

typedef struct sn_clock {
    bool started;
    sn_instant next; /* start of the interval that is due */
} sn_clock;

typedef struct sn_clock_step {
    enum { SN_CLOCK_USE, SN_CLOCK_DROP, SN_CLOCK_BACK } kind;
    sn_instant start;
    int64_t gap_s; /* intervals before start that had no row */
} sn_clock_step;

/** NULL names give the defaults (cet_local, in_order); false: no such rule. */
bool sn_clock_rule_find(const char *clock, const char *autumn, sn_clock_rule *rule);

/** W is an ISO week: gives its Monday. */
bool sn_clock_parse_label(const char *format, const char *text, sn_civil *out);

/** Places the next row.  The spring label that does not exist is dropped; the autumn
 * label that comes twice is first summer, then winter time. */
sn_clock_step sn_clock_advance(sn_clock *clock,
                               const sn_clock_rule *rule,
                               const sn_civil *label,
                               long step_s);

#endif
