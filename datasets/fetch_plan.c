/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_plan.h"

#include "area.h"
#include "parse_elprisetjustnu.h"
#include "parse_esett.h"
#include "parse_riksbank.h"
#include "parse_svk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2025-09-30T22:00Z: quarters in the day-ahead market; 2023-05-21T22:00Z: in the
 * settlement. */
#define SEAM_DAY_AHEAD                                                                   \
    {                                                                                    \
        1759269600                                                                       \
    }
#define SEAM_SETTLEMENT                                                                  \
    {                                                                                    \
        1684706400                                                                       \
    }
#define BYTES_PER_MB ((size_t)1024 * 1024)

enum { SVK, ESETT, RIKSBANK, ELPRISETJUSTNU, SWEDISH_AREAS = 4 };
enum { SVK_PAGE_ROWS = 32000 };

const sn_fetch_source sn_fetch_sources[] = {
    [SVK] = {.name = "svk",
             .base_url = "https://data.svk.se",
             .base_url_env = "SNITT_BASE_URL_SVK",
             .licence = "CC-BY-4.0",
             .attribution = "Svenska kraftnät, data.svk.se",
             .holds = "day-ahead prices and measured flows, until 2026-07-01",
             .pace_s = 1.0,
             .size_max = 64 * BYTES_PER_MB,
             .page_rows = SVK_PAGE_ROWS,
             .is_default = true,
             .seam = SEAM_DAY_AHEAD},
    [ESETT] = {.name = "esett",
               .base_url = "https://api.opendata.esett.com",
               .base_url_env = "SNITT_BASE_URL_ESETT",
               .licence = "local use only",
               .attribution = "eSett Oy",
               .holds = "generation by type and load per area",
               .pace_s = 1.0,
               .size_max = 64 * BYTES_PER_MB,
               .is_default = true,
               .is_absent_fine = true,
               .seam = SEAM_SETTLEMENT},
    [RIKSBANK] = {.name = "riksbank",
                  .base_url = "https://api.riksbank.se",
                  .base_url_env = "SNITT_BASE_URL_RIKSBANK",
                  .licence = "CC-BY-4.0",
                  .attribution = "Sveriges riksbank",
                  .holds = "SEK per EUR, banking days",
                  .pace_s = 13.0,
                  .size_max = 8 * BYTES_PER_MB,
                  .is_default = true,
                  .is_absent_fine = true,
                  .seam = SEAM_DAY_AHEAD},
    [ELPRISETJUSTNU] = {.name = "elprisetjustnu",
                        .base_url = "https://www.elprisetjustnu.se",
                        .base_url_env = "SNITT_BASE_URL_ELPRISETJUSTNU",
                        .licence = "local use only",
                        .attribution = "Elpriser tillhandahålls av Elpriset just nu.se",
                        .holds = "day-ahead prices SE1-SE4 from 2022-11-01, day by day",
                        .pace_s = 1.0,
                        .size_max = 8 * BYTES_PER_MB,
                        .is_absent_fine = true,
                        .seam = SEAM_DAY_AHEAD},
};
const size_t sn_fetch_source_count = sizeof sn_fetch_sources / sizeof *sn_fetch_sources;

const sn_fetch_source *sn_fetch_source_find(const char *name)
{
    for (size_t i = 0; i < sn_fetch_source_count; i++) {
        if (strcmp(sn_fetch_sources[i].name, name) == 0) {
            return &sn_fetch_sources[i];
        }
    }
    return NULL;
}

static bool is_source(const sn_fetch_source *source, int which)
{
    return source == &sn_fetch_sources[which];
}

typedef struct chunk_list {
    sn_fetch_chunk *chunk;
    size_t n;
    size_t cap;
} chunk_list;

static sn_status
add_chunk(chunk_list *list, int item, sn_instant from, sn_instant to, sn_error *err)
{
    if (list->n == list->cap) {
        size_t cap = list->cap == 0 ? 64 : list->cap * 2;
        sn_fetch_chunk *grown = realloc(list->chunk, cap * sizeof *grown);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu requests", cap);
        }
        list->chunk = grown;
        list->cap = cap;
    }
    list->chunk[list->n] = (sn_fetch_chunk){.item = item, .window = {from, to}};
    list->n++;
    return SN_OK;
}

/* Start of the local day with the date of a UTC midnight. */
static sn_instant local_day_start(sn_instant date)
{
    sn_civil civil = sn_instant_to_utc(date);
    sn_instant first;
    sn_instant second;
    (void)sn_instant_from_cet(&civil, &first, &second);
    return first;
}

/* Start of the local month after the one that t lies in. */
static sn_instant next_month(sn_instant t)
{
    sn_civil civil = sn_instant_to_cet(t);
    sn_civil next = {.year = civil.year + (civil.month == 12 ? 1 : 0),
                     .month = civil.month == 12 ? 1 : civil.month + 1,
                     .day = 1};
    return local_day_start(sn_instant_from_utc(&next));
}

static sn_instant day_after(sn_instant day)
{
    return (sn_instant){day.utc_s + SN_DAY_S};
}

static sn_status
plan_days(chunk_list *list, sn_instant first_day, sn_instant last_day, sn_error *err)
{
    sn_status status = SN_OK;
    for (sn_instant day = first_day; day.utc_s <= last_day.utc_s; day = day_after(day)) {
        for (int i = 0; i < SWEDISH_AREAS && status == SN_OK; i++) {
            status = add_chunk(list, i, local_day_start(day),
                               local_day_start(day_after(day)), err);
        }
    }
    return status;
}

/* Two tables by month; the grid of months is fixed, whatever the period asked for.
 * The window is the local days and the UTC days of the same dates, so that both a
 * market year and a UTC year come whole. */
static sn_status
plan_months(chunk_list *list, sn_instant first_day, sn_instant last_day, sn_error *err)
{
    sn_status status = SN_OK;
    sn_instant end = day_after(last_day);
    for (int item = 0; item < 2 && status == SN_OK; item++) {
        sn_instant from = local_day_start(first_day);
        while (from.utc_s < end.utc_s && status == SN_OK) {
            sn_instant to = next_month(from);
            /* No request of its own for the hour or two between the midnights. */
            to = to.utc_s < end.utc_s - SN_DAY_S / 2 ? to : end;
            status = add_chunk(list, item, from, to, err);
            from = to;
        }
    }
    return status;
}

sn_status sn_fetch_plan(const sn_fetch_source *source,
                        sn_instant first_day,
                        sn_instant last_day,
                        sn_fetch_chunk **chunks_out,
                        size_t *n_out,
                        sn_error *err)
{
    chunk_list list = {0};
    sn_status status = SN_OK;
    if (is_source(source, RIKSBANK)) {
        status = add_chunk(&list, 0, first_day, day_after(last_day), err);
    } else if (is_source(source, ELPRISETJUSTNU)) {
        status = plan_days(&list, first_day, last_day, err);
    } else {
        status = plan_months(&list, first_day, last_day, err);
    }
    if (status != SN_OK) {
        free(list.chunk);
        return status;
    }
    *chunks_out = list.chunk;
    *n_out = list.n;
    return SN_OK;
}

/* Percent-encoding of a query value. */
static sn_status put_encoded(sn_strbuf *url, const char *text, sn_error *err)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    sn_status status = SN_OK;
    for (const char *c = text; *c != '\0' && status == SN_OK; c++) {
        status = strchr(plain, *c) != NULL
                     ? sn_strbuf_append(url, c, 1, err)
                     : sn_strbuf_printf(url, err, "%%%02X", (unsigned)(unsigned char)*c);
    }
    return status;
}

enum { UTC_SECONDS_TEXT_SIZE = 72 };

static void utc_seconds_text(sn_instant t, char text[UTC_SECONDS_TEXT_SIZE])
{
    sn_civil c = sn_instant_to_utc(t);
    (void)snprintf(text, UTC_SECONDS_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d",
                   (int)c.year, (int)c.month, (int)c.day, (int)c.hour, (int)c.minute,
                   (int)c.second);
}

static sn_status svk_filter(const sn_fetch_chunk *chunk, sn_strbuf *out, sn_error *err)
{
    char from[UTC_SECONDS_TEXT_SIZE];
    char to[UTC_SECONDS_TEXT_SIZE];
    utc_seconds_text(chunk->window.from, from);
    utc_seconds_text(chunk->window.to, to);
    sn_status status = sn_strbuf_puts(out, "{", err);
    for (size_t i = 0;
         chunk->item == SN_SVK_PRICE && i < sn_area_count && status == SN_OK; i++) {
        const char *code = sn_areas[i].code;
        status =
            sn_strbuf_printf(out, err, "%s\"%s\"%s", i == 0 ? "\"bidding_zone\":[" : ",",
                             strcmp(code, "DE-LU") == 0 ? "DELU" : code,
                             i + 1 == sn_area_count ? "]," : "");
    }
    if (status != SN_OK) {
        return status;
    }
    return sn_strbuf_printf(
        out, err, "\"start_time_utc\":{\"gte\":\"%s\",\"lt\":\"%s\"}}", from, to);
}

static sn_status svk_url(const char *base_url,
                         const sn_fetch_chunk *chunk,
                         size_t offset,
                         sn_strbuf *url,
                         sn_error *err)
{
    static const char *const resources[] = {
        [SN_SVK_PRICE] = "cf392ef3-7345-4e98-970e-83088c185570",
        [SN_SVK_FLOW] = "4aa94b88-9f42-4f0a-a6a8-8e47aadc782a"};
    sn_strbuf filter;
    sn_strbuf_init(&filter, 4096);
    sn_status status = svk_filter(chunk, &filter, err);
    if (status == SN_OK) {
        status = sn_strbuf_printf(
            url, err,
            "%s/api/3/action/datastore_search?resource_id=%s&limit=%d&offset=%zu"
            "&sort=start_time_utc%%20asc%%2C_id%%20asc&filters=",
            base_url, resources[chunk->item], (int)SVK_PAGE_ROWS, offset);
    }
    if (status == SN_OK) {
        status = put_encoded(url, filter.data, err);
    }
    sn_strbuf_release(&filter);
    return status;
}

static sn_status esett_url(const char *base_url,
                           const sn_fetch_chunk *chunk,
                           sn_strbuf *url,
                           sn_error *err)
{
    char from[UTC_SECONDS_TEXT_SIZE];
    char to[UTC_SECONDS_TEXT_SIZE];
    utc_seconds_text(chunk->window.from, from);
    utc_seconds_text(chunk->window.to, to);
    sn_status status =
        sn_strbuf_printf(url, err, "%s/%s/Aggregate?start=", base_url,
                         chunk->item == SN_ESETT_PRODUCTION ? "EXP16" : "EXP15");
    if (status == SN_OK) {
        status = put_encoded(url, from, err);
    }
    if (status == SN_OK) {
        status = sn_strbuf_puts(url, ".000Z&end=", err);
    }
    if (status == SN_OK) {
        status = put_encoded(url, to, err);
    }
    if (status == SN_OK) {
        status = sn_strbuf_puts(url, ".000Z", err);
    }
    for (size_t i = 0; i < sn_area_count && status == SN_OK; i++) {
        const char *mba = sn_esett_mba(sn_areas[i].code);
        if (mba != NULL) {
            status = sn_strbuf_printf(url, err, "&mba=%s", mba);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(url, "&resolution=hour", err) : status;
}

sn_status sn_fetch_chunk_url(const sn_fetch_source *source,
                             const char *base_url,
                             const sn_fetch_chunk *chunk,
                             size_t offset,
                             sn_strbuf *url,
                             sn_error *err)
{
    sn_strbuf_clear(url);
    if (is_source(source, SVK)) {
        return svk_url(base_url, chunk, offset, url, err);
    }
    if (is_source(source, ESETT)) {
        return esett_url(base_url, chunk, url, err);
    }
    if (is_source(source, RIKSBANK)) {
        char from[UTC_SECONDS_TEXT_SIZE];
        char to[UTC_SECONDS_TEXT_SIZE];
        utc_seconds_text(chunk->window.from, from);
        utc_seconds_text((sn_instant){chunk->window.to.utc_s - SN_DAY_S}, to);
        return sn_strbuf_printf(url, err, "%s/swea/v1/Observations/SEKEURPMI/%.10s/%.10s",
                                base_url, from, to);
    }
    sn_civil day = sn_instant_to_cet(chunk->window.from);
    return sn_strbuf_printf(url, err, "%s/api/v1/prices/%04d/%02d-%02d_%s.json", base_url,
                            (int)day.year, (int)day.month, (int)day.day,
                            sn_areas[chunk->item].code);
}

sn_status sn_fetch_parse(const sn_fetch_source *source,
                         const sn_fetch_chunk *chunk,
                         const void *bytes,
                         size_t n,
                         sn_point_set *set,
                         sn_error *err)
{
    if (is_source(source, SVK)) {
        return sn_parse_svk(bytes, n, (sn_svk_table)chunk->item, &chunk->window, set,
                            err);
    }
    if (is_source(source, ESETT)) {
        return sn_parse_esett(bytes, n, (sn_esett_table)chunk->item, &chunk->window, set,
                              err);
    }
    if (is_source(source, RIKSBANK)) {
        return sn_parse_riksbank(bytes, n, &chunk->window, set, err);
    }
    return sn_parse_elprisetjustnu(bytes, n, sn_areas[chunk->item].code, &chunk->window,
                                   set, err);
}
