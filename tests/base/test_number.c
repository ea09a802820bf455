/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers are read as strtod() reads them, and nothing else is taken for one. */
#include "base/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/random.h"

static void expect_as_strtod(const char *text)
{
    double got = -999.0;
    double expected = strtod(text, NULL);
    if (!sn_number_read(text, &got)) {
        fail_msg("\"%s\" is not read", text);
    }
    if (memcmp(&got, &expected, sizeof got) != 0) {
        fail_msg("\"%s\" is read as %.17g, not %.17g", text, got, expected);
    }
}

static void good_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",
                                        "-0",
                                        "-0.0",
                                        "+3",
                                        "42.50",
                                        ".5",
                                        "5.",
                                        "1e3",
                                        "-1.5E-3",
                                        "0.1",
                                        "999999999999999",
                                        "9007199254740993",
                                        "1234567890.12345678901",
                                        "0.000000000000001",
                                        "000000000000000000012.5",
                                        "1e308",
                                        "1e-400"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect_as_strtod(texts[i]);
    }
}

/* Every number of digits before and after the point, also beyond those that are exact. */
static void random_numbers(void **state)
{
    (void)state;
    enum { N = 200000 };
    sn_random random = {7};
    for (int k = 0; k < N; k++) {
        char text[64];
        int before = (int)(12.0 * sn_random_share(&random));
        int after = (int)(12.0 * sn_random_share(&random));
        int at = 0;
        if (sn_random_share(&random) < 0.5) {
            text[at++] = '-';
        }
        for (int i = 0; i <= before; i++) {
            text[at++] = (char)('0' + (int)(10.0 * sn_random_share(&random)));
        }
        if (after > 0) {
            text[at++] = '.';
        }
        for (int i = 0; i < after; i++) {
            text[at++] = (char)('0' + (int)(10.0 * sn_random_share(&random)));
        }
        text[at] = '\0';
        expect_as_strtod(text);
    }
}

static void no_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",      " 1",  "1 ",    "-",
        ".",     "+",   "--1",   "+-1",
        "1.2.3", "1,5", "0x10",  "inf",
        "-Inf",  "nan", "1e",    "e5",
        "1e+",   "12a", "1e999", "-1e999",
        "1_000", "n/e", "\t1",   "12345678901234567890123456789012345678901"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double got = 17.0;
        if (sn_number_read(texts[i], &got)) {
            fail_msg("\"%s\" is taken for %g", texts[i], got);
        }
        if (got != 17.0) {
            fail_msg("\"%s\" is refused and yet changes the number", texts[i]);
        }
    }
}

static void digits(void **state)
{
    (void)state;
    assert_int_equal(sn_digits_read("2025-04", 4), 2025);
    assert_int_equal(sn_digits_read("007", 2), 0);
    assert_int_equal(sn_digits_read("999999999", 9), 999999999);
    assert_int_equal(sn_digits_read("20a5", 4), -1);
    assert_int_equal(sn_digits_read("20", 4), -1);
    assert_int_equal(sn_digits_read("-1", 2), -1);
    assert_int_equal(sn_digits_read("", 1), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_numbers),
        cmocka_unit_test(random_numbers),
        cmocka_unit_test(no_numbers),
        cmocka_unit_test(digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
