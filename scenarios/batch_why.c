/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch_why.h"

#include "base/os.h"
#include "run_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, INDEX_BYTES_MAX = 256 << 20, NAMED_MAX = 5 };

struct sn_why {
    const sn_batch_options *options;
    sn_strbuf index; /* "describe\tkey\n" for each case */
};

sn_status sn_why_open(const sn_batch_options *options, sn_why **out, sn_error *err)
{
    char path[PATH_SIZE];
    *out = NULL;
    sn_why *why = calloc(1, sizeof *why);
    if (why == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for the index");
    }
    why->options = options;
    sn_strbuf_init(&why->index, INDEX_BYTES_MAX);
    (void)snprintf(path, sizeof path, "%s/index.txt", options->folder);
    sn_status status =
        sn_os_exists(path) ? sn_os_read_file(path, &why->index, err) : SN_OK;
    if (status != SN_OK) {
        sn_why_close(why);
        return status;
    }
    *out = why;
    return SN_OK;
}

void sn_why_close(sn_why *why)
{
    if (why != NULL) {
        sn_strbuf_release(&why->index);
        free(why);
    }
}

/* The key that the case had, by what makes it differ. */
static bool old_key(const sn_why *why, const char *describe, char key[SN_HASH_TEXT])
{
    size_t n = strlen(describe);
    for (const char *line = why->index.data; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length == n + SN_HASH_TEXT && strncmp(line, describe, n) == 0 &&
            line[n] == '\t') {
            (void)snprintf(key, SN_HASH_TEXT, "%.64s", line + n + 1);
            return true;
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    return false;
}

/* The value of group.key (group "" at the top) in a normalised scenario, and its length;
 * NULL when the key is left out. */
static const char *find_value(const char *text,
                              const char *group,
                              const char *key,
                              size_t n_key,
                              size_t *n_out)
{
    char now[64] = "";
    for (const char *line = text; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        size_t indent = strspn(line, " ");
        size_t name = strcspn(line + indent, ":");
        if (indent == 0) {
            (void)snprintf(now, sizeof now, "%.*s",
                           indent + name + 1 == n ? (int)name : 0, line);
        }
        if (name == n_key && strncmp(line + indent, key, n_key) == 0 &&
            strcmp(now, group) == 0 && indent + name + 1 < n) {
            *n_out = n - indent - name - 2;
            return line + indent + name + 2;
        }
        line += n + (line[n] == '\n' ? 1 : 0);
    }
    *n_out = 0;
    return NULL;
}

static int shown(size_t n)
{
    enum { SHOWN_MAX = 60 };
    return n < SHOWN_MAX ? (int)n : SHOWN_MAX;
}

/* Keys whose values differ.  Both texts have their keys in one order; what is empty is
 * left out. */
static sn_status
compare_scenarios(const char *before, const char *after, sn_strbuf *out, sn_error *err)
{
    char group[64] = "";
    sn_status status = SN_OK;
    for (const char *line = after; *line != '\0' && status == SN_OK;) {
        size_t n = strcspn(line, "\n");
        size_t indent = strspn(line, " ");
        size_t name = strcspn(line + indent, ":");
        bool is_group = indent + name + 1 == n;
        if (indent == 0) {
            (void)snprintf(group, sizeof group, "%.*s", is_group ? (int)name : 0, line);
        }
        if (!is_group) {
            size_t n_old = 0;
            size_t n_new = n - indent - name - 2;
            const char *new = line + indent + name + 2;
            const char *old = find_value(before, group, line + indent, name, &n_old);
            if (old == NULL || n_old != n_new || strncmp(old, new, n_new) != 0) {
                status = sn_strbuf_printf(out, err, "; %s%s%.*s was %.*s, is %.*s", group,
                                          group[0] != '\0' ? "." : "", (int)name,
                                          line + indent, old != NULL ? shown(n_old) : 4,
                                          old != NULL ? old : "none", shown(n_new), new);
            }
        }
        line += n + (line[n] == '\n' ? 1 : 0);
    }
    return status;
}

static json_t *load_inputs(const char *folder, const char *inputs)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/inputs/%s.json", folder, inputs);
    return json_load_file(path, 0, NULL);
}

sn_status sn_why_compare_inputs(const char *folder,
                                const char *before,
                                const char *after,
                                sn_strbuf *out,
                                sn_error *err)
{
    json_t *old = load_inputs(folder, before);
    json_t *new = load_inputs(folder, after);
    const char *series = NULL;
    json_t *hash = NULL;
    size_t n = 0;
    sn_status status = SN_OK;
    json_object_foreach(new, series, hash)
    {
        if (status == SN_OK && !json_equal(hash, json_object_get(old, series))) {
            bool is_new = json_object_get(old, series) == NULL;
            status = n < NAMED_MAX ? sn_strbuf_printf(out, err, "; %s %s", series,
                                                      is_new ? "is new" : "has changed")
                                   : SN_OK;
            n++;
        }
    }
    json_object_foreach(old, series, hash)
    {
        if (status == SN_OK && json_object_get(new, series) == NULL) {
            status = n < NAMED_MAX ? sn_strbuf_printf(out, err, "; %s is gone", series)
                                   : SN_OK;
            n++;
        }
    }
    if (status == SN_OK && n > NAMED_MAX) {
        status = sn_strbuf_printf(out, err, "; and %zu more series", n - NAMED_MAX);
    }
    json_decref(old);
    json_decref(new);
    return status;
}

static sn_status compare_headers(const sn_why *why,
                                 const sn_case_header *old,
                                 const sn_case_header *now,
                                 sn_strbuf *out,
                                 sn_error *err)
{
    sn_status status = SN_OK;
    if (strcmp(old->program, now->program) != 0) {
        status = sn_strbuf_printf(out, err, "; the program was %s, is %s", old->program,
                                  now->program);
    }
    if (status == SN_OK) {
        status = compare_scenarios(old->scenario, now->scenario, out, err);
    }
    if (status == SN_OK && strcmp(old->inputs, now->inputs) != 0) {
        status = sn_why_compare_inputs(why->options->folder, old->inputs, now->inputs,
                                       out, err);
    }
    return status;
}

sn_status sn_why_explain(const sn_why *why,
                         const sn_batch *batch,
                         size_t i,
                         const sn_case_header *now,
                         sn_strbuf *out,
                         sn_error *err)
{
    sn_strbuf describe;
    char key[SN_HASH_TEXT];
    char path[PATH_SIZE];
    sn_case_header old = {NULL, NULL, NULL};
    sn_strbuf_init(&describe, 1 << 16);
    sn_status status = sn_batch_describe(batch, i, &describe, err);
    if (status == SN_OK) {
        status = sn_strbuf_printf(out, err, "case %zu (%s)", i, describe.data);
    }
    if (status == SN_OK && !old_key(why, describe.data, key)) {
        status = sn_strbuf_puts(out, ": new, no earlier result", err);
    } else if (status == SN_OK) {
        status = sn_batch_record_path(why->options, key, path, sizeof path, err);
        if (status == SN_OK && sn_case_read(path, &old, NULL, NULL) != SN_OK) {
            status =
                sn_strbuf_puts(out, ": its earlier result is gone or cut short", err);
        } else if (status == SN_OK) {
            size_t start = out->len;
            status = compare_headers(why, &old, now, out, err);
            if (out->len > start) {
                out->data[start] = ':';
            }
        }
    }
    sn_case_header_release(&old);
    sn_strbuf_release(&describe);
    return status;
}

sn_status sn_why_note_inputs(const char *folder,
                             const sn_replay_data *data,
                             const char *inputs,
                             sn_error *err)
{
    char name[SN_HASH_TEXT + 16];
    char path[PATH_SIZE];
    (void)snprintf(name, sizeof name, "inputs/%s.json", inputs);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    if (sn_os_exists(path)) {
        return SN_OK;
    }
    json_t *out = json_object();
    for (size_t i = 0; i < data->n_used; i++) {
        const sn_series_key *key = &data->used[i].key;
        char series[128];
        (void)snprintf(series, sizeof series, "%s of %s from %s, %d s",
                       sn_quantity_name(key->quantity), key->subject, key->source,
                       (int)key->step_s);
        sn_run_set(out, series, json_string(data->used[i].sha256));
    }
    sn_status status = sn_run_dump(folder, name, out, err);
    json_decref(out);
    return status;
}

sn_status sn_why_write_index(const sn_batch *batch,
                             const sn_batch_options *options,
                             const sn_batch_outcome *outcome,
                             sn_error *err)
{
    char path[PATH_SIZE];
    sn_strbuf text;
    sn_strbuf_init(&text, INDEX_BYTES_MAX);
    sn_status status = SN_OK;
    for (size_t i = 0; i < outcome->n_case && status == SN_OK; i++) {
        if (outcome->line[i].key[0] != '\0') {
            status = sn_batch_describe(batch, i, &text, err);
            status = status == SN_OK
                         ? sn_strbuf_printf(&text, err, "\t%s\n", outcome->line[i].key)
                         : status;
        }
    }
    (void)snprintf(path, sizeof path, "%s/index.txt", options->folder);
    if (status == SN_OK) {
        status = sn_os_write_file(path, text.data, text.len, err);
    }
    sn_strbuf_release(&text);
    return status;
}
