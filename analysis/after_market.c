/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * After the market: the ways of handling a period whose flows are over the limits of
 * the cuts (section 5 of MODEL.md).  A period that is not over is the same in all.
 */
#include "replay_internal.h"

static bool is_over(const sn_replay_case *c, size_t t)
{
    for (size_t i = 0; i < c->n_price_area; i++) {
        if (sn_replay_is_over(c, &c->price_area[i], t)) {
            return true;
        }
    }
    return false;
}

sn_status sn_after_clear_bids(sn_replay_case *c,
                              sn_replay_block *b,
                              size_t t,
                              bool *is_cleared_out,
                              sn_error *err)
{
    sn_after_set_bids(c, b, t);
    sn_status status = sn_replay_clear(c, b, t, is_cleared_out, err);
    if (status == SN_OK && *is_cleared_out) {
        sn_after_store_bids(c, b, t);
    }
    return status;
}

/* M-20: the regulation of the honest market is what sellers foresee; its sums are not
 * the period's. */
static sn_status foresee(sn_replay_case *c, sn_replay_block *b, size_t t, sn_error *err)
{
    double volume = b->volume_mwh;
    double cost = b->cost_eur;
    double bill = b->bill_eur;
    double shortfall = b->shortfall_mwh;
    sn_status status = sn_replay_redispatch(c, b, t, err);
    b->volume_mwh = volume;
    b->cost_eur = cost;
    b->bill_eur = bill;
    b->shortfall_mwh = shortfall;
    return status;
}

sn_status sn_after_market(sn_replay_case *c,
                          sn_replay_block *b,
                          size_t t,
                          bool *is_cleared_out,
                          sn_error *err)
{
    *is_cleared_out = true;
    c->out->is_over[t] = is_over(c, t);
    if (!c->out->is_over[t]) {
        return SN_OK;
    }
    b->hours_over++;
    sn_status status = SN_OK;
    switch (c->settings->after) {
    case SN_AFTER_STRATEGIC:
        if (c->settings->theta > 0.0) {
            status = foresee(c, b, t, err);
            status = status == SN_OK ? sn_after_clear_bids(c, b, t, is_cleared_out, err)
                                     : status;
        }
        break;
    case SN_AFTER_CUT_LEAST:
    case SN_AFTER_CUT_HISTORICAL:
        status = sn_after_cut_borders(c, b, t, is_cleared_out, err);
        break;
    default:
        break;
    }
    /* What cuts of capacity could not relieve is regulated at cost, too. */
    return status == SN_OK && *is_cleared_out ? sn_replay_redispatch(c, b, t, err)
                                              : status;
}
