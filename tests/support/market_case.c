/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/market_case.h"

#include "base/os.h"

#include <coin/Clp_C_Interface.h>

#include <math.h>
#include <string.h>

void market_case_build(market_case *c)
{
    for (size_t z = 0; z < c->n_area; z++) {
        double mw = -c->load_mw[z];
        for (size_t s = 0; s < c->n_step; s++) {
            c->curve_price[z][2 * s] = c->curve_price[z][2 * s + 1] = c->step_price[z][s];
            c->curve_mw[z][2 * s] = mw;
            mw += c->step_mw[z][s];
            c->curve_mw[z][2 * s + 1] = mw;
        }
        c->curve[z] = (sn_curve){2 * c->n_step, c->curve_price[z], c->curve_mw[z]};
    }
    c->network = (sn_network){c->n_area, c->n_border, c->border};
    c->problem = (sn_clearing_problem){&c->network, c->curve, c->flow_min,
                                       c->flow_max, -500,     4000};
}

static double price_of_step(sn_random *r, bool degenerate)
{
    double p = -20.0 + 150.0 * sn_random_share(r);
    return degenerate ? 20.0 * floor(p / 20.0) : p;
}

static void random_area(market_case *c, size_t z, sn_random *r, bool degenerate)
{
    double price[CASE_STEPS_MAX];
    c->load_mw[z] =
        degenerate ? 500.0 * (double)sn_random_below(r, 8) : 4000.0 * sn_random_share(r);
    for (size_t s = 0; s + 1 < c->n_step; s++) {
        price[s] = price_of_step(r, degenerate);
        for (size_t k = s; k > 0 && price[k] < price[k - 1]; k--) {
            double swap = price[k];
            price[k] = price[k - 1];
            price[k - 1] = swap;
        }
        c->step_mw[z][s] = degenerate ? 100.0 * (double)sn_random_below(r, 4)
                                      : 400.0 * sn_random_share(r);
    }
    price[c->n_step - 1] = 4000.0;
    c->step_mw[z][c->n_step - 1] = 1e6;
    memcpy(c->step_price[z], price, c->n_step * sizeof *price);
}

void market_case_random(market_case *c, sn_random *r, bool degenerate)
{
    c->n_area = 2 + sn_random_below(r, 14);
    c->n_step = 2 + sn_random_below(r, 20);
    c->n_border = 0;
    for (size_t z = 0; z < c->n_area; z++) {
        random_area(c, z, r, degenerate);
    }
    for (size_t j = 1; j < c->n_area; j++) {
        for (unsigned k = 0; k < 1 + sn_random_below(r, 3); k++) {
            size_t l = c->n_border++;
            size_t i = sn_random_below(r, (unsigned)j);
            double back = degenerate ? 250.0 * (double)sn_random_below(r, 5)
                                     : 1500.0 * sn_random_share(r);
            double forward = degenerate ? 250.0 * (double)sn_random_below(r, 5)
                                        : 1500.0 * sn_random_share(r);
            c->border[l] = (sn_border){i, j, 100.0 + 2000.0 * sn_random_share(r)};
            c->loss_share[l] = 0.0;
            c->flow_min[l] = -back;
            c->flow_max[l] = forward;
            if (degenerate && sn_random_below(r, 10) == 0) {
                c->flow_min[l] = c->flow_max[l] = 100.0; /* held fixed */
            } else if (sn_random_below(r, 12) == 0) {
                c->flow_min[l] = -INFINITY;
                c->flow_max[l] = INFINITY;
            }
        }
    }
    market_case_build(c);
}

double market_case_cost(const market_case *c, const sn_clearing_result *result)
{
    double cost = 0.0;
    for (size_t z = 0; z < c->n_area; z++) {
        double left = result->net_position_mw[z] + c->load_mw[z];
        for (size_t s = 0; s < c->n_step && left > 0.0; s++) {
            double used = fmin(left, c->step_mw[z][s]);
            cost += used * c->step_price[z][s];
            left -= used;
        }
    }
    return cost;
}

static Clp_Simplex *clp_model;

void market_case_clp_end(void)
{
    if (clp_model != NULL) {
        Clp_deleteModel(clp_model);
        clp_model = NULL;
    }
}

double market_case_clp_price(size_t area)
{
    return Clp_dualRowSolution(clp_model)[area];
}

/* Columns: steps by area, then flows; rows: balances. */
static void
load_model(const market_case *c, double *low, double *high, double *cost, double *load)
{
    enum { COLUMNS = CASE_AREAS_MAX * CASE_STEPS_MAX + CASE_BORDERS_MAX };
    static CoinBigIndex start[COLUMNS + 1];
    static int row[2 * COLUMNS];
    static double value[2 * COLUMNS];
    int n = 0;
    int entry = 0;
    for (size_t z = 0; z < c->n_area; z++) {
        for (size_t s = 0; s < c->n_step; s++) {
            start[n++] = entry;
            row[entry] = (int)z;
            value[entry++] = 1.0;
        }
    }
    for (size_t l = 0; l < c->n_border; l++) {
        start[n++] = entry;
        row[entry] = (int)c->border[l].from;
        value[entry++] = -1.0;
        row[entry] = (int)c->border[l].to;
        value[entry++] = 1.0 - c->loss_share[l];
    }
    start[n] = entry;
    Clp_loadProblem(clp_model, n, (int)c->n_area, start, row, value, low, high, cost,
                    load, load);
}

bool market_case_clp(const market_case *c, double *cost_out, double *seconds_out)
{
    enum { COLUMNS = CASE_AREAS_MAX * CASE_STEPS_MAX + CASE_BORDERS_MAX };
    static double low[COLUMNS];
    static double high[COLUMNS];
    static double cost[COLUMNS];
    double load[CASE_AREAS_MAX];
    size_t n = 0;
    for (size_t z = 0; z < c->n_area; z++) {
        load[z] = c->load_mw[z];
        for (size_t s = 0; s < c->n_step; s++, n++) {
            low[n] = 0.0;
            high[n] = c->step_mw[z][s];
            cost[n] = c->step_price[z][s];
        }
    }
    for (size_t l = 0; l < c->n_border; l++, n++) {
        low[n] = fmax(c->flow_min[l], -1e7);
        high[n] = fmin(c->flow_max[l], 1e7);
        cost[n] = 0.0;
    }
    bool same_shape = clp_model != NULL && Clp_numberColumns(clp_model) == (int)n &&
                      Clp_numberRows(clp_model) == (int)c->n_area;
    if (clp_model == NULL) {
        clp_model = Clp_newModel();
        Clp_setLogLevel(clp_model, 0);
    }
    if (same_shape && seconds_out != NULL) { /* warm: same columns, new numbers */
        memcpy(Clp_columnUpper(clp_model), high, n * sizeof *high);
        memcpy(Clp_columnLower(clp_model), low, n * sizeof *low);
        memcpy(Clp_objective(clp_model), cost, n * sizeof *cost);
        memcpy(Clp_rowLower(clp_model), load, c->n_area * sizeof *load);
        memcpy(Clp_rowUpper(clp_model), load, c->n_area * sizeof *load);
    } else {
        load_model(c, low, high, cost, load);
    }
    double before = sn_os_monotonic_s();
    int code = Clp_dual(clp_model, 0);
    if (seconds_out != NULL) {
        *seconds_out = sn_os_monotonic_s() - before;
    }
    *cost_out = Clp_objectiveValue(clp_model);
    return code == 0 && Clp_status(clp_model) == 0;
}
