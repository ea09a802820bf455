/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt rerun: a run again, from its manifest.  It stands in plots/, the end of the
 * pipeline, because it draws too. */
#include "base/options.h"
#include "base/os.h"
#include "plots.h"
#include "run.h"
#include "run_pin.h"
#include "store.h"

#include <stdio.h>
#include <string.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

enum { PATH_SIZE = 4096 };

static const char *const examples[] = {"snitt rerun out/2019 --store DIR -o out/again",
                                       NULL};

const sn_command sn_cmd_rerun = {
    .name = "rerun",
    .arguments = "RUN",
    .summary = "repeat a run with the data it had, or with today's",
    .needs = "store",
    .details =
        "Reads RUN/manifest.json: the scenario, and when the newest value it read "
        "was learnt. The same bytes come again, timing.json apart. A series that the "
        "store reads differently now is named: exit code 1, and nothing is written.",
    .examples = examples,
    .run = run,
};

typedef struct rerun_options {
    const char *run;
    const char *store;
    const char *folder;
    const char *lang;
    bool latest;
    bool no_charts;
} rerun_options;

static sn_status
run_into(const rerun_options *o, char folder[PATH_SIZE], int *exit_code, sn_error *err)
{
    sn_run_pin pin;
    sn_run_pin now;
    sn_store *store = NULL;
    sn_status status = sn_run_pin_load(o->run, &pin, err);
    if (status != SN_OK) {
        return status;
    }
    sn_store_options options = {.has_as_of = pin.has_as_of, .as_of = pin.as_of};
    if (o->latest) {
        options = (sn_store_options){.has_as_of = pin.scenario.has_as_of,
                                     .as_of = pin.scenario.as_of};
    }
    status = sn_store_open(o->store, &options, &store, err);
    if (status == SN_OK) {
        status = sn_os_make_folder_beside(o->folder, folder, PATH_SIZE, err);
    }
    if (status == SN_OK) {
        status = sn_run(&pin.scenario, store, folder, exit_code, err);
    }
    if (status == SN_OK && !o->latest) {
        status = sn_run_pin_load(folder, &now, err);
        if (status == SN_OK) {
            status = sn_run_pin_same_inputs(pin.manifest, now.manifest, err);
            sn_run_pin_release(&now);
        }
    }
    sn_store_close(store);
    sn_run_pin_release(&pin);
    return status;
}

static sn_status rerun_command(rerun_options *o, int *exit_code, sn_error *err)
{
    char temporary[PATH_SIZE] = "";
    char default_store[PATH_SIZE];
    if (sn_os_exists(o->folder)) {
        return sn_error_set(err, SN_E_USAGE, "\"%s\" exists: name a new folder",
                            o->folder);
    }
    sn_status status = SN_OK;
    if (o->store == NULL) {
        status = sn_store_default_path(default_store, sizeof default_store, err);
        o->store = default_store;
    }
    if (status == SN_OK) {
        status = run_into(o, temporary, exit_code, err);
    }
    if (status == SN_OK && !o->no_charts) {
        sn_plots_options plots = {.english = strcmp(o->lang, "en") == 0};
        status = sn_plots_run(temporary, &plots, NULL, err);
    }
    if (status == SN_OK) {
        status = sn_os_publish_folder(temporary, o->folder, err);
    }
    if (status != SN_OK && temporary[0] != '\0') {
        sn_status removed = sn_os_remove_tree(temporary, NULL);
        (void)removed; /* the first failure is the one to tell */
    }
    return status;
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    rerun_options o = {.lang = "sv"};
    const sn_option options[] = {
        SN_REQUIRED("o", "DIR", "folder of the new run", &o.folder),
        SN_FLAG("latest", "with the data the store has today", &o.latest),
        SN_STORE_OPTION(&o.store),
        SN_VALUE("lang", "sv|en", "language of charts and report (default: sv)", &o.lang),
        SN_FLAG("no-charts", "numbers only", &o.no_charts),
    };
    sn_option_list words = {0};
    sn_status status = SN_OPTIONS_PARSE(&sn_cmd_rerun, options, argc, argv, &words, err);
    if (status == SN_OK) {
        o.run = words.item[0];
        status = rerun_command(&o, exit_code, err);
    }
    if (status == SN_OK) {
        (void)printf("%s/summary.json\n", o.folder);
    }
    return status;
}
