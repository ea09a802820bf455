/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What the parts of the capacity cut (M-21) share: after_cut_sides.c finds the cuts that
 * are over and what they see, after_cut_least.c the least reduction, after_cuts.c does a
 * period. Nobody else includes this. */
#ifndef SN_AFTER_CUTS_INTERNAL_H
#define SN_AFTER_CUTS_INTERNAL_H

#include "replay_internal.h"

enum { SN_CUTS_MAX = 64, SN_CUT_STEPS_MAX = 40 };

/** Half of what redispatch would act on. */
#define SN_CUT_NEAR_MW 5e-7

/** A cut over its limit, seen from the side that takes too much. */
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

/** Limits of links, [n_link] each; infinite where none is cut. */
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
    sn_over over[SN_CUTS_MAX];
};

/* ---- after_cut_sides.c ---- */

/** false: not a tree, a cut has no two sides. */
bool sn_cut_mark_sides(const sn_replay_case *c, sn_cut_work *w, const sn_price_area *a);

/** Is local area i on the side C of the cut? */
bool sn_cut_is_in_side(sn_cut_work *w,
                       const sn_price_area *a,
                       const sn_over *o,
                       size_t i);

/** Local index of the area at which link l leaves the price area, else SIZE_MAX;
 * *sign_out +1 when its flow runs outwards. */
size_t sn_cut_inside_end(const sn_replay_case *c,
                         const sn_cut_work *w,
                         size_t l,
                         double *sign_out);

/** What leaves the area at the inner end of link l for a flow; < 0: what arrives. */
double sn_cut_leaves_mw(const sn_replay_case *c, size_t l, double sign, double flow_mw);

/** Flow outwards over the links abroad of the areas that are in any C. */
double sn_cut_exports_mw(const sn_replay_case *c, const sn_cut_work *w, size_t t);

/** What the cut carries towards C beyond its limit, as the market has it. */
double sn_cut_excess_mw(const sn_replay_case *c,
                        const sn_price_area *a,
                        const sn_over *o,
                        size_t t);

/** One step of the secant; the limit binds, or the cut is over.
 * @return true while it has to go on */
bool sn_cut_step(sn_over *o, double excess_mw, bool is_binding);

/** Does link l leave the areas of C for another country or price area? */
bool sn_cut_is_abroad_of(const sn_replay_case *c,
                         sn_cut_work *w,
                         const sn_price_area *a,
                         const sn_over *o,
                         size_t l);

/** Adds the cuts that are over their limits.  @return how many */
size_t sn_cut_find_over(const sn_replay_case *c,
                        sn_replay_block *b,
                        const sn_price_area *a,
                        size_t t);

/** An area outside every C; else the cut most over, of those that can be relieved, is
 * alone, and *is_alone_out. */
size_t sn_cut_choose_root(const sn_replay_case *c,
                          sn_cut_work *w,
                          const sn_price_area *a,
                          size_t t,
                          bool *is_alone_out);

/* ---- after_cut_least.c ---- */

/** A link's capacity out of the price area. */
void sn_cut_cap_export(const sn_replay_case *c, sn_cut_work *w, size_t l, double mw);

/** The market's limits, and what the cuts leave of them; a flow that is held stays
 * (M-15). */
void sn_cut_set_caps(sn_replay_case *c,
                     sn_replay_block *b,
                     size_t t,
                     const sn_caps *caps);

/** E of each cut, on the links' limits as they are. */
SN_CHECKED sn_status sn_cut_least(const sn_replay_case *c,
                                  const sn_replay_block *b,
                                  const sn_price_area *a,
                                  size_t t,
                                  size_t root,
                                  bool *is_found_out,
                                  sn_error *err);

#endif
