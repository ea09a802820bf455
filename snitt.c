/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command table and nothing else: each command lives in <folder>/cmd_<name>.c.
 * The build defines SN_HAS_CMD_<NAME> for those it was given, so that a build
 * without libcurl simply has no fetch. */
#include "base/error.h"
#include "base/options.h"
#include "base/os.h"

#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* X(NAME, function, "name", "summary", "what it needs") */
#ifdef SN_HAS_CMD_FETCH
#define SN_COMMAND_FETCH(X)                                                              \
    X(sn_cmd_fetch, "fetch", "download public market data into the store", "network")
#else
#define SN_COMMAND_FETCH(X)
#endif
#ifdef SN_HAS_CMD_SOURCES
#define SN_COMMAND_SOURCES(X)                                                            \
    X(sn_cmd_sources, "sources",                                                         \
      "list where data can be fetched from, and on which terms", "nothing")
#else
#define SN_COMMAND_SOURCES(X)
#endif
#ifdef SN_HAS_CMD_IMPORT
#define SN_COMMAND_IMPORT(X)                                                             \
    X(sn_cmd_import, "import", "read files you have into the store", "files")
#else
#define SN_COMMAND_IMPORT(X)
#endif
#ifdef SN_HAS_CMD_STATUS
#define SN_COMMAND_STATUS(X)                                                             \
    X(sn_cmd_status, "status", "show what the store holds, and its gaps", "store")
#else
#define SN_COMMAND_STATUS(X)
#endif
#ifdef SN_HAS_CMD_GAPS
#define SN_COMMAND_GAPS(X) X(sn_cmd_gaps, "gaps", "name every gap of the store", "store")
#else
#define SN_COMMAND_GAPS(X)
#endif
#ifdef SN_HAS_CMD_REVISIONS
#define SN_COMMAND_REVISIONS(X)                                                          \
    X(sn_cmd_revisions, "revisions",                                                     \
      "list which values were revised, by series and size", "store")
#else
#define SN_COMMAND_REVISIONS(X)
#endif
#ifdef SN_HAS_CMD_EXPORT
#define SN_COMMAND_EXPORT(X)                                                             \
    X(sn_cmd_export, "export", "write series of the store as CSV, JSON or HDF5", "store")
#else
#define SN_COMMAND_EXPORT(X)
#endif
#ifdef SN_HAS_CMD_REBUILD
#define SN_COMMAND_REBUILD(X)                                                            \
    X(sn_cmd_rebuild, "rebuild",                                                         \
      "make a store anew from the raw bytes that another kept", "store")
#else
#define SN_COMMAND_REBUILD(X)
#endif
#ifdef SN_HAS_CMD_MODEL_YEAR
#define SN_COMMAND_MODEL_YEAR(X)                                                         \
    X(sn_cmd_model_year, "model-year", "fill a store with the stylised model year",      \
      "nothing")
#else
#define SN_COMMAND_MODEL_YEAR(X)
#endif
#ifdef SN_HAS_CMD_RUN
#define SN_COMMAND_RUN(X)                                                                \
    X(sn_cmd_run, "run", "run a scenario: result, ledger, charts and report", "store")
#else
#define SN_COMMAND_RUN(X)
#endif
#ifdef SN_HAS_CMD_BATCH
#define SN_COMMAND_BATCH(X)                                                              \
    X(sn_cmd_batch, "batch",                                                             \
      "run the cases of a scenario file: sweep, sample, ensemble", "store")
#else
#define SN_COMMAND_BATCH(X)
#endif
#ifdef SN_HAS_CMD_RERUN
#define SN_COMMAND_RERUN(X)                                                              \
    X(sn_cmd_rerun, "rerun", "repeat a run with the data it had, or today's", "store")
#else
#define SN_COMMAND_RERUN(X)
#endif
#ifdef SN_HAS_CMD_COMPARE
#define SN_COMMAND_COMPARE(X)                                                            \
    X(sn_cmd_compare, "compare", "say why two runs differ: data, assumptions, program",  \
      "store")
#else
#define SN_COMMAND_COMPARE(X)
#endif
#ifdef SN_HAS_CMD_PLOT
#define SN_COMMAND_PLOT(X)                                                               \
    X(sn_cmd_plot, "plot", "draw the charts of a run again", "result")
#else
#define SN_COMMAND_PLOT(X)
#endif

#ifdef SN_HAS_CMD_CLEAR
#define SN_COMMAND_CLEAR(X)                                                              \
    X(sn_cmd_clear, "clear", "clear an order book: prices and flows from bids", "files")
#else
#define SN_COMMAND_CLEAR(X)
#endif
#ifdef SN_HAS_CMD_BRIEF
#define SN_COMMAND_BRIEF(X)                                                              \
    X(sn_cmd_brief, "brief",                                                             \
      "write a brief for a meeting: five numbers, charts, assumptions, sources",         \
      "result")
#else
#define SN_COMMAND_BRIEF(X)
#endif
#ifdef SN_HAS_CMD_MAP
#define SN_COMMAND_MAP(X)                                                                \
    X(sn_cmd_map, "map", "write municipalities as a layer for Origo map", "files")
#else
#define SN_COMMAND_MAP(X)
#endif

#ifdef SN_HAS_CMD_FIT
#define SN_COMMAND_FIT(X)                                                                \
    X(sn_cmd_fit, "fit", "estimate how hydro answers the price", "store")
#else
#define SN_COMMAND_FIT(X)
#endif

#ifdef SN_HAS_CMD_PLANT
#define SN_COMMAND_PLANT(X)                                                              \
    X(sn_cmd_plant, "plant", "what a plant pays and earns in both configurations", "runs")
#else
#define SN_COMMAND_PLANT(X)
#endif
#ifdef SN_HAS_CMD_PORTFOLIO
#define SN_COMMAND_PORTFOLIO(X)                                                          \
    X(sn_cmd_portfolio, "portfolio",                                                     \
      "which northern projects stand in each configuration", "runs")
#else
#define SN_COMMAND_PORTFOLIO(X)
#endif
#ifdef SN_HAS_CMD_COMPANIES
#define SN_COMMAND_COMPANIES(X)                                                          \
    X(sn_cmd_companies, "companies", "change in cost of a table of companies", "runs")
#else
#define SN_COMMAND_COMPANIES(X)
#endif
#ifdef SN_HAS_CMD_MUNICIPALITIES
#define SN_COMMAND_MUNICIPALITIES(X)                                                     \
    X(sn_cmd_municipalities, "municipalities", "change in cost of each municipality",    \
      "runs")
#else
#define SN_COMMAND_MUNICIPALITIES(X)
#endif

#define SN_COMMAND_LIST(X)                                                               \
    SN_COMMAND_MODEL_YEAR(X)                                                             \
    SN_COMMAND_SOURCES(X)                                                                \
    SN_COMMAND_FETCH(X)                                                                  \
    SN_COMMAND_IMPORT(X)                                                                 \
    SN_COMMAND_STATUS(X)                                                                 \
    SN_COMMAND_GAPS(X)                                                                   \
    SN_COMMAND_REVISIONS(X)                                                              \
    SN_COMMAND_EXPORT(X)                                                                 \
    SN_COMMAND_REBUILD(X)                                                                \
    SN_COMMAND_CLEAR(X)                                                                  \
    SN_COMMAND_FIT(X)                                                                    \
    SN_COMMAND_RUN(X)                                                                    \
    SN_COMMAND_RERUN(X)                                                                  \
    SN_COMMAND_BATCH(X)                                                                  \
    SN_COMMAND_COMPARE(X)                                                                \
    SN_COMMAND_PLOT(X)                                                                   \
    SN_COMMAND_PLANT(X)                                                                  \
    SN_COMMAND_PORTFOLIO(X)                                                              \
    SN_COMMAND_COMPANIES(X)                                                              \
    SN_COMMAND_MUNICIPALITIES(X)                                                         \
    SN_COMMAND_BRIEF(X)                                                                  \
    SN_COMMAND_MAP(X)

typedef struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
    const char *needs;
} command;

#define DECLARE(function, name, summary, needs) int function(int argc, char **argv);
SN_COMMAND_LIST(DECLARE)
#undef DECLARE

#define ENTRY(function, name, summary, needs) {name, function, summary, needs},
static const command commands[] = {SN_COMMAND_LIST(ENTRY){NULL, NULL, NULL, NULL}};
#undef ENTRY

static void print_help(FILE *out)
{
    (void)fprintf(out, "usage: snitt COMMAND [OPTION...]\n\n"
                       "What Sweden's split into electricity price areas means: market "
                       "data to\nmodel, ledger and charts.\n\nCommands:\n");
    for (size_t i = 0; commands[i].name != NULL; i++) {
        (void)fprintf(out, "  %-14s %s (needs: %s)\n", commands[i].name,
                      commands[i].summary, commands[i].needs);
    }
    (void)fprintf(out, "\nsnitt COMMAND --help explains a command.\n"
                       "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 finished but some "
                       "part is\ninfeasible or failed.\n");
}

static const command *find_command(const char *name)
{
    for (size_t i = 0; commands[i].name != NULL; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[sizeof commands / sizeof *commands + 1];
    size_t n = 0;
    for (; commands[n].name != NULL; n++) {
        names[n] = commands[n].name;
    }
    names[n++] = "help";
    const char *nearest = sn_nearest_name(name, names, n);
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

static int help(int argc, char **argv)
{
    if (argc < 3) {
        print_help(stdout);
        return SN_EXIT_DONE;
    }
    const command *found = find_command(argv[2]);
    if (found == NULL) {
        return unknown_command(argv[2]);
    }
    char option[] = "--help";
    char *words[] = {argv[2], option, NULL};
    return found->run(2, words);
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
    const command *found = find_command(name);
    return found == NULL ? unknown_command(name)
                         : flush_output(found->run(argc - 1, argv + 1));
}
