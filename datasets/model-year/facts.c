/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model-year/facts.h"

#include <string.h>

/* Sources and assumptions, figure by figure: MODEL-YEAR.md. */
const sn_my_area sn_my_areas[SN_MY_AREAS] = {
    /* code lat load hydro wind solar nuclear thermal | hydro wind thermal MW | GWh |
     * winter price water slope */
    {"SE1", 66.5, 11.6, 19.7, 6.5, 0.04, 0, 0.8, 5198, 3291, 280, 13688, 0.15, 18, 42,
     40},
    {"SE2", 63.5, 16.8, 37.1, 16.1, 0.2, 0, 2.2, 8101, 7765, 650, 15037, 0.20, 18, 42,
     60},
    {"SE3", 59.5, 82.9, 10.4, 10.8, 2.0, 44.8, 7.0, 2627, 4494, 3600, 2517, 0.25, 52, 48,
     8},
    {"SE4", 56.5, 22.9, 0.9, 5.5, 2.0, 0, 1.9, 347, 2577, 1700, 216, 0.25, 74, 53, 1},
    {"NO1", 60.5, 35, 19.5, 1.2, 0, 0, 0.2, 4500, 400, 120, 6000, 0.35, 46, 54, 15},
    {"NO2", 58.8, 37, 48, 5, 0, 0, 0.3, 11000, 1500, 150, 33900, 0.20, 46, 54, 70},
    {"NO3", 63.3, 29, 21, 6.5, 0, 0, 0.2, 4700, 2300, 120, 9100, 0.20, 25, 42, 30},
    {"NO4", 68.5, 20, 25, 3.3, 0, 0, 0.2, 5600, 1100, 120, 20800, 0.15, 15, 42, 40},
    {"NO5", 60.8, 16, 27, 0, 0, 0, 0.3, 7200, 0, 150, 16500, 0.20, 46, 54, 40},
    {"DK1", 56.2, 24, 0, 14, 3.0, 0, 4.5, 0, 5600, 2600, 0, 0.12, 84, 0, 0},
    {"DK2", 55.6, 14.5, 0, 5.5, 1.2, 0, 4.2, 0, 1700, 2200, 0, 0.15, 84, 0, 0},
    {"FI", 63.0, 83, 12.5, 21, 1.3, 32, 14.5, 3200, 9000, 6500, 5500, 0.22, 42, 45, 20},
    {"EE", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 82, 0, 0},
    {"LT", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90, 0, 0},
    {"PL", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 108, 0, 0},
    {"DE-LU", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 92, 0, 0},
    {"NL", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 92, 0, 0},
};

/* At these borders the offered capacity differs from the rated one for years on end, or
 * is lowered more often and deeper: by works on the lines, in real years. */
static const struct {
    const char *from;
    const char *to;
    sn_my_offer offer;
} offers[] = {
    {"SE2", "SE3", {0.93, 0.20, 0.80}}, {"SE3", "SE4", {0.89, 0.15, 0.80}},
    {"SE3", "NO1", {0.55, 0.06, 0.80}}, {"NO1", "NO3", {0.60, 0.06, 0.80}},
    {"NO3", "NO5", {0.60, 0.06, 0.80}},
};

sn_my_offer sn_my_offer_of(const char *from, const char *to)
{
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        if (strcmp(offers[i].from, from) == 0 && strcmp(offers[i].to, to) == 0) {
            return offers[i].offer;
        }
    }
    return (sn_my_offer){0.90, 0.06, 0.80};
}
