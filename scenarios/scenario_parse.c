/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every word of --set becomes a small document of its own and goes through the same
 * rows as the file, so that there is one parser and one set of rules.  A file with
 * base: is read over its base, so the same holds for inheritance.
 */
#include "base/options.h"
#include "base/os.h"
#include "scenario.h"
#include "scenario_schema.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    SCENARIO_BYTES_MAX = 1 << 20,
    KEY_DEPTH_MAX = 4,
    BASE_DEPTH_MAX = 8,
    PATH_SIZE = 1024,
    NAMES_MAX = 128
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Keys at the top that are not the scenario's own: how files build on each other, and
 * what makes many cases of one (batch_file.c). */
static const char *const frame_keys[] = {"base", "sweep", "sample", "ensemble"};

sn_status sn_scenario_bad(const sn_yaml_node *node, const char *what, sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT, "%.200s:%d:%d: %s", node->file, node->line,
                        node->column, what);
}

/* ---- one key ---- */

static sn_status
read_text(const sn_yaml_node *node, size_t size, char *out, sn_error *err)
{
    const char *text = NULL;
    sn_status status = sn_yaml_string(node, &text, err);
    if (status == SN_OK && strlen(text) >= size) {
        return sn_scenario_bad(node, "text is too long", err);
    }
    if (status == SN_OK) {
        (void)snprintf(out, size, "%s", text);
    }
    return status;
}

/* A map of area code to number. */
static sn_status read_by_area(const sn_yaml_node *node,
                              const sn_scenario_key *key,
                              const sn_scenario *s,
                              double *out,
                              sn_error *err)
{
    sn_status status = sn_yaml_expect(node, SN_YAML_MAP, err);
    for (const sn_yaml_node *item = status == SN_OK ? node->first : NULL;
         item != NULL && status == SN_OK; item = item->next) {
        const sn_area *area = NULL;
        sn_error inner = {.status = SN_OK};
        size_t i = sn_scenario_area_index(s, item->key);
        if (sn_area_require(item->key, &area, &inner) != SN_OK) {
            status = sn_scenario_bad(item, inner.message, err);
        } else if (i == SIZE_MAX) {
            status =
                sn_scenario_bad(item, "the area is not among the scenario's areas", err);
        } else {
            status = sn_yaml_double(item, key->min, key->max, &out[i], err);
        }
    }
    return status;
}

static sn_status read_key(const sn_yaml_node *node,
                          const sn_scenario_key *key,
                          sn_scenario *s,
                          sn_error *err)
{
    void *at = (char *)s + key->offset;
    switch (key->kind) {
    case SN_KEY_NUMBER:
        return sn_yaml_double(node, key->min, key->max, at, err);
    case SN_KEY_BOOL:
        return sn_yaml_bool(node, at, err);
    case SN_KEY_TEXT:
        return read_text(node, (size_t)key->max, at, err);
    case SN_KEY_BY_AREA:
        return read_by_area(node, key, s, at, err);
    case SN_KEY_OTHER:
        break;
    }
    return key->read(node, s, err);
}

/* ---- a document ---- */

static bool is_first_of_group(size_t k)
{
    for (size_t i = 0; i < k; i++) {
        if (strcmp(sn_scenario_keys[i].group, sn_scenario_keys[k].group) == 0) {
            return false;
        }
    }
    return true;
}

/* The names that may stand at the top ("") or in a group. */
static size_t names_of(const char *group, const char *names[NAMES_MAX])
{
    size_t n = 0;
    for (size_t k = 0; k < sn_scenario_key_count && n < NAMES_MAX; k++) {
        const sn_scenario_key *key = &sn_scenario_keys[k];
        if (strcmp(key->group, group) == 0) {
            names[n++] = key->name;
        } else if (group[0] == '\0' && is_first_of_group(k)) {
            names[n++] = key->group;
        }
    }
    for (size_t i = 0; group[0] == '\0' && i < COUNT(frame_keys) && n < NAMES_MAX; i++) {
        names[n++] = frame_keys[i];
    }
    return n;
}

static sn_status check_names(const sn_yaml_node *root, sn_error *err)
{
    const char *names[NAMES_MAX];
    sn_status status = sn_yaml_check_keys(root, names, names_of("", names), err);
    for (size_t k = 0; k < sn_scenario_key_count && status == SN_OK; k++) {
        const char *group = sn_scenario_keys[k].group;
        const sn_yaml_node *map = group[0] != '\0' ? sn_yaml_get(root, group) : NULL;
        if (map != NULL && is_first_of_group(k)) {
            status = sn_yaml_check_keys(map, names, names_of(group, names), err);
        }
    }
    return status;
}

static sn_status read_root(const sn_yaml_node *root, sn_scenario *s, sn_error *err)
{
    sn_status status = check_names(root, err);
    for (size_t k = 0; k < sn_scenario_key_count && status == SN_OK; k++) {
        const sn_scenario_key *key = &sn_scenario_keys[k];
        const sn_yaml_node *map =
            key->group[0] != '\0' ? sn_yaml_get(root, key->group) : root;
        const sn_yaml_node *node = sn_yaml_get(map, key->name);
        if (node != NULL) {
            status = read_key(node, key, s, err);
        }
    }
    return status;
}

/* ---- base: ---- */

typedef struct sn_chain {
    const struct sn_chain *before;
    const char *path;
} sn_chain;

/* The folder of path and a relative name below it: no way out of the folder. */
static sn_status
base_path(const sn_yaml_node *node, const char *path, char *out, sn_error *err)
{
    const char *text = NULL;
    sn_status status = sn_yaml_string(node, &text, err);
    if (status != SN_OK) {
        return status;
    }
    for (const char *part = text; part != NULL;) {
        size_t n = strcspn(part, "/");
        if (n == 0 || (n == 2 && strncmp(part, "..", 2) == 0)) {
            return sn_scenario_bad(
                node, "base must be a file in this folder or below it, no .. and no /...",
                err);
        }
        part = part[n] == '/' ? part + n + 1 : NULL;
    }
    while (strncmp(text, "./", 2) == 0) {
        text += 2;
    }
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash - path) + 1 : 0;
    int n = snprintf(out, PATH_SIZE, "%.*s%s", folder, path, text);
    return n >= 0 && n < PATH_SIZE ? SN_OK
                                   : sn_scenario_bad(node, "path is too long", err);
}

static sn_status load_file(const sn_chain *chain, sn_scenario *s, sn_error *err);

static sn_status read_base_file(const sn_yaml_node *node,
                                const sn_chain *chain,
                                sn_scenario *s,
                                sn_error *err)
{
    char path[PATH_SIZE];
    size_t depth = 0;
    sn_status status = base_path(node, chain->path, path, err);
    for (const sn_chain *c = chain; c != NULL && status == SN_OK; c = c->before) {
        if (strcmp(c->path, path) == 0) {
            return sn_error_set(err, SN_E_FORMAT,
                                "%.200s:%d:%d: circular base: \"%.80s\" builds on itself",
                                node->file, node->line, node->column, path);
        }
        if (++depth > BASE_DEPTH_MAX) {
            return sn_scenario_bad(node, "more than 8 files build on each other", err);
        }
    }
    if (status == SN_OK && !sn_os_exists(path)) {
        return sn_error_set(err, SN_E_FORMAT, "%.200s:%d:%d: there is no file \"%.200s\"",
                            node->file, node->line, node->column, path);
    }
    sn_chain next = {chain, path};
    return status == SN_OK ? load_file(&next, s, err) : status;
}

static sn_status load_document(const sn_chain *chain,
                               const void *bytes,
                               size_t n,
                               sn_scenario *s,
                               sn_error *err)
{
    sn_yaml *document = NULL;
    sn_status status = sn_yaml_load_bytes(chain->path, bytes, n, &document, err);
    const sn_yaml_node *base =
        status == SN_OK ? sn_yaml_get(sn_yaml_root(document), "base") : NULL;
    if (base != NULL) {
        status = read_base_file(base, chain, s, err);
    }
    if (status == SN_OK) {
        status = read_root(sn_yaml_root(document), s, err);
    }
    if (status == SN_OK && chain->before == NULL) {
        const sn_yaml_node *root = sn_yaml_root(document);
        s->has_cases = sn_yaml_get(root, "sweep") != NULL ||
                       sn_yaml_get(root, "sample") != NULL ||
                       sn_yaml_get(root, "ensemble") != NULL;
    }
    sn_yaml_free(document);
    return status;
}

static sn_status load_file(const sn_chain *chain, sn_scenario *s, sn_error *err)
{
    sn_strbuf bytes;
    sn_strbuf_init(&bytes, SCENARIO_BYTES_MAX);
    sn_status status = sn_os_read_file(chain->path, &bytes, err);
    if (status == SN_OK) {
        status = load_document(chain, bytes.data, bytes.len, s, err);
    }
    sn_strbuf_release(&bytes);
    return status;
}

/* ---- --set ---- */

/* "a.b=c" -> "a:\n b: c\n" */
static sn_status set_document(const char *word, sn_strbuf *out, sn_error *err)
{
    const char *equals = strchr(word, '=');
    if (equals == NULL || equals == word || equals[1] == '\0' ||
        strpbrk(word, "\n\r#") != NULL) {
        return sn_error_set(err, SN_E_FORMAT, "--set \"%.80s\": expected key=value",
                            word);
    }
    int depth = 0;
    sn_status status = SN_OK;
    for (const char *at = word; at < equals && status == SN_OK;) {
        size_t n = strcspn(at, ".=");
        if (n == 0 || depth == KEY_DEPTH_MAX) {
            return sn_error_set(err, SN_E_FORMAT, "--set \"%.80s\": expected key=value",
                                word);
        }
        status = sn_strbuf_printf(out, err, "%s%*s%.*s:", depth > 0 ? "\n" : "", depth,
                                  "", (int)n, at);
        at += n + 1;
        depth++;
    }
    return status == SN_OK ? sn_strbuf_printf(out, err, " %s\n", equals + 1) : status;
}

sn_status sn_scenario_set(sn_scenario *s, const char *word, sn_error *err)
{
    sn_strbuf text;
    sn_yaml *document = NULL;
    char name[160];
    (void)snprintf(name, sizeof name, "--set %s", word);
    sn_strbuf_init(&text, 65536);
    sn_status status = set_document(word, &text, err);
    if (status == SN_OK) {
        status = sn_yaml_load_bytes(name, text.data, text.len, &document, err);
    }
    for (size_t i = 0; i < COUNT(frame_keys) && status == SN_OK; i++) {
        const sn_yaml_node *node = sn_yaml_get(sn_yaml_root(document), frame_keys[i]);
        if (node != NULL) {
            status = sn_scenario_bad(node, "this key is for files, not for --set", err);
        }
    }
    if (status == SN_OK) {
        status = read_root(sn_yaml_root(document), s, err);
    }
    sn_yaml_free(document);
    sn_strbuf_release(&text);
    return status;
}

/* ---- the whole ---- */

sn_status sn_scenario_check(const char *name, const sn_scenario *s, sn_error *err)
{
    const char *missing = s->name[0] == '\0'       ? "name"
                          : s->year == 0           ? "year"
                          : s->n_area == 0         ? "areas"
                          : s->n_configuration < 2 ? "configurations"
                          : s->source[0].n == 0    ? "sources"
                                                   : NULL;
    if (missing != NULL) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%.200s:1:1: required key \"%s\" is missing", name, missing);
    }
    sn_instant from = s->has_from ? s->from : sn_instant_of_year(s->year);
    sn_instant to = s->has_to ? s->to : sn_instant_of_year(s->year + 1);
    if (from.utc_s < sn_instant_of_year(s->year).utc_s ||
        to.utc_s > sn_instant_of_year(s->year + 1).utc_s || from.utc_s >= to.utc_s) {
        return sn_error_set(err, SN_E_FORMAT,
                            "%.200s:1:1: period must lie inside the year %d, from before "
                            "to",
                            name, (int)s->year);
    }
    return SN_OK;
}

static void set_start(sn_scenario *out)
{
    memset(out, 0, sizeof *out);
    out->step_s = SN_HOUR_S;
    out->balance_cuts = true;
    sn_replay_settings_default(&out->settings);
    out->settings.n_thread = 0;
    out->hydro_slope_factor = 1.0;
    out->other_slope_factor = 1.0;
    out->demand_elasticity_in_other = 0.05; /* short run; 0.02 .. 0.15 */
}

static sn_status finish(const char *name,
                        const char *const *set,
                        size_t n_set,
                        sn_scenario *out,
                        sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < n_set && status == SN_OK; i++) {
        status = sn_scenario_set(out, set[i], err);
    }
    return status == SN_OK ? sn_scenario_check(name, out, err) : status;
}

sn_status sn_scenario_load_bytes(const char *name,
                                 const void *bytes,
                                 size_t n,
                                 const char *const *set,
                                 size_t n_set,
                                 sn_scenario *out,
                                 sn_error *err)
{
    sn_chain chain = {NULL, name};
    set_start(out);
    sn_status status = load_document(&chain, bytes, n, out, err);
    return status == SN_OK ? finish(name, set, n_set, out, err) : status;
}

sn_status sn_scenario_load(const char *path,
                           const char *const *set,
                           size_t n_set,
                           sn_scenario *out,
                           sn_error *err)
{
    sn_chain chain = {NULL, path};
    set_start(out);
    sn_status status = load_file(&chain, out, err);
    return status == SN_OK ? finish(path, set, n_set, out, err) : status;
}

/* ---- normalised ---- */

static sn_status write_text(const char *text, sn_strbuf *out, sn_error *err)
{
    sn_status status = text[0] != '\0' ? sn_strbuf_puts(out, "\"", err) : SN_OK;
    for (const char *c = text; *c != '\0' && status == SN_OK; c++) {
        bool escaped = *c == '"' || *c == '\\';
        status = sn_strbuf_printf(out, err, "%s%c", escaped ? "\\" : "", *c);
    }
    return status == SN_OK && text[0] != '\0' ? sn_strbuf_puts(out, "\"", err) : status;
}

static sn_status
write_by_area(const sn_scenario *s, const double *value, sn_strbuf *out, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i < s->n_area && status == SN_OK; i++) {
        status = sn_strbuf_printf(out, err, "%s%s: %.17g", i == 0 ? "{" : ", ",
                                  s->area[i]->code, value[i]);
    }
    return status == SN_OK ? sn_strbuf_puts(out, "}", err) : status;
}

static sn_status write_value(const sn_scenario *s,
                             const sn_scenario_key *key,
                             sn_strbuf *out,
                             sn_error *err)
{
    const void *at = (const char *)s + key->offset;
    switch (key->kind) {
    case SN_KEY_NUMBER:
        return sn_strbuf_printf(out, err, "%.17g", *(const double *)at);
    case SN_KEY_BOOL:
        return sn_strbuf_puts(out, *(const bool *)at ? "true" : "false", err);
    case SN_KEY_TEXT:
        return write_text(at, out, err);
    case SN_KEY_BY_AREA:
        return write_by_area(s, at, out, err);
    case SN_KEY_OTHER:
        break;
    }
    return key->write(s, out, err);
}

sn_status sn_scenario_write(const sn_scenario *s, sn_strbuf *out, sn_error *err)
{
    sn_status status = SN_OK;
    const char *group = "";
    for (size_t k = 0; k < sn_scenario_key_count && status == SN_OK; k++) {
        const sn_scenario_key *key = &sn_scenario_keys[k];
        sn_strbuf value;
        sn_strbuf_init(&value, 65536);
        status = write_value(s, key, &value, err);
        if (status == SN_OK && value.len > 0) {
            bool is_new = key->group[0] != '\0' && strcmp(key->group, group) != 0;
            status = sn_strbuf_printf(
                out, err, "%s%s%s%s: %s\n", is_new ? key->group : "", is_new ? ":\n" : "",
                key->group[0] != '\0' ? "  " : "", key->name, value.data);
            group = key->group;
        }
        sn_strbuf_release(&value);
    }
    return status;
}
