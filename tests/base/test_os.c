/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char folder[64];

static const char *in_folder(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void written_is_read_and_replaced_whole(void **state)
{
    (void)state;
    sn_error err = {0};
    sn_strbuf text;
    sn_strbuf_init(&text, 1000);
    assert_int_equal(sn_os_write_file(in_folder("a"), "first\0x", 7, &err), SN_OK);
    assert_int_equal(sn_os_write_file(in_folder("a"), "second", 6, &err), SN_OK);
    assert_int_equal(sn_os_read_file(in_folder("a"), &text, &err), SN_OK);
    assert_int_equal(text.len, 6);
    assert_string_equal(text.data, "second");
    sn_strbuf_release(&text);
    sn_strbuf_init(&text, 5);
    assert_int_equal(sn_os_read_file(in_folder("a"), &text, &err), SN_E_FORMAT);
    assert_non_null(strstr(err.message, "/a\" is larger than 5 bytes"));
    sn_strbuf_release(&text);
}

/* A folder made beside another takes its place, with or without a closing slash. */
static void folder_takes_the_place_of_another(void **state)
{
    (void)state;
    static const char *const targets[] = {"made", "made", "made/", "up/made//"};
    char path[200];
    char target[200];
    char file[400];
    sn_error err = {0};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        (void)snprintf(target, sizeof target, "%s", in_folder(targets[i]));
        assert_int_equal(sn_os_make_folder_beside(target, path, sizeof path, &err),
                         SN_OK);
        (void)snprintf(file, sizeof file, "%s/%zu", path, i);
        assert_int_equal(sn_os_write_file(file, "x", 1, &err), SN_OK);
        assert_int_equal(sn_os_publish_folder(path, target, &err), SN_OK);
        assert_false(sn_os_exists(path));
        (void)snprintf(file, sizeof file, "%s/%zu", target, i);
        assert_true(sn_os_exists(file));
        (void)snprintf(file, sizeof file, "%s/%zu", target, i - 1);
        assert_false(sn_os_exists(file));
    }
    (void)snprintf(path, sizeof path, "%s", in_folder("none"));
    assert_int_equal(sn_os_publish_folder(path, target, &err), SN_E_IO);
    (void)snprintf(file, sizeof file, "%s/3", target);
    assert_true(sn_os_exists(file)); /* the old one stands */
    assert_int_equal(sn_os_make_folder_beside(".", path, sizeof path, &err), SN_E_USAGE);
    assert_int_equal(sn_os_make_folder_beside("/", path, sizeof path, &err), SN_E_USAGE);
    assert_int_equal(sn_os_make_folder_beside(in_folder(".."), path, sizeof path, &err),
                     SN_E_USAGE);
}

static void missing_file_and_folder_are_named(void **state)
{
    (void)state;
    sn_error err = {0};
    sn_strbuf text;
    sn_strbuf_init(&text, 1000);
    assert_int_equal(sn_os_read_file(in_folder("none"), &text, &err), SN_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "none"));
    assert_int_equal(sn_os_write_file(in_folder("no/such/file"), "x", 1, &err), SN_E_IO);
    assert_non_null(strstr(err.message, "no/such"));
    assert_int_equal(sn_os_make_folders("/dev/null/x", &err), SN_E_IO);
    sn_strbuf_release(&text);
}

static void buffer_has_a_ceiling(void **state)
{
    (void)state;
    sn_error err = {0};
    sn_strbuf text;
    sn_strbuf_init(&text, 10);
    assert_int_equal(sn_strbuf_puts(&text, "0123456789", &err), SN_OK);
    assert_int_equal(sn_strbuf_puts(&text, "x", &err), SN_E_FORMAT);
    assert_string_equal(text.data, "0123456789");
    sn_strbuf_release(&text);
    sn_strbuf_init(&text, 100);
    assert_int_equal(sn_strbuf_printf(&text, &err, "%d/%s", 7, "x"), SN_OK);
    assert_string_equal(text.data, "7/x");
    sn_strbuf_release(&text);
}

static void programs_run_and_fail_loudly(void **state)
{
    (void)state;
    sn_error err = {0};
    sn_strbuf output;
    sn_strbuf_init(&output, 1000);
    const char *const echo[] = {"echo", "a b", NULL};
    assert_int_equal(sn_os_run(echo, NULL, 10, &output, &err), SN_OK);
    assert_string_equal(output.data, "a b\n");
    const char *const fails[] = {"false", NULL};
    assert_int_equal(sn_os_run(fails, NULL, 10, NULL, &err), SN_E_TOOL);
    const char *const missing[] = {"no-such-program", NULL};
    assert_int_equal(sn_os_run(missing, NULL, 10, NULL, &err), SN_E_TOOL);
    assert_non_null(strstr(err.message, "no-such-program"));
    const char *const slow[] = {"sleep", "30", NULL};
    double start = sn_os_monotonic_s();
    assert_int_equal(sn_os_run(slow, NULL, 0.2, NULL, &err), SN_E_TOOL);
    assert_true(sn_os_monotonic_s() - start < 10);
    sn_strbuf_release(&output);
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/snitt-test-os-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int teardown(void **state)
{
    (void)state;
    sn_error err = {0};
    bool failed = sn_os_remove_tree(folder, &err) != SN_OK || sn_os_exists(folder);
    return failed;
}

static void formulas_are_seen(void **state)
{
    (void)state;
    static const char *const formulas[] = {"=1",  "+1", "-1",        "@SUM(A1)", "\t=1",
                                           " =1", "|x", "\uff1d1+1", "  \uff20x"};
    static const char *const texts[] = {"",        " ",      "% of hours", "a=1",
                                        "SE1-SE2", "\uff11", "'=1"};
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        assert_true(sn_is_formula(formulas[i]));
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(sn_is_formula(texts[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_is_read_and_replaced_whole),
        cmocka_unit_test(folder_takes_the_place_of_another),
        cmocka_unit_test(missing_file_and_folder_are_named),
        cmocka_unit_test(formulas_are_seen),
        cmocka_unit_test(buffer_has_a_ceiling),
        cmocka_unit_test(programs_run_and_fail_loudly),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
