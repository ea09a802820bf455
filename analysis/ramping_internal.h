/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Only ramping.c and ramping_chain.c include this. */
#ifndef SN_RAMPING_INTERNAL_H
#define SN_RAMPING_INTERNAL_H

#include "ramping.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct ramp_work {
    const sn_ramping *ramping;
    sn_ramping_result *out;
    sn_clearing *clearing;
    double *power;               /* [n_period][n_link] scale * flow; NaN: no answer */
    double *flow_min, *flow_max; /* [n_border_max] */
    bool *joined;                /* [n_period] the limit from the period before counts */
    bool *again;                 /* [n_period] its run is to be solved */
    bool *grow;                  /* [n_period] */
} ramp_work;

sn_status
sn_ramping_load_period(ramp_work *w, size_t t, sn_ramping_period *out, sn_error *err);

/** A period that cannot balance within the limits; SIZE_MAX: none. */
typedef struct ramp_fault {
    size_t period;
    bool is_certain; /* whatever the periods around do */
} ramp_fault;

/** Prices, net positions, flows and ramp prices of periods first .. last into w->out;
 * nothing with a fault. */
SN_CHECKED sn_status sn_ramping_solve_chain(ramp_work *w,
                                            size_t first,
                                            size_t last,
                                            ramp_fault *fault,
                                            sn_error *err);

#endif
