/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: links with losses or limits of change. */
#include "run_internal.h"

#include "base/units.h"

#include <math.h>

/* Hours in which the limit holds something back, and what a MW more of it would have been
 * worth over the period. */
static json_t *ramp_json(const sn_run_case *c, const sn_replay_result *r, size_t l)
{
    if (!(c->data.input.border[l].ramp_mw_per_h > 0.0)) {
        return NULL;
    }
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

/* What is lost, and what it would be worth where it should arrive; the congestion income
 * in the ledger is what is left after it. */
static json_t *loss_json(const sn_run_case *c, const sn_replay_result *r, size_t l)
{
    const sn_replay_input *in = &c->data.input;
    const sn_border *link = &in->border[l].link;
    double step_h = in->axis.step_s / SN_SECONDS_PER_HOUR;
    double share = in->border[l].loss_share;
    if (!(share > 0.0)) {
        return NULL;
    }
    double mwh = 0.0;
    double eur = 0.0;
    for (size_t t = 0; t < r->n; t++) {
        double flow = r->flow_mw[t * in->n_border + l];
        const double *price = &r->price_eur_per_mwh[t * in->n_area];
        double worth =
            sn_border_loss_value(flow, share, price[link->from], price[link->to]);
        mwh += isfinite(flow) ? share * fabs(flow) * step_h : 0.0;
        eur += isfinite(worth) ? worth * step_h : 0.0;
    }
    json_t *out = json_object();
    sn_run_set(out, "loss_share", sn_run_number(share));
    sn_run_set(out, "lost_gwh", sn_run_number(mwh / 1e3));
    sn_run_set(out, "lost_meur", sn_run_number(eur / 1e6));
    return out;
}

typedef json_t *link_json(const sn_run_case *c, const sn_replay_result *r, size_t l);

/* What is said of each link that has something, by its name. */
static json_t *by_link(const sn_run_case *c, const sn_replay_result *r, link_json *say)
{
    json_t *out = json_object();
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        char name[SN_BORDER_NAME_SIZE];
        json_t *one = say(c, r, l);
        if (one != NULL) {
            sn_border_name(c->data.info[l], name);
            sn_run_set(out, name, one);
        }
    }
    return out;
}

/* A part that says something. */
static void set_part(json_t *one, const char *key, json_t *part)
{
    if (json_object_size(part) > 0) {
        sn_run_set(one, key, part);
    } else {
        json_decref(part);
    }
}

json_t *sn_run_links_json(const sn_run_case *c)
{
    json_t *out = json_object();
    for (size_t i = 0; i < c->scenario->n_configuration; i++) {
        const sn_replay_result *r = i == 0 ? &c->base : &c->changed[i];
        json_t *one = json_object();
        set_part(one, "losses", by_link(c, r, loss_json));
        if (r->ramp_price_eur_per_mw != NULL) {
            sn_run_set(one, "ramp", by_link(c, r, ramp_json));
            sn_run_set(one, "hours_tied", sn_run_hours(c, r->ramp_coupled));
            sn_run_set(one, "hours_tied_longest", sn_run_hours(c, r->ramp_longest));
        }
        set_part(out, c->scenario->configuration[i].name, one);
    }
    if (json_object_size(out) == 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}
