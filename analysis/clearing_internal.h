/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Workspace of the clearing.  Only clearing*.c include this.
 *
 * Inside, areas are numbered in the plan's order, which depends on the list of borders
 * but not on how areas are numbered outside; so sums over areas, and every byte of the
 * result, do not either.
 */
#ifndef SN_CLEARING_INTERNAL_H
#define SN_CLEARING_INTERNAL_H

#include "clearing.h"

#include <stdbool.h>
#include <stddef.h>

/** Flows and net positions closer than this to a bound are at it. */
#define SN_TOLERANCE_MW 1e-7

/** Prices closer than this are equal. */
#define SN_TOLERANCE_EUR_PER_MWH 1e-9

typedef struct sn_arc {
    size_t to;
    double room;
} sn_arc; /* arc k and its reverse k ^ 1 */

/** What holds the flow of a border. */
typedef enum sn_hold {
    SN_FREE,
    SN_AT_MAX,
    SN_AT_MIN,
    SN_FIXED, /* both limits are the same */
} sn_hold;

/** Where an area stands on its curve when the price in hand is a step of it. */
typedef enum sn_stand {
    SN_INSIDE, /* the step gives what the others lack */
    SN_LOW,
    SN_HIGH,
} sn_stand;

/** An area at the price in hand. */
typedef struct sn_place {
    const double *price; /* its curve */
    const double *quantity;
    size_t n;
    size_t at; /* first point at or above the price in hand */
    size_t up; /* first point above it */
    double low_mw, high_mw;
    double weight; /* its price over that of its set: 1 without losses */
    double inverse;
} sn_place;

struct sn_clearing {
    size_t n_area;
    size_t n_border;
    double *numbers; /* one block for all arrays of doubles */
    size_t *indices; /* one block for all arrays of indices */

    /* The plan (clearing_plan.c): valid for `known`. */
    sn_network known;
    sn_border *known_border;
    size_t *area_of;   /* [n_area] outer number of area c of the plan */
    size_t *plan_of;   /* [n_area] and back */
    size_t *fill_end;  /* [n_area + 1] */
    size_t *fill;      /* rows below the diagonal of each column of the factor */
    size_t *cell;      /* [n_border] its place in the matrix */
    sn_border *border; /* [n_border] in the plan's numbers */
    sn_curve *curve;   /* [n_area] */
    sn_network network;
    sn_clearing_problem planned; /* the problem in hand, in the plan's numbers */

    /* Results in the plan's numbers, and as they are given out. */
    double *price, *net, *flow;
    size_t *group;
    double *price_out, *net_out;
    size_t *group_out;

    /* Active set (clearing_active.c).  hold, stand and set_price outlive a solve. */
    sn_place *place;
    sn_hold *hold;
    sn_hold *hold_before; /* [n_border] in the solution before */
    bool is_steady;       /* that one is a good start */
    sn_stand *stand;
    size_t *root, *next, *last;
    bool is_grouped; /* the sets are the price groups of the answer */
    bool *touched, *dirty, *pinned, *is_step, *is_gap, *can_give;
    bool *is_unbalanced; /* by root: no price within the limits balances the set */
    double *share_out;   /* [n_area] flows of borders that are held, out of the area */
    double *potential, *right, *pivot;
    double *matrix;    /* [n_area][n_area] the flow equations; 0 between two solutions */
    double *tie_rated; /* [n_border] rated MW of borders without losses; else 0 */
    double *held_mw;   /* [n_border][4] by sn_hold: 0 when free */
    double *set_price;

    /* Losses (clearing_lossy.c). */
    bool has_loss;
    double *loss;      /* [n_border] share lost on the way; 0 but for some */
    size_t attempt;    /* each changes the borders in another order */
    bool is_converged; /* the active set came to an end, clear or not */
    bool is_doubtful;  /* M-8 leaves a lossy flow open, and a rule of ours decided */
    bool *is_carried;  /* [n_border] the flow is known */
    struct sn_two_way *two_way; /* links that lose both ways (clearing_two_way.c) */
    size_t *part;               /* [n_area] first area of those joined without losses */
    size_t *inside;             /* [n_area] by root: an area inside the step that gives */
    double *need;               /* [n_area] by part: what it has left to send */

    /* Decomposition (clearing_split.c). */
    double *fixed_out; /* [n_area] exports over borders already full */
    double *low_mw, *high_mw;
    double *price_low, *price_high;
    double *beyond; /* [n_area] share of the step at the cap, less 1 at the floor */
    double *kept;   /* [2 n_area + n_border] its answer, while the active set tries */
    size_t *set_of;
    size_t set_in_hand; /* where it stopped, when the problem is infeasible */
    size_t *side;       /* [n_border] 0 inside a set, 1 at least, 2 at most */
    size_t *first, *adjacent, *queue, *cursor, *level, *border_arc;
    sn_arc *arc;
    size_t n_arc;
    size_t n_member; /* areas of the set in hand */
    size_t *member, *window, *found;
};

/** Numbers the areas for this network, unless it is the one before. */
void sn_clearing_plan(sn_clearing *w, const sn_network *network);

/** Looks for the optimum from hold, stand and set_price.  True: price, flow and net hold
 * the one answer.  False: they are not valid, and nothing is said about the problem. */
bool sn_clearing_active(sn_clearing *w);
/** Prices and flows near the optimum, exactly as any other way to them would give: from
 * which are equal, and which are at a limit.  False: that is not clear. */
bool sn_clearing_restate(sn_clearing *w);
/** Forgets the last solution. */
void sn_clearing_forget(sn_clearing *w);

/** @name The price of a set (clearing_price.c). */
/**@{*/
/** Moves an area to price p: its cursors, and its supply just below and above it. */
void sn_clearing_find_place(sn_place *a, double p);
/** Price at which set r supplies `wanted`, members' places at it; far beyond the limits
 * where it cannot balance.  is_gap: it is one of an interval, which only the
 * decomposition answers.  start: where to begin. */
double sn_clearing_find_price(sn_clearing *w, size_t r, double wanted, double start);
/**@}*/

/** @name Losses: free lossy borders join sets whose prices differ by the loss. */
/**@{*/
size_t sn_clearing_root(size_t *root, size_t c);
/** Joins over free lossy borders, and weighs the areas; part is left without them. */
void sn_clearing_join_lossy(sn_clearing *w);
/** Flows of free lossy borders from the balance of the parts; pins each part. */
void sn_clearing_carry_lossy(sn_clearing *w);
/** Price p of set r, which stands on a step, without the rounding of the way to it. */
double sn_clearing_step_price(const sn_clearing *w, size_t r, double p);
/** A point of the curve within rounding of p, else p. */
double sn_clearing_snap(const sn_place *a, double p);
typedef struct sn_two_way sn_two_way;
void sn_clearing_free_two_way(sn_two_way *t);
sn_clearing *sn_clearing_inner(sn_two_way *t);
SN_CHECKED sn_status sn_clearing_solve_two_way(sn_clearing *w,
                                               const sn_clearing_problem *problem,
                                               sn_clearing_result *out,
                                               sn_error *err);
/** Where the active set finds no end: from nothing, slowly (clearing_lossy_inner.c). */
SN_CHECKED sn_status sn_clearing_lossy_inner(sn_clearing *w,
                                             bool *is_cleared,
                                             sn_error *err);
/**@}*/

/** @name What follows from which borders are held (clearing_flows.c). */
/**@{*/
double sn_clearing_flow_of_held(const sn_clearing *w, size_t l);
/** Joins areas over free borders; lists members in order; sums the held flows. */
void sn_clearing_make_sets(sn_clearing *w);
/** Potentials: 0 where pinned. */
void sn_clearing_find_potentials(sn_clearing *w);
/**@}*/

/** Exact from nothing, but for ties; false when the problem is infeasible. */
bool sn_clearing_split(sn_clearing *w);
/** M-13 from the decomposition's answer; leaves hold, stand and set_price to match. */
void sn_clearing_settle_ties(sn_clearing *w);

#endif
