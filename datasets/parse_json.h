/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Strict reading of JSON answers: what every parser of a JSON provider needs. */
#ifndef SN_PARSE_JSON_H
#define SN_PARSE_JSON_H

#include "base/error.h"
#include "base/instant.h"
#include "parse_points.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** Parse an answer; a web page, a cut or empty answer and duplicate keys are
 * SN_E_FORMAT.  json_decref(*out). */
SN_CHECKED sn_status sn_json_read(const void *bytes,
                                  size_t n,
                                  const char *provider,
                                  json_t **out,
                                  sn_error *err);

typedef enum sn_json_case { SN_JSON_NUMBER, SN_JSON_NULL, SN_JSON_BAD } sn_json_case;

/** A finite number, also one written as a string; NULL and null are SN_JSON_NULL. */
sn_json_case sn_json_number(const json_t *value, double *out);

/** "2020-12-31T23:00:00", with fraction of zeros and "Z", "+00:00" or nothing after
 * it: UTC; other offsets are applied when allow_offset. */
bool sn_json_instant(const json_t *value, bool allow_offset, sn_instant *out);

bool sn_window_holds(const sn_window *window, sn_instant t);

/** Error that names the provider, the row (counted from 1) and what was expected. */
sn_status sn_json_row_error(const char *provider,
                            size_t row,
                            const char *field,
                            const char *expected,
                            sn_error *err);

#endif
