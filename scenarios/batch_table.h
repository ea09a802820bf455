/* SPDX-License-Identifier: GPL-3.0-or-later */
/** The records of a finished batch as one table, and what is written from it. */
#ifndef SN_BATCH_TABLE_H
#define SN_BATCH_TABLE_H

#include "batch.h"

#include <jansson.h>

typedef struct sn_batch_table {
    const sn_batch *batch;
    const sn_batch_options *options;
    const sn_batch_outcome *outcome;
    size_t n_compare;
    /** names of the comparisons; "1", "2" when the cases differ */
    char compare[SN_SCENARIO_CONFIGURATIONS_MAX][SN_SCENARIO_NAME_SIZE];
    sn_interval *cell; /* owned: [n_case][n_compare][SN_HEADLINE_SLOTS] */
} sn_batch_table;

SN_CHECKED sn_status sn_batch_table_load(const sn_batch *batch,
                                         const sn_batch_options *options,
                                         const sn_batch_outcome *outcome,
                                         sn_batch_table *out,
                                         sn_error *err);
void sn_batch_table_release(sn_batch_table *table);

static inline const sn_interval *
sn_batch_cell(const sn_batch_table *t, size_t i, size_t compare, size_t slot)
{
    return &t->cell[(i * t->n_compare + compare) * SN_HEADLINE_SLOTS + slot];
}

/** batch.h5 */
SN_CHECKED sn_status sn_batch_write_grid(const sn_batch_table *table, sn_error *err);
/** cases.csv */
SN_CHECKED sn_status sn_batch_write_csv(const sn_batch_table *table, sn_error *err);
/** summary.json */
SN_CHECKED sn_status sn_batch_write_summary(const sn_batch_table *table, sn_error *err);

#endif
