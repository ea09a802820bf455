/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch_ledger.h"

#include "base/os.h"
#include "fetch_plan.h"
#include "store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_TIMEOUT_MS = 30000, PATH_SIZE = 4096, REQUEST_TEXT_MAX = 512 };
enum { MINUTE_S = 60 };

/* How long an answer is good for, see the header. */
#define YOUNG_S (60 * MINUTE_S)
#define UPCOMING_S (10 * MINUTE_S)
#define EMPTY_NOW_S (15 * MINUTE_S)
#define EMPTY_WEEK_S SN_DAY_S
#define EMPTY_OLD_S (90 * (int64_t)SN_DAY_S)

struct sn_ledger {
    sqlite3 *db; /* NULL: a dry run with nothing there */
    sqlite3_stmt *read;
    sqlite3_stmt *answer;
    sqlite3_stmt *done;
    sn_strbuf text;
};

static sn_status refuse(const sn_ledger *ledger, const char *what, sn_error *err)
{
    return sn_error_set(err, SN_E_IO, "the fetch ledger cannot be %s: %s", what,
                        ledger->db != NULL ? sqlite3_errmsg(ledger->db)
                                           : "out of memory");
}

static bool execute(sn_ledger *ledger, const char *sql)
{
    return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool prepare(sn_ledger *ledger, const char *sql, sqlite3_stmt **out)
{
    return sqlite3_prepare_v2(ledger->db, sql, -1, out, NULL) == SQLITE_OK;
}

static bool open_database(sn_ledger *ledger, const char *path, bool is_dry)
{
    static const char schema[] =
        "CREATE TABLE IF NOT EXISTS done (request TEXT PRIMARY KEY, n_value INTEGER NOT "
        "NULL, until_s INTEGER NOT NULL, asked_s INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS answer (request TEXT NOT NULL, from_s INTEGER NOT "
        "NULL, to_s INTEGER NOT NULL, first_row INTEGER NOT NULL, asked_s INTEGER NOT "
        "NULL, url TEXT NOT NULL, http_status INTEGER NOT NULL, sha256 TEXT NOT NULL,"
        " headers TEXT NOT NULL,"
        " PRIMARY KEY (request, from_s, first_row, asked_s)) WITHOUT ROWID;";
    const int flags =
        is_dry ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    return sqlite3_open_v2(path, &ledger->db, flags, NULL) == SQLITE_OK &&
           sqlite3_busy_timeout(ledger->db, BUSY_TIMEOUT_MS) == SQLITE_OK &&
           (is_dry || execute(ledger, schema)) &&
           prepare(ledger,
                   "SELECT n_value, until_s, asked_s FROM done WHERE request = ?1",
                   &ledger->read) &&
           (is_dry ||
            (prepare(ledger,
                     "INSERT OR REPLACE INTO answer VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
                     &ledger->answer) &&
             prepare(ledger, "INSERT OR REPLACE INTO done VALUES (?1,?2,?3,?4)",
                     &ledger->done)));
}

sn_status
sn_ledger_open(const char *store_path, bool is_dry, sn_ledger **ledger_out, sn_error *err)
{
    char path[PATH_SIZE];
    int n = snprintf(path, sizeof path, "%s/fetch", store_path);
    if (n < 0 || (size_t)n + sizeof "/ledger.sqlite3" > sizeof path) {
        return sn_error_set(err, SN_E_IO, "store path \"%.100s...\" is too long",
                            store_path);
    }
    sn_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    sn_strbuf_init(&ledger->text, REQUEST_TEXT_MAX);
    sn_status status = is_dry ? SN_OK : sn_os_make_folders(path, err);
    memcpy(path + n, "/ledger.sqlite3", sizeof "/ledger.sqlite3");
    bool is_wanted = status == SN_OK && (!is_dry || sn_os_exists(path));
    if (is_wanted && !open_database(ledger, path, is_dry)) {
        status = refuse(ledger, "opened", err);
    }
    if (status != SN_OK) {
        sn_ledger_close(ledger);
        return status;
    }
    *ledger_out = ledger;
    return SN_OK;
}

void sn_ledger_close(sn_ledger *ledger)
{
    if (ledger == NULL) {
        return;
    }
    (void)sqlite3_finalize(ledger->read);
    (void)sqlite3_finalize(ledger->answer);
    (void)sqlite3_finalize(ledger->done);
    (void)sqlite3_close(ledger->db);
    sn_strbuf_release(&ledger->text);
    free(ledger);
}

typedef struct past_answer {
    int64_t n_value;
    int64_t until_s; /* end of what was asked for */
    int64_t asked_s;
} past_answer;

static bool is_good(const past_answer *past, const sn_fetch_request *request, int64_t now)
{
    int64_t age_s = now - past->asked_s;
    if (age_s < 0 || past->until_s < request->window.to.utc_s) {
        return age_s >= 0 && age_s < UPCOMING_S;
    }
    int64_t end_s = request->window.to.utc_s;
    if (past->n_value == 0 && !request->item->is_table) {
        int64_t good_s = end_s >= past->asked_s                           ? EMPTY_NOW_S
                         : end_s >= past->asked_s - 7 * (int64_t)SN_DAY_S ? EMPTY_WEEK_S
                                                                          : EMPTY_OLD_S;
        return age_s < good_s;
    }
    return past->asked_s >= end_s + request->item->settle_s ||
           age_s < (end_s > now ? UPCOMING_S : YOUNG_S);
}

sn_status sn_ledger_is_needed(sn_ledger *ledger,
                              const sn_fetch_request *request,
                              sn_instant now,
                              bool *is_needed_out,
                              sn_error *err)
{
    *is_needed_out = true;
    sn_status status = sn_fetch_request_text(request, &ledger->text, err);
    if (status != SN_OK || ledger->db == NULL) {
        return status;
    }
    int step = SQLITE_ERROR;
    if (sqlite3_bind_text(ledger->read, 1, ledger->text.data, -1, SQLITE_STATIC) ==
        SQLITE_OK) {
        step = sqlite3_step(ledger->read);
    }
    if (step == SQLITE_ROW) {
        const past_answer past = {sqlite3_column_int64(ledger->read, 0),
                                  sqlite3_column_int64(ledger->read, 1),
                                  sqlite3_column_int64(ledger->read, 2)};
        *is_needed_out = !is_good(&past, request, now.utc_s);
    } else if (step != SQLITE_DONE) {
        status = refuse(ledger, "read", err);
    }
    (void)sqlite3_reset(ledger->read);
    return status;
}

sn_status sn_ledger_begin(sn_ledger *ledger, sn_error *err)
{
    return execute(ledger, "BEGIN IMMEDIATE") ? SN_OK : refuse(ledger, "written", err);
}

sn_status sn_ledger_commit(sn_ledger *ledger, sn_error *err)
{
    return execute(ledger, "COMMIT") ? SN_OK : refuse(ledger, "written", err);
}

static bool bind(sqlite3_stmt *s, int at, const char *text)
{
    return sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC) == SQLITE_OK;
}

static bool bind_int(sqlite3_stmt *s, int at, int64_t value)
{
    return sqlite3_bind_int64(s, at, value) == SQLITE_OK;
}

sn_status sn_ledger_note_answer(sn_ledger *ledger,
                                const sn_ledger_answer *answer,
                                sn_instant now,
                                sn_error *err)
{
    char sha256[65];
    sqlite3_stmt *s = ledger->answer;
    const sn_fetch_request *request = answer->request;
    sn_store_hash(answer->body, answer->n_body, sha256);
    sn_status status = sn_fetch_request_text(request, &ledger->text, err);
    if (status != SN_OK) {
        return status;
    }
    bool is_written = bind(s, 1, ledger->text.data) &&
                      bind_int(s, 2, request->window.from.utc_s) &&
                      bind_int(s, 3, request->window.to.utc_s) &&
                      bind_int(s, 4, (int64_t)request->offset) &&
                      bind_int(s, 5, now.utc_s) && bind(s, 6, answer->url) &&
                      bind_int(s, 7, answer->http_status) && bind(s, 8, sha256) &&
                      bind(s, 9, answer->headers) && sqlite3_step(s) == SQLITE_DONE;
    (void)sqlite3_reset(s);
    return is_written ? SN_OK : refuse(ledger, "written", err);
}

sn_status sn_ledger_note_done(sn_ledger *ledger,
                              const sn_fetch_request *request,
                              size_t n_value,
                              sn_instant now,
                              sn_error *err)
{
    sqlite3_stmt *s = ledger->done;
    sn_status status = sn_fetch_request_text(request, &ledger->text, err);
    if (status != SN_OK) {
        return status;
    }
    bool is_written = bind(s, 1, ledger->text.data) && bind_int(s, 2, (int64_t)n_value) &&
                      bind_int(s, 3, request->window.to.utc_s) &&
                      bind_int(s, 4, now.utc_s) && sqlite3_step(s) == SQLITE_DONE;
    (void)sqlite3_reset(s);
    return is_written ? SN_OK : refuse(ledger, "written", err);
}
