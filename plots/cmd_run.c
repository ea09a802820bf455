/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt run: a scenario on a store; results, then charts and report.  It stands in
 * plots/, the end of the pipeline, because it calls all of it. */
#include "base/options.h"
#include "base/os.h"
#include "plots.h"
#include "run.h"
#include "run_pin.h"
#include "scenario.h"
#include "store.h"

#include <stdio.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

enum { PATH_SIZE = 4096 };

static const char *const examples[] = {
    "snitt run scenarios/library/replay.yaml --set year=2019 --store DIR -o out/2019",
    NULL};

const sn_command sn_cmd_run = {
    .name = "run",
    .arguments = "SCENARIO.yaml",
    .summary = "run a scenario: result, ledger, charts and report",
    .needs = "store",
    .details = "Writes the folder of -o whole: result.h5, summary.json, manifest.json, "
               "charts/ and report.html. A folder that is there already is replaced only "
               "when it is an earlier run. Exit code 3: some hours are infeasible; 1: a "
               "check failed, no headlines.",
    .examples = examples,
    .run = run,
};

typedef struct run_options {
    const char *scenario;
    const char *store;
    const char *folder;
    const char *lang;
    sn_option_list set;
    bool no_charts;
} run_options;

static sn_status check_folder(const char *folder, sn_error *err)
{
    if (sn_os_exists(folder) && !sn_run_is_there(folder)) {
        return sn_error_set(err, SN_E_USAGE,
                            "\"%s\" exists and is no earlier run (no manifest.json of "
                            "snitt's): name another",
                            folder);
    }
    return SN_OK;
}

static sn_status
run_into(const run_options *o, char temporary[PATH_SIZE], int *exit_code, sn_error *err)
{
    sn_scenario scenario;
    sn_store *store = NULL;
    sn_store_options options = {0};
    sn_status status =
        sn_scenario_load(o->scenario, o->set.item, o->set.n, &scenario, err);
    if (status != SN_OK) {
        err->status = SN_E_USAGE; /* a wrong scenario is a wrong command */
        return SN_E_USAGE;
    }
    if (scenario.has_cases) {
        return sn_error_set(
            err, SN_E_USAGE,
            "\"%.200s\" describes many cases (sweep, sample or ensemble): "
            "use snitt batch",
            o->scenario);
    }
    options.has_as_of = scenario.has_as_of;
    options.as_of = scenario.as_of;
    status = sn_store_open(o->store, &options, &store, err);
    if (status == SN_OK) {
        status = sn_os_make_folder_beside(o->folder, temporary, PATH_SIZE, err);
    }
    if (status == SN_OK) {
        status = sn_run(&scenario, store, temporary, exit_code, err);
    }
    sn_store_close(store);
    return status;
}

static sn_status draw(const char *folder, bool english, sn_error *err)
{
    sn_chart_outcome outcome[SN_CHART_COUNT];
    sn_plots_options plots = {.english = english};
    memset(outcome, 0, sizeof outcome);
    sn_status status = sn_plots_run(folder, &plots, outcome, err);
    if (status == SN_OK) {
        status = sn_plots_tell(folder, outcome, english, err);
    }
    for (size_t i = 0; i < SN_CHART_COUNT; i++) {
        sn_chart_outcome_release(&outcome[i]);
    }
    return status;
}

static sn_status run_command(const run_options *o, int *exit_code, sn_error *err)
{
    char temporary[PATH_SIZE] = "";
    char default_store[PATH_SIZE];
    run_options with_store = *o;
    sn_status status = check_folder(o->folder, err);
    if (status == SN_OK && o->store == NULL) {
        status = sn_store_default_path(default_store, sizeof default_store, err);
        with_store.store = default_store;
    }
    if (status == SN_OK) {
        status = run_into(&with_store, temporary, exit_code, err);
    }
    sn_status drawn = SN_OK;
    if (status == SN_OK && !o->no_charts) {
        drawn = draw(temporary, strcmp(o->lang, "en") == 0, err);
    }
    if (status == SN_OK) {
        sn_error replace_err = {0};
        status = sn_os_publish_folder(temporary, o->folder,
                                      drawn == SN_OK ? err : &replace_err);
    } else if (temporary[0] != '\0') {
        sn_status removed = sn_os_remove_tree(temporary, NULL);
        (void)removed; /* the first failure is the one to tell */
    }
    return drawn != SN_OK ? drawn : status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    run_options o = {.lang = "sv"};
    const sn_option options[] = {
        SN_REQUIRED("o", "DIR", "folder of the run", &o.folder),
        SN_REPEATED(
            "set", "KEY=VALUE",
            "change a key of the scenario, e.g. hydro.balance=false; may be repeated",
            &o.set),
        SN_STORE_OPTION(&o.store),
        SN_VALUE("lang", "sv|en", "language of charts and report (default: sv)", &o.lang),
        SN_FLAG("no-charts", "numbers only", &o.no_charts),
    };
    sn_option_list words = {0};
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_run, options, argc, argv, &words, err);
    if (status == SN_OK) {
        o.scenario = words.item[0];
        status = run_command(&o, exit_code, err);
    }
    if (status == SN_OK) {
        (void)printf("%s/report.html\n%s/summary.json\n", o.folder, o.folder);
    }
    return status;
}
