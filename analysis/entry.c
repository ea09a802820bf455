/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "entry.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double damping = 0.5;
enum { WAIT_MAX = 12 }; /* rounds in which wind may come to rest before a project moves */
enum { MOVES_MAX = 2 }; /* in and out once more: it has no place that lasts */

typedef struct state {
    const sn_entry_game *game;
    const sn_entry_settings *settings;
    sn_entry *out;
    double wind_share[SN_ENTRY_PLACES];
    double last_share[SN_ENTRY_PLACES];
    double last_capture[SN_ENTRY_PLACES];
    double last_price[SN_ENTRY_PLACES];
    sn_entry_prices now;
    bool has_rested; /* wind has come to rest once: from here on projects move */
    size_t n_waited;
    bool both_ways;
    size_t *moves; /* [n] */
    double *gain;  /* [n], work */
} state;

/* M-31, damped: the first step takes a tenth of the limit. */
static void move_wind(state *s)
{
    double limit = s->settings->wind_change_max_share;
    for (int k = 0; k < SN_ENTRY_PLACES; k++) {
        double capture = s->now.capture_eur_per_mwh[k];
        double gap = capture - s->settings->wind_cost_eur_per_mwh;
        double moved = s->wind_share[k] - s->last_share[k];
        double slope = (capture - s->last_capture[k]) / moved;
        double step = isfinite(slope) && slope < 0.0 ? -gap / slope * damping
                                                     : copysign(0.1 * limit, gap);
        step = isnan(gap) ? 0.0 : fmax(-0.25 * limit, fmin(0.25 * limit, step));
        s->last_share[k] = s->wind_share[k];
        s->wind_share[k] = fmax(-limit, fmin(limit, s->wind_share[k] + step));
        s->last_capture[k] = capture;
    }
}

/* At its cost within tolerance, or at a limit that it wants to pass. */
static bool wind_rests(const state *s)
{
    for (int k = 0; k < SN_ENTRY_PLACES; k++) {
        double gap = s->now.capture_eur_per_mwh[k] - s->settings->wind_cost_eur_per_mwh;
        double limit = s->settings->wind_change_max_share;
        bool at_limit = (gap > 0.0 && s->wind_share[k] >= limit) ||
                        (gap < 0.0 && s->wind_share[k] <= -limit);
        if (!isnan(gap) && !at_limit && fabs(gap) > s->settings->tolerance_eur_per_mwh) {
            return false;
        }
    }
    return true;
}

static bool prices_rest(state *s)
{
    bool rest = s->now.has_water;
    for (int k = 0; k < SN_ENTRY_PLACES; k++) {
        double change = fabs(s->now.price_eur_per_mwh[k] - s->last_price[k]);
        rest = rest && change <= s->settings->tolerance_eur_per_mwh;
        s->last_price[k] = s->now.price_eur_per_mwh[k];
    }
    return rest;
}

/* The one inside that loses most, or outside that gains most; SIZE_MAX none.  Each has
 * its gain in s->gain. */
static sn_status
strongest(state *s, bool inside, size_t moves_max, size_t *out, sn_error *err)
{
    double most = 0.0;
    *out = SIZE_MAX;
    for (size_t i = 0; i < s->game->n; i++) {
        s->gain[i] = 0.0;
        if (!s->game->may[i] || s->out->undecided[i] || s->out->is_in[i] != inside ||
            s->moves[i] > moves_max) {
            continue;
        }
        sn_status status = s->game->gain(s->game->context, i, false, &s->gain[i], err);
        if (status != SN_OK) {
            return status;
        }
        double wants = inside ? -s->gain[i] : s->gain[i];
        if (wants > most) {
            most = wants;
            *out = i;
        }
    }
    return SN_OK;
}

/* One outside that gains at prices with its own load, the most promising asked first, so
 * many at most. */
static sn_status
who_enters(state *s, size_t moves_max, size_t n_max, size_t *out, sn_error *err)
{
    size_t first = SIZE_MAX;
    sn_status status = strongest(s, false, moves_max, &first, err);
    for (size_t k = 0; status == SN_OK && first != SIZE_MAX && k < n_max; k++) {
        sn_entry_prices with_it;
        double gain = 0.0;
        s->out->is_in[first] = true;
        status = s->game->clear(s->game->context, s->out->is_in, s->wind_share, true,
                                &with_it, err);
        s->out->is_in[first] = false;
        if (status == SN_OK) {
            status = s->game->gain(s->game->context, first, true, &gain, err);
        }
        if (status == SN_OK && gain > 0.0 && with_it.has_water) {
            *out = first;
            return SN_OK;
        }
        s->gain[first] = 0.0; /* asked */
        first = SIZE_MAX;
        for (size_t i = 0; i < s->game->n; i++) {
            if (s->gain[i] > (first == SIZE_MAX ? 0.0 : s->gain[first])) {
                first = i;
            }
        }
    }
    *out = SIZE_MAX;
    return status;
}

static void move(state *s, size_t i)
{
    s->out->is_in[i] = !s->out->is_in[i];
    if (s->both_ways && ++s->moves[i] > MOVES_MAX) {
        s->out->is_in[i] = false;
        s->out->undecided[i] = true;
    } else if (!s->both_ways) {
        s->moves[i] = 1;
    }
}

/* Who moves this round, and whether all is at rest. */
static sn_status ask(state *s, bool calm, size_t *mover, bool *at_rest, sn_error *err)
{
    *at_rest = false;
    *mover = SIZE_MAX;
    sn_status status = SN_OK;
    s->has_rested = s->has_rested || calm;
    if (!s->has_rested && s->now.has_water && s->n_waited < WAIT_MAX) {
        s->n_waited++;
        return SN_OK;
    }
    if (!s->both_ways) {
        status = s->settings->start_with_all ? strongest(s, true, 0, mover, err)
                                             : who_enters(s, 0, 1, mover, err);
        if (status != SN_OK || *mover != SIZE_MAX || !calm) {
            return status;
        }
        s->both_ways = true;
        memset(s->moves, 0, s->game->n * sizeof *s->moves);
    }
    if (!calm) {
        return SN_OK;
    }
    status = strongest(s, true, SIZE_MAX, mover, err);
    if (status == SN_OK && *mover == SIZE_MAX) {
        status = who_enters(s, SIZE_MAX, s->game->n, mover, err);
    }
    *at_rest = status == SN_OK && *mover == SIZE_MAX;
    return status;
}

static sn_status iterate(state *s, sn_error *err)
{
    const sn_entry_game *game = s->game;
    for (s->out->n_round = 0; s->out->n_round < s->settings->rounds_max;) {
        size_t mover = SIZE_MAX;
        bool at_rest = false;
        sn_status status =
            game->clear(game->context, s->out->is_in, s->wind_share, false, &s->now, err);
        if (status != SN_OK) {
            return status;
        }
        s->out->n_round++;
        if (game->round != NULL) {
            game->round(game->context, s->out->is_in, s->wind_share, &s->now);
        }
        bool calm = prices_rest(s) && wind_rests(s);
        status = ask(s, calm, &mover, &at_rest, err);
        if (status != SN_OK) {
            return status;
        }
        if (at_rest) {
            s->out->converged = true;
            break;
        }
        if (mover != SIZE_MAX) {
            move(s, mover);
        }
        move_wind(s);
    }
    for (size_t i = 0; i < game->n; i++) {
        s->out->converged = s->out->converged && !s->out->undecided[i];
    }
    return SN_OK;
}

sn_status sn_entry_solve(const sn_entry_game *game,
                         const sn_entry_settings *settings,
                         sn_entry *out,
                         sn_error *err)
{
    state s = {.game = game,
               .settings = settings,
               .out = out,
               .last_capture = {NAN, NAN},
               .last_price = {NAN, NAN}};
    out->converged = false;
    out->n_round = 0;
    for (size_t i = 0; i < game->n; i++) {
        out->is_in[i] = settings->start_with_all && game->may[i];
        out->undecided[i] = false;
    }
    s.moves = calloc(game->n + 1, sizeof *s.moves);
    s.gain = calloc(game->n + 1, sizeof *s.gain);
    sn_status status = s.moves == NULL || s.gain == NULL
                           ? sn_error_set(err, SN_E_MEMORY, "out of memory for entry")
                           : iterate(&s, err);
    free(s.moves);
    free(s.gain);
    return status;
}
