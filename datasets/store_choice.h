/* SPDX-License-Identifier: GPL-3.0-or-later */
/** Which store, which moment and which series a user means: the options that the commands
 * which read a store share. */
#ifndef SN_STORE_CHOICE_H
#define SN_STORE_CHOICE_H

#include "base/options.h"
#include "store.h"

typedef struct sn_store_choice {
    const char *store;
    const char *as_of;
    sn_option_list quantity; /* none given: all */
    sn_option_list area;     /* "SE3" also means the borders of SE3 */
    sn_option_list source;
    const char *from;
    const char *to;
    sn_instant from_time; /* set by sn_store_choice_open() */
    sn_instant to_time;
} sn_store_choice;

enum { SN_STORE_CHOICE_OPTIONS = 7 };

/** The options --store --as-of --quantity --area --source --from --to. */
void sn_store_choice_options(sn_store_choice *choice,
                             sn_option options[SN_STORE_CHOICE_OPTIONS]);

/** Check the choice and open its store for reading.  SN_E_USAGE: a name or moment that
 * cannot be. */
SN_CHECKED sn_status sn_store_choice_open(sn_store_choice *choice,
                                          sn_store **store_out,
                                          sn_error *err);

bool sn_store_choice_has(const sn_store_choice *choice, const sn_series_key *key);

/** SN_E_NOT_FOUND: nothing of the store was chosen. */
SN_CHECKED sn_status sn_store_choice_none(sn_error *err);

/** The period of an entry that was chosen: [*from_out, *to_out), false when empty. */
bool sn_store_choice_period(const sn_store_choice *choice,
                            const sn_store_entry *entry,
                            sn_instant *from_out,
                            sn_instant *to_out);

#endif
