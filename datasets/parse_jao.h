/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * JAO's publication tool for the Nordic region: the most that each border could carry
 * (maxExchanges), and the flow-based domain: limits of network elements with their
 * remaining margin and the part of each area's net position that flows over them.
 */
#ifndef SN_PARSE_JAO_H
#define SN_PARSE_JAO_H

#include "parse_points.h"

/** Capacity of the borders of area.h from {"border_SE3_SE4": MW}; virtual areas (a
 * cable's end such as SE3SWL) are passed over. */
SN_CHECKED sn_status sn_parse_jao_exchanges(const void *bytes,
                                            size_t n,
                                            const sn_window *window,
                                            sn_point_set *set,
                                            sn_error *err);

enum { SN_JAO_NAME_SIZE = 96, SN_JAO_AREA_SIZE = 16, SN_JAO_AREAS_MAX = 64 };

/** A limit: sum over areas of ptdf * net position (export > 0, MW) <= ram_mw. */
typedef struct sn_jao_limit {
    sn_instant start;            /* of the market time unit */
    char name[SN_JAO_NAME_SIZE]; /* of the element and its contingency, cut to size */
    char tso[SN_JAO_AREA_SIZE];  /* "SVK" */
    bool is_significant;         /* as stated */
    bool is_non_redundant;       /* no other limit of the unit implies it */
    double ram_mw;               /* remaining available margin; NaN: not stated */
    double fmax_mw;              /* physical limit; NaN: not stated */
    double shadow_eur_per_mw;    /* of the market result; NaN: not binding or absent */
    double *ptdf;                /* [n_area] of the domain, in its order; NaN: null */
} sn_jao_limit;

/** Limits in the order of the answer. */
typedef struct sn_jao_domain {
    char area[SN_JAO_AREAS_MAX][SN_JAO_AREA_SIZE]; /* "SE3", "SE3_SWL", sorted */
    size_t n_area;
    sn_jao_limit *limit; /* [n_limit], owned */
    size_t n_limit;
    size_t total; /* rows the source says fit the question; n_limit if it says nothing */
    double *memory; /* of all ptdf; owned */
} sn_jao_domain;

/** finalComputation or fbDomainShadowPrice.  Release also after an error. */
SN_CHECKED sn_status sn_parse_jao_domain(const void *bytes,
                                         size_t n,
                                         sn_jao_domain *out,
                                         sn_error *err);
void sn_jao_domain_release(sn_jao_domain *domain);

#endif
