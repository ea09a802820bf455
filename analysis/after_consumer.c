/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One consumer price, zonal producer prices (M-23, as Italy's PUN).  P is the mean of
 * the areas' prices weighted by what is consumed there; demand that answers to price
 * answers to P.  As P rises less is used and area prices fall, so
 *
 *     g(P) = sum of consumption x price / sum of consumption - P
 *
 * falls, and its root is the only consistent price.  Demand without an answer needs no
 * second clearing: the dispatch is the zonal one.
 */
#include "replay_internal.h"

#include <math.h>

enum { ITERATIONS_MAX = 60 };

static double consumption_mw(const sn_replay_case *c, size_t t, size_t z, double paid)
{
    size_t at = t * c->n_area + z;
    double load = c->input->load_mw == NULL ? 0.0 : c->input->load_mw[at];
    double saved = c->demand_slope[z] * (paid - c->input->price_eur_per_mwh[at]);
    load = isfinite(load) ? load : 0.0;
    return fmax(0.0, load + c->settings->extra_load_mw[z] - saved);
}

/* Mean price of the stored market by consumption at the price paid; NaN without any. */
static double mean_price(const sn_replay_case *c, size_t t, double paid)
{
    double money = 0.0;
    double energy = 0.0;
    for (size_t z = 0; z < c->n_area; z++) {
        if (c->one_consumer[z]) {
            double mw = consumption_mw(c, t, z, paid);
            money += mw * c->out->price_eur_per_mwh[t * c->n_area + z];
            energy += mw;
        }
    }
    return energy > 0.0 ? money / energy : NAN;
}

static bool answers(const sn_replay_case *c)
{
    bool any = false;
    for (size_t z = 0; z < c->n_area; z++) {
        any = any || (c->one_consumer[z] && c->demand_slope[z] > 0.0);
    }
    return any;
}

static void set_paid(sn_replay_case *c, sn_replay_block *b, double paid)
{
    for (size_t z = 0; z < c->n_area; z++) {
        if (c->one_consumer[z]) {
            b->consumer_price[z] = paid;
        }
    }
}

/* Clears the market with demand held at `paid`; *g_out how far from consistent. */
static sn_status clear_at(sn_replay_case *c,
                          sn_replay_block *b,
                          size_t t,
                          double paid,
                          bool *is_cleared_out,
                          double *g_out,
                          sn_error *err)
{
    set_paid(c, b, paid);
    sn_replay_set_curves(c, b, t);
    sn_status status = sn_replay_clear(c, b, t, is_cleared_out, err);
    if (status == SN_OK && *is_cleared_out) {
        *g_out = mean_price(c, t, paid) - paid;
    }
    return status;
}

sn_status sn_after_consumer_price(sn_replay_case *c,
                                  sn_replay_block *b,
                                  size_t t,
                                  bool *is_cleared_out,
                                  sn_error *err)
{
    const double tolerance = 1e-9;
    double paid = mean_price(c, t, 0.0);
    for (int i = 0; i < 4 && isfinite(paid); i++) { /* its weights depend on it */
        paid = mean_price(c, t, paid);
    }
    if (!isfinite(paid)) {
        return SN_OK;
    }
    double g = 0.0;
    double last = NAN;
    double g_last = NAN;
    double low = c->price_min_eur_per_mwh[t]; /* g > 0 */
    double high = c->price_max_eur_per_mwh[t];
    sn_status status = clear_at(c, b, t, paid, is_cleared_out, &g, err);
    for (int i = 0; i < ITERATIONS_MAX && status == SN_OK && *is_cleared_out &&
                    answers(c) && fabs(g) > tolerance * fmax(1.0, fabs(paid));
         i++) {
        low = g > 0.0 ? paid : low;
        high = g < 0.0 ? paid : high;
        double slope = isnan(last) ? -1.0 : (g - g_last) / (paid - last);
        double next = paid - g / (slope < 0.0 ? slope : -1.0);
        last = paid;
        g_last = g;
        paid = next > low && next < high ? next : 0.5 * (low + high);
        status = clear_at(c, b, t, paid, is_cleared_out, &g, err);
    }
    return status;
}
