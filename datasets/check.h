/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What arrives is doubted before it is stored: against what is possible, against other
 * sources of the same, and against the balance of an area.  A doubted value is stored all
 * the same, flagged SN_FLAG_SUSPECT, and the finding has words.
 */
#ifndef SN_CHECK_H
#define SN_CHECK_H

#include "base/strbuf.h"
#include "store.h"

/** Values of one stored series that what arrives makes doubtful. */
typedef struct sn_doubt {
    sn_series series; /* the rest are gaps */
    sn_strbuf raw;    /* the same as text, for snitt rebuild */
} sn_doubt;

typedef struct sn_findings {
    size_t n;       /* findings */
    size_t n_value; /* values flagged, arriving or stored */
    sn_strbuf text; /* one line each */
    sn_doubt *stored;
    size_t n_stored;
} sn_findings;

void sn_findings_init(sn_findings *findings);
void sn_findings_release(sn_findings *findings);

/**
 * What each value tells by itself: prices outside the market's limits, flows far beyond
 * the border's rating, load and generation of a size that the area's never has.
 */
SN_CHECKED sn_status sn_check_series(sn_series *series,
                                     sn_findings *findings,
                                     sn_error *err);

/**
 * Against the store and against each other: days of zeros in what is never zero; prices
 * of two sources agree to 0.01; a day that is a constant multiple of another source's is
 * in another unit; production less consumption is what leaves an area over its borders.
 * Which of two is wrong a check cannot tell, so both are doubted, whichever came first
 * and however the data were cut into pieces.
 * @param series [n] arriving, flagged in place
 * @param findings ->stored: what is doubted in the store
 */
SN_CHECKED sn_status sn_check_against_store(sn_store *store,
                                            sn_series *const *series,
                                            size_t n,
                                            sn_findings *findings,
                                            sn_error *err);

/** Writes what arrives, and with it, in the same step, what the findings doubt of the
 * values that are stored already. */
SN_CHECKED sn_status sn_check_write(const sn_findings *findings,
                                    sn_store *store,
                                    sn_instant now,
                                    const sn_store_batch *batches,
                                    size_t n,
                                    sn_store_change *change_out,
                                    sn_error *err);

/** Whether a batch's reader is the one below. */
bool sn_check_is_doubts(const char *reader);

/** Such a batch's raw bytes, NUL-terminated, once more; *out [*n_out] is set on failure
 * too. */
SN_CHECKED sn_status sn_check_read_doubts(const char *text,
                                          sn_series **out,
                                          size_t *n_out,
                                          sn_error *err);

/** Used inside: note what of a stored series is flagged now and was not before. */
SN_CHECKED sn_status sn_check_keep_doubts(sn_findings *findings,
                                          const sn_series *stored,
                                          const uint8_t *flag_before,
                                          sn_error *err);
void sn_check_release_doubts(sn_findings *findings);

/** Used by both: flag a value unless it is a gap; true when it was not flagged before. */
bool sn_check_doubt(sn_series *series, size_t i, sn_findings *findings);
SN_CHECKED sn_status sn_check_say(sn_findings *findings,
                                  sn_error *err,
                                  const char *format,
                                  ...) SN_PRINTF(3, 4);

#endif
