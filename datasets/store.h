/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The store: a folder of immutable HDF5 files, one per UTC year and state, that
 * HEAD names.  HDF5 is used here and in scenarios/result.c only.  Format: STORE.md.
 *
 * One writer at a time (fcntl lock); readers take no lock and see the state that
 * HEAD named when they opened.  A write is whole or absent: killing the process at
 * any point leaves the previous state readable.  Every value knows when it was
 * learnt; old values are never lost (as-of reading).
 */
#ifndef SN_STORE_H
#define SN_STORE_H

#include "base/error.h"
#include "base/instant.h"
#include "series.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct sn_store sn_store;

typedef struct sn_store_options {
    bool writable;      /* makes the folder when absent and takes the writer's lock */
    double lock_wait_s; /* how long the writer waits before SN_E_BUSY names the pid */
    bool has_as_of;     /* read what was known at as_of */
    sn_instant as_of;
} sn_store_options;

/** The default place: $SNITT_STORE, else $XDG_DATA_HOME/snitt, else ~/.local/share/snitt.
 */
SN_CHECKED sn_status sn_store_default_path(char *path, size_t size, sn_error *err);

/** SN_E_NOT_FOUND: no store there; SN_E_VERSION: another version; SN_E_BUSY. */
SN_CHECKED sn_status sn_store_open(const char *path,
                                   const sn_store_options *options,
                                   sn_store **store_out,
                                   sn_error *err);
void sn_store_close(sn_store *store);

/** Where a set of values comes from.  Everything is borrowed. */
typedef struct sn_origin {
    const char *name; /* URL without secrets, or file name */
    const void *raw;  /* the bytes as received, kept compressed by their hash */
    size_t raw_size;
    sn_instant learnt;   /* "now", given by the command */
    const char *licence; /* "CC-BY-4.0", "local use only" */
    const char
        *attribution;   /* printed under charts, e.g. "Svenska kraftnät, data.svk.se" */
    const char *reader; /* how snitt rebuild reads raw again, "import"; NULL: it cannot */
} sn_origin;

typedef struct sn_store_batch {
    sn_origin origin;
    const sn_series *series; /* gaps (NaN) are not written over known values */
    size_t n_series;
} sn_store_batch;

typedef struct sn_store_change {
    size_t n_new;     /* values not known before */
    size_t n_same;    /* known and equal */
    size_t n_revised; /* known and different: the old one becomes a revision */
} sn_store_change;

/** Write all batches as one new state.  On any error nothing has changed. */
SN_CHECKED sn_status sn_store_write(sn_store *store,
                                    const sn_store_batch *batches,
                                    size_t n_batch,
                                    sn_store_change *change_out,
                                    sn_error *err);

/**
 * Which values of a series checks doubt, by what is known at a moment.  Those are suspect
 * from then on, the others what their source calls them.  Borrowed.
 */
typedef struct sn_store_doubt {
    sn_series_key key;
    sn_axis axis;
    sn_instant moment;
    const uint8_t *is_doubted; /* [axis.n] 0 or 1; of what is not known it says nothing */
} sn_store_doubt;

/** The same, and what is doubted once the batches are in; moments ascend. */
SN_CHECKED sn_status sn_store_write_doubts(sn_store *store,
                                           const sn_store_batch *batches,
                                           size_t n_batch,
                                           const sn_store_doubt *doubts,
                                           size_t n_doubt,
                                           sn_store_change *change_out,
                                           sn_error *err);

/** A series as a moment knew it. */
typedef struct sn_store_known {
    double *value;     /* [n] NaN: not known */
    uint8_t *flag;     /* [n] */
    uint8_t *is_doubt; /* [n] 1: a doubt, or the end of one, gave the flag */
    int64_t *learnt_s; /* [n] when the value was learnt, whatever was doubted since */
} sn_store_known;

/** Fills the caller's arrays [axis.n]; a series that the store lacks is not known. */
SN_CHECKED sn_status sn_store_read_known(sn_store *store,
                                         const sn_series_key *key,
                                         sn_axis axis,
                                         sn_instant moment,
                                         const sn_store_known *out,
                                         sn_error *err);

/**
 * The moments after one at which the UTC years of [from, to) learnt something.
 * @param[out] out  [*n_out], ascending, free()
 */
SN_CHECKED sn_status sn_store_later_moments(sn_store *store,
                                            sn_instant from,
                                            sn_instant to,
                                            sn_instant after,
                                            sn_instant **out,
                                            size_t *n_out,
                                            sn_error *err);

/**
 * Read [from, to) of one series; what the store does not have is a gap.
 * @param[out] out  initialised here, release with sn_series_release()
 * @return SN_E_NOT_FOUND when the store has no such series at all
 */
SN_CHECKED sn_status sn_store_read(sn_store *store,
                                   const sn_series_key *key,
                                   sn_instant from,
                                   sn_instant to,
                                   sn_series *out,
                                   sn_error *err);

/** Does any UTC year of [from, to) list the series?  Cheaper than reading gaps. */
SN_CHECKED sn_status sn_store_has(sn_store *store,
                                  const sn_series_key *key,
                                  sn_instant from,
                                  sn_instant to,
                                  bool *out,
                                  sn_error *err);

/** One line of the catalogue. */
typedef struct sn_store_entry {
    sn_series_key key;
    sn_instant first; /* start of the first and end of the last known value */
    sn_instant end;
    size_t n_value;          /* known values */
    size_t n_gap;            /* intervals in [first, end) without a value */
    size_t n_filled;         /* of the values: implied by the source's format */
    size_t n_suspect;        /* of the values: failed a check */
    const char *attribution; /* of the newest batch; borrowed from the store */
    const char *licence;
    const char *origin;  /* of the newest batch */
    char raw_sha256[65]; /* of the newest batch */
    sn_instant newest;   /* the newest value or doubt: as_of this, the same again */
} sn_store_entry;

/** All series, sorted by key; borrowed until the next write or close. */
SN_CHECKED sn_status sn_store_catalogue(sn_store *store,
                                        const sn_store_entry **entries_out,
                                        size_t *n_out,
                                        sn_error *err);

/** Values read so far make room; what is asked for later is read from the files again.
 * The catalogue stays as it is. */
void sn_store_forget_values(sn_store *store);

/**
 * The keys of the series that the UTC years of [from, to) hold; cheaper than the
 * catalogue.
 * @param[out] out  [*n_out], sorted, free()
 */
SN_CHECKED sn_status sn_store_keys(sn_store *store,
                                   sn_instant from,
                                   sn_instant to,
                                   sn_series_key **out,
                                   size_t *n_out,
                                   sn_error *err);

/** A value that took the place of another. */
typedef struct sn_store_revision {
    sn_series_key key;
    sn_instant start; /* of the interval */
    double old_value;
    double new_value;
    uint8_t old_flag;
    uint8_t new_flag;
    sn_instant old_learnt;
    sn_instant new_learnt;
} sn_store_revision;

/**
 * Every change of a known value, by key, interval and age; as_of leaves out later ones.
 * @param[out] out  [*n_out], free()
 */
SN_CHECKED sn_status sn_store_revisions(sn_store *store,
                                        sn_store_revision **out,
                                        size_t *n_out,
                                        sn_error *err);

/**
 * Whether any value of the store, current or superseded, came with these raw bytes at
 * that moment.
 */
SN_CHECKED sn_status sn_store_has_arrival(sn_store *store,
                                          const char *raw_sha256,
                                          sn_instant learnt,
                                          bool *out,
                                          sn_error *err);

/** SHA-256 as 64 hex digits. */
void sn_store_hash(const void *bytes, size_t n, char text[65]);

/** To be called before HDF5 is used in any file: it prints nothing by itself, and cleans
 * up nothing at exit, where it would crash over a file that a full disk kept from being
 * closed.  Every file is closed by who opened it. */
void sn_store_hdf5_quiet(void);

/** SHA-256 of the state (HEAD), 64 hex digits: equal content, equal text. */
const char *sn_store_state(const sn_store *store);

#endif
