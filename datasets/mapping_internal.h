/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of mappings, shared by mapping.c (the declaration), mapping_match.c (which one
 * a file is of) and mapping_read.c (a table read as declared). */
#ifndef SN_MAPPING_INTERNAL_H
#define SN_MAPPING_INTERNAL_H

#include "mapping.h"

#include "mapping_clock.h"
#include "table.h"
#include "yaml_tree.h"

#include <stdbool.h>

enum {
    SN_MAPPING_COLUMNS_MAX = 128,
    SN_MAPPING_HEADER_ROWS_MAX = 8,
    SN_MAPPING_TEXT_MAX = 128,
    SN_MAPPING_NAME_ROWS_MAX = 4,
    SN_MAPPING_HEAD_BYTES = 16384, /* of a file, searched for its header */
};

/** What a zero means, beside zero. */
typedef enum sn_zero_rule {
    SN_ZERO_STATED,      /* nothing */
    SN_ZERO_MISSING,     /* there is no such value (load): a gap */
    SN_ZERO_DAY_MISSING, /* whole days of zeros: gaps */
    SN_ZERO_DAY_SUSPECT, /* whole days of zeros: kept, flagged */
} sn_zero_rule;

typedef struct sn_column {
    const char *name;  /* header cell, or NULL when index is given */
    long index;        /* column number from 0; -1: by name */
    sn_series_key key; /* subject empty: the file's subject */
    double factor;
    sn_zero_rule zero;
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
    const char *no_series;        /* why such a table gives none, or NULL */
    const char *end_row;          /* first cell that ends the table, or NULL */
    const char *months_name;      /* months: a row is a kind of figure, or NULL */
    const char *months_subject;   /* in an area, a column a month of energy */
    const char *subject_header;   /* header cell prefix that names the area, or NULL */
    const char *subject_column;   /* column that names the area, or NULL */
    bool subject_from_file;
    bool is_day_row; /* one row a day, one column an interval */
    bool gaps_allowed;
    char separator;
    char decimal;
    char thousands; /* 0: none */
    long rows_after_header;
    long name_rows;   /* rows that make the name of a column, the header the last */
    bool tell_unread; /* name the columns that no entry reads */
    long step_s;
    sn_clock_rule clock;
    size_t n_time_column;
    long time_column[4]; /* -1: by name */
    const char *time_column_name[4];
    const char *file_part; /* part of the file's name, or NULL */
    size_t n_column;
    sn_column column[SN_MAPPING_COLUMNS_MAX];
};

/** The area that a file's name begins with ("dir/SE_1.csv.xz" -> "SE1"), or "". */
void sn_mapping_subject_of_file(const char *file, char subject[SN_SUBJECT_SIZE]);
bool sn_mapping_listed(const sn_yaml_node *list, const char *text);
/** A cell without the blanks around it. */
const char *sn_mapping_trimmed(const char *cell, char text[SN_MAPPING_TEXT_MAX]);
/** The provider's number: decimal and thousands marks replaced, then strict. */
bool sn_mapping_number(const sn_mapping *mapping, const char *text, double *out);
/** A table whose columns are months; out is released by the caller on failure. */
SN_CHECKED sn_status sn_mapping_read_months(const sn_mapping *mapping,
                                            const char *file,
                                            char *text,
                                            size_t n,
                                            sn_mapped *out,
                                            sn_error *err);
bool sn_mapping_is_header(const sn_mapping *mapping, const sn_table *table);
/** SN_E_FORMAT: no mapping of the set, or no area where the file's name gives it and the
 * table has rows. */
SN_CHECKED sn_status sn_mapping_recognise(const sn_mapping_set *set,
                                          const char *file,
                                          const char *text,
                                          size_t n,
                                          const sn_mapping **out,
                                          sn_error *err);

#endif
