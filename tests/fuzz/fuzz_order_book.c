/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CSV readers of snitt clear: the first byte chooses which; all but the bids are
 * read into a book of two periods and two areas. */
#include "fuzz.h"

#include "order_book.h"

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
