/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty_text[1] = "";

void sn_strbuf_init(sn_strbuf *buf, size_t max)
{
    *buf = (sn_strbuf){.data = empty_text, .max = max};
}

void sn_strbuf_release(sn_strbuf *buf)
{
    if (buf->cap > 0) {
        free(buf->data);
    }
    sn_strbuf_init(buf, buf->max);
}

void sn_strbuf_clear(sn_strbuf *buf)
{
    buf->len = 0;
    if (buf->cap > 0) {
        buf->data[0] = '\0';
    }
}

/* Room for n more bytes and the NUL. */
static sn_status reserve(sn_strbuf *buf, size_t n, sn_error *err)
{
    if (n > buf->max || buf->len > buf->max - n) {
        return sn_error_set(err, SN_E_FORMAT,
                            "text or answer is larger than the cap of %zu bytes",
                            buf->max);
    }
    size_t need = buf->len + n + 1;
    if (need <= buf->cap) {
        return SN_OK;
    }
    size_t cap = buf->cap < 128 ? 256 : buf->cap * 2;
    if (cap < need) {
        cap = need;
    }
    char *data = realloc(buf->cap > 0 ? buf->data : NULL, cap);
    if (data == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for %zu bytes", cap);
    }
    buf->data = data;
    buf->cap = cap;
    return SN_OK;
}

sn_status sn_strbuf_append(sn_strbuf *buf, const void *bytes, size_t n, sn_error *err)
{
    sn_status status = reserve(buf, n, err);
    if (status != SN_OK) {
        return status;
    }
    if (n > 0) {
        memcpy(buf->data + buf->len, bytes, n);
    }
    buf->len += n;
    buf->data[buf->len] = '\0';
    return SN_OK;
}

sn_status sn_strbuf_puts(sn_strbuf *buf, const char *text, sn_error *err)
{
    return sn_strbuf_append(buf, text, strlen(text), err);
}

sn_status sn_strbuf_printf(sn_strbuf *buf, sn_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    sn_status status = SN_E_FORMAT;
    if (n < 0) {
        status = sn_error_set(err, SN_E_FORMAT, "text cannot be formatted");
    } else {
        status = reserve(buf, (size_t)n, err);
    }
    if (status == SN_OK) {
        (void)vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again);
        buf->len += (size_t)n;
    }
    va_end(again);
    return status;
}

bool sn_is_formula(const char *text)
{
    static const char *const wide[] = {"\uff1d", "\uff0b", "\uff0d",
                                       "\uff20"}; /* = + - @ */
    const char *first = text + strspn(text, " "); /* which spreadsheets skip */
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        if (strncmp(first, wide[i], strlen(wide[i])) == 0) {
            return true;
        }
    }
    return *first != '\0' && strchr("=+-@\t\r\n|", *first) != NULL;
}
