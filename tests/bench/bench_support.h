/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What the benchmarks share: the machine's name, medians, timing of one solver. */
#ifndef SN_BENCH_SUPPORT_H
#define SN_BENCH_SUPPORT_H

#include <stddef.h>

/** Prints the processor's name, the number of processors and the compiler. */
void bench_print_machine(void);

/** Median; sorts the values. */
double bench_median(double *value, size_t n);

/** Mean over rows of the median of each row of [n][repeats]; sorts the rows. */
double bench_mean_of_medians(double *value, size_t n, size_t repeats);

/** Ends the program when the condition fails: a benchmark of wrong results is none. */
void bench_require(int condition, const char *what);

#endif
