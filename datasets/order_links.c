/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "order_links.h"

#include "base/number.h"
#include "table.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 1e9

enum { FROM, TO, VALUE, INITIAL, COLUMNS };

typedef struct links_reader {
    const sn_order_book *book;
    sn_book_links *out;
    const char *value_name;
    bool is_loss;
    sn_table table;
    size_t column[COLUMNS];
} links_reader;

static const char *cell(const links_reader *r, int k)
{
    return r->column[k] < r->table.n ? r->table.cell[r->column[k]] : "";
}

static sn_status fault(const links_reader *r, const char *what, sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT, "%s:%d: border %.31s-%.31s: %s", r->table.name,
                        r->table.line, cell(r, FROM), cell(r, TO), what);
}

static bool read_number(const char *text, double *out)
{
    return sn_number_read(text, out) && fabs(*out) <= NUMBER_MAX;
}

static sn_status find_columns(links_reader *r, sn_error *err)
{
    const char *names[COLUMNS] = {"from_zone", "to_zone", r->value_name,
                                  r->is_loss ? "" : "initial_flow_mw"};
    bool more = false;
    sn_status status = sn_table_next(&r->table, &more, err);
    if (status != SN_OK) {
        return status;
    }
    for (int k = 0; k < COLUMNS; k++) {
        r->column[k] = SIZE_MAX;
        for (size_t c = 0; c < r->table.n && names[k][0] != '\0'; c++) {
            r->column[k] = strcmp(r->table.cell[c], names[k]) == 0 ? c : r->column[k];
        }
        if (r->column[k] == SIZE_MAX && k != INITIAL) {
            return sn_error_set(err, SN_E_FORMAT,
                                "%s:1: the first row has no column \"%s\"", r->table.name,
                                names[k]);
        }
    }
    return SN_OK;
}

/* A border of the book between the two, either way. */
static bool is_border(const sn_order_book *book, size_t a, size_t b)
{
    for (size_t k = 0; k < book->n_capacity; k++) {
        const sn_book_capacity *c = &book->capacity[k];
        if ((c->from == a && c->to == b) || (c->from == b && c->to == a)) {
            return true;
        }
    }
    return false;
}

const sn_book_link *sn_book_links_find(const sn_book_links *links, size_t a, size_t b)
{
    for (size_t k = 0; links != NULL && k < links->n; k++) {
        const sn_book_link *link = &links->link[k];
        if ((link->from == a && link->to == b) || (link->from == b && link->to == a)) {
            return link;
        }
    }
    return NULL;
}

static sn_status read_row(links_reader *r, sn_error *err)
{
    sn_book_link link = {.from = sn_order_book_area(r->book, cell(r, FROM)),
                         .to = sn_order_book_area(r->book, cell(r, TO)),
                         .initial_flow_mw = NAN,
                         .line = r->table.line};
    double value;
    if (link.from == SIZE_MAX || link.to == SIZE_MAX ||
        !is_border(r->book, link.from, link.to)) {
        return fault(r, "not in the capacities, expected the areas of one of their rows",
                     err);
    }
    if (sn_book_links_find(r->out, link.from, link.to) != NULL) {
        return fault(r, "given twice", err);
    }
    if (!read_number(cell(r, VALUE), &value)) {
        return fault(r,
                     r->is_loss ? "loss_share is not a number"
                                : "ramp_mw_per_hour is not a number",
                     err);
    }
    if (r->is_loss && !(value >= 0.0 && value < 1.0)) {
        return fault(r, "expected a loss_share of at least 0 and below 1", err);
    }
    if (!r->is_loss && value < 0.0) {
        return fault(r, "expected a ramp_mw_per_hour of 0 or more", err);
    }
    if (cell(r, INITIAL)[0] != '\0' &&
        !read_number(cell(r, INITIAL), &link.initial_flow_mw)) {
        return fault(r, "initial_flow_mw is not a number", err);
    }
    if (r->out->n == SN_BOOK_LINKS_MAX) {
        return fault(r, "more borders than the 64 that may be given", err);
    }
    link.loss_share = r->is_loss ? value : 0.0;
    link.ramp_mw_per_h = r->is_loss ? 0.0 : value;
    r->out->link[r->out->n++] = link;
    return SN_OK;
}

static sn_status
read_all(links_reader *r, const char *name, char *text, size_t n, sn_error *err)
{
    r->out->n = 0;
    sn_table_init(&r->table, name, text, n, ',');
    sn_status status = find_columns(r, err);
    bool more = status == SN_OK;
    while (more && status == SN_OK) {
        status = sn_table_next(&r->table, &more, err);
        bool empty = r->table.n == 1 && r->table.cell[0][0] == '\0';
        if (status == SN_OK && more && !empty) {
            status = read_row(r, err);
        }
    }
    return status;
}

sn_status sn_book_links_read_ramps(const sn_order_book *book,
                                   const char *name,
                                   char *text,
                                   size_t n,
                                   sn_book_links *out,
                                   sn_error *err)
{
    links_reader r = {.book = book, .out = out, .value_name = "ramp_mw_per_hour"};
    return read_all(&r, name, text, n, err);
}

sn_status sn_book_links_read_losses(const sn_order_book *book,
                                    const char *name,
                                    char *text,
                                    size_t n,
                                    sn_book_links *out,
                                    sn_error *err)
{
    links_reader r = {
        .book = book, .out = out, .value_name = "loss_share", .is_loss = true};
    return read_all(&r, name, text, n, err);
}
