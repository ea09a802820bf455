/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A year of quarter-hours, correlated, solve only, on one core and on two: the hours are
 * made in pieces, which is not timed, and the time is the sum of the median of each
 * piece.  The bytes of both are compared.
 *
 *     bench_clearing_year [PERIODS [REPEATS]]     default 35040 and 7
 */
#include "analysis/clearing_many.h"
#include "base/os.h"
#include "bench/bench_hours.h"
#include "bench/bench_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 384, REPEATS_MAX = 99, POINTS = 2 * CASE_STEPS_MAX };

typedef struct bench_period {
    sn_curve curve[CASE_AREAS_MAX];
    double flow_min[CASE_BORDERS_MAX];
    double flow_max[CASE_BORDERS_MAX];
    double price[CASE_AREAS_MAX][POINTS];
    double quantity[CASE_AREAS_MAX][POINTS];
} bench_period;

typedef struct bench_piece {
    sn_border border[CASE_BORDERS_MAX];
    sn_network network;
    bench_period period[PIECE];
    sn_clearing_problem problem[PIECE];
    sn_outcome outcome[PIECE];
    double price[PIECE * CASE_AREAS_MAX];
    double net[PIECE * CASE_AREAS_MAX];
    double flow[2][PIECE * CASE_BORDERS_MAX];
} bench_piece;

static void copy_period(const market_case *c, bench_piece *piece, size_t t)
{
    bench_period *p = &piece->period[t];
    memcpy(piece->border, c->border, sizeof c->border);
    piece->network = (sn_network){c->n_area, c->n_border, piece->border};
    for (size_t z = 0; z < c->n_area; z++) {
        memcpy(p->price[z], c->curve_price[z], sizeof p->price[z]);
        memcpy(p->quantity[z], c->curve_mw[z], sizeof p->quantity[z]);
        p->curve[z] = (sn_curve){c->curve[z].n, p->price[z], p->quantity[z]};
    }
    memcpy(p->flow_min, c->flow_min, sizeof p->flow_min);
    memcpy(p->flow_max, c->flow_max, sizeof p->flow_max);
    piece->problem[t] = c->problem;
    piece->problem[t].network = &piece->network;
    piece->problem[t].net_supply = p->curve;
    piece->problem[t].flow_min_mw = p->flow_min;
    piece->problem[t].flow_max_mw = p->flow_max;
}

static double time_piece(bench_piece *piece, size_t n, unsigned n_thread)
{
    sn_clearing_many many = {.n_period = n,
                             .problem = piece->problem,
                             .n_thread = n_thread,
                             .is_unchecked = true};
    sn_clearing_many_result result = {piece->outcome, piece->price, piece->net,
                                      piece->flow[n_thread - 1], 0};
    double start = sn_os_monotonic_s();
    sn_status status = sn_clearing_solve_many(&many, &result, NULL);
    double end = sn_os_monotonic_s();
    bench_require(status == SN_OK && result.n_infeasible == 0, "a piece clears");
    return end - start;
}

int main(int argc, char **argv)
{
    static market_case c;
    double year[2] = {0.0, 0.0};
    double least[2] = {0.0, 0.0};
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 35040;
    size_t repeats = argc > 2 ? strtoul(argv[2], NULL, 10) : 7;
    bench_piece *piece = malloc(sizeof *piece);
    bench_require(piece != NULL && repeats > 0 && repeats <= REPEATS_MAX, "memory");
    for (size_t done = 0; done < n; done += PIECE) {
        size_t here = n - done < PIECE ? n - done : PIECE;
        bench_hours hours;
        double seconds[2][REPEATS_MAX];
        bench_require(bench_hours_make_correlated(&hours, here), "memory");
        for (size_t t = 0; t < here; t++) {
            bench_hours_case_correlated(&hours, t, &c);
            copy_period(&c, piece, t);
        }
        free(hours.hour);
        for (size_t i = 0; i < repeats; i++) {
            seconds[0][i] = time_piece(piece, here, 1);
            seconds[1][i] = time_piece(piece, here, 2);
        }
        year[0] += bench_median(seconds[0], repeats);
        year[1] += bench_median(seconds[1], repeats);
        least[0] += seconds[0][0]; /* sorted now */
        least[1] += seconds[1][0];
        bench_require(memcmp(piece->flow[0], piece->flow[1],
                             here * c.n_border * sizeof(double)) == 0,
                      "same bytes on one thread and on two");
    }
    bench_print_machine();
    printf("%zu correlated periods, solve only, s   one core  two cores\n", n);
    printf("median of %zu                              %8.3f   %8.3f\n", repeats, year[0],
           year[1]);
    printf("least of %zu (a machine with other work)    %8.3f   %8.3f\n", repeats,
           least[0], least[1]);
    free(piece);
    return EXIT_SUCCESS;
}
