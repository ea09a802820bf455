/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_esett.h"

#include "area.h"
#include "parse_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char provider[] = "esett";
#define ENERGY_MWH_MAX 100000.0
#define PRICE_EUR_PER_MWH_MAX 30000.0
#define NO_PRICE (-1.0)

static const struct {
    const char *area;
    const char *mba;
} mba_table[] = {
    {"SE1", "10Y1001A1001A44P"}, {"SE2", "10Y1001A1001A45N"}, {"SE3", "10Y1001A1001A46L"},
    {"SE4", "10Y1001A1001A47J"}, {"NO1", "10YNO_1________2"}, {"NO2", "10YNO_2________T"},
    {"NO3", "10YNO_3________J"}, {"NO4", "10YNO_4________9"}, {"NO5", "10Y1001A1001A48H"},
    {"DK1", "10YDK-1--------W"}, {"DK2", "10YDK-2--------M"}, {"FI", "10YFI_1________U"},
};

/* Fields that add up to one quantity; null in all of them is a gap. */
static const struct {
    sn_quantity quantity;
    const char *field[2];
} production_fields[] = {
    {SN_HYDRO, {"hydro", NULL}},      {SN_WIND, {"wind", "windOffshore"}},
    {SN_NUCLEAR, {"nuclear", NULL}},  {SN_SOLAR, {"solar", NULL}},
    {SN_THERMAL, {"thermal", NULL}},  {SN_OTHER_GENERATION, {"other", "energyStorage"}},
    {SN_GENERATION, {"total", NULL}},
};

const char *sn_esett_mba(const char *area)
{
    for (size_t i = 0; i < sizeof mba_table / sizeof *mba_table; i++) {
        if (strcmp(mba_table[i].area, area) == 0) {
            return mba_table[i].mba;
        }
    }
    return NULL;
}

/* The answer names areas by code or by the EIC that was asked for. */
static const char *area_of(const char *mba)
{
    for (size_t i = 0; mba != NULL && i < sizeof mba_table / sizeof *mba_table; i++) {
        const sn_area *area = sn_area_find(mba_table[i].area);
        if (strcmp(mba, mba_table[i].area) == 0 || strcmp(mba, mba_table[i].mba) == 0 ||
            (area != NULL && strcmp(mba, area->eic) == 0)) {
            return mba_table[i].area;
        }
    }
    return NULL;
}

/* Sum of up to two fields; false when a field is not a plausible number. */
static bool
sum_fields(const json_t *row, const char *const field[2], double *sum, size_t *n_stated)
{
    *sum = 0.0;
    *n_stated = 0;
    for (size_t i = 0; i < 2 && field[i] != NULL; i++) {
        double value = 0.0;
        sn_json_case got = sn_json_number(json_object_get(row, field[i]), &value);
        if (got == SN_JSON_BAD || fabs(value) > ENERGY_MWH_MAX) {
            return false;
        }
        if (got == SN_JSON_NUMBER) {
            *sum += value;
            (*n_stated)++;
        }
    }
    return true;
}

static sn_status add_production(const json_t *row,
                                size_t number,
                                sn_point *point,
                                sn_point_set *set,
                                sn_error *err)
{
    size_t n = sizeof production_fields / sizeof *production_fields;
    for (size_t i = 0; i < n; i++) {
        size_t n_stated = 0;
        if (!sum_fields(row, production_fields[i].field, &point->value, &n_stated)) {
            return sn_json_row_error(provider, number, production_fields[i].field[0],
                                     "a number or null, within 100 000 MWh", err);
        }
        if (n_stated == 0) {
            continue;
        }
        point->quantity = production_fields[i].quantity;
        sn_status status = sn_points_add(set, point, err);
        if (status != SN_OK) {
            return status;
        }
    }
    return SN_OK;
}

static sn_status add_consumption(const json_t *row,
                                 size_t number,
                                 sn_point *point,
                                 sn_point_set *set,
                                 sn_error *err)
{
    static const char *const field[2] = {"total", NULL};
    size_t n_stated = 0;
    if (!sum_fields(row, field, &point->value, &n_stated) || point->value > 0.0) {
        return sn_json_row_error(provider, number, "total",
                                 "a number at or below zero, or null", err);
    }
    point->quantity = SN_LOAD;
    point->value = 0.0 - point->value;
    return n_stated == 0 ? SN_OK : sn_points_add(set, point, err);
}

/* One price for both directions, or none. */
static sn_status add_price(const json_t *row,
                           size_t number,
                           sn_point *point,
                           sn_point_set *set,
                           sn_error *err)
{
    double sales = 0.0;
    double purchase = 0.0;
    sn_json_case has_sales =
        sn_json_number(json_object_get(row, "imblSalesPrice"), &sales);
    sn_json_case has_purchase =
        sn_json_number(json_object_get(row, "imblPurchasePrice"), &purchase);
    if (has_sales == SN_JSON_BAD || has_purchase == SN_JSON_BAD ||
        fabs(sales) > PRICE_EUR_PER_MWH_MAX || fabs(purchase) > PRICE_EUR_PER_MWH_MAX) {
        return sn_json_row_error(provider, number, "imblSalesPrice, imblPurchasePrice",
                                 "prices within 30 000 EUR/MWh, or null", err);
    }
    if (has_sales != SN_JSON_NUMBER || has_purchase != SN_JSON_NUMBER ||
        sales != purchase || sales == NO_PRICE) {
        return SN_OK;
    }
    point->quantity = SN_PRICE_IMBALANCE;
    point->value = sales;
    point->is_energy = false;
    return sn_points_add(set, point, err);
}

static bool has_fields_of(const json_t *row, sn_esett_table table)
{
    bool has_type = json_object_get(row, "hydro") != NULL;
    bool has_price = json_object_get(row, "imblSalesPrice") != NULL;
    bool has_total = json_object_get(row, "total") != NULL;
    return table == SN_ESETT_PRICE
               ? has_price
               : has_total && !has_price && has_type == (table == SN_ESETT_PRODUCTION);
}

static sn_status read_row(const json_t *row,
                          size_t number,
                          sn_esett_table table,
                          const sn_window *window,
                          sn_point_set *set,
                          sn_error *err)
{
    sn_instant start;
    if (!sn_json_instant(json_object_get(row, "timestampUTC"), false, &start)) {
        return sn_json_row_error(provider, number, "timestampUTC", "a time in UTC", err);
    }
    const char *area = area_of(json_string_value(json_object_get(row, "mba")));
    if (area == NULL) {
        return sn_json_row_error(provider, number, "mba", "an area that was asked for",
                                 err);
    }
    if (!has_fields_of(row, table)) {
        return sn_json_row_error(
            provider, number, table == SN_ESETT_PRICE ? "imblSalesPrice" : "total, hydro",
            "the fields of the table that was asked for", err);
    }
    set->n_row++;
    if (!sn_window_holds(window, start)) {
        set->n_outside++;
        return SN_OK;
    }
    sn_point point = {.at_utc_s = start.utc_s, .is_energy = true};
    (void)snprintf(point.subject, sizeof point.subject, "%s", area);
    switch (table) {
    case SN_ESETT_PRODUCTION:
        return add_production(row, number, &point, set, err);
    case SN_ESETT_CONSUMPTION:
        return add_consumption(row, number, &point, set, err);
    default:
        return add_price(row, number, &point, set, err);
    }
}

sn_status sn_parse_esett(const void *bytes,
                         size_t n,
                         sn_esett_table table,
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
        status =
            sn_error_set(err, SN_E_FORMAT, "%s: expected an array of rows", provider);
    }
    for (size_t i = 0; status == SN_OK && i < json_array_size(root); i++) {
        status = read_row(json_array_get(root, i), i + 1, table, window, set, err);
    }
    set->total = set->n_row;
    json_decref(root);
    return status;
}
