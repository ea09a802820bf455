/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "citation.h"

#include <string.h>

static sn_status bad(const sn_yaml_node *at, sn_error *err, const char *what)
{
    return sn_error_set(err, SN_E_FORMAT, "%.200s:%d:%d: %s%s%s", at->file, at->line,
                        at->column, at->key != NULL ? at->key : "",
                        at->key != NULL ? ": " : "", what);
}

/* 2026, 2026-04 or 2026-04-14. */
static bool is_date(const char *text)
{
    static const char pattern[] = "dddd-dd-dd";
    size_t n = strlen(text);
    if (n != 4 && n != 7 && n != 10) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (pattern[i] == 'd' ? !is_digit : text[i] != '-') {
            return false;
        }
    }
    return true;
}

static sn_status check_seen(const sn_yaml_node *source, sn_error *err)
{
    const sn_yaml_node *node = sn_yaml_get(source, "checked");
    const char *text = NULL;
    sn_status status = node != NULL ? sn_yaml_string(node, &text, err) : SN_OK;
    if (status == SN_OK && node != NULL && strcmp(text, "opened") != 0 &&
        strcmp(text, "excerpt") != 0 && strcmp(text, "copy") != 0) {
        return bad(node, err,
                   "expected opened (the page or file itself was read), excerpt (only a "
                   "search's excerpt of it) or copy (somebody else's copy of it)");
    }
    return status;
}

static sn_status check_one(const sn_yaml_node *source, sn_error *err)
{
    static const char *const keys[] = {"where",   "published", "read",
                                       "checked", "licence",   "note"};
    const sn_yaml_node *where = NULL;
    const char *text = NULL;
    sn_status status = sn_yaml_check_keys(source, keys, 6, err);
    if (status == SN_OK) {
        status = sn_yaml_require(source, "where", &where, err);
    }
    if (status == SN_OK) {
        status = sn_yaml_string(where, &text, err);
    }
    const sn_yaml_node *date = status == SN_OK ? sn_yaml_get(source, "published") : NULL;
    if (status == SN_OK && date == NULL) {
        date = sn_yaml_get(source, "read");
    }
    if (status == SN_OK && date == NULL) {
        return bad(source, err, "a source needs published or read: a date");
    }
    if (status == SN_OK) {
        status = sn_yaml_string(date, &text, err);
    }
    if (status == SN_OK && !is_date(text)) {
        return bad(date, err, "expected a date such as 2026-04-14, 2026-04 or 2026");
    }
    static const char *const words[] = {"licence", "note"};
    for (size_t i = 0; i < 2 && status == SN_OK; i++) {
        const sn_yaml_node *node = sn_yaml_get(source, words[i]);
        status = node != NULL ? sn_yaml_string(node, &text, err) : SN_OK;
    }
    return status == SN_OK ? check_seen(source, err) : status;
}

sn_status sn_citation_check(const sn_yaml_node *sources, sn_error *err)
{
    sn_status status = sn_yaml_expect(sources, SN_YAML_MAP, err);
    for (const sn_yaml_node *at = status == SN_OK ? sources->first : NULL;
         at != NULL && status == SN_OK; at = at->next) {
        status = check_one(at, err);
    }
    return status;
}

static const char *text_or_none(const sn_yaml_node *source, const char *key)
{
    const sn_yaml_node *node = sn_yaml_get(source, key);
    return node != NULL ? node->text : "";
}

void sn_citation_read(const sn_yaml_node *source, sn_citation *out)
{
    const char *published = text_or_none(source, "published");
    *out = (sn_citation){.id = source->key,
                         .where = text_or_none(source, "where"),
                         .date = *published != '\0' ? published
                                                    : text_or_none(source, "read"),
                         .checked = text_or_none(source, "checked"),
                         .licence = text_or_none(source, "licence"),
                         .note = text_or_none(source, "note")};
}

sn_status sn_citation_find(const sn_yaml_node *node,
                           const sn_yaml_node *sources,
                           sn_citation *out,
                           sn_error *err)
{
    const char *id = NULL;
    sn_status status = sn_yaml_string(node, &id, err);
    if (status != SN_OK) {
        return status;
    }
    const sn_yaml_node *source = sn_yaml_get(sources, id);
    if (source == NULL) {
        return bad(node, err, "no such source under sources:");
    }
    sn_citation_read(source, out);
    return SN_OK;
}
