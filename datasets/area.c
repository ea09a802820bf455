/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "area.h"

#include "base/options.h"

#include <stdio.h>
#include <string.h>

const sn_area sn_areas[] = {
    {"SE1", "SE", "10Y1001A1001A44P", true, 1100},
    {"SE2", "SE", "10Y1001A1001A45N", true, 1800},
    {"SE3", "SE", "10Y1001A1001A46L", true, 9500},
    {"SE4", "SE", "10Y1001A1001A47J", true, 2700},
    {"NO1", "NO", "10YNO-1--------2", true, 4000},
    {"NO2", "NO", "10YNO-2--------T", true, 4000},
    {"NO3", "NO", "10YNO-3--------J", true, 3000},
    {"NO4", "NO", "10YNO-4--------9", true, 2200},
    {"NO5", "NO", "10Y1001A1001A48H", true, 1800},
    {"DK1", "DK", "10YDK-1--------W", true, 2400},
    {"DK2", "DK", "10YDK-2--------M", true, 1500},
    {"FI", "FI", "10YFI-1--------U", true, 9500},
    {"EE", "EE", "10Y1001A1001A39I", false, 900},
    {"LV", "LV", "10YLV-1001A00074", false, 800},
    {"LT", "LT", "10YLT-1001A0008Q", false, 1400},
    {"PL", "PL", "10YPL-AREA-----S", false, 19000},
    {"DE-LU", "DE", "10Y1001A1001A82H", false, 55000},
    {"NL", "NL", "10YNL----------L", false, 12500},
    {"GB", "GB", "10YGB----------A", false, 32000},
};
const size_t sn_area_count = sizeof sn_areas / sizeof *sn_areas;

/* Rated values around 2016-2020 as coded in ODIN (Nycander, MIT licence), with the
 * links that came later at their rated value. */
const sn_border_info sn_borders[] = {
    {"SE1", "SE2", 3300, 3300, "ac"},     {"SE2", "SE3", 7300, 7300, "ac"},
    {"SE3", "SE4", 5400, 2000, "ac"},     {"SE1", "FI", 1600, 1150, "ac"},
    {"SE3", "FI", 1200, 1200, "hvdc"},    {"SE1", "NO4", 600, 700, "ac"},
    {"SE2", "NO4", 300, 250, "ac"},       {"SE2", "NO3", 1000, 600, "ac"},
    {"SE3", "NO1", 2095, 2145, "ac"},     {"SE3", "DK1", 680, 740, "hvdc"},
    {"SE4", "DK2", 1300, 1700, "ac"},     {"SE4", "DE-LU", 615, 615, "hvdc"},
    {"SE4", "PL", 600, 600, "hvdc"},      {"SE4", "LT", 700, 700, "hvdc"},
    {"NO1", "NO2", 2200, 3500, "ac"},     {"NO1", "NO3", 500, 500, "ac"},
    {"NO1", "NO5", 600, 3900, "ac"},      {"NO2", "NO5", 500, 600, "ac"},
    {"NO3", "NO4", 500, 1200, "ac"},      {"NO3", "NO5", 500, 700, "ac"},
    {"NO2", "DK1", 1632, 1632, "hvdc"},   {"NO2", "NL", 723, 723, "hvdc"},
    {"NO2", "DE-LU", 1400, 1400, "hvdc"}, {"NO2", "GB", 1400, 1400, "hvdc"},
    {"DK1", "DK2", 590, 600, "hvdc"},     {"DK1", "DE-LU", 2500, 2500, "ac"},
    {"DK1", "NL", 700, 700, "hvdc"},      {"DK1", "GB", 1400, 1400, "hvdc"},
    {"DK2", "DE-LU", 773, 1000, "hvdc"},  {"FI", "EE", 1016, 1016, "hvdc"},
    {"FI", "NO4", 100, 100, "ac"},        {"EE", "LV", 1000, 879, "ac"},
    {"LV", "LT", 1302, 684, "ac"},        {"LT", "PL", 500, 500, "hvdc"},
};
const size_t sn_border_count = sizeof sn_borders / sizeof *sn_borders;

static const sn_price_limits limits[] = {
    {{INT64_MIN}, -500.0, 3000.0},
    {{INT64_C(1652220000)}, -500.0, 4000.0}, /* 2022-05-11 00:00 CEST */
};

sn_price_limits sn_price_limits_at(sn_instant at)
{
    size_t k = sizeof limits / sizeof *limits - 1;
    while (k > 0 && at.utc_s < limits[k].from.utc_s) {
        k--;
    }
    return limits[k];
}

const sn_area *sn_area_find(const char *code)
{
    for (size_t i = 0; i < sn_area_count; i++) {
        if (strcmp(sn_areas[i].code, code) == 0) {
            return &sn_areas[i];
        }
    }
    return NULL;
}

sn_status sn_area_require(const char *code, const sn_area **out, sn_error *err)
{
    *out = sn_area_find(code);
    if (*out != NULL) {
        return SN_OK;
    }
    const char *names[32];
    size_t n = 0;
    for (; n < sn_area_count && n < 32; n++) {
        names[n] = sn_areas[n].code;
    }
    const char *nearest = sn_nearest_name(code, names, n);
    return sn_error_set(err, SN_E_FORMAT, "unknown bidding area \"%.20s\"%s%s%s", code,
                        nearest != NULL ? ", did you mean \"" : "",
                        nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

const sn_border_info *sn_border_find(const char *from, const char *to, bool *reversed_out)
{
    for (size_t i = 0; i < sn_border_count; i++) {
        const sn_border_info *border = &sn_borders[i];
        bool along = strcmp(border->from, from) == 0 && strcmp(border->to, to) == 0;
        bool against = strcmp(border->from, to) == 0 && strcmp(border->to, from) == 0;
        if (along || against) {
            *reversed_out = against;
            return border;
        }
    }
    return NULL;
}

void sn_border_name(const sn_border_info *border, char name[SN_BORDER_NAME_SIZE])
{
    (void)snprintf(name, SN_BORDER_NAME_SIZE, "%s-%s", border->from, border->to);
}
