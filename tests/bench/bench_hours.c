/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compiled twice, round each generator (BENCH_HEADER, BENCH_NAME). */
#include "bench/bench_hours.h"

#include <math.h>
#include <string.h>

#ifndef M_PI /* the generators use it; C17 does not have it */
#define M_PI 3.14159265358979323846
#endif
#include BENCH_HEADER

#define JOIN_NAMES(a, b) a##b
#define JOIN(a, b) JOIN_NAMES(a, b)

_Static_assert(NZ <= CASE_AREAS_MAX && NS <= CASE_STEPS_MAX && NL <= CASE_BORDERS_MAX,
               "the case holds the generator's sizes");

bool JOIN(bench_hours_make_, BENCH_NAME)(bench_hours *out, size_t n)
{
    static int next = -1;
    hour_t *hour = malloc(n * sizeof *hour);
    *out = (bench_hours){n, hour};
    if (hour == NULL) {
        return false;
    }
    if (next < 0) {
        gen_init();
        next = 0;
    }
    for (size_t t = 0; t < n; t++) {
        gen_hour(&hour[t], next++);
    }
    return true;
}

void JOIN(bench_hours_case_,
          BENCH_NAME)(const bench_hours *hours, size_t t, market_case *out)
{
    const hour_t *hour = (const hour_t *)hours->hour + t;
    out->n_area = NZ;
    out->n_border = NL;
    out->n_step = NS;
    for (size_t z = 0; z < NZ; z++) {
        out->load_mw[z] = hour->load[z];
        memcpy(out->step_price[z], hour->price[z], sizeof hour->price[z]);
        memcpy(out->step_mw[z], hour->qty[z], sizeof hour->qty[z]);
    }
    for (size_t l = 0; l < NL; l++) {
        out->border[l] = (sn_border){(size_t)LK[l][0], (size_t)LK[l][1], hour->cap[l]};
        out->flow_max[l] = hour->cap[l];
        out->flow_min[l] = -hour->cap[l];
    }
    market_case_build(out);
}
