/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt map: municipalities as a layer of a web map. */
#include "base/options.h"
#include "base/os.h"
#include "json_read.h"
#include "map_layer.h"
#include "plots.h"

#include <stdio.h>
#include <string.h>

int sn_cmd_map(int argc, char **argv);

static const char *const examples[] = {
    "snitt map --geojson kommuner.geojson --data municipalities.json -o out/map", NULL};

static const sn_command_doc doc = {
    "map",
    "",
    "write municipalities as a layer for Origo map",
    "Joins the polygons of --geojson (longitude and latitude in WGS 84, a four-digit "
    "municipality code among each feature's properties) with the municipalities.json of "
    "--data, and writes kommuner.geojson with Swedish attributes, and origo.json with a "
    "layer and a style for Origo's index.json.",
    examples,
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

int sn_cmd_map(int argc, char **argv)
{
    map_words o = {.epsg = "3006"};
    const sn_option options[] = {
        {"geojson", "FILE",
         "polygons of municipalities, for instance of Statistics Sweden", NULL,
         &o.geojson, NULL},
        {"data", "FILE", "municipalities.json of snitt municipalities", NULL, &o.data,
         NULL},
        {"o", "DIR", "folder of the layer", NULL, &o.folder, NULL},
        {"epsg", "3006|4326", "SWEREF 99 TM or WGS 84 (default: 3006)", NULL, &o.epsg,
         NULL},
    };
    sn_option_list none = {0};
    bool help = false;
    sn_error err = {0};
    sn_status status = sn_options_parse(&doc, options, sizeof options / sizeof *options,
                                        argc, argv, &none, &help, &err);
    if (status == SN_OK && help) {
        return SN_EXIT_DONE;
    }
    if (status == SN_OK &&
        (o.geojson == NULL || o.data == NULL || o.folder == NULL || none.n > 0)) {
        status =
            sn_error_set(&err, SN_E_USAGE,
                         "name --geojson FILE, --data FILE and -o DIR, see snitt map "
                         "--help");
    }
    bool wgs84 = strcmp(o.epsg, "4326") == 0;
    if (status == SN_OK && !wgs84 && strcmp(o.epsg, "3006") != 0) {
        status = sn_error_set(&err, SN_E_USAGE, "--epsg is 3006 or 4326, not \"%.20s\"",
                              o.epsg);
    }
    if (status == SN_OK) {
        status = make_layer(&o, wgs84 ? 4326 : 3006, &err);
    }
    if (status != SN_OK) {
        sn_error_print(&err, "map");
        return sn_status_exit_code(status);
    }
    return SN_EXIT_DONE;
}
