/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_nordic.h"

#include "base/units.h"
#include "parse_csv.h"
#include "parse_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sn_status add_point(sn_point_set *set,
                           const sn_window *window,
                           sn_point *point,
                           const char *subject,
                           sn_error *err)
{
    set->n_row++;
    if (!sn_window_holds(window, (sn_instant){point->at_utc_s})) {
        set->n_outside++;
        return SN_OK;
    }
    (void)snprintf(point->subject, sizeof point->subject, "%s", subject);
    return sn_points_add(set, point, err);
}

/* ---- NVE ---- */

static const char nve[] = "nve";
#define RESERVOIR_TWH_MAX 100.0
#define MWH_PER_TWH SN_MWH_PER_TWH

static sn_status nve_row(const json_t *row,
                         size_t number,
                         const sn_window *window,
                         sn_point_set *set,
                         sn_error *err)
{
    const char *kind = json_string_value(json_object_get(row, "omrType"));
    const json_t *area = json_object_get(row, "omrnr");
    const json_t *year = json_object_get(row, "iso_aar");
    const json_t *week = json_object_get(row, "iso_uke");
    if (kind == NULL || !json_is_integer(area)) {
        return sn_json_row_error(nve, number, "omrType, omrnr", "an area", err);
    }
    if (strcmp(kind, "EL") != 0) {
        return SN_OK; /* the country, or a river system */
    }
    json_int_t number_of_area = json_integer_value(area);
    json_int_t y = json_integer_value(year);
    json_int_t w = json_integer_value(week);
    if (number_of_area < 1 || number_of_area > 5 || y < 1950 || y > 2200 || w < 1 ||
        w > 53) {
        return sn_json_row_error(nve, number, "omrnr, iso_aar, iso_uke",
                                 "area 1 to 5 and an ISO week", err);
    }
    double twh = 0.0;
    double share = 0.0;
    if (sn_json_number(json_object_get(row, "fylling_TWh"), &twh) != SN_JSON_NUMBER ||
        sn_json_number(json_object_get(row, "fyllingsgrad"), &share) != SN_JSON_NUMBER ||
        twh < 0.0 || twh > RESERVOIR_TWH_MAX || share < 0.0 || share > 1.5) {
        return sn_json_row_error(nve, number, "fylling_TWh, fyllingsgrad",
                                 "energy in TWh and a share of 1", err);
    }
    char subject[8];
    sn_civil monday = sn_civil_of_iso_week((int32_t)y, (int32_t)w);
    sn_point point = {.at_utc_s = sn_instant_from_utc(&monday).utc_s,
                      .step_s = SN_WEEK_S,
                      .quantity = SN_RESERVOIR,
                      .value = twh * MWH_PER_TWH};
    (void)snprintf(subject, sizeof subject, "NO%d", (int)number_of_area);
    sn_status status = add_point(set, window, &point, subject, err);
    point.quantity = SN_RESERVOIR_SHARE;
    point.value = share;
    return status == SN_OK ? add_point(set, window, &point, subject, err) : status;
}

sn_status sn_parse_nve(const void *bytes,
                       size_t n,
                       const sn_window *window,
                       sn_point_set *set,
                       sn_error *err)
{
    json_t *root = NULL;
    sn_status status = sn_json_read(bytes, n, nve, &root, err);
    if (status == SN_OK && !json_is_array(root)) {
        status = sn_error_set(err, SN_E_FORMAT, "%s: expected an array of weeks", nve);
    }
    for (size_t i = 0; status == SN_OK && i < json_array_size(root); i++) {
        status = nve_row(json_array_get(root, i), i + 1, window, set, err);
    }
    set->total = set->n_row;
    json_decref(root);
    return status;
}

/* ---- Fingrid ---- */

static const char fingrid[] = "fingrid";
#define VALUE_MAX 1e6

/* "2023-06-28T12:15:00.0000000+00:00" */
static sn_status fingrid_row(const json_t *row,
                             size_t number,
                             long dataset,
                             sn_quantity quantity,
                             const sn_window *window,
                             sn_point_set *set,
                             sn_error *err)
{
    sn_instant from;
    sn_instant to;
    sn_point point = {.quantity = quantity};
    const json_t *id = json_object_get(row, "datasetId");
    if (!json_is_integer(id) || json_integer_value(id) != dataset) {
        return sn_json_row_error(fingrid, number, "datasetId",
                                 "the data set that was asked for", err);
    }
    if (!sn_json_instant(json_object_get(row, "startTime"), true, &from) ||
        !sn_json_instant(json_object_get(row, "endTime"), true, &to)) {
        return sn_json_row_error(fingrid, number, "startTime, endTime",
                                 "times with offset", err);
    }
    int64_t step_s = to.utc_s - from.utc_s;
    if (step_s != SN_QUARTER_S && step_s != SN_HOUR_S) {
        return sn_json_row_error(fingrid, number, "endTime",
                                 "an hour or a quarter after startTime", err);
    }
    sn_json_case got = sn_json_number(json_object_get(row, "value"), &point.value);
    if (got == SN_JSON_BAD || json_object_get(row, "value") == NULL ||
        fabs(point.value) > VALUE_MAX) {
        return sn_json_row_error(fingrid, number, "value", "a number or null", err);
    }
    point.at_utc_s = from.utc_s;
    point.step_s = (int32_t)step_s;
    if (got == SN_JSON_NULL) {
        set->n_row++;
        return SN_OK;
    }
    return add_point(set, window, &point, "FI", err);
}

sn_status sn_parse_fingrid(const void *bytes,
                           size_t n,
                           long dataset,
                           sn_quantity quantity,
                           const sn_window *window,
                           sn_point_set *set,
                           sn_error *err)
{
    json_t *root = NULL;
    sn_status status = sn_json_read(bytes, n, fingrid, &root, err);
    const json_t *rows = json_object_get(root, "data");
    const json_t *total = json_object_get(json_object_get(root, "pagination"), "total");
    if (status == SN_OK && (!json_is_array(rows) || !json_is_integer(total) ||
                            json_integer_value(total) < 0)) {
        status = sn_error_set(err, SN_E_FORMAT, "%s: expected data and pagination.total",
                              fingrid);
    }
    for (size_t i = 0; status == SN_OK && i < json_array_size(rows); i++) {
        status = fingrid_row(json_array_get(rows, i), i + 1, dataset, quantity, window,
                             set, err);
    }
    set->total = (size_t)json_integer_value(total);
    json_decref(root);
    return status;
}

/* ---- SMHI ---- */

static const char smhi[] = "smhi";
enum { MS_PER_S = 1000 };
#define TEMPERATURE_MAX_C 60.0

static sn_status smhi_add(sn_instant at,
                          double value_c,
                          const char *quality,
                          const char *area,
                          size_t row,
                          const sn_window *window,
                          sn_point_set *set,
                          sn_error *err)
{
    sn_point point = {.at_utc_s = at.utc_s,
                      .step_s = SN_HOUR_S,
                      .quantity = SN_TEMPERATURE,
                      .value = value_c,
                      .flag = SN_FLAG_STATED};
    if (fabs(value_c) > TEMPERATURE_MAX_C) {
        return sn_json_row_error(smhi, row, "value", "a temperature within 60 degrees",
                                 err);
    }
    if (at.utc_s % SN_HOUR_S != 0) {
        set->n_row++;
        return SN_OK; /* a reading between the hours */
    }
    point.flag = strcmp(quality, "G") == 0 ? SN_FLAG_STATED : SN_FLAG_SUSPECT;
    return add_point(set, window, &point, area, err);
}

static sn_status smhi_json(const void *bytes,
                           size_t n,
                           long station,
                           const char *area,
                           const sn_window *window,
                           sn_point_set *set,
                           sn_error *err)
{
    json_t *root = NULL;
    sn_status status = sn_json_read(bytes, n, smhi, &root, err);
    const json_t *rows = json_object_get(root, "value");
    const char *key =
        json_string_value(json_object_get(json_object_get(root, "station"), "key"));
    if (status == SN_OK && !json_is_array(rows)) {
        status = sn_error_set(err, SN_E_FORMAT, "%s: expected value, an array", smhi);
    }
    if (status == SN_OK && (key == NULL || strtol(key, NULL, 10) != station)) {
        status = sn_error_set(err, SN_E_FORMAT,
                              "%s: the station is \"%.20s\", expected "
                              "%ld",
                              smhi, key != NULL ? key : "not stated", station);
    }
    for (size_t i = 0; status == SN_OK && i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const json_t *date = json_object_get(row, "date");
        const char *quality = json_string_value(json_object_get(row, "quality"));
        double value = 0.0;
        if (!json_is_integer(date) || quality == NULL ||
            sn_json_number(json_object_get(row, "value"), &value) != SN_JSON_NUMBER) {
            status = sn_json_row_error(smhi, i + 1, "date, value, quality",
                                       "milliseconds, a number, a letter", err);
        } else if (json_integer_value(date) % MS_PER_S == 0) {
            sn_instant at = {json_integer_value(date) / MS_PER_S};
            status = smhi_add(at, value, quality, area, i + 1, window, set, err);
        }
    }
    json_decref(root);
    return status;
}

/* After some ten lines about the station: "Datum;Tid (UTC);Lufttemperatur;Kvalitet". */
static sn_status smhi_csv(const void *bytes,
                          size_t n,
                          const char *area,
                          const sn_window *window,
                          sn_point_set *set,
                          sn_error *err)
{
    sn_csv csv = {.text = bytes, .n = n, .separator = ';'};
    sn_csv_row row;
    bool has_header = false;
    while (sn_csv_next(&csv, &row)) {
        char when[32];
        sn_instant at;
        sn_error ignored;
        double value = 0.0;
        if (!has_header) {
            has_header = row.n >= 4 && sn_csv_is(&row, 0, "Datum") &&
                         sn_csv_is(&row, 1, "Tid (UTC)");
            continue;
        }
        if (row.n < 4) {
            break; /* an empty last line */
        }
        (void)snprintf(when, sizeof when, "%.10s", sn_csv_text(&row, 0));
        (void)snprintf(when + strlen(when), sizeof when - strlen(when), "T%.8sZ",
                       sn_csv_text(&row, 1));
        if (sn_instant_parse(when, &at, &ignored) != SN_OK ||
            !sn_csv_number(&row, 2, &value)) {
            return sn_json_row_error(smhi, csv.line, "Datum, Tid, Lufttemperatur",
                                     "a time in UTC and a number", err);
        }
        sn_status status =
            smhi_add(at, value, sn_csv_text(&row, 3), area, csv.line, window, set, err);
        if (status != SN_OK) {
            return status;
        }
    }
    if (!has_header || csv.is_cut) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: expected a table \"Datum;Tid (UTC);...\", whole to its "
                            "last line",
                            smhi);
    }
    return SN_OK;
}

sn_status sn_parse_smhi(const void *bytes,
                        size_t n,
                        long station,
                        const char *area,
                        const sn_window *window,
                        sn_point_set *set,
                        sn_error *err)
{
    const char *text = bytes;
    bool is_json = n == 0 || text[0] == '{' || text[0] == '<' || text[0] == '[';
    sn_status status = is_json ? smhi_json(bytes, n, station, area, window, set, err)
                               : smhi_csv(bytes, n, area, window, set, err);
    set->total = set->n_row;
    return status;
}

/* ---- ECB ---- */

static const char ecb[] = "ecb";
/* Kronor per euro has been 8.0 to 12 since 1999: outside this it is another series. */
#define SEK_PER_EUR_MIN 4.0
#define SEK_PER_EUR_MAX 30.0

sn_status sn_parse_ecb(const void *bytes,
                       size_t n,
                       const sn_window *window,
                       sn_point_set *set,
                       sn_error *err)
{
    sn_csv csv = {.text = bytes, .n = n, .separator = ','};
    sn_csv_row row;
    sn_status status = SN_OK;
    if (!sn_csv_next(&csv, &row)) {
        return sn_error_set(err, SN_E_FORMAT, "%s: the answer is empty", ecb);
    }
    size_t n_column = row.n;
    size_t day = sn_csv_find(&row, "TIME_PERIOD");
    size_t value = sn_csv_find(&row, "OBS_VALUE");
    size_t from = sn_csv_find(&row, "CURRENCY");
    if (day == SIZE_MAX || value == SIZE_MAX || from == SIZE_MAX) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: expected columns CURRENCY, TIME_PERIOD and OBS_VALUE",
                            ecb);
    }
    while (status == SN_OK && sn_csv_next(&csv, &row)) {
        sn_error ignored;
        sn_instant date = {0};
        sn_point point = {.quantity = SN_FX_SEK, .step_s = SN_DAY_S};
        bool is_good =
            row.n == n_column && sn_csv_is(&row, from, "SEK") &&
            strlen(sn_csv_text(&row, day)) == 10 &&
            sn_instant_parse(sn_csv_text(&row, day), &date, &ignored) == SN_OK &&
            sn_csv_number(&row, value, &point.value) && point.value >= SEK_PER_EUR_MIN &&
            point.value <= SEK_PER_EUR_MAX;
        point.at_utc_s = date.utc_s;
        status = is_good ? add_point(set, window, &point, "SEK", err)
                         : sn_json_row_error(ecb, csv.line,
                                             "CURRENCY, TIME_PERIOD, "
                                             "OBS_VALUE",
                                             "SEK, a date, 4 to 30 SEK per EUR", err);
    }
    set->total = set->n_row;
    return status == SN_OK && csv.is_cut
               ? sn_error_set(err, SN_E_FORMAT, "%s: the last line is cut off", ecb)
               : status;
}
