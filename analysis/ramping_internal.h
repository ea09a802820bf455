/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Only ramping.c and ramping_chain.c include this. */
#ifndef SN_RAMPING_INTERNAL_H
#define SN_RAMPING_INTERNAL_H

#include "ramping.h"

#include <stdbool.h>
#include <stdint.h>

/** A period that cannot balance within the limits; SIZE_MAX: none. */
typedef struct ramp_fault {
    size_t period;
    bool is_certain; /* whatever the periods around do */
} ramp_fault;

/** What all workers share; each writes only where its periods are. */
typedef struct ramp_work {
    const sn_ramping *ramping;
    sn_ramping_result *out;
    double *power;   /* [n_period][n_link] scale * flow; NaN: no answer */
    bool *is_absent; /* [n_period] */
    bool *joined;    /* [n_period] the limit from the period before counts */
    bool *again;     /* [n_period] its run is to be solved */
    bool *grow;      /* [n_period] */
    size_t *first;   /* [n_period] of the runs to be solved */
    size_t *last;
    ramp_fault *fault; /* [n_run] */
    size_t n_run;
    struct ramp_worker *worker;
    unsigned n_worker;
} ramp_work;

/** One thread's own. */
typedef struct ramp_worker {
    ramp_work *w;
    unsigned number;
    sn_clearing *clearing;
    double *flow_min, *flow_max; /* [n_border_max] */
    size_t period;               /* of the first fault, in order */
    sn_status status;
    sn_error error;
} ramp_worker;

sn_status
sn_ramping_load_period(ramp_worker *own, size_t t, sn_ramping_period *out, sn_error *err);

/** Prices, net positions, flows and ramp prices of periods first .. last into w->out;
 * nothing with a fault. */
SN_CHECKED sn_status sn_ramping_solve_chain(ramp_worker *own,
                                            size_t first,
                                            size_t last,
                                            ramp_fault *fault,
                                            sn_error *err);

#endif
