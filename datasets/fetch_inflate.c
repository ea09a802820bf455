/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_inflate.h"

#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

struct sn_inflate {
    z_stream z;
    bool is_whole;
};

sn_inflate *sn_inflate_open(void)
{
    enum { GZIP_WINDOW = 15 + 16 };
    sn_inflate *stream = calloc(1, sizeof *stream);
    if (stream != NULL && inflateInit2(&stream->z, GZIP_WINDOW) != Z_OK) {
        free(stream);
        stream = NULL;
    }
    return stream;
}

void sn_inflate_close(sn_inflate *stream)
{
    if (stream != NULL) {
        (void)inflateEnd(&stream->z);
        free(stream);
    }
}

sn_inflate_case
sn_inflate_feed(sn_inflate *stream, const void *bytes, size_t n, sn_strbuf *out)
{
    unsigned char block[16384];
    z_stream *z = &stream->z;
    z->next_in = (z_const Bytef *)(uintptr_t)bytes;
    z->avail_in = (uInt)n; /* libcurl hands over 16 kB at most */
    do {
        if (stream->is_whole) {
            return z->avail_in == 0 ? SN_INFLATE_OK : SN_INFLATE_BAD;
        }
        z->next_out = block;
        z->avail_out = sizeof block;
        int code = inflate(z, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            return SN_INFLATE_BAD;
        }
        stream->is_whole = code == Z_STREAM_END;
        if (sn_strbuf_append(out, block, sizeof block - z->avail_out, NULL) != SN_OK) {
            return SN_INFLATE_FULL;
        }
    } while (z->avail_in > 0 || z->avail_out == 0);
    return SN_INFLATE_OK;
}

bool sn_inflate_is_whole(const sn_inflate *stream)
{
    return stream->is_whole;
}
