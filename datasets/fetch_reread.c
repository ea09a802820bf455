/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_reread.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1970, YEAR_MAX = 2200 };

void sn_fetch_reader_text(const sn_fetch_request *request,
                          long http_status,
                          char text[SN_READER_SIZE])
{
    (void)snprintf(text, SN_READER_SIZE,
                   "fetch %s %s %s %s %012" PRId64 " %012" PRId64 " %08zu %ld",
                   request->source->name, request->item->name,
                   request->from[0] == '\0' ? "-" : request->from,
                   request->to[0] == '\0' ? "-" : request->to, request->window.from.utc_s,
                   request->window.to.utc_s, request->offset, http_status);
}

void sn_reread_release(sn_reread *state)
{
    sn_points_release(&state->rest);
    *state = (sn_reread){0};
}

/* A reader's text taken apart; texts of the request point into this. */
typedef struct parts {
    char source[32];
    char item[40];
    char from[8];
    char to[8];
    sn_fetch_request request;
    long http_status;
    int n_window; /* length of the part of the text that all pages share */
} parts;

static bool take_apart(const char *reader, parts *p)
{
    unsigned long offset = 0;
    int used = 0;
    *p = (parts){0};
    if (sscanf(reader,
               "fetch %31s %39s %7s %7s %15" SCNd64 " %15" SCNd64 "%n %9lu %9ld%n",
               p->source, p->item, p->from, p->to, &p->request.window.from.utc_s,
               &p->request.window.to.utc_s, &p->n_window, &offset, &p->http_status,
               &used) != 8 ||
        reader[used] != '\0') {
        return false;
    }
    if (sn_instant_of_year(YEAR_MIN).utc_s > p->request.window.from.utc_s ||
        p->request.window.from.utc_s >= p->request.window.to.utc_s ||
        p->request.window.to.utc_s > sn_instant_of_year(YEAR_MAX).utc_s) {
        return false;
    }
    p->request.source = sn_fetch_source_find(p->source);
    p->request.offset = offset;
    p->request.from = strcmp(p->from, "-") == 0 ? "" : p->from;
    p->request.to = strcmp(p->to, "-") == 0 ? "" : p->to;
    for (size_t i = 0; p->request.source != NULL && i < p->request.source->n_item; i++) {
        if (strcmp(p->request.source->items[i].name, p->item) == 0) {
            p->request.item = &p->request.source->items[i];
        }
    }
    return p->request.item != NULL;
}

/* As the run that fetched it did: a page may end inside an hour, or wait for the next. */
static sn_status build(sn_reread *state,
                       const parts *p,
                       sn_answer *answer,
                       sn_series **series_out,
                       size_t *n_out,
                       sn_error *err)
{
    const sn_fetch_source *source = p->request.source;
    sn_status status = SN_OK;
    if (answer->kind == SN_ANSWER_MORE && p->request.item->joins_pages) {
        state->rest = answer->points;
        answer->points = (sn_point_set){0};
        return SN_OK;
    }
    if (answer->kind == SN_ANSWER_MORE && source->pages_by_row) {
        status = sn_points_split_last_hour(&answer->points, &state->rest, err);
    }
    if (status == SN_OK && source->settles_flows) {
        status = sn_points_settle_directions(&answer->points, err);
    }
    return status == SN_OK ? sn_points_build(&answer->points, source->name, source->seam,
                                             series_out, n_out, err)
                           : status;
}

sn_status sn_fetch_reread(sn_reread *state,
                          const char *reader,
                          const void *bytes,
                          size_t n,
                          sn_series **series_out,
                          size_t *n_out,
                          sn_error *err)
{
    parts p;
    sn_answer answer = {0};
    *series_out = NULL;
    *n_out = 0;
    if (!take_apart(reader, &p)) {
        return sn_error_set(err, SN_E_FORMAT, "this snitt knows no reader \"%.120s\"",
                            reader);
    }
    bool goes_on = p.request.offset > 0 && strlen(state->window) == (size_t)p.n_window &&
                   strncmp(state->window, reader, (size_t)p.n_window) == 0;
    if (!goes_on) {
        sn_reread_release(state);
    }
    answer.points = state->rest;
    answer.points.n_row = 0;
    answer.points.n_outside = 0;
    state->rest = (sn_point_set){0};
    memcpy(state->window, reader, (size_t)p.n_window);
    state->window[p.n_window] = '\0';
    sn_status status = SN_OK;
    if (p.http_status == 204 || p.http_status == 404) {
        answer.kind = SN_ANSWER_NONE;
    } else {
        status =
            p.request.source->parse(&p.request, p.http_status, bytes, n, &answer, err);
    }
    if (status == SN_OK && answer.kind != SN_ANSWER_TOO_MUCH) {
        status = build(state, &p, &answer, series_out, n_out, err);
    }
    sn_points_release(&answer.points);
    return status;
}
