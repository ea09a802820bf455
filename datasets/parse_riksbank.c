/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_riksbank.h"

#include "parse_json.h"

#include <string.h>

static const char provider[] = "riksbank";
/* Kronor per euro has been 8.0 to 12 since 1999: outside this it is another series. */
#define SEK_PER_EUR_MIN 4.0
#define SEK_PER_EUR_MAX 30.0

static sn_status
read_row(const json_t *row, size_t number, sn_point *point, sn_error *err)
{
    const char *text = json_string_value(json_object_get(row, "date"));
    sn_instant date;
    sn_error ignored;
    if (text == NULL || strlen(text) != 10 ||
        sn_instant_parse(text, &date, &ignored) != SN_OK) {
        return sn_json_row_error(provider, number, "date", "YYYY-MM-DD", err);
    }
    if (sn_json_number(json_object_get(row, "value"), &point->value) != SN_JSON_NUMBER ||
        point->value < SEK_PER_EUR_MIN || point->value > SEK_PER_EUR_MAX) {
        return sn_json_row_error(provider, number, "value", "4 to 30 SEK per EUR", err);
    }
    point->at_utc_s = date.utc_s;
    return SN_OK;
}

sn_status sn_parse_riksbank(const void *bytes,
                            size_t n,
                            const sn_window *window,
                            sn_point_set *set,
                            sn_error *err)
{
    json_t *root = NULL;
    sn_status status = sn_json_read(bytes, n, provider, &root, err);
    if (status != SN_OK) {
        return status;
    }
    if (!json_is_array(root)) {
        status = sn_error_set(err, SN_E_FORMAT, "%s: expected an array of observations",
                              provider);
        goto done;
    }
    for (size_t i = 0; i < json_array_size(root) && status == SN_OK; i++) {
        sn_point point = {.quantity = SN_FX_SEK, .step_s = SN_DAY_S, .subject = "SEK"};
        status = read_row(json_array_get(root, i), i + 1, &point, err);
        if (status != SN_OK) {
            break;
        }
        set->n_row++;
        if (!sn_window_holds(window, (sn_instant){point.at_utc_s})) {
            set->n_outside++;
            continue;
        }
        status = sn_points_add(set, &point, err);
    }
    set->total = set->n_row;
done:
    json_decref(root);
    return status;
}
