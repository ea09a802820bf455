/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Second sources of prices: the first byte chooses. */
#include "fuzz.h"
#include "fuzz_points.h"

#include "parse_prices.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const void *bytes = data + 1;
    size_t n = size - 1;
    sn_point_set set = {0};
    sn_error err = {0};
    char licence[16] = "";
    const sn_window *window = &fuzz_window;
    sn_status status = SN_OK;
    switch (data[0]) {
    case 'o':
        status = sn_parse_eds(bytes, n, SN_EDS_ELSPOT, window, &set, &err);
        break;
    case 'd':
        status = sn_parse_eds(bytes, n, SN_EDS_DAY_AHEAD, window, &set, &err);
        break;
    case 'l':
        status = sn_parse_elering(bytes, n, window, &set, &err);
        break;
    default:
        status = sn_parse_energycharts(bytes, n, "SE4", window, &set, licence,
                                       sizeof licence, &err);
        if (memchr(licence, '\0', sizeof licence) == NULL) {
            abort();
        }
        break;
    }
    fuzz_check(status, &err, &set, "fuzz");
    return 0;
}
