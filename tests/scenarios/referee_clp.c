/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * referee_clp RESULT.h5 CONFIGURATION: clears the exported curves again with CLP and
 * compares prices.
 *
 * CLP knows steps, not slopes.  Every curve is cut into steps, narrow near the price
 * that CLP found the round before and coarse elsewhere, until the steps are a millionth
 * of an EUR/MWh wide: the prices then are those of the sloped curves, found without any
 * code of the solver.
 */
#include "scenarios/result.h"
#include "support/market_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 56, ROUNDS_MAX = 40 };

static const double narrow_eur_per_mwh = 1e-6;
static const double tolerance_eur_per_mwh = 1e-5;

typedef struct referee {
    sn_result *result;
    size_t n_area;
    size_t n_border;
    double *price; /* [point][area] of the hour */
    double *quantity;
    size_t n_point;
    double centre[CASE_AREAS_MAX];
    double half[CASE_AREAS_MAX];
    size_t node[CASE_AREAS_MAX]; /* area of the result */
    size_t n_node;
} referee;

static double *read_all(const referee *r, const char *name, size_t *rows_out)
{
    double *value = NULL;
    size_t columns = 0;
    sn_error err = {0};
    if (sn_result_read(r->result, name, &value, rows_out, &columns, &err) != SN_OK) {
        fprintf(stderr, "referee: %s\n", err.message);
        exit(1);
    }
    return value;
}

static double point(const double *values, const referee *r, size_t k, size_t z)
{
    return values[k * r->n_area + z];
}

/* The largest net position at a price: the right end of a step there. */
static double supply(const referee *r, size_t z, double price)
{
    double mw = point(r->quantity, r, 0, z);
    for (size_t k = 0; k + 1 < r->n_point && !isnan(point(r->price, r, k + 1, z)); k++) {
        double p0 = point(r->price, r, k, z);
        double p1 = point(r->price, r, k + 1, z);
        double q0 = point(r->quantity, r, k, z);
        double q1 = point(r->quantity, r, k + 1, z);
        if (price >= p1) {
            mw = q1;
        } else if (price >= p0) {
            return q0 + (q1 - q0) * (price - p0) / (p1 - p0);
        }
    }
    return mw;
}

static void
cut_into_steps(const referee *r, market_case *c, size_t node, double low, double high)
{
    size_t z = r->node[node];
    double from = low;
    double before = point(r->quantity, r, 0, z);
    c->load_mw[node] = -before;
    for (size_t k = 0; k <= CELLS + 1; k++) {
        double to =
            k > CELLS ? high
                      : r->centre[node] + r->half[node] * (2.0 * (double)k / CELLS - 1.0);
        to = fmin(fmax(to, from), high);
        double after = supply(r, z, to);
        c->step_price[node][k] = 0.5 * (from + to);
        c->step_mw[node][k] = fmax(0.0, after - before);
        before = after;
        from = to;
    }
}

static bool clear_hour(referee *r, market_case *c, double low, double high)
{
    c->n_step = CELLS + 2;
    for (size_t i = 0; i < r->n_node; i++) {
        r->centre[i] = 0.5 * (low + high);
        r->half[i] = 0.5 * (high - low);
    }
    for (size_t round = 0; round < ROUNDS_MAX; round++) {
        double cost;
        double widest = 0.0;
        for (size_t i = 0; i < r->n_node; i++) {
            cut_into_steps(r, c, i, low, high);
        }
        if (!market_case_clp(c, &cost, NULL)) {
            return false;
        }
        for (size_t i = 0; i < r->n_node; i++) {
            double price = market_case_clp_price(i);
            double step = 2.0 * r->half[i] / CELLS;
            bool inside = fabs(price - r->centre[i]) <= 0.75 * r->half[i];
            /* Outside its window the price is coarse: look there with a wider one. */
            r->half[i] = inside ? fmax(6.0 * step, 0.1 * narrow_eur_per_mwh)
                                : fmin(high - low, 4.0 * r->half[i]);
            r->centre[i] = price;
            widest = fmax(widest, inside ? step : high - low);
        }
        if (widest <= narrow_eur_per_mwh) {
            return true;
        }
    }
    return false;
}

static void take_hour(referee *r, market_case *c, const char *configuration, size_t t)
{
    char name[128];
    size_t rows;
    (void)snprintf(name, sizeof name, "/configurations/%s/flow_min_mw", configuration);
    double *low = read_all(r, name, &rows);
    (void)snprintf(name, sizeof name, "/configurations/%s/flow_max_mw", configuration);
    double *high = read_all(r, name, &rows);
    size_t node_of[CASE_AREAS_MAX];
    r->n_node = 0;
    for (size_t z = 0; z < r->n_area; z++) {
        node_of[z] = r->n_node;
        if (!isnan(point(r->price, r, 0, z))) {
            r->node[r->n_node++] = z;
        } else {
            node_of[z] = SIZE_MAX;
        }
    }
    c->n_area = r->n_node;
    c->n_border = 0;
    for (size_t l = 0; l < r->n_border; l++) {
        size_t at = t * r->n_border + l;
        char text[SN_RESULT_NAME_SIZE];
        (void)snprintf(text, sizeof text, "%s", sn_result_border(r->result, l));
        /* Of codes with a hyphen (DE-LU) only the second end has one here. */
        char *hyphen = strchr(text, '-');
        *hyphen = '\0';
        size_t from = sn_result_find_area(r->result, text);
        size_t to = sn_result_find_area(r->result, hyphen + 1);
        if (isnan(low[at])) {
            continue; /* no data: inside the curves */
        }
        if (node_of[from] == SIZE_MAX || node_of[to] == SIZE_MAX) {
            size_t end = node_of[from] == SIZE_MAX ? to : from;
            double out_mw = node_of[from] == SIZE_MAX ? -low[at] : low[at];
            for (size_t k = 0; k < r->n_point && node_of[end] != SIZE_MAX; k++) {
                r->quantity[k * r->n_area + end] -= out_mw;
            }
            continue;
        }
        c->border[c->n_border] = (sn_border){node_of[from], node_of[to], 1.0};
        c->flow_min[c->n_border] = low[at];
        c->flow_max[c->n_border++] = high[at];
    }
    free(low);
    free(high);
}

static double compare_hour(referee *r, const char *configuration, size_t k, size_t t)
{
    static market_case c;
    char name[128];
    size_t rows;
    double low = INFINITY;
    double high = -INFINITY;
    (void)snprintf(name, sizeof name, "/curves/%zu/price_eur_per_mwh", k);
    r->price = read_all(r, name, &r->n_point);
    (void)snprintf(name, sizeof name, "/curves/%zu/quantity_mw", k);
    r->quantity = read_all(r, name, &rows);
    for (size_t i = 0; i < r->n_point * r->n_area; i++) {
        low = fmin(low, r->price[i]);
        high = fmax(high, r->price[i]);
    }
    take_hour(r, &c, configuration, t);
    double worst = INFINITY;
    if (clear_hour(r, &c, low, high)) {
        (void)snprintf(name, sizeof name, "/configurations/%s/price_eur_per_mwh",
                       configuration);
        double *ours = read_all(r, name, &rows);
        worst = 0.0;
        for (size_t i = 0; i < r->n_node; i++) {
            double price = ours[t * r->n_area + r->node[i]];
            if (!isnan(price)) { /* an edge whose price is not known has none */
                worst = fmax(worst, fabs(price - r->centre[i]));
            }
        }
        free(ours);
    }
    free(r->price);
    free(r->quantity);
    return worst;
}

int main(int argc, char **argv)
{
    referee r = {0};
    sn_error err = {0};
    if (argc != 3 || sn_result_open(argv[1], &r.result, &err) != SN_OK) {
        fprintf(stderr, "usage: referee_clp RESULT.h5 CONFIGURATION %s\n", err.message);
        return 2;
    }
    r.n_area = sn_result_area_count(r.result);
    r.n_border = sn_result_border_count(r.result);
    size_t n = 0;
    double *period = read_all(&r, "/curves/period", &n);
    bool ok = n > 0;
    for (size_t k = 0; k < n; k++) {
        double worst = compare_hour(&r, argv[2], k, (size_t)period[k]);
        bool same = worst <= tolerance_eur_per_mwh;
        printf("%s hour %zu: largest difference from CLP %.2e EUR/MWh\n",
               same ? "ok   " : "FAIL ", (size_t)period[k], worst);
        ok = ok && same;
    }
    free(period);
    market_case_clp_end();
    sn_result_close(r.result);
    return ok ? 0 : 1;
}
