/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs every file of the folders given through the fuzz entry: whole, cut at every
 * length, and with each byte changed in turn.  Passing means: no crash, and under the
 * sanitizers no wrong access and no leak. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20, VARIANTS_MAX = 400 };

static void run(const uint8_t *data, size_t n)
{
    /* A buffer of exactly this size, so that one byte too far is seen. */
    uint8_t *copy = calloc(n + (n == 0), 1);
    if (copy != NULL) {
        if (n > 0) {
            memcpy(copy, data, n);
        }
        (void)LLVMFuzzerTestOneInput(copy, n);
    }
    free(copy);
}

static void run_variants(uint8_t *data, size_t n)
{
    size_t step = n / VARIANTS_MAX + 1;
    run(data, n);
    for (size_t k = 0; k < n; k += step) {
        uint8_t kept = data[k];
        run(data, k);
        data[k] = (uint8_t)(kept ^ (1U << (k % 8)));
        run(data, n);
        data[k] = kept;
    }
}

static int replay_folder(const char *path, uint8_t *data)
{
    int n_file = 0;
    DIR *folder = opendir(path);
    const struct dirent *entry = NULL;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char name[4096];
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        FILE *in = entry->d_name[0] != '.' ? fopen(name, "rb") : NULL;
        if (in != NULL) {
            size_t n = fread(data, 1, FILE_MAX, in);
            (void)fclose(in);
            run_variants(data, n);
            n_file++;
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return n_file;
}

int main(int argc, char **argv)
{
    uint8_t *data = malloc(FILE_MAX);
    if (data == NULL) {
        return 1;
    }
    run(data, 0);
    for (int k = 1; k < argc; k++) {
        int n_file = replay_folder(argv[k], data);
        (void)printf("%s: %d files\n", argv[k], n_file);
        if (n_file == 0) {
            (void)fprintf(stderr, "no corpus in %s\n", argv[k]);
            free(data);
            return 1;
        }
    }
    free(data);
    return 0;
}
