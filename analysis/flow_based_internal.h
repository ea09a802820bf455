/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Shared by the parts of the flow-based solver; nobody else's. */
#ifndef SN_FLOW_BASED_INTERNAL_H
#define SN_FLOW_BASED_INTERNAL_H

#include "flow_based.h"

#include <stdbool.h>

/*
 * Dual variables ("components"): lambda of each grid, then mu of each active constraint.
 * An element is an area's curve or a link: a monotone curve q(u) of u = b . y, with
 * b = (grid, -PTDF) for an area and the difference of its ends for a link.  The optimum
 * has sum_e b_e q_e + (RAM of c at its component) = 0.
 */
typedef struct fb_curve {
    double *p;       /* exact points, prices */
    double *q;       /* exact points, quantities */
    double *s;       /* prices with each step widened to a ramp: strictly increasing in
                        the sense that every step has a slope */
    size_t n;        /* 0: hub */
    size_t at;       /* segment last used */
    bool is_stairs;  /* the curve it is made from has steps and gaps in turn */
    bool artificial; /* first and last segments stand for lack and excess */
} fb_curve;

typedef enum fb_kind { FB_STEP, FB_GAP, FB_SLOPE } fb_kind;

typedef struct sn_flow_based {
    size_t node_max, link_max, constraint_max, point_max;
    const sn_flow_based_problem *problem;
    sn_flow_based_problem own; /* the problem with finite limits */
    double *flow_min, *flow_max;
    double *numbers, *point_block;
    size_t *indices;
    fb_curve *curve; /* [node] */
    double *points;  /* of all curves */
    size_t n_grid;
    size_t *grid;   /* [node] dense label */
    double *lambda; /* [grid] */
    double *mu;     /* [constraint] */
    bool ends;      /* curves have artificial ends */
    size_t culprit; /* nothing satisfies this constraint; SIZE_MAX */
    bool tied, sloped;
    double step_width; /* of the ramps now */
    size_t n_active, active_max;
    size_t *active;        /* constraints with a component */
    size_t *place;         /* [constraint] its index in active, SIZE_MAX */
    size_t k;              /* components: n_grid + n_active */
    double *b;             /* [node][k] and then [link][k] */
    double *ram_active;    /* by active index */
    double *u, *q, *slope; /* [node + link] at the point in hand */
    double *w;             /* [node + link] movement of u along the direction */
    double *next;          /* [node + link] step at which it passes a point or limit */
    double *gradient, *direction, *hessian; /* [k], [k], [k][k] */
    size_t *free_component;                 /* [k] */
    double *injection;                      /* [node] x */
    double *load;                           /* [constraint] sum PTDF x */
    /* the simplex part; components are n_grid and then constraints as they joined */
    size_t *point;         /* [node] of its curve, or the segment it is held on */
    size_t n_held;         /* elements at a kink: as many as components */
    size_t *held, *joined; /* [component] element; constraint */
    bool *is_held;         /* [node + link] */
    double *held_min, *held_max, *held_mw; /* [component] */
    double *y;                             /* [component] */
    double *kink;    /* [node + link][below, above] prices; infinite: none, or held */
    double *column;  /* [component][node + link] */
    double *inverse; /* [held][component], rows inverse_stride apart */
    size_t inverse_stride;
    double *row_size; /* [constraint] 1 + sum of squares of its PTDFs */
    /* the exact part */
    size_t *segment; /* [node] */
    int *link_side;  /* [link] -1 at min, 0 between, 1 at max */
    double *exact_matrix, *exact_factor, *exact_right, *exact_x, *exact_residual;
    size_t *exact_row, *exact_element;
    size_t exact_max;
    bool is_square; /* the last exact solution left no price and no quantity open */
    /* prices that are free */
    double *bound_low, *bound_high, *middle; /* [row], [row], [node] */
    double *held_base;                       /* [k][k] */
    bool areas_stand;                        /* and the rest is sought */
    size_t *bound, n_bound;                  /* rows held */
    int *bound_side;                         /* [row] -1 held at low, 1 at high, 0 not */
    /* results */
    double *price, *net, *flow, *shadow;
    double *kept_lambda, *kept_mu; /* [grid], [constraint] prices that hold */
    bool *is_equal;                /* [constraint] its shadow price may be negative */
    bool *usable;                  /* [constraint] false: left out of the price problem */
    struct sn_flow_based *choice;  /* workspace of the problems of choice */
    sn_curve *choice_curve;
    double *choice_points, *choice_min, *choice_max;
    size_t n_step, n_exact;
} fb;

/** Sums in four parts: the order of addition is fixed, and four do not wait for one. */
static inline double fb_dot(const double *a, const double *b, size_t n)
{
    double sum[4] = {0.0, 0.0, 0.0, 0.0};
    size_t i = 0;
    for (; i + 3 < n; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            sum[j] += a[i + j] * b[i + j];
        }
    }
    for (; i < n; i++) {
        sum[0] += a[i] * b[i];
    }
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

fb_kind fb_kind_of(const fb_curve *c, size_t segment);
/** Points of an area between the price limits, with ramps; artificial ends when asked. */
void fb_make_curve(fb_curve *c,
                   const sn_curve *from,
                   double p_min,
                   double p_max,
                   bool ends);
/** Steps as ramps of another width than fb_step_width_eur_per_mwh. */
void fb_widen_steps(fb *w, double width);
/** b of every element for the active constraints. */
void fb_make_elements(fb *w);
/** A component for c; false when there is no room for more. */
bool fb_activate(fb *w, size_t c);
void fb_deactivate(fb *w, size_t c);
/** u of every element. */
void fb_evaluate_u(fb *w);
/** Injections and the load of every constraint. */
void fb_load(fb *w, const double *net, const double *flow);
/** To a corner of the dual from lambda alone; false: not found.  Leaves prices, segments
 * and active constraints. */
bool fb_simplex(fb *w);
/** Newton to a gradient of tolerance_mw or less; false: the dual runs away (names the
 * constraint in *culprit) or no convergence (*culprit = SIZE_MAX). */
bool fb_newton(fb *w, double tolerance_mw, size_t *culprit);
/** Segments, sides and active constraints from where Newton ended. */
void fb_read_segments(fb *w);
/** Exact solution on the segments in hand, changed until everything holds. */
bool fb_exact(fb *w);
/** The quantities at a corner, on its segments and at its prices; false: something does
 * not hold, fb_exact() goes on from there. */
bool fb_settle(fb *w);
/** The segments by rule where several would do, so that nothing depends on the way here;
 * false: their equations have no solution, start again. */
bool fb_canonical(fb *w);
/** Every element is on its segment and no shadow price negative. */
bool fb_holds(const fb *w);
/** Curves, limits and a start from the last solution, if it has the same shape.
 * ends: with artificial ends of curves that stand for lack and excess. */
void fb_prepare(fb *w, const sn_flow_based_problem *problem, bool ends);
/** No active constraint and a price somewhere on most curves. */
void fb_start_cold(fb *w);
/** By Newton's method and the exact part; false: see fb_newton(). */
bool fb_find_by_newton(fb *w, size_t *culprit);
/** LU with row pivoting of exact_factor in place; false when singular. */
bool fb_factor(fb *w, size_t m);
/** From the right side for exact_factor in exact_x to the solution of exact_matrix and
 * exact_right, which may differ a little. */
void fb_solve_refined(fb *w, size_t m);
void fb_add_outer(double *matrix, size_t m, size_t k, const double *b, double s);
/** Shares of what lies at exactly the price of a corner: segments, sides, constraints. */
bool fb_spread_ties(fb *w);
/** Prices as near the middle of each area's interval as can be, from the kept ones, into
 * lambda, mu and u; false: not found, nothing changed. */
bool fb_centre_prices(fb *w);
/** More freedom than equations among the prices. */
bool fb_prices_are_free(fb *w);

enum { FB_CHOICE_POINTS = 6 };

extern const double fb_unlimited_mw;
extern const double fb_firm;
extern const double fb_end_tolerance_mw;
extern const double fb_step_width_eur_per_mwh;
extern const double fb_gap_slope;
extern const double fb_mu_weight;

#endif
