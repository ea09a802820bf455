/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the observations say: which periods can be replayed, net positions (M-14),
 * capacities (M-15), the hydro curves (M-2) and the network that is cleared.
 */
#include "base/units.h"
#include "parallel.h"
#include "replay_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A year of prices near 0 must not make slopes infinite. */
static const double price_level_floor = 5.0;
/* Half the range of water that is not observed, as a share of slope x reference. */
static const double unknown_range_share = 1.5;

static double price_at(const sn_replay_input *in, size_t t, size_t z)
{
    return in->price_eur_per_mwh[t * in->n_area + z];
}

static double mean_price(const sn_replay_input *in, size_t z)
{
    double sum = 0.0;
    size_t n = 0;
    for (size_t t = 0; t < in->axis.n; t++) {
        double p = price_at(in, t, z);
        if (isfinite(p)) {
            sum += p;
            n++;
        }
    }
    return n > 0 ? sum / (double)n : 0.0;
}

/* Slopes are stated at a reference level of prices; dear years are less steep. */
static double
slope_scale(const sn_replay_input *in, const sn_replay_settings *set, size_t z)
{
    double level = fmax(price_level_floor, mean_price(in, z));
    return set->slope_factor * set->price_level_reference_eur_per_mwh / level;
}

double sn_replay_other_slope_mw_per_eur(const sn_replay_input *input,
                                        const sn_replay_settings *settings,
                                        size_t area)
{
    double slope = input->area[area].other_slope_mw_per_eur;
    return slope > 0.0 ? slope * slope_scale(input, settings, area) : 0.0;
}

double sn_replay_demand_slope_mw_per_eur(const sn_replay_input *input,
                                         const sn_replay_settings *settings,
                                         size_t area)
{
    const sn_replay_area *a = &input->area[area];
    double slope = fmin(a->demand_slope_mw_per_eur, a->other_slope_mw_per_eur);
    return a->kind == SN_AREA_MODELLED && slope > 0.0
               ? slope * slope_scale(input, settings, area)
               : 0.0;
}

bool sn_replay_has_flow(const sn_replay_input *in, size_t t, size_t border)
{
    return in->border[border].has_flow && t >= in->border[border].first;
}

double sn_replay_net_observed_mw(const sn_replay_input *in, size_t t, size_t area)
{
    double net = 0.0;
    for (size_t l = 0; l < in->n_border; l++) {
        const sn_border *link = &in->border[l].link;
        if (!sn_replay_has_flow(in, t, l) || (link->from != area && link->to != area)) {
            continue;
        }
        double flow = in->flow_mw[t * in->n_border + l];
        double loss = in->border[l].loss_share;
        net += link->from == area ? sn_border_out_mw(flow, loss)
                                  : -sn_border_in_mw(flow, loss);
    }
    return net;
}

/* ---- hydro ---- */

static double hydro_observed(const sn_replay_input *in, size_t t, size_t z)
{
    const double *mw = in->generation_mw[SN_TECH_HYDRO];
    return mw == NULL ? NAN : mw[t * in->n_area + z];
}

static size_t week_periods(const sn_replay_input *in)
{
    return (size_t)(SN_WEEK_S / in->axis.step_s);
}

/* The water value of a week is its mean price. */
static sn_status week_centres(sn_replay_case *c, size_t z, sn_error *err)
{
    const sn_replay_input *in = c->input;
    size_t length = week_periods(in);
    size_t n_week = in->axis.n / length + 1;
    double *centre = calloc(n_week, sizeof *centre);
    if (centre == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu weeks", n_week);
    }
    double level = mean_price(in, z);
    for (size_t w = 0; w < n_week; w++) {
        double sum = 0.0;
        size_t n = 0;
        for (size_t t = w * length; t < (w + 1) * length && t < in->axis.n; t++) {
            if (isfinite(price_at(in, t, z))) {
                sum += price_at(in, t, z);
                n++;
            }
        }
        centre[w] = n > 0 ? sum / (double)n : level;
    }
    c->hydro[z].centre_eur_per_mwh = centre;
    return SN_OK;
}

sn_status sn_replay_prepare_hydro(sn_replay_case *c, size_t z, sn_error *err)
{
    const sn_replay_input *in = c->input;
    const sn_replay_area *area = &in->area[z];
    sn_replay_hydro *h = &c->hydro[z];
    if (area->kind != SN_AREA_MODELLED || !(area->hydro_slope_mw_per_eur > 0.0)) {
        return SN_OK;
    }
    double low = INFINITY;
    double high = -INFINITY;
    for (size_t t = 0; t < in->axis.n; t++) {
        double mw = hydro_observed(in, t, z);
        if (isfinite(mw)) {
            low = fmin(low, mw);
            high = fmax(high, mw);
        }
    }
    h->is_known = high > -INFINITY;
    if (!h->is_known) {
        high = unknown_range_share * area->hydro_slope_mw_per_eur *
               c->settings->price_level_reference_eur_per_mwh;
        low = -high;
    }
    if (!(high > low)) {
        return SN_OK;
    }
    double slope = area->hydro_slope_mw_per_eur * slope_scale(in, c->settings, z);
    h->responds = true;
    h->curve = (sn_hydro){low, high, (high - low) / (4.0 * slope)};
    return week_centres(c, z, err);
}

/* ---- which periods ---- */

static bool is_curved(const sn_replay_input *in, size_t z)
{
    return in->area[z].kind != SN_AREA_FIXED_FLOW;
}

bool sn_replay_is_held(const sn_replay_input *in, size_t t, size_t area)
{
    return in->area[area].kind == SN_AREA_PRICE_TAKER && !isfinite(price_at(in, t, area));
}

static sn_exclusion exclusion_of(const sn_replay_input *in, size_t t)
{
    for (size_t z = 0; z < in->n_area; z++) {
        if (is_curved(in, z) && !isfinite(price_at(in, t, z)) &&
            !sn_replay_is_held(in, t, z)) {
            return SN_EXCLUDED_PRICE;
        }
    }
    for (size_t l = 0; l < in->n_border; l++) {
        if (sn_replay_has_flow(in, t, l) &&
            !isfinite(in->flow_mw[t * in->n_border + l])) {
            return SN_EXCLUDED_FLOW;
        }
    }
    return SN_INCLUDED;
}

static double given_limit(const double *of_period, size_t t, double throughout)
{
    return of_period != NULL ? of_period[t] : throughout;
}

/* A published price beyond the limits we were given proves them wrong. */
static void find_price_limits(sn_replay_case *c)
{
    const sn_replay_input *in = c->input;
    double *min = c->out->price_min_eur_per_mwh;
    double *max = c->out->price_max_eur_per_mwh;
    double lowest = INFINITY; /* of the prices beyond */
    double highest = -INFINITY;
    for (size_t t = 0; t < in->axis.n; t++) {
        min[t] = given_limit(in->price_min_of_period_eur_per_mwh, t,
                             in->price_min_eur_per_mwh);
        max[t] = given_limit(in->price_max_of_period_eur_per_mwh, t,
                             in->price_max_eur_per_mwh);
        for (size_t z = 0; z < in->n_area; z++) {
            double p = price_at(in, t, z);
            bool is_price = is_curved(in, z) && isfinite(p);
            lowest = is_price && p < min[t] ? fmin(lowest, p) : lowest;
            highest = is_price && p > max[t] ? fmax(highest, p) : highest;
        }
    }
    for (size_t t = 0; t < in->axis.n; t++) {
        min[t] = fmin(min[t], lowest);
        max[t] = fmax(max[t], highest);
    }
    c->price_min_eur_per_mwh = min;
    c->price_max_eur_per_mwh = max;
}

static void prepare_periods(sn_replay_case *c)
{
    const sn_replay_input *in = c->input;
    find_price_limits(c);
    for (size_t t = 0; t < in->axis.n; t++) {
        c->out->exclusion[t] = (uint8_t)exclusion_of(in, t);
        for (size_t z = 0; z < in->n_area; z++) {
            c->net_observed_mw[t * in->n_area + z] = sn_replay_net_observed_mw(in, t, z);
        }
        for (size_t l = 0; l < in->n_border; l++) {
            const sn_border *link = &in->border[l].link;
            if (sn_replay_has_flow(in, t, l) &&
                !(is_curved(in, link->from) && is_curved(in, link->to))) {
                double flow = in->flow_mw[t * in->n_border + l];
                double loss = in->border[l].loss_share;
                c->fixed_export_mw[t * in->n_area + link->from] +=
                    sn_border_out_mw(flow, loss);
                c->fixed_export_mw[t * in->n_area + link->to] -=
                    sn_border_in_mw(flow, loss);
            }
        }
    }
}

/* ---- capacities (M-15) ---- */

typedef struct sn_window {
    size_t half;     /* periods on either side */
    size_t *queue;   /* [n] indices whose flows fall */
    double *forward; /* [n] highest flow each way, >= 0 */
    double *back;
} sn_window;

/* Highest of sign x flow within the window around each period, by a queue of falling
 * values: O(n). */
static void sliding_max(const sn_replay_input *in,
                        size_t l,
                        double sign,
                        const sn_window *w,
                        double *out)
{
    size_t n = in->axis.n;
    size_t head = 0;
    size_t tail = 0;
    size_t next = 0;
    for (size_t t = 0; t < n; t++) {
        for (; next < n && next <= t + w->half; next++) {
            double value = sign * in->flow_mw[next * in->n_border + l];
            if (!isfinite(value)) {
                continue;
            }
            while (tail > head &&
                   sign * in->flow_mw[w->queue[tail - 1] * in->n_border + l] <= value) {
                tail--;
            }
            w->queue[tail++] = next;
        }
        while (head < tail && w->queue[head] + w->half < t) {
            head++;
        }
        out[t] = head < tail
                     ? fmax(0.0, sign * in->flow_mw[w->queue[head] * in->n_border + l])
                     : 0.0;
    }
}

static double published(const double *capacity, size_t at, double inferred)
{
    return capacity != NULL && isfinite(capacity[at]) ? fmax(0.0, capacity[at])
                                                      : inferred;
}

/* Limits of one border in one period.  @return true when it flows the wrong way. */
static bool infer_limits(sn_replay_case *c, size_t t, size_t l, const sn_window *w)
{
    const sn_replay_input *in = c->input;
    const sn_border *link = &in->border[l].link;
    size_t at = t * in->n_border + l;
    double flow = in->flow_mw[at];
    double forward = published(in->capacity_forward_mw, at, w->forward[t]);
    double back = published(in->capacity_back_mw, at, w->back[t]);
    double difference = price_at(in, t, link->to) - price_at(in, t, link->from);
    double least = c->settings->price_difference_eur_per_mwh;
    double sign = difference > 0.0 ? 1.0 : -1.0;
    if (fabs(difference) <= least) {
        c->limit_max_mw[at] = fmax(forward, flow);
        c->limit_min_mw[at] = -fmax(back, -flow);
        return false;
    }
    bool is_adverse = sign * flow < 0.0;
    /* In the market a flow the wrong way is held.  On a cut it is the most that goes
     * the dear way: less is no fault to relieve. */
    if (is_adverse && !c->internal[l]) {
        c->limit_min_mw[at] = flow;
        c->limit_max_mw[at] = flow;
        return true;
    }
    c->limit_max_mw[at] = sign > 0.0 ? flow : forward;
    c->limit_min_mw[at] = sign > 0.0 ? -back : flow;
    if (is_adverse) {
        c->limit_max_mw[at] = fmax(c->limit_max_mw[at], flow);
        c->limit_min_mw[at] = fmin(c->limit_min_mw[at], flow);
    }
    return is_adverse;
}

/* A scenario's lines.  Taking away never turns a border round or pushes flow. */
static void add_lines(sn_replay_case *c, size_t at)
{
    const sn_replay_input *in = c->input;
    if (in->added_forward_mw != NULL) {
        double most = c->limit_max_mw[at];
        c->limit_max_mw[at] = fmax(most + in->added_forward_mw[at], fmin(most, 0.0));
    }
    if (in->added_back_mw != NULL) {
        double least = c->limit_min_mw[at];
        c->limit_min_mw[at] = fmin(least - in->added_back_mw[at], fmax(least, 0.0));
    }
}

/* What borders are prepared with, several at a time. */
typedef struct sn_border_work {
    sn_replay_case *c;
    sn_window *window; /* [worker] */
    size_t *n_adverse; /* [n_border] */
    size_t *n_total;
} sn_border_work;

static void prepare_border(void *context, size_t l, unsigned worker)
{
    sn_border_work *work = context;
    sn_replay_case *c = work->c;
    const sn_window *w = &work->window[worker];
    const sn_replay_input *in = c->input;
    const sn_replay_border *border = &in->border[l];
    bool is_cleared = is_curved(in, border->link.from) && is_curved(in, border->link.to);
    if (border->has_flow && is_cleared) {
        sliding_max(in, l, 1.0, w, w->forward);
        sliding_max(in, l, -1.0, w, w->back);
    }
    for (size_t t = 0; t < in->axis.n; t++) {
        size_t at = t * in->n_border + l;
        if (!border->has_flow || c->out->exclusion[t] != SN_INCLUDED) {
            c->limit_min_mw[at] = NAN;
            c->limit_max_mw[at] = NAN;
        } else if (t < border->first) {
            c->limit_min_mw[at] = 0.0;
            c->limit_max_mw[at] = 0.0;
        } else if (!is_cleared || sn_replay_is_held(in, t, border->link.from) ||
                   sn_replay_is_held(in, t, border->link.to)) {
            c->limit_min_mw[at] = in->flow_mw[at];
            c->limit_max_mw[at] = in->flow_mw[at];
        } else {
            bool is_adverse =
                border->loss_share > 0.0
                    ? sn_replay_infer_lossy(
                          c, t, l, published(in->capacity_forward_mw, at, w->forward[t]),
                          published(in->capacity_back_mw, at, w->back[t]))
                    : infer_limits(c, t, l, w);
            work->n_total[l]++;
            work->n_adverse[l] += is_adverse ? 1 : 0;
            if (!is_adverse || c->internal[l]) {
                add_lines(c, at);
            }
        }
    }
}

static bool allocate_window(sn_window *w, size_t half, size_t n)
{
    *w = (sn_window){half, calloc(n + 1, sizeof *w->queue),
                     calloc(n + 1, sizeof *w->forward), calloc(n + 1, sizeof *w->back)};
    return w->queue != NULL && w->forward != NULL && w->back != NULL;
}

static void free_window(sn_window *w)
{
    free(w->queue);
    free(w->forward);
    free(w->back);
}

static sn_status prepare_capacities(sn_replay_case *c, sn_error *err)
{
    size_t n = c->input->axis.n;
    double days = fmax(0.0, c->settings->capacity_window_days);
    double periods = days * SN_DAY_S / c->input->axis.step_s;
    size_t half = periods >= (double)n ? n : (size_t)periods;
    unsigned n_worker = sn_parallel_workers(c->n_border, c->settings->n_thread);
    sn_window window[SN_THREADS_MAX] = {{0}};
    size_t *count = calloc(2 * c->n_border + 1, sizeof *count);
    bool ok = count != NULL;
    for (unsigned i = 0; i < n_worker; i++) {
        ok = allocate_window(&window[i], half, n) && ok;
    }
    if (ok) {
        sn_border_work work = {c, window, count, count + c->n_border};
        sn_parallel_run(c->n_border, c->settings->n_thread, prepare_border, &work);
        for (size_t l = 0; l < c->n_border; l++) {
            c->out->border_hours_adverse += work.n_adverse[l];
            c->out->border_hours_total += work.n_total[l];
        }
    }
    for (unsigned i = 0; i < n_worker; i++) {
        free_window(&window[i]);
    }
    free(count);
    return ok ? SN_OK : sn_error_set(err, SN_E_MEMORY, "out of memory for capacities");
}

/* ---- network and price areas ---- */

static void prepare_network(sn_replay_case *c)
{
    const sn_replay_input *in = c->input;
    for (size_t z = 0; z < c->n_area; z++) {
        c->node_of_area[z] = SIZE_MAX;
        if (is_curved(in, z)) {
            c->node_of_area[z] = c->n_node;
            c->area_of_node[c->n_node++] = z;
        }
    }
    for (size_t l = 0; l < c->n_border; l++) {
        const sn_border *link = &in->border[l].link;
        if (in->border[l].has_flow && is_curved(in, link->from) &&
            is_curved(in, link->to)) {
            c->border_of_link[c->n_link] = l;
            c->link_loss[c->n_link] = in->border[l].loss_share;
            c->has_loss |= in->border[l].loss_share > 0.0;
            c->link[c->n_link++] = (sn_border){c->node_of_area[link->from],
                                               c->node_of_area[link->to], link->rated_mw};
        }
    }
    c->network = (sn_network){c->n_node, c->n_link, c->link};
}

static bool is_swedish(const sn_replay_area *area)
{
    return strncmp(area->code, "SE", 2) == 0;
}

/* unlimited_internal: the Swedish areas act as one in the market, whatever they are
 * called; so what follows after the market is the same too. */
static void prepare_labels(sn_replay_case *c, const sn_configuration *configuration)
{
    const sn_replay_input *in = c->input;
    size_t joined = SIZE_MAX;
    for (size_t z = 0; z < c->n_area; z++) {
        c->label[z] = configuration->price_area[z];
        if (c->settings->unlimited_internal && is_swedish(&in->area[z])) {
            joined = joined == SIZE_MAX ? c->label[z] : joined;
            c->label[z] = joined;
        }
    }
    for (size_t k = 0; k < c->n_link; k++) {
        size_t l = c->border_of_link[k];
        const sn_border *link = &in->border[l].link;
        c->internal[l] = c->label[link->from] == c->label[link->to];
    }
}

static sn_status prepare_price_area(sn_replay_case *c, size_t label, sn_error *err)
{
    sn_price_area *a = &c->price_area[c->n_price_area];
    a->area = calloc(c->n_area, sizeof *a->area);
    a->border = calloc(c->n_border, sizeof *a->border);
    a->link = calloc(c->n_border, sizeof *a->link);
    size_t *local = calloc(c->n_area, sizeof *local);
    c->n_price_area++;
    if (a->area == NULL || a->border == NULL || a->link == NULL || local == NULL) {
        free(local);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a price area");
    }
    for (size_t z = 0; z < c->n_area; z++) {
        if (c->label[z] == label && is_curved(c->input, z)) {
            local[z] = a->n_area;
            a->area[a->n_area++] = z;
        }
    }
    for (size_t l = 0; l < c->n_border; l++) {
        const sn_border *link = &c->input->border[l].link;
        if (c->internal[l] && c->label[link->from] == label) {
            a->border[a->n_border] = l;
            a->link[a->n_border++] =
                (sn_border){local[link->from], local[link->to], link->rated_mw};
        }
    }
    a->network = (sn_network){a->n_area, a->n_border, a->link};
    free(local);
    return SN_OK;
}

static sn_status prepare_price_areas(sn_replay_case *c, sn_error *err)
{
    for (size_t z = 0; z < c->n_area; z++) {
        bool is_first = true;
        for (size_t y = 0; y < z; y++) {
            is_first = is_first && c->label[y] != c->label[z];
        }
        bool has_cut = false;
        for (size_t l = 0; l < c->n_border; l++) {
            has_cut = has_cut || (c->internal[l] &&
                                  c->label[c->input->border[l].link.from] == c->label[z]);
        }
        if (is_first && has_cut) {
            sn_status status = prepare_price_area(c, c->label[z], err);
            if (status != SN_OK) {
                return status;
            }
        }
    }
    return SN_OK;
}

static sn_status allocate(sn_replay_case *c, sn_error *err)
{
    size_t n = c->input->axis.n;
    size_t na = c->n_area;
    size_t nb = c->n_border;
    c->area_of_node = calloc(na + 1, sizeof *c->area_of_node);
    c->node_of_area = calloc(na + 1, sizeof *c->node_of_area);
    c->border_of_link = calloc(nb + 1, sizeof *c->border_of_link);
    c->link = calloc(nb + 1, sizeof *c->link);
    c->label = calloc(na + 1, sizeof *c->label);
    c->internal = calloc(nb + 1, sizeof *c->internal);
    c->price_area = calloc(na + 1, sizeof *c->price_area);
    c->link_loss = calloc(nb + 1, sizeof(double));
    c->net_observed_mw = calloc(n * na + 1, sizeof(double));
    c->fixed_export_mw = calloc(n * na + 1, sizeof(double));
    c->limit_min_mw = calloc(n * nb + 1, sizeof(double));
    c->limit_max_mw = calloc(n * nb + 1, sizeof(double));
    c->other_slope = calloc(na + 1, sizeof(double));
    c->demand_slope = calloc(na + 1, sizeof(double));
    c->hydro = calloc(na + 1, sizeof *c->hydro);
    if (c->area_of_node == NULL || c->node_of_area == NULL || c->border_of_link == NULL ||
        c->link == NULL || c->label == NULL || c->internal == NULL ||
        c->price_area == NULL || c->link_loss == NULL || c->net_observed_mw == NULL ||
        c->fixed_export_mw == NULL || c->limit_min_mw == NULL ||
        c->limit_max_mw == NULL || c->other_slope == NULL || c->demand_slope == NULL ||
        c->hydro == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a replay of %zu periods",
                            n);
    }
    return SN_OK;
}

sn_status
sn_replay_prepare(sn_replay_case *c, const sn_configuration *configuration, sn_error *err)
{
    sn_status status = allocate(c, err);
    if (status != SN_OK) {
        return status;
    }
    prepare_periods(c);
    prepare_network(c);
    prepare_labels(c, configuration);
    status = sn_replay_check_losses(c, configuration, err);
    if (status != SN_OK) {
        return status;
    }
    status = prepare_capacities(c, err);
    if (status == SN_OK) {
        status = prepare_price_areas(c, err);
    }
    for (size_t z = 0; z < c->n_area && status == SN_OK; z++) {
        c->other_slope[z] = sn_replay_other_slope_mw_per_eur(c->input, c->settings, z);
        c->demand_slope[z] = sn_replay_demand_slope_mw_per_eur(c->input, c->settings, z);
        status = sn_replay_prepare_hydro(c, z, err);
    }
    return status;
}

void sn_replay_unprepare(sn_replay_case *c)
{
    if (c->is_borrowed) {
        return;
    }
    for (size_t i = 0; i < c->n_price_area; i++) {
        free(c->price_area[i].area);
        free(c->price_area[i].border);
        free(c->price_area[i].link);
    }
    for (size_t z = 0; c->hydro != NULL && z < c->n_area; z++) {
        free(c->hydro[z].centre_eur_per_mwh);
    }
    free(c->area_of_node);
    free(c->node_of_area);
    free(c->border_of_link);
    free(c->link);
    free(c->label);
    free(c->internal);
    free(c->price_area);
    free(c->link_loss);
    free(c->net_observed_mw);
    free(c->fixed_export_mw);
    free(c->limit_min_mw);
    free(c->limit_max_mw);
    free(c->other_slope);
    free(c->demand_slope);
    free(c->hydro);
}
