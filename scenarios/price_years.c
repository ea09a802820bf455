/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "price_years.h"

#include "area.h"
#include "base/os.h"
#include "base/units.h"
#include "municipality.h"
#include "run_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

/* An hour or two that some meter lacks stand in the JSON and are not worth a word. */
static const double missing_share = 1e-3;
static const double limit_tolerance = 1e-6; /* EUR/MWh */

static sn_status bad_run(const char *folder, const char *what, sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT, "run \"%.200s\": %s", folder, what);
}

static double real_of(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void copy_text(char *out, size_t size, const json_t *value)
{
    const char *text = json_string_value(value);
    (void)snprintf(out, size, "%s", text != NULL ? text : "");
}

static sn_status read_summary(const char *folder, json_t **out, sn_error *err)
{
    char path[PATH_SIZE];
    json_error_t reason;
    sn_strbuf text;
    sn_strbuf_init(&text, 64 << 20);
    (void)snprintf(path, sizeof path, "%s/summary.json", folder);
    sn_status status = sn_os_read_file(path, &text, err);
    if (status == SN_OK) {
        *out = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &reason);
        const char *schema = json_string_value(json_object_get(*out, "schema"));
        if (schema == NULL || strcmp(schema, "snitt-summary-1") != 0) {
            status = bad_run(folder, "summary.json is no summary of a run", err);
        }
    }
    sn_strbuf_release(&text);
    return status;
}

/* Names of the two configurations; they must be those of the first run. */
static sn_status
take_names(const json_t *summary, const char *folder, sn_price_years *out, sn_error *err)
{
    const char *name[SN_SIDES] = {
        json_string_value(json_object_get(summary, "base")),
        json_string_value(json_array_get(json_object_get(summary, "compare"), 0))};
    const char *state = json_string_value(json_object_get(summary, "status"));
    if (state == NULL || strcmp(state, "failed") == 0) {
        return bad_run(folder, "a check failed, its prices are withheld", err);
    }
    if (name[0] == NULL || name[1] == NULL) {
        return bad_run(folder, "compares no configuration with its base", err);
    }
    for (int s = 0; s < SN_SIDES; s++) {
        if (out->n == 0) {
            (void)snprintf(out->name[s], sizeof out->name[s], "%s", name[s]);
        } else if (strcmp(out->name[s], name[s]) != 0) {
            return bad_run(folder, "has other configurations than the first run", err);
        }
    }
    if (out->n == 0) {
        const json_t *label = json_object_get(summary, "label");
        copy_text(out->label_sv, sizeof out->label_sv, json_object_get(label, "sv"));
        copy_text(out->label_en, sizeof out->label_en, json_object_get(label, "en"));
    }
    return SN_OK;
}

static sn_status take_areas(const sn_result *result,
                            const char *folder,
                            sn_price_years *out,
                            sn_error *err)
{
    size_t n = sn_result_area_count(result);
    if (n == 0 || n > SN_SCENARIO_AREAS_MAX || (out->n > 0 && n != out->n_area)) {
        return bad_run(folder, "has other areas than the first run", err);
    }
    for (size_t z = 0; z < n; z++) {
        const char *code = sn_result_area(result, z);
        if (out->n == 0) {
            (void)snprintf(out->area[z], sizeof out->area[z], "%s", code);
        } else if (strcmp(out->area[z], code) != 0) {
            return bad_run(folder, "has other areas than the first run", err);
        }
    }
    out->n_area = n;
    return SN_OK;
}

static sn_status read_hours(const sn_result *result,
                            const char *folder,
                            const char *name,
                            const sn_price_years *set,
                            double **out,
                            sn_error *err)
{
    size_t rows = 0;
    size_t columns = 0;
    sn_status status = sn_result_read(result, name, out, &rows, &columns, err);
    if (status == SN_OK &&
        (rows != sn_result_time(result)->n || columns != set->n_area)) {
        status = bad_run(folder, "result.h5 has a table of another shape", err);
    }
    return status;
}

static sn_status read_result(const char *folder, sn_price_years *out, sn_error *err)
{
    char path[PATH_SIZE];
    sn_result *result = NULL;
    sn_price_year *y = &out->year[out->n];
    (void)snprintf(path, sizeof path, "%s/result.h5", folder);
    sn_status status = sn_result_open(path, &result, err);
    if (status == SN_OK) {
        y->axis = *sn_result_time(result);
        status = take_areas(result, folder, out, err);
    }
    for (int s = 0; s < SN_SIDES && status == SN_OK; s++) {
        (void)snprintf(path, sizeof path, "/configurations/%s/price_eur_per_mwh",
                       out->name[s]);
        status = read_hours(result, folder, path, out, &y->price_eur_per_mwh[s], err);
    }
    if (status == SN_OK) {
        status = read_hours(result, folder, "/observed/load_mw", out, &y->load_mw, err);
    }
    sn_result_close(result);
    return status;
}

static sn_status load_one(const char *folder, sn_price_years *out, sn_error *err)
{
    json_t *summary = NULL;
    sn_price_year *y = &out->year[out->n];
    sn_status status = read_summary(folder, &summary, err);
    if (status == SN_OK) {
        status = take_names(summary, folder, out, err);
    }
    if (status == SN_OK) {
        const json_t *redispatch = json_object_get(summary, "redispatch");
        double tariff = real_of(json_object_get(redispatch, "tariff_eur_per_mwh"));
        y->countertrade_eur_per_mwh[SN_SIDE_CHANGED] = isnan(tariff) ? 0.0 : tariff;
        y->fx_sek_per_eur = real_of(json_object_get(summary, "fx_sek_per_eur"));
        y->year = (int32_t)json_integer_value(
            json_object_get(json_object_get(summary, "period"), "year"));
        copy_text(y->run_id, sizeof y->run_id, json_object_get(summary, "run_id"));
        status = read_result(folder, out, err);
    }
    json_decref(summary);
    return status;
}

/* The same run twice would count its year twice. */
static sn_status
check_new(const sn_price_years *years, const char *const *folder, size_t i, sn_error *err)
{
    for (size_t k = 0; k < i; k++) {
        if (years->year[i].run_id[0] != '\0' &&
            strcmp(years->year[k].run_id, years->year[i].run_id) == 0) {
            return sn_error_set(err, SN_E_USAGE,
                                "--run \"%.100s\" and --run \"%.100s\" are the same run",
                                folder[k], folder[i]);
        }
    }
    return SN_OK;
}

/* SE1 to SE4 of the runs, or their first area. */
static size_t home_areas(const sn_price_years *years, size_t out[SN_SWEDISH_AREAS])
{
    size_t n = 0;
    for (int a = 0; a < SN_SWEDISH_AREAS; a++) {
        n += sn_price_years_area(years, sn_swedish_area(a), &out[n], NULL) == SN_OK ? 1
                                                                                    : 0;
    }
    out[0] = n == 0 ? 0 : out[0];
    return n == 0 ? 1 : n;
}

sn_status sn_price_year_leave_out(sn_price_years *years, size_t year, sn_error *err)
{
    enum { SIDES = SN_SIDES };
    sn_price_year *y = &years->year[year];
    size_t home[SN_SWEDISH_AREAS];
    size_t n_home = home_areas(years, home);
    double step_h = (double)y->axis.step_s / SN_SECONDS_PER_HOUR;
    size_t n_left = 0;
    for (size_t t = 0; t < y->axis.n; t++) {
        double limit = sn_price_limits_at(sn_axis_at(&y->axis, t)).max_eur_per_mwh;
        bool known = true;
        bool at_limit[SIDES] = {false, false};
        for (size_t k = 0; k < n_home * SIDES; k++) {
            double p =
                y->price_eur_per_mwh[k % SIDES][t * years->n_area + home[k / SIDES]];
            known = known && !isnan(p);
            at_limit[k % SIDES] = at_limit[k % SIDES] || p >= limit - limit_tolerance;
        }
        for (size_t s = 0; s < SIDES; s++) {
            double *price = &y->price_eur_per_mwh[s][t * years->n_area];
            for (size_t z = 0; z < years->n_area && !known; z++) {
                price[z] = NAN;
            }
            y->limit_hours[s] += known && at_limit[s] ? step_h : 0.0;
        }
        y->missing_hours += known ? 0.0 : step_h;
        n_left += known ? 1 : 0;
    }
    return n_left > 0
               ? SN_OK
               : sn_error_set(err, SN_E_FORMAT,
                              "run of %d: no hour has a price in all Swedish areas and "
                              "both configurations, nothing can be weighed against it",
                              y->year);
}

static double hours_of(const sn_price_year *y)
{
    return (double)y->axis.n * (double)y->axis.step_s / SN_SECONDS_PER_HOUR;
}

size_t sn_price_years_tell(const sn_price_years *years, const char *command)
{
    size_t incomplete = 0;
    for (size_t i = 0; i < years->n; i++) {
        const sn_price_year *y = &years->year[i];
        if (y->missing_hours > missing_share * hours_of(y)) {
            incomplete++;
            (void)fprintf(stderr,
                          "snitt %s: %d: %g of %g hours have no price in one "
                          "configuration and are left out of both; a year's cost is "
                          "scaled from the others\n",
                          command, y->year, y->missing_hours, hours_of(y));
        }
        if (y->limit_hours[0] > 0.0 || y->limit_hours[1] > 0.0) {
            (void)fprintf(stderr,
                          "snitt %s: %d: %g hours in \"%s\" and %g in \"%s\" are at the "
                          "market's highest price; they count with it\n",
                          command, y->year, y->limit_hours[0], years->name[0],
                          y->limit_hours[1], years->name[1]);
        }
    }
    return incomplete;
}

sn_status sn_price_years_load(const char *const *folder,
                              size_t n,
                              sn_price_years *out,
                              sn_error *err)
{
    double sum = 0.0;
    double known = 0.0;
    *out = (sn_price_years){0};
    if (n == 0 || n > SN_PRICE_YEARS_MAX) {
        return sn_error_set(err, SN_E_USAGE,
                            "name 1 to %d finished runs with --run DIR, one a year",
                            SN_PRICE_YEARS_MAX);
    }
    for (size_t i = 0; i < n; i++) {
        sn_status status = load_one(folder[i], out, err);
        out->n++; /* a half-read one is released too */
        if (status == SN_OK) {
            status = check_new(out, folder, i, err);
        }
        if (status == SN_OK) {
            status = sn_price_year_leave_out(out, i, err);
        }
        if (status != SN_OK) {
            sn_price_years_release(out);
            return status;
        }
        if (!isnan(out->year[i].fx_sek_per_eur)) {
            sum += out->year[i].fx_sek_per_eur;
            known += 1.0;
        }
    }
    out->fx_sek_per_eur = known > 0.0 ? sum / known : NAN;
    return SN_OK;
}

void sn_price_years_release(sn_price_years *years)
{
    for (size_t i = 0; i < years->n; i++) {
        free(years->year[i].price_eur_per_mwh[0]);
        free(years->year[i].price_eur_per_mwh[1]);
        free(years->year[i].load_mw);
    }
    years->n = 0;
}

sn_status sn_price_years_area(const sn_price_years *years,
                              const char *code,
                              size_t *out,
                              sn_error *err)
{
    for (size_t z = 0; z < years->n_area; z++) {
        if (strcmp(years->area[z], code) == 0) {
            *out = z;
            return SN_OK;
        }
    }
    return sn_error_set(err, SN_E_NOT_FOUND, "the runs have no area \"%.20s\"", code);
}

double sn_price_year_mean(const sn_price_years *years,
                          size_t year,
                          int side,
                          size_t area,
                          const double *weight)
{
    const sn_price_year *y = &years->year[year];
    double sum = 0.0;
    double all = 0.0;
    for (size_t t = 0; t < y->axis.n; t++) {
        double p = y->price_eur_per_mwh[side][t * years->n_area + area];
        double w = weight == NULL ? 1.0 : weight[t];
        if (!isnan(p) && !isnan(w)) {
            sum += w * p;
            all += w;
        }
    }
    return all > 0.0 ? sum / all : NAN;
}

json_t *sn_price_years_json(const sn_price_years *years, const char *schema)
{
    json_t *out = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < years->n; i++) {
        json_t *y = json_object();
        json_t *limit = json_object();
        sn_run_set(y, "year", json_integer(years->year[i].year));
        sn_run_set(y, "run_id", json_string(years->year[i].run_id));
        sn_run_set(y, "hours", sn_run_number(hours_of(&years->year[i])));
        sn_run_set(y, "missing_hours", sn_run_number(years->year[i].missing_hours));
        for (int side = 0; side < SN_SIDES; side++) {
            sn_run_set(limit, years->name[side],
                       sn_run_number(years->year[i].limit_hours[side]));
        }
        sn_run_set(y, "limit_hours", limit);
        (void)json_array_append_new(list, y);
    }
    sn_run_set(out, "schema", json_string(schema));
    sn_run_set(out, "label", sn_run_two_languages(years->label_sv, years->label_en));
    sn_run_set(out, "configurations", json_pack("[s,s]", years->name[0], years->name[1]));
    sn_run_set(out, "years", list);
    sn_run_set(out, "fx_sek_per_eur", sn_run_number(years->fx_sek_per_eur));
    sn_run_set(out, "failed", json_array());
    return out;
}

sn_status sn_invest_write_json(const char *folder,
                               const char *name,
                               json_t *document,
                               sn_error *err)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    char *text =
        json_dumps(document, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
    json_decref(document);
    if (text == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory writing %s", name);
    }
    sn_status status = sn_os_make_folders(folder, err);
    if (status == SN_OK) {
        status = sn_os_write_file(path, text, strlen(text), err);
    }
    free(text);
    return status;
}
