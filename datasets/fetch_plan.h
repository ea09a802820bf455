/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Which sources there are, and which requests a period takes: pure, no network. */
#ifndef SN_FETCH_PLAN_H
#define SN_FETCH_PLAN_H

#include "base/error.h"
#include "base/instant.h"
#include "base/strbuf.h"
#include "parse_points.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct sn_fetch_source {
    const char *name; /* also the source of its series */
    const char *base_url;
    const char *base_url_env;
    const char *licence;
    const char *attribution;
    const char *holds; /* for people */
    double pace_s;     /* least time between two requests */
    size_t size_max;   /* bytes of one answer */
    size_t page_rows;  /* 0: one answer is the whole chunk */
    bool is_default;
    bool is_absent_fine; /* 204 and 404 mean "not published" */
    sn_instant seam;     /* when 60 minutes became 15 */
} sn_fetch_source;

extern const sn_fetch_source sn_fetch_sources[];
extern const size_t sn_fetch_source_count;

const sn_fetch_source *sn_fetch_source_find(const char *name);

/** One question: a table or area of the source, for a window. */
typedef struct sn_fetch_chunk {
    int item; /* meaning is the source's own, see sn_fetch_chunk_url() */
    sn_window window;
} sn_fetch_chunk;

/**
 * The chunks that cover local days first..last (both included).
 * @param[out] chunks_out  [*n_out], free()
 */
SN_CHECKED sn_status sn_fetch_plan(const sn_fetch_source *source,
                                   sn_instant first_day,
                                   sn_instant last_day,
                                   sn_fetch_chunk **chunks_out,
                                   size_t *n_out,
                                   sn_error *err);

/** The URL of a chunk, from row `offset` on (0 when the source has no pages). */
SN_CHECKED sn_status sn_fetch_chunk_url(const sn_fetch_source *source,
                                        const char *base_url,
                                        const sn_fetch_chunk *chunk,
                                        size_t offset,
                                        sn_strbuf *url,
                                        sn_error *err);

/** Bytes of an answer to points. */
SN_CHECKED sn_status sn_fetch_parse(const sn_fetch_source *source,
                                    const sn_fetch_chunk *chunk,
                                    const void *bytes,
                                    size_t n,
                                    sn_point_set *set,
                                    sn_error *err);

#endif
