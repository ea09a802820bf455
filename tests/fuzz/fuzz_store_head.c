/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A HEAD from anywhere, with a checksum that holds. */
#include "fuzz.h"

#include "store_internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sn_strbuf text;
    sn_store_head head;
    char sum[SN_SHA256_SIZE];
    sn_error err = {0};
    sn_strbuf_init(&text, 1 << 20);
    sn_store_sha256(data, size, sum);
    if (sn_strbuf_append(&text, data, size, &err) != SN_OK ||
        sn_strbuf_printf(&text, &err, "sum %s\n", sum) != SN_OK) {
        abort();
    }
    if (sn_store_head_parse("fuzz", &text, &head, &err) == SN_OK) {
        for (size_t e = 1; e < head.n; e++) {
            if (head.entry[e].year <= head.entry[e - 1].year) {
                abort();
            }
        }
    } else if (err.message[0] == '\0') {
        abort(); /* an error without words */
    }
    sn_store_head_release(&head);
    sn_strbuf_release(&text);
    return 0;
}
