/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const sn_command_doc doc = {.name = "try",
                                   .arguments = "FILE...",
                                   .summary = "Try options",
                                   .details = ""};

typedef struct given {
    const char *store;
    const char *output;
    bool quiet;
    sn_option_list set;
    sn_option_list words;
} given;

static sn_status parse(given *out, int argc, char **argv, sn_error *err)
{
    bool help = false;
    *out = (given){0};
    const sn_option options[] = {
        {.name = "store", .value_name = "DIR", .help = "the store", .value = &out->store},
        {.name = "o", .value_name = "DIR", .help = "where to", .value = &out->output},
        {.name = "quiet", .help = "say less", .flag = &out->quiet},
        {.name = "set", .value_name = "KEY=VALUE", .help = "change", .list = &out->set},
    };
    return sn_options_parse(&doc, options, sizeof options / sizeof *options, argc, argv,
                            &out->words, &help, err);
}

#define PARSE(out, err, ...)                                                             \
    parse((out), (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),          \
          (char *[]){__VA_ARGS__, NULL}, (err))

static void both_spellings_lists_and_words(void **state)
{
    (void)state;
    given out;
    sn_error err = {0};
    assert_int_equal(PARSE(&out, &err, "try", "--store", "a", "x", "--set=k=1", "-o", "b",
                           "--quiet", "--set", "l=2", "--", "--y"),
                     SN_OK);
    assert_string_equal(out.store, "a");
    assert_string_equal(out.output, "b");
    assert_true(out.quiet);
    assert_int_equal(out.set.n, 2);
    assert_string_equal(out.set.item[0], "k=1");
    assert_int_equal(out.words.n, 2);
    assert_string_equal(out.words.item[1], "--y");
}

static void misspelt_option_names_the_nearest(void **state)
{
    (void)state;
    given out;
    sn_error err = {0};
    assert_int_equal(PARSE(&out, &err, "try", "--stoer", "a"), SN_E_USAGE);
    assert_non_null(strstr(err.message, "--stoer"));
    assert_non_null(strstr(err.message, "\"--store\""));
}

static void wrong_uses_are_refused(void **state)
{
    (void)state;
    given out;
    sn_error err = {0};
    assert_int_equal(PARSE(&out, &err, "try", "--store"), SN_E_USAGE);
    assert_int_equal(PARSE(&out, &err, "try", "--quiet=yes"), SN_E_USAGE);
    assert_int_equal(PARSE(&out, &err, "try", "--o", "b"), SN_E_USAGE);
    assert_int_equal(PARSE(&out, &err, "try", "-store", "b"), SN_E_USAGE);
}

static void too_many_are_refused(void **state)
{
    (void)state;
    char name[] = "try";
    char word[] = "--set=k=1";
    char *argv[SN_OPTION_LIST_MAX + 3] = {name};
    given out;
    sn_error err = {0};
    for (int k = 1; k <= SN_OPTION_LIST_MAX + 1; k++) {
        argv[k] = word;
    }
    assert_int_equal(parse(&out, SN_OPTION_LIST_MAX + 1, argv, &err), SN_OK);
    assert_int_equal(parse(&out, SN_OPTION_LIST_MAX + 2, argv, &err), SN_E_USAGE);
}

static void nearest_name(void **state)
{
    (void)state;
    static const char *const names[] = {"fetch", "import", "model-year"};
    assert_string_equal(sn_nearest_name("imprt", names, 3), "import");
    assert_string_equal(sn_nearest_name("modelyear", names, 3), "model-year");
    assert_null(sn_nearest_name("zzzzzzzz", names, 3));
}

/* A message may hold bytes of a hostile file. */
static void messages_have_no_control_characters(void **state)
{
    (void)state;
    sn_error err = {0};
    assert_int_equal(sn_error_set(&err, SN_E_FORMAT, "bad \"%s\"", "a\x1b[2Jb\nc"),
                     SN_E_FORMAT);
    assert_string_equal(err.message, "bad \"a?[2Jb?c\"");
    assert_int_equal(sn_status_exit_code(SN_E_USAGE), SN_EXIT_USAGE);
    assert_int_equal(sn_status_exit_code(SN_E_GAP), SN_EXIT_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_spellings_lists_and_words),
        cmocka_unit_test(misspelt_option_names_the_nearest),
        cmocka_unit_test(wrong_uses_are_refused),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(nearest_name),
        cmocka_unit_test(messages_have_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
