/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parallel.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct sn_crew {
    sn_block_work *work;
    void *context;
    size_t n_block;
    atomic_size_t next;
} sn_crew;

typedef struct sn_worker {
    sn_crew *crew;
    unsigned number;
    pthread_t thread;
} sn_worker;

static void *take_blocks(void *argument)
{
    const sn_worker *worker = argument;
    sn_crew *crew = worker->crew;
    for (;;) {
        size_t block = atomic_fetch_add(&crew->next, 1);
        if (block >= crew->n_block) {
            return NULL;
        }
        crew->work(crew->context, block, worker->number);
    }
}

unsigned sn_parallel_workers(size_t n_block, unsigned n_thread)
{
    unsigned n = n_thread > 1 ? n_thread : 1;
    n = n < SN_THREADS_MAX ? n : SN_THREADS_MAX;
    return n_block < n ? (unsigned)(n_block > 0 ? n_block : 1) : n;
}

void sn_parallel_run(size_t n_block,
                     unsigned n_thread,
                     sn_block_work *work,
                     void *context)
{
    sn_worker worker[SN_THREADS_MAX];
    sn_crew crew = {.work = work, .context = context, .n_block = n_block};
    unsigned n = sn_parallel_workers(n_block, n_thread);
    unsigned started = 1;
    atomic_init(&crew.next, 0);
    worker[0] = (sn_worker){.crew = &crew};
    while (started < n) {
        worker[started] = (sn_worker){.crew = &crew, .number = started};
        if (pthread_create(&worker[started].thread, NULL, take_blocks,
                           &worker[started]) != 0) {
            break;
        }
        started++;
    }
    take_blocks(&worker[0]);
    for (unsigned i = 1; i < started; i++) {
        pthread_join(worker[i].thread, NULL);
    }
}
