/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Use of power by municipality and sector, and people, from tables (M-37). */
#ifndef SN_MUNICIPALITIES_H
#define SN_MUNICIPALITIES_H

#include "companies.h"
#include "price_change.h"

enum { SN_SECTORS_MAX = 16, SN_MUNICIPALITIES_MAX = 320, SN_SECTOR_NAME_SIZE = 64 };

typedef struct sn_municipal_use {
    size_t n_sector;
    char sector[SN_SECTORS_MAX][SN_SECTOR_NAME_SIZE];
    double mwh[SN_MUNICIPALITIES_MAX][SN_SECTORS_MAX]; /* NaN: not given or suppressed */
    double inhabitants[SN_MUNICIPALITIES_MAX];         /* NaN: not given */
    double households[SN_MUNICIPALITIES_MAX];
    char year[8];       /* of the column read, "" when the table has none */
    const char *source; /* "none", "table", "store" or "embedded estimate" */
    bool own_people;    /* some inhabitants came from a table of the user's */
    size_t n_failed;
    sn_failed *failed;
    size_t cap_failed;
    size_t n_suppressed; /* cells with ".." */
} sn_municipal_use;

void sn_municipal_use_init(sn_municipal_use *use);
void sn_municipal_use_release(sn_municipal_use *use);

/**
 * Use by sector: columns municipality (kommun, region), sector (forbrukarkategori) and
 * mwh; or SCB's table of final use (EN0203) as its database exports it, whose last year
 * is taken and whose rows other than electricity are passed over.  ".." is missing.
 */
SN_CHECKED sn_status sn_municipal_use_load(const char *path,
                                           sn_municipal_use *use,
                                           sn_error *err);
/**
 * The newest year of use by municipality and sector in a store (snitt fetch --source scb
 * --items municipality); what SCB suppressed is missing.
 * @return SN_E_NOT_FOUND when the store has none
 */
SN_CHECKED sn_status sn_municipal_use_store(const char *path,
                                            sn_municipal_use *use,
                                            sn_error *err);
/** Columns municipality, inhabitants (invanare), households (hushall). */
SN_CHECKED sn_status sn_municipal_people_load(const char *path,
                                              sn_municipal_use *use,
                                              sn_error *err);
SN_CHECKED sn_status sn_municipal_table_bytes(const char *name,
                                              const void *bytes,
                                              size_t n,
                                              bool is_people,
                                              sn_municipal_use *use,
                                              sn_error *err);

/** Industry runs level, everything else as the area's load. */
sn_profile sn_sector_profile(const char *sector);

#endif
