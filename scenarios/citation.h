/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Sources of figures in the library's files: `sources:` of a YAML file, and how a figure
 * names one (INVEST.md). */
#ifndef SN_CITATION_H
#define SN_CITATION_H

#include "base/error.h"
#include "yaml_tree.h"

/** Borrowed from the document. */
typedef struct sn_citation {
    const char *id;
    const char *where;
    const char *date;    /* published, else read */
    const char *checked; /* opened, excerpt, copy; "" when the file does not say */
    const char *licence; /* "" when the file does not say */
    const char *note;    /* "" likewise */
} sn_citation;

/** Each source: an address, a date, and what of it was seen, if said. */
SN_CHECKED sn_status sn_citation_check(const sn_yaml_node *sources, sn_error *err);
/** The source a scalar names; sources must have been checked. */
SN_CHECKED sn_status sn_citation_find(const sn_yaml_node *node,
                                      const sn_yaml_node *sources,
                                      sn_citation *out,
                                      sn_error *err);
/** A source of a checked list. */
void sn_citation_read(const sn_yaml_node *source, sn_citation *out);

#endif
