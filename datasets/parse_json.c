/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_json.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool looks_like_markup(const char *text, size_t n)
{
    size_t i = 0;
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        i = 3;
    }
    while (i < n && isspace((unsigned char)text[i])) {
        i++;
    }
    return i < n && text[i] == '<';
}

sn_status sn_json_read(const void *bytes,
                       size_t n,
                       const char *provider,
                       json_t **out,
                       sn_error *err)
{
    *out = NULL;
    if (n == 0) {
        return sn_error_set(err, SN_E_FORMAT, "%s: the answer is empty, expected JSON",
                            provider);
    }
    if (looks_like_markup(bytes, n)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: the answer is a web page, expected JSON; the service "
                            "may be down, try again later",
                            provider);
    }
    json_error_t where;
    *out = json_loadb(bytes, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (*out == NULL) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: not JSON or cut off, line %d column %d: %s", provider,
                            where.line, where.column, where.text);
    }
    return SN_OK;
}

static sn_json_case read_number_text(const char *text, double *out)
{
    size_t n = strlen(text);
    /* The letters keep out "inf", "nan" and hexadecimal, which strtod() takes. */
    if (n == 0 || n > 40 || strspn(text, "0123456789+-.eE") != n) {
        return SN_JSON_BAD;
    }
    char *end = NULL;
    double value = strtod(text, &end);
    if (end != text + n || !isfinite(value)) {
        return SN_JSON_BAD;
    }
    *out = value;
    return SN_JSON_NUMBER;
}

sn_json_case sn_json_number(const json_t *value, double *out)
{
    if (value == NULL || json_is_null(value)) {
        return SN_JSON_NULL;
    }
    if (json_is_string(value)) {
        return read_number_text(json_string_value(value), out);
    }
    if (!json_is_number(value)) {
        return SN_JSON_BAD;
    }
    *out = json_number_value(value);
    return isfinite(*out) ? SN_JSON_NUMBER : SN_JSON_BAD;
}

/* n digits at text, -1 when there are not. */
static int32_t digits(const char *text, size_t n)
{
    int32_t value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
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
    int32_t hours = digits(text + 1, 2);
    int32_t minutes = digits(text + 4, 2);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) {
        return false;
    }
    *offset_s = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
    return true;
}

bool sn_json_instant(const json_t *value, bool allow_offset, sn_instant *out)
{
    const char *text = json_string_value(value);
    if (text == NULL || strlen(text) < 16 || strlen(text) > 40 || text[4] != '-' ||
        text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') {
        return false;
    }
    sn_civil civil = {.year = digits(text, 4),
                      .month = digits(text + 5, 2),
                      .day = digits(text + 8, 2),
                      .hour = digits(text + 11, 2),
                      .minute = digits(text + 14, 2)};
    const char *rest = text + 16;
    if (*rest == ':' && strlen(rest) >= 3) {
        civil.second = digits(rest + 1, 2);
        rest += 3;
    }
    if (*rest == '.') {
        rest++;
        rest += strspn(rest, "0");
    }
    int32_t offset_s = 0;
    if (!sn_civil_is_valid(&civil) || !read_offset(rest, &offset_s) ||
        (offset_s != 0 && !allow_offset)) {
        return false;
    }
    out->utc_s = sn_instant_from_utc(&civil).utc_s - offset_s;
    return true;
}

bool sn_window_holds(const sn_window *window, sn_instant t)
{
    return t.utc_s >= window->from.utc_s && t.utc_s < window->to.utc_s;
}

sn_status sn_json_row_error(const char *provider,
                            size_t row,
                            const char *field,
                            const char *expected,
                            sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT, "%s: row %zu, \"%s\": expected %s", provider,
                        row, field, expected);
}
