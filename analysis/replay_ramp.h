/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Limits of change in a replay: inside of replay*.c and after_*.c.  Without any, nothing
 * here does anything. */
#ifndef SN_REPLAY_RAMP_H
#define SN_REPLAY_RAMP_H

#include "replay_internal.h"

/** Memory of the plan, which is the result's; c->ramp stays NULL without ramped links. */
SN_CHECKED sn_status sn_replay_ramp_open(sn_replay_case *c, sn_error *err);
/** All periods together, before a pass. */
SN_CHECKED sn_status sn_replay_ramp_solve(sn_replay_case *c, sn_error *err);
/** M-12 of the limits of change, after a pass: failures go to the blocks. */
void sn_replay_ramp_check(sn_replay_case *c);
/** What limits of change are worth, to the result. */
void sn_replay_ramp_store(sn_replay_case *c);

/** After sn_replay_set_limits(): ramped links of a tied period keep the plan's flows, and
 * its prices are the plan's. */
void sn_replay_ramp_hold(const sn_replay_case *c, sn_replay_block *b, size_t t);
/** Whatever is cleared next moves them within what their limits leave. */
void sn_replay_ramp_leave_room(const sn_replay_case *c, sn_replay_block *b, size_t t);
/** Held where these are the plan's flows of the period, else within the room.
 * @param flow_mw  [n_border] */
void sn_replay_ramp_hold_as(const sn_replay_case *c,
                            sn_replay_block *b,
                            size_t t,
                            const double *flow_mw);

#endif
