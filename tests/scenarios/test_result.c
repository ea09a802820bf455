/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/os.h"
#include "result.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char area[2][SN_RESULT_NAME_SIZE] = {"SE1", "SE2"};
static const char border[1][SN_RESULT_NAME_SIZE] = {"SE1-SE2"};
static const double value[6] = {1, 2, 3, 4, 5, 6.25};

static void write_one(const char *path)
{
    sn_error err = {.status = SN_OK};
    sn_result_axes axes = {{{1546300800}, SN_HOUR_S, 3}, 2, area, 1, border, 1};
    sn_result_field field = {"/configurations/se1/price_eur_per_mwh", "area", "EUR/MWh",
                             "price", value};
    sn_result_writer *writer = NULL;
    assert_int_equal(sn_result_create(path, &axes, "title", "run", &writer, &err), SN_OK);
    assert_int_equal(sn_result_put(writer, &field, &err), SN_OK);
    assert_false(sn_os_exists(path)); /* nothing under the name until it is whole */
    assert_int_equal(sn_result_publish(writer, &err), SN_OK);
    sn_result_discard(writer);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    const char *path = "test_result_a.h5";
    (void)remove(path);
    write_one(path);
    sn_error err = {.status = SN_OK};
    sn_result *result = NULL;
    double *read = NULL;
    size_t n_row = 0;
    size_t n_column = 0;
    assert_int_equal(sn_result_open(path, &result, &err), SN_OK);
    assert_int_equal(sn_result_time(result)->start.utc_s, 1546300800);
    assert_int_equal(sn_result_time(result)->n, 3);
    assert_int_equal(sn_result_find_area(result, "SE2"), 1);
    assert_int_equal(sn_result_find_border(result, "SE1-SE2"), 0);
    assert_true(sn_result_find_area(result, "SE3") == SIZE_MAX);
    assert_int_equal(sn_result_read(result, "/configurations/se1/price_eur_per_mwh",
                                    &read, &n_row, &n_column, &err),
                     SN_OK);
    assert_int_equal(n_row, 3);
    assert_int_equal(n_column, 2);
    assert_memory_equal(read, value, sizeof value);
    free(read);
    assert_int_equal(sn_result_read(result, "/absent", &read, &n_row, &n_column, &err),
                     SN_E_NOT_FOUND);
    sn_result_close(result);
    (void)remove(path);
}

static void same_content_same_bytes(void **state)
{
    (void)state;
    (void)remove("test_result_b.h5");
    (void)remove("test_result_c.h5");
    write_one("test_result_b.h5");
    (void)sleep(1); /* a time stamp inside would show */
    write_one("test_result_c.h5");
    sn_strbuf b;
    sn_strbuf c;
    sn_error err = {.status = SN_OK};
    sn_strbuf_init(&b, 1 << 24);
    sn_strbuf_init(&c, 1 << 24);
    assert_int_equal(sn_os_read_file("test_result_b.h5", &b, &err), SN_OK);
    assert_int_equal(sn_os_read_file("test_result_c.h5", &c, &err), SN_OK);
    assert_int_equal(b.len, c.len);
    assert_memory_equal(b.data, c.data, b.len);
    sn_strbuf_release(&b);
    sn_strbuf_release(&c);
    (void)remove("test_result_b.h5");
    (void)remove("test_result_c.h5");
}

/* More rows than a chunk holds are packed by threads: same numbers, same bytes. */
static void threads_do_not_change_a_byte(void **state)
{
    (void)state;
    enum { ROWS = 2 * 2190 + 7 };
    static double rows[ROWS][2];
    sn_error err = {.status = SN_OK};
    for (size_t i = 0; i < ROWS; i++) {
        rows[i][0] = sin((double)i);
        rows[i][1] = i % 9 == 0 ? (double)NAN : (double)i;
    }
    for (unsigned n_thread = 1; n_thread <= 3; n_thread += 2) {
        const char *path = n_thread == 1 ? "test_result_e.h5" : "test_result_f.h5";
        sn_result_axes axes = {
            {{1546300800}, SN_HOUR_S, ROWS}, 2, area, 1, border, n_thread};
        sn_result_field field = {"/x", "area", "MW", "x", &rows[0][0]};
        sn_result_writer *writer = NULL;
        assert_int_equal(sn_result_create(path, &axes, "t", "r", &writer, &err), SN_OK);
        assert_int_equal(sn_result_put(writer, &field, &err), SN_OK);
        assert_int_equal(sn_result_publish(writer, &err), SN_OK);
        sn_result_discard(writer);
        sn_result *result = NULL;
        double *read = NULL;
        size_t n_row = 0;
        size_t n_column = 0;
        assert_int_equal(sn_result_open(path, &result, &err), SN_OK);
        assert_int_equal(sn_result_read(result, "/x", &read, &n_row, &n_column, &err),
                         SN_OK);
        assert_int_equal(n_row, ROWS);
        assert_memory_equal(read, rows, sizeof rows);
        free(read);
        sn_result_close(result);
    }
    sn_strbuf b;
    sn_strbuf c;
    sn_strbuf_init(&b, 1 << 24);
    sn_strbuf_init(&c, 1 << 24);
    assert_int_equal(sn_os_read_file("test_result_e.h5", &b, &err), SN_OK);
    assert_int_equal(sn_os_read_file("test_result_f.h5", &c, &err), SN_OK);
    assert_int_equal(b.len, c.len);
    assert_memory_equal(b.data, c.data, b.len);
    sn_strbuf_release(&b);
    sn_strbuf_release(&c);
    (void)remove("test_result_e.h5");
    (void)remove("test_result_f.h5");
}

static void other_files_are_refused(void **state)
{
    (void)state;
    sn_error err = {.status = SN_OK};
    sn_result *result = NULL;
    assert_int_equal(sn_result_open("no_such.h5", &result, &err), SN_E_NOT_FOUND);
    assert_int_equal(sn_os_write_file("test_result_d.h5", "hello", 5, &err), SN_OK);
    assert_int_equal(sn_result_open("test_result_d.h5", &result, &err), SN_E_FORMAT);
    assert_null(result);
    (void)remove("test_result_d.h5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(same_content_same_bytes),
        cmocka_unit_test(threads_do_not_change_a_byte),
        cmocka_unit_test(other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
