/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * One way to declare, parse and explain the options of a command.  A command is one
 * sn_command; --help prints it, `snitt help` lists the summaries, and the manuals are
 * compared with it by a test.
 */
#ifndef SN_BASE_OPTIONS_H
#define SN_BASE_OPTIONS_H

#include "base/error.h"
#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>

enum { SN_OPTION_LIST_MAX = 2048 };

/** Values of an option that may be given several times; borrowed from argv. */
typedef struct sn_option_list {
    size_t n;
    const char *item[SN_OPTION_LIST_MAX];
} sn_option_list;

/** Exactly one of flag, value and list is set: it says where the option goes. */
typedef struct sn_option {
    const char *name;       /* long name without dashes; "o" alone gives -o */
    const char *value_name; /* e.g. "DIR"; "sv|en": only these; NULL for a flag */
    const char *help;       /* one or more lines, wrapped by --help */
    bool *flag;
    const char **value;
    sn_option_list *list;
    bool is_required;
} sn_option;

#define SN_FLAG(name, help, to)                                                          \
    {                                                                                    \
        (name), NULL, (help), (to), NULL, NULL, false                                    \
    }
#define SN_VALUE(name, value_name, help, to)                                             \
    {                                                                                    \
        (name), (value_name), (help), NULL, (to), NULL, false                            \
    }
#define SN_REQUIRED(name, value_name, help, to)                                          \
    {                                                                                    \
        (name), (value_name), (help), NULL, (to), NULL, true                             \
    }
#define SN_REPEATED(name, value_name, help, to)                                          \
    {                                                                                    \
        (name), (value_name), (help), NULL, NULL, (to), false                            \
    }
#define SN_STORE_OPTION(to)                                                              \
    SN_VALUE("store", "DIR", "the store; default $SNITT_STORE or your data folder", (to))

/** A command of the program: what --help says beside the options, and the work. */
typedef struct sn_command {
    const char *name;
    /** The words it takes: "BEFORE AFTER"; "FILE..." one or more; "[QUESTION...]" any
     * number; "" none.  Parsing holds the user to it. */
    const char *arguments;
    const char *summary;         /* one line, starts with a small letter */
    const char *needs;           /* for snitt help: "store" */
    const char *details;         /* paragraphs separated by an empty line */
    const char *const *examples; /* NULL-terminated command lines, checked by a test */
    /**
     * argv[0] is the command's name.  *exit_code is SN_EXIT_DONE before.
     * @return SN_OK: the program ends with *exit_code; SN_HELP: with 0; else the error is
     *         printed and it ends with the code of the status
     */
    sn_status (*run)(int argc, char **argv, int *exit_code, sn_error *err);
} sn_command;

/**
 * Parse argv[1..] of a command.  "--name value" and "--name=value" are read;
 * "--" ends options; "-h" and "--help" print the help.
 * @param options   n_option entries
 * @param words     where the remaining words go, in order; NULL: it takes none
 * @return SN_HELP when the help was printed; SN_E_USAGE naming the word and, for a
 *         misspelt option, the nearest one
 */
SN_CHECKED sn_status sn_options_parse(const sn_command *command,
                                      const sn_option *options,
                                      size_t n_option,
                                      int argc,
                                      char **argv,
                                      sn_option_list *words,
                                      sn_error *err);
/** The same for an array of options. */
#define SN_OPTIONS_PARSE(command, options, argc, argv, words, err)                       \
    sn_options_parse((command), (options), sizeof(options) / sizeof *(options), (argc),  \
                     (argv), (words), (err))

/** The moment that --OPTION says, UTC; NULL leaves *out as it is. */
SN_CHECKED sn_status sn_options_moment(const char *option,
                                       const char *text,
                                       sn_instant *out,
                                       sn_error *err);

/** Names given as "pdf,png", each one of allowed, "svg,pdf,png"; bit k of *bits_out is
 * set when the k-th is among them. */
SN_CHECKED sn_status sn_options_names(const char *option,
                                      const char *text,
                                      const char *allowed,
                                      unsigned *bits_out,
                                      sn_error *err);

/** The whole number that --OPTION says; NULL leaves *out as it is. */
SN_CHECKED sn_status sn_options_whole(const char *option,
                                      const char *text,
                                      long min,
                                      long max,
                                      long *out,
                                      sn_error *err);
/** The same for a number that need not be whole. */
SN_CHECKED sn_status sn_options_number(const char *option,
                                       const char *text,
                                       double min,
                                       double max,
                                       double *out,
                                       sn_error *err);

/** What --lock-wait says, seconds up to a day; NULL leaves *out as it is. */
SN_CHECKED sn_status sn_options_lock_wait(const char *text, double *out, sn_error *err);

/** The nearest of n names by edit distance, NULL when none is near: for "did you
 * mean". */
const char *sn_nearest_name(const char *name, const char *const *names, size_t n);

#endif
