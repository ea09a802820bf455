/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Reading JSON that may lack anything: absent is NaN or "". */
#ifndef SN_JSON_READ_H
#define SN_JSON_READ_H

#include <jansson.h>

/** Node at a path of keys; b and c may be NULL. */
const json_t *
sn_node_at(const json_t *object, const char *a, const char *b, const char *c);
/** Number of a node, NaN when it is none. */
double sn_number_of(const json_t *node);
/** Text of a node, "" when it is none. */
const char *sn_text_of(const json_t *node);
double sn_number_at(const json_t *object, const char *a, const char *b, const char *c);
const char *sn_text_at(const json_t *object, const char *a, const char *b, const char *c);

#endif
