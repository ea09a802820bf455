/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "base/instant.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[64];
    char again[SN_INSTANT_TEXT_SIZE];
    size_t n = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, n);
    text[n] = '\0';
    sn_instant t;
    sn_instant back;
    sn_error err = {0};
    if (sn_instant_parse(text, &t, &err) == SN_OK &&
        (sn_instant_parse(sn_instant_format(t, again), &back, &err) != SN_OK ||
         back.utc_s != t.utc_s)) {
        abort();
    }
    return 0;
}
