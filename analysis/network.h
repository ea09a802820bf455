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

/** @name What goes over a border that loses a share on the way: flow is what leaves the
 * sending end, > 0 from `from`. */
/**@{*/
/** Out of `from`; < 0: into it. */
static inline double sn_border_out_mw(double flow_mw, double loss_share)
{
    return flow_mw < 0.0 ? flow_mw * (1.0 - loss_share) : flow_mw;
}

/** Into `to`; < 0: out of it. */
static inline double sn_border_in_mw(double flow_mw, double loss_share)
{
    return flow_mw > 0.0 ? flow_mw * (1.0 - loss_share) : flow_mw;
}

/** What the power lost would be worth where it should arrive. */
static inline double sn_border_loss_value(double flow_mw,
                                          double loss_share,
                                          double price_from,
                                          double price_to)
{
    return loss_share * (flow_mw > 0.0 ? flow_mw * price_to : -flow_mw * price_from);
}
/**@}*/

#endif
