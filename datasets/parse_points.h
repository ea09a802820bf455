/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Single values as a provider's answer states them, on their way to series.  The
 * parsers add points; building sorts them, finds the step where the format does not
 * state it, and makes one series per quantity, subject and step.
 */
#ifndef SN_PARSE_POINTS_H
#define SN_PARSE_POINTS_H

#include "base/error.h"
#include "base/instant.h"
#include "series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sn_point {
    int64_t at_utc_s; /* start of the interval */
    double value;     /* finite */
    int32_t step_s;   /* 0: found from the neighbours, 900 or 3600 */
    sn_quantity quantity;
    bool is_energy; /* value is MWh in the interval, to be stored as mean MW */
    bool is_back;   /* a flow stated against the border's canonical direction; value
                       has the sign of the canonical one already */
    bool adds_up;   /* one of several of the interval that are summed, however many */
    uint8_t flag;   /* sn_flag; 0 counts as stated */
    uint8_t part;   /* 1..31: a part of a sum that needs all its parts; 0: whole */
    char subject[SN_SUBJECT_SIZE];
} sn_point;

typedef struct sn_point_set {
    sn_point *point; /* [n], owned */
    size_t n;
    size_t cap;
    size_t n_outside; /* rows left out because they lie outside what was asked */
    size_t n_row;     /* rows read */
    size_t total;     /* rows the source says there are; n_row when it says nothing */
    int64_t last_hour_utc_s; /* of the rows, where a parser counts them by hour */
    size_t n_row_last_hour;  /* rows in it */
} sn_point_set;

/** What was asked for: [from, to). */
typedef struct sn_window {
    sn_instant from;
    sn_instant to;
} sn_window;

SN_CHECKED sn_status sn_points_add(sn_point_set *set,
                                   const sn_point *point,
                                   sn_error *err);
void sn_points_release(sn_point_set *set);

/** Note the hour of a row that an ordered answer gives. */
void sn_points_note_hour(sn_point_set *set, int64_t at_utc_s);
/** Drop the points of the last UTC hour noted: a page may end inside it, and its step and
 * both directions are only known when it is whole. */
void sn_points_drop_last_hour(sn_point_set *set);

/**
 * Make one point of a border that is stated both ways for the same interval.  Either
 * each way states what runs that way (none negative: the net is taken) or both state
 * the same signed flow; anything else is SN_E_FORMAT.  Sorts the points.
 */
SN_CHECKED sn_status sn_points_settle_directions(sn_point_set *set, sn_error *err);

/**
 * Make one point of the parts of each interval, and of the values that add up.  A
 * quantity of a subject has the parts that stand anywhere in the set; an interval that
 * lacks one of them becomes a gap, as half a sum would be a number nobody stated.  The
 * sum is filled when a part is.  Values stated twice for the same interval and part:
 * equal ones are one, of different ones the later in the set holds and is flagged
 * suspect. Needs step_s; sorts the points.
 */
SN_CHECKED sn_status sn_points_sum(sn_point_set *set, sn_error *err);

/**
 * One series per (quantity, subject, step) of the points, which are sorted in place.
 * An hour with only its full-hour row is hourly unless rows beside it are quarters;
 * between the two, seam (when the source changed from 60 to 15 minutes) decides.
 * @param[out] series_out  [*n_out], owned: sn_series_array_free()
 * @return SN_E_FORMAT when two rows state different values for the same interval
 */
SN_CHECKED sn_status sn_points_build(sn_point_set *set,
                                     const char *source,
                                     sn_instant seam,
                                     sn_series **series_out,
                                     size_t *n_out,
                                     sn_error *err);
void sn_series_array_free(sn_series *series, size_t n);

#endif
