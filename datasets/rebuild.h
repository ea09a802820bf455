/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The store made anew from the raw bytes it kept, without a network. */
#ifndef SN_REBUILD_H
#define SN_REBUILD_H

#include "base/strbuf.h"
#include "store.h"

/** One arrival of raw bytes, as raw/<hash>-<hash>.json tells it.  Texts and bytes are
 * owned by the list. */
typedef struct sn_arrival {
    char *origin;
    char *licence;
    char *attribution;
    char *reader; /* "import", "model-year", "fetch ..." */
    char sha256[65];
    sn_instant learnt;
    uint32_t sequence;
    sn_strbuf raw;
    sn_series *series; /* as the reader made them */
    size_t n_series;
} sn_arrival;

typedef struct sn_arrival_list {
    sn_arrival *item;
    size_t n;
} sn_arrival_list;

/**
 * Every arrival that folder/raw tells of, in the order in which they became known.
 * SN_E_FORMAT names the file that is damaged.
 */
SN_CHECKED sn_status sn_arrivals_read(const char *folder,
                                      sn_arrival_list *out,
                                      sn_error *err);
void sn_arrivals_release(sn_arrival_list *list);

/** The raw bytes into arrival->raw, checked against their hash. */
SN_CHECKED sn_status sn_arrival_load(const char *folder,
                                     sn_arrival *arrival,
                                     sn_error *err);

/** Write the arrivals [first, end), whose series are made, as one state, and what checks
 * doubt of them. */
SN_CHECKED sn_status sn_arrivals_write(sn_store *store,
                                       const sn_arrival_list *list,
                                       size_t first,
                                       size_t end,
                                       sn_error *err);

#endif
