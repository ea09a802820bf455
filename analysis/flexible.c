/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M-34 without a ramp that binds: cut pieces of a convex cost, cheapest and dearest
 * first.  Pieces are ranked by price once (radix sort), and those in play are a set of
 * ranks: a tree of 64-bit words finds its lowest and highest member in a few steps. */
#include "flexible.h"

#include "flexible_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double rounding_share = 1e-12;

enum { LEVELS_MAX = 6, WORD = 64 };

/* Members 0 .. n-1; word w of level k says which words of level k - 1 are not empty. */
typedef struct ranks {
    size_t n_level;
    uint64_t *level[LEVELS_MAX];
    uint64_t *memory;
} ranks;

/* Pieces 2t: power of step t; 2t + 1: product of step t not made. */
typedef struct pieces {
    const double *price;
    double stop_value;
    double *left; /* MWh not yet decided */
    double *used; /* MWh decided to be bought */
    size_t *piece_of_rank;
    size_t *rank_of_piece;
    ranks open;       /* pieces with something left */
    double low;       /* stock reached with what is decided */
    double undecided; /* sum of left */
} pieces;

static bool ranks_alloc(ranks *set, size_t n)
{
    size_t words = 0;
    size_t at[LEVELS_MAX];
    for (size_t m = n; set->n_level < LEVELS_MAX;) {
        m = (m + WORD - 1) / WORD;
        at[set->n_level++] = words;
        words += m;
        if (m == 1) {
            break;
        }
    }
    set->memory = calloc(words, sizeof *set->memory);
    for (size_t k = 0; k < set->n_level && set->memory != NULL; k++) {
        set->level[k] = set->memory + at[k];
    }
    return set->memory != NULL;
}

static void ranks_add(ranks *set, size_t i)
{
    for (size_t k = 0; k < set->n_level; k++, i /= WORD) {
        set->level[k][i / WORD] |= (uint64_t)1 << (i % WORD);
    }
}

static void ranks_remove(ranks *set, size_t i)
{
    for (size_t k = 0; k < set->n_level; k++, i /= WORD) {
        set->level[k][i / WORD] &= ~((uint64_t)1 << (i % WORD));
        if (set->level[k][i / WORD] != 0) {
            break;
        }
    }
}

static bool ranks_empty(const ranks *set)
{
    return set->level[set->n_level - 1][0] == 0;
}

static size_t lowest_bit(uint64_t word)
{
    size_t bit = 0;
    for (size_t half = WORD / 2; half > 0; half /= 2) {
        if ((word & (((uint64_t)1 << half) - 1)) == 0) {
            word >>= half;
            bit += half;
        }
    }
    return bit;
}

static size_t highest_bit(uint64_t word)
{
    size_t bit = 0;
    for (size_t half = WORD / 2; half > 0; half /= 2) {
        if ((word >> half) != 0) {
            word >>= half;
            bit += half;
        }
    }
    return bit;
}

/* Side 0: the cheapest piece in play, side 1: the dearest. */
static size_t ranks_end(const ranks *set, int side)
{
    size_t i = 0;
    for (size_t k = set->n_level; k-- > 0;) {
        uint64_t word = set->level[k][i];
        i = i * WORD + (side == 0 ? lowest_bit(word) : highest_bit(word));
    }
    return i;
}

static double price_of(const pieces *p, size_t i)
{
    return (i & 1) != 0 ? p->stop_value : p->price[i / 2];
}

/* Doubles as unsigned integers in the same order. */
static uint64_t ordered(double value)
{
    uint64_t bits;
    value += 0.0; /* -0 as 0 */
    memcpy(&bits, &value, sizeof bits);
    return (bits >> 63) != 0 ? ~bits : bits | (uint64_t)1 << 63;
}

/* Ranks of n pieces, equal prices in order of time: stable radix sort, 8 passes. */
static bool rank_pieces(pieces *p, size_t n)
{
    enum { BUCKETS = 256 };
    /* Without a stop price there are only the pieces of power, the even ones. */
    size_t stride = isfinite(p->stop_value) ? 1 : 2;
    size_t m = n / stride;
    uint64_t *key = calloc(n, sizeof *key);
    size_t *from = p->piece_of_rank;
    size_t *to = calloc(n, sizeof *to);
    bool ok = key != NULL && to != NULL;
    for (size_t i = 0; i < m && ok; i++) {
        from[i] = i * stride;
        key[from[i]] = ordered(price_of(p, from[i]));
    }
    for (unsigned shift = 0; shift < 64 && ok; shift += 8) {
        size_t start[BUCKETS + 1] = {0};
        for (size_t i = 0; i < m; i++) {
            start[((key[from[i]] >> shift) & 0xff) + 1]++;
        }
        for (size_t b = 0; b < BUCKETS; b++) {
            start[b + 1] += start[b];
        }
        for (size_t i = 0; i < m; i++) {
            to[start[(key[from[i]] >> shift) & 0xff]++] = from[i];
        }
        size_t *swap = from;
        from = to;
        to = swap;
    }
    for (size_t r = 0; r < m && ok; r++) { /* an even number of passes: back in place */
        p->rank_of_piece[p->piece_of_rank[r]] = r;
    }
    free(to);
    free(key);
    return ok;
}

static void add(pieces *p, size_t i, double mwh)
{
    if (mwh > 0.0) {
        p->left[i] = mwh;
        p->undecided += mwh;
        ranks_add(&p->open, p->rank_of_piece[i]);
    }
}

/* Decide mwh from one end: side 0 buys the cheapest, side 1 gives up the dearest. */
static double decide(pieces *p, int side, double mwh)
{
    double done = 0.0;
    while (mwh - done > 0.0 && !ranks_empty(&p->open)) {
        size_t rank = ranks_end(&p->open, side);
        size_t i = p->piece_of_rank[rank];
        double take = fmin(p->left[i], mwh - done);
        p->left[i] -= take;
        done += take;
        if (side == 0) {
            p->used[i] += take;
        }
        if (p->left[i] <= 0.0) {
            p->left[i] = 0.0;
            ranks_remove(&p->open, rank);
        }
    }
    p->undecided -= done;
    p->low += side == 0 ? done : 0.0;
    return done;
}

static bool cut_to(pieces *p, double floor_mwh, double ceiling_mwh, double slack)
{
    if (p->low < floor_mwh) {
        double due = floor_mwh - p->low;
        if (decide(p, 0, due) < due - slack) {
            return false;
        }
    }
    double over = p->low + p->undecided - ceiling_mwh;
    if (over > 0.0 && decide(p, 1, over) < over - slack) {
        return false;
    }
    return true;
}

static bool run_steps(const sn_flexible *plant, size_t n, pieces *p)
{
    double q = plant->energy_mwh / (double)n;
    double must = plant->load_min_mw * plant->step_h;
    double may = (plant->load_max_mw - plant->load_min_mw) * plant->step_h;
    bool is_bounded = isfinite(plant->storage_mwh);
    double start = is_bounded ? 0.5 * plant->storage_mwh : 0.0;
    double slack = rounding_share *
                   (plant->energy_mwh + plant->load_max_mw * plant->step_h * (double)n);
    p->low = start;
    for (size_t t = 0; t < n; t++) {
        p->low += must - q;
        add(p, 2 * t, may);
        if (isfinite(plant->stop_value_eur_per_mwh)) {
            add(p, 2 * t + 1, q);
        }
        if (is_bounded && !cut_to(p, 0.0, plant->storage_mwh, slack)) {
            return false;
        }
    }
    return cut_to(p, start, start, slack);
}

static sn_status
pieces_alloc(pieces *p, size_t n, const double *price, double value, sn_error *err)
{
    *p = (pieces){.price = price, .stop_value = value};
    p->left = calloc(2 * n, sizeof *p->left);
    p->used = calloc(2 * n, sizeof *p->used);
    p->piece_of_rank = calloc(2 * n, sizeof *p->piece_of_rank);
    p->rank_of_piece = calloc(2 * n, sizeof *p->rank_of_piece);
    if (p->left == NULL || p->used == NULL || p->piece_of_rank == NULL ||
        p->rank_of_piece == NULL || !ranks_alloc(&p->open, 2 * n) ||
        !rank_pieces(p, 2 * n)) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a schedule");
    }
    return SN_OK;
}

static void pieces_release(pieces *p)
{
    free(p->left);
    free(p->used);
    free(p->piece_of_rank);
    free(p->rank_of_piece);
    free(p->open.memory);
}

static sn_status
check(const sn_flexible *plant, const double *price, size_t n, sn_error *err)
{
    if (n == 0 || !(plant->step_h > 0.0) || !(plant->load_min_mw >= 0.0) ||
        !(plant->load_max_mw >= plant->load_min_mw) || !isfinite(plant->load_max_mw) ||
        !(plant->ramp_mw_per_h >= 0.0) || !(plant->storage_mwh >= 0.0) ||
        !(plant->energy_mwh >= 0.0) || !isfinite(plant->energy_mwh) ||
        isnan(plant->stop_value_eur_per_mwh)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "a flexible plant needs 0 <= load_min <= load_max, ramp, "
                            "storage and energy at or above zero");
    }
    for (size_t t = 0; t < n; t++) {
        if (!isfinite(price[t])) {
            return sn_error_set(err, SN_E_FORMAT, "price of step %zu is missing", t);
        }
    }
    return SN_OK;
}

static void collect(const sn_flexible *plant,
                    const pieces *p,
                    size_t n,
                    double *load_mw,
                    sn_flexible_result *out)
{
    double must = plant->load_min_mw * plant->step_h;
    for (size_t t = 0; t < n; t++) {
        double x = must + p->used[2 * t];
        out->cost_eur += p->price[t] * x;
        out->energy_mwh += x;
        out->lost_mwh += p->used[2 * t + 1];
        load_mw[t] = x / plant->step_h;
    }
}

static bool ramp_holds(const sn_flexible *plant, const double *load_mw, size_t n)
{
    double most = plant->ramp_mw_per_h * plant->step_h;
    double slack = rounding_share * plant->load_max_mw;
    for (size_t t = 1; t < n; t++) {
        if (fabs(load_mw[t] - load_mw[t - 1]) > most + slack) {
            return false;
        }
    }
    return true;
}

static bool stock_holds(const sn_flexible *plant, const double *load_mw, size_t n)
{
    double q = plant->energy_mwh / (double)n;
    double slack = rounding_share * (plant->energy_mwh + plant->storage_mwh);
    double stock = 0.5 * plant->storage_mwh;
    for (size_t t = 0; t < n && isfinite(plant->storage_mwh); t++) {
        stock += load_mw[t] * plant->step_h - q;
        if (stock < -slack || stock > plant->storage_mwh + slack) {
            return false;
        }
    }
    return true;
}

/* Whether a schedule fills or empties the store. */
static bool stock_binds(const sn_flexible *plant, const double *load_mw, size_t n)
{
    double q = plant->energy_mwh / (double)n;
    double slack = rounding_share * (plant->energy_mwh + plant->storage_mwh);
    double stock = 0.5 * plant->storage_mwh;
    for (size_t t = 0; t < n && isfinite(plant->storage_mwh); t++) {
        stock += load_mw[t] * plant->step_h - q;
        if (stock <= slack || stock >= plant->storage_mwh - slack) {
            return true;
        }
    }
    return false;
}

/* With the ramp: level load when nothing else is possible; the sum over the period alone,
 * and when the store does not hold that, the interior point.  A store that binds without
 * the ramp (load_mw at entry) would hardly hold the sum's path: it is not tried. */
static sn_status with_ramp(const sn_flexible *plant,
                           const double *price,
                           size_t n,
                           double *load_mw,
                           sn_flexible_result *out,
                           sn_error *err)
{
    double mean = plant->energy_mwh / ((double)n * plant->step_h);
    *out = (sn_flexible_result){.is_feasible = true, .ramp_bound = true};
    if (isfinite(plant->stop_value_eur_per_mwh)) {
        return sn_error_set(err, SN_E_FORMAT,
                            "a stop price and a ramp that binds cannot be combined");
    }
    if (plant->ramp_mw_per_h > 0.0 && plant->load_min_mw < mean &&
        mean < plant->load_max_mw && plant->storage_mwh > 0.0) {
        if (stock_binds(plant, load_mw, n)) {
            return sn_flexible_ramp(plant, price, n, load_mw, out, err);
        }
        sn_status status = sn_flexible_sum(plant, price, n, load_mw, out, err);
        return status != SN_OK || stock_holds(plant, load_mw, n)
                   ? status
                   : sn_flexible_ramp(plant, price, n, load_mw, out, err);
    }
    for (size_t t = 0; t < n; t++) {
        load_mw[t] = mean;
        out->cost_eur += price[t] * mean * plant->step_h;
    }
    out->energy_mwh = plant->energy_mwh;
    return SN_OK;
}

sn_status sn_flexible_schedule(const sn_flexible *plant,
                               const double *price_eur_per_mwh,
                               size_t n,
                               double *load_mw_out,
                               sn_flexible_result *out,
                               sn_error *err)
{
    pieces p = {0};
    double *load = load_mw_out;
    *out = (sn_flexible_result){0};
    sn_status status = check(plant, price_eur_per_mwh, n, err);
    if (status != SN_OK) {
        return status;
    }
    if (load == NULL) {
        load = calloc(n, sizeof *load);
    }
    status = pieces_alloc(&p, n, price_eur_per_mwh, plant->stop_value_eur_per_mwh, err);
    if (status == SN_OK && load == NULL) {
        status = sn_error_set(err, SN_E_MEMORY, "out of memory for a schedule");
    }
    if (status == SN_OK) {
        out->is_feasible = run_steps(plant, n, &p);
    }
    if (status == SN_OK && out->is_feasible) {
        collect(plant, &p, n, load, out);
        if (!ramp_holds(plant, load, n)) {
            status = with_ramp(plant, price_eur_per_mwh, n, load, out, err);
        }
    }
    pieces_release(&p);
    if (load != load_mw_out) {
        free(load);
    }
    return status;
}
