/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "environment.h"

#include "base/os.h"
#include "result.h"
#include "run_internal.h"

#include <gsl/gsl_version.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PATH_SIZE = 4096, PROGRAM_BYTES_MAX = 512 << 20, ANSWER_MAX = 1 << 20 };

static const double answer_s = 10.0;

sn_status sn_program_name(char out[SN_PROGRAM_SIZE], sn_error *err)
{
    char path[PATH_SIZE];
    char hash[65];
    sn_strbuf bytes;
    sn_strbuf_init(&bytes, PROGRAM_BYTES_MAX);
    sn_status status = sn_os_program_path(path, sizeof path, err);
    if (status == SN_OK) {
        status = sn_os_read_file(path, &bytes, err);
    }
    if (status == SN_OK) {
        sn_store_hash(bytes.data, bytes.len, hash);
        (void)snprintf(out, SN_PROGRAM_SIZE, "snitt %s %.16s", SN_VERSION, hash);
    }
    sn_strbuf_release(&bytes);
    return status;
}

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

/* "gnuplot 5.4 patchlevel 4"; null when there is none, as then there are no charts. */
static json_t *gnuplot_json(void)
{
    static const char *const words[] = {"gnuplot", "--version", NULL};
    sn_strbuf answer;
    sn_strbuf_init(&answer, ANSWER_MAX);
    json_t *out = json_null();
    if (sn_os_run(words, NULL, answer_s, &answer, NULL) == SN_OK) {
        answer.data[strcspn(answer.data, "\r\n")] = '\0';
        out = text_or_null(answer.data);
    }
    sn_strbuf_release(&answer);
    return out;
}

static json_t *packages_json(void)
{
    char text[64];
    json_t *out = json_object();
    sn_os_libc_version(text, sizeof text);
    sn_run_set(out, "libc", text_or_null(text));
    sn_run_set(out, "gsl", text_or_null(gsl_version));
    sn_result_library_version(text, sizeof text);
    sn_run_set(out, "hdf5", text_or_null(text));
    sn_run_set(out, "jansson", text_or_null(jansson_version_str()));
    sn_run_set(out, "libdeflate", text_or_null(LIBDEFLATE_VERSION_STRING));
    sn_run_set(out, "zlib", text_or_null(zlibVersion()));
    sn_run_set(out, "gnuplot", gnuplot_json());
    return out;
}

/* What the C library picks its functions by, of those the processor has; null where the
 * system does not tell. */
static json_t *features_json(void)
{
    static const char *const known[] = {"sse4_1",  "avx", "avx2",
                                        "avx512f", "fma", "fma4"};
    sn_strbuf text;
    sn_strbuf_init(&text, 64 << 20);
    json_t *out = json_null();
    const char *flags = NULL;
    if (sn_os_read_file("/proc/cpuinfo", &text, NULL) == SN_OK) {
        flags = strstr(text.data, "\nflags");
    }
    if (flags != NULL) {
        char line[8192];
        (void)snprintf(line, sizeof line, "%.*s ", (int)strcspn(flags + 1, "\n"),
                       flags + 1);
        out = json_array();
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            char word[16];
            (void)snprintf(word, sizeof word, " %s ", known[k]);
            if (strstr(line, word) != NULL) {
                (void)json_array_append_new(out, json_string(known[k]));
            }
        }
    }
    sn_strbuf_release(&text);
    return out;
}

static json_t *processor_json(void)
{
    char text[64];
    json_t *out = json_object();
    const char *tunables = getenv("GLIBC_TUNABLES");
    sn_os_architecture(text, sizeof text);
    sn_run_set(out, "architecture", text_or_null(text));
    sn_run_set(out, "features", features_json());
    if (tunables != NULL && tunables[0] != '\0') {
        sn_run_set(out, "glibc_tunables", json_string(tunables));
    }
    return out;
}

json_t *sn_environment_json(void)
{
    char program[SN_PROGRAM_SIZE];
    json_t *out = json_object();
    sn_run_set(out, "program",
               sn_program_name(program, NULL) == SN_OK ? json_string(program)
                                                       : json_null());
    sn_run_set(out, "packages", packages_json());
    sn_run_set(out, "processor", processor_json());
    return out;
}
