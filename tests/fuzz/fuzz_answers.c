/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of svk, eSett, Riksbank and elprisetjustnu: the first byte chooses. */
#include "fuzz.h"
#include "fuzz_points.h"

#include "parse_elprisetjustnu.h"
#include "parse_esett.h"
#include "parse_riksbank.h"
#include "parse_svk.h"

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
    case 'e':
        status = sn_parse_elprisetjustnu(bytes, n, "SE3", window, &set, &err);
        break;
    case 'f':
        status = sn_parse_svk(bytes, n, SN_SVK_FLOW, window, &set, &err);
        break;
    case 'p':
        status = sn_parse_svk(bytes, n, SN_SVK_PRICE, window, &set, &err);
        break;
    case 'g':
        status = sn_parse_esett(bytes, n, SN_ESETT_PRODUCTION, window, &set, &err);
        break;
    case 'c':
        status = sn_parse_esett(bytes, n, SN_ESETT_CONSUMPTION, window, &set, &err);
        break;
    case 'i':
        status = sn_parse_esett(bytes, n, SN_ESETT_PRICE, window, &set, &err);
        break;
    default:
        status = sn_parse_riksbank(bytes, n, window, &set, &err);
        break;
    }
    fuzz_check(status, &err, &set, "fuzz");
    return 0;
}
