/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store_choice.h"

#include <stdint.h>
#include <string.h>

void sn_store_choice_options(sn_store_choice *choice,
                             sn_option options[SN_STORE_CHOICE_OPTIONS])
{
    const sn_option own[SN_STORE_CHOICE_OPTIONS] = {
        SN_STORE_OPTION(&choice->store),
        SN_VALUE("as-of", "UTC",
                 "what was known then, e.g. 2026-03-01T12:00Z; default: now",
                 &choice->as_of),
        SN_REPEATED("quantity", "NAME",
                    "only this, e.g. price_eur_per_mwh; may be repeated",
                    &choice->quantity),
        SN_REPEATED("area", "CODE", "only this area or border, e.g. SE3; may be repeated",
                    &choice->area),
        SN_REPEATED("source", "NAME", "only from this source; may be repeated",
                    &choice->source),
        SN_VALUE("from", "UTC", "from this moment on", &choice->from),
        SN_VALUE("to", "UTC", "up to this moment, not included", &choice->to),
    };
    memcpy(options, own, sizeof own);
}

static sn_status check_quantities(const sn_store_choice *choice, sn_error *err)
{
    const char *names[SN_QUANTITY_COUNT];
    for (int q = 0; q < SN_QUANTITY_COUNT; q++) {
        names[q] = sn_quantity_name((sn_quantity)q);
    }
    for (size_t i = 0; i < choice->quantity.n; i++) {
        const char *given = choice->quantity.item[i];
        if (sn_quantity_find(given) == SN_QUANTITY_COUNT) {
            const char *near = sn_nearest_name(given, names, SN_QUANTITY_COUNT);
            return sn_error_set(
                err, SN_E_USAGE, "--quantity: there is no \"%.40s\"%s%s%s", given,
                near != NULL ? ", did you mean \"" : "", near != NULL ? near : "",
                near != NULL ? "\"?" : "; snitt status lists what is there");
        }
    }
    return SN_OK;
}

sn_status
sn_store_choice_open(sn_store_choice *choice, sn_store **store_out, sn_error *err)
{
    char path[4096];
    sn_store_options options = {.has_as_of = choice->as_of != NULL};
    choice->from_time.utc_s = INT64_MIN;
    choice->to_time.utc_s = INT64_MAX;
    *store_out = NULL;
    sn_status status = check_quantities(choice, err);
    if (status == SN_OK) {
        status = sn_options_moment("as-of", choice->as_of, &options.as_of, err);
    }
    if (status == SN_OK) {
        status = sn_options_moment("from", choice->from, &choice->from_time, err);
    }
    if (status == SN_OK) {
        status = sn_options_moment("to", choice->to, &choice->to_time, err);
    }
    if (status == SN_OK && choice->from_time.utc_s >= choice->to_time.utc_s) {
        status = sn_error_set(err, SN_E_USAGE, "--from %s is not before --to %s",
                              choice->from, choice->to);
    }
    if (status == SN_OK && choice->store == NULL) {
        status = sn_store_default_path(path, sizeof path, err);
    }
    return status == SN_OK ? sn_store_open(choice->store != NULL ? choice->store : path,
                                           &options, store_out, err)
                           : status;
}

static bool has_name(const sn_option_list *list, const char *name)
{
    bool has = list->n == 0;
    for (size_t i = 0; !has && i < list->n; i++) {
        has = strcmp(list->item[i], name) == 0;
    }
    return has;
}

/* "SE3" is one end of "SE2-SE3"; "DE-LU" of "SE4-DE-LU". */
static bool touches(const char *border, const char *area)
{
    size_t n = strlen(area);
    size_t whole = strlen(border);
    return n + 1 < whole &&
           ((strncmp(border, area, n) == 0 && border[n] == '-') ||
            (strcmp(border + whole - n, area) == 0 && border[whole - n - 1] == '-'));
}

sn_status sn_store_choice_none(sn_error *err)
{
    return sn_error_set(err, SN_E_NOT_FOUND,
                        "the store has no such series in that period; snitt status lists "
                        "what it has");
}

bool sn_store_choice_has(const sn_store_choice *choice, const sn_series_key *key)
{
    bool has_area = has_name(&choice->area, key->subject);
    for (size_t i = 0; !has_area && i < choice->area.n; i++) {
        has_area = touches(key->subject, choice->area.item[i]);
    }
    return has_area && has_name(&choice->quantity, sn_quantity_name(key->quantity)) &&
           has_name(&choice->source, key->source);
}

bool sn_store_choice_period(const sn_store_choice *choice,
                            const sn_store_entry *entry,
                            sn_instant *from_out,
                            sn_instant *to_out)
{
    bool is_later = choice->from_time.utc_s > entry->first.utc_s;
    bool is_sooner = choice->to_time.utc_s < entry->end.utc_s;
    *from_out = is_later ? choice->from_time : entry->first;
    *to_out = is_sooner ? choice->to_time : entry->end;
    return from_out->utc_s < to_out->utc_s;
}
