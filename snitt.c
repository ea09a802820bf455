/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command table and nothing else: each command lives in <folder>/cmd_<name>.c.
 * A build without libcurl has no fetch. */
#include "base/error.h"
#include "base/options.h"
#include "base/os.h"

#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#ifdef SN_HAS_FETCH
#define SN_FETCH_COMMAND(X) X(fetch)
#else
#define SN_FETCH_COMMAND(X)
#endif

/* In the order of snitt help. */
#define SN_COMMAND_LIST(X)                                                               \
    X(model_year)                                                                        \
    X(sources)                                                                           \
    SN_FETCH_COMMAND(X)                                                                  \
    X(import)                                                                            \
    X(status)                                                                            \
    X(gaps)                                                                              \
    X(revisions)                                                                         \
    X(export)                                                                            \
    X(rebuild)                                                                           \
    X(clear)                                                                             \
    X(fit)                                                                               \
    X(run)                                                                               \
    X(rerun)                                                                             \
    X(batch)                                                                             \
    X(compare)                                                                           \
    X(plot)                                                                              \
    X(plant)                                                                             \
    X(portfolio)                                                                         \
    X(companies)                                                                         \
    X(municipalities)                                                                    \
    X(brief)                                                                             \
    X(map)

#define DECLARE(name) extern const sn_command sn_cmd_##name;
SN_COMMAND_LIST(DECLARE)
#undef DECLARE

#define ENTRY(name) &sn_cmd_##name,
static const sn_command *const commands[] = {SN_COMMAND_LIST(ENTRY)};
#undef ENTRY

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void print_help(FILE *out)
{
    (void)fprintf(out, "usage: snitt COMMAND [OPTION...]\n\n"
                       "What Sweden's split into electricity price areas means: market "
                       "data to\nmodel, ledger and charts.\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "  %-14s %s (needs: %s)\n", commands[i]->name,
                      commands[i]->summary, commands[i]->needs);
    }
    (void)fprintf(out, "\nsnitt COMMAND --help explains a command.\n"
                       "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 finished but some "
                       "part is\ninfeasible or failed.\n");
}

static const sn_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[COMMAND_COUNT + 1] = {[COMMAND_COUNT] = "help"};
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i]->name;
    }
    const char *nearest = sn_nearest_name(name, names, COMMAND_COUNT + 1);
    sn_error err = {0};
    (void)sn_error_set(&err, SN_E_USAGE,
                       "unknown command \"%.60s\"%s%s%s, see snitt help", name,
                       nearest != NULL ? " (did you mean \"" : "",
                       nearest != NULL ? nearest : "", nearest != NULL ? "\"?)" : "");
    (void)fprintf(stderr, "snitt: %s\n", err.message);
    return SN_EXIT_USAGE;
}

/* A full disk or a closed pipe must not end as success. */
static int flush_output(int code)
{
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == SN_EXIT_DONE) {
        (void)fprintf(stderr, "snitt: standard output could not be written\n");
        return SN_EXIT_FAILED;
    }
    return code;
}

/* argv[0] is the command's name. */
static int run(const sn_command *command, int argc, char **argv)
{
    sn_error err = {0};
    int exit_code = SN_EXIT_DONE;
    sn_status status = command->run(argc, argv, &exit_code, &err);
    if (status == SN_OK) {
        return exit_code;
    }
    if (status != SN_HELP) {
        sn_error_print(&err, command->name);
    }
    return sn_status_exit_code(status);
}

static int help(int argc, char **argv)
{
    if (argc < 3) {
        print_help(stdout);
        return SN_EXIT_DONE;
    }
    const sn_command *found = find_command(argv[2]);
    if (found == NULL) {
        return unknown_command(argv[2]);
    }
    char option[] = "--help";
    char *words[] = {argv[2], option, NULL};
    return run(found, 2, words);
}

int main(int argc, char **argv)
{
    /* GSL would abort; its status codes are checked instead.  A reader that closes
     * the pipe is seen as a write error. */
    (void)gsl_set_error_handler_off();
    sn_os_keep_memory();
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    if (argc < 2) {
        print_help(stderr);
        return SN_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 ||
        strcmp(name, "-h") == 0) {
        return flush_output(help(argc, argv));
    }
    if (strcmp(name, "--version") == 0) {
        (void)printf("snitt %s\n", SN_VERSION);
        return flush_output(SN_EXIT_DONE);
    }
    const sn_command *found = find_command(name);
    return found == NULL ? unknown_command(name)
                         : flush_output(run(found, argc - 1, argv + 1));
}
