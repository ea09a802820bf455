/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *unit;
    int is_border;
} quantities[SN_QUANTITY_COUNT] = {
#define SN_QUANTITY_ROW(name, text, unit, is_border) {text, unit, is_border},
    SN_QUANTITY_LIST(SN_QUANTITY_ROW)
#undef SN_QUANTITY_ROW
};

const char *sn_quantity_name(sn_quantity quantity)
{
    return quantity < SN_QUANTITY_COUNT ? quantities[quantity].name : "(unknown)";
}

const char *sn_quantity_unit(sn_quantity quantity)
{
    return quantity < SN_QUANTITY_COUNT ? quantities[quantity].unit : "(unknown)";
}

sn_quantity sn_quantity_find(const char *name)
{
    for (size_t i = 0; i < SN_QUANTITY_COUNT; i++) {
        if (strcmp(quantities[i].name, name) == 0) {
            return (sn_quantity)i;
        }
    }
    return SN_QUANTITY_COUNT;
}

static int is_valid_key(const sn_series_key *key)
{
    static const char source_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    static const char subject_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return key->quantity < SN_QUANTITY_COUNT && key->source[0] != '\0' &&
           memchr(key->source, '\0', sizeof key->source) != NULL &&
           strspn(key->source, source_letters) == strlen(key->source) &&
           key->subject[0] != '\0' &&
           memchr(key->subject, '\0', sizeof key->subject) != NULL &&
           strspn(key->subject, subject_letters) == strlen(key->subject);
}

static int is_valid_axis(const sn_series_key *key, const sn_axis *axis)
{
    enum { MONDAY_S = 4 * SN_DAY_S }; /* 1970-01-05 */
    int64_t origin_s = key->step_s == SN_WEEK_S ? MONDAY_S : 0;
    return axis->step_s > 0 && axis->step_s == key->step_s && axis->n > 0 &&
           axis->n <= 50000000 && (axis->start.utc_s - origin_s) % axis->step_s == 0;
}

sn_status
sn_series_init(sn_series *series, const sn_series_key *key, sn_axis axis, sn_error *err)
{
    *series = (sn_series){0};
    if (!is_valid_key(key)) {
        return sn_error_set(
            err, SN_E_FORMAT,
            "series key has an invalid quantity, source \"%.31s\" or subject \"%.15s\"",
            key->source, key->subject);
    }
    if (!is_valid_axis(key, &axis)) {
        char text[SN_INSTANT_TEXT_SIZE];
        return sn_error_set(
            err, SN_E_FORMAT,
            "%s of %s: time axis from %s with %zu steps of %d s is not regular",
            sn_quantity_name(key->quantity), key->subject,
            sn_instant_format(axis.start, text), axis.n, (int)axis.step_s);
    }
    double *value = malloc(axis.n * sizeof *value);
    uint8_t *flag = calloc(axis.n, sizeof *flag);
    if (value == NULL || flag == NULL) {
        free(value);
        free(flag);
        return sn_error_set(err, SN_E_MEMORY, "out of memory for a series of %zu values",
                            axis.n);
    }
    for (size_t i = 0; i < axis.n; i++) {
        value[i] = NAN;
    }
    *series = (sn_series){.key = *key, .axis = axis, .value = value, .flag = flag};
    return SN_OK;
}

void sn_series_release(sn_series *series)
{
    free(series->value);
    free(series->flag);
    *series = (sn_series){0};
}

int sn_series_key_compare(const sn_series_key *a, const sn_series_key *b)
{
    int order = strcmp(sn_quantity_name(a->quantity), sn_quantity_name(b->quantity));
    if (order == 0) {
        order = strcmp(a->source, b->source);
    }
    if (order == 0) {
        order = strcmp(a->subject, b->subject);
    }
    if (order == 0) {
        order = (a->step_s > b->step_s) - (a->step_s < b->step_s);
    }
    return order;
}
