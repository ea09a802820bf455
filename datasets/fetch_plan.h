/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Which requests a period takes, and what URLs are made of: pure, no network. */
#ifndef SN_FETCH_PLAN_H
#define SN_FETCH_PLAN_H

#include "fetch_source.h"

/** What is wanted of a source. */
typedef struct sn_fetch_wish {
    sn_instant first_day; /* UTC midnight of the date; local days, both included */
    sn_instant last_day;
    sn_instant now;           /* nothing is asked for beyond the end of tomorrow */
    const char *const *items; /* [n_item] names; none: all but the extra ones;
                                 names of other sources' items are passed over */
    size_t n_item;
    const char *const *areas; /* [n_area] codes; none: all.  A border needs both */
    size_t n_area;
} sn_fetch_wish;

/**
 * The requests that cover the wish, cell by cell of each item's grid, oldest first.
 * @param[out] requests_out  [*n_out], free()
 */
SN_CHECKED sn_status sn_fetch_plan(const sn_fetch_source *source,
                                   const sn_fetch_wish *wish,
                                   sn_fetch_request **requests_out,
                                   size_t *n_out,
                                   sn_error *err);

/** SN_E_USAGE when an item is none of these sources'. */
SN_CHECKED sn_status sn_fetch_check_items(const sn_fetch_source *const *sources,
                                          size_t n_source,
                                          const char *const *items,
                                          size_t n_item,
                                          sn_error *err);

/** The cell of the grid that holds t. */
sn_window sn_fetch_cell(sn_fetch_grid grid, sn_instant t);

/** What a request is, in one line: source, item, areas and cell.  The ledger's key. */
SN_CHECKED sn_status sn_fetch_request_text(const sn_fetch_request *request,
                                           sn_strbuf *out,
                                           sn_error *err);

/** The request's URL, replacing what url holds. */
SN_CHECKED sn_status sn_fetch_url(const sn_fetch_request *request,
                                  const char *base_url,
                                  sn_strbuf *url,
                                  sn_error *err);

/** Append text percent-encoded as a query value. */
SN_CHECKED sn_status sn_url_encode(sn_strbuf *url, const char *text, sn_error *err);

enum { SN_UTC_TEXT_SIZE = 72 };
/** "2024-01-31T23:00:00" */
const char *sn_utc_text(sn_instant t, char text[SN_UTC_TEXT_SIZE]);
/** "202401312300" */
const char *sn_utc_digits(sn_instant t, char text[SN_UTC_TEXT_SIZE]);
/** "2024-02-01": the local date that t lies in. */
const char *sn_cet_date_text(sn_instant t, char text[SN_UTC_TEXT_SIZE]);

#endif
