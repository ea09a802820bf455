/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Numbers as people in Sweden (or abroad) write them, without any locale. */
#ifndef SN_FORMAT_SV_H
#define SN_FORMAT_SV_H

#include <stdbool.h>

enum { SN_NUMBER_SIZE = 64 };

/**
 * Swedish: decimal comma, narrow no-break space between thousands, real minus.
 * English: point and comma.  Not finite gives an en dash.
 * @param decimals  0..6
 */
const char *
sn_format_number(double value, int decimals, bool swedish, char text[SN_NUMBER_SIZE]);
/** The same with a plus before positive numbers: for changes. */
const char *
sn_format_change(double value, int decimals, bool swedish, char text[SN_NUMBER_SIZE]);
/** Terms of a source: ours in Swedish, the name of a licence as it is. */
const char *sn_format_licence(const char *licence, bool swedish);

/** The name of a source: that of the model year in the language, others as they are. */
const char *sn_format_source(const char *text, bool swedish);

/** A split in words, where it is one of the library; else its name. */
const char *sn_format_split(const char *key, bool swedish);

#endif
