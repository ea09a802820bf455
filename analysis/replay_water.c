/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Water must balance (M-17, M-18).  Unknown: the shift delta of each hydro area's
 * water value, constant between "pins".  A pin is the end of a window, where all
 * water is used, or a day at whose end the reservoir is full or empty.  Equation per
 * stretch between pins:
 *
 *     sum of (used - observed) = stored beyond observed at its start - at its end.
 *
 * The equations are piecewise linear, monotone and weakly diagonally dominant (water
 * values are gross substitutes), so Newton on the derivative that replay_period.c
 * gathers converges in a few passes; a step that makes things worse is halved.  The
 * derivative leaves out how redispatch feeds back through other price areas' exports,
 * which Anderson mixing of the last steps makes up for.
 *
 * Pins of full and empty reservoirs are an active set: added where the stored energy
 * leaves its bounds most, taken away where the shift steps the wrong way (it may step
 * up only when full, down only when empty).
 */
#include "base/units.h"
#include "replay_internal.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW_DEFAULT_WEEKS = 4, /* where the reservoir is small or not known */
    WINDOW_SMALL_WEEKS = 8,   /* reservoirs below this get windows of their size */
    DROP_MAX = 2,             /* a pin that keeps coming back stays */
    MIX_MAX = 5,
    STALL_MAX =
        12, /* passes without progress: a rule that jumps (M-21) has no solution */
};

/* Pins hold the storage this share of its size inside the bound, so that what the
 * tolerance of the balance leaves does not cross it. */
static const double bound_margin_share = 1e-3;
/* Bounds are looked at once the energies are this close. */
static const double bound_check_share = 1e-2;

typedef struct sn_mix {
    size_t n;      /* unknowns */
    size_t n_kept; /* differences kept, newest last */
    double *x;     /* last shift */
    double *g;     /* last full step */
    double *dx;    /* [MIX_MAX][n] */
    double *dg;
    bool has_last;
} sn_mix;

static size_t at(const sn_replay_case *c, size_t slot, size_t z)
{
    return slot * c->n_area + z;
}

/* ---- windows and pins ---- */

static double energy_of(const sn_replay_case *c, size_t z)
{
    double sum = 0.0;
    for (size_t s = 0; s < c->n_slot; s++) {
        sum += c->energy[at(c, s, z)];
    }
    return sum;
}

static double weeks_of(const sn_replay_case *c)
{
    return (double)(c->input->axis.n) * c->input->axis.step_s / SN_WEEK_S;
}

/* Length of the window in slots; 0: the whole axis. */
static size_t window_slots(const sn_replay_case *c, size_t z)
{
    double reservoir = c->input->area[z].reservoir_mwh;
    size_t days = WINDOW_DEFAULT_WEEKS * 7;
    double weekly = energy_of(c, z) / fmax(1.0, weeks_of(c));
    if (reservoir > 0.0 && weekly > 0.0) {
        double weeks = reservoir / weekly;
        if (weeks >= WINDOW_SMALL_WEEKS) {
            return 0;
        }
        days = (size_t)fmax(1.0, floor(weeks)) * 7;
    }
    return days; /* a slot is a day */
}

static void set_windows(sn_replay_case *c)
{
    for (size_t z = 0; z < c->n_area; z++) {
        if (!c->hydro[z].responds) {
            continue;
        }
        size_t length = window_slots(c, z);
        for (size_t s = 0; s < c->n_slot; s++) {
            /* A last window shorter than half joins the one before. */
            bool ends = length > 0 && (s + 1) % length == 0 &&
                        c->n_slot - (s + 1) >= (length + 1) / 2;
            c->pin[at(c, s, z)] = ends ? SN_PIN_WINDOW : SN_PIN_NONE;
        }
        c->pin[at(c, c->n_slot - 1, z)] = SN_PIN_WINDOW;
    }
}

static void number_unknowns(sn_replay_case *c)
{
    size_t u = 0;
    for (size_t z = 0; z < c->n_area; z++) {
        for (size_t s = 0; s < c->n_slot; s++) {
            c->unknown[at(c, s, z)] = c->hydro[z].responds ? u : SIZE_MAX;
            if (c->hydro[z].responds && c->pin[at(c, s, z)] != SN_PIN_NONE) {
                u++;
            }
        }
    }
    c->n_unknown = u;
}

/* Bounds of what is stored beyond the observed at a slot's end; what was observed is
 * always allowed. */
static bool bounds_at(const sn_replay_case *c,
                      size_t slot,
                      size_t z,
                      double *low_out,
                      double *high_out)
{
    double size = c->input->area[z].reservoir_mwh;
    if (!(size > 0.0)) {
        return false;
    }
    double stored = 0.5 * size; /* where no content is observed */
    if (c->input->reservoir_mwh != NULL) {
        size_t end = (slot + 1) * c->slot_periods;
        end = end < c->input->axis.n ? end : c->input->axis.n;
        stored = NAN;
        for (size_t t = end; t > slot * c->slot_periods && isnan(stored); t--) {
            stored = c->input->reservoir_mwh[(t - 1) * c->n_area + z];
        }
        if (!isfinite(stored)) {
            return false;
        }
    }
    *low_out = fmin(0.0, -stored);
    *high_out = fmax(0.0, size - stored);
    return true;
}

static bool
add_pin(sn_replay_case *c, size_t slot, size_t z, sn_pin pin, double target_mwh)
{
    if (slot == SIZE_MAX || c->pin[at(c, slot, z)] != SN_PIN_NONE) {
        return false;
    }
    c->pin[at(c, slot, z)] = (unsigned char)pin;
    c->pin_target[at(c, slot, z)] = target_mwh;
    return true;
}

/* One pin at the worst day of each stretch outside the bounds. */
static bool add_pins(sn_replay_case *c, size_t z)
{
    double margin = bound_margin_share * c->input->area[z].reservoir_mwh;
    double stored = 0.0;
    double worst = 0.0;
    double target = 0.0;
    size_t worst_slot = SIZE_MAX;
    sn_pin pin = SN_PIN_NONE;
    bool added = false;
    for (size_t s = 0; s < c->n_slot; s++) {
        double low;
        double high;
        stored -= c->residual[at(c, s, z)];
        bool has_bounds = bounds_at(c, s, z, &low, &high);
        double over = has_bounds ? fmax(stored - high, low - stored) : 0.0;
        if (over <= 0.0) {
            added = add_pin(c, worst_slot, z, pin, target) || added;
            worst_slot = SIZE_MAX;
            worst = 0.0;
        } else if (over > worst) {
            worst = over;
            worst_slot = s;
            pin = stored > high ? SN_PIN_FULL : SN_PIN_EMPTY;
            target = stored > high ? fmax(0.0, high - margin) : fmin(0.0, low + margin);
        }
    }
    return add_pin(c, worst_slot, z, pin, target) || added;
}

/* M-18: the shift may step up only when full, down only when empty. */
static bool drop_pins(sn_replay_case *c, size_t z)
{
    const double least = 1e-6;
    bool dropped = false;
    for (size_t s = 0; s + 1 < c->n_slot; s++) {
        unsigned char pin = c->pin[at(c, s, z)];
        double rise = c->shift[at(c, s + 1, z)] - c->shift[at(c, s, z)];
        bool is_wrong = (pin == SN_PIN_FULL && rise < -least) ||
                        (pin == SN_PIN_EMPTY && rise > least);
        if (is_wrong && c->dropped[at(c, s, z)] < DROP_MAX) {
            c->pin[at(c, s, z)] = SN_PIN_NONE;
            c->dropped[at(c, s, z)]++;
            dropped = true;
        }
    }
    return dropped;
}

static bool update_pins(sn_replay_case *c)
{
    bool changed = false;
    for (size_t z = 0; z < c->n_area; z++) {
        if (c->hydro[z].responds && c->input->area[z].reservoir_mwh > 0.0) {
            bool dropped = drop_pins(c, z);
            changed = add_pins(c, z) || dropped || changed;
        }
    }
    if (changed) {
        number_unknowns(c);
    }
    return changed;
}

/* A dropped pin joins two stretches: they go on from their mean. */
static void level_shifts(sn_replay_case *c)
{
    for (size_t z = 0; z < c->n_area; z++) {
        for (size_t s = 0; s < c->n_slot && c->hydro[z].responds;) {
            size_t end = s;
            double sum = 0.0;
            while (end < c->n_slot &&
                   c->unknown[at(c, end, z)] == c->unknown[at(c, s, z)]) {
                sum += c->shift[at(c, end, z)];
                end++;
            }
            double first = c->shift[at(c, s, z)];
            bool is_level = c->shift[at(c, end - 1, z)] == first;
            for (size_t k = s; k < end; k++) {
                c->shift[at(c, k, z)] = is_level ? first : sum / (double)(end - s);
            }
            s = end;
        }
    }
}

/* ---- equations ---- */

/* F [n_unknown] and the worst share of a window's energy.  A stretch between pins
 * that is shorter than a week is held to a mean week's energy. */
static double assemble_residual(const sn_replay_case *c, double *f)
{
    double worst = 0.0;
    for (size_t z = 0; z < c->n_area; z++) {
        if (!c->hydro[z].responds) {
            continue;
        }
        double weekly = energy_of(c, z) / fmax(1.0, weeks_of(c));
        double before = 0.0;
        double sum = 0.0;
        double energy = 0.0;
        for (size_t s = 0; s < c->n_slot; s++) {
            sum += c->residual[at(c, s, z)];
            energy += c->energy[at(c, s, z)];
            if (c->pin[at(c, s, z)] == SN_PIN_NONE) {
                continue;
            }
            double target = c->pin_target[at(c, s, z)];
            double error = sum - (before - target);
            f[c->unknown[at(c, s, z)]] = error;
            double scale = fmax(energy, weekly);
            worst = fmax(worst, scale > 0.0 ? fabs(error) / scale : 0.0);
            before = target;
            sum = 0.0;
            energy = 0.0;
        }
    }
    return worst;
}

static void assemble_jacobian(const sn_replay_case *c, double *j)
{
    size_t n = c->n_unknown;
    memset(j, 0, n * n * sizeof *j);
    for (size_t s = 0; s < c->n_slot; s++) {
        for (size_t z = 0; z < c->n_area; z++) {
            size_t row = c->unknown[at(c, s, z)];
            if (row == SIZE_MAX) {
                continue;
            }
            for (size_t y = 0; y < c->n_area; y++) {
                size_t column = c->unknown[at(c, s, y)];
                if (column != SIZE_MAX) {
                    j[row * n + column] += c->jacobian[at(c, s, z) * c->n_area + y];
                }
            }
        }
    }
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs(j[i * n + i]));
    }
    /* Rows that cannot move (all hours at a limit) must not make it singular. */
    for (size_t i = 0; i < n; i++) {
        j[i * n + i] -= 1e-7 * fmax(largest, 1.0);
    }
}

/* x = -J^-1 f by dense LU; J and f are used up.  false: singular. */
static bool solve_newton(double *j, double *f, size_t n, double *x)
{
    gsl_permutation *order = gsl_permutation_alloc(n);
    if (order == NULL) {
        return false;
    }
    gsl_matrix_view jm = gsl_matrix_view_array(j, n, n);
    gsl_vector_view fv = gsl_vector_view_array(f, n);
    gsl_vector_view xv = gsl_vector_view_array(x, n);
    int sign;
    bool ok = gsl_linalg_LU_decomp(&jm.matrix, order, &sign) == 0;
    for (size_t i = 0; i < n && ok; i++) {
        ok = j[i * n + i] != 0.0 && isfinite(j[i * n + i]);
    }
    ok = ok && gsl_linalg_LU_solve(&jm.matrix, order, &fv.vector, &xv.vector) == 0;
    gsl_permutation_free(order);
    for (size_t i = 0; i < n && ok; i++) {
        x[i] = -x[i];
        ok = isfinite(x[i]);
    }
    return ok;
}

/* No step longer than this, per unknown: far from the solution the slopes mislead. */
static double step_limit(const sn_replay_case *c)
{
    return fmax(5.0, 0.5 * c->settings->price_level_reference_eur_per_mwh);
}

static void add_step(sn_replay_case *c, const double *step, double factor)
{
    double limit = step_limit(c);
    for (size_t s = 0; s < c->n_slot; s++) {
        for (size_t z = 0; z < c->n_area; z++) {
            size_t u = c->unknown[at(c, s, z)];
            if (u != SIZE_MAX) {
                c->shift[at(c, s, z)] += factor * fmax(-limit, fmin(limit, step[u]));
            }
        }
    }
}

static void get_shifts(const sn_replay_case *c, double *x)
{
    for (size_t s = 0; s < c->n_slot; s++) {
        for (size_t z = 0; z < c->n_area; z++) {
            if (c->unknown[at(c, s, z)] != SIZE_MAX) {
                x[c->unknown[at(c, s, z)]] = c->shift[at(c, s, z)];
            }
        }
    }
}

/* ---- Anderson mixing ---- */

static void mix_release(sn_mix *m)
{
    free(m->x);
    free(m->g);
    free(m->dx);
    free(m->dg);
    *m = (sn_mix){0};
}

static sn_status mix_reset(sn_mix *m, size_t n, sn_error *err)
{
    mix_release(m);
    m->n = n;
    m->x = calloc(n + 1, sizeof *m->x);
    m->g = calloc(n + 1, sizeof *m->g);
    m->dx = calloc((n + 1) * MIX_MAX, sizeof *m->dx);
    m->dg = calloc((n + 1) * MIX_MAX, sizeof *m->dg);
    if (m->x == NULL || m->g == NULL || m->dx == NULL || m->dg == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu water values", n);
    }
    return SN_OK;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* gamma of least squares |g - DG gamma|, by the normal equations. */
static bool mix_weights(const sn_mix *m, const double *g, double gamma[MIX_MAX])
{
    double a[MIX_MAX * MIX_MAX] = {0};
    double b[MIX_MAX] = {0};
    size_t k = m->n_kept;
    double largest = 0.0;
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < k; j++) {
            a[i * k + j] = dot(m->dg + i * m->n, m->dg + j * m->n, m->n);
        }
        largest = fmax(largest, a[i * k + i]);
        b[i] = -dot(m->dg + i * m->n, g, m->n);
    }
    for (size_t i = 0; i < k; i++) {
        a[i * k + i] += 1e-10 * largest;
    }
    return k > 0 && largest > 0.0 && solve_newton(a, b, k, gamma);
}

/* Turn the Newton step g at x into the mixed step; remembers both. */
static void mix_step(sn_mix *m, const double *x, double *g)
{
    if (m->has_last) {
        if (m->n_kept == MIX_MAX) {
            memmove(m->dx, m->dx + m->n, (MIX_MAX - 1) * m->n * sizeof *m->dx);
            memmove(m->dg, m->dg + m->n, (MIX_MAX - 1) * m->n * sizeof *m->dg);
            m->n_kept--;
        }
        for (size_t i = 0; i < m->n; i++) {
            m->dx[m->n_kept * m->n + i] = x[i] - m->x[i];
            m->dg[m->n_kept * m->n + i] = g[i] - m->g[i];
        }
        m->n_kept++;
    }
    memcpy(m->x, x, m->n * sizeof *x);
    memcpy(m->g, g, m->n * sizeof *g);
    m->has_last = true;
    double gamma[MIX_MAX];
    if (!mix_weights(m, m->g, gamma)) {
        return;
    }
    for (size_t k = 0; k < m->n_kept; k++) {
        for (size_t i = 0; i < m->n; i++) {
            g[i] -= gamma[k] * (m->dx[k * m->n + i] + m->dg[k * m->n + i]);
        }
    }
}

/* ---- the iteration ---- */

typedef struct sn_newton {
    size_t room;
    double *f;
    double *step;
    double *x;
    double *j;
    sn_mix mix;
} sn_newton;

static void newton_release(sn_newton *w)
{
    free(w->f);
    free(w->step);
    free(w->x);
    free(w->j);
    mix_release(&w->mix);
    *w = (sn_newton){0};
}

static sn_status newton_reset(sn_newton *w, size_t n, sn_error *err)
{
    sn_status status = mix_reset(&w->mix, n, err);
    if (status != SN_OK || n <= w->room) {
        return status;
    }
    free(w->f);
    free(w->step);
    free(w->x);
    free(w->j);
    w->room = n;
    w->f = calloc(n, sizeof *w->f);
    w->step = calloc(n, sizeof *w->step);
    w->x = calloc(n, sizeof *w->x);
    w->j = calloc(n * n, sizeof *w->j);
    if (w->f == NULL || w->step == NULL || w->x == NULL || w->j == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu water values", n);
    }
    return SN_OK;
}

static void take_step(sn_replay_case *c, sn_newton *w)
{
    assemble_jacobian(c, w->j);
    if (!solve_newton(w->j, w->f, c->n_unknown, w->step)) {
        return;
    }
    get_shifts(c, w->x);
    mix_step(&w->mix, w->x, w->step);
    add_step(c, w->step, 1.0);
}

static sn_status iterate(sn_replay_case *c, sn_newton *w, sn_error *err)
{
    double tolerance = c->settings->energy_tolerance_share;
    double best = INFINITY;
    size_t best_pass = 0;
    for (;;) {
        sn_status status = sn_replay_pass(c, err);
        if (status != SN_OK) {
            return status;
        }
        c->out->iterations++;
        if (c->out->iterations == 1) {
            set_windows(c);
            number_unknowns(c);
            status = newton_reset(w, c->n_unknown, err);
        }
        if (status != SN_OK) {
            return status;
        }
        double error = c->n_unknown > 0 ? assemble_residual(c, w->f) : 0.0;
        c->out->energy_error_max_share = error;
        if (c->out->iterations == 1 && c->settings->held_out != NULL) {
            status = sn_replay_copy_result(c, c->settings->held_out, err);
        }
        if (status != SN_OK || c->n_unknown == 0) {
            return status;
        }
        if (error < 0.9 * best) {
            best = error;
            best_pass = c->out->iterations;
        }
        bool is_last = c->out->iterations >= c->settings->iterations_max ||
                       c->out->iterations >= best_pass + STALL_MAX;
        if (c->settings->balance == SN_BALANCE_HELD || is_last) {
            return SN_OK;
        }
        if (error <= bound_check_share && update_pins(c)) {
            level_shifts(c);
            best = INFINITY;
            status = newton_reset(w, c->n_unknown, err);
            if (status != SN_OK) {
                return status;
            }
            (void)assemble_residual(c, w->f);
        } else if (error <= tolerance) {
            return SN_OK;
        }
        take_step(c, w);
    }
}

sn_status sn_replay_balance_water(sn_replay_case *c, sn_error *err)
{
    sn_newton work = {0};
    sn_status status = iterate(c, &work, err);
    newton_release(&work);
    return status;
}
