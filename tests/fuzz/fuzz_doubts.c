/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of doubted values as a store keeps them, with any contents: an error with words,
 * or series whose every value is a number. */
#include "fuzz.h"

#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sn_series *series = NULL;
    size_t n = 0;
    sn_error err = {0};
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    sn_status status = sn_check_read_doubts(text, &series, &n, &err);
    if (status != SN_OK && err.message[0] == '\0') {
        abort();
    }
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < series[s].axis.n; i++) {
            if (!isfinite(series[s].value[i])) {
                abort();
            }
        }
        sn_series_release(&series[s]);
    }
    free(series);
    free(text);
    return 0;
}
