/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt map: municipalities as a layer of a web map. */
#include "base/options.h"
#include "base/os.h"
#include "json_read.h"
#include "map_layer.h"
#include "plots.h"

#include <stdio.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt map --geojson kommuner.geojson --data municipalities.json -o out/map", NULL};

const sn_command sn_cmd_map = {
    .name = "map",
    .arguments = "",
    .summary = "write municipalities as a layer for Origo map",
    .needs = "files",
    .details =
        "Joins the polygons of --geojson (longitude and latitude in WGS 84, a "
        "four-digit municipality code among each feature's properties) with the "
        "municipalities.json of --data, and writes kommuner.geojson with Swedish "
        "attributes, and origo.json with a layer and a style for Origo's index.json.",
    .examples = examples,
    .run = run,
};

typedef struct map_words {
    const char *geojson;
    const char *data;
    const char *folder;
    const char *epsg;
} map_words;

static sn_status make_layer(const map_words *o, int epsg, sn_error *err)
{
    sn_map map = {0};
    json_t *data = NULL;
    size_t n_joined = 0;
    sn_status status = sn_plots_read_data(o->data, &data, err);
    if (status == SN_OK &&
        strcmp(sn_text_at(data, "schema", NULL, NULL), "snitt-municipalities-1") != 0) {
        status =
            sn_error_set(err, SN_E_FORMAT, "\"%s\" is no municipalities.json", o->data);
    }
    if (status == SN_OK) {
        status = sn_map_read(o->geojson, epsg, &map, err);
    }
    if (status == SN_OK) {
        status = sn_os_make_folders(o->folder, err);
    }
    if (status == SN_OK) {
        status = sn_map_write_layer(&map, data, o->folder, &n_joined, err);
    }
    if (status == SN_OK && n_joined == 0) {
        status =
            sn_error_set(err, SN_E_FORMAT,
                         "\"%s\": no feature has the code of a municipality", o->geojson);
    }
    if (status == SN_OK) {
        (void)fprintf(stderr, "%zu of %zu shapes have numbers\n", n_joined, map.n_shape);
        (void)printf("%s/kommuner.geojson\n%s/origo.json\n", o->folder, o->folder);
    }
    sn_map_release(&map);
    json_decref(data);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    map_words o = {.epsg = "3006"};
    const sn_option options[] = {
        SN_REQUIRED("geojson", "FILE",
                    "polygons of municipalities, for instance of Statistics Sweden",
                    &o.geojson),
        SN_REQUIRED("data", "FILE", "municipalities.json of snitt municipalities",
                    &o.data),
        SN_REQUIRED("o", "DIR", "folder of the layer", &o.folder),
        SN_VALUE("epsg", "3006|4326", "SWEREF 99 TM or WGS 84 (default: 3006)", &o.epsg),
    };
    (void)exit_code;
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_map, options, argc, argv, NULL, err);
    return status == SN_OK
               ? make_layer(&o, strcmp(o.epsg, "4326") == 0 ? 4326 : 3006, err)
               : status;
}
