/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Convex programmes of periods in a chain, by a primal-dual interior point method. */
#ifndef SN_INTERIOR_H
#define SN_INTERIOR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { SN_INTERIOR_ENTRIES_MAX = 4 };

/** A variable in [0, upper_mw], cost * x + curvature * x^2 / 2. */
typedef struct sn_interior_column {
    double upper; /* > 0; INFINITY: none */
    double cost;
    double curvature; /* >= 0 */
    bool is_free;     /* no bound at 0 either; upper is INFINITY */
    size_t n_entry;
    size_t row[SN_INTERIOR_ENTRIES_MAX]; /* all in one block or in two that follow */
    double value[SN_INTERIOR_ENTRIES_MAX];
} sn_interior_column;

/** Least cost with sum of value * x = right in every row. */
typedef struct sn_interior_problem {
    size_t n_block;
    const size_t *first_row; /* [n_block + 1] */
    const double *right;     /* [first_row[n_block]] */
    size_t n_column;
    const sn_interior_column *column;
} sn_interior_problem;

/** The caller's arrays. */
typedef struct sn_interior_solution {
    double *x;         /* [n_column] */
    double *room;      /* [n_column] upper - x, without its rounding */
    double *at_zero;   /* [n_column] >= 0: what a unit more than 0 costs */
    double *at_upper;  /* [n_column] >= 0: what a unit less than upper costs */
    double *row_price; /* [rows] */
    double gap;        /* sum of x * at_zero + room * at_upper */
    size_t n_round;
} sn_interior_solution;

/**
 * Each round is one factorisation, blocks in order; the start is fixed, so the same
 * problem gives the same bytes.  The way leads through the inside; at its end what
 * belongs at a bound is put there.  Where several answers are as good it is an inner one.
 * Whoever calls checks the conditions of optimality: the search ends where rounding lets
 * it come no nearer.
 * @return SN_E_NUMERIC when it came nowhere near; SN_E_MEMORY
 */
SN_CHECKED sn_status sn_interior_solve(const sn_interior_problem *problem,
                                       sn_interior_solution *out,
                                       sn_error *err);

#endif
