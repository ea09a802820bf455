/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CSV readers of snitt clear: the first byte chooses which; all but the bids are
 * read into a book of two periods and two areas. */
#include "fuzz.h"

#include "order_book.h"
#include "order_links.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static sn_status read_bids(sn_order_book *book, sn_error *err)
{
    char bids[] =
        "timestamp,delivery_day,period,zone,side,price_eur_per_mwh,quantity_mwh\n"
        "2025-04-01T00:00Z,d,1,A,supply,10,5\n"
        "2025-04-01T00:00Z,d,1,B,demand,10,5\n"
        "2025-04-01T01:00Z,d,2,A,supply,10,5\n"
        "2025-04-01T01:00Z,d,2,B,demand,10,5\n";
    return sn_order_book_read_bids(book, "bids", bids, sizeof bids - 1, err);
}

static sn_status
read_links(bool losses, sn_order_book *book, char *text, size_t n, sn_error *err)
{
    char capacity[] = "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n"
                      "2025-04-01T00:00Z,A,B,-1,1\n"
                      "2025-04-01T01:00Z,A,B,-1,1\n";
    sn_book_links links = {0};
    sn_status status =
        sn_order_book_read_capacity(book, "capacity", capacity, sizeof capacity - 1, err);
    if (status != SN_OK) {
        abort();
    }
    status = losses ? sn_book_links_read_losses(book, "f", text, n, &links, err)
                    : sn_book_links_read_ramps(book, "f", text, n, &links, err);
    for (size_t k = 0; k < links.n && status == SN_OK; k++) {
        const sn_book_link *link = &links.link[k];
        if (link->from >= book->n_area || link->to >= book->n_area ||
            !(link->ramp_mw_per_h >= 0.0) || !(link->loss_share >= 0.0) ||
            !(link->loss_share < 1.0) || isinf(link->initial_flow_mw)) {
            abort();
        }
    }
    return status;
}

/* What the readers promise to those who go on with the rows. */
static void check_book(const sn_order_book *book)
{
    for (size_t k = 0; k < book->n_bid; k++) {
        const sn_book_bid *b = &book->bid[k];
        if (!(b->quantity_mwh >= 0.0) || !isfinite(b->price_eur_per_mwh) ||
            b->area >= book->n_area || b->period >= book->n_period) {
            abort();
        }
    }
    for (size_t k = 0; k < book->n_capacity; k++) {
        const sn_book_capacity *c = &book->capacity[k];
        if (!(c->flow_min_mwh <= 0.0) || !(c->flow_max_mwh >= 0.0) ||
            c->from >= book->n_area || c->to >= book->n_area ||
            c->period >= book->n_period) {
            abort();
        }
    }
    for (size_t k = 0; k < book->n_price; k++) {
        if (!isfinite(book->price[k].price_eur_per_mwh) ||
            book->price[k].area < book->n_cleared) {
            abort();
        }
    }
    for (size_t k = 0; k < book->n_exchange; k++) {
        if (!isfinite(book->exchange[k].exchange_mwh)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    char *text = malloc(size);
    sn_order_book book = {0};
    sn_error err = {0};
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    sn_status status = data[0] == 'b' ? SN_OK : read_bids(&book, &err);
    if (status != SN_OK) {
        abort();
    }
    switch (data[0]) {
    case 'c':
        status = sn_order_book_read_capacity(&book, "f", text, size - 1, &err);
        break;
    case 'p':
        status = sn_order_book_read_prices(&book, "f", text, size - 1, &err);
        break;
    case 'e':
        status = sn_order_book_read_exchange(&book, "f", text, size - 1, &err);
        break;
    case 'r':
    case 'l':
        status = read_links(data[0] == 'l', &book, text, size - 1, &err);
        break;
    default:
        sn_order_book_release(&book);
        status = sn_order_book_read_bids(&book, "f", text, size - 1, &err);
        break;
    }
    if (status == SN_OK) {
        check_book(&book);
    } else if (err.message[0] == '\0') {
        abort(); /* an error without words */
    }
    sn_order_book_release(&book);
    free(text);
    return 0;
}
