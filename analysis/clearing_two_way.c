/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links that lose whichever way they run.  Inside each is two borders one way; outside
 * its flow has a sign.  A link runs one way at a time: where prices below zero would pay
 * for losing power both ways at once, the way that carries less is closed (at equal flows
 * the way back), and the period is cleared again.
 */
#include "clearing_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Less than this is rounding. */
static const double tolerance_mw = 1e-6;

struct sn_two_way {
    sn_clearing *inner;
    sn_border *border; /* [2 n_border] */
    size_t *back_of;   /* [n_border] the way back; SIZE_MAX: loses nothing */
    double *loss, *flow_min, *flow_max; /* [2 n_border] */
    double *flow;                       /* [n_border] */
    sn_network network;
    sn_clearing_problem problem;
};

void sn_clearing_free_two_way(sn_two_way *t)
{
    if (t != NULL) {
        sn_clearing_free(t->inner);
        free(t->border);
        free(t->back_of);
        free(t->loss);
        free(t);
    }
}

sn_clearing *sn_clearing_inner(sn_two_way *t)
{
    return t->inner;
}

static sn_two_way *allocate(const sn_clearing *w)
{
    size_t n = w->n_border;
    sn_two_way *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    t->inner = sn_clearing_alloc(w->n_area, 2 * n);
    t->border = calloc(2 * n + 1, sizeof *t->border);
    t->back_of = calloc(n + 1, sizeof *t->back_of);
    t->loss = calloc(7 * n + 1, sizeof *t->loss);
    if (t->inner == NULL || t->border == NULL || t->back_of == NULL || t->loss == NULL) {
        sn_clearing_free_two_way(t);
        return NULL;
    }
    t->flow_min = t->loss + 2 * n;
    t->flow_max = t->flow_min + 2 * n;
    t->flow = t->flow_max + 2 * n;
    return t;
}

sn_status
sn_clearing_set_link_losses(sn_clearing *work, const double *loss_share, sn_error *err)
{
    bool any = false;
    for (size_t l = 0; l < work->n_border && loss_share != NULL; l++) {
        any |= loss_share[l] > 0.0;
    }
    if (!any) {
        sn_clearing_free_two_way(work->two_way);
        work->two_way = NULL;
        return SN_OK;
    }
    work->two_way = work->two_way != NULL ? work->two_way : allocate(work);
    if (work->two_way == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for links that lose");
    }
    for (size_t l = 0; l < work->n_border; l++) {
        work->loss[l] = loss_share[l];
    }
    return SN_OK;
}

static void expand(const sn_clearing *w, const sn_clearing_problem *problem)
{
    sn_two_way *t = w->two_way;
    size_t n = problem->network->n_border;
    for (size_t l = 0; l < problem->network->n_border; l++) {
        const sn_border *border = &problem->network->border[l];
        double low = problem->flow_min_mw[l];
        double high = problem->flow_max_mw[l];
        t->border[l] = *border;
        t->loss[l] = w->loss[l];
        t->flow_min[l] = low;
        t->flow_max[l] = high;
        t->back_of[l] = SIZE_MAX;
        if (w->loss[l] > 0.0) {
            t->back_of[l] = n;
            t->border[n] = (sn_border){border->to, border->from, border->rated_mw};
            t->loss[n] = w->loss[l];
            t->flow_min[l] = fmax(low, 0.0);
            t->flow_max[l] = fmax(high, 0.0);
            t->flow_min[n] = fmax(-high, 0.0);
            t->flow_max[n] = fmax(-low, 0.0);
            n++;
        }
    }
    t->network = (sn_network){problem->network->n_area, n, t->border};
    t->problem = *problem;
    t->problem.network = &t->network;
    t->problem.flow_min_mw = t->flow_min;
    t->problem.flow_max_mw = t->flow_max;
    sn_clearing_set_losses(t->inner, t->loss);
}

/* Closes a way of each link that runs both; how many there were. */
static size_t close_ways(sn_two_way *t, size_t n_border, const double *flow)
{
    size_t n_closed = 0;
    for (size_t l = 0; l < n_border; l++) {
        size_t back = t->back_of[l];
        if (back != SIZE_MAX && fmin(flow[l], flow[back]) > tolerance_mw) {
            t->flow_max[flow[back] > flow[l] ? l : back] = 0.0;
            n_closed++;
        }
    }
    return n_closed;
}

sn_status sn_clearing_solve_two_way(sn_clearing *w,
                                    const sn_clearing_problem *problem,
                                    sn_clearing_result *out,
                                    sn_error *err)
{
    sn_two_way *t = w->two_way;
    size_t n = problem->network->n_border;
    size_t n_closed = 0;
    expand(w, problem);
    sn_status status = sn_clearing_solve(t->inner, &t->problem, out, err);
    while (status == SN_OK && out->outcome == SN_CLEARED) {
        size_t more = close_ways(t, n, out->flow_mw);
        if (more == 0) {
            break;
        }
        n_closed += more;
        status = sn_clearing_solve(t->inner, &t->problem, out, err);
    }
    if (status != SN_OK) {
        return status;
    }
    for (size_t l = 0; l < n; l++) {
        size_t back = t->back_of[l];
        t->flow[l] = out->flow_mw[l] - (back != SIZE_MAX ? out->flow_mw[back] : 0.0);
    }
    out->flow_mw = t->flow;
    out->n_closed = n_closed;
    return SN_OK;
}
