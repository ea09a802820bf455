/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt compare: why two runs say different things. */
#include "base/options.h"
#include "base/os.h"
#include "compare.h"
#include "store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {"snitt compare out/march out/april --store DIR",
                                       NULL};

const sn_command sn_cmd_compare = {
    .name = "compare",
    .arguments = "BEFORE AFTER",
    .summary = "split the change between two runs into data, assumptions, program",
    .needs = "store",
    .details =
        "Runs what lies between the two: the first scenario with the data of the "
        "second, and both again with this program. The parts sum to the change. The "
        "store must hold both runs' data; it keeps what was known before.",
    .examples = examples,
    .run = run,
};

static void print_one(const char *name, const char *area, const json_t *parts)
{
    static const char *const keys[] = {"change", "data", "assumptions", "program"};
    (void)printf("%-34s%-5s", name, area);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const json_t *value = json_object_get(parts, keys[k]);
        if (json_is_number(value)) {
            (void)printf("%13.4f", json_number_value(value));
        } else {
            (void)printf("%13s", "-");
        }
    }
    (void)printf("\n");
}

static void print_table(json_t *report)
{
    const char *name = NULL;
    const char *headline = NULL;
    const char *area = NULL;
    json_t *compared = NULL;
    json_t *parts = NULL;
    json_t *one = NULL;
    json_object_foreach(json_object_get(report, "comparisons"), name, compared)
    {
        (void)printf("%-39s%13s%13s%13s%13s\n", name, "change", "data", "assumptions",
                     "program");
        json_object_foreach(compared, headline, parts)
        {
            if (json_object_get(parts, "change") != NULL) {
                print_one(headline, "", parts);
                continue;
            }
            json_object_foreach(parts, area, one)
            {
                print_one(headline, area, one);
            }
        }
    }
}

static sn_status write_json(const json_t *report, const char *path, sn_error *err)
{
    char *text =
        json_dumps(report, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
    sn_status status =
        text == NULL ? sn_error_set(err, SN_E_MEMORY, "out of memory for the report")
                     : sn_os_write_file(path, text, strlen(text), err);
    free(text);
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    const char *store = NULL;
    const char *path = NULL;
    char default_store[4096];
    const sn_option options[] = {
        SN_VALUE("o", "FILE", "the same as JSON, for charts", &path),
        SN_STORE_OPTION(&store),
    };
    sn_option_list words = {0};
    json_t *report = NULL;
    (void)exit_code;
    sn_status status =
        SN_OPTIONS_PARSE(&sn_cmd_compare, options, argc, argv, &words, err);
    if (status == SN_OK && store == NULL) {
        status = sn_store_default_path(default_store, sizeof default_store, err);
        store = default_store;
    }
    if (status == SN_OK) {
        status = sn_compare_runs(store, words.item[0], words.item[1], &report, err);
    }
    if (status == SN_OK && path != NULL) {
        status = write_json(report, path, err);
    }
    if (status == SN_OK) {
        print_table(report);
    }
    json_decref(report);
    return status;
}
