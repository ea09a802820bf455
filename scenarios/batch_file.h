/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * A scenario file as many cases (FORMAT.md): sweep, ensemble and sample.  Nothing is
 * expanded: case i is worked out when it is asked for, so a batch takes no memory of
 * its own.
 *
 * Axes: each key of sweep in the file's order, then year (ensemble), then sample.  The
 * last axis runs fastest.
 */
#ifndef SN_BATCH_FILE_H
#define SN_BATCH_FILE_H

#include "analysis/stats.h"
#include "base/strbuf.h"
#include "scenario.h"

enum {
    SN_BATCH_AXES_MAX = 12,
    SN_BATCH_KEY_SIZE = 64,
    SN_BATCH_VALUES_MAX = 100000,
    SN_BATCH_ROWS_MAX = 1000000
};

/** One axis of the grid. */
typedef struct sn_batch_axis {
    char key[SN_BATCH_KEY_SIZE]; /* what --set would name; "year" for the ensemble */
    bool is_number;              /* all values are; else text */
    size_t n;
    double *number; /* [n], owned; NaN when text */
    char **text;    /* [n], owned: the value as YAML in one line */
} sn_batch_axis;

typedef enum sn_sample_method {
    SN_SAMPLE_NONE,
    SN_SAMPLE_SOBOL,
    SN_SAMPLE_RANDOM,
    SN_SAMPLE_TORNADO /* the file's own values, then each parameter low and high alone */
} sn_sample_method;

typedef struct sn_sampled {
    char key[SN_BATCH_KEY_SIZE];
    sn_distribution distribution;
} sn_sampled;

typedef struct sn_batch {
    sn_scenario base; /* the file and --set, before any case */
    size_t n_axis;
    sn_batch_axis axis[SN_BATCH_AXES_MAX];
    size_t ensemble_axis; /* SIZE_MAX = none */
    double *weight;       /* [axis[ensemble_axis].n], owned; NULL = equal */
    sn_sample_method method;
    bool has_indices; /* Saltelli design: a, b, then a with each parameter from b */
    uint64_t seed;
    size_t n_sample; /* rows as the file says */
    size_t n_row;    /* rows that are run, 1 without a sample */
    size_t n_sampled;
    sn_sampled sampled[SN_SAMPLED_MAX];
    double *unit;  /* [n_sample][n_sampled or twice that], owned, made when needed */
    size_t n_cell; /* of the grid */
    size_t n_case; /* n_cell * n_row; SIZE_MAX when it does not fit */
} sn_batch;

/** Every value is tried on its own, so that errors name its line in the file. */
SN_CHECKED sn_status sn_batch_load(const char *path,
                                   const char *const *set,
                                   size_t n_set,
                                   sn_batch *out,
                                   sn_error *err);
void sn_batch_release(sn_batch *batch);

/** Index along axis k of a case. */
size_t sn_batch_index(const sn_batch *batch, size_t i, size_t k);
/** Value of sampled parameter k in row r. */
double sn_batch_sampled(const sn_batch *batch, size_t row, size_t k);
/** The scenario of case i.  SN_E_FORMAT when its values do not go together. */
SN_CHECKED sn_status sn_batch_case(const sn_batch *batch,
                                   size_t i,
                                   sn_scenario *out,
                                   sn_error *err);
/** "slopes.factor=0.5 year=2019": what makes case i differ. */
SN_CHECKED sn_status sn_batch_describe(const sn_batch *batch,
                                       size_t i,
                                       sn_strbuf *out,
                                       sn_error *err);

#endif
