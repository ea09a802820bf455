/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Polygons of municipalities from a GeoJSON file that the user gives (RFC 7946:
 * longitude and latitude in WGS 84), in SWEREF 99 TM or as they were.
 */
#ifndef SN_MAP_SHAPES_H
#define SN_MAP_SHAPES_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

/** One municipality: its code, and its rings one after the other. */
typedef struct sn_map_shape {
    char code[8];          /* "2281"; "" when the feature has none */
    const json_t *feature; /* borrowed from the collection */
    size_t first_ring;
    size_t n_ring;
} sn_map_shape;

typedef struct sn_map_ring {
    size_t first_point;
    size_t n_point;
    size_t polygon; /* index of its polygon within the shape */
} sn_map_ring;

typedef struct sn_map {
    json_t *collection;
    int epsg; /* of x and y: 3006 or 4326 */
    size_t n_shape;
    sn_map_shape *shape;
    size_t n_ring;
    sn_map_ring *ring;
    size_t n_point;
    double *x; /* easting in m, or longitude in degrees */
    double *y;
} sn_map;

/**
 * Read and, for 3006, project (PROJ).
 * @return SN_E_FORMAT names the file, the feature and what is wrong with it;
 *         SN_E_TOOL when PROJ lacks its database
 */
SN_CHECKED sn_status sn_map_read(const char *path, int epsg, sn_map *out, sn_error *err);
void sn_map_release(sn_map *map);

#endif
