/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: links with limits of change. */
#include "run_internal.h"

#include <math.h>

/* Hours in which the limit holds something back, and what a MW more of it would have been
 * worth over the period. */
static json_t *ramp_json(const sn_run_case *c, const sn_replay_result *r, size_t l)
{
    size_t periods = 0;
    double worth = 0.0;
    for (size_t t = 0; t < r->n; t++) {
        double mu = r->ramp_price_eur_per_mw[t * c->data.input.n_border + l];
        periods += isfinite(mu) && mu != 0.0 ? 1 : 0;
        worth += isfinite(mu) ? fabs(mu) : 0.0;
    }
    json_t *out = json_object();
    sn_run_set(out, "ramp_mw_per_h",
               sn_run_number(c->data.input.border[l].ramp_mw_per_h));
    sn_run_set(out, "hours_at_limit", sn_run_hours(c, periods));
    sn_run_set(out, "worth_eur_per_mw", sn_run_number(worth));
    return out;
}

json_t *sn_run_links_json(const sn_run_case *c)
{
    json_t *out = json_object();
    for (size_t i = 0; i < c->scenario->n_configuration; i++) {
        const sn_replay_result *r = i == 0 ? &c->base : &c->changed[i];
        if (r->ramp_price_eur_per_mw == NULL) {
            continue;
        }
        json_t *one = json_object();
        json_t *border = json_object();
        for (size_t l = 0; l < c->data.input.n_border; l++) {
            char name[SN_BORDER_NAME_SIZE];
            if (c->data.input.border[l].ramp_mw_per_h > 0.0) {
                sn_border_name(c->data.info[l], name);
                sn_run_set(border, name, ramp_json(c, r, l));
            }
        }
        sn_run_set(one, "ramp", border);
        sn_run_set(one, "hours_tied", sn_run_hours(c, r->ramp_coupled));
        sn_run_set(one, "hours_tied_longest", sn_run_hours(c, r->ramp_longest));
        sn_run_set(out, c->scenario->configuration[i].name, one);
    }
    if (json_object_size(out) == 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}
