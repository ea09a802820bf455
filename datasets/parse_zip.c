/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parse_zip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { FILES_MAX = 64, RATIO_MAX = 200 };
#define BYTES_MAX ((uint64_t)256 * 1024 * 1024)
#define BYTES_ALWAYS ((uint64_t)1024 * 1024)

bool sn_zip_is(const void *bytes, size_t n)
{
    return n >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0;
}

/* Sizes as the directory states them; reading checks that they are kept. */
static sn_status check_sizes(zip_t *archive, size_t n, sn_error *err)
{
    zip_int64_t n_file = zip_get_num_entries(archive, 0);
    uint64_t total = 0;
    if (n_file < 1 || n_file > FILES_MAX) {
        return sn_error_set(err, SN_E_FORMAT, "zip: %lld files, expected 1 to %d",
                            (long long)n_file, FILES_MAX);
    }
    for (zip_int64_t i = 0; i < n_file; i++) {
        zip_stat_t info;
        if (zip_stat_index(archive, (zip_uint64_t)i, 0, &info) != 0 ||
            (info.valid & ZIP_STAT_SIZE) == 0 ||
            ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
             info.encryption_method != ZIP_EM_NONE)) {
            return sn_error_set(err, SN_E_FORMAT,
                                "zip: file %lld has no size or is encrypted",
                                (long long)i + 1);
        }
        total = info.size > BYTES_MAX ? BYTES_MAX + 1 : total + info.size;
        if (total > BYTES_MAX ||
            (total > BYTES_ALWAYS && total > (uint64_t)n * RATIO_MAX)) {
            return sn_error_set(err, SN_E_FORMAT,
                                "zip: %zu bytes swell to more than %d times as many or "
                                "256 MB; refused",
                                n, RATIO_MAX);
        }
    }
    return SN_OK;
}

/* The whole member into data (size + 1 bytes): one byte more would show. */
static bool read_member(zip_t *archive, zip_uint64_t i, char *data, uint64_t size)
{
    zip_file_t *file = zip_fopen_index(archive, i, 0);
    uint64_t got = 0;
    zip_int64_t n = file != NULL ? 1 : -1;
    while (n > 0 && got <= size) {
        n = zip_fread(file, data + got, size + 1 - got);
        got += n > 0 ? (uint64_t)n : 0;
    }
    /* The check sum is compared when the end is read. */
    bool is_good = n == 0 && got == size;
    if (file != NULL && zip_fclose(file) != 0) {
        is_good = false;
    }
    return is_good;
}

static sn_status take_member(zip_t *archive,
                             zip_uint64_t i,
                             sn_status (*take)(void *, const void *, size_t, sn_error *),
                             void *context,
                             sn_error *err)
{
    zip_stat_t info;
    if (zip_stat_index(archive, i, 0, &info) != 0) {
        return sn_error_set(err, SN_E_FORMAT, "zip: the directory cannot be read");
    }
    if (info.size == 0) {
        return SN_OK; /* a folder */
    }
    char *data = malloc((size_t)info.size + 1);
    if (data == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a zip file");
    }
    sn_status status = SN_OK;
    if (read_member(archive, i, data, info.size)) {
        status = take(context, data, (size_t)info.size, err);
    } else {
        status = sn_error_set(err, SN_E_FORMAT,
                              "zip: file %llu is damaged or not of the stated size",
                              (unsigned long long)i + 1);
    }
    free(data);
    return status;
}

sn_status sn_zip_each(const void *bytes,
                      size_t n,
                      sn_status (*take)(void *, const void *, size_t, sn_error *),
                      void *context,
                      sn_error *err)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes, n, 0, &why);
    zip_t *archive = source != NULL
                         ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why)
                         : NULL;
    if (archive == NULL) {
        sn_status status = sn_error_set(err, SN_E_FORMAT, "zip: cannot be opened: %.100s",
                                        zip_error_strerror(&why));
        zip_source_free(source);
        zip_error_fini(&why);
        return status;
    }
    sn_status status = check_sizes(archive, n, err);
    zip_int64_t n_file = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = 0; i < n_file && status == SN_OK; i++) {
        status = take_member(archive, (zip_uint64_t)i, take, context, err);
    }
    zip_discard(archive);
    zip_error_fini(&why);
    return status;
}
