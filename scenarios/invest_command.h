/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What the commands of the investment layer share: options, failed rows, files. */
#ifndef SN_INVEST_COMMAND_H
#define SN_INVEST_COMMAND_H

#include "base/options.h"
#include "plant_case.h"
#include "text_table.h"

#include <stdbool.h>

typedef struct sn_invest_options {
    sn_option_list run;
    const char *folder;
    const char *fx;
    const char *draws;
    const char *seed;
    const char *scenario;
    const char *store;
    const char *lang;
    bool no_charts;
} sn_invest_options;

/* clang-format off */
#define SN_INVEST_OPTIONS(o)                                                             \
    SN_REPEATED("run", "DIR", "a finished run; repeat for more years", &(o).run),        \
    SN_VALUE("o", "DIR", "write JSON, CSV, HDF5 and charts here", &(o).folder),          \
    SN_VALUE("lang", "sv|en", "language of the charts (default: sv)", &(o).lang),        \
    SN_FLAG("no-charts", "numbers only", &(o).no_charts),                                \
    SN_VALUE("fx", "SEK", "SEK per EUR (default: mean of the runs)", &(o).fx)

#define SN_INVEST_DRAW_OPTIONS(o)                                                        \
    SN_VALUE("draws", "N", "draws of price years and ranges (default: 1000)",            \
             &(o).draws),                                                                \
    SN_VALUE("seed", "N", "of the draws (default: 1)", &(o).seed)

#define SN_INVEST_MARKET_OPTIONS(o)                                                      \
    SN_VALUE("scenario", "FILE", "scenario of the runs, to clear again",                 \
             &(o).scenario),                                                             \
    SN_VALUE("store", "DIR", "the store of the runs", &(o).store)
/* clang-format on */

/** SN_E_USAGE names the option; SN_E_FORMAT when no exchange rate is known. */
SN_CHECKED sn_status sn_invest_plant_options(const sn_invest_options *options,
                                             const sn_price_years *years,
                                             sn_plant_options *out,
                                             sn_error *err);
/** SEK per EUR from --fx or the runs. */
SN_CHECKED sn_status sn_invest_fx(const sn_invest_options *options,
                                  const sn_price_years *years,
                                  double *out,
                                  sn_error *err);
/** Tell stderr and the JSON list about rows left out; returns n. */
size_t
sn_invest_failed(const sn_failed *failed, size_t n, json_t *list, const char *command);
/** folder/name.csv of the first table (further ones as name-TABLE.csv, hours left to
 * HDF5) and folder/name.h5 of all. */
SN_CHECKED sn_status sn_invest_write_tables(const char *folder,
                                            const char *name,
                                            const sn_named_table *tables,
                                            size_t n,
                                            sn_error *err);

#endif
