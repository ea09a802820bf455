/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Only ramping.c and ramping_chain.c include this. */
#ifndef SN_RAMPING_INTERNAL_H
#define SN_RAMPING_INTERNAL_H

#include "interior.h"
#include "ramping.h"

#include <stdbool.h>
#include <stdint.h>

/** Of ramp_work.closed.  At rest: it carries nothing, though nothing forbids it to, and
 * its prices say so of both ways.  Turned: it was the other way that was closed at first.
 */
enum { SN_WAY_BACK = 1, SN_WAY_FORWARD = 2, SN_WAY_REST = 3, SN_WAY_TURNED = 4 };

/** A period that cannot balance within the limits; SIZE_MAX: none. */
typedef struct ramp_fault {
    size_t period;
    bool is_certain; /* whatever the periods around do */
} ramp_fault;

/** Columns of a programme of interior.h, as many as come. */
typedef struct ramp_columns {
    size_t n, n_max;
    sn_interior_column *column;
} ramp_columns;

/** NULL when out of memory; valid until the next one is added. */
sn_interior_column *sn_ramp_add_column(ramp_columns *c,
                                       double upper,
                                       double cost,
                                       double curvature,
                                       sn_error *err);
void sn_ramp_add_entry(sn_interior_column *column, size_t row, double value);

/** What all workers share; each writes only where its periods are. */
typedef struct ramp_work {
    const sn_ramping *ramping;
    sn_ramping_result *out;
    double *power;         /* [n_period][n_link] scale * flow; NaN: no answer */
    bool *is_absent;       /* [n_period] */
    unsigned char *closed; /* [n_period][n_border_max] ways of a link that would lose both
                              ways: SN_WAY_... */
    bool *joined;          /* [n_period] the limit from the period before counts */
    bool *again;           /* [n_period] its run is to be solved */
    bool *grow;            /* [n_period] while runs grow; then: solved with others */
    size_t *first;         /* [n_period] of the runs to be solved */
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
    size_t *order;  /* [n_area] of a period: areas as its borders name them */
    bool *is_named; /* [n_area] */
    size_t period;  /* of the first fault, in order */
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

/** Limits of the period's borders, those closed one way left out, to own->flow_min and
 * own->flow_max; for prices a link at rest has its own. */
void sn_ramping_set_limits(ramp_worker *own,
                           size_t t,
                           const sn_clearing_problem *problem,
                           bool for_prices);

/** Row of each area, to own->order: by the list of borders, so that no sum depends on
 * how areas are numbered. */
void sn_ramping_order_areas(ramp_worker *own, const sn_network *network);

/** Into period t at its limit: 1 a rise, -1 a fall, 0 neither; *is_both: no room at all.
 */
int sn_ramping_reached(const ramp_work *w, size_t t, size_t k, bool *is_both);

/** Prices of periods first .. last, whose quantities are known and which a limit that is
 * reached ties each to the next, and what the limits are worth (ramping_price.c). */
SN_CHECKED sn_status sn_ramping_price(ramp_worker *own,
                                      size_t first,
                                      size_t last,
                                      sn_error *err);

#endif
