/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: the ways of handling the cuts, side by side. */
#include "run_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* Reg. (EU) 2019/943, Art. 16(8). */
static const double least_share = 0.7;

static double group_meur(const sn_ledger *ledger, sn_ledger_group group, size_t area)
{
    double sum = 0.0;
    for (size_t k = 0; k < ledger->n_row; k++) {
        if (ledger->row[k].group == group &&
            (area == SIZE_MAX || ledger->row[k].area == area)) {
            sum += ledger->row[k].change_eur;
        }
    }
    return sum / 1e6;
}

/* Change of the income at the Swedish operator's own and shared borders. */
static double income_meur(const sn_run_case *c, const sn_ledger *ledger)
{
    double sum = 0.0;
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        if (c->operator_area[z]) {
            sum += group_meur(ledger, SN_GROUP_CONGESTION_INTERNAL, z) +
                   group_meur(ledger, SN_GROUP_CONGESTION_BORDER, z);
        }
    }
    return sum;
}

/* Hours in which less than the share is offered in a direction that the cuts reduced;
 * `rated` by direction, `r` the result whose limits count. */
static double
share_below(const sn_run_case *c, const sn_replay_result *r, size_t l, bool is_forward)
{
    const sn_border_info *info = c->data.info[l];
    double rated = is_forward ? info->rated_forward_mw : info->rated_back_mw;
    double below = 0.0;
    double n = 0.0;
    for (size_t t = 0; t < r->n; t++) {
        size_t at = t * c->data.input.n_border + l;
        double offered = is_forward ? r->flow_max_mw[at] : -r->flow_min_mw[at];
        if (r->exclusion[t] == SN_INCLUDED && !isnan(offered)) {
            below += offered < least_share * rated ? 1.0 : 0.0;
            n += 1.0;
        }
    }
    return n > 0.0 ? below / n : NAN;
}

static double share_reduced(const sn_run_case *c,
                            const sn_replay_result *before,
                            const sn_replay_result *r,
                            size_t l,
                            bool is_forward)
{
    double reduced = 0.0;
    double n = 0.0;
    for (size_t t = 0; t < r->n; t++) {
        size_t at = t * c->data.input.n_border + l;
        double change = is_forward ? before->flow_max_mw[at] - r->flow_max_mw[at]
                                   : r->flow_min_mw[at] - before->flow_min_mw[at];
        reduced += change > 1e-6 ? 1.0 : 0.0;
        n += r->exclusion[t] == SN_INCLUDED ? 1.0 : 0.0;
    }
    return n > 0.0 ? reduced / n : NAN;
}

/* Borders whose capacity was ever cut, each way that it was. */
static json_t *border_shares(const sn_run_case *c, size_t i, const sn_replay_result *r)
{
    const sn_replay_result *before = &c->changed[i];
    json_t *out = json_object();
    for (size_t l = 0; l < c->data.input.n_border; l++) {
        for (int way = 0; way < 2; way++) {
            bool is_forward = way == 0;
            double reduced = share_reduced(c, before, r, l, is_forward);
            if (!(reduced > 0.0)) {
                continue;
            }
            char name[2 * SN_BORDER_NAME_SIZE];
            const sn_border_info *info = c->data.info[l];
            (void)snprintf(name, sizeof name, "%s>%s", is_forward ? info->from : info->to,
                           is_forward ? info->to : info->from);
            json_t *one = json_object();
            sn_run_set(one, "hours_reduced_share", sn_run_number(reduced));
            sn_run_set(one, "hours_below_70_share",
                       sn_run_number(share_below(c, r, l, is_forward)));
            sn_run_set(one, "hours_below_70_uncut_share",
                       sn_run_number(share_below(c, before, l, is_forward)));
            sn_run_set(out, name, one);
        }
    }
    return out;
}

json_t *sn_run_channels_json(const sn_run_case *c, size_t i, sn_after way)
{
    const sn_channels *channels = &c->after[i].channels[way];
    json_t *out = json_object();
    for (int k = 0; k < SN_CHANNEL_COUNT; k++) {
        char name[48];
        (void)snprintf(name, sizeof name, "%s_meur", sn_channel_name((sn_channel)k));
        sn_run_set(out, name, sn_run_number(channels->change_eur[k] / 1e6));
    }
    sn_run_set(out, "sum_meur", sn_run_number(channels->sum_eur / 1e6));
    sn_run_set(out, "residual_share", sn_run_number(channels->residual_share));
    return out;
}

static json_t *way_json(const sn_run_case *c, size_t i, sn_after way)
{
    const sn_replay_result *r = sn_run_after_result(c, i, way);
    const sn_ledger *ledger = sn_run_after_ledger(c, i, way);
    json_t *out = sn_run_price_json(c, r->price_eur_per_mwh);
    double bill_meur = r->redispatch_bill_eur / 1e6;
    sn_run_set(out, "redispatch", sn_run_redispatch_json(c, r, ledger));
    sn_run_set(out, "ledger", sn_run_ledger_json(c, ledger));
    sn_run_set(out, "hydro", sn_run_hydro_json(r, c->scenario->settings.balance));
    sn_run_set(out, "hours_over_share",
               sn_run_number((double)r->hours_over / fmax(1.0, (double)r->n)));
    sn_run_set(out, "shortfall_meur",
               sn_run_number(-group_meur(ledger, SN_GROUP_SHORTFALL, SIZE_MAX)));
    sn_run_set(out, "congestion_income_change_meur",
               sn_run_number(income_meur(c, ledger)));
    sn_run_set(out, "tariff_eur_per_mwh", sn_run_number(ledger->tariff_eur_per_mwh));
    sn_run_set(out, "more_paid_than_cost_based_meur",
               sn_run_number(bill_meur - c->changed[i].redispatch_bill_eur / 1e6));
    sn_run_set(out, "lost_trade_gwh", sn_run_number(r->cut_trade_mwh / 1e3));
    sn_run_set(out, "lost_trade_meur", sn_run_number(r->cut_value_eur / 1e6));
    sn_run_set(out, "channels", sn_run_channels_json(c, i, way));
    sn_run_set(out, "borders", border_shares(c, i, r));
    sn_run_set(out, "intervals", sn_run_after_intervals_json(c, i, way));
    return out;
}

static json_t *sweep_json(const sn_run_case *c, size_t i)
{
    json_t *out = json_array();
    for (size_t k = 0; k < SN_RUN_THETAS && c->after[i].is_solved; k++) {
        const sn_run_theta *s = &c->after[i].sweep[k];
        json_t *row = json_object();
        sn_run_set(row, "theta", sn_run_number(s->theta));
        sn_run_set(row, "volume_gwh", sn_run_number(s->volume_mwh / 1e3));
        sn_run_set(row, "bill_meur", sn_run_number(s->bill_eur / 1e6));
        sn_run_set(row, "tariff_eur_per_mwh", sn_run_number(s->tariff_eur_per_mwh));
        sn_run_set(row, "price_load_weighted_sweden",
                   sn_run_number(s->price_sweden_eur_per_mwh));
        (void)json_array_append_new(out, row);
    }
    return out;
}

json_t *sn_run_after_json(const sn_run_case *c, size_t i)
{
    json_t *out = json_object();
    for (int way = 0; way < SN_AFTER_COUNT; way++) {
        sn_run_set(out, sn_after_name((sn_after)way), way_json(c, i, (sn_after)way));
    }
    sn_run_set(out, "theta", sn_run_number(c->scenario->settings.theta));
    sn_run_set(out, "theta_sensitivity", sweep_json(c, i));
    return out;
}
