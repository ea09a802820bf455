/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Four readers over one frame: find the columns, then hand each row to a function that
 * reads its cells and appends.  Periods are found by a small hash of their instant,
 * since a file may hold years of quarter-hours in any order; areas are few and found
 * by search.
 */
#include "order_book.h"

#include "base/number.h"
#include "table.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 1e12

enum { COLUMNS_MAX = 8 };

/* What a row function sees: the book, where the row stands, its cells in the order of
 * the columns asked for. */
typedef struct reader {
    sn_order_book *book;
    sn_table table;
    size_t column[COLUMNS_MAX];
    size_t *slot; /* hash of periods: index + 1, 0 = free */
    size_t n_slot;
    size_t last_period; /* rows of a period mostly stand together */
    bool makes_periods;
} reader;

typedef sn_status row_function(reader *r, sn_error *err);

static const char *cell(const reader *r, size_t k)
{
    return r->column[k] < r->table.n ? r->table.cell[r->column[k]] : "";
}

static sn_status
fault(const reader *r, sn_error *err, const char *where, const char *what)
{
    return sn_error_set(err, SN_E_FORMAT, "%s:%d: %s, %.40s: %s", r->table.name,
                        r->table.line, where, cell(r, 0), what);
}

/* Money and energy of one bid are less. */
static bool read_number(const char *text, double *out)
{
    return sn_number_read(text, out) && fabs(*out) <= NUMBER_MAX;
}

/* A time without its offset from UTC is none. */
static bool read_instant(const char *text, sn_instant *out)
{
    sn_offset offset = SN_OFFSET_NONE;
    return strlen(text) < SN_BOOK_TEXT_SIZE && sn_instant_read(text, out, &offset) &&
           offset != SN_OFFSET_NONE;
}

/* Room for one more item of size bytes; arrays grow when their count is a power of
 * two. */
static bool grow(void *array_of_pointer, size_t n, size_t size)
{
    if ((n & (n - 1)) != 0) {
        return true;
    }
    void *old;
    memcpy(&old, array_of_pointer, sizeof old);
    void *more = realloc(old, (n == 0 ? 1 : 2 * n) * size);
    if (more == NULL) {
        return false;
    }
    memcpy(array_of_pointer, &more, sizeof more);
    return true;
}

static sn_status out_of_memory(sn_error *err)
{
    return sn_error_set(err, SN_E_MEMORY, "out of memory reading an order book");
}

static size_t slot_of(const reader *r, sn_instant t)
{
    uint64_t hash = (uint64_t)t.utc_s * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(hash >> 20) & (r->n_slot - 1);
    while (r->slot[at] != 0 && r->book->period[r->slot[at] - 1].start.utc_s != t.utc_s) {
        at = (at + 1) & (r->n_slot - 1);
    }
    return at;
}

/* A table of at least twice as many slots as periods. */
static sn_status make_slots(reader *r, size_t n_period, sn_error *err)
{
    free(r->slot);
    r->n_slot = 64;
    while (r->n_slot < 2 * n_period) {
        r->n_slot *= 2;
    }
    r->slot = calloc(r->n_slot, sizeof *r->slot);
    if (r->slot == NULL) {
        return out_of_memory(err);
    }
    for (size_t t = 0; t < r->book->n_period; t++) {
        r->slot[slot_of(r, r->book->period[t].start)] = t + 1;
    }
    return SN_OK;
}

static sn_status add_period(reader *r, sn_instant start, sn_error *err)
{
    sn_order_book *book = r->book;
    if (!grow(&book->period, book->n_period, sizeof *book->period)) {
        return out_of_memory(err);
    }
    sn_book_period *p = &book->period[book->n_period];
    *p = (sn_book_period){.start = start};
    (void)snprintf(p->timestamp, sizeof p->timestamp, "%s", cell(r, 0));
    (void)snprintf(p->delivery_day, sizeof p->delivery_day, "%s", cell(r, 1));
    (void)snprintf(p->number, sizeof p->number, "%s", cell(r, 2));
    if (strlen(cell(r, 1)) >= SN_BOOK_TEXT_SIZE ||
        strlen(cell(r, 2)) >= SN_BOOK_TEXT_SIZE || strchr(p->delivery_day, ',') != NULL ||
        strpbrk(p->number, ",\"\n\r") != NULL ||
        strpbrk(p->delivery_day, "\"\n\r") != NULL) {
        return fault(r, err, "period", "delivery_day or period is not a plain word");
    }
    book->n_period++;
    if (2 * book->n_period > r->n_slot) {
        return make_slots(r, 2 * book->n_period, err);
    }
    r->slot[slot_of(r, start)] = book->n_period;
    return SN_OK;
}

/* Period of the row; SIZE_MAX for one that the bids do not have. */
static sn_status find_period(reader *r, size_t *out, sn_error *err)
{
    sn_instant start;
    if (!read_instant(cell(r, 0), &start)) {
        return fault(r, err, "timestamp",
                     "expected a time with its offset, as 2025-04-01T00:00:00+02:00");
    }
    const sn_order_book *book = r->book;
    if (r->last_period < book->n_period &&
        book->period[r->last_period].start.utc_s == start.utc_s) {
        *out = r->last_period;
        return SN_OK;
    }
    size_t slot = slot_of(r, start);
    if (r->slot[slot] == 0 && !r->makes_periods) {
        *out = SIZE_MAX;
        return SN_OK;
    }
    if (r->slot[slot] == 0) {
        sn_status status = add_period(r, start, err);
        r->last_period = *out = book->n_period - 1;
        return status;
    }
    r->last_period = *out = r->slot[slot] - 1;
    return SN_OK;
}

size_t sn_order_book_area(const sn_order_book *book, const char *name)
{
    for (size_t z = 0; z < book->n_area; z++) {
        if (strcmp(book->area[z], name) == 0) {
            return z;
        }
    }
    return SIZE_MAX;
}

/* The area named in column k, made when it is new. */
static sn_status find_area(reader *r, size_t k, size_t *out, sn_error *err)
{
    const char *name = cell(r, k);
    sn_order_book *book = r->book;
    *out = sn_order_book_area(book, name);
    if (*out != SIZE_MAX) {
        return SN_OK;
    }
    size_t n = strlen(name);
    if (n == 0 || n >= SN_BOOK_TEXT_SIZE || strpbrk(name, ",\"\n\r") != NULL) {
        return fault(r, err, "zone", "expected the name of an area");
    }
    if (book->n_area == SN_BOOK_AREAS_MAX) {
        return fault(r, err, name, "more areas than an order book may have");
    }
    if (!grow(&book->area, book->n_area, sizeof *book->area)) {
        return out_of_memory(err);
    }
    memcpy(book->area[book->n_area], name, n + 1);
    *out = book->n_area++;
    return SN_OK;
}

static sn_status find_columns(reader *r, const char *const *names, sn_error *err)
{
    bool more = false;
    sn_status status = sn_table_next(&r->table, &more, err);
    if (status != SN_OK) {
        return status;
    }
    for (size_t k = 0; names[k] != NULL; k++) {
        r->column[k] = SIZE_MAX;
        for (size_t c = 0; c < r->table.n; c++) {
            if (strcmp(r->table.cell[c], names[k]) == 0) {
                r->column[k] = c;
            }
        }
        if (r->column[k] == SIZE_MAX) {
            return sn_error_set(err, SN_E_FORMAT,
                                "%s:1: the first row has no column \"%s\"", r->table.name,
                                names[k]);
        }
    }
    return SN_OK;
}

/* Every row of the text, each handed to read_row. */
static sn_status read_rows(reader *r,
                           const char *name,
                           char *text,
                           size_t n,
                           const char *const *names,
                           row_function *read_row,
                           sn_error *err)
{
    r->last_period = SIZE_MAX;
    sn_table_init(&r->table, name, text, n, ',');
    sn_status status = make_slots(r, r->book->n_period, err);
    if (status == SN_OK) {
        status = find_columns(r, names, err);
    }
    bool more = status == SN_OK;
    while (more && status == SN_OK) {
        status = sn_table_next(&r->table, &more, err);
        bool empty = r->table.n == 1 && r->table.cell[0][0] == '\0';
        if (status == SN_OK && more && !empty) {
            status = read_row(r, err);
        }
    }
    free(r->slot);
    r->slot = NULL;
    return status;
}

static sn_status read_bid(reader *r, sn_error *err)
{
    sn_order_book *book = r->book;
    sn_book_bid bid = {.line = r->table.line};
    sn_status status = find_period(r, &bid.period, err);
    if (status == SN_OK) {
        status = find_area(r, 3, &bid.area, err);
    }
    if (status != SN_OK) {
        return status;
    }
    const char *area = book->area[bid.area];
    bid.is_demand = strcmp(cell(r, 4), "demand") == 0;
    if (!bid.is_demand && strcmp(cell(r, 4), "supply") != 0) {
        return fault(r, err, area, "side: expected supply or demand");
    }
    if (!read_number(cell(r, 5), &bid.price_eur_per_mwh)) {
        return fault(r, err, area, "price_eur_per_mwh is not a number");
    }
    if (!read_number(cell(r, 6), &bid.quantity_mwh)) {
        return fault(r, err, area, "quantity_mwh is not a number");
    }
    if (bid.quantity_mwh < 0.0) {
        return fault(r, err, area,
                     "a negative quantity makes the curve decrease, expected 0 or more");
    }
    if (!grow(&book->bid, book->n_bid, sizeof *book->bid)) {
        return out_of_memory(err);
    }
    book->bid[book->n_bid++] = bid;
    return SN_OK;
}

static sn_status read_capacity(reader *r, sn_error *err)
{
    sn_order_book *book = r->book;
    sn_book_capacity row = {.line = r->table.line};
    char where[2 * SN_BOOK_TEXT_SIZE + 8];
    sn_status status = find_period(r, &row.period, err);
    if (status == SN_OK) {
        status = find_area(r, 1, &row.from, err);
    }
    if (status == SN_OK) {
        status = find_area(r, 2, &row.to, err);
    }
    if (status != SN_OK) {
        return status;
    }
    (void)snprintf(where, sizeof where, "border %s-%s", book->area[row.from],
                   book->area[row.to]);
    if (row.from == row.to) {
        return fault(r, err, where, "a border joins two areas");
    }
    if (!read_number(cell(r, 3), &row.flow_min_mwh) ||
        !read_number(cell(r, 4), &row.flow_max_mwh)) {
        return fault(r, err, where, "min_flow_mwh or max_flow_mwh is not a number");
    }
    if (row.flow_min_mwh > 0.0 || row.flow_max_mwh < 0.0) {
        return fault(r, err, where,
                     "negative capacity: expected min_flow_mwh <= 0 <= max_flow_mwh");
    }
    if (row.period == SIZE_MAX) {
        book->n_unused++;
        return SN_OK;
    }
    if (!grow(&book->capacity, book->n_capacity, sizeof *book->capacity)) {
        return out_of_memory(err);
    }
    book->capacity[book->n_capacity++] = row;
    return SN_OK;
}

static sn_status read_price(reader *r, sn_error *err)
{
    sn_order_book *book = r->book;
    sn_book_price row = {.line = r->table.line,
                         .area = sn_order_book_area(book, cell(r, 1))};
    sn_status status = find_period(r, &row.period, err);
    if (status != SN_OK) {
        return status;
    }
    if (row.area < book->n_cleared) { /* whatever it says: the book decides */
        book->n_cleared_price++;
        return SN_OK;
    }
    if (row.area == SIZE_MAX || row.period == SIZE_MAX) {
        book->n_unused++;
        return SN_OK;
    }
    if (cell(r, 2)[0] == '\0') {
        return SN_OK; /* no price: its borders are left out */
    }
    if (!read_number(cell(r, 2), &row.price_eur_per_mwh)) {
        return fault(r, err, book->area[row.area], "price_eur_per_mwh is not a number");
    }
    if (!grow(&book->price, book->n_price, sizeof *book->price)) {
        return out_of_memory(err);
    }
    book->price[book->n_price++] = row;
    return SN_OK;
}

static sn_status read_exchange(reader *r, sn_error *err)
{
    sn_order_book *book = r->book;
    sn_book_exchange row = {.line = r->table.line};
    sn_status status = find_period(r, &row.period, err);
    if (status == SN_OK) {
        status = find_area(r, 1, &row.area, err);
    }
    if (status == SN_OK) {
        status = find_area(r, 2, &row.external, err);
    }
    if (status != SN_OK) {
        return status;
    }
    if (row.area >= book->n_cleared || row.external < book->n_cleared) {
        return fault(r, err, cell(r, 1),
                     "an exchange leaves a zone with bids for an external_zone without");
    }
    if (!read_number(cell(r, 3), &row.exchange_mwh)) {
        return fault(r, err, cell(r, 1), "exchange_mwh is not a number");
    }
    if (row.period == SIZE_MAX) {
        book->n_unused++;
        return SN_OK;
    }
    if (!grow(&book->exchange, book->n_exchange, sizeof *book->exchange)) {
        return out_of_memory(err);
    }
    book->exchange[book->n_exchange++] = row;
    return SN_OK;
}

static int by_size(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_bids(const void *pa, const void *pb)
{
    const sn_book_bid *a = pa;
    const sn_book_bid *b = pb;
    int order = by_size(a->period, b->period);
    order = order != 0 ? order : by_size(a->area, b->area);
    order = order != 0 ? order : (int)a->is_demand - (int)b->is_demand;
    return order != 0 ? order : a->line - b->line;
}

static int compare_capacities(const void *pa, const void *pb)
{
    const sn_book_capacity *a = pa;
    const sn_book_capacity *b = pb;
    int order = by_size(a->period, b->period);
    order = order != 0 ? order : by_size(a->from, b->from);
    order = order != 0 ? order : by_size(a->to, b->to);
    return order != 0 ? order : a->line - b->line;
}

static int compare_prices(const void *pa, const void *pb)
{
    const sn_book_price *a = pa;
    const sn_book_price *b = pb;
    int order = by_size(a->period, b->period);
    order = order != 0 ? order : by_size(a->area, b->area);
    return order != 0 ? order : a->line - b->line;
}

static int compare_exchanges(const void *pa, const void *pb)
{
    const sn_book_exchange *a = pa;
    const sn_book_exchange *b = pb;
    int order = by_size(a->period, b->period);
    order = order != 0 ? order : by_size(a->area, b->area);
    order = order != 0 ? order : by_size(a->external, b->external);
    return order != 0 ? order : a->line - b->line;
}

/* Sorts n rows of size bytes and makes first[t]: where the rows of period t begin.  Each
 * row type begins with its period. */
static sn_status sort_rows(const sn_order_book *book,
                           void *rows,
                           size_t n,
                           size_t size,
                           int (*compare)(const void *, const void *),
                           size_t **first_out,
                           sn_error *err)
{
    if (n > 0) {
        qsort(rows, n, size, compare);
    }
    size_t *first = calloc(book->n_period + 1, sizeof *first);
    if (first == NULL) {
        return out_of_memory(err);
    }
    size_t k = 0;
    for (size_t t = 0; t <= book->n_period; t++) {
        size_t period = 0;
        while (k < n) {
            memcpy(&period, (const char *)rows + k * size, sizeof period);
            if (period >= t) {
                break;
            }
            k++;
        }
        first[t] = k;
    }
    free(*first_out);
    *first_out = first;
    return SN_OK;
}

typedef struct ranked {
    char name[SN_BOOK_TEXT_SIZE];
    int64_t start_s;
    size_t old;
} ranked;

static int compare_ranked(const void *pa, const void *pb)
{
    const ranked *a = pa;
    const ranked *b = pb;
    if (a->start_s != b->start_s) {
        return a->start_s < b->start_s ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

/* Areas by name and periods by instant, so that the order of rows means nothing. */
static sn_status order_names(sn_order_book *book, sn_error *err)
{
    size_t n = book->n_area > book->n_period ? book->n_area : book->n_period;
    ranked *rank = calloc(n + 1, sizeof *rank);
    size_t *new_area = calloc(n + 1, sizeof *new_area);
    size_t *new_period = calloc(n + 1, sizeof *new_period);
    sn_book_period *period = calloc(book->n_period + 1, sizeof *period);
    sn_status status = SN_OK;
    if (rank == NULL || new_area == NULL || new_period == NULL || period == NULL) {
        status = out_of_memory(err);
        goto done;
    }
    for (size_t z = 0; z < book->n_area; z++) {
        rank[z] = (ranked){.old = z};
        memcpy(rank[z].name, book->area[z], sizeof rank[z].name);
    }
    qsort(rank, book->n_area, sizeof *rank, compare_ranked);
    for (size_t z = 0; z < book->n_area; z++) {
        memcpy(book->area[z], rank[z].name, sizeof rank[z].name);
        new_area[rank[z].old] = z;
    }
    for (size_t t = 0; t < book->n_period; t++) {
        rank[t] = (ranked){.old = t, .start_s = book->period[t].start.utc_s};
        period[t] = book->period[t];
    }
    qsort(rank, book->n_period, sizeof *rank, compare_ranked);
    for (size_t t = 0; t < book->n_period; t++) {
        book->period[t] = period[rank[t].old];
        new_period[rank[t].old] = t;
    }
    for (size_t k = 0; k < book->n_bid; k++) {
        book->bid[k].area = new_area[book->bid[k].area];
        book->bid[k].period = new_period[book->bid[k].period];
    }
done:
    free(rank);
    free(new_area);
    free(new_period);
    free(period);
    return status;
}

static sn_status check_rising(const sn_order_book *book, const char *name, sn_error *err)
{
    for (size_t k = 1; k < book->n_bid; k++) {
        const sn_book_bid *a = &book->bid[k - 1];
        const sn_book_bid *b = &book->bid[k];
        if (a->period == b->period && a->area == b->area &&
            a->is_demand == b->is_demand && b->price_eur_per_mwh < a->price_eur_per_mwh) {
            return sn_error_set(
                err, SN_E_FORMAT,
                "%s:%d: %s, %s: the %s curve is not sorted: price %g after %g in line %d",
                name, b->line, book->area[b->area], book->period[b->period].timestamp,
                b->is_demand ? "demand" : "supply", b->price_eur_per_mwh,
                a->price_eur_per_mwh, a->line);
        }
    }
    return SN_OK;
}

/* An area with bids has them in every period, else a hole would pass for a border. */
static sn_status
check_complete(const sn_order_book *book, const char *name, sn_error *err)
{
    size_t k = 0;
    for (size_t t = 0; t < book->n_period; t++) {
        for (size_t z = 0; z < book->n_area; z++) {
            bool there =
                k < book->n_bid && book->bid[k].period == t && book->bid[k].area == z;
            if (!there) {
                return sn_error_set(err, SN_E_GAP,
                                    "%s: %s has no bids in %s but in other periods", name,
                                    book->area[z], book->period[t].timestamp);
            }
            while (k < book->n_bid && book->bid[k].period == t &&
                   book->bid[k].area == z) {
                k++;
            }
        }
    }
    return SN_OK;
}

sn_status sn_order_book_read_bids(sn_order_book *book,
                                  const char *name,
                                  char *text,
                                  size_t n,
                                  sn_error *err)
{
    static const char *const names[] = {
        "timestamp", "delivery_day",      "period",       "zone",
        "side",      "price_eur_per_mwh", "quantity_mwh", NULL};
    reader r = {.book = book, .makes_periods = true};
    sn_status status = read_rows(&r, name, text, n, names, read_bid, err);
    if (status == SN_OK && book->n_bid == 0) {
        status = sn_error_set(err, SN_E_FORMAT, "%s: no bids", name);
    }
    if (status == SN_OK) {
        status = order_names(book, err);
    }
    if (status == SN_OK) {
        status = sort_rows(book, book->bid, book->n_bid, sizeof *book->bid, compare_bids,
                           &book->first_bid, err);
    }
    if (status == SN_OK) {
        status = check_rising(book, name, err);
    }
    if (status == SN_OK) {
        status = check_complete(book, name, err);
    }
    book->n_cleared = book->n_area;
    return status;
}

sn_status sn_order_book_read_capacity(sn_order_book *book,
                                      const char *name,
                                      char *text,
                                      size_t n,
                                      sn_error *err)
{
    static const char *const names[] = {"timestamp",    "from_zone",    "to_zone",
                                        "min_flow_mwh", "max_flow_mwh", NULL};
    reader r = {.book = book};
    sn_status status = read_rows(&r, name, text, n, names, read_capacity, err);
    if (status == SN_OK) {
        status = sort_rows(book, book->capacity, book->n_capacity, sizeof *book->capacity,
                           compare_capacities, &book->first_capacity, err);
    }
    for (size_t k = 1; k < book->n_capacity && status == SN_OK; k++) {
        const sn_book_capacity *a = &book->capacity[k - 1];
        const sn_book_capacity *b = &book->capacity[k];
        if (a->period == b->period && a->from == b->from && a->to == b->to) {
            status = sn_error_set(err, SN_E_FORMAT,
                                  "%s:%d: border %s-%s, %s: given before, in line %d",
                                  name, b->line, book->area[b->from], book->area[b->to],
                                  book->period[b->period].timestamp, a->line);
        }
    }
    for (size_t t = 0; t < book->n_period && status == SN_OK; t++) {
        if (book->n_cleared > 1 &&
            book->first_capacity[t] == book->first_capacity[t + 1]) {
            status = sn_error_set(err, SN_E_GAP, "%s: no capacities for %s", name,
                                  book->period[t].timestamp);
        }
    }
    return status;
}

sn_status sn_order_book_read_prices(sn_order_book *book,
                                    const char *name,
                                    char *text,
                                    size_t n,
                                    sn_error *err)
{
    static const char *const names[] = {"timestamp", "zone", "price_eur_per_mwh", NULL};
    reader r = {.book = book};
    sn_status status = read_rows(&r, name, text, n, names, read_price, err);
    if (status == SN_OK) {
        status = sort_rows(book, book->price, book->n_price, sizeof *book->price,
                           compare_prices, &book->first_price, err);
    }
    for (size_t k = 1; k < book->n_price && status == SN_OK; k++) {
        const sn_book_price *a = &book->price[k - 1];
        const sn_book_price *b = &book->price[k];
        if (a->period == b->period && a->area == b->area) {
            status = sn_error_set(
                err, SN_E_FORMAT, "%s:%d: %s, %s: given before, in line %d", name,
                b->line, book->area[b->area], book->period[b->period].timestamp, a->line);
        }
    }
    return status;
}

sn_status sn_order_book_read_exchange(sn_order_book *book,
                                      const char *name,
                                      char *text,
                                      size_t n,
                                      sn_error *err)
{
    static const char *const names[] = {"timestamp", "zone", "external_zone",
                                        "exchange_mwh", NULL};
    reader r = {.book = book};
    sn_status status = read_rows(&r, name, text, n, names, read_exchange, err);
    if (status == SN_OK) {
        status = sort_rows(book, book->exchange, book->n_exchange, sizeof *book->exchange,
                           compare_exchanges, &book->first_exchange, err);
    }
    for (size_t k = 1; k < book->n_exchange && status == SN_OK; k++) {
        const sn_book_exchange *a = &book->exchange[k - 1];
        const sn_book_exchange *b = &book->exchange[k];
        if (a->period == b->period && a->area == b->area && a->external == b->external) {
            status = sn_error_set(err, SN_E_FORMAT,
                                  "%s:%d: %s to %s, %s: given before, in line %d", name,
                                  b->line, book->area[b->area], book->area[b->external],
                                  book->period[b->period].timestamp, a->line);
        }
    }
    return status;
}

void sn_order_book_release(sn_order_book *book)
{
    free(book->period);
    free(book->area);
    free(book->bid);
    free(book->capacity);
    free(book->price);
    free(book->exchange);
    free(book->first_bid);
    free(book->first_capacity);
    free(book->first_price);
    free(book->first_exchange);
    *book = (sn_order_book){0};
}
