/* SPDX-License-Identifier: GPL-3.0-or-later */
/** A layer of municipalities for Origo map: GeoJSON and its configuration. */
#ifndef SN_MAP_LAYER_H
#define SN_MAP_LAYER_H

#include "map_shapes.h"

enum { SN_MAP_CLASSES = 7, SN_MAP_UNCHANGED = 3 };

/** Class of a change, 0 (falls most) .. 3 (none) .. 6 (rises most); -1 without a number.
 * largest: the largest absolute change on the map. */
int sn_map_class(double change, double largest);
/** Its colour, 0xRRGGBB: blue for cheaper, orange for dearer, apart in grey print. */
unsigned sn_map_colour(int class_of);

/** The municipality of a code in municipalities.json, NULL when it has none. */
const json_t *sn_map_municipality(const json_t *municipalities, const char *code);
double sn_map_largest(const json_t *municipalities);

/**
 * Write kommuner.geojson (in the map's projection) and origo.json (a layer and a style
 * to put into Origo's index.json) into folder.
 * @param[out] n_joined_out  shapes that got numbers
 */
SN_CHECKED sn_status sn_map_write_layer(const sn_map *map,
                                        const json_t *municipalities,
                                        const char *folder,
                                        size_t *n_joined_out,
                                        sn_error *err);

#endif
