/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_DIGITS = 15 };

/* At most 15 decimal digits are exact as an integer, and so are powers of ten: their
 * quotient is what strtod() gives, in a fraction of its time. */
static bool read_plain(const char *text, double *out)
{
    static const double tens[EXACT_DIGITS + 1] = {1e0,  1e1,  1e2,  1e3, 1e4,  1e5,
                                                  1e6,  1e7,  1e8,  1e9, 1e10, 1e11,
                                                  1e12, 1e13, 1e14, 1e15};
    bool is_negative = *text == '-';
    const char *c = text + (is_negative ? 1 : 0);
    int64_t digits = 0;
    int n_digit = 0;
    int n_after = 0;
    for (; *c >= '0' && *c <= '9' && n_digit <= EXACT_DIGITS; c++, n_digit++) {
        digits = digits * 10 + (*c - '0');
    }
    if (*c == '.') {
        for (c++; *c >= '0' && *c <= '9' && n_digit <= EXACT_DIGITS;
             c++, n_digit++, n_after++) {
            digits = digits * 10 + (*c - '0');
        }
    }
    if (*c != '\0' || n_digit == 0 || n_digit > EXACT_DIGITS) {
        return false;
    }
    double value = (double)digits / tens[n_after];
    *out = is_negative ? -value : value;
    return true;
}

bool sn_number_read(const char *text, double *out)
{
    if (read_plain(text, out)) {
        return true;
    }
    /* The letters keep out "inf", "nan" and hexadecimal, which strtod() takes. */
    size_t n = strspn(text, "0123456789+-.eE");
    if (n == 0 || n > SN_NUMBER_TEXT_MAX || text[n] != '\0') {
        return false;
    }
    char *end = NULL;
    double value = strtod(text, &end);
    if (end != text + n || !isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}

int32_t sn_digits_read(const char *text, size_t n)
{
    int32_t value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static size_t n_digits(const char *text)
{
    return strspn(text, "0123456789");
}

bool sn_parse_double(const char *text, double *out)
{
    const char *c = text + (*text == '-' || *text == '+' ? 1 : 0);
    size_t whole = n_digits(c);
    if (whole == 0 || (whole > 1 && c[0] == '0')) {
        return false;
    }
    c += whole;
    if (*c == '.') {
        size_t fraction = n_digits(c + 1);
        if (fraction == 0) {
            return false;
        }
        c += 1 + fraction;
    }
    if (*c == 'e' || *c == 'E') {
        c++;
        c += *c == '-' || *c == '+' ? 1 : 0;
        size_t exponent = n_digits(c);
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
    size_t n = n_digits(c);
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
