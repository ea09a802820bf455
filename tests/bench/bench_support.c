/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bench_support.h"

#include "base/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_print_machine(void)
{
    char line[256];
    char name[256] = "unknown processor\n";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon != NULL) {
            snprintf(name, sizeof name, "%s", colon + 2);
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    name[strcspn(name, "\n")] = '\0';
    printf("%s, %u processors, compiler %s\n", name, sn_os_processor_count(),
           __VERSION__);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *value, size_t n)
{
    qsort(value, n, sizeof *value, compare);
    return n % 2 == 1 ? value[n / 2] : 0.5 * (value[n / 2 - 1] + value[n / 2]);
}

double bench_mean_of_medians(double *value, size_t n, size_t repeats)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += bench_median(value + i * repeats, repeats);
    }
    return sum / (double)n;
}

void bench_require(int condition, const char *what)
{
    if (!condition) {
        printf("FAILED: %s\n", what);
        exit(EXIT_FAILURE);
    }
}
