/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The one place that starts threads in the numerics. */
#ifndef SN_PARALLEL_H
#define SN_PARALLEL_H

#include <stddef.h>

enum { SN_THREADS_MAX = 64 };

/**
 * Work on one block.  Blocks may run at the same time and in any order, so a block
 * writes only what is its own; sums are made afterwards, in the order of blocks, and
 * are then the same for any number of threads.
 * @param worker  0 .. number of threads - 1: calls of one worker never overlap
 */
typedef void sn_block_work(void *context, size_t block, unsigned worker);

/** Threads that a run over n_block blocks uses: 1 .. SN_THREADS_MAX. */
unsigned sn_parallel_workers(size_t n_block, unsigned n_thread);

/** Run all blocks; returns when they are done.  A thread that cannot be started is no
 * loss: the others, and the caller's own, take its blocks. */
void sn_parallel_run(size_t n_block,
                     unsigned n_thread,
                     sn_block_work *work,
                     void *context);

#endif
