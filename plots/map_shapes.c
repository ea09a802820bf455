/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "map_shapes.h"

#include "base/os.h"
#include "base/strbuf.h"
#include "json_read.h"

#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GEOJSON_MAX = 1 << 28, POINTS_MAX = 20000000 };

/* Names that the code of a municipality goes by in published files. */
static const char *const code_keys[] = {
    "id", "kommunkod", "kom_kod", "kod", "code", "KnKod", "knkod", "KOMMUNKOD", "lau_id"};

static void find_code(const json_t *feature, char code[8])
{
    const json_t *properties = json_object_get(feature, "properties");
    code[0] = '\0';
    for (size_t i = 0; i < sizeof code_keys / sizeof *code_keys; i++) {
        const char *text = sn_text_of(json_object_get(properties, code_keys[i]));
        if (strlen(text) == 4 && strspn(text, "0123456789") == 4) {
            memcpy(code, text, 5);
            return;
        }
    }
    const char *text = sn_text_of(json_object_get(feature, "id"));
    if (strlen(text) == 4 && strspn(text, "0123456789") == 4) {
        memcpy(code, text, 5);
    }
}

static const json_t *polygons_of(const json_t *feature, bool *single)
{
    const json_t *geometry = json_object_get(feature, "geometry");
    const char *type = sn_text_of(json_object_get(geometry, "type"));
    *single = strcmp(type, "Polygon") == 0;
    return *single || strcmp(type, "MultiPolygon") == 0
               ? json_object_get(geometry, "coordinates")
               : NULL;
}

/* Sizes first, then one allocation; counts what arrays there are, checks nothing. */
static void count(const json_t *polygon, size_t *n_ring, size_t *n_point)
{
    size_t r;
    const json_t *ring;
    json_array_foreach(polygon, r, ring)
    {
        *n_ring += 1;
        *n_point += json_array_size(ring);
    }
}

static sn_status add_ring(sn_map *map, const json_t *ring, size_t polygon, sn_error *err)
{
    size_t p;
    const json_t *point;
    sn_map_ring *out = &map->ring[map->n_ring];
    *out = (sn_map_ring){map->n_point, json_array_size(ring), polygon};
    if (out->n_point < 4) {
        return sn_error_set(err, SN_E_FORMAT, "a ring has fewer than four points");
    }
    json_array_foreach(ring, p, point)
    {
        double longitude = sn_number_of(json_array_get(point, 0));
        double latitude = sn_number_of(json_array_get(point, 1));
        if (!(fabs(longitude) <= 180.0) || !(fabs(latitude) <= 90.0)) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "a point is no longitude and latitude in degrees (WGS 84)");
        }
        map->x[map->n_point] = longitude;
        map->y[map->n_point] = latitude;
        map->n_point++;
    }
    map->n_ring++;
    return SN_OK;
}

static sn_status add_feature(sn_map *map, const json_t *feature, sn_error *err)
{
    bool single = false;
    size_t i;
    const json_t *polygon;
    const json_t *polygons = polygons_of(feature, &single);
    sn_map_shape *shape = &map->shape[map->n_shape];
    if (polygons == NULL) {
        return sn_error_set(err, SN_E_FORMAT,
                            "its geometry is no Polygon or MultiPolygon");
    }
    *shape = (sn_map_shape){.feature = feature, .first_ring = map->n_ring};
    find_code(feature, shape->code);
    sn_status status = SN_OK;
    size_t n = single ? 1 : json_array_size(polygons);
    for (i = 0; i < n && status == SN_OK; i++) {
        size_t r;
        const json_t *ring;
        polygon = single ? polygons : json_array_get(polygons, i);
        json_array_foreach(polygon, r, ring)
        {
            status = status == SN_OK ? add_ring(map, ring, i, err) : status;
        }
    }
    shape->n_ring = map->n_ring - shape->first_ring;
    map->n_shape++;
    return status;
}

static sn_status reserve(sn_map *map, const json_t *features, sn_error *err)
{
    size_t i;
    const json_t *feature;
    size_t n_ring = 0;
    size_t n_point = 0;
    json_array_foreach(features, i, feature)
    {
        bool single = false;
        size_t k;
        const json_t *polygon;
        const json_t *polygons = polygons_of(feature, &single);
        if (single) {
            count(polygons, &n_ring, &n_point);
            continue;
        }
        json_array_foreach(polygons, k, polygon)
        {
            count(polygon, &n_ring, &n_point);
        }
    }
    if (n_point > POINTS_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "more than %d points", (int)POINTS_MAX);
    }
    map->shape = calloc(json_array_size(features) + 1, sizeof *map->shape);
    map->ring = calloc(n_ring + 1, sizeof *map->ring);
    map->x = calloc(n_point + 1, sizeof *map->x);
    map->y = calloc(n_point + 1, sizeof *map->y);
    if (map->shape == NULL || map->ring == NULL || map->x == NULL || map->y == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a map");
    }
    return SN_OK;
}

static sn_status project(sn_map *map, sn_error *err)
{
    PJ_CONTEXT *context = proj_context_create();
    PJ *made = proj_create_crs_to_crs(context, "EPSG:4326", "EPSG:3006", NULL);
    PJ *turned = made != NULL ? proj_normalize_for_visualization(context, made) : NULL;
    sn_status status = SN_OK;
    if (turned == NULL) {
        status = sn_error_set(err, SN_E_TOOL,
                              "PROJ cannot make EPSG:3006 (Debian: apt-get install "
                              "proj-data)");
    } else {
        (void)proj_trans_generic(turned, PJ_FWD, map->x, sizeof *map->x, map->n_point,
                                 map->y, sizeof *map->y, map->n_point, NULL, 0, 0, NULL,
                                 0, 0);
    }
    for (size_t i = 0; i < map->n_point && status == SN_OK; i++) {
        if (!isfinite(map->x[i]) || !isfinite(map->y[i])) {
            status =
                sn_error_set(err, SN_E_FORMAT, "a point lies outside of SWEREF 99 TM");
        }
    }
    proj_destroy(turned);
    proj_destroy(made);
    proj_context_destroy(context);
    return status;
}

static sn_status read_collection(const char *path, sn_map *out, sn_error *err)
{
    sn_strbuf text;
    json_error_t cause;
    sn_strbuf_init(&text, GEOJSON_MAX);
    sn_status status = sn_os_read_file(path, &text, err);
    if (status == SN_OK) {
        out->collection = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &cause);
        if (out->collection == NULL) {
            status = sn_error_set(err, SN_E_FORMAT, "\"%s\" line %d is no JSON: %s", path,
                                  cause.line, cause.text);
        } else if (!json_is_array(json_object_get(out->collection, "features"))) {
            status =
                sn_error_set(err, SN_E_FORMAT, "\"%s\" is no FeatureCollection", path);
        }
    }
    sn_strbuf_release(&text);
    return status;
}

sn_status sn_map_read(const char *path, int epsg, sn_map *out, sn_error *err)
{
    size_t i;
    const json_t *feature;
    *out = (sn_map){.epsg = epsg};
    sn_status status = read_collection(path, out, err);
    const json_t *features = json_object_get(out->collection, "features");
    if (status == SN_OK) {
        status = reserve(out, features, err);
    }
    json_array_foreach(features, i, feature)
    {
        sn_error cause = {0};
        if (status == SN_OK && add_feature(out, feature, &cause) != SN_OK) {
            status = sn_error_set(err, SN_E_FORMAT, "\"%s\" feature %zu: %s", path, i + 1,
                                  cause.message);
        }
    }
    if (status == SN_OK && epsg == 3006) {
        status = project(out, err);
    }
    if (status != SN_OK) {
        sn_map_release(out);
    }
    return status;
}

void sn_map_release(sn_map *map)
{
    json_decref(map->collection);
    free(map->shape);
    free(map->ring);
    free(map->x);
    free(map->y);
    *map = (sn_map){0};
}
