/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The two ways with a ramp behind sn_flexible_schedule. */
#ifndef SN_FLEXIBLE_INTERNAL_H
#define SN_FLEXIBLE_INTERNAL_H

#include "flexible.h"

/** Only the sum over the period counts (any stock): exact.  Needs finite ramp > 0,
 * load_min < mean load < load_max, no stop value.  load_mw_out [n]. */
SN_CHECKED sn_status sn_flexible_sum(const sn_flexible *plant,
                                     const double *price_eur_per_mwh,
                                     size_t n,
                                     double *load_mw_out,
                                     sn_flexible_result *out,
                                     sn_error *err);

/** The interior point; needs besides a finite storage > 0. */
SN_CHECKED sn_status sn_flexible_ramp(const sn_flexible *plant,
                                      const double *price_eur_per_mwh,
                                      size_t n,
                                      double *load_mw_out,
                                      sn_flexible_result *out,
                                      sn_error *err);

#endif
