/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows (M-24).  In each included period, with market price p, price after
 * redispatch r, and quantities in MW:
 *
 *   consumers          -P D, P what they pay: p but with one consumer price (M-23)
 *   fixed producers    +p G                wind also       +r dW - C(dW)
 *   hydro              +p H + r dH         (water has no fuel cost)
 *   flexible other     +p O + r dO - C(O + dO),  C the area below its curve
 *   flexible demand    +P R + r dR - C(R + dR), large loads too
 *   fixed exchange     +p X,  X = n - H - O - G + D in the base
 *   water unbalanced   -w (energy of H + dH), w the area's water value
 *   congestion income  f (p_to - p_from); redispatch -r (dH + dO + dW + dR)
 *   neighbours         p n - C(n)
 *
 * The sum of changes equals minus the change of system cost, because sum p n over
 * areas is minus the congestion income in every balanced solution.  The total
 * (M-25) is computed from other stored quantities: the curve's quadratic cost from
 * O and the slope instead of the rows' trapezoid in prices.
 */
#include "ledger.h"

#include "base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BASE = 0, CHANGED = 1 };

typedef struct sn_ledger_case {
    const sn_replay_input *input;
    const sn_replay_settings *settings;
    const sn_replay_result *result[2];
    const bool *operator_area;
    double step_h;
    double *sum_eur;         /* [n_area][SN_GROUP_COUNT] */
    double *week_eur;        /* the same for the week of the period at hand */
    double *week_income_eur; /* [n_border] of that week */
    bool *is_counted;        /* [n] both results hold a price for every modelled area */
    double *slope;           /* [n_area] of the other response; a scan of the year each */
    double *demand_slope;
} sn_ledger_case;

const char *sn_ledger_group_name(sn_ledger_group group)
{
    static const char *const names[SN_GROUP_COUNT] = {
        [SN_GROUP_CONSUMERS] = "consumers",
        [SN_GROUP_CONSUMERS_INDUSTRY] = "consumers_industry",
        [SN_GROUP_HYDRO] = "hydro",
        [SN_GROUP_WIND] = "wind",
        [SN_GROUP_SOLAR] = "solar",
        [SN_GROUP_NUCLEAR] = "nuclear",
        [SN_GROUP_THERMAL] = "thermal",
        [SN_GROUP_FLEXIBLE_OTHER] = "flexible_other",
        [SN_GROUP_FLEXIBLE_DEMAND] = "flexible_demand",
        [SN_GROUP_EXCHANGE_FIXED] = "exchange_fixed",
        [SN_GROUP_WATER_UNBALANCED] = "water_unbalanced",
        [SN_GROUP_CONGESTION_INTERNAL] = "congestion_income_internal",
        [SN_GROUP_CONGESTION_BORDER] = "congestion_income_border",
        [SN_GROUP_REDISPATCH] = "redispatch",
        [SN_GROUP_SHORTFALL] = "shortfall",
        [SN_GROUP_TARIFF_CONSUMERS] = "tariff_consumers",
        [SN_GROUP_TARIFF_OPERATOR] = "tariff_operator",
        [SN_GROUP_NEIGHBOUR] = "neighbour",
    };
    return group < SN_GROUP_COUNT ? names[group] : "(unknown)";
}

static const sn_ledger_group group_of_technology[SN_TECH_COUNT] = {
    [SN_TECH_HYDRO] = SN_GROUP_HYDRO,     [SN_TECH_WIND] = SN_GROUP_WIND,
    [SN_TECH_SOLAR] = SN_GROUP_SOLAR,     [SN_TECH_NUCLEAR] = SN_GROUP_NUCLEAR,
    [SN_TECH_THERMAL] = SN_GROUP_THERMAL,
};

/* What is not known is 0 here, and so part of the fixed exchange. */
static double known(const double *values, size_t at)
{
    return values == NULL || isnan(values[at]) ? 0.0 : values[at];
}

static double load_mw(const sn_ledger_case *c, size_t t, size_t z)
{
    return known(c->input->load_mw, t * c->input->n_area + z) +
           c->settings->extra_load_mw[z];
}

static double fixed_generation_mw(const sn_ledger_case *c, size_t t, size_t z)
{
    double sum = 0.0;
    for (size_t k = 0; k < SN_TECH_COUNT; k++) {
        if (k != SN_TECH_HYDRO) {
            sum += known(c->input->generation_mw[k], t * c->input->n_area + z);
        }
    }
    return sum;
}

static bool is_modelled(const sn_ledger_case *c, size_t z)
{
    return c->input->area[z].kind == SN_AREA_MODELLED;
}

size_t sn_week_periods(const sn_axis *axis)
{
    return (size_t)(SN_WEEK_S / axis->step_s);
}

size_t sn_week_count(const sn_axis *axis)
{
    size_t n = axis->n / sn_week_periods(axis);
    return n > 0 ? n : 1;
}

static bool has_prices(const sn_ledger_case *c, size_t t)
{
    for (size_t z = 0; z < c->input->n_area; z++) {
        size_t at = t * c->input->n_area + z;
        if (is_modelled(c, z) && (isnan(c->result[BASE]->price_eur_per_mwh[at]) ||
                                  isnan(c->result[CHANGED]->price_eur_per_mwh[at]))) {
            return false;
        }
    }
    return true;
}

static void
add(const sn_ledger_case *c, size_t z, sn_ledger_group group, double eur_per_h)
{
    c->sum_eur[z * SN_GROUP_COUNT + group] += eur_per_h * c->step_h;
    c->week_eur[z * SN_GROUP_COUNT + group] += eur_per_h * c->step_h;
}

static double paid_price(const sn_replay_result *r, size_t at)
{
    const double *paid = r->consumer_price_eur_per_mwh;
    return paid == NULL || isnan(paid[at]) ? r->price_eur_per_mwh[at] : paid[at];
}

/* Surplus of a response along a line through (observed price, 0) and (price, response),
 * then moved on to the price after redispatch: by trapezoid. */
static double
surplus_of(double observed, double price, double response, double after, double moved)
{
    double surplus = response * price - response * 0.5 * (observed + price);
    return moved == 0.0 ? surplus
                        : surplus + moved * after - moved * 0.5 * (price + after);
}

/* Everything but hydro, wind and demand. */
static double other_surplus(const sn_ledger_case *c, const sn_replay_result *r, size_t at)
{
    double response = known(r->other_response_mw, at) - known(r->demand_response_mw, at);
    double moved = known(r->redispatch_other_mw, at) - known(r->redispatch_wind_mw, at) -
                   known(r->redispatch_load_mw, at) -
                   known(r->redispatch_large_load_mw, at);
    return surplus_of(c->input->price_eur_per_mwh[at], r->price_eur_per_mwh[at], response,
                      known(r->redispatch_price_eur_per_mwh, at), moved);
}

/* What a band of power is paid less what it costs, moved from one end of the band. */
static double
band_surplus(double start_price, double moved_mw, double power_mw, double after)
{
    if (moved_mw == 0.0 || !(power_mw > 0.0)) {
        return 0.0;
    }
    double end_price = start_price + SN_BAND_EUR_PER_MWH * moved_mw / power_mw;
    return moved_mw * after - moved_mw * 0.5 * (start_price + end_price);
}

static double
demand_surplus(const sn_ledger_case *c, const sn_replay_result *r, size_t at, size_t z)
{
    double after = known(r->redispatch_price_eur_per_mwh, at);
    double strike =
        fmax(c->input->area[z].large_load_eur_per_mwh, r->price_eur_per_mwh[at]);
    return surplus_of(c->input->price_eur_per_mwh[at], paid_price(r, at),
                      known(r->demand_response_mw, at), after,
                      known(r->redispatch_load_mw, at)) +
           band_surplus(strike, known(r->redispatch_large_load_mw, at),
                        c->input->area[z].large_load_mw, after);
}

static double
wind_regulated(const sn_ledger_case *c, const sn_replay_result *r, size_t at)
{
    return band_surplus(fmin(0.0, r->price_eur_per_mwh[at]),
                        known(r->redispatch_wind_mw, at),
                        known(c->input->generation_mw[SN_TECH_WIND], at),
                        known(r->redispatch_price_eur_per_mwh, at));
}

static double hydro_revenue(const sn_replay_result *r, size_t at)
{
    double moved = known(r->redispatch_hydro_mw, at);
    double paid = moved == 0.0 ? 0.0 : moved * r->redispatch_price_eur_per_mwh[at];
    return known(r->hydro_mw, at) * r->price_eur_per_mwh[at] + paid;
}

static double regulation_bill(const sn_replay_result *r, size_t at)
{
    double moved = known(r->redispatch_hydro_mw, at) + known(r->redispatch_other_mw, at);
    return moved == 0.0 ? 0.0 : moved * r->redispatch_price_eur_per_mwh[at];
}

static void add_regulation(const sn_ledger_case *c, size_t t, size_t z)
{
    size_t at = t * c->input->n_area + z;
    add(c, z, SN_GROUP_REDISPATCH,
        -(regulation_bill(c->result[CHANGED], at) -
          regulation_bill(c->result[BASE], at)));
}

static void
add_modelled_area(const sn_ledger_case *c, size_t t, size_t z, double water_value)
{
    const sn_replay_result *base = c->result[BASE];
    const sn_replay_result *changed = c->result[CHANGED];
    size_t at = t * c->input->n_area + z;
    double rise = changed->price_eur_per_mwh[at] - base->price_eur_per_mwh[at];
    double paid_rise = paid_price(changed, at) - paid_price(base, at);
    double industry = known(c->input->load_industry_mw, at);
    add(c, z, SN_GROUP_CONSUMERS, -(load_mw(c, t, z) - industry) * paid_rise);
    add(c, z, SN_GROUP_CONSUMERS_INDUSTRY, -industry * paid_rise);
    add(c, z, SN_GROUP_WIND,
        wind_regulated(c, changed, at) - wind_regulated(c, base, at));
    add(c, z, SN_GROUP_FLEXIBLE_DEMAND,
        demand_surplus(c, changed, at, z) - demand_surplus(c, base, at, z));
    for (size_t k = 0; k < SN_TECH_COUNT; k++) {
        if (k != SN_TECH_HYDRO) {
            add(c, z, group_of_technology[k],
                known(c->input->generation_mw[k], at) * rise);
        }
    }
    add(c, z, SN_GROUP_HYDRO, hydro_revenue(changed, at) - hydro_revenue(base, at));
    add(c, z, SN_GROUP_FLEXIBLE_OTHER,
        other_surplus(c, changed, at) - other_surplus(c, base, at));
    double exchange = base->net_position_mw[at] - known(base->hydro_mw, at) -
                      known(base->other_response_mw, at) - fixed_generation_mw(c, t, z) +
                      load_mw(c, t, z);
    add(c, z, SN_GROUP_EXCHANGE_FIXED, exchange * rise);
    double water = known(changed->hydro_mw, at) +
                   known(changed->redispatch_hydro_mw, at) - known(base->hydro_mw, at) -
                   known(base->redispatch_hydro_mw, at);
    add(c, z, SN_GROUP_WATER_UNBALANCED, -water_value * water);
    add_regulation(c, t, z);
    double shortfall = known(changed->shortfall_mw, at) - known(base->shortfall_mw, at);
    add(c, z, SN_GROUP_SHORTFALL, -c->settings->redispatch_voll_eur_per_mwh * shortfall);
}

/* A price taker's surplus: what it is paid less the area below its linear curve. */
static void add_price_taker(const sn_ledger_case *c, size_t t, size_t z)
{
    size_t at = t * c->input->n_area + z;
    double p0 = c->result[BASE]->price_eur_per_mwh[at];
    double p1 = c->result[CHANGED]->price_eur_per_mwh[at];
    if (isnan(p0) || isnan(p1)) {
        return;
    }
    double n0 = c->result[BASE]->net_position_mw[at];
    double n1 = c->result[CHANGED]->net_position_mw[at];
    add(c, z, SN_GROUP_NEIGHBOUR, p1 * n1 - p0 * n0 - (n1 - n0) * 0.5 * (p0 + p1));
}

/* An edge that keeps its flows: always, or while its price is missing. */
static bool keeps_flow(const sn_ledger_case *c, size_t t, size_t z)
{
    sn_area_kind kind = c->input->area[z].kind;
    return kind == SN_AREA_FIXED_FLOW ||
           (kind == SN_AREA_PRICE_TAKER &&
            isnan(c->input->price_eur_per_mwh[t * c->input->n_area + z]));
}

/* Price at one end of a border; an edge without a price of its own pays the price of
 * the area it trades with. */
static double
end_price(const sn_ledger_case *c, int which, size_t t, size_t end, size_t other)
{
    size_t n = c->input->n_area;
    size_t z = keeps_flow(c, t, end) ? other : end;
    return c->result[which]->price_eur_per_mwh[t * n + z];
}

static double congestion_income(const sn_ledger_case *c, int which, size_t t, size_t l)
{
    const sn_border *link = &c->input->border[l].link;
    double flow = c->result[which]->flow_mw[t * c->input->n_border + l];
    if (isnan(flow)) {
        return 0.0;
    }
    double p_to = end_price(c, which, t, link->to, link->from);
    double p_from = end_price(c, which, t, link->from, link->to);
    double income =
        flow * (p_to - p_from) -
        sn_border_loss_value(flow, c->input->border[l].loss_share, p_from, p_to);
    return isnan(income) ? 0.0 : income;
}

static bool same_country(const sn_replay_area *a, const sn_replay_area *b)
{
    return strncmp(a->code, b->code, 2) == 0;
}

static void add_congestion(const sn_ledger_case *c, size_t t, size_t l, sn_ledger *ledger)
{
    const sn_border *link = &c->input->border[l].link;
    const sn_replay_area *from = &c->input->area[link->from];
    const sn_replay_area *to = &c->input->area[link->to];
    double base = congestion_income(c, BASE, t, l);
    double changed = congestion_income(c, CHANGED, t, l);
    ledger->congestion_income_base_eur[l] += base * c->step_h;
    ledger->congestion_income_eur[l] += changed * c->step_h;
    c->week_income_eur[l] += changed * c->step_h;
    if (same_country(from, to)) {
        add(c, link->from, SN_GROUP_CONGESTION_INTERNAL, changed - base);
    } else {
        add(c, link->from, SN_GROUP_CONGESTION_BORDER, 0.5 * (changed - base));
        add(c, link->to, SN_GROUP_CONGESTION_BORDER, 0.5 * (changed - base));
    }
}

/* An edge with fixed flow pays the other end's price for what it takes. */
static void add_fixed_flow(const sn_ledger_case *c, size_t t, size_t l)
{
    const sn_border *link = &c->input->border[l].link;
    for (int end = 0; end < 2; end++) {
        size_t edge = end == 0 ? link->from : link->to;
        size_t other = end == 0 ? link->to : link->from;
        double flow = c->result[BASE]->flow_mw[t * c->input->n_border + l];
        if (keeps_flow(c, t, edge) && !isnan(flow)) {
            double loss = c->input->border[l].loss_share;
            double export_mw =
                end == 0 ? sn_border_out_mw(flow, loss) : -sn_border_in_mw(flow, loss);
            add(c, edge, SN_GROUP_NEIGHBOUR,
                export_mw * (end_price(c, CHANGED, t, other, edge) -
                             end_price(c, BASE, t, other, edge)));
        }
    }
}

/* Hydro-weighted mean of the base price: what water was worth (M-24). */
static double water_value(const sn_ledger_case *c, size_t z)
{
    double paid = 0.0;
    double energy = 0.0;
    double price = 0.0;
    size_t n = 0;
    for (size_t t = 0; t < c->input->axis.n; t++) {
        size_t at = t * c->input->n_area + z;
        double p = c->result[BASE]->price_eur_per_mwh[at];
        if (c->is_counted[t]) {
            paid += p * known(c->result[BASE]->hydro_mw, at);
            energy += known(c->result[BASE]->hydro_mw, at);
            price += p;
            n++;
        }
    }
    if (energy > 0.0) {
        return paid / energy;
    }
    return n > 0 ? price / (double)n : 0.0;
}

/* M-22: the operator's bill and lost income, spread over the load of its areas. */
static void add_tariff(const sn_ledger_case *c, sn_ledger *ledger)
{
    double cost_eur = 0.0;
    double load_mwh = 0.0;
    for (size_t z = 0; z < c->input->n_area; z++) {
        if (!c->operator_area[z]) {
            continue;
        }
        double *row = &c->sum_eur[z * SN_GROUP_COUNT];
        double relief = -(row[SN_GROUP_REDISPATCH] + row[SN_GROUP_CONGESTION_INTERNAL] +
                          row[SN_GROUP_CONGESTION_BORDER]);
        row[SN_GROUP_TARIFF_OPERATOR] = relief;
        cost_eur += relief;
        for (size_t t = 0; t < c->input->axis.n; t++) {
            load_mwh += c->is_counted[t] ? load_mw(c, t, z) * c->step_h : 0.0;
        }
    }
    ledger->tariff_eur_per_mwh = load_mwh > 0.0 ? cost_eur / load_mwh : 0.0;
    for (size_t z = 0; z < c->input->n_area; z++) {
        if (!c->operator_area[z]) {
            continue;
        }
        double used_mwh = 0.0;
        for (size_t t = 0; t < c->input->axis.n; t++) {
            used_mwh += c->is_counted[t] ? load_mw(c, t, z) * c->step_h : 0.0;
        }
        double *row = &c->sum_eur[z * SN_GROUP_COUNT];
        row[SN_GROUP_TARIFF_CONSUMERS] = -ledger->tariff_eur_per_mwh * used_mwh;
        if (load_mwh <= 0.0) {
            row[SN_GROUP_TARIFF_OPERATOR] = 0.0; /* nobody to spread it over */
        }
    }
}

/* Area below a line through (p, 0), from its quantity and slope. */
static double line_cost(double p, double quantity, double slope)
{
    return slope > 0.0 ? p * quantity + 0.5 * quantity * quantity / slope : 0.0;
}

static double or_zero(const double *values, size_t at)
{
    return values != NULL && isfinite(values[at]) ? values[at] : 0.0;
}

/* M-25, from other stored numbers than the rows: what it costs to serve the same
 * fixed load in one modelled area. */
static double area_cost_eur_per_h(const sn_ledger_case *c,
                                  const sn_replay_result *r,
                                  double water_value,
                                  size_t at,
                                  size_t z)
{
    double observed = c->input->price_eur_per_mwh[at];
    double market = r->price_eur_per_mwh[at];
    double wind = or_zero(r->redispatch_wind_mw, at);
    double large = or_zero(r->redispatch_large_load_mw, at);
    double load = or_zero(r->demand_response_mw, at) + or_zero(r->redispatch_load_mw, at);
    double other = or_zero(r->other_response_mw, at) +
                   or_zero(r->redispatch_other_mw, at) - wind - large - load;
    double cost = line_cost(observed, other, c->slope[z] - c->demand_slope[z]) +
                  line_cost(observed, load, c->demand_slope[z]);
    if (wind != 0.0) {
        double power = or_zero(c->input->generation_mw[SN_TECH_WIND], at);
        cost += line_cost(fmin(0.0, market), wind, power / SN_BAND_EUR_PER_MWH);
    }
    if (large != 0.0) {
        cost += line_cost(fmax(c->input->area[z].large_load_eur_per_mwh, market), large,
                          c->input->area[z].large_load_mw / SN_BAND_EUR_PER_MWH);
    }
    cost +=
        water_value * (or_zero(r->hydro_mw, at) + or_zero(r->redispatch_hydro_mw, at));
    return cost + c->settings->redispatch_voll_eur_per_mwh * or_zero(r->shortfall_mw, at);
}

/* A price taker's step, or line through its observed price and net position. */
static double taker_cost_eur_per_h(const sn_ledger_case *c,
                                   const sn_replay_result *r,
                                   size_t t,
                                   size_t z)
{
    size_t at = t * c->input->n_area + z;
    double price = r->price_eur_per_mwh[at];
    double net = r->net_position_mw[at];
    if (isnan(price) || isnan(net)) {
        return 0.0;
    }
    if (!(c->slope[z] > 0.0)) {
        return price * net;
    }
    double observed_mw =
        sn_replay_net_observed_mw(c->input, t, z) - c->settings->extra_load_mw[z];
    double observed =
        c->input->price_eur_per_mwh[at] * (1.0 + c->input->area[z].price_change_share);
    return line_cost(observed, net - observed_mw, c->slope[z]);
}

static double system_cost_eur_per_h(const sn_ledger_case *c,
                                    const sn_replay_result *r,
                                    const double *water_values,
                                    size_t t)
{
    double cost = 0.0;
    for (size_t z = 0; z < c->input->n_area; z++) {
        size_t at = t * c->input->n_area + z;
        if (c->input->area[z].kind == SN_AREA_MODELLED) {
            cost += area_cost_eur_per_h(c, r, water_values[z], at, z);
        } else if (c->input->area[z].kind == SN_AREA_PRICE_TAKER) {
            cost += taker_cost_eur_per_h(c, r, t, z);
        }
    }
    return cost;
}

static size_t go_to_week(sn_ledger_case *c, size_t t, const sn_ledger *ledger)
{
    size_t week = t / sn_week_periods(&c->input->axis);
    week = week < ledger->n_week ? week : ledger->n_week - 1;
    c->week_eur = ledger->weekly_eur + week * c->input->n_area * SN_GROUP_COUNT;
    c->week_income_eur = ledger->weekly_income_eur + week * c->input->n_border;
    return week;
}

static void sum_periods(sn_ledger_case *c, const double *water_values, sn_ledger *ledger)
{
    for (size_t t = 0; t < c->input->axis.n; t++) {
        if (!c->is_counted[t]) {
            continue;
        }
        size_t week = go_to_week(c, t, ledger);
        for (size_t z = 0; z < c->input->n_area; z++) {
            size_t at = t * c->input->n_area + z;
            ledger->weekly_load_mwh[week * c->input->n_area + z] +=
                load_mw(c, t, z) * c->step_h;
            if (is_modelled(c, z)) {
                add_modelled_area(c, t, z, water_values[z]);
                ledger->turnover_eur += fabs(c->result[BASE]->price_eur_per_mwh[at]) *
                                        load_mw(c, t, z) * c->step_h;
            } else if (c->input->area[z].kind == SN_AREA_PRICE_TAKER) {
                add_price_taker(c, t, z);
            }
        }
        for (size_t l = 0; l < c->input->n_border; l++) {
            add_congestion(c, t, l, ledger);
            add_fixed_flow(c, t, l);
        }
        ledger->system_cost_change_eur +=
            c->step_h * (system_cost_eur_per_h(c, c->result[CHANGED], water_values, t) -
                         system_cost_eur_per_h(c, c->result[BASE], water_values, t));
    }
}

/* Only the rows of the operator's areas that its tariff is made of. */
static void sum_operator(sn_ledger_case *c, sn_ledger *ledger)
{
    for (size_t t = 0; t < c->input->axis.n; t++) {
        if (!c->is_counted[t]) {
            continue;
        }
        (void)go_to_week(c, t, ledger);
        for (size_t z = 0; z < c->input->n_area; z++) {
            if (c->operator_area[z] && is_modelled(c, z)) {
                add_regulation(c, t, z);
            }
        }
        for (size_t l = 0; l < c->input->n_border; l++) {
            const sn_border *link = &c->input->border[l].link;
            if (c->operator_area[link->from] || c->operator_area[link->to]) {
                add_congestion(c, t, l, ledger);
            }
        }
    }
}

/* Rows that exist: those that are not exactly 0, in order of area and group. */
static sn_status collect_rows(const sn_ledger_case *c, sn_ledger *ledger, sn_error *err)
{
    size_t n = c->input->n_area * SN_GROUP_COUNT;
    ledger->row = calloc(n, sizeof *ledger->row);
    if (ledger->row == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu ledger rows", n);
    }
    for (size_t i = 0; i < n; i++) {
        if (c->sum_eur[i] != 0.0) {
            ledger->row[ledger->n_row++] = (sn_ledger_row){
                i / SN_GROUP_COUNT, (sn_ledger_group)(i % SN_GROUP_COUNT), c->sum_eur[i]};
            ledger->total_eur += c->sum_eur[i];
        }
    }
    ledger->residual_share =
        sn_ledger_residual_eur(ledger) / fmax(1.0, ledger->turnover_eur);
    return SN_OK;
}

double sn_ledger_residual_eur(const sn_ledger *ledger)
{
    double sum = 0.0;
    for (size_t i = 0; i < ledger->n_row; i++) {
        sum += ledger->row[i].change_eur;
    }
    return fabs(sum + ledger->system_cost_change_eur);
}

static bool make_sums(const sn_replay_input *input, sn_ledger *out)
{
    out->n_week = sn_week_count(&input->axis);
    out->congestion_income_base_eur = calloc(input->n_border + 1, sizeof(double));
    out->congestion_income_eur = calloc(input->n_border + 1, sizeof(double));
    out->weekly_eur =
        calloc(out->n_week * input->n_area * SN_GROUP_COUNT, sizeof *out->weekly_eur);
    out->weekly_income_eur = calloc(out->n_week * (input->n_border + 1), sizeof(double));
    out->weekly_load_mwh = calloc(out->n_week * input->n_area, sizeof(double));
    out->water_value_eur_per_mwh = calloc(input->n_area + 1, sizeof(double));
    return out->water_value_eur_per_mwh != NULL &&
           out->congestion_income_base_eur != NULL &&
           out->congestion_income_eur != NULL && out->weekly_eur != NULL &&
           out->weekly_income_eur != NULL && out->weekly_load_mwh != NULL;
}

static void sum_all(sn_ledger_case *c, sn_ledger *out)
{
    for (size_t z = 0; z < c->input->n_area; z++) {
        out->water_value_eur_per_mwh[z] = is_modelled(c, z) ? water_value(c, z) : 0.0;
        c->slope[z] = sn_replay_other_slope_mw_per_eur(c->input, c->settings, z);
        c->demand_slope[z] = sn_replay_demand_slope_mw_per_eur(c->input, c->settings, z);
    }
    sum_periods(c, out->water_value_eur_per_mwh, out);
}

/* c as it is but for its arrays.  is_whole: every row, not only the tariff. */
static sn_status compute(sn_ledger_case c, bool is_whole, sn_ledger *out, sn_error *err)
{
    size_t n_area = c.input->n_area;
    size_t n = c.input->axis.n;
    *out = (sn_ledger){0};
    if (c.result[BASE]->n != n || c.result[CHANGED]->n != n) {
        return sn_error_set(err, SN_E_FORMAT,
                            "results to compare cover %zu and %zu of %zu periods",
                            c.result[BASE]->n, c.result[CHANGED]->n, n);
    }
    sn_status status = SN_OK;
    c.step_h = c.input->axis.step_s / SN_SECONDS_PER_HOUR;
    c.sum_eur = calloc(n_area * SN_GROUP_COUNT, sizeof *c.sum_eur);
    c.slope = calloc(n_area, sizeof *c.slope);
    c.demand_slope = calloc(n_area, sizeof *c.demand_slope);
    c.is_counted = calloc(n + 1, sizeof *c.is_counted);
    if (c.sum_eur == NULL || c.slope == NULL || c.demand_slope == NULL ||
        c.is_counted == NULL || !make_sums(c.input, out)) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for the ledger");
        goto done;
    }
    for (size_t t = 0; t < n; t++) {
        c.is_counted[t] = has_prices(&c, t);
    }
    if (is_whole) {
        sum_all(&c, out);
    } else {
        sum_operator(&c, out);
    }
    add_tariff(&c, out);
    status = is_whole ? collect_rows(&c, out, err) : SN_OK;
done:
    free(c.sum_eur);
    free(c.slope);
    free(c.demand_slope);
    free(c.is_counted);
    if (status != SN_OK) {
        sn_ledger_release(out);
    }
    return status;
}

sn_status sn_ledger_compute(const sn_replay_input *input,
                            const sn_replay_settings *settings,
                            const sn_replay_result *base,
                            const sn_replay_result *changed,
                            const bool *operator_area,
                            sn_ledger *out,
                            sn_error *err)
{
    sn_ledger_case c = {.input = input,
                        .settings = settings,
                        .result = {base, changed},
                        .operator_area = operator_area};
    return compute(c, true, out, err);
}

sn_status sn_ledger_tariff(const sn_replay_input *input,
                           const sn_replay_settings *settings,
                           const sn_replay_result *base,
                           const sn_replay_result *changed,
                           const bool *operator_area,
                           double *eur_per_mwh_out,
                           sn_error *err)
{
    sn_ledger ledger;
    sn_ledger_case c = {.input = input,
                        .settings = settings,
                        .result = {base, changed},
                        .operator_area = operator_area};
    sn_status status = compute(c, false, &ledger, err);
    *eur_per_mwh_out = ledger.tariff_eur_per_mwh;
    sn_ledger_release(&ledger);
    return status;
}

void sn_ledger_release(sn_ledger *ledger)
{
    free(ledger->row);
    free(ledger->congestion_income_base_eur);
    free(ledger->congestion_income_eur);
    free(ledger->weekly_eur);
    free(ledger->weekly_income_eur);
    free(ledger->weekly_load_mwh);
    free(ledger->water_value_eur_per_mwh);
    *ledger = (sn_ledger){0};
}
