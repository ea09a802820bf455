/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_read.h"

#include <math.h>

const json_t *
sn_node_at(const json_t *object, const char *a, const char *b, const char *c)
{
    const json_t *node = json_object_get(object, a);
    node = b != NULL ? json_object_get(node, b) : node;
    return c != NULL ? json_object_get(node, c) : node;
}

double sn_number_of(const json_t *node)
{
    return json_is_number(node) ? json_number_value(node) : NAN;
}

const char *sn_text_of(const json_t *node)
{
    const char *text = json_string_value(node);
    return text != NULL ? text : "";
}

double sn_number_at(const json_t *object, const char *a, const char *b, const char *c)
{
    return sn_number_of(sn_node_at(object, a, b, c));
}

const char *sn_text_at(const json_t *object, const char *a, const char *b, const char *c)
{
    return sn_text_of(sn_node_at(object, a, b, c));
}
