/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_elprisetjustnu.h"

#include "base/units.h"
#include "parse_json.h"

#include <math.h>
#include <stdio.h>

static const char provider[] = "elprisetjustnu";
#define PRICE_EUR_PER_MWH_MAX 10000.0
/* Their price is rounded to 0.01 EUR/MWh and so is ours after the change of unit. */
#define CENTS_PER_EUR 100.0
/* SEK and EUR are both rounded to 5 decimals of the kWh. */
#define SEK_TOLERANCE_PER_KWH 2e-4

static sn_status
read_row(const json_t *row, size_t number, sn_point *point, sn_error *err)
{
    sn_instant start;
    if (!sn_json_instant(json_object_get(row, "time_start"), true, &start)) {
        return sn_json_row_error(provider, number, "time_start", "a time with offset",
                                 err);
    }
    double eur_per_kwh = 0.0;
    double sek_per_kwh = 0.0;
    double sek_per_eur = 0.0;
    if (sn_json_number(json_object_get(row, "EUR_per_kWh"), &eur_per_kwh) !=
        SN_JSON_NUMBER) {
        return sn_json_row_error(provider, number, "EUR_per_kWh", "a number", err);
    }
    if (sn_json_number(json_object_get(row, "SEK_per_kWh"), &sek_per_kwh) ==
            SN_JSON_NUMBER &&
        sn_json_number(json_object_get(row, "EXR"), &sek_per_eur) == SN_JSON_NUMBER &&
        fabs(sek_per_kwh - eur_per_kwh * sek_per_eur) > SEK_TOLERANCE_PER_KWH) {
        return sn_json_row_error(provider, number, "SEK_per_kWh", "EUR_per_kWh times EXR",
                                 err);
    }
    double cents = eur_per_kwh * SN_KWH_PER_MWH * CENTS_PER_EUR;
    point->value = round(cents) / CENTS_PER_EUR;
    if (fabs(point->value) > PRICE_EUR_PER_MWH_MAX) {
        return sn_json_row_error(provider, number, "EUR_per_kWh",
                                 "a price within 10 000 EUR/MWh", err);
    }
    point->at_utc_s = start.utc_s;
    return SN_OK;
}

sn_status sn_parse_elprisetjustnu(const void *bytes,
                                  size_t n,
                                  const char *area,
                                  const sn_window *window,
                                  sn_point_set *set,
                                  sn_error *err)
{
    json_t *root = NULL;
    sn_status status = sn_json_read(bytes, n, provider, &root, err);
    if (status != SN_OK) {
        return status;
    }
    if (json_is_null(root)) {
        goto done;
    }
    if (!json_is_array(root)) {
        status =
            sn_error_set(err, SN_E_FORMAT, "%s: expected an array of slots", provider);
        goto done;
    }
    int64_t before_s = INT64_MIN;
    for (size_t i = 0; i < json_array_size(root); i++) {
        sn_point point = {.quantity = SN_PRICE_EUR};
        (void)snprintf(point.subject, sizeof point.subject, "%s", area);
        status = read_row(json_array_get(root, i), i + 1, &point, err);
        if (status == SN_OK && point.at_utc_s <= before_s) {
            status = sn_json_row_error(provider, i + 1, "time_start",
                                       "a time after the row before", err);
        }
        if (status != SN_OK) {
            goto done;
        }
        before_s = point.at_utc_s;
        set->n_row++;
        if (!sn_window_holds(window, (sn_instant){point.at_utc_s})) {
            set->n_outside++;
            continue;
        }
        status = sn_points_add(set, &point, err);
        if (status != SN_OK) {
            goto done;
        }
    }
    set->total = set->n_row;
done:
    json_decref(root);
    return status;
}
