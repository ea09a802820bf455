/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NVE, Fingrid, SMHI, ECB: the first byte chooses. */
#include "fuzz.h"
#include "fuzz_points.h"

#include "parse_nordic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const void *bytes = data + 1;
    size_t n = size - 1;
    sn_point_set set = {0};
    sn_error err = {0};
    const sn_window *window = &fuzz_window;
    sn_status status = SN_OK;
    switch (data[0]) {
    case 'n':
        status = sn_parse_nve(bytes, n, window, &set, &err);
        break;
    case 'f':
        status = sn_parse_fingrid(bytes, n, 245, SN_WIND_FORECAST, window, &set, &err);
        break;
    case 's':
        status = sn_parse_smhi(bytes, n, 97200, "SE3", window, &set, &err);
        break;
    default:
        status = sn_parse_ecb(bytes, n, window, &set, &err);
        break;
    }
    fuzz_check(status, &err, &set, "fuzz");
    return 0;
}
