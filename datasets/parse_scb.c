/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_scb.h"

#include "area.h"
#include "base/units.h"
#include "parse_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char provider[] = "scb";
enum { DIMENSIONS_MAX = 8, CELLS_MAX = 2000000, POINTS_MAX = 4000000 };
#define ENERGY_MWH_MAX 1e9
#define HOURS_PER_DAY 24.0

/* A dimension's categories in their order. */
typedef struct dimension {
    const char *name;
    const char **code;  /* [n], borrowed from the document */
    const char **label; /* [n], "" when there is none */
    size_t n;
    size_t stride; /* cells from one category to the next */
} dimension;

typedef struct cube {
    dimension dimension[DIMENSIONS_MAX];
    size_t n_dimension;
    size_t n_cell;
    const json_t *value; /* array, or object of "cell": number */
} cube;

static sn_status refuse(const char *what, sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT, "%s: %s", provider, what);
}

static void cube_release(cube *c)
{
    for (size_t i = 0; i < c->n_dimension; i++) {
        free((void *)c->dimension[i].code);
        free((void *)c->dimension[i].label);
    }
}

/* index is {"code": place} or ["code", ...]. */
static bool place_codes(const json_t *index, dimension *d)
{
    const char *code = NULL;
    json_t *place = NULL;
    if (json_is_array(index)) {
        for (size_t i = 0; i < d->n && i < json_array_size(index); i++) {
            d->code[i] = json_string_value(json_array_get(index, i));
        }
    } else {
        json_object_foreach((json_t *)(uintptr_t)index, code, place)
        {
            json_int_t at = json_is_integer(place) ? json_integer_value(place) : -1;
            if (at < 0 || (size_t)at >= d->n) {
                return false;
            }
            d->code[at] = code;
        }
    }
    for (size_t i = 0; i < d->n; i++) {
        if (d->code[i] == NULL) {
            return false;
        }
    }
    return true;
}

static sn_status
read_dimension(const json_t *root, const char *name, json_int_t n, cube *c, sn_error *err)
{
    const json_t *category = json_object_get(
        json_object_get(json_object_get(root, "dimension"), name), "category");
    const json_t *labels = json_object_get(category, "label");
    dimension *d = &c->dimension[c->n_dimension];
    if (n < 1 || n > CELLS_MAX || c->n_cell * (size_t)n > CELLS_MAX) {
        return refuse("expected a size of each dimension, within 2 000 000 cells", err);
    }
    *d = (dimension){.name = name, .n = (size_t)n};
    c->n_dimension++;
    c->n_cell *= d->n;
    d->code = calloc(d->n, sizeof *d->code);
    d->label = calloc(d->n, sizeof *d->label);
    if (d->code == NULL || d->label == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    if (!place_codes(json_object_get(category, "index"), d)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%s: dimension \"%.40s\" does not index its categories",
                            provider, name);
    }
    for (size_t i = 0; i < d->n; i++) {
        const char *label = json_string_value(json_object_get(labels, d->code[i]));
        d->label[i] = label != NULL ? label : "";
    }
    return SN_OK;
}

static sn_status read_cube(const json_t *root, cube *c, sn_error *err)
{
    const json_t *id = json_object_get(root, "id");
    const json_t *size = json_object_get(root, "size");
    const char *class = json_string_value(json_object_get(root, "class"));
    c->value = json_object_get(root, "value");
    c->n_cell = 1;
    if (class == NULL || strcmp(class, "dataset") != 0 || !json_is_array(id) ||
        !json_is_array(size) || json_array_size(id) != json_array_size(size) ||
        json_array_size(id) > DIMENSIONS_MAX) {
        return refuse("expected a JSON-stat dataset with id and size", err);
    }
    sn_status status = SN_OK;
    for (size_t i = 0; i < json_array_size(id) && status == SN_OK; i++) {
        const char *name = json_string_value(json_array_get(id, i));
        const json_t *n = json_array_get(size, i);
        status = name == NULL || !json_is_integer(n)
                     ? refuse("expected names in id and whole numbers in size", err)
                     : read_dimension(root, name, json_integer_value(n), c, err);
    }
    size_t stride = 1;
    for (size_t i = c->n_dimension; i > 0; i--) {
        c->dimension[i - 1].stride = stride;
        stride *= c->dimension[i - 1].n;
    }
    if (status == SN_OK && json_is_array(c->value) &&
        json_array_size(c->value) != c->n_cell) {
        return refuse("value does not hold as many cells as size says", err);
    }
    if (status == SN_OK && !json_is_array(c->value) && !json_is_object(c->value)) {
        return refuse("expected value, an array or an object", err);
    }
    return status;
}

static const dimension *find_dimension(const cube *c, const char *name)
{
    for (size_t i = 0; i < c->n_dimension; i++) {
        if (strcmp(c->dimension[i].name, name) == 0) {
            return &c->dimension[i];
        }
    }
    return NULL;
}

static size_t place_in(const dimension *d, size_t cell)
{
    return cell / d->stride % d->n;
}

static const json_t *cell_value(const cube *c, size_t cell)
{
    if (json_is_array(c->value)) {
        return json_array_get(c->value, cell);
    }
    char key[24];
    (void)snprintf(key, sizeof key, "%zu", cell);
    return json_object_get(c->value, key);
}

/* ---- what rows and columns mean ---- */

/* English labels of production and use; the codes behind them are not documented. */
static const struct {
    const char *label;
    sn_quantity quantity;
} area_rows[] = {
    {"total production", SN_GENERATION},
    {"hydro power (including pump power), net", SN_HYDRO},
    {"wind power", SN_WIND},
    {"solar power (on-grid)", SN_SOLAR},
    {"nuclear power (condensing), net", SN_NUCLEAR},
    {"conventional thermal power, net", SN_THERMAL},
    {"total usage", SN_LOAD},
    {"mining and manufacturing", SN_USE_INDUSTRY},
    {"railways, trams and bus traffic", SN_USE_TRANSPORT},
    {"other (residential sector, services, etc.)", SN_USE_SERVICES},
    {"losses", SN_USE_LOSSES},
};

static const struct {
    const char *code;
    sn_quantity quantity;
} sectors[] = {
    {"911", SN_USE_FARMING},   {"921", SN_USE_INDUSTRY},      {"931", SN_USE_PUBLIC},
    {"941", SN_USE_TRANSPORT}, {"951", SN_USE_SERVICES},      {"97", SN_USE_FLATS},
    {"98", SN_USE_HOUSES},     {"964", SN_USE_HOLIDAY_HOMES},
};
static const char electricity[] = "16"; /* of the dimension Bransle */

static sn_quantity quantity_of_label(const char *label)
{
    for (size_t i = 0; i < sizeof area_rows / sizeof *area_rows; i++) {
        if (strcmp(area_rows[i].label, label) == 0) {
            return area_rows[i].quantity;
        }
    }
    return SN_QUANTITY_COUNT;
}

static sn_quantity quantity_of_sector(const char *code)
{
    for (size_t i = 0; i < sizeof sectors / sizeof *sectors; i++) {
        if (strcmp(sectors[i].code, code) == 0) {
            return sectors[i].quantity;
        }
    }
    return SN_QUANTITY_COUNT;
}

static bool is_municipality(const char *code)
{
    return strlen(code) == 4 && strspn(code, "0123456789") == 4;
}

/* "2021M01" or "2024": first day, and the first day after. */
static bool read_period(const char *text, sn_instant *from, sn_instant *to)
{
    size_t n = strlen(text);
    bool is_month = n == 7 && text[4] == 'M';
    if ((!is_month && n != 4) || strspn(text, "0123456789M") != n) {
        return false;
    }
    long year = strtol(text, NULL, 10);
    long month = is_month ? strtol(text + 5, NULL, 10) : 1;
    if (year < 1950 || year > 2200 || month < 1 || month > 12) {
        return false;
    }
    sn_civil first = {.year = (int32_t)year, .month = (int32_t)month, .day = 1};
    sn_civil next = first;
    next.month = is_month && month < 12 ? (int32_t)month + 1 : 1;
    next.year += !is_month || month == 12;
    *from = sn_instant_from_utc(&first);
    *to = sn_instant_from_utc(&next);
    return true;
}

/* Mean power on each day of the period. */
static sn_status add_days(sn_point point,
                          double energy_mwh,
                          sn_instant from,
                          sn_instant to,
                          const sn_window *window,
                          sn_point_set *set,
                          sn_error *err)
{
    double days = (double)(to.utc_s - from.utc_s) / SN_DAY_S;
    sn_status status = SN_OK;
    point.value = energy_mwh / (days * HOURS_PER_DAY);
    point.step_s = SN_DAY_S;
    point.flag = SN_FLAG_STATED;
    set->n_row++;
    for (int64_t t = from.utc_s; t < to.utc_s && status == SN_OK; t += SN_DAY_S) {
        point.at_utc_s = t;
        if (set->n >= POINTS_MAX) {
            return sn_error_set(err, SN_E_FORMAT, "%s: more than %d values", provider,
                                (int)POINTS_MAX);
        }
        if (sn_window_holds(window, (sn_instant){t})) {
            status = sn_points_add(set, &point, err);
        }
        point.flag = SN_FLAG_FILLED;
    }
    return status;
}

typedef struct layout {
    const dimension *what;
    const dimension *where;
    const dimension *when;
    const dimension *fuel; /* NULL for the area table */
} layout;

/* Quantity and subject of a cell; false when it is about something else. */
static bool meaning_of(const layout *l, sn_scb_table table, size_t cell, sn_point *point)
{
    size_t what = place_in(l->what, cell);
    const char *where = l->where->code[place_in(l->where, cell)];
    if (table == SN_SCB_AREA_MONTH) {
        const char *label = l->where->label[place_in(l->where, cell)];
        const sn_area *area = sn_area_find(label[0] != '\0' ? label : where);
        point->quantity = quantity_of_label(l->what->label[what]);
        where = area != NULL ? area->code : "";
    } else {
        point->quantity = quantity_of_sector(l->what->code[what]);
        where = is_municipality(where) ? where : "";
        if (strcmp(l->fuel->code[place_in(l->fuel, cell)], electricity) != 0) {
            return false;
        }
    }
    (void)snprintf(point->subject, sizeof point->subject, "%s", where);
    return point->quantity != SN_QUANTITY_COUNT && where[0] != '\0';
}

static sn_status read_cells(const cube *c,
                            const layout *l,
                            sn_scb_table table,
                            const sn_window *window,
                            sn_point_set *set,
                            sn_error *err)
{
    double mwh_per_unit = table == SN_SCB_AREA_MONTH ? SN_MWH_PER_GWH : 1.0;
    sn_status status = SN_OK;
    for (size_t cell = 0; cell < c->n_cell && status == SN_OK; cell++) {
        sn_point point = {0};
        double value = 0.0;
        sn_instant from;
        sn_instant to;
        sn_json_case got = sn_json_number(cell_value(c, cell), &value);
        if (!read_period(l->when->code[place_in(l->when, cell)], &from, &to)) {
            return refuse("expected periods such as 2024 or 2024M01 in Tid", err);
        }
        if (got == SN_JSON_BAD || fabs(value * mwh_per_unit) > ENERGY_MWH_MAX) {
            return sn_json_row_error(provider, cell + 1, "value", "energy, or null", err);
        }
        if (got == SN_JSON_NUMBER && meaning_of(l, table, cell, &point)) {
            status = add_days(point, value * mwh_per_unit, from, to, window, set, err);
        }
    }
    return status;
}

static sn_status find_layout(const cube *c, sn_scb_table table, layout *l, sn_error *err)
{
    bool is_area = table == SN_SCB_AREA_MONTH;
    l->what = find_dimension(c, is_area ? "ProdAnv" : "Forbrukningskategri");
    l->where = find_dimension(c, is_area ? "Elomrade" : "Region");
    l->when = find_dimension(c, "Tid");
    l->fuel = find_dimension(c, "Bransle");
    const dimension *content = find_dimension(c, "ContentsCode");
    if (l->what == NULL || l->where == NULL || l->when == NULL ||
        (!is_area && l->fuel == NULL)) {
        return refuse(is_area
                          ? "expected dimensions ProdAnv, Elomrade and Tid"
                          : "expected dimensions Region, Forbrukningskategri, Bransle "
                            "and Tid",
                      err);
    }
    return content == NULL || content->n == 1
               ? SN_OK
               : refuse("expected one kind of figure (ContentsCode)", err);
}

sn_status sn_parse_scb(const void *bytes,
                       size_t n,
                       sn_scb_table table,
                       const sn_window *window,
                       sn_point_set *set,
                       sn_error *err)
{
    json_t *root = NULL;
    cube c = {0};
    layout l = {0};
    sn_status status = sn_json_read(bytes, n, provider, &root, err);
    if (status == SN_OK) {
        status = read_cube(root, &c, err);
    }
    if (status == SN_OK) {
        status = find_layout(&c, table, &l, err);
    }
    if (status == SN_OK) {
        status = read_cells(&c, &l, table, window, set, err);
    }
    set->total = set->n_row;
    cube_release(&c);
    json_decref(root);
    return status;
}
