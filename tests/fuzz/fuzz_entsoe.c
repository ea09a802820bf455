/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents of the ENTSO-E platform: the first byte chooses what was asked for. */
#include "fuzz.h"
#include "fuzz_points.h"

#include "parse_entsoe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char area[] = "10Y1001A1001A46L";
    /* A week: a longer one would only repeat the loop that fills. */
    static const sn_window week = {{INT64_C(1735689600)}, {INT64_C(1736294400)}};
    static const struct {
        const char *document;
        const char *process;
    } asked[] = {{"A44", NULL}, {"A65", "A16"}, {"A75", "A16"}, {"A11", NULL},
                 {"A61", NULL}, {"A72", "A16"}, {"A68", "A33"}, {"A25", NULL},
                 {"A63", NULL}, {"A92", NULL},  {"A91", NULL},  {"A69", "A01"}};
    if (size == 0) {
        return 0;
    }
    size_t k = data[0] % (sizeof asked / sizeof *asked);
    const sn_entsoe_query query = {.document = asked[k].document,
                                   .process = asked[k].process,
                                   .from_eic = area,
                                   .to_eic = area,
                                   .subject = "SE3",
                                   .window = week};
    sn_entsoe_answer answer;
    sn_point_set set = {0};
    sn_error err = {0};
    sn_status status = sn_parse_entsoe(data + 1, size - 1, &query, &set, &answer, &err);
    fuzz_check(status, &err, &set, "fuzz");
    return 0;
}
