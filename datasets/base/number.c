/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

bool sn_parse_double(const char *text, double *out)
{
    const char *c = text + (*text == '-' || *text == '+' ? 1 : 0);
    size_t whole = digits(c);
    if (whole == 0 || (whole > 1 && c[0] == '0')) {
        return false;
    }
    c += whole;
    if (*c == '.') {
        size_t fraction = digits(c + 1);
        if (fraction == 0) {
            return false;
        }
        c += 1 + fraction;
    }
    if (*c == 'e' || *c == 'E') {
        c++;
        c += *c == '-' || *c == '+' ? 1 : 0;
        size_t exponent = digits(c);
        if (exponent == 0) {
            return false;
        }
        c += exponent;
    }
    if (*c != '\0' || c - text > 60) {
        return false;
    }
    /* The C locale holds for numbers in the whole program, so strtod reads points. */
    double value = strtod(text, NULL);
    if (!isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}

bool sn_parse_int(const char *text, long *out)
{
    const char *c = text + (*text == '-' ? 1 : 0);
    size_t n = digits(c);
    if (n == 0 || c[n] != '\0' || (n > 1 && c[0] == '0')) {
        return false;
    }
    errno = 0;
    long value = strtol(text, NULL, 10);
    if (errno != 0) {
        return false;
    }
    *out = value;
    return true;
}
