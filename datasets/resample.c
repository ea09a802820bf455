/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resample.h"

#include <math.h>
#include <string.h>

static const char *const names[] = {"none", "mean", "hold"};

bool sn_resample_rule_find(const char *name, sn_resample_rule *out)
{
    for (int rule = 0; rule < 3; rule++) {
        if (strcmp(names[rule], name) == 0) {
            *out = (sn_resample_rule)rule;
            return true;
        }
    }
    return false;
}

/* Start of the interval of step_s that holds t; weeks begin on Monday. */
static int64_t grid_floor(int64_t t_s, int32_t step_s)
{
    enum { MONDAY_S = 4 * SN_DAY_S };
    int64_t past_s = (t_s - (step_s == SN_WEEK_S ? MONDAY_S : 0)) % step_s;
    return t_s - (past_s < 0 ? past_s + step_s : past_s);
}

static sn_status
check_rule(const sn_series *series, int32_t step_s, sn_resample_rule rule, sn_error *err)
{
    int32_t own_s = series->key.step_s;
    bool ok =
        step_s == own_s ||
        (rule == SN_RESAMPLE_MEAN && step_s > own_s && step_s % own_s == 0) ||
        (rule == SN_RESAMPLE_HOLD && step_s > 0 && step_s < own_s && own_s % step_s == 0);
    return ok ? SN_OK
              : sn_error_set(
                    err, SN_E_FORMAT,
                    "%s of %s from %s: the rule \"%s\" does not lead from %d s to "
                    "%d s (mean makes steps longer, hold shorter, by a whole "
                    "number)",
                    sn_quantity_name(series->key.quantity), series->key.subject,
                    series->key.source, names[rule], (int)own_s, (int)step_s);
}

/* stated < filled < suspect, as the enum has it. */
static void join_flag(uint8_t *flag, uint8_t part)
{
    *flag = part > *flag ? part : *flag;
}

static void take_mean(const sn_series *in, sn_series *out)
{
    size_t n_part = (size_t)(out->axis.step_s / in->axis.step_s);
    int64_t shift_s = in->axis.start.utc_s - out->axis.start.utc_s;
    size_t first = (size_t)(shift_s / in->axis.step_s); /* of the parts of out */
    for (size_t i = 0; i < out->axis.n; i++) {
        double sum = 0.0;
        uint8_t flag = SN_FLAG_STATED;
        for (size_t p = i * n_part; p < (i + 1) * n_part; p++) {
            bool is_there = p >= first && p - first < in->axis.n;
            sum += is_there ? in->value[p - first] : (double)NAN;
            join_flag(&flag, is_there ? in->flag[p - first] : (uint8_t)SN_FLAG_GAP);
        }
        out->value[i] = sum / (double)n_part;
        out->flag[i] = isnan(sum) ? (uint8_t)SN_FLAG_GAP : flag;
    }
}

static void hold(const sn_series *in, sn_series *out)
{
    size_t n_part = (size_t)(in->axis.step_s / out->axis.step_s);
    for (size_t i = 0; i < out->axis.n; i++) {
        out->value[i] = in->value[i / n_part];
        out->flag[i] = in->flag[i / n_part];
    }
}

sn_status sn_series_resample(const sn_series *series,
                             int32_t step_s,
                             sn_resample_rule rule,
                             sn_series *out,
                             sn_error *err)
{
    *out = (sn_series){0};
    sn_status status = check_rule(series, step_s, rule, err);
    if (status != SN_OK) {
        return status;
    }
    sn_series_key key = series->key;
    int64_t start_s = grid_floor(series->axis.start.utc_s, step_s);
    int64_t end_s = grid_floor(sn_axis_end(&series->axis).utc_s + step_s - 1, step_s);
    key.step_s = step_s;
    sn_axis axis = {{start_s}, step_s, (size_t)((end_s - start_s) / step_s)};
    status = sn_series_init(out, &key, axis, err);
    if (status == SN_OK && step_s >= series->key.step_s) {
        take_mean(series, out);
    } else if (status == SN_OK) {
        hold(series, out);
    }
    return status;
}

void sn_series_fill_from(sn_series *to, const sn_series *from)
{
    for (size_t i = 0; i < to->axis.n; i++) {
        size_t at = sn_axis_index(&from->axis, sn_axis_at(&to->axis, i));
        if (isnan(to->value[i]) && at < from->axis.n) {
            to->value[i] = from->value[at];
            to->flag[i] = from->flag[at];
        }
    }
}
