/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Documents of the ENTSO-E Transparency Platform (IEC 62325 XML, also zipped): prices,
 * load, generation, flows, schedules, capacities, reservoirs, net positions, congestion
 * income, redispatch, countertrade and their costs.
 *
 * Elements are known by their local names, as namespaces move.  Curve type A03 leaves out
 * a position equal to the one before: those are filled within their Period and flagged;
 * under A01 a position left out is missing.  Never is a value carried into another
 * Period.  Resolutions may be mixed.  Calendar resolutions (days, weeks, months, years)
 * are dated at 00:00 UTC of their local date; months and years become days of equal
 * value.
 */
#ifndef SN_PARSE_ENTSOE_H
#define SN_PARSE_ENTSOE_H

#include "parse_points.h"

/** What was asked for; the answer is held to it.  Everything is borrowed. */
typedef struct sn_entsoe_query {
    const char *document; /* "A44" */
    const char *process;  /* "A16"; NULL where there is none */
    const char *business; /* "B09"; NULL where it was not asked for */
    const char *from_eic; /* the area, or where the flow comes from */
    const char *to_eic;   /* equal to from_eic unless it is about a border */
    const char *subject;  /* of the series */
    bool is_back;         /* from_eic is the second area of the border's canonical name */
    sn_window window;     /* answers cover whole market days; they are cut to this */
} sn_entsoe_query;

typedef enum sn_entsoe_case {
    SN_ENTSOE_DATA,
    SN_ENTSOE_NONE,     /* Acknowledgement: no matching data */
    SN_ENTSOE_TOO_MUCH, /* Acknowledgement: ask for less */
} sn_entsoe_case;

typedef struct sn_entsoe_answer {
    sn_entsoe_case kind;
    size_t n_series; /* TimeSeries elements, for paging */
} sn_entsoe_answer;

/**
 * Points (summed, see sn_points_sum(), but for flows whose other direction is still to
 * come) are added to set.
 * @return SN_E_FORMAT naming the element or position and what was expected; the service's
 *         own words when it refuses
 */
SN_CHECKED sn_status sn_parse_entsoe(const void *bytes,
                                     size_t n,
                                     const sn_entsoe_query *query,
                                     sn_point_set *set,
                                     sn_entsoe_answer *out,
                                     sn_error *err);

#endif
