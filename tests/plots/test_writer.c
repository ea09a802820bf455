/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, in each format it goes to. */
#include "plots/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

typedef void write_max(sn_writer *w, const char *text, size_t max);

static void expect(write_max *write, const char *text, size_t max, const char *expected)
{
    sn_writer w;
    sn_error err = {0};
    sn_writer_init(&w, &err);
    write(&w, text, max);
    assert_int_equal(w.status, SN_OK);
    assert_string_equal(w.text.data, expected);
    sn_writer_release(&w);
}

static void csv(sn_writer *w, const char *text, size_t max)
{
    (void)max;
    sn_write_csv(w, text);
}

static void test_clean(void **state)
{
    (void)state;
    expect(sn_write_clean, "åäö a\nb\tc", 0, "åäö a b c");
    expect(sn_write_clean, "a\xff\xc3(", 0, "a\xef\xbf\xbd\xef\xbf\xbd(");
    expect(sn_write_clean, "\xc0\xaf\xed\xa0\x80", 0,
           "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    expect(sn_write_clean,
           "a\xe2\x80\xae"
           "b\xe2\x81\xa6"
           "c",
           0, "abc");
    expect(sn_write_clean, "åäöåäö", 3, "åäö…");
    expect(sn_write_clean, "åäö", 3, "åäö");
    expect(sn_write_clean, "a\xe2\x82", 0, "a\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_formats(void **state)
{
    (void)state;
    expect(sn_write_html, "<b a='1'>&\"", 0, "&lt;b a=&#39;1&#39;&gt;&amp;&quot;");
    expect(sn_write_markdown, "[x](y) *a* |b| <c> `d` # $e$", 0,
           "\\[x\\]\\(y\\) \\*a\\* \\|b\\| \\<c\\> \\`d\\` \\# \\$e\\$");
    expect(sn_write_field, "a\tb\"c\\n#d", 0, "a b”c∖n＃d");
    expect(sn_write_json, "</script>\"\\", 0, "\"\\u003c/script\\u003e\\\"\\\\\"");
    expect(csv, "a\"b,c", 0, "\"a\"\"b,c\"");
    expect(csv, "=1+1", 0, "\"'=1+1\"");
    expect(csv, "@x", 0, "\"'@x\"");
    expect(csv, "-x", 0, "\"'-x\"");
    expect(csv, "\t=1", 0, "\"' =1\"");
    expect(csv, "", 0, "\"\"");
}

static void test_fill_and_wrap(void **state)
{
    (void)state;
    sn_line line[3];
    sn_writer w;
    sn_error err = {0};
    sn_writer_init(&w, &err);
    sn_fill(&w, "{} mot {}%", "a{}", "%s", NULL);
    assert_string_equal(w.text.data, "a{} mot %s%");
    sn_writer_release(&w);
    const char *text = "ett två tre åäöåäöåäö fyra";
    assert_int_equal(sn_text_wrap(text, 8, line, 3), 3);
    assert_int_equal(line[0].n, strlen("ett två"));
    assert_int_equal(line[1].n, strlen("tre"));
    assert_int_equal(line[2].n, strlen("åäöåäöåäö fyra"));
    assert_int_equal(sn_text_wrap("", 8, line, 3), 0);
    assert_int_equal(sn_text_wrap("xxxxxxxxxxxx", 5, line, 3), 3);
    assert_int_equal(line[0].n, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_fill_and_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
