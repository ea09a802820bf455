/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/options.h"
#include "base/os.h"
#include "model_year.h"
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {
    "snitt model-year --store out/demo/store",
    "snitt model-year --store out/other --seed 7 --year 2024",
    NULL,
};

const sn_command sn_cmd_model_year = {
    .name = "model-year",
    .arguments = "",
    .summary = "fill a store with the stylised model year",
    .needs = "nothing",
    .details =
        "Makes 8,760 hours of prices, load, generation by type, day-ahead flows, offered "
        "capacities, weekly reservoirs and the exchange rate for SE1-SE4 NO1-NO5 DK1 DK2 "
        "FI and the prices of the edges, from a small table of published yearly figures "
        "and a seeded weather. Needs no network. Everything made from it is marked "
        "\"" SN_MODEL_YEAR_MARK "\".\n\n"
        "The same seed and year give the same values. datasets/model-year/MODEL-YEAR.md "
        "says where each figure comes from and what is assumed.",
    .examples = examples,
    .run = run,
};

typedef struct arguments {
    const char *store;
    const char *seed;
    const char *year;
    const char *now;
    const char *lock_wait;
} arguments;

static sn_status read_options(const arguments *given,
                              sn_model_year_options *options,
                              sn_instant *now,
                              sn_error *err)
{
    long year = SN_MODEL_YEAR_DEFAULT;
    long seed = SN_MODEL_YEAR_SEED;
    now->utc_s = sn_os_now_utc_s();
    sn_status status =
        sn_options_whole("seed", given->seed, 0, (long)UINT32_MAX, &seed, err);
    if (status == SN_OK) {
        status = sn_options_whole("year", given->year, 1996, 2100, &year, err);
    }
    if (status == SN_OK) {
        status = sn_options_moment("now", given->now, now, err);
    }
    *options = (sn_model_year_options){.year = (int32_t)year, .seed = (uint64_t)seed};
    return status;
}

static sn_status write_year(const char *path,
                            const sn_model_year *year,
                            const sn_model_year_options *options,
                            sn_instant now,
                            double lock_wait_s,
                            sn_store_change *change,
                            sn_error *err)
{
    sn_store *store = NULL;
    char recipe[96];
    (void)snprintf(recipe, sizeof recipe,
                   "snitt %s model-year --seed %" PRIu64 " --year %d\n", SN_VERSION,
                   options->seed, (int)options->year);
    const sn_store_batch batch = {
        .origin = {.name = "snitt model-year",
                   .raw = recipe,
                   .raw_size = strlen(recipe),
                   .learnt = now,
                   .licence = "GPL-3.0-or-later",
                   .attribution = SN_MODEL_YEAR_ATTRIBUTION,
                   .reader = "model-year"},
        .series = year->series,
        .n_series = year->n_series,
    };
    const sn_store_options open = {.writable = true, .lock_wait_s = lock_wait_s};
    sn_status status = sn_store_open(path, &open, &store, err);
    if (status == SN_OK) {
        status = sn_store_write(store, &batch, 1, change, err);
    }
    sn_store_close(store);
    return status;
}

static sn_status model_year(const arguments *given, sn_error *err)
{
    char path[4096];
    sn_instant now;
    sn_model_year_options options;
    sn_model_year year = {0};
    sn_store_change change = {0};
    double lock_wait_s = 10.0;
    sn_status status = read_options(given, &options, &now, err);
    if (status == SN_OK) {
        status = sn_options_lock_wait(given->lock_wait, &lock_wait_s, err);
    }
    if (status != SN_OK) {
        return status;
    }
    if (given->store != NULL) {
        (void)snprintf(path, sizeof path, "%s", given->store);
    } else {
        status = sn_store_default_path(path, sizeof path, err);
    }
    if (status == SN_OK) {
        status = sn_model_year_make(&options, &year, err);
    }
    if (status == SN_OK) {
        status = write_year(path, &year, &options, now, lock_wait_s, &change, err);
    }
    if (status == SN_OK) {
        (void)fprintf(stderr,
                      "model year %d, seed %" PRIu64
                      ": %zu series, %zu new values, %zu changed, in %s\n%s\n",
                      (int)options.year, options.seed, year.n_series, change.n_new,
                      change.n_revised, path, SN_MODEL_YEAR_MARK);
    }
    sn_model_year_release(&year);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    arguments given = {0};
    const sn_option options[] = {
        SN_STORE_OPTION(&given.store),
        SN_VALUE("seed", "N", "the weather, 0 to 4294967295 (default 2)", &given.seed),
        SN_VALUE("year", "Y", "the calendar, 1996 to 2100 (default 2025)", &given.year),
        SN_VALUE("now", "UTC", "when the values are learnt (default: the clock)",
                 &given.now),
        SN_VALUE("lock-wait", "SECONDS",
                 "how long to wait for another writer; default 10", &given.lock_wait),
    };
    (void)exit_code;
    sn_status status =
        SN_OPTIONS_PARSE(&sn_cmd_model_year, options, argc, argv, NULL, err);
    return status == SN_OK ? model_year(&given, err) : status;
}
