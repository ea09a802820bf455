/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of mappings, shared by mapping.c (the declaration) and mapping_read.c (a
 * table read as declared). */
#ifndef SN_MAPPING_INTERNAL_H
#define SN_MAPPING_INTERNAL_H

#include "mapping.h"

#include "mapping_clock.h"
#include "yaml_tree.h"

#include <stdbool.h>

enum { SN_MAPPING_COLUMNS_MAX = 128, HEADER_ROWS_MAX = 8, TEXT_MAX = 128 };

typedef struct sn_column {
    const char *name;  /* header cell, or NULL when index is given */
    long nth;          /* which of several equal header cells, from 1 */
    long index;        /* column number from 0; -1: by name */
    sn_series_key key; /* subject empty: the file's subject */
    double factor;
    bool zero_day_is_missing;
    bool has_from;
    sn_instant from; /* values before are left out */
} sn_column;

struct sn_mapping {
    sn_yaml *document; /* owns every text below */
    const char *name;
    const char *source;
    const char *licence;
    const char *attribution;
    const char *title;          /* part of a cell in the first row, or NULL */
    const sn_yaml_node *header; /* cells that one of the first rows must hold */
    const sn_yaml_node *missing;
    const sn_yaml_node *subjects; /* only these file subjects, or NULL */
    const char *end_row;          /* first cell that ends the table, or NULL */
    const char *subject_header;   /* header cell prefix that names the area, or NULL */
    const char *subject_column;   /* column that names the area, or NULL */
    bool subject_from_file;
    bool is_day_row; /* one row a day, one column an interval */
    bool gaps_allowed;
    char separator;
    char decimal;
    char thousands; /* 0: none */
    long rows_after_header;
    long step_s;
    sn_clock_rule clock;
    size_t n_time_column;
    long time_column[4]; /* -1: by name */
    const char *time_column_name[4];
    const char *file_part; /* part of the file's name, or NULL */
    size_t n_column;
    sn_column column[SN_MAPPING_COLUMNS_MAX];
};

#endif
