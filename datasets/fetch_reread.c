/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_reread.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char none[] = "-"; /* instead of an empty word */

void sn_fetch_reader_text(const sn_fetch_request *request,
                          long http_status,
                          size_t n_part,
                          char text[SN_READER_SIZE])
{
    (void)snprintf(
        text, SN_READER_SIZE, "fetch %s %s %s %s %" PRId64 " %" PRId64 " %zu %ld %zu",
        request->source->name, request->item->name,
        request->from[0] != '\0' ? request->from : none,
        request->to[0] != '\0' ? request->to : none, request->window.from.utc_s,
        request->window.to.utc_s, request->offset, http_status, n_part);
}

bool sn_fetch_is_reader(const char *text)
{
    return strncmp(text, "fetch ", 6) == 0;
}

/* The words of a reader's text. */
typedef struct words {
    char source[32];
    char item[32];
    char from[16];
    char to[16];
    size_t n_part;
    long http_status;
} words;

static sn_status
read_text(const char *text, words *w, sn_fetch_request *request, sn_error *err)
{
    int64_t from_s = 0;
    int64_t to_s = 0;
    if (sscanf(text,
               "fetch %31s %31s %15s %15s %18" SCNd64 " %18" SCNd64 " %18zu %9ld %18zu",
               w->source, w->item, w->from, w->to, &from_s, &to_s, &request->offset,
               &w->http_status, &w->n_part) != 9) {
        return sn_error_set(err, SN_E_FORMAT, "reader \"%.150s\" is not understood",
                            text);
    }
    w->from[0] = strcmp(w->from, none) == 0 ? '\0' : w->from[0];
    w->to[0] = strcmp(w->to, none) == 0 ? '\0' : w->to[0];
    request->source = sn_fetch_source_find(w->source);
    request->from = w->from;
    request->to = w->to;
    request->window = (sn_window){{from_s}, {to_s}};
    for (size_t i = 0; request->source != NULL && i < request->source->n_item; i++) {
        if (strcmp(request->source->items[i].name, w->item) == 0) {
            request->item = &request->source->items[i];
        }
    }
    return request->item != NULL
               ? SN_OK
               : sn_error_set(err, SN_E_FORMAT,
                              "there is no item \"%s\" of a source \"%s\"", w->item,
                              w->source);
}

sn_status sn_fetch_read_again(const char *text,
                              const void *bytes,
                              size_t n,
                              sn_series **series_out,
                              size_t *n_out,
                              sn_error *err)
{
    words w = {0};
    sn_fetch_request request = {0};
    sn_answer answer = {0};
    *series_out = NULL;
    *n_out = 0;
    sn_status status = read_text(text, &w, &request, err);
    if (status != SN_OK) {
        return status;
    }
    if (w.n_part > n) {
        return sn_error_set(err, SN_E_FORMAT, "reader \"%.150s\": the bytes are fewer",
                            text);
    }
    if (w.n_part > 0) {
        sn_fetch_request first = request;
        first.offset = 0;
        status = sn_answer_parse(&first, w.http_status, bytes, w.n_part, &answer, err);
    }
    if (status == SN_OK) {
        status = sn_answer_parse(&request, w.http_status, (const char *)bytes + w.n_part,
                                 n - w.n_part, &answer, err);
    }
    if (status == SN_OK) {
        status = sn_answer_series(request.source, &answer, series_out, n_out, err);
    }
    sn_points_release(&answer.points);
    return status;
}
