/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes as received, raw/<sha256>.gz, and how they arrived, in
 * raw/<sha256>-<..>.json. Files named by what they hold: written once and never changed.
 */
#include "store_internal.h"

#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { JSON_BYTES_MAX = 1 << 26 };

void sn_store_sha256(const void *bytes, size_t n, char text[SN_SHA256_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, n, bytes);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[SN_SHA256_SIZE - 1] = '\0';
}

void sn_store_hash(const void *bytes, size_t n, char text[65])
{
    sn_store_sha256(bytes, n, text);
}

static void raw_path(const char *folder,
                     const char *sha256,
                     const char *ending,
                     char path[SN_STORE_PATH_SIZE])
{
    (void)snprintf(path, SN_STORE_PATH_SIZE, "%s/raw/%s.%s", folder, sha256, ending);
}

/* gzip without a time stamp: equal bytes give equal files. */
static sn_status
compress_gzip(const sn_origin *origin, unsigned char **out, size_t *n_out, sn_error *err)
{
    enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8, PIECE = 1 << 30 };
    z_stream stream = {0};
    if (origin->raw_size > PIECE ||
        deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
                     MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        return sn_error_set(err, SN_E_MEMORY, "store: \"%.200s\" is too large to keep",
                            origin->name);
    }
    uLong bound = deflateBound(&stream, (uLong)origin->raw_size);
    unsigned char *packed = malloc(bound);
    int result = Z_MEM_ERROR;
    if (packed != NULL) {
        stream.next_in = (z_const Bytef *)(uintptr_t)origin->raw;
        stream.avail_in = (uInt)origin->raw_size;
        stream.next_out = packed;
        stream.avail_out = (uInt)bound;
        result = deflate(&stream, Z_FINISH);
    }
    *n_out = stream.total_out;
    (void)deflateEnd(&stream);
    if (result != Z_STREAM_END) {
        free(packed);
        return sn_error_set(err, SN_E_MEMORY, "store: \"%.200s\" cannot be compressed",
                            origin->name);
    }
    *out = packed;
    return SN_OK;
}

static sn_status put_json_text(sn_strbuf *out, const char *text, sn_error *err)
{
    sn_status status = sn_strbuf_puts(out, "\"", err);
    for (; status == SN_OK && *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            status = sn_strbuf_printf(out, err, "\\%c", c);
        } else if (c < 0x20) {
            status = sn_strbuf_printf(out, err, "\\u%04x", c);
        } else {
            status = sn_strbuf_append(out, text, 1, err);
        }
    }
    return status == SN_OK ? sn_strbuf_puts(out, "\"", err) : status;
}

static sn_status
put_head(sn_strbuf *out, const sn_origin *origin, const char *sha256, sn_error *err)
{
    char learnt[SN_INSTANT_TEXT_SIZE];
    const char *const field[][2] = {
        {"origin", origin->name},
        {"learnt", sn_instant_format(origin->learnt, learnt)},
        {"sha256", sha256},
        {"licence", origin->licence},
        {"attribution", origin->attribution},
        {"reader", origin->reader != NULL ? origin->reader : ""},
    };
    sn_status status = sn_strbuf_puts(out, "{\n", err);
    for (size_t f = 0; status == SN_OK && f < sizeof field / sizeof *field; f++) {
        status = sn_strbuf_printf(out, err, "  \"%s\": ", field[f][0]);
        if (status == SN_OK) {
            status = put_json_text(out, field[f][1], err);
        }
        if (status == SN_OK) {
            status = sn_strbuf_puts(out, ",\n", err);
        }
    }
    return status;
}

static sn_status put_json(sn_strbuf *out,
                          const sn_store_batch *batch,
                          const char *sha256,
                          uint32_t sequence,
                          sn_error *err)
{
    sn_status status = put_head(out, &batch->origin, sha256, err);
    return status == SN_OK
               ? sn_strbuf_printf(out, err,
                                  "  \"sequence\": %" PRIu32 ",\n  \"bytes\": %zu\n}\n",
                                  sequence, batch->origin.raw_size)
               : status;
}

static void remove_file(const char *folder, const char *name, const char *ending)
{
    char path[SN_STORE_PATH_SIZE];
    raw_path(folder, name, ending, path);
    (void)unlink(path);
}

void sn_store_raw_undo(const char *folder,
                       const char *sha256,
                       const sn_store_raw_made *made)
{
    if (made->gzip) {
        remove_file(folder, sha256, "gz");
    }
    if (made->json[0] != '\0') {
        remove_file(folder, made->json, "json");
    }
}

static sn_status keep_bytes(const char *folder,
                            const sn_origin *origin,
                            const char *sha256,
                            sn_store_raw_made *made,
                            sn_error *err)
{
    char path[SN_STORE_PATH_SIZE];
    unsigned char *packed = NULL;
    size_t n_packed = 0;
    raw_path(folder, sha256, "gz", path);
    if (sn_os_exists(path)) {
        return SN_OK;
    }
    made->gzip = true;
    sn_status status = compress_gzip(origin, &packed, &n_packed, err);
    if (status == SN_OK) {
        status = sn_os_write_file(path, packed, n_packed, err);
    }
    free(packed);
    return status;
}

static sn_status keep_arrival(const char *folder,
                              const char *sha256,
                              const sn_strbuf *json,
                              sn_store_raw_made *made,
                              sn_error *err)
{
    enum { HASH_DIGITS = 16 };
    char path[SN_STORE_PATH_SIZE];
    char own[SN_SHA256_SIZE];
    char name[sizeof made->json];
    sn_store_sha256(json->data, json->len, own);
    (void)snprintf(name, sizeof name, "%s-%.*s", sha256, HASH_DIGITS, own);
    raw_path(folder, name, "json", path);
    if (sn_os_exists(path)) {
        return SN_OK;
    }
    memcpy(made->json, name, sizeof name);
    return sn_os_write_file(path, json->data, json->len, err);
}

sn_status sn_store_raw_keep(const char *folder,
                            const sn_store_batch *batch,
                            const char *sha256,
                            uint32_t sequence,
                            sn_store_raw_made *made,
                            sn_error *err)
{
    sn_strbuf json;
    sn_strbuf_init(&json, JSON_BYTES_MAX);
    sn_status status = put_json(&json, batch, sha256, sequence, err);
    if (status == SN_OK) {
        status = keep_bytes(folder, &batch->origin, sha256, made, err);
    }
    if (status == SN_OK) {
        status = keep_arrival(folder, sha256, &json, made, err);
    }
    sn_strbuf_release(&json);
    return status;
}
