/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of a run: what the market was and became (prices, cuts, statistics). */
#include "run_internal.h"

#include <math.h>
#include <stdio.h>

static const double exact_eur_per_mwh = 0.01;
const char *const sn_run_swedish_area[4] = {"SE1", "SE2", "SE3", "SE4"};

double sn_run_mean_price(const sn_run_case *c,
                         const double *price,
                         size_t z,
                         const double *weight)
{
    size_t n_area = c->scenario->n_area;
    double sum = 0.0;
    double all = 0.0;
    for (size_t t = 0; t < c->data.input.axis.n; t++) {
        double w = weight == NULL ? 1.0 : weight[t * n_area + z];
        double p = price[t * n_area + z];
        if (!isnan(p) && !isnan(w)) {
            sum += w * p;
            all += w;
        }
    }
    return all > 0.0 ? sum / all : NAN;
}

double sn_run_sweden_price(const sn_run_case *c, const double *price)
{
    double sum = 0.0;
    double all = 0.0;
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        for (size_t t = 0; c->operator_area[z] && t < c->data.input.axis.n; t++) {
            size_t at = t * c->scenario->n_area + z;
            if (!isnan(price[at]) && !isnan(c->data.load[at])) {
                sum += price[at] * c->data.load[at];
                all += c->data.load[at];
            }
        }
    }
    return all > 0.0 ? sum / all : NAN;
}

double sn_run_naive_price(const sn_run_case *c)
{
    double sum = 0.0;
    double n = 0.0;
    for (size_t t = 0; t < c->data.input.axis.n; t++) {
        double paid = 0.0;
        double load = 0.0;
        for (size_t z = 0; z < c->scenario->n_area; z++) {
            size_t at = t * c->scenario->n_area + z;
            if (c->operator_area[z]) {
                paid += c->data.price[at] * c->data.load[at];
                load += c->data.load[at];
            }
        }
        if (load > 0.0 && !isnan(paid)) {
            sum += paid / load;
            n += 1.0;
        }
    }
    return n > 0.0 ? sum / n : NAN;
}

json_t *sn_run_price_json(const sn_run_case *c, const double *price)
{
    json_t *mean = json_object();
    json_t *weighted = json_object();
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        const char *code = c->scenario->area[z]->code;
        sn_run_set(mean, code, sn_run_number(sn_run_mean_price(c, price, z, NULL)));
        if (!c->scenario->is_edge[z]) {
            sn_run_set(weighted, code,
                       sn_run_number(sn_run_mean_price(c, price, z, c->data.load)));
        }
    }
    json_t *out = json_object();
    sn_run_set(out, "price_mean_eur_per_mwh", mean);
    sn_run_set(out, "price_load_weighted_eur_per_mwh", weighted);
    sn_run_set(out, "price_load_weighted_sweden",
               sn_run_number(sn_run_sweden_price(c, price)));
    return out;
}

json_t *sn_run_replay_json(const sn_run_case *c)
{
    const sn_replay_input *in = &c->data.input;
    size_t due = 0;
    size_t compared = 0;
    size_t exact = 0;
    size_t excluded[SN_EXCLUSION_COUNT + 1] = {0};
    double price_error = 0.0;
    double net_error = 0.0;
    for (size_t t = 0; t < in->axis.n; t++) {
        for (size_t z = 0; z < in->n_area; z++) {
            if (c->scenario->is_edge[z]) {
                continue;
            }
            size_t at = t * in->n_area + z;
            due++;
            if (c->base.exclusion[t] != SN_INCLUDED) {
                excluded[c->base.exclusion[t]]++;
            } else if (isnan(c->base.price_eur_per_mwh[at])) {
                excluded[SN_EXCLUSION_COUNT]++;
            } else {
                double off =
                    fabs(c->base.price_eur_per_mwh[at] - in->price_eur_per_mwh[at]);
                double net = 0.0;
                for (size_t l = 0; l < in->n_border; l++) {
                    bool has_flow = in->border[l].has_flow && t >= in->border[l].first;
                    double f = has_flow ? in->flow_mw[t * in->n_border + l] : 0.0;
                    net += in->border[l].link.from == z ? f : 0.0;
                    net -= in->border[l].link.to == z ? f : 0.0;
                }
                compared++;
                exact += off <= exact_eur_per_mwh ? 1 : 0;
                price_error = fmax(price_error, off);
                net_error = fmax(net_error, fabs(c->base.net_position_mw[at] - net));
            }
        }
    }
    json_t *causes = json_object();
    sn_run_set(causes, "price", sn_run_hours(c, excluded[SN_EXCLUDED_PRICE]));
    sn_run_set(causes, "flow", sn_run_hours(c, excluded[SN_EXCLUDED_FLOW]));
    sn_run_set(causes, "infeasible", sn_run_hours(c, excluded[SN_EXCLUSION_COUNT]));
    json_t *out = json_object();
    sn_run_set(out, "price_error_max_eur_per_mwh", sn_run_number(price_error));
    sn_run_set(out, "net_position_error_max_mw", sn_run_number(net_error));
    sn_run_set(out, "share_exact",
               sn_run_number(compared > 0 ? (double)exact / (double)compared : NAN));
    sn_run_set(out, "area_hours_due", sn_run_hours(c, due));
    sn_run_set(out, "area_hours_compared", sn_run_hours(c, compared));
    sn_run_set(out, "excluded_by_cause", causes);
    sn_run_set(out, "adverse_border_hours_share",
               sn_run_number((double)c->base.border_hours_adverse /
                             fmax(1.0, (double)c->base.border_hours_total)));
    return out;
}

json_t *sn_run_cuts_json(const sn_run_case *c)
{
    static const double tolerance[3] = {0.01, 1.0, 10.0};
    static const char *const names[3] = {"tolerance_0.01", "tolerance_1", "tolerance_10"};
    json_t *out = json_object();
    for (size_t k = 0; k + 1 < 4; k++) {
        size_t a = sn_scenario_area_index(c->scenario, sn_run_swedish_area[k]);
        size_t b = sn_scenario_area_index(c->scenario, sn_run_swedish_area[k + 1]);
        if (a == SIZE_MAX || b == SIZE_MAX) {
            continue;
        }
        char name[SN_BORDER_NAME_SIZE];
        (void)snprintf(name, sizeof name, "%s-%s", sn_run_swedish_area[k],
                       sn_run_swedish_area[k + 1]);
        json_t *cut = json_object();
        for (size_t i = 0; i < 3; i++) {
            double over = 0.0;
            double sum = 0.0;
            double n = 0.0;
            for (size_t t = 0; t < c->data.input.axis.n; t++) {
                double d = c->data.price[t * c->scenario->n_area + b] -
                           c->data.price[t * c->scenario->n_area + a];
                if (!isnan(d)) {
                    over += fabs(d) > tolerance[i] ? 1.0 : 0.0;
                    sum += d;
                    n += 1.0;
                }
            }
            json_t *level = json_object();
            sn_run_set(level, "hours_with_difference_share", sn_run_number(over / n));
            sn_run_set(level, "mean_difference_eur_per_mwh", sn_run_number(sum / n));
            sn_run_set(cut, names[i], level);
        }
        sn_run_set(out, name, cut);
    }
    return out;
}

json_t *sn_run_statistics_json(const sn_run_case *c)
{
    json_t *out = json_object();
    for (size_t z = 0; z < c->scenario->n_area; z++) {
        double n = 0.0, sum = 0.0, squares = 0.0, negative = 0.0, above = 0.0;
        double low = INFINITY, high = -INFINITY;
        for (size_t t = 0; t < c->data.input.axis.n; t++) {
            double p = c->data.price[t * c->scenario->n_area + z];
            if (isnan(p)) {
                continue;
            }
            n += 1.0;
            sum += p;
            squares += p * p;
            negative += p < 0.0 ? 1.0 : 0.0;
            above += p > 100.0 ? 1.0 : 0.0;
            low = fmin(low, p);
            high = fmax(high, p);
        }
        json_t *s = json_object();
        sn_run_set(s, "hours_negative", sn_run_hours(c, (size_t)negative));
        sn_run_set(s, "hours_above_100", sn_run_hours(c, (size_t)above));
        sn_run_set(s, "volatility_eur_per_mwh",
                   sn_run_number(sqrt(fmax(0.0, squares / n - sum / n * sum / n))));
        sn_run_set(s, "price_min", sn_run_number(low));
        sn_run_set(s, "price_max", sn_run_number(high));
        sn_run_set(s, "capture_price_wind_eur_per_mwh",
                   sn_run_number(sn_run_mean_price(c, c->data.price, z,
                                                   c->data.generation[SN_TECH_WIND])));
        sn_run_set(s, "capture_price_hydro_eur_per_mwh",
                   sn_run_number(sn_run_mean_price(c, c->data.price, z,
                                                   c->data.generation[SN_TECH_HYDRO])));
        sn_run_set(out, c->scenario->area[z]->code, s);
    }
    return out;
}

/* M-38: where the single price lies outside what the areas had, say why it can. */
json_t *sn_run_outside_json(const sn_run_case *c)
{
    double low = INFINITY;
    double high = -INFINITY;
    double value = NAN;
    for (size_t k = 0; k < 4; k++) {
        size_t z = sn_scenario_area_index(c->scenario, sn_run_swedish_area[k]);
        if (z != SIZE_MAX) {
            double p = sn_run_mean_price(c, c->data.price, z, NULL);
            low = fmin(low, p);
            high = fmax(high, p);
            value = sn_run_mean_price(c, c->changed[1].price_eur_per_mwh, z, NULL);
        }
    }
    bool is = value < low || value > high;
    json_t *channels = json_object();
    sn_run_set(
        channels, "sv",
        json_string(
            is ? "Kanaler: priset sätts på den gemensamma utbudskurvan i stället för i "
                 "varje "
                 "område, handeln med grannländerna ändras när snitten inte syns i "
                 "marknaden, och vattnet flyttas i tid så att årets energi räcker."
               : ""));
    sn_run_set(
        channels, "en",
        json_string(
            is ? "Channels: the price is set on the joint curve, trade with neighbours "
                 "changes when the market does not see the cuts, and water moves in time "
                 "so "
                 "that the year's energy is the same."
               : ""));
    json_t *out = json_object();
    sn_run_set(out, "is", json_boolean(is));
    sn_run_set(out, "observed_min", sn_run_number(low));
    sn_run_set(out, "observed_max", sn_run_number(high));
    sn_run_set(out, "value", sn_run_number(value));
    sn_run_set(out, "channels", channels);
    return out;
}
