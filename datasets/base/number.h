/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Numbers as files and answers write them: decimal, with a point, in any locale. */
#ifndef SN_NUMBER_H
#define SN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SN_NUMBER_TEXT_MAX = 40 };

/**
 * All of a text as a finite number: "-12.50", "+3", "1e-3"; what strtod() gives for it.
 * False for anything else, "inf", "nan" and hexadecimal, blanks around it, or more than
 * SN_NUMBER_TEXT_MAX characters; *out is untouched then.
 */
bool sn_number_read(const char *text, double *out);

/** Exactly n decimal digits (at most 9) at text, more may follow; -1 when they are not
 * there. */
int32_t sn_digits_read(const char *text, size_t n);

/** Numbers as people write them in options and scenario files, stricter: no "010", "5."
 * or
 * ".5".  "-1.5e3"; false and *out as it was when the text is no finite number. */
bool sn_parse_double(const char *text, double *out);
/** "-12"; false when the text is no whole number or does not fit. */
bool sn_parse_int(const char *text, long *out);

#endif
