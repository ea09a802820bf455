/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The result of one case on disk: the cache, and what a restart continues from.  A file
 * ends in the SHA-256 of all before it, so that one cut short is seen.
 */
#ifndef SN_BATCH_RECORD_H
#define SN_BATCH_RECORD_H

#include "headline.h"

enum { SN_HASH_TEXT = 65 };

typedef struct sn_case_result {
    size_t n_infeasible;
    size_t n_compare;
    char name[SN_SCENARIO_CONFIGURATIONS_MAX][SN_SCENARIO_NAME_SIZE];
    sn_interval interval[SN_SCENARIO_CONFIGURATIONS_MAX][SN_HEADLINE_SLOTS];
    sn_headlines weeks[SN_SCENARIO_CONFIGURATIONS_MAX]; /* owned */
} sn_case_result;

void sn_case_result_release(sn_case_result *result);

/** What the key is the hash of, kept beside the result for --why. */
typedef struct sn_case_header {
    char *program;  /* owned */
    char *inputs;   /* owned: hash of what was read */
    char *scenario; /* owned: normalised text */
} sn_case_header;

void sn_case_header_release(sn_case_header *header);

SN_CHECKED sn_status sn_case_key(const sn_case_header *header,
                                 char key[SN_HASH_TEXT],
                                 sn_error *err);

SN_CHECKED sn_status sn_case_write(const char *path,
                                   const sn_case_header *header,
                                   const sn_case_result *result,
                                   sn_error *err);

/**
 * header_out and result_out may be NULL.
 * @return SN_E_NOT_FOUND; SN_E_FORMAT when the file is cut short or changed
 */
SN_CHECKED sn_status sn_case_read(const char *path,
                                  sn_case_header *header_out,
                                  sn_case_result *result_out,
                                  sn_error *err);

#endif
