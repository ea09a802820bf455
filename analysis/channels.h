/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Where a change of welfare comes from (M-29b).  With perfect redispatch and foreign
 * exchange as it was it is 0, so all of it has a named cause.  Each channel is computed
 * from dispatches of its own; none is what is left of the total.
 */
#ifndef SN_CHANNELS_H
#define SN_CHANNELS_H

#include "ledger.h"
#include "replay.h"

typedef enum sn_channel {
    SN_CHANNEL_DEMAND,    /* demand that was not regulated, or saw another price */
    SN_CHANNEL_EXCHANGE,  /* exchange with other price areas, set at the wrong price */
    SN_CHANNEL_UNITS,     /* units that cannot be regulated */
    SN_CHANNEL_GAMING,    /* bids that foresee the regulation (M-20) */
    SN_CHANNEL_WATER,     /* water run in other hours, or not balanced */
    SN_CHANNEL_SHORTFALL, /* at VOLL */
    SN_CHANNEL_COUNT
} sn_channel;

const char *sn_channel_name(sn_channel channel); /* "demand", "exchange", ... */

typedef struct sn_channels {
    double change_eur[SN_CHANNEL_COUNT]; /* > 0: a gain */
    double sum_eur;
    double residual_share; /* |sum - the ledger's total| / turnover */
    size_t periods_solved; /* those in which the market was over a cut, M-23 apart */
} sn_channels;

/**
 * @param settings  those that gave `changed`: its way after the market, its theta
 * @param ledger    of `changed` against `base`
 * Cost: a few clearings of each period in which the market was over a cut.
 */
SN_CHECKED sn_status sn_channels_compute(const sn_replay_input *input,
                                         const sn_replay_settings *settings,
                                         const sn_configuration *configuration,
                                         const sn_replay_result *base,
                                         const sn_replay_result *changed,
                                         const sn_ledger *ledger,
                                         sn_channels *out,
                                         sn_error *err);

#endif
