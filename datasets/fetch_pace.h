/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Whose turn it is: a rate limit for each bucket (a source, or one of its data sets),
 * kept in a small database, so that several processes and several runs together stay
 * within it.
 */
#ifndef SN_FETCH_PACE_H
#define SN_FETCH_PACE_H

#include "base/error.h"
#include "fetch_source.h"

typedef struct sn_pace sn_pace;

/** @param path  the database; NULL: this process only */
SN_CHECKED sn_status sn_pace_open(const char *path, sn_pace **pace_out, sn_error *err);
void sn_pace_close(sn_pace *pace);

/** $XDG_STATE_HOME/snitt/pace.sqlite3, else ~/.local/state/...; the folder is made. */
SN_CHECKED sn_status sn_pace_default_path(char *path, size_t size, sn_error *err);

/**
 * Take a turn if there is one now.
 * @param limit      [SN_LIMITS_MAX], all of which must agree
 * @param wall_s     now, seconds since 1970
 * @param[out] wait_s_out  0: taken; else ask again after so many seconds
 */
SN_CHECKED sn_status sn_pace_take(sn_pace *pace,
                                  const char *bucket,
                                  const sn_fetch_limit *limit,
                                  double wall_s,
                                  double *wait_s_out,
                                  sn_error *err);

/** No turns in the bucket for so long, whoever asks: the service said so. */
SN_CHECKED sn_status sn_pace_block(sn_pace *pace,
                                   const char *bucket,
                                   double wall_s,
                                   double seconds,
                                   sn_error *err);

#endif
