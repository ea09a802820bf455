/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Time is integer UTC.  Intervals are half-open; the step is data.  Local time
 * (CET/CEST, the clock of all Nordic market data) exists only at the edges:
 * parsing and drawing.  The rule is built in (last Sunday of March and October,
 * 01:00 UTC, valid from 1996), so that results do not depend on the machine's
 * time zone files.
 */
#ifndef SN_BASE_INSTANT_H
#define SN_BASE_INSTANT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SN_HOUR_S = 3600, SN_QUARTER_S = 900, SN_DAY_S = 86400, SN_WEEK_S = 604800 };

/** A moment: seconds since 1970-01-01T00:00:00Z.  A struct, so that a local hour
 * cannot slip in. */
typedef struct sn_instant {
    int64_t utc_s;
} sn_instant;

/** n intervals of equal length: [start, start + n * step_s). */
typedef struct sn_axis {
    sn_instant start;
    int32_t step_s;
    size_t n;
} sn_axis;

/** A calendar moment on some clock; which clock is the context's business. */
typedef struct sn_civil {
    int32_t year;
    int32_t month;  /* 1..12 */
    int32_t day;    /* 1..31 */
    int32_t hour;   /* 0..23 */
    int32_t minute; /* 0..59 */
    int32_t second; /* 0..59 */
} sn_civil;

/** True when every field is in range, leap years included; years 1900 to 2200. */
bool sn_civil_is_valid(const sn_civil *civil);
/** civil must be valid. */
sn_instant sn_instant_from_utc(const sn_civil *civil);
sn_civil sn_instant_to_utc(sn_instant t);
/** Start of a UTC year. */
sn_instant sn_instant_of_year(int32_t year);
/** UTC year that t lies in. */
int32_t sn_instant_year(sn_instant t);
/** 0 Monday .. 6 Sunday, for the day of civil. */
int sn_civil_weekday(const sn_civil *civil);
/** Monday 00:00 of an ISO week, as civil; week 1..53. */
sn_civil sn_civil_of_iso_week(int32_t year, int32_t week);

/** Seconds that CET/CEST is ahead of UTC at t: 3600 or 7200. */
int32_t sn_cet_offset_s(sn_instant t);
sn_civil sn_instant_to_cet(sn_instant t);

typedef enum sn_local_case {
    SN_LOCAL_UNIQUE,    /* one instant */
    SN_LOCAL_SKIPPED,   /* the spring hour that does not exist */
    SN_LOCAL_AMBIGUOUS, /* the autumn hour that comes twice */
} sn_local_case;

/**
 * The instants of a CET/CEST wall-clock time.
 * @param[out] first_out   the instant; the earlier (summer time) of the two when
 *                         ambiguous; the end of the gap when skipped
 * @param[out] second_out  the later (winter time) when ambiguous, else = first
 */
sn_local_case
sn_instant_from_cet(const sn_civil *civil, sn_instant *first_out, sn_instant *second_out);
/** Start of the CET/CEST day that holds t. */
sn_instant sn_cet_day_start(sn_instant t);

enum { SN_INSTANT_TEXT_SIZE = 24 };
/** "2019-01-01T00:00Z", with seconds only when they are not 0. */
const char *sn_instant_format(sn_instant t, char text[SN_INSTANT_TEXT_SIZE]);
/** Reads "2026-03-01", "2026-03-01T12:00Z", "2026-03-01T12:00:00Z": UTC, nothing
 * else.  SN_E_FORMAT names the text. */
SN_CHECKED sn_status sn_instant_parse(const char *text, sn_instant *out, sn_error *err);

/** What a time says of its clock. */
typedef enum sn_offset {
    SN_OFFSET_NONE,  /* nothing */
    SN_OFFSET_UTC,   /* "Z", "+00:00" */
    SN_OFFSET_OTHER, /* "+02:00" */
} sn_offset;

/**
 * Reads a whole time as answers and files write it: "2025-04-01T00:00:00+02:00", a blank
 * for the T, seconds optional and with zeros after their point, "Z" for UTC.
 * Without one it is taken for UTC.
 */
bool sn_instant_read(const char *text, sn_instant *out, sn_offset *offset_out);

/** Start of interval i of the axis. */
sn_instant sn_axis_at(const sn_axis *axis, size_t i);
sn_instant sn_axis_end(const sn_axis *axis);
/** Index of the interval that starts at t; SIZE_MAX when none does. */
size_t sn_axis_index(const sn_axis *axis, sn_instant t);

#endif
