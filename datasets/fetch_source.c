/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_source.h"

#include "base/options.h"
#include "fetch_terms.h"

#include <stdio.h>
#include <string.h>

/* Those that are asked unless --source chooses stand first. */
const sn_fetch_source *const sn_fetch_sources[] = {
    &sn_source_svk,
    &sn_source_esett,
    &sn_source_riksbank,
    &sn_source_elprisetjustnu,
    &sn_source_energidataservice,
    &sn_source_energycharts,
    &sn_source_elering,
    &sn_source_entsoe,
    &sn_source_jao,
    &sn_source_nve,
    &sn_source_scb,
    &sn_source_smhi,
    &sn_source_fingrid,
    &sn_source_ecb,
};
const size_t sn_fetch_source_count = sizeof sn_fetch_sources / sizeof *sn_fetch_sources;

enum { SOURCES_MAX = 32 };

const sn_fetch_source *sn_fetch_source_find(const char *name)
{
    for (size_t i = 0; i < sn_fetch_source_count; i++) {
        if (strcmp(sn_fetch_sources[i]->name, name) == 0) {
            return sn_fetch_sources[i];
        }
    }
    return NULL;
}

sn_status
sn_fetch_source_require(const char *name, const sn_fetch_source **out, sn_error *err)
{
    *out = sn_fetch_source_find(name);
    if (*out != NULL) {
        return SN_OK;
    }
    const char *names[SOURCES_MAX];
    char known[300] = "";
    size_t n = 0;
    for (; n < sn_fetch_source_count && n < SOURCES_MAX; n++) {
        size_t used = strlen(known);
        names[n] = sn_fetch_sources[n]->name;
        (void)snprintf(known + used, sizeof known - used, "%s%s", n == 0 ? "" : ", ",
                       names[n]);
    }
    const char *nearest = sn_nearest_name(name, names, n);
    return sn_error_set(err, SN_E_USAGE,
                        "unknown source \"%.40s\", expected one of: %s%s%s%s", name,
                        known, nearest != NULL ? "; did you mean \"" : "",
                        nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

const char *sn_fetch_verified_text(const sn_fetch_source *source, char text[48])
{
    switch (source->verified) {
    case SN_VERIFIED_LIVE:
        (void)snprintf(text, 48, "live %.20s", source->verified_date);
        break;
    case SN_VERIFIED_RECORDED:
        (void)snprintf(text, 48, "recorded");
        break;
    default:
        (void)snprintf(text, 48, "documentation only");
        break;
    }
    return text;
}

bool sn_fetch_needs_key(const sn_fetch_source *source)
{
    return source->key_env[0] != NULL;
}

const char *const sn_swedish_areas[] = {"SE1", "SE2", "SE3", "SE4", NULL};

sn_status sn_answer_whole(sn_status status, sn_answer *answer)
{
    answer->kind = answer->points.n > 0 ? SN_ANSWER_DATA : SN_ANSWER_NONE;
    return status;
}

sn_status sn_answer_parse(const sn_fetch_request *request,
                          long http_status,
                          const void *bytes,
                          size_t n,
                          sn_answer *answer,
                          sn_error *err)
{
    const sn_fetch_source *source = request->source;
    return source->parse_points == NULL
               ? source->parse(request, http_status, bytes, n, answer, err)
               : sn_answer_whole(source->parse_points(bytes, n, &request->window,
                                                      &answer->points, err),
                                 answer);
}

sn_status sn_answer_series(const sn_fetch_source *source,
                           sn_answer *answer,
                           sn_series **series_out,
                           size_t *n_out,
                           sn_error *err)
{
    *series_out = NULL;
    *n_out = 0;
    sn_status status =
        source->settles_flows ? sn_points_settle_directions(&answer->points, err) : SN_OK;
    return status == SN_OK ? sn_points_build(&answer->points, source->name, source->seam,
                                             series_out, n_out, err)
                           : status;
}
