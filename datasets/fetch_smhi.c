/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMHI: hourly temperature of one station in each Swedish area.  The archive stops some
 * three months back; the latest months come as another answer. */
#include "fetch_plan.h"
#include "fetch_terms.h"

#include "parse_nordic.h"

#include <string.h>

enum { ARCHIVE, LATEST };

#define TEMPERATURE(text, days)                                                          \
    .name = text, .grid = SN_GRID_DECADE, .subjects = SN_SUBJECTS_AREAS,                 \
    .areas = sn_swedish_areas, .settle_s = SN_DAYS_S(days)

static const sn_fetch_item items[] = {
    [ARCHIVE] = {TEMPERATURE("temperature", 120)},
    [LATEST] = {TEMPERATURE("temperature_latest", 120)},
};

/* Luleå-Kallax, Sundsvall-Timrå, Stockholm-Bromma, Malmö A. */
static const struct {
    const char *area;
    long station;
} stations[] = {{"SE1", 162860}, {"SE2", 127310}, {"SE3", 97200}, {"SE4", 52350}};

static long station_of(const char *area)
{
    size_t i = 0;
    while (i + 1 < sizeof stations / sizeof *stations &&
           strcmp(stations[i].area, area) != 0) {
        i++;
    }
    return stations[i].station;
}

static sn_status put_url(const sn_fetch_request *request,
                         const char *base_url,
                         sn_strbuf *url,
                         sn_error *err)
{
    return sn_strbuf_printf(
        url, err, "%s/api/version/1.0/parameter/1/station/%ld/period/%s", base_url,
        station_of(request->from),
        request->item == &items[ARCHIVE] ? "corrected-archive/data.csv"
                                         : "latest-months/data.json");
}

static sn_status parse(const sn_fetch_request *request,
                       long http_status,
                       const void *bytes,
                       size_t n,
                       sn_answer *answer,
                       sn_error *err)
{
    (void)http_status;
    sn_status status =
        sn_answer_whole(sn_parse_smhi(bytes, n, station_of(request->from), request->from,
                                      &request->window, &answer->points, err),
                        answer);
    answer->points.n_outside = 0; /* of other decades, as always */
    return status;
}

const sn_fetch_source sn_source_smhi = {
    .name = "smhi",
    .base_url = "https://opendata-download-metobs.smhi.se",
    .coverage = "air temperature by hour, one station in each of SE1-SE4 (Luleå, "
                "Sundsvall, Stockholm, Malmö)",
    .licence = SN_LICENCE_CC_BY,
    .attribution = "SMHI",
    .limit_text = "1 request a second (ours)",
    .limit = {{.pace_s = 1.0, .burst = 1.0}},
    .size_max = 64 * SN_BYTES_PER_MB,
    .is_absent_fine = true,
    .seam = SN_SEAM_DAY_AHEAD,
    .items = items,
    .n_item = sizeof items / sizeof *items,
    .put_url = put_url,
    .parse = parse,
};
