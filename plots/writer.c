/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "writer.h"

#include "base/os.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITER_MAX = 1 << 27, PATH_SIZE = 4096 };

static const char replacement[] = "\xef\xbf\xbd";

void sn_writer_init(sn_writer *w, sn_error *err)
{
    sn_strbuf_init(&w->text, WRITER_MAX);
    w->status = SN_OK;
    w->err = err;
}

void sn_writer_release(sn_writer *w)
{
    sn_strbuf_release(&w->text);
}

static void put(sn_writer *w, const char *bytes, size_t n)
{
    if (w->status == SN_OK) {
        w->status = sn_strbuf_append(&w->text, bytes, n, w->err);
    }
}

void sn_write(sn_writer *w, const char *text)
{
    put(w, text, strlen(text));
}

void sn_writef(sn_writer *w, const char *format, ...)
{
    char small[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof small) {
        if (w->status == SN_OK) {
            w->status = sn_error_set(w->err, SN_E_FORMAT, "a line of text is too long");
        }
        return;
    }
    put(w, small, (size_t)n);
}

void sn_fill(sn_writer *w, const char *text, ...)
{
    va_list pieces;
    va_start(pieces, text);
    for (const char *gap = strstr(text, "{}"); gap != NULL; gap = strstr(text, "{}")) {
        const char *piece = va_arg(pieces, const char *);
        put(w, text, (size_t)(gap - text));
        if (piece == NULL) {
            break;
        }
        sn_write(w, piece);
        text = gap + 2;
    }
    va_end(pieces);
    sn_write(w, text);
}

/* ---- UTF-8, one character at a time -------------------------------------------- */

static size_t length_of(unsigned char first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first < 0xE0) {
        return 2;
    }
    if (first >= 0xE0 && first < 0xF0) {
        return 3;
    }
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

/* The character at text and how many bytes it takes; 0xFFFD for bytes that are none. */
static uint32_t next_char(const char *text, size_t *n_out)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n = length_of(s[0]);
    *n_out = 1;
    if (n == 1) {
        return s[0];
    }
    if (n == 0) {
        return 0xFFFD;
    }
    uint32_t c = s[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0xFFFD;
        }
        c = c << 6 | (s[i] & 0x3Fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[n] || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF) {
        return 0xFFFD;
    }
    *n_out = n;
    return c;
}

/* Marks that turn or isolate the writing direction, and the byte order mark. */
static bool is_direction_mark(uint32_t c)
{
    return c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

typedef void write_char(sn_writer *w, uint32_t c, const char *bytes, size_t n);

static void each_char(sn_writer *w, const char *text, size_t max, write_char *write_one)
{
    size_t count = 0;
    size_t n;
    for (const char *at = text; *at != '\0' && w->status == SN_OK; at += n) {
        uint32_t c = next_char(at, &n);
        if (is_direction_mark(c)) {
            continue;
        }
        if (max > 0 && count >= max) {
            sn_write(w, "…");
            return;
        }
        count++;
        if (is_control(c)) {
            write_one(w, ' ', " ", 1);
        } else if (c == 0xFFFD) {
            write_one(w, c, replacement, 3);
        } else {
            write_one(w, c, at, n);
        }
    }
}

static void as_is(sn_writer *w, uint32_t c, const char *bytes, size_t n)
{
    (void)c;
    put(w, bytes, n);
}

static void as_html(sn_writer *w, uint32_t c, const char *bytes, size_t n)
{
    switch (c) {
    case '<':
        sn_write(w, "&lt;");
        break;
    case '>':
        sn_write(w, "&gt;");
        break;
    case '&':
        sn_write(w, "&amp;");
        break;
    case '"':
        sn_write(w, "&quot;");
        break;
    case '\'':
        sn_write(w, "&#39;");
        break;
    default:
        put(w, bytes, n);
    }
}

/* pandoc: a backslash before any ASCII punctuation makes it plain; these mean nothing
 * anyway. */
static void as_markdown(sn_writer *w, uint32_t c, const char *bytes, size_t n)
{
    if (c < 0x80 && strchr(",/;?%", (int)c) != NULL) {
        put(w, bytes, n);
        return;
    }
    if ((c > 0x20 && c < 0x30) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) ||
        (c >= 0x7B && c < 0x7F)) {
        sn_write(w, "\\");
    }
    put(w, bytes, n);
}

/* Look-alikes that gnuplot's reader gives no meaning. */
static void as_field(sn_writer *w, uint32_t c, const char *bytes, size_t n)
{
    switch (c) {
    case '"':
        sn_write(w, "”");
        break;
    case '\\':
        sn_write(w, "∖");
        break;
    case '#':
        sn_write(w, "＃");
        break;
    default:
        put(w, bytes, n);
    }
}

static void as_csv(sn_writer *w, uint32_t c, const char *bytes, size_t n)
{
    if (c == '"') {
        sn_write(w, "\"");
    }
    put(w, bytes, n);
}

static void as_json(sn_writer *w, uint32_t c, const char *bytes, size_t n)
{
    if (c == '"' || c == '\\') {
        sn_write(w, "\\");
    }
    if (c == '<' || c == '>' || c == '&') {
        sn_writef(w, "\\u%04x", (unsigned)c);
        return;
    }
    put(w, bytes, n);
}

void sn_write_clean(sn_writer *w, const char *text, size_t max)
{
    each_char(w, text, max, as_is);
}

void sn_write_html(sn_writer *w, const char *text, size_t max)
{
    each_char(w, text, max, as_html);
}

void sn_write_markdown(sn_writer *w, const char *text, size_t max)
{
    each_char(w, text, max, as_markdown);
}

void sn_write_field(sn_writer *w, const char *text, size_t max)
{
    each_char(w, text, max, as_field);
}

void sn_write_csv(sn_writer *w, const char *text)
{
    sn_write(w, sn_is_formula(text) ? "\"'" : "\"");
    each_char(w, text, 0, as_csv);
    sn_write(w, "\"");
}

void sn_write_json(sn_writer *w, const char *text, size_t max)
{
    sn_write(w, "\"");
    each_char(w, text, max, as_json);
    sn_write(w, "\"");
}

sn_status sn_writer_save(sn_writer *w, const char *folder, const char *name)
{
    char path[PATH_SIZE];
    if (w->status != SN_OK) {
        return w->status;
    }
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof path) {
        w->status = sn_error_set(w->err, SN_E_IO, "folder name is too long");
        return w->status;
    }
    w->status = sn_os_write_file(path, w->text.data, w->text.len, w->err);
    sn_strbuf_clear(&w->text);
    return w->status;
}

/* Bytes of at most width characters of text that end at a space, or at its end. */
static size_t piece_of(const char *text, size_t width)
{
    size_t count = 0;
    size_t space = 0;
    size_t at = 0;
    size_t n;
    for (; text[at] != '\0' && count < width; at += n, count++) {
        (void)next_char(text + at, &n);
        space = text[at] == ' ' ? at : space;
    }
    if (text[at] == '\0' || text[at] == ' ' || space == 0) {
        return at;
    }
    return space;
}

size_t sn_text_wrap(const char *text, size_t width, sn_line *line, size_t n)
{
    size_t count = 0;
    while (*text != '\0' && count < n) {
        size_t length = count + 1 == n ? strlen(text) : piece_of(text, width);
        line[count++] = (sn_line){text, length};
        text += length;
        text += strspn(text, " ");
    }
    return count;
}
