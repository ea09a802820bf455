/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt sources: the table of sources, for people. */
#include "base/options.h"
#include "fetch_source.h"

#include <stdio.h>

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err);

static const char *const examples[] = {"snitt sources", NULL};

const sn_command sn_cmd_sources = {
    .name = "sources",
    .arguments = "",
    .summary = "list where data can be fetched from, and on which terms",
    .needs = "nothing",
    .details =
        "What each source covers, whether it needs a key, how often it may be asked, "
        "its licence and the line that must stand beside its data, and how its "
        "reader was verified: against a live answer (with the date), against "
        "recorded answers, or from documentation only. `snitt fetch --probe NAME` "
        "tries one live answer.",
    .examples = examples,
    .run = run,
};

static void print_source(const sn_fetch_source *source)
{
    char verified[48];
    (void)printf("%s%s\n  covers       %s\n  items       ", source->name,
                 source->is_default ? " (asked by default)" : "", source->coverage);
    for (size_t i = 0; i < source->n_item; i++) {
        (void)printf(" %s%s", source->items[i].name,
                     source->items[i].is_extra ? "*" : "");
    }
    (void)printf("\n  key          ");
    for (size_t i = 0; i < SN_KEY_NAMES_MAX && source->key_env[i] != NULL; i++) {
        (void)printf("%s%s", i == 0 ? "needed: " : " or ", source->key_env[i]);
    }
    (void)printf("%s\n  limit        %s\n  licence      %s\n  attribution  %s\n",
                 sn_fetch_needs_key(source) ? "" : "none", source->limit_text,
                 source->licence, source->attribution);
    (void)printf("  verified     %s\n\n", sn_fetch_verified_text(source, verified));
}

static sn_status run(int argc, char **argv, int *exit_code, sn_error *err)
{
    (void)exit_code;
    sn_status status = sn_options_parse(&sn_cmd_sources, NULL, 0, argc, argv, NULL, err);
    if (status != SN_OK) {
        return status;
    }
    for (size_t i = 0; i < sn_fetch_source_count; i++) {
        print_source(sn_fetch_sources[i]);
    }
    (void)puts("* only when named with --items");
    return SN_OK;
}
