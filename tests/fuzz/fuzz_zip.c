/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives: whatever they say of themselves, their members stay within the bounds. */
#include "fuzz.h"

#include "parse_zip.h"

#include <stdlib.h>

typedef struct seen {
    size_t n;
    size_t n_byte;
    unsigned sum;
} seen;

static sn_status take(void *context, const void *member, size_t n, sn_error *err)
{
    seen *s = context;
    const unsigned char *bytes = member;
    (void)err;
    s->n++;
    s->n_byte += n;
    for (size_t i = 0; i < n; i += 97) {
        s->sum += bytes[i];
    }
    return SN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    seen s = {0};
    sn_error err = {0};
    bool is_zip = sn_zip_is(data, size);
    if (sn_zip_each(data, size, take, &s, &err) != SN_OK && err.message[0] == '\0') {
        abort();
    }
    if (s.n > 64 || s.n_byte > (size_t)256 * 1024 * 1024) {
        abort();
    }
    return is_zip && s.sum == 0xffffffffU;
}
