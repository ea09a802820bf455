/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stored values that something which arrives makes doubtful.  They are written once more,
 * flagged, as a batch of their own: what was known before stays known.  The batch's raw
 * bytes are its lines,
 *
 *     price_eur_per_mwh svk SE3 3600 1527717600 34.5 34.25
 *
 * key, start and values, so that snitt rebuild doubts the same at the same moment.
 */
#include "check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char reader[] = "doubts";

enum { RAW_BYTES_MAX = 256 << 20, LINE_VALUES_MAX = 1 << 20 };

static sn_status put_runs(sn_doubt *doubt, sn_error *err)
{
    const sn_series *s = &doubt->series;
    sn_status status = SN_OK;
    for (size_t i = 0; i < s->axis.n && status == SN_OK; i++) {
        if (isnan(s->value[i])) {
            continue;
        }
        if (i == 0 || isnan(s->value[i - 1])) {
            status = sn_strbuf_printf(&doubt->raw, err, "%s %s %s %d %" PRId64,
                                      sn_quantity_name(s->key.quantity), s->key.source,
                                      s->key.subject, (int)s->key.step_s,
                                      sn_axis_at(&s->axis, i).utc_s);
        }
        if (status == SN_OK) {
            bool is_last = i + 1 == s->axis.n || isnan(s->value[i + 1]);
            status = sn_strbuf_printf(&doubt->raw, err, " %.17g%s", s->value[i],
                                      is_last ? "\n" : "");
        }
    }
    return status;
}

sn_status sn_check_keep_doubts(sn_findings *findings,
                               const sn_series *stored,
                               const uint8_t *flag_before,
                               sn_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < stored->axis.n; i++) {
        n += stored->flag[i] != flag_before[i];
    }
    if (n == 0) {
        return SN_OK;
    }
    sn_doubt *grown = realloc(findings->stored, (findings->n_stored + 1) * sizeof *grown);
    if (grown == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for checks");
    }
    findings->stored = grown;
    sn_doubt *doubt = &grown[findings->n_stored];
    sn_status status = sn_series_init(&doubt->series, &stored->key, stored->axis, err);
    if (status != SN_OK) {
        return status;
    }
    sn_strbuf_init(&doubt->raw, RAW_BYTES_MAX);
    findings->n_stored++;
    for (size_t i = 0; i < stored->axis.n; i++) {
        if (stored->flag[i] != flag_before[i]) {
            doubt->series.value[i] = stored->value[i];
            doubt->series.flag[i] = SN_FLAG_SUSPECT;
        }
    }
    return put_runs(doubt, err);
}

/* The stored values that are doubted, as batches [findings->n_stored] that borrow. */
static sn_status doubt_batches(const sn_findings *findings,
                               sn_store *store,
                               sn_instant now,
                               sn_store_batch *batches,
                               sn_error *err)
{
    const sn_store_entry *entry = NULL;
    size_t n = 0;
    sn_status status =
        findings->n_stored > 0 ? sn_store_catalogue(store, &entry, &n, err) : SN_OK;
    for (size_t d = 0; d < findings->n_stored && status == SN_OK; d++) {
        const sn_doubt *doubt = &findings->stored[d];
        size_t e = 0;
        while (e < n && sn_series_key_compare(&entry[e].key, &doubt->series.key) != 0) {
            e++;
        }
        if (e == n) {
            return sn_error_set(err, SN_E_NOT_FOUND, "the store has no %s of %s",
                                sn_quantity_name(doubt->series.key.quantity),
                                doubt->series.key.subject);
        }
        /* Both are known from the later moment on. */
        sn_instant learnt = entry[e].newest.utc_s > now.utc_s ? entry[e].newest : now;
        batches[d] = (sn_store_batch){.origin = {.name = "doubts when other data arrived",
                                                 .raw = doubt->raw.data,
                                                 .raw_size = doubt->raw.len,
                                                 .learnt = learnt,
                                                 .licence = entry[e].licence,
                                                 .attribution = entry[e].attribution,
                                                 .reader = reader},
                                      .series = &doubt->series,
                                      .n_series = 1};
    }
    return status;
}

sn_status sn_check_write(const sn_findings *findings,
                         sn_store *store,
                         sn_instant now,
                         const sn_store_batch *batches,
                         size_t n,
                         sn_store_change *change_out,
                         sn_error *err)
{
    size_t n_all = n + findings->n_stored;
    sn_store_batch *all = calloc(n_all + 1, sizeof *all);
    if (all == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu batches", n_all);
    }
    memcpy(all, batches, n * sizeof *all);
    sn_status status = doubt_batches(findings, store, now, &all[n], err);
    if (status == SN_OK) {
        status = sn_store_write(store, all, n_all, change_out, err);
    }
    free(all);
    return status;
}

void sn_check_release_doubts(sn_findings *findings)
{
    for (size_t d = 0; d < findings->n_stored; d++) {
        sn_series_release(&findings->stored[d].series);
        sn_strbuf_release(&findings->stored[d].raw);
    }
    free(findings->stored);
    findings->stored = NULL;
    findings->n_stored = 0;
}

/* ---- snitt rebuild ---- */

bool sn_check_is_doubts(const char *text)
{
    return strcmp(text, reader) == 0;
}

/* One line's values into a new series; *end_out is where the next line begins. */
static sn_status
read_line(const char *line, sn_series *out, const char **end_out, sn_error *err)
{
    char quantity[40];
    sn_series_key key = {0};
    sn_axis axis = {0};
    int step_s = 0;
    int used = 0;
    bool ok =
        sscanf(line, "%39[a-z_] %31[a-z0-9_] %15[A-Z0-9_-] %9d %18" SCNd64 "%n", quantity,
               key.source, key.subject, &step_s, &axis.start.utc_s, &used) == 5;
    const char *text = line + used;
    size_t length = strcspn(text, "\n");
    for (size_t i = 0; ok && i < length; i++) {
        axis.n += text[i] == ' ';
    }
    key.quantity = ok ? sn_quantity_find(quantity) : SN_QUANTITY_COUNT;
    key.step_s = axis.step_s = step_s;
    if (!ok || key.quantity == SN_QUANTITY_COUNT || axis.n == 0 ||
        axis.n > LINE_VALUES_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "no line of doubts: \"%.80s\"", line);
    }
    sn_status status = sn_series_init(out, &key, axis, err);
    for (size_t i = 0; i < axis.n && status == SN_OK; i++) {
        char *end = NULL;
        out->value[i] = strtod(text, &end);
        out->flag[i] = SN_FLAG_SUSPECT;
        if (end == text || !isfinite(out->value[i])) {
            sn_series_release(out);
            return sn_error_set(err, SN_E_FORMAT, "no value in doubts: \"%.40s\"", text);
        }
        text = end;
    }
    *end_out = text + strspn(text, "\n");
    return status;
}

sn_status
sn_check_read_doubts(const char *text, sn_series **out, size_t *n_out, sn_error *err)
{
    sn_status status = SN_OK;
    *out = NULL;
    *n_out = 0;
    while (status == SN_OK && *text != '\0') {
        sn_series *grown = realloc(*out, (*n_out + 1) * sizeof *grown);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for doubts");
        }
        *out = grown;
        status = read_line(text, &grown[*n_out], &text, err);
        *n_out += status == SN_OK;
    }
    return status;
}
