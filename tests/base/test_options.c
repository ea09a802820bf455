/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const sn_command try_command = {.name = "try",
                                       .arguments = "FILE...",
                                       .summary = "Try options",
                                       .details = ""};

typedef struct given {
    const char *store;
    const char *output;
    const char *lang;
    bool quiet;
    sn_option_list set;
    sn_option_list words;
} given;

static sn_status parse(given *out, int argc, char **argv, sn_error *err)
{
    *out = (given){0};
    const sn_option options[] = {
        SN_STORE_OPTION(&out->store),
        SN_REQUIRED("o", "DIR", "where to", &out->output),
        SN_VALUE("lang", "sv|en", "language", &out->lang),
        SN_FLAG("quiet", "say less", &out->quiet),
        SN_REPEATED("set", "KEY=VALUE", "change", &out->set),
    };
    return SN_OPTIONS_PARSE(&try_command, options, argc, argv, &out->words, err);
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
    assert_int_equal(PARSE(&out, &err, "try", "x", "-o", "b"), SN_OK);
    assert_int_equal(PARSE(&out, &err, "try", "x", "-o", "b", "--store"), SN_E_USAGE);
    assert_int_equal(PARSE(&out, &err, "try", "x", "-o", "b", "--quiet=yes"), SN_E_USAGE);
    assert_int_equal(PARSE(&out, &err, "try", "x", "--o", "b"), SN_E_USAGE);
    assert_int_equal(PARSE(&out, &err, "try", "x", "-o", "b", "-store", "b"), SN_E_USAGE);
}

static void assert_says(const sn_error *err, const char *words)
{
    if (strstr(err->message, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err->message, words);
    }
}

static void what_must_be_there_is_named(void **state)
{
    (void)state;
    given out;
    sn_error err = {0};
    assert_int_equal(PARSE(&out, &err, "try", "x"), SN_E_USAGE);
    assert_says(&err, "-o DIR is missing (where to)");
    assert_int_equal(PARSE(&out, &err, "try", "-o", "b"), SN_E_USAGE);
    assert_says(&err, "FILE... is missing");
    assert_int_equal(PARSE(&out, &err, "try", "--help"), SN_HELP);
}

static void a_choice_is_held_to(void **state)
{
    (void)state;
    given out;
    sn_error err = {0};
    assert_int_equal(PARSE(&out, &err, "try", "x", "-o", "b", "--lang", "en"), SN_OK);
    assert_string_equal(out.lang, "en");
    assert_int_equal(PARSE(&out, &err, "try", "x", "-o", "b", "--lang=e"), SN_E_USAGE);
    assert_says(&err, "--lang \"e\": expected sv|en");
    assert_int_equal(PARSE(&out, &err, "try", "x", "-o", "b", "--lang=sv|en"),
                     SN_E_USAGE);
    assert_int_equal(PARSE(&out, &err, "try", "x", "-o", "b", "--lang="), SN_E_USAGE);
}

/* argv of "try" and n words. */
static sn_status parse_words(const char *arguments, int n, sn_error *err)
{
    char name[] = "try";
    char word[] = "x";
    char *argv[] = {name, word, word, word, NULL};
    const sn_command command = {.name = "try", .arguments = arguments, .summary = ""};
    sn_option_list words = {0};
    argv[n + 1] = NULL;
    return sn_options_parse(&command, NULL, 0, n + 1, argv,
                            arguments[0] == '\0' ? NULL : &words, err);
}

static void words_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *arguments;
        bool is_right[4]; /* with 0, 1, 2, 3 words */
    } cases[] = {
        {"", {true, false, false, false}},
        {"RUN", {false, true, false, false}},
        {"BEFORE AFTER", {false, false, true, false}},
        {"FILE...", {false, true, true, true}},
        {"[QUESTION...]", {true, true, true, true}},
    };
    sn_error err = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int n = 0; n < 4; n++) {
            assert_int_equal(parse_words(cases[i].arguments, n, &err),
                             cases[i].is_right[n] ? SN_OK : SN_E_USAGE);
        }
    }
}

static void lists_and_moments(void **state)
{
    (void)state;
    sn_error err = {0};
    unsigned bits = 0;
    sn_instant t = {7};
    assert_int_equal(sn_options_names("format", "png,svg", "svg,pdf,png", &bits, &err),
                     SN_OK);
    assert_int_equal(bits, 5);
    static const char *const wrong[] = {"",   "png,",        ",png",
                                        "pn", "png,svg,jpg", "svg,pdf "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(sn_options_names("format", wrong[i], "svg,pdf,png", &bits, &err),
                         SN_E_USAGE);
    }
    assert_int_equal(sn_options_moment("now", NULL, &t, &err), SN_OK);
    assert_int_equal(t.utc_s, 7);
    assert_int_equal(sn_options_moment("now", "1970-01-02", &t, &err), SN_OK);
    assert_int_equal(t.utc_s, SN_DAY_S);
    assert_int_equal(sn_options_moment("now", "soon", &t, &err), SN_E_USAGE);
    assert_says(&err, "--now: ");
}

static void numbers_are_read_whole(void **state)
{
    (void)state;
    sn_error err = {0};
    long n = 5;
    double x = 5.0;
    assert_int_equal(sn_options_whole("jobs", NULL, 1, 9, &n, &err), SN_OK);
    assert_int_equal(n, 5);
    assert_int_equal(sn_options_whole("jobs", "9", 1, 9, &n, &err), SN_OK);
    assert_int_equal(n, 9);
    static const char *const wrong[] = {"",   "0",   "10", "-1", "0x3",
                                        "03", "2.0", " 2", "2 ", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(sn_options_whole("jobs", wrong[i], 1, 9, &n, &err), SN_E_USAGE);
    }
    assert_int_equal(n, 9);
    assert_int_equal(sn_options_number("fx", "1.5e2", 0.0, 1e3, &x, &err), SN_OK);
    assert_true(x == 150.0);
    static const char *const no_number[] = {"",    "nan", "inf", "1e999",
                                            "1,5", "-1",  "1001"};
    for (size_t i = 0; i < sizeof no_number / sizeof *no_number; i++) {
        assert_int_equal(sn_options_number("fx", no_number[i], 0.0, 1e3, &x, &err),
                         SN_E_USAGE);
    }
    assert_says(&err, "--fx \"1001\": expected a number from 0 to 1000");
    assert_true(x == 150.0);
}

static void too_many_are_refused(void **state)
{
    (void)state;
    char name[] = "try";
    char word[] = "--set=k=1";
    char file[] = "x";
    char output[] = "-o=b";
    char *argv[SN_OPTION_LIST_MAX + 5] = {name, file, output};
    given out;
    sn_error err = {0};
    for (int k = 3; k <= SN_OPTION_LIST_MAX + 3; k++) {
        argv[k] = word;
    }
    assert_int_equal(parse(&out, SN_OPTION_LIST_MAX + 3, argv, &err), SN_OK);
    assert_int_equal(parse(&out, SN_OPTION_LIST_MAX + 4, argv, &err), SN_E_USAGE);
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
        cmocka_unit_test(what_must_be_there_is_named),
        cmocka_unit_test(a_choice_is_held_to),
        cmocka_unit_test(words_are_counted),
        cmocka_unit_test(lists_and_moments),
        cmocka_unit_test(numbers_are_read_whole),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(nearest_name),
        cmocka_unit_test(messages_have_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
