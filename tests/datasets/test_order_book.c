/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order books: what is read, and that each fault is named with file:line, area and
 * period. */
#include "datasets/order_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BIDS_HEAD                                                                        \
    "timestamp,delivery_day,period,zone,side,price_eur_per_mwh,quantity_mwh\n"
#define T0 "2025-04-01T00:00:00+02:00"
#define T1 "2025-04-01T01:00:00+02:00"
#define GOOD_BIDS                                                                        \
    BIDS_HEAD T1 ",2025-04-01,2,B,supply,10,5\n" T0 ",2025-04-01,1,B,supply,10,5\n" T0   \
                 ",2025-04-01,1,A,demand,-1.5,2\n" T0 ",2025-04-01,1,A,demand,40,7\n" T1 \
                 ",2025-04-01,2,A,demand,40,7\n"

typedef sn_status
reader(sn_order_book *book, const char *name, char *text, size_t n, sn_error *err);

static sn_status
read_text(reader *read, sn_order_book *book, const char *text, sn_error *err)
{
    char copy[4096];
    int n = snprintf(copy, sizeof copy, "%s", text);
    assert_true(n >= 0 && (size_t)n < sizeof copy);
    return read(book, "book.csv", copy, (size_t)n, err);
}

static void rows_are_ordered_whatever_their_order(void **state)
{
    (void)state;
    sn_order_book book = {0};
    sn_error err = {0};
    assert_int_equal(read_text(sn_order_book_read_bids, &book, GOOD_BIDS, &err), SN_OK);
    assert_int_equal(book.n_period, 2);
    assert_int_equal(book.n_cleared, 2);
    assert_string_equal(book.area[0], "A");
    assert_string_equal(book.period[0].timestamp, T0);
    assert_string_equal(book.period[1].number, "2");
    assert_int_equal(book.first_bid[1], 3);
    assert_true(book.bid[0].is_demand && book.bid[0].price_eur_per_mwh == -1.5);
    assert_int_equal(book.bid[2].area, 1);
    /* The same instant written in UTC is the same period. */
    assert_int_equal(read_text(sn_order_book_read_capacity, &book,
                               "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n"
                               "2025-03-31T22:00Z,A,B,-10,20\n" T1 ",A,X,0,20\n"
                               "2024-01-01T00:00Z,A,B,0,1\n",
                               &err),
                     SN_OK);
    assert_int_equal(book.n_capacity, 2);
    assert_int_equal(book.n_unused, 1);
    assert_int_equal(book.first_capacity[1], 1);
    assert_int_equal(read_text(sn_order_book_read_prices, &book,
                               "zone,timestamp,price_eur_per_mwh\nX," T1 ",7\nA," T1
                               ",8\nQ," T1 ",9\nX," T0 ",\n",
                               &err),
                     SN_OK);
    assert_int_equal(book.n_price, 1);
    assert_int_equal(book.n_cleared_price, 1);
    assert_int_equal(book.n_unused, 2);
    sn_order_book_release(&book);
}

/* Each text is refused with a message that holds every given word. */
static void faults_are_named(void **state)
{
    (void)state;
    static const struct {
        reader *read; /* NULL: bids */
        const char *text;
        const char *words[3];
    } cases[] = {
        {NULL, "", {"book.csv", "timestamp"}},
        {NULL,
         "timestamp,delivery_day,period,zone,side,price_eur_per_mwh\n",
         {"quantity_mwh"}},
        {NULL, BIDS_HEAD, {"no bids"}},
        {NULL,
         BIDS_HEAD T0 ",d,1,A,supply,5,1\n" T0 ",d,1,A,supply,4,1\n",
         {"book.csv:3", "A, " T0, "not sorted"}},
        {NULL, BIDS_HEAD T0 ",d,1,A,supply,5,-1\n", {"book.csv:2", "A, " T0, "decrease"}},
        {NULL, BIDS_HEAD T0 ",d,1,A,supply,nan,1\n", {"book.csv:2", "A, " T0, "price"}},
        {NULL,
         BIDS_HEAD T0 ",d,1,A,supply,5,inf\n",
         {"book.csv:2", "A, " T0, "quantity"}},
        {NULL, BIDS_HEAD T0 ",d,1,A,supply,5,\n", {"book.csv:2", "A, " T0, "quantity"}},
        {NULL, BIDS_HEAD T0 ",d,1,A,supply,5,0x10\n", {"quantity"}},
        {NULL, BIDS_HEAD T0 ",d,1,A,supply,5,1e300\n", {"quantity"}},
        {NULL, BIDS_HEAD T0 ",d,1,A,sell,5,1\n", {"book.csv:2", "supply or demand"}},
        {NULL, BIDS_HEAD T0 ",d,1,,supply,5,1\n", {"book.csv:2", "name of an area"}},
        {NULL, BIDS_HEAD T0 "\n", {"book.csv:2", "name of an area"}},
        {NULL,
         BIDS_HEAD "2025-04-01T00:00:00,d,1,A,supply,5,1\n",
         {"book.csv:2", "with its offset"}},
        {NULL, BIDS_HEAD "2025-02-30T00:00:00Z,d,1,A,supply,5,1\n", {"with its offset"}},
        {NULL,
         BIDS_HEAD T0 ",d,1,A,supply,5,1\n" T1 ",d,2,B,supply,5,1\n",
         {"B has no bids in " T0}},
        {sn_order_book_read_capacity,
         "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n" T0 ",A,B,1,5\n",
         {"book.csv:2", "A-B, " T0, "negative capacity"}},
        {sn_order_book_read_capacity,
         "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n" T0 ",A,B,0,-5\n",
         {"book.csv:2", "A-B, " T0, "negative capacity"}},
        {sn_order_book_read_capacity,
         "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n" T0 ",A,B,,5\n",
         {"book.csv:2", "A-B, " T0, "not a number"}},
        {sn_order_book_read_capacity,
         "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n" T0 ",A,A,0,5\n",
         {"book.csv:2", "joins two areas"}},
        {sn_order_book_read_capacity,
         "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n" T0 ",A,B,0,5\n" T0
         ",A,B,0,6\n",
         {"book.csv:3", "A-B, " T0, "line 2"}},
        {sn_order_book_read_capacity,
         "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n" T0 ",A,B,0,5\n",
         {"no capacities for " T1}},
        {sn_order_book_read_exchange,
         "timestamp,zone,external_zone,exchange_mwh\n" T0 ",A,B,5\n",
         {"book.csv:2", "A, " T0, "without"}},
        {sn_order_book_read_exchange,
         "timestamp,zone,external_zone,exchange_mwh\n" T0 ",A,X,five\n",
         {"book.csv:2", "A, " T0, "not a number"}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        sn_order_book book = {0};
        sn_error err = {0};
        sn_status status;
        if (cases[k].read != NULL) {
            status = read_text(sn_order_book_read_bids, &book, GOOD_BIDS, &err);
            assert_int_equal(status, SN_OK);
            status = read_text(cases[k].read, &book, cases[k].text, &err);
        } else {
            status = read_text(sn_order_book_read_bids, &book, cases[k].text, &err);
        }
        assert_true(status == SN_E_FORMAT || status == SN_E_GAP);
        for (size_t i = 0; i < 3 && cases[k].words[i] != NULL; i++) {
            if (strstr(err.message, cases[k].words[i]) == NULL) {
                fail_msg("case %zu: \"%s\" is not in \"%s\"", k, cases[k].words[i],
                         err.message);
            }
        }
        sn_order_book_release(&book);
    }
}

static void duplicate_prices_are_refused(void **state)
{
    (void)state;
    sn_order_book book = {0};
    sn_error err = {0};
    assert_int_equal(read_text(sn_order_book_read_bids, &book, GOOD_BIDS, &err), SN_OK);
    assert_int_equal(
        read_text(sn_order_book_read_capacity, &book,
                  "timestamp,from_zone,to_zone,min_flow_mwh,max_flow_mwh\n" T0
                  ",A,X,-10,20\n" T1 ",A,X,0,20\n",
                  &err),
        SN_OK);
    assert_int_equal(
        read_text(sn_order_book_read_prices, &book,
                  "timestamp,zone,price_eur_per_mwh\n" T0 ",X,1\n" T0 ",X,2\n", &err),
        SN_E_FORMAT);
    assert_non_null(strstr(err.message, "book.csv:3: X, " T0));
    sn_order_book_release(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_ordered_whatever_their_order),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(duplicate_prices_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
