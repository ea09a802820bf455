/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One number a rule says it all (generic cell rate algorithm): the time at which the
 * turns taken so far would have been taken one by one.  A turn is there when that time
 * is at most (burst - 1) paces ahead. */
#include "fetch_pace.h"

#include "base/os.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_TIMEOUT_MS = 15000, RULE_BLOCK = -1 };
/* A block further ahead than this comes from a clock that was set back. */
#define BLOCK_MAX_S 7200.0
/* Seconds since 1970 as a double are good to a quarter of a microsecond. */
#define CLOCK_GRAIN_S 1e-6

struct sn_pace {
    sqlite3 *db;
    sqlite3_stmt *read;
    sqlite3_stmt *write;
};

static sn_status refuse(const sn_pace *pace, const char *what, sn_error *err)
{
    return sn_error_set(err, SN_E_IO, "rate limiter: cannot %s: %s", what,
                        pace->db != NULL ? sqlite3_errmsg(pace->db) : "out of memory");
}

sn_status sn_pace_open(const char *path, sn_pace **pace_out, sn_error *err)
{
    static const char schema[] =
        "CREATE TABLE IF NOT EXISTS pace (bucket TEXT NOT NULL, rule INTEGER NOT NULL,"
        " ahead_s REAL NOT NULL, PRIMARY KEY (bucket, rule)) WITHOUT ROWID";
    static const char read[] = "SELECT ahead_s FROM pace WHERE bucket = ?1 AND rule = ?2";
    static const char write[] =
        "INSERT OR REPLACE INTO pace (bucket, rule, ahead_s) VALUES (?1, ?2, ?3)";
    sn_pace *pace = calloc(1, sizeof *pace);
    if (pace == NULL) {
        return sn_error_set(err, SN_E_MEMORY, "out of memory");
    }
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    bool is_open =
        sqlite3_open_v2(path != NULL ? path : ":memory:", &pace->db, flags, NULL) ==
            SQLITE_OK &&
        sqlite3_busy_timeout(pace->db, BUSY_TIMEOUT_MS) == SQLITE_OK &&
        sqlite3_exec(pace->db, schema, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(pace->db, read, -1, &pace->read, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(pace->db, write, -1, &pace->write, NULL) == SQLITE_OK;
    if (!is_open) {
        sn_status status = sn_error_set(
            err, SN_E_IO, "rate limiter: \"%.300s\" cannot be opened: %.100s",
            path != NULL ? path : "(memory)",
            pace->db != NULL ? sqlite3_errmsg(pace->db) : "out of memory");
        sn_pace_close(pace);
        return status;
    }
    *pace_out = pace;
    return SN_OK;
}

void sn_pace_close(sn_pace *pace)
{
    if (pace == NULL) {
        return;
    }
    (void)sqlite3_finalize(pace->read);
    (void)sqlite3_finalize(pace->write);
    (void)sqlite3_close(pace->db);
    free(pace);
}

sn_status sn_pace_default_path(char *path, size_t size, sn_error *err)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    bool has_state = state != NULL && state[0] == '/';
    if (!has_state && (home == NULL || home[0] != '/')) {
        return sn_error_set(err, SN_E_IO,
                            "rate limiter: neither XDG_STATE_HOME nor HOME is set; it "
                            "needs a place that several runs share");
    }
    int n = snprintf(path, size, "%s%s/snitt", has_state ? state : home,
                     has_state ? "" : "/.local/state");
    if (n < 0 || (size_t)n + sizeof "/pace.sqlite3" > size) {
        return sn_error_set(err, SN_E_IO,
                            "rate limiter: the state folder's path is too "
                            "long");
    }
    sn_status status = sn_os_make_folders(path, err);
    if (status == SN_OK) {
        memcpy(path + n, "/pace.sqlite3", sizeof "/pace.sqlite3");
    }
    return status;
}

/* 0 when the bucket has no such rule yet, NaN on failure. */
static double read_ahead_s(sn_pace *pace, const char *bucket, int rule)
{
    double ahead_s = NAN;
    if (sqlite3_bind_text(pace->read, 1, bucket, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_bind_int(pace->read, 2, rule) == SQLITE_OK) {
        int step = sqlite3_step(pace->read);
        ahead_s = step == SQLITE_ROW    ? sqlite3_column_double(pace->read, 0)
                  : step == SQLITE_DONE ? 0.0
                                        : NAN;
    }
    (void)sqlite3_reset(pace->read);
    return ahead_s;
}

static bool write_ahead_s(sn_pace *pace, const char *bucket, int rule, double ahead_s)
{
    bool is_written =
        sqlite3_bind_text(pace->write, 1, bucket, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_bind_int(pace->write, 2, rule) == SQLITE_OK &&
        sqlite3_bind_double(pace->write, 3, ahead_s) == SQLITE_OK &&
        sqlite3_step(pace->write) == SQLITE_DONE;
    (void)sqlite3_reset(pace->write);
    return is_written;
}

static bool execute(sn_pace *pace, const char *sql)
{
    return sqlite3_exec(pace->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Inside a transaction. */
static bool take(sn_pace *pace,
                 const char *bucket,
                 const sn_fetch_limit *limit,
                 double wall_s,
                 double *wait_s)
{
    double ahead_s[SN_LIMITS_MAX] = {0};
    double blocked_s = read_ahead_s(pace, bucket, RULE_BLOCK);
    if (isnan(blocked_s)) {
        return false;
    }
    *wait_s =
        blocked_s > wall_s && blocked_s < wall_s + BLOCK_MAX_S ? blocked_s - wall_s : 0.0;
    for (int i = 0; i < SN_LIMITS_MAX && limit[i].pace_s > 0.0; i++) {
        double span_s = limit[i].pace_s * limit[i].burst;
        ahead_s[i] = read_ahead_s(pace, bucket, i);
        if (isnan(ahead_s[i])) {
            return false;
        }
        /* Never further ahead than a full burst: the clock was set back otherwise. */
        ahead_s[i] = fmin(fmax(ahead_s[i], wall_s), wall_s + span_s);
        *wait_s = fmax(*wait_s, ahead_s[i] - (span_s - limit[i].pace_s) - wall_s);
    }
    *wait_s = *wait_s > CLOCK_GRAIN_S ? *wait_s : 0.0;
    for (int i = 0; *wait_s <= 0.0 && i < SN_LIMITS_MAX && limit[i].pace_s > 0.0; i++) {
        if (!write_ahead_s(pace, bucket, i, ahead_s[i] + limit[i].pace_s)) {
            return false;
        }
    }
    return true;
}

sn_status sn_pace_take(sn_pace *pace,
                       const char *bucket,
                       const sn_fetch_limit *limit,
                       double wall_s,
                       double *wait_s_out,
                       sn_error *err)
{
    *wait_s_out = 0.0;
    if (!execute(pace, "BEGIN IMMEDIATE")) {
        return refuse(pace, "take a turn", err);
    }
    if (!take(pace, bucket, limit, wall_s, wait_s_out) || !execute(pace, "COMMIT")) {
        sn_status status = refuse(pace, "take a turn", err);
        (void)execute(pace, "ROLLBACK");
        return status;
    }
    return SN_OK;
}

sn_status sn_pace_block(sn_pace *pace,
                        const char *bucket,
                        double wall_s,
                        double seconds,
                        sn_error *err)
{
    if (!execute(pace, "BEGIN IMMEDIATE")) {
        return refuse(pace, "note a wait", err);
    }
    double until_s = read_ahead_s(pace, bucket, RULE_BLOCK);
    if (isnan(until_s) ||
        !write_ahead_s(pace, bucket, RULE_BLOCK, fmax(until_s, wall_s + seconds)) ||
        !execute(pace, "COMMIT")) {
        sn_status status = refuse(pace, "note a wait", err);
        (void)execute(pace, "ROLLBACK");
        return status;
    }
    return SN_OK;
}
