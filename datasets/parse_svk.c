/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_svk.h"

#include "area.h"
#include "parse_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char provider[] = "svk";
#define PRICE_EUR_PER_MWH_MAX 10000.0
#define FLOW_MW_MAX 50000.0

const char *sn_svk_area(const char *code)
{
    if (code == NULL) {
        return NULL;
    }
    if (strcmp(code, "DELU") == 0 || strcmp(code, "DE_LU") == 0) {
        code = "DE-LU";
    }
    const sn_area *area = sn_area_find(code);
    return area != NULL ? area->code : NULL;
}

static const char *area_field(const json_t *row, const char *field)
{
    return sn_svk_area(json_string_value(json_object_get(row, field)));
}

static sn_status
read_price(const json_t *row, size_t number, sn_point *point, bool *is_gap, sn_error *err)
{
    const char *area = area_field(row, "bidding_zone");
    if (area == NULL) {
        return sn_json_row_error(provider, number, "bidding_zone",
                                 "an area that was asked for", err);
    }
    const char *unit = json_string_value(json_object_get(row, "price_unit"));
    if (unit != NULL && strcmp(unit, "EUR/MWh") != 0) {
        return sn_json_row_error(provider, number, "price_unit", "EUR/MWh", err);
    }
    sn_json_case got = sn_json_number(json_object_get(row, "price"), &point->value);
    if (got == SN_JSON_BAD || json_object_get(row, "price") == NULL ||
        fabs(point->value) > PRICE_EUR_PER_MWH_MAX) {
        return sn_json_row_error(provider, number, "price",
                                 "a price within 10 000 EUR/MWh, or null", err);
    }
    *is_gap = got == SN_JSON_NULL;
    point->quantity = SN_PRICE_EUR;
    (void)snprintf(point->subject, sizeof point->subject, "%s", area);
    return SN_OK;
}

static sn_status
read_flow(const json_t *row, size_t number, sn_point *point, bool *is_gap, sn_error *err)
{
    const char *from = area_field(row, "from_bidding_zone");
    const char *to = area_field(row, "to_bidding_zone");
    bool reversed = false;
    const sn_border_info *border =
        from != NULL && to != NULL ? sn_border_find(from, to, &reversed) : NULL;
    if (border == NULL) {
        return sn_json_row_error(provider, number, "from_bidding_zone, to_bidding_zone",
                                 "two areas with a border", err);
    }
    sn_json_case got = sn_json_number(json_object_get(row, "power"), &point->value);
    if (got == SN_JSON_BAD || json_object_get(row, "power") == NULL ||
        fabs(point->value) > FLOW_MW_MAX) {
        return sn_json_row_error(provider, number, "power",
                                 "a flow within 50 000 MW, or null", err);
    }
    *is_gap = got == SN_JSON_NULL;
    point->quantity = SN_FLOW_MEASURED;
    point->is_back = reversed;
    point->value = reversed ? 0.0 - point->value : point->value;
    sn_border_name(border, point->subject);
    return SN_OK;
}

static sn_status read_row(const json_t *row,
                          size_t number,
                          sn_svk_table table,
                          const sn_window *window,
                          sn_point_set *set,
                          sn_error *err)
{
    sn_point point = {0};
    bool is_gap = false;
    sn_instant start;
    if (!sn_json_instant(json_object_get(row, "start_time_utc"), false, &start)) {
        return sn_json_row_error(provider, number, "start_time_utc", "a time in UTC",
                                 err);
    }
    point.at_utc_s = start.utc_s;
    sn_status status = table == SN_SVK_PRICE
                           ? read_price(row, number, &point, &is_gap, err)
                           : read_flow(row, number, &point, &is_gap, err);
    if (status != SN_OK) {
        return status;
    }
    set->n_row++;
    sn_points_note_hour(set, start.utc_s);
    if (!sn_window_holds(window, start)) {
        set->n_outside++;
        return SN_OK;
    }
    return is_gap ? SN_OK : sn_points_add(set, &point, err);
}

/* The rows of a page, or an error that quotes the service's own words. */
static sn_status open_page(const json_t *root,
                           const json_t **records_out,
                           size_t *total_out,
                           sn_error *err)
{
    if (!json_is_true(json_object_get(root, "success"))) {
        const json_t *error = json_object_get(root, "error");
        const char *text = json_string_value(json_object_get(error, "message"));
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: the service answers without success: %.120s", provider,
                            text != NULL ? text : "no reason given");
    }
    const json_t *result = json_object_get(root, "result");
    *records_out = json_object_get(result, "records");
    const json_t *total = json_object_get(result, "total");
    if (!json_is_array(*records_out) || !json_is_integer(total) ||
        json_integer_value(total) < 0) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: expected result.records and result.total", provider);
    }
    *total_out = (size_t)json_integer_value(total);
    return SN_OK;
}

sn_status sn_parse_svk(const void *bytes,
                       size_t n,
                       sn_svk_table table,
                       const sn_window *window,
                       sn_point_set *set,
                       sn_error *err)
{
    json_t *root = NULL;
    const json_t *records = NULL;
    sn_status status = sn_json_read(bytes, n, provider, &root, err);
    if (status == SN_OK) {
        status = open_page(root, &records, &set->total, err);
    }
    for (size_t i = 0; status == SN_OK && i < json_array_size(records); i++) {
        status = read_row(json_array_get(records, i), i + 1, table, window, set, err);
    }
    json_decref(root);
    return status;
}
