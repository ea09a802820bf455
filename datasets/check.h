/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What arrives is doubted: against what is possible, against other sources of the same,
 * and against the balance of an area.  A doubted value is stored all the same, flagged
 * SN_FLAG_SUSPECT, and the finding has words.
 *
 * What is doubted at a moment follows from what all sources had said by then, and from
 * nothing else: not from the pieces in which it came, nor their order, nor from what was
 * doubted when only a part was there.  So a fetch that is stopped and resumed gives the
 * bytes of one that is not, and snitt rebuild needs no record of doubts.
 */
#ifndef SN_CHECK_H
#define SN_CHECK_H

#include "base/strbuf.h"
#include "store.h"

typedef struct sn_findings {
    size_t n;       /* findings */
    size_t n_value; /* values flagged, arriving or stored */
    sn_strbuf text; /* one line each */
} sn_findings;

void sn_findings_init(sn_findings *findings);
void sn_findings_release(sn_findings *findings);

/**
 * Writes what arrives, judges it and what it touches of the store, and flags what is
 * doubted, all in one step: prices outside the market's limits, flows far beyond the
 * border's rating, load and generation of a size that the area's never has; days of zeros
 * in what is never zero; prices of two sources that differ by more than 0.01; a day that
 * is a constant multiple of another source's; production less consumption that is not
 * what leaves an area over its borders.  Which of two is wrong a check cannot tell, so
 * both are doubted.  A doubt ends when later data agree.  The model year is not judged.
 * @param findings  words about what arrives; all of it is judged, known before or not
 */
SN_CHECKED sn_status sn_check_write(sn_store *store,
                                    const sn_store_batch *batches,
                                    size_t n,
                                    sn_findings *findings,
                                    sn_store_change *change_out,
                                    sn_error *err);

#endif
