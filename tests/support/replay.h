/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Starts and stops tests/support/replay_server.py. */
#ifndef SN_TESTS_REPLAY_H
#define SN_TESTS_REPLAY_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct sn_replay {
    pid_t pid;
    int port;
    char folder[128]; /* scratch, removed at the end */
} sn_replay;

/** False when there is no python3 or the server does not come up within 20 s. */
bool sn_replay_start(sn_replay *replay);
void sn_replay_stop(sn_replay *replay);

#endif
