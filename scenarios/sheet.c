/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What spreadsheets export, as UTF-8 text. */
#include "base/number.h"
#include "companies.h"

#include <math.h>
#include <string.h>

static sn_status put_code_point(sn_strbuf *out, unsigned c, sn_error *err)
{
    char b[4];
    size_t n = 0;
    if (c < 0x80) {
        b[n++] = (char)c;
    } else if (c < 0x800) {
        b[n++] = (char)(0xc0 | c >> 6);
        b[n++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        b[n++] = (char)(0xe0 | c >> 12);
        b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        b[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        b[n++] = (char)(0xf0 | c >> 18);
        b[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        b[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        b[n++] = (char)(0x80 | (c & 0x3f));
    }
    return sn_strbuf_append(out, b, n, err);
}

static sn_status
from_utf16(const unsigned char *b, size_t n, bool is_big, sn_strbuf *out, sn_error *err)
{
    sn_status status = SN_OK;
    for (size_t i = 0; i + 1 < n && status == SN_OK; i += 2) {
        unsigned c =
            is_big ? (unsigned)b[i] << 8 | b[i + 1] : (unsigned)b[i + 1] << 8 | b[i];
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < n) {
            unsigned low = is_big ? (unsigned)b[i + 2] << 8 | b[i + 3]
                                  : (unsigned)b[i + 3] << 8 | b[i + 2];
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        status = put_code_point(out, c >= 0xd800 && c < 0xe000 ? 0xfffd : c, err);
    }
    return status;
}

/* Length of a well-formed UTF-8 character at b, 0 when it is none. */
static size_t utf8_length(const unsigned char *b, size_t n)
{
    size_t length = b[0] < 0x80   ? 1
                    : b[0] < 0xc2 ? 0
                    : b[0] < 0xe0 ? 2
                    : b[0] < 0xf0 ? 3
                    : b[0] < 0xf5 ? 4
                                  : 0;
    if (length == 0 || length > n) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((b[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool is_long = (b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xf0 && b[1] < 0x90);
    bool is_half = b[0] == 0xed && b[1] >= 0xa0;
    return is_long || is_half || (b[0] == 0xf4 && b[1] >= 0x90) ? 0 : length;
}

static bool is_utf8(const unsigned char *b, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t length = utf8_length(b + i, n - i);
        if (length == 0) {
            return false;
        }
        i += length;
    }
    return true;
}

/* Windows-1252: Latin 1 but for 80-9f, where only the common ones matter. */
static sn_status
from_1252(const unsigned char *b, size_t n, sn_strbuf *out, sn_error *err)
{
    static const unsigned high[32] = {
        0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
        0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
        0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
        0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};
    sn_status status = SN_OK;
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        unsigned c = b[i];
        status = put_code_point(out, c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c, err);
    }
    return status;
}

/* The separator that the head line has most of, outside quotes. */
static char guess_separator(const char *text)
{
    size_t count[3] = {0};
    static const char marks[3] = {';', '\t', ','};
    bool quoted = false;
    for (; *text != '\0' && (quoted || (*text != '\n' && *text != '\r')); text++) {
        quoted = *text == '"' ? !quoted : quoted;
        for (size_t i = 0; i < 3 && !quoted; i++) {
            count[i] += *text == marks[i] ? 1 : 0;
        }
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++) {
        best = count[i] > count[best] ? i : best;
    }
    return marks[best];
}

sn_status sn_sheet_text(const char *name,
                        const void *bytes,
                        size_t n,
                        sn_strbuf *out,
                        char *separator_out,
                        int *lines_before_out,
                        sn_error *err)
{
    const unsigned char *b = bytes;
    sn_status status = SN_OK;
    *lines_before_out = 0;
    if (n >= 4 && memcmp(b, "PK\003\004", 4) == 0) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "%.200s: a workbook: save it as CSV (comma or semicolon) first", name);
    }
    if (n >= 2 && b[0] == 0xff && b[1] == 0xfe) {
        status = from_utf16(b + 2, n - 2, false, out, err);
    } else if (n >= 2 && b[0] == 0xfe && b[1] == 0xff) {
        status = from_utf16(b + 2, n - 2, true, out, err);
    } else {
        size_t skip = n >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        status = is_utf8(b + skip, n - skip)
                     ? sn_strbuf_append(out, b + skip, n - skip, err)
                     : from_1252(b + skip, n - skip, out, err);
    }
    if (status != SN_OK) {
        return status;
    }
    char *text = out->data;
    if (strncmp(text, "sep=", 4) == 0 && text[4] != '\0') {
        *separator_out = text[4];
        size_t line = strcspn(text, "\n");
        line += text[line] == '\n' ? 1 : 0;
        memmove(text, text + line, out->len - line + 1);
        out->len -= line;
        *lines_before_out = 1;
    } else {
        *separator_out = guess_separator(text);
    }
    return SN_OK;
}

/* Digits with thousands marks taken out and the decimal mark as a point. */
static bool
plain_number(const char *text, char decimal, char thousands, char *out, size_t size)
{
    size_t n = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (strncmp(at, "\xc2\xa0", 2) == 0) {
            at += 1;
        } else if (strncmp(at, "\xe2\x80\xaf", 3) == 0) {
            at += 2;
        } else if (*at != ' ' && *at != thousands) {
            if (n + 1 >= size) {
                return false;
            }
            out[n++] = *at == decimal ? '.' : *at;
        }
    }
    out[n] = '\0';
    return n > 0;
}

bool sn_sheet_number(const char *text, char separator, double *out)
{
    char plain[64];
    const char *comma = strchr(text, ',');
    const char *point = strchr(text, '.');
    char decimal = '.';
    char thousands = '\0';
    if (comma != NULL && point != NULL) { /* the later one is the decimal mark */
        bool is_comma = strrchr(text, ',') > strrchr(text, '.');
        decimal = is_comma ? ',' : '.';
        thousands = is_comma ? '.' : ',';
    } else if (comma != NULL) {
        bool could_be_thousands =
            separator == ',' && strspn(comma + 1, "0123456789") == 3 && comma[4] == '\0';
        if (could_be_thousands) {
            return false;
        }
        decimal = ',';
    }
    return plain_number(text, decimal, thousands, plain, sizeof plain) &&
           sn_parse_double(plain, out);
}

void sn_sheet_key(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (; *text != '\0' && n + 1 < size; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == 0xc3) { /* å ä ö É as a, a, o, e */
            unsigned char next = (unsigned char)text[1];
            unsigned char low = next | 0x20;
            text += next != '\0' ? 1 : 0;
            out[n++] = low == 0xb6 ? 'o' : low == 0xa9 ? 'e' : 'a';
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out[n++] = (char)c;
        } else if (c >= 'A' && c <= 'Z') {
            out[n++] = (char)(c - 'A' + 'a');
        }
    }
    out[n] = '\0';
}
