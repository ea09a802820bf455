/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run_internal.h"

#include <math.h>

json_t *sn_run_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

void sn_run_set(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

json_t *sn_run_hours(const sn_run_case *c, size_t periods)
{
    int32_t step_s = c->data.input.axis.step_s;
    return step_s == SN_HOUR_S ? json_integer((json_int_t)periods)
                               : json_real((double)periods * step_s / SN_HOUR_S);
}

json_t *sn_run_two_languages(const char *sv, const char *en)
{
    json_t *out = json_object();
    sn_run_set(out, "sv", json_string(sv));
    sn_run_set(out, "en", json_string(en));
    return out;
}
