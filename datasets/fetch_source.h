/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What a source is: one table entry, which `snitt sources` prints and `snitt fetch`
 * follows.  It names what there is to ask for (items), on which grid of time, how often
 * at most, under which terms, and holds two pure functions: a request's URL, and the
 * reading of its answer.  Adding a source is one file fetch_<name>.c and one line in
 * fetch_source.c.
 */
#ifndef SN_FETCH_SOURCE_H
#define SN_FETCH_SOURCE_H

#include "base/error.h"
#include "base/instant.h"
#include "base/strbuf.h"
#include "parse_points.h"

#include <stdbool.h>
#include <stddef.h>

/** Time is asked for in cells of a fixed grid, so that a later call with another period
 * meets the same cells.  Months and longer run from local to UTC midnight of the dates,
 * an hour or two into the next cell, so that a market year and a UTC year come whole. */
typedef enum sn_fetch_grid {
    SN_GRID_LOCAL_DAY,
    SN_GRID_UTC_DAY,
    SN_GRID_MONTH,
    SN_GRID_QUARTER, /* of a year */
    SN_GRID_YEAR,
    SN_GRID_DECADE,
} sn_fetch_grid;

/** Whom one request is about. */
typedef enum sn_fetch_subjects {
    SN_SUBJECTS_TOGETHER, /* one request for all */
    SN_SUBJECTS_AREAS,    /* one for each area of item->areas */
    SN_SUBJECTS_BORDERS,  /* one for each border */
} sn_fetch_subjects;

typedef struct sn_fetch_item {
    const char *name; /* for --items, unique in the source */
    sn_fetch_grid grid;
    sn_fetch_subjects subjects;
    const char *const *areas; /* NULL-terminated; NULL: all of area.h */
    sn_instant first;         /* published from; 0 = always */
    sn_instant end;           /* published until; 0 = still is */
    int64_t settle_s;         /* revised for so long after the cell's end */
    bool is_extra;            /* asked for only when named with --items */
    bool joins_pages;         /* values of all pages make the series together: a border's
                                 directions are pages 0 and 1 */
    bool is_table;            /* not series: kept as received, read by its own parser */
} sn_fetch_item;

typedef struct sn_fetch_source sn_fetch_source;

/** One question. */
typedef struct sn_fetch_request {
    const sn_fetch_source *source;
    const sn_fetch_item *item;
    const char
        *from;      /* area code; the border's first area as area.h has it; "" for all */
    const char *to; /* the border's second area, else equal to from */
    sn_window window; /* UTC */
    size_t offset;    /* rows or series that earlier pages gave */
} sn_fetch_request;

/** What an answer turned out to be, beside a failure. */
typedef enum sn_answer_case {
    SN_ANSWER_DATA,     /* points, or a table that reads well */
    SN_ANSWER_NONE,     /* the source says there is nothing (yet) */
    SN_ANSWER_MORE,     /* points, and a further page */
    SN_ANSWER_TOO_MUCH, /* the source refuses so much at once: halve the window */
} sn_answer_case;

typedef struct sn_answer {
    sn_answer_case kind;
    sn_point_set points;
    size_t next_offset; /* with SN_ANSWER_MORE */
    size_t total;       /* rows the source says there are; 0 when it says nothing */
    char licence[96];   /* "" unless the answer states its own */
} sn_answer;

typedef enum sn_verified {
    SN_VERIFIED_DOCUMENTATION, /* written from documentation, no recorded answer */
    SN_VERIFIED_RECORDED,      /* the parser reads recorded answers */
    SN_VERIFIED_LIVE,          /* asked live on verified_date */
} sn_verified;

/** At most burst requests at once, one more each pace_s. */
typedef struct sn_fetch_limit {
    double pace_s;
    double burst;
} sn_fetch_limit;

enum { SN_KEY_NAMES_MAX = 4, SN_LIMITS_MAX = 2 };

struct sn_fetch_source {
    const char *name; /* also the source of its series */
    const char *base_url;
    const char *coverage; /* for people */
    const char *licence;
    const char *attribution;
    const char *limit_text;
    sn_verified verified;
    const char *verified_date; /* NULL unless SN_VERIFIED_LIVE */

    const char *key_env[SN_KEY_NAMES_MAX]; /* first that is set; none: no key needed */
    const char *key_header;                /* "x-api-key" */
    const char *accept;                    /* media type to ask for, NULL: any */

    sn_fetch_limit limit[SN_LIMITS_MAX]; /* pace_s 0: unused */
    bool limit_per_item;                 /* else for the whole source */
    size_t size_max;                     /* bytes of one answer, decoded */
    bool is_default;
    bool is_absent_fine;  /* 204 and 404 mean "not published" */
    long too_much_status; /* HTTP status that means "halve the window"; 0 = none */
    bool reads_refusals;  /* the body of a 400 goes to parse() */
    sn_instant seam;      /* when 60 minutes became 15 */
    const char *fallback; /* source that takes over when this one fails, or NULL */
    bool settles_flows;   /* both directions of a border are stated */
    double ban_s;         /* wait after a 429 that states none; 0: as after others */

    const sn_fetch_item *items;
    size_t n_item;

    sn_status (*put_url)(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err);
    sn_status (*parse)(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err);
    /* Instead of parse: a source of one item whose answers are always whole. */
    sn_status (*parse_points)(const void *bytes,
                              size_t n,
                              const sn_window *window,
                              sn_point_set *set,
                              sn_error *err);
};

/** An answer read as its source does. */
SN_CHECKED sn_status sn_answer_parse(const sn_fetch_request *request,
                                     long http_status,
                                     const void *bytes,
                                     size_t n,
                                     sn_answer *answer,
                                     sn_error *err);

/** What an answer's points make: the series of its source. */
SN_CHECKED sn_status sn_answer_series(const sn_fetch_source *source,
                                      sn_answer *answer,
                                      sn_series **series_out,
                                      size_t *n_out,
                                      sn_error *err);

extern const sn_fetch_source *const sn_fetch_sources[];
extern const size_t sn_fetch_source_count;

/** NULL when there is none. */
const sn_fetch_source *sn_fetch_source_find(const char *name);
/** SN_E_USAGE naming the nearest known one. */
SN_CHECKED sn_status sn_fetch_source_require(const char *name,
                                             const sn_fetch_source **out,
                                             sn_error *err);
/** "verified: live 2026-11-20", "recorded" or "documentation only". */
const char *sn_fetch_verified_text(const sn_fetch_source *source, char text[48]);
bool sn_fetch_needs_key(const sn_fetch_source *source);

/** One entry each; fetch_<name>.c. */
extern const sn_fetch_source sn_source_svk;
extern const sn_fetch_source sn_source_esett;
extern const sn_fetch_source sn_source_riksbank;
extern const sn_fetch_source sn_source_ecb;
extern const sn_fetch_source sn_source_elprisetjustnu;
extern const sn_fetch_source sn_source_energidataservice;
extern const sn_fetch_source sn_source_energycharts;
extern const sn_fetch_source sn_source_elering;
extern const sn_fetch_source sn_source_entsoe;
extern const sn_fetch_source sn_source_jao;
extern const sn_fetch_source sn_source_nve;
extern const sn_fetch_source sn_source_scb;
extern const sn_fetch_source sn_source_smhi;
extern const sn_fetch_source sn_source_fingrid;

#endif
