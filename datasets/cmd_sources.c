/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snitt sources: the table of sources, for people. */
#include "base/options.h"
#include "fetch_source.h"

#include <stdio.h>

int sn_cmd_sources(int argc, char **argv);

static const char *const examples[] = {"snitt sources", NULL};

static const sn_command_doc doc = {
    .name = "sources",
    .arguments = "",
    .summary = "list where data can be fetched from, and on which terms",
    .details = "What each source covers, whether it needs a key, how often it may be "
               "asked, its licence and the line that must stand beside its data, and how "
               "its reader was verified: against a live answer (with the date), against "
               "recorded answers, or from documentation only. `snitt fetch --probe NAME` "
               "tries one live answer.",
    .examples = examples,
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

int sn_cmd_sources(int argc, char **argv)
{
    sn_error err = {0};
    sn_option_list rest = {0};
    bool is_help = false;
    sn_status status = sn_options_parse(&doc, NULL, 0, argc, argv, &rest, &is_help, &err);
    if (status == SN_OK && is_help) {
        return SN_EXIT_DONE;
    }
    if (status == SN_OK && rest.n > 0) {
        status =
            sn_error_set(&err, SN_E_USAGE, "unexpected word \"%.60s\"", rest.item[0]);
    }
    if (status != SN_OK) {
        sn_error_print(&err, doc.name);
        return sn_status_exit_code(status);
    }
    for (size_t i = 0; i < sn_fetch_source_count; i++) {
        print_source(sn_fetch_sources[i]);
    }
    (void)puts("* only when named with --items");
    return SN_EXIT_DONE;
}
