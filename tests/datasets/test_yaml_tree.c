/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What looks like a number to a lax reader is an error here. */
#include "datasets/yaml_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/near.h"

static sn_status load(const char *text, sn_yaml **out, sn_error *err)
{
    return sn_yaml_load_bytes("t.yaml", text, strlen(text), out, err);
}

static void numbers_that_are_not(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "20x9", "0,07", "7%", "010", "nan", "1e999", "inf", "0x10", "1_000", ".5",
        "5.",   "--1",  "1e", "",    "1 2", "\"7\"", "~",   "true", "1.2.3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[64] = "a:\n  b: ";
        strncat(text, bad[i], 20);
        sn_yaml *document = NULL;
        sn_error err = {0};
        assert_int_equal(load(text, &document, &err), SN_OK);
        const sn_yaml_node *b =
            sn_yaml_get(sn_yaml_get(sn_yaml_root(document), "a"), "b");
        double value = 0;
        assert_int_equal(sn_yaml_double(b, -1e9, 1e9, &value, &err), SN_E_FORMAT);
        assert_non_null(strstr(err.message, "t.yaml:2:"));
        long whole = 0;
        assert_int_equal(sn_yaml_int(b, -1000, 1000, &whole, &err), SN_E_FORMAT);
        sn_yaml_free(document);
    }
}

static void numbers_that_are(void **state)
{
    (void)state;
    sn_yaml *document = NULL;
    sn_error err = {0};
    assert_int_equal(load("[0, -0.5, 12.25, 1e3, 2019]", &document, &err), SN_OK);
    static const double expected[] = {0, -0.5, 12.25, 1000, 2019};
    size_t i = 0;
    for (const sn_yaml_node *n = sn_yaml_root(document)->first; n != NULL;
         n = n->next, i++) {
        double value = 0;
        assert_int_equal(sn_yaml_double(n, -1e9, 1e9, &value, &err), SN_OK);
        assert_near(value, expected[i], 0.0);
        assert_int_equal(sn_yaml_double(n, 5000, 6000, &value, &err), SN_E_FORMAT);
    }
    assert_int_equal(i, 5);
    sn_yaml_free(document);
}

static void expect_refused(const char *text, const char *words)
{
    sn_yaml *document = NULL;
    sn_error err = {0};
    assert_int_equal(load(text, &document, &err), SN_E_FORMAT);
    assert_null(document);
    if (strstr(err.message, words) == NULL) {
        fail_msg("\"%s\" gave \"%s\", expected \"%s\"", text, err.message, words);
    }
}

static void structure_that_is_refused(void **state)
{
    (void)state;
    expect_refused("a: 1\nb: 2\na: 3\n", "t.yaml:3:1: duplicate key \"a\"");
    expect_refused("a: &x 1\nb: *x\n", "anchors");
    expect_refused("b: *x\n", "aliases");
    expect_refused("a: !!int 1\n", "tags");
    expect_refused("a: 1\n---\nb: 2\n", "one document");
    expect_refused("", "empty");
    expect_refused("a: [1, 2\n", "not valid YAML");
    expect_refused("? [a, b]\n: 1\n", "key");
    expect_refused("a: \"x\\0y\"\n", "NUL");
    expect_refused("[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "deeply");
    expect_refused("a: \xff\xfe\n", "not valid YAML");
}

static void unknown_key_names_the_nearest(void **state)
{
    (void)state;
    static const char *const allowed[] = {"year", "hydro", "areas"};
    sn_yaml *document = NULL;
    sn_error err = {0};
    assert_int_equal(load("year: 2019\nhydr: 1\n", &document, &err), SN_OK);
    assert_int_equal(sn_yaml_check_keys(sn_yaml_root(document), allowed, 3, &err),
                     SN_E_FORMAT);
    assert_non_null(strstr(err.message, "t.yaml:2:"));
    assert_non_null(strstr(err.message, "\"hydro\""));
    sn_yaml_free(document);
}

static void booleans(void **state)
{
    (void)state;
    sn_yaml *document = NULL;
    sn_error err = {0};
    assert_int_equal(load("[true, false, yes, True, \"true\", 1]", &document, &err),
                     SN_OK);
    static const sn_status expected[] = {SN_OK,       SN_OK,       SN_E_FORMAT,
                                         SN_E_FORMAT, SN_E_FORMAT, SN_E_FORMAT};
    size_t i = 0;
    for (const sn_yaml_node *n = sn_yaml_root(document)->first; n != NULL;
         n = n->next, i++) {
        bool value = false;
        assert_int_equal(sn_yaml_bool(n, &value, &err), expected[i]);
    }
    sn_yaml_free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_that_are_not),
        cmocka_unit_test(numbers_that_are),
        cmocka_unit_test(structure_that_is_refused),
        cmocka_unit_test(unknown_key_names_the_nearest),
        cmocka_unit_test(booleans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
