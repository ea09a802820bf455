/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Errors travel as values: every function that can fail returns sn_status and
 * fills the sn_error its caller gave it.  Set at the origin with
 * sn_error_set(), never overwritten on the way up, untouched on success.
 *
 * Messages are for people: lower case, no full stop; what failed, where (file,
 * line, area, UTC interval), what was expected, what to do.
 */
#ifndef SN_BASE_ERROR_H
#define SN_BASE_ERROR_H

#if defined(__GNUC__)
#define SN_CHECKED __attribute__((warn_unused_result))
#define SN_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#else
#define SN_CHECKED
#define SN_PRINTF(format_at, args_at)
#endif

/** One list of codes: X(name, value, text). */
#define SN_STATUS_LIST(X)                                                                \
    X(OK, 0, "success")                                                                  \
    X(E_USAGE, 1, "wrong command line")                                                  \
    X(E_IO, 2, "file, store or network failure")                                         \
    X(E_FORMAT, 3, "input is not in the expected format")                                \
    X(E_GAP, 4, "required interval is missing")                                          \
    X(E_NUMERIC, 5, "numerical method failed its own check")                             \
    X(E_MEMORY, 6, "out of memory")                                                      \
    X(E_NOT_FOUND, 7, "what was asked for does not exist")                               \
    X(E_VERSION, 8, "written by another version")                                        \
    X(E_BUSY, 9, "in use by another process")                                            \
    X(E_TOOL, 10, "an external program failed or is missing")                            \
    X(HELP, 11, "help was asked for and printed: no error, and nothing more to do")

typedef enum sn_status {
#define SN_STATUS_ENUM(name, value, text) SN_##name = (value),
    SN_STATUS_LIST(SN_STATUS_ENUM)
#undef SN_STATUS_ENUM
} sn_status;

/** Exit codes of every command. */
enum {
    SN_EXIT_DONE = 0,    /* all done */
    SN_EXIT_FAILED = 1,  /* nothing usable, or a check failed */
    SN_EXIT_USAGE = 2,   /* wrong command line or scenario file */
    SN_EXIT_PARTIAL = 3, /* finished, but some part is infeasible or failed */
};

typedef struct sn_error {
    sn_status status;
    int line; /* where it was raised in our source */
    const char *file;
    char message[512]; /* one line; may be cut, never overrun */
} sn_error;

/** Fill err (may be NULL) and return status.  Control characters in the message,
 * which may come from hostile input, are replaced by '?'. */
sn_status sn_error_set_at(sn_error *err,
                          sn_status status,
                          const char *file,
                          int line,
                          const char *format,
                          ...) SN_PRINTF(5, 6);

#define sn_error_set(err, status, ...)                                                   \
    sn_error_set_at((err), (status), __FILE__, __LINE__, __VA_ARGS__)

/** Text of a status, e.g. "out of memory". */
const char *sn_status_text(sn_status status);

/** The exit code that a status means: SN_EXIT_DONE for SN_OK and SN_HELP, SN_EXIT_USAGE
 * for SN_E_USAGE, else SN_EXIT_FAILED. */
int sn_status_exit_code(sn_status status);

/** Print "snitt COMMAND: message" to stderr. */
void sn_error_print(const sn_error *err, const char *command);

#endif
