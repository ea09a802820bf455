/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "yaml_tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sn_yaml *document = NULL;
    sn_error err = {0};
    if (sn_yaml_load_bytes("fuzz", data, size, &document, &err) == SN_OK) {
        if (sn_yaml_root(document) == NULL) {
            abort();
        }
    } else if (err.message[0] == '\0') {
        abort(); /* an error without words */
    }
    sn_yaml_free(document);
    return 0;
}
