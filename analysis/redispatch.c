/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The least-cost regulation of a price area is the clearing of its own subareas on
 * the limits of its cuts (M-8), because every curve is cut off at the fixed external
 * exports.  Subareas that may not move are vertical at their market position.  A step
 * of any size at each price limit stands for what the curves cannot deliver: its use
 * is the shortfall, so the problem always has a solution.
 */
#include "redispatch.h"

#include "clearing_check.h"

#include <math.h>
#include <stdlib.h>

/* Wider than any area's load and generation together. */
static const double shedding_mw = 1e6;

struct sn_redispatch {
    size_t point_max;
    sn_clearing *clearing;
    sn_curve *curve; /* [n_area] with the shedding steps */
    double *points;  /* [n_area][2][point_max + 2] */
    double *price;   /* [n_area] each */
    double *moved;
    double *shortfall;
};

sn_redispatch *sn_redispatch_alloc(size_t n_area, size_t n_border, size_t point_max)
{
    sn_redispatch *work = calloc(1, sizeof *work);
    if (work == NULL) {
        return NULL;
    }
    work->point_max = point_max;
    work->clearing = sn_clearing_alloc(n_area, n_border);
    work->curve = calloc(n_area + 1, sizeof *work->curve);
    work->points = calloc(n_area + 1, 2 * (point_max + 4) * sizeof *work->points);
    work->price = calloc(n_area + 1, sizeof *work->price);
    work->moved = calloc(n_area + 1, sizeof *work->moved);
    work->shortfall = calloc(n_area + 1, sizeof *work->shortfall);
    if (work->clearing == NULL || work->curve == NULL || work->points == NULL ||
        work->price == NULL || work->moved == NULL || work->shortfall == NULL) {
        sn_redispatch_free(work);
        return NULL;
    }
    return work;
}

void sn_redispatch_free(sn_redispatch *work)
{
    if (work == NULL) {
        return;
    }
    sn_clearing_free(work->clearing);
    free(work->curve);
    free(work->points);
    free(work->price);
    free(work->moved);
    free(work->shortfall);
    free(work);
}

/* The curve an area moves on, between the steps of shedding. */
static void build_curve(sn_redispatch *work, const sn_redispatch_problem *q, size_t z)
{
    size_t room = work->point_max + 4;
    double *price = work->points + z * 2 * room;
    double *mw = price + room;
    const sn_curve *own = &q->net_supply[z];
    size_t n = 1;
    if (q->may_move[z]) {
        for (size_t k = 0; k < own->n && k < work->point_max; k++) {
            price[n] = own->price_eur_per_mwh[k];
            mw[n] = own->quantity_mw[k];
            n++;
        }
    } else {
        price[n] = q->price_min_eur_per_mwh;
        mw[n++] = q->market_mw[z];
        price[n] = q->price_max_eur_per_mwh;
        mw[n++] = q->market_mw[z];
    }
    price[0] = q->price_min_eur_per_mwh;
    mw[0] = mw[1] - shedding_mw;
    /* A curve that starts inside the limits holds its first quantity below. */
    price[n] = q->price_max_eur_per_mwh;
    mw[n] = mw[n - 1];
    price[n + 1] = q->price_max_eur_per_mwh;
    mw[n + 1] = mw[n] + shedding_mw;
    if (price[1] > price[0]) {
        for (size_t k = n + 2; k > 1; k--) {
            price[k] = price[k - 1];
            mw[k] = mw[k - 1];
        }
        price[1] = price[0];
        n++;
    }
    work->curve[z] = (sn_curve){n + 2, price, mw};
}

/* How far the position lies on a step of shedding. */
static double
beyond_curve(const sn_redispatch_problem *q, const sn_curve *c, double price, double mw)
{
    const double near = 1e-9;
    if (price >= q->price_max_eur_per_mwh - near) {
        return fmax(0.0, mw - c->quantity_mw[c->n - 2]);
    }
    if (price <= q->price_min_eur_per_mwh + near) {
        return fmin(0.0, mw - c->quantity_mw[1]);
    }
    return 0.0;
}

static void settle_area(sn_redispatch *work,
                        const sn_redispatch_problem *q,
                        const sn_clearing_result *cleared,
                        size_t z,
                        sn_redispatch_result *out)
{
    double price = cleared->price_eur_per_mwh[z];
    double mw = cleared->net_position_mw[z];
    double beyond = beyond_curve(q, &work->curve[z], price, mw);
    work->shortfall[z] = fabs(beyond);
    if (!q->may_move[z]) {
        work->moved[z] = 0.0;
        work->price[z] = q->market_eur_per_mwh[z];
        return;
    }
    work->price[z] = price;
    work->moved[z] = mw - beyond - q->market_mw[z];
    out->volume_mw += fmax(0.0, work->moved[z]);
    out->bill_eur_per_h += price * work->moved[z];
    out->cost_eur_per_h +=
        sn_curve_cost_eur_per_h(&work->curve[z], q->market_mw[z], mw - beyond);
}

static void check(const sn_clearing_problem *problem,
                  const sn_clearing_result *cleared,
                  sn_redispatch_result *out)
{
    sn_clearing_residuals r = {0};
    sn_status status = sn_clearing_check(problem, cleared, &r, NULL);
    out->check_passed = status == SN_OK;
    out->check_residual =
        fmax(fmax(r.balance_mw, r.limit_mw),
             fmax(r.slackness_eur_per_mwh, fmax(r.curve_mw, r.gap_share)));
}

sn_status sn_redispatch_solve(sn_redispatch *work,
                              const sn_redispatch_problem *q,
                              sn_redispatch_result *out,
                              sn_error *err)
{
    for (size_t z = 0; z < q->network->n_area; z++) {
        build_curve(work, q, z);
    }
    sn_clearing_problem problem = {q->network,
                                   work->curve,
                                   q->flow_min_mw,
                                   q->flow_max_mw,
                                   q->price_min_eur_per_mwh,
                                   q->price_max_eur_per_mwh};
    sn_clearing_result cleared;
    sn_status status = sn_clearing_solve(work->clearing, &problem, &cleared, err);
    if (status != SN_OK) {
        return status;
    }
    if (cleared.outcome != SN_CLEARED) {
        return sn_error_set(err, SN_E_NUMERIC,
                            "redispatch of %zu subareas has no solution",
                            q->network->n_area);
    }
    *out = (sn_redispatch_result){.price_eur_per_mwh = work->price,
                                  .moved_mw = work->moved,
                                  .shortfall_mw = work->shortfall,
                                  .flow_mw = cleared.flow_mw,
                                  .price_group = cleared.price_group};
    check(&problem, &cleared, out);
    for (size_t z = 0; z < q->network->n_area; z++) {
        settle_area(work, q, &cleared, z, out);
    }
    return SN_OK;
}
