/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_json.h"

#include "base/number.h"

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

sn_json_case sn_json_number(const json_t *value, double *out)
{
    if (value == NULL || json_is_null(value)) {
        return SN_JSON_NULL;
    }
    if (json_is_string(value)) {
        return sn_number_read(json_string_value(value), out) ? SN_JSON_NUMBER
                                                             : SN_JSON_BAD;
    }
    if (!json_is_number(value)) {
        return SN_JSON_BAD;
    }
    *out = json_number_value(value);
    return isfinite(*out) ? SN_JSON_NUMBER : SN_JSON_BAD;
}

bool sn_json_instant(const json_t *value, bool allow_offset, sn_instant *out)
{
    const char *text = json_string_value(value);
    sn_offset offset = SN_OFFSET_NONE;
    return text != NULL && sn_instant_read(text, out, &offset) &&
           (allow_offset || offset != SN_OFFSET_OTHER);
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
