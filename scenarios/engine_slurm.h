/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Cases on a Slurm cluster: one job array, each task a part of the cases, all writing
 * their records into the batch's folder, which every node must see. */
#ifndef SN_ENGINE_SLURM_H
#define SN_ENGINE_SLURM_H

#include "base/error.h"

#include <stddef.h>

typedef struct sn_slurm_job {
    const char *folder;    /* the batch's folder */
    size_t n_part;         /* tasks of the array */
    const char *partition; /* NULL = the cluster's default */
    const char *time;      /* limit of one task, e.g. "02:00:00"; NULL = default */
    const char *account;
    const char *const *command; /* NULL-terminated; "--part" "I/N" is added */
    double poll_s;
    void (*tell)(void *who, const char *line);
    void *who;
} sn_slurm_job;

/** Submit, wait, submit again what was lost (at most 3 times).
 * @return SN_E_TOOL when sbatch or squeue fails, or parts stay lost; what is done stays
 */
SN_CHECKED sn_status sn_slurm_run(const sn_slurm_job *job, sn_error *err);

/** Called by a task when its part is done. */
SN_CHECKED sn_status sn_slurm_part_done(const char *folder, size_t part, sn_error *err);

#endif
