/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Inside of replay: what replay*.c share.  Read in this order: replay_prepare.c (what
 * the observations say), replay_period.c (one period), replay_water.c (M-17, M-18),
 * replay.c (the run).
 */
#ifndef SN_REPLAY_INTERNAL_H
#define SN_REPLAY_INTERNAL_H

#include "clearing.h"
#include "clearing_check.h"
#include "hydro.h"
#include "redispatch.h"
#include "replay.h"

enum {
    FAILURE_MAX = 100,
    SLOT_PER_BLOCK = 8, /* fixed, so that sums do not depend on threads */
};

/** Why a slot's end is a boundary of the area's water value. */
typedef enum sn_pin {
    SN_PIN_NONE,
    SN_PIN_WINDOW, /* the window ends: all water is used */
    SN_PIN_FULL,   /* the reservoir is full here (M-18) */
    SN_PIN_EMPTY,
} sn_pin;

/** What the observations say of one area's water. */
typedef struct sn_replay_hydro {
    bool responds;
    bool is_known; /* observed power; else deviations around 0 */
    sn_hydro curve;
    double *centre_eur_per_mwh; /* [n_week] */
} sn_replay_hydro;

/** The subareas of one price area that has cuts inside. */
typedef struct sn_price_area {
    size_t n_area;
    size_t *area;
    size_t n_border;
    size_t *border;  /* index in the input */
    sn_border *link; /* between local indices */
    sn_network network;
} sn_price_area;

typedef struct sn_cut_work sn_cut_work;

/** What moves after the market, as the results keep it. */
typedef enum sn_after_part {
    SN_PART_HYDRO,
    SN_PART_OTHER, /* but demand */
    SN_PART_WIND,
    SN_PART_LOAD, /* demand that answers to price */
    SN_PART_LARGE_LOAD,
    SN_PART_COUNT
} sn_after_part;

/** Work and sums of a fixed run of periods; one thread at a time. */
typedef struct sn_replay_block {
    size_t first; /* periods [first, end) */
    size_t end;
    sn_clearing *clearing;
    sn_redispatch *redispatch;
    sn_curve *curve;        /* [n_area] */
    double *points;         /* [n_area][2][SN_REPLAY_CURVE_POINTS] */
    double *price;          /* [n_node] */
    sn_hydro_period *water; /* [n_area] of the period whose curves are set */
    double *link_min_mw;
    double *link_max_mw;
    /* per area, for the derivative of the period */
    double *hydro_slope; /* at the price that decides the water */
    double *market_slope;
    double *hydro_mw;
    size_t *group;       /* what shares its price in the market */
    size_t *own_group;   /* >= n_area: group after redispatch */
    bool *follows;       /* [n_area] takes its group's price, and does not move it */
    double *group_slope; /* [2 n_area] MW per EUR/MWh; INFINITY: price is held */
    /* redispatch */
    sn_curve *sub_curve;
    double *sub_points;           /* [n_area][2][SN_REPLAY_CURVE_POINTS] */
    const size_t *sub_group_area; /* area of a local index, while storing */
    double *sub_market_mw;
    double *sub_market_price;
    double *sub_min_mw;
    double *sub_max_mw;
    bool *sub_may_move;
    /* capacity cuts (M-21) and bids (M-20) */
    sn_cut_work *cut; /* NULL when the way of handling needs none */
    bool *is_bidding; /* [n_area] sold off its true curve in the market (M-20) */
    double *kept_net_mw;
    double *consumer_price;   /* [n_area] of the period (M-23) */
    const double *ramp_price; /* [n_node] where limits of change set the prices; NULL */
    /* sums */
    size_t n_infeasible;
    size_t check_periods;
    size_t check_failed;
    size_t n_failure;
    struct sn_replay_failure failure[FAILURE_MAX];
    double volume_mwh;
    double cost_eur;
    double bill_eur;
    double shortfall_mwh;
    size_t hours_over;
    double cut_trade_mwh;
    double cut_value_eur;
    sn_status status;
    sn_error error;
} sn_replay_block;

typedef struct sn_replay_case {
    const sn_replay_input *input;
    const sn_replay_settings *settings;
    sn_replay_result *out;
    size_t n_area;
    size_t n_border;
    double step_h;
    const double *price_min_eur_per_mwh; /* [n] the result's */
    const double *price_max_eur_per_mwh;

    bool is_borrowed; /* all that is prepared belongs to an sn_replay_prepared */
    /* the network that is cleared: areas with a curve, borders between them */
    size_t n_node;
    size_t *area_of_node;
    size_t *node_of_area; /* SIZE_MAX: an edge with fixed flow */
    size_t n_link;
    size_t *border_of_link;
    sn_border *link;
    sn_network network;

    size_t *label;  /* [n_area] price area, as the market sees it */
    bool *internal; /* [n_border] inside a price area: no limit in the market */
    size_t n_price_area;
    sn_price_area *price_area;

    double *link_loss; /* [n_link] */
    bool has_loss;

    double *net_observed_mw; /* [n][n_area] */
    double *fixed_export_mw; /* [n][n_area] on borders that are not cleared */
    double *limit_min_mw;    /* [n][n_border] M-15 */
    double *limit_max_mw;
    double *other_slope;      /* [n_area] */
    double *demand_slope;     /* [n_area] the part of it that is demand */
    const bool *one_consumer; /* [n_area] or NULL (M-23) */
    sn_replay_hydro *hydro;   /* [n_area] */

    size_t slot_periods; /* a day */
    size_t n_slot;
    double *shift;          /* [n_slot][n_area] delta */
    double *residual;       /* [n_slot][n_area] MWh, used less observed */
    double *energy;         /* [n_slot][n_area] MWh observed */
    double *jacobian;       /* [n_slot][n_area][n_area] MWh per EUR/MWh */
    unsigned char *pin;     /* [n_slot][n_area] sn_pin at the slot's end */
    unsigned char *dropped; /* [n_slot][n_area] how often a pin was taken away */
    double *pin_target;     /* [n_slot][n_area] MWh, stored more than observed there */
    size_t *unknown;        /* [n_slot][n_area] */
    size_t n_unknown;

    const sn_ramp_plan *ramp; /* NULL: no limits of change */

    size_t n_block;
    sn_replay_block *block;
} sn_replay_case;

/* replay_prepare.c */
SN_CHECKED sn_status sn_replay_prepare(sn_replay_case *c,
                                       const sn_configuration *configuration,
                                       sn_error *err);
void sn_replay_unprepare(sn_replay_case *c);
SN_CHECKED sn_status sn_replay_prepare_hydro(sn_replay_case *c,
                                             size_t area,
                                             sn_error *err);
/* An edge whose price is missing in this period keeps its observed flows (M-14). */
bool sn_replay_is_held(const sn_replay_input *input, size_t t, size_t area);
bool sn_replay_has_flow(const sn_replay_input *input, size_t t, size_t border);

/* replay_prepared.c: takes all of it but the settings, instead of preparing */
SN_CHECKED sn_status sn_replay_borrow(sn_replay_case *c,
                                      const sn_replay_prepared *prepared,
                                      const sn_configuration *configuration,
                                      sn_error *err);

/* replay_losses.c */
/* Limits of a link that loses; true when it flows the wrong way.
 * @param forward, back  capacity, published or seen */
bool sn_replay_infer_lossy(sn_replay_case *c,
                           size_t t,
                           size_t l,
                           double forward,
                           double back);
/* SN_E_FORMAT: a link inside a price area loses. */
SN_CHECKED sn_status sn_replay_check_losses(const sn_replay_case *c,
                                            const sn_configuration *configuration,
                                            sn_error *err);

/* replay_period.c */
size_t sn_replay_build_curve(const sn_replay_case *c,
                             size_t t,
                             size_t area,
                             double shift,
                             double *price,
                             double *quantity);
SN_CHECKED sn_status sn_replay_period(sn_replay_case *c,
                                      sn_replay_block *b,
                                      size_t t,
                                      sn_error *err);
/* Clears b->curve on the links' limits, checks it and stores it as the period's market.
 * *is_cleared_out false: infeasible, NaN is stored. */
SN_CHECKED sn_status sn_replay_clear(sn_replay_case *c,
                                     sn_replay_block *b,
                                     size_t t,
                                     bool *is_cleared_out,
                                     sn_error *err);
/* The same, from the period's last solution, which is near, or start_from's. */
SN_CHECKED sn_status sn_replay_clear_market(sn_replay_case *c,
                                            sn_replay_block *b,
                                            size_t t,
                                            bool *is_cleared_out,
                                            sn_error *err);
/* The block's next clearing starts from a result's solution of the period, if it has
 * one; nothing but time depends on it. */
bool sn_replay_start_from(sn_replay_block *b, const sn_replay_result *r, size_t t);
/* Slope of a curve at the solution; infinite on a price taker's step. */
double sn_replay_slope_of(const sn_replay_case *c, const sn_replay_block *b, size_t area);
/* The group's slopes again, without those that follow. */
void sn_replay_sum_group_slopes(sn_replay_case *c, sn_replay_block *b);
/* Curves of all nodes in a period, at the block's shifts and consumer prices. */
void sn_replay_set_curves(sn_replay_case *c, sn_replay_block *b, size_t t);
void sn_replay_set_limits(sn_replay_case *c, sn_replay_block *b, size_t t);
double sn_replay_shift(const sn_replay_case *c, size_t t, size_t area);
void sn_replay_note_failure(sn_replay_block *b,
                            size_t t,
                            size_t area,
                            const char *what,
                            double residual);
sn_hydro_period
sn_replay_hydro_period(const sn_replay_case *c, size_t t, size_t area, double shift);

/* replay_redispatch.c */
bool sn_replay_is_over(const sn_replay_case *c, const sn_price_area *a, size_t t);
SN_CHECKED sn_status sn_replay_redispatch(sn_replay_case *c,
                                          sn_replay_block *b,
                                          size_t t,
                                          sn_error *err);

/* after_market.c: the ways of handling the cuts */
SN_CHECKED sn_status sn_after_market(sn_replay_case *c,
                                     sn_replay_block *b,
                                     size_t t,
                                     bool *is_cleared_out,
                                     sn_error *err);

/* Clears the bids of sellers that foresee the regulation which the results hold (M-20),
 * as the period's market. */
SN_CHECKED sn_status sn_after_clear_bids(sn_replay_case *c,
                                         sn_replay_block *b,
                                         size_t t,
                                         bool *is_cleared_out,
                                         sn_error *err);

/* after_curve.c */
/* What an area regulates along (M-19): through its market position at the market's
 * price, less its exports to other price areas.  Arrays of SN_REPLAY_CURVE_POINTS. */
size_t sn_after_curve(const sn_replay_case *c,
                      const sn_replay_block *b,
                      size_t t,
                      size_t area,
                      double export_mw,
                      double *price,
                      double *quantity);
bool sn_after_may_move(const sn_replay_case *c, size_t area, sn_resource resource);
/* Change of each part at price r from what the market left, and its slope there. */
void sn_after_moved(const sn_replay_case *c,
                    const sn_replay_block *b,
                    size_t t,
                    size_t area,
                    double r,
                    double moved_mw_out[SN_PART_COUNT],
                    double slope_out[SN_PART_COUNT]);

/* after_bids.c (M-20): curves of sellers that foresee the regulation just stored */
void sn_after_set_bids(sn_replay_case *c, sn_replay_block *b, size_t t);
/* After the bids were cleared: what the sellers sold in all. */
void sn_after_store_bids(sn_replay_case *c, sn_replay_block *b, size_t t);

/* after_cuts.c (M-21) */
sn_cut_work *sn_cut_work_alloc(const sn_replay_case *c);
void sn_cut_work_free(sn_cut_work *work);
SN_CHECKED sn_status sn_after_cut_borders(sn_replay_case *c,
                                          sn_replay_block *b,
                                          size_t t,
                                          bool *is_cleared_out,
                                          sn_error *err);

/* after_consumer.c (M-23): the consumers' price of a period, in b->consumer_price */
SN_CHECKED sn_status sn_after_consumer_price(sn_replay_case *c,
                                             sn_replay_block *b,
                                             size_t t,
                                             bool *is_cleared_out,
                                             sn_error *err);

/* replay_water.c */
SN_CHECKED sn_status sn_replay_balance_water(sn_replay_case *c, sn_error *err);

/* replay.c */
SN_CHECKED sn_status sn_replay_check_input(const sn_replay_input *input, sn_error *err);
SN_CHECKED sn_status sn_replay_pass(sn_replay_case *c, sn_error *err);
SN_CHECKED sn_status sn_replay_allocate_result(sn_replay_case *c, sn_error *err);
/* Water values of the days, period by period. */
void sn_replay_store_shifts(sn_replay_case *c);
SN_CHECKED sn_status sn_replay_copy_result(sn_replay_case *c,
                                           sn_replay_result *to,
                                           sn_error *err);
/* Memory of a case and its blocks; close also after a failure. */
SN_CHECKED sn_status sn_replay_open(sn_replay_case *c,
                                    const sn_configuration *configuration,
                                    sn_error *err);
void sn_replay_close(sn_replay_case *c);

#endif
