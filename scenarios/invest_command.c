/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "invest_command.h"

#include "base/os.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096, DRAWS_MAX = 1000000 };

sn_status sn_invest_fx(const sn_invest_options *options,
                       const sn_price_years *years,
                       double *out,
                       sn_error *err)
{
    *out = years->fx_sek_per_eur;
    sn_status status = sn_options_number("fx", options->fx, 0.001, 1000.0, out, err);
    if (status != SN_OK) {
        return status;
    }
    return isnan(*out) ? sn_error_set(err, SN_E_USAGE,
                                      "the runs have no exchange rate: give --fx SEK")
                       : SN_OK;
}

sn_status sn_invest_plant_options(const sn_invest_options *options,
                                  const sn_price_years *years,
                                  sn_plant_options *out,
                                  sn_error *err)
{
    long draws = 1000;
    long seed = 1;
    sn_status status =
        sn_options_whole("draws", options->draws, 1, DRAWS_MAX, &draws, err);
    if (status == SN_OK) {
        status = sn_options_whole("seed", options->seed, 0, 0x7fffffff, &seed, err);
    }
    *out = (sn_plant_options){(size_t)draws, (uint64_t)seed, NAN};
    return status == SN_OK ? sn_invest_fx(options, years, &out->fx_sek_per_eur, err)
                           : status;
}

size_t
sn_invest_failed(const sn_failed *failed, size_t n, json_t *list, const char *command)
{
    for (size_t i = 0; i < n; i++) {
        sn_error one = {0};
        bool has_place =
            strncmp(failed[i].message, failed[i].file, strlen(failed[i].file)) == 0;
        if (has_place) {
            (void)sn_error_set(&one, SN_E_FORMAT, "%s", failed[i].message);
        } else {
            (void)sn_error_set(&one, SN_E_FORMAT, "%.150s:%d: %s", failed[i].file,
                               failed[i].line, failed[i].message);
        }
        sn_error_print(&one, command);
        sn_failed_json(list, failed[i].file, failed[i].line, one.message);
    }
    return n;
}

sn_status sn_invest_write_tables(const char *folder,
                                 const char *name,
                                 const sn_named_table *tables,
                                 size_t n,
                                 sn_error *err)
{
    char path[PATH_SIZE];
    sn_status status = sn_os_make_folders(folder, err);
    for (size_t i = 0; i < n && status == SN_OK; i++) {
        if (strncmp(tables[i].name, "hours_", 6) == 0) {
            continue;
        }
        (void)snprintf(path, sizeof path, "%s/%s%s%s.csv", folder, name, i > 0 ? "-" : "",
                       i > 0 ? tables[i].name : "");
        status = sn_text_table_csv(tables[i].table, path, err);
    }
    (void)snprintf(path, sizeof path, "%s/%s.h5", folder, name);
    return status == SN_OK ? sn_text_tables_hdf5(path, name, tables, n, err) : status;
}
