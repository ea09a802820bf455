/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "yaml_tree.h"

#include "base/number.h"
#include "base/options.h"
#include "base/os.h"
#include "base/strbuf.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 16, FILE_BYTES_MAX = 1 << 20, KEYS_MAX = 256 };

/* Every allocation of a document hangs on one list. */
typedef struct sn_block {
    struct sn_block *next;
} sn_block;

struct sn_yaml {
    sn_block *blocks;
    const char *name;
    sn_yaml_node *root;
};

typedef struct sn_reader {
    yaml_parser_t parser;
    yaml_event_t event;
    sn_yaml *document;
    sn_error *err;
} sn_reader;

static void *take(sn_yaml *document, size_t size)
{
    sn_block *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        return NULL;
    }
    block->next = document->blocks;
    document->blocks = block;
    return block + 1;
}

static const char *take_text(sn_yaml *document, const char *text, size_t n)
{
    char *copy = take(document, n + 1);
    if (copy != NULL) {
        memcpy(copy, text, n);
    }
    return copy;
}

static sn_status fail_at(sn_reader *r, const yaml_mark_t *mark, const char *what)
{
    return sn_error_set(r->err, SN_E_FORMAT, "%s:%zu:%zu: %s", r->document->name,
                        mark->line + 1, mark->column + 1, what);
}

static sn_status next_event(sn_reader *r)
{
    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event)) {
        memset(&r->event, 0, sizeof r->event);
        return sn_error_set(r->err, SN_E_FORMAT, "%s:%zu:%zu: not valid YAML: %s",
                            r->document->name, r->parser.problem_mark.line + 1,
                            r->parser.problem_mark.column + 1,
                            r->parser.problem != NULL ? r->parser.problem : "unreadable");
    }
    return SN_OK;
}

static sn_status check_plain(sn_reader *r)
{
    const yaml_event_t *e = &r->event;
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    if (e->type == YAML_ALIAS_EVENT) {
        return fail_at(r, &e->start_mark,
                       "aliases (*name) are not allowed: write the value out");
    }
    if (e->type == YAML_SCALAR_EVENT) {
        anchor = e->data.scalar.anchor;
        tag = e->data.scalar.tag;
        if (memchr(e->data.scalar.value, '\0', e->data.scalar.length) != NULL) {
            return fail_at(r, &e->start_mark, "text with a NUL character");
        }
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        anchor = e->data.sequence_start.anchor;
        tag = e->data.sequence_start.tag;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        anchor = e->data.mapping_start.anchor;
        tag = e->data.mapping_start.tag;
    }
    if (anchor != NULL) {
        return fail_at(r, &e->start_mark,
                       "anchors (&name) are not allowed: write the value out");
    }
    return tag != NULL ? fail_at(r, &e->start_mark, "tags (!name) are not allowed")
                       : SN_OK;
}

static sn_status new_node(sn_reader *r, sn_yaml_kind kind, sn_yaml_node **out)
{
    sn_yaml_node *node = take(r->document, sizeof *node);
    if (node == NULL) {
        return sn_error_set(r->err, SN_E_MEMORY, "out of memory reading %s",
                            r->document->name);
    }
    node->kind = kind;
    node->file = r->document->name;
    node->line = (int)r->event.start_mark.line + 1;
    node->column = (int)r->event.start_mark.column + 1;
    if (kind == SN_YAML_SCALAR) {
        node->is_quoted = r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        node->text = take_text(r->document, (const char *)r->event.data.scalar.value,
                               r->event.data.scalar.length);
        if (node->text == NULL) {
            return sn_error_set(r->err, SN_E_MEMORY, "out of memory reading %s",
                                r->document->name);
        }
    }
    *out = node;
    return SN_OK;
}

static sn_status read_node(sn_reader *r, int depth, sn_yaml_node **out);

/* Reads the key of the next map entry, checks that it is new. */
static sn_status read_key(sn_reader *r, const sn_yaml_node *map, const char **out)
{
    sn_status status = check_plain(r);
    if (status != SN_OK) {
        return status;
    }
    if (r->event.type != YAML_SCALAR_EVENT || r->event.data.scalar.length == 0) {
        return fail_at(r, &r->event.start_mark, "a key must be a plain word");
    }
    const char *key = (const char *)r->event.data.scalar.value;
    const sn_yaml_node *known = sn_yaml_get(map, key);
    if (known != NULL) {
        return sn_error_set(r->err, SN_E_FORMAT,
                            "%s:%zu:%zu: duplicate key \"%.60s\", first at line %d",
                            r->document->name, r->event.start_mark.line + 1,
                            r->event.start_mark.column + 1, key, known->line);
    }
    *out = take_text(r->document, key, r->event.data.scalar.length);
    if (*out == NULL) {
        return sn_error_set(r->err, SN_E_MEMORY, "out of memory reading %s",
                            r->document->name);
    }
    return next_event(r);
}

static sn_status
read_children(sn_reader *r, int depth, sn_yaml_node *parent, yaml_event_type_t end)
{
    const sn_yaml_node **link = &parent->first;
    sn_status status = next_event(r);
    while (status == SN_OK && r->event.type != end) {
        const char *key = NULL;
        sn_yaml_node *child = NULL;
        if (parent->kind == SN_YAML_MAP) {
            status = read_key(r, parent, &key);
        }
        if (status == SN_OK) {
            status = read_node(r, depth + 1, &child);
        }
        if (status == SN_OK) {
            child->key = key;
            *link = child;
            link = &child->next;
            parent->n++;
            status = next_event(r);
        }
    }
    return status;
}

static sn_status read_node(sn_reader *r, int depth, sn_yaml_node **out)
{
    sn_status status = check_plain(r);
    if (status != SN_OK) {
        return status;
    }
    if (depth > DEPTH_MAX) {
        return fail_at(r, &r->event.start_mark, "nested too deeply");
    }
    switch (r->event.type) {
    case YAML_SCALAR_EVENT:
        return new_node(r, SN_YAML_SCALAR, out);
    case YAML_SEQUENCE_START_EVENT:
        status = new_node(r, SN_YAML_SEQUENCE, out);
        return status != SN_OK ? status
                               : read_children(r, depth, *out, YAML_SEQUENCE_END_EVENT);
    case YAML_MAPPING_START_EVENT:
        status = new_node(r, SN_YAML_MAP, out);
        return status != SN_OK ? status
                               : read_children(r, depth, *out, YAML_MAPPING_END_EVENT);
    default:
        return fail_at(r, &r->event.start_mark, "a value is missing");
    }
}

static sn_status read_document(sn_reader *r)
{
    sn_status status = next_event(r); /* stream start */
    if (status == SN_OK) {
        status = next_event(r);
    }
    if (status == SN_OK && r->event.type != YAML_DOCUMENT_START_EVENT) {
        return sn_error_set(r->err, SN_E_FORMAT, "%s:1:1: the file is empty",
                            r->document->name);
    }
    if (status == SN_OK) {
        status = next_event(r);
    }
    if (status == SN_OK) {
        status = read_node(r, 0, &r->document->root);
    }
    if (status == SN_OK) {
        status = next_event(r); /* document end */
    }
    if (status == SN_OK) {
        status = next_event(r);
    }
    if (status == SN_OK && r->event.type != YAML_STREAM_END_EVENT) {
        return fail_at(r, &r->event.start_mark, "only one document is allowed");
    }
    return status;
}

sn_status sn_yaml_load_bytes(const char *name,
                             const void *bytes,
                             size_t n,
                             sn_yaml **out,
                             sn_error *err)
{
    *out = NULL;
    if (n > FILE_BYTES_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "%s: larger than %d bytes", name,
                            FILE_BYTES_MAX);
    }
    sn_yaml *document = calloc(1, sizeof *document);
    sn_reader r = {.document = document, .err = err};
    if (document == NULL ||
        (document->name = take_text(document, name, strlen(name))) == NULL ||
        !yaml_parser_initialize(&r.parser)) {
        sn_yaml_free(document);
        return sn_error_set(err, SN_E_MEMORY, "out of memory reading %s", name);
    }
    yaml_parser_set_input_string(&r.parser, bytes, n);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    sn_status status = read_document(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (status != SN_OK) {
        sn_yaml_free(document);
        return status;
    }
    *out = document;
    return SN_OK;
}

sn_status sn_yaml_load_file(const char *path, sn_yaml **out, sn_error *err)
{
    *out = NULL;
    sn_strbuf text;
    sn_strbuf_init(&text, FILE_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &text, err);
    if (status == SN_OK) {
        status = sn_yaml_load_bytes(path, text.data, text.len, out, err);
    }
    sn_strbuf_release(&text);
    return status;
}

void sn_yaml_free(sn_yaml *document)
{
    if (document == NULL) {
        return;
    }
    while (document->blocks != NULL) {
        sn_block *next = document->blocks->next;
        free(document->blocks);
        document->blocks = next;
    }
    free(document);
}

const sn_yaml_node *sn_yaml_root(const sn_yaml *document)
{
    return document->root;
}

const sn_yaml_node *sn_yaml_get(const sn_yaml_node *map, const char *key)
{
    if (map == NULL || map->kind != SN_YAML_MAP) {
        return NULL;
    }
    for (const sn_yaml_node *child = map->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0) {
            return child;
        }
    }
    return NULL;
}

static sn_status fail_node(const sn_yaml_node *node, sn_error *err, const char *expected)
{
    const char *name = node->key != NULL ? node->key : "value";
    if (node->kind != SN_YAML_SCALAR) {
        return sn_error_set(err, SN_E_FORMAT, "%s:%d:%d: \"%.60s\" must be %s",
                            node->file, node->line, node->column, name, expected);
    }
    return sn_error_set(err, SN_E_FORMAT, "%s:%d:%d: \"%.60s\" is \"%.60s\", expected %s",
                        node->file, node->line, node->column, name, node->text, expected);
}

sn_status sn_yaml_require(const sn_yaml_node *map,
                          const char *key,
                          const sn_yaml_node **out,
                          sn_error *err)
{
    *out = sn_yaml_get(map, key);
    if (*out != NULL) {
        return SN_OK;
    }
    return sn_error_set(err, SN_E_FORMAT, "%s:%d:%d: key \"%s\" is missing", map->file,
                        map->line, map->column, key);
}

sn_status sn_yaml_expect(const sn_yaml_node *node, sn_yaml_kind kind, sn_error *err)
{
    static const char *const names[] = {"one value", "a list", "a map of keys"};
    return node->kind == kind ? SN_OK : fail_node(node, err, names[kind]);
}

sn_status sn_yaml_check_keys(const sn_yaml_node *node,
                             const char *const *allowed,
                             size_t n,
                             sn_error *err)
{
    sn_status status = sn_yaml_expect(node, SN_YAML_MAP, err);
    if (status != SN_OK) {
        return status;
    }
    for (const sn_yaml_node *child = node->first; child != NULL; child = child->next) {
        size_t i = 0;
        while (i < n && strcmp(allowed[i], child->key) != 0) {
            i++;
        }
        if (i == n) {
            const char *nearest = sn_nearest_name(child->key, allowed, n);
            return sn_error_set(err, SN_E_FORMAT, "%s:%d:%d: unknown key \"%.60s\"%s%s%s",
                                child->file, child->line, child->column, child->key,
                                nearest != NULL ? ", did you mean \"" : "",
                                nearest != NULL ? nearest : "",
                                nearest != NULL ? "\"?" : "");
        }
    }
    return SN_OK;
}

sn_status sn_yaml_double(const sn_yaml_node *node,
                         double min,
                         double max,
                         double *out,
                         sn_error *err)
{
    double value;
    if (node->kind != SN_YAML_SCALAR || node->is_quoted ||
        !sn_parse_double(node->text, &value)) {
        return fail_node(node, err, "a number such as 12.5");
    }
    if (value < min || value > max) {
        return sn_error_set(
            err, SN_E_FORMAT, "%s:%d:%d: \"%.60s\" is %s, must lie in %g ... %g",
            node->file, node->line, node->column, node->key != NULL ? node->key : "value",
            node->text, min, max);
    }
    *out = value;
    return SN_OK;
}

sn_status
sn_yaml_int(const sn_yaml_node *node, long min, long max, long *out, sn_error *err)
{
    long value;
    if (node->kind != SN_YAML_SCALAR || node->is_quoted ||
        !sn_parse_int(node->text, &value)) {
        return fail_node(node, err, "a whole number");
    }
    if (value < min || value > max) {
        return sn_error_set(
            err, SN_E_FORMAT, "%s:%d:%d: \"%.60s\" is %s, must lie in %ld ... %ld",
            node->file, node->line, node->column, node->key != NULL ? node->key : "value",
            node->text, min, max);
    }
    *out = value;
    return SN_OK;
}

sn_status sn_yaml_bool(const sn_yaml_node *node, bool *out, sn_error *err)
{
    bool is_true = node->kind == SN_YAML_SCALAR && strcmp(node->text, "true") == 0;
    bool is_false = node->kind == SN_YAML_SCALAR && strcmp(node->text, "false") == 0;
    if (node->is_quoted || (!is_true && !is_false)) {
        return fail_node(node, err, "true or false");
    }
    *out = is_true;
    return SN_OK;
}

sn_status sn_yaml_string(const sn_yaml_node *node, const char **out, sn_error *err)
{
    if (node->kind != SN_YAML_SCALAR || node->text[0] == '\0') {
        return fail_node(node, err, "text");
    }
    *out = node->text;
    return SN_OK;
}
