/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Mappings: how a provider's table becomes series, declared in mappings/NAME.yaml so
 * that a new export needs no C.  The keys are explained in SOURCES.md.
 */
#ifndef SN_MAPPING_H
#define SN_MAPPING_H

#include "base/error.h"
#include "base/strbuf.h"
#include "series.h"

#include <stddef.h>

typedef struct sn_mapping sn_mapping;

typedef struct sn_mapping_set {
    size_t n;
    sn_mapping **item; /* owned, in order of file name */
} sn_mapping_set;

/** Reads every *.yaml of a folder. */
SN_CHECKED sn_status sn_mapping_load_folder(const char *folder,
                                            sn_mapping_set *out,
                                            sn_error *err);
void sn_mapping_set_release(sn_mapping_set *set);

const char *sn_mapping_name(const sn_mapping *mapping);
const char *sn_mapping_licence(const sn_mapping *mapping);
const char *sn_mapping_attribution(const sn_mapping *mapping);
/** Why a known table holds no series at all; NULL: it holds some. */
const char *sn_mapping_no_series(const sn_mapping *mapping);

/** What one file held. */
typedef struct sn_mapped {
    const sn_mapping *mapping; /* borrowed from the set */
    size_t n_series;           /* 0: a table without rows, or one that holds no series */
    sn_series *series;         /* owned */
    size_t n_row;
    size_t n_gap;          /* cells stated as missing */
    size_t n_dropped;      /* rows that the clock rules leave out */
    size_t n_left_out;     /* values in another unit: before a column's "from" */
    size_t n_zero_missing; /* zeros that stand for missing */
    size_t n_zero_suspect; /* zeros of whole days, kept and flagged */
    sn_strbuf clock_days;  /* clock-change days that the file has wrong, by name */
    sn_strbuf unread;      /* columns that the mapping does not read, by name */
} sn_mapped;

/**
 * Recognise a file by its content (and name, where the content does not tell) and
 * read it.  text is changed in place.
 * text[n] must be a NUL.
 * @param file_name used in messages and where a mapping takes the area from it
 * @return SN_E_FORMAT naming file, line, area and UTC interval
 */
SN_CHECKED sn_status sn_mapping_read(const sn_mapping_set *set,
                                     const char *file_name,
                                     char *text,
                                     size_t n,
                                     sn_mapped *out,
                                     sn_error *err);
void sn_mapped_release(sn_mapped *mapped);

#endif
