/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

extern char **environ;

sn_status sn_os_make_folders(const char *path, sn_error *err)
{
    char part[PATH_SIZE];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part) {
        return sn_error_set(err, SN_E_IO, "folder name \"%.80s\" is empty or too long",
                            path);
    }
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0') {
            continue;
        }
        char kept = part[i];
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            return sn_error_set(err, SN_E_IO, "folder \"%s\" cannot be made: %s", part,
                                strerror(errno));
        }
        part[i] = kept;
    }
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
        return sn_error_set(err, SN_E_IO, "\"%s\" is not a folder", path);
    }
    return SN_OK;
}

/* Reads to the end and closes. */
static sn_status read_stream(FILE *file, const char *path, sn_strbuf *out, sn_error *err)
{
    sn_status status = SN_OK;
    char block[16384];
    size_t n;
    while (status == SN_OK && (n = fread(block, 1, sizeof block, file)) > 0) {
        status = sn_strbuf_append(out, block, n, err);
    }
    if (status == SN_E_FORMAT) {
        status = sn_error_set(err, SN_E_FORMAT,
                              "file \"%s\" is larger than %zu bytes, which no such file "
                              "should be",
                              path, out->max);
    }
    if (status == SN_OK && ferror(file)) {
        status = sn_error_set(err, SN_E_IO, "file \"%s\" cannot be read: %s", path,
                              strerror(errno));
    }
    (void)fclose(file);
    return status;
}

static sn_status open_stream(const char *path, FILE **out, sn_error *err)
{
    *out = fopen(path, "rb");
    return *out != NULL
               ? SN_OK
               : sn_error_set(err, errno == ENOENT ? SN_E_NOT_FOUND : SN_E_IO,
                              "file \"%s\" cannot be opened: %s", path, strerror(errno));
}

sn_status sn_os_read_file(const char *path, sn_strbuf *out, sn_error *err)
{
    FILE *file = NULL;
    sn_status status = open_stream(path, &file, err);
    return status == SN_OK ? read_stream(file, path, out, err) : status;
}

sn_status sn_os_read_private_file(const char *path, sn_strbuf *out, sn_error *err)
{
    FILE *file = NULL;
    struct stat info;
    sn_status status = open_stream(path, &file, err);
    if (status != SN_OK) {
        return status;
    }
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode) ||
        info.st_uid != geteuid() || (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        (void)fclose(file);
        return sn_error_set(err, SN_E_USAGE,
                            "\"%s\" holds secrets and is open to others; it must be a "
                            "file of yours with mode 0600 (chmod 600 it)",
                            path);
    }
    return read_stream(file, path, out, err);
}

/* The folder that holds path, "." when it has none. */
static void folder_of(const char *path, char folder[PATH_SIZE])
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    if (slash == path) {
        n = 1;
    }
    if (n == 0 || n >= PATH_SIZE) {
        memcpy(folder, ".", 2);
        return;
    }
    memcpy(folder, path, n);
    folder[n] = '\0';
}

static sn_status sync_path(const char *path, int flags, sn_error *err)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        int cause = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return sn_error_set(err, SN_E_IO, "\"%s\" cannot be written through to disk: %s",
                            path, strerror(cause));
    }
    (void)close(fd);
    return SN_OK;
}

sn_status sn_os_publish(const char *path, const char *target, sn_error *err)
{
    sn_status status = sync_path(path, O_RDONLY, err);
    if (status != SN_OK) {
        return status;
    }
    if (rename(path, target) != 0) {
        return sn_error_set(err, SN_E_IO, "\"%s\" cannot be written: %s", target,
                            strerror(errno));
    }
    char folder[PATH_SIZE];
    folder_of(target, folder);
    return sync_path(folder, O_RDONLY | O_DIRECTORY, err);
}

static sn_status
write_all(int fd, const char *bytes, size_t n, const char *path, sn_error *err)
{
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return sn_error_set(err, SN_E_IO, "file \"%s\" cannot be written: %s", path,
                                strerror(errno));
        }
        bytes += written;
        n -= (size_t)written;
    }
    return SN_OK;
}

enum { NAME_TRIES = 100 };

/* PATH.tmp-NUMBER, another name at each try: nobody else should have it. */
static sn_status
temporary_name(const char *path, int at_try, char name[PATH_SIZE], sn_error *err)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int n = snprintf(name, PATH_SIZE, "%s.tmp-%ld%09ld%02d", path, (long)getpid(),
                     now.tv_nsec, at_try);
    return n > 0 && n < PATH_SIZE
               ? SN_OK
               : sn_error_set(err, SN_E_IO, "file name \"%.80s...\" is too long", path);
}

/* A file that was not there, so that no link of somebody else's is followed. */
static sn_status
open_temporary(const char *path, char name[PATH_SIZE], int *fd_out, sn_error *err)
{
    *fd_out = -1;
    for (int i = 0; i < NAME_TRIES; i++) {
        sn_status status = temporary_name(path, i, name, err);
        if (status != SN_OK) {
            return status;
        }
        *fd_out = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (*fd_out >= 0) {
            return SN_OK;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return sn_error_set(err, SN_E_IO, "file \"%s\" cannot be made: %s", path,
                        strerror(errno));
}

sn_status sn_os_write_file(const char *path, const void *bytes, size_t n, sn_error *err)
{
    char temporary[PATH_SIZE];
    int fd = -1;
    sn_status status = open_temporary(path, temporary, &fd, err);
    if (status != SN_OK) {
        return status;
    }
    status = write_all(fd, bytes, n, path, err);
    if (close(fd) != 0 && status == SN_OK) {
        status = sn_error_set(err, SN_E_IO, "file \"%s\" cannot be closed: %s", path,
                              strerror(errno));
    }
    if (status == SN_OK) {
        status = sn_os_publish(temporary, path, err);
    }
    if (status != SN_OK) {
        (void)unlink(temporary);
    }
    return status;
}

/* The name of a folder that has a beside: "DIR/" has one, "." has none. */
static sn_status settle(const char *folder, char path[PATH_SIZE], sn_error *err)
{
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/') {
        n--;
    }
    if (n == 0 || n >= PATH_SIZE) {
        return sn_error_set(err, SN_E_IO, "folder name \"%.80s\" is empty or too long",
                            folder);
    }
    memcpy(path, folder, n);
    path[n] = '\0';
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "") == 0) {
        return sn_error_set(err, SN_E_USAGE,
                            "folder \"%s\" cannot be replaced: give it by its name",
                            folder);
    }
    return SN_OK;
}

sn_status
sn_os_make_folder_beside(const char *target, char *path, size_t size, sn_error *err)
{
    char settled[PATH_SIZE];
    char parent[PATH_SIZE];
    char name[PATH_SIZE];
    sn_status status = settle(target, settled, err);
    if (status == SN_OK) {
        folder_of(settled, parent);
        status = sn_os_make_folders(parent, err);
    }
    for (int i = 0; i < NAME_TRIES && status == SN_OK; i++) {
        status = temporary_name(settled, i, name, err);
        if (status == SN_OK && strlen(name) >= size) {
            return sn_error_set(err, SN_E_IO, "folder name \"%.80s...\" is too long",
                                target);
        }
        if (status == SN_OK && mkdir(name, 0777) == 0) {
            memcpy(path, name, strlen(name) + 1);
            return SN_OK;
        }
        if (status == SN_OK && errno != EEXIST) {
            break;
        }
    }
    return status != SN_OK
               ? status
               : sn_error_set(err, SN_E_IO, "folder \"%s\" cannot be made: %s", target,
                              strerror(errno));
}

sn_status sn_os_publish_folder(const char *path, const char *target, sn_error *err)
{
    char settled[PATH_SIZE];
    char old[PATH_SIZE];
    sn_status status = settle(target, settled, err);
    int n = snprintf(old, sizeof old, "%s-old", path);
    if (status != SN_OK || n < 0 || (size_t)n >= sizeof old) {
        return status != SN_OK
                   ? status
                   : sn_error_set(err, SN_E_IO, "folder name \"%.80s...\" is too long",
                                  target);
    }
    bool is_replaced = rename(settled, old) == 0;
    if ((!is_replaced && errno != ENOENT) || rename(path, settled) != 0) {
        status = sn_error_set(err, SN_E_IO, "folder \"%s\" cannot be made: %s", target,
                              strerror(errno));
        if (is_replaced && rename(old, settled) != 0) {
            status = sn_error_set(
                err, SN_E_IO, "folder \"%s\" cannot be made; what it was is in \"%s\"",
                target, old);
        }
        return status;
    }
    return is_replaced ? sn_os_remove_tree(old, err) : SN_OK;
}

bool sn_os_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static sn_status remove_entry(const char *path, int depth, sn_error *err)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        return SN_OK;
    }
    if (!S_ISDIR(info.st_mode) || depth > 32) {
        if (unlink(path) != 0) {
            return sn_error_set(err, SN_E_IO, "\"%s\" cannot be removed: %s", path,
                                strerror(errno));
        }
        return SN_OK;
    }
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return sn_error_set(err, SN_E_IO, "folder \"%s\" cannot be read: %s", path,
                            strerror(errno));
    }
    sn_status status = SN_OK;
    struct dirent *entry;
    while (status == SN_OK && (entry = readdir(folder)) != NULL) {
        char child[PATH_SIZE];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        int n = snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        if (n < 0 || (size_t)n >= sizeof child) {
            status = sn_error_set(err, SN_E_IO, "name below \"%.80s\" is too long", path);
        } else {
            status = remove_entry(child, depth + 1, err);
        }
    }
    (void)closedir(folder);
    if (status == SN_OK && rmdir(path) != 0) {
        status = sn_error_set(err, SN_E_IO, "folder \"%s\" cannot be removed: %s", path,
                              strerror(errno));
    }
    return status;
}

/* NAME.tmp-NUMBER, and nothing else that may be a user's. */
static bool is_temporary(const char *name)
{
    const char *ending = strstr(name, ".tmp-");
    return ending != NULL && ending[5] != '\0' &&
           ending[5 + strspn(ending + 5, "0123456789")] == '\0';
}

void sn_os_remove_unfinished(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char path[PATH_SIZE];
        int n = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (is_temporary(entry->d_name) && n > 0 && (size_t)n < sizeof path) {
            (void)unlink(path);
        }
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
}

sn_status sn_os_remove_tree(const char *path, sn_error *err)
{
    return remove_entry(path, 0, err);
}

double sn_os_monotonic_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int64_t sn_os_now_utc_s(void)
{
    return (int64_t)time(NULL);
}

void sn_os_sleep_s(double seconds)
{
    double whole = floor(seconds);
    struct timespec left = {(time_t)whole, (long)((seconds - whole) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

sn_status sn_os_program_path(char *path, size_t size, sn_error *err)
{
    ssize_t n = readlink("/proc/self/exe", path, size);
    if (n < 0 || (size_t)n >= size) {
        return sn_error_set(err, SN_E_IO, "the program's own path cannot be read: %s",
                            n < 0 ? strerror(errno) : "too long");
    }
    path[n] = '\0';
    return SN_OK;
}

void sn_os_shared_folder(const char *name, const char *in_tree, char *path, size_t size)
{
    char program[4096];
    char *name_starts = NULL;
    if (sn_os_program_path(program, sizeof program, NULL) == SN_OK) {
        name_starts = strrchr(program, '/');
    }
    if (name_starts != NULL) {
        *name_starts = '\0';
        int n = snprintf(path, size, "%s/../share/snitt/%s", program, name);
        if (n > 0 && (size_t)n < size && sn_os_exists(path)) {
            return;
        }
    }
    (void)snprintf(path, size, "%s", in_tree);
}

void sn_os_keep_memory(void)
{
#ifdef __GLIBC__
    enum { ONE_YEAR_BYTES = 4 << 20, FREE_BYTES = 32 << 20 };
    (void)mallopt(M_MMAP_THRESHOLD, ONE_YEAR_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, FREE_BYTES);
    (void)mallopt(M_ARENA_MAX, 1); /* one heap, so that every thread reuses the others' */
#endif
}

void sn_os_libc_version(char *text, size_t size)
{
    text[0] = '\0';
#ifdef _CS_GNU_LIBC_VERSION
    if (confstr(_CS_GNU_LIBC_VERSION, text, size) > size) {
        text[0] = '\0';
    }
#else
    (void)size;
#endif
}

void sn_os_architecture(char *text, size_t size)
{
    struct utsname system;
    (void)snprintf(text, size, "%s", uname(&system) >= 0 ? system.machine : "");
}

unsigned sn_os_processor_count(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1U : (unsigned)n;
}

/* Reads what the child prints until it closes its end or time is up. */
static bool drain(int fd, double deadline_s, sn_strbuf *output)
{
    char block[4096];
    for (;;) {
        double left_s = deadline_s - sn_os_monotonic_s();
        if (left_s <= 0) {
            return false;
        }
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int got = poll(&ready, 1, left_s > 1.0 ? 1000 : (int)(left_s * 1000) + 1);
        if (got <= 0) {
            continue;
        }
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return true;
        }
        if (n > 0 && sn_strbuf_append(output, block, (size_t)n, NULL) != SN_OK) {
            continue; /* past the ceiling: keep reading, keep nothing more */
        }
    }
}

static const char *last_line(const sn_strbuf *output, char line[160])
{
    size_t end = output->len;
    while (end > 0 && (output->data[end - 1] == '\n' || output->data[end - 1] == ' ')) {
        end--;
    }
    size_t start = end;
    while (start > 0 && output->data[start - 1] != '\n' && end - start < 158) {
        start--;
    }
    memcpy(line, output->data + start, end - start);
    line[end - start] = '\0';
    return line;
}

/* Started through env -C, because POSIX spawn cannot change folder. */
static int spawn(const char *const *argv, const char *folder, int write_fd, pid_t *pid)
{
    char *words[128];
    size_t n = 0;
    if (folder != NULL) {
        words[n++] = (char *)"env";
        words[n++] = (char *)"-C";
        words[n++] = (char *)(uintptr_t)folder;
    }
    for (size_t i = 0; argv[i] != NULL; i++) {
        if (n + 1 >= sizeof words / sizeof *words) {
            return E2BIG;
        }
        words[n++] = (char *)(uintptr_t)argv[i];
    }
    words[n] = NULL;
    posix_spawn_file_actions_t actions;
    int cause = posix_spawn_file_actions_init(&actions);
    if (cause != 0) {
        return cause;
    }
    (void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&actions, write_fd, 1);
    (void)posix_spawn_file_actions_adddup2(&actions, write_fd, 2);
    cause = posix_spawnp(pid, words[0], &actions, NULL, words, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return cause;
}

static sn_status report_exit(const char *program,
                             int wait_status,
                             bool in_time,
                             const sn_strbuf *output,
                             sn_error *err)
{
    char line[160];
    if (!in_time) {
        return sn_error_set(err, SN_E_TOOL, "%s took too long and was stopped", program);
    }
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) {
        return SN_OK;
    }
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 127) {
        return sn_error_set(
            err, SN_E_TOOL,
            "%s is not installed or not on PATH (Debian: apt-get install %s)", program,
            strcmp(program, "gnuplot") == 0 ? "gnuplot-nox" : program);
    }
    if (WIFEXITED(wait_status)) {
        return sn_error_set(err, SN_E_TOOL, "%s failed with exit code %d: %s", program,
                            WEXITSTATUS(wait_status), last_line(output, line));
    }
    return sn_error_set(err, SN_E_TOOL, "%s was killed by signal %d", program,
                        WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0);
}

sn_status sn_os_run(const char *const *argv,
                    const char *folder,
                    double timeout_s,
                    sn_strbuf *output,
                    sn_error *err)
{
    int fds[2];
    if (pipe(fds) != 0) {
        return sn_error_set(err, SN_E_TOOL, "%s cannot be started: %s", argv[0],
                            strerror(errno));
    }
    (void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    pid_t pid = 0;
    int cause = spawn(argv, folder, fds[1], &pid);
    (void)close(fds[1]);
    if (cause != 0) {
        (void)close(fds[0]);
        return sn_error_set(
            err, SN_E_TOOL,
            "%s is not installed or not on PATH (Debian: apt-get install %s)", argv[0],
            strcmp(argv[0], "gnuplot") == 0 ? "gnuplot-nox" : argv[0]);
    }
    sn_strbuf own;
    sn_strbuf_init(&own, 65536);
    sn_strbuf *text = output != NULL ? output : &own;
    bool in_time = drain(fds[0], sn_os_monotonic_s() + timeout_s, text);
    (void)close(fds[0]);
    if (!in_time) {
        (void)kill(pid, SIGKILL);
    }
    int wait_status = 0;
    while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR) {
    }
    sn_status status = report_exit(argv[0], wait_status, in_time, text, err);
    sn_strbuf_release(&own);
    return status;
}
