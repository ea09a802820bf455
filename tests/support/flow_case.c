/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/flow_case.h"

#include "base/os.h"

#include <coin/Clp_C_Interface.h>

#include <math.h>
#include <string.h>

void flow_case_build(flow_case *c)
{
    for (size_t z = 0; z < c->n_node; z++) {
        double mw = -c->load_mw[z];
        for (size_t s = 0; s < c->n_step; s++) {
            c->curve_price[z][2 * s] = c->curve_price[z][2 * s + 1] = c->step_price[z][s];
            c->curve_mw[z][2 * s] = mw;
            mw += c->step_mw[z][s];
            c->curve_mw[z][2 * s + 1] = mw;
        }
        size_t n = c->is_hub[z] ? 0 : 2 * c->n_step;
        c->curve[z] = (sn_curve){n, c->curve_price[z], c->curve_mw[z]};
    }
    c->problem = (sn_flow_based_problem){.n_node = c->n_node,
                                         .net_supply = c->curve,
                                         .grid = c->grid,
                                         .n_link = c->n_link,
                                         .link = c->link,
                                         .flow_min_mw = c->flow_min,
                                         .flow_max_mw = c->flow_max,
                                         .n_constraint = c->n_constraint,
                                         .ptdf = c->ptdf,
                                         .ram_mw = c->ram,
                                         .price_min_eur_per_mwh = -500.0,
                                         .price_max_eur_per_mwh = 4000.0};
}

static void random_area(flow_case *c, size_t z, sn_random *r, bool degenerate)
{
    double price[FLOW_STEPS_MAX];
    c->load_mw[z] =
        degenerate ? 500.0 * (double)sn_random_below(r, 8) : 4000.0 * sn_random_share(r);
    for (size_t s = 0; s + 1 < c->n_step; s++) {
        double p = -20.0 + 150.0 * sn_random_share(r);
        price[s] = degenerate ? 20.0 * floor(p / 20.0) : p;
        for (size_t k = s; k > 0 && price[k] < price[k - 1]; k--) {
            double swap = price[k];
            price[k] = price[k - 1];
            price[k - 1] = swap;
        }
        c->step_mw[z][s] = degenerate ? 100.0 * (double)sn_random_below(r, 4)
                                      : 400.0 * sn_random_share(r);
    }
    price[c->n_step - 1] = 4000.0;
    c->step_mw[z][c->n_step - 1] = 1e5;
    memcpy(c->step_price[z], price, c->n_step * sizeof *price);
}

static void random_constraint(flow_case *c, size_t k, sn_random *r, bool degenerate)
{
    double *row = &c->ptdf[k * c->n_node];
    for (size_t z = 0; z < c->n_node; z++) {
        double share = 2.0 * sn_random_share(r) - 1.0;
        row[z] = degenerate ? 0.25 * floor(4.0 * share) : share;
    }
    c->ram[k] =
        degenerate ? 200.0 * (double)sn_random_below(r, 6) : 1500.0 * sn_random_share(r);
    if (degenerate && k > 0 &&
        sn_random_below(r, 4) == 0) { /* a duplicate, or parallel */
        double factor = sn_random_below(r, 2) == 0 ? 1.0 : 2.0;
        size_t other = sn_random_below(r, (unsigned)k);
        for (size_t z = 0; z < c->n_node; z++) {
            row[z] = factor * c->ptdf[other * c->n_node + z];
        }
        c->ram[k] = factor * c->ram[other];
    }
}

void flow_case_random(flow_case *c, sn_random *r, bool degenerate)
{
    size_t n_area = 3 + sn_random_below(r, 12);
    size_t n_grid = 1 + sn_random_below(r, 3);
    size_t n_outside = sn_random_below(r, 4);
    c->n_step = 2 + sn_random_below(r, 20);
    c->n_node = n_area;
    c->n_link = 0;
    for (size_t z = 0; z < n_area; z++) {
        c->is_hub[z] = false;
        c->grid[z] = z < n_grid ? z : sn_random_below(r, (unsigned)n_grid);
        random_area(c, z, r, degenerate);
    }
    for (size_t k = 0; k < 2 * n_grid + n_outside; k++) { /* a link between two hubs */
        size_t l = c->n_link++;
        size_t end[2] = {sn_random_below(r, (unsigned)n_area),
                         sn_random_below(r, (unsigned)n_area)};
        for (int i = 0; i < 2; i++) {
            size_t z = c->n_node++;
            c->is_hub[z] = true;
            c->load_mw[z] = 0.0;
            c->grid[z] = c->grid[end[i]];
            end[i] = z;
        }
        if (k >= 2 * n_grid) { /* an area outside, behind a border */
            size_t z = end[1];
            c->is_hub[z] = false;
            c->grid[z] = z;
            random_area(c, z, r, degenerate);
        }
        double rated = degenerate ? 250.0 * (double)sn_random_below(r, 5)
                                  : 1500.0 * sn_random_share(r);
        c->link[l] = (sn_border){end[0], end[1], 100.0 + rated};
        c->flow_min[l] = -rated;
        c->flow_max[l] = degenerate && sn_random_below(r, 5) == 0 ? -rated : rated;
    }
    c->n_constraint = 1 + sn_random_below(r, 60);
    for (size_t k = 0; k < c->n_constraint; k++) {
        random_constraint(c, k, r, degenerate);
    }
    flow_case_build(c);
}

double flow_case_cost(const flow_case *c, const sn_flow_based_result *result)
{
    double cost = 0.0;
    for (size_t z = 0; z < c->n_node; z++) {
        double left = result->net_position_mw[z] + c->load_mw[z];
        for (size_t s = 0; s < c->n_step && left > 0.0 && !c->is_hub[z]; s++) {
            double used = fmin(left, c->step_mw[z][s]);
            cost += used * c->step_price[z][s];
            left -= used;
        }
    }
    return cost;
}

static Clp_Simplex *clp_model;

void flow_case_clp_end(void)
{
    if (clp_model != NULL) {
        Clp_deleteModel(clp_model);
        clp_model = NULL;
    }
}

enum {
    COLUMNS = FLOW_NODES_MAX * FLOW_STEPS_MAX + FLOW_LINKS_MAX,
    ROWS = FLOW_NODES_MAX + FLOW_CONSTRAINTS_MAX,
};

typedef struct lp {
    int n_column, n_row, n_entry;
    CoinBigIndex start[COLUMNS + 1];
    int row[COLUMNS * (FLOW_CONSTRAINTS_MAX + 2)];
    double value[COLUMNS * (FLOW_CONSTRAINTS_MAX + 2)];
    double low[COLUMNS], high[COLUMNS], cost[COLUMNS];
    double row_low[ROWS], row_high[ROWS];
} lp;

static void entry(lp *m, size_t row, double value)
{
    if (value != 0.0) {
        m->row[m->n_entry] = (int)row;
        m->value[m->n_entry++] = value;
    }
}

/* Rows: a balance for each node label (empty ones stay 0 = 0), then the constraints. */
static void build_lp(const flow_case *c, lp *m)
{
    m->n_column = m->n_entry = 0;
    m->n_row = (int)(c->n_node + c->n_constraint);
    for (size_t r = 0; r < c->n_node; r++) {
        m->row_low[r] = m->row_high[r] = 0.0;
    }
    for (size_t k = 0; k < c->n_constraint; k++) {
        m->row_low[c->n_node + k] = -1e50;
        m->row_high[c->n_node + k] = c->ram[k];
    }
    for (size_t z = 0; z < c->n_node; z++) {
        m->row_low[c->grid[z]] += c->load_mw[z];
        m->row_high[c->grid[z]] += c->load_mw[z];
        for (size_t k = 0; k < c->n_constraint; k++) {
            m->row_high[c->n_node + k] += c->ptdf[k * c->n_node + z] * c->load_mw[z];
        }
        for (size_t s = 0; s < c->n_step && !c->is_hub[z]; s++) {
            size_t j = (size_t)m->n_column++;
            m->start[j] = m->n_entry;
            m->low[j] = 0.0;
            m->high[j] = c->step_mw[z][s];
            m->cost[j] = c->step_price[z][s];
            entry(m, c->grid[z], 1.0);
            for (size_t k = 0; k < c->n_constraint; k++) {
                entry(m, c->n_node + k, c->ptdf[k * c->n_node + z]);
            }
        }
    }
    for (size_t l = 0; l < c->n_link; l++) {
        size_t j = (size_t)m->n_column++;
        size_t from = c->link[l].from;
        size_t to = c->link[l].to;
        m->start[j] = m->n_entry;
        m->low[j] = fmax(c->flow_min[l], -1e7);
        m->high[j] = fmin(c->flow_max[l], 1e7);
        m->cost[j] = 0.0;
        if (c->grid[from] != c->grid[to]) {
            entry(m, c->grid[from], -1.0);
            entry(m, c->grid[to], 1.0);
        }
        for (size_t k = 0; k < c->n_constraint; k++) {
            const double *row = &c->ptdf[k * c->n_node];
            entry(m, c->n_node + k, row[to] - row[from]);
        }
    }
    m->start[m->n_column] = m->n_entry;
}

bool flow_case_clp(const flow_case *c, double *cost_out, double *seconds_out)
{
    static lp m;
    build_lp(c, &m);
    bool same_shape = clp_model != NULL && seconds_out != NULL &&
                      Clp_numberColumns(clp_model) == m.n_column &&
                      Clp_numberRows(clp_model) == m.n_row &&
                      Clp_getNumElements(clp_model) == m.n_entry;
    if (clp_model == NULL) {
        clp_model = Clp_newModel();
        Clp_setLogLevel(clp_model, 0);
    }
    if (same_shape) { /* warm: the matrix stands, new numbers */
        size_t columns = (size_t)m.n_column * sizeof(double);
        size_t rows = (size_t)m.n_row * sizeof(double);
        memcpy(Clp_columnLower(clp_model), m.low, columns);
        memcpy(Clp_columnUpper(clp_model), m.high, columns);
        memcpy(Clp_objective(clp_model), m.cost, columns);
        memcpy(Clp_rowLower(clp_model), m.row_low, rows);
        memcpy(Clp_rowUpper(clp_model), m.row_high, rows);
    } else {
        Clp_loadProblem(clp_model, m.n_column, m.n_row, m.start, m.row, m.value, m.low,
                        m.high, m.cost, m.row_low, m.row_high);
    }
    double before = sn_os_monotonic_s();
    int code = Clp_dual(clp_model, 0);
    if (same_shape && (code != 0 || Clp_status(clp_model) != 0)) {
        code = Clp_primal(clp_model, 0); /* the old basis led nowhere */
    }
    if (same_shape && (code != 0 || Clp_status(clp_model) != 0)) {
        Clp_loadProblem(clp_model, m.n_column, m.n_row, m.start, m.row, m.value, m.low,
                        m.high, m.cost, m.row_low, m.row_high);
        code = Clp_dual(clp_model, 0);
    }
    if (seconds_out != NULL) {
        *seconds_out = sn_os_monotonic_s() - before;
    }
    *cost_out = Clp_objectiveValue(clp_model);
    return code == 0 && Clp_status(clp_model) == 0;
}
