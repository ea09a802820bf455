/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What bytes depend on beside scenario and data: the program, the packages that make
 * numbers, files and charts, and what the processor offers the C library.  The same
 * inputs give the same bytes where these are the same; nothing here names the machine.
 */
#ifndef SN_ENVIRONMENT_H
#define SN_ENVIRONMENT_H

#include "base/error.h"

#include <jansson.h>

enum { SN_PROGRAM_SIZE = 64 };

/** "snitt 0.1.0 <16 digits of the hash of the program file>": a result is from this very
 * program, whatever its version says. */
SN_CHECKED sn_status sn_program_name(char out[SN_PROGRAM_SIZE], sn_error *err);

/**
 * A new object {program, packages {name: version}, processor {architecture, features[]}}.
 * A package that cannot be asked is null.  processor also holds glibc_tunables when that
 * variable changes what the C library makes of the processor.
 */
json_t *sn_environment_json(void);

#endif
