/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON-stat of Statistics Sweden: the first byte chooses the table. */
#include "fuzz.h"
#include "fuzz_points.h"

#include "parse_scb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    sn_point_set set = {0};
    sn_error err = {0};
    sn_scb_table table = data[0] == 'm' ? SN_SCB_MUNICIPALITY_YEAR : SN_SCB_AREA_MONTH;
    sn_status status = sn_parse_scb(data + 1, size - 1, table, &fuzz_window, &set, &err);
    fuzz_check(status, &err, &set, "fuzz");
    return 0;
}
