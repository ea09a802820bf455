/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "map_layer.h"

#include "format_sv.h"
#include "json_read.h"
#include "writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned colours[SN_MAP_CLASSES] = {0x084D83, 0x3F8FC5, 0xA9CFE8, 0xF2F2F2,
                                                 0xFBCB9C, 0xE8853A, 0xA84300};

int sn_map_class(double change, double largest)
{
    if (!isfinite(change)) {
        return -1;
    }
    double third = fabs(change) / fmax(largest, 1e-9) * 3.0;
    int steps = third < 0.05 ? 0 : (third <= 1.0 ? 1 : (third <= 2.0 ? 2 : 3));
    return SN_MAP_UNCHANGED + (change < 0.0 ? -steps : steps);
}

unsigned sn_map_colour(int class_of)
{
    return class_of < 0 || class_of >= SN_MAP_CLASSES ? 0xD9D9D9 : colours[class_of];
}

const json_t *sn_map_municipality(const json_t *municipalities, const char *code)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(municipalities, "municipalities"), i, row)
    {
        if (code[0] != '\0' &&
            strcmp(sn_text_of(json_object_get(row, "code")), code) == 0) {
            return row;
        }
    }
    return NULL;
}

double sn_map_largest(const json_t *municipalities)
{
    size_t i;
    const json_t *row;
    double largest = 0.0;
    json_array_foreach(json_object_get(municipalities, "municipalities"), i, row)
    {
        largest = fmax(largest, fabs(sn_number_at(row, "household_sek", NULL, NULL)));
    }
    return largest;
}

static void put_number(sn_writer *w, const char *name, double value, int decimals)
{
    if (isfinite(value)) {
        sn_writef(w, ",\"%s\":%.*f", name, decimals, value);
    } else {
        sn_writef(w, ",\"%s\":null", name);
    }
}

static void put_text(sn_writer *w, const char *name, const char *text)
{
    sn_writef(w, ",\"%s\":", name);
    sn_write_json(w, text, SN_TEXT_ON_PAGE);
}

static void
put_properties(sn_writer *w, const sn_map_shape *shape, const json_t *row, double largest)
{
    double household = sn_number_at(row, "household_sek", NULL, NULL);
    const char *name = sn_text_of(json_object_get(row, "name"));
    if (name[0] == '\0') {
        name = sn_text_at(shape->feature, "properties", "kom_namn", NULL);
    }
    sn_writef(w, "\"properties\":{\"kommunkod\":\"%s\"", shape->code);
    put_text(w, "kommun", name);
    put_text(w, "lan", sn_text_of(json_object_get(row, "county")));
    put_text(w, "elomrade", sn_text_of(json_object_get(row, "area")));
    put_number(w, "andring_ore_per_kwh",
               sn_number_at(row, "change_ore_per_kwh", NULL, NULL), 2);
    put_number(w, "hushall_kr_per_ar", household, 0);
    put_number(w, "kommun_kr_per_ar", sn_number_at(row, "change_sek", NULL, NULL), 0);
    put_number(w, "kr_per_invanare", sn_number_at(row, "per_inhabitant_sek", NULL, NULL),
               0);
    put_text(w, "underlag", sn_text_of(json_object_get(row, "use_source")));
    sn_writef(w, ",\"klass\":\"%d\"}", sn_map_class(household, largest));
}

static void put_ring(sn_writer *w, const sn_map *map, const sn_map_ring *ring)
{
    /* A decimetre either way. */
    int decimals = map->epsg == 3006 ? 1 : 6;
    sn_write(w, "[");
    for (size_t p = ring->first_point; p < ring->first_point + ring->n_point; p++) {
        sn_writef(w, "%s[%.*f,%.*f]", p > ring->first_point ? "," : "", decimals,
                  map->x[p], decimals, map->y[p]);
    }
    sn_write(w, "]");
}

static void put_geometry(sn_writer *w, const sn_map *map, const sn_map_shape *shape)
{
    sn_write(w, ",\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[");
    for (size_t r = shape->first_ring; r < shape->first_ring + shape->n_ring; r++) {
        bool opens =
            r == shape->first_ring || map->ring[r].polygon != map->ring[r - 1].polygon;
        if (r > shape->first_ring) {
            sn_write(w, opens ? "]," : ",");
        }
        sn_write(w, opens ? "[" : "");
        put_ring(w, map, &map->ring[r]);
    }
    sn_write(w, shape->n_ring > 0 ? "]]}" : "]}");
}

static void put_collection(sn_writer *w,
                           const sn_map *map,
                           const json_t *municipalities,
                           size_t *n_joined_out)
{
    double largest = sn_map_largest(municipalities);
    *n_joined_out = 0;
    sn_write(w, "{\"type\":\"FeatureCollection\",\"name\":\"snitt_kommuner\"");
    if (map->epsg == 3006) {
        sn_write(w, ",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
                    "\"urn:ogc:def:crs:EPSG::3006\"}}");
    }
    sn_write(w, ",\"features\":[\n");
    for (size_t i = 0; i < map->n_shape; i++) {
        const json_t *row = sn_map_municipality(municipalities, map->shape[i].code);
        *n_joined_out += row != NULL ? 1 : 0;
        sn_write(w, i > 0 ? ",\n{\"type\":\"Feature\"," : "{\"type\":\"Feature\",");
        put_properties(w, &map->shape[i], row, largest);
        put_geometry(w, map, &map->shape[i]);
        sn_write(w, "}");
    }
    sn_write(w, "\n]}\n");
}

/* "mer än +100 till +200 kr", in the order of the classes. */
static void style_label(int class_of, double largest, char *text, size_t size)
{
    char number[2][SN_NUMBER_SIZE];
    int steps = class_of - SN_MAP_UNCHANGED;
    double sign = steps < 0 ? -1.0 : 1.0;
    if (class_of < 0) {
        (void)snprintf(text, size, "uppgift saknas");
        return;
    }
    if (steps == 0) {
        (void)snprintf(text, size, "oförändrat");
        return;
    }
    double third = largest / 3.0;
    (void)snprintf(text, size, "%s till %s kr per hushåll och år",
                   sn_format_change(sign * third * (abs(steps) - 1), 0, true, number[0]),
                   sn_format_change(sign * third * abs(steps), 0, true, number[1]));
}

/* A style of Origo: alternatives in the outer list, each with its filter; the first
 * stands for all in the legend's head. */
static void put_style(sn_writer *w, int class_of, double largest, bool last)
{
    unsigned c = sn_map_colour(class_of);
    char label[96];
    style_label(class_of, largest, label, sizeof label);
    sn_writef(w,
              "      [{\"filter\": \"[klass] == '%d'\", \"label\": \"%s\", \"fill\": "
              "{\"color\": \"rgba(%u,%u,%u,0.85)\"}, \"stroke\": {\"color\": "
              "\"rgba(90,90,90,1)\", \"width\": 0.5}}]%s\n",
              class_of, label, c >> 16, c >> 8 & 0xFF, c & 0xFF, last ? "" : ",");
}

/* Origo knows EPSG:4326 and 3857 by itself; SWEREF 99 TM it must be told. */
static void put_projection(sn_writer *w, int epsg)
{
    if (epsg == 3006) {
        sn_write(w, "  \"proj4Defs\": [{\n    \"code\": \"EPSG:3006\",\n    \"alias\": "
                    "\"urn:ogc:def:crs:EPSG::3006\",\n    \"projection\": \"+proj=utm "
                    "+zone=33 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m "
                    "+no_defs\"\n  }],\n");
    }
}

static void put_layer(sn_writer *w, const sn_map *map, const json_t *municipalities)
{
    sn_writer text;
    sn_write(w, "  \"layers\": [{\n    \"name\": \"snitt_kommuner\",\n    \"title\": "
                "\"Elnotans ändring med ändrade elområden\",\n    \"abstract\": ");
    sn_writer_init(&text, w->err);
    sn_fill(&text,
            "Kronor per hushåll och år mot dagens fyra elområden. Snitt " SN_VERSION
            ". {}",
            sn_text_at(municipalities, "label", "sv", NULL), NULL);
    sn_write_json(w, text.text.data, SN_TEXT_ON_PAGE);
    sn_writer_release(&text);
    sn_writef(w,
              ",\n    \"group\": \"snitt\",\n    \"type\": \"GEOJSON\",\n    "
              "\"source\": \"data/kommuner.geojson\",\n    \"projection\": "
              "\"EPSG:%d\",\n    \"style\": \"snitt_kommuner\",\n    \"attribution\": "
              "\"Snitt " SN_VERSION "\",\n    \"visible\": true,\n    \"queryable\": "
              "true,\n",
              map->epsg);
    sn_write(
        w,
        "    \"attributes\": [\n      {\"title\": \"Kommun: \", \"name\": \"kommun\"},\n"
        "      {\"title\": \"Elområde: \", \"name\": \"elomrade\"},\n"
        "      {\"title\": \"Ändring, öre/kWh: \", \"name\": \"andring_ore_per_kwh\"},\n"
        "      {\"title\": \"Kr per hushåll och år: \", \"name\": "
        "\"hushall_kr_per_ar\"},\n"
        "      {\"title\": \"Kr om året, hela kommunen: \", \"name\": "
        "\"kommun_kr_per_ar\"}\n    ]\n  }],\n");
}

static void
put_configuration(sn_writer *w, const sn_map *map, const json_t *municipalities)
{
    double largest = sn_map_largest(municipalities);
    sn_write(w, "{\n");
    put_projection(w, map->epsg);
    sn_write(w, "  \"groups\": [{\"name\": \"snitt\", \"title\": \"Elområden\", "
                "\"expanded\": true}],\n");
    put_layer(w, map, municipalities);
    sn_write(w, "  \"styles\": {\n    \"snitt_kommuner\": [\n");
    for (int k = SN_MAP_CLASSES - 1; k >= -1; k--) { /* as the legend is read */
        put_style(w, k, largest, k == -1);
    }
    sn_write(w, "    ]\n  }\n}\n");
}

sn_status sn_map_write_layer(const sn_map *map,
                             const json_t *municipalities,
                             const char *folder,
                             size_t *n_joined_out,
                             sn_error *err)
{
    sn_writer w;
    sn_writer_init(&w, err);
    put_collection(&w, map, municipalities, n_joined_out);
    sn_status status = sn_writer_save(&w, folder, "kommuner.geojson");
    if (status == SN_OK) {
        put_configuration(&w, map, municipalities);
        status = sn_writer_save(&w, folder, "origo.json");
    }
    sn_writer_release(&w);
    return status;
}
