/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * One way to declare, parse and explain the options of a command.  A command has
 * one static sn_command_doc; --help prints it, `snitt help` lists the summaries,
 * and the manuals are compared with it by a test.
 */
#ifndef SN_BASE_OPTIONS_H
#define SN_BASE_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SN_OPTION_LIST_MAX = 2048 };

/** Values of an option that may be given several times; borrowed from argv. */
typedef struct sn_option_list {
    size_t n;
    const char *item[SN_OPTION_LIST_MAX];
} sn_option_list;

/** Exactly one of flag, value and list is set: it says where the option goes. */
typedef struct sn_option {
    const char *name;       /* long name without dashes; "o" alone gives -o */
    const char *value_name; /* e.g. "DIR"; NULL for a flag */
    const char *help;       /* one or more lines, wrapped by --help */
    bool *flag;
    const char **value;
    sn_option_list *list;
} sn_option;

/** What --help says beside the options. */
typedef struct sn_command_doc {
    const char *name;
    const char *arguments;       /* e.g. "FILE..."; "" when none */
    const char *summary;         /* one line, starts with a verb */
    const char *details;         /* paragraphs separated by an empty line */
    const char *const *examples; /* NULL-terminated command lines, run by a test */
} sn_command_doc;

/**
 * Parse argv[1..] of a command.  "--name value" and "--name=value" are read;
 * "--" ends options; "-h" and "--help" print and set *help_out.
 * @param options   n_option entries
 * @param arguments where the remaining words go, in order
 * @return SN_E_USAGE naming the word and, for a misspelt option, the nearest one
 */
SN_CHECKED sn_status sn_options_parse(const sn_command_doc *doc,
                                      const sn_option *options,
                                      size_t n_option,
                                      int argc,
                                      char **argv,
                                      sn_option_list *arguments,
                                      bool *help_out,
                                      sn_error *err);

void sn_options_print_help(const sn_command_doc *doc,
                           const sn_option *options,
                           size_t n_option,
                           FILE *out);

/** What --lock-wait says, seconds up to a day; NULL leaves *out as it is. */
SN_CHECKED sn_status sn_options_lock_wait(const char *text, double *out, sn_error *err);

/** The nearest of n names by edit distance, NULL when none is near: for "did you
 * mean". */
const char *sn_nearest_name(const char *name, const char *const *names, size_t n);

#endif
