/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_prices.h"

#include "area.h"
#include "parse_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PRICE_EUR_PER_MWH_MAX 10000.0

/* A price at an instant into the set, or past it when it lies outside the window. */
static sn_status add_price(sn_point_set *set,
                           const sn_window *window,
                           sn_instant at,
                           const char *area,
                           double price_eur_per_mwh,
                           sn_error *err)
{
    sn_point point = {
        .quantity = SN_PRICE_EUR, .at_utc_s = at.utc_s, .value = price_eur_per_mwh};
    if (!sn_window_holds(window, at)) {
        set->n_outside++;
        return SN_OK;
    }
    (void)snprintf(point.subject, sizeof point.subject, "%s", area);
    return sn_points_add(set, &point, err);
}

/* A number within the market's limits, or null. */
static bool read_price(const json_t *value, double *out, bool *is_gap)
{
    sn_json_case got = sn_json_number(value, out);
    *is_gap = got == SN_JSON_NULL;
    return value != NULL && got != SN_JSON_BAD &&
           (*is_gap || fabs(*out) <= PRICE_EUR_PER_MWH_MAX);
}

/* ---- Energi Data Service ---- */

static const char eds[] = "energidataservice";

static sn_status eds_row(const json_t *row,
                         size_t number,
                         sn_eds_table table,
                         const sn_window *window,
                         sn_point_set *set,
                         sn_error *err)
{
    bool is_elspot = table == SN_EDS_ELSPOT;
    const char *time_field = is_elspot ? "HourUTC" : "TimeUTC";
    const char *price_field = is_elspot ? "SpotPriceEUR" : "DayAheadPriceEUR";
    const char *code = json_string_value(json_object_get(row, "PriceArea"));
    double price = 0.0;
    bool is_gap = false;
    sn_instant start;
    if (!sn_json_instant(json_object_get(row, time_field), false, &start)) {
        return sn_json_row_error(eds, number, time_field, "a time in UTC", err);
    }
    if (code == NULL) {
        return sn_json_row_error(eds, number, "PriceArea", "an area", err);
    }
    const sn_area *area = sn_area_find(strcmp(code, "DE") == 0 ? "DE-LU" : code);
    if (!read_price(json_object_get(row, price_field), &price, &is_gap)) {
        return sn_json_row_error(eds, number, price_field,
                                 "a price within 10 000 EUR/MWh, or null", err);
    }
    set->n_row++;
    return area == NULL || is_gap ? SN_OK
                                  : add_price(set, window, start, area->code, price, err);
}

sn_status sn_parse_eds(const void *bytes,
                       size_t n,
                       sn_eds_table table,
                       const sn_window *window,
                       sn_point_set *set,
                       sn_error *err)
{
    json_t *root = NULL;
    sn_status status = sn_json_read(bytes, n, eds, &root, err);
    const json_t *records = json_object_get(root, "records");
    const json_t *total = json_object_get(root, "total");
    if (status == SN_OK && (!json_is_array(records) || !json_is_integer(total))) {
        status = sn_error_set(err, SN_E_FORMAT, "%s: expected records and total", eds);
    }
    if (status == SN_OK &&
        json_integer_value(total) != (json_int_t)json_array_size(records)) {
        status = sn_error_set(
            err, SN_E_FORMAT, "%s: %lld records, the answer holds %zu of them", eds,
            (long long)json_integer_value(total), json_array_size(records));
    }
    for (size_t i = 0; status == SN_OK && i < json_array_size(records); i++) {
        status = eds_row(json_array_get(records, i), i + 1, table, window, set, err);
    }
    set->total = set->n_row;
    json_decref(root);
    return status;
}

/* ---- energy-charts ---- */

static const char charts[] = "energycharts";

static sn_status charts_rows(const json_t *root,
                             const char *area,
                             const sn_window *window,
                             sn_point_set *set,
                             sn_error *err)
{
    const json_t *times = json_object_get(root, "unix_seconds");
    const json_t *prices = json_object_get(root, "price");
    if (!json_is_array(times) || !json_is_array(prices) ||
        json_array_size(times) != json_array_size(prices)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: expected unix_seconds and price of equal length",
                            charts);
    }
    sn_status status = SN_OK;
    for (size_t i = 0; i < json_array_size(times) && status == SN_OK; i++) {
        const json_t *time = json_array_get(times, i);
        double price = 0.0;
        bool is_gap = false;
        if (!json_is_integer(time)) {
            return sn_json_row_error(charts, i + 1, "unix_seconds", "whole seconds", err);
        }
        if (!read_price(json_array_get(prices, i), &price, &is_gap)) {
            return sn_json_row_error(charts, i + 1, "price",
                                     "a price within 10 000 EUR/MWh, or null", err);
        }
        set->n_row++;
        if (!is_gap) {
            status = add_price(set, window, (sn_instant){json_integer_value(time)}, area,
                               price, err);
        }
    }
    return status;
}

sn_status sn_parse_energycharts(const void *bytes,
                                size_t n,
                                const char *area,
                                const sn_window *window,
                                sn_point_set *set,
                                char *licence,
                                size_t licence_size,
                                sn_error *err)
{
    json_t *root = NULL;
    sn_status status = sn_json_read(bytes, n, charts, &root, err);
    if (status != SN_OK) {
        return status;
    }
    const char *unit = json_string_value(json_object_get(root, "unit"));
    const char *terms = json_string_value(json_object_get(root, "license_info"));
    (void)snprintf(licence, licence_size, "%s", terms != NULL ? terms : "");
    /* A letter cut in two at the end would not be text. */
    for (size_t k = strlen(licence); k > 0 && k + 1 == licence_size; k--) {
        bool is_cut = (licence[k - 1] & 0x80) != 0;
        licence[k - 1] = is_cut ? '\0' : licence[k - 1];
        if (!is_cut) {
            break;
        }
        licence_size--;
    }
    if (unit == NULL ||
        (strcmp(unit, "EUR / MWh") != 0 && strcmp(unit, "EUR/MWh") != 0)) {
        status = sn_error_set(err, SN_E_FORMAT,
                              "%s: the unit is \"%.40s\", expected EUR "
                              "/ MWh",
                              charts, unit != NULL ? unit : "not stated");
    }
    if (status == SN_OK) {
        status = charts_rows(root, area, window, set, err);
    }
    set->total = set->n_row;
    json_decref(root);
    return status;
}

/* ---- Elering ---- */

static const char elering[] = "elering";

static sn_status elering_area(const json_t *rows,
                              const char *area,
                              const sn_window *window,
                              sn_point_set *set,
                              sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < json_array_size(rows) && status == SN_OK; i++) {
        const json_t *row = json_array_get(rows, i);
        const json_t *time = json_object_get(row, "timestamp");
        double price = 0.0;
        bool is_gap = false;
        if (!json_is_integer(time)) {
            return sn_json_row_error(elering, i + 1, "timestamp", "whole seconds", err);
        }
        if (!read_price(json_object_get(row, "price"), &price, &is_gap)) {
            return sn_json_row_error(elering, i + 1, "price",
                                     "a price within 10 000 EUR/MWh, or null", err);
        }
        set->n_row++;
        if (!is_gap) {
            status = add_price(set, window, (sn_instant){json_integer_value(time)}, area,
                               price, err);
        }
    }
    return status;
}

sn_status sn_parse_elering(const void *bytes,
                           size_t n,
                           const sn_window *window,
                           sn_point_set *set,
                           sn_error *err)
{
    static const char *const areas[][2] = {
        {"ee", "EE"}, {"fi", "FI"}, {"lv", "LV"}, {"lt", "LT"}};
    json_t *root = NULL;
    sn_status status = sn_json_read(bytes, n, elering, &root, err);
    const json_t *data = json_object_get(root, "data");
    if (status == SN_OK &&
        (!json_is_true(json_object_get(root, "success")) || !json_is_object(data))) {
        status = sn_error_set(err, SN_E_FORMAT, "%s: expected success and data", elering);
    }
    for (size_t i = 0; i < 4 && status == SN_OK; i++) {
        const json_t *rows = json_object_get(data, areas[i][0]);
        if (rows != NULL && !json_is_array(rows)) {
            status = sn_error_set(err, SN_E_FORMAT, "%s: \"%s\" is not an array", elering,
                                  areas[i][0]);
        } else {
            status = elering_area(rows, areas[i][1], window, set, err);
        }
    }
    set->total = set->n_row;
    json_decref(root);
    return status;
}
