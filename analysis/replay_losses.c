/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links that lose on the way: what the observations say of their limits (M-15). */
#include "replay_internal.h"

#include <math.h>

/* There is room where the price it arrives at,
 * less the loss, is the one it leaves; with less to gain nothing should flow. */
bool sn_replay_infer_lossy(sn_replay_case *c,
                           size_t t,
                           size_t l,
                           double forward,
                           double back)
{
    const sn_replay_input *in = c->input;
    const sn_border *link = &in->border[l].link;
    size_t at = t * in->n_border + l;
    double flow = in->flow_mw[at];
    double keep = 1.0 - in->border[l].loss_share;
    double p_from = in->price_eur_per_mwh[t * in->n_area + link->from];
    double p_to = in->price_eur_per_mwh[t * in->n_area + link->to];
    double least = c->settings->price_difference_eur_per_mwh;
    double gain = keep * p_to - p_from; /* of a MW forward, and back */
    double gain_back = keep * p_from - p_to;
    c->limit_max_mw[at] = fmax(forward, flow);
    c->limit_min_mw[at] = -fmax(back, -flow);
    if (flow == 0.0) {
        c->limit_max_mw[at] = gain > least ? 0.0 : c->limit_max_mw[at];
        c->limit_min_mw[at] = gain_back > least ? 0.0 : c->limit_min_mw[at];
        return false;
    }
    double here = flow > 0.0 ? gain : gain_back;
    if (here > least || here < -least) {
        bool is_adverse = here < 0.0;
        c->limit_max_mw[at] = is_adverse || flow > 0.0 ? flow : c->limit_max_mw[at];
        c->limit_min_mw[at] = is_adverse || flow < 0.0 ? flow : c->limit_min_mw[at];
        return is_adverse;
    }
    return false;
}

/* One price area has one price, and a link that loses needs two. */
sn_status sn_replay_check_losses(const sn_replay_case *c,
                                 const sn_configuration *configuration,
                                 sn_error *err)
{
    for (size_t l = 0; l < c->n_border; l++) {
        const sn_border *link = &c->input->border[l].link;
        if (c->internal[l] && c->input->border[l].loss_share > 0.0) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "links.loss_share of %s-%s: in configuration %s both ends are one price "
                "area, which has no losses in the market; leave it out",
                c->input->area[link->from].code, c->input->area[link->to].code,
                configuration->name);
        }
    }
    return SN_OK;
}
