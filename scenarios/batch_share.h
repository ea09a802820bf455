/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What the cases of a batch have in common, worked out once: the observations of a year
 * and the base configuration of a world.  A few are kept; any thread may ask, and waits
 * when another is at it.
 */
#ifndef SN_BATCH_SHARE_H
#define SN_BATCH_SHARE_H

#include "batch_record.h"
#include "replay_input.h"

typedef struct sn_share sn_share;

/** store: folder of the store, opened for each load as the scenario's as_of says. */
SN_CHECKED sn_status sn_share_open(const char *store, sn_share **out, sn_error *err);
void sn_share_close(sn_share *share);

/** Observations; the same pointer until given back.  inputs is their hash. */
typedef struct sn_shared_data {
    sn_replay_data data;
    char inputs[SN_HASH_TEXT];
} sn_shared_data;

SN_CHECKED sn_status sn_share_data(sn_share *share,
                                   const sn_scenario *scenario,
                                   const sn_shared_data **out,
                                   sn_error *err);

/** The base configuration on a view of those observations. */
SN_CHECKED sn_status sn_share_base(sn_share *share,
                                   const sn_scenario *scenario,
                                   const sn_shared_data *data,
                                   const sn_replay_data *view,
                                   const sn_replay_settings *settings,
                                   const sn_replay_result **out,
                                   sn_error *err);

/** Give back what one of the two gave; NULL is fine. */
void sn_share_return(sn_share *share, const void *given);

#endif
