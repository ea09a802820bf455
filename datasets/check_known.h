/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What is known at a moment over a period, of all series that have to do with what
 * arrives: the store's values, and over them what arrives.  Checks look at this and
 * mark what they doubt.
 */
#ifndef SN_CHECK_KNOWN_H
#define SN_CHECK_KNOWN_H

#include "check.h"

/** What arrives: one series of one batch.  Borrowed. */
typedef struct sn_check_piece {
    const sn_series *series;
    sn_instant learnt;
} sn_check_piece;

/** A part that a series has in an area's balance. */
typedef struct sn_known_part {
    size_t area; /* of sn_areas */
    double sign;
} sn_known_part;

enum { SN_KNOWN_PARTS_MAX = 2 };

typedef struct sn_known {
    sn_series_key key;
    sn_axis axis;   /* one for all series of a step */
    size_t arrival; /* which arrives first, of the pieces; SIZE_MAX: none of it arrives */
    bool is_judged; /* its doubts are asked for; else it only judges others */
    bool is_needed;
    sn_known_part part[SN_KNOWN_PARTS_MAX];
    size_t n_part;
    double *value;     /* [axis.n] NaN: not known; NULL unless needed */
    uint8_t *flag;     /* as the store has it, or as it arrives */
    uint8_t *is_doubt; /* a doubt, or the end of one, gave the stored flag */
    int64_t *learnt_s;
    uint8_t *arrives; /* 1: at this moment, to be said */
    uint8_t *doubt;   /* 1: marked by a check */
} sn_known;

typedef struct sn_scene {
    sn_store *store;
    const sn_check_piece *piece; /* [n_piece] */
    size_t n_piece;
    sn_instant moment;
    bool is_late; /* the store has learnt more since: all that came until then counts */
    sn_instant from; /* judged: [from, to), whole UTC days */
    sn_instant to;
    sn_instant said_from; /* what arrives in [said_from, said_to) is said */
    sn_instant said_to;
    sn_known *known; /* [n_known] sorted by key */
    size_t n_known;
    sn_findings *findings;
} sn_scene;

/** Whether a piece is what a scene is about. */
bool sn_scene_has(const sn_scene *scene, const sn_check_piece *piece);
/** Reads what is known; store to findings are set.  sn_scene_release() also on failure.
 */
SN_CHECKED sn_status sn_scene_open(sn_scene *scene, sn_error *err);
void sn_scene_release(sn_scene *scene);

/** A finding in words. */
SN_CHECKED sn_status sn_check_say(sn_findings *findings,
                                  sn_error *err,
                                  const char *format,
                                  ...) SN_PRINTF(3, 4);

/** The same quantity, subject and step of another source. */
bool sn_known_is_other_source(const sn_known *a, const sn_known *b);

/* The checks: mark what they doubt of the needed series, and say what of it arrives. */
SN_CHECKED sn_status sn_check_each(const sn_scene *scene, sn_error *err);
SN_CHECKED sn_status sn_check_zeros(const sn_scene *scene, sn_error *err);
SN_CHECKED sn_status sn_check_sources(const sn_scene *scene, sn_error *err);
SN_CHECKED sn_status sn_check_balances(const sn_scene *scene, sn_error *err);

#endif
