/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

sn_status sn_error_set_at(sn_error *err,
                          sn_status status,
                          const char *file,
                          int line,
                          const char *format,
                          ...)
{
    if (err == NULL) {
        return status;
    }
    err->status = status;
    err->file = file;
    err->line = line;
    va_list args;
    va_start(args, format);
    int written = vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    if (written < 0) {
        err->message[0] = '\0';
    }
    for (char *c = err->message; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = '?';
        }
    }
    return status;
}

const char *sn_status_text(sn_status status)
{
    switch (status) {
#define SN_STATUS_CASE(name, value, text)                                                \
    case SN_##name:                                                                      \
        return text;
        SN_STATUS_LIST(SN_STATUS_CASE)
#undef SN_STATUS_CASE
    }
    return "unknown status";
}

int sn_status_exit_code(sn_status status)
{
    if (status == SN_OK || status == SN_HELP) {
        return SN_EXIT_DONE;
    }
    return status == SN_E_USAGE ? SN_EXIT_USAGE : SN_EXIT_FAILED;
}

void sn_error_print(const sn_error *err, const char *command)
{
    const char *text =
        err->message[0] != '\0' ? err->message : sn_status_text(err->status);
    (void)fprintf(stderr, "snitt %s: %s\n", command, text);
}
