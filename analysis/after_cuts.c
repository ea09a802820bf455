/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Capacity cut at the border (M-21).  Seen from a cut over its limit F, the deficit
 * side C imports over it what its sales abroad X exceed its own net generation n:
 *
 *     flow = X - n <= F   <=>   X <= E = F + n = F + G_C - D_C .
 *
 * That is the rule of before 2011, E not below 0.  n falls as the price does when
 * exports are cut, so E is a fixed point: slope of n over E in [0, 1), found by secant
 * from the market's n.  Where C is one price group, n moves by its share of the group's
 * slopes; the first step goes by that.
 *
 * historical: E = F + n of the market is shared over C's links abroad in proportion to
 *             their rating, and is not used up where a link's share is more than it
 * wants; where the cut is over all the same, E falls to where it no longer is. least: the
 * market shares E itself.  Every area gets a node that its exports leave from; those
 * nodes are joined like the areas, and the border between them that mirrors the cut
 * carries C's exports: they get a limit.  Imports come to the areas themselves, so that
 * nothing passes through C that would not at the areas' own price.  The exports found
 * become the links' capacity.
 *
 * In both the market is then cleared on the reduced capacities, in rounds, because flows
 * between equal prices may settle otherwise than foreseen.  By least reduction several
 * cuts over their limits are solved together when an area lies on the surplus side of all
 * of them.  It needs areas joined as a tree, so that a cut has two sides; elsewhere, and
 * where exports are 0 and the cut is still over, redispatch does the rest.
 */
#include "replay_internal.h"
#include "replay_ramp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS_MAX = 64, ROUNDS_MAX = 12, STEPS_MAX = 40 };

/* Half of what redispatch would act on. */
static const double near_mw = 5e-7;
static const double least_slope = 0.05;

/* A cut over its limit, seen from the side that takes too much. */
typedef struct sn_over {
    size_t border;    /* local */
    bool is_to_side;  /* C lies at the border's to end */
    double limit_mw;  /* F towards C */
    double export_mw; /* E */
    double held_mw;   /* of it what the market must carry all the same (M-15) */
    double aside_mw;  /* what the market's flow was over the mirror's, at aside_at_mw */
    double aside_at_mw;
    double aside_slope;
    bool is_corrected;
    double mirror_excess_mw;
    bool is_binding; /* E is exported */
    double last_export_mw;
    double last_excess_mw;
    double slope;    /* of the excess over E, as the curves have it */
    double first_mw; /* E at first */
    bool is_late;    /* over only when others were cut: E is what it needs, no rule */
} sn_over;

/* Limits of links, [n_link] each; infinite where none is cut. */
typedef struct sn_caps {
    double *min_mw;
    double *max_mw;
} sn_caps;

struct sn_cut_work {
    sn_clearing *clearing;
    sn_curve *curve; /* [n_node + n_area] */
    sn_border *link; /* [2 n_link + n_border + 1] exports, imports, mirrored cuts, root */
    double *min_mw;
    double *max_mw;
    double *loss;       /* [as link] */
    sn_caps caps;       /* what the cuts leave */
    sn_caps best_caps;  /* of the best round */
    sn_caps other_caps; /* of the price areas before this one */
    size_t *local;      /* [n_node] index in the price area, SIZE_MAX outside */
    bool *is_in;        /* [n_area] of some C, in this period */
    bool *follows;      /* [n_area] of a C that still exports */
    bool *side;         /* [n_border][n_area] local: at the to end of a cut */
    size_t n_over;
    sn_over over[CUTS_MAX];
};

static bool caps_alloc(sn_caps *caps, size_t n)
{
    caps->min_mw = calloc(n + 1, sizeof *caps->min_mw);
    caps->max_mw = calloc(n + 1, sizeof *caps->max_mw);
    return caps->min_mw != NULL && caps->max_mw != NULL;
}

static void caps_release(sn_caps *caps)
{
    free(caps->min_mw);
    free(caps->max_mw);
}

static void caps_copy(sn_caps *to, const sn_caps *from, size_t n)
{
    memcpy(to->min_mw, from->min_mw, n * sizeof *to->min_mw);
    memcpy(to->max_mw, from->max_mw, n * sizeof *to->max_mw);
}

static void caps_clear(sn_caps *caps, size_t n)
{
    for (size_t l = 0; l < n; l++) {
        caps->min_mw[l] = -INFINITY;
        caps->max_mw[l] = INFINITY;
    }
}

sn_cut_work *sn_cut_work_alloc(const sn_replay_case *c)
{
    size_t nodes = c->n_node + c->n_area + 1;
    size_t links = 2 * c->n_link + c->n_border + 2;
    sn_cut_work *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    w->clearing = sn_clearing_alloc(nodes, links);
    w->curve = calloc(nodes, sizeof *w->curve);
    w->link = calloc(links, sizeof *w->link);
    w->min_mw = calloc(links, sizeof *w->min_mw);
    w->max_mw = calloc(links, sizeof *w->max_mw);
    w->loss = calloc(links, sizeof *w->loss);
    w->local = calloc(nodes, sizeof *w->local);
    w->is_in = calloc(c->n_area + 1, sizeof *w->is_in);
    w->follows = calloc(c->n_area + 1, sizeof *w->follows);
    w->side = calloc((c->n_border + 1) * (c->n_area + 1), sizeof *w->side);
    bool has_caps = caps_alloc(&w->caps, c->n_link) &&
                    caps_alloc(&w->best_caps, c->n_link) &&
                    caps_alloc(&w->other_caps, c->n_link);
    if (!has_caps || w->clearing == NULL || w->curve == NULL || w->link == NULL ||
        w->min_mw == NULL || w->loss == NULL || w->max_mw == NULL || w->local == NULL ||
        w->is_in == NULL || w->follows == NULL || w->side == NULL) {
        sn_cut_work_free(w);
        return NULL;
    }
    for (size_t l = 0; l < c->n_link; l++) {
        w->loss[l] = w->loss[c->n_link + l] = c->link_loss[l];
    }
    if (c->has_loss && sn_clearing_set_link_losses(w->clearing, w->loss, NULL) != SN_OK) {
        sn_cut_work_free(w);
        return NULL;
    }
    return w;
}

void sn_cut_work_free(sn_cut_work *w)
{
    if (w == NULL) {
        return;
    }
    sn_clearing_free(w->clearing);
    free(w->curve);
    free(w->link);
    free(w->min_mw);
    free(w->max_mw);
    free(w->loss);
    caps_release(&w->caps);
    caps_release(&w->best_caps);
    caps_release(&w->other_caps);
    free(w->local);
    free(w->is_in);
    free(w->follows);
    free(w->side);
    free(w);
}

/* ---- sides ---- */

static bool *side_of(sn_cut_work *w, const sn_price_area *a, size_t k)
{
    return w->side + k * a->n_area;
}

/* What is reached from cut k's to end without crossing it.  @return how many */
static size_t mark_side(sn_cut_work *w, const sn_price_area *a, size_t k)
{
    bool *side = side_of(w, a, k);
    memset(side, 0, a->n_area * sizeof *side);
    side[a->link[k].to] = true;
    size_t n = 1;
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t j = 0; j < a->n_border; j++) {
            bool from = side[a->link[j].from];
            bool to = side[a->link[j].to];
            if (j != k && from != to) {
                side[a->link[j].from] = true;
                side[a->link[j].to] = true;
                n++;
                grew = true;
            }
        }
    }
    return n;
}

/* false: not a tree, a cut has no two sides. */
static bool mark_sides(const sn_replay_case *c, sn_cut_work *w, const sn_price_area *a)
{
    for (size_t k = 0; k < c->n_node; k++) {
        w->local[k] = SIZE_MAX;
    }
    for (size_t i = 0; i < a->n_area; i++) {
        w->local[c->node_of_area[a->area[i]]] = i;
    }
    if (a->n_border + 1 != a->n_area || a->n_border > CUTS_MAX) {
        return false;
    }
    for (size_t k = 0; k < a->n_border; k++) {
        size_t n = mark_side(w, a, k);
        if (n == a->n_area || side_of(w, a, k)[a->link[k].from]) {
            return false;
        }
    }
    return true;
}

static bool is_in_side(sn_cut_work *w, const sn_price_area *a, const sn_over *o, size_t i)
{
    return side_of(w, a, o->border)[i] == o->is_to_side;
}

/* Local index of the area at which link l leaves the price area, else SIZE_MAX;
 * *sign_out +1 when its flow runs outwards. */
static size_t
inside_end(const sn_replay_case *c, const sn_cut_work *w, size_t l, double *sign_out)
{
    size_t from = w->local[c->link[l].from];
    size_t to = w->local[c->link[l].to];
    *sign_out = from != SIZE_MAX ? 1.0 : -1.0;
    if ((from == SIZE_MAX) == (to == SIZE_MAX)) {
        return SIZE_MAX;
    }
    return from != SIZE_MAX ? from : to;
}

/* What leaves the area at the inner end of link l for a flow; < 0: what arrives. */
static double leaves_mw(const sn_replay_case *c, size_t l, double sign, double flow_mw)
{
    return sign > 0.0 ? sn_border_out_mw(flow_mw, c->link_loss[l])
                      : -sn_border_in_mw(flow_mw, c->link_loss[l]);
}

/* Flow outwards over the links abroad of the areas that are in any C. */
static double exports_mw(const sn_replay_case *c, const sn_cut_work *w, size_t t)
{
    double sum = 0.0;
    for (size_t l = 0; l < c->n_link; l++) {
        double sign;
        size_t i = inside_end(c, w, l, &sign);
        if (i != SIZE_MAX && w->is_in[i]) {
            sum += leaves_mw(c, l, sign,
                             c->out->flow_mw[t * c->n_border + c->border_of_link[l]]);
        }
    }
    return sum;
}

/* ---- which cuts, and E ---- */

/* Net generation of C, of what the clearing's nodes sold. */
static double net_generation_mw(const sn_replay_case *c,
                                sn_cut_work *w,
                                const sn_price_area *a,
                                const sn_over *o,
                                size_t t)
{
    double sum = 0.0;
    for (size_t i = 0; i < a->n_area; i++) {
        size_t at = t * c->n_area + a->area[i];
        if (is_in_side(w, a, o, i)) {
            sum += c->out->net_position_mw[at] - c->fixed_export_mw[at];
        }
    }
    return sum;
}

static double
excess_mw(const sn_replay_case *c, const sn_price_area *a, const sn_over *o, size_t t)
{
    double flow = c->out->flow_mw[t * c->n_border + a->border[o->border]];
    return (o->is_to_side ? flow : -flow) - o->limit_mw;
}

/* One step of the secant; the limit binds, or the cut is over.
 * @return true while it has to go on */
static bool step(sn_over *o, double excess_mw, bool is_binding)
{
    bool is_done = fabs(excess_mw) <= near_mw || (excess_mw < 0.0 && !is_binding) ||
                   (excess_mw > 0.0 && o->export_mw <= o->held_mw);
    if (is_done) {
        return false;
    }
    double slope = o->slope;
    double moved = o->export_mw - o->last_export_mw;
    if (fabs(moved) > 1e-12) {
        slope = fmin(1.0, fmax(least_slope, (excess_mw - o->last_excess_mw) / moved));
    }
    o->last_export_mw = o->export_mw;
    o->last_excess_mw = excess_mw;
    o->export_mw = fmax(o->held_mw, o->export_mw - excess_mw / slope);
    return true;
}

/* 1 less C's share of what its price group moves by. */
static double slope_of_excess(const sn_replay_case *c,
                              const sn_replay_block *b,
                              const sn_price_area *a,
                              const sn_over *o)
{
    double own = 0.0;
    double all = INFINITY;
    for (size_t i = 0; i < a->n_area; i++) {
        size_t z = a->area[i];
        if (is_in_side(b->cut, a, o, i) && b->group[z] != SIZE_MAX) {
            own += sn_replay_slope_of(c, b, z);
            all = b->group_slope[b->group[z]];
        }
    }
    return all > own && isfinite(all) ? fmax(least_slope, 1.0 - own / all) : 1.0;
}

static bool is_abroad_of(const sn_replay_case *c,
                         sn_cut_work *w,
                         const sn_price_area *a,
                         const sn_over *o,
                         size_t l)
{
    double sign;
    size_t i = inside_end(c, w, l, &sign);
    return i != SIZE_MAX && is_in_side(w, a, o, i);
}

/* No cut reaches what C's links have to export. */
static double held_exports_mw(const sn_replay_case *c,
                              const sn_replay_block *b,
                              const sn_price_area *a,
                              const sn_over *o)
{
    double sum = 0.0;
    for (size_t l = 0; l < c->n_link; l++) {
        if (is_abroad_of(c, b->cut, a, o, l)) {
            double sign;
            (void)inside_end(c, b->cut, l, &sign);
            double held = fmax(0.0, sign > 0.0 ? b->link_min_mw[l] : -b->link_max_mw[l]);
            sum += leaves_mw(c, l, sign, sign * held);
        }
    }
    return sum;
}

/* What C may export at first: F + n of the market. */
static void set_exports(const sn_replay_case *c,
                        const sn_replay_block *b,
                        const sn_price_area *a,
                        size_t t,
                        sn_over *o)
{
    bool is_least = c->settings->after == SN_AFTER_CUT_LEAST;
    o->held_mw = is_least ? held_exports_mw(c, b, a, o) : 0.0;
    o->export_mw = fmax(o->held_mw, o->limit_mw + net_generation_mw(c, b->cut, a, o, t));
    o->first_mw = o->export_mw;
    o->last_export_mw = o->export_mw;
    o->last_excess_mw = excess_mw(c, a, o, t);
    o->slope = slope_of_excess(c, b, a, o);
}

static bool is_listed(const sn_cut_work *w, const sn_over *o)
{
    bool found = false;
    for (size_t i = 0; i < w->n_over; i++) {
        found = found || (w->over[i].border == o->border &&
                          w->over[i].is_to_side == o->is_to_side);
    }
    return found;
}

/* Adds the cuts that are over their limits.  @return how many */
static size_t
find_over(const sn_replay_case *c, sn_replay_block *b, const sn_price_area *a, size_t t)
{
    sn_cut_work *w = b->cut;
    size_t n_before = w->n_over;
    for (size_t k = 0; k < a->n_border; k++) {
        size_t at = t * c->n_border + a->border[k];
        double flow = c->out->flow_mw[at];
        sn_over o = {.border = k};
        if (flow > c->limit_max_mw[at] + near_mw) {
            o.is_to_side = true;
            o.limit_mw = c->limit_max_mw[at];
        } else if (flow < c->limit_min_mw[at] - near_mw) {
            o.limit_mw = -c->limit_min_mw[at];
        } else {
            continue;
        }
        if (!is_listed(w, &o) && w->n_over < CUTS_MAX) {
            set_exports(c, b, a, t, &o);
            w->over[w->n_over++] = o;
        }
    }
    return w->n_over - n_before;
}

/* Does C export more than it must? */
static bool may_cut_more(const sn_replay_case *c,
                         sn_cut_work *w,
                         const sn_price_area *a,
                         const sn_over *o,
                         size_t t)
{
    double sum = 0.0;
    for (size_t l = 0; l < c->n_link; l++) {
        if (is_abroad_of(c, w, a, o, l)) {
            double sign;
            (void)inside_end(c, w, l, &sign);
            sum += fmax(
                0.0, leaves_mw(c, l, sign,
                               c->out->flow_mw[t * c->n_border + c->border_of_link[l]]));
        }
    }
    return sum > o->held_mw + near_mw;
}

/* An area outside every C; else the cut most over, of those that can be relieved, is
 * alone, and *is_alone_out. */
static size_t choose_root(const sn_replay_case *c,
                          sn_cut_work *w,
                          const sn_price_area *a,
                          size_t t,
                          bool *is_alone_out)
{
    *is_alone_out = false;
    for (size_t i = 0; i < a->n_area; i++) {
        bool is_free = true;
        for (size_t k = 0; k < w->n_over; k++) {
            is_free = is_free && !is_in_side(w, a, &w->over[k], i);
        }
        if (is_free) {
            return i;
        }
    }
    size_t worst = 0;
    double most = -INFINITY;
    for (size_t k = 0; k < w->n_over; k++) {
        double excess = excess_mw(c, a, &w->over[k], t);
        if (excess > most && may_cut_more(c, w, a, &w->over[k], t)) {
            worst = k;
            most = excess;
        }
    }
    *is_alone_out = true;
    w->over[0] = w->over[worst];
    w->n_over = 1;
    const sn_border *link = &a->link[w->over[0].border];
    return w->over[0].is_to_side ? link->from : link->to;
}

/* ---- the least reduction ---- */

/* A link and its twin: of a link abroad the first only exports, from the area's second
 * node, and the twin only imports; of another the twin is closed. */
static void
mirror_link(const sn_replay_case *c, sn_cut_work *w, const sn_replay_block *b, size_t l)
{
    double sign;
    size_t i = inside_end(c, w, l, &sign);
    size_t twin = c->n_link + l;
    double low = b->link_min_mw[l];
    double high = b->link_max_mw[l];
    w->link[l] = c->link[l];
    w->link[twin] = c->link[l];
    w->min_mw[l] = low;
    w->max_mw[l] = high;
    w->min_mw[twin] = 0.0;
    w->max_mw[twin] = 0.0;
    if (i == SIZE_MAX) {
        return;
    }
    size_t forward = sign > 0.0 ? l : twin; /* carries flow > 0 */
    size_t back = sign > 0.0 ? twin : l;
    w->min_mw[l] = w->min_mw[twin] = 0.0;
    w->max_mw[l] = w->max_mw[twin] = 0.0;
    if (sign > 0.0) {
        w->link[l].from = c->n_node + i;
    } else {
        w->link[l].to = c->n_node + i;
    }
    w->min_mw[forward] = fmax(0.0, low);
    w->max_mw[forward] = fmax(0.0, high);
    w->min_mw[back] = fmin(0.0, low);
    w->max_mw[back] = fmin(0.0, high);
}

/* Network with a node for the links abroad of each area of the price area. */
static sn_network mirror(const sn_replay_case *c,
                         sn_cut_work *w,
                         const sn_replay_block *b,
                         const sn_price_area *a,
                         size_t root)
{
    static const double limits[2] = {-1.0, 1.0};
    static const double nothing[2] = {0.0, 0.0};
    for (size_t k = 0; k < c->n_node; k++) {
        w->curve[k] = b->curve[k];
    }
    for (size_t i = 0; i < a->n_area; i++) {
        w->curve[c->n_node + i] = (sn_curve){2, limits, nothing};
    }
    for (size_t l = 0; l < c->n_link; l++) {
        mirror_link(c, w, b, l);
    }
    size_t n = 2 * c->n_link;
    for (size_t k = 0; k <= a->n_border; k++, n++) {
        bool is_root = k == a->n_border;
        w->link[n] = is_root
                         ? (sn_border){c->node_of_area[a->area[root]], c->n_node + root,
                                       a->link[0].rated_mw}
                         : (sn_border){c->n_node + a->link[k].from,
                                       c->n_node + a->link[k].to, a->link[k].rated_mw};
        w->min_mw[n] = -INFINITY;
        w->max_mw[n] = INFINITY;
    }
    return (sn_network){c->n_node + a->n_area, n, w->link};
}

/* X - n - F of one cut in the solution of the mirror. */
static double mirror_excess_mw(const sn_replay_case *c,
                               sn_cut_work *w,
                               const sn_price_area *a,
                               const sn_over *o,
                               const sn_clearing_result *cleared)
{
    double flow = cleared->flow_mw[2 * c->n_link + o->border];
    double excess = (o->is_to_side ? flow : -flow) - o->limit_mw;
    for (size_t l = 0; l < c->n_link; l++) {
        double sign;
        size_t i = inside_end(c, w, l, &sign);
        if (i != SIZE_MAX && is_in_side(w, a, o, i)) {
            excess += leaves_mw(c, l, sign, cleared->flow_mw[c->n_link + l]); /* < 0 */
        }
    }
    for (size_t i = 0; i < a->n_area; i++) {
        if (is_in_side(w, a, o, i)) {
            excess -= cleared->net_position_mw[c->node_of_area[a->area[i]]];
        }
    }
    return excess;
}

/* A link's capacity out of the price area. */
static void cap_export(const sn_replay_case *c, sn_cut_work *w, size_t l, double mw)
{
    double sign;
    if (inside_end(c, w, l, &sign) == SIZE_MAX) {
        return;
    }
    if (sign > 0.0) {
        w->caps.max_mw[l] = fmin(w->caps.max_mw[l], mw);
    } else {
        w->caps.min_mw[l] = fmax(w->caps.min_mw[l], -mw);
    }
}

/* The market's limits, and what the cuts leave of them; a flow that is held stays
 * (M-15). */
static void set_caps(sn_replay_case *c, sn_replay_block *b, size_t t, const sn_caps *caps)
{
    sn_replay_set_limits(c, b, t);
    sn_replay_ramp_leave_room(c, b, t);
    for (size_t l = 0; l < c->n_link; l++) {
        size_t at = t * c->n_border + c->border_of_link[l];
        double *low[2] = {&b->link_min_mw[l], &c->out->flow_min_mw[at]};
        double *high[2] = {&b->link_max_mw[l], &c->out->flow_max_mw[at]};
        for (int k = 0; k < 2; k++) { /* of the border: a limit of change is none */
            *high[k] = fmax(*low[k], fmin(*high[k], caps->max_mw[l]));
            *low[k] = fmin(*high[k], fmax(*low[k], caps->min_mw[l]));
        }
    }
}

/* One step of every cut's E after the mirror was cleared.  @return true while any has to
 * go on */
static bool step_mirror(const sn_replay_case *c,
                        sn_cut_work *w,
                        const sn_price_area *a,
                        const sn_clearing_result *cleared)
{
    bool goes_on = false;
    for (size_t k = 0; k < w->n_over; k++) {
        sn_over *o = &w->over[k];
        double exports = cleared->flow_mw[2 * c->n_link + o->border];
        exports = o->is_to_side ? exports : -exports;
        o->is_binding = exports >= o->export_mw - near_mw;
        o->mirror_excess_mw = mirror_excess_mw(c, w, a, o, cleared);
        double aside = o->aside_mw + o->aside_slope * (o->export_mw - o->aside_at_mw);
        goes_on = step(o, o->mirror_excess_mw + aside, o->is_binding) || goes_on;
    }
    return goes_on;
}

/* The exports of the mirror become what links may export. */
static void note_caps(const sn_replay_case *c,
                      sn_cut_work *w,
                      const sn_price_area *a,
                      const double *flow_mw)
{
    for (size_t k = 0; k < w->n_over; k++) {
        for (size_t l = 0; l < c->n_link; l++) {
            if (is_abroad_of(c, w, a, &w->over[k], l)) {
                double sign;
                (void)inside_end(c, w, l, &sign);
                cap_export(c, w, l, fmax(0.0, sign * flow_mw[l]));
            }
        }
    }
}

/* E of each cut, on the links' limits as they are. */
static sn_status cut_least(const sn_replay_case *c,
                           const sn_replay_block *b,
                           const sn_price_area *a,
                           size_t t,
                           size_t root,
                           bool *is_found_out,
                           sn_error *err)
{
    sn_cut_work *w = b->cut;
    sn_network network = mirror(c, w, b, a, root);
    sn_clearing_problem problem = {&network,
                                   w->curve,
                                   w->min_mw,
                                   w->max_mw,
                                   c->price_min_eur_per_mwh[t],
                                   c->price_max_eur_per_mwh[t]};
    sn_clearing_result cleared;
    bool goes_on = true;
    for (int n = 0; n < STEPS_MAX && goes_on; n++) {
        for (size_t k = 0; k < w->n_over; k++) {
            size_t l = 2 * c->n_link + w->over[k].border;
            w->min_mw[l] = w->over[k].is_to_side ? -INFINITY : -w->over[k].export_mw;
            w->max_mw[l] = w->over[k].is_to_side ? w->over[k].export_mw : INFINITY;
        }
        sn_status status = sn_clearing_solve(w->clearing, &problem, &cleared, err);
        if (status != SN_OK || cleared.outcome != SN_CLEARED) {
            return status;
        }
        sn_clearing_start_from_last(w->clearing);
        goes_on = step_mirror(c, w, a, &cleared);
    }
    note_caps(c, w, a, cleared.flow_mw);
    *is_found_out = true;
    return SN_OK;
}

/* ---- the rule of before 2011 ---- */

static void
share_by_rating(const sn_replay_case *c, sn_cut_work *w, const sn_price_area *a)
{
    for (size_t k = 0; k < w->n_over; k++) {
        const sn_over *o = &w->over[k];
        double rated = 0.0;
        for (size_t l = 0; l < c->n_link; l++) {
            rated += is_abroad_of(c, w, a, o, l) ? c->link[l].rated_mw : 0.0;
        }
        for (size_t l = 0; l < c->n_link; l++) {
            if (is_abroad_of(c, w, a, o, l)) {
                cap_export(c, w, l, o->export_mw * c->link[l].rated_mw / rated);
            }
        }
    }
}

/* Does what C may export hold any of its links back? */
static bool is_binding(const sn_replay_case *c,
                       const sn_replay_block *b,
                       const sn_price_area *a,
                       const sn_over *o,
                       size_t t)
{
    bool found = false;
    for (size_t l = 0; l < c->n_link; l++) {
        if (is_abroad_of(c, b->cut, a, o, l)) {
            double sign;
            size_t at = t * c->n_border + c->border_of_link[l];
            (void)inside_end(c, b->cut, l, &sign);
            double flow = sign * c->out->flow_mw[at];
            double limit = sign > 0.0 ? b->link_max_mw[l] : -b->link_min_mw[l];
            double market = sign > 0.0 ? c->limit_max_mw[at] : -c->limit_min_mw[at];
            found = found || (limit < market - near_mw && flow >= limit - near_mw);
        }
    }
    return found;
}

/* ---- one period ---- */

/* Where the flow is the limit, exports of C follow its net generation, X = F + n: what C
 * sells more goes abroad, and the price area's price is set by the others. */
static void note_followers(sn_cut_work *w, const sn_price_area *a, bool is_least)
{
    for (size_t k = 0; k < w->n_over; k++) {
        const sn_over *o = &w->over[k];
        bool is_less = o->is_late || o->export_mw < o->first_mw;
        bool is_met = o->export_mw > o->held_mw && (is_least ? o->is_binding : is_less);
        for (size_t i = 0; i < a->n_area; i++) {
            if (is_in_side(w, a, o, i)) {
                w->follows[i] = is_met;
            }
        }
    }
}

static void mark_followers(sn_replay_case *c, sn_replay_block *b, const sn_price_area *a)
{
    for (size_t i = 0; i < a->n_area; i++) {
        b->follows[a->area[i]] = b->cut->follows[i];
    }
    sn_replay_sum_group_slopes(c, b);
}

/* Areas that lose exports, and those that follow. */
static void note_cuts(sn_cut_work *w, const sn_price_area *a, bool is_least)
{
    for (size_t i = 0; i < a->n_area; i++) {
        for (size_t k = 0; k < w->n_over; k++) {
            w->is_in[i] = w->is_in[i] || is_in_side(w, a, &w->over[k], i);
        }
    }
    note_followers(w, a, is_least);
}

static double overload_mw(const sn_replay_case *c, const sn_price_area *a, size_t t)
{
    double sum = 0.0;
    for (size_t k = 0; k < a->n_border; k++) {
        size_t at = t * c->n_border + a->border[k];
        double flow = c->out->flow_mw[at];
        sum += fmax(0.0, fmax(flow - c->limit_max_mw[at], c->limit_min_mw[at] - flow));
    }
    return sum;
}

/* Flows between equal prices settle otherwise in the market than in its mirror: E is
 * corrected by what that makes of the cut.  @return true where that moves E */
static bool correct(const sn_replay_case *c, const sn_price_area *a, size_t t, sn_over *o)
{
    double excess = excess_mw(c, a, o, t);
    double aside = excess - o->mirror_excess_mw;
    double moved = o->export_mw - o->aside_at_mw;
    if (o->is_corrected && fabs(moved) > 1e-9) {
        o->aside_slope = fmin(1.0, fmax(-0.9, (aside - o->aside_mw) / moved));
    }
    o->is_corrected = true;
    o->aside_mw = aside;
    o->aside_at_mw = o->export_mw;
    o->last_export_mw = o->export_mw;
    return step(o, excess, o->is_binding);
}

/* One round.  *goes_on_out false: every cut is met, or out of reach. */
static sn_status round_by_market(sn_replay_case *c,
                                 sn_replay_block *b,
                                 const sn_price_area *a,
                                 size_t t,
                                 bool *goes_on_out,
                                 bool *is_cleared_out,
                                 sn_error *err)
{
    sn_cut_work *w = b->cut;
    bool is_found = false;
    bool is_alone;
    size_t root = choose_root(c, w, a, t, &is_alone);
    if (!is_alone) { /* all anew; else on what the others left */
        caps_copy(&w->caps, &w->other_caps, c->n_link);
    }
    set_caps(c, b, t, &w->caps);
    sn_status status = cut_least(c, b, a, t, root, &is_found, err);
    set_caps(c, b, t, &w->caps);
    note_cuts(w, a, true);
    if (status == SN_OK) {
        status = sn_replay_clear(c, b, t, is_cleared_out, err);
    }
    *goes_on_out = false;
    if (status != SN_OK || !*is_cleared_out || !is_found) {
        return status;
    }
    for (size_t k = 0; k < w->n_over; k++) {
        *goes_on_out = correct(c, a, t, &w->over[k]) || *goes_on_out;
    }
    *goes_on_out = find_over(c, b, a, t) > 0 || *goes_on_out;
    return status;
}

/* The market shares E.  The round that leaves least over the limits is taken, of several
 * the one that exports most. */
static sn_status cut_by_market(sn_replay_case *c,
                               sn_replay_block *b,
                               const sn_price_area *a,
                               size_t t,
                               bool *is_cleared_out,
                               sn_error *err)
{
    sn_cut_work *w = b->cut;
    sn_status status = SN_OK;
    double least_over = INFINITY;
    double most_exports = -INFINITY;
    bool is_best = true;
    w->n_over = 0;
    bool goes_on = find_over(c, b, a, t) > 0;
    for (int round = 0; round < ROUNDS_MAX && goes_on; round++) {
        status = round_by_market(c, b, a, t, &goes_on, is_cleared_out, err);
        if (status != SN_OK || !*is_cleared_out) {
            return status;
        }
        double over = overload_mw(c, a, t);
        double exports = exports_mw(c, w, t);
        is_best = over < least_over - near_mw ||
                  (over <= least_over + near_mw && exports >= most_exports);
        if (is_best) {
            least_over = over;
            most_exports = exports;
            caps_copy(&w->best_caps, &w->caps, c->n_link);
        }
    }
    if (!is_best) {
        caps_copy(&w->caps, &w->best_caps, c->n_link);
        set_caps(c, b, t, &w->caps);
        status = sn_replay_clear(c, b, t, is_cleared_out, err);
    }
    return status;
}

/* E is the rule's, F + n of the market, even where the market does not use all of it;
 * only a cut that is over all the same gets less, and no less than its limit asks for.
 * Flows that jump may keep it from being met: then what is not over will do. */
static sn_status cut_by_rating(sn_replay_case *c,
                               sn_replay_block *b,
                               const sn_price_area *a,
                               size_t t,
                               bool *is_cleared_out,
                               sn_error *err)
{
    sn_cut_work *w = b->cut;
    sn_status status = SN_OK;
    w->n_over = 0;
    bool goes_on = find_over(c, b, a, t) > 0;
    for (int n = 0; n < STEPS_MAX && goes_on && status == SN_OK && *is_cleared_out; n++) {
        note_cuts(w, a, false);
        caps_copy(&w->caps, &w->other_caps, c->n_link);
        share_by_rating(c, w, a);
        set_caps(c, b, t, &w->caps);
        status = sn_replay_clear(c, b, t, is_cleared_out, err);
        goes_on = false;
        for (size_t k = 0; k < w->n_over && status == SN_OK && *is_cleared_out; k++) {
            sn_over *o = &w->over[k];
            bool is_less =
                o->is_late ? is_binding(c, b, a, o, t) : o->export_mw < o->first_mw;
            goes_on =
                step(o, excess_mw(c, a, o, t), is_less && n < STEPS_MAX / 2) || goes_on;
        }
        if (status == SN_OK && *is_cleared_out) {
            size_t n_before = w->n_over;
            goes_on = find_over(c, b, a, t) > 0 || goes_on;
            for (size_t k = n_before; k < w->n_over; k++) {
                w->over[k].is_late = true;
            }
        }
    }
    return status;
}

static sn_status cut_price_area(sn_replay_case *c,
                                sn_replay_block *b,
                                const sn_price_area *a,
                                size_t t,
                                bool *is_cleared_out,
                                sn_error *err)
{
    bool is_least = c->settings->after == SN_AFTER_CUT_LEAST;
    caps_copy(&b->cut->other_caps, &b->cut->caps, c->n_link);
    memset(b->cut->follows, 0, a->n_area * sizeof *b->cut->follows);
    return is_least ? cut_by_market(c, b, a, t, is_cleared_out, err)
                    : cut_by_rating(c, b, a, t, is_cleared_out, err);
}

static void keep_market(const sn_replay_case *c, sn_replay_block *b, size_t t)
{
    for (size_t k = 0; k < c->n_node; k++) {
        size_t at = t * c->n_area + c->area_of_node[k];
        b->kept_net_mw[k] = c->out->net_position_mw[at] - c->fixed_export_mw[at];
    }
}

/* What the market's trade was worth more before the cuts: its whole surplus, less the
 * surplus after, along the curves. */
static double
lost_surplus_eur_per_h(const sn_replay_case *c, const sn_replay_block *b, size_t t)
{
    double sum = 0.0;
    for (size_t k = 0; k < c->n_node; k++) {
        size_t at = t * c->n_area + c->area_of_node[k];
        double now = c->out->net_position_mw[at] - c->fixed_export_mw[at];
        sum += sn_curve_cost_eur_per_h(&b->curve[k], b->kept_net_mw[k], now);
    }
    return sum;
}

sn_status sn_after_cut_borders(sn_replay_case *c,
                               sn_replay_block *b,
                               size_t t,
                               bool *is_cleared_out,
                               sn_error *err)
{
    sn_cut_work *w = b->cut;
    sn_status status = SN_OK;
    keep_market(c, b, t);
    caps_clear(&w->caps, c->n_link);
    for (size_t i = 0; i < c->n_price_area && status == SN_OK && *is_cleared_out; i++) {
        const sn_price_area *a = &c->price_area[i];
        if (!sn_replay_is_over(c, a, t) || !mark_sides(c, w, a)) {
            continue;
        }
        /* Which areas lose exports is known only afterwards: sum all, subtract. */
        double all[CUTS_MAX + 1];
        for (size_t k = 0; k < a->n_area; k++) {
            memset(w->is_in, 0, c->n_area * sizeof *w->is_in);
            w->is_in[k] = true;
            all[k] = exports_mw(c, w, t);
        }
        memset(w->is_in, 0, c->n_area * sizeof *w->is_in);
        status = cut_price_area(c, b, a, t, is_cleared_out, err);
        if (status == SN_OK && *is_cleared_out) {
            mark_followers(c, b, a);
        }
        double lost = status == SN_OK && *is_cleared_out ? -exports_mw(c, w, t) : 0.0;
        for (size_t k = 0; k < a->n_area && status == SN_OK && *is_cleared_out; k++) {
            lost += w->is_in[k] ? all[k] : 0.0;
        }
        b->cut_trade_mwh += lost * c->step_h;
    }
    if (status == SN_OK && *is_cleared_out) {
        b->cut_value_eur += lost_surplus_eur_per_h(c, b, t) * c->step_h;
    }
    return status;
}
