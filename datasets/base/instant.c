/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/instant.h"

#include "base/number.h"

#include <stdio.h>
#include <string.h>

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return (a % b < 0) ? q - 1 : q;
}

static bool is_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t days_in_month(int32_t year, int32_t month)
{
    static const int32_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return (month == 2 && is_leap(year)) ? 29 : days[month - 1];
}

bool sn_civil_is_valid(const sn_civil *c)
{
    return c->year >= 1900 && c->year <= 2200 && c->month >= 1 && c->month <= 12 &&
           c->day >= 1 && c->day <= days_in_month(c->year, c->month) && c->hour >= 0 &&
           c->hour <= 23 && c->minute >= 0 && c->minute <= 59 && c->second >= 0 &&
           c->second <= 59;
}

/* Days since 1970-01-01 of a Gregorian date.  The year is taken to start in March,
 * so that the leap day is its last and every month offset is (153 m + 2) / 5. */
static int64_t days_from_civil(int32_t year, int32_t month, int32_t day)
{
    int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

sn_instant sn_instant_from_utc(const sn_civil *c)
{
    int64_t day = days_from_civil(c->year, c->month, c->day);
    return (sn_instant){day * SN_DAY_S + c->hour * SN_HOUR_S + c->minute * 60 +
                        c->second};
}

sn_civil sn_instant_to_utc(sn_instant t)
{
    int64_t day = floor_div(t.utc_s, SN_DAY_S);
    int64_t second = t.utc_s - day * SN_DAY_S;
    int64_t z = day + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int32_t month = (int32_t)(mp < 10 ? mp + 3 : mp - 9);
    return (sn_civil){
        .year = (int32_t)(yoe + era * 400 + (month <= 2 ? 1 : 0)),
        .month = month,
        .day = (int32_t)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int32_t)(second / SN_HOUR_S),
        .minute = (int32_t)(second % SN_HOUR_S / 60),
        .second = (int32_t)(second % 60),
    };
}

sn_instant sn_instant_of_year(int32_t year)
{
    return (sn_instant){days_from_civil(year, 1, 1) * SN_DAY_S};
}

int32_t sn_instant_year(sn_instant t)
{
    return sn_instant_to_utc(t).year;
}

static int weekday_of_day(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

int sn_civil_weekday(const sn_civil *c)
{
    return weekday_of_day(days_from_civil(c->year, c->month, c->day));
}

sn_civil sn_civil_of_iso_week(int32_t year, int32_t week)
{
    int64_t fourth = days_from_civil(year, 1, 4); /* always in week 1 */
    int64_t monday = fourth - weekday_of_day(fourth) + 7 * ((int64_t)week - 1);
    return sn_instant_to_utc((sn_instant){monday * SN_DAY_S});
}

/* 01:00 UTC on the last Sunday of a month with 31 days. */
static int64_t clock_change_s(int32_t year, int32_t month)
{
    int64_t last = days_from_civil(year, month, 31);
    int64_t sunday = last - (weekday_of_day(last) + 1) % 7;
    return sunday * SN_DAY_S + SN_HOUR_S;
}

int32_t sn_cet_offset_s(sn_instant t)
{
    int32_t year = sn_instant_year(t);
    bool summer =
        t.utc_s >= clock_change_s(year, 3) && t.utc_s < clock_change_s(year, 10);
    return summer ? 2 * SN_HOUR_S : SN_HOUR_S;
}

sn_civil sn_instant_to_cet(sn_instant t)
{
    return sn_instant_to_utc((sn_instant){t.utc_s + sn_cet_offset_s(t)});
}

sn_local_case
sn_instant_from_cet(const sn_civil *civil, sn_instant *first_out, sn_instant *second_out)
{
    int64_t wall = sn_instant_from_utc(civil).utc_s;
    sn_instant as_summer = {wall - 2 * SN_HOUR_S};
    sn_instant as_winter = {wall - SN_HOUR_S};
    bool summer_ok = sn_cet_offset_s(as_summer) == 2 * SN_HOUR_S;
    bool winter_ok = sn_cet_offset_s(as_winter) == SN_HOUR_S;
    if (summer_ok && winter_ok) {
        *first_out = as_summer;
        *second_out = as_winter;
        return SN_LOCAL_AMBIGUOUS;
    }
    if (!summer_ok && !winter_ok) {
        sn_instant change = {clock_change_s(civil->year, 3)};
        *first_out = *second_out = change;
        return SN_LOCAL_SKIPPED;
    }
    *first_out = *second_out = summer_ok ? as_summer : as_winter;
    return SN_LOCAL_UNIQUE;
}

sn_instant sn_cet_day_start(sn_instant t)
{
    sn_civil local = sn_instant_to_cet(t);
    local.hour = local.minute = local.second = 0;
    sn_instant first;
    sn_instant second;
    (void)sn_instant_from_cet(&local, &first, &second); /* midnight is always unique */
    return first;
}

const char *sn_instant_format(sn_instant t, char text[SN_INSTANT_TEXT_SIZE])
{
    sn_civil c = sn_instant_to_utc(t);
    if (c.year < 0 || c.year > 9999) {
        (void)snprintf(text, SN_INSTANT_TEXT_SIZE, "(out of range)");
    } else if (c.second != 0) {
        (void)snprintf(text, SN_INSTANT_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ",
                       (unsigned)c.year % 10000U, (unsigned)c.month % 100U,
                       (unsigned)c.day % 100U, (unsigned)c.hour % 100U,
                       (unsigned)c.minute % 100U, (unsigned)c.second % 100U);
    } else {
        (void)snprintf(text, SN_INSTANT_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02uZ",
                       (unsigned)c.year % 10000U, (unsigned)c.month % 100U,
                       (unsigned)c.day % 100U, (unsigned)c.hour % 100U,
                       (unsigned)c.minute % 100U);
    }
    return text;
}

/* Matches text against a pattern in which '0' stands for a digit; the digits go to
 * fields, one number per run. */
static bool match_digits(const char *text, const char *pattern, int32_t *fields)
{
    size_t field = 0;
    for (; *pattern != '\0'; text++, pattern++) {
        if (*pattern != '0') {
            if (*text != *pattern) {
                return false;
            }
            field++;
            continue;
        }
        if (*text < '0' || *text > '9') {
            return false;
        }
        fields[field] = fields[field] * 10 + (*text - '0');
    }
    return *text == '\0';
}

sn_status sn_instant_parse(const char *text, sn_instant *out, sn_error *err)
{
    static const char *const patterns[] = {"0000-00-00", "0000-00-00T00:00Z",
                                           "0000-00-00T00:00:00Z"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        int32_t f[7] = {0};
        if (!match_digits(text, patterns[i], f)) {
            continue;
        }
        sn_civil c = {f[0], f[1], f[2], f[3], f[4], f[5]};
        if (sn_civil_is_valid(&c)) {
            *out = sn_instant_from_utc(&c);
            return SN_OK;
        }
    }
    return sn_error_set(
        err, SN_E_FORMAT,
        "\"%.40s\" is not a UTC time such as 2026-03-01 or 2026-03-01T12:00Z", text);
}

/* "", "Z", "+02:00" after the time; seconds ahead of UTC. */
static bool read_offset(const char *text, int32_t *offset_s)
{
    *offset_s = 0;
    if (strcmp(text, "") == 0 || strcmp(text, "Z") == 0) {
        return true;
    }
    if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return false;
    }
    int32_t hours = sn_digits_read(text + 1, 2);
    int32_t minutes = sn_digits_read(text + 4, 2);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) {
        return false;
    }
    *offset_s = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
    return true;
}

bool sn_instant_read(const char *text, sn_instant *out, sn_offset *offset_out)
{
    enum { MINUTES_END = 16, TEXT_MAX = 40 };
    size_t n = strlen(text);
    if (n < MINUTES_END || n > TEXT_MAX || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != ' ') || text[13] != ':') {
        return false;
    }
    sn_civil civil = {.year = sn_digits_read(text, 4),
                      .month = sn_digits_read(text + 5, 2),
                      .day = sn_digits_read(text + 8, 2),
                      .hour = sn_digits_read(text + 11, 2),
                      .minute = sn_digits_read(text + 14, 2)};
    const char *rest = text + MINUTES_END;
    if (*rest == ':' && n >= MINUTES_END + 3) {
        civil.second = sn_digits_read(rest + 1, 2);
        rest += 3;
    }
    if (*rest == '.') {
        rest++;
        rest += strspn(rest, "0");
    }
    int32_t offset_s = 0;
    if (!sn_civil_is_valid(&civil) || !read_offset(rest, &offset_s)) {
        return false;
    }
    out->utc_s = sn_instant_from_utc(&civil).utc_s - offset_s;
    *offset_out = offset_s != 0   ? SN_OFFSET_OTHER
                  : *rest != '\0' ? SN_OFFSET_UTC
                                  : SN_OFFSET_NONE;
    return true;
}

sn_instant sn_axis_at(const sn_axis *axis, size_t i)
{
    return (sn_instant){axis->start.utc_s + (int64_t)i * axis->step_s};
}

sn_instant sn_axis_end(const sn_axis *axis)
{
    return sn_axis_at(axis, axis->n);
}

size_t sn_axis_index(const sn_axis *axis, sn_instant t)
{
    if (t.utc_s <
        axis->start.utc_s) { /* also far before: no difference of the two fits */
        return SIZE_MAX;
    }
    uint64_t offset = (uint64_t)t.utc_s - (uint64_t)axis->start.utc_s;
    uint64_t step = (uint64_t)axis->step_s;
    return offset % step == 0 && offset / step < axis->n ? (size_t)(offset / step)
                                                         : SIZE_MAX;
}
