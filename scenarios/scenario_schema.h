/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Inside of scenario files: one row for every key.  Reading, the list of valid keys in
 * messages and the normalised text (which is hashed) all come from the rows, so a new
 * key is one row; a key that is more than a number brings a reader and a writer.
 */
#ifndef SN_SCENARIO_SCHEMA_H
#define SN_SCENARIO_SCHEMA_H

#include "base/strbuf.h"
#include "scenario.h"
#include "yaml_tree.h"

typedef enum sn_key_kind {
    SN_KEY_NUMBER,  /* double at offset, min .. max */
    SN_KEY_BOOL,    /* bool at offset */
    SN_KEY_TEXT,    /* char[max] at offset */
    SN_KEY_BY_AREA, /* double[area] at offset, a map of area to number */
    SN_KEY_OTHER    /* reader and writer */
} sn_key_kind;

typedef sn_status sn_key_reader(const sn_yaml_node *node, sn_scenario *s, sn_error *err);
/** Appends the value in YAML's flow style; nothing at all = the key is left out. */
typedef sn_status sn_key_writer(const sn_scenario *s, sn_strbuf *out, sn_error *err);

typedef struct sn_scenario_key {
    const char *group; /* "" at the top */
    const char *name;
    sn_key_kind kind;
    double min;
    double max;
    size_t offset;
    sn_key_reader *read;
    sn_key_writer *write;
} sn_scenario_key;

/** In the order they are read: areas before what names areas.  Keys of a group stand
 * together. */
extern const sn_scenario_key sn_scenario_keys[];
extern const size_t sn_scenario_key_count;

/** The border that a name like "SE2-SE3" means, in either order; *reversed when against
 * its direction; NULL: none between two areas of the scenario. */
const sn_border_info *
sn_scenario_border(const sn_scenario *s, const char *name, bool *reversed);

/** @name scenario_links.c: links.loss_share and links.ramp_mw_per_h, maps of border to
 * number. */
/**@{*/
sn_key_reader sn_scenario_read_loss;
sn_key_writer sn_scenario_write_loss;
sn_key_reader sn_scenario_read_ramp;
sn_key_writer sn_scenario_write_ramp;
/**@}*/

/** "file:line:column: what" of a node. */
sn_status sn_scenario_bad(const sn_yaml_node *node, const char *what, sn_error *err);

#endif
