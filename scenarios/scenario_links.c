/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of single borders: maps of border to number. */
#include "scenario_schema.h"

#include <math.h>

/* The number of every border that is named, at the border's place in sn_borders. */
static sn_status read_map(const sn_yaml_node *node,
                          const sn_scenario *s,
                          double min,
                          double max,
                          double *out,
                          sn_error *err)
{
    sn_status status = sn_yaml_expect(node, SN_YAML_MAP, err);
    for (const sn_yaml_node *item = status == SN_OK ? node->first : NULL;
         item != NULL && status == SN_OK; item = item->next) {
        bool reversed;
        const sn_border_info *border = sn_scenario_border(s, item->key, &reversed);
        if (border == NULL || border - sn_borders >= SN_SCENARIO_BORDERS_MAX) {
            return sn_scenario_bad(
                item, "expected a border between two areas of the scenario, e.g. DK1-NO2",
                err);
        }
        status = sn_yaml_double(item, min, max, &out[border - sn_borders], err);
    }
    return status;
}

/* Those that are not 0, in the order of the borders, whatever order the file had. */
static sn_status write_map(const double *value, sn_strbuf *out, sn_error *err)
{
    const char *before = "{";
    sn_status status = SN_OK;
    for (size_t b = 0; b < sn_border_count && b < SN_SCENARIO_BORDERS_MAX; b++) {
        char name[SN_BORDER_NAME_SIZE];
        if (value[b] != 0.0 && status == SN_OK) {
            sn_border_name(&sn_borders[b], name);
            status = sn_strbuf_printf(out, err, "%s%s: %.17g", before, name, value[b]);
            before = ", ";
        }
    }
    return status == SN_OK && before[0] == ',' ? sn_strbuf_puts(out, "}", err) : status;
}

sn_status sn_scenario_read_loss(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    return read_map(node, s, 0.0, 0.5, s->loss_share, err);
}

sn_status sn_scenario_write_loss(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return write_map(s->loss_share, out, err);
}

sn_status sn_scenario_read_ramp(const sn_yaml_node *node, sn_scenario *s, sn_error *err)
{
    return read_map(node, s, 0.0, 1e5, s->ramp_mw_per_h, err);
}

sn_status sn_scenario_write_ramp(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    return write_map(s->ramp_mw_per_h, out, err);
}
