/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "municipality.h"

#include "base/options.h"

#include <string.h>

enum { NAME_SIZE = 64, MUNICIPALITIES_MAX = 320 };

static const struct county {
    const char *code;
    const char *name;
} counties[] = {{"01", "Stockholms län"},    {"03", "Uppsala län"},
                {"04", "Södermanlands län"}, {"05", "Östergötlands län"},
                {"06", "Jönköpings län"},    {"07", "Kronobergs län"},
                {"08", "Kalmar län"},        {"09", "Gotlands län"},
                {"10", "Blekinge län"},      {"12", "Skåne län"},
                {"13", "Hallands län"},      {"14", "Västra Götalands län"},
                {"17", "Värmlands län"},     {"18", "Örebro län"},
                {"19", "Västmanlands län"},  {"20", "Dalarnas län"},
                {"21", "Gävleborgs län"},    {"22", "Västernorrlands län"},
                {"23", "Jämtlands län"},     {"24", "Västerbottens län"},
                {"25", "Norrbottens län"}};

const char *sn_swedish_area(int area)
{
    static const char *const names[SN_SWEDISH_AREAS] = {"SE1", "SE2", "SE3", "SE4"};
    return names[area];
}

double sn_municipality_share(const sn_municipality *municipality, int area)
{
    if (area == municipality->main_area) {
        return municipality->main_share;
    }
    return area == municipality->second_area ? 1.0 - municipality->main_share : 0.0;
}

const char *sn_municipality_county(const sn_municipality *municipality)
{
    for (size_t i = 0; i < sizeof counties / sizeof *counties; i++) {
        if (strncmp(counties[i].code, municipality->code, 2) == 0) {
            return counties[i].name;
        }
    }
    return "";
}

const char *sn_municipality_constituency(const sn_municipality *municipality)
{
    static const char *const own[] = {"",
                                      "Skåne läns västra",
                                      "Skåne läns södra",
                                      "Skåne läns norra och östra",
                                      "Malmö kommun",
                                      "Västra Götalands läns västra",
                                      "Västra Götalands läns norra",
                                      "Västra Götalands läns södra",
                                      "Västra Götalands läns östra",
                                      "Göteborgs kommun",
                                      "Stockholms kommun",
                                      "Stockholms läns (utom Stockholms kommun)"};
    return municipality->constituency_code == 0 ? sn_municipality_county(municipality)
                                                : own[municipality->constituency_code];
}

/* Lower case of ASCII and of the Swedish letters in UTF-8 (c3 8X -> c3 aX). */
static void fold(const char *text, char out[NAME_SIZE])
{
    size_t n = 0;
    for (; *text != '\0' && n + 1 < NAME_SIZE; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 'A' && c <= 'Z') {
            c = (unsigned char)(c - 'A' + 'a');
        } else if (n > 0 && (unsigned char)out[n - 1] == 0xc3 && c >= 0x80 && c <= 0x9e) {
            c = (unsigned char)(c + 0x20);
        }
        out[n++] = (char)c;
    }
    while (n > 0 && out[n - 1] == ' ') {
        n--;
    }
    out[n] = '\0';
    static const char *const tails[] = {" kommun", " stad"};
    for (size_t i = 0; i < 2; i++) {
        size_t tail = strlen(tails[i]);
        if (n > tail && strcmp(out + n - tail, tails[i]) == 0) {
            out[n - tail] = '\0';
        }
    }
}

static const sn_municipality *by_name(const char *folded)
{
    size_t n = strlen(folded);
    const sn_municipality *genitive = NULL;
    for (size_t i = 0; i < sn_municipality_count; i++) {
        char own[NAME_SIZE];
        fold(sn_municipalities[i].name, own);
        if (strcmp(own, folded) == 0) {
            return &sn_municipalities[i];
        }
        if (n > 1 && folded[n - 1] == 's' && strlen(own) == n - 1 &&
            strncmp(own, folded, n - 1) == 0) {
            genitive = &sn_municipalities[i]; /* "Sundsvalls kommun" */
        }
    }
    return genitive;
}

sn_status
sn_municipality_find(const char *text, const sn_municipality **out, sn_error *err)
{
    char folded[NAME_SIZE];
    text += strspn(text, " \t");
    size_t digits = strspn(text, "0123456789");
    if (digits == 4 && (text[4] == '\0' || text[4] == ' ')) {
        for (size_t i = 0; i < sn_municipality_count; i++) {
            if (strncmp(sn_municipalities[i].code, text, 4) == 0) {
                *out = &sn_municipalities[i];
                return SN_OK;
            }
        }
        return sn_error_set(err, SN_E_NOT_FOUND, "there is no municipality %.4s", text);
    }
    fold(text, folded);
    *out = by_name(folded);
    if (*out != NULL) {
        return SN_OK;
    }
    const char *names[MUNICIPALITIES_MAX];
    size_t n = 0;
    for (; n < sn_municipality_count && n < MUNICIPALITIES_MAX; n++) {
        names[n] = sn_municipalities[n].name;
    }
    const char *nearest = sn_nearest_name(text, names, n);
    return sn_error_set(
        err, SN_E_NOT_FOUND,
        "unknown municipality \"%.60s\"%s%s%s, expected one of the 290 by "
        "name or four-digit code",
        text, nearest != NULL ? " (did you mean \"" : "", nearest != NULL ? nearest : "",
        nearest != NULL ? "\"?)" : "");
}
