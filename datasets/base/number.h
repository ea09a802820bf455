/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Numbers as people write them, read strictly: the whole text or nothing.  No 0x10, 010,
 * 1,5, nan or blanks. */
#ifndef SN_BASE_NUMBER_H
#define SN_BASE_NUMBER_H

#include <stdbool.h>

/** "-1.5e3"; false and *out as it was when the text is no finite number. */
bool sn_parse_double(const char *text, double *out);
/** "-12"; false when the text is no whole number or does not fit. */
bool sn_parse_int(const char *text, long *out);

#endif
