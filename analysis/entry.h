/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Entry and exit of industrial projects and of wind at the prices that come of it
 * (M-31, M-32): a state in which nobody wants to move, searched from one of two starts.
 */
#ifndef SN_ENTRY_H
#define SN_ENTRY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { SN_ENTRY_PLACES = 2 }; /* where wind may enter or leave */

typedef struct sn_entry_prices {
    double price_eur_per_mwh[SN_ENTRY_PLACES];
    double capture_eur_per_mwh[SN_ENTRY_PLACES]; /* of wind; NaN: there is none */
    bool has_water;                              /* the clearing may be believed */
} sn_entry_prices;

/** Who asks, and the market that answers.  A trial does not touch the prices that gain()
 * without it goes by. */
typedef struct sn_entry_game {
    size_t n;
    const bool *may; /* [n] in play; the others stay out */
    void *context;
    sn_status (*clear)(void *context,
                       const bool *is_in,
                       const double *wind_share,
                       bool is_trial,
                       sn_entry_prices *out,
                       sn_error *err);
    /** What i gains a MWh at the prices of the last clearing, or of the last trial. */
    sn_status (*gain)(void *context, size_t i, bool is_trial, double *out, sn_error *err);
    /** Told after each round; may be NULL. */
    void (*round)(void *context,
                  const bool *is_in,
                  const double *wind_share,
                  const sn_entry_prices *prices);
} sn_entry_game;

typedef struct sn_entry_settings {
    bool start_with_all;
    size_t rounds_max;
    double wind_cost_eur_per_mwh;
    double wind_change_max_share;
    double tolerance_eur_per_mwh; /* change of mean prices that counts as none */
} sn_entry_settings;

typedef struct sn_entry {
    bool converged; /* nobody wants to move, each one outside asked with its own load */
    size_t n_round;
    bool *is_in;     /* [n], the caller's */
    bool *undecided; /* [n], the caller's: neither in nor out lasts; out */
} sn_entry;

/**
 * Wind comes to rest with those of the start, in twelve rounds at most, or until there is
 * too little water for them.  Then one way: from all, the one that loses
 * most leaves; from none, the one that gains most enters, if it does so at prices WITH
 * its own load and wind as it stands; each moves once.  When nobody moves and wind rests,
 * both ways: the one inside that loses most leaves; one outside enters if it gains with
 * its own load.  At rest each project's place is then the best answer to the others': a
 * fixed point, of which there may be several. One that moves a third time is undecided
 * and stays out: not converged. Wind moves half way, by the slope that the last step
 * showed, towards capture = cost.
 */
SN_CHECKED sn_status sn_entry_solve(const sn_entry_game *game,
                                    const sn_entry_settings *settings,
                                    sn_entry *out,
                                    sn_error *err);

#endif
