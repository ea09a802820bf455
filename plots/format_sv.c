/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format_sv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char minus[] = "\xe2\x88\x92";      /* U+2212 */
static const char thin_space[] = "\xe2\x80\xaf"; /* U+202F */
static const char en_dash[] = "\xe2\x80\x93";    /* U+2013 */

static size_t append(char *text, size_t at, const char *piece)
{
    size_t n = strlen(piece);
    if (at + n >= SN_NUMBER_SIZE) {
        return at;
    }
    memcpy(text + at, piece, n + 1);
    return at + n;
}

static const char *
format(double value, int decimals, bool swedish, const char *plus, char *text)
{
    char digits[48];
    text[0] = '\0';
    if (!isfinite(value) || fabs(value) >= 1e15) {
        (void)append(text, 0, en_dash);
        return text;
    }
    (void)snprintf(digits, sizeof digits, "%.*f", decimals < 0 ? 0 : decimals,
                   fabs(value));
    /* What rounds to zero has no sign. */
    bool zero = strspn(digits, "0.") == strlen(digits);
    size_t at = append(text, 0, zero ? "" : (value < 0.0 ? minus : plus));
    size_t whole = strcspn(digits, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0) {
            at = append(text, at, swedish ? thin_space : ",");
        }
        at = append(text, at, (const char[]){digits[i], '\0'});
    }
    if (digits[whole] == '.') {
        at = append(text, at, swedish ? "," : ".");
        (void)append(text, at, digits + whole + 1);
    }
    return text;
}

const char *
sn_format_number(double value, int decimals, bool swedish, char text[SN_NUMBER_SIZE])
{
    return format(value, decimals, swedish, "", text);
}

const char *
sn_format_change(double value, int decimals, bool swedish, char text[SN_NUMBER_SIZE])
{
    return format(value, decimals, swedish, "+", text);
}

const char *sn_format_licence(const char *licence, bool swedish)
{
    static const struct {
        const char *en, *sv;
    } terms[] = {
        {"local use only", "endast för eget bruk"},
        {"reuse with source", "fritt om källan anges"},
    };
    for (size_t i = 0; swedish && i < sizeof terms / sizeof *terms; i++) {
        if (strcmp(terms[i].en, licence) == 0) {
            return terms[i].sv;
        }
    }
    return licence;
}

const char *sn_format_source(const char *text, bool swedish)
{
    static const char model_year[] = "Snitt, stiliserat modellår – inte historik";
    return !swedish && strcmp(text, model_year) == 0
               ? "Snitt, stylised model year – not history"
               : text;
}

const char *sn_format_split(const char *key, bool swedish)
{
    static const struct {
        const char *key;
        const char *sv;
        const char *en;
    } names[] = {
        {"se4", "Fyra områden (i dag)", "Four areas (today)"},
        {"se3", "Tre områden", "Three areas"},
        {"se2", "Två områden", "Two areas"},
        {"se1", "Ett område", "One area"},
        {"se4-one-consumer-price", "Fyra, ett konsumentpris", "Four, one consumer price"},
        {"se-2+2", "SE1–SE2 och SE3–SE4", "SE1–SE2 and SE3–SE4"},
        {"se-north+34", "SE1–SE2, SE3 och SE4", "SE1–SE2, SE3 and SE4"},
        {"se-1+3", "SE1 och SE2–SE4", "SE1 and SE2–SE4"},
        {"se-3+1", "SE1–SE3 och SE4", "SE1–SE3 and SE4"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].key, key) == 0) {
            return swedish ? names[i].sv : names[i].en;
        }
    }
    return key;
}
