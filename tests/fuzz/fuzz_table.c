/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that users import: the first line is the file's name, the rest its bytes, packed
 * or not. */
#include "fuzz.h"

#include "mapping.h"
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64, TEXT_MAX_BYTES = 1 << 20 };

static const sn_mapping_set *mappings(void)
{
    static sn_mapping_set set;
    if (set.n == 0 && sn_mapping_load_folder(SN_MAPPINGS_DIR, &set, NULL) != SN_OK) {
        abort();
    }
    return &set;
}

static void look_at(const sn_mapped *mapped)
{
    for (size_t s = 0; s < mapped->n_series; s++) {
        const sn_series *series = &mapped->series[s];
        for (size_t i = 0; i < series->axis.n; i++) {
            if ((isnan(series->value[i]) != 0) != (series->flag[i] == SN_FLAG_GAP) ||
                isinf(series->value[i])) {
                abort(); /* a gap with a value, or a value that is none */
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char name[NAME_MAX_BYTES] = "";
    size_t n = 0;
    while (n < size && n + 1 < sizeof name && data[n] != '\n') {
        name[n] = (char)data[n];
        n++;
    }
    n += n < size;
    sn_strbuf text;
    sn_mapped mapped;
    sn_error err = {0};
    sn_strbuf_init(&text, TEXT_MAX_BYTES);
    sn_status status = sn_table_unpack(name, data + n, size - n, &text, &err);
    if (status == SN_OK) {
        status = sn_mapping_read(mappings(), name, text.data, text.len, &mapped, &err);
        if (status == SN_OK) {
            look_at(&mapped);
            sn_mapped_release(&mapped);
        }
    }
    if (status != SN_OK && err.message[0] == '\0') {
        abort(); /* an error without words */
    }
    sn_strbuf_release(&text);
    return 0;
}
