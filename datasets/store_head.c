/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HEAD, the data files it names, and the writer's lock. */
#include "store_internal.h"

#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_BYTES_MAX = 1 << 16, HEX_DIGITS = SN_SHA256_SIZE - 1 };

static const char first_line[] = "snitt-store ";

void sn_store_head_release(sn_store_head *head)
{
    free(head->entry);
    *head = (sn_store_head){0};
}

static bool is_sha256(const char *text)
{
    return strspn(text, "0123456789abcdef") == HEX_DIGITS;
}

static sn_status damaged(const char *path, sn_error *err)
{
    return sn_error_set(err, SN_E_FORMAT,
                        "\"%s\" is damaged (its own checksum does not match); restore "
                        "it from a copy of the store",
                        path);
}

static sn_status check_version(const char *path, const char *text, sn_error *err)
{
    if (strncmp(text, first_line, sizeof first_line - 1) != 0) {
        return sn_error_set(err, SN_E_FORMAT, "\"%s\" is not the HEAD of a snitt store",
                            path);
    }
    char *end = NULL;
    long version = strtol(text + sizeof first_line - 1, &end, 10);
    if (version != SN_STORE_VERSION || *end != '\n') {
        return sn_error_set(err, SN_E_VERSION,
                            "store \"%s\" has version %ld, this program reads and "
                            "writes version %d; use the matching snitt or another "
                            "--store; nothing was changed",
                            path, version, SN_STORE_VERSION);
    }
    return SN_OK;
}

/* "2019 <hash>" lines up to the "sum" line, whose place the caller found. */
static sn_status parse_entries(const char *path,
                               const char *at,
                               const char *end,
                               sn_store_head *out,
                               sn_error *err)
{
    int32_t before = INT32_MIN;
    while (at < end) {
        sn_store_head_entry entry = {0};
        int year = 0;
        int used = 0;
        if (sscanf(at, "%5d %64[0-9a-f]%n", &year, entry.sha256, &used) != 2 ||
            !is_sha256(entry.sha256) || at[used] != '\n' || year <= before) {
            return damaged(path, err);
        }
        entry.year = year;
        before = year;
        at += used + 1;
        sn_store_head_entry *grown =
            realloc(out->entry, (out->n + 1) * sizeof *out->entry);
        if (grown == NULL) {
            return sn_error_set(err, SN_E_MEMORY, "out of memory for the store");
        }
        out->entry = grown;
        out->entry[out->n++] = entry;
    }
    return SN_OK;
}

static sn_status
parse(const char *path, const sn_strbuf *text, sn_store_head *out, sn_error *err)
{
    sn_status status = check_version(path, text->data, err);
    if (status != SN_OK) {
        return status;
    }
    const char *sum = strstr(text->data, "\nsum ");
    if (sum == NULL || strlen(sum) != sizeof "\nsum \n" - 1 + HEX_DIGITS) {
        return damaged(path, err);
    }
    size_t n_summed = (size_t)(sum + 1 - text->data);
    sn_store_sha256(text->data, n_summed, out->state);
    if (strncmp(sum + 5, out->state, HEX_DIGITS) != 0) {
        return damaged(path, err);
    }
    const char *second = strchr(text->data, '\n') + 1;
    return parse_entries(path, second, sum + 1, out, err);
}

sn_status sn_store_head_parse(const char *path,
                              const sn_strbuf *text,
                              sn_store_head *out,
                              sn_error *err)
{
    *out = (sn_store_head){0};
    sn_status status = parse(path, text, out, err);
    if (status != SN_OK) {
        sn_store_head_release(out);
    }
    return status;
}

sn_status sn_store_head_read(const char *folder, sn_store_head *out, sn_error *err)
{
    char path[SN_STORE_PATH_SIZE];
    *out = (sn_store_head){0};
    (void)snprintf(path, sizeof path, "%s/HEAD", folder);
    sn_strbuf text;
    sn_strbuf_init(&text, HEAD_BYTES_MAX);
    sn_status status = sn_os_read_file(path, &text, err);
    if (status == SN_OK) {
        status = sn_store_head_parse(path, &text, out, err);
    }
    sn_strbuf_release(&text);
    return status;
}

sn_status sn_store_head_write(const char *folder, sn_store_head *head, sn_error *err)
{
    char path[SN_STORE_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/HEAD", folder);
    sn_strbuf text;
    sn_strbuf_init(&text, HEAD_BYTES_MAX);
    sn_status status =
        sn_strbuf_printf(&text, err, "%s%d\n", first_line, SN_STORE_VERSION);
    for (size_t e = 0; status == SN_OK && e < head->n; e++) {
        status = sn_strbuf_printf(&text, err, "%d %s\n", (int)head->entry[e].year,
                                  head->entry[e].sha256);
    }
    if (status == SN_OK) {
        sn_store_sha256(text.data, text.len, head->state);
        status = sn_strbuf_printf(&text, err, "sum %s\n", head->state);
    }
    if (status == SN_OK) {
        status = sn_os_write_file(path, text.data, text.len, err);
    }
    sn_strbuf_release(&text);
    return status;
}

void sn_store_data_path(const char *folder,
                        const sn_store_head_entry *entry,
                        char path[SN_STORE_PATH_SIZE])
{
    (void)snprintf(path, SN_STORE_PATH_SIZE, "%s/data/%d-%s.h5", folder, (int)entry->year,
                   entry->sha256);
}

static bool head_names(const sn_store_head *head, const char *file)
{
    for (size_t e = 0; e < head->n; e++) {
        char name[SN_SHA256_SIZE + 16];
        (void)snprintf(name, sizeof name, "%d-%s.h5", (int)head->entry[e].year,
                       head->entry[e].sha256);
        if (strcmp(name, file) == 0) {
            return true;
        }
    }
    return false;
}

/* Only names of the forms this program makes are ever removed. */
static bool is_data_file(const char *file)
{
    size_t digits = strspn(file, "0123456789");
    return digits > 0 && file[digits] == '-' && is_sha256(file + digits + 1) &&
           strncmp(file + digits + 1 + HEX_DIGITS, ".h5", 3) == 0;
}

/* What sn_os_write_file() of a killed writer left: NAME.tmp-PID. */
static bool is_unfinished(const char *file)
{
    const char *ending = strstr(file, ".tmp-");
    bool is_ours =
        strncmp(file, "HEAD.", 5) == 0 ||
        (is_sha256(file) && (file[HEX_DIGITS] == '.' || file[HEX_DIGITS] == '-')) ||
        is_data_file(file);
    return is_ours && ending != NULL &&
           ending[5 + strspn(ending + 5, "0123456789")] == '\0';
}

/* Only the writer, who holds the lock, sweeps: nobody else has files in the making. */
static void sweep_folder(const char *folder, const sn_store_head *head)
{
    DIR *dir = opendir(folder);
    const struct dirent *file = NULL;
    while (dir != NULL && (file = readdir(dir)) != NULL) {
        char path[2 * SN_STORE_PATH_SIZE];
        bool is_left = is_unfinished(file->d_name) ||
                       (is_data_file(file->d_name) && !head_names(head, file->d_name));
        (void)snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
        if (is_left) {
            (void)unlink(path);
        }
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
}

void sn_store_sweep(const char *folder)
{
    static const char *const below[] = {"", "/data", "/raw"};
    sn_store_head head;
    if (sn_store_head_read(folder, &head, NULL) != SN_OK) {
        return;
    }
    for (size_t f = 0; f < sizeof below / sizeof *below; f++) {
        char path[SN_STORE_PATH_SIZE];
        (void)snprintf(path, sizeof path, "%s%s", folder, below[f]);
        sweep_folder(path, &head);
    }
    sn_store_head_release(&head);
}

static sn_status busy(const char *path, int fd, double wait_s, sn_error *err)
{
    struct flock holder = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    long pid = 0;
    if (fcntl(fd, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK) {
        pid = (long)holder.l_pid;
    }
    return sn_error_set(err, SN_E_BUSY,
                        "store \"%s\" is being written by process %ld; waited %.1f s; "
                        "try again, or let it wait longer (--lock-wait)",
                        path, pid, wait_s);
}

sn_status sn_store_lock(const char *folder, double wait_s, int *fd_out, sn_error *err)
{
    char path[SN_STORE_PATH_SIZE];
    const struct timespec pause = {.tv_nsec = 20000000};
    (void)snprintf(path, sizeof path, "%s/lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        return sn_error_set(err, SN_E_IO, "lock file \"%s\" cannot be opened: %s", path,
                            strerror(errno));
    }
    double end_s = sn_os_monotonic_s() + wait_s;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    while (fcntl(fd, F_SETLK, &lock) != 0) {
        sn_status status = SN_OK;
        if (errno != EACCES && errno != EAGAIN && errno != EINTR) {
            status = sn_error_set(err, SN_E_IO, "\"%s\" cannot be locked: %s", path,
                                  strerror(errno));
        } else if (sn_os_monotonic_s() >= end_s) {
            status = busy(folder, fd, wait_s, err);
        }
        if (status != SN_OK) {
            (void)close(fd);
            return status;
        }
        (void)nanosleep(&pause, NULL);
    }
    *fd_out = fd;
    return SN_OK;
}
