/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The few things asked of the operating system (POSIX.1-2008), in one place.
 * A write is whole or absent: temporary name in the same folder, fsync, rename,
 * fsync of the folder.
 */
#ifndef SN_BASE_OS_H
#define SN_BASE_OS_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

/** mkdir -p.  SN_E_IO names the folder that could not be made. */
SN_CHECKED sn_status sn_os_make_folders(const char *path, sn_error *err);
/** Whole file into out (appended); SN_E_NOT_FOUND or SN_E_IO names the file. */
SN_CHECKED sn_status sn_os_read_file(const char *path, sn_strbuf *out, sn_error *err);
/** The same for a file of secrets: SN_E_USAGE unless it is the user's own and nobody else
 * may read or write it. */
SN_CHECKED sn_status sn_os_read_private_file(const char *path,
                                             sn_strbuf *out,
                                             sn_error *err);
/** Replace path with n bytes; at any moment the old or the new is there, whole. */
SN_CHECKED sn_status sn_os_write_file(const char *path,
                                      const void *bytes,
                                      size_t n,
                                      sn_error *err);
/** fsync path, rename it to target, fsync the folder. */
SN_CHECKED sn_status sn_os_publish(const char *path, const char *target, sn_error *err);
/**
 * A new, empty folder beside target, which may be there or not: to be filled, and then to
 * take its place by sn_os_publish_folder().  The folders above are made.
 * @param[out] path  [size] name of the new folder
 */
SN_CHECKED sn_status sn_os_make_folder_beside(const char *target,
                                              char *path,
                                              size_t size,
                                              sn_error *err);
/** Put it in target's place.  A folder that was there is removed with all it holds; after
 * a failure it is there as before. */
SN_CHECKED sn_status sn_os_publish_folder(const char *path,
                                          const char *target,
                                          sn_error *err);
bool sn_os_exists(const char *path);
/** Remove the unfinished files that killed writers left in a folder; an absent folder and
 * files that cannot be removed are left to the next one. */
void sn_os_remove_unfinished(const char *folder);
/** Remove a file or a whole folder; absent is fine. */
SN_CHECKED sn_status sn_os_remove_tree(const char *path, sn_error *err);
/** Monotonic clock, for progress and timing only. */
double sn_os_monotonic_s(void);
/** Wall clock; called by commands only, so that "now" is a parameter below them. */
int64_t sn_os_now_utc_s(void);
/** Processors available to this process, at least 1. */
unsigned sn_os_processor_count(void);
void sn_os_sleep_s(double seconds);
/** Path of the running program. */
SN_CHECKED sn_status sn_os_program_path(char *path, size_t size, sn_error *err);
/** Folder of files that come with the program: ../share/snitt/NAME beside an installed
 * program, in_tree for one that has not been installed. */
void sn_os_shared_folder(const char *name, const char *in_tree, char *path, size_t size);
/** Freed memory stays with the program: results of a year are made and freed by the
 * dozen, and the system would hand out every page again, zeroed.  Nothing but time
 * changes. */
void sn_os_keep_memory(void);
/** Name and version of the C library, "glibc 2.36"; "" where it does not tell. */
void sn_os_libc_version(char *text, size_t size);
/** "x86_64"; "" where the system does not tell. */
void sn_os_architecture(char *text, size_t size);

/**
 * Run a program found on PATH, no shell, standard input closed, both outputs into
 * output (cut at its ceiling, NULL = thrown away), at most timeout_s seconds.
 * @param argv  NULL-terminated
 * @return SN_E_TOOL when it cannot be started, is killed by a signal or time, or
 *         exits other than 0 (the message quotes its last line)
 */
SN_CHECKED sn_status sn_os_run(const char *const *argv,
                               const char *folder,
                               double timeout_s,
                               sn_strbuf *output,
                               sn_error *err);

#endif
