/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JAO: capacities, or the flow-based domain. */
#include "fuzz.h"
#include "fuzz_points.h"

#include "parse_jao.h"

static void check_domain(const uint8_t *bytes, size_t n)
{
    sn_jao_domain domain;
    sn_error err = {0};
    if (sn_parse_jao_domain(bytes, n, &domain, &err) != SN_OK) {
        if (err.message[0] == '\0') {
            abort();
        }
    } else {
        for (size_t i = 0; i < domain.n_limit; i++) {
            for (size_t a = 0; a < domain.n_area; a++) {
                if (isinf(domain.limit[i].ptdf[a])) {
                    abort();
                }
            }
        }
    }
    sn_jao_domain_release(&domain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sn_point_set set = {0};
    sn_error err = {0};
    if (size == 0) {
        return 0;
    }
    if (data[0] == 'd') {
        check_domain(data + 1, size - 1);
        return 0;
    }
    sn_status status =
        sn_parse_jao_exchanges(data + 1, size - 1, &fuzz_window, &set, &err);
    fuzz_check(status, &err, &set, "fuzz");
    return 0;
}
