/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Reference data that lie beside the project: $SNITT_REFERENCE_DATA, else ../shared/data
 * of the source tree.  Absent means skipped by name, unless SNITT_REQUIRE_REFERENCE=1. */
#ifndef SN_TESTS_REFERENCE_H
#define SN_TESTS_REFERENCE_H

#include "base/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { REFERENCE_PATH_SIZE = 1024 };

/** The path of a reference file; skips the test when it is not there. */
static inline const char *reference_path(const char *name, char path[REFERENCE_PATH_SIZE])
{
    const char *folder = getenv("SNITT_REFERENCE_DATA");
    const char *source = getenv("SNITT_SOURCE_DIR");
    const char *required = getenv("SNITT_REQUIRE_REFERENCE");
    if (folder != NULL && folder[0] != '\0') {
        (void)snprintf(path, REFERENCE_PATH_SIZE, "%s/%s", folder, name);
    } else {
        (void)snprintf(path, REFERENCE_PATH_SIZE, "%s/../shared/data/%s",
                       source != NULL ? source : ".", name);
    }
    if (!sn_os_exists(path)) {
        if (required != NULL && strcmp(required, "1") == 0) {
            fail_msg("reference data \"%s\" are required and absent", path);
        }
        print_message("reference data \"%s\" are absent: skipped\n", path);
        skip();
    }
    return path;
}

/** The whole file; release with sn_strbuf_release(). */
static inline sn_strbuf reference_read(const char *name)
{
    char path[REFERENCE_PATH_SIZE];
    sn_strbuf text;
    sn_error err = {0};
    sn_strbuf_init(&text, (size_t)1 << 28);
    if (sn_os_read_file(reference_path(name, path), &text, &err) != SN_OK) {
        fail_msg("%s", err.message);
    }
    return text;
}

#endif
