/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Strict YAML: a small tree that knows file, line and column of every node.
 *
 * Refused: aliases and anchors, tags, several documents, duplicate keys, keys that
 * are not scalars, nesting over 16, files over 1 MiB.  A scalar means what the one
 * converter asked for says, and nothing else: whole token, finite, in range, decimal
 * point only, no octal, true|false only.  (20x9, 0,07, 7%, 010, nan and 1e999 are
 * errors, not numbers.)
 */
#ifndef SN_YAML_TREE_H
#define SN_YAML_TREE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum sn_yaml_kind { SN_YAML_SCALAR, SN_YAML_SEQUENCE, SN_YAML_MAP } sn_yaml_kind;

/** Read only; lives as long as its document. */
typedef struct sn_yaml_node {
    sn_yaml_kind kind;
    const char *file;
    int line;                         /* from 1 */
    int column;                       /* from 1 */
    const char *text;                 /* scalar; UTF-8 */
    bool is_quoted;                   /* scalar in quotes: text, never a number */
    const char *key;                  /* key of this node in its map, else NULL */
    const struct sn_yaml_node *first; /* first child */
    const struct sn_yaml_node *next;  /* next sibling */
    size_t n;                         /* children */
} sn_yaml_node;

typedef struct sn_yaml sn_yaml;

/** name is used in messages.  SN_E_FORMAT: "name:line:column: what". */
SN_CHECKED sn_status sn_yaml_load_bytes(const char *name,
                                        const void *bytes,
                                        size_t n,
                                        sn_yaml **out,
                                        sn_error *err);
SN_CHECKED sn_status sn_yaml_load_file(const char *path, sn_yaml **out, sn_error *err);
void sn_yaml_free(sn_yaml *document);
/** Never NULL for a loaded document. */
const sn_yaml_node *sn_yaml_root(const sn_yaml *document);

/** Child of a map by key; NULL when absent or node is no map. */
const sn_yaml_node *sn_yaml_get(const sn_yaml_node *map, const char *key);
/** SN_E_FORMAT naming the map's place and the key. */
SN_CHECKED sn_status sn_yaml_require(const sn_yaml_node *map,
                                     const char *key,
                                     const sn_yaml_node **out,
                                     sn_error *err);
/** node must be a map and each key one of allowed; names the nearest valid key. */
SN_CHECKED sn_status sn_yaml_check_keys(const sn_yaml_node *node,
                                        const char *const *allowed,
                                        size_t n,
                                        sn_error *err);
/** node must be of the kind. */
SN_CHECKED sn_status sn_yaml_expect(const sn_yaml_node *node,
                                    sn_yaml_kind kind,
                                    sn_error *err);

SN_CHECKED sn_status sn_yaml_double(const sn_yaml_node *node,
                                    double min,
                                    double max,
                                    double *out,
                                    sn_error *err);
SN_CHECKED sn_status
sn_yaml_int(const sn_yaml_node *node, long min, long max, long *out, sn_error *err);
SN_CHECKED sn_status sn_yaml_bool(const sn_yaml_node *node, bool *out, sn_error *err);
/** Borrowed text of a scalar; empty is refused. */
SN_CHECKED sn_status sn_yaml_string(const sn_yaml_node *node,
                                    const char **out,
                                    sn_error *err);

#endif
