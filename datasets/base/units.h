/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Named conversions.  No bare factor such as 1000 or 3600 stands in a formula. */
#ifndef SN_BASE_UNITS_H
#define SN_BASE_UNITS_H

#define SN_KWH_PER_MWH 1e3
#define SN_MWH_PER_GWH 1e3
#define SN_MWH_PER_TWH 1e6
#define SN_EUR_PER_MEUR 1e6
#define SN_SECONDS_PER_HOUR 3600.0
/** 1 EUR/MWh = 0.1 cent/kWh; times SEK per EUR this gives öre/kWh. */
#define SN_ORE_PER_KWH_PER_SEK_PER_MWH 0.1

#endif
