/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_plan.h"

#include "area.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct request_list {
    sn_fetch_request *request;
    size_t n;
    size_t cap;
} request_list;

static sn_status
add_request(request_list *list, const sn_fetch_request *request, sn_error *err)
{
    if (list->n == list->cap) {
        size_t cap = list->cap == 0 ? 64 : list->cap * 2;
        sn_fetch_request *grown = realloc(list->request, cap * sizeof *grown);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu requests", cap);
        }
        list->request = grown;
        list->cap = cap;
    }
    list->request[list->n] = *request;
    list->n++;
    return SN_OK;
}

/* ---- grids ---- */

static sn_instant local_midnight(sn_civil day)
{
    sn_instant first;
    sn_instant second;
    (void)sn_instant_from_cet(&day, &first, &second);
    return first;
}

/* Months from January of year 0; cells of n_month of them. */
static sn_civil month_civil(int32_t month)
{
    return (sn_civil){.year = month / 12, .month = month % 12 + 1, .day = 1};
}

static sn_window month_cell(sn_instant t, int32_t n_month)
{
    sn_civil civil = sn_instant_to_cet(t);
    int32_t month = civil.year * 12 + civil.month - 1;
    month -= month % n_month;
    sn_civil next = month_civil(month + n_month);
    return (sn_window){local_midnight(month_civil(month)), sn_instant_from_utc(&next)};
}

static sn_window local_day_cell(sn_instant t)
{
    sn_instant start = sn_cet_day_start(t);
    /* 26 hours on is in the next day, however long this one is. */
    return (sn_window){start,
                       sn_cet_day_start((sn_instant){start.utc_s + 26 * SN_HOUR_S})};
}

sn_window sn_fetch_cell(sn_fetch_grid grid, sn_instant t)
{
    enum { MONTHS_PER_QUARTER = 3, MONTHS_PER_YEAR = 12, MONTHS_PER_DECADE = 120 };
    switch (grid) {
    case SN_GRID_LOCAL_DAY:
        return local_day_cell(t);
    case SN_GRID_UTC_DAY: {
        int64_t past_s = ((t.utc_s % SN_DAY_S) + SN_DAY_S) % SN_DAY_S;
        sn_instant start = {t.utc_s - past_s};
        return (sn_window){start, {start.utc_s + SN_DAY_S}};
    }
    case SN_GRID_MONTH:
        return month_cell(t, 1);
    case SN_GRID_QUARTER:
        return month_cell(t, MONTHS_PER_QUARTER);
    case SN_GRID_YEAR:
        return month_cell(t, MONTHS_PER_YEAR);
    default:
        return month_cell(t, MONTHS_PER_DECADE);
    }
}

/* The next cell begins where this one ends, or at the local midnight before that. */
static sn_instant next_cell(sn_fetch_grid grid, const sn_window *cell)
{
    return grid == SN_GRID_UTC_DAY ? cell->to : sn_cet_day_start(cell->to);
}

/* ---- what is wanted ---- */

static bool is_among(const char *text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static bool wants_area(const sn_fetch_wish *wish, const char *code)
{
    return wish->n_area == 0 || is_among(code, wish->areas, wish->n_area);
}

static bool wants_item(const sn_fetch_wish *wish, const sn_fetch_item *item)
{
    return wish->n_item == 0 ? !item->is_extra
                             : is_among(item->name, wish->items, wish->n_item);
}

/* Adds the source's item names to known; true when name is one of them. */
static bool
has_item(const sn_fetch_source *source, const char *name, char *known, size_t size)
{
    bool is_known = false;
    for (size_t k = 0; k < source->n_item; k++) {
        size_t used = strlen(known);
        is_known = is_known || strcmp(source->items[k].name, name) == 0;
        (void)snprintf(known + used, size - used, "%s%s", used == 0 ? "" : ", ",
                       source->items[k].name);
    }
    return is_known;
}

sn_status sn_fetch_check_items(const sn_fetch_source *const *sources,
                               size_t n_source,
                               const char *const *items,
                               size_t n_item,
                               sn_error *err)
{
    for (size_t i = 0; i < n_item; i++) {
        bool is_known = false;
        char known[300] = "";
        for (size_t k = 0; k < n_source; k++) {
            is_known = has_item(sources[k], items[i], known, sizeof known) || is_known;
        }
        if (!is_known) {
            return sn_error_set(err, SN_E_USAGE,
                                "no chosen source has an item \"%.40s\"; they have: %s",
                                items[i], known);
        }
    }
    return SN_OK;
}

/* ---- cells of one item ---- */

static sn_status add_subjects(request_list *list,
                              const sn_fetch_wish *wish,
                              sn_fetch_request request,
                              sn_error *err)
{
    const sn_fetch_item *item = request.item;
    sn_status status = SN_OK;
    if (item->subjects == SN_SUBJECTS_TOGETHER) {
        return add_request(list, &request, err);
    }
    if (item->subjects == SN_SUBJECTS_AREAS) {
        for (size_t i = 0;
             status == SN_OK &&
             (item->areas == NULL ? i < sn_area_count : item->areas[i] != NULL);
             i++) {
            request.from = item->areas == NULL ? sn_areas[i].code : item->areas[i];
            request.to = request.from;
            status =
                wants_area(wish, request.from) ? add_request(list, &request, err) : SN_OK;
        }
        return status;
    }
    for (size_t i = 0; status == SN_OK && i < sn_border_count; i++) {
        request.from = sn_borders[i].from;
        request.to = sn_borders[i].to;
        if (wants_area(wish, request.from) && wants_area(wish, request.to)) {
            status = add_request(list, &request, err);
        }
    }
    return status;
}

/* What of a cell has been published and is not further off than tomorrow. */
static sn_window
published(const sn_fetch_item *item, const sn_fetch_wish *wish, sn_window cell)
{
    sn_instant tomorrow_end =
        local_day_cell((sn_instant){local_day_cell(wish->now).to.utc_s}).to;
    if (item->first.utc_s != 0 && cell.from.utc_s < item->first.utc_s) {
        cell.from = item->first;
    }
    if (item->end.utc_s != 0 && cell.to.utc_s > item->end.utc_s) {
        cell.to = item->end;
    }
    if (cell.to.utc_s > tomorrow_end.utc_s) {
        cell.to = tomorrow_end;
    }
    return cell;
}

static sn_status plan_item(request_list *list,
                           const sn_fetch_source *source,
                           const sn_fetch_item *item,
                           const sn_fetch_wish *wish,
                           sn_error *err)
{
    sn_civil first = sn_instant_to_utc(wish->first_day);
    sn_civil after = sn_instant_to_utc((sn_instant){wish->last_day.utc_s + SN_DAY_S});
    sn_instant at = local_midnight(first);
    sn_instant end = local_midnight(after);
    if (item->grid == SN_GRID_UTC_DAY) {
        end = sn_instant_from_utc(&after);
    }
    sn_status status = SN_OK;
    while (at.utc_s < end.utc_s && status == SN_OK) {
        sn_window cell = sn_fetch_cell(item->grid, at);
        sn_fetch_request request = {.source = source, .item = item, .from = "", .to = ""};
        request.window = published(item, wish, cell);
        if (request.window.from.utc_s < request.window.to.utc_s) {
            status = add_subjects(list, wish, request, err);
        }
        at = next_cell(item->grid, &cell);
    }
    return status;
}

sn_status sn_fetch_plan(const sn_fetch_source *source,
                        const sn_fetch_wish *wish,
                        sn_fetch_request **requests_out,
                        size_t *n_out,
                        sn_error *err)
{
    request_list list = {0};
    sn_status status = SN_OK;
    for (size_t i = 0; i < source->n_item && status == SN_OK; i++) {
        if (wants_item(wish, &source->items[i])) {
            status = plan_item(&list, source, &source->items[i], wish, err);
        }
    }
    if (status != SN_OK) {
        free(list.request);
        return status;
    }
    *requests_out = list.request;
    *n_out = list.n;
    return SN_OK;
}

/* ---- texts ---- */

sn_status
sn_fetch_request_text(const sn_fetch_request *request, sn_strbuf *out, sn_error *err)
{
    /* The whole cell: its published part moves with the clock. */
    sn_window cell = sn_fetch_cell(request->item->grid, request->window.from);
    char a[SN_INSTANT_TEXT_SIZE];
    char b[SN_INSTANT_TEXT_SIZE];
    sn_strbuf_clear(out);
    return sn_strbuf_printf(
        out, err, "%s %s %s%s%s %s %s", request->source->name, request->item->name,
        request->from[0] == '\0' ? "all" : request->from,
        strcmp(request->from, request->to) == 0 ? "" : ">",
        strcmp(request->from, request->to) == 0 ? "" : request->to,
        sn_instant_format(cell.from, a), sn_instant_format(cell.to, b));
}

sn_status sn_fetch_url(const sn_fetch_request *request,
                       const char *base_url,
                       sn_strbuf *url,
                       sn_error *err)
{
    sn_strbuf_clear(url);
    return request->source->put_url(request, base_url, url, err);
}

sn_status sn_url_encode(sn_strbuf *url, const char *text, sn_error *err)
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

const char *sn_utc_text(sn_instant t, char text[SN_UTC_TEXT_SIZE])
{
    sn_civil c = sn_instant_to_utc(t);
    (void)snprintf(text, SN_UTC_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year,
                   (int)c.month, (int)c.day, (int)c.hour, (int)c.minute, (int)c.second);
    return text;
}

const char *sn_utc_digits(sn_instant t, char text[SN_UTC_TEXT_SIZE])
{
    sn_civil c = sn_instant_to_utc(t);
    (void)snprintf(text, SN_UTC_TEXT_SIZE, "%04d%02d%02d%02d%02d", (int)c.year,
                   (int)c.month, (int)c.day, (int)c.hour, (int)c.minute);
    return text;
}

const char *sn_cet_date_text(sn_instant t, char text[SN_UTC_TEXT_SIZE])
{
    sn_civil c = sn_instant_to_cet(t);
    (void)snprintf(text, SN_UTC_TEXT_SIZE, "%04d-%02d-%02d", (int)c.year, (int)c.month,
                   (int)c.day);
    return text;
}
