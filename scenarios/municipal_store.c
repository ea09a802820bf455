/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Use by municipality and sector as `snitt fetch --source scb --items municipality` left
 * it in the store: mean MW on each day of a year. */
#include "municipalities.h"

#include "base/units.h"
#include "store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR_FIRST = 2009, YEAR_LAST = 2100 };
static const char provider[] = "scb";

/* Sectors as the table of final use names them. */
static const struct sector {
    sn_quantity quantity;
    const char *name;
} sectors[] = {
    {SN_USE_FARMING, "jordbruk, skogsbruk, fiske"},
    {SN_USE_INDUSTRY, "industri"},
    {SN_USE_PUBLIC, "offentlig verksamhet"},
    {SN_USE_TRANSPORT, "transporter"},
    {SN_USE_SERVICES, "övriga tjänster"},
    {SN_USE_HOUSES, "småhus"},
    {SN_USE_FLATS, "flerbostadshus"},
    {SN_USE_HOLIDAY_HOMES, "fritidshus"},
};
enum { SECTORS = sizeof sectors / sizeof *sectors };

static sn_instant new_year(int year)
{
    sn_civil first = {.year = (int32_t)year, .month = 1, .day = 1};
    return sn_instant_from_utc(&first);
}

/* Sector of a key, SECTORS when it is about something else. */
static size_t sector_of(const sn_series_key *key)
{
    size_t s = 0;
    bool is_ours = strcmp(key->source, provider) == 0 && key->step_s == SN_DAY_S &&
                   strlen(key->subject) == 4 && strspn(key->subject, "0123456789") == 4;
    while (s < SECTORS && (!is_ours || sectors[s].quantity != key->quantity)) {
        s++;
    }
    return s;
}

static bool holds_use(const sn_series_key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sector_of(&keys[i]) < SECTORS) {
            return true;
        }
    }
    return false;
}

/* The newest year with use, its keys; SN_E_NOT_FOUND when there is none. */
static sn_status newest_year(sn_store *store,
                             int *year_out,
                             sn_series_key **keys,
                             size_t *n,
                             sn_error *err)
{
    for (int year = YEAR_LAST; year >= YEAR_FIRST; year--) {
        sn_status status =
            sn_store_keys(store, new_year(year), new_year(year + 1), keys, n, err);
        if (status != SN_OK) {
            return status;
        }
        if (holds_use(*keys, *n)) {
            *year_out = year;
            return SN_OK;
        }
        free(*keys);
        *keys = NULL;
    }
    return sn_error_set(err, SN_E_NOT_FOUND,
                        "the store has no use by municipality: snitt fetch --source scb "
                        "--items municipality --from 2023-01-01 --to 2023-12-31");
}

static sn_status read_use(sn_store *store,
                          const sn_series_key *key,
                          int year,
                          double *mwh_out,
                          sn_error *err)
{
    sn_series series = {0};
    sn_instant from = new_year(year);
    double hours = (double)(new_year(year + 1).utc_s - from.utc_s) / SN_SECONDS_PER_HOUR;
    sn_status status = sn_store_read(store, key, from,
                                     (sn_instant){from.utc_s + SN_DAY_S}, &series, err);
    if (status == SN_OK) {
        *mwh_out = series.axis.n > 0 ? series.value[0] * hours : NAN;
    }
    sn_series_release(&series);
    return status;
}

sn_status sn_municipal_use_store(const char *path, sn_municipal_use *use, sn_error *err)
{
    sn_store *store = NULL;
    sn_store_options options = {0};
    sn_series_key *keys = NULL;
    size_t n = 0;
    int year = 0;
    sn_status status = sn_store_open(path, &options, &store, err);
    if (status == SN_OK) {
        status = newest_year(store, &year, &keys, &n, err);
    }
    if (status == SN_OK) {
        use->n_sector = SECTORS;
        use->source = "store";
        (void)snprintf(use->year, sizeof use->year, "%d", year);
        for (size_t s = 0; s < SECTORS; s++) {
            (void)snprintf(use->sector[s], SN_SECTOR_NAME_SIZE, "%s", sectors[s].name);
        }
    }
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        size_t s = sector_of(&keys[i]);
        const sn_municipality *place = NULL;
        if (s < SECTORS && sn_municipality_find(keys[i].subject, &place, NULL) == SN_OK) {
            size_t m = (size_t)(place - sn_municipalities);
            status = read_use(store, &keys[i], year, &use->mwh[m][s], err);
        }
    }
    for (size_t m = 0; m < sn_municipality_count && status == SN_OK; m++) {
        for (size_t s = 0; s < SECTORS; s++) {
            use->n_suppressed += isnan(use->mwh[m][s]) ? 1 : 0;
        }
    }
    free(keys);
    sn_store_close(store);
    return status;
}
