/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include <lzma.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 65536, XZ_MEMORY_MAX = 128 << 20 };

static sn_status
unpack_gzip(const char *name, const void *bytes, size_t n, sn_strbuf *out, sn_error *err)
{
    z_stream z = {.next_in = (z_const Bytef *)bytes, .avail_in = (uInt)n};
    if (inflateInit2(&z, 15 + 16) != Z_OK) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory unpacking \"%s\"", name);
    }
    unsigned char block[BLOCK];
    sn_status status = SN_OK;
    int code = Z_OK;
    while (status == SN_OK && code == Z_OK) {
        z.next_out = block;
        z.avail_out = sizeof block;
        code = inflate(&z, Z_NO_FLUSH);
        status = sn_strbuf_append(out, block, sizeof block - z.avail_out, err);
        if (code == Z_STREAM_END && z.avail_in > 0) {
            code = inflateReset(&z); /* gzip files may be several, end to end */
        }
    }
    (void)inflateEnd(&z);
    if (status == SN_OK && code != Z_STREAM_END) {
        status =
            sn_error_set(err, SN_E_FORMAT, "file \"%s\" is broken or cut off gzip", name);
    }
    return status;
}

static sn_status
unpack_xz(const char *name, const void *bytes, size_t n, sn_strbuf *out, sn_error *err)
{
    lzma_stream x = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&x, XZ_MEMORY_MAX, LZMA_CONCATENATED) != LZMA_OK) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory unpacking \"%s\"", name);
    }
    x.next_in = bytes;
    x.avail_in = n;
    unsigned char block[BLOCK];
    sn_status status = SN_OK;
    lzma_ret code = LZMA_OK;
    while (status == SN_OK && code == LZMA_OK) {
        x.next_out = block;
        x.avail_out = sizeof block;
        code = lzma_code(&x, LZMA_FINISH);
        status = sn_strbuf_append(out, block, sizeof block - x.avail_out, err);
    }
    lzma_end(&x);
    if (status == SN_OK && code != LZMA_STREAM_END) {
        status =
            sn_error_set(err, SN_E_FORMAT, "file \"%s\" is broken or cut off xz", name);
    }
    return status;
}

sn_status sn_table_unpack(const char *name,
                          const void *bytes,
                          size_t n,
                          sn_strbuf *out,
                          sn_error *err)
{
    const unsigned char *b = bytes;
    if (n > UINT32_MAX / 2) {
        return sn_error_set(err, SN_E_FORMAT, "file \"%s\" is too large", name);
    }
    if (n >= 2 && b[0] == 0x1f && b[1] == 0x8b) {
        return unpack_gzip(name, bytes, n, out, err);
    }
    if (n >= 6 && memcmp(b,
                         "\xfd"
                         "7zXZ",
                         6) == 0) {
        return unpack_xz(name, bytes, n, out, err);
    }
    return sn_strbuf_append(out, bytes, n, err);
}

void sn_table_init(sn_table *table,
                   const char *name,
                   char *text,
                   size_t n,
                   char separator)
{
    *table =
        (sn_table){.name = name, .at = text, .end = text + n, .separator = separator};
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        table->at += 3;
    }
}

static sn_status fail(const sn_table *t, sn_error *err, const char *what)
{
    return sn_error_set(err, SN_E_FORMAT, "%s:%d: %s", t->name, t->line, what);
}

/* Reads one cell; writes its end; leaves at on the separator or line end. */
static sn_status read_cell(sn_table *t, sn_error *err)
{
    char *write = t->at;
    t->cell[t->n++] = write;
    bool quoted = false;
    while (t->at < t->end) {
        char c = *t->at;
        if (c == '\0') {
            return fail(t, err, "NUL character in the text");
        }
        if (c == '"') {
            if (quoted && t->at + 1 < t->end && t->at[1] == '"') {
                *write++ = '"';
                t->at += 2;
                continue;
            }
            quoted = !quoted;
            t->at++;
            continue;
        }
        if (!quoted && (c == t->separator || c == '\n' || c == '\r')) {
            break;
        }
        *write++ = c;
        t->at++;
    }
    if (quoted) {
        return fail(t, err, "a quoted cell is not closed");
    }
    char *stop = t->at;
    bool at_end = stop == t->end;
    char kept = at_end ? '\n' : *stop;
    if (!at_end || write < stop) {
        *write = '\0'; /* when the cell ends the text, the buffer's own NUL ends it */
    }
    if (kept == t->separator && !at_end) {
        t->at = stop + 1;
        return SN_OK;
    }
    if (kept == '\r' && stop + 1 < t->end && stop[1] == '\n') {
        stop++;
    }
    t->at = at_end ? t->end : stop + 1;
    t->row_ended = true;
    return SN_OK;
}

sn_status sn_table_next(sn_table *t, bool *more_out, sn_error *err)
{
    t->n = 0;
    *more_out = t->at < t->end;
    if (!*more_out) {
        return SN_OK;
    }
    t->line++;
    t->row_ended = false;
    sn_status status = SN_OK;
    while (status == SN_OK && !t->row_ended) {
        if (t->n == SN_TABLE_CELLS_MAX) {
            status = fail(t, err, "more cells in a row than any known table has");
        } else {
            status = read_cell(t, err);
        }
    }
    return status;
}
