/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Members of a zip archive in memory.  Sizes are bounded before and while they are
 * unpacked; nothing is written to disk, so names do not matter. */
#ifndef SN_PARSE_ZIP_H
#define SN_PARSE_ZIP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

bool sn_zip_is(const void *bytes, size_t n);

/**
 * Call take for each file of the archive; its first failure ends it.
 * @return SN_E_FORMAT: not a zip, encrypted, a wrong check sum, more than 64 files, 256
 * MB, or 200 times the archive's size (small archives: 1 MB)
 */
SN_CHECKED sn_status sn_zip_each(
    const void *bytes,
    size_t n,
    sn_status (*take)(void *context, const void *member, size_t n_member, sn_error *err),
    void *context,
    sn_error *err);

#endif
