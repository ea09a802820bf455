/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Inside of the store, shared by store*.c only.  Layers, lowest first:
 *   store_table.c  one year in memory: columns, batches, revisions; pure
 *   store_merge.c  a batch into a year, the doubts about what it then holds; pure
 *   store_encode.c one year to the bytes of one HDF5 file
 *   store_decode.c and back
 *   store_raw.c    hashes, raw bytes as received
 *   store_head.c   HEAD, lock, data files
 *   store.c        the interface of store.h: open, read, list
 *   store_write.c  ... write
 *   store_revisions.c  ... what changed
 */
#ifndef SN_STORE_INTERNAL_H
#define SN_STORE_INTERNAL_H

#include "store.h"

#include "base/strbuf.h"

enum {
    SN_STORE_VERSION = 1,
    SN_SHA256_SIZE = 65, /* 64 hex digits and the NUL */
    SN_STORE_PATH_SIZE = 4096,
    SN_STORE_BATCH_MAX = 65535 /* batch numbers are uint16 in the file */
};
/* Sequence of the rows of doubts: they come after all that was learnt with them. */
#define SN_STORE_DOUBT_SEQUENCE UINT32_MAX

/* ---- one year in memory ---- */

/** A batch as this year knows it.  Order: learnt, sequence, hash, texts. */
typedef struct sn_store_row {
    int64_t learnt_utc_s;
    uint32_t sequence; /* > 0 only when it contradicts a batch learnt the same second, or
                          SN_STORE_DOUBT_SEQUENCE */
    char raw_sha256[SN_SHA256_SIZE]; /* "" when no raw bytes were given */
    char *name;                      /* owned, like the two below */
    char *licence;
    char *attribution;
} sn_store_row;

/** A superseded value; chains run from the newest to the oldest. */
typedef struct sn_store_old {
    double value;
    uint32_t older; /* 1 + index of the next one, 0 = none */
    uint16_t batch;
    uint8_t flag;
} sn_store_old;

/** One subject's year; every array is [n_time] of its group. */
typedef struct sn_store_column {
    char subject[SN_SUBJECT_SIZE];
    double *value;
    uint16_t *batch; /* 1-based row of the batch table, 0 = gap */
    uint8_t *flag;
    uint32_t *older; /* head of the chain; NULL until the first revision */
} sn_store_column;

/** All subjects of one quantity, source and step, on the grid of the whole year. */
typedef struct sn_store_group {
    sn_quantity quantity;
    char source[SN_SOURCE_SIZE];
    int32_t step_s;
    sn_axis axis;            /* the interval starts that lie in the UTC year */
    sn_store_column *column; /* sorted by subject */
    size_t n_column;
    sn_store_old *old;
    size_t n_old;
    size_t cap_old;
    bool is_loaded; /* false: only the subjects are known yet */
} sn_store_group;

typedef struct sn_store_year {
    int32_t year;
    char sha256[SN_SHA256_SIZE]; /* of the file; "" for a year not stored yet */
    int fd;                      /* keeps the file of this state alive; -1 = none */
    int64_t file;                /* HDF5 handle of the image; -1 = not open */
    sn_store_row *row;           /* row[0] is batch 1 */
    size_t n_row;
    size_t cap_row;
    sn_store_group *group; /* sorted by quantity name, source, step */
    size_t n_group;
    bool is_changed;
} sn_store_year;

/** A cell at a moment: gap when batch is 0. */
typedef struct sn_store_cell {
    double value;
    uint16_t batch;
    uint8_t flag;
} sn_store_cell;

void sn_store_year_init(sn_store_year *year, int32_t number);
void sn_store_year_release(sn_store_year *year);
int sn_store_row_compare(const sn_store_row *a, const sn_store_row *b);
/** Appends a row with copies of the texts. */
SN_CHECKED sn_status sn_store_year_add_row(sn_store_year *year,
                                           const sn_store_row *row,
                                           sn_error *err);
/** NULL when absent. */
sn_store_group *sn_store_year_find(const sn_store_year *year, const sn_series_key *key);
sn_store_column *sn_store_group_find(const sn_store_group *group, const char *subject);
/** Find or make; pointers into year->group and group->column move. */
SN_CHECKED sn_status sn_store_year_need(sn_store_year *year,
                                        const sn_series_key *key,
                                        sn_store_group **out,
                                        sn_error *err);
SN_CHECKED sn_status sn_store_group_need(sn_store_group *group,
                                         const char *subject,
                                         sn_store_column **out,
                                         sn_error *err);
/** Frees the values; the subjects stay.  Only of a group that a file holds. */
void sn_store_group_unload(sn_store_group *group);
/** Give a column its arrays, all gaps. */
SN_CHECKED sn_status sn_store_column_alloc(sn_store_column *column,
                                           size_t n_time,
                                           sn_error *err);
/** Put an older value at the end of a cell's chain. */
SN_CHECKED sn_status sn_store_group_append_old(sn_store_group *group,
                                               sn_store_column *column,
                                               size_t i,
                                               sn_store_cell cell,
                                               sn_error *err);
/** Put an older value into the pool of a group; *out is 1 + its index. */
SN_CHECKED sn_status sn_store_old_add(sn_store_group *group,
                                      sn_store_cell cell,
                                      uint32_t *out,
                                      sn_error *err);
SN_CHECKED sn_status sn_store_need_chains(const sn_store_group *group,
                                          sn_store_column *column,
                                          sn_error *err);
sn_store_cell sn_store_current_cell(const sn_store_column *column, size_t i);
/** The cell that a link names. */
sn_store_cell sn_store_old_cell(const sn_store_group *group, uint32_t link);
/** Whether a row of the batch table is doubts. */
bool sn_store_is_doubt(const sn_store_year *year, uint16_t batch);
/** The newest that a source said, of what was known at *as_of; gap when batch is 0. */
sn_store_cell sn_store_stated_at(const sn_store_year *year,
                                 const sn_store_group *group,
                                 const sn_store_column *column,
                                 size_t i,
                                 const sn_instant *as_of);
/** Doubt what is doubted in this year, and nothing else, from the moment on. */
SN_CHECKED sn_status sn_store_year_doubt(sn_store_year *year,
                                         const sn_store_doubt *doubt,
                                         sn_error *err);
/** Merge the part of batch that lies in this year; every group must be loaded.  Doubts
 * about the same values since its moment go: sn_store_year_doubt() has them anew.
 * @param[in,out] sequence  raised to the batch's in this year */
SN_CHECKED sn_status sn_store_year_merge(sn_store_year *year,
                                         const sn_store_batch *batch,
                                         const char *raw_sha256,
                                         sn_store_change *change,
                                         uint32_t *sequence,
                                         sn_error *err);
/** The cell as known now, or at *as_of. */
sn_store_cell sn_store_cell_at(const sn_store_year *year,
                               const sn_store_group *group,
                               const sn_store_column *column,
                               size_t i,
                               const sn_instant *as_of);
/** First interval start of the UTC year on the grid of step_s, and their number. */
sn_axis sn_store_year_axis(int32_t year, int32_t step_s);

/* ---- HDF5: store_encode.c, store_decode.c ---- */

/** The bytes of the file of a year, canonical: equal content, equal bytes.
 * @param[out] out  malloc'd */
SN_CHECKED sn_status sn_store_year_encode(const sn_store_year *year,
                                          void **out,
                                          size_t *size_out,
                                          sn_error *err);
/** Batches, groups and subjects; values come with sn_store_group_load(). */
SN_CHECKED sn_status sn_store_year_decode(sn_store_year *year,
                                          const void *bytes,
                                          size_t size,
                                          sn_error *err);
/** Have the file open again; batches and subjects are known already. */
SN_CHECKED sn_status sn_store_year_open_file(sn_store_year *year,
                                             const void *bytes,
                                             size_t size,
                                             sn_error *err);
SN_CHECKED sn_status sn_store_group_load(sn_store_year *year,
                                         sn_store_group *group,
                                         sn_error *err);
/** Close the HDF5 handle. */
void sn_store_year_close_file(sn_store_year *year);
/* ---- raw bytes ---- */

void sn_store_sha256(const void *bytes, size_t n, char text[SN_SHA256_SIZE]);
/** What sn_store_raw_keep() made, for sn_store_raw_undo(). */
typedef struct sn_store_raw_made {
    bool gzip;
    char json[SN_SHA256_SIZE + 32]; /* name of the file without its ending; "" = none */
} sn_store_raw_made;

/**
 * Keep the batch's raw bytes as raw/<hash>.gz and how they arrived beside them, as
 * raw/<hash>-<hash of itself>.json: where from, when, the reader, and which values were
 * doubted.  Equal bytes that arrive in several ways have several.
 * @param sequence  the largest that the batch has in any year
 */
SN_CHECKED sn_status sn_store_raw_keep(const char *folder,
                                       const sn_store_batch *batch,
                                       const char *sha256,
                                       uint32_t sequence,
                                       sn_store_raw_made *made,
                                       sn_error *err);
void sn_store_raw_undo(const char *folder,
                       const char *sha256,
                       const sn_store_raw_made *made);

/* ---- HEAD and files ---- */

typedef struct sn_store_head_entry {
    int32_t year;
    char sha256[SN_SHA256_SIZE];
} sn_store_head_entry;

typedef struct sn_store_head {
    sn_store_head_entry *entry; /* ascending years; owned */
    size_t n;
    char state[SN_SHA256_SIZE];
} sn_store_head;

void sn_store_head_release(sn_store_head *head);
SN_CHECKED sn_status sn_store_head_read(const char *folder,
                                        sn_store_head *out,
                                        sn_error *err);
/** The text of HEAD; path is for messages. */
SN_CHECKED sn_status sn_store_head_parse(const char *path,
                                         const sn_strbuf *text,
                                         sn_store_head *out,
                                         sn_error *err);
/** Fills head->state and replaces HEAD. */
SN_CHECKED sn_status sn_store_head_write(const char *folder,
                                         sn_store_head *head,
                                         sn_error *err);
void sn_store_data_path(const char *folder,
                        const sn_store_head_entry *entry,
                        char path[SN_STORE_PATH_SIZE]);
/** Remove data files that HEAD, read anew, does not name, and what a killed writer left
 * unfinished; failures are left to the next writer. */
void sn_store_sweep(const char *folder);
/** The writer's lock. @param[out] fd_out close it to unlock */
SN_CHECKED sn_status sn_store_lock(const char *folder,
                                   double wait_s,
                                   int *fd_out,
                                   sn_error *err);

/* ---- the open store: store.c, store_write.c, store_revisions.c ---- */

struct sn_store {
    char folder[SN_STORE_PATH_SIZE];
    sn_store_options options;
    sn_store_head head;
    sn_store_year *year; /* [head.n], in the order of head */
    size_t n_year;
    int lock_fd; /* -1 for a reader */
    sn_store_entry *entry;
    size_t n_entry;
    bool has_entries;
};

/** Read HEAD anew and open what it names. */
SN_CHECKED sn_status sn_store_open_state(sn_store *store, sn_error *err);
/** Have the catalogue of a year in memory, and its file open. */
SN_CHECKED sn_status sn_store_need_year(sn_store_year *year, sn_error *err);
/** Have all of a year in memory. */
SN_CHECKED sn_status sn_store_load_year(sn_store_year *year, sn_error *err);
/** The moment that is read as of, NULL = now. */
const sn_instant *sn_store_as_of(const sn_store *store);

#endif
