/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Why a case is not in the cache: what differs from the result it had before. */
#ifndef SN_BATCH_WHY_H
#define SN_BATCH_WHY_H

#include "batch.h"

typedef struct sn_why sn_why;

/** Reads the folder's index of the last finished batch; none is fine. */
SN_CHECKED sn_status sn_why_open(const sn_batch_options *options,
                                 sn_why **out,
                                 sn_error *err);
void sn_why_close(sn_why *why);

/** "case 3 (year=2019): slopes.factor was 1, is 0.5; price_eur_per_mwh of SE3 from svk
 * has changed". */
SN_CHECKED sn_status sn_why_explain(const sn_why *why,
                                    const sn_batch *batch,
                                    size_t i,
                                    const sn_case_header *now,
                                    sn_strbuf *out,
                                    sn_error *err);

/** inputs/<hash>.json: each series read, with its hash. */
SN_CHECKED sn_status sn_why_note_inputs(const char *folder,
                                        const sn_replay_data *data,
                                        const char *inputs,
                                        sn_error *err);

/** index.txt: what makes each case differ, and its key. */
SN_CHECKED sn_status sn_why_write_index(const sn_batch *batch,
                                        const sn_batch_options *options,
                                        const sn_batch_outcome *outcome,
                                        sn_error *err);

/** The differing series of two lists as the files in inputs hold them, at most 5 named.
 */
SN_CHECKED sn_status sn_why_compare_inputs(const char *folder,
                                           const char *before,
                                           const char *after,
                                           sn_strbuf *out,
                                           sn_error *err);

#endif
