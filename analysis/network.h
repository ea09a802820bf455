/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Areas and borders by index, for the numerics.  Names stay outside. */
#ifndef SN_NETWORK_H
#define SN_NETWORK_H

#include <stddef.h>

/** flow > 0 runs from -> to.  rated_mw > 0 weighs ties (M-13). */
typedef struct sn_border {
    size_t from;
    size_t to;
    double rated_mw;
} sn_border;

typedef struct sn_network {
    size_t n_area;
    size_t n_border;
    const sn_border *border; /* [n_border]; several between two areas are allowed */
} sn_network;

#endif
