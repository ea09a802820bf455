/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/made_market.h"

#include "support/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double between(sn_random *r, double low, double high)
{
    return low + (high - low) * sn_random_share(r);
}

static void draw_area(sn_random *r, const made_options *o, made_market *m, size_t z)
{
    sn_replay_area *a = &m->area[z];
    bool is_swedish = z < o->n_swedish;
    bool is_edge = !is_swedish && (z - o->n_swedish) % 2 == 1;
    (void)snprintf(a->code, sizeof a->code, "%s%u", is_swedish ? "SE" : "N",
                   (unsigned)z + 1);
    m->zonal_label[z] = z;
    m->single_label[z] = is_swedish ? 0 : z;
    m->is_operator[z] = is_swedish;
    a->kind = is_edge ? SN_AREA_PRICE_TAKER : SN_AREA_MODELLED;
    a->may_redispatch = is_swedish;
    a->is_held[SN_RESOURCE_LOAD] = true;
    a->other_slope_mw_per_eur = is_edge ? 0.0 : between(r, 5.0, 30.0);
    a->hydro_slope_mw_per_eur = is_edge || !o->has_hydro ? 0.0 : between(r, 10.0, 60.0);
    a->demand_slope_mw_per_eur = is_edge || !o->has_demand
                                     ? 0.0
                                     : a->other_slope_mw_per_eur * between(r, 0.1, 0.6);
}

static void draw_border(sn_random *r, const made_options *o, made_market *m, size_t z)
{
    size_t l = z - 1;
    size_t other = z < o->n_swedish ? z - 1 : sn_random_below(r, (unsigned)o->n_swedish);
    bool is_turned = sn_random_below(r, 2) == 1;
    double rated = between(r, 200.0, 1500.0);
    m->border[l] = (sn_replay_border){
        .link = {is_turned ? z : other, is_turned ? other : z, rated}, .has_flow = true};
}

static void draw_hour(sn_random *r, const made_options *o, made_market *m, size_t t)
{
    size_t n = m->input.n_area;
    size_t n_border = m->input.n_border;
    double *price = &m->price[t * n];
    price[0] = between(r, 15.0, 45.0);
    for (size_t z = 1; z < n; z++) {
        const sn_border *link = &m->border[z - 1].link;
        size_t other = link->from == z ? link->to : link->from;
        double *flow = &m->flow[t * n_border + z - 1];
        double difference = 0.0;
        *flow = link->rated_mw * between(r, -0.7, 0.7);
        if (sn_random_share(r) < o->share_full) {
            difference = between(r, -20.0, 20.0);
            *flow = link->rated_mw * between(r, 0.75, 1.0) *
                    ((difference > 0.0) == (link->to == z) ? 1.0 : -1.0);
        }
        price[z] = price[other] + difference;
    }
    for (size_t z = 0; z < n; z++) {
        double rise = tanh((price[z] - 30.0) / 15.0);
        m->load[t * n + z] = between(r, 800.0, 1500.0);
        m->hydro[t * n + z] =
            o->has_hydro ? 1500.0 + 1200.0 * rise + between(r, 0, 200) : NAN;
        m->wind[t * n + z] = o->has_wind ? between(r, 0.0, 600.0) : NAN;
    }
}

void made_market_draw(uint64_t seed, const made_options *o, made_market *m)
{
    sn_random r = {seed};
    memset(m, 0, sizeof *m);
    m->n_swedish = o->n_swedish;
    m->input.n_area = o->n_swedish + o->n_neighbour;
    m->input.n_border = m->input.n_area - 1;
    for (size_t z = 0; z < m->input.n_area; z++) {
        draw_area(&r, o, m, z);
        if (z > 0) {
            draw_border(&r, o, m, z);
        }
    }
    for (size_t t = 0; t < MADE_HOURS; t++) {
        draw_hour(&r, o, m, t);
    }
    m->input.axis = (sn_axis){{1546297200}, 3600, MADE_HOURS};
    m->input.area = m->area;
    m->input.border = m->border;
    m->input.price_eur_per_mwh = m->price;
    m->input.load_mw = m->load;
    m->input.generation_mw[SN_TECH_HYDRO] = o->has_hydro ? m->hydro : NULL;
    m->input.generation_mw[SN_TECH_WIND] = o->has_wind ? m->wind : NULL;
    m->input.flow_mw = m->flow;
    m->input.price_min_eur_per_mwh = -500.0;
    m->input.price_max_eur_per_mwh = 3000.0;
    sn_replay_settings_default(&m->settings);
    m->settings.balance = SN_BALANCE_HELD;
    m->zonal = (sn_configuration){.name = "se4", .price_area = m->zonal_label};
    m->single = (sn_configuration){.name = "se1", .price_area = m->single_label};
}
