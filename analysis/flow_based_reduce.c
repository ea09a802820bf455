/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The load of constraint c is made a quantity of its own: a seller T of t MW, paid for
 * each, behind the row "t <= load of c", and a buyer T2 with whom T shares a grid.  All
 * areas may sell and buy what their curves hold at price 0, so that the clearing makes t
 * as large as it can be.
 */
#include "flow_based_reduce.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Paid for each MW of load; anything of the order of prices. */
static const double pay_eur_per_mwh = 100.0;
/* A constraint may be loaded this much above its RAM before it counts: rounding. */
static const double rounding_mw = 1e-6;

typedef struct reducer {
    const sn_flow_based_problem *problem;
    sn_flow_based *solver;
    sn_flow_based_problem most; /* the problem of the largest load */
    double *ptdf, *ram, *points;
    sn_curve *curve;
    size_t *grid;
    double reach_mw; /* more than any constraint can be loaded */
} reducer;

static void release(reducer *r)
{
    sn_flow_based_free(r->solver);
    free(r->ptdf);
    free(r->ram);
    free(r->points);
    free(r->curve);
    free(r->grid);
}

/* A step at a price from low to high MW. */
static void set_step(reducer *r, size_t node, double price, double low, double high)
{
    double *p = &r->points[4 * node];
    p[0] = p[1] = price;
    p[2] = low;
    p[3] = high;
    r->curve[node] = (sn_curve){2, p, p + 2};
}

static sn_status make(reducer *r, const sn_flow_based_problem *problem, sn_error *err)
{
    size_t n = problem->n_node + 2;
    size_t nc = problem->n_constraint + 1;
    *r = (reducer){
        .problem = problem,
        .solver = sn_flow_based_alloc(n, problem->n_link, nc, 2 * n),
        .ptdf = calloc(n * nc, sizeof(double)),
        .ram = calloc(nc, sizeof(double)),
        .points = calloc(4 * n, sizeof(double)),
        .curve = calloc(n, sizeof *r->curve),
        .grid = calloc(n, sizeof *r->grid),
    };
    if (r->solver == NULL || r->ptdf == NULL || r->ram == NULL || r->points == NULL ||
        r->curve == NULL || r->grid == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory reducing a domain");
    }
    double reach = 1.0;
    for (size_t z = 0; z < problem->n_node; z++) {
        const sn_curve *c = &problem->net_supply[z];
        r->grid[z] = problem->grid[z];
        r->curve[z] = (sn_curve){0};
        if (c->n > 0) {
            set_step(r, z, 0.0, c->quantity_mw[0], c->quantity_mw[c->n - 1]);
            reach += fmax(fabs(c->quantity_mw[0]), fabs(c->quantity_mw[c->n - 1]));
        }
    }
    for (size_t l = 0; l < problem->n_link; l++) {
        reach += 2.0 * fmin(1e5, fmax(fabs(problem->flow_min_mw[l]),
                                      fabs(problem->flow_max_mw[l])));
    }
    double steepest = 1.0;
    for (size_t k = 0; k < problem->n_node * problem->n_constraint; k++) {
        steepest = fmax(steepest, fabs(problem->ptdf[k]));
    }
    r->reach_mw = reach * steepest;
    r->grid[n - 2] = r->grid[n - 1] = n - 1;
    set_step(r, n - 2, -pay_eur_per_mwh, -r->reach_mw, r->reach_mw);
    set_step(r, n - 1, 0.0, -r->reach_mw, r->reach_mw);
    r->most = *problem;
    r->most.n_node = n;
    r->most.net_supply = r->curve;
    r->most.grid = r->grid;
    r->most.ptdf = r->ptdf;
    r->most.ram_mw = r->ram;
    r->most.price_min_eur_per_mwh = -10.0 * pay_eur_per_mwh;
    r->most.price_max_eur_per_mwh = 10.0 * pay_eur_per_mwh;
    return SN_OK;
}

/* The most that constraint c can be loaded under the others of keep; NaN: nothing
 * satisfies these. */
static sn_status
largest_load(reducer *r, size_t c, const bool *keep, double *load_out, sn_error *err)
{
    const sn_flow_based_problem *p = r->problem;
    size_t n = p->n_node + 2;
    size_t rows = 0;
    for (size_t k = 0; k < p->n_constraint; k++) {
        if (keep[k] && k != c) {
            double *row = &r->ptdf[n * rows];
            memcpy(row, &p->ptdf[k * p->n_node], p->n_node * sizeof *row);
            row[n - 2] = row[n - 1] = 0.0;
            r->ram[rows++] = p->ram_mw[k];
        }
    }
    double *row = &r->ptdf[n * rows];
    for (size_t z = 0; z < p->n_node; z++) {
        row[z] = -p->ptdf[c * p->n_node + z];
    }
    row[n - 2] = 1.0;
    row[n - 1] = 0.0;
    r->ram[rows++] = 0.0;
    r->most.n_constraint = rows;
    sn_flow_based_result result;
    sn_status status = sn_flow_based_solve(r->solver, &r->most, &result, err);
    if (status == SN_OK) {
        *load_out = result.outcome == SN_CLEARED ? result.net_position_mw[n - 2] : NAN;
    }
    return status;
}

sn_status
sn_flow_based_reduce(const sn_flow_based_problem *problem, bool *keep_out, sn_error *err)
{
    reducer r;
    sn_status status = make(&r, problem, err);
    for (size_t c = 0; c < problem->n_constraint; c++) {
        keep_out[c] = true;
    }
    for (size_t c = 0; c < problem->n_constraint && status == SN_OK; c++) {
        double load;
        status = largest_load(&r, c, keep_out, &load, err);
        if (status == SN_OK && isnan(load)) {
            for (size_t k = 0; k < problem->n_constraint; k++) {
                keep_out[k] = true;
            }
            break;
        }
        keep_out[c] = status != SN_OK || load > problem->ram_mw[c] + rounding_mw;
    }
    release(&r);
    return status;
}
