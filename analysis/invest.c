/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M-35: cash flows of a plant and what follows from them. */
#include "invest.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double break_even_tolerance_eur_per_mwh = 1e-9;
static const double bracket_max_eur_per_mwh = 1e12;
enum { BRENT_STEPS_MAX = 200 };

double sn_real_rate(double nominal, double inflation)
{
    return (1.0 + nominal) / (1.0 + inflation) - 1.0;
}

double sn_annuity_factor(double rate, size_t n)
{
    return rate == 0.0 ? (double)n : -expm1(-(double)n * log1p(rate)) / rate;
}

double sn_npv(const double *cash_eur, size_t n, double rate)
{
    double v = 1.0 / (1.0 + rate);
    double sum = 0.0;
    for (size_t k = n; k-- > 0;) {
        sum = sum * v + cash_eur[k];
    }
    return sum;
}

double sn_payback_years(const double *cash_eur, size_t n, double rate)
{
    double sum = 0.0;
    double v = 1.0;
    double back = NAN;
    for (size_t k = 0; k < n; k++) {
        double add = cash_eur[k] * v;
        if (sum < 0.0 && sum + add >= 0.0) {
            back = (double)k - 1.0 - sum / add; /* year k ends at k */
        } else if (sum + add < 0.0) {
            back = NAN; /* under water again: only the last crossing pays back */
        } else if (k == 0) {
            back = 0.0;
        }
        sum += add;
        v /= 1.0 + rate;
    }
    return back;
}

sn_status sn_plant_check(const sn_plant *plant, sn_error *err)
{
    const double values[] = {plant->output_units,
                             plant->product_price_eur_per_unit,
                             plant->other_cost_eur_per_unit,
                             plant->fixed_cost_eur,
                             plant->electricity_mwh,
                             plant->rate};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (!isfinite(values[i])) {
            return sn_error_set(err, SN_E_FORMAT, "a plant's figure is not finite");
        }
    }
    if (plant->life < 1 || plant->life > SN_INVEST_LIFE_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "life is 1 to %d years, not %zu",
                            SN_INVEST_LIFE_MAX, plant->life);
    }
    if (plant->n_capex > SN_INVEST_CAPEX_YEARS_MAX ||
        plant->start > SN_INVEST_CAPEX_YEARS_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "building takes at most %d years",
                            SN_INVEST_CAPEX_YEARS_MAX);
    }
    if (plant->rate <= -0.99 || plant->rate > 1.0) {
        return sn_error_set(err, SN_E_FORMAT,
                            "the rate is a share a year such as 0.07, not %g",
                            plant->rate);
    }
    return SN_OK;
}

static double yearly_margin(const sn_plant *plant, const sn_power_year *power)
{
    double per_unit = plant->product_price_eur_per_unit - plant->other_cost_eur_per_unit;
    return plant->output_units * power->output_share * per_unit - plant->fixed_cost_eur -
           power->cost_eur;
}

static size_t cash_length(const sn_plant *plant)
{
    size_t end = plant->start + plant->life;
    return plant->n_capex > end ? plant->n_capex : end;
}

size_t sn_plant_cash(const sn_plant *plant,
                     const sn_power_year *power,
                     double cash_eur[SN_INVEST_CASH_MAX])
{
    size_t n = cash_length(plant);
    memset(cash_eur, 0, n * sizeof *cash_eur);
    for (size_t k = 0; k < plant->n_capex; k++) {
        cash_eur[k] -= plant->capex_eur[k];
    }
    for (size_t y = 0; y < plant->life; y++) {
        cash_eur[plant->start + y] += yearly_margin(plant, power);
    }
    return n;
}

double sn_plant_npv_flat(const sn_plant *plant, double price_eur_per_mwh)
{
    double cash[SN_INVEST_CASH_MAX];
    sn_power_year power = {price_eur_per_mwh * plant->electricity_mwh, 1.0};
    size_t n = sn_plant_cash(plant, &power, cash);
    return sn_npv(cash, n, plant->rate);
}

/* ---- roots ---- */

/* GSL's Brent on [low, high] with a change of sign, until the interval is within
 * tolerance.  NaN when it does not close. */
static double
brent(gsl_function *f, double low, double high, double absolute, double relative)
{
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double root = NAN;
    if (solver == NULL || gsl_root_fsolver_set(solver, f, low, high) != GSL_SUCCESS) {
        gsl_root_fsolver_free(solver);
        return NAN;
    }
    for (int i = 0; i < BRENT_STEPS_MAX && isnan(root); i++) {
        if (gsl_root_fsolver_iterate(solver) != GSL_SUCCESS) {
            break;
        }
        double a = gsl_root_fsolver_x_lower(solver);
        double b = gsl_root_fsolver_x_upper(solver);
        if (gsl_root_test_interval(a, b, absolute, relative) == GSL_SUCCESS) {
            root = gsl_root_fsolver_root(solver);
        }
    }
    gsl_root_fsolver_free(solver);
    return root;
}

static double npv_at_price(double price, void *plant)
{
    return sn_plant_npv_flat(plant, price);
}

sn_status sn_plant_break_even(const sn_plant *plant, double *price_out, sn_error *err)
{
    sn_plant own = *plant;
    gsl_function f = {npv_at_price, &own};
    *price_out = NAN;
    sn_status status = sn_plant_check(plant, err);
    if (status != SN_OK || plant->electricity_mwh <= 0.0) {
        return status;
    }
    double low = -100.0;
    double high = 100.0;
    while (npv_at_price(high, &own) > 0.0 && high < bracket_max_eur_per_mwh) {
        high *= 4.0;
    }
    while (npv_at_price(low, &own) < 0.0 && low > -bracket_max_eur_per_mwh) {
        low *= 4.0;
    }
    double root = brent(&f, low, high, break_even_tolerance_eur_per_mwh, 1e-15);
    if (isnan(root)) {
        return sn_error_set(err, SN_E_NUMERIC,
                            "no break-even price between %g and %g EUR/MWh", low, high);
    }
    *price_out = root;
    return SN_OK;
}

/* p(v) = sum of c[k] v^k. */
typedef struct polynomial {
    size_t n;
    double c[SN_INVEST_CASH_MAX];
} polynomial;

static double polynomial_at(double v, void *data)
{
    const polynomial *p = data;
    double sum = 0.0;
    for (size_t k = p->n; k-- > 0;) {
        sum = sum * v + p->c[k];
    }
    return sum;
}

/* How small p(v) must be to count as zero: rounding of the sum. */
static double rounding_at(const polynomial *p, double v)
{
    double sum = 0.0;
    for (size_t k = p->n; k-- > 0;) {
        sum = sum * v + fabs(p->c[k]);
    }
    return 1e-13 * sum;
}

static bool is_root(polynomial *p, double v)
{
    return fabs(polynomial_at(v, p)) <= rounding_at(p, v);
}

static void add_root(double v, double *root, size_t *n)
{
    bool is_new = *n == 0 || v - root[*n - 1] > 1e-9 * fabs(v);
    if (is_new && *n < SN_INVEST_CASH_MAX) {
        root[(*n)++] = v;
    }
}

/* Roots in [low, high] given every point where the derivative changes sign: between
 * two of them the polynomial is monotonic and has at most one. */
static size_t roots_between(polynomial *p,
                            const double *turn,
                            size_t n_turn,
                            double low,
                            double high,
                            double *root)
{
    gsl_function f = {polynomial_at, p};
    size_t n = 0;
    double a = low;
    for (size_t i = 0; i <= n_turn; i++) {
        double b = i < n_turn ? turn[i] : high;
        double fa = polynomial_at(a, p);
        double fb = polynomial_at(b, p);
        if (is_root(p, a)) {
            add_root(a, root, &n);
        } else if (!is_root(p, b) && (fa < 0.0) != (fb < 0.0)) {
            double v = brent(&f, a, b, 0.0, 1e-15);
            add_root(isnan(v) ? 0.5 * (a + b) : v, root, &n);
        }
        a = b;
    }
    if (is_root(p, high)) {
        add_root(high, root, &n);
    }
    return n;
}

/* Roots of the last derivative first, then of each one before it. */
static size_t all_roots(const polynomial *p, double low, double high, double *root)
{
    double turn[SN_INVEST_CASH_MAX];
    size_t n_turn = 0;
    for (size_t order = p->n - 1; order-- > 0;) {
        polynomial d = {.n = p->n - order};
        for (size_t k = 0; k < d.n; k++) {
            double factor = 1.0; /* (k+order)! / k! over its largest, to stay finite */
            for (size_t j = 0; j < order; j++) {
                factor *= (double)(k + order - j) / (double)(p->n - 1 - j);
            }
            d.c[k] = p->c[k + order] * factor;
        }
        n_turn = roots_between(&d, turn, n_turn, low, high, root);
        memcpy(turn, root, n_turn * sizeof *turn);
    }
    return n_turn;
}

static size_t sign_changes(const double *cash, size_t n)
{
    size_t changes = 0;
    double last = 0.0;
    for (size_t k = 0; k < n; k++) {
        if (cash[k] != 0.0) {
            changes += last != 0.0 && (last < 0.0) != (cash[k] < 0.0) ? 1 : 0;
            last = cash[k];
        }
    }
    return changes;
}

sn_status sn_irr_find(const double *cash_eur, size_t n, sn_irr *out, sn_error *err)
{
    static const double v_low = 1.0 / 11.0;
    static const double v_high = 100.0;
    polynomial p = {.n = n};
    double root[SN_INVEST_CASH_MAX];
    *out = (sn_irr){0};
    if (n == 0 || n > SN_INVEST_CASH_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "a cash flow has 1 to %d years, not %zu",
                            SN_INVEST_CASH_MAX, n);
    }
    double largest = 0.0;
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(cash_eur[k])) {
            return sn_error_set(err, SN_E_FORMAT, "cash of year %zu is not finite", k);
        }
        largest = fmax(largest, fabs(cash_eur[k]));
    }
    out->sign_changes = sign_changes(cash_eur, n);
    if (out->sign_changes == 0) {
        return SN_OK; /* never crosses zero */
    }
    for (size_t k = 0; k < n; k++) {
        p.c[k] = cash_eur[k] / largest;
    }
    while (p.c[p.n - 1] == 0.0) {
        p.n--; /* years without cash at the end */
    }
    size_t n_root = all_roots(&p, v_low, v_high, root);
    for (size_t i = n_root; i-- > 0 && out->n < SN_INVEST_IRR_MAX;) {
        out->rate[out->n++] = 1.0 / root[i] - 1.0;
    }
    return SN_OK;
}
