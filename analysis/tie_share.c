/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tie_share.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Prices closer than this are one price. */
static const double same_price_eur_per_mwh = 1e-9;

enum { POINTS = 3 };

struct sn_tie_share {
    sn_clearing *clearing;
    double *numbers;
    double *price, *share, *quantity_mw, *flow_min_mw, *flow_max_mw;
    size_t *group;
    sn_curve *curve;
};

sn_tie_share *sn_tie_share_alloc(size_t n_area, size_t n_border)
{
    sn_tie_share *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    w->clearing = sn_clearing_alloc(n_area, n_border);
    w->numbers = calloc((1 + 2 * POINTS) * n_area + 2 * n_border + 1, sizeof(double));
    w->curve = calloc(n_area + 1, sizeof *w->curve);
    w->group = calloc(n_area + 1, sizeof *w->group);
    if (w->clearing == NULL || w->numbers == NULL || w->curve == NULL ||
        w->group == NULL) {
        sn_tie_share_free(w);
        return NULL;
    }
    w->price = w->numbers;
    w->share = w->price + n_area;
    w->quantity_mw = w->share + POINTS * n_area;
    w->flow_min_mw = w->quantity_mw + POINTS * n_area;
    w->flow_max_mw = w->flow_min_mw + n_border;
    return w;
}

void sn_tie_share_free(sn_tie_share *work)
{
    if (work != NULL) {
        sn_clearing_free(work->clearing);
        free(work->numbers);
        free(work->curve);
        free(work->group);
        free(work);
    }
}

/* Net supply over the share y; an area without orders at its price stays. */
static void
share_curve(sn_tie_share *w, size_t z, const sn_tie_orders *orders, double net_mw)
{
    double *y = &w->share[POINTS * z];
    double *q = &w->quantity_mw[POINTS * z];
    w->curve[z] = (sn_curve){1, y, q};
    y[0] = 0.0;
    q[0] = net_mw;
    if (orders->supply_mw + orders->demand_mw > 0.0) {
        w->curve[z].n = POINTS;
        for (size_t k = 0; k < POINTS; k++) {
            y[k] = (double)k;
        }
        q[0] = orders->below_mw;
        q[1] = q[0] + orders->supply_mw;
        q[2] = q[1] + orders->demand_mw;
    }
}

sn_status sn_tie_share_solve(sn_tie_share *work,
                             const sn_clearing_problem *problem,
                             const sn_clearing_result *solved,
                             const sn_tie_orders *orders,
                             sn_clearing_result *out,
                             sn_error *err)
{
    const sn_network *network = problem->network;
    for (size_t z = 0; z < network->n_area; z++) {
        work->price[z] = solved->price_eur_per_mwh[z];
        work->group[z] = solved->price_group != NULL ? solved->price_group[z] : z;
        share_curve(work, z, &orders[z], solved->net_position_mw[z]);
    }
    for (size_t l = 0; l < network->n_border; l++) {
        const sn_border *border = &network->border[l];
        bool tied = fabs(work->price[border->from] - work->price[border->to]) <=
                    same_price_eur_per_mwh;
        work->flow_min_mw[l] = tied ? problem->flow_min_mw[l] : solved->flow_mw[l];
        work->flow_max_mw[l] = tied ? problem->flow_max_mw[l] : solved->flow_mw[l];
    }
    const sn_clearing_problem shares = {.network = network,
                                        .net_supply = work->curve,
                                        .flow_min_mw = work->flow_min_mw,
                                        .flow_max_mw = work->flow_max_mw,
                                        .price_min_eur_per_mwh = -1.0,
                                        .price_max_eur_per_mwh = POINTS};
    sn_clearing_result shared;
    sn_status status = sn_clearing_solve(work->clearing, &shares, &shared, err);
    if (status != SN_OK) {
        return status;
    }
    if (shared.outcome != SN_CLEARED) {
        return sn_error_set(err, SN_E_NUMERIC,
                            "the orders at the price cannot be shared");
    }
    *out = shared;
    out->price_eur_per_mwh = work->price;
    out->price_group = work->group;
    return SN_OK;
}
